/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The weighted median by Hoare's selection with three parts (Dijkstra), pivot the middle of three. */
#include <math.h>

#include "cluster/centre_search.h"

typedef struct Values {
  double *v, *w; /* w NULL: weights of 1 */
} Values;

static double weight_at(const Values *values, size_t i)
{
  return values->w ? values->w[i] : 1;
}

static void swap(const Values *values, size_t i, size_t j)
{
  const double v = values->v[i];
  values->v[i] = values->v[j];
  values->v[j] = v;
  if (values->w) {
    const double w = values->w[i];
    values->w[i] = values->w[j];
    values->w[j] = w;
  }
}

static double middle_of_three(double a, double b, double c)
{
  return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* [from, to) becomes less than, equal to and greater than the pivot; *less and *more are the borders. */
static void part(const Values *values, size_t from, size_t to, double pivot, size_t *less, size_t *more)
{
  size_t low = from, high = to, i = from;
  while (i < high) {
    if (values->v[i] < pivot) {
      swap(values, i++, low++);
    } else if (values->v[i] > pivot) {
      swap(values, i, --high);
    } else {
      i++;
    }
  }
  *less = low;
  *more = high;
}

static double weight_of(const Values *values, size_t from, size_t to)
{
  double sum = 0;
  for (size_t i = from; i < to; i++) {
    sum += weight_at(values, i);
  }
  return sum;
}

/* The least value above `value` that has weight; `value` where there is none. */
static double next_above(const Values *values, size_t n, double value)
{
  double next = (double)INFINITY;
  for (size_t i = 0; i < n; i++) {
    if (values->v[i] > value && values->v[i] < next && weight_at(values, i) > 0) {
      next = values->v[i];
    }
  }
  return isinf(next) ? value : next;
}

double centre_median(double *v, double *w, size_t n)
{
  const Values values = {v, w};
  const double half = weight_of(&values, 0, n) / 2;
  size_t from = 0, to = n;
  double below = 0;
  while (half > 0 && from < to) {
    const double pivot = middle_of_three(v[from], v[from + (to - from) / 2], v[to - 1]);
    size_t less, more;
    part(&values, from, to, pivot, &less, &more);
    const double left = weight_of(&values, from, less), equal = weight_of(&values, less, more);
    if (left > 0 && below + left >= half) {
      to = less;
    } else if (equal > 0 && (below + left + equal >= half || more == to)) {
      return below + left + equal == half ? pivot / 2 + next_above(&values, n, pivot) / 2 : pivot;
    } else {
      below += left + equal;
      from = more;
    }
  }
  return (double)NAN;
}
