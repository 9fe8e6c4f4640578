/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_cells.h -- from what a chart's options name to columns, classes and axes; for the makers of charts. */
#ifndef ASSAY_CHART_CHART_CELLS_H
#define ASSAY_CHART_CHART_CELLS_H

#include "chart/chart_make.h"
#include "shape/groups.h"

/* The cells that `text` means for each row: the column of that name, else an expression with or without "name =". The
 * error says which option it was. */
Status chart_cells(const Frame *frame, const char *option, const char *text, Task *task, Column **out,
                   Error *e) MUST_USE;

/* The same, truth values as 0 and 1; STATUS_ARGUMENT "wrong-type" unless they are numbers, or (times: true) times. */
Status chart_numbers(const Frame *frame, const char *option, const char *text, bool times, Task *task, Column **out,
                     Error *e) MUST_USE;

/* Truth values become 0 and 1, so that they go together with other numbers; other columns stay. On failure the column is
 * gone. */
Status chart_widen(Column **column, Error *e) MUST_USE;

/* What the cells are called: the name before "=", or the text. In the arena. NULL: no memory. */
const char *chart_cells_name(const Frame *frame, const char *text, Arena *arena) MUST_USE;

/* Whether cells are classes (texts, booleans, labels) and not amounts. */
bool chart_is_classes(const Column *cells);

/* Every so many rows of a plain loop a cancel is asked for: STATUS_CANCELLED. */
static inline Status chart_poll(const Task *task, size_t row, Error *e)
{
  return row % 65536 == 0 && task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
}

/* ---- classes: the values of a column, each with a place in an order */

typedef enum ChartOrder {
  CHART_ORDER_DATA,   /* by level, of others by first appearance */
  CHART_ORDER_LABEL,  /* numbers, booleans and times by size, texts by bytes */
  CHART_ORDER_LEGEND, /* categories by level, others by label */
  CHART_ORDER_VALUE   /* by a value of each group, falling; equal ones by label; without a value last */
} ChartOrder;

typedef struct ChartClasses {
  Groups *groups; /* rows by value; a missing cell is a value */
  size_t n;
  size_t *group; /* the group at each place, in the arena */
  size_t *place; /* of each group */
  Column *names; /* texts by place; "NA" for the missing cell, which stands last unless by value */
} ChartClasses;

/* cells NULL: one class with the name "". values: of each group, for CHART_ORDER_VALUE. chart_classes_free also on
 * failure. Errors: "wrong-type" for sets. */
Status chart_classes_make(const Column *cells, const char *option, Task *task, ChartClasses *out, Error *e) MUST_USE;
Status chart_classes_arrange(const Column *cells, ChartOrder order, const double *values, Task *task,
                             ChartClasses *classes, Error *e) MUST_USE;
void chart_classes_free(ChartClasses *classes);

/* The place of a row's class. */
static inline size_t chart_class(const ChartClasses *classes, size_t row)
{
  return classes->groups->of_row ? classes->place[classes->groups->of_row[row]] : 0;
}

/* A place's name in the arena; NULL: no memory. */
const char *chart_class_name(const ChartClasses *classes, size_t place, Arena *arena) MUST_USE;

/* STATUS_LIMIT "too-many-series" when a chart cannot show so many. */
Status chart_check_series(size_t n, const char *option, Error *e) MUST_USE;

/* ---- axes */

typedef struct ChartAxisPlan {
  const char *name;
  ChartScale scale;
  const Column *categories;
} ChartAxisPlan;

/* Title and axes as the look has them. STATUS_ARGUMENT "chart-limits" for limits of times on other axes, and the other
 * way round. */
Status chart_dress(Chart *chart, const ChartLook *look, const ChartAxisPlan *x, const ChartAxisPlan *y,
                   Error *e) MUST_USE;

/* CHART_TIMES for timestamps, else CHART_NUMBERS. */
ChartScale chart_scale_of(const Column *cells);

#endif
