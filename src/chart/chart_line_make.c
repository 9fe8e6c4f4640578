/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines: points are sorted by class and x once for all y of rows, once for all aggregates. */
#include <stdio.h>
#include <string.h>

#include "chart/chart_cells.h"
#include "core/alloc.h"
#include "expr/expr.h"
#include "frame/builder.h"

/* Points before they have a y, in the order of class and x. */
typedef struct Points {
  Column *x;      /* of each point, as it comes */
  size_t *order;  /* numbers of points, sorted */
  size_t *start;  /* n classes + 1: where each class begins in order */
  size_t missing; /* points without an x, which are in no class */
} Points;

typedef struct Line {
  const LineOptions *options;
  const Frame *frame;
  Task *task;
  Column *x, *color;
  ChartClasses classes;
  Groups *groups; /* rows by x and class, once an aggregate wants them */
  Points of_rows, of_groups;
  bool rows_sorted, groups_sorted;
  Chart *chart;
} Line;

/* ---- sorting */

static Status class_column(const Line *line, const size_t *first, size_t n, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_INT64, n);
  Status status = builder ? STATUS_OK : error_memory(e, 0, _("points"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    builder_int(builder, (int64_t)(line->color ? chart_class(&line->classes, first ? first[i] : i) : 0));
    status = chart_poll(line->task, i, e);
  }
  if (status != STATUS_OK) {
    builder_free(builder);
    return status;
  }
  return builder_finish(builder, out, e);
}

/* Takes the points without x out of the order, and finds where classes begin. */
static Status split_classes(const Line *line, const Column *classes, Points *points, Error *e)
{
  const size_t n = column_rows(points->x), n_classes = line->classes.n;
  size_t kept = 0;
  points->start = arena_alloc(&line->task->arena, n_classes + 1, sizeof *points->start);
  if (!points->start) {
    return error_memory(e, 0, _("points"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const size_t point = points->order[i];
    status = chart_poll(line->task, i, e);
    if (column_valid(points->x, point)) {
      points->order[kept++] = point;
      points->start[column_int(classes, point) + 1]++;
    }
  }
  points->missing = n - kept;
  for (size_t class = 0; class < n_classes; class++) {
    points->start[class + 1] += points->start[class];
  }
  return status;
}

/* first: a row of each point; NULL: points are rows. */
static Status sort_points(Line *line, const size_t *first, size_t n, Points *points, Error *e)
{
  Column *classes = NULL;
  Status status;
  if (first) {
    TRY(column_take(line->x, first, n, &points->x, e));
  } else {
    points->x = column_ref(line->x);
  }
  TRY(class_column(line, first, n, &classes, e));
  const OrderKey keys[] = {{.column = classes}, {.column = points->x}};
  TRY(order_rows(keys, 2, n, line->task, &points->order, e));
  TRY(split_classes(line, classes, points, e));
done:
  column_unref(classes);
  return status;
}

/* Says so when the rows stood otherwise, or several stand at one x. */
static Status note_order(Line *line, Error *e)
{
  const Points *points = &line->of_rows;
  const OrderKey key = {.column = points->x};
  size_t moved = 0, ties = 0;
  Status status = STATUS_OK;
  for (size_t class = 0; class < line->classes.n; class++) {
    for (size_t i = points->start[class] + 1; status == STATUS_OK && i < points->start[class + 1]; i++) {
      status = chart_poll(line->task, i, e);
      moved += points->order[i] < points->order[i - 1];
      ties += order_compare(&key, 1, points->order[i - 1], points->order[i]) == 0;
    }
  }
  if (status == STATUS_OK && moved > 0) {
    status = chart_add_note(line->chart, e, _("rows are sorted by %s"), line->options->x);
  }
  if (status == STATUS_OK && ties > 0) {
    status = chart_add_note(line->chart, e,
                            _("%1$zu rows stand at the same x as another; y = \"mean(%2$s)\" gives one point"), ties,
                            line->options->y.items[0]);
  }
  return status;
}

static Status need_rows(Line *line, Error *e)
{
  if (line->rows_sorted) {
    return STATUS_OK;
  }
  line->rows_sorted = true;
  const Status status = sort_points(line, NULL, column_rows(line->x), &line->of_rows, e);
  return status == STATUS_OK ? note_order(line, e) : status;
}

static Status need_groups(Line *line, Error *e)
{
  static const char *const names[] = {"x", "class"};
  static const size_t keys[] = {0, 1};
  const Column *const columns[] = {line->x, line->color};
  const size_t n = line->color ? 2 : 1;
  Frame *frame = NULL;
  Status status = STATUS_OK;
  if (line->groups_sorted) {
    return STATUS_OK;
  }
  line->groups_sorted = true;
  TRY(frame_new(names, columns, n, &frame, e));
  TRY(groups_make(frame, keys, n, line->task, &line->groups, e));
  TRY(sort_points(line, line->groups->first, line->groups->n, &line->of_groups, e));
done:
  frame_unref(frame);
  return status;
}

/* ---- one y */

static Status aggregate(Line *line, const Expr *expr, Column **out, Error *e)
{
  Status status = need_groups(line, e);
  if (status == STATUS_OK) {
    status = expr_groups(&expr, 1, line->groups, line->task, out, e);
  }
  return status;
}

/* The cells of y, and the points they belong to. */
static Status y_cells(Line *line, const char *text, Column **out, const Points **points, Error *e)
{
  const ExprScope scope = {.frame = line->frame};
  const char *name = NULL;
  size_t column, begin = 0;
  Expr *expr = NULL;
  Status status = STATUS_OK;
  *points = &line->of_rows;
  if (frame_find(line->frame, text, &column)) {
    *out = column_ref(frame_column(line->frame, column));
    return need_rows(line, e);
  }
  TRY(expr_split(text, &line->task->arena, &name, &begin, e));
  TRY(expr_compile(text + begin, strlen(text) - begin, text, &scope, &line->task->arena, &expr, e));
  if (expr_has_aggregate(expr)) {
    *points = &line->of_groups;
    TRY(aggregate(line, expr, out, e));
  } else {
    TRY(need_rows(line, e));
    TRY(chart_cells(line->frame, "y", text, line->task, out, e));
  }
done:
  expr_release(expr);
  return status;
}

static Status check_numbers(const Column *cells, const char *text, Error *e)
{
  const Type type = column_type(cells);
  if (type_is_numeric(type) || type == TYPE_BOOL) {
    return STATUS_OK;
  }
  return error_set(e, STATUS_ARGUMENT, "wrong-type", _("y = \"%1$s\" is of type %2$s; numbers are needed"), text,
                   type_name(type));
}

/* A legend's entry: the column, the class, or both. */
static const char *series_name(const Line *line, const char *y, size_t class)
{
  Arena *arena = &line->task->arena;
  const char *name = line->color ? chart_class_name(&line->classes, class, arena) : "";
  if (line->options->y.n == 1 || !y || !name) {
    return name;
  }
  return line->color ? arena_printf(arena, "%s, %s", y, name) : y;
}

static Status add_line(Line *line, const Points *points, const Column *y, size_t class, const char *name, Error *e)
{
  static const char *const names[] = {"x", "y"};
  const size_t *rows = points->order + points->start[class], n = points->start[class + 1] - points->start[class];
  Column *columns[2] = {NULL};
  Frame *frame = NULL;
  Status status = name ? STATUS_OK : error_memory(e, 0, _("a chart"));
  if (status != STATUS_OK || n == 0) {
    return status;
  }
  TRY(column_take(points->x, rows, n, &columns[0], e));
  TRY(column_take(y, rows, n, &columns[1], e));
  TRY(frame_new(names, (const Column *const *)columns, 2, &frame, e));
  TRY(chart_add(line->chart, CHART_LINE, name, frame, e));
done:
  column_unref(columns[0]);
  column_unref(columns[1]);
  frame_unref(frame);
  return status;
}

static Status add_y(Line *line, const char *text, Error *e)
{
  const char *label = chart_cells_name(line->frame, text, &line->task->arena);
  const Points *points = NULL;
  Column *y = NULL;
  Status status;
  TRY(label ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(y_cells(line, text, &y, &points, e));
  TRY(check_numbers(y, text, e));
  TRY(chart_widen(&y, e));
  for (size_t class = 0; class < line->classes.n; class++) {
    TRY(add_line(line, points, y, class, series_name(line, label, class), e));
  }
done:
  column_unref(y);
  return status;
}

/* ---- all */

static Status find_cells(Line *line, Error *e)
{
  const LineOptions *o = line->options;
  Status status;
  TRY(chart_numbers(line->frame, "x", o->x, true, line->task, &line->x, e));
  if (o->color) {
    TRY(chart_cells(line->frame, "color", o->color, line->task, &line->color, e));
  }
  TRY(chart_classes_make(line->color, "color", line->task, &line->classes, e));
  TRY(chart_check_series(line->classes.n * o->y.n, line->color ? "color" : "y", e));
  TRY(chart_classes_arrange(line->color, CHART_ORDER_LEGEND, NULL, line->task, &line->classes, e));
done:
  return status;
}

static Status dress(Line *line, const ChartLook *look, Error *e)
{
  const LineOptions *o = line->options;
  Arena *arena = &line->task->arena;
  const char *value = o->y.n > 1 ? _("value") : chart_cells_name(line->frame, o->y.items[0], arena);
  const ChartAxisPlan x = {chart_cells_name(line->frame, o->x, arena), chart_scale_of(line->x), NULL};
  const ChartAxisPlan y = {value, CHART_NUMBERS, NULL};
  const char *legend = o->color ? chart_cells_name(line->frame, o->color, arena) : "";
  Status status = x.name && y.name && legend ? STATUS_OK : error_memory(e, 0, _("a chart"));
  if (status == STATUS_OK) {
    status = chart_dress(line->chart, look, &x, &y, e);
  }
  return status == STATUS_OK && o->y.n == 1 ? chart_set_legend(line->chart, legend, e) : status;
}

static Status note_missing(Line *line, Error *e)
{
  const size_t missing = column_missing(line->x);
  return missing == 0
             ? STATUS_OK
             : chart_add_note(line->chart, e, _("%1$zu rows without %2$s are left out"), missing, line->options->x);
}

static Status refuse_empty(const Line *line, Error *e)
{
  return error_set(e, STATUS_DATA, "nothing-to-draw", _("there is nothing to draw: of %1$zu rows, %2$zu have no %3$s"),
                   column_rows(line->x), column_missing(line->x), line->options->x);
}

static void line_free(Line *line)
{
  chart_unref(line->chart);
  chart_classes_free(&line->classes);
  groups_free(line->groups);
  column_unref(line->x);
  column_unref(line->color);
  column_unref(line->of_rows.x);
  column_unref(line->of_groups.x);
  mem_free(line->of_rows.order);
  mem_free(line->of_groups.order);
}

Status chart_line_make(const Frame *frame, const LineOptions *options, const ChartLook *look, Task *task, Chart **out,
                       Error *e)
{
  Line line = {.options = options, .frame = frame, .task = task};
  Status status;
  TRY(find_cells(&line, e));
  TRY(column_missing(line.x) < column_rows(line.x) ? STATUS_OK : refuse_empty(&line, e));
  TRY(chart_new("line", &line.chart, e));
  TRY(dress(&line, look, e));
  for (size_t i = 0; i < options->y.n; i++) {
    TRY(add_y(&line, options->y.items[i], e));
  }
  TRY(note_missing(&line, e));
  TRY(chart_finish(line.chart, task, e));
  *out = line.chart;
  line.chart = NULL;
done:
  line_free(&line);
  return status;
}
