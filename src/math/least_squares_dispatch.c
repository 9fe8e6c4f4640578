/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which copy of the kernels runs. The copies are made by the build from the one source, see the Makefile. */
#include "core/cpu.h"
#include "math/least_squares_kernels.h"

extern const LeastSquaresKernels least_squares_kernels_base;
#if defined(__x86_64__)
extern const LeastSquaresKernels least_squares_kernels_avx2, least_squares_kernels_avx512;
static const LeastSquaresKernels *const copies[ISA_COUNT] = {&least_squares_kernels_base, &least_squares_kernels_avx2,
                                                             &least_squares_kernels_avx512};
#else
static const LeastSquaresKernels *const copies[ISA_COUNT] = {&least_squares_kernels_base, &least_squares_kernels_base,
                                                             &least_squares_kernels_base};
#endif

const LeastSquaresKernels *least_squares_kernels(void)
{
  return copies[cpu_isa()];
}
