/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels in vector extensions of gcc and clang, at the natural width of the instruction set (WIDTH doubles).
 * Widths change how many folds are worked on at once, never the order of operations within one.
 */
#include "math/distance_kernels.h"

#if defined(__AVX__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#include "math/kernel_vector.h"

enum {
  POINTS = 4,                   /* points and ... */
  VECTORS = WIDTH == 8 ? 4 : 2, /* ... vectors of rows worked on together: what the registers hold */
};

typedef int64_t Mask __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

INLINE Vector load(const double *p)
{
  return *(const Vector *)p;
}

INLINE void store(double *p, Vector v)
{
  *(Vector *)p = v;
}

static void make_tile(const double *x, size_t count, size_t d, size_t stride, double *tile)
{
  for (size_t c = 0; c < d; c++) {
    for (size_t i = 0; i < DISTANCE_TILE; i++) {
      tile[c * DISTANCE_TILE + i] = x[(i < count ? i : count - 1) * stride + c];
    }
  }
}

/* A step of a fold. `kind` is a constant wherever this is inlined. */
INLINE Vector step(Vector sum, Vector x, double m, const FoldKind kind)
{
  if (kind == FOLD_PRODUCTS) {
    return sum + x * m;
  }
  const Vector difference = x - m;
  if (kind == FOLD_SQUARES) {
    return sum + difference * difference;
  }
  const Vector size = (Vector)((Mask)difference & INT64_MAX);
  if (kind == FOLD_ABSOLUTE) {
    return sum + size;
  }
  const Mask more = (Mask)(size > sum);
  return (Vector)(((Mask)size & more) | ((Mask)sum & ~more));
}

/* VECTORS * WIDTH rows against `count` points (a constant where this is inlined, so that the sums stay in registers).
 */
INLINE void corner(const double *tile, size_t d, const double *points, size_t stride, bool go_on, double *out,
                   size_t out_stride, const int count, const FoldKind kind)
{
  Vector sum[POINTS][VECTORS];
  for (int p = 0; p < count; p++) {
    for (int v = 0; v < VECTORS; v++) {
      sum[p][v] = go_on ? load(out + (size_t)p * out_stride + v * WIDTH) : (Vector){0};
    }
  }
  for (size_t c = 0; c < d; c++) {
    Vector x[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      x[v] = load(tile + c * DISTANCE_TILE + v * WIDTH);
    }
    for (int p = 0; p < count; p++) {
      const double m = points[(size_t)p * stride + c];
      for (int v = 0; v < VECTORS; v++) {
        sum[p][v] = step(sum[p][v], x[v], m, kind);
      }
    }
  }
  for (int p = 0; p < count; p++) {
    for (int v = 0; v < VECTORS; v++) {
      store(out + (size_t)p * out_stride + v * WIDTH, sum[p][v]);
    }
  }
}

INLINE void fold(const double *tile, size_t d, const double *points, size_t stride, size_t count, bool go_on,
                 double *out, size_t out_stride, const FoldKind kind)
{
  for (size_t i = 0; i < DISTANCE_TILE; i += VECTORS * WIDTH) {
    size_t p = 0;
    for (; p + POINTS <= count; p += POINTS) {
      corner(tile + i, d, points + p * stride, stride, go_on, out + p * out_stride + i, out_stride, POINTS, kind);
    }
    for (; p < count; p++) {
      corner(tile + i, d, points + p * stride, stride, go_on, out + p * out_stride + i, out_stride, 1, kind);
    }
  }
}

/* Bits of the lanes that are at most the limits. */
INLINE uint32_t lanes_within(Vector v, Vector limits)
{
#if defined(__AVX512F__)
  return _mm512_cmp_pd_mask((__m512d)v, (__m512d)limits, _CMP_LE_OQ);
#elif defined(__AVX__)
  return (uint32_t)_mm256_movemask_pd((__m256d)(v <= limits));
#elif defined(__SSE2__)
  return (uint32_t)_mm_movemask_pd((__m128d)(v <= limits));
#else
  return (uint32_t)(v[0] <= limits[0]) | (uint32_t)(v[1] <= limits[1]) << 1;
#endif
}

INLINE uint32_t within(const double *tile, size_t d, const double *point, double limit, double *out,
                       const FoldKind kind)
{
  uint32_t found = 0;
  for (size_t i = 0; i < DISTANCE_TILE; i += VECTORS * WIDTH) {
    corner(tile + i, d, point, 0, false, out + i, 0, 1, kind);
    for (size_t v = 0; v < VECTORS; v++) {
      found |= lanes_within(load(out + i + v * WIDTH), (Vector){0} + limit) << (i + v * WIDTH);
    }
  }
  return found;
}

static uint32_t at_most(const double *x, const double *y)
{
  uint32_t found = 0;
  for (size_t i = 0; i < DISTANCE_TILE; i += WIDTH) {
    found |= lanes_within(load(x + i), load(y + i)) << i;
  }
  return found;
}

INLINE Vector larger(Vector a, Vector b)
{
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_max_pd((__mmask8)-1, (__m512d)a, (__m512d)b); /* without mask gcc warns */
#elif defined(__AVX__)
  return (Vector)_mm256_max_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
  return (Vector)_mm_max_pd((__m128d)a, (__m128d)b);
#else
  const Mask more = (Mask)(a > b);
  return (Vector)(((Mask)a & more) | ((Mask)b & ~more));
#endif
}

INLINE void box(const double *tile, size_t d, const double *low, const double *high, double *out, const FoldKind kind)
{
  for (size_t i = 0; i < DISTANCE_TILE; i += VECTORS * WIDTH) {
    Vector sum[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      sum[v] = (Vector){0};
    }
    for (size_t c = 0; c < d; c++) {
      for (int v = 0; v < VECTORS; v++) {
        const Vector x = load(tile + c * DISTANCE_TILE + i + v * WIDTH);
        const Vector gap = larger(larger(low[c] - x, x - high[c]), (Vector){0});
        if (kind == FOLD_MAXIMUM) {
          sum[v] = larger(gap, sum[v]);
        } else if (kind == FOLD_SQUARES) {
          sum[v] += gap * gap;
        } else {
          sum[v] += gap;
        }
      }
    }
    for (int v = 0; v < VECTORS; v++) {
      store(out + i + v * WIDTH, sum[v]);
    }
  }
}

#define KIND(name, kind)                                                                                               \
  static void fold_##name(const double *tile, size_t d, const double *points, size_t stride, size_t count, bool go_on, \
                          double *out, size_t out_stride)                                                              \
  {                                                                                                                    \
    fold(tile, d, points, stride, count, go_on, out, out_stride, kind);                                                \
  }                                                                                                                    \
  static uint32_t within_##name(const double *tile, size_t d, const double *point, double limit, double *out)          \
  {                                                                                                                    \
    return within(tile, d, point, limit, out, kind);                                                                   \
  }                                                                                                                    \
  static void box_##name(const double *tile, size_t d, const double *low, const double *high, double *out)             \
  {                                                                                                                    \
    box(tile, d, low, high, out, kind);                                                                                \
  }
KIND(squares, FOLD_SQUARES)
KIND(absolute, FOLD_ABSOLUTE)
KIND(maximum, FOLD_MAXIMUM)
KIND(products, FOLD_PRODUCTS)

extern const DistanceKernels KERNEL_NAME(distance_kernels_);

const DistanceKernels KERNEL_NAME(distance_kernels_) = {
    .tile = make_tile,
    .fold = {fold_squares, fold_absolute, fold_maximum, fold_products},
    .within = {within_squares, within_absolute, within_maximum, within_products},
    .box = {box_squares, box_absolute, box_maximum, box_products},
    .at_most = at_most,
};
