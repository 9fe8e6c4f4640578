/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells by row numbers, in blocks that begin at multiples of 64 rows, so that threads never share a word of a
 * bitmap. */
#include "shape/join_rows.h"

#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/column_layout.h"

typedef struct Pick {
  const Column *from;
  const uint32_t *rows;
  size_t n;
  Column *to;
  uint64_t *valid; /* of the result, or NULL */
  void *values;
  int64_t *offsets;
  size_t *begin; /* lists: items before each block */
} Pick;

static Status pick_valid(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pick *p = context;
  const uint64_t *from = p->from->valid.data;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t word = 0; word < bitmap_words(count); word++) {
    const size_t at = first + word * 64, end = count - word * 64 < 64 ? count - word * 64 : 64;
    uint64_t bits = 0;
    for (size_t bit = 0; bit < end; bit++) {
      const uint32_t row = p->rows[at + bit];
      bits |= (uint64_t)(row != NO_ROW && (!from || bitmap_get(from, row))) << bit;
    }
    p->valid[at / 64] = bits;
  }
  return STATUS_OK;
}

static Status pick_eights(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pick *p = context;
  const uint64_t *from = p->from->values.data;
  uint64_t *to = p->values;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    to[i] = p->rows[i] == NO_ROW ? 0 : from[p->rows[i]];
  }
  return STATUS_OK;
}

static Status pick_codes(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pick *p = context;
  const int32_t *from = p->from->values.data;
  int32_t *to = p->values;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    to[i] = p->rows[i] == NO_ROW ? 0 : from[p->rows[i]];
  }
  return STATUS_OK;
}

static Status pick_bools(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pick *p = context;
  const uint64_t *from = p->from->values.data;
  uint64_t *to = p->values;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t word = 0; word < bitmap_words(count); word++) {
    const size_t at = first + word * 64, end = count - word * 64 < 64 ? count - word * 64 : 64;
    uint64_t bits = 0;
    for (size_t bit = 0; bit < end; bit++) {
      const uint32_t row = p->rows[at + bit];
      bits |= (uint64_t)(row != NO_ROW && bitmap_get(from, row)) << bit;
    }
    to[at / 64] = bits;
  }
  return STATUS_OK;
}

/* The items of a block's cells; then, once the blocks before it are counted, their places and the items themselves.
 */
static Status count_items(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pick *p = context;
  const int64_t *from = p->from->offsets.data;
  size_t total = 0;
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    const uint32_t row = p->rows[i];
    total += row == NO_ROW ? 0 : (size_t)(from[row + (size_t)1] - from[row]);
  }
  p->begin[first / BLOCK_ROWS] = total;
  return STATUS_OK;
}

static Status pick_items(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pick *p = context;
  const int64_t *from = p->from->offsets.data;
  const size_t size = p->from->type == TYPE_SET ? sizeof(int32_t) : 1;
  size_t at = p->begin[first / BLOCK_ROWS];
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    const uint32_t row = p->rows[i];
    if (row != NO_ROW) {
      const size_t n = (size_t)(from[row + (size_t)1] - from[row]);
      memcpy((char *)p->values + at * size, (const char *)p->from->values.data + (size_t)from[row] * size,
             n * size);
      at += n;
    }
    p->offsets[i + 1] = (int64_t)at;
  }
  return STATUS_OK;
}

static Status visit(Pick *p, Task *task, Status (*block)(void *, void *, size_t, size_t, size_t, Error *), Error *e)
{
  const Reduce reduce = {.block = block, .context = p};
  return rows_reduce(task, p->n, &reduce, NULL, e);
}

static void *make(Buffer *buffer, size_t n, size_t size)
{
  Storage *storage = storage_new(n, size);
  *buffer = buffer_of(storage);
  return storage ? storage_data(storage) : NULL;
}

static Status no_memory(const Pick *p, Error *e)
{
  return error_memory(e, p->n * 8, _("the rows of the result"));
}

static Status pick_lists(Pick *p, Task *task, Error *e)
{
  const size_t blocks = (p->n + BLOCK_ROWS - 1) / BLOCK_ROWS,
               size = p->from->type == TYPE_SET ? sizeof(int32_t) : 1;
  size_t total = 0;
  Status status;
  p->begin = mem_zero(blocks, sizeof *p->begin);
  p->offsets = make(&p->to->offsets, p->n + 1, sizeof *p->offsets);
  if (!p->begin || !p->offsets) {
    status = no_memory(p, e);
    goto done;
  }
  TRY(visit(p, task, count_items, e));
  for (size_t i = 0; i < blocks; i++) {
    const size_t items = p->begin[i];
    p->begin[i] = total;
    if (__builtin_add_overflow(total, items, &total) || total > INT64_MAX / size) {
      status = no_memory(p, e);
      goto done;
    }
  }
  TRY(task_reserve(task, total * size, _("the texts of the result"), e));
  p->values = make(&p->to->values, total, size);
  if (!p->values) {
    status = no_memory(p, e);
    goto done;
  }
  p->offsets[0] = 0;
  TRY(visit(p, task, pick_items, e));
done:
  mem_free(p->begin);
  return status;
}

static Status pick_cells(Pick *p, bool holes, Task *task, Error *e)
{
  const Type type = p->from->type;
  if (holes || column_missing(p->from) > 0) {
    p->valid = make(&p->to->valid, bitmap_words(p->n), sizeof *p->valid);
    Status status = p->valid ? visit(p, task, pick_valid, e) : no_memory(p, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  if (type == TYPE_STRING || type == TYPE_SET) {
    return pick_lists(p, task, e);
  }
  const size_t n = type == TYPE_BOOL ? bitmap_words(p->n) : p->n;
  p->values = make(&p->to->values, n, type == TYPE_CATEGORY ? 4 : 8);
  if (!p->values) {
    return no_memory(p, e);
  }
  return visit(p, task, type == TYPE_BOOL ? pick_bools : type == TYPE_CATEGORY ? pick_codes : pick_eights, e);
}

Status column_pick(const Column *column, const uint32_t *rows, size_t n, bool holes, Task *task, Column **out,
                   Error *e)
{
  *out = NULL;
  Pick pick = {.from = column, .rows = rows, .n = n, .to = column_like(column, n)};
  Status status = pick.to ? pick_cells(&pick, holes, task, e) : no_memory(&pick, e);
  if (status != STATUS_OK) {
    column_unref(pick.to);
    return status;
  }
  *out = pick.to;
  return STATUS_OK;
}

Status frame_pick(const Frame *frame, const uint32_t *rows, size_t n, bool holes, Task *task, Frame **out, Error *e)
{
  const size_t columns = frame_columns(frame);
  Column **made = mem_zero(columns, sizeof *made);
  *out = NULL;
  Status status = made ? STATUS_OK : error_memory(e, 0, _("columns"));
  for (size_t i = 0; status == STATUS_OK && i < columns; i++) {
    status = column_pick(frame_column(frame, i), rows, n, holes, task, &made[i], e);
  }
  if (status == STATUS_OK) {
    status = frame_new(frame_names(frame), (const Column *const *)made, columns, out, e);
  }
  for (size_t i = 0; made && i < columns; i++) {
    column_unref(made[i]);
  }
  mem_free(made);
  return status;
}
