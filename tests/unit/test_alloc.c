/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alloc.c -- checked allocation: overflow, limit, counters, the failing allocator; arenas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#include "core/alloc.h"
#include "core/arena.h"
#include "core/random.h"

static void *volatile kept; /* keeps the compiler from removing an allocation or seeing its size */

/* Sizes that no machine has, made at run time so that the compiler does not warn. */
static const size_t *too_large(size_t *n)
{
  static size_t pairs[][2] = {{SIZE_MAX, 1},
                              {SIZE_MAX, 2},
                              {2, SIZE_MAX},
                              {SIZE_MAX / 2 + 1, 2},
                              {(size_t)1 << 32, (size_t)1 << 32},
                              {PTRDIFF_MAX, 1},
                              {SIZE_MAX / 8 + 1, 8},
                              {(size_t)1 << 33, (size_t)1 << 31},
                              {PTRDIFF_MAX / 2, 3}};
  *n = sizeof pairs / sizeof *pairs;
  return pairs[0];
}

static void test_overflow(void **state)
{
  (void)state;
  size_t n;
  const size_t *pairs = too_large(&n);
  const size_t before = mem_in_use();
  Arena arena = {0};
  char *p = mem_alloc(10, 1);
  assert_non_null(p);
  memset(p, 7, 10);
  for (size_t i = 0; i < n; i++) {
    const size_t a = pairs[2 * i], b = pairs[2 * i + 1];
    assert_null(mem_alloc(a, b));
    assert_null(mem_zero(a, b));
    assert_null(mem_buffer(a, b));
    assert_null(mem_resize(p, a, b));
    assert_null(mem_resize(NULL, a, b));
    assert_null(arena_alloc(&arena, a, b));
  }
  for (int i = 0; i < 10; i++) {
    assert_int_equal(p[i], 7); /* a refused resize leaves the old bytes */
  }
  volatile size_t all = SIZE_MAX;
  assert_null(mem_text("x", all)); /* n + 1 is 0 */
  assert_null(arena_text(&arena, "x", all));
  mem_free(p);
  arena_free(&arena);
  assert_int_equal(mem_in_use(), before);
}

static void test_size_zero(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  void *p[4] = {mem_alloc(0, 8), mem_zero(8, 0), mem_buffer(0, 0), mem_resize(NULL, 0, 1)};
  for (size_t i = 0; i < 4; i++) {
    assert_non_null(p[i]);
    mem_free(p[i]);
  }
  void *q = mem_alloc(100, 1);
  q = mem_resize(q, 0, 1);
  assert_non_null(q);
  mem_free(q);
  mem_free(NULL);
  assert_int_equal(mem_in_use(), before);
}

static void test_contents(void **state)
{
  (void)state;
  for (size_t n = 1; n < 400; n += 13) {
    unsigned char *dirty = mem_buffer(n, 1); /* what is given next may be this again */
    assert_non_null(dirty);
    memset(dirty, 0xAA, (n + 63) / 64 * 64);
    kept = dirty;
    mem_free(dirty);
    unsigned char *buffer = mem_buffer(n, 1), *zeros = mem_zero(n, 3);
    assert_non_null(zeros);
    assert_non_null(buffer);
    for (size_t i = 0; i < n * 3; i++) {
      assert_int_equal(zeros[i], 0);
    }
    assert_int_equal((uintptr_t)buffer % 64, 0);
    memset(buffer, 1, n);
    for (size_t i = n; i % 64 != 0; i++) {
      assert_int_equal(buffer[i], 0);
    }
    mem_free(zeros);
    mem_free(buffer);
  }
  char *text = mem_text("a\0bc", 3), *string = mem_string("客户"), *empty = mem_text(NULL, 0);
  assert_memory_equal(text, "a\0b", 4);
  assert_string_equal(string, "客户");
  assert_string_equal(empty, "");
  mem_free(text);
  mem_free(string);
  mem_free(empty);
}

static void test_counters(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  const int64_t count = mem_count();
  void *a = mem_alloc(1000, 10), *b = mem_zero(5000, 1), *c = mem_buffer(3000, 1);
  kept = a;
  assert_true(mem_in_use() >= before + 18000 && mem_in_use() < before + 19000);
  assert_true(mem_peak() >= mem_in_use());
  a = mem_resize(a, 40000, 1);
  kept = a;
  assert_true(mem_in_use() >= before + 48000 && mem_in_use() < before + 49000);
  const size_t peak = mem_peak();
  a = mem_resize(a, 10, 1);
  assert_true(mem_in_use() < before + 9000);
  assert_true(mem_peak() == peak);
  assert_int_equal(mem_count() - count, 5);
  mem_free(a);
  mem_free(b);
  mem_free(c);
  assert_int_equal(mem_in_use(), before);
}

static void test_limit(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  assert_int_equal(mem_limit_get(), 0);
  mem_limit(before + 100000);
  assert_int_equal(mem_limit_get(), before + 100000);
  char *a = mem_alloc(60000, 1);
  assert_non_null(a);
  a[0] = 'x';
  assert_null(mem_alloc(60000, 1));
  assert_null(mem_zero(1, 60000));
  assert_null(mem_buffer(60000, 1));
  assert_null(mem_resize(a, 60000 * 2, 1));
  assert_int_equal(a[0], 'x');
  void *b = mem_alloc(20000, 1);
  assert_non_null(b);
  mem_free(a);
  void *c = mem_alloc(60000, 1); /* what was given back may be had again */
  assert_non_null(c);
  mem_limit(0);
  void *d = mem_alloc(1000000, 1);
  assert_non_null(d);
  mem_free(b);
  mem_free(c);
  mem_free(d);
  assert_int_equal(mem_in_use(), before);
}

static void test_fail_from(void **state)
{
  (void)state;
  void *p[4];
  mem_fail_from(2);
  for (size_t i = 0; i < 4; i++) {
    p[i] = mem_alloc(1, 1);
  }
  assert_true(p[0] && p[1] && !p[2] && !p[3]);
  assert_null(mem_zero(1, 1));
  assert_null(mem_buffer(1, 1));
  assert_null(mem_string("x"));
  assert_null(mem_resize(p[0], 100, 1));
  mem_fail_from(0);
  assert_null(mem_alloc(1, 1));
  mem_fail_from(-5);
  p[2] = mem_alloc(1, 1);
  assert_non_null(p[2]);
  mem_free(p[0]);
  mem_free(p[1]);
  mem_free(p[2]);
}

static void *churn(void *seed)
{
  Random random = random_new((uint64_t)(uintptr_t)seed, 0);
  void *p[16] = {0};
  for (size_t i = 0; i < 20000; i++) {
    const size_t at = random_below(&random, 16);
    if (random_below(&random, 2)) {
      void *q = mem_resize(p[at], random_below(&random, 5000), 1);
      p[at] = q ? q : p[at];
    } else {
      mem_free(p[at]);
      p[at] = mem_alloc(random_below(&random, 3000), 1);
    }
  }
  for (size_t i = 0; i < 16; i++) {
    mem_free(p[i]);
  }
  return NULL;
}

static void test_counters_of_threads(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  const int64_t count = mem_count();
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)(uintptr_t)(i + 1)), 0);
  }
  for (size_t i = 0; i < 4; i++) {
    pthread_join(threads[i], NULL);
  }
  assert_int_equal(mem_in_use(), before);
  assert_int_equal(mem_count() - count, 80000);
}

/* ---- arenas */

static void test_arena(void **state)
{
  (void)state;
  enum { PIECES = 3000 };
  static unsigned char *pieces[PIECES];
  static size_t sizes[PIECES];
  const size_t before = mem_in_use();
  Arena arena = {0};
  Random random = random_new(31, 0);
  for (size_t i = 0; i < PIECES; i++) {
    sizes[i] = random_below(&random, i % 100 == 0 ? 100000 : 200);
    pieces[i] = arena_alloc(&arena, sizes[i], 1);
    assert_non_null(pieces[i]);
    assert_int_equal((uintptr_t)pieces[i] % (sizes[i] >= 64 ? 64 : 16), 0);
    for (size_t j = 0; j < sizes[i]; j++) {
      assert_int_equal(pieces[i][j], 0);
    }
    memset(pieces[i], (int)(i % 251) + 1, sizes[i]);
  }
  for (size_t i = 0; i < PIECES; i++) {
    for (size_t j = 0; j < sizes[i]; j++) {
      assert_int_equal(pieces[i][j], i % 251 + 1); /* no two overlap */
    }
  }
  arena_free(&arena);
  assert_null(arena.chunk);
  assert_int_equal(mem_in_use(), before);
  arena_free(&arena);
  assert_string_equal(arena_string(&arena, "again"), "again"); /* empty and ready */
  arena_free(&arena);
  assert_int_equal(mem_in_use(), before);
}

static void test_arena_texts(void **state)
{
  (void)state;
  Arena arena = {0};
  assert_memory_equal(arena_text(&arena, "a\0b", 3), "a\0b", 4);
  assert_string_equal(arena_text(&arena, NULL, 0), "");
  assert_string_equal(arena_printf(&arena, "%d %s", 42, "x"), "42 x");
  char *wide = arena_printf(&arena, "%60000d|", 7);
  assert_int_equal(strlen(wide), 60001);
  assert_string_equal(wide + 59998, " 7|");
  arena_free(&arena);
}

static void test_arena_without_memory(void **state)
{
  (void)state;
  Arena arena = {0};
  const size_t before = mem_in_use();
  for (int64_t n = 0; n < 2; n++) { /* a chunk is two allocations */
    mem_fail_from(n);
    assert_null(arena_alloc(&arena, 10, 1));
    assert_null(arena_string(&arena, "x"));
    assert_null(arena_printf(&arena, "x"));
    mem_fail_from(-1);
    assert_int_equal(mem_in_use(), before);
  }
  char *kept_text = arena_string(&arena, "kept");
  mem_fail_from(0);
  assert_null(arena_alloc(&arena, 100000, 1));
  assert_non_null(arena_alloc(&arena, 10, 1)); /* there is room in the chunk still */
  mem_fail_from(-1);
  assert_string_equal(kept_text, "kept");
  arena_free(&arena);
  assert_int_equal(mem_in_use(), before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_overflow),           cmocka_unit_test(test_size_zero),
    cmocka_unit_test(test_contents),           cmocka_unit_test(test_counters),
    cmocka_unit_test(test_limit),              cmocka_unit_test(test_fail_from),
    cmocka_unit_test(test_counters_of_threads), cmocka_unit_test(test_arena),
    cmocka_unit_test(test_arena_texts),        cmocka_unit_test(test_arena_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
