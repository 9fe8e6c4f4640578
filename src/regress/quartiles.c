/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "regress/quartiles.h"

#include <math.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "shape/aggregate_kinds.h"

enum { BINS = 1024, FEW = 16 * BLOCK_ROWS, SHARE = 8 }; /* a bin with more than 1 / SHARE of all numbers is no help */

typedef struct Range {
  double low, high;
} Range;

typedef struct Counts {
  uint64_t of[BINS];
} Counts;

typedef struct Numbers {
  const double *values;
  double low, scale; /* of bins */
} Numbers;

static size_t bin_of(const Numbers *numbers, double value)
{
  const double at = (value - numbers->low) * numbers->scale;
  return at < BINS - 1 ? (size_t)at : BINS - 1;
}

/* ---- passes */

static void start_range(void *context, void *sum)
{
  (void)context;
  *(Range *)sum = (Range){INFINITY, -INFINITY};
}

static Status range_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Numbers *numbers = context;
  Range r = *(Range *)sum;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    const double x = numbers->values[i];
    r.low = x < r.low ? x : r.low;
    r.high = x > r.high ? x : r.high;
  }
  *(Range *)sum = r;
  return STATUS_OK;
}

static void merge_range(void *context, void *sum, const void *other)
{
  Range *r = sum;
  const Range *o = other;
  (void)context;
  r->low = o->low < r->low ? o->low : r->low;
  r->high = o->high > r->high ? o->high : r->high;
}

static Status count_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Numbers *numbers = context;
  Counts *counts = sum;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    counts->of[bin_of(numbers, numbers->values[i])]++;
  }
  return STATUS_OK;
}

static void merge_counts(void *context, void *sum, const void *other)
{
  Counts *counts = sum;
  (void)context;
  for (size_t i = 0; i < BINS; i++) {
    counts->of[i] += ((const Counts *)other)->of[i];
  }
}

/* ---- one quartile */

/* Between the numbers of rank k and k + 1 of those in order. */
static Status between(double *values, size_t n, size_t k, double part, const Task *task, double *out, Error *e)
{
  const Status status = select_rank(values, n, k, task, e);
  if (status != STATUS_OK) {
    return status;
  }
  const double x = values[k];
  double y = k + 1 < n ? values[k + 1] : x;
  for (size_t i = k + 1; i < n; i++) {
    y = values[i] < y ? values[i] : y;
  }
  *out = part > 0 && x < y ? (1 - part) * x + part * y : x;
  return STATUS_OK;
}

/* From the bins that the ranks k and k + 1 lie in. */
static Status from_bins(const Numbers *numbers, const Counts *counts, size_t n, size_t k, double part, double *few,
                        const Task *task, double *out, Error *e)
{
  size_t first = 0, below = 0, used = 0;
  while (below + counts->of[first] <= k) {
    below += counts->of[first++];
  }
  size_t last = first, upto = below + counts->of[first];
  while (part > 0 && upto <= k + 1) {
    upto += counts->of[++last];
  }
  for (size_t i = 0; i < n; i++) {
    const size_t bin = bin_of(numbers, numbers->values[i]);
    few[used] = numbers->values[i];
    used += bin >= first && bin <= last;
  }
  return between(few, used, k - below, part, task, out, e);
}

static void place_of(size_t n, int quarter, size_t *k, double *part)
{
  const double place = (double)(n - 1) * (quarter * 0.25);
  *k = (size_t)place;
  *part = place - (double)*k;
}

/* False when the bins are of no use: few numbers, or most of them in one. */
static bool bins_help(const Counts *counts, size_t n)
{
  uint64_t most = 0;
  for (size_t i = 0; i < BINS; i++) {
    most = counts->of[i] > most ? counts->of[i] : most;
  }
  return most < n / SHARE;
}

static Status by_bins(Numbers *numbers, const Counts *counts, size_t n, Task *task, double out[QUARTILES], Error *e)
{
  /* two bins that are full, empty ones between them, and a place past the end for what is not taken */
  const size_t room = n / SHARE * 2 + 1;
  double *few = mem_alloc(room, sizeof *few);
  Status status = few ? STATUS_OK : error_memory(e, room * sizeof *few, _("residuals"));
  for (int q = 1; status == STATUS_OK && q < QUARTILES - 1; q++) {
    size_t k;
    double part;
    place_of(n, q, &k, &part);
    status = task_cancelled(task) ? error_cancelled(e) : from_bins(numbers, counts, n, k, part, few, task, &out[q], e);
  }
  mem_free(few);
  return status;
}

Status quartiles(double *values, size_t n, Task *task, double out[QUARTILES], Error *e)
{
  Numbers numbers = {.values = values};
  Range range;
  Counts counts = {{0}};
  Status status;
  TRY(rows_reduce(task, n, &(Reduce){sizeof range, start_range, range_block, merge_range, &numbers}, &range, e));
  out[0] = range.low;
  out[QUARTILES - 1] = range.high;
  numbers.low = range.low;
  numbers.scale = BINS / (range.high - range.low);
  bool bins = n > FEW && numbers.scale > 0 && numbers.scale < INFINITY;
  if (bins) {
    TRY(rows_reduce(task, n, &(Reduce){sizeof counts, NULL, count_block, merge_counts, &numbers}, &counts, e));
    bins = bins_help(&counts, n);
  }
  if (bins) {
    TRY(by_bins(&numbers, &counts, n, task, out, e));
  }
  for (int q = 1; !bins && q < QUARTILES - 1; q++) {
    size_t k;
    double part;
    place_of(n, q, &k, &part);
    TRY(between(values, n, k, part, task, &out[q], e));
  }
done:
  return status;
}
