/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking for a text in the cells: the session says which rows hold it (a column of truth values, made on all threads
 * off the record), and n, N and M go by that. */
#include <ctype.h>
#include <string.h>

#include "core/clock.h"
#include "frame/builder.h"
#include "tui/input.h"
#include "tui/table_parts.h"

enum { ONE_BY_ONE = 100, JOINED = 500, COLUMNS_MOST = 5000 /* of a search in all of them */ };
static const double AT_ONCE = 0.02; /* seconds in which the next row is looked for before the session is asked */

void table_search_forget(TablePanel *panel)
{
  column_unref(panel->matches);
  panel->matches = NULL;
  panel->n_matches = 0;
  panel->asked = NULL;
}

bool table_searches(Tui *tui, void *context)
{
  (void)tui;
  return ((TablePanel *)context)->sought.size > 0 && ((TablePanel *)context)->frame;
}

/* ---- the expression */

static bool has_capitals(const char *text)
{
  for (; *text; text++) {
    if (isupper((unsigned char)*text)) {
      return true;
    }
  }
  return false;
}

static void put_search(const char *cells, bool exact, Text *out)
{
  text_printf(out, exact ? "contains(%s, $what)" : "contains(casefold(%s), casefold($what))", cells);
}

static void put_column(const Frame *frame, size_t column, Text *out)
{
  const bool text = type_is_text(column_type(frame_column(frame, column)));
  text_puts(out, text ? "" : "text(");
  expression_name(frame_name(frame, column), out);
  text_puts(out, text ? "" : ")");
}

/* A part of a search: of one column, or of several put together. */
static void put_part(const char *cells, size_t n, bool exact, bool more, Text *out)
{
  Text joined = {0};
  text_puts(out, more ? " or " : "");
  if (n == 1) {
    put_search(cells, exact, out);
  } else {
    text_printf(&joined, "join_text('\n', %s)", cells);
    put_search(text_data(&joined), exact, out);
  }
  out->failed = out->failed || joined.failed;
  text_free(&joined);
}

/* Whether the text is made of characters that cells of the type are written with, so that it could stand in one: a
 * word need not be looked for in numbers, which would have to be written first. */
static bool could_have(Type type, const char *text)
{
  static const char *const letters[TYPE_COUNT] = {[TYPE_FLOAT64] = "0123456789.+-eEinfINFaA",
                                                  [TYPE_INT64] = "0123456789-",
                                                  [TYPE_BOOL] = "trueTRUEfalsFALS",
                                                  [TYPE_TIMESTAMP] = "0123456789-+:. TZtz"};
  return !letters[type] || text[strspn(text, letters[type])] == '\0';
}

/* The columns to be looked through: that are seen and could have it. */
static bool is_searched(const TablePanel *panel, size_t column)
{
  return !panel->view.columns[column].hidden &&
         could_have(column_type(frame_column(panel->frame, column)), text_data(&panel->sought));
}

/* Column by column where they are few: categories then cost their levels only. Many are joined to texts first, as the
 * expression would get too deep. Gives how many of those to be searched are left out. */
static size_t put_all(const TablePanel *panel, bool exact, Text *out)
{
  const size_t columns = frame_columns(panel->frame);
  size_t n = 0, left_out = 0, joined = 0, parts = 0;
  Text cells = {0}, cell = {0};
  for (size_t i = 0; i < columns; i++) {
    n += is_searched(panel, i);
  }
  const size_t each = n <= ONE_BY_ONE ? 1 : JOINED;
  n = 0;
  for (size_t i = 0; i < columns; i++) {
    if (!is_searched(panel, i)) {
      continue;
    }
    if (++n > COLUMNS_MOST) {
      left_out++;
      continue;
    }
    text_reset(&cell);
    put_column(panel->frame, i, &cell);
    text_puts(&cells, joined > 0 ? ", " : "");
    text_add(&cells, text_data(&cell), cell.size);
    if (++joined == each) {
      put_part(text_data(&cells), joined, exact, parts++ > 0, out);
      text_reset(&cells);
      joined = 0;
    }
  }
  if (joined > 0) {
    put_part(text_data(&cells), joined, exact, parts > 0, out);
  }
  text_puts(out, n == 0 ? "false" : "");
  out->failed = out->failed || cells.failed || cell.failed;
  text_free(&cells);
  text_free(&cell);
  return left_out;
}

static void put_one(const TablePanel *panel, bool exact, Text *out)
{
  Text cells = {0};
  put_column(panel->frame, (size_t)panel->sought_column, &cells);
  put_search(text_data(&cells), exact, out);
  out->failed = out->failed || cells.failed;
  text_free(&cells);
}

/* ---- going to what was found */

static bool is_match(const TablePanel *panel, size_t row)
{
  return column_valid(panel->matches, row) && column_int(panel->matches, row) != 0;
}

/* The next match from the row on in a direction, round the end; the row itself comes last. */
static bool next_match(const TablePanel *panel, size_t row, int direction, size_t *out)
{
  const size_t rows = column_rows(panel->matches);
  for (size_t i = 1; i <= rows; i++) {
    const size_t at = direction > 0 ? (row + i) % rows : (row + rows - i) % rows;
    if (is_match(panel, at)) {
      *out = at;
      return true;
    }
  }
  return false;
}

/* The first column of the row that holds it, the present one before others. */
static size_t match_column(TablePanel *panel, size_t row)
{
  const size_t columns = frame_columns(panel->frame), now = panel->view.column;
  if (panel->sought_column >= 0) {
    return (size_t)panel->sought_column;
  }
  if (table_view_found(&panel->view, row, now)) {
    return now;
  }
  for (size_t i = 0; i < columns; i++) {
    if (!panel->view.columns[i].hidden && table_view_found(&panel->view, row, i)) {
      return i;
    }
  }
  return now;
}

static void go(Tui *tui, TablePanel *panel, int direction)
{
  size_t row;
  if (panel->fresh && panel->n_matches > 0 && is_match(panel, panel->view.row)) { /* here already */
    panel->fresh = false;
    table_panel_move(tui, panel, panel->view.row, match_column(panel, panel->view.row));
    return;
  }
  panel->fresh = false;
  if (panel->n_matches == 0 || !next_match(panel, panel->view.row, direction, &row)) {
    tui_message(tui, VIEW_WARNING, _("no row has \"%s\""), text_data(&panel->sought));
    return;
  }
  const bool round = direction > 0 ? row <= panel->view.row : row >= panel->view.row;
  table_panel_move(tui, panel, row, match_column(panel, row));
  if (round && panel->n_matches > 1) {
    tui_message(tui, VIEW_PLAIN, direction > 0 ? _("from the first row on") : _("from the last row back"));
  }
}

/* ---- asking */

static void count_matches(TablePanel *panel)
{
  const size_t rows = column_rows(panel->matches);
  panel->n_matches = 0;
  for (size_t i = 0; i < rows; i++) {
    panel->n_matches += is_match(panel, i);
  }
}

static void choose_matches(Tui *tui, TablePanel *panel)
{
  for (size_t i = 0; i < column_rows(panel->matches); i++) {
    if (is_match(panel, i) && !table_view_choose(&panel->view, i, true)) {
      tui_message(tui, VIEW_ERROR, "%s", _("not enough memory to mark rows"));
      return;
    }
  }
  tui_redraw(tui);
}

static void search(Tui *tui, TablePanel *panel, int direction);

static void found(Tui *tui, void *owner, Value *value, const Error *e)
{
  TablePanel *panel = owner;
  const bool same = panel->asked == panel->frame;
  table_search_forget(panel);
  if (panel->frame && !same && value) { /* rows of another order: once more, of these */
    panel->fresh = true;
    search(tui, panel, panel->direction);
    return;
  }
  const bool fits = value && value->kind == VALUE_COLUMN && column_type(value->column) == TYPE_BOOL && panel->frame &&
                    column_rows(value->column) == frame_rows(panel->frame);
  if (!fits) {
    if (e && e->status != STATUS_CANCELLED && e->status != STATUS_OK) {
      tui_error(tui, e);
    }
    return;
  }
  panel->matches = column_ref(value->column);
  count_matches(panel);
  if (panel->direction == 0) {
    choose_matches(tui, panel);
  } else if (!panel->gone) {
    go(tui, panel, panel->direction);
  }
  tui_redraw(tui);
}

/* A frame that is none of the session's is looked through here: such are small. */
static Status search_here(TablePanel *panel, Error *e)
{
  const size_t rows = frame_rows(panel->frame), columns = frame_columns(panel->frame);
  Builder *builder = builder_new(TYPE_BOOL, rows);
  if (!builder) {
    return error_memory(e, rows, _("a search"));
  }
  for (size_t row = 0; row < rows; row++) {
    bool found = false;
    for (size_t i = 0; i < columns && !found; i++) {
      found = !panel->view.columns[i].hidden && table_view_found(&panel->view, row, i);
    }
    builder_bool(builder, found);
  }
  return builder_finish(builder, &panel->matches, e);
}

static void search_fixed(Tui *tui, TablePanel *panel)
{
  Error e = {0};
  if (search_here(panel, &e) != STATUS_OK) {
    panel->matches = NULL;
    tui_error(tui, &e);
    return;
  }
  count_matches(panel);
}

static bool row_has(TablePanel *panel, size_t row)
{
  if (panel->sought_column >= 0) {
    return table_view_found(&panel->view, row, (size_t)panel->sought_column);
  }
  for (size_t i = 0; i < frame_columns(panel->frame); i++) {
    if (is_searched(panel, i) && table_view_found(&panel->view, row, i)) {
      return true;
    }
  }
  return false;
}

static bool is_ascii(const char *text)
{
  for (; *text; text++) {
    if ((unsigned char)*text >= 0x80) {
      return false;
    }
  }
  return true;
}

/* The next row is mostly near: it is looked for here for a moment, while the session counts all of them. Of a text that
 * is not ASCII only the session knows the small and capital letters. */
static bool go_at_once(Tui *tui, TablePanel *panel, int direction)
{
  const size_t rows = frame_rows(panel->frame);
  const double end = clock_wall() + AT_ONCE;
  size_t row = panel->view.row;
  if (!is_ascii(text_data(&panel->sought)) || rows == 0) {
    return false;
  }
  for (size_t i = panel->fresh ? 0 : 1; i < rows && clock_wall() < end; i++) {
    row = direction > 0 ? (panel->view.row + i) % rows : (panel->view.row + rows - i) % rows;
    if (row_has(panel, row)) {
      panel->fresh = false;
      table_panel_move(tui, panel, row, match_column(panel, row));
      return true;
    }
  }
  return false;
}

/* direction 0: rows are to be chosen. */
static void search(Tui *tui, TablePanel *panel, int direction)
{
  if (panel->fixed && !panel->matches) {
    search_fixed(tui, panel);
    if (!panel->matches) {
      return;
    }
  }
  panel->direction = direction;
  if (panel->matches && !panel->working) {
    direction == 0 ? choose_matches(tui, panel) : go(tui, panel, direction);
    return;
  }
  panel->gone = direction != 0 && go_at_once(tui, panel, direction);
  Text lua = {0}, expression = {0};
  const bool exact = has_capitals(text_data(&panel->sought));
  if (panel->sought_column >= 0) {
    put_one(panel, exact, &expression);
  } else if (put_all(panel, exact, &expression) > 0) {
    tui_message(tui, VIEW_WARNING, _("only the first %d columns are searched"), COLUMNS_MOST);
  }
  steps_lua_rows(&panel->shown, text_data(&panel->base), &lua);
  text_puts(&lua, ":compute(");
  lua_quote(text_data(&expression), expression.size, &lua);
  text_puts(&lua, ", {what = ");
  lua_quote(text_data(&panel->sought), panel->sought.size, &lua);
  text_puts(&lua, "})");
  panel->asked = panel->frame;
  tui_query(tui, text_data(&lua), found, panel);
  text_free(&lua);
  text_free(&expression);
}

static bool typed(Tui *tui, void *context, const char *text)
{
  TablePanel *panel = context;
  if (!text || !panel->frame) {
    return true;
  }
  table_search_forget(panel);
  text_reset(&panel->sought);
  text_puts(&panel->sought, text);
  text_reset(&panel->view.find);
  text_puts(&panel->view.find, text);
  panel->view.find_case = has_capitals(text);
  panel->view.find_column = panel->sought_column;
  if (*text) {
    panel->fresh = true;
    search(tui, panel, 1);
  }
  tui_redraw(tui);
  return true;
}

static void ask(Tui *tui, TablePanel *panel, int column)
{
  Text prompt = {0};
  panel->sought_column = column;
  if (column >= 0) {
    text_printf(&prompt, _("search in %s: "), frame_name(panel->frame, (size_t)column));
  } else {
    text_puts(&prompt, _("search: "));
  }
  const InputRequest request = {
    .prompt = text_data(&prompt), .history = "search", .context = panel, .done = typed};
  tui_ask(tui, &request);
  text_free(&prompt);
}

void table_search_all(Tui *tui, void *context)
{
  ask(tui, context, -1);
}

void table_search_column(Tui *tui, void *context)
{
  TablePanel *panel = context;
  ask(tui, panel, (int)panel->view.column);
}

void table_search_next(Tui *tui, void *context)
{
  search(tui, context, 1);
}

void table_search_former(Tui *tui, void *context)
{
  search(tui, context, -1);
}

void table_choose_found(Tui *tui, void *context)
{
  search(tui, context, 0);
}
