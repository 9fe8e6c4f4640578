/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "cluster/kmodes_kernels.h"
#include "core/cpu.h"

extern const KmodesKernels kmodes_kernels_base;
#if defined(__x86_64__)
extern const KmodesKernels kmodes_kernels_avx2, kmodes_kernels_avx512;
static const KmodesKernels *const copies[ISA_COUNT] = {&kmodes_kernels_base, &kmodes_kernels_avx2,
                                                       &kmodes_kernels_avx512};
#else
static const KmodesKernels *const copies[ISA_COUNT] = {&kmodes_kernels_base, &kmodes_kernels_base,
                                                       &kmodes_kernels_base};
#endif

const KmodesKernels *kmodes_kernels(void)
{
  return copies[cpu_isa()];
}
