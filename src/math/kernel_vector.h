/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kernel_vector.h -- what the files of hot loops share (*_kernels.c, compiled once for each instruction set; see the Makefile):
 * the copy's name, its natural vector and forced inlining. Only such files include it.
 *
 * WIDTH doubles fit a Vector. Widths may change how many sums are worked on at once, never what is added to what.
 * KERNEL_NAME(prefix_) names the copy's table: prefix_base, prefix_avx2 ...
 */
#ifndef ASSAY_MATH_KERNEL_VECTOR_H
#define ASSAY_MATH_KERNEL_VECTOR_H

#ifndef ISA
#define ISA base
#endif

#define KERNEL_JOIN(a, b) a##b
#define KERNEL_NAME_OF(prefix, isa) KERNEL_JOIN(prefix, isa)
#define KERNEL_NAME(prefix) KERNEL_NAME_OF(prefix, ISA)

#if defined(__AVX512F__)
#define WIDTH 8
#elif defined(__AVX__)
#define WIDTH 4
#else
#define WIDTH 2
#endif

#define INLINE static inline __attribute__((always_inline))

/* Loads and stores need no alignment; on aligned addresses they cost the same. */
typedef double Vector __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

#endif
