/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/pca.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/least_squares_kernels.h"
#include "math/symmetric.h"

static bool is_usable(const double *row, size_t d)
{
  double zero = 0;
  for (size_t j = 0; j < d; j++) {
    zero += row[j] * 0;
  }
  return zero == 0;
}

/* ---- covariance */

/* Sums of products of the columns, shifted to about their means, and of a last column of ones: its products with the
 * others are the sums of these, and with itself the number of rows. Rows that are not usable are zeros. */
typedef struct Moments {
  const Rows *rows;
  const Task *task;
  const double *shift;
  size_t width;       /* d + 1, padded */
  double *buffers;    /* a block for each worker */
  double *packed;     /* width columns for each worker, KERNEL_STRIDE apart */
} Moments;

/* The mean of the usable rows of the first block that has any; false when no row is usable. */
static Status about_mean(const Moments *moments, double *shift, bool *any, Error *e)
{
  const size_t n = moments->rows->n, d = moments->rows->d;
  size_t used = 0;
  for (size_t first = 0; first < n && used == 0; first += BLOCK_ROWS) {
    const size_t count = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
    const double *values;
    const Status status = moments->rows->block(moments->rows, first, count, moments->buffers, &values, e);
    if (status != STATUS_OK) {
      return status;
    }
    for (size_t i = 0; i < count; i++) {
      if (is_usable(values + i * d, d)) {
        used++;
        for (size_t j = 0; j < d; j++) {
          shift[j] += (values[i * d + j] - shift[j]) / (double)used;
        }
      }
    }
    if (task_cancelled(moments->task)) {
      return error_cancelled(e);
    }
  }
  *any = used > 0;
  return STATUS_OK;
}

/* Rows become columns, eight at a time, so that what is written stays in the first cache. */
static void pack_rows(const Moments *moments, const double *values, size_t count, double *packed)
{
  const size_t d = moments->rows->d, padded = (count + 7) / 8 * 8;
  double *ones = packed + d * KERNEL_STRIDE;
  for (size_t i = 0; i < count; i++) {
    ones[i] = is_usable(values + i * d, d);
  }
  for (size_t from = 0; from < d; from += 8) {
    const size_t to = d - from < 8 ? d : from + 8;
    for (size_t i = 0; i < count; i++) {
      for (size_t j = from; j < to; j++) {
        packed[j * KERNEL_STRIDE + i] = ones[i] > 0 ? values[i * d + j] - moments->shift[j] : 0;
      }
    }
  }
  for (size_t j = 0; j <= d; j++) {
    memset(packed + j * KERNEL_STRIDE + count, 0, (padded - count) * sizeof *packed);
  }
}

static Status moments_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  enum { COLUMNS_AT_A_TIME = 64 };
  const Moments *moments = context;
  const size_t d = moments->rows->d, width = moments->width;
  double *packed = moments->packed + worker * width * KERNEL_STRIDE;
  const double *values;
  Status status =
      moments->rows->block(moments->rows, first, count, moments->buffers + worker * BLOCK_ROWS * d, &values, e);
  for (size_t at = 0; status == STATUS_OK && at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS;
    pack_rows(moments, values + at * d, rows, packed);
    for (size_t from = 0; status == STATUS_OK && from < width; from += COLUMNS_AT_A_TIME) {
      const size_t to = width - from < COLUMNS_AT_A_TIME ? width : from + COLUMNS_AT_A_TIME;
      least_squares_kernels()->gram(packed, rows, width, from, to, sum);
      status = task_cancelled(moments->task) ? error_cancelled(e) : STATUS_OK;
    }
  }
  return status;
}

static void merge_sums(void *context, void *sum, const void *other)
{
  const Moments *moments = context;
  const size_t width = moments->width;
  for (size_t j = 0; j < width; j++) {
    least_squares_kernels()->add(1, (const double *)other + j * width + j, width - j, (double *)sum + j * width + j);
  }
}

/* From sums of products around the shifts to means and covariances, on both sides of the diagonal. */
static void finish_covariance(const Moments *moments, const double *sums, Pca *out, double *matrix)
{
  const size_t d = moments->rows->d, width = moments->width;
  const double n = sums[d * width + d];
  out->n = (size_t)n;
  for (size_t j = 0; j < d; j++) {
    const double off = sums[j * width + d];
    out->mean[j] = moments->shift[j] + off / n;
    for (size_t k = j; k < d; k++) {
      matrix[j * d + k] = matrix[k * d + j] = (sums[j * width + k] - off * (sums[k * width + d] / n)) / (n - 1);
    }
  }
}

static Status too_few(Error *e)
{
  return error_set(e, STATUS_DATA, "bad-data", _("components need at least two rows without missing numbers"));
}

static Status covariance(const Rows *rows, Task *task, Pca *out, double *matrix, Error *e)
{
  const size_t d = rows->d, width = (d + 1 + KERNEL_TILE - 1) / KERNEL_TILE * KERNEL_TILE, workers = task_threads(task);
  Moments moments = {.rows = rows, .task = task, .width = width};
  double *sums = NULL, *shift = mem_zero(d, sizeof *shift);
  bool any = false;
  Status status;
  TRY(task_reserve(task, width * (width * 30 + workers * KERNEL_STRIDE) * sizeof *sums, _("components"), e));
  moments.buffers = mem_alloc(workers * BLOCK_ROWS, d * sizeof *moments.buffers);
  moments.packed = mem_zero(workers * width, KERNEL_STRIDE * sizeof *moments.packed);
  sums = mem_alloc(width * width, sizeof *sums);
  TRY(sums && shift && moments.buffers && moments.packed
          ? STATUS_OK
          : error_memory(e, width * width * sizeof *sums, _("components")));
  TRY(about_mean(&moments, shift, &any, e));
  moments.shift = shift;
  const Reduce reduce = {
      .size = width * width * sizeof *sums, .block = moments_block, .merge = merge_sums, .context = &moments};
  TRY(any ? rows_reduce(task, rows->n, &reduce, sums, e) : too_few(e));
  TRY(sums[d * width + d] < 2 ? too_few(e) : STATUS_OK);
  finish_covariance(&moments, sums, out, matrix);
done:
  mem_free(moments.buffers);
  mem_free(moments.packed);
  mem_free(shift);
  mem_free(sums);
  return status;
}

Status pca_fit(const Rows *rows, Task *task, Pca *out, Error *e)
{
  const size_t d = rows->d;
  Arena *arena = &task->arena;
  *out = (Pca){.d = d, .components = d};
  out->mean = arena_alloc(arena, d, sizeof *out->mean);
  out->variance = arena_alloc(arena, d, sizeof *out->variance);
  out->loadings = arena_alloc(arena, d * d, sizeof *out->loadings);
  double *matrix = mem_alloc(d * d, sizeof *matrix);
  Status status;
  if (!out->mean || !out->variance || !out->loadings || !matrix) {
    TRY(error_memory(e, d * d * sizeof *matrix, _("components")));
  }
  TRY(covariance(rows, task, out, matrix, e));
  TRY(symmetric_eigen(matrix, d, task, out->variance, out->loadings, e));
  for (size_t i = 0; i < d; i++) {
    out->variance[i] = fmax(0, out->variance[i]);
    out->total += out->variance[i];
    symmetric_fix_sign(out->loadings + i * d, d);
  }
done:
  mem_free(matrix);
  return status;
}

/* ---- more columns than rows */

/* The usable rows, about their mean. */
static Status centred_rows(const Rows *rows, Pca *out, double *x, Error *e)
{
  const size_t d = rows->d;
  for (size_t i = 0; i < rows->n; i++) {
    double *row = x + out->n * d;
    const double *values;
    const Status status = rows->block(rows, i, 1, row, &values, e);
    if (status != STATUS_OK) {
      return status;
    }
    if (is_usable(values, d)) {
      memmove(row, values, d * sizeof *row);
      out->n++;
      for (size_t j = 0; j < d; j++) {
        out->mean[j] += (row[j] - out->mean[j]) / (double)out->n;
      }
    }
  }
  for (size_t i = 0; i < out->n * d; i++) {
    x[i] -= out->mean[i % d];
  }
  return out->n < 2 ? too_few(e) : STATUS_OK;
}

/* Components from the products of rows: X'u / |X'u| for each eigenvector u of X X'. */
static Status dual_components(const double *x, Task *task, Pca *out, Error *e)
{
  const LeastSquaresKernels *kernels = least_squares_kernels();
  const size_t n = out->n, d = out->d;
  double *products = mem_alloc(2 * n * n + n, sizeof *products);
  Status status;
  TRY(products ? STATUS_OK : error_memory(e, n * n * sizeof *products, _("components")));
  double *vectors = products + n * n, *values = vectors + n * n;
  for (size_t a = 0; a < n; a++) {
    for (size_t b = 0; b <= a; b++) {
      products[a * n + b] = products[b * n + a] = kernels->dot(x + a * d, x + b * d, d) / (double)(n - 1);
    }
    TRY(task_cancelled(task) ? error_cancelled(e) : STATUS_OK);
  }
  TRY(symmetric_eigen(products, n, task, values, vectors, e));
  for (size_t c = 0; c < out->components; c++) {
    double *loadings = out->loadings + c * d;
    out->variance[c] = fmax(0, values[c]);
    out->total += out->variance[c];
    for (size_t i = 0; i < n; i++) {
      kernels->add(vectors[c * n + i], x + i * d, d, loadings);
    }
    const double length = sqrt(kernels->dot(loadings, loadings, d));
    for (size_t j = 0; length > 0 && j < d; j++) {
      loadings[j] /= length;
    }
    symmetric_fix_sign(loadings, d);
  }
done:
  mem_free(products);
  return status;
}

Status pca_fit_wide(const Rows *rows, Task *task, Pca *out, Error *e)
{
  const size_t n = rows->n, d = rows->d;
  double *x = NULL;
  Status status;
  if (d <= n || d <= SYMMETRIC_JACOBI) {
    return pca_fit(rows, task, out, e);
  }
  *out = (Pca){.d = d};
  TRY(task_reserve(task, (2 * n * d + 2 * n * n) * sizeof *x, _("components"), e));
  x = mem_alloc(n * d, sizeof *x);
  out->mean = arena_alloc(&task->arena, d, sizeof *out->mean);
  TRY(x && out->mean ? STATUS_OK : error_memory(e, n * d * sizeof *x, _("components")));
  TRY(centred_rows(rows, out, x, e));
  out->components = out->n - 1;
  out->variance = arena_alloc(&task->arena, out->components, sizeof *out->variance);
  out->loadings = arena_alloc(&task->arena, out->components * d, sizeof *out->loadings);
  TRY(out->variance && out->loadings ? STATUS_OK : error_memory(e, out->n * d * sizeof *x, _("components")));
  status = dual_components(x, task, out, e);
done:
  mem_free(x);
  return status;
}

/* ---- coordinates */

typedef struct Scores {
  const Pca *pca;
  const Rows *rows;
  const Task *task;
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
    if ((i & 63) == 0 && task_cancelled(scores->task)) {
      return error_cancelled(e);
    }
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
  Scores scores = {.pca = pca, .rows = rows, .task = task, .n_components = n_components, .out = out};
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
