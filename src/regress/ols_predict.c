/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fitted values and intervals of rows, a few rows at a time: what a row needs of the matrix is as good as free then.
 */
#include <math.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/distributions.h"
#include "regress/ols.h"

typedef struct Prediction {
  const OlsEquation *equation;
  const Design *design;
  Task *task;
  double reach;    /* quantile of t */
  double own;      /* 1 when the interval is of one row and not of a mean */
  size_t piece;    /* rows at a time */
  double *scratch; /* of each worker: piece rows by columns, the same by rows, p numbers, piece numbers */
  size_t scratch_size;
  const double **columns; /* of each worker: p */
  double *fitted, *half;
} Prediction;

static void fitted_piece(const Prediction *r, const double *const *x, size_t first, size_t count)
{
  double *fitted = r->fitted + first;
  design_offset(r->design, first, count, fitted);
  for (size_t j = 0; j < r->equation->p; j++) {
    const double b = r->equation->coefficients[j];
    for (size_t i = 0; i < count; i++) {
      fitted[i] += x[j][i] * b;
    }
  }
}

static void half_piece(const Prediction *r, const double *const *x, size_t first, size_t count, double *scratch)
{
  const OlsEquation *q = r->equation;
  double *rows = scratch, *numbers = rows + r->piece * q->p, *leverage = numbers + q->p;
  for (size_t j = 0; j < q->p; j++) {
    for (size_t i = 0; i < count; i++) {
      rows[i * q->p + j] = x[j][i];
    }
  }
  least_squares_leverage(q->root, q->p, rows, count, numbers, leverage);
  for (size_t i = 0; i < count; i++) {
    r->half[first + i] = r->reach * q->sigma * sqrt(r->own + leverage[i]);
  }
}

static Status predict_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Prediction *r = context;
  double *buffer = r->scratch + worker * r->scratch_size;
  const double **x = r->columns + worker * r->equation->p;
  (void)sum;
  for (size_t done = 0; done < count; done += r->piece) {
    const size_t rows = count - done < r->piece ? count - done : r->piece;
    if (task_cancelled(r->task)) {
      return error_cancelled(e);
    }
    design_column_block(r->design, first + done, rows, buffer, x);
    fitted_piece(r, x, first + done, rows);
    if (r->half) {
      half_piece(r, x, first + done, rows, buffer + r->piece * r->equation->p);
    }
  }
  return STATUS_OK;
}

/* Rows at a time: as much work as a poll may wait for, and no more than what stays in the cache. */
static size_t piece_of(size_t p)
{
  const double work = 4e6 / ((double)p * (double)p + 1);
  return work >= 64 ? 64 : work > 1 ? (size_t)work : 1;
}

Status ols_predict(const OlsEquation *equation, const Design *design, OlsInterval interval, double level, Task *task,
                   double *fitted, double *half, Error *e)
{
  Prediction r = {.equation = equation,
                  .design = design,
                  .task = task,
                  .own = interval == OLS_PREDICTION,
                  .piece = piece_of(equation->p),
                  .fitted = fitted,
                  .half = interval == OLS_NO_INTERVAL ? NULL : half};
  Status status;
  if (r.half) {
    TRY(distributions_open(e));
    r.reach = equation->df_residual > 0 ? student_quantile(0.5 + level / 2, equation->df_residual) : (double)NAN;
  }
  r.scratch_size = r.piece * (2 * equation->p + 1) + equation->p;
  r.scratch = mem_alloc(task_threads(task) * r.scratch_size, sizeof *r.scratch);
  r.columns = mem_alloc(task_threads(task) * equation->p, sizeof *r.columns);
  if (!r.scratch || !r.columns) {
    TRY(error_memory(e, task_threads(task) * r.scratch_size * sizeof *r.scratch, _("rows")));
  }
  TRY(rows_reduce(task, design_rows(design), &(Reduce){.block = predict_block, .context = &r}, NULL, e));
done:
  mem_free(r.scratch);
  mem_free(r.columns);
  return status;
}
