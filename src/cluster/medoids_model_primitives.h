/* SPDX-License-Identifier: GPL-3.0-or-later */
/* medoids_model_primitives.h -- a result of k-medoids as a model (frames), and back: for pam and clara.
 *
 * Frames beside those of all clustering models: centres (the medoids' numbers, with a metric of numbers), medoids
 * (their rows as they stand in the data, with gower) and gower, labels with `distance` to the medoid, silhouettes.
 */
#ifndef ASSAY_CLUSTER_MEDOIDS_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_MEDOIDS_MODEL_PRIMITIVES_H

#include "cluster/cluster_model_primitives.h"
#include "cluster/medoids_input_primitives.h"
#include "cluster/pam.h"
#include "cluster/silhouette.h"

/* A fit on its way to a model; freed in one place. */
typedef struct MedoidsFit {
  MedoidsInput input;
  PamResult result;
  Silhouettes silhouettes; /* n = 0: none */
} MedoidsFit;

void medoids_fit_free(MedoidsFit *fit);

/* Adds tidy, variables, labels and what predict needs. Glance is the method's: medoids_glance begins it with what
 * both have. */
Status medoids_model_fill(Model *model, const MedoidsFit *fit, Error *e) MUST_USE;
void medoids_glance(Draft *draft, const MedoidsFit *fit);

/* New rows go to the nearest medoid. */
Status medoids_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e) MUST_USE;
Status medoids_check(const Model *model, Error *e) MUST_USE;
void medoids_headline(const Model *model, Text *out);

#define MEDOIDS_PLOTS "segments|sizes|profile|silhouette"
Status medoids_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

/* The k rows of init from a frame with a column `medoid` of row numbers; *out: k rows of the input, mem_free. */
Status medoids_given(const MedoidsInput *input, const Frame *frame, size_t k, size_t **out, Error *e) MUST_USE;

#endif
