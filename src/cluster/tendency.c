/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/tendency.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/random.h"
#include "math/distributions.h"
#include "math/neighbours.h"

enum { PLACE_STREAM = 1, ROW_STREAM = 2 };

typedef struct Search {
  Task *task;
  const double *values; /* n x d */
  size_t n, d, m;
  double *points;       /* 2 m x d: places, then the rows drawn */
  double *distances;    /* 2 m x 2: of a place to its nearest rows; of a row to itself and the nearest other */
  size_t *order;        /* n */
} Search;

static void draw_places(const Search *s, uint64_t seed)
{
  Random random = random_new(seed, PLACE_STREAM);
  for (size_t j = 0; j < s->d; j++) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < s->n; i++) {
      const double x = s->values[i * s->d + j];
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
    for (size_t i = 0; i < s->m; i++) {
      s->points[i * s->d + j] = low + (high - low) * random_uniform(&random);
    }
  }
}

static void draw_rows(const Search *s, uint64_t seed)
{
  Random random = random_new(seed, ROW_STREAM);
  random_permutation(&random, s->n, s->order);
  for (size_t i = 0; i < s->m; i++) {
    memcpy(s->points + (s->m + i) * s->d, s->values + s->order[i] * s->d, s->d * sizeof *s->points);
  }
}

/* The share of the places in the sum of d-th powers, taken over the largest so that they neither overflow nor vanish. */
static double power_share(const Search *s)
{
  const size_t m = s->m;
  double most = 0, places = 0, rows = 0;
  for (size_t i = 0; i < m; i++) {
    most = fmax(most, fmax(s->distances[2 * i], s->distances[2 * (m + i) + 1]));
  }
  for (size_t i = 0; i < m; i++) {
    places += pow(s->distances[2 * i] / most, (double)s->d);
    rows += pow(s->distances[2 * (m + i) + 1] / most, (double)s->d);
  }
  return most > 0 ? places / (places + rows) : NAN;
}

static Status search(Search *s, uint64_t seed, Hopkins *out, Error *e)
{
  Neighbours *index = NULL;
  Status status;
  draw_places(s, seed);
  draw_rows(s, seed);
  TRY(neighbours_new(s->task, s->values, s->n, s->d, (Metric){.kind = METRIC_EUCLIDEAN}, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(s->task, index, s->points, 2 * s->m, 2, NULL, s->distances, e));
  const double h = power_share(s);
  out->statistic = h;
  out->p_value = isnan(h) ? NAN : h < 1 ? f_upper(h / (1 - h), 2 * (double)s->m, 2 * (double)s->m) : 0; /* Beta by F */
done:
  neighbours_free(index);
  return status;
}

Status hopkins(Task *task, const double *values, size_t n, size_t d, size_t m, uint64_t seed, Hopkins *out, Error *e)
{
  Search s = {.task = task, .values = values, .n = n, .d = d, .m = m};
  Status status;
  *out = (Hopkins){.m = m};
  s.points = mem_alloc(2 * m, d * sizeof *s.points);
  s.order = mem_alloc(n, sizeof *s.order);
  s.distances = mem_alloc(2 * m, 2 * sizeof *s.distances);
  TRY(s.points && s.order && s.distances ? distributions_open(e) : error_memory(e, 0, _("places")));
  TRY(search(&s, seed, out, e));
done:
  mem_free(s.points);
  mem_free(s.order);
  mem_free(s.distances);
  return status;
}
