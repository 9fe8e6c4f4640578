/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A cut that needs no guess. A sample whose fields stand in sound double quotes or are bare, with one delimiter
 * outside of quotes and no other character that could be one, and with as many fields in each line, is what RFC 4180
 * says, whatever the quoted texts look like. csv_needs_quotes makes all that we write so. */
#include <string.h>

#include "io/csv_sniff.h"

/* The place behind a field's text; SIZE_MAX: it is not of this kind. */
static size_t pass_quoted(const CsvSample *sample, size_t at, bool *open)
{
  const char *text = sample->bytes;
  at++;
  while (at < sample->size && (text[at] != '"' || (at + 1 < sample->size && text[at + 1] == '"'))) {
    at += text[at] == '"' ? 2 : 1;
  }
  *open = at >= sample->size;
  return *open ? sample->size : at + 1;
}

static bool is_one_of(char c, const char *marks)
{
  return c && strchr(marks, c);
}

/* weak: it is no value as a whole, and has something in it that could part it in a file of blanks or colons. */
static size_t pass_bare(const CsvSample *sample, size_t at, bool *weak)
{
  const char *text = sample->bytes;
  const size_t begin = at;
  bool parts = false;
  for (; at < sample->size && text[at] != '\n' && text[at] != '\r' && !is_one_of(text[at], CSV_DELIMITERS); at++) {
    if (text[at] == '"') {
      return SIZE_MAX;
    }
    parts = parts || is_one_of(text[at], CSV_WEAK_DELIMITERS);
  }
  *weak = *weak || (parts && !csv_shape_is_value(csv_shape(text + begin, at - begin)));
  return at;
}

/* The place behind a line's end: LF or CR LF; SIZE_MAX: something else is here. */
static size_t pass_end(const CsvSample *sample, size_t at)
{
  at += at < sample->size && sample->bytes[at] == '\r';
  return at >= sample->size ? sample->size : sample->bytes[at] == '\n' ? at + 1 : SIZE_MAX;
}

bool csv_is_sure(const CsvSample *sample, char *delimiter)
{
  size_t at = 0, fields = 1, width = 0, quoted = 0;
  bool weak = false, open = false;
  *delimiter = '\0';
  while (at < sample->size) {
    const bool quote = sample->bytes[at] == '"';
    quoted += quote;
    at = quote ? pass_quoted(sample, at, &open) : pass_bare(sample, at, &weak);
    if (at == SIZE_MAX) {
      return false;
    }
    const char c = at < sample->size ? sample->bytes[at] : '\n';
    if (is_one_of(c, CSV_DELIMITERS)) {
      if (*delimiter && c != *delimiter) {
        return false;
      }
      *delimiter = c;
      fields++;
      at++;
      continue;
    }
    at = pass_end(sample, at);
    const bool cut = at >= sample->size && !sample->whole;
    if (at == SIZE_MAX || (width > 0 && fields != width && !(cut && fields < width))) {
      return false;
    }
    width = width == 0 ? fields : width;
    fields = 1;
  }
  const bool ended = !sample->whole || width == 1 || (fields == 1 && !open);
  return quoted > 0 && ended && (width > 1 || !weak);
}
