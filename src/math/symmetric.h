/* SPDX-License-Identifier: GPL-3.0-or-later */
/* symmetric.h -- eigenvalues and vectors of symmetric matrices: all of a dense one, a few of one that is only known by
 * its products.
 *
 * Eigenvalues fall; vectors have length 1 and are the rows of `vectors`. Their sign is free: symmetric_fix_sign makes
 * it definite. symmetric_eigen gives the same bits on any number of threads; beyond SYMMETRIC_JACOBI columns it goes
 * through LAPACK, whose last bits depend on the machine.
 *
 * symmetric_largest is Lanczos's method with full reorthogonalisation (twice) and thick restarts: it asks for products
 * with the matrix and never for its elements. A single starting vector sees one vector of each eigenspace; so what was
 * found is deflated and the search run again until nothing larger turns up, and eigenvectors that the caller knows
 * (a graph's components) are kept out from the start. The starting vectors come from the seed, sums run along the fixed
 * tree of core/reduce.h: the same bits on any number of threads and every instruction set.
 * Cost of a product: the caller's, and 8 n m operations for the basis of m = 2 k + 50 vectors, which is also the
 * memory in units of n doubles. Products: a few m, more where eigenvalues lie close together.
 *
 * Reference: Golub and Van Loan, Matrix Computations, 8.5 and 10; Wu and Simon, SIAM J. Matrix Anal. Appl. 22 (2000).
 */
#ifndef ASSAY_MATH_SYMMETRIC_H
#define ASSAY_MATH_SYMMETRIC_H

#include <stddef.h>
#include <stdint.h>

#include "core/task.h"

enum { SYMMETRIC_JACOBI = 64 };

/* All eigenvalues (falling) and vectors of a symmetric d x d matrix, which is used up: cyclic Jacobi rotations up to
 * SYMMETRIC_JACOBI columns, which find small eigenvalues as exactly as large ones; LAPACK beyond, and Jacobi where
 * there is no LAPACK. About 16 d^3 operations. Errors: STATUS_CANCELLED, STATUS_MEMORY; "not-finite" beyond
 * SYMMETRIC_JACOBI. */
Status symmetric_eigen(double *matrix, size_t d, const Task *task, double *values, double *vectors, Error *e) MUST_USE;

/* Turns a vector so that its element of largest absolute value (of nearly equal ones the first) is positive. */
void symmetric_fix_sign(double *vector, size_t n);

/* A symmetric n x n matrix: product makes y = A x. It is called from the thread that runs the task and may use the
 * pool. */
typedef struct SymmetricOperator {
  size_t n;
  Status (*product)(void *context, const double *x, double *y, Error *e);
  void *context;
} SymmetricOperator;

typedef struct SymmetricSearch {
  size_t k;             /* eigenvalues wanted, 1..n - known */
  double tolerance;     /* of the residual |A v - l v|, relative to the largest |l|; 0: 1e-10 */
  size_t products_most; /* 0: 500 (k + 20) */
  uint64_t seed;
  const double *known; /* n_known x n: orthonormal eigenvectors to leave out, or NULL */
  size_t n_known;
} SymmetricSearch;

typedef struct SymmetricReport {
  size_t products, restarts;
  double residual; /* the largest of the k, relative as above */
  bool converged;  /* false: products_most were not enough; what is given is the best so far */
} SymmetricReport;

/* The k largest (by value, not by magnitude) eigenvalues that are not known ones: values (k), vectors (k x n). Errors:
 * those of product, STATUS_CANCELLED, STATUS_MEMORY, STATUS_ARGUMENT "out-of-range" for a k that cannot be;
 * STATUS_DATA "not-finite" when a product gives such a number. */
Status symmetric_largest(Task *task, const SymmetricOperator *operator, const SymmetricSearch * search, double *values,
                         double *vectors, SymmetricReport *report, Error *e) MUST_USE;

#endif
