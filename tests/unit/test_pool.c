/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pool.c -- the pool: every item once, workers not shared, nested and simultaneous use, closing and
 * starting anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/pool.h"

enum { THREADS = 8, ITEMS_MOST = 20000 };

/* What one batch did; threads cannot assert, so they count. */
typedef struct Batch {
  atomic_uchar seen[ITEMS_MOST];
  atomic_int inside[THREADS];
  atomic_int wrong, helpers;   /* helpers: items that another thread than the caller's did */
  size_t threads;
  pthread_t caller;
  struct timespec pause;
} Batch;

static void do_item(void *context, size_t item, size_t worker)
{
  Batch *b = context;
  if (worker >= b->threads || atomic_fetch_add(&b->inside[worker], 1) != 0) {
    atomic_fetch_add(&b->wrong, 1);
  }
  atomic_fetch_add(&b->seen[item], 1);
  atomic_fetch_add(&b->helpers, !pthread_equal(pthread_self(), b->caller));
  if (b->pause.tv_nsec) {
    nanosleep(&b->pause, NULL);
  }
  atomic_fetch_sub(&b->inside[worker], 1);
}

/* True when each of n items was done once and nothing was out of order. */
static int batch_sound(Batch *b, size_t threads, size_t n, long pause)
{
  memset(b, 0, sizeof *b);
  b->threads = threads;
  b->caller = pthread_self();
  b->pause.tv_nsec = pause;
  pool_run(threads, n, do_item, b);
  int sound = atomic_load(&b->wrong) == 0;
  for (size_t i = 0; i < ITEMS_MOST; i++) {
    sound = sound && b->seen[i] == (i < n);
  }
  return sound;
}

static void test_every_item_once(void **state)
{
  (void)state;
  static const size_t counts[] = {0, 1, 2, 7, 8, 9, 1000, ITEMS_MOST};
  Batch *b = malloc(sizeof *b);
  assert_non_null(b);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    for (size_t threads = 1; threads <= THREADS; threads++) {
      assert_true(batch_sound(b, threads, counts[i], 0));
    }
  }
  free(b);
}

static void note_item(void *context, size_t item, size_t worker)
{
  size_t **const at = context;
  (void)worker;
  *(*at)++ = item;
}

/* Another order with each seed and each call, each item once all the same. */
static void test_shuffled(void **state)
{
  (void)state;
  enum { N = 1000 };
  size_t items[3][N];
  Batch *b = malloc(sizeof *b);
  assert_non_null(b);
  for (uint64_t seed = 1; seed <= 40; seed++) {
    pool_shuffle(seed);
    assert_true(batch_sound(b, 1 + seed % THREADS, 1 + seed * 7 % 60, 0));
    assert_true(batch_sound(b, 1 + seed % THREADS, N, 0));
  }
  for (size_t call = 0; call < 3; call++) {
    size_t *at = items[call];
    pool_shuffle(call < 2 ? 5 : 0);
    pool_run(1, N, note_item, &at);
    assert_ptr_equal(at, items[call] + N);
  }
  assert_memory_not_equal(items[0], items[1], sizeof *items);
  assert_memory_not_equal(items[0], items[2], sizeof *items);
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(items[2][i], i);
  }
  free(b);
}

/* With items that take a while the pool's threads do come in. */
static void test_threads_help(void **state)
{
  (void)state;
  Batch *b = malloc(sizeof *b);
  assert_non_null(b);
  assert_true(batch_sound(b, 4, 60, 1000000));
  assert_true(atomic_load(&b->helpers) > 0);
  assert_true(batch_sound(b, 1, 10, 0));
  assert_int_equal(atomic_load(&b->helpers), 0);
  free(b);
}

static void test_many_small_batches(void **state)
{
  (void)state;
  Batch *b = malloc(sizeof *b);
  assert_non_null(b);
  memset(b, 0, sizeof *b);
  b->threads = THREADS;
  b->caller = pthread_self();
  size_t done = 0;
  for (size_t round = 0; round < 3000; round++) {
    const size_t n = 2 + round % 11;
    pool_run(2 + round % (THREADS - 1), n, do_item, b);
    for (size_t i = 0; i < n; i++) {
      done += b->seen[i];
      b->seen[i] = 0;
    }
  }
  size_t expected = 0;
  for (size_t round = 0; round < 3000; round++) {
    expected += 2 + round % 11;
  }
  assert_int_equal(done, expected);
  assert_int_equal(atomic_load(&b->wrong), 0);
  free(b);
}

/* ---- use from inside and from several threads */

static void nested_item(void *context, size_t item, size_t worker)
{
  (void)item;
  (void)worker;
  Batch *inner = malloc(sizeof *inner);
  if (!inner || !batch_sound(inner, 4, 50, 0)) {
    atomic_fetch_add((atomic_int *)context, 1);
  }
  free(inner);
}

static void test_nested(void **state)
{
  (void)state;
  atomic_int wrong = 0;
  for (size_t round = 0; round < 20; round++) {
    pool_run(4, 12, nested_item, &wrong);
  }
  assert_int_equal(atomic_load(&wrong), 0);
}

static void *user_main(void *context)
{
  Batch *b = malloc(sizeof *b);
  for (size_t round = 0; round < 40; round++) {
    if (!b || !batch_sound(b, 1 + round % 5, 200 + round, 0)) {
      atomic_fetch_add((atomic_int *)context, 1);
    }
  }
  free(b);
  return NULL;
}

static void test_several_users(void **state)
{
  (void)state;
  pthread_t users[6];
  atomic_int wrong = 0;
  for (size_t i = 0; i < 6; i++) {
    assert_int_equal(pthread_create(&users[i], NULL, user_main, &wrong), 0);
  }
  for (size_t i = 0; i < 6; i++) {
    pthread_join(users[i], NULL);
  }
  assert_int_equal(atomic_load(&wrong), 0);
}

/* ---- life of the threads */

static void test_close_and_reuse(void **state)
{
  (void)state;
  Batch *b = malloc(sizeof *b);
  assert_non_null(b);
  for (size_t round = 0; round < 30; round++) {
    assert_true(batch_sound(b, THREADS, 100, round % 3 ? 0 : 10000));
    pool_close();
  }
  pool_close(); /* nothing there: nothing happens */
  free(b);
}

static void test_number_of_threads(void **state)
{
  (void)state;
  pool_set_threads(0);
  assert_true(pool_threads() >= 1);
  pool_set_threads(3);
  assert_int_equal(pool_threads(), 3);
  Batch *b = malloc(sizeof *b);
  assert_non_null(b);
  memset(b, 0, sizeof *b);
  b->threads = 3; /* more are asked for than there may be: a worker over 2 would be wrong */
  pool_run(THREADS, 500, do_item, b);
  pool_run(0, 500, do_item, b);
  assert_int_equal(atomic_load(&b->wrong), 0);
  pool_set_threads(100000);
  assert_true(pool_threads() <= 1024);
  pool_set_threads(THREADS);
  free(b);
}

typedef struct Signals {
  pthread_t caller;
  atomic_int unblocked, looked;
} Signals;

static void look_at_signals(void *context, size_t item, size_t worker)
{
  Signals *s = context;
  (void)item;
  (void)worker;
  sigset_t set;
  if (!pthread_equal(pthread_self(), s->caller)) {
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    atomic_fetch_add(&s->unblocked, !sigismember(&set, SIGINT) || !sigismember(&set, SIGWINCH));
    atomic_fetch_add(&s->looked, 1);
  }
  nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void test_signals_stay_with_the_caller(void **state)
{
  (void)state;
  Signals s = {.caller = pthread_self()};
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, NULL, &before);
  pool_close();
  pool_run(4, 40, look_at_signals, &s);
  pthread_sigmask(SIG_SETMASK, NULL, &after);
  assert_true(atomic_load(&s.looked) > 0);
  assert_int_equal(atomic_load(&s.unblocked), 0);
  assert_int_equal(sigismember(&before, SIGINT), sigismember(&after, SIGINT));
}

static int open_pool(void **state)
{
  (void)state;
  pool_set_threads(THREADS);
  return 0;
}

static int close_pool(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_shuffled),
    cmocka_unit_test(test_every_item_once),   cmocka_unit_test(test_threads_help),
    cmocka_unit_test(test_many_small_batches), cmocka_unit_test(test_nested),
    cmocka_unit_test(test_several_users),     cmocka_unit_test(test_close_and_reuse),
    cmocka_unit_test(test_number_of_threads), cmocka_unit_test(test_signals_stay_with_the_caller),
  };
  return cmocka_run_group_tests(tests, open_pool, close_pool);
}
