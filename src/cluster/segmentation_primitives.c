/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.segmentation: a column of labels, wherever it comes from, as a model that can be described as any clustering
 * can. */
#include <stdio.h>
#include <string.h>

#include "cluster/cluster_model_primitives.h"
#include "cluster/labels.h"
#include "cluster/segment_labels_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "core/map.h"
#include "registry/registry.h"

#define SEGMENTATION_OPTIONS(O) \
  O(column, COLUMN, OPTION_REQUIRED, 1, 0, "", "", \
    "the column with the segment of each row: texts, booleans, or whole numbers from 1 (0: in none)") \
  O(names, TEXTS, OPTION_UNSET, 0, 0, "", "", "names for segments 1, 2, ...; default: the column's cells")
typedef struct SegmentationOptions {
  SEGMENTATION_OPTIONS(OPTION_FIELD)
} SegmentationOptions;
#define ROW(...) OPTION_ROW_OF(SegmentationOptions, __VA_ARGS__)
static const Option segmentation_options[] = {SEGMENTATION_OPTIONS(ROW)};
#undef ROW

typedef struct Segmentation {
  const Column *column;
  const char *name;
  Map *map;       /* cells as texts in order of appearance; NULL for numbers */
  int32_t *order; /* order[segment] is the number in map */
  SegmentLabels rows;
} Segmentation;

static Status cell_number(Map *map, const Column *column, size_t row, Text *text, size_t *number, Error *e)
{
  text_reset(text);
  column_cell_text(column, row, text);
  const Status status = text_status(text, e);
  return status == STATUS_OK ? map_put(map, text_data(text), text->size, number, NULL, e) : status;
}

/* Cells as numbers, the most frequent first. */
static Status number_cells(const Task *task, Segmentation *s, int32_t *labels, Error *e)
{
  const size_t n = column_rows(s->column);
  Text text = {0};
  Status status = (s->map = map_new()) ? STATUS_OK : error_memory(e, 0, _("labels"));
  for (size_t row = 0; status == STATUS_OK && row < n; row++) {
    size_t number = 0;
    labels[row] = -1;
    if (row % 1024 == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
    } else if (column_valid(s->column, row)) {
      status = cell_number(s->map, s->column, row, &text, &number, e);
      labels[row] = (int32_t)number;
    }
  }
  text_free(&text);
  if (status == STATUS_OK) {
    size_t used;
    const size_t k = map_size(s->map);
    s->order = mem_alloc(k, sizeof *s->order);
    status = s->order ? labels_number(labels, n, k, s->order, NULL, &used, e) : error_memory(e, 0, _("labels"));
  }
  return status;
}

static Status label_cells(const Task *task, Segmentation *s, Error *e)
{
  const size_t n = column_rows(s->column);
  int32_t *labels = mem_alloc(n, sizeof *labels);
  int64_t *wide = mem_alloc(n, sizeof *wide);
  Column *column = NULL;
  Status status;
  TRY(labels && wide ? STATUS_OK : error_memory(e, n * sizeof *wide, _("labels")));
  TRY(number_cells(task, s, labels, e));
  for (size_t row = 0; row < n; row++) {
    wide[row] = labels[row] + 1;
  }
  TRY(column_of_ints(wide, n, &column, e));
  TRY(segment_labels_of(column, 0, &s->rows, e));
done:
  column_unref(column);
  mem_free(labels);
  mem_free(wide);
  return status;
}

static Status read_column(const Task *task, Segmentation *s, Error *e)
{
  const Type type = column_type(s->column);
  if (type == TYPE_INT64) {
    for (size_t row = 0; row < column_rows(s->column); row++) {
      if (column_valid(s->column, row) && column_int(s->column, row) < 0) {
        return error_set(e, STATUS_DATA, "bad-data",
                         _("column '%1$s' has the segment %2$lld in row %3$zu; numbers begin with 1"), s->name,
                         (long long)column_int(s->column, row), row + 1);
      }
    }
    return segment_labels_of(s->column, 0, &s->rows, e);
  }
  if (!type_is_text(type) && type != TYPE_BOOL) {
    return error_set(e, STATUS_ARGUMENT, "wrong-column-type",
                     _("column '%1$s' is of type %2$s; segments are texts, booleans or whole numbers"), s->name,
                     type_name(type));
  }
  return label_cells(task, s, e);
}

/* The segment's cell as text; NULL for numbers. */
static const char *cell_of(const Segmentation *s, size_t segment, size_t *length)
{
  return s->map ? map_key(s->map, (size_t)s->order[segment], length) : NULL;
}

static void put_name(const Segmentation *s, const SegmentationOptions *options, size_t segment, Builder *names)
{
  size_t length;
  char number[24];
  const char *text = cell_of(s, segment, &length);
  if (segment < options->names.n) {
    text = options->names.items[segment];
    length = strlen(text);
  } else if (!text) {
    length = (size_t)snprintf(number, sizeof number, "%zu", segment + 1);
    text = number;
  }
  builder_text(names, text, length);
}

static Status make_tidy(const Segmentation *s, const SegmentationOptions *options, Frame **out, Error *e)
{
  Builder *cluster = builder_new(TYPE_INT64, s->rows.k), *name = builder_new(TYPE_STRING, s->rows.k);
  Builder *size = builder_new(TYPE_INT64, s->rows.k), *share = builder_new(TYPE_FLOAT64, s->rows.k);
  Draft *draft = draft_new();
  const bool made = cluster && name && size && share;
  for (size_t c = 0; made && c < s->rows.k; c++) {
    builder_int(cluster, (int64_t)c + 1);
    put_name(s, options, c, name);
    builder_int(size, s->rows.sizes[c + 1]);
    builder_float(share, (double)s->rows.sizes[c + 1] / (double)s->rows.n);
  }
  draft_builder(draft, "cluster", cluster);
  draft_builder(draft, "name", name);
  draft_builder(draft, "size", size);
  draft_builder(draft, "share", share);
  return draft_finish(draft, out, e);
}

/* cluster and value: which cell belongs to which segment. */
static Status make_values(const Segmentation *s, Frame **out, Error *e)
{
  Builder *cluster = builder_new(TYPE_INT64, s->rows.k), *value = builder_new(TYPE_STRING, s->rows.k);
  Draft *draft = draft_new();
  for (size_t c = 0; cluster && value && c < s->rows.k; c++) {
    size_t length;
    const char *text = cell_of(s, c, &length);
    builder_int(cluster, (int64_t)c + 1);
    builder_text(value, text, length);
  }
  draft_builder(draft, "cluster", cluster);
  draft_builder(draft, "value", value);
  return draft_finish(draft, out, e);
}

static Status make_rest(const Segmentation *s, Frame **glance, Frame **variables, Error *e)
{
  Draft *figures = draft_new(), *names = draft_new();
  draft_int(figures, "n", (int64_t)s->rows.n);
  draft_int(figures, "k", (int64_t)s->rows.k);
  draft_int(figures, "unassigned", s->rows.sizes[0]);
  draft_bool(figures, "complete", true);
  draft_texts(names, "name", &s->name, 1);
  const Status status = draft_finish(figures, glance, e), second = draft_finish(names, variables, e);
  return status == STATUS_OK ? second : status;
}

static Status make_model(Call *call, const Segmentation *s, Model **out, Error *e)
{
  Model *model = NULL;
  Frame *tidy = NULL, *values = NULL, *glance = NULL, *variables = NULL;
  Status status = model_new(call->primitive, call->options, &model, e);
  if (status == STATUS_OK) {
    status = make_rest(s, &glance, &variables, e);
  }
  if (status == STATUS_OK) {
    status = model_set_frame(model, "glance", glance, e);
    glance = NULL;
  }
  if (status == STATUS_OK) {
    status = model_set_frame(model, "variables", variables, e);
    variables = NULL;
  }
  if (status == STATUS_OK) {
    status = model_set_made(model, "tidy", make_tidy(s, call->options, &tidy, e), &tidy, e);
  }
  if (status == STATUS_OK && s->map) {
    status = model_set_made(model, "values", make_values(s, &values, e), &values, e);
  }
  if (status == STATUS_OK) {
    *out = model;
    return STATUS_OK;
  }
  frame_unref(glance);
  frame_unref(variables);
  model_unref(model);
  return status;
}

static Status run_segmentation(Call *call, Value *out, Error *e)
{
  const SegmentationOptions *options = call->options;
  const Frame *data = call->data->frame;
  Segmentation s = {.name = options->column};
  Model *model = NULL;
  size_t column;
  Status status;
  TRY(frame_need(data, options->column, &column, e));
  s.column = frame_column(data, column);
  TRY(read_column(call->task, &s, e));
  if (s.rows.k == 0) {
    TRY(error_set(e, STATUS_DATA, "bad-data", _("column '%s' puts no row into a segment"), s.name));
  }
  if (options->names.n > 0 && options->names.n != s.rows.k) {
    TRY(error_set(e, STATUS_ARGUMENT, "bad-names", _("there are %1$zu segments and %2$zu names"), s.rows.k,
                  options->names.n));
  }
  TRY(make_model(call, &s, &model, e));
  model_set_data(model, data);
  *out = value_of_model(model);
done:
  map_free(s.map);
  mem_free(s.order);
  segment_labels_free(&s.rows);
  return status;
}

/* ---- new rows */

static const Column *cells_of(const Model *model, const char *frame, const char *name, bool text)
{
  const Frame *found = model_frame(model, frame);
  size_t column;
  if (!found || !frame_find(found, name, &column) || column_missing(frame_column(found, column)) > 0) {
    return NULL;
  }
  const Column *cells = frame_column(found, column);
  return (text ? type_is_text(column_type(cells)) : column_type(cells) == TYPE_INT64) ? cells : NULL;
}

/* The texts of "values" with their places. */
static Status values_map(const Model *model, Map **map, Error *e)
{
  const Column *values = cells_of(model, "values", "value", true);
  *map = values ? map_new() : NULL;
  if (values && !*map) {
    return error_memory(e, 0, _("labels"));
  }
  Status status = STATUS_OK;
  for (size_t row = 0; values && status == STATUS_OK && row < column_rows(values); row++) {
    size_t length, number;
    const char *text = column_text(values, row, &length);
    status = map_put(*map, text, length, &number, NULL, e);
  }
  return status;
}

/* The segment of a cell; 0: none is known. */
static int64_t segment_of(const Map *map, const Column *column, size_t row, size_t k, Text *text)
{
  size_t number;
  if (!map) {
    const int64_t value = column_int(column, row);
    return value >= 1 && (size_t)value <= k ? value : 0;
  }
  text_reset(text);
  column_cell_text(column, row, text);
  return map_get(map, text_data(text), text->size, &number) ? (int64_t)number + 1 : 0;
}

static Status fill_segments(Call *call, const Map *map, const Column *column, size_t k, Builder *labels, Error *e)
{
  size_t unknown = 0;
  Text text = {0};
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < column_rows(column); row++) {
    const bool there = column_valid(column, row);
    const int64_t segment = there ? segment_of(map, column, row, k, &text) : 0;
    const bool none = there && !map && column_int(column, row) == 0;
    unknown += there && segment == 0 && !none;
    if (segment > 0 || none) {
      builder_int(labels, segment);
    } else {
      builder_missing(labels);
    }
    status = row % 4096 == 0 && task_cancelled(call->task) ? error_cancelled(e) : text_status(&text, e);
  }
  if (unknown > 0) {
    text_printf(call->notes, _("rows of a segment that the model does not know: %zu\n"), unknown);
  }
  text_free(&text);
  return status;
}

static Status segmentation_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Column *names = cells_of(model, "variables", "name", true);
  const size_t k = column_rows(cells_of(model, "tidy", "cluster", false));
  size_t length, column;
  const char *text = column_text(names, 0, &length);
  const char *name = arena_text(&call->task->arena, text, length);
  Builder *labels = builder_new(TYPE_INT64, frame_rows(data));
  Map *map = NULL;
  Status status;
  TRY(name && labels ? STATUS_OK : error_memory(e, 0, _("labels")));
  TRY(frame_need(data, name, &column, e));
  TRY(values_map(model, &map, e));
  const Column *cells = frame_column(data, column);
  const bool fits =
      map ? type_is_text(column_type(cells)) || column_type(cells) == TYPE_BOOL : column_type(cells) == TYPE_INT64;
  TRY(fits ? STATUS_OK
           : error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%1$s' is of type %2$s, unlike in the fit"),
                       name, type_name(column_type(cells))));
  TRY(fill_segments(call, map, cells, k, labels, e));
  builder_role(labels, ROLE_LABEL);
  Draft *draft = draft_new();
  draft_builder(draft, "cluster", labels);
  labels = NULL;
  TRY(draft_finish(draft, out, e));
done:
  builder_free(labels);
  map_free(map);
  return status;
}

static Status segmentation_check(const Model *model, Error *e)
{
  const Column *clusters = cells_of(model, "tidy", "cluster", false), *sizes = cells_of(model, "tidy", "size", false);
  const Column *names = cells_of(model, "tidy", "name", true), *variable = cells_of(model, "variables", "name", true);
  const Column *values = cells_of(model, "values", "value", true);
  size_t k, n;
  if (!clusters || !sizes || !names || !variable || column_rows(variable) != 1 || column_rows(clusters) == 0 ||
      !cluster_size_cell(model_frame(model, "glance"), "n", &n) ||
      !cluster_size_cell(model_frame(model, "glance"), "k", &k) || k != column_rows(clusters) ||
      (model_frame(model, "values") && (!values || column_rows(values) != k))) {
    return cluster_model_broken(e);
  }
  for (size_t row = 0; row < k; row++) {
    if (column_int(clusters, row) != (int64_t)row + 1 || column_int(sizes, row) < 0) {
      return cluster_model_broken(e);
    }
  }
  return STATUS_OK;
}

static void segmentation_headline(const Model *model, Text *out)
{
  const Column *names = cells_of(model, "variables", "name", true);
  size_t length;
  const char *name = column_text(names, 0, &length);
  text_printf(out, _("%1$.0f segments of %2$.0f rows by %3$.*4$s"), model_number(model, "k"), model_number(model, "n"),
              name, (int)length);
}

static const ModelClass segmentation_class = {.size = sizeof(ModelClass),
                                              .predict = segmentation_predict,
                                              .headline = segmentation_headline,
                                              .check = segmentation_check,
                                              .plots = "sizes",
                                              .plot = segment_plot};

static const Figure segmentation_figures[] = {
    {"n", "rows", "", "1 or more"},
    {"k", "segments", "", "1 or more"},
    {"unassigned", "rows in no segment: missing, or 0 in a column of numbers", "", "0 or more"},
    {"complete", "always true: there is nothing to iterate", "", "true"},
};

static const Primitive segmentation = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "segmentation",
    .version = 1,
    .summary = "a column of labels as a model of segments",
    .details =
        "So that profile, segment_rules, passport, migrate and export do for labels from anywhere (a file, rfm, a rule "
        "of "
        "one's own) what they do for a clustering. Texts and booleans are numbered by size, the largest first; whole "
        "numbers stay as they are, 0 being no segment. predict gives the number for new rows by the same column.",
    .takes = VALUE_FRAME,
    .main = "column",
    .options = segmentation_options,
    .n_options = sizeof segmentation_options / sizeof *segmentation_options,
    .options_size = sizeof(SegmentationOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster name size share",
    .reference = "",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:segmentation(\"species\"):profile(df, {top = 2})",
    .where = WHERE_JOB,
    .figures = segmentation_figures,
    .n_figures = sizeof segmentation_figures / sizeof *segmentation_figures,
    .run = run_segmentation,
    .model = &segmentation_class};
REGISTER_PRIMITIVE(segmentation);
