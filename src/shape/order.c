/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/order.h"

#include <string.h>

#include "core/alloc.h"
#include "frame/column_layout.h"
#include "shape/groups_digits.h"
#include "shape/groups_items.h"

Status order_keys(const Frame *frame, const OptionTexts *texts, bool missing_first, OrderKey *keys, Error *e)
{
  for (size_t i = 0; i < texts->n; i++) {
    const char *name = texts->items[i];
    size_t column;
    const bool falling = !frame_find(frame, name, &column) && name[0] == '-';
    const Status status = frame_need(frame, falling ? name + 1 : name, &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    keys[i] = (OrderKey){.column = frame_column(frame, column), .falling = falling, .missing_first = missing_first};
  }
  return STATUS_OK;
}

Status order_rows(const OrderKey *keys, size_t n, size_t rows, Task *task, size_t **out, Error *e)
{
  *out = NULL;
  Digit *digits = mem_zero(2 * n, sizeof *digits);
  size_t n_digits = 0;
  Status status;
  if (!digits) {
    TRY(items_no_memory(2 * n, sizeof *digits, e));
  }
  TRY(groups_check_rows(rows, e));
  for (size_t i = 0; i < n; i++) {
    size_t count;
    TRY(digits_for_order(&keys[i], task, digits + n_digits, &count, e));
    n_digits += count;
  }
  TRY(order_by_digits(digits, n_digits, rows, task, out, e));
done:
  for (size_t i = 0; i < n_digits; i++) {
    digit_free(&digits[i]);
  }
  mem_free(digits);
  return status;
}

static int compare_texts(const Column *column, size_t a, size_t b)
{
  size_t length_a, length_b;
  const char *text_a = column_text(column, a, &length_a), *text_b = column_text(column, b, &length_b);
  const size_t least = length_a < length_b ? length_a : length_b;
  const int order = least > 0 ? memcmp(text_a, text_b, least) : 0;
  return order ? order : (length_a > length_b) - (length_a < length_b);
}

/* NaN after all others. */
static int compare_floats(double a, double b)
{
  if (a != a || b != b) {
    return (a != a) - (b != b);
  }
  return (a > b) - (a < b);
}

static int compare_cells(const Column *column, size_t a, size_t b)
{
  switch (column->type) {
  case TYPE_FLOAT64:
    return compare_floats(column_float(column, a), column_float(column, b));
  case TYPE_CATEGORY:
    return column_code(column, a) == column_code(column, b) ? 0 : compare_texts(column, a, b);
  case TYPE_STRING:
    return compare_texts(column, a, b);
  case TYPE_SET:
    return compare_sets(column, a, b);
  default: {
    const int64_t left = column_int(column, a), right = column_int(column, b);
    return (left > right) - (left < right);
  }
  }
}

int order_compare(const OrderKey *keys, size_t n, size_t a, size_t b)
{
  for (size_t i = 0; i < n; i++) {
    const Column *column = keys[i].column;
    const bool there_a = column_valid(column, a), there_b = column_valid(column, b);
    int order;
    if (there_a && there_b) {
      order = compare_cells(column, a, b);
      order = keys[i].falling ? -order : order;
    } else {
      order = there_a == there_b ? 0 : there_a == keys[i].missing_first ? 1 : -1;
    }
    if (order) {
      return order;
    }
  }
  return 0;
}
