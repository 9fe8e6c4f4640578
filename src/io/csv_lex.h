/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_lex.h -- reads one record of delimited text in any dialect, taking everything for something.
 *
 * Where csv_scan.h knows one strict grammar and is fast, this knows all dialects and never fails: it counts what is
 * odd instead. Fields are parted by a delimiter of one or more bytes, or by runs of blanks, or not at all. A field
 * that begins with the quote ends with a quote that a delimiter, a line end or the end of the text follows (blanks
 * may stand between); two quotes are one, and a quote before anything else is itself, and odd. An escape character
 * takes the next character as it is. Lines end in LF, CRLF, CR CR LF, or CR: always when the dialect says so, else
 * where a record of the wanted number of fields ends. Only this file and csv_solve.c know how text becomes fields.
 * O(length of the record).
 */
#ifndef ASSAY_IO_CSV_LEX_H
#define ASSAY_IO_CSV_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/text.h"

enum { CSV_DELIMITER_MOST = 7 };

typedef struct CsvGrammar {
  char delimiter[CSV_DELIMITER_MOST + 1]; /* "": one field a line */
  char quote, escape;                     /* NUL: none */
  bool blanks;                            /* runs of blanks and tabs part fields; delimiter is " " */
  bool padded;                            /* blanks behind a delimiter do not count */
  bool cr;                                /* a CR alone ends a line */
} CsvGrammar;

typedef struct CsvPart {
  size_t begin, end;    /* of its text, without quotes */
  bool quoted, escaped; /* in quotes; has characters that csv_part_text must take away */
  bool open;            /* its opening quote, which stands before begin, has no partner */
} CsvPart;

typedef struct CsvRecord {
  CsvPart *parts;
  size_t n, room;
  size_t begin, end, next; /* of its text, without line end; of the record behind it */
  size_t breaks;           /* line ends within quotes */
  size_t odd;              /* quotes in quotes that are neither doubled nor last */
  bool open;               /* the text ended within quotes; the last part has the rest */
  bool failed;             /* no memory */
} CsvRecord;

/* The record at `at` (below size). wanted: the number of fields it should have, 0 for not known. stop: within
 * quotes, reading ends at this offset as if it were that of the text's end. */
void csv_lex(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at, size_t wanted, size_t stop,
             CsvRecord *out);
void csv_record_free(CsvRecord *record);
void csv_record_add(CsvRecord *record, CsvPart part);

/* The length of the line end at a place; 0: none. */
size_t csv_line_end(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at);

/* The end of the line that holds `at`, and where the next one begins; quotes do not count. */
size_t csv_line_stop(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at, size_t *next);

/* The length of the delimiter at a place; 0: none. */
static inline size_t csv_delimiter_at(const CsvGrammar *grammar, const char *bytes, size_t size, size_t at)
{
  const char *d = grammar->delimiter;
  if (!d[0] || bytes[at] != d[0]) {
    return grammar->blanks && at < size && bytes[at] == '\t';
  }
  size_t n = 1;
  while (d[n]) {
    if (at + n >= size || bytes[at + n] != d[n]) {
      return 0;
    }
    n++;
  }
  return n;
}

/* Adds the text of a part, without what stands for something else, and without NUL bytes; gives how many of these
 * were there. */
size_t csv_part_text(const CsvGrammar *grammar, const char *bytes, const CsvPart *part, Text *out);

/* Whether a part has no text at all, or blanks only and no quotes. */
bool csv_part_empty(const char *bytes, const CsvPart *part);

#endif
