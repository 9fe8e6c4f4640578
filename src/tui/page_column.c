/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Column: figures of one column, how often what occurs, and the way from there to the rows.
 *
 * Numbers and times are shown in bins (edges and counts in the table), texts, truth values and labels by level, sets by
 * item. All of it is asked for, a query at a time, and shown when it comes; the chart and the table are the same
 * numbers. */
#include "tui/page_column.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/chart_panel.h"
#include "tui/page_data.h"
#include "tui/table_panel.h"
#include "tui/table_parts.h"
#include "tui/text_panel.h"
#include "view/number.h"
#include "view/width.h"

enum { LEVELS_CHARTED = 20, NAME_COLUMNS = 9 };

typedef struct State {
  TextPanel figures;
  ChartPanel chart;
  TablePanel kinds;   /* bins or levels */
  Text base;          /* the Lua of the frame, before the steps */
  TableSteps steps;
  Text lua;           /* with them */
  Frame *frame;
  size_t column;
  Frame *described;   /* a row of describe(); NULL: not known yet */
  Text range;         /* of times, in words */
  bool binned;
  bool wanted;        /* column_page_go said what to show */
} State;

/* What column_page_go leaves for the page, which may not be open yet. */
static struct {
  Text base;
  TableSteps steps;
  Frame *frame;
  size_t column;
} next;

static void forget_next(void)
{
  text_free(&next.base);
  table_steps_free(&next.steps);
  frame_unref(next.frame);
  next.frame = NULL;
}

void column_page_go(Tui *tui, const char *base, const TableSteps *steps, const Frame *frame, size_t column)
{
  static const TableSteps none = {0};
  Error e = {0};
  forget_next();
  if (steps_copy(steps ? steps : &none, &next.steps, &e) != STATUS_OK) {
    tui_error(tui, &e);
    return;
  }
  text_puts(&next.base, base);
  next.frame = frame_ref(frame);
  next.column = column;
  tui_go(tui, "column", "");
}

/* ---- the column */

static const Column *cells_of(const State *state)
{
  return frame_column(state->frame, state->column);
}

static const char *name_of(const State *state)
{
  return frame_name(state->frame, state->column);
}

static bool is_binned(const Column *cells)
{
  const Type type = column_type(cells);
  return (type_is_numeric(type) && column_role(cells) != ROLE_LABEL) || type == TYPE_TIMESTAMP;
}

static void put_quoted(const char *text, Text *out)
{
  lua_quote(text, strlen(text), out);
}

/* plot.hist(df, "x"), or what counts levels. */
static void put_chart(const State *state, Text *out)
{
  Text name = {0};
  expression_name(name_of(state), &name);
  if (is_binned(cells_of(state))) {
    text_printf(out, "plot.hist(%s, ", text_data(&state->lua));
    put_quoted(text_data(&name), out);
    text_puts(out, ")");
  } else if (column_type(cells_of(state)) == TYPE_SET) {
    text_printf(out, "plot.bar(%s:long(", text_data(&state->lua));
    put_quoted(name_of(state), out);
    text_printf(out, "), {x = \"item\", top = %d})", LEVELS_CHARTED);
  } else {
    text_printf(out, "plot.bar(%s, {x = ", text_data(&state->lua));
    put_quoted(text_data(&name), out);
    text_printf(out, ", top = %d, sort = \"value\"})", LEVELS_CHARTED);
  }
  text_free(&name);
}

static void put_kinds(const State *state, Text *out)
{
  if (is_binned(cells_of(state))) {
    put_chart(state, out);
    text_puts(out, ":data():select(\"low\", \"high\", \"n\")");
  } else if (column_type(cells_of(state)) == TYPE_SET) {
    text_printf(out, "%s:long(", text_data(&state->lua));
    put_quoted(name_of(state), out);
    text_puts(out, "):count(\"item\")");
  } else {
    text_printf(out, "%s:count(", text_data(&state->lua));
    put_quoted(name_of(state), out);
    text_puts(out, ")");
  }
}

/* ---- answers */

static void took_chart(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  if (value && value->kind == VALUE_CHART) {
    chart_panel_show(tui, &state->chart, value->chart);
  } else if (e) {
    chart_panel_words(tui, &state->chart, e->what);
  }
}

static void ask_chart(Tui *tui, State *state)
{
  Text lua = {0};
  put_chart(state, &lua);
  tui_query(tui, text_data(&lua), took_chart, state);
  text_free(&lua);
}

static void took_kinds(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  Text lua = {0};
  put_kinds(state, &lua);
  if (value && value->kind == VALUE_FRAME) {
    table_panel_show(tui, &state->kinds, text_data(&lua), value->frame);
  } else if (e) {
    tui_error(tui, e);
  }
  text_free(&lua);
}

static void ask_kinds(Tui *tui, State *state)
{
  Text lua = {0};
  put_kinds(state, &lua);
  tui_query(tui, text_data(&lua), took_kinds, state);
  text_free(&lua);
}

static void took_figures(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  if (value && value->kind == VALUE_FRAME && frame_rows(value->frame) == 1) {
    state->described = value->frame;
    value->kind = VALUE_NONE;
    text_panel_renew(tui, &state->figures);
  } else if (e) {
    tui_error(tui, e);
  }
}

static void ask_figures(Tui *tui, State *state)
{
  Text lua = {0};
  text_printf(&lua, "%s:select(", text_data(&state->lua));
  put_quoted(name_of(state), &lua);
  text_puts(&lua, "):describe()");
  tui_query(tui, text_data(&lua), took_figures, state);
  text_free(&lua);
}

/* The earliest and the latest time: describe has none. */
static void took_range(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  (void)e;
  if (value && value->kind == VALUE_FRAME && frame_rows(value->frame) == 1) {
    text_reset(&state->range);
    for (size_t i = 0; i < frame_columns(value->frame); i++) {
      const char *name = i == 0 ? _("first") : _("last");
      width_left(&state->range, name, strlen(name), NAME_COLUMNS, false);
      column_cell_text(frame_column(value->frame, i), 0, &state->range);
      text_puts(&state->range, "\n");
    }
    text_panel_renew(tui, &state->figures);
  }
}

static void ask_range(Tui *tui, State *state)
{
  Text lua = {0}, name = {0}, list = {0};
  expression_name(name_of(state), &name);
  text_printf(&list, "first = min(%s)", text_data(&name));
  text_printf(&lua, "%s:agg{", text_data(&state->lua));
  put_quoted(text_data(&list), &lua);
  text_reset(&list);
  text_printf(&list, "last = max(%s)", text_data(&name));
  text_puts(&lua, ", ");
  put_quoted(text_data(&list), &lua);
  text_puts(&lua, "}");
  tui_query(tui, text_data(&lua), took_range, state);
  text_free(&lua);
  text_free(&name);
  text_free(&list);
}

/* ---- choosing a column */

static void forget_answers(Tui *tui, State *state)
{
  tui_forget(tui, state);
  frame_unref(state->described);
  state->described = NULL;
  text_reset(&state->range);
  chart_panel_show(tui, &state->chart, NULL);
  table_panel_show(tui, &state->kinds, "", NULL);
}

static void ask_all(Tui *tui, State *state)
{
  forget_answers(tui, state);
  text_reset(&state->lua);
  steps_lua_rows(&state->steps, text_data(&state->base), &state->lua);
  text_panel_renew(tui, &state->figures);
  if (frame_rows(state->frame) == 0) {
    chart_panel_words(tui, &state->chart, _("no rows"));
    return;
  }
  chart_panel_words(tui, &state->chart, _("working..."));
  ask_figures(tui, state);
  if (column_type(cells_of(state)) == TYPE_TIMESTAMP) {
    ask_range(tui, state);
  }
  ask_chart(tui, state);
  ask_kinds(tui, state);
}

static void choose(Tui *tui, State *state, size_t column)
{
  state->column = column;
  ask_all(tui, state);
}

static void take_next(Tui *tui, State *state)
{
  text_reset(&state->base);
  text_puts(&state->base, text_data(&next.base));
  table_steps_free(&state->steps);
  state->steps = next.steps;
  next.steps = (TableSteps){0};
  frame_unref(state->frame);
  state->frame = next.frame;
  next.frame = NULL;
  forget_next();
  choose(tui, state, next.column);
}

/* ---- the figures as text */

static void put_line(const char *name, const char *value, const char *more, Text *out)
{
  width_left(out, name, strlen(name), NAME_COLUMNS, false);
  text_puts(out, value);
  if (*more) {
    text_printf(out, " (%s)", more);
  }
  text_char(out, '\n');
}

static void put_count(const char *name, size_t n, size_t of, Text *out)
{
  char count[32], share[NUMBER_SIZE] = "";
  table_count(n, count);
  if (of > 0) {
    number_percent((double)n / (double)of, share);
  }
  put_line(name, count, share, out);
}

/* The names of describe's columns stand for themselves. */
static void put_described(const State *state, const ViewStyle *style, Text *out)
{
  static const char *const names[] = {"mean", "sd", "min", "q25", "median", "q75", "max"};
  size_t at;
  if (frame_find(state->described, "distinct", &at)) {
    put_count(_("distinct"), (size_t)column_int(frame_column(state->described, at), 0), 0, out);
  }
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (frame_find(state->described, names[i], &at) && column_valid(frame_column(state->described, at), 0)) {
      char number[NUMBER_SIZE];
      number_one(column_float(frame_column(state->described, at), 0), style_digits(style), number);
      put_line(names[i], number, "", out);
    }
  }
}

static void put_steps(const State *state, const ViewStyle *style, Text *out)
{
  if (steps_have_rows(&state->steps)) {
    Text words = {0};
    text_puts(&words, _("Of the rows: "));
    steps_words(&state->steps, &words);
    style_paragraph(style, VIEW_MUTED, text_data(&words), 2, 0, 0, out);
    text_free(&words);
  }
}

static void put_figures(const State *state, const ViewStyle *style, Text *out)
{
  if (!state->frame) {
    style_paragraph(style, VIEW_PLAIN, _("No column is chosen. Go to Data or Summary, put the cursor on a column and "
                                         "press c, or Enter on its name."), 0, 0, 0, out);
    return;
  }
  const Column *cells = cells_of(state);
  const size_t rows = frame_rows(state->frame);
  width_cut(out, name_of(state), strlen(name_of(state)), style_width(style), style_ascii(style));
  text_char(out, '\n');
  put_line(_("type"), type_name(column_type(cells)), column_zone(cells), out);
  put_count(_("rows"), rows, 0, out);
  put_count(_("missing"), column_missing(cells), rows, out);
  if (column_type(cells) == TYPE_CATEGORY || column_type(cells) == TYPE_SET) {
    put_count(column_type(cells) == TYPE_SET ? _("items") : _("levels"), column_levels(cells), 0, out);
  }
  text_add(out, text_data(&state->range), state->range.size);
  if (state->described) {
    put_described(state, style, out);
  } else if (rows > 0) {
    text_puts(out, _("working...\n"));
  }
  put_steps(state, style, out);
}

static void write_figures(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const State *state = context;
  (void)tui;
  put_figures(state, style, out);
  if (state->frame) {
    text_char(out, '\n');
    style_paragraph(style, VIEW_MUTED, is_binned(cells_of(state)) ? _("Bins: Enter shows the rows of one.")
                                                                  : _("Levels: Enter shows the rows of one."),
                    0, 0, 0, out);
  }
}

/* ---- down to the rows */

static void put_edge(const Column *edges, size_t row, const char *name, const char *relation, Text *out)
{
  char number[32];
  if (column_type(edges) == TYPE_TIMESTAMP) {
    expression_time(edges, row, name, relation, out);
  } else {
    text_of_double(column_float(edges, row), number);
    text_printf(out, "%1$s %2$s %3$s", name, relation, number);
  }
}

/* (low, high], the first bin with its lower edge; of times [low, high), the last one with its upper edge. */
static bool bin_filter(const State *state, const Frame *bins, size_t row, Text *out)
{
  const bool time = column_type(cells_of(state)) == TYPE_TIMESTAMP;
  size_t low, high;
  if (!frame_find(bins, "low", &low) || !frame_find(bins, "high", &high)) {
    return false;
  }
  const Column *lows = frame_column(bins, low), *highs = frame_column(bins, high);
  const double from = column_float(lows, row), to = column_float(highs, row);
  bool first = true, last = true;
  for (size_t i = 0; i < frame_rows(bins); i++) { /* whatever the order of the table is */
    first = first && column_float(lows, i) >= from;
    last = last && column_float(highs, i) <= to;
  }
  Text name = {0};
  expression_name(name_of(state), &name);
  put_edge(lows, row, text_data(&name), first || time ? ">=" : ">", out);
  text_puts(out, " and ");
  put_edge(highs, row, text_data(&name), last || !time ? "<=" : "<", out);
  text_free(&name);
  return true;
}

static void item_filter(const State *state, const Frame *kinds, size_t row, Text *out)
{
  size_t length;
  const char *item = column_text(frame_column(kinds, 0), row, &length);
  text_char(out, '\'');
  for (size_t i = 0; i < length; i++) {
    text_add(out, item + i, 1);
    if (item[i] == '\'') {
      text_char(out, '\'');
    }
  }
  text_puts(out, "' in ");
  expression_name(name_of(state), out);
}

static void drill(Tui *tui, void *context, size_t row)
{
  State *state = context;
  const Frame *kinds = state->kinds.frame;
  Text filter = {0};
  if (!kinds || row >= frame_rows(kinds)) {
    return;
  }
  if (is_binned(cells_of(state))) {
    if (!bin_filter(state, kinds, row, &filter)) {
      return;
    }
  } else if (column_type(cells_of(state)) == TYPE_SET) {
    item_filter(state, kinds, row, &filter);
  } else {
    expression_equal(kinds, 0, row, &filter);
  }
  data_page_go(tui, text_data(&state->base), &state->steps, text_data(&filter));
  text_free(&filter);
}

/* ---- the page */

static Status open_page(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)tui;
  (void)e;
  state->figures.context = state;
  state->figures.write = write_figures;
  state->figures.unlimited = true;
  state->figures.stale = true;
  state->kinds.context = state;
  state->kinds.enter = drill;
  state->kinds.untitled = true;
  state->kinds.empty = N_("nothing counted yet");
  return STATUS_OK;
}

static void close_state(Tui *tui, void *context)
{
  State *state = context;
  (void)tui;
  forget_next();
  text_free(&state->base);
  text_free(&state->lua);
  text_free(&state->range);
  table_steps_free(&state->steps);
  frame_unref(state->frame);
  frame_unref(state->described);
}

static bool is_wide(const SessionVariable *variable)
{
  return variable && variable->kind == VALUE_FRAME && frame_columns(variable->value.frame) > 0;
}

/* The frame asked for, the session's subject; when nothing was shown yet, the first one. */
static const SessionVariable *choose_frame(Tui *tui, const State *state, const char *object)
{
  size_t n;
  const SessionVariable *variables = tui_objects(tui, &n);
  const SessionVariable *found = tui_object(tui, *object ? object : tui_subject(tui));
  for (size_t i = 0; i < n && !is_wide(found) && !state->frame; i++) {
    found = &variables[i];
  }
  return is_wide(found) ? found : NULL;
}

/* Its first column, when nothing else of it was shown. */
static void show_subject(Tui *tui, State *state, const char *object)
{
  const SessionVariable *variable = choose_frame(tui, state, object);
  if (!variable || strcmp(text_data(&state->base), variable->name) == 0) {
    return;
  }
  text_reset(&state->base);
  text_puts(&state->base, variable->name);
  steps_cut(&state->steps, 0);
  frame_unref(state->frame);
  state->frame = frame_ref(variable->value.frame);
  choose(tui, state, 0);
}

static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  if (next.frame) {
    take_next(tui, state);
  } else {
    show_subject(tui, state, object);
  }
}

/* The variable has other cells, or is gone. */
static void changed(Tui *tui, void *context)
{
  State *state = context;
  const SessionVariable *variable = state->frame ? tui_object(tui, text_data(&state->base)) : NULL;
  if (!variable || variable->kind != VALUE_FRAME || steps_have_rows(&state->steps) ||
      variable->value.frame == state->frame) {
    return;
  }
  size_t column;
  if (!frame_find(variable->value.frame, name_of(state), &column)) {
    return;
  }
  frame_unref(state->frame);
  state->frame = frame_ref(variable->value.frame);
  choose(tui, state, column);
}

static bool has_column(Tui *tui, void *context)
{
  (void)tui;
  return ((State *)context)->frame != NULL;
}

static void next_column(Tui *tui, void *context)
{
  State *state = context;
  choose(tui, state, (state->column + 1) % frame_columns(state->frame));
}

static void former_column(Tui *tui, void *context)
{
  State *state = context;
  const size_t n = frame_columns(state->frame);
  choose(tui, state, (state->column + n - 1) % n);
}

static void lua(Tui *tui, void *context, Text *out)
{
  (void)tui;
  if (((State *)context)->frame) {
    put_chart(context, out);
  }
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  State *state = context;
  put_figures(state, style, out);
  if (state->frame) {
    table_panel.report(tui, &state->kinds, style, out);
  }
}

static const Action actions[] = {
  {.key = ">", .name = N_("next column"), .group = N_("Columns"), .run = next_column, .applies = has_column,
   .help = N_("the column to the right of this one")},
  {.key = "<", .name = N_("former column"), .group = N_("Columns"), .run = former_column, .applies = has_column,
   .help = N_("the column to the left of this one")}};

static const PanelSlot slots[] = {
  {.name = "kinds", .title = N_("Counts"), .class = &table_panel, .at = offsetof(State, kinds)},
  {.name = "figures", .title = N_("Column"), .class = &text_panel, .at = offsetof(State, figures)},
  {.name = "chart", .title = N_("Chart"), .class = &chart_panel, .at = offsetof(State, chart)}};

static const Page column_page = {
  .order = 25,
  .name = "column",
  .title = N_("Column"),
  .help = N_("One column: its figures, how its values are spread, and how often each occurs. Numbers and times stand "
             "in bins whose edges are in the table. Enter on a bin or a level shows its rows."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "figures:26|(chart/kinds:45%)",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open_page,
  .close = close_state,
  .show = show,
  .changed = changed,
  .lua = lua,
  .report = report};
REGISTER_PAGE(column_page);
