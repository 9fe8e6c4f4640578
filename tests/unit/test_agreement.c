/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Agreement of partitions against published figures, by brute force over pairs, and its invariances. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cluster/agreement.h"
#include "core/alloc.h"
#include "core/random.h"

static Agreement compare(const size_t *a, size_t ka, const size_t *b, size_t kb, size_t n)
{
  Agreement out;
  Error e;
  Task task;
  error_clear(&e);
  task_init(&task, 1);
  assert_int_equal(agreement(&task, a, ka, b, kb, n, &out, &e), STATUS_OK);
  task_free(&task);
  return out;
}

static void close_to(double x, double expected, double limit)
{
  if (!(fabs(x - expected) <= limit)) {
    fail_msg("%.12g is not %.12g", x, expected);
  }
}

/* iris, 3-means against the species: 50 | 48 2 | 14 36. ARI .7302382723, NMI .7581756801, AMI .7551191676, FMI .8208080729:
 * R 4.2.2 and scikit-learn 1.2.1. */
static void test_iris(void **state)
{
  (void)state;
  static const size_t counts[3][3] = {{50, 0, 0}, {0, 48, 2}, {0, 14, 36}};
  size_t a[150], b[150], n = 0;
  for (size_t i = 0; i < 3; i++) {
    for (size_t j = 0; j < 3; j++) {
      for (size_t c = 0; c < counts[i][j]; c++, n++) {
        a[n] = i;
        b[n] = j;
      }
    }
  }
  assert_int_equal(n, 150);
  const Agreement x = compare(a, 3, b, 3, n);
  close_to(x.ari, .7302382723, 1e-10);
  close_to(x.nmi, .7581756801, 1e-10);
  close_to(x.ami, .7551191676, 1e-10);
  close_to(x.fmi, .8208080729, 1e-10);
  close_to(x.purity, 134.0 / 150, 1e-15);
  /* homogeneity_score, completeness_score, pair_confusion_matrix / 2 of the same */
  close_to(x.homogeneity, 0.764986151449, 1e-10);
  close_to(x.completeness, 0.751485402199, 1e-10);
  close_to(x.pairs_both, 3075, 0);
  close_to(x.pairs_a, 600, 0);
  close_to(x.pairs_b, 744, 0);
  close_to(x.pairs_neither, 6756, 0);
}

/* The examples of scikit-learn 1.2.1's manual: adjusted_rand_score([0,0,1,2],[0,0,1,1]) 0.57..., rand_score 0.83...,
 * completely split classes 0. */
static void test_small(void **state)
{
  (void)state;
  const size_t a[] = {0, 0, 1, 2}, b[] = {0, 0, 1, 1}, one[] = {0, 0, 0, 0}, split[] = {0, 1, 2, 3};
  const Agreement x = compare(a, 3, b, 2, 4);
  close_to(x.ari, 4.0 / 7, 1e-12);
  close_to(x.rand, 5.0 / 6, 1e-12);
  close_to(compare(one, 1, split, 4, 4).ari, 0, 1e-12);
  close_to(compare(one, 1, split, 4, 4).ami, 0, 1e-12);
  close_to(compare(one, 1, one, 1, 4).ari, 1, 0);
  close_to(compare(one, 1, one, 1, 4).ami, 1, 0);
  close_to(compare(split, 4, split, 4, 4).ari, 1, 0);
  close_to(compare(one, 1, one, 1, 1).rand, 1, 0);
}

/* rand counted pair by pair; every figure is symmetric (but purity) and blind to the names of classes. */
static void test_properties(void **state)
{
  (void)state;
  Random random = random_new(5, 0);
  for (int round = 0; round < 200; round++) {
    size_t a[40], b[40], renamed[40];
    const size_t n = 2 + random_below(&random, 38), ka = 1 + random_below(&random, 6), kb = 1 + random_below(&random, 6);
    for (size_t i = 0; i < n; i++) {
      a[i] = random_below(&random, ka);
      b[i] = random_below(&random, kb);
      renamed[i] = (a[i] * 5 + 3) % 7; /* one to one below 7 */
    }
    size_t same = 0;
    for (size_t i = 0; i < n; i++) {
      for (size_t j = 0; j < i; j++) {
        same += (a[i] == a[j]) == (b[i] == b[j]);
      }
    }
    const Agreement x = compare(a, ka, b, kb, n), y = compare(b, kb, a, ka, n), z = compare(renamed, 7, b, kb, n);
    close_to(x.rand, (double)same / ((double)n * (double)(n - 1) / 2), 1e-12);
    close_to(x.ari, y.ari, 1e-12);
    close_to(x.ami, y.ami, 1e-9);
    close_to(x.nmi, z.nmi, 1e-12);
    close_to(x.ari, z.ari, 1e-12);
    assert_true(x.ari <= 1 + 1e-12 && x.nmi <= 1 + 1e-12 && x.purity <= 1 && x.fmi <= 1 + 1e-12);
  }
}

/* Random labels: the adjusted figures lie around 0, while nmi does not. */
static void test_chance(void **state)
{
  (void)state;
  Random random = random_new(6, 0);
  double ari = 0, ami = 0, nmi = 0;
  for (int round = 0; round < 200; round++) {
    size_t a[100], b[100];
    for (size_t i = 0; i < 100; i++) {
      a[i] = random_below(&random, 10);
      b[i] = random_below(&random, 10);
    }
    const Agreement x = compare(a, 10, b, 10, 100);
    ari += x.ari / 200;
    ami += x.ami / 200;
    nmi += x.nmi / 200;
  }
  close_to(ari, 0, 0.01);
  close_to(ami, 0, 0.01);
  assert_true(nmi > 0.1);
}

static void test_memory(void **state)
{
  (void)state;
  const size_t a[] = {0, 0, 1, 2}, b[] = {0, 0, 1, 1};
  const size_t before = mem_in_use();
  Status status = STATUS_MEMORY;
  for (int64_t n = 0; status != STATUS_OK; n++) {
    Agreement out;
    Error e;
    Task task;
    error_clear(&e);
    task_init(&task, 1);
    mem_fail_from(n);
    status = agreement(&task, a, 3, b, 2, 4, &out, &e);
    mem_fail_from(-1);
    task_free(&task);
    assert_true(status == STATUS_OK || status == STATUS_MEMORY);
    assert_int_equal(mem_in_use(), before);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_iris),   cmocka_unit_test(test_small),  cmocka_unit_test(test_properties),
      cmocka_unit_test(test_chance), cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
