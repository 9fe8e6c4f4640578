/* SPDX-License-Identifier: GPL-3.0-or-later */
/* groups.h -- rows dealt into groups by the cells of some columns, and ordered within them.
 *
 * Two rows are of one group when all their key cells are equal: texts by bytes, whatever their levels; -0 is 0; NaN is
 * NaN; a missing cell is a key of its own. Groups are numbered in order of first appearance, so their numbers depend on
 * the data alone. One group of all rows is made by groups_whole, also of no rows.
 */
#ifndef ASSAY_SHAPE_GROUPS_H
#define ASSAY_SHAPE_GROUPS_H

#include "core/task.h"
#include "frame/frame.h"
#include "shape/order.h"

typedef struct Groups {
  size_t rows, n;
  uint32_t *of_row;   /* group of each row; NULL: all rows are of group 0 (then n is 1) */
  size_t *first;      /* first row of each group, rising */
  /* Made by groups_arrange: the rows of group g are arranged[start[g]] .. arranged[start[g + 1] - 1]. */
  size_t *start;      /* n + 1 */
  size_t *arranged;   /* rows; NULL before */
  bool ordered;       /* arranged by an order, not by row number: windows that need one look here */
  OrderKey *keys;     /* the order: windows find ties with it; columns held */
  size_t n_keys;
} Groups;

/* Expected O(rows * columns), on all threads. Errors: STATUS_MEMORY, STATUS_LIMIT (budget; 2^32 - 1 rows or more,
 * also of groups_arrange), STATUS_CANCELLED. */
Status groups_make(const Frame *frame, const size_t *columns, size_t n, Task *task, Groups **out, Error *e) MUST_USE;
Status groups_whole(size_t rows, Groups **out, Error *e) MUST_USE;
void groups_free(Groups *groups); /* NULL is fine */

/* Arranges rows by group, within a group by `keys` (shape/order.h; n_keys 0: by row number). Stable. Arranged again
 * when the order is another one. `frame` is the keys' frame. */
Status groups_arrange(Groups *groups, const Frame *frame, const OrderKey *keys, size_t n_keys, Task *task,
                      Error *e) MUST_USE;

/* STATUS_LIMIT for more rows than can be grouped or sorted. */
Status groups_check_rows(size_t rows, Error *e) MUST_USE;

/* Forgets the arrangement. */
void groups_release(Groups *groups);

/* The key columns of the groups: a row per group, under their names. */
Status groups_keys(const Groups *groups, const Frame *frame, const size_t *columns, size_t n, Frame **out,
                   Error *e) MUST_USE;

#endif
