/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FasterPAM: what a row would change as a medoid, for all medoids it could replace, in one pass over the rows. Giving
 * up medoid m costs loss[m], the sum of next - near over its rows; a row o that candidate c is nearer to than its
 * nearest medoid changes the sum by d - near whatever is given up, and takes next - near back from its own medoid's
 * loss; one that lies between the two takes next - d back. */
#include <math.h>
#include <string.h>

#include "cluster/pam_search.h"
#include "core/pool.h"

/* A change counts when it is this share of the sum: less is rounding. */
#define LEAST_CHANGE 1e-12

enum { FIRST_BATCH = 4, LARGEST_BATCH = 64 }; /* groups of candidates looked at together, per thread */

/* Columns of a line below `limits`. */
static size_t below(const double *line, const double *limits, size_t length, uint32_t *list)
{
  size_t found = 0;
  for (size_t j = 0; j < length; j++) {
    list[found] = (uint32_t)j;
    found += line[j] < limits[j];
  }
  return found;
}

/* One candidate and a chunk of rows; gives what changes whichever medoid goes. */
static double add_changes(const PamSearch *s, const double *line, size_t at, size_t length, uint32_t *list,
                          double *changes)
{
  const size_t found = below(line, s->next + at, length, list);
  double common = 0;
  for (size_t f = 0; f < found; f++) {
    const size_t o = at + list[f];
    const double there = line[list[f]], near = s->near[o], weight = s->weights ? s->weights[o] : 1;
    const int32_t slot = s->near_slot[o];
    if (there < near) {
      common += weight * (there - near);
      changes[slot] += weight * (near - s->next[o]);
    } else {
      changes[slot] += weight * (there - s->next[o]);
    }
  }
  return common;
}

static void best_slot(PamSearch *s, size_t row, double common, const double *changes)
{
  size_t best = 0;
  for (size_t m = 1; m < s->k; m++) {
    best = changes[m] < changes[best] ? m : best;
  }
  s->gain[row] = changes[best] + common;
  s->gain_slot[row] = (int32_t)best;
}

typedef struct Batch {
  PamSearch *search;
  size_t first, end; /* candidates */
} Batch;

static void swap_group(void *context, size_t group, size_t worker)
{
  const Batch *const batch = context;
  PamSearch *const s = batch->search;
  const size_t first = batch->first + group * PAIRS_GROUP;
  const PamBuffers b = pam_buffers(s, worker);
  size_t rows[PAIRS_GROUP], count = 0;
  double common[PAIRS_GROUP] = {0};
  if (task_cancelled(s->task)) {
    return;
  }
  for (size_t i = first; i < first + PAIRS_GROUP && i < batch->end; i++) {
    if (!s->is_medoid[i]) {
      memcpy(b.sums + count * s->k, s->loss, s->k * sizeof *s->loss);
      rows[count++] = i;
    }
    s->gain[i] = 0;
  }
  for (size_t at = 0; count > 0 && at < s->n; at += PAM_CHUNK) {
    const size_t length = s->n - at < PAM_CHUNK ? s->n - at : PAM_CHUNK;
    const double *lines[PAIRS_GROUP];
    pairs_lines(s->pairs, rows, count, at, length, b.scratch, b.lines, lines);
    for (size_t i = 0; i < count; i++) {
      common[i] += add_changes(s, lines[i], at, length, b.list, b.sums + i * s->k);
    }
  }
  for (size_t i = 0; i < count; i++) {
    best_slot(s, rows[i], common[i], b.sums + i * s->k);
  }
}

/* Fills gain and gain_slot of candidates first .. end - 1. */
static Status look_at(PamSearch *s, size_t first, size_t end, Error *e)
{
  Batch batch = {s, first, end};
  pool_run(s->workers, (end - first + PAIRS_GROUP - 1) / PAIRS_GROUP, swap_group, &batch);
  return task_cancelled(s->task) ? error_cancelled(e) : STATUS_OK;
}

/* ---- a swap */

static void losses(PamSearch *s)
{
  memset(s->loss, 0, s->k * sizeof *s->loss);
  for (size_t i = 0; i < s->n; i++) {
    s->loss[s->near_slot[i]] += (s->weights ? s->weights[i] : 1) * (s->next[i] - s->near[i]);
  }
}

static void make_swap(PamSearch *s, size_t row, double *total)
{
  const size_t slot = (size_t)s->gain_slot[row];
  s->is_medoid[s->state->medoids[slot]] = 0;
  pam_place(s, slot, row);
  pam_replaced(s, slot);
  losses(s);
  *total = pam_total(s);
  s->state->swaps++;
  pam_step(s, "swap", s->state->swaps, s->k);
}

static bool helps(const PamSearch *s, size_t row, double total)
{
  return !s->is_medoid[row] && s->gain[row] < -LEAST_CHANGE * total;
}

/* The first row of a batch that helps takes its place at once. */
static Status eager(PamSearch *s, double *total, Error *e)
{
  PamState *const state = s->state;
  size_t groups = FIRST_BATCH * s->workers;
  while (state->since < s->n) {
    state->iterations += state->iterations == 0;
    if (state->next == s->n) {
      if (state->iterations >= s->settings->max_iterations) {
        return STATUS_OK;
      }
      state->next = 0;
      state->iterations++;
    }
    size_t end = state->next + groups * PAIRS_GROUP;
    end = end > s->n ? s->n : end;
    end = end - state->next > s->n - state->since ? state->next + (s->n - state->since) : end;
    task_progress(s->task, state->since, s->n);
    const Status status = look_at(s, state->next, end, e);
    if (status != STATUS_OK) {
      return status;
    }
    size_t row = state->next;
    while (row < end && !helps(s, row, *total)) {
      row++;
    }
    state->since = row < end ? 0 : state->since + (end - state->next);
    state->next = row < end ? row + 1 : end;
    groups = row < end ? FIRST_BATCH * s->workers : groups;
    groups = row == end && groups < LARGEST_BATCH * s->workers ? groups * 2 : groups;
    if (row < end) {
      make_swap(s, row, total);
    }
  }
  return STATUS_OK;
}

/* The best of all. */
static Status steepest(PamSearch *s, double *total, Error *e)
{
  PamState *const state = s->state;
  while (state->since < s->n && state->iterations < s->settings->max_iterations) {
    for (size_t first = 0; first < s->n; first += LARGEST_BATCH * PAIRS_GROUP) {
      const size_t rest = s->n - first,
                   count = rest < LARGEST_BATCH * PAIRS_GROUP ? rest : LARGEST_BATCH * PAIRS_GROUP;
      task_progress(s->task, first, s->n);
      const Status status = look_at(s, first, first + count, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
    size_t best = 0;
    for (size_t i = 1; i < s->n; i++) {
      best = !s->is_medoid[i] && (s->is_medoid[best] || s->gain[i] < s->gain[best]) ? i : best;
    }
    state->iterations++;
    state->since = helps(s, best, *total) ? 0 : s->n;
    if (state->since == 0) {
      make_swap(s, best, total);
    }
  }
  return STATUS_OK;
}

Status pam_swap(PamSearch *s, Error *e)
{
  Status status = STATUS_OK;
  task_phase(s->task, "swap");
  if (s->settings->swap && s->k < s->n && s->k > 1) {
    double total = pam_total(s);
    losses(s);
    status = s->settings->steepest ? steepest(s, &total, e) : eager(s, &total, e);
  }
  if (status == STATUS_OK) {
    s->state->stage = PAM_STAGE_DONE;
  }
  return status;
}
