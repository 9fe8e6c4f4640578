/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/table_panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "tui/input.h"
#include "tui/page_column.h"
#include "tui/table_parts.h"
#include "view/table.h"
#include "view/width.h"

enum { WHEEL = 3, REPORT_ROWS = 20 };

void table_count(size_t n, char out[32])
{
  char digits[24];
  const int length = snprintf(digits, sizeof digits, "%zu", n);
  size_t at = 0;
  for (int i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0) {
      out[at++] = ',';
    }
    out[at++] = digits[i];
  }
  out[at] = '\0';
}

/* ---- state */

static size_t rows_of(const TablePanel *panel)
{
  return panel->frame ? frame_rows(panel->frame) : 0;
}

bool table_has_columns(Tui *tui, void *context)
{
  const TablePanel *panel = context;
  (void)tui;
  return panel->frame && frame_columns(panel->frame) > 0;
}

bool table_has_rows(Tui *tui, void *context)
{
  const TablePanel *panel = context;
  return table_has_columns(tui, context) && rows_of(panel) > 0 && !panel->view.header;
}

bool table_can_work(Tui *tui, void *context)
{
  return table_has_columns(tui, context) && !((TablePanel *)context)->fixed;
}

static void write_lua(TablePanel *panel)
{
  text_reset(&panel->lua);
  if (panel->frame) {
    steps_lua(&panel->shown, text_data(&panel->base), &panel->lua);
  }
}

/* What the columns' headings say of the order. */
static void mark_order(TablePanel *panel)
{
  const size_t n = panel->frame ? frame_columns(panel->frame) : 0;
  for (size_t i = 0; i < n; i++) {
    TableColumn *column = &panel->view.columns[i];
    column->falling = false;
    column->sort = steps_sort_key(&panel->shown, frame_name(panel->frame, i), &column->falling);
  }
}

void table_sync(Tui *tui, TablePanel *panel)
{
  const bool moved = panel->row != panel->view.row || panel->column != panel->view.column ||
                     panel->frame != panel->view.frame;
  panel->frame = panel->view.frame;
  panel->row = panel->view.row;
  panel->column = panel->view.column;
  write_lua(panel);
  mark_order(panel);
  if (moved && panel->frame && panel->moved) {
    panel->moved(tui, panel->context, panel->row, panel->column);
  }
  tui_redraw(tui);
}

static void forget(Tui *tui, TablePanel *panel)
{
  table_work_forget(tui, panel);
  table_search_forget(panel);
  text_reset(&panel->sought);
  text_reset(&panel->view.find);
  steps_cut(&panel->steps, 0);
  steps_cut(&panel->shown, 0);
  frame_unref(panel->given);
  panel->given = NULL;
}

static void show_other(Tui *tui, TablePanel *panel, const char *expression, const Frame *frame)
{
  Error e = {0};
  forget(tui, panel);
  text_reset(&panel->base);
  text_puts(&panel->base, expression);
  if (table_view_show(&panel->view, frame, false, &e) == STATUS_OK) {
    panel->given = frame_ref(frame);
  } else {
    table_view_free(&panel->view);
    tui_error(tui, &e);
  }
}

/* The same variable, with other cells. */
static void show_again(Tui *tui, TablePanel *panel, const Frame *frame)
{
  const size_t row = panel->view.row, top = panel->view.top;
  Error e = {0};
  frame_unref(panel->given);
  panel->given = frame_ref(frame);
  if (steps_have_rows(&panel->steps)) {
    table_work_begin(tui, panel);
  } else if (table_view_show(&panel->view, frame, true, &e) == STATUS_OK) {
    table_search_forget(panel);
    panel->view.top = top;
    table_view_to_row(&panel->view, row);
  } else {
    tui_error(tui, &e);
  }
}

void table_panel_show(Tui *tui, TablePanel *panel, const char *expression, const Frame *frame)
{
  if (!frame) {
    forget(tui, panel);
    table_view_free(&panel->view);
  } else if (!panel->given || strcmp(expression, text_data(&panel->base)) != 0 ||
             !table_view_same_columns(&panel->view, frame)) {
    show_other(tui, panel, expression, frame);
  } else if (frame != panel->given) {
    show_again(tui, panel, frame);
  }
  table_sync(tui, panel);
}

void table_panel_lua(const TablePanel *panel, Text *out)
{
  text_add(out, text_data(&panel->lua), panel->lua.size);
}

void table_panel_move(Tui *tui, TablePanel *panel, size_t row, size_t column)
{
  if (panel->frame) {
    table_view_to_row(&panel->view, row);
    table_view_to_column(&panel->view, column);
    table_sync(tui, panel);
  }
}

static void close_panel(Tui *tui, void *context)
{
  TablePanel *panel = context;
  forget(tui, panel);
  table_view_free(&panel->view);
  table_steps_free(&panel->steps);
  table_steps_free(&panel->shown);
  text_free(&panel->base);
  text_free(&panel->lua);
  text_free(&panel->typed);
  text_free(&panel->sought);
  panel->frame = NULL;
}

/* ---- moving about */

static int64_t page_of(const TablePanel *panel)
{
  return panel->view.height > 1 ? (int64_t)panel->view.height - 1 : 1;
}

static void move_rows(Tui *tui, void *context, int64_t by)
{
  TablePanel *panel = context;
  table_view_move_row(&panel->view, by);
  table_sync(tui, panel);
}

static void move_columns(Tui *tui, void *context, int by)
{
  TablePanel *panel = context;
  table_view_move_column(&panel->view, by);
  table_sync(tui, panel);
}

static void up(Tui *tui, void *context) { move_rows(tui, context, -1); }
static void down(Tui *tui, void *context) { move_rows(tui, context, 1); }
static void left(Tui *tui, void *context) { move_columns(tui, context, -1); }
static void right(Tui *tui, void *context) { move_columns(tui, context, 1); }

static void page_up(Tui *tui, void *context)
{
  TablePanel *panel = context;
  const size_t by = (size_t)page_of(panel), row = panel->view.row;
  panel->view.top = panel->view.top > by ? panel->view.top - by : 0;
  table_view_to_row(&panel->view, row > by ? row - by : 0);
  table_sync(tui, panel);
}

static void page_down(Tui *tui, void *context)
{
  TablePanel *panel = context;
  const size_t by = (size_t)page_of(panel);
  panel->view.top += by; /* brought back where that is too far when it is drawn */
  table_view_to_row(&panel->view, panel->view.row + by);
  table_sync(tui, panel);
}

static void first_row(Tui *tui, void *context) { table_panel_move(tui, context, 0, ((TablePanel *)context)->column); }

static void last_row(Tui *tui, void *context)
{
  table_panel_move(tui, context, SIZE_MAX, ((TablePanel *)context)->column);
}

static void first_column(Tui *tui, void *context)
{
  TablePanel *panel = context;
  panel->view.left = 0;
  table_view_to_column(&panel->view, 0);
  table_sync(tui, panel);
}

static void last_column(Tui *tui, void *context)
{
  TablePanel *panel = context;
  table_view_to_column(&panel->view, SIZE_MAX);
  table_sync(tui, panel);
}

/* "1,000,000", "5e5", "-1" from the end. */
static bool go_to(Tui *tui, void *context, const char *text)
{
  TablePanel *panel = context;
  if (!text || !panel->frame) {
    return true;
  }
  char digits[32] = "", *end;
  size_t n = 0;
  for (const char *at = text; *at && n + 1 < sizeof digits; at++) {
    if (*at != ',' && *at != ' ' && *at != '_') {
      digits[n++] = *at;
    }
  }
  const double row = strtod(digits, &end);
  if (n == 0 || *end || !(row >= -1e15 && row <= 1e15)) {
    input_note(tui, VIEW_ERROR, "%s", _("a row's number is asked for: 1 is the first, -1 the last"));
    return false;
  }
  const double rows = (double)rows_of(panel), to = row < 0 ? rows + row : row - 1;
  table_panel_move(tui, panel, to < 0 ? 0 : (size_t)to, panel->column);
  if (to < 0 || to >= rows) {
    char count[32];
    table_count(rows_of(panel), count);
    tui_message(tui, VIEW_WARNING, _("there are %s rows"), count);
  }
  return true;
}

static void ask_row(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("go to row: "), .history = "row", .context = context, .done = go_to};
  tui_ask(tui, &request);
}

/* ---- columns */

/* The column of that number, else the next one, going round, whose name begins with the text, else has it. */
static bool find_column(const TablePanel *panel, const char *text, size_t *out)
{
  const size_t n = frame_columns(panel->frame), length = strlen(text);
  char *end;
  const unsigned long number = strtoul(text, &end, 10);
  if (frame_find(panel->frame, text, out)) {
    return true;
  }
  if (*end == '\0' && number >= 1 && number <= n) {
    *out = number - 1;
    return true;
  }
  for (int within = 0; within < 2; within++) {
    for (size_t i = 1; i <= n; i++) {
      const size_t at = (panel->view.column + i) % n;
      const char *name = frame_name(panel->frame, at);
      if (within ? strcasestr(name, text) != NULL : strncasecmp(name, text, length) == 0) {
        *out = at;
        return true;
      }
    }
  }
  return false;
}

static bool go_to_column(Tui *tui, void *context, const char *text)
{
  TablePanel *panel = context;
  size_t column;
  if (!text || *text == '\0' || !panel->frame) {
    return true;
  }
  if (!find_column(panel, text, &column)) {
    input_note(tui, VIEW_ERROR, _("no column's name has \"%s\""), text);
    return false;
  }
  if (panel->view.columns[column].hidden) {
    tui_message(tui, VIEW_WARNING, _("%s is hidden; + shows all again"), frame_name(panel->frame, column));
  }
  table_view_to_column(&panel->view, column);
  table_sync(tui, panel);
  return true;
}

static void ask_column(Tui *tui, void *context)
{
  const InputRequest request = {
    .prompt = _("go to column: "), .history = "column", .context = context, .done = go_to_column};
  tui_ask(tui, &request);
}

static void freeze(Tui *tui, void *context)
{
  TablePanel *panel = context;
  TableColumn *column = &panel->view.columns[panel->view.column];
  column->frozen = !column->frozen;
  if (!column->frozen && panel->view.left > panel->view.column) {
    panel->view.left = panel->view.column;
  }
  tui_message(tui, VIEW_PLAIN, column->frozen ? _("%s stays at the left; ! lets it go") : _("%s scrolls again"),
              frame_name(panel->frame, panel->view.column));
  tui_redraw(tui);
}

static void whole_width(Tui *tui, void *context)
{
  TablePanel *panel = context;
  TableColumn *column = &panel->view.columns[panel->view.column];
  column->whole = !column->whole;
  column->width = 0;
  tui_redraw(tui);
}

static void column_page(Tui *tui, void *context)
{
  const TablePanel *panel = context;
  column_page_go(tui, text_data(&panel->base), &panel->shown, panel->frame, panel->view.column);
}

static void enter(Tui *tui, void *context)
{
  TablePanel *panel = context;
  if (panel->view.header && !panel->fixed) {
    column_page(tui, context);
  } else if (panel->enter && !panel->view.header) {
    panel->enter(tui, panel->context, panel->view.row);
  } else if (table_has_rows(tui, context)) {
    table_cell(tui, context);
  }
}

/* ---- the mouse */

static void click(Tui *tui, TablePanel *panel, const Key *key)
{
  size_t row, column;
  bool header;
  if (!table_view_at(&panel->view, key->x, key->y, &row, &column, &header)) {
    return;
  }
  const bool again = row == panel->view.row && column == panel->view.column;
  table_view_to_column(&panel->view, column);
  if (!header) {
    table_view_to_row(&panel->view, row);
  }
  table_sync(tui, panel);
  if (header && !panel->fixed) {
    const TableColumn *at = &panel->view.columns[column];
    (at->sort == 1 && !at->falling ? table_sort_falling : table_sort_rising)(tui, panel);
  } else if (again && !header && panel->enter) {
    panel->enter(tui, panel->context, row);
  }
}

static void wheel(Tui *tui, TablePanel *panel, int64_t by)
{
  TableView *view = &panel->view;
  const size_t rows = rows_of(panel), most = rows > view->height ? rows - view->height : 0;
  const size_t top = by < 0 ? (view->top > (size_t)-by ? view->top - (size_t)-by : 0) : view->top + (size_t)by;
  view->top = top < most ? top : most;
  const size_t last = view->top + (view->height > 0 ? view->height - 1 : 0);
  table_view_to_row(view, view->row < view->top ? view->top : view->row > last ? last : view->row);
  table_sync(tui, panel);
}

static bool key_pressed(Tui *tui, void *context, const Key *key)
{
  TablePanel *panel = context;
  if (!table_has_columns(tui, context)) {
    return false;
  }
  switch (key->code) {
  case K_CLICK:
    click(tui, panel, key);
    return true;
  case K_WHEEL_UP:
    wheel(tui, panel, -WHEEL);
    return true;
  case K_WHEEL_DOWN:
    wheel(tui, panel, WHEEL);
    return true;
  default:
    return false;
  }
}

/* ---- drawing */

/* ", 3 chosen, 12 found". */
static void put_marked(const TablePanel *panel, Text *out)
{
  char count[32];
  if (panel->view.n_chosen > 0) {
    table_count(panel->view.n_chosen, count);
    text_printf(out, _(", %s chosen"), count);
  }
  if (panel->matches) {
    table_count(panel->n_matches, count);
    text_printf(out, _(", %s found"), count);
  }
}

/* "rows 1-15 of 109, 2 chosen, 3 of 12 columns": the rows and the columns that are on the screen. */
static void put_where(const TablePanel *panel, Text *out)
{
  const TableView *view = &panel->view;
  const size_t rows = rows_of(panel), seen = frame_columns(panel->frame) - view->n_hidden;
  const size_t end = view->top + view->height < rows ? view->top + view->height : rows;
  char first[32], last[32], all[32];
  table_count(rows > 0 ? view->top + 1 : 0, first);
  table_count(end, last);
  table_count(rows, all);
  if (rows == 0) {
    text_puts(out, _("no rows"));
  } else {
    text_printf(out, _("rows %1$s-%2$s of %3$s"), first, last, all);
  }
  put_marked(panel, out);
  if (view->n_slots < seen) {
    table_count(seen, all);
    text_printf(out, _(", %1$zu of %2$s columns"), view->n_slots, all);
  }
  if (view->n_hidden > 0) {
    text_printf(out, _(", %zu hidden"), view->n_hidden);
  }
}

static int foot_lines(const TablePanel *panel, Rect area)
{
  return area.height < 4 ? 0 : area.height >= 8 && steps_have_rows(&panel->shown) ? 2 : 1;
}

/* The last lines: where we are, what is not seen; what was done. */
static void draw_foot(TablePanel *panel, Cells *cells, Rect area, int lines)
{
  Text text = {0};
  put_where(panel, &text);
  if (lines == 1 && steps_have_rows(&panel->shown)) {
    text_puts(&text, ": ");
    steps_words(&panel->shown, &text);
  }
  cells_left(cells, area, area.height - lines, 0, area.width, pen_of(VIEW_MUTED), text_data(&text), text.size);
  if (lines == 2) {
    text_reset(&text);
    steps_words(&panel->shown, &text);
    cells_left(cells, area, area.height - 1, 0, area.width, pen_of(VIEW_MUTED), text_data(&text), text.size);
  }
  text_free(&text);
}

static void draw(Tui *tui, void *context, Cells *cells, Rect area, bool focused)
{
  TablePanel *panel = context;
  (void)tui;
  if (!panel->frame) {
    if (panel->empty) {
      cells_put(cells, area, 0, 0, pen_of(VIEW_MUTED), _(panel->empty));
    }
    return;
  }
  panel->follows = panel->follows && panel->working;
  if (panel->follows) { /* nor are widths to be made of it */
    return;
  }
  const int foot = foot_lines(panel, area);
  const Rect table = rect_lines(area, 0, area.height - foot);
  table_view_place(&panel->view, cells, table);
  table_view_draw(&panel->view, cells, table, focused);
  if (foot > 0 && frame_columns(panel->frame) > 0) {
    draw_foot(panel, cells, area, foot);
  }
}

static void title(Tui *tui, void *context, Text *out)
{
  const TablePanel *panel = context;
  (void)tui;
  if (!panel->frame) {
    return;
  }
  const bool named = !panel->fixed && !panel->untitled;
  if (named) {
    text_puts(out, text_data(&panel->base));
  }
  if (panel->working) {
    text_puts(out, named ? ", " : "");
    text_puts(out, _("working: "));
    steps_words(&panel->steps, out);
  } else if (rows_of(panel) != (panel->given ? frame_rows(panel->given) : 0)) {
    char rows[32], all[32];
    table_count(rows_of(panel), rows);
    table_count(frame_rows(panel->given), all);
    text_puts(out, named ? ", " : "");
    text_printf(out, _("%1$s of %2$s rows"), rows, all);
  }
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const TablePanel *panel = context;
  const TableOptions options = {.rows = REPORT_ROWS};
  Error e = {0};
  (void)tui;
  if (!panel->frame) {
    text_puts(out, panel->empty ? _(panel->empty) : _("nothing to show"));
    text_char(out, '\n');
  } else if (table_render(panel->frame, &options, style, out, &e) != STATUS_OK) {
    text_puts(out, e.what);
    text_char(out, '\n');
  }
  if (steps_have_rows(&panel->shown)) {
    steps_words(&panel->shown, out);
    text_char(out, '\n');
  }
}

/* ---- keys */

#define MOVE N_("Move")
#define FIND N_("Find")
#define LOOK N_("Filter and sort")
#define COLUMNS N_("Columns")
#define ROWS N_("Rows and cells")

const Action table_actions[TABLE_ACTIONS] = {
  {.key = "f", .name = N_("filter"), .group = LOOK, .run = table_filter, .applies = table_can_work,
   .help = N_("rows for which an expression holds, such as spend > 100")},
  {.key = "s", .name = N_("sort up"), .group = LOOK, .run = table_sort_rising, .applies = table_can_work,
   .help = N_("by this column, smallest first; former keys order equal rows")},
  {.key = "/", .name = N_("search"), .group = FIND, .run = table_search_all, .applies = table_has_columns,
   .help = N_("a text in any column; small letters stand for capitals too")},
  {.key = "u", .name = N_("undo"), .group = LOOK, .run = table_undo, .applies = table_can_undo,
   .help = N_("takes the last filter, order or hidden column back")},
  {.key = "Enter", .name = N_("open"), .group = ROWS, .run = enter, .applies = table_has_columns,
   .help = N_("the whole cell or what the row stands for; on a name: its page")},
  {.key = "S", .name = N_("sort down"), .group = LOOK, .run = table_sort_falling, .applies = table_can_work,
   .help = N_("by this column, largest first")},
  {.key = "c", .name = N_("column"), .group = COLUMNS, .run = column_page, .applies = table_can_work,
   .help = N_("the page of this column: figures, and how often what occurs")},
  {.key = "=", .name = N_("only these"), .group = LOOK, .run = table_filter_equal, .applies = table_has_rows,
   .help = N_("rows with the same cell as this one"), .quiet = true},
  {.key = "U", .name = N_("all rows"), .group = LOOK, .run = table_restart, .applies = table_can_undo,
   .help = N_("takes all filters, orders and hidden columns back"), .quiet = true},
  {.key = "K", .name = N_("keep"), .group = LOOK, .run = table_keep, .applies = table_can_work,
   .help = N_("gives what is shown a name in the session"), .quiet = true},
  {.key = "\\", .name = N_("search column"), .group = FIND, .run = table_search_column, .applies = table_has_columns,
   .help = N_("a text in this column"), .quiet = true},
  {.key = "n", .name = N_("next"), .group = FIND, .run = table_search_next, .applies = table_searches,
   .help = N_("the next row with the text")},
  {.key = "N", .name = N_("former"), .group = FIND, .run = table_search_former, .applies = table_searches,
   .help = N_("the row with the text before this one"), .quiet = true},
  {.key = "g", .name = N_("go to row"), .group = FIND, .run = ask_row, .applies = table_has_columns,
   .help = N_("by its number; -1 is the last one")},
  {.key = "t", .name = N_("go to column"), .group = FIND, .run = ask_column, .applies = table_has_columns,
   .help = N_("by its number, its name or a part of it"), .quiet = true},
  {.key = "+", .name = N_("show all"), .group = COLUMNS, .run = table_show_all, .applies = table_has_hidden,
   .help = N_("hidden columns come back")},
  {.key = "-", .name = N_("hide"), .group = COLUMNS, .run = table_hide, .applies = table_can_work,
   .help = N_("leaves this column out"), .quiet = true},
  {.key = "!", .name = N_("freeze"), .group = COLUMNS, .run = freeze, .applies = table_has_columns,
   .help = N_("this column stays at the left while others scroll"), .quiet = true},
  {.key = "w", .name = N_("width"), .group = COLUMNS, .run = whole_width, .applies = table_has_columns,
   .help = N_("this column as wide as its texts, or back"), .quiet = true},
  {.key = "Space", .name = N_("choose"), .group = ROWS, .run = table_choose, .applies = table_has_rows,
   .help = N_("marks this row, or takes the mark away")},
  {.key = "S-Down", .name = N_("choose down"), .group = ROWS, .run = table_choose_down, .applies = table_has_rows,
   .help = N_("marks this row and the next one"), .quiet = true},
  {.key = "S-Up", .name = N_("choose up"), .group = ROWS, .run = table_choose_up, .applies = table_has_rows,
   .help = N_("marks this row and the one above"), .quiet = true},
  {.key = "V", .name = N_("choose range"), .group = ROWS, .run = table_choose_range, .applies = table_has_rows,
   .help = N_("marks all rows from the one marked last to this one"), .quiet = true},
  {.key = "A", .name = N_("choose all"), .group = ROWS, .run = table_choose_all, .applies = table_has_rows,
   .help = N_("marks all rows shown"), .quiet = true},
  {.key = "M", .name = N_("choose found"), .group = ROWS, .run = table_choose_found, .applies = table_searches,
   .help = N_("marks all rows with the text that was searched"), .quiet = true},
  {.key = "C", .name = N_("choose none"), .group = ROWS, .run = table_choose_none, .applies = table_has_chosen,
   .help = N_("takes all marks away")},
  {.key = "v", .name = N_("view cell"), .group = ROWS, .run = table_cell, .applies = table_has_rows,
   .help = N_("the whole cell in a window"), .quiet = true},
  {.key = "Y", .name = N_("copy"), .group = ROWS, .run = table_copy, .applies = table_has_rows,
   .help = N_("marked rows, or the cell, as CSV: to a file and the clipboard"), .quiet = true},
  {.key = "Up k", .name = N_("up"), .group = MOVE, .run = up, .applies = table_has_columns,
   .help = N_("a row up; above the first one are the names"), .quiet = true},
  {.key = "Down j", .name = N_("down"), .group = MOVE, .run = down, .applies = table_has_columns,
   .help = N_("a row down"), .quiet = true},
  {.key = "Left h", .name = N_("left"), .group = MOVE, .run = left, .applies = table_has_columns,
   .help = N_("a column to the left"), .quiet = true},
  {.key = "Right l", .name = N_("right"), .group = MOVE, .run = right, .applies = table_has_columns,
   .help = N_("a column to the right"), .quiet = true},
  {.key = "PageUp C-b", .name = N_("page up"), .group = MOVE, .run = page_up, .applies = table_has_columns,
   .help = N_("a screen up"), .quiet = true},
  {.key = "PageDown C-f", .name = N_("page down"), .group = MOVE, .run = page_down, .applies = table_has_columns,
   .help = N_("a screen down"), .quiet = true},
  {.key = "Home", .name = N_("first row"), .group = MOVE, .run = first_row, .applies = table_has_columns,
   .help = N_("the first row"), .quiet = true},
  {.key = "End G", .name = N_("last row"), .group = MOVE, .run = last_row, .applies = table_has_columns,
   .help = N_("the last row"), .quiet = true},
  {.key = "^ C-Left", .name = N_("first column"), .group = MOVE, .run = first_column, .applies = table_has_columns,
   .help = N_("the first column"), .quiet = true},
  {.key = "$ C-Right", .name = N_("last column"), .group = MOVE, .run = last_column, .applies = table_has_columns,
   .help = N_("the last column"), .quiet = true},
};

const PanelClass table_panel = {.name = "table",
                                .close = close_panel,
                                .draw = draw,
                                .key = key_pressed,
                                .title = title,
                                .report = report,
                                .actions = table_actions,
                                .n_actions = TABLE_ACTIONS};
