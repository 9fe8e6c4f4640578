/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "cluster/gower_kernels.h"
#include "core/cpu.h"

extern const GowerKernels gower_kernels_base;
#if defined(__x86_64__)
extern const GowerKernels gower_kernels_avx2, gower_kernels_avx512;
static const GowerKernels *const copies[ISA_COUNT] = {&gower_kernels_base, &gower_kernels_avx2,
                                                      &gower_kernels_avx512};
#else
static const GowerKernels *const copies[ISA_COUNT] = {&gower_kernels_base, &gower_kernels_base, &gower_kernels_base};
#endif

const GowerKernels *gower_kernels(void)
{
  return copies[cpu_isa()];
}
