/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/som.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans_kernels.h"
#include "cluster/linkage.h"
#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"
#include "math/pca.h"

enum { TILE = KMEANS_TILE };

void som_result_free(SomResult *r)
{
  mem_free(r->codes);
  mem_free(r->unit);
  mem_free(r->distance);
  mem_free(r->counts);
  mem_free(r->mean_distance);
  *r = (SomResult){0};
}

/* ---- the grid */

static const double row_height = 0.86602540378443865; /* of a hexagonal grid: sqrt(3) / 2 */

void som_position(const SomGrid *grid, size_t unit, double *x, double *y)
{
  const size_t row = unit / grid->x, column = unit % grid->x;
  *x = (double)column + (grid->hexagonal && row % 2 ? 0.5 : 0);
  *y = (double)row * (grid->hexagonal ? row_height : 1);
}

double som_distance(const SomGrid *grid, size_t a, size_t b)
{
  double ax, ay, bx, by;
  som_position(grid, a, &ax, &ay);
  som_position(grid, b, &bx, &by);
  double dx = fabs(ax - bx), dy = fabs(ay - by);
  if (grid->toroidal) {
    dx = fmin(dx, (double)grid->x - dx);
    dy = fmin(dy, (double)grid->y * (grid->hexagonal ? row_height : 1) - dy);
  }
  return sqrt(dx * dx + dy * dy);
}

bool som_are_neighbours(const SomGrid *grid, size_t a, size_t b)
{
  return a != b && som_distance(grid, a, b) < (grid->hexagonal ? 1.01 : 1.42);
}

Status som_grid_of(Task *task, const Rows *rows, bool hexagonal, SomGrid *grid, Error *e)
{
  const double units = fmin(fmax(4, 5 * sqrt((double)rows->n)), fmax(4, (double)rows->n));
  double ratio = 1;
  Pca pca;
  if (rows->n >= 2 && rows->d >= 2) {
    const Status status = pca_fit(rows, task, &pca, e);
    if (status != STATUS_OK) {
      return status;
    }
    ratio = pca.variance[1] > 0 ? fmin(4, sqrt(pca.variance[0] / pca.variance[1])) : 4;
  }
  grid->y = (size_t)fmax(1, floor(sqrt(units / ratio)));
  grid->x = (size_t)fmax(2, floor(units / (double)grid->y));
  grid->y += hexagonal && grid->toroidal && grid->y % 2;
  grid->hexagonal = hexagonal;
  return STATUS_OK;
}

/* ---- passes */

/* Sums for batch epochs: for each unit its weight and d weighted sums; and what is wanted of every row. */
typedef struct Pass {
  const Task *task;
  const Rows *rows;
  const double *weights, *codes;
  size_t units, d, room_size;
  bool sum;
  double *room;
  int32_t *unit, *second;
  double *distance;
} Pass;

static Status pass_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *pass = context;
  const KmeansKernels *kernels = kmeans_kernels();
  const size_t d = pass->d;
  double *tile = pass->room + worker * pass->room_size, *distances = tile + d * TILE,
         *buffer = distances + pass->units * TILE;
  const double *values;
  Status status = pass->rows->block(pass->rows, first, count, buffer, &values, e);
  for (size_t at = 0; status == STATUS_OK && at < count; at += TILE) {
    const size_t n = count - at < TILE ? count - at : TILE;
    double best[TILE], next[TILE];
    int64_t label[TILE], next_label[TILE];
    for (size_t i = 0; i < TILE; i++) {
      best[i] = next[i] = INFINITY;
      label[i] = next_label[i] = 0;
    }
    kernels->tile(values + at * d, n, d, tile);
    kernels->distances(tile, d, pass->codes, pass->units, distances);
    kernels->nearest_two(distances, pass->units, 0, best, label, next, next_label);
    for (size_t i = 0; i < n; i++) {
      const size_t row = first + at + i, unit = (size_t)label[i];
      const double *x = values + (at + i) * d;
      if (pass->sum) {
        double *own = (double *)sum + unit * (1 + d);
        const double weight = pass->weights ? pass->weights[row] : 1;
        own[0] += weight;
        for (size_t j = 0; j < d; j++) {
          own[1 + j] += weight * x[j];
        }
        continue;
      }
      pass->unit[row] = (int32_t)unit;
      if (pass->second) {
        pass->second[row] = (int32_t)next_label[i];
      }
      if (pass->distance) {
        pass->distance[row] = sqrt(best[i]);
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
  for (size_t i = 0; i < pass->units * (1 + pass->d); i++) {
    a[i] += b[i];
  }
}

static Status run_pass(Task *task, Pass *pass, double *sums, Error *e)
{
  const size_t workers = task_threads(task), n = pass->rows->n < BLOCK_ROWS ? pass->rows->n : BLOCK_ROWS;
  pass->task = task;
  pass->d = pass->rows->d;
  pass->room_size = (pass->d + pass->units) * TILE + n * pass->d;
  pass->room_size += (8 - pass->room_size % 8) % 8;
  pass->room = mem_buffer(workers * pass->room_size, sizeof *pass->room);
  if (!pass->room) {
    return error_memory(e, workers * pass->room_size * sizeof *pass->room, _("the map"));
  }
  const Reduce reduce = {.size = pass->sum ? pass->units * (1 + pass->d) * sizeof(double) : 0, .block = pass_block,
                         .merge = pass_merge, .context = pass};
  const Status status = rows_reduce(task, pass->rows->n, &reduce, sums, e);
  mem_free(pass->room);
  return status;
}

Status som_assign(Task *task, const Rows *rows, const double *codes, size_t units, int32_t *unit, int32_t *second,
                  double *distance, Error *e)
{
  double none[1];
  Pass pass = {.rows = rows, .codes = codes, .units = units, .unit = unit, .second = second, .distance = distance};
  return run_pass(task, &pass, none, e);
}

/* ---- the fit */

typedef struct Search {
  Task *task;
  const Rows *rows;
  const double *weights;
  const SomSettings *settings;
  SomState *state;
  size_t units, d;
  double radius;
  double *sums;       /* units x (1 + d) */
  double *distances;  /* units x units: squared, on the grid */
  double *next;       /* units x d */
} Search;

static int by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The radius of the first epoch: the quantile 2/3 of the distances of all pairs, as R's kohonen has it. */
static Status default_radius(Search *search, Error *e)
{
  const size_t u = search->units, pairs = u * u;
  double *all = mem_alloc(pairs, sizeof *all);
  if (!all) {
    return error_memory(e, pairs * sizeof *all, _("the map"));
  }
  memcpy(all, search->distances, pairs * sizeof *all);
  qsort(all, pairs, sizeof *all, by_value);
  search->radius = fmax(1, sqrt(all[(size_t)((double)(pairs - 1) * 2 / 3)]));
  mem_free(all);
  return STATUS_OK;
}

static Status make_grid(Search *search, Error *e)
{
  const size_t u = search->units;
  search->distances = mem_alloc(u * u, sizeof *search->distances);
  if (!search->distances) {
    return error_memory(e, u * u * sizeof *search->distances, _("the map"));
  }
  for (size_t a = 0; a < u; a++) {
    for (size_t b = 0; b < u; b++) {
      const double distance = som_distance(&search->settings->grid, a, b);
      search->distances[a * u + b] = distance * distance;
    }
  }
  search->radius = search->settings->radius;
  return isnan(search->radius) ? default_radius(search, e) : STATUS_OK;
}

/* From the first value in epoch 0 to the last in the last epoch; `part` within it. */
static double falling(const Search *search, double first, double last, double part)
{
  const double most = fmax(1, (double)search->settings->epochs - 1),
               at = fmin(1, ((double)search->state->epoch + part) / most);
  return first + (last - first) * at;
}

static double neighbourhood(const Search *search, double square, double radius)
{
  if (search->settings->bubble) {
    return square <= radius * radius * (1 + 1e-9) ? 1 : 0;
  }
  return radius > 0 ? exp(-square / (2 * radius * radius)) : square == 0 ? 1 : 0;
}

static Status fetch(const Rows *rows, size_t row, double *out, Error *e)
{
  const double *values;
  const Status status = rows->block(rows, row, 1, out, &values, e);
  if (status == STATUS_OK && values != out) {
    memcpy(out, values, rows->d * sizeof *out);
  }
  return status;
}

static Status random_codes(Search *search, double *codes, Error *e)
{
  Random random = random_new(search->settings->seed, 0x50);
  Status status = STATUS_OK;
  for (size_t u = 0; status == STATUS_OK && u < search->units; u++) {
    status = fetch(search->rows, random_below(&random, search->rows->n), codes + u * search->d, e);
  }
  return status;
}

/* On the plane of the first two components, two standard deviations to either side; the longer side of the grid along
 * the first. */
static Status plane_codes(Search *search, double *codes, Error *e)
{
  const SomGrid *grid = &search->settings->grid;
  const size_t d = search->d, turned = grid->y > grid->x;
  double most[2] = {1e-300, 1e-300};
  Pca pca;
  const Status status = pca_fit(search->rows, search->task, &pca, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t u = 0; u < search->units; u++) {
    double at[2];
    som_position(grid, u, &at[0], &at[1]);
    most[0] = fmax(most[0], at[0]);
    most[1] = fmax(most[1], at[1]);
  }
  for (size_t u = 0; u < search->units; u++) {
    double at[2];
    som_position(grid, u, &at[0], &at[1]);
    memcpy(codes + u * d, pca.mean, d * sizeof *codes);
    for (size_t axis = 0; axis < 2; axis++) {
      const size_t component = axis == turned ? 0 : 1;
      const double along = component < d ? (most[axis] > 1e-300 ? 4 * at[axis] / most[axis] - 2 : 0) *
                                             sqrt(pca.variance[component]) : 0;
      for (size_t j = 0; along != 0 && j < d; j++) {
        codes[u * d + j] += along * pca.loadings[component * d + j];
      }
    }
  }
  return STATUS_OK;
}

static Status begin(Search *search, Error *e)
{
  double *codes = mem_alloc(search->units * search->d, sizeof *codes);
  if (!codes) {
    return error_memory(e, search->units * search->d * sizeof *codes, _("the map"));
  }
  const Status status = search->settings->random_start || search->rows->n < 2 ? random_codes(search, codes, e)
                                                                              : plane_codes(search, codes, e);
  if (status == STATUS_OK) {
    search->state->codes = codes;
  } else {
    mem_free(codes);
  }
  return status;
}

/* A code for each unit: the mean of all units' sums, weighted by nearness; one that nothing is near to stays. */
static Status batch_epoch(Search *search, Error *e)
{
  const size_t units = search->units, d = search->d;
  const double radius = falling(search, search->radius, search->settings->radius_end, 0);
  Pass pass = {
      .rows = search->rows, .weights = search->weights, .codes = search->state->codes, .units = units, .sum = true};
  const Status status = run_pass(search->task, &pass, search->sums, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t u = 0; u < units; u++) {
    double *code = search->next + u * d, weight = 0;
    memset(code, 0, d * sizeof *code);
    for (size_t v = 0; v < units; v++) {
      const double *own = search->sums + v * (1 + d);
      const double h = own[0] > 0 ? neighbourhood(search, search->distances[u * units + v], radius) : 0;
      weight += h * own[0];
      for (size_t j = 0; h > 0 && j < d; j++) {
        code[j] += h * own[1 + j];
      }
    }
    for (size_t j = 0; j < d; j++) {
      code[j] = weight > 1e-290 ? code[j] / weight : search->state->codes[u * d + j];
    }
  }
  return STATUS_OK;
}

static double largest_weight(const Search *search)
{
  double most = 0;
  for (size_t i = 0; search->weights && i < search->rows->n; i++) {
    most = fmax(most, search->weights[i]);
  }
  return most;
}

static void online_row(const Search *search, const double *x, double alpha, double radius)
{
  const size_t units = search->units, d = search->d;
  double least = INFINITY;
  size_t best = 0;
  for (size_t u = 0; u < units; u++) {
    const double *code = search->next + u * d;
    double sum = 0;
    for (size_t j = 0; j < d; j++) {
      sum += (x[j] - code[j]) * (x[j] - code[j]);
    }
    best = sum < least ? u : best;
    least = sum < least ? sum : least;
  }
  for (size_t u = 0; u < units; u++) {
    const double h = alpha * neighbourhood(search, search->distances[best * units + u], radius);
    double *code = search->next + u * d;
    for (size_t j = 0; h > 1e-12 && j < d; j++) {
      code[j] += h * (x[j] - code[j]);
    }
  }
}

static Status online_epoch(Search *search, Error *e)
{
  const SomSettings *settings = search->settings;
  const size_t n = search->rows->n;
  const double most = largest_weight(search);
  size_t *order = mem_alloc(n, sizeof *order);
  double *x = mem_alloc(search->d, sizeof *x);
  Random random = random_new(settings->seed, 0x100 + search->state->epoch);
  Status status = order && x ? STATUS_OK : error_memory(e, n * sizeof *order, _("row numbers"));
  memcpy(search->next, search->state->codes, search->units * search->d * sizeof *x);
  if (status == STATUS_OK) {
    random_permutation(&random, n, order);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const double part = (double)i / (double)n;
    const double alpha = falling(search, settings->alpha, settings->alpha_end, part);
    const double radius = falling(search, search->radius, settings->radius_end, part);
    status = fetch(search->rows, order[i], x, e);
    if (status == STATUS_OK) {
      online_row(search, x, most > 0 ? alpha * search->weights[order[i]] / most : alpha, radius);
    }
    if (status == STATUS_OK && (i & 63) == 0 && task_cancelled(search->task)) {
      status = error_cancelled(e);
    }
  }
  mem_free(order);
  mem_free(x);
  return status;
}

/* How far the codes moved, for the trace: the largest of all. */
static double moved(const Search *search)
{
  double most = 0;
  for (size_t u = 0; u < search->units; u++) {
    double sum = 0;
    for (size_t j = 0; j < search->d; j++) {
      const double off = search->next[u * search->d + j] - search->state->codes[u * search->d + j];
      sum += off * off;
    }
    most = fmax(most, sum);
  }
  return sqrt(most);
}

static Status run(Search *search, Error *e)
{
  SomState *state = search->state;
  Status status;
  search->sums = mem_alloc(search->units * (1 + search->d), sizeof *search->sums);
  search->next = mem_alloc(search->units * search->d, sizeof *search->next);
  TRY(search->sums && search->next ? STATUS_OK : error_memory(e, 0, _("the map")));
  TRY(make_grid(search, e));
  if (!state->codes) {
    TRY(begin(search, e));
  }
  while (state->epoch < search->settings->epochs) {
    TRY(search->settings->online ? online_epoch(search, e) : batch_epoch(search, e));
    const double step = moved(search);
    double *kept = state->codes;
    state->codes = search->next;
    search->next = kept;
    state->epoch++;
    const TraceStep trace = {.phase = "epoch", .start = 1, .iteration = (int64_t)state->epoch, .measure = "farthest move",
                             .objective = step,
                             .changed = -1, .state = state->codes, .rows = search->units, .columns = search->d};
    task_step(search->task, &trace);
    task_progress(search->task, state->epoch, search->settings->epochs);
  }
  status = STATUS_OK;
done:
  return status;
}

/* ---- the result */

static void u_matrix(const Search *search, SomResult *out)
{
  const SomGrid *grid = &search->settings->grid;
  for (size_t a = 0; a < out->units; a++) {
    double sum = 0, n = 0;
    for (size_t b = 0; b < out->units; b++) {
      if (som_are_neighbours(grid, a, b)) {
        double square = 0;
        for (size_t j = 0; j < out->d; j++) {
          const double off = out->codes[a * out->d + j] - out->codes[b * out->d + j];
          square += off * off;
        }
        sum += sqrt(square);
        n++;
      }
    }
    out->u_distance[a] = n > 0 ? sum / n : 0;
  }
}

static Status quality(Search *search, const int32_t *second, SomResult *out, Error *e)
{
  const double n = (double)out->n;
  double inner = 0, total = 0;
  Pca pca;
  for (size_t u = 0; u < out->units; u++) {
    out->mean_distance[u] = 0;
  }
  for (size_t i = 0; i < out->n; i++) {
    const size_t unit = (size_t)out->unit[i];
    out->counts[unit]++;
    out->mean_distance[unit] += out->distance[i];
    out->quantisation += out->distance[i] / n;
    inner += out->distance[i] * out->distance[i];
    out->topographic +=
        out->units > 1 && !som_are_neighbours(&search->settings->grid, unit, (size_t)second[i]) ? 1 / n : 0;
  }
  for (size_t u = 0; u < out->units; u++) {
    out->empty += out->counts[u] == 0;
    out->mean_distance[u] = out->counts[u] > 0 ? out->mean_distance[u] / (double)out->counts[u] : NAN;
  }
  if (out->n >= 2) {
    const Status status = pca_fit(search->rows, search->task, &pca, e);
    if (status != STATUS_OK) {
      return status;
    }
    total = pca.total * (n - 1);
  }
  out->explained = total > 0 ? 1 - inner / total : NAN;
  return STATUS_OK;
}

static Status report(Search *search, bool complete, SomResult *out, Error *e)
{
  const SomState *state = search->state;
  const size_t n = search->rows->n, units = search->units;
  int32_t *second = mem_alloc(n, sizeof *second);
  Status status;
  if (!state->codes) {
    mem_free(second);
    return error_cancelled(e);
  }
  *out = (SomResult){.n = n, .d = search->d, .units = units, .complete = complete};
  out->codes = mem_alloc(units * search->d, sizeof *out->codes);
  out->unit = mem_alloc(n, sizeof *out->unit);
  out->distance = mem_alloc(n, sizeof *out->distance);
  out->counts = mem_zero(units, sizeof *out->counts);
  out->mean_distance = mem_alloc(2 * units, sizeof *out->mean_distance);
  if (!second || !out->codes || !out->unit || !out->distance || !out->counts || !out->mean_distance) {
    TRY(error_memory(e, n * sizeof *out->distance, _("the map")));
  }
  out->u_distance = out->mean_distance + units;
  memcpy(out->codes, state->codes, units * search->d * sizeof *out->codes);
  TRY(som_assign(search->task, search->rows, out->codes, units, out->unit, second, out->distance, e));
  TRY(quality(search, second, out, e));
  u_matrix(search, out);
  if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, "epoch %zu of %zu", state->epoch + 1, search->settings->epochs);
  }
done:
  mem_free(second);
  return status;
}

Status som_fit(Task *task, const Rows *rows, const double *weights, const SomSettings *settings, SomState *state,
               SomResult *out, Error *e)
{
  Search search = {.task = task, .rows = rows, .weights = weights, .settings = settings, .state = state,
                   .units = settings->grid.x * settings->grid.y, .d = rows->d};
  Error stopped = {0};
  *out = (SomResult){0};
  Status status = run(&search, &stopped);
  if (status == STATUS_OK) {
    status = report(&search, true, out, e);
  } else if (status == STATUS_CANCELLED) {
    atomic_store(&task->cancel, false); /* a second press stops the assignment too */
    status = report(&search, false, out, e);
    task_cancel(task);
  } else if (e && e->status == STATUS_OK) {
    *e = stopped;
  }
  mem_free(search.sums);
  mem_free(search.distances);
  mem_free(search.next);
  if (status != STATUS_OK) {
    som_result_free(out);
  }
  return status;
}

/* ---- super-clusters */

static size_t root_of(size_t *parent, size_t unit)
{
  while (parent[unit] != unit) {
    unit = parent[unit] = parent[parent[unit]];
  }
  return unit;
}

Status som_cut(Task *task, const double *codes, size_t units, size_t d, size_t k, int32_t *group, Error *e)
{
  LinkageTree tree = {0};
  size_t *parent = mem_alloc(2 * units, sizeof *parent);
  Status status;
  TRY(parent ? STATUS_OK : error_memory(e, units * sizeof *parent, _("the map")));
  for (size_t i = 0; i < 2 * units; i++) {
    parent[i] = i;
  }
  if (units > 1) {
    TRY(linkage_vectors(task, codes, units, d, (Metric){.kind = METRIC_EUCLIDEAN}, LINKAGE_WARD, NULL, NULL, &tree, e));
  }
  for (size_t merge = 0; merge + k < units; merge++) {
    parent[root_of(parent, tree.first[merge])] = units + merge;
    parent[root_of(parent, tree.second[merge])] = units + merge;
  }
  int32_t next = 0;
  for (size_t u = 0; u < units; u++) {
    const size_t root = root_of(parent, u);
    group[u] = -1;
    for (size_t v = 0; v < u && group[u] < 0; v++) {
      group[u] = root_of(parent, v) == root ? group[v] : -1;
    }
    group[u] = group[u] < 0 ? next++ : group[u];
  }
  status = STATUS_OK;
done:
  linkage_tree_free(&tree);
  mem_free(parent);
  return status;
}
