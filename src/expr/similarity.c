/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/similarity.h"

/* For each code point the bits of its places in the pattern, `words` of them: open addressing to rows of bits, row 0
 * being that of code points which do not occur. */
typedef struct Places {
  uint32_t *codes, *row;
  uint64_t *bits;
  size_t mask, words;
} Places;

static const uint32_t no_code = UINT32_MAX;

static size_t slot_of(const Places *places, uint32_t code)
{
  size_t slot = (code * UINT32_C(2654435769) >> 7) & places->mask;
  while (places->codes[slot] != code && places->codes[slot] != no_code) {
    slot = (slot + 1) & places->mask;
  }
  return slot;
}

static const uint64_t *bits_of(const Places *places, uint32_t code)
{
  return places->bits + places->row[slot_of(places, code)] * places->words;
}

static bool places_make(Places *places, const uint32_t *pattern, size_t n, Arena *arena)
{
  size_t slots = 16;
  while (slots < 2 * n) {
    slots *= 2;
  }
  *places = (Places){.mask = slots - 1, .words = (n + 63) / 64};
  places->codes = arena_alloc(arena, slots, sizeof *places->codes);
  places->row = arena_alloc(arena, slots, sizeof *places->row);
  if (!places->codes || !places->row) {
    return false;
  }
  for (size_t i = 0; i < slots; i++) {
    places->codes[i] = no_code;
  }
  uint32_t different = 0;
  for (size_t i = 0; i < n; i++) {
    const size_t slot = slot_of(places, pattern[i]);
    if (places->codes[slot] == no_code) {
      places->codes[slot] = pattern[i];
      places->row[slot] = ++different;
    }
  }
  places->bits = arena_alloc(arena, (size_t)different + 1, places->words * sizeof *places->bits);
  for (size_t i = 0; places->bits && i < n; i++) {
    const size_t slot = slot_of(places, pattern[i]);
    places->bits[places->row[slot] * places->words + i / 64] |= UINT64_C(1) << (i % 64);
  }
  return places->bits != NULL;
}

/* Differences of neighbours in a column of the table, 64 of them: bits of +1 and of -1. */
typedef struct Deltas {
  uint64_t up, down;
} Deltas;

/* One block of one column: `in` is the difference along its upper edge, the result that along row `top` of it. */
static int advance(Deltas *d, uint64_t equal, int in, unsigned top)
{
  const uint64_t vertical = equal | d->down;
  equal |= in < 0;
  const uint64_t horizontal = (((equal & d->up) + d->up) ^ d->up) | equal;
  uint64_t up = d->down | ~(horizontal | d->up), down = d->up & horizontal;
  const int out = (int)(up >> top & 1) - (int)(down >> top & 1);
  up = up << 1 | (in > 0);
  down = down << 1 | (in < 0);
  d->up = down | ~(vertical | up);
  d->down = up & vertical;
  return out;
}

/* a: the shorter one, not empty. */
static bool distance_by_bits(const uint32_t *a, size_t n, const uint32_t *b, size_t m, Arena *arena, size_t *distance)
{
  Places places;
  Deltas one = {.up = UINT64_MAX}, *deltas = &one;
  if (!places_make(&places, a, n, arena)) {
    return false;
  }
  if (places.words > 1) {
    deltas = arena_alloc(arena, places.words, sizeof *deltas);
    if (!deltas) {
      return false;
    }
    for (size_t w = 0; w < places.words; w++) {
      deltas[w].up = UINT64_MAX;
    }
  }
  const unsigned last = (unsigned)((n - 1) % 64);
  *distance = n;
  for (size_t j = 0; j < m; j++) {
    const uint64_t *equal = bits_of(&places, b[j]);
    int step = 1;
    for (size_t w = 0; w + 1 < places.words; w++) {
      step = advance(&deltas[w], equal[w], step, 63);
    }
    step = advance(&deltas[places.words - 1], equal[places.words - 1], step, last);
    *distance += (size_t)step;
  }
  return true;
}

bool levenshtein(const uint32_t *a, size_t n, const uint32_t *b, size_t m, Arena *arena, size_t *distance)
{
  while (n > 0 && m > 0 && a[0] == b[0]) {
    a++, b++, n--, m--;
  }
  while (n > 0 && m > 0 && a[n - 1] == b[m - 1]) {
    n--, m--;
  }
  if (n == 0 || m == 0) {
    *distance = n + m;
    return true;
  }
  return n <= m ? distance_by_bits(a, n, b, m, arena, distance) : distance_by_bits(b, m, a, n, arena, distance);
}

/* Marks for each code point of a the first equal one of b near it that is free. */
static size_t match(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t near, bool *of_a, bool *of_b)
{
  size_t matches = 0;
  for (size_t i = 0; i < n; i++) {
    const size_t first = i > near ? i - near : 0, last = i + near + 1 < m ? i + near + 1 : m;
    for (size_t j = first; j < last; j++) {
      if (!of_b[j] && a[i] == b[j]) {
        of_a[i] = of_b[j] = true;
        matches++;
        break;
      }
    }
  }
  return matches;
}

/* Matched code points that stand in another order. */
static size_t misplaced(const uint32_t *a, size_t n, const uint32_t *b, const bool *of_a, const bool *of_b)
{
  size_t count = 0;
  for (size_t i = 0, j = 0; i < n; i++) {
    if (of_a[i]) {
      while (!of_b[j]) {
        j++;
      }
      count += a[i] != b[j++];
    }
  }
  return count;
}

bool jaro(const uint32_t *a, size_t n, const uint32_t *b, size_t m, Arena *arena, double *similarity)
{
  *similarity = n == m && n == 0;
  if (n == 0 || m == 0) {
    return true;
  }
  bool *of_a = arena_alloc(arena, n + m, sizeof *of_a);
  if (!of_a) {
    return false;
  }
  bool *of_b = of_a + n;
  const size_t longest = n > m ? n : m;
  const size_t matches = match(a, n, b, m, longest > 3 ? longest / 2 - 1 : 0, of_a, of_b);
  if (matches > 0) {
    const double c = (double)matches, swaps = (double)(misplaced(a, n, b, of_a, of_b) / 2);
    *similarity = (c / (double)n + c / (double)m + (c - swaps) / c) / 3;
  }
  return true;
}

double winkler(const uint32_t *a, size_t n, const uint32_t *b, size_t m, double jaro)
{
  size_t same = 0;
  while (same < 4 && same < n && same < m && a[same] == b[same]) {
    same++;
  }
  return jaro + (double)same * .1 * (1 - jaro);
}
