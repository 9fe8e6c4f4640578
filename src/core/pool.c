/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { THREADS_MOST = 256 };

/* The order of a batch: item number i is (first + i * step) % n, step without a common divisor with n. */
typedef struct Order {
  size_t n;
  uint64_t first, step; /* step 0: in order */
} Order;

/* One batch of work. `generation` tells sleeping threads that a new batch is there. */
static struct {
  pthread_mutex_t lock;
  pthread_cond_t work, done;
  pthread_t threads[THREADS_MOST];
  size_t made;            /* threads made so far, without the caller */
  size_t wanted;          /* of them, how many take part in this batch */
  size_t busy;            /* of them, how many have not finished it */
  uint64_t generation;
  bool closing;
  PoolFunction function;
  void *context;
  Order order;
  atomic_size_t next;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER; /* held by the call that uses the pool */
static atomic_size_t threads_set;

static size_t processors(void)
{
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) {
    return 1;
  }
  const int count = CPU_COUNT(&set);
  return count < 1 ? 1 : count > THREADS_MOST ? THREADS_MOST : (size_t)count;
}

void pool_set_threads(size_t threads)
{
  atomic_store(&threads_set, threads > THREADS_MOST ? THREADS_MOST : threads);
}

size_t pool_threads(void)
{
  const size_t set = atomic_load(&threads_set);
  return set ? set : processors();
}

/* ---- The order of items ---- */

static atomic_uint_fast64_t shuffle_seed, shuffle_calls;
static pthread_once_t shuffle_once = PTHREAD_ONCE_INIT;

static void read_shuffle(void)
{
  const char *const seed = getenv("ASSAY_SHUFFLE");
  atomic_store(&shuffle_seed, seed ? strtoull(seed, NULL, 10) : 0);
}

void pool_shuffle(uint64_t seed)
{
  pthread_once(&shuffle_once, read_shuffle);
  atomic_store(&shuffle_seed, seed);
}

/* SplitMix64 (Steele, Lea & Flood 2014). */
static uint64_t mixed(uint64_t x)
{
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

static bool common_divisor(uint64_t a, uint64_t b)
{
  while (b > 0) {
    const uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a > 1;
}

static Order order_of(size_t n)
{
  pthread_once(&shuffle_once, read_shuffle);
  const uint64_t seed = atomic_load_explicit(&shuffle_seed, memory_order_relaxed);
  Order order = {.n = n};
  if (seed > 0 && n > 1) {
    const uint64_t drawn = mixed(seed + atomic_fetch_add(&shuffle_calls, 1));
    order.first = drawn % n;
    order.step = 1 + mixed(drawn) % n;
    while (common_divisor(order.step, n)) {
      order.step++;
    }
  }
  return order;
}

static size_t item_at(const Order *order, size_t i)
{
  if (order->step == 0) {
    return i;
  }
  const uint64_t item = (uint64_t)((order->first + (unsigned __int128)i * order->step) % order->n);
  if (mixed(item ^ order->first) % 4 == 0) {
    sched_yield();
  }
  return item;
}

static void take_items(PoolFunction function, void *context, const Order *order, size_t worker)
{
  for (;;) {
    const size_t i = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed);
    if (i >= order->n) {
      return;
    }
    function(context, item_at(order, i), worker);
  }
}

static void *thread_main(void *argument)
{
  const size_t index = (size_t)(uintptr_t)argument;
  uint64_t seen = 0;
  pthread_mutex_lock(&pool.lock);
  for (;;) {
    while (!pool.closing && (pool.generation == seen || index >= pool.wanted)) {
      seen = pool.generation;
      pthread_cond_wait(&pool.work, &pool.lock);
    }
    if (pool.closing) {
      break;
    }
    seen = pool.generation;
    const PoolFunction function = pool.function;
    void *const context = pool.context;
    const Order order = pool.order;
    pthread_mutex_unlock(&pool.lock);
    take_items(function, context, &order, index + 1);
    pthread_mutex_lock(&pool.lock);
    if (--pool.busy == 0) {
      pthread_cond_signal(&pool.done);
    }
  }
  pthread_mutex_unlock(&pool.lock);
  return NULL;
}

/* Makes threads until `wanted` exist or the system refuses; all signals stay with the main thread. Lock held. */
static void make_threads(size_t wanted)
{
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (pool.made < wanted) {
    if (pthread_create(&pool.threads[pool.made], NULL, thread_main, (void *)(uintptr_t)pool.made) != 0) {
      break;
    }
    pool.made++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void run_alone(const Order *order, PoolFunction function, void *context)
{
  for (size_t i = 0; i < order->n; i++) {
    function(context, item_at(order, i), 0);
  }
}

void pool_run(size_t threads, size_t n, PoolFunction function, void *context)
{
  if (threads == 0 || threads > pool_threads()) {
    threads = pool_threads();
  }
  if (threads > n) {
    threads = n;
  }
  const Order order = order_of(n);
  if (threads <= 1 || pthread_mutex_trylock(&owner) != 0) {
    run_alone(&order, function, context);
    return;
  }
  pthread_mutex_lock(&pool.lock);
  make_threads(threads - 1);
  pool.wanted = threads - 1 < pool.made ? threads - 1 : pool.made;
  pool.busy = pool.wanted;
  pool.function = function;
  pool.context = context;
  pool.order = order;
  atomic_store(&pool.next, 0);
  pool.generation++;
  pthread_cond_broadcast(&pool.work);
  pthread_mutex_unlock(&pool.lock);

  take_items(function, context, &order, 0);

  pthread_mutex_lock(&pool.lock);
  while (pool.busy > 0) {
    pthread_cond_wait(&pool.done, &pool.lock);
  }
  pool.wanted = 0;
  pthread_mutex_unlock(&pool.lock);
  pthread_mutex_unlock(&owner);
}

void pool_close(void)
{
  pthread_mutex_lock(&owner);
  pthread_mutex_lock(&pool.lock);
  pool.closing = true;
  pthread_cond_broadcast(&pool.work);
  pthread_mutex_unlock(&pool.lock);
  for (size_t i = 0; i < pool.made; i++) {
    pthread_join(pool.threads[i], NULL);
  }
  pool.made = 0;
  pool.closing = false;
  pthread_mutex_unlock(&owner);
}
