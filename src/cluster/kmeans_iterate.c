/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lloyd's iteration (Lloyd 1982): assign rows to the nearest centre, move each centre to the mean of its
 * rows, until the centres stay. New centres are a function of the labels alone, so that equal centres mean
 * that labels stay for ever. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "cluster/kmeans_pass.h"
#include "core/reduce.h"

void kmeans_merge(void *context, void *sum, const void *other)
{
  const size_t size = ((const KmeansMerge *)context)->size;
  double *const to = sum;
  const double *const from = other;
  for (size_t i = 0; i < size; i++) {
    to[i] += from[i];
  }
}

/* A pass as a context of rows_reduce. */
typedef struct Pass {
  KmeansMerge merge;
  KmeansFit *fit;
  const double *centres;
  const int32_t *before;
  int32_t *labels;
} Pass;

/* ---- Assigning, and the sums of clusters ---- */

void kmeans_changes_begin(KmeansFit *fit)
{
  for (size_t w = 0; w < fit->workers; w++) {
    kmeans_sums_clear(&fit->grid, &fit->own[w]);
  }
}

void kmeans_changes_end(KmeansFit *fit, bool anew, KmeansSums *sums)
{
  if (anew) {
    kmeans_sums_clear(&fit->grid, sums);
  }
  sums->changed = 0;
  for (size_t w = 0; w < fit->workers; w++) {
    kmeans_sums_merge(&fit->grid, &fit->own[w], sums);
  }
}

static void collect(const KmeansFit *fit, const double *x, size_t first, size_t count, const int32_t *before,
                    const int32_t *labels, size_t worker)
{
  for (size_t i = 0; i < count; i += KMEANS_STRIP) {
    const size_t at = first + i, rows = count - i < KMEANS_STRIP ? count - i : KMEANS_STRIP;
    kmeans_sums_change(&fit->grid, fit->kernels, x + i * fit->d, rows, fit->weights ? fit->weights + at : NULL,
                       before ? before + at : NULL, labels + at, &fit->own[worker]);
  }
}

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
  (void)sum;
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
    for (size_t r = 0; r < rows; r++) {
      pass->labels[first + i + r] = (int32_t)label[r];
    }
    collect(fit, x + i * fit->d, first + i, rows, pass->before, pass->labels, worker);
  }
  return status;
}

static Status labelled_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  (void)sum;
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  if (status == STATUS_OK) {
    collect(fit, x, first, count, NULL, pass->before, worker);
  }
  return status;
}

Status kmeans_pass(KmeansFit *fit, const double *centres, const int32_t *before, int32_t *labels, KmeansSums *sums,
                   Error *e)
{
  Pass pass = {{0}, fit, centres, before, labels};
  const Reduce reduce = {.block = plain_block, .context = &pass};
  kmeans_changes_begin(fit);
  const Status status = fit->bounds ? kmeans_bounds_pass(fit, centres, before, labels, e)
                                    : rows_reduce(fit->task, fit->n, &reduce, NULL, e);
  if (status == STATUS_OK) {
    kmeans_changes_end(fit, !before, sums);
  }
  return status;
}

Status kmeans_sum_labels(KmeansFit *fit, const int32_t *labels, KmeansSums *sums, Error *e)
{
  Pass pass = {{0}, fit, NULL, labels, NULL};
  const Reduce reduce = {.block = labelled_block, .context = &pass};
  kmeans_changes_begin(fit);
  const Status status = rows_reduce(fit->task, fit->n, &reduce, NULL, e);
  if (status == STATUS_OK) {
    kmeans_changes_end(fit, true, sums);
  }
  return status;
}

/* ---- Squares within clusters ---- */

static Status totals_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KmeansFit *const fit = pass->fit;
  double *const inertia = sum, *const within = inertia + 1;
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_STRIP) {
    const size_t rows = count - i < KMEANS_STRIP ? count - i : KMEANS_STRIP;
    const int32_t *const labels = pass->before + first + i;
    double distances[KMEANS_STRIP];
    fit->kernels->own(x + i * fit->d, rows, fit->d, pass->centres, labels, distances);
    for (size_t r = 0; r < rows; r++) {
      const double square = fit->weights ? fit->weights[first + i + r] * distances[r] : distances[r];
      *inertia += square;
      within[labels[r]] += square;
    }
  }
  return status;
}

Status kmeans_totals_of(KmeansFit *fit, const double *centres, const int32_t *labels, double *totals, Error *e)
{
  Pass pass = {{kmeans_totals_size(fit->k)}, fit, centres, labels, NULL};
  const Reduce reduce = {.size = pass.merge.size * sizeof(double),
                         .block = totals_block,
                         .merge = kmeans_merge,
                         .context = &pass};
  return rows_reduce(fit->task, fit->n, &reduce, totals, e);
}

Status kmeans_evaluate(KmeansFit *fit, Error *e)
{
  if (fit->evaluated) {
    return STATUS_OK;
  }
  const Status status = kmeans_totals_of(fit, fit->centres, fit->labels, fit->totals, e);
  fit->evaluated = status == STATUS_OK;
  return status;
}

static double weight_of(const KmeansFit *fit, size_t cluster)
{
  return kmeans_sums_weight(&fit->grid, &fit->sums, cluster, fit->weights);
}

/* The inertia about the clusters' means: what is left of totss beside the squares between them. O(k d), from sums that
 * are exact, so that it is as good as the means are. */
static double objective_of(const KmeansFit *fit)
{
  long double between = 0;
  for (size_t j = 0; j < fit->k; j++) {
    const long double weight = (long double)weight_of(fit, j);
    for (size_t c = 0; weight > 0 && c < fit->d; c++) {
      const long double off =
          kmeans_sums_long(&fit->grid, &fit->sums, j, c) - weight * (long double)fit->mean[c];
      between += off * off / weight;
    }
  }
  const long double objective = (long double)fit->totss - between;
  return objective > 0 ? (double)objective : 0;
}

/* ---- Empty clusters ---- */

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
      if (weight > 0 && distances[r] > farthest->distance && weight_of(fit, (size_t)labels[r]) > weight) {
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
  size_t empty = 0;
  for (size_t j = 0; j < fit->k; j++) {
    empty += weight_of(fit, j) == 0;
  }
  return empty;
}

static Status find_farthest(KmeansFit *fit, Farthest *farthest, Error *e)
{
  Pass pass = {{0}, fit, fit->centres, fit->labels, NULL};
  const Reduce reduce = {.size = sizeof(Farthest),
                         .block = farthest_block,
                         .merge = farthest_merge,
                         .context = &pass};
  const Status status = rows_reduce(fit->task, fit->n, &reduce, farthest, e);
  return status == STATUS_OK && farthest->distance == 0
             ? kmeans_too_few_distinct(fit, fit->k - empty_clusters(fit), e)
             : status;
}

/* Gives each empty cluster a row. */
static Status fill_empty(KmeansFit *fit, Error *e)
{
  const size_t empty = empty_clusters(fit);
  for (size_t j = 0; empty > 0 && j < fit->k; j++) {
    if (weight_of(fit, j) > 0) {
      continue;
    }
    Farthest farthest;
    fit->valid = fit->evaluated = false;
    Status status = find_farthest(fit, &farthest, e);
    if (status == STATUS_OK) {
      fit->labels[farthest.row] = (int32_t)j;
      kmeans_bounds_forget(fit->bounds, farthest.row);
      status = kmeans_sum_labels(fit, fit->labels, &fit->sums, e);
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  fit->state->relocated += empty;
  return STATUS_OK;
}

void kmeans_new_centres(const KmeansFit *fit, double *out)
{
  for (size_t j = 0; j < fit->k; j++) {
    const double weight = weight_of(fit, j);
    for (size_t c = 0; c < fit->d; c++) {
      out[j * fit->d + c] =
          weight > 0 ? kmeans_sums_value(&fit->grid, &fit->sums, j, c) / weight : fit->centres[j * fit->d + c];
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
  fit->evaluated = fit->fresh = false;
}

/* Assigns for state->current. The old solution stays whole when this fails. */
static Status assign(KmeansFit *fit, Error *e)
{
  const int32_t *const before = fit->fresh ? NULL : fit->labels;
  const Status status = kmeans_pass(fit, fit->state->current, before, fit->labels_before, &fit->sums, e);
  if (status == STATUS_OK) {
    kmeans_assigned(fit);
  }
  return status;
}

/* For a listener the inertia of the assignment to state->current; the live line does with the objective. */
static void report_step(const KmeansFit *fit, const char *phase, double inertia, int64_t changed)
{
  task_step(fit->task, &(TraceStep){.phase = phase,
                                    .start = (int64_t)fit->state->start + 1,
                                    .iteration = (int64_t)fit->state->iteration,
                                    .measure = "inertia",
                                    .objective = inertia,
                                    .changed = changed,
                                    .state = fit->state->current,
                                    .rows = fit->k,
                                    .columns = fit->d});
}

Status kmeans_move(KmeansFit *fit, const char *phase, bool *ended, Error *e)
{
  KmeansState *const state = fit->state;
  const size_t bytes = fit->k * fit->d * sizeof(double);
  const int64_t changed = fit->sums.changed;
  Status status = fit->task->trace ? kmeans_evaluate(fit, e) : STATUS_OK;
  const double inertia = *fit->totals;
  if (status == STATUS_OK) {
    status = fill_empty(fit, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  const double objective = objective_of(fit), fall = state->objective - objective;
  kmeans_new_centres(fit, fit->centres_next);
  state->iteration++;
  report_step(fit, phase, fit->task->trace ? inertia : objective, changed);
  *ended = state->run_converged = memcmp(fit->centres_next, state->current, bytes) == 0;
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
    if (state->run_converged || state->last || state->iteration >= most) { /* or had, before a pause */
      status = assign(fit, e);
      *ended = status == STATUS_OK;
      state->run_converged = state->run_converged || state->last;
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
  fit->valid = fit->evaluated = false;
  kmeans_bounds_reset(fit->bounds);
}
