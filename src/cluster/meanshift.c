/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/meanshift.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/density.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/neighbours_tree.h"

enum { SAMPLE = 2000, WIDE = 4 };

static const Metric euclidean = {METRIC_EUCLIDEAN, 2};

void meanshift_result_free(MeanshiftResult *result)
{
  mem_free(result->centres);
  mem_free(result->weights);
  mem_free(result->labels);
  mem_free(result->distances);
  mem_free(result->sizes);
  *result = (MeanshiftResult){0};
}

void meanshift_state_free(MeanshiftState *state)
{
  mem_free(state->ends);
  mem_free(state->moved);
  mem_free(state->masses);
  mem_free(state->steps);
  *state = (MeanshiftState){0};
}

Status meanshift_bandwidth(Task *task, const double *values, size_t n, size_t d, double quantile, double *out, Error *e)
{
  const size_t rows = n < SAMPLE ? n : SAMPLE, wanted = (size_t)(quantile * (double)rows);
  const size_t k = wanted < 1 ? 1 : wanted < rows ? wanted : rows;
  double *sample = mem_alloc(rows * d, sizeof *sample), *distances = mem_alloc(rows, sizeof *distances);
  Neighbours *index = NULL;
  Status status;
  TRY(sample && distances ? STATUS_OK : error_memory(e, rows * (d + 1) * sizeof *sample, _("a sample")));
  for (size_t i = 0; i < rows; i++) {
    memcpy(sample + i * d, values + (n == rows ? i : i * n / rows) * d, d * sizeof *sample);
  }
  TRY(neighbours_new(task, sample, rows, d, euclidean, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_kth(task, index, k, distances, e));
  *out = 0;
  for (size_t i = 0; i < rows; i++) {
    *out += distances[i] / (double)rows;
  }
done:
  neighbours_free(index);
  mem_free(sample);
  mem_free(distances);
  return status;
}

/* ---- one window */

typedef struct Shift {
  Task *task;
  const Neighbours *index;
  const NeighbourTree *tree;
  const double *values, *weights;
  size_t n, d;
  const MeanshiftSettings *settings;
  double limit;           /* the bandwidth as a rank */
  double *node_sums;      /* by node: d sums and the weight; NULL without a tree */
  size_t n_seeds;
  double *ends;           /* n_seeds x d */
  double *moved, stop;    /* n_seeds: by the last step; how little is rest */
  double *masses;         /* n_seeds: weight in the last window, at the end in the flat one there; 0: no row */
  double *sums;           /* d + 1 for each worker */
  int64_t *steps, step;   /* of each seed; the one that is made */
  bool weighing;          /* seeds do not move any more */
  _Atomic int failed;     /* a Status */
} Shift;

static inline void add_row(const Shift *s, uint32_t row, double factor, double *sums)
{
  const double *x = s->values + (size_t)row * s->d, weight = factor * (s->weights ? s->weights[row] : 1);
  for (size_t c = 0; c < s->d; c++) {
    sums[c] += weight * x[c];
  }
  sums[s->d] += weight;
}

static void window_below(const Shift *s, size_t node, const double *x, double *sums)
{
  const NeighbourTree *tree = s->tree;
  if (tree_nearest(tree, node, x) > s->limit) {
    return;
  }
  if (tree_farthest(tree, node, x) <= s->limit) {
    const double *add = s->node_sums + node * (s->d + 1);
    for (size_t c = 0; c <= s->d; c++) {
      sums[c] += add[c];
    }
    return;
  }
  if (!tree_is_leaf(tree, node)) {
    window_below(s, 2 * node + 1, x, sums);
    window_below(s, 2 * node + 2, x, sums);
    return;
  }
  size_t first, end;
  double ranks[DISTANCE_TILE];
  tree_range(tree, node, &first, &end);
  uint32_t found =
      distance_kernels()->within[tree->fold](tree_tile(tree, node + 1 - tree->leaves), tree->d, x, s->limit, ranks);
  found &= end - first >= DISTANCE_TILE ? UINT32_MAX : ((uint32_t)1 << (end - first)) - 1;
  for (; found != 0; found &= found - 1) {
    add_row(s, tree->rows[first + (size_t)__builtin_ctz(found)], 1, sums);
  }
}

/* The sums of the flat window around x. */
static Status flat_window(const Shift *s, const double *x, double *sums, NeighbourList *list, Error *e)
{
  memset(sums, 0, (s->d + 1) * sizeof *sums);
  if (s->tree) {
    window_below(s, 0, x, sums);
    return STATUS_OK;
  }
  const Status status = neighbours_within(s->index, x, s->limit, list, e);
  for (size_t i = 0; status == STATUS_OK && i < list->n; i++) {
    add_row(s, list->hits[i].row, 1, sums);
  }
  return status;
}

static Status wide_window(const Shift *s, const double *x, double *sums, NeighbourList *list, Error *e)
{
  memset(sums, 0, (s->d + 1) * sizeof *sums);
  const Status status = neighbours_within(s->index, x, s->limit * WIDE * WIDE, list, e);
  for (size_t i = 0; status == STATUS_OK && i < list->n; i++) {
    add_row(s, list->hits[i].row, exp(-list->hits[i].rank / (2 * s->limit)), sums);
  }
  return status;
}

/* ---- seeds */

/* Moves it to the mean of its window; where no row is, it stays. */
static Status move_seed(const Shift *s, size_t seed, double *sums, NeighbourList *list)
{
  double *x = s->ends + seed * s->d;
  const Status status =
      s->settings->gaussian ? wide_window(s, x, sums, list, NULL) : flat_window(s, x, sums, list, NULL);
  s->masses[seed] = sums[s->d];
  s->moved[seed] = 0;
  if (status != STATUS_OK || !(sums[s->d] > 0)) {
    return status;
  }
  for (size_t c = 0; c < s->d; c++) {
    sums[c] /= sums[s->d];
  }
  s->moved[seed] = distance_pair(euclidean, sums, x, s->d);
  s->steps[seed]++;
  memcpy(x, sums, s->d * sizeof *x);
  return STATUS_OK;
}

static Status weigh_seed(const Shift *s, size_t seed, double *sums, NeighbourList *list)
{
  const Status status = flat_window(s, s->ends + seed * s->d, sums, list, NULL);
  s->masses[seed] = sums[s->d];
  return status;
}

/* Whether a seed has this step to make: those that a stopped fit had moved already wait for the others. */
static inline bool moves(const Shift *s, size_t seed)
{
  return s->moved[seed] > s->stop && s->steps[seed] < s->step;
}

enum { SEEDS = 16 };

static void seed_item(void *context, size_t item, size_t worker)
{
  Shift *s = context;
  NeighbourList list = {0};
  double *sums = s->sums + worker * (s->d + 1);
  const size_t end = (item + 1) * SEEDS < s->n_seeds ? (item + 1) * SEEDS : s->n_seeds;
  for (size_t i = item * SEEDS; i < end && !task_cancelled(s->task); i++) {
    const Status status = s->weighing            ? weigh_seed(s, i, sums, &list)
                          : moves(s, i)           ? move_seed(s, i, sums, &list)
                                                  : STATUS_OK;
    if (status != STATUS_OK) {
      atomic_store(&s->failed, status);
    }
  }
  mem_free(list.hits);
}

static Status each_seed(Shift *s, Error *e)
{
  pool_run(task_threads(s->task), (s->n_seeds + SEEDS - 1) / SEEDS, seed_item, s);
  return task_cancelled(s->task)     ? error_cancelled(e)
         : atomic_load(&s->failed) ? error_memory(e, 0, _("lists of neighbours"))
                                   : STATUS_OK;
}

/* How many have not come to rest; the farthest move of a step. */
static size_t look_over(const Shift *s, double *farthest)
{
  size_t moving = 0;
  *farthest = 0;
  for (size_t i = 0; i < s->n_seeds; i++) {
    moving += s->moved[i] > s->stop;
    *farthest = s->moved[i] > *farthest ? s->moved[i] : *farthest;
  }
  return moving;
}

/* The step that some seed has still to make. */
static int64_t first_step(const Shift *s)
{
  int64_t least = INT64_MAX;
  for (size_t i = 0; i < s->n_seeds; i++) {
    least = s->moved[i] > s->stop && s->steps[i] < least ? s->steps[i] : least;
  }
  return least == INT64_MAX ? 1 : least + 1;
}

/* All climb together, step by step, until none moves. */
static Status climb(Shift *s, Error *e)
{
  double farthest;
  size_t moving = look_over(s, &farthest);
  Status status;
  for (s->step = first_step(s); moving > 0 && s->step <= (int64_t)s->settings->max_iterations; s->step++) {
    TRY(each_seed(s, e));
    moving = look_over(s, &farthest);
    task_progress(s->task, s->n_seeds - moving, s->n_seeds);
    task_step(s->task, &(TraceStep){.phase = "windows", .start = 1, .iteration = s->step, .measure = "farthest move",
                                    .objective = farthest, .changed = (int64_t)moving,
                                    .counts = N_("windows still moving"), .state = s->ends, .rows = s->n_seeds,
                                    .columns = s->d});
  }
  s->weighing = true;
  status = each_seed(s, e);
done:
  return status;
}

static void sum_nodes(Shift *s)
{
  const size_t width = s->d + 1;
  for (size_t node = 2 * s->tree->leaves - 1; node-- > 0;) {
    double *sums = s->node_sums + node * width;
    size_t first, end;
    memset(sums, 0, width * sizeof *sums);
    tree_range(s->tree, node, &first, &end);
    for (size_t i = first; i < end && tree_is_leaf(s->tree, node); i++) {
      add_row(s, s->tree->rows[i], 1, sums);
    }
    for (size_t c = 0; c < width && !tree_is_leaf(s->tree, node); c++) {
      sums[c] = s->node_sums[(2 * node + 1) * width + c] + s->node_sums[(2 * node + 2) * width + c];
    }
  }
}

static Status prepare(Shift *s, Error *e)
{
  const size_t threads = task_threads(s->task), nodes = s->tree ? 2 * s->tree->leaves - 1 : 1;
  s->sums = mem_alloc(threads * (s->d + 1), sizeof *s->sums);
  s->node_sums = mem_alloc(nodes * (s->d + 1), sizeof *s->node_sums);
  if (!s->sums || !s->node_sums) {
    return error_memory(e, nodes * (s->d + 1) * sizeof *s->sums, _("seeds"));
  }
  if (s->tree) {
    sum_nodes(s);
  }
  return STATUS_OK;
}

/* ---- seeds from a grid: the different rounded rows */

static int compare_points(const double *x, const double *y, size_t d)
{
  for (size_t c = 0; c < d; c++) {
    if (x[c] != y[c]) {
      return x[c] < y[c] ? -1 : 1;
    }
  }
  return 0;
}

static int compare_of(const void *a, const void *b, void *d)
{
  return compare_points(a, b, *(size_t *)d);
}

static Status grid_seeds(const double *values, size_t n, size_t d, double width, double **out, size_t *n_out, Error *e)
{
  double *grid = mem_alloc(n * d, sizeof *grid);
  *out = grid;
  if (!grid) {
    return error_memory(e, n * d * sizeof *grid, _("seeds"));
  }
  for (size_t i = 0; i < n * d; i++) {
    grid[i] = nearbyint(values[i] / width) + 0.0;
  }
  qsort_r(grid, n, d * sizeof *grid, compare_of, &d);
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (kept == 0 || compare_points(grid + (kept - 1) * d, grid + i * d, d) != 0) {
      memmove(grid + kept++ * d, grid + i * d, d * sizeof *grid);
    }
  }
  for (size_t i = 0; i < kept * d; i++) {
    grid[i] *= width;
  }
  *n_out = kept;
  return STATUS_OK;
}

static Status begin(const double *values, size_t n, size_t d, const MeanshiftSettings *settings, MeanshiftState *out, Error *e)
{
  Status status = STATUS_OK;
  if (settings->bins) {
    TRY(grid_seeds(values, n, d, settings->bandwidth, &out->ends, &out->n_seeds, e));
  } else {
    out->n_seeds = n;
    out->ends = mem_alloc(n * d, sizeof *out->ends);
    TRY(out->ends ? STATUS_OK : error_memory(e, n * d * sizeof *out->ends, _("seeds")));
    memcpy(out->ends, values, n * d * sizeof *values);
  }
  out->moved = mem_alloc(out->n_seeds, sizeof *out->moved);
  out->masses = mem_zero(out->n_seeds, sizeof *out->masses);
  out->steps = mem_zero(out->n_seeds, sizeof *out->steps);
  TRY(out->moved && out->masses && out->steps ? STATUS_OK : error_memory(e, out->n_seeds * 24, _("seeds")));
  for (size_t i = 0; i < out->n_seeds; i++) {
    out->moved[i] = INFINITY;
  }
done:
  if (status != STATUS_OK) {
    meanshift_state_free(out);
  }
  return status;
}

/* ---- centres */

typedef struct Mode {
  const double *x;
  double mass;
  size_t d;
} Mode;

/* Most rows first, then the larger point. */
static int compare_modes(const void *a, const void *b)
{
  const Mode *x = a, *y = b;
  return x->mass != y->mass ? (x->mass < y->mass) - (x->mass > y->mass) : compare_points(y->x, x->x, x->d);
}

/* Modes near one that stays go. Those that stay are few (at most `most`); equal ones stand together. */
static Status keep_modes(const Shift *s, size_t most, MeanshiftResult *out, Error *e)
{
  Mode *modes = mem_alloc(s->n_seeds, sizeof *modes);
  size_t n = 0;
  Status status = modes ? STATUS_OK : error_memory(e, s->n_seeds * sizeof *modes, _("seeds"));
  for (size_t i = 0; status == STATUS_OK && i < s->n_seeds; i++) {
    if (s->masses[i] > 0) {
      modes[n++] = (Mode){s->ends + i * s->d, s->masses[i], s->d};
    }
  }
  if (status == STATUS_OK) {
    qsort(modes, n, sizeof *modes, compare_modes);
  }
  for (size_t i = 0; status == STATUS_OK && i < n && out->k < most; i++) {
    bool alone = true;
    for (size_t j = 0; alone && j < out->k; j++) {
      alone = distance_pair_rank(euclidean, modes[i].x, out->centres + j * s->d, s->d) > s->limit;
    }
    if (task_cancelled(s->task)) {
      status = error_cancelled(e);
    } else if (alone) {
      double *centres = mem_resize(out->centres, (out->k + 1) * s->d, sizeof *centres);
      double *weights = centres ? mem_resize(out->weights, out->k + 1, sizeof *weights) : NULL;
      out->centres = centres ? centres : out->centres;
      out->weights = weights ? weights : out->weights;
      if (!centres || !weights) {
        status = error_memory(e, 0, _("centres"));
        break;
      }
      memcpy(centres + out->k * s->d, modes[i].x, s->d * sizeof *centres);
      weights[out->k++] = modes[i].mass;
    }
  }
  mem_free(modes);
  return status;
}

Status meanshift_assign(Task *task, const double *centres, size_t k, const double *rows, size_t n, size_t d,
                        double reach, int32_t *labels, double *distances, Error *e)
{
  Neighbours *index = NULL;
  uint32_t *nearest = mem_alloc(n, sizeof *nearest);
  Status status;
  TRY(nearest ? STATUS_OK : error_memory(e, n * sizeof *nearest, _("labels")));
  TRY(neighbours_new(task, centres, k, d, euclidean, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(task, index, rows, n, 1, nearest, distances, e));
  for (size_t i = 0; i < n; i++) {
    labels[i] = distances[i] <= reach ? (int32_t)nearest[i] : -1;
  }
done:
  neighbours_free(index);
  mem_free(nearest);
  return status;
}

/* A centre without rows goes, and the rest are numbered by size. */
static Status number_centres(MeanshiftResult *out, Error *e)
{
  const size_t d = out->d;
  int32_t *kept = mem_alloc(out->k, sizeof *kept), *old = mem_alloc(out->k, sizeof *old);
  double *centres = mem_alloc(out->k * d, sizeof *centres), *weights = mem_alloc(out->k, sizeof *weights);
  int64_t *rows = mem_zero(out->k, sizeof *rows);
  int32_t k = 0;
  Status status;
  TRY(kept && old && centres && weights && rows ? STATUS_OK : error_memory(e, 0, _("centres")));
  for (size_t i = 0; i < out->n; i++) {
    if (out->labels[i] >= 0) {
      rows[out->labels[i]]++;
    } else {
      out->noise++;
    }
  }
  for (size_t j = 0; j < out->k; j++) {
    kept[j] = rows[j] > 0 ? k : -1;
    if (rows[j] > 0) {
      memmove(out->centres + (size_t)k * d, out->centres + j * d, d * sizeof *centres);
      out->weights[k++] = out->weights[j];
    }
  }
  for (size_t i = 0; i < out->n; i++) {
    out->labels[i] = out->labels[i] < 0 ? -1 : kept[out->labels[i]];
  }
  out->k = (size_t)k;
  TRY(density_renumber(out->labels, out->n, out->k, &out->sizes, old, e));
  for (size_t j = 0; j < out->k; j++) {
    memcpy(centres + j * d, out->centres + (size_t)old[j] * d, d * sizeof *centres);
    weights[j] = out->weights[old[j]];
  }
  memcpy(out->centres, centres, out->k * d * sizeof *centres);
  memcpy(out->weights, weights, out->k * sizeof *weights);
done:
  mem_free(kept);
  mem_free(old);
  mem_free(centres);
  mem_free(weights);
  mem_free(rows);
  return status;
}

static void count_steps(const Shift *s, MeanshiftResult *out)
{
  for (size_t i = 0; i < s->n_seeds; i++) {
    out->stopped += s->moved[i] > s->stop;
    out->iterations = s->steps[i] > out->iterations ? s->steps[i] : out->iterations;
  }
}

/* From where windows stand to labels. */
static Status finish(const Shift *s, size_t most, MeanshiftResult *out, Error *e)
{
  const MeanshiftSettings *settings = s->settings;
  Status status;
  TRY(keep_modes(s, most, out, e));
  if (out->k == 0) {
    error_set(e, STATUS_DATA, "meanshift-empty", _("no window of bandwidth %g around a seed has a row"),
              settings->bandwidth);
    TRY(error_hint(e, _("begin from every row (bins = false), or give a larger bandwidth")));
  }
  TRY(meanshift_assign(s->task, out->centres, out->k, s->values, s->n, s->d,
                       settings->noise ? settings->bandwidth : (double)INFINITY, out->labels, out->distances, e));
  TRY(number_centres(out, e));
  count_steps(s, out);
done:
  return status;
}

/* After a press: what windows have found so far, if any has moved. The press is put aside meanwhile. */
static Status keep_partial(const Shift *s, Status status, MeanshiftResult *out, Error *e)
{
  double mass = 0, farthest;
  for (size_t i = 0; i < s->n_seeds; i++) {
    mass = s->masses[i] > mass ? s->masses[i] : mass;
  }
  if (status != STATUS_CANCELLED || !(mass > 0)) {
    return status;
  }
  error_clear(e);
  out->complete = false;
  out->k = 0;
  snprintf(out->stopped_at, sizeof out->stopped_at, "step %lld, %.0f%% at rest", (long long)s->step,
           floor(100 * (1 - (double)look_over(s, &farthest) / (double)s->n_seeds)));
  atomic_store(&s->task->cancel, false);
  status = finish(s, MEANSHIFT_PARTIAL_MOST, out, e);
  task_cancel(s->task);
  return status;
}

Status meanshift_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, const double *weights,
                     const MeanshiftSettings *settings, MeanshiftState *state, MeanshiftResult *out, Error *e)
{
  Shift s = {.task = task, .index = index, .tree = neighbours_tree(index), .values = values, .weights = weights, .n = n,
             .d = d, .settings = settings, .limit = metric_rank(euclidean, settings->bandwidth),
             .stop = 1e-3 * settings->bandwidth};
  Status status;
  *out = (MeanshiftResult){.n = n, .d = d, .complete = true, .labels = mem_alloc(n, sizeof *out->labels),
                           .distances = mem_alloc(n, sizeof *out->distances)};
  TRY(out->labels && out->distances ? STATUS_OK : error_memory(e, n * 12, _("labels")));
  if (!state->ends) {
    TRY(begin(values, n, d, settings, state, e));
  }
  s.n_seeds = out->seeds = state->n_seeds;
  s.ends = state->ends;
  s.moved = state->moved;
  s.masses = state->masses;
  s.steps = state->steps;
  TRY(prepare(&s, e));
  task_phase(task, "windows");
  status = climb(&s, e);
  if (status == STATUS_OK) {
    status = finish(&s, SIZE_MAX, out, e);
  }
  status = keep_partial(&s, status, out, e);
done:
  mem_free(s.sums);
  mem_free(s.node_sums);
  if (status != STATUS_OK) {
    meanshift_result_free(out);
  }
  return status;
}
