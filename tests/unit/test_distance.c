/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distances: figures by hand, one pair against rows and blocks to the bit on every instruction set, symmetry, odd
 * values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/cpu.h"
#include "core/random.h"
#include "math/distance.h"

enum { A = 21, B = 75, D_MOST = 70 };

static const Metric metrics[] = {{METRIC_EUCLIDEAN, 2}, {METRIC_SQEUCLIDEAN, 2}, {METRIC_MANHATTAN, 2},
                                 {METRIC_CHEBYSHEV, 2}, {METRIC_COSINE, 2},      {METRIC_MINKOWSKI, 3}};

static void close_to(double x, double expected)
{
  if (!(fabs(x - expected) <= 1e-14 * fabs(expected))) {
    fail_msg("%.17g is not %.17g", x, expected);
  }
}

static void test_by_hand(void **state)
{
  (void)state;
  const double x[] = {1, 2, -2}, y[] = {4, -2, -2};
  const double expected[] = {5, 25, 7, 4, 1 - 4 / sqrt(9.0 * 24), cbrt(27 + 64)};
  for (size_t m = 0; m < 6; m++) {
    close_to(distance_pair(metrics[m], x, y, 3), expected[m]);
    close_to(metric_unrank(metrics[m], distance_pair_rank(metrics[m], x, y, 3)), expected[m]);
    close_to(metric_rank(metrics[m], 5), m == 0 ? 25 : m == 5 ? 125 : 5);
    assert_true(distance_pair(metrics[m], x, x, 3) == 0);
  }
}

static void test_names(void **state)
{
  (void)state;
  Metric metric;
  for (size_t m = 0; m < 6; m++) {
    assert_true(metric_of_name(metric_name(metrics[m]), &metric));
    assert_int_equal(metric.kind, metrics[m].kind);
    assert_int_equal(metric_is_metric(metric), m != 1 && m != 4);
  }
  assert_false(metric_of_name("euclid", &metric));
}

static double values[(A + B) * D_MOST], found[A * (B + 3)];

static void compare_blocks(size_t d)
{
  const double *a = values, *b = values + A * d;
  double row[B];
  for (size_t m = 0; m < 6; m++) {
    distance_block(metrics[m], a, A, b, B, d, found, B + 3);
    for (size_t i = 0; i < A; i++) {
      distance_row(metrics[m], a + i * d, b, B, d, row);
      assert_memory_equal(row, found + i * (B + 3), sizeof row);
      for (size_t j = 0; j < B; j++) {
        assert_true(row[j] == distance_pair(metrics[m], a + i * d, b + j * d, d));
        assert_true(row[j] == distance_pair(metrics[m], b + j * d, a + i * d, d));
      }
      distance_row_rank(metrics[m], a + i * d, b, B, d, row);
      assert_true(row[B - 1] == distance_pair_rank(metrics[m], a + i * d, b + (B - 1) * d, d));
    }
  }
}

static void test_blocks(void **state)
{
  (void)state;
  static const size_t sizes[] = {1, 2, 3, 8, 15, 32, 33, 64, 70};
  Random random = random_new(7, 0);
  for (size_t i = 0; i < (A + B) * D_MOST; i++) {
    values[i] = random_uniform(&random) * 200 - 100;
  }
  memcpy(values + 3, values, sizeof *values);
  const Isa best = cpu_isa();
  for (Isa isa = ISA_BASE; isa <= best; isa++) {
    cpu_isa_force(isa);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
      compare_blocks(sizes[s]);
    }
  }
}

/* Rows of zeros, lengths beyond the range of squares of squares, rounding beyond 0 and 2. */
static void test_cosine(void **state)
{
  (void)state;
  const Metric metric = {METRIC_COSINE, 2};
  const double zero[] = {0, 0}, x[] = {3, 4}, far[] = {3e150, 4e150}, opposite[] = {-3e-140, -4e-140};
  assert_true(distance_pair(metric, zero, zero, 2) == 0);
  assert_true(distance_pair(metric, zero, x, 2) == 1);
  assert_true(fabs(distance_pair(metric, x, far, 2)) < 1e-15);
  assert_true(distance_pair(metric, far, far, 2) < 1e-15);
  assert_true(fabs(distance_pair(metric, opposite, far, 2) - 2) < 1e-15);
  assert_true(distance_pair(metric, x, opposite, 2) <= 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand), cmocka_unit_test(test_names),
                                     cmocka_unit_test(test_blocks), cmocka_unit_test(test_cosine)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
