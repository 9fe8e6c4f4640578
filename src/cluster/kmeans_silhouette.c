/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mean silhouette width, exactly and without an n x n matrix: for a tile of rows the sums of distances to each cluster
 * are gathered over all rows, a block at a time. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "cluster/kmeans_kernels.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { CHUNK = 64 };

typedef struct Silhouette {
  Task *task;
  const Rows *rows;
  int32_t *labels;     /* 0..k-1; k for rows that are left out */
  double *sizes;       /* k + 1 */
  size_t k, scratch_size;
  double *scratch;     /* per worker: two blocks of rows, a tile, distances, (k + 1) x 32 sums */
  const KmeansKernels *kernels;
} Silhouette;

/* The distances of one tile to all rows, summed by cluster. */
static Status tile_sums(const Silhouette *s, const double *tile, double *buffer, double *out, double *sums, Error *e)
{
  const size_t d = s->rows->d;
  memset(sums, 0, (s->k + 1) * KMEANS_TILE * sizeof *sums);
  for (size_t first = 0; first < s->rows->n; first += BLOCK_ROWS) {
    const size_t rest = s->rows->n - first, count = rest < BLOCK_ROWS ? rest : BLOCK_ROWS;
    const double *x;
    if (task_cancelled(s->task)) {
      return error_cancelled(e);
    }
    const Status status = s->rows->block(s->rows, first, count, buffer, &x, e);
    if (status != STATUS_OK) {
      return status;
    }
    for (size_t j = 0; j < count; j += CHUNK) {
      const size_t some = count - j < CHUNK ? count - j : CHUNK;
      s->kernels->distances(tile, d, x + j * d, some, out);
      s->kernels->spread(out, some, s->labels + first + j, sums);
    }
  }
  return STATUS_OK;
}

/* (b - a) / max(a, b) of row i of a tile, whose label is `own`. */
static double width(const Silhouette *s, const double *sums, size_t i, size_t own)
{
  if (s->sizes[own] < 2) {
    return 0;
  }
  const double a = sums[own * KMEANS_TILE + i] / (s->sizes[own] - 1);
  double b = INFINITY;
  for (size_t c = 0; c < s->k; c++) {
    if (c != own && s->sizes[c] > 0) {
      b = fmin(b, sums[c * KMEANS_TILE + i] / s->sizes[c]);
    }
  }
  const double most = fmax(a, b);
  return most > 0 ? (b - a) / most : 0;
}

static Status silhouette_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Silhouette *s = context;
  const size_t d = s->rows->d;
  double *own_rows = s->scratch + worker * s->scratch_size, *buffer = own_rows + BLOCK_ROWS * d;
  double *tile = buffer + BLOCK_ROWS * d, *out = tile + KMEANS_TILE * d, *sums = out + CHUNK * KMEANS_TILE;
  double total = 0;
  const double *x;
  Status status = s->rows->block(s->rows, first, count, own_rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t some = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    s->kernels->tile(x + i * d, some, d, tile);
    status = tile_sums(s, tile, buffer, out, sums, e);
    for (size_t r = 0; status == STATUS_OK && r < some; r++) {
      const size_t own = (size_t)s->labels[first + i + r];
      total += own < s->k ? width(s, sums, r, own) : 0;
    }
  }
  *(double *)sum = total;
  return status;
}

static void add(void *context, void *sum, const void *other)
{
  (void)context;
  *(double *)sum += *(const double *)other;
}

/* Labels with -1 made k, and the sizes; gives the number of clusters with rows. */
static size_t count_labels(Silhouette *s, const int32_t *labels)
{
  size_t used = 0;
  for (size_t row = 0; row < s->rows->n; row++) {
    s->labels[row] = labels[row] < 0 ? (int32_t)s->k : labels[row];
    s->sizes[s->labels[row]] += 1;
  }
  for (size_t c = 0; c < s->k; c++) {
    used += s->sizes[c] > 0;
  }
  return used;
}

Status kmeans_silhouette(Task *task, const Rows *rows, const int32_t *labels, size_t k, double *mean, Error *e)
{
  Silhouette s = {.task = task, .rows = rows, .k = k, .kernels = kmeans_kernels()};
  s.scratch_size = (2 * BLOCK_ROWS + KMEANS_TILE) * rows->d + CHUNK * KMEANS_TILE + (k + 1) * KMEANS_TILE;
  s.scratch_size = (s.scratch_size + 7) / 8 * 8;
  s.labels = mem_alloc(rows->n, sizeof *s.labels);
  s.sizes = mem_zero(k + 1, sizeof *s.sizes);
  s.scratch = mem_buffer(task_threads(task) * s.scratch_size, sizeof(double));
  Status status = s.labels && s.sizes && s.scratch ? STATUS_OK : error_memory(e, 0, _("silhouettes"));
  double total = 0;
  *mean = NAN;
  if (status == STATUS_OK && count_labels(&s, labels) >= 2) {
    const Reduce reduce = {.size = sizeof total, .block = silhouette_block, .merge = add, .context = &s};
    status = rows_reduce(task, rows->n, &reduce, &total, e);
    *mean = status == STATUS_OK ? total / ((double)rows->n - s.sizes[k]) : NAN;
  }
  mem_free(s.labels);
  mem_free(s.sizes);
  mem_free(s.scratch);
  return status;
}
