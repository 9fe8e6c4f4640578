/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of reading JSON, and its errors. */
#include <string.h>

#include "core/alloc.h"
#include "io/json_reader.h"
#include "io/report_columns.h"
#include "io/report_text.h"

enum { EXCERPT_BEFORE = 120, EXCERPT_AFTER = 80, VALUE_MOST = 40 };

const char *json_trouble_text(JsonTrouble trouble)
{
  switch (trouble) {
    case JSON_WANTS_VALUE:
      return _("a value should stand here: a text in double quotes, a number, true, false, null, [ or {");
    case JSON_WANTS_KEY: return _("a key in double quotes should stand here");
    case JSON_WANTS_COLON: return _("a colon should follow the key");
    case JSON_WANTS_COMMA_BRACE: return _("a comma or } should follow the value");
    case JSON_WANTS_COMMA_BRACKET: return _("a comma or ] should follow the value");
    case JSON_ENDS: return _("the text ends within a value");
    case JSON_OPEN_STRING: return _("a text is never closed");
    case JSON_CONTROL: return _("a line break or control character stands within a text");
    case JSON_ESCAPE: return _("a backslash begins no escape that JSON knows");
    case JSON_NUL: return _("a text holds the character NUL");
    case JSON_SURROGATE: return _("half of a surrogate pair stands alone");
    case JSON_NUMBER: return _("a number is not well formed");
    case JSON_DEPTH: return _("values are nested too deep");
    case JSON_AFTER: return _("something follows the end of the value");
    case JSON_NO_OBJECT: return _("a row is no object");
    case JSON_NOT_UTF8: return _("a byte is not UTF-8");
    case JSON_MANY_KEYS: return _("there are too many different keys");
    default: return _("out of memory");
  }
}

static const char *trouble_hint(JsonTrouble trouble)
{
  switch (trouble) {
    case JSON_WANTS_VALUE:
      return _("JSON has no NaN, no single quotes, no comments and no comma before a closing bracket");
    case JSON_WANTS_KEY:
      return _("JSON has no keys without quotes, no comments and no comma before a closing brace");
    case JSON_NUMBER:
      return _("JSON has no Infinity, no zeros before a number and no bare point; write null for what is missing");
    case JSON_CONTROL:
      return _("a line break within a text is written \\n; most often a quote is missing before it");
    case JSON_OPEN_STRING:
    case JSON_ENDS: return _("most often the file was cut off; get it anew");
    case JSON_NO_OBJECT:
      return _("rows are objects like {\"name\": \"Ann\", \"age\": 7}; put others into such a form first");
    case JSON_NOT_UTF8:
      return _("JSON is written in UTF-8; convert the file, as with iconv -f latin1 -t utf8");
    case JSON_MANY_KEYS:
      return _("most often an object is used as a list, with ids as keys; make it an array of objects first");
    case JSON_AFTER: return _("a file holds one value, or one object per line");
    default: return _("mend the file at this place, or make it anew with a program that writes sound JSON");
  }
}

size_t json_line(const JsonReader *reader, uint64_t offset)
{
  size_t line = 1;
  const char *at = reader->bytes, *end = at + offset;
  while ((at = memchr(at, '\n', (size_t)(end - at)))) {
    line++;
    at++;
  }
  return line;
}

Status json_point(const JsonReader *reader, uint64_t at, Error *e)
{
  const char *bytes = reader->bytes, *here = bytes + at, *end = bytes + reader->size;
  const char *line = here;
  while (line > bytes && line[-1] != '\n') {
    line--;
  }
  size_t column = 1;
  for (const char *c = line; c < here; c++) {
    column += ((unsigned char)*c & 0xC0) != 0x80;
  }
  (void)error_where(e, _("%1$s, line %2$zu, column %3$zu, byte %4$llu"), reader->path, json_line(reader, at),
                    column, (unsigned long long)at);
  const char *from = here - line > EXCERPT_BEFORE ? here - EXCERPT_BEFORE : line;
  while (from < here && ((unsigned char)*from & 0xC0) == 0x80) {
    from++;
  }
  const char *to = here;
  while (to < end && *to != '\n' && *to != '\r' && to - here < EXCERPT_AFTER) {
    to++;
  }
  const size_t whole = utf8_whole(from, (size_t)(to - from));
  if (utf8_check(from, whole) == whole) { /* else the terminal would be given what it cannot show */
    (void)error_caret(e, from, whole, (size_t)(here - from));
  }
  return e ? e->status : STATUS_FORMAT;
}

Status json_fault(const JsonReader *reader, JsonTrouble trouble, uint64_t at, Error *e)
{
  static const char *const ids[JSON_TROUBLES] = {[JSON_NO_OBJECT] = "json-no-rows",
                                                 [JSON_NOT_UTF8] = "not-utf8",
                                                 [JSON_MANY_KEYS] = "json-many-keys",
                                                 [JSON_DEPTH] = "json-depth",
                                                 [JSON_NUL] = "nul-byte"};
  if (trouble == JSON_NO_MEMORY) {
    return error_memory(e, 0, _("the values of a JSON file"));
  }
  const Status status = trouble == JSON_NO_OBJECT   ? STATUS_DATA
                        : trouble == JSON_MANY_KEYS ? STATUS_LIMIT
                                                    : STATUS_FORMAT;
  error_set(e, status, ids[trouble] ? ids[trouble] : "json-syntax", "%s", json_trouble_text(trouble));
  (void)json_point(reader, at, e);
  (void)error_hint(e, "%s", trouble_hint(trouble));
  return status;
}

/* The value at an offset, cut. */
static void add_value(const JsonReader *reader, uint64_t at, Text *out)
{
  Text scratch = {0};
  const char *text;
  size_t length;
  if (json_text_at(reader, at, &scratch, &text, &length)) {
    const size_t cut = length > VALUE_MOST ? utf8_whole(text, VALUE_MOST) : length;
    text_add(out, text, cut);
    text_puts(out, cut < length ? "..." : "");
  }
  text_free(&scratch);
}

Status json_misfit(const JsonReader *reader, const JsonMisfit *misfit, Error *e)
{
  const JsonColumn *path = &reader->paths[misfit->column];
  Text value = {0};
  add_value(reader, misfit->at, &value);
  error_set(e, STATUS_FORMAT, "json-type", _("column '%1$s': '%2$s' is no %3$s"), path->name,
            text_data(&value), type_name(path->type));
  text_free(&value);
  (void)json_point(reader, misfit->at, e);
  Text types = {0};
  report_types(&types, path->name, "string");
  (void)error_hint(e, _("read it as text with %s, or mend the file"), text_data(&types));
  text_free(&types);
  return STATUS_FORMAT;
}

/* ---- The report ---- */

static const char *kind_name(JsonKind kind)
{
  switch (kind) {
    case JSON_BOOL: return _("a truth value");
    case JSON_INT:
    case JSON_REAL: return _("a number");
    case JSON_INT_ONLY:
    case JSON_LONG: return _("a number with more digits than float64 keeps");
    case JSON_TOO_LARGE: return _("a number too large for float64");
    case JSON_TIME: return _("a time without a zone");
    case JSON_TIME_UTC: return _("a time with a zone");
    case JSON_TEXTS:
    case JSON_EMPTY: return _("an array of texts");
    case JSON_ARRAY: return _("an array");
    default: return _("a text");
  }
}

/* Kinds that make one type. */
static int family_of(JsonKind kind)
{
  static const int families[JSON_KINDS] = {
      [JSON_BOOL] = 1,      [JSON_INT] = 2,   [JSON_REAL] = 2,    [JSON_INT_ONLY] = 3, [JSON_LONG] = 4,
      [JSON_TOO_LARGE] = 5, [JSON_TEXT] = 6,  [JSON_SPECIAL] = 6, [JSON_TIME] = 7,     [JSON_TIME_UTC] = 8,
      [JSON_TEXTS] = 9,     [JSON_EMPTY] = 9, [JSON_ARRAY] = 10};
  return families[kind];
}

/* Why a column is text that is not made of texts alone: its first value and the first of another kind. */
static void add_mixture(const JsonReader *reader, const JsonSeen *seen, Text *out)
{
  JsonKind one = JSON_NULL, other = JSON_NULL;
  for (int kind = JSON_NULL + 1; kind < JSON_KINDS; kind++) {
    if (seen->count[kind] > 0 && (one == JSON_NULL || seen->first[kind] < seen->first[one])) {
      one = (JsonKind)kind;
    }
  }
  for (int kind = JSON_NULL + 1; kind < JSON_KINDS; kind++) {
    const bool differs = seen->count[kind] > 0 && family_of((JsonKind)kind) != family_of(one);
    if (differs && (other == JSON_NULL || seen->first[kind] < seen->first[other])) {
      other = (JsonKind)kind;
    }
  }
  if (one == JSON_TEXT && (other == JSON_NULL || family_of(other) == 7 || family_of(other) == 8)) {
    return; /* plain words among which a date stands */
  }
  const JsonKind shown = other == JSON_NULL ? one : other;
  Text value = {0};
  add_value(reader, seen->first[shown], &value);
  text_printf(out, _(", because '%1$s' at line %2$zu is %3$s"), text_data(&value),
              json_line(reader, seen->first[shown]), kind_name(shown));
  if (other != JSON_NULL) {
    text_printf(out, _(" and line %1$zu has %2$s"), json_line(reader, seen->first[one]), kind_name(one));
  }
  out->failed = out->failed || value.failed;
  text_free(&value);
}

static void add_details(const JsonReader *reader, const JsonColumn *path, const Column *column, Text *out)
{
  const JsonSeen *seen = &path->seen;
  if (path->forced) {
    text_puts(out, _(", as asked for"));
  } else if (json_seen_values(seen) == 0) {
    text_puts(out, _(", because every cell is missing"));
  } else if (type_is_text(path->type)) {
    add_mixture(reader, seen, out);
  } else if (path->type == TYPE_TIMESTAMP) {
    text_puts(out, _(", because every text is a date or time"));
  } else if (path->type == TYPE_SET) {
    text_puts(out, _(", from arrays of texts, whose order and repeats are not kept"));
  } else if (seen->count[JSON_SPECIAL] > 0) {
    text_printf(out, _(", with the texts NaN and Inf read as numbers: %zu"), seen->count[JSON_SPECIAL]);
  }
  if (column_missing(column) > 0) {
    text_printf(out, _("; missing: %zu"), column_missing(column));
  }
}

static void add_columns(const JsonReader *reader, const Column *const *columns, Text *out)
{
  ReportColumns lines = {0};
  Text details = {0};
  for (size_t i = 0; i < reader->n; i++) {
    const JsonColumn *path = &reader->paths[reader->order[i]];
    text_reset(&details);
    add_details(reader, path, columns[i], &details);
    report_columns_add(&lines, path->name, column_type(columns[i]), text_data(&details));
    out->failed = out->failed || details.failed;
  }
  report_columns_put(&lines, out);
  text_free(&details);
}

/* The call that decides otherwise, for the first column whose type was a choice. */
static void add_call(const JsonReader *reader, Text *out)
{
  const JsonColumn *chosen = NULL;
  for (size_t i = 0; i < reader->n && !chosen; i++) {
    const JsonColumn *path = &reader->paths[reader->order[i]];
    chosen = path->type == TYPE_TIMESTAMP || path->type == TYPE_SET ? path : NULL;
  }
  if (reader->n > 0) {
    const char *name = chosen ? chosen->name : reader->paths[reader->order[0]].name;
    text_puts(out, _("to decide otherwise:\n"));
    text_puts(out, "  read(");
    report_string(out, reader->path);
    text_puts(out, ", {");
    report_types(out, name, "string");
    text_puts(out, "})\n");
  }
}

static void add_note(const JsonReader *reader, const JsonNote *note, const char *format, Text *out)
{
  if (note->count > 0) {
    text_printf(out, format, note->count, json_line(reader, note->first));
  }
}

static void add_notes(const JsonReader *reader, Text *out)
{
  JsonNote twice = {0}, empty = {0};
  size_t nested = 0;
  for (size_t i = reader->n_tapes; i-- > 0;) {
    const JsonTape *tape = &reader->tapes[i];
    twice = tape->twice.count > 0 ? (JsonNote){twice.count + tape->twice.count, tape->twice.first} : twice;
    empty = tape->empty.count > 0 ? (JsonNote){empty.count + tape->empty.count, tape->empty.first} : empty;
  }
  for (size_t i = 0; i < reader->n_paths; i++) {
    nested += reader->paths[i].object;
  }
  add_note(reader, &twice,
           _("keys given twice in one object, of which the last value holds: %1$zu, first at line %2$zu\n"),
           out);
  add_note(reader, &empty, _("empty objects, which make no cell: %1$zu, first at line %2$zu\n"), out);
  if (nested > 0) {
    text_printf(out, _("keys that hold objects, taken apart into columns like a.b: %zu\n"), nested);
  }
}

static const char *layout_name(JsonLayout layout)
{
  switch (layout) {
    case JSON_LINES: return _("an object per line");
    case JSON_SEQUENCE: return _("objects one after the other");
    case JSON_ONE_ROW: return _("one object, read as one row");
    case JSON_BY_COLUMN: return _("one object of arrays, read as columns");
    default: return _("an array of objects");
  }
}

Status json_report(const JsonReader *reader, const Column *const *columns, Text *out, Error *e)
{
  size_t missing = 0;
  for (size_t i = 0; i < reader->n; i++) {
    missing += column_missing(columns[i]);
  }
  text_printf(out, _("%1$s: rows: %2$zu, columns: %3$zu, bytes: %4$zu, missing cells: %5$zu\n"), reader->path,
              reader->n > 0 ? reader->rows : 0, reader->n, reader->size, missing);
  text_printf(out, _("JSON: %s\n"), layout_name(reader->layout));
  if (reader->notes) {
    text_puts(out, text_data(reader->notes));
  }
  if (reader->start > 0) {
    text_puts(out, _("a byte order mark at the start was passed over\n"));
  }
  if (reader->rejects) {
    text_printf(out, _("lines that are no rows: %zu; df:rejects() has them\n"), frame_rows(reader->rejects));
  }
  if (reader->blank_lines > 0) {
    text_printf(out, _("blank lines passed over: %zu\n"), reader->blank_lines);
  }
  add_notes(reader, out);
  add_columns(reader, columns, out);
  add_call(reader, out);
  return text_status(out, e);
}
