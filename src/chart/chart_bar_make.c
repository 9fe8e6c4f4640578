/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bars: rows are grouped by category and series, and y is computed for the groups by the machinery of agg. Which
 * categories are kept is decided by y of the whole category; the rest are grouped anew, so that "mean(x)" of the
 * others is a mean of rows and not of means. */
#include <math.h>
#include <string.h>

#include "chart/chart_cells.h"
#include "core/alloc.h"
#include "expr/expr.h"
#include "frame/builder.h"

typedef struct Bar {
  const BarOptions *options;
  Task *task;
  Column *x, *color;
  ChartClasses places, series; /* categories and colours */
  Expr *y;
  bool aggregated;
  Column *cells;   /* y by row when it is not aggregated */
  size_t n_places; /* with "other" */
  size_t kept;     /* categories with a place of their own */
  size_t other_rows;
  Groups *groups; /* rows by place and series */
  Column *values; /* y of the groups */
  size_t *sizes;  /* rows of the groups */
  Column *names;  /* of the places */
  Chart *chart;
} Bar;

static Status find_cells(Bar *bar, const Frame *frame, Error *e)
{
  const BarOptions *o = bar->options;
  Status status;
  TRY(chart_cells(frame, "x", o->x, bar->task, &bar->x, e));
  if (o->color) {
    TRY(chart_cells(frame, "color", o->color, bar->task, &bar->color, e));
  }
  TRY(chart_classes_make(bar->x, "x", bar->task, &bar->places, e));
  TRY(chart_classes_make(bar->color, "color", bar->task, &bar->series, e));
  TRY(chart_check_series(bar->series.n, "color", e));
  TRY(chart_classes_arrange(bar->color, CHART_ORDER_LEGEND, NULL, bar->task, &bar->series, e));
done:
  return status;
}

/* ---- y */

static Status check_numbers(const Bar *bar, const Column *values, Error *e)
{
  const Type type = column_type(values);
  if (type_is_numeric(type) || type == TYPE_BOOL) {
    return STATUS_OK;
  }
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("y = \"%1$s\" is of type %2$s; bars need numbers"), bar->options->y,
            type_name(type));
  return error_hint(e, _("count() counts rows, distinct(%s) different values"), bar->options->y);
}

/* A column's name may be no expression ("Unit price"), and is then taken as it is. */
static Status compile_y(Bar *bar, const Frame *frame, Error *e)
{
  const char *text = bar->options->y, *name = NULL;
  const ExprScope scope = {.frame = frame};
  size_t column, begin = 0;
  if (frame_find(frame, text, &column)) {
    bar->cells = column_ref(frame_column(frame, column));
    return check_numbers(bar, bar->cells, e);
  }
  Status status;
  TRY(expr_split(text, &bar->task->arena, &name, &begin, e));
  TRY(expr_compile(text + begin, strlen(text) - begin, text, &scope, &bar->task->arena, &bar->y, e));
  bar->aggregated = expr_has_aggregate(bar->y);
  if (!bar->aggregated) {
    TRY(expr_rows(bar->y, NULL, bar->task, &bar->cells, e));
    TRY(check_numbers(bar, bar->cells, e));
  }
done:
  if (status != STATUS_OK) {
    (void)error_where(e, _("option '%s'"), "y");
  }
  return status;
}

/* y of groups; rows that stand alone give their own cell. */
static Status group_values(Bar *bar, Groups *groups, Column **out, Error *e)
{
  if (!bar->aggregated) {
    return column_take(bar->cells, groups->first, groups->n, out, e);
  }
  const Expr *const y = bar->y;
  const Status status = expr_groups(&y, 1, groups, bar->task, out, e);
  return status == STATUS_OK ? check_numbers(bar, *out, e) : status;
}

/* y of each category over all series: the aggregate of its rows, or the sum of its cells. */
static Status category_values(Bar *bar, double **out, Error *e)
{
  const size_t n = bar->places.n;
  Column *values = NULL;
  double *sums = arena_alloc(&bar->task->arena, n, sizeof *sums);
  if (!sums) {
    return error_memory(e, 0, _("bars"));
  }
  *out = sums;
  if (bar->aggregated) {
    const Status status = group_values(bar, bar->places.groups, &values, e);
    if (status == STATUS_OK) {
      column_block(values, 0, n, sums, 1);
    }
    column_unref(values);
    return status;
  }
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < column_rows(bar->cells); row++) {
    double value;
    column_block(bar->cells, row, 1, &value, 1);
    const uint32_t *of_row = bar->places.groups->of_row;
    sums[of_row ? of_row[row] : 0] += isnan(value) ? 0 : value;
    status = chart_poll(bar->task, row, e);
  }
  return status;
}

/* ---- places */

static ChartOrder order_asked(const Bar *bar)
{
  const char *sort = bar->options->sort;
  if (!sort) {
    return type_is_text(column_type(bar->x)) ? CHART_ORDER_VALUE : CHART_ORDER_LABEL;
  }
  return sort[0] == 'v' ? CHART_ORDER_VALUE : sort[0] == 'l' ? CHART_ORDER_LABEL : CHART_ORDER_DATA;
}

/* Gives each category its place: those kept in the order asked for, all others the place behind them. */
static Status keep_top(Bar *bar, const double *values, Error *e)
{
  ChartClasses *places = &bar->places;
  Arena *arena = &bar->task->arena;
  bool *kept = arena_alloc(arena, places->n, sizeof *kept);
  if (!kept) {
    return error_memory(e, 0, _("bars"));
  }
  Status status = chart_classes_arrange(bar->x, CHART_ORDER_VALUE, values, bar->task, places, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < bar->kept; i++) {
    kept[places->group[i]] = true;
  }
  column_unref(places->names);
  places->names = NULL;
  status = chart_classes_arrange(bar->x, order_asked(bar), values, bar->task, places, e);
  size_t at = 0;
  for (size_t i = 0; status == STATUS_OK && i < places->n; i++) {
    const size_t group = places->group[i];
    places->place[group] = kept[group] ? at : bar->kept;
    places->group[at] = group;
    at += kept[group];
  }
  return status;
}

static Status too_many(const Bar *bar, Error *e)
{
  error_set(e, STATUS_LIMIT, "too-many-series", _("x has %1$zu different values; a chart can show at most %2$d bars"),
            bar->places.n, 10000);
  return error_hint(e, _("top = 30 keeps the largest, df:cut puts numbers into bins"));
}

static Status choose_places(Bar *bar, Error *e)
{
  const size_t top = (size_t)bar->options->top, n = bar->places.n;
  double *values = NULL;
  Status status;
  if (top == 0 && n > 10000) {
    return too_many(bar, e);
  }
  TRY(category_values(bar, &values, e));
  bar->kept = top > 0 && n > top ? top : n;
  bar->n_places = bar->kept + (bar->kept < n && bar->aggregated);
  if (bar->kept < n) {
    return keep_top(bar, values, e);
  }
  TRY(chart_classes_arrange(bar->x, order_asked(bar), values, bar->task, &bar->places, e));
done:
  return status;
}

/* The names of the places that are shown. */
static Status name_places(Bar *bar, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, bar->n_places);
  Text text = {0};
  for (size_t i = 0; builder && i < bar->kept; i++) {
    const size_t row = bar->places.groups->first[bar->places.group[i]];
    text_reset(&text);
    column_cell_text(bar->x, row, &text);
    builder_text(builder, text_data(&text), text.size);
  }
  if (builder && bar->n_places > bar->kept) {
    text_reset(&text); /* not "other": data may have that */
    text_printf(&text, _("%zu others"), bar->places.n - bar->kept);
    builder_text(builder, text_data(&text), text.size);
  }
  const Status status = text_status(&text, e);
  text_free(&text);
  if (status != STATUS_OK || !builder) {
    builder_free(builder);
    return builder ? status : error_memory(e, 0, _("bars"));
  }
  return builder_finish(builder, &bar->names, e);
}

/* ---- groups of place and series */

static Status place_column(Bar *bar, Column **out, Error *e)
{
  const size_t rows = column_rows(bar->x);
  Builder *builder = builder_new(TYPE_INT64, rows);
  Status status = builder ? STATUS_OK : error_memory(e, 0, _("bars"));
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    const size_t place = chart_class(&bar->places, row);
    bar->other_rows += place >= bar->kept;
    builder_int(builder, (int64_t)place);
    status = chart_poll(bar->task, row, e);
  }
  if (status != STATUS_OK) {
    builder_free(builder);
    return status;
  }
  return builder_finish(builder, out, e);
}

static Status group_bars(Bar *bar, Error *e)
{
  static const char *const names[] = {"place", "series"};
  static const size_t keys[] = {0, 1};
  Column *place = NULL;
  Frame *frame = NULL;
  Status status;
  TRY(place_column(bar, &place, e));
  const Column *const columns[] = {place, bar->color};
  const size_t n = bar->color ? 2 : 1;
  TRY(frame_new(names, columns, n, &frame, e));
  TRY(groups_make(frame, keys, n, bar->task, &bar->groups, e));
done:
  frame_unref(frame);
  column_unref(place);
  return status;
}

/* Cells that are not aggregated must be alone in their place. */
static Status check_single(const Bar *bar, Error *e)
{
  const size_t rows = column_rows(bar->x) - bar->other_rows;
  size_t bars = 0;
  for (size_t group = 0; group < bar->groups->n; group++) {
    bars += chart_class(&bar->places, bar->groups->first[group]) < bar->kept;
  }
  if (bar->aggregated || bars == rows) {
    return STATUS_OK;
  }
  error_set(e, STATUS_ARGUMENT, "rows-per-bar",
            _("y = \"%1$s\" is a cell per row, but %2$zu rows would make %3$zu bars"), bar->options->y, rows, bars);
  return error_hint(e, _("say what becomes of several rows: y = \"sum(%1$s)\" or \"mean(%1$s)\""), bar->options->y);
}

static Status group_sizes(Bar *bar, Error *e)
{
  const Groups *groups = bar->groups;
  bar->sizes = arena_alloc(&bar->task->arena, groups->n, sizeof *bar->sizes);
  if (!bar->sizes) {
    return error_memory(e, 0, _("bars"));
  }
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < groups->rows; row++) {
    bar->sizes[groups->of_row ? groups->of_row[row] : 0]++;
    status = chart_poll(bar->task, row, e);
  }
  return status;
}

static Status compute_bars(Bar *bar, Error *e)
{
  Status status;
  TRY(group_bars(bar, e));
  TRY(check_single(bar, e));
  TRY(group_values(bar, bar->groups, &bar->values, e));
  TRY(group_sizes(bar, e));
done:
  return status;
}

/* ---- series */

/* The group at each place of one series, or SIZE_MAX. */
static void groups_of_series(const Bar *bar, size_t series, size_t *groups)
{
  for (size_t place = 0; place < bar->n_places; place++) {
    groups[place] = SIZE_MAX;
  }
  for (size_t group = 0; group < bar->groups->n; group++) {
    const size_t row = bar->groups->first[group], place = chart_class(&bar->places, row);
    if (place < bar->n_places && (!bar->color || chart_class(&bar->series, row) == series)) {
      groups[place] = group;
    }
  }
}

/* x y n category, a row for each bar. */
static Status series_bars(const Bar *bar, const size_t *groups, Frame **out, Error *e)
{
  const size_t n_places = bar->n_places;
  Draft *draft = draft_new();
  Builder *x = builder_new(TYPE_INT64, n_places), *n = builder_new(TYPE_INT64, n_places);
  Builder *category = builder_new(TYPE_STRING, n_places);
  size_t *taken = mem_alloc(n_places, sizeof *taken), used = 0;
  Column *y = NULL;
  for (size_t place = 0; x && n && category && taken && place < n_places; place++) {
    size_t length;
    const char *name = column_text(bar->names, place, &length);
    if (groups[place] != SIZE_MAX) {
      builder_int(x, (int64_t)place);
      builder_int(n, (int64_t)bar->sizes[groups[place]]);
      builder_text(category, name, length);
      taken[used++] = groups[place];
    }
  }
  Status status = taken ? column_take(bar->values, taken, used, &y, e) : error_memory(e, 0, _("bars"));
  draft_builder(draft, "x", x);
  draft_column(draft, "y", y);
  draft_builder(draft, "n", n);
  draft_builder(draft, "category", category);
  mem_free(taken);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status add_series(Bar *bar, Error *e)
{
  Arena *arena = &bar->task->arena;
  size_t *groups = arena_alloc(arena, bar->n_places, sizeof *groups);
  Status status = groups ? STATUS_OK : error_memory(e, 0, _("bars"));
  for (size_t series = 0; status == STATUS_OK && series < bar->series.n; series++) {
    const char *name = chart_class_name(&bar->series, series, arena);
    Frame *bars = NULL;
    groups_of_series(bar, series, groups);
    status = name ? series_bars(bar, groups, &bars, e) : error_memory(e, 0, _("bars"));
    if (status == STATUS_OK && frame_rows(bars) > 0) {
      status = chart_add(bar->chart, CHART_BARS, name, bars, e);
    }
    frame_unref(bars);
  }
  return status;
}

/* ---- all */

static Status dress(Bar *bar, const Frame *frame, const ChartLook *look, Error *e)
{
  const BarOptions *o = bar->options;
  Arena *arena = &bar->task->arena;
  const char *count = strcmp(o->y, "count()") == 0 ? _("count") : chart_cells_name(frame, o->y, arena);
  const ChartAxisPlan x = {chart_cells_name(frame, o->x, arena), CHART_CATEGORIES, bar->names};
  const ChartAxisPlan y = {count, CHART_NUMBERS, NULL};
  const char *legend = o->color ? chart_cells_name(frame, o->color, arena) : "";
  Status status;
  TRY(x.name && y.name && legend ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(chart_dress(bar->chart, look, &x, &y, e));
  TRY(chart_set_legend(bar->chart, legend, e));
  if (o->stacked && bar->series.n > 1) {
    chart_set_stacked(bar->chart);
  }
done:
  return status;
}

static Status note_other(Bar *bar, Error *e)
{
  const size_t further = bar->places.n - bar->kept;
  if (further == 0) {
    return STATUS_OK;
  }
  return chart_add_note(bar->chart, e,
                        bar->aggregated
                            ? _("the %1$zu others have %2$zu rows together; top = 0 shows all")
                            : _("%1$zu further values of x with %2$zu rows are left out; top = 0 shows all"),
                        further, bar->other_rows);
}

static void bar_free(Bar *bar)
{
  chart_unref(bar->chart);
  chart_classes_free(&bar->places);
  chart_classes_free(&bar->series);
  groups_free(bar->groups);
  expr_release(bar->y);
  column_unref(bar->x);
  column_unref(bar->color);
  column_unref(bar->cells);
  column_unref(bar->values);
  column_unref(bar->names);
}

Status chart_bar_make(const Frame *frame, const BarOptions *options, const ChartLook *look, Task *task, Chart **out,
                      Error *e)
{
  Bar bar = {.options = options, .task = task};
  Status status;
  if (frame_rows(frame) == 0) {
    return error_set(e, STATUS_DATA, "nothing-to-draw", _("there is nothing to draw: no rows"));
  }
  TRY(find_cells(&bar, frame, e));
  TRY(compile_y(&bar, frame, e));
  TRY(choose_places(&bar, e));
  TRY(name_places(&bar, e));
  TRY(compute_bars(&bar, e));
  TRY(chart_new("bar", &bar.chart, e));
  TRY(dress(&bar, frame, look, e));
  TRY(add_series(&bar, e));
  TRY(note_other(&bar, e));
  TRY(chart_finish(bar.chart, task, e));
  *out = bar.chart;
  bar.chart = NULL;
done:
  bar_free(&bar);
  return status;
}
