/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan on a tree: which rows are core, and where the others go. The rows of a leaf ask together, with the bounds of a
 * node for all of them at once; they begin at their leaf and climb, so that what is near comes first. */
#include "cluster/dbscan_walk.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

/* The rows of a leaf on their way through the tree. */
typedef struct Group {
  DbscanWalk *w;
  const DistanceKernels *kernels;
  const double *tile;
  size_t own, first;             /* their node, the place of lane 0 */
  uint32_t open;                 /* lanes that ask still */
  double limits[DISTANCE_TILE];  /* what they look for is no farther; -1: nothing any more */
  size_t found[DISTANCE_TILE], enough;
} Group;

typedef void (*GroupLeaf)(Group *g, size_t leaf, uint32_t asking);

static Group group_of(DbscanWalk *w, size_t leaf, uint32_t open, double limit)
{
  Group g = {.w = w, .kernels = distance_kernels(), .tile = tree_tile(w->tree, leaf), .own = leaf + w->tree->leaves - 1,
             .first = tree_leaf_first(w->tree, leaf), .open = open};
  for (size_t i = 0; i < DISTANCE_TILE; i++) {
    g.limits[i] = open >> i & 1 ? limit : -1;
  }
  return g;
}

static inline const double *group_row(const Group *g, size_t lane)
{
  return g->w->values + (size_t)g->w->tree->rows[g->first + lane] * g->w->d;
}

static inline void group_close(Group *g, size_t lane)
{
  g->open &= ~((uint32_t)1 << lane);
  g->limits[lane] = -1;
}

/* ---- core rows */

static void found_rows(Group *g, size_t lane, size_t rows)
{
  g->found[lane] += rows;
  if (g->found[lane] >= g->enough) {
    group_close(g, lane);
  }
}

static void count_leaf(Group *g, size_t leaf, uint32_t asking)
{
  const NeighbourTree *tree = g->w->tree;
  const uint32_t lanes = tree_lanes(tree, leaf);
  double ranks[DISTANCE_TILE];
  for (; asking != 0; asking &= asking - 1) {
    const size_t lane = (size_t)__builtin_ctz(asking);
    const uint32_t near = lanes & g->kernels->within[tree->fold](tree_tile(tree, leaf), tree->d, group_row(g, lane),
                                                                 g->w->limit, ranks);
    found_rows(g, lane, (size_t)__builtin_popcount(near));
  }
}

/* A node that is near as a whole counts as a whole. */
static bool count_node(Group *g, size_t node, uint32_t asking)
{
  const NeighbourTree *tree = g->w->tree;
  size_t first, end;
  if (tree_reach(tree, g->own, node) > g->w->limit) {
    return false;
  }
  tree_range(tree, node, &first, &end);
  for (; asking != 0; asking &= asking - 1) {
    found_rows(g, (size_t)__builtin_ctz(asking), end - first);
  }
  return true;
}

/* ---- the nearest core row */

static void claim_leaf(Group *g, size_t leaf, uint32_t asking)
{
  const DbscanWalk *w = g->w;
  const NeighbourTree *tree = w->tree;
  const size_t first = tree_leaf_first(tree, leaf);
  double ranks[DISTANCE_TILE];
  for (; asking != 0; asking &= asking - 1) {
    const size_t lane = (size_t)__builtin_ctz(asking), place = g->first + lane;
    uint32_t near = w->lanes[leaf] & g->kernels->within[tree->fold](tree_tile(tree, leaf), tree->d, group_row(g, lane),
                                                                    g->limits[lane], ranks);
    for (; near != 0; near &= near - 1) {
      const size_t hit = (size_t)__builtin_ctz(near);
      if (dbscan_nearer(w, (uint32_t)(first + hit), ranks[hit], w->owner[place], g->limits[lane])) {
        w->owner[place] = (uint32_t)(first + hit);
        g->limits[lane] = ranks[hit];
      }
    }
  }
}

/* ---- the way through the tree */

static void group_below(Group *g, size_t node, uint32_t asking, GroupLeaf visit)
{
  const NeighbourTree *tree = g->w->tree;
  double bounds[2][DISTANCE_TILE];
  asking &= g->open;
  if (asking == 0 || task_cancelled(g->w->task) || (visit == claim_leaf && g->w->first_core[node] == DBSCAN_NOBODY)) {
    return;
  }
  if (tree_is_leaf(tree, node)) {
    visit(g, node + 1 - tree->leaves, asking);
    return;
  }
  if (visit == count_leaf && count_node(g, node, asking)) {
    return;
  }
  tree_nearest_lanes(tree, 2 * node + 1, g->tile, bounds[0]);
  tree_nearest_lanes(tree, 2 * node + 2, g->tile, bounds[1]);
  const uint32_t left = g->kernels->at_most(bounds[0], bounds[1]) & asking;
  const size_t near = 2 * __builtin_popcount(left) < __builtin_popcount(asking);
  for (size_t turn = 0; turn < 2; turn++) {
    const size_t child = near ^ turn;
    group_below(g, 2 * node + 1 + child, g->kernels->at_most(bounds[child], g->limits) & asking, visit);
  }
}

static void group_climb(Group *g, GroupLeaf visit)
{
  double bounds[DISTANCE_TILE];
  size_t node = g->own;
  for (group_below(g, node, g->open, visit); node > 0 && g->open != 0; node = (node - 1) / 2) {
    const size_t sibling = ((node - 1) ^ 1) + 1;
    tree_nearest_lanes(g->w->tree, sibling, g->tile, bounds);
    group_below(g, sibling, g->kernels->at_most(bounds, g->limits), visit);
  }
}

/* ---- which rows are core */

size_t dbscan_unit(const DbscanWalk *w, size_t leaf)
{
  size_t node = leaf + w->tree->leaves - 1;
  if (!w->dense[node]) {
    return SIZE_MAX;
  }
  while (node > 0 && w->dense[(node - 1) / 2]) {
    node = (node - 1) / 2;
  }
  return node;
}

/* Weights are summed in the index's order, row by row. */
static void weigh_place(DbscanWalk *w, size_t place, NeighbourList *list)
{
  const double *x = w->values + (size_t)dbscan_row(w, place) * w->d;
  double sum = 0;
  if (!w->weights) {
    const double enough = w->min_points > 9e15 ? 9e15 : w->min_points;
    w->core[place] = (double)neighbours_count(w->index, x, w->limit, (size_t)enough + 1) >= w->min_points;
    return;
  }
  const Status status = neighbours_within(w->index, x, w->limit, list, NULL);
  if (status != STATUS_OK) {
    atomic_store(&w->failed, status);
  }
  for (size_t i = 0; status == STATUS_OK && i < list->n; i++) {
    sum += w->weights[list->hits[i].row];
  }
  w->core[place] = sum >= w->min_points;
}

enum { PLACES = 32 };

static void plain_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  DbscanWalk *w = context;
  NeighbourList list = {0};
  const size_t first = w->tree ? tree_leaf_first(w->tree, item) : item * PLACES;
  const size_t end = w->tree ? tree_leaf_first(w->tree, item + 1) : first + PLACES < w->n ? first + PLACES : w->n;
  for (size_t i = first; i < end && !task_cancelled(w->task); i++) {
    weigh_place(w, i, &list);
  }
  mem_free(list.hits);
}

static void core_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  DbscanWalk *w = context;
  const size_t unit = dbscan_unit(w, item), count = tree_leaf_first(w->tree, item + 1) - tree_leaf_first(w->tree, item);
  if (unit != SIZE_MAX) {
    size_t from, to;
    tree_range(w->tree, unit, &from, &to);
    if ((double)(to - from) >= w->min_points) {
      memset(w->core + tree_leaf_first(w->tree, item), 1, count);
      return;
    }
  }
  Group g = group_of(w, item, tree_lanes(w->tree, item), w->limit);
  g.enough = w->min_points > (double)w->n ? w->n + 1 : (size_t)ceil(w->min_points);
  group_climb(&g, count_leaf);
  for (size_t lane = 0; lane < count; lane++) {
    w->core[g.first + lane] = g.found[lane] >= g.enough;
  }
}

/* Below a dense node all are dense, also where the bounds of a ball do not show it. */
static void mark_nodes(DbscanWalk *w)
{
  const NeighbourTree *tree = w->tree;
  for (size_t node = 0; node < 2 * tree->leaves - 1; node++) {
    w->dense[node] = (node > 0 && w->dense[(node - 1) / 2]) || tree_reach(tree, node, node) <= w->limit;
  }
}

static void mark_cores(DbscanWalk *w)
{
  const NeighbourTree *tree = w->tree;
  for (size_t node = 2 * tree->leaves - 1; node-- > 0;) {
    if (!tree_is_leaf(tree, node)) {
      const uint32_t found = w->first_core[2 * node + 1];
      w->first_core[node] = found == DBSCAN_NOBODY ? w->first_core[2 * node + 2] : found;
      continue;
    }
    const size_t leaf = node + 1 - tree->leaves, first = tree_leaf_first(tree, leaf);
    w->lanes[leaf] = 0;
    for (uint32_t rest = tree_lanes(tree, leaf); rest != 0; rest &= rest - 1) {
      const unsigned lane = (unsigned)__builtin_ctz(rest);
      w->lanes[leaf] |= (uint32_t)w->core[first + lane] << lane;
    }
    w->first_core[node] = w->lanes[leaf] ? (uint32_t)first + (uint32_t)__builtin_ctz(w->lanes[leaf]) : DBSCAN_NOBODY;
  }
}

Status dbscan_walk_cores(DbscanWalk *w, Error *e)
{
  Status status = STATUS_OK;
  if (w->tree) {
    mark_nodes(w);
  }
  if (w->stopped) {
    for (size_t i = 0; i < w->n; i++) {
      w->core[i] = w->stopped->core[dbscan_row(w, i)];
    }
  } else if (w->kth) {
    for (size_t i = 0; i < w->n; i++) {
      w->core[i] = w->kth[dbscan_row(w, i)] <= w->limit;
    }
  } else {
    w->items = w->tree ? w->tree->leaves : (w->n + PLACES - 1) / PLACES;
    status = dbscan_run(w, w->items, w->tree && !w->weights ? core_item : plain_item, e);
  }
  if (status == STATUS_OK && w->tree) {
    mark_cores(w);
  }
  return status;
}

/* ---- where the others go */

/* DBSCAN_FIRST: of all core rows within eps, one of the component that comes first. */
static void claim_first(const DbscanWalk *w, size_t node, const double *x, uint32_t *best)
{
  const NeighbourTree *tree = w->tree;
  double ranks[DISTANCE_TILE];
  if (w->first_core[node] == DBSCAN_NOBODY || tree_nearest(tree, node, x) > w->limit) {
    return;
  }
  if (!tree_is_leaf(tree, node)) {
    claim_first(w, 2 * node + 1, x, best);
    claim_first(w, 2 * node + 2, x, best);
    return;
  }
  const size_t leaf = node + 1 - tree->leaves;
  uint32_t near = w->lanes[leaf] & distance_kernels()->within[tree->fold](tree_tile(tree, leaf), tree->d, x, w->limit, ranks);
  for (; near != 0; near &= near - 1) {
    const uint32_t place = (uint32_t)(tree_leaf_first(tree, leaf) + (size_t)__builtin_ctz(near));
    *best = *best == DBSCAN_NOBODY || dbscan_earlier(w, place, *best) ? place : *best;
  }
}

static void border_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  DbscanWalk *w = context;
  uint32_t others = tree_lanes(w->tree, item) & ~w->lanes[item];
  for (uint32_t rest = w->stopped ? others : 0; rest != 0; rest &= rest - 1) {
    const unsigned lane = (unsigned)__builtin_ctz(rest);
    others &= ~((uint32_t)dbscan_known(w, tree_leaf_first(w->tree, item) + lane) << lane);
  }
  Group g = group_of(w, item, others, INFINITY);
  if (others == 0 || w->first_core[0] == DBSCAN_NOBODY) {
    return;
  }
  group_climb(&g, claim_leaf);
  for (uint32_t rest = others; rest != 0; rest &= rest - 1) {
    const size_t lane = (size_t)__builtin_ctz(rest), place = g.first + lane;
    if (task_cancelled(w->task)) {
      w->owner[place] = DBSCAN_NOBODY;
      continue;
    }
    w->nearest[place] = g.limits[lane];
    dbscan_settle(w, place);
    if (w->border == DBSCAN_FIRST && w->owner[place] != DBSCAN_NOBODY) {
      claim_first(w, 0, group_row(&g, lane), &w->owner[place]);
    }
  }
}

Status dbscan_walk_borders(DbscanWalk *w, Error *e)
{
  w->items = w->tree->leaves;
  return dbscan_run(w, w->items, border_item, e);
}
