/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/chart_canvas.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

/* Beyond Unicode: the first cell of a label, by its number, and the others. */
enum { CODE_LABEL = 0x110000, CODE_TAKEN = 0x1FFFFF };

Status canvas_init(Canvas *canvas, size_t columns, size_t rows, ViewDots dots, Error *e)
{
  *canvas = (Canvas){.columns = columns, .rows = rows, .across = 2, .down = 2};
  if (dots == VIEW_DOTS_BRAILLE) {
    canvas->down = 4;
  } else if (dots == VIEW_DOTS_ASCII) {
    canvas->across = 1;
  }
  canvas->cells = mem_zero(columns * rows, sizeof *canvas->cells);
  return canvas->cells ? STATUS_OK : error_memory(e, 0, _("a chart"));
}

void canvas_free(Canvas *canvas)
{
  mem_free(canvas->cells);
  canvas->cells = NULL;
  text_free(&canvas->texts);
}

static CanvasCell *cell_at(const Canvas *canvas, size_t column, size_t row)
{
  return column < canvas->columns && row < canvas->rows ? &canvas->cells[row * canvas->columns + column] : NULL;
}

void canvas_put(Canvas *canvas, size_t column, size_t row, uint32_t code, unsigned ink)
{
  CanvasCell *cell = cell_at(canvas, column, row);
  if (cell) {
    *cell = (CanvasCell){.code = code, .ink = (uint8_t)ink};
  }
}

void canvas_put_below(Canvas *canvas, size_t column, size_t row, uint32_t code, unsigned ink)
{
  if (canvas_blank(canvas, column, row)) {
    canvas_put(canvas, column, row, code, ink);
  }
}

bool canvas_blank(const Canvas *canvas, size_t column, size_t row)
{
  const CanvasCell *cell = cell_at(canvas, column, row);
  return !cell || (cell->code == 0 && cell->dots == 0);
}

void canvas_dot(Canvas *canvas, size_t across, size_t up, unsigned ink)
{
  CanvasCell *cell = cell_at(canvas, across / canvas->across, up / canvas->down);
  if (!cell) {
    return;
  }
  cell->ink = (uint8_t)ink;
  if (canvas->solid) {
    cell->code = canvas->solid;
  } else {
    cell->code = 0;
    cell->dots |= (uint8_t)(1u << (up % canvas->down * canvas->across + across % canvas->across));
  }
}

bool canvas_label(Canvas *canvas, size_t column, size_t row, const Text *text, size_t width, bool over, unsigned ink)
{
  const bool fits = width > 0 && width <= canvas->columns && column <= canvas->columns - width && row < canvas->rows;
  bool is_free = fits && canvas->n_labels < CANVAS_LABELS;
  for (size_t i = 0; is_free && i < width; i++) {
    const bool label = cell_at(canvas, column + i, row)->code >= CODE_LABEL;
    is_free = canvas_blank(canvas, column + i, row) || (over && !label);
  }
  if (is_free) {
    canvas->labels[canvas->n_labels] = (CanvasLabel){.from = canvas->texts.size, .length = text->size};
    text_add(&canvas->texts, text_data(text), text->size);
    for (size_t i = 0; i < width; i++) {
      canvas_put(canvas, column + i, row, i > 0 ? CODE_TAKEN : CODE_LABEL + (uint32_t)canvas->n_labels, ink);
    }
    canvas->n_labels++;
  }
  return is_free;
}

/* ---- lines */

/* Cuts the part of a + t d, 0 <= t <= 1, that lies within 0 .. most (Liang and Barsky 1984); false: nothing is left. */
static bool cut_part(double a, double d, double most, double *from, double *to)
{
  const double ends[2][2] = {{-d, a}, {d, most - a}};
  for (int i = 0; i < 2; i++) {
    const double p = ends[i][0], q = ends[i][1];
    if (p == 0 && q < 0) {
      return false;
    }
    if (p < 0) {
      *from = fmax(*from, q / p);
    } else if (p > 0) {
      *to = fmin(*to, q / p);
    }
  }
  return *from <= *to;
}

static double within(double value, double most)
{
  return value < 0 ? 0 : value > most ? most : value;
}

/* Places nearer than this can be subtracted and divided without loss of range. */
static double near_enough(double value)
{
  return within(value + 1e9, 2e9) - 1e9;
}

void canvas_line(Canvas *canvas, double x0, double y0, double x1, double y1, unsigned ink)
{
  if (!isfinite(x0) || !isfinite(y0) || !isfinite(x1) || !isfinite(y1)) {
    return;
  }
  const double wide = (double)(canvas->columns * canvas->across), high = (double)(canvas->rows * canvas->down);
  const double ax = near_enough(x0) * (double)canvas->across, ay = near_enough(y0) * (double)canvas->down;
  const double dx = near_enough(x1) * (double)canvas->across - ax, dy = near_enough(y1) * (double)canvas->down - ay;
  double from = 0, to = 1;
  if (!cut_part(ax, dx, wide, &from, &to) || !cut_part(ay, dy, high, &from, &to)) {
    return;
  }
  const double steps = ceil(fmax(fabs(dx), fabs(dy)) * (to - from));
  for (double i = 0; i <= steps; i++) {
    const double t = steps > 0 ? from + (to - from) * (i / steps) : from;
    const double x = within(ax + t * dx, wide - 0.5), y = within(ay + t * dy, high - 0.5);
    canvas_dot(canvas, (size_t)x, (size_t)y, ink);
  }
}

void canvas_interval(Canvas *canvas, const ViewStyle *style, const double places[3], size_t row, uint32_t mark,
                     unsigned ink)
{
  const bool ascii = style_ascii(style);
  const double most = (double)canvas->columns;
  const double low = fmin(places[0], places[2]), high = fmax(places[0], places[2]);
  if (high >= 0 && low <= most) {
    const size_t first = (size_t)within(low, most - 0.5), last = (size_t)within(high, most - 0.5);
    for (size_t column = first; column <= last; column++) {
      canvas_put(canvas, column, row, ascii ? '-' : 0x2500, ink);
    }
    if (low >= 0) {
      canvas_put(canvas, first, row, ascii ? '|' : 0x251C, ink);
    }
    if (high <= most) {
      canvas_put(canvas, last, row, ascii ? '|' : 0x2524, ink);
    }
  }
  if (places[1] >= 0 && places[1] <= most) {
    canvas_put(canvas, (size_t)within(places[1], most - 0.5), row, mark, ink);
  }
}

/* ---- rows as text */

void canvas_code(uint32_t code, Text *out)
{
  if (code < 0x80) {
    text_char(out, (char)code);
    return;
  }
  if (code < 0x800) {
    text_char(out, (char)(0xC0 | code >> 6));
  } else {
    text_char(out, (char)(0xE0 | code >> 12));
    text_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
  }
  text_char(out, (char)(0x80 | (code & 0x3F)));
}

/* Bits here count from the lower left, row by row; Unicode's braille counts down the left column, then the right one,
 * with the lowest row last. */
static uint32_t braille(uint8_t dots)
{
  static const uint8_t bits[8] = {0x40, 0x80, 0x04, 0x20, 0x02, 0x10, 0x01, 0x08};
  uint32_t code = 0x2800;
  for (int i = 0; i < 8; i++) {
    code |= dots >> i & 1 ? bits[i] : 0u;
  }
  return code;
}

static uint32_t quadrants(uint8_t dots)
{
  static const uint16_t codes[16] = {' ',    0x2596, 0x2597, 0x2584, 0x2598, 0x258C, 0x259A, 0x2599,
                                     0x259D, 0x259E, 0x2590, 0x259F, 0x2580, 0x259B, 0x259C, 0x2588};
  return codes[dots & 15];
}

static uint32_t shown(const Canvas *canvas, const CanvasCell *cell)
{
  if (cell->code || cell->dots == 0) {
    return cell->code ? cell->code : ' ';
  }
  if (canvas->across == 1) {
    return (uint32_t)" .':"[cell->dots & 3];
  }
  return canvas->down == 4 ? braille(cell->dots) : quadrants(cell->dots);
}

void canvas_row(const Canvas *canvas, const ViewStyle *style, size_t row, Text *out)
{
  size_t used = canvas->columns;
  while (used > 0 && shown(canvas, cell_at(canvas, used - 1, row)) == ' ') {
    used--;
  }
  unsigned ink = INK_NONE;
  for (size_t column = 0; column < used; column++) {
    const CanvasCell *cell = cell_at(canvas, column, row);
    const uint32_t code = shown(canvas, cell);
    if (code != ' ' && cell->ink != ink) {
      style_ink_off(style, ink, out);
      ink = cell->ink;
      style_ink_on(style, ink, out);
    }
    if (code < CODE_LABEL) {
      canvas_code(code, out);
    } else if (code != CODE_TAKEN && !canvas->texts.failed) {
      const CanvasLabel *label = &canvas->labels[code - CODE_LABEL];
      text_add(out, text_data(&canvas->texts) + label->from, label->length);
    }
  }
  out->failed = out->failed || canvas->texts.failed;
  style_ink_off(style, ink, out);
}
