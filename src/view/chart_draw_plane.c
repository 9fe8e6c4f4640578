/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plane with two axes: everything but bars, boxes and intervals of categories. */
#include <string.h>

#include "view/chart_draw.h"
#include "view/width.h"

enum { ROWS_USUAL = 20, ROWS_LEAST = 5, ROWS_MOST = 30, COLUMNS_LEAST = 8, LABEL_MOST = 16 };

typedef struct Plane {
  Drawing *drawing;
  Axis x, y;
  size_t margin;     /* columns of the labels of y */
  Canvas canvas;
} Plane;

static size_t plane_rows(const Drawing *drawing, size_t room)
{
  const size_t around = 2 + (drawing_label(chart_x(drawing->chart))[0] != '\0') +
                        (drawing_label(chart_y(drawing->chart))[0] != '\0');
  if (room == 0) {
    return ROWS_USUAL;
  }
  const size_t rows = room > around ? room - around : 0;
  return rows < ROWS_LEAST ? ROWS_LEAST : rows > ROWS_MOST ? ROWS_MOST : rows;
}

static Status lay_out(Plane *plane, size_t room, Error *e)
{
  const Drawing *drawing = plane->drawing;
  const size_t rows = plane_rows(drawing, room), label = drawing->width / 4;
  const ChartAxis *x = chart_x(drawing->chart), *y = chart_y(drawing->chart);
  const bool named = y->scale == CHART_CATEGORIES;
  drawing_axis(drawing, y, rows, named ? rows : rows / 4 + 1, label < LABEL_MOST ? label : LABEL_MOST, &plane->y);
  for (size_t i = 0; i < plane->y.n; i++) {
    plane->margin = plane->y.ticks[i].width > plane->margin ? plane->y.ticks[i].width : plane->margin;
  }
  const size_t most = drawing->width - COLUMNS_LEAST - 2;
  plane->margin = plane->margin < most ? plane->margin : most;
  const size_t columns = drawing->width - plane->margin - 2;
  drawing_axis(drawing, x, columns, columns / (x->scale == CHART_CATEGORIES ? 6 : 14) + 1, LABEL_MOST, &plane->x);
  return canvas_init(&plane->canvas, columns, rows, style_dots(drawing->style), e);
}

static void put_row(const Plane *plane, size_t row, Text *out)
{
  const ViewStyle *style = plane->drawing->style;
  const AxisTick *tick = axis_tick(&plane->y, row);
  const bool fits = tick && tick->width <= plane->margin;
  text_repeat(out, " ", plane->margin - (fits ? tick->width : 0));
  text_puts(out, fits ? tick->label : "");
  text_char(out, ' ');
  style_put(style, VIEW_MUTED, style_glyph(style, tick ? GLYPH_TICK_LEFT : GLYPH_VERTICAL), out);
  canvas_row(&plane->canvas, style, row, out);
  text_char(out, '\n');
}

static Status draw_marks(Plane *plane, Error *e)
{
  Drawing *drawing = plane->drawing;
  const Axis *x = &plane->x, *y = &plane->y;
  Status status = draw_bins(drawing, x, y, &plane->canvas, e);
  draw_rules(drawing, x, y, &plane->canvas);
  if (status == STATUS_OK) {
    status = draw_points(drawing, x, y, &plane->canvas, e);
  }
  draw_intervals(drawing, x, y, &plane->canvas);
  draw_lines(drawing, x, y, &plane->canvas);
  draw_labels(drawing, x, y, &plane->canvas);
  return status;
}

Status draw_plane(Drawing *drawing, size_t room, Text *out, Error *e)
{
  Plane plane = {.drawing = drawing};
  Status status = lay_out(&plane, room, e);
  if (status == STATUS_OK) {
    status = draw_marks(&plane, e);
  }
  if (status == STATUS_OK) {
    drawing_name(drawing, drawing_label(chart_y(drawing->chart)), plane.margin + 2, out);
    for (size_t row = plane.canvas.rows; row-- > 0;) {
      put_row(&plane, row, out);
    }
    drawing_below(drawing, &plane.x, drawing_label(chart_x(drawing->chart)), plane.margin + 1, out);
  }
  canvas_free(&plane.canvas);
  return status;
}
