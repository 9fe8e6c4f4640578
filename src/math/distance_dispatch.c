/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "core/cpu.h"
#include "math/distance_kernels.h"

extern const DistanceKernels distance_kernels_base;
#if defined(__x86_64__)
extern const DistanceKernels distance_kernels_avx2, distance_kernels_avx512;
static const DistanceKernels *const copies[ISA_COUNT] = {&distance_kernels_base, &distance_kernels_avx2,
                                                         &distance_kernels_avx512};
#else
static const DistanceKernels *const copies[ISA_COUNT] = {&distance_kernels_base, &distance_kernels_base,
                                                         &distance_kernels_base};
#endif

const DistanceKernels *distance_kernels(void)
{
  return copies[cpu_isa()];
}
