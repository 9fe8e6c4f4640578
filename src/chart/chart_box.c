/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/chart_box.h"

#include <math.h>

#include "shape/aggregate_kinds.h"

/* The k-th of n numbers in rising order, from 1. */
static Status place(double *values, size_t n, double k, const Task *task, double *out, Error *e)
{
  return select_quantile(values, n, (k - 0.5) / (double)n, 1, task, out, e);
}

/* The number at a place that may lie half way between two. */
static Status at(double *values, size_t n, double k, bool log, const Task *task, double *out, Error *e)
{
  double low, high;
  Status status;
  TRY(place(values, n, floor(k), task, &low, e));
  TRY(place(values, n, ceil(k), task, &high, e));
  *out = low == high ? low : log ? sqrt(low) * sqrt(high) : low / 2 + high / 2;
done:
  return status;
}

static void find_fences(BoxFigures *box, double reach, bool log)
{
  box->fence_low = -INFINITY;
  box->fence_high = INFINITY;
  if (reach > 0) {
    const double length = log ? pow(box->q75 / box->q25, reach) : reach * (box->q75 - box->q25);
    box->fence_low = log ? box->q25 / length : box->q25 - length;
    box->fence_high = log ? box->q75 * length : box->q75 + length;
  }
}

Status box_figures(double *values, size_t n, double reach, bool log, const Task *task, BoxFigures *out, Error *e)
{
  const double depth = floor(((double)n + 3) / 2) / 2, rows = (double)n;
  Status status;
  TRY(at(values, n, depth, log, task, &out->q25, e));
  TRY(at(values, n, (rows + 1) / 2, log, task, &out->median, e));
  TRY(at(values, n, rows + 1 - depth, log, task, &out->q75, e));
  find_fences(out, reach, log);
  out->low = INFINITY;
  out->high = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (values[i] >= out->fence_low && values[i] <= out->fence_high) {
      out->low = fmin(out->low, values[i]);
      out->high = fmax(out->high, values[i]);
    }
  }
done:
  return status;
}
