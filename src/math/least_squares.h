/* SPDX-License-Identifier: GPL-3.0-or-later */
/* least_squares.h -- linear least squares with weights: minimises the sum over rows of w (y - x'b)^2.
 *
 * Rows come in blocks from a callback, column by column, and are read two to four times; nothing of the size n x p is
 * held. Two methods, chosen by the data alone:
 *   "gram"  when n >= 16 p and n >= 4096: X'WX of columns that are shifted to about their means (with an intercept) and
 *           scaled by powers of two, Cholesky, one step of refinement with true residuals. Given up for "qr" when the
 *           condition of what was factored is above 1e3, so that about ten digits are sure before the step.
 *   "qr"    Householder QR by blocks, whose triangles are merged along the fixed tree of core/reduce.h; then QR with
 *           pivoting of the triangle, on columns scaled by powers of two, and refinement by the seminormal equations
 *           where these converge. Up to about 3e7 products all of it is in long double, so that certified
 *           problems are limited by how their columns were rounded to doubles and by nothing else.
 * Every sum has a fixed order: the same bits on any number of threads, and on all x86 instruction sets.
 *
 * Rank: column k of the pivoted triangle counts when |r_kk| > max(max(n, p) eps, 1e-13) |r_11|. When some do not, those
 * dropped are the columns that depend on columns before them, as in R; p > n gives rank n at most. A dropped column has
 * coefficient NaN and zeros in `factor`. Rows of weight 0 count for nothing. Columns may have any scale from 1e-150 to
 * 1e150.
 *
 * Cost: n p^2 for gram, 2 n p^2 for qr (times four in long double), p^3 more; memory about p^2 doubles for each thread
 * and level of the tree, asked of task_reserve. Cancel is honoured within a block. Progress counts rows read.
 *
 * Errors: those of the callback; STATUS_DATA "negative-weight", "not-finite" (a cell, a weight or the response; or sums
 * beyond what doubles hold), "no-rows" (n is 0, or all weights are 0); memory, limit, cancelled.
 *
 * Reference: Golub and Van Loan, Matrix Computations, 5.2-5.5; Demmel, Grigori, Hoemmen, Langou (2012), SIAM J. Sci.
 * Comput. 34 (QR along a tree); Bjorck (1987), Linear Algebra Appl. 88/89 (seminormal equations).
 */
#ifndef ASSAY_MATH_LEAST_SQUARES_H
#define ASSAY_MATH_LEAST_SQUARES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/task.h"

/* A block of `count` rows. x has room for p pointers and `buffer` for (p + 2) * count doubles; both are the
 * caller's. The callback sets x[j] to `count` doubles of column j, y to the response and weights to the weights:
 * each points either into memory of its own, which costs no copy, or into the buffer, which it fills. Offsets are
 * taken off y by the callback. */
typedef struct ObservationBlock {
  double *buffer;
  const double **x;
  const double *y;
  const double *weights; /* looked at only when `weighted` */
} ObservationBlock;

/* n rows, p >= 0 columns, no cell missing. `block` is called from several threads at once, for count <= BLOCK_ROWS
 * rows. */
typedef struct Observations {
  size_t n, p;
  bool weighted;
  bool intercept;        /* column 0 is 1 in every row */
  Status (*block)(const struct Observations *rows, size_t first, size_t count, ObservationBlock *out, Error *e);
  const void *source;
} Observations;

typedef enum LeastSquaresMethod {
  LEAST_SQUARES_AUTO,
  LEAST_SQUARES_GRAM,     /* whatever n is; QR still where the condition is too high */
  LEAST_SQUARES_QR,
  LEAST_SQUARES_QR_DOUBLE /* never in long double: for tests and comparisons */
} LeastSquaresMethod;

typedef struct LeastSquares {
  size_t n, p;
  size_t used;           /* rows with a weight that is not 0; degrees of freedom are used - rank */
  size_t rank;
  const char *method;    /* "gram" or "qr" */
  double condition;      /* of the scaled (gram: and shifted) columns that were kept, in the 2-norm, estimated */
  double *coefficients;  /* p; NaN: dropped */
  bool *dropped;         /* p */
  double *factor;        /* p x p, row-major: (X'WX)^-1 = factor factor', rows of dropped columns zero */
  double *deviations;    /* p: roots of the diagonal of (X'WX)^-1; a standard error is sigma times this. 0: dropped */
  double rss;            /* sum of w (y - x'b)^2, of residuals */
  double y_mean;         /* weighted mean of y */
  double tss;            /* sum of w (y - y_mean)^2 */
  double tss_raw;        /* sum of w y^2 */
  double weights;        /* sum of w; n without weights */
  double log_weights;    /* sum of log w over rows where w > 0; 0 without weights */
} LeastSquares;

/* Fits. residuals: NULL, or n doubles that get y - x'b of every row (not multiplied by weights), which saves a pass
 * over the data. */
Status least_squares_fit(const Observations *rows, LeastSquaresMethod method, double *residuals, Task *task,
                         LeastSquares **out, Error *e) MUST_USE;
void least_squares_free(LeastSquares *fit); /* NULL is fine */

/* y - x'b of every row, in one pass; the fitted value is y less that. */
Status least_squares_residuals(const Observations *rows, const LeastSquares *fit, Task *task, double *residuals,
                               Error *e) MUST_USE;

/* (X'WX)^-1 from a factor (of a fit, or kept with a model), p x p. O(p^3) on all threads; cannot be cancelled. */
void least_squares_inverse(const double *factor, size_t p, double *out);

/* x' (X'WX)^-1 x for `count` rows of p doubles, row-major: the leverage of a row of weight 1, and sigma squared
 * times it the variance of its predicted mean. scratch: p doubles. O(count p^2). Any thread. */
void least_squares_leverage(const double *factor, size_t p, const double *x, size_t count, double *scratch,
                            double *out);

#endif
