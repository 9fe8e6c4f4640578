/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns from columns. A slice that starts at a multiple of 64 rows shares every buffer (a bitmap whose
 * last word would hold bits of later rows is copied, so that bits past the end are 0); one that starts
 * elsewhere copies all but the bytes of strings and the codes of sets, to which the copied offsets point
 * as before. */
#include <string.h>

#include "frame/column_layout.h"

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a column"));
}

/* Bytes per row of `values`, 0 for bitmaps and for what offsets point to. */
static size_t value_size(Type type)
{
  switch (type) {
    case TYPE_FLOAT64:
    case TYPE_INT64:
    case TYPE_TIMESTAMP:
      return 8;
    case TYPE_CATEGORY:
      return 4;
    default:
      return 0;
  }
}

/* Rows first .. first + count - 1 of a bitmap that has bits for `rows`. */
static bool slice_bitmap(Buffer from, size_t rows, size_t first, size_t count, Buffer *out)
{
  if (!from.data) {
    return true;
  }
  if (first % 64 == 0 && (count % 64 == 0 || first + count == rows)) {
    *out = buffer_at(from, first / 8);
    return true;
  }
  const size_t words = bitmap_words(count), shift = first % 64, last = bitmap_words(rows);
  Storage *storage = storage_new(words, sizeof(uint64_t));
  if (!storage) {
    return false;
  }
  const uint64_t *bits = from.data;
  uint64_t *copy = storage_data(storage);
  for (size_t i = 0; i < words; i++) {
    const size_t at = first / 64 + i;
    copy[i] = bits[at] >> shift;
    if (shift > 0 && at + 1 < last) {
      copy[i] |= bits[at + 1] << (64 - shift);
    }
    copy[i] &= bitmap_mask(count, i);
  }
  *out = buffer_of(storage);
  return true;
}

/* The same for n items of `size` bytes. */
static bool slice_items(Buffer from, size_t size, size_t first, size_t n, Buffer *out)
{
  if (first % 64 == 0) {
    *out = buffer_at(from, first * size);
    return true;
  }
  Storage *storage = storage_new(n, size);
  if (!storage) {
    return false;
  }
  memcpy(storage_data(storage), (const char *)from.data + first * size, n * size);
  *out = buffer_of(storage);
  return true;
}

static bool slice_buffers(const Column *column, size_t first, size_t count, Column *slice)
{
  if (!slice_bitmap(column->valid, column->rows, first, count, &slice->valid)) {
    return false;
  }
  if (column->type == TYPE_BOOL) {
    return slice_bitmap(column->values, column->rows, first, count, &slice->values);
  }
  if (column->offsets.data) {
    slice->values = buffer_at(column->values, 0);
    return slice_items(column->offsets, sizeof(int64_t), first, count + 1, &slice->offsets);
  }
  return slice_items(column->values, value_size(column->type), first, count, &slice->values);
}

Status column_slice(const Column *column, size_t first, size_t count, Column **out, Error *e)
{
  *out = NULL;
  if (first > column->rows || count > column->rows - first) {
    return error_set(e, STATUS_INTERNAL, "slice-range", _("rows %1$zu to %2$zu of %3$zu"), first,
                     first + count, column->rows);
  }
  Column *slice = column_like(column, count);
  if (!slice || !slice_buffers(column, first, count, slice)) {
    column_unref(slice);
    return no_memory(e);
  }
  *out = slice;
  return STATUS_OK;
}

Status column_with_role(const Column *column, Role role, Column **out, Error *e)
{
  const Status status = column_slice(column, 0, column->rows, out, e);
  if (status == STATUS_OK) {
    (*out)->role = role;
    if (atomic_load_explicit(&((Column *)column)->digest_state, memory_order_acquire) == 2) {
      (*out)->digest = column->digest;
      atomic_store_explicit(&(*out)->digest_state, 2, memory_order_release);
    }
  }
  return status;
}

static bool take_bitmap(Buffer from, const size_t *rows, size_t n, Buffer *out)
{
  Storage *storage = storage_new(bitmap_words(n), sizeof(uint64_t));
  if (!storage) {
    return false;
  }
  uint64_t *words = storage_data(storage);
  for (size_t word = 0; word < bitmap_words(n); word++) {
    const size_t end = n - word * 64 < 64 ? n - word * 64 : 64;
    uint64_t bits = 0;
    for (size_t bit = 0; bit < end; bit++) {
      bits |= (uint64_t)bitmap_get(from.data, rows[word * 64 + bit]) << bit;
    }
    words[word] = bits;
  }
  *out = buffer_of(storage);
  return true;
}

static bool take_items(const Column *column, const size_t *rows, size_t n, Column *taken)
{
  const size_t size = value_size(column->type);
  Storage *storage = storage_new(n, size);
  if (!storage) {
    return false;
  }
  if (size == 8) {
    const uint64_t *from = column->values.data;
    uint64_t *to = storage_data(storage);
    for (size_t i = 0; i < n; i++) {
      to[i] = from[rows[i]];
    }
  } else {
    const int32_t *from = column->values.data;
    int32_t *to = storage_data(storage);
    for (size_t i = 0; i < n; i++) {
      to[i] = from[rows[i]];
    }
  }
  taken->values = buffer_of(storage);
  return true;
}

/* Strings (items of one byte) and sets (of four). */
static Status take_lists(const Column *column, const size_t *rows, size_t n, Column *taken, Error *e)
{
  const size_t size = column->type == TYPE_SET ? sizeof(int32_t) : 1;
  const int64_t *from = column->offsets.data;
  Storage *offsets = storage_new(n + 1, sizeof(int64_t));
  if (!offsets) {
    return no_memory(e);
  }
  taken->offsets = buffer_of(offsets);
  int64_t *to = storage_data(offsets), total = 0;
  to[0] = 0;
  for (size_t i = 0; i < n; i++) {
    if (__builtin_add_overflow(total, from[rows[i] + 1] - from[rows[i]], &total)) {
      return no_memory(e);
    }
    to[i + 1] = total;
  }
  Storage *values = storage_new((size_t)total, size);
  if (!values) {
    return no_memory(e);
  }
  taken->values = buffer_of(values);
  for (size_t i = 0; i < n; i++) {
    const char *cell = (const char *)column->values.data + (size_t)from[rows[i]] * size;
    memcpy((char *)storage_data(values) + (size_t)to[i] * size, cell, (size_t)(to[i + 1] - to[i]) * size);
  }
  return STATUS_OK;
}

static Status take_cells(const Column *column, const size_t *rows, size_t n, Column *taken, Error *e)
{
  if (column_missing(column) > 0 && !take_bitmap(column->valid, rows, n, &taken->valid)) {
    return no_memory(e);
  }
  if (column->offsets.data) {
    return take_lists(column, rows, n, taken, e);
  }
  const bool made = column->type == TYPE_BOOL ? take_bitmap(column->values, rows, n, &taken->values)
                                              : take_items(column, rows, n, taken);
  return made ? STATUS_OK : no_memory(e);
}

Status column_take(const Column *column, const size_t *rows, size_t n, Column **out, Error *e)
{
  *out = NULL;
  size_t highest = 0;
  for (size_t i = 0; i < n; i++) {
    highest = rows[i] > highest ? rows[i] : highest;
  }
  if (n > 0 && highest >= column->rows) {
    return error_set(e, STATUS_INTERNAL, "take-range", _("row %1$zu of %2$zu"), highest, column->rows);
  }
  Column *taken = column_like(column, n);
  if (!taken) {
    return no_memory(e);
  }
  const Status status = take_cells(column, rows, n, taken, e);
  if (status != STATUS_OK) {
    column_unref(taken);
    return status;
  }
  *out = taken;
  return STATUS_OK;
}

/* n values of 8 bytes. */
static Status column_of(Type type, const void *values, size_t n, Column **out, Error *e)
{
  *out = NULL;
  Storage *storage = storage_new(n, 8);
  Column *column = column_bare(type, n);
  if (!storage || !column) {
    storage_unref(storage);
    column_unref(column);
    return no_memory(e);
  }
  if (n > 0) {
    memcpy(storage_data(storage), values, n * 8);
  }
  column->values = buffer_of(storage);
  *out = column;
  return STATUS_OK;
}

Status column_of_floats(const double *values, size_t n, Column **out, Error *e)
{
  return column_of(TYPE_FLOAT64, values, n, out, e);
}

Status column_of_ints(const int64_t *values, size_t n, Column **out, Error *e)
{
  return column_of(TYPE_INT64, values, n, out, e);
}

Status column_of_sets(const Column *like, const int64_t *offsets, const int32_t *codes, size_t n, Column **out, Error *e)
{
  *out = NULL;
  Storage *ends = storage_new(n + 1, sizeof *offsets), *items = storage_new((size_t)offsets[n], sizeof *codes);
  Column *column = column_bare(TYPE_SET, n);
  if (!ends || !items || !column) {
    storage_unref(ends);
    storage_unref(items);
    column_unref(column);
    return no_memory(e);
  }
  memcpy(storage_data(ends), offsets, (n + 1) * sizeof *offsets);
  if (offsets[n] > 0) {
    memcpy(storage_data(items), codes, (size_t)offsets[n] * sizeof *codes);
  }
  column->offsets = buffer_of(ends);
  column->values = buffer_of(items);
  column->dictionary = dictionary_ref(like->dictionary);
  *out = column;
  return STATUS_OK;
}
