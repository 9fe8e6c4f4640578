/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pca.h -- principal components: the directions in which rows vary most.
 *
 * The eigenvectors of the covariance matrix (divisor n - 1) of the columns, by cyclic Jacobi rotations, which find
 * small eigenvalues as exactly as large ones and give vectors that are orthogonal to rounding. Columns are not scaled
 * here. Rows with a number that is not finite are left out. Sums are taken about the means of the first rows, in one
 * pass along the fixed tree of core/reduce.h: the same bits on any number of threads and instruction set.
 *
 * A component's sign is free; here the loading with the largest absolute value (of equal ones the first) is positive.
 * Cost: n d^2 / 2 products and about 8 sweeps of 2 d^3; memory 3 d^2 doubles, and d^2 for each sum of the tree.
 * Reference: Golub and Van Loan, Matrix Computations, 8.5; Jolliffe 2002, Principal Component Analysis.
 */
#ifndef ASSAY_MATH_PCA_H
#define ASSAY_MATH_PCA_H

#include "core/task.h"
#include "math/rows.h"

typedef struct Pca {
  size_t d;
  size_t n;         /* rows used */
  size_t components; /* d; of pca_fit_wide perhaps fewer */
  double *mean;     /* d */
  double *variance; /* components, falling; none below 0 */
  double *loadings; /* components x d, row-major: row i is component i, of length 1 */
  double total;     /* sum of the variances */
} Pca;

/* Arrays are in the task's arena. Errors: STATUS_DATA "bad-data" with fewer than two rows to use; those of
 * rows->block; memory, limit, cancelled. */
Status pca_fit(const Rows *rows, Task *task, Pca *out, Error *e) MUST_USE;

/* The same, with n - 1 components from the products of rows where there are more columns than rows: n^2 d products and
 * n d memory then, instead of n d^2 and d^2. */
Status pca_fit_wide(const Rows *rows, Task *task, Pca *out, Error *e) MUST_USE;

/* The first `n_components` coordinates of each row, n x n_components row-major; NaN for rows with a number that is not
 * finite. O(n d n_components), on all threads. */
Status pca_scores(const Pca *pca, const Rows *rows, size_t n_components, Task *task, double *out, Error *e) MUST_USE;

#endif
