/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_box.h -- the five figures of a box and its whiskers.
 *
 * The box reaches from the lower to the upper hinge: the medians of the lower and the upper half, where the median of
 * an odd number belongs to both. Whiskers reach to the last number within `reach` lengths of the box. The same figures
 * as R's boxplot.stats. On a log scale halves between two numbers are geometric means and the length of the box is a
 * ratio. Reference: Tukey 1977, Exploratory Data Analysis, 2B-2D.
 */
#ifndef ASSAY_CHART_CHART_BOX_H
#define ASSAY_CHART_CHART_BOX_H

#include "core/task.h"

typedef struct BoxFigures {
  double low, q25, median, q75, high;
  double fence_low, fence_high; /* numbers beyond are outliers */
} BoxFigures;

/* n >= 1 finite numbers (log: above 0), which are reordered. Expected O(n). Errors: STATUS_CANCELLED. */
Status box_figures(double *values, size_t n, double reach, bool log, const Task *task, BoxFigures *out,
                   Error *e) MUST_USE;

#endif
