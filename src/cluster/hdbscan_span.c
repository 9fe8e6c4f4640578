/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Minimum spanning trees of mutual reachability distances.
 *
 * Boruvka: in a round each place (tree position) keeps its nearest place of another component; the best of a component
 * becomes an edge, unless it would close a circle, which can only be one of equal lengths. Places share the best length
 * of their component as a bound, atomically; nothing is cut off that is as good as the bound, and of equally good
 * places the first one counts, so that timing has no part in the result. What a place knows (its candidate, or that
 * there is nothing nearer than `floor`) stays true in later rounds, since components only grow. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "cluster/hdbscan.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/neighbours_tree.h"

enum { NOBODY = HDBSCAN_NOBODY, MIXED = UINT32_MAX };

typedef struct Span {
  Task *task;
  const NeighbourTree *tree;
  const double *values;
  size_t n, d;
  double factor;             /* ranks of distances / alpha are ranks * factor */
  double *core;              /* by place */
  double *floor;             /* by place: nothing outside the component is nearer */
  uint32_t *target;          /* by place: nearest outside, at floor; NOBODY */
  uint32_t *parent;          /* union-find by place; flat between rounds */
  double *node_core;         /* by node: least core distance below */
  uint32_t *node_component;  /* by node: MIXED or the component of all below */
  _Atomic uint64_t
      *bound; /* by component (its root's place): bits of the best rank found, which order as the ranks do */
  uint32_t *best;            /* by component: place whose candidate it is */
  HdbscanEdge *edges;
  size_t n_edges;
} Span;

static uint64_t bits_of(double rank)
{
  uint64_t bits;
  memcpy(&bits, &rank, sizeof bits);
  return bits;
}

static double bound_of(const Span *s, uint32_t component)
{
  const uint64_t bits = atomic_load_explicit(&s->bound[component], memory_order_relaxed);
  double rank;
  memcpy(&rank, &bits, sizeof rank);
  return rank;
}

static void lower_bound(const Span *s, uint32_t component, double rank)
{
  uint64_t bits = atomic_load_explicit(&s->bound[component], memory_order_relaxed);
  const uint64_t wanted = bits_of(rank);
  while (wanted < bits && !atomic_compare_exchange_weak(&s->bound[component], &bits, wanted)) {
  }
}

/* ---- the places of a leaf look for their nearest outside, together */

typedef struct Look {
  const Span *s;
  const DistanceKernels *kernels;
  const double *tile;
  size_t first, count;              /* place of lane 0, places */
  bool alike;                       /* some are of one component */
  uint32_t component[DISTANCE_TILE], target[DISTANCE_TILE];
  double limit[DISTANCE_TILE];      /* what is worth finding; once there is a target, less than that */
  double reach[DISTANCE_TILE];      /* the same as a rank of the tree, with a margin; -1: nothing is worth finding */
} Look;

static inline void set_reach(Look *look, size_t lane)
{
  const Span *s = look->s;
  const bool found = look->target[lane] != NOBODY && look->limit[lane] <= s->core[look->first + lane];
  look->reach[lane] = found ? -1 : look->limit[lane] / s->factor * (1 + 0x1p-50);
}

/* What one has found bounds the others of its component: what is not as good goes. */
static void share(Look *look, uint32_t from)
{
  for (size_t lane = 0; lane < look->count; lane++) {
    if (look->limit[lane] > look->limit[from] && look->component[lane] == look->component[from]) {
      look->limit[lane] = look->limit[from];
      look->target[lane] = NOBODY;
      set_reach(look, lane);
    }
  }
}

static void look_leaf(Look *look, size_t leaf, uint32_t lane)
{
  const Span *s = look->s;
  const NeighbourTree *tree = s->tree;
  const size_t own = look->first + lane, first = tree_leaf_first(tree, leaf);
  const double before = look->limit[lane];
  double ranks[DISTANCE_TILE];
  const double *x = s->values + (size_t)tree->rows[own] * s->d;
  uint32_t found = look->kernels->within[tree->fold](tree_tile(tree, leaf), tree->d, x, look->reach[lane], ranks);
  found &= tree_lanes(tree, leaf);
  for (; found != 0; found &= found - 1) {
    const uint32_t hit = (uint32_t)__builtin_ctz(found), place = (uint32_t)first + hit;
    if (s->parent[place] == look->component[lane]) {
      continue;
    }
    double rank = ranks[hit] * s->factor;
    rank = s->core[place] > rank ? s->core[place] : rank;
    rank = s->core[own] > rank ? s->core[own] : rank;
    if (rank < look->limit[lane] || (rank == look->limit[lane] && look->target[lane] == NOBODY)) {
      look->limit[lane] = rank;
      look->target[lane] = place;
    }
  }
  set_reach(look, lane);
  if (look->alike && look->limit[lane] < before) {
    share(look, lane);
  }
}

/* Of the lanes that ask, those for which something below the node may be worth finding. */
static uint32_t worth(const Look *look, size_t node, const double *bounds, uint32_t asking)
{
  const Span *s = look->s;
  const uint32_t component = s->node_component[node];
  uint32_t some = asking & look->kernels->at_most(bounds, look->reach);
  for (uint32_t rest = some; rest != 0; rest &= rest - 1) {
    const unsigned lane = (unsigned)__builtin_ctz(rest);
    const double limit = look->limit[lane], nearest = bounds[lane] * s->factor, core = s->node_core[node];
    const bool far = core > limit || (look->target[lane] != NOBODY && (core >= limit || nearest >= limit));
    if (far || (component != MIXED && component == look->component[lane])) {
      some &= ~((uint32_t)1 << lane);
    }
  }
  return some;
}

/* Which child is first depends on all lanes, not on those that ask, and so on the data alone. */
static void look_below(Look *look, size_t node, uint32_t asking)
{
  const NeighbourTree *tree = look->s->tree;
  if (task_cancelled(look->s->task)) {
    return;
  }
  if (tree_is_leaf(tree, node)) {
    for (; asking != 0; asking &= asking - 1) {
      look_leaf(look, node + 1 - tree->leaves, (uint32_t)__builtin_ctz(asking));
    }
    return;
  }
  double bounds[2][DISTANCE_TILE];
  tree_nearest_lanes(tree, 2 * node + 1, look->tile, bounds[0]);
  tree_nearest_lanes(tree, 2 * node + 2, look->tile, bounds[1]);
  const uint32_t left = look->kernels->at_most(bounds[0], bounds[1]);
  const size_t near = __builtin_popcount(left) < DISTANCE_TILE / 2;
  for (size_t turn = 0; turn < 2; turn++) {
    const size_t child = near ^ turn;
    const uint32_t some = worth(look, 2 * node + 1 + child, bounds[child], asking);
    if (some != 0) {
      look_below(look, 2 * node + 1 + child, some);
    }
  }
}

static void look_around(Look *look, size_t leaf, uint32_t asking)
{
  const NeighbourTree *tree = look->s->tree;
  double bounds[DISTANCE_TILE] = {0};
  size_t node = leaf + tree->leaves - 1;
  look_below(look, node, worth(look, node, bounds, asking));
  for (; node > 0; node = (node - 1) / 2) {
    const size_t sibling = ((node - 1) ^ 1) + 1;
    tree_nearest_lanes(tree, sibling, look->tile, bounds);
    const uint32_t some = worth(look, sibling, bounds, asking);
    if (some != 0) {
      look_below(look, sibling, some);
    }
  }
}

/* The lanes whose place has to look: its candidate is gone, and there may be something as good as the best so far. */
static uint32_t who_looks(Look *look)
{
  const Span *s = look->s;
  uint32_t asking = 0;
  for (size_t lane = 0; lane < look->count; lane++) {
    const size_t place = look->first + lane;
    const uint32_t component = s->parent[place];
    const double bound = bound_of(s, component);
    look->component[lane] = component;
    look->alike |= lane > 0 && component == look->component[lane - 1];
    look->target[lane] = NOBODY;
    look->limit[lane] = bound;
    set_reach(look, lane);
    if (s->floor[place] <= bound && (s->target[place] == NOBODY || s->parent[s->target[place]] == component)) {
      asking |= (uint32_t)1 << lane;
    }
  }
  return asking;
}

static void look_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const Span *s = context;
  Look look = {.s = s, .kernels = distance_kernels(), .tile = tree_tile(s->tree, item),
               .first = tree_leaf_first(s->tree, item)};
  look.count = tree_leaf_first(s->tree, item + 1) - look.first;
  const uint32_t asking = who_looks(&look);
  if (asking != 0) {
    look_around(&look, item, asking);
  }
  if (task_cancelled(s->task)) { /* what was not looked at may be nearer */
    return;
  }
  for (size_t lane = 0; lane < look.count; lane++) {
    const size_t place = look.first + lane;
    if (asking >> lane & 1) {
      s->target[place] = look.target[lane];
      s->floor[place] = look.limit[lane] > s->floor[place] ? look.limit[lane] : s->floor[place];
    }
    if (s->target[place] != NOBODY && s->parent[s->target[place]] != s->parent[place]) {
      lower_bound(s, s->parent[place], s->floor[place]);
    }
  }
}

/* ---- rounds */

static uint32_t find(uint32_t *parent, uint32_t place)
{
  while (parent[place] != place) {
    parent[place] = parent[parent[place]];
    place = parent[place];
  }
  return place;
}

static void mark_nodes(Span *s, bool cores)
{
  const NeighbourTree *tree = s->tree;
  for (size_t node = 2 * tree->leaves - 1; node-- > 0;) {
    if (tree_is_leaf(tree, node)) {
      size_t first, end;
      tree_range(tree, node, &first, &end);
      uint32_t component = s->parent[first];
      double core = s->core[first];
      for (size_t i = first + 1; i < end; i++) {
        component = s->parent[i] == component ? component : MIXED;
        core = s->core[i] < core ? s->core[i] : core;
      }
      s->node_component[node] = component;
      s->node_core[node] = cores ? core : s->node_core[node];
    } else {
      const size_t a = 2 * node + 1, b = a + 1;
      s->node_component[node] = s->node_component[a] == s->node_component[b] ? s->node_component[a] : MIXED;
      s->node_core[node] = s->node_core[a] < s->node_core[b] ? s->node_core[a] : s->node_core[b];
    }
  }
}

/* The first of the places with the least rank, for each component. */
static void choose_best(Span *s)
{
  for (size_t i = 0; i < s->n; i++) {
    s->best[i] = NOBODY;
  }
  for (uint32_t i = 0; i < s->n; i++) {
    uint32_t *best = &s->best[s->parent[i]];
    if (s->target[i] != NOBODY && s->parent[s->target[i]] != s->parent[i] &&
        (*best == NOBODY || s->floor[i] < s->floor[*best])) {
      *best = i;
    }
  }
}

/* The components after joins, and what bounds the best of each from the beginning: candidates that still count. */
static void flatten(Span *s)
{
  for (size_t i = 0; i < s->n; i++) {
    s->parent[i] = find(s->parent, (uint32_t)i);
    atomic_store_explicit(&s->bound[i], bits_of(INFINITY), memory_order_relaxed);
  }
  for (size_t i = 0; i < s->n; i++) {
    if (s->target[i] != NOBODY && s->parent[s->target[i]] != s->parent[i]) {
      lower_bound(s, s->parent[i], s->floor[i]);
    }
  }
}

/* The best candidate of each component becomes an edge. */
static void join_components(Span *s)
{
  choose_best(s);
  for (size_t i = 0; i < s->n; i++) {
    const uint32_t place = s->best[i];
    if (place == NOBODY) {
      continue;
    }
    const uint32_t a = find(s->parent, place), b = find(s->parent, s->target[place]);
    if (a != b) {
      s->edges[s->n_edges++] = (HdbscanEdge){s->floor[place], s->tree->rows[place], s->tree->rows[s->target[place]]};
      s->parent[a > b ? a : b] = a > b ? b : a;
    }
  }
  flatten(s);
}

static Status allocate(Span *s, Error *e)
{
  const size_t n = s->n, nodes = 2 * s->tree->leaves - 1;
  s->core = mem_alloc(n, sizeof *s->core);
  s->parent = mem_alloc(n, sizeof *s->parent);
  s->best = mem_alloc(n, sizeof *s->best);
  s->bound = mem_alloc(n, sizeof *s->bound);
  s->node_core = mem_alloc(nodes, sizeof *s->node_core);
  s->node_component = mem_alloc(nodes, sizeof *s->node_component);
  if (!s->core || !s->parent || !s->best || !s->bound || !s->node_core || !s->node_component) {
    return error_memory(e, n * 24, _("a spanning tree"));
  }
  return STATUS_OK;
}
static void span_free(Span *s)
{
  mem_free(s->core);
  mem_free(s->parent);
  mem_free(s->best);
  mem_free((void *)s->bound);
  mem_free(s->node_core);
  mem_free(s->node_component);
}

/* Nothing is known but core distances. */
static void forget(Span *s)
{
  for (size_t i = 0; i < s->n; i++) {
    s->floor[i] = s->core[i];
    s->target[i] = NOBODY;
  }
  flatten(s);
}

/* The components of the edges that are there; their ends are rows. */
static Status take_up(Span *s, const HdbscanSpan *span, Error *e)
{
  uint32_t *place = mem_alloc(s->n, sizeof *place); /* of a row */
  if (!place) {
    return error_memory(e, s->n * sizeof *place, _("a spanning tree"));
  }
  for (size_t i = 0; i < s->n; i++) {
    place[s->tree->rows[i]] = (uint32_t)i;
    s->parent[i] = (uint32_t)i;
    s->core[i] = span->core[s->tree->rows[i]];
    s->floor[i] = isinf(s->floor[i]) ? s->core[i] : s->floor[i];
  }
  for (size_t i = 0; i < span->n_edges; i++) {
    const uint32_t a = find(s->parent, place[span->edges[i].a]), b = find(s->parent, place[span->edges[i].b]);
    s->parent[a > b ? a : b] = a > b ? b : a;
  }
  flatten(s);
  mem_free(place);
  return STATUS_OK;
}

static Status boruvka(Span *s, HdbscanSpan *span, Error *e)
{
  Status status;
  TRY(allocate(s, e));
  TRY(take_up(s, span, e));
  for (int64_t round = 1; s->n_edges + 1 < s->n; round++) {
    const size_t before = s->n_edges;
    mark_nodes(s, round == 1);
    task_progress(s->task, s->n_edges, s->n - 1);
    pool_run(task_threads(s->task), s->tree->leaves, look_item, s);
    TRY(task_cancelled(s->task) ? error_cancelled(e) : STATUS_OK);
    join_components(s);
    span->n_edges = s->n_edges;
    if (s->n_edges == before) { /* what a file says is known cannot be */
      forget(s);
    }
    task_step(s->task, &(TraceStep){.phase = "spanning tree", .start = 1, .iteration = round,
                                    .measure = "components left", .objective = (double)(s->n - s->n_edges),
                                    .changed = (int64_t)(s->n_edges - before), .counts = N_("edges added")});
  }
done:
  return status;
}

Status hdbscan_span_check(const HdbscanSpan *span, size_t n, bool *forest, Error *e)
{
  uint32_t *parent = mem_alloc(n, sizeof *parent);
  if (!parent) {
    return error_memory(e, n * sizeof *parent, _("a spanning tree"));
  }
  for (size_t i = 0; i < n; i++) {
    parent[i] = (uint32_t)i;
  }
  *forest = true;
  for (size_t i = 0; i < span->n_edges; i++) {
    const uint32_t a = find(parent, span->edges[i].a), b = find(parent, span->edges[i].b);
    *forest = *forest && a != b;
    parent[a] = b;
  }
  mem_free(parent);
  return STATUS_OK;
}

/* ---- Prim */

enum { PART = 2048, BLOCK = 256 };

typedef struct Prim {
  Task *task;
  const double *values, *core;
  size_t n, d;
  Metric metric;
  double factor;
  double *rank;      /* of each row to the tree; -1: in it */
  uint32_t *from;    /* the row of the tree */
  uint32_t last;     /* joined last */
  uint32_t *nearest; /* of each part; NOBODY: all of it is in the tree */
} Prim;

static void prim_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  Prim *p = context;
  const size_t end = (item + 1) * PART < p->n ? (item + 1) * PART : p->n;
  const double own = p->core[p->last];
  double ranks[BLOCK];
  uint32_t nearest = NOBODY;
  for (size_t first = item * PART; first < end; first += BLOCK) {
    const size_t count = end - first < BLOCK ? end - first : BLOCK;
    distance_row_rank(p->metric, p->values + p->last * p->d, p->values + first * p->d, count, p->d, ranks);
    for (size_t j = 0; j < count; j++) {
      const size_t i = first + j;
      double rank = ranks[j] * p->factor;
      rank = p->core[i] > rank ? p->core[i] : rank;
      rank = own > rank ? own : rank;
      if (rank < p->rank[i]) {
        p->rank[i] = rank;
        p->from[i] = p->last;
      }
      if (p->rank[i] >= 0 && (nearest == NOBODY || p->rank[i] < p->rank[nearest])) {
        nearest = (uint32_t)i;
      }
    }
  }
  p->nearest[item] = nearest;
}

static Status prim_run(Prim *p, HdbscanSpan *span, Error *e)
{
  const size_t parts = (p->n + PART - 1) / PART;
  p->last = span->n_edges > 0 ? span->edges[span->n_edges - 1].b : 0;
  for (size_t i = 0; i < p->n; i++) {
    p->rank[i] = p->rank[i] < 0 ? (double)INFINITY : p->rank[i];
    p->from[i] = p->from[i] < p->n ? p->from[i] : 0;
  }
  p->rank[0] = -1;
  for (size_t i = 0; i < span->n_edges; i++) {
    p->rank[span->edges[i].b] = -1;
  }
  for (size_t step = span->n_edges; step + 1 < p->n; step++) {
    if (task_cancelled(p->task)) {
      return error_cancelled(e);
    }
    if (step % 1024 == 0) {
      task_progress(p->task, step, p->n - 1);
    }
    pool_run(task_threads(p->task), parts, prim_item, p);
    uint32_t next = NOBODY;
    for (size_t part = 0; part < parts; part++) {
      const uint32_t candidate = p->nearest[part];
      if (candidate != NOBODY && (next == NOBODY || p->rank[candidate] < p->rank[next])) {
        next = candidate;
      }
    }
    span->edges[span->n_edges++] = (HdbscanEdge){p->rank[next], p->from[next], next};
    p->rank[next] = -1;
    p->last = next;
  }
  return STATUS_OK;
}

Status hdbscan_span_plain(Task *task, const double *values, size_t n, size_t d, Metric metric, double alpha,
                          HdbscanSpan *span, Error *e)
{
  Prim p = {.task = task, .values = values, .core = span->core, .n = n, .d = d, .metric = metric,
            .factor = metric_rank(metric, 1 / alpha), .rank = span->near, .from = span->to};
  Status status = STATUS_OK;
  p.nearest = mem_alloc((n + PART - 1) / PART, sizeof *p.nearest);
  if (!p.nearest) {
    status = error_memory(e, n / PART, _("a spanning tree"));
  } else if (n > 0) {
    status = prim_run(&p, span, e);
  }
  mem_free(p.nearest);
  return status;
}

Status hdbscan_span(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                    double alpha, HdbscanSpan *span, Error *e)
{
  const NeighbourTree *tree = neighbours_tree(index);
  if (!tree) {
    return hdbscan_span_plain(task, values, n, d, metric, alpha, span, e);
  }
  Span s = {.task = task, .tree = tree, .values = values, .n = n, .d = d, .factor = metric_rank(metric, 1 / alpha),
            .edges = span->edges, .n_edges = span->n_edges, .floor = span->near, .target = span->to};
  const Status status = boruvka(&s, span, e);
  span_free(&s);
  return status;
}
