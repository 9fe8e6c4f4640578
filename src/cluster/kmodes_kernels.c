/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain loops without branches, which the compiler turns into the vectors of each instruction set. */
#include "cluster/kmodes_kernels.h"

#include "math/kernel_vector.h"

static void differ_narrow(const uint8_t *restrict codes, size_t count, uint8_t code, uint16_t *restrict out)
{
  for (size_t j = 0; j < count; j++) {
    out[j] = (uint16_t)(out[j] + (codes[j] != code));
  }
}

static void differ_wide(const int32_t *restrict codes, size_t count, int32_t code, uint16_t *restrict out)
{
  for (size_t j = 0; j < count; j++) {
    out[j] = (uint16_t)(out[j] + (codes[j] != code));
  }
}

static void share_narrow(const uint8_t *restrict codes, size_t count, uint8_t code, double share,
                         double *restrict out)
{
  const double same = 1 - share;
  for (size_t j = 0; j < count; j++) {
    out[j] += codes[j] != code ? 1 : same;
  }
}

static void share_wide(const int32_t *restrict codes, size_t count, int32_t code, double share, double *restrict out)
{
  const double same = 1 - share;
  for (size_t j = 0; j < count; j++) {
    out[j] += codes[j] != code ? 1 : same;
  }
}

static void squares(const double *restrict x, size_t count, double mean, double *restrict out)
{
  for (size_t j = 0; j < count; j++) {
    const double difference = x[j] - mean;
    out[j] += difference * difference;
  }
}

static void add_counts(const uint16_t *restrict counts, size_t count, double gamma, double *restrict out)
{
  for (size_t j = 0; j < count; j++) {
    out[j] += gamma * counts[j];
  }
}

static void nearest(const double *restrict distances, size_t count, int32_t number, double *restrict best,
                    int32_t *restrict label)
{
  for (size_t j = 0; j < count; j++) {
    const int less = distances[j] < best[j];
    label[j] = less ? number : label[j];
    best[j] = less ? distances[j] : best[j];
  }
}

extern const KmodesKernels KERNEL_NAME(kmodes_kernels_);
const KmodesKernels KERNEL_NAME(kmodes_kernels_) = {.differ_narrow = differ_narrow,
                                                    .differ_wide = differ_wide,
                                                    .share_narrow = share_narrow,
                                                    .share_wide = share_wide,
                                                    .squares = squares,
                                                    .add_counts = add_counts,
                                                    .nearest = nearest};
