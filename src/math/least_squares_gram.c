/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Gram matrix of shifted and scaled columns, y the last of them, and its Cholesky factor. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/least_squares_kernels.h"
#include "math/least_squares_pass.h"
#include "math/triangle.h"

enum { CONDITION_MOST = 1000 };

/* ---- Summing */

typedef struct Gram {
  Work *work;
  size_t width;      /* p + 1 columns, padded */
  double *packed;    /* per worker: width columns, KERNEL_STRIDE apart, then the roots of the weights */
  double *matrix;    /* width x width, row-major; the upper triangle counts */
} Gram;

static size_t packed_size(const Gram *gram)
{
  return (gram->width + 1) * KERNEL_STRIDE;
}

static void pack_piece(const Gram *gram, const ObservationBlock *block, size_t at, size_t count, double *packed)
{
  const Work *work = gram->work;
  const LeastSquaresKernels *kernels = least_squares_kernels();
  double *roots = work->rows->weighted ? packed + gram->width * KERNEL_STRIDE : NULL;
  for (size_t i = 0; roots && i < count; i++) {
    roots[i] = sqrt(block->weights[at + i]);
  }
  for (size_t j = 0; j <= work->p; j++) {
    const double *x = j < work->p ? block->x[j] : block->y;
    kernels->pack(x + at, count, work->shift[j], work->scale[j], roots, packed + j * KERNEL_STRIDE);
  }
}

static Status gram_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  enum { ROWS_AT_A_TIME = 64 };
  const Gram *gram = context;
  double *packed = gram->packed + worker * packed_size(gram);
  ObservationBlock block;
  Status status = work_block(gram->work, first, count, worker, &block, e);
  if (status == STATUS_OK) {
    status = work_weights(gram->work, &block, first, count, e);
  }
  for (size_t at = 0; status == STATUS_OK && at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS;
    pack_piece(gram, &block, at, rows, packed);
    for (size_t from = 0; from < gram->width; from += ROWS_AT_A_TIME) {
      const size_t to = gram->width - from < ROWS_AT_A_TIME ? gram->width : from + ROWS_AT_A_TIME;
      least_squares_kernels()->gram(packed, rows, gram->width, from, to, sum);
      if (task_cancelled(gram->work->task)) {
        return error_cancelled(e);
      }
    }
  }
  return status;
}

static void gram_merge(void *context, void *sum, const void *other)
{
  const Gram *gram = context;
  for (size_t a = 0; a < gram->width; a++) {
    const size_t at = a * gram->width + a;
    least_squares_kernels()->add(1, (const double *)other + at, gram->width - a, (double *)sum + at);
  }
}

static Status sum_gram(Gram *gram, Error *e)
{
  Work *work = gram->work;
  const size_t cells = gram->width * gram->width;
  const size_t bytes = (cells * (work_sums(work) + 2) + packed_size(gram) * work->threads) * sizeof(double);
  const Status status = task_reserve(work->task, bytes, _("least squares"), e);
  if (status != STATUS_OK) {
    return status;
  }
  gram->packed = mem_zero(packed_size(gram) * work->threads, sizeof *gram->packed);
  gram->matrix = mem_alloc(cells, sizeof *gram->matrix);
  if (!gram->packed || !gram->matrix) {
    return error_memory(e, bytes, _("sums of products"));
  }
  const Reduce reduce = {
    .size = cells * sizeof *gram->matrix, .block = gram_block, .merge = gram_merge, .context = gram};
  return rows_reduce(work->task, work->rows->n, &reduce, gram->matrix, e);
}

/* ---- Solving. The matrix becomes R with R'R = it, the cells of column p becoming R'^-1 X'y. */

/* Diagonal cells become 1/4 to 1, by powers of two that go into the scales; false when one is no number above 0. */
static bool balance(Gram *gram)
{
  const size_t p = gram->work->p, width = gram->width;
  double *scale = gram->work->scale, *a = gram->matrix;
  for (size_t j = 0; j < p; j++) {
    int exponent;
    const double size = a[j * width + j];
    if (!(size > 1e-280 && size < 1e280)) {
      return false;
    }
    (void)frexp(sqrt(size), &exponent);
    const double factor = ldexp(1, -exponent);
    scale[j] *= factor;
    for (size_t i = 0; i <= j; i++) {
      a[i * width + j] *= factor;
    }
    for (size_t k = j; k <= p; k++) {
      a[j * width + k] *= factor;
    }
  }
  return isfinite(a[p * width + p]);
}

/* False where a pivot is so small that the condition must be too high: |R| > 1/2 and |R^-1| >= 1 / pivot. */
static bool cholesky(const Gram *gram)
{
  const LeastSquaresKernels *kernels = least_squares_kernels();
  const size_t p = gram->work->p, width = gram->width;
  for (size_t k = 0; k < p && !task_cancelled(gram->work->task); k++) {
    double *row = gram->matrix + k * width;
    if (!(row[k] > 1. / CONDITION_MOST / CONDITION_MOST / 4)) {
      return false;
    }
    const double root = sqrt(row[k]);
    row[k] = root;
    for (size_t j = k + 1; j <= p; j++) {
      row[j] /= root;
    }
    for (size_t i = k + 1; i < p; i++) {
      kernels->add(-row[i], row + i, p + 1 - i, gram->matrix + i * width + i);
    }
  }
  return true;
}

/* R^-1 into out (p x p, row-major, zero before). */
static void invert(const Gram *gram, double *out)
{
  const size_t p = gram->work->p, width = gram->width;
  for (size_t i = p; i-- > 0 && !task_cancelled(gram->work->task);) {
    const double *row = gram->matrix + i * width;
    double *to = out + i * p;
    for (size_t k = i + 1; k < p; k++) {
      least_squares_kernels()->add(-row[k], out + k * p + k, p - k, to + k);
    }
    to[i] = 1;
    for (size_t k = i; k < p; k++) {
      to[k] /= row[i];
    }
  }
}

/* Coefficients and factor of the shifted columns, without their scales. */
static void take_scales_off(const Gram *gram, double *inverse)
{
  Work *work = gram->work;
  const size_t p = work->p, width = gram->width;
  for (size_t i = 0; i < p; i++) {
    double *row = inverse + i * p, b = 0;
    for (size_t k = i; k < p; k++) {
      b += row[k] * gram->matrix[k * width + p];
      row[k] *= work->scale[i];
    }
    work->b[i] = (long double)b * work->scale[i] / work->scale[p];
  }
}

static Status solve(Gram *gram, LeastSquares *fit, bool *done, Error *e)
{
  const size_t p = gram->work->p;
  *done = false;
  if (!balance(gram) || !cholesky(gram)) {
    return STATUS_OK;
  }
  double *scratch = mem_alloc(2 * p, sizeof *scratch);
  if (!scratch) {
    return error_memory(e, 2 * p * sizeof *scratch, _("sums of products"));
  }
  invert(gram, fit->factor);
  const double condition = largest_singular_double(gram->matrix, gram->width, p, true, scratch, gram->work->task) *
                           largest_singular_double(fit->factor, p, p, true, scratch, gram->work->task);
  mem_free(scratch);
  if (task_cancelled(gram->work->task)) {
    return error_cancelled(e);
  }
  if (!(condition <= CONDITION_MOST)) {
    memset(fit->factor, 0, p * p * sizeof *fit->factor);
    return STATUS_OK;
  }
  *done = true;
  fit->condition = condition > 1 ? condition : 1;
  fit->rank = p;
  take_scales_off(gram, fit->factor);
  return STATUS_OK;
}

/* From shifted columns to those of the caller: only what belongs to the column of ones changes. */
static void take_shifts_off(const Work *work, LeastSquares *fit)
{
  const size_t p = work->p;
  long double *b = work->b;
  if (!work->rows->intercept) {
    return;
  }
  b[0] += work->shift[p];
  for (size_t j = 1; j < p; j++) {
    b[0] -= work->shift[j] * b[j];
    least_squares_kernels()->add(-work->shift[j], fit->factor + j * p, p, fit->factor);
  }
}

Status fit_gram(Work *work, LeastSquares *fit, PassSums *sums, bool *done, Error *e)
{
  Gram gram = {.work = work, .width = (work->p + KERNEL_TILE) / KERNEL_TILE * KERNEL_TILE};
  Status status;
  TRY(sum_gram(&gram, e));
  TRY(solve(&gram, fit, done, e));
  if (*done) {
    fit->method = "gram";
    TRY(pass_residuals(work, false, sums, e));
    TRY(pass_refine(work, fit->factor, false, sums, e));
    take_shifts_off(work, fit);
  }
done:
  mem_free(gram.packed);
  mem_free(gram.matrix);
  return status;
}
