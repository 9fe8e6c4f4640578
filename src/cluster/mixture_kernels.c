/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels in vector extensions of gcc and clang, at the natural width of the instruction set (WIDTH doubles).
 * Widths change how many rows are worked on at once, never the order of additions within a row or a lane. */
#include "cluster/mixture_kernels.h"

#include <string.h>

#include "math/kernel_vector.h"

enum {
  TOGETHER = 4,                    /* vectors of rows whose sums the registers hold */
  PARTS = MIXTURE_LANES / WIDTH,   /* vectors of the eight lanes */
  SIDE = WIDTH == 8 ? 4 : 2,       /* columns by columns of a corner of the products */
  TILE = MIXTURE_TILE
};

typedef int64_t Integers __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));
typedef uint64_t Bits __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias)); /* wraps round */

INLINE Vector load(const double *p)
{
  return *(const Vector *)p;
}

INLINE void store(double *p, Vector v)
{
  *(Vector *)p = v;
}

INLINE Vector all(double x)
{
  return x - (Vector){0};
}

INLINE Vector choose(Integers mask, Vector yes, Vector no)
{
  return (Vector)((mask & (Integers)yes) | (~mask & (Integers)no));
}

INLINE Vector larger(Vector a, Vector b)
{
  return choose(a > b, a, b);
}

/* ---- exp and log */

/* 2^n exp(r) with |r| <= log(2) / 2; the Taylor series is exact to double there. */
INLINE Vector exp_of(Vector x)
{
  const double magic = 0x1.8p52; /* added to a small number it leaves the nearest whole one in the last bits */
  const Vector shifted = x * 0x1.71547652b82fep0 + magic, whole = shifted - magic;
  const Vector r = (x - whole * 0x1.62e42fefa3800p-1) - whole * 0x1.ef35793c76730p-45;
  Vector sum = all(1. / 6227020800);
  static const double series[] = {1. / 479001600, 1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320,
                                  1. / 5040,      1. / 720,      1. / 120,     1. / 24,     1. / 6, 0.5};
  for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
    sum = sum * r + series[i];
  }
  const Vector value = 1 + (r + r * r * sum);
  const Vector scale = (Vector)(((Bits)shifted << 52) + 0x3ff0000000000000);
  return choose(x > -700, value * scale, (Vector){0});
}

/* x = 2^e m, m from sqrt(1/2) to sqrt(2); log m = 2 atanh(s), s = (m - 1) / (m + 1). */
INLINE Vector log_of(Vector x)
{
  const double magic = 0x1.8p52;
  const Integers bits = (Integers)x - 0x3fe6a09e667f3bcd; /* sqrt(1/2) */
  const Integers exponent = bits >> 52;
  const Vector m = (Vector)((Bits)x - ((Bits)exponent << 52));
  const Vector e = (Vector)((Bits)exponent + 0x4338000000000000) - magic;
  const Vector f = m - 1, s = f / (m + 1), z = s * s;
  Vector sum = all(1. / 23);
  static const double series[] = {1. / 21, 1. / 19, 1. / 17, 1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3};
  for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
    sum = sum * z + series[i];
  }
  /* 2 s = f - s f, so that the largest term is exact */
  const Vector rest = s * (2 * z * sum - f);
  return e * 0x1.62e42fefa3800p-1 + (f + (rest + e * 0x1.ef35793c76730p-45));
}

static void exponentials(const double *x, size_t n, double *out)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    store(out + i, exp_of(load(x + i)));
  }
}

static void logarithms(const double *x, size_t n, double *out)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    store(out + i, log_of(load(x + i)));
  }
}

/* ---- Rows */

static void make_tile(const double *x, size_t count, size_t d, double *tile)
{
  const size_t padded = (count + MIXTURE_STEP - 1) / MIXTURE_STEP * MIXTURE_STEP;
  for (size_t from = 0; from < d; from += 8) {
    const size_t to = d - from < 8 ? d : from + 8;
    for (size_t i = 0; i < count; i++) {
      for (size_t c = from; c < to; c++) {
        tile[c * TILE + i] = x[i * d + c];
      }
    }
  }
  for (size_t c = 0; c < d; c++) {
    memset(tile + c * TILE + count, 0, (padded - count) * sizeof *tile);
  }
}

static void centre(const double *tile, size_t padded, size_t d, const double *mean, double *out)
{
  for (size_t c = 0; c < d; c++) {
    for (size_t i = 0; i < padded; i += WIDTH) {
      store(out + c * TILE + i, load(tile + c * TILE + i) - mean[c]);
    }
  }
}

static void full(const double *centred, size_t padded, size_t d, const double *inverse, double constant, double *out)
{
  for (size_t i = 0; i < padded; i += TOGETHER * WIDTH) {
    const double *row = inverse;
    Vector square[TOGETHER];
    for (size_t v = 0; v < TOGETHER; v++) {
      square[v] = (Vector){0};
    }
    for (size_t r = 0; r < d; r++) {
      Vector y[TOGETHER];
      for (size_t v = 0; v < TOGETHER; v++) {
        y[v] = (Vector){0};
      }
      for (size_t c = 0; c <= r; c++) {
        for (size_t v = 0; v < TOGETHER; v++) {
          y[v] += load(centred + c * TILE + i + v * WIDTH) * row[c];
        }
      }
      for (size_t v = 0; v < TOGETHER; v++) {
        square[v] += y[v] * y[v];
      }
      row += r + 1;
    }
    for (size_t v = 0; v < TOGETHER; v++) {
      store(out + i + v * WIDTH, constant - 0.5 * square[v]);
    }
  }
}

static void diagonal(const double *centred, size_t padded, size_t d, const double *inverse, double constant,
                     double *out)
{
  for (size_t i = 0; i < padded; i += TOGETHER * WIDTH) {
    Vector square[TOGETHER];
    for (size_t v = 0; v < TOGETHER; v++) {
      square[v] = (Vector){0};
    }
    for (size_t c = 0; c < d; c++) {
      for (size_t v = 0; v < TOGETHER; v++) {
        const Vector y = load(centred + c * TILE + i + v * WIDTH) * inverse[c];
        square[v] += y * y;
      }
    }
    for (size_t v = 0; v < TOGETHER; v++) {
      store(out + i + v * WIDTH, constant - 0.5 * square[v]);
    }
  }
}

static void respond(double *logs, size_t k, size_t count, size_t padded, const double *weight, double *total,
                    double *doubt)
{
  for (size_t i = 0; i < padded; i += WIDTH) {
    Vector most = load(logs + i), sum = {0};
    for (size_t j = 1; j < k; j++) {
      most = larger(load(logs + j * TILE + i), most);
    }
    for (size_t j = 0; j < k; j++) {
      const Vector share = exp_of(load(logs + j * TILE + i) - most);
      store(logs + j * TILE + i, share);
      sum += share;
    }
    const Vector below = log_of(sum);
    store(doubt + i, below);
    store(total + i, most + below);
    const Vector factor = load(weight + i) / sum;
    for (size_t j = 0; j < k; j++) {
      store(logs + j * TILE + i, load(logs + j * TILE + i) * factor);
    }
  }
  for (size_t i = count; i < padded; i++) {
    total[i] = doubt[i] = 0;
    for (size_t j = 0; j < k; j++) {
      logs[j * TILE + i] = 0;
    }
  }
}

/* ---- Sums over rows */

/* na by nb columns (constants where this is inlined) of products, added to lanes that lie `step` numbers from row to
 * row. */
INLINE void corner(const double *a, const double *b, size_t padded, double *out, size_t step, const int na,
                   const int nb)
{
  for (size_t part = 0; part < PARTS; part++) {
    double *const lanes = out + part * WIDTH;
    Vector sum[SIDE][SIDE];
    for (int i = 0; i < na; i++) {
      for (int j = 0; j < nb; j++) {
        sum[i][j] = load(lanes + ((size_t)i * step + (size_t)j) * MIXTURE_LANES);
      }
    }
    for (size_t row = part * WIDTH; row < padded; row += MIXTURE_LANES) {
      Vector right[SIDE];
      for (int j = 0; j < nb; j++) {
        right[j] = load(b + (size_t)j * TILE + row);
      }
      for (int i = 0; i < na; i++) {
        const Vector left = load(a + (size_t)i * TILE + row);
        for (int j = 0; j < nb; j++) {
          sum[i][j] += left * right[j];
        }
      }
    }
    for (int i = 0; i < na; i++) {
      for (int j = 0; j < nb; j++) {
        store(lanes + ((size_t)i * step + (size_t)j) * MIXTURE_LANES, sum[i][j]);
      }
    }
  }
}

/* Columns a .. a + na - 1 of the scaled rows by the centred from a on; what falls below the diagonal is not looked at.
 */
INLINE void band(const double *scaled, const double *centred, size_t padded, size_t d, size_t a, double *out,
                 const int na)
{
  const double *const left = scaled + a * TILE;
  double *const row = out + a * d * MIXTURE_LANES;
  size_t b = a;
  for (; b + SIDE <= d; b += SIDE) {
    corner(left, centred + b * TILE, padded, row + b * MIXTURE_LANES, d, na, SIDE);
  }
  if (SIDE > 2 && b + 2 <= d) {
    corner(left, centred + b * TILE, padded, row + b * MIXTURE_LANES, d, na, 2);
    b += 2;
  }
  for (; b < d; b++) {
    corner(left, centred + b * TILE, padded, row + b * MIXTURE_LANES, d, na, 1);
  }
}

static void products(const double *scaled, const double *centred, size_t padded, size_t d, double *out)
{
  size_t a = 0;
  for (; a + SIDE <= d; a += SIDE) {
    band(scaled, centred, padded, d, a, out, SIDE);
  }
  if (SIDE > 2 && a + 2 <= d) {
    band(scaled, centred, padded, d, a, out, 2);
    a += 2;
  }
  for (; a < d; a++) {
    band(scaled, centred, padded, d, a, out, 1);
  }
}

/* The sum of n = padded numbers into lanes. */
INLINE void add_up(const double *x, size_t padded, double *lanes)
{
  for (size_t part = 0; part < PARTS; part++) {
    Vector sum = load(lanes + part * WIDTH);
    for (size_t row = part * WIDTH; row < padded; row += MIXTURE_LANES) {
      sum += load(x + row);
    }
    store(lanes + part * WIDTH, sum);
  }
}

static void moments(const double *centred, size_t padded, size_t d, const double *r, double *scaled, double *sums)
{
  add_up(r, padded, sums);
  for (size_t c = 0; c < d; c++) {
    for (size_t i = 0; i < padded; i += WIDTH) {
      store(scaled + c * TILE + i, load(centred + c * TILE + i) * load(r + i));
    }
    add_up(scaled + c * TILE, padded, sums + (1 + c) * MIXTURE_LANES);
  }
  products(scaled, centred, padded, d, sums + (1 + d) * MIXTURE_LANES);
}

static void moments_diagonal(const double *centred, size_t padded, size_t d, const double *r, double *sums)
{
  add_up(r, padded, sums);
  for (size_t c = 0; c < d; c++) {
    for (size_t part = 0; part < PARTS; part++) {
      double *const first = sums + (1 + c) * MIXTURE_LANES + part * WIDTH, *const second = first + d * MIXTURE_LANES;
      Vector sum = load(first), squares = load(second);
      for (size_t row = part * WIDTH; row < padded; row += MIXTURE_LANES) {
        const Vector x = load(centred + c * TILE + row), scaled = x * load(r + row);
        sum += scaled;
        squares += scaled * x;
      }
      store(first, sum);
      store(second, squares);
    }
  }
}

static void collect(double *lanes, size_t n, double *out)
{
  for (size_t i = 0; i < n; i++) {
    const double *l = lanes + i * MIXTURE_LANES;
    out[i] += ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
  }
  memset(lanes, 0, n * MIXTURE_LANES * sizeof *lanes);
}

extern const MixtureKernels KERNEL_NAME(mixture_kernels_);
const MixtureKernels KERNEL_NAME(mixture_kernels_) = {.tile = make_tile,
                                                      .centre = centre,
                                                      .full = full,
                                                      .diagonal = diagonal,
                                                      .respond = respond,
                                                      .moments = moments,
                                                      .moments_diagonal = moments_diagonal,
                                                      .collect = collect,
                                                      .exponentials = exponentials,
                                                      .logarithms = logarithms};
