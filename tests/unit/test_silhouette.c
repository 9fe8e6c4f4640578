/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_silhouette.c -- the mean silhouette width against plain sums, a cancel, and errors of the data.
 * Figures from elsewhere are in test_kmeans.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cluster/kmeans.h"
#include "core/pool.h"
#include "core/random.h"

static void test_against_plain_sums(void **state)
{
  (void)state;
  enum { N = 701, K = 5 };
  double x[N * 3];
  int32_t labels[N];
  Random random = random_new(12, 1);
  for (size_t i = 0; i < N * 3; i++) {
    x[i] = 5 * random_normal(&random);
  }
  for (size_t i = 0; i < N; i++) {
    labels[i] = i == 17 ? 4 : i % 10 == 0 ? -1 : (int32_t)(i * i % 7 % 4); /* cluster 4 has one row */
  }
  double wanted = 0, counted = 0;
  for (size_t i = 0; i < N; i++) {
    double sums[K] = {0}, sizes[K] = {0};
    for (size_t j = 0; j < N && labels[i] >= 0; j++) {
      if (labels[j] >= 0) {
        double square = 0;
        for (size_t c = 0; c < 3; c++) {
          square += (x[i * 3 + c] - x[j * 3 + c]) * (x[i * 3 + c] - x[j * 3 + c]);
        }
        sums[labels[j]] += sqrt(square);
        sizes[labels[j]]++;
      }
    }
    if (labels[i] >= 0) {
      counted++;
      double b = (double)INFINITY;
      for (int32_t j = 0; j < K; j++) {
        b = j != labels[i] && sizes[j] > 0 ? fmin(b, sums[j] / sizes[j]) : b;
      }
      const double a = sums[labels[i]] / (sizes[labels[i]] - 1);
      wanted += sizes[labels[i]] > 1 ? (b - a) / fmax(a, b) : 0;
    }
  }
  Task task;
  task_init(&task, 1);
  const Rows rows = rows_of_matrix(x, N, 3);
  double mean;
  assert_int_equal(kmeans_silhouette(&task, &rows, labels, K, &mean, NULL), STATUS_OK);
  assert_true(fabs(mean - wanted / counted) < 1e-12);
  pool_set_threads(3);
  double again;
  assert_int_equal(kmeans_silhouette(&task, &rows, labels, K, &again, NULL), STATUS_OK);
  assert_memory_equal(&mean, &again, sizeof mean);
  memset(labels, 0, sizeof labels);
  assert_int_equal(kmeans_silhouette(&task, &rows, labels, K, &mean, NULL), STATUS_OK);
  assert_true(isnan(mean));
  task_free(&task);
}

static Status fail_late(const Rows *rows, size_t first, size_t count, double *buffer, const double **values,
                        Error *e)
{
  (void)count;
  (void)buffer;
  if (first >= 600) {
    return error_set(e, STATUS_FILE, "gone", "row %zu is gone", first);
  }
  *values = (const double *)rows->source + first * rows->d;
  return STATUS_OK;
}

static void test_failures(void **state)
{
  (void)state;
  enum { N = 900 };
  double x[N];
  int32_t labels[N];
  for (size_t i = 0; i < N; i++) {
    x[i] = (double)(i * 37 % 101);
    labels[i] = (int32_t)(i % 3);
  }
  Task task;
  task_init(&task, 1);
  Rows rows = rows_of_matrix(x, N, 1);
  double mean;
  Error e = {0};
  task_cancel(&task);
  assert_int_equal(kmeans_silhouette(&task, &rows, labels, 3, &mean, &e), STATUS_CANCELLED);
  task.cancel = false;
  rows.block = fail_late;
  error_clear(&e);
  pool_set_threads(1);
  assert_int_equal(kmeans_silhouette(&task, &rows, labels, 3, &mean, &e), STATUS_FILE);
  assert_string_equal(e.id, "gone");
  task_free(&task);
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
      cmocka_unit_test(test_against_plain_sums),
      cmocka_unit_test(test_failures),
  };
  return cmocka_run_group_tests(tests, NULL, end_threads);
}
