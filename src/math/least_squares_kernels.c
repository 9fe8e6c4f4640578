/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels in vector extensions of gcc and clang, at the natural width of the instruction set (WIDTH doubles). The
 * eight lanes of a sum are PARTS vectors: widths change how many lanes are worked on at once, never what is in them. */
#include "math/least_squares_kernels.h"

#include "math/kernel_vector.h"

enum {
  LANES = 8,
  PARTS = LANES / WIDTH,
  SIDE = WIDTH / 2 < KERNEL_TILE ? WIDTH / 2 : KERNEL_TILE, /* columns of a tile that registers hold: 4, 2, 1 */
  TOGETHER = 4                                              /* columns that share the loads of another one */
};

INLINE Vector load(const double *p)
{
  return *(const Vector *)p;
}

INLINE void store(double *p, Vector v)
{
  *(Vector *)p = v;
}

/* The lanes in their fixed order. */
INLINE double total(const Vector v[PARTS])
{
  double lane[LANES];
  for (size_t k = 0; k < PARTS; k++) {
    store(lane + k * WIDTH, v[k]);
  }
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

/* ---- The Gram matrix */

static void pack(const double *x, size_t count, double shift, double scale, const double *roots, double *out)
{
  if (roots) {
    for (size_t i = 0; i < count; i++) {
      out[i] = (x[i] - shift) * scale * roots[i];
    }
  } else {
    for (size_t i = 0; i < count; i++) {
      out[i] = (x[i] - shift) * scale;
    }
  }
  for (size_t i = count; i % LANES != 0; i++) {
    out[i] = 0;
  }
}

/* SIDE columns from a by SIDE columns from b. */
INLINE void gram_tile(const double *a, const double *b, size_t count, size_t columns, double *out)
{
  Vector sum[SIDE][SIDE][PARTS];
  for (size_t i = 0; i < SIDE; i++) {
    for (size_t j = 0; j < SIDE; j++) {
      for (size_t k = 0; k < PARTS; k++) {
        sum[i][j][k] = (Vector){0};
      }
    }
  }
  for (size_t row = 0; row < count; row += LANES) {
    for (size_t k = 0; k < PARTS; k++) {
      Vector right[SIDE];
      for (size_t j = 0; j < SIDE; j++) {
        right[j] = load(b + j * KERNEL_STRIDE + row + k * WIDTH);
      }
      for (size_t i = 0; i < SIDE; i++) {
        const Vector left = load(a + i * KERNEL_STRIDE + row + k * WIDTH);
        for (size_t j = 0; j < SIDE; j++) {
          sum[i][j][k] += left * right[j];
        }
      }
    }
  }
  for (size_t i = 0; i < SIDE; i++) {
    for (size_t j = 0; j < SIDE; j++) {
      out[i * columns + j] += total(sum[i][j]);
    }
  }
}

static void gram(const double *packed, size_t count, size_t columns, size_t from, size_t to, double *out)
{
  count = (count + LANES - 1) / LANES * LANES;
  for (size_t a = from; a < to; a += SIDE) {
    for (size_t b = a; b < columns; b += SIDE) {
      gram_tile(packed + a * KERNEL_STRIDE, packed + b * KERNEL_STRIDE, count, columns, out + a * columns + b);
    }
  }
}

/* ---- Residuals */

static void subtract(const double *const *x, size_t p, size_t at, size_t count, const double *shift, const double *b,
                     double *r)
{
  size_t j = 0;
  for (; j + TOGETHER <= p; j += TOGETHER) {
    const double *const x0 = x[j] + at, *const x1 = x[j + 1] + at, *const x2 = x[j + 2] + at, *const x3 = x[j + 3] + at;
    const double s0 = shift[j], s1 = shift[j + 1], s2 = shift[j + 2], s3 = shift[j + 3];
    const double b0 = b[j], b1 = b[j + 1], b2 = b[j + 2], b3 = b[j + 3];
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
      Vector v = load(r + i) - (load(x0 + i) - s0) * b0;
      v -= (load(x1 + i) - s1) * b1;
      v -= (load(x2 + i) - s2) * b2;
      store(r + i, v - (load(x3 + i) - s3) * b3);
    }
    for (; i < count; i++) {
      double v = r[i] - (x0[i] - s0) * b0;
      v -= (x1[i] - s1) * b1;
      v -= (x2[i] - s2) * b2;
      r[i] = v - (x3[i] - s3) * b3;
    }
  }
  for (; j < p; j++) {
    for (size_t i = 0; i < count; i++) {
      r[i] -= (x[j][at + i] - shift[j]) * b[j];
    }
  }
}

/* Sums of a (less its shift) times b: whole groups of eight rows, then the rest, which goes to the first lanes. */
INLINE double product_sum(const double *a, const double *b, size_t n, double shift)
{
  Vector sum[PARTS];
  double rest[LANES] = {0};
  for (size_t k = 0; k < PARTS; k++) {
    sum[k] = (Vector){0};
  }
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    for (size_t k = 0; k < PARTS; k++) {
      sum[k] += (load(a + i + k * WIDTH) - shift) * load(b + i + k * WIDTH);
    }
  }
  for (size_t l = 0; i + l < n; l++) {
    rest[l] = (a[i + l] - shift) * b[i + l];
  }
  for (size_t k = 0; k < PARTS; k++) {
    sum[k] += load(rest + k * WIDTH);
  }
  return total(sum);
}

static void cross(const double *const *x, size_t p, size_t at, size_t count, const double *shift, const double *r,
                  double *g)
{
  for (size_t j = 0; j < p; j++) {
    g[j] += product_sum(x[j] + at, r, count, shift[j]);
  }
}

/* ---- Vectors and reflections */

static double dot(const double *a, const double *b, size_t n)
{
  return product_sum(a, b, n, 0);
}

INLINE void add_to(double factor, const double *x, size_t n, double *y)
{
  size_t i = 0;
  for (; i + WIDTH <= n; i += WIDTH) {
    store(y + i, load(y + i) + load(x + i) * factor);
  }
  for (; i < n; i++) {
    y[i] += factor * x[i];
  }
}

static void add(double factor, const double *x, size_t n, double *y)
{
  add_to(factor, x, n, y);
}

/* TOGETHER columns at a time share the loads of v. Each column's sums are those of product_sum. */
INLINE void products_of(const double *v, size_t m, const double *a, size_t stride, double *out)
{
  Vector sum[TOGETHER][PARTS];
  double rest[TOGETHER][LANES] = {{0}};
  for (size_t c = 0; c < TOGETHER; c++) {
    for (size_t k = 0; k < PARTS; k++) {
      sum[c][k] = (Vector){0};
    }
  }
  size_t i = 0;
  for (; i + LANES <= m; i += LANES) {
    for (size_t k = 0; k < PARTS; k++) {
      const Vector left = load(v + i + k * WIDTH);
      for (size_t c = 0; c < TOGETHER; c++) {
        sum[c][k] += left * load(a + c * stride + i + k * WIDTH);
      }
    }
  }
  for (size_t c = 0; c < TOGETHER; c++) {
    for (size_t l = 0; i + l < m; l++) {
      rest[c][l] = v[i + l] * a[c * stride + i + l];
    }
    for (size_t k = 0; k < PARTS; k++) {
      sum[c][k] += load(rest[c] + k * WIDTH);
    }
    out[c] = total(sum[c]);
  }
}

INLINE void add_to_all(const double *factor, const double *v, size_t m, double *a, size_t stride)
{
  size_t i = 0;
  for (; i + WIDTH <= m; i += WIDTH) {
    const Vector x = load(v + i);
    for (size_t c = 0; c < TOGETHER; c++) {
      store(a + c * stride + i, load(a + c * stride + i) + x * factor[c]);
    }
  }
  for (; i < m; i++) {
    for (size_t c = 0; c < TOGETHER; c++) {
      a[c * stride + i] += factor[c] * v[i];
    }
  }
}

static void reflect(const double *v, size_t m, double beta, double *top, size_t step, double *a, size_t stride,
                    size_t columns)
{
  size_t j = 0;
  for (; j + TOGETHER <= columns; j += TOGETHER) {
    double factor[TOGETHER];
    products_of(v, m, a + j * stride, stride, factor);
    for (size_t c = 0; c < TOGETHER; c++) {
      factor[c] = -beta * (top[(j + c) * step] + factor[c]);
      top[(j + c) * step] += factor[c];
    }
    add_to_all(factor, v, m, a + j * stride, stride);
  }
  for (; j < columns; j++) {
    const double factor = -beta * (top[j * step] + product_sum(v, a + j * stride, m, 0));
    top[j * step] += factor;
    add_to(factor, v, m, a + j * stride);
  }
}

extern const LeastSquaresKernels KERNEL_NAME(least_squares_kernels_);
const LeastSquaresKernels KERNEL_NAME(least_squares_kernels_) = {pack, gram, subtract, cross, dot, add, reflect};
