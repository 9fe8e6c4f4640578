/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h -- reads and writes CSV: RFC 4180, a header line, UTF-8 (a byte order mark is skipped), LF or CRLF.
 *
 * Types are inferred over the whole file, column by column: bool (true false TRUE FALSE True False), int64, float64
 * (Inf, -Inf, NaN as R writes them included), timestamp (ISO dates 2026-01-31 and date-times with T or blank, seconds,
 * fractions, Z), else text: category when the distinct texts are few (at most 5 % of the rows and 10,000; up to 50 always),
 * else string. Numbers with a leading zero (007), more than 18 digits or a leading '+' are text, since they are codes and
 * telephone numbers. Missing: an empty unquoted field and an unquoted NA; "" and "NA" in quotes are texts. A column of missing
 * cells only is string. Nothing is ever shifted, dropped or cut: a row with another number of fields is an error that names
 * line and counts.
 */
#ifndef ASSAY_FRAME_CSV_H
#define ASSAY_FRAME_CSV_H

#include "core/task.h"
#include "frame/frame.h"

typedef struct CsvOptions {
  bool all_text;                 /* types = "string": every column as text */
  const char *const *names;      /* columns whose type is forced ... */
  const Type *types;             /* ... to this one; a cell that does not fit is an error with its line */
  size_t n_forced;
} CsvOptions;

/* The frame in a file's bytes; `path` is for messages. options may be NULL. The report (frame_report) says what was decided.
 * Errors: STATUS_FORMAT with line and byte offset; STATUS_CANCELLED; STATUS_MEMORY. O(bytes), on all threads. */
Status csv_parse(const char *bytes, size_t size, const char *path, const CsvOptions *options, Task *task, Frame **out,
                 Error *e) MUST_USE;

/* Reads the file ("-": standard input) and parses it. */
Status csv_read(const char *path, const CsvOptions *options, Task *task, Frame **out, Error *e) MUST_USE;

/* Writes the frame to a file, whole or not at all. Cells as column_cell_text, quoted where needed so that reading gives the
 * same frame (a text that looks like a number, date, bool, NA or is empty is quoted; sets as {a, b}); missing as empty. */
Status csv_write(const Frame *frame, const char *path, Task *task, Error *e) MUST_USE;

#endif
