/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ols_plot_primitives.h -- the charts of a linear regression.
 *
 *   residuals     residuals over fitted values, with a line at 0. Needs the rows, with the response.
 *   coefficients  an estimate with its interval for each term but the intercept, and a line at 0
 *   qq            residuals in units of sigma over the quantiles of the normal distribution, and the line on which
 * they would lie. Needs the rows.
 */
#ifndef ASSAY_REGRESS_OLS_PLOT_PRIMITIVES_H
#define ASSAY_REGRESS_OLS_PLOT_PRIMITIVES_H

#include "chart/chart.h"
#include "registry/primitive.h"

#define OLS_PLOTS "residuals|coefficients|qq"

/* Errors: STATUS_STATE "no-data"; STATUS_DATA "no-response", "nothing-to-draw"; those of predict. */
Status ols_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
