/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanczos's method against matrices whose eigenvalues are known, and against all eigenvalues by rotations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool.h"
#include "math/symmetric.h"
#include "sweep.h"

static uint64_t seed = 7;

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

typedef struct Dense {
  const double *matrix;
  size_t n;
} Dense;

static Status dense_product(void *context, const double *x, double *y, Error *e)
{
  (void)e;
  const Dense *dense = context;
  for (size_t i = 0; i < dense->n; i++) {
    y[i] = 0;
    for (size_t j = 0; j < dense->n; j++) {
      y[i] += dense->matrix[i * dense->n + j] * x[j];
    }
  }
  return STATUS_OK;
}

/* The path of n points: 2 on the diagonal, -1 beside it; eigenvalues 2 - 2 cos(i pi / (n + 1)). */
static Status path_product(void *context, const double *x, double *y, Error *e)
{
  (void)e;
  const size_t n = *(const size_t *)context;
  for (size_t i = 0; i < n; i++) {
    y[i] = 2 * x[i] - (i > 0 ? x[i - 1] : 0) - (i + 1 < n ? x[i + 1] : 0);
  }
  return STATUS_OK;
}

static void check_vectors(const SymmetricOperator *operator, const double *values, const double *vectors, size_t k)
{
  double *product = malloc(operator->n * sizeof *product);
  for (size_t i = 0; i < k; i++) {
    const double *v = vectors + i * operator->n;
    assert_int_equal(operator->product(operator->context, v, product, NULL), STATUS_OK);
    double off = 0;
    for (size_t j = 0; j < operator->n; j++) {
      off += (product[j] - values[i] * v[j]) * (product[j] - values[i] * v[j]);
    }
    close_to(sqrt(off), 0, 1e-8 * fmax(1, fabs(values[0])));
    for (size_t other = 0; other <= i; other++) {
      double both = 0;
      for (size_t j = 0; j < operator->n; j++) {
        both += v[j] * vectors[other * operator->n + j];
      }
      close_to(both, other == i, 1e-9);
    }
  }
  free(product);
}

static void test_path(void **state)
{
  (void)state;
  enum { K = 6 };
  static size_t n = 700;
  const SymmetricOperator operator = {.n = n, .product = path_product, .context = &n};
  const SymmetricSearch search = {.k = K, .seed = 1};
  double values[K], *vectors = malloc(K * n * sizeof *vectors), first[K];
  for (size_t threads = 1; threads <= 2; threads++) {
    SymmetricReport report;
    Task task;
    pool_set_threads(threads);
    task_init(&task, 1);
    assert_int_equal(symmetric_largest(&task, &operator, &search, values, vectors, &report, NULL), STATUS_OK);
    task_free(&task);
    assert_true(report.converged);
    check_vectors(&operator, values, vectors, K);
    for (size_t i = 0; i < K; i++) {
      close_to(values[i], 2 - 2 * cos((double)(n - i) * M_PI / ((double)n + 1)), 1e-12);
    }
    if (threads == 1) {
      memcpy(first, values, sizeof first);
    }
    assert_memory_equal(first, values, sizeof first);
  }
  pool_set_threads(0);
  free(vectors);
}

/* Random matrices of all sizes, some with eigenvalues that occur several times, some blocks of zeros. */
static void test_random(void **state)
{
  (void)state;
  enum { MOST = 60 };
  for (size_t round = 0; round < 60; round++) {
    const size_t n = 1 + round, k = 1 + round % 5 < n ? 1 + round % 5 : n;
    double matrix[MOST * MOST], copy[MOST * MOST], values[MOST], vectors[MOST * MOST], all[MOST], full[MOST * MOST];
    for (size_t i = 0; i < n; i++) {
      for (size_t j = 0; j <= i; j++) {
        const double value = round % 3 == 0 ? (i == j ? (double)(i % 4) : 0) : round % 3 == 1 && i != j && i % 2 ? 0 : roll();
        matrix[i * n + j] = matrix[j * n + i] = value;
      }
    }
    memcpy(copy, matrix, sizeof copy);
    Dense dense = {matrix, n};
    const SymmetricOperator operator = {.n = n, .product = dense_product, .context = &dense};
    const SymmetricSearch search = {.k = k, .seed = round};
    SymmetricReport report;
    Task task;
    task_init(&task, 1);
    assert_int_equal(symmetric_largest(&task, &operator, &search, values, vectors, &report, NULL), STATUS_OK);
    assert_int_equal(symmetric_eigen(copy, n, &task, all, full, NULL), STATUS_OK);
    task_free(&task);
    for (size_t i = 0; i < k; i++) {
      close_to(values[i], all[i], 1e-9);
    }
    check_vectors(&operator, values, vectors, k);
  }
}

/* An eigenvalue that occurs five times among 500; and known vectors that are kept out. */
static void test_multiple(void **state)
{
  (void)state;
  enum { N = 500, K = 7 };
  double *matrix = calloc(N * N, sizeof *matrix), *vectors = malloc(K * N * sizeof *vectors), values[K];
  for (size_t i = 0; i < N; i++) {
    matrix[i * N + i] = i % 100 == 0 ? 3 : 1.0 / (double)(2 + i);
  }
  Dense dense = {matrix, N};
  const SymmetricOperator operator = {.n = N, .product = dense_product, .context = &dense};
  SymmetricSearch search = {.k = K, .seed = 5};
  SymmetricReport report;
  Task task;
  task_init(&task, 1);
  assert_int_equal(symmetric_largest(&task, &operator, &search, values, vectors, &report, NULL), STATUS_OK);
  check_vectors(&operator, values, vectors, K);
  for (size_t i = 0; i < K; i++) {
    close_to(values[i], i < 5 ? 3 : i == 5 ? 1.0 / 3 : 1.0 / 4, 1e-9);
  }
  double *known = malloc(5 * N * sizeof *known);
  memcpy(known, vectors, 5 * N * sizeof *known);
  search.known = known;
  search.n_known = 5;
  search.k = 2;
  assert_int_equal(symmetric_largest(&task, &operator, &search, values, vectors, &report, NULL), STATUS_OK);
  close_to(values[0], 1.0 / 3, 1e-9);
  close_to(values[1], 1.0 / 4, 1e-9);
  search.k = N - 4;
  Error e = {0};
  assert_int_equal(symmetric_largest(&task, &operator, &search, values, vectors, &report, &e), STATUS_ARGUMENT);
  task_free(&task);
  free(known);
  free(vectors);
  free(matrix);
}

static Status bad_product(void *context, const double *x, double *y, Error *e)
{
  (void)context, (void)x, (void)e;
  y[0] = NAN;
  y[1] = y[2] = 1;
  return STATUS_OK;
}

static void test_bad(void **state)
{
  (void)state;
  double values[1], vectors[3];
  const SymmetricOperator operator = {.n = 3, .product = bad_product};
  const SymmetricSearch search = {.k = 1};
  SymmetricReport report;
  Error e = {0};
  Task task;
  task_init(&task, 1);
  assert_int_equal(symmetric_largest(&task, &operator, &search, values, vectors, &report, &e), STATUS_DATA);
  assert_string_equal(e.id, "not-finite");
  task_cancel(&task);
  static size_t n = 3;
  const SymmetricOperator path = {.n = n, .product = path_product, .context = &n};
  assert_int_equal(symmetric_largest(&task, &path, &search, values, vectors, &report, NULL), STATUS_CANCELLED);
  task_free(&task);
}

static Status sweep_largest(void *context, Error *e)
{
  (void)context;
  static size_t n = 40;
  double values[3], vectors[3 * 40];
  const SymmetricOperator operator = {.n = n, .product = path_product, .context = &n};
  const SymmetricSearch search = {.k = 3};
  SymmetricReport report;
  Task task;
  task_init(&task, 1);
  const Status status = symmetric_largest(&task, &operator, &search, values, vectors, &report, e);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  sweep_every(sweep_largest, NULL, 23);
}

/* Beyond the size of the rotations LAPACK's answer must be the same. */
static void test_large(void **state)
{
  (void)state;
  enum { N = 90 };
  double *matrix = malloc(N * N * sizeof *matrix), *vectors = malloc(N * N * sizeof *vectors), values[N];
  for (size_t i = 0; i < N * N; i++) {
    const size_t a = i / N, b = i % N;
    matrix[i] = a == b ? 2 : a + 1 == b || b + 1 == a ? -1 : 0;
  }
  Task task;
  task_init(&task, 1);
  assert_int_equal(symmetric_eigen(matrix, N, &task, values, vectors, NULL), STATUS_OK);
  task_free(&task);
  static size_t n = N;
  const SymmetricOperator operator = {.n = N, .product = path_product, .context = &n};
  for (size_t i = 0; i < N; i++) {
    close_to(values[i], 2 - 2 * cos((double)(N - i) * M_PI / (N + 1.0)), 1e-12);
  }
  check_vectors(&operator, values, vectors, N);
  free(matrix);
  free(vectors);
}

/* All elements turn, also those behind the largest. */
static void test_sign(void **state)
{
  (void)state;
  double turned[] = {1, -3, 2, 0}, kept[] = {-1, 3, -3};
  static const double expected[] = {-1, 3, -2, 0}, same[] = {-1, 3, -3};
  symmetric_fix_sign(turned, 4);
  symmetric_fix_sign(kept, 3);
  assert_memory_equal(turned, expected, sizeof turned);
  assert_memory_equal(kept, same, sizeof kept);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_path),   cmocka_unit_test(test_random), cmocka_unit_test(test_multiple), cmocka_unit_test(test_bad),
    cmocka_unit_test(test_memory), cmocka_unit_test(test_large),
    cmocka_unit_test(test_sign),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
