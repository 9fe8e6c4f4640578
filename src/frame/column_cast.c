/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One function per pair of types gives a cell's value or says that it does not fit; column_fill runs it over all
 * rows. A category's levels are read once each. */
#include "frame/column_cast.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "frame/builder.h"
#include "frame/calendar.h"
#include "frame/column_fill.h"
#include "frame/parse_amount.h"
#include "frame/parse_moment.h"
#include "frame/parse_number.h"
#include "frame/zone.h"

enum { POLL_ROWS = 16384 };

typedef enum Fit { FIT_VALUE, FIT_MISSING, FIT_NOT } Fit;

typedef struct Cast {
  const Column *column;
  Type from, to;
  const CastOptions *options;
  const Task *task;
  unsigned systems; /* of numbers in texts */
  unsigned order;   /* of dates in texts */
  bool zoned;       /* texts of times tell their offset */
  const Zone *zone;
  Fit *level_fits; /* of a category: what its levels are */
  uint64_t *level_bits;
  atomic_size_t *invalid;
} Cast;

bool cast_is_known(Type from, Type to)
{
  const bool from_set = from == TYPE_SET, to_set = to == TYPE_SET;
  const bool truth_and_time =
      (from == TYPE_BOOL && to == TYPE_TIMESTAMP) || (from == TYPE_TIMESTAMP && to == TYPE_BOOL);
  return from == to || (!to_set && !truth_and_time && (!from_set || type_is_text(to)));
}

/* ---- From texts */

static bool float_of_text(const Cast *cast, const char *text, size_t length, uint64_t *bits)
{
  ParsedAmount amount;
  double value;
  const bool point = cast->systems & 1U << SYSTEM_POINT;
  bool good = (point && parse_float_forced(text, length, &value)) || parse_special(text, length, &value);
  if (!good && parse_amount(text, length, &amount)) {
    const unsigned systems = amount.systems & cast->systems;
    good = systems && amount_value(&amount, (NumberSystem)__builtin_ctz(systems), &value);
  }
  *bits = good ? fill_float(value) : 0;
  return good;
}

/* 2^63 is a double, so that comparing with it is exact. */
static bool whole_of_float(double value, int64_t *whole)
{
  if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0) || value != trunc(value)) {
    return false;
  }
  *whole = (int64_t)value;
  return true;
}

static bool int_of_text(const Cast *cast, const char *text, size_t length, uint64_t *bits)
{
  ParsedAmount amount;
  int64_t whole;
  uint64_t real;
  double value;
  bool good = parse_int_forced(text, length, &whole);
  if (!good && parse_amount(text, length, &amount)) {
    const unsigned systems = amount.systems & cast->systems;
    good = systems && amount_whole(&amount, (NumberSystem)__builtin_ctz(systems), &whole);
  }
  if (!good && float_of_text(cast, text, length, &real)) { /* 12.0 */
    memcpy(&value, &real, sizeof value);
    good = fabs(value) <= 9007199254740992.0 && whole_of_float(value, &whole);
  }
  *bits = good ? (uint64_t)whole : 0;
  return good;
}

static bool is_word(const char *text, size_t length, const char *words)
{
  while (*words) {
    const size_t n = strcspn(words, " ");
    size_t i = 0;
    while (i < n && i < length && (text[i] | (text[i] >= 'A' && text[i] <= 'Z' ? 32 : 0)) == words[i]) {
      i++;
    }
    if (i == n && n == length) {
      return true;
    }
    words += n + (words[n] == ' ');
  }
  return false;
}

static bool bool_of_text(const char *text, size_t length, uint64_t *bits)
{
  const bool yes = is_word(text, length, "true t yes y 1 on ja oui si s\xC3\xAD sim \xE6\x98\xAF \xE7\x9C\x9F");
  *bits = yes;
  return yes || is_word(text, length, "false f no n 0 off nein non nee n\xC3\xA3o \xE5\x90\xA6 \xE5\x81\x87");
}

static int64_t in_zone(const Cast *cast, int64_t wall)
{
  ZoneSpan span = {0};
  return cast->zone && !cast->zoned ? zone_utc(cast->zone, wall, &span) : wall;
}

static bool time_of_text(const Cast *cast, const char *text, size_t length, uint64_t *bits)
{
  ParsedMoment moment;
  int64_t value;
  bool zoned;
  size_t at;
  if (cast->options->format) {
    if (!parse_by_format(text, length, cast->options->format, &value, &zoned, &at) || zoned != cast->zoned) {
      return false;
    }
  } else if (parse_moment(text, length, &moment) && (moment.orders & cast->order) && moment.zoned == cast->zoned) {
    value = moment_value(&moment, cast->order);
  } else {
    return false;
  }
  *bits = (uint64_t)in_zone(cast, value);
  return true;
}

static bool is_missing_text(const CastOptions *options, const char *text, size_t length)
{
  for (size_t i = 0; i < options->n_missing; i++) {
    if (strlen(options->missing[i]) == length && memcmp(options->missing[i], text, length) == 0) {
      return true;
    }
  }
  return false;
}

static Fit fit_text(const Cast *cast, const char *text, size_t length, uint64_t *bits)
{
  bool good;
  if (is_missing_text(cast->options, text, length)) {
    return FIT_MISSING;
  }
  parse_trim(&text, &length);
  if (length == 0 || is_missing_text(cast->options, text, length)) {
    return FIT_MISSING;
  }
  switch (cast->to) {
    case TYPE_FLOAT64:
      good = float_of_text(cast, text, length, bits);
      break;
    case TYPE_INT64:
      good = int_of_text(cast, text, length, bits);
      break;
    case TYPE_BOOL:
      good = bool_of_text(text, length, bits);
      break;
    default:
      good = time_of_text(cast, text, length, bits);
  }
  return good ? FIT_VALUE : FIT_NOT;
}

/* ---- From values */

static bool time_of_digits(const Cast *cast, int64_t whole, uint64_t *bits)
{
  Text digits = {0};
  text_printf(&digits, "%lld", (long long)whole);
  const bool good = !digits.failed && time_of_text(cast, digits.data, digits.size, bits);
  text_free(&digits);
  return good;
}

static bool time_of_seconds(double seconds, uint64_t *bits)
{
  const double us = seconds * 1e6;
  const bool good = us >= (double)CALENDAR_FIRST && us <= (double)CALENDAR_LAST;
  *bits = good ? (uint64_t)(int64_t)round(us) : 0;
  return good;
}

static bool fit_int(const Cast *cast, int64_t whole, uint64_t *bits)
{
  switch (cast->to) {
    case TYPE_FLOAT64:
      *bits = fill_float((double)whole);
      return whole >= -(INT64_C(1) << 53) && whole <= INT64_C(1) << 53;
    case TYPE_BOOL:
      *bits = whole == 1;
      return whole == 0 || whole == 1;
    case TYPE_TIMESTAMP:
      if (cast->options->format) {
        return time_of_digits(cast, whole, bits);
      }
      if (whole < CALENDAR_FIRST / CALENDAR_SECOND || whole > CALENDAR_LAST / CALENDAR_SECOND) {
        return false;
      }
      *bits = (uint64_t)(whole * CALENDAR_SECOND);
      return true;
    default:
      *bits = (uint64_t)whole;
      return true;
  }
}

static bool fit_float(const Cast *cast, double value, uint64_t *bits)
{
  int64_t whole = 0;
  if (cast->to == TYPE_TIMESTAMP && !cast->options->format) {
    return time_of_seconds(value, bits);
  }
  if (!whole_of_float(value, &whole)) {
    return false;
  }
  return fit_int(cast, whole, bits);
}

static bool fit_time(const Cast *cast, int64_t time, uint64_t *bits)
{
  if (cast->to == TYPE_TIMESTAMP) {
    *bits = (uint64_t)in_zone(cast, time);
    return true;
  }
  if (cast->to == TYPE_FLOAT64) {
    *bits = fill_float((double)time / 1e6);
    return true;
  }
  *bits = (uint64_t)(time / CALENDAR_SECOND);
  return time % CALENDAR_SECOND == 0;
}

/* ---- Cells */

static Status misfit(const Cast *cast, size_t row, Error *e)
{
  Text cell = {0};
  column_cell_text(cast->column, row, &cell);
  const size_t shown = utf8_whole(text_data(&cell), cell.size < 80 ? cell.size : 80);
  error_set(e, STATUS_DATA, "cast-cell", _("row %1$zu: '%2$.*3$s' is no %4$s"), row + 1, text_data(&cell), (int)shown,
            type_name(cast->to));
  text_free(&cell);
  error_hint(
      e, _("invalid = \"missing\" makes such cells missing; decimal, thousands, dates, format and missing say how "
           "texts are written"));
  return STATUS_DATA;
}

static Fit fit_cell(const Cast *cast, size_t row, uint64_t *bits)
{
  size_t length;
  const char *text;
  if (!column_valid(cast->column, row)) {
    return FIT_MISSING;
  }
  switch (cast->from) {
    case TYPE_CATEGORY:
      *bits = cast->level_bits[column_code(cast->column, row)];
      return cast->level_fits[column_code(cast->column, row)];
    case TYPE_STRING:
      text = column_text(cast->column, row, &length);
      return fit_text(cast, text, length, bits);
    case TYPE_FLOAT64:
      return fit_float(cast, column_float(cast->column, row), bits) ? FIT_VALUE : FIT_NOT;
    case TYPE_TIMESTAMP:
      return fit_time(cast, column_int(cast->column, row), bits) ? FIT_VALUE : FIT_NOT;
    default:
      return fit_int(cast, column_int(cast->column, row), bits) ? FIT_VALUE : FIT_NOT;
  }
}

static Status fill_cell(const void *context, size_t row, uint64_t *bits, bool *valid, Error *e)
{
  const Cast *cast = context;
  const Fit fit = fit_cell(cast, row, bits);
  *valid = fit == FIT_VALUE;
  if (fit != FIT_NOT) {
    return STATUS_OK;
  }
  if (!cast->options->drop_invalid) {
    return misfit(cast, row, e);
  }
  atomic_fetch_add_explicit(cast->invalid, 1, memory_order_relaxed);
  return STATUS_OK;
}

/* ---- Before the cells */

/* What all dates of a column of texts allow together, and whether they differ in it. */
typedef struct Dates {
  unsigned orders;
  size_t odd_row; /* the first one that two orders read differently */
  size_t zoned, plain;
} Dates;

static void look_at_date(const Cast *cast, size_t row, Dates *dates)
{
  ParsedMoment moment;
  size_t length, at;
  int64_t value;
  bool zoned;
  const char *text = column_text(cast->column, row, &length);
  parse_trim(&text, &length);
  if (cast->options->format) {
    if (parse_by_format(text, length, cast->options->format, &value, &zoned, &at)) {
      dates->zoned += zoned;
      dates->plain += !zoned;
    }
    return;
  }
  if (!parse_moment(text, length, &moment)) {
    return;
  }
  dates->zoned += moment.zoned;
  dates->plain += !moment.zoned;
  dates->orders &= moment.orders;
  if (dates->odd_row == SIZE_MAX && moment_differs(&moment, dates->orders)) {
    dates->odd_row = row;
  }
}

static Status no_order(const Cast *cast, const Dates *dates, Error *e)
{
  Text cell = {0};
  if (dates->orders == 0) {
    error_set(e, STATUS_DATA, "cast-order", _("no order of day, month and year fits all of the dates"));
    error_hint(e, _("give it: dates = \"dmy\", \"mdy\" or \"ymd\", with invalid = \"missing\" for the rest"));
    return STATUS_DATA;
  }
  column_cell_text(cast->column, dates->odd_row, &cell);
  error_set(e, STATUS_DATA, "cast-order",
            _("row %1$zu: '%2$.60s' is a date in more than one order, and no cell tells which"), dates->odd_row + 1,
            text_data(&cell));
  text_free(&cell);
  error_hint(e, _("say which: dates = \"dmy\", \"mdy\" or \"ymd\""));
  return STATUS_DATA;
}

/* The order and kind of zone of a column of texts. */
static Status settle_dates(Cast *cast, Error *e)
{
  Dates dates = {.orders = cast->options->orders ? cast->options->orders : ORDERS_ALL, .odd_row = SIZE_MAX};
  const unsigned asked = dates.orders;
  const size_t rows = column_rows(cast->column);
  for (size_t row = 0; row < rows; row++) {
    if (row % POLL_ROWS == 0 && task_cancelled(cast->task)) {
      return error_cancelled(e);
    }
    if (column_valid(cast->column, row)) {
      look_at_date(cast, row, &dates);
    }
  }
  cast->zoned = dates.zoned > dates.plain;
  cast->order = dates.orders & -dates.orders;
  if (cast->options->orders) {
    cast->order = asked & -asked; /* cells of another order do not fit, and are told one by one */
    return STATUS_OK;
  }
  if (cast->options->format) {
    return STATUS_OK;
  }
  bool differs = dates.orders == 0;
  for (size_t row = dates.odd_row; row < rows && !differs; row++) {
    ParsedMoment moment;
    if (row % POLL_ROWS == 0 && task_cancelled(cast->task)) {
      return error_cancelled(e);
    }
    size_t length;
    const char *text = column_valid(cast->column, row) ? column_text(cast->column, row, &length) : NULL;
    differs = text && parse_moment(text, length, &moment) && moment_differs(&moment, dates.orders);
    dates.odd_row = row;
  }
  return differs ? no_order(cast, &dates, e) : STATUS_OK;
}

static Status read_levels(Cast *cast, Error *e)
{
  const size_t n = column_levels(cast->column);
  cast->level_fits = mem_zero(n + 1, sizeof *cast->level_fits);
  cast->level_bits = mem_zero(n + 1, sizeof *cast->level_bits);
  if (!cast->level_fits || !cast->level_bits) {
    return error_memory(e, n * sizeof *cast->level_bits, _("levels"));
  }
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *text = column_level(cast->column, i, &length);
    cast->level_fits[i] = fit_text(cast, text, length, &cast->level_bits[i]);
  }
  return STATUS_OK;
}

static Status begin(Cast *cast, Error *e)
{
  const CastOptions *options = cast->options;
  size_t at;
  cast->systems = systems_of(options->decimal ? options->decimal : ".", options->thousands);
  if (options->format && !format_is_known(options->format, &at)) {
    error_set(e, STATUS_ARGUMENT, "time-format", _("the format '%1$s' has an unknown place: %2$.2s"), options->format,
              options->format + at);
    error_hint(
        e, _("places: %%Y %%m %%d %%y %%b %%B %%e %%j %%H %%I %%M %%S %%f %%p %%z %%s %%a %%A %%D %%F %%T %%R %%%%"));
    return STATUS_ARGUMENT;
  }
  Status status = STATUS_OK;
  if (options->zone && cast->to == TYPE_TIMESTAMP) {
    status = zone_find(options->zone, strlen(options->zone), &cast->zone, e);
  }
  if (status == STATUS_OK && type_is_text(cast->from) && cast->to == TYPE_TIMESTAMP) {
    status = settle_dates(cast, e);
  }
  if (cast->from == TYPE_TIMESTAMP) {
    cast->zoned = column_zone(cast->column)[0] != '\0';
  } else if (!type_is_text(cast->from)) {
    cast->zoned = !options->format || strstr(options->format, "%s") || strstr(options->format, "%z");
  }
  return status == STATUS_OK && cast->from == TYPE_CATEGORY ? read_levels(cast, e) : status;
}

/* ---- To texts */

static Status to_text(const Column *column, Type type, const Task *task, Column **out, Error *e)
{
  const size_t rows = column_rows(column);
  Builder *builder = builder_new(type, rows);
  Text cell = {0};
  if (!builder) {
    return error_memory(e, rows, _("a column"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (row % POLL_ROWS == 0 && task_cancelled(task)) {
      text_free(&cell);
      builder_free(builder);
      return error_cancelled(e);
    }
    text_reset(&cell);
    if (column_valid(column, row)) {
      column_cell_text(column, row, &cell);
      builder_text(builder, text_data(&cell), cell.size);
    } else {
      builder_missing(builder);
    }
  }
  Status status = text_status(&cell, e);
  text_free(&cell);
  if (status != STATUS_OK) {
    builder_free(builder);
    return status;
  }
  return builder_finish(builder, out, e);
}

static const char *zone_of_result(const Cast *cast)
{
  return cast->zone                     ? zone_name(cast->zone)
         : cast->from == TYPE_TIMESTAMP ? column_zone(cast->column)
         : cast->zoned                  ? "UTC"
                                        : "";
}

Status column_cast(const Column *column, Type type, const CastOptions *options, Task *task, Column **out,
                   size_t *invalid, Error *e)
{
  static const CastOptions none;
  atomic_size_t bad;
  atomic_init(&bad, 0);
  Cast cast = {.column = column, .from = column_type(column), .to = type, .task = task, .invalid = &bad};
  cast.options = options ? options : &none;
  *out = NULL;
  if (!cast_is_known(cast.from, type)) {
    error_set(e, STATUS_DATA, "cast-pair", _("%1$s cannot be made %2$s"), type_name(cast.from), type_name(type));
    error_hint(e, _("by way of text it may be: cast it to string first"));
    return STATUS_DATA;
  }
  Status status = STATUS_OK;
  if (cast.from == type && !(type == TYPE_TIMESTAMP && cast.options->zone)) {
    *out = column_ref(column);
  } else if (type_is_text(type)) {
    status = to_text(column, type, task, out, e);
  } else if ((status = begin(&cast, e)) == STATUS_OK) {
    status = column_fill(type, column_rows(column), zone_of_result(&cast), fill_cell, &cast, task, out, e);
  }
  mem_free(cast.level_fits);
  mem_free(cast.level_bits);
  if (invalid) {
    *invalid = atomic_load(&bad);
  }
  return status;
}
