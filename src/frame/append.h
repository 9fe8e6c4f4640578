/* SPDX-License-Identifier: GPL-3.0-or-later */
/* append.h -- columns, and frames by their columns' names, one below the other.
 *
 * Types that go together: any with itself; int64 and float64 (float64); category and string (string). Levels of
 * categories and sets are put together by text, those of the first part first. Timestamps must agree in their zone.
 * A part in which every cell is missing goes with any type. O(cells), one thread per column; the bytes of the
 * result must be within the task's budget.
 */
#ifndef ASSAY_FRAME_APPEND_H
#define ASSAY_FRAME_APPEND_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

typedef struct AppendPart {
  const Column *column; /* borrowed; NULL: as many missing cells */
  size_t rows;
} AppendPart;

/* The type of the parts together; false and the numbers of two parts that do not go together. No column at all:
 * float64. */
bool append_type(const AppendPart *parts, size_t n, Type *type, size_t clash[2]);

/* A new column; the role is kept when all parts have the same. Errors: STATUS_DATA "append-types" with the numbers
 * of the parts; memory, limit, cancelled. */
Status columns_append(const AppendPart *parts, size_t n, Task *task, Column **out, Error *e) MUST_USE;

typedef struct AppendOptions {
  bool strict;        /* a column that some frame lacks, or a change of type, is an error */
  const char *source; /* name of a column to add at the end that says which frame a row is from; NULL: none */
  const char *const
      *labels; /* a text per frame, for messages and that column (category); NULL: numbers from 1 (int64) */
} AppendOptions;

/* The rows of frame 0, then those of frame 1 ... The columns are those of the first frame, then further ones as
 * they appear; a frame that lacks one gives missing cells. What was filled and which types changed are lines in
 * notes (may be NULL). n >= 1. Errors: STATUS_DATA "append-types" with column and frames, "append-columns"
 * (strict); "name-clash" when there is a column called like `source`. */
Status frames_append(const Frame *const *frames, size_t n, const AppendOptions *options, Task *task, Frame **out,
                     Text *notes, Error *e) MUST_USE;

#endif
