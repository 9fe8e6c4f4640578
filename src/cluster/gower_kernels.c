/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain loops without branches, which the compiler turns into the vectors of each instruction set. */
#include "cluster/gower_kernels.h"

#include <math.h>

#include "math/kernel_vector.h"

static void numbers(double x, const double *restrict others, size_t count, double w, double *restrict sum)
{
  for (size_t j = 0; j < count; j++) {
    sum[j] += w * fabs(x - others[j]);
  }
}

static void numbers_gaps(double x, const double *restrict others, size_t count, double w, double *restrict sum,
                         double *restrict share)
{
  for (size_t j = 0; j < count; j++) {
    const double difference = fabs(x - others[j]);
    const int known = others[j] == others[j];
    sum[j] += known ? w * difference : 0;
    share[j] += known ? w : 0;
  }
}

static void codes(int32_t code, const int32_t *restrict others, size_t count, double w, double *restrict sum)
{
  for (size_t j = 0; j < count; j++) {
    sum[j] += others[j] != code ? w : 0;
  }
}

static void codes_gaps(int32_t code, const int32_t *restrict others, size_t count, double w, double *restrict sum,
                       double *restrict share)
{
  for (size_t j = 0; j < count; j++) {
    const int known = others[j] >= 0;
    sum[j] += (known & (others[j] != code)) ? w : 0;
    share[j] += known ? w : 0;
  }
}

static void asymmetric(int32_t code, const int32_t *restrict others, size_t count, double w, double *restrict sum,
                       double *restrict share)
{
  for (size_t j = 0; j < count; j++) {
    const int known = (others[j] >= 0) & ((others[j] | code) != 0);
    sum[j] += (known & (others[j] != code)) ? w : 0;
    share[j] += known ? w : 0;
  }
}

static void divide(const double *restrict sum, const double *restrict share, double rest, size_t count,
                   double *restrict out)
{
  for (size_t j = 0; j < count; j++) {
    const double all = share[j] + rest;
    out[j] = all > 0 ? sum[j] / all : (double)NAN;
  }
}

extern const GowerKernels KERNEL_NAME(gower_kernels_);
const GowerKernels KERNEL_NAME(gower_kernels_) = {.numbers = numbers,
                                                  .numbers_gaps = numbers_gaps,
                                                  .codes = codes,
                                                  .codes_gaps = codes_gaps,
                                                  .asymmetric = asymmetric,
                                                  .divide = divide};
