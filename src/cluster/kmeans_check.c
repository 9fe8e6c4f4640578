/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Column means and squares in one go: each block's are made about the block's own means while it is in cache,
 * and merged by the formula of Chan, Golub & LeVeque (1983), so that a large offset costs no digits. */
#include "cluster/kmeans_check.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

/* Accumulator: weight, then d numbers each of mean, squares, low, high. */
typedef struct Moments {
  double *weight, *mean, *squares, *low, *high;
} Moments;

static Moments moments(double *values, size_t d)
{
  return (Moments){values, values + 1, values + 1 + d, values + 1 + 2 * d, values + 1 + 3 * d};
}

Status kmeans_check_settings(const KmeansFit *fit, Error *e)
{
  const KmeansSettings *const settings = fit->settings;
  if (fit->d == 0) {
    return error_set(e, STATUS_DATA, "kmeans-no-variables", _("no variables to cluster by"));
  }
  if (fit->k < 1 || fit->k > INT32_MAX) {
    return error_set(e, STATUS_ARGUMENT, "kmeans-k", _("k = %zu, but it must be at least 1"), fit->k);
  }
  if (fit->k > fit->n) {
    error_set(e, STATUS_DATA, "kmeans-k-above-n", _("k = %1$zu, but there are only %2$zu rows"), fit->k,
              fit->n);
    error_hint(e, _("choose k up to %zu"), fit->n);
    return STATUS_DATA;
  }
  if (settings->starts < 1 || settings->max_iterations < 1 || !(settings->tolerance >= 0)) {
    return error_set(e, STATUS_ARGUMENT, "kmeans-settings",
                     _("starts and max_iter must be at least 1, tol at least 0"));
  }
  for (size_t i = 0; settings->init == KMEANS_CENTRES && i < fit->k * fit->d; i++) {
    if (!isfinite(settings->centres[i])) {
      return error_set(e, STATUS_ARGUMENT, "kmeans-centre-not-finite",
                       _("init: row %1$zu, column %2$zu of the centres is %3$g"), i / fit->d + 1,
                       i % fit->d + 1, settings->centres[i]);
    }
  }
  return STATUS_OK;
}

static bool all_finite(const double *values, size_t n)
{
  double zero = 0;
  for (size_t i = 0; i < n; i++) {
    zero += values[i] * 0;
  }
  return zero == 0;
}

Status kmeans_check_state(const KmeansFit *fit, Error *e)
{
  const KmeansState *const state = fit->state;
  const bool fits = state->k == fit->k && state->d == fit->d && state->starts == fit->settings->starts;
  const bool run = state->stage == KMEANS_STAGE_RUN, later = state->stage > KMEANS_STAGE_RUN;
  const bool sound = state->current && state->best && state->start_inertia && state->start <= state->starts &&
                     (!run || state->start < state->starts) && (!later || state->best_iterations > 0) &&
                     (state->start == 0 || state->best_iterations > 0) && state->stage <= KMEANS_STAGE_DONE;
  if (!fits) {
    return error_set(e, STATUS_STATE, "kmeans-state",
                     _("the interrupted fit had other clusters, variables or starts"));
  }
  if (!sound || !all_finite(state->current, fit->k * fit->d) || !all_finite(state->best, fit->k * fit->d)) {
    return error_set(e, STATUS_FORMAT, "kmeans-state", _("the state of the interrupted fit is damaged"));
  }
  return STATUS_OK;
}

typedef struct Check {
  KmeansFit *fit;
  size_t size; /* of an accumulator, in doubles */
} Check;

static Status not_finite(const double *x, size_t first, size_t count, size_t d, Error *e)
{
  for (size_t i = 0; i < count * d; i++) {
    if (!isfinite(x[i])) {
      error_set(e, STATUS_DATA, "not-finite", _("row %1$zu, variable %2$zu is %3$s"), first + i / d + 1,
                i % d + 1,
                isnan(x[i]) ? "NaN"
                : x[i] > 0  ? "Inf"
                            : "-Inf");
      error_hint(e, _("filter such rows out, or replace the values"));
      return STATUS_DATA;
    }
  }
  return STATUS_OK;
}

static Status check_weights(const KmeansFit *fit, size_t first, size_t count, double *weight, Error *e)
{
  *weight = (double)count;
  if (!fit->weights) {
    return STATUS_OK;
  }
  *weight = 0;
  for (size_t i = first; i < first + count; i++) {
    if (!(fit->weights[i] >= 0) || isinf(fit->weights[i])) {
      return error_set(e, STATUS_DATA, "bad-weight",
                       _("weights: row %1$zu has weight %2$g; weights are 0 or more"), i + 1,
                       fit->weights[i]);
    }
    *weight += fit->weights[i];
  }
  return STATUS_OK;
}

static void start_moments(void *context, void *sum)
{
  const Check *const check = context;
  double *const values = sum;
  for (size_t i = 0; i < check->size; i++) {
    values[i] = 0;
  }
}

static Status check_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Check *const check = context;
  KmeansFit *const fit = check->fit;
  const size_t d = fit->d;
  const Moments to = moments(sum, d);
  const double *x;
  Status status = fit->rows->block(fit->rows, first, count, fit->scratch[worker].rows, &x, e);
  if (status == STATUS_OK) {
    status = check_weights(fit, first, count, to.weight, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  double zero = 0;
  for (size_t c = 0; c < d; c++) {
    to.low[c] = to.high[c] = x[c];
  }
  for (size_t i = 0; i < count; i++) {
    const double weight = fit->weights ? fit->weights[first + i] : 1;
    for (size_t c = 0; c < d; c++) {
      const double v = x[i * d + c];
      zero += v * 0; /* NaN as soon as a value is not finite */
      to.mean[c] += weight * v;
      to.low[c] = v < to.low[c] ? v : to.low[c];
      to.high[c] = v > to.high[c] ? v : to.high[c];
    }
  }
  if (zero != 0) {
    return not_finite(x, first, count, d, e);
  }
  for (size_t c = 0; c < d; c++) {
    to.mean[c] = *to.weight > 0 ? to.mean[c] / *to.weight : x[c];
  }
  for (size_t i = 0; i < count; i++) {
    const double weight = fit->weights ? fit->weights[first + i] : 1;
    for (size_t c = 0; c < d; c++) {
      const double difference = x[i * d + c] - to.mean[c];
      to.squares[c] += weight * (difference * difference);
    }
  }
  return STATUS_OK;
}

static void merge_moments(void *context, void *sum, const void *other)
{
  const size_t d = ((const Check *)context)->fit->d;
  const Moments to = moments(sum, d);
  const Moments from = moments((double *)other, d);
  const double weight = *to.weight + *from.weight;
  for (size_t c = 0; c < d; c++) {
    if (weight > 0) {
      const double difference = from.mean[c] - to.mean[c];
      const double share = *from.weight / weight;
      to.mean[c] += difference * share;
      to.squares[c] += from.squares[c] + difference * difference * *to.weight * share;
    }
    to.low[c] = from.low[c] < to.low[c] ? from.low[c] : to.low[c];
    to.high[c] = from.high[c] > to.high[c] ? from.high[c] : to.high[c];
  }
  *to.weight = weight;
}

/* Sums of squared distances stay below the largest number: the diagonal of the box around rows and centres,
 * for all rows. */
static Status check_range(KmeansFit *fit, Moments all, Error *e)
{
  fit->reach = 0;
  double diagonal = 0, largest = 0;
  for (size_t c = 0; c < fit->d; c++) {
    for (size_t j = 0; fit->settings->init == KMEANS_CENTRES && j < fit->k; j++) {
      const double v = fit->settings->centres[j * fit->d + c];
      all.low[c] = v < all.low[c] ? v : all.low[c];
      all.high[c] = v > all.high[c] ? v : all.high[c];
    }
    fit->reach = fmax(fit->reach, fmax(all.high[c] - all.mean[c], all.mean[c] - all.low[c]));
    const double range = all.high[c] - all.low[c];
    diagonal += range * range;
    largest = fmax(largest, fmax(fabs(all.low[c]), fabs(all.high[c])));
  }
  const double weight = fmax(*all.weight, (double)fit->n);
  if (!(diagonal * 4 * weight < DBL_MAX) || !(largest * 4 * weight < DBL_MAX)) {
    error_set(e, STATUS_DATA, "values-too-large",
              _("the values are too large (up to %g): their squares overflow"), largest);
    error_hint(e, _("rescale the variables, as with scale = \"zscore\""));
    return STATUS_DATA;
  }
  return STATUS_OK;
}

/* The grids of the sums. */
static Status make_grid(KmeansFit *fit, Moments all, Error *e)
{
  double weight = fit->weights ? 0 : 1;
  for (size_t i = 0; fit->weights && i < fit->n; i++) {
    weight = fmax(weight, fit->weights[i]);
  }
  for (size_t c = 0; c < fit->d; c++) {
    fit->mean[c] = fmax(fabs(all.low[c]), fabs(all.high[c]));
  }
  kmeans_grid_free(&fit->grid);
  const Status status = kmeans_grid_new(fit->n, fit->k, fit->d, fit->mean, weight, &fit->grid, e);
  memcpy(fit->mean, all.mean, fit->d * sizeof(double));
  return status;
}

Status kmeans_check_data(KmeansFit *fit, Error *e)
{
  Check check = {fit, 1 + 4 * fit->d};
  double *const values = mem_alloc(check.size, sizeof(double));
  if (!values) {
    return error_memory(e, check.size * sizeof(double), _("k-means"));
  }
  const Reduce reduce = {.size = check.size * sizeof(double),
                         .init = start_moments,
                         .block = check_block,
                         .merge = merge_moments,
                         .context = &check};
  Status status = rows_reduce(fit->task, fit->n, &reduce, values, e);
  const Moments all = moments(values, fit->d);
  if (status == STATUS_OK) {
    status = make_grid(fit, all, e);
  }
  if (status == STATUS_OK) {
    status = check_range(fit, all, e);
  }
  if (status == STATUS_OK && !(*all.weight > 0)) {
    status = error_set(e, STATUS_DATA, "bad-weight", _("weights: all weights are 0"));
  }
  fit->totss = 0;
  for (size_t c = 0; status == STATUS_OK && c < fit->d; c++) {
    fit->totss += all.squares[c];
  }
  fit->total_weight = *all.weight;
  mem_free(values);
  return status;
}
