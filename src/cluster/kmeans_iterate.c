/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lloyd's iteration (Lloyd 1982): assign rows to the nearest centre, move each centre to the mean of its
 * rows, until the centres stay. New centres are a function of the labels alone, so that equal centres mean
 * that labels stay for ever. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "core/reduce.h"

KmeansTotals kmeans_totals(double *values, size_t k)
{
  double *const arrays = values + 2;
  return (KmeansTotals){.inertia = values,
                        .changed = values + 1,
                        .rows = arrays,
                        .weight = arrays + k,
                        .withinss = arrays + 2 * k,
                        .sums = arrays + 3 * k};
}

size_t kmeans_totals_size(size_t k, size_t d)
{
  size_t size;
  return __builtin_mul_overflow(k, d + 3, &size) || size > SIZE_MAX / 16 ? SIZE_MAX : size + 2;
}

void kmeans_merge(void *context, void *sum, const void *other)
{
  const size_t size = ((const KmeansMerge *)context)->size;
  double *const to = sum;
  const double *const from = other;
  for (size_t i = 0; i < size; i++) {
    to[i] += from[i];
  }
}

void kmeans_tally(const KmeansFit *fit, const double *x, size_t first, size_t count, const int32_t *labels,
                  const double *distances, const int32_t *before, double *totals)
{
  const KmeansTotals to = kmeans_totals(totals, fit->k);
  const double *const weights = fit->weights ? fit->weights + first : NULL;
  double inertia = *to.inertia;
  int64_t changed = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t label = (size_t)labels[i];
    const double square = weights ? weights[i] * distances[i] : distances[i];
    inertia += square;
    changed += !before || before[i] != labels[i];
    to.rows[label]++;
    to.withinss[label] += square;
  }
  for (size_t i = 0; weights && i < count; i++) {
    to.weight[labels[i]] += weights[i];
  }
  *to.inertia = inertia;
  *to.changed += (double)changed;
  fit->kernels->sums(x, count, fit->d, labels, weights, to.sums);
}

Status kmeans_sum(KmeansFit *fit, KmeansBlock block, void *context, double *totals, Error *e)
{
  const size_t size = kmeans_totals_size(fit->k, fit->d);
  ((KmeansMerge *)context)->size = size;
  const Reduce reduce = {.size = size * sizeof(double),
                         .block = block,
                         .merge = kmeans_merge,
                         .context = context};
  const Status status = rows_reduce(fit->task, fit->n, &reduce, totals, e);
  if (status == STATUS_OK && !fit->weights) {
    const KmeansTotals of = kmeans_totals(totals, fit->k);
    memcpy(of.weight, of.rows, fit->k * sizeof(double));
  }
  return status;
}

/* A pass as a context of rows_reduce. */
typedef struct Pass {
  KmeansMerge merge;
  KmeansFit *fit;
  const double *centres;
  const int32_t *before;
  int32_t *labels;
} Pass;

/* The next tile's rows on their way into the cache while this one is worked on; wide rows come in time by
 * themselves. */
static void fetch_ahead(const double *x, size_t rows, size_t d)
{
  const size_t some = rows < KMEANS_TILE ? rows : KMEANS_TILE;
  for (size_t i = 0; some * d <= 2048 && i < some * d; i += 8) {
    __builtin_prefetch(x + i, 0, 3);
  }
}

static Status plain_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  const KmeansScratch *const scratch = &fit->scratch[worker];
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, scratch->rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    double best[KMEANS_TILE];
    int64_t label[KMEANS_TILE];
    fit->kernels->tile(x + i * fit->d, rows, fit->d, scratch->tile);
    fetch_ahead(x + (i + rows) * fit->d, count - i - rows, fit->d);
    if (!kmeans_assign_tile(fit->task, fit->kernels, scratch, pass->centres, fit->k, fit->d, best, label)) {
      return error_cancelled(e);
    }
    int32_t *const labels = pass->labels + first + i;
    for (size_t r = 0; r < rows; r++) {
      labels[r] = (int32_t)label[r];
    }
    kmeans_tally(fit, x + i * fit->d, first + i, rows, labels, best,
                 pass->before ? pass->before + first + i : NULL, sum);
  }
  return status;
}

static Status labelled_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    const int32_t *const labels = pass->before + first + i;
    double distances[KMEANS_TILE];
    fit->kernels->own(x + i * fit->d, rows, fit->d, pass->centres, labels, distances);
    kmeans_tally(fit, x + i * fit->d, first + i, rows, labels, distances, labels, sum);
  }
  return status;
}

Status kmeans_pass(KmeansFit *fit, const double *centres, const int32_t *before, int32_t *labels,
                   double *totals, Error *e)
{
  if (fit->bounds) {
    return kmeans_bounds_pass(fit, centres, before, labels, totals, e);
  }
  Pass pass = {{0}, fit, centres, before, labels};
  return kmeans_sum(fit, plain_block, &pass, totals, e);
}

Status kmeans_pass_labelled(KmeansFit *fit, const double *centres, const int32_t *labels, double *totals,
                            Error *e)
{
  Pass pass = {{0}, fit, centres, labels, NULL};
  return kmeans_sum(fit, labelled_block, &pass, totals, e);
}

/* The row that an empty cluster takes: the farthest from its centre of those whose cluster keeps some weight
 * without it; the lowest row on ties. */
typedef struct Farthest {
  double distance;
  size_t row;
} Farthest;

static Status farthest_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  const KmeansTotals totals = kmeans_totals(fit->totals, fit->k);
  Farthest *const farthest = sum;
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    const int32_t *const labels = pass->before + first + i;
    double distances[KMEANS_TILE];
    fit->kernels->own(x + i * fit->d, rows, fit->d, pass->centres, labels, distances);
    for (size_t r = 0; r < rows; r++) {
      const double weight = fit->weights ? fit->weights[first + i + r] : 1;
      if (weight > 0 && totals.weight[labels[r]] > weight && distances[r] > farthest->distance) {
        *farthest = (Farthest){distances[r], first + i + r};
      }
    }
  }
  return status;
}

static void farthest_merge(void *context, void *sum, const void *other)
{
  (void)context;
  const Farthest *const later = other;
  if (later->distance > ((Farthest *)sum)->distance) {
    *(Farthest *)sum = *later;
  }
}

static size_t empty_clusters(const KmeansFit *fit)
{
  const KmeansTotals totals = kmeans_totals(fit->totals, fit->k);
  size_t empty = 0;
  for (size_t j = 0; j < fit->k; j++) {
    empty += totals.weight[j] == 0;
  }
  return empty;
}

/* Gives each empty cluster a row and sums anew. The objective stays that of the assignment. */
static Status fill_empty(KmeansFit *fit, Error *e)
{
  const size_t empty = empty_clusters(fit);
  if (empty == 0) {
    return STATUS_OK;
  }
  fit->valid = false;
  const KmeansTotals totals = kmeans_totals(fit->totals, fit->k);
  for (size_t j = 0; j < fit->k; j++) {
    if (totals.weight[j] > 0) {
      continue;
    }
    Pass pass = {{0}, fit, fit->centres, fit->labels, NULL};
    const Reduce reduce = {.size = sizeof(Farthest),
                           .block = farthest_block,
                           .merge = farthest_merge,
                           .context = &pass};
    Farthest farthest;
    const Status status = rows_reduce(fit->task, fit->n, &reduce, &farthest, e);
    if (status != STATUS_OK) {
      return status;
    }
    if (farthest.distance == 0) {
      return kmeans_too_few_distinct(fit, fit->k - empty_clusters(fit), e);
    }
    const double weight = fit->weights ? fit->weights[farthest.row] : 1;
    totals.weight[fit->labels[farthest.row]] -= weight;
    totals.weight[j] = weight;
    fit->labels[farthest.row] = (int32_t)j;
    kmeans_bounds_forget(fit->bounds, farthest.row);
  }
  const double inertia = *totals.inertia, changed = *totals.changed;
  const Status status = kmeans_pass_labelled(fit, fit->centres, fit->labels, fit->totals, e);
  *totals.inertia = inertia;
  *totals.changed = changed;
  fit->state->relocated += status == STATUS_OK ? empty : 0;
  return status;
}

void kmeans_new_centres(const KmeansFit *fit, double *out)
{
  const KmeansTotals totals = kmeans_totals(fit->totals, fit->k);
  for (size_t j = 0; j < fit->k; j++) {
    const double *const sums = totals.sums + j * fit->d;
    for (size_t c = 0; c < fit->d; c++) {
      out[j * fit->d + c] = totals.weight[j] > 0 ? sums[c] / totals.weight[j] : fit->centres[j * fit->d + c];
    }
  }
}

void kmeans_assigned(KmeansFit *fit)
{
  int32_t *const labels = fit->labels_before;
  fit->labels_before = fit->labels;
  fit->labels = labels;
  memcpy(fit->centres, fit->state->current, fit->k * fit->d * sizeof(double));
  fit->valid = true;
  fit->fresh = false;
}

/* Assigns for state->current. The old solution stays whole when this fails. */
static Status assign(KmeansFit *fit, Error *e)
{
  const int32_t *const before = fit->fresh ? NULL : fit->labels;
  const Status status = kmeans_pass(fit, fit->state->current, before, fit->labels_before, fit->totals, e);
  if (status == STATUS_OK) {
    kmeans_assigned(fit);
  }
  return status;
}

static void report_step(const KmeansFit *fit, const char *phase)
{
  const KmeansTotals totals = kmeans_totals(fit->totals, fit->k);
  task_step(fit->task, &(TraceStep){.phase = phase,
                                    .start = (int64_t)fit->state->start + 1,
                                    .iteration = (int64_t)fit->state->iteration,
                                    .objective = *totals.inertia,
                                    .changed = (int64_t)*totals.changed,
                                    .state = fit->state->current,
                                    .rows = fit->k,
                                    .columns = fit->d});
}

Status kmeans_move(KmeansFit *fit, const char *phase, bool *ended, Error *e)
{
  KmeansState *const state = fit->state;
  const size_t bytes = fit->k * fit->d * sizeof(double);
  const Status status = fill_empty(fit, e);
  if (status != STATUS_OK) {
    return status;
  }
  const double objective = *kmeans_totals(fit->totals, fit->k).inertia;
  kmeans_new_centres(fit, fit->centres_next);
  state->iteration++;
  report_step(fit, phase);
  *ended = state->run_converged = memcmp(fit->centres_next, state->current, bytes) == 0;
  const double fall = state->objective - objective;
  if (fit->settings->tolerance > 0 && fit->valid && isfinite(state->objective)) {
    state->last = fall <= fit->settings->tolerance * state->objective;
  }
  state->objective = objective;
  memcpy(state->current, fit->centres_next, bytes);
  return STATUS_OK;
}

Status kmeans_steps(KmeansFit *fit, size_t steps, size_t most, const char *phase, bool *ended, Error *e)
{
  KmeansState *const state = fit->state;
  *ended = false;
  for (size_t i = 0; i < steps && !*ended; i++) {
    Status status;
    if (state->last || state->iteration >= most) {
      status = assign(fit, e);
      *ended = status == STATUS_OK;
      state->run_converged = state->last;
    } else {
      status = assign(fit, e);
      status = status == STATUS_OK ? kmeans_move(fit, phase, ended, e) : status;
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

void kmeans_begin(KmeansFit *fit)
{
  fit->state->iteration = 0;
  fit->state->last = fit->state->run_converged = false;
  fit->state->objective = (double)INFINITY;
  kmeans_resume(fit);
}

void kmeans_resume(KmeansFit *fit)
{
  fit->fresh = true;
  fit->valid = false;
  kmeans_bounds_reset(fit->bounds);
}
