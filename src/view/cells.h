/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.h -- a grid of character cells: what a full screen shows, without a terminal.
 *
 * Pages draw into Cells, a screen (tui/screen.h) puts the difference on the terminal or into a file. Every function
 * takes the rectangle it draws in: coordinates count from its upper left corner, 0 0, and what would lie outside of
 * it, or of the grid, is dropped; a rectangle may be empty or lie outside altogether. So nothing drawn for one panel
 * can touch another. Texts may be hostile: they are escaped as view/width.h says, and never move the cursor.
 *
 * A cell holds one cluster: a base character and marks on it. A wide character takes its cell and the next one, which
 * has `columns` 0; where only one of the two would be drawn over or clipped, blanks take the place. Of sequences that
 * a terminal composes of several characters (families, flags) the first one is shown, padded to the width counted.
 *
 * What a cell is like is said by roles and inks (view/style.h); what they look like is the screen's matter. reverse,
 * bold and underline add to that. Nothing may be said by colour alone.
 */
#ifndef ASSAY_VIEW_CELLS_H
#define ASSAY_VIEW_CELLS_H

#include <stdint.h>

#include "view/style.h"

enum { CELL_BYTES = 20 };

typedef struct Pen {
  uint8_t role;    /* ViewRole */
  uint8_t ink;     /* of charts, goes before role; INK_NONE */
  bool reverse, bold, underline;
} Pen;

typedef struct Cell {
  char text[CELL_BYTES]; /* UTF-8 with its NUL; "" is a blank */
  uint8_t columns;       /* 1, 2, or 0 for the right half of the cell before it */
  Pen pen;
} Cell;

typedef struct Rect {
  int x, y, width, height;
} Rect;

typedef struct Cells {
  int width, height;
  Cell *cells;      /* row by row */
  bool ascii;       /* no byte above 0x7F */
  bool plain;
  ViewDots dots;
  int digits;
} Cells;

/* Sized by the look of `style`, all blank. Errors: STATUS_MEMORY; then the grid is as it was. */
Status cells_resize(Cells *cells, int width, int height, const ViewStyle *style, Error *e) MUST_USE;
void cells_free(Cells *cells);
const Cell *cells_at(const Cells *cells, int x, int y); /* of the whole grid; NULL outside */

Rect cells_all(const Cells *cells);

/* Parts of a rectangle: never outside of it, never negative. */
Rect rect_lines(Rect area, int first, int count);   /* full width */
Rect rect_columns(Rect area, int first, int count); /* full height */
Rect rect_part(Rect area, Rect part);               /* part, counted from area's corner */

/* The pens of roles: pen_of(VIEW_HEADER). */
static inline Pen pen_of(ViewRole role) { return (Pen){.role = (uint8_t)role}; }
static inline Pen pen_ink(unsigned ink) { return (Pen){.ink = (uint8_t)ink}; }
static inline Pen pen_reverse(ViewRole role) { return (Pen){.role = (uint8_t)role, .reverse = true}; }

/* Blanks in a pen. */
void cells_fill(Cells *cells, Rect area, Pen pen);

/* Text on a line from a column on; what does not fit is cut without a mark. Gives the column behind it. */
int cells_put(Cells *cells, Rect area, int line, int column, Pen pen, const char *text);
int cells_putn(Cells *cells, Rect area, int line, int column, Pen pen, const char *text, size_t n);
int cells_printf(Cells *cells, Rect area, int line, int column, Pen pen, const char *format, ...) PRINTF(6, 7);

/* Text cut with a mark and padded to exactly `width` columns, on the left or the right of them. */
void cells_left(Cells *cells, Rect area, int line, int column, int width, Pen pen, const char *text, size_t n);
void cells_right(Cells *cells, Rect area, int line, int column, int width, Pen pen, const char *text, size_t n);

/* One glyph of view/style.h, ASCII where it must be. */
void cells_glyph(Cells *cells, Rect area, int line, int column, Pen pen, Glyph glyph);

/* A line of the rectangle across, a column of it down. */
void cells_across(Cells *cells, Rect area, int line, Pen pen);
void cells_down(Cells *cells, Rect area, int column, Pen pen);

/* A border with a title in its upper edge (NULL: none); gives what is inside. bold: the panel that has the focus, which
 * its title says too, by a mark (>). Areas under 3 x 3 get no border. */
Rect cells_box(Cells *cells, Rect area, Pen pen, const char *title, bool focused);

/* A scroll bar in the area's last column, drawn when `all` lines are more than its height. */
void cells_scroll(Cells *cells, Rect area, size_t first, size_t all);

/* The style with which the text functions of view (tables, cards, charts, errors) write for the area: its size, and
 * roles and inks as marks that only cells_text understands. */
ViewStyle cells_style(const Cells *cells, Rect area);

/* Copies a text made so into the area, beginning `from` lines and `left` columns in; lines are not wrapped. Gives the
 * number of lines the whole text has. */
size_t cells_text(Cells *cells, Rect area, size_t from, size_t left, const Text *text);

/* Changes the pen of what is drawn already: the cursor's cell, a chosen row. NULL members are not: all of pen is taken
 * but for roles and inks where `keep`. */
void cells_repaint(Cells *cells, Rect area, Pen pen, bool keep);

/* The grid as lines of text, blanks at their ends left out. pens: under each line that has any, a line that says what
 * is reverse (r), bold (b), underlined (u), or in an ink (its number), for tests. */
void cells_dump(const Cells *cells, bool pens, Text *out);

#endif
