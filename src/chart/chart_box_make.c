/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "chart/chart_box.h"
#include "chart/chart_cells.h"
#include "core/alloc.h"
#include "frame/builder.h"

enum { BOXES_MOST = 1000, CHUNK = 512 };

typedef struct Boxes {
  const BoxOptions *options;
  const ChartLook *look;
  Task *task;
  Column *x, *y;
  ChartClasses classes;
  double *values;      /* y of the rows, those of a group together, what can be drawn first */
  size_t *first, *n;   /* of each group: where its values begin, and how many there are */
  BoxFigures *figures; /* of each group with a value */
  size_t missing, outliers;
  Chart *chart;
} Boxes;

static Status find_cells(Boxes *boxes, const Frame *frame, Error *e)
{
  const BoxOptions *o = boxes->options;
  Status status;
  TRY(chart_numbers(frame, "y", o->y, false, boxes->task, &boxes->y, e));
  if (o->x) {
    TRY(chart_cells(frame, "x", o->x, boxes->task, &boxes->x, e));
  }
  TRY(chart_classes_make(boxes->x, "x", boxes->task, &boxes->classes, e));
  if (boxes->classes.n > BOXES_MOST) {
    error_set(e, STATUS_LIMIT, "too-many-series",
              _("x has %1$zu different values; a chart can show at most %2$d boxes"), boxes->classes.n, BOXES_MOST);
    return error_hint(e, _("df:cut puts numbers into bins, df:relevel rare texts together"));
  }
done:
  return status;
}

/* ---- figures */

static size_t group_of(const Boxes *boxes, size_t row)
{
  const uint32_t *of_row = boxes->classes.groups->of_row;
  return boxes->x && of_row ? of_row[row] : 0;
}

/* Where the values of each group begin. */
static Status find_places(Boxes *boxes, Error *e)
{
  const size_t rows = column_rows(boxes->y), groups = boxes->classes.n;
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    boxes->first[group_of(boxes, row) + 1]++;
    status = chart_poll(boxes->task, row, e);
  }
  for (size_t group = 0; group < groups; group++) {
    boxes->first[group + 1] += boxes->first[group];
  }
  return status;
}

static Status deal(Boxes *boxes, Error *e)
{
  const size_t rows = column_rows(boxes->y);
  double chunk[CHUNK];
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    const size_t group = group_of(boxes, row), rest = rows - row;
    if (row % CHUNK == 0) {
      column_block(boxes->y, row, rest < CHUNK ? rest : CHUNK, chunk, 1);
      status = chart_poll(boxes->task, row, e);
    }
    const double value = chunk[row % CHUNK];
    if (isfinite(value) && !(boxes->look->log_y && value <= 0)) {
      boxes->values[boxes->first[group] + boxes->n[group]++] = value;
    } else {
      boxes->missing++;
    }
  }
  return status;
}

static Status make_room(Boxes *boxes, Error *e)
{
  const size_t rows = column_rows(boxes->y), groups = boxes->classes.n;
  Arena *arena = &boxes->task->arena;
  const Status status = task_reserve(boxes->task, rows * sizeof *boxes->values, _("boxes"), e);
  if (status != STATUS_OK) {
    return status;
  }
  boxes->first = arena_alloc(arena, groups + 1, sizeof *boxes->first);
  boxes->n = arena_alloc(arena, groups, sizeof *boxes->n);
  boxes->figures = arena_alloc(arena, groups, sizeof *boxes->figures);
  boxes->values = mem_alloc(rows, sizeof *boxes->values);
  if (!boxes->first || !boxes->n || !boxes->figures || !boxes->values) {
    return error_memory(e, rows * sizeof *boxes->values, _("boxes"));
  }
  return STATUS_OK;
}

static Status compute(Boxes *boxes, Error *e)
{
  const double reach = boxes->options->whiskers;
  Status status;
  TRY(make_room(boxes, e));
  TRY(find_places(boxes, e));
  TRY(deal(boxes, e));
  for (size_t group = 0; status == STATUS_OK && group < boxes->classes.n; group++) {
    if (task_cancelled(boxes->task)) {
      return error_cancelled(e);
    }
    if (boxes->n[group] > 0) {
      status = box_figures(boxes->values + boxes->first[group], boxes->n[group], reach, boxes->look->log_y,
                           boxes->task, &boxes->figures[group], e);
    }
  }
done:
  return status;
}

static Status arrange(Boxes *boxes, Error *e)
{
  const char *sort = boxes->options->sort;
  const size_t n = boxes->classes.n;
  double *medians = arena_alloc(&boxes->task->arena, n, sizeof *medians);
  if (!medians) {
    return error_memory(e, 0, _("boxes"));
  }
  for (size_t group = 0; group < n; group++) {
    medians[group] = boxes->n[group] > 0 ? boxes->figures[group].median : NAN;
  }
  const ChartOrder order = sort[0] == 'v' ? CHART_ORDER_VALUE : sort[0] == 'l' ? CHART_ORDER_LABEL : CHART_ORDER_DATA;
  return chart_classes_arrange(boxes->x, order, medians, boxes->task, &boxes->classes, e);
}

/* ---- marks */

static void category_cell(const Boxes *boxes, Builder *builder, size_t place)
{
  size_t length;
  const char *name = column_text(boxes->classes.names, place, &length);
  builder_text(builder, name, length);
}

static const char *const figure_names[] = {"low", "q25", "median", "q75", "high"};

/* x low q25 median q75 high n category, a row for each place that has values. */
static Status box_frame(const Boxes *boxes, Frame **out, Error *e)
{
  const size_t n = boxes->classes.n;
  Draft *draft = draft_new();
  Builder *x = builder_new(TYPE_INT64, n), *count = builder_new(TYPE_INT64, n), *names = builder_new(TYPE_STRING, n);
  Builder *figures[5];
  bool sound = x && count && names;
  for (int i = 0; i < 5; i++) {
    figures[i] = builder_new(TYPE_FLOAT64, n);
    sound = sound && figures[i];
  }
  for (size_t place = 0; sound && place < n; place++) {
    const size_t group = boxes->classes.group[place];
    const BoxFigures *box = &boxes->figures[group];
    const double values[] = {box->low, box->q25, box->median, box->q75, box->high};
    if (boxes->n[group] > 0) {
      builder_int(x, (int64_t)place);
      builder_int(count, (int64_t)boxes->n[group]);
      category_cell(boxes, names, place);
      for (int i = 0; i < 5; i++) {
        builder_float(figures[i], values[i]);
      }
    }
  }
  draft_builder(draft, "x", x);
  for (int i = 0; i < 5; i++) {
    draft_builder(draft, figure_names[i], figures[i]);
  }
  draft_builder(draft, "n", count);
  draft_builder(draft, "category", names);
  return draft_finish(draft, out, e);
}

/* x y category of what lies beyond the fences, by place. */
static Status outlier_frame(Boxes *boxes, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *x = builder_new(TYPE_INT64, 16), *y = builder_new(TYPE_FLOAT64, 16), *names = builder_new(TYPE_STRING, 16);
  for (size_t place = 0; x && y && names && place < boxes->classes.n; place++) {
    const size_t group = boxes->classes.group[place];
    const double *values = boxes->values + boxes->first[group];
    for (size_t i = 0; i < boxes->n[group]; i++) {
      if (values[i] < boxes->figures[group].fence_low || values[i] > boxes->figures[group].fence_high) {
        builder_int(x, (int64_t)place);
        builder_float(y, values[i]);
        category_cell(boxes, names, place);
        boxes->outliers++;
      }
    }
  }
  draft_builder(draft, "x", x);
  draft_builder(draft, "y", y);
  draft_builder(draft, "category", names);
  return draft_finish(draft, out, e);
}

static Status add_marks(Boxes *boxes, Error *e)
{
  Frame *box = NULL, *outliers = NULL;
  Status status;
  TRY(box_frame(boxes, &box, e));
  TRY(chart_add(boxes->chart, CHART_BOXES, "", box, e));
  TRY(outlier_frame(boxes, &outliers, e));
  if (boxes->outliers > 0) {
    TRY(chart_add(boxes->chart, CHART_POINTS, _("outliers"), outliers, e));
  }
done:
  frame_unref(box);
  frame_unref(outliers);
  return status;
}

static Status add_notes(Boxes *boxes, Error *e)
{
  const double reach = boxes->options->whiskers;
  Status status =
      reach > 0
          ? chart_add_note(boxes->chart, e,
                           _("boxes between the hinges; whiskers within %1$.4g times the box; %2$zu outliers"), reach,
                           boxes->outliers)
          : chart_add_note(boxes->chart, e, _("boxes between the hinges; whiskers to the least and the largest"));
  if (status == STATUS_OK && boxes->missing > 0) {
    status = chart_add_note(boxes->chart, e,
                            boxes->look->log_y ? _("%zu missing, not finite or not above 0")
                                               : _("%zu missing or not finite"),
                            boxes->missing);
  }
  return status;
}

static Status dress(Boxes *boxes, const Frame *frame, Error *e)
{
  const BoxOptions *o = boxes->options;
  Arena *arena = &boxes->task->arena;
  const ChartAxisPlan x = {o->x ? chart_cells_name(frame, o->x, arena) : "", CHART_CATEGORIES, boxes->classes.names};
  const ChartAxisPlan y = {chart_cells_name(frame, o->y, arena), CHART_NUMBERS, NULL};
  if (!x.name || !y.name) {
    return error_memory(e, 0, _("a chart"));
  }
  return chart_dress(boxes->chart, boxes->look, &x, &y, e);
}

static Status check_values(const Boxes *boxes, Error *e)
{
  const size_t rows = column_rows(boxes->y);
  if (boxes->missing < rows) {
    return STATUS_OK;
  }
  return error_set(e, STATUS_DATA, "nothing-to-draw",
                   _("there is nothing to draw: of %1$zu rows of y, %2$zu are missing%3$s"), rows, boxes->missing,
                   boxes->look->log_y ? _(", not finite or not above 0") : _(" or not finite"));
}

Status chart_box_make(const Frame *frame, const BoxOptions *options, const ChartLook *look, Task *task, Chart **out,
                      Error *e)
{
  Boxes boxes = {.options = options, .look = look, .task = task};
  Status status;
  TRY(find_cells(&boxes, frame, e));
  TRY(compute(&boxes, e));
  TRY(check_values(&boxes, e));
  TRY(arrange(&boxes, e));
  TRY(chart_new("box", &boxes.chart, e));
  TRY(dress(&boxes, frame, e));
  TRY(add_marks(&boxes, e));
  TRY(add_notes(&boxes, e));
  TRY(chart_finish(boxes.chart, task, e));
  *out = boxes.chart;
  boxes.chart = NULL;
done:
  chart_unref(boxes.chart);
  chart_classes_free(&boxes.classes);
  column_unref(boxes.x);
  column_unref(boxes.y);
  mem_free(boxes.values);
  return status;
}
