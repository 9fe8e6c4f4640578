/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aggregate_kinds.h -- the kinds of aggregates and windows, and cells on their way into a column. For aggregate*.c and
 * window*.c. */
#ifndef ASSAY_SHAPE_AGGREGATE_KINDS_H
#define ASSAY_SHAPE_AGGREGATE_KINDS_H

#include "frame/column_layout.h"
#include "shape/aggregate.h"

enum AggregateKind {
  AGGREGATE_ROWS, AGGREGATE_COUNT, AGGREGATE_DISTINCT, AGGREGATE_SUM, AGGREGATE_SUM_BOOL, AGGREGATE_MEAN,
      AGGREGATE_WMEAN,
  AGGREGATE_WSUM, AGGREGATE_VAR, AGGREGATE_SD, AGGREGATE_MIN, AGGREGATE_MAX, AGGREGATE_MIN_TEXT, AGGREGATE_MAX_TEXT,
  AGGREGATE_MEDIAN, AGGREGATE_QUANTILE, AGGREGATE_MODE, AGGREGATE_FIRST, AGGREGATE_LAST, AGGREGATE_NTH,
  AGGREGATE_SKEWNESS, AGGREGATE_KURTOSIS, AGGREGATE_COV, AGGREGATE_COR, AGGREGATE_ANY, AGGREGATE_ALL, AGGREGATE_CONCAT,
  AGGREGATE_SET, AGGREGATE_MIN_BY, AGGREGATE_MAX_BY
};

/* A column of 8-byte cells (bool: 0 or 1 each, packed at the end) that is being filled, by threads that do not
 * share a word of the bitmap. */
typedef struct Result {
  Type type;
  const Column *like;   /* a timestamp's zone is taken from it; NULL: none */
  size_t n;
  Storage *values, *valid;
} Result;

Status result_make(Result *result, Type type, const Column *like, size_t n, Error *e) MUST_USE;
void result_free(Result *result);
Status result_finish(Result *result, Column **out, Error *e) MUST_USE; /* also frees */

static inline void result_int(Result *result, size_t at, int64_t value)
{
  ((int64_t *)storage_data(result->values))[at] = value;
  ((uint64_t *)storage_data(result->valid))[at / 64] |= UINT64_C(1) << (at % 64);
}

static inline void result_float(Result *result, size_t at, double value)
{
  ((double *)storage_data(result->values))[at] = value;
  ((uint64_t *)storage_data(result->valid))[at / 64] |= UINT64_C(1) << (at % 64);
}

/* Groups by what their rows have in x: pair codes of rows in order of first appearance, and the pairs' first rows. */
Status groups_pairs(const Groups *groups, const Column *x, Task *task, uint32_t **codes, size_t **first, size_t *n,
                    Error *e) MUST_USE;

/* ---- order statistics (aggregate_select.c) ---- */

/* Puts the number of rank k (from 0) to place k, with none larger before and none smaller behind it. O(n) expected. */
Status select_rank(double *values, size_t n, size_t k, const Task *task, Error *e) MUST_USE;

/* The quantile of n >= 1 numbers that are no NaN, by R's type 1 .. 9 (7: the usual one). Reorders them. O(n) expected.
 * Reference: Hyndman and Fan 1996, Sample Quantiles in Statistical Packages. */
Status select_quantile(double *values, size_t n, double share, int type, const Task *task, double *out,
                       Error *e) MUST_USE;

/* ---- aggregates that need a group's cells together ---- */

Status aggregate_members(const ShapeCall *call, Groups *groups, Task *task, Column **out, Error *e) MUST_USE;
Status aggregate_pairs(const ShapeCall *call, Groups *groups, Task *task, Column **out, Error *e) MUST_USE;

/* The place of a group's rows: the i-th of them, and how many there are. */
static inline size_t group_begin(const Groups *groups, size_t g)
{
  return groups->start ? groups->start[g] : 0;
}

static inline size_t group_end(const Groups *groups, size_t g)
{
  return groups->start ? groups->start[g + 1] : groups->rows;
}

static inline size_t group_row(const Groups *groups, size_t place)
{
  return groups->arranged ? groups->arranged[place] : place;
}

/* A number of column_float's kind for a cell that is not missing; int64_t for int64, bool and timestamp. */
static inline double cell_float(const Column *column, size_t row)
{
  return column->type == TYPE_FLOAT64 ? ((const double *)column->values.data)[row] : column_float(column, row);
}

#endif
