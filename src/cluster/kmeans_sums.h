/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_sums.h -- sums of the rows of each cluster, exact, so that they are a function of the labels alone.
 *
 * Each value (times its row's weight, rounded once) is taken to a grid of its column: a multiple of a power of two,
 * chosen so that two 64-bit integers hold the sum of all rows without overflow. A column's largest value
 * keeps about 122 - 2 log2(n) bits: 82 for a million rows, where a double has 53. Integers add up to the same in any
 * order. So when labels change, only the rows that moved are looked at: taken from one cluster, given to another; the
 * result is that of summing all rows anew, bit by bit, and threads may share the work in any way.
 *
 * Every thread collects into sums of its own; these are merged when all blocks are done, so that a pass that is
 * interrupted has changed nothing.
 */
#ifndef ASSAY_CLUSTER_KMEANS_SUMS_H
#define ASSAY_CLUSTER_KMEANS_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster/kmeans_kernels.h"
#include "core/error.h"

enum { KMEANS_STRIP = 256 }; /* rows whose labels are looked at together */

/* The grids of a set of rows: a value v of column c is kept as v * scale[c] rounded, and what is left of it times
 * step rounded. */
typedef struct KmeansGrid {
  size_t k, d, width; /* width: d rounded up to eight, so that clusters' sums begin on cache lines */
  int bits;         /* step = 2^bits; |v * scale| <= step */
  double step;
  double *scale;    /* d + 1: columns, then the weight */
  int *exponent;    /* d + 1: a sum of (high << bits) + low stands for that times 2^exponent */
} KmeansGrid;

typedef struct KmeansSums {
  int64_t *rows;       /* k */
  int64_t *high, *low; /* k x width, then k: the weights, where rows have some */
  uint8_t *touched;    /* k: whether anything was added; what was not touched is zero (threads' own sums) */
  int64_t changed;     /* rows whose label changed */
} KmeansSums;

/* Of n rows with columns within +-largest[c] (d numbers) and weights up to `weight`. kmeans_grid_free also after
 * failure. */
Status kmeans_grid_new(size_t n, size_t k, size_t d, const double *largest, double weight, KmeansGrid *out,
                       Error *e) MUST_USE;
void kmeans_grid_free(KmeansGrid *grid);

bool kmeans_sums_new(const KmeansGrid *grid, KmeansSums *out) MUST_USE; /* zero; false: no memory */
void kmeans_sums_free(KmeansSums *sums);
void kmeans_sums_clear(const KmeansGrid *grid, KmeansSums *sums); /* zero again, by what was touched */
void kmeans_sums_copy(const KmeansGrid *grid, const KmeansSums *from, KmeansSums *to);
void kmeans_sums_merge(const KmeansGrid *grid, const KmeansSums *from, KmeansSums *to); /* to += from */

/* count <= KMEANS_STRIP rows of x: those whose label differs from `before` leave one cluster and join another; before
 * NULL: all join. weights: of these rows, or NULL. */
void kmeans_sums_change(const KmeansGrid *grid, const KmeansKernels *kernels, const double *x, size_t count,
                        const double *weights, const int32_t *before, const int32_t *labels, KmeansSums *sums);

/* The weight of a cluster (its rows without weights), and the sum of column c, rounded to double once. */
double kmeans_sums_weight(const KmeansGrid *grid, const KmeansSums *sums, size_t cluster, bool weighted);
double kmeans_sums_value(const KmeansGrid *grid, const KmeansSums *sums, size_t cluster, size_t c);

/* The same to 64 bits, for differences. */
long double kmeans_sums_long(const KmeansGrid *grid, const KmeansSums *sums, size_t cluster, size_t c);

#endif
