/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DIANA against its definition, every mean distance made anew; equal rows, cancel, memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster/linkage_divisive.h"
#include "cluster/linkage_tree.h"
#include "core/pool.h"
#include "core/random.h"
#include "sweep.h"

enum { MOST = 120, CELLS = MOST * (MOST - 1) / 2 };

static void fill(double *cells, size_t n, unsigned kind, uint64_t seed)
{
  Random random = random_new(seed, 0);
  double x[MOST][2];
  for (size_t i = 0; i < n; i++) {
    x[i][0] = random_normal(&random) + (i % 3 == 0 ? 6 : 0);
    x[i][1] = kind == 1 ? exp(4 * random_normal(&random)) : random_normal(&random);
    if (kind == 2 && i > 0 && random_uniform(&random) < 0.5) {
      memcpy(x[i], x[i - 1], sizeof x[i]);
    }
  }
  for (size_t i = 0; i < n; i++) {
    for (size_t j = i + 1; j < n; j++) {
      cells[linkage_at(n, i, j)] = hypot(x[i][0] - x[j][0], x[i][1] - x[j][1]);
    }
  }
}

typedef struct Slow {
  const double *cells;
  size_t n, splits;
  double height[MOST];
  int label[MOST]; /* of the rows, after the splits so far */
  int labels[MOST][MOST];
} Slow;

static double apart(const Slow *s, size_t i, size_t j)
{
  return i == j ? 0 : s->cells[i < j ? linkage_at(s->n, i, j) : linkage_at(s->n, j, i)];
}

static double diameter(const Slow *s, int label)
{
  double most = -1;
  for (size_t i = 0; i < s->n; i++) {
    for (size_t j = 0; j < s->n; j++) {
      most = s->label[i] == label && s->label[j] == label && i != j ? fmax(most, apart(s, i, j)) : most;
    }
  }
  return most;
}

static double mean_to(const Slow *s, size_t row, int label)
{
  double sum = 0, count = 0;
  for (size_t j = 0; j < s->n; j++) {
    sum += s->label[j] == label && j != row ? apart(s, row, j) : 0;
    count += s->label[j] == label && j != row;
  }
  return count > 0 ? sum / count : NAN;
}

static void slow_split(Slow *s, int label, int splinter)
{
  for (bool first = true;; first = false) {
    size_t best = s->n;
    double most = 0;
    for (size_t i = 0; i < s->n; i++) {
      const double gain = s->label[i] != label ? -1 : mean_to(s, i, label) - (first ? 0 : mean_to(s, i, splinter));
      if (gain > most) { /* NaN: alone, and stays */
        most = gain;
        best = i;
      }
    }
    if (best == s->n) {
      return;
    }
    s->label[best] = splinter;
  }
}

static void slow_divide(Slow *s)
{
  memset(s->label, 0, sizeof s->label);
  for (s->splits = 0; s->splits + 1 < s->n; s->splits++) {
    int widest = 0;
    double most = -1;
    for (int label = 0; label <= (int)s->splits; label++) {
      const double d = diameter(s, label);
      if (d > most) {
        most = d;
        widest = label;
      }
    }
    if (most <= 0) {
      return;
    }
    memcpy(s->labels[s->splits], s->label, sizeof s->label);
    s->height[s->splits] = most;
    slow_split(s, widest, (int)s->splits + 1);
  }
}

static bool same_parts(const int *a, const int32_t *b, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < i; j++) {
      if ((a[i] == a[j]) != (b[i] == b[j])) {
        return false;
      }
    }
  }
  return true;
}

static LinkageTree divided(const double *cells, size_t n)
{
  Task task;
  LinkageTree tree;
  task_init(&task, 1);
  assert_int_equal(linkage_divisive(&task, cells, n, &tree, NULL), STATUS_OK);
  task_free(&task);
  assert_int_equal(tree.merges, n - 1);
  return tree;
}

static void test_definition(void **state)
{
  (void)state;
  static double cells[CELLS], before[CELLS];
  static Slow slow;
  for (unsigned v = 0; v < 24; v++) {
    const size_t n = v < 6 ? v + 1 : v % 2 == 0 ? MOST : 50;
    fill(cells, n, v % 3, v);
    memcpy(before, cells, sizeof cells);
    LinkageTree tree = divided(cells, n);
    assert_memory_equal(before, cells, sizeof cells);
    slow = (Slow){.cells = cells, .n = n};
    slow_divide(&slow);
    for (size_t i = 0; i < slow.splits; i++) {
      int32_t labels[MOST];
      assert_true(tree.height[n - 2 - i] == slow.height[i]);
      assert_int_equal(linkage_cut(&tree, i + 1, labels, NULL), STATUS_OK);
      if (i == 0 || slow.height[i] < slow.height[i - 1]) { /* of equal heights either may be first */
        assert_true(same_parts(slow.labels[i], labels, n));
      }
    }
    for (size_t i = slow.splits; i + 1 < n; i++) {
      assert_true(tree.height[n - 2 - i] == 0);
    }
    linkage_tree_free(&tree);
  }
}

/* A part may be as wide as the whole: then it is split after it. */
static void test_equal_heights(void **state)
{
  (void)state;
  static Slow slow;
  double cells[CELLS];
  size_t seen = 0;
  for (uint64_t seed = 0; seed < 40; seed++) {
    fill(cells, 40, 0, seed);
    LinkageTree tree = divided(cells, 40);
    slow = (Slow){.cells = cells, .n = 40};
    slow_divide(&slow);
    for (size_t i = 1; i < slow.splits; i++) {
      int32_t labels[MOST];
      if (slow.height[i] == slow.height[i - 1] && (i == 1 || slow.height[i - 1] < slow.height[i - 2])) {
        assert_int_equal(linkage_cut(&tree, i + 1, labels, NULL), STATUS_OK);
        assert_true(same_parts(slow.labels[i], labels, 40));
        seen++;
      }
    }
    linkage_tree_free(&tree);
  }
  assert_true(seen > 0);
}

static Status swept(void *context, Error *e)
{
  Task task;
  LinkageTree tree;
  task_init(&task, 1);
  const Status status = linkage_divisive(&task, context, 60, &tree, e);
  if (status == STATUS_OK) {
    linkage_tree_free(&tree);
  }
  task_free(&task);
  return status;
}

static void test_memory_and_cancel(void **state)
{
  (void)state;
  static double cells[CELLS];
  Task task;
  LinkageTree tree;
  fill(cells, 60, 0, 1);
  assert_true(sweep(swept, cells) > 8);
  for (int64_t poll = 1; poll < 40; poll += 6) {
    task_cancel_at(poll);
    task_init(&task, 1);
    assert_int_equal(linkage_divisive(&task, cells, 60, &tree, NULL), STATUS_CANCELLED);
    assert_null(tree.first);
    task_free(&task);
  }
  task_cancel_at(0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition), cmocka_unit_test(test_equal_heights),
                                     cmocka_unit_test(test_memory_and_cancel)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
