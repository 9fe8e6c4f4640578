/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two ways for what is small or dense: a table of all sets of a few items, and bitmaps. */
#include <string.h>

#include "core/cpu.h"
#include "rules/itemsets_kernels.h"
#include "rules/itemsets_search.h"

/* Every basket counts in the table's place of its items, and then in those of all their subsets. Sets of one item were
 * told before: baskets with a single item are not in the piece. */
bool search_table(Search *search, const Piece *piece, const int32_t *items, size_t n)
{
  uint32_t *table = search->table;
  const size_t size = (size_t)1 << n, depth = search->depth;
  const size_t most = search->miner->limits->max_length;
  memset(table, 0, size * sizeof *table);
  for (size_t row = 0; row < piece->n; row++) {
    size_t mask = 0;
    for (uint32_t place = piece->offsets[row]; place < piece->offsets[row + 1]; place++) {
      mask |= (size_t)1 << piece->items[place];
    }
    table[mask]++;
  }
  for (size_t bit = 1; bit < size; bit *= 2) {
    for (size_t mask = 0; mask < size; mask++) {
      table[mask] += mask & bit ? 0 : table[mask | bit];
    }
  }
  bool going = true;
  for (size_t mask = 3; going && mask < size; mask++) {
    if (table[mask] < search->miner->limits->count || (mask & (mask - 1)) == 0) {
      continue;
    }
    for (size_t i = n; i-- > 0;) { /* the rarest first, as in the prefix */
      if (mask >> i & 1) {
        search->prefix[search->depth++] = items[i];
      }
    }
    going = (most > 0 && search->depth > most) || search_emit(search, -1, table[mask]);
    search->depth = depth;
  }
  return going && !search_stopped(search);
}

/* ---- Bitmaps --------------------------------------------------------------------------------------------------- */

typedef struct Bitmaps {
  size_t words, n;
  const int32_t *items;
  const uint32_t *counts;
  uint64_t *const *bits;
} Bitmaps;

static const ItemsetsKernels *kernels(void)
{
#if defined(__x86_64__)
  const Isa isa = cpu_isa();
  return isa == ISA_AVX512 ? &itemsets_kernels_avx512 : isa == ISA_AVX2 ? &itemsets_kernels_avx2 : &itemsets_kernels_base;
#else
  return &itemsets_kernels_base;
#endif
}

static bool search_lattice(Search *search, const Bitmaps *maps, const ItemsetsKernels *kernel);

/* The items before j that go with the prefix and j. */
static bool search_with(Search *search, const Bitmaps *maps, size_t j, const ItemsetsKernels *kernel)
{
  int32_t *items = stack_get(&search->stack, j, sizeof *items);
  uint32_t *counts = stack_get(&search->stack, j, sizeof *counts);
  uint64_t **bits = stack_get(&search->stack, j, sizeof *bits);
  uint64_t *next = stack_get(&search->stack, maps->words, sizeof *next);
  size_t n = 0;
  for (size_t i = 0; items && counts && bits && next && i < j; i++) {
    const uint32_t count = kernel->intersect(maps->bits[i], maps->bits[j], maps->words, next);
    if (count >= search->miner->limits->count) {
      items[n] = maps->items[i];
      counts[n] = count;
      bits[n++] = next;
      next = stack_get(&search->stack, maps->words, sizeof *next);
    }
  }
  if (!items || !counts || !bits || !next) {
    atomic_store(&search->miner->failed, true);
    return false;
  }
  const Bitmaps deeper = {maps->words, n, items, counts, bits};
  search->prefix[search->depth++] = maps->items[j];
  const bool going = search_lattice(search, &deeper, kernel);
  search->depth--;
  return going;
}

static bool search_lattice(Search *search, const Bitmaps *maps, const ItemsetsKernels *kernel)
{
  for (size_t j = 0; j < maps->n; j++) {
    if (!search_emit(search, maps->items[j], maps->counts[j]) || search_stopped(search)) {
      return false;
    }
    if (j > 0 && search_may_grow(search)) {
      const StackMark mark = stack_mark(&search->stack);
      const bool going = search_with(search, maps, j, kernel);
      stack_return(&search->stack, mark);
      if (!going) {
        return false;
      }
    }
  }
  return true;
}

bool search_bitmaps(Search *search, const Piece *piece, const int32_t *items, const uint32_t *counts, size_t n)
{
  const size_t words = piece->n / 64 + 1;
  uint64_t **bits = stack_get(&search->stack, n, sizeof *bits);
  uint64_t *all = stack_get(&search->stack, n, words * sizeof *all);
  if (!bits || !all) {
    atomic_store(&search->miner->failed, true);
    return false;
  }
  memset(all, 0, n * words * sizeof *all);
  for (size_t i = 0; i < n; i++) {
    bits[i] = all + i * words;
  }
  for (size_t row = 0; row < piece->n; row++) {
    for (uint32_t place = piece->offsets[row]; place < piece->offsets[row + 1]; place++) {
      bits[piece->items[place]][row / 64] |= UINT64_C(1) << (row % 64);
    }
  }
  const Bitmaps maps = {words, n, items, counts, bits};
  return search_lattice(search, &maps, kernels());
}
