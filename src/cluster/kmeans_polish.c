/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hartigan's moves of single rows (Hartigan & Wong 1979; Telgarsky & Vattani 2010). Lloyd's iteration stops
 * when every row is nearest to its own centre; moving a row may still pay, because the centre it leaves and
 * the one it joins move too: it pays when W_b / (W_b + w) * D_b < W_a / (W_a - w) * D_a, with squared
 * distances D and cluster weights W. Such rows are few and lie between two clusters, so they are looked for
 * among those whose two least distances are nearly equal. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "cluster/kmeans_swap.h"

enum { ROUNDS_MOST = 50 };

/* A move or a round counts when it lowers the inertia by more than these shares of it. */
#define LEAST_GAIN 1e-12
#define LEAST_ROUND 1e-9

/* Row and the centres as they are while rows move. */
typedef struct Mover {
  KmeansFit *fit;
  double *centres, *weight; /* k x d, k */
  int32_t *labels;
  double *row;         /* d */
  double least_weight; /* of the clusters, at the start */
  double least_gain;
} Mover;

static double squared_distance(const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    const double difference = a[c] - b[c];
    sum += difference * difference;
  }
  return sum;
}

/* Whether a move of the row could pay, by the distances before any row moved. */
static bool may_move(const Mover *mover, size_t i, double weight)
{
  const KmeansSwap *const swap = mover->fit->swap;
  const double own = mover->weight[mover->labels[i]];
  return weight > 0 && own > weight &&
         swap->next[i] < swap->nearest[i] * (own / (own - weight)) * (1 + weight / mover->least_weight);
}

/* Moves row i if that pays; gives the gain. */
static double try_row(Mover *mover, size_t i, double weight)
{
  const size_t k = mover->fit->k, d = mover->fit->d, from = (size_t)mover->labels[i];
  size_t to = from;
  double least = (double)INFINITY;
  for (size_t j = 0; j < k; j++) {
    const double w = mover->weight[j];
    const double cost = j == from
                            ? (double)INFINITY
                            : w / (w + weight) * squared_distance(mover->row, mover->centres + j * d, d);
    to = cost < least ? j : to;
    least = cost < least ? cost : least;
  }
  const double own = mover->weight[from];
  const double gain =
      weight * (own / (own - weight) * squared_distance(mover->row, mover->centres + from * d, d) - least);
  if (!(gain > mover->least_gain)) {
    return 0;
  }
  for (size_t c = 0; c < d; c++) {
    double *const left = &mover->centres[from * d + c], *const joined = &mover->centres[to * d + c];
    *left += (*left - mover->row[c]) * (weight / (own - weight));
    *joined += (mover->row[c] - *joined) * (weight / (mover->weight[to] + weight));
  }
  mover->weight[from] -= weight;
  mover->weight[to] += weight;
  mover->labels[i] = (int32_t)to;
  return gain;
}

/* One round over all rows; *moved counts the moves. */
static Status move_rows(Mover *mover, size_t *moved, Error *e)
{
  KmeansFit *const fit = mover->fit;
  for (size_t i = 0; i < fit->n; i++) {
    const double weight = fit->weights ? fit->weights[i] : 1;
    if (i % 1024 == 0 && task_cancelled(fit->task)) {
      return error_cancelled(e);
    }
    if (may_move(mover, i, weight)) {
      const Status status = kmeans_fetch(fit, i, mover->row, e);
      if (status != STATUS_OK) {
        return status;
      }
      *moved += try_row(mover, i, weight) > 0;
    }
  }
  return STATUS_OK;
}

/* Moves rows from the best result on; the means of the new clusters become state->current. */
static Status begin_round(KmeansFit *fit, size_t *moved, Error *e)
{
  KmeansSwap *const swap = fit->swap;
  Status status = swap->ready ? STATUS_OK : kmeans_swap_find_two(fit, e);
  if (status != STATUS_OK) {
    return status;
  }
  Mover mover = {.fit = fit,
                 .centres = fit->centres_next,
                 .weight = swap->losses,
                 .labels = fit->labels_before,
                 .row = swap->candidates,
                 .least_weight = (double)INFINITY,
                 .least_gain = fit->state->best_inertia * LEAST_GAIN};
  memcpy(mover.centres, fit->state->best, fit->k * fit->d * sizeof(double));
  memcpy(mover.labels, fit->labels_best, fit->n * sizeof(int32_t));
  for (size_t j = 0; j < fit->k; j++) {
    mover.weight[j] = kmeans_sums_weight(&fit->grid, &fit->sums_best, j, fit->weights);
    mover.least_weight = fmin(mover.least_weight, mover.weight[j]);
  }
  *moved = 0;
  status = move_rows(&mover, moved, e);
  if (status == STATUS_OK && *moved > 0) {
    status = kmeans_sum_labels(fit, mover.labels, &fit->sums, e);
  }
  if (status == STATUS_OK && *moved > 0) {
    memcpy(fit->centres, fit->state->best, fit->k * fit->d * sizeof(double));
    kmeans_new_centres(fit, fit->state->current);
    kmeans_begin(fit);
    fit->state->stage = KMEANS_STAGE_POLISH_RUN;
  }
  return status;
}

/* The moves have shifted the centres: iterate on. */
static Status finish_round(KmeansFit *fit, bool *more, Error *e)
{
  KmeansState *const state = fit->state;
  if (!fit->valid) {
    kmeans_resume(fit);
  }
  bool ended;
  Status status = kmeans_steps(fit, SIZE_MAX, fit->settings->max_iterations, "polish", &ended, e);
  if (status == STATUS_OK) {
    status = kmeans_evaluate(fit, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  const double inertia = *fit->totals, before = state->best_inertia;
  *more = inertia < before * (1 - LEAST_ROUND);
  if (inertia < before) {
    kmeans_keep_best(fit, state->best_iterations + state->iteration, state->run_converged);
    fit->swap->ready = false;
  }
  fit->valid = false;
  state->rounds++;
  state->stage = KMEANS_STAGE_POLISH;
  return STATUS_OK;
}

Status kmeans_polish(KmeansFit *fit, Error *e)
{
  KmeansState *const state = fit->state;
  Status status = STATUS_OK;
  bool more = state->best_inertia > 0;
  while (status == STATUS_OK && more && state->rounds < ROUNDS_MOST) {
    size_t moved = 1;
    if (state->stage != KMEANS_STAGE_POLISH_RUN) {
      status = begin_round(fit, &moved, e);
    }
    more = moved > 0;
    if (status == STATUS_OK && more) {
      status = finish_round(fit, &more, e);
    }
  }
  return status;
}
