/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts for screen readers and for grep: the figures as lines of text. */
#include <math.h>
#include <string.h>

#include "view/chart_draw.h"
#include "view/number.h"
#include "view/width.h"

enum { BLOCK = 512, ROWS_LEAST = 3, ROWS_MOST = 10000, NAME = 40 };

typedef struct Plain {
  Drawing *drawing;
  Text line;
  size_t room;      /* lines left for rows */
} Plain;

/* Numbers as they are, times as exact as the axis asks for. */
static void value_text(const Plain *plain, const ChartAxis *axis, double value, char out[NUMBER_SIZE])
{
  Axis ends;
  if (isnan(value)) {
    strcpy(out, "NA");
  } else if (axis->scale == CHART_TIMES) {
    axis_init_ends(&ends, axis->low, axis->high, AXIS_TIMES);
    axis_text(&ends, value, out);
  } else {
    number_one(value, style_digits(plain->drawing->style), out);
  }
}

static void put_line(Plain *plain, Text *out)
{
  ViewStyle style = *plain->drawing->style;
  style.width = (int)plain->drawing->width;
  style_paragraph(&style, VIEW_PLAIN, text_data(&plain->line), 2, 0, 0, out);
  out->failed = out->failed || plain->line.failed;
  text_reset(&plain->line);
}

/* Only the begin of a name: paragraphs escape what must be. */
static void add_name(Plain *plain, const char *name)
{
  Text cut = {0};
  width_cut(&cut, name, strlen(name), NAME, plain->drawing->ascii);
  text_add(&plain->line, text_data(&cut), cut.size);
  plain->line.failed = plain->line.failed || cut.failed;
  text_free(&cut);
}

/* "income: from 15 to 137". */
static void put_range(Plain *plain, const ChartAxis *axis, double low, double high, const char *otherwise, Text *out)
{
  char from[NUMBER_SIZE], to[NUMBER_SIZE];
  const char *label = drawing_label(axis);
  value_text(plain, axis, low, from);
  value_text(plain, axis, high, to);
  add_name(plain, label[0] != '\0' ? label : otherwise);
  text_printf(&plain->line, _(": from %1$s to %2$s"), from, to);
  put_line(plain, out);
}

static const ChartAxis *x_axis(const Plain *plain)
{
  return chart_x(plain->drawing->chart);
}

static const ChartAxis *y_axis(const Plain *plain)
{
  return chart_y(plain->drawing->chart);
}

/* ---- rows of bars, boxes and intervals */

static void add_value(Plain *plain, const ChartAxis *axis, const ChartSeries *series, const char *role, size_t row)
{
  char text[NUMBER_SIZE];
  value_text(plain, axis, drawing_number(series, role, row), text);
  text_puts(&plain->line, text);
}

static void add_place(Plain *plain, const ChartSeries *series, size_t row)
{
  const ChartAxis *places = drawing_places(plain->drawing);
  const size_t before = plain->line.size;
  if (drawing_is_bins(series)) {
    add_value(plain, places, series, "low", row);
    text_puts(&plain->line, _(" to "));
    add_value(plain, places, series, "high", row);
  } else {
    const double number = drawing_number(series, places == x_axis(plain) ? "x" : "y", row);
    (void)drawing_category(plain->drawing, places, number, NAME, &plain->line);
  }
  if (series->name[0] != '\0' && chart_series_count(plain->drawing->chart) > 1) {
    text_puts(&plain->line, plain->line.size > before ? ", " : "");
    add_name(plain, series->name);
  }
  text_puts(&plain->line, plain->line.size > before ? ": " : "");
}

static void add_box(Plain *plain, const ChartSeries *series, size_t row)
{
  static const char *const roles[] = {"low", "q25", "median", "q75", "high"};
  const char *const names[] = {_("low"), _("quarter"), _("median"), _("three quarters"), _("high")};
  const double n = drawing_number(series, "n", row);
  if (!isnan(n)) {
    text_printf(&plain->line, _("n %.0f, "), n);
  }
  for (size_t i = 0; i < 5; i++) {
    text_printf(&plain->line, "%s%s ", i > 0 ? ", " : "", names[i]);
    add_value(plain, drawing_values(plain->drawing), series, roles[i], row);
  }
}

static void add_interval(Plain *plain, const ChartSeries *series, size_t row)
{
  add_value(plain, x_axis(plain), series, "x", row);
  text_puts(&plain->line, _(", from "));
  add_value(plain, x_axis(plain), series, "low", row);
  text_puts(&plain->line, _(" to "));
  add_value(plain, x_axis(plain), series, "high", row);
}

static void put_rows(Plain *plain, const ChartSeries *series, Text *out)
{
  const size_t rows = frame_rows(series->data);
  const size_t shown = rows <= plain->room ? rows : plain->room;
  for (size_t row = 0; row < shown; row++) {
    add_place(plain, series, row);
    if (series->mark == CHART_BOXES) {
      add_box(plain, series, row);
    } else if (series->mark == CHART_INTERVALS) {
      add_interval(plain, series, row);
    } else {
      add_value(plain, drawing_values(plain->drawing), series, "y", row);
    }
    put_line(plain, out);
  }
  if (shown < rows) {
    text_printf(&plain->line, _("%1$s %2$zu more"), style_glyph(plain->drawing->style, GLYPH_ELLIPSIS), rows - shown);
    put_line(plain, out);
  }
  plain->room = plain->room - shown > ROWS_LEAST ? plain->room - shown : ROWS_LEAST;
}

/* ---- points, lines, rules */

/* The least and greatest y of a line and where they are. */
static void put_extremes(Plain *plain, const ChartSeries *series, Text *out)
{
  const Column *x = chart_role(series, "x"), *y = chart_role(series, "y");
  double xs[BLOCK], ys[BLOCK], low[2] = {NAN, NAN}, high[2] = {NAN, NAN};
  for (size_t first = 0; first < frame_rows(series->data); first += BLOCK) {
    const size_t rest = frame_rows(series->data) - first, count = rest < BLOCK ? rest : BLOCK;
    column_block(x, first, count, xs, 1);
    column_block(y, first, count, ys, 1);
    for (size_t i = 0; i < count; i++) {
      if (isfinite(xs[i]) && isfinite(ys[i])) {
        if (isnan(low[1]) || ys[i] < low[1]) {
          low[0] = xs[i];
          low[1] = ys[i];
        }
        if (isnan(high[1]) || ys[i] > high[1]) {
          high[0] = xs[i];
          high[1] = ys[i];
        }
      }
    }
  }
  char text[4][NUMBER_SIZE];
  value_text(plain, y_axis(plain), low[1], text[0]);
  value_text(plain, x_axis(plain), low[0], text[1]);
  value_text(plain, y_axis(plain), high[1], text[2]);
  value_text(plain, x_axis(plain), high[0], text[3]);
  add_name(plain, series->name[0] != '\0' ? series->name : _("line"));
  text_printf(&plain->line, _(": least %1$s at %2$s, greatest %3$s at %4$s"), text[0], text[1], text[2], text[3]);
  put_line(plain, out);
}

static void put_rule(Plain *plain, const ChartSeries *series, Text *out)
{
  for (size_t row = 0; row < frame_rows(series->data) && row < ROWS_LEAST; row++) {
    add_name(plain, series->name[0] != '\0' ? series->name : _("rule"));
    if (chart_role(series, "slope")) {
      text_puts(&plain->line, _(": intercept "));
      add_value(plain, y_axis(plain), series, "intercept", row);
      text_printf(&plain->line, _(", slope %g"), drawing_number(series, "slope", row));
    } else {
      text_puts(&plain->line, _(": at "));
      add_value(plain, x_axis(plain), series, "x", row);
    }
    put_line(plain, out);
  }
}

static bool has_rows(const Drawing *drawing)
{
  return drawing_count(drawing, CHART_BARS) + drawing_count(drawing, CHART_BOXES) +
             drawing_count(drawing, CHART_INTERVALS) > 0;
}

static void put_axes(Plain *plain, Text *out)
{
  const ChartAxis *axes[2] = {x_axis(plain), y_axis(plain)};
  for (int i = 0; i < 2; i++) {
    if (axes[i]->scale != CHART_CATEGORIES && !has_rows(plain->drawing)) {
      put_range(plain, axes[i], axes[i]->low, axes[i]->high, i == 0 ? "x" : "y", out);
    }
  }
}

static void put_shade(Plain *plain, Text *out)
{
  const Column *shade = chart_role(plain->drawing->special, "shade");
  const ChartAxis axis = {.label = plain->drawing->legend_title,
                          .scale = column_type(shade) == TYPE_TIMESTAMP ? CHART_TIMES : CHART_NUMBERS,
                          .low = plain->drawing->shade[0], .high = plain->drawing->shade[1]};
  put_range(plain, &axis, axis.low, axis.high, _("shade"), out);
}

/* "values by places", for what the rows' figures are. */
static void put_subject(Plain *plain, Text *out)
{
  const char *values = drawing_label(drawing_values(plain->drawing));
  const char *places = drawing_label(drawing_places(plain->drawing));
  if (has_rows(plain->drawing) && (values[0] != '\0' || places[0] != '\0')) {
    add_name(plain, values[0] != '\0' ? values : places);
    if (values[0] != '\0' && places[0] != '\0') {
      text_puts(&plain->line, _(" by "));
      add_name(plain, places);
    }
    put_line(plain, out);
  }
}

Status draw_plain(Drawing *drawing, size_t room, Text *out, Error *e)
{
  Plain plain = {.drawing = drawing, .room = room == 0 ? ROWS_MOST : room > ROWS_LEAST ? room : ROWS_LEAST};
  put_axes(&plain, out);
  if (drawing->points == POINTS_SHADE) {
    put_shade(&plain, out);
  }
  put_subject(&plain, out);
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    if (series->mark == CHART_LINE) {
      put_extremes(&plain, series, out);
    } else if (series->mark == CHART_RULE) {
      put_rule(&plain, series, out);
    } else if (series->mark != CHART_POINTS) {
      put_rows(&plain, series, out);
    }
  }
  text_free(&plain.line);
  return text_status(out, e);
}
