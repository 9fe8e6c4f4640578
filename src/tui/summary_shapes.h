/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary_shapes.h -- how the numbers of a column are spread, in eight characters.
 *
 * Eight bins of equal width between the least and the largest finite value (whole numbers: at most eight, that hold
 * equally many numbers), each a block as high as its count (any count at all shows; an empty bin is a dot), "." to "#"
 * in ASCII. Of a frame with many cells only some rows are
 * looked at, runs of 64 spread evenly over all of it: at most SHAPE_CELLS cells of a frame, so that the time is bounded
 * (about 30 ms); shape_rows says how many rows of each column that are.
 */
#ifndef ASSAY_TUI_SUMMARY_SHAPES_H
#define ASSAY_TUI_SUMMARY_SHAPES_H

#include "core/text.h"
#include "frame/frame.h"

enum { SHAPE_BINS = 8, SHAPE_CELLS = 1 << 23, SHAPE_ROWS_LEAST = 1024 };

/* Numbers, times and truth values have a shape. */
bool shape_has(const Column *column);

size_t shape_rows(const Frame *frame);

/* Counts by bin; gives the number of bins, 0: there is no finite value. O(rows looked at). */
size_t shape_count(const Column *column, size_t rows, size_t counts[SHAPE_BINS]);

void shape_text(const size_t *counts, size_t n, bool ascii, Text *out);

#endif
