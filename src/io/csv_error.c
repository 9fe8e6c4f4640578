/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with a file, in words: line, byte offset, counts, the line itself with a caret, and what to
 * do. */
#include <string.h>

#include "core/text.h"
#include "io/csv_reader.h"

enum { AROUND = 100, CELL_MOST = 40 }; /* bytes shown on either side of a fault, and of a cell */

size_t csv_line(const CsvReader *reader, uint64_t offset)
{
  if (reader->mended) {
    return csv_place(reader->mended, offset)->line;
  }
  size_t low = 0, high = reader->n_segments;
  while (low < high) { /* the first segment that begins behind the offset */
    const size_t middle = low + (high - low) / 2;
    if (reader->segments[middle].begin <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == 0) {
    return csv_count_lines(&reader->source, 0, offset) + 1;
  }
  const CsvSegment *segment = &reader->segments[low - 1];
  return segment->line + csv_count_lines(&reader->source, segment->begin, offset) + 1;
}

/* Bytes that a terminal can take, one for one: control characters and what is not UTF-8 are replaced. */
static void add_clean(const char *bytes, size_t n, Text *out)
{
  for (size_t i = 0; i < n;) {
    uint32_t code;
    const size_t length = utf8_decode(bytes + i, n - i, &code);
    if (length == 0) {
      text_char(out, '?');
    } else if (code < 0x20 || code == 0x7F) {
      text_char(out, ' ');
    } else {
      text_add(out, bytes + i, length);
    }
    i += length ? length : 1;
  }
}

/* A view of the file, cut to it; NULL when it cannot be had. */
static const char *near(const CsvReader *reader, CsvView *view, uint64_t begin, uint64_t *end)
{
  *end = *end < reader->source.size ? *end : reader->source.size;
  return begin < *end ? csv_view(&reader->source, view, begin, *end, NULL) : NULL;
}

/* 0 when it cannot be read. */
static unsigned byte_at(const CsvReader *reader, uint64_t offset)
{
  CsvView view = {NULL, 0};
  uint64_t stop = offset + 1;
  const char *text = near(reader, &view, offset, &stop);
  const unsigned byte = text ? (unsigned char)*text : 0;
  csv_view_free(&view);
  return byte;
}

void csv_excerpt(const CsvReader *reader, uint64_t offset, size_t most, Text *out)
{
  CsvView view = {NULL, 0};
  uint64_t stop = offset + most + 3;
  const char *text = near(reader, &view, offset, &stop);
  const size_t size = (size_t)(stop - offset), quoted = text && text[0] == reader->dialect.quote;
  size_t end = quoted;
  while (text && end < size && end - quoted <= most) {
    const char c = text[end];
    if (quoted ? c == reader->dialect.quote : c == reader->dialect.delimiter || c == '\n' || c == '\r') {
      break;
    }
    end++;
  }
  const bool cut = end - quoted > most;
  end -= cut;
  while (cut && end > quoted && (text[end] & 0xC0) == 0x80) {
    end--; /* not within a character */
  }
  if (text) {
    add_clean(text + quoted, end - quoted, out);
    text_puts(out, cut ? "..." : "");
  }
  csv_view_free(&view);
}

/* Shows the line with a caret under the byte. */
static void show_line(const CsvReader *reader, uint64_t at, Error *e)
{
  CsvView view = {NULL, 0};
  const uint64_t first = at > AROUND ? at - AROUND : 0;
  uint64_t stop = at + AROUND;
  const char *text = near(reader, &view, first, &stop);
  const size_t caret = (size_t)(at - first);
  size_t begin = caret, end = caret;
  while (text && begin > 0 && text[begin - 1] != '\n') {
    begin--;
  }
  while (text && end < stop - first && text[end] != '\n') {
    end++;
  }
  Text line = {0};
  add_clean(text ? text + begin : "", end - begin, &line);
  if (!line.failed && line.size > 0) {
    (void)error_caret(e, text_data(&line), line.size, caret - begin);
  }
  text_free(&line);
  csv_view_free(&view);
}

Status csv_refuse_packed(const CsvSource *source, const char *path, Error *e)
{
  CsvView view = {NULL, 0};
  const size_t n = source->size < 8 ? (size_t)source->size : 8;
  const char *head = csv_view(source, &view, 0, n, e);
  Status status = head ? STATUS_OK : e->status;
  if (head && csv_is_packed(head, n)) {
    error_set(e, STATUS_FORMAT, "csv-packed", _("'%s' is not text: it seems to be an archive"), path);
    (void)error_where(e, "%s", path);
    status = error_hint(e, _("unpack it first (bunzip2, unzip, unxz, 7z x)"));
  }
  csv_view_free(&view);
  return status;
}

bool csv_may_mend(CsvTrouble trouble)
{
  return trouble == CSV_RAGGED || trouble == CSV_BLANK || trouble == CSV_UNCLOSED || trouble == CSV_AFTER_QUOTE ||
         trouble == CSV_BARE_CR || trouble == CSV_NUL || trouble == CSV_NOT_UTF8 || trouble == CSV_LONG_FIELD;
}

static Status ragged(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  error_set(e, STATUS_FORMAT, "csv-ragged",
            fault->count == 1 ? _("line %1$zu has %2$zu field, the table has %3$zu columns")
                              : _("line %1$zu has %2$zu fields, the table has %3$zu columns"),
            csv_line(reader, fault->record), fault->count, reader->n);
  return error_hint(e, _("ragged = \"auto\" keeps what is certain and puts the rest into df:rejects()"));
}

static Status quotes(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  if (fault->trouble == CSV_UNCLOSED) {
    error_set(e, STATUS_FORMAT, "csv-open-quote", _("the quote that opens at line %zu is never closed"),
              csv_line(reader, fault->at));
    return error_hint(e, _("close it where its field ends, or double it if it belongs to the text: \"\""));
  }
  error_set(e, STATUS_FORMAT, "csv-after-quote",
            _("line %1$zu has text after a closing quote; the field opens at line %2$zu"),
            csv_line(reader, fault->at), csv_line(reader, fault->field));
  return error_hint(e, _("after a quoted field comes a delimiter or the line's end; double a quote inside: \"\""));
}

static Status encoding(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  const size_t line = csv_line(reader, fault->at);
  if (fault->trouble == CSV_NUL) {
    error_set(e, STATUS_FORMAT, "nul-byte", _("line %zu has a NUL byte"), line);
    return error_hint(e, _("is it text? UTF-16 can be converted: iconv -f UTF-16 -t UTF-8 old > new.csv"));
  }
  error_set(e, STATUS_FORMAT, "not-utf8", _("line %1$zu is not UTF-8: it has the byte 0x%2$02X"), line,
            byte_at(reader, fault->at));
  return error_hint(e, _("name its encoding: encoding = \"WINDOWS-1252\""));
}

static Status misfit(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  const CsvColumn *column = &reader->columns[fault->column];
  Text cell = {0};
  csv_excerpt(reader, fault->at, CELL_MOST, &cell);
  error_set(e, STATUS_FORMAT, "csv-type", _("column '%1$s' is asked for as %2$s, but line %3$zu has '%4$s'"),
            reader->names[fault->column], type_name(column->literal ? column->wanted : column->type),
            csv_line(reader, fault->record), text_data(&cell));
  text_free(&cell);
  if (column->turned) {
    return error_hint(e, _("a column has times with Z or times without, not both; read it as string"));
  }
  return error_hint(e, _("correct the cell, or leave the column out of 'types' and look at the report"));
}

static Status lines(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  const size_t line = csv_line(reader, fault->at);
  switch (fault->trouble) {
    case CSV_BLANK:
      error_set(e, STATUS_FORMAT, "csv-blank-line", _("line %1$zu is blank, the header has %2$zu columns"), line,
                reader->n);
      return error_hint(e, _("delete the line; only at the end of a file blank lines are passed over"));
    case CSV_BARE_CR:
      error_set(e, STATUS_FORMAT, "csv-carriage-return", _("line %zu has a carriage return without a line feed"),
                line);
      return error_hint(e, _("convert the line ends: tr '\\r' '\\n' < old > new.csv; in a field, quote it"));
    default:
      error_set(e, STATUS_FORMAT, "csv-long-field", _("the field or record at line %1$zu has more than %2$d bytes"),
                line, CSV_FIELD_MOST);
      return error_hint(e, _("a quote that is opened there and not closed may be the cause"));
  }
}

static void tell(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  switch (fault->trouble) {
    case CSV_RAGGED:
      (void)ragged(reader, fault, e);
      break;
    case CSV_UNCLOSED:
    case CSV_AFTER_QUOTE:
      (void)quotes(reader, fault, e);
      break;
    case CSV_NOT_UTF8:
    case CSV_NUL:
      (void)encoding(reader, fault, e);
      break;
    case CSV_MISFIT:
      (void)misfit(reader, fault, e);
      break;
    default:
      (void)lines(reader, fault, e);
  }
}

/* The byte of the file that a byte read stands for; of a new text, the record's. */
static uint64_t origin(const CsvReader *reader, uint64_t at)
{
  return reader->mended && reader->mended->n > 0 ? csv_place(reader->mended, at)->origin : at;
}

Status csv_fail(CsvReader *reader, const CsvFault *fault, Error *e)
{
  reader->fault = *fault;
  if (fault->trouble == CSV_NO_MEMORY) {
    return error_memory(e, 0, reader->path);
  }
  if (fault->trouble == CSV_CHANGED) {
    error_set(e, STATUS_FILE, "file-changed", _("'%s' changed while it was read"), reader->path);
    (void)error_hint(e, _("read it again once nothing writes to it any more"));
    return STATUS_FILE;
  }
  if (e && e->status == STATUS_OK) {
    tell(reader, fault, e);
    (void)error_where(e, _("%1$s, line %2$zu, byte offset %3$llu"), reader->path, csv_line(reader, fault->at),
                      (unsigned long long)origin(reader, fault->at));
    show_line(reader, fault->at, e);
  }
  return STATUS_FORMAT;
}
