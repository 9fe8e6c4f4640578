/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/fuzzy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "cluster/kmeans_kernels.h"
#include "cluster/labels.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { TILE = KMEANS_TILE };

void fuzzy_state_free(FuzzyState *state)
{
  mem_free(state->current);
  mem_free(state->best);
  *state = (FuzzyState){0};
}

void fuzzy_result_free(FuzzyResult *result)
{
  mem_free(result->centres);
  mem_free(result->labels);
  mem_free(result->sizes);
  mem_free(result->weight);
  mem_free(result->withinss);
  *result = (FuzzyResult){0};
}

/* ---- a pass */

/* Sums: objective, squared memberships, entropy, weight; then k of u, k of the objective's parts, k of u^m, k x d of
 * u^m x. */
typedef struct Pass {
  const Task *task;
  const Rows *rows;
  const double *weights, *centres;
  size_t k, d, bytes;   /* bytes of a worker's room, in doubles */
  double m;
  bool sum, entropy;    /* entropy: that sum too, which iterations have no use for */
  double *room;
  int32_t *labels;      /* what is wanted of every row, or NULL */
  double *memberships;
} Pass;

static size_t sums_of(size_t k, size_t d)
{
  return 4 + k * (3 + d);
}

/* Memberships of one row from its squared distances `step` apart. */
static void respond(const Pass *pass, const double *distances, double *u)
{
  const size_t k = pass->k;
  const double power = -1 / (pass->m - 1);
  double sum = 0, least = INFINITY;
  for (size_t c = 0; c < k; c++) {
    u[c] = distances[c * TILE];
    least = u[c] < least ? u[c] : least;
  }
  for (size_t c = 0; c < k; c++) { /* beside the least distance, so that nothing overflows */
    const double ratio = least > 0 ? u[c] / least : u[c] > 0 ? INFINITY : 1;
    u[c] = power == -1 ? 1 / ratio : pow(ratio, power);
    sum += u[c];
  }
  for (size_t c = 0; c < k; c++) {
    u[c] /= sum;
  }
}

static void add_row(const Pass *pass, const double *x, double weight, const double *distances, const double *u,
                    double *sums)
{
  const size_t k = pass->k, d = pass->d;
  double *plain = sums + 4, *parts = plain + k, *raised = parts + k, *means = raised + k;
  sums[3] += weight;
  for (size_t c = 0; c < k; c++) {
    const double r = weight * (pass->m == 2 ? u[c] * u[c] : pow(u[c], pass->m)), part = r * distances[c * TILE];
    sums[0] += part;
    sums[1] += weight * u[c] * u[c];
    sums[2] -= pass->entropy && u[c] > 0 ? weight * u[c] * log(u[c]) : 0;
    plain[c] += weight * u[c];
    parts[c] += part;
    raised[c] += r;
    double *mean = means + c * d;
    for (size_t j = 0; j < d; j++) {
      mean[j] += r * x[j];
    }
  }
}

/* The largest membership is that of the nearest centre; by distances, which rounding does not make equal. */
static void want_row(const Pass *pass, size_t row, const double *distances, const double *u)
{
  size_t best = 0;
  for (size_t c = 1; c < pass->k; c++) {
    best = distances[c * TILE] < distances[best * TILE] ? c : best;
  }
  if (pass->labels) {
    pass->labels[row] = (int32_t)best;
  }
  if (pass->memberships) {
    memcpy(pass->memberships + row * pass->k, u, pass->k * sizeof *u);
  }
}

static Status pass_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *pass = context;
  const KmeansKernels *kernels = kmeans_kernels();
  const size_t k = pass->k, d = pass->d;
  double *tile = pass->room + worker * pass->bytes, *distances = tile + d * TILE, *u = distances + k * TILE;
  double *buffer = u + k;
  const double *values;
  Status status = pass->rows->block(pass->rows, first, count, buffer, &values, e);
  for (size_t at = 0; status == STATUS_OK && at < count; at += TILE) {
    const size_t n = count - at < TILE ? count - at : TILE;
    kernels->tile(values + at * d, n, d, tile);
    kernels->distances(tile, d, pass->centres, k, distances);
    for (size_t i = 0; i < n; i++) {
      respond(pass, distances + i, u);
      if (pass->sum) {
        add_row(pass, values + (at + i) * d, pass->weights ? pass->weights[first + at + i] : 1, distances + i, u, sum);
      } else {
        want_row(pass, first + at + i, distances + i, u);
      }
    }
    status = task_cancelled(pass->task) ? error_cancelled(e) : STATUS_OK;
  }
  return status;
}

static void pass_merge(void *context, void *sum, const void *other)
{
  const Pass *pass = context;
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; i < sums_of(pass->k, pass->d); i++) {
    a[i] += b[i];
  }
}

static Status run_pass(Task *task, Pass *pass, double *sums, Error *e)
{
  const size_t workers = task_threads(task), n = pass->rows->n < BLOCK_ROWS ? pass->rows->n : BLOCK_ROWS;
  pass->d = pass->rows->d;
  pass->task = task;
  pass->bytes = (pass->d + pass->k) * TILE + pass->k + n * pass->d + 8;
  pass->bytes += (8 - pass->bytes % 8) % 8;
  pass->room = mem_buffer(workers * pass->bytes, sizeof *pass->room);
  if (!pass->room) {
    return error_memory(e, workers * pass->bytes * sizeof *pass->room, _("memberships"));
  }
  const Reduce reduce = {.size = pass->sum ? sums_of(pass->k, pass->d) * sizeof(double) : 0, .block = pass_block,
                         .merge = pass_merge, .context = pass};
  const Status status = rows_reduce(task, pass->rows->n, &reduce, sums, e);
  mem_free(pass->room);
  return status;
}

Status fuzzy_assign(Task *task, const Rows *rows, const double *centres, size_t k, double m, int32_t *labels,
                    double *memberships, Error *e)
{
  double none[1];
  Pass pass = {.rows = rows, .centres = centres, .k = k, .m = m, .labels = labels, .memberships = memberships};
  return run_pass(task, &pass, none, e);
}

/* ---- the fit */

typedef struct Search {
  Task *task;
  const Rows *rows;
  const double *weights;
  const FuzzySettings *settings;
  FuzzyState *state;
  double *sums;
} Search;

static Status sum_up(Search *search, const double *centres, bool entropy, Error *e)
{
  Pass pass = {.rows = search->rows, .weights = search->weights, .centres = centres, .k = search->settings->k,
               .m = search->settings->m, .sum = true, .entropy = entropy};
  return run_pass(search->task, &pass, search->sums, e);
}

static Status begin_start(Search *search, Error *e)
{
  FuzzyState *state = search->state;
  KmeansSettings settings = kmeans_settings(search->settings->k);
  KmeansState inner = {0};
  KmeansResult result = {0};
  settings.starts = 1;
  settings.max_iterations = 1;
  settings.refine = KMEANS_REFINE_NONE;
  settings.seed = search->settings->seed + state->start * UINT64_C(0x9e3779b97f4a7c15);
  const bool within = search->task->inner;
  search->task->inner = true; /* its steps are not ours */
  Status status = kmeans_fit(search->task, search->rows, search->weights, &settings, &inner, &result, e);
  search->task->inner = within;
  if (status == STATUS_OK && !result.complete) {
    status = error_cancelled(e);
  }
  if (status == STATUS_OK) {
    state->current = result.centres;
    result.centres = NULL;
    state->iteration = 0;
    state->before = INFINITY;
  }
  kmeans_state_free(&inner);
  kmeans_result_free(&result);
  return status;
}

/* New centres from the sums; one that no row belongs to stays. */
static void move(const Search *search, double *centres)
{
  const size_t k = search->settings->k, d = search->rows->d;
  const double *raised = search->sums + 4 + 2 * k, *means = raised + k;
  for (size_t c = 0; c < k; c++) {
    for (size_t j = 0; raised[c] > 0 && j < d; j++) {
      centres[c * d + j] = means[c * d + j] / raised[c];
    }
  }
}

static Status run_start(Search *search, Error *e)
{
  FuzzyState *state = search->state;
  const FuzzySettings *settings = search->settings;
  bool converged = false;
  while (true) {
    const Status status = sum_up(search, state->current, false, e);
    if (status != STATUS_OK) {
      return status;
    }
    const double objective = search->sums[0];
    const TraceStep step = {.phase = "fuzzy",
                            .start = (int64_t)state->start + 1,
                            .iteration = (int64_t)++state->iteration,
                            .objective = objective,
                            .changed = -1,
                            .state = state->current,
                            .rows = settings->k,
                            .columns = search->rows->d};
    task_step(search->task, &step);
    converged = isfinite(state->before) && state->before - objective <= settings->tolerance * state->before;
    state->before = objective;
    if (converged || state->iteration >= settings->max_iterations) {
      break;
    }
    move(search, state->current);
  }
  if (state->best_iterations == 0 || state->before < state->best_objective) {
    double *kept = state->best;
    state->best = state->current;
    state->current = kept;
    state->best_objective = state->before;
    state->best_iterations = state->iteration;
    state->best_converged = converged;
  }
  mem_free(state->current);
  state->current = NULL;
  state->start++;
  return STATUS_OK;
}

static double least_distance(const double *centres, size_t k, size_t d)
{
  double least = NAN;
  for (size_t a = 0; a < k; a++) {
    for (size_t b = a + 1; b < k; b++) {
      double sum = 0;
      for (size_t j = 0; j < d; j++) {
        sum += (centres[a * d + j] - centres[b * d + j]) * (centres[a * d + j] - centres[b * d + j]);
      }
      least = isnan(least) || sum < least ? sum : least;
    }
  }
  return least;
}

static Status number_clusters(Search *search, const double *centres, FuzzyResult *out, Error *e)
{
  const size_t k = out->k, d = out->d;
  int32_t *order = mem_alloc(k, sizeof *order);
  size_t used;
  Status status;
  TRY(order ? STATUS_OK : error_memory(e, 0, _("labels")));
  TRY(fuzzy_assign(search->task, search->rows, centres, k, search->settings->m, out->labels, NULL, e));
  TRY(labels_number(out->labels, out->n, k, order, NULL, &used, e));
  for (size_t c = 0; c < k; c++) {
    memcpy(out->centres + c * d, centres + (size_t)order[c] * d, d * sizeof *centres);
  }
  TRY(fuzzy_assign(search->task, search->rows, out->centres, k, search->settings->m, out->labels, NULL, e));
done:
  mem_free(order);
  return status;
}

static Status report(Search *search, bool complete, FuzzyResult *out, Error *e)
{
  const FuzzyState *state = search->state;
  const double *centres = state->best ? state->best : state->current;
  const size_t n = search->rows->n, k = search->settings->k, d = search->rows->d;
  Status status;
  if (!centres) {
    return error_cancelled(e);
  }
  *out = (FuzzyResult){.n = n, .k = k, .d = d, .complete = complete};
  out->centres = mem_alloc(k * d, sizeof *out->centres);
  out->labels = mem_alloc(n, sizeof *out->labels);
  out->sizes = mem_zero(k, sizeof *out->sizes);
  out->weight = mem_alloc(k, sizeof *out->weight);
  out->withinss = mem_alloc(k, sizeof *out->withinss);
  if (!out->centres || !out->labels || !out->sizes || !out->weight || !out->withinss) {
    TRY(error_memory(e, n * sizeof *out->labels, _("labels")));
  }
  TRY(number_clusters(search, centres, out, e));
  TRY(sum_up(search, out->centres, true, e));
  for (size_t i = 0; i < n; i++) {
    out->sizes[out->labels[i]]++;
  }
  const double *sums = search->sums, total = sums[3];
  for (size_t c = 0; c < k; c++) {
    out->weight[c] = sums[4 + c] / total;
    out->withinss[c] = sums[4 + k + c];
  }
  out->objective = sums[0];
  out->coefficient = sums[1] / total;
  out->entropy = sums[2] / total;
  out->xie_beni = sums[0] / (total * least_distance(out->centres, k, d));
  out->iterations = (int64_t)(state->best ? state->best_iterations : state->iteration);
  out->converged = state->best && state->best_converged;
  if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, "start %zu, iteration %zu", state->start + 1, state->iteration);
  }
done:
  return status;
}

static Status run(Search *search, Error *e)
{
  FuzzyState *state = search->state;
  Status status;
  search->sums = mem_alloc(sums_of(search->settings->k, search->rows->d), sizeof *search->sums);
  TRY(search->sums ? STATUS_OK : error_memory(e, 0, _("memberships")));
  while (state->start < search->settings->starts) {
    if (!state->current) {
      TRY(begin_start(search, e));
    }
    TRY(run_start(search, e));
    task_progress(search->task, state->start, search->settings->starts);
  }
  status = STATUS_OK;
done:
  return status;
}

Status fuzzy_fit(Task *task, const Rows *rows, const double *weights, const FuzzySettings *settings, FuzzyState *state,
                 FuzzyResult *out, Error *e)
{
  Search search = {.task = task, .rows = rows, .weights = weights, .settings = settings, .state = state};
  Error stopped = {0};
  *out = (FuzzyResult){0};
  if (settings->k > rows->n) {
    error_set(e, STATUS_DATA, "too-few-rows", _("k is %1$zu, but there are %2$zu rows"), settings->k, rows->n);
    return error_hint(e, _("choose k up to %zu"), rows->n);
  }
  Status status = run(&search, &stopped);
  if (status == STATUS_OK) {
    status = report(&search, true, out, e);
  } else if (status == STATUS_CANCELLED && search.sums) {
    atomic_store(&task->cancel, false); /* a second press stops the assignment too */
    status = report(&search, false, out, e);
    task_cancel(task);
  } else if (e && e->status == STATUS_OK) {
    *e = stopped;
  }
  mem_free(search.sums);
  if (status != STATUS_OK) {
    fuzzy_result_free(out);
  }
  return status;
}
