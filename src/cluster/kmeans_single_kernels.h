/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_single_kernels.h -- inner loops of k-means in single precision, compiled once per instruction set.
 *
 * The score of a centre m for a row y is |m|^2 / 2 - y.m: half of what the squared distance has beside |y|^2, so that
 * the least score is the nearest centre, at one multiplication and one addition per column. Scores are rounded; who
 * uses them knows by how much (kmeans_bounds.c) and settles what is closer than that by double precision. So their
 * order of additions is free, and differs between the two functions, but not between instruction sets.
 *
 * A lane group is 16 centres stored column by column: lanes[c * 16 + lane]; `half` has half of their squares, for a
 * lane without a centre KMEANS_SINGLE_NONE. Lane groups and half are aligned to 64 bytes. No function allocates or fails.
 */
#ifndef ASSAY_CLUSTER_KMEANS_SINGLE_KERNELS_H
#define ASSAY_CLUSTER_KMEANS_SINGLE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { KMEANS_SINGLE_LANES = 16 };
#define KMEANS_SINGLE_NONE 1e30F

typedef struct KmeansSingleKernels {
  /* out[i * d + c] = (x[i * d + c] - origin[c]) * factor, rounded; norms[i] = the root of the sum of their squares. */
  void (*convert)(const double *x, size_t count, size_t d, const double *origin, double factor, float *out,
                  float *norms);

  /* The listed rows against the first `used` lanes of a group: least and second least score, and the lane of the least.
   * The lowest four bits of these scores are arbitrary. */
  void (*scan)(const float *rows, size_t d, const uint32_t *list, size_t count, const float *lanes, const float *half,
               size_t used, float *best, float *next, int32_t *lane);

  /* The same of rows that each have a lane group of their own, at which[i] in `lanes` and `half`, all its lanes used. */
  void (*scan_each)(const float *rows, size_t d, const uint32_t *list, size_t count, const float *lanes, const float *half,
                    const uint32_t *which, float *best, float *next, int32_t *lane);

  /* out[i] = score of the centre labels[list[i]] for row list[i]; half has k numbers. Centres stand `stride` apart, a
   * multiple of 16, the rest zero; what follows the last row up to that must be finite numbers. */
  void (*own)(const float *rows, size_t d, const uint32_t *list, size_t count, const float *centres, size_t stride,
              const float *half, const int32_t *labels, float *out);

  /* Distances from scores, rounded outward: upper[i] is not below that of score[i], lower[i] not above that of
   * other[i], for a row of norms[i], where a score is off by at most error * (norms[i] + reach). sure[i]: other[i] is
   * so much above score[i] that it is above without rounding. */
  void (*distances)(const float *norms, const float *score, const float *other, size_t count, float error, float reach,
                    float *upper, float *lower, int32_t *sure);

  /* Lower bounds of one group of centres after it moved by at most drift: bounds[i] falls, least[i] takes the
   * minimum. */
  void (*lower)(float *bounds, size_t count, float drift, float *least);
} KmeansSingleKernels;

/* The copy for this machine (core/cpu.h). */
const KmeansSingleKernels *kmeans_single_kernels(void);

#endif
