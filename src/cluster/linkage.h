/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage.h -- agglomerative hierarchical clustering: from rows, or from their distances, to a tree of merges.
 *
 * Every row begins alone; the two nearest clusters merge until one is left. What "near" means is the linkage. As in R's
 * hclust each is a recurrence on the distances as they are given (Lance and Williams 1967); for clusters i and j with
 * n_i and n_j rows that merge at d_ij, the distance of any k to them both is
 *
 *   single    min(d_ki, d_kj)              complete  max(d_ki, d_kj)
 *   average   (n_i d_ki + n_j d_kj) / (n_i + n_j)      mcquitty  (d_ki + d_kj) / 2
 *   centroid  (n_i d_ki + n_j d_kj - n_i n_j d_ij / (n_i + n_j)) / (n_i + n_j)
 *   median    (d_ki + d_kj) / 2 - d_ij / 4
 *   ward_d    ((n_k + n_i) d_ki + (n_k + n_j) d_kj - n_k d_ij) / (n_k + n_i + n_j)
 *   ward      ward_d on squared distances, and the root of what comes out: R's ward.D2
 *
 * divisive is no linkage, but stands among them: the tree is made from the top (linkage_divisive.h), and used as theirs are.
 *
 * centroid, median and ward_d mean what their names say on squared Euclidean distances (sqeuclidean), ward on
 * Euclidean. Heights of centroid and median may fall from one merge to the next; those of the others do not.
 *
 * Ways, which give the same heights but for rounding (Muellner 2013):
 *   matrix   n (n - 1) / 2 distances in double precision, from rows about half of it. O(n^2): for complete, average,
 *            mcquitty and ward all pairs of each other's nearest merge at once, where there are few of them by
 *            nearest-neighbour chains (linkage_rounds.c); Prim's minimum spanning tree for single; nearest neighbours of
 *            each for centroid and median (expected; O(n^3) at worst).
 *   vectors  O(n d) memory. ward of Euclidean, ward_d, centroid and median of sqeuclidean keep only centres, in a
 * kd-tree; single of any metric is a minimum spanning tree. ward merges all pairs of mutually nearest clusters at once,
 *            which is the same tree because a merge never brings others nearer. Few columns: about n log n; many: O(n^2
 * d). graph    only clusters that neighbouring rows connect may merge (linkage_graph.h). Float32 distances are not
 * used: they would change heights in the seventh digit, and ties.
 *
 * Weights say how many rows a row stands for: the tree is that of the rows repeated, above height 0. Ties: the pair
 * with the lowest rows goes first, a cluster counting as its lowest row; a chain may still meet equal distances in
 * another order than R does. Answers are the same on any number of threads and every instruction set.
 */
#ifndef ASSAY_CLUSTER_LINKAGE_H
#define ASSAY_CLUSTER_LINKAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/task.h"
#include "math/distance.h"

#define LINKAGE_CHOICES "single|complete|average|mcquitty|ward|ward_d|centroid|median|divisive"

typedef struct LinkageState LinkageState;

typedef enum LinkageKind {
  LINKAGE_SINGLE,
  LINKAGE_COMPLETE,
  LINKAGE_AVERAGE,
  LINKAGE_MCQUITTY,
  LINKAGE_WARD,
  LINKAGE_WARD_D,
  LINKAGE_CENTROID,
  LINKAGE_MEDIAN,
  LINKAGE_DIVISIVE /* not by merging: linkage_divisive.h */
} LinkageKind;

bool linkage_of_name(const char *name, LinkageKind *out); /* one of LINKAGE_CHOICES */
bool linkage_is_monotone(LinkageKind kind);
bool linkage_uses_weights(LinkageKind kind); /* average, ward, ward_d, centroid: others do not look at sizes */

/* Merges in their order: n - 1, or fewer of a linkage that was stopped, which leave n - merges parts (a forest). Nodes:
 * 0..n-1 are rows, n + i is merge i. Of the two nodes of a merge rows come before merges, and lower numbers before higher
 * ones, as in R. */
typedef struct LinkageTree {
  size_t n, merges;
  uint32_t *first, *second; /* merges */
  double *height;
  uint32_t *rows; /* of the merged cluster */
} LinkageTree;

void linkage_tree_free(LinkageTree *tree);

/* The most rows of any way. */
#define LINKAGE_ROWS_MOST ((size_t)1 << 31)

/* Whether linkage_vectors can do it. */
bool linkage_has_vectors(LinkageKind kind, Metric metric);

/* All ways: with a state (linkage_state.h; all zeros, or that of the same fit stopped before, which goes on) a stop after the
 * first merge is STATUS_OK with the merges so far; NULL: a stop is STATUS_CANCELLED. Errors of a state: STATUS_FORMAT
 * "bad-model-file".
 *
 * n x d finite values, row-major; weights of n positive numbers or NULL. Memory: (3 d + 16) n numbers. Errors:
 * STATUS_MEMORY, STATUS_CANCELLED, STATUS_LIMIT "too-large" (rows). */
Status linkage_vectors(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                       const double *weights, LinkageState *state, LinkageTree *out, Error *e) MUST_USE;

/* A forecast of the processor seconds of linkage_vectors. */
double linkage_vectors_seconds(LinkageKind kind, size_t n, size_t d);

/* distances: the upper triangle by rows, d(0,1) d(0,2) ... d(n-2,n-1), none NaN; used up. */
Status linkage_matrix(Task *task, double *distances, size_t n, LinkageKind kind, const double *weights,
                      LinkageState *state, LinkageTree *out, Error *e) MUST_USE;

/* The same from n x d finite values, by the triangle of all pairs; complete, average and mcquitty merge rows that are each
 * other's nearest before there is one, so that it has about half of these cells. */
Status linkage_rows(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                    const double *weights, LinkageState *state, LinkageTree *out, Error *e) MUST_USE;

/* Where d(i,j), i < j, is in the triangle; and the triangle's length. */
static inline size_t linkage_at(size_t n, size_t i, size_t j)
{
  return i * (n - 1) - i * (i + 1) / 2 + j - 1;
}

static inline size_t linkage_cells(size_t n)
{
  return n % 2 == 0 ? n / 2 * (n - 1) : (n - 1) / 2 * n;
}

/* Fills the triangle from rows, on all threads. O(n^2 d). */
Status linkage_distances(Task *task, const double *values, size_t n, size_t d, Metric metric, double *out,
                         Error *e) MUST_USE;

#endif
