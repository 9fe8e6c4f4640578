/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups from key columns: each column becomes digits, all digits one number, and rows of equal numbers a group.
 * Where the number would need more than 64 bits, leading digits are grouped first and their groups' numbers take
 * their place. */
#include "shape/groups.h"

#include <string.h>

#include "core/alloc.h"
#include "shape/aggregate_kinds.h"
#include "shape/groups_digits.h"
#include "shape/groups_items.h"

enum { SLOTS_LEAST = 1 << 16, SLOTS_MOST = 1 << 28 };

Status groups_of_digits(const Digit *digits, size_t n, size_t rows, Task *task, uint32_t **codes, size_t **first,
                        size_t *groups, Error *e)
{
  uint64_t product = 0;
  const bool fits = digits_product(digits, n, &product) && product > 0;
  if (fits && product <= SLOTS_MOST && (product <= SLOTS_LEAST || product / 2 <= rows)) {
    return groups_of_slots(digits, n, rows, (size_t)product, task, codes, first, groups, e);
  }
  return groups_of_hashes(digits, n, rows, task, codes, first, groups, e);
}

/* The first digits whose product fits become the codes of their groups. */
static Status reduce_pack(Digit *digits, size_t n, size_t rows, Task *task, Digit *out, Error *e)
{
  if (n == 1 && digits->range > 0 && digits->range <= UINT32_MAX) {
    *out = *digits;
    digits->owned = NULL;
    return STATUS_OK;
  }
  size_t groups;
  *out = (Digit){0};
  const Status status = groups_of_digits(digits, n, rows, task, &out->owned, NULL, &groups, e);
  if (status == STATUS_OK) {
    for (size_t i = 0; i < n; i++) {
      digit_free(&digits[i]);
    }
    out->codes = out->owned;
    out->range = groups > 0 ? groups : 1;
  }
  return status;
}

/* Until the product of all fits. Two numbers of groups always fit, so every round at least halves the digits once
 * all are numbers of groups. */
static Status reduce_digits(Digit *digits, size_t *n, size_t rows, Task *task, Error *e)
{
  uint64_t product;
  while (!digits_product(digits, *n, &product)) {
    size_t kept = 0;
    for (size_t begin = 0; begin < *n;) {
      size_t count = 1;
      while (begin + count < *n && digits_product(digits + begin, count + 1, &product)) {
        count++;
      }
      Digit pack;
      const Status status = reduce_pack(digits + begin, count, rows, task, &pack, e);
      if (status != STATUS_OK) {
        return status;
      }
      digits[kept++] = pack;
      begin += count;
    }
    *n = kept;
  }
  return STATUS_OK;
}

static Status read_keys(const Frame *frame, const size_t *columns, size_t n, Task *task, Digit *digits,
                        size_t *n_digits,
                        Error *e)
{
  for (size_t i = 0; i < n; i++) {
    size_t count;
    const Status status = digits_for_group(frame_column(frame, columns[i]), task, digits + *n_digits, &count, e);
    if (status != STATUS_OK) {
      return status;
    }
    *n_digits += count;
  }
  return STATUS_OK;
}

Status groups_whole(size_t rows, Groups **out, Error *e)
{
  *out = NULL;
  Groups *groups = mem_zero(1, sizeof *groups);
  size_t *first = mem_zero(1, sizeof *first);
  if (!groups || !first) {
    mem_free(groups);
    mem_free(first);
    return items_no_memory(1, sizeof *groups, e);
  }
  *groups = (Groups){.rows = rows, .n = 1, .first = first};
  *out = groups;
  return STATUS_OK;
}

static Status too_many_rows(size_t rows, Error *e)
{
  (void)error_set(e, STATUS_LIMIT, "too-many-rows",
                  _("%1$zu rows are more than the %2$llu that can be grouped or sorted"),
                  rows, (unsigned long long)UINT32_MAX - 1);
  (void)error_hint(e, _("take a part of the rows, or a sample"));
  return STATUS_LIMIT;
}

Status groups_check_rows(size_t rows, Error *e)
{
  return rows < UINT32_MAX ? STATUS_OK : too_many_rows(rows, e);
}

Status groups_make(const Frame *frame, const size_t *columns, size_t n, Task *task, Groups **out, Error *e)
{
  *out = NULL;
  const size_t rows = frame_rows(frame);
  if (n == 0) {
    return groups_whole(rows, out, e);
  }
  Groups *groups = mem_zero(1, sizeof *groups);
  Digit *digits = mem_zero(n, 2 * sizeof *digits);
  size_t n_digits = 0;
  Status status;
  if (!groups || !digits) {
    TRY(items_no_memory(n, sizeof *digits, e));
  }
  groups->rows = rows;
  TRY(groups_check_rows(rows, e));
  TRY(read_keys(frame, columns, n, task, digits, &n_digits, e));
  TRY(reduce_digits(digits, &n_digits, rows, task, e));
  TRY(groups_of_digits(digits, n_digits, rows, task, &groups->of_row, &groups->first, &groups->n, e));
  *out = groups;
  groups = NULL;
done:
  for (size_t i = 0; i < n_digits; i++) {
    digit_free(&digits[i]);
  }
  mem_free(digits);
  groups_free(groups);
  return status;
}

Status groups_pairs(const Groups *groups, const Column *x, Task *task, uint32_t **codes, size_t **first, size_t *n,
                    Error *e)
{
  Digit digits[3] = {{.codes = groups->of_row, .range = groups->n > 0 ? groups->n : 1}};
  size_t before = groups->of_row ? 1 : 0, count = 0;
  Status status;
  TRY(digits_for_group(x, task, digits + before, &count, e));
  count += before;
  TRY(reduce_digits(digits, &count, groups->rows, task, e));
  TRY(groups_of_digits(digits, count, groups->rows, task, codes, first, n, e));
done:
  for (size_t i = 0; i < count; i++) {
    digit_free(&digits[i]);
  }
  return status;
}

static void forget_order(Groups *groups)
{
  for (size_t i = 0; i < groups->n_keys; i++) {
    column_unref((Column *)groups->keys[i].column);
  }
  mem_free(groups->keys);
  groups->keys = NULL;
  groups->n_keys = 0;
  groups->ordered = false;
}

void groups_release(Groups *groups)
{
  forget_order(groups);
  mem_free(groups->start);
  mem_free(groups->arranged);
  groups->start = groups->arranged = NULL;
}

void groups_free(Groups *groups)
{
  if (groups) {
    groups_release(groups);
    mem_free(groups->of_row);
    mem_free(groups->first);
    mem_free(groups);
  }
}

Status groups_keys(const Groups *groups, const Frame *frame, const size_t *columns, size_t n, Frame **out, Error *e)
{
  *out = NULL;
  Frame *keys = NULL;
  Status status;
  TRY(frame_select(frame, columns, n, &keys, e));
  TRY(frame_take(keys, groups->first, groups->n, out, e));
done:
  frame_unref(keys);
  return status;
}

/* ---- arranging ---- */

/* Sized by counting, not by the arrangement: the bounds of each group's rows. */
static Status make_start(Groups *groups, Task *task, Error *e)
{
  if (groups->start) {
    return STATUS_OK;
  }
  size_t *start = mem_zero(groups->n + 1, sizeof *start);
  if (!start) {
    return items_no_memory(groups->n + 1, sizeof *start, e);
  }
  if (!groups->of_row) {
    start[1] = groups->rows;
  }
  for (size_t row = 0; groups->of_row && row < groups->rows; row++) {
    if (row % PIECE_POLL == 0 && task_cancelled(task)) {
      mem_free(start);
      return error_cancelled(e);
    }
    start[groups->of_row[row] + 1]++;
  }
  for (size_t g = 0; g < groups->n; g++) {
    start[g + 1] += start[g];
  }
  groups->start = start;
  return STATUS_OK;
}

static bool same_order(const Groups *groups, const OrderKey *keys, size_t n)
{
  if (!groups->arranged || groups->n_keys != n) {
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    const OrderKey *old = &groups->keys[i];
    if (old->column != keys[i].column || old->falling != keys[i].falling ||
        old->missing_first != keys[i].missing_first) {
      return false;
    }
  }
  return true;
}

static Status keep_order(Groups *groups, const OrderKey *keys, size_t n, Error *e)
{
  OrderKey *copy = mem_alloc(n, sizeof *copy);
  if (!copy) {
    return items_no_memory(n, sizeof *copy, e);
  }
  for (size_t i = 0; i < n; i++) {
    copy[i] = keys[i];
    copy[i].column = column_ref(keys[i].column);
  }
  groups->keys = copy;
  groups->n_keys = n;
  groups->ordered = n > 0;
  return STATUS_OK;
}

/* Rows by group first, then by the keys. */
static Status arrange(const Groups *groups, const OrderKey *keys, size_t n, Task *task, size_t **out, Error *e)
{
  Digit *digits = mem_zero(2 * n + 1, sizeof *digits);
  size_t n_digits = 0;
  Status status;
  if (!digits) {
    TRY(items_no_memory(2 * n + 1, sizeof *digits, e));
  }
  if (groups->of_row) {
    digits[n_digits++] = (Digit){.codes = groups->of_row, .range = groups->n > 0 ? groups->n : 1};
  }
  for (size_t i = 0; i < n; i++) {
    size_t count;
    TRY(digits_for_order(&keys[i], task, digits + n_digits, &count, e));
    n_digits += count;
  }
  TRY(order_by_digits(digits, n_digits, groups->rows, task, out, e));
done:
  for (size_t i = 0; i < n_digits; i++) {
    digit_free(&digits[i]);
  }
  mem_free(digits);
  return status;
}

Status groups_arrange(Groups *groups, const Frame *frame, const OrderKey *keys, size_t n_keys, Task *task, Error *e)
{
  (void)frame;
  if (same_order(groups, keys, n_keys)) {
    return STATUS_OK;
  }
  Status status;
  mem_free(groups->arranged);
  groups->arranged = NULL;
  forget_order(groups);
  TRY(groups_check_rows(groups->rows, e));
  TRY(make_start(groups, task, e));
  TRY(keep_order(groups, keys, n_keys, e));
  status = arrange(groups, keys, n_keys, task, &groups->arranged, e);
  if (status != STATUS_OK) {
    forget_order(groups);
  }
done:
  return status;
}
