/* SPDX-License-Identifier: GPL-3.0-or-later */
/* distance_kernels.h -- the inner loops of distances and neighbour searches, compiled once per instruction set.
 *
 * A tile is 32 rows stored column by column: tile[c * 32 + i]. A fold goes over the columns in order; a vector holds
 * folds of several rows. Pointers need no alignment. Nothing allocates or fails.
 */
#ifndef ASSAY_MATH_DISTANCE_KERNELS_H
#define ASSAY_MATH_DISTANCE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DISTANCE_TILE = 32 };

/* What is folded: sum of squared differences, of absolute differences, their maximum, sum of products. */
typedef enum FoldKind { FOLD_SQUARES, FOLD_ABSOLUTE, FOLD_MAXIMUM, FOLD_PRODUCTS, FOLD_KINDS } FoldKind;

typedef struct DistanceKernels {
  /* tile[c * 32 + i] = x[i * stride + c] for i < count <= 32, c < d; rows beyond count repeat the last one. */
  void (*tile)(const double *x, size_t count, size_t d, size_t stride, double *tile);

  /* out[j * out_stride + i], i < 32: the fold of row i with point j (points[j * stride ...]), j < count; `go_on`
   * continues the folds in out with d further columns. */
  void (*fold[FOLD_KINDS])(const double *tile, size_t d, const double *points, size_t stride, size_t count, bool go_on,
                           double *out, size_t out_stride);

  /* The folds of one point into out[32]; bit i of the result: out[i] <= limit. */
  uint32_t (*within[FOLD_KINDS])(const double *tile, size_t d, const double *point, double limit, double *out);

  /* out[i], i < 32: the fold of the gaps between row i and the box from low[d] to high[d], at most the fold with any
   * point in it. Products: nothing of use. */
  void (*box[FOLD_KINDS])(const double *tile, size_t d, const double *low, const double *high, double *out);

  /* Bit i, i < 32: x[i] <= y[i]. */
  uint32_t (*at_most)(const double *x, const double *y);
} DistanceKernels;

/* The copy for this machine (core/cpu.h). */
const DistanceKernels *distance_kernels(void);

#endif
