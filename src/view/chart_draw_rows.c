/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line for each bar, box or interval, with its label and figures in front:
 *
 *   cluster  size                        species     n  median
 *   1          81 ██████████             setosa     50     1.5  ├[┃]┤
 *   2          39 ████▊                  virginica  50    5.55          ├──[ ┃ ]───┤
 *
 * Charts with their categories upright (x) have the first one on top; those with them along y the last one, so that
 * what is on top of the picture is on top of the text. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "view/chart_draw.h"
#include "view/number.h"
#include "view/width.h"

enum {
  EIGHTHS = 8, HALVES = 2,
  GAP = 2,             /* between label and figures */
  FIGURES = 2,         /* columns of them at most */
  LINES_LEAST = 3, LINES_MOST = 10000, BINS_LINES = 40,
  CELLS_LEAST = 12     /* a second figure is left out where the picture would be narrower */
};

typedef struct Item {
  double place;
  size_t series, row;
} Item;

/* Items on one line of text: those of a stack, or one. */
typedef struct Line {
  size_t first, count;
} Line;

typedef struct Rows {
  Drawing *drawing;
  const ChartAxis *places, *values;
  bool bars, bins, boxes, upwards; /* upwards: the highest place on top */
  Item *items;
  size_t n;
  Line *lines;
  size_t n_lines, shown;
  size_t label_width, glyph_width, figure_width[FIGURES], figures;
  NumberFormat edges, format[FIGURES];
  Axis axis;                       /* of the values */
  double base;                     /* bars: where they begin */
  size_t left, right, zero;        /* bars: cells to either side of it, and of its line */
  double scale;                    /* bars: cells per unit of a quarter of the length */
  Canvas canvas;
} Rows;

/* ---- which charts */

const ChartAxis *drawing_places(const Drawing *drawing)
{
  const ChartAxis *x = chart_x(drawing->chart), *y = chart_y(drawing->chart);
  return x->scale != CHART_CATEGORIES && y->scale == CHART_CATEGORIES ? y : x;
}

const ChartAxis *drawing_values(const Drawing *drawing)
{
  const ChartAxis *x = chart_x(drawing->chart), *y = chart_y(drawing->chart);
  return drawing_places(drawing) == x ? y : x;
}

static bool is_row_mark(const ChartSeries *series)
{
  return series->mark == CHART_BARS || series->mark == CHART_BOXES || series->mark == CHART_INTERVALS;
}

static bool bins_suit(const Drawing *drawing, size_t room)
{
  const size_t n = chart_series_count(drawing->chart), most = room > 0 ? room : BINS_LINES;
  size_t lines = 0;
  for (size_t i = 0; i < n; i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    if (!drawing_is_bins(series)) {
      return false;
    }
    const size_t rows = frame_rows(series->data);
    lines = chart_stacked(drawing->chart) ? (rows > lines ? rows : lines) : lines + rows;
  }
  return lines > 0 && lines + 1 <= most;
}

bool rows_suit(const Drawing *drawing, size_t room)
{
  bool bars = false, bins = false;
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    const ChartSeries *series = chart_series(drawing->chart, i);
    const bool along = chart_y(drawing->chart)->scale == CHART_CATEGORIES;
    if (series->mark == CHART_BOXES || (series->mark == CHART_INTERVALS && along)) {
      return true;
    }
    bins = bins || drawing_is_bins(series);
    bars = bars || (series->mark == CHART_BARS && !drawing_is_bins(series));
  }
  return bins ? bins_suit(drawing, room) : bars;
}

/* ---- lines */

static double place_of(const Rows *rows, const ChartSeries *series, size_t row)
{
  if (drawing_is_bins(series)) {
    return (double)row;
  }
  return drawing_number(series, rows->places == chart_x(rows->drawing->chart) ? "x" : "y", row);
}

static bool in_places(const Rows *rows, double place)
{
  return rows->bins || (place >= rows->places->low && place <= rows->places->high);
}

static int compare_items(const void *a, const void *b)
{
  const Item *x = a, *y = b;
  if (x->place != y->place) {
    return x->place < y->place ? -1 : 1;
  }
  if (x->series != y->series) {
    return x->series < y->series ? -1 : 1;
  }
  return x->row < y->row ? -1 : x->row > y->row;
}

static void turn_over(Rows *rows)
{
  for (size_t i = 0; 2 * i + 1 < rows->n; i++) {
    const Item item = rows->items[i];
    rows->items[i] = rows->items[rows->n - 1 - i];
    rows->items[rows->n - 1 - i] = item;
  }
}

static Status gather(Rows *rows, Error *e)
{
  const Chart *chart = rows->drawing->chart;
  size_t most = 0;
  for (size_t i = 0; i < chart_series_count(chart); i++) {
    most += is_row_mark(chart_series(chart, i)) ? frame_rows(chart_series(chart, i)->data) : 0;
  }
  rows->items = mem_alloc(most, sizeof *rows->items);
  rows->lines = mem_alloc(most, sizeof *rows->lines);
  if (!rows->items || !rows->lines) {
    return error_memory(e, 0, _("a chart"));
  }
  for (size_t i = 0; i < chart_series_count(chart); i++) {
    const ChartSeries *series = chart_series(chart, i);
    for (size_t row = 0; is_row_mark(series) && row < frame_rows(series->data); row++) {
      const double place = place_of(rows, series, row);
      if (in_places(rows, place)) {
        rows->items[rows->n++] = (Item){place, i, row};
      }
    }
  }
  qsort(rows->items, rows->n, sizeof *rows->items, compare_items);
  if (rows->upwards) {
    turn_over(rows);
  }
  return STATUS_OK;
}

static void make_lines(Rows *rows)
{
  const bool stacked = rows->bars && chart_stacked(rows->drawing->chart);
  for (size_t i = 0; i < rows->n; i++) {
    const bool joins = stacked && i > 0 && rows->items[i].place == rows->items[i - 1].place;
    if (joins) {
      rows->lines[rows->n_lines - 1].count++;
    } else {
      rows->lines[rows->n_lines++] = (Line){.first = i, .count = 1};
    }
  }
}

static const ChartSeries *series_of(const Rows *rows, const Item *item)
{
  return chart_series(rows->drawing->chart, item->series);
}

static const Item *first_of(const Rows *rows, size_t line)
{
  return &rows->items[rows->lines[line].first];
}

/* ---- figures: the value of a bar, the rows and median of a box, the middle of an interval */

static double figure(const Rows *rows, size_t line, size_t which)
{
  const Item *item = first_of(rows, line);
  const ChartSeries *series = series_of(rows, item);
  if (series->mark == CHART_BOXES) {
    return drawing_number(series, which == 0 ? "n" : "median", item->row);
  }
  if (series->mark == CHART_INTERVALS) {
    return drawing_number(series, "x", item->row);
  }
  double sum = drawing_number(series, "y", item->row);
  for (size_t i = 1; i < rows->lines[line].count; i++) {
    const double value = drawing_number(series_of(rows, item + i), "y", item[i].row);
    sum = isnan(sum) ? value : isnan(value) ? sum : sum + value;
  }
  return sum;
}

static void figure_text(const Rows *rows, double value, size_t which, char out[NUMBER_SIZE])
{
  if (isnan(value)) {
    strcpy(out, "NA");
  } else if (rows->values->scale == CHART_TIMES && which == (rows->boxes ? 1 : 0)) {
    axis_text(&rows->axis, value, out);
  } else {
    number_text(&rows->format[which], value, out);
  }
}

/* The name above a column of figures: of boxes, the others have that of their axis. */
static const char *figure_name(const Rows *rows, size_t which)
{
  return !rows->boxes ? "" : which == 0 ? _("n") : _("median");
}

static void measure_figures(Rows *rows)
{
  for (size_t which = 0; which < rows->figures; which++) {
    rows->figure_width[which] = strlen(figure_name(rows, which));
    number_begin(&rows->format[which], style_digits(rows->drawing->style));
    for (size_t line = 0; line < rows->shown; line++) {
      number_see(&rows->format[which], figure(rows, line, which));
    }
    number_settle(&rows->format[which]);
    for (size_t line = 0; line < rows->shown; line++) {
      char text[NUMBER_SIZE];
      figure_text(rows, figure(rows, line, which), which, text);
      const size_t width = strlen(text);
      rows->figure_width[which] = width > rows->figure_width[which] ? width : rows->figure_width[which];
    }
  }
}

/* ---- labels */

static void edge_text(const Rows *rows, double edge, char out[NUMBER_SIZE])
{
  Axis ends;
  if (rows->places->scale == CHART_TIMES) {
    axis_init_ends(&ends, rows->places->low, rows->places->high, AXIS_TIMES);
    axis_text(&ends, edge, out);
  } else if (isnan(edge)) {
    strcpy(out, "NA");
  } else {
    number_text(&rows->edges, edge, out);
  }
}

/* The label of an item, at most so many columns; gives its width. */
static size_t item_label(const Rows *rows, const Item *item, size_t most, Text *out)
{
  const ChartSeries *series = series_of(rows, item);
  if (!drawing_is_bins(series)) {
    return drawing_category(rows->drawing, rows->places, item->place, most, out);
  }
  Text text = {0};
  char low[NUMBER_SIZE], high[NUMBER_SIZE];
  edge_text(rows, drawing_number(series, "low", item->row), low);
  edge_text(rows, drawing_number(series, "high", item->row), high);
  text_printf(&text, _("%1$s to %2$s"), low, high);
  const size_t width = width_cut(out, text_data(&text), text.size, most, rows->drawing->ascii);
  out->failed = out->failed || text.failed;
  text_free(&text);
  return width;
}

static void measure_edges(Rows *rows)
{
  number_begin(&rows->edges, style_digits(rows->drawing->style));
  for (size_t line = 0; rows->bins && line < rows->shown; line++) {
    const Item *item = first_of(rows, line);
    number_see(&rows->edges, drawing_number(series_of(rows, item), "low", item->row));
    number_see(&rows->edges, drawing_number(series_of(rows, item), "high", item->row));
  }
  number_settle(&rows->edges);
}

static void measure_labels(Rows *rows)
{
  const size_t width = rows->drawing->width, most = width / 2;
  Text text = {0};
  const char *name = drawing_label(rows->places);
  rows->label_width = width_up_to(name, strlen(name), most, rows->drawing->ascii);
  rows->label_width = rows->label_width > most ? most : rows->label_width;
  for (size_t line = 0; line < rows->shown; line++) {
    text_reset(&text);
    const size_t wide = item_label(rows, first_of(rows, line), most, &text);
    rows->label_width = wide > rows->label_width ? wide : rows->label_width;
  }
  text_free(&text);
}

/* ---- layout */

static size_t lines_around(const Rows *rows)
{
  return 1 + (rows->bars ? 0 : 2 + (drawing_label(rows->values)[0] != '\0'));
}

static void choose_shown(Rows *rows, size_t room)
{
  const size_t around = lines_around(rows), most = room == 0 ? LINES_MOST : room > around ? room - around : 0;
  const size_t fits = most < LINES_LEAST ? LINES_LEAST : most;
  rows->shown = rows->n_lines <= fits ? rows->n_lines : fits - 1; /* "1 more" would take the line of that one */
}

static size_t front_width(const Rows *rows)
{
  size_t width = rows->label_width + rows->glyph_width;
  for (size_t i = 0; i < rows->figures; i++) {
    width += GAP + rows->figure_width[i];
  }
  return width + 1;
}

/* Labels give way to figures, a second figure to the picture, and the first to a picture at all. */
static void choose_widths(Rows *rows)
{
  const size_t width = rows->drawing->width, least = rows->bars ? 2 : 3; /* boxes have an upright line in front */
  if (rows->figures == FIGURES && front_width(rows) + CELLS_LEAST > width) {
    rows->figures = 1;
  }
  if (front_width(rows) + least > width) {
    const size_t over = front_width(rows) + least - width;
    rows->label_width = rows->label_width > over + 1 ? rows->label_width - over : 1;
  }
  if (front_width(rows) + least > width) {
    rows->figures = 0;
  }
}

/* How far a value lies from where bars begin; a quarter of it, so that it stays finite. */
static double length_of(const Rows *rows, double value)
{
  return rows->axis.kind == AXIS_LOG ? (value > 0 ? log10(value) - rows->axis.low : 0) : value / 4 - rows->base / 4;
}

/* Shares the cells between the two sides of the base in proportion to what they must hold. */
static void choose_scale(Rows *rows, size_t cells)
{
  const double low = rows->axis.from, high = rows->axis.to;
  rows->base = rows->axis.kind == AXIS_LOG ? low : fmin(fmax(0, low), high);
  const double up = length_of(rows, high), down = -length_of(rows, low);
  const size_t sides = (up > 0) + (down > 0);
  rows->zero = down > 0 ? 1 : 0;
  if (sides == 0 || cells < rows->zero + sides) {
    return;
  }
  cells -= rows->zero;
  if (sides == 2) {
    const size_t left = (size_t)lround((double)cells * (down / (up + down)));
    rows->left = left < 1 ? 1 : left > cells - 1 ? cells - 1 : left;
  } else {
    rows->left = down > 0 ? cells : 0;
  }
  rows->right = cells - rows->left;
  const double right = (double)rows->right / up, left = (double)rows->left / down;
  rows->scale = sides == 2 ? fmin(right, left) : up > 0 ? right : left;
}

static Status lay_out(Rows *rows, size_t room, Error *e)
{
  Drawing *drawing = rows->drawing;
  const bool told = rows->bars ? drawing_count(drawing, CHART_BARS) > 1 && !chart_stacked(drawing->chart)
                               : drawing_count(drawing, CHART_BOXES) + drawing_count(drawing, CHART_INTERVALS) > 1;
  choose_shown(rows, room);
  rows->glyph_width = told ? 2 : 0;
  rows->figures = rows->boxes ? FIGURES : 1;
  drawing_axis(drawing, rows->values, 2, 1, 1, &rows->axis);
  measure_edges(rows);
  measure_figures(rows);
  measure_labels(rows);
  choose_widths(rows);
  const size_t front = front_width(rows), beside = rows->bars ? 0 : 1; /* the upright line in front of boxes */
  const size_t cells = drawing->width > front + beside + 2 ? drawing->width - front - beside : 2;
  drawing_axis(drawing, rows->values, cells, cells / 14 + 1, 1, &rows->axis);
  if (rows->bars) {
    choose_scale(rows, cells);
  }
  return canvas_init(&rows->canvas, cells, rows->shown, VIEW_DOTS_ASCII, e);
}

/* ---- the picture */

static size_t canvas_line_row(const Rows *rows, size_t line)
{
  return rows->shown - 1 - line;
}

/* Pieces of 1/per cell for a length: at least one where the value is not zero, at most all. */
static size_t pieces(const Rows *rows, double length, size_t cells, size_t per)
{
  const double exact = round(length * rows->scale * (double)per), most = (double)(cells * per);
  return cells == 0 || !(length > 0) ? 0 : exact < 1 ? 1 : exact > most ? (size_t)most : (size_t)exact;
}

static void put_right(Rows *rows, size_t row, double length, unsigned ink)
{
  const bool ascii = rows->drawing->ascii;
  const size_t per = ascii ? 1 : EIGHTHS, n = pieces(rows, length, rows->right, per), from = rows->left + rows->zero;
  for (size_t i = 0; i < n / per; i++) {
    canvas_put(&rows->canvas, from + i, row, ascii ? '#' : 0x2588, ink);
  }
  if (n % per > 0) {
    canvas_put(&rows->canvas, from + n / per, row, 0x2590 - (uint32_t)(n % per), ink);
  }
}

/* A bar that ends at its base; there is no character for eighths from the right, only for the half. */
static void put_left(Rows *rows, size_t row, double length, unsigned ink)
{
  const bool ascii = rows->drawing->ascii;
  const size_t per = ascii ? 1 : HALVES, n = pieces(rows, length, rows->left, per);
  for (size_t i = 0; i < n / per; i++) {
    canvas_put(&rows->canvas, rows->left - 1 - i, row, ascii ? '#' : 0x2588, ink);
  }
  if (n % per > 0) {
    canvas_put(&rows->canvas, rows->left - 1 - n / per, row, 0x2590, ink);
  }
}

static void put_bar(Rows *rows, size_t row, const Item *item)
{
  const double value = drawing_number(series_of(rows, item), "y", item->row);
  if (isnan(value) || (rows->axis.kind == AXIS_LOG && value <= 0)) {
    return;
  }
  const double length = length_of(rows, value);
  const bool is_least = rows->axis.kind == AXIS_LOG && length == 0; /* it shows a piece too */
  const unsigned ink = drawing_ink(rows->drawing, item->series);
  if (length >= 0) {
    put_right(rows, row, is_least ? 1e-12 : length, ink);
  } else {
    put_left(rows, row, -length, ink);
  }
}

/* The parts of a stack, each from where the sum before it ended; upwards and downwards apart. */
static void put_stack(Rows *rows, size_t row, const Line *line)
{
  double sums[2] = {0, 0};
  for (size_t i = 0; i < line->count; i++) {
    const Item *item = &rows->items[line->first + i];
    const double value = drawing_number(series_of(rows, item), "y", item->row);
    if (isnan(value) || value == 0) {
      continue;
    }
    const bool down = value < 0;
    const size_t cells = down ? rows->left : rows->right;
    const size_t from = pieces(rows, fabs(length_of(rows, rows->base + sums[down])), cells, 1);
    sums[down] += value;
    const double length = length_of(rows, sums[down]);
    const size_t to = (length < 0) == down ? pieces(rows, fabs(length), cells, 1) : 0;
    for (size_t cell = from; cell < to; cell++) {
      const size_t column = down ? rows->left - 1 - cell : rows->left + rows->zero + cell;
      canvas_put(&rows->canvas, column, row, drawing_glyph(rows->drawing, item->series),
                 drawing_ink(rows->drawing, item->series));
    }
  }
}

/* lo--[ median ]--hi; where there is little room the median goes before brackets, and these before the ends. */
static void put_box(Rows *rows, size_t row, const Item *item)
{
  static const char *const roles[5] = {"low", "q25", "median", "q75", "high"};
  const bool ascii = rows->drawing->ascii;
  const uint32_t marks[5] = {ascii ? '|' : 0x251C, '[', ascii ? ':' : 0x2503, ']', ascii ? '|' : 0x2524};
  const unsigned ink = drawing_ink(rows->drawing, item->series);
  double values[5];
  for (int i = 0; i < 5; i++) {
    values[i] = drawing_number(series_of(rows, item), roles[i], item->row);
    if (isnan(values[i]) || (rows->axis.kind == AXIS_LOG && values[i] <= 0)) {
      return;
    }
  }
  const size_t low = axis_cell(&rows->axis, values[0]), high = axis_cell(&rows->axis, values[4]);
  const size_t q25 = axis_cell(&rows->axis, values[1]), q75 = axis_cell(&rows->axis, values[3]);
  for (size_t cell = low; cell <= high; cell++) {
    if (cell < q25 || cell > q75) {
      canvas_put(&rows->canvas, cell, row, ascii ? '-' : 0x2500, ink);
    }
  }
  static const int order[5] = {0, 4, 1, 3, 2};
  for (int i = 0; i < 5; i++) {
    if (axis_has(&rows->axis, values[order[i]])) {
      canvas_put(&rows->canvas, axis_cell(&rows->axis, values[order[i]]), row, marks[order[i]], ink);
    }
  }
}

static void put_interval(Rows *rows, size_t row, const Item *item)
{
  const ChartSeries *series = series_of(rows, item);
  const uint32_t glyph = drawing_glyph(rows->drawing, item->series);
  const double places[3] = {axis_place(&rows->axis, drawing_number(series, "low", item->row)),
                            axis_place(&rows->axis, drawing_number(series, "x", item->row)),
                            axis_place(&rows->axis, drawing_number(series, "high", item->row))};
  canvas_interval(&rows->canvas, rows->drawing->style, places, row, glyph ? glyph : 'o',
                  drawing_ink(rows->drawing, item->series));
}

static void put_marks(Rows *rows)
{
  for (size_t i = 0; i < rows->shown; i++) {
    const Item *item = first_of(rows, i);
    const size_t row = canvas_line_row(rows, i);
    const ChartMark mark = series_of(rows, item)->mark;
    if (rows->zero) {
      canvas_put(&rows->canvas, rows->left, row, rows->drawing->ascii ? '|' : 0x2502, INK_MUTED);
    }
    if (mark == CHART_BARS && chart_stacked(rows->drawing->chart)) {
      put_stack(rows, row, &rows->lines[i]);
    } else if (mark == CHART_BARS) {
      put_bar(rows, row, item);
    } else if (mark == CHART_BOXES) {
      put_box(rows, row, item);
    } else {
      put_interval(rows, row, item);
    }
  }
}

/* ---- what stands beside the rows' own marks */

/* The cell of a value among bars or boxes; false: beyond the limits. */
static bool cell_of(const Rows *rows, double value, size_t *cell)
{
  if (!axis_has(&rows->axis, value)) {
    return false;
  }
  if (!rows->bars) {
    *cell = axis_cell(&rows->axis, value);
    return true;
  }
  const double length = length_of(rows, value);
  const size_t n = pieces(rows, fabs(length), length < 0 ? rows->left : rows->right, 1), last = n > 0 ? n - 1 : 0;
  *cell = length < 0 ? rows->left - 1 - last : rows->left + (n > 0 ? rows->zero : 0) + last;
  return true;
}

/* A line of the place, or rows->shown: a bisection, as lines are in order of their places. */
static size_t line_at(const Rows *rows, double place)
{
  size_t low = 0, high = rows->shown;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const double at = first_of(rows, middle)->place;
    if (at == place) {
      return middle;
    }
    if ((at < place) != rows->upwards) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return rows->shown;
}

/* Points, and those of lines, on the line of their category: outliers of boxes, means beside bars. */
static void put_points(Rows *rows)
{
  const bool across = rows->places == chart_x(rows->drawing->chart);
  for (size_t i = 0; i < chart_series_count(rows->drawing->chart); i++) {
    const ChartSeries *series = chart_series(rows->drawing->chart, i);
    const bool is_points = series->mark == CHART_POINTS || series->mark == CHART_LINE;
    const uint32_t own = drawing_glyph(rows->drawing, i), glyph = own ? own : drawing_dot(rows->drawing);
    for (size_t row = 0; is_points && row < frame_rows(series->data); row++) {
      const size_t line = line_at(rows, drawing_number(series, across ? "x" : "y", row));
      size_t cell;
      if (line < rows->shown && cell_of(rows, drawing_number(series, across ? "y" : "x", row), &cell)) {
        canvas_put(&rows->canvas, cell, canvas_line_row(rows, line), glyph, drawing_ink(rows->drawing, i));
      }
    }
  }
}

/* Rules across the values, behind everything else. */
static void put_rules(Rows *rows)
{
  const bool across = rows->places == chart_x(rows->drawing->chart);
  for (size_t i = 0; i < chart_series_count(rows->drawing->chart); i++) {
    const ChartSeries *series = chart_series(rows->drawing->chart, i);
    const bool level = chart_role(series, "slope") != NULL;
    for (size_t row = 0; series->mark == CHART_RULE && row < frame_rows(series->data); row++) {
      const double at = drawing_number(series, level ? "intercept" : "x", row);
      size_t cell;
      if (level == across && (!level || drawing_number(series, "slope", row) == 0) && cell_of(rows, at, &cell)) {
        for (size_t line = 0; line < rows->shown; line++) {
          canvas_put_below(&rows->canvas, cell, line, rows->drawing->ascii ? '|' : 0x2502, INK_MUTED);
        }
      }
    }
  }
}

/* ---- text */

static void put_front(const Rows *rows, size_t line, Text *out)
{
  const Item *item = first_of(rows, line);
  const bool again = line > 0 && first_of(rows, line - 1)->place == item->place;
  const size_t used = again ? 0 : item_label(rows, item, rows->label_width, out);
  text_repeat(out, " ", rows->label_width - used);
  if (rows->glyph_width > 0) {
    const uint32_t glyph = drawing_glyph(rows->drawing, item->series);
    text_char(out, ' ');
    style_ink_on(rows->drawing->style, drawing_ink(rows->drawing, item->series), out);
    canvas_code(glyph ? glyph : ' ', out);
    style_ink_off(rows->drawing->style, drawing_ink(rows->drawing, item->series), out);
  }
  for (size_t i = 0; i < rows->figures; i++) {
    char text[NUMBER_SIZE];
    const double value = figure(rows, line, i);
    figure_text(rows, value, i, text);
    text_repeat(out, " ", GAP + rows->figure_width[i] - strlen(text));
    style_put(rows->drawing->style, isnan(value) ? VIEW_MUTED : VIEW_PLAIN, text, out);
  }
}

static void put_line(const Rows *rows, size_t line, Text *out)
{
  Text picture = {0};
  put_front(rows, line, out);
  canvas_row(&rows->canvas, rows->drawing->style, canvas_line_row(rows, line), &picture);
  if (!rows->bars) {
    text_char(out, ' ');
    style_put(rows->drawing->style, VIEW_MUTED, style_glyph(rows->drawing->style, GLYPH_VERTICAL), out);
  } else if (picture.size > 0) {
    text_char(out, ' ');
  }
  text_add(out, text_data(&picture), picture.size);
  text_char(out, '\n');
  out->failed = out->failed || picture.failed;
  text_free(&picture);
}

/* The names above the columns: of the places, and of the bars' values or the boxes' figures. */
static void header_text(const Rows *rows, Text *line)
{
  const Drawing *drawing = rows->drawing;
  const char *places = drawing_label(rows->places);
  const char *values = rows->bars && !rows->boxes ? drawing_label(rows->values) : "";
  const size_t front = rows->label_width + rows->glyph_width;
  const size_t used = width_cut(line, places, strlen(places), rows->label_width, drawing->ascii);
  text_repeat(line, " ", front - used);
  for (size_t i = 0; rows->boxes && i < rows->figures; i++) {
    text_repeat(line, " ", GAP);
    width_right(line, figure_name(rows, i), strlen(figure_name(rows, i)), rows->figure_width[i], drawing->ascii);
  }
  if (values[0] != '\0' && front + GAP < drawing->width) {
    const size_t most = drawing->width - front - GAP, wide = rows->figures > 0 ? rows->figure_width[0] : 0;
    const size_t own = width_up_to(values, strlen(values), most, drawing->ascii);
    text_repeat(line, " ", GAP + (own < wide ? wide - own : 0));
    width_cut(line, values, strlen(values), most, drawing->ascii);
  }
}

static void put_header(const Rows *rows, Text *out)
{
  Text line = {0};
  header_text(rows, &line);
  while (line.size > 0 && line.data[line.size - 1] == ' ') { /* also within the colour */
    line.size--;
  }
  if (line.size > 0) {
    style_on(rows->drawing->style, VIEW_HEADER, out);
    text_add(out, text_data(&line), line.size);
    style_off(rows->drawing->style, VIEW_HEADER, out);
    text_char(out, '\n');
  }
  out->failed = out->failed || line.failed;
  text_free(&line);
}

static void put_all(const Rows *rows, Text *out)
{
  put_header(rows, out);
  for (size_t line = 0; line < rows->shown; line++) {
    put_line(rows, line, out);
  }
  if (!rows->bars) {
    drawing_below(rows->drawing, &rows->axis, drawing_label(rows->values), front_width(rows), out);
  }
  if (rows->shown < rows->n_lines) {
    Text more = {0};
    text_printf(&more, _("%1$s %2$zu more"), style_glyph(rows->drawing->style, GLYPH_ELLIPSIS),
                rows->n_lines - rows->shown);
    (void)drawing_note(rows->drawing, text_data(&more), out);
    out->failed = out->failed || more.failed;
    text_free(&more);
  }
}

Status draw_rows(Drawing *drawing, size_t room, Text *out, Error *e)
{
  Rows rows = {.drawing = drawing, .places = drawing_places(drawing), .values = drawing_values(drawing)};
  Status status;
  rows.bars = drawing_count(drawing, CHART_BARS) > 0;
  rows.boxes = drawing_count(drawing, CHART_BOXES) > 0;
  rows.upwards = rows.places != chart_x(drawing->chart);
  for (size_t i = 0; i < chart_series_count(drawing->chart); i++) {
    rows.bins = rows.bins || drawing_is_bins(chart_series(drawing->chart, i));
  }
  TRY(gather(&rows, e));
  make_lines(&rows);
  TRY(lay_out(&rows, room, e));
  put_marks(&rows);
  put_points(&rows);
  put_rules(&rows);
  put_all(&rows, out);
done:
  canvas_free(&rows.canvas);
  mem_free(rows.items);
  mem_free(rows.lines);
  return status;
}
