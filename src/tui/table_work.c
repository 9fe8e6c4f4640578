/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters, orders and hidden columns of a table panel.
 *
 * What is wished for (steps) and what is shown (shown) are two lists. A wish whose rows are those of the given frame
 * needs no work, nor does one that only hides; any other is asked for as one expression, which takes the place of one
 * that is still under way. A wish that fails is given up, and a filter is put back into the input line to be mended. */
#include <string.h>

#include "core/alloc.h"
#include "tui/input.h"
#include "tui/table_parts.h"

static size_t cursor_column(const TablePanel *panel)
{
  return panel->view.column;
}

static const char *cursor_name(const TablePanel *panel)
{
  return frame_name(panel->frame, cursor_column(panel));
}

/* ---- what is wished becomes what is shown */

/* Hidden columns as the steps have them. */
static void hide_columns(TablePanel *panel)
{
  for (size_t i = 0; i < frame_columns(panel->frame); i++) {
    table_view_hide(&panel->view, i, steps_hidden(&panel->steps, frame_name(panel->frame, i)));
  }
}

static void take_rows(Tui *tui, TablePanel *panel, const Frame *frame)
{
  Error e = {0};
  const bool keep = table_view_same_columns(&panel->view, frame);
  const size_t column = panel->view.column, left = panel->view.left;
  if (table_view_show(&panel->view, frame, keep, &e) != STATUS_OK ||
      steps_copy(&panel->steps, &panel->shown, &e) != STATUS_OK) {
    tui_error(tui, &e);
    return;
  }
  panel->frame = panel->view.frame;
  panel->view.left = left < frame_columns(frame) ? left : 0;
  table_view_to_column(&panel->view, column);
  hide_columns(panel);
  table_search_forget(panel);
}

static void give_up(Tui *tui, TablePanel *panel)
{
  Error e = {0};
  if (steps_copy(&panel->shown, &panel->steps, &e) != STATUS_OK) {
    tui_error(tui, &e);
  }
}

static void ask_filter(Tui *tui, TablePanel *panel, const char *text);

/* The filter that failed was the last step, and comes back to be mended. */
static void failed(Tui *tui, TablePanel *panel, const Error *e)
{
  const TableStep *last = panel->steps.n > panel->shown.n ? &panel->steps.items[panel->steps.n - 1] : NULL;
  text_reset(&panel->typed);
  if (last && last->kind == STEP_FILTER && e->status != STATUS_CANCELLED) {
    text_puts(&panel->typed, last->text);
  }
  give_up(tui, panel);
  if (panel->typed.size == 0) {
    tui_error(tui, e);
    return;
  }
  ask_filter(tui, panel, text_data(&panel->typed));
  input_note(tui, VIEW_ERROR, *e->hint ? "%1$s; %2$s" : "%1$s", e->what, e->hint);
}

static void answered(Tui *tui, void *owner, Value *value, const Error *e)
{
  TablePanel *panel = owner;
  panel->working = false;
  if (value && value->kind == VALUE_FRAME) {
    take_rows(tui, panel, value->frame);
  } else {
    Error other = {0};
    error_set(&other, STATUS_DATA, "wrong-type", _("this gives no table any more"));
    failed(tui, panel, e && e->status != STATUS_OK ? e : &other);
  }
  table_sync(tui, panel);
}

void table_work_forget(Tui *tui, TablePanel *panel)
{
  panel->working = false;
  tui_forget(tui, panel);
}

void table_work_begin(Tui *tui, TablePanel *panel)
{
  if (!steps_have_rows(&panel->steps)) {
    table_work_forget(tui, panel);
    take_rows(tui, panel, panel->given);
    return;
  }
  Text lua = {0};
  steps_lua_rows(&panel->steps, text_data(&panel->base), &lua);
  panel->working = true;
  tui_query(tui, text_data(&lua), answered, panel);
  text_free(&lua);
}

/* Behind a change of the steps. */
static void apply(Tui *tui, TablePanel *panel)
{
  Error e = {0};
  if (steps_equal_rows(&panel->steps, &panel->shown)) {
    if (panel->working) {
      table_work_forget(tui, panel);
    }
    hide_columns(panel);
    if (steps_copy(&panel->steps, &panel->shown, &e) != STATUS_OK) {
      tui_error(tui, &e);
    }
  } else {
    table_work_begin(tui, panel);
  }
  table_sync(tui, panel);
}

static void add(Tui *tui, TablePanel *panel, StepKind kind, const char *text, bool falling)
{
  Error e = {0};
  if (steps_add(&panel->steps, kind, text, falling, &e) == STATUS_OK) {
    apply(tui, panel);
  } else {
    tui_error(tui, &e);
  }
}

/* ---- filters */

static void counted(Tui *tui, void *owner, Value *value, const Error *e)
{
  TablePanel *panel = owner;
  (void)tui;
  if (!panel->frame) {
    return;
  }
  char found[32], all[32];
  table_count(frame_rows(panel->frame), all);
  if (value && (value->kind == VALUE_INT || value->kind == VALUE_NUMBER)) {
    table_count(value->kind == VALUE_INT ? (size_t)value->integer : (size_t)value->number, found);
    input_note(tui, VIEW_PLAIN, _("%1$s of %2$s rows"), found, all);
  } else if (e && e->status != STATUS_CANCELLED && strstr(e->what, "'keep'")) { /* our name for what was typed */
    input_note(tui, VIEW_WARNING, "%s", _("compare it: > 100, == 'north', is missing"));
  } else if (e && e->status != STATUS_CANCELLED) {
    input_note(tui, VIEW_WARNING, "%s", e->what);
  }
}

static bool is_blank(const char *text)
{
  return text[strspn(text, " \t")] == '\0';
}

/* How many rows hold, without making their table: a column of truth values, and its sum. */
static void count_typed(Tui *tui, void *context, const char *text)
{
  TablePanel *panel = context;
  if (!panel->frame || is_blank(text)) {
    input_note(tui, VIEW_PLAIN, "%s", "");
    return;
  }
  Text lua = {0};
  text_puts(&lua, "frame{keep = ");
  steps_lua_rows(&panel->shown, text_data(&panel->base), &lua);
  text_puts(&lua, ":compute(");
  lua_quote(text, strlen(text), &lua);
  text_puts(&lua, ")}:agg(\"n = sum(if(keep, 1, 0))\").n[1]");
  tui_query(tui, text_data(&lua), counted, panel);
  text_free(&lua);
}

static bool filter_typed(Tui *tui, void *context, const char *text)
{
  TablePanel *panel = context;
  if (text && panel->frame && !is_blank(text)) {
    table_panel_filter(tui, panel, text);
  }
  return true;
}

void table_panel_filter(Tui *tui, TablePanel *panel, const char *expression)
{
  if (panel->frame) {
    add(tui, panel, STEP_FILTER, expression, false);
  }
}

void table_panel_follow(Tui *tui, TablePanel *panel, const TableSteps *steps, const char *filter)
{
  Error e = {0};
  Status status = panel->frame && steps ? steps_copy(steps, &panel->steps, &e) : STATUS_OK;
  if (status == STATUS_OK && panel->frame && *filter) {
    status = steps_add(&panel->steps, STEP_FILTER, filter, false, &e);
  }
  if (status != STATUS_OK) {
    tui_error(tui, &e);
  } else if (panel->frame) {
    apply(tui, panel);
    panel->follows = panel->working;
  }
}

static void ask_filter(Tui *tui, TablePanel *panel, const char *text)
{
  const InputRequest request = {.prompt = _("filter: "),
                                .text = text,
                                .history = "filter",
                                .frame = panel->frame,
                                .context = panel,
                                .changed = count_typed,
                                .done = filter_typed};
  tui_ask(tui, &request);
}

void table_filter(Tui *tui, void *context)
{
  ask_filter(tui, context, NULL);
}

void table_filter_equal(Tui *tui, void *context)
{
  TablePanel *panel = context;
  if (panel->fixed) {
    return;
  }
  Text expression = {0};
  expression_equal(panel->frame, cursor_column(panel), panel->view.row, &expression);
  add(tui, panel, STEP_FILTER, text_data(&expression), false);
  text_free(&expression);
}

/* ---- orders */

static void sort(Tui *tui, TablePanel *panel, bool falling)
{
  bool now;
  if (steps_sort_key(&panel->steps, cursor_name(panel), &now) == 1 && now == falling) {
    tui_message(tui, VIEW_PLAIN, _("sorted so already"));
  } else {
    add(tui, panel, STEP_SORT, cursor_name(panel), falling);
  }
}

void table_sort_rising(Tui *tui, void *context) { sort(tui, context, false); }
void table_sort_falling(Tui *tui, void *context) { sort(tui, context, true); }

/* ---- back */

bool table_can_undo(Tui *tui, void *context)
{
  (void)tui;
  return ((TablePanel *)context)->steps.n > 0;
}

void table_undo(Tui *tui, void *context)
{
  TablePanel *panel = context;
  steps_cut(&panel->steps, panel->steps.n - 1);
  apply(tui, panel);
}

void table_restart(Tui *tui, void *context)
{
  TablePanel *panel = context;
  steps_cut(&panel->steps, 0);
  apply(tui, panel);
}

/* ---- columns */

bool table_has_hidden(Tui *tui, void *context)
{
  (void)tui;
  return ((TablePanel *)context)->view.n_hidden > 0;
}

void table_hide(Tui *tui, void *context)
{
  TablePanel *panel = context;
  if (panel->view.n_hidden + 1 >= frame_columns(panel->frame)) {
    tui_message(tui, VIEW_WARNING, _("this is the only column left"));
    return;
  }
  tui_message(tui, VIEW_PLAIN, _("%s is hidden; + shows all again"), cursor_name(panel));
  add(tui, panel, STEP_HIDE, cursor_name(panel), false);
}

void table_show_all(Tui *tui, void *context)
{
  add(tui, context, STEP_SHOW, NULL, false);
}

/* ---- a name for it */

static bool keep_as(Tui *tui, void *context, const char *name)
{
  TablePanel *panel = context;
  if (!name || !panel->frame) {
    return true;
  }
  if (!lua_is_name(name)) {
    input_note(tui, VIEW_ERROR, "%s", _("a name is made of letters, digits and _, and begins with a letter"));
    return false;
  }
  if (tui_object(tui, name) && strcmp(name, text_data(&panel->typed)) != 0) {
    text_reset(&panel->typed);
    text_puts(&panel->typed, name);
    input_note(tui, VIEW_WARNING, _("%s is taken: Enter again replaces it"), name);
    return false;
  }
  tui_runf(tui, "%s = %s", name, text_data(&panel->lua));
  return true;
}

void table_keep(Tui *tui, void *context)
{
  text_reset(&((TablePanel *)context)->typed);
  const InputRequest request = {.prompt = _("keep what is shown as: "), .context = context, .done = keep_as};
  tui_ask(tui, &request);
}
