/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells as they come: a byte for the kind and eight for the value, in columns. */
#include "io/gather_layout.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/calendar.h"

enum { ROWS_FIRST = 64 };
static const double exact_most = 9007199254740992.0; /* 2^53 */

Gather *gather_new(void)
{
  return mem_zero(1, sizeof(Gather));
}

void gather_free(Gather *gather)
{
  for (size_t i = 0; gather && i < gather->n; i++) {
    mem_free(gather->columns[i].kinds);
    mem_free(gather->columns[i].values);
    mem_free(gather->columns[i].declared);
    map_free(gather->columns[i].texts);
  }
  if (gather) {
    mem_free(gather->columns);
    mem_free(gather);
  }
}

size_t gather_columns(const Gather *gather)
{
  return gather->n;
}

size_t gather_rows(const Gather *gather)
{
  return gather->rows;
}

Status gather_status(const Gather *gather, Error *e)
{
  if (gather->error.status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = gather->error;
  }
  return gather->error.status;
}

static GatherColumn *fail(Gather *gather)
{
  (void)error_memory(&gather->error, 0, _("cells"));
  return NULL;
}

static GatherColumn *column_at(Gather *gather, size_t column)
{
  if (gather->error.status != STATUS_OK) {
    return NULL;
  }
  if (column >= gather->room) {
    const size_t room = column + column / 2 + 16;
    GatherColumn *columns = mem_resize(gather->columns, room, sizeof *columns);
    if (!columns) {
      return fail(gather);
    }
    memset(columns + gather->room, 0, (room - gather->room) * sizeof *columns);
    gather->columns = columns;
    gather->room = room;
  }
  gather->n = column >= gather->n ? column + 1 : gather->n;
  return &gather->columns[column];
}

/* Room for a cell at a row; those between are missing. */
static bool grow(GatherColumn *column, size_t row)
{
  const size_t wanted = row + row / 2 + ROWS_FIRST;
  uint8_t *kinds = mem_resize(column->kinds, wanted, sizeof *kinds);
  column->kinds = kinds ? kinds : column->kinds;
  int64_t *values = mem_resize(column->values, wanted, sizeof *values);
  column->values = values ? values : column->values;
  if (!kinds || !values) {
    return false;
  }
  column->room = wanted;
  return true;
}

static inline void put(Gather *gather, size_t row, size_t number, GatherKind kind, int64_t value)
{
  const bool there = number < gather->n && gather->error.status == STATUS_OK;
  GatherColumn *column = there ? &gather->columns[number] : column_at(gather, number);
  if (!column || (row >= column->room && !grow(column, row))) {
    fail(gather);
    return;
  }
  if (row > column->n) {
    memset(column->kinds + column->n, GATHER_NONE, row - column->n);
  }
  column->kinds[row] = (uint8_t)kind;
  column->values[row] = value;
  column->n = row >= column->n ? row + 1 : column->n;
  gather->rows = row >= gather->rows ? row + 1 : gather->rows;
}

void gather_int(Gather *gather, size_t row, size_t column, int64_t value)
{
  put(gather, row, column, GATHER_INT, value);
}

void gather_float(Gather *gather, size_t row, size_t column, double value)
{
  int64_t bits;
  memcpy(&bits, &value, sizeof bits);
  put(gather, row, column, GATHER_FLOAT, bits);
}

void gather_number(Gather *gather, size_t row, size_t column, double value)
{
  if (fabs(value) <= exact_most && value == (double)(int64_t)value && !(value == 0 && signbit(value))) {
    gather_int(gather, row, column, (int64_t)value);
  } else {
    gather_float(gather, row, column, value);
  }
}

void gather_bool(Gather *gather, size_t row, size_t column, bool value)
{
  put(gather, row, column, GATHER_BOOL, value);
}

void gather_time(Gather *gather, size_t row, size_t column, int64_t value, bool utc)
{
  put(gather, row, column, utc ? GATHER_UTC : GATHER_TIME, value);
}

/* What is not UTF-8, and NUL, byte for byte as U+FFFD. */
static void mend(const char *text, size_t length, Text *out)
{
  while (length > 0) {
    uint32_t code;
    const size_t n = *text ? utf8_decode(text, length, &code) : 0;
    text_add(out, n ? text : "\xef\xbf\xbd", n ? n : 3);
    text += n ? n : 1;
    length -= n ? n : 1;
  }
}

void gather_text(Gather *gather, size_t row, size_t number, const char *text, size_t length)
{
  GatherColumn *column = column_at(gather, number);
  Text mended = {0};
  size_t code = 0;
  if (!column || (!column->texts && !(column->texts = map_new()))) {
    fail(gather);
    return;
  }
  if (memchr(text, '\0', length) || utf8_check(text, length) < length) {
    mend(text, length, &mended);
    column->mended++;
    text = text_data(&mended);
    length = mended.size;
  }
  if (!mended.failed && map_put(column->texts, text, length, &code, NULL, &gather->error) == STATUS_OK) {
    put(gather, row, number, GATHER_TEXT, (int64_t)code);
  } else {
    fail(gather);
  }
  text_free(&mended);
}

GatherKind gather_kind(const Gather *gather, size_t row, size_t column)
{
  const bool there = column < gather->n && row < gather->columns[column].n;
  return there ? (GatherKind)gather->columns[column].kinds[row] : GATHER_NONE;
}

void gather_expect(Gather *gather, size_t number, Type type, const char *declared)
{
  GatherColumn *column = column_at(gather, number);
  if (column) {
    column->expects = true;
    column->expected = type;
    mem_free(column->declared);
    column->declared = mem_string(declared);
    if (!column->declared) {
      fail(gather);
    }
  }
}

/* ---- cells as text */

static void show_time(int64_t time, bool utc, Text *out)
{
  const Civil at = calendar_civil(time);
  text_printf(out, "%04lld-%02d-%02d", (long long)at.year, at.month, at.day);
  if (utc || time % CALENDAR_DAY != 0) {
    text_printf(out, " %02d:%02d:%02d", at.hour, at.minute, at.second);
    if (at.microsecond) {
      text_printf(out, ".%06d", at.microsecond);
    }
    text_puts(out, utc ? "Z" : "");
  }
}

static void show_real(double value, Text *out)
{
  char text[32];
  text_of_double(value, text);
  text_puts(out, text);
  text_puts(out, strpbrk(text, ".eNI") ? "" : ".0"); /* a real number, so that it reads back as one */
}

const char *gather_cell(const GatherColumn *column, size_t row, Text *scratch, size_t *length)
{
  const GatherKind kind = row < column->n ? (GatherKind)column->kinds[row] : GATHER_NONE;
  const int64_t value = kind != GATHER_NONE ? column->values[row] : 0;
  if (kind == GATHER_TEXT) {
    return map_key(column->texts, (size_t)value, length);
  }
  text_reset(scratch);
  switch (kind) {
  case GATHER_INT: text_printf(scratch, "%lld", (long long)value); break;
  case GATHER_FLOAT: show_real(gather_real(value), scratch); break;
  case GATHER_BOOL: text_puts(scratch, value ? "true" : "false"); break;
  case GATHER_TIME:
  case GATHER_UTC: show_time(value, kind == GATHER_UTC, scratch); break;
  default: break;
  }
  *length = scratch->size;
  return text_data(scratch);
}

void gather_show(const Gather *gather, size_t row, size_t column, Text *out)
{
  Text scratch = {0};
  size_t length;
  if (column < gather->n) {
    const char *text = gather_cell(&gather->columns[column], row, &scratch, &length);
    text_add(out, text, length);
    out->failed = out->failed || scratch.failed;
  }
  text_free(&scratch);
}
