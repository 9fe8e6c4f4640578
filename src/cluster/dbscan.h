/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan.h -- clusters as connected regions where rows lie dense (Ester, Kriegel, Sander & Xu 1996).
 *
 * A row is a core row when rows of a total weight of at least min_points, itself among them, lie within eps (rank <=
 * metric_rank(eps)). Core rows within eps of each other are in one cluster. A row that is no core row but has one
 * within eps is a border row; all others are noise. Which rows are core, border and noise, and which core rows are
 * together, does not depend on the order of rows. A border row near several clusters goes to DBSCAN_NEAREST  the
 * cluster of the nearest core row; of equally near ones that with the lesser coordinates, so that this does not depend
 * on the order of rows either DBSCAN_FIRST    the cluster whose first core row stands first in the data, as R's dbscan
 * and scikit-learn do DBSCAN_NOISE    none (DBSCAN* of Campello et al. 2013)
 *
 * On a kd-tree or ball tree, whole nodes narrower than eps count as one: their rows are core together when there are
 * enough of them, and nodes that are together already are not looked into. Expected O(n log n) for few columns, however
 * many rows lie within eps; O(n^2) at worst and by brute force. Components are found with a lock-free union-find whose
 * result does not depend on threads. Memory: the index and 35 bytes a row.
 *
 * Stopped once the core rows are known, it keeps what it has: components joined so far (each is a part of a cluster), or
 * with these complete the border rows found so far. Going on from there gives what an unbroken fit does.
 */
#ifndef ASSAY_CLUSTER_DBSCAN_H
#define ASSAY_CLUSTER_DBSCAN_H

#include "cluster/cluster_options.h"
#include "math/neighbours.h"

#define DBSCAN_OPTIONS(O)                                                                                              \
  O(eps, NUMBER, OPTION_UNSET, 0, 1e300, "", "",                                                                       \
    "radius of the neighbourhood, in scaled units; not given: from the knee of the distances to the min_points-th "    \
    "nearest row")                                                                                                     \
  O(min_points, NUMBER, "5", 1, 1e9, "", "", "rows (or weight) within eps, itself counted, that make a core row")      \
  O(border, CHOICE, "nearest", 0, 0, "nearest|first|noise", "",                                                        \
    "a border row goes to the cluster of its nearest core row, to the cluster that comes first in the data, or is "    \
    "noise")                                                                                                           \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_METRIC(O) CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O)   \
  CLUSTER_SAMPLE(O)

typedef struct DbscanOptions {
  DBSCAN_OPTIONS(OPTION_FIELD)
} DbscanOptions;

typedef enum DbscanBorder { DBSCAN_NEAREST, DBSCAN_FIRST, DBSCAN_NOISE } DbscanBorder;

typedef struct DbscanResult {
  size_t n, k;
  int32_t *labels;      /* n: 0..k-1, largest first, ties by their first row; -1 noise */
  uint8_t *core;        /* n: 1 for core rows */
  double *distances;    /* n: to the nearest core row; NaN: there is none, or it was not looked for */
  int64_t *sizes;       /* k: rows, border rows counted */
  int64_t *core_sizes;  /* k: core rows */
  int64_t noise, cores, borders;
  bool complete, joined; /* joined: the core rows of every cluster are together */
  char stopped_at[64];
} DbscanResult;

typedef struct DbscanSettings {
  double eps, min_points;
  DbscanBorder border;
  const double *kth; /* n: rank of each row's nearest row number ceil(min_points) <= n, without weights; NULL: not known */
  const DbscanResult *before; /* the same fit when it was stopped: goes on from there (labels, core, distances, joined) */
} DbscanSettings;

void dbscan_result_free(DbscanResult *result);

/* values: the index's matrix; weights: n numbers of 0 or more, or NULL. A listener gets a step for each pass over the
 * tree: phase "components", objective the parts that are left, changed the joins of the pass; then one for each cluster,
 * the largest first: phase "cluster", objective the rows with a cluster so far, changed those of this one. Errors:
 * STATUS_MEMORY, STATUS_CANCELLED (before the core rows were known). */
Status dbscan_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                  const double *weights, const DbscanSettings *settings, DbscanResult *out, Error *e) MUST_USE;

/* The radius where the ascending distances to the k-th nearest row (itself the first) turn up: the point farthest below
 * the straight line from the first to the last (Satopaa et al. 2011, with Ester's plot). Sorts distances. 0 when all
 * are 0. */
double dbscan_knee(double *distances, size_t n);

#endif
