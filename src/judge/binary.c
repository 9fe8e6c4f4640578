/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/binary.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "math/distributions.h"

typedef struct Scored {
  double score;
  size_t row;
  bool truth;
} Scored;

void binary_free(Binary *binary)
{
  mem_free(binary->points);
  mem_free(binary->parts);
  mem_free(binary->widths);
  *binary = (Binary){0};
}

/* Highest first, ties in row order. */
static int by_score(const void *a, const void *b)
{
  const Scored *x = a, *y = b;
  if (x->score != y->score) {
    return x->score > y->score ? -1 : 1;
  }
  return (x->row > y->row) - (x->row < y->row);
}

/* ---- curves */

static void make_points(const Scored *rows, size_t n, Binary *out)
{
  const int64_t all = (int64_t)n;
  BinaryPoint at = {.threshold = INFINITY, .fn = out->positives, .tn = all - out->positives};
  out->points[out->n_points++] = at;
  for (size_t i = 0; i < n; i++) {
    at.tp += rows[i].truth;
    at.fp += !rows[i].truth;
    if (i + 1 < n && rows[i + 1].score == rows[i].score) {
      continue;
    }
    at.threshold = rows[i].score;
    at.fn = out->positives - at.tp;
    at.tn = all - out->positives - at.fp;
    out->points[out->n_points++] = at;
  }
}

static void add_row(BinaryBin *bin, const Scored *row)
{
  bin->low = bin->n == 0 || row->score < bin->low ? row->score : bin->low;
  bin->high = bin->n == 0 || row->score > bin->high ? row->score : bin->high;
  bin->n++;
  bin->positives += row->truth;
  bin->mean += (row->score - bin->mean) / (double)bin->n;
}

static void make_bins(const Scored *rows, size_t n, Binary *out)
{
  for (size_t i = 0; i < n; i++) {
    add_row(&out->parts[(size_t)((double)i * (double)out->bins / (double)n)], &rows[i]);
    if (out->widths) {
      const size_t bin = (size_t)(rows[i].score * (double)out->bins);
      add_row(&out->widths[bin < out->bins ? bin : out->bins - 1], &rows[i]);
    }
  }
}

/* ---- figures */

static void curve_figures(Binary *out)
{
  const double positives = (double)out->positives, negatives = (double)out->n - positives;
  out->ap = 0;
  out->ks = 0;
  out->ks_threshold = INFINITY;
  for (size_t i = 1; i < out->n_points; i++) {
    const BinaryPoint *p = &out->points[i], *before = p - 1;
    const double precision = (double)p->tp / (double)(p->tp + p->fp);
    const double apart = (double)p->tp / positives - (double)p->fp / negatives;
    out->ap += precision * (double)(p->tp - before->tp) / positives;
    if (apart > out->ks) {
      out->ks = apart;
      out->ks_threshold = p->threshold;
    }
  }
}

static void probability_figures(const Scored *rows, size_t n, Binary *out)
{
  double brier = 0, loss = 0, ece = 0;
  for (size_t i = 0; i < n; i++) {
    const double p = rows[i].score, held = fmin(fmax(p, 1e-15), 1 - 1e-15), error = p - rows[i].truth;
    brier += error * error;
    loss -= rows[i].truth ? log(held) : log1p(-held);
  }
  for (size_t bin = 0; bin < out->bins; bin++) {
    const BinaryBin *b = &out->widths[bin];
    ece += b->n > 0 ? fabs(b->mean * (double)b->n - (double)b->positives) : 0;
  }
  out->brier = brier / (double)n;
  out->log_loss = loss / (double)n;
  out->ece = ece / (double)n;
}

/* Midranks, from 1, of scores that fall: rows share the mean of their places, counted from the lowest. */
static void midranks(const Scored *rows, size_t n, double *out)
{
  for (size_t i = 0; i < n;) {
    size_t j = i;
    while (j < n && rows[j].score == rows[i].score) {
      j++;
    }
    const double rank = (double)n - ((double)(i + j) - 1) / 2;
    for (; i < j; i++) {
      out[i] = rank;
    }
  }
}

static void moments(double sum, double squares, double n, double *variance)
{
  *variance = n > 1 ? fmax(0, (squares - sum * sum / n) / (n - 1)) : NAN;
}

/* AUC and its variance from midranks among all rows and within each class. */
static void delong(const Scored *rows, size_t n, double level, double *all, double *own, Scored *class, Binary *out)
{
  const double p = (double)out->positives, q = (double)n - p;
  double sums[2] = {0, 0}, squares[2] = {0, 0}, sum = 0;
  midranks(rows, n, all);
  for (int truth = 0; truth < 2; truth++) {
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
      if (rows[i].truth == (truth == 1)) {
        class[m++] = rows[i];
      }
    }
    midranks(class, m, own);
    m = 0;
    for (size_t i = 0; i < n; i++) {
      if (rows[i].truth == (truth == 1)) {
        const double share = (all[i] - own[m++]) / (truth ? q : p); /* of the other class below this row */
        sums[truth] += share - 0.5;
        squares[truth] += (share - 0.5) * (share - 0.5);
        sum += truth ? share : 0;
      }
    }
  }
  double v1, v0;
  moments(sums[1], squares[1], p, &v1);
  moments(sums[0], squares[0], q, &v0);
  out->auc = sum / p;
  const double half = normal_quantile(0.5 + level / 2) * sqrt(v1 / p + v0 / q);
  out->auc_low = fmax(0, out->auc - half);
  out->auc_high = fmin(1, out->auc + half);
}

static Status prepare(const double *scores, const bool *truth, size_t n, size_t bins, Scored *rows, Binary *out, Error *e)
{
  out->n = n;
  out->bins = bins;
  out->probabilities = true;
  for (size_t i = 0; i < n; i++) {
    rows[i] = (Scored){.score = scores[i], .row = i, .truth = truth[i]};
    out->positives += truth[i];
    out->probabilities = out->probabilities && scores[i] >= 0 && scores[i] <= 1;
  }
  if (out->positives == 0 || (size_t)out->positives == n) {
    return error_set(e, STATUS_DATA, "one-class", out->positives == 0 ? _("no row is positive: there is nothing to tell apart")
                                                                      : _("every row is positive: there is nothing to tell apart"));
  }
  out->points = mem_alloc(n + 1, sizeof *out->points);
  out->parts = mem_zero(bins, sizeof *out->parts);
  out->widths = out->probabilities ? mem_zero(bins, sizeof *out->widths) : NULL;
  return out->points && out->parts && (out->widths || !out->probabilities) ? STATUS_OK : error_memory(e, 0, _("thresholds"));
}

Status binary_judge(Task *task, const double *scores, const bool *truth, size_t n, size_t bins, double level, Binary *out, Error *e)
{
  Scored *rows = mem_alloc(2 * n + 1, sizeof *rows);
  double *ranks = mem_alloc(2 * n + 1, sizeof *ranks);
  Status status;
  *out = (Binary){.brier = NAN, .log_loss = NAN, .ece = NAN};
  TRY(rows && ranks ? STATUS_OK : error_memory(e, 2 * n * sizeof *rows, _("scores")));
  TRY(distributions_open(e));
  TRY(prepare(scores, truth, n, bins, rows, out, e));
  qsort(rows, n, sizeof *rows, by_score);
  TRY(task_cancelled(task) ? error_cancelled(e) : STATUS_OK);
  make_points(rows, n, out);
  make_bins(rows, n, out);
  curve_figures(out);
  delong(rows, n, level, ranks, ranks + n, rows + n, out);
  if (out->probabilities) {
    probability_figures(rows, n, out);
  }
done:
  mem_free(rows);
  mem_free(ranks);
  if (status != STATUS_OK) {
    binary_free(out);
  }
  return status;
}

BinaryPoint binary_at(const BinaryPoint *points, size_t n, double threshold)
{
  size_t low = 0, high = n; /* points[low] is at or above the threshold, points[high] below */
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (points[middle].threshold >= threshold) {
      low = middle;
    } else {
      high = middle;
    }
  }
  BinaryPoint point = points[low];
  point.threshold = threshold;
  return point;
}
