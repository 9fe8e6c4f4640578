/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "view/chart.h"
#include "view/chart_axis.h"
#include "view/chart_classes.h"
#include "view/number.h"
#include "view/width.h"

enum {
  BLOCK = 4096,
  WIDTH_USUAL = 80, WIDTH_MOST = 100,
  ROWS_USUAL = 20, ROWS_LEAST = 5, ROWS_MOST = 24,
  LINES_AROUND = 8,     /* title, two names, axis, its labels, legend, counts, prompt */
  COLUMNS_LEAST = 10,
  LABEL_MOST = 16,      /* columns of a cluster's name in the legend */
  LEVELS = 4            /* of density, without clusters */
};

typedef struct Scatter {
  const ChartScatter *chart;
  const ViewStyle *style;
  bool ascii;
  Classes classes;
  size_t rows, n, dropped;
  double low[2], high[2];       /* of x and y */
  Axis x, y;
  size_t margin;                /* columns of the labels of y */
  uint32_t *counts;             /* class by class, a grid of cells each, lowest row first */
  uint32_t levels[LEVELS];      /* least count of each level of density */
} Scatter;

/* ---- Data ---------------------------------------------------------------------------------------------- */

/* Calls `take` for each row that can be drawn. */
typedef Status (*TakePoint)(Scatter *scatter, size_t row, double x, double y, Error *e);

static Status each_point(Scatter *scatter, TakePoint take, Error *e)
{
  const ChartScatter *chart = scatter->chart;
  double x[BLOCK], y[BLOCK];
  for (size_t first = 0; first < scatter->rows; first += BLOCK) {
    const size_t rest = scatter->rows - first, count = rest < BLOCK ? rest : BLOCK;
    column_block(chart->x, first, count, x, 1);
    column_block(chart->y, first, count, y, 1);
    for (size_t i = 0; i < count; i++) {
      if (isfinite(x[i]) && isfinite(y[i]) && (!chart->cluster || column_valid(chart->cluster, first + i))) {
        const Status status = take(scatter, first + i, x[i], y[i], e);
        if (status != STATUS_OK) {
          return status;
        }
      }
    }
  }
  return STATUS_OK;
}

static void widen_range(Scatter *scatter, int axis, double value)
{
  if (value < scatter->low[axis]) {
    scatter->low[axis] = value;
  }
  if (value > scatter->high[axis]) {
    scatter->high[axis] = value;
  }
}

static Status take_range(Scatter *scatter, size_t row, double x, double y, Error *e)
{
  size_t number;
  const Status status = classes_of(&scatter->classes, row, &number, e);
  if (status == STATUS_OK) {
    scatter->classes.entries[number].count++;
    scatter->n++;
    widen_range(scatter, 0, x);
    widen_range(scatter, 1, y);
  }
  return status;
}

static size_t cells(const Scatter *scatter)
{
  return scatter->x.cells * scatter->y.cells;
}

static Status take_cell(Scatter *scatter, size_t row, double x, double y, Error *e)
{
  size_t number;
  const Status status = classes_of(&scatter->classes, row, &number, e);
  if (status == STATUS_OK) {
    const size_t cell = axis_cell(&scatter->y, y) * scatter->x.cells + axis_cell(&scatter->x, x);
    scatter->counts[number * cells(scatter) + cell]++;
  }
  return status;
}

/* ---- Layout -------------------------------------------------------------------------------------------- */

static size_t chart_width(const Scatter *scatter)
{
  const size_t width = scatter->style->width > 0 ? (size_t)scatter->style->width : WIDTH_USUAL;
  return width < WIDTH_MOST ? width : WIDTH_MOST;
}

static size_t grid_rows(const Scatter *scatter)
{
  const int height = scatter->style->height, room = height - LINES_AROUND;
  if (height <= 0) {
    return ROWS_USUAL;
  }
  return room < ROWS_LEAST ? ROWS_LEAST : room > ROWS_MOST ? ROWS_MOST : (size_t)room;
}

static bool is_time(const Column *column)
{
  return column_type(column) == TYPE_TIMESTAMP;
}

static void lay_out(Scatter *scatter)
{
  const size_t rows = grid_rows(scatter), width = chart_width(scatter);
  axis_init(&scatter->y, scatter->low[1], scatter->high[1], rows, rows / 4 + 1, is_time(scatter->chart->y));
  for (size_t i = 0; i < scatter->y.n; i++) {
    const size_t label = strlen(scatter->y.ticks[i].label);
    scatter->margin = label > scatter->margin ? label : scatter->margin;
  }
  const size_t used = scatter->margin + 2;
  const size_t columns = width > used + COLUMNS_LEAST ? width - used : COLUMNS_LEAST;
  const bool times = is_time(scatter->chart->x);
  axis_init(&scatter->x, scatter->low[0], scatter->high[0], columns, columns / 14 + 1, times);
}

/* ---- Density ------------------------------------------------------------------------------------------- */

static int compare_counts(const void *a, const void *b)
{
  const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Levels begin at the quarters of the counts of the cells that are not empty. */
static Status choose_levels(Scatter *scatter, Error *e)
{
  uint32_t *sorted = mem_alloc(cells(scatter), sizeof *sorted);
  if (!sorted) {
    return error_memory(e, 0, _("a chart"));
  }
  size_t n = 0;
  for (size_t i = 0; i < cells(scatter); i++) {
    if (scatter->counts[i] > 0) {
      sorted[n++] = scatter->counts[i];
    }
  }
  qsort(sorted, n, sizeof *sorted, compare_counts);
  for (size_t level = 0; level < LEVELS; level++) {
    scatter->levels[level] = sorted[n * level / LEVELS];
  }
  mem_free(sorted);
  return STATUS_OK;
}

static const char level_glyphs[LEVELS + 1] = ".oO@";

static bool has_levels(const Scatter *scatter)
{
  return scatter->levels[LEVELS - 1] > scatter->levels[0];
}

static char level_glyph(const Scatter *scatter, uint32_t count)
{
  size_t level = 0;
  for (size_t i = 1; i < LEVELS; i++) {
    level = count >= scatter->levels[i] && scatter->levels[i] > scatter->levels[i - 1] ? i : level;
  }
  return count == 0 ? ' ' : has_levels(scatter) ? level_glyphs[level] : 'o';
}

/* ---- Grid ---------------------------------------------------------------------------------------------- */

/* The class with most points in the cell, the first in order when equal; CLASS_MOST when the cell is
 * empty. */
static size_t cell_class(const Scatter *scatter, size_t cell)
{
  uint32_t most = 0;
  size_t best = CLASS_MOST;
  for (size_t rank = 0; rank < scatter->classes.n; rank++) {
    const size_t number = scatter->classes.order[rank];
    const uint32_t count = scatter->counts[number * cells(scatter) + cell];
    if (count > most) {
      most = count;
      best = number;
    }
  }
  return best;
}

/* The place in the order, for the colour. */
static size_t rank_of(const Classes *classes, size_t number)
{
  size_t rank = 0;
  while (classes->order[rank] != number) {
    rank++;
  }
  return rank;
}

static void put_cell(const Scatter *scatter, size_t cell, Text *out)
{
  if (!scatter->chart->cluster) {
    text_char(out, level_glyph(scatter, scatter->counts[cell]));
    return;
  }
  const size_t number = cell_class(scatter, cell);
  if (number == CLASS_MOST) {
    text_char(out, ' ');
  } else {
    const Classes *classes = &scatter->classes;
    style_series(scatter->style, rank_of(classes, number), classes->entries[number].glyph, out);
  }
}

static const AxisTick *tick_at(const Axis *axis, size_t cell)
{
  for (size_t i = 0; i < axis->n; i++) {
    if (axis->ticks[i].cell == cell) {
      return &axis->ticks[i];
    }
  }
  return NULL;
}

static bool is_empty(const Scatter *scatter, size_t cell)
{
  return scatter->chart->cluster ? cell_class(scatter, cell) == CLASS_MOST : scatter->counts[cell] == 0;
}

static void put_grid_row(const Scatter *scatter, size_t row, Text *out)
{
  const AxisTick *tick = tick_at(&scatter->y, row);
  const size_t columns = scatter->x.cells;
  size_t used = columns;
  while (used > 0 && is_empty(scatter, row * columns + used - 1)) {
    used--; /* no blanks at the ends of lines */
  }
  text_repeat(out, " ", scatter->margin - (tick ? strlen(tick->label) : 0));
  text_puts(out, tick ? tick->label : "");
  text_char(out, ' ');
  const char *line = style_glyph(scatter->style, tick ? GLYPH_TICK_LEFT : GLYPH_VERTICAL);
  style_put(scatter->style, VIEW_MUTED, line, out);
  for (size_t column = 0; column < used; column++) {
    put_cell(scatter, row * columns + column, out);
  }
  text_char(out, '\n');
}

/* The labels of x, each in the middle below its tick, left out where it would touch the one before it. */
static void put_labels(const Scatter *scatter, Text *out)
{
  const size_t start = scatter->margin + 2, end = start + scatter->x.cells;
  size_t at = 0;
  for (size_t i = 0; i < scatter->x.n; i++) {
    const size_t length = strlen(scatter->x.ticks[i].label), middle = start + scatter->x.ticks[i].cell;
    size_t from = middle > length / 2 ? middle - length / 2 : 0;
    from = from + length > end ? end - length : from;
    if (length < end && (at == 0 || from >= at + 2)) {
      text_repeat(out, " ", from - at);
      text_puts(out, scatter->x.ticks[i].label);
      at = from + length;
    }
  }
  text_char(out, '\n');
}

static void put_below(const Scatter *scatter, Text *out)
{
  text_repeat(out, " ", scatter->margin + 1);
  style_on(scatter->style, VIEW_MUTED, out);
  text_puts(out, style_glyph(scatter->style, GLYPH_CORNER));
  for (size_t column = 0; column < scatter->x.cells; column++) {
    const Glyph glyph = tick_at(&scatter->x, column) ? GLYPH_TICK_BELOW : GLYPH_HORIZONTAL;
    text_puts(out, style_glyph(scatter->style, glyph));
  }
  style_off(scatter->style, VIEW_MUTED, out);
  text_char(out, '\n');
  put_labels(scatter, out);
}

static void put_name(const Scatter *scatter, const char *name, Text *out)
{
  const size_t margin = scatter->margin + 2, width = chart_width(scatter);
  text_repeat(out, " ", margin);
  style_on(scatter->style, VIEW_HEADER, out);
  width_cut(out, name, strlen(name), width > margin ? width - margin : 1, scatter->ascii);
  style_off(scatter->style, VIEW_HEADER, out);
  text_char(out, '\n');
}

static void put_grid(const Scatter *scatter, Text *out)
{
  put_name(scatter, scatter->chart->y_name, out);
  for (size_t row = scatter->y.cells; row-- > 0;) {
    put_grid_row(scatter, row, out);
  }
  put_below(scatter, out);
  put_name(scatter, scatter->chart->x_name, out);
}

/* ---- Legend -------------------------------------------------------------------------------------------- */

/* "1 (81)" without the character. */
static void class_text(const Scatter *scatter, size_t number, Text *out)
{
  const Classes *classes = &scatter->classes;
  Text cell = {0};
  if (classes->entries[number].glyph == '?') {
    text_puts(&cell, _("others"));
  } else {
    column_cell_text(classes->column, classes->entries[number].first, &cell);
  }
  width_cut(out, text_data(&cell), cell.size, LABEL_MOST, scatter->ascii);
  text_printf(out, " (%zu)", classes->entries[number].count);
  out->failed = out->failed || cell.failed;
  text_free(&cell);
}

static void put_legend(const Scatter *scatter, Text *out)
{
  const Classes *classes = &scatter->classes;
  const size_t width = chart_width(scatter);
  Text item = {0};
  size_t at = 0;
  for (size_t rank = 0; rank < classes->n; rank++) {
    const size_t number = classes->order[rank];
    text_reset(&item);
    class_text(scatter, number, &item);
    const size_t wide = 2 + width_of(text_data(&item), item.size, scatter->ascii);
    const bool fresh = at > 0 && at + 2 + wide > width;
    text_puts(out, at == 0 ? "" : fresh ? "\n" : "  ");
    at = (at == 0 || fresh ? 0 : at + 2) + wide;
    style_series(scatter->style, rank, classes->entries[number].glyph, out);
    text_char(out, ' ');
    text_add(out, text_data(&item), item.size);
  }
  text_char(out, '\n');
  out->failed = out->failed || item.failed;
  text_free(&item);
}

static void put_density(const Scatter *scatter, Text *out)
{
  Text line = {0};
  text_puts(&line, _("points in a cell:"));
  for (size_t level = 0; level < LEVELS; level++) {
    if (level == 0 || scatter->levels[level] > scatter->levels[level - 1]) {
      text_printf(&line, _(" %1$c from %2$u"), level_glyphs[level], scatter->levels[level]);
    }
  }
  style_paragraph(scatter->style, VIEW_MUTED, text_data(&line), 0, 0, 0, out);
  out->failed = out->failed || line.failed;
  text_free(&line);
}

static void put_counts(const Scatter *scatter, Text *out)
{
  char line[128];
  if (scatter->dropped > 0) {
    snprintf(line, sizeof line, _("n %1$zu, %2$zu dropped (missing or not finite)"), scatter->n,
             scatter->dropped);
  } else {
    snprintf(line, sizeof line, _("n %zu"), scatter->n);
  }
  style_paragraph(scatter->style, VIEW_MUTED, line, 0, 0, 0, out);
}

/* ---- All ----------------------------------------------------------------------------------------------- */

static void put_range(const Scatter *scatter, int i, const char *name, const Column *column, Text *out)
{
  Text line = {0};
  Axis ends;
  axis_init_ends(&ends, scatter->low[i], scatter->high[i], is_time(column));
  width_cut(&line, name, strlen(name), 40, scatter->ascii);
  text_printf(&line, _(": from %1$s to %2$s"), ends.ticks[0].label, ends.ticks[ends.n - 1].label);
  style_paragraph(scatter->style, VIEW_PLAIN, text_data(&line), 2, 0, 0, out);
  out->failed = out->failed || line.failed;
  text_free(&line);
}

/* For screen readers: ranges and sizes. */
static void put_plain(const Scatter *scatter, Text *out)
{
  put_range(scatter, 0, scatter->chart->x_name, scatter->chart->x, out);
  put_range(scatter, 1, scatter->chart->y_name, scatter->chart->y, out);
  if (scatter->chart->cluster) {
    put_legend(scatter, out);
  }
}

static Status put_chart(Scatter *scatter, Text *out, Error *e)
{
  lay_out(scatter);
  scatter->counts = mem_zero(cells(scatter) * scatter->classes.n, sizeof *scatter->counts);
  if (!scatter->counts) {
    return error_memory(e, 0, _("a chart"));
  }
  Status status = each_point(scatter, take_cell, e);
  if (status == STATUS_OK && !scatter->chart->cluster) {
    status = choose_levels(scatter, e);
  }
  if (status == STATUS_OK) {
    put_grid(scatter, out);
    if (scatter->chart->cluster) {
      put_legend(scatter, out);
    } else if (has_levels(scatter)) {
      put_density(scatter, out);
    }
  }
  mem_free(scatter->counts);
  return status;
}

static Status draw(Scatter *scatter, Text *out, Error *e)
{
  const Status status = each_point(scatter, take_range, e);
  if (status != STATUS_OK) {
    return status;
  }
  scatter->dropped = scatter->rows - scatter->n;
  classes_rank(&scatter->classes);
  if (scatter->chart->title) {
    style_paragraph(scatter->style, VIEW_TITLE, scatter->chart->title, 2, 0, 0, out);
  }
  Status drawn = STATUS_OK;
  if (scatter->n == 0) {
    style_paragraph(scatter->style, VIEW_PLAIN, _("no points to draw"), 2, 0, 0, out);
  } else if (scatter->style->plain) {
    put_plain(scatter, out);
  } else {
    drawn = put_chart(scatter, out, e);
  }
  put_counts(scatter, out);
  return drawn;
}

static Status check_numbers(const Column *column, const char *name, Error *e)
{
  const Type type = column_type(column);
  if (type_is_text(type) || type == TYPE_SET) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type",
                     _("column '%1$s' is %2$s: a scatter needs numbers or times"), name, type_name(type));
  }
  return STATUS_OK;
}

Status chart_scatter(const ChartScatter *chart, const ViewStyle *style, Text *out, Error *e)
{
  Scatter scatter = {.chart = chart, .style = style, .ascii = style_ascii(style)};
  scatter.rows = column_rows(chart->x);
  for (int i = 0; i < 2; i++) {
    scatter.low[i] = (double)INFINITY;
    scatter.high[i] = -(double)INFINITY;
  }
  Status status;
  TRY(check_numbers(chart->x, chart->x_name, e));
  TRY(check_numbers(chart->y, chart->y_name, e));
  TRY(classes_init(&scatter.classes, chart->cluster, e));
  TRY(draw(&scatter, out, e));
  status = text_status(out, e);
done:
  classes_free(&scatter.classes);
  return status;
}
