/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histograms: the numbers that can be drawn are gathered first, so that bins are chosen by them alone, then counted on
 * all threads into counts of each worker. */
#include <math.h>
#include <string.h>

#include "chart/chart_bins.h"
#include "chart/chart_cells.h"
#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/builder.h"

enum { CHUNK = 512 };

typedef struct Hist {
  const HistOptions *options;
  const ChartLook *look;
  Task *task;
  Column *x, *color;
  ChartClasses classes;
  double low, high; /* limits of x */
  size_t n, missing, outside;
  double *values; /* those that can be drawn */
  BinScale scale;
  Bins bins;
  int64_t *counts; /* class by class, a count for each bin; for each worker, the first one then holding all */
  int64_t *totals; /* of each class */
  Chart *chart;
} Hist;

/* Whether the value can be drawn; counts it when not. */
static bool take(Hist *hist, double value)
{
  const bool sound = isfinite(value) && !(hist->scale.log && value <= 0);
  const bool inside = sound && value >= hist->low && value <= hist->high;
  hist->missing += !sound;
  hist->outside += sound && !inside;
  return inside;
}

/* Whole numbers that doubles tell from their halves. */
static bool is_whole(const double *values, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (values[i] != nearbyint(values[i]) || fabs(values[i]) > 0x1p50) {
      return false;
    }
  }
  return true;
}

static Status gather(Hist *hist, Error *e)
{
  const size_t rows = column_rows(hist->x);
  double chunk[CHUNK];
  Status status = task_reserve(hist->task, rows * sizeof *hist->values, _("a histogram"), e);
  if (status != STATUS_OK) {
    return status;
  }
  hist->values = mem_alloc(rows, sizeof *hist->values);
  if (!hist->values) {
    return error_memory(e, rows * sizeof *hist->values, _("a histogram"));
  }
  for (size_t first = 0; first < rows; first += CHUNK) {
    const size_t rest = rows - first, count = rest < CHUNK ? rest : CHUNK;
    if (task_cancelled(hist->task)) {
      return error_cancelled(e);
    }
    column_block(hist->x, first, count, chunk, 1);
    for (size_t i = 0; i < count; i++) {
      hist->values[hist->n] = chunk[i];
      hist->n += take(hist, chunk[i]);
    }
  }
  const Type type = column_type(hist->x);
  hist->scale.whole = !hist->scale.log && type == TYPE_INT64 && is_whole(hist->values, hist->n);
  return STATUS_OK;
}

static Status refuse_empty(const Hist *hist, Error *e)
{
  error_set(e, STATUS_DATA, "nothing-to-draw",
            _("there is nothing to draw: of %1$zu rows of x, %2$zu are missing%3$s, and %4$zu beyond the limits"),
            column_rows(hist->x), hist->missing,
            hist->scale.log ? _(", not finite or not above 0") : _(" or not finite"), hist->outside);
  return hist->outside > 0 ? error_hint(e, _("leave xlim out to see where the data lie")) : STATUS_DATA;
}

/* ---- counting */

static Status count_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum;
  (void)e;
  const Hist *hist = context;
  const Bins *bins = &hist->bins;
  int64_t *counts = hist->counts + worker * bins->n * hist->classes.n;
  double chunk[CHUNK];
  for (size_t done = 0; done < count; done += CHUNK) {
    const size_t rest = count - done, n = rest < CHUNK ? rest : CHUNK;
    column_block(hist->x, first + done, n, chunk, 1);
    for (size_t i = 0; i < n; i++) {
      const double value = chunk[i];
      if (isfinite(value) && value >= hist->low && value <= hist->high && !(bins->log && value <= 0)) {
        const size_t class = hist->color ? chart_class(&hist->classes, first + done + i) : 0;
        counts[class * bins->n + bins_find(bins, bins->log ? log10(value) : value, value)]++;
      }
    }
  }
  return STATUS_OK;
}

static Status count_rows(Hist *hist, Error *e)
{
  const size_t cells = hist->bins.n * hist->classes.n, workers = task_threads(hist->task);
  const Reduce reduce = {.block = count_block, .context = hist};
  hist->counts = mem_zero(cells, workers * sizeof *hist->counts);
  hist->totals = arena_alloc(&hist->task->arena, hist->classes.n, sizeof *hist->totals);
  if (!hist->counts || !hist->totals) {
    return error_memory(e, cells * workers * sizeof *hist->counts, _("a histogram"));
  }
  const Status status = rows_reduce(hist->task, column_rows(hist->x), &reduce, NULL, e);
  for (size_t i = cells; i < cells * workers; i++) {
    hist->counts[i % cells] += hist->counts[i];
  }
  for (size_t i = 0; i < cells; i++) {
    hist->totals[i / hist->bins.n] += hist->counts[i];
  }
  return status;
}

/* ---- bars */

static double height(const Hist *hist, size_t class, size_t bin)
{
  const Bins *bins = &hist->bins;
  const double n = (double)hist->counts[class * bins->n + bin], all = (double)hist->totals[class];
  const double width = bins->edge[bin + 1] - bins->edge[bin];
  return hist->options->y[0] == 'c' ? n : hist->options->y[0] == 's' ? n / all : n / all / width;
}

static void edge_cell(Builder *builder, bool time, double edge)
{
  if (time) {
    builder_int(builder, (int64_t)edge);
  } else {
    builder_float(builder, edge);
  }
}

/* low high y n of the bins of a class. On a log axis a bar of no height has no place. */
static Status class_bars(const Hist *hist, size_t class, Frame **out, Error *e)
{
  const Bins *bins = &hist->bins;
  const bool time = hist->scale.time, counted = hist->options->y[0] == 'c';
  const Type edges = time ? TYPE_TIMESTAMP : TYPE_FLOAT64;
  Draft *draft = draft_new();
  Builder *low = builder_new(edges, bins->n), *high = builder_new(edges, bins->n);
  if (time && low && high) {
    builder_zone(low, column_zone(hist->x));
    builder_zone(high, column_zone(hist->x));
  }
  Builder *y = builder_new(counted ? TYPE_INT64 : TYPE_FLOAT64, bins->n), *n = builder_new(TYPE_INT64, bins->n);
  for (size_t bin = 0; low && high && y && n && bin < bins->n; bin++) {
    const int64_t rows = hist->counts[class * bins->n + bin];
    if (rows == 0 && hist->look->log_y) {
      continue;
    }
    edge_cell(low, time, bins->edge[bin]);
    edge_cell(high, time, bins->edge[bin + 1]);
    if (counted) {
      builder_int(y, rows);
    } else {
      builder_float(y, height(hist, class, bin));
    }
    builder_int(n, rows);
  }
  draft_builder(draft, "low", low);
  draft_builder(draft, "high", high);
  draft_builder(draft, "y", y);
  draft_builder(draft, "n", n);
  return draft_finish(draft, out, e);
}

static Status add_classes(Hist *hist, Error *e)
{
  Status status = STATUS_OK;
  for (size_t class = 0; status == STATUS_OK && class < hist->classes.n; class++) {
    const char *name = chart_class_name(&hist->classes, class, &hist->task->arena);
    Frame *bars = NULL;
    if (hist->totals[class] == 0) {
      continue;
    }
    status = name ? class_bars(hist, class, &bars, e) : error_memory(e, 0, _("a chart"));
    if (status == STATUS_OK) {
      status = chart_add(hist->chart, CHART_BARS, name, bars, e);
    }
    frame_unref(bars);
  }
  return status;
}

/* ---- all */

static Status find_cells(Hist *hist, const Frame *frame, Error *e)
{
  const HistOptions *o = hist->options;
  const ChartLimit *limits = hist->look->xlim;
  Status status;
  TRY(chart_numbers(frame, "x", o->x, true, hist->task, &hist->x, e));
  if (o->color) {
    TRY(chart_cells(frame, "color", o->color, hist->task, &hist->color, e));
  }
  TRY(chart_classes_make(hist->color, "color", hist->task, &hist->classes, e));
  TRY(chart_check_series(hist->classes.n, "color", e));
  TRY(chart_classes_arrange(hist->color, CHART_ORDER_LEGEND, NULL, hist->task, &hist->classes, e));
  hist->low = isnan(limits[0].value) ? -INFINITY : limits[0].value;
  hist->high = isnan(limits[1].value) ? INFINITY : limits[1].value;
  hist->scale.time = column_type(hist->x) == TYPE_TIMESTAMP;
  hist->scale.log = hist->look->log_x;
done:
  return status;
}

static Status check_choice(const Hist *hist, const BinChoice *choice, Error *e)
{
  if (choice->rule == BINS_NUMBER && (choice->number < 1 || choice->number > BINS_MOST)) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("option 'bins' must be from 1 to %d"), BINS_MOST);
  }
  if (choice->rule != BINS_WIDTH) {
    return STATUS_OK;
  }
  if (choice->time != hist->scale.time) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type",
                     choice->time ? _("option 'width' is a time, but x is not")
                                  : _("x is a time: give the width as a text, width = \"7 days\""));
  }
  if (!(choice->width > 0) || isinf(choice->width)) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("option 'width' must be above 0"));
  }
  return STATUS_OK;
}

static Status dress(Hist *hist, const Frame *frame, Error *e)
{
  const HistOptions *o = hist->options;
  Arena *arena = &hist->task->arena;
  const ChartAxisPlan x = {chart_cells_name(frame, o->x, arena), chart_scale_of(hist->x), NULL};
  const ChartAxisPlan y = {o->y, CHART_NUMBERS, NULL};
  const char *legend = o->color ? chart_cells_name(frame, o->color, arena) : "";
  Status status;
  TRY(x.name && legend ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(chart_dress(hist->chart, hist->look, &x, &y, e));
  TRY(chart_set_legend(hist->chart, legend, e));
  if (hist->classes.n > 1 && o->stacked && o->y[0] == 'c') {
    chart_set_stacked(hist->chart);
  }
done:
  return status;
}

static Status note_bins(Hist *hist, Error *e)
{
  Text text = {0};
  bins_describe(&hist->bins, &hist->scale, &text);
  if (hist->missing > 0) {
    text_printf(&text,
                hist->scale.log ? _("; %zu missing, not finite or not above 0") : _("; %zu missing or not finite"),
                hist->missing);
  }
  if (hist->outside > 0) {
    text_printf(&text, _("; %zu beyond the limits"), hist->outside);
  }
  Status status = text_status(&text, e);
  if (status == STATUS_OK) {
    status = chart_add_note(hist->chart, e, "%s", text_data(&text));
  }
  text_free(&text);
  return status;
}

Status chart_hist_make(const Frame *frame, const HistOptions *options, const BinChoice *bins, const ChartLook *look,
                       Task *task, Chart **out, Error *e)
{
  Hist hist = {.options = options, .look = look, .task = task};
  Status status;
  TRY(find_cells(&hist, frame, e));
  TRY(check_choice(&hist, bins, e));
  TRY(chart_new("histogram", &hist.chart, e));
  TRY(dress(&hist, frame, e));
  TRY(gather(&hist, e));
  TRY(hist.n > 0 ? STATUS_OK : refuse_empty(&hist, e));
  TRY(bins_choose(hist.values, hist.n, &hist.scale, bins, task, &hist.bins, e));
  TRY(count_rows(&hist, e));
  TRY(add_classes(&hist, e));
  TRY(note_bins(&hist, e));
  TRY(chart_finish(hist.chart, task, e));
  *out = hist.chart;
  hist.chart = NULL;
done:
  chart_unref(hist.chart);
  chart_classes_free(&hist.classes);
  column_unref(hist.x);
  column_unref(hist.color);
  mem_free(hist.values);
  mem_free(hist.counts);
  return status;
}
