/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scatter refers to its columns; only a trend looks at them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_cells.h"
#include "chart/chart_trend.h"
#include "frame/builder.h"
#include "frame/calendar.h"

typedef struct Scatter {
  const ScatterOptions *options;
  const ChartLook *look;
  Task *task;
  Column *x, *y, *color;
  Frame *points;
  Chart *chart;
} Scatter;

static Status find_cells(Scatter *scatter, const Frame *frame, Error *e)
{
  const ScatterOptions *o = scatter->options;
  Status status;
  TRY(chart_numbers(frame, "x", o->x, true, scatter->task, &scatter->x, e));
  TRY(chart_numbers(frame, "y", o->y, true, scatter->task, &scatter->y, e));
  if (o->color) {
    TRY(chart_cells(frame, "color", o->color, scatter->task, &scatter->color, e));
  }
  if (scatter->color && column_type(scatter->color) == TYPE_SET) {
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'color' is a column of sets, which cannot be drawn"));
    return error_hint(e, _("df:explode makes a row of each item"));
  }
done:
  return status;
}

static Status make_points(Scatter *scatter, const Frame *frame, Error *e)
{
  const char *names[4] = {"x", "y"};
  const Column *columns[4] = {scatter->x, scatter->y};
  size_t n = 2, label;
  if (scatter->color) {
    names[n] = chart_is_classes(scatter->color) ? "group" : "shade";
    columns[n++] = scatter->color;
  }
  if (scatter->options->label) {
    const Status status = frame_need(frame, scatter->options->label, &label, e);
    if (status != STATUS_OK) {
      return status;
    }
    names[n] = "label";
    columns[n++] = frame_column(frame, label);
  }
  return frame_new(names, columns, n, &scatter->points, e);
}

static TrendScale trend_scale(const Column *cells, bool log, const ChartLimit *limits)
{
  return (TrendScale){.log = log,
                      .low = isnan(limits[0].value) ? -INFINITY : limits[0].value,
                      .high = isnan(limits[1].value) ? INFINITY : limits[1].value,
                      .unit = column_type(cells) == TYPE_TIMESTAMP ? (double)CALENDAR_DAY : 1};
}

/* "y = 2.5 - 0.25 x" in the words of the scales. */
static Status note_trend(Scatter *scatter, const Trend *trend, Error *e)
{
  const bool log_x = scatter->look->log_x, log_y = scatter->look->log_y;
  char r2[32] = "";
  if (column_type(scatter->y) == TYPE_TIMESTAMP) { /* a formula of times says little */
    snprintf(r2, sizeof r2, "%.4g", trend->r2);
    return chart_add_note(scatter->chart, e, _("trend: y rises by %1$.6g days for each unit of x, R2 %2$s, n %3$zu"),
                          trend->slope, r2, trend->n);
  }
  const char *across = column_type(scatter->x) == TYPE_TIMESTAMP ? _("days since the first")
                       : log_x                                   ? "log10(x)"
                                                                 : "x";
  if (isnan(trend->r2)) {
    snprintf(r2, sizeof r2, "%s", _("not defined"));
  } else {
    snprintf(r2, sizeof r2, "%.4g", trend->r2);
  }
  return chart_add_note(scatter->chart, e, _("trend: %1$s = %2$.6g %3$c %4$.6g %5$s, R2 %6$s, n %7$zu"),
                        log_y ? "log10(y)" : "y", trend->intercept, trend->slope < 0 ? '-' : '+', fabs(trend->slope),
                        across, r2, trend->n);
}

/* Two numbers in the type of a column: so points and line go together in p:data(). */
static Status two_cells(const Column *like, const double *values, Column **out, Error *e)
{
  const bool time = column_type(like) == TYPE_TIMESTAMP;
  Builder *builder = builder_new(time ? TYPE_TIMESTAMP : TYPE_FLOAT64, 2);
  if (builder && time) {
    builder_zone(builder, column_zone(like));
  }
  for (int i = 0; builder && i < 2; i++) {
    if (!time) {
      builder_float(builder, values[i]);
    } else if (fabs(values[i]) < 0x1p62) {
      builder_int(builder, (int64_t)nearbyint(values[i]));
    } else {
      builder_missing(builder);
    }
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a chart"));
}

/* Straight on the chart's own scales, so two ends are enough. */
static Status draw_trend(Scatter *scatter, const Trend *trend, const TrendScale *x, const TrendScale *y, Error *e)
{
  static const char *const names[] = {"x", "y"};
  const double across[2] = {trend->x_low, trend->x_high};
  const double up[2] = {chart_trend_at(trend, x, y, across[0]), chart_trend_at(trend, x, y, across[1])};
  Column *columns[2] = {NULL};
  Frame *line = NULL;
  Status status;
  TRY(two_cells(scatter->x, across, &columns[0], e));
  TRY(two_cells(scatter->y, up, &columns[1], e));
  TRY(frame_new(names, (const Column *const *)columns, 2, &line, e));
  TRY(chart_add(scatter->chart, CHART_LINE, _("trend"), line, e));
done:
  column_unref(columns[0]);
  column_unref(columns[1]);
  frame_unref(line);
  return status;
}

static Status add_trend(Scatter *scatter, Error *e)
{
  const TrendScale x = trend_scale(scatter->x, scatter->look->log_x, scatter->look->xlim);
  const TrendScale y = trend_scale(scatter->y, scatter->look->log_y, scatter->look->ylim);
  Trend trend;
  Status status;
  TRY(chart_trend(scatter->x, scatter->y, &x, &y, scatter->task, &trend, e));
  if (trend.n > 0 && !isfinite(trend.slope)) {
    return chart_add_note(scatter->chart, e, _("no trend: all x are equal"));
  }
  if (trend.n > 0) {
    TRY(note_trend(scatter, &trend, e));
    TRY(draw_trend(scatter, &trend, &x, &y, e));
  }
done:
  return status;
}

static Status dress(Scatter *scatter, const Frame *frame, Error *e)
{
  const ScatterOptions *o = scatter->options;
  Arena *arena = &scatter->task->arena;
  const ChartAxisPlan x = {chart_cells_name(frame, o->x, arena), chart_scale_of(scatter->x), NULL};
  const ChartAxisPlan y = {chart_cells_name(frame, o->y, arena), chart_scale_of(scatter->y), NULL};
  const char *legend = o->color ? chart_cells_name(frame, o->color, arena) : "";
  Status status = x.name && y.name && legend ? STATUS_OK : error_memory(e, 0, _("a chart"));
  if (status == STATUS_OK) {
    status = chart_dress(scatter->chart, scatter->look, &x, &y, e);
  }
  return status == STATUS_OK ? chart_set_legend(scatter->chart, legend, e) : status;
}

Status chart_scatter_make(const Frame *frame, const ScatterOptions *options, const ChartLook *look, Task *task,
                          Chart **out, Error *e)
{
  Scatter scatter = {.options = options, .look = look, .task = task};
  Status status;
  TRY(find_cells(&scatter, frame, e));
  TRY(make_points(&scatter, frame, e));
  TRY(chart_new("scatter", &scatter.chart, e));
  TRY(dress(&scatter, frame, e));
  TRY(chart_add(scatter.chart, CHART_POINTS, "", scatter.points, e));
  if (strcmp(options->trend, "linear") == 0) {
    TRY(add_trend(&scatter, e));
  }
  TRY(chart_finish(scatter.chart, task, e));
  *out = scatter.chart;
  scatter.chart = NULL;
done:
  chart_unref(scatter.chart);
  frame_unref(scatter.points);
  column_unref(scatter.x);
  column_unref(scatter.y);
  column_unref(scatter.color);
  return status;
}
