/* SPDX-License-Identifier: GPL-3.0-or-later */
/* density_model_primitives.h -- what the models of the density methods share beside cluster_model_primitives.h. */
#ifndef ASSAY_CLUSTER_DENSITY_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_DENSITY_MODEL_PRIMITIVES_H

#include "chart/chart.h"
#include "cluster/cluster_model_primitives.h"
#include "math/neighbours.h"
#include "registry/model_fit.h"

/* What the fits of all four begin with; a model's `prepare` begins with density_prepare. */
typedef struct DensityFit {
  ClusterInput input;
  Metric metric;
  Neighbours *index;
} DensityFit;

Status density_prepare(Call *call, const Frame *data, const ClusterAsk *ask, const char *metric, DensityFit *out,
                       Error *e) MUST_USE;
void density_fit_free(DensityFit *fit);

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

/* Columns of what a stopped fit keeps, and back (false: not sound): numbers, infinite ones as missing cells; row or place
 * numbers from 0 as from 1, and UINT32_MAX as 0. Those that are read are n and below `most`. */
void density_draft_floats(Draft *draft, const char *name, const double *values, size_t n);
void density_draft_places(Draft *draft, const char *name, const uint32_t *values, size_t n);
bool density_read_floats(const Frame *frame, const char *name, size_t n, double *out);
bool density_read_places(const Frame *frame, const char *name, size_t n, uint32_t most, uint32_t *out);

/* A draft (NULL: no memory) as a frame of the model. */
Status density_put(Model *model, const char *name, Draft *draft, Error *e) MUST_USE;

/* tidy, once it has the method's own columns: then the centre in each variable (NULL: means by labels). */
Status density_put_tidy(Model *model, Draft *draft, const ClusterInput *input, const double *centres, const int32_t *labels,
                        size_t k, int64_t noise, Error *e) MUST_USE;

/* glance: begins with n, k, noise, noise_share; ends with complete, reason, stopped_at, dropped, seed. */
Draft *density_glance(const ClusterInput *input, size_t k, int64_t noise) MUST_USE;
Status density_put_glance(Model *model, Draft *draft, const ClusterInput *input, const char *stopped_at, int64_t seed,
                          Error *e) MUST_USE;

/* Figures of the rows beside their label: names (the last NULL), and n numbers for each, one after the other. */
enum { DENSITY_FIGURES_MOST = 2 };
Status density_put_labels(Model *model, const ClusterInput *input, const int32_t *labels, const char *const *names,
                          const double *const *figures, Error *e) MUST_USE;

/* predict by a rule for new rows; figures[j] is of names[j]. Rows of the fit itself have their own labels and figures. */
typedef Status (*DensityRule)(Call *call, const Model *model, const ClusterInput *input, int32_t *labels,
                              double *const *figures, Error *e);
Status density_predict(Call *call, const Model *model, const Frame *data, const char *const *names, DensityRule rule,
                       Frame **out, Error *e) MUST_USE;

/* Of a fit that was stopped: with nothing to keep the error says from which phase on there would be (status as it came);
 * else a note says where it stands and what holds of it. stopped_at "": it was not stopped. */
Status density_nothing_kept(Status status, const char *phase, Error *e) MUST_USE;
void density_note_stop(const char *stopped_at, const char *what, Text *notes);

/* "; noise 17" behind the usual headline. */
void density_headline(const Model *model, Text *out);

/* What to do, translated: to have more rows in clusters, and to part a single cluster. */
typedef struct DensityCures {
  const char *take_in, *part;
} DensityCures;

/* Warnings with their cures: no cluster at all, mostly noise, a single one; then those of sizes. */
void density_notes(const ClusterInput *input, const int64_t *sizes, size_t k, int64_t noise, DensityCures cures, Text *notes);

/* values as a line from 1 on (thinned to a few thousand points), a level line at `level` (NaN: none). */
Status density_chart_line(Call *call, const PlotRequest *request, const char *x_label, const char *y_label,
                          const double *values, size_t n, double level, Chart **out, Error *e) MUST_USE;

/* Processor seconds of a fit of n rows in d columns with its own radius on a tree: factor n^(power + steep (d - 2)), but flat
 * instead of steep for each column beyond the 8th; pair: seconds for a pair of rows and column by brute force. */
typedef struct DensityRate {
  double factor, power, steep, flat, pair;
} DensityRate;

/* Bytes and seconds of a fit of a frame by an index and `more` bytes a row; `on` as given. */
Cost density_cost(const Call *call, OptionTexts on, const char *metric, double more, int64_t sample, DensityRate rate);

#endif
