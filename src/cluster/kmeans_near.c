/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The neighbours of centres, for exponion (Newling & Fleuret, ICML 2016): a row at most u from its centre m, and at most v
 * from any other one, has its two nearest centres within u + v of m, as others are farther than v. So an open row looks
 * only at the centres in that ball; v shrinks as nearer centres are found (Borgelt, IDA 2020).
 *
 * For each centre the nearest centres are kept as lane groups of sixteen, ready to be scored: one group, another, then
 * two, then four, rings of doubling size, in each of which the order is free (so no sorting is needed, only a
 * selection per ring), with the least distance in each ring. Rows whose ball reaches beyond these 128 centres are compared
 * with all. So memory is 32 (d + 2) k vectors bytes, never of the order k^2, and a centre costs O(k). */
#include "cluster/kmeans_near.h"

#include <string.h>

#include "cluster/kmeans_bounds.h"
#include "core/alloc.h"
#include "core/pool.h"

static size_t vectors_for(size_t k)
{
  const size_t vectors = (k + LANES - 1) / LANES;
  return vectors < KMEANS_NEAR_MOST ? vectors : KMEANS_NEAR_MOST;
}

size_t kmeans_near_bytes(size_t k, size_t d, size_t workers)
{
  size_t numbers, bytes;
  if (__builtin_mul_overflow(vectors_for(k) * LANES, d + 3, &numbers) ||
      __builtin_mul_overflow(k, numbers * sizeof(float) + workers * KMEANS_TILE * sizeof(uint64_t), &bytes)) {
    return SIZE_MAX;
  }
  return bytes;
}

KmeansNear *kmeans_near_new(size_t k, size_t d, size_t workers)
{
  KmeansNear *const near = mem_zero(1, sizeof *near);
  if (!near) {
    return NULL;
  }
  near->vectors = vectors_for(k);
  near->workers = workers;
  const size_t lanes = near->vectors * k * LANES;
  near->lanes = mem_buffer(lanes * d, sizeof(float));
  near->half = mem_buffer(lanes, sizeof(float));
  near->names = mem_buffer(lanes, sizeof(int32_t));
  near->edges = mem_buffer((near->vectors + 1) * k, sizeof(float));
  near->keys = mem_buffer(workers * KMEANS_TILE * k, sizeof(uint64_t));
  if (!near->lanes || !near->half || !near->names || !near->edges || !near->keys) {
    kmeans_near_free(near);
    return NULL;
  }
  return near;
}

void kmeans_near_free(KmeansNear *near)
{
  if (near) {
    mem_free(near->lanes);
    mem_free(near->half);
    mem_free(near->names);
    mem_free(near->edges);
    mem_free(near->keys);
    mem_free(near);
  }
}

/* ---- Keys: the bits of a squared distance, which are in the order of floats, then the number ---- */

static uint64_t key_of(double square, size_t number)
{
  const float single = (float)square;
  uint32_t bits;
  memcpy(&bits, &single, sizeof bits);
  return (uint64_t)bits << 32 | (uint32_t)number;
}

/* The distance, rounded down; the factor makes up for the rounding of the square. */
static float distance_of(uint64_t key)
{
  const uint32_t bits = (uint32_t)(key >> 32);
  float square;
  memcpy(&square, &bits, sizeof square);
  return round_down((double)square * (1 - 0x1p-22));
}

static uint64_t middle_of_three(uint64_t a, uint64_t b, uint64_t c)
{
  const uint64_t low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

/* Puts the `wanted` least keys first (Hoare's selection; keys differ, and the loop inside has no branches). */
static void select_least(uint64_t *keys, size_t count, size_t wanted)
{
  while (wanted > 0 && wanted < count) {
    const uint64_t pivot = middle_of_three(keys[0], keys[count / 2], keys[count - 1]);
    size_t less = 0;
    for (size_t i = 0; i < count; i++) {
      const uint64_t key = keys[i];
      keys[i] = keys[less];
      keys[less] = key;
      less += key <= pivot;
    }
    if (less == count) { /* the pivot was the largest: put it last */
      for (size_t i = 0; i < count; i++) {
        const uint64_t key = keys[i];
        keys[i] = key == pivot ? keys[count - 1] : key;
      }
      keys[count - 1] = pivot;
      count--;
    } else if (less > wanted) {
      count = less;
    } else {
      keys += less;
      count -= less;
      wanted -= less;
    }
  }
}

static uint64_t least_key(const uint64_t *keys, size_t count, uint64_t besides)
{
  uint64_t least = UINT64_MAX;
  for (size_t i = 0; i < count; i++) {
    least = keys[i] < least && (uint32_t)keys[i] != besides ? keys[i] : least;
  }
  return least;
}

/* ---- The rings of a centre ---- */

static void set_lane(const KmeansBounds *bounds, size_t centre, size_t place, const uint64_t *key)
{
  KmeansNear *const near = bounds->near;
  const size_t group = place / LANES * bounds->k + centre, lane = place % LANES, d = bounds->d;
  const size_t name = key ? (uint32_t)*key : 0;
  float *const to = near->lanes + group * d * LANES + lane;
  near->names[group * LANES + lane] = (int32_t)name;
  near->half[group * LANES + lane] = key ? bounds->norm[name] : KMEANS_SINGLE_NONE;
  for (size_t c = 0; c < d; c++) {
    to[c * LANES] = key ? bounds->single[name * bounds->width + c] : 0;
  }
}

static void set_rings(const KmeansBounds *bounds, size_t centre, uint64_t *keys)
{
  KmeansNear *const near = bounds->near;
  const size_t k = bounds->k, most = near->vectors * LANES, kept = most < k ? most : k;
  select_least(keys, k, kept);
  near->edges[near->vectors * k + centre] = kept < k ? distance_of(least_key(keys + kept, k - kept, UINT64_MAX)) : INFINITY;
  for (size_t end = near->vectors; end > 0;) { /* from the outermost ring inwards */
    const size_t start = end == 1 ? 0 : end <= 2 ? 1 : end <= 4 ? 2 : 4, first = start * LANES;
    const size_t last = end * LANES < kept ? end * LANES : kept;
    select_least(keys, last, first);
    const float edge = distance_of(least_key(keys + first, last - first, UINT64_MAX));
    for (size_t vector = start; vector < end; vector++) {
      near->edges[vector * k + centre] = edge;
    }
    end = start;
  }
  for (size_t place = 0; place < most; place++) {
    set_lane(bounds, centre, place, place < kept ? &keys[place] : NULL);
  }
  bounds->apart[centre] = distance_of(least_key(keys, kept < LANES ? kept : LANES, centre));
}

typedef struct Near {
  const KmeansFit *fit;
  const double *centres;
} Near;

static void near_tile(void *context, size_t item, size_t worker)
{
  const KmeansFit *const fit = ((const Near *)context)->fit;
  const double *const centres = ((const Near *)context)->centres;
  const KmeansBounds *const bounds = fit->bounds;
  const KmeansScratch *const scratch = &fit->scratch[worker];
  const size_t k = bounds->k, d = bounds->d, first = item * KMEANS_TILE;
  const size_t count = k - first < KMEANS_TILE ? k - first : KMEANS_TILE;
  uint64_t *const keys = bounds->near->keys + worker * KMEANS_TILE * k;
  fit->kernels->tile(centres + first * d, count, d, scratch->tile);
  for (size_t j = 0; j < k && !task_cancelled(fit->task); j += KMEANS_CHUNK) {
    const size_t points = k - j < KMEANS_CHUNK ? k - j : KMEANS_CHUNK;
    fit->kernels->distances(scratch->tile, d, centres + j * d, points, scratch->distances);
    for (size_t r = 0; r < count; r++) {
      for (size_t p = 0; p < points; p++) {
        keys[r * k + j + p] = key_of(scaled(bounds, scratch->distances[p * KMEANS_TILE + r]), j + p);
      }
    }
  }
  for (size_t r = 0; r < count && !task_cancelled(fit->task); r++) {
    set_rings(bounds, first + r, keys + r * k);
  }
}

bool kmeans_near_set(const KmeansFit *fit, const double *centres)
{
  Near context = {fit, centres};
  pool_run(fit->workers, (fit->k + KMEANS_TILE - 1) / KMEANS_TILE, near_tile, &context);
  return !task_cancelled(fit->task);
}
