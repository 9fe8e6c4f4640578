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

static Status grow(Prim *p, double *tip, LinkageState *state, Error *e)
{
  while (p->outside > 0) {
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
    linkage_record(state, row < by ? row : by, row < by ? by : row, p->near[best]);
    join(p, best, tip);
    if (state->done % 256 == 0) {
      task_progress(p->task, state->done, p->n - 1);
    }
  }
  return STATUS_OK;
}

/* The span of a state, and back: its edges are the merges, heights their ranks. */
static Status take_span(const LinkageState *state, HdbscanSpan *span, Error *e)
{
  const size_t n = state->n;
  const Status status = hdbscan_span_new(n, span, e);
  if (status != STATUS_OK) {
    return status;
  }
  memset(span->core, 0, n * sizeof *span->core);
  for (size_t i = 0; i < state->done; i++) {
    span->edges[i] = (HdbscanEdge){state->steps[i].height, state->steps[i].a, state->steps[i].b};
  }
  span->n_edges = state->done;
  for (size_t i = 0; i < n && state->done > 0; i++) {
    span->near[i] = state->bound[i];
    span->to[i] = state->nearest[i];
    if (!(span->near[i] >= 0) || (span->to[i] != HDBSCAN_NOBODY && span->to[i] >= n)) {
      return linkage_state_broken(e);
    }
  }
  return STATUS_OK;
}

static void put_span(const HdbscanSpan *span, LinkageState *state)
{
  state->done = 0;
  for (size_t i = 0; i < span->n_edges; i++) {
    linkage_record(state, span->edges[i].a, span->edges[i].b, span->edges[i].rank);
  }
  memcpy(state->bound, span->near, state->n * sizeof *state->bound);
  memcpy(state->nearest, span->to, state->n * sizeof *state->nearest);
}

/* *found false: there is no tree for these rows, or none is worth it. */
static Status span_by_tree(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageState *state,
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
    TRY(take_span(state, &span, e));
    status = hdbscan_span(task, index, values, n, d, metric, 1, &span, e);
    put_span(&span, state);
  }
done:
  neighbours_free(index);
  hdbscan_span_free(&span);
  return status;
}

/* The rows outside come to the front; the last one that joined is the tip. */
static Status gather(Prim *p, const double *values, LinkageState *state, double *tip, Error *e)
{
  const Status status = linkage_state_tip(state, &p->tip_row, e);
  if (status != STATUS_OK) {
    return status;
  }
  p->outside = 0;
  for (uint32_t i = 0; i < p->n; i++) {
    if (state->nearest[i] != i && i != p->tip_row) {
      memcpy(p->values + p->outside * p->d, values + i * p->d, p->d * sizeof *values);
      p->row[p->outside] = i;
      p->by[p->outside] = state->nearest[i];
      p->near[p->outside++] = state->bound[i];
    }
  }
  memcpy(tip, values + p->tip_row * p->d, p->d * sizeof *tip);
  p->tip = tip;
  return STATUS_OK;
}

/* What is known of the rows outside, for a fit that goes on. */
static void put_outside(const Prim *p, LinkageState *state)
{
  for (size_t i = 0; i < p->outside; i++) {
    state->nearest[p->row[i]] = p->by[i];
    state->bound[p->row[i]] = p->near[i];
  }
}

static Status span_by_prim(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageState *state,
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
  if (status == STATUS_OK) {
    status = gather(&p, values, state, tip, e);
  }
  if (status == STATUS_OK) {
    status = grow(&p, tip, state, e);
    put_outside(&p, state);
  }
  mem_free(tip);
  mem_free(p.values);
  mem_free(p.row);
  mem_free(p.by);
  mem_free(p.near);
  mem_free(p.best);
  return status;
}

Status linkage_run_single(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageState *state, Error *e)
{
  bool found;
  const Status status = span_by_tree(task, values, n, d, metric, state, &found, e);
  return status != STATUS_OK || found ? status : span_by_prim(task, values, n, d, metric, state, e);
}
