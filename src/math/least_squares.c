/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/least_squares.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/least_squares_kernels.h"
#include "math/least_squares_pass.h"

void least_squares_free(LeastSquares *fit)
{
  if (fit) {
    mem_free(fit->coefficients);
    mem_free(fit->dropped);
    mem_free(fit->factor);
    mem_free(fit->deviations);
    mem_free(fit);
  }
}

static LeastSquares *fit_new(size_t n, size_t p)
{
  LeastSquares *fit = mem_zero(1, sizeof *fit);
  if (!fit) {
    return NULL;
  }
  *fit = (LeastSquares){.n = n, .p = p, .method = "qr", .condition = 1};
  fit->coefficients = mem_zero(p, sizeof *fit->coefficients);
  fit->dropped = mem_zero(p, sizeof *fit->dropped);
  fit->factor = mem_zero(p * p, sizeof *fit->factor);
  fit->deviations = mem_zero(p, sizeof *fit->deviations);
  if (!fit->coefficients || !fit->dropped || !fit->factor || !fit->deviations) {
    least_squares_free(fit);
    return NULL;
  }
  return fit;
}

/* ---- Fitting */

/* The length of a vector whose squares may not fit. */
static double length_of(const double *v, size_t n)
{
  long double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += (long double)v[i] * v[i];
  }
  return (double)sqrtl(sum);
}

static Status take_results(const Work *work, const PassSums *sums, LeastSquares *fit, Error *e)
{
  const size_t p = work->p;
  for (size_t j = 0; j < p; j++) {
    fit->coefficients[j] = fit->dropped[j] ? (double)NAN : (double)work->b[j];
    fit->deviations[j] = length_of(fit->factor + j * p, p);
  }
  fit->used = sums->used;
  fit->rss = (double)sums->rss;
  fit->weights = (double)sums->weights;
  fit->log_weights = (double)sums->log_weights;
  fit->tss_raw = (double)sums->yy;
  if (sums->used == 0) {
    return error_set(e, STATUS_DATA, "no-rows", _("the weights of all %zu rows are 0"), fit->n);
  }
  const long double mean = sums->t / sums->weights, tss = sums->tt - sums->t * mean;
  fit->y_mean = (double)(work->y_near + mean);
  fit->tss = tss > 0 ? (double)tss : 0;
  if (!isfinite(fit->rss) || !isfinite(fit->tss_raw)) {
    error_set(e, STATUS_DATA, "not-finite", _("the sum of squares is beyond 1.8e308"));
    return error_hint(e, _("take the response in a larger unit"));
  }
  return STATUS_OK;
}

static Status fit_rows(Work *work, LeastSquaresMethod method, LeastSquares *fit, PassSums *sums, Error *e)
{
  const size_t n = fit->n, p = fit->p;
  const bool large = n >= BLOCK_ROWS && n / 16 >= p;
  bool done = false;
  Status status;
  task_progress(work->task, 0, 2 * n);
  TRY(work_sample(work, e));
  if (p > 0 && (method == LEAST_SQUARES_GRAM || (method == LEAST_SQUARES_AUTO && large))) {
    TRY(fit_gram(work, fit, sums, &done, e));
  }
  if (!done) {
    task_progress(work->task, 0, 3 * n);
    TRY(fit_qr(work, method != LEAST_SQUARES_QR_DOUBLE, fit, sums, e));
  }
  TRY(take_results(work, sums, fit, e));
done:
  return status;
}

Status least_squares_fit(const Observations *rows, LeastSquaresMethod method, double *residuals, Task *task,
                         LeastSquares **out, Error *e)
{
  const size_t p = rows->p;
  Work work = {0};
  PassSums *sums = NULL;
  LeastSquares *fit = NULL;
  Status status = STATUS_OK;
  *out = NULL;
  if (rows->n == 0) {
    TRY(error_set(e, STATUS_DATA, "no-rows", _("there is no row to fit to")));
  }
  TRY(work_open(&work, rows, p * p * sizeof(double), task, e));
  work.residuals = residuals;
  fit = fit_new(rows->n, p);
  sums = mem_buffer(1, pass_size(p));
  if (!fit || !sums) {
    TRY(error_memory(e, p * p * sizeof(double), _("least squares")));
  }
  TRY(fit_rows(&work, method, fit, sums, e));
  *out = fit;
  fit = NULL;
done:
  least_squares_free(fit);
  mem_free(sums);
  work_close(&work);
  return status;
}

Status least_squares_residuals(const Observations *rows, const LeastSquares *fit, Task *task, double *residuals,
                               Error *e)
{
  Work work = {0};
  PassSums *sums = NULL;
  Status status = STATUS_OK;
  if (rows->n == 0) {
    return STATUS_OK;
  }
  TRY(work_open(&work, rows, 0, task, e));
  sums = mem_buffer(1, pass_size(rows->p));
  if (!sums) {
    TRY(error_memory(e, pass_size(rows->p), _("least squares")));
  }
  for (size_t j = 0; j < rows->p; j++) {
    work.b[j] = fit->dropped[j] ? 0 : fit->coefficients[j];
  }
  work.residuals = residuals;
  task_progress(task, 0, rows->n);
  TRY(pass_residuals(&work, false, sums, e));
done:
  mem_free(sums);
  work_close(&work);
  return status;
}

/* ---- The inverse */

typedef struct Inverse {
  const double *factor;
  size_t p;
  double *out;
} Inverse;

static void inverse_row(void *context, size_t i, size_t worker)
{
  const Inverse *v = context;
  const size_t p = v->p;
  (void)worker;
  for (size_t j = 0; j <= i; j++) {
    v->out[i * p + j] = v->out[j * p + i] =
        least_squares_kernels()->dot(v->factor + i * p, v->factor + j * p, p);
  }
}

void least_squares_inverse(const double *factor, size_t p, double *out)
{
  Inverse v = {.factor = factor, .p = p, .out = out};
  pool_run(p < 200 ? 1 : pool_threads(), p, inverse_row, &v);
}

void least_squares_leverage(const double *factor, size_t p, const double *x, size_t count, double *scratch,
                            double *out)
{
  const LeastSquaresKernels *kernels = least_squares_kernels();
  for (size_t row = 0; row < count; row++) {
    memset(scratch, 0, p * sizeof *scratch);
    for (size_t j = 0; j < p; j++) {
      if (x[row * p + j] != 0) {
        kernels->add(x[row * p + j], factor + j * p, p, scratch);
      }
    }
    out[row] = kernels->dot(scratch, scratch, p);
  }
}
