/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "cluster/silhouette_kernels.h"
#include "core/cpu.h"

extern const SilhouetteKernels silhouette_kernels_base;
#if defined(__x86_64__)
extern const SilhouetteKernels silhouette_kernels_avx2, silhouette_kernels_avx512;
static const SilhouetteKernels *const copies[ISA_COUNT] = {&silhouette_kernels_base, &silhouette_kernels_avx2,
                                                           &silhouette_kernels_avx512};
#else
static const SilhouetteKernels *const copies[ISA_COUNT] = {&silhouette_kernels_base, &silhouette_kernels_base,
                                                           &silhouette_kernels_base};
#endif

const SilhouetteKernels *silhouette_kernels(void)
{
  return copies[cpu_isa()];
}
