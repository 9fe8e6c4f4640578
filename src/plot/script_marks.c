/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The marks of a series as elements of the plot command. */
#include <string.h>

#include "core/alloc.h"
#include "plot/script_layout.h"

enum { CHUNK = 1024, THIN_FROM = 50000, RULE_STEPS = 200, LABEL_LETTERS = 30 };

static const double bar_share = 0.8; /* of a category's room */

/* ---- rows as they are drawn */

typedef struct Rows {
  const Writer *writer;
  const Column *columns[6];
  const ChartAxis *axes[6];
  size_t n;
} Rows;

/* The columns of roles "a b c"; `axes` names the axis of each: "xyy". */
static Rows rows_of(const Writer *writer, const ChartSeries *series, const char *const *roles, const char *axes)
{
  Rows rows = {.writer = writer};
  for (; axes[rows.n]; rows.n++) {
    rows.columns[rows.n] = chart_role(series, roles[rows.n]);
    rows.axes[rows.n] = axes[rows.n] == 'x' ? chart_x(writer->chart) : chart_y(writer->chart);
  }
  return rows;
}

/* The places of a row; false when one of them cannot be drawn. */
static bool rows_get(const Rows *rows, size_t row, double *places)
{
  bool sound = true;
  for (size_t i = 0; i < rows->n; i++) {
    double value;
    column_block(rows->columns[i], row, 1, &value, 1);
    places[i] = axis_place(rows->writer, rows->axes[i], value);
    sound = sound && isfinite(places[i]);
  }
  return sound;
}

static bool stop_here(const Writer *writer, size_t row, Status *status, Error *e)
{
  if (row % CHUNK == 0 && task_cancelled(writer->task)) {
    *status = error_cancelled(e);
    return true;
  }
  return false;
}

/* ---- points */

static double point_size(size_t n)
{
  return n <= 200 ? 1.1 : n <= 1000 ? 0.8 : n <= 5000 ? 0.6 : n <= 20000 ? 0.4 : 0.3;
}

/* Points that lie on one another are seen through. */
static const char *veil(size_t n)
{
  return n <= 500 ? "#" : n <= 5000 ? "#40" : "#70";
}

static void points_style(const Writer *writer, const ChartSeries *series, const char *color, int glyph, Text *out)
{
  text_printf(out, "points pointtype %d pointsize %.10g linecolor ", glyph,
              point_size(series->drawn) * writer->request->scale);
  if (color) {
    text_printf(out, "rgb \"%s%s\"", veil(series->drawn), color + 1);
  } else {
    text_puts(out, "palette");
  }
}

/* Points of a class that an earlier series has too, such as the centres of clusters: larger, with a white edge. */
static void points_above(Writer *writer, const Block *block, const char *color, int glyph)
{
  Text style = {0};
  text_printf(&style, "points pointtype %d pointsize %.10g linecolor rgb \"#ffffff\"", glyph,
              2.8 * writer->request->scale);
  put_element(writer, block, "1:2", NULL, 0, text_data(&style));
  text_reset(&style);
  text_printf(&style, "points pointtype %d pointsize %.10g linecolor rgb \"%s\"", glyph,
              2.1 * writer->request->scale, color);
  put_element(writer, block, "1:2", NULL, 0, text_data(&style));
  writer->plot.failed = writer->plot.failed || style.failed;
  text_free(&style);
}

static Status put_class(Writer *writer, const ChartSeries *series, const PointClasses *classes, size_t number, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Rows rows = rows_of(writer, series, roles, "xy");
  const size_t color = classes->color[number];
  Status status = STATUS_OK;
  Block block = block_begin(writer, 2);
  Text style = {0}, label = {0};
  for (size_t row = 0; row < frame_rows(series->data) && !stop_here(writer, row, &status, e); row++) {
    double places[2];
    if ((!classes->of || classes->of[row] == number) && rows_get(&rows, row, places)) {
      block_row(writer, &block, places);
    }
  }
  block_end(writer, &block);
  const char *shown = classes->grey[number] ? "#aaaaaa" : color_of(color);
  const int glyph = classes->grey[number] ? 7 : glyph_of(color);
  if (classes->again[number]) {
    points_above(writer, &block, shown, glyph);
  }
  points_style(writer, series, shown, glyph, &style);
  if (classes->column) {
    class_label(classes, number, &label);
  } else {
    text_puts(&label, series->name);
  }
  if (!classes->again[number]) {
    put_element(writer, &block, "1:2", text_data(&label), label.size, text_data(&style));
  }
  writer->plot.failed = writer->plot.failed || style.failed || label.failed;
  text_free(&style);
  text_free(&label);
  block_free(&block);
  return status;
}

static Status put_shaded(Writer *writer, const ChartSeries *series, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Rows rows = rows_of(writer, series, roles, "xy");
  const Column *shade = chart_role(series, "shade");
  Status status = STATUS_OK;
  Block block = block_begin(writer, 3);
  Text style = {0};
  double low, high;
  for (size_t row = 0; row < frame_rows(series->data) && !stop_here(writer, row, &status, e); row++) {
    double places[3];
    column_block(shade, row, 1, &places[2], 1);
    if (rows_get(&rows, row, places) && isfinite(places[2])) {
      block_row(writer, &block, places);
    }
  }
  block_end(writer, &block);
  shade_range(shade, &low, &high);
  text_printf(&writer->setup,
              "set palette defined (0 \"#440154\", 1 \"#3b528b\", 2 \"#21918c\", 3 \"#5ec962\", 4 \"#fde725\")\n"
              "set cbrange [%.17g:%.17g]\n", low, high);
  if (chart_legend(writer->chart)[0]) {
    text_puts(&writer->setup, "set cblabel ");
    put_text(writer, &writer->setup, chart_legend(writer->chart), strlen(chart_legend(writer->chart)), 60, false,
             false);
    text_char(&writer->setup, '\n');
    writer->ramp_named = true;
  }
  points_style(writer, series, NULL, 7, &style);
  put_element(writer, &block, "1:2:3", series->name, strlen(series->name), text_data(&style));
  text_free(&style);
  block_free(&block);
  return status;
}

/* Texts beside points, as labels: data hold numbers only. */
static void put_labels(Writer *writer, const ChartSeries *series)
{
  static const char *const roles[] = {"x", "y"};
  const Rows rows = rows_of(writer, series, roles, "xy");
  const Column *labels = chart_role(series, "label");
  for (size_t row = 0; labels && row < column_rows(labels) && writer->n_labels < PLOT_LABELS_MOST; row++) {
    double places[2];
    if (column_valid(labels, row) && rows_get(&rows, row, places)) {
      Text label = {0};
      column_cell_text(labels, row, &label);
      text_printf(&writer->setup, "set label at %.17g,%.17g left offset 0.6,0.3 font \",9\" ", places[0], places[1]);
      put_text(writer, &writer->setup, text_data(&label), label.size, LABEL_LETTERS, false, false);
      text_char(&writer->setup, '\n');
      text_free(&label);
      writer->n_labels++;
    }
  }
}

Status put_points(Writer *writer, const ChartSeries *series, Error *e)
{
  Status status = STATUS_OK;
  put_labels(writer, series);
  if (chart_role(series, "shade")) {
    return put_shaded(writer, series, e);
  }
  PointClasses classes;
  TRY(classes_find(writer, series, &classes, e));
  for (size_t i = 0; i < classes.n; i++) {
    TRY(put_class(writer, series, &classes, i, e));
  }
done:
  return status;
}

/* ---- lines */

/* What a pixel column shows of a run of rows. */
typedef struct Run {
  double pixel;
  double rows[4][2];         /* first, lowest, highest, last */
  size_t order[4];           /* the rows they were, for their order */
  bool open;
} Run;

static void run_end(Writer *writer, Block *block, Run *run)
{
  size_t done = SIZE_MAX;
  for (; run->open;) {
    size_t next = SIZE_MAX, at = 0;
    for (size_t i = 0; i < 4; i++) {
      if (run->order[i] < next && (done == SIZE_MAX || run->order[i] > done)) {
        next = run->order[i];
        at = i;
      }
    }
    if (next == SIZE_MAX) {
      break;
    }
    block_row(writer, block, run->rows[at]);
    done = next;
  }
  run->open = false;
}

static void run_set(Run *run, size_t slot, const double *places, size_t row)
{
  run->rows[slot][0] = places[0];
  run->rows[slot][1] = places[1];
  run->order[slot] = row;
}

static void run_add(Writer *writer, Block *block, Run *run, const double *places, size_t row, double pixel)
{
  if (!run->open || pixel != run->pixel) {
    run_end(writer, block, run);
    *run = (Run){.pixel = pixel, .open = true};
    for (size_t slot = 0; slot < 4; slot++) {
      run_set(run, slot, places, row);
    }
    return;
  }
  if (places[1] < run->rows[1][1]) {
    run_set(run, 1, places, row);
  }
  if (places[1] > run->rows[2][1]) {
    run_set(run, 2, places, row);
  }
  run_set(run, 3, places, row);
}

static Status put_line(Writer *writer, const ChartSeries *series, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  static const double gap[2] = {NAN, NAN};
  const Rows rows = rows_of(writer, series, roles, "xy");
  const ChartAxis *x = chart_x(writer->chart);
  const double left = axis_place(writer, x, x->low), width = axis_place(writer, x, x->high) - left;
  const bool thin = frame_rows(series->data) > THIN_FROM;
  Status status = STATUS_OK;
  Block block = block_begin(writer, 2);
  Run run = {.open = false};
  bool drawn = false;
  for (size_t row = 0; row < frame_rows(series->data) && !stop_here(writer, row, &status, e); row++) {
    double places[2];
    const bool sound = rows_get(&rows, row, places);
    if (sound && thin) {
      run_add(writer, &block, &run, places, row, floor((places[0] - left) / width * writer->request->width));
    } else if (sound) {
      block_row(writer, &block, places);
    } else if (drawn) {
      run_end(writer, &block, &run);
      block_row(writer, &block, gap);
    }
    drawn = sound;
  }
  run_end(writer, &block, &run);
  block_end(writer, &block);
  Text style = {0};
  text_printf(&style, "lines linewidth 2 dashtype %zu linecolor rgb \"%s\"", writer->n_colors / 8 % 4 + 1,
              color_of(writer->n_colors));
  writer->n_colors++;
  put_element(writer, &block, "1:2", series->name, strlen(series->name), text_data(&style));
  text_free(&style);
  block_free(&block);
  return status;
}

/* ---- bars */

static size_t bar_series(const Chart *chart, size_t before)
{
  size_t n = 0;
  for (size_t i = 0; i < chart_series_count(chart) && i < before; i++) {
    n += chart_series(chart, i)->mark == CHART_BARS;
  }
  return n;
}

/* How high the bars at a place stand already, upwards and downwards apart. */
static double *stack_at(Writer *writer, double place)
{
  const Column *names = chart_x(writer->chart)->categories;
  if (!writer->stacks) {
    writer->n_stacks = names ? column_rows(names) : 0;
    for (size_t i = 0; i < chart_series_count(writer->chart); i++) {
      const size_t rows = frame_rows(chart_series(writer->chart, i)->data);
      writer->n_stacks = rows > writer->n_stacks ? rows : writer->n_stacks;
    }
    writer->stacks = arena_alloc(&writer->task->arena, writer->n_stacks, 2 * sizeof *writer->stacks);
    writer->plot.failed = writer->plot.failed || !writer->stacks;
  }
  return writer->stacks && place >= 0 && place < (double)writer->n_stacks ? writer->stacks + 2 * (size_t)place : NULL;
}

/* Where a bar's foot stands: on zero, or on the bars of earlier series at the same place. */
static double bar_foot(Writer *writer, double place, double y)
{
  double *stack = chart_stacked(writer->chart) ? stack_at(writer, place) : NULL;
  if (!stack) {
    return 0;
  }
  const double foot = stack[y < 0];
  stack[y < 0] += y;
  return foot;
}

/* left right foot top of a bar on the axes. */
static bool bar_place(Writer *writer, const ChartSeries *series, size_t index, size_t row, double out[4])
{
  const Chart *chart = writer->chart;
  const ChartAxis *y_axis = chart_y(chart);
  const Column *low = chart_role(series, "low");
  double ends[2], y;
  column_block(chart_role(series, "y"), row, 1, &y, 1);
  if (low) {
    column_block(low, row, 1, &ends[0], 1);
    column_block(chart_role(series, "high"), row, 1, &ends[1], 1);
  } else {
    column_block(chart_role(series, "x"), row, 1, &ends[0], 1);
  }
  const double foot = isfinite(y) ? bar_foot(writer, low ? (double)row : ends[0], y) : 0;
  if (!low) {
    const size_t all = chart_stacked(chart) ? 1 : bar_series(chart, SIZE_MAX);
    const size_t mine = chart_stacked(chart) ? 0 : bar_series(chart, index);
    const double left = ends[0] - bar_share / 2 + bar_share * (double)mine / (double)all;
    ends[1] = left + bar_share / (double)all;
    ends[0] = left;
  }
  out[0] = axis_place(writer, chart_x(chart), ends[0]);
  out[1] = axis_place(writer, chart_x(chart), ends[1]);
  out[2] = axis_place(writer, y_axis, y_axis->log && foot <= 0 ? writer->y.low : foot);
  out[3] = axis_place(writer, y_axis, foot + y);
  return isfinite(out[0]) && isfinite(out[1]) && isfinite(out[2]) && isfinite(out[3]);
}

static Status put_bars(Writer *writer, const ChartSeries *series, size_t index, Error *e)
{
  const bool bins = chart_role(series, "low") != NULL;
  const bool over = bins && !chart_stacked(writer->chart) && bar_series(writer->chart, SIZE_MAX) > 1;
  Status status = STATUS_OK;
  Block block = block_begin(writer, 6);
  for (size_t row = 0; row < frame_rows(series->data) && !stop_here(writer, row, &status, e); row++) {
    double at[4];
    if (bar_place(writer, series, index, row, at)) {
      const double x = (at[0] + at[1]) / 2, y = (at[2] + at[3]) / 2;
      const double upright[] = {x, y, at[0], at[1], at[2], at[3]}, lying[] = {y, x, at[2], at[3], at[0], at[1]};
      block_row(writer, &block, writer->turned ? lying : upright);
    }
  }
  block_end(writer, &block);
  Text style = {0};
  text_printf(&style, "boxxyerror fillstyle %s border rgb \"#ffffff\" linewidth 0.5 fillcolor rgb \"%s\"",
              over ? "transparent solid 0.45" : "solid 0.85", color_of(writer->n_colors++));
  put_element(writer, &block, "1:2:3:4:5:6", series->name, strlen(series->name), text_data(&style));
  text_free(&style);
  block_free(&block);
  return status;
}

/* ---- boxes, intervals, rules */

static Block whole_block(Writer *writer, const ChartSeries *series, const char *const *roles, const char *axes)
{
  const Rows rows = rows_of(writer, series, roles, axes);
  Block block = block_begin(writer, rows.n);
  for (size_t row = 0; row < frame_rows(series->data); row++) {
    double places[6];
    if (rows_get(&rows, row, places)) {
      block_row(writer, &block, places);
    }
  }
  block_end(writer, &block);
  return block;
}

/* The box, its whiskers, and the median as a box without height. */
static void put_boxes(Writer *writer, const ChartSeries *series)
{
  static const char *const roles[] = {"x", "low", "q25", "median", "q75", "high"};
  Block block = whole_block(writer, series, roles, "xyyyyy");
  Text style = {0};
  text_printf(&style, "candlesticks whiskerbars 0.5 fillstyle solid 0.4 border linewidth 1.2 linecolor rgb \"%s\"",
              color_of(writer->n_colors++));
  put_element(writer, &block, "1:3:2:6:5:(0.5)", series->name, strlen(series->name), text_data(&style));
  put_element(writer, &block, "1:4:4:4:4:(0.5)", NULL, 0, "candlesticks linewidth 2.5 linecolor rgb \"#222222\"");
  text_free(&style);
  block_free(&block);
}

static void put_intervals(Writer *writer, const ChartSeries *series)
{
  static const char *const roles[] = {"x", "low", "high", "y"};
  Block block = whole_block(writer, series, roles, "xxxy");
  Text style = {0};
  text_printf(&style, "xerrorbars pointtype 7 pointsize %.10g linewidth 1.5 linecolor rgb \"%s\"",
              0.9 * writer->request->scale, color_of(writer->n_colors++));
  put_element(writer, &block, "1:4:2:3", series->name, strlen(series->name), text_data(&style));
  text_free(&style);
  block_free(&block);
}

/* A straight line in the chart's numbers is a curve on a log axis, hence its steps. */
static void slanted_rows(Writer *writer, double intercept, double slope, Block *block)
{
  const ChartAxis *x = &writer->x, *y = &writer->y;
  const int steps = x->log || y->log ? RULE_STEPS : 1;
  for (int i = 0; i <= steps; i++) {
    const double share = (double)i / steps;
    const double at = x->log ? x->low * pow(x->high / x->low, share) : x->low * (1 - share) + x->high * share;
    block_row(writer, block, (double[]){axis_place(writer, x, at), axis_place(writer, y, intercept + slope * at)});
  }
}

static void rule_rows(Writer *writer, const ChartSeries *series, size_t row, Block *block)
{
  const ChartAxis *x = &writer->x, *y = &writer->y;
  const Column *slope = chart_role(series, "slope");
  double first, second = 0;
  column_block(chart_role(series, slope ? "intercept" : "x"), row, 1, &first, 1);
  if (slope) {
    column_block(slope, row, 1, &second, 1);
    slanted_rows(writer, first, second, block);
  } else {
    const double at = axis_place(writer, x, first);
    block_row(writer, block, (double[]){at, axis_place(writer, y, y->low)});
    block_row(writer, block, (double[]){at, axis_place(writer, y, y->high)});
  }
  block_row(writer, block, (double[]){NAN, NAN});
}

static void put_rule(Writer *writer, const ChartSeries *series)
{
  Block block = block_begin(writer, 2);
  for (size_t row = 0; row < frame_rows(series->data); row++) {
    rule_rows(writer, series, row, &block);
  }
  block_end(writer, &block);
  put_element(writer, &block, "1:2", series->name, strlen(series->name),
              "lines linewidth 1.5 dashtype 2 linecolor rgb \"#555555\"");
  block_free(&block);
}

Status put_series(Writer *writer, const ChartSeries *series, size_t index, Error *e)
{
  switch (series->mark) {
  case CHART_POINTS: return put_points(writer, series, e);
  case CHART_LINE: return put_line(writer, series, e);
  case CHART_BARS: return put_bars(writer, series, index, e);
  case CHART_BOXES: put_boxes(writer, series); return STATUS_OK;
  case CHART_INTERVALS: put_intervals(writer, series); return STATUS_OK;
  default: put_rule(writer, series); return STATUS_OK;
  }
}
