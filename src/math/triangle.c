/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/triangle.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/least_squares_kernels.h"

/* ---- Long double: plain loops; four sums at a time, since an addition waits for the one before it */

static const long double eps_long = LDBL_EPSILON;

static long double root_long(long double x) { return sqrtl(x); }
static long double shift_of_long(long double x, int exponent) { return ldexpl(x, exponent); }

static int exponent_of_long(long double x)
{
  int exponent;
  (void)frexpl(x, &exponent);
  return exponent;
}

static long double dot_long(const long double *a, const long double *b, size_t n)
{
  long double sum[4] = {0};
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (size_t k = 0; k < 4; k++) {
      sum[k] += a[i + k] * b[i + k];
    }
  }
  for (; i < n; i++) {
    sum[0] += a[i] * b[i];
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void add_long(long double factor, const long double *x, size_t n, long double *y)
{
  for (size_t i = 0; i < n; i++) {
    y[i] += factor * x[i];
  }
}

static void reflect_long(const long double *v, size_t m, long double beta, long double *top, size_t step,
                         long double *a, size_t stride, size_t columns)
{
  for (size_t j = 0; j < columns; j++) {
    const long double factor = -beta * (top[j * step] + dot_long(v, a + j * stride, m));
    top[j * step] += factor;
    add_long(factor, v, m, a + j * stride);
  }
}

static void reflect_all_long(const long double *v, size_t m, long double beta, long double *head, size_t stride,
                             size_t columns, const Task *task)
{
  (void)task;
  reflect_long(v, m, beta, head, stride, head + 1, stride, columns);
}

/* ---- Double: the kernels */

static const double eps_double = DBL_EPSILON;

static double root_double(double x) { return sqrt(x); }
static double shift_of_double(double x, int exponent) { return ldexp(x, exponent); }

static int exponent_of_double(double x)
{
  int exponent;
  (void)frexp(x, &exponent);
  return exponent;
}

static double dot_double(const double *a, const double *b, size_t n)
{
  return least_squares_kernels()->dot(a, b, n);
}

static void add_double(double factor, const double *x, size_t n, double *y)
{
  least_squares_kernels()->add(factor, x, n, y);
}

static void reflect_double(const double *v, size_t m, double beta, double *top, size_t step, double *a, size_t stride,
                           size_t columns)
{
  least_squares_kernels()->reflect(v, m, beta, top, step, a, stride, columns);
}

/* One reflection shared among threads, some columns each. */
typedef struct Shared {
  const double *v;
  size_t m, stride, columns, share;
  double beta, *head;
} Shared;

static void reflect_share(void *context, size_t item, size_t worker)
{
  (void)worker;
  const Shared *s = context;
  const size_t first = item * s->share, rest = s->columns - first;
  double *head = s->head + first * s->stride;
  reflect_double(s->v, s->m, s->beta, head, s->stride, head + 1, s->stride, rest < s->share ? rest : s->share);
}

static void reflect_all_double(const double *v, size_t m, double beta, double *head, size_t stride, size_t columns,
                               const Task *task)
{
  enum { WORTH_SHARING = 1 << 17 }; /* cells, a few times what waking the threads costs */
  Shared s = {.v = v, .m = m, .stride = stride, .columns = columns, .beta = beta, .head = head};
  const size_t threads = m * columns < WORTH_SHARING ? 1 : task_threads(task);
  s.share = (columns + threads - 1) / threads;
  if (threads == 1) {
    reflect_double(v, m, beta, head, stride, head + 1, stride, columns);
  } else {
    pool_run(threads, (columns + s.share - 1) / s.share, reflect_share, &s);
  }
}

/* ---- Both */

#define REAL double
#define NAME(verb) verb##_double
#include "math/triangle_reflect.h"
#include "math/triangle_pivot.h"
#include "math/triangle_solve.h"
#undef REAL
#undef NAME

#define REAL long double
#define NAME(verb) verb##_long
#include "math/triangle_reflect.h"
#include "math/triangle_pivot.h"
#include "math/triangle_solve.h"
