/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_canvas.h -- a grid of cells to draw on: characters, and dots finer than a cell.
 *
 * Places are in cells from the lower left corner; row 0 is the lowest. A cell shows its character if it has one, else
 * its dots: 2 x 4 as braille, 2 x 2 as quadrant blocks, 1 x 2 as . ' : in ASCII. Empty cells are blanks, never an empty
 * braille pattern. Nothing is drawn outside of the grid. Each cell has one ink (style.h), that of what was drawn last.
 */
#ifndef ASSAY_VIEW_CHART_CANVAS_H
#define ASSAY_VIEW_CHART_CANVAS_H

#include "core/text.h"
#include "view/style.h"

typedef struct CanvasCell {
  uint32_t code;  /* a code point that takes one column; 0: none */
  uint8_t dots;   /* bit (row from below) * across + column */
  uint8_t ink;
} CanvasCell;

/* A text over some cells of a row. */
typedef struct CanvasLabel {
  size_t from, length; /* in the canvas's texts */
} CanvasLabel;

enum { CANVAS_LABELS = 64 };

typedef struct Canvas {
  size_t columns, rows;
  size_t across, down;       /* dots of a cell */
  uint32_t solid;            /* not 0: lines are drawn with this character instead of dots */
  CanvasCell *cells;
  size_t n_labels;
  CanvasLabel labels[CANVAS_LABELS];
  Text texts;
} Canvas;

Status canvas_init(Canvas *canvas, size_t columns, size_t rows, ViewDots dots, Error *e) MUST_USE;
void canvas_free(Canvas *canvas);

/* Sets the cell's character; a cell outside is left alone. */
void canvas_put(Canvas *canvas, size_t column, size_t row, uint32_t code, unsigned ink);

/* The same only where nothing is. */
void canvas_put_below(Canvas *canvas, size_t column, size_t row, uint32_t code, unsigned ink);

bool canvas_blank(const Canvas *canvas, size_t column, size_t row);

/* A dot counted in dots from the lower left; a character in its cell goes. */
void canvas_dot(Canvas *canvas, size_t across, size_t up, unsigned ink);

/* A line between two places, also outside of the grid; not finite ones draw nothing. O(its dots within the grid). */
void canvas_line(Canvas *canvas, double x0, double y0, double x1, double y1, unsigned ink);

/* A text, already fit to be shown, that takes `width` columns; false, and nothing is put, when it leaves the grid, a
 * cell is taken (with `over`: by another label) or there are too many. Put labels last. */
bool canvas_label(Canvas *canvas, size_t column, size_t row, const Text *text, size_t width, bool over, unsigned ink);

/* low--mark--high along a row, places in cells; ends beyond the grid have no bracket. */
void canvas_interval(Canvas *canvas, const ViewStyle *style, const double places[3], size_t row, uint32_t mark,
                     unsigned ink);

/* A row as text, without blanks at its end and without line end. */
void canvas_row(const Canvas *canvas, const ViewStyle *style, size_t row, Text *out);

/* Adds a code point as UTF-8. */
void canvas_code(uint32_t code, Text *out);

#endif
