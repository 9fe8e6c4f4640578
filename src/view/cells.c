/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "core/alloc.h"
#include "view/width.h"

enum { MARKS_MOST = 4 /* on a base character: what curses takes */, SIDE_MOST = 4096 };

/* ---- the grid */

Status cells_resize(Cells *cells, int width, int height, const ViewStyle *style, Error *e)
{
  width = width < 1 ? 1 : width > SIDE_MOST ? SIDE_MOST : width;
  height = height < 1 ? 1 : height > SIDE_MOST ? SIDE_MOST : height;
  const size_t n = (size_t)width * (size_t)height;
  Cell *grid = mem_zero(n, sizeof *grid);
  if (!grid) {
    return error_memory(e, n * sizeof *grid, _("the screen"));
  }
  for (size_t i = 0; i < n; i++) {
    grid[i].columns = 1;
  }
  mem_free(cells->cells);
  *cells = (Cells){.width = width,
                   .height = height,
                   .cells = grid,
                   .ascii = style_ascii(style),
                   .plain = style->plain,
                   .dots = style->dots,
                   .digits = style->digits};
  return STATUS_OK;
}

void cells_free(Cells *cells)
{
  mem_free(cells->cells);
  *cells = (Cells){0};
}

const Cell *cells_at(const Cells *cells, int x, int y)
{
  const bool inside = x >= 0 && y >= 0 && x < cells->width && y < cells->height;
  return inside ? &cells->cells[(size_t)y * (size_t)cells->width + (size_t)x] : NULL;
}

static Cell *cell_at(Cells *cells, int x, int y)
{
  return (Cell *)cells_at(cells, x, y);
}

/* ---- rectangles */

Rect cells_all(const Cells *cells)
{
  return (Rect){0, 0, cells->width, cells->height};
}

static int least(int a, int b)
{
  return a < b ? a : b;
}

static int most(int a, int b)
{
  return a > b ? a : b;
}

Rect rect_part(Rect area, Rect part)
{
  const int left = most(area.x, area.x + part.x), top = most(area.y, area.y + part.y);
  const int right = least(area.x + area.width, area.x + part.x + part.width);
  const int bottom = least(area.y + area.height, area.y + part.y + part.height);
  return (Rect){left, top, most(0, right - left), most(0, bottom - top)};
}

Rect rect_lines(Rect area, int first, int count)
{
  return rect_part(area, (Rect){0, first, area.width, count});
}

Rect rect_columns(Rect area, int first, int count)
{
  return rect_part(area, (Rect){first, 0, count, area.height});
}

/* ---- cells */

static void blank(Cell *cell)
{
  cell->text[0] = '\0';
  cell->columns = 1;
}

/* Makes the cell free to be written: of a wide character that loses a half, the other becomes a blank. */
static Cell *taken(Cells *cells, int x, int y)
{
  Cell *cell = cell_at(cells, x, y);
  if (cell && cell->columns == 0 && x > 0) {
    blank(cell_at(cells, x - 1, y));
  } else if (cell && cell->columns == 2) {
    blank(cell_at(cells, x + 1, y));
  }
  if (cell) {
    blank(cell);
  }
  return cell;
}

static void put_blank(Cells *cells, Rect area, int x, int y, Pen pen)
{
  if (x >= area.x && x < area.x + area.width) {
    Cell *cell = taken(cells, x, y);
    if (cell) {
      cell->pen = pen;
    }
  }
}

/* The base character and the marks on it, as far as a cell takes them; gives the base's columns. */
static int keep_cluster(char out[CELL_BYTES], const char *s, size_t n)
{
  size_t kept = 0;
  int columns = 1;
  for (size_t points = 0; kept < n && points <= MARKS_MOST; points++) {
    uint32_t code = 0;
    const size_t more = utf8_decode(s + kept, n - kept, &code);
    const int width = more ? wcwidth((wchar_t)code) : 0;
    if (more == 0 || kept + more >= CELL_BYTES || (points > 0 && (width != 0 || code == 0x200D || code == 0xFE0F))) {
      break;
    }
    columns = points == 0 ? width : columns;
    kept += more;
  }
  memcpy(out, s, kept);
  out[kept] = '\0';
  return columns < 1 ? 1 : columns > 2 ? 2 : columns;
}

/* A cluster of `columns` columns at x of the grid, of which the area shows a part or all. */
static void put_cluster(Cells *cells, Rect area, int x, int y, Pen pen, const char *s, size_t n, int columns)
{
  char text[CELL_BYTES];
  int own = keep_cluster(text, s, n);
  own = least(own, columns);
  const int right = least(area.x + area.width, cells->width);
  if (x >= area.x && x >= 0 && x + own <= right && cell_at(cells, x, y)) {
    for (int i = own - 1; i >= 0; i--) { /* the right half first: freeing it blanks the left one */
      Cell *cell = taken(cells, x + i, y);
      cell->pen = pen;
    }
    Cell *cell = cell_at(cells, x, y);
    if (text[0] != ' ' || text[1]) { /* a blank it is already */
      memcpy(cell->text, text, CELL_BYTES);
    }
    cell->columns = (uint8_t)own;
    if (own == 2) {
      cell_at(cells, x + 1, y)->columns = 0;
    }
  } else {
    for (int i = 0; i < own; i++) {
      put_blank(cells, area, x + i, y, pen);
    }
  }
  for (int i = own; i < columns; i++) {
    put_blank(cells, area, x + i, y, pen);
  }
}

/* Text from a column of the area on, which may be left of it; gives the column behind it. */
static int put_text(Cells *cells, Rect area, int line, int column, Pen pen, const char *text, size_t n)
{
  const int y = area.y + line;
  Text escape = {0};
  if (line < 0 || line >= area.height) {
    return column;
  }
  for (size_t i = 0; i < n && column < area.width;) {
    const WidthPart part = width_part(text + i, n - i, cells->ascii);
    if (part.escaped) {
      text_reset(&escape);
      width_add(&escape, text + i, part.bytes, cells->ascii);
      for (size_t k = 0; k < escape.size; k++) {
        put_cluster(cells, area, area.x + column + (int)k, y, pen, escape.data + k, 1, 1);
      }
    } else {
      put_cluster(cells, area, area.x + column, y, pen, text + i, part.bytes, (int)part.columns);
    }
    column += (int)part.columns;
    i += part.bytes;
  }
  text_free(&escape);
  return column;
}

int cells_putn(Cells *cells, Rect area, int line, int column, Pen pen, const char *text, size_t n)
{
  return put_text(cells, area, line, column, pen, text, n);
}

int cells_put(Cells *cells, Rect area, int line, int column, Pen pen, const char *text)
{
  return put_text(cells, area, line, column, pen, text, strlen(text));
}

int cells_printf(Cells *cells, Rect area, int line, int column, Pen pen, const char *format, ...)
{
  char small[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(small, sizeof small, format, arguments);
  va_end(arguments);
  return cells_put(cells, area, line, column, pen, small);
}

static void put_padded(Cells *cells, Rect area, int line, int column, int width, Pen pen, const char *text, size_t n,
                       bool right)
{
  Text padded = {0};
  if (width <= 0) {
    return;
  }
  (right ? width_right : width_left)(&padded, text, n, (size_t)width, cells->ascii);
  put_text(cells, area, line, column, pen, text_data(&padded), padded.size);
  text_free(&padded);
}

void cells_left(Cells *cells, Rect area, int line, int column, int width, Pen pen, const char *text, size_t n)
{
  put_padded(cells, area, line, column, width, pen, text, n, false);
}

void cells_right(Cells *cells, Rect area, int line, int column, int width, Pen pen, const char *text, size_t n)
{
  put_padded(cells, area, line, column, width, pen, text, n, true);
}

void cells_fill(Cells *cells, Rect area, Pen pen)
{
  for (int y = area.y; y < area.y + area.height; y++) {
    for (int x = most(0, area.x); x < area.x + area.width; x++) {
      put_blank(cells, area, x, y, pen);
    }
  }
}

void cells_repaint(Cells *cells, Rect area, Pen pen, bool keep)
{
  for (int y = area.y; y < area.y + area.height; y++) {
    for (int x = area.x; x < area.x + area.width; x++) {
      Cell *cell = cell_at(cells, x, y);
      if (cell) {
        const Pen before = cell->pen;
        cell->pen = pen;
        cell->pen.role = keep ? before.role : pen.role;
        cell->pen.ink = keep ? before.ink : pen.ink;
      }
    }
  }
}

/* ---- lines and boxes */

static const char *pick(const Cells *cells, const char *drawn, const char *ascii)
{
  return cells->ascii ? ascii : drawn;
}

void cells_glyph(Cells *cells, Rect area, int line, int column, Pen pen, Glyph glyph)
{
  const ViewStyle style = cells_style(cells, area);
  cells_put(cells, area, line, column, pen, style_glyph(&style, glyph));
}

void cells_across(Cells *cells, Rect area, int line, Pen pen)
{
  for (int x = 0; x < area.width; x++) {
    cells_put(cells, area, line, x, pen, pick(cells, "─", "-"));
  }
}

void cells_down(Cells *cells, Rect area, int column, Pen pen)
{
  for (int y = 0; y < area.height; y++) {
    cells_put(cells, area, y, column, pen, pick(cells, "│", "|"));
  }
}

/* "┌─> Rows ──┐": the mark is of the panel in focus. */
static void put_title(Cells *cells, Rect area, Pen pen, const char *title, bool focused)
{
  const int room = area.width - 7;
  Text cut = {0};
  if (focused) {
    cells_put(cells, area, 0, 2, pen, pick(cells, "▶", ">"));
  }
  if (title && *title && room >= 2) {
    pen.bold = true;
    text_char(&cut, ' ');
    width_cut(&cut, title, strlen(title), (size_t)room, cells->ascii);
    text_char(&cut, ' ');
    cells_put(cells, area, 0, 3, pen, text_data(&cut));
  }
  text_free(&cut);
}

Rect cells_box(Cells *cells, Rect area, Pen pen, const char *title, bool focused)
{
  if (area.width < 3 || area.height < 3) {
    return area;
  }
  const int right = area.width - 1, bottom = area.height - 1;
  pen.bold = pen.bold || focused;
  cells_across(cells, area, 0, pen);
  cells_across(cells, area, bottom, pen);
  cells_down(cells, area, 0, pen);
  cells_down(cells, area, right, pen);
  cells_put(cells, area, 0, 0, pen, pick(cells, "┌", "+"));
  cells_put(cells, area, 0, right, pen, pick(cells, "┐", "+"));
  cells_put(cells, area, bottom, 0, pen, pick(cells, "└", "+"));
  cells_put(cells, area, bottom, right, pen, pick(cells, "┘", "+"));
  put_title(cells, area, pen, title, focused);
  return rect_part(area, (Rect){1, 1, area.width - 2, area.height - 2});
}

void cells_scroll(Cells *cells, Rect area, size_t first, size_t all)
{
  const size_t height = area.height > 0 ? (size_t)area.height : 0;
  if (height < 2 || all <= height || area.width < 1) {
    return;
  }
  size_t length = (size_t)((double)height * (double)height / (double)all);
  length = length < 1 ? 1 : length;
  const double share = (double)first / (double)(all - height);
  const size_t from = (size_t)((double)(height - length) * (share > 1 ? 1 : share) + 0.5);
  for (size_t y = 0; y < height; y++) {
    const bool thumb = y >= from && y < from + length;
    cells_put(cells, area, (int)y, area.width - 1, pen_of(VIEW_MUTED),
              thumb ? pick(cells, "█", "#") : pick(cells, "│", "|"));
  }
}

/* ---- texts of the view layer */

ViewStyle cells_style(const Cells *cells, Rect area)
{
  ViewStyle style;
  style_init(&style);
  style.width = most(1, area.width);
  style.height = most(1, area.height);
  style.ascii = cells->ascii;
  style.marks = true;
  style.plain = cells->plain;
  style.dots = cells->dots;
  style.digits = cells->digits;
  return style;
}

/* A mark at the beginning of s[0..n): changes the pen; gives its bytes, 0 for none. */
static size_t read_mark(const char *s, size_t n, Pen *pen)
{
  if (s[0] == STYLE_OFF) {
    *pen = (Pen){0};
    return 1;
  }
  if (s[0] == STYLE_ROLE && n >= 2) {
    const int role = s[1] - STYLE_BASE;
    pen->role = role >= 0 && role < VIEW_ROLES ? (uint8_t)role : VIEW_PLAIN;
    return 2;
  }
  if (s[0] == STYLE_INK && n >= 3) {
    pen->ink = (uint8_t)(((s[1] - STYLE_BASE) & 15) << 4 | ((s[2] - STYLE_BASE) & 15));
    return 3;
  }
  return 0;
}

static bool is_mark(char c)
{
  return c == STYLE_ROLE || c == STYLE_INK || c == STYLE_OFF;
}

/* One line, without its end, from a column that may be left of the area. The pen goes on from line to line. */
static void put_line(Cells *cells, Rect area, int line, int column, const char *s, size_t n, Pen *pen)
{
  for (size_t i = 0; i < n;) {
    const size_t mark = read_mark(s + i, n - i, pen);
    size_t end = i + (mark ? mark : 1);
    while (mark == 0 && end < n && !is_mark(s[end])) {
      end++;
    }
    if (mark == 0) {
      column = put_text(cells, area, line, column, *pen, s + i, end - i);
    }
    i = end;
  }
}

size_t cells_text(Cells *cells, Rect area, size_t from, size_t left, const Text *text)
{
  const char *s = text_data(text);
  const char *const end = s + text->size;
  const int column = left > SIDE_MOST ? -SIDE_MOST : -(int)left;
  size_t lines = 0;
  Pen pen = {0};
  for (; s < end; lines++) {
    const char *stop = memchr(s, '\n', (size_t)(end - s));
    const size_t n = (size_t)((stop ? stop : end) - s);
    const bool shown = lines >= from && lines - from < (size_t)most(0, area.height);
    put_line(cells, area, shown ? (int)(lines - from) : -1, column, s, n, &pen);
    s += n + (stop != NULL);
  }
  return lines;
}

/* ---- as lines of text */

static char pen_letter(const Cell *cell)
{
  const Pen pen = cell->pen;
  return pen.reverse                  ? 'r'
         : pen.ink == INK_MUTED       ? 'm'
         : pen.ink >= INK_RAMP        ? (char)('1' + (pen.ink - INK_RAMP) % INK_LEVELS)
         : pen.ink != INK_NONE        ? (char)('A' + (pen.ink - INK_SERIES) % 26)
         : pen.role == VIEW_ERROR     ? 'e'
         : pen.role == VIEW_WARNING   ? 'w'
         : pen.bold                   ? 'b'
         : pen.underline              ? 'u'
                                      : ' ';
}

static void trim(Text *out, size_t from)
{
  while (out->size > from && out->data[out->size - 1] == ' ') {
    out->data[--out->size] = '\0';
  }
}

static void dump_pens(const Cells *cells, int y, Text *out)
{
  const size_t from = out->size;
  text_char(out, '~');
  for (int x = 0; x < cells->width; x++) {
    text_char(out, pen_letter(cells_at(cells, x, y)));
  }
  trim(out, from);
  if (out->size == from + 1) {
    out->data[--out->size] = '\0';
  } else {
    text_char(out, '\n');
  }
}

void cells_dump(const Cells *cells, bool pens, Text *out)
{
  for (int y = 0; y < cells->height; y++) {
    const size_t from = out->size;
    for (int x = 0; x < cells->width; x++) {
      const Cell *cell = cells_at(cells, x, y);
      if (cell->columns > 0) {
        text_puts(out, cell->text[0] ? cell->text : " ");
      }
    }
    trim(out, from);
    text_char(out, '\n');
    if (pens) {
      dump_pens(cells, y, out);
    }
  }
}
