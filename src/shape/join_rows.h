/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join_rows.h -- cells of a column by a list of row numbers, some of which stand for no row.
 *
 * What joins, pivots and their like end with. On all threads, O(n) and the bytes of texts.
 */
#ifndef ASSAY_SHAPE_JOIN_ROWS_H
#define ASSAY_SHAPE_JOIN_ROWS_H

#include "core/task.h"
#include "frame/frame.h"

#define NO_ROW UINT32_MAX /* also: more rows than this no join can take */

/* A column of n cells: that of row rows[i], or a missing one for NO_ROW. holes: whether NO_ROW may occur. Errors:
 * memory, limit, cancelled. */
Status column_pick(const Column *column, const uint32_t *rows, size_t n, bool holes, Task *task, Column **out,
                   Error *e) MUST_USE;

/* Each column of the frame so, under its name. */
Status frame_pick(const Frame *frame, const uint32_t *rows, size_t n, bool holes, Task *task, Frame **out,
                  Error *e) MUST_USE;

#endif
