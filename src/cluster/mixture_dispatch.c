/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "cluster/mixture_kernels.h"
#include "core/cpu.h"

extern const MixtureKernels mixture_kernels_base;
#if defined(__x86_64__)
extern const MixtureKernels mixture_kernels_avx2, mixture_kernels_avx512;
static const MixtureKernels *const copies[ISA_COUNT] = {&mixture_kernels_base, &mixture_kernels_avx2,
                                                        &mixture_kernels_avx512};
#else
static const MixtureKernels *const copies[ISA_COUNT] = {&mixture_kernels_base, &mixture_kernels_base,
                                                        &mixture_kernels_base};
#endif

const MixtureKernels *mixture_kernels(void)
{
  return copies[cpu_isa()];
}
