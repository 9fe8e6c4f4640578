/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with a file, in words: line, byte offset, counts, the line itself with a caret, and what to
 * do. */
#include <string.h>

#include "core/text.h"
#include "frame/csv_reader.h"

enum { AROUND = 100, CELL_MOST = 40 }; /* bytes shown on either side of a fault, and of a cell */

static size_t count_feeds(const char *bytes, uint64_t begin, uint64_t end)
{
  size_t feeds = 0;
  for (uint64_t i = begin; i < end; i++) {
    feeds += bytes[i] == '\n';
  }
  return feeds;
}

size_t csv_line(const CsvReader *reader, uint64_t offset)
{
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
    return count_feeds(reader->bytes, 0, offset) + 1;
  }
  const CsvSegment *segment = &reader->segments[low - 1];
  return segment->line + count_feeds(reader->bytes, segment->begin, offset) + 1;
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

void csv_excerpt(const CsvReader *reader, uint64_t offset, size_t most, Text *out)
{
  const bool quoted = offset < reader->size && reader->bytes[offset] == reader->dialect.quote;
  const uint64_t begin = offset + quoted;
  uint64_t end = begin;
  for (; end < reader->size && end - begin <= most; end++) {
    const char c = reader->bytes[end];
    if (quoted ? c == reader->dialect.quote : c == reader->dialect.delimiter || c == '\n' || c == '\r') {
      break;
    }
  }
  if (end - begin <= most) {
    add_clean(reader->bytes + begin, end - begin, out);
    return;
  }
  end = begin + most;
  while (end > begin && (reader->bytes[end] & 0xC0) == 0x80) {
    end--; /* not within a character */
  }
  add_clean(reader->bytes + begin, end - begin, out);
  text_puts(out, "...");
}

/* Shows the line with a caret under the byte. */
static void show_line(const CsvReader *reader, uint64_t at, Error *e)
{
  uint64_t begin = at, end = at;
  while (begin > 0 && at - begin < AROUND && reader->bytes[begin - 1] != '\n') {
    begin--;
  }
  while (end < reader->size && end - at < AROUND && reader->bytes[end] != '\n') {
    end++;
  }
  Text line = {0};
  add_clean(reader->bytes + begin, end - begin, &line);
  if (!line.failed && line.size > 0) {
    (void)error_caret(e, text_data(&line), line.size, at - begin);
  }
  text_free(&line);
}

static bool is_utf16(const CsvReader *reader)
{
  return reader->size >= 2 &&
         (memcmp(reader->bytes, "\xFF\xFE", 2) == 0 || memcmp(reader->bytes, "\xFE\xFF", 2) == 0);
}

/* A character that seems to part the header's fields when no comma does, or NUL. */
static char other_delimiter(const CsvReader *reader)
{
  const char *header = reader->bytes + reader->header;
  const size_t size = reader->data - reader->header;
  for (const char *c = ";\t|"; reader->n == 1 && *c; c++) {
    if (memchr(header, *c, size)) {
      return *c;
    }
  }
  return '\0';
}

static Status ragged(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  const char other = other_delimiter(reader);
  error_set(e, STATUS_FORMAT, "csv-ragged",
            fault->count == 1 ? _("line %1$zu has %2$zu field, the header has %3$zu")
                              : _("line %1$zu has %2$zu fields, the header has %3$zu"),
            csv_line(reader, fault->record), fault->count, reader->n);
  if (other == '\t') {
    return error_hint(e, _("the header has a tab and no comma: fields must be parted by commas"));
  }
  if (other) {
    return error_hint(e, _("the header has '%c' and no comma: fields must be parted by commas"), other);
  }
  if (fault->count > reader->n) {
    return error_hint(e, _("quote a field that has a comma: \"a, b\"; nothing was read, no cell is shifted"));
  }
  return error_hint(e, _("add what is missing (an empty field is a missing cell), or close an open quote"));
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
  return error_hint(e, _("after a quoted field comes a comma or the line's end; double a quote inside: \"\""));
}

static Status encoding(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  const size_t line = csv_line(reader, fault->at);
  if (fault->trouble == CSV_NUL) {
    error_set(e, STATUS_FORMAT, "nul-byte", _("line %zu has a NUL byte"), line);
    return error_hint(e, _("is it text? UTF-16 can be converted: iconv -f UTF-16 -t UTF-8 old > new.csv"));
  }
  error_set(e, STATUS_FORMAT, "not-utf8", _("line %1$zu is not UTF-8: it has the byte 0x%2$02X"), line,
            (unsigned)(unsigned char)reader->bytes[fault->at]);
  return error_hint(e, _("convert the file: iconv -f %s -t UTF-8 old.csv > new.csv"),
                    is_utf16(reader) ? "UTF-16" : "WINDOWS-1252");
}

static Status misfit(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  Text cell = {0};
  csv_excerpt(reader, fault->at, CELL_MOST, &cell);
  error_set(e, STATUS_FORMAT, "csv-type", _("column '%1$s' is asked for as %2$s, but line %3$zu has '%4$s'"),
            reader->names[fault->column], type_name(reader->columns[fault->column].type),
            csv_line(reader, fault->record), text_data(&cell));
  text_free(&cell);
  return error_hint(e, _("correct the cell, or leave the column out of 'types' and look at the report"));
}

static Status lines(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  const size_t line = csv_line(reader, fault->at);
  switch (fault->trouble) {
    case CSV_BLANK:
      error_set(e, STATUS_FORMAT, "csv-blank-line", _("line %1$zu is blank, the header has %2$zu columns"),
                line, reader->n);
      return error_hint(e, _("delete the line; only at the end of a file blank lines are passed over"));
    case CSV_BARE_CR:
      error_set(e, STATUS_FORMAT, "csv-carriage-return",
                _("line %zu has a carriage return without a line feed"), line);
      return error_hint(e, _("convert the line ends: tr '\\r' '\\n' < old > new.csv; in a field, quote it"));
    default:
      error_set(e, STATUS_FORMAT, "csv-long-field",
                _("the field or record at line %1$zu has more than %2$d bytes"), line, CSV_FIELD_MOST);
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

Status csv_fail(const CsvReader *reader, const CsvFault *fault, Error *e)
{
  if (fault->trouble == CSV_NO_MEMORY) {
    return error_memory(e, 0, reader->path);
  }
  if (fault->trouble == CSV_CHANGED) {
    return error_set(e, STATUS_INTERNAL, "csv-changed",
                     _("'%1$s' has other records at byte offset %2$llu than counted"), reader->path,
                     (unsigned long long)fault->record);
  }
  if (e && e->status == STATUS_OK) {
    tell(reader, fault, e);
    (void)error_where(e, _("%1$s, line %2$zu, byte offset %3$llu"), reader->path, csv_line(reader, fault->at),
                      (unsigned long long)fault->at);
    show_line(reader, fault->at, e);
  }
  return STATUS_FORMAT;
}
