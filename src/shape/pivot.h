/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pivot.h -- long frames made wide, and wide ones long.
 *
 * A pivot has a row per group of the row columns, in order of first appearance, and a column per group of the
 * columns turned round; a cell is an aggregate of the values of its rows, or their one value. A group that does not
 * occur gives a missing cell, 0 for counts, or `fill`. Names: the cells of the columns turned round as text ("NA"
 * when missing), joined by the separator, after the prefix; with several value columns the value's name and the
 * separator stand in front, and all columns of the first value come before those of the second. O(rows + result).
 */
#ifndef ASSAY_SHAPE_PIVOT_H
#define ASSAY_SHAPE_PIVOT_H

#include "core/text.h"
#include "shape/aggregate.h"

/* Keys in order of first appearance; sorted as sort does; or sorted with categories in the order of their levels.
 */
typedef enum LevelOrder { LEVELS_APPEARANCE, LEVELS_SORTED, LEVELS_LEVELS } LevelOrder;

/* The rows of a frame of keys in such an order (mem_free). */
Status pivot_order(const Frame *keys, LevelOrder order, Task *task, size_t **out, Error *e) MUST_USE;

typedef struct PivotOptions {
  const size_t *rows, *columns, *values;
  size_t n_rows, n_columns, n_values; /* n_values 0: counts rows */
  const char *aggregate;              /* name of an aggregate of one column (aggregate.h); NULL: one row per cell */
  const char *prefix, *separator;
  LevelOrder order;   /* of the new columns */
  const Column *fill; /* one cell; NULL: none */
  size_t most;        /* columns at most */
} PivotOptions;

/* Errors: STATUS_NAME "unknown-function"; STATUS_ARGUMENT "wrong-column-type", "column-twice"; STATUS_DATA
 * "pivot-duplicates" with the first cell that has several rows, "append-types" (fill), "name-twice"; STATUS_LIMIT
 * "pivot-columns"; memory, limit, cancelled. */
Status frame_pivot(const Frame *frame, const PivotOptions *options, Task *task, Frame **out, Error *e) MUST_USE;

/* A row per row and column, row by row: the other columns, the column's name (category) and its cell. Types go
 * together as in frame/append.h. Errors: STATUS_DATA "append-types", "name-clash"; STATUS_LIMIT "join-rows". */
Status frame_unpivot(const Frame *frame, const size_t *columns, size_t n, const char *names_to,
                     const char *values_to, bool drop_missing, Task *task, Frame **out, Error *e) MUST_USE;

/* The aggregate of a name for one column; NULL: of rows (count). Errors: STATUS_NAME "unknown-function",
 * STATUS_ARGUMENT "wrong-column-type". */
Status pivot_aggregate(const char *name, const Column *column, const char *column_name, ShapeCall *out,
                       Error *e) MUST_USE;

#endif
