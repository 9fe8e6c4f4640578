/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cut.h -- numbers into bins, with cut points that can be seen.
 *
 * Bins lie between points p0 < p1 < ... < pk. With right bin i is (p[i-1], p[i]], so that a number equal to a point
 * falls into the bin below it, and the first bin has p0 too; without it bin i is [p[i-1], p[i]) and the last one
 * has pk too. Points: equal widths from the smallest to the largest number; quantiles of R's type 7; or as given.
 * Missing cells and NaN are in no bin, nor is what lies outside of points as given.
 *
 * Quantiles that coincide, because many numbers are equal, are an error, or are merged into fewer bins, or equal
 * numbers are dealt by their order: the number at place r (from 0) of n in rising order, equal ones by row, is in
 * bin 1 + floor(r k / n). O(n log n) at most. Reference: Hyndman and Fan 1996, Sample quantiles in statistical
 * packages.
 */
#ifndef ASSAY_SHAPE_CUT_H
#define ASSAY_SHAPE_CUT_H

#include "core/task.h"
#include "frame/frame.h"

typedef enum CutHow { CUT_WIDTH, CUT_QUANTILES, CUT_CUSTOM } CutHow;
typedef enum CutTies { CUT_TIES_ERROR, CUT_TIES_MERGE, CUT_TIES_ORDER } CutTies;

/* The quantile of n >= 1 sorted numbers at p in 0..1, type 7: h = (n - 1) p, between the two nearest. */
double quantile_sorted(const double *sorted, size_t n, double p);

/* The bins - 1 inner quantiles at 1 / bins, 2 / bins ... */
void quantile_cuts(const double *sorted, size_t n, size_t bins, double *cuts);

/* How many of n rising cuts lie below x: 1 + that is x's bin. */
size_t cuts_below(const double *cuts, size_t n, double x);

typedef struct CutOptions {
  CutHow how;
  size_t bins;      /* width and quantiles */
  const double *at; /* custom: at least two points, rising; may be infinite at the ends */
  size_t n_at;
  bool right;
  CutTies ties;              /* quantiles */
  const char *const *labels; /* one per bin; NULL: from the points */
  size_t n_labels;
} CutOptions;

typedef struct Cut {
  size_t bins;
  int32_t *bin;       /* of each row, from 0; -1 for none */
  double *low, *high; /* of each bin: its points; dealt by order: its least and largest number (NaN: empty) */
  int64_t *count;     /* rows in each bin */
  char **labels;
  size_t outside, nan, merged; /* rows outside of the points; NaN; points merged */
} Cut;

/* column: float64 or int64. Errors: STATUS_DATA "bad-data" (no numbers), "cut-ties" with the number that repeats;
 * STATUS_ARGUMENT "cut-points", "cut-labels", "wrong-column-type"; memory, limit, cancelled. cut_free also on
 * failure. */
Status cut_column(const Column *column, const char *name, const CutOptions *options, Task *task, Cut *out,
                  Error *e) MUST_USE;
void cut_free(Cut *cut);

/* The bins as a category whose levels are all the labels, in order. */
Status cut_category(const Cut *cut, size_t rows, Task *task, Column **out, Error *e) MUST_USE;

#endif
