/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random.h -- the one random number generator: Philox4x32-10 (Salmon et al., SC 2011), counter-based.
 *
 * A Random is a seed (the key), a stream number and a position. Streams of one seed do not overlap: a start, a row or a
 * thread takes its own by number, so that results do not depend on who draws first. The state is three integers and can be
 * saved. Same numbers on every machine, but for the last bit of normals (libm).
 */
#ifndef ASSAY_CORE_RANDOM_H
#define ASSAY_CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define RANDOM_NAME "philox4x32-10"

typedef struct Random {
  uint64_t seed, stream;
  uint64_t next;         /* number of 64-bit words drawn so far */
  uint64_t words[2];     /* the block that `next` lies in, when next is odd */
} Random;

Random random_new(uint64_t seed, uint64_t stream);

/* Goes to position `next` of the stream, as a saved state says. O(1). */
void random_seek(Random *random, uint64_t next);

/* 64 uniform bits. */
uint64_t random_bits(Random *random);

/* Uniform in [0, 1), a multiple of 2^-53. */
double random_uniform(Random *random);

/* Uniform integer in 0..n-1 without bias (Lemire 2019); n >= 1. */
uint64_t random_below(Random *random, uint64_t n);

/* Standard normal (polar method of Marsaglia; the second value of a pair is not kept, so that the state stays small). */
double random_normal(Random *random);

/* Puts 0..n-1 into random order (Fisher-Yates). O(n). */
void random_permutation(Random *random, size_t n, size_t *out);

/* Puts `want` <= n of 0..n-1, drawn without replacement, into the first places of out, rising. out has room for n. O(n). */
void random_subset(Random *random, size_t n, size_t want, size_t *out);

/* The raw function, ten rounds, for the field's test vectors. */
void random_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
