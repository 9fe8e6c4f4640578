/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_text.h -- a chart's description drawn as text, for the size and abilities of a style.
 *
 * Every mark and every kind of chart can be drawn; what a terminal cannot show is said in words. With plain there is no
 * grid: the same figures as lines of text. No line is wider than the style's width. O(rows), two passes, no copy.
 */
#ifndef ASSAY_VIEW_CHART_TEXT_H
#define ASSAY_VIEW_CHART_TEXT_H

#include "chart/chart.h"
#include "view/style.h"

/* Errors: STATUS_MEMORY. */
Status chart_text(const Chart *chart, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
