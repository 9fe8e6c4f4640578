/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of mixtures: the criterion over k, and ellipses. */
#include <math.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/mixture_model_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

/* ---- criteria */

/* The rows of one model, in the order of k, as x and y; a criterion that is missing is left out. */
static Status add_model(Chart *chart, const Frame *criteria, const char *criterion, const char *name, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  size_t model, k, value, used = 0;
  Column *columns[2] = {NULL, NULL};
  double *room = mem_alloc(2 * frame_rows(criteria), sizeof *room);
  Status status;
  TRY(room ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(frame_need(criteria, "model", &model, e));
  TRY(frame_need(criteria, "k", &k, e));
  TRY(frame_need(criteria, criterion, &value, e));
  if (!type_is_text(column_type(frame_column(criteria, model))) ||
      column_type(frame_column(criteria, k)) != TYPE_INT64 ||
      column_type(frame_column(criteria, value)) != TYPE_FLOAT64) {
    TRY(cluster_model_broken(e));
  }
  for (size_t i = 0; i < frame_rows(criteria); i++) {
    size_t length;
    const char *text = column_text(frame_column(criteria, model), i, &length);
    if (length == strlen(name) && memcmp(text, name, length) == 0 && column_valid(frame_column(criteria, value), i)) {
      room[used] = (double)column_int(frame_column(criteria, k), i);
      room[frame_rows(criteria) + used++] = column_float(frame_column(criteria, value), i);
    }
  }
  if (used > 0) {
    TRY(column_of_floats(room, used, &columns[0], e));
    TRY(column_of_floats(room + frame_rows(criteria), used, &columns[1], e));
    TRY(chart_add_columns(chart, used > 1 ? CHART_LINE : CHART_POINTS, name, roles, (const Column *const *)columns, 2,
                          e));
  }
done:
  mem_free(room);
  column_unref(columns[0]);
  column_unref(columns[1]);
  return status;
}

static Status plot_criteria(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Frame *criteria = model_frame(model, "criteria");
  const char *criterion = model_option_text(model, "criterion");
  criterion = criterion ? criterion : "bic";
  Chart *chart = NULL;
  Status status;
  TRY(criteria ? STATUS_OK : cluster_model_broken(e));
  if (request->x[0] || request->y[0]) {
    TRY(error_set(e, STATUS_ARGUMENT, "option-without-use",
                  _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind));
  }
  TRY(chart_begin("line", request->title, _("number of components"), NULL, criterion, NULL, &chart, e));
  TRY(chart_set_legend(chart, _("model"), e));
  for (int m = 0; m < MIXTURE_MODEL_COUNT; m++) {
    TRY(add_model(chart, criteria, criterion, mixture_model_name((MixtureModel)m), e));
  }
  TRY(chart_add_note(chart, e, "%s", _("smaller is better")));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  return status;
}

/* ---- ellipses */

enum { CORNERS = 65 };

typedef struct Ellipses {
  Call *call;
  const Model *model;
  const Frame *data;
  MixtureParameters p;
  size_t at[2];          /* the two variables among the model's */
  size_t columns[2];     /* and among the data's */
  double shift[2], factor[2];
  const char *names[2];
} Ellipses;

static Status find_axis(Ellipses *x, int axis, const char *asked, Error *e)
{
  const Frame *variables = model_frame(x->model, "variables");
  size_t name, shift, factor, length;
  Status status;
  TRY(frame_need(variables, "name", &name, e));
  TRY(frame_need(variables, "shift", &shift, e));
  TRY(frame_need(variables, "factor", &factor, e));
  x->at[axis] = (size_t)axis;
  bool found = !asked[0];
  for (size_t j = 0; asked[0] && j < frame_rows(variables); j++) {
    const char *text = column_text(frame_column(variables, name), j, &length);
    if (length == strlen(asked) && memcmp(text, asked, length) == 0) {
      x->at[axis] = j;
      found = true;
    }
  }
  if (!found) {
    error_set(e, STATUS_NAME, "unknown-column", _("'%s' is no variable of the mixture"), asked);
    TRY(error_hint(e, _("m:plot(\"segments\", {x = , y = }) shows any columns, without ellipses")));
  }
  const char *text = column_text(frame_column(variables, name), x->at[axis], &length);
  x->names[axis] = arena_text(&x->call->task->arena, text, length);
  TRY(x->names[axis] ? STATUS_OK : error_memory(e, 0, _("a chart")));
  TRY(frame_need(x->data, x->names[axis], &x->columns[axis], e));
  x->shift[axis] = column_float(frame_column(variables, shift), x->at[axis]);
  x->factor[axis] = column_float(frame_column(variables, factor), x->at[axis]);
done:
  return status;
}

/* Where a share of each component lies: circles of radius^2 = -2 log(1 - share), by the factor of the two variables'
 * part of the covariance. A missing point ends each of them. */
static Status add_ellipses(const Ellipses *x, Chart *chart, double share, const char *name, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const MixtureParameters *p = &x->p;
  const double radius = sqrt(-2 * log(1 - share));
  Builder *builders[2] = {builder_new(TYPE_FLOAT64, p->k * CORNERS), builder_new(TYPE_FLOAT64, p->k * CORNERS)};
  Column *columns[2] = {NULL, NULL};
  Status status = builders[0] && builders[1] ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t j = 0; status == STATUS_OK && j < p->k; j++) {
    const double *c = p->covariance + j * p->d * p->d, *mean = p->mean + j * p->d;
    const double a = sqrt(c[x->at[0] * p->d + x->at[0]]), b = c[x->at[0] * p->d + x->at[1]] / a;
    const double rest = sqrt(fmax(0, c[x->at[1] * p->d + x->at[1]] - b * b));
    for (int corner = 0; corner < CORNERS; corner++) {
      const double angle = 6.283185307179586 * corner / (CORNERS - 1), u = radius * cos(angle), w = radius * sin(angle);
      builder_float(builders[0], (mean[x->at[0]] + a * u) * x->factor[0] + x->shift[0]);
      builder_float(builders[1], (mean[x->at[1]] + b * u + rest * w) * x->factor[1] + x->shift[1]);
    }
    builder_missing(builders[0]);
    builder_missing(builders[1]);
  }
  if (status == STATUS_OK) {
    status = builder_finish(builders[0], &columns[0], e);
    builders[0] = NULL;
  }
  if (status == STATUS_OK) {
    status = builder_finish(builders[1], &columns[1], e);
    builders[1] = NULL;
  }
  if (status == STATUS_OK) {
    status = chart_add_columns(chart, CHART_LINE, name, roles, (const Column *const *)columns, 2, e);
  }
  builder_free(builders[0]);
  builder_free(builders[1]);
  column_unref(columns[0]);
  column_unref(columns[1]);
  return status;
}

static Status draw_ellipses(Ellipses *x, const PlotRequest *request, Chart **chart, Error *e)
{
  static const char *const roles[] = {"x", "y", "group"};
  Frame *predicted = NULL;
  size_t cluster;
  Call inner = *x->call;
  Status status;
  inner.options = NULL;
  TRY(mixture_model_parameters(x->model, &x->p, e));
  if (x->p.d < 2) {
    TRY(error_set(e, STATUS_STATE, "not-supported", _("ellipses need two variables, and the mixture has one")));
  }
  TRY(find_axis(x, 0, request->x, e));
  TRY(find_axis(x, 1, request->y, e));
  TRY(model_primitive(x->model)->model->predict(&inner, x->model, x->data, &predicted, e));
  TRY(frame_need(predicted, "cluster", &cluster, e));
  TRY(chart_begin("segments", request->title, x->names[0], NULL, x->names[1], NULL, chart, e));
  TRY(chart_set_legend(*chart, _("cluster"), e));
  const Column *const points[] = {frame_column(x->data, x->columns[0]), frame_column(x->data, x->columns[1]),
                                  frame_column(predicted, cluster)};
  TRY(chart_add_columns(*chart, CHART_POINTS, "", roles, points, 3, e));
  TRY(add_ellipses(x, *chart, 0.5, /* xgettext:no-c-format */ _("50 % of a component"), e));
  TRY(add_ellipses(x, *chart, 0.95, /* xgettext:no-c-format */ _("95 % of a component"), e));
  TRY(chart_finish(*chart, x->call->task, e));
done:
  frame_unref(predicted);
  return status;
}

static Status plot_ellipses(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Ellipses x = {.call = call, .model = model, .data = request->data};
  Chart *chart = NULL;
  if (!request->data) {
    error_set(e, STATUS_STATE, "no-data", _("the chart '%s' shows rows, which the model does not hold"), request->kind);
    return error_hint(e, _("give them: m:plot(\"%s\", {data = df})"), request->kind);
  }
  const Status status = draw_ellipses(&x, request, &chart, e);
  if (status == STATUS_OK) {
    *out = chart_ref(chart);
  }
  chart_unref(chart);
  mixture_parameters_free(&x.p);
  return status;
}

Status mixture_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  *out = NULL;
  return strcmp(request->kind, "criteria") == 0   ? plot_criteria(call, model, request, out, e)
         : strcmp(request->kind, "ellipses") == 0 ? plot_ellipses(call, model, request, out, e)
                                                  : segment_plot(call, model, request, out, e);
}
