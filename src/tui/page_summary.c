/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Summary: what is in a frame, a row for each column.
 *
 * What the frame knows of itself is there at once: shape, types, missing cells, and how numbers are spread
 * (summary_shapes.h). Figures (describe) and the most frequent levels of texts are asked for, one query after the
 * other, and put in when they come; they are kept for the frames seen last, so that coming back asks nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "tui/page_column.h"
#include "tui/summary_shapes.h"
#include "tui/table_panel.h"
#include "tui/table_parts.h"
#include "tui/text_panel.h"
#include "view/number.h"
#include "view/width.h"

enum {
  KEPT = 4,          /* frames */
  LEVELS_ASKED = 64, /* text columns whose levels are asked for */
  LEVELS_SHOWN = 3,
  LEVEL_COLUMNS = 16
};

/* What is known of a frame. */
typedef struct Known {
  Frame *frame;       /* NULL: unused */
  Frame *described;   /* NULL: not yet */
  Frame *segments;    /* sizes of the label column's classes; NULL: not yet, or there is none */
  char **values;      /* of each column: its shape, its levels, or NULL: not yet */
  size_t sampled;     /* rows that shapes were made of */
  size_t next;        /* the next column whose levels are to be asked for */
  size_t asked;
  unsigned used;      /* when it was shown last */
} Known;

typedef struct State {
  TextPanel about;
  TablePanel columns;
  Known known[KEPT];
  Known *now;         /* NULL: nothing is shown */
  Text name;          /* the variable */
  Text failed;        /* why there are no figures */
  unsigned clock;
} State;

/* ---- what is known */

static void forget(Known *known)
{
  const size_t n = known->frame ? frame_columns(known->frame) : 0;
  for (size_t i = 0; known->values && i < n; i++) {
    mem_free(known->values[i]);
  }
  mem_free(known->values);
  frame_unref(known->frame);
  frame_unref(known->described);
  frame_unref(known->segments);
  *known = (Known){0};
}

static void set_value(Known *known, size_t column, Text *text)
{
  mem_free(known->values[column]);
  known->values[column] = text->size > 0 ? mem_string(text_data(text)) : NULL; /* no memory: as if not yet known */
  text_reset(text);
}

static void make_shapes(Known *known, bool ascii)
{
  size_t counts[SHAPE_BINS];
  Text text = {0};
  known->sampled = shape_rows(known->frame);
  for (size_t i = 0; i < frame_columns(known->frame); i++) {
    const Column *column = frame_column(known->frame, i);
    if (shape_has(column) && column_rows(column) > 0) {
      const size_t bins = shape_count(column, known->sampled, counts);
      shape_text(counts, bins, ascii, &text);
      if (bins == 0) {
        text_puts(&text, _("all missing"));
      }
      set_value(known, i, &text);
    }
  }
  text_free(&text);
}

/* The frame's place among those kept: its own, or that of the one not used for longest. */
static Known *know(Tui *tui, State *state, const Frame *frame)
{
  Known *place = state->known;
  for (size_t i = 0; i < KEPT; i++) {
    Known *at = &state->known[i];
    if (at->frame == frame) {
      place = at;
      break;
    }
    place = at->used < place->used ? at : place;
  }
  place->used = ++state->clock;
  if (place->frame == frame) {
    return place;
  }
  const unsigned used = place->used;
  forget(place);
  place->values = mem_zero(frame_columns(frame), sizeof *place->values);
  if (!place->values) {
    return NULL;
  }
  place->frame = frame_ref(frame);
  place->used = used;
  const ViewStyle style = tui_style(tui);
  make_shapes(place, style_ascii(&style) || style.plain);
  return place;
}

/* ---- the table */

static const char *const figure_names[] = {"mean", "sd", "min", "q25", "median", "q75", "max"};
enum { FIGURES = sizeof figure_names / sizeof *figure_names, FIRST_FIGURE = 5, VALUES = 4 };

/* A figure of describe() by itself: those of other columns have nothing to do with its digits. "" where there is none
 * or it is not known yet. */
static void put_figure(const Known *known, const char *name, size_t column, Text *out)
{
  size_t at;
  if (!known->described || !frame_find(known->described, name, &at)) {
    return;
  }
  const Column *cells = frame_column(known->described, at);
  if (column_valid(cells, column) && column_type(cells) == TYPE_FLOAT64) {
    char number[NUMBER_SIZE];
    number_one(column_float(cells, column), 6, number);
    text_puts(out, number);
  } else if (column_valid(cells, column)) {
    char count[32];
    table_count((size_t)column_int(cells, column), count);
    text_puts(out, count);
  }
}

static void put_missing_share(const Column *column, Text *out)
{
  char share[NUMBER_SIZE];
  const size_t rows = column_rows(column);
  number_percent(rows > 0 ? (double)column_missing(column) / (double)rows : 0, share);
  text_puts(out, column_missing(column) == 0 ? "0" : share);
}

static void put_entry(const Known *known, size_t column, size_t at, Text *out)
{
  const Column *cells = frame_column(known->frame, column);
  switch (at) {
  case 0:
    text_puts(out, frame_name(known->frame, column));
    break;
  case 1:
    text_puts(out, type_name(column_type(cells)));
    break;
  case 2:
    put_missing_share(cells, out);
    break;
  case 3:
    put_figure(known, "distinct", column, out);
    break;
  case VALUES:
    text_puts(out, known->values[column] ? known->values[column] : "");
    break;
  default:
    put_figure(known, figure_names[at - FIRST_FIGURE], column, out);
  }
}

static Status make_table(const Known *known, Frame **out, Error *e)
{
  static const char *const heads[] = {"column", "type", "missing", "distinct", "values"};
  const size_t n = frame_columns(known->frame);
  Draft *draft = draft_new();
  Text cell = {0};
  for (size_t at = 0; at < FIRST_FIGURE + FIGURES; at++) {
    Builder *builder = builder_new(TYPE_STRING, n);
    for (size_t i = 0; builder && i < n; i++) {
      text_reset(&cell);
      put_entry(known, i, at, &cell);
      builder_text(builder, text_data(&cell), cell.size);
    }
    draft_builder(draft, at < FIRST_FIGURE ? heads[at] : figure_names[at - FIRST_FIGURE], builder);
  }
  text_free(&cell);
  return draft_finish(draft, out, e);
}

/* Numbers stand on the right although they are texts here. */
static void set_sides(TableView *view)
{
  for (size_t i = 2; i < FIRST_FIGURE + FIGURES; i++) {
    view->columns[i].right = i != VALUES;
  }
  view->no_types = true;
}

/* The cursor stays where it is when more is known. */
static void show_table(Tui *tui, State *state)
{
  Frame *table;
  Error e = {0};
  const size_t row = state->columns.row, column = state->columns.column, top = state->columns.view.top;
  const bool again = state->columns.frame && frame_rows(state->columns.frame) == frame_columns(state->now->frame);
  if (make_table(state->now, &table, &e) != STATUS_OK) {
    tui_error(tui, &e);
    return;
  }
  table_panel_show(tui, &state->columns, text_data(&state->name), table);
  set_sides(&state->columns.view);
  if (!again) {
    state->columns.view.columns[0].frozen = true;
  } else {
    state->columns.view.top = top;
    table_panel_move(tui, &state->columns, row, column);
  }
  frame_unref(table);
  text_panel_renew(tui, &state->about);
}

/* ---- asking, one thing after the other */

static void ask_next(Tui *tui, State *state);

static void took_described(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  if (state->now && value && value->kind == VALUE_FRAME &&
      frame_rows(value->frame) == frame_columns(state->now->frame)) {
    state->now->described = value->frame;
    value->kind = VALUE_NONE;
    show_table(tui, state);
    ask_next(tui, state);
  } else if (e) {
    text_reset(&state->failed);
    text_puts(&state->failed, e->what);
    text_panel_renew(tui, &state->about);
  }
}

/* "north 25.1%, south 24.0%, west 12.2%". */
static void put_levels(const Known *known, const Frame *counts, bool ascii, Text *out)
{
  size_t share;
  Text cell = {0};
  if (!frame_find(counts, "share", &share)) {
    return;
  }
  for (size_t i = 0; i < frame_rows(counts); i++) {
    char percent[NUMBER_SIZE];
    text_reset(&cell);
    column_cell_text(frame_column(counts, 0), i, &cell);
    number_percent(column_float(frame_column(counts, share), i), percent);
    text_puts(out, i > 0 ? ", " : "");
    width_cut(out, text_data(&cell), cell.size, LEVEL_COLUMNS, ascii);
    text_printf(out, " %s", percent);
  }
  (void)known;
  text_free(&cell);
}

static void took_levels(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  Text text = {0};
  if (!state->now) {
    return;
  }
  const ViewStyle style = tui_style(tui);
  if (value && value->kind == VALUE_FRAME) {
    put_levels(state->now, value->frame, style_ascii(&style), &text);
    set_value(state->now, state->now->next, &text);
  } else if (e && e->status == STATUS_CANCELLED) {
    text_free(&text);
    return;
  }
  text_free(&text);
  state->now->next++;
  show_table(tui, state);
  ask_next(tui, state);
}

/* Whether the texts of the column are all different, as in names and keys. */
static bool all_different(const Known *known, size_t column)
{
  size_t distinct;
  const Column *cells = frame_column(known->frame, column);
  const size_t n = column_rows(cells) - column_missing(cells);
  return n > LEVELS_SHOWN && known->described && frame_find(known->described, "distinct", &distinct) &&
         column_int(frame_column(known->described, distinct), column) == (int64_t)n;
}

/* Values that are known without a query. */
static bool say_at_once(Known *known, size_t column)
{
  const Column *cells = frame_column(known->frame, column);
  Text text = {0};
  if (column_missing(cells) == column_rows(cells)) {
    text_puts(&text, column_rows(cells) > 0 ? _("all missing") : _("no rows"));
  } else if (all_different(known, column)) {
    text_puts(&text, _("all different"));
  } else if (known->asked >= LEVELS_ASKED) {
    text_puts(&text, _("Enter: its levels"));
  }
  const bool known_now = text.size > 0;
  if (known_now) {
    set_value(known, column, &text);
  }
  text_free(&text);
  return known_now;
}

static bool ask_levels(Tui *tui, State *state)
{
  Known *known = state->now;
  bool said = false;
  for (; known->next < frame_columns(known->frame); known->next++) {
    if (known->values[known->next]) {
      continue;
    }
    if (say_at_once(known, known->next)) {
      said = true;
      continue;
    }
    known->asked++;
    Text lua = {0};
    const char *name = frame_name(known->frame, known->next);
    text_printf(&lua, "%s:count(", text_data(&state->name));
    lua_quote(name, strlen(name), &lua);
    text_printf(&lua, "):head(%d)", LEVELS_SHOWN);
    tui_query(tui, text_data(&lua), took_levels, state);
    text_free(&lua);
    return true;
  }
  if (said) {
    show_table(tui, state);
  }
  return false;
}

static bool find_label(const Frame *frame, size_t *column)
{
  for (size_t i = frame_columns(frame); i > 0; i--) { /* the newest */
    if (column_role(frame_column(frame, i - 1)) == ROLE_LABEL) {
      *column = i - 1;
      return true;
    }
  }
  return false;
}

static void took_segments(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  (void)e;
  if (state->now && value && value->kind == VALUE_FRAME) {
    state->now->segments = value->frame;
    value->kind = VALUE_NONE;
    text_panel_renew(tui, &state->about);
  }
}

static void ask_segments(Tui *tui, State *state)
{
  size_t column;
  if (!state->now->segments && find_label(state->now->frame, &column)) {
    Text lua = {0};
    const char *name = frame_name(state->now->frame, column);
    text_printf(&lua, "%s:count(", text_data(&state->name));
    lua_quote(name, strlen(name), &lua);
    text_puts(&lua, "):sort(");
    lua_quote(name, strlen(name), &lua);
    text_puts(&lua, ")");
    tui_query(tui, text_data(&lua), took_segments, state);
    text_free(&lua);
  }
}

static void ask_next(Tui *tui, State *state)
{
  if (!state->now->described) {
    Text lua = {0};
    text_printf(&lua, "%s:describe()", text_data(&state->name));
    tui_query(tui, text_data(&lua), took_described, state);
    text_free(&lua);
    ask_segments(tui, state);
  } else {
    (void)ask_levels(tui, state);
  }
}

/* ---- the head of the page */

static void put_types(const Frame *frame, Text *out)
{
  size_t counts[TYPE_COUNT] = {0};
  bool first = true;
  for (size_t i = 0; i < frame_columns(frame); i++) {
    counts[column_type(frame_column(frame, i))]++;
  }
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    if (counts[i] > 0) {
      text_printf(out, first ? "%1$s %2$zu" : ", %1$s %2$zu", type_name((Type)i), counts[i]);
      first = false;
    }
  }
}

static void put_missing(const Frame *frame, Text *out)
{
  size_t missing = 0, columns = 0;
  char count[32], share[NUMBER_SIZE];
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const size_t here = column_missing(frame_column(frame, i));
    missing += here;
    columns += here > 0;
  }
  if (missing == 0) {
    text_puts(out, _("no missing cells"));
    return;
  }
  table_count(missing, count);
  number_percent((double)missing / ((double)frame_rows(frame) * (double)frame_columns(frame)), share);
  text_printf(out, _("missing cells: %1$s (%2$s), in columns: %3$zu"), count, share, columns);
}

static void put_shape(const State *state, const ViewStyle *style, Text *out)
{
  const Frame *frame = state->now->frame;
  char rows[32], columns[32], bytes[NUMBER_SIZE];
  table_count(frame_rows(frame), rows);
  table_count(frame_columns(frame), columns);
  number_bytes((double)frame_bytes(frame), bytes);
  text_printf(out, frame_rows(frame) == 1 ? _("%1$s: %2$s row %3$s ") : _("%1$s: %2$s rows %3$s "),
              text_data(&state->name), rows, style_glyph(style, GLYPH_TIMES));
  text_printf(out, frame_columns(frame) == 1 ? _("%1$s column, %2$s") : _("%1$s columns, %2$s"), columns, bytes);
}

static void put_segments(const State *state, Text *out)
{
  size_t share, column;
  const Frame *segments = state->now->segments;
  if (!segments || !find_label(state->now->frame, &column) || !frame_find(segments, "share", &share)) {
    return;
  }
  text_printf(out, _("segments (%s): "), frame_name(state->now->frame, column));
  for (size_t i = 0; i < frame_rows(segments); i++) {
    char percent[NUMBER_SIZE];
    number_percent(column_float(frame_column(segments, share), i), percent);
    text_puts(out, i > 0 ? ", " : "");
    column_cell_text(frame_column(segments, 0), i, out);
    text_printf(out, " %s", percent);
  }
}

/* What was read and how; jobs that run; what shapes are made of. */
static void put_state(Tui *tui, const State *state, bool hints, Text *out)
{
  const Frame *frame = state->now->frame, *rejects = frame_rejects(frame);
  if (rejects) {
    text_printf(out, _("rows that could not be read: %zu; "), frame_rows(rejects));
  }
  if (hints && *frame_report(frame)) {
    text_puts(out, _("R shows what reading decided. "));
  }
  if (tui_job(tui)) {
    char seconds[32];
    tui_seconds(tui, job_seconds(tui_job(tui)), seconds);
    text_printf(out, _("running: %1$s, %2$s. "), job_name(tui_job(tui)), seconds);
  } else if (state->failed.size > 0) {
    text_add(out, text_data(&state->failed), state->failed.size);
  } else if (!state->now->described) {
    text_puts(out, _("working out the figures... "));
  }
  if (state->now->sampled < frame_rows(frame)) {
    char rows[32];
    table_count(state->now->sampled, rows);
    text_printf(out, _("shapes are of %s rows spread over all. "), rows);
  }
}

static void put_line(const ViewStyle *style, ViewRole role, Text *line, Text *out)
{
  if (line->size > 0) {
    style_paragraph(style, role, text_data(line), 2, 0, 0, out);
  }
  text_reset(line);
}

/* Baskets, for one: rules are mined of them. */
static bool has_sets(const Frame *frame)
{
  for (size_t i = 0; i < frame_columns(frame); i++) {
    if (column_type(frame_column(frame, i)) == TYPE_SET) {
      return true;
    }
  }
  return false;
}

/* hints: of keys. */
static void write_head(Tui *tui, const State *state, bool hints, const ViewStyle *style, Text *out)
{
  Text line = {0};
  if (!state->now) {
    style_paragraph(style, VIEW_PLAIN,
                    _("No table to show yet. o on the page Data opens a file; a table of the session is chosen there."),
                    0, 0, 0, out);
    return;
  }
  put_shape(state, style, &line);
  put_line(style, VIEW_TITLE, &line, out);
  put_types(state->now->frame, &line);
  text_puts(&line, line.size > 0 ? "; " : "");
  put_missing(state->now->frame, &line);
  put_line(style, VIEW_PLAIN, &line, out);
  put_segments(state, &line);
  put_line(style, VIEW_PLAIN, &line, out);
  put_state(tui, state, hints, &line);
  put_line(style, VIEW_MUTED, &line, out);
  if (hints) {
    text_puts(&line, has_sets(state->now->frame) ? _("r: the rows, to filter and sort. 5, then F: rules. C-p: all by name.")
                                                 : _("r: the rows, to filter and sort. 4, then F: segments. C-p: all by name."));
    put_line(style, VIEW_MUTED, &line, out);
  }
  text_free(&line);
}

static void write_about(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  write_head(tui, context, true, style, out);
}

/* ---- the page */

static void show_frame(Tui *tui, State *state, const char *name, const Frame *frame)
{
  tui_forget(tui, state);
  Text copy = {0};
  text_puts(&copy, name);
  text_free(&state->name);
  state->name = copy;
  text_reset(&state->failed);
  state->now = know(tui, state, frame);
  if (!state->now) {
    tui_message(tui, VIEW_ERROR, "%s", _("not enough memory for the summary"));
    return;
  }
  show_table(tui, state);
  ask_next(tui, state);
  ask_segments(tui, state);
}

static void show_nothing(Tui *tui, State *state)
{
  tui_forget(tui, state);
  state->now = NULL;
  text_reset(&state->name);
  table_panel_show(tui, &state->columns, "", NULL);
  text_panel_renew(tui, &state->about);
}

static const SessionVariable *frame_named(Tui *tui, const char *name)
{
  const SessionVariable *variable = tui_object(tui, name);
  return variable && variable->kind == VALUE_FRAME ? variable : NULL;
}

/* The frame asked for, the subject, the one shown, the first one. */
static void renew(Tui *tui, State *state, const char *name)
{
  size_t n;
  const SessionVariable *variables = tui_objects(tui, &n), *found = frame_named(tui, name);
  found = found ? found : frame_named(tui, tui_subject(tui));
  found = found ? found : frame_named(tui, text_data(&state->name));
  for (size_t i = 0; i < n && !found; i++) {
    found = variables[i].kind == VALUE_FRAME ? &variables[i] : NULL;
  }
  if (found) {
    tui_choose(tui, found->name);
  }
  if (!found) {
    show_nothing(tui, state);
  } else if (!state->now || state->now->frame != found->value.frame ||
             strcmp(text_data(&state->name), found->name) != 0) {
    show_frame(tui, state, found->name, found->value.frame);
  }
}

static void show(Tui *tui, void *context, const char *object)
{
  renew(tui, context, object);
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  renew(tui, state, text_data(&state->name));
  text_panel_renew(tui, &state->about);
}

static void tick(Tui *tui, void *context)
{
  text_panel_renew(tui, &((State *)context)->about);
}

static void enter_column(Tui *tui, void *context, size_t row)
{
  const State *state = context;
  if (state->now && row < frame_columns(state->now->frame)) {
    column_page_go(tui, text_data(&state->name), NULL, state->now->frame, row);
  }
}

static Status open_page(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)tui;
  (void)e;
  state->about.context = state;
  state->about.write = write_about;
  state->about.unlimited = true;
  state->about.stale = true;
  state->columns.fixed = true;
  state->columns.context = state;
  state->columns.enter = enter_column;
  state->columns.empty = N_("no table");
  return STATUS_OK;
}

static void close_page(Tui *tui, void *context)
{
  State *state = context;
  (void)tui;
  for (size_t i = 0; i < KEPT; i++) {
    forget(&state->known[i]);
  }
  text_free(&state->name);
  text_free(&state->failed);
}

static bool has_frame(Tui *tui, void *context)
{
  (void)tui;
  return ((State *)context)->now != NULL;
}

static bool has_report(Tui *tui, void *context)
{
  return has_frame(tui, context) && *frame_report(((State *)context)->now->frame);
}

static void show_report(Tui *tui, void *context)
{
  const State *state = context;
  const ViewStyle style = tui_window(tui);
  const WidthWrap wrap = {.width = style_width(&style), .margin = 2, .ascii = style_ascii(&style)};
  const char *text = frame_report(state->now->frame);
  Text shown = {0};
  width_wrap(&shown, text, strlen(text), &wrap);
  tui_popup(tui, _("What reading the file decided"), &shown);
  text_free(&shown);
}

static void show_rows(Tui *tui, void *context)
{
  tui_go(tui, "data", text_data(&((State *)context)->name));
}

static void write_lua(Tui *tui, void *context, Text *out)
{
  const State *state = context;
  (void)tui;
  if (state->now) {
    text_printf(out, "%s:describe()", text_data(&state->name));
  }
}

/* "age: int64, missing 1.5%, distinct 53; mean 35.5, sd 11.4, min 19 ..." or, of texts, their levels. */
static void report_column(const Known *known, size_t column, const ViewStyle *style, Text *out)
{
  Text line = {0}, entry = {0};
  const char *const name = frame_name(known->frame, column);
  width_add(&line, name, strlen(name), style_ascii(style));
  text_puts(&line, ": ");
  put_entry(known, column, 1, &line);
  text_puts(&line, _(", missing "));
  put_entry(known, column, 2, &line);
  for (size_t at = 3; at < FIRST_FIGURE + FIGURES; at++) {
    text_reset(&entry);
    const bool shape = at == VALUES && shape_has(frame_column(known->frame, column)); /* a picture */
    if (!shape) {
      put_entry(known, column, at, &entry);
    }
    if (entry.size > 0) {
      text_printf(&line, at == VALUES ? "; %1$s%2$s" : ", %1$s %2$s",
                  at == 3 ? _("distinct") : at == VALUES ? "" : figure_names[at - FIRST_FIGURE], text_data(&entry));
    }
  }
  put_line(style, VIEW_PLAIN, &line, out);
  out->failed = out->failed || entry.failed;
  text_free(&line);
  text_free(&entry);
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const State *state = context;
  write_head(tui, state, false, style, out);
  for (size_t i = 0; state->now && i < frame_columns(state->now->frame); i++) {
    report_column(state->now, i, style, out);
  }
  if (state->now && *frame_report(state->now->frame)) {
    text_puts(out, _("Import report:\n"));
    style_paragraph(style, VIEW_PLAIN, frame_report(state->now->frame), 2, 0, 0, out);
  }
}

static const Action actions[] = {
  {.key = "r", .name = N_("rows"), .group = N_("Data"), .run = show_rows, .applies = has_frame,
   .help = N_("the table itself, on the page Data")},
  {.key = "R", .name = N_("import report"), .group = N_("Data"), .run = show_report, .applies = has_report,
   .help = N_("what reading the file decided, and how to change it")}};

static const PanelSlot slots[] = {
  {.name = "columns", .title = N_("Columns"), .class = &table_panel, .at = offsetof(State, columns)},
  {.name = "about", .title = N_("Table"), .class = &text_panel, .at = offsetof(State, about)}};

static const Page summary_page = {
  .order = 20,
  .name = "summary",
  .title = N_("Summary"),
  .help = N_("What is in a table: a row for each column with its type, the share of missing cells, how its numbers are "
             "spread or which texts are most frequent, and its figures (Right shows more). Enter opens the page of a "
             "column."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "about:7/columns",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open_page,
  .close = close_page,
  .show = show,
  .changed = changed,
  .tick = tick,
  .lua = write_lua,
  .report = report};
REGISTER_PAGE(summary_page);
