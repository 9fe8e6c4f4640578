/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_plot_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/profile.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "math/pca.h"

/* The rows on their way to a chart of segments. */
typedef struct Segments {
  Call *call;
  const Model *model;
  const PlotRequest *request;
  const Frame *data;
  size_t d, k;
  size_t *columns; /* the model's variables in data */
  double *shift, *factor;
  Frame *predicted;
  Column *cluster; /* of each row; missing where a variable is */
  Column *x, *y;   /* of each row */
  Column *centre_x, *centre_y;
  const char *x_label, *y_label;
  Pca pca;
  bool components;
  Chart *chart;
} Segments;

static const Column *model_column(const Model *model, const char *frame, const char *name)
{
  size_t column;
  const Frame *found = model_frame(model, frame);
  return found && frame_find(found, name, &column) ? frame_column(found, column) : NULL;
}

/* The clusters' numbers and sizes, without the noise behind them. */
static Status cluster_cells(const Model *model, const char *name, Column **out, Error *e)
{
  const Column *cells = model_column(model, "tidy", name);
  const size_t k = (size_t)model_number(model, "k");
  if (!cells || column_rows(cells) < k) {
    return cluster_model_broken(e);
  }
  return column_slice(cells, 0, k, out, e);
}

static Status need_data(const PlotRequest *request, Error *e)
{
  if (request->data) {
    return STATUS_OK;
  }
  error_set(e, STATUS_STATE, "no-data", _("the chart '%s' shows rows, which the model does not hold"), request->kind);
  return error_hint(e, _("give them: m:plot(\"%s\", {data = df})"), request->kind);
}

static Status refuse_axes(const PlotRequest *request, Error *e)
{
  if (!request->x[0] && !request->y[0]) {
    return STATUS_OK;
  }
  return error_set(e, STATUS_ARGUMENT, "option-without-use",
                   _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
}

/* ---- segments: rows and variables */

static const char *variable_name(const Segments *s, size_t j)
{
  size_t length;
  const char *text = column_text(model_column(s->model, "variables", "name"), j, &length);
  return arena_text(&s->call->task->arena, text, length);
}

static Status find_variables(Segments *s, Error *e)
{
  Arena *arena = &s->call->task->arena;
  const Column *shift = model_column(s->model, "variables", "shift"),
               *factor = model_column(s->model, "variables", "factor");
  s->d = column_rows(shift);
  s->k = (size_t)model_number(s->model, "k");
  s->columns = arena_alloc(arena, s->d, sizeof *s->columns);
  s->shift = arena_alloc(arena, s->d, sizeof *s->shift);
  s->factor = arena_alloc(arena, s->d, sizeof *s->factor);
  if (!s->columns || !s->shift || !s->factor) {
    return error_memory(e, 0, _("a chart"));
  }
  column_block(shift, 0, s->d, s->shift, 1);
  column_block(factor, 0, s->d, s->factor, 1);
  Status status = STATUS_OK;
  for (size_t j = 0; status == STATUS_OK && j < s->d; j++) {
    const char *name = variable_name(s, j);
    status = name ? frame_need(s->data, name, &s->columns[j], e) : error_memory(e, 0, _("a chart"));
  }
  return status;
}

static Status predict_rows(Segments *s, Error *e)
{
  size_t column;
  Call call = *s->call;
  call.options = NULL;
  Status status = model_primitive(s->model)->model->predict(&call, s->model, s->data, &s->predicted, e);
  if (status == STATUS_OK) {
    status = frame_need(s->predicted, "cluster", &column, e);
  }
  if (status == STATUS_OK) {
    s->cluster = column_ref(frame_column(s->predicted, column));
  }
  return status;
}

/* ---- segments: on two columns */

/* The mean of a column over the rows of each cluster. */
static Status cluster_means(const Segments *s, const Column *cells, double *means, Error *e)
{
  double *n = mem_zero(s->k, sizeof *n);
  if (!n) {
    return error_memory(e, 0, _("a chart"));
  }
  memset(means, 0, s->k * sizeof *means);
  for (size_t row = 0; row < column_rows(cells); row++) {
    double value;
    column_block(cells, row, 1, &value, 1);
    const int64_t cluster = column_valid(s->cluster, row) ? column_int(s->cluster, row) : 0;
    if (cluster >= 1 && (size_t)cluster <= s->k && isfinite(value)) {
      n[cluster - 1]++;
      means[cluster - 1] += (value - means[cluster - 1]) / n[cluster - 1];
    }
  }
  for (size_t c = 0; c < s->k; c++) {
    means[c] = n[c] > 0 ? means[c] : NAN;
  }
  mem_free(n);
  return STATUS_OK;
}

/* The model's own centre in the column's units, or where it has none the mean of each cluster's rows. */
static Status centres_on(const Segments *s, size_t column, Column **out, Error *e)
{
  const Frame *centres = model_frame(s->model, "centres");
  double *values = arena_alloc(&s->call->task->arena, s->k, sizeof *values);
  Status status = values ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t j = 0; status == STATUS_OK && centres && j < s->d; j++) {
    if (s->columns[j] == column) {
      column_block(frame_column(centres, j), 0, s->k, values, 1);
      for (size_t c = 0; c < s->k; c++) {
        values[c] = values[c] * s->factor[j] + s->shift[j];
      }
      return column_of_floats(values, s->k, out, e);
    }
  }
  if (status == STATUS_OK) {
    status = cluster_means(s, frame_column(s->data, column), values, e);
  }
  return status == STATUS_OK ? column_of_floats(values, s->k, out, e) : status;
}

static Status use_column(Segments *s, size_t column, Column **cells, Column **centres, const char **label, Error *e)
{
  const Column *found = frame_column(s->data, column);
  *label = frame_name(s->data, column);
  if (type_is_text(column_type(found)) || column_type(found) == TYPE_SET || column_type(found) == TYPE_TIMESTAMP) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type", _("column '%1$s' is of type %2$s; the chart needs numbers"),
                     *label, type_name(column_type(found)));
  }
  *cells = column_ref(found);
  return centres_on(s, column, centres, e);
}

static Status use_columns(Segments *s, size_t x, size_t y, Error *e)
{
  Status status = use_column(s, x, &s->x, &s->centre_x, &s->x_label, e);
  return status == STATUS_OK ? use_column(s, y, &s->y, &s->centre_y, &s->y_label, e) : status;
}

static Status use_asked(Segments *s, Error *e)
{
  size_t x, y;
  Status status;
  if (!s->request->x[0] || !s->request->y[0]) {
    return error_set(e, STATUS_ARGUMENT, "missing-option",
                     _("give both x and y, or neither for principal components"));
  }
  TRY(frame_need(s->data, s->request->x, &x, e));
  TRY(frame_need(s->data, s->request->y, &y, e));
  TRY(use_columns(s, x, y, e));
done:
  return status;
}

/* A single variable across, the cluster's number upwards. */
static Status use_single(Segments *s, Error *e)
{
  const Status status = use_column(s, s->columns[0], &s->x, &s->centre_x, &s->x_label, e);
  s->y = column_ref(s->cluster);
  s->y_label = _("cluster");
  return status == STATUS_OK ? cluster_cells(s->model, "cluster", &s->centre_y, e) : status;
}

/* ---- segments: on principal components */

static Status scaled_block(const Rows *rows, size_t first, size_t count, double *buffer, const double **values,
                           Error *e)
{
  (void)e;
  const Segments *s = rows->source;
  frame_block(s->data, s->columns, s->d, first, count, buffer);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < s->d; j++) {
      buffer[i * s->d + j] = (buffer[i * s->d + j] - s->shift[j]) / s->factor[j];
    }
  }
  *values = buffer;
  return STATUS_OK;
}

static Status split_scores(const double *scores, size_t n, Column **x, Column **y, Error *e)
{
  Builder *builders[2] = {builder_new(TYPE_FLOAT64, n), builder_new(TYPE_FLOAT64, n)};
  for (size_t i = 0; builders[0] && builders[1] && i < n; i++) {
    for (int axis = 0; axis < 2; axis++) {
      const double at = scores[2 * i + (size_t)axis];
      if (isnan(at)) {
        builder_missing(builders[axis]);
      } else {
        builder_float(builders[axis], at);
      }
    }
  }
  if (!builders[0] || !builders[1]) {
    builder_free(builders[0]);
    builder_free(builders[1]);
    return error_memory(e, 0, _("a chart"));
  }
  Status status = builder_finish(builders[0], x, e);
  if (status != STATUS_OK) {
    builder_free(builders[1]);
    return status;
  }
  return builder_finish(builders[1], y, e);
}

static Status score_rows(Segments *s, const Rows *rows, Column **x, Column **y, Error *e)
{
  double *scores = mem_alloc(rows->n, 2 * sizeof *scores);
  Status status = scores ? STATUS_OK : error_memory(e, rows->n * 2 * sizeof *scores, _("a chart"));
  if (status == STATUS_OK) {
    status = pca_scores(&s->pca, rows, 2, s->call->task, scores, e);
  }
  if (status == STATUS_OK) {
    status = split_scores(scores, rows->n, x, y, e);
  }
  mem_free(scores);
  return status;
}

/* The means of the rows' scores. */
static Status mean_scores(Segments *s, Error *e)
{
  double *means = arena_alloc(&s->call->task->arena, s->k, sizeof *means);
  Status status;
  TRY(means ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(cluster_means(s, s->x, means, e));
  TRY(column_of_floats(means, s->k, &s->centre_x, e));
  TRY(cluster_means(s, s->y, means, e));
  TRY(column_of_floats(means, s->k, &s->centre_y, e));
done:
  return status;
}

static Status score_centres(Segments *s, Error *e)
{
  const Frame *centres = model_frame(s->model, "centres");
  if (!centres) {
    return mean_scores(s, e);
  }
  double *matrix = cluster_matrix(centres);
  if (!matrix) {
    return error_memory(e, 0, _("a chart"));
  }
  const Rows rows = rows_of_matrix(matrix, s->k, s->d);
  const Status status = score_rows(s, &rows, &s->centre_x, &s->centre_y, e);
  mem_free(matrix);
  return status;
}

static const char *component_label(const Segments *s, size_t component)
{
  const double share = s->pca.total > 0 ? s->pca.variance[component] / s->pca.total : 0;
  return arena_printf(&s->call->task->arena, _("component %1$zu (%2$.1f %% of the variance)"), component + 1,
                      100 * share);
}

static Status use_components(Segments *s, Error *e)
{
  const Rows rows = {.n = frame_rows(s->data), .d = s->d, .block = scaled_block, .source = s};
  Status status;
  s->components = true;
  TRY(pca_fit(&rows, s->call->task, &s->pca, e));
  TRY(score_rows(s, &rows, &s->x, &s->y, e));
  TRY(score_centres(s, e));
  s->x_label = component_label(s, 0);
  s->y_label = component_label(s, 1);
  TRY(s->x_label && s->y_label ? STATUS_OK : error_memory(e, 0, _("a chart")));
done:
  return status;
}

/* "component 1: 0.52 a - 0.36 b ...": the variables that count most in it. */
static Status note_component(const Segments *s, size_t component, Error *e)
{
  enum { SHOWN = 4 };
  const double *loadings = s->pca.loadings + component * s->d;
  bool *used = arena_alloc(&s->call->task->arena, s->d, sizeof *used);
  Text text = {0};
  Status status = used ? STATUS_OK : error_memory(e, 0, _("a chart"));
  text_printf(&text, _("component %zu:"), component + 1);
  for (size_t shown = 0; status == STATUS_OK && shown < SHOWN && shown < s->d; shown++) {
    size_t largest = s->d;
    for (size_t j = 0; j < s->d; j++) {
      largest = !used[j] && (largest == s->d || fabs(loadings[j]) > fabs(loadings[largest])) ? j : largest;
    }
    used[largest] = true;
    const char *sign = loadings[largest] < 0 ? "- " : shown > 0 ? "+ " : "";
    text_printf(&text, " %s%.2f %s", sign, fabs(loadings[largest]), frame_name(s->data, s->columns[largest]));
  }
  text_puts(&text, s->d > SHOWN ? " ..." : "");
  status = status == STATUS_OK ? text_status(&text, e) : status;
  if (status == STATUS_OK) {
    status = chart_add_note(s->chart, e, "%s", text_data(&text));
  }
  text_free(&text);
  return status;
}

/* ---- segments: the chart */

static Status choose_axes(Segments *s, Error *e)
{
  if (s->request->x[0] || s->request->y[0]) {
    return use_asked(s, e);
  }
  return s->d == 1   ? use_single(s, e)
         : s->d == 2 ? use_columns(s, s->columns[0], s->columns[1], e)
                     : use_components(s, e);
}

static Status add_points(Segments *s, Error *e)
{
  static const char *const roles[] = {"x", "y", "group", "label"};
  const Column *const points[] = {s->x, s->y, s->cluster};
  Column *numbers = NULL, *group = NULL, *labels = NULL;
  Status status;
  TRY(chart_add_columns(s->chart, CHART_POINTS, "", roles, points, 3, e));
  TRY(cluster_cells(s->model, "cluster", &numbers, e));
  TRY(chart_names(numbers, &labels, e));
  TRY(column_with_role(numbers, ROLE_LABEL, &group, e));
  const Column *const centres[] = {s->centre_x, s->centre_y, group, labels};
  TRY(s->k > 0 ? chart_add_columns(s->chart, CHART_POINTS, _("centres"), roles, centres, 4, e) : STATUS_OK);
done:
  column_unref(numbers);
  column_unref(group);
  column_unref(labels);
  return status;
}

static Status draw_segments(Segments *s, Error *e)
{
  Status status;
  TRY(find_variables(s, e));
  TRY(predict_rows(s, e));
  TRY(choose_axes(s, e));
  TRY(chart_begin("segments", s->request->title, s->x_label, NULL, s->y_label, NULL, &s->chart, e));
  TRY(chart_set_legend(s->chart, _("cluster"), e));
  TRY(add_points(s, e));
  for (size_t component = 0; s->components && component < 2; component++) {
    TRY(note_component(s, component, e));
  }
  TRY(chart_finish(s->chart, s->call->task, e));
done:
  return status;
}

static Status plot_segments(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Segments s = {.call = call, .model = model, .request = request, .data = request->data};
  Status status = need_data(request, e);
  if (status == STATUS_OK) {
    status = draw_segments(&s, e);
  }
  if (status == STATUS_OK) {
    *out = chart_ref(s.chart);
  }
  chart_unref(s.chart);
  frame_unref(s.predicted);
  column_unref(s.cluster);
  column_unref(s.x);
  column_unref(s.y);
  column_unref(s.centre_x);
  column_unref(s.centre_y);
  return status;
}

/* ---- sizes */

static Status plot_sizes(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Column *sizes = NULL, *numbers = NULL, *names = NULL;
  Chart *chart = NULL;
  Status status;
  TRY(refuse_axes(request, e));
  TRY(cluster_cells(model, "size", &sizes, e));
  TRY(cluster_cells(model, "cluster", &numbers, e));
  TRY(chart_names(numbers, &names, e));
  TRY(chart_begin("bar", request->title, _("cluster"), names, _("rows"), NULL, &chart, e));
  TRY(chart_add_bars(chart, "", names, sizes, e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(sizes);
  column_unref(numbers);
  column_unref(names);
  return status;
}

/* ---- profile */

/* The clusters of the rows as numbers, 0 where there is none. */
static Status cluster_numbers(const Column *cluster, int64_t *labels)
{
  for (size_t row = 0; row < column_rows(cluster); row++) {
    labels[row] = column_valid(cluster, row) ? column_int(cluster, row) : 0;
  }
  return STATUS_OK;
}

static Status profile_of(Segments *s, Frame **out, Error *e)
{
  Frame *variables = NULL;
  ProfileResult profile = {.frame = NULL};
  int64_t *labels = mem_alloc(frame_rows(s->data), sizeof *labels);
  Status status;
  TRY(labels ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(cluster_numbers(s->cluster, labels));
  TRY(frame_select(s->data, s->columns, s->d, &variables, e));
  TRY(profile_segments(s->call->task, variables, labels, s->k, 0, &profile, e));
  *out = profile.frame;
done:
  frame_unref(variables);
  mem_free(labels);
  return status;
}

/* The difference of each variable in one cluster, in the model's order; NaN where it was not compared. */
static void cluster_differences(const Segments *s, const Frame *profile, int64_t cluster, double *out)
{
  size_t number, variable, difference;
  for (size_t j = 0; j < s->d; j++) {
    out[j] = NAN;
  }
  if (!frame_find(profile, "cluster", &number) || !frame_find(profile, "variable", &variable) ||
      !frame_find(profile, "difference", &difference)) {
    return;
  }
  for (size_t row = 0; row < frame_rows(profile); row++) {
    size_t length;
    const char *name = column_text(frame_column(profile, variable), row, &length);
    for (size_t j = 0; column_int(frame_column(profile, number), row) == cluster && j < s->d; j++) {
      const char *own = frame_name(s->data, s->columns[j]);
      if (strlen(own) == length && memcmp(own, name, length) == 0) {
        column_block(frame_column(profile, difference), row, 1, &out[j], 1);
      }
    }
  }
}

static Status variable_names(const Segments *s, Column **out, Error *e)
{
  Builder *builder = builder_new(TYPE_STRING, s->d);
  for (size_t j = 0; builder && j < s->d; j++) {
    const char *name = frame_name(s->data, s->columns[j]);
    builder_text(builder, name, strlen(name));
  }
  return builder ? builder_finish(builder, out, e) : error_memory(e, 0, _("a chart"));
}

static Status add_differences(Segments *s, const Frame *profile, const Column *names, Error *e)
{
  double *values = arena_alloc(&s->call->task->arena, s->d, sizeof *values);
  Status status = values ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t c = 1; status == STATUS_OK && c <= s->k; c++) {
    char name[24];
    Column *column = NULL;
    snprintf(name, sizeof name, "%zu", c);
    cluster_differences(s, profile, (int64_t)c, values);
    status = column_of_floats(values, s->d, &column, e);
    if (status == STATUS_OK) {
      status = chart_add_bars(s->chart, name, names, column, e);
    }
    column_unref(column);
  }
  return status;
}

static Status draw_profile(Segments *s, Error *e)
{
  Frame *profile = NULL;
  Column *names = NULL;
  Status status;
  TRY(find_variables(s, e));
  TRY(predict_rows(s, e));
  TRY(profile_of(s, &profile, e));
  TRY(variable_names(s, &names, e));
  TRY(chart_begin("bar", s->request->title, _("variable"), names, _("difference in standard deviations"), NULL,
                  &s->chart, e));
  TRY(chart_set_legend(s->chart, _("cluster"), e));
  TRY(add_differences(s, profile, names, e));
  TRY(chart_finish(s->chart, s->call->task, e));
done:
  frame_unref(profile);
  column_unref(names);
  return status;
}

static Status plot_profile(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Segments s = {.call = call, .model = model, .request = request, .data = request->data};
  Status status = refuse_axes(request, e);
  status = status == STATUS_OK ? need_data(request, e) : status;
  if (status == STATUS_OK) {
    status = draw_profile(&s, e);
  }
  if (status == STATUS_OK) {
    *out = chart_ref(s.chart);
  }
  chart_unref(s.chart);
  frame_unref(s.predicted);
  column_unref(s.cluster);
  return status;
}

Status segment_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  *out = NULL;
  return strcmp(request->kind, "sizes") == 0     ? plot_sizes(call, model, request, out, e)
         : strcmp(request->kind, "profile") == 0 ? plot_profile(call, model, request, out, e)
                                                 : plot_segments(call, model, request, out, e);
}
