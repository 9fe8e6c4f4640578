/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join_keys.h -- when a row of one frame and a row of another have the same keys.
 *
 * Keys are compared in pairs of columns: numbers by value (int64 with float64 too, exactly: 2^53 + 1 is no double),
 * -0 is 0 and NaN is NaN; times with times of the same kind (wall time, or instants of whatever zone); truth
 * values; texts by bytes, whatever their levels. A missing key matches nothing, or, when asked for, a missing one.
 *
 * Each row has a word: equal keys have equal words. When `exact` words say all; else equal words must be looked at
 * with join_same.
 */
#ifndef ASSAY_SHAPE_JOIN_KEYS_H
#define ASSAY_SHAPE_JOIN_KEYS_H

#include "core/task.h"
#include "frame/frame.h"

typedef struct KeyPair {
  const Column *side[2];
  enum { PAIR_BITS, PAIR_FLOAT, PAIR_WHOLE, PAIR_CODE, PAIR_TEXT } kind;
  int32_t *codes[2];   /* PAIR_CODE: number of each level's text, the same for both sides */
  uint64_t *hashes[2]; /* PAIR_TEXT: of each level of a category */
} KeyPair;

typedef struct JoinKeys {
  KeyPair *pairs; /* in the task's arena */
  size_t n;
  bool exact, match_missing;
} JoinKeys;

/* Pairs left[i] with right[i]; match_missing as above. n = 0: every row matches every one. Errors: STATUS_NAME
 * "unknown-column", STATUS_ARGUMENT "join-types" with the cure; memory. join_keys_free on success and failure. */
Status join_keys(const Frame *left, const Frame *right, const char *const *left_names,
                 const char *const *right_names, size_t n, bool match_missing, Task *task, JoinKeys *out,
                 Error *e) MUST_USE;
void join_keys_free(JoinKeys *keys);

/* The words of rows first .. first + count - 1 of a side (0 left, 1 right); usable[i] 0: matches nothing. */
void join_words(const JoinKeys *keys, int side, size_t first, size_t count, uint64_t *words, uint8_t *usable);

/* Whether the keys of two usable rows, of the same or of different sides, are equal. */
bool join_same(const JoinKeys *keys, int side_a, size_t row_a, int side_b, size_t row_b);

/* "id = 7, region = north" of a row, cut where it grows long. */
void join_key_text(const JoinKeys *keys, const char *const *names, int side, size_t row, char out[200]);

static inline uint64_t join_mix(uint64_t x)
{
  x ^= x >> 32;
  x *= UINT64_C(0xd6e8feb86659fd93);
  x ^= x >> 32;
  x *= UINT64_C(0xd6e8feb86659fd93);
  return x ^ x >> 32;
}

#endif
