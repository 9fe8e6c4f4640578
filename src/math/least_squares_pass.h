/* SPDX-License-Identifier: GPL-3.0-or-later */
/* least_squares_pass.h -- passes over the rows of a fit, and what the two methods share. For src/math only. */
#ifndef ASSAY_MATH_LEAST_SQUARES_PASS_H
#define ASSAY_MATH_LEAST_SQUARES_PASS_H

#include "math/least_squares.h"

/* A fit at work. Scratch is per thread: `buffer` for blocks of the callback, `spare` for what the methods want. */
typedef struct Work {
  const Observations *rows;
  Task *task;
  size_t threads, p;
  double *buffers;          /* threads x (p + 2) BLOCK_ROWS */
  const double **pointers;  /* threads x p */
  double *residuals;        /* of the caller, or NULL */
  double *shift, *scale;    /* p + 1, y last: a column is taken as (x - shift) * scale */
  double root_scale;        /* and a root of a weight is multiplied by this */
  double y_near;            /* about the mean of y */
  long double *b;           /* p: coefficients of the shifted, unscaled columns */
} Work;

/* What a pass with residuals sums up: shifted columns, r = y - y shift - (x - shift)'b, t = y - y_near. */
typedef struct PassSums {
  long double rss, t, tt, yy, weights, log_weights; /* w r^2, w t, w t^2, w y^2, w, log w */
  size_t used;
  long double cross[];      /* p: w r (x - shift) */
} PassSums;

/* Memory for the scratch and the arrays of p; asks task_reserve first, for `more` bytes beside. */
Status work_open(Work *work, const Observations *rows, size_t more, Task *task, Error *e) MUST_USE;
void work_close(Work *work);

/* How many accumulators of rows_reduce may live at a time. */
size_t work_sums(const Work *work);

/* Rows of a block, with progress. block->buffer and x are the worker's. */
Status work_block(const Work *work, size_t first, size_t count, size_t worker, ObservationBlock *block,
                  Error *e) MUST_USE;

/* Refuses weights that are negative or not finite. */
Status work_weights(const Work *work, const ObservationBlock *block, size_t first, size_t count, Error *e) MUST_USE;

/* Some thousand rows, evenly spread: shift becomes about the mean of each column (0 without an intercept), scale a
 * power of two that makes cells at most about 1, y_near the mean of y. */
Status work_sample(Work *work, Error *e) MUST_USE;

/* All rows: shift 0, scale from the largest cell, and a check that every number is finite. */
Status work_survey(Work *work, Error *e) MUST_USE;

/* One pass with the coefficients in work->b: the sums (`size` bytes, with p crosses), and residuals where they are
 * wanted. precise: in long double. */
size_t pass_size(size_t p);
Status pass_residuals(Work *work, bool precise, PassSums *sums, Error *e) MUST_USE;

/* Fits by the Gram matrix: fills coefficients, factor, condition, sums and rank of the fit. *done is false when the
 * condition is too high: nothing is filled then. */
Status fit_gram(Work *work, LeastSquares *fit, PassSums *sums, bool *done, Error *e) MUST_USE;
Status fit_qr(Work *work, bool precise, LeastSquares *fit, PassSums *sums, Error *e) MUST_USE; /* false: never */

/* Takes b += factor factor' cross, sums->rss with it; goes over the rows again for residuals when they would differ. */
Status pass_refine(Work *work, const double *factor, bool precise, PassSums *sums, Error *e) MUST_USE;

#endif
