/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course of a search, see the header. */
#include "cluster/centre_search.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/reduce.h"
#include "math/distance.h"

enum { TILE = 64, CANDIDATES_MOST = 32 };

static Metric metric_of(CentreRule rule)
{
  return (Metric){.kind = rule == CENTRE_MEDIAN ? METRIC_MANHATTAN : METRIC_SQEUCLIDEAN};
}

/* Costs from distances: half of the square is 1 - cosine. */
static double cost_factor(CentreRule rule)
{
  return rule == CENTRE_MEDIAN ? 1 : 0.5;
}

bool centre_normalise(double *x, size_t n, size_t d, size_t *zero)
{
  for (size_t i = 0; i < n; i++) {
    double *const row = x + i * d;
    double largest = 0, square = 0;
    for (size_t c = 0; c < d; c++) {
      largest = fmax(largest, fabs(row[c]));
    }
    for (size_t c = 0; c < d && largest > 0; c++) {
      row[c] /= largest; /* so that no square overflows or vanishes */
      square += row[c] * row[c];
    }
    for (size_t c = 0; c < d; c++) {
      row[c] /= sqrt(square);
    }
    if (!(largest > 0)) {
      *zero = i;
      return false;
    }
  }
  return true;
}

/* ---- Assigning ---- */

typedef struct Assign {
  Metric metric;
  double factor;
  const double *x, *centres;
  size_t d, k;
  int32_t *labels;
  double *cost;
} Assign;

static Status assign_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Assign *const a = context;
  double distances[TILE * TILE], best[TILE];
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t i = 0; i < count; i += TILE) {
    const size_t rows = count - i < TILE ? count - i : TILE;
    int32_t *const labels = a->labels + first + i;
    for (size_t j = 0; j < a->k; j += TILE) {
      const size_t centres = a->k - j < TILE ? a->k - j : TILE;
      distance_block(a->metric, a->x + (first + i) * a->d, rows, a->centres + j * a->d, centres, a->d, distances, TILE);
      for (size_t r = 0; r < rows; r++) {
        for (size_t m = 0; m < centres; m++) {
          if ((j == 0 && m == 0) || distances[r * TILE + m] < best[r]) {
            best[r] = distances[r * TILE + m];
            labels[r] = (int32_t)(j + m);
          }
        }
      }
    }
    for (size_t r = 0; a->cost && r < rows; r++) {
      a->cost[first + i + r] = best[r] * a->factor;
    }
  }
  return STATUS_OK;
}

Status centre_assign(Task *task, CentreRule rule, const double *x, size_t n, size_t d, const double *centres, size_t k,
                     int32_t *labels, double *cost, Error *e)
{
  Assign assign = {metric_of(rule), cost_factor(rule), x, centres, d, k, labels, cost};
  const Reduce reduce = {.block = assign_block, .context = &assign};
  return rows_reduce(task, n, &reduce, NULL, e);
}

/* ---- One search ---- */

typedef struct Search {
  Task *task;
  const CentreData *data;
  const CentreSettings *settings;
  CentreState *state;
  size_t n, d, k, workers;
  int32_t *labels, *labels_before, *labels_best;
  double *cost, *cost_best; /* n, without weights */
  double *centres, *next;   /* k x d: what `labels` were made with; the next ones */
  double *buffer;           /* workers x 2 n: medians */
  size_t *order, *begin;    /* n, k + 1: rows by cluster */
  double objective;         /* of labels and centres */
  int64_t changed;
  bool fresh;      /* the run has no labels of the iteration before */
  bool valid;      /* labels, cost, centres and objective are of one assignment */
  bool valid_best; /* labels_best and cost_best are those of state->best */
} Search;

static void search_free(Search *s)
{
  void *const all[] = {s->labels, s->labels_before, s->labels_best, s->cost,  s->cost_best,
                       s->centres, s->next,         s->buffer,      s->order, s->begin};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    mem_free(all[i]);
  }
}

static Status search_alloc(Search *s, Error *e)
{
  const bool medians = s->settings->rule == CENTRE_MEDIAN;
  const size_t bytes = s->n * (28 + 8 + (medians ? 16 * s->workers : 0)) + s->k * s->d * 32;
  const Status status = task_reserve(s->task, bytes, _("centres"), e);
  if (status != STATUS_OK) {
    return status;
  }
  s->labels = mem_alloc(s->n, sizeof(int32_t));
  s->labels_before = mem_alloc(s->n, sizeof(int32_t));
  s->labels_best = mem_alloc(s->n, sizeof(int32_t));
  s->cost = mem_alloc(s->n, sizeof(double));
  s->cost_best = mem_alloc(s->n, sizeof(double));
  s->centres = mem_alloc(s->k * s->d, sizeof(double));
  s->next = mem_alloc(s->k * s->d, sizeof(double));
  s->order = mem_alloc(s->n, sizeof(size_t));
  s->begin = mem_alloc(s->k + 1, sizeof(size_t));
  s->buffer = medians ? mem_alloc(s->workers * s->n, 2 * sizeof(double)) : NULL;
  return s->labels && s->labels_before && s->labels_best && s->cost && s->cost_best && s->centres && s->next && s->order &&
             s->begin && (s->buffer || !medians)
           ? STATUS_OK
           : error_memory(e, bytes, _("centres"));
}

static double weight_of(const Search *s, size_t row)
{
  return s->data->weights ? s->data->weights[row] : 1;
}

static Status total_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Search *const s = context;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    *(double *)sum += weight_of(s, i) * s->cost[i];
  }
  return STATUS_OK;
}

static void add_totals(void *context, void *sum, const void *other)
{
  (void)context;
  *(double *)sum += *(const double *)other;
}

/* The weighted sum of s->cost. */
static Status total_cost(Search *s, double *out, Error *e)
{
  const Reduce reduce = {.size = sizeof(double), .block = total_block, .merge = add_totals, .context = s};
  return rows_reduce(s->task, s->n, &reduce, out, e);
}

/* Assigns for `centres`. The costs of the iteration before are gone when this fails, so nothing is valid then. */
static Status assign(Search *s, const double *centres, Error *e)
{
  s->valid = false;
  Status status = centre_assign(s->task, s->settings->rule, s->data->x, s->n, s->d, centres, s->k, s->labels_before,
                                s->cost, e);
  if (status == STATUS_OK) {
    status = total_cost(s, &s->objective, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  s->changed = (int64_t)s->n;
  for (size_t i = 0; !s->fresh && i < s->n; i++) {
    s->changed -= s->labels[i] == s->labels_before[i];
  }
  int32_t *const labels = s->labels;
  s->labels = s->labels_before;
  s->labels_before = labels;
  memcpy(s->centres, centres, s->k * s->d * sizeof(double));
  s->valid = true;
  s->fresh = false;
  return STATUS_OK;
}

/* ---- Middles ---- */

/* Rows with weight, by cluster. */
static void sort_rows(Search *s)
{
  memset(s->begin, 0, (s->k + 1) * sizeof *s->begin);
  for (size_t i = 0; i < s->n; i++) {
    s->begin[s->labels[i] + 1] += weight_of(s, i) > 0;
  }
  for (size_t j = 0; j < s->k; j++) {
    s->begin[j + 1] += s->begin[j];
  }
  for (size_t i = 0; i < s->n; i++) {
    if (weight_of(s, i) > 0) {
      s->order[s->begin[s->labels[i]]++] = i;
    }
  }
  for (size_t j = s->k; j > 0; j--) {
    s->begin[j] = s->begin[j - 1];
  }
  s->begin[0] = 0;
}

/* Gives each cluster without weight the row that costs most, of a cluster that keeps some; rows are sorted by cluster before
 * and after. */
static Status fill_empty(Search *s, Error *e)
{
  size_t filled = 0;
  for (size_t j = 0; j < s->k; j++) {
    if (s->begin[j + 1] > s->begin[j]) {
      continue;
    }
    size_t farthest = s->n;
    double most = 0;
    for (size_t i = 0; i < s->n; i++) {
      const size_t own = (size_t)s->labels[i];
      if (weight_of(s, i) > 0 && s->cost[i] > most && s->begin[own + 1] - s->begin[own] > 1) {
        most = s->cost[i];
        farthest = i;
      }
    }
    if (farthest == s->n) {
      return error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %zu, but fewer rows differ from one another"), s->k);
    }
    s->labels[farthest] = (int32_t)j;
    s->cost[farthest] = 0;
    s->valid = false;
    filled++;
    sort_rows(s);
  }
  s->state->relocated += filled;
  return STATUS_OK;
}

static void column_medians(void *context, size_t column, size_t worker)
{
  Search *const s = context;
  double *const values = s->buffer + worker * 2 * s->n, *const weights = values + s->n;
  for (size_t j = 0; j < s->k && !task_cancelled(s->task); j++) {
    const size_t count = s->begin[j + 1] - s->begin[j];
    for (size_t i = 0; i < count; i++) {
      const size_t row = s->order[s->begin[j] + i];
      values[i] = s->data->x[row * s->d + column];
      weights[i] = weight_of(s, row);
    }
    s->next[j * s->d + column] = centre_median(values, s->data->weights ? weights : NULL, count);
  }
}

typedef struct Sums {
  const Search *search;
  size_t size;
} Sums;

static Status sums_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Search *const s = ((const Sums *)context)->search;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    double *const to = (double *)sum + (size_t)s->labels[i] * s->d;
    const double weight = weight_of(s, i);
    for (size_t c = 0; c < s->d; c++) {
      to[c] += weight * s->data->x[i * s->d + c];
    }
  }
  return STATUS_OK;
}

static void add_sums(void *context, void *sum, const void *other)
{
  for (size_t i = 0; i < ((const Sums *)context)->size; i++) {
    ((double *)sum)[i] += ((const double *)other)[i];
  }
}

/* Means brought to length 1; one whose rows cancel out keeps its centre. */
static Status directions(Search *s, Error *e)
{
  Sums sums = {s, s->k * s->d};
  const Reduce reduce = {.size = sums.size * sizeof(double), .block = sums_block, .merge = add_sums, .context = &sums};
  const Status status = rows_reduce(s->task, s->n, &reduce, s->next, e);
  for (size_t j = 0; status == STATUS_OK && j < s->k; j++) {
    size_t zero;
    if (!centre_normalise(s->next + j * s->d, 1, s->d, &zero)) {
      memcpy(s->next + j * s->d, s->centres + j * s->d, s->d * sizeof(double));
    }
  }
  return status;
}

static Status middles(Search *s, Error *e)
{
  if (s->settings->rule == CENTRE_DIRECTION) {
    return directions(s, e);
  }
  pool_run(s->workers, s->d, column_medians, s);
  return task_cancelled(s->task) ? error_cancelled(e) : STATUS_OK;
}

/* ---- Starting centres ---- */

typedef struct Potential {
  const Search *search;
  const double *points;
  size_t count;
} Potential;

/* For each candidate: the cost if it became a centre too. */
static Status potential_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Potential *const p = context;
  const Search *const s = p->search;
  double distances[TILE * CANDIDATES_MOST];
  const double factor = cost_factor(s->settings->rule);
  (void)worker;
  (void)e;
  for (size_t i = 0; i < count; i += TILE) {
    const size_t rows = count - i < TILE ? count - i : TILE;
    distance_block(metric_of(s->settings->rule), s->data->x + (first + i) * s->d, rows, p->points, p->count, s->d, distances,
                   CANDIDATES_MOST);
    for (size_t r = 0; r < rows; r++) {
      for (size_t j = 0; j < p->count; j++) {
        const double cost = distances[r * CANDIDATES_MOST + j] * factor;
        ((double *)sum)[j] += weight_of(s, first + i + r) * fmin(cost, s->cost[first + i + r]);
      }
    }
  }
  return STATUS_OK;
}

static void add_potentials(void *context, void *sum, const void *other)
{
  for (size_t i = 0; i < ((const Potential *)context)->count; i++) {
    ((double *)sum)[i] += ((const double *)other)[i];
  }
}

/* A row drawn by weight * cost (cost NULL: by weight), whose total is given. */
static size_t draw_row(const Search *s, const double *cost, double total, Random *random)
{
  double rest = random_uniform(random) * total;
  size_t last = 0;
  for (size_t i = 0; i < s->n; i++) {
    const double share = weight_of(s, i) * (cost ? cost[i] : 1);
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

/* s->cost becomes that of the nearest of the centres so far, the last of them new. */
static Status take_centre(Search *s, const double *centre, bool first, double *total, Error *e)
{
  const Status status = centre_assign(s->task, s->settings->rule, s->data->x, s->n, s->d, centre, 1, s->labels_before,
                                      s->cost_best, e);
  for (size_t i = 0; status == STATUS_OK && i < s->n; i++) {
    s->cost[i] = first || s->cost_best[i] < s->cost[i] ? s->cost_best[i] : s->cost[i];
  }
  return status == STATUS_OK ? total_cost(s, total, e) : status;
}

static Status best_candidate(Search *s, size_t count, double total, double *points, double *centre, Random *random, Error *e)
{
  double potential[CANDIDATES_MOST];
  for (size_t j = 0; j < count; j++) {
    const size_t row = draw_row(s, s->cost, total, random);
    memcpy(points + j * s->d, s->data->x + row * s->d, s->d * sizeof(double));
  }
  Potential context = {s, points, count};
  const Reduce reduce = {.size = count * sizeof(double), .block = potential_block, .merge = add_potentials,
                         .context = &context};
  const Status status = rows_reduce(s->task, s->n, &reduce, potential, e);
  size_t best = 0;
  for (size_t j = 1; status == STATUS_OK && j < count; j++) {
    best = potential[j] < potential[best] ? j : best;
  }
  memcpy(centre, points + best * s->d, s->d * sizeof(double));
  return status;
}

static Status plus_plus(Search *s, Random *random, double *points, Error *e)
{
  const size_t wanted = 2 + (size_t)log((double)s->k), count = wanted < CANDIDATES_MOST ? wanted : CANDIDATES_MOST;
  double weight = 0, total;
  for (size_t i = 0; i < s->n; i++) {
    weight += weight_of(s, i);
  }
  const size_t first = draw_row(s, NULL, weight, random);
  double *const centres = s->state->current;
  memcpy(centres, s->data->x + first * s->d, s->d * sizeof(double));
  for (size_t j = 1; j < s->k; j++) {
    Status status = take_centre(s, centres + (j - 1) * s->d, j == 1, &total, e);
    if (status == STATUS_OK && !(total > 0)) {
      error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %1$zu, but the rows have only %2$zu distinct points"), s->k, j);
      return error_hint(e, _("choose k up to %zu"), j);
    }
    status = status == STATUS_OK ? best_candidate(s, count, total, points, centres + j * s->d, random, e) : status;
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

/* Rows of weight in random order. */
static Status random_rows(Search *s, Random *random, Error *e)
{
  size_t found = 0;
  random_permutation(random, s->n, s->order);
  for (size_t i = 0; i < s->n && found < s->k; i++) {
    if (weight_of(s, s->order[i]) > 0) {
      memcpy(s->state->current + found++ * s->d, s->data->x + s->order[i] * s->d, s->d * sizeof(double));
    }
  }
  return found == s->k ? STATUS_OK
                       : error_set(e, STATUS_DATA, "kmeans-distinct", _("k = %1$zu, but only %2$zu rows have weight"), s->k,
                                   found);
}

static Status start_centres(Search *s, CentreInit init, Error *e)
{
  Random random = random_new(s->settings->seed, s->state->start + 1);
  if (init == CENTRE_GIVEN) {
    memcpy(s->state->current, s->settings->centres, s->k * s->d * sizeof(double));
    return STATUS_OK;
  }
  if (init == CENTRE_RANDOM) {
    return random_rows(s, &random, e);
  }
  s->valid = s->valid_best = false; /* the costs serve as scratch */
  double *const points = mem_alloc(CANDIDATES_MOST * s->d, sizeof(double));
  const Status status = points ? plus_plus(s, &random, points, e) : error_memory(e, 0, _("starting centres"));
  mem_free(points);
  return status;
}

/* ---- Runs ---- */

static void report(const Search *s)
{
  task_step(s->task, &(TraceStep){.phase = "start",
                                  .start = (int64_t)s->state->start + 1,
                                  .iteration = (int64_t)s->state->iteration,
                                  .measure = "cost",
                                  .objective = s->objective,
                                  .changed = s->changed,
                                  .state = s->state->current,
                                  .rows = s->k,
                                  .columns = s->d});
}

/* One turn. */
static Status turn(Search *s, bool *ended, Error *e)
{
  CentreState *const state = s->state;
  Status status = s->valid ? STATUS_OK : assign(s, state->current, e);
  if (status == STATUS_OK && (state->last || state->iteration >= s->settings->max_iterations)) {
    state->run_converged = state->last;
    *ended = true;
    return STATUS_OK;
  }
  const double objective = s->objective;
  if (status == STATUS_OK) {
    sort_rows(s);
    status = fill_empty(s, e);
  }
  if (status == STATUS_OK) {
    status = middles(s, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  state->iteration++;
  report(s);
  *ended = state->run_converged = memcmp(s->next, state->current, s->k * s->d * sizeof(double)) == 0;
  if (s->settings->tolerance > 0 && isfinite(state->objective)) {
    state->last = state->objective - objective <= s->settings->tolerance * state->objective;
  }
  state->objective = objective;
  memcpy(state->current, s->next, s->k * s->d * sizeof(double));
  s->valid = s->valid && *ended;
  return STATUS_OK;
}

static void keep_best(Search *s)
{
  CentreState *const state = s->state;
  int32_t *const labels = s->labels_best;
  double *const cost = s->cost_best;
  s->labels_best = s->labels;
  s->labels = labels;
  s->cost_best = s->cost;
  s->cost = cost;
  memcpy(state->best, s->centres, s->k * s->d * sizeof(double));
  state->best_objective = s->objective;
  state->best_iterations = state->iteration;
  state->best_converged = state->run_converged;
  s->valid = false;
  s->valid_best = true;
}

static void begin_run(CentreState *state)
{
  state->iteration = 0;
  state->last = state->run_converged = false;
  state->objective = (double)INFINITY;
}

static Status finish_run(Search *s, Error *e)
{
  bool ended = false;
  Status status = STATUS_OK;
  s->fresh = true;
  s->valid = false;
  while (status == STATUS_OK && !ended) {
    status = turn(s, &ended, e);
  }
  return status;
}

static Status do_start(Search *s, Error *e)
{
  CentreState *const state = s->state;
  Status status = STATUS_OK;
  if (state->stage == CENTRE_STAGE_START) {
    status = start_centres(s, s->settings->init, e);
    if (status != STATUS_OK) {
      return status;
    }
    begin_run(state);
    state->stage = CENTRE_STAGE_RUN;
  }
  status = finish_run(s, e);
  if (status != STATUS_OK) {
    return status;
  }
  state->extra[state->start] = s->objective;
  if (s->objective < state->best_objective) {
    keep_best(s);
  }
  state->start++;
  state->stage = CENTRE_STAGE_START;
  return STATUS_OK;
}

/* ---- The result ---- */

/* Labels and costs of the best: after a pause, or where its costs were needed for something else. */
static Status restore_best(Search *s, Error *e)
{
  if (s->valid_best || s->state->best_iterations == 0) {
    return STATUS_OK;
  }
  const Status status = centre_assign(s->task, s->settings->rule, s->data->x, s->n, s->d, s->state->best, s->k,
                                      s->labels_best, s->cost_best, e);
  s->valid_best = status == STATUS_OK;
  return status;
}

/* A search stopped before its first assignment still gives one: to rows drawn at random, or to where its run is. */
static Status first_assignment(Search *s, Error *e)
{
  double *const current = s->state->current, *const other = s->next;
  Status status;
  s->fresh = true;
  if (s->state->stage == CENTRE_STAGE_RUN) {
    return assign(s, current, e);
  }
  s->state->current = other; /* the search goes on from the state as it is */
  status = start_centres(s, s->settings->init == CENTRE_GIVEN ? CENTRE_GIVEN : CENTRE_RANDOM, e);
  s->state->current = current;
  return status == STATUS_OK ? assign(s, other, e) : status;
}

static Status assign_labels(void *context, const double *centres, int32_t *labels, Error *e)
{
  const Search *const s = context;
  return centre_assign(s->task, s->settings->rule, s->data->x, s->n, s->d, centres, s->k, labels, NULL, e);
}

/* A stopped search does without settled ties when it is stopped once more. */
static Status make_result(Search *s, bool complete, bool *moved, CentreResult *out, Error *e)
{
  const CentreState *const state = s->state;
  const bool use_run = s->valid && (!s->valid_best || s->objective < state->best_objective);
  const double *const centres = use_run ? s->centres : state->best, *const cost = use_run ? s->cost : s->cost_best;
  const int32_t *const labels = use_run ? s->labels : s->labels_best;
  Status status = centre_result_make(s->data, s->k, centres, labels, cost, assign_labels, s, moved, out, e);
  if (status == STATUS_CANCELLED && !complete) {
    error_clear(e);
    status = centre_result_make(s->data, s->k, centres, labels, cost, NULL, NULL, moved, out, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  out->complete = complete;
  out->objective = use_run ? s->objective : state->best_objective;
  out->converged = !use_run && state->best_converged;
  out->iterations = (int64_t)(use_run ? state->iteration : state->best_iterations);
  out->starts_done = (int64_t)state->start;
  out->relocated = (int64_t)state->relocated;
  for (size_t i = 0; i < state->start; i++) {
    out->starts_at_best += state->extra[i] <= out->objective * (1 + 1e-9);
  }
  out->reason = !complete ? "interrupted" : out->converged ? "" : "max_iter";
  if (!complete && state->start == state->extras) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("the last assignment"));
  } else if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, _("start %1$zu of %2$zu, iteration %3$zu"), state->start + 1,
             state->extras, state->stage == CENTRE_STAGE_RUN ? state->iteration + 1 : 0);
  }
  return STATUS_OK;
}

/* What a stopped search has. A further press ends this too. */
static Status partial(Search *s, CentreResult *out, Error *e)
{
  bool moved;
  atomic_store(&s->task->cancel, false);
  Status status = s->state->best_iterations > 0 ? restore_best(s, e) : s->valid ? STATUS_OK : first_assignment(s, e);
  status = status == STATUS_OK ? make_result(s, false, &moved, out, e) : status;
  task_cancel(s->task);
  return status;
}

/* Turns from the centres of a result whose tied rows have moved; *lower: to a new best. */
static Status go_on(Search *s, const double *centres, bool *lower, Error *e)
{
  CentreState *const state = s->state;
  memcpy(state->current, centres, s->k * s->d * sizeof(double));
  begin_run(state);
  const Status status = finish_run(s, e);
  *lower = status == STATUS_OK && s->objective < state->best_objective;
  if (*lower) {
    const size_t before = state->best_iterations;
    keep_best(s);
    state->best_iterations += before;
  }
  return status;
}

/* The result of a search whose starts are done. Tied rows that moved may have moved the middles: it goes on as long as the cost
 * falls by that. */
static Status settle_ties(Search *s, CentreResult *out, Error *e)
{
  bool moved, lower = true;
  for (;;) {
    s->valid = false;
    Status status = restore_best(s, e);
    status = status == STATUS_OK ? make_result(s, true, &moved, out, e) : status;
    if (status != STATUS_OK || !moved || !out->converged || !lower) {
      return status;
    }
    status = go_on(s, out->centres, &lower, e);
    centre_result_free(out);
    if (status != STATUS_OK) {
      return status;
    }
  }
}

static Status search_all(Search *s, CentreResult *out, Error *e)
{
  CentreState *const state = s->state;
  Status status = STATUS_OK;
  task_phase(s->task, "start");
  while (status == STATUS_OK && state->start < state->extras) {
    task_progress(s->task, state->start, state->extras);
    status = do_start(s, e);
  }
  if (status == STATUS_OK) {
    state->stage = CENTRE_STAGE_START; /* a run begun after the starts begins anew, should it be interrupted */
    status = settle_ties(s, out, e);
  }
  if (status == STATUS_OK) {
    state->stage = CENTRE_STAGE_DONE;
  }
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    status = partial(s, out, e);
  }
  return status;
}

Status centre_search(Task *task, const CentreData *data, const CentreSettings *settings, CentreState *state,
                     CentreResult *out, Error *e)
{
  *out = (CentreResult){0};
  Search s = {.task = task, .data = data, .settings = settings, .state = state, .n = data->n, .d = data->d, .k = settings->k,
              .workers = task_threads(task)};
  if (s.k > s.n) {
    error_set(e, STATUS_DATA, "k-above-n", _("k = %1$zu, but there are %2$zu rows"), s.k, s.n);
    return error_hint(e, _("choose k up to %zu"), s.n);
  }
  Status status = centre_state_new(state, s.k, s.d, settings->init == CENTRE_GIVEN ? 1 : settings->starts, e);
  if (status == STATUS_OK) {
    status = search_alloc(&s, e);
  }
  if (status == STATUS_OK) {
    status = search_all(&s, out, e);
  }
  search_free(&s);
  return status;
}
