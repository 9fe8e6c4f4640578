/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/matrix_scan.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

enum { AHEAD = 32 };

typedef struct Scan {
  const double *x, *about; /* about: d numbers near the columns' middles */
  const double *weights;   /* d: of the keys */
  uint64_t *keys;          /* n; NULL: not wanted */
  size_t d;
} Scan;

/* An accumulator: d minima, d maxima, d sums and d sums of squares about `about`, and a number that is 0 where all is sound. */
static size_t scan_size(size_t d)
{
  return 4 * d + 1;
}

static void scan_init(void *context, void *sum)
{
  const size_t d = ((const Scan *)context)->d;
  double *s = sum;
  memset(s, 0, scan_size(d) * sizeof *s);
  for (size_t j = 0; j < d; j++) {
    s[j] = INFINITY;
    s[d + j] = -INFINITY;
  }
}

/* Equal rows have equal keys: four sums of the row's numbers with weights that no other row's numbers are likely to give. */
static uint64_t key_of(const double *row, const double *weights, size_t d)
{
  double sums[4] = {0};
  uint64_t key = 0x9e3779b97f4a7c15;
  for (size_t j = 0; j < d; j++) {
    sums[j % 4] += row[j] * weights[j];
  }
  for (size_t l = 0; l < 4; l++) {
    const double sum = sums[l] + 0.0; /* -0 is 0 */
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    key = (key ^ bits) * 0xff51afd7ed558ccd;
    key ^= key >> 32;
  }
  return key ? key : 1; /* 0 is an empty place of the table */
}

static Status scan_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Scan *scan = context;
  const size_t d = scan->d;
  double *low = sum, *high = low + d, *total = high + d, *squares = total + d, zero = 0;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    const double *row = scan->x + i * d;
    for (size_t j = 0; j < d; j++) {
      const double x = row[j], off = x - scan->about[j];
      low[j] = x < low[j] ? x : low[j];
      high[j] = x > high[j] ? x : high[j];
      total[j] += off;
      squares[j] += off * off;
      zero += x * 0x1p524 * 0; /* not a number from 2^500 on */
    }
    if (scan->keys) {
      scan->keys[i] = key_of(row, scan->weights, d);
    }
  }
  squares[d] += zero;
  return STATUS_OK;
}

static void scan_merge(void *context, void *sum, const void *other)
{
  const size_t d = ((const Scan *)context)->d;
  double *s = sum;
  const double *o = other;
  for (size_t j = 0; j < d; j++) {
    s[j] = o[j] < s[j] ? o[j] : s[j];
    s[d + j] = o[d + j] > s[d + j] ? o[d + j] : s[d + j];
  }
  for (size_t j = 2 * d; j < scan_size(d); j++) {
    s[j] += o[j];
  }
}

static Status pass(Task *task, Scan *scan, size_t n, double *sums, Error *e)
{
  const Reduce reduce = {.size = scan_size(scan->d) * sizeof(double), .init = scan_init, .block = scan_block,
                         .merge = scan_merge, .context = scan};
  return rows_reduce(task, n, &reduce, sums, e);
}

/* Standard deviations of the sums; whether they have lost no more than some six digits. */
static bool deviations(const double *sums, size_t n, size_t d, double *sd)
{
  const double *total = sums + 2 * d, *squares = sums + 3 * d;
  bool exact = true;
  for (size_t j = 0; j < d; j++) {
    const double rest = squares[j] - total[j] * (total[j] / (double)n);
    exact = exact && (rest > 1e-10 * squares[j] || sums[j] == sums[d + j]);
    sd[j] = n > 1 && rest > 0 ? sqrt(rest / (double)(n - 1)) : 0;
  }
  return exact;
}

/* How many keys stand in the list before. Counts none where there is no memory for a table. */
static size_t count_repeated(const uint64_t *keys, size_t n)
{
  size_t places = 16, repeated = 0;
  while (places < 2 * n) {
    places *= 2;
  }
  uint64_t *table = mem_zero(places, sizeof *table);
  for (size_t i = 0; table && i < n; i++) {
    if (i + AHEAD < n) {
      __builtin_prefetch(table + (keys[i + AHEAD] & (places - 1)), 1);
    }
    size_t at = (size_t)keys[i] & (places - 1);
    while (table[at] != 0 && table[at] != keys[i]) {
      at = (at + 1) & (places - 1);
    }
    repeated += table[at] == keys[i];
    table[at] = keys[i];
  }
  mem_free(table);
  return repeated;
}

void matrix_scan_free(MatrixScan *scan)
{
  mem_free(scan->low);
  *scan = (MatrixScan){0};
}

Status matrix_scan(Task *task, const double *x, size_t n, size_t d, MatrixScan *out, Error *e)
{
  double *sums = mem_alloc(scan_size(d), sizeof *sums), *weights = mem_alloc(d, sizeof *weights);
  uint64_t *keys = mem_alloc(n, sizeof *keys);
  Scan scan = {.x = x, .about = x, .weights = weights, .keys = keys, .d = d};
  Status status;
  *out = (MatrixScan){.low = mem_alloc(3 * d, sizeof(double))};
  TRY(sums && weights && keys && out->low ? STATUS_OK : error_memory(e, n * sizeof *keys, _("the rows")));
  out->high = out->low + d;
  out->sd = out->high + d;
  for (size_t j = 0; j < d; j++) {
    const double turns = (double)(j + 1) * 0.6180339887498949;
    weights[j] = 0.5 + turns - floor(turns);
  }
  TRY(pass(task, &scan, n, sums, e));
  out->sound = sums[4 * d] == 0;
  if (out->sound && !deviations(sums, n, d, out->sd)) {
    for (size_t j = 0; j < d; j++) {
      weights[j] = x[j] + sums[2 * d + j] / (double)n; /* the mean: there are keys already */
    }
    scan.about = weights;
    scan.keys = NULL;
    TRY(pass(task, &scan, n, sums, e));
    (void)deviations(sums, n, d, out->sd);
  }
  memcpy(out->low, sums, 2 * d * sizeof *sums);
  out->repeated = out->sound ? count_repeated(keys, n) : 0;
done:
  mem_free(sums);
  mem_free(weights);
  mem_free(keys);
  if (status != STATUS_OK) {
    matrix_scan_free(out);
  }
  return status;
}
