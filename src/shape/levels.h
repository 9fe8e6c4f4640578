/* SPDX-License-Identifier: GPL-3.0-or-later */
/* levels.h -- the levels of a category: their order, and rare ones put together.
 *
 * The order of levels is what tables, plots and models go by. A string column becomes a category, its levels in
 * order of first appearance to begin with. O(rows + levels log levels).
 */
#ifndef ASSAY_SHAPE_LEVELS_H
#define ASSAY_SHAPE_LEVELS_H

#include "core/text.h"
#include "shape/pivot.h"

typedef enum RelevelBy {
  RELEVEL_AS_IT_IS,
  RELEVEL_APPEARANCE,
  RELEVEL_SORTED,
  RELEVEL_FREQUENCY,
  RELEVEL_VALUE
} RelevelBy;

typedef struct RelevelOptions {
  RelevelBy by;
  bool falling;
  const Column *value; /* RELEVEL_VALUE: an aggregate of its cells orders the levels; without cells: last */
  const char *value_name, *aggregate;
  const char *const *first; /* levels that stand first, in this order, whatever `by` says */
  size_t n_first;
  size_t keep;       /* so many of the most frequent levels are kept, of equals those that stand first; 0: all */
  double share;      /* levels with at least this share of the cells are kept */
  const char *other; /* the rest become this level, which stands last */
  bool drop_unused;
} RelevelOptions;

/* What was put together, and which of `first` do not occur, are lines in notes (may be NULL). Errors:
 * STATUS_ARGUMENT "wrong-column-type", "column-twice"; those of pivot_aggregate; memory, limit, cancelled. */
Status column_relevel(const Column *column, const char *name, const RelevelOptions *options, Task *task,
                      Column **out, Text *notes, Error *e) MUST_USE;

#endif
