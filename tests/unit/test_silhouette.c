/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_silhouette.c -- silhouettes by row against plain sums, for metrics and mixed columns, on other threads and
 * instruction sets; a cancel, errors of the data, and no memory. Figures from elsewhere are in tests/reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cluster/silhouette.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { N = 1301, D = 3, K = 5 };

static double values[N * D];
static int32_t labels[N];

static int make_data(void **state)
{
  (void)state;
  Random random = random_new(12, 1);
  for (size_t i = 0; i < N * D; i++) {
    values[i] = 5 * random_normal(&random);
  }
  for (size_t i = 0; i < N; i++) {
    labels[i] = i == 17 ? 4 : i % 10 == 0 ? -1 : (int32_t)(i * i % 7 % 4); /* cluster 4 has one row, and 3 none */
  }
  return 0;
}

typedef struct Plain {
  double width[N], diameter[K], separation[K], mean[K], overall;
  int32_t neighbour[N];
} Plain;

/* All of it from a function of two rows. */
static void plain_silhouettes(const Metric metric, Plain *out)
{
  double counted = 0, sizes[K] = {0};
  *out = (Plain){.overall = 0};
  for (size_t c = 0; c < K; c++) {
    out->separation[c] = (double)INFINITY;
  }
  for (size_t i = 0; i < N; i++) {
    sizes[labels[i] < 0 ? 0 : labels[i]] += labels[i] >= 0;
  }
  for (size_t i = 0; i < N; i++) {
    double sums[K] = {0};
    const int32_t own = labels[i];
    for (size_t j = 0; j < N && own >= 0; j++) {
      if (labels[j] >= 0) {
        const double there = distance_pair(metric, values + i * D, values + j * D, D);
        sums[labels[j]] += there;
        if (labels[j] == own) {
          out->diameter[own] = fmax(out->diameter[own], there);
        } else {
          out->separation[own] = fmin(out->separation[own], there);
        }
      }
    }
    double b = (double)INFINITY;
    out->neighbour[i] = -1;
    for (int32_t j = 0; own >= 0 && j < K; j++) {
      if (j != own && sizes[j] > 0 && sums[j] / sizes[j] < b) {
        b = sums[j] / sizes[j];
        out->neighbour[i] = j;
      }
    }
    const double a = own >= 0 ? sums[own] / (sizes[own] - 1) : 0;
    out->width[i] = own < 0 ? (double)NAN : sizes[own] > 1 ? (b - a) / fmax(a, b) : 0;
    if (own >= 0) {
      counted++;
      out->overall += out->width[i];
      out->mean[own] += out->width[i] / sizes[own];
    }
  }
  out->overall /= counted;
}

static void assert_near(double is, double wanted)
{
  assert_true((isnan(is) && isnan(wanted)) || fabs(is - wanted) < 1e-11);
}

static void test_against_plain_sums(void **state)
{
  (void)state;
  static Plain wanted;
  const MetricKind kinds[] = {METRIC_EUCLIDEAN, METRIC_MANHATTAN, METRIC_CHEBYSHEV, METRIC_COSINE,
                              METRIC_SQEUCLIDEAN};
  for (size_t m = 0; m < sizeof kinds / sizeof *kinds; m++) {
    const Metric metric = {.kind = kinds[m]};
    const Pairs pairs = pairs_of_values(values, N, D, metric);
    Silhouettes s;
    Task task;
    task_init(&task, 1);
    plain_silhouettes(metric, &wanted);
    assert_int_equal(silhouettes_of(&task, &pairs, labels, K, &s, NULL), STATUS_OK);
    for (size_t i = 0; i < N; i++) {
      assert_near(s.width[i], wanted.width[i]);
      assert_int_equal(s.neighbour[i], wanted.neighbour[i]);
    }
    for (size_t c = 0; c < K; c++) {
      assert_near(s.mean[c], s.sizes[c] > 0 ? wanted.mean[c] : (double)NAN);
      assert_near(s.diameter[c], s.sizes[c] > 0 ? wanted.diameter[c] : (double)NAN);
      assert_near(s.separation[c], s.sizes[c] > 0 ? wanted.separation[c] : (double)NAN);
    }
    assert_near(s.overall, wanted.overall);
    silhouettes_free(&s);
    task_free(&task);
  }
}

static void test_same_bits(void **state)
{
  (void)state;
  const Pairs pairs = pairs_of_values(values, N, D, (Metric){.kind = METRIC_EUCLIDEAN});
  const Isa best = cpu_isa();
  Silhouettes first, other;
  Task task;
  task_init(&task, 1);
  pool_set_threads(1);
  assert_int_equal(silhouettes_of(&task, &pairs, labels, K, &first, NULL), STATUS_OK);
  for (int isa = (int)best; isa >= ISA_BASE; isa--) {
    cpu_isa_force((Isa)isa);
    pool_set_threads(3);
    assert_int_equal(silhouettes_of(&task, &pairs, labels, K, &other, NULL), STATUS_OK);
    assert_memory_equal(first.width, other.width, N * sizeof *first.width);
    assert_memory_equal(first.mean, other.mean, K * sizeof *first.mean);
    assert_memory_equal(first.separation, other.separation, K * sizeof *first.separation);
    assert_true(first.overall == other.overall);
    silhouettes_free(&other);
  }
  cpu_isa_force(best);
  silhouettes_free(&first);
  task_free(&task);
}

static void test_mean(void **state)
{
  (void)state;
  const Pairs pairs = pairs_of_values(values, N, D, (Metric){.kind = METRIC_EUCLIDEAN});
  const Rows rows = rows_of_matrix(values, N, D);
  int32_t one[N] = {0};
  double mean;
  Silhouettes s;
  Task task;
  task_init(&task, 1);
  assert_int_equal(silhouettes_of(&task, &pairs, labels, K, &s, NULL), STATUS_OK);
  assert_int_equal(silhouette_mean(&task, &rows, pairs.metric, labels, K, &mean, NULL), STATUS_OK);
  assert_true(mean == s.overall);
  assert_int_equal(silhouette_mean(&task, &rows, pairs.metric, one, 1, &mean, NULL), STATUS_OK);
  assert_true(isnan(mean));
  memset(one, 0xff, sizeof one);
  assert_int_equal(silhouette_mean(&task, &rows, pairs.metric, one, 3, &mean, NULL), STATUS_OK);
  assert_true(isnan(mean));
  silhouettes_free(&s);
  task_free(&task);
}

/* Rows on one place: neither nearer nor farther. */
static void test_equal_rows(void **state)
{
  (void)state;
  const double same[8] = {3, 3, 3, 3, 3, 3, 3, 3};
  const int32_t halves[8] = {0, 1, 0, 1, 0, 1, 0, 1};
  const Pairs pairs = pairs_of_values(same, 8, 1, (Metric){.kind = METRIC_EUCLIDEAN});
  Silhouettes s;
  Task task;
  task_init(&task, 1);
  assert_int_equal(silhouettes_of(&task, &pairs, halves, 2, &s, NULL), STATUS_OK);
  assert_true(s.overall == 0 && s.diameter[0] == 0 && s.separation[1] == 0);
  silhouettes_free(&s);
  task_free(&task);
}

static Status fail_late(const Rows *rows, size_t first, size_t count, double *buffer, const double **out, Error *e)
{
  (void)buffer;
  if (first + count > 600) {
    return error_set(e, STATUS_FILE, "gone", "row %zu is gone", first);
  }
  *out = (const double *)rows->source + first * rows->d;
  return STATUS_OK;
}

static void test_failures(void **state)
{
  (void)state;
  Task task;
  task_init(&task, 1);
  Rows rows = rows_of_matrix(values, N, D);
  double mean;
  Error e = {0};
  task_cancel(&task);
  assert_int_equal(silhouette_mean(&task, &rows, (Metric){0}, labels, K, &mean, &e), STATUS_CANCELLED);
  task.cancel = false;
  rows.block = fail_late;
  error_clear(&e);
  assert_int_equal(silhouette_mean(&task, &rows, (Metric){0}, labels, K, &mean, &e), STATUS_FILE);
  assert_string_equal(e.id, "gone");
  task_free(&task);
}

static Status run_without_memory(void *context, Error *e)
{
  (void)context;
  const Rows rows = rows_of_matrix(values, 300, D);
  double mean;
  Task task;
  task_init(&task, 1);
  const Status status = silhouette_mean(&task, &rows, (Metric){0}, labels, K, &mean, e);
  task_free(&task);
  return status;
}

static void test_without_memory(void **state)
{
  (void)state;
  pool_set_threads(1);
  assert_true(sweep(run_without_memory, NULL) > 8);
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
      cmocka_unit_test(test_same_bits),
      cmocka_unit_test(test_mean),
      cmocka_unit_test(test_equal_rows),
      cmocka_unit_test(test_failures),
      cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, make_data, end_threads);
}
