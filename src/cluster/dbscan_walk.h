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
  const double *kth;         /* by row: rank of the nearest row number ceil(min_points); NULL: not known */
  const DbscanResult *stopped; /* a stopped fit that goes on; NULL */
  uint8_t *core;             /* by place */
  _Atomic uint32_t *parent;  /* union-find by place: towards lower places */
  uint32_t *order;           /* by place of a root: the first core row of its component */
  uint32_t *owner;           /* by place of a border row: place of the core row it goes to; NOBODY */
  double *nearest;           /* by place of a row that is not core: rank of the nearest core row; infinite: none so far */
  uint32_t *first_core;      /* by node: place of its first core row; NOBODY */
  uint32_t *lanes;           /* by leaf: its core rows, as bits */
  uint8_t *dense;            /* by node: no two of its rows are farther apart than eps */
  _Atomic uint8_t *together; /* by node: all its core rows are known to be in one component */
  size_t items, before;      /* of a step: to do, done by passes before this one */
  unsigned levels, level;    /* of joining: passes, and that which runs */
  bool joined;               /* all core rows have met */
  _Atomic size_t ready;      /* items of this pass */
  PoolFunction item;
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

/* Runs item(walk, 0 .. items - 1) on all threads, telling how far it is of w->items, which the first pass sets: a step has
 * several when w->before is not 0. */
Status dbscan_run(DbscanWalk *w, size_t items, PoolFunction item, Error *e) MUST_USE;

/* The highest dense node over a leaf; SIZE_MAX when the leaf is not dense. */
size_t dbscan_unit(const DbscanWalk *w, size_t leaf);

/* Each step runs on all threads: which places are core; which are together; how far the nearest core row is from the
 * others, and where border rows go. */
Status dbscan_walk_cores(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_walk_join(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_walk_borders(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_brute_join(DbscanWalk *w, Error *e) MUST_USE;
Status dbscan_brute_borders(DbscanWalk *w, Error *e) MUST_USE;

/* Whether core place b, of a rank, is a nearer one than the best so far; of equally near ones that with the lesser
 * coordinates is nearer. Whether the component of a comes before that of b. */
bool dbscan_nearer(const DbscanWalk *w, uint32_t b, double rank, uint32_t best, double best_rank);
bool dbscan_earlier(const DbscanWalk *w, uint32_t a, uint32_t b);

/* Whether a stopped fit had found where a place goes. */
bool dbscan_known(const DbscanWalk *w, size_t place);

/* A place whose nearest core row is known keeps it as its owner if it is a border row. */
void dbscan_settle(const DbscanWalk *w, size_t place);

#endif
