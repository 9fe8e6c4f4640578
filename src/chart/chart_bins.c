/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/chart_bins.h"

#include <float.h>
#include <math.h>

#include "core/alloc.h"
#include "frame/calendar.h"
#include "shape/aggregate_kinds.h"

#define MINUTE (60 * (double)CALENDAR_SECOND)
#define HOUR (60 * MINUTE)
#define DAY ((double)CALENDAR_DAY)
#define MONDAY (4 * DAY) /* 1970-01-05 */

/* ---- how many */

typedef struct Spread {
  double low, high, sd;
} Spread;

/* Around the mean of a first pass; 64 partial sums of neighbours would change nothing that a bin width shows. */
static Status measure(const double *values, size_t n, bool log, const Task *task, Spread *out, Error *e)
{
  double low = INFINITY, high = -INFINITY, sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
    sum += log ? log10(values[i]) : values[i] / (double)n;
  }
  if (task_cancelled(task)) {
    return error_cancelled(e);
  }
  const double mean = log ? sum / (double)n : sum;
  for (size_t i = 0; i < n; i++) {
    const double off = (log ? log10(values[i]) : values[i]) - mean;
    squares += off * off;
  }
  *out = (Spread){log ? log10(low) : low, log ? log10(high) : high, n > 1 ? sqrt(squares / (double)(n - 1)) : 0};
  return STATUS_OK;
}

static double sturges(size_t n)
{
  return ceil(log2((double)n) + 1);
}

static Status quartile_range(double *values, size_t n, bool log, const Task *task, double *out, Error *e)
{
  double low, high;
  Status status;
  for (size_t i = 0; log && i < n; i++) {
    values[i] = log10(values[i]);
  }
  TRY(select_quantile(values, n, 0.25, 7, task, &low, e));
  TRY(select_quantile(values, n, 0.75, 7, task, &high, e));
  *out = high - low;
done:
  return status;
}

/* About how many bins the rule wants. */
static Status rule_bins(double *values, size_t n, const BinScale *scale, BinRule rule, const Spread *spread,
                        Task *task, Bins *bins, double *wanted, Error *e)
{
  const double range = spread->high - spread->low, root = cbrt((double)n);
  double width = 3.5 * spread->sd / root;
  bins->rule = rule == BINS_SCOTT ? _("Scott") : _("Sturges");
  if (rule == BINS_FD) {
    double between;
    const Status status = quartile_range(values, n, scale->log, task, &between, e);
    if (status != STATUS_OK) {
      return status;
    }
    width = 2 * between / root;
    bins->rule = width > 0 ? _("Freedman-Diaconis") : _("Sturges, as half of the values are equal");
  }
  const bool by_width = rule != BINS_STURGES && width > 0;
  *wanted = by_width ? fmax(1, ceil(range / width)) : rule == BINS_SCOTT ? 1 : sturges(n);
  bins->capped = !(*wanted <= BINS_RULE_MOST);
  *wanted = bins->capped ? BINS_RULE_MOST : *wanted;
  return STATUS_OK;
}

/* ---- round widths */

/* 1, 2, 5 or 10 times a power of ten: the next one when it is nearer, where smaller ones count as 1.5 times (before
 * 5: 2.75 times) as far away as larger ones, as in R's pretty. */
static double round_width(double cell)
{
  const double base = pow(10, floor(log10(cell)));
  double width = base;
  if (2 * base - cell < 1.5 * (cell - width)) {
    width = 2 * base;
    if (5 * base - cell < 2.75 * (cell - width)) {
      width = 5 * base;
      if (10 * base - cell < 1.5 * (cell - width)) {
        width = 10 * base;
      }
    }
  }
  return width;
}

static double round_time(double cell)
{
  static const double widths[] = {
      MINUTE / 60, MINUTE / 30, MINUTE / 12, MINUTE / 6, MINUTE / 4, MINUTE / 2, MINUTE,   2 * MINUTE, 5 * MINUTE,
      10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR,       2 * HOUR,   3 * HOUR,   6 * HOUR, 12 * HOUR,  DAY,
      2 * DAY,     7 * DAY,     14 * DAY,    28 * DAY,   91 * DAY,   182 * DAY,  364 * DAY};
  const size_t n = sizeof widths / sizeof *widths;
  if (cell < widths[0]) {
    return fmax(1, round_width(cell));
  }
  if (cell > widths[n - 1]) {
    return 7 * DAY * round_width(cell / (7 * DAY));
  }
  size_t i = 0;
  while (i + 1 < n && fabs(widths[i + 1] - cell) < fabs(widths[i] - cell)) {
    i++;
  }
  return widths[i];
}

/* ---- edges */

/* k times the width as a decimal number would be: 3 * 0.1 is 0.3. decimals: the width times ten to it is whole; -1: no
 * such number. */
static double multiple(double width, double k, int decimals)
{
  const double power = pow(10, decimals > 0 ? decimals : 0);
  return decimals > 0 ? k * nearbyint(width * power) / power : k * width;
}

static int width_decimals(double width)
{
  for (int decimals = 0; decimals <= 15; decimals++) {
    const double scaled = width * pow(10, decimals);
    if (scaled >= 0.5 && fabs(scaled - nearbyint(scaled)) < 1e-9 * scaled) {
      return decimals;
    }
  }
  return -1;
}

static Status too_many(double wanted, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "too-many-bins", _("the histogram would have %1$.0f bins; at most %2$d can be made"),
            wanted, BINS_MOST);
  return error_hint(e, _("give a larger width, or bins = 30"));
}

/* Edges from `origin + first * width` on. */
static Status lay_edges(Bins *bins, double origin, double first, double last, double width, Arena *arena, Error *e)
{
  const double n = fmax(1, last - first);
  const int decimals = width_decimals(width);
  if (!(n <= BINS_MOST)) {
    return too_many(n, e);
  }
  bins->n = (size_t)n;
  bins->width = width;
  bins->edge = arena_alloc(arena, bins->n + 1, sizeof *bins->edge);
  if (!bins->edge) {
    return error_memory(e, 0, _("bins"));
  }
  for (size_t i = 0; i <= bins->n; i++) {
    const double edge = origin + multiple(width, first + (double)i, decimals);
    bins->edge[i] = bins->log ? pow(10, edge) : edge;
  }
  bins->first = origin + multiple(width, first, decimals);
  return STATUS_OK;
}

/* Multiples of the width around all numbers. */
static Status multiples_of(Bins *bins, const Spread *spread, double origin, double width, Arena *arena, Error *e)
{
  const double slack = 1e-7; /* a number on an edge but for rounding */
  double first = floor((spread->low - origin) / width + slack), last = ceil((spread->high - origin) / width - slack);
  if (bins->whole) { /* edges lie half way: the first whole number is above the first edge */
    first = ceil(spread->low / width) - 1;
    last = ceil(spread->high / width);
    origin = 0.5;
  }
  if (bins->left) {
    first = floor((spread->low - origin) / width);
    last = floor((spread->high - origin) / width) + 1;
  }
  if (last <= first) {
    last = first + 1;
  }
  return lay_edges(bins, origin, first, last, width, arena, e);
}

/* So many bins from the smallest number to the largest, all but the last edge by their place in between. */
static Status number_of_bins(Bins *bins, const Spread *spread, double number, Arena *arena, Error *e)
{
  double low = spread->low, high = spread->high;
  if (bins->whole) {
    const double width = fmax(1, ceil((high - low + 1) / number));
    return lay_edges(bins, low - 0.5, 0, ceil((high - low + 1) / width), width, arena, e);
  }
  if (!(low < high)) {
    const double half = low == 0 ? 0.5 : fabs(low) * 0.05;
    low -= half;
    high += half;
  }
  const Status status = lay_edges(bins, low, 0, number, (high - low) / number, arena, e);
  for (size_t i = 0; status == STATUS_OK && i <= bins->n; i++) {
    const double edge = low + (high - low) * ((double)i / (double)bins->n);
    bins->edge[i] = i == bins->n ? high : edge;
    bins->edge[i] = bins->log ? pow(10, bins->edge[i]) : bins->edge[i];
  }
  return status;
}

static double rule_width(const Spread *spread, const BinScale *scale, double wanted)
{
  const double range = spread->high - spread->low;
  if (!(range > 0)) {
    return scale->time ? DAY : scale->whole ? 1 : spread->low == 0 ? 1 : round_width(fabs(spread->low) / 10);
  }
  const double width = scale->time ? round_time(range / wanted) : round_width(range / wanted);
  return scale->whole ? fmax(1, width) : width;
}

/* One bin around a single value. */
static Status single_bin(Bins *bins, const Spread *spread, double width, Arena *arena, Error *e)
{
  return lay_edges(bins, spread->low - width / 2, 0, 1, width, arena, e);
}

/* Whether edges that far apart are the same number. */
static bool too_narrow(const Spread *spread, double width)
{
  return width <= 8 * DBL_EPSILON * fmax(fabs(spread->low), fabs(spread->high));
}

Status bins_choose(double *values, size_t n, const BinScale *scale, const BinChoice *choice, Task *task, Bins *out,
                   Error *e)
{
  Spread spread = {0};
  double wanted = 1, width = choice->width;
  Status status;
  *out = (Bins){.log = scale->log, .whole = scale->whole, .left = scale->time, .rule = ""};
  TRY(measure(values, n, scale->log, task, &spread, e));
  if (choice->rule == BINS_NUMBER) {
    return number_of_bins(out, &spread, (double)choice->number, &task->arena, e);
  }
  if (choice->rule == BINS_WIDTH) {
    out->whole = out->whole && width == nearbyint(width);
  } else {
    TRY(rule_bins(values, n, scale, choice->rule, &spread, task, out, &wanted, e));
    width = rule_width(&spread, scale, wanted);
    if (!(spread.low < spread.high) && !scale->whole) {
      return single_bin(out, &spread, width, &task->arena, e);
    }
  }
  if (too_narrow(&spread, width)) {
    return number_of_bins(out, &spread, 1, &task->arena, e);
  }
  TRY(multiples_of(out, &spread, scale->time && width >= 7 * DAY ? MONDAY : 0, width, &task->arena, e));
done:
  return status;
}

/* ---- in words */

static void time_width(double width, Text *out)
{
  static const struct {
    double length;
    const char *one, *many;
  } units[] = {{7 * DAY, "week", "weeks"},
               {DAY, "day", "days"},
               {HOUR, "hour", "hours"},
               {MINUTE, "minute", "minutes"},
               {MINUTE / 60, "second", "seconds"}};
  for (size_t i = 0; i < 5; i++) {
    const double count = width / units[i].length;
    if (count >= 1 && count == nearbyint(count)) {
      text_printf(out, "%.0f %s", count, count == 1 ? units[i].one : units[i].many);
      return;
    }
  }
  text_printf(out, _("%.6g seconds"), width / (double)CALENDAR_SECOND);
}

void bins_describe(const Bins *bins, const BinScale *scale, Text *out)
{
  if (bins->whole && bins->width == 1) {
    text_puts(out, _("a bin for each whole number"));
  } else {
    text_printf(out, bins->n == 1 ? _("one bin of ") : _("%zu bins of "), bins->n);
    if (scale->time) {
      time_width(bins->width, out);
    } else if (bins->log) {
      text_printf(out, _("%.4g powers of ten"), bins->width);
    } else if (bins->whole) {
      text_printf(out, _("%.0f whole numbers"), bins->width);
    } else {
      text_printf(out, "%.6g", bins->width);
    }
  }
  if (bins->rule[0]) {
    text_printf(out, " (%s", bins->rule);
    text_puts(out, bins->capped ? _(", but no more than about 1000)") : ")");
  }
}
