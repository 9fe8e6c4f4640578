/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/chart_trend.h"

#include <math.h>

#include "core/reduce.h"

enum { CHUNK = 512 };

typedef struct TrendPass {
  const Column *x, *y;
  const TrendScale *x_scale, *y_scale;
  double x_mean, y_mean;
} TrendPass;

typedef struct TrendSums {
  double n, x, y, xx, xy, yy;
  double low, high;
} TrendSums;

static void sums_clear(void *context, void *sum)
{
  (void)context;
  *(TrendSums *)sum = (TrendSums){.low = INFINITY, .high = -INFINITY};
}

static void sums_merge(void *context, void *sum, const void *other)
{
  (void)context;
  TrendSums *a = sum;
  const TrendSums *b = other;
  a->n += b->n;
  a->x += b->x;
  a->y += b->y;
  a->xx += b->xx;
  a->xy += b->xy;
  a->yy += b->yy;
  a->low = fmin(a->low, b->low);
  a->high = fmax(a->high, b->high);
}

/* The value on the scale, NaN when it does not count. */
static inline double scaled(const TrendScale *scale, double value)
{
  if (!(value >= scale->low && value <= scale->high) || isinf(value) || (scale->log && value <= 0)) {
    return NAN;
  }
  return scale->log ? log10(value) : value / scale->unit;
}

static Status sums_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)worker;
  (void)e;
  const TrendPass *pass = context;
  TrendSums *sums = sum;
  double x[CHUNK], y[CHUNK];
  for (size_t done = 0; done < count; done += CHUNK) {
    const size_t rest = count - done, n = rest < CHUNK ? rest : CHUNK;
    column_block(pass->x, first + done, n, x, 1);
    column_block(pass->y, first + done, n, y, 1);
    for (size_t i = 0; i < n; i++) {
      const double across = scaled(pass->x_scale, x[i]) - pass->x_mean,
                   up = scaled(pass->y_scale, y[i]) - pass->y_mean;
      if (!isnan(across) && !isnan(up)) {
        sums->n++;
        sums->x += across;
        sums->y += up;
        sums->xx += across * across;
        sums->xy += across * up;
        sums->yy += up * up;
        sums->low = fmin(sums->low, x[i]);
        sums->high = fmax(sums->high, x[i]);
      }
    }
  }
  return STATUS_OK;
}

Status chart_trend(const Column *x, const Column *y, const TrendScale *x_scale, const TrendScale *y_scale, Task *task,
                   Trend *out, Error *e)
{
  TrendPass pass = {.x = x, .y = y, .x_scale = x_scale, .y_scale = y_scale};
  const Reduce reduce = {
      .size = sizeof(TrendSums), .init = sums_clear, .block = sums_block, .merge = sums_merge, .context = &pass};
  TrendSums sums;
  *out = (Trend){.slope = NAN, .intercept = NAN, .r2 = NAN};
  Status status = rows_reduce(task, column_rows(x), &reduce, &sums, e);
  if (status != STATUS_OK || sums.n == 0) {
    return status;
  }
  pass.x_mean = sums.x / sums.n;
  pass.y_mean = sums.y / sums.n;
  status = rows_reduce(task, column_rows(x), &reduce, &sums, e);
  if (status != STATUS_OK) {
    return status;
  }
  out->n = (size_t)sums.n;
  out->x_low = sums.low;
  out->x_high = sums.high;
  /* What the rounded means left over. */
  const double xx = sums.xx - sums.x * sums.x / sums.n, xy = sums.xy - sums.x * sums.y / sums.n;
  const double yy = sums.yy - sums.y * sums.y / sums.n;
  if (sums.low < sums.high && xx > 0) {
    out->origin = x_scale->unit > 1 ? floor(sums.low / x_scale->unit) : 0;
    out->slope = xy / xx;
    out->intercept = pass.y_mean + sums.y / sums.n - out->slope * (pass.x_mean + sums.x / sums.n - out->origin);
    out->r2 = yy > 0 ? fmin(1, xy / xx * (xy / yy)) : NAN;
  }
  return STATUS_OK;
}

double chart_trend_at(const Trend *trend, const TrendScale *x_scale, const TrendScale *y_scale, double x)
{
  const double across = x_scale->log ? log10(x) : x / x_scale->unit;
  const double up = trend->intercept + trend->slope * (across - trend->origin);
  return y_scale->log ? pow(10, up) : up * y_scale->unit;
}
