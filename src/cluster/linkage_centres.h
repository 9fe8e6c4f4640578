/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_centres.h -- the living clusters of a linkage that keeps centres, in a kd-tree that changes with them.
 *
 * Clusters are numbered 0..n-1. When two merge, the new one takes the number and the place of one of them and the
 * other's place is empty; the boxes above both places are made anew, so that they stay tight. When half of the places
 * are empty the tree is made anew. The nearest cluster is exact, ties to the lowest number: it does not depend on the
 * tree.
 *
 * The distance is the squared Euclidean one of the centres, with `ward` times 2 s t / (s + t) for sizes s and t.
 */
#ifndef ASSAY_CLUSTER_LINKAGE_CENTRES_H
#define ASSAY_CLUSTER_LINKAGE_CENTRES_H

#include <stdbool.h>
#include <stdint.h>

#include "cluster/linkage_kernels.h"
#include "core/task.h"

#define CENTRES_NONE UINT32_MAX

typedef struct CentreNode {
  uint32_t child; /* the first of two; 0: a leaf */
  uint32_t parent;
  uint32_t leaf;   /* its number */
  uint32_t lowest; /* cluster number below, CENTRES_NONE: empty */
  double least;    /* size below; 1 when empty */
} CentreNode;

typedef struct Centres {
  Task *task;
  const LinkageKernels *kernels;
  size_t n, d, living, built; /* clusters; of them living; living when the tree was made */
  bool ward;
  double *centre;      /* n x d */
  double *size;        /* n; 0: dead */
  uint32_t *place;     /* of each cluster */
  uint32_t *cluster;   /* of each place, CENTRES_NONE: empty */
  double *tiles;       /* per leaf: d x LINKAGE_LANES */
  double *tile_sizes;  /* per place */
  uint32_t *leaf_node; /* node of each leaf */
  CentreNode *nodes;
  double *boxes; /* per node: d lows, d highs */
  size_t n_nodes, n_leaves;
  uint32_t *sorted; /* n, for building */
  double *lows;     /* scratch for building: 2 d */
} Centres;

/* centres (n x d) are copied; sizes: n numbers above 0 (0: dead), or NULL for ones. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status centres_new(Task *task, const double *values, const double *sizes, size_t n, size_t d, bool ward, Centres *out,
                   Error *e) MUST_USE;
void centres_free(Centres *centres);

/* Bytes for n clusters. */
double centres_bytes(size_t n, size_t d);

/* The nearest other living cluster of a living one, and its distance; CENTRES_NONE when it is alone. Any thread. */
uint32_t centres_nearest(const Centres *centres, uint32_t cluster, double *distance);

/* Cluster `other` goes into `cluster`, whose centre and size become these. May make the tree anew (STATUS_CANCELLED).
 */
Status centres_merge(Centres *centres, uint32_t cluster, uint32_t other, const double *centre, double size,
                     Error *e) MUST_USE;

/* The living clusters in the order of the tree: neighbours stand near one another. list: room for `living`. */
size_t centres_list(const Centres *centres, uint32_t *list);

#endif
