/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_cell.h -- what kind of thing the text of a cell is.
 *
 * The text is a field's content, without quotes. Blanks and tabs around numbers, dates, bools and NA do not count.
 * The values are read by frame/parse_number.h and frame/parse_time.h: CSV_INT is exactly what parse_int takes,
 * CSV_INT or CSV_FLOAT what parse_float takes, CSV_BOOL parse_bool, CSV_TIME or CSV_TIME_UTC parse_time. O(length).
 */
#ifndef ASSAY_IO_CSV_CELL_H
#define ASSAY_IO_CSV_CELL_H

#include <stddef.h>

/* From CSV_TEXT on a cell makes its column text; before, one of a value's kinds does not. */
typedef enum CsvKind {
  CSV_MISSING, /* nothing, or NA */
  CSV_BLANKS,  /* blanks only: missing in a column of values, itself in one of texts */
  CSV_BOOL,
  CSV_INT,
  CSV_FLOAT,
  CSV_TIME,     /* date or date-time without zone */
  CSV_TIME_UTC, /* with Z */
  CSV_TEXT,
  CSV_ZERO_FIRST,  /* 007 */
  CSV_LONG_NUMBER, /* more than 18 digits */
  CSV_PLUS_FIRST,  /* +49 */
  CSV_ODD_DECIMAL, /* 00.5, +1.5 */
  CSV_TOO_LARGE,   /* beyond float64 */
  CSV_QUOTED,      /* in quotes, and else one of the kinds before CSV_TEXT */
  CSV_KINDS
} CsvKind;

CsvKind csv_kind(const char *text, size_t length);
CsvKind csv_kind_quoted(const char *text, size_t length);

#endif
