/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result of a fit with its canonical numbers. While a fit runs, a row that is as near to two centres is in the one of the
 * lower number; in the result it must be so by the numbers that users see, as predict knows no others. Where that puts rows
 * elsewhere, their centres are not their means any more, and the iteration goes on. */
#include <stdio.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "cluster/kmeans_pass.h"
#include "cluster/labels.h"
#include "core/alloc.h"

typedef struct Solution {
  const double *centres;
  const int32_t *labels;
  const KmeansSums *sums;
  const double *totals;
} Solution;

typedef struct Numbering {
  KmeansFit *fit;
  Solution of;
  double *centres; /* those of the solution in the last order asked for */
  bool passed;     /* fit->sums are in that order, too */
} Numbering;

static void order_centres(const Numbering *numbering, const int32_t *order)
{
  const size_t d = numbering->fit->d;
  for (size_t j = 0; j < numbering->fit->k; j++) {
    memcpy(numbering->centres + j * d, numbering->of.centres + (size_t)order[j] * d, d * sizeof(double));
  }
}

/* A pass by the centres in an order (labels.h). */
static Status assign_ordered(void *context, const int32_t *order, int32_t *labels, Error *e)
{
  Numbering *const numbering = context;
  KmeansFit *const fit = numbering->fit;
  order_centres(numbering, order);
  kmeans_bounds_reset(fit->bounds);
  numbering->passed = true;
  return kmeans_pass(fit, numbering->centres, NULL, labels, &fit->sums, e);
}

/* Whether no row is as near to two centres, if bounds of this very solution are at hand: then hardly a row is looked at. */
static Status none_tied(KmeansFit *fit, const Solution *of, bool *none, Error *e)
{
  *none = false;
  if (!kmeans_bounds_belong(fit->bounds, of->centres)) {
    return STATUS_OK;
  }
  const Status status = kmeans_pass(fit, of->centres, of->labels, fit->labels_before, &fit->sums, e);
  *none = status == STATUS_OK && fit->ties == 0;
  return status;
}

static Status result_alloc(KmeansResult *out, Error *e)
{
  out->centres = mem_buffer(out->k * out->d, sizeof(double));
  out->labels = mem_buffer(out->n, sizeof(int32_t));
  out->sizes = mem_buffer(out->k, sizeof(int64_t));
  out->weights = mem_buffer(out->k, sizeof(double));
  out->withinss = mem_buffer(out->k, sizeof(double));
  return out->centres && out->labels && out->sizes && out->weights && out->withinss
             ? STATUS_OK
             : error_memory(e, out->n * sizeof(int32_t), _("the result of k-means"));
}

/* Labels, sizes and order of the clusters. A stopped fit does without settled ties when it is stopped once more. */
static Status number(Numbering *numbering, bool complete, int32_t *order, bool *moved, KmeansResult *out, Error *e)
{
  KmeansFit *const fit = numbering->fit;
  const size_t bytes = fit->n * sizeof(int32_t);
  size_t used;
  bool none;
  Status status = none_tied(fit, &numbering->of, &none, e);
  *moved = false;
  memcpy(out->labels, numbering->of.labels, bytes);
  if (status == STATUS_OK && !none) {
    status = labels_settle(out->labels, fit->n, fit->k, assign_ordered, numbering, order, out->sizes, moved, e);
  }
  if (status == STATUS_OK && *moved) {
    status = kmeans_totals_of(fit, numbering->centres, out->labels, fit->totals, e);
  }
  if (status == STATUS_CANCELLED && !complete) {
    error_clear(e);
    memcpy(out->labels, numbering->of.labels, bytes);
    *moved = numbering->passed = false;
    none = true;
    status = STATUS_OK;
  }
  if (status == STATUS_OK && none) {
    status = labels_number(out->labels, fit->n, fit->k, order, out->sizes, &used, e);
  }
  if (status == STATUS_OK) {
    order_centres(numbering, order);
  }
  return status;
}

static Status fill(KmeansFit *fit, const Solution *of, bool complete, bool *moved, KmeansResult *out, Error *e)
{
  int32_t *const order = mem_alloc(fit->k, sizeof *order);
  Status status = order ? result_alloc(out, e) : error_memory(e, fit->k * sizeof *order, _("k-means"));
  if (status == STATUS_OK) {
    Numbering numbering = {.fit = fit, .of = *of, .centres = out->centres};
    status = number(&numbering, complete, order, moved, out, e);
    const double *const totals = *moved ? fit->totals : of->totals;
    const KmeansSums *const sums = numbering.passed ? &fit->sums : of->sums;
    for (size_t j = 0; status == STATUS_OK && j < fit->k; j++) {
      const size_t old = (size_t)order[j];
      out->weights[j] = kmeans_sums_weight(&fit->grid, sums, numbering.passed ? j : old, fit->weights);
      out->withinss[j] = totals[1 + (*moved ? j : old)];
    }
    out->inertia = *totals;
  }
  mem_free(order);
  return status;
}

static void say_where(const KmeansState *state, KmeansResult *out)
{
  if (state->stage == KMEANS_STAGE_SWAP || state->stage == KMEANS_STAGE_TRIAL) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("swap try %zu"), state->trial + 1);
  } else if (state->stage == KMEANS_STAGE_POLISH || state->stage == KMEANS_STAGE_POLISH_RUN) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("moving single rows, round %zu"), state->rounds + 1);
  } else if (state->stage == KMEANS_STAGE_TIES) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("the last assignment"));
  } else {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("start %1$zu of %2$zu, iteration %3$zu"),
             state->start + 1, state->starts, state->stage == KMEANS_STAGE_RUN ? state->iteration + 1 : 0);
  }
}

/* The better of the best kept and the run's own last assignment. */
static Status make(KmeansFit *fit, bool complete, bool *moved, KmeansResult *out, Error *e)
{
  const KmeansState *const state = fit->state;
  const bool use_run = fit->evaluated && (!fit->valid_best || *fit->totals < state->best_inertia);
  const Solution run = {fit->centres, fit->labels, &fit->sums, fit->totals};
  const Solution best = {state->best, fit->labels_best, &fit->sums_best, fit->totals_best};
  *out = (KmeansResult){.n = fit->n, .k = fit->k, .d = fit->d, .totss = fit->totss, .complete = complete, .method = fit->method};
  const Status status = fill(fit, use_run ? &run : &best, complete, moved, out, e);
  out->converged = !use_run && state->best_converged;
  const bool from_best = state->stage > KMEANS_STAGE_RUN; /* the run goes on from the best */
  out->iterations =
      (int64_t)((use_run ? state->iteration : 0) + (!use_run || from_best ? state->best_iterations : 0));
  out->starts_done = (int64_t)state->start;
  for (size_t i = 0; i < state->start; i++) {
    out->starts_at_best += state->start_inertia[i] <= out->inertia * (1 + 1e-9);
  }
  out->swaps_tried = (int64_t)state->trial;
  out->swaps_accepted = (int64_t)state->accepted;
  out->relocated = (int64_t)state->relocated;
  out->reason = !complete ? "interrupted" : out->converged ? "" : "max_iter";
  if (!complete) {
    say_where(state, out);
  }
  if (status != STATUS_OK) {
    kmeans_result_free(out);
  }
  return status;
}

Status kmeans_make_result(KmeansFit *fit, KmeansResult *out, Error *e)
{
  bool moved;
  return make(fit, false, &moved, out, e);
}

/* Iterates from the centres of a result whose tied rows have moved; *lower: to a new best. */
static Status go_on(KmeansFit *fit, const double *centres, bool *lower, Error *e)
{
  KmeansState *const state = fit->state;
  bool ended;
  memcpy(state->current, centres, fit->k * fit->d * sizeof(double));
  kmeans_begin(fit);
  Status status = kmeans_steps(fit, SIZE_MAX, fit->settings->max_iterations, "ties", &ended, e);
  if (status == STATUS_OK) {
    status = kmeans_evaluate(fit, e);
  }
  *lower = status == STATUS_OK && *fit->totals < state->best_inertia;
  if (*lower) {
    kmeans_keep_best(fit, state->best_iterations + state->iteration, state->run_converged);
  }
  return status;
}

Status kmeans_settle_ties(KmeansFit *fit, KmeansResult *out, Error *e)
{
  bool moved, lower = true;
  for (;;) {
    fit->valid = fit->evaluated = false;
    Status status = make(fit, true, &moved, out, e);
    if (status != STATUS_OK || !moved || !out->converged || !lower) {
      fit->state->stage = status == STATUS_OK ? KMEANS_STAGE_DONE : fit->state->stage;
      return status;
    }
    status = go_on(fit, out->centres, &lower, e);
    kmeans_result_free(out);
    if (status != STATUS_OK) {
      return status;
    }
  }
}
