/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart.h -- the description of a chart: titles, two axes, series of marks, each a frame. No pixels, no characters.
 *
 * Methods make descriptions (chart_*_make beside this file, and a model's plot); plot draws them with gnuplot, view as
 * text. Both read the same frames and the same extents, so a picture and its text show the same. A chart is immutable
 * once finished, and reference-counted (atomic). It refers to the columns it shows and copies none of them: a scatter
 * of a million rows is two references.
 *
 * What a series' frame holds, by mark (numbers are float64, int64, bool or timestamp; more columns do no harm):
 *
 *   CHART_POINTS     x y, and maybe `group` (any type but set: its values are classes with a glyph and colour each) or
 *                    `shade` (numbers: a ramp); `label` (text of a point)
 *   CHART_LINE       x y, joined in row order; a missing cell breaks the line
 *   CHART_BARS       x y on an axis of categories (x: the category's number from 0), or low high y: bins of a histogram
 *   CHART_BOXES      x (the category's number) low q25 median q75 high n
 *   CHART_INTERVALS  x low high along the horizontal axis, y
 *   CHART_RULE       a reference line in one row: `intercept slope`, or `x` for an upright one
 *
 * Rows of which a number, a group or a shade is missing or not finite (or not above 0 on a log axis) are not drawn, and
 * counted. A series of bars or boxes may have a column `n`: the rows behind each, which chart_counts adds up.
 */
#ifndef ASSAY_CHART_CHART_H
#define ASSAY_CHART_CHART_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

typedef struct Chart Chart;

typedef enum ChartMark {
  CHART_POINTS,
  CHART_LINE,
  CHART_BARS,
  CHART_BOXES,
  CHART_INTERVALS,
  CHART_RULE,
  CHART_MARKS
} ChartMark;

typedef enum ChartScale { CHART_NUMBERS, CHART_TIMES, CHART_CATEGORIES } ChartScale;

/* An axis as it is asked for. Times are microseconds since 1970. */
typedef struct ChartAxis {
  const char *label;         /* "" or NULL: none */
  ChartScale scale;
  bool log;                  /* base 10; only of numbers */
  double low, high;          /* limits; NaN: as the data have it. Filled in by chart_finish */
  const Column *categories;  /* CHART_CATEGORIES: their names in order, text without missing cells; else NULL */
} ChartAxis;

typedef struct ChartSeries {
  ChartMark mark;
  const char *name;          /* of the legend; "" none */
  const Frame *data;
  size_t drawn;              /* rows that can be drawn and lie within the limits */
  size_t dropped;            /* rows with a missing or not finite number, or not above 0 on a log axis */
  size_t outside;            /* rows beyond limits that were asked for */
} ChartSeries;

/* An empty chart; kind is static text: "scatter", "histogram", "bar", "line", "box", "coefficients" ... */
Status chart_new(const char *kind, Chart **out, Error *e) MUST_USE;
Chart *chart_ref(const Chart *chart);
void chart_unref(Chart *chart);                       /* NULL is fine */

/* Texts are copied, frames and columns referenced. Only before chart_finish. chart_add: the columns of the mark must be
 * there, with types that can be drawn: STATUS_ARGUMENT "wrong-type" says which. The legend's title says what group,
 * shade or the series stand for. */
Status chart_set_title(Chart *chart, const char *title, Error *e) MUST_USE;
Status chart_set_legend(Chart *chart, const char *title, Error *e) MUST_USE;
Status chart_set_x(Chart *chart, const ChartAxis *axis, Error *e) MUST_USE;
Status chart_set_y(Chart *chart, const ChartAxis *axis, Error *e) MUST_USE;
void chart_set_stacked(Chart *chart);                 /* bars of several series stand on one another */
Status chart_add(Chart *chart, ChartMark mark, const char *name, const Frame *data, Error *e) MUST_USE;
/* A line below the chart. */
Status chart_add_note(Chart *chart, Error *e, const char *format, ...) PRINTF(3, 4) MUST_USE;

/* Counts what can be drawn, and finds the extents that were not given: of all marks; bars and boxes of categories reach
 * half a category to either side, and each category has its place, bars include zero (unless the axis is log). A row is
 * within limits when any part of its mark is. One parallel pass over each series, O(rows).
 * Errors: STATUS_DATA "nothing-to-draw" when no row of any series can be drawn (it says how many are missing);
 * STATUS_ARGUMENT "chart-limits" for limits the wrong way round, or not above 0 on a log axis; STATUS_CANCELLED. */
Status chart_finish(Chart *chart, Task *task, Error *e) MUST_USE;

const char *chart_kind(const Chart *chart);
const char *chart_title(const Chart *chart);          /* "" none, as all texts here */
const char *chart_legend(const Chart *chart);
const ChartAxis *chart_x(const Chart *chart);         /* limits filled in, low < high */
const ChartAxis *chart_y(const Chart *chart);
bool chart_stacked(const Chart *chart);
size_t chart_series_count(const Chart *chart);
const ChartSeries *chart_series(const Chart *chart, size_t index);
size_t chart_notes(const Chart *chart);
const char *chart_note(const Chart *chart, size_t index);
size_t chart_bytes(const Chart *chart);
Digest chart_digest(const Chart *chart);              /* of all that a chart says */

/* The frame behind the chart: that of its only series, or all of them one below the other with a column `series`. */
Status chart_data(const Chart *chart, Frame **out, Error *e) MUST_USE;

/* The column of a role ("x", "group") in a series, or NULL. */
const Column *chart_role(const ChartSeries *series, const char *role);

/* "n 200, 3 missing or not finite, 5 beyond the limits": for below a chart. n counts the first points, else the rows of
 * lines, and adds up the column n of bars and boxes. "" when there is nothing to say. */
void chart_counts(const Chart *chart, Text *out);

/* ---- density: how many points fall into each cell of a grid over the chart's extents */

/* counts: columns * rows cells from the lower left, row by row; only of CHART_POINTS series (all of them together). On
 * log axes cells are even in the logarithm. O(rows), parallel, same counts on any number of threads. */
Status chart_density(const Chart *chart, size_t columns, size_t rows, Task *task, uint32_t *counts, Error *e) MUST_USE;

#endif
