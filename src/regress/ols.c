/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a design to a fit, and from a fit to what is said of it. */
#include "regress/ols.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "core/text.h"
#include "math/distributions.h"
#include "regress/quartiles.h"

/* ---- the response */

/* Truth values are levels "FALSE" and "TRUE", of which a response may have one only. */
static bool is_truth(const Design *design)
{
  for (size_t i = 0; i < design_response_levels(design); i++) {
    const char *level = design_response_level(design, i);
    if (strcmp(level, "FALSE") != 0 && strcmp(level, "TRUE") != 0) {
      return false;
    }
  }
  return true;
}

Status ols_response_check(const Design *design, Error *e)
{
  if (is_truth(design)) {
    return STATUS_OK;
  }
  const char *name = design_response_name(design);
  error_set(e, STATUS_DATA, "ols-response",
            _("the response %1$s has levels ('%2$s' is one of %3$zu), and a line needs numbers"), name,
            design_response_level(design, 0), design_response_levels(design));
  return error_hint(e, _("a share is explained by a truth value: I(%1$s == '%2$s') ~ ..."), name,
                    design_response_level(design, design_response_levels(design) - 1));
}

/* What is added to a level's number: TRUE counts 1 also where it is the only level. */
static double response_shift(const Design *design)
{
  return design_response_levels(design) == 1 && strcmp(design_response_level(design, 0), "TRUE") == 0 ? 1 : 0;
}

void ols_response(const Design *design, size_t first, size_t count, double *out)
{
  const double shift = response_shift(design);
  design_response(design, first, count, out);
  for (size_t i = 0; shift != 0 && i < count; i++) {
    out[i] += shift;
  }
}

/* ---- weights */

static Status bad_weight(const char *name, size_t row, double weight, Error *e)
{
  char number[32];
  text_of_double(weight, number);
  error_set(e, STATUS_DATA, weight < 0 ? "negative-weight" : "not-finite",
            _("row %1$zu of column '%2$s' is %3$s, but weights are numbers of 0 or more"), row + 1, name, number);
  return error_hint(e, _("filter such rows, or give them the weight 0, which leaves them out"));
}

Status ols_weights(const Design *design, const Column *column, const char *name, const size_t *rows, Task *task,
                   double **out, Error *e)
{
  const size_t n = design_rows(design), *kept = design_kept(design);
  double *weights = mem_alloc(n, sizeof *weights);
  Status status = weights ? STATUS_OK : error_memory(e, n * sizeof *weights, _("weights"));
  *out = NULL;
  for (size_t first = 0; status == STATUS_OK && first < n; first += BLOCK_ROWS) {
    const size_t end = n - first < BLOCK_ROWS ? n : first + BLOCK_ROWS;
    if (task_cancelled(task)) {
      status = error_cancelled(e);
    }
    for (size_t i = first; status == STATUS_OK && i < end; i++) {
      const size_t row = kept ? kept[i] : i;
      weights[i] = column_float(column, row);
      if (!(weights[i] >= 0) || isinf(weights[i])) {
        status = bad_weight(name, rows ? rows[row] : row, weights[i], e);
      }
    }
  }
  if (status != STATUS_OK) {
    mem_free(weights);
    return status;
  }
  *out = weights;
  return STATUS_OK;
}

/* ---- rows for the solver */

typedef struct OlsRows {
  const Design *design;
  const double *weights;
  double shift;
} OlsRows;

/* The buffer has room for p columns, the response and one more, which the offsets pass through. */
static Status observe(const Observations *rows, size_t first, size_t count, ObservationBlock *out, Error *e)
{
  const OlsRows *r = rows->source;
  double *y = out->buffer + rows->p * count, *offset = y + count;
  (void)e;
  design_column_block(r->design, first, count, out->buffer, out->x);
  const double *response = design_response_block(r->design, first, count, y);
  out->y = response;
  out->weights = r->weights ? r->weights + first : NULL;
  if (r->shift != 0 || design_has_offset(r->design)) {
    design_offset(r->design, first, count, offset);
    for (size_t i = 0; i < count; i++) {
      y[i] = response[i] + r->shift - offset[i];
    }
    out->y = y;
  }
  return STATUS_OK;
}

/* ---- figures of the whole fit */

static size_t intercepts(const LeastSquares *fit, bool intercept)
{
  return intercept && fit->rank > 0;
}

/* A column of equal numbers has squares about its mean of rounding only. Without an intercept they must be 0. */
static bool is_constant(const LeastSquares *fit, bool intercept)
{
  const double least = 8 * DBL_EPSILON * fabs(fit->y_mean);
  return intercept ? fit->tss <= fit->weights * least * least : fit->tss_raw == 0;
}

/* Squares of tiny numbers are 0 too: a response that only looks constant is refused. */
static Status check_constant(const Design *design, const double *weights, const LeastSquares *fit, Error *e)
{
  enum { PIECE = 512 };
  const double least = 64 * DBL_EPSILON * fabs(fit->y_mean);
  double y[PIECE], offset[PIECE];
  for (size_t first = 0; first < fit->n; first += PIECE) {
    const size_t count = fit->n - first < PIECE ? fit->n - first : PIECE;
    ols_response(design, first, count, y);
    design_offset(design, first, count, offset);
    for (size_t i = 0; i < count; i++) {
      if ((!weights || weights[first + i] > 0) && fabs(y[i] - offset[i] - fit->y_mean) > least) {
        error_set(e, STATUS_DATA, "not-finite", _("the squares of the response are below 1e-308"));
        return error_hint(e, _("take the response in a smaller unit"));
      }
    }
  }
  return STATUS_OK;
}

/* Without the intercept the total is about 0. */
static void explain(const LeastSquares *fit, bool intercept, Ols *o)
{
  const double total = intercept ? fit->tss : fit->tss_raw, explained = fmax(total - o->deviance, 0);
  const double counted = o->df + o->df_residual; /* rows, less one with an intercept */
  o->r_squared = fit->rank == 0 ? 0 : explained / total;
  o->adj_r_squared = fit->rank == 0 ? 0 : 1 - (1 - o->r_squared) * (counted / o->df_residual);
  o->statistic = o->df > 0 ? explained / o->df / (o->deviance / o->df_residual) : (double)NAN;
  if (o->df_residual == 0) {
    o->adj_r_squared = o->statistic = (double)NAN;
  }
  o->p_value = o->statistic < INFINITY ? f_upper(o->statistic, o->df, o->df_residual)
               : o->statistic > 0      ? 0
                                       : (double)NAN;
}

static void likelihood(const LeastSquares *fit, Ols *o)
{
  const double n = (double)fit->used, parameters = (double)fit->rank + 1;
  o->log_lik = (double)NAN;
  if (o->df_residual > 0) {
    o->log_lik = 0.5 * (fit->log_weights - n * (log(2 * M_PI) + 1 - log(n) + log(o->deviance)));
  }
  o->aic = -2 * o->log_lik + 2 * parameters;
  o->bic = -2 * o->log_lik + log(n) * parameters;
}

/* R's rule for residuals that are nothing but rounding. */
static bool is_perfect(const LeastSquares *fit, const Ols *o)
{
  const double explained = fmax(fit->tss_raw - o->deviance, 0) / fit->weights;
  return o->df_residual > 0 && o->deviance / o->df_residual < explained * 1e-30;
}

static void summarise(const LeastSquares *fit, bool intercept, Ols *o)
{
  o->zero_weights = fit->n - fit->used;
  o->df = (double)(fit->rank - intercepts(fit, intercept));
  o->df_residual = (double)(fit->used - fit->rank);
  o->constant = is_constant(fit, intercept);
  o->deviance = o->constant ? 0 : fit->rss;
  o->sigma = o->df_residual > 0 ? sqrt(o->deviance / o->df_residual) : (double)NAN;
  explain(fit, intercept, o);
  if (o->constant) {
    o->r_squared = o->adj_r_squared = o->statistic = o->p_value = (double)NAN;
  }
  o->perfect = !o->constant && is_perfect(fit, o);
  likelihood(fit, o);
}

/* ---- figures of each coefficient */

static double tail(double t, double df)
{
  return isinf(t) ? 0 : student_two_sided(t, df);
}

static Status infer(double level, Ols *o, Error *e)
{
  const LeastSquares *fit = o->fit;
  const size_t p = fit->p;
  const double reach = o->df_residual > 0 ? student_quantile(0.5 + level / 2, o->df_residual) : (double)NAN;
  o->figures = mem_alloc(p, 5 * sizeof *o->figures);
  if (!o->figures) {
    return error_memory(e, p * 5 * sizeof *o->figures, _("coefficients"));
  }
  o->std_error = o->figures;
  o->statistics = o->figures + p;
  o->p_values = o->figures + 2 * p;
  o->low = o->figures + 3 * p;
  o->high = o->figures + 4 * p;
  for (size_t j = 0; j < p; j++) {
    const double b = fit->coefficients[j], error = fit->dropped[j] ? (double)NAN : o->sigma * fit->deviations[j];
    o->std_error[j] = error;
    o->statistics[j] = b / error; /* 0 / 0 of an exact 0 is missing */
    o->p_values[j] = tail(o->statistics[j], o->df_residual);
    o->low[j] = b - reach * error;
    o->high[j] = b + reach * error;
  }
  return STATUS_OK;
}

/* A constant response is the intercept and nothing else; without one it is 0. */
static void make_exact(LeastSquares *fit, double *residuals)
{
  for (size_t j = 0; j < fit->p; j++) {
    fit->coefficients[j] = fit->dropped[j] ? fit->coefficients[j] : j == 0 ? fit->y_mean : 0;
  }
  memset(residuals, 0, fit->n * sizeof *residuals);
}

/* ---- the residuals' quartiles */

/* Times the root of the weight; rows of weight 0 are left out. Gives how many remain. */
static size_t weigh(const double *weights, size_t n, double *residuals)
{
  size_t used = 0;
  for (size_t i = 0; weights && i < n; i++) {
    if (weights[i] > 0) {
      residuals[used++] = residuals[i] * sqrt(weights[i]);
    }
  }
  return weights ? used : n;
}

/* ---- the fit */

void ols_free(Ols *ols)
{
  least_squares_free(ols->fit);
  mem_free(ols->figures);
  *ols = (Ols){0};
}

Status ols_fit(const Design *design, const double *weights, double level, Task *task, Ols *out, Error *e)
{
  const OlsRows source = {.design = design, .weights = weights, .shift = response_shift(design)};
  const Observations rows = {.n = design_rows(design),
                             .p = design_columns(design),
                             .weighted = weights != NULL,
                             .intercept = design_intercept(design),
                             .block = observe,
                             .source = &source};
  double *residuals = NULL;
  Status status;
  *out = (Ols){0};
  TRY(ols_response_check(design, e));
  TRY(distributions_open(e));
  TRY(task_reserve(task, rows.n * sizeof *residuals, _("residuals"), e));
  residuals = mem_alloc(rows.n, sizeof *residuals);
  if (!residuals) {
    TRY(error_memory(e, rows.n * sizeof *residuals, _("residuals")));
  }
  task_phase(task, _("rows"));
  TRY(least_squares_fit(&rows, LEAST_SQUARES_AUTO, residuals, task, &out->fit, e));
  summarise(out->fit, rows.intercept, out);
  if (out->constant) {
    TRY(check_constant(design, weights, out->fit, e));
    make_exact(out->fit, residuals);
  }
  TRY(infer(level, out, e));
  TRY(quartiles(residuals, weigh(weights, rows.n, residuals), task, out->quartiles, e));
done:
  mem_free(residuals);
  return status;
}
