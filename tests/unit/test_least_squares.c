/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_least_squares.c -- fits against NIST's certified sets and against exact arithmetic, and against
 * themselves: other methods, threads, instruction sets, weights, orders and units of columns, memory that runs
 * out, and bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/reduce.h"
#include "math/least_squares.h"
#include "nist_sets.h"
#include "sweep.h"

static const LeastSquaresMethod methods[] = {LEAST_SQUARES_AUTO, LEAST_SQUARES_GRAM, LEAST_SQUARES_QR,
                                             LEAST_SQUARES_QR_DOUBLE};
enum { METHODS = 4 };

/* ---- Data: p columns of n, then y, then weights */

typedef struct Data {
  size_t n, p;
  double *x, *y, *w;
  bool weighted, intercept;
  size_t fail_at, cancel_at; /* rows at which the callback fails, or the task is cancelled; 0: never */
  Task *task;
} Data;

static Data data_new(size_t n, size_t p, bool intercept)
{
  Data d = {.n = n, .p = p, .intercept = intercept};
  d.x = calloc(n * (p + 2) + 1, sizeof *d.x);
  d.y = d.x + n * p;
  d.w = d.y + n;
  for (size_t i = 0; i < n; i++) {
    d.w[i] = 1;
    if (intercept) {
      d.x[i] = 1;
    }
  }
  return d;
}

static void data_free(Data *d)
{
  free(d->x);
}

/* Every other column, and y, goes through the buffer. */
static Status give_block(const Observations *rows, size_t first, size_t count, ObservationBlock *out, Error *e)
{
  const Data *d = rows->source;
  if (d->cancel_at > 0 && first + count > d->cancel_at) {
    task_cancel(d->task);
  }
  if (d->fail_at > 0 && first + count > d->fail_at) {
    return error_set(e, STATUS_DATA, "not-finite", "row %zu", d->fail_at);
  }
  for (size_t j = 0; j < d->p; j++) {
    out->x[j] = d->x + j * d->n + first;
    if (j % 2 == 1) {
      out->x[j] = memcpy(out->buffer + j * count, out->x[j], count * sizeof *out->buffer);
    }
  }
  out->y = memcpy(out->buffer + d->p * count, d->y + first, count * sizeof *out->buffer);
  out->weights = d->weighted ? d->w + first : NULL;
  return STATUS_OK;
}

static Observations rows_of(const Data *d)
{
  return (Observations){.n = d->n,
                        .p = d->p,
                        .weighted = d->weighted,
                        .intercept = d->intercept,
                        .block = give_block,
                        .source = d};
}

static Task task;

static LeastSquares *fit(const Data *d, LeastSquaresMethod method, double *residuals)
{
  const Observations rows = rows_of(d);
  LeastSquares *out;
  Error e;
  error_clear(&e);
  if (least_squares_fit(&rows, method, residuals, &task, &out, &e) != STATUS_OK) {
    fail_msg("%s (%s)", e.what, e.id);
  }
  return out;
}

static void refuse(const Data *d, LeastSquaresMethod method, Status status, const char *id)
{
  const Observations rows = rows_of(d);
  LeastSquares *out;
  Error e;
  error_clear(&e);
  assert_int_equal(least_squares_fit(&rows, method, NULL, &task, &out, &e), status);
  assert_string_equal(e.id, id);
  assert_null(out);
}

static double apart(double got, double want)
{
  return fabs(got - want) / (want != 0 ? fabs(want) : 1);
}

static void near(double got, double want, double relative)
{
  if (!(apart(got, want) <= relative)) {
    fail_msg("%.17g instead of %.17g", got, want);
  }
}

/* ---- NIST's sets */

static void fill_wampler(Data *d, const NistSet *set)
{
  const int number = set->name[7] - '0';
  const double noise = number < 3 ? 0 : number == 3 ? 1 : number == 4 ? 100 : 10000;
  for (size_t i = 0; i < d->n; i++) {
    double sum = 0;
    for (size_t k = 0; k < 6; k++) {
      sum += pow((double)i, (double)k) * (number == 2 ? pow(10, 5 - (double)k) : 1);
    }
    d->y[i] = number == 2 ? sum / 1e5 : sum + noise * nist_wampler[i];
  }
}

static Data nist_data(const NistSet *set, size_t copies)
{
  const bool intercept = set->degree > 0 || strcmp(set->name, "Longley") == 0;
  Data d = data_new(set->n * copies, set->p, intercept), one = data_new(set->n, 1, false);
  if (set->y) {
    memcpy(one.y, set->y, set->n * sizeof *set->y);
  } else {
    fill_wampler(&one, set);
  }
  for (size_t i = 0; i < d.n; i++) {
    const size_t row = i % set->n, own = set->p - intercept;
    d.y[i] = one.y[row];
    for (size_t j = intercept; j < set->p; j++) {
      const double x = set->x ? set->x[row] : (double)row;
      d.x[j * d.n + i] = set->degree > 0 ? (double)powl(x, (long double)j) : set->x[row * own + j - intercept];
    }
  }
  data_free(&one);
  return d;
}

/* The worst relative errors of a fit. */
static void nist_errors(const NistSet *set, size_t copies, LeastSquaresMethod method, double errors[3])
{
  Data d = nist_data(set, copies);
  LeastSquares *f = fit(&d, method, NULL);
  const double df = (double)(set->n - set->p), sigma = sqrt(f->rss / (double)copies / df);
  memset(errors, 0, 3 * sizeof *errors);
  assert_int_equal(f->rank, set->p);
  for (size_t j = 0; j < set->p; j++) {
    const double deviation = f->deviations[j] * sigma * sqrt((double)copies);
    errors[0] = fmax(errors[0], apart(f->coefficients[j], set->estimates[j]));
    errors[1] = fmax(errors[1], apart(deviation, set->deviations[j]));
  }
  errors[2] = apart(f->rss, set->rss * (double)copies);
  least_squares_free(f);
  data_free(&d);
}

/* Estimates, deviations, rss. Filip's powers rounded to doubles are no longer Filip's: exact arithmetic on them is
 * 2.2e-8 off. Wampler2's y is no double either. In long double that is all there is. */
static void certified_sets(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    double most[3], most_double[3];
  } limits[] = {
    {"Norris", {1e-13, 1e-13, 1e-13}, {1e-12, 1e-13, 1e-13}},
    {"Pontius", {1e-13, 1e-13, 1e-12}, {1e-11, 1e-12, 1e-12}},
    {"NoInt1", {1e-14, 1e-14, 1e-13}, {1e-14, 1e-14, 1e-13}},
    {"NoInt2", {1e-14, 1e-14, 1e-13}, {1e-14, 1e-14, 1e-13}},
    {"Filip", {3e-8, 3e-8, 1e-9}, {1e-6, 1e-6, 1e-9}},
    {"Longley", {1e-14, 1e-14, 1e-14}, {1e-10, 1e-12, 1e-12}},
    {"Wampler1", {5e-12, 5e-12, 1e-20}, {1e-11, 1e-11, 1e-20}},
    {"Wampler2", {1e-12, 1e-13, 1e-25}, {1e-12, 1e-13, 1e-25}},
    {"Wampler3", {1e-12, 1e-14, 1e-14}, {1e-11, 1e-12, 1e-14}},
    {"Wampler4", {5e-12, 1e-14, 1e-14}, {1e-10, 1e-12, 1e-14}},
    {"Wampler5", {5e-10, 1e-14, 1e-14}, {1e-8, 1e-12, 1e-14}},
  };
  for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
    const NistSet *set = &nist_sets[k];
    assert_string_equal(set->name, limits[k].name);
    for (size_t m = 0; m < 4; m++) {
      /* as it is; through blocks of rows; in double both ways */
      double errors[3];
      const double *most = m < 2 ? limits[k].most : limits[k].most_double;
      nist_errors(set, m % 2 ? 6000 / set->n + 1 : 1, m < 2 ? LEAST_SQUARES_QR : LEAST_SQUARES_QR_DOUBLE, errors);
      for (size_t i = 0; i < 3; i++) {
        if (!(errors[i] <= most[i])) {
          fail_msg("%s: error %zu of way %zu is %g, not below %g", set->name, i, m, errors[i], most[i]);
        }
      }
    }
  }
}

/* ---- Made data */

/* Columns of moderate correlation, coefficients 1, -.5, .25 ..., noise of deviation `noise`, weights 0 to 3. */
static Data made(size_t n, size_t p, double noise, uint64_t seed)
{
  Data d = data_new(n, p, true);
  Random random = random_new(seed, 0);
  for (size_t i = 0; i < n; i++) {
    double b = 1;
    for (size_t j = 0; j < p; j++, b *= -.5) {
      if (j > 0) {
        d.x[j * n + i] = random_uniform(&random) * 2 - 1 + (j > 1 ? .5 * d.x[(j - 1) * n + i] : 3);
      }
      d.y[i] += b * d.x[j * n + i];
    }
    d.y[i] += noise * (random_uniform(&random) - .5);
    d.w[i] = floor(random_uniform(&random) * 4);
  }
  return d;
}

static void same_fit(const LeastSquares *a, const LeastSquares *b, double relative)
{
  assert_int_equal(a->rank, b->rank);
  assert_int_equal(a->used, b->used);
  for (size_t j = 0; j < a->p; j++) {
    assert_int_equal(a->dropped[j], b->dropped[j]);
    if (!a->dropped[j]) {
      near(a->coefficients[j], b->coefficients[j], relative);
      near(a->deviations[j], b->deviations[j], relative);
    }
  }
  near(a->rss, b->rss, relative);
  near(a->tss, b->tss, relative);
  near(a->tss_raw, b->tss_raw, relative);
  near(a->y_mean, b->y_mean, relative);
  near(a->weights, b->weights, relative);
  near(a->condition, b->condition, 1);
}

static void methods_agree(void **state)
{
  (void)state;
  for (int weighted = 0; weighted < 2; weighted++) {
    Data d = made(9000, 7, 2, 5);
    d.weighted = weighted;
    LeastSquares *want = fit(&d, LEAST_SQUARES_QR, NULL);
    assert_string_equal(want->method, "qr");
    for (size_t m = 0; m < METHODS; m++) {
      LeastSquares *f = fit(&d, methods[m], NULL);
      assert_string_equal(f->method, methods[m] <= LEAST_SQUARES_GRAM ? "gram" : "qr");
      same_fit(f, want, 1e-12);
      least_squares_free(f);
    }
    least_squares_free(want);
    data_free(&d);
  }
}

/* The small sets, solved as fractions: X'WX b = X'Wy for x = 1, i, i^2 mod 7; y = i^2 mod 11; w = i mod 3 / 2 + 1/4. */
static void exact_fractions(void **state)
{
  (void)state;
  static const double b[] = {2515249. / 499439, -50270. / 499439, -180068. / 499439};
  static const double covariance[][3] = {{428154. / 499439, -34274. / 499439, -78976. / 499439},
                                         {-34274. / 499439, 4918. / 499439, 2356. / 499439},
                                         {-78976. / 499439, 2356. / 499439, 30376. / 499439}};
  const double rss = 37111037. / 499439, tss = 77, mean = 11. / 3;
  Data d = data_new(12, 3, true);
  d.weighted = true;
  for (size_t i = 0; i < 12; i++) {
    d.x[12 + i] = (double)i;
    d.x[24 + i] = (double)(i * i % 7);
    d.y[i] = (double)(i * i % 11);
    d.w[i] = (double)(i % 3) / 2 + .25;
  }
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *f = fit(&d, methods[m], NULL);
    double inverse[9];
    least_squares_inverse(f->factor, 3, inverse);
    for (size_t j = 0; j < 3; j++) {
      near(f->coefficients[j], b[j], 1e-13);
      near(f->deviations[j] * f->deviations[j], inverse[j * 3 + j], 1e-14);
      for (size_t k = 0; k < 3; k++) {
        near(inverse[j * 3 + k], covariance[j][k], 1e-13);
      }
    }
    near(f->rss, rss, 1e-13);
    near(f->tss, tss, 1e-13);
    near(f->y_mean, mean, 1e-14);
    near(f->log_weights, 4 * (log(.25) + log(.75) + log(1.25)), 1e-14);
    assert_true(f->used == 12 && f->weights == 9 && f->n == 12 && f->p == 3);
    least_squares_free(f);
  }
  data_free(&d);
}

/* A row of weight 3 is as good as three rows; one of weight 0 is not there. */
static void weights_are_repeated_rows(void **state)
{
  (void)state;
  Data d = made(5000, 6, 3, 9);
  size_t n = 0;
  for (size_t i = 0; i < d.n; i++) {
    n += (size_t)d.w[i];
  }
  Data long_one = data_new(n, d.p, true);
  for (size_t i = 0, k = 0; i < d.n; i++) {
    for (size_t c = 0; c < (size_t)d.w[i]; c++, k++) {
      for (size_t j = 0; j < d.p; j++) {
        long_one.x[j * n + k] = d.x[j * d.n + i];
      }
      long_one.y[k] = d.y[i];
    }
  }
  d.weighted = true;
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *a = fit(&d, methods[m], NULL), *b = fit(&long_one, methods[m], NULL);
    assert_true(a->used < d.n && b->used == n && a->weights == (double)n);
    b->used = a->used; /* rows are not what weights are */
    same_fit(a, b, 1e-12);
    least_squares_free(a);
    least_squares_free(b);
  }
  data_free(&d);
  data_free(&long_one);
}

static void columns_in_another_order(void **state)
{
  (void)state;
  static const size_t order[] = {4, 2, 0, 5, 1, 3};
  Data d = made(5000, 6, 3, 2), other = data_new(5000, 6, false);
  for (size_t j = 0; j < 6; j++) {
    memcpy(other.x + order[j] * 5000, d.x + j * 5000, 5000 * sizeof *d.x);
  }
  memcpy(other.y, d.y, 5000 * sizeof *d.y);
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *a = fit(&d, methods[m], NULL), *b = fit(&other, methods[m], NULL);
    for (size_t j = 0; j < 6; j++) {
      near(b->coefficients[order[j]], a->coefficients[j], 1e-12);
      near(b->deviations[order[j]], a->deviations[j], 1e-12);
    }
    near(b->rss, a->rss, 1e-13);
    least_squares_free(a);
    least_squares_free(b);
  }
  data_free(&d);
  data_free(&other);
}

/* Units change nothing but the unit of the result, from 1e-150 to 1e150. */
static void units_of_columns(void **state)
{
  (void)state;
  static const double unit[] = {1, 1e150, 1e-150, 1e-40, 3, 1e99};
  for (int large = 0; large < 2; large++) {
    const size_t n = large ? 5000 : 40;
    Data d = made(n, 6, 3, 2), other = made(n, 6, 3, 2);
    for (size_t j = 0; j < 6; j++) {
      for (size_t i = 0; i < n; i++) {
        other.x[j * n + i] *= unit[j];
      }
    }
    for (size_t i = 0; i < n; i++) {
      other.y[i] *= 1e-100;
    }
    for (size_t m = 0; m < METHODS; m++) {
      LeastSquares *a = fit(&d, methods[m], NULL), *b = fit(&other, methods[m], NULL);
      assert_string_equal(a->method, b->method);
      for (size_t j = 0; j < 6; j++) {
        near(b->coefficients[j] * unit[j] * 1e100, a->coefficients[j], 1e-12);
        near(b->deviations[j] * unit[j], a->deviations[j], 1e-12);
      }
      near(b->rss * 1e200, a->rss, 1e-12);
      least_squares_free(a);
      least_squares_free(b);
    }
    data_free(&d);
    data_free(&other);
  }
}

/* Means far from 0: the Gram matrix is of shifted columns and does not mind. */
static void means_far_from_zero(void **state)
{
  (void)state;
  Data d = made(6000, 5, 2, 8);
  for (size_t i = 0; i < d.n; i++) {
    d.x[d.n + i] = round(d.x[d.n + i] * 1e3) + 1e9;
    d.x[3 * d.n + i] = round(d.x[3 * d.n + i] * 1e3) - 1e8;
    d.y[i] += 1e6;
  }
  LeastSquares *a = fit(&d, LEAST_SQUARES_AUTO, NULL), *b = fit(&d, LEAST_SQUARES_QR, NULL);
  assert_string_equal(a->method, "gram");
  for (size_t j = 0; j < 5; j++) {
    near(a->coefficients[j], b->coefficients[j], 1e-10);
    near(a->deviations[j], b->deviations[j], 1e-10);
  }
  near(a->rss, b->rss, 1e-11);
  near(a->tss, b->tss, 1e-12);
  near(a->y_mean, b->y_mean, 1e-15);
  least_squares_free(a);
  least_squares_free(b);
  data_free(&d);
}

static void an_exact_fit(void **state)
{
  (void)state;
  Data d = made(5000, 6, 0, 3);
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *f = fit(&d, methods[m], NULL);
    double b = 1;
    for (size_t j = 0; j < 6; j++, b *= -.5) {
      near(f->coefficients[j], b, 1e-14);
    }
    assert_true(f->rss >= 0 && f->rss < 1e-26);
    least_squares_free(f);
  }
  data_free(&d);
}

/* ---- Rank */

/* Columns that depend on earlier ones go, the rest is as without them. */
static void dependent_columns(void **state)
{
  (void)state;
  for (int large = 0; large < 2; large++) {
    const size_t n = large ? 5000 : 60;
    Data all = data_new(n, 8, true), few = made(n, 5, 2, 4);
    for (size_t i = 0; i < n; i++) {
      const double x1 = few.x[n + i], x2 = few.x[2 * n + i], x3 = few.x[3 * n + i];
      const double cells[] = {1, x1, 7, x2, x1, x3, x1 - 2 * x2 + 1e6, few.x[4 * n + i]}; /* 2, 4 and 6 depend */
      for (size_t j = 0; j < 8; j++) {
        all.x[j * n + i] = cells[j];
      }
      all.y[i] = few.y[i];
    }
    for (size_t m = 0; m < METHODS; m++) {
      LeastSquares *a = fit(&all, methods[m], NULL), *b = fit(&few, methods[m], NULL);
      static const bool dropped[] = {0, 0, 1, 0, 1, 0, 1, 0};
      assert_int_equal(a->rank, 5);
      assert_string_equal(a->method, "qr");
      for (size_t j = 0, k = 0; j < 8; j++) {
        assert_int_equal(a->dropped[j], dropped[j]);
        assert_int_equal(isnan(a->coefficients[j]), dropped[j]);
        if (dropped[j]) {
          assert_true(a->deviations[j] == 0 && a->factor[j * 8] == 0 && a->factor[j * 8 + 7] == 0);
        } else {
          near(a->coefficients[j], b->coefficients[k], 1e-10);
          near(a->deviations[j], b->deviations[k++], 1e-10);
        }
      }
      near(a->rss, b->rss, 1e-11);
      least_squares_free(a);
      least_squares_free(b);
    }
    data_free(&all);
    data_free(&few);
  }
}

/* More columns than rows: the first that are independent stay and fit exactly. */
static void more_columns_than_rows(void **state)
{
  (void)state;
  static const size_t sizes[][2] = {{1, 1}, {1, 5}, {2, 3}, {7, 9}, {30, 200}, {300, 400}};
  for (size_t k = 0; k < 6; k++) {
    const size_t n = sizes[k][0], p = sizes[k][1];
    Data d = made(n, p, 1, 6);
    double *residuals = malloc(n * sizeof *residuals);
    for (size_t m = 0; m < METHODS; m++) {
      LeastSquares *f = fit(&d, methods[m], residuals);
      assert_int_equal(f->rank, n);
      for (size_t j = 0; j < p; j++) {
        assert_int_equal(f->dropped[j], j >= n);
      }
      for (size_t i = 0; i < n; i++) {
        assert_true(fabs(residuals[i]) < 1e-9);
      }
      least_squares_free(f);
    }
    free(residuals);
    data_free(&d);
  }
}

static void odd_shapes(void **state)
{
  (void)state;
  Data none = made(10, 3, 1, 1), zero = made(10, 3, 1, 1);
  none.p = 0; /* the residual is y */
  none.intercept = false;
  none.y = zero.y;
  LeastSquares *f = fit(&none, LEAST_SQUARES_AUTO, NULL);
  assert_int_equal(f->rank, 0);
  near(f->rss, f->tss_raw, 0);
  least_squares_free(f);
  memset(zero.x, 0, 30 * sizeof *zero.x); /* nothing but zeros */
  zero.intercept = false;
  for (size_t m = 0; m < METHODS; m++) {
    f = fit(&zero, methods[m], NULL);
    assert_true(f->rank == 0 && f->dropped[0] && f->dropped[2] && f->rss == f->tss_raw);
    least_squares_free(f);
  }
  data_free(&none);
  data_free(&zero);
  Data constant = made(5000, 1, 0, 1); /* y is constant, and the mean explains it */
  for (size_t m = 0; m < METHODS; m++) {
    f = fit(&constant, methods[m], NULL);
    near(f->coefficients[0], 1, 1e-15);
    assert_true(f->rss < 1e-25 && f->tss == 0 && f->y_mean == 1);
    near(f->deviations[0], 1 / sqrt(5000), 1e-14);
    least_squares_free(f);
  }
  data_free(&constant);
}

/* Nearly dependent: 1e-5 apart is a condition too high for the Gram matrix, and no reason to drop anything. */
static void the_condition_decides(void **state)
{
  (void)state;
  Data d = made(6000, 4, 1, 11);
  for (size_t i = 0; i < d.n; i++) {
    d.x[3 * d.n + i] = d.x[2 * d.n + i] + 1e-5 * d.x[3 * d.n + i];
  }
  LeastSquares *want = fit(&d, LEAST_SQUARES_QR, NULL);
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *f = fit(&d, methods[m], NULL);
    assert_string_equal(f->method, "qr");
    assert_true(f->condition > 1e5 && f->condition < 1e7 && f->rank == 4);
    same_fit(f, want, 1e-9);
    least_squares_free(f);
  }
  least_squares_free(want);
  d.n = 4095; /* few rows are not worth the Gram matrix */
  Data few = made(4095, 4, 1, 11);
  LeastSquares *f = fit(&few, LEAST_SQUARES_AUTO, NULL);
  assert_string_equal(f->method, "qr");
  least_squares_free(f);
  data_free(&few);
  data_free(&d);
}

/* Two columns of cosine c have the condition sqrt((1 + c) / (1 - c)). */
static void the_condition_is_known(void **state)
{
  (void)state;
  Data d = data_new(8192, 2, false);
  for (size_t i = 0; i < d.n; i++) {
    d.x[i] = i % 2 ? 1 : -1;
    d.x[d.n + i] = d.x[i] * .9921875 + (i / 2 % 2 ? 1 : -1) * .125; /* norms all but equal: c = .9921569 */
    d.y[i] = (double)(i % 5);
  }
  const double c = .9921875 / sqrt(.9921875 * .9921875 + .125 * .125), want = sqrt((1 + c) / (1 - c));
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *f = fit(&d, methods[m], NULL);
    near(f->condition, want, .001);
    least_squares_free(f);
  }
  data_free(&d);
}

/* Levels of a factor, one column each but the first: many, and still well conditioned. */
static void many_levels(void **state)
{
  (void)state;
  enum { LEVELS = 400 };
  Data d = data_new(16 * LEVELS + 50, LEVELS, true);
  for (size_t i = 0; i < d.n; i++) {
    const size_t level = i * i % 7919 % LEVELS;
    if (level > 0) {
      d.x[level * d.n + i] = 1;
    }
    d.y[i] = (double)level + (double)(i % 3);
  }
  LeastSquares *a = fit(&d, LEAST_SQUARES_AUTO, NULL), *b = fit(&d, LEAST_SQUARES_QR, NULL);
  assert_string_equal(a->method, "gram");
  assert_string_equal(b->method, "qr");
  assert_true(a->condition < 200);
  same_fit(a, b, 1e-11);
  least_squares_free(a);
  least_squares_free(b);
  data_free(&d);
}

/* Just below the limit the Gram matrix alone would be right to ten digits; the step of refinement mends that. */
static void refinement(void **state)
{
  (void)state;
  Data d = made(6000, 4, 1, 21);
  for (size_t i = 0; i < d.n; i++) {
    d.x[3 * d.n + i] = d.x[2 * d.n + i] + 2.5e-3 * d.x[3 * d.n + i];
  }
  LeastSquares *a = fit(&d, LEAST_SQUARES_AUTO, NULL), *b = fit(&d, LEAST_SQUARES_QR, NULL);
  assert_string_equal(a->method, "gram");
  assert_true(a->condition > 500 && a->condition < 1000);
  for (size_t j = 0; j < 4; j++) {
    near(a->coefficients[j], b->coefficients[j], 1e-12);
    near(a->deviations[j], b->deviations[j], 1e-10);
  }
  near(a->rss, b->rss, 1e-13);
  least_squares_free(a);
  least_squares_free(b);
  data_free(&d);
}

/* ---- Bits */

static void same_bits(const LeastSquares *a, const LeastSquares *b)
{
  assert_memory_equal(a->coefficients, b->coefficients, a->p * sizeof(double));
  assert_memory_equal(a->factor, b->factor, a->p * a->p * sizeof(double));
  assert_memory_equal(a->deviations, b->deviations, a->p * sizeof(double));
  assert_true(a->rss == b->rss && a->tss == b->tss && a->tss_raw == b->tss_raw && a->condition == b->condition);
}

static void bits_by_threads_and_instructions(void **state)
{
  (void)state;
  static const size_t sizes[][2] = {{50000, 13}, {3000, 11}, {300, 400}};
  const Isa isa = cpu_isa();
  for (size_t k = 0; k < 3; k++) {
    const size_t n = sizes[k][0];
    Data d = made(n, sizes[k][1], 2, 12);
    d.weighted = true;
    double *first = malloc(n * sizeof *first), *again = malloc(n * sizeof *again);
    for (size_t m = 0; m < METHODS; m++) {
      task.threads = 1;
      LeastSquares *one = fit(&d, methods[m], first);
      for (size_t way = 0; way < 1 + (size_t)isa; way++) {
        cpu_isa_force(way == 0 ? isa : (Isa)(way - 1));
        task.threads = 2;
        LeastSquares *two = fit(&d, methods[m], again);
        same_bits(one, two);
        assert_memory_equal(first, again, n * sizeof *first);
        least_squares_free(two);
      }
      cpu_isa_force(isa);
      least_squares_free(one);
    }
    free(first);
    free(again);
    data_free(&d);
  }
  task.threads = 0;
}

/* ---- Rows */

static void residuals_and_leverage(void **state)
{
  (void)state;
  Data d = made(5000, 4, 2, 13);
  double *r = malloc(d.n * sizeof *r), *again = malloc(d.n * sizeof *again), *x = malloc(d.n * 4 * sizeof *x),
         *h = malloc(d.n * sizeof *h), scratch[4], inverse[16];
  for (size_t i = 0; i < d.n; i++) {
    for (size_t j = 0; j < 4; j++) {
      x[i * 4 + j] = d.x[j * d.n + i];
    }
  }
  d.weighted = true;
  for (size_t m = 0; m < METHODS; m++) {
    LeastSquares *f = fit(&d, methods[m], r);
    const Observations rows = rows_of(&d);
    assert_int_equal(least_squares_residuals(&rows, f, &task, again, NULL), STATUS_OK);
    least_squares_inverse(f->factor, 4, inverse);
    least_squares_leverage(f->factor, 4, x, d.n, scratch, h);
    double rss = 0, trace = 0;
    for (size_t i = 0; i < d.n; i++) {
      double want = d.y[i], form = 0;
      for (size_t j = 0; j < 4; j++) {
        want -= f->coefficients[j] * x[i * 4 + j];
        for (size_t k = 0; k < 4; k++) {
          form += x[i * 4 + j] * inverse[j * 4 + k] * x[i * 4 + k];
        }
      }
      assert_true(fabs(r[i] - want) < 1e-13 && fabs(again[i] - want) < 1e-13);
      near(h[i], form, 1e-10);
      rss += d.w[i] * r[i] * r[i];
      trace += d.w[i] * h[i];
    }
    near(rss, f->rss, 1e-12);
    near(trace, 4, 1e-12);
    least_squares_free(f);
  }
  free(r);
  free(again);
  free(x);
  free(h);
  data_free(&d);
}

/* ---- Refusals */

static void bad_input(void **state)
{
  (void)state;
  static const struct {
    double weight;
    const char *id;
  } bad[] = {{-1, "negative-weight"}, {-1e-300, "negative-weight"}, {NAN, "not-finite"}, {INFINITY, "not-finite"}};
  for (int large = 0; large < 2; large++) {
    Data d = made(large ? 9000 : 50, 3, 1, 14);
    for (size_t m = 0; m < METHODS; m++) {
      d.weighted = true;
      const double kept = d.w[d.n - 7];
      for (size_t k = 0; k < 4; k++) {
        d.w[d.n - 7] = bad[k].weight;
        refuse(&d, methods[m], STATUS_DATA, bad[k].id);
      }
      d.w[d.n - 7] = kept;
      d.weighted = false;
      d.x[2 * d.n - 5] = INFINITY;
      refuse(&d, methods[m], STATUS_DATA, "not-finite");
      d.x[2 * d.n - 5] = NAN;
      refuse(&d, methods[m], STATUS_DATA, "not-finite");
      d.x[2 * d.n - 5] = 0;
      d.fail_at = d.n - 2;
      refuse(&d, methods[m], STATUS_DATA, "not-finite");
      d.fail_at = 0;
      memset(d.w, 0, d.n * sizeof *d.w);
      d.weighted = true;
      refuse(&d, methods[m], STATUS_DATA, "no-rows");
      for (size_t i = 0; i < d.n; i++) {
        d.w[i] = 1;
      }
      task.budget = 1000;
      refuse(&d, methods[m], STATUS_LIMIT, "memory-budget");
      task.budget = 0;
      const size_t n = d.n;
      d.n = 0;
      refuse(&d, methods[m], STATUS_DATA, "no-rows");
      d.n = n;
      const double y = d.y[4];
      d.y[4] = 1e200;
      refuse(&d, methods[m], STATUS_DATA, "not-finite");
      d.y[4] = y;
    }
    data_free(&d);
  }
}

/* At each place of each pass; nothing comes out, and nothing is left behind. */
static void cancelled(void **state)
{
  (void)state;
  Data d = made(20000, 5, 1, 15);
  d.task = &task;
  for (size_t m = 0; m < METHODS; m++) {
    for (size_t at = 1; at <= d.n; at += 3000) {
      d.cancel_at = at;
      const size_t before = mem_in_use();
      refuse(&d, methods[m], STATUS_CANCELLED, "interrupted");
      assert_int_equal(mem_in_use(), before);
      atomic_store(&task.cancel, false);
    }
  }
  d.cancel_at = 0;
  data_free(&d);
}

/* ---- Memory */

typedef struct Sweep {
  const Data *data;
  LeastSquaresMethod method;
} Sweep;

static Status sweep_run(void *context, Error *e)
{
  const Sweep *s = context;
  const Observations rows = rows_of(s->data);
  double *residuals = malloc(s->data->n * sizeof *residuals);
  LeastSquares *f = NULL;
  Status status = least_squares_fit(&rows, s->method, residuals, &task, &f, e);
  if (status == STATUS_OK) {
    status = least_squares_residuals(&rows, f, &task, residuals, e);
  } else if (f) {
    status = STATUS_INTERNAL;
  }
  least_squares_free(f);
  free(residuals);
  return status;
}

static void memory_runs_out(void **state)
{
  (void)state;
  Data small = made(50, 4, 1, 16), large = made(9000, 4, 1, 16), wide = made(20, 30, 1, 16);
  task.threads = 1;
  for (size_t m = 0; m < METHODS; m++) {
    sweep(sweep_run, &(Sweep){&small, methods[m]});
    sweep(sweep_run, &(Sweep){&large, methods[m]});
    sweep(sweep_run, &(Sweep){&wide, methods[m]});
  }
  task.threads = 0;
  data_free(&small);
  data_free(&large);
  data_free(&wide);
}

int main(void)
{
  task_init(&task, 1);
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(certified_sets),
    cmocka_unit_test(exact_fractions),
    cmocka_unit_test(methods_agree),
    cmocka_unit_test(weights_are_repeated_rows),
    cmocka_unit_test(columns_in_another_order),
    cmocka_unit_test(units_of_columns),
    cmocka_unit_test(means_far_from_zero),
    cmocka_unit_test(an_exact_fit),
    cmocka_unit_test(dependent_columns),
    cmocka_unit_test(more_columns_than_rows),
    cmocka_unit_test(odd_shapes),
    cmocka_unit_test(the_condition_decides),
    cmocka_unit_test(the_condition_is_known),
    cmocka_unit_test(many_levels),
    cmocka_unit_test(refinement),
    cmocka_unit_test(bits_by_threads_and_instructions),
    cmocka_unit_test(residuals_and_leverage),
    cmocka_unit_test(bad_input),
    cmocka_unit_test(cancelled),
    cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests_name("least_squares", tests, NULL, NULL);
}
