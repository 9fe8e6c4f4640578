/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sixteen lanes whatever the width of the vectors, so that every instruction set adds the same to the same. */
#include "cluster/silhouette_kernels.h"

#include <math.h>

#include "math/kernel_vector.h"

enum { LANES = 16, VECTORS = LANES / WIDTH };

typedef struct Lanes {
  double lane[LANES];
} Lanes;

INLINE Vector load(const double *p)
{
  return *(const Vector *)p;
}

INLINE void store(double *p, Vector v)
{
  *(Vector *)p = v;
}

/* Of a pair, y when neither is less: one instruction where the compiler sees it. */
INLINE Vector less_of(Vector x, Vector y)
{
  Vector out = x;
  for (int i = 0; i < WIDTH; i++) {
    out[i] = x[i] < y[i] ? x[i] : y[i];
  }
  return out;
}

INLINE Vector more_of(Vector x, Vector y)
{
  Vector out = x;
  for (int i = 0; i < WIDTH; i++) {
    out[i] = x[i] > y[i] ? x[i] : y[i];
  }
  return out;
}

static double add_up(Lanes *lanes)
{
  for (int step = LANES / 2; step > 0; step /= 2) {
    for (int i = 0; i < step; i++) {
      lanes->lane[i] += lanes->lane[i + step];
    }
  }
  return lanes->lane[0];
}

static void range(const double *numbers, size_t count, double *sum, double *least, double *most)
{
  Vector sums[VECTORS], low[VECTORS], high[VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    sums[v] = (Vector){0};
    low[v] = sums[v] + (double)INFINITY;
    high[v] = sums[v] - (double)INFINITY;
  }
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    for (int v = 0; v < VECTORS; v++) {
      const Vector x = load(numbers + j + (size_t)v * WIDTH);
      sums[v] += x;
      low[v] = less_of(x, low[v]);
      high[v] = more_of(x, high[v]);
    }
  }
  Lanes lanes = {{0}}, lows = {{0}}, highs = {{0}};
  for (int v = 0; v < VECTORS; v++) {
    store(lanes.lane + v * WIDTH, sums[v]);
    store(lows.lane + v * WIDTH, low[v]);
    store(highs.lane + v * WIDTH, high[v]);
  }
  double lowest = (double)INFINITY, highest = -(double)INFINITY;
  for (int i = 0; i < LANES; i++) {
    lowest = lows.lane[i] < lowest ? lows.lane[i] : lowest;
    highest = highs.lane[i] > highest ? highs.lane[i] : highest;
  }
  for (int i = 0; j < count; i++, j++) {
    lanes.lane[i] += numbers[j];
    lowest = numbers[j] < lowest ? numbers[j] : lowest;
    highest = numbers[j] > highest ? numbers[j] : highest;
  }
  *sum = add_up(&lanes);
  *least = lowest;
  *most = highest;
}

static void roots(double *numbers, size_t count)
{
  for (size_t j = 0; j < count; j++) {
    numbers[j] = sqrt(numbers[j]);
  }
}

INLINE double lesser_of(const double *numbers, const double *others, const double *weights, size_t count,
                        int weighted)
{
  Vector sums[VECTORS];
  for (int v = 0; v < VECTORS; v++) {
    sums[v] = (Vector){0};
  }
  size_t j = 0;
  for (; j + LANES <= count; j += LANES) {
    for (int v = 0; v < VECTORS; v++) {
      const size_t at = j + (size_t)v * WIDTH;
      const Vector less = less_of(load(numbers + at), load(others + at));
      if (weighted) {
        sums[v] += load(weights + at) * less;
      } else {
        sums[v] += less;
      }
    }
  }
  Lanes lanes;
  for (int v = 0; v < VECTORS; v++) {
    store(lanes.lane + v * WIDTH, sums[v]);
  }
  for (int i = 0; j < count; i++, j++) {
    const double less = numbers[j] < others[j] ? numbers[j] : others[j];
    lanes.lane[i] += weighted ? weights[j] * less : less;
  }
  return add_up(&lanes);
}

static double lesser(const double *numbers, const double *others, const double *weights, size_t count)
{
  return weights ? lesser_of(numbers, others, weights, count, 1) : lesser_of(numbers, others, numbers, count, 0);
}

extern const SilhouetteKernels KERNEL_NAME(silhouette_kernels_);
const SilhouetteKernels KERNEL_NAME(silhouette_kernels_) = {.range = range, .roots = roots, .lesser = lesser};
