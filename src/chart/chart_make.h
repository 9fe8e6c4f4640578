/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_make.h -- charts of a frame's columns: scatter, histogram, bars, lines, boxes.
 *
 * x, y and color are a column's name or an expression (expr/expr.h) with or without "name =" before it; the axis is
 * called by the name. Each maker gives a finished chart. What was decided (bins, what "other" holds, what was sorted)
 * stands in the chart's notes. Errors of all: those of expressions and of chart_finish; STATUS_ARGUMENT "wrong-type"
 * for columns that cannot be drawn so; STATUS_LIMIT "too-many-series"; memory, cancelled.
 */
#ifndef ASSAY_CHART_CHART_MAKE_H
#define ASSAY_CHART_CHART_MAKE_H

#include "chart/chart.h"
#include "core/options.h"

/* clang-format off */
#define TITLE_OPTIONS(O) \
  O(title, TEXT, OPTION_UNSET, 1, 0, "", "", "title above the chart") \
  O(xlabel, TEXT, OPTION_UNSET, 1, 0, "", "", "name of the horizontal axis, in the place of x") \
  O(ylabel, TEXT, OPTION_UNSET, 1, 0, "", "", "name of the vertical axis, in the place of y")
#define YLIM_OPTION(O) \
  O(ylim, VALUE, OPTION_UNSET, 1, 0, "", "", \
    "limits of the vertical axis {low, high}, times as texts; NA for an open end")
#define LIMIT_OPTIONS(O) \
  O(xlim, VALUE, OPTION_UNSET, 1, 0, "", "", \
    "limits of the horizontal axis {low, high}, times as texts; NA for an open end") \
  YLIM_OPTION(O)
#define LOG_OPTION(O) \
  O(log, CHOICE, OPTION_UNSET, 0, 0, "x|y|xy", "", \
    "axes with a logarithmic scale; what is not above 0 is left out and counted")
#define LOG_Y_OPTION(O) \
  O(log, CHOICE, OPTION_UNSET, 0, 0, "y", "", "a logarithmic scale; what is not above 0 is left out and counted")

#define SCATTER_OPTIONS(O) \
  O(x, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", "column or expression of the horizontal axis: numbers or times") \
  O(y, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", "column or expression of the vertical axis") \
  O(color, EXPRESSION, OPTION_UNSET, 1, 0, "", "", \
    "column or expression: texts, booleans and labels of clusters are classes, all else a shade; text(x) for classes") \
  O(label, COLUMN, OPTION_UNSET, 1, 0, "", "", "column with a text for each point") \
  O(trend, CHOICE, "none", 0, 0, "none|linear", "", \
    "a line of least squares through all points drawn, formula and R2 in a note; on log axes of the logarithms")
#define HIST_OPTIONS(O) \
  O(x, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", "column or expression: numbers or times") \
  O(bins, VALUE, "fd", 1, 0, "", "", \
    "a number of bins, or a rule for about how many: \"fd\" (Freedman-Diaconis), \"sturges\" or \"scott\"") \
  O(width, VALUE, OPTION_UNSET, 1, 0, "", "", \
    "width of a bin, in the place of bins: a number, for times a text like \"7 days\"") \
  O(color, EXPRESSION, OPTION_UNSET, 1, 0, "", "", "column or expression whose values are a series each") \
  O(y, CHOICE, "count", 0, 0, "count|share|density", "", \
    "height of a bar: rows, their share of the series, or the share by unit of x so that areas add up to 1") \
  O(stacked, BOOL, "true", 0, 0, "", "", "whether series of counts stand on one another; others stand side by side")
#define BAR_OPTIONS(O) \
  O(x, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", "column or expression of the categories") \
  O(y, EXPRESSION, "count()", 1, 0, "", "", \
    "length of a bar: an aggregate such as \"mean(spend)\", or a column that has one row for each category") \
  O(color, EXPRESSION, OPTION_UNSET, 1, 0, "", "", \
    "column or expression whose values are a series each, side by side") \
  O(stacked, BOOL, "false", 0, 0, "", "", "whether the series stand on one another") \
  O(sort, CHOICE, OPTION_UNSET, 0, 0, "value|label|data", "", \
    "largest first, by name, or in the data's order; not given: texts by value, all else by name") \
  O(top, INT, "30", 0, 10000, "", "", \
    "so many categories with the largest values are kept, the rest are one bar; 0 keeps all")
#define LINE_OPTIONS(O) \
  O(x, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", \
    "column or expression of the horizontal axis: numbers or times; rows are sorted by it") \
  O(y, EXPRESSIONS, OPTION_REQUIRED, 1, 0, "", "", \
    "columns or expressions, a line each; an aggregate gives a point for each value of x") \
  O(color, EXPRESSION, OPTION_UNSET, 1, 0, "", "", "column or expression whose values are a line each")
#define BOX_OPTIONS(O) \
  O(x, EXPRESSION, OPTION_UNSET, 1, 0, "", "", "column or expression of the categories; not given: one box") \
  O(y, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", "column or expression: numbers") \
  O(whiskers, NUMBER, "1.5", 0, 1e6, "", "", \
    "longest whisker in lengths of the box; what lies beyond is an outlier; 0: no outliers") \
  O(sort, CHOICE, "label", 0, 0, "value|label|data", "", \
    "by name, in the data's order, or by the median, largest first")
/* clang-format on */

typedef struct ScatterOptions {
  SCATTER_OPTIONS(OPTION_FIELD) TITLE_OPTIONS(OPTION_FIELD) LIMIT_OPTIONS(OPTION_FIELD) LOG_OPTION(OPTION_FIELD)
} ScatterOptions;
typedef struct HistOptions {
  HIST_OPTIONS(OPTION_FIELD) TITLE_OPTIONS(OPTION_FIELD) LIMIT_OPTIONS(OPTION_FIELD) LOG_OPTION(OPTION_FIELD)
} HistOptions;
typedef struct BarOptions {
  BAR_OPTIONS(OPTION_FIELD) TITLE_OPTIONS(OPTION_FIELD) YLIM_OPTION(OPTION_FIELD) LOG_Y_OPTION(OPTION_FIELD)
} BarOptions;
typedef struct LineOptions {
  LINE_OPTIONS(OPTION_FIELD) TITLE_OPTIONS(OPTION_FIELD) LIMIT_OPTIONS(OPTION_FIELD) LOG_OPTION(OPTION_FIELD)
} LineOptions;
typedef struct BoxOptions {
  BOX_OPTIONS(OPTION_FIELD) TITLE_OPTIONS(OPTION_FIELD) YLIM_OPTION(OPTION_FIELD) LOG_Y_OPTION(OPTION_FIELD)
} BoxOptions;

/* A limit as given: NaN none; times are microseconds since 1970. */
typedef struct ChartLimit {
  double value;
  bool time;
} ChartLimit;

/* What the options of all charts come to. Texts may be NULL. */
typedef struct ChartLook {
  const char *title, *xlabel, *ylabel;
  ChartLimit xlim[2], ylim[2];
  bool log_x, log_y;
} ChartLook;

typedef enum BinRule { BINS_FD, BINS_STURGES, BINS_SCOTT, BINS_NUMBER, BINS_WIDTH } BinRule;

/* bins and width of a histogram as read. */
typedef struct BinChoice {
  BinRule rule;
  int64_t number; /* BINS_NUMBER */
  double width;   /* BINS_WIDTH; of times microseconds */
  bool time;      /* the width is a time */
} BinChoice;

/* O(rows), 1 ms per million. */
Status chart_scatter_make(const Frame *frame, const ScatterOptions *options, const ChartLook *look, Task *task,
                          Chart **out, Error *e) MUST_USE;

/* Bins are (low, high], the first one with its lower end, as R's hist; of times [low, high). By a rule they have a round width (1, 2 or 5
 * times a power of ten; weeks, days, hours ... of times) and edges that are multiples of it, as R's pretty. Whole
 * numbers get bins of whole numbers, with edges half way. O(rows). */
Status chart_hist_make(const Frame *frame, const HistOptions *options, const BinChoice *bins, const ChartLook *look,
                       Task *task, Chart **out, Error *e) MUST_USE;

/* O(rows + categories log categories). */
Status chart_bar_make(const Frame *frame, const BarOptions *options, const ChartLook *look, Task *task, Chart **out,
                      Error *e) MUST_USE;

/* O(rows log rows). */
Status chart_line_make(const Frame *frame, const LineOptions *options, const ChartLook *look, Task *task, Chart **out,
                       Error *e) MUST_USE;

/* The box reaches from hinge to hinge (medians of the two halves, the median belonging to both), as R's boxplot.stats.
 * Expected O(rows). */
Status chart_box_make(const Frame *frame, const BoxOptions *options, const ChartLook *look, Task *task, Chart **out,
                      Error *e) MUST_USE;

#endif
