/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Segments: the clusters of a model with their sizes, charts of them, and what sets the chosen one apart. Knows no
 * method: any model with clusters in its tidy frame (cluster, size, share) that can label rows is a segmentation. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "tui/chart_panel.h"
#include "tui/input.h"
#include "tui/list_panel.h"
#include "tui/models_panel.h"
#include "tui/model_data.h"
#include "tui/page_data.h"
#include "tui/table_panel.h"
#include "view/number.h"

enum { NAME = 128, BAR = 10, SILHOUETTE_ROWS = 2000 };

#define SILHOUETTE "silhouette"

typedef struct State {
  ModelsPanel models;
  ListPanel segments;
  ChartPanel chart;
  TablePanel profile;
  char name[NAME], data[NAME]; /* of the model, of its data; "": none */
  char other[NAME];            /* that it was compared with last */
  Model *model;
  size_t kind;                 /* of the chart */
  Text axes;
  char value[NAME];            /* the column whose share is shown; "": none */
  Frame *all;                  /* the profile of all segments */
} State;

/* ---- which models there are */

static const Column *tidy_column(const Model *model, const char *name)
{
  size_t column;
  const Frame *tidy = model ? model_frame(model, "tidy") : NULL;
  return tidy && frame_find(tidy, name, &column) ? frame_column(tidy, column) : NULL;
}

static bool is_segmentation(const SessionVariable *variable)
{
  const Model *model = variable->kind == VALUE_MODEL ? variable->value.model : NULL;
  const ModelClass *class = model ? model_primitive(model)->model : NULL;
  const Column *cluster = tidy_column(model, "cluster"), *size = tidy_column(model, "size");
  return class && class->predict && cluster && size && column_type(cluster) == TYPE_INT64 && column_type(size) == TYPE_INT64;
}

/* ---- the segments: a line each, with a bar of its share */

static size_t count_segments(Tui *tui, void *context)
{
  const State *state = context;
  const Column *cluster = tidy_column(state->model, "cluster");
  (void)tui;
  return cluster ? column_rows(cluster) : 0;
}

static double value_share(const State *state, int64_t cluster)
{
  size_t number, share;
  if (!state->value[0] || !state->all || !frame_find(state->all, "cluster", &number) || !frame_find(state->all, "value_share", &share)) {
    return NAN;
  }
  for (size_t row = 0; row < frame_rows(state->all); row++) {
    if (column_int(frame_column(state->all, number), row) == cluster) {
      return column_float(frame_column(state->all, share), row);
    }
  }
  return NAN;
}

static void put_segment(Tui *tui, void *context, size_t index, ListItem *out)
{
  const State *state = context;
  const Column *cluster = tidy_column(state->model, "cluster"), *size = tidy_column(state->model, "size");
  char text[NUMBER_SIZE];
  double all = 0;
  (void)tui;
  for (size_t i = 0; i < column_rows(size); i++) {
    all += (double)column_int(size, i);
  }
  const int64_t number = column_int(cluster, index), rows = column_int(size, index);
  const double share = all > 0 ? (double)rows / all : 0, value = value_share(state, number);
  number_percent(share, text);
  if (number == 0) {
    text_printf(&out->text, "%s %6s ", _("noise"), text);
  } else {
    text_printf(&out->text, "%2lld %6s ", (long long)number, text);
  }
  text_repeat(&out->text, "#", (size_t)(share * BAR + 0.5));
  if (isnan(value)) {
    text_printf(&out->note, "%lld", (long long)rows);
  } else {
    number_percent(value, text);
    text_printf(&out->note, "%s", text);
  }
}

/* ---- what is shown of them */

/* Charts of the class, and silhouettes where it has none of its own. */
static void chart_kind_at(const State *state, size_t index, char out[NAME], size_t *n)
{
  const ModelClass *class = state->model ? model_primitive(state->model)->model : NULL;
  const char *kinds = class && class->plot && class->plots ? class->plots : "";
  const bool own = strstr(kinds, SILHOUETTE) != NULL;
  *n = 0;
  out[0] = '\0';
  while (*kinds) {
    const size_t length = strcspn(kinds, "|");
    if ((*n)++ == index) {
      snprintf(out, NAME, "%.*s", (int)length, kinds);
    }
    kinds += length + (kinds[length] == '|');
  }
  if (!own && state->data[0] && registry_method(VALUE_FRAME, SILHOUETTE) && (*n)++ == index) {
    snprintf(out, NAME, "%s", SILHOUETTE);
  }
}

static const Frame *data_of(Tui *tui, const State *state)
{
  const SessionVariable *data = tui_object(tui, state->data);
  return data && data->kind == VALUE_FRAME ? data->value.frame : NULL;
}

/* on = {"spend", "visits"}: the variables that the model was fitted on; false: one of them is no number. */
static bool variables_lua(const State *state, const Frame *data, Text *out)
{
  const Frame *variables = model_frame(state->model, "variables");
  size_t name, column, n = 0;
  bool numbers = true;
  if (!variables || !frame_find(variables, "name", &name) || !type_is_text(column_type(frame_column(variables, name)))) {
    return true;
  }
  for (size_t i = 0; i < frame_rows(variables); i++) {
    size_t length;
    const char *text = column_text(frame_column(variables, name), i, &length);
    char *wanted = mem_text(text, length);
    if (wanted && frame_find(data, wanted, &column)) {
      const Type type = column_type(frame_column(data, column));
      numbers = numbers && (type_is_numeric(type) || type == TYPE_BOOL);
      text_puts(out, n++ ? ", " : ", on = {");
      lua_quote(wanted, length, out);
    }
    mem_free(wanted);
  }
  text_puts(out, n > 0 ? "}" : "");
  return numbers;
}

/* Silhouettes by the variables, the scale and the metric of the fit, where there are many rows of some drawn at random. */
static void silhouette_lua(const State *state, const Frame *data, Text *out)
{
  Text on = {0};
  const bool numbers = variables_lua(state, data, &on);
  const char *scale = model_option_text(state->model, "scale"), *metric = model_option_text(state->model, "metric");
  text_printf(out, "%s:augment(%s):silhouette{cluster = \"cluster\"%s", state->name, state->data, text_data(&on));
  if (metric || !numbers) {
    text_printf(out, ", metric = \"%s\"", numbers ? metric : "gower");
  }
  if (scale && numbers) {
    text_printf(out, ", scale = \"%s\"", scale);
  }
  if (frame_rows(data) > SILHOUETTE_ROWS) {
    text_printf(out, ", sample = %d", SILHOUETTE_ROWS);
  }
  text_puts(out, "}:plot()");
  text_free(&on);
}

static void chart_lua(const State *state, const Frame *data, const char *kind, Text *out)
{
  const ModelClass *class = model_primitive(state->model)->model;
  if (strcmp(kind, SILHOUETTE) == 0 && !strstr(class->plots ? class->plots : "", SILHOUETTE)) {
    silhouette_lua(state, data, out);
    return;
  }
  text_printf(out, "%s:plot{\"%s\"", state->name, kind);
  if (state->data[0] && strcmp(kind, "sizes") != 0) {
    text_printf(out, ", data = %s", state->data);
  }
  text_printf(out, state->axes.size ? ", %s}" : "}", text_data(&state->axes));
}

static void show_chart(Tui *tui, State *state)
{
  char kind[NAME];
  size_t n;
  const Frame *data = data_of(tui, state);
  Text lua = {0};
  chart_kind_at(state, state->kind, kind, &n);
  chart_panel_title(tui, &state->chart, kind, state->kind, n);
  if (n == 0) {
    chart_panel_words(tui, &state->chart, state->model ? _("this model has no charts") : _("no segmentation yet: F finds segments"));
  } else if (state->data[0] && !data) {
    chart_panel_words(tui, &state->chart, _("the rows that were segmented are not in the session"));
  } else {
    chart_lua(state, data, kind, &lua);
    chart_panel_query(tui, &state->chart, text_data(&lua));
  }
  text_free(&lua);
}

static int64_t chosen(const State *state)
{
  const Column *cluster = tidy_column(state->model, "cluster");
  return cluster && state->segments.at < column_rows(cluster) ? column_int(cluster, state->segments.at) : -1;
}

static void profile_lua(const State *state, Text *out)
{
  text_printf(out, "%s:profile{%s, top = 0", state->name, state->data);
  if (state->value[0]) {
    text_puts(out, ", value = ");
    lua_quote(state->value, strlen(state->value), out);
  }
  text_puts(out, "}");
}

/* The rows of the chosen segment, without the column that says so. */
static void show_profile(Tui *tui, State *state)
{
  Text base = {0}, filter = {0};
  TableSteps steps = {0};
  Error e = {0};
  if (!state->all) {
    return;
  }
  profile_lua(state, &base);
  table_panel_show(tui, &state->profile, text_data(&base), state->all);
  text_printf(&filter, "cluster == %lld", (long long)chosen(state));
  if (steps_add(&steps, STEP_HIDE, "cluster", false, &e) == STATUS_OK) {
    table_panel_follow(tui, &state->profile, &steps, text_data(&filter));
  } else {
    tui_error(tui, &e);
  }
  table_steps_free(&steps);
  text_free(&base);
  text_free(&filter);
}

static void profiled(Tui *tui, void *owner, Value *value, const Error *e)
{
  State *state = owner;
  frame_unref(state->all);
  state->all = NULL;
  if (!e && value->kind == VALUE_FRAME) {
    state->all = frame_ref(value->frame);
    show_profile(tui, state);
  } else if (e && e->status != STATUS_CANCELLED) {
    state->profile.empty = _("no profile");
    table_panel_show(tui, &state->profile, "", NULL);
    tui_error(tui, e);
  }
  tui_redraw(tui);
}

static void ask_profile(Tui *tui, State *state)
{
  frame_unref(state->all);
  state->all = NULL;
  table_panel_show(tui, &state->profile, "", NULL);
  if (state->data[0]) {
    Text lua = {0};
    profile_lua(state, &lua);
    tui_query(tui, text_data(&lua), profiled, state);
    text_free(&lua);
  }
}

static void show_model(Tui *tui, void *context, const SessionVariable *variable)
{
  State *state = context;
  Model *model = variable ? model_ref(variable->value.model) : NULL;
  const bool same = variable && strcmp(state->name, variable->name) == 0 && state->model == model;
  model_unref(state->model);
  state->model = model;
  if (same) {
    return;
  }
  snprintf(state->name, sizeof state->name, "%s", variable ? variable->name : "");
  state->kind = 0;
  state->value[0] = state->data[0] = '\0';
  text_reset(&state->axes);
  state->profile.empty = model ? _("the rows that were segmented are not in the session") : "";
  if (model) {
    const SessionVariable *data = model_data_variable(tui, model);
    snprintf(state->data, sizeof state->data, "%s", data ? data->name : "");
  }
  list_panel_set(tui, &state->segments, 0);
  show_chart(tui, state);
  ask_profile(tui, state);
}

static void enter_model(Tui *tui, void *context)
{
  (void)context;
  tui_focus(tui, "segments");
}

static void moved_segment(Tui *tui, void *context, size_t index)
{
  (void)index;
  show_profile(tui, context);
}

/* ---- actions */

static bool has_model(Tui *tui, void *context)
{
  (void)tui;
  return ((State *)context)->model != NULL;
}

static bool has_data(Tui *tui, void *context)
{
  (void)tui;
  return ((State *)context)->data[0] != '\0';
}

/* The rows of the segment, in the table of the page Data. */
static void drill(Tui *tui, State *state)
{
  Text base = {0}, filter = {0};
  if (!state->data[0]) {
    tui_message(tui, VIEW_WARNING, "%s", _("the rows that were segmented are not in the session"));
    return;
  }
  text_printf(&base, "%s:augment(%s)", state->name, state->data);
  text_printf(&filter, "cluster == %lld", (long long)chosen(state));
  data_page_go(tui, text_data(&base), NULL, text_data(&filter));
  text_free(&base);
  text_free(&filter);
}

static void enter_segment(Tui *tui, void *context, size_t index)
{
  (void)index;
  drill(tui, context);
}

static void rows(Tui *tui, void *context)
{
  drill(tui, context);
}

static void next_chart(Tui *tui, void *context)
{
  State *state = context;
  char kind[NAME];
  size_t n;
  chart_kind_at(state, 0, kind, &n);
  if (n > 0) {
    state->kind = (state->kind + 1) % n;
    text_reset(&state->axes);
    show_chart(tui, state);
  }
}

/* The chart that has the rows as points: the one of this name, else the first. */
static size_t kind_of_rows(const State *state)
{
  char kind[NAME];
  size_t n = 1;
  for (size_t i = 0; i < n; i++) {
    chart_kind_at(state, i, kind, &n);
    if (strcmp(kind, "segments") == 0) {
      return i;
    }
  }
  return 0;
}

static bool axes_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  if (text && !model_axes(tui, text, data_of(tui, state), &state->axes)) {
    return false;
  }
  if (text) {
    state->kind = state->axes.size ? kind_of_rows(state) : state->kind;
    show_chart(tui, state);
  }
  return true;
}

static void ask_axes(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("columns x, y (empty: principal components): "), .history = "axes", .context = context,
                                .done = axes_done};
  tui_ask(tui, &request);
}

static bool value_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  if (text && *text && !model_has_column(tui, data_of(tui, state), text)) {
    return false;
  }
  if (text) {
    snprintf(state->value, sizeof state->value, "%s", text);
    ask_profile(tui, state);
  }
  return true;
}

static void ask_value(Tui *tui, void *context)
{
  const State *state = context;
  Text before = {0};
  text_printf(&before, "%s:select(\"", state->data);
  const InputRequest request = {.prompt = _("value share of column: "), .history = "value", .before = text_data(&before),
                                .after = "\")", .context = context, .done = value_done};
  tui_ask(tui, &request);
  text_free(&before);
}

/* A name for the clusters of a model beside the data's own columns. */
static void cluster_column(Tui *tui, const State *state, const char *name, char out[NAME + 16])
{
  const Frame *data = data_of(tui, state);
  size_t column;
  snprintf(out, NAME + 16, "%s%s", name, data && frame_find(data, name, &column) ? "_clusters" : "");
}

static void agreed(Tui *tui, void *owner, Value *value, const Error *e)
{
  const State *state = owner;
  size_t ari, ami;
  const Frame *frame = !e && value->kind == VALUE_FRAME ? value->frame : NULL;
  if (e) {
    tui_error(tui, e);
  } else if (frame && frame_rows(frame) == 1 && frame_find(frame, "ari", &ari) && frame_find(frame, "ami", &ami)) {
    tui_message(tui, VIEW_PLAIN, _("rows %1$s, columns %2$s: adjusted Rand %3$.3f, mutual information %4$.3f"),
                state->name, state->other, column_float(frame_column(frame, ari), 0), column_float(frame_column(frame, ami), 0));
  }
}

/* Rows of the one segmentation against those of the other, as a cross table; how far they agree, as a message. */
static bool compare_done(Tui *tui, void *context, const char *text)
{
  State *state = context;
  const SessionVariable *other = text ? tui_object(tui, text) : NULL;
  char one[NAME + 16], two[NAME + 16];
  Text both = {0}, table = {0}, agreement = {0};
  if (!text || !*text) {
    return true;
  }
  if (!other || !is_segmentation(other)) {
    input_note(tui, VIEW_ERROR, _("'%s' is no segmentation of the session"), text);
    return false;
  }
  snprintf(state->other, sizeof state->other, "%s", text);
  cluster_column(tui, state, state->name, one);
  cluster_column(tui, state, text, two);
  text_printf(&both, "%1$s:augment(%2$s:augment(%3$s):rename{%4$s = \"cluster\"}):rename{%5$s = \"cluster\"}", text, state->name,
              state->data, one, two);
  text_printf(&table, "%1$s:crosstab{rows = \"%2$s\", columns = \"%3$s\", margins = true}", text_data(&both), one, two);
  text_printf(&agreement, "%1$s:agreement{a = \"%2$s\", b = \"%3$s\"}", text_data(&both), one, two);
  data_page_go(tui, text_data(&table), NULL, NULL);
  if (registry_method(VALUE_FRAME, "agreement")) {
    tui_query(tui, text_data(&agreement), agreed, state);
  }
  text_free(&both);
  text_free(&table);
  text_free(&agreement);
  return true;
}

static void compare(Tui *tui, void *context)
{
  const State *state = context;
  const char *other = NULL;
  for (size_t i = 0; models_panel_at(tui, &state->models, i); i++) {
    other = !other && strcmp(models_panel_at(tui, &state->models, i)->name, state->name) != 0 ? models_panel_at(tui, &state->models, i)->name : other;
  }
  const InputRequest request = {.prompt = _("compare with: "), .text = other, .history = "compare", .before = "", .after = "",
                                .context = context, .done = compare_done};
  tui_ask(tui, &request);
}

/* The clusters as a column of the data: a statement. */
static void keep(Tui *tui, void *context)
{
  const State *state = context;
  tui_runf(tui, "%1$s = %2$s:augment(%1$s)", state->data, state->name);
}

static void find_segments(Tui *tui, void *context)
{
  (void)context;
  tui_go(tui, "run", "cluster.kmeans");
}

static const Action actions[] = {
  {.key = "d", .name = N_("rows"), .help = N_("the rows of the segment, as a table"), .group = N_("Look"), .run = rows,
   .applies = has_data},
  {.key = "p", .name = N_("next chart"), .help = N_("the next chart: rows, sizes, differences and so on"), .group = N_("Look"),
   .run = next_chart, .applies = has_model},
  {.key = "x", .name = N_("axes"), .help = N_("draws the rows on two columns; none: principal components"), .group = N_("Look"),
   .run = ask_axes, .applies = has_data},
  {.key = "%", .name = N_("value share"), .help = N_("each segment's share of the sum of a column, such as spend"), .group = N_("Look"),
   .run = ask_value, .applies = has_data},
  {.key = "m", .name = N_("compare"), .help = N_("which rows of this segmentation are where in another"), .group = N_("Look"),
   .run = compare, .applies = has_data},
  {.key = "a", .name = N_("keep"), .help = N_("puts the clusters into the data as a column"), .group = N_("Session"), .run = keep,
   .applies = has_data},
  {.key = "F", .name = N_("find segments"), .help = N_("the form of a method that finds segments; others are beside it"),
   .group = N_("Run"), .run = find_segments},
};

/* ---- the page */

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)e;
  state->models = (ModelsPanel){.context = state, .has = is_segmentation, .show = show_model, .entered = enter_model,
                                .shown = state->name};
  models_panel_open(&state->models, _("none yet: F finds some"));
  state->segments = (ListPanel){.context = state, .count = count_segments, .item = put_segment, .moved = moved_segment,
                                .enter = enter_segment, .empty = ""};
  models_panel_choose(tui, &state->models, "");
  return STATUS_OK;
}

static void close(Tui *tui, void *context)
{
  State *state = context;
  tui_forget(tui, state);
  model_unref(state->model);
  frame_unref(state->all);
  text_free(&state->axes);
}

static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  models_panel_choose(tui, &state->models, object);
  if (state->model) {
    tui_focus(tui, "segments");
  }
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  models_panel_choose(tui, &state->models, state->name);
}

static void lua(Tui *tui, void *context, Text *out)
{
  const State *state = context;
  (void)tui;
  if (state->data[0]) {
    profile_lua(state, out);
  }
}

static const PanelSlot slots[] = {
  {.name = "models", .title = N_("Segmentations"), .class = &list_panel, .at = offsetof(State, models)},
  {.name = "segments", .title = N_("Segments"), .class = &list_panel, .at = offsetof(State, segments)},
  {.name = "chart", .title = N_("Chart"), .class = &chart_panel, .at = offsetof(State, chart)},
  {.name = "profile", .title = N_("What sets it apart"), .class = &table_panel, .at = offsetof(State, profile)},
};

static const Page segments = {
  .order = 40,
  .name = "segments",
  .title = N_("Segments"),
  .help = N_("The segments of a clustering: sizes, charts, and what sets the chosen one apart from all other rows. Enter on a "
             "segment shows its rows."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "(models:6/segments):28|(chart/profile:9)",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .close = close,
  .show = show,
  .suits = is_segmentation,
  .changed = changed,
  .lua = lua,
};
REGISTER_PAGE(segments);
