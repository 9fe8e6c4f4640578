/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distances from a point to the centres of a leaf, and rows of a matrix of distances, in vector extensions at the natural
 * width of the instruction set. */
#include "cluster/linkage_kernels.h"

#include <math.h>

#include "math/kernel_vector.h"

enum { GROUP = 4, GROUPS = LINKAGE_LANES / (GROUP * WIDTH), STRIP = 512 }; /* GROUP vectors' sums stay in registers */

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

/* ---- rows of a matrix */

static void fold(LinkageKind kind, const LinkagePair *pair, double *a, const double *b, const double *sizes, size_t n)
{
  const double size_a = pair->size_a, size_b = pair->size_b, both = size_a + size_b, apart = pair->apart;
  switch (kind) {
  case LINKAGE_COMPLETE:
    for (size_t i = 0; i < n; i++) {
      a[i] = a[i] > b[i] ? a[i] : b[i];
    }
    break;
  case LINKAGE_AVERAGE:
    for (size_t i = 0; i < n; i++) {
      a[i] = (size_a * a[i] + size_b * b[i]) / both;
    }
    break;
  case LINKAGE_MCQUITTY:
    for (size_t i = 0; i < n; i++) {
      a[i] = 0.5 * (a[i] + b[i]);
    }
    break;
  default:
    for (size_t i = 0; i < n; i++) {
      const double size = sizes[i];
      a[i] = ((size + size_a) * a[i] + (size + size_b) * b[i] - size * apart) / (size + size_a + size_b);
    }
  }
}

INLINE Vector choose(Mask which, Vector yes, Vector no)
{
  return (Vector)((which & (Mask)yes) | (~which & (Mask)no));
}

/* The least of a few numbers, and what their columns learn. */
INLINE double scan_some(const double *row, size_t n, double self, bool rising, double *least, double *nearest)
{
  Vector best = (Vector){0} + INFINITY;
  double found = INFINITY;
  size_t i = 0;
  for (; i + WIDTH <= n; i += WIDTH) {
    const Vector x = load(row + i), known = load(least + i), by = load(nearest + i), own = (Vector){0} + self;
    const Mask less = rising ? x < known : (x < known) | ((x == known) & (own < by));
    *(Vector *)(least + i) = choose(less, x, known);
    *(Vector *)(nearest + i) = choose(less, own, by);
    best = choose(x < best, x, best);
  }
  for (; i < n; i++) {
    nearest[i] = row[i] < least[i] || (!rising && row[i] == least[i] && self < nearest[i]) ? self : nearest[i];
    least[i] = row[i] < least[i] ? row[i] : least[i];
    found = row[i] < found ? row[i] : found;
  }
  for (int lane = 0; lane < WIDTH; lane++) {
    found = best[lane] < found ? best[lane] : found;
  }
  return found;
}

static double scan(const double *row, size_t n, double self, bool rising, double *least, double *nearest, size_t *at)
{
  double best = INFINITY;
  size_t strip = 0;
  for (size_t first = 0; first < n; first += STRIP) {
    const size_t count = n - first < STRIP ? n - first : STRIP;
    const double found = rising ? scan_some(row + first, count, self, true, least + first, nearest + first)
                                : scan_some(row + first, count, self, false, least + first, nearest + first);
    strip = found < best ? first : strip;
    best = found < best ? found : best;
  }
  *at = strip;
  while (*at + 1 < n && row[*at] != best) {
    ++*at;
  }
  return best;
}

extern const LinkageKernels KERNEL_NAME(linkage_kernels_);
const LinkageKernels KERNEL_NAME(linkage_kernels_) = {.squares = squares, .ward = ward, .fold = fold, .scan = scan};
