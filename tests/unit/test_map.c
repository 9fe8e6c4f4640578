/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_map.c -- the hash map: order of numbers, growth, odd keys, keys that collide, memory that fails;
 * digests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/digest.h"
#include "core/map.h"
#include "core/random.h"
#include "sweep.h"

static size_t put(Map *map, const char *key, size_t length, bool expect_fresh)
{
  size_t number = SIZE_MAX;
  bool fresh = !expect_fresh;
  Error e;
  error_clear(&e);
  assert_int_equal(map_put(map, key, length, &number, &fresh, &e), STATUS_OK);
  assert_int_equal(fresh, expect_fresh);
  return number;
}

static void test_odd_keys(void **state)
{
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
  } keys[] = {{"", 0},     {"a", 1},    {"a\0", 2},      {"a\0b", 3}, {"\0", 1},
              {"\0\0", 2}, {"客户", 6}, {"\xFF\xFE", 2}, {"b", 1}};
  enum { N = sizeof keys / sizeof *keys };
  Map *map = map_new();
  assert_non_null(map);
  size_t number;
  assert_false(map_get(map, "", 0, &number));
  for (size_t round = 0; round < 2; round++) {
    for (size_t i = 0; i < N; i++) {
      assert_int_equal(put(map, keys[i].bytes, keys[i].length, round == 0), i);
    }
  }
  assert_int_equal(map_size(map), N);
  for (size_t i = 0; i < N; i++) {
    size_t length;
    const char *key = map_key(map, i, &length);
    assert_int_equal(length, keys[i].length);
    assert_memory_equal(key, keys[i].bytes, length);
    assert_int_equal(key[length], '\0');
    assert_ptr_equal(map_key(map, i, NULL), key);
    number = SIZE_MAX;
    assert_true(map_get(map, keys[i].bytes, keys[i].length, &number));
    assert_int_equal(number, i);
  }
  assert_int_equal(put(map, NULL, 0, false), 0); /* no bytes need no address */
  assert_false(map_get(map, "c", 1, &number));
  assert_int_equal(map_put(map, "c", 1, &number, NULL, NULL), STATUS_OK);
  assert_int_equal(number, N);
  map_free(map);
  map_free(NULL);
}

static size_t key_of(size_t i, char *out, size_t size)
{
  return (size_t)snprintf(out, size, i % 3 ? "customer %zu" : "%zu", i * 7919);
}

static void test_many_keys(void **state)
{
  (void)state;
  enum { N = 100000 };
  const size_t before = mem_in_use();
  Map *map = map_new();
  char key[64];
  assert_non_null(map);
  for (size_t i = 0; i < N; i++) {
    const size_t length = key_of(i, key, sizeof key);
    assert_int_equal(put(map, key, length, true), i);
    if (i % 1000 == 999) { /* an old one is where it was */
      const size_t old = i / 2;
      assert_int_equal(put(map, key, key_of(old, key, sizeof key), false), old);
    }
  }
  assert_int_equal(map_size(map), N);
  for (size_t i = 0; i < N; i++) {
    const size_t length = key_of(i, key, sizeof key);
    size_t number, kept;
    assert_true(map_get(map, key, length, &number));
    assert_int_equal(number, i);
    assert_string_equal(map_key(map, i, &kept), key);
    assert_int_equal(kept, length);
    key[0] = '#';
    assert_false(map_get(map, key, length, &number));
  }
  map_free(map);
  assert_int_equal(mem_in_use(), before);
}

/* Keys whose hashes agree in the bits that choose a slot: all of them crowd into one run of the table. */
static void test_crowded_keys(void **state)
{
  (void)state;
  enum { N = 150 };
  static char keys[N][16];
  size_t n = 0;
  Map *map = map_new();
  assert_non_null(map);
  for (uint64_t i = 0; n < N; i++) {
    snprintf(keys[n], sizeof keys[n], "%llu", (unsigned long long)i);
    if ((digest_hash(keys[n], strlen(keys[n])) & 511) == 509) {
      assert_int_equal(put(map, keys[n], strlen(keys[n]), true), n);
      n++;
    }
  }
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(put(map, keys[i], strlen(keys[i]), false), i);
  }
  map_free(map);
}

static Status run_puts(void *context, Error *e)
{
  (void)context;
  Map *map = map_new();
  Status status = map ? STATUS_OK : error_memory(e, 0, "a map");
  char key[64];
  size_t number, n = 0;
  for (; status == STATUS_OK && n < 500; n++) {
    status = map_put(map, key, key_of(n, key, sizeof key), &number, NULL, e);
  }
  const size_t sound = status == STATUS_OK ? n : n ? n - 1 : 0;
  for (size_t i = 0; map && i < sound; i++) { /* what was put before the failure is still there */
    const bool found = map_get(map, key, key_of(i, key, sizeof key), &number) && number == i;
    status = found ? status : STATUS_INTERNAL;
  }
  if (map && map_size(map) != sound) {
    status = STATUS_INTERNAL;
  }
  map_free(map);
  return status;
}

static void test_memory_fails(void **state)
{
  (void)state;
  assert_true(sweep(run_puts, NULL) > 10);
}

/* The reference's own figures, got by running xxhsum 0.8.1 -H3 and -H2 on the same bytes. */
static void test_digest(void **state)
{
  (void)state;
  char text[33];
  digest_text(digest_bytes("", 0), text);
  assert_string_equal(text, "99aa06d3014798d86001c324468d497f");
  digest_text(digest_bytes("assay", 5), text);
  assert_string_equal(text, "010c11733b2f38a3487b764007d67761");
  assert_true(digest_hash("", 0) == 0x2d06800538d394c2u);
  assert_true(digest_hash("assay", 5) == 0xec260ebc9a765a0bu);
  digest_text((Digest){1, 2}, text);
  assert_string_equal(text, "00000000000000010000000000000002");
}

static void test_digest_join(void **state)
{
  (void)state;
  const Digest a = digest_bytes("a", 1), b = digest_bytes("b", 1);
  const Digest lists[][2] = {{a, b}, {b, a}, {a, a}};
  Digest joined[4];
  for (size_t i = 0; i < 3; i++) {
    joined[i] = digest_join(lists[i], 2);
  }
  joined[3] = digest_join(lists[0], 1);
  for (size_t i = 0; i < 4; i++) {
    for (size_t j = 0; j < i; j++) {
      assert_true(joined[i].low != joined[j].low && joined[i].high != joined[j].high);
    }
    assert_true(joined[i].low != a.low);
  }
  const Digest again = digest_join(lists[0], 2);
  assert_memory_equal(&again, &joined[0], sizeof again);
  (void)digest_join(NULL, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_odd_keys),     cmocka_unit_test(test_many_keys),
      cmocka_unit_test(test_crowded_keys), cmocka_unit_test(test_memory_fails),
      cmocka_unit_test(test_digest),       cmocka_unit_test(test_digest_join),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
