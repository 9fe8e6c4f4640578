/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sorting goes by distribution, a byte at a time from the lowest, and leaves out the bytes that all keys
 * share (small integers and round decimals share most). */
#include "frame/column_keys.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
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
    const size_t end = chunk_end(first, column->rows);
    uint64_t *next = keys->key + keys->n;
    for (size_t row = first; row < end; row++) {
      if (column_valid(column, row)) {
        *next++ = key_of(column, row);
      }
    }
    keys->n = (size_t)(next - keys->key);
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
    const size_t end = chunk_end(first, keys->n);
    for (size_t i = first; i < end; i++) {
      const uint64_t key = keys->key[i];
      for (int digit = 0; digit < DIGITS; digit++) {
        counts[digit][key >> (8 * digit) & 255]++;
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
    const size_t end = chunk_end(first, keys->n);
    for (size_t i = first; i < end; i++) {
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
    const size_t end = chunk_end(first, keys->n);
    for (size_t i = first > 0 ? first : 1; i < end; i++) {
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
