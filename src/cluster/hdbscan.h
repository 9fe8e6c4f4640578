/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hdbscan.h -- clusters that last over many densities (Campello, Moulavi & Sander 2013; with Zimek 2015).
 *
 * The core distance of a row is that to its min_points-th nearest row, itself the first; the mutual reachability
 * distance of two rows is the largest of their core distances and their distance / alpha. A minimum spanning tree of it
 * is cut from the longest edge on, edges of one length together (the paper's step 4.1), so that the hierarchy does not
 * depend on the order of rows. Where at least two parts have min_cluster_size rows, a cluster ends and they begin; where
 * one has, it goes on without the rows of the others. lambda is 1 / distance; the stability of a cluster is the sum over
 * its rows of the lambda at which they leave it minus that at which it began. A row leaves
 *
 *   leave row    when it is cut off from all others, at the latest when the cluster parts, as in R's dbscan
 *   leave part   with the part of less than min_cluster_size rows it is in, as in the paper and Python's hdbscan
 *
 * which changes figures (and by them the choice), not the hierarchy.
 *
 *   method eom   the clusters, none within another, with the largest sum of stabilities
 *   method leaf  those without clusters below them
 *
 * eps > 0: a chosen cluster that began below eps is replaced by its first ancestor that began above it (Malzer & Baum
 * 2020). The whole data are never a cluster, unless `single`; then only rows that stay up to its last level (with eps:
 * up to eps) belong to it. Edges of length 0 count as half the shortest one above 0, so that figures are finite.
 *
 * Noise may be a row more than R's dbscan finds (of 10,000 rows 2,885 against 2,884). Edges of one length are no rare case:
 * the core distance of a row between two clusters is the length of its edges to both. Below that distance it is no core
 * row, and so in no cluster of the definition (DBSCAN* at any such radius). R cuts one edge after the other, which leaves
 * the row in one of the two, at membership 0.
 *
 * Spanning tree: Boruvka's rounds on a kd- or ball tree, each row looking for the nearest row of another component, cut
 * off by what its component has found (March, Ram & Gray 2010; expected O(n log^2 n) for few columns), or Prim's O(n^2
 * d) where neighbours_new makes no tree. Memory: the index and about 130 bytes a row. Same result on any number of
 * threads.
 */
#ifndef ASSAY_CLUSTER_HDBSCAN_H
#define ASSAY_CLUSTER_HDBSCAN_H

#include "cluster/cluster_options.h"
#include "math/neighbours.h"

#define HDBSCAN_OPTIONS(O)                                                                                             \
  O(min_cluster_size, INT, "5", 2, 1e9, "", "rows", "the fewest rows that are a cluster")                              \
  O(min_points, INT, "0", 0, 1e9, "", "rows",                                                                          \
    "the core distance is that to this nearest row, itself counted; 0: min_cluster_size")                              \
  O(method, CHOICE, "eom", 0, 0, "eom|leaf", "",                                                                       \
    "eom takes the clusters that last longest, leaf the smallest ones of the hierarchy")                               \
  O(leave, CHOICE, "row", 0, 0, "row|part", "",                                                                        \
    "a row leaves a cluster when it is cut off from all rows (as in R), or with the small part it is in (as in "       \
    "Python)")                                                                                                         \
  O(eps, NUMBER, "0", 0, 1e300, "", "", "clusters that part below this distance stay together; 0: none do")            \
  O(alpha, NUMBER, "1", 1e-6, 1e6, "", "", "distances are divided by this beside core distances")                      \
  O(single, BOOL, "false", 0, 0, "", "", "whether there may be one cluster only")                                      \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_METRIC(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct HdbscanOptions {
  HDBSCAN_OPTIONS(OPTION_FIELD)
} HdbscanOptions;

typedef struct HdbscanSettings {
  size_t min_cluster_size, min_points;
  bool leaf, single, part;
  double eps, alpha;
} HdbscanSettings;

/* A cluster of the hierarchy. Number 0 is all rows; a parent stands before its children. */
typedef struct HdbscanNode {
  int32_t parent;      /* -1 of the root */
  int32_t label;       /* of the result when it was chosen, else -1 */
  int64_t size;
  double birth, death; /* lambda at which it begins; at which the last rows leave it or it parts */
  double deepest;      /* largest lambda at which a row leaves it or a cluster below it */
  double stability;
} HdbscanNode;

typedef struct HdbscanResult {
  size_t n, k, nodes;
  int32_t *labels;      /* n: 0..k-1, largest first, ties by their first row; -1 noise */
  double *probability;  /* n: lambda of the row / death of its cluster; 0 of noise */
  double *outlier;      /* n: GLOSH, 1 - lambda of the row / deepest lambda of the node it leaves */
  double *lambda;       /* n: at which the row leaves ... */
  int32_t *node;        /* n: ... this node */
  double *core;         /* n: core distances */
  HdbscanNode *tree;    /* nodes */
  int64_t *sizes;       /* k */
  int32_t *chosen;      /* k: nodes */
  int64_t noise;
  bool complete;
} HdbscanResult;

void hdbscan_result_free(HdbscanResult *result);

/* An edge of the spanning tree; rank is that of the mutual reachability distance. */
typedef struct HdbscanEdge {
  double rank;
  uint32_t a, b; /* rows */
} HdbscanEdge;

/* A minimum spanning tree, whole or on its way. The last two are by place of the index's tree, without a tree by row. */
typedef struct HdbscanSpan {
  size_t n_edges;     /* found; n - 1: whole */
  HdbscanEdge *edges; /* n, in no order */
  double *core;       /* n core distances, as ranks: by row */
  double *near;       /* n: nothing outside its part is nearer; without a tree: rank to the tree, -1 in it; infinite: not known */
  uint32_t *to;       /* n: what is that near; HDBSCAN_NOBODY: not known */
} HdbscanSpan;

#define HDBSCAN_NOBODY UINT32_MAX

void hdbscan_span_free(HdbscanSpan *span);
Status hdbscan_span_new(size_t n, HdbscanSpan *out, Error *e) MUST_USE; /* room, with no edges */

/* Whether the edges (of rows below n) are a forest, as those of a span that was stopped are. O(n). */
Status hdbscan_span_check(const HdbscanSpan *span, size_t n, bool *forest, Error *e) MUST_USE;

/* span: new, with its core filled in, or one that was stopped, which goes on to the same bits. Errors: STATUS_MEMORY;
 * STATUS_CANCELLED leaves a span that can go on. */
Status hdbscan_span(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                    double alpha, HdbscanSpan *span, Error *e) MUST_USE;
/* By Prim, whatever the index: for tests. */
Status hdbscan_span_plain(Task *task, const double *values, size_t n, size_t d, Metric metric, double alpha,
                          HdbscanSpan *span, Error *e) MUST_USE;

/* span: all zeros, or of a fit that was stopped, which goes on; the caller's to free. Stopped once core distances are known
 * it is STATUS_OK with complete false and all rows noise in the one node of the root: what is joined so far are parts of the
 * spanning tree, which need not be parts of the hierarchy. Errors: STATUS_MEMORY, STATUS_CANCELLED (before core distances
 * were known). min_points <= n. */
Status hdbscan_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                   const HdbscanSettings *settings, HdbscanSpan *span, HdbscanResult *out, Error *e) MUST_USE;

/* From spanning tree to result: all but `core`. Sorts the edges. */
Status hdbscan_choose(const HdbscanSettings *settings, Metric metric, HdbscanEdge *edges, size_t n, HdbscanResult *out,
                      Error *e) MUST_USE;

/* The node in which a row that is at lambda from a fitted row belongs, and whether it is in a chosen cluster: the rule
 * of predict. Gives the label, -1 noise. */
int32_t hdbscan_place(const HdbscanNode *tree, int32_t node, double lambda, double *probability);

#endif
