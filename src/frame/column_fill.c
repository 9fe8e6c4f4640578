/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of rows_reduce begin at multiples of 64 rows, so that no two threads share a word of a bitmap. */
#include "frame/column_fill.h"

#include <string.h>

#include "core/reduce.h"
#include "frame/column_layout.h"

typedef struct Fill {
  Type type;
  FillCell cell;
  const void *context;
  uint64_t *values, *valid; /* values: words of bits when bool */
} Fill;

static Status fill_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Fill *fill = context;
  (void)sum;
  (void)worker;
  for (size_t row = first; row < first + count; row++) {
    uint64_t bits = 0;
    bool valid = true;
    const Status status = fill->cell(fill->context, row, &bits, &valid, e);
    if (status != STATUS_OK) {
      return status;
    }
    bits = valid ? bits : 0;
    fill->valid[row / 64] |= (uint64_t)valid << (row % 64);
    if (fill->type == TYPE_BOOL) {
      fill->values[row / 64] |= bits << (row % 64);
    } else {
      fill->values[row] = bits;
    }
  }
  return STATUS_OK;
}

/* Zeroed memory for the column's buffers. */
static bool make_buffers(Column *column, size_t rows, const char *zone)
{
  const size_t words = bitmap_words(rows), n = column->type == TYPE_BOOL ? words : rows;
  column->values = buffer_of(storage_new(n, sizeof(uint64_t)));
  column->valid = buffer_of(storage_new(words, sizeof(uint64_t)));
  if (!column->values.data || !column->valid.data) {
    return false;
  }
  memset((void *)column->values.data, 0, n * sizeof(uint64_t));
  memset((void *)column->valid.data, 0, words * sizeof(uint64_t));
  if (column->type == TYPE_TIMESTAMP && zone && zone[0]) {
    column->zone = buffer_of(storage_new(strlen(zone) + 1, 1));
    if (!column->zone.data) {
      return false;
    }
    strcpy((char *)column->zone.data, zone);
  }
  return true;
}

Status column_fill(Type type, size_t rows, const char *zone, FillCell cell, const void *context, Task *task,
                   Column **out, Error *e)
{
  *out = NULL;
  Column *column = NULL;
  Status status = task_reserve(task, rows * sizeof(uint64_t), _("a column"), e);
  if (status == STATUS_OK) {
    column = column_bare(type, rows);
    if (!column || !make_buffers(column, rows, zone)) {
      status = error_memory(e, rows * sizeof(uint64_t), _("a column"));
    }
  }
  if (status == STATUS_OK) {
    Fill fill = {type, cell, context, (uint64_t *)column->values.data, (uint64_t *)column->valid.data};
    const Reduce reduce = {.block = fill_block, .context = &fill};
    status = rows_reduce(task, rows, &reduce, NULL, e);
  }
  if (status != STATUS_OK) {
    column_unref(column);
    return status;
  }
  if (column_missing(column) == 0) {
    buffer_drop(&column->valid);
  }
  *out = column;
  return STATUS_OK;
}
