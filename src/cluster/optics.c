/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/optics.h"

#include <math.h>

#include "cluster/optics_near.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/neighbours_tree.h"

enum { PART = 2048, BLOCK = 256, NEAR_LEAST = 16 };

#define GROWTH 1.25 /* from 1.05 to 2 it makes little difference */

/* Rows that wait below a node: the least reachability and the latest row that has it, and the largest of those that are
 * not settled. A row is settled when it was reached more easily than over the distance to its last near row: whom lists of
 * near rows do not tell of it comes no nearer. */
typedef struct Waiting {
  double least, most; /* infinite, -1 when there are none */
  uint32_t place, row;
  uint32_t latest; /* of the positions that those not settled were reached from */
} Waiting;

/* A row that had its turn, and what it may still do: rows nearer than `bound` know of it. */
typedef struct Reacher {
  double bound;
  uint32_t position;
} Reacher;

typedef struct Ordering {
  Task *task;
  const NeighbourTree *tree; /* NULL: brute force */
  const double *values;
  size_t n, d;
  Metric metric;
  double eps;                /* a distance */
  OpticsOrder *out;
  double *reach;             /* by place; -1: has had its turn */
  uint32_t *from;            /* by place: the position of the row it was reached from, or OPTICS_NOBODY */
  Waiting *waiting;          /* by node, or by part of brute force */
  OpticsNear near;           /* tree: when memory allows */
  double *radius;            /* by place: the distance to the last near row; NULL without lists */
  uint32_t *place_of;        /* by row; NULL without lists */
  uint32_t now;              /* brute force: the row whose turn it is */
  Reacher *reachers;         /* tree: a heap, the least bound first */
  size_t n_reachers;
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

static const Waiting NOBODY_WAITS = {.least = (double)INFINITY, .most = -1, .place = OPTICS_NOBODY, .row = 0, .latest = 0};

/* Takes in one place. Of places that nothing has reached the first row is next, else the last one. */
static inline void wait_place(Waiting *w, double reach, uint32_t place, uint32_t row)
{
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
    wait_place(w, other->least, other->place, other->row);
    w->most = other->most > w->most ? other->most : w->most;
    w->latest = other->latest > w->latest ? other->latest : w->latest;
  }
}

static Waiting wait_range(const Ordering *o, size_t first, size_t end)
{
  Waiting w = NOBODY_WAITS;
  for (size_t i = first; i < end; i++) {
    const double reach = o->reach[i];
    if (reach >= 0) {
      wait_place(&w, reach, (uint32_t)i, row_of(o, i));
      if (!(o->radius && reach < o->radius[i])) {
        w.most = reach > w.most ? reach : w.most;
        w.latest = o->from[i] > w.latest ? o->from[i] : w.latest;
      }
    }
  }
  return w;
}

/* ---- on a tree */

/* Says whether anything changed. */
static bool refresh(Ordering *o, size_t node)
{
  Waiting now;
  if (tree_is_leaf(o->tree, node)) {
    size_t first, end;
    tree_range(o->tree, node, &first, &end);
    now = wait_range(o, first, end);
  } else {
    now = o->waiting[2 * node + 1];
    wait_join(&now, &o->waiting[2 * node + 2]);
  }
  Waiting *before = &o->waiting[node];
  const bool same = now.least == before->least && now.most == before->most && now.place == before->place &&
                    now.latest == before->latest;
  *before = now;
  return !same;
}

static void refresh_place(Ordering *o, uint32_t place)
{
  size_t leaf = (size_t)place * o->tree->leaves / o->tree->n;
  while (tree_leaf_first(o->tree, leaf + 1) <= place) {
    leaf++;
  }
  for (size_t node = leaf + o->tree->leaves - 1; refresh(o, node) && node > 0; node = (node - 1) / 2) {
  }
}

/* A row reaches out to `limit`. */
typedef struct Turn {
  const double *x;
  uint32_t position;
  double core, limit;
  double beyond; /* no row farther than limit that it could serve is nearer than this */
} Turn;

static Turn turn_of(const Ordering *o, uint32_t position)
{
  const uint32_t row = o->out->order[position];
  return (Turn){.x = o->values + (size_t)row * o->d,
                .position = position,
                .core = o->out->core[row],
                .beyond = INFINITY};
}

/* Says whether anything changed. Of equal reaches that from the row whose turn was first stays. */
static bool serve(Ordering *o, const Turn *t, size_t place, double distance)
{
  const double reach = t->core > distance ? t->core : distance, before = o->reach[place];
  if (distance > o->eps || reach > before || (reach == before && t->position >= o->from[place])) {
    return false;
  }
  o->reach[place] = reach;
  o->from[place] = t->position;
  return true;
}

static bool reach_leaf(Ordering *o, size_t node, Turn *t)
{
  const NeighbourTree *tree = o->tree;
  const size_t leaf = node + 1 - tree->leaves, first = tree_leaf_first(tree, leaf);
  double ranks[DISTANCE_TILE];
  uint32_t found = distance_kernels()->within[tree->fold](tree_tile(tree, leaf), tree->d, t->x,
                                                          metric_rank(o->metric, o->eps) * (1 + 0x1p-50), ranks);
  bool changed = false;
  for (found &= tree_lanes(tree, leaf); found != 0; found &= found - 1) {
    const size_t lane = (size_t)__builtin_ctz(found), place = first + lane;
    const double distance = metric_unrank(o->metric, ranks[lane]);
    if (distance <= t->limit) {
      changed = serve(o, t, place, distance) || changed;
    } else if (distance <= o->reach[place] && distance < t->beyond) {
      t->beyond = distance;
    }
  }
  if (changed) {
    (void)refresh(o, node);
  }
  return changed;
}

/* Whether a reach serves nobody who waits below the node. */
static bool idle(const Waiting *w, const Turn *t, double reach)
{
  return reach > w->most || (reach == w->most && t->position >= w->latest);
}

static bool reach_below(Ordering *o, size_t node, Turn *t)
{
  const Waiting *waiting = &o->waiting[node];
  if (idle(waiting, t, t->core)) {
    return false;
  }
  const double nearest = metric_unrank(o->metric, tree_nearest(o->tree, node, t->x));
  if (nearest > o->eps || idle(waiting, t, nearest)) {
    return false;
  }
  if (nearest > t->limit) {
    t->beyond = nearest < t->beyond ? nearest : t->beyond;
    return false;
  }
  if (tree_is_leaf(o->tree, node)) {
    return reach_leaf(o, node, t);
  }
  const bool left = reach_below(o, 2 * node + 1, t), right = reach_below(o, 2 * node + 2, t);
  if (left || right) {
    (void)refresh(o, node);
  }
  return left || right;
}

static inline bool earlier(const Reacher *a, const Reacher *b)
{
  return a->bound < b->bound || (a->bound == b->bound && a->position < b->position);
}

static void sink(Ordering *o, size_t at, Reacher r)
{
  Reacher *heap = o->reachers;
  for (size_t child; (child = 2 * at + 1) < o->n_reachers; at = child) {
    child += child + 1 < o->n_reachers && earlier(&heap[child + 1], &heap[child]);
    if (!earlier(&heap[child], &r)) {
      break;
    }
    heap[at] = heap[child];
  }
  heap[at] = r;
}

static void add_reacher(Ordering *o, uint32_t position, double bound)
{
  const Reacher r = {bound, position};
  size_t at = o->n_reachers++;
  for (; at > 0 && earlier(&r, &o->reachers[(at - 1) / 2]); at = (at - 1) / 2) {
    o->reachers[at] = o->reachers[(at - 1) / 2];
  }
  o->reachers[at] = r;
}

/* Lets rows that had their turn reach farther, until none could reach a row as easily as the next one was reached, or the
 * task is cancelled. A row
 * reaches by GROWTH farther than to the nearest row it may serve. */
static void reach_out(Ordering *o)
{
  while (o->n_reachers > 0 && o->reachers[0].bound <= o->waiting[0].least && o->waiting[0].place != OPTICS_NOBODY &&
         !task_cancelled(o->task)) {
    const Reacher r = o->reachers[0];
    Turn t = turn_of(o, r.position);
    t.limit = r.bound > t.core ? r.bound * GROWTH : t.core;
    (void)reach_below(o, 0, &t);
    if (isfinite(t.beyond)) {
      sink(o, 0, (Reacher){t.beyond, r.position});
    } else if (--o->n_reachers > 0) {
      sink(o, 0, o->reachers[o->n_reachers]);
    }
  }
}

/* A row that has its turn serves its near rows and those it is near to. */
static void reach_near(Ordering *o, uint32_t position, bool quiet)
{
  const OpticsNear *near = &o->near;
  const size_t row = o->out->order[position];
  const Turn t = turn_of(o, position);
  for (size_t entry = row * near->k; entry < (row + 1) * near->k; entry++) {
    const uint32_t place = o->place_of[near->rows[entry]];
    if (serve(o, &t, place, near->distances[entry]) && !quiet) {
      refresh_place(o, place);
    }
  }
  for (uint32_t i = near->starts[row]; i < near->starts[row + 1]; i++) {
    const uint32_t place = o->place_of[near->named[i] / near->k];
    if (serve(o, &t, place, near->distances[near->named[i]]) && !quiet) {
      refresh_place(o, place);
    }
  }
}

/* Quiet: the tree is not told, since it is made later. */
static void begin_turn(Ordering *o, uint32_t position, bool quiet)
{
  const uint32_t row = o->out->order[position];
  if (!isfinite(o->out->core[row])) {
    return;
  }
  if (o->near.k > 0) {
    reach_near(o, position, quiet);
  }
  add_reacher(o, position, o->near.k > 0 ? optics_near_radius(&o->near, row) : 0);
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
        o->from[first + j] = o->out->position[o->now];
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

static uint32_t row_at(const OpticsOrder *order, uint32_t position)
{
  return position == OPTICS_NOBODY ? OPTICS_NOBODY : order->order[position];
}

static uint32_t take(Ordering *o, size_t position)
{
  const Waiting next = o->tree ? o->waiting[0] : next_of_parts(o);
  OpticsOrder *out = o->out;
  out->order[position] = next.row;
  out->position[next.row] = (uint32_t)position;
  out->reach[next.row] = o->reach[next.place];
  out->from[next.row] = row_at(out, o->from[next.place]);
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
    (void)refresh(o, node);
  }
}

/* The row's own reach to others, once it had its turn. */
static void spread(Ordering *o, uint32_t place)
{
  const uint32_t row = row_of(o, place);
  if (!o->tree) {
    o->now = row;
    pool_run(task_threads(o->task), (o->n + PART - 1) / PART, part_item, o);
    return;
  }
  refresh_place(o, place);
  begin_turn(o, o->out->position[row], false);
}

static void order_rows(Ordering *o)
{
  OpticsOrder *out = o->out;
  Stretch stretch = {.rows = o->n / 256 + 1, .highest = NAN};
  for (size_t i = 0; o->tree && i < out->done; i++) { /* of an order that goes on: what they may have done is done again */
    begin_turn(o, (uint32_t)i, true);
  }
  wait_all(o);
  for (; out->done < o->n; out->done++) {
    if (out->done % 4096 == 0) {
      task_progress(o->task, out->done, o->n);
    }
    reach_out(o);
    if (task_cancelled(o->task)) {
      break;
    }
    spread(o, take(o, out->done));
    if (o->task->trace) {
      tell(o, out->done, &stretch);
    }
  }
  for (size_t i = 0; i < o->n; i++) { /* of those that wait, for going on */
    if (o->reach[i] >= 0) {
      out->reach[row_of(o, i)] = o->reach[i];
      out->from[row_of(o, i)] = row_at(out, o->from[i]);
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
  o->reachers = o->tree ? mem_alloc(n, sizeof *o->reachers) : NULL;
  o->radius = o->near.k > 0 ? mem_alloc(n, sizeof *o->radius) : NULL;
  o->place_of = o->near.k > 0 ? mem_alloc(n, sizeof *o->place_of) : NULL;
  if (!o->reach || !o->from || !o->waiting || (o->tree && !o->reachers) ||
      (o->near.k > 0 && (!o->radius || !o->place_of))) {
    return error_memory(e, n * 44, _("an order of rows"));
  }
  for (size_t i = 0; i < n; i++) {
    const uint32_t row = row_of(o, i);
    o->reach[i] = o->out->position[row] == OPTICS_NOBODY ? o->out->reach[row] : -1;
    o->from[i] = o->out->from[row] == OPTICS_NOBODY ? OPTICS_NOBODY : o->out->position[o->out->from[row]];
    if (o->near.k > 0) {
      o->radius[i] = optics_near_radius(&o->near, row);
      o->place_of[row] = (uint32_t)i;
    }
  }
  return STATUS_OK;
}

/* The distance of every row to its k-th nearest. */
static Status kth_distances(const Ordering *o, const Neighbours *index, size_t k, double *out, Error *e)
{
  const OpticsNear *near = &o->near;
  if (near->k < k) {
    return neighbours_kth(o->task, index, k, out, e);
  }
  for (size_t i = 0; i < o->n; i++) {
    out[i] = near->distances[i * near->k + k - 1];
  }
  return STATUS_OK;
}

/* Core distances, and eps where it is not given. */
static Status begin(Ordering *o, const Neighbours *index, size_t min_points, double eps, Error *e)
{
  const size_t n = o->n;
  OpticsOrder *out = o->out;
  Status status;
  TRY(optics_order_new(n, out, e));
  if (eps < 0) {
    TRY(kth_distances(o, index, min_points < n ? min_points + 1 : n, out->core, e));
    eps = 0;
    for (size_t i = 0; i < n; i++) {
      eps = out->core[i] > eps ? out->core[i] : eps;
    }
  }
  out->eps = eps;
  for (size_t i = 0; i < n; i++) {
    out->core[i] = INFINITY;
  }
  if (min_points <= n) {
    TRY(kth_distances(o, index, min_points, out->core, e));
  }
  for (size_t i = 0; i < n; i++) {
    out->core[i] = out->core[i] <= eps ? out->core[i] : INFINITY;
  }
done:
  return status;
}

/* Near rows are worth their memory on a tree. */
static Status find_near(Ordering *o, const Neighbours *index, size_t min_points, Error *e)
{
  const size_t wanted = min_points + 1 > NEAR_LEAST ? min_points + 1 : NEAR_LEAST;
  return o->tree ? optics_near_new(o->task, index, o->n, wanted < o->n ? wanted : o->n, &o->near, e) : STATUS_OK;
}

Status optics_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                  size_t min_points, double eps, OpticsOrder *out, Error *e)
{
  Ordering o = {
      .task = task, .tree = neighbours_tree(index), .values = values, .n = n, .d = d, .metric = metric, .out = out};
  Status status = STATUS_OK;
  task_phase(task, "core distances");
  TRY(find_near(&o, index, min_points, e));
  if (!out->order) {
    TRY(begin(&o, index, min_points, eps, e));
  }
  o.eps = out->eps;
  TRY(allocate(&o, e));
  task_phase(task, "order");
  order_rows(&o);
done:
  mem_free(o.reach);
  mem_free(o.from);
  mem_free(o.waiting);
  mem_free(o.reachers);
  mem_free(o.radius);
  mem_free(o.place_of);
  optics_near_free(&o.near);
  if (status != STATUS_OK) {
    optics_order_free(out);
  }
  return status;
}
