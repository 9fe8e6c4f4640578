/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gower_kernels.h -- the inner loops of Gower's dissimilarity, compiled once per instruction set (core/cpu.h).
 *
 * One row against `count` others, a variable at a time: sum takes w d, share takes w where the two are compared (of
 * variables that every pair is compared on the caller adds w itself). Lanes are pairs, so that each sum is in the
 * order of the variables.
 */
#ifndef ASSAY_CLUSTER_GOWER_KERNELS_H
#define ASSAY_CLUSTER_GOWER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct GowerKernels {
  /* sum += w |x - others|; and with gaps, where other cells are NaN (x is not). */
  void (*numbers)(double x, const double *others, size_t count, double w, double *sum);
  void (*numbers_gaps)(double x, const double *others, size_t count, double w, double *sum, double *share);

  /* sum += w where codes differ; and with gaps, where other codes are -1 (code is not). */
  void (*codes)(int32_t code, const int32_t *others, size_t count, double w, double *sum);
  void (*codes_gaps)(int32_t code, const int32_t *others, size_t count, double w, double *sum, double *share);

  /* Codes 0 and 1, gaps -1; a pair of zeros is not compared. */
  void (*asymmetric)(int32_t code, const int32_t *others, size_t count, double w, double *sum, double *share);

  /* out = sum / (share + rest); NaN where that is 0. */
  void (*divide)(const double *sum, const double *share, double rest, size_t count, double *out);
} GowerKernels;

const GowerKernels *gower_kernels(void);

#endif
