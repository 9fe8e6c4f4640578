/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header: its record gives the names, or there is none. Blanks around a name that is not in quotes are taken
 * off, and reported; so is the number that a name gets when it is there twice, or not at all. */
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "frame/parse_number.h"
#include "io/csv_reader.h"

enum { HEAD_BYTES = 1 << 16, HEAD_MOST = 1 << 30 }; /* bytes looked at for the header: at first, at most */

/* UTF-8 and NUL, for which later text is checked piece by piece. */
static Status check_bytes(CsvReader *reader, Error *e)
{
  const char *text = reader->head;
  const size_t size = reader->data - reader->header;
  const char *nul = memchr(text, '\0', size);
  const size_t bad = utf8_check(text, size);
  CsvFault fault = {.record = reader->header};
  if (nul && (size_t)(nul - text) < bad) {
    fault.trouble = CSV_NUL;
    fault.at = reader->header + (size_t)(nul - text);
  } else if (bad < size) {
    fault.trouble = CSV_NOT_UTF8;
    fault.at = reader->header + bad;
  }
  return fault.trouble == CSV_FINE ? STATUS_OK : csv_fail(reader, &fault, e);
}

/* Views so much of the file that the header ends in it, or all. Gives the end of what is viewed. */
static Status view_head(CsvReader *reader, uint64_t *viewed, Error *e)
{
  CsvCensus census = {.lines = 0};
  const uint64_t rest = reader->source.size - reader->header;
  uint64_t size = HEAD_BYTES / 16;
  do {
    size *= 16;
    const uint64_t n = size < rest ? size : rest;
    *viewed = reader->header + n;
    reader->head = csv_view(&reader->source, &reader->view, reader->header, *viewed, e);
    if (!reader->head) {
      return e->status;
    }
    csv_count(&reader->dialect, reader->head, (size_t)n, &census);
  } while (census.outside.records == 0 && !census.outside.broken && *viewed < reader->source.size &&
           size < HEAD_MOST);
  return STATUS_OK;
}

/* Counts the header's fields: a scan for records of no fields stops at the first with the number. */
static Status measure(CsvReader *reader, CsvScanner *scanner, uint64_t viewed, Error *e)
{
  const size_t size = (size_t)(viewed - reader->header);
  CsvField none;
  CsvFault fault;
  csv_scan_begin(scanner, &reader->dialect, reader->head, size, 0);
  (void)csv_scan(scanner, &none, 1, &fault);
  if (fault.trouble == CSV_BLANK) { /* one column, whose name is missing */
    reader->n = 1;
    return STATUS_OK;
  }
  if (fault.trouble != CSV_RAGGED) {
    fault.record += reader->header;
    fault.field += reader->header;
    fault.at += reader->header;
    reader->data = fault.at;
    const Status status = check_bytes(reader, e);
    return status == STATUS_OK ? csv_fail(reader, &fault, e) : status;
  }
  reader->n = fault.count;
  return STATUS_OK;
}

static Status take_name(CsvReader *reader, size_t column, const CsvField *field, Error *e)
{
  const char *text = reader->head + field->start;
  size_t length = field->length;
  char *name;
  if (field->escaped) {
    name = mem_alloc(length + 1, 1);
    if (name) {
      name[csv_unescape(&reader->dialect, text, length, name)] = '\0';
    }
  } else {
    if (!field->quoted) {
      parse_trim(&text, &length);
      reader->naming[column] = length < field->length ? CSV_TRIMMED : CSV_NAMED;
    }
    name = mem_text(text, length);
  }
  reader->names[column] = name;
  return name ? STATUS_OK : error_memory(e, length, _("a column's name"));
}

/* The name with a number behind it that makes it the only one. */
static Status rename_column(CsvReader *reader, Map *map, size_t column, const char *stem, size_t from, Error *e)
{
  Text name = {0};
  bool fresh = false;
  Status status = STATUS_OK;
  for (size_t number = from; status == STATUS_OK && !fresh; number++) {
    size_t ignored;
    text_reset(&name);
    text_printf(&name, "%s_%zu", stem, number);
    status = text_status(&name, e);
    if (status == STATUS_OK) {
      status = map_put(map, name.data, name.size, &ignored, &fresh, e);
    }
  }
  if (status == STATUS_OK) {
    mem_free(reader->names[column]);
    reader->names[column] = text_take(&name);
  }
  text_free(&name);
  return status;
}

/* Every column gets a name of its own. Those that the header gives once go first, so that no made name takes
 * theirs. */
static Status make_unique(CsvReader *reader, Error *e)
{
  Map *map = map_new();
  Status status = map ? STATUS_OK : error_memory(e, 0, _("the columns' names"));
  for (size_t i = 0; status == STATUS_OK && i < reader->n; i++) {
    size_t ignored;
    bool fresh;
    const size_t length = strlen(reader->names[i]);
    if (length == 0) {
      reader->naming[i] = CSV_UNNAMED;
      continue;
    }
    status = map_put(map, reader->names[i], length, &ignored, &fresh, e);
    reader->naming[i] = fresh ? reader->naming[i] : CSV_REPEATED;
  }
  for (size_t i = 0; status == STATUS_OK && i < reader->n; i++) {
    if (reader->naming[i] == CSV_UNNAMED) {
      status = rename_column(reader, map, i, "column", i + 1, e);
    } else if (reader->naming[i] == CSV_REPEATED) {
      char *stem = reader->names[i];
      reader->names[i] = NULL;
      status = rename_column(reader, map, i, stem, 2, e);
      mem_free(stem);
    }
  }
  map_free(map);
  return status;
}

/* The names that the caller gives. */
static Status take_headings(CsvReader *reader, Error *e)
{
  const CsvOptions *options = reader->options;
  if (options->n_headings == 0) {
    return STATUS_OK;
  }
  if (options->n_headings != reader->n) {
    error_set(e, STATUS_ARGUMENT, "csv-names", _("the option 'names' has %1$zu names, '%2$s' has %3$zu columns"),
              options->n_headings, reader->path, reader->n);
    return error_hint(e, _("give a name for each column, or use columns = {...} and rename"));
  }
  for (size_t i = 0; i < reader->n; i++) {
    mem_free(reader->names[i]);
    reader->names[i] = mem_string(options->headings[i]);
    reader->naming[i] = CSV_NAMED;
    if (!reader->names[i]) {
      return error_memory(e, 0, _("the columns' names"));
    }
  }
  return STATUS_OK;
}

static size_t find_name(const CsvReader *reader, const char *name)
{
  size_t i = 0;
  while (i < reader->n && strcmp(reader->names[i], name) != 0) {
    i++;
  }
  return i;
}

static Status unknown_name(const CsvReader *reader, const char *name, const char *option, Error *e)
{
  const char *const *names = (const char *const *)reader->names;
  const size_t near = text_nearest(name, names, reader->n);
  error_set(e, STATUS_NAME, "unknown-column", _("'%1$s' has no column '%2$s'"), reader->path, name);
  return near < reader->n ? error_hint(e, _("did you mean '%s'?"), names[near])
                          : error_hint(e, _("the option '%s' takes names of the file's columns"), option);
}

/* The columns to read: all, or those that the caller names. */
static Status pick_columns(CsvReader *reader, Error *e)
{
  const CsvOptions *options = reader->options;
  reader->n_picked = options->n_columns ? options->n_columns : reader->n;
  reader->picked = mem_alloc(reader->n_picked, sizeof *reader->picked);
  if (!reader->picked) {
    return error_memory(e, 0, _("the columns' names"));
  }
  for (size_t i = 0; i < reader->n_picked; i++) {
    reader->picked[i] = options->n_columns ? find_name(reader, options->columns[i]) : i;
    if (reader->picked[i] == reader->n) {
      return unknown_name(reader, options->columns[i], "columns", e);
    }
  }
  return STATUS_OK;
}

/* The types that the caller wants. */
static Status force_types(CsvReader *reader, Error *e)
{
  const CsvOptions *options = reader->options;
  for (size_t i = 0; options->all_text && i < reader->n; i++) {
    reader->columns[i].type = TYPE_STRING;
    reader->columns[i].forced = true;
  }
  for (size_t k = 0; k < options->n_forced; k++) {
    const size_t i = find_name(reader, options->names[k]);
    if (i == reader->n) {
      return unknown_name(reader, options->names[k], "types", e);
    }
    reader->columns[i].type = options->types[k];
    reader->columns[i].forced = true;
  }
  return STATUS_OK;
}

static Status make_books(CsvReader *reader, Error *e)
{
  reader->names = mem_zero(reader->n, sizeof *reader->names);
  reader->naming = mem_zero(reader->n, sizeof *reader->naming);
  reader->columns = mem_zero(reader->n, sizeof *reader->columns);
  reader->seen = mem_zero(reader->n, sizeof *reader->seen);
  const bool good = reader->names && reader->naming && reader->columns && reader->seen;
  return good ? STATUS_OK : error_memory(e, reader->n * sizeof *reader->columns, _("a header"));
}

/* Reads the names from the header's fields; gives where the rows begin. */
static Status read_names(CsvReader *reader, CsvScanner *scanner, uint64_t viewed, Error *e)
{
  CsvField *fields = mem_alloc(reader->n, sizeof *fields);
  Status status = fields ? STATUS_OK : error_memory(e, reader->n * sizeof *fields, _("a header"));
  if (status == STATUS_OK) {
    CsvFault fault;
    csv_scan_begin(scanner, &reader->dialect, scanner->bytes, scanner->size, reader->n);
    (void)csv_scan(scanner, fields, 1, &fault);
    const uint64_t behind = reader->header + scanner->record;
    reader->data = behind < viewed ? behind : viewed;
    status = check_bytes(reader, e);
  }
  for (size_t i = 0; status == STATUS_OK && i < reader->n; i++) {
    status = take_name(reader, i, &fields[i], e);
  }
  mem_free(fields);
  return status;
}

static Status no_names(CsvReader *reader, Error *e)
{
  reader->data = reader->header;
  for (size_t i = 0; i < reader->n; i++) {
    reader->names[i] = mem_string("");
    if (!reader->names[i]) {
      return error_memory(e, 0, _("the columns' names"));
    }
  }
  return STATUS_OK;
}

Status csv_read_header(CsvReader *reader, Error *e)
{
  Status status;
  uint64_t viewed = 0;
  CsvScanner *scanner = mem_alloc(1, sizeof *scanner);
  if (!scanner) {
    return error_memory(e, sizeof *scanner, _("a header"));
  }
  reader->header = reader->mended ? 0 : reader->plan->table;
  reader->n = reader->plan->columns;
  const bool named = reader->plan->header_rows > 0;
  if (named) {
    TRY(view_head(reader, &viewed, e));
    TRY(measure(reader, scanner, viewed, e));
  }
  TRY(make_books(reader, e));
  TRY(named ? read_names(reader, scanner, viewed, e) : no_names(reader, e));
  reader->header_lines = csv_count_lines(&reader->source, 0, reader->data);
  TRY(take_headings(reader, e));
  TRY(make_unique(reader, e));
  TRY(force_types(reader, e));
  TRY(pick_columns(reader, e));
done:
  mem_free(scanner);
  return status;
}
