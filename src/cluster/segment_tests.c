/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_tests.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "math/distributions.h"

Moments moments_join(Moments a, Moments b)
{
  if (!(a.n > 0) || !(b.n > 0)) {
    return a.n > 0 ? a : b;
  }
  const double n = a.n + b.n, delta = b.mean - a.mean;
  return (Moments){n, a.mean + delta * (b.n / n), a.m2 + b.m2 + delta * delta * (a.n * b.n / n)};
}

double welch_p(Moments a, Moments b)
{
  if (a.n < 2 || b.n < 2) {
    return NAN;
  }
  const double difference = a.mean - b.mean, u = a.m2 / (a.n - 1) / a.n, v = b.m2 / (b.n - 1) / b.n;
  if (!(u + v > 0)) {
    return difference == 0 ? 1 : 0;
  }
  const double x = u / (u + v), y = v / (u + v); /* so that squares neither overflow nor vanish */
  return student_two_sided(difference / sqrt(u + v), 1 / (x * x / (a.n - 1) + y * y / (b.n - 1)));
}

double levels_p(const double *inside, const double *outside, size_t levels)
{
  double n = 0, m = 0, sum = 0, used = 0;
  for (size_t i = 0; i < levels; i++) {
    n += inside[i];
    m += outside[i];
  }
  for (size_t i = 0; i < levels; i++) {
    const double all = inside[i] + outside[i];
    if (all > 0) {
      const double expected = all * (n / (n + m)), difference = inside[i] - expected;
      used++;
      sum += difference * difference * (1 / expected + 1 / (all - expected));
    }
  }
  return n > 0 && m > 0 && used > 1 ? chi_squared_upper(sum, used - 1) : NAN;
}

typedef struct Ranked {
  double p;
  size_t at;
} Ranked;

static int by_p(const void *a, const void *b)
{
  const Ranked *x = a, *y = b;
  return x->p < y->p ? -1 : x->p > y->p ? 1 : x->at < y->at ? -1 : x->at > y->at;
}

/* Holm steps down from the smallest, Benjamini and Hochberg up from the largest. */
static void adjust_ranked(const Ranked *ranked, size_t m, bool holm, double *p)
{
  double last = holm ? 0 : 1;
  for (size_t i = 0; i < m; i++) {
    const size_t rank = holm ? i : m - 1 - i;
    const double scaled = ranked[rank].p * (holm ? (double)(m - rank) : (double)m / (double)(rank + 1));
    last = holm ? fmin(1, fmax(last, scaled)) : fmin(last, scaled);
    p[ranked[rank].at] = last;
  }
}

Status adjust_p(double *p, size_t n, bool holm, Error *e)
{
  Ranked *ranked = mem_alloc(n, sizeof *ranked);
  size_t m = 0;
  if (!ranked) {
    return error_memory(e, n * sizeof *ranked, _("p values"));
  }
  for (size_t i = 0; i < n; i++) {
    if (!isnan(p[i])) {
      ranked[m++] = (Ranked){p[i], i};
    }
  }
  qsort(ranked, m, sizeof *ranked, by_p);
  adjust_ranked(ranked, m, holm, p);
  mem_free(ranked);
  return STATUS_OK;
}
