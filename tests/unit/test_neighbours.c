/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer of every kind of index against plain comparison with all rows, to the bit, on data with many ties,
 * duplicates, constant columns; on every instruction set, one thread and more; cancel and memory that runs out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "math/neighbours.h"

enum { QUERIES = 37 };

typedef enum Shape { NORMALS, LATTICE, DUPLICATES, CONSTANT, EQUAL, SKEWED, SHAPES } Shape;

static void fill(double *x, size_t n, size_t d, Shape shape, uint64_t seed)
{
  Random random = random_new(seed, shape);
  for (size_t i = 0; i < n * d; i++) {
    const double u = random_uniform(&random);
    x[i] = shape == NORMALS      ? random_normal(&random)
           : shape == LATTICE    ? floor(u * 5)
           : shape == DUPLICATES ? floor(u * 2)
           : shape == CONSTANT   ? (i % d == 0 ? 3 : u)
           : shape == EQUAL      ? -1.5
                                 : exp(20 * u);
  }
}

typedef struct Plain {
  NeighbourHit *hits;
  size_t n;
} Plain;

static int compare_hits(const void *a, const void *b)
{
  const NeighbourHit *x = a, *y = b;
  return x->rank != y->rank ? (x->rank > y->rank) - (x->rank < y->rank) : (x->row > y->row) - (x->row < y->row);
}

static void plain_sort(Metric metric, const double *x, const double *values, size_t n, size_t d, NeighbourHit *hits)
{
  for (size_t i = 0; i < n; i++) {
    hits[i] = (NeighbourHit){distance_pair_rank(metric, x, values + i * d, d), (uint32_t)i};
  }
  qsort(hits, n, sizeof *hits, compare_hits);
}

static void same_hits(const NeighbourHit *a, const NeighbourHit *b, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    assert_true(a[i].rank == b[i].rank);
    assert_int_equal(a[i].row, b[i].row);
  }
}

static void ask_one(const Neighbours *index, Metric metric, const double *x, const double *values, size_t n, size_t d,
                    NeighbourHit *all, NeighbourHit *hits)
{
  NeighbourList list = {0};
  Error e;
  error_clear(&e);
  plain_sort(metric, x, values, n, d, all);
  const size_t some[] = {1, 2, 7, n};
  for (size_t s = 0; s < 4; s++) {
    const size_t k = some[s] < n ? some[s] : n;
    assert_int_equal(neighbours_query(index, x, some[s], hits), k);
    same_hits(hits, all, k);
    const double limit = all[k - 1].rank;
    size_t within = k;
    while (within < n && all[within].rank <= limit) {
      within++;
    }
    assert_int_equal(neighbours_count(index, x, limit, SIZE_MAX), within);
    const size_t stopped = neighbours_count(index, x, limit, 3);
    assert_true(stopped <= within && stopped >= (within < 3 ? within : 3));
    assert_int_equal(neighbours_within(index, x, limit, &list, &e), STATUS_OK);
    assert_int_equal(list.n, within);
    qsort(list.hits, list.n, sizeof *list.hits, compare_hits);
    same_hits(list.hits, all, within);
  }
  mem_free(list.hits);
}

static void ask_many(Task *task, const Neighbours *index, Metric metric, const double *queries, const double *values,
                     size_t n, size_t d, NeighbourHit *all)
{
  const size_t k = n < 6 ? n : 6, q = queries ? QUERIES : n;
  uint32_t *rows = mem_alloc(q * k, sizeof *rows), *counts = mem_alloc(q, sizeof *counts);
  double *distances = mem_alloc(q * k, sizeof *distances), *kth = mem_alloc(n, sizeof *kth);
  Error e;
  error_clear(&e);
  assert_int_equal(neighbours_nearest(task, index, queries, q, k, rows, distances, &e), STATUS_OK);
  assert_int_equal(neighbours_kth(task, index, k, kth, &e), STATUS_OK);
  assert_int_equal(neighbours_counts(task, index, queries, q, 1.0, SIZE_MAX, counts, &e), STATUS_OK);
  for (size_t i = 0; i < q; i++) {
    plain_sort(metric, (queries ? queries : values) + i * d, values, n, d, all);
    size_t within = 0;
    for (size_t j = 0; j < n; j++) {
      within += all[j].rank <= 1;
    }
    assert_int_equal(counts[i], within);
    for (size_t j = 0; j < k; j++) {
      assert_int_equal(rows[i * k + j], all[j].row);
      assert_true(distances[i * k + j] == metric_unrank(metric, all[j].rank));
    }
    if (!queries) {
      assert_true(kth[i] == metric_unrank(metric, all[k - 1].rank));
    }
  }
  mem_free(rows);
  mem_free(counts);
  mem_free(distances);
  mem_free(kth);
}

static void compare_index(Task *task, NeighbourKind kind, Metric metric, size_t n, size_t d, Shape shape)
{
  double *values = mem_alloc(n * d, sizeof *values), *queries = mem_alloc(QUERIES * d, sizeof *queries);
  NeighbourHit *all = mem_alloc(n, sizeof *all), *hits = mem_alloc(n, sizeof *hits);
  Neighbours *index;
  Error e;
  error_clear(&e);
  fill(values, n, d, shape, 5);
  fill(queries, QUERIES, d, shape, 6);
  assert_int_equal(neighbours_new(task, values, n, d, metric, kind, &index, &e), STATUS_OK);
  for (size_t i = 0; i < 5; i++) {
    ask_one(index, metric, queries + i * d, values, n, d, all, hits);
    ask_one(index, metric, values + (i % n) * d, values, n, d, all, hits);
  }
  ask_many(task, index, metric, queries, values, n, d, all);
  ask_many(task, index, metric, NULL, values, n, d, all);
  neighbours_free(index);
  mem_free(values);
  mem_free(queries);
  mem_free(all);
  mem_free(hits);
}

static const MetricKind metrics[] = {METRIC_EUCLIDEAN, METRIC_SQEUCLIDEAN, METRIC_MANHATTAN, METRIC_CHEBYSHEV,
                                     METRIC_COSINE};

static void test_all(void **state)
{
  (void)state;
  static const size_t sizes[][2] = {{1, 1}, {2, 3}, {33, 1}, {200, 2}, {301, 5}, {500, 1}, {130, 20}, {70, 70}};
  const Isa best = cpu_isa();
  Task task;
  task_init(&task, 1);
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (Shape shape = NORMALS; shape < SHAPES; shape++) {
      for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++) {
        cpu_isa_force((Isa)((s + (size_t)shape) % ((size_t)best + 1)));
        for (NeighbourKind kind = NEIGHBOURS_AUTO; kind <= NEIGHBOURS_BRUTE; kind++) {
          compare_index(&task, kind, (Metric){metrics[m], 2}, sizes[s][0], sizes[s][1], shape);
        }
      }
    }
  }
  cpu_isa_force(best);
  task_free(&task);
}

/* The order of hits says how the tree was built. */
static void test_threads(void **state)
{
  (void)state;
  enum { N = 20000, D = 3 };
  double *values = mem_alloc(N * D, sizeof *values);
  NeighbourHit *first = NULL;
  fill(values, N, D, LATTICE, 9);
  for (size_t threads = 1; threads <= 4; threads++) {
    Task task;
    Neighbours *index;
    NeighbourList list = {0};
    pool_set_threads(threads);
    task_init(&task, 1);
    assert_int_equal(neighbours_new(&task, values, N, D, (Metric){METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, &index, NULL),
                     STATUS_OK);
    assert_int_equal(neighbours_kind(index), NEIGHBOURS_KD);
    assert_int_equal(neighbours_within(index, values, 1e9, &list, NULL), STATUS_OK);
    assert_int_equal(list.n, N);
    if (first) {
      same_hits(list.hits, first, N);
      mem_free(list.hits);
    } else {
      first = list.hits;
    }
    neighbours_free(index);
    task_free(&task);
  }
  pool_set_threads(0);
  mem_free(first);
  mem_free(values);
}

/* Lists longer than those that rows of a leaf make together. */
static void test_long_lists(void **state)
{
  (void)state;
  enum { N = 1500, D = 2, K = 1200 };
  double *values = mem_alloc(N * D, sizeof *values), *kth = mem_alloc(N, sizeof *kth);
  uint32_t *rows = mem_alloc((size_t)N * K, sizeof *rows);
  NeighbourHit *all = mem_alloc(N, sizeof *all);
  const Metric metric = {METRIC_EUCLIDEAN, 2};
  Task task;
  Neighbours *index;
  task_init(&task, 1);
  fill(values, N, D, LATTICE, 3);
  assert_int_equal(neighbours_new(&task, values, N, D, metric, NEIGHBOURS_KD, &index, NULL), STATUS_OK);
  assert_int_equal(neighbours_nearest(&task, index, NULL, N, K, rows, NULL, NULL), STATUS_OK);
  assert_int_equal(neighbours_kth_rank(&task, index, K, kth, NULL), STATUS_OK);
  assert_true(atomic_load(&task.done) == atomic_load(&task.total) && atomic_load(&task.total) > 0);
  for (size_t i = 0; i < N; i += 100) {
    plain_sort(metric, values + i * D, values, N, D, all);
    assert_true(kth[i] == all[K - 1].rank);
    for (size_t j = 0; j < K; j++) {
      assert_int_equal(rows[i * K + j], all[j].row);
    }
  }
  neighbours_free(index);
  task_free(&task);
  mem_free(values);
  mem_free(kth);
  mem_free(rows);
  mem_free(all);
}

static void test_refusals(void **state)
{
  (void)state;
  enum { N = 300, D = 2 };
  double values[N * D], kth[N];
  Task task;
  Error e;
  Neighbours *index;
  const Metric metric = {METRIC_EUCLIDEAN, 2};
  fill(values, N, D, NORMALS, 1);
  task_init(&task, 1);
  for (int64_t fail = 0;; fail++) {
    error_clear(&e);
    mem_fail_from(fail);
    Status status = neighbours_new(&task, values, N, D, metric, NEIGHBOURS_AUTO, &index, &e);
    if (status == STATUS_OK) {
      status = neighbours_kth(&task, index, 3, kth, &e);
    }
    mem_fail_from(-1);
    neighbours_free(index);
    if (status == STATUS_OK) {
      assert_true(fail > 4);
      break;
    }
    assert_int_equal(status, STATUS_MEMORY);
  }
  error_clear(&e);
  assert_int_equal(neighbours_new(&task, values, N, D, metric, NEIGHBOURS_AUTO, &index, &e), STATUS_OK);
  task_cancel(&task);
  assert_int_equal(neighbours_kth(&task, index, 3, kth, &e), STATUS_CANCELLED);
  neighbours_free(index);
  error_clear(&e);
  assert_int_equal(neighbours_new(&task, values, N, D, metric, NEIGHBOURS_AUTO, &index, &e), STATUS_CANCELLED);
  assert_null(index);
  error_clear(&e);
  assert_int_equal(neighbours_new(&task, values, UINT32_MAX, D, metric, NEIGHBOURS_AUTO, &index, &e), STATUS_LIMIT);
  task_free(&task);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_all), cmocka_unit_test(test_threads),
                                     cmocka_unit_test(test_long_lists), cmocka_unit_test(test_refusals)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
