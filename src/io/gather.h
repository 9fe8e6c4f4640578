/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather.h -- cells of any kind, by row and column, until it is known what the columns are.
 *
 * For readers of formats whose cells have a kind each: databases, workbooks. Cells come by rising rows in each
 * column; those that never came are missing. At the end each column gets the type that holds all of its cells:
 *
 *   whole numbers       int64               whole numbers and reals   float64, if it holds the former exactly
 *   truth values        bool                times                     timestamp, all with zone or all without
 *   texts               category when the distinct ones are few (at most 50, or 5 % of the rows and 10,000), else
 *                       string
 *   kinds that differ   text, each cell as it would be written; the report says so
 *
 * A type may be expected (a database's declaration): it makes truth values of 0 and 1, times of ISO texts, sets of
 * JSON lists, and a type of a column without cells. When a cell does not fit, the expectation is dropped, and the
 * report says so. A type that the user asked for is held to: a cell that does not fit is an error.
 *
 * A cell takes 9 bytes and a text is kept once per column, so that a file that repeats a long text stays small.
 */
#ifndef ASSAY_IO_GATHER_H
#define ASSAY_IO_GATHER_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"
#include "io/csv.h"

typedef struct Gather Gather;

typedef enum GatherKind {
  GATHER_NONE,
  GATHER_INT,
  GATHER_FLOAT,
  GATHER_BOOL,
  GATHER_TIME, /* of a wall */
  GATHER_UTC,
  GATHER_TEXT,
  GATHER_KINDS
} GatherKind;

ASSAY_API Gather *gather_new(void) MUST_USE;          /* NULL: no memory */
ASSAY_API void gather_free(Gather *gather);           /* NULL is fine */

/* Columns and rows that had a cell so far. */
ASSAY_API size_t gather_columns(const Gather *gather);
ASSAY_API size_t gather_rows(const Gather *gather);

/* Puts a cell; amortised O(1). Text that is not UTF-8 or has NULs is mended with U+FFFD and counted. The first
 * failure, for want of memory, is kept, and what follows is ignored. */
ASSAY_API void gather_number(Gather *gather, size_t row, size_t column, double value); /* whole: an int within 2^53 */
ASSAY_API void gather_int(Gather *gather, size_t row, size_t column, int64_t value);
ASSAY_API void gather_float(Gather *gather, size_t row, size_t column, double value);
ASSAY_API void gather_bool(Gather *gather, size_t row, size_t column, bool value);
ASSAY_API void gather_time(Gather *gather, size_t row, size_t column, int64_t value, bool utc);
ASSAY_API void gather_text(Gather *gather, size_t row, size_t column, const char *text, size_t length);
ASSAY_API Status gather_status(const Gather *gather, Error *e) MUST_USE;

/* The kind of a cell, and the cell as text added to out ("" when missing). */
ASSAY_API GatherKind gather_kind(const Gather *gather, size_t row, size_t column);
ASSAY_API void gather_show(const Gather *gather, size_t row, size_t column, Text *out);

/* The type a column is expected to have; `declared` is how the source calls it, for the report. */
ASSAY_API void gather_expect(Gather *gather, size_t column, Type type, const char *declared);

typedef struct GatherPlan {
  const char *source;          /* for messages: "shop.db, table orders" */
  const char *call;            /* for the report: read("shop.db", {table = "orders" */
  size_t first, rows;          /* the rows that are data */
  size_t left, columns;        /* the first of the columns, and how many */
  const char *const *names;    /* of the columns; NULL or empty: column_1 ... */
  size_t shown;                /* the number that messages give to the first row */
  bool markers;                /* texts such as NA or N/A are missing in a column of values */
  const CsvOptions *options;   /* types, all_text, columns; rows has been seen to */
} GatherPlan;

/* The frame. What was decided is added to the report. Errors: "unknown-column" for one asked for that is not there;
 * "type-does-not-fit" with row and cell; STATUS_CANCELLED; STATUS_MEMORY. O(cells). */
ASSAY_API Status gather_finish(Gather *gather, const GatherPlan *plan, Task *task, Text *report, Frame **out,
                               Error *e) MUST_USE;

#endif
