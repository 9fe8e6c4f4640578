/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR by blocks of rows. Each becomes a triangle, and triangles are merged along the tree of rows_reduce; where rows are
 * few beside the columns they are factored as they are. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/least_squares_kernels.h"
#include "math/least_squares_pass.h"
#include "math/triangle.h"

static const double PRECISE_MOST = 3e7; /* products, up to which long double is quick enough */

typedef struct Qr {
  Work *work;
  bool precise, whole; /* in long double; the rows themselves and no triangle */
  size_t cell, m;      /* bytes of a number; rows of the matrix that is solved */
  double *packed;      /* per worker: p + 1 columns, KERNEL_STRIDE apart, then the roots of the weights */
  long double *exact;  /* the same without the roots, when precise */
  void *matrix;        /* m x (p + 1), column-major */
} Qr;

static size_t packed_size(const Qr *qr)
{
  return (qr->work->p + 2) * KERNEL_STRIDE;
}

/* Scaled columns, and y, times the roots of the weights. */
static void pack_piece(const Qr *qr, const ObservationBlock *block, size_t at, size_t count, double *packed)
{
  const Work *work = qr->work;
  double *roots = work->rows->weighted ? packed + (work->p + 1) * KERNEL_STRIDE : NULL;
  for (size_t i = 0; roots && i < count; i++) {
    roots[i] = sqrt(block->weights[at + i]) * work->root_scale;
  }
  for (size_t j = 0; j <= work->p; j++) {
    const double *x = j < work->p ? block->x[j] : block->y;
    least_squares_kernels()->pack(x + at, count, 0, work->scale[j], roots, packed + j * KERNEL_STRIDE);
  }
}

/* The same from the cells on in long double. roots: KERNEL_ROWS numbers of room. */
static void pack_precise(const Qr *qr, const ObservationBlock *block, size_t at, size_t count, long double *exact)
{
  const Work *work = qr->work;
  long double roots[KERNEL_ROWS];
  for (size_t i = 0; i < count; i++) {
    roots[i] = work->rows->weighted ? sqrtl(block->weights[at + i]) * work->root_scale : 1;
  }
  for (size_t j = 0; j <= work->p; j++) {
    const double *x = (j < work->p ? block->x[j] : block->y) + at;
    for (size_t i = 0; i < count; i++) {
      exact[j * KERNEL_STRIDE + i] = x[i] * work->scale[j] * roots[i];
    }
  }
}

/* Rows of the matrix that is factored as it is: copied to their places. */
static void place(const Qr *qr, const void *packed, size_t first, size_t count)
{
  for (size_t j = 0; j <= qr->work->p; j++) {
    memcpy((char *)qr->matrix + (j * qr->m + first) * qr->cell, (const char *)packed + j * KERNEL_STRIDE * qr->cell,
           count * qr->cell);
  }
}

static Status qr_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Qr *qr = context;
  const Work *work = qr->work;
  double *packed = qr->packed + (qr->precise ? 0 : worker * packed_size(qr));
  long double *exact = qr->precise ? qr->exact + worker * packed_size(qr) : NULL;
  ObservationBlock block;
  const Status status = work_block(work, first, count, worker, &block, e);
  for (size_t at = 0; status == STATUS_OK && at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS;
    if (qr->precise) {
      pack_precise(qr, &block, at, rows, exact);
    } else {
      pack_piece(qr, &block, at, rows, packed);
    }
    if (qr->whole) {
      place(qr, qr->precise ? (void *)exact : (void *)packed, first + at, rows);
    } else if (qr->precise) {
      absorb_long(sum, work->p, exact, rows, KERNEL_STRIDE, false, work->task);
    } else {
      absorb_double(sum, work->p, packed, rows, KERNEL_STRIDE, false, work->task);
    }
    if (task_cancelled(work->task)) {
      return error_cancelled(e);
    }
  }
  return status;
}

/* The other triangle is taken apart: nobody needs it any more (reduce.h). */
static void qr_merge(void *context, void *sum, const void *other)
{
  const Qr *qr = context;
  const size_t p = qr->work->p;
  if (qr->precise) {
    absorb_long(sum, p, (long double *)other, p, p, true, qr->work->task);
  } else {
    absorb_double(sum, p, (double *)other, p, p, true, qr->work->task);
  }
}

static Status gather(Qr *qr, Error *e)
{
  Work *work = qr->work;
  const size_t cells = qr->m * (work->p + 1), scratch = packed_size(qr) * work->threads;
  const size_t bytes = (cells * (qr->whole ? 2 : work_sums(work) + 2) + scratch) * qr->cell;
  Status status = task_reserve(work->task, bytes, _("least squares"), e);
  if (status != STATUS_OK) {
    return status;
  }
  qr->matrix = mem_zero(cells, qr->cell);
  qr->packed = qr->precise ? NULL : mem_zero(scratch, sizeof *qr->packed);
  qr->exact = qr->precise ? mem_zero(scratch, sizeof *qr->exact) : NULL;
  if (!qr->matrix || (!qr->packed && !qr->exact)) {
    return error_memory(e, bytes, _("a triangle"));
  }
  const Reduce reduce = {
    .size = qr->whole ? 0 : cells * qr->cell, .block = qr_block, .merge = qr_merge, .context = qr};
  status = rows_reduce(work->task, work->rows->n, &reduce, qr->matrix, e);
  return status == STATUS_OK && task_cancelled(work->task) ? error_cancelled(e) : status; /* a merge cannot say it */
}

/* Coefficients and factor without the scales. */
static void take_scales_off(const Work *work, LeastSquares *fit)
{
  const size_t p = work->p;
  for (size_t i = 0; i < p; i++) {
    work->b[i] = work->b[i] * work->scale[i] / work->scale[p];
    for (size_t j = 0; j < p; j++) {
      fit->factor[i * p + j] *= work->scale[i] * work->root_scale;
    }
  }
}

static Status solve(Qr *qr, LeastSquares *fit, Error *e)
{
  Work *work = qr->work;
  Solution solution = {.dropped = fit->dropped, .coefficients = work->b, .factor = fit->factor};
  const size_t p = work->p, n = work->rows->n;
  Status status = qr->precise ? solve_long(qr->matrix, qr->m, p, n, work->task, &solution, e)
                              : solve_double(qr->matrix, qr->m, p, n, work->task, &solution, e);
  fit->rank = solution.rank;
  fit->condition = solution.condition;
  return status;
}

Status fit_qr(Work *work, bool precise, LeastSquares *fit, PassSums *sums, Error *e)
{
  const size_t n = work->rows->n, p = work->p;
  const double products = (double)n * (double)p * (double)(n < p ? n : p);
  Qr qr = {.work = work, .precise = precise && products <= PRECISE_MOST, .whole = n <= 2 * p};
  Status status;
  qr.cell = qr.precise ? sizeof(long double) : sizeof(double);
  qr.m = qr.whole ? n : p;
  fit->method = "qr";
  TRY(work_survey(work, e));
  TRY(gather(&qr, e));
  TRY(solve(&qr, fit, e));
  take_scales_off(work, fit);
  TRY(pass_residuals(work, true, sums, e));
  /* A step leaves about this share of an error. Long double has nothing to gain: its residuals are as exact as its
   * R. */
  if (!qr.precise && fit->condition * fit->condition * DBL_EPSILON < .01) {
    TRY(pass_refine(work, fit->factor, true, sums, e));
  }
done:
  mem_free(qr.matrix);
  mem_free(qr.packed);
  mem_free(qr.exact);
  return status;
}
