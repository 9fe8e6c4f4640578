/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.migrate for columns of labels, cluster.migrate_models for models. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/migrate.h"
#include "cluster/passport_primitives.h"
#include "core/alloc.h"
#include "core/map.h"
#include "registry/registry.h"

#define MIGRATE_NAME "cluster.migrate"

/* ---- the answer as a model */

static Status put(Model *model, const char *name, Status made, Frame **frame, Error *e)
{
  Frame *taken = *frame;
  *frame = NULL;
  return made == STATUS_OK ? model_set_frame(model, name, taken, e) : made;
}

static Status make_model(Migrate *m, Model **out, Error *e)
{
  Model *model = NULL;
  Frame *frame = NULL;
  Status status;
  TRY(migrate_count(m, e));
  TRY(model_new(registry_get("cluster", "migrate"), NULL, &model, e));
  TRY(put(model, "tidy", migrate_tidy(m, &frame, e), &frame, e));
  TRY(put(model, "glance", migrate_glance(m, &frame, e), &frame, e));
  TRY(put(model, "matches", migrate_matches(m, &frame, e), &frame, e));
  TRY(put(model, "movers", migrate_movers(m, &frame, e), &frame, e));
  *out = model;
  return STATUS_OK;
done:
  model_unref(model);
  return status;
}

/* ---- the rows of two frames by a column they share */

typedef struct Joined {
  size_t *from, *to; /* row numbers, SIZE_MAX: not there */
  size_t n;
  const Column *id_from, *id_to;
  size_t without; /* rows without an id */
} Joined;

static void joined_free(Joined *joined)
{
  mem_free(joined->from);
  mem_free(joined->to);
}

static Status put_id(Map *map, const Column *ids, size_t row, Text *text, size_t *number, bool *fresh, Error *e)
{
  text_reset(text);
  column_cell_text(ids, row, text);
  const Status status = text_status(text, e);
  return status == STATUS_OK ? map_put(map, text_data(text), text->size, number, fresh, e) : status;
}

/* One side's rows by their ids; an id may stand there once. */
static Status place_ids(const Task *task, Map *map, const Column *ids, const char *name, size_t *places, Joined *joined,
                        Error *e)
{
  Text text = {0};
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < column_rows(ids); row++) {
    size_t number = 0;
    bool fresh;
    if (row % 1024 == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
    } else if (!column_valid(ids, row)) {
      joined->without++;
    } else {
      status = put_id(map, ids, row, &text, &number, &fresh, e);
      if (status == STATUS_OK && places[number] != SIZE_MAX) {
        status = error_set(e, STATUS_DATA, "bad-data", _("'%1$s' is not a key: %2$.80s stands in rows %3$zu and %4$zu"),
                           name, text_data(&text), places[number] + 1, row + 1);
      } else if (status == STATUS_OK) {
        places[number] = row;
      }
    }
  }
  text_free(&text);
  return status;
}

static Status join_rows(const Task *task, const Frame *from, const Frame *to, const char *id, Joined *out, Error *e)
{
  const size_t most = frame_rows(from) + frame_rows(to);
  size_t a, b;
  Map *map = map_new();
  Status status;
  out->from = mem_alloc(most, sizeof *out->from);
  out->to = mem_alloc(most, sizeof *out->to);
  TRY(map && out->from && out->to ? STATUS_OK : error_memory(e, most * 2 * sizeof *out->from, _("rows")));
  for (size_t i = 0; i < most; i++) {
    out->from[i] = out->to[i] = SIZE_MAX;
  }
  TRY(frame_need(from, id, &a, e));
  TRY(frame_need(to, id, &b, e));
  out->id_from = frame_column(from, a);
  out->id_to = frame_column(to, b);
  TRY(place_ids(task, map, out->id_from, id, out->from, out, e));
  TRY(place_ids(task, map, out->id_to, id, out->to, out, e));
  out->n = map_size(map);
done:
  map_free(map);
  return status;
}

/* Labels of the frame's rows in the order of the joined ones. */
static Status spread_labels(const int64_t *labels, const size_t *rows, size_t n, int64_t **out, Error *e)
{
  *out = mem_alloc(n, sizeof **out);
  if (!*out) {
    return error_memory(e, n * sizeof **out, _("labels"));
  }
  for (size_t i = 0; i < n; i++) {
    (*out)[i] = rows[i] == SIZE_MAX ? 0 : labels[rows[i]];
  }
  return STATUS_OK;
}

/* Puts both sides' labels in line and counts; joined NULL: they are in line. */
static Status count_moves(Migrate *m, const SegmentLabels *from, const SegmentLabels *to, const Joined *joined,
                          Model **out, Error *e)
{
  int64_t *a = NULL, *b = NULL;
  Status status;
  m->from.k = from->k;
  m->to.k = to->k;
  m->from.labels = from->labels;
  m->to.labels = to->labels;
  m->n = from->n;
  if (joined) {
    TRY(spread_labels(from->labels, joined->from, joined->n, &a, e));
    TRY(spread_labels(to->labels, joined->to, joined->n, &b, e));
    m->from.labels = a;
    m->to.labels = b;
    m->n = joined->n;
    m->row_from = joined->from;
    m->row_to = joined->to;
    m->id_from = joined->id_from;
    m->id_to = joined->id_to;
  }
  TRY(make_model(m, out, e));
done:
  mem_free(a);
  mem_free(b);
  return status;
}

static void note_join(const Call *call, const Joined *joined)
{
  if (joined->without > 0) {
    text_printf(call->notes, _("rows without an id, left out: %zu\n"), joined->without);
  }
}

/* ---- models */

#define MODELS_OPTIONS(O) \
  O(other, VALUE, OPTION_REQUIRED, 1, 0, "", "", "the later model; the same one to see how rows change over time") \
  O(data, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the rows that both models label; with now, the earlier ones") \
  O(now, FRAME, OPTION_UNSET, 1, 0, "", "", "the later rows, which the later model labels") \
  O(id, TEXT, OPTION_UNSET, 1, 0, "", "", "with now: the column that says which rows are the same")
typedef struct ModelsOptions {
  MODELS_OPTIONS(OPTION_FIELD)
} ModelsOptions;
#define ROW(...) OPTION_ROW_OF(ModelsOptions, __VA_ARGS__)
static const Option models_options[] = {MODELS_OPTIONS(ROW)};
#undef ROW

static Status model_names(const Model *model, size_t k, Arena *arena, const char ***out, Error *e)
{
  const char **names = arena_alloc(arena, k + 1, sizeof *names);
  bool made = names != NULL;
  for (size_t i = 0; made && i < k; i++) {
    names[i] = segment_name_of(model, i + 1, arena);
    made = names[i] != NULL;
  }
  *out = names;
  return made ? STATUS_OK : error_memory(e, 0, _("names"));
}

static bool same_model(const Model *a, const Model *b)
{
  const Digest x = model_digest(a), y = model_digest(b);
  return a == b || (x.high == y.high && x.low == y.low);
}

static Status check_pair(const ModelsOptions *o, Error *e)
{
  if (o->other->kind != VALUE_MODEL) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'other' must be a model, not %s"),
                     value_kind_name(o->other->kind));
  }
  if (!o->now != !o->id) {
    return error_set(e, STATUS_ARGUMENT, "missing-option",
                     _("'now' and 'id' go together: the later rows, and the column that joins them"));
  }
  return STATUS_OK;
}

static Status run_models(Call *call, Value *out, Error *e)
{
  const ModelsOptions *o = call->options;
  Arena *arena = &call->task->arena;
  const Model *a = call->data->model, *b = o->other->model;
  SegmentLabels from = {0}, to = {0};
  Joined joined = {.from = NULL};
  Migrate m = {.task = call->task};
  Model *model = NULL;
  Status status;
  TRY(check_pair(o, e));
  TRY(segment_labels(call, a, o->data, &from, e));
  TRY(segment_labels(call, b, o->now ? o->now : o->data, &to, e));
  TRY(model_names(a, from.k, arena, &m.from.names, e));
  TRY(model_names(b, to.k, arena, &m.to.names, e));
  TRY(o->now ? join_rows(call->task, o->data, o->now, o->id, &joined, e) : STATUS_OK);
  m.by_name = same_model(a, b);
  TRY(count_moves(&m, &from, &to, o->now ? &joined : NULL, &model, e));
  note_join(call, &joined);
  *out = value_of_model(model);
done:
  segment_labels_free(&from);
  segment_labels_free(&to);
  joined_free(&joined);
  return status;
}

/* ---- columns */

#define COLUMNS_OPTIONS(O) \
  O(from, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column with the former segments") \
  O(to, TEXT, OPTION_UNSET, 1, 0, "", "", "column with the later ones; with now, by default of the same name") \
  O(now, FRAME, OPTION_UNSET, 1, 0, "", "", "the later rows, when they are a frame of their own") \
  O(id, TEXT, OPTION_UNSET, 1, 0, "", "", "with now: the column that says which rows are the same") \
  O(match, CHOICE, "auto", 0, 0, "auto|name|overlap", "", \
    "which segments belong together: those of one name, or so that most rows stay; auto: texts by name, numbers by " \
    "overlap")
typedef struct ColumnsOptions {
  COLUMNS_OPTIONS(OPTION_FIELD)
} ColumnsOptions;
#define ROW(...) OPTION_ROW_OF(ColumnsOptions, __VA_ARGS__)
static const Option columns_options[] = {COLUMNS_OPTIONS(ROW)};
#undef ROW

/* A column's cells as segments, through cluster.segmentation, which numbers and names them. */
static Status column_segments(Call *call, const Frame *data, const char *name, SegmentLabels *out, const char ***names,
                              Error *e)
{
  const Primitive *primitive = registry_get("cluster", "segmentation");
  Arena *arena = &call->task->arena;
  Arguments arguments = {.positional = {.kind = VALUE_NONE}};
  Value source = {.kind = VALUE_FRAME, .frame = (Frame *)data}, made = {.kind = VALUE_NONE};
  Call inner = *call;
  Status status;
  void *options = arena_alloc(arena, 1, primitive->options_size);
  TRY(options ? STATUS_OK : error_memory(e, 0, _("options")));
  TRY(value_list(1, true, &arguments.named, e));
  arguments.named.list.names[0] = mem_string("column");
  TRY(arguments.named.list.names[0] ? STATUS_OK : error_memory(e, 0, _("options")));
  TRY(value_text(name, strlen(name), &arguments.named.list.items[0], e));
  inner.primitive = primitive;
  inner.data = &source;
  inner.options = options;
  TRY(options_check(primitive, &arguments, data, arena, options, &inner.given, e));
  TRY(primitive->run(&inner, &made, e));
  TRY(segment_labels(call, made.model, data, out, e));
  TRY(model_names(made.model, out->k, arena, names, e));
done:
  value_free(&made);
  arguments_free(&arguments);
  return status;
}

static Status check_columns(const ColumnsOptions *o, Error *e)
{
  if (!o->now != !o->id) {
    return error_set(e, STATUS_ARGUMENT, "missing-option",
                     _("'now' and 'id' go together: the later rows, and the column that joins them"));
  }
  return o->now || o->to ? STATUS_OK
                         : error_set(e, STATUS_ARGUMENT, "missing-option",
                                     _("say to = the column with the later segments, or now = the later rows"));
}

static bool match_by_name(const char *match, const Frame *data, const char *from)
{
  size_t column;
  return strcmp(match, "name") == 0 || (strcmp(match, "auto") == 0 && frame_find(data, from, &column) &&
                                        column_type(frame_column(data, column)) != TYPE_INT64);
}

static Status run_columns(Call *call, Value *out, Error *e)
{
  const ColumnsOptions *o = call->options;
  const Frame *data = call->data->frame, *later = o->now ? o->now : data;
  SegmentLabels from = {0}, to = {0};
  Joined joined = {.from = NULL};
  Migrate m = {.task = call->task, .by_name = match_by_name(o->match, data, o->from)};
  Model *model = NULL;
  Status status;
  TRY(check_columns(o, e));
  TRY(column_segments(call, data, o->from, &from, &m.from.names, e));
  TRY(column_segments(call, later, o->to ? o->to : o->from, &to, &m.to.names, e));
  TRY(o->now ? join_rows(call->task, data, o->now, o->id, &joined, e) : STATUS_OK);
  TRY(count_moves(&m, &from, &to, o->now ? &joined : NULL, &model, e));
  note_join(call, &joined);
  *out = value_of_model(model);
done:
  segment_labels_free(&from);
  segment_labels_free(&to);
  joined_free(&joined);
  return status;
}

/* ---- what the answer can do */

static void migrate_headline(const Model *model, Text *out)
{
  text_printf(out, _("%1$.0f of %2$.0f rows stayed"), model_number(model, "stayed"), model_number(model, "n"));
  if (model_number(model, "n") > 0) {
    text_printf(out, _(" (%.1f%%)"), 100 * model_number(model, "stayed_share"));
  }
  if (model_number(model, "entered") + model_number(model, "left") > 0) {
    text_printf(out, _("; %1$.0f entered, %2$.0f left"), model_number(model, "entered"), model_number(model, "left"));
  }
}

static Status migrate_check(const Model *model, Error *e)
{
  const Column *from = passport_column(model, "tidy", "from"), *to = passport_column(model, "tidy", "to");
  const Column *share = passport_column(model, "tidy", "share_from"), *rows = passport_column(model, "tidy", "rows");
  const bool sound = from && to && share && rows && type_is_text(column_type(from)) && type_is_text(column_type(to)) &&
                     column_type(share) == TYPE_FLOAT64 && column_type(rows) == TYPE_INT64 &&
                     column_missing(rows) == 0 && model_frame(model, "matches") && model_frame(model, "movers");
  return sound ? STATUS_OK : cluster_model_broken(e);
}

enum { NAMES_MOST = 200 };

typedef struct Names {
  const char *text[NAMES_MOST];
  size_t n;
} Names;

static size_t name_at(Names *names, const Column *column, size_t row, Arena *arena)
{
  size_t length;
  const char *text = column_valid(column, row) ? column_text(column, row, &length) : NULL;
  const char *copy = text ? arena_text(arena, text, length) : _("none");
  size_t at = 0;
  while (copy && at < names->n && strcmp(names->text[at], copy) != 0) {
    at++;
  }
  if (copy && at == names->n && at < NAMES_MOST) {
    names->text[names->n++] = copy;
  }
  return copy ? at : NAMES_MOST;
}

static Status names_column(const Names *names, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, names->n);
  for (size_t i = 0; builder && i < names->n; i++) {
    builder_text(builder, names->text[i], strlen(names->text[i]));
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a chart"));
}

/* The shares of one later segment in all former ones. */
static Status add_flow(Chart *chart, const Model *model, Names *from, Names *to, size_t which, const Column *axis,
                       Arena *arena, Error *e)
{
  const Column *a = passport_column(model, "tidy", "from"), *b = passport_column(model, "tidy", "to");
  const Column *share = passport_column(model, "tidy", "share_from");
  double values[NAMES_MOST] = {0};
  Column *column = NULL;
  for (size_t row = 0; row < column_rows(a); row++) {
    const size_t at = name_at(from, a, row, arena);
    if (at < from->n && name_at(to, b, row, arena) == which && column_valid(share, row)) {
      values[at] = column_float(share, row);
    }
  }
  Status status = column_of_floats(values, from->n, &column, e);
  if (status == STATUS_OK) {
    status = chart_add_bars(chart, to->text[which], axis, column, e);
  }
  column_unref(column);
  return status;
}

static Status migrate_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Column *a = passport_column(model, "tidy", "from"), *b = passport_column(model, "tidy", "to");
  Arena *arena = &call->task->arena;
  Names *from = arena_alloc(arena, 1, sizeof *from), *to = arena_alloc(arena, 1, sizeof *to);
  Column *axis = NULL;
  Chart *chart = NULL;
  Status status;
  TRY(from && to ? STATUS_OK : error_memory(e, 0, _("a chart")));
  for (size_t row = 0; row < column_rows(a); row++) {
    (void)name_at(to, b, row, arena);
    if (column_valid(a, row)) {
      (void)name_at(from, a, row, arena);
    }
  }
  TRY(names_column(from, &axis, e));
  TRY(chart_begin("bar", request->title, _("from"), axis, _("share of its rows"), NULL, &chart, e));
  TRY(chart_set_legend(chart, _("to"), e));
  chart_set_stacked(chart);
  for (size_t i = 0; i < to->n; i++) {
    TRY(add_flow(chart, model, from, to, i, axis, arena, e));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(axis);
  return status;
}

static const ModelClass migrate_class = {.size = sizeof(ModelClass),
                                         .headline = migrate_headline,
                                         .check = migrate_check,
                                         .plots = "flows",
                                         .plot = migrate_plot};

static const Figure migrate_figures[] = {
    {"n", "rows in a segment on both sides", "", "0 or more"},
    {"from_segments", "former segments", "", "1 or more"},
    {"to_segments", "later segments", "", "1 or more"},
    {"stayed", "rows whose segment is the one that belongs to their former one", "", "0 to n"},
    {"moved", "the other rows of n", "n - stayed = {n} - {stayed}", "0 to n"},
    {"stayed_share", "share of n that stayed", "stayed / n = {stayed} / {n}", "0 to 1"},
    {"entered", "rows in no segment before", "", "0 or more"},
    {"left", "rows in no segment now", "", "0 or more"},
    {"ari", "adjusted Rand index of both partitions of the n rows", "", "1: the same, about 0: unrelated"},
    {"complete", "always true: there is nothing to iterate", "", "true"},
};

#define DETAILS \
  "tidy has a row for each pair of segments that share rows: how many, the share of the former segment (share_from) " \
  "and of the " \
  "later one. part \"matches\" says which segments belong together, part \"movers\" lists the rows that moved, " \
  "entered or left. " \
  "The chart shows where each former segment went. "
#define SIZED \
  .size = sizeof(Primitive), .family = "cluster", .version = 1, .gives = VALUE_MODEL, .where = WHERE_JOB, \
  .returns = "a model; tidy: from to rows share_from share_to stayed", .figures = migrate_figures, \
  .n_figures = sizeof migrate_figures / sizeof *migrate_figures
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive migrate = {
    SIZED,
    .name = "migrate",
    .takes = VALUE_FRAME,
    .main = "from",
    .summary = "who moved between two columns of segments, or two dates",
    .details =
        DETAILS "With now the later rows are a frame of their own, joined by the column id, which names each row once.",
    OPTIONS(columns_options, ColumnsOptions),
    .reference = "Kuhn 1955, The Hungarian method for the assignment problem (overlap)",
    .example = "old = frame{id = {1, 2, 3, 4}, tier = {\"gold\", \"gold\", \"silver\", \"silver\"}}\n"
               "new = frame{id = {2, 1, 3, 5}, tier = {\"silver\", \"gold\", \"silver\", \"gold\"}}\n"
               "m = old:migrate{from = \"tier\", now = new, id = \"id\"}\nprint(m)\nm:part \"movers\"",
    .run = run_columns,
    .model = &migrate_class};
REGISTER_PRIMITIVE(migrate);

static const Primitive migrate_models = {
    SIZED,
    .name = "migrate_models",
    .method = "migrate",
    .takes = VALUE_MODEL,
    .takes_class = "cluster",
    .main = "other",
    .summary = "who moved between the segments of two models, or of one over time",
    .details = DETAILS
    "Two models label the same rows, and segments belong together so that as many rows as possible stay; or one model "
    "labels earlier and later rows (now, id), and segments are those of the same number.",
    OPTIONS(models_options, ModelsOptions),
    .reference = "Kuhn 1955, The Hungarian method for the assignment problem",
    .example = "df = read \"datasets/iris/iris.csv\"\na = df:kmeans{k = 3}\nb = df:kmeans{k = 4, scale = \"zscore\"}\n"
               "m = a:migrate(b, {data = df})\nprint(m)\nm:part \"matches\"",
    .run = run_models,
    .model = &migrate_class};
REGISTER_PRIMITIVE(migrate_models);
