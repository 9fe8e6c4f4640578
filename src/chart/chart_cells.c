/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/chart_cells.h"

#include <math.h>
#include <string.h>

#include "chart/chart_layout.h"
#include "core/alloc.h"
#include "expr/expr.h"
#include "frame/builder.h"

static Status compute(const Frame *frame, const char *text, Task *task, Column **out, Error *e)
{
  const ExprScope scope = {.frame = frame};
  const char *name = NULL;
  size_t begin = 0;
  Expr *expr = NULL;
  Groups *groups = NULL;
  Status status;
  TRY(expr_split(text, &task->arena, &name, &begin, e));
  TRY(expr_compile(text + begin, strlen(text) - begin, text, &scope, &task->arena, &expr, e));
  if (expr_has_aggregate(expr) || expr_has_window(expr)) {
    TRY(groups_whole(frame_rows(frame), &groups, e));
  }
  TRY(expr_rows(expr, groups, task, out, e));
done:
  expr_release(expr);
  groups_free(groups);
  return status;
}

Status chart_cells(const Frame *frame, const char *option, const char *text, Task *task, Column **out, Error *e)
{
  size_t column;
  *out = NULL;
  if (frame_find(frame, text, &column)) {
    *out = column_ref(frame_column(frame, column));
    return STATUS_OK;
  }
  const Status status = compute(frame, text, task, out, e);
  if (status != STATUS_OK) {
    (void)error_where(e, _("option '%s'"), option);
  }
  return status;
}

Status chart_widen(Column **column, Error *e)
{
  const Column *from = *column;
  if (column_type(from) != TYPE_BOOL) {
    return STATUS_OK;
  }
  Builder *builder = builder_new(TYPE_INT64, column_rows(from));
  Column *wide = NULL;
  for (size_t row = 0; builder && row < column_rows(from); row++) {
    if (column_valid(from, row)) {
      builder_int(builder, column_int(from, row));
    } else {
      builder_missing(builder);
    }
  }
  const Status status = builder ? builder_finish(builder, &wide, e) : error_memory(e, 0, _("a column"));
  column_unref(*column);
  *column = wide;
  return status;
}

Status chart_numbers(const Frame *frame, const char *option, const char *text, bool times, Task *task, Column **out,
                     Error *e)
{
  const Status status = chart_cells(frame, option, text, task, out, e);
  if (status != STATUS_OK) {
    return status;
  }
  const Type type = column_type(*out);
  if (type_is_numeric(type) || type == TYPE_BOOL || (times && type == TYPE_TIMESTAMP)) {
    return chart_widen(out, e);
  }
  column_unref(*out);
  *out = NULL;
  error_set(e, STATUS_ARGUMENT, "wrong-type",
            times ? _("%1$s = \"%2$s\" is of type %3$s; numbers or times are needed")
                  : _("%1$s = \"%2$s\" is of type %3$s; numbers are needed"),
            option, text, type_name(type));
  return type_is_text(type) ? error_hint(e, _("plot.bar counts or sums by texts: plot.bar(df, {x = \"%s\"})"), text)
                            : STATUS_ARGUMENT;
}

const char *chart_cells_name(const Frame *frame, const char *text, Arena *arena)
{
  size_t column, begin;
  const char *name = NULL;
  if (!frame_find(frame, text, &column) && expr_split(text, arena, &name, &begin, NULL) == STATUS_OK && name) {
    return name;
  }
  return arena_string(arena, text);
}

bool chart_is_classes(const Column *cells)
{
  const Type type = column_type(cells);
  return type_is_text(type) || type == TYPE_BOOL || column_role(cells) == ROLE_LABEL;
}

/* ---- classes */

Status chart_classes_make(const Column *cells, const char *option, Task *task, ChartClasses *out, Error *e)
{
  static const char *const name[] = {"cells"};
  const size_t first = 0;
  Frame *frame = NULL;
  *out = (ChartClasses){.n = 1};
  if (!cells) {
    return groups_whole(0, &out->groups, e);
  }
  if (column_type(cells) == TYPE_SET) {
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("option '%s' is a column of sets, which cannot be drawn"), option);
    return error_hint(e, _("df:explode makes a row of each item"));
  }
  Status status = frame_new(name, &cells, 1, &frame, e);
  if (status == STATUS_OK) {
    status = groups_make(frame, &first, 1, task, &out->groups, e);
  }
  frame_unref(frame);
  out->n = out->groups ? out->groups->n : 0;
  return status;
}

void chart_classes_free(ChartClasses *classes)
{
  groups_free(classes->groups);
  column_unref(classes->names);
  *classes = (ChartClasses){.n = 0};
}

/* One cell of each group. */
static Status class_keys(const ChartClasses *classes, const Column *cells, Column **out, Error *e)
{
  return column_take(cells, classes->groups->first, classes->n, out, e);
}

/* Values as a column, missing where they are no numbers. */
static Status value_keys(const double *values, size_t n, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_FLOAT64, n);
  for (size_t i = 0; builder && i < n; i++) {
    if (isnan(values[i])) {
      builder_missing(builder);
    } else {
      builder_float(builder, values[i]);
    }
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a column"));
}

/* Places of categories by the number of their level. */
static Status level_keys(const Column *keys, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_INT64, column_rows(keys));
  for (size_t i = 0; builder && i < column_rows(keys); i++) {
    if (column_valid(keys, i)) {
      builder_int(builder, column_code(keys, i));
    } else {
      builder_missing(builder);
    }
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a column"));
}

static Status class_names(const ChartClasses *classes, const Column *keys, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, classes->n);
  Text text = {0};
  for (size_t i = 0; builder && i < classes->n; i++) {
    text_reset(&text);
    if (keys) {
      column_cell_text(keys, classes->group[i], &text);
    }
    builder_text(builder, text_data(&text), text.size);
  }
  Status status = text_status(&text, e);
  text_free(&text);
  if (status != STATUS_OK || !builder) {
    builder_free(builder);
    return builder ? status : error_memory(e, 0, _("a column"));
  }
  return builder_finish(builder, out, e);
}

/* The groups in the order of keys. */
static Status class_order(const Column *keys, ChartOrder order, const double *values, Task *task, size_t **out,
                          Error *e)
{
  const bool category = column_type(keys) == TYPE_CATEGORY;
  Column *first = NULL;
  OrderKey by[2] = {{.column = keys}, {.column = keys}};
  size_t n = 1;
  Status status = STATUS_OK;
  if (order == CHART_ORDER_VALUE) {
    status = value_keys(values, column_rows(keys), &first, e);
    by[0] = (OrderKey){.column = first, .falling = true};
    n = 2;
  } else if (category && order != CHART_ORDER_LABEL) {
    status = level_keys(keys, &first, e);
    by[0] = (OrderKey){.column = first};
  }
  if (status == STATUS_OK) {
    status = order_rows(by, n, column_rows(keys), task, out, e);
  }
  column_unref(first);
  return status;
}

/* Groups are numbered by first appearance; only the missing one moves to the end. */
static void order_of_appearance(const ChartClasses *classes, const Column *keys)
{
  size_t at = 0, last = classes->n;
  for (size_t group = 0; group < classes->n; group++) {
    const bool missing = keys && !column_valid(keys, group);
    classes->group[missing ? --last : at++] = group;
  }
}

Status chart_classes_arrange(const Column *cells, ChartOrder order, const double *values, Task *task,
                             ChartClasses *classes, Error *e)
{
  Column *keys = NULL;
  size_t *rows = NULL;
  Status status = STATUS_OK;
  classes->group = arena_alloc(&task->arena, classes->n, sizeof *classes->group);
  classes->place = arena_alloc(&task->arena, classes->n, sizeof *classes->place);
  if (!classes->group || !classes->place) {
    return error_memory(e, 0, _("classes"));
  }
  if (cells) {
    TRY(class_keys(classes, cells, &keys, e));
  }
  if (!keys || (order == CHART_ORDER_DATA && column_type(keys) != TYPE_CATEGORY)) {
    order_of_appearance(classes, keys);
  } else {
    TRY(class_order(keys, order, values, task, &rows, e));
    for (size_t i = 0; i < classes->n; i++) {
      classes->group[i] = rows[i];
    }
  }
  for (size_t i = 0; i < classes->n; i++) {
    classes->place[classes->group[i]] = i;
  }
  TRY(class_names(classes, keys, &classes->names, e));
done:
  column_unref(keys);
  mem_free(rows);
  return status;
}

const char *chart_class_name(const ChartClasses *classes, size_t place, Arena *arena)
{
  size_t length;
  const char *text = column_text(classes->names, place, &length);
  return arena_text(arena, text, length);
}

Status chart_check_series(size_t n, const char *option, Error *e)
{
  if (n <= CHART_SERIES_MOST) {
    return STATUS_OK;
  }
  error_set(e, STATUS_LIMIT, "too-many-series", _("'%1$s' makes %2$zu series; a chart can show at most %3$d"), option,
            n, CHART_SERIES_MOST);
  return error_hint(e, _("put rare values together with df:relevel, numbers into bins with df:cut, or filter first"));
}

/* ---- axes */

ChartScale chart_scale_of(const Column *cells)
{
  return column_type(cells) == TYPE_TIMESTAMP ? CHART_TIMES : CHART_NUMBERS;
}

static Status check_limits(const ChartLimit *limits, const ChartAxisPlan *plan, const char *option, Error *e)
{
  for (int i = 0; i < 2; i++) {
    if (isnan(limits[i].value) || limits[i].time == (plan->scale == CHART_TIMES)) {
      continue;
    }
    if (limits[i].time) {
      return error_set(e, STATUS_ARGUMENT, "chart-limits", _("%s gives a time, but the axis is one of numbers"),
                       option);
    }
    error_set(e, STATUS_ARGUMENT, "chart-limits", _("%s gives a number, but the axis is one of times"), option);
    return error_hint(e, _("write %s = {\"2024-01-01\", \"2024-12-31\"}"), option);
  }
  return STATUS_OK;
}

static ChartAxis axis_of(const ChartAxisPlan *plan, const char *label, const ChartLimit *limits, bool log)
{
  return (ChartAxis){.label = label ? label : plan->name,
                     .scale = plan->scale,
                     .log = log,
                     .low = limits[0].value,
                     .high = limits[1].value,
                     .categories = plan->categories};
}

Status chart_dress(Chart *chart, const ChartLook *look, const ChartAxisPlan *x, const ChartAxisPlan *y, Error *e)
{
  const ChartAxis across = axis_of(x, look->xlabel, look->xlim, look->log_x);
  const ChartAxis up = axis_of(y, look->ylabel, look->ylim, look->log_y);
  Status status;
  TRY(check_limits(look->xlim, x, "xlim", e));
  TRY(check_limits(look->ylim, y, "ylim", e));
  TRY(chart_set_title(chart, look->title ? look->title : "", e));
  TRY(chart_set_x(chart, &across, e));
  TRY(chart_set_y(chart, &up, e));
done:
  return status;
}
