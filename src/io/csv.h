/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h -- reads and writes CSV: RFC 4180, a header line, UTF-8 (a byte order mark is skipped), LF or CRLF.
 *
 * Types are inferred over the whole file, column by column: bool (true false TRUE FALSE True False), int64,
 * float64 (Inf, -Inf, NaN as R writes them included), timestamp (ISO dates 2026-01-31, years 0001 to 9999,
 * and date-times with T or blank, HH:MM, seconds, up to six decimals of them, Z), else text: category when
 * the distinct texts are few (at most 5 % of the rows and 10,000; up to 50 always), else string. Numbers with
 * a leading zero (007), whole ones of more than 18 digits, and those with a leading '+' are text, since they
 * are codes and telephone numbers. What stands in quotes is text. Times with Z and without in one column are
 * text.
 *
 * Missing: an empty unquoted field and an unquoted NA; "" and "NA" in quotes are texts. A column of missing
 * cells only is string. Blanks and tabs around values and NA do not count, and cells of blanks only are
 * missing in a column of values (the report counts them); in texts they stay as they are.
 *
 * Names: blanks around one that is not in quotes are taken off, and reported; each must be there, and once.
 * Blank lines at the end are passed over and counted; elsewhere one is a missing cell if there is one column.
 * Nothing is ever shifted, dropped or cut: a row with another number of fields is an error with line and
 * counts.
 */
#ifndef ASSAY_IO_CSV_H
#define ASSAY_IO_CSV_H

#include "core/task.h"
#include "frame/frame.h"

typedef enum CsvHeader { CSV_HEADER_AUTO, CSV_HEADER_YES, CSV_HEADER_NO } CsvHeader;
typedef enum CsvRagged { CSV_RAGGED_AUTO, CSV_RAGGED_FILL, CSV_RAGGED_REJECT, CSV_RAGGED_ERROR } CsvRagged;
typedef enum CsvDates { CSV_DATES_AUTO, CSV_DATES_YMD, CSV_DATES_MDY, CSV_DATES_DMY } CsvDates;

/* All zero: find out everything from the file. Texts are borrowed. */
typedef struct CsvOptions {
  /* Types */
  bool all_text;                 /* types = "string": every column as it stands; may be overruled by column */
  const char *const *names;      /* columns whose type is forced ... */
  const Type *types;             /* ... to this one; a cell that does not fit is an error with its line */
  size_t n_forced;
  /* Structure: NULL is to find out; "" is none */
  const char *delimiter, *quote, *escape; /* one ASCII character each; escape: one before a quote, beside doubling */
  const char *comment;           /* lines that begin with it are passed over */
  CsvHeader header;
  const char *const *headings;   /* names to give the columns instead of the header's */
  size_t n_headings;
  bool skip_given, footer_given;
  size_t skip, footer;           /* lines before the header and at the end to pass over */
  CsvRagged ragged;              /* rows with another number of fields than the header */
  const char *encoding;          /* a name that iconv knows; NULL: find out */
  /* Values */
  const char *decimal, *thousands; /* "." or ","; "," "." " " "'" "" ; NULL: find out by column */
  CsvDates dates;                /* order of 03/04/2024 */
  bool missing_given;
  const char *const *missing;    /* texts that stand for missing, instead of the usual ones */
  size_t n_missing;
  /* Part of the file */
  const char *const *columns;    /* to read, in this order; n 0: all */
  size_t n_columns;
  bool rows_given;
  size_t rows;                   /* at most so many */
} CsvOptions;

/* The frame in a file's bytes; `path` is for messages. options may be NULL. The report (frame_report) says
 * what was decided, why, and how to decide otherwise. A forced type also takes what stands in quotes, leading
 * zeros, '+', all of int64, 0 and 1 as bools, and sets as csv_write writes them ({a, "b, c"}).
 *
 * Errors: STATUS_FORMAT, the first fault of the file, with line, byte offset and the line itself; STATUS_NAME
 * for a forced column that is not there; STATUS_LIMIT when the task's memory budget does not allow the
 * columns; STATUS_CANCELLED; STATUS_MEMORY. O(bytes), on all threads; the result does not depend on their
 * number. */
ASSAY_API Status csv_parse(const char *bytes, size_t size, const char *path, const CsvOptions *options, Task *task,
                 Frame **out, Error *e) MUST_USE;

/* Reads the file ("-": standard input) and parses it. */
ASSAY_API Status csv_read(const char *path, const CsvOptions *options, Task *task, Frame **out, Error *e) MUST_USE;

/* Writes the frame to a file, whole or not at all: cells as column_cell_text, lines ending in LF, missing
 * cells empty (NA when there is one column). Reading gives the same digest: a text that looks like a value or
 * NA, is empty, or has blanks at an end is quoted, a whole number of a float64 column gets ".0". Not kept,
 * since text has no place for it: the type of a column without a value, sets (written {a, b}, read back by
 * types = {x = "set"}), int64 of more than 18 digits and years outside 1 to 9999 (read back by their types),
 * zones other than UTC, roles. STATUS_DATA for a frame without columns. */
ASSAY_API Status csv_write(const Frame *frame, const char *path, Task *task, Error *e) MUST_USE;

#endif
