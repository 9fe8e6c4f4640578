/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be drawn of a chart: extents, counts, densities.
 *
 * Every mark is looked at as a rectangle: a point has no extent, a bar reaches from zero to its height, a box from its
 * lower to its upper whisker. A row is drawn when its rectangle meets the limits that were asked for, and the limits
 * that were not asked for are those of the rectangles drawn. So with limits on x alone, y is that of the rows seen. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "chart/chart_layout.h"
#include "core/alloc.h"
#include "core/reduce.h"

enum { CHUNK = 512, ROLES_MOST = 6 };

/* What of a mark lies along an axis, and what to add to it. */
typedef struct MarkShape {
  const char *x[4], *y[6];
  bool wide; /* half a category to either side of x */
  bool zero; /* reaches to y = 0 */
} MarkShape;

static const MarkShape shape_points = {{"x"}, {"y"}, false, false};
static const MarkShape shape_bars = {{"x"}, {"y"}, true, true};
static const MarkShape shape_bins = {{"low", "high"}, {"y"}, false, true};
static const MarkShape shape_boxes = {{"x"}, {"low", "q25", "median", "q75", "high"}, true, false};
static const MarkShape shape_intervals = {{"x", "low", "high"}, {"y"}, false, false};

static const MarkShape *shape_of(const ChartSeries *series)
{
  switch (series->mark) {
  case CHART_BARS: return chart_role(series, "low") ? &shape_bins : &shape_bars;
  case CHART_BOXES: return &shape_boxes;
  case CHART_INTERVALS: return &shape_intervals;
  default: return &shape_points;
  }
}

/* ---- one pass over a series */

typedef struct Extent {
  double low[2], high[2];
  uint64_t drawn, dropped, outside;
} Extent;

typedef struct Pass {
  const ChartSeries *series;
  const Column *columns[ROLES_MOST];
  size_t n_x, n; /* columns of x come first, then those of y */
  bool wide, zero;
  double limit_low[2], limit_high[2];
  double floor[2]; /* values must be above it: 0 on a log axis, else -Inf */
} Pass;

static void extent_clear(void *context, void *sum)
{
  (void)context;
  *(Extent *)sum = (Extent){.low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};
}

static void extent_merge(void *context, void *sum, const void *other)
{
  (void)context;
  Extent *a = sum;
  const Extent *b = other;
  for (int i = 0; i < 2; i++) {
    a->low[i] = b->low[i] < a->low[i] ? b->low[i] : a->low[i];
    a->high[i] = b->high[i] > a->high[i] ? b->high[i] : a->high[i];
  }
  a->drawn += b->drawn;
  a->dropped += b->dropped;
  a->outside += b->outside;
}

/* Rows of a chunk as rectangles; a low of NaN: not to be drawn. */
typedef struct Chunk {
  double low[2][CHUNK], high[2][CHUNK];
} Chunk;

static inline bool usable(double value, double floor)
{
  return value > floor && value < INFINITY;
}

/* Column `column` widens the rectangles along its axis, or marks them. */
static void chunk_widen(const Pass *pass, size_t column, size_t first, size_t count, Chunk *chunk)
{
  double values[CHUNK];
  const int axis = column >= pass->n_x;
  const bool fresh = column == 0 || column == pass->n_x;
  const double floor = pass->floor[axis];
  double *low = chunk->low[axis], *high = chunk->high[axis];
  column_block(pass->columns[column], first, count, values, 1);
  for (size_t i = 0; i < count; i++) {
    const double value = usable(values[i], floor) ? values[i] : NAN;
    const double below = fresh || value < low[i] ? value : low[i], above = fresh || value > high[i] ? value : high[i];
    low[i] = isnan(value) ? NAN : isnan(low[i]) && !fresh ? NAN : below;
    high[i] = above;
  }
}

static void chunk_reach(const Pass *pass, size_t count, Chunk *chunk)
{
  for (size_t i = 0; pass->wide && i < count; i++) {
    chunk->low[0][i] -= 0.5;
    chunk->high[0][i] += 0.5;
  }
  for (size_t i = 0; pass->zero && i < count; i++) {
    chunk->low[1][i] = chunk->low[1][i] > 0 ? 0 : chunk->low[1][i];
    chunk->high[1][i] = chunk->high[1][i] < 0 ? 0 : chunk->high[1][i];
  }
}

/* Points without a class or shade. */
static void chunk_hide(const ChartSeries *series, size_t first, size_t count, double *x)
{
  const Column *group = chart_role(series, "group"), *shade = chart_role(series, "shade");
  if (group && column_missing(group) > 0) {
    for (size_t i = 0; i < count; i++) {
      x[i] = column_valid(group, first + i) ? x[i] : NAN;
    }
  }
  if (shade) {
    double values[CHUNK];
    column_block(shade, first, count, values, 1);
    for (size_t i = 0; i < count; i++) {
      x[i] = isfinite(values[i]) ? x[i] : NAN;
    }
  }
}

static void extent_add(const Pass *pass, const Chunk *chunk, size_t count, Extent *extent)
{
  Extent sum = *extent;
  for (size_t i = 0; i < count; i++) {
    const double x0 = chunk->low[0][i], x1 = chunk->high[0][i], y0 = chunk->low[1][i], y1 = chunk->high[1][i];
    const bool sound = x0 == x0 && y0 == y0;
    const bool seen = sound && x1 >= pass->limit_low[0] && x0 <= pass->limit_high[0] && y1 >= pass->limit_low[1] &&
                      y0 <= pass->limit_high[1];
    sum.dropped += !sound;
    sum.outside += sound && !seen;
    sum.drawn += seen;
    sum.low[0] = seen && x0 < sum.low[0] ? x0 : sum.low[0];
    sum.low[1] = seen && y0 < sum.low[1] ? y0 : sum.low[1];
    sum.high[0] = seen && x1 > sum.high[0] ? x1 : sum.high[0];
    sum.high[1] = seen && y1 > sum.high[1] ? y1 : sum.high[1];
  }
  *extent = sum;
}

static Status extent_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)worker;
  (void)e;
  const Pass *pass = context;
  Chunk chunk;
  for (size_t done = 0; done < count; done += CHUNK) {
    const size_t rest = count - done, n = rest < CHUNK ? rest : CHUNK;
    for (size_t column = 0; column < pass->n; column++) {
      chunk_widen(pass, column, first + done, n, &chunk);
    }
    chunk_reach(pass, n, &chunk);
    if (pass->series->mark == CHART_POINTS) {
      chunk_hide(pass->series, first + done, n, chunk.low[0]);
    }
    extent_add(pass, &chunk, n, sum);
  }
  return STATUS_OK;
}

static void pass_axis(const ChartAxis *axis, int i, Pass *pass)
{
  pass->limit_low[i] = isnan(axis->low) ? -INFINITY : axis->low;
  pass->limit_high[i] = isnan(axis->high) ? INFINITY : axis->high;
  pass->floor[i] = axis->log ? 0 : -INFINITY;
}

static Pass pass_of(const Chart *chart, const ChartSeries *series)
{
  const MarkShape *shape = shape_of(series);
  Pass pass = {.series = series, .wide = shape->wide, .zero = shape->zero && !chart->y.log};
  for (const char *const *role = shape->x; *role; role++) {
    pass.columns[pass.n++] = chart_role(series, *role);
  }
  pass.n_x = pass.n;
  for (size_t i = 0; i < 6 && shape->y[i]; i++) {
    pass.columns[pass.n++] = chart_role(series, shape->y[i]);
  }
  pass_axis(&chart->x, 0, &pass);
  pass_axis(&chart->y, 1, &pass);
  return pass;
}

static Status series_measure(const Chart *chart, ChartSeries *series, Task *task, Extent *all, Error *e)
{
  Pass pass = pass_of(chart, series);
  Extent extent;
  const Reduce reduce = {
      .size = sizeof extent, .init = extent_clear, .block = extent_block, .merge = extent_merge, .context = &pass};
  const Status status = rows_reduce(task, frame_rows(series->data), &reduce, &extent, e);
  if (status == STATUS_OK) {
    series->drawn = extent.drawn;
    series->dropped = extent.dropped;
    series->outside = extent.outside;
    extent_merge(NULL, all, &extent);
  }
  return status;
}

/* ---- what is not a row by itself: lines of reference, and bars that stand on one another */

static void include(Extent *all, int axis, double value, double floor)
{
  if (usable(value, floor)) {
    all->low[axis] = value < all->low[axis] ? value : all->low[axis];
    all->high[axis] = value > all->high[axis] ? value : all->high[axis];
  }
}

/* An upright or level line is part of the picture; of a slanted one what crosses it is seen. */
static void include_rule(const Chart *chart, ChartSeries *series, Extent *all)
{
  const Column *x = chart_role(series, "x"), *slope = chart_role(series, "slope");
  const Column *intercept = chart_role(series, "intercept");
  for (size_t row = 0; row < frame_rows(series->data); row++) {
    double value, angle = 0;
    column_block(slope ? intercept : x, row, 1, &value, 1);
    if (slope) {
      column_block(slope, row, 1, &angle, 1);
    }
    const bool sound = isfinite(value) && isfinite(angle);
    series->drawn += sound;
    series->dropped += !sound;
    if (sound && angle == 0) {
      include(all, slope ? 1 : 0, value, (slope ? chart->y.log : chart->x.log) ? 0 : -INFINITY);
    }
  }
}

/* The place of a bar: its category, or its bin's number. */
static bool bar_place(const Chart *chart, const ChartSeries *series, size_t row, size_t *place)
{
  const Column *x = chart_role(series, "x");
  double at = (double)row;
  if (shape_of(series) == &shape_bars) {
    column_block(x, row, 1, &at, 1);
  }
  const size_t places = chart->x.categories ? column_rows(chart->x.categories) : frame_rows(series->data);
  if (!(at >= 0 && at < (double)places)) {
    return false;
  }
  *place = (size_t)at;
  return true;
}

static size_t places_most(const Chart *chart)
{
  size_t places = chart->x.categories ? column_rows(chart->x.categories) : 0;
  for (size_t i = 0; i < chart->n_series; i++) {
    const size_t rows = frame_rows(chart->series[i].data);
    places = chart->series[i].mark == CHART_BARS && rows > places ? rows : places;
  }
  return places;
}

/* Heights of stacks, upwards and downwards apart, as bars are drawn. */
static Status include_stacks(const Chart *chart, Extent *all, Error *e)
{
  const size_t places = places_most(chart);
  double *sums = mem_zero(places, 2 * sizeof *sums);
  if (!sums) {
    return error_memory(e, 0, _("a chart"));
  }
  for (size_t i = 0; i < chart->n_series; i++) {
    const ChartSeries *series = &chart->series[i];
    for (size_t row = 0; series->mark == CHART_BARS && row < frame_rows(series->data); row++) {
      double y;
      size_t place;
      column_block(chart_role(series, "y"), row, 1, &y, 1);
      if (isfinite(y) && bar_place(chart, series, row, &place)) {
        sums[2 * place + (y < 0)] += y;
        include(all, 1, sums[2 * place + (y < 0)], chart->y.log ? 0 : -INFINITY);
      }
    }
  }
  mem_free(sums);
  return STATUS_OK;
}

/* ---- limits */

static Status check_axis(const ChartAxis *axis, const char *name, Error *e)
{
  if (axis->log && axis->scale != CHART_NUMBERS) {
    return error_set(e, STATUS_ARGUMENT, "chart-limits",
                     _("the %s axis cannot be logarithmic: it is not one of numbers"), name);
  }
  if (isinf(axis->low) || isinf(axis->high)) {
    return error_set(e, STATUS_ARGUMENT, "chart-limits", _("the limits of the %s axis must be finite"), name);
  }
  if (axis->low >= axis->high) {
    error_set(e, STATUS_ARGUMENT, "chart-limits",
              _("the limits of the %1$s axis are the wrong way round: %2$.10g is not below %3$.10g"), name, axis->low,
              axis->high);
    return error_hint(e, _("give the lower one first"));
  }
  if (axis->log && (axis->low <= 0 || axis->high <= 0)) {
    return error_set(e, STATUS_ARGUMENT, "chart-limits",
                     _("the %1$s axis is logarithmic, so its limits must be above 0, not %2$.10g"), name,
                     axis->low <= 0 ? axis->low : axis->high);
  }
  return STATUS_OK;
}

static double bounded(double value)
{
  return value > DBL_MAX ? DBL_MAX : value < -DBL_MAX ? -DBL_MAX : value;
}

/* Room around an axis on which all lies at one value. */
static void widen_axis(ChartAxis *axis, bool low_given, bool high_given)
{
  const double value = axis->low, day = 86400e6;
  const double half = axis->scale == CHART_TIMES        ? day / 2
                      : axis->scale == CHART_CATEGORIES ? 0.5
                      : value == 0                      ? 0.5
                                                        : fabs(value) * 0.1;
  if (!low_given) {
    axis->low = !axis->log ? bounded(value - half) : value / 3 > 0 ? value / 3 : value;
  }
  if (!high_given) {
    axis->high = bounded(axis->log ? value * 3 : value + half);
  }
  if (axis->low == axis->high && !low_given) { /* a tenth of the smallest numbers is nothing */
    axis->low = nextafter(axis->low, -INFINITY);
  } else if (axis->low == axis->high) {
    axis->high = nextafter(axis->high, INFINITY);
  }
}

static void set_limits(ChartAxis *axis, double low, double high)
{
  const bool low_given = !isnan(axis->low), high_given = !isnan(axis->high);
  if (axis->scale == CHART_CATEGORIES && axis->categories) { /* every category has its place, whether drawn or not */
    low = -0.5;
    high = (double)column_rows(axis->categories) - 0.5;
  }
  axis->low = low_given ? axis->low : low;
  axis->high = high_given ? axis->high : high;
  if (axis->low == axis->high) {
    widen_axis(axis, low_given, high_given);
  }
}

static Status nothing_to_draw(const Chart *chart, Error *e)
{
  size_t rows = 0, dropped = 0, outside = 0;
  for (size_t i = 0; i < chart->n_series; i++) {
    const ChartSeries *series = &chart->series[i];
    if (series->mark != CHART_RULE) {
      rows += frame_rows(series->data);
      dropped += series->dropped;
      outside += series->outside;
    }
  }
  if (rows == 0) {
    return error_set(e, STATUS_DATA, "nothing-to-draw", _("there is nothing to draw: no rows"));
  }
  const bool log = chart->x.log || chart->y.log;
  error_set(e, STATUS_DATA, "nothing-to-draw",
            log ? _("there is nothing to draw: of %1$zu rows, %2$zu are missing, not finite or not above 0, and %3$zu "
                    "beyond the limits")
                : _("there is nothing to draw: of %1$zu rows, %2$zu are missing or not finite, and %3$zu beyond the "
                    "limits"),
            rows, dropped, outside);
  return outside > 0 ? error_hint(e, _("leave the limits out to see where the data lie"))
         : log       ? error_hint(e, _("leave log out to see what the data are"))
                     : STATUS_DATA;
}

Status chart_finish(Chart *chart, Task *task, Error *e)
{
  Extent all;
  size_t drawn = 0;
  Status status;
  extent_clear(NULL, &all);
  TRY(check_axis(&chart->x, "x", e));
  TRY(check_axis(&chart->y, "y", e));
  for (size_t i = 0; i < chart->n_series; i++) {
    ChartSeries *series = &chart->series[i];
    series->drawn = series->dropped = series->outside = 0;
    if (series->mark != CHART_RULE) {
      TRY(series_measure(chart, series, task, &all, e));
      drawn += series->drawn;
    }
  }
  if (drawn == 0) {
    return nothing_to_draw(chart, e);
  }
  for (size_t i = 0; i < chart->n_series; i++) {
    if (chart->series[i].mark == CHART_RULE) {
      include_rule(chart, &chart->series[i], &all);
    }
  }
  if (chart->stacked) {
    TRY(include_stacks(chart, &all, e));
  }
  set_limits(&chart->x, all.low[0], all.high[0]);
  set_limits(&chart->y, all.low[1], all.high[1]);
  chart->finished = true;
done:
  return status;
}

/* ---- counts in words */

/* The rows behind a series of bars or boxes: its column n. */
static double rows_behind(const ChartSeries *series)
{
  const Column *n = chart_role(series, "n");
  double sum = 0;
  for (size_t row = 0; n && type_is_numeric(column_type(n)) && row < column_rows(n); row++) {
    sum += column_valid(n, row) ? column_float(n, row) : 0;
  }
  return sum;
}

/* What n counts: rows behind bars and boxes (outliers are among these), else points (a line through them is none),
 * else the points of lines. */
static double chart_n(const Chart *chart)
{
  double behind = 0, points = 0, lines = 0;
  for (size_t i = 0; i < chart->n_series; i++) {
    const ChartSeries *series = &chart->series[i];
    behind += series->mark == CHART_BARS || series->mark == CHART_BOXES ? rows_behind(series) : 0;
    points = series->mark == CHART_POINTS && points == 0 ? (double)series->drawn : points;
    lines += series->mark == CHART_LINE ? (double)series->drawn : 0;
  }
  return behind > 0 ? behind : points > 0 ? points : lines;
}

void chart_counts(const Chart *chart, Text *out)
{
  const double n = chart_n(chart);
  size_t dropped = 0, outside = 0;
  for (size_t i = 0; i < chart->n_series; i++) {
    const ChartSeries *series = &chart->series[i];
    dropped += series->mark == CHART_RULE ? 0 : series->dropped;
    outside += series->outside;
  }
  const size_t start = out->size;
  if (n > 0) {
    text_printf(out, _("n %.0f"), n);
  }
  if (dropped > 0) {
    text_printf(out,
                chart->x.log || chart->y.log ? _("%1$s%2$zu missing, not finite or not above 0")
                                             : _("%1$s%2$zu missing or not finite"),
                out->size > start ? ", " : "", dropped);
  }
  if (outside > 0) {
    text_printf(out, _("%1$s%2$zu beyond the limits"), out->size > start ? ", " : "", outside);
  }
}

/* ---- density */

/* Where a value lies along an axis, in cells. */
typedef struct CellScale {
  bool log;
  double low, high;           /* as given */
  double shift, half, factor; /* cell = (value * half - shift) * factor; half keeps the width of huge ranges finite */
  size_t cells;
} CellScale;

static CellScale cell_scale(const ChartAxis *axis, size_t cells)
{
  CellScale scale = {.log = axis->log, .low = axis->low, .high = axis->high, .half = 1, .cells = cells};
  double low = axis->log ? log10(axis->low) : axis->low, high = axis->log ? log10(axis->high) : axis->high;
  if (!isfinite(high - low)) {
    scale.half = 0.5;
  }
  scale.shift = low * scale.half;
  scale.factor = (double)cells / (high * scale.half - scale.shift);
  if (!isfinite(scale.factor)) { /* an extent of a few of the smallest numbers */
    scale.half = 0x1p600;
    scale.shift = low * scale.half;
    scale.factor = (double)cells / (high * scale.half - scale.shift);
  }
  return scale;
}

/* Whether the value lies within the axis, and its cell. */
static inline bool cell_of(const CellScale *scale, double value, size_t *cell)
{
  if (!(value >= scale->low && value <= scale->high)) {
    return false;
  }
  const double at = ((scale->log ? log10(value) : value) * scale->half - scale->shift) * scale->factor;
  *cell = at >= (double)scale->cells ? scale->cells - 1 : at > 0 ? (size_t)at : 0;
  return true;
}

typedef struct Density {
  const ChartSeries *series;
  const Column *x, *y;
  CellScale across, up;
  uint32_t *counts; /* of each worker */
} Density;

static Status density_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum;
  (void)e;
  const Density *density = context;
  uint32_t *counts = density->counts + worker * density->across.cells * density->up.cells;
  double x[CHUNK], y[CHUNK];
  for (size_t done = 0; done < count; done += CHUNK) {
    const size_t rest = count - done, n = rest < CHUNK ? rest : CHUNK;
    column_block(density->x, first + done, n, x, 1);
    column_block(density->y, first + done, n, y, 1);
    chunk_hide(density->series, first + done, n, x);
    for (size_t i = 0; i < n; i++) {
      size_t column, row;
      if (cell_of(&density->across, x[i], &column) && cell_of(&density->up, y[i], &row)) {
        counts[row * density->across.cells + column]++;
      }
    }
  }
  return STATUS_OK;
}

Status chart_density(const Chart *chart, size_t columns, size_t rows, Task *task, uint32_t *counts, Error *e)
{
  const size_t cells = columns * rows, workers = task_threads(task);
  Density density = {.across = cell_scale(&chart->x, columns), .up = cell_scale(&chart->y, rows)};
  const Reduce reduce = {.block = density_block, .context = &density};
  Status status = STATUS_OK;
  density.counts = mem_zero(cells, workers * sizeof *counts);
  if (!density.counts) {
    return error_memory(e, 0, _("a chart"));
  }
  for (size_t i = 0; status == STATUS_OK && i < chart->n_series; i++) {
    density.series = &chart->series[i];
    if (density.series->mark == CHART_POINTS && frame_rows(density.series->data) > 0) {
      density.x = chart_role(density.series, "x");
      density.y = chart_role(density.series, "y");
      status = rows_reduce(task, frame_rows(density.series->data), &reduce, NULL, e);
    }
  }
  memset(counts, 0, cells * sizeof *counts);
  for (size_t i = 0; i < cells * workers; i++) {
    counts[i % cells] += density.counts[i];
  }
  mem_free(density.counts);
  return status;
}
