/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_cell.h -- reads one cell: what kind of thing its text is, and its value.
 *
 * The text is a field's content, without quotes. Blanks and tabs around numbers, dates, bools and NA do not
 * count. Parsers give false, and no value, when the text is something else. float64 is the nearest double to
 * the decimal written (ties to even), whatever its length; int64 and timestamps are exact. All O(length),
 * without allocation.
 */
#ifndef ASSAY_IO_CSV_CELL_H
#define ASSAY_IO_CSV_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From CSV_TEXT on a cell makes its column text; before, one of a value's kinds does not. */
typedef enum CsvKind {
  CSV_MISSING,      /* nothing, or NA */
  CSV_BLANKS,       /* blanks only: missing in a column of values, itself in one of texts */
  CSV_BOOL,
  CSV_INT,
  CSV_FLOAT,
  CSV_TIME,         /* date or date-time without zone */
  CSV_TIME_UTC,     /* with Z */
  CSV_TEXT,
  CSV_ZERO_FIRST,   /* 007 */
  CSV_LONG_NUMBER,  /* more than 18 digits */
  CSV_PLUS_FIRST,   /* +49 */
  CSV_ODD_DECIMAL,  /* 00.5, +1.5 */
  CSV_TOO_LARGE,    /* beyond float64 */
  CSV_QUOTED,       /* in quotes, and else one of the kinds before CSV_TEXT */
  CSV_KINDS
} CsvKind;

CsvKind csv_kind(const char *text, size_t length);
CsvKind csv_kind_quoted(const char *text, size_t length);

/* Strict: exactly what csv_kind calls CSV_INT; CSV_INT or CSV_FLOAT; CSV_BOOL; CSV_TIME or CSV_TIME_UTC, in
 * microseconds since 1970. No blanks around. */
bool csv_int(const char *text, size_t length, int64_t *value);
bool csv_float(const char *text, size_t length, double *value);
bool csv_bool(const char *text, size_t length, bool *value);
bool csv_time(const char *text, size_t length, int64_t *value, bool *utc);

/* For a type that the user asked for: leading zeros, a '+', and all of int64's range are taken too; 0 and 1
 * as bools. */
bool csv_int_forced(const char *text, size_t length, int64_t *value);
bool csv_float_forced(const char *text, size_t length, double *value);
bool csv_bool_forced(const char *text, size_t length, bool *value);

/* Takes blanks and tabs off both ends. */
void csv_trim(const char **text, size_t *length);

#endif
