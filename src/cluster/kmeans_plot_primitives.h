/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_plot_primitives.h -- the charts of a k-means model. */
#ifndef ASSAY_CLUSTER_KMEANS_PLOT_PRIMITIVES_H
#define ASSAY_CLUSTER_KMEANS_PLOT_PRIMITIVES_H

#include "chart/chart.h"
#include "registry/primitive.h"

/* "sizes": a bar for each cluster. */
Status kmeans_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
