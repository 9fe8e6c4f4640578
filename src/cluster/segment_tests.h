/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_tests.h -- how sure a difference between a segment and the rest is.
 *
 * Welch's t test for numbers, with Welch's and Satterthwaite's degrees of freedom; Pearson's chi-squared test of the
 * table inside/outside by level for categories, without a correction for continuity (for two levels: the test of two
 * proportions with the pooled share). Adjusting for many tests: Benjamini and Hochberg 1995 (false discovery rate) or
 * Holm 1979 (family-wise). p values need distributions_open; without the library they are NaN.
 */
#ifndef ASSAY_CLUSTER_SEGMENT_TESTS_H
#define ASSAY_CLUSTER_SEGMENT_TESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

/* Count, mean and sum of squares around the mean. */
typedef struct Moments {
  double n, mean, m2;
} Moments;

/* Those of both together; Chan, Golub and LeVeque 1979. Exact for an empty side. */
Moments moments_join(Moments a, Moments b);

/* Two-sided p of equal means. NaN when a side has less than two values; without any spread 1 for equal means and 0 for
 * others. */
double welch_p(Moments a, Moments b);

/* p of equal shares; counts of levels. NaN when a side is empty or fewer than two levels occur. O(levels). */
double levels_p(const double *inside, const double *outside, size_t levels);

/* Adjusts p in place; NaN stay NaN and count for nothing. O(n log n). Errors: STATUS_MEMORY. */
Status adjust_p(double *p, size_t n, bool holm, Error *e) MUST_USE;

#endif
