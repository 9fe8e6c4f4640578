/* SPDX-License-Identifier: GPL-3.0-or-later */
/* column_fill.h -- a column of values made row by row on all threads: what casts and readers need. */
#ifndef ASSAY_FRAME_COLUMN_FILL_H
#define ASSAY_FRAME_COLUMN_FILL_H

#include "core/task.h"
#include "frame/column.h"

/* One cell: its value (a double's bits, an int64, 0 or 1) or *valid = false for missing (it is true before). Called by
 * several threads at once, within a block in rising order of rows. */
typedef Status (*FillCell)(const void *context, size_t row, uint64_t *bits, bool *valid, Error *e);

/* A float64, int64, bool or timestamp column. zone: of timestamps, "" for wall time. Of several errors of `cell` that
 * of the lowest row is given; others: STATUS_LIMIT, STATUS_CANCELLED, STATUS_MEMORY. O(rows). */
Status column_fill(Type type, size_t rows, const char *zone, FillCell cell, const void *context, Task *task,
                   Column **out, Error *e) MUST_USE;

static inline uint64_t fill_float(double value)
{
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

#endif
