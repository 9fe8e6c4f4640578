/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.h -- rows in the order of some columns' cells.
 *
 * Numbers by size (-0 is 0, NaN after Inf), false before true, times by time, texts by bytes, sets by their items'
 * texts one after the other. The sort is stable. Missing cells stand at the end, or at the beginning when asked for,
 * whether the order rises or falls.
 */
#ifndef ASSAY_SHAPE_ORDER_H
#define ASSAY_SHAPE_ORDER_H

#include "core/options.h"
#include "core/task.h"
#include "frame/frame.h"

typedef struct OrderKey {
  const Column *column;  /* borrowed */
  bool falling, missing_first;
} OrderKey;

/* The keys that texts like "name" and "-spend" mean for a frame (a column called "-spend" comes first). Errors:
 * STATUS_NAME with the nearest column. keys has room for texts->n. */
Status order_keys(const Frame *frame, const OptionTexts *texts, bool missing_first, OrderKey *keys, Error *e) MUST_USE;

/* The row numbers in order, `rows` of them (mem_free). O(rows log rows) at most; numbers by radix. Errors:
 * STATUS_MEMORY, STATUS_LIMIT, STATUS_CANCELLED. */
Status order_rows(const OrderKey *keys, size_t n, size_t rows, Task *task, size_t **out, Error *e) MUST_USE;

/* Less than, equal to or greater than 0 as cell a of the first key stands before, with or after cell b. */
int order_compare(const OrderKey *keys, size_t n, size_t a, size_t b);

#endif
