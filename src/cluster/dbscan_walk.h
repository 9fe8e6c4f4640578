/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan_walk.h -- the steps of dbscan on a tree and by brute force. A place is a tree position, or by brute force the
 * row. */
#ifndef ASSAY_CLUSTER_DBSCAN_WALK_H
#define ASSAY_CLUSTER_DBSCAN_WALK_H

#include <stdatomic.h>

#include "cluster/dbscan.h"
#include "core/pool.h"
#include "math/neighbours_tree.h"

typedef struct DbscanWalk {
  Task *task;
  const Neighbours *index;
  const NeighbourTree *tree; /* NULL: brute force */
  const double *values;
  size_t n, d;
  Metric metric;
  const double *weights;
  double limit, min_points;  /* limit: a rank */
  DbscanBorder border;
  uint8_t *core;             /* by place */
  _Atomic uint32_t *parent;  /* union-find by place: towards lower places */
  uint32_t *order;           /* by place of a root: the first core row of its component */
  uint32_t *owner;           /* by place of a border row: place of the core row it goes to; NOBODY */
  uint32_t *first_core;      /* by node: place of its first core row; NOBODY */
  uint8_t *dense;            /* by node: no two of its rows are farther apart than eps */
  _Atomic int failed;        /* a Status */
} DbscanWalk;

#define DBSCAN_NOBODY UINT32_MAX

static inline uint32_t dbscan_row(const DbscanWalk *w, size_t place)
{
  return w->tree ? w->tree->rows[place] : (uint32_t)place;
}

/* The root of a place's component, shortening the way. */
uint32_t dbscan_find(const DbscanWalk *w, uint32_t place);
void dbscan_join(const DbscanWalk *w, uint32_t a, uint32_t b);

/* Runs item(walk, 0 .. items - 1) on all threads, telling how far it is. */
Status dbscan_run(DbscanWalk *w, size_t items, PoolFunction item, Error *e) MUST_USE;

/* Each step runs on all threads: which places are core; which are together; where border rows go. */
Status dbscan_walk_cores(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_walk_join(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_walk_borders(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_brute_join(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_brute_borders(DbscanWalk *w, Error *e) MUST_USE;

/* Whether core place b suits a border row better than the one so far, of the rank so far. */
bool dbscan_better(const DbscanWalk *w, uint32_t b, double rank, uint32_t best, double best_rank);

#endif
