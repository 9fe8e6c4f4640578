/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce.pca: principal components as a model. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/cluster_options.h"
#include "core/alloc.h"
#include "math/pca.h"

#define PCA_OPTIONS(O) \
  O(k, INT, "0", 0, 1e6, "", "", "components to keep; 0: all, or as many as share asks for") \
  O(share, NUMBER, "0", 0, 1, "", "", "keep as many components as have this share of the variance; 0: by k") \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_MISSING(O)

typedef struct PcaOptions {
  PCA_OPTIONS(OPTION_FIELD)
} PcaOptions;

#define ROW(...) OPTION_ROW_OF(PcaOptions, __VA_ARGS__)
static const Option pca_options[] = {PCA_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof pca_options / sizeof *pca_options };

static const Primitive pca; /* below: it points to the functions that need it */

/* ---- to frames */

static size_t components_kept(const PcaOptions *o, const Pca *p)
{
  size_t most = p->components < p->n - 1 ? p->components : p->n - 1;
  if (o->k > 0) {
    return (size_t)o->k < most ? (size_t)o->k : most;
  }
  double sum = 0;
  for (size_t c = 0; o->share > 0 && c < most; c++) {
    sum += p->variance[c];
    if (sum >= o->share * p->total * (1 - 1e-12)) {
      return c + 1;
    }
  }
  return most;
}

static Status make_tidy(const Pca *p, size_t shown, Frame **out, Error *e)
{
  double *room = mem_alloc(4 * shown, sizeof *room), sum = 0;
  int64_t *number = mem_alloc(shown, sizeof *number);
  Draft *draft = draft_new();
  if (!room || !number || !draft) {
    mem_free(room);
    mem_free(number);
    draft_free(draft);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t c = 0; c < shown; c++) {
    sum += p->variance[c];
    number[c] = (int64_t)c + 1;
    room[c] = sqrt(p->variance[c]);
    room[shown + c] = p->variance[c];
    room[2 * shown + c] = p->total > 0 ? p->variance[c] / p->total : NAN;
    room[3 * shown + c] = p->total > 0 ? sum / p->total : NAN;
  }
  draft_ints(draft, "component", number, shown);
  draft_floats(draft, "sd", room, shown);
  draft_floats(draft, "variance", room + shown, shown);
  draft_floats(draft, "share", room + 2 * shown, shown);
  draft_floats(draft, "cumulative", room + 3 * shown, shown);
  mem_free(room);
  mem_free(number);
  return draft_finish(draft, out, e);
}

static Status make_glance(const ClusterInput *input, const Pca *p, size_t k, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  double sum = 0, above = 0;
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  for (size_t c = 0; c < p->components; c++) {
    sum += c < k ? p->variance[c] : 0;
    above += p->variance[c] > p->total / (double)p->d * (1 + 1e-12);
  }
  draft_int(draft, "n", (int64_t)p->n);
  draft_int(draft, "variables", (int64_t)p->d);
  draft_int(draft, "k", (int64_t)k);
  draft_float(draft, "total", p->total);
  draft_float(draft, "share", p->total > 0 ? sum / p->total : NAN);
  draft_int(draft, "kaiser", (int64_t)above);
  draft_int(draft, "dropped", (int64_t)input->variables.dropped);
  return draft_finish(draft, out, e);
}

/* A row per variable: its name, its mean in scaled units, and its loading in each component that is kept. */
static Status make_loadings(const ClusterInput *input, const Pca *p, size_t k, Frame **out, Error *e)
{
  const Variables *v = &input->variables;
  Draft *draft = draft_new();
  Builder *names = builder_new(TYPE_STRING, p->d);
  double *column = mem_alloc(p->d, sizeof *column);
  if (!draft || !names || !column) {
    draft_free(draft);
    builder_free(names);
    mem_free(column);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t j = 0; j < p->d; j++) {
    const char *name = frame_name(input->data, v->columns[j]);
    builder_text(names, name, strlen(name));
  }
  draft_builder(draft, "variable", names);
  draft_floats(draft, "mean", p->mean, p->d);
  for (size_t c = 0; c < k; c++) {
    char name[40];
    snprintf(name, sizeof name, "component_%zu", c + 1);
    for (size_t j = 0; j < p->d; j++) {
      column[j] = p->loadings[c * p->d + j] + 0.0;
    }
    draft_floats(draft, name, column, p->d);
  }
  mem_free(column);
  return draft_finish(draft, out, e);
}

static void note_result(const PcaOptions *o, const ClusterInput *input, const Pca *p, size_t k, Text *notes)
{
  if (o->k > 0 && (size_t)o->k > k) {
    text_printf(notes, _("only %zu components have any variance to show\n"), k);
  }
  for (size_t j = 0; j < p->d; j++) {
    if (p->total > 0 && p->components > 0 && fabs(p->loadings[j]) > 0.99 && p->d > 2 && strcmp(o->scale, "none") == 0) {
      text_printf(notes,
                  _("component 1 is hardly more than '%s', whose spread is the largest; scale = \"zscore\" gives all "
                    "the same\n"),
                  frame_name(input->data, input->variables.columns[j]));
    }
  }
}

static Status fit_model(Call *call, const PcaOptions *o, const ClusterInput *input, Model **out, Error *e)
{
  const Rows rows = cluster_rows(input);
  Frame *frame = NULL;
  Model *model = NULL;
  Pca p;
  Status status;
  TRY(pca_fit_wide(&rows, call->task, &p, e));
  const size_t k = components_kept(o, &p);
  note_result(o, input, &p, k, call->notes);
  TRY(model_new(&pca, o, &model, e));
  TRY(model_set_made(model, "tidy", make_tidy(&p, p.components, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(input, &p, k, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, input, e));
  TRY(model_set_made(model, "loadings", make_loadings(input, &p, k, &frame, e), &frame, e));
  TRY(model_set_notes(model, text_data(call->notes), e));
  model_set_data(model, call->data->frame);
  text_reset(call->notes); /* the card shows them */
  *out = model;
done:
  if (status != STATUS_OK) {
    model_unref(model);
  }
  return status;
}

static Status run_pca(Call *call, Value *out, Error *e)
{
  const PcaOptions *o = call->options;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .missing = o->missing};
  ClusterInput input = {0};
  Model *model = NULL;
  Status status = cluster_input(call, call->data->frame, &ask, &input, e);
  if (status == STATUS_OK) {
    status = fit_model(call, o, &input, &model, e);
  }
  if (status == STATUS_OK) {
    *out = value_of_model(model);
  }
  cluster_input_free(&input);
  return status;
}

/* ---- and back */

/* The kept components of a model, in memory of the arena; false when the frames are not sound. */
static Status read_pca(const Model *model, Arena *arena, Pca *out, Error *e)
{
  const Frame *loadings = model_frame(model, "loadings"), *variables = model_frame(model, "variables");
  const Frame *tidy = model_frame(model, "tidy");
  size_t share, k = 0;
  if (!loadings || !variables || !tidy || frame_columns(loadings) < 2 ||
      frame_rows(loadings) != frame_rows(variables) || !cluster_size_cell(model_frame(model, "glance"), "k", &k) ||
      frame_columns(loadings) - 2 != k || k > frame_rows(tidy) || frame_columns(tidy) != 5 ||
      !frame_find(tidy, "share", &share)) {
    return cluster_model_broken(e);
  }
  *out = (Pca){.d = frame_rows(loadings), .components = frame_columns(loadings) - 2};
  out->mean = arena_alloc(arena, out->d, sizeof *out->mean);
  out->loadings = arena_alloc(arena, out->d * out->components, sizeof *out->loadings);
  out->variance = arena_alloc(arena, out->components, sizeof *out->variance);
  if (!out->mean || !out->loadings || !out->variance) {
    return error_memory(e, 0, _("components"));
  }
  for (size_t c = 0; c <= out->components; c++) {
    const Column *column = frame_column(loadings, 1 + c);
    if (column_type(column) != TYPE_FLOAT64 || column_missing(column) > 0) {
      return cluster_model_broken(e);
    }
    column_block(column, 0, out->d, c == 0 ? out->mean : out->loadings + (c - 1) * out->d, 1);
  }
  for (size_t c = 0; c < 5; c++) {
    if (column_type(frame_column(tidy, c)) != (c == 0 ? TYPE_INT64 : TYPE_FLOAT64)) {
      return cluster_model_broken(e);
    }
  }
  column_block(frame_column(tidy, 2), 0, out->components, out->variance, 1);
  return STATUS_OK;
}

static Status pca_check(const Model *model, Error *e)
{
  const Frame *variables = model_frame(model, "variables");
  static const char *const needed[] = {"name", "shift", "factor"};
  Arena arena = {0};
  Pca p;
  size_t column;
  for (size_t i = 0; i < 3; i++) {
    const Type type = i == 0 ? TYPE_STRING : TYPE_FLOAT64;
    if (!variables || !frame_find(variables, needed[i], &column) ||
        column_missing(frame_column(variables, column)) > 0 ||
        (column_type(frame_column(variables, column)) != type &&
         !(i == 0 && type_is_text(column_type(frame_column(variables, column)))))) {
      return cluster_model_broken(e);
    }
  }
  const Status status = read_pca(model, &arena, &p, e);
  arena_free(&arena);
  return status;
}

static Status score(Call *call, const Model *model, const Frame *data, ClusterInput *input, Pca *p, double **out,
                    Error *e)
{
  Status status;
  TRY(read_pca(model, &call->task->arena, p, e));
  TRY(cluster_input_of_model(call, model, data, input, e));
  *out = mem_alloc(input->variables.n * p->components, sizeof **out);
  TRY(*out ? STATUS_OK : error_memory(e, input->variables.n * p->components * sizeof **out, _("components")));
  const Rows rows = cluster_rows(input);
  status = pca_scores(p, &rows, p->components, call->task, *out, e);
done:
  return status;
}

static Status pca_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  ClusterInput input = {0};
  double *scores = NULL, *column = NULL;
  Draft *draft = NULL;
  Pca p;
  Status status;
  *out = NULL;
  TRY(score(call, model, data, &input, &p, &scores, e));
  column = mem_alloc(input.variables.n, sizeof *column);
  draft = draft_new();
  TRY(column && draft ? STATUS_OK : error_memory(e, 0, _("components")));
  for (size_t c = 0; c < p.components; c++) {
    char name[40];
    snprintf(name, sizeof name, "component_%zu", c + 1);
    for (size_t i = 0; i < input.variables.n; i++) {
      column[i] = scores[i * p.components + c];
    }
    cluster_predicted_floats(draft, name, &input, column);
  }
  status = draft_finish(draft, out, e);
  draft = NULL;
done:
  draft_free(draft);
  cluster_input_free(&input);
  mem_free(scores);
  mem_free(column);
  return status;
}

static void pca_headline(const Model *model, Text *out)
{
  text_printf(out, _("%1$.0f components of %2$.0f variables, %3$.1f %% of the variance, from %4$.0f rows"),
              model_number(model, "k"), model_number(model, "variables"), 100 * model_number(model, "share"),
              model_number(model, "n"));
  const char *scale = model_option_text(model, "scale");
  if (scale && strcmp(scale, "none") != 0) {
    text_printf(out, _("; scale %s"), scale);
  }
}

/* ---- charts */

static Status plot_scree(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  enum { SHOWN = 30 };
  const Frame *tidy = model_frame(model, "tidy");
  const size_t shown = frame_rows(tidy) < SHOWN ? frame_rows(tidy) : SHOWN;
  Column *numbers = NULL, *names = NULL, *share = NULL;
  Chart *chart = NULL;
  Status status;
  if (request->x[0] || request->y[0]) {
    TRY(error_set(e, STATUS_ARGUMENT, "option-without-use",
                  _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind));
  }
  TRY(column_slice(frame_column(tidy, 0), 0, shown, &numbers, e));
  TRY(chart_names(numbers, &names, e));
  TRY(column_slice(frame_column(tidy, 3), 0, shown, &share, e));
  TRY(chart_begin("bar", request->title, _("component"), names, _("share of the variance"), NULL, &chart, e));
  TRY(chart_add_bars(chart, "", names, share, e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(numbers);
  column_unref(names);
  column_unref(share);
  return status;
}

/* Arrows of the variables: lines from the origin, as long as their loadings times `length`, a missing point between
 * them; and points with names at their ends. */
static Status add_arrows(Chart *chart, const Model *model, const Pca *p, double length, Error *e)
{
  static const char *const roles[] = {"x", "y", "label"};
  double *at = mem_alloc(8 * p->d, sizeof *at), *ends = at ? at + 6 * p->d : NULL;
  Column *columns[4] = {NULL, NULL, NULL, NULL};
  Status status = at ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t j = 0; status == STATUS_OK && j < p->d; j++) {
    for (size_t axis = 0; axis < 2; axis++) {
      double *line = at + axis * 3 * p->d + 3 * j;
      line[0] = 0;
      line[1] = ends[axis * p->d + j] = p->loadings[axis * p->d + j] * length;
      line[2] = NAN;
    }
  }
  for (int axis = 0; status == STATUS_OK && axis < 2; axis++) {
    status = column_of_floats(at + axis * 3 * (ptrdiff_t)p->d, 3 * p->d, &columns[axis], e);
    if (status == STATUS_OK) {
      status = column_of_floats(ends + axis * (ptrdiff_t)p->d, p->d, &columns[2 + axis], e);
    }
  }
  if (status == STATUS_OK) {
    status = chart_add_columns(chart, CHART_LINE, _("loadings"), roles, (const Column *const *)columns, 2, e);
  }
  if (status == STATUS_OK) {
    const Column *const named[] = {columns[2], columns[3], frame_column(model_frame(model, "loadings"), 0)};
    status = chart_add_columns(chart, CHART_POINTS, _("variables"), roles, named, 3, e);
  }
  for (int i = 0; i < 4; i++) {
    column_unref(columns[i]);
  }
  mem_free(at);
  return status;
}

static Status axis_label(const Model *model, size_t component, Text *out, Error *e)
{
  const Column *share = frame_column(model_frame(model, "tidy"), 3);
  text_printf(out, _("component %1$zu (%2$.1f %% of the variance)"), component + 1,
              100 * column_float(share, component));
  return text_status(out, e);
}

static Status draw_biplot(Call *call, const Model *model, const PlotRequest *request, const Pca *p,
                          const double *scores, size_t n, Chart **chart, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  double *column = mem_alloc(n, sizeof *column), reach = 0, longest = 0;
  Column *points[2] = {NULL, NULL};
  Text labels[2] = {{0}, {0}};
  Status status;
  TRY(column ? STATUS_OK : error_memory(e, n * sizeof *column, _("a chart")));
  for (size_t axis = 0; axis < 2; axis++) {
    for (size_t i = 0; i < n; i++) {
      column[i] = scores[i * p->components + axis];
      reach = fmax(reach, fabs(column[i]));
    }
    for (size_t j = 0; j < p->d; j++) {
      longest = fmax(longest, fabs(p->loadings[axis * p->d + j]));
    }
    TRY(column_of_floats(column, n, &points[axis], e));
    TRY(axis_label(model, axis, &labels[axis], e));
  }
  TRY(chart_begin("scatter", request->title, text_data(&labels[0]), NULL, text_data(&labels[1]), NULL, chart, e));
  TRY(chart_add_columns(*chart, CHART_POINTS, _("rows"), roles, (const Column *const *)points, 2, e));
  TRY(add_arrows(*chart, model, p, longest > 0 ? 0.9 * reach / longest : 1, e));
  TRY(chart_finish(*chart, call->task, e));
done:
  mem_free(column);
  column_unref(points[0]);
  column_unref(points[1]);
  text_free(&labels[0]);
  text_free(&labels[1]);
  return status;
}

static Status plot_biplot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  ClusterInput input = {0};
  double *scores = NULL;
  Chart *chart = NULL;
  Pca p;
  Status status;
  if (!request->data) {
    error_set(e, STATUS_STATE, "no-data", _("the chart '%s' shows rows, which the model does not hold"), request->kind);
    TRY(error_hint(e, _("give them: m:plot(\"%s\", {data = df})"), request->kind));
  }
  TRY(score(call, model, request->data, &input, &p, &scores, e));
  if (p.components < 2) {
    TRY(error_set(e, STATUS_STATE, "not-supported", _("a biplot needs two components, and the model has kept %zu"),
                  p.components));
  }
  TRY(draw_biplot(call, model, request, &p, scores, input.variables.n, &chart, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  cluster_input_free(&input);
  mem_free(scores);
  return status;
}

static Status pca_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  *out = NULL;
  return strcmp(request->kind, "scree") == 0 ? plot_scree(call, model, request, out, e)
                                             : plot_biplot(call, model, request, out, e);
}

static Status pca_cost(const Call *call, Cost *out, Error *e)
{
  const PcaOptions *o = call->options;
  const double n = (double)frame_rows(call->data->frame);
  const double d = (double)(o->on.n ? o->on.n : frame_columns(call->data->frame)), side = fmin(n, d);
  (void)e;
  out->bytes = n * d * 16 + side * side * 300 + d * side * 8;
  out->seconds = n * d * side * 0.1e-9 + side * side * side * 20e-9 + n * d * 3e-9;
  return STATUS_OK;
}

static Status run_loadings(Call *call, Value *out, Error *e)
{
  return model_give(call, "loadings", out, e);
}

static const Figure pca_figures[] = {
    {"n", "rows used in the fit", "", "more than variables"},
    {"variables", "columns that went in", "", "2 and more"},
    {"k", "components that are kept", "", "few, when the variables go together"},
    {"total", "sum of the variances, in scaled units", "", "the number of variables with scale = zscore"},
    {"share", "share of the variance that the kept components have", "", "0.7 to 0.95 for a summary"},
    {"kaiser", "components with more variance than a variable on average", "",
     "a rule of thumb for how many to keep (with scale = zscore)"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelClass pca_class = {.size = sizeof(ModelClass),
                                     .predict = pca_predict,
                                     .headline = pca_headline,
                                     .check = pca_check,
                                     .plots = "biplot|scree",
                                     .plot = pca_plot};

static const Primitive pca = {.size = sizeof(Primitive),
                              .family = "reduce",
                              .name = "pca",
                              .version = 1,
                              .summary = "principal components: the directions in which rows vary most",
                              .details = "Turns the variables into components that are not correlated, the first with "
                                         "the largest variance there is, and so on. "
                                         "m:loadings() has each component's weights (their signs are free; here the "
                                         "largest is positive); m:augment(df) adds the "
                                         "rows' coordinates. With variables of different units use scale = \"zscore\". "
                                         "Any number of rows in one pass; more columns "
                                         "than rows go by the products of rows.",
                              .takes = VALUE_FRAME,
                              .main = "k",
                              .options = pca_options,
                              .n_options = N_OPTIONS,
                              .options_size = sizeof(PcaOptions),
                              .gives = VALUE_MODEL,
                              .returns = "a model; tidy: component sd variance share cumulative; predict: component_1, "
                                         "component_2 ... of each row",
                              .reference = "Jolliffe 2002, Principal Component Analysis",
                              .example = "df = read \"datasets/usarrests/usarrests.csv\"\nm = df:pca{scale = "
                                         "\"zscore\"}\nm:loadings()",
                              .where = WHERE_JOB,
                              .cost = pca_cost,
                              .figures = pca_figures,
                              .n_figures = sizeof pca_figures / sizeof *pca_figures,
                              .run = run_pca,
                              .model = &pca_class};
REGISTER_PRIMITIVE(pca);

static const Primitive loadings = {.size = sizeof(Primitive),
                                   .family = "reduce",
                                   .name = "loadings",
                                   .version = 1,
                                   .takes = VALUE_MODEL,
                                   .takes_class = "reduce",
                                   .gives = VALUE_FRAME,
                                   .reference = "",
                                   .where = WHERE_MAIN,
                                   .summary = "the weights of the variables in principal components",
                                   .returns = "a frame, a row per variable: variable, mean (in scaled units), and a "
                                              "column per component",
                                   .example = "df = read \"datasets/iris/iris.csv\"\ndf:pca(2):loadings()",
                                   .run = run_loadings};
REGISTER_PRIMITIVE(loadings);
