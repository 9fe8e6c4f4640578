/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_lex.h"

#include <string.h>

#include "core/alloc.h"

static inline bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

void csv_record_free(CsvRecord *record)
{
  mem_free(record->parts);
  record->parts = NULL;
  record->n = record->room = 0;
}

void csv_record_add(CsvRecord *record, CsvPart part)
{
  if (record->n == record->room) {
    const size_t room = record->room * 2 + 32;
    CsvPart *grown = mem_resize(record->parts, room, sizeof *grown);
    if (!grown) {
      record->failed = true;
      return;
    }
    record->parts = grown;
    record->room = room;
  }
  record->parts[record->n++] = part;
}

static size_t return_end(const char *bytes, size_t size, size_t at)
{
  size_t end = at;
  while (end < size && bytes[end] == '\r') {
    end++;
  }
  return end < size && bytes[end] == '\n' && end - at <= 2 ? end + 1 - at : 0;
}

size_t csv_line_end(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at)
{
  if (bytes[at] == '\n') {
    return 1;
  }
  if (bytes[at] != '\r') {
    return 0;
  }
  const size_t n = return_end(bytes, size, at);
  return n ? n : grammar->cr || at + 1 == size;
}

size_t csv_line_stop(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at, size_t *next)
{
  size_t n = 0;
  while (at < size && (n = csv_line_end(grammar, bytes, size, at)) == 0) {
    at++;
  }
  *next = at + n;
  return at;
}

/* What may follow a closing quote: a delimiter, a line end, the end of the text. */
static bool ends_field(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at)
{
  return at >= size || csv_delimiter_at(grammar, bytes, size, at) || bytes[at] == '\n' || bytes[at] == '\r';
}

static size_t skip_blanks(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at)
{
  while (at < size && is_blank(bytes[at]) && !csv_delimiter_at(grammar, bytes, size, at)) {
    at++;
  }
  return at;
}

/* Reads from behind an opening quote; gives the place behind the closing one and blanks. */
static size_t lex_quoted(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at, size_t stop,
                         CsvRecord *record)
{
  CsvPart part = {.begin = at, .quoted = true};
  const size_t odd = record->odd;
  const size_t limit = stop < size ? stop : size;
  for (; at < limit; at++) {
    const char c = bytes[at];
    if (grammar->escape && c == grammar->escape && c != grammar->quote && at + 1 < limit) {
      part.escaped = true;
      at++;
    } else if (c == grammar->quote) {
      const bool doubled = at + 1 < size && bytes[at + 1] == grammar->quote;
      if (doubled && record->odd > odd && ends_field(grammar, bytes, size, at + 2)) {
        part.end = at + 1; /* quotes are not doubled here, as one before has shown */
        csv_record_add(record, part);
        return at + 2;
      }
      if (doubled) {
        part.escaped = true;
        at++;
        continue;
      }
      const size_t behind = skip_blanks(grammar, bytes, size, at + 1);
      if (ends_field(grammar, bytes, size, behind)) {
        part.end = at;
        csv_record_add(record, part);
        return behind;
      }
      record->odd++;
    } else if (c == '\n' || (c == '\r' && (at + 1 >= size || bytes[at + 1] != '\n'))) {
      record->breaks++;
    }
  }
  part.end = limit;
  part.open = record->open = true;
  csv_record_add(record, part);
  return limit;
}

static size_t lex_plain(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at, size_t wanted,
                        CsvRecord *record)
{
  CsvPart part = {.begin = at};
  const char first = grammar->delimiter[0];
  for (; at < size; at++) {
    const char c = bytes[at];
    if (c == '\n' || (c == first && csv_delimiter_at(grammar, bytes, size, at)) || (grammar->blanks && c == '\t')) {
      break;
    }
    if (c == '\r' && (csv_line_end(grammar, bytes, size, at) || (wanted && record->n + 1 == wanted))) {
      break;
    }
    if (grammar->escape && c == grammar->escape && at + 1 < size) {
      part.escaped = true;
      at++;
    }
  }
  part.end = at < size ? at : size;
  csv_record_add(record, part);
  return part.end;
}

/* Where the next field's text begins. */
static size_t field_start(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at)
{
  if (grammar->padded || grammar->blanks) {
    while (at < size && is_blank(bytes[at])) {
      at++;
    }
    return at;
  }
  const size_t behind = grammar->quote ? skip_blanks(grammar, bytes, size, at) : at;
  return behind < size && behind > at && bytes[behind] == grammar->quote ? behind : at;
}

void csv_lex(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at, size_t wanted, size_t stop,
             CsvRecord *out)
{
  out->n = out->breaks = out->odd = 0;
  out->open = out->failed = false;
  out->begin = at;
  for (;;) {
    at = field_start(grammar, bytes, size, at);
    const bool quoted = grammar->quote && at < size && bytes[at] == grammar->quote;
    if (grammar->blanks && out->n > 0 && (at >= size || bytes[at] == '\n' || bytes[at] == '\r')) {
      /* blanks at the end of a line part nothing */
    } else if (quoted) {
      at = lex_quoted(grammar, bytes, size, at + 1, stop, out);
    } else {
      at = lex_plain(grammar, bytes, size, at, wanted, out);
    }
    const size_t width = at < size ? csv_delimiter_at(grammar, bytes, size, at) : 0;
    if (!width || out->failed) {
      break;
    }
    at += width;
  }
  out->end = at;
  size_t n = at < size ? csv_line_end(grammar, bytes, size, at) : 0;
  out->next = at + (n ? n : at < size);
}

/* Whether the escape character before this place is one, and not a character like others. */
static bool is_escaped(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at)
{
  const char c = bytes[at];
  return c == grammar->quote || c == grammar->escape || c == '\n' || c == '\r' ||
         csv_delimiter_at(grammar, bytes, size, at);
}

size_t csv_part_text(const CsvGrammar *grammar, const char *bytes, const CsvPart *part, Text *out)
{
  size_t nuls = 0, kept = part->begin;
  for (size_t i = part->begin; i < part->end; i++) {
    const char c = bytes[i];
    const bool pair = part->escaped && i + 1 < part->end;
    const bool escape = pair && grammar->escape && c == grammar->escape;
    if (escape && !is_escaped(grammar, bytes, part->end, i + 1)) {
      i++;
    } else if (escape || c == '\0' || (pair && part->quoted && c == grammar->quote && bytes[i + 1] == c)) {
      text_add(out, bytes + kept, i - kept);
      nuls += c == '\0';
      kept = i + 1;
      i += c != '\0';
    }
  }
  text_add(out, bytes + kept, part->end - kept);
  return nuls;
}

bool csv_part_empty(const char *bytes, const CsvPart *part)
{
  size_t i = part->begin;
  while (i < part->end && is_blank(bytes[i])) {
    i++;
  }
  return i == part->end && (!part->quoted || part->begin == part->end);
}
