/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/dbscan.h"

#include <math.h>
#include <stdio.h>
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
  mem_free(result->distances);
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

bool dbscan_nearer(const DbscanWalk *w, uint32_t b, double rank, uint32_t best, double best_rank)
{
  return best == DBSCAN_NOBODY || rank < best_rank || (rank == best_rank && lesser_coordinates(w, b, best));
}

bool dbscan_earlier(const DbscanWalk *w, uint32_t a, uint32_t b)
{
  return w->order[dbscan_find(w, a)] < w->order[dbscan_find(w, b)];
}

bool dbscan_known(const DbscanWalk *w, size_t place)
{
  return w->stopped && !isnan(w->stopped->distances[dbscan_row(w, place)]);
}

void dbscan_settle(const DbscanWalk *w, size_t place)
{
  if (w->border == DBSCAN_NOISE || !(w->nearest[place] <= w->limit)) {
    w->owner[place] = DBSCAN_NOBODY;
  }
}

static Status allocate(DbscanWalk *w, Error *e)
{
  const size_t nodes = w->tree ? 2 * w->tree->leaves - 1 : 1;
  w->core = mem_zero(w->n, sizeof *w->core);
  w->parent = mem_alloc(w->n, sizeof *w->parent);
  w->order = mem_alloc(w->n, sizeof *w->order);
  w->owner = mem_alloc(w->n, sizeof *w->owner);
  w->nearest = mem_alloc(w->n, sizeof *w->nearest);
  w->first_core = mem_alloc(nodes, sizeof *w->first_core);
  w->lanes = mem_alloc(w->tree ? w->tree->leaves : 1, sizeof *w->lanes);
  w->dense = mem_zero(nodes, sizeof *w->dense);
  w->together = mem_zero(nodes, sizeof *w->together);
  if (!w->core || !w->parent || !w->order || !w->owner || !w->nearest || !w->first_core || !w->lanes || !w->dense ||
      !w->together) {
    return error_memory(e, w->n * 21, _("clusters"));
  }
  for (size_t i = 0; i < w->n; i++) {
    w->nearest[i] = INFINITY;
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
  mem_free(w->nearest);
  mem_free(w->first_core);
  mem_free(w->lanes);
  mem_free(w->dense);
  mem_free((void *)w->together);
}

static void step_item(void *context, size_t item, size_t worker)
{
  DbscanWalk *w = context;
  w->item(w, item, worker);
  const size_t ready = w->before + atomic_fetch_add_explicit(&w->ready, 1, memory_order_relaxed) + 1;
  if (ready % 64 == 0 || ready == w->items) {
    task_progress(w->task, ready, w->items);
  }
}

Status dbscan_run(DbscanWalk *w, size_t items, PoolFunction item, Error *e)
{
  w->item = item;
  atomic_store(&w->ready, 0);
  pool_run(task_threads(w->task), items, step_item, w);
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
    out->distances[row] = w->core[i]                ? 0
                          : dbscan_known(w, i)      ? w->stopped->distances[row]
                          : isfinite(w->nearest[i]) ? metric_unrank(w->metric, w->nearest[i])
                                                    : (double)NAN;
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

/* After a press: what is known stays, if the core rows are. */
static Status keep_partial(DbscanWalk *w, Status status, DbscanResult *out, Error *e)
{
  if (status != STATUS_CANCELLED) {
    return status;
  }
  error_clear(e);
  out->complete = false;
  out->joined = w->joined;
  snprintf(out->stopped_at, sizeof out->stopped_at, "%s, %.0f%%", w->joined ? "border rows" : "components",
           floor(100 * (double)(w->before + atomic_load(&w->ready)) / (double)w->items));
  return STATUS_OK;
}

/* What a stopped fit had joined: the core rows of a label, and the border rows with them. */
static Status take_up(DbscanWalk *w, Error *e)
{
  const DbscanResult *before = w->stopped;
  const size_t k = before ? before->k : 0;
  uint32_t *first = mem_alloc(k, sizeof *first); /* core place of a label */
  if (!first) {
    return error_memory(e, k * sizeof *first, _("clusters"));
  }
  for (size_t c = 0; c < k; c++) {
    first[c] = DBSCAN_NOBODY;
  }
  for (size_t i = 0; before && i < w->n; i++) {
    if (w->core[i]) {
      uint32_t *place = &first[before->labels[dbscan_row(w, i)]];
      *place = *place == DBSCAN_NOBODY ? (uint32_t)i : *place;
      dbscan_join(w, *place, (uint32_t)i);
    }
  }
  for (size_t i = 0; before && i < w->n; i++) {
    const int32_t label = before->labels[dbscan_row(w, i)];
    w->owner[i] = !w->core[i] && label >= 0 ? first[label] : DBSCAN_NOBODY;
  }
  mem_free(first);
  return STATUS_OK;
}

/* Joins core rows, then looks where the others go. */
static Status connect(DbscanWalk *w, Error *e)
{
  Status status;
  task_phase(w->task, "components");
  if (!w->stopped || !w->stopped->joined) {
    TRY(w->tree ? dbscan_walk_join(w, e) : dbscan_brute_join(w, e));
  }
  w->joined = true;
  order_components(w);
  task_phase(w->task, "border rows");
  TRY(w->tree ? dbscan_walk_borders(w, e) : dbscan_brute_borders(w, e));
done:
  return status;
}

Status dbscan_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, Metric metric,
                  const double *weights, const DbscanSettings *settings, DbscanResult *out, Error *e)
{
  DbscanWalk w = {.task = task, .index = index, .tree = neighbours_tree(index), .values = values, .n = n, .d = d,
                  .metric = metric, .weights = weights, .limit = metric_rank(metric, settings->eps),
                  .min_points = settings->min_points, .border = settings->border, .kth = settings->kth,
                  .stopped = settings->before};
  Status status;
  *out = (DbscanResult){.n = n, .complete = true, .joined = true};
  out->labels = mem_alloc(n, sizeof *out->labels);
  out->core = mem_alloc(n, sizeof *out->core);
  out->distances = mem_alloc(n, sizeof *out->distances);
  TRY(out->labels && out->core && out->distances ? allocate(&w, e) : error_memory(e, n * 13, _("clusters")));
  task_phase(task, "core rows");
  TRY(dbscan_walk_cores(&w, e));
  TRY(take_up(&w, e));
  TRY(keep_partial(&w, connect(&w, e), out, e));
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
