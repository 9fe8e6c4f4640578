/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to a tree go down the nearer child first; the index's own rows ask leaf by leaf, with the bounds of a node
 * for all rows of the leaf at once, and begin at their leaf and climb, so that a close bound is there before any other
 * node is looked at. Brute force takes GROUP questions at a time against
 * BLOCK rows. */
#include "math/neighbours.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/neighbours_tree.h"

enum { GROUP = 16, BLOCK = 256, TOGETHER_MOST = 1024, FEW_ROWS = 64, KD_MOST = 15, BALL_MOST = 64, QUERIES = 64 };

struct Neighbours {
  NeighbourKind kind;
  Metric metric;
  const double *values;
  size_t n, d;
  NeighbourTree tree;
};

/* ---- the index */

static NeighbourKind choose_kind(size_t n, size_t d, Metric metric, NeighbourKind asked)
{
  if (metric.kind == METRIC_COSINE || metric.kind == METRIC_MINKOWSKI || d == 0) {
    return NEIGHBOURS_BRUTE;
  }
  if (asked != NEIGHBOURS_AUTO) {
    return asked;
  }
  return n < FEW_ROWS || d > BALL_MOST ? NEIGHBOURS_BRUTE : d <= KD_MOST ? NEIGHBOURS_KD : NEIGHBOURS_BALL;
}

Status neighbours_new(Task *task, const double *values, size_t n, size_t d, Metric metric, NeighbourKind kind,
                      Neighbours **out, Error *e)
{
  *out = NULL;
  if (n >= UINT32_MAX) {
    return error_set(e, STATUS_LIMIT, "too-large", _("%zu rows are more than an index of neighbours can hold"), n);
  }
  Neighbours *index = mem_zero(1, sizeof *index);
  if (!index) {
    return error_memory(e, sizeof *index, _("an index of neighbours"));
  }
  *index = (Neighbours){.kind = choose_kind(n, d, metric, kind), .metric = metric, .values = values, .n = n, .d = d};
  Status status = STATUS_OK;
  if (n == 0) {
    index->kind = NEIGHBOURS_BRUTE;
  }
  if (index->kind != NEIGHBOURS_BRUTE) {
    status = neighbours_tree_build(task, values, n, d, metric, index->kind == NEIGHBOURS_BALL, &index->tree, e);
  }
  if (status != STATUS_OK) {
    mem_free(index);
    return status;
  }
  *out = index;
  return STATUS_OK;
}

void neighbours_free(Neighbours *index)
{
  if (index) {
    neighbours_tree_free(&index->tree);
    mem_free(index);
  }
}

NeighbourKind neighbours_kind(const Neighbours *index)
{
  return index->kind;
}

const char *neighbours_kind_name(NeighbourKind kind)
{
  return kind == NEIGHBOURS_KD ? "kd-tree" : kind == NEIGHBOURS_BALL ? "ball tree" : "brute force";
}

double neighbours_bytes(size_t n, size_t d)
{
  return (double)n * (16 * (double)d + 24);
}

const NeighbourTree *neighbours_tree(const Neighbours *index)
{
  return index->kind == NEIGHBOURS_BRUTE ? NULL : &index->tree;
}

/* ---- the k best: a heap with the worst at its root */

typedef struct Best {
  NeighbourHit *hits;
  size_t n, k;
} Best;

static inline bool worse(NeighbourHit a, NeighbourHit b)
{
  return a.rank > b.rank || (a.rank == b.rank && a.row > b.row);
}

static inline double best_limit(const Best *best)
{
  return best->n < best->k ? (double)INFINITY : best->hits[0].rank;
}

static void sift_down(NeighbourHit *hits, size_t n, NeighbourHit hit)
{
  size_t i = 0, child;
  while ((child = 2 * i + 1) < n) {
    child += child + 1 < n && worse(hits[child + 1], hits[child]);
    if (!worse(hits[child], hit)) {
      break;
    }
    hits[i] = hits[child];
    i = child;
  }
  hits[i] = hit;
}

static inline void best_offer(Best *best, NeighbourHit hit)
{
  if (best->n < best->k) {
    size_t i = best->n++;
    for (; i > 0 && worse(hit, best->hits[(i - 1) / 2]); i = (i - 1) / 2) {
      best->hits[i] = best->hits[(i - 1) / 2];
    }
    best->hits[i] = hit;
  } else if (worse(best->hits[0], hit)) {
    sift_down(best->hits, best->n, hit);
  }
}

static void best_sort(Best *best)
{
  for (size_t n = best->n; n > 1; n--) {
    const NeighbourHit last = best->hits[n - 1];
    best->hits[n - 1] = best->hits[0];
    sift_down(best->hits, n - 1, last);
  }
}

/* ---- nearest, in a tree */

typedef struct Search {
  const NeighbourTree *tree;
  const DistanceKernels *kernels;
  const double *x;
  Best best;
} Search;

static inline uint32_t lanes_of(size_t count)
{
  return count >= DISTANCE_TILE ? UINT32_MAX : ((uint32_t)1 << count) - 1;
}

static void scan_leaf(Search *s, size_t leaf)
{
  const NeighbourTree *tree = s->tree;
  const size_t first = tree_leaf_first(tree, leaf), count = tree_leaf_first(tree, leaf + 1) - first;
  double ranks[DISTANCE_TILE];
  uint32_t found = lanes_of(count) & s->kernels->within[tree->fold](tree_tile(tree, leaf), tree->d, s->x,
                                                                    best_limit(&s->best), ranks);
  for (; found != 0; found &= found - 1) {
    const size_t lane = (size_t)__builtin_ctz(found);
    best_offer(&s->best, (NeighbourHit){ranks[lane], tree->rows[first + lane]});
  }
}

/* Whether a row of at least this rank, of those below the node, could be among the best: of equal ranks a lower row. */
static inline bool worth(const Search *s, size_t node, double rank)
{
  return s->best.n < s->best.k || rank < s->best.hits[0].rank ||
         (rank == s->best.hits[0].rank && s->tree->least[node] < s->best.hits[0].row);
}

static void descend(Search *s, size_t node)
{
  if (tree_is_leaf(s->tree, node)) {
    scan_leaf(s, node + 1 - s->tree->leaves);
    return;
  }
  size_t near = 2 * node + 1, far = near + 1;
  double near_rank = tree_nearest(s->tree, near, s->x), far_rank = tree_nearest(s->tree, far, s->x);
  if (far_rank < near_rank) {
    const double rank = near_rank;
    near_rank = far_rank;
    far_rank = rank;
    far = near++;
  }
  if (worth(s, near, near_rank)) {
    descend(s, near);
  }
  if (worth(s, far, far_rank)) {
    descend(s, far);
  }
}

/* ---- the rows of a leaf ask together: bounds of nodes for all of them at once */

typedef struct Group {
  const Task *task;
  const NeighbourTree *tree;
  const DistanceKernels *kernels;
  const double *tile, *values;
  const uint32_t *rows;
  Best best[DISTANCE_TILE];
  double limits[DISTANCE_TILE]; /* of each; below 0 in lanes without a row */
  bool ranks_only;              /* not which rows */
} Group;

/* The asking rows for which there may be something below a node of these bounds. */
static uint32_t group_worth(const Group *g, size_t node, const double *bounds, uint32_t asking)
{
  uint32_t some = g->kernels->at_most(bounds, g->limits) & asking;
  for (uint32_t ties = g->kernels->at_most(g->limits, bounds) & some; ties != 0; ties &= ties - 1) {
    const size_t lane = (size_t)__builtin_ctz(ties);
    if (g->best[lane].n == g->best[lane].k && (g->ranks_only || g->tree->least[node] > g->best[lane].hits[0].row)) {
      some &= ~((uint32_t)1 << lane);
    }
  }
  return some;
}

static void group_scan(Group *g, size_t leaf, uint32_t asking)
{
  const NeighbourTree *tree = g->tree;
  for (; asking != 0; asking &= asking - 1) {
    const size_t lane = (size_t)__builtin_ctz(asking);
    Search s = {tree, g->kernels, g->values + g->rows[lane] * tree->d, g->best[lane]};
    scan_leaf(&s, leaf);
    g->best[lane].n = s.best.n;
    g->limits[lane] = best_limit(&s.best);
  }
}

static void group_descend(Group *g, size_t node, uint32_t asking)
{
  if (task_cancelled(g->task)) {
    return;
  }
  if (tree_is_leaf(g->tree, node)) {
    group_scan(g, node + 1 - g->tree->leaves, asking);
    return;
  }
  double bounds[2][DISTANCE_TILE];
  tree_nearest_lanes(g->tree, 2 * node + 1, g->tile, bounds[0]);
  tree_nearest_lanes(g->tree, 2 * node + 2, g->tile, bounds[1]);
  const uint32_t left = g->kernels->at_most(bounds[0], bounds[1]) & asking;
  const size_t near = 2 * __builtin_popcount(left) < __builtin_popcount(asking);
  for (size_t turn = 0; turn < 2; turn++) {
    const size_t child = near ^ turn;
    const uint32_t some = group_worth(g, 2 * node + 1 + child, bounds[child], asking);
    if (some != 0) {
      group_descend(g, 2 * node + 1 + child, some);
    }
  }
}

static void group_climb(Group *g, size_t leaf)
{
  double bounds[DISTANCE_TILE];
  size_t node = leaf + g->tree->leaves - 1;
  for (group_descend(g, node, tree_lanes(g->tree, leaf)); node > 0 && !task_cancelled(g->task); node = (node - 1) / 2) {
    const size_t sibling = ((node - 1) ^ 1) + 1;
    tree_nearest_lanes(g->tree, sibling, g->tile, bounds);
    const uint32_t some = group_worth(g, sibling, bounds, tree_lanes(g->tree, leaf));
    if (some != 0) {
      group_descend(g, sibling, some);
    }
  }
}

/* ---- single questions */

static void brute_nearest(const Neighbours *index, const double *x, Best *best)
{
  double ranks[BLOCK];
  for (size_t first = 0; first < index->n; first += BLOCK) {
    const size_t count = index->n - first < BLOCK ? index->n - first : BLOCK;
    distance_row_rank(index->metric, x, index->values + first * index->d, count, index->d, ranks);
    for (size_t i = 0; i < count; i++) {
      if (ranks[i] <= best_limit(best)) {
        best_offer(best, (NeighbourHit){ranks[i], (uint32_t)(first + i)});
      }
    }
  }
}

size_t neighbours_query(const Neighbours *index, const double *x, size_t k, NeighbourHit *hits)
{
  Search s = {&index->tree, distance_kernels(), x, {hits, 0, k < index->n ? k : index->n}};
  if (s.best.k == 0) {
    return 0;
  }
  if (index->kind == NEIGHBOURS_BRUTE) {
    brute_nearest(index, x, &s.best);
  } else {
    descend(&s, 0);
  }
  best_sort(&s.best);
  return s.best.n;
}

/* Adds the rows below a node; a node that lies within the limit as a whole is not looked at. */
static size_t count_below(const Search *s, size_t node, double limit, size_t enough)
{
  const NeighbourTree *tree = s->tree;
  size_t first, end;
  if (tree_nearest(tree, node, s->x) > limit) {
    return 0;
  }
  tree_range(tree, node, &first, &end);
  if (tree_is_leaf(tree, node)) {
    double ranks[DISTANCE_TILE];
    return (size_t)__builtin_popcount(
        lanes_of(end - first) &
        s->kernels->within[tree->fold](tree_tile(tree, node + 1 - tree->leaves), tree->d, s->x, limit, ranks));
  }
  if (tree_farthest(tree, node, s->x) <= limit) {
    return end - first;
  }
  const size_t left = count_below(s, 2 * node + 1, limit, enough);
  return left >= enough ? left : left + count_below(s, 2 * node + 2, limit, enough - left);
}

static size_t brute_count(const Neighbours *index, const double *x, double limit, size_t enough)
{
  double ranks[BLOCK];
  size_t found = 0;
  for (size_t first = 0; first < index->n && found < enough; first += BLOCK) {
    const size_t count = index->n - first < BLOCK ? index->n - first : BLOCK;
    distance_row_rank(index->metric, x, index->values + first * index->d, count, index->d, ranks);
    for (size_t i = 0; i < count; i++) {
      found += ranks[i] <= limit;
    }
  }
  return found;
}

size_t neighbours_count(const Neighbours *index, const double *x, double limit, size_t enough)
{
  if (index->kind == NEIGHBOURS_BRUTE) {
    return brute_count(index, x, limit, enough);
  }
  const Search s = {.tree = &index->tree, .kernels = distance_kernels(), .x = x};
  return count_below(&s, 0, limit, enough);
}

/* ---- lists */

static Status list_room(NeighbourList *list, size_t more, Error *e)
{
  if (list->n + more <= list->room) {
    return STATUS_OK;
  }
  const size_t room = 2 * (list->n + more);
  NeighbourHit *hits = mem_resize(list->hits, room, sizeof *hits);
  if (!hits) {
    return error_memory(e, room * sizeof *hits, _("a list of neighbours"));
  }
  list->hits = hits;
  list->room = room;
  return STATUS_OK;
}

static Status list_below(const Search *s, size_t node, double limit, NeighbourList *list, Error *e)
{
  const NeighbourTree *tree = s->tree;
  if (tree_nearest(tree, node, s->x) > limit) {
    return STATUS_OK;
  }
  if (!tree_is_leaf(tree, node)) {
    const Status status = list_below(s, 2 * node + 1, limit, list, e);
    return status == STATUS_OK ? list_below(s, 2 * node + 2, limit, list, e) : status;
  }
  const size_t leaf = node + 1 - tree->leaves, first = tree_leaf_first(tree, leaf);
  const size_t count = tree_leaf_first(tree, leaf + 1) - first;
  double ranks[DISTANCE_TILE];
  uint32_t found = lanes_of(count) & s->kernels->within[tree->fold](tree_tile(tree, leaf), tree->d, s->x, limit, ranks);
  const Status status = list_room(list, DISTANCE_TILE, e);
  for (; status == STATUS_OK && found != 0; found &= found - 1) {
    const size_t lane = (size_t)__builtin_ctz(found);
    list->hits[list->n++] = (NeighbourHit){ranks[lane], tree->rows[first + lane]};
  }
  return status;
}

static Status brute_within(const Neighbours *index, const double *x, double limit, NeighbourList *list, Error *e)
{
  double ranks[BLOCK];
  Status status = STATUS_OK;
  for (size_t first = 0; status == STATUS_OK && first < index->n; first += BLOCK) {
    const size_t count = index->n - first < BLOCK ? index->n - first : BLOCK;
    distance_row_rank(index->metric, x, index->values + first * index->d, count, index->d, ranks);
    status = list_room(list, BLOCK, e);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
      if (ranks[i] <= limit) {
        list->hits[list->n++] = (NeighbourHit){ranks[i], (uint32_t)(first + i)};
      }
    }
  }
  return status;
}

Status neighbours_within(const Neighbours *index, const double *x, double limit, NeighbourList *list, Error *e)
{
  const Search s = {.tree = &index->tree, .kernels = distance_kernels(), .x = x};
  list->n = 0;
  return index->kind == NEIGHBOURS_BRUTE ? brute_within(index, x, limit, list, e) : list_below(&s, 0, limit, list, e);
}

/* ---- many questions at once */

typedef struct Batch {
  Task *task;
  const Neighbours *index;
  const double *queries; /* NULL: the index's own rows */
  size_t q, k;
  uint32_t *rows;
  double *distances, *kth; /* kth: ranks */
  double limit;          /* counting */
  size_t enough;
  uint32_t *counts;
  NeighbourHit *scratch; /* of each worker */
  _Atomic size_t ready;  /* items, of so many */
  size_t items;
} Batch;

/* On any thread, after an item. */
static void item_ready(Batch *b)
{
  const size_t ready = atomic_fetch_add_explicit(&b->ready, 1, memory_order_relaxed) + 1;
  if (ready % 64 == 0 || ready == b->items) {
    task_progress(b->task, ready, b->items);
  }
}

static void give_hits(const Batch *b, size_t query, const Best *best)
{
  const Metric metric = b->index->metric;
  if (b->kth) {
    b->kth[query] = best->hits[best->n - 1].rank;
  }
  for (size_t j = 0; b->rows && j < b->k; j++) {
    b->rows[query * b->k + j] = best->hits[j].row;
  }
  for (size_t j = 0; b->distances && j < b->k; j++) {
    b->distances[query * b->k + j] = metric_unrank(metric, best->hits[j].rank);
  }
}

static void leaf_item(void *context, size_t item, size_t worker)
{
  Batch *b = context;
  const NeighbourTree *tree = &b->index->tree;
  const size_t first = tree_leaf_first(tree, item), count = tree_leaf_first(tree, item + 1) - first;
  Group g = {.task = b->task, .tree = tree, .kernels = distance_kernels(), .tile = tree_tile(tree, item),
             .values = b->index->values, .rows = tree->rows + first, .ranks_only = !b->rows};
  for (size_t i = 0; i < DISTANCE_TILE; i++) {
    g.best[i] = (Best){b->scratch + (worker * DISTANCE_TILE + i) * b->k, 0, b->k};
    g.limits[i] = i < count ? (double)INFINITY : -1;
  }
  group_climb(&g, item);
  for (size_t i = 0; i < count && !task_cancelled(b->task); i++) {
    if (b->rows || b->distances) {
      best_sort(&g.best[i]);
      give_hits(b, g.rows[i], &g.best[i]);
    } else {
      b->kth[g.rows[i]] = g.best[i].hits[0].rank;
    }
  }
  item_ready(b);
}

static void tree_item(void *context, size_t item, size_t worker)
{
  Batch *b = context;
  const NeighbourTree *tree = &b->index->tree;
  const size_t end = (item + 1) * QUERIES < b->q ? (item + 1) * QUERIES : b->q;
  for (size_t i = item * QUERIES; i < end && !task_cancelled(b->task); i++) {
    const double *x = (b->queries ? b->queries : b->index->values) + i * tree->d;
    Search s = {tree, distance_kernels(), x, {b->scratch + worker * b->k, 0, b->k}};
    descend(&s, 0);
    best_sort(&s.best);
    give_hits(b, i, &s.best);
  }
  item_ready(b);
}

static void brute_item(void *context, size_t item, size_t worker)
{
  Batch *b = context;
  const Neighbours *index = b->index;
  const size_t d = index->d, from = item * GROUP, questions = b->q - from < GROUP ? b->q - from : GROUP;
  const double *x = (b->queries ? b->queries : index->values) + from * d;
  Best best[GROUP];
  double ranks[GROUP * BLOCK];
  for (size_t i = 0; i < questions; i++) {
    best[i] = (Best){b->scratch + (worker * GROUP + i) * b->k, 0, b->k};
  }
  for (size_t first = 0; first < index->n; first += BLOCK) {
    const size_t count = index->n - first < BLOCK ? index->n - first : BLOCK;
    if (task_cancelled(b->task)) {
      return;
    }
    distance_block_rank(index->metric, x, questions, index->values + first * d, count, d, ranks, BLOCK);
    for (size_t i = 0; i < questions; i++) {
      double limit = best_limit(&best[i]);
      for (size_t j = 0; j < count; j++) {
        if (ranks[i * BLOCK + j] <= limit) {
          best_offer(&best[i], (NeighbourHit){ranks[i * BLOCK + j], (uint32_t)(first + j)});
          limit = best_limit(&best[i]);
        }
      }
    }
  }
  for (size_t i = 0; i < questions; i++) {
    best_sort(&best[i]);
    give_hits(b, from + i, &best[i]);
  }
  item_ready(b);
}

/* Long lists are made one by one. */
static Status run_batch(Batch *b, Error *e)
{
  const size_t threads = task_threads(b->task);
  const bool brute = b->index->kind == NEIGHBOURS_BRUTE, leaves = !brute && !b->queries && b->k <= TOGETHER_MOST;
  const size_t together = brute ? GROUP : QUERIES;
  const size_t items = leaves ? b->index->tree.leaves : (b->q + together - 1) / together;
  size_t each;
  if (__builtin_mul_overflow(b->k, brute ? (size_t)GROUP : leaves ? (size_t)DISTANCE_TILE : 1, &each) ||
      !(b->scratch = mem_alloc(threads * each, sizeof *b->scratch))) {
    return error_memory(e, 0, _("lists of neighbours"));
  }
  b->items = items;
  pool_run(threads, items, brute ? brute_item : leaves ? leaf_item : tree_item, b);
  mem_free(b->scratch);
  return task_cancelled(b->task) ? error_cancelled(e) : STATUS_OK;
}

Status neighbours_nearest(Task *task, const Neighbours *index, const double *queries, size_t q, size_t k,
                          uint32_t *rows, double *distances, Error *e)
{
  Batch b = {.task = task, .index = index, .queries = queries, .q = q, .k = k, .rows = rows, .distances = distances};
  return q > 0 && (rows || distances) ? run_batch(&b, e) : STATUS_OK;
}

Status neighbours_kth_rank(Task *task, const Neighbours *index, size_t k, double *ranks, Error *e)
{
  Batch b = {.task = task, .index = index, .q = index->n, .k = k, .kth = ranks};
  return run_batch(&b, e);
}

Status neighbours_kth(Task *task, const Neighbours *index, size_t k, double *distances, Error *e)
{
  const Status status = neighbours_kth_rank(task, index, k, distances, e);
  for (size_t i = 0; status == STATUS_OK && i < index->n; i++) {
    distances[i] = metric_unrank(index->metric, distances[i]);
  }
  return status;
}

static void count_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  Batch *b = context;
  const size_t end = (item + 1) * QUERIES < b->q ? (item + 1) * QUERIES : b->q;
  for (size_t i = item * QUERIES; i < end && !task_cancelled(b->task); i++) {
    const double *x = (b->queries ? b->queries : b->index->values) + i * b->index->d;
    b->counts[i] = (uint32_t)neighbours_count(b->index, x, b->limit, b->enough);
  }
  item_ready(b);
}

Status neighbours_counts(Task *task, const Neighbours *index, const double *queries, size_t q, double radius,
                         size_t enough, uint32_t *counts, Error *e)
{
  Batch b = {.task = task, .index = index, .queries = queries, .q = q, .enough = enough,
             .limit = metric_rank(index->metric, radius), .counts = counts};
  b.items = (b.q + QUERIES - 1) / QUERIES;
  pool_run(task_threads(task), b.items, count_item, &b);
  return task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
}
