/* SPDX-License-Identifier: GPL-3.0-or-later */
/* silhouette.h -- silhouettes (Rousseeuw 1987), exactly, by row, for any dissimilarity, without a matrix of all of
 * them.
 *
 * A row's width is (b - a) / max(a, b): a the mean dissimilarity to the other rows of its cluster, b the least of the
 * mean dissimilarities to another cluster's rows, the neighbour. A row alone in its cluster has width 0, as has one
 * of which a and b are both 0. Rows without a cluster (label -1) take no part. On the way the diameter of each
 * cluster (the largest dissimilarity within) and its separation (the least one to a row outside) are found.
 *
 * Rows are put in the order of their clusters first, so that a cluster is a range; then sixteen rows at a time are
 * compared with all, a chunk of columns at a time. Sums run over the ranges in a fixed way, so that the widths are
 * the same bits on any number of threads and every instruction set. O(n^2 d) time, all threads; memory: a copy of the
 * rows, O(n + k) per thread.
 */
#ifndef ASSAY_CLUSTER_SILHOUETTE_H
#define ASSAY_CLUSTER_SILHOUETTE_H

#include "cluster/medoids_pairs.h"
#include "math/rows.h"

typedef struct Silhouettes {
  size_t n, k;
  double *width;                        /* n; NaN where there is no cluster */
  int32_t *neighbour;                   /* n: the second best cluster; -1: no cluster, or no other one */
  int64_t *sizes;                       /* k */
  double *mean, *diameter, *separation; /* k; NaN where undefined (no rows; a single cluster) */
  double overall;                       /* mean over all rows that have a cluster; NaN with fewer than two clusters */
} Silhouettes;

void silhouettes_free(Silhouettes *silhouettes);

/* labels: n numbers below k, -1 for none. Errors: STATUS_MEMORY, STATUS_CANCELLED; all is freed then. */
Status silhouettes_of(Task *task, const Pairs *pairs, const int32_t *labels, size_t k, Silhouettes *out,
                      Error *e) MUST_USE;

/* The mean width alone, of rows of numbers. Errors also those of rows->block. */
Status silhouette_mean(Task *task, const Rows *rows, Metric metric, const int32_t *labels, size_t k, double *mean,
                       Error *e) MUST_USE;

#endif
