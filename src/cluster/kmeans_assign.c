/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest centre of each row: a tile of rows at a time against the centres in chunks. */
#include <math.h>

#include "cluster/kmeans.h"
#include "cluster/kmeans_kernels.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { CHUNK = 64 };

typedef struct Assign {
  Task *task;
  const Rows *rows;
  const double *centres;
  size_t k;
  int32_t *labels;
  double *distances;   /* NULL: not wanted */
  double *scratch;     /* per worker: a block of rows, a tile, distances */
  size_t scratch_size;
  const KmeansKernels *kernels;
} Assign;

static void assign_tile(const Assign *a, const double *x, size_t count, size_t first, double *tile, double *out)
{
  double best[KMEANS_TILE];
  int64_t label[KMEANS_TILE];
  for (size_t i = 0; i < KMEANS_TILE; i++) {
    best[i] = INFINITY;
    label[i] = 0;
  }
  a->kernels->tile(x, count, a->rows->d, tile);
  for (size_t j = 0; j < a->k; j += CHUNK) {
    const size_t some = a->k - j < CHUNK ? a->k - j : CHUNK;
    a->kernels->distances(tile, a->rows->d, a->centres + j * a->rows->d, some, out);
    a->kernels->nearest(out, some, (int64_t)j, best, label);
  }
  for (size_t i = 0; i < count; i++) {
    a->labels[first + i] = (int32_t)label[i];
    if (a->distances) {
      a->distances[first + i] = best[i];
    }
  }
}

static Status assign_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Assign *a = context;
  const size_t d = a->rows->d;
  double *buffer = a->scratch + worker * a->scratch_size;
  double *tile = buffer + BLOCK_ROWS * d, *out = tile + KMEANS_TILE * d;
  const double *x;
  (void)sum;
  const Status status = a->rows->block(a->rows, first, count, buffer, &x, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i += KMEANS_TILE) {
    if (task_cancelled(a->task)) {
      return error_cancelled(e);
    }
    assign_tile(a, x + i * d, count - i < KMEANS_TILE ? count - i : KMEANS_TILE, first + i, tile, out);
  }
  return status;
}

Status kmeans_assign(Task *task, const Rows *rows, const double *centres, size_t k, int32_t *labels, double *distances,
                     Error *e)
{
  Assign assign = {.task = task, .rows = rows, .centres = centres, .k = k, .labels = labels, .distances = distances,
                   .kernels = kmeans_kernels()};
  assign.scratch_size = (BLOCK_ROWS + KMEANS_TILE) * rows->d + CHUNK * KMEANS_TILE;
  assign.scratch_size = (assign.scratch_size + 7) / 8 * 8;
  assign.scratch = mem_buffer(task_threads(task) * assign.scratch_size, sizeof(double));
  if (!assign.scratch) {
    return error_memory(e, task_threads(task) * assign.scratch_size * sizeof(double), _("distances"));
  }
  const Reduce reduce = {.block = assign_block, .context = &assign};
  const Status status = rows_reduce(task, rows->n, &reduce, NULL, e);
  mem_free(assign.scratch);
  return status;
}
