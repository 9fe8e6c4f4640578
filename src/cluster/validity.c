/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/validity.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/distance.h"

typedef struct Pass {
  const Rows *rows;
  const int32_t *labels;
  size_t k, d;
  const double *centres;  /* (k + 1) x d, the last one of all rows; NULL in the first pass */
  double *scratch;        /* of rows->block, per worker */
} Pass;

/* ---- first pass: counts and sums about the first row of the data, so that a large offset costs no digits */

static Status fetch(const Pass *p, size_t first, size_t count, size_t worker, const double **values, Error *e)
{
  return p->rows->block(p->rows, first, count, p->scratch + worker * BLOCK_ROWS * p->d, values, e);
}

static Status sums_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *p = context;
  const size_t d = p->d;
  const double *values, *origin = p->centres;
  double *counts = sum, *sums = counts + p->k;
  const Status status = fetch(p, first, count, worker, &values, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i++) {
    const int32_t label = p->labels[first + i];
    if (label >= 0) {
      counts[label]++;
      for (size_t j = 0; j < d; j++) {
        sums[(size_t)label * d + j] += values[i * d + j] - origin[j];
      }
    }
  }
  return status;
}

static void add(void *context, void *sum, const void *other)
{
  const Pass *p = context;
  const size_t n = p->k * (1 + p->d);
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; i < n; i++) {
    a[i] += b[i];
  }
}

/* ---- second pass: squares and distances about the means; per cluster W, then per cluster the sum of distances, then T */

static Status squares_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *p = context;
  const size_t d = p->d, k = p->k;
  const double *values;
  double *within = sum, *distances = within + k, *total = distances + k;
  const Status status = fetch(p, first, count, worker, &values, e);
  for (size_t i = 0; status == STATUS_OK && i < count; i++) {
    const int32_t label = p->labels[first + i];
    if (label < 0) {
      continue;
    }
    const double *x = values + i * d, *centre = p->centres + (size_t)label * d, *all = p->centres + k * d;
    double square = 0, from_all = 0;
    for (size_t j = 0; j < d; j++) {
      square += (x[j] - centre[j]) * (x[j] - centre[j]);
      from_all += (x[j] - all[j]) * (x[j] - all[j]);
    }
    within[label] += square;
    distances[label] += sqrt(square);
    *total += from_all;
  }
  return status;
}

static void add_squares(void *context, void *sum, const void *other)
{
  const Pass *p = context;
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; i < 2 * p->k + 1; i++) {
    a[i] += b[i];
  }
}

/* Sums to means; the mean of all rows behind them. Gives the rows counted. */
static double make_means(const double *sums, const double *origin, size_t k, size_t d, double *centres)
{
  const double *counts = sums;
  double n = 0;
  for (size_t c = 0; c < k; c++) {
    n += counts[c];
  }
  for (size_t j = 0; j < d; j++) {
    double all = 0;
    for (size_t c = 0; c < k; c++) {
      all += sums[k + c * d + j];
      centres[c * d + j] = counts[c] > 0 ? origin[j] + sums[k + c * d + j] / counts[c] : NAN;
    }
    centres[k * d + j] = n > 0 ? origin[j] + all / n : NAN;
  }
  return n;
}

static double davies_bouldin(const double *counts, const double *distances, const double *centres, size_t k, size_t d)
{
  double sum = 0, used = 0;
  for (size_t a = 0; a < k; a++) {
    double worst = 0;
    for (size_t b = 0; counts[a] > 0 && b < k; b++) {
      if (a == b || !(counts[b] > 0)) {
        continue;
      }
      const double apart = distance_pair((Metric){.kind = METRIC_EUCLIDEAN}, centres + a * d, centres + b * d, d);
      const double spread = distances[a] / counts[a] + distances[b] / counts[b];
      const double ratio = apart > 0 ? spread / apart : spread > 0 ? INFINITY : 0;
      worst = ratio > worst ? ratio : worst;
    }
    sum += worst;
    used += counts[a] > 0;
  }
  return used > 1 ? sum / used : NAN;
}

static double bic(const double *counts, double n, double k, double w, size_t levels, size_t d)
{
  const double variance = w / (n * (double)d);
  double likelihood = -n * (double)d / 2 * (log(2 * 3.141592653589793 * variance) + 1);
  for (size_t c = 0; c < levels; c++) {
    likelihood += counts[c] > 0 ? counts[c] * log(counts[c] / n) : 0;
  }
  return w > 0 ? -2 * likelihood + (k - 1 + k * (double)d + 1) * log(n) : NAN;
}

static void settle(const Pass *p, const double *sums, const double *squares, Validity *out)
{
  const double *counts = sums, *distances = squares + p->k;
  double n = 0;
  for (size_t c = 0; c < p->k; c++) {
    n += counts[c];
    out->k += counts[c] > 0;
    out->withinss += squares[c];
  }
  const double k = (double)out->k, between = squares[2 * p->k] - out->withinss;
  out->n = (size_t)n;
  out->totss = squares[2 * p->k];
  out->calinski_harabasz = k > 1 && n > k && out->withinss > 0 ? between / (k - 1) / (out->withinss / (n - k)) : NAN;
  out->davies_bouldin = davies_bouldin(counts, distances, p->centres, p->k, p->d);
  out->bic = bic(counts, n, k, out->withinss, p->k, p->d);
}

/* The two passes; sums: k (1 + d), squares: 2 k + 1, centres: (k + 1) d. */
static Status passes(Task *task, Pass *p, double *sums, double *squares, double *centres, Error *e)
{
  const double *first;
  Reduce reduce = {.size = p->k * (1 + p->d) * sizeof(double), .block = sums_block, .merge = add, .context = p};
  double *origin = centres + p->k * p->d;
  Status status;
  TRY(p->rows->block(p->rows, 0, 1, p->scratch, &first, e));
  memcpy(origin, first, p->d * sizeof *origin);
  p->centres = origin;
  TRY(rows_reduce(task, p->rows->n, &reduce, sums, e));
  double *kept = p->scratch; /* the origin, while the means take its place */
  memcpy(kept, origin, p->d * sizeof *kept);
  (void)make_means(sums, kept, p->k, p->d, centres);
  p->centres = centres;
  reduce = (Reduce){.size = (2 * p->k + 1) * sizeof(double), .block = squares_block, .merge = add_squares, .context = p};
  TRY(rows_reduce(task, p->rows->n, &reduce, squares, e));
done:
  return status;
}

Status validity(Task *task, const Rows *rows, const int32_t *labels, size_t k, Validity *out, Error *e)
{
  const size_t d = rows->d;
  Pass pass = {.rows = rows, .labels = labels, .k = k, .d = d};
  double *sums = mem_alloc(k, (1 + d) * sizeof *sums), *squares = mem_alloc(2 * k + 1, sizeof *squares);
  double *centres = mem_alloc(k + 1, d * sizeof *centres);
  *out = (Validity){.calinski_harabasz = NAN, .davies_bouldin = NAN, .bic = NAN};
  pass.scratch = mem_buffer(task_threads(task) * BLOCK_ROWS * d, sizeof(double));
  Status status = sums && squares && centres && pass.scratch ? STATUS_OK : error_memory(e, 0, _("figures of clusters"));
  if (status == STATUS_OK && rows->n > 0) {
    status = passes(task, &pass, sums, squares, centres, e);
    if (status == STATUS_OK) {
      settle(&pass, sums, squares, out);
    }
  }
  mem_free(sums);
  mem_free(squares);
  mem_free(centres);
  mem_free(pass.scratch);
  return status;
}

double validity_dunn(const double *separation, const double *diameter, size_t k)
{
  double near = INFINITY, far = 0;
  for (size_t c = 0; c < k; c++) {
    near = fmin(near, separation[c]);
    far = fmax(far, diameter[c]);
  }
  return isfinite(near) && far > 0 ? near / far : NAN;
}
