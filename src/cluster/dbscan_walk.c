/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan on a tree. A node is dense when its rows are all within eps of one another. A unit is the highest dense node
 * over a leaf, whose core rows are together in any case; the rows of a leaf that is not dense are units of their own.
 * Units look for those behind them, so that each pair is met once, and leave out nodes that are already in the same
 * component. */
#include "cluster/dbscan_walk.h"

#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

uint32_t dbscan_find(const DbscanWalk *w, uint32_t place)
{
  uint32_t up = atomic_load_explicit(&w->parent[place], memory_order_relaxed);
  while (up != place) {
    const uint32_t next = atomic_load_explicit(&w->parent[up], memory_order_relaxed);
    atomic_store_explicit(&w->parent[place], next, memory_order_relaxed); /* an ancestor: right whoever else writes */
    place = up;
    up = next;
  }
  return place;
}

void dbscan_join(const DbscanWalk *w, uint32_t a, uint32_t b)
{
  while ((a = dbscan_find(w, a)) != (b = dbscan_find(w, b))) {
    if (a < b) {
      const uint32_t swap = a;
      a = b;
      b = swap;
    }
    uint32_t expected = a;
    if (atomic_compare_exchange_strong(&w->parent[a], &expected, b)) {
      return;
    }
  }
}

static inline uint32_t leaf_lanes(const NeighbourTree *tree, size_t leaf, size_t *first)
{
  *first = tree_leaf_first(tree, leaf);
  const size_t count = tree_leaf_first(tree, leaf + 1) - *first;
  return count >= DISTANCE_TILE ? UINT32_MAX : ((uint32_t)1 << count) - 1;
}

static inline uint32_t core_lanes(const DbscanWalk *w, size_t leaf, size_t *first)
{
  const uint32_t lanes = leaf_lanes(w->tree, leaf, first);
  uint32_t found = 0;
  for (uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
    const unsigned lane = (unsigned)__builtin_ctz(rest);
    found |= (uint32_t)w->core[*first + lane] << lane;
  }
  return found;
}

/* The core lanes of a leaf within the limit of x, and their ranks. */
static inline uint32_t core_hits(const DbscanWalk *w, size_t node, const double *x, double limit, double *ranks,
                                 size_t *first)
{
  const NeighbourTree *tree = w->tree;
  const size_t leaf = node + 1 - tree->leaves;
  const uint32_t found = distance_kernels()->within[tree->fold](tree_tile(tree, leaf), tree->d, x, limit, ranks);
  return found ? found & core_lanes(w, leaf, first) : 0;
}

/* The highest dense node over a leaf; SIZE_MAX when the leaf is not dense. */
static size_t unit_of(const DbscanWalk *w, size_t leaf)
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

/* ---- core rows */

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

static void core_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  DbscanWalk *w = context;
  NeighbourList list = {0};
  size_t first = item * PLACES, end = first + PLACES < w->n ? first + PLACES : w->n;
  if (w->tree) {
    first = tree_leaf_first(w->tree, item);
    end = tree_leaf_first(w->tree, item + 1);
    const size_t unit = w->weights ? SIZE_MAX : unit_of(w, item);
    if (unit != SIZE_MAX) {
      size_t from, to;
      tree_range(w->tree, unit, &from, &to);
      if ((double)(to - from) >= w->min_points) {
        memset(w->core + first, 1, end - first);
        return;
      }
    }
  }
  for (size_t i = first; i < end && !task_cancelled(w->task); i++) {
    weigh_place(w, i, &list);
  }
  mem_free(list.hits);
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
    uint32_t found = DBSCAN_NOBODY;
    if (tree_is_leaf(tree, node)) {
      size_t first;
      const uint32_t lanes = core_lanes(w, node + 1 - tree->leaves, &first);
      found = lanes ? (uint32_t)first + (uint32_t)__builtin_ctz(lanes) : DBSCAN_NOBODY;
    } else {
      found = w->first_core[2 * node + 1];
      found = found == DBSCAN_NOBODY ? w->first_core[2 * node + 2] : found;
    }
    w->first_core[node] = found;
  }
}

Status dbscan_walk_cores(DbscanWalk *w, Error *e)
{
  if (w->tree) {
    mark_nodes(w);
  }
  const Status status = dbscan_run(w, w->tree ? w->tree->leaves : (w->n + PLACES - 1) / PLACES, core_item, e);
  if (status == STATUS_OK && w->tree) {
    mark_cores(w);
  }
  return status;
}

/* ---- which are together */

/* Whether a core row below the node lies within eps of x. */
static bool reaches_row(const DbscanWalk *w, size_t node, const double *x)
{
  const NeighbourTree *tree = w->tree;
  if (w->first_core[node] == DBSCAN_NOBODY || tree_nearest(tree, node, x) > w->limit) {
    return false;
  }
  if (tree_is_leaf(tree, node)) {
    double ranks[DISTANCE_TILE];
    size_t first;
    return core_hits(w, node, x, w->limit, ranks, &first) != 0;
  }
  if (tree_farthest(tree, node, x) <= w->limit) {
    return true;
  }
  return reaches_row(w, 2 * node + 1, x) || reaches_row(w, 2 * node + 2, x);
}

static bool leaf_reaches(const DbscanWalk *w, size_t a, size_t b)
{
  size_t first;
  for (uint32_t lanes = core_lanes(w, a + 1 - w->tree->leaves, &first); lanes != 0; lanes &= lanes - 1) {
    const uint32_t row = dbscan_row(w, first + (size_t)__builtin_ctz(lanes));
    if (reaches_row(w, b, w->values + (size_t)row * w->d)) {
      return true;
    }
  }
  return false;
}

/* Whether a core row below a lies within eps of one below b. */
static bool reaches_node(const DbscanWalk *w, size_t a, size_t b)
{
  const NeighbourTree *tree = w->tree;
  if (w->first_core[a] == DBSCAN_NOBODY || w->first_core[b] == DBSCAN_NOBODY || tree_gap(tree, a, b) > w->limit ||
      task_cancelled(w->task)) {
    return false;
  }
  if (tree_reach(tree, a, b) <= w->limit) {
    return true;
  }
  if (tree_is_leaf(tree, a)) {
    return leaf_reaches(w, a, b);
  }
  if (b > a || tree_is_leaf(tree, b)) { /* the higher one, which has the lower number, is opened */
    return reaches_node(w, 2 * a + 1, b) || reaches_node(w, 2 * a + 2, b);
  }
  return reaches_node(w, a, 2 * b + 1) || reaches_node(w, a, 2 * b + 2);
}

/* A unit on its way through the tree: a dense node, or a single row. */
typedef struct Unit {
  size_t node;      /* SIZE_MAX: a single row */
  size_t end;       /* places before this are not looked at */
  uint32_t place;   /* of a core row */
  const double *x;  /* of a single row */
} Unit;

static bool unit_reaches(const DbscanWalk *w, const Unit *u, size_t node)
{
  return u->node == SIZE_MAX ? reaches_row(w, node, u->x) : reaches_node(w, u->node, node);
}

static void join_leaf(const DbscanWalk *w, const Unit *u, size_t node)
{
  size_t first;
  for (uint32_t lanes = core_lanes(w, node + 1 - w->tree->leaves, &first); lanes != 0; lanes &= lanes - 1) {
    const uint32_t place = (uint32_t)(first + (size_t)__builtin_ctz(lanes));
    const double *y = w->values + (size_t)dbscan_row(w, place) * w->d;
    if (place >= u->end && dbscan_find(w, place) != dbscan_find(w, u->place) && reaches_row(w, u->node, y)) {
      dbscan_join(w, place, u->place);
    }
  }
}

static void join_row_leaf(const DbscanWalk *w, const Unit *u, size_t node)
{
  double ranks[DISTANCE_TILE];
  size_t first;
  for (uint32_t lanes = core_hits(w, node, u->x, w->limit, ranks, &first); lanes != 0; lanes &= lanes - 1) {
    const uint32_t place = (uint32_t)(first + (size_t)__builtin_ctz(lanes));
    if (place >= u->end) {
      dbscan_join(w, place, u->place);
    }
  }
}

static void join_below(const DbscanWalk *w, const Unit *u, size_t node)
{
  const NeighbourTree *tree = w->tree;
  size_t first, end;
  tree_range(tree, node, &first, &end);
  if (w->first_core[node] == DBSCAN_NOBODY || end <= u->end || task_cancelled(w->task) ||
      (u->node == SIZE_MAX ? tree_nearest(tree, node, u->x) : tree_gap(tree, u->node, node)) > w->limit) {
    return;
  }
  if (w->dense[node] && first >= u->end) {
    if (dbscan_find(w, u->place) != dbscan_find(w, w->first_core[node]) && unit_reaches(w, u, node)) {
      dbscan_join(w, u->place, w->first_core[node]);
    }
  } else if (!tree_is_leaf(tree, node)) {
    join_below(w, u, 2 * node + 1);
    join_below(w, u, 2 * node + 2);
  } else if (u->node == SIZE_MAX) {
    join_row_leaf(w, u, node);
  } else {
    join_leaf(w, u, node);
  }
}

static void join_unit(const DbscanWalk *w, size_t node)
{
  size_t first, end;
  tree_range(w->tree, node, &first, &end);
  const Unit unit = {.node = node, .end = end, .place = w->first_core[node]};
  if (unit.place == DBSCAN_NOBODY) {
    return;
  }
  for (size_t i = unit.place + 1; i < end; i++) {
    if (w->core[i]) {
      dbscan_join(w, unit.place, (uint32_t)i);
    }
  }
  join_below(w, &unit, 0);
}

static void join_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const DbscanWalk *w = context;
  const size_t node = unit_of(w, item);
  size_t first, end;
  if (node != SIZE_MAX) {
    tree_range(w->tree, node, &first, &end);
    if (first == tree_leaf_first(w->tree, item)) {
      join_unit(w, node);
    }
    return;
  }
  end = tree_leaf_first(w->tree, item + 1);
  for (size_t i = tree_leaf_first(w->tree, item); i < end && !task_cancelled(w->task); i++) {
    if (w->core[i]) {
      const Unit unit = {.node = SIZE_MAX, .end = i + 1, .place = (uint32_t)i,
                         .x = w->values + (size_t)dbscan_row(w, i) * w->d};
      join_below(w, &unit, 0);
    }
  }
}

Status dbscan_walk_join(DbscanWalk *w, Error *e)
{
  return dbscan_run(w, w->tree->leaves, join_item, e);
}

/* ---- border rows */

static void claim_below(const DbscanWalk *w, size_t node, const double *x, uint32_t *best, double *best_rank)
{
  const NeighbourTree *tree = w->tree;
  if (w->first_core[node] == DBSCAN_NOBODY || tree_nearest(tree, node, x) > *best_rank) {
    return;
  }
  if (!tree_is_leaf(tree, node)) {
    claim_below(w, 2 * node + 1, x, best, best_rank);
    claim_below(w, 2 * node + 2, x, best, best_rank);
    return;
  }
  double ranks[DISTANCE_TILE];
  size_t first = 0;
  for (uint32_t lanes = core_hits(w, node, x, *best_rank, ranks, &first); lanes != 0; lanes &= lanes - 1) {
    const size_t lane = (size_t)__builtin_ctz(lanes);
    if (dbscan_better(w, (uint32_t)(first + lane), ranks[lane], *best, *best_rank)) {
      *best = (uint32_t)(first + lane);
      *best_rank = w->border == DBSCAN_NEAREST ? ranks[lane] : *best_rank;
    }
  }
}

static void border_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const DbscanWalk *w = context;
  const size_t end = tree_leaf_first(w->tree, item + 1);
  for (size_t i = tree_leaf_first(w->tree, item); i < end && !task_cancelled(w->task); i++) {
    if (!w->core[i]) {
      uint32_t best = DBSCAN_NOBODY;
      double rank = w->limit;
      claim_below(w, 0, w->values + (size_t)dbscan_row(w, i) * w->d, &best, &rank);
      w->owner[i] = best;
    }
  }
}

Status dbscan_walk_borders(DbscanWalk *w, Error *e)
{
  return dbscan_run(w, w->tree->leaves, border_item, e);
}
