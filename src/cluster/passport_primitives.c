/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.passport, and its text and file. */
#include "cluster/passport_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/profile.h"
#include "cluster/segment_name.h"
#include "cluster/segment_rule_primitives.h"
#include "core/alloc.h"
#include "core/file.h"
#include "registry/registry.h"

#define PASSPORT_OPTIONS(O) \
  O(data, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the rows; also with columns that were not fitted on") \
  O(value, TEXT, OPTION_UNSET, 1, 0, "", "", "a numeric column, such as spend, for the value shares") \
  O(names, TEXTS, OPTION_UNSET, 1, 0, "", "", "names for segments 1, 2, ...; default: proposed from the differences") \
  O(top, INT, "5", 1, 1000, "", "", "differences kept for each segment") \
  O(typical, INT, "3", 0, 100, "rows", "", "typical rows, and rows at the border, for each segment") \
  O(stability, FRAME, OPTION_UNSET, 1, 0, "", "", \
    "how stable each segment is: columns cluster and stability (or jaccard); default: what the fit itself knows") \
  O(before, VALUE, OPTION_UNSET, 1, 0, "", "", "an earlier model to compare with, or a frame of earlier rows") \
  SEGMENT_RULE_OPTIONS(O)
typedef struct PassportOptions {
  PASSPORT_OPTIONS(OPTION_FIELD)
} PassportOptions;
#define ROW(...) OPTION_ROW_OF(PassportOptions, __VA_ARGS__)
static const Option passport_options[] = {PASSPORT_OPTIONS(ROW)};
#undef ROW

/* ---- names */

static Status bad_name(Error *e, size_t number, const char *why)
{
  return error_set(e, STATUS_ARGUMENT, "bad-names", _("name %1$zu %2$s"), number, why);
}

static Status given_names(Passport *p, OptionTexts given, Error *e)
{
  if (given.n != p->labels.k) {
    error_set(e, STATUS_ARGUMENT, "bad-names", _("there are %1$zu segments and %2$zu names"), p->labels.k, given.n);
    return error_hint(e, _("give one for each, in the order of their numbers; m:tidy() lists them"));
  }
  for (size_t i = 0; i < given.n; i++) {
    if (!given.items[i][0]) {
      return bad_name(e, i + 1, _("is empty"));
    }
    for (size_t j = 0; j < i; j++) {
      if (strcmp(given.items[i], given.items[j]) == 0) {
        return bad_name(e, i + 1, _("is there twice"));
      }
    }
    p->names[i] = given.items[i];
  }
  return STATUS_OK;
}

/* The names of a segmentation that has some (a column of labels); false when they are numbers. */
static Status own_names(Passport *p, bool *found, Error *e)
{
  *found = false;
  for (size_t i = 0; i < p->labels.k; i++) {
    char number[24];
    snprintf(number, sizeof number, "%zu", i + 1);
    p->names[i] = segment_name_of(p->model, i + 1, &p->call->task->arena);
    if (!p->names[i]) {
      return error_memory(e, 0, _("names"));
    }
    *found = *found || strcmp(p->names[i], number) != 0;
  }
  return STATUS_OK;
}

static Status name_segments(Passport *p, OptionTexts given, Error *e)
{
  p->names = arena_alloc(&p->call->task->arena, p->labels.k, sizeof *p->names);
  if (!p->names) {
    return error_memory(e, 0, _("names"));
  }
  if (given.n > 0) {
    return given_names(p, given, e);
  }
  bool found;
  const Status status = own_names(p, &found, e);
  return status != STATUS_OK || found
           ? status
           : segment_names(p->profile, p->data, p->labels.k, &p->call->task->arena, p->names, e);
}

/* ---- figures */

static Status sum_value(Passport *p, Error *e)
{
  p->values = arena_alloc(&p->call->task->arena, p->labels.k + 1, sizeof *p->values);
  Status status = p->values ? profile_sums(p->call->task, frame_column(p->data, p->value), p->labels.labels,
                                           p->labels.k, p->values, e)
                            : error_memory(e, 0, _("a passport"));
  for (size_t i = 0; status == STATUS_OK && i <= p->labels.k; i++) {
    p->value_total += p->values[i];
  }
  return status;
}

static Status describe(Passport *p, const PassportOptions *o, Error *e)
{
  ProfileAsk ask = {.value = SIZE_MAX, .skip = segment_own_column(p->model, p->data)};
  ProfileResult result = {.frame = NULL};
  Status status;
  p->value = SIZE_MAX;
  if (o->value) {
    TRY(segment_number_column(p->data, o->value, &p->value, e));
  }
  TRY(segment_labels(p->call, p->model, p->data, &p->labels, e));
  TRY(p->value != SIZE_MAX ? sum_value(p, e) : STATUS_OK);
  ask.fitted = segment_fitted(p->model, p->data, &p->call->task->arena);
  TRY(ask.fitted ? STATUS_OK : error_memory(e, 0, _("a passport")));
  task_phase(p->call->task, _("differences"));
  TRY(profile_segments(p->call->task, p->data, p->labels.labels, p->labels.k, &ask, &result, e));
  p->profile = result.frame;
  TRY(name_segments(p, o->names, e));
  task_phase(p->call->task, _("rules"));
  TRY(segment_rules_of(p->call, p->model, p->data, &p->labels, o->on, o->conditions, o->gain, &p->rules, e));
  TRY(passport_stability(p, o->stability, e));
  TRY(o->before ? passport_before(p, o->before, e) : STATUS_OK);
done:
  return status;
}

/* ---- the model */

static Status put(Model *model, const char *name, Status made, Frame **frame, Error *e)
{
  Frame *taken = *frame;
  *frame = NULL;
  return made != STATUS_OK ? made : taken ? model_set_frame(model, name, taken, e) : STATUS_OK;
}

static Status fill_model(Passport *p, const PassportOptions *o, Model *model, Error *e)
{
  const Frame *variables = model_frame(p->model, "variables");
  Frame *frame = NULL;
  Status status;
  TRY(put(model, "rows", passport_rows(p, (size_t)o->typical, &frame, e), &frame, e));
  TRY(put(model, "tidy", passport_tidy(p, &frame, e), &frame, e));
  TRY(put(model, "glance", passport_glance(p, &frame, e), &frame, e));
  TRY(put(model, "differences", passport_differences(p, (size_t)o->top, &frame, e), &frame, e));
  TRY(put(model, "conditions", passport_conditions(p, &frame, e), &frame, e));
  TRY(variables ? model_set_frame(model, "variables", frame_ref(variables), e) : STATUS_OK);
  TRY(model_set_child(model, "fit", model_ref(p->model), e));
done:
  return status;
}

static Status run_passport(Call *call, Value *out, Error *e)
{
  const PassportOptions *o = call->options;
  Passport p = {.call = call, .model = call->data->model, .data = o->data, .drift = (double)NAN};
  Model *model = NULL;
  Status status;
  if (strcmp(model_name(p.model), PASSPORT_NAME) == 0) {
    p.model = model_child(p.model, 0); /* a passport of a passport is one of its fit */
  }
  TRY(describe(&p, o, e));
  TRY(model_new(call->primitive, NULL, &model, e));
  TRY(fill_model(&p, o, model, e));
  model_set_data(model, p.data);
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  segment_labels_free(&p.labels);
  segment_rules_free(&p.rules);
  frame_unref(p.profile);
  return status;
}

/* Mostly the rules. */
static Status passport_cost(const Call *call, Cost *out, Error *e)
{
  const PassportOptions *o = call->options;
  const Model *model = call->data->model;
  const double cells = (double)frame_rows(o->data) * (double)frame_columns(o->data);
  (void)e;
  segment_rules_cost(strcmp(model_name(model), PASSPORT_NAME) == 0 ? model_child(model, 0) : model, o->data, o->on, out);
  out->bytes += cells * 8;
  out->seconds += cells * 3e-8;
  return STATUS_OK;
}

/* ---- new rows: the fit's columns, and the names */

static Status name_rows(const Model *model, const SegmentLabels *labels, Column **out, Error *e)
{
  const Column *names = passport_column(model, "tidy", "name");
  Builder *builder = builder_new(TYPE_CATEGORY, labels->n);
  if (!builder) {
    return error_memory(e, 0, _("names"));
  }
  for (size_t row = 0; row < labels->n; row++) {
    const int64_t label = labels->labels[row];
    size_t length;
    if (label >= 1 && (size_t)label <= column_rows(names)) {
      const char *name = column_text(names, (size_t)label - 1, &length);
      builder_text(builder, name, length);
    } else {
      builder_missing(builder);
    }
  }
  builder_role(builder, ROLE_LABEL);
  return builder_finish(builder, out, e);
}

static Status passport_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  SegmentLabels labels = {0};
  Column *names = NULL;
  Status status;
  TRY(segment_labels(call, model_child(model, 0), data, &labels, e));
  TRY(name_rows(model, &labels, &names, e));
  TRY(frame_with(labels.predicted, "segment", names, out, e));
done:
  segment_labels_free(&labels);
  column_unref(names);
  return status;
}

static void passport_headline(const Model *model, Text *out)
{
  text_printf(out, _("%1$.0f segments of %2$.0f rows by %3$s"), model_number(model, "k"), model_number(model, "n"),
              model_name(model_child(model, 0)));
}

static const ModelClass passport_class = {.size = sizeof(ModelClass),
                                          .predict = passport_predict,
                                          .headline = passport_headline,
                                          .check = passport_check,
                                          .figures = passport_card,
                                          .plots = PASSPORT_PLOTS,
                                          .plot = passport_plot};

static const Figure passport_figures[] = {
    {"n", "rows described", "", "1 or more"},
    {"k", "segments", "", "1 or more"},
    {"unassigned", "rows in no segment: noise, or missing cells", "", "0 or more"},
    {"value_of", "the column that value shares are of", "", ""},
    {"value_total", "sum of the value column over all rows", "", ""},
    {"f1",
     "how well the rules find the segments again: mean of their f1, weighted by size; segments without a rule count 0",
     "", "0 to 1"},
    {"stability_mean", "mean of the segments' stability, weighted by size", "",
     "0 to 1; below 0.6 a segment may not be there"},
    {"kept", "share of the rows that are in the segment that belongs to their former one", "", "0 to 1"},
    {"drift",
     "population stability index of the segments' shares, before and now: sum of (now - before) ln(now / before)", "",
     "below 0.1 small, above 0.25 large"},
    {"complete", "always true: there is nothing to iterate", "", "true"},
};

static const Primitive passport = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "passport",
    .version = 1,
    .summary = "who the segments are: names, sizes, value, differences, rules, stability, drift, typical rows",
    .details =
        "One object for each clustering: a name proposed from the largest differences, size and value share, a rule "
        "that finds "
        "the segment again with its precision and recall, how stable it is, what became of it since an earlier model "
        "or "
        "earlier rows (before), typical rows and rows at the border. predict and augment give number and name for new "
        "rows, p:text() gives it as Markdown, p:write(path) as a file, p:export(path) the rules as SQL, Lua or JSON. "
        "before = model: former is the earlier segment with which a segment shares most rows, kept the share of its "
        "rows "
        "that were there. before = frame: the same model on earlier rows, shares then and now.",
    .takes = VALUE_MODEL,
    .takes_class = "cluster",
    .main = "data",
    .options = passport_options,
    .n_options = sizeof passport_options / sizeof *passport_options,
    .options_size = sizeof(PassportOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: a row for each segment; frames differences, conditions, rows by p:part(name); new rows "
               "go where the "
               "fit puts them",
    .reference = "Hennig 2007, Cluster-wise assessment of cluster stability",
    .example = "df = read \"datasets/iris/iris.csv\"\np = df:kmeans{k = 3}:passport(df)\nprint(p)\nprint(p:text())",
    .figures = passport_figures,
    .n_figures = sizeof passport_figures / sizeof *passport_figures,
    .where = WHERE_JOB,
    .cost = passport_cost,
    .run = run_passport,
    .model = &passport_class};
REGISTER_PRIMITIVE(passport);

/* ---- its parts, text and file */

static Status need_passport(const Call *call, Error *e)
{
  if (strcmp(model_name(call->data->model), PASSPORT_NAME) == 0) {
    return STATUS_OK;
  }
  error_set(e, STATUS_STATE, "not-supported", _("only a passport can do this, not a model of %s"),
            model_name(call->data->model));
  return error_hint(e, _("make one: p = m:passport(df)"));
}

#define PART_OPTIONS(O) O(name, TEXT, OPTION_REQUIRED, 1, 0, "", "", "which frame; a wrong name lists them")
typedef struct PartOptions {
  PART_OPTIONS(OPTION_FIELD)
} PartOptions;
#define ROW(...) OPTION_ROW_OF(PartOptions, __VA_ARGS__)
static const Option part_options[] = {PART_OPTIONS(ROW)};
#undef ROW

static Status run_part(Call *call, Value *out, Error *e)
{
  const PartOptions *o = call->options;
  const Model *model = call->data->model;
  Text names = {0};
  if (model_frame(model, o->name)) {
    return model_give(call, o->name, out, e);
  }
  for (size_t i = 0; i < model_frames(model); i++) {
    text_printf(&names, "%s%s", i ? ", " : "", model_frame_name(model, i));
  }
  error_set(e, STATUS_NAME, "unknown-name", _("a model of %1$s has no part '%2$s'"), model_name(model), o->name);
  const Status status = error_hint(e, _("parts: %s"), text_data(&names));
  text_free(&names);
  return status;
}

#define SIZED \
  .size = sizeof(Primitive), .family = "cluster", .version = 1, .takes = VALUE_MODEL, .takes_class = "cluster"
#define EXAMPLE "df = read \"datasets/iris/iris.csv\"\np = df:kmeans{k = 3}:passport(df)\n"

static const Primitive part = {
    SIZED,
    .name = "part",
    .summary = "one of the frames that a clustering, passport or migration is made of",
    .details = "Beside tidy and glance: a passport has differences, conditions (of the rules) and rows (typical, "
               "border), a migration "
               "matches and movers, a clustering variables and what its method keeps, such as centres in scaled units.",
    .main = "name",
    .options = part_options,
    .n_options = 1,
    .options_size = sizeof(PartOptions),
    .gives = VALUE_FRAME,
    .returns = "the frame",
    .reference = "",
    .example = EXAMPLE "p:part \"rows\"",
    .where = WHERE_MAIN,
    .run = run_part};
REGISTER_PRIMITIVE(part);

#define TEXT_OPTIONS(O) O(format, CHOICE, "markdown", 0, 0, "markdown", "", "only markdown")
typedef struct TextOptions {
  TEXT_OPTIONS(OPTION_FIELD)
} TextOptions;
#define ROW(...) OPTION_ROW_OF(TextOptions, __VA_ARGS__)
static const Option text_options[] = {TEXT_OPTIONS(ROW)};
#undef ROW

static Status run_text(Call *call, Value *out, Error *e)
{
  Text text = {0};
  Status status = need_passport(call, e);
  if (status == STATUS_OK) {
    status = passport_markdown(call->data->model, &text, e);
  }
  if (status == STATUS_OK) {
    status = value_text(text_data(&text), text.size, out, e);
  }
  text_free(&text);
  return status;
}

static const Primitive text = {SIZED,
                               .name = "passport_text",
                               .method = "text",
                               .summary = "a passport as Markdown",
                               .main = "format",
                               .options = text_options,
                               .n_options = 1,
                               .options_size = sizeof(TextOptions),
                               .gives = VALUE_TEXT,
                               .returns =
                                   "a text: a heading, figures, rule and a table of differences for each segment",
                               .reference = "",
                               .example = EXAMPLE "print(p:text())",
                               .where = WHERE_MAIN,
                               .run = run_text};
REGISTER_PRIMITIVE(text);

#define WRITE_OPTIONS(O) O(path, TEXT, OPTION_REQUIRED, 1, 0, "", "", "file name, by custom ending in .md")
typedef struct WriteOptions {
  WRITE_OPTIONS(OPTION_FIELD)
} WriteOptions;
#define ROW(...) OPTION_ROW_OF(WriteOptions, __VA_ARGS__)
static const Option write_options[] = {WRITE_OPTIONS(ROW)};
#undef ROW

static Status run_write(Call *call, Value *out, Error *e)
{
  const WriteOptions *o = call->options;
  FileWriter *writer = NULL;
  Text made = {0};
  Status status;
  *out = (Value){.kind = VALUE_NONE};
  TRY(need_passport(call, e));
  TRY(passport_markdown(call->data->model, &made, e));
  TRY(file_create(o->path, &writer, e));
  TRY(file_write(writer, text_data(&made), made.size, e));
  FileWriter *whole = writer;
  writer = NULL;
  TRY(file_commit(whole, e));
done:
  file_discard(writer);
  text_free(&made);
  return status;
}

static const Primitive write_text = {SIZED,
                                     .name = "passport_write",
                                     .method = "write",
                                     .summary = "writes a passport as Markdown",
                                     .main = "path",
                                     .options = write_options,
                                     .n_options = 1,
                                     .options_size = sizeof(WriteOptions),
                                     .gives = VALUE_NONE,
                                     .returns = "nothing",
                                     .reference = "",
                                     .example = EXAMPLE "p:write(os.tmpname())",
                                     .effects = EFFECT_WRITES,
                                     .where = WHERE_MAIN,
                                     .run = run_write};
REGISTER_PRIMITIVE(write_text);
