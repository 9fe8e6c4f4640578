/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_tree.h -- what is done with a tree of merges: making it from merged pairs, order of leaves, cuts, figures. */
#ifndef ASSAY_CLUSTER_LINKAGE_TREE_H
#define ASSAY_CLUSTER_LINKAGE_TREE_H

#include "cluster/linkage.h"

/* Two clusters, each by any row in it, and the height at which they merge. */
typedef struct LinkageStep {
  uint32_t a, b;
  double height;
} LinkageStep;

/* The tree of `merges` steps, no two of which connect the same rows: in rising height (equal ones by their lowest rows) with
 * `sort`, else as they stand. O(n log n). The steps are reordered. Errors: STATUS_MEMORY. */
Status linkage_tree_of_steps(LinkageStep *steps, size_t n, size_t merges, bool sort, LinkageTree *out, Error *e) MUST_USE;

/* The leaves from left to right, each merge's first node left of its second: R's hclust()$order, from 0. Parts of a forest by
 * their lowest rows. O(n). */
Status linkage_order(const LinkageTree *tree, uint32_t *order, Error *e) MUST_USE;

/* Labels 0.. in order of first appearance for k clusters (the first n - k merges), n - merges <= k <= n; or for those
 * subtrees that are as large as can be with no merge above `height`: *k is their number. O(n). */
Status linkage_cut(const LinkageTree *tree, size_t k, int32_t *labels, Error *e) MUST_USE;
Status linkage_cut_height(const LinkageTree *tree, double height, size_t *k, int32_t *labels, Error *e) MUST_USE;

/* The mean over rows of 1 - (height of its first merge) / (height of the last): 0 where nothing is clustered, to 1.
 * With weights a row of weight 2 or more has its first merge at height 0. NaN when all heights are 0, n < 2, or of a forest. */
double linkage_coefficient(const LinkageTree *tree);

/* A step of the task's trace for each merge, in the tree's order: its height, and the rows of the new cluster. */
void linkage_tell(Task *task, const LinkageTree *tree);

/* Distances again, in the order of the leaves: fills out[j] with d(row, others[j]). */
typedef struct LinkageSource {
  void (*distances)(const void *context, uint32_t row, const uint32_t *others, size_t count, double *out);
  const void *context;
} LinkageSource;

/* Of a whole tree: correlation between the distances of all pairs and the heights at which they meet; NaN when either does
 * not vary.
 * O(n^2) on all threads, O(n) memory. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status linkage_cophenetic(Task *task, const LinkageTree *tree, const LinkageSource *source, double *out,
                          Error *e) MUST_USE;

/* Sources: rows in memory, and a triangle of distances. */
typedef struct LinkageRows {
  const double *values;
  size_t d;
  Metric metric;
} LinkageRows;
void linkage_source_rows(const void *rows, uint32_t row, const uint32_t *others, size_t count, double *out);

typedef struct LinkageTriangle {
  const double *cells;
  size_t n;
} LinkageTriangle;
void linkage_source_triangle(const void *triangle, uint32_t row, const uint32_t *others, size_t count, double *out);

#endif
