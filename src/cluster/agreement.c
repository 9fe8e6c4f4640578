/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/agreement.h"

#include <math.h>

#include "core/alloc.h"

typedef struct Table {
  double *cells, *rows, *columns; /* n_ij, a_i, b_j */
  size_t ka, kb;
  double n;
} Table;

static double pairs(double x)
{
  return x * (x - 1) / 2;
}

static double sum_pairs(const double *counts, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += pairs(counts[i]);
  }
  return sum;
}

static double entropy(const double *counts, size_t k, double n)
{
  double sum = 0;
  for (size_t i = 0; i < k; i++) {
    sum -= counts[i] > 0 ? counts[i] / n * log(counts[i] / n) : 0;
  }
  return sum;
}

static double information(const Table *t)
{
  double sum = 0;
  for (size_t i = 0; i < t->ka; i++) {
    for (size_t j = 0; j < t->kb; j++) {
      const double nij = t->cells[i * t->kb + j];
      sum += nij > 0 ? nij / t->n * log(t->n * nij / (t->rows[i] * t->columns[j])) : 0;
    }
  }
  return sum > 0 ? sum : 0;
}

static double log_factorial(double x)
{
  int sign;
  return lgamma_r(x + 1, &sign);
}

/* The expected information of one cell when both margins are fixed: nij is hypergeometric. */
static double expected_cell(double a, double b, double n)
{
  const double fixed = log_factorial(a) + log_factorial(b) + log_factorial(n - a) + log_factorial(n - b) - log_factorial(n);
  double sum = 0;
  for (double nij = fmax(1, a + b - n); nij <= fmin(a, b); nij += 1) {
    const double probability = exp(fixed - log_factorial(nij) - log_factorial(a - nij) - log_factorial(b - nij) -
                                   log_factorial(n - a - b + nij));
    sum += nij / n * log(n * nij / (a * b)) * probability;
  }
  return sum;
}

static Status expected_information(const Task *task, const Table *t, double *out, Error *e)
{
  double sum = 0;
  for (size_t i = 0; i < t->ka; i++) {
    for (size_t j = 0; j < t->kb; j++) {
      if (task_cancelled(task)) {
        return error_cancelled(e);
      }
      sum += expected_cell(t->rows[i], t->columns[j], t->n);
    }
  }
  *out = sum;
  return STATUS_OK;
}

static void pair_figures(const Table *t, Agreement *out)
{
  const double both = sum_pairs(t->cells, t->ka * t->kb);
  const double in_a = sum_pairs(t->rows, t->ka), in_b = sum_pairs(t->columns, t->kb), all = pairs(t->n);
  const double expected = all > 0 ? in_a * in_b / all : 0;
  const double most = (in_a + in_b) / 2;
  out->rand = all > 0 ? (all + 2 * both - in_a - in_b) / all : 1;
  out->ari = most == expected ? 1 : (both - expected) / (most - expected);
  out->pairs_both = both;
  out->pairs_a = in_a - both;
  out->pairs_b = in_b - both;
  out->pairs_neither = all - in_a - in_b + both;
  out->fmi = in_a > 0 && in_b > 0 ? both / sqrt(in_a * in_b) : in_a == in_b ? 1 : 0;
}

static double purity(const Table *t)
{
  double sum = 0;
  for (size_t i = 0; i < t->ka; i++) {
    double most = 0;
    for (size_t j = 0; j < t->kb; j++) {
      most = fmax(most, t->cells[i * t->kb + j]);
    }
    sum += most;
  }
  return sum / t->n;
}

static Status information_figures(const Task *task, const Table *t, Agreement *out, Error *e)
{
  const double in_a = entropy(t->rows, t->ka, t->n), in_b = entropy(t->columns, t->kb, t->n), mean = (in_a + in_b) / 2;
  const double shared = information(t);
  double expected = 0;
  const Status status = expected_information(task, t, &expected, e);
  out->nmi = mean > 0 ? shared / mean : 1;
  out->homogeneity = in_b > 0 ? shared / in_b : 1;
  out->completeness = in_a > 0 ? shared / in_a : 1;
  out->ami = mean > 0 && mean != expected ? (shared - expected) / (mean - expected) : 1;
  return status;
}

static void table_free(Table *t)
{
  mem_free(t->cells);
  mem_free(t->rows);
  mem_free(t->columns);
}

static Status table_make(const size_t *a, size_t ka, const size_t *b, size_t kb, size_t n, Table *t, Error *e)
{
  size_t cells;
  *t = (Table){.ka = ka, .kb = kb, .n = (double)n};
  if (__builtin_mul_overflow(ka, kb, &cells)) {
    return error_memory(e, 0, _("a table of classes"));
  }
  t->cells = mem_zero(cells, sizeof *t->cells);
  t->rows = mem_zero(ka, sizeof *t->rows);
  t->columns = mem_zero(kb, sizeof *t->columns);
  if (!t->cells || !t->rows || !t->columns) {
    return error_memory(e, cells * sizeof *t->cells, _("a table of classes"));
  }
  for (size_t row = 0; row < n; row++) {
    t->cells[a[row] * kb + b[row]] += 1;
    t->rows[a[row]] += 1;
    t->columns[b[row]] += 1;
  }
  return STATUS_OK;
}

Status agreement(const Task *task, const size_t *a, size_t ka, const size_t *b, size_t kb, size_t n, Agreement *out, Error *e)
{
  Table t;
  Status status = table_make(a, ka, b, kb, n, &t, e);
  if (status == STATUS_OK) {
    pair_figures(&t, out);
    out->purity = purity(&t);
    status = information_figures(task, &t, out, e);
  }
  table_free(&t);
  return status;
}

Status agreement_of_pairs(const size_t *a, size_t ka, const size_t *b, size_t kb, size_t n, Agreement *out, Error *e)
{
  Table t;
  const Status status = table_make(a, ka, b, kb, n, &t, e);
  if (status == STATUS_OK) {
    pair_figures(&t, out);
  }
  table_free(&t);
  return status;
}
