/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hierarchical.h -- options of cluster.hierarchical; and how its model's clusters take in new rows.
 *
 * The clustering itself is in linkage.h (rows, distances) and linkage_graph.h (constrained).
 */
#ifndef ASSAY_CLUSTER_HIERARCHICAL_H
#define ASSAY_CLUSTER_HIERARCHICAL_H

#include "cluster/cluster_options.h"
#include "cluster/linkage.h"

#define HIERARCHICAL_OPTIONS(O) \
  O(k, INT, "0", 0, 1e9, "", "", "number of clusters; 0: by height, or where the heights leave the widest gap") \
  O(height, NUMBER, "0", 0, 1e300, "", "", \
    "cut at this height in the place of k: no cluster has a merge above it; 0: not used") \
  O(linkage, CHOICE, "ward", 0, 0, LINKAGE_CHOICES, "", \
    "what is near: ward and ward_d are R's ward.D2 and ward.D, centroid and median R's on the metric as it is; divisive: " \
    "DIANA, which splits from the top") \
  O(metric, CHOICE, "euclidean", 0, 0, METRIC_CHOICES, "", \
    "distance between rows; with sqeuclidean ward_d, centroid and median are those of the centres") \
  O(distances, FRAME, OPTION_UNSET, 0, 0, "", "", \
    "given distances in the place of on and metric: columns a, b (row numbers), distance for all pairs, or a square") \
  O(neighbours, INT, "0", 0, 1e6, "", "", \
    "only clusters that such a number of nearest neighbours connects may merge; 0: all") \
  O(cophenetic, CHOICE, "auto", 0, 0, "auto|yes|no", "", \
    "whether to correlate distances with heights, which takes all pairs; auto: up to 5000 rows") \
  CLUSTER_ON(O) CLUSTER_SCALE(O) \
  O(weights, COLUMN, OPTION_UNSET, 0, 0, "numeric", "", "column saying how many rows each row stands for, above 0") \
  CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct HierarchicalOptions {
  HIERARCHICAL_OPTIONS(OPTION_FIELD)
} HierarchicalOptions;

/* What a cut leaves to assign new rows by. */
typedef struct HierarchicalRule {
  LinkageKind kind;
  Metric metric;
  size_t n, d, k;
  const double *rows;    /* n x d */
  const int32_t *labels; /* n: 0..k-1 */
  const double *centres; /* k x d: means */
  const double *weights; /* k: rows, or the sum of their weights */
} HierarchicalRule;

/* The cluster of each of m new rows and its distance, by what the linkage calls near: single the cluster of the nearest
 * row, complete the one whose farthest row is nearest, average, mcquitty and divisive the least mean distance, ward and ward_d
 * the least growth of the sum of squares, centroid and median the nearest mean; a row that equals one of the fit goes where
 * that is. Ties: the lower cluster. O(m n d), by means O(m k d) and an index of the rows. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status hierarchical_assign(Task *task, const HierarchicalRule *rule, const double *values, size_t m, int32_t *labels,
                           double *distances, Error *e) MUST_USE;

/* The number of clusters, 2 to 10, below which the gap between merges is widest: 1 for fewer than two rows. */
size_t hierarchical_widest_gap(const LinkageTree *tree);

#endif
