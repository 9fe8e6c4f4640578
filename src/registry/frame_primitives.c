/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of frames. */
#include <inttypes.h>
#include <string.h>

#include "core/alloc.h"
#include "registry/registry.h"

static const Frame *of(const Call *call)
{
  return call->data->frame;
}

static Status give(Status status, Frame *const *frame, Value *out)
{
  if (status == STATUS_OK) {
    *out = value_of_frame(*frame);
  }
  return status;
}

#define SELECT_OPTIONS(O) O(columns, COLUMNS, OPTION_REQUIRED, 0, 0, "", "", "column names")
typedef struct SelectOptions {
  SELECT_OPTIONS(OPTION_FIELD)
} SelectOptions;
#define ROW(...) OPTION_ROW_OF(SelectOptions, __VA_ARGS__)
static const Option select_options[] = {SELECT_OPTIONS(ROW)};
#undef ROW

static Status run_select(Call *call, Value *out, Error *e)
{
  const SelectOptions *options = call->options;
  size_t *columns = arena_alloc(&call->task->arena, options->columns.n, sizeof *columns);
  if (!columns) {
    return error_memory(e, 0, _("columns"));
  }
  Frame *frame = NULL;
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < options->columns.n; i++) {
    status = frame_need(of(call), options->columns.items[i], &columns[i], e);
  }
  if (status == STATUS_OK) {
    status = frame_select(of(call), columns, options->columns.n, &frame, e);
  }
  return give(status, &frame, out);
}

/* The columns that are not named. */
static Status run_drop(Call *call, Value *out, Error *e)
{
  const SelectOptions *options = call->options;
  const size_t n = frame_columns(of(call));
  size_t *columns = arena_alloc(&call->task->arena, n, sizeof *columns);
  bool *dropped = arena_alloc(&call->task->arena, n, sizeof *dropped);
  if (!columns || !dropped) {
    return error_memory(e, 0, _("columns"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < options->columns.n; i++) {
    size_t column = 0;
    status = frame_need(of(call), options->columns.items[i], &column, e);
    if (status == STATUS_OK) {
      dropped[column] = true;
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    columns[kept] = i;
    kept += !dropped[i];
  }
  if (status == STATUS_OK && kept == 0 && frame_rows(of(call)) > 0) {
    error_set(e, STATUS_ARGUMENT, "no-columns", _("no column would be left"));
    return error_hint(e, _("keep at least one, so that the rows stay known"));
  }
  Frame *frame = NULL;
  if (status == STATUS_OK) {
    status = frame_select(of(call), columns, kept, &frame, e);
  }
  return give(status, &frame, out);
}

#define RENAME_OPTIONS(O) O(names, REST, OPTION_UNSET, 0, 0, "", "", "new names with the old ones: {new = \"old\"}")
typedef struct RenameOptions {
  RENAME_OPTIONS(OPTION_FIELD)
} RenameOptions;
#define ROW(...) OPTION_ROW_OF(RenameOptions, __VA_ARGS__)
static const Option rename_options[] = {RENAME_OPTIONS(ROW)};
#undef ROW

static Status rename_one(const Frame *frame, const char *name, const Value *old, const char **names, bool *renamed,
                         Error *e)
{
  size_t column = 0;
  if (old->kind != VALUE_TEXT) {
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("the old name of '%1$s' must be a text, not %2$s"), name,
              value_kind_name(old->kind));
    return error_hint(e, _("write df:rename{%s = \"old\"}"), name);
  }
  const Status status = frame_need(frame, old->text.bytes, &column, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (renamed[column]) {
    return error_set(e, STATUS_ARGUMENT, "column-twice", _("column '%s' is given two new names"), old->text.bytes);
  }
  renamed[column] = true;
  names[column] = name;
  return STATUS_OK;
}

/* Two columns of one name, before the frame says so without the cure. */
static Status refuse_doubles(const char *const *names, size_t n, Error *e)
{
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < i; k++) {
      if (strcmp(names[i], names[k]) == 0) {
        error_set(e, STATUS_ARGUMENT, "column-twice", _("there would be two columns '%s'"), names[i]);
        return error_hint(e, _("drop or rename the other one too"));
      }
    }
  }
  return STATUS_OK;
}

static Status run_rename(Call *call, Value *out, Error *e)
{
  const RenameOptions *options = call->options;
  const Frame *frame = of(call);
  const size_t n = frame_columns(frame);
  const char **names = arena_alloc(&call->task->arena, n, sizeof *names);
  const Column **columns = arena_alloc(&call->task->arena, n, sizeof *columns);
  bool *renamed = arena_alloc(&call->task->arena, n, sizeof *renamed);
  if (!names || !columns || !renamed) {
    return error_memory(e, 0, _("columns"));
  }
  for (size_t i = 0; i < n; i++) {
    names[i] = frame_name(frame, i);
    columns[i] = frame_column(frame, i);
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && options->names && i < options->names->list.n; i++) {
    status = rename_one(frame, options->names->list.names[i], &options->names->list.items[i], names, renamed, e);
  }
  Frame *made = NULL;
  if (status == STATUS_OK) {
    status = refuse_doubles(names, n, e);
  }
  if (status == STATUS_OK) {
    status = frame_new(names, columns, n, &made, e);
  }
  return give(status, &made, out);
}

#define HEAD_OPTIONS(O) O(n, INT, "10", 0, 1e15, "", "rows", "how many")
typedef struct HeadOptions {
  HEAD_OPTIONS(OPTION_FIELD)
} HeadOptions;
#define ROW(...) OPTION_ROW_OF(HeadOptions, __VA_ARGS__)
static const Option head_options[] = {HEAD_OPTIONS(ROW)};
#undef ROW

static size_t rows_wanted(const Call *call)
{
  const HeadOptions *options = call->options;
  const size_t rows = frame_rows(of(call));
  return (size_t)options->n < rows ? (size_t)options->n : rows;
}

static Status run_head(Call *call, Value *out, Error *e)
{
  Frame *frame = NULL;
  return give(frame_slice(of(call), 0, rows_wanted(call), &frame, e), &frame, out);
}

static Status run_tail(Call *call, Value *out, Error *e)
{
  Frame *frame = NULL;
  const size_t n = rows_wanted(call);
  return give(frame_slice(of(call), frame_rows(of(call)) - n, n, &frame, e), &frame, out);
}

static Status run_schema(Call *call, Value *out, Error *e)
{
  Frame *frame = NULL;
  return give(frame_schema(of(call), call->task, &frame, e), &frame, out);
}

static Status run_describe(Call *call, Value *out, Error *e)
{
  Frame *frame = NULL;
  return give(frame_describe(of(call), call->task, &frame, e), &frame, out);
}

#define COL_OPTIONS(O) O(name, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "the column's name")
typedef struct ColOptions {
  COL_OPTIONS(OPTION_FIELD)
} ColOptions;
#define ROW(...) OPTION_ROW_OF(ColOptions, __VA_ARGS__)
static const Option col_options[] = {COL_OPTIONS(ROW)};
#undef ROW

static Status run_col(Call *call, Value *out, Error *e)
{
  const ColOptions *options = call->options;
  size_t column;
  const Status status = frame_need(of(call), options->name, &column, e);
  if (status == STATUS_OK) {
    *out = value_of_column(column_ref(frame_column(of(call), column)));
  }
  return status;
}

#define ROW_OPTIONS(O) O(index, INT, OPTION_REQUIRED, 1, 0, "", "", "row number, from 1")
typedef struct RowOptions {
  ROW_OPTIONS(OPTION_FIELD)
} RowOptions;
#define ROW(...) OPTION_ROW_OF(RowOptions, __VA_ARGS__)
static const Option row_options[] = {ROW_OPTIONS(ROW)};
#undef ROW

static Status run_row(Call *call, Value *out, Error *e)
{
  const RowOptions *options = call->options;
  const Frame *frame = of(call);
  if (options->index < 1 || (uint64_t)options->index > frame_rows(frame)) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("row %1$" PRId64 " is outside 1..%2$zu"), options->index,
                     frame_rows(frame));
  }
  const size_t n = frame_columns(frame);
  Status status = value_list(n, true, out, e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    out->list.names[i] = mem_string(frame_name(frame, i));
    status = out->list.names[i]
                 ? value_of_cell(frame_column(frame, i), (size_t)options->index - 1, &out->list.items[i], e)
                 : error_memory(e, 0, _("a name"));
  }
  if (status != STATUS_OK) {
    value_free(out);
  }
  return status;
}

static Status run_report(Call *call, Value *out, Error *e)
{
  const char *report = frame_report(of(call));
  const char *text = report[0] ? report : _("this frame was not read from a file\n");
  return value_text(text, strlen(text), out, e);
}

#define IRIS "df = read \"datasets/iris/iris.csv\"\n"
#define SIZED .size = sizeof(Primitive), .family = "frame", .version = 1
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive select_primitive = {SIZED,
                                           .name = "select",
                                           .summary = "keeps some columns, in the order given",
                                           .takes = VALUE_FRAME,
                                           .main = "columns",
                                           OPTIONS(select_options, SelectOptions),
                                           .gives = VALUE_FRAME,
                                           .returns = "a frame with these columns",
                                           .reference = "",
                                           .example = IRIS "df:select(\"petal_length\", \"species\")",
                                           .where = WHERE_MAIN,
                                           .run = run_select};
REGISTER_PRIMITIVE(select_primitive);

static const Primitive drop_primitive = {SIZED,
                                         .name = "drop",
                                         .summary = "leaves some columns out",
                                         .takes = VALUE_FRAME,
                                         .main = "columns",
                                         OPTIONS(select_options, SelectOptions),
                                         .gives = VALUE_FRAME,
                                         .returns = "a frame with the other columns",
                                         .reference = "",
                                         .example = IRIS "df:drop(\"sepal_length\", \"sepal_width\")",
                                         .where = WHERE_MAIN,
                                         .run = run_drop};
REGISTER_PRIMITIVE(drop_primitive);

static const Primitive rename_primitive = {SIZED,
                                           .name = "rename",
                                           .summary = "gives columns other names",
                                           .takes = VALUE_FRAME,
                                           OPTIONS(rename_options, RenameOptions),
                                           .gives = VALUE_FRAME,
                                           .returns = "a frame with the same columns in the same order",
                                           .reference = "",
                                           .example = IRIS
                                           "df:rename{kind = \"species\", [\"Petal Length\"] = \"petal_length\"}",
                                           .where = WHERE_MAIN,
                                           .run = run_rename};
REGISTER_PRIMITIVE(rename_primitive);

static const Primitive head_primitive = {SIZED,
                                         .name = "head",
                                         .summary = "the first rows",
                                         .takes = VALUE_FRAME,
                                         .main = "n",
                                         OPTIONS(head_options, HeadOptions),
                                         .gives = VALUE_FRAME,
                                         .returns = "a frame of at most n rows",
                                         .reference = "",
                                         .example = IRIS "df:head(3)",
                                         .where = WHERE_MAIN,
                                         .run = run_head};
REGISTER_PRIMITIVE(head_primitive);

static const Primitive tail_primitive = {SIZED,
                                         .name = "tail",
                                         .summary = "the last rows",
                                         .takes = VALUE_FRAME,
                                         .main = "n",
                                         OPTIONS(head_options, HeadOptions),
                                         .gives = VALUE_FRAME,
                                         .returns = "a frame of at most n rows",
                                         .reference = "",
                                         .example = IRIS "df:tail(3)",
                                         .where = WHERE_MAIN,
                                         .run = run_tail};
REGISTER_PRIMITIVE(tail_primitive);

static const Primitive schema_primitive = {SIZED,
                                           .name = "schema",
                                           .summary = "names and types of the columns",
                                           .takes = VALUE_FRAME,
                                           .gives = VALUE_FRAME,
                                           .returns = "a frame: name type missing distinct levels",
                                           .reference = "",
                                           .example = IRIS "df:schema()",
                                           .where = WHERE_JOB,
                                           .run = run_schema};
REGISTER_PRIMITIVE(schema_primitive);

static const Primitive describe_primitive = {
    SIZED,
    .name = "describe",
    .summary = "figures for every column",
    .details = "sd has the n - 1 divisor; quartiles are those of R's type 7.",
    .takes = VALUE_FRAME,
    .gives = VALUE_FRAME,
    .returns = "a frame: name type n missing distinct mean sd min q25 median q75 max",
    .reference = "Hyndman and Fan 1996, Sample Quantiles in Statistical Packages",
    .example = IRIS "df:describe()",
    .where = WHERE_JOB,
    .run = run_describe};
REGISTER_PRIMITIVE(describe_primitive);

static const Primitive col_primitive = {SIZED,
                                        .name = "col",
                                        .summary = "one column, also when a verb has its name",
                                        .takes = VALUE_FRAME,
                                        .main = "name",
                                        OPTIONS(col_options, ColOptions),
                                        .gives = VALUE_COLUMN,
                                        .returns = "the column",
                                        .reference = "",
                                        .example = IRIS "df:col(\"species\")[1]",
                                        .where = WHERE_MAIN,
                                        .run = run_col};
REGISTER_PRIMITIVE(col_primitive);

static const Primitive row_primitive = {SIZED, .name = "row", .summary = "one row as a table", .takes = VALUE_FRAME,
  .main = "index", OPTIONS(row_options, RowOptions), .gives = VALUE_MAP, .returns = "a table of cells by column name",
  .reference = "", .example = IRIS "df:row(1).species", .where = WHERE_MAIN, .run = run_row};
REGISTER_PRIMITIVE(row_primitive);

static const Primitive report_primitive = {
    SIZED,
    .name = "report",
    .summary = "what reading the file decided",
    .takes = VALUE_FRAME,
    .gives = VALUE_TEXT,
    .returns = "a text: rows, columns, types and their reasons, and the call that changes them",
    .reference = "",
    .example = IRIS "df:report()",
    .where = WHERE_MAIN,
    .run = run_report};
REGISTER_PRIMITIVE(report_primitive);
