/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.export and cluster.code: a clustering with centres, or a passport's rules, for other programs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/cluster_model_primitives.h"
#include "cluster/export.h"
#include "cluster/passport_primitives.h"
#include "core/file.h"
#include "registry/registry.h"

/* ---- models with centres: only those whose predict is nothing but the nearest one */

static bool metric_of(const Model *model, ExportMetric *out)
{
  static const struct {
    const char *model, *metric;
    ExportMetric export;
  } known[] = {{"cluster.kmeans", NULL, EXPORT_SQUARES},       {"cluster.minibatch", NULL, EXPORT_SQUARES},
               {"cluster.fuzzy", NULL, EXPORT_SQUARES},
               {"cluster.kmedians", NULL, EXPORT_ABSOLUTE},    {"cluster.spherical", NULL, EXPORT_SPHERE},
               {"cluster.pam", "euclidean", EXPORT_SQUARES},   {"cluster.clara", "euclidean", EXPORT_SQUARES},
               {"cluster.pam", "sqeuclidean", EXPORT_SQUARES}, {"cluster.clara", "sqeuclidean", EXPORT_SQUARES},
               {"cluster.pam", "manhattan", EXPORT_ABSOLUTE},  {"cluster.clara", "manhattan", EXPORT_ABSOLUTE},
               {"cluster.pam", "chebyshev", EXPORT_LARGEST},   {"cluster.clara", "chebyshev", EXPORT_LARGEST}};
  const char *metric = model_option_text(model, "metric");
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].model, model_name(model)) == 0 &&
        (!known[i].metric || (metric && strcmp(known[i].metric, metric) == 0))) {
      *out = known[i].export;
      return true;
    }
  }
  return false;
}

static Status refuse(const Model *model, Error *e)
{
  error_set(e, STATUS_STATE, "not-exportable",
            _("a model of %s has no form in SQL, Lua or JSON that gives its very labels"),
            model_name(model));
  return error_hint(e, _("a rule for each segment has one: m:passport(df):export(\"segments.sql\")"));
}

static double *arena_doubles(Arena *arena, const Column *column)
{
  double *values = arena_alloc(arena, column_rows(column) + 1, sizeof *values);
  if (values) {
    column_block(column, 0, column_rows(column), values, 1);
  }
  return values;
}

static const char **arena_texts(Arena *arena, const Column *column)
{
  const size_t n = column_rows(column);
  const char **texts = arena_alloc(arena, n + 1, sizeof *texts);
  for (size_t i = 0; texts && i < n; i++) {
    size_t length;
    const char *text = column_valid(column, i) ? column_text(column, i, &length) : NULL;
    texts[i] = text ? arena_text(arena, text, length) : "";
    if (!texts[i]) {
      return NULL;
    }
  }
  return texts;
}

static Status read_centres(const Model *model, Arena *arena, Export *out, Error *e)
{
  const Frame *centres = model_frame(model, "centres");
  const Column *names = passport_column(model, "variables", "name"),
               *shift = passport_column(model, "variables", "shift");
  const Column *factor = passport_column(model, "variables", "factor");
  if (!centres || !names || !shift || !factor || !metric_of(model, &out->metric)) {
    return refuse(model, e);
  }
  out->k = frame_rows(centres);
  out->d = frame_columns(centres);
  double *values = arena_alloc(arena, out->k * out->d + 1, sizeof *values);
  out->names = arena_texts(arena, names);
  out->shift = arena_doubles(arena, shift);
  out->factor = arena_doubles(arena, factor);
  out->centres = values;
  if (!values || !out->names || !out->shift || !out->factor) {
    return error_memory(e, 0, _("an export"));
  }
  for (size_t j = 0; j < out->d; j++) {
    column_block(frame_column(centres, j), 0, out->k, values + j, out->d);
  }
  return STATUS_OK;
}

/* ---- a passport's rules, the one with the largest f1 first */

typedef struct Parts {
  const Column *cluster, *condition, *number;
  const char **variables, **operators, **texts;
} Parts;

static Status read_rule(const Parts *parts, int64_t cluster, Arena *arena, ExportRule *out, Error *e)
{
  const size_t n = column_rows(parts->cluster);
  ExportCondition *conditions = arena_alloc(arena, n + 1, sizeof *conditions);
  int64_t last = 0;
  *out = (ExportRule){.cluster = cluster, .conditions = conditions};
  for (size_t row = 0; conditions && row < n; row++) {
    if (column_int(parts->cluster, row) != cluster) {
      continue;
    }
    if (out->n == 0 || column_int(parts->condition, row) != last) {
      ExportCondition *fresh = &conditions[out->n++];
      last = column_int(parts->condition, row);
      *fresh = (ExportCondition){
          .column = parts->variables[row], .operator = parts->operators[row], .levels = &parts->texts[row]};
      fresh->value = column_valid(parts->number, row) ? column_float(parts->number, row) : 0;
    }
    conditions[out->n - 1].n_levels++;
  }
  return conditions ? STATUS_OK : error_memory(e, 0, _("an export"));
}

static void by_f1(const Model *model, int64_t *order, size_t k)
{
  const Column *f1 = passport_column(model, "tidy", "f1");
  for (size_t i = 0; i < k; i++) {
    size_t at = i;
    const double own = column_valid(f1, i) ? column_float(f1, i) : 0;
    while (at > 0) {
      const size_t before = (size_t)order[at - 1];
      if ((column_valid(f1, before) ? column_float(f1, before) : 0) >= own) {
        break;
      }
      order[at] = order[at - 1];
      at--;
    }
    order[at] = (int64_t)i;
  }
}

static Status read_rules(const Model *model, Arena *arena, Export *out, Error *e)
{
  const size_t k = frame_rows(model_frame(model, "tidy"));
  const Parts parts = {passport_column(model, "conditions", "cluster"),
                       passport_column(model, "conditions", "condition"),
                       passport_column(model, "conditions", "number"),
                       arena_texts(arena, passport_column(model, "conditions", "variable")),
                       arena_texts(arena, passport_column(model, "conditions", "operator")),
                       arena_texts(arena, passport_column(model, "conditions", "text"))};
  ExportRule *rules = arena_alloc(arena, k + 1, sizeof *rules);
  int64_t *order = arena_alloc(arena, k + 1, sizeof *order);
  if (!rules || !order || !parts.variables || !parts.operators || !parts.texts) {
    return error_memory(e, 0, _("an export"));
  }
  by_f1(model, order, k);
  out->rules = rules;
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < k; i++) {
    status = read_rule(&parts, order[i] + 1, arena, &rules[out->n_rules], e);
    out->n_rules += rules[out->n_rules].n > 0;
  }
  return status;
}

/* ---- the text */

static Status make_text(Call *call, const char *format, const char *table, const char *column, Text *out, Error *e)
{
  const Model *model = call->data->model;
  const bool rules = strcmp(model_name(model), PASSPORT_NAME) == 0;
  Arena *arena = &call->task->arena;
  Export x = {.method = model_name(model)};
  Text about = {0};
  char digest[33];
  digest_text(model_digest(model), digest);
  text_printf(&about, "%s: ", model_name(model));
  if (model_primitive(model)->model->headline) {
    model_primitive(model)->model->headline(model, &about);
  }
  text_printf(&about, "; digest %s", digest);
  x.about = arena_text(arena, text_data(&about), about.size);
  Status status = text_status(&about, e);
  text_free(&about);
  if (status == STATUS_OK && !x.about) {
    status = error_memory(e, 0, _("an export"));
  }
  if (status == STATUS_OK) {
    status = rules ? read_rules(model, arena, &x, e) : read_centres(model, arena, &x, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  if (strcmp(format, "sql") == 0) {
    return export_sql(&x, table, column, out, e);
  }
  if (table) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option '%1$s' means nothing for the format %2$s"),
                     "table", format);
  }
  (strcmp(format, "lua") == 0 ? export_lua : export_json)(&x, out);
  return text_status(out, e);
}

#define TABLE_OPTIONS(O) \
  O(table, TEXT, OPTION_UNSET, 1, 0, "", "", "SQL: a table's name, for a whole query instead of an expression") \
  O(column, TEXT, "cluster", 1, 0, "", "", "SQL: what the query calls the new column")

#define CODE_OPTIONS(O) \
  O(format, CHOICE, "sql", 0, 0, "sql|lua|json", "", "the language") \
  TABLE_OPTIONS(O)
typedef struct CodeOptions {
  CODE_OPTIONS(OPTION_FIELD)
} CodeOptions;
#define ROW(...) OPTION_ROW_OF(CodeOptions, __VA_ARGS__)
static const Option code_options[] = {CODE_OPTIONS(ROW)};
#undef ROW

static Status run_code(Call *call, Value *out, Error *e)
{
  const CodeOptions *o = call->options;
  Text text = {0};
  Status status = make_text(call, o->format, o->table, o->column, &text, e);
  if (status == STATUS_OK) {
    status = value_text(text_data(&text), text.size, out, e);
  }
  text_free(&text);
  return status;
}

#define EXPORT_OPTIONS(O) \
  O(path, TEXT, OPTION_REQUIRED, 1, 0, "", "", "file name; its ending .sql, .lua or .json says the format") \
  O(format, CHOICE, "auto", 0, 0, "auto|sql|lua|json", "", "the language; auto: by the file's name") \
  TABLE_OPTIONS(O)
typedef struct ExportOptions {
  EXPORT_OPTIONS(OPTION_FIELD)
} ExportOptions;
#define ROW(...) OPTION_ROW_OF(ExportOptions, __VA_ARGS__)
static const Option export_options[] = {EXPORT_OPTIONS(ROW)};
#undef ROW

static Status format_of_path(const ExportOptions *o, const char **out, Error *e)
{
  static const char *const formats[] = {"sql", "lua", "json"};
  const char *dot = strrchr(o->path, '.');
  *out = o->format;
  if (strcmp(o->format, "auto") != 0) {
    return STATUS_OK;
  }
  for (size_t i = 0; i < 3; i++) {
    if (dot && strcmp(dot + 1, formats[i]) == 0) {
      *out = formats[i];
      return STATUS_OK;
    }
  }
  error_set(e, STATUS_ARGUMENT, "unknown-format", _("'%s' does not end in .sql, .lua or .json"), o->path);
  return error_hint(e, _("say the format: format = \"sql\""));
}

static Status run_export(Call *call, Value *out, Error *e)
{
  const ExportOptions *o = call->options;
  const char *format;
  FileWriter *writer = NULL;
  Text text = {0};
  Status status;
  *out = (Value){.kind = VALUE_NONE};
  TRY(format_of_path(o, &format, e));
  TRY(make_text(call, format, o->table, o->column, &text, e));
  TRY(file_create(o->path, &writer, e));
  TRY(file_write(writer, text_data(&text), text.size, e));
  FileWriter *whole = writer;
  writer = NULL;
  TRY(file_commit(whole, e));
done:
  file_discard(writer);
  text_free(&text);
  return status;
}

#define DETAILS \
  "Of a model with centres (kmeans, minibatch, kmedians, fuzzy, pam and clara on numbers; spherical in Lua and JSON) or of " \
  "a passport's rules, " \
  "the first that holds, the one with the largest f1 first. The text gives the labels that predict gives, bit for " \
  "bit; " \
  "a missing cell gives NULL or nil, or meets no condition of a rule. SQL is a CASE expression; with table a query " \
  "over that " \
  "table. Lua is a chunk that returns a function of a row (a table by column name). JSON has the figures. "
#define SIZED \
  .size = sizeof(Primitive), .family = "cluster", .version = 1, .takes = VALUE_MODEL, .takes_class = "cluster"
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive code = {
    SIZED,
    .name = "code",
    .summary = "a segmentation as SQL, Lua or JSON, as a text",
    .details = DETAILS,
    .main = "format",
    OPTIONS(code_options, CodeOptions),
    .gives = VALUE_TEXT,
    .returns = "a text",
    .reference = "",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:kmeans{k = 2, on = {\"petal_length\", \"petal_width\"}}\n"
               "print(m:code(\"sql\"))\nwhich = load(m:code(\"lua\"))()\nwhich(df:row(1))",
    .where = WHERE_MAIN,
    .run = run_code};
REGISTER_PRIMITIVE(code);

static const Primitive export = {SIZED,
                                 .name = "export",
                                 .summary = "writes a segmentation as SQL, Lua or JSON",
                                 .details = DETAILS,
                                 .main = "path",
                                 OPTIONS(export_options, ExportOptions),
                                 .gives = VALUE_NONE,
                                 .returns = "nothing",
                                 .reference = "",
                                 .example = "df = read \"datasets/iris/iris.csv\"\nm = df:kmeans{k = 3}\npath = "
                                            "os.tmpname()\nm:export(path, {format = \"sql\"})\n"
                                            "m:passport(df):export(path, {format = \"json\"})",
                                 .effects = EFFECT_WRITES,
                                 .where = WHERE_MAIN,
                                 .run = run_export};
REGISTER_PRIMITIVE(export);
