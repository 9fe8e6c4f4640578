/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ols.h -- linear regression with inference: coefficients, their errors, and how well they explain the response.
 *
 * The response of a design (expr/design.h) is explained by its columns, by least squares with or without weights
 * (math/least_squares.h). Figures are those of R's lm and summary.lm, also in what they make of weights, rows of
 * weight 0, offsets and models without intercept: df            columns that count, without the intercept;
 * df_residual: rows of weight above 0 less columns that count sigma         sqrt(deviance / df_residual), deviance
 * being the sum of weight * residual^2 r_squared     1 - deviance / total; total: squares about the weighted mean,
 * about 0 without an intercept statistic     F of all columns but the intercept against none; p_value its upper tail
 *   log_lik       of normal errors with variance 1 / weight, at its maximum; aic and bic count sigma as a parameter
 * What cannot be known is NaN: errors without residual degrees of freedom, r_squared of a constant response. A
 * response that is the same in every row is fitted exactly. The quartiles of the residuals (type 7) are of residual *
 * sqrt(weight).
 *
 * Cost: least_squares_fit's, and O(n) for the quartiles; 8 bytes a row, 16 with weights, and p^2 doubles a few times.
 *
 * Errors: STATUS_DATA "negative-weight", "not-finite", "missing-values", "no-rows", "ols-response"; those of
 * math/least_squares.h and of math/distributions.h; memory, limit, cancelled.
 *
 * Reference: R Core Team, R 4.2, stats::lm, summary.lm, logLik.lm; Chambers (1992), Linear models, in Chambers and
 * Hastie.
 */
#ifndef ASSAY_REGRESS_OLS_H
#define ASSAY_REGRESS_OLS_H

#include "core/options.h"
#include "expr/design.h"
#include "math/least_squares.h"
#include "regress/quartiles.h"

/* clang-format off */
#define OLS_OPTIONS(O) \
  O(formula, TEXT, OPTION_REQUIRED, 1, 0, "", "", "what is explained by what: \"spend ~ visits + factor(region)\"") \
  O(weights, COLUMN, OPTION_UNSET, 1, 0, "numeric", "", "column with the weight of each row, 0 or more") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "rows with missing cells: an error, or left out") \
  O(level, NUMBER, "0.95", 0.01, 0.999999, "", "", "of the confidence intervals")
/* clang-format on */
typedef struct OlsOptions {
  OLS_OPTIONS(OPTION_FIELD)
} OlsOptions;

typedef struct Ols {
  LeastSquares *fit;
  size_t zero_weights; /* rows that count for nothing */
  double df, df_residual;
  double deviance, sigma, r_squared, adj_r_squared;
  double statistic, p_value;
  double log_lik, aic, bic;
  bool constant;               /* the response is the same in every row */
  bool perfect;                /* the residuals are no more than rounding */
  double quartiles[QUARTILES]; /* min, q25, median, q75, max, of the residuals */
  double *figures;             /* of each coefficient, five arrays of p */
  double *std_error, *statistics, *p_values, *low, *high;
} Ols;

/* weights: one for each row of the design, finite and not negative, or NULL. ols_free also on failure. */
Status ols_fit(const Design *design, const double *weights, double level, Task *task, Ols *out, Error *e) MUST_USE;
void ols_free(Ols *ols);

/* The weights of a design's rows from a column of its frame without missing cells; mem_free. rows: for messages, where
 * the frame's rows come from, or NULL. */
Status ols_weights(const Design *design, const Column *column, const char *name, const size_t *rows, Task *task,
                   double **out, Error *e) MUST_USE;

/* The response as it is fitted: numbers, or truth values as 0 and 1. "ols-response" for levels of another kind. */
Status ols_response_check(const Design *design, Error *e) MUST_USE;
void ols_response(const Design *design, size_t first, size_t count, double *out);

/* What predictions need of a fit. */
typedef struct OlsEquation {
  size_t p;
  double *coefficients; /* p; 0 for a dropped column */
  double *root;         /* p x p: root root' = (X'WX)^-1 */
  double sigma, df_residual;
} OlsEquation;

typedef enum OlsInterval { OLS_NO_INTERVAL, OLS_CONFIDENCE, OLS_PREDICTION } OlsInterval;

/* Fitted values of a design's rows, offsets included, and half the width of the interval of this level: of the mean of
 * such rows, or of one further row of weight 1; NaN without residual degrees of freedom. half: NULL when no interval
 * is wanted. Each has a place per row. O(n p), with an interval O(n p^2). */
Status ols_predict(const OlsEquation *equation, const Design *design, OlsInterval interval, double level, Task *task,
                   double *fitted, double *half, Error *e) MUST_USE;

#endif
