/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a search, and its result. */
#include "cluster/pam.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/labels.h"
#include "cluster/pam_search.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

/* At most this much memory for all dissimilarities: more is no faster than computing them. */
#define STORE_MOST 2e9

/* With less work than this the other threads are not worth waking. */
#define THREADS_FROM 2e5

void pam_state_free(PamState *state)
{
  mem_free(state->medoids);
  *state = (PamState){0};
}

void pam_result_free(PamResult *result)
{
  mem_free(result->medoids);
  mem_free(result->labels);
  mem_free(result->dissimilarity);
  mem_free(result->sizes);
  mem_free(result->mean);
  mem_free(result->most);
  *result = (PamResult){0};
}

/* ---- shared by the stages */

static size_t list_size(void)
{
  return PAM_CHUNK * sizeof(uint32_t) / sizeof(double);
}

PamBuffers pam_buffers(const PamSearch *s, size_t worker)
{
  double *const start = s->buffers + worker * s->buffer_size, *const lines = start + pairs_scratch(s->pairs);
  double *const list = lines + PAIRS_GROUP * PAM_CHUNK;
  return (PamBuffers){.scratch = start, .lines = lines, .list = (uint32_t *)(void *)list, .sums = list + list_size()};
}

void pam_place(PamSearch *s, size_t slot, size_t row)
{
  s->state->medoids[slot] = row;
  s->is_medoid[row] = 1;
  pairs_line(s->pairs, row, s->lines + slot * s->n);
}

static bool comes_first(double x, int32_t slot, double y, int32_t other)
{
  return x < y || (x == y && slot < other);
}

/* Puts a medoid among the nearest two of row i. */
static void take_medoid(PamSearch *s, size_t i, size_t slot)
{
  const double there = s->lines[slot * s->n + i];
  const int32_t number = (int32_t)slot;
  if (comes_first(there, number, s->near[i], s->near_slot[i])) {
    s->next[i] = s->near[i];
    s->next_slot[i] = s->near_slot[i];
    s->near[i] = there;
    s->near_slot[i] = number;
  } else if (comes_first(there, number, s->next[i], s->next_slot[i])) {
    s->next[i] = there;
    s->next_slot[i] = number;
  }
}

static void find_two(PamSearch *s, size_t i)
{
  s->near[i] = s->next[i] = (double)INFINITY;
  s->near_slot[i] = s->next_slot[i] = INT32_MAX;
  for (size_t slot = 0; slot < s->k; slot++) {
    take_medoid(s, i, slot);
  }
}

void pam_nearest_two(PamSearch *s)
{
  for (size_t i = 0; i < s->n; i++) {
    find_two(s, i);
  }
}

void pam_replaced(PamSearch *s, size_t slot)
{
  for (size_t i = 0; i < s->n; i++) {
    if (s->near_slot[i] == (int32_t)slot || s->next_slot[i] == (int32_t)slot) {
      find_two(s, i);
    } else {
      take_medoid(s, i, slot);
    }
  }
}

double pam_total(const PamSearch *s)
{
  double total = 0;
  for (size_t i = 0; i < s->n; i++) {
    total += s->weights ? s->weights[i] * s->near[i] : s->near[i];
  }
  return total;
}

static double weight_of(const double *weights, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += weights ? weights[i] : 1;
  }
  return sum;
}

void pam_step(PamSearch *s, const char *phase, size_t iteration, size_t medoids)
{
  const double objective = pam_total(s) / weight_of(s->weights, s->n);
  TraceStep step = {
      .phase = phase, .start = 1, .iteration = (int64_t)iteration, .objective = objective, .changed = -1};
  double *state = NULL;
  if (s->task->trace && s->pairs->values) {
    state = mem_alloc(medoids * s->pairs->d, sizeof *state);
    for (size_t m = 0; state && m < medoids; m++) {
      memcpy(state + m * s->pairs->d, s->pairs->values + s->state->medoids[m] * s->pairs->d,
             s->pairs->d * sizeof *state);
    }
    step.state = state;
    step.rows = state ? medoids : 0;
    step.columns = s->pairs->d;
  }
  task_step(s->task, &step);
  mem_free(state);
}

/* ---- memory */

static void search_free(PamSearch *s)
{
  mem_free(s->lines);
  mem_free(s->near);
  mem_free(s->next);
  mem_free(s->near_slot);
  mem_free(s->next_slot);
  mem_free(s->is_medoid);
  mem_free(s->loss);
  mem_free(s->gain);
  mem_free(s->gain_slot);
  mem_free(s->buffers);
}

static Status search_alloc(PamSearch *s, Error *e)
{
  const size_t n = s->n;
  size_t cells;
  s->buffer_size = pairs_scratch(s->pairs) + PAIRS_GROUP * (PAM_CHUNK + s->k) + list_size() + 8;
  if (__builtin_mul_overflow(n, s->k, &cells)) {
    return error_memory(e, 0, _("medoids"));
  }
  const Status status = task_reserve(s->task, cells * 8 + n * 36 + s->workers * s->buffer_size * 8, _("medoids"), e);
  if (status != STATUS_OK) {
    return status;
  }
  s->lines = mem_buffer(cells, sizeof(double));
  s->near = mem_buffer(n, sizeof(double));
  s->next = mem_buffer(n, sizeof(double));
  s->gain = mem_buffer(n, sizeof(double));
  s->near_slot = mem_buffer(n, sizeof(int32_t));
  s->next_slot = mem_buffer(n, sizeof(int32_t));
  s->gain_slot = mem_buffer(n, sizeof(int32_t));
  s->is_medoid = mem_zero(n, 1);
  s->loss = mem_buffer(s->k, sizeof(double));
  s->buffers = mem_buffer(s->workers * s->buffer_size, sizeof(double));
  return s->lines && s->near && s->next && s->gain && s->near_slot && s->next_slot && s->gain_slot && s->is_medoid &&
                 s->loss && s->buffers
             ? STATUS_OK
             : error_memory(e, cells * sizeof(double), _("medoids"));
}

/* A new state, or the medoids of one that goes on. */
static Status state_begin(PamSearch *s, Error *e)
{
  PamState *const state = s->state;
  if (state->stage == PAM_STAGE_NEW) {
    pam_state_free(state);
    *state = (PamState){.stage = PAM_STAGE_BUILD, .k = s->k, .built_objective = (double)NAN};
    state->medoids = mem_zero(s->k, sizeof *state->medoids);
    return state->medoids ? STATUS_OK : error_memory(e, s->k * sizeof *state->medoids, _("medoids"));
  }
  bool sound = state->k == s->k && state->built <= s->k && state->next <= s->n && state->since <= s->n &&
               (state->stage == PAM_STAGE_BUILD || state->built == s->k);
  for (size_t slot = 0; sound && slot < state->built; slot++) {
    sound = state->medoids[slot] < s->n && !s->is_medoid[state->medoids[slot]];
    if (sound) {
      pam_place(s, slot, state->medoids[slot]);
    }
  }
  return sound ? STATUS_OK
               : error_set(e, STATUS_DATA, "bad-model-file", _("the state of the search does not fit the rows"));
}

/* ---- the result */

static Status result_alloc(PamResult *out, Error *e)
{
  out->medoids = mem_alloc(out->k, sizeof *out->medoids);
  out->labels = mem_buffer(out->n, sizeof *out->labels);
  out->dissimilarity = mem_buffer(out->n, sizeof *out->dissimilarity);
  out->sizes = mem_zero(out->k, sizeof *out->sizes);
  out->mean = mem_zero(out->k, sizeof *out->mean);
  out->most = mem_zero(out->k, sizeof *out->most);
  return out->medoids && out->labels && out->dissimilarity && out->sizes && out->mean && out->most
             ? STATUS_OK
             : error_memory(e, out->n * sizeof(double), _("the result of k-medoids"));
}

/* Figures of the clusters, once labels are final. */
static Status cluster_figures(PamResult *out, const double *weights, Error *e)
{
  double *const weight = mem_zero(out->k, sizeof *weight);
  double total = 0;
  if (!weight) {
    return error_memory(e, out->k * sizeof *weight, _("the result of k-medoids"));
  }
  for (size_t i = 0; i < out->n; i++) {
    const int32_t c = out->labels[i];
    const double w = weights ? weights[i] : 1, there = out->dissimilarity[i];
    weight[c] += w;
    out->mean[c] += w * there;
    out->most[c] = there > out->most[c] ? there : out->most[c];
    total += w * there;
  }
  for (size_t c = 0; c < out->k; c++) {
    out->mean[c] = weight[c] > 0 ? out->mean[c] / weight[c] : 0;
  }
  out->objective = total / weight_of(weights, out->n);
  mem_free(weight);
  return STATUS_OK;
}

/* Labels are slots and dissimilarities are there: clusters get their numbers. assign (labels_settle) NULL: no row is as near to
 * two medoids. */
static Status finish(PamResult *out, const size_t *medoids, const double *weights, LabelsAssign assign, void *context, Error *e)
{
  int32_t *const old = mem_alloc(out->k, sizeof *old);
  size_t used;
  bool moved;
  Status status;
  TRY(old ? STATUS_OK : error_memory(e, out->k * sizeof *old, _("the result of k-medoids")));
  for (size_t slot = 0; slot < out->k; slot++) {
    out->labels[medoids[slot]] = (int32_t)slot;
  }
  TRY(assign ? labels_settle(out->labels, out->n, out->k, assign, context, old, out->sizes, &moved, e)
             : labels_number(out->labels, out->n, out->k, old, out->sizes, &used, e));
  for (size_t c = 0; c < out->k; c++) {
    out->medoids[c] = medoids[old[c]];
  }
  TRY(cluster_figures(out, weights, e));
done:
  mem_free(old);
  return status;
}

/* A medoid belongs to itself: another may lie on the same place. */
static void own_medoids(const size_t *medoids, size_t k, const int32_t *order, int32_t *labels)
{
  for (size_t c = 0; c < k; c++) {
    labels[medoids[order[c]]] = (int32_t)c;
  }
}

/* Nearest medoids in an order, by what the search knows. */
static Status search_labels(void *context, const int32_t *order, int32_t *labels, Error *e)
{
  const PamSearch *const s = context;
  (void)e;
  for (size_t i = 0; i < s->n; i++) {
    size_t c = 0;
    while (s->near[i] < s->next[i] ? order[c] != s->near_slot[i] : s->lines[(size_t)order[c] * s->n + i] > s->near[i]) {
      c++;
    }
    labels[i] = (int32_t)c;
  }
  own_medoids(s->state->medoids, s->k, order, labels);
  return STATUS_OK;
}

static void say_where(const PamState *state, PamResult *out)
{
  if (state->stage == PAM_STAGE_SWAP) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("pass %1$zu, swap %2$zu"), state->iterations,
             state->swaps + 1);
  } else {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("medoid %1$zu of %2$zu"), state->built + 1, state->k);
  }
}

/* Medoids in one place are not k clusters: new rows there could be given to either. Where all distinct rows are medoids that is
 * all there is. */
static Status check_apart(const PamSearch *s, Error *e)
{
  size_t places = 0;
  for (size_t slot = 0; slot < s->k; slot++) {
    const size_t row = s->state->medoids[slot];
    size_t other = 0;
    while (other < slot && s->lines[other * s->n + row] > 0) {
      other++;
    }
    places += other == slot;
  }
  if (places == s->k) {
    return STATUS_OK;
  }
  if (pam_total(s) > 0) {
    error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %zu, but two of the medoids lie in one place"), s->k);
    return error_hint(e, _("let more swaps be made (swap, max_iter), or choose a smaller k"));
  }
  error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %1$zu, but the rows have only %2$zu distinct points"), s->k, places);
  return error_hint(e, _("choose k up to %zu"), places);
}

static Status make_result(PamSearch *s, bool complete, PamResult *out, Error *e)
{
  const PamState *const state = s->state;
  const PamSettings *const settings = s->settings;
  *out =
      (PamResult){.n = s->n, .k = s->k, .complete = complete, .iterations = state->iterations, .swaps = state->swaps};
  Status status = result_alloc(out, e);
  if (status == STATUS_OK) {
    memcpy(out->labels, s->near_slot, s->n * sizeof *out->labels);
    memcpy(out->dissimilarity, s->near, s->n * sizeof *out->dissimilarity);
    status = finish(out, state->medoids, s->weights, search_labels, s, e);
  }
  out->built_objective = state->built_objective;
  out->converged = complete && (!settings->swap || state->since >= s->n || s->k == 1 || s->k == s->n);
  out->reason = !complete ? "interrupted" : out->converged ? "" : "max_iter";
  if (!complete) {
    say_where(state, out);
  }
  if (status != STATUS_OK) {
    pam_result_free(out);
  }
  return status;
}

/* Medoids that are not there yet, for a search that was stopped: the first rows that are none. The state's count of
 * those found stays. */
static void fill_up(PamSearch *s)
{
  size_t row = 0;
  for (size_t slot = s->state->built; slot < s->k; slot++) {
    while (s->is_medoid[row]) {
      row++;
    }
    pam_place(s, slot, row);
  }
  pam_nearest_two(s);
}

/* ---- the search */

static Status run_stages(PamSearch *s, Error *e)
{
  PamState *const state = s->state;
  if (state->stage == PAM_STAGE_BUILD) {
    const Status status = pam_build(s, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  pam_nearest_two(s);
  if (isnan(state->built_objective)) {
    state->built_objective = pam_total(s) / weight_of(s->weights, s->n);
  }
  return state->stage == PAM_STAGE_SWAP ? pam_swap(s, e) : STATUS_OK;
}

static Status search(PamSearch *s, PamResult *out, Error *e)
{
  Status status = run_stages(s, e);
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    if (s->state->built < s->k) {
      fill_up(s);
    }
    return make_result(s, false, out, e);
  }
  if (status == STATUS_OK) {
    status = check_apart(s, e);
  }
  return status == STATUS_OK ? make_result(s, true, out, e) : status;
}

static Status check_k(const PamSettings *settings, size_t n, Error *e)
{
  if (settings->k <= n) {
    return STATUS_OK;
  }
  error_set(e, STATUS_DATA, "k-above-n", _("k = %1$zu, but there are %2$zu rows"), settings->k, n);
  return error_hint(e, _("choose k up to %zu"), n);
}

Status pam_fit(Task *task, const Pairs *pairs, const double *weights, const PamSettings *settings, PamState *state,
               PamResult *out, Error *e)
{
  PamSettings own = *settings;
  Pairs stored = *pairs;
  PamSearch s = {.task = task,
                 .pairs = &stored,
                 .weights = weights,
                 .settings = &own,
                 .state = state,
                 .kernels = silhouette_kernels(),
                 .n = pairs->n,
                 .k = own.k};
  Status status;
  *out = (PamResult){0};
  own.init = own.k == 1 && own.swap ? PAM_BUILD : own.init; /* which finds the best single one */
  s.workers = (double)s.n * (double)s.n < THREADS_FROM ? 1 : task_threads(task);
  stored.own_numbers = NULL;
  stored.own_gower = NULL;
  TRY(check_k(&own, s.n, e));
  TRY(search_alloc(&s, e));
  status = pairs_store(task, &stored, STORE_MOST, e);
  if (status == STATUS_CANCELLED) { /* the search says so itself */
    error_clear(e);
  }
  TRY(state_begin(&s, e));
  TRY(search(&s, out, e));
done:
  search_free(&s);
  pairs_free(&stored);
  return status;
}

/* ---- given medoids */

typedef struct Assign {
  Task *task;
  const Pairs *pairs;
  const size_t *medoids;
  size_t k;
  int32_t *labels;
  double *dissimilarity;
  double *buffers;
  size_t buffer_size;
  const size_t *given; /* medoids as they came, and ... */
  size_t *ordered;     /* ... room for them in another order */
} Assign;

/* Nearest medoids of a block of rows, of equally near ones the first; counts the rows that have several. */
static Status assign_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Assign *const a = context;
  double *const scratch = a->buffers + worker * a->buffer_size, *const buffer = scratch + pairs_scratch(a->pairs);
  (void)e;
  for (size_t at = first; at < first + count; at += PAM_CHUNK) {
    const size_t rest = first + count - at, length = rest < PAM_CHUNK ? rest : PAM_CHUNK;
    double *const best = a->dissimilarity + at;
    int32_t *const label = a->labels + at;
    int32_t tied[PAM_CHUNK];
    for (size_t m = 0; m < a->k; m += PAIRS_GROUP) {
      const size_t group = a->k - m < PAIRS_GROUP ? a->k - m : PAIRS_GROUP;
      const double *lines[PAIRS_GROUP];
      pairs_lines(a->pairs, a->medoids + m, group, at, length, scratch, buffer, lines);
      for (size_t i = 0; i < group; i++) {
        for (size_t j = 0; j < length; j++) {
          const bool nearer = (m == 0 && i == 0) || lines[i][j] < best[j];
          tied[j] = nearer ? 0 : lines[i][j] == best[j] ? 1 : tied[j];
          label[j] = nearer ? (int32_t)(m + i) : label[j];
          best[j] = nearer ? lines[i][j] : best[j];
        }
      }
    }
    for (size_t j = 0; j < length; j++) {
      *(size_t *)sum += (size_t)tied[j];
    }
  }
  return STATUS_OK;
}

static void add_ties(void *context, void *sum, const void *other)
{
  (void)context;
  *(size_t *)sum += *(const size_t *)other;
}

static Status assign_rows(Assign *a, size_t *ties, Error *e)
{
  const Reduce reduce = {.size = sizeof *ties, .block = assign_block, .merge = add_ties, .context = a};
  return rows_reduce(a->task, a->pairs->n, &reduce, ties, e);
}

/* Nearest medoids in an order. */
static Status ordered_labels(void *context, const int32_t *order, int32_t *labels, Error *e)
{
  Assign *const a = context;
  size_t ties;
  for (size_t c = 0; c < a->k; c++) {
    a->ordered[c] = a->given[order[c]];
  }
  a->medoids = a->ordered;
  a->labels = labels;
  const Status status = assign_rows(a, &ties, e);
  own_medoids(a->given, a->k, order, labels);
  return status;
}

Status pam_assign(Task *task, const Pairs *pairs, const double *weights, const size_t *medoids, size_t k, PamResult *out,
                  Error *e)
{
  Assign a = {.task = task,
              .pairs = pairs,
              .medoids = medoids,
              .given = medoids,
              .k = k,
              .buffer_size = pairs_scratch(pairs) + PAIRS_GROUP * PAM_CHUNK};
  size_t ties;
  Status status;
  *out = (PamResult){.n = pairs->n, .k = k, .complete = true, .converged = true, .reason = ""};
  a.buffers = mem_buffer(task_threads(task) * a.buffer_size, sizeof *a.buffers);
  a.ordered = mem_alloc(k, sizeof *a.ordered);
  TRY(a.buffers && a.ordered ? STATUS_OK : error_memory(e, a.buffer_size * sizeof *a.buffers, _("medoids")));
  TRY(result_alloc(out, e));
  a.labels = out->labels;
  a.dissimilarity = out->dissimilarity;
  TRY(assign_rows(&a, &ties, e));
  TRY(finish(out, medoids, weights, ties > 0 ? ordered_labels : NULL, &a, e));
done:
  mem_free(a.buffers);
  mem_free(a.ordered);
  if (status != STATUS_OK) {
    pam_result_free(out);
  }
  return status;
}
