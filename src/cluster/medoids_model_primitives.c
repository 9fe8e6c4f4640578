/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/medoids_model_primitives.h"

#include <math.h>
#include <string.h>

#include "cluster/segment_plot_primitives.h"
#include "cluster/silhouette_plot_primitives.h"
#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/append.h"
#include "frame/builder.h"

void medoids_fit_free(MedoidsFit *fit)
{
  medoids_input_free(&fit->input);
  pam_result_free(&fit->result);
  silhouettes_free(&fit->silhouettes);
}

/* ---- to frames */

static size_t data_row(const MedoidsFit *fit, size_t cluster)
{
  return cluster_row_number(&fit->input.input, fit->result.medoids[cluster]) - 1;
}

/* The medoids' rows as they stand in the data. */
static Status medoid_rows(const MedoidsFit *fit, Frame **out, Error *e)
{
  const Variables *const v = &fit->input.input.variables;
  const size_t k = fit->result.k;
  size_t *const rows = mem_alloc(k, sizeof *rows);
  Frame *columns = NULL;
  Status status;
  *out = NULL;
  TRY(rows ? STATUS_OK : error_memory(e, k * sizeof *rows, _("a model")));
  for (size_t c = 0; c < k; c++) {
    rows[c] = data_row(fit, c);
  }
  TRY(frame_select(fit->input.input.data, v->columns, v->d, &columns, e));
  TRY(frame_take(columns, rows, k, out, e));
done:
  mem_free(rows);
  frame_unref(columns);
  return status;
}

/* The medoids' cells as columns of tidy; a name that tidy has itself gets an ending. */
static Status add_cells(Draft *draft, const MedoidsFit *fit, Error *e)
{
  static const char *const own[] = {"cluster",      "size",     "share",      "medoid",    "mean_distance",
                                    "max_distance", "diameter", "separation", "silhouette"};
  Frame *rows = NULL;
  Text name = {0};
  Status status;
  TRY(medoid_rows(fit, &rows, e));
  for (size_t j = 0; j < frame_columns(rows); j++) {
    text_reset(&name);
    text_puts(&name, frame_name(rows, j));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
      text_puts(&name, strcmp(frame_name(rows, j), own[i]) == 0 ? "_medoid" : "");
    }
    TRY(text_status(&name, e));
    draft_column(draft, text_data(&name), column_ref(frame_column(rows, j)));
  }
done:
  text_free(&name);
  frame_unref(rows);
  return status;
}

static Status make_tidy(const MedoidsFit *fit, Frame **out, Error *e)
{
  const PamResult *const r = &fit->result;
  const Silhouettes *const s = &fit->silhouettes;
  Draft *const draft = cluster_tidy_begin(&fit->input.input, r->sizes, r->k, 0);
  Builder *const medoid = builder_new(TYPE_INT64, r->k);
  for (size_t c = 0; medoid && c < r->k; c++) {
    builder_int(medoid, (int64_t)data_row(fit, c) + 1);
  }
  if (medoid) {
    draft_builder(draft, "medoid", medoid);
  } else {
    draft_column(draft, "medoid", NULL);
  }
  cluster_tidy_floats(draft, "mean_distance", r->mean, r->k, false);
  cluster_tidy_floats(draft, "max_distance", r->most, r->k, false);
  if (s->n > 0) {
    cluster_tidy_floats(draft, "diameter", s->diameter, r->k, false);
    cluster_tidy_floats(draft, "separation", s->separation, r->k, false);
    cluster_tidy_floats(draft, "silhouette", s->mean, r->k, false);
  }
  const Status status = fit->input.square ? STATUS_OK : add_cells(draft, fit, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft ? draft_finish(draft, out, e) : error_memory(e, 0, _("a model"));
}

void medoids_glance(Draft *draft, const MedoidsFit *fit)
{
  const PamResult *const r = &fit->result;
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)r->k);
  draft_float(draft, "objective", r->objective);
  draft_float(draft, "silhouette", fit->silhouettes.n > 0 ? fit->silhouettes.overall : NAN);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", r->reason);
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "dropped", (int64_t)fit->input.input.variables.dropped);
}

static Status put_labels(Model *model, const MedoidsFit *fit, Error *e)
{
  Draft *const extra = draft_new();
  if (!extra) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_predicted_floats(extra, "distance", &fit->input.input, fit->result.dissimilarity);
  return cluster_put_labels(model, &fit->input.input, fit->result.labels, extra, e);
}

static Status put_centres(Model *model, const MedoidsFit *fit, Error *e)
{
  const ClusterInput *const input = &fit->input.input;
  const size_t k = fit->result.k, d = input->variables.d;
  double *const centres = mem_alloc(k * d, sizeof *centres);
  if (!centres) {
    return error_memory(e, k * d * sizeof *centres, _("a model"));
  }
  for (size_t c = 0; c < k; c++) {
    memcpy(centres + c * d, input->values + fit->result.medoids[c] * d, d * sizeof *centres);
  }
  const Status status = cluster_put_centres(model, input, centres, k, e);
  mem_free(centres);
  return status;
}

static Status put_mixed(Model *model, const MedoidsFit *fit, Error *e)
{
  const Gower *const gower = fit->input.gower;
  Frame *frame = NULL;
  const Status status = model_set_made(model, "medoids", medoid_rows(fit, &frame, e), &frame, e);
  return status == STATUS_OK ? mixed_put_gower(model, fit->input.input.data, gower_used(gower), gower_count(gower), e)
                             : status;
}

Status medoids_model_fill(Model *model, const MedoidsFit *fit, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input.input, e));
  TRY(put_labels(model, fit, e));
  TRY(fit->input.gower ? put_mixed(model, fit, e) : fit->input.square ? STATUS_OK : put_centres(model, fit, e));
  if (fit->silhouettes.n > 0) {
    TRY(model_set_made(model, "silhouettes",
                       silhouette_frame(&fit->input.input, fit->result.labels, &fit->silhouettes, NULL, &frame, e),
                       &frame, e));
  }
done:
  return status;
}

/* ---- and back */

static bool is_metric(const Model *model, const char *name)
{
  const char *const metric = model_option_text(model, "metric");
  return metric && strcmp(metric, name) == 0;
}

static Status check_mixed(const Model *model, size_t k, Error *e)
{
  const Frame *const medoids = model_frame(model, "medoids");
  GowerColumn *columns = NULL;
  size_t d = 0;
  const Status status = mixed_gower_of(model, NULL, &columns, &d, e);
  mem_free(columns);
  return status != STATUS_OK                                                           ? status
         : medoids && frame_rows(medoids) == k && frame_columns(medoids) == d && d > 0 ? STATUS_OK
                                                                                       : cluster_model_broken(e);
}

Status medoids_check(const Model *model, Error *e)
{
  Metric metric;
  const char *const name = model_option_text(model, "metric");
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  const double k = model_number(model, "k");
  if (!(k >= 1) || !model_frame(model, "labels") || !silhouette_sound(model) || !name) {
    return cluster_model_broken(e);
  }
  if (strcmp(name, "gower") == 0) {
    return check_mixed(model, (size_t)k, e);
  }
  return strcmp(name, "given") == 0 || (metric_of_name(name, &metric) && model_frame(model, "centres"))
             ? STATUS_OK
             : cluster_model_broken(e);
}

void medoids_headline(const Model *model, Text *out)
{
  if (is_metric(model, "given")) {
    text_printf(out, _("%1$.0f clusters of %2$.0f rows by dissimilarities that were given"), model_number(model, "k"),
                model_number(model, "n"));
    return;
  }
  cluster_headline(model, out);
  const char *const metric = model_option_text(model, "metric");
  text_printf(out, _("; %s distance"), metric ? metric : "");
}

/* ---- predict */

/* Nearest of k candidates for each new row. */
typedef struct Nearest {
  const double *values, *centres; /* numbers, or */
  const Gower *gower;             /* the medoids, then the new rows */
  Metric metric;
  size_t d, k;
  int32_t *labels; /* -1: none can be compared */
  double *distance;
} Nearest;

static void nearest_number(const Nearest *s, size_t row, double *ranks)
{
  size_t best = 0;
  distance_row_rank(s->metric, s->values + row * s->d, s->centres, s->k, s->d, ranks);
  for (size_t c = 1; c < s->k; c++) {
    best = ranks[c] < ranks[best] ? c : best;
  }
  s->distance[row] = metric_unrank(s->metric, ranks[best]);
  for (size_t c = 0; c < best; c++) { /* a fit compares distances, and different ranks may round to the same one */
    best = metric_unrank(s->metric, ranks[c]) == s->distance[row] ? c : best;
  }
  s->labels[row] = (int32_t)best;
}

static void nearest_mixed(const Nearest *s, size_t row, double *distances)
{
  gower_distances(s->gower, s->k + row, 0, s->k, distances);
  s->labels[row] = -1;
  s->distance[row] = (double)INFINITY;
  for (size_t c = 0; c < s->k; c++) {
    if (distances[c] < s->distance[row]) {
      s->distance[row] = distances[c];
      s->labels[row] = (int32_t)c;
    }
  }
}

static Status nearest_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Nearest *const s = context;
  double *const scratch = mem_alloc(s->k, sizeof *scratch);
  (void)sum;
  (void)worker;
  if (!scratch) {
    return error_memory(e, s->k * sizeof *scratch, _("labels"));
  }
  for (size_t row = first; row < first + count; row++) {
    if (s->gower) {
      nearest_mixed(s, row, scratch);
    } else {
      nearest_number(s, row, scratch);
    }
  }
  mem_free(scratch);
  return STATUS_OK;
}

static Status find_nearest(Task *task, Nearest *nearest, size_t n, Error *e)
{
  const Reduce reduce = {.block = nearest_block, .context = nearest};
  nearest->labels = mem_alloc(n, sizeof *nearest->labels);
  nearest->distance = mem_alloc(n, sizeof *nearest->distance);
  if (!nearest->labels || !nearest->distance) {
    return error_memory(e, n * sizeof *nearest->distance, _("labels"));
  }
  return n > 0 ? rows_reduce(task, n, &reduce, NULL, e) : STATUS_OK;
}

static Status predicted(const ClusterInput *input, const Nearest *nearest, Frame **out, Error *e)
{
  Draft *const draft = cluster_predicted(input, nearest->labels);
  if (!draft) {
    return error_memory(e, 0, _("labels"));
  }
  cluster_predicted_floats(draft, "distance", input, nearest->distance);
  return draft_finish(draft, out, e);
}

static Status predict_numbers(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Frame *const centres = model_frame(model, "centres");
  Nearest nearest = {.k = frame_rows(centres), .d = frame_columns(centres)};
  ClusterInput input = {0};
  double *matrix = NULL;
  Status status;
  TRY(metric_of_name(model_option_text(model, "metric"), &nearest.metric) ? STATUS_OK : cluster_model_broken(e));
  TRY(cluster_input_of_model(call, model, data, &input, e));
  matrix = cluster_matrix(centres);
  TRY(matrix ? STATUS_OK : error_memory(e, 0, _("labels")));
  nearest.values = input.values;
  nearest.centres = matrix;
  TRY(find_nearest(call->task, &nearest, input.variables.n, e));
  TRY(predicted(&input, &nearest, out, e));
done:
  cluster_input_free(&input);
  mem_free(matrix);
  mem_free(nearest.labels);
  mem_free(nearest.distance);
  return status;
}

/* The medoids' rows and the new ones below them, in the model's columns. */
static Status stack_rows(Call *call, const Model *model, const Frame *data, GowerColumn *columns, size_t d,
                         Frame **out, Error *e)
{
  const AppendOptions options = {.strict = false};
  size_t *const numbers = mem_alloc(d, sizeof *numbers);
  Frame *fresh = NULL;
  Text notes = {0};
  Status status;
  TRY(numbers ? STATUS_OK : error_memory(e, d * sizeof *numbers, _("variables")));
  for (size_t j = 0; j < d; j++) {
    numbers[j] = columns[j].column;
    columns[j].column = j;
  }
  TRY(frame_select(data, numbers, d, &fresh, e));
  const Frame *const both[] = {model_frame(model, "medoids"), fresh};
  TRY(frames_append(both, 2, &options, call->task, out, &notes, e));
done:
  mem_free(numbers);
  frame_unref(fresh);
  text_free(&notes);
  return status;
}

/* Rows that nothing of could be compared are left out of the input, so that their cells are missing. */
static Status keep_labelled(Nearest *nearest, size_t n, ClusterInput *input, Error *e)
{
  Variables *const v = &input->variables;
  v->rows = mem_alloc(n, sizeof *v->rows);
  if (!v->rows) {
    return error_memory(e, n * sizeof *v->rows, _("labels"));
  }
  for (size_t row = 0; row < n; row++) {
    if (nearest->labels[row] >= 0) {
      nearest->labels[v->n] = nearest->labels[row];
      nearest->distance[v->n] = nearest->distance[row];
      v->rows[v->n++] = row;
    }
  }
  return STATUS_OK;
}

static Status predict_mixed(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  Nearest nearest = {.k = frame_rows(model_frame(model, "medoids"))};
  ClusterInput input = {.data = data};
  GowerColumn *columns = NULL;
  Gower *gower = NULL;
  Frame *both = NULL;
  size_t d = 0;
  Status status;
  TRY(mixed_gower_of(model, data, &columns, &d, e));
  TRY(stack_rows(call, model, data, columns, d, &both, e));
  TRY(gower_new(call->task, both, NULL, frame_rows(both), columns, d, &gower, e));
  nearest.gower = gower;
  TRY(find_nearest(call->task, &nearest, frame_rows(data), e));
  TRY(keep_labelled(&nearest, frame_rows(data), &input, e));
  TRY(predicted(&input, &nearest, out, e));
done:
  cluster_input_free(&input);
  mem_free(columns);
  gower_free(gower);
  frame_unref(both);
  mem_free(nearest.labels);
  mem_free(nearest.distance);
  return status;
}

Status medoids_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  *out = cluster_fitted(model, data);
  if (*out) {
    return STATUS_OK;
  }
  if (is_metric(model, "given")) {
    error_set(e, STATUS_DATA, "no-rule-for-new-rows", _("dissimilarities that were given say nothing of other rows"));
    return error_hint(e, _("predict the frame that the model was fitted to, or fit to columns"));
  }
  return is_metric(model, "gower") ? predict_mixed(call, model, data, out, e)
                                   : predict_numbers(call, model, data, out, e);
}

/* Mixed columns have no principal components: the first two numbers among them are the axes. */
static Status mixed_segments(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Frame *const data = request->data;
  PlotRequest chosen = *request;
  GowerColumn *columns = NULL;
  size_t d = 0, found = 0;
  Status status;
  TRY(mixed_gower_of(model, data, &columns, &d, e));
  for (size_t j = 0; j < d && found < 2; j++) {
    if (type_is_numeric(column_type(frame_column(data, columns[j].column)))) {
      *(found == 0 ? &chosen.x : &chosen.y) = frame_name(data, columns[j].column);
      found++;
    }
  }
  TRY(found == 2 ? STATUS_OK
                 : error_set(e, STATUS_ARGUMENT, "missing-option",
                             _("the variables are not two numbers; give x and y for the chart 'segments'")));
  TRY(segment_plot(call, model, &chosen, out, e));
done:
  mem_free(columns);
  return status;
}

Status medoids_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  if (strcmp(request->kind, SILHOUETTE_PLOT) == 0) {
    return silhouette_plot(call, model, request, out, e);
  }
  *out = NULL;
  return is_metric(model, "gower") && request->data && strcmp(request->kind, "segments") == 0 && !request->x[0] &&
                 !request->y[0]
             ? mixed_segments(call, model, request, out, e)
             : segment_plot(call, model, request, out, e);
}

/* ---- starting medoids */

static size_t input_row(const ClusterInput *input, int64_t number)
{
  const Variables *const v = &input->variables;
  for (size_t i = 0; i < v->n; i++) {
    if (cluster_row_number(input, i) == (size_t)number) {
      return i;
    }
  }
  return v->n;
}

Status medoids_given(const MedoidsInput *input, const Frame *frame, size_t k, size_t **out, Error *e)
{
  size_t column, *medoids;
  Status status = frame_need(frame, "medoid", &column, e);
  *out = NULL;
  if (status != STATUS_OK) {
    return status;
  }
  const Column *const numbers = frame_column(frame, column);
  if (column_type(numbers) != TYPE_INT64 || column_missing(numbers) > 0 || column_rows(numbers) != k) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range",
                     _("init needs a column 'medoid' with the numbers of %zu rows"), k);
  }
  medoids = mem_alloc(k, sizeof *medoids);
  if (!medoids) {
    return error_memory(e, k * sizeof *medoids, _("medoids"));
  }
  for (size_t i = 0; status == STATUS_OK && i < k; i++) {
    medoids[i] = input_row(&input->input, column_int(numbers, i));
    bool bad = medoids[i] == input->pairs.n;
    for (size_t j = 0; j < i; j++) {
      bad = bad || medoids[j] == medoids[i];
    }
    if (bad) {
      status = error_set(e, STATUS_ARGUMENT, "out-of-range",
                         _("row %lld of init is not among the rows, or stands there twice"),
                         (long long)column_int(numbers, i));
    }
  }
  if (status != STATUS_OK) {
    mem_free(medoids);
    return status;
  }
  *out = medoids;
  return STATUS_OK;
}
