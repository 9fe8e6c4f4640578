/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells as text. The civil calendar is computed from the day number in eras of 400 years that begin on 1
 * March, so that the leap day ends a year; it is the proleptic Gregorian calendar, as ISO 8601 asks. Years
 * past 9999 or before 0 get a sign. */
#include <string.h>

#include "core/text.h"
#include "frame/column_layout.h"

enum { ERA_DAYS = 146097, DAYS_TO_1970 = 719468 }; /* of 400 years; from 0000-03-01 to 1970-01-01 */

static const int64_t day_us = INT64_C(86400000000);

/* The quotient rounded down. */
static int64_t floor_div(int64_t a, int64_t b)
{
  return a / b - (a % b < 0);
}

static void add_date(Text *out, int64_t day)
{
  const int64_t from_march = day + DAYS_TO_1970;
  const int64_t era = floor_div(from_march, ERA_DAYS);
  const int64_t in_era = from_march - era * ERA_DAYS;
  /* Leap days before in_era: one each 1461 days, none at each 36524th, one at the era's last. */
  const int64_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
  const int64_t in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
  const int64_t march_month = (5 * in_year + 2) / 153; /* five months from March or August have 153 days */
  const int64_t date = in_year - (153 * march_month + 2) / 5 + 1;
  const int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  const int64_t year = era * 400 + year_in_era + (month <= 2);
  const char *sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  text_printf(out, "%s%04d-%02d-%02d", sign, (int)(year < 0 ? -year : year), (int)month, (int)date);
}

static void add_time(Text *out, int64_t us)
{
  const int64_t second = us / 1000000, part = us % 1000000;
  text_printf(out, " %02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
  if (part > 0) {
    char digits[8];
    int64_t rest = part;
    for (int i = 5; i >= 0; i--) {
      digits[i] = (char)('0' + rest % 10);
      rest /= 10;
    }
    size_t length = 6;
    while (digits[length - 1] == '0') {
      length--;
    }
    text_char(out, '.');
    text_add(out, digits, length);
  }
}

static void add_timestamp(const Column *column, int64_t us, Text *out)
{
  const int64_t day = floor_div(us, day_us);
  add_date(out, day);
  if (!column_is_dates(column)) {
    const int64_t rest = us % day_us;
    add_time(out, rest < 0 ? rest + day_us : rest);
    text_puts(out, column->zone.data ? "Z" : "");
  }
}

static bool blank(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool needs_quotes(const char *item, size_t length)
{
  if (length == 0 || blank(item[0]) || blank(item[length - 1])) {
    return true;
  }
  for (size_t i = 0; i < length; i++) {
    if (item[i] == ',' || item[i] == '{' || item[i] == '}' || item[i] == '"') {
      return true;
    }
  }
  return false;
}

static void add_item(Text *out, const char *item, size_t length)
{
  if (!needs_quotes(item, length)) {
    text_add(out, item, length);
    return;
  }
  text_char(out, '"');
  for (size_t i = 0; i < length; i++) {
    if (item[i] == '"') {
      text_char(out, '"');
    }
    text_char(out, item[i]);
  }
  text_char(out, '"');
}

static void add_set(const Column *column, size_t row, Text *out)
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  text_char(out, '{');
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *item = column_level(column, (size_t)codes[i], &length);
    text_puts(out, i > 0 ? ", " : "");
    add_item(out, item, length);
  }
  text_char(out, '}');
}

void column_cell_text(const Column *column, size_t row, Text *out)
{
  if (!column_valid(column, row)) {
    text_puts(out, "NA");
    return;
  }
  char number[32];
  size_t length;
  const char *text;
  switch (column->type) {
    case TYPE_FLOAT64:
      text_of_double(column_float(column, row), number);
      text_puts(out, number);
      break;
    case TYPE_INT64:
      text_printf(out, "%lld", (long long)column_int(column, row));
      break;
    case TYPE_BOOL:
      text_puts(out, column_int(column, row) ? "true" : "false");
      break;
    case TYPE_TIMESTAMP:
      add_timestamp(column, column_int(column, row), out);
      break;
    case TYPE_SET:
      add_set(column, row, out);
      break;
    default:
      text = column_text(column, row, &length);
      text_add(out, text, length);
  }
}
