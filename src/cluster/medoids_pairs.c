/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/medoids_pairs.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "cluster/silhouette_kernels.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

/* Up to this many numbers in a row a distance is computed faster than it is read from memory. */
enum { READ_FROM = 12 };

Pairs pairs_of_values(const double *values, size_t n, size_t d, Metric metric)
{
  return (Pairs){.n = n, .d = d, .metric = metric, .values = values};
}

Pairs pairs_of_gower(const Gower *gower)
{
  return (Pairs){.n = gower_rows(gower), .gower = gower};
}

Pairs pairs_of_square(const double *square, size_t n)
{
  return (Pairs){.n = n, .square = square};
}

void pairs_free(Pairs *pairs)
{
  mem_free(pairs->own_numbers);
  gower_free(pairs->own_gower);
  *pairs = (Pairs){0};
}

size_t pairs_scratch(const Pairs *pairs)
{
  return PAIRS_GROUP * (pairs->d > 0 ? pairs->d : 1);
}

/* Distances of ranks, the same bits as metric_unrank's. */
static void unrank(const Pairs *pairs, double *ranks, size_t count)
{
  if (pairs->metric.kind == METRIC_EUCLIDEAN) {
    silhouette_kernels()->roots(ranks, count);
  } else if (pairs->metric.kind == METRIC_MINKOWSKI) {
    for (size_t i = 0; i < count; i++) {
      ranks[i] = metric_unrank(pairs->metric, ranks[i]);
    }
  }
}

void pairs_lines(const Pairs *pairs, const size_t *rows, size_t count, size_t first, size_t length, double *scratch,
                 double *buffer, const double *lines[PAIRS_GROUP])
{
  const size_t d = pairs->d;
  for (size_t i = 0; i < count; i++) {
    lines[i] = pairs->square ? pairs->square + rows[i] * pairs->n + first : buffer + i * length;
    if (!pairs->square && pairs->gower) {
      gower_distances(pairs->gower, rows[i], first, length, buffer + i * length);
    } else if (!pairs->square) {
      memcpy(scratch + i * d, pairs->values + rows[i] * d, d * sizeof(double));
    }
  }
  if (!pairs->square && !pairs->gower) {
    distance_block_rank(pairs->metric, scratch, count, pairs->values + first * d, length, d, buffer, length);
    unrank(pairs, buffer, count * length);
  }
}

void pairs_line(const Pairs *pairs, size_t row, double *out)
{
  if (pairs->square) {
    memcpy(out, pairs->square + row * pairs->n, pairs->n * sizeof *out);
  } else if (pairs->gower) {
    gower_distances(pairs->gower, row, 0, pairs->n, out);
  } else {
    distance_row_rank(pairs->metric, pairs->values + row * pairs->d, pairs->values, pairs->n, pairs->d, out);
    unrank(pairs, out, pairs->n);
  }
}

/* ---- some of the rows */

static Status take_square(const Pairs *pairs, const size_t *rows, size_t m, Pairs *out, Error *e)
{
  size_t cells;
  if (__builtin_mul_overflow(m, m, &cells) || !(out->own_numbers = mem_buffer(cells, sizeof(double)))) {
    return error_memory(e, 0, _("dissimilarities"));
  }
  for (size_t i = 0; i < m; i++) {
    const double *const from = pairs->square + rows[i] * pairs->n;
    for (size_t j = 0; j < m; j++) {
      out->own_numbers[i * m + j] = from[rows[j]];
    }
  }
  out->square = out->own_numbers;
  return STATUS_OK;
}

static Status take_values(const Pairs *pairs, const size_t *rows, size_t m, Pairs *out, Error *e)
{
  const size_t d = pairs->d;
  out->own_numbers = mem_buffer(m * d, sizeof(double));
  if (!out->own_numbers) {
    return error_memory(e, m * d * sizeof(double), _("dissimilarities"));
  }
  for (size_t i = 0; i < m; i++) {
    memcpy(out->own_numbers + i * d, pairs->values + rows[i] * d, d * sizeof(double));
  }
  out->values = out->own_numbers;
  return STATUS_OK;
}

Status pairs_take(const Pairs *pairs, const size_t *rows, size_t m, Pairs *out, Error *e)
{
  *out = (Pairs){.n = m, .d = pairs->d, .metric = pairs->metric};
  if (pairs->values) {
    return take_values(pairs, rows, m, out, e);
  }
  if (pairs->square) {
    return take_square(pairs, rows, m, out, e);
  }
  const Status status = gower_take(pairs->gower, rows, m, &out->own_gower, e);
  out->gower = out->own_gower;
  return status;
}

/* ---- all of them in memory */

typedef struct Store {
  Task *task;
  const Pairs *pairs;
  double *square, *scratch;
  atomic_size_t done;
} Store;

static void store_group(void *context, size_t group, size_t worker)
{
  Store *const s = context;
  const size_t n = s->pairs->n, first = group * PAIRS_GROUP,
               count = n - first < PAIRS_GROUP ? n - first : PAIRS_GROUP;
  size_t rows[PAIRS_GROUP];
  const double *lines[PAIRS_GROUP];
  if (task_cancelled(s->task)) {
    return;
  }
  for (size_t i = 0; i < count; i++) {
    rows[i] = first + i;
  }
  pairs_lines(s->pairs, rows, count, 0, n, s->scratch + worker * pairs_scratch(s->pairs), s->square + first * n,
              lines);
  task_progress(s->task, atomic_fetch_add(&s->done, count) + count, n);
}

Status pairs_store(Task *task, Pairs *pairs, double most, Error *e)
{
  const size_t n = pairs->n, workers = task_threads(task);
  const double bytes = 8 * (double)n * (double)n;
  if (pairs->square || bytes > most || (pairs->values && pairs->d < READ_FROM) ||
      task_reserve(task, (size_t)bytes, "", NULL) != STATUS_OK) {
    return STATUS_OK;
  }
  Store s = {.task = task,
             .pairs = pairs,
             .square = mem_buffer(n * n, sizeof(double)),
             .scratch = mem_buffer(workers * pairs_scratch(pairs), sizeof(double))};
  if (s.square && s.scratch) {
    task_phase(task, "dissimilarities");
    pool_run(workers, (n + PAIRS_GROUP - 1) / PAIRS_GROUP, store_group, &s);
  }
  mem_free(s.scratch);
  if (task_cancelled(task) || !s.square || !s.scratch) {
    mem_free(s.square);
    return task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
  }
  pairs->own_numbers = s.square;
  pairs->square = s.square;
  return STATUS_OK;
}

/* ---- a square that was given */

static Status bad_cell(size_t i, size_t j, const char *why, Error *e)
{
  return error_set(e, STATUS_DATA, "bad-distances", _("row %1$zu, column %2$zu: %3$s"), i + 1, j + 1, why);
}

Status pairs_check_square(const double *square, size_t n, Error *e)
{
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j <= i; j++) {
      const double there = square[i * n + j], back = square[j * n + i], larger = there > back ? there : back;
      if (!isfinite(there) || !isfinite(back) || there < 0 || back < 0) {
        return bad_cell(i, j, _("a distance is a finite number, 0 or more"), e);
      }
      if (i == j && there != 0) {
        return bad_cell(i, j, _("the distance from a row to itself is 0"), e);
      }
      if (fabs(there - back) > 1e-9 * larger) {
        return bad_cell(i, j, _("the distance back is another one"), e);
      }
    }
  }
  return STATUS_OK;
}
