/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_rows.h"

#include <math.h>

#include "core/alloc.h"
#include "core/reduce.h"

typedef struct Measure {
  const double *values;
  const int64_t *labels;
  size_t d, k;
  double *means; /* k x d; NaN where a segment is empty */
  SegmentRows *rows;
} Measure;

void segment_rows_free(SegmentRows *rows)
{
  mem_free(rows->own);
  mem_free(rows->gap);
  mem_free(rows->other);
  *rows = (SegmentRows){.own = NULL};
}

static double distance(const double *x, const double *y, size_t d)
{
  double sum = 0;
  for (size_t j = 0; j < d; j++) {
    sum += (x[j] - y[j]) * (x[j] - y[j]);
  }
  return sqrt(sum);
}

static void measure_row(const Measure *m, size_t row)
{
  const size_t own = (size_t)m->labels[row];
  const double *x = m->values + row * m->d;
  double nearest = NAN;
  m->rows->own[row] = m->rows->gap[row] = NAN;
  m->rows->other[row] = 0;
  if (own == 0) {
    return;
  }
  for (size_t c = 1; c <= m->k; c++) {
    const double far = distance(x, m->means + (c - 1) * m->d, m->d);
    if (c == own) {
      m->rows->own[row] = far;
    } else if (!isnan(far) && !(far >= nearest)) {
      nearest = far;
      m->rows->other[row] = (int64_t)c;
    }
  }
  m->rows->gap[row] = nearest - m->rows->own[row];
}

static Status measure_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum;
  (void)worker;
  (void)e;
  for (size_t row = first; row < first + count; row++) {
    measure_row(context, row);
  }
  return STATUS_OK;
}

static Status find_means(Measure *m, size_t n, Error *e)
{
  double *counts = mem_zero(m->k, sizeof *counts);
  m->means = mem_zero(m->k * m->d, sizeof *m->means);
  if (!counts || !m->means) {
    mem_free(counts);
    return error_memory(e, 0, _("means"));
  }
  for (size_t row = 0; row < n; row++) {
    const size_t c = (size_t)m->labels[row];
    if (c > 0) {
      counts[c - 1]++;
      for (size_t j = 0; j < m->d; j++) {
        m->means[(c - 1) * m->d + j] += (m->values[row * m->d + j] - m->means[(c - 1) * m->d + j]) / counts[c - 1];
      }
    }
  }
  for (size_t i = 0; i < m->k * m->d; i++) {
    m->means[i] = counts[i / m->d] > 0 ? m->means[i] : (double)NAN;
  }
  mem_free(counts);
  return STATUS_OK;
}

Status segment_rows_measure(Task *task, const double *values, size_t n, size_t d, const int64_t *labels, size_t k,
                            SegmentRows *out, Error *e)
{
  Measure m = {.values = values, .labels = labels, .d = d, .k = k, .rows = out};
  const Reduce reduce = {.block = measure_block, .context = &m};
  Status status;
  out->own = mem_alloc(n, sizeof *out->own);
  out->gap = mem_alloc(n, sizeof *out->gap);
  out->other = mem_alloc(n, sizeof *out->other);
  TRY(out->own && out->gap && out->other ? STATUS_OK : error_memory(e, 3 * n * sizeof *out->own, _("rows")));
  TRY(find_means(&m, n, e));
  TRY(rows_reduce(task, n, &reduce, NULL, e));
done:
  mem_free(m.means);
  if (status != STATUS_OK) {
    segment_rows_free(out);
  }
  return status;
}

size_t segment_rows_least(const double *figures, const int64_t *labels, size_t n, int64_t segment, size_t most,
                          size_t *out)
{
  size_t count = 0;
  for (size_t row = 0; row < n; row++) {
    if (labels[row] != segment || isnan(figures[row])) {
      continue;
    }
    size_t at = count;
    while (at > 0 && figures[row] < figures[out[at - 1]]) {
      at--;
    }
    if (at < most) {
      count += count < most;
      for (size_t i = count - 1; i > at; i--) {
        out[i] = out[i - 1];
      }
      out[at] = row;
    }
  }
  return count;
}
