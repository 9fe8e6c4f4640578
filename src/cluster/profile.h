/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h -- what sets each segment apart from the rest of the rows.
 *
 * For a numeric variable (bool counts as 0 and 1): the mean inside the segment, the mean of the rows outside it, and their
 * difference in standard deviations of the whole column (n - 1 divisor): Cohen's d against the overall spread. For a category
 * variable: the level whose share differs most, its share inside and outside, and the difference in units of
 * sqrt(p (1 - p)), p being its share of all rows, so that both kinds can be ranked together. Missing cells are left out,
 * variable by variable. Text of type string and columns without spread are not compared.
 */
#ifndef ASSAY_CLUSTER_PROFILE_H
#define ASSAY_CLUSTER_PROFILE_H

#include "core/task.h"
#include "frame/frame.h"

typedef struct ProfileResult {
  Frame *frame;      /* the profile */
  size_t compared;   /* variables compared */
  size_t left_out;   /* variables not compared */
} ProfileResult;

/* labels: n values, 1..k, 0 for rows in no segment. top: rows per segment, 0 for all. The frame has the columns cluster
 * variable level difference inside outside size share; within a segment the largest |difference| first, ties in order of
 * columns. O(n * columns). Errors: STATUS_CANCELLED, STATUS_MEMORY. */
Status profile_segments(Task *task, const Frame *data, const int64_t *labels, size_t k, size_t top, ProfileResult *out,
                        Error *e) MUST_USE;

#endif
