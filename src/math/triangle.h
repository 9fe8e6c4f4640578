/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triangle.h -- Householder QR for least squares, in double and in long double. For src/math only.
 *
 * A least-squares problem of p columns is kept as its triangle: p rows of p + 1 columns, column-major, R and beside
 * it the first p cells of Q'y; zeros below the diagonal. absorb takes in further rows, so that a million of them
 * need no copy, and two triangles are merged by absorbing one into the other. solve factors any matrix, a triangle
 * or the data themselves, with column pivoting, decides on the rank and gives coefficients and the inverse.
 *
 * The long double forms are plain loops. The double forms use the kernels of least_squares_kernels.h; solve_double
 * shares large problems among the pool's threads, column by column, so that bits do not depend on these. A cancel
 * makes absorb return early, with no meaning left in the triangle: the caller looks at the task.
 *
 * Reference: Golub and Van Loan, Matrix Computations, algorithms 5.1.1, 5.2.1, 5.4.1; LAPACK's dlarfg and dgeqp3.
 */
#ifndef ASSAY_MATH_TRIANGLE_H
#define ASSAY_MATH_TRIANGLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/task.h"

/* What solve makes; the caller owns the arrays, zeroed. */
typedef struct Solution {
  size_t rank;
  double condition;          /* of R, columns scaled: largest singular value of R times that of its inverse */
  bool *dropped;             /* p */
  long double *coefficients; /* p; 0 where dropped */
  double *factor;            /* p x p, row-major; (X'X)^-1 = factor factor' */
} Solution;

/* chunk: `rows` rows of p + 1 columns, column-major, `stride` from column to column; overwritten. triangular: it is a
 * triangle to be merged, with zeros below row j of column j. O(rows p^2). */
void absorb_double(double *triangle, size_t p, double *chunk, size_t rows, size_t stride, bool triangular,
                   const Task *task);
void absorb_long(long double *triangle, size_t p, long double *chunk, size_t rows, size_t stride, bool triangular,
                 const Task *task);

/* a: m rows of p + 1 columns, column-major, stride m; overwritten. n: rows of the whole problem, for the tolerance (see
 * least_squares.h). Columns may have any norms: they are scaled by powers of two. STATUS_CANCELLED, STATUS_MEMORY. */
Status solve_double(double *a, size_t m, size_t p, size_t n, Task *task, Solution *out, Error *e) MUST_USE;
Status solve_long(long double *a, size_t m, size_t p, size_t n, Task *task, Solution *out, Error *e) MUST_USE;

/* The largest singular value of an upper triangle of n lines (columns; rows: true), `stride` apart, by 24 steps of the
 * power method: mostly within a few per cent, and never above. scratch: 2 n numbers. O(n^2). */
double largest_singular_double(const double *a, size_t stride, size_t n, bool rows, double *scratch,
                               const Task *task);
long double largest_singular_long(const long double *a, size_t stride, size_t n, bool rows, long double *scratch,
                                  const Task *task);

#endif
