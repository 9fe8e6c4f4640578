/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_mend.h -- a file that the fast reader cannot take, written anew in the form that it can: commas, doubled
 * quotes, LF, every record of the same number of fields.
 *
 * Each record is read in the plan's grammar (csv_lex.h). One that is well formed and has as many fields as there
 * are columns is taken. Else, in this order: the best reading of its lines by csv_solve.h, so that a lost or stray
 * quote harms its own record only; another delimiter, when the line has exactly the columns by it and its cells fit
 * them; missing cells at the end, when those that are there fit their columns; empty fields dropped at the end.
 * What is left is rejected, with its line, offset, reason and text: a cell is never put into another column than
 * its own. Lines at the end that are no rows are a footer; a further table below is rejected as such. Everything is
 * counted, with its first line.
 *
 * Holds the file and the new text in memory. O(bytes).
 */
#ifndef ASSAY_IO_CSV_MEND_H
#define ASSAY_IO_CSV_MEND_H

#include "core/task.h"
#include "core/text.h"
#include "frame/builder.h"
#include "io/csv_sniff.h"

/* What happened to how many records or lines, and where first. */
typedef enum CsvMendKind {
  MEND_FILLED,    /* missing cells added at the end */
  MEND_CUT,       /* empty fields at the end dropped */
  MEND_QUOTES,    /* quotes put right */
  MEND_DELIMITER, /* read with another delimiter than the file's */
  MEND_BLANK,     /* blank lines */
  MEND_COMMENT,
  MEND_NUL, /* NUL bytes dropped */
  MEND_FOOTER,
  MEND_REJECTED,
  MEND_KINDS
} CsvMendKind;

typedef struct CsvMark {
  size_t count, line;
} CsvMark;

typedef struct CsvPlace {
  uint64_t made, origin; /* where a record begins in the new text and in the file */
  size_t line;           /* of the file */
} CsvPlace;

typedef struct CsvMended {
  Text text;
  CsvPlace *places;
  size_t n, room;
  CsvMark marks[MEND_KINDS];
  Text footer;    /* the first footer line */
  Frame *rejects; /* NULL: none */
} CsvMended;

/* bytes: the whole file. settled: bytes that are not UTF-8 reject their record; else they are STATUS_FORMAT
 * "not-utf8". Errors: "csv-ragged" when the options forbid ragged rows; STATUS_CANCELLED; STATUS_LIMIT;
 * STATUS_MEMORY. */
Status csv_mend(const char *bytes, size_t size, const char *path, const CsvPlan *plan, const CsvOptions *options,
                bool settled, Task *task, CsvMended *out, Error *e) MUST_USE;
void csv_mended_free(CsvMended *mended);

/* The place of the record that holds a byte of the new text. */
const CsvPlace *csv_place(const CsvMended *mended, uint64_t made);

#endif
