/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns: life, facts and cells. The figures kept with a column (missing cells, dates) are found at the
 * first call: two threads may both count, and store the same number. */
#include "frame/column.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/column_layout.h"

static const char *const names[TYPE_COUNT] = {"float64",  "int64",  "bool", "timestamp",
                                              "category", "string", "set"};

const char *type_name(Type type)
{
  return names[type];
}

bool type_of_name(const char *name, Type *type)
{
  for (int i = 0; i < TYPE_COUNT; i++) {
    if (strcmp(name, names[i]) == 0) {
      *type = (Type)i;
      return true;
    }
  }
  return false;
}

bool type_is_text(Type type)
{
  return type == TYPE_CATEGORY || type == TYPE_STRING;
}

bool type_is_numeric(Type type)
{
  return type == TYPE_FLOAT64 || type == TYPE_INT64;
}

Storage *storage_new(size_t n, size_t size)
{
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX - 2 * STORAGE_HEAD) {
    return NULL;
  }
  Storage *storage = mem_buffer(bytes + STORAGE_HEAD, 1);
  if (storage) {
    atomic_init(&storage->refs, 1);
    storage->bytes = bytes;
  }
  return storage;
}

void storage_unref(Storage *storage)
{
  if (storage && atomic_fetch_sub_explicit(&storage->refs, 1, memory_order_acq_rel) == 1) {
    mem_free(storage);
  }
}

Buffer buffer_of(Storage *storage)
{
  return (Buffer){storage, storage ? storage_data(storage) : NULL};
}

Buffer buffer_at(Buffer buffer, size_t offset)
{
  if (!buffer.data) {
    return (Buffer){NULL, NULL};
  }
  atomic_fetch_add_explicit(&buffer.owner->refs, 1, memory_order_relaxed);
  return (Buffer){buffer.owner, (const char *)buffer.data + offset};
}

size_t buffer_room(const Buffer *buffer)
{
  if (!buffer->data) {
    return 0;
  }
  const char *end = (const char *)storage_data(buffer->owner) + buffer->owner->bytes;
  return (size_t)(end - (const char *)buffer->data);
}

void buffer_drop(Buffer *buffer)
{
  storage_unref(buffer->owner);
  *buffer = (Buffer){NULL, NULL};
}

Dictionary *dictionary_ref(Dictionary *dictionary)
{
  if (dictionary) {
    atomic_fetch_add_explicit(&dictionary->refs, 1, memory_order_relaxed);
  }
  return dictionary;
}

void dictionary_unref(Dictionary *dictionary)
{
  if (dictionary && atomic_fetch_sub_explicit(&dictionary->refs, 1, memory_order_acq_rel) == 1) {
    buffer_drop(&dictionary->offsets);
    buffer_drop(&dictionary->bytes);
    mem_free(dictionary);
  }
}

Column *column_bare(Type type, size_t rows)
{
  Column *column = mem_zero(1, sizeof *column);
  if (column) {
    atomic_init(&column->refs, 1);
    atomic_init(&column->missing, -1);
    column->type = type;
    column->rows = rows;
  }
  return column;
}

Column *column_like(const Column *column, size_t rows)
{
  Column *like = column_bare(column->type, rows);
  if (like) {
    like->role = column->role;
    like->zone = buffer_at(column->zone, 0);
    like->dictionary = dictionary_ref(column->dictionary);
  }
  return like;
}

Column *column_ref(const Column *column)
{
  Column *held = (Column *)column;
  atomic_fetch_add_explicit(&held->refs, 1, memory_order_relaxed);
  return held;
}

void column_unref(Column *column)
{
  if (column && atomic_fetch_sub_explicit(&column->refs, 1, memory_order_acq_rel) == 1) {
    buffer_drop(&column->valid);
    buffer_drop(&column->values);
    buffer_drop(&column->offsets);
    buffer_drop(&column->zone);
    dictionary_unref(column->dictionary);
    mem_free(column);
  }
}

Type column_type(const Column *column)
{
  return column->type;
}

size_t column_rows(const Column *column)
{
  return column->rows;
}

Role column_role(const Column *column)
{
  return column->role;
}

const char *column_zone(const Column *column)
{
  return column->zone.data ? column->zone.data : "";
}

size_t column_missing(const Column *column)
{
  if (!column->valid.data) {
    return 0;
  }
  Column *kept = (Column *)column;
  int_fast64_t missing = atomic_load_explicit(&kept->missing, memory_order_relaxed);
  if (missing < 0) {
    const uint64_t *valid = column->valid.data;
    size_t count = 0;
    for (size_t word = 0; word < bitmap_words(column->rows); word++) {
      count += (size_t)__builtin_popcountll(valid[word]);
    }
    missing = (int_fast64_t)(column->rows - count);
    atomic_store_explicit(&kept->missing, missing, memory_order_relaxed);
  }
  return (size_t)missing;
}

static size_t held(const Buffer *buffer)
{
  return buffer->owner ? STORAGE_HEAD + buffer->owner->bytes : 0;
}

size_t column_bytes(const Column *column)
{
  size_t bytes = sizeof *column + held(&column->valid) + held(&column->values) + held(&column->offsets) +
                 held(&column->zone);
  const Dictionary *dictionary = column->dictionary;
  if (dictionary) {
    bytes += sizeof *dictionary + held(&dictionary->offsets) + held(&dictionary->bytes);
  }
  return bytes;
}

bool column_valid(const Column *column, size_t row)
{
  return !column->valid.data || bitmap_get(column->valid.data, row);
}

int64_t column_int(const Column *column, size_t row)
{
  if (column->type == TYPE_BOOL) {
    return bitmap_get(column->values.data, row);
  }
  return ((const int64_t *)column->values.data)[row];
}

double column_float(const Column *column, size_t row)
{
  if (column->type == TYPE_FLOAT64) {
    return ((const double *)column->values.data)[row];
  }
  return (double)column_int(column, row);
}

int32_t column_code(const Column *column, size_t row)
{
  return ((const int32_t *)column->values.data)[row];
}

size_t column_levels(const Column *column)
{
  return column->dictionary ? column->dictionary->n : 0;
}

const char *column_level(const Column *column, size_t code, size_t *length)
{
  const int64_t *offsets = column->dictionary->offsets.data;
  *length = (size_t)(offsets[code + 1] - offsets[code]);
  return (const char *)column->dictionary->bytes.data + offsets[code];
}

const char *column_text(const Column *column, size_t row, size_t *length)
{
  if (column->type == TYPE_CATEGORY) {
    return column_level(column, (size_t)column_code(column, row), length);
  }
  const int64_t *offsets = column->offsets.data;
  *length = (size_t)(offsets[row + 1] - offsets[row]);
  return (const char *)column->values.data + offsets[row];
}

size_t column_set(const Column *column, size_t row, const int32_t **codes)
{
  const int64_t *offsets = column->offsets.data;
  *codes = (const int32_t *)column->values.data + offsets[row];
  return (size_t)(offsets[row + 1] - offsets[row]);
}

void column_sets(const Column *column, const int64_t **offsets, const int32_t **codes)
{
  *offsets = column->offsets.data;
  *codes = column->values.data;
}

static void block_floats(const Column *column, size_t first, size_t count, double *out, size_t step)
{
  const double *values = (const double *)column->values.data + first;
  if (step == 1) {
    memcpy(out, values, count * sizeof *out);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    out[i * step] = values[i];
  }
}

static void block_ints(const Column *column, size_t first, size_t count, double *out, size_t step)
{
  const int64_t *values = (const int64_t *)column->values.data + first;
  for (size_t i = 0; i < count; i++) {
    out[i * step] = (double)values[i];
  }
}

static void block_bools(const Column *column, size_t first, size_t count, double *out, size_t step)
{
  for (size_t i = 0; i < count; i++) {
    out[i * step] = bitmap_get(column->values.data, first + i);
  }
}

void column_block(const Column *column, size_t first, size_t count, double *out, size_t step)
{
  if (count == 0) {
    return;
  }
  if (column->type == TYPE_FLOAT64) {
    block_floats(column, first, count, out, step);
  } else if (column->type == TYPE_BOOL) {
    block_bools(column, first, count, out, step);
  } else {
    block_ints(column, first, count, out, step);
  }
  const uint64_t *valid = column->valid.data;
  for (size_t i = 0; valid && i < count; i++) {
    if (!bitmap_get(valid, first + i)) {
      out[i * step] = (double)NAN;
    }
  }
}

bool column_is_dates(const Column *column)
{
  if (column->type != TYPE_TIMESTAMP || column->zone.data) {
    return false;
  }
  Column *kept = (Column *)column;
  int dates = atomic_load_explicit(&kept->dates, memory_order_relaxed);
  if (dates == 0) {
    const int64_t *values = column->values.data;
    size_t row = 0; /* a missing cell holds 0, which is a midnight */
    while (row < column->rows && values[row] % INT64_C(86400000000) == 0) {
      row++;
    }
    dates = row == column->rows && column_missing(column) < column->rows ? 1 : 2;
    atomic_store_explicit(&kept->dates, dates, memory_order_relaxed);
  }
  return dates == 1;
}
