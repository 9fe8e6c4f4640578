/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first medoids: BUILD, LAB, rows drawn at random, or those given. */
#include <math.h>
#include <string.h>

#include "cluster/pam_search.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"

/* ---- BUILD */

/* The sums that a group of candidates would leave. */
static void build_group(void *context, size_t group, size_t worker)
{
  PamSearch *const s = context;
  const size_t first = group * PAIRS_GROUP, count = s->n - first < PAIRS_GROUP ? s->n - first : PAIRS_GROUP;
  const PamBuffers b = pam_buffers(s, worker);
  size_t rows[PAIRS_GROUP];
  if (task_cancelled(s->task)) {
    return;
  }
  for (size_t i = 0; i < count; i++) {
    rows[i] = first + i;
    s->gain[first + i] = 0;
  }
  for (size_t at = 0; at < s->n; at += PAM_CHUNK) {
    const size_t length = s->n - at < PAM_CHUNK ? s->n - at : PAM_CHUNK;
    const double *const weights = s->weights ? s->weights + at : NULL;
    const double *lines[PAIRS_GROUP];
    pairs_lines(s->pairs, rows, count, at, length, b.scratch, b.lines, lines);
    for (size_t i = 0; i < count; i++) {
      s->gain[first + i] += s->kernels->lesser(lines[i], s->near + at, weights, length);
    }
  }
}

static size_t best_candidate(const PamSearch *s)
{
  size_t best = s->n;
  for (size_t i = 0; i < s->n; i++) {
    if (!s->is_medoid[i] && (best == s->n || s->gain[i] < s->gain[best])) {
      best = i;
    }
  }
  return best;
}

static Status build_one(PamSearch *s, size_t *row, Error *e)
{
  pool_run(s->workers, (s->n + PAIRS_GROUP - 1) / PAIRS_GROUP, build_group, s);
  if (task_cancelled(s->task)) {
    return error_cancelled(e);
  }
  *row = best_candidate(s);
  return STATUS_OK;
}

/* ---- LAB: the same on a sample drawn for each medoid */

static void draw_sample(const PamSearch *s, Random *random, size_t *sample, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    do {
      sample[i] = (size_t)random_below(random, s->n);
    } while (s->is_medoid[sample[i]]);
  }
}

static double sample_sum(const PamSearch *s, size_t candidate, const size_t *sample, size_t size, double *scratch)
{
  double sum = 0;
  for (size_t i = 0; i < size; i++) {
    double there;
    const double *line[PAIRS_GROUP];
    pairs_lines(s->pairs, &candidate, 1, sample[i], 1, scratch, &there, line);
    const double least = *line[0] < s->near[sample[i]] ? *line[0] : s->near[sample[i]];
    sum += s->weights ? s->weights[sample[i]] * least : least;
  }
  return sum;
}

static Status lab_one(PamSearch *s, size_t slot, size_t *row, Error *e)
{
  const size_t size = 10 + (size_t)ceil(sqrt((double)s->n));
  Random random = random_new(s->settings->seed, slot + 1);
  size_t *const sample = mem_alloc(size, sizeof *sample);
  double best = (double)INFINITY;
  if (!sample) {
    return error_memory(e, size * sizeof *sample, _("medoids"));
  }
  draw_sample(s, &random, sample, size);
  *row = sample[0];
  for (size_t i = 0; i < size && !task_cancelled(s->task); i++) {
    const double sum = sample_sum(s, sample[i], sample, size, pam_buffers(s, 0).scratch);
    if (sum < best || (sum == best && sample[i] < *row)) {
      best = sum;
      *row = sample[i];
    }
  }
  mem_free(sample);
  return task_cancelled(s->task) ? error_cancelled(e) : STATUS_OK;
}

static void random_one(const PamSearch *s, size_t slot, size_t *row)
{
  Random random = random_new(s->settings->seed, slot + 1);
  do {
    *row = (size_t)random_below(&random, s->n);
  } while (s->is_medoid[*row]);
}

static Status next_medoid(PamSearch *s, size_t slot, size_t *row, Error *e)
{
  switch (s->settings->init) {
  case PAM_BUILD: return build_one(s, row, e);
  case PAM_LAB: return lab_one(s, slot, row, e);
  case PAM_GIVEN: *row = s->settings->medoids[slot]; return STATUS_OK;
  default: random_one(s, slot, row); return STATUS_OK;
  }
}

/* near for the medoids there are; infinite without any. */
static void take_line(PamSearch *s, size_t slot)
{
  const double *const line = s->lines + slot * s->n;
  for (size_t i = 0; i < s->n; i++) {
    s->near[i] = line[i] < s->near[i] ? line[i] : s->near[i];
  }
}

Status pam_build(PamSearch *s, Error *e)
{
  PamState *const state = s->state;
  task_phase(s->task, "build");
  for (size_t i = 0; i < s->n; i++) {
    s->near[i] = (double)INFINITY;
  }
  for (size_t slot = 0; slot < state->built; slot++) {
    take_line(s, slot);
  }
  while (state->built < s->k) {
    size_t row = 0;
    task_progress(s->task, state->built, s->k);
    const Status status = next_medoid(s, state->built, &row, e);
    if (status != STATUS_OK) {
      return status;
    }
    pam_place(s, state->built, row);
    take_line(s, state->built++);
    pam_step(s, "build", state->built, state->built);
  }
  state->stage = PAM_STAGE_SWAP;
  return STATUS_OK;
}
