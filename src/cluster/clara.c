/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/clara.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/random.h"

enum { SAMPLE_PASSES = 100 };

typedef struct Clara {
  Task *task;
  const Pairs *pairs;
  const double *weights;
  const ClaraSettings *settings;
  ClaraState *state;
  size_t n, k, size;
  size_t *sample;         /* size: rows, rising */
  size_t *found;          /* k: medoids of a sample */
  double *sample_weights; /* size, or NULL */
  PamResult best;         /* n = 0: none */
} Clara;

void clara_state_free(ClaraState *state)
{
  mem_free(state->medoids);
  *state = (ClaraState){0};
}

static int compare_rows(const void *a, const void *b)
{
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

/* Rows drawn without repeats (Floyd 1987: of the first i + 1 rows one, or row i itself), around those already there.
 */
static Status draw(Clara *c, Error *e)
{
  unsigned char *const taken = mem_zero(c->n, 1);
  Random random = random_new(c->settings->seed, c->state->done + 1);
  size_t drawn = 0;
  if (!taken) {
    return error_memory(e, c->n, _("a sample"));
  }
  for (size_t m = 0; c->state->best > 0 && m < c->k; m++) {
    taken[c->state->medoids[m]] = 1;
    c->sample[drawn++] = c->state->medoids[m];
  }
  while (drawn < c->size) {
    const size_t row = c->size == c->n ? drawn : (size_t)random_below(&random, c->n);
    if (!taken[row]) {
      taken[row] = 1;
      c->sample[drawn++] = row;
    } else if (c->size == c->n) { /* all rows: those not there yet, in order */
      for (size_t i = 0; i < c->n && drawn < c->size; i++) {
        c->sample[drawn] = i;
        drawn += !taken[i];
        taken[i] = 1;
      }
    }
  }
  mem_free(taken);
  qsort(c->sample, c->size, sizeof *c->sample, compare_rows);
  for (size_t i = 0; c->sample_weights && i < c->size; i++) {
    c->sample_weights[i] = c->weights[c->sample[i]];
  }
  return STATUS_OK;
}

/* A sample whose rows all weigh nothing is searched as if they weighed the same. */
static const double *weights_of(const Clara *c)
{
  for (size_t i = 0; c->sample_weights && i < c->size; i++) {
    if (c->sample_weights[i] > 0) {
      return c->sample_weights;
    }
  }
  return NULL;
}

/* The medoids of the sample drawn, to found. Gives STATUS_CANCELLED after a press, with medoids all the same. */
static Status search_sample(Clara *c, Error *e)
{
  const PamSettings settings = {.k = c->k, .max_iterations = SAMPLE_PASSES, .swap = true};
  const bool within = c->task->inner;
  PamState state = {0};
  PamResult result = {0};
  Pairs sample = {0};
  Status status = pairs_take(c->pairs, c->sample, c->size, &sample, e);
  if (status == STATUS_OK) {
    c->task->inner = true; /* a step is a sample */
    status = pam_fit(c->task, &sample, weights_of(c), &settings, &state, &result, e);
    c->task->inner = within;
  }
  if (status == STATUS_OK) {
    for (size_t m = 0; m < c->k; m++) {
      c->found[m] = c->sample[result.medoids[m]];
    }
    status = result.complete ? STATUS_OK : error_cancelled(e);
  }
  pairs_free(&sample);
  pam_state_free(&state);
  pam_result_free(&result);
  return status;
}

static Status judge(Clara *c, const size_t *medoids, PamResult *out, Error *e)
{
  task_phase(c->task, "assign");
  return pam_assign(c->task, c->pairs, c->weights, medoids, c->k, out, e);
}

static Status one_sample(Clara *c, Error *e)
{
  ClaraState *const state = c->state;
  PamResult result;
  Status status;
  task_progress(c->task, state->done, c->settings->samples);
  TRY(draw(c, e));
  status = search_sample(c, e);
  if (status == STATUS_DATA && strcmp(e->id, "kmeans-distinct") == 0) { /* another sample may have more */
    error_clear(e);
    state->done++;
    return STATUS_OK;
  }
  if (status != STATUS_OK) {
    goto done;
  }
  TRY(judge(c, c->found, &result, e));
  state->done++;
  if (state->best == 0 || result.objective < state->objective) {
    pam_result_free(&c->best);
    c->best = result;
    state->best = state->done;
    state->objective = result.objective;
    memcpy(state->medoids, result.medoids, c->k * sizeof *state->medoids);
  } else {
    pam_result_free(&result);
  }
  const TraceStep step = {
      .phase = "sample", .start = (int64_t)state->done, .iteration = 1, .objective = state->objective, .changed = -1};
  task_step(c->task, &step);
done:
  return status;
}

/* Labels of medoids whatever was pressed before; a further press ends this too. */
static Status judge_anyway(Clara *c, const size_t *medoids, Error *e)
{
  const bool pressed = task_cancelled(c->task);
  atomic_store(&c->task->cancel, false);
  const Status status = judge(c, medoids, &c->best, e);
  if (pressed) {
    task_cancel(c->task);
  }
  return status;
}

/* After a press: labels of the best medoids so far, or of the unfinished sample's, or of the first rows. */
static Status stopped(Clara *c, Error *e)
{
  Status status = STATUS_OK;
  if (c->best.n == 0) {
    status = judge_anyway(c, c->state->best > 0 ? c->state->medoids : c->found, e);
  }
  if (status == STATUS_OK) {
    c->best.complete = c->best.converged = false;
    c->best.reason = "interrupted";
    snprintf(c->best.stopped_at, sizeof c->best.stopped_at, _("sample %1$zu of %2$zu"), c->state->done + 1,
             c->settings->samples);
  }
  return status;
}

static Status begin(Clara *c, Error *e)
{
  ClaraState *const state = c->state;
  const size_t wanted = c->settings->sample_size > c->k ? c->settings->sample_size : c->k;
  if (c->k > c->n) {
    error_set(e, STATUS_DATA, "k-above-n", _("k = %1$zu, but there are %2$zu rows"), c->k, c->n);
    return error_hint(e, _("choose k up to %zu"), c->n);
  }
  c->size = wanted < c->n ? wanted : c->n;
  c->sample = mem_alloc(c->size, sizeof *c->sample);
  c->found = mem_alloc(c->k, sizeof *c->found);
  c->sample_weights = c->weights ? mem_alloc(c->size, sizeof *c->sample_weights) : NULL;
  if (!state->medoids) {
    state->medoids = mem_zero(c->k, sizeof *state->medoids);
    state->k = c->k;
  }
  if (!c->sample || !c->found || !state->medoids || (c->weights && !c->sample_weights)) {
    return error_memory(e, c->size * sizeof *c->sample, _("a sample"));
  }
  bool sound = state->k == c->k && state->done <= c->settings->samples && state->best <= state->done;
  for (size_t m = 0; m < c->k; m++) {
    sound = sound && state->medoids[m] < c->n &&
            (state->best == 0 || m == 0 || state->medoids[m] != state->medoids[m - 1]);
    c->found[m] = m;
  }
  return sound ? STATUS_OK
               : error_set(e, STATUS_DATA, "bad-model-file", _("the state of the search does not fit the rows"));
}

static Status run_samples(Clara *c, Error *e)
{
  Status status = STATUS_OK;
  while (status == STATUS_OK && c->state->done < c->settings->samples) {
    status = one_sample(c, e);
  }
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    return stopped(c, e);
  }
  if (status == STATUS_OK && c->state->best == 0) {
    error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %1$zu, but no sample of %2$zu rows has as many distinct points"), c->k,
              c->size);
    return error_hint(e, _("choose a smaller k, or a larger sample_size"));
  }
  if (status == STATUS_OK && c->best.n == 0) { /* went on, and nothing better came */
    status = judge_anyway(c, c->state->medoids, e);
  }
  return status;
}

Status clara_fit(Task *task, const Pairs *pairs, const double *weights, const ClaraSettings *settings,
                 ClaraState *state, PamResult *out, Error *e)
{
  Clara c = {.task = task,
             .pairs = pairs,
             .weights = weights,
             .settings = settings,
             .state = state,
             .n = pairs->n,
             .k = settings->k};
  Status status;
  *out = (PamResult){0};
  TRY(begin(&c, e));
  TRY(run_samples(&c, e));
  *out = c.best;
  out->built_objective = (double)NAN;
  c.best = (PamResult){0};
done:
  pam_result_free(&c.best);
  mem_free(c.sample);
  mem_free(c.found);
  mem_free(c.sample_weights);
  return status;
}
