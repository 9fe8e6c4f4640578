/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/itemsets_kernels.h"

#ifndef ISA
#define ISA base
#endif
#define JOIN_NAMES(a, b) a##b
#define NAME_OF(isa) JOIN_NAMES(itemsets_kernels_, isa)

static uint32_t intersect(const uint64_t *a, const uint64_t *b, size_t words, uint64_t *restrict out)
{
  uint64_t bits = 0;
  for (size_t i = 0; i < words; i++) {
    out[i] = a[i] & b[i];
    bits += (uint64_t)__builtin_popcountll(out[i]);
  }
  return (uint32_t)bits;
}

const ItemsetsKernels NAME_OF(ISA) = {.intersect = intersect};
