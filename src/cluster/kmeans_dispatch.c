/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "cluster/kmeans_kernels.h"
#include "core/cpu.h"

extern const KmeansKernels kmeans_kernels_base;
#if defined(__x86_64__)
extern const KmeansKernels kmeans_kernels_avx2, kmeans_kernels_avx512;
static const KmeansKernels *const copies[ISA_COUNT] = {&kmeans_kernels_base, &kmeans_kernels_avx2,
                                                       &kmeans_kernels_avx512};
#else
static const KmeansKernels *const copies[ISA_COUNT] = {&kmeans_kernels_base, &kmeans_kernels_base,
                                                       &kmeans_kernels_base};
#endif

const KmeansKernels *kmeans_kernels(void)
{
  return copies[cpu_isa()];
}
