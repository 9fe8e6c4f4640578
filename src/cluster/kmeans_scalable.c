/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting centres in few passes over the rows: scalable k-means++ (k-means||, Bahmani et al., VLDB 2012). Each of five
 * rounds takes every row for itself with probability k * weight * squared distance to the nearest candidate / total, so that
 * about 5 k candidates come together; k-means of these, each weighing as the rows nearest to it, gives the k centres.
 * Greedy k-means++ reads all rows 2 k times and makes 3 + ln k distances for each row and centre; this reads them 6 times
 * and makes 5. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum {
  ROUNDS = 5,
  RECLUSTER_STARTS = 3,
  SCALABLE_STREAM = 1 << 29 /* random streams apart from those of starts and tries */
};

typedef struct Scalable {
  KmeansFit *fit;
  double *points; /* candidates, count x d */
  size_t count, room;
  size_t fresh;       /* the first candidate that distances do not know yet */
  double *block_sums; /* per block: sum of weight * squared distance */
} Scalable;

/* fit->nearest and the candidates' numbers in fit->labels_before take in the fresh candidates. */
static Status nearer_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Scalable *const s = context;
  const KmeansFit *const fit = s->fit;
  const KmeansScratch *const scratch = &fit->scratch[worker];
  double total = 0;
  (void)sum;
  const double *x;
  Status status = fit->rows->block(fit->rows, first, count, scratch->rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    double *const nearest = fit->nearest + first + i, best[KMEANS_TILE] = {0};
    int32_t *const labels = fit->labels_before + first + i;
    int64_t label[KMEANS_TILE] = {0};
    for (size_t r = 0; r < rows; r++) {
      best[r] = s->fresh == 0 ? (double)INFINITY : nearest[r];
      label[r] = s->fresh == 0 ? 0 : labels[r];
    }
    fit->kernels->tile(x + i * fit->d, rows, fit->d, scratch->tile);
    for (size_t j = s->fresh; j < s->count; j += KMEANS_CHUNK) {
      const size_t points = s->count - j < KMEANS_CHUNK ? s->count - j : KMEANS_CHUNK;
      fit->kernels->distances(scratch->tile, fit->d, s->points + j * fit->d, points, scratch->distances);
      fit->kernels->nearest(scratch->distances, points, (int64_t)j, best, label);
    }
    for (size_t r = 0; r < rows; r++) {
      nearest[r] = best[r];
      labels[r] = (int32_t)label[r];
      total += (fit->weights ? fit->weights[first + i + r] : 1) * best[r];
    }
    status = task_cancelled(fit->task) ? error_cancelled(e) : STATUS_OK;
  }
  s->block_sums[first / BLOCK_ROWS] = total;
  return status;
}

static Status take_fresh(Scalable *s, double *total, Error *e)
{
  const Reduce reduce = {.block = nearer_block, .context = s};
  const Status status = rows_reduce(s->fit->task, s->fit->n, &reduce, NULL, e);
  *total = 0;
  for (size_t block = 0; block < (s->fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS; block++) {
    *total += s->block_sums[block];
  }
  s->fresh = s->count;
  return status;
}

static Status add_point(Scalable *s, size_t row, Error *e)
{
  const size_t d = s->fit->d;
  if (s->count == s->room) {
    const size_t room = s->room ? 2 * s->room : 64;
    double *const points = room <= INT32_MAX ? mem_resize(s->points, room * d, sizeof(double)) : NULL;
    if (!points) {
      return error_memory(e, room * d * sizeof(double), _("starting centres"));
    }
    s->points = points;
    s->room = room;
  }
  return kmeans_fetch(s->fit, row, s->points + s->count++ * d, e);
}

/* One round's rows. */
static Status draw_round(Scalable *s, double total, Random *random, Error *e)
{
  const KmeansFit *const fit = s->fit;
  const double share = (double)fit->k / total;
  for (size_t i = 0; i < fit->n; i++) {
    const double chance = (fit->weights ? fit->weights[i] : 1) * fit->nearest[i] * share;
    if (random_uniform(random) < chance) {
      const Status status = add_point(s, i, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
    if (i % 65536 == 0 && task_cancelled(fit->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

/* Candidates until there are enough or no row is off one; *total: what is left. */
static Status gather(Scalable *s, Random *random, double *total, Error *e)
{
  size_t first;
  do {
    first = (size_t)random_below(random, s->fit->n);
  } while (s->fit->weights && !(s->fit->weights[first] > 0));
  Status status = add_point(s, first, e);
  if (status == STATUS_OK) {
    status = take_fresh(s, total, e);
  }
  for (size_t round = 0; status == STATUS_OK && round < ROUNDS && *total > 0; round++) {
    status = draw_round(s, *total, random, e);
    if (status == STATUS_OK) {
      status = take_fresh(s, total, e);
    }
  }
  return status;
}

/* k-means of the candidates. *found: whether that was possible. */
static Status recluster(Scalable *s, double *weights, double *centres, bool *found, Error *e)
{
  KmeansFit *const fit = s->fit;
  const Rows points = rows_of_matrix(s->points, s->count, fit->d);
  KmeansSettings settings = kmeans_settings(fit->k);
  KmeansState state = {0};
  KmeansResult result;
  Error error = {0};
  const bool within = fit->task->inner;
  settings.starts = RECLUSTER_STARTS;
  settings.init = KMEANS_PLUS_PLUS;
  settings.refine = KMEANS_REFINE_NONE;
  settings.seed = fit->settings->seed;
  fit->task->inner = true; /* listeners follow the rows */
  Status status = kmeans_fit(fit->task, &points, weights, &settings, &state, &result, &error);
  fit->task->inner = within;
  *found = status == STATUS_OK && result.complete;
  if (*found) {
    memcpy(centres, result.centres, fit->k * fit->d * sizeof(double));
  } else if (status == STATUS_OK) {
    status = error_cancelled(e);
  } else if (status == STATUS_DATA) {
    status = STATUS_OK; /* too few distinct ones: for greedy k-means++ to find out */
  } else if (e) {
    *e = error;
  }
  kmeans_result_free(&result);
  kmeans_state_free(&state);
  return status;
}

Status kmeans_seed_scalable(KmeansFit *fit, double *centres, bool *found, Error *e)
{
  const size_t blocks = (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS;
  Scalable s = {.fit = fit, .block_sums = mem_alloc(blocks, sizeof(double))};
  Random random = random_new(fit->settings->seed, SCALABLE_STREAM + (uint64_t)fit->state->start);
  double total, *weights = NULL;
  *found = false;
  Status status = s.block_sums ? gather(&s, &random, &total, e) : error_memory(e, blocks * 8, _("starting centres"));
  if (status == STATUS_OK && s.count >= fit->k) {
    weights = mem_zero(s.count, sizeof(double));
    status = weights ? STATUS_OK : error_memory(e, s.count * sizeof(double), _("starting centres"));
    for (size_t i = 0; weights && i < fit->n; i++) {
      weights[fit->labels_before[i]] += fit->weights ? fit->weights[i] : 1;
    }
    status = status == STATUS_OK ? recluster(&s, weights, centres, found, e) : status;
  }
  mem_free(weights);
  mem_free(s.points);
  mem_free(s.block_sums);
  return status;
}
