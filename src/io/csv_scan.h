/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_scan.h -- finds records and fields in the bytes of a CSV file, and knows nothing of types.
 *
 * The grammar is RFC 4180's: a field that begins with the quote ends with the next quote that is not doubled,
 * and only a delimiter or the end of the line may follow; a quote elsewhere in a field is a character like
 * others. Lines end in LF or CRLF. What a dialect may vary stands in CsvDialect.
 *
 * A file is read in two passes, each on pieces of it in parallel. csv_count tells how many records a piece
 * holds when it begins at a record, or within quotes: a line feed alone does not tell which. Once the pieces'
 * counts are chained the rest is known, and csv_scan gives the fields of pieces that begin and end with
 * records. Both are O(bytes).
 */
#ifndef ASSAY_IO_CSV_SCAN_H
#define ASSAY_IO_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CsvDialect {
  char delimiter, quote;
} CsvDialect;

/* What is wrong with a place in the file. */
typedef enum CsvTrouble {
  CSV_FINE,
  CSV_RAGGED,      /* another number of fields than the header; count: how many */
  CSV_BLANK,       /* an empty line between others */
  CSV_UNCLOSED,    /* at: the opening quote */
  CSV_AFTER_QUOTE, /* text after a closing quote; record and field tell where it opened */
  CSV_BARE_CR,     /* a carriage return without a line feed */
  CSV_LONG_FIELD,  /* more than CSV_FIELD_MOST bytes */
  CSV_NOT_UTF8,
  CSV_NUL,
  CSV_MISFIT,      /* a cell that does not fit the type asked for; column: which */
  CSV_CHANGED,     /* the second pass found other records than the first */
  CSV_UNREADABLE,  /* a piece could not be read from the file */
  CSV_NO_MEMORY
} CsvTrouble;

typedef struct CsvFault {
  CsvTrouble trouble;
  uint64_t record, field, at; /* offsets: of the record, the field, and the byte that shows it */
  size_t count, column;
} CsvFault;

enum { CSV_FIELD_MOST = (1 << 30) - 1, CSV_WINDOW = 4096 };

/* A field without its quotes. `escaped`: it has doubled quotes. */
typedef struct CsvField {
  uint32_t start;
  uint32_t length : 30, quoted : 1, escaped : 1;
} CsvField;

/* What a piece of the file holds, for one of the two ways it may begin. */
typedef struct CsvCount {
  size_t records;    /* records that end in it with a line feed */
  size_t first;      /* where the first record begins: 0, or after quotes were closed; its size: nowhere */
  bool begun;        /* that place was found: always, unless it began within quotes */
  bool inside;       /* it ends within quotes */
  bool broken;       /* text after a closing quote: the rest was not looked at */
} CsvCount;

typedef struct CsvCensus {
  CsvCount outside, inside; /* when it begins at a record, when within quotes */
  size_t lines;             /* line feeds */
  bool high, nul;           /* has bytes over 0x7F, NUL bytes */
} CsvCensus;

void csv_count(const CsvDialect *dialect, const char *bytes, size_t size, CsvCensus *out);

/* A scan over text that begins and ends with a record; the last one may lack its line feed. Borrowed:
 * bytes. */
typedef struct CsvScanner {
  CsvDialect dialect;
  const char *bytes;
  size_t size, columns;
  size_t window;                   /* where the next window begins */
  size_t next, found;              /* of the marks of this window: the next one, how many */
  size_t field, record;            /* where the field and the record begin that are being read */
  uint32_t marks[CSV_WINDOW];      /* places of delimiters, quotes, line feeds and carriage returns */
} CsvScanner;

/* columns: the fields a record must have. size must be below 4 GB. */
void csv_scan_begin(CsvScanner *scanner, const CsvDialect *dialect, const char *bytes, size_t size,
                    size_t columns);

/* The fields of at most `most` further records, row by row, `columns` each; gives the number of records, 0 at
 * the end. On a fault the records before it are given, fault->trouble is set (offsets count from
 * scanner->bytes), and the scan is over. */
size_t csv_scan(CsvScanner *scanner, CsvField *fields, size_t most, CsvFault *fault);

/* The content of a quoted field with doubled quotes: `out` has room for `length` bytes; gives how many it
 * takes. */
size_t csv_unescape(const CsvDialect *dialect, const char *bytes, size_t length, char *out);

#endif
