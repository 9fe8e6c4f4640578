/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h -- reads delimited text in whatever way it is written, and writes CSV.
 *
 * The file: the encoding, the delimiter (one or more characters, runs of blanks, or none), quotes and escapes, line
 * ends (LF, CRLF, CR, also mixed), comments, lines above and below the table, and a header of up to three rows or none
 * are found out (csv_sniff.h); an option says one of them instead. Nothing or blanks alone is a frame without columns.
 *
 * Rows: what is well formed is taken as it stands. A broken row is put right when there is one way to do it: quotes
 * lost or astray, another delimiter, cells missing or empty ones too many at the end (csv_mend.h). Else it is rejected,
 * alone, with line, offset, reason and text (frame_rejects). No cell is shifted into another column, no row is merged
 * with another, and nothing is dropped in silence. Such files are held in memory.
 *
 * Types are inferred over the whole file, column by column: bool, int64, float64, timestamp, else text: category when
 * the distinct texts are few (at most 5 % of the rows and 10,000; up to 50 always), else string. Values are written
 * plainly (csv_cell.h) or as people do (csv_refine.h: $1,234.50, 12.5 %, 31.12.2024). Text are: 007 and whole numbers
 * of more than 18 digits, +49, dates whose order no cell tells, and a value in quotes that it does not need, unless
 * the file quotes everything.
 *
 * Missing: an empty field without quotes, NA, blanks in a column of values, and there also the usual words (N/A, null,
 * -); "" and "NA" in quotes are texts. A column of missing cells only is string. With all_text every cell is its text,
 * blanks included; empty ones and NA are missing.
 *
 * Names: blanks around one that is not in quotes are taken off; one that is there twice gets a number, one that is
 * not there is column_N.
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
  const char *delimiter, *quote, *escape; /* ASCII, at most 7, 1 and 1; escape: before a quote, beside doubling */
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
 * Errors: STATUS_FORMAT for an archive, a cell that is not of the type asked for, a ragged row when the options forbid
 * it, bytes in no encoding: the first fault, with its line and the line itself; STATUS_ARGUMENT for options that
 * contradict each other; STATUS_NAME for a forced column that is not there; STATUS_LIMIT when the task's memory budget
 * does not allow the columns; STATUS_CANCELLED; STATUS_MEMORY. O(bytes), on all threads; the result does not depend on their
 * number. */
ASSAY_API Status csv_parse(const char *bytes, size_t size, const char *path, const CsvOptions *options, Task *task,
                 Frame **out, Error *e) MUST_USE;

/* Reads the file ("-": standard input) and parses it. */
ASSAY_API Status csv_read(const char *path, const CsvOptions *options, Task *task, Frame **out, Error *e) MUST_USE;

/* Writes the frame to a file, whole or not at all: commas, cells as column_cell_text, lines ending in LF, missing cells
 * empty (NA when there is one column). Reading gives the same digest: a text is in quotes when it looks like a value,
 * a date or a word for missing, is empty, or has blanks at an end; a whole number of a float64 column gets ".0".
 * Not kept, since text has no place for it: the type of a column without a value, sets (written {a, b}, read back by
 * types = {x = "set"}), int64 of more than 18 digits and years outside 1 to 9999 (read back by their types), zones
 * other than UTC, roles; and texts that look like amounts or dates when all of their column need their quotes
 * ("1,234"), or all names and cells of the frame stand in quotes (read back by types = "string"). STATUS_DATA for a
 * frame without columns. */
ASSAY_API Status csv_write(const Frame *frame, const char *path, Task *task, Error *e) MUST_USE;

#endif
