/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture_kernels.h -- the inner loops of Gaussian mixtures, compiled once per instruction set.
 *
 * A tile is up to MIXTURE_TILE rows stored column by column: tile[c * MIXTURE_TILE + i]. Rows past the last are zeros
 * up to a multiple of MIXTURE_STEP. A row's density is made of sums in the order of the columns; a sum over rows is
 * kept in eight lanes, lane l taking rows l, l + 8 ..., each operation rounding once: the same bits on every
 * instruction set. exp and log are their own (below one unit of the last place off, tests/unit/test_mixture.c), so that
 * the C library has no part in it either.
 *
 * Nothing allocates or fails. `count` is the number of rows, `padded` that rounded up to MIXTURE_STEP.
 * Reference for exp and log: Cody and Waite 1980, Software Manual for the Elementary Functions.
 */
#ifndef ASSAY_CLUSTER_MIXTURE_KERNELS_H
#define ASSAY_CLUSTER_MIXTURE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { MIXTURE_TILE = 128, MIXTURE_STEP = 32, MIXTURE_LANES = 8 };

typedef struct MixtureKernels {
  /* Rows of x (row-major, d columns) into a tile. */
  void (*tile)(const double *x, size_t count, size_t d, double *tile);

  /* out[c * MIXTURE_TILE + i] = tile's cell less mean[c]. */
  void (*centre)(const double *tile, size_t padded, size_t d, const double *mean, double *out);

  /* out[i] = constant - |A x|^2 / 2 of centred rows; A is lower triangular, packed by rows: A's row r begins at
   * r (r + 1) / 2. */
  void (*full)(const double *centred, size_t padded, size_t d, const double *inverse, double constant, double *out);

  /* The same for a diagonal A of d cells. */
  void (*diagonal)(const double *centred, size_t padded, size_t d, const double *inverse, double constant, double *out);

  /* logs: k rows of MIXTURE_TILE log densities (with the log of the share), which become the shares exp(l - total) of
   * each column, times weight[i]; total[i] is the log of the sum of the exps, doubt[i] that less the largest l. Rows
   * from count on get 0. */
  void (*respond)(double *logs, size_t k, size_t count, size_t padded, const double *weight, double *total,
                  double *doubt);

  /* Adds to sums (in lanes: every number is MIXTURE_LANES doubles) r, then r x_c for each column, then d x d sums
   * of r x_a x_b, of which those with a <= b count (diagonal: d sums of r x_a x_a). scaled: room as large as centred.
   */
  void (*moments)(const double *centred, size_t padded, size_t d, const double *r, double *scaled, double *sums);
  void (*moments_diagonal)(const double *centred, size_t padded, size_t d, const double *r, double *sums);

  /* out[i] += the lanes of number i, in their fixed order, which become zero. */
  void (*collect)(double *lanes, size_t n, double *out);

  /* For tests: exp of numbers up to 700 (0 below -700), log of normal numbers above 0; n a multiple of 8. */
  void (*exponentials)(const double *x, size_t n, double *out);
  void (*logarithms)(const double *x, size_t n, double *out);
} MixtureKernels;

/* The copy for this machine (core/cpu.h). */
const MixtureKernels *mixture_kernels(void);

#endif
