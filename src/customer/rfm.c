/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "customer/rfm.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/column_keys.h"
#include "shape/cut.h"

enum { POLL = 1 << 18 };

static Status no_memory(const Rfm *r, Error *e)
{
  return error_memory(e, r->n * 60, _("customers"));
}

static Status allocate(Rfm *r, Error *e)
{
  r->last = mem_alloc(r->n, sizeof *r->last);
  r->revenue = mem_zero(r->n, sizeof *r->revenue);
  bool fine = r->last && r->revenue;
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    r->value[d] = mem_zero(r->n, sizeof **r->value);
    r->score[d] = mem_alloc(r->n, sizeof **r->score);
    fine = fine && r->value[d] && r->score[d];
  }
  return fine ? STATUS_OK : no_memory(r, e);
}

/* Sums are compensated (Neumaier), in row order. */
static Status sum_rows(const Purchases *p, const Task *task, Rfm *r, Error *e)
{
  double *rest = mem_zero(r->n, sizeof *rest);
  if (!rest) {
    return no_memory(r, e);
  }
  for (size_t g = 0; g < r->n; g++) {
    r->last[g] = INT64_MIN;
  }
  Status status = STATUS_OK;
  for (size_t row = 0; row < p->n; row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
      break;
    }
    const size_t g = p->customers->of_row ? p->customers->of_row[row] : 0;
    const double x = p->amount ? p->amount[row] : 0, sum = r->revenue[g] + x;
    rest[g] += fabs(r->revenue[g]) >= fabs(x) ? (r->revenue[g] - sum) + x : (x - sum) + r->revenue[g];
    r->revenue[g] = sum;
    r->last[g] = p->day[row] > r->last[g] ? p->day[row] : r->last[g];
  }
  for (size_t g = 0; g < r->n; g++) {
    r->revenue[g] += rest[g];
  }
  mem_free(rest);
  return status;
}

static Status count_orders(const Purchases *p, RfmCount count, Task *task, Rfm *r, Error *e)
{
  size_t *first = NULL, orders = p->n;
  Status status = count == RFM_ROWS ? STATUS_OK : purchases_orders(p, task, &first, &orders, e);
  for (size_t i = 0; status == STATUS_OK && i < orders; i++) {
    const size_t row = first ? first[i] : i;
    r->value[RFM_F][p->customers->of_row ? p->customers->of_row[row] : 0]++;
  }
  r->orders = orders;
  mem_free(first);
  return status;
}

/* The numbers in rising order (mem_free). */
static Status sorted_copy(const double *values, size_t n, Task *task, double **out, Error *e)
{
  Column *column = NULL;
  Keys keys = {NULL, 0};
  Status status;
  *out = NULL;
  TRY(column_of_floats(values, n, &column, e));
  TRY(column_keys(column, task, &keys, e));
  *out = mem_alloc(n, sizeof **out);
  if (!*out) {
    status = error_memory(e, n * sizeof **out, _("customers"));
    goto done;
  }
  for (size_t i = 0; i < n; i++) {
    (*out)[i] = key_float(keys.key[i]);
  }
done:
  keys_free(&keys);
  column_unref(column);
  return status;
}

uint8_t rfm_score(const double *cuts, size_t bins, double value, bool falling)
{
  const size_t below = cuts_below(cuts, bins - 1, value);
  return (uint8_t)(falling ? bins - below : 1 + below);
}

static Status deal(const Rfm *r, int d, Task *task, Error *e)
{
  Column *column = NULL;
  size_t *rows = NULL;
  Status status;
  TRY(column_of_floats(r->value[d], r->n, &column, e));
  const OrderKey key = {.column = column};
  TRY(order_rows(&key, 1, r->n, task, &rows, e));
  for (size_t i = 0; i < r->n; i++) {
    const size_t bin = i * r->bins / r->n;
    r->score[d][rows[i]] = (uint8_t)(d == RFM_R ? r->bins - bin : 1 + bin);
  }
done:
  mem_free(rows);
  column_unref(column);
  return status;
}

static Status score(Rfm *r, int d, bool by_order, Task *task, Error *e)
{
  double *sorted = NULL;
  Status status = sorted_copy(r->value[d], r->n, task, &sorted, e);
  if (status == STATUS_OK) {
    quantile_cuts(sorted, r->n, r->bins, r->cuts[d]);
  }
  mem_free(sorted);
  if (status != STATUS_OK || by_order) {
    return status == STATUS_OK ? deal(r, d, task, e) : status;
  }
  for (size_t g = 0; g < r->n; g++) {
    r->score[d][g] = rfm_score(r->cuts[d], r->bins, r->value[d][g], d == RFM_R);
  }
  return STATUS_OK;
}

Status rfm_make(const Purchases *p, RfmCount count, bool mean, int64_t at, size_t bins, bool by_order, Task *task,
                Rfm *out, Error *e)
{
  Status status;
  *out = (Rfm){.n = p->customers->n, .bins = bins, .at = at == INT64_MIN ? p->last_day + 1 : at};
  TRY(allocate(out, e));
  TRY(sum_rows(p, task, out, e));
  TRY(count_orders(p, count, task, out, e));
  for (size_t g = 0; g < out->n; g++) {
    out->value[RFM_R][g] = (double)(out->at - out->last[g]);
    out->value[RFM_M][g] = mean ? out->revenue[g] / out->value[RFM_F][g] : out->revenue[g];
  }
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    TRY(score(out, d, by_order, task, e));
  }
done:
  return status;
}

void rfm_free(Rfm *r)
{
  mem_free(r->last);
  mem_free(r->revenue);
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    mem_free(r->value[d]);
    mem_free(r->score[d]);
  }
  *r = (Rfm){0};
}

Status rfm_concentration(const double *revenue, size_t n, Task *task, double *top_fifth, double *gini, Error *e)
{
  double *x = NULL;
  const Status status = sorted_copy(revenue, n, task, &x, e);
  *top_fifth = *gini = (double)NAN;
  if (status != STATUS_OK) {
    return status;
  }
  const size_t top = n / 5 + (n % 5 > 0);
  double total = 0, weighted = 0, best = 0;
  for (size_t i = 0; i < n; i++) {
    total += x[i];
    weighted += (double)(i + 1) * x[i];
    best += i >= n - top ? x[i] : 0;
  }
  if (total > 0) {
    *top_fifth = best / total;
    *gini = 2 * weighted / ((double)n * total) - (double)(n + 1) / (double)n;
  }
  mem_free(x);
  return STATUS_OK;
}

Status rfm_median(const double *values, size_t n, Task *task, double *median, Error *e)
{
  double *sorted = NULL;
  const Status status = sorted_copy(values, n, task, &sorted, e);
  if (status == STATUS_OK) {
    *median = quantile_sorted(sorted, n, 0.5);
  }
  mem_free(sorted);
  return status;
}

/* The fifth of the scale that a score of 1 to `bins` stands for. */
static size_t fifth(size_t score, size_t bins)
{
  return (score * 5 + bins - 1) / bins;
}

void rfm_usual_segments(size_t bins, RfmSegment out[RFM_USUAL])
{
  static const RfmSegment usual[RFM_USUAL] = {{"champions", {5, 4, 1}, {5, 5, 5}},
                                              {"loyal", {3, 4, 1}, {4, 5, 5}},
                                              {"new", {5, 1, 1}, {5, 1, 5}},
                                              {"promising", {4, 1, 1}, {4, 1, 5}},
                                              {"potential loyal", {4, 2, 1}, {5, 3, 5}},
                                              {"need attention", {3, 3, 1}, {3, 3, 5}},
                                              {"about to sleep", {3, 1, 1}, {3, 2, 5}},
                                              {"cannot lose", {1, 5, 1}, {2, 5, 5}},
                                              {"at risk", {1, 3, 1}, {2, 4, 5}},
                                              {"hibernating", {1, 1, 1}, {2, 2, 5}}};
  memcpy(out, usual, sizeof usual);
  for (size_t i = 0; i < RFM_USUAL; i++) {
    for (int d = 0; d < RFM_DIMENSIONS; d++) {
      out[i].low[d] = (uint8_t)bins;
      out[i].high[d] = 1;
      bool any = false;
      for (size_t s = 1; s <= bins; s++) {
        if (fifth(s, bins) >= usual[i].low[d] && fifth(s, bins) <= usual[i].high[d]) {
          out[i].low[d] = any ? out[i].low[d] : (uint8_t)s;
          out[i].high[d] = (uint8_t)s;
          any = true;
        }
      }
    }
  }
}

size_t rfm_segment(const RfmSegment *segments, size_t n, const uint8_t scores[RFM_DIMENSIONS])
{
  size_t i = 0;
  for (; i < n; i++) {
    bool inside = true;
    for (int d = 0; d < RFM_DIMENSIONS; d++) {
      inside = inside && scores[d] >= segments[i].low[d] && scores[d] <= segments[i].high[d];
    }
    if (inside) {
      break;
    }
  }
  return i;
}
