/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/table_view.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "view/width.h"

enum {
  SAMPLE_FIRST = 40,  /* rows of the beginning that a column's width is made of */
  SAMPLE_SPREAD = 40, /* and rows spread over all of it, the last one among them */
  TEXT_LEAST = 12,    /* columns a text gets at least where it wants them */
  TEXT_MOST = 40,
  WHOLE_MOST = 400,
  CELL_MOST = 4096    /* bytes of a text that are looked at for its width, and drawn */
};

/* ---- the frame */

static size_t rows_of(const TableView *view)
{
  return view->frame ? frame_rows(view->frame) : 0;
}

static size_t columns_of(const TableView *view)
{
  return view->frame ? frame_columns(view->frame) : 0;
}

bool table_view_same_columns(const TableView *view, const Frame *frame)
{
  const size_t n = columns_of(view);
  if (!view->frame || n != frame_columns(frame)) {
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    const Column *a = frame_column(view->frame, i), *b = frame_column(frame, i);
    if (column_type(a) != column_type(b) || strcmp(frame_name(view->frame, i), frame_name(frame, i)) != 0) {
      return false;
    }
  }
  return true;
}

static bool is_right(Type type)
{
  return type_is_numeric(type);
}

Status table_view_show(TableView *view, const Frame *frame, bool keep, Error *e)
{
  if (!keep) {
    const size_t n = frame_columns(frame);
    TableColumn *columns = mem_zero(n, sizeof *columns);
    if (!columns) {
      return error_memory(e, n * sizeof *columns, _("the columns of a table"));
    }
    for (size_t i = 0; i < n; i++) {
      columns[i].right = is_right(column_type(frame_column(frame, i)));
    }
    mem_free(view->columns);
    view->columns = columns;
    view->column = view->left = view->n_hidden = 0;
  }
  table_view_choose_none(view);
  Frame *former = view->frame;
  view->frame = frame_ref(frame);
  frame_unref(former);
  view->row = view->top = 0;
  view->header = false;
  return STATUS_OK;
}

void table_view_free(TableView *view)
{
  frame_unref(view->frame);
  mem_free(view->columns);
  mem_free(view->chosen);
  text_free(&view->find);
  *view = (TableView){0};
}

/* ---- moving */

void table_view_to_row(TableView *view, size_t row)
{
  const size_t rows = rows_of(view);
  view->row = rows == 0 ? 0 : row < rows ? row : rows - 1;
  view->header = false;
}

void table_view_move_row(TableView *view, int64_t by)
{
  const size_t step = by < 0 ? (size_t)-by : (size_t)by;
  if (by < 0 && view->row == 0) {
    view->header = true;
  } else if (by > 0 && view->header) {
    view->header = false;
  } else if (by < 0) {
    table_view_to_row(view, view->row > step ? view->row - step : 0);
  } else {
    table_view_to_row(view, step < rows_of(view) ? view->row + step : rows_of(view));
  }
}

/* The next column from `from` on in a direction that is seen; false: there is none. */
static bool seen_from(const TableView *view, size_t from, int step, size_t *out)
{
  const size_t n = columns_of(view);
  for (size_t i = from; i < n; i += (size_t)step) { /* below 0 wraps round to beyond n */
    if (!view->columns[i].hidden) {
      *out = i;
      return true;
    }
  }
  return false;
}

void table_view_to_column(TableView *view, size_t column)
{
  const size_t n = columns_of(view);
  size_t found;
  column = n > 0 && column >= n ? n - 1 : column;
  if (seen_from(view, column, 1, &found) || seen_from(view, column, -1, &found)) {
    view->column = found;
  }
}

void table_view_move_column(TableView *view, int by)
{
  size_t found;
  for (int i = 0; i < (by < 0 ? -by : by); i++) {
    if (!seen_from(view, view->column + (size_t)(by < 0 ? -1 : 1), by < 0 ? -1 : 1, &found)) {
      break;
    }
    view->column = found;
  }
}

void table_view_hide(TableView *view, size_t column, bool hide)
{
  TableColumn *at = &view->columns[column];
  if (at->hidden == hide || (hide && view->n_hidden + 1 >= columns_of(view))) {
    return;
  }
  at->hidden = hide;
  view->n_hidden += hide ? 1 : (size_t)-1;
  table_view_to_column(view, view->column);
}

/* ---- chosen rows */

bool table_view_is_chosen(const TableView *view, size_t row)
{
  return view->chosen && (view->chosen[row / 64] >> row % 64 & 1) != 0;
}

bool table_view_choose(TableView *view, size_t row, bool chosen)
{
  if (row >= rows_of(view)) {
    return true;
  }
  if (!view->chosen) {
    view->chosen = mem_zero(rows_of(view) / 64 + 1, sizeof *view->chosen);
  }
  if (!view->chosen) {
    return false;
  }
  if (table_view_is_chosen(view, row) != chosen) {
    view->chosen[row / 64] ^= (uint64_t)1 << row % 64;
    view->n_chosen += chosen ? 1 : (size_t)-1;
  }
  return true;
}

/* Word by word where it can be. */
bool table_view_choose_range(TableView *view, size_t from, size_t to)
{
  const size_t rows = rows_of(view), first = from < to ? from : to, wanted = from < to ? to : from;
  const size_t last = wanted < rows ? wanted : rows - 1;
  if (rows == 0 || first > last) {
    return true;
  }
  if (!table_view_choose(view, first, true)) {
    return false;
  }
  for (size_t row = first + 1; row <= last; row++) {
    uint64_t *word = &view->chosen[row / 64];
    if (row % 64 == 0 && last - row >= 63) {
      view->n_chosen += 64 - (size_t)__builtin_popcountll(*word);
      *word = UINT64_MAX;
      row += 63;
    } else if (!table_view_choose(view, row, true)) {
      return false;
    }
  }
  return true;
}

void table_view_choose_none(TableView *view)
{
  mem_free(view->chosen);
  view->chosen = NULL;
  view->n_chosen = 0;
}

/* ---- cells */

static void put_text(const Column *cells, size_t row, Text *out)
{
  size_t length;
  const char *text = column_text(cells, row, &length);
  text_add(out, text, length);
}

void table_view_cell(const TableView *view, size_t row, size_t column, Text *out)
{
  const Column *cells = frame_column(view->frame, column);
  const Type type = column_type(cells);
  if (type == TYPE_FLOAT64 && column_valid(cells, row)) {
    char number[NUMBER_SIZE];
    number_text(&view->columns[column].format, column_float(cells, row), number);
    text_puts(out, number);
  } else if (type_is_text(type) && column_valid(cells, row)) {
    put_text(cells, row, out);
  } else {
    column_cell_text(cells, row, out);
  }
}

/* Without regard to the case of ASCII letters, unless asked for. */
static bool holds(const char *text, size_t n, const char *part, size_t m, bool exact)
{
  for (size_t i = 0; m <= n && i <= n - m; i++) {
    if (exact ? memcmp(text + i, part, m) == 0 : strncasecmp(text + i, part, m) == 0) {
      return true;
    }
  }
  return false;
}

static bool looked_for(const TableView *view, size_t row, size_t column)
{
  const bool here = view->find_column < 0 || (size_t)view->find_column == column;
  return view->find.size > 0 && here && column_valid(frame_column(view->frame, column), row);
}

bool table_view_found(TableView *view, size_t row, size_t column)
{
  if (!looked_for(view, row, column)) {
    return false;
  }
  Text cell = {0};
  column_cell_text(frame_column(view->frame, column), row, &cell);
  const bool found = holds(text_data(&cell), cell.size, text_data(&view->find), view->find.size, view->find_case);
  text_free(&cell);
  return found;
}

/* ---- widths */

static int at_most(size_t value, int most)
{
  return value < (size_t)most ? (int)value : most;
}

static void see_number(const TableView *view, size_t column, size_t row, NumberFormat *format)
{
  const Column *cells = frame_column(view->frame, column);
  if (column_type(cells) == TYPE_FLOAT64 && column_valid(cells, row)) {
    number_see(format, column_float(cells, row));
  }
}

/* Makes the column wide enough for the cell. */
static void see_cell(TableView *view, size_t column, size_t row, int most, bool ascii, Text *scratch)
{
  TableColumn *at = &view->columns[column];
  text_reset(scratch);
  table_view_cell(view, row, column, scratch);
  const size_t bytes = scratch->size < CELL_MOST ? scratch->size : CELL_MOST;
  const int wide = at_most(width_up_to(text_data(scratch), bytes, WHOLE_MOST, ascii), WHOLE_MOST);
  const Type type = column_type(frame_column(view->frame, column));
  const bool uncut = at->right || at->whole || type == TYPE_TIMESTAMP || type == TYPE_BOOL;
  const int wanted = uncut || wide < most ? wide : most;
  at->width = wanted > at->width ? wanted : at->width;
}

static size_t sample_rows(const TableView *view)
{
  const size_t rows = rows_of(view), most = SAMPLE_FIRST + SAMPLE_SPREAD;
  return rows < most ? rows : most;
}

static size_t sample_row(const TableView *view, size_t i)
{
  const size_t rows = rows_of(view), rest = rows - SAMPLE_FIRST;
  if (rows <= SAMPLE_FIRST + SAMPLE_SPREAD || i < SAMPLE_FIRST) {
    return i;
  }
  return SAMPLE_FIRST + (size_t)((double)rest * (double)(i - SAMPLE_FIRST + 1) / SAMPLE_SPREAD) - 1;
}

/* The name with the mark of its order: "spend v", "region ^2". */
static void heading(const TableView *view, size_t column, Text *out)
{
  const TableColumn *at = &view->columns[column];
  text_puts(out, frame_name(view->frame, column));
  if (at->sort > 0) {
    text_puts(out, at->falling ? " v" : " ^");
    if (at->sort > 1) {
      text_printf(out, "%d", at->sort);
    }
  }
}

static void see_heading(TableView *view, size_t column, int most, bool ascii, Text *scratch)
{
  TableColumn *at = &view->columns[column];
  text_reset(scratch);
  heading(view, column, scratch);
  const int name = at_most(width_up_to(text_data(scratch), scratch->size, WHOLE_MOST, ascii), WHOLE_MOST);
  const int wanted = at->whole || name < most ? name : most;
  at->width = wanted > at->width ? wanted : at->width;
  const int type = (int)strlen(type_name(column_type(frame_column(view->frame, column))));
  at->width = type > at->width ? type : at->width;
}

/* First from the sample, later from what is on the screen. */
static void measure(TableView *view, size_t column, int most, const Cells *cells, Text *scratch)
{
  TableColumn *at = &view->columns[column];
  const bool fresh = at->width == 0;
  const size_t n = fresh ? sample_rows(view) : 0, rows = rows_of(view);
  const size_t end = rows - view->top < view->height ? rows : view->top + view->height;
  if (fresh) {
    number_begin(&at->format, cells->digits > 0 ? cells->digits : 6);
  }
  for (size_t i = 0; i < n; i++) {
    see_number(view, column, sample_row(view, i), &at->format);
  }
  for (size_t row = view->top; row < end; row++) {
    see_number(view, column, row, &at->format);
  }
  number_settle(&at->format);
  see_heading(view, column, most, cells->ascii, scratch);
  for (size_t i = 0; i < n; i++) {
    see_cell(view, column, sample_row(view, i), most, cells->ascii, scratch);
  }
  for (size_t row = view->top; row < end; row++) {
    see_cell(view, column, row, most, cells->ascii, scratch);
  }
}

/* ---- placing */

typedef struct Placing {
  TableView *view;
  const Cells *cells;
  int most;   /* columns of a text */
  int right;  /* where the room ends */
  int x;
  Text scratch;
} Placing;

static int digits_of(size_t n)
{
  int digits = 1;
  for (; n >= 10; n /= 10) {
    digits++;
  }
  return digits;
}

static void place_rows(TableView *view, Rect area)
{
  const size_t rows = rows_of(view);
  view->types = area.height >= 8 && !view->no_types;
  const int lines = area.height - 1 - (view->types ? 1 : 0);
  view->height = lines > 0 ? (size_t)lines : 0;
  if (view->row < view->top) {
    view->top = view->row;
  } else if (view->height > 0 && view->row - view->top >= view->height) {
    view->top = view->row - view->height + 1;
  }
  const size_t lowest = rows > view->height ? rows - view->height : 0;
  view->top = view->top < lowest ? view->top : lowest;
  const int wanted = digits_of(rows > 0 ? rows : 1) + 2; /* two marks */
  view->gutter = area.width >= wanted + 16 ? wanted : 2;
}

static int width_of_column(Placing *placing, size_t column)
{
  measure(placing->view, column, placing->most, placing->cells, &placing->scratch);
  const int room = placing->right - placing->view->gutter - 1;
  const int width = placing->view->columns[column].width;
  return width > room && room > 0 ? room : width;
}

/* Puts a column at the end of those on the screen; a text that does not fit gets what is left if that is enough. */
static bool place_column(Placing *placing, size_t column, bool scrolls)
{
  TableView *view = placing->view;
  int width = width_of_column(placing, column);
  const int room = placing->right - placing->x;
  const bool must = column == view->column;
  if (view->n_slots == TABLE_SLOTS || room < 1 ||
      (width > room && !must && (view->columns[column].right || room < TEXT_LEAST))) {
    return false;
  }
  width = width < room ? width : room;
  view->slots[view->n_slots++] = (struct TableSlot){column, placing->x, width, scrolls};
  placing->x += width + TABLE_PAD;
  return true;
}

static void place_frozen(Placing *placing)
{
  TableView *view = placing->view;
  const int right = placing->right;
  placing->right -= (right - placing->x) / 3; /* what scrolls keeps some room */
  for (size_t i = 0; i < columns_of(view); i++) {
    if (view->columns[i].frozen && !view->columns[i].hidden && !place_column(placing, i, false)) {
      break;
    }
  }
  placing->right = right;
}

static bool is_scrolling(const TableView *view, size_t column)
{
  return !view->columns[column].hidden && !view->columns[column].frozen;
}

static int room_for(Placing *placing, size_t column)
{
  return width_of_column(placing, column) + TABLE_PAD;
}

/* The first column from which on all up to `end` fit into the room, not below `least`. */
static size_t first_fitting(Placing *placing, size_t end, size_t least)
{
  const TableView *view = placing->view;
  int room = placing->right - placing->x + TABLE_PAD; /* none behind the last */
  size_t first = end;
  for (size_t i = end; i-- > least;) {
    if (!is_scrolling(view, i)) {
      continue;
    }
    const int wanted = room_for(placing, i);
    if (wanted > room && first < end) {
      break;
    }
    room -= wanted;
    first = i;
  }
  return first;
}

/* Whether all columns from `left` on leave room for one more. */
static bool has_room_before(Placing *placing)
{
  const TableView *view = placing->view;
  int room = placing->right - placing->x + TABLE_PAD;
  for (size_t i = view->left; i < columns_of(view) && room > 0; i++) {
    room -= is_scrolling(view, i) ? room_for(placing, i) : 0;
  }
  return room > 0;
}

/* Moves `left` so that the cursor's column is seen as a whole, and no room is left while columns are out of sight. */
static void scroll_columns(Placing *placing)
{
  TableView *view = placing->view;
  if (!view->columns[view->column].frozen && view->column < view->left) {
    view->left = view->column;
  } else if (!view->columns[view->column].frozen && view->column > view->left) {
    const size_t first = first_fitting(placing, view->column + 1, view->left);
    view->left = first > view->left ? first : view->left;
  }
  if (view->left > 0 && has_room_before(placing)) {
    view->left = first_fitting(placing, columns_of(view), 0);
  }
}

void table_view_place(TableView *view, Cells *cells, Rect area)
{
  view->n_slots = 0;
  view->last = 0;
  if (!view->frame || columns_of(view) == 0) {
    return;
  }
  place_rows(view, area);
  const int third = area.width / 3, edge = 1; /* for the scroll bar, and the mark of more columns */
  Placing placing = {.view = view, .cells = cells, .right = area.width - edge, .x = view->gutter + 1};
  placing.most = third < TEXT_LEAST ? TEXT_LEAST : third > TEXT_MOST ? TEXT_MOST : third;
  place_frozen(&placing);
  scroll_columns(&placing);
  for (size_t i = view->left; i < columns_of(view); i++) {
    if (is_scrolling(view, i) && !place_column(&placing, i, true)) {
      break;
    }
    view->last = i + 1;
  }
  text_free(&placing.scratch);
}

/* ---- drawing */

static Pen cell_pen(TableView *view, const struct TableSlot *slot, size_t row, bool focused)
{
  const Column *cells = frame_column(view->frame, slot->column);
  Pen pen = pen_of(column_valid(cells, row) ? VIEW_PLAIN : VIEW_MUTED);
  const bool here = row == view->row && !view->header;
  pen.bold = here || table_view_is_chosen(view, row);
  pen.underline = table_view_found(view, row, slot->column);
  if (here && slot->column == view->column) {
    pen.reverse = focused;
    pen.underline = pen.underline || !focused;
  }
  return pen;
}

static void draw_row(TableView *view, Cells *cells, Rect area, int line, size_t row, bool focused, Text *scratch)
{
  const bool here = row == view->row && !view->header;
  const Pen number = {.role = VIEW_MUTED, .bold = here};
  cells_put(cells, area, line, 0, number, here ? ">" : " ");
  cells_put(cells, area, line, 1, number, table_view_is_chosen(view, row) ? "*" : " ");
  if (view->gutter > 2) {
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%zu", row + 1);
    cells_right(cells, area, line, 2, view->gutter - 2, number, digits, (size_t)n);
  }
  for (size_t i = 0; i < view->n_slots; i++) {
    const struct TableSlot *slot = &view->slots[i];
    text_reset(scratch);
    table_view_cell(view, row, slot->column, scratch);
    const size_t bytes = scratch->size < CELL_MOST ? scratch->size : CELL_MOST;
    (view->columns[slot->column].right ? cells_right : cells_left)(
      cells, area, line, slot->x, slot->width, cell_pen(view, slot, row, focused), text_data(scratch), bytes);
  }
}

static void draw_heading(TableView *view, Cells *cells, Rect area, const struct TableSlot *slot, bool focused,
                         Text *scratch)
{
  const TableColumn *at = &view->columns[slot->column];
  const bool here = slot->column == view->column;
  const char *type = type_name(column_type(frame_column(view->frame, slot->column)));
  Pen pen = pen_of(VIEW_HEADER);
  pen.reverse = here && view->header && focused;
  pen.bold = here;
  text_reset(scratch);
  heading(view, slot->column, scratch);
  const size_t bytes = scratch->size < CELL_MOST ? scratch->size : CELL_MOST;
  (at->right ? cells_right : cells_left)(cells, area, 0, slot->x, slot->width, pen, text_data(scratch), bytes);
  if (view->types) {
    (at->right ? cells_right : cells_left)(cells, area, 1, slot->x, slot->width, pen_of(VIEW_MUTED), type,
                                           strlen(type));
  }
}

/* Marks in the line of names: more to the left, more to the right; between what stays and what scrolls. */
static void draw_edges(TableView *view, Cells *cells, Rect area)
{
  size_t other;
  const size_t end = columns_of(view);
  bool left = false, right = false;
  for (size_t i = 0; i < view->left && !left; i++) {
    left = is_scrolling(view, i);
  }
  for (size_t i = view->last; i < end && !right; i++) {
    right = is_scrolling(view, i);
  }
  cells_put(cells, area, 0, 0, pen_of(VIEW_MUTED), left ? "<" : " ");
  cells_put(cells, area, 0, 1, pen_of(VIEW_MUTED), view->header ? ">" : " ");
  if (right) {
    cells_put(cells, area, 0, area.width - 1, pen_of(VIEW_MUTED), ">");
  }
  for (other = 1; other < view->n_slots; other++) {
    if (view->slots[other].scrolls && !view->slots[other - 1].scrolls) {
      cells_down(cells, rect_part(area, (Rect){0, 0, area.width, (int)view->height + 1 + view->types}),
                 view->slots[other].x - 1, pen_of(VIEW_MUTED));
    }
  }
}

void table_view_draw(TableView *view, Cells *cells, Rect area, bool focused)
{
  Text scratch = {0};
  if (!view->frame) {
    return;
  }
  if (columns_of(view) == 0) {
    cells_put(cells, area, 0, 0, pen_of(VIEW_MUTED), _("a frame without columns"));
    return;
  }
  for (size_t i = 0; i < view->n_slots; i++) {
    draw_heading(view, cells, area, &view->slots[i], focused, &scratch);
  }
  const int first = 1 + (view->types ? 1 : 0);
  const size_t rows = rows_of(view);
  for (size_t i = 0; i < view->height && view->top + i < rows; i++) {
    draw_row(view, cells, area, first + (int)i, view->top + i, focused, &scratch);
  }
  if (rows == 0) {
    cells_put(cells, area, first, view->gutter + 1, pen_of(VIEW_MUTED), _("no rows"));
  }
  draw_edges(view, cells, area);
  cells_scroll(cells, rect_lines(area, first, (int)view->height), view->top, rows);
  text_free(&scratch);
}

bool table_view_at(const TableView *view, int x, int y, size_t *row, size_t *column, bool *header)
{
  const int first = 1 + (view->types ? 1 : 0);
  *header = y < first;
  *row = view->top + (size_t)(y < first ? 0 : y - first);
  if (!*header && ((size_t)(y - first) >= view->height || *row >= rows_of(view))) {
    return false;
  }
  for (size_t i = 0; i < view->n_slots; i++) {
    const struct TableSlot *slot = &view->slots[i];
    if (x >= slot->x - 1 && x < slot->x + slot->width + 1) {
      *column = slot->column;
      return true;
    }
  }
  *column = view->column;
  return !*header;
}
