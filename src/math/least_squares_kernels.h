/* SPDX-License-Identifier: GPL-3.0-or-later */
/* least_squares_kernels.h -- the inner loops of least squares, compiled once per instruction set.
 *
 * A sum over rows is kept in eight lanes, lane l taking rows l, l + 8, l + 16 ..., and the lanes are added in one fixed
 * order at the end; every operation rounds once. So each instruction set gives the same bits. Columns are pieces of
 * KERNEL_ROWS rows at most. Nothing allocates or fails; pointers need no alignment.
 */
#ifndef ASSAY_MATH_LEAST_SQUARES_KERNELS_H
#define ASSAY_MATH_LEAST_SQUARES_KERNELS_H

#include <stddef.h>

enum {
  KERNEL_ROWS = 512,   /* rows of a piece: 52 columns of it stay in a processor's second cache */
  KERNEL_STRIDE = 520, /* doubles from a packed column to the next: not a power of two, for the caches' sake */
  KERNEL_TILE = 4      /* packed columns are padded to a multiple of this */
};

typedef struct LeastSquaresKernels {
  /* out[i] = (x[i] - shift) * scale, times roots[i] unless roots is NULL; zero from count up to a multiple of 8. */
  void (*pack)(const double *x, size_t count, double shift, double scale, const double *roots, double *out);

  /* gram[a * columns + b] += sum of packed column a times packed column b, for from <= a < to and a <= b (and some
   * a > b). count and columns are padded; from and to are multiples of KERNEL_TILE. */
  void (*gram)(const double *packed, size_t count, size_t columns, size_t from, size_t to, double *gram);

  /* r[i] -= sum over j < p of (x[j][at + i] - shift[j]) * b[j], columns in order. */
  void (*subtract)(const double *const *x, size_t p, size_t at, size_t count, const double *shift, const double *b,
                   double *r);

  /* g[j] += sum over i of (x[j][at + i] - shift[j]) * r[i]. */
  void (*cross)(const double *const *x, size_t p, size_t at, size_t count, const double *shift, const double *r,
                double *g);

  double (*dot)(const double *a, const double *b, size_t n);
  void (*add)(double factor, const double *x, size_t n, double *y); /* y += factor x */

  /* A reflection I - beta (1, v)(1, v)' applied to `columns` columns: their first cells top[0], top[step] ..., the m
   * others a[0 .. m), a[stride .. stride + m) ... */
  void (*reflect)(const double *v, size_t m, double beta, double *top, size_t step, double *a, size_t stride,
                  size_t columns);
} LeastSquaresKernels;

/* The copy for this machine (core/cpu.h). */
const LeastSquaresKernels *least_squares_kernels(void);

#endif
