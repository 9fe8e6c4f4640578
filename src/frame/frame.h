/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.h -- an immutable table of named columns of equal length, reference-counted.
 *
 * Names are unique, not empty, valid UTF-8. Column numbers start at 0 here and rows at 0; faces count from 1.
 * A frame may have no columns (and then has no rows) or no rows.
 */
#ifndef ASSAY_FRAME_FRAME_H
#define ASSAY_FRAME_FRAME_H

#include "core/task.h"
#include "frame/column.h"

typedef struct Frame Frame;

/* References the columns. Errors: lengths that differ, a name twice or empty. */
ASSAY_API Status frame_new(const char *const *names, const Column *const *columns, size_t n, Frame **out,
                 Error *e) MUST_USE;
ASSAY_API Frame *frame_ref(const Frame *frame);
ASSAY_API void frame_unref(Frame *frame);                           /* NULL is fine */

ASSAY_API size_t frame_rows(const Frame *frame);
ASSAY_API size_t frame_columns(const Frame *frame);
ASSAY_API const char *frame_name(const Frame *frame, size_t column);
ASSAY_API const Column *frame_column(const Frame *frame, size_t column); /* borrowed */
const char *const *frame_names(const Frame *frame);       /* all names, borrowed */
ASSAY_API size_t frame_bytes(const Frame *frame);
ASSAY_API Digest frame_digest(const Frame *frame);                  /* of names and columns in order */

/* True and the number when there is a column of that name. O(1). */
ASSAY_API bool frame_find(const Frame *frame, const char *name, size_t *column);

/* The same; STATUS_NAME "unknown-column" with the nearest name when there is none. */
ASSAY_API Status frame_need(const Frame *frame, const char *name, size_t *column, Error *e) MUST_USE;

/* Rows first .. first + count - 1 of some numeric columns as a row-major block of count * n doubles. */
ASSAY_API void frame_block(const Frame *frame, const size_t *columns, size_t n, size_t first, size_t count,
                 double *out);

ASSAY_API Status frame_select(const Frame *frame, const size_t *columns, size_t n, Frame **out, Error *e) MUST_USE;
ASSAY_API Status frame_slice(const Frame *frame, size_t first, size_t count, Frame **out, Error *e) MUST_USE;
ASSAY_API Status frame_take(const Frame *frame, const size_t *rows, size_t n, Frame **out, Error *e) MUST_USE;

/* The frame with a column added at the end, or put in the place of the column of that name. */
ASSAY_API Status frame_with(const Frame *frame, const char *name, const Column *column, Frame **out, Error *e) MUST_USE;

/* name type missing distinct levels: a row per column. levels: the number of levels of category and set
 * (distinct counts those that occur, or the sets), else missing. */
ASSAY_API Status frame_schema(const Frame *frame, Task *task, Frame **out, Error *e) MUST_USE;

/* name type n missing distinct mean sd min q25 median q75 max: a row per column; figures only for float64
 * and int64, missing elsewhere. n counts the cells that are not missing. sd has the n - 1 divisor,
 * quartiles are R's type 7; mean and sd by a two-pass sum over blocks. A NaN is a value: it counts in n
 * and distinct and makes mean and sd NaN; min to max are those of the other values. distinct is exact (-0
 * is 0, NaN is NaN). O(rows) per column, with room for two copies of a column and thread. */
ASSAY_API Status frame_describe(const Frame *frame, Task *task, Frame **out, Error *e) MUST_USE;

/* Where the frame came from: what reading the file decided, as text ("" when it was not read), and the rows that
 * could not be read, NULL when all could: a frame of line, offset (of the first byte, from 0), reason, text.
 * Frames made from this one have neither. */
ASSAY_API const char *frame_report(const Frame *frame);
ASSAY_API const Frame *frame_rejects(const Frame *frame);           /* borrowed */
ASSAY_API Status frame_with_origin(const Frame *frame, const char *report, const Frame *rejects, Frame **out,
                         Error *e) MUST_USE;              /* rejects may be NULL */

/* The columns that the frame is grouped by, in order: the next verb that knows groups works within them, and
 * what it gives is not grouped, as are all other frames made from this one. n 0: not grouped. */
ASSAY_API const size_t *frame_keys(const Frame *frame, size_t *n);  /* borrowed */
ASSAY_API Status frame_with_keys(const Frame *frame, const size_t *columns, size_t n, Frame **out, Error *e) MUST_USE;

#endif
