/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact sums on a grid, see the header. */
#include "cluster/kmeans_sums.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

/* Rounding to integers by adding 1.5 * 2^52 needs numbers below 2^51. */
enum { BITS_MOST = 51, SUM_BITS = 61, EXPONENT_LEAST = -960, SORTED_MOST = 128 };

static int bits_for(size_t n)
{
  int log = 0;
  while (log < SUM_BITS && ((size_t)1 << log) < n) {
    log++;
  }
  return SUM_BITS - log < BITS_MOST ? SUM_BITS - log : BITS_MOST;
}

/* `largest` bounds the column, times the weight. */
static void set_column(KmeansGrid *grid, size_t c, double largest)
{
  int exponent;
  frexp(largest, &exponent);
  exponent = largest > 0 && exponent > EXPONENT_LEAST ? exponent : EXPONENT_LEAST;
  grid->scale[c] = ldexp(1, grid->bits - exponent);
  grid->exponent[c] = exponent - 2 * grid->bits;
}

Status kmeans_grid_new(size_t n, size_t k, size_t d, const double *largest, double weight, KmeansGrid *out, Error *e)
{
  const int bits = bits_for(n);
  *out = (KmeansGrid){.k = k, .d = d, .width = (d + 7) / 8 * 8, .bits = bits, .step = ldexp(1, bits)};
  out->scale = mem_buffer(d + 1, sizeof(double));
  out->exponent = mem_alloc(d + 1, sizeof(int));
  if (!out->scale || !out->exponent) {
    return error_memory(e, d * sizeof(double), _("k-means"));
  }
  for (size_t c = 0; c < d; c++) {
    set_column(out, c, largest[c] * weight * (1 + 1e-15));
  }
  set_column(out, d, weight);
  return STATUS_OK;
}

void kmeans_grid_free(KmeansGrid *grid)
{
  mem_free(grid->scale);
  mem_free(grid->exponent);
  *grid = (KmeansGrid){0};
}

bool kmeans_sums_new(const KmeansGrid *grid, KmeansSums *out)
{
  const size_t cells = grid->k * (grid->width + 1);
  *out = (KmeansSums){.rows = mem_zero(grid->k, sizeof(int64_t)), .touched = mem_zero(grid->k, 1)};
  out->high = mem_buffer(cells, sizeof(int64_t));
  out->low = mem_buffer(cells, sizeof(int64_t));
  if (!out->rows || !out->high || !out->low || !out->touched) {
    return false;
  }
  memset(out->high, 0, cells * sizeof(int64_t));
  memset(out->low, 0, cells * sizeof(int64_t));
  return true;
}

void kmeans_sums_free(KmeansSums *sums)
{
  mem_free(sums->rows);
  mem_free(sums->high);
  mem_free(sums->low);
  mem_free(sums->touched);
  *sums = (KmeansSums){0};
}

void kmeans_sums_clear(const KmeansGrid *grid, KmeansSums *sums)
{
  const size_t d = grid->width, weights = grid->k * d;
  for (size_t j = 0; j < grid->k; j++) {
    if (sums->touched[j]) {
      sums->touched[j] = 0;
      sums->rows[j] = sums->high[weights + j] = sums->low[weights + j] = 0;
      memset(sums->high + j * d, 0, d * sizeof(int64_t));
      memset(sums->low + j * d, 0, d * sizeof(int64_t));
    }
  }
  sums->changed = 0;
}

void kmeans_sums_copy(const KmeansGrid *grid, const KmeansSums *from, KmeansSums *to)
{
  const size_t cells = grid->k * (grid->width + 1);
  memcpy(to->rows, from->rows, grid->k * sizeof(int64_t));
  memcpy(to->high, from->high, cells * sizeof(int64_t));
  memcpy(to->low, from->low, cells * sizeof(int64_t));
  memset(to->touched, 1, grid->k);
  to->changed = from->changed;
}

void kmeans_sums_merge(const KmeansGrid *grid, const KmeansSums *from, KmeansSums *to)
{
  const size_t d = grid->width, weights = grid->k * d;
  to->changed += from->changed;
  for (size_t j = 0; j < grid->k; j++) {
    if (from->touched[j]) {
      to->touched[j] = 1;
      to->rows[j] += from->rows[j];
      to->high[weights + j] += from->high[weights + j];
      to->low[weights + j] += from->low[weights + j];
      for (size_t c = j * d; c < (j + 1) * d; c++) {
        to->high[c] += from->high[c];
        to->low[c] += from->low[c];
      }
    }
  }
}

/* Adds weights to their clusters, as the kernel does with values. */
static void add_weight(const KmeansGrid *grid, int32_t cluster, double weight, KmeansSums *sums)
{
  const size_t cell = grid->k * grid->width + (size_t)cluster;
  const double v = weight * grid->scale[grid->d], whole = nearbyint(v);
  sums->high[cell] += (int64_t)whole;
  sums->low[cell] += (int64_t)nearbyint((v - whole) * grid->step);
}

/* Rows on their way: number in the strip, cluster, weight (negative: it leaves). */
typedef struct Moves {
  size_t count;
  uint32_t row[2 * KMEANS_STRIP];
  int32_t cluster[2 * KMEANS_STRIP];
  double weight[2 * KMEANS_STRIP];
} Moves;

static void note_move(Moves *moves, uint32_t row, int32_t cluster, double weight)
{
  moves->row[moves->count] = row;
  moves->cluster[moves->count] = cluster;
  moves->weight[moves->count++] = weight;
}

/* By cluster, so that the kernel finds runs of one. */
static void sort_moves(const Moves *moves, size_t k, Moves *out)
{
  size_t start[SORTED_MOST + 1] = {0};
  for (size_t i = 0; i < moves->count; i++) {
    start[moves->cluster[i] + 1]++;
  }
  for (size_t j = 0; j < k; j++) {
    start[j + 1] += start[j];
  }
  for (size_t i = 0; i < moves->count; i++) {
    const size_t to = start[moves->cluster[i]]++;
    out->row[to] = moves->row[i];
    out->cluster[to] = moves->cluster[i];
    out->weight[to] = moves->weight[i];
  }
  out->count = moves->count;
}

static void do_moves(const KmeansGrid *grid, const KmeansKernels *kernels, const double *x, const Moves *moves,
                     bool weighted, KmeansSums *sums)
{
  Moves sorted;
  if (grid->k <= SORTED_MOST && moves->count > 2 * grid->k) {
    sort_moves(moves, grid->k, &sorted);
    moves = &sorted;
  }
  for (size_t i = 0; weighted && i < moves->count; i++) {
    add_weight(grid, moves->cluster[i], moves->weight[i], sums);
  }
  kernels->grid(x, grid->d, moves->row, moves->count, moves->cluster, moves->weight, grid->scale, grid->step,
                grid->width, sums->high, sums->low);
}

void kmeans_sums_change(const KmeansGrid *grid, const KmeansKernels *kernels, const double *x, size_t count,
                        const double *weights, const int32_t *before, const int32_t *labels, KmeansSums *sums)
{
  Moves moves;
  moves.count = 0;
  for (size_t i = 0; i < count; i++) {
    if (before && before[i] == labels[i]) {
      continue;
    }
    const double weight = weights ? weights[i] : 1;
    sums->changed++;
    sums->rows[labels[i]]++;
    sums->touched[labels[i]] = 1;
    note_move(&moves, (uint32_t)i, labels[i], weight);
    if (before) {
      sums->rows[before[i]]--;
      sums->touched[before[i]] = 1;
      note_move(&moves, (uint32_t)i, before[i], -weight);
    }
  }
  if (moves.count > 0) {
    do_moves(grid, kernels, x, &moves, weights, sums);
  }
}

static __int128 whole(const KmeansGrid *grid, const KmeansSums *sums, size_t cell)
{
  return (__int128)sums->high[cell] * ((__int128)1 << grid->bits) + sums->low[cell];
}

double kmeans_sums_value(const KmeansGrid *grid, const KmeansSums *sums, size_t cluster, size_t c)
{
  return ldexp((double)whole(grid, sums, cluster * grid->width + c), grid->exponent[c]);
}

long double kmeans_sums_long(const KmeansGrid *grid, const KmeansSums *sums, size_t cluster, size_t c)
{
  return ldexpl((long double)whole(grid, sums, cluster * grid->width + c), grid->exponent[c]);
}

double kmeans_sums_weight(const KmeansGrid *grid, const KmeansSums *sums, size_t cluster, bool weighted)
{
  const size_t cell = grid->k * grid->width + cluster;
  return weighted ? ldexp((double)whole(grid, sums, cell), grid->exponent[grid->d]) : (double)sums->rows[cluster];
}
