/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_plot_primitives.h -- the charts of association rules and of frequent itemsets.
 *
 *   rules     a point for each rule: support across, confidence upwards, lift as shade
 *   top       rules: the 15 with the highest lift (of equal ones the more frequent), a bar each; itemsets: the 20 with
 * the highest support
 */
#ifndef ASSAY_RULES_RULES_PLOT_PRIMITIVES_H
#define ASSAY_RULES_RULES_PLOT_PRIMITIVES_H

#include "chart/chart.h"
#include "registry/primitive.h"

#define RULES_PLOTS "rules|top"
#define ITEMSETS_PLOTS "top"

/* Errors: STATUS_DATA "nothing-to-draw" when there are none. */
Status rules_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;
Status itemsets_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
