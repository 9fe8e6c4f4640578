/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Models: every model of the session, its charts, its frames, its figures. Knows no family: charts are those that the
 * model's class says it has, frames those that it is made of. Where one of them counts hits and misses by threshold (judge.roc), the
 * threshold moves and the table of that moves with it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "tui/chart_panel.h"
#include "tui/input.h"
#include "tui/list_panel.h"
#include "tui/model_data.h"
#include "tui/models_panel.h"
#include "tui/table_panel.h"
#include "tui/text_panel.h"
#include "view/number.h"
#include "view/width.h"
#include "view/value_text.h"

enum { NAME = 128 };

typedef struct State {
  ModelsPanel models;
  ChartPanel chart;
  TextPanel figures;
  TablePanel rows;
  char name[NAME];       /* of the model shown; "": none */
  Model *model;          /* a reference */
  size_t kind, frame;    /* numbers of the chart and the frame that are shown */
  Text axes;             /* options of the chart: x = "a", y = "b" */
  size_t threshold;      /* row of tidy */
} State;

/* ---- which models there are */

static bool is_model(const SessionVariable *variable)
{
  return variable->kind == VALUE_MODEL;
}

/* ---- its charts */

/* The kind of chart with this number, "" when there are no charts; *n: how many there are. */
static void chart_kind_at(const Model *model, size_t index, char out[NAME], size_t *n)
{
  const ModelClass *class = model ? model_primitive(model)->model : NULL;
  const char *kinds = class && class->plot && class->plots ? class->plots : "";
  *n = 0;
  out[0] = '\0';
  while (*kinds) {
    const size_t length = strcspn(kinds, "|");
    if ((*n)++ == index) {
      snprintf(out, NAME, "%.*s", (int)length, kinds);
    }
    kinds += length + (kinds[length] == '|');
  }
}

static void chart_lua(const State *state, Text *out)
{
  char kind[NAME];
  size_t n;
  chart_kind_at(state->model, state->kind, kind, &n);
  if (n > 0) {
    text_printf(out, state->axes.size ? "%1$s:plot{\"%2$s\", %3$s}" : "%1$s:plot(\"%2$s\")", state->name, kind, text_data(&state->axes));
  }
}

static void show_chart(Tui *tui, State *state)
{
  char kind[NAME];
  size_t n;
  Text lua = {0};
  chart_kind_at(state->model, state->kind, kind, &n);
  chart_panel_title(tui, &state->chart, kind, state->kind, n);
  chart_lua(state, &lua);
  if (lua.size > 0) {
    chart_panel_query(tui, &state->chart, text_data(&lua));
  } else {
    chart_panel_words(tui, &state->chart, state->model ? _("this model has no charts") : "");
  }
  text_free(&lua);
}

/* ---- its frames */

/* The expression of a frame where the session has one. */
static void frame_lua(const State *state, const char *frame, Text *out)
{
  const Primitive *verb = registry_method(VALUE_MODEL, frame);
  const bool own = verb && verb->gives == VALUE_FRAME &&
                   (!verb->takes_class || strcmp(verb->takes_class, model_primitive(state->model)->family) == 0) &&
                   (verb->n_options == 0 || verb->options[0].standard != OPTION_REQUIRED);
  if (own) {
    text_printf(out, "%s:%s()", state->name, frame);
  }
}

static void show_frame(Tui *tui, State *state)
{
  const size_t n = state->model ? model_frames(state->model) : 0;
  Text lua = {0};
  if (n == 0) {
    table_panel_show(tui, &state->rows, "", NULL);
    return;
  }
  state->frame %= n;
  const char *name = model_frame_name(state->model, state->frame);
  frame_lua(state, name, &lua);
  state->rows.fixed = lua.size == 0;
  table_panel_show(tui, &state->rows, lua.size ? text_data(&lua) : name, model_frame(state->model, name));
  text_free(&lua);
}

/* ---- its figures; or the table at a threshold */

static const Column *column_of(const Model *model, const char *frame, const char *name)
{
  size_t column;
  const Frame *found = model ? model_frame(model, frame) : NULL;
  return found && frame_find(found, name, &column) ? frame_column(found, column) : NULL;
}

/* Counts by threshold: what a page can move through. */
static bool has_thresholds(const Model *model)
{
  const Column *cells[] = {column_of(model, "tidy", "tp"), column_of(model, "tidy", "fp"), column_of(model, "tidy", "fn"),
                           column_of(model, "tidy", "tn")};
  for (size_t i = 0; i < 4; i++) {
    if (!cells[i] || column_type(cells[i]) != TYPE_INT64) {
      return false;
    }
  }
  return column_of(model, "tidy", "threshold") != NULL;
}

static long long cell(const State *state, const char *name)
{
  return (long long)column_int(column_of(state->model, "tidy", name), state->threshold);
}

static void put_number(const char *name, double value, const ViewStyle *style, Text *out)
{
  char text[NUMBER_SIZE];
  if (!isnan(value)) {
    number_one(value, style_digits(style), text);
    text_printf(out, "%s %s\n", name, text);
  }
}

/* The row of the greatest profit, the first of equal ones. */
static size_t best_row(const Model *model)
{
  const Column *profit = column_of(model, "tidy", "profit");
  size_t best = 0;
  for (size_t i = 1; profit && i < column_rows(profit); i++) {
    const bool more = column_valid(profit, i) && (!column_valid(profit, best) || column_float(profit, i) > column_float(profit, best));
    best = more ? i : best;
  }
  return best;
}

/* What was called against what is: two by two. */
static void write_confusion(const ViewStyle *style, double tp, double fp, double fn, double tn, Text *out)
{
  const bool ascii = style_ascii(style);
  const char *const names[] = {_("truth"), _("called yes"), _("called no")}, *const heads[] = {_("yes"), _("no")};
  const double counts[2][2] = {{tp, fp}, {fn, tn}};
  size_t label = 0;
  int width = 4;
  for (size_t i = 0; i < 3; i++) {
    const size_t n = width_of(names[i], strlen(names[i]), ascii);
    label = n > label ? n : label;
  }
  for (size_t i = 0; i < 4; i++) {
    const int digits = snprintf(NULL, 0, "%.0f", counts[i / 2][i % 2]);
    width = digits > width ? digits : width;
  }
  for (size_t i = 0; i < 3; i++) {
    width_left(out, names[i], strlen(names[i]), label, ascii);
    for (size_t j = 0; j < 2; j++) {
      char count[32];
      snprintf(count, sizeof count, "%.0f", i > 0 ? counts[i - 1][j] : 0);
      const char *const cell = i > 0 ? count : heads[j];
      text_puts(out, " ");
      width_right(out, cell, strlen(cell), (size_t)width, ascii);
    }
    text_puts(out, "\n");
  }
}

static void write_threshold(const State *state, const ViewStyle *style, Text *out)
{
  const Column *thresholds = column_of(state->model, "tidy", "threshold"), *profit = column_of(state->model, "tidy", "profit");
  const double tp = (double)cell(state, "tp"), fp = (double)cell(state, "fp"), fn = (double)cell(state, "fn"),
               tn = (double)cell(state, "tn");
  if (column_valid(thresholds, state->threshold)) {
    put_number(_("threshold"), column_float(thresholds, state->threshold), style, out);
  } else {
    text_printf(out, "%s\n", _("threshold: above all scores"));
  }
  write_confusion(style, tp, fp, fn, tn, out);
  put_number(_("precision"), tp + fp > 0 ? tp / (tp + fp) : NAN, style, out);
  put_number(_("recall"), tp + fn > 0 ? tp / (tp + fn) : NAN, style, out);
  if (profit && column_valid(profit, state->threshold)) {
    const size_t best = best_row(state->model);
    put_number(_("profit"), column_float(profit, state->threshold), style, out);
    put_number(_("best profit"), column_float(profit, best), style, out);
    put_number(_("best at"), column_valid(thresholds, best) ? column_float(thresholds, best) : NAN, style, out);
  }
}

/* Each figure of glance with its definition. */
static void write_glance(const State *state, const ViewStyle *style, Text *out)
{
  const Frame *glance = model_frame(state->model, "glance");
  const Primitive *primitive = model_primitive(state->model);
  for (size_t i = 0; glance && i < frame_columns(glance); i++) {
    const char *name = frame_name(glance, i), *definition = "";
    Text line = {0};
    for (size_t j = 0; j < primitive->n_figures; j++) {
      definition = strcmp(primitive->figures[j].name, name) == 0 ? primitive->figures[j].definition : definition;
    }
    if (column_type(frame_column(glance, i)) == TYPE_FLOAT64 && column_valid(frame_column(glance, i), 0)) {
      char number[NUMBER_SIZE];
      number_one(column_float(frame_column(glance, i), 0), style_digits(style), number);
      text_printf(&line, "%s %s", name, number);
    } else {
      text_printf(&line, "%s ", name);
      if (column_valid(frame_column(glance, i), 0)) {
        column_cell_text(frame_column(glance, i), 0, &line);
      } else {
        text_puts(&line, "NA");
      }
    }
    text_printf(&line, *definition ? ": %s" : "%s", definition);
    (void)style_paragraph(style, VIEW_PLAIN, text_data(&line), 2, 0, 0, out);
    text_free(&line);
  }
}

static void write_figures(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const State *state = context;
  (void)tui;
  if (!state->model) {
    (void)style_paragraph(style, VIEW_MUTED, _("no model yet: F fits one"), 0, 0, 0, out);
  } else if (has_thresholds(state->model)) {
    write_threshold(state, style, out);
  } else {
    write_glance(state, style, out);
  }
}

/* ---- showing one */

/* The figures at the threshold; where the table of thresholds is shown, its row too. */
static void show_threshold(Tui *tui, State *state)
{
  text_panel_renew(tui, &state->figures);
  if (has_thresholds(state->model) && strcmp(model_frame_name(state->model, state->frame), "tidy") == 0) {
    table_panel_move(tui, &state->rows, state->threshold, state->rows.column);
  }
}

static void show_model(Tui *tui, void *context, const SessionVariable *variable)
{
  State *state = context;
  Model *model = variable ? model_ref(variable->value.model) : NULL;
  const bool other = !variable || strcmp(state->name, variable->name) != 0 || state->model != model;
  model_unref(state->model);
  state->model = model;
  snprintf(state->name, sizeof state->name, "%s", variable ? variable->name : "");
  if (other) {
    state->kind = state->frame = 0;
    text_reset(&state->axes);
    const Column *tp = has_thresholds(model) ? column_of(model, "tidy", "tp") : NULL;
    state->threshold = tp ? column_rows(tp) / 2 : 0;
    show_chart(tui, state);
  }
  show_frame(tui, state);
  if (other) {
    show_threshold(tui, state);
  }
}

/* ---- actions */

static bool has_model(Tui *tui, void *context)
{
  (void)tui;
  return ((State *)context)->model != NULL;
}

static bool can_move(Tui *tui, void *context)
{
  (void)tui;
  return has_thresholds(((State *)context)->model);
}

static void next_chart(Tui *tui, void *context)
{
  State *state = context;
  char kind[NAME];
  size_t n;
  chart_kind_at(state->model, 0, kind, &n);
  if (n > 0) {
    state->kind = (state->kind + 1) % n;
    text_reset(&state->axes);
    show_chart(tui, state);
  }
}

static void next_frame(Tui *tui, void *context)
{
  State *state = context;
  state->frame++;
  show_frame(tui, state);
  show_threshold(tui, state);
}

static void move_threshold(Tui *tui, State *state, int step)
{
  const size_t n = column_rows(column_of(state->model, "tidy", "tp")), by = n / 50 > 1 ? n / 50 : 1;
  state->threshold = step > 0 ? (state->threshold >= by ? state->threshold - by : 0)
                              : (state->threshold + by < n ? state->threshold + by : n - 1);
  show_threshold(tui, state);
}

static void lower(Tui *tui, void *context)
{
  move_threshold(tui, context, -1);
}

static void higher(Tui *tui, void *context)
{
  move_threshold(tui, context, 1);
}

static bool has_profit(Tui *tui, void *context)
{
  const State *state = context;
  (void)tui;
  return has_thresholds(state->model) && column_of(state->model, "tidy", "profit");
}

static void best(Tui *tui, void *context)
{
  State *state = context;
  state->threshold = best_row(state->model);
  show_threshold(tui, state);
}

static bool axes_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  if (text && !model_axes(tui, text, state->model ? model_data(state->model) : NULL, &state->axes)) {
    return false;
  }
  if (text) {
    show_chart(tui, state);
  }
  return true;
}

static void ask_axes(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("columns x, y (empty: the usual): "), .history = "axes", .context = context,
                                .done = axes_done};
  tui_ask(tui, &request);
}

/* A value's card in a window. */
static void popup_value(Tui *tui, const char *title, const Value *value, const Error *failed)
{
  Text text = {0};
  Error e = {0};
  ViewStyle style = tui_style(tui);
  style.color = false;
  style.width = style.width > 8 ? style.width - 4 : style.width;
  style.height = 0;
  if (failed) {
    tui_error(tui, failed);
  } else if (value_text_render(value, &style, &text, &e) != STATUS_OK) {
    tui_error(tui, &e);
  } else {
    tui_popup(tui, title, &text);
  }
  text_free(&text);
}

static void compared(Tui *tui, void *owner, Value *value, const Error *e)
{
  (void)owner;
  popup_value(tui, _("What differs"), value, e);
}

static bool compare_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  if (text && *text) {
    Text lua = {0};
    text_printf(&lua, "diff(%s, %s)", state->name, text);
    tui_query(tui, text_data(&lua), compared, state);
    text_free(&lua);
  }
  return true;
}

static void compare(Tui *tui, void *context)
{
  const State *state = context;
  const Primitive *own = model_primitive(state->model);
  const char *other = NULL;
  for (size_t i = 0; models_panel_at(tui, &state->models, i); i++) { /* another one of the same method */
    const SessionVariable *model = models_panel_at(tui, &state->models, i);
    const bool same = model_primitive(model->value.model) == own && strcmp(model->name, state->name) != 0;
    other = same && !other ? model->name : other;
  }
  const InputRequest request = {.prompt = _("compare with: "), .text = other, .history = "compare", .before = "", .after = "",
                                .context = context, .done = compare_done};
  tui_ask(tui, &request);
}

static void explained(Tui *tui, void *owner, Value *value, const Error *e)
{
  (void)owner;
  if (!e && value->kind == VALUE_TEXT) {
    Text text = {0};
    text_add(&text, value->text.bytes, value->text.length);
    tui_popup(tui, _("What a figure means"), &text);
    text_free(&text);
  } else {
    popup_value(tui, _("What a figure means"), value, e);
  }
}

static bool why_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  if (text && *text) {
    Text lua = {0};
    text_printf(&lua, "%s:why ", state->name);
    lua_quote(text, strlen(text), &lua);
    tui_query(tui, text_data(&lua), explained, state);
    text_free(&lua);
  }
  return true;
}

static void why(Tui *tui, void *context)
{
  const State *state = context;
  Text before = {0};
  text_printf(&before, "%s:why(\"", state->name);
  const InputRequest request = {.prompt = _("why is: "), .history = "why", .before = text_data(&before), .after = "\")",
                                .context = context, .done = why_done};
  tui_ask(tui, &request);
  text_free(&before);
}

static void fit_model(Tui *tui, void *context)
{
  (void)context;
  tui_go(tui, "run", "regress.ols");
}

static const Action actions[] = {
  {.key = "<", .name = N_("lower"), .help = N_("a lower threshold: more rows are called positive"), .group = N_("Threshold"),
   .run = lower, .applies = can_move},
  {.key = ">", .name = N_("higher"), .help = N_("a higher threshold: fewer rows are called positive"), .group = N_("Threshold"),
   .run = higher, .applies = can_move},
  {.key = "B", .name = N_("best"), .help = N_("the threshold of the greatest profit"), .group = N_("Threshold"), .run = best,
   .applies = has_profit},
  {.key = "p", .name = N_("next chart"), .help = N_("the next chart that the model has"), .group = N_("Look"), .run = next_chart,
   .applies = has_model},
  {.key = "o", .name = N_("next table"), .help = N_("the next frame that the model is made of"), .group = N_("Look"),
   .run = next_frame, .applies = has_model},
  {.key = "e", .name = N_("explain"), .help = N_("explains a figure: definition, formula with this model's numbers, what is sane"),
   .group = N_("Look"), .run = why, .applies = has_model},
  {.key = "m", .name = N_("compare"), .help = N_("what differs between this model and another"), .group = N_("Look"),
   .run = compare, .applies = has_model},
  {.key = "x", .name = N_("axes"), .help = N_("draws the chart on two columns of the data"), .group = N_("Look"), .run = ask_axes,
   .applies = has_model},
  {.key = "F", .name = N_("fit a model"), .help = N_("the form of a method that fits a model; others are beside it"),
   .group = N_("Run"), .run = fit_model},
};

/* ---- the page */

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)e;
  state->models = (ModelsPanel){.context = state, .has = is_model, .show = show_model, .shown = state->name};
  models_panel_open(&state->models, _("no model yet: F fits one"));
  state->figures = (TextPanel){.context = state, .write = write_figures, .unlimited = true, .stale = true};
  state->rows = (TablePanel){.empty = ""};
  models_panel_choose(tui, &state->models, "");
  return STATUS_OK;
}

static void close(Tui *tui, void *context)
{
  State *state = context;
  tui_forget(tui, state);
  model_unref(state->model);
  text_free(&state->axes);
}

static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  models_panel_choose(tui, &state->models, object);
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  models_panel_choose(tui, &state->models, state->name);
}

static void lua(Tui *tui, void *context, Text *out)
{
  (void)tui;
  chart_lua(context, out);
}

static const PanelSlot slots[] = {
  {.name = "models", .title = N_("Models"), .class = &list_panel, .at = offsetof(State, models)},
  {.name = "chart", .title = N_("Chart"), .class = &chart_panel, .at = offsetof(State, chart)},
  {.name = "figures", .title = N_("Figures"), .class = &text_panel, .at = offsetof(State, figures)},
  {.name = "rows", .title = N_("Table"), .class = &table_panel, .at = offsetof(State, rows)},
};

static const Page models = {
  .order = 50,
  .name = "models",
  .title = N_("Models"),
  .help = N_("Every model of the session: its charts (p), the tables it is made of (o), its figures with what they mean. Models "
             "that count hits by threshold have one that moves (< >)."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "models:20|((chart|figures:42%)/rows:9)",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .close = close,
  .show = show,
  .suits = is_model,
  .changed = changed,
  .lua = lua,
};
REGISTER_PAGE(models);
