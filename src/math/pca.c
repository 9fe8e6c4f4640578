/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/pca.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/symmetric.h"

/* ---- covariance */

typedef struct Moments {
  const Rows *rows;
  const double *mean; /* NULL in the first pass, which sums the rows */
  double *buffers;    /* a block for each worker */
} Moments;

static bool is_usable(const double *row, size_t d)
{
  for (size_t j = 0; j < d; j++) {
    if (!isfinite(row[j])) {
      return false;
    }
  }
  return true;
}

/* sum: the number of rows, then d sums, then in the second pass d x d sums of products, of which the upper half
 * counts. */
static void add_row(const Moments *moments, const double *row, double *sum)
{
  const size_t d = moments->rows->d;
  double *products = sum + 1 + d;
  sum[0]++;
  for (size_t j = 0; j < d; j++) {
    const double off = moments->mean ? row[j] - moments->mean[j] : row[j];
    sum[1 + j] += off;
    for (size_t k = j; moments->mean && k < d; k++) {
      products[j * d + k] += off * (row[k] - moments->mean[k]);
    }
  }
}

static Status moments_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Moments *moments = context;
  const size_t d = moments->rows->d;
  const double *values;
  double *buffer = moments->buffers + worker * BLOCK_ROWS * d;
  const Status status = moments->rows->block(moments->rows, first, count, buffer, &values, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i++) {
    if (is_usable(values + i * d, d)) {
      add_row(moments, values + i * d, sum);
    }
  }
  return status;
}

static void merge_sums(void *context, void *sum, const void *other)
{
  const Moments *moments = context;
  const size_t d = moments->rows->d, n = 1 + d + (moments->mean ? d * d : 0);
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; i < n; i++) {
    a[i] += b[i];
  }
}

static Status run_pass(Moments *moments, Task *task, double *sums, Error *e)
{
  const size_t d = moments->rows->d;
  const Reduce reduce = {.size = (1 + d + (moments->mean ? d * d : 0)) * sizeof *sums,
                         .block = moments_block,
                         .merge = merge_sums,
                         .context = moments};
  return rows_reduce(task, moments->rows->n, &reduce, sums, e);
}

/* From sums of products around the rounded means to covariances, on both sides of the diagonal. */
static void finish_covariance(const double *sums, size_t d, double *matrix)
{
  const double n = sums[0], *off = sums + 1, *products = sums + 1 + d;
  for (size_t j = 0; j < d; j++) {
    for (size_t k = j; k < d; k++) {
      matrix[j * d + k] = matrix[k * d + j] = (products[j * d + k] - off[j] * off[k] / n) / (n - 1);
    }
  }
}

static Status covariance(const Rows *rows, Task *task, Pca *out, double *matrix, Error *e)
{
  const size_t d = rows->d;
  Moments moments = {.rows = rows};
  double *sums = arena_alloc(&task->arena, 1 + d + d * d, sizeof *sums);
  moments.buffers = mem_alloc(task_threads(task) * BLOCK_ROWS, d * sizeof *moments.buffers);
  Status status;
  TRY(sums && moments.buffers ? STATUS_OK : error_memory(e, 0, _("components")));
  TRY(run_pass(&moments, task, sums, e));
  if (sums[0] < 2) {
    TRY(error_set(e, STATUS_DATA, "bad-data", _("components need at least two rows without missing numbers")));
  }
  for (size_t j = 0; j < d; j++) {
    out->mean[j] = sums[1 + j] / sums[0];
  }
  moments.mean = out->mean;
  TRY(run_pass(&moments, task, sums, e));
  out->n = (size_t)sums[0];
  finish_covariance(sums, d, matrix);
done:
  mem_free(moments.buffers);
  return status;
}

Status pca_fit(const Rows *rows, Task *task, Pca *out, Error *e)
{
  const size_t d = rows->d;
  Arena *arena = &task->arena;
  *out = (Pca){.d = d};
  out->mean = arena_alloc(arena, d, sizeof *out->mean);
  out->variance = arena_alloc(arena, d, sizeof *out->variance);
  out->loadings = arena_alloc(arena, d * d, sizeof *out->loadings);
  double *matrix = arena_alloc(arena, d * d, sizeof *matrix);
  if (!out->mean || !out->variance || !out->loadings || !matrix) {
    return error_memory(e, d * d * sizeof *matrix, _("components"));
  }
  Status status;
  TRY(covariance(rows, task, out, matrix, e));
  TRY(symmetric_eigen(matrix, d, task, out->variance, out->loadings, e));
  for (size_t i = 0; i < d; i++) {
    out->variance[i] = fmax(0, out->variance[i]);
    out->total += out->variance[i];
    symmetric_fix_sign(out->loadings + i * d, d);
  }
done:
  return status;
}

/* ---- coordinates */

typedef struct Scores {
  const Pca *pca;
  const Rows *rows;
  size_t n_components;
  double *buffers, *out;
} Scores;

static Status scores_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum;
  const Scores *scores = context;
  const size_t d = scores->pca->d;
  const double *values;
  const Status status = scores->rows->block(scores->rows, first, count, scores->buffers + worker * BLOCK_ROWS * d,
                                            &values, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i++) {
    const double *row = values + i * d;
    const bool usable = is_usable(row, d);
    for (size_t c = 0; c < scores->n_components; c++) {
      const double *loadings = scores->pca->loadings + c * d;
      double at = usable ? 0 : NAN;
      for (size_t j = 0; usable && j < d; j++) {
        at += loadings[j] * (row[j] - scores->pca->mean[j]);
      }
      scores->out[(first + i) * scores->n_components + c] = at;
    }
  }
  return status;
}

Status pca_scores(const Pca *pca, const Rows *rows, size_t n_components, Task *task, double *out, Error *e)
{
  Scores scores = {.pca = pca, .rows = rows, .n_components = n_components, .out = out};
  const Reduce reduce = {.block = scores_block, .context = &scores};
  if (rows->n == 0) {
    return STATUS_OK;
  }
  scores.buffers = mem_alloc(task_threads(task) * BLOCK_ROWS, pca->d * sizeof *scores.buffers);
  if (!scores.buffers) {
    return error_memory(e, 0, _("components"));
  }
  const Status status = rows_reduce(task, rows->n, &reduce, NULL, e);
  mem_free(scores.buffers);
  return status;
}
