/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels in vector extensions of gcc and clang, at the natural width of the instruction set (WIDTH
 * doubles). Widths change how many distances are worked on at once, never the order of additions within one.
 */
#include "cluster/kmeans_kernels.h"

#include <math.h>
#include <string.h>

#include "math/kernel_vector.h"

enum {
  POINTS = 4,                   /* points and ... */
  VECTORS = WIDTH == 8 ? 4 : 2 /* ... vectors of rows worked on together: what the registers hold */
};

/* As many integers as a vector has numbers. */
typedef int64_t Integers __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

INLINE Vector load(const double *p)
{
  return *(const Vector *)p;
}

INLINE void store(double *p, Vector v)
{
  *(Vector *)p = v;
}

/* One step of a transposition: exchanges the off-diagonal squares of side `step` in a pair of rows. */
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define EXCHANGE(a, b, step) \
  do { \
    const Vector low = SHUFFLE(a, b, LOW##step); \
    b = SHUFFLE(a, b, HIGH##step); \
    a = low; \
  } while (0)

#if WIDTH == 8
#define LOW1 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH1 1, 9, 3, 11, 5, 13, 7, 15
#define LOW2 0, 1, 8, 9, 4, 5, 12, 13
#define HIGH2 2, 3, 10, 11, 6, 7, 14, 15
#define LOW4 0, 1, 2, 3, 8, 9, 10, 11
#define HIGH4 4, 5, 6, 7, 12, 13, 14, 15
#elif WIDTH == 4
#define LOW1 0, 4, 2, 6
#define HIGH1 1, 5, 3, 7
#define LOW2 0, 1, 4, 5
#define HIGH2 2, 3, 6, 7
#else
#define LOW1 0, 2
#define HIGH1 1, 3
#endif

/* A square of WIDTH vectors: rows become columns. Written out, so that the square stays in registers. */
INLINE void transpose(Vector v[WIDTH])
{
#if WIDTH == 2
  EXCHANGE(v[0], v[1], 1);
#elif WIDTH == 4
  EXCHANGE(v[0], v[1], 1);
  EXCHANGE(v[2], v[3], 1);
  EXCHANGE(v[0], v[2], 2);
  EXCHANGE(v[1], v[3], 2);
#else
  EXCHANGE(v[0], v[1], 1);
  EXCHANGE(v[2], v[3], 1);
  EXCHANGE(v[4], v[5], 1);
  EXCHANGE(v[6], v[7], 1);
  EXCHANGE(v[0], v[2], 2);
  EXCHANGE(v[1], v[3], 2);
  EXCHANGE(v[4], v[6], 2);
  EXCHANGE(v[5], v[7], 2);
  EXCHANGE(v[0], v[4], 4);
  EXCHANGE(v[1], v[5], 4);
  EXCHANGE(v[2], v[6], 4);
  EXCHANGE(v[3], v[7], 4);
#endif
}

static void make_tile(const double *x, size_t count, size_t d, double *tile)
{
  const size_t rows = count / WIDTH * WIDTH;
  const size_t columns = d / WIDTH * WIDTH;
  for (size_t i = 0; i < rows; i += WIDTH) {
    const double *const row = x + i * d;
    for (size_t c = 0; c < columns; c += WIDTH) {
      Vector v[WIDTH];
      for (size_t r = 0; r < WIDTH; r++) {
        v[r] = load(row + r * d + c);
      }
      transpose(v);
      for (size_t r = 0; r < WIDTH; r++) {
        store(tile + (c + r) * KMEANS_TILE + i, v[r]);
      }
    }
    for (size_t c = columns; c < d; c++) {
      for (size_t r = 0; r < WIDTH; r++) {
        tile[c * KMEANS_TILE + i + r] = row[r * d + c];
      }
    }
  }
  for (size_t i = rows; i < KMEANS_TILE; i++) {
    for (size_t c = 0; c < d; c++) {
      tile[c * KMEANS_TILE + i] = i < count ? x[i * d + c] : 0;
    }
  }
}

/* VECTORS * WIDTH rows against `points_n` points (a constant where this is inlined, so that the sums stay in
 * registers). */
INLINE void corner(const double *tile, size_t d, const double *points, double *out, const int points_n)
{
  Vector sum[POINTS][VECTORS];
  for (int p = 0; p < points_n; p++) {
    for (int v = 0; v < VECTORS; v++) {
      sum[p][v] = (Vector){0};
    }
  }
  for (size_t c = 0; c < d; c++) {
    Vector x[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
      x[v] = load(tile + c * KMEANS_TILE + v * WIDTH);
    }
    for (int p = 0; p < points_n; p++) {
      const double m = points[(size_t)p * d + c];
      for (int v = 0; v < VECTORS; v++) {
        const Vector difference = x[v] - m;
        sum[p][v] += difference * difference;
      }
    }
  }
  for (int p = 0; p < points_n; p++) {
    for (int v = 0; v < VECTORS; v++) {
      store(out + p * KMEANS_TILE + v * WIDTH, sum[p][v]);
    }
  }
}

static void tile_distances(const double *tile, size_t d, const double *points, size_t count, double *out)
{
  for (size_t i = 0; i < KMEANS_TILE; i += VECTORS * WIDTH) {
    size_t p = 0;
    for (; p + POINTS <= count; p += POINTS) {
      corner(tile + i, d, points + p * d, out + p * KMEANS_TILE + i, POINTS);
    }
    switch (count - p) {
    case 3: corner(tile + i, d, points + p * d, out + p * KMEANS_TILE + i, 3); break;
    case 2: corner(tile + i, d, points + p * d, out + p * KMEANS_TILE + i, 2); break;
    case 1: corner(tile + i, d, points + p * d, out + p * KMEANS_TILE + i, 1); break;
    default: break;
    }
  }
}

/* Plain loops over the rows of a tile: the compiler's own vectors are better here than selections written
 * with masks. */
INLINE void take(const double *restrict distances, int64_t number, double *restrict best,
                 int64_t *restrict label, const int points_n)
{
  for (size_t i = 0; i < KMEANS_TILE; i++) {
    double least = best[i];
    int64_t which = label[i];
    for (int p = 0; p < points_n; p++) {
      const double v = distances[p * KMEANS_TILE + i];
      which = v < least ? number + p : which;
      least = v < least ? v : least;
    }
    best[i] = least;
    label[i] = which;
  }
}

static void nearest(const double *distances, size_t count, int64_t number, double *best, int64_t *label)
{
  size_t j = 0;
  for (; j + POINTS <= count; j += POINTS) {
    take(distances + j * KMEANS_TILE, number + (int64_t)j, best, label, POINTS);
  }
  for (; j < count; j++) {
    take(distances + j * KMEANS_TILE, number + (int64_t)j, best, label, 1);
  }
}

INLINE void take_two(const double *restrict distances, int64_t number, double *restrict best,
                     int64_t *restrict label, double *restrict next, int64_t *restrict next_label,
                     const int points_n, const size_t rows)
{
  for (size_t i = 0; i < rows; i++) {
    double least = best[i], second = next[i];
    int64_t which = label[i], other = next_label[i];
    for (int p = 0; p < points_n; p++) {
      const double v = distances[(size_t)p * rows + i];
      const int64_t name = number + p;
      other = v < least ? which : v < second ? name : other;
      second = v < least ? least : v < second ? v : second;
      which = v < least ? name : which;
      least = v < least ? v : least;
    }
    best[i] = least;
    label[i] = which;
    next[i] = second;
    next_label[i] = other;
  }
}

static void nearest_two(const double *distances, size_t count, int64_t number, double *best, int64_t *label,
                        double *next, int64_t *next_label)
{
  size_t j = 0;
  for (; j + POINTS <= count; j += POINTS) {
    take_two(distances + j * KMEANS_TILE, number + (int64_t)j, best, label, next, next_label, POINTS,
             KMEANS_TILE);
  }
  for (; j < count; j++) {
    take_two(distances + j * KMEANS_TILE, number + (int64_t)j, best, label, next, next_label, 1, KMEANS_TILE);
  }
}

static void potential(const double *distances, size_t count, const double *nearest_so_far,
                      const double *weights, double *lanes)
{
  for (size_t j = 0; j < count; j++) {
    const double *const from = distances + j * KMEANS_TILE;
    double *const to = lanes + j * KMEANS_LANES;
    for (size_t i = 0; i < KMEANS_TILE; i += KMEANS_LANES) {
      for (size_t l = 0; l < KMEANS_LANES; l++) {
        const double least = from[i + l] < nearest_so_far[i + l] ? from[i + l] : nearest_so_far[i + l];
        to[l] += weights[i + l] * least;
      }
    }
  }
}

static void spread(const double *distances, size_t count, const int32_t *labels, double *sums)
{
  for (size_t j = 0; j < count; j++) {
    const double *restrict const from = distances + j * KMEANS_TILE;
    double *restrict const to = sums + (size_t)labels[j] * KMEANS_TILE;
    for (size_t i = 0; i < KMEANS_TILE; i++) {
      to[i] += sqrt(from[i]);
    }
  }
}

INLINE double one_distance(const double *x, const double *m, size_t from, size_t d, double sum)
{
  for (size_t c = from; c < d; c++) {
    const double difference = x[c] - m[c];
    sum += difference * difference;
  }
  return sum;
}

/* Squares are made along the columns, where both operands lie together, then turned so that each row has its
 * lane and is summed in order. */
static void own_distances(const double *x, size_t count, size_t d, const double *centres,
                          const int32_t *labels, double *out)
{
  const size_t rows = count / WIDTH * WIDTH;
  const size_t columns = d / WIDTH * WIDTH;
  for (size_t i = 0; i < rows; i += WIDTH) {
    const double *m[WIDTH];
    for (size_t r = 0; r < WIDTH; r++) {
      m[r] = centres + (size_t)labels[i + r] * d;
    }
    Vector sum = {0};
    for (size_t c = 0; c < columns; c += WIDTH) {
      Vector v[WIDTH];
      for (size_t r = 0; r < WIDTH; r++) {
        const Vector difference = load(x + (i + r) * d + c) - load(m[r] + c);
        v[r] = difference * difference;
      }
      transpose(v);
      for (size_t r = 0; r < WIDTH; r++) {
        sum += v[r];
      }
    }
    store(out + i, sum);
    for (size_t r = 0; columns < d && r < WIDTH; r++) {
      out[i + r] = one_distance(x + (i + r) * d, m[r], columns, d, out[i + r]);
    }
  }
  for (size_t i = rows; i < count; i++) {
    out[i] = one_distance(x + i * d, centres + (size_t)labels[i] * d, 0, d, 0);
  }
}

/* Adding 1.5 * 2^52 rounds a number below 2^51 to an integer, to even on ties, and leaves it in the low bits. */
#define ROUNDER 0x1.8p52
#define ROUNDER_BITS 0x4338000000000000

INLINE void add_to_grid(double x, double weight, double scale, double step, int64_t *high, int64_t *low)
{
  const double v = x * weight * scale;
  const double coarse = v + ROUNDER;
  const double fine = (v - (coarse - ROUNDER)) * step + ROUNDER;
  int64_t bits;
  memcpy(&bits, &coarse, sizeof bits);
  *high += bits - ROUNDER_BITS;
  memcpy(&bits, &fine, sizeof bits);
  *low += bits - ROUNDER_BITS;
}

/* Some rows of one cluster: each vector of columns goes through all of them in registers. */
static void add_run(const double *x, size_t d, const uint32_t *list, size_t count, const double *weights,
                    const double *scale, double step, int64_t *high, int64_t *low)
{
  size_t c = 0;
  for (; c + WIDTH <= d; c += WIDTH) {
    Integers to_high = *(Integers *)(high + c), to_low = *(Integers *)(low + c);
    const Vector by = load(scale + c);
    for (size_t i = 0; i < count; i++) {
      const Vector v = load(x + (size_t)list[i] * d + c) * weights[i] * by;
      const Vector coarse = v + ROUNDER;
      const Vector fine = (v - (coarse - ROUNDER)) * step + ROUNDER;
      to_high += (Integers)coarse - ROUNDER_BITS;
      to_low += (Integers)fine - ROUNDER_BITS;
    }
    *(Integers *)(high + c) = to_high;
    *(Integers *)(low + c) = to_low;
  }
  for (; c < d; c++) {
    for (size_t i = 0; i < count; i++) {
      add_to_grid(x[(size_t)list[i] * d + c], weights[i], scale[c], step, high + c, low + c);
    }
  }
}

static void grid_sums(const double *x, size_t d, const uint32_t *list, size_t count, const int32_t *labels,
                      const double *weights, const double *scale, double step, size_t width, int64_t *high,
                      int64_t *low)
{
  for (size_t i = 0, end; i < count; i = end) {
    const size_t to = (size_t)labels[i] * width;
    for (end = i + 1; end < count && labels[end] == labels[i]; end++) {
    }
    add_run(x, d, list + i, end - i, weights + i, scale, step, high + to, low + to);
  }
}

extern const KmeansKernels KERNEL_NAME(kmeans_kernels_);

const KmeansKernels KERNEL_NAME(kmeans_kernels_) = {
    .tile = make_tile,
    .distances = tile_distances,
    .nearest = nearest,
    .nearest_two = nearest_two,
    .potential = potential,
    .spread = spread,
    .own = own_distances,
    .grid = grid_sums,
};
