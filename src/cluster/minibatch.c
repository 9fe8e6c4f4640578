/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/minibatch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"

enum {
  SAMPLE_BATCHES = 3,  /* the sample to start from has so many batches, at least 10 rows for each centre */
  SAMPLE_STARTS = 3,
  REASSIGN_EVERY = 10, /* rows for each centre between two looks at weak ones */
  SAMPLE_STREAM = 0    /* of the sample; batches have 1 + their number */
};

typedef struct Batch {
  Task *task;
  const Rows *rows;
  const double *weights;
  const MinibatchSettings *settings;
  CentreState *state;
  size_t n, d, k, size;
  size_t *drawn;    /* size: row numbers */
  double *x;        /* size x d */
  double *weight;   /* size */
  int32_t *labels;  /* size */
  double *distance; /* size */
} Batch;

static void batch_free(Batch *b)
{
  mem_free(b->drawn);
  mem_free(b->x);
  mem_free(b->weight);
  mem_free(b->labels);
  mem_free(b->distance);
}

static Status batch_alloc(Batch *b, Error *e)
{
  b->drawn = mem_alloc(b->size, sizeof *b->drawn);
  b->x = mem_buffer(b->size * b->d, sizeof(double));
  b->weight = mem_alloc(b->size, sizeof(double));
  b->labels = mem_alloc(b->size, sizeof(int32_t));
  b->distance = mem_alloc(b->size, sizeof(double));
  return b->drawn && b->x && b->weight && b->labels && b->distance
           ? STATUS_OK
           : error_memory(e, b->size * b->d * sizeof(double), _("a batch"));
}

static double weight_of(const Batch *b, size_t row)
{
  return b->weights ? b->weights[row] : 1;
}

static Status fetch(const Batch *b, size_t row, double *out, Error *e)
{
  const double *x;
  const Status status = b->rows->block(b->rows, row, 1, out, &x, e);
  if (status == STATUS_OK && x != out) {
    memcpy(out, x, b->d * sizeof(double));
  }
  return status;
}

/* Rows drawn with replacement. */
static Status draw(Batch *b, Random *random, Error *e)
{
  for (size_t i = 0; i < b->size; i++) {
    b->drawn[i] = (size_t)random_below(random, b->n);
    b->weight[i] = weight_of(b, b->drawn[i]);
    const Status status = fetch(b, b->drawn[i], b->x + i * b->d, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

/* ---- The start ---- */

static size_t sample_rows(const Batch *b)
{
  const size_t wanted = SAMPLE_BATCHES * b->size > 10 * b->k ? SAMPLE_BATCHES * b->size : 10 * b->k;
  return wanted < b->n ? wanted : b->n;
}

/* Rows drawn without replacement, by Floyd's way over a set that is small beside n, or all rows. */
static Status draw_sample(const Batch *b, size_t count, double *x, double *weights, size_t *order, Error *e)
{
  Random random = random_new(b->settings->seed, SAMPLE_STREAM);
  for (size_t i = 0; i < b->n; i++) {
    order[i] = i;
  }
  for (size_t i = 0; i < count; i++) {
    const size_t other = count == b->n ? i : i + (size_t)random_below(&random, b->n - i), row = order[other];
    order[other] = order[i];
    order[i] = row;
    weights[i] = weight_of(b, row);
    const Status status = fetch(b, row, x + i * b->d, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

/* k-means of the sample; with few distinct rows in it, of all rows. */
static Status fit_sample(Batch *b, size_t count, double *x, double *weights, Error *e)
{
  const Rows sample = rows_of_matrix(x, count, b->d);
  KmeansSettings settings = kmeans_settings(b->k);
  KmeansState state = {0};
  KmeansResult result;
  settings.starts = SAMPLE_STARTS;
  settings.refine = KMEANS_REFINE_NONE;
  settings.seed = b->settings->seed;
  const bool within = b->task->inner;
  b->task->inner = true; /* listeners follow the batches */
  const Status status = kmeans_fit(b->task, &sample, b->weights ? weights : NULL, &settings, &state, &result, e);
  b->task->inner = within;
  const bool complete = status == STATUS_OK && result.complete;
  if (status == STATUS_OK) {
    memcpy(b->state->current, result.centres, b->k * b->d * sizeof(double));
  }
  kmeans_result_free(&result);
  kmeans_state_free(&state);
  return status == STATUS_OK && !complete ? error_cancelled(e) : status;
}

static Status start_from_sample(Batch *b, Error *e)
{
  const size_t count = sample_rows(b);
  const Status status = task_reserve(b->task, count * (b->d + 1) * sizeof(double) + b->n * sizeof(size_t), _("a sample"), e);
  if (status != STATUS_OK) {
    return status;
  }
  double *const x = mem_buffer(count * b->d, sizeof(double)), *const weights = mem_alloc(count, sizeof(double));
  size_t *const order = mem_alloc(b->n, sizeof *order);
  Status made = x && weights && order ? draw_sample(b, count, x, weights, order, e)
                                      : error_memory(e, count * b->d * sizeof(double), _("a sample"));
  if (made == STATUS_OK) {
    made = fit_sample(b, count, x, weights, e);
  }
  mem_free(x);
  mem_free(weights);
  mem_free(order);
  return made;
}

static Status start(Batch *b, Error *e)
{
  CentreState *const state = b->state;
  Status status = STATUS_OK;
  if (b->settings->centres) {
    memcpy(state->current, b->settings->centres, b->k * b->d * sizeof(double));
  } else {
    task_phase(b->task, "sample");
    status = start_from_sample(b, e);
  }
  for (size_t j = 0; j < b->k; j++) {
    state->extra[j] = b->settings->seen ? b->settings->seen[j] : 0;
  }
  state->stage = status == STATUS_OK ? CENTRE_STAGE_RUN : state->stage;
  return status;
}

/* ---- Batches ---- */

/* Moves each centre by the rows it was given, in their order; gives the mean squared distance before. */
static double move(Batch *b)
{
  CentreState *const state = b->state;
  double sum = 0, weight = 0;
  for (size_t i = 0; i < b->size; i++) {
    const size_t label = (size_t)b->labels[i];
    double *const centre = state->current + label * b->d;
    sum += b->weight[i] * b->distance[i];
    weight += b->weight[i];
    state->extra[label] += b->weight[i];
    if (b->weight[i] > 0) {
      const double rate = b->weight[i] / state->extra[label];
      for (size_t c = 0; c < b->d; c++) {
        centre[c] += rate * (b->x[i * b->d + c] - centre[c]);
      }
    }
  }
  return weight > 0 ? sum / weight : 0;
}

/* A row of the batch, drawn by weight and squared distance. */
static size_t draw_far(const Batch *b, Random *random)
{
  double total = 0;
  for (size_t i = 0; i < b->size; i++) {
    total += b->weight[i] * b->distance[i];
  }
  double rest = random_uniform(random) * total;
  size_t last = b->size;
  for (size_t i = 0; i < b->size; i++) {
    const double share = b->weight[i] * b->distance[i];
    if (share > 0) {
      last = i;
      if (rest < share) {
        break;
      }
      rest -= share;
    }
  }
  return last;
}

/* Centres that got hardly anything begin anew, with the least weight of those that stay. */
static size_t reassign(Batch *b, Random *random)
{
  CentreState *const state = b->state;
  double most = 0, least = (double)INFINITY;
  size_t moved = 0;
  for (size_t j = 0; j < b->k; j++) {
    most = fmax(most, state->extra[j]);
  }
  for (size_t j = 0; j < b->k; j++) {
    least = state->extra[j] >= b->settings->reassign * most ? fmin(least, state->extra[j]) : least;
  }
  for (size_t j = 0; j < b->k && moved * 2 < b->size; j++) {
    if (state->extra[j] < b->settings->reassign * most) {
      const size_t row = draw_far(b, random);
      if (row == b->size) {
        break;
      }
      memcpy(state->current + j * b->d, b->x + row * b->d, b->d * sizeof(double));
      state->extra[j] = least;
      b->distance[row] = 0;
      moved++;
    }
  }
  return moved;
}

/* The smoothed mean squared distance, and whether it has stopped falling. */
static bool settled(Batch *b, double mean)
{
  CentreState *const state = b->state;
  const double share = fmin(1, 2.0 * (double)b->size / ((double)b->n + 1));
  state->objective = isfinite(state->objective) ? state->objective * (1 - share) + mean * share : mean;
  if (state->iteration < 2) {
    return false; /* the first batch sees the sample's centres */
  }
  if (state->objective < state->best_objective) {
    state->best_objective = state->objective;
    state->failed = 0;
  } else {
    state->failed++;
  }
  return b->settings->patience > 0 && state->failed >= b->settings->patience;
}

static Status one_batch(Batch *b, bool *ended, Error *e)
{
  CentreState *const state = b->state;
  Random random = random_new(b->settings->seed, 1 + (uint64_t)state->iteration);
  Status status = draw(b, &random, e);
  if (status == STATUS_OK) {
    const Rows rows = rows_of_matrix(b->x, b->size, b->d);
    status = kmeans_assign(b->task, &rows, state->current, b->k, b->labels, b->distance, NULL, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  const double mean = move(b);
  state->iteration++;
  if (state->iteration % (1 + REASSIGN_EVERY * b->k / b->size) == 0) {
    state->relocated += reassign(b, &random);
  }
  *ended = state->run_converged = settled(b, mean);
  task_step(b->task, &(TraceStep){.phase = "batch", .start = 1, .iteration = (int64_t)state->iteration,
                                  .measure = "inertia of a row", .objective = state->objective, .changed = -1, .state = state->current, .rows = b->k,
                                  .columns = b->d});
  return STATUS_OK;
}

static Status run(Batch *b, Error *e)
{
  CentreState *const state = b->state;
  Status status = state->stage == CENTRE_STAGE_START ? start(b, e) : STATUS_OK;
  bool ended = state->stage == CENTRE_STAGE_DONE;
  task_phase(b->task, "batch");
  while (status == STATUS_OK && !ended && state->iteration < b->settings->max_iterations) {
    status = task_cancelled(b->task) ? error_cancelled(e) : one_batch(b, &ended, e);
    task_progress(b->task, state->iteration, b->settings->max_iterations);
  }
  if (status == STATUS_OK) {
    state->stage = CENTRE_STAGE_DONE;
  }
  return status;
}

/* ---- The result ---- */

/* Rows drawn at random, for a fit that was stopped before it had centres. */
static Status any_centres(Batch *b, double *centres, Error *e)
{
  Random random = random_new(b->settings->seed, SAMPLE_STREAM);
  Status status = STATUS_OK;
  for (size_t j = 0; status == STATUS_OK && j < b->k; j++) {
    status = fetch(b, (size_t)random_below(&random, b->n), centres + j * b->d, e);
  }
  return status;
}

static Status assign_labels(void *context, const double *centres, int32_t *labels, Error *e)
{
  const Batch *const b = context;
  return kmeans_assign(b->task, b->rows, centres, b->k, labels, NULL, NULL, e);
}

static Status assign_all(Batch *b, const double *centres, CentreResult *out, Error *e)
{
  const CentreData data = {.weights = b->weights, .n = b->n, .d = b->d};
  int32_t *const labels = mem_alloc(b->n, sizeof *labels);
  double *const cost = mem_alloc(b->n, sizeof *cost);
  size_t ties = 0;
  bool moved;
  Status status = labels && cost ? STATUS_OK : error_memory(e, b->n * 12, _("labels"));
  if (status == STATUS_OK) {
    status = kmeans_assign(b->task, b->rows, centres, b->k, labels, cost, &ties, e);
  }
  if (status == STATUS_OK) {
    status = centre_result_make(&data, b->k, centres, labels, cost, ties > 0 ? assign_labels : NULL, b, &moved, out, e);
  }
  mem_free(labels);
  mem_free(cost);
  for (size_t j = 0; status == STATUS_OK && j < b->k; j++) {
    out->objective += out->within[j];
  }
  return status;
}

static void describe(const Batch *b, bool complete, CentreResult *out)
{
  const CentreState *const state = b->state;
  out->complete = complete;
  out->iterations = (int64_t)state->iteration;
  out->converged = complete && state->run_converged;
  out->relocated = (int64_t)state->relocated;
  out->reason = !complete ? "interrupted" : out->converged ? "" : "max_iter";
  if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("batch %zu"), state->iteration + 1);
  }
}

/* Labels for the centres there are. Of a stopped fit a further press ends this too. */
static Status finish(Batch *b, bool complete, CentreResult *out, Error *e)
{
  double *const centres = mem_alloc(b->k * b->d, sizeof(double));
  if (!centres) {
    return error_memory(e, b->k * b->d * sizeof(double), _("centres"));
  }
  if (!complete) {
    atomic_store(&b->task->cancel, false);
  }
  memcpy(centres, b->state->current, b->k * b->d * sizeof(double));
  Status status = b->state->stage == CENTRE_STAGE_START ? any_centres(b, centres, e) : STATUS_OK;
  if (status == STATUS_OK) {
    status = assign_all(b, centres, out, e);
  }
  if (!complete) {
    task_cancel(b->task);
  }
  mem_free(centres);
  if (status == STATUS_OK) {
    describe(b, complete, out);
  }
  return status;
}

static Status fit_all(Batch *b, CentreResult *out, Error *e)
{
  Status status = run(b, e);
  if (status == STATUS_OK) {
    status = finish(b, true, out, e);
  }
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    status = finish(b, false, out, e);
  }
  return status;
}

Status minibatch_fit(Task *task, const Rows *rows, const double *weights, const MinibatchSettings *settings,
                     CentreState *state, CentreResult *out, Error *e)
{
  *out = (CentreResult){0};
  Batch b = {.task = task, .rows = rows, .weights = weights, .settings = settings, .state = state, .n = rows->n,
             .d = rows->d, .k = settings->k};
  b.size = settings->batch < b.n ? settings->batch : b.n;
  if (b.k > b.n) {
    error_set(e, STATUS_DATA, "k-above-n", _("k = %1$zu, but there are %2$zu rows"), b.k, b.n);
    return error_hint(e, _("choose k up to %zu"), b.n);
  }
  Status status = centre_state_new(state, b.k, b.d, b.k, e);
  if (status == STATUS_OK) {
    status = batch_alloc(&b, e);
  }
  if (status == STATUS_OK) {
    status = fit_all(&b, out, e);
  }
  batch_free(&b);
  return status;
}
