/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.h -- what sets each segment apart from the rest of the rows.
 *
 * For a numeric variable (bool counts as 0 and 1): the mean inside the segment, the mean of the rows outside it, and
 * their difference in standard deviations of the whole column (n - 1 divisor): Cohen's d against the overall spread.
 * For a category variable: the level whose share differs most (of equal ones the one more frequent inside), its share
 * inside and outside, and the difference in units of sqrt(p (1 - p)), p being its share of all rows, so that both kinds
 * can be ranked together. Missing cells are left out, variable by variable; segment_columns.h says which columns are
 * compared.
 *
 * p is that of Welch's t test for numbers and of Pearson's chi-squared test for bool and categories, the latter over
 * all levels (segment_tests.h), p_adjusted the same for all tests of the frame together. The v-test of FactoMineR is
 * difference * sqrt(inside rows * outside rows / rows) for numbers.
 */
#ifndef ASSAY_CLUSTER_PROFILE_H
#define ASSAY_CLUSTER_PROFILE_H

#include "core/task.h"
#include "frame/frame.h"

typedef enum ProfileAdjust { PROFILE_BH, PROFILE_HOLM, PROFILE_NONE } ProfileAdjust;

typedef struct ProfileAsk {
  size_t top; /* variables for each segment, 0: all */
  ProfileAdjust adjust;
  size_t value;       /* a numeric column: its sum in each segment and share of the total; SIZE_MAX: none */
  size_t skip;        /* a column that is not compared; SIZE_MAX: none */
  const bool *fitted; /* of each column: the segments were made from it; NULL: not known, and no such column */
} ProfileAsk;

typedef struct ProfileResult {
  Frame *frame;    /* the profile */
  size_t compared; /* variables compared */
  size_t left_out; /* variables not compared, but labels */
} ProfileResult;

/* labels: n values, 1..k, 0 for rows in no segment. ask NULL: everything, and no tests. The frame has the columns
 * cluster variable level difference inside outside, with tests p p_adjusted, with ask->fitted fitted, then size share,
 * with a value value value_share; within a segment the largest |difference| first, ties in order of columns. O(n
 * columns + k levels). Errors: STATUS_CANCELLED, STATUS_MEMORY, "no-rmath". */
Status profile_segments(Task *task, const Frame *data, const int64_t *labels, size_t k, const ProfileAsk *ask,
                        ProfileResult *out, Error *e) MUST_USE;

/* The sum of a numeric column over the rows of each label (k + 1 sums; missing and NaN cells add nothing). O(n). */
Status profile_sums(Task *task, const Column *column, const int64_t *labels, size_t k, double *sums, Error *e) MUST_USE;

#endif
