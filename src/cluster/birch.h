/* SPDX-License-Identifier: GPL-3.0-or-later */
/* birch.h -- BIRCH: one pass over the rows makes a tree of small dense groups, whose leaves are then clustered.
 *
 * A group (clustering feature) is its weight, mean and sum of squared deviations, which stay exact where sums of
 * squares would cancel (BETULA; Lang and Schubert 2020). A row goes down to the nearest mean at each level and joins
 * the leaf's group when the group's radius (root mean squared deviation) stays within the threshold, else begins a
 * group of its own. A node with more than `branching` groups splits around its two farthest means (Zhang, Ramakrishnan
 * and Livny 1996). With more than `leaves` groups the threshold grows and the groups are put into a new tree.
 *
 * The order of rows matters: groups depend on who came first. Rows are taken in their order, a block at a time, so that
 * data larger than memory can feed it. O(n d branching log leaves) time, O(leaves d) memory; one thread.
 */
#ifndef ASSAY_CLUSTER_BIRCH_H
#define ASSAY_CLUSTER_BIRCH_H

#include "cluster/cluster_options.h"
#include "core/task.h"
#include "math/rows.h"

#define BIRCH_OPTIONS(O) \
  O(k, INT, "0", 0, 1e9, "", "", \
    "number of clusters made of the groups; 0: where Ward's heights leave the widest gap") \
  O(threshold, NUMBER, "0", 0, 1e300, "", "", \
    "largest radius of a group, in scaled units; 0: grows from 0 until there are no more groups than `leaves`") \
  O(branching, INT, "50", 2, 10000, "", "", "most groups in a node of the tree") \
  O(leaves, INT, "5000", 2, 1e7, "", "", "most groups; beyond them the threshold grows") \
  O(final, CHOICE, "ward", 0, 0, "ward|ward_weighted|kmeans|none", "", \
    "what makes clusters of the groups: Ward's linkage with each group once, or by weight; k-means by weight; none") \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct BirchOptions {
  BIRCH_OPTIONS(OPTION_FIELD)
} BirchOptions;

typedef struct BirchSettings {
  double threshold;
  size_t branching, leaves;
} BirchSettings;

/* The groups of the leaves, from left to right. */
typedef struct BirchGroups {
  size_t n, d;
  double *means;     /* n x d */
  double *weights;   /* n */
  double *radii;     /* n */
  double threshold;  /* in the end */
  size_t rebuilt;    /* how often the tree was made anew */
  size_t levels;
  size_t rows;       /* that are in the groups: all, unless stopped */
} BirchGroups;

void birch_groups_free(BirchGroups *groups);

/* weights: of 0 or more, or NULL; rows of weight 0 are passed over. Values are finite. After a cancel: STATUS_OK with the groups
 * of the rows so far, STATUS_CANCELLED if there are none. A trace has a step for each tree made anew, and one for the last.
 * Errors: STATUS_MEMORY, and those of rows->block. */
Status birch_fit(Task *task, const Rows *rows, const double *weights, const BirchSettings *settings, BirchGroups *out,
                 Error *e) MUST_USE;

#endif
