/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From gathered cells to a column: what type holds them, and the column of that type. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "io/gather_layout.h"

enum { LEVELS_ALWAYS = 50, LEVELS_MOST = 10000, LEVELS_SHARE = 20, POLL_ROWS = 4096, MARKERS_LONGEST = 8 };
static const int64_t exact_most = INT64_C(1) << 53;

bool gather_is_marker(const char *text, size_t length)
{
  static const char *const markers[] = {"", "NA", "N/A", "#N/A", "NULL", "null", "n/a", "na", "-"};
  for (size_t i = 0; length < MARKERS_LONGEST && i < sizeof markers / sizeof *markers; i++) {
    if (strlen(markers[i]) == length && memcmp(markers[i], text, length) == 0) {
      return true;
    }
  }
  return false;
}

void gather_census(const GatherColumn *column, size_t first, size_t rows, GatherCensus *out)
{
  const size_t end = column->n < first + rows ? column->n : first + rows;
  *out = (GatherCensus){.large = false};
  for (size_t row = first; row < end; row++) {
    const GatherKind kind = (GatherKind)column->kinds[row];
    const int64_t value = column->values[row];
    size_t length;
    if (out->count[kind]++ == 0) {
      out->sample[kind] = row;
    }
    if (kind == GATHER_INT) {
      out->large = out->large || value > exact_most || value < -exact_most;
    } else if (kind == GATHER_TEXT) {
      const char *text = map_key(column->texts, (size_t)value, &length);
      out->markers += gather_is_marker(text, length);
    }
  }
  out->count[GATHER_NONE] += rows - (end > first ? end - first : 0);
}

/* ---- values of texts */

static const char *past_blanks(const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) {
    at++;
  }
  return at;
}

static const char hex_digits[] = "0123456789abcdef";

/* Four hexadecimal digits at `at`; false when there are none. */
static bool read_hex(const char *at, const char *end, uint32_t *code)
{
  *code = 0;
  for (int i = 0; i < 4; i++) {
    const char c = at + i < end ? at[i] : '\0';
    const char *digit = c ? strchr(hex_digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;
    if (!digit) {
      return false;
    }
    *code = *code * 16 + (uint32_t)(digit - hex_digits);
  }
  return true;
}

static void add_code(uint32_t code, Text *out)
{
  const char bytes[] = {(char)(0xC0 | code >> 6), (char)(0x80 | (code & 63)), (char)(0xE0 | code >> 12),
                        (char)(0x80 | (code >> 6 & 63)), (char)(0x80 | (code & 63))};
  if (code < 0x80) {
    text_char(out, (char)code);
  } else {
    text_add(out, code < 0x800 ? bytes : bytes + 2, code < 0x800 ? 2 : 3);
  }
}

/* An escape after its backslash. Gives its end, NULL when it is none that a text may have (surrogates, NUL). */
static const char *read_escape(const char *at, const char *end, Text *out)
{
  static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *name = at < end && *at ? strchr(names, *at) : NULL;
  uint32_t code;
  if (name) {
    text_char(out, meant[name - names]);
    return at + 1;
  }
  if (at < end && *at == 'u' && read_hex(at + 1, end, &code) && code != 0 && !(code >= 0xD800 && code < 0xE000)) {
    add_code(code, out);
    return at + 5;
  }
  return NULL;
}

/* A text after its quote. Gives the end, NULL when there is none. */
static const char *read_item(const char *at, const char *end, Text *out)
{
  text_reset(out);
  while (at && at < end && *at != '"') {
    const char *plain = at;
    while (at < end && *at != '"' && *at != '\\') {
      at++;
    }
    text_add(out, plain, (size_t)(at - plain));
    at = at < end && *at == '\\' ? read_escape(at + 1, end, out) : at;
  }
  return at && at < end ? at + 1 : NULL;
}

/* Adds the items of a JSON list of texts to the builder (which may be NULL); false when it is none. */
static bool read_set(const char *text, size_t length, Text *scratch, Builder *builder)
{
  const char *end = text + length, *at = past_blanks(text, end);
  if (at == end || *at != '[') {
    return false;
  }
  at = past_blanks(at + 1, end);
  for (bool first = true; at < end && *at != ']'; first = false) {
    at = first ? at : *at == ',' ? past_blanks(at + 1, end) : end;
    at = at < end && *at == '"' ? read_item(at + 1, end, scratch) : NULL;
    if (!at) {
      return false;
    }
    if (builder) {
      builder_item(builder, text_data(scratch), scratch->size);
    }
    at = past_blanks(at, end);
  }
  return at < end && past_blanks(at + 1, end) == end;
}

/* Whether every text in the rows reads as the type; *misfit is the first that does not. */
static bool texts_fit(const GatherColumn *column, size_t first, size_t rows, Type type, size_t *misfit)
{
  Text scratch = {0};
  const size_t end = column->n < first + rows ? column->n : first + rows;
  int zoned = -1;
  bool fits = true;
  for (size_t row = first; fits && row < end; row++) {
    size_t length;
    int64_t time;
    bool utc = false;
    if (column->kinds[row] != GATHER_TEXT) {
      continue;
    }
    const char *text = map_key(column->texts, (size_t)column->values[row], &length);
    fits = type == TYPE_SET ? read_set(text, length, &scratch, NULL) : parse_time(text, length, &time, &utc);
    fits = fits && (zoned < 0 || utc == zoned);
    *misfit = row;
    zoned = type == TYPE_SET ? -1 : utc;
  }
  text_free(&scratch);
  return fits;
}

/* ---- choosing */

static bool ones_and_zeros(const GatherColumn *column, size_t first, size_t rows, size_t *misfit)
{
  const size_t end = column->n < first + rows ? column->n : first + rows;
  for (size_t row = first; row < end; row++) {
    *misfit = row;
    if (column->kinds[row] == GATHER_INT && column->values[row] != 0 && column->values[row] != 1) {
      return false;
    }
  }
  return true;
}

static Type text_type(const GatherColumn *column, size_t rows)
{
  const size_t levels = column->texts ? map_size(column->texts) : 0;
  const bool few = levels <= LEVELS_ALWAYS || (levels <= LEVELS_MOST && levels <= rows / LEVELS_SHARE);
  return few ? TYPE_CATEGORY : TYPE_STRING;
}

/* Of cells of one kind (whole numbers and reals being one), or text. */
static GatherChoice natural(const GatherColumn *column, size_t rows, const GatherCensus *census, size_t texts)
{
  const size_t *n = census->count;
  const size_t numbers = n[GATHER_INT] + n[GATHER_FLOAT];
  const size_t times = n[GATHER_TIME] + n[GATHER_UTC];
  const int kinds = (numbers > 0) + (times > 0) + (n[GATHER_BOOL] > 0) + (texts > 0);
  const bool zones = n[GATHER_TIME] > 0 && n[GATHER_UTC] > 0;
  if (kinds > 1 || zones || (n[GATHER_INT] > 0 && n[GATHER_FLOAT] > 0 && census->large)) {
    return (GatherChoice){.type = TYPE_STRING, .mixed = true};
  }
  const Type type = n[GATHER_FLOAT] > 0  ? TYPE_FLOAT64
                    : numbers > 0        ? TYPE_INT64
                    : times > 0          ? TYPE_TIMESTAMP
                    : n[GATHER_BOOL] > 0 ? TYPE_BOOL
                    : texts > 0          ? text_type(column, rows)
                                         : TYPE_STRING;
  return (GatherChoice){.type = type};
}

GatherChoice gather_choose(const GatherColumn *column, size_t first, size_t rows, const GatherCensus *census,
                           bool markers)
{
  const size_t texts = census->count[GATHER_TEXT];
  const size_t values = rows - census->count[GATHER_NONE] - texts;
  if (markers && values > 0 && texts > 0 && census->markers == texts) { /* NA among values */
    GatherChoice choice = natural(column, rows, census, 0);
    choice.markers = !choice.mixed;
    return choice;
  }
  GatherChoice choice = natural(column, rows, census, texts);
  const Type expected = column->expected;
  if (!column->expects || choice.mixed) {
    return choice;
  }
  if (census->count[GATHER_NONE] == rows) {
    choice.type = expected;
    return choice;
  }
  bool met = choice.type == expected || (type_is_text(expected) && type_is_text(choice.type));
  if (expected == TYPE_BOOL && choice.type == TYPE_INT64) {
    met = ones_and_zeros(column, first, rows, &choice.misfit);
  } else if ((expected == TYPE_TIMESTAMP || expected == TYPE_SET) && type_is_text(choice.type)) {
    met = texts_fit(column, first, rows, expected, &choice.misfit);
  } else if (expected == TYPE_FLOAT64 && choice.type == TYPE_INT64) {
    met = !census->large;
  } else if (!met) {
    choice.misfit = census->sample[texts > 0 ? GATHER_TEXT : census->count[GATHER_FLOAT] ? GATHER_FLOAT : GATHER_INT];
  }
  choice.type = met && !type_is_text(expected) ? expected : choice.type;
  choice.dropped = !met;
  return choice;
}

/* ---- building */

static bool add_int(Builder *builder, GatherKind kind, int64_t value, const char *text, size_t length)
{
  const double real = kind == GATHER_FLOAT ? gather_real(value) : 0;
  if (kind == GATHER_TEXT && !parse_int_forced(text, length, &value)) {
    return false;
  }
  if (kind == GATHER_FLOAT && !(fabs(real) <= (double)exact_most && real == floor(real))) {
    return false;
  }
  builder_int(builder, kind == GATHER_FLOAT ? (int64_t)real : value);
  return kind != GATHER_TIME && kind != GATHER_UTC;
}

static bool add_float(Builder *builder, GatherKind kind, int64_t value, const char *text, size_t length)
{
  double real = kind == GATHER_FLOAT ? gather_real(value) : (double)value;
  if (kind == GATHER_TEXT && !parse_float_forced(text, length, &real)) {
    return false;
  }
  builder_float(builder, real);
  return kind != GATHER_TIME && kind != GATHER_UTC;
}

static bool add_bool(Builder *builder, GatherKind kind, int64_t value, const char *text, size_t length)
{
  bool flag = value != 0;
  const bool fits = kind == GATHER_BOOL || (kind == GATHER_INT && (value == 0 || value == 1)) ||
                    (kind == GATHER_TEXT && parse_bool_forced(text, length, &flag));
  builder_bool(builder, flag);
  return fits;
}

/* *zone: -1 not known yet, 0 wall time, 1 UTC. */
static bool add_time(Builder *builder, GatherKind kind, int64_t value, const char *text, size_t length, int *zone)
{
  bool utc = kind == GATHER_UTC;
  const bool fits = kind == GATHER_TIME || utc || (kind == GATHER_TEXT && parse_time(text, length, &value, &utc));
  builder_int(builder, value);
  const bool agrees = *zone < 0 || *zone == utc;
  *zone = utc;
  return fits && agrees;
}

static bool add_cell(Builder *builder, Type type, const GatherColumn *column, size_t row, Text *scratch, int *zone)
{
  const GatherKind kind = (GatherKind)column->kinds[row];
  const int64_t value = column->values[row];
  size_t length = 0;
  const char *text = "";
  if (kind == GATHER_TEXT || type_is_text(type) || type == TYPE_SET) {
    text = gather_cell(column, row, scratch, &length);
  }
  switch (type) {
  case TYPE_INT64: return add_int(builder, kind, value, text, length);
  case TYPE_FLOAT64: return add_float(builder, kind, value, text, length);
  case TYPE_BOOL: return add_bool(builder, kind, value, text, length);
  case TYPE_TIMESTAMP: return add_time(builder, kind, value, text, length, zone);
  case TYPE_SET: {
    const bool fits = read_set(text, length, scratch, builder);
    builder_set(builder);
    return fits;
  }
  default: builder_text(builder, text, length); return true;
  }
}

static bool is_missing(const GatherColumn *column, size_t row, bool markers)
{
  size_t length;
  if (row >= column->n || column->kinds[row] == GATHER_NONE) {
    return true;
  }
  if (!markers || column->kinds[row] != GATHER_TEXT) {
    return false;
  }
  const char *text = map_key(column->texts, (size_t)column->values[row], &length);
  return gather_is_marker(text, length);
}

Status gather_build(const GatherColumn *column, size_t first, size_t rows, const GatherChoice *choice, Task *task,
                    size_t *bad, Column **out, Error *e)
{
  Builder *builder = builder_new(choice->type, rows);
  Text scratch = {0};
  Status status = builder ? STATUS_OK : error_memory(e, rows, _("a column"));
  int zone = -1;
  *out = NULL;
  for (size_t row = first; status == STATUS_OK && row < first + rows; row++) {
    if (row % POLL_ROWS == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
    } else if (is_missing(column, row, choice->markers)) {
      builder_missing(builder);
    } else if (!add_cell(builder, choice->type, column, row, &scratch, &zone)) {
      *bad = row;
      status = STATUS_DATA;
    }
  }
  if (status == STATUS_OK) {
    status = text_status(&scratch, e);
  }
  text_free(&scratch);
  if (status != STATUS_OK) {
    builder_free(builder);
    return status;
  }
  if (choice->type == TYPE_TIMESTAMP && zone == 1) {
    builder_zone(builder, "UTC");
  }
  return builder_finish(builder, out, e);
}
