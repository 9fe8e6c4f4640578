/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernels in single precision, in vector extensions of gcc and clang: LANES numbers fit a vector. */
#include "cluster/kmeans_single_kernels.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "math/kernel_vector.h"

enum {
  LANES = 2 * WIDTH,                   /* of a vector; as many rows are worked on together */
  PARTS = KMEANS_SINGLE_LANES / LANES, /* vectors of a lane group */
  POINTS = 4
};

typedef float Single __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t Whole __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

INLINE Single load(const float *p)
{
  return *(const Single *)p;
}

INLINE void store(float *p, Single v)
{
  *(Single *)p = v;
}

/* One step of a transposition: exchanges the off-diagonal squares of side `step` in a pair of rows. */
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define EXCHANGE(a, b, step) \
  do { \
    const Single low = SHUFFLE(a, b, LOW##step); \
    b = SHUFFLE(a, b, HIGH##step); \
    a = low; \
  } while (0)

#if WIDTH == 8
#define LOW1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOW2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#elif WIDTH == 4
#define LOW1 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH1 1, 9, 3, 11, 5, 13, 7, 15
#define LOW2 0, 1, 8, 9, 4, 5, 12, 13
#define HIGH2 2, 3, 10, 11, 6, 7, 14, 15
#define LOW4 0, 1, 2, 3, 8, 9, 10, 11
#define HIGH4 4, 5, 6, 7, 12, 13, 14, 15
#else
#define LOW1 0, 4, 2, 6
#define HIGH1 1, 5, 3, 7
#define LOW2 0, 1, 4, 5
#define HIGH2 2, 3, 6, 7
#endif

#define PAIRS4(step, a, b, c, d) \
  EXCHANGE(v[a], v[a + step], step); \
  EXCHANGE(v[b], v[b + step], step); \
  EXCHANGE(v[c], v[c + step], step); \
  EXCHANGE(v[d], v[d + step], step)

/* A square of LANES vectors: rows become columns. Written out, so that the square stays in registers. */
INLINE void transpose(Single v[LANES])
{
#if WIDTH == 2
  EXCHANGE(v[0], v[1], 1);
  EXCHANGE(v[2], v[3], 1);
  EXCHANGE(v[0], v[2], 2);
  EXCHANGE(v[1], v[3], 2);
#elif WIDTH == 4
  PAIRS4(1, 0, 2, 4, 6);
  PAIRS4(2, 0, 1, 4, 5);
  PAIRS4(4, 0, 1, 2, 3);
#else
  PAIRS4(1, 0, 2, 4, 6);
  PAIRS4(1, 8, 10, 12, 14);
  PAIRS4(2, 0, 1, 4, 5);
  PAIRS4(2, 8, 9, 12, 13);
  PAIRS4(4, 0, 1, 2, 3);
  PAIRS4(4, 8, 9, 10, 11);
  PAIRS4(8, 0, 1, 2, 3);
  PAIRS4(8, 4, 5, 6, 7);
#endif
}

static void convert_rows(const double *x, size_t count, size_t d, const double *origin, double factor, float *out,
                         float *norms)
{
  for (size_t i = 0; i < count; i++) {
    const double *restrict const from = x + i * d;
    float *restrict const to = out + i * d;
    for (size_t c = 0; c < d; c++) {
      to[c] = (float)((from[c] - origin[c]) * factor);
    }
    double lanes[8] = {0};
    size_t c = 0;
    for (; c + 8 <= d; c += 8) {
      for (size_t l = 0; l < 8; l++) {
        lanes[l] += (double)to[c + l] * (double)to[c + l];
      }
    }
    for (; c < d; c++) {
      lanes[0] += (double)to[c] * (double)to[c];
    }
    norms[i] =
        (float)sqrt(((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7])));
  }
}

/* Scores[j * LANES + i] for LANES rows, j < points_n (a constant where this is inlined): the least and the second least.
 */
INLINE void take_two(const float *restrict scores, float *restrict best, float *restrict next, const int points_n)
{
  for (size_t i = 0; i < LANES; i++) {
    float least = best[i], second = next[i];
    for (int p = 0; p < points_n; p++) {
      const float v = scores[(size_t)p * LANES + i];
      const float larger = v > least ? v : least;
      second = larger < second ? larger : second;
      least = v < least ? v : least;
    }
    best[i] = least;
    next[i] = second;
  }
}

/* The lane takes the place of a score's last four bits, so that it comes along with the least one. */
enum { LANE_BITS = KMEANS_SINGLE_LANES - 1 };

/* LANES rows, each against its lane group, or (a constant where this is inlined) all against that of the first; the
 * scores by centre. */
INLINE void score_rows(const float *const row[LANES], size_t d, const float *const *lanes,
                       const float *const *half, const bool common, float *scores)
{
  Single sum[PARTS][LANES];
  for (int part = 0; part < PARTS; part++) {
    for (int r = 0; r < LANES; r++) {
      sum[part][r] = load(half[common ? 0 : r] + part * LANES);
    }
  }
  for (size_t c = 0; c < d; c++) {
    for (int part = 0; part < PARTS; part++) {
      const size_t at = c * KMEANS_SINGLE_LANES + (size_t)part * LANES;
      const Single m = load(lanes[0] + at);
      for (int r = 0; r < LANES; r++) {
        sum[part][r] -= (common ? m : load(lanes[r] + at)) * row[r][c];
      }
    }
  }
  for (int part = 0; part < PARTS; part++) {
    transpose(sum[part]);
    for (int r = 0; r < LANES; r++) {
      const Whole named = ((Whole)sum[part][r] & ~LANE_BITS) | (part * LANES + r);
      store(scores + (part * LANES + r) * LANES, (Single)named);
    }
  }
}

/* The least two of the first `used` lanes for `count` rows. */
INLINE void least_two(const float *scores, size_t used, size_t count, float *best, float *next, int32_t *lane)
{
  float least[LANES], second[LANES];
  int32_t bits[LANES];
  for (size_t r = 0; r < LANES; r++) {
    least[r] = second[r] = FLT_MAX;
  }
  for (size_t j = 0; j < used; j += POINTS) {
    take_two(scores + j * LANES, least, second, POINTS);
  }
  memcpy(bits, least, sizeof bits);
  for (size_t r = 0; r < LANES && r < count; r++) {
    best[r] = least[r];
    next[r] = second[r];
    lane[r] = bits[r] & LANE_BITS;
  }
}

static void scan_group(const float *rows, size_t d, const uint32_t *list, size_t count, const float *lanes,
                       const float *half, size_t used, float *best, float *next, int32_t *lane)
{
  for (size_t i = 0; i < count; i += LANES) {
    const float *row[LANES];
    for (size_t r = 0; r < LANES; r++) {
      row[r] = rows + (size_t)list[i + r < count ? i + r : count - 1] * d;
    }
    float scores[KMEANS_SINGLE_LANES * LANES];
    score_rows(row, d, &lanes, &half, true, scores);
    least_two(scores, used, count - i, best + i, next + i, lane + i);
  }
}

static void scan_groups(const float *rows, size_t d, const uint32_t *list, size_t count, const float *lanes,
                        const float *half, const uint32_t *which, float *best, float *next, int32_t *lane)
{
  for (size_t i = 0; i < count; i += LANES) {
    const float *row[LANES], *of[LANES], *half_of[LANES];
    for (size_t r = 0; r < LANES; r++) {
      const size_t at = i + r < count ? i + r : count - 1;
      row[r] = rows + (size_t)list[at] * d;
      of[r] = lanes + (size_t)which[at] * d * KMEANS_SINGLE_LANES;
      half_of[r] = half + (size_t)which[at] * KMEANS_SINGLE_LANES;
    }
    float scores[KMEANS_SINGLE_LANES * LANES];
    score_rows(row, d, of, half_of, false, scores);
    least_two(scores, KMEANS_SINGLE_LANES, count - i, best + i, next + i, lane + i);
  }
}

/* Products along the columns, where both operands lie together, then turned so that each row has its lane. */
static void own_scores(const float *rows, size_t d, const uint32_t *list, size_t count, const float *centres,
                       size_t stride, const float *half, const int32_t *labels, float *out)
{
  for (size_t i = 0; i < count; i += LANES) {
    const float *x[LANES], *m[LANES];
    float result[LANES], dots[LANES];
    Single sum[LANES];
    for (size_t r = 0; r < LANES; r++) {
      const uint32_t row = list[i + r < count ? i + r : count - 1];
      x[r] = rows + (size_t)row * d;
      m[r] = centres + (size_t)labels[row] * stride;
      result[r] = half[labels[row]];
    }
    for (size_t r = 0; r < LANES; r++) {
      sum[r] = load(x[r]) * load(m[r]);
      for (size_t c = LANES; c < d; c += LANES) {
        sum[r] += load(x[r] + c) * load(m[r] + c);
      }
    }
    transpose(sum);
    for (size_t r = 1; r < LANES; r++) {
      sum[0] += sum[r];
    }
    store(dots, sum[0]);
    for (size_t r = 0; r < LANES && i + r < count; r++) {
      out[i + r] = result[r] - dots[r];
    }
  }
}

/* OUTWARD is far above the rounding errors of the steps here, TINY covers underflow. */
#define OUTWARD 1e-6F
#define TINY 1e-18F

static void distances_of(const float *restrict norms, const float *restrict score, const float *restrict other,
                         size_t count, float error, float reach, float *restrict upper, float *restrict lower,
                         int32_t *restrict sure)
{
  for (size_t i = 0; i < count; i++) {
    const float square = norms[i] * norms[i], off = error * (norms[i] + reach), room = square * OUTWARD + TINY * TINY;
    const float high = square + 2 * (score[i] + off) + room, low = square + 2 * (other[i] - off) - room;
    const float far = low > 0 ? sqrtf(low > 0 ? low : 0) * (1 - OUTWARD) - TINY : 0;
    upper[i] = sqrtf(high > 0 ? high : 0) * (1 + OUTWARD) + TINY;
    lower[i] = far > 0 ? far : 0;
    sure[i] = other[i] - score[i] > 2 * off;
  }
}

/* The factor makes up for the rounding of the subtraction. */
static void lower_bounds(float *restrict bounds, size_t count, float drift, float *restrict least)
{
  for (size_t i = 0; i < count; i++) {
    const float bound = (bounds[i] - drift) * (1 - 0x1p-22f);
    bounds[i] = bound;
    least[i] = bound < least[i] ? bound : least[i];
  }
}

extern const KmeansSingleKernels KERNEL_NAME(kmeans_single_);

const KmeansSingleKernels KERNEL_NAME(kmeans_single_) = {
    .convert = convert_rows,
    .scan = scan_group,
    .scan_each = scan_groups,
    .own = own_scores,
    .distances = distances_of,
    .lower = lower_bounds,
};
