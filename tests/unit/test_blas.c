/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_blas.c -- OpenBLAS's products against plain sums, from several threads, and what is said when it is
 * missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "math/blas.h"

static void need_blas(void)
{
  Error e = {0};
  if (blas_open(&e) != STATUS_OK) {
    assert_string_equal(e.id, "no-blas");
    skip();
  }
}

/* Whole numbers, so that any order of additions gives the same. */
static void product(bool ta, bool tb, size_t m, size_t n, size_t k)
{
  double a[60], b[60], c[60];
  Error e = {0};
  for (size_t i = 0; i < 60; i++) {
    a[i] = (double)(i * 3 % 11);
    b[i] = (double)(i * 7 % 13);
    c[i] = (double)i;
  }
  assert_int_equal(blas_product(ta, tb, m, n, k, 3, a, ta ? m : k, b, tb ? k : n, 2, c, n, &e), STATUS_OK);
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t l = 0; l < k; l++) {
        sum += (ta ? a[l * m + i] : a[i * k + l]) * (tb ? b[j * k + l] : b[l * n + j]);
      }
      assert_true(c[i * n + j] == 3 * sum + 2 * (double)(i * n + j));
    }
  }
}

static void products_are_exact(void **state)
{
  (void)state;
  need_blas();
  for (int t = 0; t < 4; t++) {
    product(t & 1, t & 2, 5, 7, 8);
    product(t & 1, t & 2, 1, 1, 60);
    product(t & 1, t & 2, 7, 8, 1);
  }
}

/* Both forms against plain sums; the cells above and below the diagonal are there. */
static void grams_are_exact(void **state)
{
  enum { N = 7, D = 5 };
  double a[N * D], c[N * N];
  Error e = {0};
  (void)state;
  need_blas();
  for (size_t i = 0; i < N * D; i++) {
    a[i] = (double)(i * 5 % 17) - 8;
  }
  for (int t = 0; t < 2; t++) {
    const size_t side = t ? N : D;
    for (size_t i = 0; i < N * N; i++) {
      c[i] = (double)(i / side + i % side);
    }
    assert_int_equal(blas_gram(t, N, D, 2, a, D, 3, c, side, &e), STATUS_OK);
    for (size_t i = 0; i < side; i++) {
      for (size_t j = 0; j < side; j++) {
        double sum = 0;
        for (size_t l = 0; l < (t ? D : N); l++) {
          sum += t ? a[i * D + l] * a[j * D + l] : a[l * D + i] * a[l * D + j];
        }
        assert_true(c[i * side + j] == 2 * sum + 3 * (double)(i + j));
      }
    }
  }
}

/* The second difference matrix has values 2 - 2 cos(pi k / (n + 1)). */
static void eigenvalues_are_known(void **state)
{
  enum { N = 40 };
  static double a[N * N];
  double values[N], alone[N];
  Error e = {0};
  (void)state;
  need_blas();
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < N * N; i++) {
      const size_t row = i / N, column = i % N;
      a[i] = row == column ? 2 : row + 1 == column || column + 1 == row ? -1 : 0;
    }
    assert_int_equal(blas_eigen(N, a, pass == 1, pass ? values : alone, &e), STATUS_OK);
  }
  for (size_t k = 0; k < N; k++) {
    assert_true(fabs(values[k] - (2 - 2 * cos(3.14159265358979323846 * (double)(k + 1) / (N + 1)))) < 1e-13);
    assert_true(fabs(values[k] - alone[k]) < 1e-13);
    for (size_t i = 0; i < N; i++) {
      const double *v = a + k * N;
      const double image = 2 * v[i] - (i ? v[i - 1] : 0) - (i + 1 < N ? v[i + 1] : 0);
      assert_true(fabs(image - values[k] * v[i]) < 1e-13);
    }
  }
  a[5] = NAN;
  assert_int_equal(blas_eigen(N, a, true, values, &e), STATUS_DATA);
  assert_string_equal(e.id, "not-finite");
}

static void *many_products(void *unused)
{
  for (int i = 0; i < 200; i++) {
    product(i & 1, i & 2, 6, 6, 9);
  }
  return unused;
}

static void threads_may_call(void **state)
{
  (void)state;
  need_blas();
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, many_products, NULL), 0);
  }
  for (int i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
  }
}

static void sizes_beyond_32_bits_are_refused(void **state)
{
  (void)state;
  need_blas();
  Error e = {0};
  double one = 1;
  const size_t large = (size_t)INT_MAX + 1;
  const Status status = blas_product(false, false, large, 1, 1, 1, &one, 1, &one, 1, 0, &one, 1, &e);
  assert_int_equal(status, STATUS_LIMIT);
  assert_string_equal(e.id, "matrix-too-large");
}

static void the_description_names_the_kernel(void **state)
{
  (void)state;
  need_blas();
  Text text = {0};
  blas_describe(&text);
  assert_non_null(strstr(text_data(&text), "OpenBLAS "));
  assert_non_null(strstr(text_data(&text), "kernel "));
  text_free(&text);
}

/* The library is loaded once in a process, so this one looks from a child, made before anything is loaded. */
static void a_missing_library_is_told(void **state)
{
  (void)state;
  const pid_t child = fork();
  if (child == 0) {
    Error e = {0};
    setenv("ASSAY_OPENBLAS", "/nonexistent/libopenblas.so", 1);
    const bool told = blas_open(&e) == STATUS_STATE && strcmp(e.id, "no-blas") == 0 && e.hint[0] &&
                      strstr(e.what, "/nonexistent/libopenblas.so");
    _exit(told ? 0 : 1);
  }
  int status = -1;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_missing_library_is_told),
    cmocka_unit_test(products_are_exact),
    cmocka_unit_test(grams_are_exact),
    cmocka_unit_test(eigenvalues_are_known),
    cmocka_unit_test(threads_may_call),
    cmocka_unit_test(sizes_beyond_32_bits_are_refused),
    cmocka_unit_test(the_description_names_the_kernel),
  };
  return cmocka_run_group_tests_name("blas", tests, NULL, NULL);
}
