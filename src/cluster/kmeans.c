/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a fit: checks, starts, refinement, and what is left after a stop. */
#include "cluster/kmeans.h"

#include <math.h>
#include <string.h>

#include "cluster/kmeans_check.h"
#include "cluster/kmeans_fit.h"
#include "cluster/kmeans_pass.h"
#include "core/alloc.h"
#include "core/reduce.h"

/* Passes of fewer operations than this run on one thread: waking others costs more. */
#define THREADS_FROM 4e5

KmeansSettings kmeans_settings(size_t k)
{
  return (KmeansSettings){.k = k, .starts = 10, .max_iterations = 300, .seed = 1};
}

void kmeans_state_free(KmeansState *state)
{
  mem_free(state->current);
  mem_free(state->best);
  mem_free(state->start_inertia);
  *state = (KmeansState){0};
}

void kmeans_result_free(KmeansResult *result)
{
  mem_free(result->centres);
  mem_free(result->labels);
  mem_free(result->sizes);
  mem_free(result->weights);
  mem_free(result->withinss);
  *result = (KmeansResult){0};
}

/* ---- Memory ---- */

static void fit_free(KmeansFit *fit)
{
  kmeans_scratch_free(fit->scratch, fit->workers);
  mem_free(fit->labels);
  mem_free(fit->labels_before);
  mem_free(fit->labels_best);
  mem_free(fit->centres);
  mem_free(fit->centres_next);
  mem_free(fit->totals);
  mem_free(fit->totals_best);
  mem_free(fit->mean);
  kmeans_sums_free(&fit->sums);
  kmeans_sums_free(&fit->sums_best);
  for (size_t w = 0; fit->own && w < fit->workers; w++) {
    kmeans_sums_free(&fit->own[w]);
  }
  mem_free(fit->own);
  kmeans_grid_free(&fit->grid);
  mem_free(fit->nearest);
  kmeans_bounds_free(fit->bounds);
  kmeans_swap_free(fit->swap);
  fit->task->threads = fit->threads_wanted;
}

static Status fit_alloc(KmeansFit *fit, Error *e)
{
  const size_t totals = kmeans_totals_size(fit->k);
  size_t cells;
  if (__builtin_mul_overflow(fit->k, fit->d + 1, &cells) || cells > SIZE_MAX / 256 / (fit->workers + 1)) {
    return error_memory(e, 0, _("k-means"));
  }
  const size_t bytes = 3 * fit->n * sizeof(int32_t) + fit->n * sizeof(double) + (8 + 2 * fit->workers) * cells * 8;
  const Status status = task_reserve(fit->task, bytes, _("k-means"), e);
  if (status != STATUS_OK) {
    return status;
  }
  fit->labels = mem_buffer(fit->n, sizeof(int32_t));
  fit->labels_before = mem_buffer(fit->n, sizeof(int32_t));
  fit->labels_best = mem_buffer(fit->n, sizeof(int32_t));
  fit->nearest = mem_buffer(fit->n, sizeof(double));
  fit->centres = mem_buffer(fit->k * fit->d, sizeof(double));
  fit->centres_next = mem_buffer(fit->k * fit->d, sizeof(double));
  fit->totals = mem_buffer(totals, sizeof(double));
  fit->totals_best = mem_buffer(totals, sizeof(double));
  fit->mean = mem_buffer(fit->d, sizeof(double));
  fit->own = mem_zero(fit->workers, sizeof *fit->own);
  fit->scratch = kmeans_scratch_new(fit->workers, fit->n, fit->d);
  return fit->scratch && fit->labels && fit->labels_before && fit->labels_best && fit->nearest && fit->centres &&
                 fit->centres_next && fit->totals && fit->totals_best && fit->mean && fit->own
             ? STATUS_OK
             : error_memory(e, bytes, _("k-means"));
}

/* What needs the data's range: grids, sums, and bounds where they pay. */
static Status look_at_data(KmeansFit *fit, Error *e)
{
  const Status status = kmeans_check_data(fit, e);
  if (status != STATUS_OK || fit->sums.rows) {
    return status;
  }
  bool made = kmeans_sums_new(&fit->grid, &fit->sums) && kmeans_sums_new(&fit->grid, &fit->sums_best);
  for (size_t w = 0; made && w < fit->workers; w++) {
    made = kmeans_sums_new(&fit->grid, &fit->own[w]);
  }
  if (!made) {
    return error_memory(e, fit->k * fit->d * 2 * sizeof(int64_t), _("k-means"));
  }
  return kmeans_bounds_new(fit, e);
}

static Status state_alloc(KmeansState *state, const KmeansFit *fit, Error *e)
{
  const size_t starts = fit->settings->starts;
  if (state->stage != KMEANS_STAGE_NEW) {
    return kmeans_check_state(fit, e);
  }
  kmeans_state_free(state);
  state->current = mem_buffer(fit->k * fit->d, sizeof(double));
  state->best = mem_buffer(fit->k * fit->d, sizeof(double));
  state->start_inertia = mem_buffer(starts, sizeof(double));
  if (!state->current || !state->best || !state->start_inertia) {
    kmeans_state_free(state);
    return error_memory(e, fit->k * fit->d * sizeof(double), _("k-means"));
  }
  memset(state->current, 0, fit->k * fit->d * sizeof(double));
  memset(state->best, 0, fit->k * fit->d * sizeof(double));
  for (size_t i = 0; i < starts; i++) {
    state->start_inertia[i] = (double)NAN;
  }
  state->k = fit->k;
  state->d = fit->d;
  state->starts = starts;
  state->best_inertia = (double)INFINITY;
  state->stage = KMEANS_STAGE_START;
  return STATUS_OK;
}

/* ---- Shared by the stages ---- */

Status kmeans_fetch(const KmeansFit *fit, size_t row, double *out, Error *e)
{
  const double *x;
  const Status status = fit->rows->block(fit->rows, row, 1, fit->scratch[0].rows, &x, e);
  if (status == STATUS_OK) {
    memcpy(out, x, fit->d * sizeof(double));
  }
  return status;
}

Status kmeans_too_few_distinct(const KmeansFit *fit, size_t distinct, Error *e)
{
  error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %1$zu, but the rows have only %2$zu distinct points"),
            fit->k, distinct);
  error_hint(e, _("choose k up to %zu"), distinct);
  return STATUS_DATA;
}

void kmeans_keep_best(KmeansFit *fit, size_t iterations, bool converged)
{
  KmeansState *const state = fit->state;
  int32_t *const labels = fit->labels_best;
  double *const totals = fit->totals_best;
  const KmeansSums sums = fit->sums_best;
  fit->labels_best = fit->labels;
  fit->totals_best = fit->totals;
  fit->sums_best = fit->sums;
  fit->labels = labels;
  fit->totals = totals;
  fit->sums = sums;
  fit->valid = fit->evaluated = false;
  fit->valid_best = true;
  memcpy(state->best, fit->centres, fit->k * fit->d * sizeof(double));
  state->best_inertia = *fit->totals_best;
  state->best_iterations = iterations;
  state->best_converged = converged;
}

/* ---- Stages ---- */

static Status do_start(KmeansFit *fit, Error *e)
{
  KmeansState *const state = fit->state;
  if (state->stage == KMEANS_STAGE_START) {
    const Status status = kmeans_seed(fit, state->current, e);
    if (status != STATUS_OK) {
      return status;
    }
    kmeans_begin(fit);
    state->stage = KMEANS_STAGE_RUN;
  } else if (!fit->valid) {
    kmeans_resume(fit);
  }
  bool ended;
  Status status = kmeans_steps(fit, SIZE_MAX, fit->settings->max_iterations, "start", &ended, e);
  if (status == STATUS_OK) {
    status = kmeans_evaluate(fit, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  const double inertia = *fit->totals;
  state->start_inertia[state->start] = inertia;
  if (inertia < state->best_inertia || state->best_iterations == 0) {
    kmeans_keep_best(fit, state->iteration, state->run_converged);
  }
  state->start++;
  state->stage = KMEANS_STAGE_START;
  return STATUS_OK;
}

/* Whether less than half of several starts reached the best of them. */
static bool starts_disagree(const KmeansState *state)
{
  size_t agree = 0;
  for (size_t i = 0; i < state->starts; i++) {
    agree += state->start_inertia[i] <= state->best_inertia * (1 + 1e-9);
  }
  return state->stage > KMEANS_STAGE_RUN || agree * 2 < state->starts; /* later the best is not one of a start */
}

static bool wants_swap(const KmeansFit *fit)
{
  const KmeansRefine refine = fit->settings->refine;
  return fit->k > 1 && fit->k < fit->n &&
         (refine == KMEANS_REFINE_SWAP ||
          (refine == KMEANS_REFINE_AUTO && (fit->k >= KMEANS_SWAP_FROM || starts_disagree(fit->state))));
}

static Status do_stages(KmeansFit *fit, Error *e)
{
  KmeansState *const state = fit->state;
  Status status = STATUS_OK;
  task_phase(fit->task, "start");
  while (status == STATUS_OK && state->start < fit->settings->starts) {
    task_progress(fit->task, state->start, fit->settings->starts);
    status = do_start(fit, e);
  }
  if (status == STATUS_OK && state->stage < KMEANS_STAGE_TIES && wants_swap(fit)) {
    task_phase(fit->task, "swap");
    status = kmeans_swap(fit, e);
  }
  if (status == STATUS_OK && state->stage < KMEANS_STAGE_TIES) {
    state->stage = KMEANS_STAGE_TIES;
  }
  return status;
}

/* After a pause: labels and totals of the best centres. */
static Status restore_best(KmeansFit *fit, Error *e)
{
  if (fit->state->best_iterations == 0 || fit->valid_best) {
    return STATUS_OK;
  }
  kmeans_bounds_reset(fit->bounds);
  Status status = kmeans_pass(fit, fit->state->best, NULL, fit->labels_best, &fit->sums_best, e);
  kmeans_bounds_reset(fit->bounds);
  if (status == STATUS_OK) {
    status = kmeans_totals_of(fit, fit->state->best, fit->labels_best, fit->totals_best, e);
  }
  fit->valid_best = status == STATUS_OK;
  return status;
}

/* ---- Ends ---- */

/* A fit stopped before its first assignment still gives one: to rows drawn at random (or the centres given).
 * The state stays as it was, so that going on is not touched by it. */
static Status first_assignment(KmeansFit *fit, Error *e)
{
  const KmeansSettings *const settings = fit->settings;
  KmeansSettings quick = *settings;
  quick.init = settings->init == KMEANS_CENTRES ? KMEANS_CENTRES : KMEANS_RANDOM;
  Status status = look_at_data(fit, e);
  fit->settings = &quick;
  if (status == STATUS_OK) {
    status = kmeans_seed(fit, fit->centres, e);
  }
  fit->settings = settings;
  kmeans_bounds_reset(fit->bounds);
  if (status == STATUS_OK) {
    status = kmeans_pass(fit, fit->centres, NULL, fit->labels, &fit->sums, e);
  }
  fit->valid = status == STATUS_OK;
  fit->evaluated = false;
  return status;
}

/* What a stopped fit has: the run's last assignment with its figures, or the best so far, or at least one assignment.
 * A further press ends this too; where there is a best already, that is enough. */
static Status partial(KmeansFit *fit, KmeansResult *out, Error *e)
{
  atomic_store(&fit->task->cancel, false);
  Status status = fit->valid || fit->valid_best ? STATUS_OK : first_assignment(fit, e);
  if (status == STATUS_OK && fit->valid) {
    status = kmeans_evaluate(fit, e);
  }
  if (status == STATUS_CANCELLED && fit->valid_best) {
    error_clear(e);
    status = STATUS_OK;
  }
  status = status == STATUS_OK ? kmeans_make_result(fit, out, e) : status;
  task_cancel(fit->task);
  return status;
}

static Status fit_all(KmeansFit *fit, KmeansResult *out, Error *e)
{
  Status status = look_at_data(fit, e);
  if (status == STATUS_OK) {
    status = restore_best(fit, e);
  }
  if (status == STATUS_OK) {
    status = do_stages(fit, e);
  }
  if (status == STATUS_OK) {
    status = kmeans_settle_ties(fit, out, e);
  }
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    status = partial(fit, out, e);
  }
  return status;
}

Status kmeans_fit(Task *task, const Rows *rows, const double *weights, const KmeansSettings *settings,
                  KmeansState *state, KmeansResult *out, Error *e)
{
  *out = (KmeansResult){0};
  KmeansSettings own = *settings;
  own.starts = own.init == KMEANS_CENTRES ? 1 : own.starts;
  KmeansFit fit = {.task = task,
                   .rows = rows,
                   .weights = weights,
                   .settings = &own,
                   .state = state,
                   .kernels = kmeans_kernels(),
                   .n = rows->n,
                   .d = rows->d,
                   .k = own.k,
                   .threads_wanted = task->threads};
  Status status = kmeans_check_settings(&fit, e);
  if (status != STATUS_OK) {
    return status;
  }
  if ((double)fit.n * (double)fit.d * (double)fit.k < THREADS_FROM) {
    task->threads = 1;
  }
  fit.workers = task_threads(task);
  status = fit_alloc(&fit, e);
  if (status == STATUS_OK) {
    status = state_alloc(state, &fit, e);
  }
  if (status == STATUS_OK) {
    status = fit_all(&fit, out, e);
  }
  fit_free(&fit);
  return status;
}
