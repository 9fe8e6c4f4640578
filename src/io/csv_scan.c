/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both passes ask for the characters that matter by 64 bytes at a time (csv_mask.h). Counting needs line
 * feeds and quotes only, and most blocks have no quote: then a population count does. Scanning first writes
 * the places of all marks of a window, without a branch that depends on the text, and then walks over
 * them. */
#include "io/csv_scan.h"

#include <string.h>

#include "io/csv_mask.h"

static inline size_t low_bit(uint64_t mask)
{
  return (size_t)__builtin_ctzll(mask);
}

/* Few bits are set: a loop beats the library's table where the processor's own count may not be used. */
static inline size_t count_bits(uint64_t mask)
{
  size_t n = 0;
  for (; mask; mask &= mask - 1) {
    n++;
  }
  return n;
}

/* The 64 bytes at `place`, in `copy` padded with blanks when there are fewer. */
static inline const char *lane(const char *bytes, size_t size, size_t place, char copy[CSV_LANE])
{
  if (size - place >= CSV_LANE) {
    return bytes + place;
  }
  memset(copy, ' ', CSV_LANE);
  memcpy(copy, bytes + place, size - place);
  return copy;
}

/* One way of reading a piece. `skip` is the place of a doubled quote's second half. */
typedef struct Reading {
  CsvCount count;
  size_t skip;
} Reading;

static inline void see_line_end(Reading *reading, size_t place)
{
  reading->count.records++;
  if (!reading->count.begun) {
    reading->count.begun = true;
    reading->count.first = place + 1;
  }
}

static bool ends_field(const CsvDialect *dialect, const char *bytes, size_t size, size_t place)
{
  return place == size || bytes[place] == dialect->delimiter || bytes[place] == '\n' || bytes[place] == '\r';
}

static inline void see_quote(Reading *reading, const CsvDialect *dialect, const char *bytes, size_t size,
                             size_t place)
{
  if (place == reading->skip) {
    return;
  }
  if (!reading->count.inside) {
    reading->count.inside = place == 0 || bytes[place - 1] == dialect->delimiter || bytes[place - 1] == '\n';
  } else if (place + 1 < size && bytes[place + 1] == dialect->quote) {
    reading->skip = place + 1;
  } else {
    reading->count.inside = false;
    reading->count.broken = !ends_field(dialect, bytes, size, place + 1);
  }
}

/* A block of 64 bytes at `base` that has `lines` line feeds. */
static inline void read_block(Reading *reading, const CsvDialect *dialect, const char *bytes, size_t size,
                              size_t base, uint64_t feeds, uint64_t quotes, size_t lines)
{
  if (reading->count.broken || (!quotes && reading->count.inside)) {
    return;
  }
  if (!quotes && reading->count.begun) {
    reading->count.records += lines;
    return;
  }
  for (uint64_t marks = feeds | quotes; marks && !reading->count.broken; marks &= marks - 1) {
    const uint64_t bit = marks & -marks;
    const size_t place = base + low_bit(marks);
    if (quotes & bit) {
      see_quote(reading, dialect, bytes, size, place);
    } else if (!reading->count.inside) {
      see_line_end(reading, place);
    }
  }
}

void csv_count(const CsvDialect *dialect, const char *bytes, size_t size, CsvCensus *out)
{
  Reading outside = {.skip = SIZE_MAX, .count = {.begun = true}};
  Reading inside = {.skip = SIZE_MAX, .count = {.inside = true, .first = size}};
  uint64_t high = 0, nul = 0;
  size_t lines = 0;
  char copy[CSV_LANE];
  for (size_t base = 0; base < size; base += CSV_LANE) {
    const char *block = lane(bytes, size, base, copy);
    const uint64_t feeds = csv_equal(block, '\n'), quotes = csv_equal(block, dialect->quote);
    high |= csv_high(block);
    nul |= csv_equal(block, '\0');
    const size_t ends = feeds ? count_bits(feeds) : 0;
    read_block(&outside, dialect, bytes, size, base, feeds, quotes, ends);
    read_block(&inside, dialect, bytes, size, base, feeds, quotes, ends);
    lines += ends;
  }
  *out = (CsvCensus){outside.count, inside.count, lines, high != 0, nul != 0};
}

void csv_scan_begin(CsvScanner *scanner, const CsvDialect *dialect, const char *bytes, size_t size,
                    size_t columns)
{
  scanner->dialect = *dialect;
  scanner->bytes = bytes;
  scanner->size = size;
  scanner->columns = columns;
  scanner->window = scanner->next = scanner->found = 0;
  scanner->field = scanner->record = 0;
}

/* The marks of the next window that has any; false at the end of the text. */
static bool fill_window(CsvScanner *scanner)
{
  const char wanted[4] = {scanner->dialect.delimiter, scanner->dialect.quote, '\n', '\r'};
  char copy[CSV_LANE];
  size_t found = 0;
  while (found == 0 && scanner->window < scanner->size) {
    const size_t rest = scanner->size - scanner->window;
    const size_t end = scanner->window + (rest < CSV_WINDOW ? rest : CSV_WINDOW);
    for (size_t base = scanner->window; base < end; base += CSV_LANE) {
      uint64_t marks = csv_any_of(lane(scanner->bytes, scanner->size, base, copy), wanted);
      if (scanner->size - base < CSV_LANE) {
        marks &= (UINT64_C(1) << (scanner->size - base)) - 1; /* the padding may be the delimiter */
      }
      for (; marks; marks &= marks - 1) {
        scanner->marks[found++] = (uint32_t)(base + low_bit(marks));
      }
    }
    scanner->window = end;
  }
  scanner->next = 0;
  scanner->found = found;
  return found > 0;
}

/* The next mark; false at the end. */
static inline bool next_mark(CsvScanner *scanner, size_t *place)
{
  if (scanner->next == scanner->found && !fill_window(scanner)) {
    return false;
  }
  *place = scanner->marks[scanner->next++];
  return true;
}

static void set_fault(const CsvScanner *scanner, CsvTrouble trouble, size_t at, size_t count, CsvFault *fault)
{
  *fault = (CsvFault){
      .trouble = trouble, .record = scanner->record, .field = scanner->field, .at = at, .count = count};
}

/* Reads on from an opening quote at scanner->field to the mark that ends the field (size at the end of the
 * text). */
static bool quoted_field(CsvScanner *scanner, CsvField *field, size_t *end, CsvFault *fault)
{
  const char *bytes = scanner->bytes;
  const char quote = scanner->dialect.quote;
  bool escaped = false;
  size_t place;
  for (;;) {
    if (!next_mark(scanner, &place)) {
      set_fault(scanner, CSV_UNCLOSED, scanner->field, 0, fault);
      return false;
    }
    if (bytes[place] != quote) {
      continue;
    }
    if (place + 1 == scanner->size || bytes[place + 1] != quote) {
      break;
    }
    escaped = true;
    (void)next_mark(scanner, &place);
  }
  if (!ends_field(&scanner->dialect, bytes, scanner->size, place + 1)) {
    set_fault(scanner, CSV_AFTER_QUOTE, place + 1, 0, fault);
    return false;
  }
  const size_t length = place - scanner->field - 1;
  if (length > CSV_FIELD_MOST) {
    set_fault(scanner, CSV_LONG_FIELD, scanner->field, length, fault);
    return false;
  }
  *field = (CsvField){(uint32_t)scanner->field + 1, (uint32_t)length, true, escaped};
  if (!next_mark(scanner, end)) {
    *end = scanner->size;
  }
  return true;
}

/* The next field and the mark that ends it: a delimiter, a line feed, or the end of the text. */
static inline bool one_field(CsvScanner *scanner, CsvField *field, size_t *end, CsvFault *fault)
{
  const char *bytes = scanner->bytes;
  const size_t start = scanner->field;
  bool plain = true;
  size_t place;
  for (;;) {
    if (!next_mark(scanner, &place)) {
      place = scanner->size;
      break;
    }
    if (bytes[place] == scanner->dialect.delimiter || bytes[place] == '\n') {
      break;
    }
    if (bytes[place] == scanner->dialect.quote) {
      if (place > start || !plain) {
        continue;
      }
      plain = false;
      if (!quoted_field(scanner, field, &place, fault)) {
        return false;
      }
      if (place == scanner->size || bytes[place] != '\r') {
        break;
      }
    }
    if (place + 1 >= scanner->size || bytes[place + 1] != '\n') {
      set_fault(scanner, CSV_BARE_CR, place, 0, fault);
      return false;
    }
  }
  *end = place;
  if (plain) {
    const bool crlf =
        place < scanner->size && bytes[place] == '\n' && place > start && bytes[place - 1] == '\r';
    const size_t length = place - crlf - start;
    if (length > CSV_FIELD_MOST) {
      set_fault(scanner, CSV_LONG_FIELD, start, length, fault);
      return false;
    }
    *field = (CsvField){(uint32_t)start, (uint32_t)length, false, false};
  }
  return true;
}

static void miscount(const CsvScanner *scanner, size_t n, const CsvField *last, size_t at, CsvFault *fault)
{
  if (n == 1 && !last->quoted && last->length == 0) {
    set_fault(scanner, CSV_BLANK, scanner->record, n, fault);
  } else {
    set_fault(scanner, CSV_RAGGED, at, n, fault);
  }
}

/* Fields without quotes that end with a delimiter, as far as the window goes; `n` are there, `most` wanted.
 */
static inline size_t plain_fields(CsvScanner *scanner, CsvField *fields, size_t n, size_t most)
{
  const char *bytes = scanner->bytes;
  const char delimiter = scanner->dialect.delimiter;
  size_t start = scanner->field, next = scanner->next;
  for (; n < most && next < scanner->found; next++) {
    const size_t place = scanner->marks[next];
    if (bytes[place] != delimiter || place - start > CSV_FIELD_MOST) {
      break;
    }
    fields[n++] = (CsvField){(uint32_t)start, (uint32_t)(place - start), false, false};
    start = place + 1;
  }
  scanner->field = start;
  scanner->next = next;
  return n;
}

/* The fields of one record, of which at most `columns` are kept. False on a fault. */
static bool one_record(CsvScanner *scanner, CsvField *fields, CsvFault *fault)
{
  const size_t columns = scanner->columns;
  size_t n = 0, end, surplus = 0;
  CsvField field;
  do {
    n = plain_fields(scanner, fields, n, columns);
    if (!one_field(scanner, &field, &end, fault)) {
      return false;
    }
    if (n < columns) {
      fields[n] = field;
    } else if (n == columns) {
      surplus = scanner->field;
    }
    n++;
    scanner->field = end + 1;
  } while (end < scanner->size && scanner->bytes[end] != '\n');
  if (n != columns) {
    miscount(scanner, n, &field, n > columns ? surplus : end, fault);
    return false;
  }
  scanner->record = scanner->field;
  return true;
}

size_t csv_scan(CsvScanner *scanner, CsvField *fields, size_t most, CsvFault *fault)
{
  fault->trouble = CSV_FINE;
  for (size_t records = 0; records < most; records++) {
    if (scanner->field >= scanner->size) {
      return records;
    }
    if (!one_record(scanner, fields + records * scanner->columns, fault)) {
      scanner->field = scanner->size;
      return records;
    }
  }
  return most;
}

size_t csv_unescape(const CsvDialect *dialect, const char *bytes, size_t length, char *out)
{
  size_t used = 0;
  for (size_t i = 0; i < length; i++) {
    out[used++] = bytes[i];
    i += bytes[i] == dialect->quote; /* the second half */
  }
  return used;
}
