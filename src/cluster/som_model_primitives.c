/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/som_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

/* ---- to frames */

/* The mean of each cluster's rows; of its units' codes where it has none. */
static double *cluster_means(const SomFit *fit)
{
  const size_t d = fit->result.d;
  double *means = mem_zero(fit->k * (d + 1), sizeof *means), *count = means ? means + fit->k * d : NULL;
  for (size_t i = 0; means && i < fit->result.n + fit->result.units; i++) {
    const bool row = i < fit->result.n;
    const size_t c = (size_t)(row ? fit->labels[i] : fit->group[i - fit->result.n]);
    const double *x = row ? fit->input.values + i * d : fit->result.codes + (i - fit->result.n) * d;
    if (row || fit->sizes[c] == 0) {
      count[c]++;
      for (size_t j = 0; j < d; j++) {
        means[c * d + j] += (x[j] - means[c * d + j]) / count[c];
      }
    }
  }
  return means;
}

static Status make_tidy(const SomFit *fit, Frame **out, Error *e)
{
  double *means = cluster_means(fit);
  Draft *draft = means ? cluster_tidy_begin(&fit->input, fit->sizes, fit->k, 0) : NULL;
  if (!draft) {
    mem_free(means);
    return error_memory(e, 0, _("a model"));
  }
  const Status status = cluster_tidy_centres(draft, &fit->input, means, NULL, fit->k, false, e);
  mem_free(means);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const SomFit *fit, const SomOptions *o, Frame **out, Error *e)
{
  const SomResult *r = &fit->result;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)fit->k);
  draft_int(draft, "x", (int64_t)fit->settings.grid.x);
  draft_int(draft, "y", (int64_t)fit->settings.grid.y);
  draft_float(draft, "quantisation", r->quantisation);
  draft_float(draft, "topographic", r->topographic);
  draft_float(draft, "explained", r->explained);
  draft_int(draft, "empty", (int64_t)r->empty);
  draft_int(draft, "epochs", (int64_t)fit->state.epoch);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", r->complete ? "" : "interrupted");
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "seed", o->seed);
  draft_int(draft, "dropped", (int64_t)fit->input.variables.dropped);
  return draft_finish(draft, out, e);
}

/* A variable of the name of one of the frame's own columns gets a mark. */
static Status unit_name(const char *name, Text *out, Error *e)
{
  static const char *const own[] = {"unit", "column", "row", "x", "y", "cluster", "rows", "u_distance", "distance"};
  text_reset(out);
  text_puts(out, name);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    text_puts(out, strcmp(name, own[i]) == 0 ? "_code" : "");
  }
  return text_status(out, e);
}

static Status add_codes(Draft *draft, const SomFit *fit, double *room, Error *e)
{
  const Variables *v = &fit->input.variables;
  const SomResult *r = &fit->result;
  Text name = {0};
  Status status = STATUS_OK;
  for (size_t j = 0; status == STATUS_OK && j < r->d; j++) {
    for (size_t u = 0; u < r->units; u++) {
      room[u] = r->codes[u * r->d + j] * v->factor[j] + v->shift[j];
    }
    status = unit_name(frame_name(fit->input.data, v->columns[j]), &name, e);
    if (status == STATUS_OK) {
      draft_floats(draft, text_data(&name), room, r->units);
    }
  }
  text_free(&name);
  return status;
}

static Status make_units(const SomFit *fit, Frame **out, Error *e)
{
  const SomResult *r = &fit->result;
  const size_t units = r->units;
  int64_t *whole = mem_alloc(4 * units, sizeof *whole);
  double *place = mem_alloc(2 * units, sizeof *place);
  Draft *draft = draft_new();
  Status status;
  TRY(whole && place && draft ? STATUS_OK : error_memory(e, 0, _("a model")));
  for (size_t u = 0; u < units; u++) {
    whole[u] = (int64_t)u + 1;
    whole[units + u] = (int64_t)(u % fit->settings.grid.x) + 1;
    whole[2 * units + u] = (int64_t)(u / fit->settings.grid.x) + 1;
    whole[3 * units + u] = fit->group[u] + 1;
    som_position(&fit->settings.grid, u, &place[u], &place[units + u]);
  }
  draft_ints(draft, "unit", whole, units);
  draft_ints(draft, "column", whole + units, units);
  draft_ints(draft, "row", whole + 2 * units, units);
  draft_floats(draft, "x", place, units);
  draft_floats(draft, "y", place + units, units);
  draft_ints(draft, "cluster", whole + 3 * units, units);
  draft_ints(draft, "rows", r->counts, units);
  draft_floats(draft, "u_distance", r->u_distance, units);
  draft_floats(draft, "distance", r->mean_distance, units);
  TRY(add_codes(draft, fit, place, e));
  status = draft_finish(draft, out, e);
  draft = NULL;
done:
  draft_free(draft);
  mem_free(whole);
  mem_free(place);
  return status;
}

static Status make_state(const SomState *state, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "epoch", (int64_t)state->epoch);
  return draft_finish(draft, out, e);
}

Status som_model_fill(Model *model, const SomFit *fit, const SomOptions *o, Error *e)
{
  const SomResult *r = &fit->result;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, o, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input, e));
  TRY(model_set_made(model, "units", make_units(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "codes", cluster_matrix_frame(&fit->input, r->codes, r->units, &frame, e), &frame, e));
  if (!r->complete) {
    TRY(model_set_made(model, "state", make_state(&fit->state, &frame, e), &frame, e));
    TRY(model_set_made(model, "state_codes", cluster_matrix_frame(&fit->input, fit->state.codes, r->units, &frame, e),
                       &frame, e));
  }
done:
  return status;
}

/* ---- and back */

Status som_model_state(const Model *model, SomFit *fit, Error *e)
{
  const Frame *codes = model_frame(model, "state_codes");
  const size_t units = fit->settings.grid.x * fit->settings.grid.y;
  if (!cluster_size_cell(model_frame(model, "state"), "epoch", &fit->state.epoch) ||
      fit->state.epoch > fit->settings.epochs || !cluster_is_matrix(codes, units, fit->input.variables.d)) {
    return cluster_model_broken(e);
  }
  fit->state.codes = cluster_matrix(codes);
  return fit->state.codes ? STATUS_OK : error_memory(e, 0, _("the map"));
}

static const Column *unit_column(const Model *model, const char *name, Type type)
{
  const Frame *units = model_frame(model, "units");
  size_t column;
  if (!units || !frame_find(units, name, &column) || column_type(frame_column(units, column)) != type) {
    return NULL;
  }
  return frame_column(units, column);
}

Status som_model_groups(const Model *model, int32_t *group, Error *e)
{
  const Column *cluster = unit_column(model, "cluster", TYPE_INT64);
  const size_t units = frame_rows(model_frame(model, "codes"));
  size_t k = 0;
  if (!cluster || column_rows(cluster) != units || column_missing(cluster) > 0 ||
      !cluster_size_cell(model_frame(model, "glance"), "k", &k)) {
    return cluster_model_broken(e);
  }
  for (size_t u = 0; u < units; u++) {
    const int64_t number = column_int(cluster, u);
    if (number < 1 || (uint64_t)number > k || number > SOM_UNITS_MOST) {
      return cluster_model_broken(e);
    }
    group[u] = (int32_t)number - 1;
  }
  return STATUS_OK;
}

Status som_model_check(const Model *model, Error *e)
{
  static const char *const floats[] = {"x", "y", "u_distance"};
  const Frame *codes = model_frame(model, "codes"), *variables = model_frame(model, "variables");
  Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!codes || frame_rows(codes) < 1 || frame_rows(codes) > SOM_UNITS_MOST ||
      !cluster_is_matrix(codes, frame_rows(codes), frame_rows(variables)) || !unit_column(model, "rows", TYPE_INT64)) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
    const Column *column = unit_column(model, floats[i], TYPE_FLOAT64);
    if (!column || column_rows(column) != frame_rows(codes)) {
      return cluster_model_broken(e);
    }
  }
  int32_t *group = mem_alloc(frame_rows(codes), sizeof *group);
  status = group ? som_model_groups(model, group, e) : error_memory(e, 0, _("the map"));
  mem_free(group);
  return status;
}

void som_headline(const Model *model, Text *out)
{
  cluster_headline(model, out);
  text_printf(out, _("; a map of %1$.0f by %2$.0f units"), model_number(model, "x"), model_number(model, "y"));
}

/* ---- charts */

static Status draw_grid(Call *call, const Model *model, const PlotRequest *request, const Column *shade,
                        const char *legend, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y", "shade"};
  const Column *const columns[] = {unit_column(model, "x", TYPE_FLOAT64), unit_column(model, "y", TYPE_FLOAT64), shade};
  Chart *chart = NULL;
  Status status;
  TRY(columns[0] && columns[1] && shade ? STATUS_OK : cluster_model_broken(e));
  TRY(chart_begin("scatter", request->title, _("column of the grid"), NULL, _("row of the grid"), NULL, &chart, e));
  TRY(chart_set_legend(chart, legend, e));
  TRY(chart_add_columns(chart, CHART_POINTS, "", roles, columns, 3, e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  return status;
}

/* The variable that x names, else the first: its codes stand in the same place of units as in codes, after nine
 * columns. */
static Status find_plane(const Model *model, const char *wanted, const Column **out, const char **name, Error *e)
{
  const Frame *units = model_frame(model, "units"), *codes = model_frame(model, "codes");
  const size_t d = frame_columns(codes);
  *name = frame_name(codes, 0);
  for (size_t j = 0; j < d && frame_columns(units) == 9 + d; j++) {
    if (!wanted[0] || strcmp(frame_name(codes, j), wanted) == 0) {
      *out = frame_column(units, 9 + j);
      *name = frame_name(codes, j);
      return STATUS_OK;
    }
  }
  error_set(e, STATUS_NAME, "unknown-column", _("'%s' is no variable of the map"), wanted);
  return error_hint(e, _("m:plot(\"planes\", {x = \"%s\"})"), *name);
}

Status som_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const bool planes = strcmp(request->kind, "planes") == 0, umatrix = strcmp(request->kind, "umatrix") == 0;
  const Column *plane = NULL;
  const char *name = NULL;
  *out = NULL;
  if (!planes && !umatrix && strcmp(request->kind, "counts") != 0) {
    return segment_plot(call, model, request, out, e);
  }
  if (request->y[0] || (request->x[0] && !planes)) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
  }
  if (planes) {
    const Status status = find_plane(model, request->x, &plane, &name, e);
    return status == STATUS_OK ? draw_grid(call, model, request, plane, name, out, e) : status;
  }
  return draw_grid(call, model, request,
                   umatrix ? unit_column(model, "u_distance", TYPE_FLOAT64) : unit_column(model, "rows", TYPE_INT64),
                   umatrix ? _("distance to neighbours") : _("rows"), out, e);
}
