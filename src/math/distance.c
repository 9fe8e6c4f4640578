/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of b are turned into tiles of 32 rows by at most CHUNK columns on the stack; folds go on from chunk to chunk. */
#include "math/distance.h"

#include <math.h>
#include <string.h>

#include "math/distance_kernels.h"

enum { CHUNK = 32, GROUP = 16 }; /* columns of a tile; rows of a worked on together */

static const char *const names[] = {"euclidean", "sqeuclidean", "manhattan", "chebyshev", "cosine", "minkowski"};
enum { NAMES = sizeof names / sizeof *names };

bool metric_of_name(const char *name, Metric *out)
{
  for (int i = 0; i < NAMES; i++) {
    if (strcmp(name, names[i]) == 0) {
      *out = (Metric){(MetricKind)i, 2};
      return true;
    }
  }
  return false;
}

const char *metric_name(Metric metric)
{
  return names[metric.kind];
}

bool metric_is_metric(Metric metric)
{
  return metric.kind != METRIC_SQEUCLIDEAN && metric.kind != METRIC_COSINE;
}

double metric_rank(Metric metric, double distance)
{
  return metric.kind == METRIC_EUCLIDEAN   ? distance * distance
         : metric.kind == METRIC_MINKOWSKI ? pow(distance, metric.p)
                                           : distance;
}

double metric_unrank(Metric metric, double rank)
{
  return metric.kind == METRIC_EUCLIDEAN   ? sqrt(rank)
         : metric.kind == METRIC_MINKOWSKI ? pow(rank, 1 / metric.p)
                                           : rank;
}

/* ---- one pair: what the kernels do, for one row */

static double squares(const double *x, const double *y, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    sum += (x[c] - y[c]) * (x[c] - y[c]);
  }
  return sum;
}

static double absolute(const double *x, const double *y, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    sum += fabs(x[c] - y[c]);
  }
  return sum;
}

static double largest(const double *x, const double *y, size_t d)
{
  double most = 0;
  for (size_t c = 0; c < d; c++) {
    const double size = fabs(x[c] - y[c]);
    most = size > most ? size : most;
  }
  return most;
}

static double product(const double *x, const double *y, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    sum += x[c] * y[c];
  }
  return sum;
}

static double powers(const double *x, const double *y, size_t d, double p)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    sum += pow(fabs(x[c] - y[c]), p);
  }
  return sum;
}

/* sqrt(a * a) is a, so that equal rows are at 0; where the product leaves the range of doubles, roots are multiplied.
 */
static double cosine(double xy, double xx, double yy)
{
  if (xx == 0 || yy == 0) {
    return xx == yy ? 0 : 1;
  }
  const double both = xx * yy;
  const double length = both > 1e-290 && both < 1e300 ? sqrt(both) : sqrt(xx) * sqrt(yy);
  const double result = 1 - xy / length;
  return result < 0 ? 0 : result > 2 ? 2 : result;
}

double distance_pair_rank(Metric metric, const double *x, const double *y, size_t d)
{
  switch (metric.kind) {
  case METRIC_MANHATTAN: return absolute(x, y, d);
  case METRIC_CHEBYSHEV: return largest(x, y, d);
  case METRIC_COSINE: return cosine(product(x, y, d), product(x, x, d), product(y, y, d));
  case METRIC_MINKOWSKI: return powers(x, y, d, metric.p);
  case METRIC_EUCLIDEAN:
  case METRIC_SQEUCLIDEAN:
  default: return squares(x, y, d);
  }
}

double distance_pair(Metric metric, const double *x, const double *y, size_t d)
{
  return metric_unrank(metric, distance_pair_rank(metric, x, y, d));
}

/* ---- many */

static FoldKind fold_of(Metric metric)
{
  return metric.kind == METRIC_MANHATTAN   ? FOLD_ABSOLUTE
         : metric.kind == METRIC_CHEBYSHEV ? FOLD_MAXIMUM
         : metric.kind == METRIC_COSINE    ? FOLD_PRODUCTS
                                           : FOLD_SQUARES;
}

/* Up to GROUP rows of a against up to 32 of b. */
static void tile_block(FoldKind kind, const double *a, size_t a_count, const double *b, size_t b_count, size_t d,
                       double *out, size_t stride)
{
  const DistanceKernels *kernels = distance_kernels();
  double tile[CHUNK * DISTANCE_TILE], sums[GROUP * DISTANCE_TILE];
  for (size_t i = 0; i < a_count; i += GROUP) {
    const size_t rows = a_count - i < GROUP ? a_count - i : GROUP;
    for (size_t c = 0; c < d; c += CHUNK) {
      const size_t columns = d - c < CHUNK ? d - c : CHUNK;
      if (i == 0 || d > CHUNK) {
        kernels->tile(b + c, b_count, columns, d, tile);
      }
      kernels->fold[kind](tile, columns, a + i * d + c, d, rows, c > 0, sums, DISTANCE_TILE);
    }
    for (size_t r = 0; r < rows; r++) {
      memcpy(out + (i + r) * stride, sums + r * DISTANCE_TILE, b_count * sizeof *out);
    }
  }
}

static void cosines(const double *a, size_t a_count, const double *b, size_t b_count, size_t d, double *out,
                    size_t stride)
{
  double norms[DISTANCE_TILE];
  for (size_t j = 0; j < b_count; j++) {
    norms[j] = product(b + j * d, b + j * d, d);
  }
  for (size_t i = 0; i < a_count; i++) {
    const double norm = product(a + i * d, a + i * d, d);
    for (size_t j = 0; j < b_count; j++) {
      out[i * stride + j] = cosine(out[i * stride + j], norm, norms[j]);
    }
  }
}

static void minkowskis(double p, const double *a, size_t a_count, const double *b, size_t b_count, size_t d,
                       double *out, size_t stride)
{
  for (size_t i = 0; i < a_count; i++) {
    for (size_t j = 0; j < b_count; j++) {
      out[i * stride + j] = powers(a + i * d, b + j * d, d, p);
    }
  }
}

void distance_block_rank(Metric metric, const double *a, size_t a_count, const double *b, size_t b_count, size_t d,
                         double *out, size_t stride)
{
  if (metric.kind == METRIC_MINKOWSKI) {
    minkowskis(metric.p, a, a_count, b, b_count, d, out, stride);
    return;
  }
  for (size_t j = 0; j < b_count; j += DISTANCE_TILE) {
    const size_t count = b_count - j < DISTANCE_TILE ? b_count - j : DISTANCE_TILE;
    tile_block(fold_of(metric), a, a_count, b + j * d, count, d, out + j, stride);
    if (metric.kind == METRIC_COSINE) {
      cosines(a, a_count, b + j * d, count, d, out + j, stride);
    }
  }
}

void distance_block(Metric metric, const double *a, size_t a_count, const double *b, size_t b_count, size_t d,
                    double *out, size_t stride)
{
  distance_block_rank(metric, a, a_count, b, b_count, d, out, stride);
  if (metric.kind != METRIC_EUCLIDEAN && metric.kind != METRIC_MINKOWSKI) {
    return;
  }
  for (size_t i = 0; i < a_count; i++) {
    for (size_t j = 0; j < b_count; j++) {
      out[i * stride + j] = metric_unrank(metric, out[i * stride + j]);
    }
  }
}

void distance_row_rank(Metric metric, const double *x, const double *rows, size_t count, size_t d, double *out)
{
  distance_block_rank(metric, x, 1, rows, count, d, out, count);
}

void distance_row(Metric metric, const double *x, const double *rows, size_t count, size_t d, double *out)
{
  distance_block(metric, x, 1, rows, count, d, out, count);
}
