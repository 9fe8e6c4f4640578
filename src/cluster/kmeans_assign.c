/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest centre of each row, for passes and for predict. */
#include <math.h>

#include "cluster/kmeans_fit.h"
#include "core/alloc.h"
#include "core/reduce.h"

KmeansScratch *kmeans_scratch_new(size_t workers, size_t n, size_t d)
{
  KmeansScratch *const scratch = mem_zero(workers, sizeof *scratch);
  bool made = scratch != NULL;
  for (size_t i = 0; made && i < workers; i++) {
    scratch[i].rows = mem_buffer((n < BLOCK_ROWS ? n : BLOCK_ROWS) * d, sizeof(double));
    scratch[i].tile = mem_buffer(KMEANS_TILE * d, sizeof(double));
    scratch[i].distances = mem_buffer(KMEANS_CHUNK * KMEANS_TILE, sizeof(double));
    scratch[i].packed = mem_buffer(KMEANS_TILE * d, sizeof(double));
    made = scratch[i].rows && scratch[i].tile && scratch[i].distances && scratch[i].packed;
  }
  if (!made) {
    kmeans_scratch_free(scratch, workers);
    return NULL;
  }
  return scratch;
}

void kmeans_scratch_free(KmeansScratch *scratch, size_t workers)
{
  for (size_t i = 0; scratch && i < workers; i++) {
    mem_free(scratch[i].rows);
    mem_free(scratch[i].tile);
    mem_free(scratch[i].distances);
    mem_free(scratch[i].packed);
  }
  mem_free(scratch);
}

bool kmeans_assign_tile(const Task *task, const KmeansKernels *kernels, const KmeansScratch *scratch,
                        const double *centres, size_t k, size_t d, double *best, int64_t *label)
{
  for (size_t i = 0; i < KMEANS_TILE; i++) {
    best[i] = (double)INFINITY;
    label[i] = 0;
  }
  for (size_t j = 0; j < k; j += KMEANS_CHUNK) {
    const size_t points = k - j < KMEANS_CHUNK ? k - j : KMEANS_CHUNK;
    kernels->distances(scratch->tile, d, centres + j * d, points, scratch->distances);
    kernels->nearest(scratch->distances, points, (int64_t)j, best, label);
    if (task_cancelled(task)) {
      return false;
    }
  }
  return true;
}

/* The same, with the number of the first `rows` that are as near to another centre. */
static bool assign_tile_ties(const Task *task, const KmeansKernels *kernels, const KmeansScratch *scratch,
                             const double *centres, size_t k, size_t d, double *best, int64_t *label, size_t rows,
                             size_t *ties)
{
  double next[KMEANS_TILE];
  int64_t next_label[KMEANS_TILE] = {0};
  for (size_t i = 0; i < KMEANS_TILE; i++) {
    best[i] = next[i] = (double)INFINITY;
    label[i] = 0;
  }
  for (size_t j = 0; j < k && !task_cancelled(task); j += KMEANS_CHUNK) {
    const size_t points = k - j < KMEANS_CHUNK ? k - j : KMEANS_CHUNK;
    kernels->distances(scratch->tile, d, centres + j * d, points, scratch->distances);
    kernels->nearest_two(scratch->distances, points, (int64_t)j, best, label, next, next_label);
  }
  for (size_t i = 0; i < rows; i++) {
    *ties += next[i] == best[i];
  }
  return !task_cancelled(task);
}

typedef struct Assign {
  Task *task;
  const Rows *rows;
  const KmeansKernels *kernels;
  KmeansScratch *scratch;
  const double *centres;
  size_t k;
  int32_t *labels;
  double *distances;
  bool count_ties;
} Assign;

static Status assign_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Assign *const assign = context;
  const KmeansScratch *const scratch = &assign->scratch[worker];
  const size_t d = assign->rows->d;
  const double *x;
  Status status = assign->rows->block(assign->rows, first, count, scratch->rows, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    const size_t rows = count - i < KMEANS_TILE ? count - i : KMEANS_TILE;
    double best[KMEANS_TILE];
    int64_t label[KMEANS_TILE];
    assign->kernels->tile(x + i * d, rows, d, scratch->tile);
    const bool done = assign->count_ties
                        ? assign_tile_ties(assign->task, assign->kernels, scratch, assign->centres, assign->k, d, best, label,
                                           rows, sum)
                        : kmeans_assign_tile(assign->task, assign->kernels, scratch, assign->centres, assign->k, d, best,
                                             label);
    status = done ? status : error_cancelled(e);
    for (size_t r = 0; r < rows; r++) {
      assign->labels[first + i + r] = (int32_t)label[r];
      if (assign->distances) {
        assign->distances[first + i + r] = best[r];
      }
    }
  }
  return status;
}

static void add_ties(void *context, void *sum, const void *other)
{
  (void)context;
  *(size_t *)sum += *(const size_t *)other;
}

Status kmeans_assign(Task *task, const Rows *rows, const double *centres, size_t k, int32_t *labels, double *distances,
                     size_t *ties, Error *e)
{
  const size_t workers = task_threads(task);
  Assign assign = {.task = task,
                   .rows = rows,
                   .kernels = kmeans_kernels(),
                   .scratch = kmeans_scratch_new(workers, rows->n, rows->d),
                   .centres = centres,
                   .k = k,
                   .labels = labels,
                   .distances = distances,
                   .count_ties = ties};
  if (!assign.scratch) {
    return error_memory(e, BLOCK_ROWS * rows->d * sizeof(double), _("k-means"));
  }
  const Reduce reduce = {
    .size = ties ? sizeof *ties : 0, .block = assign_block, .merge = ties ? add_ties : NULL, .context = &assign};
  const Status status = rows_reduce(task, rows->n, &reduce, ties, e);
  kmeans_scratch_free(assign.scratch, workers);
  return status;
}
