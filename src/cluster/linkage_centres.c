/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/linkage_centres.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

enum { LANES = LINKAGE_LANES, DEPTH = 64 };

/* A bound is made a little smaller than it comes out, so that rounding never makes it larger than a distance below. */
static const double CAREFUL = 1 - 0x1p-48;

static size_t most_leaves(size_t n)
{
  return n / LANES + 2;
}

void centres_free(Centres *c)
{
  mem_free(c->centre);
  mem_free(c->size);
  mem_free(c->place);
  mem_free(c->cluster);
  mem_free(c->tiles);
  mem_free(c->tile_sizes);
  mem_free(c->leaf_node);
  mem_free(c->nodes);
  mem_free(c->boxes);
  mem_free(c->sorted);
  mem_free(c->lows);
  *c = (Centres){0};
}

double centres_bytes(size_t n, size_t d)
{
  return (double)n * (2.2 * (double)d * 8 + 3 * 8 + 3 * 4) + 2.0 * (double)most_leaves(n) * 40;
}

/* ---- making the tree */

/* Centre a before b along column c; of equals the lower number. */
static bool before(const Centres *t, size_t c, uint32_t a, uint32_t b)
{
  const double x = t->centre[a * t->d + c], y = t->centre[b * t->d + c];
  return x < y || (x == y && a < b);
}

static void swap(uint32_t *a, uint32_t *b)
{
  const uint32_t other = *a;
  *a = *b;
  *b = other;
}

/* The one of three whose value is between those of the others. */
static uint32_t middle_of(const Centres *t, size_t c, uint32_t a, uint32_t b, uint32_t other)
{
  if (before(t, c, a, b)) {
    return before(t, c, b, other) ? b : before(t, c, a, other) ? other : a;
  }
  return before(t, c, a, other) ? a : before(t, c, b, other) ? other : b;
}

/* Puts the `first` smallest along column c to the front: Hoare's selection. */
static void select_front(const Centres *t, size_t c, uint32_t *list, size_t n, size_t first)
{
  ptrdiff_t low = 0, high = (ptrdiff_t)n - 1;
  const ptrdiff_t wanted = (ptrdiff_t)first;
  while (low < high) {
    const uint32_t pivot = middle_of(t, c, list[low], list[low + (high - low) / 2], list[high]);
    ptrdiff_t i = low, j = high;
    while (i <= j) {
      while (before(t, c, list[i], pivot)) {
        i++;
      }
      while (before(t, c, pivot, list[j])) {
        j--;
      }
      if (i <= j) {
        swap(&list[i++], &list[j--]);
      }
    }
    if (wanted <= j) {
      high = j;
    } else if (wanted >= i) {
      low = i;
    } else {
      return;
    }
  }
}

static size_t widest_column(const Centres *t, const uint32_t *list, size_t n)
{
  double *low = t->lows, *high = t->lows + t->d;
  size_t widest = 0;
  for (size_t c = 0; c < t->d; c++) {
    low[c] = INFINITY;
    high[c] = -INFINITY;
  }
  for (size_t i = 0; i < n; i++) {
    const double *x = t->centre + (size_t)list[i] * t->d;
    for (size_t c = 0; c < t->d; c++) {
      low[c] = x[c] < low[c] ? x[c] : low[c];
      high[c] = x[c] > high[c] ? x[c] : high[c];
    }
  }
  for (size_t c = 1; c < t->d; c++) {
    widest = high[c] - low[c] > high[widest] - low[widest] ? c : widest;
  }
  return widest;
}

static void fill_leaf(Centres *t, size_t leaf, const uint32_t *list, size_t n)
{
  for (size_t lane = 0; lane < LANES; lane++) {
    const size_t place = leaf * LANES + lane;
    t->cluster[place] = lane < n ? list[lane] : CENTRES_NONE;
    t->tile_sizes[place] = lane < n ? t->size[list[lane]] : 1;
    for (size_t c = 0; c < t->d; c++) {
      t->tiles[leaf * LANES * t->d + c * LANES + lane] = lane < n ? t->centre[list[lane] * t->d + c] : INFINITY;
    }
    if (lane < n) {
      t->place[list[lane]] = (uint32_t)place;
    }
  }
}

/* Box, smallest size and lowest number of a node from what is right below it. */
static void sum_leaf(Centres *t, CentreNode *node, double *box)
{
  const size_t d = t->d;
  node->least = INFINITY;
  node->lowest = CENTRES_NONE;
  for (size_t c = 0; c < d; c++) {
    box[c] = INFINITY;
    box[d + c] = -INFINITY;
  }
  for (size_t place = node->leaf * (size_t)LANES; place < (node->leaf + (size_t)1) * LANES; place++) {
    const uint32_t cluster = t->cluster[place];
    if (cluster == CENTRES_NONE) {
      continue;
    }
    const double *x = t->centre + (size_t)cluster * d;
    node->least = t->size[cluster] < node->least ? t->size[cluster] : node->least;
    node->lowest = cluster < node->lowest ? cluster : node->lowest;
    for (size_t c = 0; c < d; c++) {
      box[c] = x[c] < box[c] ? x[c] : box[c];
      box[d + c] = x[c] > box[d + c] ? x[c] : box[d + c];
    }
  }
  node->least = node->lowest == CENTRES_NONE ? 1 : node->least;
}

static void sum_children(Centres *t, CentreNode *node, double *box)
{
  const size_t d = t->d;
  const CentreNode *a = &t->nodes[node->child], *b = a + 1;
  const double *low = t->boxes + node->child * 2 * d, *other = low + 2 * d;
  const bool empty_a = a->lowest == CENTRES_NONE, empty_b = b->lowest == CENTRES_NONE;
  node->lowest = a->lowest < b->lowest ? a->lowest : b->lowest;
  node->least = empty_a ? b->least : empty_b || a->least < b->least ? a->least : b->least;
  for (size_t c = 0; c < d; c++) {
    box[c] = low[c] < other[c] ? low[c] : other[c];
    box[d + c] = low[d + c] > other[d + c] ? low[d + c] : other[d + c];
  }
}

static void sum_up(Centres *t, size_t node)
{
  double *box = t->boxes + node * 2 * t->d;
  if (t->nodes[node].child) {
    sum_children(t, &t->nodes[node], box);
  } else {
    sum_leaf(t, &t->nodes[node], box);
  }
}

/* Left halves hold a whole number of leaves, so that all leaves but the last are full. */
static Status build_node(Centres *t, uint32_t node, uint32_t *list, size_t n, Error *e)
{
  if (task_cancelled(t->task)) {
    return error_cancelled(e);
  }
  if (n <= LANES) {
    t->nodes[node].child = 0;
    t->nodes[node].leaf = (uint32_t)t->n_leaves;
    t->leaf_node[t->n_leaves] = node;
    fill_leaf(t, t->n_leaves++, list, n);
    sum_up(t, node);
    return STATUS_OK;
  }
  const size_t leaves = (n + LANES - 1) / LANES, left = leaves / 2 * LANES;
  const uint32_t child = (uint32_t)t->n_nodes;
  t->n_nodes += 2;
  select_front(t, widest_column(t, list, n), list, n, left);
  t->nodes[node].child = child;
  t->nodes[child].parent = t->nodes[child + 1].parent = node;
  Status status = build_node(t, child, list, left, e);
  if (status == STATUS_OK) {
    status = build_node(t, child + 1, list + left, n - left, e);
  }
  if (status == STATUS_OK) {
    sum_up(t, node);
  }
  return status;
}

static Status build(Centres *t, Error *e)
{
  size_t n = 0;
  for (size_t i = 0; i < t->n; i++) {
    if (t->size[i] > 0) {
      t->sorted[n++] = (uint32_t)i;
    }
  }
  t->built = n;
  t->n_leaves = 0;
  t->n_nodes = 1;
  t->nodes[0].parent = CENTRES_NONE;
  return build_node(t, 0, t->sorted, n, e);
}

Status centres_new(Task *task, const double *values, const double *sizes, size_t n, size_t d, bool ward, Centres *t,
                   Error *e)
{
  const size_t leaves = most_leaves(n), nodes = 2 * leaves;
  *t = (Centres){.task = task, .kernels = linkage_kernels(), .n = n, .d = d, .living = n, .ward = ward};
  const Status status = task_reserve(task, (size_t)centres_bytes(n, d), _("the centres of clusters"), e);
  if (status != STATUS_OK) {
    return status;
  }
  t->centre = mem_alloc(n, d * sizeof *t->centre);
  t->size = mem_alloc(n, sizeof *t->size);
  t->place = mem_alloc(n, sizeof *t->place);
  t->cluster = mem_alloc(leaves, LANES * sizeof *t->cluster);
  t->tiles = mem_buffer(leaves, d * LANES * sizeof *t->tiles);
  t->tile_sizes = mem_buffer(leaves, LANES * sizeof *t->tile_sizes);
  t->leaf_node = mem_alloc(leaves, sizeof *t->leaf_node);
  t->nodes = mem_zero(nodes, sizeof *t->nodes);
  t->boxes = mem_alloc(nodes, 2 * d * sizeof *t->boxes);
  t->sorted = mem_alloc(n, sizeof *t->sorted);
  t->lows = mem_alloc(d, 2 * sizeof *t->lows);
  if (!t->centre || !t->size || !t->place || !t->cluster || !t->tiles || !t->tile_sizes || !t->leaf_node || !t->nodes ||
      !t->boxes || !t->sorted || !t->lows) {
    return error_memory(e, (size_t)centres_bytes(n, d), _("the centres of clusters"));
  }
  memcpy(t->centre, values, n * d * sizeof *t->centre);
  for (size_t i = 0; i < n; i++) {
    t->size[i] = sizes ? sizes[i] : 1;
    t->living -= !(t->size[i] > 0);
  }
  return build(t, e);
}

/* ---- questions */

typedef struct Query {
  const double *x;
  double size;
  uint32_t self, best;
  double distance;
} Query;

/* No centre below the node is nearer than this. */
static double bound_of(const Centres *t, const Query *q, uint32_t node)
{
  const double *low = t->boxes + (size_t)node * 2 * t->d, *high = low + t->d;
  double sum = 0;
  for (size_t c = 0; c < t->d; c++) {
    const double below = low[c] - q->x[c], above = q->x[c] - high[c];
    double apart = below > above ? below : above;
    apart = apart > 0 ? apart : 0;
    sum += apart * apart;
  }
  const double other = t->nodes[node].least;
  return t->ward ? sum * (2 * (other * q->size) / (other + q->size)) * CAREFUL : sum;
}

static bool is_hopeless(const Centres *t, const Query *q, uint32_t node, double bound)
{
  return bound > q->distance || (bound == q->distance && t->nodes[node].lowest > q->best);
}

static void search_leaf(const Centres *t, Query *q, size_t leaf)
{
  double out[LANES] __attribute__((aligned(64)));
  const double *tile = t->tiles + leaf * LANES * t->d;
  const double least = t->ward ? t->kernels->ward(tile, t->tile_sizes + leaf * LANES, t->d, q->x, q->size, out)
                               : t->kernels->squares(tile, t->d, q->x, out);
  if (least > q->distance) {
    return;
  }
  for (size_t lane = 0; lane < LANES; lane++) {
    const uint32_t cluster = t->cluster[leaf * LANES + lane];
    if (cluster != CENTRES_NONE && cluster != q->self &&
        (out[lane] < q->distance || (out[lane] == q->distance && cluster < q->best))) {
      q->distance = out[lane];
      q->best = cluster;
    }
  }
}

uint32_t centres_nearest(const Centres *t, uint32_t cluster, double *distance)
{
  struct {
    uint32_t node;
    double bound;
  } stack[DEPTH];
  Query q = {.x = t->centre + (size_t)cluster * t->d,
             .size = t->size[cluster],
             .self = cluster,
             .best = CENTRES_NONE,
             .distance = INFINITY};
  size_t depth = 0;
  stack[depth].node = 0;
  stack[depth++].bound = 0;
  while (depth > 0) {
    depth--;
    const uint32_t node = stack[depth].node;
    if (is_hopeless(t, &q, node, stack[depth].bound)) {
      continue;
    }
    const uint32_t child = t->nodes[node].child;
    if (child == 0) {
      search_leaf(t, &q, t->nodes[node].leaf);
      continue;
    }
    const double first = bound_of(t, &q, child), second = bound_of(t, &q, child + 1);
    const uint32_t nearer = second < first ? child + 1 : child, farther = second < first ? child : child + 1;
    stack[depth].node = farther;
    stack[depth++].bound = second < first ? first : second;
    stack[depth].node = nearer;
    stack[depth++].bound = second < first ? second : first;
  }
  *distance = q.distance;
  return q.best;
}

/* ---- changes */

static void put_place(Centres *t, uint32_t cluster, bool alive)
{
  const size_t place = t->place[cluster], leaf = place / LANES, lane = place % LANES;
  t->cluster[place] = alive ? cluster : CENTRES_NONE;
  t->tile_sizes[place] = alive ? t->size[cluster] : 1;
  for (size_t c = 0; c < t->d; c++) {
    t->tiles[leaf * LANES * t->d + c * LANES + lane] = alive ? t->centre[cluster * t->d + c] : INFINITY;
  }
  for (uint32_t node = t->leaf_node[leaf]; node != CENTRES_NONE; node = t->nodes[node].parent) {
    sum_up(t, node);
  }
}

Status centres_merge(Centres *t, uint32_t cluster, uint32_t other, const double *centre, double size, Error *e)
{
  t->size[cluster] = size;
  t->size[other] = 0;
  memcpy(t->centre + (size_t)cluster * t->d, centre, t->d * sizeof *centre);
  t->living--;
  if (t->living * 2 <= t->built && t->built > LANES) {
    return build(t, e);
  }
  put_place(t, other, false);
  put_place(t, cluster, true);
  return STATUS_OK;
}

size_t centres_list(const Centres *t, uint32_t *list)
{
  size_t n = 0;
  for (size_t place = 0; place < t->n_leaves * LANES; place++) {
    if (t->cluster[place] != CENTRES_NONE) {
      list[n++] = t->cluster[place];
    }
  }
  return n;
}
