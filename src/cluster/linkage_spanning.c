/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single linkage by rows. Many rows of few columns: the spanning tree that HDBSCAN finds on a kd- or ball tree, with
 * core distances of 0. Else Prim's, which makes each distance once and keeps one for each row. */
#include <math.h>
#include <string.h>

#include "cluster/hdbscan.h"
#include "cluster/linkage_vector.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum {
  STRIP = 2048,    /* rows that a thread takes at a time */
  TREE_FROM = 4096 /* rows from which on a tree is worth its making */
};

/* Rows outside the tree stand together at the front, `row` telling their numbers; each knows its nearest row inside. */
typedef struct Prim {
  Task *task;
  Metric metric;
  size_t n, d, outside;
  double *values; /* of the rows outside, in their order */
  uint32_t *row, *by;
  double *near;
  const double *tip; /* the row that joined last */
  uint32_t tip_row;
  uint32_t *best; /* place of the nearest of each strip */
} Prim;

static bool is_nearer(const Prim *p, size_t a, size_t b)
{
  return p->near[a] < p->near[b] || (p->near[a] == p->near[b] && p->row[a] < p->row[b]);
}

static void strip_near(void *context, size_t item, size_t worker)
{
  (void)worker;
  Prim *p = context;
  double distances[STRIP];
  const size_t first = item * STRIP, count = p->outside - first < STRIP ? p->outside - first : STRIP;
  distance_row_rank(p->metric, p->tip, p->values + first * p->d, count, p->d, distances);
  size_t best = first;
  for (size_t i = 0; i < count; i++) {
    const size_t at = first + i;
    if (distances[i] < p->near[at] || (distances[i] == p->near[at] && p->tip_row < p->by[at])) {
      p->near[at] = distances[i];
      p->by[at] = p->tip_row;
    }
    best = is_nearer(p, at, best) ? at : best;
  }
  p->best[item] = (uint32_t)best;
}

/* The row at a place joins: its values are kept apart, the last row outside takes its place. */
static void join(Prim *p, size_t at, double *tip)
{
  memcpy(tip, p->values + at * p->d, p->d * sizeof *tip);
  p->tip = tip;
  p->tip_row = p->row[at];
  p->outside--;
  memmove(p->values + at * p->d, p->values + p->outside * p->d, p->d * sizeof *tip);
  p->row[at] = p->row[p->outside];
  p->by[at] = p->by[p->outside];
  p->near[at] = p->near[p->outside];
}

static Status grow(Prim *p, double *tip, LinkageStep *steps, Error *e)
{
  for (size_t done = 0; p->outside > 0; done++) {
    const size_t strips = (p->outside + STRIP - 1) / STRIP;
    if (task_cancelled(p->task)) {
      return error_cancelled(e);
    }
    pool_run(p->outside * p->d < 200000 ? 1 : task_threads(p->task), strips, strip_near, p);
    size_t best = p->best[0];
    for (size_t i = 1; i < strips; i++) {
      best = is_nearer(p, p->best[i], best) ? p->best[i] : best;
    }
    const uint32_t row = p->row[best], by = p->by[best];
    steps[done] = (LinkageStep){row < by ? row : by, row < by ? by : row, metric_unrank(p->metric, p->near[best])};
    join(p, best, tip);
    if (done % 256 == 0) {
      task_progress(p->task, done, p->n - 1);
    }
  }
  return STATUS_OK;
}

/* *found false: there is no tree for these rows, or none is worth it. */
static Status span_by_tree(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageStep *steps,
                           bool *found, Error *e)
{
  Neighbours *index = NULL;
  HdbscanSpan span = {0};
  Status status = STATUS_OK;
  *found = false;
  if (n < TREE_FROM) {
    return STATUS_OK;
  }
  TRY(neighbours_new(task, values, n, d, metric, NEIGHBOURS_AUTO, &index, e));
  *found = neighbours_kind(index) != NEIGHBOURS_BRUTE;
  if (*found) {
    TRY(hdbscan_span_new(n, &span, e));
    memset(span.core, 0, n * sizeof *span.core);
    TRY(hdbscan_span(task, index, values, n, d, metric, 1, &span, e));
  }
  for (size_t i = 0; *found && i + 1 < n; i++) {
    const uint32_t a = span.edges[i].a, b = span.edges[i].b;
    steps[i] = (LinkageStep){a < b ? a : b, a < b ? b : a, metric_unrank(metric, span.edges[i].rank)};
  }
done:
  neighbours_free(index);
  hdbscan_span_free(&span);
  return status;
}

static Status span_by_prim(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageStep *steps,
                           Error *e)
{
  Prim p = {.task = task, .metric = metric, .n = n, .d = d, .outside = n};
  double *tip = mem_alloc(d, sizeof *tip);
  p.values = mem_buffer(n, d * sizeof *p.values);
  p.row = mem_alloc(n, sizeof *p.row);
  p.by = mem_alloc(n, sizeof *p.by);
  p.near = mem_alloc(n, sizeof *p.near);
  p.best = mem_alloc(n / STRIP + 1, sizeof *p.best);
  Status status =
      tip && p.values && p.row && p.by && p.near && p.best ? STATUS_OK : error_memory(e, n * d * 8, _("a tree"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    p.row[i] = p.by[i] = (uint32_t)i;
    p.near[i] = INFINITY;
  }
  if (status == STATUS_OK) {
    memcpy(p.values, values, n * d * sizeof *values);
    join(&p, 0, tip);
    status = grow(&p, tip, steps, e);
  }
  mem_free(tip);
  mem_free(p.values);
  mem_free(p.row);
  mem_free(p.by);
  mem_free(p.near);
  mem_free(p.best);
  return status;
}

Status linkage_run_single(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageStep *steps,
                          Error *e)
{
  bool found;
  const Status status = span_by_tree(task, values, n, d, metric, steps, &found, e);
  return status != STATUS_OK || found ? status : span_by_prim(task, values, n, d, metric, steps, e);
}
