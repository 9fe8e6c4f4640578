/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order statistics by partition (Hoare's FIND); the pivot is the middle one of three places that move about, so that no
 * order of the data is a bad one. */
#include <float.h>
#include <math.h>

#include "shape/aggregate_kinds.h"
#include "shape/groups_items.h"

enum { FEW = 24 };

static void insertion(double *v, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    const double value = v[i];
    size_t at = i;
    for (; at > 0 && v[at - 1] > value; at--) {
      v[at] = v[at - 1];
    }
    v[at] = value;
  }
}

static double middle_of_three(double a, double b, double c)
{
  const double low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

Status select_rank(double *v, size_t n, size_t k, const Task *task, Error *e)
{
  size_t low = 0, high = n, done = 0;
  uint64_t next = n;
  while (high - low > FEW) {
    done += high - low;
    if (done > PIECE_POLL) {
      done = 0;
      if (task_cancelled(task)) {
        return error_cancelled(e);
      }
    }
    next = next * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    const size_t size = high - low, a = (size_t)(next >> 33) % size, b = (a + size / 3) % size,
        c = (a + size / 3 * 2) % size;
    const double pivot = middle_of_three(v[low + a], v[low + b], v[low + c]);
    size_t i = low, j = high - 1;
    for (;;) {
      while (v[i] < pivot) {
        i++;
      }
      while (v[j] > pivot) {
        j--;
      }
      if (i >= j) {
        break;
      }
      const double swap = v[i];
      v[i++] = v[j];
      v[j--] = swap;
    }
    /* low .. i - 1 are at most the pivot, i .. high - 1 at least, and v[i] itself may be either when i == j. */
    const size_t left_end = j + 1;
    if (k < i && k < left_end) {
      high = i < left_end ? i : left_end;
    } else if (k >= left_end && k >= i) {
      low = i > left_end ? i : left_end;
    } else {
      return STATUS_OK;
    }
  }
  insertion(v + low, high - low);
  return STATUS_OK;
}

static double least_of(const double *v, size_t n)
{
  double least = v[0];
  for (size_t i = 1; i < n; i++) {
    least = v[i] < least ? v[i] : least;
  }
  return least;
}

/* Where the quantile lies: at or between the numbers of rank *low (from 0) and the next one, a part *part of the
 * way. */
static void quantile_place(size_t n, double share, int type, double *rank, double *part)
{
  static const double a[] = {0, 0.5, 0, 1, 1.0 / 3, 3.0 / 8}, b[] = {1, 0.5, 0, 1, 1.0 / 3, 3.0 / 8}; /* types 4 .. 9 */
  const double fuzz = 4 * DBL_EPSILON, size = (double)n;
  if (type == 7) {
    const double place = (size - 1) * share;
    *rank = floor(place);
    *part = place - *rank;
  } else if (type <= 3) {
    const double place = type == 3 ? size * share - 0.5 : size * share, below = floor(place + fuzz);
    const bool between = place > below + fuzz;
    *rank = below - 1;
    *part = type == 1 ? between : type == 2 ? (between ? 1 : 0.5) : fabs(place - below) > fuzz || fmod(below, 2) != 0;
  } else {
    const double place = a[type - 4] + share * (size + 1 - a[type - 4] - b[type - 4]), below = floor(place + fuzz);
    *rank = below - 1;
    *part = fabs(place - below) < fuzz ? 0 : place - below;
  }
}

Status select_quantile(double *values, size_t n, double share, int type, const Task *task, double *out, Error *e)
{
  double rank, part;
  quantile_place(n, share, type, &rank, &part);
  if (rank < 0) { /* before the first: the first, as R has it */
    rank = 0;
    part = 0;
  }
  const size_t k = rank < (double)(n - 1) ? (size_t)rank : n - 1;
  const Status status = select_rank(values, n, k, task, e);
  if (status == STATUS_OK) {
    const double x = values[k], y = part > 0 && k + 1 < n ? least_of(values + k + 1, n - k - 1) : x;
    *out = part >= 1 ? y : part > 0 && x < y ? (1 - part) * x + part * y : x;
  }
  return status;
}
