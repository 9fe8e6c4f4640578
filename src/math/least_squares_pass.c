/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/least_squares_pass.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/least_squares_kernels.h"

/* ---- Scratch */

size_t work_sums(const Work *work)
{
  const size_t blocks = work->rows->n / BLOCK_ROWS + 1, most = work->threads * 28; /* see reduce.c */
  return blocks < 10 ? blocks * 2 + 2 : blocks < most ? blocks + 20 : most;
}

Status work_open(Work *work, const Observations *rows, size_t more, Task *task, Error *e)
{
  const size_t p = rows->p, threads = task_threads(task), count = rows->n < BLOCK_ROWS ? rows->n : BLOCK_ROWS;
  *work = (Work){.rows = rows, .task = task, .threads = threads, .p = p, .root_scale = 1};
  const size_t bytes = threads * (p + 2) * count * sizeof(double);
  const Status status = task_reserve(task, bytes + more, _("least squares"), e);
  if (status != STATUS_OK) {
    return status;
  }
  work->buffers = mem_alloc(threads * (p + 2), count * sizeof *work->buffers);
  work->pointers = mem_alloc(threads * (p + 1), sizeof *work->pointers);
  work->shift = mem_zero(p + 1, sizeof *work->shift);
  work->scale = mem_zero(p + 1, sizeof *work->scale);
  work->b = mem_zero(p + 1, sizeof *work->b);
  if (!work->buffers || !work->pointers || !work->shift || !work->scale || !work->b) {
    work_close(work);
    return error_memory(e, bytes, _("blocks of rows"));
  }
  return STATUS_OK;
}

void work_close(Work *work)
{
  mem_free(work->buffers);
  mem_free(work->pointers);
  mem_free(work->shift);
  mem_free(work->scale);
  mem_free(work->b);
  *work = (Work){0};
}

Status work_block(const Work *work, size_t first, size_t count, size_t worker, ObservationBlock *block, Error *e)
{
  const size_t p = work->p, room = work->rows->n < BLOCK_ROWS ? work->rows->n : BLOCK_ROWS;
  *block = (ObservationBlock){.buffer = work->buffers + worker * (p + 2) * room,
                              .x = work->pointers + worker * (p + 1)};
  atomic_fetch_add_explicit(&work->task->done, count, memory_order_relaxed);
  return work->rows->block(work->rows, first, count, block, e);
}

Status work_weights(const Work *work, const ObservationBlock *block, size_t first, size_t count, Error *e)
{
  for (size_t i = 0; work->rows->weighted && i < count; i++) {
    const double w = block->weights[i];
    if (!(w <= DBL_MAX)) {
      return error_set(e, STATUS_DATA, "not-finite", _("the weight of row %1$zu is %2$g"), first + i + 1, w);
    }
    if (w < 0) {
      error_set(e, STATUS_DATA, "negative-weight", _("the weight of row %1$zu is %2$g"), first + i + 1, w);
      return error_hint(e, _("weights are 0 or more: what a row counts for"));
    }
  }
  return STATUS_OK;
}

/* ---- A look at the columns */

/* A power of two that takes numbers up to `most` to about 1. */
static double scale_of(double most)
{
  int exponent;
  (void)frexp(most, &exponent);
  return most > 0 && most <= DBL_MAX ? ldexp(1, exponent < -1020 ? 1020 : -exponent) : 1;
}

static double mean_of(const double *x, size_t n)
{
  const double share = 1 / (double)n;
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += x[i] * share;
  }
  return sum;
}

static double farthest_from(double centre, const double *x, size_t n)
{
  double most = 0;
  for (size_t i = 0; i < n; i++) {
    const double size = fabs(x[i] - centre);
    most = size > most ? size : most;
  }
  return most;
}

Status work_sample(Work *work, Error *e)
{
  enum { PLACES = 32, ROWS = 128 };
  const Observations *rows = work->rows;
  const size_t p = work->p, places = rows->n <= BLOCK_ROWS ? 1 : PLACES, step = rows->n / places;
  const size_t count = rows->n <= BLOCK_ROWS ? rows->n : ROWS;
  double *shift = work->shift, *most = work->scale;
  memset(shift, 0, (p + 1) * sizeof *shift);
  memset(most, 0, (p + 1) * sizeof *most);
  for (size_t round = 0; round < 2; round++) {
    for (size_t k = 0; k < places; k++) {
      ObservationBlock block;
      const Status status = work_block(work, k * step, count, 0, &block, e);
      if (status != STATUS_OK) {
        return status;
      }
      for (size_t j = 0; j <= p; j++) {
        const double *x = j < p ? block.x[j] : block.y;
        if (round == 0) {
          shift[j] += mean_of(x, count) / (double)places;
        } else {
          most[j] = fmax(most[j], farthest_from(shift[j], x, count));
        }
        if (task_cancelled(work->task)) {
          return error_cancelled(e);
        }
      }
    }
    if (round == 0) {
      work->y_near = shift[p];
      memset(shift, 0, (rows->intercept ? 1 : p + 1) * sizeof *shift); /* the column of ones itself keeps 0 */
    }
  }
  for (size_t j = 0; j <= p; j++) {
    work->scale[j] = scale_of(most[j]);
  }
  return STATUS_OK;
}

/* most[0 .. p): largest absolute cell of each column, then of y and of the weights; infinite when one is not finite. */
static Status survey_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Work *work = context;
  double *most = sum;
  ObservationBlock block;
  Status status = work_block(work, first, count, worker, &block, e);
  if (status == STATUS_OK) {
    status = work_weights(work, &block, first, count, e);
  }
  for (size_t j = 0; status == STATUS_OK && j < work->p + 1 + work->rows->weighted; j++) {
    const double *x = j < work->p ? block.x[j] : j == work->p ? block.y : block.weights;
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
      const double size = fabs(x[i]);
      largest = size > largest ? size : largest;
    }
    bool finite = true;
    for (size_t i = 0; i < count; i++) {
      finite &= fabs(x[i]) <= DBL_MAX;
    }
    if (!finite) {
      return error_set(e, STATUS_DATA, "not-finite",
                       _("column %1$zu of the model is not finite in rows %2$zu to %3$zu"), j + 1, first + 1,
                       first + count);
    }
    most[j] = largest;
    if (task_cancelled(work->task)) {
      return error_cancelled(e);
    }
  }
  return status;
}

static void survey_merge(void *context, void *sum, const void *other)
{
  const Work *work = context;
  double *a = sum;
  const double *b = other;
  for (size_t j = 0; j < work->p + 2; j++) {
    a[j] = b[j] > a[j] ? b[j] : a[j];
  }
}

Status work_survey(Work *work, Error *e)
{
  const size_t p = work->p;
  double *most = mem_zero(p + 2, sizeof *most);
  if (!most) {
    return error_memory(e, (p + 2) * sizeof *most, _("a row of sums"));
  }
  const Reduce reduce = {
    .size = (p + 2) * sizeof *most, .block = survey_block, .merge = survey_merge, .context = work};
  const Status status = rows_reduce(work->task, work->rows->n, &reduce, most, e);
  for (size_t j = 0; j <= p; j++) {
    work->shift[j] = 0;
    work->scale[j] = scale_of(most[j]);
  }
  work->root_scale = work->rows->weighted ? scale_of(sqrt(most[p + 1])) : 1;
  mem_free(most);
  return status;
}

/* ---- Residuals */

typedef struct Pass {
  const Work *work;
  const double *b;      /* work->b in doubles */
} Pass;

size_t pass_size(size_t p)
{
  return sizeof(PassSums) + p * sizeof(long double);
}

/* Sums of the response and the weights in a piece; `weights` may be NULL. */
static void sum_response(const Work *work, const double *y, const double *weights, size_t count, PassSums *sums)
{
  long double t = 0, tt = 0, yy = 0, total = 0, logs = 0;
  size_t used = 0;
  for (size_t i = 0; i < count; i++) {
    const double w = weights ? weights[i] : 1, near = y[i] - work->y_near;
    t += (long double)w * near;
    tt += (long double)w * near * near;
    yy += (long double)w * y[i] * y[i];
    total += w;
    used += w > 0;
  }
  for (size_t i = 0; weights && i < count; i++) {
    logs += weights[i] > 0 ? (long double)log(weights[i]) : 0;
  }
  sums->t += t;
  sums->tt += tt;
  sums->yy += yy;
  sums->weights += total;
  sums->log_weights += logs;
  sums->used += used;
}

static void pass_piece(const Pass *pass, const ObservationBlock *block, size_t first, size_t at, size_t count,
                       PassSums *sums)
{
  const Work *work = pass->work;
  const LeastSquaresKernels *kernels = least_squares_kernels();
  double r[KERNEL_ROWS], weighted[KERNEL_ROWS], cross[64];
  for (size_t i = 0; i < count; i++) {
    r[i] = block->y[at + i] - work->shift[work->p];
  }
  kernels->subtract(block->x, work->p, at, count, work->shift, pass->b, r);
  if (work->residuals) {
    memcpy(work->residuals + first + at, r, count * sizeof *r);
  }
  const double *wr = r;
  if (work->rows->weighted) {
    for (size_t i = 0; i < count; i++) {
      weighted[i] = block->weights[at + i] * r[i];
    }
    wr = weighted;
  }
  sums->rss += kernels->dot(wr, r, count);
  for (size_t j = 0; j < work->p; j += 64) {
    const size_t columns = work->p - j < 64 ? work->p - j : 64;
    memset(cross, 0, sizeof cross);
    kernels->cross(block->x + j, columns, at, count, work->shift + j, wr, cross);
    for (size_t k = 0; k < columns; k++) {
      sums->cross[j + k] += cross[k];
    }
  }
}

/* The same with every operation in long double; shifts are zero here. After a cancel the sums mean nothing. */
static void precise_piece(const Pass *pass, const ObservationBlock *block, size_t first, size_t at, size_t count,
                          PassSums *sums)
{
  const Work *work = pass->work;
  long double r[KERNEL_ROWS];
  for (size_t i = 0; i < count; i++) {
    r[i] = block->y[at + i];
  }
  for (size_t j = 0; j < work->p && !task_cancelled(work->task); j++) {
    const double *x = block->x[j] + at;
    for (size_t i = 0; i < count; i++) {
      r[i] -= x[i] * work->b[j];
    }
  }
  for (size_t i = 0; i < count; i++) {
    if (work->residuals) {
      work->residuals[first + at + i] = (double)r[i];
    }
    const long double wr = work->rows->weighted ? block->weights[at + i] * r[i] : r[i];
    sums->rss += wr * r[i];
    r[i] = wr;
  }
  for (size_t j = 0; j < work->p && !task_cancelled(work->task); j++) {
    const double *x = block->x[j] + at;
    long double sum = 0;
    for (size_t i = 0; i < count; i++) {
      sum += x[i] * r[i];
    }
    sums->cross[j] += sum;
  }
}

static Status pass_block(const Pass *pass, bool precise, PassSums *sums, size_t first, size_t count, size_t worker,
                         Error *e)
{
  const Work *work = pass->work;
  ObservationBlock block;
  const Status status = work_block(work, first, count, worker, &block, e);
  for (size_t at = 0; status == STATUS_OK && at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS;
    (precise ? precise_piece : pass_piece)(pass, &block, first, at, rows, sums);
    sum_response(work, block.y + at, work->rows->weighted ? block.weights + at : NULL, rows, sums);
    if (task_cancelled(work->task)) {
      return error_cancelled(e);
    }
  }
  return status;
}

static Status fast_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  return pass_block(context, false, sum, first, count, worker, e);
}

static Status precise_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  return pass_block(context, true, sum, first, count, worker, e);
}

static void pass_merge(void *context, void *sum, const void *other)
{
  const Pass *pass = context;
  PassSums *a = sum;
  const PassSums *b = other;
  a->rss += b->rss;
  a->t += b->t;
  a->tt += b->tt;
  a->yy += b->yy;
  a->weights += b->weights;
  a->log_weights += b->log_weights;
  a->used += b->used;
  for (size_t j = 0; j < pass->work->p; j++) {
    a->cross[j] += b->cross[j];
  }
}

Status pass_residuals(Work *work, bool precise, PassSums *sums, Error *e)
{
  const size_t p = work->p;
  double *b = mem_alloc(p, sizeof *b);
  if (!b) {
    return error_memory(e, p * sizeof *b, _("coefficients"));
  }
  for (size_t j = 0; j < p; j++) {
    b[j] = (double)work->b[j];
  }
  Pass pass = {.work = work, .b = b};
  const Reduce reduce = {.size = pass_size(p),
                         .block = precise ? precise_block : fast_block,
                         .merge = pass_merge,
                         .context = &pass};
  const Status status = rows_reduce(work->task, work->rows->n, &reduce, sums, e);
  mem_free(b);
  return status;
}

Status pass_refine(Work *work, const double *factor, bool precise, PassSums *sums, Error *e)
{
  enum { DIGITS = 26 }; /* residuals of these digits, squared, are what their own rounding leaves */
  const size_t p = work->p;
  long double *half = mem_zero(p, sizeof *half), gain = 0;
  Status status = STATUS_OK;
  if (!half) {
    TRY(error_memory(e, p * sizeof *half, _("coefficients")));
  }
  for (size_t i = 0; i < p; i++) {
    for (size_t j = 0; j < p; j++) {
      half[j] += factor[i * p + j] * sums->cross[i];
    }
  }
  for (size_t i = 0; i < p; i++) {
    long double step = 0;
    for (size_t j = 0; j < p; j++) {
      step += factor[i * p + j] * half[j];
    }
    work->b[i] += step;
    gain += step * sums->cross[i];
  }
  if (work->residuals && gain > powl(10, -DIGITS) * sums->tt) {
    TRY(pass_residuals(work, precise, sums, e));
  } else {
    sums->rss -= gain < sums->rss ? gain : 0;
  }
done:
  mem_free(half);
  return status;
}
