/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Run: every method there is, and the form of the one that was chosen. */
#include <stdio.h>
#include <string.h>

#include "tui/form_panel.h"
#include "tui/input.h"
#include "tui/list_panel.h"

typedef struct State {
  ListPanel methods;
  FormPanel form;
  char result[FORM_NAME]; /* of the newest call */
  bool arrives;           /* it has run, and its result is to be shown */
} State;

/* ---- the list: families as headings, their primitives below */

/* The primitive on a line, or the heading of those that follow (*heading). */
static const Primitive *line_of(size_t index, bool *heading)
{
  const char *family = "";
  size_t n = 0;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *primitive = registry_at(i);
    if (strcmp(primitive->family, family) != 0) {
      family = primitive->family;
      if (n++ == index) {
        *heading = true;
        return primitive;
      }
    }
    if (n++ == index) {
      *heading = false;
      return primitive;
    }
  }
  return NULL;
}

static size_t count(Tui *tui, void *context)
{
  size_t n = registry_size();
  const char *family = "";
  (void)tui;
  (void)context;
  for (size_t i = 0; i < registry_size(); i++) {
    n += strcmp(registry_at(i)->family, family) != 0;
    family = registry_at(i)->family;
  }
  return n;
}

static size_t index_of(const char *name)
{
  bool heading = false;
  for (size_t i = 0;; i++) {
    const Primitive *primitive = line_of(i, &heading);
    char full[FORM_NAME];
    if (!primitive) {
      return SIZE_MAX;
    }
    snprintf(full, sizeof full, "%s.%s", primitive->family, primitive->name);
    if (!heading && (strcmp(full, name) == 0 || strcmp(primitive->name, name) == 0)) {
      return i;
    }
  }
}

static void item(Tui *tui, void *context, size_t index, ListItem *out)
{
  bool heading = false;
  const Primitive *primitive = line_of(index, &heading);
  (void)tui;
  (void)context;
  if (!primitive) {
    return;
  }
  out->heading = heading;
  out->role = heading ? VIEW_HEADER : VIEW_PLAIN;
  text_puts(&out->text, heading ? primitive->family : primitive->name);
  if (!heading) {
    text_puts(&out->note, primitive->takes == VALUE_NONE ? "" : value_kind_name(primitive->takes));
  }
}

static void moved(Tui *tui, void *context, size_t index)
{
  State *state = context;
  bool heading = false;
  const Primitive *primitive = line_of(index, &heading);
  if (primitive && !heading) {
    form_panel_open(tui, &state->form, primitive);
  }
}

static void enter(Tui *tui, void *context, size_t index)
{
  moved(tui, context, index);
  tui_focus(tui, "form");
}

/* ---- running */

/* Shows what was made, once the session has it. */
static void arrive(Tui *tui, State *state)
{
  if (state->arrives && tui_object(tui, state->result)) {
    state->arrives = false;
    tui_choose(tui, state->result);
    tui_go_best(tui, state->result);
  }
}

static void ran(Tui *tui, void *owner, const RunOutcome *outcome)
{
  State *state = owner;
  state->arrives = outcome && outcome->state == RUN_DONE;
  arrive(tui, state);
}

static void changed(Tui *tui, void *context)
{
  arrive(tui, context);
}

static void run(Tui *tui, void *context, const char *lua)
{
  State *state = context;
  snprintf(state->result, sizeof state->result, "%s", text_data(&state->form.form.fields[FORM_RESULT].lua));
  if (pages_find("watch")) {
    tui_go(tui, "watch", "");
  }
  tui_run_then(tui, lua, ran, state);
}

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)tui;
  (void)e;
  state->methods = (ListPanel){.context = state, .count = count, .item = item, .moved = moved, .enter = enter};
  state->form = (FormPanel){.context = state, .run = run, .empty = _("choose a method on the left, or / finds one")};
  return STATUS_OK;
}

static void close(Tui *tui, void *context)
{
  tui_forget(tui, context);
}

static void go_to(Tui *tui, State *state, size_t index)
{
  list_panel_set(tui, &state->methods, index);
  moved(tui, state, index);
  tui_focus(tui, "form");
}

/* A primitive by name; or the variable to work on. */
static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  const size_t index = *object ? index_of(object) : SIZE_MAX;
  if (index != SIZE_MAX && !tui_object(tui, object)) { /* a variable may be called as a method is */
    go_to(tui, state, index);
  } else if (!state->form.form.primitive) {
    tui_focus(tui, "methods");
  } else if (*object) {
    form_panel_data(tui, &state->form, object);
  }
}

static bool found(Tui *tui, void *context, const char *text)
{
  if (text && *text) {
    go_to(tui, context, index_of(text));
  }
  return true;
}

/* Goes to the first method that has the letters typed so far in its name, best at its beginning. */
static void finding(Tui *tui, void *context, const char *text)
{
  State *state = context;
  bool heading = false;
  size_t best = SIZE_MAX, place = SIZE_MAX;
  for (size_t i = 0; *text; i++) {
    const Primitive *primitive = line_of(i, &heading);
    if (!primitive) {
      break;
    }
    const char *at = heading ? NULL : strstr(primitive->name, text);
    if (at && (size_t)(at - primitive->name) < place) {
      place = (size_t)(at - primitive->name);
      best = i;
    }
  }
  if (best != SIZE_MAX) {
    list_panel_set(tui, &state->methods, best);
    moved(tui, state, best);
  }
}

static bool find_done(Tui *tui, void *context, const char *text)
{
  bool heading = false;
  State *state = context;
  const Primitive *primitive = line_of(state->methods.at, &heading);
  if (text && *text && index_of(text) != SIZE_MAX) {
    return found(tui, context, text);
  }
  if (text && *text && primitive && !heading) {
    tui_focus(tui, "form");
  }
  return true;
}

static void find(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = "/", .history = "methods", .context = context, .changed = finding, .done = find_done};
  tui_ask(tui, &request);
}

static void lua(Tui *tui, void *context, Text *out)
{
  const State *state = context;
  (void)tui;
  if (state->form.form.primitive) {
    form_call(&state->form.form, out);
  }
}

static const Action actions[] = {
  {.key = "/", .name = N_("find"), .help = N_("to the method whose name has these letters"), .group = N_("Find"), .run = find},
};

static const PanelSlot slots[] = {
  {.name = "methods", .title = N_("Methods"), .class = &list_panel, .at = offsetof(State, methods)},
  {.name = "form", .title = N_("Form"), .class = &form_panel, .at = offsetof(State, form)},
};

static const Page run_page = {
  .order = 60,
  .name = "run",
  .title = N_("Run"),
  .help = N_("Any method by filling in its form. What may stand in a field is shown below the fields; the last line is the Lua "
             "that will run, which you can copy into a script."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "methods:26|form",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .close = close,
  .show = show,
  .changed = changed,
  .lua = lua,
};
REGISTER_PAGE(run_page);
