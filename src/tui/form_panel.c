/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/form_panel.h"

#include <stdio.h>
#include <string.h>

#include "registry/help.h"
#include "registry/model.h"
#include "tui/input.h"
#include "tui/model_data.h"
#include "view/error_text.h"
#include "view/width.h"

enum { NAME_COLUMNS = 18, FOOT_LINES = 5 };

/* Where values begin: behind the mark and the name. */
static int value_column(Rect area)
{
  return (area.width < 2 * NAME_COLUMNS + 6 ? area.width * 2 / 5 : NAME_COLUMNS) + 3;
}

/* ---- lines: a field, and below it the choices of one that is open; the last line is "Run" */

typedef struct Line {
  size_t field;   /* form.n: Run */
  size_t choice;  /* SIZE_MAX: the field itself */
} Line;

static bool is_shown(const Form *form, size_t field)
{
  return field != FORM_DATA || form->primitive->takes != VALUE_NONE;
}

/* The number of lines; *line: what stands on number `at`. */
static size_t walk(const Form *form, size_t at, Line *line)
{
  size_t n = 0;
  for (size_t field = 0; field < form->n; field++) {
    if (!is_shown(form, field)) {
      continue;
    }
    if (n++ == at) {
      *line = (Line){field, SIZE_MAX};
    }
    for (size_t i = 0; form->fields[field].open && i < form_choices(form, field); i++) {
      if (n++ == at) {
        *line = (Line){field, i};
      }
    }
  }
  if (n == at) {
    *line = (Line){form->n, SIZE_MAX};
  }
  return n + 1;
}

static Line line_at(const FormPanel *panel)
{
  Line line = {panel->form.n, SIZE_MAX};
  (void)walk(&panel->form, panel->at, &line);
  return line;
}

static void go_to_field(FormPanel *panel, size_t field)
{
  Line line = {0, 0};
  const size_t n = walk(&panel->form, 0, &line);
  for (size_t i = 0; i < n; i++) {
    (void)walk(&panel->form, i, &line);
    if (line.field == field && line.choice == SIZE_MAX) {
      panel->at = i;
      return;
    }
  }
}

/* ---- what the form asks the session */

static Status evaluate(void *context, const char *lua, Value *out, Error *e)
{
  return tui_evaluate(context, lua, out, e);
}

static const SessionVariable *object(void *context, size_t index)
{
  size_t n;
  const SessionVariable *all = tui_objects(context, &n);
  return index < n ? &all[index] : NULL;
}

/* A model brings the rows that it was fitted to. */
static void set_data(Tui *tui, FormPanel *panel, const char *name)
{
  const SessionVariable *variable = tui_object(tui, name);
  form_set(&panel->form, FORM_DATA, name, variable ? &variable->value : NULL);
  if (variable && variable->kind == VALUE_MODEL && panel->form.primitive->takes == VALUE_MODEL) {
    const SessionVariable *data = model_data_variable(tui, variable->value.model);
    form_propose(&panel->form, data ? data->name : "");
  }
}

static bool suits(const Primitive *primitive, const SessionVariable *variable)
{
  return variable->kind == primitive->takes &&
         (variable->kind != VALUE_MODEL || !primitive->takes_class ||
          strcmp(primitive->takes_class, model_primitive(variable->value.model)->family) == 0);
}

static void choose_data(Tui *tui, FormPanel *panel)
{
  const ValueKind takes = panel->form.primitive->takes;
  const SessionVariable *subject = tui_object(tui, tui_subject(tui));
  size_t n;
  const SessionVariable *all = tui_objects(tui, &n);
  const SessionVariable *found = subject && suits(panel->form.primitive, subject) ? subject : NULL;
  for (size_t i = 0; i < n && !found; i++) {
    found = suits(panel->form.primitive, &all[i]) ? &all[i] : NULL;
  }
  if (found && takes != VALUE_NONE) {
    set_data(tui, panel, found->name);
  }
}

/* "kmeans1": a name that is not taken, neither by a variable nor by the library. */
static void choose_result(Tui *tui, FormPanel *panel)
{
  const Primitive *primitive = panel->form.primitive;
  char name[FORM_NAME];
  int number = 0;
  do {
    snprintf(name, sizeof name, "%s%d", primitive->name, ++number);
  } while (tui_object(tui, name));
  if (primitive->gives != VALUE_NONE) {
    form_set(&panel->form, FORM_RESULT, name, NULL);
  }
}

void form_panel_open(Tui *tui, FormPanel *panel, const Primitive *primitive)
{
  Error e = {0};
  panel->at = panel->top = 0;
  if (form_open(&panel->form, primitive, evaluate, object, tui, &e) != STATUS_OK) {
    tui_error(tui, &e);
    return;
  }
  choose_result(tui, panel);
  choose_data(tui, panel);
  const size_t wrong = form_wrong(&panel->form);
  go_to_field(panel, wrong);
  tui_redraw(tui);
}

void form_panel_data(Tui *tui, FormPanel *panel, const char *name)
{
  const SessionVariable *variable = tui_object(tui, name);
  if (panel->form.primitive && variable && suits(panel->form.primitive, variable)) {
    set_data(tui, panel, name);
    tui_redraw(tui);
  }
}

/* ---- drawing */

static const char *standard_of(const Form *form, size_t field)
{
  const Option *option = form_option(form, field);
  return !option ? "" : option->standard == OPTION_REQUIRED ? _("required") : option->standard[0] ? option->standard : _("not given");
}

static void draw_field(const FormPanel *panel, Cells *cells, Rect area, int line, size_t field, bool here)
{
  const Form *form = &panel->form;
  const FormField *f = &form->fields[field];
  const char *name = form_name(form, field);
  const bool wrong = f->error.status != STATUS_OK, given = f->lua.size > 0;
  const int at = value_column(area), width = area.width > at ? area.width - at : 0;
  cells_put(cells, area, line, 0, pen_of(VIEW_PLAIN), here ? ">" : " ");
  cells_put(cells, area, line, 1, pen_of(VIEW_ERROR), wrong ? "!" : " ");
  cells_left(cells, area, line, 2, at - 3, pen_of(VIEW_HEADER), name, strlen(name));
  const char *text = given ? text_data(&f->lua) : standard_of(form, field);
  const bool needed = !given && form_option(form, field) && form_option(form, field)->standard == OPTION_REQUIRED;
  cells_left(cells, area, line, at, width, pen_of(wrong ? VIEW_ERROR : given ? VIEW_PLAIN : needed ? VIEW_WARNING : VIEW_MUTED), text,
             strlen(text));
}

static void draw_choice(const FormPanel *panel, Cells *cells, Rect area, int line, Line what)
{
  Text text = {0};
  const bool list = form_is_list(&panel->form, what.field);
  const bool chosen = form_chosen(&panel->form, what.field, what.choice);
  text_puts(&text, list ? (chosen ? "[x] " : "[ ] ") : chosen ? "(*) " : "( ) ");
  form_choice(&panel->form, what.field, what.choice, &text);
  const int at = value_column(area);
  cells_left(cells, area, line, at, area.width > at ? area.width - at : 0, pen_of(VIEW_PLAIN), text_data(&text), text.size);
  text_free(&text);
}

static void draw_lines(FormPanel *panel, Cells *cells, Rect area, bool focused)
{
  Line what = {0, 0};
  const size_t n = walk(&panel->form, 0, &what), height = area.height > 0 ? (size_t)area.height : 1;
  panel->at = panel->at < n ? panel->at : n - 1;
  panel->top = panel->at < panel->top ? panel->at : panel->at >= panel->top + height ? panel->at - height + 1 : panel->top;
  for (size_t i = 0; i < height && panel->top + i < n; i++) {
    const size_t number = panel->top + i;
    const bool here = number == panel->at;
    (void)walk(&panel->form, number, &what);
    if (what.field == panel->form.n) {
      cells_printf(cells, area, (int)i, 0, pen_of(VIEW_TITLE), "%s %s", here ? ">" : " ", _("[ Run ]"));
    } else if (what.choice == SIZE_MAX) {
      draw_field(panel, cells, area, (int)i, what.field, here);
    } else {
      draw_choice(panel, cells, area, (int)i, what);
    }
    if (here && focused) {
      cells_repaint(cells, rect_lines(area, (int)i, 1), (Pen){.reverse = true}, true);
    }
  }
  cells_scroll(cells, area, panel->top, n);
}

/* What the field is for, or what is wrong with it. */
static void field_words(const FormPanel *panel, size_t field, Text *out)
{
  const Form *form = &panel->form;
  const Option *option = form_option(form, field);
  if (field == form->n) {
    text_puts(out, _("Enter runs the call below."));
  } else if (form->fields[field].error.status != STATUS_OK) {
    const Error *e = &form->fields[field].error;
    text_printf(out, e->hint[0] ? "%s (%s)" : "%s", e->what, e->hint);
  } else if (option) {
    text_printf(out, "%s: ", option->help);
    option_type(option, out);
    text_puts(out, option->unit[0] ? ", " : "");
    text_puts(out, option->unit);
  } else {
    text_puts(out, field == FORM_RESULT ? _("the name that the result gets; empty: it is only shown")
                                        : _("the variable it works on"));
  }
}

static void draw_foot(const FormPanel *panel, Cells *cells, Rect area)
{
  const size_t field = line_at(panel).field;
  const bool wrong = field < panel->form.n && panel->form.fields[field].error.status != STATUS_OK;
  const ViewStyle style = cells_style(cells, area);
  Text words = {0}, text = {0}, call = {0};
  field_words(panel, field, &words);
  form_call(&panel->form, &call);
  (void)style_paragraph(&style, wrong ? VIEW_ERROR : VIEW_PLAIN, text_data(&words), 0, 0, 2, &text);
  cells_across(cells, area, 0, pen_of(VIEW_MUTED));
  (void)cells_text(cells, rect_lines(area, 1, area.height - 1), 0, 0, &text);
  text_reset(&text);
  (void)style_paragraph(&style, VIEW_KEYWORD, text_data(&call), 2, 0, 2, &text);
  (void)cells_text(cells, rect_lines(area, 3, area.height - 3), 0, 0, &text);
  text_free(&words);
  text_free(&text);
  text_free(&call);
}

static void draw(Tui *tui, void *context, Cells *cells, Rect area, bool focused)
{
  FormPanel *panel = context;
  (void)tui;
  if (!panel->form.primitive) {
    cells_left(cells, area, 0, 0, area.width, pen_of(VIEW_MUTED), panel->empty ? panel->empty : "",
               panel->empty ? strlen(panel->empty) : 0);
    return;
  }
  const int foot = area.height > FOOT_LINES + 3 ? FOOT_LINES : area.height > 6 ? 3 : 0;
  draw_lines(panel, cells, rect_lines(area, 0, area.height - foot), focused);
  if (foot > 0) {
    draw_foot(panel, cells, rect_lines(area, area.height - foot, foot));
  }
}

static void title(Tui *tui, void *context, Text *out)
{
  const FormPanel *panel = context;
  (void)tui;
  if (panel->form.primitive) {
    text_printf(out, "%s.%s: %s", panel->form.primitive->family, panel->form.primitive->name, panel->form.primitive->summary);
  }
}

/* ---- keys */

static bool has_form(Tui *tui, void *context)
{
  (void)tui;
  return ((FormPanel *)context)->form.primitive != NULL;
}

static void move(Tui *tui, FormPanel *panel, int step)
{
  Line line;
  const size_t n = panel->form.primitive ? walk(&panel->form, 0, &line) : 1;
  if (step > 0 ? panel->at + 1 < n : panel->at > 0) {
    panel->at = step > 0 ? panel->at + 1 : panel->at - 1;
  }
  tui_redraw(tui);
}

static void up(Tui *tui, void *context)
{
  move(tui, context, -1);
}

static void down(Tui *tui, void *context)
{
  move(tui, context, 1);
}

static void run(Tui *tui, void *context)
{
  FormPanel *panel = context;
  const size_t wrong = form_wrong(&panel->form);
  if (wrong < panel->form.n) {
    Text words = {0};
    go_to_field(panel, wrong);
    if (panel->form.fields[wrong].lua.size == 0) {
      text_printf(&words, _("'%s' must be given"), form_name(&panel->form, wrong));
    } else {
      field_words(panel, wrong, &words);
    }
    tui_message(tui, VIEW_ERROR, "%s", text_data(&words));
    text_free(&words);
    tui_redraw(tui);
    return;
  }
  Text call = {0};
  form_call(&panel->form, &call);
  panel->run(tui, panel->context, text_data(&call));
  text_free(&call);
}

static bool edited(Tui *tui, void *context, const char *text)
{
  FormPanel *panel = context;
  const size_t field = panel->editing;
  if (!text || !panel->form.primitive || field >= panel->form.n) {
    return true;
  }
  if (field == FORM_DATA) {
    set_data(tui, panel, text);
  } else {
    form_set(&panel->form, field, text, NULL);
  }
  if (panel->form.fields[field].error.status != STATUS_OK) {
    tui_error(tui, &panel->form.fields[field].error);
  } else {
    move(tui, panel, 1);
  }
  return true;
}

/* begin: what was typed already; NULL: what the field has. */
static void edit(Tui *tui, FormPanel *panel, size_t field, const char *begin)
{
  Text before = {0}, after = {0}, prompt = {0};
  form_around(&panel->form, field, &before, &after);
  text_printf(&prompt, "%s = ", form_name(&panel->form, field));
  panel->editing = field;
  const InputRequest request = {.prompt = text_data(&prompt), .text = begin ? begin : text_data(&panel->form.fields[field].lua),
                                .before = field == FORM_RESULT ? NULL : text_data(&before),
                                .after = field == FORM_RESULT ? NULL : text_data(&after), .context = panel, .done = edited};
  tui_ask(tui, &request);
  text_free(&before);
  text_free(&after);
  text_free(&prompt);
}

/* The next object of the kind that the form takes. */
static void next_data(Tui *tui, FormPanel *panel)
{
  size_t n, first = SIZE_MAX, after = SIZE_MAX;
  const SessionVariable *all = tui_objects(tui, &n);
  bool passed = false;
  for (size_t i = 0; i < n; i++) {
    if (!suits(panel->form.primitive, &all[i])) {
      continue;
    }
    first = first == SIZE_MAX ? i : first;
    after = passed && after == SIZE_MAX ? i : after;
    passed = passed || strcmp(all[i].name, text_data(&panel->form.fields[FORM_DATA].lua)) == 0;
  }
  if (first != SIZE_MAX) {
    set_data(tui, panel, all[after != SIZE_MAX ? after : first].name);
  }
}

static void enter(Tui *tui, void *context)
{
  FormPanel *panel = context;
  const Line line = line_at(panel);
  if (line.field == panel->form.n) {
    run(tui, panel);
  } else if (line.choice != SIZE_MAX) {
    form_choose(&panel->form, line.field, line.choice);
  } else {
    edit(tui, panel, line.field, NULL);
  }
  tui_redraw(tui);
}

static void space(Tui *tui, void *context)
{
  FormPanel *panel = context;
  const Line line = line_at(panel);
  if (line.field == panel->form.n) {
    run(tui, panel);
  } else if (line.choice != SIZE_MAX) {
    form_choose(&panel->form, line.field, line.choice);
  } else if (line.field == FORM_DATA) {
    next_data(tui, panel);
  } else if (form_choices(&panel->form, line.field) == 0) {
    edit(tui, panel, line.field, NULL);
  } else if (form_is_list(&panel->form, line.field)) {
    panel->form.fields[line.field].open = !panel->form.fields[line.field].open;
  } else {
    form_step(&panel->form, line.field, 1);
  }
  tui_redraw(tui);
}

static void sideways(Tui *tui, FormPanel *panel, int step)
{
  const Line line = line_at(panel);
  if (line.choice == SIZE_MAX && line.field < panel->form.n) {
    form_step(&panel->form, line.field, step);
    tui_redraw(tui);
  }
}

static void left(Tui *tui, void *context)
{
  sideways(tui, context, -1);
}

static void right(Tui *tui, void *context)
{
  sideways(tui, context, 1);
}

static void clear(Tui *tui, void *context)
{
  FormPanel *panel = context;
  const Line line = line_at(panel);
  if (line.field < panel->form.n) {
    form_set(&panel->form, line.field, "", NULL);
    tui_redraw(tui);
  }
}

static void help(Tui *tui, void *context)
{
  const FormPanel *panel = context;
  char name[FORM_NAME];
  snprintf(name, sizeof name, "%s.%s", panel->form.primitive->family, panel->form.primitive->name);
  tui_go(tui, "help", name);
}

static const Action actions[] = {
  {.key = "Enter", .name = N_("edit"), .help = N_("edits the field, with Tab for what may stand there; on Run: runs"),
   .group = N_("Fill in"), .run = enter, .applies = has_form},
  {.key = "Space", .name = N_("choose"), .help = N_("the next choice; opens or closes a list; marks an item of it"),
   .group = N_("Fill in"), .run = space, .applies = has_form},
  {.key = "r", .name = N_("run"), .help = N_("runs the call that is shown"), .group = N_("Run"), .run = run, .applies = has_form},
  {.key = "BSpace Delete", .name = N_("default"), .help = N_("takes the field's value back, to its default"), .group = N_("Fill in"),
   .run = clear, .applies = has_form},
  {.key = "h", .name = N_("manual"), .help = N_("the page of the manual about this method"), .group = N_("Look"), .run = help,
   .applies = has_form},
  {.key = "Left", .name = N_("choice before"), .help = N_("the choice before"), .group = N_("Fill in"), .run = left,
   .applies = has_form, .quiet = true},
  {.key = "Right", .name = N_("next choice"), .help = N_("the next choice"), .group = N_("Fill in"), .run = right, .applies = has_form,
   .quiet = true},
  {.key = "Up k", .name = N_("up"), .help = N_("the field above"), .group = N_("Move"), .run = up, .quiet = true},
  {.key = "Down j", .name = N_("down"), .help = N_("the field below"), .group = N_("Move"), .run = down, .quiet = true},
};

/* A digit on a field begins its value, rather than going to another page. */
static bool begin_value(Tui *tui, FormPanel *panel, uint32_t code)
{
  const Line line = line_at(panel);
  const char begin[2] = {(char)code, '\0'};
  if (code < '0' || code > '9' || line.field >= panel->form.n || line.field == FORM_DATA || line.field == FORM_RESULT ||
      line.choice != SIZE_MAX || form_choices(&panel->form, line.field) > 0) {
    return false;
  }
  edit(tui, panel, line.field, begin);
  return true;
}

static bool key(Tui *tui, void *context, const Key *pressed)
{
  FormPanel *panel = context;
  if (!panel->form.primitive) {
    return false;
  }
  if (begin_value(tui, panel, pressed->code)) {
    return true;
  }
  if (pressed->code == K_WHEEL_UP || pressed->code == K_WHEEL_DOWN) {
    move(tui, panel, pressed->code == K_WHEEL_UP ? -1 : 1);
    return true;
  }
  if (pressed->code == K_CLICK) {
    const size_t to = panel->top + (size_t)(pressed->y > 0 ? pressed->y : 0);
    if (to == panel->at) {
      space(tui, panel);
    } else {
      panel->at = to;
      move(tui, panel, 0);
    }
    return true;
  }
  return false;
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const FormPanel *panel = context;
  (void)tui;
  (void)style;
  if (!panel->form.primitive) {
    text_printf(out, "%s\n", panel->empty ? panel->empty : "");
    return;
  }
  for (size_t i = 0; i < panel->form.n; i++) {
    const FormField *f = &panel->form.fields[i];
    if (is_shown(&panel->form, i)) {
      text_printf(out, "%s: %s%s%s\n", form_name(&panel->form, i), f->lua.size ? text_data(&f->lua) : standard_of(&panel->form, i),
                  f->error.status != STATUS_OK ? _(", wrong: ") : "", f->error.status != STATUS_OK ? f->error.what : "");
    }
  }
  form_call(&panel->form, out);
  text_puts(out, "\n");
}

static void close(Tui *tui, void *context)
{
  FormPanel *panel = context;
  (void)tui;
  form_close(&panel->form);
}

const PanelClass form_panel = {.name = "form", .close = close, .draw = draw, .key = key, .title = title, .report = report,
                               .actions = actions, .n_actions = sizeof actions / sizeof *actions};
