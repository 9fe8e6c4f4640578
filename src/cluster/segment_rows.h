/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_rows.h -- rows to look at: those nearest to the middle of their segment, and those that could as well be in
 * another.
 *
 * The middle is the mean of the segment's rows in the model's scaled variables, distances are Euclidean, whatever the
 * method's own are: they choose rows to look at and judge nothing. A row's gap is its distance to the nearest other
 * middle minus that to its own; the rows with the smallest gaps are at the border. O(n k d), parallel.
 */
#ifndef ASSAY_CLUSTER_SEGMENT_ROWS_H
#define ASSAY_CLUSTER_SEGMENT_ROWS_H

#include "core/task.h"

typedef struct SegmentRows {
  double *own, *gap; /* n; NaN for rows in no segment, and gaps when there is one segment */
  int64_t *other;    /* n; the nearest other segment, from 1; 0: none */
} SegmentRows;

void segment_rows_free(SegmentRows *rows);

/* values: n x d. labels: 1..k, 0: none. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status segment_rows_measure(Task *task, const double *values, size_t n, size_t d, const int64_t *labels, size_t k,
                            SegmentRows *out, Error *e) MUST_USE;

/* The `most` rows of a segment with the smallest figures, ascending, ties by row; how many there are. O(n most). */
size_t segment_rows_least(const double *figures, const int64_t *labels, size_t n, int64_t segment, size_t most,
                          size_t *out);

#endif
