/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart.h -- charts as text.
 *
 * Bars:                                   Scatter:
 *   visits                                  score
 *   Monday  12.0 ██████▌                    100 ┤   oo     xx
 *   客户     3.1 █▋                             │    o  **
 *   Sunday    NA                              0 ┤  ++    ##
 *   1 missing                                   └─┬─────┬─────┬─
 *                                                20    60   100
 *                                               income
 *                                           o 1 (81)  x 2 (39)  + 3 (35)
 *                                           n 200, 3 dropped (missing or not finite)
 *
 * No line is wider than the style's width (or 100) unless that is under 30. Widths of labels are display
 * widths. With ascii, bars are of '#' and whole cells. With plain there are no bars and no grid: the same
 * figures as lines of text. Colour only repeats what the characters say.
 */
#ifndef ASSAY_VIEW_CHART_H
#define ASSAY_VIEW_CHART_H

#include "core/text.h"
#include "frame/column.h"
#include "view/style.h"

typedef struct ChartBars {
  const char *title;          /* NULL: none */
  const char *const *labels;
  const double *values;       /* NaN: missing, counted below */
  size_t n;
} ChartBars;

/* A bar a line, from zero, to the nearest eighth of a cell (left of zero: half); what is not zero shows at
 * least the smallest piece. More bars than the screen has lines for: the first ones, and a line that says
 * how many more. O(n). */
void chart_bars(const ChartBars *bars, const ViewStyle *style, Text *out);

typedef struct ChartScatter {
  const char *title;          /* NULL: none */
  const char *x_name, *y_name;
  const Column *x, *y;        /* of equal length; float64, int64, bool or timestamp */
  const Column *cluster;      /* any type but set; NULL: none */
} ChartScatter;

/* Points on a grid of cells. With clusters, each has a character (the legend says which, with its size, in
 * order of value) and a cell shows the cluster that has most points in it; noise (0 of a label column) is
 * '.'; clusters beyond the 34th share '?'. Without, the characters . o O @ stand for quarters of the cells
 * by their number of points. Points of which a value is missing or not finite are dropped and counted.
 * O(n), two passes, no copy of the data.
 * Errors: STATUS_ARGUMENT for a column of a type that cannot be drawn; STATUS_MEMORY. */
Status chart_scatter(const ChartScatter *scatter, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
