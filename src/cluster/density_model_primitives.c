/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/density_model_primitives.h"

#include <math.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "core/alloc.h"

enum { POINTS_MOST = 4000 };

Status density_prepare(Call *call, const Frame *data, const ClusterAsk *ask, const char *metric, DensityFit *out, Error *e)
{
  const Variables *v = &out->input.variables;
  const Status status = cluster_input(call, data, ask, &out->input, e);
  out->metric = density_metric(metric);
  return status == STATUS_OK
           ? neighbours_new(call->task, out->input.values, v->n, v->d, out->metric, NEIGHBOURS_AUTO, &out->index, e) : status;
}

void density_fit_free(DensityFit *fit)
{
  cluster_input_free(&fit->input);
  neighbours_free(fit->index);
}

Metric density_metric(const char *name)
{
  Metric metric = {METRIC_EUCLIDEAN, 2};
  (void)metric_of_name(name, &metric);
  return metric;
}

bool density_metric_of(const Model *model, Metric *out)
{
  const char *name = model_option_text(model, "metric");
  return metric_of_name(name ? name : "euclidean", out);
}

Status density_put_matrix(Model *model, const char *name, const ClusterInput *input, const double *matrix, size_t rows,
                          Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, name, cluster_matrix_frame(input, matrix, rows, &frame, e), &frame, e);
}

bool density_sound_matrix(const Model *model, const char *name, size_t *rows)
{
  const Frame *frame = model_frame(model, name), *variables = model_frame(model, "variables");
  if (!frame || !variables || !cluster_is_matrix(frame, frame_rows(frame), frame_rows(variables))) {
    return false;
  }
  *rows = frame_rows(frame);
  for (size_t j = 0; j < frame_columns(frame); j++) {
    for (size_t i = 0; i < *rows; i++) {
      if (!isfinite(column_float(frame_column(frame, j), i))) {
        return false;
      }
    }
  }
  return true;
}

static const Column *column_of(const Frame *frame, const char *name, Type type)
{
  size_t column;
  if (!frame || !frame_find(frame, name, &column)) {
    return NULL;
  }
  const Column *found = frame_column(frame, column);
  return column_type(found) == type && column_missing(found) == 0 ? found : NULL;
}

bool density_sound_floats(const Frame *frame, const char *name, double low, double high)
{
  const Column *column = column_of(frame, name, TYPE_FLOAT64);
  for (size_t i = 0; column && i < column_rows(column); i++) {
    if (!(column_float(column, i) >= low && column_float(column, i) <= high)) {
      return false;
    }
  }
  return column;
}

bool density_sound_ints(const Frame *frame, const char *name, int64_t low, int64_t high)
{
  const Column *column = column_of(frame, name, TYPE_INT64);
  for (size_t i = 0; column && i < column_rows(column); i++) {
    if (column_int(column, i) < low || column_int(column, i) > high) {
      return false;
    }
  }
  return column;
}

double density_float(const Frame *frame, const char *name, size_t row)
{
  return column_float(column_of(frame, name, TYPE_FLOAT64), row);
}

int64_t density_int(const Frame *frame, const char *name, size_t row)
{
  return column_int(column_of(frame, name, TYPE_INT64), row);
}

void density_tidy_ints(Draft *draft, const char *name, const int64_t *values, size_t k, bool noise, int64_t of_noise)
{
  Builder *builder = builder_new(TYPE_INT64, k + 1);
  for (size_t c = 0; builder && c < k; c++) {
    builder_int(builder, values[c]);
  }
  if (builder && noise && of_noise >= 0) {
    builder_int(builder, of_noise);
  } else if (builder && noise) {
    builder_missing(builder);
  }
  draft_builder(draft, name, builder);
}

/* ---- what a stopped fit keeps */

void density_draft_floats(Draft *draft, const char *name, const double *values, size_t n)
{
  Builder *builder = builder_new(TYPE_FLOAT64, n);
  for (size_t i = 0; builder && i < n; i++) {
    if (isfinite(values[i])) {
      builder_float(builder, values[i]);
    } else {
      builder_missing(builder);
    }
  }
  draft_builder(draft, name, builder);
}

void density_draft_places(Draft *draft, const char *name, const uint32_t *values, size_t n)
{
  Builder *builder = builder_new(TYPE_INT64, n);
  for (size_t i = 0; builder && i < n; i++) {
    builder_int(builder, (int64_t)(uint32_t)(values[i] + 1));
  }
  draft_builder(draft, name, builder);
}

bool density_read_floats(const Frame *frame, const char *name, size_t n, double *out)
{
  size_t column;
  if (!frame || frame_rows(frame) != n || !frame_find(frame, name, &column)) {
    return false;
  }
  const Column *cells = frame_column(frame, column);
  for (size_t i = 0; column_type(cells) == TYPE_FLOAT64 && i < n; i++) {
    out[i] = column_valid(cells, i) ? column_float(cells, i) : (double)INFINITY;
  }
  return column_type(cells) == TYPE_FLOAT64;
}

bool density_read_places(const Frame *frame, const char *name, size_t n, uint32_t most, uint32_t *out)
{
  if (!frame || frame_rows(frame) != n || !density_sound_ints(frame, name, 0, most)) {
    return false;
  }
  const Column *cells = column_of(frame, name, TYPE_INT64);
  for (size_t i = 0; i < n; i++) {
    out[i] = (uint32_t)column_int(cells, i) - 1;
  }
  return true;
}

/* ---- frames of a model */

Status density_put(Model *model, const char *name, Draft *draft, Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, name, draft ? draft_finish(draft, &frame, e) : error_memory(e, 0, _("a model")), &frame, e);
}

Status density_put_tidy(Model *model, Draft *draft, const ClusterInput *input, const double *centres, const int32_t *labels,
                        size_t k, int64_t noise, Error *e)
{
  const Status status = draft ? cluster_tidy_centres(draft, input, centres, labels, k, noise > 0, e) : STATUS_OK;
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return density_put(model, "tidy", draft, e);
}

Draft *density_glance(const ClusterInput *input, size_t k, int64_t noise)
{
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)input->variables.n);
  draft_int(draft, "k", (int64_t)k);
  draft_int(draft, "noise", noise);
  draft_float(draft, "noise_share", (double)noise / (double)input->variables.n);
  return draft;
}

Status density_put_glance(Model *model, Draft *draft, const ClusterInput *input, const char *stopped_at, int64_t seed,
                          Error *e)
{
  draft_bool(draft, "complete", stopped_at[0] == '\0');
  draft_text(draft, "reason", stopped_at[0] == '\0' ? "" : "interrupted");
  draft_text(draft, "stopped_at", stopped_at);
  draft_int(draft, "dropped", (int64_t)input->variables.dropped);
  draft_int(draft, "seed", seed);
  return density_put(model, "glance", draft, e);
}

Status density_put_labels(Model *model, const ClusterInput *input, const int32_t *labels, const char *const *names,
                          const double *const *figures, Error *e)
{
  Draft *extra = draft_new();
  for (size_t j = 0; extra && names[j]; j++) {
    cluster_predicted_floats(extra, names[j], input, figures[j]);
  }
  return extra ? cluster_put_labels(model, input, labels, extra, e) : error_memory(e, 0, _("a model"));
}

Status density_predict(Call *call, const Model *model, const Frame *data, const char *const *names, DensityRule rule,
                       Frame **out, Error *e)
{
  ClusterInput input = {0};
  int32_t *labels = NULL;
  double *figures[DENSITY_FIGURES_MOST] = {NULL};
  Draft *draft = NULL;
  Status status;
  *out = cluster_fitted(model, data);
  if (*out) {
    return STATUS_OK;
  }
  TRY(cluster_input_of_model(call, model, data, &input, e));
  labels = mem_alloc(input.variables.n, sizeof *labels);
  TRY(labels ? STATUS_OK : error_memory(e, 0, _("labels")));
  for (size_t j = 0; names[j]; j++) {
    figures[j] = mem_alloc(input.variables.n, sizeof *figures[j]);
    TRY(figures[j] ? STATUS_OK : error_memory(e, 0, _("labels")));
  }
  TRY(rule(call, model, &input, labels, figures, e));
  draft = cluster_predicted(&input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  for (size_t j = 0; names[j]; j++) {
    cluster_predicted_floats(draft, names[j], &input, figures[j]);
  }
  status = draft_finish(draft, out, e);
done:
  cluster_input_free(&input);
  mem_free(labels);
  for (size_t j = 0; j < DENSITY_FIGURES_MOST; j++) {
    mem_free(figures[j]);
  }
  return status;
}

/* ---- fits that are stopped */

Status density_nothing_kept(Status status, const char *phase, Error *e)
{
  if (status == STATUS_CANCELLED) {
    (void)error_hint(e, _("nothing was kept: there is something to keep from the phase \"%s\" on"), phase);
  }
  return status;
}

void density_note_stop(const char *stopped_at, const char *what, Text *notes)
{
  if (stopped_at[0] != '\0') {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), stopped_at);
    text_puts(notes, what);
  }
}

void density_headline(const Model *model, Text *out)
{
  cluster_headline(model, out);
  text_printf(out, _("; noise %.0f"), model_number(model, "noise"));
}

void density_notes(const ClusterInput *input, const int64_t *sizes, size_t k, int64_t noise, DensityCures cures, Text *notes)
{
  const double n = (double)input->variables.n;
  if (k == 0) {
    text_printf(notes, _("no cluster was found, all rows are noise: %s\n"), cures.take_in);
  } else if (k == 1 && n >= 20 && (double)sizes[0] > 0.95 * n) {
    text_printf(notes, _("nearly all rows are in one cluster: %s\n"), cures.part);
  } else if ((double)noise > 0.5 * n) {
    text_printf(notes, _("more than half of the rows are noise (%1$.0f%%): %2$s\n"), 100 * (double)noise / n, cures.take_in);
  }
  cluster_note_sizes(input, sizes, k, notes);
}

Status density_chart_line(Call *call, const PlotRequest *request, const char *x_label, const char *y_label,
                          const double *values, size_t n, double level, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const size_t step = n / POINTS_MOST + 1;
  double *points = mem_alloc(2 * (n / step + 2), sizeof *points);
  Column *columns[2] = {NULL, NULL};
  Chart *chart = NULL;
  size_t used = 0;
  Status status;
  TRY(points ? STATUS_OK : error_memory(e, 0, _("a chart")));
  for (size_t i = 0; i < n; i = i + step < n || i == n - 1 ? i + step : n - 1) {
    points[used++] = (double)i + 1;
  }
  for (size_t i = 0; i < used; i++) {
    points[used + i] = values[(size_t)points[i] - 1];
  }
  TRY(column_of_floats(points, used, &columns[0], e));
  TRY(column_of_floats(points + used, used, &columns[1], e));
  TRY(chart_begin("line", request->title, x_label, NULL, y_label, NULL, &chart, e));
  TRY(chart_add_columns(chart, CHART_LINE, "", roles, (const Column *const *)columns, 2, e));
  if (isfinite(level)) {
    TRY(chart_add_slanted(chart, level, 0, e));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  mem_free(points);
  column_unref(columns[0]);
  column_unref(columns[1]);
  chart_unref(chart);
  return status;
}

Cost density_cost(const Call *call, OptionTexts on, const char *metric, double more, int64_t sample, DensityRate rate)
{
  const ClusterExtent extent = cluster_extent(call->data->frame, on, sample, "drop");
  const double n = (double)extent.n, d = (double)extent.d;
  const bool plain = strcmp(metric, "cosine") == 0 || d > 64;
  const double power = rate.power + rate.steep * (fmin(d, 8) - 2) + rate.flat * fmax(d - 8, 0);
  const double seconds = plain ? n * n * (1 + d) * rate.pair : rate.factor * pow(n, power);
  return (Cost){.bytes = n * (24 * d + 24 + more), .seconds = seconds + n * d * 1e-8};
}
