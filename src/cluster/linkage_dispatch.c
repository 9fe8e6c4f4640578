/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. */
#include "cluster/linkage_kernels.h"
#include "core/cpu.h"

extern const LinkageKernels linkage_kernels_base;
#if defined(__x86_64__)
extern const LinkageKernels linkage_kernels_avx2, linkage_kernels_avx512;
static const LinkageKernels *const copies[ISA_COUNT] = {&linkage_kernels_base, &linkage_kernels_avx2,
                                                        &linkage_kernels_avx512};
#else
static const LinkageKernels *const copies[ISA_COUNT] = {&linkage_kernels_base, &linkage_kernels_base,
                                                        &linkage_kernels_base};
#endif

const LinkageKernels *linkage_kernels(void)
{
  return copies[cpu_isa()];
}
