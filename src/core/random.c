/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"

#include <math.h>
#include <stdlib.h>

void random_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = (uint64_t)0xD2511F53u * c0;
    const uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
    const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    const uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

Random random_new(uint64_t seed, uint64_t stream)
{
  return (Random){.seed = seed, .stream = stream};
}

static void draw_block(Random *random, uint64_t block)
{
  const uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)random->stream,
                               (uint32_t)(random->stream >> 32)};
  const uint32_t key[2] = {(uint32_t)random->seed, (uint32_t)(random->seed >> 32)};
  uint32_t out[4];
  random_philox(counter, key, out);
  random->words[0] = (uint64_t)out[1] << 32 | out[0];
  random->words[1] = (uint64_t)out[3] << 32 | out[2];
}

void random_seek(Random *random, uint64_t next)
{
  random->next = next;
  if (next % 2 == 1) {
    draw_block(random, next / 2);
  }
}

uint64_t random_bits(Random *random)
{
  const uint64_t position = random->next++;
  if (position % 2 == 0) {
    draw_block(random, position / 2);
  }
  return random->words[position % 2];
}

double random_uniform(Random *random)
{
  return (double)(random_bits(random) >> 11) * 0x1p-53;
}

uint64_t random_below(Random *random, uint64_t n)
{
  unsigned __int128 product = (unsigned __int128)random_bits(random) * n;
  if ((uint64_t)product < n) {
    const uint64_t floor = -n % n;
    while ((uint64_t)product < floor) {
      product = (unsigned __int128)random_bits(random) * n;
    }
  }
  return (uint64_t)(product >> 64);
}

double random_normal(Random *random)
{
  double u, v, s;
  do {
    u = 2 * random_uniform(random) - 1;
    v = 2 * random_uniform(random) - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  return u * sqrt(-2 * log(s) / s);
}

void random_permutation(Random *random, size_t n, size_t *out)
{
  for (size_t i = 0; i < n; i++) {
    const size_t j = (size_t)random_below(random, i + 1);
    out[i] = out[j];
    out[j] = i;
  }
}

static int by_number(const void *a, const void *b)
{
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

void random_subset(Random *random, size_t n, size_t want, size_t *out)
{
  random_permutation(random, n, out);
  qsort(out, want, sizeof *out, by_number);
}
