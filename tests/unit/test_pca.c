/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Principal components against R's prcomp and eigen, and by what defines them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool.h"
#include "math/pca.h"
#include "math/symmetric.h"
#include "sweep.h"

static uint64_t seed = 3;

static double roll(void)
{
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (double)(seed >> 11) / 0x1p53 - 0.5;
}

static void close_to(double x, double expected, double limit)
{
  if (!(fabs(x - expected) <= limit)) {
    fail_msg("%.17g is not %.17g", x, expected);
  }
}

/* Hilbert's matrix of 6 rows; R 4.2.2, eigen(). */
static void test_hilbert(void **state)
{
  (void)state;
  static const double expected[] = {1.6188998589243382e+00, 2.4236087057520889e-01, 1.6321521319875659e-02,
                                    6.1574835418259054e-04, 1.2570757122618847e-05, 1.0827994845354834e-07};
  double matrix[36], values[6], vectors[36];
  Task task;
  task_init(&task, 1);
  for (size_t i = 0; i < 36; i++) {
    matrix[i] = 1 / ((double)(i / 6) + (double)(i % 6) + 1);
  }
  assert_int_equal(symmetric_eigen(matrix, 6, &task, values, vectors, NULL), STATUS_OK);
  for (size_t i = 0; i < 6; i++) {
    close_to(values[i], expected[i], 1e-15);
  }
  task_free(&task);
}

/* V is orthogonal, and V' diag(values) V is the matrix. */
static void test_eigen(void **state)
{
  (void)state;
  enum { MOST = 30 };
  for (size_t round = 0; round < 60; round++) {
    const size_t d = 1 + round % MOST;
    double matrix[MOST * MOST], copy[MOST * MOST], values[MOST], vectors[MOST * MOST];
    for (size_t i = 0; i < d; i++) {
      for (size_t j = 0; j <= i; j++) {
        matrix[i * d + j] = matrix[j * d + i] = round % 3 == 0 && i != j ? 0
                                                                         : roll() * (round % 2 ? 1 : exp(30 * roll()));
      }
    }
    memcpy(copy, matrix, sizeof copy);
    Task task;
    task_init(&task, 1);
    assert_int_equal(symmetric_eigen(matrix, d, &task, values, vectors, NULL), STATUS_OK);
    task_free(&task);
    const double size = fmax(fabs(values[0]), fabs(values[d - 1]));
    for (size_t i = 0; i < d; i++) {
      assert_true(i == 0 || values[i] <= values[i - 1]);
      for (size_t j = 0; j < d; j++) {
        double product = 0, back = 0;
        for (size_t k = 0; k < d; k++) {
          product += vectors[i * d + k] * vectors[j * d + k];
          back += vectors[k * d + i] * values[k] * vectors[k * d + j];
        }
        close_to(product, i == j, 1e-13);
        close_to(back, copy[i * d + j], 1e-13 * size);
      }
    }
  }
}

/* Five rows of the USArrests data with a row that has a hole; R 4.2.2:
 * prcomp(rbind(c(13.2,236,58), c(10,263,48), c(8.1,294,80), c(8.8,190,50), c(9,276,91))). */
static void test_prcomp(void **state)
{
  (void)state;
  static const double rows[] = {13.2, 236, 58, 10, 263, 48, NAN, 1, 1, 8.1, 294, 80, 8.8, 190, 50, 9, 276, 91};
  static const double variance[] = {1830.4309038377666639, 176.1615749633941164, 3.4395211988403318};
  static const double first[] = {-0.013117353843097798, 0.940747710409015614, 0.338853479233060140},
                      scores[] = {-17.4156662267767750, 4.6379626942339582, 44.6693760246732481, -63.3431723825463422,
                                  31.4514998904158460};
  const Rows matrix = rows_of_matrix(rows, 6, 3);
  Task task;
  Pca pca;
  double out[12];
  task_init(&task, 1);
  assert_int_equal(pca_fit(&matrix, &task, &pca, NULL), STATUS_OK);
  assert_int_equal(pca.n, 5);
  for (size_t i = 0; i < 3; i++) {
    close_to(pca.variance[i], variance[i], 1e-10);
    close_to(pca.loadings[i], first[i], 1e-13);
  }
  close_to(pca.total, variance[0] + variance[1] + variance[2], 1e-10);
  assert_int_equal(pca_scores(&pca, &matrix, 2, &task, out, NULL), STATUS_OK);
  assert_true(isnan(out[4]) && isnan(out[5]));
  for (size_t i = 0, row = 0; i < 6; i++) {
    if (i != 2) {
      close_to(out[2 * i], scores[row++], 1e-11);
    }
  }
  task_free(&task);
}

static void test_threads(void **state)
{
  (void)state;
  enum { N = 30000, D = 5 };
  double *values = test_malloc(N * D * sizeof *values), *out = test_malloc(2 * N * sizeof *out);
  double variance[3][D], last[3];
  for (size_t i = 0; i < N * D; i++) {
    values[i] = i % 9973 == 0 ? NAN : roll() * (double)(i % D + 1) + (i >= D ? values[i - 1] * 0.3 : 0);
    values[i] = isnan(values[i]) && i % 9973 ? roll() : values[i];
  }
  const Rows rows = rows_of_matrix(values, N, D);
  for (size_t threads = 1; threads <= 3; threads++) {
    Task task;
    Pca pca;
    task_init(&task, 1);
    task.threads = threads;
    assert_int_equal(pca_fit(&rows, &task, &pca, NULL), STATUS_OK);
    assert_int_equal(pca_scores(&pca, &rows, 2, &task, out, NULL), STATUS_OK);
    memcpy(variance[threads - 1], pca.variance, sizeof variance[0]);
    last[threads - 1] = out[2 * N - 1];
    task_free(&task);
  }
  assert_memory_equal(variance[0], variance[1], sizeof variance[0]);
  assert_memory_equal(variance[0], variance[2], sizeof variance[0]);
  assert_true(last[0] == last[1] && last[0] == last[2]);
  test_free(values);
  test_free(out);
}

static Status run_fit(void *context, Error *e)
{
  static const double rows[] = {1, 2, 3, 5, 7, 1, 0, 2};
  const Rows matrix = rows_of_matrix(rows, 4, 2);
  Task task;
  Pca pca;
  double out[8];
  (void)context;
  task_init(&task, 1);
  task.threads = 1;
  Status status = pca_fit(&matrix, &task, &pca, e);
  if (status == STATUS_OK) {
    status = pca_scores(&pca, &matrix, 2, &task, out, e);
  }
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  assert_true(sweep(run_fit, NULL) > 3);
}

static void test_too_few(void **state)
{
  (void)state;
  static const double rows[] = {1, 2, NAN, 3};
  const Rows matrix = rows_of_matrix(rows, 2, 2);
  Task task;
  Pca pca;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  assert_int_equal(pca_fit(&matrix, &task, &pca, &e), STATUS_DATA);
  assert_string_equal(e.id, "bad-data");
  task_free(&task);
}

static int open_pool(void **state)
{
  (void)state;
  pool_set_threads(3);
  return 0;
}

static int close_pool(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hilbert), cmocka_unit_test(test_eigen),  cmocka_unit_test(test_prcomp),
      cmocka_unit_test(test_threads), cmocka_unit_test(test_memory), cmocka_unit_test(test_too_few),
  };
  return cmocka_run_group_tests(tests, open_pool, close_pool);
}
