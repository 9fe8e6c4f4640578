/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_parts.h -- the parts that models' charts are put together from: axes in one call, bars and points from
 * columns. */
#ifndef ASSAY_CHART_CHART_PARTS_H
#define ASSAY_CHART_CHART_PARTS_H

#include "chart/chart.h"

/* A chart with a title (NULL or "": none) and two axes without limits. categories: NULL, or the names on that axis. */
Status chart_begin(const char *kind, const char *title, const char *x_label, const Column *x_categories,
                   const char *y_label, const Column *y_categories, Chart **out, Error *e) MUST_USE;

/* A series whose frame has these columns. n >= 1. */
Status chart_add_columns(Chart *chart, ChartMark mark, const char *name, const char *const *roles,
                         const Column *const *columns, size_t n, Error *e) MUST_USE;

/* Bars on the categories in their order, a value for each; the frame has x, y and category. */
Status chart_add_bars(Chart *chart, const char *name, const Column *categories, const Column *values,
                      Error *e) MUST_USE;

/* An upright line at x, and one with a slope. */
Status chart_add_upright(Chart *chart, double x, Error *e) MUST_USE;
Status chart_add_slanted(Chart *chart, double intercept, double slope, Error *e) MUST_USE;

/* The cells of a column as texts, "NA" where missing: names for an axis. */
Status chart_names(const Column *cells, Column **out, Error *e) MUST_USE;

/* 0, 1, 2 ... n - 1. */
Status chart_numbering(size_t n, Column **out, Error *e) MUST_USE;

#endif
