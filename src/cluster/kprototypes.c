/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a fit. */
#include "cluster/kprototypes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/kprototypes_pass.h"
#include "cluster/labels.h"
#include "core/alloc.h"
#include "core/reduce.h"

/* With less work than this the other threads are not worth waking. */
#define THREADS_FROM 1e5

/* ---- classes and prototypes */

Status class_codes_new(const int32_t *codes, size_t n, size_t levels, ClassCodes *out, Error *e)
{
  *out = (ClassCodes){.levels = levels > 0 ? levels : 1};
  if (levels <= 256) {
    out->narrow = mem_buffer(n, sizeof *out->narrow);
  } else {
    out->wide = mem_buffer(n, sizeof *out->wide);
  }
  if (!out->narrow && !out->wide) {
    return error_memory(e, n * sizeof *codes, _("classes"));
  }
  for (size_t i = 0; i < n && out->narrow; i++) {
    out->narrow[i] = (uint8_t)codes[i];
  }
  if (out->wide) {
    memcpy(out->wide, codes, n * sizeof *codes);
  }
  return STATUS_OK;
}

void class_codes_free(ClassCodes *classes)
{
  mem_free(classes->narrow);
  mem_free(classes->wide);
  *classes = (ClassCodes){0};
}

int32_t class_code(const ClassCodes *classes, size_t row)
{
  return classes->narrow ? classes->narrow[row] : classes->wide[row];
}

Status prototypes_new(size_t k, size_t p, size_t q, Prototypes *out, Error *e)
{
  *out = (Prototypes){.k = k, .p = p, .q = q};
  out->codes = mem_zero(k, p * sizeof *out->codes);
  out->numbers = mem_zero(k, q * sizeof *out->numbers);
  out->shares = mem_zero(k, p * sizeof *out->shares);
  return out->codes && out->numbers && out->shares ? STATUS_OK : error_memory(e, k * (p + q) * 8, _("prototypes"));
}

void prototypes_free(Prototypes *prototypes)
{
  mem_free(prototypes->codes);
  mem_free(prototypes->numbers);
  mem_free(prototypes->shares);
  *prototypes = (Prototypes){0};
}

void prototypes_copy(Prototypes *to, const Prototypes *from)
{
  memcpy(to->codes, from->codes, from->k * from->p * sizeof *from->codes);
  memcpy(to->numbers, from->numbers, from->k * from->q * sizeof *from->numbers);
  memcpy(to->shares, from->shares, from->k * from->p * sizeof *from->shares);
}

void kprototypes_state_free(KprototypesState *state)
{
  prototypes_free(&state->current);
  prototypes_free(&state->best);
  *state = (KprototypesState){0};
}

void kprototypes_result_free(KprototypesResult *result)
{
  mem_free(result->labels);
  mem_free(result->distance);
  mem_free(result->sizes);
  mem_free(result->costs);
  prototypes_free(&result->prototypes);
  *result = (KprototypesResult){0};
}

double kprototypes_gamma(const KprototypesData *data)
{
  double sum = 0;
  for (size_t v = 0; v < data->q; v++) {
    const double *const x = data->numbers + v * data->n;
    double mean = 0, squares = 0;
    for (size_t i = 0; i < data->n; i++) {
      mean += x[i];
    }
    mean /= (double)data->n;
    for (size_t i = 0; i < data->n; i++) {
      squares += (x[i] - mean) * (x[i] - mean);
    }
    sum += sqrt(squares / (double)data->n);
  }
  return data->q > 0 && sum > 0 ? 0.5 * sum / (double)data->q : 1;
}

/* ---- prototypes from the sums of a pass */

static void most_frequent(const KprototypesRun *run, const KprototypesTotals *totals, size_t c, Prototypes *out)
{
  for (size_t v = 0; v < out->p; v++) {
    const double *const counts = totals->classes + c * run->levels + run->offset[v];
    size_t best = 0;
    for (size_t code = 1; code < run->data->classes[v].levels; code++) {
      best = counts[code] > counts[best] ? code : best;
    }
    out->codes[c * out->p + v] = (int32_t)best;
    out->shares[c * out->p + v] = counts[best] / totals->weight[c];
  }
}

/* A cluster without rows takes the row that is farthest from its own prototype. */
static void refill(KprototypesRun *run, size_t c, Prototypes *out)
{
  size_t farthest = 0;
  for (size_t i = 1; i < run->data->n; i++) {
    farthest = run->distance[i] > run->distance[farthest] ? i : farthest;
  }
  if (run->distance[farthest] > 0) {
    kprototypes_take_row(run, out, c, farthest);
    run->distance[farthest] = 0; /* not for another one */
  }
}

static void follow(KprototypesRun *run, Prototypes *out)
{
  const KprototypesTotals totals = kprototypes_totals(run, run->totals);
  for (size_t c = 0; c < out->k; c++) {
    if (totals.rows[c] == 0) {
      refill(run, c, out);
    } else if (totals.weight[c] > 0) {
      most_frequent(run, &totals, c, out);
      for (size_t v = 0; v < out->q; v++) {
        out->numbers[c * out->q + v] = totals.numbers[c * out->q + v] / totals.weight[c];
      }
    }
  }
}

/* ---- a start */

static void keep_best(KprototypesRun *run, bool converged)
{
  KprototypesState *const state = run->state;
  if (state->best_start > 0 && fabs(state->cost - state->best_cost) <= 1e-9 * state->best_cost) {
    state->at_best++;
  }
  if (state->best_start == 0 || state->cost < state->best_cost * (1 - 1e-9)) {
    state->at_best = 1;
  }
  if (state->best_start == 0 || state->cost < state->best_cost) {
    state->best_start = state->start + 1;
    state->best_cost = state->cost;
    state->best_iterations = state->iteration;
    state->best_converged = converged;
    prototypes_copy(&state->best, &state->current);
  }
}

static void tell(KprototypesRun *run)
{
  const TraceStep step = {.phase = "start",
                          .start = (int64_t)run->state->start + 1,
                          .iteration = (int64_t)run->state->iteration,
                          .measure = "cost",
                          .objective = run->state->cost,
                          .changed = -1,
                          .state = run->data->q > 0 ? run->state->current.numbers : NULL,
                          .rows = run->data->q > 0 ? run->settings->k : 0,
                          .columns = run->data->q};
  task_step(run->task, &step);
}

static Status begin_start(KprototypesRun *run, Error *e)
{
  return run->state->iteration == 0 ? kprototypes_begin(run, &run->state->current, e) : STATUS_OK;
}

static void end_start(KprototypesRun *run, bool converged)
{
  keep_best(run, converged);
  run->state->start++;
  run->state->iteration = 0;
}

/* Takes the cost of the pass just made; true when it is no lower than the last one's. */
static bool take_cost(KprototypesRun *run)
{
  KprototypesState *const state = run->state;
  const double cost = *kprototypes_totals(run, run->totals).cost;
  const bool converged = state->iteration > 0 && !(cost < state->cost);
  state->iteration++;
  state->cost = cost;
  tell(run);
  return converged;
}

/* Passes until the cost falls no more; the state's prototypes are those of the next pass. A pass counts once it is
 * whole. */
static Status run_start(KprototypesRun *run, Error *e)
{
  Status status;
  TRY(begin_start(run, e));
  for (bool ended = false; !ended;) {
    TRY(kprototypes_pass(run, &run->state->current, e));
    const bool converged = take_cost(run);
    ended = converged || run->state->iteration >= run->settings->max_iterations;
    if (ended) {
      end_start(run, converged);
    } else {
      follow(run, &run->state->current);
    }
  }
done:
  return status;
}

/* The same of few rows, moved one by one: short enough to begin anew after an interruption. */
static Status run_short_start(KprototypesRun *run, Error *e)
{
  size_t moved = 1;
  bool converged = false;
  Status status;
  run->state->iteration = 0;
  TRY(begin_start(run, e));
  TRY(kprototypes_pass(run, &run->state->current, e));
  (void)take_cost(run);
  while (!converged && run->state->iteration < run->settings->max_iterations) {
    follow(run, &run->state->current);
    TRY(kprototypes_move_rows(run, &moved, e));
    TRY(kprototypes_pass(run, &run->state->current, e));
    converged = take_cost(run);
  }
  end_start(run, converged);
done:
  if (status != STATUS_OK) {
    run->state->iteration = 0;
  }
  return status;
}

static Status run_starts(KprototypesRun *run, Error *e)
{
  Status status = STATUS_OK;
  task_phase(run->task, "start");
  while (status == STATUS_OK && run->state->start < run->settings->starts) {
    task_progress(run->task, run->state->start, run->settings->starts);
    status = run->data->n <= BLOCK_ROWS ? run_short_start(run, e) : run_start(run, e);
  }
  return status;
}

/* ---- the result */

static Status result_alloc(const KprototypesRun *run, KprototypesResult *out, Error *e)
{
  const size_t n = run->data->n, k = run->settings->k;
  *out = (KprototypesResult){.n = n, .k = k};
  out->labels = mem_buffer(n, sizeof *out->labels);
  out->distance = mem_buffer(n, sizeof *out->distance);
  out->sizes = mem_zero(k, sizeof *out->sizes);
  out->costs = mem_zero(k, sizeof *out->costs);
  return out->labels && out->distance && out->sizes && out->costs
             ? prototypes_new(k, run->data->p, run->data->q, &out->prototypes, e)
             : error_memory(e, n * sizeof *out->distance, _("prototypes"));
}

static void move_prototype(Prototypes *to, size_t c, const Prototypes *from, size_t old)
{
  memcpy(to->codes + c * to->p, from->codes + old * to->p, to->p * sizeof *to->codes);
  memcpy(to->shares + c * to->p, from->shares + old * to->p, to->p * sizeof *to->shares);
  memcpy(to->numbers + c * to->q, from->numbers + old * to->q, to->q * sizeof *to->numbers);
}

typedef struct Numbering {
  KprototypesRun *run;
  const Prototypes *from;
  Prototypes *to; /* in the last order asked for */
} Numbering;

static Status assign_ordered(void *context, const int32_t *order, int32_t *labels, Error *e)
{
  const Numbering *const numbering = context;
  KprototypesRun *const run = numbering->run;
  for (size_t c = 0; c < run->settings->k; c++) {
    move_prototype(numbering->to, c, numbering->from, (size_t)order[c]);
  }
  const Status status = kprototypes_pass(run, numbering->to, e);
  memcpy(labels, run->labels, run->data->n * sizeof *labels);
  return status;
}

/* Labels and costs of prototypes, in the canonical order: those of the last pass. */
static Status fill_result(KprototypesRun *run, const Prototypes *prototypes, KprototypesResult *out, Error *e)
{
  int32_t *const order = mem_alloc(run->settings->k, sizeof *order);
  bool moved;
  Status status;
  TRY(order ? STATUS_OK : error_memory(e, run->settings->k * sizeof *order, _("prototypes")));
  TRY(result_alloc(run, out, e));
  TRY(kprototypes_pass(run, prototypes, e));
  memcpy(out->labels, run->labels, out->n * sizeof *out->labels);
  Numbering numbering = {run, prototypes, &out->prototypes};
  TRY(labels_settle(out->labels, out->n, out->k, assign_ordered, &numbering, order, out->sizes, &moved, e));
  const KprototypesTotals totals = kprototypes_totals(run, run->totals);
  memcpy(out->distance, run->distance, out->n * sizeof *out->distance);
  memcpy(out->costs, totals.costs, out->k * sizeof *out->costs);
  out->cost = *totals.cost;
done:
  mem_free(order);
  return status;
}

/* The best prototypes; after a cancel those so far, and of a fit that has none yet the first k rows. */
static Status make_result(KprototypesRun *run, bool complete, KprototypesResult *out, Error *e)
{
  KprototypesState *const state = run->state;
  Prototypes first = {0};
  const Prototypes *chosen = state->best_start > 0 ? &state->best : &state->current;
  Status status;
  if (state->best_start == 0 && state->iteration == 0) {
    TRY(prototypes_new(run->settings->k, run->data->p, run->data->q, &first, e));
    for (size_t c = 0; c < first.k; c++) {
      kprototypes_take_row(run, &first, c, c);
    }
    chosen = &first;
  }
  const bool pressed =
      task_cancelled(run->task); /* once, also after the last step: the last pass is made all the same */
  atomic_store(&run->task->cancel, false);
  status = fill_result(run, chosen, out, e);
  if (pressed) {
    task_cancel(run->task);
  }
  TRY(status);
  out->iterations = state->best_start > 0 ? state->best_iterations : state->iteration;
  out->starts_done = state->start;
  out->starts_at_best = state->at_best;
  out->complete = complete;
  out->converged = complete && state->best_converged;
  out->reason = !complete ? "interrupted" : out->converged ? "" : "max_iter";
  if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("start %1$zu of %2$zu, iteration %3$zu"), state->start + 1,
             run->settings->starts, state->iteration + 1);
  }
done:
  prototypes_free(&first);
  return status;
}

/* ---- the fit */

static Status run_alloc(KprototypesRun *run, Error *e)
{
  const KprototypesData *const data = run->data;
  const size_t k = run->settings->k, p = data->p;
  run->offset = mem_alloc(p, sizeof *run->offset);
  if (!run->offset) {
    return error_memory(e, p * sizeof *run->offset, _("prototypes"));
  }
  for (size_t v = 0; v < p; v++) {
    run->offset[v] = run->levels;
    run->levels += data->classes[v].levels;
  }
  run->totals_size = 1 + k * (3 + run->levels + data->q);
  const size_t bytes = (8 * task_threads(run->task) + 1) * run->totals_size * sizeof(double) + data->n * 12;
  const Status status = task_reserve(run->task, bytes, _("prototypes"), e);
  if (status != STATUS_OK) {
    return status;
  }
  run->labels = mem_buffer(data->n, sizeof *run->labels);
  run->distance = mem_buffer(data->n, sizeof *run->distance);
  run->totals = mem_buffer(run->totals_size, sizeof *run->totals);
  return run->labels && run->distance && run->totals ? STATUS_OK : error_memory(e, bytes, _("prototypes"));
}

static void run_free(KprototypesRun *run)
{
  mem_free(run->offset);
  mem_free(run->labels);
  mem_free(run->distance);
  mem_free(run->totals);
}

static Status state_begin(KprototypesRun *run, Error *e)
{
  KprototypesState *const state = run->state;
  const size_t k = run->settings->k, p = run->data->p, q = run->data->q;
  if (!state->current.codes) {
    const Status status = prototypes_new(k, p, q, &state->current, e);
    return status == STATUS_OK ? prototypes_new(k, p, q, &state->best, e) : status;
  }
  bool sound = state->current.k == k && state->current.p == p && state->current.q == q && state->best.k == k &&
               state->best.p == p && state->best.q == q && state->start <= run->settings->starts;
  for (size_t i = 0; sound && i < k * p; i++) {
    const size_t levels = run->data->classes[i % p].levels;
    sound = state->current.codes[i] >= 0 && (size_t)state->current.codes[i] < levels && state->best.codes[i] >= 0 &&
            (size_t)state->best.codes[i] < levels;
  }
  return sound ? STATUS_OK
               : error_set(e, STATUS_DATA, "bad-model-file", _("the state of the search does not fit the rows"));
}

static Status check_k(size_t k, size_t n, Error *e)
{
  if (k <= n) {
    return STATUS_OK;
  }
  error_set(e, STATUS_DATA, "k-above-n", _("k = %1$zu, but there are %2$zu rows"), k, n);
  return error_hint(e, _("choose k up to %zu"), n);
}

Status kprototypes_fit(Task *task, const KprototypesData *data, const KprototypesSettings *settings,
                       KprototypesState *state, KprototypesResult *out, Error *e)
{
  KprototypesSettings own = *settings;
  KprototypesRun run = {.task = task, .data = data, .settings = &own, .state = state, .kernels = kmodes_kernels()};
  const size_t threads = task->threads;
  Status status;
  *out = (KprototypesResult){0};
  own.starts = own.init == KPROTOTYPES_GIVEN ? 1 : own.starts;
  if ((double)data->n * (double)own.k * (double)(data->p + data->q) < THREADS_FROM) {
    task->threads = 1;
  }
  TRY(check_k(own.k, data->n, e));
  TRY(run_alloc(&run, e));
  TRY(state_begin(&run, e));
  status = run_starts(&run, e);
  const bool complete = status == STATUS_OK;
  TRY(status == STATUS_CANCELLED ? STATUS_OK : status);
  error_clear(e);
  TRY(make_result(&run, complete, out, e));
done:
  task->threads = threads;
  run_free(&run);
  if (status != STATUS_OK) {
    kprototypes_result_free(out);
  }
  return status;
}

Status kprototypes_assign(Task *task, const KprototypesData *data, const Prototypes *prototypes, double gamma,
                          bool ng, int32_t *labels, double *distance, Error *e)
{
  const KprototypesSettings settings = {.k = prototypes->k, .gamma = gamma, .ng = ng};
  KprototypesRun run = {.task = task, .data = data, .settings = &settings, .kernels = kmodes_kernels()};
  Status status = run_alloc(&run, e);
  if (status == STATUS_OK && data->n > 0) {
    status = kprototypes_pass(&run, prototypes, e);
  }
  if (status == STATUS_OK) {
    memcpy(labels, run.labels, data->n * sizeof *labels);
    memcpy(distance, run.distance, data->n * sizeof *distance);
  }
  run_free(&run);
  return status;
}
