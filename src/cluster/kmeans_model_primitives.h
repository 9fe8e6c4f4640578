/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_model_primitives.h -- a k-means result as a model (frames), and back. */
#ifndef ASSAY_CLUSTER_KMEANS_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_KMEANS_MODEL_PRIMITIVES_H

#include "cluster/cluster_model_primitives.h"
#include "cluster/kmeans.h"

/* Puts the frames of a fit into the model: tidy, glance, centres (scaled), variables, notes, and state when the fit is not
 * complete. silhouette: NaN when not computed. */
Status kmeans_model_fill(Model *model, const ClusterInput *input, const KmeansOptions *options, const KmeansResult *result,
                         const KmeansState *state, double silhouette, Error *e) MUST_USE;

/* The state of a model that is not complete. */
Status kmeans_model_state(const Model *model, KmeansState *out, Error *e) MUST_USE;

/* Checks that a model from a file has what predict and continue use. */
Status kmeans_model_check(const Model *model, Error *e) MUST_USE;

#endif
