/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crosstab.h -- how often cells of two columns occur together.
 *
 * Counts are exact whole numbers; so are sums of an int64 weight (an overflow is an error), sums of a float64
 * weight are compensated, in row order. The first column of the result has the rows' cells as text, as a category
 * whose levels are in the order of the table, under the rows' name; then a column per cell of the columns, named by
 * its text. Missing cells are a row and a column "NA", or their rows are left out and counted. Percentages are of
 * the whole table, or of each row, or of each column; margins are a last row and column called "total". O(rows +
 * cells).
 */
#ifndef ASSAY_SHAPE_CROSSTAB_H
#define ASSAY_SHAPE_CROSSTAB_H

#include "shape/pivot.h"

typedef enum CrosstabPercent { PERCENT_NONE, PERCENT_ROWS, PERCENT_COLUMNS, PERCENT_ALL } CrosstabPercent;

typedef struct CrosstabOptions {
  size_t rows, columns; /* of the frame */
  const Column *weight; /* float64, int64 or bool; NULL: each row counts 1. Rows where it is missing are left out */
  CrosstabPercent percent;
  bool margins, drop_missing;
  LevelOrder order;
  size_t most; /* columns at most */
} CrosstabOptions;

/* left_out: rows that count nowhere. Errors: STATUS_LIMIT "pivot-columns"; STATUS_DATA "overflow", "name-twice" (a
 * cell that reads like a margin, or two cells that read the same); memory, limit, cancelled. */
Status frame_crosstab(const Frame *frame, const CrosstabOptions *options, Task *task, Frame **out, size_t *left_out,
                      Error *e) MUST_USE;

#endif
