/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distances from a point to the centres of a leaf, in vector extensions at the natural width of the instruction set. */
#include "cluster/linkage_kernels.h"

#include <math.h>

#include "math/kernel_vector.h"

enum { GROUP = 4, GROUPS = LINKAGE_LANES / (GROUP * WIDTH) }; /* vectors whose sums stay in registers */

typedef long long Mask __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

INLINE Vector load(const double *p)
{
  return *(const Vector *)p;
}

INLINE void square_group(const double *leaf, size_t d, const double *x, Vector sum[GROUP])
{
  for (int v = 0; v < GROUP; v++) {
    sum[v] = (Vector){0};
  }
  for (size_t c = 0; c < d; c++) {
    for (int v = 0; v < GROUP; v++) {
      const Vector apart = load(leaf + c * LINKAGE_LANES + v * WIDTH) - x[c];
      sum[v] += apart * apart;
    }
  }
}

INLINE double least_of(const double *out)
{
  Vector least = load(out);
  for (int i = WIDTH; i < LINKAGE_LANES; i += WIDTH) {
    const Vector other = load(out + i);
    const Mask less = other < least;
    least = (Vector)((less & (Mask)other) | (~less & (Mask)least));
  }
  double best = least[0];
  for (int i = 1; i < WIDTH; i++) {
    best = least[i] < best ? least[i] : best;
  }
  return best;
}

static double squares(const double *leaf, size_t d, const double *x, double *out)
{
  for (int g = 0; g < GROUPS; g++) {
    Vector sum[GROUP];
    square_group(leaf + g * GROUP * WIDTH, d, x, sum);
    for (int v = 0; v < GROUP; v++) {
      *(Vector *)(out + (g * GROUP + v) * WIDTH) = sum[v];
    }
  }
  return least_of(out);
}

static double ward(const double *leaf, const double *sizes, size_t d, const double *x, double size, double *out)
{
  for (int g = 0; g < GROUPS; g++) {
    Vector sum[GROUP];
    square_group(leaf + g * GROUP * WIDTH, d, x, sum);
    for (int v = 0; v < GROUP; v++) {
      const int at = (g * GROUP + v) * WIDTH;
      const Vector other = load(sizes + at);
      *(Vector *)(out + at) = sum[v] * (2 * (other * size) / (other + size));
    }
  }
  return least_of(out);
}

extern const LinkageKernels KERNEL_NAME(linkage_kernels_);
const LinkageKernels KERNEL_NAME(linkage_kernels_) = {.squares = squares, .ward = ward};
