/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aggregate.h -- functions that make one cell of a group's cells: sum, mean, quantile ...
 *
 * Missing cells are skipped: with nothing left sum is 0, count and distinct are 0, all others are missing. A NaN
 * makes sums, means and moments NaN, as in R; min, max and quantiles pass over it, as describe does, and are NaN
 * only when nothing else is there. A group's cells are added in row order, within pieces of rows whose number
 * follows from the numbers of rows and groups alone (first, last, nth and string_agg go by the groups' order, when
 * they are arranged by one), so results do not depend on threads. Sums of float64 are compensated; moments take a
 * second pass around the mean; sums of int64 are exact whatever their order, and one beyond int64 is an error that
 * names the group.
 *
 * The expression language finds them here by name; a further one is a row of the table in aggregate_table.c.
 */
#ifndef ASSAY_SHAPE_AGGREGATE_H
#define ASSAY_SHAPE_AGGREGATE_H

#include "shape/groups.h"

enum { AGGREGATE_ARGUMENTS = 4 };

/* What an aggregate or window is applied to. */
typedef struct ShapeCall {
  const struct ShapeFunction *function;
  const Column *columns[AGGREGATE_ARGUMENTS];   /* columns of the groups' rows; those of type 'k' and 'K' are NULL */
  double numbers[AGGREGATE_ARGUMENTS];          /* constants of type 'k' */
  const char *texts[AGGREGATE_ARGUMENTS];       /* constants of type 'K' */
  size_t n;                                     /* arguments given */
} ShapeCall;

typedef struct ShapeFunction {
  const char *name;
  /* Argument types, then ':' and the result's: f float64 (int64 and bool are widened), n float64 or int64 (the
   * result n is the first argument's type), i int64, b bool, t timestamp, s text, a anything (the result a is of
   * the first argument's type), k a constant number, K a constant text; ? what follows may be left out; * the last
   * one may be repeated. "n:n", "fk:f", "?a:i". A name may have several rows with different types; the first that
   * fits is taken. */
  const char *types;
  const char *arguments; /* for help: "x, share" */
  const char *help;      /* one line, no full stop */
  int kind;              /* for the implementation */
  bool needs_order;      /* windows: refuses groups that are not arranged by an order */
} ShapeFunction;

/* The tables, for help, completion and the expression language. NULL past the end. */
const ShapeFunction *aggregate_at(size_t index);
const ShapeFunction *window_at(size_t index);

/* Applies n aggregates in as few passes over the rows as it can: out[i] has a cell per group. All of out is NULL on
 * failure. Errors: STATUS_DATA "overflow" with the group; STATUS_ARGUMENT for a constant out of its range; memory,
 * limit, cancelled. */
Status aggregate_run(const ShapeCall *calls, size_t n, Groups *groups, Task *task, Column **out, Error *e) MUST_USE;

/* Applies a window function (lag, lead, rank, cumulative_sum, rolling_mean ...): a cell per row, computed within
 * the row's group along the groups' arrangement; groups that are not arranged are gone through by row number.
 * Windows of the rows so far or of the last rows give what the aggregate of that name gives for these rows.
 * Errors: those of aggregates; STATUS_ARGUMENT "needs-order". */
Status window_run(const ShapeCall *call, Groups *groups, Task *task, Column **out, Error *e) MUST_USE;

#endif
