/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pivot and unpivot. */
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/registry.h"
#include "shape/group_primitives.h"
#include "shape/pivot.h"

/* clang-format off */
#define PIVOT_OPTIONS(O) \
  O(columns, COLUMNS, OPTION_REQUIRED, 1, 0, "", "", "columns whose cells name the new columns") \
  O(rows, COLUMNS, OPTION_UNSET, 0, 0, "", "", "columns that name the rows; all others when not given") \
  O(values, COLUMNS, OPTION_UNSET, 0, 0, "", "", "columns that fill the new ones; left out, rows are counted") \
  O(agg, TEXT, OPTION_UNSET, 1, 0, "", "", \
    "aggregate for cells of several rows: \"sum\", \"mean\", \"count\" ...; without it each must have one") \
  O(fill, VALUE, OPTION_UNSET, 1, 0, "", "", \
    "cell where there are no rows; missing when not given, 0 for counts") \
  O(prefix, TEXT, OPTION_UNSET, 0, 0, "", "", "put before the new names") \
  O(separator, TEXT, "_", 0, 0, "", "", "put between the parts of a new name") \
  O(order, CHOICE, "appearance", 0, 0, "appearance|sorted|levels", "", \
    "order of the new columns; levels: categories by their levels, others sorted") \
  O(most, INT, "1000", 1, 1e6, "", "columns", "how many new columns at most")
/* clang-format on */
typedef struct PivotPrimitiveOptions {
  PIVOT_OPTIONS(OPTION_FIELD)
} PivotPrimitiveOptions;
#define ROW(...) OPTION_ROW_OF(PivotPrimitiveOptions, __VA_ARGS__)
static const Option pivot_options[] = {PIVOT_OPTIONS(ROW)};
#undef ROW

/* Numbers of columns by name. */
static Status find_columns(const Call *call, const OptionTexts *names, const size_t **out, size_t *n, Error *e)
{
  size_t *columns = arena_alloc(&call->task->arena, names->n, sizeof *columns);
  Status status = columns ? STATUS_OK : error_memory(e, 0, _("columns"));
  for (size_t i = 0; status == STATUS_OK && i < names->n; i++) {
    status = frame_need(call->data->frame, names->items[i], &columns[i], e);
  }
  *out = columns;
  *n = names->n;
  return status;
}

static bool among(const size_t *columns, size_t n, size_t column)
{
  for (size_t i = 0; i < n; i++) {
    if (columns[i] == column) {
      return true;
    }
  }
  return false;
}

/* All columns but those of two lists. */
static Status other_columns(const Call *call, const PivotOptions *p, const size_t **out, size_t *n, Error *e)
{
  const size_t total = frame_columns(call->data->frame);
  size_t *columns = arena_alloc(&call->task->arena, total, sizeof *columns);
  *n = 0;
  for (size_t i = 0; columns && i < total; i++) {
    if (!among(p->columns, p->n_columns, i) && !among(p->values, p->n_values, i)) {
      columns[(*n)++] = i;
    }
  }
  *out = columns;
  return columns ? STATUS_OK : error_memory(e, 0, _("columns"));
}

/* One cell of the value. */
static Status fill_column(const Value *value, Column **out, Error *e)
{
  const Type types[VALUE_KIND_COUNT] = {[VALUE_BOOL] = TYPE_BOOL,
                                        [VALUE_INT] = TYPE_INT64,
                                        [VALUE_NUMBER] = TYPE_FLOAT64,
                                        [VALUE_TEXT] = TYPE_STRING};
  *out = NULL;
  if (value->kind != VALUE_BOOL && value->kind != VALUE_INT && value->kind != VALUE_NUMBER &&
      value->kind != VALUE_TEXT) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type",
                     _("option 'fill' must be a number, a text or a boolean, not %s"),
                     value_kind_name(value->kind));
  }
  Builder *builder = builder_new(types[value->kind], 1);
  if (!builder) {
    return error_memory(e, 0, _("a column"));
  }
  if (value->kind == VALUE_BOOL) {
    builder_bool(builder, value->flag);
  } else if (value->kind == VALUE_INT) {
    builder_int(builder, value->integer);
  } else if (value->kind == VALUE_NUMBER) {
    builder_float(builder, value->number);
  } else {
    builder_text(builder, value->text.bytes, value->text.length);
  }
  return builder_finish(builder, out, e);
}

static Status read_options(const Call *call, PivotOptions *p, Error *e)
{
  const PivotPrimitiveOptions *o = call->options;
  Status status;
  *p = (PivotOptions){.aggregate = o->agg,
                      .prefix = o->prefix ? o->prefix : "",
                      .separator = o->separator,
                      .most = (size_t)o->most,
                      .order = strcmp(o->order, "sorted") == 0   ? LEVELS_SORTED
                               : strcmp(o->order, "levels") == 0 ? LEVELS_LEVELS
                                                                 : LEVELS_APPEARANCE};
  TRY(find_columns(call, &o->columns, &p->columns, &p->n_columns, e));
  TRY(find_columns(call, &o->values, &p->values, &p->n_values, e));
  if (p->n_values == 0 && !p->aggregate) {
    p->aggregate = "count";
  }
  if (o->rows.n > 0 || call->given >> 1 & 1) {
    TRY(find_columns(call, &o->rows, &p->rows, &p->n_rows, e));
  } else {
    TRY(other_columns(call, p, &p->rows, &p->n_rows, e));
  }
done:
  return status;
}

static Status run_pivot(Call *call, Value *out, Error *e)
{
  const PivotPrimitiveOptions *o = call->options;
  PivotOptions pivot;
  Column *fill = NULL;
  Frame *frame = NULL;
  Status status;
  TRY(read_options(call, &pivot, e));
  if (o->fill) {
    TRY(fill_column(o->fill, &fill, e));
    pivot.fill = fill;
  }
  note_groups_left(call);
  TRY(frame_pivot(call->data->frame, &pivot, call->task, &frame, e));
  *out = value_of_frame(frame);
done:
  column_unref(fill);
  return status;
}

/* clang-format off */
#define UNPIVOT_OPTIONS(O) \
  O(columns, COLUMNS, OPTION_UNSET, 1, 0, "", "", "columns to put one below the other") \
  O(ids, COLUMNS, OPTION_UNSET, 1, 0, "", "", \
    "columns to leave as they are: all others are put one below the other") \
  O(names_to, TEXT, "name", 1, 0, "", "", "name of the column with the columns' names") \
  O(values_to, TEXT, "value", 1, 0, "", "", "name of the column with their cells") \
  O(drop_missing, BOOL, "false", 0, 0, "", "", "whether missing cells are left out")
/* clang-format on */
typedef struct UnpivotOptions {
  UNPIVOT_OPTIONS(OPTION_FIELD)
} UnpivotOptions;
#define ROW(...) OPTION_ROW_OF(UnpivotOptions, __VA_ARGS__)
static const Option unpivot_options[] = {UNPIVOT_OPTIONS(ROW)};
#undef ROW

static Status run_unpivot(Call *call, Value *out, Error *e)
{
  const UnpivotOptions *o = call->options;
  const size_t *columns = NULL;
  size_t n = 0;
  Frame *frame = NULL;
  PivotOptions ids = {0};
  Status status;
  if ((o->columns.n > 0) == (o->ids.n > 0)) {
    const bool both = o->ids.n > 0;
    (void)error_set(e, STATUS_ARGUMENT, both ? "option-without-use" : "missing-option",
                    both ? _("unpivot takes columns or ids, not both") : _("unpivot needs either columns or ids"));
    error_hint(e, both ? _("columns are put one below the other, all others repeat; leave some out with select first")
                       : _("write columns = {\"jan\", \"feb\"}, or ids = {\"customer\"} for all others"));
    return STATUS_ARGUMENT;
  }
  if (o->columns.n > 0) {
    TRY(find_columns(call, &o->columns, &columns, &n, e));
  } else {
    TRY(find_columns(call, &o->ids, &ids.columns, &ids.n_columns, e));
    TRY(other_columns(call, &ids, &columns, &n, e));
  }
  note_groups_left(call);
  TRY(frame_unpivot(call->data->frame, columns, n, o->names_to, o->values_to, o->drop_missing, call->task, &frame,
                    e));
  *out = value_of_frame(frame);
done:
  return status;
}

#define SIZED                                                                                          \
  .size = sizeof(Primitive), .family = "frame", .version = 1, .takes = VALUE_FRAME, .main = "columns", \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_JOB
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive pivot_primitive = {
    SIZED,
    .name = "pivot",
    .summary = "long to wide: cells of columns become columns",
    .details = "A row per group of `rows` and a column per group of `columns`, in order of first appearance. New "
               "columns are named by the cells (\"NA\" for missing ones), after the prefix; with several values "
               "the value's name stands in front. Cells that have several rows are an error unless agg says what "
               "to make of them.",
    OPTIONS(pivot_options, PivotPrimitiveOptions),
    .returns = "a frame: rows, then the new columns",
    .example = "sales = frame{{\"month\", {1, 1, 2}}, {\"region\", {\"north\", \"south\", \"north\"}}, "
               "{\"amount\", {10, 20, 30}}}\n"
               "sales:pivot{\"region\", rows = \"month\", values = \"amount\", agg = \"sum\", fill = 0}",
    .run = run_pivot};
REGISTER_PRIMITIVE(pivot_primitive);

static const Primitive unpivot_primitive = {
    SIZED,
    .name = "unpivot",
    .summary = "wide to long: columns become rows",
    .details = "Each row becomes as many as there are columns to turn, in their order. int64 and float64 make "
               "float64, category and string make string; other types that differ are an error.",
    OPTIONS(unpivot_options, UnpivotOptions),
    .returns = "a frame: the other columns, then name and value",
    .example = "wide = frame{{\"customer\", {1, 2}}, {\"jan\", {10, 20}}, {\"feb\", {11, NA}}}\n"
               "wide:unpivot{\"jan\", \"feb\", names_to = \"month\", values_to = \"amount\", drop_missing = true}",
    .run = run_unpivot};
REGISTER_PRIMITIVE(unpivot_primitive);
