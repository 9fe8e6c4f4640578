/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all layouts share: how series are told apart, axes of a chart, and the lines around a picture. */
#include "view/chart_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "view/number.h"
#include "view/width.h"

enum { WIDTH_USUAL = 80, WIDTH_LEAST = 20, WIDTH_MOST = 120, BLOCK = 4096, SHADE_DIGITS = 4 };

/* ---- classes: one pass that numbers and counts them */

static bool is_drawn(const Drawing *drawing, double x, double y)
{
  const ChartAxis *h = chart_x(drawing->chart), *v = chart_y(drawing->chart);
  return x >= h->low && x <= h->high && y >= v->low && y <= v->high;
}

static Status number_block(Drawing *drawing, size_t first, size_t count, Error *e)
{
  const ChartSeries *series = drawing->special;
  double x[BLOCK], y[BLOCK];
  column_block(chart_role(series, "x"), first, count, x, 1);
  column_block(chart_role(series, "y"), first, count, y, 1);
  for (size_t i = 0; i < count; i++) {
    size_t number = DRAW_NOT;
    if (is_drawn(drawing, x[i], y[i]) && column_valid(drawing->classes.column, first + i)) {
      const Status status = classes_of(&drawing->classes, first + i, &number, e);
      if (status != STATUS_OK) {
        return status;
      }
      drawing->classes.entries[number].count++;
    }
    drawing->numbers[first + i] = (uint8_t)number;
  }
  return STATUS_OK;
}

static Status number_rows(Drawing *drawing, const Column *group, Error *e)
{
  const size_t rows = frame_rows(drawing->special->data);
  Status status = classes_init(&drawing->classes, group, e);
  drawing->numbers = status == STATUS_OK ? mem_alloc(rows, 1) : NULL;
  if (status == STATUS_OK && !drawing->numbers) {
    status = error_memory(e, rows, _("a chart"));
  }
  for (size_t first = 0; status == STATUS_OK && first < rows; first += BLOCK) {
    status = number_block(drawing, first, rows - first < BLOCK ? rows - first : BLOCK, e);
  }
  if (status == STATUS_OK) {
    classes_rank(&drawing->classes);
  }
  return status;
}

/* From the least to the greatest shade, of all rows that have one. */
static void find_shades(Drawing *drawing)
{
  const Column *shade = chart_role(drawing->special, "shade");
  double values[BLOCK], low = INFINITY, high = -INFINITY;
  for (size_t first = 0; first < column_rows(shade); first += BLOCK) {
    const size_t rest = column_rows(shade) - first, count = rest < BLOCK ? rest : BLOCK;
    column_block(shade, first, count, values, 1);
    for (size_t i = 0; i < count; i++) {
      const bool is_number = values[i] > -INFINITY && values[i] < INFINITY;
      low = is_number && values[i] < low ? values[i] : low;
      high = is_number && values[i] > high ? values[i] : high;
    }
  }
  drawing->shade[0] = low <= high ? low : 0;
  drawing->shade[1] = low <= high ? high : 0;
}

/* ---- legend */

size_t drawing_count(const Drawing *drawing, ChartMark mark)
{
  size_t n = 0;
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    n += chart_series(drawing->chart, i)->mark == mark;
  }
  return n;
}

static size_t slot(size_t series)
{
  return series < DRAW_SERIES ? series : DRAW_SERIES - 1;
}

uint32_t drawing_glyph(const Drawing *drawing, size_t series)
{
  return drawing->glyphs[slot(series)];
}

unsigned drawing_ink(const Drawing *drawing, size_t series)
{
  return drawing->inks[slot(series)];
}

bool drawing_is_bins(const ChartSeries *series)
{
  return series->mark == CHART_BARS && chart_role(series, "low") && chart_role(series, "high");
}

static void add_classes(Drawing *drawing, size_t *glyphs)
{
  const Classes *classes = &drawing->classes;
  Text name = {0};
  for (size_t rank = 0; rank < classes->n; rank++) {
    const ClassEntry *entry = &classes->entries[classes->order[rank]];
    text_reset(&name);
    if (entry->glyph == '?') {
      text_puts(&name, _("others"));
    } else {
      column_cell_text(classes->column, entry->first, &name);
    }
    legend_add_counted(&drawing->legend, (unsigned char)entry->glyph, INK_SERIES + (unsigned)rank, text_data(&name),
                       name.size, entry->count);
    *glyphs += entry->glyph != '.';
  }
  drawing->legend.names.failed = drawing->legend.names.failed || name.failed;
  text_free(&name);
}

uint32_t drawing_level(const Drawing *drawing, size_t level)
{
  static const uint32_t shades[INK_LEVELS] = {0x2591, 0x2592, 0x2593, 0x2588};
  return drawing->ascii ? (uint32_t)".oO@"[level] : shades[level];
}

static void shade_text(const Axis *ends, double value, char out[NUMBER_SIZE])
{
  if (ends->kind == AXIS_TIMES) {
    axis_text(ends, value, out);
  } else {
    number_one(value, SHADE_DIGITS, out);
  }
}

static void add_shades(Drawing *drawing)
{
  Axis ends;
  axis_init_ends(&ends, drawing->shade[0], drawing->shade[1],
                 column_type(chart_role(drawing->special, "shade")) == TYPE_TIMESTAMP ? AXIS_TIMES : AXIS_NUMBERS);
  for (size_t level = 0; level < INK_LEVELS; level++) {
    char from[NUMBER_SIZE], to[NUMBER_SIZE], name[2 * NUMBER_SIZE + 8];
    const double low = drawing->shade[0], high = drawing->shade[1], share = (double)level / INK_LEVELS;
    const double next = (double)(level + 1) / INK_LEVELS;
    shade_text(&ends, low * (1 - share) + high * share, from);
    shade_text(&ends, low * (1 - next) + high * next, to);
    snprintf(name, sizeof name, _("%1$s to %2$s"), from, to);
    legend_add(&drawing->legend, drawing_level(drawing, level), INK_RAMP + (unsigned)level, name, strlen(name));
  }
}

/* Outliers beside boxes are larger than the dots of a plane. */
uint32_t drawing_dot(const Drawing *drawing)
{
  const bool dots = style_dots(drawing->style) != VIEW_DOTS_ASCII;
  return drawing->ascii ? 'o' : drawing_count(drawing, CHART_BOXES) > 0 ? 0x2022 : dots ? 0xB7 : 'o';
}

static uint32_t rule_mark(const Drawing *drawing, const ChartSeries *series)
{
  const bool upright = !chart_role(series, "slope");
  return drawing->ascii ? (upright ? '|' : '-') : upright ? 0x2502 : 0x2500;
}

static uint32_t stack_fill(const Drawing *drawing, size_t index)
{
  static const uint32_t blocks[4] = {0x2588, 0x2591, 0x2593, 0x2592};
  static const char signs[4] = "#=o:";
  return index < 4 ? (drawing->ascii ? (uint32_t)signs[index] : blocks[index]) : (unsigned char)legend_glyph(index);
}

/* The mark of a series beside others. */
static void add_series(Drawing *drawing, size_t i, size_t index, size_t *glyphs)
{
  const ChartSeries *series = chart_series(drawing->chart, i);
  const bool dotted = series->mark == CHART_POINTS && drawing->points == POINTS_DENSITY;
  const bool stacked = series->mark == CHART_BARS && chart_stacked(drawing->chart);
  uint32_t mark = dotted ? drawing_dot(drawing) : stacked ? stack_fill(drawing, index) : 0;
  if (mark == 0) {
    mark = (unsigned char)legend_glyph((*glyphs)++);
  }
  drawing->glyphs[slot(i)] = dotted ? 0 : mark;
  const bool borrows = series->mark == CHART_POINTS && chart_role(series, "group"); /* each point has its class's ink */
  const unsigned ink = drawing->inks[slot(i)] = borrows ? INK_NONE : INK_SERIES + (unsigned)drawing->legend.n;
  if (series->mark == CHART_POINTS && series->name[0] != '\0') {
    legend_add_counted(&drawing->legend, mark, ink, series->name, strlen(series->name), series->drawn);
  } else if (series->name[0] != '\0') {
    legend_add(&drawing->legend, mark, ink, series->name, strlen(series->name));
  }
}

static void make_legend(Drawing *drawing)
{
  const Chart *chart = drawing->chart;
  const size_t n = chart_series_count(chart), told = n - drawing_count(drawing, CHART_RULE);
  size_t index = 0, glyphs = drawing->points == POINTS_DENSITY || drawing->points == POINTS_SHADE; /* o is a level */
  if (drawing->special && drawing->points == POINTS_CLASSES) {
    add_classes(drawing, &glyphs);
  } else if (drawing->special) {
    add_shades(drawing);
  }
  for (size_t i = 0; i < n; i++) {
    const ChartSeries *series = chart_series(chart, i);
    if (series->mark == CHART_RULE) {
      drawing->inks[slot(i)] = INK_MUTED;
      if (series->name[0] != '\0') {
        legend_add(&drawing->legend, rule_mark(drawing, series), INK_MUTED, series->name, strlen(series->name));
      }
    } else if (series != drawing->special && told > 1) {
      add_series(drawing, i, index++, &glyphs);
    }
  }
}

static const ChartSeries *series_with(const Chart *chart, const char *role)
{
  for (size_t i = 0; i < chart_series_count(chart); i++) {
    const ChartSeries *series = chart_series(chart, i);
    if (series->mark == CHART_POINTS && chart_role(series, role)) {
      return series;
    }
  }
  return NULL;
}

Status drawing_init(Drawing *drawing, const Chart *chart, const ViewStyle *style, Error *e)
{
  const size_t width = style->width > 0 ? (size_t)style->width : WIDTH_USUAL;
  *drawing = (Drawing){.chart = chart, .style = style, .ascii = style_ascii(style)};
  drawing->width = width > WIDTH_MOST ? WIDTH_MOST : width < WIDTH_LEAST ? WIDTH_LEAST : width;
  drawing->lines = style->height > 0 ? (size_t)style->height - 1 : 0; /* the prompt has one */
  drawing->legend_title = chart_legend(chart);
  task_init(&drawing->task, 1);
  const ChartSeries *grouped = series_with(chart, "group"), *shaded = series_with(chart, "shade");
  const size_t points = drawing_count(drawing, CHART_POINTS);
  Status status = STATUS_OK;
  drawing->special = grouped ? grouped : shaded;
  drawing->points = points == 0 ? POINTS_NONE : grouped || points > 1 ? POINTS_CLASSES : POINTS_DENSITY;
  if (grouped) {
    status = number_rows(drawing, chart_role(grouped, "group"), e);
  } else if (shaded) {
    drawing->points = POINTS_SHADE;
    find_shades(drawing);
  }
  if (status == STATUS_OK) {
    make_legend(drawing);
  }
  return status;
}

void drawing_free(Drawing *drawing)
{
  classes_free(&drawing->classes);
  mem_free(drawing->numbers);
  legend_free(&drawing->legend);
  task_free(&drawing->task);
}

/* ---- axes */

const char *drawing_label(const ChartAxis *axis)
{
  return axis->label ? axis->label : "";
}

size_t drawing_category(const Drawing *drawing, const ChartAxis *axis, double number, size_t most, Text *out)
{
  const Column *names = axis->categories;
  if (names && number >= 0 && number < (double)column_rows(names) && column_valid(names, (size_t)number)) {
    size_t length;
    const char *name = column_text(names, (size_t)number, &length);
    return width_cut(out, name, length, most, drawing->ascii);
  }
  char text[NUMBER_SIZE];
  Axis ends;
  if (axis->scale == CHART_TIMES) {
    axis_init_ends(&ends, axis->low, axis->high, AXIS_TIMES);
    axis_text(&ends, number, text);
  } else {
    number_one(number, style_digits(drawing->style), text);
  }
  return width_cut(out, text, strlen(text), most, drawing->ascii);
}

/* At most `wanted` categories, evenly spaced. */
static void mark_categories(const Drawing *drawing, const ChartAxis *from, size_t wanted, size_t label, Axis *axis)
{
  const double first = ceil(from->low), last = floor(from->high);
  const double by = fmax(1, ceil((last - first + 1) / (double)(wanted < AXIS_TICKS ? wanted : AXIS_TICKS)));
  Text name = {0};
  axis->n = 0;
  for (double number = first; number <= last && number < 9e15; number += by) {
    for (size_t most = label; most > 0; most /= 2) { /* many bytes may stand in few columns */
      text_reset(&name);
      const size_t width = drawing_category(drawing, from, number, most, &name);
      if (name.size < AXIS_LABEL) {
        axis_mark(axis, axis_cell(axis, number), text_data(&name), width);
        break;
      }
    }
  }
  text_free(&name);
}

void drawing_axis(const Drawing *drawing, const ChartAxis *from, size_t cells, size_t wanted, size_t label, Axis *axis)
{
  const bool is_sound = isfinite(from->low) && isfinite(from->high) && from->low <= from->high;
  const double low = is_sound ? from->low : 0, high = is_sound ? from->high : 1;
  const AxisKind kind = from->scale == CHART_TIMES ? AXIS_TIMES : from->log ? AXIS_LOG : AXIS_NUMBERS;
  axis_init(axis, low, high, cells, wanted, kind);
  if (from->scale == CHART_CATEGORIES && is_sound) {
    mark_categories(drawing, from, wanted, label, axis);
  }
}

/* The labels, each in the middle below its tick, left out where it would touch the one before it. */
static void put_labels(const Axis *axis, size_t margin, Text *out)
{
  const size_t start = margin + 1, end = start + axis->cells;
  size_t at = 0;
  for (size_t i = 0; i < axis->n; i++) {
    const AxisTick *tick = &axis->ticks[i];
    const size_t middle = start + tick->cell;
    size_t from = middle > tick->width / 2 ? middle - tick->width / 2 : 0;
    from = tick->width < end && from + tick->width > end ? end - tick->width : from;
    if (tick->width < end && tick->width > 0 && (at == 0 || from >= at + 2)) {
      text_repeat(out, " ", from - at);
      text_puts(out, tick->label);
      at = from + tick->width;
    }
  }
  text_char(out, '\n');
}

void drawing_below(const Drawing *drawing, const Axis *axis, const char *name, size_t margin, Text *out)
{
  text_repeat(out, " ", margin);
  style_on(drawing->style, VIEW_MUTED, out);
  text_puts(out, style_glyph(drawing->style, GLYPH_CORNER));
  for (size_t column = 0; column < axis->cells; column++) {
    text_puts(out, style_glyph(drawing->style, axis_tick(axis, column) ? GLYPH_TICK_BELOW : GLYPH_HORIZONTAL));
  }
  style_off(drawing->style, VIEW_MUTED, out);
  text_char(out, '\n');
  put_labels(axis, margin, out);
  drawing_name(drawing, name, margin + 1, out);
}

void drawing_name(const Drawing *drawing, const char *name, size_t margin, Text *out)
{
  if (name && name[0] != '\0') {
    text_repeat(out, " ", margin);
    style_on(drawing->style, VIEW_HEADER, out);
    width_cut(out, name, strlen(name), drawing->width > margin ? drawing->width - margin : 1, drawing->ascii);
    style_off(drawing->style, VIEW_HEADER, out);
    text_char(out, '\n');
  }
}

size_t drawing_note(const Drawing *drawing, const char *text, Text *out)
{
  ViewStyle style = *drawing->style;
  style.width = (int)drawing->width;
  return style_paragraph(&style, VIEW_MUTED, text, 2, 0, 2, out);
}

double drawing_number(const ChartSeries *series, const char *role, size_t row)
{
  const Column *column = chart_role(series, role);
  double value = NAN;
  if (column && row < column_rows(column)) {
    column_block(column, row, 1, &value, 1);
  }
  return isfinite(value) ? value : NAN;
}
