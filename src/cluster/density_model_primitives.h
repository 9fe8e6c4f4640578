/* SPDX-License-Identifier: GPL-3.0-or-later */
/* density_model_primitives.h -- what the models of the density methods share beside cluster_model_primitives.h. */
#ifndef ASSAY_CLUSTER_DENSITY_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_DENSITY_MODEL_PRIMITIVES_H

#include "chart/chart.h"
#include "cluster/cluster_model_primitives.h"
#include "math/neighbours.h"

/* The metric of an option's text, and of a model's option "metric"; false when it is none. */
Metric density_metric(const char *name);
bool density_metric_of(const Model *model, Metric *out);

/* Rows of the fit (rows x d, scaled) as a frame of the model, and back: sound when it is finite and d wide. */
Status density_put_matrix(Model *model, const char *name, const ClusterInput *input, const double *matrix, size_t rows,
                          Error *e) MUST_USE;
bool density_sound_matrix(const Model *model, const char *name, size_t *rows);

/* Columns of a frame from a file: of float64 or int64 without missing cells, all from low to high. */
bool density_sound_floats(const Frame *frame, const char *name, double low, double high);
bool density_sound_ints(const Frame *frame, const char *name, int64_t low, int64_t high);
/* A cell of a sound column. */
double density_float(const Frame *frame, const char *name, size_t row);
int64_t density_int(const Frame *frame, const char *name, size_t row);

/* A column of whole numbers of tidy, and of noise (missing when it is negative). */
void density_tidy_ints(Draft *draft, const char *name, const int64_t *values, size_t k, bool noise, int64_t of_noise);

/* n, k, noise, noise_share of glance; and what stands at its end: complete, reason, stopped_at, dropped. */
void density_glance_begin(Draft *draft, const ClusterInput *input, size_t k, int64_t noise);
void density_glance_end(Draft *draft, const ClusterInput *input, bool complete, const char *stopped_at);

/* "; noise 17" behind the usual headline. */
void density_headline(const Model *model, Text *out);

/* Warnings: no cluster at all, mostly noise, a single one; then those of sizes. */
void density_notes(const ClusterInput *input, const int64_t *sizes, size_t k, int64_t noise, Text *notes);

/* values as a line from 1 on (thinned to a few thousand points), a level line at `level` (NaN: none). */
Status density_chart_line(Call *call, const PlotRequest *request, const char *x_label, const char *y_label,
                          const double *values, size_t n, double level, Chart **out, Error *e) MUST_USE;

/* Bytes and seconds of a fit of a frame by an index and `more` bytes a row; `on` as given. */
Cost density_cost(const Call *call, OptionTexts on, const char *metric, double more, int64_t sample);

#endif
