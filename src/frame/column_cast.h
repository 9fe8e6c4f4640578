/* SPDX-License-Identifier: GPL-3.0-or-later */
/* column_cast.h -- a column as another type.
 *
 * A cell keeps its meaning or does not fit: nothing is cut, rounded or wrapped round.
 *
 *   from        to          rule
 *   int64       float64     exactly: beyond 2^53 not every whole number has a double
 *   float64     int64       when whole and in range; NaN and infinities do not fit
 *   numbers     bool        0 and 1
 *   bool        numbers     0 and 1
 *   timestamp   numbers     seconds since 1970-01-01, int64 when there is no fraction
 *   numbers     timestamp   the same back, as UTC; with a format the number's digits are read by it
 *   timestamp   timestamp   with a zone: wall time becomes UTC of that zone, UTC is shown in it
 *   any         text        as it prints (column_cell_text); category or string
 *   text        numbers     as people write them (parse_amount.h); leading zeros and '+' are taken
 *   text        bool        true false, yes no, y n, t f, 1 0, on off, and the same in some languages, in any case
 *   text        timestamp   as people write them (parse_moment.h), or by a format of strptime's kind
 *
 * Blank texts are missing, and those of `missing`. In a column of dates like 03/04/2024 the order must be given, or be
 * proved by one of its cells.
 */
#ifndef ASSAY_FRAME_COLUMN_CAST_H
#define ASSAY_FRAME_COLUMN_CAST_H

#include "core/task.h"
#include "frame/column.h"

typedef struct CastOptions {
  const char *decimal;         /* "." or ","; NULL: "." */
  const char *thousands;       /* "," "." " " "'" "" ; NULL: any that fits the decimal mark */
  unsigned orders;             /* ORDER_ bits allowed (parse_moment.h); 0: any */
  const char *format;          /* of times; NULL: none */
  const char *zone;            /* of times; NULL: none */
  const char *const *missing;  /* texts that stand for missing */
  size_t n_missing;
  bool drop_invalid;           /* a cell that does not fit becomes missing, instead of an error */
} CastOptions;

/* Whether there is such a cast at all. */
bool cast_is_known(Type from, Type to);

/* The column as `type`; the same column (another reference) when it is that already and no zone is asked for.
 * options may be NULL. *invalid: the cells that did not fit, when they may (may be NULL). Errors: STATUS_DATA
 * "cast-cell" with row and text of the first cell that does not fit, "cast-order" for dates in an unknown order,
 * "cast-pair" for a cast that is not known; STATUS_ARGUMENT "time-format" for a format with an unknown place;
 * those of zone_find; STATUS_LIMIT, STATUS_CANCELLED, STATUS_MEMORY. O(cells), on all threads; text to text on
 * one. */
Status column_cast(const Column *column, Type type, const CastOptions *options, Task *task, Column **out,
                   size_t *invalid, Error *e) MUST_USE;

#endif
