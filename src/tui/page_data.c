/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Data: the objects of the session on the left, the chosen one on the right: a frame as a table to browse,
 * anything else as its card. */
#include "tui/page_data.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/input.h"
#include "tui/list_panel.h"
#include "tui/table_panel.h"
#include "tui/table_parts.h"
#include "tui/text_panel.h"
#include "view/number.h"

/* A table or a card in one place: keys are the table's while a frame is shown. The table comes first, so that its
 * actions find it. */
typedef struct ObjectPanel {
  TablePanel table;
  TextPanel card;
} ObjectPanel;

typedef struct State {
  ListPanel names;
  ObjectPanel object;
  Text name;      /* of the variable that is shown */
  bool elsewhere; /* the table is of an expression that is no variable */
  Text opened;    /* the variable that a file is being read into */
  bool ready;     /* it was read: its summary is to be shown as soon as it is listed */
} State;

/* What data_page_go leaves for the page. */
static struct {
  Text base, filter;
  TableSteps steps;
  bool set;
} next;

static void forget_next(void)
{
  text_free(&next.base);
  text_free(&next.filter);
  table_steps_free(&next.steps);
  next.set = false;
}

/* ---- the panel of an object */

static void object_draw(Tui *tui, void *context, Cells *cells, Rect area, bool focused)
{
  ObjectPanel *object = context;
  if (object->table.frame) {
    table_panel.draw(tui, &object->table, cells, area, focused);
  } else {
    text_panel.draw(tui, &object->card, cells, area, focused);
  }
}

/* The card's own keys, which are no actions here. */
static bool card_key(Tui *tui, TextPanel *card, const Key *key)
{
  for (size_t i = 0; i < text_panel.n_actions; i++) {
    if (key_is(key->code, text_panel.actions[i].key)) {
      text_panel.actions[i].run(tui, card);
      return true;
    }
  }
  return text_panel.key && text_panel.key(tui, card, key);
}

static bool object_key(Tui *tui, void *context, const Key *key)
{
  ObjectPanel *object = context;
  return object->table.frame ? table_panel.key(tui, &object->table, key) : card_key(tui, &object->card, key);
}

static void object_title(Tui *tui, void *context, Text *out)
{
  ObjectPanel *object = context;
  if (object->table.frame) {
    table_panel.title(tui, &object->table, out);
  } else if (text_panel.title) {
    text_panel.title(tui, &object->card, out);
  }
}

static void object_report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  ObjectPanel *object = context;
  if (object->table.frame) {
    table_panel.report(tui, &object->table, style, out);
  } else {
    text_panel.report(tui, &object->card, style, out);
  }
}

static void object_close(Tui *tui, void *context)
{
  ObjectPanel *object = context;
  table_panel.close(tui, &object->table);
  text_panel.close(tui, &object->card);
}

static const PanelClass object_panel = {.name = "object",
                                        .close = object_close,
                                  .draw = object_draw,
                                  .key = object_key,
                                  .title = object_title,
                                  .report = object_report,
                                  .actions = table_actions,
                                  .n_actions = TABLE_ACTIONS};

/* ---- the list of objects */

static size_t count_names(Tui *tui, void *context)
{
  size_t n;
  (void)context;
  (void)tui_objects(tui, &n);
  return n;
}

static void put_name(Tui *tui, void *context, size_t index, ListItem *out)
{
  const State *state = context;
  size_t n;
  const SessionVariable *variable = &tui_objects(tui, &n)[index];
  const bool here = strcmp(variable->name, text_data(&state->name)) == 0;
  snprintf(out->mark, sizeof out->mark, "%s", here ? "*" : "");
  text_puts(&out->text, variable->name);
  text_puts(&out->note, variable->kind == VALUE_FRAME ? "" : variable->type);
  if (variable->kind == VALUE_FRAME && variable->shape) {
    text_puts(&out->note, variable->shape);
  }
}

static size_t index_of(Tui *tui, const char *name)
{
  size_t n;
  const SessionVariable *variables = tui_objects(tui, &n);
  for (size_t i = 0; i < n; i++) {
    if (strcmp(variables[i].name, name) == 0) {
      return i;
    }
  }
  return n;
}

/* A model's card, a chart, a number; of what has no value to show its kind in words. */
static void show_card(Tui *tui, State *state, const SessionVariable *variable)
{
  table_panel_show(tui, &state->object.table, "", NULL);
  if (variable->value.kind != VALUE_NONE) {
    text_panel_value(tui, &state->object.card, variable->name, &variable->value);
    return;
  }
  Text words = {0};
  text_printf(&words, "%1$s: %2$s", variable->name, variable->type);
  if (variable->shape && *variable->shape) {
    text_printf(&words, ", %s", variable->shape);
  }
  text_panel_words(tui, &state->object.card, text_data(&words));
  text_free(&words);
}

static void show_variable(Tui *tui, State *state, const SessionVariable *variable)
{
  text_reset(&state->name);
  text_puts(&state->name, variable->name);
  state->elsewhere = false;
  if (variable->kind == VALUE_FRAME) {
    table_panel_show(tui, &state->object.table, variable->name, variable->value.frame);
  } else {
    show_card(tui, state, variable);
  }
}

static void show_nothing(Tui *tui, State *state)
{
  text_reset(&state->name);
  table_panel_show(tui, &state->object.table, "", NULL);
  text_panel_words(tui, &state->object.card, _("o opens a file: CSV, JSON, a workbook. : runs any Lua. When there is "
                                               "something to show it is listed on the left."));
}

static void moved(Tui *tui, void *context, size_t index)
{
  State *state = context;
  size_t n;
  const SessionVariable *variables = tui_objects(tui, &n);
  if (index < n) {
    tui_choose(tui, variables[index].name);
    show_variable(tui, state, &variables[index]);
  }
}

static void entered(Tui *tui, void *context, size_t index)
{
  const State *state = context;
  moved(tui, context, index);
  tui_focus(tui, "object");
  if (!state->object.table.frame) { /* not a table: there may be a page that shows more of it */
    tui_go_best(tui, text_data(&state->name));
  }
}

/* The object that is to be seen: the name asked for, the one shown, the subject, the first frame, the first. */
static const SessionVariable *choose(Tui *tui, const State *state, const char *name)
{
  size_t n;
  const SessionVariable *variables = tui_objects(tui, &n), *found = tui_object(tui, name);
  found = found ? found : tui_object(tui, text_data(&state->name));
  found = found ? found : tui_object(tui, tui_subject(tui));
  for (size_t i = 0; i < n && !found; i++) {
    found = variables[i].kind == VALUE_FRAME ? &variables[i] : NULL;
  }
  return found ? found : n > 0 ? variables : NULL;
}

static void renew(Tui *tui, State *state, const char *name)
{
  const SessionVariable *variable = choose(tui, state, name);
  if (!variable) {
    show_nothing(tui, state);
    return;
  }
  list_panel_set(tui, &state->names, index_of(tui, variable->name));
  if (*name) { /* what is shown as before is not chosen anew */
    tui_choose(tui, variable->name);
  }
  show_variable(tui, state, variable);
}

/* ---- rows that another page points to */

static void took_other(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  if (value && value->kind == VALUE_FRAME) {
    table_panel_show(tui, &state->object.table, text_data(&next.base), value->frame);
    table_panel_follow(tui, &state->object.table, &next.steps, text_data(&next.filter));
  } else if (e) {
    tui_error(tui, e);
  }
  forget_next();
}

static void take_next(Tui *tui, State *state)
{
  const SessionVariable *variable = tui_object(tui, text_data(&next.base));
  tui_focus(tui, "object");
  if (variable && variable->kind == VALUE_FRAME) {
    list_panel_set(tui, &state->names, index_of(tui, variable->name));
    tui_choose(tui, variable->name);
    show_variable(tui, state, variable);
    table_panel_follow(tui, &state->object.table, &next.steps, text_data(&next.filter));
    forget_next();
    return;
  }
  next.set = false;
  state->elsewhere = true;
  tui_query(tui, text_data(&next.base), took_other, state);
}

void data_page_go(Tui *tui, const char *base, const TableSteps *steps, const char *filter)
{
  static const TableSteps none = {0};
  Error e = {0};
  forget_next();
  if (steps_copy(steps ? steps : &none, &next.steps, &e) != STATUS_OK) {
    tui_error(tui, &e);
    return;
  }
  text_puts(&next.base, base);
  text_puts(&next.filter, filter ? filter : "");
  next.set = true;
  tui_go(tui, "data", "");
}

/* ---- a file */

/* "data/My shop-2.csv.gz" gives my_shop_2, with a number behind it when that is taken. */
static void name_of_path(Tui *tui, const char *path, Text *out)
{
  const char *slash = strrchr(path, '/'), *at = slash ? slash + 1 : path;
  char name[48] = "";
  size_t n = 0;
  for (; *at && *at != '.' && n + 8 < sizeof name; at++) {
    const unsigned char c = (unsigned char)*at;
    if (isalnum(c) || n > 0) {
      name[n++] = isalnum(c) ? (char)tolower(c) : '_';
    }
  }
  name[n] = '\0';
  if (!lua_is_name(name) || tui_object(tui, name)) {
    const char *stem = isalpha((unsigned char)*name) ? name : "data";
    for (int i = lua_is_name(name) ? 2 : 1; i == 1 || tui_object(tui, text_data(out)); i++) {
      text_reset(out);
      text_printf(out, i > 1 ? "%1$s%2$d" : "%1$s_", stem, i);
    }
    return;
  }
  text_puts(out, name);
}

static void opened(Tui *tui, void *owner, const RunOutcome *outcome)
{
  State *state = owner;
  (void)tui;
  state->ready = outcome && outcome->state == RUN_DONE;
}

/* "~/x" as a shell has it. */
static void put_path(const char *path, Text *out)
{
  const char *home = getenv("HOME");
  if (path[0] == '~' && path[1] == '/' && home) {
    text_puts(out, home);
    path++;
  }
  text_puts(out, path);
}

static bool open_path(Tui *tui, void *context, const char *typed)
{
  State *state = context;
  if (!typed || *typed == '\0') {
    return true;
  }
  Text path = {0}, lua = {0}, name = {0};
  put_path(typed, &path);
  name_of_path(tui, typed, &name);
  text_printf(&lua, "%s = read ", text_data(&name));
  lua_quote(text_data(&path), path.size, &lua);
  text_reset(&state->opened);
  text_puts(&state->opened, text_data(&name));
  tui_run_then(tui, text_data(&lua), opened, state);
  text_free(&path);
  text_free(&lua);
  text_free(&name);
  return true;
}

static void ask_path(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("open file: "),
                                .history = "path",
                                .before = "read(\"",
                                .after = "\")",
                                .context = context,
                                .done = open_path};
  tui_ask(tui, &request);
}

/* ---- the page */

static Status open_page(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)tui;
  (void)e;
  state->names = (ListPanel){.context = state, .count = count_names, .item = put_name, .moved = moved, .enter = entered,
                             .empty = N_("nothing yet: o opens a file")};
  state->object.table.empty = N_("nothing to show");
  return STATUS_OK;
}

static void close_page(Tui *tui, void *context)
{
  State *state = context;
  (void)tui;
  text_free(&state->name);
  text_free(&state->opened);
  forget_next();
}

static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  if (next.set) {
    take_next(tui, state);
  } else if (!state->elsewhere || *object) {
    renew(tui, state, object);
    tui_focus(tui, state->object.table.frame ? "object" : "names");
  }
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  const bool ready = state->ready && tui_object(tui, text_data(&state->opened));
  state->ready = false;
  if (ready) {
    state->elsewhere = false;
    renew(tui, state, text_data(&state->opened));
    tui_go(tui, "summary", text_data(&state->opened));
  } else if (!state->elsewhere) {
    renew(tui, state, text_data(&state->name));
  }
}

static void write_lua(Tui *tui, void *context, Text *out)
{
  const State *state = context;
  (void)tui;
  if (state->object.table.frame) {
    table_panel_lua(&state->object.table, out);
  } else {
    text_add(out, text_data(&state->name), state->name.size);
  }
}

static void summarise(Tui *tui, void *context)
{
  tui_go(tui, "summary", text_data(&((State *)context)->name));
}

static bool has_object(Tui *tui, void *context)
{
  return tui_object(tui, text_data(&((State *)context)->name)) != NULL;
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  State *state = context;
  size_t n;
  const SessionVariable *variables = tui_objects(tui, &n);
  text_puts(out, _("Objects of the session:\n"));
  for (size_t i = 0; i < n; i++) {
    char bytes[NUMBER_SIZE];
    number_bytes((double)variables[i].bytes, bytes);
    text_printf(out, "  %s: %s", variables[i].name, variables[i].type);
    if (variables[i].shape && *variables[i].shape) {
      text_printf(out, ", %s", variables[i].shape);
    }
    text_printf(out, ", %s\n", bytes);
  }
  if (n == 0) {
    text_puts(out, _("  none\n"));
    return;
  }
  text_printf(out, "\n%s:\n", text_data(&state->name));
  object_report(tui, &state->object, style, out);
}

static const Action actions[] = {
  {.key = "o", .name = N_("open file"), .group = N_("Data"), .run = ask_path,
   .help = N_("reads a file into a table of the session; Tab completes its path")},
  {.key = "d", .name = N_("summary"), .group = N_("Data"), .run = summarise, .applies = has_object,
   .help = N_("what is in all columns of this table")}};

static const PanelSlot slots[] = {
  {.name = "names", .title = N_("Session"), .class = &list_panel, .at = offsetof(State, names)},
  {.name = "object", .title = N_("Object"), .class = &object_panel, .at = offsetof(State, object)}};

static const Page data_page = {
  .order = 10,
  .name = "data",
  .title = N_("Data"),
  .help = N_("The objects of the session on the left; the table or the card of the chosen one on the right. Nothing is "
             "changed here: filters and orders are ways to look, and K keeps what they show under a name of its own."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "names:24|object",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open_page,
  .close = close_page,
  .show = show,
  .changed = changed,
  .lua = write_lua,
  .report = report};
REGISTER_PAGE(data_page);
