/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each node is split at the median of its widest column, ties by row number, so that the tree is a function of the
 * matrix alone. Nodes of a level are split in parallel, then whole subtrees. */
#include "math/neighbours_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { LEAF_MOST = DISTANCE_TILE, LEVELS_APART = 7 }; /* so many levels are split level by level */

typedef struct Key {
  double value;
  uint32_t row;
} Key;

typedef struct Build {
  Task *task;
  const double *values;
  NeighbourTree *tree;
  Key *keys;             /* n */
  size_t level_first;    /* node number of the first item of a pass */
} Build;

/* ---- bounds */

/* What a difference along one column adds to a rank so far; the order of operations is that of the kernels. */
static inline double fold_step(FoldKind fold, double sum, double gap)
{
  return fold == FOLD_SQUARES ? sum + gap * gap : fold == FOLD_ABSOLUTE ? sum + gap : gap > sum ? gap : sum;
}

static inline double box_nearest(FoldKind fold, const double *low, const double *high, const double *x, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double below = low[c] - x[c], above = x[c] - high[c];
    const double gap = below > above ? below : above;
    sum = fold_step(fold, sum, gap > 0 ? gap : 0);
  }
  return sum;
}

static inline double box_farthest(FoldKind fold, const double *low, const double *high, const double *x, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double below = x[c] - low[c], above = high[c] - x[c];
    sum = fold_step(fold, sum, below > above ? below : above);
  }
  return sum;
}

static inline double box_gap(FoldKind fold, const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double below = a[c] - b[d + c], above = b[c] - a[d + c];
    const double gap = below > above ? below : above;
    sum = fold_step(fold, sum, gap > 0 ? gap : 0);
  }
  return sum;
}

static inline double box_reach(FoldKind fold, const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double below = a[d + c] - b[c], above = b[d + c] - a[c];
    sum = fold_step(fold, sum, below > above ? below : above);
  }
  return sum;
}

/* Rounding of a distance, relative, with room to spare. */
static inline double margin(const NeighbourTree *tree)
{
  return (double)(tree->d + 8) * 0x1p-52;
}

static double ball_least(const NeighbourTree *tree, double between, double radius)
{
  const double low = between - radius - margin(tree) * (between + radius);
  return low > 0 ? metric_rank(tree->metric, low) * (1 - 0x1p-50) : 0;
}

static double ball_most(const NeighbourTree *tree, double between, double radius)
{
  return metric_rank(tree->metric, (between + radius) * (1 + margin(tree))) * (1 + 0x1p-50);
}

/* sqeuclidean is walked as euclidean: its ranks are squares as well. */
static double between(const NeighbourTree *tree, const double *x, const double *y)
{
  return distance_pair(tree->metric, x, y, tree->d);
}

/* The loops are written for one fold each by the compiler. */
#define BY_FOLD(call)                                 \
  switch (tree->fold) {                               \
  case FOLD_ABSOLUTE: return call(FOLD_ABSOLUTE);     \
  case FOLD_MAXIMUM: return call(FOLD_MAXIMUM);       \
  case FOLD_SQUARES:                                  \
  case FOLD_PRODUCTS:                                 \
  case FOLD_KINDS:                                    \
  default: return call(FOLD_SQUARES);                 \
  }

double tree_nearest(const NeighbourTree *tree, size_t node, const double *x)
{
  const double *b = tree->bounds + node * tree->stride;
  const size_t d = tree->d;
  if (tree->ball) {
    return ball_least(tree, between(tree, x, b), b[d]);
  }
#define NEAREST(fold) box_nearest(fold, b, b + d, x, d)
  BY_FOLD(NEAREST)
}

void tree_nearest_lanes(const NeighbourTree *tree, size_t node, const double *tile, double *bounds)
{
  const double *b = tree->bounds + node * tree->stride;
  const size_t d = tree->d;
  const DistanceKernels *kernels = distance_kernels();
  if (!tree->ball) {
    kernels->box[tree->fold](tile, d, b, b + d, bounds);
    return;
  }
  kernels->fold[tree->fold](tile, d, b, d, 1, false, bounds, DISTANCE_TILE);
  for (size_t i = 0; i < DISTANCE_TILE; i++) {
    bounds[i] = ball_least(tree, metric_unrank(tree->metric, bounds[i]), b[d]);
  }
}

double tree_farthest(const NeighbourTree *tree, size_t node, const double *x)
{
  const double *b = tree->bounds + node * tree->stride;
  const size_t d = tree->d;
  if (tree->ball) {
    return ball_most(tree, between(tree, x, b), b[d]);
  }
#define FARTHEST(fold) box_farthest(fold, b, b + d, x, d)
  BY_FOLD(FARTHEST)
}

double tree_gap(const NeighbourTree *tree, size_t a, size_t b)
{
  const double *x = tree->bounds + a * tree->stride, *y = tree->bounds + b * tree->stride;
  const size_t d = tree->d;
  if (tree->ball) {
    return ball_least(tree, between(tree, x, y), x[d] + y[d]);
  }
#define GAP(fold) box_gap(fold, x, y, d)
  BY_FOLD(GAP)
}

double tree_reach(const NeighbourTree *tree, size_t a, size_t b)
{
  const double *x = tree->bounds + a * tree->stride, *y = tree->bounds + b * tree->stride;
  const size_t d = tree->d;
  if (tree->ball) {
    return ball_most(tree, between(tree, x, y), x[d] + y[d]);
  }
#define REACH(fold) box_reach(fold, x, y, d)
  BY_FOLD(REACH)
}

/* ---- splitting */

static inline bool key_less(Key a, Key b)
{
  return a.value < b.value || (a.value == b.value && a.row < b.row);
}

static inline void key_swap(Key *a, Key *b)
{
  const Key key = *a;
  *a = *b;
  *b = key;
}

static void sort_keys(Key *keys, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    const Key key = keys[i];
    size_t j = i;
    for (; j > 0 && key_less(key, keys[j - 1]); j--) {
      keys[j] = keys[j - 1];
    }
    keys[j] = key;
  }
}

/* The median of three keys at places that a generator chooses, so that no data are the worst case. */
static Key choose_pivot(const Key *keys, size_t n, uint64_t *state)
{
  Key three[3];
  for (int i = 0; i < 3; i++) {
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    three[i] = keys[(*state >> 33) % n];
  }
  sort_keys(three, 3);
  return three[1];
}

/* keys[0 .. place - 1] become the lesser ones. Keys are all different. Expected O(n). */
static void select_keys(Key *keys, size_t n, size_t place)
{
  uint64_t state = n;
  while (n > 16) {
    const Key pivot = choose_pivot(keys, n, &state);
    size_t less = 0;
    for (size_t i = 0; i < n; i++) { /* without branches: what is not less stays behind */
      const Key key = keys[i];
      keys[i] = keys[less];
      keys[less] = key;
      less += key_less(key, pivot);
    }
    if (place < less) {
      n = less;
    } else if (place == less) {
      return;
    } else if (less == 0) { /* the pivot is the least */
      for (size_t i = 0; i < n; i++) {
        if (keys[i].row == pivot.row) {
          key_swap(keys, keys + i);
          break;
        }
      }
      keys++;
      n--;
      place--;
      if (place == 0) {
        return;
      }
    } else {
      keys += less;
      n -= less;
      place -= less;
    }
  }
  sort_keys(keys, n);
}

static size_t widest_column(const Build *b, const uint32_t *rows, size_t n)
{
  const size_t d = b->tree->d;
  double low[32], high[32], spread = -1;
  size_t widest = 0;
  for (size_t c = 0; c < d; c += 32) {
    const size_t columns = d - c < 32 ? d - c : 32;
    const double *row = b->values + rows[0] * d + c;
    memcpy(low, row, columns * sizeof *low);
    memcpy(high, row, columns * sizeof *high);
    for (size_t i = 1; i < n; i++) {
      row = b->values + rows[i] * d + c;
      for (size_t j = 0; j < columns; j++) {
        low[j] = row[j] < low[j] ? row[j] : low[j];
        high[j] = row[j] > high[j] ? row[j] : high[j];
      }
    }
    for (size_t j = 0; j < columns; j++) {
      if (high[j] - low[j] > spread) {
        spread = high[j] - low[j];
        widest = c + j;
      }
    }
  }
  return widest;
}

static void split_node(Build *b, size_t node)
{
  NeighbourTree *tree = b->tree;
  size_t first, end, middle;
  tree_range(tree, node, &first, &end);
  tree_range(tree, 2 * node + 2, &middle, &end);
  const size_t n = end - first, d = tree->d, column = widest_column(b, tree->rows + first, n);
  Key *keys = b->keys + first;
  for (size_t i = 0; i < n; i++) {
    const uint32_t row = tree->rows[first + i];
    keys[i] = (Key){b->values[row * d + column], row};
  }
  select_keys(keys, n, middle - first);
  for (size_t i = 0; i < n; i++) {
    tree->rows[first + i] = keys[i].row;
  }
}

static void split_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  Build *b = context;
  if (!task_cancelled(b->task)) {
    split_node(b, b->level_first + item);
  }
}

/* ---- leaves and bounds */

static int compare_rows(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void leaf_box(const double *tile, size_t count, size_t d, double *bounds)
{
  for (size_t c = 0; c < d; c++) {
    double low = tile[c * DISTANCE_TILE], high = low;
    for (size_t i = 1; i < count; i++) {
      const double v = tile[c * DISTANCE_TILE + i];
      low = v < low ? v : low;
      high = v > high ? v : high;
    }
    bounds[c] = low;
    bounds[d + c] = high;
  }
}

static void make_leaf(Build *b, size_t node)
{
  NeighbourTree *tree = b->tree;
  const size_t d = tree->d, leaf = node + 1 - tree->leaves;
  const size_t first = tree_leaf_first(tree, leaf), count = tree_leaf_first(tree, leaf + 1) - first;
  double *tile = tree->tiles + leaf * d * DISTANCE_TILE;
  qsort(tree->rows + first, count, sizeof *tree->rows, compare_rows);
  for (size_t i = 0; i < DISTANCE_TILE; i++) {
    const double *row = b->values + tree->rows[first + (i < count ? i : count - 1)] * d;
    for (size_t c = 0; c < d; c++) {
      tile[c * DISTANCE_TILE + i] = row[c];
    }
  }
  tree->least[node] = tree->rows[first];
  if (!tree->ball) {
    leaf_box(tile, count, d, tree->bounds + node * tree->stride);
  }
}

/* What a node knows from its children; balls are made of their points. */
static void join_children(NeighbourTree *tree, size_t node)
{
  const size_t d = tree->d;
  const uint32_t left = tree->least[2 * node + 1], right = tree->least[2 * node + 2];
  tree->least[node] = left < right ? left : right;
  if (tree->ball) {
    return;
  }
  const double *a = tree->bounds + (2 * node + 1) * tree->stride, *b = tree->bounds + (2 * node + 2) * tree->stride;
  double *out = tree->bounds + node * tree->stride;
  for (size_t c = 0; c < d; c++) {
    out[c] = a[c] < b[c] ? a[c] : b[c];
    out[d + c] = a[d + c] > b[d + c] ? a[d + c] : b[d + c];
  }
}

/* Around the mean: the largest computed distance is the radius. */
static void make_ball(Build *b, size_t node)
{
  NeighbourTree *tree = b->tree;
  const size_t d = tree->d;
  double *centre = tree->bounds + node * tree->stride, radius = 0;
  size_t first, end;
  tree_range(tree, node, &first, &end);
  memset(centre, 0, d * sizeof *centre);
  for (size_t i = first; i < end; i++) {
    for (size_t c = 0; c < d; c++) {
      centre[c] += b->values[tree->rows[i] * d + c] / (double)(end - first);
    }
  }
  for (size_t i = first; i < end; i++) {
    const double distance = between(tree, centre, b->values + tree->rows[i] * d);
    radius = distance > radius ? distance : radius;
  }
  centre[d] = radius;
}

/* Splits and finishes all below a node: children first. */
static void grow(Build *b, size_t node)
{
  if (task_cancelled(b->task)) {
    return;
  }
  if (tree_is_leaf(b->tree, node)) {
    make_leaf(b, node);
  } else {
    split_node(b, node);
    grow(b, 2 * node + 1);
    grow(b, 2 * node + 2);
    join_children(b->tree, node);
  }
  if (b->tree->ball) {
    make_ball(b, node);
  }
}

static void grow_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  Build *b = context;
  grow(b, b->level_first + item);
}

static void ball_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  Build *b = context;
  if (!task_cancelled(b->task)) {
    make_ball(b, item);
  }
}

static void build(Build *b)
{
  NeighbourTree *tree = b->tree;
  const size_t threads = task_threads(b->task);
  size_t width = 1;
  for (size_t level = 0; level < LEVELS_APART && width < tree->leaves; level++, width *= 2) {
    b->level_first = width - 1;
    pool_run(threads, width, split_item, b);
  }
  b->level_first = width - 1;
  pool_run(threads, width, grow_item, b);
  if (tree->ball) {
    pool_run(threads, width - 1, ball_item, b);
  }
  for (size_t node = width - 1; node-- > 0;) {
    join_children(tree, node);
  }
}

void neighbours_tree_free(NeighbourTree *tree)
{
  mem_free(tree->rows);
  mem_free(tree->least);
  mem_free(tree->tiles);
  mem_free(tree->bounds);
  *tree = (NeighbourTree){0};
}

static Status allocate(NeighbourTree *tree, Key **keys, Error *e)
{
  size_t tile, bounds;
  if (__builtin_mul_overflow(tree->d * DISTANCE_TILE, tree->leaves, &tile) ||
      __builtin_mul_overflow(2 * tree->leaves, tree->stride, &bounds)) {
    return error_memory(e, 0, _("a search tree"));
  }
  tree->rows = mem_alloc(tree->n, sizeof *tree->rows);
  tree->least = mem_alloc(2 * tree->leaves, sizeof *tree->least);
  tree->tiles = mem_buffer(tile, sizeof *tree->tiles);
  tree->bounds = mem_buffer(bounds, sizeof *tree->bounds);
  *keys = mem_alloc(tree->n, sizeof **keys);
  if (!tree->rows || !tree->least || !tree->tiles || !tree->bounds || !*keys) {
    return error_memory(e, (tile + bounds) * sizeof(double), _("a search tree"));
  }
  return STATUS_OK;
}

Status neighbours_tree_build(Task *task, const double *values, size_t n, size_t d, Metric metric, bool ball,
                             NeighbourTree *out, Error *e)
{
  Build b = {.task = task, .values = values, .tree = out};
  /* Balls need distances: those of sqeuclidean have no triangle, but their ranks are those of euclidean. */
  const Metric used = metric.kind == METRIC_SQEUCLIDEAN ? (Metric){METRIC_EUCLIDEAN, 2} : metric;
  *out = (NeighbourTree){.metric = used, .ball = ball, .n = n, .d = d, .leaves = 1, .stride = ball ? d + 1 : 2 * d};
  out->fold = metric.kind == METRIC_MANHATTAN   ? FOLD_ABSOLUTE
              : metric.kind == METRIC_CHEBYSHEV ? FOLD_MAXIMUM
                                                : FOLD_SQUARES;
  while (out->leaves * LEAF_MOST < n) {
    out->leaves *= 2;
  }
  Status status = allocate(out, &b.keys, e);
  if (status == STATUS_OK) {
    for (size_t i = 0; i < n; i++) {
      out->rows[i] = (uint32_t)i;
    }
    build(&b);
    status = task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
  }
  mem_free(b.keys);
  if (status != STATUS_OK) {
    neighbours_tree_free(out);
  }
  return status;
}
