/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_plot_primitives.h -- the charts that any clustering model has (cluster_model_primitives.h).
 *
 *   segments  the rows, a class for each cluster, and the centres (or where there are none, the means) with their numbers: on two columns (x = , y = ), else on
 *             the model's variables when there are two of them, else on the first two principal components of the scaled
 *             variables. Needs the rows.
 *   sizes     a bar for each cluster
 *   profile   for each variable and cluster, how far the cluster's mean lies from that of all other rows, in standard
 *             deviations (cluster.profile). Needs the rows.
 */
#ifndef ASSAY_CLUSTER_SEGMENT_PLOT_PRIMITIVES_H
#define ASSAY_CLUSTER_SEGMENT_PLOT_PRIMITIVES_H

#include "chart/chart.h"
#include "registry/primitive.h"

#define SEGMENT_PLOTS "segments|sizes|profile"

/* Errors: STATUS_STATE "no-data"; STATUS_NAME "unknown-column"; those of predict, pca_fit and chart_finish. */
Status segment_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
