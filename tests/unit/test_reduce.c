/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reduce.c -- sums over row blocks: the tree is what reduce.h says, on any number of threads; errors,
 * cancel, workers, memory that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/digest.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/reduce.h"
#include "sweep.h"

enum { THREADS_MOST = 16, ROWS_MOST = 1000000 };

static const size_t sizes[] = {0,     1,     2,     4095,  4096,      4097,       8191,          8192,
                               8193,  12288, 12289, 28672, 28673,     65536,      65537,         4096 * 127,
                               524288, 524289, 4096 * 15 + 1, 4096 * 17 - 1, 4096 * 97 + 5, ROWS_MOST};
static const size_t thread_counts[] = {1, 2, 3, 7, THREADS_MOST};

static double *values; /* wild: any exponent from 2^-300 to 2^300, both signs */

static int make_values(void **state)
{
  (void)state;
  values = malloc(ROWS_MOST * sizeof *values);
  Random random = random_new(21, 0);
  for (size_t i = 0; values && i < ROWS_MOST; i++) {
    values[i] = ldexp(random_uniform(&random) - 0.5, (int)random_below(&random, 601) - 300);
  }
  pool_set_threads(THREADS_MOST);
  return values ? 0 : -1;
}

static int free_values(void **state)
{
  (void)state;
  pool_close();
  free(values);
  return 0;
}

/* The sum, and a hash of how it was put together: a leaf hashes its rows, a node its two sides in their
 * order. */
typedef struct Sum {
  double sum;
  uint64_t shape;
} Sum;

static Status sum_block(void *context, void *out, size_t first, size_t count, size_t worker, Error *e)
{
  const double *rows_of = context;
  (void)worker;
  (void)e;
  Sum *s = out;
  for (size_t i = first; rows_of && i < first + count; i++) {
    s->sum += rows_of[i];
  }
  const size_t rows[2] = {first, count};
  s->shape = digest_hash(rows, sizeof rows);
  return STATUS_OK;
}

static void merge_sums(void *context, void *out, const void *other)
{
  (void)context;
  Sum *s = out;
  const Sum *o = other;
  const uint64_t both[2] = {s->shape, o->shape};
  s->sum += o->sum;
  s->shape = digest_hash(both, sizeof both);
}

/* The definition: of m blocks the largest power of two below m are the left side, the rest the right one. */
static Sum defined(double *rows_of, size_t block, size_t m, size_t n)
{
  Sum left = {0};
  if (m == 1) {
    const size_t first = block * BLOCK_ROWS, rest = n - first;
    assert_int_equal(sum_block(rows_of, &left, first, rest < BLOCK_ROWS ? rest : BLOCK_ROWS, 0, NULL),
                     STATUS_OK);
    return left;
  }
  size_t half = 1;
  while (half * 2 < m) {
    half *= 2;
  }
  left = defined(rows_of, block, half, n);
  const Sum right = defined(rows_of, block + half, m - half, n);
  merge_sums(NULL, &left, &right);
  return left;
}

/* rows_of NULL: only the shape, of any number of rows. */
static Sum reduce_rows(double *rows_of, size_t n, size_t threads)
{
  const Reduce reduce = {.size = sizeof(Sum), .block = sum_block, .merge = merge_sums, .context = rows_of};
  Task task;
  Error e;
  Sum out = {.sum = 99, .shape = 99};
  error_clear(&e);
  task_init(&task, 1);
  task.threads = threads;
  assert_int_equal(rows_reduce(&task, n, &reduce, &out, &e), STATUS_OK);
  assert_int_equal(e.status, STATUS_OK);
  task_free(&task);
  return out;
}

static void test_tree_and_bits(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    const size_t n = sizes[i], blocks = (n + BLOCK_ROWS - 1) / BLOCK_ROWS;
    const Sum expected = n ? defined(values, 0, blocks, n) : (Sum){0};
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; t++) {
      const Sum got = reduce_rows(values, n, thread_counts[t]);
      assert_memory_equal(&got.sum, &expected.sum, sizeof got.sum);
      assert_true(got.shape == expected.shape);
    }
  }
}

/* Every number of blocks, so that unfinished groups of every size occur, and a large one. */
static void test_tree_of_every_size(void **state)
{
  (void)state;
  for (size_t blocks = 1; blocks <= 700; blocks += blocks == 600 ? 99 : 1) {
    const size_t m = blocks == 699 ? 1000003 : blocks, n = m * BLOCK_ROWS - blocks % 2;
    const uint64_t expected = defined(NULL, 0, m, n).shape;
    for (size_t threads = 1; threads <= 3; threads++) {
      assert_true(reduce_rows(NULL, n, threads).shape == expected);
    }
  }
}

static void init_sum(void *context, void *out)
{
  (void)context;
  *(Sum *)out = (Sum){.sum = 2.5};
}

static void test_init(void **state)
{
  (void)state;
  double few[] = {1, 2, 4};
  const Reduce reduce = {
    .size = sizeof(Sum), .init = init_sum, .block = sum_block, .merge = merge_sums, .context = few};
  Task task;
  Sum out;
  task_init(&task, 1);
  assert_int_equal(rows_reduce(&task, 0, &reduce, &out, NULL), STATUS_OK);
  assert_true(out.sum == 2.5);
  assert_int_equal(rows_reduce(&task, 3, &reduce, &out, NULL), STATUS_OK);
  assert_true(out.sum == 9.5);
  task_free(&task);
}

/* ---- rows visited, workers */

typedef struct Visit {
  Task *task;
  atomic_uchar *seen;        /* per row */
  atomic_int inside[THREADS_MOST];
  atomic_int wrong;
  atomic_size_t blocks, late; /* begun; begun after the cancel */
  size_t cancel_at, fail[4], n_fail;
  bool silent;               /* fails without filling the error */
} Visit;

static Status visit_block(void *context, void *out, size_t first, size_t count, size_t worker, Error *e)
{
  Visit *v = context;
  const size_t block = first / BLOCK_ROWS;
  (void)out;
  atomic_fetch_add(&v->blocks, 1);
  atomic_fetch_add(&v->late, task_cancelled(v->task));
  if (worker >= task_threads(v->task) || atomic_fetch_add(&v->inside[worker], 1) != 0) {
    atomic_fetch_add(&v->wrong, 1);
  }
  for (size_t i = first; v->seen && i < first + count; i++) {
    atomic_fetch_add(&v->seen[i], 1);
  }
  if (block % 3 == 0) {
    nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
  }
  atomic_fetch_sub(&v->inside[worker], 1);
  if (block == v->cancel_at) {
    task_cancel(v->task);
  }
  for (size_t i = 0; i < v->n_fail; i++) {
    if (block == v->fail[i]) {
      return v->silent ? STATUS_DATA : error_set(e, STATUS_DATA, "bad-data", "block %zu", block);
    }
  }
  return STATUS_OK;
}

static Status visit(Visit *v, size_t n, size_t threads, Error *e)
{
  const Reduce reduce = {.block = visit_block, .context = v};
  Task task;
  task_init(&task, 1);
  task.threads = threads;
  v->task = &task;
  atomic_store(&v->blocks, 0);
  error_clear(e);
  const Status status = rows_reduce(&task, n, &reduce, NULL, e);
  assert_int_equal(atomic_load(&v->wrong), 0);
  task_free(&task);
  return status;
}

static void test_every_row_once(void **state)
{
  (void)state;
  static const size_t some[] = {1, 4096, 4097, 4096 * 33 + 7};
  Error e;
  for (size_t i = 0; i < 4; i++) {
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; t++) {
      Visit v = {.cancel_at = SIZE_MAX, .seen = calloc(some[i], 1)};
      assert_non_null(v.seen);
      assert_int_equal(visit(&v, some[i], thread_counts[t], &e), STATUS_OK);
      for (size_t row = 0; row < some[i]; row++) {
        assert_int_equal(v.seen[row], 1);
      }
      free(v.seen);
    }
  }
}

static void test_lowest_error(void **state)
{
  (void)state;
  Error e;
  for (size_t round = 0; round < 30; round++) {
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; t++) {
      Visit v = {.cancel_at = SIZE_MAX, .fail = {99, 61, 7 + round % 3, 7 + round}, .n_fail = 4};
      assert_int_equal(visit(&v, 100 * BLOCK_ROWS, thread_counts[t], &e), STATUS_DATA);
      char expected[32];
      snprintf(expected, sizeof expected, "block %zu", 7 + round % 3);
      assert_string_equal(e.what, expected);
    }
  }
}

/* No block after the one that failed is begun. */
static void test_error_stops(void **state)
{
  (void)state;
  Error e;
  Visit v = {.cancel_at = SIZE_MAX, .fail = {40}, .n_fail = 1};
  assert_int_equal(visit(&v, 400 * BLOCK_ROWS, 1, &e), STATUS_DATA);
  assert_int_equal(atomic_load(&v.blocks), 41);
}

static void test_error_without_words(void **state)
{
  (void)state;
  Error e;
  Visit v = {.cancel_at = SIZE_MAX, .fail = {5}, .n_fail = 1, .silent = true};
  assert_int_equal(visit(&v, 20 * BLOCK_ROWS, 3, &e), STATUS_DATA);
  assert_int_equal(e.status, STATUS_DATA);
  const Reduce reduce = {.block = visit_block, .context = &v};
  Task task;
  task_init(&task, 1);
  v.task = &task;
  assert_int_equal(rows_reduce(&task, 20 * BLOCK_ROWS, &reduce, NULL, NULL), STATUS_DATA);
  task_free(&task);
}

static void test_cancel(void **state)
{
  (void)state;
  Error e;
  for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; t++) {
    Visit v = {.cancel_at = 3};
    assert_int_equal(visit(&v, 400 * BLOCK_ROWS, thread_counts[t], &e), STATUS_CANCELLED);
    assert_string_equal(e.id, "interrupted");
    assert_true(atomic_load(&v.blocks) >= 1);
    assert_true(atomic_load(&v.late) <= thread_counts[t]); /* a thread may have looked just before */
  }
  Visit v = {.cancel_at = SIZE_MAX};
  const Reduce reduce = {.block = visit_block, .context = &v};
  Task task;
  task_init(&task, 1);
  task_cancel(&task);
  v.task = &task;
  error_clear(&e);
  assert_int_equal(rows_reduce(&task, 50 * BLOCK_ROWS, &reduce, NULL, &e), STATUS_CANCELLED);
  assert_int_equal(atomic_load(&v.blocks), 0);
  task_free(&task);
}

/* The number of workers follows the pool, not only the task. */
static void test_task_threads(void **state)
{
  (void)state;
  Task task;
  task_init(&task, 1);
  assert_int_equal(task_threads(&task), THREADS_MOST);
  task.threads = 5;
  assert_int_equal(task_threads(&task), 5);
  task.threads = 500;
  assert_int_equal(task_threads(&task), THREADS_MOST);
  pool_set_threads(2);
  assert_int_equal(task_threads(&task), 2);
  pool_set_threads(THREADS_MOST);
  task_free(&task);
}

static Status run_reduce(void *context, Error *e)
{
  const size_t threads = *(const size_t *)context, n = 100 * BLOCK_ROWS;
  Task task;
  Sum out = {0};
  task_init(&task, 1);
  task.threads = threads;
  const Reduce reduce = {.size = sizeof(Sum), .block = sum_block, .merge = merge_sums};
  Status status = rows_reduce(&task, n, &reduce, &out, e);
  if (status == STATUS_OK && out.shape != defined(NULL, 0, 100, n).shape) {
    status = STATUS_INTERNAL;
  }
  task_free(&task);
  return status;
}

static void test_memory_fails(void **state)
{
  (void)state;
  for (size_t t = 0; t < 3; t++) {
    size_t threads = thread_counts[t];
    assert_true(sweep(run_reduce, &threads) > 4);
  }
}

/* ---- task */

typedef struct Heard {
  size_t steps;
  double objective;
} Heard;

static void hear(void *context, const TraceStep *step)
{
  Heard *heard = context;
  heard->steps++;
  heard->objective = step->objective;
}

static void test_task(void **state)
{
  (void)state;
  Task task;
  task_init(&task, 42);
  assert_int_equal(task.seed, 42);
  assert_true(isnan(atomic_load(&task.objective)));
  assert_false(task_cancelled(&task));
  Heard heard = {0};
  task_step(&task, &(TraceStep){.objective = 3});
  assert_true(atomic_load(&task.objective) == 3);
  task.trace = hear;
  task.trace_context = &heard;
  task_step(&task, &(TraceStep){.objective = 2});
  assert_int_equal(heard.steps, 1);
  assert_true(heard.objective == 2);
  task_progress(&task, 3, 10);
  task_phase(&task, "swap");
  assert_int_equal(atomic_load(&task.done), 3);
  assert_int_equal(atomic_load(&task.total), 10);
  assert_string_equal(atomic_load(&task.phase), "swap");
  task.inner = true; /* what a method within reports is not heard */
  task_progress(&task, 1, 2);
  task_phase(&task, "start");
  task_step(&task, &(TraceStep){.objective = 9});
  assert_int_equal(atomic_load(&task.done), 3);
  assert_int_equal(atomic_load(&task.total), 10);
  assert_string_equal(atomic_load(&task.phase), "swap");
  assert_int_equal(heard.steps, 1);
  assert_true(atomic_load(&task.objective) == 2);
  task_cancel(&task);
  assert_true(task_cancelled(&task));
  assert_non_null(arena_alloc(&task.arena, 100, 1));
  const size_t used = mem_in_use();
  task_free(&task);
  assert_true(mem_in_use() < used);
}

static void test_reserve(void **state)
{
  (void)state;
  Task task;
  Error e;
  task_init(&task, 1);
  error_clear(&e);
  assert_int_equal(task_reserve(&task, SIZE_MAX, "distances", &e), STATUS_OK);
  task.budget = 2000000;
  assert_int_equal(task_reserve(&task, 2000000, "distances", &e), STATUS_OK);
  assert_int_equal(task_reserve(&task, 3000000, "distances", &e), STATUS_LIMIT);
  assert_string_equal(e.what, "distances needs 3.0 MB, the memory budget leaves 2.0 MB");
  assert_string_equal(e.id, "memory-budget");
  assert_non_null(strstr(e.hint, "--memory"));
  mem_limit(mem_in_use() + 1000000); /* the narrower of both counts */
  error_clear(&e);
  assert_int_equal(task_reserve(&task, 900000, "distances", &e), STATUS_OK);
  assert_int_equal(task_reserve(&task, 1500000, "distances", &e), STATUS_LIMIT);
  assert_non_null(strstr(e.what, "leaves 1.0 MB"));
  task.budget = 500000;
  assert_int_equal(task_reserve(&task, 600000, "distances", NULL), STATUS_LIMIT);
  void *held = mem_alloc(100, 1);
  assert_non_null(held);
  mem_limit(1); /* nothing left is not "no limit" */
  assert_int_equal(task_reserve(&task, 600000, "distances", NULL), STATUS_LIMIT);
  mem_limit(0);
  mem_free(held);
  task_free(&task);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_tree_and_bits),       cmocka_unit_test(test_tree_of_every_size),
    cmocka_unit_test(test_init),                cmocka_unit_test(test_every_row_once),
    cmocka_unit_test(test_lowest_error),        cmocka_unit_test(test_error_stops),
    cmocka_unit_test(test_error_without_words),
    cmocka_unit_test(test_cancel),              cmocka_unit_test(test_task_threads),
    cmocka_unit_test(test_memory_fails),        cmocka_unit_test(test_task),
    cmocka_unit_test(test_reserve),
  };
  return cmocka_run_group_tests(tests, make_values, free_values);
}
