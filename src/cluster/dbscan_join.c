/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which core rows of a tree are together.
 *
 * A node is dense when its rows are all within eps of one another: its core rows are together in any case. Then the two
 * sides of the nodes of a level meet, the lowest level first, so that what is near is together before anything far is
 * looked at: each leaf of the left side goes down the right one, and leaves out nodes whose core rows are known to be in
 * its own component. Two boxes that lie within eps as a whole are joined without looking at their rows. The pairs that
 * are compared depend on the timing of threads, what is together does not. After Gan & Tao 2015 and Wang, Gu & Shun 2020,
 * who connect the cells of a grid by nearest pairs of core rows; here the cells are leaves. */
#include <string.h>

#include "cluster/dbscan_walk.h"
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

/* ---- what is known of a node: once its core rows are together they stay so */

static inline bool known_together(const DbscanWalk *w, size_t node)
{
  return atomic_load_explicit(&w->together[node], memory_order_relaxed);
}

static bool leaf_together(const DbscanWalk *w, size_t leaf)
{
  const uint32_t first = (uint32_t)tree_leaf_first(w->tree, leaf), lanes = w->lanes[leaf];
  const uint32_t root = lanes ? dbscan_find(w, first + (uint32_t)__builtin_ctz(lanes)) : 0;
  for (uint32_t rest = lanes & (lanes - 1); rest != 0; rest &= rest - 1) {
    if (dbscan_find(w, first + (uint32_t)__builtin_ctz(rest)) != root) {
      return false;
    }
  }
  return true;
}

static bool children_together(const DbscanWalk *w, size_t node)
{
  const size_t a = 2 * node + 1, b = a + 1;
  return known_together(w, a) && known_together(w, b) &&
         (w->first_core[a] == DBSCAN_NOBODY || w->first_core[b] == DBSCAN_NOBODY ||
          dbscan_find(w, w->first_core[a]) == dbscan_find(w, w->first_core[b]));
}

static bool is_together(const DbscanWalk *w, size_t node)
{
  if (known_together(w, node)) {
    return true;
  }
  const bool found =
      tree_is_leaf(w->tree, node) ? leaf_together(w, node + 1 - w->tree->leaves) : children_together(w, node);
  if (found) {
    atomic_store_explicit(&w->together[node], 1, memory_order_relaxed);
  }
  return found;
}

/* Joins all core rows below the node with that at `place`. */
static void join_below(const DbscanWalk *w, size_t node, uint32_t place)
{
  if (w->first_core[node] == DBSCAN_NOBODY) {
    return;
  }
  dbscan_join(w, w->first_core[node], place);
  if (known_together(w, node)) {
    return;
  }
  if (!tree_is_leaf(w->tree, node)) {
    join_below(w, 2 * node + 1, place);
    join_below(w, 2 * node + 2, place);
  } else {
    const size_t leaf = node + 1 - w->tree->leaves, first = tree_leaf_first(w->tree, leaf);
    for (uint32_t rest = w->lanes[leaf]; rest != 0; rest &= rest - 1) {
      dbscan_join(w, (uint32_t)(first + (size_t)__builtin_ctz(rest)), place);
    }
  }
  atomic_store_explicit(&w->together[node], 1, memory_order_relaxed);
}

/* ---- the core rows of a leaf meet others */

typedef struct Meeting {
  const DbscanWalk *w;
  const DistanceKernels *kernels;
  size_t leaf, own, first;       /* the leaf, its node, the place of lane 0 */
  uint32_t place;                /* of its first core row */
  double limits[DISTANCE_TILE];
} Meeting;

static inline uint32_t near_lanes(const Meeting *m, size_t leaf, size_t lane)
{
  const DbscanWalk *w = m->w;
  const NeighbourTree *tree = w->tree;
  const double *x = w->values + (size_t)tree->rows[m->first + lane] * w->d;
  double ranks[DISTANCE_TILE];
  return w->lanes[leaf] & m->kernels->within[tree->fold](tree_tile(tree, leaf), tree->d, x, w->limit, ranks);
}

/* Core rows of a leaf that is together: the first pair found joins a row with it. */
static void meet_whole(const Meeting *m, size_t leaf, uint32_t asking)
{
  const DbscanWalk *w = m->w;
  const uint32_t other = w->first_core[leaf + w->tree->leaves - 1];
  const bool whole = is_together(w, m->own);
  for (; asking != 0; asking &= asking - 1) {
    const size_t lane = (size_t)__builtin_ctz(asking);
    const uint32_t place = (uint32_t)(m->first + lane);
    if (dbscan_find(w, place) != dbscan_find(w, other) && near_lanes(m, leaf, lane) != 0) {
      dbscan_join(w, place, other);
      if (whole) {
        return;
      }
    }
  }
}

/* alike[lane]: lanes of the leaf that have been joined with it, so that it is enough to meet one of them. */
static void meet_parts(const Meeting *m, size_t leaf, uint32_t asking)
{
  const DbscanWalk *w = m->w;
  const uint32_t first = (uint32_t)tree_leaf_first(w->tree, leaf);
  uint32_t alike[DISTANCE_TILE];
  for (unsigned i = 0; i < DISTANCE_TILE; i++) {
    alike[i] = (uint32_t)1 << i;
  }
  for (; asking != 0; asking &= asking - 1) {
    const size_t lane = (size_t)__builtin_ctz(asking);
    uint32_t joined = 0;
    for (uint32_t rest = near_lanes(m, leaf, lane); rest != 0; rest &= ~joined) {
      const unsigned hit = (unsigned)__builtin_ctz(rest);
      dbscan_join(w, (uint32_t)(m->first + lane), first + hit);
      joined |= alike[hit];
    }
    for (uint32_t rest = joined; rest != 0; rest &= rest - 1) {
      alike[__builtin_ctz(rest)] = joined;
    }
  }
}

/* The lanes that are not in the component of a place. */
static uint32_t apart(const Meeting *m, uint32_t place, uint32_t asking)
{
  const uint32_t root = dbscan_find(m->w, place);
  if (known_together(m->w, m->own)) {
    return dbscan_find(m->w, m->place) == root ? 0 : asking;
  }
  for (uint32_t rest = asking; rest != 0; rest &= rest - 1) {
    const unsigned lane = (unsigned)__builtin_ctz(rest);
    if (dbscan_find(m->w, (uint32_t)m->first + lane) == root) {
      asking &= ~((uint32_t)1 << lane);
    }
  }
  return asking;
}

static void meet_below(const Meeting *m, size_t node, uint32_t asking)
{
  const DbscanWalk *w = m->w;
  const NeighbourTree *tree = w->tree;
  double bounds[2][DISTANCE_TILE];
  if (w->first_core[node] == DBSCAN_NOBODY || task_cancelled(w->task)) {
    return;
  }
  const bool whole = is_together(w, node);
  asking = whole ? apart(m, w->first_core[node], asking) : asking;
  if (asking == 0) {
    return;
  }
  if (tree_reach(tree, m->own, node) <= w->limit) {
    join_below(w, node, m->place);
    join_below(w, m->own, m->place);
  } else if (!tree_is_leaf(tree, node)) {
    tree_nearest_lanes(tree, 2 * node + 1, tree_tile(tree, m->leaf), bounds[0]);
    tree_nearest_lanes(tree, 2 * node + 2, tree_tile(tree, m->leaf), bounds[1]);
    for (size_t child = 0; child < 2; child++) {
      const uint32_t some = m->kernels->at_most(bounds[child], m->limits) & asking;
      if (some != 0) {
        meet_below(m, 2 * node + 1 + child, some);
      }
    }
  } else if (whole) {
    meet_whole(m, node + 1 - tree->leaves, asking);
  } else {
    meet_parts(m, node + 1 - tree->leaves, asking);
  }
}

static Meeting meeting_of(const DbscanWalk *w, size_t leaf)
{
  Meeting m = {.w = w, .kernels = distance_kernels(), .leaf = leaf, .own = leaf + w->tree->leaves - 1,
               .first = tree_leaf_first(w->tree, leaf)};
  m.place = w->first_core[m.own];
  for (size_t i = 0; i < DISTANCE_TILE; i++) {
    m.limits[i] = w->limit;
  }
  return m;
}

/* ---- passes: within leaves and dense nodes, then level by level */

static void inner_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const DbscanWalk *w = context;
  const size_t unit = dbscan_unit(w, item);
  size_t first, end;
  if (unit != SIZE_MAX) {
    tree_range(w->tree, unit, &first, &end);
    if (first == tree_leaf_first(w->tree, item) && w->first_core[unit] != DBSCAN_NOBODY) {
      join_below(w, unit, w->first_core[unit]);
    }
  } else if (w->lanes[item] != 0) {
    const Meeting m = meeting_of(w, item);
    meet_parts(&m, item, w->lanes[item]);
  }
}

/* The item-th leaf on the left side of a node of this level meets the right side. */
static void level_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const DbscanWalk *w = context;
  const size_t span = (size_t)1 << (w->level - 1), leaf = item / span * 2 * span + item % span;
  const size_t node = ((leaf + w->tree->leaves) >> (w->level - 1)) - 1; /* which has the leaf, below the one that splits */
  double bounds[DISTANCE_TILE];
  if (w->lanes[leaf] == 0 || w->first_core[node + 1] == DBSCAN_NOBODY || is_together(w, (node - 1) / 2)) {
    return;
  }
  const Meeting m = meeting_of(w, leaf);
  tree_nearest_lanes(w->tree, node + 1, tree_tile(w->tree, leaf), bounds);
  const uint32_t asking = m.kernels->at_most(bounds, m.limits) & w->lanes[leaf];
  if (asking != 0) {
    meet_below(&m, node + 1, asking);
  }
}

static void look_over(const DbscanWalk *w)
{
  for (size_t node = 2 * w->tree->leaves - 1; node-- > 0;) {
    (void)is_together(w, node);
  }
}

/* For those who watch: how many components there are after a pass. */
static void tell_pass(const DbscanWalk *w, size_t *last)
{
  size_t components = 0;
  for (size_t i = 0; w->task->trace && i < w->n; i++) {
    components += w->core[i] && dbscan_find(w, (uint32_t)i) == i;
  }
  if (w->task->trace) {
    task_step(w->task, &(TraceStep){.phase = "components", .start = 1, .iteration = (int64_t)w->level + 1,
                                    .measure = "parts of clusters", .objective = (double)components,
                                    .changed = (int64_t)(*last - components), .counts = N_("core rows joined")});
    *last = components;
  }
}

Status dbscan_walk_join(DbscanWalk *w, Error *e)
{
  size_t parts = 0;
  for (size_t i = 0; i < w->n; i++) {
    parts += w->core[i];
  }
  const size_t leaves = w->tree->leaves;
  w->levels = (unsigned)__builtin_ctzll(leaves);
  w->level = 0;
  w->items = leaves + w->levels * (leaves / 2);
  Status status = dbscan_run(w, leaves, inner_item, e);
  while (status == STATUS_OK && w->level < w->levels) {
    tell_pass(w, &parts);
    look_over(w);
    w->before = leaves + w->level * (leaves / 2);
    w->level++;
    status = dbscan_run(w, leaves / 2, level_item, e);
  }
  if (status == STATUS_OK) {
    tell_pass(w, &parts);
    w->before = 0;
  }
  return status;
}
