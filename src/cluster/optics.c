/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/optics.h"

#include <math.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/neighbours_tree.h"

enum { PART = 2048, BLOCK = 256 };

/* Rows that wait below a node: the least reachability and the latest row that has it, and the largest. */
typedef struct Waiting {
  double least, most; /* infinite, -1 when nobody waits */
  uint32_t place, row;
} Waiting;

typedef struct Ordering {
  Task *task;
  const NeighbourTree *tree; /* NULL: brute force */
  const double *values;
  size_t n, d;
  Metric metric;
  double eps;                /* a distance */
  OpticsOrder *out;
  double *reach;             /* by place; -1: has had its turn */
  uint32_t *from;            /* by place */
  Waiting *waiting;          /* by node, or by part of brute force */
  uint32_t now;              /* brute force: the row whose turn it is */
} Ordering;

void optics_order_free(OpticsOrder *order)
{
  mem_free(order->order);
  mem_free(order->position);
  mem_free(order->reach);
  mem_free(order->core);
  mem_free(order->from);
  *order = (OpticsOrder){0};
}

static uint32_t row_of(const Ordering *o, size_t place)
{
  return o->tree ? o->tree->rows[place] : (uint32_t)place;
}

static const Waiting NOBODY_WAITS = {.least = (double)INFINITY, .most = -1, .place = OPTICS_NOBODY, .row = 0};

/* Takes in one place. Of places that nothing has reached the first row is next, else the last one. */
static inline void wait_place(Waiting *w, double reach, uint32_t place, uint32_t row)
{
  if (reach < 0) {
    return;
  }
  w->most = reach > w->most ? reach : w->most;
  if (w->place == OPTICS_NOBODY || reach < w->least ||
      (reach == w->least && (isinf(reach) ? row < w->row : row > w->row))) {
    w->least = reach;
    w->place = place;
    w->row = row;
  }
}

static inline void wait_join(Waiting *w, const Waiting *other)
{
  if (other->place != OPTICS_NOBODY) {
    const double most = other->most > w->most ? other->most : w->most;
    wait_place(w, other->least, other->place, other->row);
    w->most = most;
  }
}

static Waiting wait_range(const Ordering *o, size_t first, size_t end)
{
  Waiting w = NOBODY_WAITS;
  for (size_t i = first; i < end; i++) {
    wait_place(&w, o->reach[i], (uint32_t)i, row_of(o, i));
  }
  return w;
}

/* ---- on a tree */

static void refresh(Ordering *o, size_t node)
{
  if (tree_is_leaf(o->tree, node)) {
    size_t first, end;
    tree_range(o->tree, node, &first, &end);
    o->waiting[node] = wait_range(o, first, end);
  } else {
    o->waiting[node] = o->waiting[2 * node + 1];
    wait_join(&o->waiting[node], &o->waiting[2 * node + 2]);
  }
}

static bool reach_leaf(Ordering *o, size_t node, const double *x, double core, uint32_t row)
{
  const NeighbourTree *tree = o->tree;
  const size_t leaf = node + 1 - tree->leaves, first = tree_leaf_first(tree, leaf);
  const size_t count = tree_leaf_first(tree, leaf + 1) - first;
  double ranks[DISTANCE_TILE];
  uint32_t found = distance_kernels()->within[tree->fold](tree_tile(tree, leaf), tree->d, x,
                                                          metric_rank(o->metric, o->eps) * (1 + 0x1p-50), ranks);
  bool changed = false;
  found &= count >= DISTANCE_TILE ? UINT32_MAX : ((uint32_t)1 << count) - 1;
  for (; found != 0; found &= found - 1) {
    const size_t lane = (size_t)__builtin_ctz(found);
    const double distance = metric_unrank(o->metric, ranks[lane]), reach = core > distance ? core : distance;
    if (distance <= o->eps && reach < o->reach[first + lane]) {
      o->reach[first + lane] = reach;
      o->from[first + lane] = row;
      changed = true;
    }
  }
  if (changed) {
    refresh(o, node);
  }
  return changed;
}

static bool reach_below(Ordering *o, size_t node, const double *x, double core, uint32_t row)
{
  if (o->waiting[node].most <= core) {
    return false;
  }
  const double nearest = metric_unrank(o->metric, tree_nearest(o->tree, node, x));
  if (nearest > o->eps || nearest >= o->waiting[node].most) {
    return false;
  }
  if (tree_is_leaf(o->tree, node)) {
    return reach_leaf(o, node, x, core, row);
  }
  const bool left = reach_below(o, 2 * node + 1, x, core, row), right = reach_below(o, 2 * node + 2, x, core, row);
  if (left || right) {
    refresh(o, node);
  }
  return left || right;
}

static void take_place(Ordering *o, uint32_t place)
{
  size_t leaf = (size_t)place * o->tree->leaves / o->tree->n;
  while (tree_leaf_first(o->tree, leaf + 1) <= place) {
    leaf++;
  }
  for (size_t node = leaf + o->tree->leaves - 1;; node = (node - 1) / 2) {
    refresh(o, node);
    if (node == 0) {
      break;
    }
  }
}

/* ---- by brute force, in parts */

static void part_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  Ordering *o = context;
  const size_t end = (item + 1) * PART < o->n ? (item + 1) * PART : o->n;
  const double core = o->out->core[o->now];
  double distances[BLOCK];
  for (size_t first = item * PART; first < end && core <= o->eps; first += BLOCK) {
    const size_t count = end - first < BLOCK ? end - first : BLOCK;
    distance_row(o->metric, o->values + (size_t)o->now * o->d, o->values + first * o->d, count, o->d, distances);
    for (size_t j = 0; j < count; j++) {
      const double reach = core > distances[j] ? core : distances[j];
      if (distances[j] <= o->eps && reach < o->reach[first + j]) {
        o->reach[first + j] = reach;
        o->from[first + j] = o->now;
      }
    }
  }
  o->waiting[item] = wait_range(o, item * PART, end);
}

static Waiting next_of_parts(Ordering *o)
{
  const size_t parts = (o->n + PART - 1) / PART;
  Waiting next = NOBODY_WAITS;
  for (size_t i = 0; i < parts; i++) {
    wait_join(&next, &o->waiting[i]);
  }
  return next;
}

/* ---- the order */

static uint32_t take(Ordering *o, size_t position)
{
  const Waiting next = o->tree ? o->waiting[0] : next_of_parts(o);
  OpticsOrder *out = o->out;
  out->order[position] = next.row;
  out->position[next.row] = (uint32_t)position;
  out->reach[next.row] = o->reach[next.place];
  out->from[next.row] = o->from[next.place];
  o->reach[next.place] = -1;
  return next.place;
}

/* For those who watch: the order in stretches, each with the highest of its reachabilities. */
typedef struct Stretch {
  int64_t number;
  size_t rows;
  double highest;
} Stretch;

static void tell(const Ordering *o, size_t position, Stretch *s)
{
  const OpticsOrder *out = o->out;
  const double reach = out->reach[out->order[position]];
  s->highest = isfinite(reach) && !(s->highest >= reach) ? reach : s->highest;
  if ((position + 1) % s->rows == 0 || position + 1 == o->n) {
    s->number = (int64_t)(position / s->rows) + 1;
    task_step(o->task, &(TraceStep){.phase = "order", .start = 1, .iteration = s->number, .measure = "highest reachability",
                                    .objective = s->highest, .changed = (int64_t)position + 1,
                                    .counts = N_("rows in order")});
    s->highest = NAN;
  }
}

static void wait_all(Ordering *o)
{
  const size_t parts = (o->n + PART - 1) / PART, nodes = o->tree ? 2 * o->tree->leaves - 1 : 0;
  for (size_t i = 0; i < parts && !o->tree; i++) {
    o->waiting[i] = wait_range(o, i * PART, (i + 1) * PART < o->n ? (i + 1) * PART : o->n);
  }
  for (size_t node = nodes; node-- > 0;) {
    refresh(o, node);
  }
}

/* The row's own reach to others, once it had its turn. */
static void spread(Ordering *o, uint32_t place)
{
  const uint32_t row = row_of(o, place);
  const double core = o->out->core[row];
  if (!o->tree) {
    o->now = row;
    pool_run(task_threads(o->task), (o->n + PART - 1) / PART, part_item, o);
    return;
  }
  take_place(o, place);
  if (core <= o->eps) {
    (void)reach_below(o, 0, o->values + (size_t)row * o->d, core, row);
  }
}

static void order_rows(Ordering *o)
{
  OpticsOrder *out = o->out;
  Stretch stretch = {.rows = o->n / 256 + 1, .highest = NAN};
  wait_all(o);
  for (; out->done < o->n && !task_cancelled(o->task); out->done++) {
    if (out->done % 4096 == 0) {
      task_progress(o->task, out->done, o->n);
    }
    spread(o, take(o, out->done));
    if (o->task->trace) {
      tell(o, out->done, &stretch);
    }
  }
  for (size_t i = 0; i < o->n; i++) { /* of those that wait, for going on */
    if (o->reach[i] >= 0) {
      out->reach[row_of(o, i)] = o->reach[i];
      out->from[row_of(o, i)] = o->from[i];
    }
  }
}

Status optics_order_new(size_t n, OpticsOrder *out, Error *e)
{
  *out = (OpticsOrder){.n = n};
  out->order = mem_alloc(n, sizeof *out->order);
  out->position = mem_alloc(n, sizeof *out->position);
  out->reach = mem_alloc(n, sizeof *out->reach);
  out->core = mem_alloc(n, sizeof *out->core);
  out->from = mem_alloc(n, sizeof *out->from);
  if (!out->order || !out->position || !out->reach || !out->core || !out->from) {
    return error_memory(e, n * 28, _("an order of rows"));
  }
  for (size_t i = 0; i < n; i++) {
    out->position[i] = out->from[i] = OPTICS_NOBODY;
    out->reach[i] = INFINITY;
  }
  return STATUS_OK;
}

static Status allocate(Ordering *o, Error *e)
{
  const size_t n = o->n;
  o->reach = mem_alloc(n, sizeof *o->reach);
  o->from = mem_alloc(n, sizeof *o->from);
  o->waiting = mem_alloc(o->tree ? 2 * o->tree->leaves : n / PART + 1, sizeof *o->waiting);
  if (!o->reach || !o->from || !o->waiting) {
    return error_memory(e, n * 16, _("an order of rows"));
  }
  for (size_t i = 0; i < n; i++) {
    const uint32_t row = row_of(o, i);
    o->reach[i] = o->out->position[row] == OPTICS_NOBODY ? o->out->reach[row] : -1;
    o->from[i] = o->out->from[row];
  }
  return STATUS_OK;
}

static Status largest_distance(Task *task, const Neighbours *index, size_t n, size_t k, double *room, double *out,
                               Error *e)
{
  const Status status = neighbours_kth(task, index, k < n ? k : n, room, e);
  *out = 0;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    *out = room[i] > *out ? room[i] : *out;
  }
  return status;
}

/* Core distances, and eps where it is not given. */
static Status begin(Task *task, const Neighbours *index, size_t n, size_t min_points, double eps, OpticsOrder *out, Error *e)
{
  Status status;
  TRY(optics_order_new(n, out, e));
  task_phase(task, "core distances");
  if (eps < 0) {
    TRY(largest_distance(task, index, n, min_points + 1, out->core, &eps, e));
  }
  out->eps = eps;
  for (size_t i = 0; i < n; i++) {
    out->core[i] = INFINITY;
  }
  if (min_points <= n) {
    TRY(neighbours_kth(task, index, min_points, out->core, e));
  }
  for (size_t i = 0; i < n; i++) {
    out->core[i] = out->core[i] <= eps ? out->core[i] : INFINITY;
  }
done:
  return status;
}

Status optics_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                  size_t min_points, double eps, OpticsOrder *out, Error *e)
{
  Ordering o = {
      .task = task, .tree = neighbours_tree(index), .values = values, .n = n, .d = d, .metric = metric, .out = out};
  Status status = STATUS_OK;
  if (!out->order) {
    TRY(begin(task, index, n, min_points, eps, out, e));
  }
  o.eps = out->eps;
  TRY(allocate(&o, e));
  task_phase(task, "order");
  order_rows(&o);
done:
  mem_free(o.reach);
  mem_free(o.from);
  mem_free(o.waiting);
  if (status != STATUS_OK) {
    optics_order_free(out);
  }
  return status;
}
