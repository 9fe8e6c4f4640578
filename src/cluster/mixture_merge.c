/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Model-based hierarchical clustering for free ellipsoids: Fraley 1998, Algorithms for model-based Gaussian
 * hierarchical clustering, SIAM J. Sci. Comput. 20. A group of n rows with scatter W counts
 *
 *   n log(|W / n| + (tr W + a) / n),  without the determinant while n <= d,
 *
 * a the mean variance of the columns, which makes small groups comparable; each step merges the pair that adds least.
 * All pairs' costs are kept, and for each group the best partner after it. */
#include <math.h>
#include <string.h>

#include "cluster/mixture_fit.h"
#include "core/alloc.h"

typedef struct Merging {
  size_t n, d;
  double a;
  double *mean;       /* n x d */
  double *scatter;    /* n x d (d + 1) / 2: lower triangle by rows */
  double *count, *term, *trace;
  double *cost;       /* pair i < j at pair_of */
  size_t *partner;    /* of each group the best later one, n: none */
  bool *gone;
  double *room;       /* d (d + 1) / 2 */
  double *difference; /* d */
} Merging;

static double *pair_of(const Merging *m, size_t i, size_t j)
{
  return m->cost + i * m->n - i * (i + 1) / 2 + (j - i - 1);
}

/* log |W / n| from a lower triangle, which is used up; -inf when it is not positive. */
static double log_determinant(double *w, size_t d, double n)
{
  double sum = 0;
  for (size_t i = 0; i < d; i++) {
    double *row = w + i * (i + 1) / 2;
    for (size_t j = 0; j < i; j++) {
      const double *other = w + j * (j + 1) / 2;
      double left = row[j];
      for (size_t c = 0; c < j; c++) {
        left -= row[c] * other[c];
      }
      row[j] = left / other[j];
    }
    double left = row[i];
    for (size_t c = 0; c < i; c++) {
      left -= row[c] * row[c];
    }
    if (!(left > 0)) {
      return -INFINITY;
    }
    sum += log(left / n);
    row[i] = sqrt(left);
  }
  return sum;
}

static double term_of(const Merging *m, double n, double trace, double *scatter)
{
  const double small = (trace + m->a) / n;
  if (n <= (double)m->d || trace == 0) {
    return n * log(small);
  }
  const double determinant = log_determinant(scatter, m->d, n);
  return determinant > 0 ? n * (determinant + log1p(small * exp(-determinant))) : n * log(exp(determinant) + small);
}

/* What merging the pair would add. The merged scatter's trace in *trace, the scatter in out when it is not NULL. */
static double merge_cost(const Merging *m, size_t i, size_t j, double *out, double *trace)
{
  const size_t d = m->d, cells = d * (d + 1) / 2;
  const double n = m->count[i] + m->count[j], factor = m->count[i] * (m->count[j] / n);
  double square = 0;
  for (size_t c = 0; c < d; c++) {
    m->difference[c] = m->mean[j * d + c] - m->mean[i * d + c];
    square += m->difference[c] * m->difference[c];
  }
  *trace = m->trace[i] + m->trace[j] + factor * square;
  if (n > (double)d || out) {
    const double *wi = m->scatter + i * cells, *wj = m->scatter + j * cells;
    double *w = m->room;
    for (size_t r = 0, at = 0; r < d; r++) {
      const double scaled = factor * m->difference[r];
      for (size_t c = 0; c <= r; c++, at++) {
        w[at] = wi[at] + wj[at] + scaled * m->difference[c];
      }
    }
    if (out) {
      memcpy(out, w, cells * sizeof *out);
    }
  }
  return term_of(m, n, *trace, m->room) - m->term[i] - m->term[j];
}

static void find_partner(const Merging *m, size_t i)
{
  size_t best = m->n;
  for (size_t j = i + 1; j < m->n; j++) {
    if (!m->gone[j] && (best == m->n || *pair_of(m, i, j) <= *pair_of(m, i, best))) {
      best = j;
    }
  }
  m->partner[i] = best;
}

/* Group i takes in group j > i. */
static void join(Merging *m, size_t i, size_t j)
{
  const size_t d = m->d, cells = d * (d + 1) / 2;
  const double n = m->count[i] + m->count[j], share = m->count[j] / n;
  double trace;
  const double added = merge_cost(m, i, j, m->scatter + i * cells, &trace);
  m->term[i] += m->term[j] + added;
  m->trace[i] = trace;
  for (size_t c = 0; c < d; c++) {
    m->mean[i * d + c] += share * (m->mean[j * d + c] - m->mean[i * d + c]);
  }
  m->count[i] = n;
  m->gone[j] = true;
}

/* The merged group's costs, and the partners of those that had it or the group that went. */
static void refresh(Merging *m, size_t i, size_t j)
{
  double trace;
  for (size_t x = 0; x < m->n; x++) {
    if (m->gone[x] || x == i) {
      continue;
    }
    const size_t low = x < i ? x : i, high = x < i ? i : x;
    *pair_of(m, low, high) = merge_cost(m, low, high, NULL, &trace);
  }
  for (size_t x = 0; x < m->n; x++) {
    if (m->gone[x]) {
      continue;
    }
    if (x == i || m->partner[x] == i || m->partner[x] == j) {
      find_partner(m, x);
    } else if (x < i && (m->partner[x] == m->n || *pair_of(m, x, i) < *pair_of(m, x, m->partner[x]))) {
      m->partner[x] = i;
    }
  }
}

/* Whether group i and its partner are to be merged rather than the best so far: of equal pairs the one with the later
 * second group, as mclust has it, which matters where many rows are equal. */
static bool is_better(const Merging *m, size_t i, size_t best)
{
  if (best == m->n) {
    return true;
  }
  const double cost = *pair_of(m, i, m->partner[i]), least = *pair_of(m, best, m->partner[best]);
  return cost < least || (cost == least && m->partner[i] > m->partner[best]);
}

static Status merge_all(Merging *m, Task *task, int32_t *merges, Error *e)
{
  double trace;
  for (size_t i = 0; i < m->n; i++) {
    for (size_t j = i + 1; j < m->n; j++) {
      *pair_of(m, i, j) = merge_cost(m, i, j, NULL, &trace);
    }
    find_partner(m, i);
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
  }
  for (size_t step = 0; step + 1 < m->n; step++) {
    size_t best = m->n;
    for (size_t i = 0; i < m->n; i++) {
      best = !m->gone[i] && m->partner[i] < m->n && is_better(m, i, best) ? i : best;
    }
    const size_t other = m->partner[best];
    merges[2 * step] = (int32_t)best;
    merges[2 * step + 1] = (int32_t)other;
    join(m, best, other);
    refresh(m, best, other);
    task_progress(task, step, m->n);
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static void begin(Merging *m, const double *values)
{
  double *mean = m->difference;
  m->a = 0;
  for (size_t c = 0; c < m->d; c++) {
    mean[c] = 0;
    for (size_t i = 0; i < m->n; i++) {
      mean[c] += values[i * m->d + c] / (double)m->n;
    }
    for (size_t i = 0; i < m->n; i++) {
      const double off = values[i * m->d + c] - mean[c];
      m->a += off * off / ((double)m->n * (double)m->d);
    }
  }
  m->a = m->a > 0x1p-52 ? m->a : 0x1p-52;
  memcpy(m->mean, values, m->n * m->d * sizeof *values);
  for (size_t i = 0; i < m->n; i++) {
    m->count[i] = 1;
    m->term[i] = log(m->a);
  }
}

Status mixture_merges(Task *task, const double *values, size_t n, size_t d, int32_t *merges, Error *e)
{
  const size_t cells = d * (d + 1) / 2, pairs = n * (n - 1) / 2;
  Merging m = {.n = n, .d = d};
  Status status;
  task_phase(task, "merging rows");
  TRY(task_reserve(task, (pairs + n * cells) * sizeof(double), _("the pairs of rows"), e));
  m.mean = mem_zero(n * (d + cells + 3) + cells + d, sizeof *m.mean);
  m.cost = mem_alloc(pairs, sizeof *m.cost);
  m.partner = mem_alloc(n, sizeof *m.partner);
  m.gone = mem_zero(n, sizeof *m.gone);
  if (!m.mean || !m.cost || !m.partner || !m.gone) {
    TRY(error_memory(e, (pairs + n * cells) * sizeof(double), _("the pairs of rows")));
  }
  m.scatter = m.mean + n * d;
  m.count = m.scatter + n * cells;
  m.term = m.count + n;
  m.trace = m.term + n;
  m.room = m.trace + n;
  m.difference = m.room + cells;
  begin(&m, values);
  status = merge_all(&m, task, merges, e);
done:
  mem_free(m.mean);
  mem_free(m.cost);
  mem_free(m.partner);
  mem_free(m.gone);
  return status;
}

void mixture_cut(const int32_t *merges, size_t n, size_t k, int32_t *labels)
{
  for (size_t i = 0; i < n; i++) {
    labels[i] = (int32_t)i;
  }
  for (size_t step = n - k; step-- > 0;) { /* from the last merge on, so that a group's name is final */
    labels[merges[2 * step + 1]] = labels[merges[2 * step]];
  }
  int32_t next = 0;
  for (size_t i = 0; i < n; i++) { /* a group is named by its first row */
    labels[i] = labels[i] == (int32_t)i ? next++ : labels[labels[i]];
  }
}
