/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns cell by cell. The buffers grow in the form the column keeps, so that finishing hands them over;
 * one with more than a quarter to spare is copied to its size. The bitmap of valid cells begins with the
 * first missing one. */
#include "frame/builder.h"

#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "core/text.h"
#include "frame/column_layout.h"

enum { FIRST_BYTES = 192 };

/* `used` bytes of a growing storage. */
typedef struct Vector {
  Storage *storage;
  char *data;
  size_t used, size;
} Vector;

struct Builder {
  Type type;
  Role role;
  bool has_missing;
  size_t rows;
  Vector valid, values, offsets; /* as in column_layout.h */
  Map *map;                      /* category and set: texts to codes */
  Storage *zone;
  Error error;                   /* the first failure */
};

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a column"));
}

static bool vector_grow(Vector *vector, size_t more)
{
  size_t size = vector->size < SIZE_MAX / 4 ? vector->size * 2 : vector->size;
  if (size < FIRST_BYTES) {
    size = FIRST_BYTES;
  }
  if (size - vector->used < more && __builtin_add_overflow(vector->used, more, &size)) {
    return false;
  }
  Storage *storage = storage_new(size, 1);
  if (!storage) {
    return false;
  }
  if (vector->used > 0) {
    memcpy(storage_data(storage), vector->data, vector->used);
  }
  storage_unref(vector->storage);
  *vector = (Vector){storage, storage_data(storage), vector->used, size};
  return true;
}

static bool vector_room(Vector *vector, size_t more)
{
  return vector->size - vector->used >= more || vector_grow(vector, more);
}

static bool vector_add(Vector *vector, const void *bytes, size_t n)
{
  if (!vector_room(vector, n)) {
    return false;
  }
  if (n > 0) {
    memcpy(vector->data + vector->used, bytes, n);
  }
  vector->used += n;
  return true;
}

static bool vector_word(Vector *vector, uint64_t word)
{
  if (!vector_room(vector, sizeof word)) {
    return false;
  }
  memcpy(vector->data + vector->used, &word, sizeof word);
  vector->used += sizeof word;
  return true;
}

static bool vector_code(Vector *vector, int32_t code)
{
  return vector_add(vector, &code, sizeof code);
}

/* Bit `row` of a bitmap that has the bits below it. */
static bool vector_bit(Vector *vector, size_t row, bool bit)
{
  if (row % 64 == 0) {
    return vector_word(vector, bit);
  }
  ((uint64_t *)(void *)vector->data)[row / 64] |= (uint64_t)bit << (row % 64);
  return true;
}

/* The bytes as a buffer, padded with zeros to 64 bytes; the vector is empty after it. */
static bool vector_finish(Vector *vector, Buffer *out)
{
  const bool spare = vector->size > FIRST_BYTES && vector->used < vector->size - vector->size / 4;
  Storage *exact = spare || !vector->storage ? storage_new(vector->used, 1) : NULL;
  if (exact) {
    if (vector->used > 0) {
      memcpy(storage_data(exact), vector->data, vector->used);
    }
    storage_unref(vector->storage);
  } else if (vector->storage) {
    const size_t end = (vector->size + 63) / 64 * 64, padded = (vector->used + 63) / 64 * 64;
    memset(vector->data + vector->used, 0, (padded < end ? padded : end) - vector->used);
    exact = vector->storage;
  }
  *vector = (Vector){NULL, NULL, 0, 0};
  *out = buffer_of(exact);
  return exact != NULL;
}

static int64_t vector_last(const Vector *vector)
{
  int64_t last;
  memcpy(&last, vector->data + vector->used - sizeof last, sizeof last);
  return last;
}

static bool reserve_rows(Builder *builder, size_t rows)
{
  static const size_t bits[TYPE_COUNT] = {64, 64, 1, 64, 32, 0, 0};
  const bool lists = builder->type == TYPE_STRING || builder->type == TYPE_SET;
  if (rows > PTRDIFF_MAX / 16) {
    return false;
  }
  if (lists) {
    return vector_room(&builder->offsets, (rows + 1) * sizeof(int64_t)) && vector_word(&builder->offsets, 0);
  }
  const size_t words = (rows * bits[builder->type] + 63) / 64;
  return vector_room(&builder->values, words * sizeof(uint64_t));
}

Builder *builder_new(Type type, size_t expected)
{
  Builder *builder = mem_zero(1, sizeof *builder);
  if (!builder) {
    return NULL;
  }
  builder->type = type;
  const bool coded = type == TYPE_CATEGORY || type == TYPE_SET;
  builder->map = coded ? map_new() : NULL;
  if ((coded && !builder->map) || !reserve_rows(builder, expected)) {
    builder_free(builder);
    return NULL;
  }
  return builder;
}

void builder_free(Builder *builder)
{
  if (builder) {
    storage_unref(builder->valid.storage);
    storage_unref(builder->values.storage);
    storage_unref(builder->offsets.storage);
    storage_unref(builder->zone);
    map_free(builder->map);
    mem_free(builder);
  }
}

size_t builder_rows(const Builder *builder)
{
  return builder->rows;
}

static bool fits(Builder *builder, bool type_fits)
{
  if (builder->error.status != STATUS_OK) {
    return false;
  }
  if (!type_fits) {
    (void)error_set(&builder->error, STATUS_INTERNAL, "builder-type", _("a cell of another type than %s"),
                    type_name(builder->type));
  }
  return type_fits;
}

/* Every row so far is valid. */
static bool begin_validity(Builder *builder)
{
  for (size_t row = 0; row < builder->rows; row += 64) {
    if (!vector_word(&builder->valid, bitmap_mask(builder->rows, row / 64))) {
      return false;
    }
  }
  builder->has_missing = true;
  return true;
}

/* Counts the cell whose value was added (or could not be). */
static void end_cell(Builder *builder, bool added, bool valid)
{
  if (added && !valid && !builder->has_missing) {
    added = begin_validity(builder);
  }
  if (added && builder->has_missing) {
    added = vector_bit(&builder->valid, builder->rows, valid);
  }
  if (!added) {
    (void)no_memory(&builder->error);
    return;
  }
  builder->rows++;
}

void builder_float(Builder *builder, double value)
{
  if (fits(builder, builder->type == TYPE_FLOAT64)) {
    end_cell(builder, vector_add(&builder->values, &value, sizeof value), true);
  }
}

void builder_int(Builder *builder, int64_t value)
{
  if (fits(builder, builder->type == TYPE_INT64 || builder->type == TYPE_TIMESTAMP)) {
    end_cell(builder, vector_word(&builder->values, (uint64_t)value), true);
  }
}

void builder_bool(Builder *builder, bool value)
{
  if (fits(builder, builder->type == TYPE_BOOL)) {
    end_cell(builder, vector_bit(&builder->values, builder->rows, value), true);
  }
}

static bool good_text(Builder *builder, const char *text, size_t length)
{
  const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
  const size_t bad = nul ? (size_t)(nul - text) : utf8_check(text, length);
  if (bad < length) {
    (void)error_set(&builder->error, STATUS_DATA, nul ? "nul-byte" : "not-utf8",
                    nul ? _("row %1$zu: byte %2$zu of the text is NUL")
                        : _("row %1$zu: byte %2$zu of the text is not UTF-8"),
                    builder->rows + 1, bad + 1);
  }
  return bad == length;
}

/* The code of a text, -1 when the builder failed. */
static int32_t code_of(Builder *builder, const char *text, size_t length)
{
  size_t number;
  bool fresh;
  if (map_put(builder->map, text, length, &number, &fresh, &builder->error) != STATUS_OK) {
    return -1;
  }
  if (number > INT32_MAX) {
    (void)error_set(&builder->error, STATUS_LIMIT, "too-many-levels", _("more than %d distinct texts"),
                    INT32_MAX);
    return -1;
  }
  return fresh && !good_text(builder, text, length) ? -1 : (int32_t)number;
}

static void add_string(Builder *builder, const char *text, size_t length)
{
  if (good_text(builder, text, length)) {
    const bool added = vector_add(&builder->values, text, length) &&
                       vector_word(&builder->offsets, builder->values.used);
    end_cell(builder, added, true);
  }
}

void builder_text(Builder *builder, const char *text, size_t length)
{
  if (!fits(builder, type_is_text(builder->type))) {
    return;
  }
  if (builder->type == TYPE_STRING) {
    add_string(builder, text, length);
    return;
  }
  const int32_t code = code_of(builder, text, length);
  if (code >= 0) {
    end_cell(builder, vector_code(&builder->values, code), true);
  }
}

void builder_item(Builder *builder, const char *text, size_t length)
{
  if (!fits(builder, builder->type == TYPE_SET)) {
    return;
  }
  const int32_t code = code_of(builder, text, length);
  if (code >= 0 && !vector_code(&builder->values, code)) {
    (void)no_memory(&builder->error);
  }
}

static void sift(int32_t *codes, size_t root, size_t n)
{
  for (size_t child = 2 * root + 1; child < n; child = 2 * root + 1) {
    if (child + 1 < n && codes[child + 1] > codes[child]) {
      child++;
    }
    if (codes[root] >= codes[child]) {
      return;
    }
    const int32_t swap = codes[root];
    codes[root] = codes[child];
    codes[child] = swap;
    root = child;
  }
}

/* Heap sort, since a cell may hold any number of items and libc's qsort may allocate. */
static void sort_codes(int32_t *codes, size_t n)
{
  for (size_t root = n / 2; root > 0; root--) {
    sift(codes, root - 1, n);
  }
  for (size_t end = n; end > 1; end--) {
    const int32_t largest = codes[0];
    codes[0] = codes[end - 1];
    codes[end - 1] = largest;
    sift(codes, 0, end - 1);
  }
}

void builder_set(Builder *builder)
{
  if (!fits(builder, builder->type == TYPE_SET)) {
    return;
  }
  const size_t first = (size_t)vector_last(&builder->offsets);
  const size_t n = builder->values.used / sizeof(int32_t) - first;
  size_t kept = 0;
  if (n > 0) {
    int32_t *codes = (int32_t *)(void *)builder->values.data + first;
    sort_codes(codes, n);
    for (size_t i = 0; i < n; i++) {
      if (i == 0 || codes[i] != codes[kept - 1]) {
        codes[kept++] = codes[i];
      }
    }
  }
  builder->values.used = (first + kept) * sizeof(int32_t);
  end_cell(builder, vector_word(&builder->offsets, first + kept), true);
}

void builder_missing(Builder *builder)
{
  if (!fits(builder, true)) {
    return;
  }
  bool added;
  switch (builder->type) {
    case TYPE_BOOL:
      added = vector_bit(&builder->values, builder->rows, false);
      break;
    case TYPE_CATEGORY:
      added = vector_code(&builder->values, 0);
      break;
    case TYPE_SET: /* items given since the last cell are dropped */
      builder->values.used = (size_t)vector_last(&builder->offsets) * sizeof(int32_t);
      added = vector_word(&builder->offsets, (uint64_t)vector_last(&builder->offsets));
      break;
    case TYPE_STRING:
      added = vector_word(&builder->offsets, builder->values.used);
      break;
    default:
      added = vector_word(&builder->values, 0);
  }
  end_cell(builder, added, false);
}

void builder_zone(Builder *builder, const char *zone)
{
  const size_t length = strlen(zone);
  if (!fits(builder, builder->type == TYPE_TIMESTAMP) || !good_text(builder, zone, length)) {
    return;
  }
  storage_unref(builder->zone);
  builder->zone = length > 0 ? storage_new(length + 1, 1) : NULL;
  if (builder->zone) {
    memcpy(storage_data(builder->zone), zone, length + 1);
  } else if (length > 0) {
    (void)no_memory(&builder->error);
  }
}

void builder_role(Builder *builder, Role role)
{
  builder->role = role;
}

Dictionary *dictionary_of(const Map *map)
{
  const size_t n = map_size(map);
  size_t bytes = 0, length;
  for (size_t i = 0; i < n; i++) {
    (void)map_key(map, i, &length);
    bytes += length;
  }
  Dictionary *dictionary = mem_zero(1, sizeof *dictionary);
  Storage *texts = storage_new(bytes, 1), *places = storage_new(n + 1, sizeof(int64_t));
  if (!dictionary || !texts || !places) {
    mem_free(dictionary);
    storage_unref(texts);
    storage_unref(places);
    return NULL;
  }
  int64_t *offsets = storage_data(places);
  offsets[0] = 0;
  for (size_t i = 0; i < n; i++) {
    const char *key = map_key(map, i, &length);
    memcpy((char *)storage_data(texts) + offsets[i], key, length);
    offsets[i + 1] = offsets[i] + (int64_t)length;
  }
  atomic_init(&dictionary->refs, 1);
  dictionary->n = n;
  dictionary->offsets = buffer_of(places);
  dictionary->bytes = buffer_of(texts);
  return dictionary;
}

static bool give_buffers(Builder *builder, Column *column)
{
  if (builder->map) {
    column->dictionary = dictionary_of(builder->map);
    map_free(builder->map);
    builder->map = NULL;
    if (!column->dictionary) {
      return false;
    }
  }
  column->role = builder->role;
  column->zone = buffer_of(builder->zone);
  builder->zone = NULL;
  return vector_finish(&builder->values, &column->values) &&
         (!builder->offsets.storage || vector_finish(&builder->offsets, &column->offsets)) &&
         (!builder->has_missing || vector_finish(&builder->valid, &column->valid));
}

Status builder_finish(Builder *builder, Column **out, Error *e)
{
  *out = NULL;
  const bool open = builder->type == TYPE_SET && builder->error.status == STATUS_OK &&
                    builder->values.used / sizeof(int32_t) != (size_t)vector_last(&builder->offsets);
  if (open) {
    (void)error_set(&builder->error, STATUS_INTERNAL, "builder-open",
                    _("items without the end of their cell"));
  }
  Status status = builder->error.status;
  if (status != STATUS_OK) {
    if (e && e->status == STATUS_OK) {
      *e = builder->error;
    }
    builder_free(builder);
    return status;
  }
  Column *column = column_bare(builder->type, builder->rows);
  if (!column || !give_buffers(builder, column)) {
    column_unref(column);
    column = NULL;
    status = no_memory(e);
  }
  builder_free(builder);
  *out = column;
  return status;
}
