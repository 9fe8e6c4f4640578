/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validity.h -- how good a partition is by the data alone: internal indices.
 *
 * Rows labelled below 0 (noise) are left out. With W the sum of squared distances to the cluster's mean, B = T - W:
 *   calinski_harabasz  (B / (k - 1)) / (W / (n - k)); larger is better (Calinski and Harabasz 1974)
 *   davies_bouldin     mean over clusters of the largest (s_i + s_j) / d_ij, s the mean distance to the cluster's mean, d that
 *                      between two means; smaller is better (Davies and Bouldin 1979)
 *   bic                -2 log likelihood + parameters * log(n) of spherical Gaussians with one variance, each row in its
 *                      cluster (Pelleg and Moore 2000); smaller is better
 *   dunn               least distance between rows of different clusters over the largest within one; larger is better
 *                      (Dunn 1974)
 * Distances are Euclidean. What is not defined (one cluster, W = 0) is NaN.
 */
#ifndef ASSAY_CLUSTER_VALIDITY_H
#define ASSAY_CLUSTER_VALIDITY_H

#include <stdint.h>

#include "core/task.h"
#include "math/rows.h"

typedef struct Validity {
  size_t n;       /* rows with a cluster */
  size_t k;       /* clusters with rows */
  double withinss, totss;
  double calinski_harabasz, davies_bouldin, bic;
} Validity;

/* labels: 0..k-1 or below 0. O(n d + k^2 d) time, k d numbers per block in flight. The same bits on any number of threads.
 * Errors: STATUS_CANCELLED, STATUS_MEMORY, those of rows->block. */
Status validity(Task *task, const Rows *rows, const int32_t *labels, size_t k, Validity *out, Error *e) MUST_USE;

/* Dunn's index of the separation and diameter of each cluster (silhouette.h); NaN when it is not defined. */
double validity_dunn(const double *separation, const double *diameter, size_t k);

#endif
