/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_kernels.h -- the inner loops of k-means and silhouette, compiled once per instruction set.
 *
 * A squared distance is always the sum over columns of (x - m)^2, added in the order of the columns, one
 * rounding per operation. A vector holds eight (or four, or two) distances, never parts of one, so that every
 * instruction set gives the same bits. Two shapes of work: a tile is 32 rows stored column by column, for
 * distances of all its rows to a list of points; a lane group is eight centres stored column by column, for
 * distances of single rows to these eight.
 *
 * Pointers may be unaligned except tiles, which mem_buffer aligns. No function allocates or fails.
 */
#ifndef ASSAY_CLUSTER_KMEANS_KERNELS_H
#define ASSAY_CLUSTER_KMEANS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { KMEANS_TILE = 32, KMEANS_LANES = 8 };

typedef struct KmeansKernels {
  /* tile[c * 32 + i] = x[i * d + c] for i < count <= 32; the columns of missing rows are zero. */
  void (*tile)(const double *x, size_t count, size_t d, double *tile);

  /* out[j * 32 + i] = squared distance of row i of the tile to points[j * d ...], for j < count. */
  void (*distances)(const double *tile, size_t d, const double *points, size_t count, double *out);

  /* Takes in distances (count x 32) to the points number, number + 1, ...: best and label of each row change
   * where a distance is less, so that ties stay with the lower number. */
  void (*nearest)(const double *distances, size_t count, int64_t number, double *best, int64_t *label);

  /* The same, with the second nearest; best <= next holds before and after. */
  void (*nearest_two)(const double *distances, size_t count, int64_t number, double *best, int64_t *label,
                      double *next, int64_t *next_label);

  /* lanes[j * 8 + i % 8] += weights[i] * min(nearest[i], distances[j * 32 + i]), i in order (seeding). */
  void (*potential)(const double *distances, size_t count, const double *nearest, const double *weights,
                    double *lanes);

  /* Adds sqrt(distances[j * 32 + i]) to sums[label[j] * 32 + i], j in order (silhouette). */
  void (*spread)(const double *distances, size_t count, const int32_t *labels, double *sums);

  /* out[i] = squared distance of row i to the centre labels[i]. */
  void (*own)(const double *x, size_t count, size_t d, const double *centres, const int32_t *labels,
              double *out);

  /* sums[labels[i] * d + c] += weights[i] * x[i * d + c], rows in order; weights NULL: 1. */
  void (*sums)(const double *x, size_t count, size_t d, const int32_t *labels, const double *weights,
               double *sums);

  /* The listed rows of x against one lane group: least and second least distance, and the lane of the least
   * (the lowest on ties). group[c * 8 + lane]; lanes without a centre hold infinity. */
  void (*scan)(const double *x, size_t d, const uint32_t *list, size_t count, const double *group,
               double *best, double *next, int64_t *lane);

  /* out[i] = sqrt(squares[i]) * factor as a float: upper bounds. */
  void (*upper)(const double *squares, size_t count, double factor, float *out);

  /* Lower bounds of one group of centres after it moved by at most drift: bounds[i] falls, least[i] takes the
   * minimum. */
  void (*lower)(float *bounds, size_t count, float drift, float *least);
} KmeansKernels;

/* The copy for this machine (core/cpu.h). */
const KmeansKernels *kmeans_kernels(void);

#endif
