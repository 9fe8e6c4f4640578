/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_matrix_scan.c -- the pass over a matrix against a plain one for each figure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/matrix_scan.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

static MatrixScan scan(const double *x, size_t n, size_t d, size_t threads)
{
  Task task;
  MatrixScan out;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  task.threads = threads;
  assert_int_equal(matrix_scan(&task, x, n, d, &out, &e), STATUS_OK);
  task_free(&task);
  return out;
}

static void check_column(const double *x, size_t n, size_t d, size_t j, const MatrixScan *found)
{
  double low = INFINITY, high = -INFINITY;
  long double mean = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    low = fmin(low, x[i * d + j]);
    high = fmax(high, x[i * d + j]);
    mean += (long double)x[i * d + j] / (long double)n;
  }
  for (size_t i = 0; i < n; i++) {
    squares += ((long double)x[i * d + j] - mean) * ((long double)x[i * d + j] - mean);
  }
  const double sd = n > 1 ? (double)sqrtl(squares / (long double)(n - 1)) : 0;
  assert_true(found->low[j] == low && found->high[j] == high);
  if (!(fabs(found->sd[j] - sd) <= 1e-5 * sd)) {
    fail_msg("%zu rows, column %zu: %.17g, not %.17g", n, j, found->sd[j], sd);
  }
}

/* Columns around 0, far from it, with a first row far off, and a constant one. */
static void test_figures(void **state)
{
  (void)state;
  enum { D = 5 };
  for (size_t n = 1; n < 20000; n = n * 3 + 1) {
    double *x = malloc(n * D * sizeof *x);
    Random random = random_new(n, 1);
    for (size_t i = 0; i < n; i++) {
      double *row = x + i * D;
      row[0] = random_normal(&random);
      row[1] = 1e9 + random_normal(&random);
      row[2] = i == 0 ? 1e12 : 1e-3 * random_normal(&random);
      row[3] = 0.1;
      row[4] = 1e-100 * random_normal(&random);
    }
    for (size_t threads = 1; threads <= 3; threads += 2) {
      MatrixScan found = scan(x, n, D, threads);
      assert_true(found.sound);
      for (size_t j = 0; j < D; j++) {
        if (j != 3) {
          check_column(x, n, D, j, &found);
        }
      }
      assert_true(found.sd[3] == 0 && found.low[3] == 0.1 && found.high[3] == 0.1);
      assert_int_equal(found.repeated, 0);
      matrix_scan_free(&found);
    }
    free(x);
  }
}

static void test_repeated(void **state)
{
  (void)state;
  enum { N = 9000, D = 7 };
  double *x = malloc(N * D * sizeof *x);
  Random random = random_new(3, 1);
  for (size_t i = 0; i < N * D; i++) { /* small whole numbers in another order are not equal */
    x[i] = (double)random_below(&random, 1000);
  }
  for (size_t i = 0; i < 500; i++) {
    memcpy(x + (N - 1 - i * 3) * D, x + i * D, D * sizeof *x);
  }
  x[0] = 0.0;
  x[(N - 1) * D] = -0.0;
  MatrixScan found = scan(x, N, D, 2);
  assert_int_equal(found.repeated, 500);
  matrix_scan_free(&found);
  const double turned[] = {1, 2, 2, 1, 1, 2, 3, 0};
  found = scan(turned, 4, 2, 1);
  assert_int_equal(found.repeated, 1);
  matrix_scan_free(&found);
  free(x);
}

static void test_unsound(void **state)
{
  (void)state;
  const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0x1p500, -1e300};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    double x[] = {1, 2, 3, 4, 5, 6};
    x[i] = bad[i];
    MatrixScan found = scan(x, 3, 2, 1);
    assert_false(found.sound);
    matrix_scan_free(&found);
  }
  const double large[] = {0x1p499, -0x1p499, 1e-310, 0};
  MatrixScan found = scan(large, 2, 2, 1);
  assert_true(found.sound);
  matrix_scan_free(&found);
}

static Status sweep_scan(void *context, Error *e)
{
  Task task;
  MatrixScan out;
  task_init(&task, 1);
  const Status status = matrix_scan(&task, context, 3, 2, &out, e);
  if (status == STATUS_OK) {
    assert_true(out.sound && out.high[1] == 4);
    matrix_scan_free(&out);
  }
  task_free(&task);
  return status;
}

static void test_without_memory(void **state)
{
  (void)state;
  double x[] = {1, 2, 3, 4, 1, 2};
  assert_true(sweep_every(sweep_scan, x, 1) > 3);
}

static int end_threads(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_figures),
      cmocka_unit_test(test_repeated),
      cmocka_unit_test(test_unsound),
      cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
