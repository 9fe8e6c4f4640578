/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting centres. Greedy k-means++ (Arthur & Vassilvitskii 2007, with the candidates of their released
 * code; Grunau et al., SODA 2023): each next centre is the best of 2 + floor(ln k) rows drawn with
 * probability weight * squared distance to the nearest centre so far. Two passes over the rows per centre:
 * one brings the distances up to date and sums them per block, one weighs the candidates. Each start draws
 * from its own random stream. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans_fit.h"
#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"

enum { CANDIDATES_MOST = KMEANS_CHUNK };

typedef struct Seeding {
  KmeansMerge merge;
  KmeansFit *fit;
  const double *points; /* of this pass: the new centre, or the candidates */
  size_t count;
  bool first;         /* no centre before this one */
  double *block_sums; /* per block: sum of weight * squared distance */
} Seeding;

/* Weights of a tile's rows; 0 for rows that are not there. */
static void tile_weights(const KmeansFit *fit, size_t first, size_t rows, double *weights)
{
  for (size_t i = 0; i < KMEANS_TILE; i++) {
    weights[i] = i >= rows ? 0 : fit->weights ? fit->weights[first + i] : 1;
  }
}

/* Sum of eight lanes in a fixed order. */
static double lanes_sum(const double *lanes)
{
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

/* Distances to the new centre are taken into fit->nearest; the block's sum goes to block_sums. */
static Status nearer_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Seeding *const seeding = context;
  const KmeansFit *const fit = seeding->fit;
  const KmeansScratch *const scratch = &fit->scratch[worker];
  (void)sum;
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, scratch->rows, &x, e);
  double lanes[KMEANS_LANES] = {0};
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    double *const nearest = fit->nearest + first + i;
    double weights[KMEANS_TILE], now[KMEANS_TILE] = {0};
    tile_weights(fit, first + i, rows, weights);
    fit->kernels->tile(x + i * fit->d, rows, fit->d, scratch->tile);
    fit->kernels->distances(scratch->tile, fit->d, seeding->points, 1, scratch->distances);
    for (size_t r = 0; r < rows; r++) {
      const double distance = scratch->distances[r];
      now[r] = seeding->first || distance < nearest[r] ? distance : nearest[r];
      nearest[r] = now[r];
    }
    fit->kernels->potential(now, 1, now, weights, lanes);
  }
  seeding->block_sums[first / BLOCK_ROWS] = lanes_sum(lanes);
  return status;
}

/* For each candidate: sum of weight * squared distance to the nearest centre if it became one. */
static Status potential_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Seeding *const seeding = context;
  const KmeansFit *const fit = seeding->fit;
  const KmeansScratch *const scratch = &fit->scratch[worker];
  const double *x;
  const Status status = fit->rows->block(fit->rows, first, count, scratch->rows, &x, e);
  double lanes[CANDIDATES_MOST * KMEANS_LANES] = {0};
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    double weights[KMEANS_TILE], nearest[KMEANS_TILE] = {0};
    tile_weights(fit, first + i, rows, weights);
    memcpy(nearest, fit->nearest + first + i, rows * sizeof(double));
    fit->kernels->tile(x + i * fit->d, rows, fit->d, scratch->tile);
    fit->kernels->distances(scratch->tile, fit->d, seeding->points, seeding->count, scratch->distances);
    fit->kernels->potential(scratch->distances, seeding->count, nearest, weights, lanes);
  }
  for (size_t j = 0; j < seeding->count; j++) {
    ((double *)sum)[j] = lanes_sum(lanes + j * KMEANS_LANES);
  }
  return status;
}

/* A row drawn with probability weight * squared distance: first its block, then the row in it. */
size_t kmeans_draw(const KmeansFit *fit, const double *nearest, const double *block_sums, double total,
                   Random *random)
{
  const size_t blocks = (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS;
  double rest = random_uniform(random) * total;
  size_t block = 0, last_block = 0;
  for (; block < blocks; block++) {
    if (block_sums[block] > 0) {
      last_block = block;
      if (rest < block_sums[block]) {
        break;
      }
      rest -= block_sums[block];
    }
  }
  if (block == blocks) { /* rounding led past the end */
    block = last_block;
    rest = (double)INFINITY;
  }
  const size_t end = fit->n - block * BLOCK_ROWS < BLOCK_ROWS ? fit->n : (block + 1) * BLOCK_ROWS;
  size_t last = block * BLOCK_ROWS;
  for (size_t i = last; i < end; i++) {
    const double share = (fit->weights ? fit->weights[i] : 1) * nearest[i];
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

static size_t draw_first(const KmeansFit *fit, Random *random)
{
  if (!fit->weights) {
    return (size_t)random_below(random, fit->n);
  }
  double rest = random_uniform(random) * fit->total_weight;
  size_t last = 0;
  for (size_t i = 0; i < fit->n; i++) {
    if (fit->weights[i] > 0) {
      last = i;
      if (rest < fit->weights[i]) {
        break;
      }
      rest -= fit->weights[i];
    }
  }
  return last;
}

/* Takes centre number j, the point `centre`, into the distances; *total is what is left. */
static Status take_centre(Seeding *seeding, const double *centre, size_t j, double *total, Error *e)
{
  KmeansFit *const fit = seeding->fit;
  seeding->points = centre;
  seeding->first = j == 0;
  const Reduce reduce = {.block = nearer_block, .context = seeding};
  const Status status = rows_reduce(fit->task, fit->n, &reduce, NULL, e);
  *total = 0;
  for (size_t block = 0; block < (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS; block++) {
    *total += seeding->block_sums[block];
  }
  return status;
}

/* The best of `count` drawn rows becomes `centre`. */
static Status best_candidate(Seeding *seeding, size_t count, double total, double *candidates, double *centre,
                             Random *random, Error *e)
{
  KmeansFit *const fit = seeding->fit;
  for (size_t j = 0; j < count; j++) {
    const size_t row = kmeans_draw(fit, fit->nearest, seeding->block_sums, total, random);
    const Status status = kmeans_fetch(fit, row, candidates + j * fit->d, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  double potentials[CANDIDATES_MOST];
  seeding->points = candidates;
  seeding->count = seeding->merge.size = count;
  const Reduce reduce = {.size = count * sizeof(double),
                         .block = potential_block,
                         .merge = kmeans_merge,
                         .context = seeding};
  const Status status = rows_reduce(fit->task, fit->n, &reduce, potentials, e);
  if (status == STATUS_OK) {
    size_t best = 0;
    for (size_t j = 1; j < count; j++) {
      best = potentials[j] < potentials[best] ? j : best;
    }
    memcpy(centre, candidates + best * fit->d, fit->d * sizeof(double));
  }
  return status;
}

static Status plus_plus(Seeding *seeding, Random *random, double *candidates, double *centres, Error *e)
{
  KmeansFit *const fit = seeding->fit;
  const size_t wanted = 2 + (size_t)log((double)fit->k);
  const size_t count = wanted < CANDIDATES_MOST ? wanted : CANDIDATES_MOST;
  double total;
  Status status = kmeans_fetch(fit, draw_first(fit, random), centres, e);
  for (size_t j = 1; status == STATUS_OK && j < fit->k; j++) {
    status = take_centre(seeding, centres + (j - 1) * fit->d, j - 1, &total, e);
    if (status == STATUS_OK && !(total > 0)) {
      status = kmeans_too_few_distinct(fit, j, e);
    }
    if (status == STATUS_OK) {
      status = best_candidate(seeding, count, total, candidates, centres + j * fit->d, random, e);
    }
  }
  return status;
}

static Status seed_plus_plus(KmeansFit *fit, Random *random, double *centres, Error *e)
{
  const size_t blocks = (fit->n + BLOCK_ROWS - 1) / BLOCK_ROWS;
  Seeding seeding = {.fit = fit, .block_sums = mem_alloc(blocks, sizeof(double))};
  double *const candidates = mem_buffer(CANDIDATES_MOST * fit->d, sizeof(double));
  const Status status = seeding.block_sums && candidates
                            ? plus_plus(&seeding, random, candidates, centres, e)
                            : error_memory(e, blocks * sizeof(double), _("starting centres"));
  mem_free(seeding.block_sums);
  mem_free(candidates);
  return status;
}

static bool is_centre_already(const KmeansFit *fit, const double *centres, size_t count)
{
  const double *const point = centres + count * fit->d;
  for (size_t j = 0; j < count; j++) {
    const double *const centre = centres + j * fit->d;
    size_t c = 0;
    while (c < fit->d && centre[c] == point[c]) {
      c++;
    }
    if (c == fit->d) {
      return true;
    }
  }
  return false;
}

/* Rows in random order, those with the values of an earlier one (or no weight) passed over. */
static Status seed_random(KmeansFit *fit, Random *random, double *centres, Error *e)
{
  size_t *const order = mem_alloc(fit->n, sizeof *order);
  if (!order) {
    return error_memory(e, fit->n * sizeof *order, _("starting centres"));
  }
  random_permutation(random, fit->n, order);
  Status status = STATUS_OK;
  size_t found = 0;
  for (size_t i = 0; status == STATUS_OK && i < fit->n && found < fit->k; i++) {
    if (i % 1024 == 0 && task_cancelled(fit->task)) {
      status = error_cancelled(e);
    } else if (!fit->weights || fit->weights[order[i]] > 0) {
      status = kmeans_fetch(fit, order[i], centres + found * fit->d, e);
      found += status == STATUS_OK && !is_centre_already(fit, centres, found);
    }
  }
  mem_free(order);
  return status == STATUS_OK && found < fit->k ? kmeans_too_few_distinct(fit, found, e) : status;
}

static bool wants_scalable(const KmeansFit *fit)
{
  return fit->settings->init == KMEANS_SCALABLE ||
         (fit->settings->init == KMEANS_AUTO && (double)fit->n * (double)fit->k >= KMEANS_SCALABLE_FROM);
}

Status kmeans_seed(KmeansFit *fit, double *centres, Error *e)
{
  Random random = random_new(fit->settings->seed, fit->state->start + 1);
  bool found = false;
  if (fit->settings->init == KMEANS_CENTRES) {
    memcpy(centres, fit->settings->centres, fit->k * fit->d * sizeof(double));
    return STATUS_OK;
  }
  if (fit->settings->init == KMEANS_RANDOM) {
    return seed_random(fit, &random, centres, e);
  }
  const Status status = wants_scalable(fit) ? kmeans_seed_scalable(fit, centres, &found, e) : STATUS_OK;
  return status != STATUS_OK || found ? status : seed_plus_plus(fit, &random, centres, e);
}
