/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rfm_plot_primitives.h -- the chart of an RFM model.
 *
 *   segments  for each segment its share of the customers beside its share of the revenue
 */
#ifndef ASSAY_CUSTOMER_RFM_PLOT_PRIMITIVES_H
#define ASSAY_CUSTOMER_RFM_PLOT_PRIMITIVES_H

#include "chart/chart.h"
#include "registry/primitive.h"

#define RFM_PLOTS "segments"

Status rfm_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
