/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/dbscan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/dbscan_walk.h"
#include "cluster/density.h"
#include "core/alloc.h"
#include "core/reduce.h"

void dbscan_result_free(DbscanResult *result)
{
  mem_free(result->labels);
  mem_free(result->core);
  mem_free(result->sizes);
  mem_free(result->core_sizes);
  *result = (DbscanResult){0};
}

/* Equal coordinates are one place in space, whose core rows are in one cluster. */
static bool lesser_coordinates(const DbscanWalk *w, uint32_t a, uint32_t b)
{
  const double *x = w->values + (size_t)dbscan_row(w, a) * w->d, *y = w->values + (size_t)dbscan_row(w, b) * w->d;
  for (size_t c = 0; c < w->d; c++) {
    if (x[c] != y[c]) {
      return x[c] < y[c];
    }
  }
  return false;
}

bool dbscan_better(const DbscanWalk *w, uint32_t b, double rank, uint32_t best, double best_rank)
{
  if (best == DBSCAN_NOBODY) {
    return true;
  }
  if (w->border == DBSCAN_FIRST) {
    return w->order[dbscan_find(w, b)] < w->order[dbscan_find(w, best)];
  }
  return rank < best_rank || (rank == best_rank && lesser_coordinates(w, b, best));
}

static Status allocate(DbscanWalk *w, Error *e)
{
  const size_t nodes = w->tree ? 2 * w->tree->leaves - 1 : 1;
  w->core = mem_zero(w->n, sizeof *w->core);
  w->parent = mem_alloc(w->n, sizeof *w->parent);
  w->order = mem_alloc(w->n, sizeof *w->order);
  w->owner = mem_alloc(w->n, sizeof *w->owner);
  w->first_core = mem_alloc(nodes, sizeof *w->first_core);
  w->dense = mem_zero(nodes, sizeof *w->dense);
  if (!w->core || !w->parent || !w->order || !w->owner || !w->first_core || !w->dense) {
    return error_memory(e, w->n * 13, _("clusters"));
  }
  for (size_t i = 0; i < w->n; i++) {
    atomic_init(&w->parent[i], (uint32_t)i);
    w->owner[i] = w->order[i] = DBSCAN_NOBODY;
  }
  return STATUS_OK;
}

static void walk_free(DbscanWalk *w)
{
  mem_free(w->core);
  mem_free((void *)w->parent);
  mem_free(w->order);
  mem_free(w->owner);
  mem_free(w->first_core);
  mem_free(w->dense);
}

typedef struct Steps {
  DbscanWalk *w;
  PoolFunction item;
  size_t items;
  _Atomic size_t ready;
} Steps;

static void step_item(void *context, size_t item, size_t worker)
{
  Steps *s = context;
  s->item(s->w, item, worker);
  const size_t ready = atomic_fetch_add_explicit(&s->ready, 1, memory_order_relaxed) + 1;
  if (ready % 64 == 0 || ready == s->items) {
    task_progress(s->w->task, ready, s->items);
  }
}

Status dbscan_run(DbscanWalk *w, size_t items, PoolFunction item, Error *e)
{
  Steps steps = {.w = w, .item = item, .items = items};
  pool_run(task_threads(w->task), items, step_item, &steps);
  return atomic_load(&w->failed)    ? error_memory(e, 0, _("lists of neighbours"))
         : task_cancelled(w->task) ? error_cancelled(e)
                                   : STATUS_OK;
}

static void order_components(DbscanWalk *w)
{
  for (size_t i = 0; i < w->n; i++) {
    if (w->core[i]) {
      const uint32_t root = dbscan_find(w, (uint32_t)i), row = dbscan_row(w, i);
      w->order[root] = row < w->order[root] ? row : w->order[root];
    }
  }
}

/* Components as numbers in the order of places, then canonical ones. The numbers reuse the memory of `order`. */
static Status give_labels(DbscanWalk *w, DbscanResult *out, Error *e)
{
  int32_t components = 0;
  for (size_t i = 0; i < w->n; i++) { /* a root is the lowest place of its component */
    if (w->core[i] && dbscan_find(w, (uint32_t)i) == i) {
      w->order[i] = (uint32_t)components++;
    }
  }
  for (size_t i = 0; i < w->n; i++) {
    const uint32_t row = dbscan_row(w, i), owner = w->core[i] ? (uint32_t)i : w->owner[i];
    out->core[row] = w->core[i];
    out->labels[row] = owner == DBSCAN_NOBODY ? -1 : (int32_t)w->order[dbscan_find(w, owner)];
  }
  out->k = (size_t)components;
  return density_number(out->labels, out->n, out->k, &out->sizes, e);
}

static Status count_rows(DbscanResult *out, Error *e)
{
  out->core_sizes = mem_zero(out->k, sizeof *out->core_sizes);
  if (!out->core_sizes) {
    return error_memory(e, 0, _("clusters"));
  }
  for (size_t i = 0; i < out->n; i++) {
    out->noise += out->labels[i] < 0;
    out->cores += out->core[i];
    out->borders += out->labels[i] >= 0 && !out->core[i];
    if (out->core[i]) {
      out->core_sizes[out->labels[i]]++;
    }
  }
  return STATUS_OK;
}

static void tell_clusters(Task *task, const DbscanResult *r)
{
  int64_t rows = 0;
  for (size_t c = 0; task->trace && c < r->k && !task_cancelled(task); c++) {
    rows += r->sizes[c];
    task_step(task, &(TraceStep){.phase = "cluster", .start = 1, .iteration = (int64_t)c + 1,
                                 .measure = "rows in clusters", .objective = (double)rows,
                                 .changed = r->sizes[c], .counts = N_("rows in this cluster")});
  }
}

Status dbscan_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                  const double *weights, const DbscanSettings *settings, DbscanResult *out, Error *e)
{
  DbscanWalk w = {.task = task, .index = index, .tree = neighbours_tree(index), .values = values, .n = n, .d = d,
                  .metric = metric, .weights = weights, .limit = metric_rank(metric, settings->eps),
                  .min_points = settings->min_points, .border = settings->border};
  Status status;
  *out = (DbscanResult){.n = n, .labels = mem_alloc(n, sizeof *out->labels), .core = mem_alloc(n, sizeof *out->core)};
  TRY(out->labels && out->core ? allocate(&w, e) : error_memory(e, n * 5, _("clusters")));
  task_phase(task, "core rows");
  TRY(dbscan_walk_cores(&w, e));
  task_phase(task, "components");
  TRY(w.tree ? dbscan_walk_join(&w, e) : dbscan_brute_join(&w, e));
  order_components(&w);
  task_phase(task, "border rows");
  if (w.border != DBSCAN_NOISE) {
    TRY(w.tree ? dbscan_walk_borders(&w, e) : dbscan_brute_borders(&w, e));
  }
  TRY(give_labels(&w, out, e));
  TRY(count_rows(out, e));
  tell_clusters(task, out);
done:
  walk_free(&w);
  if (status != STATUS_OK) {
    dbscan_result_free(out);
  }
  return status;
}

static int compare_numbers(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double dbscan_knee(double *distances, size_t n)
{
  if (n == 0) {
    return 0;
  }
  qsort(distances, n, sizeof *distances, compare_numbers);
  const double low = distances[0], rise = distances[n - 1] - low;
  size_t knee = n - 1;
  double most = 0;
  for (size_t i = 0; i < n && rise > 0; i++) {
    const double below = (double)i / (double)(n - 1) - (distances[i] - low) / rise;
    if (below > most) {
      most = below;
      knee = i;
    }
  }
  return distances[knee];
}
