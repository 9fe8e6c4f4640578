/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/tendency.h"

#include <math.h>
#include <stdatomic.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/reduce.h"
#include "math/distance.h"
#include "math/distributions.h"

enum { PLACE_STREAM = 1, ROW_STREAM = 2, STRIP = 1024 };

typedef struct Search {
  Task *task;
  const double *values, *places;  /* n x d; m x d */
  const size_t *drawn;            /* m rows */
  size_t n, d, m;
  double *nearest;                /* ranks: m of places, m of rows */
  double *ranks;                  /* STRIP per worker */
  atomic_bool stop;
} Search;

/* The least rank from a point to the rows, but for row `except`. */
static void find_nearest(void *context, size_t item, size_t worker)
{
  Search *s = context;
  const bool place = item < s->m;
  const size_t except = place ? SIZE_MAX : s->drawn[item - s->m];
  const double *x = place ? s->places + item * s->d : s->values + except * s->d;
  double *ranks = s->ranks + worker * STRIP, least = INFINITY;
  for (size_t first = 0; first < s->n; first += STRIP) {
    const size_t count = s->n - first < STRIP ? s->n - first : STRIP;
    if (task_cancelled(s->task)) {
      atomic_store(&s->stop, true);
      return;
    }
    distance_row_rank((Metric){.kind = METRIC_EUCLIDEAN}, x, s->values + first * s->d, count, s->d, ranks);
    for (size_t i = 0; i < count; i++) {
      least = ranks[i] < least && first + i != except ? ranks[i] : least;
    }
  }
  s->nearest[item] = least;
}

static void draw_places(const Search *s, uint64_t seed, double *places)
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
      places[i * s->d + j] = low + (high - low) * random_uniform(&random);
    }
  }
}

/* Sums of d-th powers, taken over the largest so that they neither overflow nor vanish. */
static double power_share(const double *ranks, size_t m, size_t d)
{
  double most = 0, places = 0, rows = 0;
  for (size_t i = 0; i < 2 * m; i++) {
    most = ranks[i] > most ? ranks[i] : most;
  }
  for (size_t i = 0; i < m; i++) {
    places += pow(ranks[i] / most, (double)d / 2);
    rows += pow(ranks[m + i] / most, (double)d / 2);
  }
  return most > 0 ? places / (places + rows) : NAN;
}

static Status search(Search *s, uint64_t seed, double *places, size_t *order, Hopkins *out, Error *e)
{
  Random random = random_new(seed, ROW_STREAM);
  draw_places(s, seed, places);
  random_permutation(&random, s->n, order);
  s->places = places;
  s->drawn = order;
  pool_run(task_threads(s->task), 2 * s->m, find_nearest, s);
  if (s->stop) {
    return error_cancelled(e);
  }
  const double h = power_share(s->nearest, s->m, s->d);
  out->statistic = h;
  out->p_value = isnan(h) ? NAN : h < 1 ? f_upper(h / (1 - h), 2 * (double)s->m, 2 * (double)s->m) : 0; /* Beta by F */
  return STATUS_OK;
}

Status hopkins(Task *task, const double *values, size_t n, size_t d, size_t m, uint64_t seed, Hopkins *out, Error *e)
{
  Search s = {.task = task, .values = values, .n = n, .d = d, .m = m};
  double *places = mem_alloc(m, d * sizeof *places);
  size_t *order = mem_alloc(n, sizeof *order);
  s.nearest = mem_alloc(2 * m, sizeof *s.nearest);
  s.ranks = mem_buffer(task_threads(task) * STRIP, sizeof *s.ranks);
  *out = (Hopkins){.m = m};
  Status status = places && order && s.nearest && s.ranks ? distributions_open(e) : error_memory(e, 0, _("places"));
  if (status == STATUS_OK) {
    status = search(&s, seed, places, order, out, e);
  }
  mem_free(places);
  mem_free(order);
  mem_free(s.nearest);
  mem_free(s.ranks);
  return status;
}
