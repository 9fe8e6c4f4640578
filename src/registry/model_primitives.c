/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs that every model has, written once. */
#include <stdio.h>
#include <string.h>

#include "chart/chart.h"
#include "registry/model.h"
#include "registry/model_layout.h"
#include "registry/registry.h"

static const Model *of(const Call *call)
{
  return call->data->model;
}

static Status run_tidy(Call *call, Value *out, Error *e)
{
  return model_give(call, "tidy", out, e);
}

static Status run_glance(Call *call, Value *out, Error *e)
{
  return model_give(call, "glance", out, e);
}

static Status cannot(const Model *model, const char *verb, Error *e)
{
  return error_set(e, STATUS_STATE, "not-supported", _("a model of %1$s cannot %2$s"), model_name(model), verb);
}

#define DATA_OPTIONS(O) \
  O(data, FRAME, OPTION_REQUIRED, 1, 0, "", "", "rows with the columns the model was fitted on") \
  O(options, REST, OPTION_UNSET, 1, 0, "", "", "what models of this kind take beside the data: the page of their fit lists it")
typedef struct DataOptions {
  DATA_OPTIONS(OPTION_FIELD)
} DataOptions;
#define ROW(...) OPTION_ROW_OF(DataOptions, __VA_ARGS__)
static const Option data_options[] = {DATA_OPTIONS(ROW)};
#undef ROW

/* The call as the model's class sees it: with the options of its own, checked. */
static Status class_call(const Call *call, const ModelClass *class, const Value *rest, Call *out, Error *e)
{
  const bool own = class->predict_options != NULL;
  *out = *call;
  if (!own && !rest) {
    out->options = NULL;
    return STATUS_OK;
  }
  const Arguments arguments = {.named = rest ? *rest : (Value){.kind = VALUE_NONE}};
  Primitive like = *call->primitive; /* for what messages say */
  like.main = NULL;
  like.n_options = 1; /* the data, which are not in the rest: any name is refused */
  if (own) {
    like.options = class->predict_options;
    like.n_options = class->n_predict_options;
    like.options_size = class->predict_size;
  }
  void *options = arena_alloc(&call->task->arena, 1, like.options_size);
  out->options = options;
  return options ? options_check(&like, &arguments, NULL, &call->task->arena, options, &out->given, e)
                 : error_memory(e, like.options_size, _("options"));
}

static Status run_predict(Call *call, Value *out, Error *e)
{
  const DataOptions *options = call->options;
  const ModelClass *class = model_primitive(of(call))->model;
  if (!class || !class->predict) {
    return cannot(of(call), _("predict"), e);
  }
  Frame *frame = NULL;
  Call inner;
  Status status = class_call(call, class, options->options, &inner, e);
  if (status == STATUS_OK) {
    status = class->predict(&inner, of(call), options->data, &frame, e);
  }
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

static Status run_augment(Call *call, Value *out, Error *e)
{
  const DataOptions *options = call->options;
  const ModelClass *class = model_primitive(of(call))->model;
  if (!class || !class->predict) {
    return cannot(of(call), _("predict"), e);
  }
  Frame *frame = NULL;
  Call inner;
  Status status = class_call(call, class, options->options, &inner, e);
  if (status == STATUS_OK) {
    status = model_augment(&inner, of(call), options->data, &frame, e);
  }
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

#define CONTINUE_OPTIONS(O) \
  O(data, FRAME, OPTION_UNSET, 1, 0, "", "", "the frame it was fitted to; needed after model.load")
typedef struct ContinueOptions {
  CONTINUE_OPTIONS(OPTION_FIELD)
} ContinueOptions;
#define ROW(...) OPTION_ROW_OF(ContinueOptions, __VA_ARGS__)
static const Option continue_options[] = {CONTINUE_OPTIONS(ROW)};
#undef ROW

/* The frame to go on with: the session's own, or the one given, which must be the same data. */
static Status continue_data(const Model *model, const Frame *given, const Frame **data, Error *e)
{
  *data = given ? given : model_data(model);
  if (!*data) {
    error_set(e, STATUS_STATE, "no-data", _("the model does not hold the data it was fitted to"));
    (void)error_hint(e, _("give them: m:continue(df)"));
    return STATUS_STATE;
  }
  const char *known = model_data_digest((Model *)model);
  if (given && given != model_data(model) && known[0]) {
    char digest[33];
    digest_text(frame_digest(given), digest);
    if (strcmp(digest, known) != 0) {
      return error_set(e, STATUS_DATA, "bad-data", _("these are not the data the model was fitted to (digest %1$.8s, not %2$.8s)"),
                       digest, known);
    }
  }
  return STATUS_OK;
}

static Status run_continue(Call *call, Value *out, Error *e)
{
  const ContinueOptions *options = call->options;
  const Model *model = of(call);
  const ModelClass *class = model_primitive(model)->model;
  const Column *complete;
  if (!class || !class->proceed) {
    return cannot(model, _("be continued"), e);
  }
  if (model_figure(model, "complete", &complete) && column_valid(complete, 0) && column_int(complete, 0)) {
    *out = value_of_model(model_ref(model));
    text_puts(call->notes, _("the fit is complete; nothing was left to do\n"));
    return STATUS_OK;
  }
  const Frame *data;
  Status status = continue_data(model, options->data, &data, e);
  Model *further = NULL;
  if (status == STATUS_OK) {
    status = class->proceed(call, model, data, &further, e);
  }
  if (status == STATUS_OK) {
    *out = value_of_model(further);
  }
  return status;
}

#define PLOT_OPTIONS(O)                                                                                          \
  O(kind, TEXT, OPTION_UNSET, 1, 0, "", "", "which of the model's charts; not given: its first, a wrong one lists them") \
  O(data, FRAME, OPTION_UNSET, 1, 0, "", "", "the rows to show; needed after model.load where the chart shows rows")     \
  O(x, TEXT, OPTION_UNSET, 1, 0, "", "", "column of the horizontal axis, where the chart shows rows")                    \
  O(y, TEXT, OPTION_UNSET, 1, 0, "", "", "column of the vertical axis, where the chart shows rows")                      \
  O(title, TEXT, OPTION_UNSET, 1, 0, "", "", "title, in the place of the chart's own")
typedef struct PlotOptions {
  PLOT_OPTIONS(OPTION_FIELD)
} PlotOptions;
#define ROW(...) OPTION_ROW_OF(PlotOptions, __VA_ARGS__)
static const Option plot_options[] = {PLOT_OPTIONS(ROW)};
#undef ROW

/* The asked kind as one of "a|b|c" (the first when none is asked), copied to `kind`. */
static Status plot_kind(const Model *model, const char *plots, const char *asked, char *kind, size_t size, Error *e)
{
  const char *names[16];
  char list[256], shown[300] = "";
  size_t n = 0;
  snprintf(list, sizeof list, "%s", plots);
  for (char *rest = list, *name; n < 16 && (name = strsep(&rest, "|")) != NULL;) {
    names[n++] = name;
    snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s%s", n > 1 ? ", " : "", name);
    if (!asked || strcmp(asked, name) == 0) {
      snprintf(kind, size, "%s", name);
      return STATUS_OK;
    }
  }
  error_set(e, STATUS_NAME, "unknown-chart", _("%1$s has no chart '%2$s'"), model_name(model), asked);
  const size_t near = text_nearest(asked, names, n);
  if (near < n) {
    return error_hint(e, _("did you mean '%1$s'? charts: %2$s"), names[near], shown);
  }
  return error_hint(e, _("charts: %s"), shown);
}

static Status run_plot(Call *call, Value *out, Error *e)
{
  const PlotOptions *options = call->options;
  const Model *model = of(call);
  const ModelClass *class = model_primitive(model)->model;
  char kind[64];
  Chart *chart = NULL;
  if (!class || !class->plot) {
    return cannot(model, _("be plotted"), e);
  }
  Status status = plot_kind(model, class->plots, options->kind, kind, sizeof kind, e);
  if (status != STATUS_OK) {
    return status;
  }
  const PlotRequest request = {.kind = kind,
                               .data = options->data ? options->data : model_data(model),
                               .x = options->x ? options->x : "",
                               .y = options->y ? options->y : "",
                               .title = options->title ? options->title : ""};
  status = class->plot(call, model, &request, &chart, e);
  if (status != STATUS_OK) {
    return status;
  }
  *out = value_of_chart(chart);
  return STATUS_OK;
}

#define WHY_OPTIONS(O) O(figure, TEXT, OPTION_REQUIRED, 1, 0, "", "", "a column of glance, such as \"inertia\"")
typedef struct WhyOptions {
  WHY_OPTIONS(OPTION_FIELD)
} WhyOptions;
#define ROW(...) OPTION_ROW_OF(WhyOptions, __VA_ARGS__)
static const Option why_options[] = {WHY_OPTIONS(ROW)};
#undef ROW

static Status run_why(Call *call, Value *out, Error *e)
{
  const WhyOptions *options = call->options;
  Text text = {0};
  Status status = model_why(of(call), options->figure, &text, e);
  if (status == STATUS_OK) {
    status = value_text(text_data(&text), text.size, out, e);
  }
  text_free(&text);
  return status;
}

static Status run_options(Call *call, Value *out, Error *e)
{
  return value_copy(model_options(of(call)), out, e);
}

#define PATH_OPTIONS(O) O(path, TEXT, OPTION_REQUIRED, 1, 0, "", "", "file name, by custom ending in .assay")
typedef struct PathOptions {
  PATH_OPTIONS(OPTION_FIELD)
} PathOptions;
#define ROW(...) OPTION_ROW_OF(PathOptions, __VA_ARGS__)
static const Option path_options[] = {PATH_OPTIONS(ROW)};
#undef ROW

static Status run_save(Call *call, Value *out, Error *e)
{
  const PathOptions *options = call->options;
  *out = (Value){.kind = VALUE_NONE};
  return model_save(of(call), options->path, e);
}

static Status run_load(Call *call, Value *out, Error *e)
{
  const PathOptions *options = call->options;
  Model *model = NULL;
  const Status status = model_load(options->path, &model, e);
  if (status == STATUS_OK) {
    *out = value_of_model(model);
  }
  return status;
}

#define EXAMPLE_FIT "df = read \"datasets/iris/iris.csv\"\nm = df:kmeans{k = 3}\n"
#define SIZED .size = sizeof(Primitive), .family = "model", .version = 1
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive tidy = {SIZED, .name = "tidy", .summary = "the model's parts as a frame, a row per component",
  .takes = VALUE_MODEL, .gives = VALUE_FRAME, .returns = "a frame: a row per cluster, coefficient, rule ...",
  .reference = "Robinson, D., broom: tidy(), glance() and augment() for statistical models",
  .example = EXAMPLE_FIT "m:tidy()", .where = WHERE_MAIN, .run = run_tidy};
REGISTER_PRIMITIVE(tidy);

static const Primitive glance = {SIZED, .name = "glance", .summary = "the model's figures as a frame of one row",
  .takes = VALUE_MODEL, .gives = VALUE_FRAME, .returns = "a frame of one row: fit measures, sizes, iterations, seed, complete or not",
  .reference = "Robinson, D., broom: tidy(), glance() and augment() for statistical models",
  .example = EXAMPLE_FIT "m:glance()", .where = WHERE_MAIN, .run = run_glance};
REGISTER_PRIMITIVE(glance);

static const Primitive predict = {SIZED, .name = "predict", .summary = "what the model says of new rows",
  .details = "The rows need the columns the model was fitted on, by name; their order and other columns do not matter.",
  .takes = VALUE_MODEL, .main = "data", OPTIONS(data_options, DataOptions), .gives = VALUE_FRAME,
  .returns = "a frame with only the model's columns, a row per row of the data", .reference = "",
  .example = EXAMPLE_FIT "m:predict(df):head(3)", .where = WHERE_JOB, .run = run_predict};
REGISTER_PRIMITIVE(predict);

static const Primitive augment = {SIZED, .name = "augment", .summary = "the data with the model's columns added",
  .details = "A column that an earlier augment made is replaced, and that is said; any other clash of names is an error.",
  .takes = VALUE_MODEL, .main = "data", OPTIONS(data_options, DataOptions), .gives = VALUE_FRAME,
  .returns = "the frame with the model's columns at the end",
  .reference = "Robinson, D., broom: tidy(), glance() and augment() for statistical models",
  .example = EXAMPLE_FIT "m:augment(df):head(3)", .where = WHERE_JOB, .run = run_augment};
REGISTER_PRIMITIVE(augment);

static const Primitive proceed = {SIZED, .name = "continue", .summary = "goes on with a fit that was stopped",
  .details = "The end is the same, bit for bit, as that of a fit that was never stopped.",
  .takes = VALUE_MODEL, .main = "data", OPTIONS(continue_options, ContinueOptions), .gives = VALUE_MODEL,
  .returns = "the model with the fit carried on to its end, or to the next interruption", .reference = "",
  .example = EXAMPLE_FIT "m = m:continue()", .where = WHERE_JOB, .run = run_continue};
REGISTER_PRIMITIVE(proceed);

static const Primitive why = {SIZED, .name = "why", .summary = "explains one figure of the model",
  .takes = VALUE_MODEL, .main = "figure", OPTIONS(why_options, WhyOptions), .gives = VALUE_TEXT,
  .returns = "a text: definition, formula with this model's numbers, range", .reference = "",
  .example = EXAMPLE_FIT "m:why(\"inertia\")", .where = WHERE_MAIN, .run = run_why};
REGISTER_PRIMITIVE(why);

static const Primitive plot = {SIZED, .name = "plot", .summary = "a chart of the model",
  .details = "Which charts there are depends on the model. The prompt draws a chart as text; p:save(\"file.png\") makes a picture.",
  .takes = VALUE_MODEL, .main = "kind", OPTIONS(plot_options, PlotOptions), .gives = VALUE_CHART,
  .returns = "a chart: p:save(path), p:script(), p:data()", .reference = "",
  .example = EXAMPLE_FIT "m:plot()", .where = WHERE_JOB, .run = run_plot};
REGISTER_PRIMITIVE(plot);

static const Primitive options = {SIZED, .name = "options", .summary = "the options the model was fitted with, defaults included",
  .takes = VALUE_MODEL, .gives = VALUE_MAP, .returns = "a table of options by name", .reference = "",
  .example = EXAMPLE_FIT "m:options().starts", .where = WHERE_MAIN, .run = run_options};
REGISTER_PRIMITIVE(options);

static const Primitive save = {SIZED, .name = "save", .summary = "writes the model to a file",
  .details = "The file is in the safetensors format: numbers as tensors, everything else as JSON text, no code.",
  .takes = VALUE_MODEL, .main = "path", OPTIONS(path_options, PathOptions), .gives = VALUE_NONE, .returns = "nothing",
  .reference = "", .example = EXAMPLE_FIT "m:save(os.tmpname())", .effects = EFFECT_WRITES, .where = WHERE_MAIN,
  .run = run_save};
REGISTER_PRIMITIVE(save);

static const Primitive load = {SIZED, .name = "load", .summary = "reads a model from a file", .takes = VALUE_NONE,
  .details = "The file is checked in full before anything is made of it.",
  .main = "path", OPTIONS(path_options, PathOptions), .gives = VALUE_MODEL, .returns = "the model", .reference = "",
  .example = EXAMPLE_FIT "path = os.tmpname()\nm:save(path)\nmodel.load(path):glance()", .effects = EFFECT_READS,
  .where = WHERE_MAIN, .run = run_load};
REGISTER_PRIMITIVE(load);
