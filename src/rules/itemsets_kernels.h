/* SPDX-License-Identifier: GPL-3.0-or-later */
/* itemsets_kernels.h -- the inner loop of bitmaps, compiled once per instruction set. */
#ifndef ASSAY_RULES_ITEMSETS_KERNELS_H
#define ASSAY_RULES_ITEMSETS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct ItemsetsKernels {
  /* out = a & b for `words` words; gives the number of bits set. */
  uint32_t (*intersect)(const uint64_t *a, const uint64_t *b, size_t words, uint64_t *restrict out);
} ItemsetsKernels;

extern const ItemsetsKernels itemsets_kernels_base, itemsets_kernels_avx2, itemsets_kernels_avx512;

#endif
