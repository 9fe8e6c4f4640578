/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_trend.h -- the line of least squares through a cloud of points. */
#ifndef ASSAY_CHART_CHART_TREND_H
#define ASSAY_CHART_CHART_TREND_H

#include "core/task.h"
#include "frame/column.h"

/* Which points count, and on which scale. */
typedef struct TrendScale {
  bool log;         /* the logarithm (base 10) is taken; what is not above 0 does not count */
  double low, high; /* limits; infinite: none */
  double unit;      /* values are divided by it first: 1, or a day in microseconds */
} TrendScale;

typedef struct Trend {
  size_t n;                /* points that count */
  double slope, intercept; /* of scaled values: y = intercept + slope * (x - origin); NaN: fewer than 2 different x */
  double origin;           /* 0, or a time's first day: scaled */
  double r2;               /* NaN when all y are equal */
  double x_low, x_high;    /* extent of the points that count, as they are */
} Trend;

/* Two passes with sums along a fixed tree (core/reduce.h): around the means, so that nothing cancels. O(rows). Errors:
 * memory, cancelled. */
Status chart_trend(const Column *x, const Column *y, const TrendScale *x_scale, const TrendScale *y_scale, Task *task,
                   Trend *out, Error *e) MUST_USE;

/* The height of the line at a place, as y is measured. */
double chart_trend_at(const Trend *trend, const TrendScale *x_scale, const TrendScale *y_scale, double x);

#endif
