/* SPDX-License-Identifier: GPL-3.0-or-later */
/* centre_model_primitives.h -- what the primitives of methods with centres but k-means share (spherical, kmedians,
 * minibatch): from a result to a model's frames and back, starting centres, predict by the nearest centre.
 *
 * Frames beside those of cluster_model_primitives.h: tidy has the cost of each cluster under the method's own name; of an
 * interrupted fit state, state_current, state_best, state_extra.
 */
#ifndef ASSAY_CLUSTER_CENTRE_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_CENTRE_MODEL_PRIMITIVES_H

#include "cluster/centre_search.h"
#include "cluster/cluster_model_primitives.h"

/* A fit on its way to a model; freed in one place. */
typedef struct CentreFit {
  ClusterInput input;
  double *centres; /* given ones, scaled, or NULL */
  double *seen;    /* mini-batch: the weight of the rows that each centre has had; else NULL */
  CentreState state;
  CentreResult result;
} CentreFit;

void centre_fit_free(void *fit);

/* The frames; `within` and `objective` are the names of the costs in tidy and glance; starts: glance counts them. */
typedef struct CentreNames {
  const char *within, *objective;
  bool starts;
} CentreNames;

Status centre_model_fill(Model *model, const CentreFit *fit, CentreNames names, int64_t seed, Error *e) MUST_USE;

/* Lines about how the fit ended and its clusters. */
void centre_note_result(const CentreFit *fit, int64_t max_iter, Text *notes);

Status centre_model_state(const Model *model, CentreState *out, Error *e) MUST_USE;
Status centre_resume(const Model *model, const void *options, void *fit, Error *e) MUST_USE; /* for ModelSteps */
Status centre_model_check(const Model *model, Error *e) MUST_USE;

/* Starting centres from a frame: a row per centre, the variables as columns, in the data's units; scaled, k x d, mem_free. */
Status centre_given(const Frame *data, const Frame *centres, const Variables *v, size_t k, double **out, Error *e) MUST_USE;

/* The nearest centre of new rows: `prepare` (or NULL) works on the rows first, `assign` gives labels and distances. */
typedef Status (*CentrePrepare)(const ClusterInput *input, Error *e);
typedef Status (*CentreNearest)(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k,
                                int32_t *labels, double *distances, Error *e);
Status centre_nearest_mean(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k, int32_t *labels,
                           double *distances, Error *e) MUST_USE; /* by k-means' rule, which settles equally near ones */
Status centre_predict(Call *call, const Model *model, const Frame *data, CentrePrepare prepare, CentreNearest nearest,
                      Frame **out, Error *e) MUST_USE;

#endif
