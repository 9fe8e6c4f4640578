/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_random.c -- the generator against its authors' vectors, and what is made of its bits against the
 * distributions. Seeds are fixed, so that a run passes always or never; limits are the 99.9 % points of
 * chi-square and Kolmogorov. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/random.h"

/* Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds; the last two by running its philox4x32(). */
static void test_known_answers(void **state)
{
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], out[4];
  } rows[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
      {{1, 2, 3, 4}, {5, 6}, {0xc0c839bc, 0x889c87c5, 0x61986739, 0x2d4623d0}},
      {{0xdeadbeef, 0, 0x80000000, 7},
       {0x12345678, 0x9abcdef0},
       {0x73bb76bd, 0xdd742609, 0xd42c0dce, 0x8fbdd983}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t out[4];
    random_philox(rows[i].counter, rows[i].key, out);
    assert_memory_equal(out, rows[i].out, sizeof out);
  }
}

/* Word `position` of a stream by the raw function: block number and stream are the counter, the seed is
 * the key. */
static uint64_t word_of(uint64_t seed, uint64_t stream, uint64_t position)
{
  const uint64_t block = position / 2;
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream,
                               (uint32_t)(stream >> 32)};
  const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  uint32_t out[4];
  random_philox(counter, key, out);
  const size_t at = position % 2 * 2;
  return (uint64_t)out[at + 1] << 32 | out[at];
}

static void test_words_of_a_stream(void **state)
{
  (void)state;
  static const uint64_t seeds[] = {0, 1, UINT64_MAX, 0x123456789abcdef0},
                        streams[] = {0, 1, 1ull << 40, UINT64_MAX};
  for (size_t s = 0; s < 4; s++) {
    Random random = random_new(seeds[s], streams[s]);
    for (uint64_t i = 0; i < 50; i++) {
      assert_true(random_bits(&random) == word_of(seeds[s], streams[s], i));
    }
  }
}

/* A saved position is three integers: going back to it must give the same words, also in the middle of a
 * block. */
static void test_seek(void **state)
{
  (void)state;
  static const uint64_t positions[] = {0, 1, 2, 7, 1000001, (1ull << 33) + 1, UINT64_MAX - 8};
  for (size_t i = 0; i < sizeof positions / sizeof *positions; i++) {
    Random random = random_new(7, 3);
    (void)random_bits(&random);
    random_seek(&random, positions[i]);
    assert_true(random.next == positions[i]);
    for (uint64_t j = 0; j < 5; j++) {
      assert_true(random_bits(&random) == word_of(7, 3, positions[i] + j));
    }
  }
}

static int compare_words(const void *a, const void *b)
{
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

/* 200,000 words of 200 streams, half of them of another seed: two equal ones are a matter of one in 10^9. */
static void test_streams_do_not_meet(void **state)
{
  (void)state;
  enum { STREAMS = 200, EACH = 1000 };
  uint64_t *words = malloc(STREAMS * EACH * sizeof *words);
  assert_non_null(words);
  for (size_t s = 0; s < STREAMS; s++) {
    Random random = random_new(s % 2, s / 2);
    for (size_t i = 0; i < EACH; i++) {
      words[s * EACH + i] = random_bits(&random);
    }
  }
  qsort(words, STREAMS * EACH, sizeof *words, compare_words);
  for (size_t i = 1; i < STREAMS * EACH; i++) {
    assert_true(words[i] != words[i - 1]);
  }
  free(words);
}

static double chi_square(const uint64_t *counts, size_t n)
{
  double total = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    total += (double)counts[i];
  }
  for (size_t i = 0; i < n; i++) {
    const double expected = total / (double)n, off = (double)counts[i] - expected;
    sum += off * off / expected;
  }
  return sum;
}

static void test_below_small(void **state)
{
  (void)state;
  Random random = random_new(11, 0);
  uint64_t three[3] = {0}, seven[7] = {0};
  for (size_t i = 0; i < 700000; i++) {
    three[random_below(&random, 3)]++;
    seven[random_below(&random, 7)]++;
    assert_true(random_below(&random, 1) == 0);
  }
  assert_true(chi_square(three, 3) < 13.8);
  assert_true(chi_square(seven, 7) < 22.5);
}

/* Near the top of the range a generator that rejects nothing shows its bias: with n = 3 * 2^62 a third of
 * the results would come twice as often, with n = 2^63 + 1 taken by remainder half of them. */
static void test_below_large(void **state)
{
  (void)state;
  const uint64_t n = 3ull << 62, odd = (1ull << 63) + 1;
  Random random = random_new(12, 0);
  uint64_t residue[3] = {0}, part[3] = {0}, half[16] = {0};
  for (size_t i = 0; i < 600000; i++) {
    const uint64_t x = random_below(&random, n), y = random_below(&random, odd);
    assert_true(x < n && y < odd);
    residue[x % 3]++;
    part[x >> 62]++;
    half[y >> 59 & 15]++;
    assert_true(random_below(&random, UINT64_MAX) < UINT64_MAX);
  }
  assert_true(chi_square(residue, 3) < 13.8);
  assert_true(chi_square(part, 3) < 13.8);
  assert_true(chi_square(half, 16) < 37.7);
}

static int compare_doubles(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Kolmogorov's statistic times the root of n; 1.95 is the 99.9 % point. Sorts the values. */
static double kolmogorov(double *values, size_t n, double (*cdf)(double))
{
  double worst = 0;
  qsort(values, n, sizeof *values, compare_doubles);
  for (size_t i = 0; i < n; i++) {
    const double p = cdf(values[i]);
    worst = fmax(worst, fmax((double)(i + 1) / (double)n - p, p - (double)i / (double)n));
  }
  return worst * sqrt((double)n);
}

static double uniform_cdf(double x)
{
  return x;
}

static double normal_cdf(double x)
{
  return 0.5 * erfc(-x * 0.70710678118654752440);
}

enum { DRAWS = 400000 };

static void test_uniform(void **state)
{
  (void)state;
  double *values = malloc(DRAWS * sizeof *values);
  assert_non_null(values);
  Random random = random_new(13, 5);
  bool odd_seen = false;
  for (size_t i = 0; i < DRAWS; i++) {
    values[i] = random_uniform(&random);
    assert_true(values[i] >= 0 && values[i] < 1);
    const double scaled = values[i] * 0x1p53;
    assert_true(scaled == floor(scaled));
    odd_seen = odd_seen || fmod(scaled, 2) == 1;
  }
  assert_true(odd_seen); /* all 53 bits are used */
  assert_true(kolmogorov(values, DRAWS, uniform_cdf) < 1.95);
  free(values);
}

/* Moments of n normals: their standard errors are sqrt(1, 2, 15, 96 / n); four of them are allowed. */
static void test_normal(void **state)
{
  (void)state;
  double *values = malloc(DRAWS * sizeof *values);
  assert_non_null(values);
  Random random = random_new(14, 0);
  double moments[4] = {0};
  for (size_t i = 0; i < DRAWS; i++) {
    const double x = values[i] = random_normal(&random);
    assert_true(isfinite(x));
    moments[0] += x;
    moments[1] += x * x;
    moments[2] += x * x * x;
    moments[3] += x * x * x * x;
  }
  static const double expected[] = {0, 1, 0, 3}, variance[] = {1, 2, 15, 96};
  for (size_t i = 0; i < 4; i++) {
    assert_true(fabs(moments[i] / DRAWS - expected[i]) < 4 * sqrt(variance[i] / DRAWS));
  }
  assert_true(kolmogorov(values, DRAWS, normal_cdf) < 1.95);
  free(values);
}

static void test_permutation(void **state)
{
  (void)state;
  Random random = random_new(15, 0);
  size_t order[500];
  random_permutation(&random, 0, order);
  for (size_t round = 0; round < 20; round++) {
    bool seen[500] = {false};
    random_permutation(&random, 500, order);
    for (size_t i = 0; i < 500; i++) {
      assert_true(order[i] < 500 && !seen[order[i]]);
      seen[order[i]] = true;
    }
  }
}

/* All 24 orders of four things are equally likely: 23 degrees of freedom. */
static void test_permutation_is_fair(void **state)
{
  (void)state;
  Random random = random_new(16, 0);
  uint64_t counts[256] = {0}, found[24];
  for (size_t i = 0; i < 240000; i++) {
    size_t order[4];
    random_permutation(&random, 4, order);
    counts[order[0] << 6 | order[1] << 4 | order[2] << 2 | order[3]]++;
  }
  size_t n = 0;
  for (size_t i = 0; i < 256; i++) {
    if (counts[i] > 0) {
      assert_true(n < 24);
      found[n++] = counts[i];
    }
  }
  assert_int_equal(n, 24);
  assert_true(chi_square(found, 24) < 49.7);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_known_answers),    cmocka_unit_test(test_words_of_a_stream),
    cmocka_unit_test(test_seek),             cmocka_unit_test(test_streams_do_not_meet),
    cmocka_unit_test(test_below_small),      cmocka_unit_test(test_below_large),
    cmocka_unit_test(test_uniform),          cmocka_unit_test(test_normal),
    cmocka_unit_test(test_permutation),      cmocka_unit_test(test_permutation_is_fair),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
