/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header: the first record gives the names. Blanks around a name that is not in quotes are taken off, and
 * reported. */
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "frame/parse_number.h"
#include "io/csv_reader.h"

enum { HEAD_BYTES = 1 << 16, HEAD_MOST = 1 << 30 }; /* bytes looked at for the header: at first, at most */

static Status header_error(const CsvReader *reader, uint64_t place, Error *e)
{
  return error_where(e, _("%1$s, line %2$zu"), reader->path, csv_line(reader, place));
}

static Status empty_file(const CsvReader *reader, Error *e)
{
  error_set(e, STATUS_FORMAT, "csv-empty",
            reader->source.size > reader->header
                ? _("'%s' begins with a blank line where the header should be")
                : _("'%s' is empty: it has no header"),
            reader->path);
  error_where(e, "%s", reader->path);
  error_hint(e, _("the first line of a CSV file must name its columns, parted by commas"));
  return STATUS_FORMAT;
}

/* UTF-8 and NUL, for which later text is checked piece by piece. */
static Status check_bytes(const CsvReader *reader, Error *e)
{
  const char *text = reader->head + reader->header;
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

/* Views so much of the file's beginning that the header ends in it, or all. Gives the bytes viewed. */
static Status view_head(CsvReader *reader, uint64_t *viewed, Error *e)
{
  CsvCensus census = {.lines = 0};
  uint64_t size = HEAD_BYTES / 16;
  do {
    size *= 16;
    *viewed = size < reader->source.size ? size : reader->source.size;
    reader->head = csv_view(&reader->source, &reader->view, 0, *viewed, e);
    if (!reader->head) {
      return e->status;
    }
    reader->mark = *viewed >= 3 && memcmp(reader->head, "\xEF\xBB\xBF", 3) == 0;
    reader->header = reader->mark ? 3 : 0;
    csv_count(&reader->dialect, reader->head + reader->header, (size_t)(*viewed - reader->header), &census);
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
  csv_scan_begin(scanner, &reader->dialect, reader->head + reader->header, size, 0);
  (void)csv_scan(scanner, &none, 1, &fault);
  if (size == 0 || fault.trouble == CSV_BLANK) {
    return empty_file(reader, e);
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
  const char *text = reader->head + reader->header + field->start;
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
      reader->trimmed[column] = length < field->length;
    }
    name = mem_text(text, length);
  }
  if (!name) {
    return error_memory(e, length, _("a column's name"));
  }
  reader->names[column] = name;
  if (name[0] == '\0') {
    error_set(e, STATUS_FORMAT, "csv-header-name", _("column %1$zu of %2$zu has no name in the header"),
              column + 1, reader->n);
    error_hint(e, _("give each column a name in the first line"));
    return header_error(reader, reader->header + field->start, e);
  }
  return STATUS_OK;
}

static Status check_unique(const CsvReader *reader, Error *e)
{
  Map *map = map_new();
  Status status = map ? STATUS_OK : error_memory(e, 0, _("the columns' names"));
  for (size_t i = 0; status == STATUS_OK && i < reader->n; i++) {
    size_t first;
    bool fresh;
    status = map_put(map, reader->names[i], strlen(reader->names[i]), &first, &fresh, e);
    if (status == STATUS_OK && !fresh) {
      error_set(e, STATUS_FORMAT, "csv-header-twice", _("the header names columns %1$zu and %2$zu '%3$s'"),
                first + 1, i + 1, reader->names[i]);
      error_hint(e, _("give each column a name of its own in the first line"));
      status = header_error(reader, reader->header, e);
    }
  }
  map_free(map);
  return status;
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
    size_t i = 0;
    while (i < reader->n && strcmp(reader->names[i], options->names[k]) != 0) {
      i++;
    }
    if (i == reader->n) {
      const char *const *names = (const char *const *)reader->names;
      const size_t near = text_nearest(options->names[k], names, reader->n);
      error_set(e, STATUS_NAME, "unknown-column", _("'%1$s' has no column '%2$s'"), reader->path,
                options->names[k]);
      return near < reader->n ? error_hint(e, _("did you mean '%s'?"), names[near])
                              : error_hint(e, _("the option 'types' takes names of the header"));
    }
    reader->columns[i].type = options->types[k];
    reader->columns[i].forced = true;
  }
  return STATUS_OK;
}

Status csv_read_header(CsvReader *reader, Error *e)
{
  Status status;
  CsvField *fields = NULL;
  CsvScanner *scanner = mem_alloc(1, sizeof *scanner);
  if (!scanner) {
    return error_memory(e, sizeof *scanner, _("a header"));
  }
  uint64_t viewed;
  TRY(view_head(reader, &viewed, e));
  TRY(measure(reader, scanner, viewed, e));
  fields = mem_alloc(reader->n, sizeof *fields);
  reader->names = mem_zero(reader->n, sizeof *reader->names);
  reader->trimmed = mem_zero(reader->n, sizeof *reader->trimmed);
  reader->columns = mem_zero(reader->n, sizeof *reader->columns);
  reader->seen = mem_zero(reader->n, sizeof *reader->seen);
  if (!fields || !reader->names || !reader->trimmed || !reader->columns || !reader->seen) {
    TRY(error_memory(e, reader->n * sizeof *reader->columns, _("a header")));
  }
  CsvFault fault;
  csv_scan_begin(scanner, &reader->dialect, scanner->bytes, scanner->size, reader->n);
  (void)csv_scan(scanner, fields, 1, &fault);
  const uint64_t behind = reader->header + scanner->record;
  reader->data = behind < viewed ? behind : viewed;
  reader->header_lines = csv_count_lines(&reader->source, 0, reader->data);
  TRY(check_bytes(reader, e));
  for (size_t i = 0; i < reader->n; i++) {
    TRY(take_name(reader, i, &fields[i], e));
  }
  TRY(check_unique(reader, e));
  TRY(force_types(reader, e));
done:
  mem_free(fields);
  mem_free(scanner);
  return status;
}
