/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of clusters: the largest total by brute force over all permutations, and what memory and cancel do. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/alloc.h"
#include "core/matching.h"

static size_t best_from(const size_t *counts, size_t a, size_t b, size_t row, unsigned used)
{
  if (row == a) {
    return 0;
  }
  size_t best = best_from(counts, a, b, row + 1, used); /* row is left without */
  for (size_t j = 0; j < b; j++) {
    if (!(used >> j & 1)) {
      const size_t total = counts[row * b + j] + best_from(counts, a, b, row + 1, used | 1u << j);
      best = total > best ? total : best;
    }
  }
  return best;
}

static size_t total_of(const size_t *counts, size_t a, size_t b, const size_t *pair)
{
  size_t total = 0;
  unsigned used = 0;
  for (size_t i = 0; i < a; i++) {
    if (pair[i] != SIZE_MAX) {
      assert_true(pair[i] < b);
      assert_false(used >> pair[i] & 1);
      assert_true(counts[i * b + pair[i]] > 0);
      used |= 1u << pair[i];
      total += counts[i * b + pair[i]];
    }
  }
  return total;
}

static void test_brute_force(void **state)
{
  (void)state;
  Task task;
  uint32_t random = 1;
  task_init(&task, 1);
  for (int round = 0; round < 400; round++) {
    size_t counts[36], pair[6];
    const size_t a = 1 + (size_t)round % 6, b = 1 + (size_t)round / 6 % 6;
    for (size_t i = 0; i < a * b; i++) {
      random = random * 1664525u + 1013904223u;
      counts[i] = random >> 30 ? random >> 24 : 0;
    }
    assert_int_equal(matching_largest(&task, counts, a, b, pair, NULL), STATUS_OK);
    assert_int_equal(total_of(counts, a, b, pair), best_from(counts, a, b, 0, 0));
  }
  task_free(&task);
}

static void test_greedy_is_not_enough(void **state)
{
  (void)state;
  Task task;
  const size_t counts[] = {10, 9, 9, 0};
  size_t pair[2];
  task_init(&task, 1);
  assert_int_equal(matching_largest(&task, counts, 2, 2, pair, NULL), STATUS_OK);
  assert_int_equal(pair[0], 1);
  assert_int_equal(pair[1], 0);
  task_free(&task);
}

static void test_failures(void **state)
{
  (void)state;
  Task task;
  const size_t counts[] = {3, 1, 1, 2};
  size_t pair[2];
  Error e;
  task_init(&task, 1);
  for (int64_t at = 0; at < 6; at++) {
    error_clear(&e);
    mem_fail_from(at);
    const Status status = matching_largest(&task, counts, 2, 2, pair, &e);
    mem_fail_from(-1);
    assert_int_equal(status, STATUS_MEMORY);
  }
  task_cancel(&task);
  error_clear(&e);
  assert_int_equal(matching_largest(&task, counts, 2, 2, pair, &e), STATUS_CANCELLED);
  task_free(&task);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_brute_force), cmocka_unit_test(test_greedy_is_not_enough),
                                     cmocka_unit_test(test_failures)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
