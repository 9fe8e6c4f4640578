/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting goes by distribution, a byte at a time from the lowest, and leaves out the bytes that all keys
 * share (small integers and round decimals share most). Distinct texts and sets are counted by a hash map,
 * codes by a mark for each level. */
#include "frame/column_keys.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "frame/column_layout.h"

enum { POLL = 1 << 16, DIGITS = 8, BUCKETS = 256 }; /* rows between looks at cancel: under a millisecond */

static const uint64_t sign_bit = UINT64_C(1) << 63;

double key_float(uint64_t key)
{
  if (key == KEY_NAN) {
    return (double)NAN;
  }
  const uint64_t bits = key & sign_bit ? key & ~sign_bit : ~key;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

int64_t key_int(uint64_t key)
{
  return (int64_t)(key ^ sign_bit);
}

static uint64_t float_key(double value)
{
  if (isnan(value)) {
    return KEY_NAN;
  }
  const double one_zero = value + 0.0; /* -0 becomes 0 */
  uint64_t bits;
  memcpy(&bits, &one_zero, sizeof bits);
  return bits & sign_bit ? ~bits : bits | sign_bit;
}

static uint64_t key_of(const Column *column, size_t row)
{
  if (column->type == TYPE_FLOAT64) {
    return float_key(((const double *)column->values.data)[row]);
  }
  return (uint64_t)((const int64_t *)column->values.data)[row] ^ sign_bit;
}

static size_t chunk_end(size_t first, size_t n)
{
  return n - first < POLL ? n : first + POLL;
}

static Status gather(const Column *column, const Task *task, Keys *keys, Error *e)
{
  for (size_t first = 0; first < column->rows; first += POLL) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t row = first; row < chunk_end(first, column->rows); row++) {
      if (column_valid(column, row)) {
        keys->key[keys->n++] = key_of(column, row);
      }
    }
  }
  return STATUS_OK;
}

static Status count_digits(const Keys *keys, const Task *task, size_t counts[DIGITS][BUCKETS], Error *e)
{
  memset(counts, 0, sizeof(size_t) * DIGITS * BUCKETS);
  for (size_t first = 0; first < keys->n; first += POLL) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t i = first; i < chunk_end(first, keys->n); i++) {
      for (int digit = 0; digit < DIGITS; digit++) {
        counts[digit][keys->key[i] >> (8 * digit) & 255]++;
      }
    }
  }
  return STATUS_OK;
}

/* Moves the keys to `to` in the order of one byte, equal ones as they stood. */
static Status distribute(const Keys *keys, int digit, const size_t counts[BUCKETS], const Task *task,
                         uint64_t *to, Error *e)
{
  size_t place[BUCKETS], before = 0;
  for (int bucket = 0; bucket < BUCKETS; bucket++) {
    place[bucket] = before;
    before += counts[bucket];
  }
  for (size_t first = 0; first < keys->n; first += POLL) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t i = first; i < chunk_end(first, keys->n); i++) {
      const uint64_t key = keys->key[i];
      to[place[key >> (8 * digit) & 255]++] = key;
    }
  }
  return STATUS_OK;
}

static Status sort_keys(Keys *keys, uint64_t **spare, const Task *task, Error *e)
{
  size_t counts[DIGITS][BUCKETS];
  Status status = count_digits(keys, task, counts, e);
  for (int digit = 0; digit < DIGITS && status == STATUS_OK && keys->n > 0; digit++) {
    if (counts[digit][keys->key[0] >> (8 * digit) & 255] == keys->n) {
      continue;
    }
    status = distribute(keys, digit, counts[digit], task, *spare, e);
    uint64_t *const sorted = *spare;
    *spare = keys->key;
    keys->key = sorted;
  }
  return status;
}

Status column_keys(const Column *column, const Task *task, Keys *out, Error *e)
{
  const size_t n = column->rows - column_missing(column);
  *out = (Keys){NULL, 0};
  Status status = task_reserve(task, n > SIZE_MAX / 16 ? SIZE_MAX : n * 16, _("sorting a column"), e);
  if (status != STATUS_OK) {
    return status;
  }
  Keys keys = {mem_alloc(n, sizeof *keys.key), 0};
  uint64_t *spare = mem_alloc(n, sizeof *spare);
  if (!keys.key || !spare) {
    status = error_memory(e, n * sizeof *spare, _("sorting a column"));
    goto done;
  }
  TRY(gather(column, task, &keys, e));
  TRY(sort_keys(&keys, &spare, task, e));
  *out = keys;
  keys.key = NULL;
done:
  mem_free(keys.key);
  mem_free(spare);
  return status;
}

void keys_free(Keys *keys)
{
  mem_free(keys->key);
  *keys = (Keys){NULL, 0};
}

Status keys_distinct(const Keys *keys, const Task *task, size_t *distinct, Error *e)
{
  *distinct = keys->n > 0;
  for (size_t first = 0; first < keys->n; first += POLL) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t i = first > 0 ? first : 1; i < chunk_end(first, keys->n); i++) {
      *distinct += keys->key[i] != keys->key[i - 1];
    }
  }
  return STATUS_OK;
}

size_t keys_ordered(const Keys *keys)
{
  size_t low = 0, high = keys->n; /* the first KEY_NAN lies in low .. high */
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (keys->key[middle] == KEY_NAN) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

static Status distinct_numbers(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  Keys keys;
  Status status = column_keys(column, task, &keys, e);
  if (status == STATUS_OK) {
    status = keys_distinct(&keys, task, distinct, e);
    keys_free(&keys);
  }
  return status;
}

static size_t distinct_bools(const Column *column)
{
  const uint64_t *values = column->values.data, *valid = column->valid.data;
  bool yes = false, no = false;
  for (size_t word = 0; word < bitmap_words(column->rows) && !(yes && no); word++) {
    const uint64_t there = valid ? valid[word] : bitmap_mask(column->rows, word);
    yes = yes || (values[word] & there) != 0;
    no = no || (~values[word] & there) != 0;
  }
  return (size_t)yes + (size_t)no;
}

/* Levels that occur: a slice or a join leaves levels without rows. */
static Status distinct_codes(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  bool *seen = mem_zero(column->dictionary->n, sizeof *seen);
  if (!seen) {
    return error_memory(e, column->dictionary->n, _("counting levels"));
  }
  Status status = STATUS_OK;
  for (size_t first = 0; first < column->rows && status == STATUS_OK; first += POLL) {
    for (size_t row = first; row < chunk_end(first, column->rows); row++) {
      if (column_valid(column, row)) {
        bool *mark = &seen[column_code(column, row)];
        *distinct += !*mark;
        *mark = true;
      }
    }
    status = task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
  }
  mem_free(seen);
  return status;
}

/* Within one column equal sets have equal codes, so that a set's codes are its key. */
static const char *list_bytes(const Column *column, size_t row, size_t *length)
{
  if (column->type == TYPE_STRING) {
    return column_text(column, row, length);
  }
  const int32_t *codes;
  *length = column_set(column, row, &codes) * sizeof *codes;
  return (const char *)codes;
}

static Status distinct_lists(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  Map *map = map_new();
  if (!map) {
    return error_memory(e, 0, _("counting texts"));
  }
  Status status = STATUS_OK;
  for (size_t row = 0; row < column->rows && status == STATUS_OK; row++) {
    if (task_cancelled(task)) {
      status = error_cancelled(e);
    } else if (column_valid(column, row)) {
      size_t length, number;
      const char *bytes = list_bytes(column, row, &length);
      status = map_put(map, bytes, length, &number, NULL, e);
    }
  }
  *distinct = map_size(map);
  map_free(map);
  return status;
}

Status column_distinct(const Column *column, const Task *task, size_t *distinct, Error *e)
{
  *distinct = 0;
  switch (column->type) {
    case TYPE_BOOL:
      *distinct = distinct_bools(column);
      return STATUS_OK;
    case TYPE_CATEGORY:
      return distinct_codes(column, task, distinct, e);
    case TYPE_STRING:
    case TYPE_SET:
      return distinct_lists(column, task, distinct, e);
    default:
      return distinct_numbers(column, task, distinct, e);
  }
}
