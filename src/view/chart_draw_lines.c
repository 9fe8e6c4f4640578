/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines, rules and intervals on a plane. */
#include <math.h>

#include "view/chart_draw.h"

enum { CHUNK = 512, MARKS = 8 /* along the plane's width */ };

/* ---- lines */

/* A line as it is followed. Points that fall into the column of dots of those before are kept as a lowest and a highest
 * one, so that a series with many points a column costs no more than its columns. */
typedef struct Pen {
  const Axis *x, *y;
  Canvas *canvas;
  unsigned ink;
  bool down;             /* on a line */
  double column;         /* of dots */
  double from[2], last[2], low, high; /* places; first and last in the column, and its extent */
} Pen;

static double dot_column(const Pen *pen, double x)
{
  return floor(x * (double)pen->canvas->across);
}

static void pen_flush(Pen *pen)
{
  if (pen->down) {
    canvas_line(pen->canvas, pen->last[0], pen->low, pen->last[0], pen->high, pen->ink);
  }
}

static void pen_to(Pen *pen, double x, double y)
{
  if (!isfinite(x) || !isfinite(y)) {
    pen_flush(pen);
    pen->down = false;
    return;
  }
  const double column = dot_column(pen, x);
  if (pen->down && column == pen->column) {
    pen->low = y < pen->low ? y : pen->low;
    pen->high = y > pen->high ? y : pen->high;
  } else {
    pen_flush(pen);
    if (pen->down) {
      canvas_line(pen->canvas, pen->last[0], pen->last[1], x, y, pen->ink);
    }
    pen->low = pen->high = y;
    pen->column = column;
  }
  pen->last[0] = x;
  pen->last[1] = y;
  pen->down = true;
}

static void draw_line(const ChartSeries *series, const Axis *x, const Axis *y, unsigned ink, Canvas *canvas)
{
  Pen pen = {.x = x, .y = y, .canvas = canvas, .ink = ink};
  const Column *xs = chart_role(series, "x"), *ys = chart_role(series, "y");
  const size_t rows = frame_rows(series->data);
  double at[CHUNK], value[CHUNK];
  for (size_t first = 0; first < rows; first += CHUNK) {
    const size_t count = rows - first < CHUNK ? rows - first : CHUNK;
    column_block(xs, first, count, at, 1);
    column_block(ys, first, count, value, 1);
    for (size_t i = 0; i < count; i++) {
      pen_to(&pen, axis_place(x, at[i]), axis_place(y, value[i]));
    }
  }
  pen_flush(&pen);
}

/* Where a series' character is put on its line. */
typedef struct Marking {
  bool each;      /* every point */
  bool between;   /* also between points: over a cloud of dots a line is seen by its characters */
  double gap, next; /* columns */
  bool down;
  double last[2];
} Marking;

static void mark_at(double x, double y, uint32_t glyph, unsigned ink, Canvas *canvas)
{
  if (x >= 0 && y >= 0 && x <= (double)canvas->columns && y <= (double)canvas->rows) {
    const size_t column = x < (double)canvas->columns ? (size_t)x : canvas->columns - 1;
    canvas_put(canvas, column, y < (double)canvas->rows ? (size_t)y : canvas->rows - 1, glyph, ink);
  }
}

static void mark_to(Marking *marking, double x, double y, uint32_t glyph, unsigned ink, Canvas *canvas)
{
  const bool sound = isfinite(x) && isfinite(y);
  if (sound && marking->between && marking->down && x > marking->last[0]) {
    const double slope = (y - marking->last[1]) / (x - marking->last[0]);
    for (; marking->next < x && marking->next <= (double)canvas->columns; marking->next += marking->gap) {
      if (marking->next >= marking->last[0]) {
        mark_at(marking->next, marking->last[1] + slope * (marking->next - marking->last[0]), glyph, ink, canvas);
      }
    }
  } else if (sound && !marking->between && (marking->each || x >= marking->next)) {
    mark_at(x, y, glyph, ink, canvas);
    marking->next = x + marking->gap;
  }
  marking->down = sound;
  marking->last[0] = x;
  marking->last[1] = y;
}

/* Each point where they are few, or one every so many columns; series begin at different columns, so that equal lines
 * do not hide one another's. */
static void mark_line(const ChartSeries *series, const Axis *x, const Axis *y, Marking marking, uint32_t glyph,
                      unsigned ink, Canvas *canvas)
{
  const Column *xs = chart_role(series, "x"), *ys = chart_role(series, "y");
  const size_t rows = frame_rows(series->data);
  double at[CHUNK], value[CHUNK];
  for (size_t first = 0; first < rows; first += CHUNK) {
    const size_t count = rows - first < CHUNK ? rows - first : CHUNK;
    column_block(xs, first, count, at, 1);
    column_block(ys, first, count, value, 1);
    for (size_t i = 0; i < count; i++) {
      mark_to(&marking, axis_place(x, at[i]), axis_place(y, value[i]), glyph, ink, canvas);
    }
  }
}

static Marking marking_of(const Drawing *drawing, size_t series, const Canvas *canvas)
{
  const bool over = drawing->points != POINTS_NONE;
  return (Marking){.each = frame_rows(chart_series(drawing->chart, series)->data) <= canvas->columns / 3,
                   .between = over,
                   .gap = over ? 4 : fmax(3, (double)(canvas->columns / MARKS)),
                   .next = (double)(series % MARKS) * 2 + 1};
}

void draw_lines(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas)
{
  const size_t n = chart_series_count(drawing->chart);
  for (size_t i = 0; i < n; i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    if (series->mark == CHART_LINE) {
      canvas->solid = canvas->across == 1 ? drawing_glyph(drawing, i) : 0;
      draw_line(series, x, y, drawing_ink(drawing, i), canvas);
    }
  }
  canvas->solid = 0;
  for (size_t i = 0; i < n; i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    const uint32_t glyph = drawing_glyph(drawing, i);
    if (series->mark == CHART_LINE && glyph) {
      mark_line(series, x, y, marking_of(drawing, i, canvas), glyph, drawing_ink(drawing, i), canvas);
    }
  }
}

/* ---- rules */

static void draw_upright(const Drawing *drawing, const Axis *x, double at, Canvas *canvas)
{
  for (size_t row = 0; axis_has(x, at) && row < canvas->rows; row++) {
    canvas_put(canvas, axis_cell(x, at), row, drawing->ascii ? '|' : 0x2502, INK_MUTED);
  }
}

static void draw_level(const Drawing *drawing, const Axis *y, double at, Canvas *canvas)
{
  for (size_t column = 0; axis_has(y, at) && column < canvas->columns; column++) {
    canvas_put(canvas, column, axis_cell(y, at), drawing->ascii ? '-' : 0x2500, INK_MUTED);
  }
}

/* The value of a place, as axis_place has it the other way round. */
static double value_at(const Axis *axis, double place)
{
  const double at = axis->low + place / axis->factor;
  return axis->kind == AXIS_LOG ? pow(10, at) : at / axis->scale;
}

/* Column by column, as it is a curve on logarithmic axes. */
static void draw_slanted(const Axis *x, const Axis *y, double intercept, double slope, Canvas *canvas)
{
  double before = NAN;
  for (size_t column = 0; column <= canvas->columns; column++) {
    const double place = axis_place(y, intercept + slope * value_at(x, (double)column));
    if (column > 0) {
      canvas_line(canvas, (double)column - 1, before, (double)column, place, INK_MUTED);
    }
    before = place;
  }
}

void draw_rules(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas)
{
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    for (size_t row = 0; series->mark == CHART_RULE && row < frame_rows(series->data); row++) {
      const double slope = drawing_number(series, "slope", row), intercept = drawing_number(series, "intercept", row);
      if (!chart_role(series, "slope")) {
        draw_upright(drawing, x, drawing_number(series, "x", row), canvas);
      } else if (slope == 0) {
        draw_level(drawing, y, intercept, canvas);
      } else {
        draw_slanted(x, y, intercept, slope, canvas);
      }
    }
  }
}

/* ---- intervals */

void draw_intervals(const Drawing *drawing, const Axis *x, const Axis *y, Canvas *canvas)
{
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    for (size_t row = 0; series->mark == CHART_INTERVALS && row < frame_rows(series->data); row++) {
      const double places[3] = {axis_place(x, drawing_number(series, "low", row)),
                                axis_place(x, drawing_number(series, "x", row)),
                                axis_place(x, drawing_number(series, "high", row))};
      const double at = drawing_number(series, "y", row);
      if (axis_has(y, at)) {
        const uint32_t glyph = drawing_glyph(drawing, i);
        canvas_interval(canvas, drawing->style, places, axis_cell(y, at), glyph ? glyph : 'o', drawing_ink(drawing, i));
      }
    }
  }
}
