/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_kernels.h -- the inner loops of k-means and silhouette, compiled once per instruction set.
 *
 * A squared distance is always the sum over columns of (x - m)^2, added in the order of the columns, one
 * rounding per operation. A vector holds eight (or four, or two) distances, never parts of one, so that every
 * instruction set gives the same bits. A tile is 32 rows stored column by column, for distances of all its rows to a
 * list of points.
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

  /* The listed rows times their weights (negative: taken away) added to their clusters on a grid, see
   * kmeans_sums.h; high and low are k x width. Fastest when rows of one cluster follow each other. */
  void (*grid)(const double *x, size_t d, const uint32_t *list, size_t count, const int32_t *labels,
               const double *weights, const double *scale, double step, size_t width, int64_t *high,
               int64_t *low);
} KmeansKernels;

/* The copy for this machine (core/cpu.h). */
const KmeansKernels *kmeans_kernels(void);

#endif
