/* SPDX-License-Identifier: GPL-3.0-or-later */
/* silhouette_plot_primitives.h -- silhouettes as a model's frame and as a chart.
 *
 * The frame "silhouettes" has a row per row of the data: cluster, neighbour (labels as the model has them), width;
 * all missing where a row has none. The chart shows the widths as bars, cluster after cluster, widest first; many
 * rows are put together to bars of their means.
 */
#ifndef ASSAY_CLUSTER_SILHOUETTE_PLOT_PRIMITIVES_H
#define ASSAY_CLUSTER_SILHOUETTE_PLOT_PRIMITIVES_H

#include "chart/chart.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/silhouette.h"

#define SILHOUETTE_PLOT "silhouette"

/* The frame from silhouettes of the input's rows; labels 0..k-1 or -1, names: of the clusters (NULL: numbers from 1).
 */
Status silhouette_frame(const ClusterInput *input, const int32_t *labels, const Silhouettes *silhouettes,
                        const char *const *names, Frame **out, Error *e) MUST_USE;

/* Errors: STATUS_STATE "no-silhouettes" when the model has none. */
Status silhouette_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

/* Whether a model's frame, if there is one, is sound. */
bool silhouette_sound(const Model *model);

#endif
