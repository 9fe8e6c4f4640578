/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Upright bins of histograms on a plane: one series with tops to the eighth of a cell, or several, each with its
 * character, over or on one another. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "view/chart_draw.h"

enum { EIGHTHS = 8 };

/* The greatest bin of each column, in values; NaN where there is none. */
static void find_tops(const ChartSeries *series, const Axis *x, size_t columns, double *tops)
{
  const bool bins = drawing_is_bins(series);
  for (size_t column = 0; column < columns; column++) {
    tops[column] = NAN;
  }
  for (size_t row = 0; row < frame_rows(series->data); row++) {
    const double from = axis_place(x, drawing_number(series, bins ? "low" : "x", row));
    const double to = axis_place(x, drawing_number(series, bins ? "high" : "x", row));
    const double y = drawing_number(series, "y", row), most = (double)columns;
    if (isnan(y) || !(to >= 0 && from <= most)) {
      continue;
    }
    double first = fmax(0, ceil(from - 0.5)), end = fmin(most, ceil(to - 0.5));
    if (end <= first) {
      first = fmin(fmax(0, floor((from + to) / 2)), most - 1);
      end = first + 1;
    }
    for (size_t column = (size_t)first; column < (size_t)end; column++) {
      tops[column] = isnan(tops[column]) || fabs(y) > fabs(tops[column]) ? y : tops[column];
    }
  }
}

static double place_within(const Axis *y, double value)
{
  const double place = axis_place(y, value);
  return place > 0 ? fmin(place, (double)y->cells) : 0;
}

/* A bar of one series in a column, from zero, or the low end where zero is not on the axis. */
static void put_bar(const Drawing *drawing, const Axis *y, size_t column, double value, Canvas *canvas)
{
  const double base = round(place_within(y, 0)), place = place_within(y, value);
  const double per = drawing->ascii ? 1 : EIGHTHS, exact = round((place - base) * per);
  const size_t from = (size_t)base;
  if (value == 0) {
    return;
  }
  if (value < 0) {
    const size_t cells = (size_t)fmax(1, round(base - place));
    for (size_t i = 1; i <= cells && i <= from; i++) {
      canvas_put(canvas, column, from - i, drawing->ascii ? '#' : 0x2588, INK_NONE);
    }
    return;
  }
  const size_t pieces = exact < 1 ? 1 : (size_t)exact, whole = pieces / (size_t)per, rest = pieces % (size_t)per;
  for (size_t i = 0; i < whole; i++) {
    canvas_put(canvas, column, from + i, drawing->ascii ? '#' : 0x2588, INK_NONE);
  }
  if (rest > 0) {
    canvas_put(canvas, column, from + whole, 0x2580 + (uint32_t)rest, INK_NONE);
  }
}

/* Fills a column between two values with the series' character, at least one cell. */
static void put_part(const Axis *y, size_t column, double from, double to, uint32_t glyph, unsigned ink, Canvas *canvas)
{
  const double a = place_within(y, from), b = place_within(y, to);
  const double low = round(fmin(a, b)), high = fmax(round(fmax(a, b)), low + 1);
  for (size_t row = (size_t)low; row < (size_t)high && from != to; row++) {
    canvas_put(canvas, column, row, glyph, ink);
  }
}

/* Series on one another: sums upwards and downwards apart. */
static void put_stack(const Drawing *drawing, const Axis *y, const double *tops, size_t n, const size_t *series,
                      Canvas *canvas)
{
  for (size_t column = 0; column < canvas->columns; column++) {
    double sums[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
      const double value = tops[i * canvas->columns + column];
      if (!isnan(value)) {
        double *sum = &sums[value < 0];
        put_part(y, column, *sum, *sum + value, drawing_glyph(drawing, series[i]), drawing_ink(drawing, series[i]),
                 canvas);
        *sum += value;
      }
    }
  }
}

/* Series over one another, the longest behind. */
static void put_over(const Drawing *drawing, const Axis *y, const double *tops, size_t n, const size_t *series,
                     Canvas *canvas)
{
  for (size_t column = 0; column < canvas->columns; column++) {
    uint64_t done = 0;
    for (size_t round = 0; round < n; round++) {
      size_t longest = n;
      for (size_t i = 0; i < n; i++) {
        const double value = tops[i * canvas->columns + column];
        const bool open = !(done >> i & 1) && !isnan(value);
        if (open && (longest == n || fabs(value) > fabs(tops[longest * canvas->columns + column]))) {
          longest = i;
        }
      }
      if (longest == n) {
        break;
      }
      done |= UINT64_C(1) << longest;
      put_part(y, column, 0, tops[longest * canvas->columns + column], drawing_glyph(drawing, series[longest]),
               drawing_ink(drawing, series[longest]), canvas);
    }
  }
}

Status draw_bins(Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas, Error *e)
{
  size_t series[DRAW_SERIES], n = 0;
  for (size_t i = 0; i < chart_series_count(drawing->chart) && n < DRAW_SERIES; i++) {
    if (chart_series(drawing->chart, i)->mark == CHART_BARS) {
      series[n++] = i;
    }
  }
  if (n == 0) {
    return STATUS_OK;
  }
  double *tops = mem_alloc(n * canvas->columns, sizeof *tops);
  if (!tops) {
    return error_memory(e, 0, _("a chart"));
  }
  for (size_t i = 0; i < n; i++) {
    find_tops(chart_series(drawing->chart, series[i]), x, canvas->columns, tops + i * canvas->columns);
  }
  if (n > 1 && chart_stacked(drawing->chart)) {
    put_stack(drawing, y, tops, n, series, canvas);
  } else if (n > 1) {
    put_over(drawing, y, tops, n, series, canvas);
  } else {
    for (size_t column = 0; column < canvas->columns; column++) {
      if (!isnan(tops[column])) {
        put_bar(drawing, y, column, tops[column], canvas);
      }
    }
  }
  mem_free(tops);
  return STATUS_OK;
}
