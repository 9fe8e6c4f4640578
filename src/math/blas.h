/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blas.h -- OpenBLAS, loaded at the first use and kept on one thread.
 *
 * The program starts in milliseconds and OpenBLAS does not (it looks at the machine and reserves buffers),
 * so it is opened by dlopen when a product is first asked for. It always runs on one thread: the pool's
 * threads share the work, which scales better and gives the same bits on any number of them. Before its
 * first product is handed out a small one is checked exactly, because a kernel chosen for the wrong
 * machine gives wrong numbers in silence. A serial build cannot bear several callers: its calls are
 * locked. ASSAY_OPENBLAS names another file to load. Any thread may call. Reference: OpenBLAS's user
 * manual, "Runtime variables" and "Build options".
 */
#ifndef ASSAY_MATH_BLAS_H
#define ASSAY_MATH_BLAS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/text.h"

/* What must stand in the environment before the library is loaded. Call it at the start, while there is
 * one thread. */
void blas_prepare(void);

/* Loads and checks the library, once; later calls give the first one's outcome. STATUS_STATE: there is
 * none (the hint says which package has it); STATUS_INTERNAL: its product is wrong. */
Status blas_open(Error *e) MUST_USE;

/* c = alpha * op(a) op(b) + beta * c, row-major: op(a) is m x k, op(b) k x n, c m x n; strides in
 * elements. O(m n k). As blas_open, and STATUS_LIMIT when a size is beyond BLAS's 32-bit numbers. */
Status blas_product(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha,
                    const double *a, size_t stride_a, const double *b, size_t stride_b, double beta,
                    double *c, size_t stride_c, Error *e) MUST_USE;

/* c = alpha * a'a + beta * c for a with n rows of d cells (transpose: alpha * aa' + beta * c, n x n): both triangles of
 * c are written. O(n d^2). Errors as blas_product. */
Status blas_gram(bool transpose, size_t n, size_t d, double alpha, const double *a, size_t stride_a, double beta,
                 double *c, size_t stride_c, Error *e) MUST_USE;

/* All eigenvalues, rising, of the symmetric n x n matrix a (LAPACK's dsyevd); with `vectors` a's row i becomes the
 * vector of value i, of length 1 and free sign, else a is used up. About 9 n^3 operations with vectors, which no cancel
 * can end, and 2 n^2 numbers of room. "not-finite" where a holds such a number; STATUS_INTERNAL where it does not
 * converge; STATUS_MEMORY; as blas_open. */
Status blas_eigen(size_t n, double *a, bool vectors, double *values, Error *e) MUST_USE;

/* "Haswell-0.3.21", "" before the library was loaded: what results that went through it depend on. Loads nothing. */
void blas_kernel(Text *out);

/* One line: "OpenBLAS 0.3.21, kernel Haswell, pthreads held to one thread"; a second one where another
 * kernel would be faster. When it cannot be used, the reason. */
void blas_describe(Text *out);

#endif
