/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "cluster/kmeans_kernels.h"
#include "cluster/kmeans_single_kernels.h"
#include "core/cpu.h"

extern const KmeansKernels kmeans_kernels_base;
extern const KmeansSingleKernels kmeans_single_base;
#if defined(__x86_64__)
extern const KmeansKernels kmeans_kernels_avx2, kmeans_kernels_avx512;
static const KmeansKernels *const copies[ISA_COUNT] = {&kmeans_kernels_base, &kmeans_kernels_avx2,
                                                       &kmeans_kernels_avx512};
extern const KmeansSingleKernels kmeans_single_avx2, kmeans_single_avx512;
static const KmeansSingleKernels *const single[ISA_COUNT] = {&kmeans_single_base, &kmeans_single_avx2,
                                                             &kmeans_single_avx512};
#else
static const KmeansKernels *const copies[ISA_COUNT] = {&kmeans_kernels_base, &kmeans_kernels_base,
                                                       &kmeans_kernels_base};
static const KmeansSingleKernels *const single[ISA_COUNT] = {&kmeans_single_base, &kmeans_single_base,
                                                             &kmeans_single_base};
#endif

const KmeansKernels *kmeans_kernels(void)
{
  return copies[cpu_isa()];
}

const KmeansSingleKernels *kmeans_single_kernels(void)
{
  return single[cpu_isa()];
}
