/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_values.c -- any bytes as cells, one per line: the parsers stand them and agree with one another; a column of them
 * is refined or kept, cast or refused, and stays sound; and as a file they are decoded to UTF-8 or refused. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "frame/column_cast.h"
#include "frame/parse_amount.h"
#include "frame/parse_moment.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "io/csv_refine.h"
#include "io/input_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

/* What the strict parsers take the wide ones take too, with the same value. */
static void check_cell(const char *text, size_t n)
{
  ParsedAmount amount;
  ParsedMoment moment;
  int64_t whole, again;
  double value, other;
  bool utc, zoned;
  size_t at;
  if (parse_int(text, n, &whole) && n < AMOUNT_DIGITS_MOST) {
    require(parse_amount(text, n, &amount) && amount_whole(&amount, SYSTEM_POINT, &again) && again == whole);
  }
  if (parse_float(text, n, &value) && isfinite(value) && n < AMOUNT_DIGITS_MOST && parse_amount(text, n, &amount)) {
    require(amount_value(&amount, SYSTEM_POINT, &other) && other == value);
  }
  if (parse_time(text, n, &whole, &utc)) {
    require(parse_moment(text, n, &moment) && moment.orders == ORDERS_ALL && moment.zoned == utc &&
            moment_value(&moment, ORDER_YMD) == whole);
  }
  (void)parse_by_format(text, n, "%d.%m.%y %H:%M:%S.%f %p %z", &whole, &zoned, &at);
  require(at <= n);
}

static Column *column_of(const uint8_t *data, size_t size, Type type)
{
  Builder *builder = builder_new(type, 8);
  Column *column = NULL;
  require(builder != NULL);
  for (size_t i = 0; i <= size;) {
    const uint8_t *end = memchr(data + i, '\n', size - i);
    const size_t n = end ? (size_t)(end - data) - i : size - i;
    const char *text = (const char *)data + i;
    check_cell(text, n);
    if (n == 0 || memchr(text, 0, n) || utf8_check(text, n) < n) {
      builder_missing(builder);
    } else {
      builder_text(builder, text, n);
    }
    i += n + 1;
  }
  require(builder_finish(builder, &column, NULL) == STATUS_OK);
  return column;
}

static void check_column(const uint8_t *data, size_t size, Type type, Task *task)
{
  Column *column = column_of(data, size, type);
  CsvRefined refined = {.name = "x", .column = column, .all_quoted = size % 2};
  require(csv_refine(NULL, &refined, 1, task, NULL) == STATUS_OK);
  require(column_check(refined.out, NULL) == STATUS_OK && column_rows(refined.out) == column_rows(column));
  column_unref(refined.out);
  text_free(&refined.report);
  static const Type types[] = {TYPE_FLOAT64, TYPE_INT64, TYPE_BOOL, TYPE_TIMESTAMP};
  for (size_t i = 0; i < 4; i++) {
    const CastOptions options = {.drop_invalid = true, .orders = 1U << size % 3};
    Column *out;
    size_t invalid;
    require(column_cast(column, types[i], &options, task, &out, &invalid, NULL) == STATUS_OK);
    require(column_check(out, NULL) == STATUS_OK && invalid <= column_missing(out));
    column_unref(out);
  }
  column_unref(column);
}

static void check_decode(const uint8_t *data, size_t size, Task *task)
{
  char *bytes = mem_text((const char *)data, size);
  Text report = {0};
  size_t n = size;
  require(bytes != NULL);
  require(input_decode("fuzz", NULL, task, &bytes, &n, &report, NULL) == STATUS_OK);
  require(utf8_check(bytes, n) == n && bytes[n] == '\0');
  mem_free(bytes);
  text_free(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  Task task;
  task_init(&task, 1);
  check_column(data, size, TYPE_CATEGORY, &task);
  check_column(data, size, TYPE_STRING, &task);
  check_decode(data, size, &task);
  task_free(&task);
  return 0;
}
