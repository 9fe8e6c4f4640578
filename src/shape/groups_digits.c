/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells as digits. Whole numbers and times are counted from the least one, floats from the key of -Inf (their bits,
 * turned so that they order as the numbers do), texts by the number or rank of the text. */
#include "shape/groups_digits.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/column_layout.h"

#define SIGN (UINT64_C(1) << 63)
#define FLOAT_LOW UINT64_C(0x000fffffffffffff)      /* the key of -Inf */
#define FLOAT_NAN UINT64_C(0xfff0000000000001)      /* next to that of Inf */

static inline uint64_t float_key(double value)
{
  if (value != value) {
    return FLOAT_NAN;
  }
  const double one_zero = value + 0.0; /* -0 becomes 0 */
  uint64_t bits;
  memcpy(&bits, &one_zero, sizeof bits);
  return bits & SIGN ? ~bits : bits | SIGN;
}

/* ---- the least and the largest whole number ---- */

typedef struct Bounds {
  int64_t low, high;
  bool any;
} Bounds;

static Status block_bounds(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)worker, (void)e;
  const Column *column = context;
  const int64_t *values = (const int64_t *)column->values.data + first;
  const uint64_t *valid = column->valid.data;
  int64_t low = INT64_MAX, high = INT64_MIN;
  bool any = !valid;
  for (size_t i = 0; i < count && !valid; i++) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
  }
  for (size_t i = 0; i < count && valid; i++) {
    if (bitmap_get(valid, first + i)) {
      low = values[i] < low ? values[i] : low;
      high = values[i] > high ? values[i] : high;
      any = true;
    }
  }
  *(Bounds *)sum = (Bounds){low, high, any};
  return STATUS_OK;
}

static void merge_bounds(void *context, void *sum, const void *other)
{
  (void)context;
  Bounds *to = sum;
  const Bounds *from = other;
  if (!to->any) {
    *to = *from;
  } else if (from->any) {
    to->low = from->low < to->low ? from->low : to->low;
    to->high = from->high > to->high ? from->high : to->high;
  }
}

/* Digits 0 .. high - low; one that has no bounds has the range 1. */
static Status whole_digit(const Column *column, Task *task, Digit *digit, Error *e)
{
  Bounds bounds = {0, 0, false};
  const Reduce reduce = {.size = sizeof bounds, .block = block_bounds, .merge = merge_bounds,
                         .context = (void *)column};
  const Status status = rows_reduce(task, column->rows, &reduce, &bounds, e);
  if (status == STATUS_OK && bounds.any) {
    digit->low = (uint64_t)bounds.low;
    digit->range = (uint64_t)bounds.high - (uint64_t)bounds.low + 1;
  } else {
    digit->range = 1;
  }
  return status;
}

/* What a digit is before missing cells are looked at; whether texts are ranked is the caller's. */
static Status plain_digit(const Column *column, Task *task, Digit *digit, Error *e)
{
  *digit = (Digit){.column = column};
  switch (column->type) {
  case TYPE_FLOAT64:
    digit->low = FLOAT_LOW;
    digit->range = FLOAT_NAN - FLOAT_LOW + 1;
    return STATUS_OK;
  case TYPE_BOOL:
    digit->range = 2;
    return STATUS_OK;
  case TYPE_CATEGORY:
    digit->range = column_levels(column) > 0 ? column_levels(column) : 1;
    return STATUS_OK;
  default:
    return whole_digit(column, task, digit, e);
  }
}

/* Makes room for missing cells before or after the others, or gives them a digit of their own. */
static void add_missing(Digit out[2], size_t *n, bool first)
{
  Digit *digit = out;
  *n = 1;
  if (column_missing(digit->column) == 0) {
    return;
  }
  if (digit->range == 0) {
    out[1] = out[0];
    out[0] = (Digit){.column = out[1].column, .range = 2, .missing = !first, .shift = first, .only_missing = true};
    *n = 2;
    return;
  }
  digit->missing = first ? 0 : digit->range;
  digit->shift = first;
  digit->range++;
}

static bool has_lists(const Column *column)
{
  return column->type == TYPE_STRING || column->type == TYPE_SET;
}

Status digits_for_group(const Column *column, Task *task, Digit out[2], size_t *n, Error *e)
{
  *n = 0;
  if (has_lists(column)) {
    size_t groups;
    out[0] = (Digit){0};
    const Status status = groups_of_lists(column, task, &out[0].owned, NULL, &groups, e);
    out[0].codes = out[0].owned;
    out[0].range = groups > 0 ? groups : 1;
    *n = status == STATUS_OK;
    return status;
  }
  const Status status = plain_digit(column, task, out, e);
  if (status == STATUS_OK) {
    add_missing(out, n, false);
  }
  return status;
}

static Status ranked_digit(const Column *column, Task *task, Digit *digit, Error *e)
{
  if (column->type == TYPE_CATEGORY) {
    const Status status = plain_digit(column, task, digit, e);
    return status == STATUS_OK ? rank_levels(column, task, &digit->owned, e) : status;
  }
  size_t ranks;
  *digit = (Digit){.column = column};
  const Status status = rank_lists(column, task, &digit->owned, &ranks, e);
  digit->range = ranks > 0 ? ranks : 1;
  return status;
}

Status digits_for_order(const OrderKey *key, Task *task, Digit out[2], size_t *n, Error *e)
{
  *n = 0;
  const bool text = has_lists(key->column) || key->column->type == TYPE_CATEGORY;
  const Status status = text ? ranked_digit(key->column, task, out, e) : plain_digit(key->column, task, out, e);
  if (status == STATUS_OK) {
    out[0].codes = out[0].owned;
    out[0].falling = key->falling;
    out[0].flip = out[0].range - 1;
    add_missing(out, n, key->missing_first);
  }
  return status;
}

void digit_free(Digit *digit)
{
  mem_free(digit->owned);
  digit->owned = NULL;
}

/* ---- reading ---- */

static void read_floats(const Digit *digit, size_t first, size_t count, uint64_t *out)
{
  const double *values = (const double *)digit->column->values.data + first;
  for (size_t i = 0; i < count; i++) {
    out[i] = float_key(values[i]) - FLOAT_LOW;
  }
}

static void read_whole(const Digit *digit, size_t first, size_t count, uint64_t *out)
{
  const uint64_t *values = (const uint64_t *)digit->column->values.data + first;
  for (size_t i = 0; i < count; i++) {
    out[i] = values[i] - digit->low;
  }
}

static void read_codes(const Digit *digit, size_t first, size_t count, uint64_t *out)
{
  const Column *column = digit->column;
  const int32_t *codes = column && column->type == TYPE_CATEGORY ? (const int32_t *)column->values.data + first : NULL;
  for (size_t i = 0; i < count; i++) {
    out[i] = !codes ? digit->codes[first + i] : digit->codes ? digit->codes[codes[i]] : (uint64_t)codes[i];
  }
}

static void read_values(const Digit *digit, size_t first, size_t count, uint64_t *out)
{
  const Column *column = digit->column;
  if (digit->only_missing) {
    memset(out, 0, count * sizeof *out);
  } else if (!column || has_lists(column) || column->type == TYPE_CATEGORY) {
    read_codes(digit, first, count, out);
  } else if (column->type == TYPE_FLOAT64) {
    read_floats(digit, first, count, out);
  } else if (column->type == TYPE_BOOL) {
    for (size_t i = 0; i < count; i++) {
      out[i] = bitmap_get(column->values.data, first + i);
    }
  } else {
    read_whole(digit, first, count, out);
  }
}

static void read_digit(const Digit *digit, size_t first, size_t count, uint64_t *out)
{
  read_values(digit, first, count, out);
  if (digit->falling || digit->shift) {
    for (size_t i = 0; i < count; i++) {
      out[i] = (digit->falling ? digit->flip - out[i] : out[i]) + digit->shift;
    }
  }
  const uint64_t *valid = digit->column ? digit->column->valid.data : NULL;
  for (size_t i = 0; valid && i < count; i++) {
    out[i] = bitmap_get(valid, first + i) ? out[i] : digit->missing;
  }
}

void digits_read(const Digit *digits, size_t n, size_t first, size_t count, uint64_t *out)
{
  uint64_t next[DIGIT_BLOCK];
  if (n == 0) {
    memset(out, 0, count * sizeof *out);
    return;
  }
  read_digit(&digits[0], first, count, out);
  for (size_t digit = 1; digit < n; digit++) {
    const uint64_t range = digits[digit].range;
    read_digit(&digits[digit], first, count, next);
    for (size_t i = 0; i < count; i++) {
      out[i] = out[i] * range + next[i];
    }
  }
}

bool digits_product(const Digit *digits, size_t n, uint64_t *product)
{
  unsigned __int128 all = 1;
  const unsigned __int128 most = (unsigned __int128)1 << 64;
  for (size_t i = 0; i < n; i++) {
    const unsigned __int128 range = digits[i].range ? digits[i].range : most;
    all = all * range; /* both are at most 2^64, and 2^64 * 2^64 wraps to 0 */
    if (all == 0 || all > most) {
      return false;
    }
  }
  *product = (uint64_t)all;
  return true;
}
