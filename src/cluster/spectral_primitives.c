/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.spectral: from a frame to a model. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/kmeans.h"
#include "cluster/labels.h"
#include "cluster/segment_plot_primitives.h"
#include "cluster/spectral.h"
#include "core/alloc.h"
#include "core/reduce.h"
#include "math/neighbours.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(SpectralOptions, __VA_ARGS__)
static const Option spectral_options[] = {SPECTRAL_OPTIONS(ROW)};
#undef ROW

enum { SHOWN = 12 }; /* eigenvalues that a model keeps at least */

typedef struct Fit {
  ClusterInput input;
  SpectralGraph graph;
  SpectralLayout layout;
  double gamma;
  SpectralMap map; /* with landmarks */
  SpectralCarried carried;
  double *centres; /* k x axes: with landmarks, the clusters' among the coordinates */
  size_t axes;     /* coordinates of a row: k, fewer where landmarks have fewer directions */
  double *rows;    /* n x axes: coordinates */
  int32_t *labels;
  int64_t *sizes;
  size_t k;
  double inertia;      /* of k-means on the coordinates */
  char stopped_at[64]; /* of k-means; empty: complete */
} Fit;

static void fit_free(void *of)
{
  Fit *f = of;
  cluster_input_free(&f->input);
  spectral_graph_free(&f->graph);
  spectral_layout_free(&f->layout);
  spectral_map_free(&f->map);
  mem_free(f->centres);
  mem_free(f->rows);
  mem_free(f->labels);
  mem_free(f->sizes);
}

static bool is_dense(const SpectralOptions *o)
{
  return strcmp(o->affinity, "rbf") == 0;
}

static double landmarks_of(const SpectralOptions *o, size_t n)
{
  return fmin((double)o->landmarks, (double)n);
}

/* Eigenvectors are k of n numbers and Lanczos's basis; rbf has all pairs, or the landmarks' products for each thread. */
static Status check_size(const Task *task, const SpectralOptions *o, size_t rows, size_t columns, Error *e)
{
  const double n = (double)rows, d = (double)columns, k = o->k > 0 ? (double)o->k : SHOWN, m = landmarks_of(o, rows);
  if (m > 0) {
    const double sums = 12 + 2 * (double)task_threads(task);
    const double affinities = m * (m * sums + 520 * (double)task_threads(task));
    return cluster_check_size(task, rows, n * (d + 2 * k + SHOWN) * 8 + affinities * 8,
                              _("fewer landmarks; or sample = 20000"), e);
  }
  const double graph = is_dense(o) ? n * n * 12 : n * (double)o->neighbours * 70;
  return cluster_check_size(task, rows, n * d * 16 + n * (3 * k + 3 * SHOWN + 60) * 8 + graph,
                            is_dense(o) ? _("landmarks = 500 approximates all pairs; affinity = \"knn\" keeps only "
                                            "neighbours; or sample = 5000")
                                        : _("sample = 20000, or birch"), e);
}

static Status make_graph(Task *task, const SpectralOptions *o, Fit *f, Error *e)
{
  const size_t n = f->input.variables.n, d = f->input.variables.d;
  f->gamma = o->gamma;
  return is_dense(o) ? spectral_graph_rbf(task, f->input.values, n, d, &f->gamma, &f->graph, e)
                     : spectral_graph_knn(task, f->input.values, n, d, (size_t)o->neighbours, &f->graph, e);
}

typedef struct Listener {
  TraceFunction trace;
  void *context;
} Listener;

/* Centres among the eigenvectors are none of the data. */
static void tell_figures(void *context, const TraceStep *step)
{
  const Listener *listener = context;
  TraceStep plain = *step;
  plain.state = NULL;
  plain.rows = plain.columns = 0;
  listener->trace(listener->context, &plain);
}

static Status part_rows(Task *task, const Rows *rows, const KmeansSettings *settings, KmeansState *state, KmeansResult *out,
                        Error *e)
{
  Listener listener = {task->trace, task->trace_context};
  if (task->trace) {
    task->trace = tell_figures;
    task->trace_context = &listener;
  }
  const Status status = kmeans_fit(task, rows, NULL, settings, state, out, e);
  task->trace = listener.trace;
  task->trace_context = listener.context;
  return status;
}

static Status find_clusters(Task *task, const SpectralOptions *o, Fit *f, Error *e)
{
  const size_t n = f->input.variables.n;
  KmeansSettings settings = kmeans_settings(f->k);
  KmeansState state = {0};
  KmeansResult result = {0};
  size_t used;
  Status status;
  settings.seed = (uint64_t)o->seed;
  settings.starts = (size_t)o->starts;
  task_phase(task, N_("k-means"));
  f->axes = f->k < f->layout.k ? f->k : f->layout.k;
  int32_t *order = mem_alloc(f->k, sizeof *order);
  f->centres = mem_alloc(f->k, f->axes * sizeof *f->centres);
  f->rows = mem_buffer(n * f->axes, sizeof *f->rows);
  f->labels = mem_alloc(n, sizeof *f->labels);
  f->sizes = mem_alloc(f->k, sizeof *f->sizes);
  TRY(f->rows && f->labels && f->sizes && f->centres && order ? STATUS_OK : error_memory(e, n * f->k * 8, _("coordinates")));
  spectral_rows(&f->layout, f->axes, f->rows);
  const Rows rows = rows_of_matrix(f->rows, n, f->axes);
  TRY(part_rows(task, &rows, &settings, &state, &result, e));
  memcpy(f->stopped_at, result.stopped_at, sizeof f->stopped_at);
  memcpy(f->labels, result.labels, n * sizeof *f->labels);
  f->inertia = result.inertia;
  TRY(labels_number(f->labels, n, f->k, order, f->sizes, &used, e));
  for (size_t j = 0; j < used; j++) {
    memcpy(f->centres + j * f->axes, result.centres + (size_t)order[j] * f->axes, f->axes * sizeof *f->centres);
  }
  f->k = used;
done:
  mem_free(order);
  kmeans_state_free(&state);
  kmeans_result_free(&result);
  return status;
}

static void note_layout(const SpectralOptions *o, const Fit *f, Text *notes)
{
  if (o->k == 0) {
    text_printf(notes,
                _("k = %zu, behind which the gap between eigenvalues is widest; m:plot(\"eigenvalues\") shows them\n"), f->k);
  }
  if (o->landmarks > 0) {
    text_printf(notes,
                _("an approximation: affinities by way of %1$zu landmarks, which carry %2$.0f %% of a row's affinity to itself; "
                  "more landmarks or a smaller gamma carry more\n"),
                f->map.m, 100 * f->carried.share);
  }
  if (f->carried.far > 0) {
    text_printf(notes, _("rows near no landmark, which go with the nearest: %zu\n"), f->carried.far);
  }
  if (f->layout.components > f->k) {
    text_printf(notes, _("the graph has %1$zu separate parts, more than clusters; more neighbours connect them\n"),
                f->layout.components);
  }
  if (!f->layout.report.converged) {
    text_puts(notes, _("the eigenvectors did not converge: parts of the graph are hardly connected\n"));
  }
}

static bool are_equal(const double *values, size_t n, size_t d)
{
  for (size_t i = d; i < n * d; i++) {
    if (values[i] != values[i - d]) {
      return false;
    }
  }
  return true;
}

static Status find_layout(Task *task, const SpectralOptions *o, Fit *f, Error *e)
{
  const size_t n = f->input.variables.n, wanted = (size_t)o->k + 1 > SHOWN ? (size_t)o->k + 1 : SHOWN;
  Status status;
  if ((uint64_t)o->k > n) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("k is %1$lld, but there are %2$zu rows"), (long long)o->k, n);
  }
  if (o->landmarks > 0 && !is_dense(o)) {
    error_set(e, STATUS_ARGUMENT, "option-without-use",
              _("the option 'landmarks' means nothing for affinity = \"knn\""));
    return error_hint(e, _("affinity = \"rbf\" has landmarks; knn needs none"));
  }
  if (o->landmarks > 0 && o->landmarks < o->k) {
    error_set(e, STATUS_ARGUMENT, "out-of-range", _("k is %1$lld, but there are %2$lld landmarks"), (long long)o->k,
              (long long)o->landmarks);
    return error_hint(e, _("some hundred landmarks, far more than clusters"));
  }
  if (o->k != 1 && n > 1 && are_equal(f->input.values, n, f->input.variables.d)) {
    error_set(e, STATUS_DATA, "kmeans-distinct", _("all rows are equal, so nothing parts them into clusters"));
    return error_hint(e, _("other columns (on); k = 1 keeps the rows together"));
  }
  const size_t most = wanted < n ? wanted : n;
  TRY(check_size(task, o, n, f->input.variables.d, e));
  if (o->landmarks > 0) {
    TRY(spectral_landmarks(task, f->input.values, n, f->input.variables.d, (size_t)o->landmarks, o->gamma, most,
                           (uint64_t)o->seed, &f->map, &f->layout, &f->carried, e));
    f->gamma = f->map.gamma;
  } else {
    TRY(make_graph(task, o, f, e));
    TRY(spectral_layout(task, &f->graph, most, (uint64_t)o->seed, &f->layout, e));
  }
  f->k = o->k > 0 ? (size_t)o->k : spectral_widest_gap(&f->layout);
done:
  return status;
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const SpectralOptions *o = options;
  Fit *f = of;
  Status status;
  TRY(cluster_nothing_kept(find_layout(call->task, o, f, e),
                           _("nothing was kept: there are no clusters before the eigenvectors; sample = 20000 takes less time"),
                           e));
  note_layout(o, f, call->notes);
  TRY(cluster_nothing_kept(find_clusters(call->task, o, f, e), _("nothing was kept: rows had no clusters yet"), e));
  if (f->stopped_at[0]) {
    text_printf(call->notes, _("stopped at %s: the eigenvectors are complete, but k-means on them may find better clusters\n"),
                f->stopped_at);
  }
  cluster_note_sizes(&f->input, f->sizes, f->k, call->notes);
done:
  return status;
}

/* ---- model */

static Status make_tidy(const Fit *f, Frame **out, Error *e)
{
  Draft *draft = cluster_tidy_begin(&f->input, f->sizes, f->k, 0);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  const Status status = cluster_tidy_centres(draft, &f->input, NULL, f->labels, f->k, false, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const SpectralOptions *o, const Fit *f, Frame **out, Error *e)
{
  const SpectralLayout *l = &f->layout;
  Draft *draft = draft_new();
  Builder *components = builder_new(TYPE_INT64, 1);
  if (!draft || !components) {
    draft_free(draft);
    builder_free(components);
    return error_memory(e, 0, _("a model"));
  }
  f->map.m > 0 ? builder_missing(components) : builder_int(components, (int64_t)l->components); /* landmarks count none */
  draft_int(draft, "n", (int64_t)f->input.variables.n);
  draft_int(draft, "k", (int64_t)f->k);
  draft_int(draft, "landmarks", (int64_t)f->map.m);
  draft_float(draft, "carried", f->map.m > 0 ? f->carried.share : NAN);
  draft_builder(draft, "components", components);
  draft_float(draft, "eigengap", f->k < l->k ? l->eigenvalues[f->k] - l->eigenvalues[f->k - 1] : NAN);
  draft_float(draft, "gamma", is_dense(o) ? f->gamma : NAN);
  draft_float(draft, "inertia", f->inertia);
  draft_int(draft, "products", (int64_t)l->report.products);
  draft_bool(draft, "converged", l->report.converged);
  draft_bool(draft, "complete", !f->stopped_at[0]);
  draft_text(draft, "reason", f->stopped_at[0] ? "interrupted" : "");
  draft_text(draft, "stopped_at", f->stopped_at);
  draft_int(draft, "seed", o->seed);
  draft_int(draft, "dropped", (int64_t)f->input.variables.dropped);
  return draft_finish(draft, out, e);
}

static Status make_eigenvalues(const SpectralLayout *l, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *number = builder_new(TYPE_INT64, l->k);
  for (size_t i = 0; draft && number && i < l->k; i++) {
    builder_int(number, (int64_t)i + 1);
  }
  if (!draft || !number) {
    draft_free(draft);
    builder_free(number);
    return error_memory(e, 0, _("a model"));
  }
  draft_builder(draft, "number", number);
  draft_floats(draft, "eigenvalue", l->eigenvalues, l->k);
  return draft_finish(draft, out, e);
}

/* The clusters of the rows in the frame "rows", for predict: labels are by rows of the data. */
static Status make_row_clusters(const Fit *f, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, f->input.variables.n);
  for (size_t i = 0; draft && cluster && i < f->input.variables.n; i++) {
    builder_int(cluster, f->labels[i] + 1);
  }
  if (!draft || !cluster) {
    draft_free(draft);
    builder_free(cluster);
    return error_memory(e, 0, _("a model"));
  }
  draft_builder(draft, "cluster", cluster);
  return draft_finish(draft, out, e);
}

/* Columns axis_1 ... of numbers by rows or by columns, behind the weights if there are any. */
static Status make_axes(const double *weights, const double *numbers, size_t rows, size_t axes, bool by_columns,
                        Frame **out, Error *e)
{
  Draft *draft = draft_new();
  double *column = mem_alloc(rows, sizeof *column);
  if (!draft || !column) {
    draft_free(draft);
    mem_free(column);
    return error_memory(e, rows * sizeof *column, _("a model"));
  }
  if (weights) {
    draft_floats(draft, "weight", weights, rows);
  }
  for (size_t c = 0; c < axes; c++) {
    char name[40];
    snprintf(name, sizeof name, "axis_%zu", c + 1);
    for (size_t i = 0; i < rows; i++) {
      column[i] = by_columns ? numbers[c * rows + i] : numbers[i * axes + c];
    }
    draft_floats(draft, name, column, rows);
  }
  mem_free(column);
  return draft_finish(draft, out, e);
}

/* What places new rows: all rows and their clusters, or the landmarks, what takes affinities to them to coordinates, and
 * the clusters' centres among these. */
static Status put_rule(Model *model, const Fit *f, Error *e)
{
  const SpectralMap *map = &f->map;
  Frame *frame = NULL;
  Status status;
  if (map->m == 0) {
    TRY(model_set_made(model, "rows", cluster_matrix_frame(&f->input, f->input.values, f->input.variables.n, &frame, e),
                       &frame, e));
    status = model_set_made(model, "row_clusters", make_row_clusters(f, &frame, e), &frame, e);
  } else {
    TRY(model_set_made(model, "landmarks", cluster_matrix_frame(&f->input, map->landmarks, map->m, &frame, e), &frame, e));
    TRY(model_set_made(model, "map", make_axes(map->weights, map->vectors, map->m, f->axes, true, &frame, e), &frame, e));
    status = model_set_made(model, "axes", make_axes(NULL, f->centres, f->k, f->axes, false, &frame, e), &frame, e);
  }
done:
  return status;
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *f = of;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(f, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(options, f, &frame, e), &frame, e));
  TRY(model_set_made(model, "eigenvalues", make_eigenvalues(&f->layout, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &f->input, e));
  TRY(cluster_put_labels(model, &f->input, f->labels, NULL, e));
  status = put_rule(model, f, e);
done:
  return status;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const SpectralOptions *o = options;
  Fit *f = of;
  const ClusterAsk ask = {
      .on = o->on, .scale = o->scale, .missing = o->missing, .sample = o->sample, .seed = (uint64_t)o->seed};
  return cluster_input(call, data, &ask, &f->input, e);
}

static const ModelSteps spectral_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .work = work, .fill = fill,
                                          .free = fit_free};

/* A product with the graph's matrix takes 5 ns for each neighbour and 0.4 us for each row, in which its vectors are kept
 * orthogonal. How many are needed is the data's own; with near neighbours it grows as the d-th root of the rows (2,200
 * products for 50,000 rows of 2 columns, 600 to 760 of 8; 940 for 200,000), as random walks take longer through a larger
 * graph. Measured with 8,000 to 200,000 rows of 2 to 8 columns, rbf 2,000 to 10,000. */
static Status spectral_cost(const Call *call, Cost *out, Error *e)
{
  const SpectralOptions *o = call->options;
  const ClusterExtent x = cluster_extent(call->data->frame, o->on, o->sample, o->missing);
  const double n = (double)x.n, d = (double)x.d, edges = is_dense(o) ? n * n * 1e-9 : n * (double)o->neighbours * 5e-9;
  const double m = landmarks_of(o, x.n);
  const double products = is_dense(o) ? 2200 / fmax(1, d) : 600 * pow(n / 4300, 1 / fmax(1, d));
  out->bytes = n * d * 8; /* the rest is refused with an alternative */
  out->seconds = m > 0 ? n * 5e-6 + 3 * n * m * (d + 16) * 0.5e-9 + n * m * m * 0.1e-9 + m * m * m * 6e-9
                       : n * 2e-6 * (d + 1) + fmax(100, products) * (n * 400e-9 + edges);
  return x.exact ? check_size(call->task, o, x.n, x.d, e) : STATUS_OK;
}

/* ---- predict: the cluster of the nearest row of the fit, or by affinities to the landmarks */

static Status assign_rows(Call *call, const Model *model, const ClusterInput *input, int32_t *labels, double *distances,
                          Error *e)
{
  const Frame *rows = model_frame(model, "rows");
  const Column *cluster = frame_column(model_frame(model, "row_clusters"), 0);
  const size_t m = input->variables.n;
  Neighbours *index = NULL;
  double *values = cluster_matrix(rows);
  uint32_t *nearest = mem_alloc(m, sizeof *nearest);
  Status status;
  TRY(values && nearest ? STATUS_OK : error_memory(e, frame_rows(rows) * frame_columns(rows) * 8, _("the rows")));
  TRY(neighbours_new(call->task, values, frame_rows(rows), frame_columns(rows), (Metric){METRIC_EUCLIDEAN, 2},
                     NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(call->task, index, input->values, m, 1, nearest, distances, e));
  for (size_t i = 0; i < m; i++) {
    labels[i] = (int32_t)column_int(cluster, nearest[i]) - 1;
  }
done:
  neighbours_free(index);
  mem_free(values);
  mem_free(nearest);
  return status;
}

/* The frame's columns from the first-th on, one after the other. */
static double *numbers_of(const Frame *frame, size_t first)
{
  const size_t n = frame_rows(frame), columns = frame_columns(frame) - first;
  double *out = mem_alloc(n, columns * sizeof *out);
  for (size_t c = 0; out && c < columns; c++) {
    column_block(frame_column(frame, first + c), 0, n, out + c * n, 1);
  }
  return out;
}

static Status place_rows(Call *call, const Model *model, const ClusterInput *input, int32_t *labels, double *distances,
                         Error *e)
{
  const Frame *landmarks = model_frame(model, "landmarks"), *frame = model_frame(model, "map");
  const Frame *axes = model_frame(model, "axes");
  const size_t n = input->variables.n;
  SpectralMap map = {.m = frame_rows(landmarks), .d = frame_columns(landmarks), .k = frame_columns(axes),
                     .gamma = model_number(model, "gamma")};
  SpectralLayout layout = {.n = n, .k = map.k, .vectors = mem_alloc(n, map.k * sizeof(double))};
  double *rows = mem_alloc(n, map.k * sizeof *rows), *centres = cluster_matrix(axes);
  Status status;
  map.landmarks = cluster_matrix(landmarks);
  map.weights = mem_alloc(map.m, sizeof *map.weights);
  map.vectors = numbers_of(frame, 1);
  if (!map.landmarks || !map.weights || !map.vectors || !layout.vectors || !rows || !centres) {
    TRY(error_memory(e, n * map.k * 16, _("coordinates")));
  }
  column_block(frame_column(frame, 0), 0, map.m, map.weights, 1);
  TRY(spectral_place(call->task, &map, input->values, n, layout.vectors, distances, e));
  spectral_rows(&layout, map.k, rows);
  const Rows placed = rows_of_matrix(rows, n, map.k);
  status = kmeans_assign(call->task, &placed, centres, frame_rows(axes), labels, NULL, NULL, e);
done:
  spectral_map_free(&map);
  spectral_layout_free(&layout);
  mem_free(rows);
  mem_free(centres);
  return status;
}

static Status spectral_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  ClusterInput input = {0};
  int32_t *labels = NULL;
  double *distances = NULL;
  Draft *draft;
  Status status;
  *out = cluster_fitted(model, data);
  if (*out) {
    return STATUS_OK;
  }
  TRY(cluster_input_of_model(call, model, data, &input, e));
  labels = mem_alloc(input.variables.n, sizeof *labels);
  distances = mem_alloc(input.variables.n, sizeof *distances);
  TRY(labels && distances ? STATUS_OK : error_memory(e, input.variables.n * 12, _("labels")));
  if (input.variables.n > 0) {
    TRY((model_frame(model, "landmarks") ? place_rows : assign_rows)(call, model, &input, labels, distances, e));
  }
  draft = cluster_predicted(&input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "distance", &input, distances);
  status = draft_finish(draft, out, e);
done:
  mem_free(labels);
  mem_free(distances);
  cluster_input_free(&input);
  return status;
}

static bool is_finite(const Frame *frame)
{
  for (size_t c = 0; c < frame_columns(frame); c++) {
    for (size_t i = 0; i < frame_rows(frame); i++) {
      if (!isfinite(column_float(frame_column(frame, c), i))) {
        return false;
      }
    }
  }
  return true;
}

/* Landmarks, and what takes affinities to coordinates. */
static bool sound_map(const Model *model, size_t k)
{
  const Frame *landmarks = model_frame(model, "landmarks"), *map = model_frame(model, "map");
  const Frame *axes = model_frame(model, "axes");
  const size_t m = frame_rows(landmarks);
  return map && axes && m >= 1 && frame_columns(map) >= 2 &&
         cluster_is_matrix(landmarks, m, frame_rows(model_frame(model, "variables"))) &&
         cluster_is_matrix(map, m, frame_columns(map)) && cluster_is_matrix(axes, k, frame_columns(map) - 1) &&
         is_finite(landmarks) && is_finite(map) && is_finite(axes) && model_number(model, "gamma") > 0 &&
         isfinite(model_number(model, "gamma"));
}

static Status spectral_check(const Model *model, Error *e)
{
  const Frame *rows = model_frame(model, "rows"), *clusters = model_frame(model, "row_clusters");
  const Frame *variables = model_frame(model, "variables");
  size_t k;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (model_frame(model, "landmarks")) {
    return cluster_size_cell(model_frame(model, "glance"), "k", &k) && sound_map(model, k) ? STATUS_OK
                                                                                           : cluster_model_broken(e);
  }
  if (!rows || !clusters || !cluster_is_matrix(rows, frame_rows(rows), frame_rows(variables)) ||
      frame_columns(clusters) != 1 || frame_rows(rows) < 1 || frame_rows(clusters) != frame_rows(rows) ||
      !cluster_size_cell(model_frame(model, "glance"), "k", &k)) {
    return cluster_model_broken(e);
  }
  const Column *cluster = frame_column(clusters, 0);
  bool sound = column_type(cluster) == TYPE_INT64 && column_missing(cluster) == 0 && is_finite(rows);
  for (size_t i = 0; sound && i < frame_rows(rows); i++) {
    sound = column_int(cluster, i) >= 1 && (uint64_t)column_int(cluster, i) <= k;
  }
  return sound ? STATUS_OK : cluster_model_broken(e);
}

/* ---- plot */

static Status plot_eigenvalues(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Frame *frame = model_frame(model, "eigenvalues");
  size_t number, value;
  Chart *chart = NULL;
  Status status;
  if (request->x[0] || request->y[0]) {
    TRY(error_set(e, STATUS_ARGUMENT, "option-without-use",
                  _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind));
  }
  TRY(frame ? STATUS_OK : cluster_model_broken(e));
  TRY(frame_need(frame, "number", &number, e));
  TRY(frame_need(frame, "eigenvalue", &value, e));
  const Column *const columns[] = {frame_column(frame, number), frame_column(frame, value)};
  TRY(chart_begin("eigenvalues", request->title, _("number"), NULL, _("eigenvalue of the Laplacian"), NULL, &chart, e));
  TRY(chart_add_columns(chart, CHART_POINTS, "", roles, columns, 2, e));
  TRY(chart_add_note(chart, e, _("this model has %.0f clusters; a wide gap behind a number speaks for it"),
                     model_number(model, "k")));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  return status;
}

static Status spectral_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  return strcmp(request->kind, "eigenvalues") == 0 ? plot_eigenvalues(call, model, request, out, e)
                                                   : segment_plot(call, model, request, out, e);
}

static const Figure spectral_figures[] = {
    {"n", "rows used in the fit", "", "many times k"},
    {"k", "clusters", "", "the option, or behind the widest gap"},
    {"landmarks", "rows by whose affinities all others are approximated; 0: not at all", "", "0, or some hundred"},
    {"carried", "what of a row's affinity to itself the landmarks carry; missing without them", "",
     "near 1: as good as all pairs; below 0.5 more landmarks or a smaller gamma help"},
    {"components", "separate parts of the graph: that many eigenvalues are 0; missing with landmarks", "",
     "1, or the number of clusters"},
    {"eigengap", "eigenvalue k + 1 less eigenvalue k of the normalised Laplacian", "", "wider than the gaps around it"},
    {"gamma", "how fast the affinity falls with the squared distance; missing for knn", "",
     "about 1 over the squared distance of neighbours"},
    {"inertia", "of k-means on the rows' coordinates, which have length 1", "", "near 0: clear clusters; at most n"},
    {"products", "products with the matrix that the eigenvectors took", "", "some hundred"},
    {"converged", "whether the eigenvectors were found to 1e-8", "", "true"},
    {"complete", "whether k-means on the coordinates ran to its end", "", "true; false after an interruption"},
    {"reason", "why the fit ended early", "", "empty, or interrupted"},
    {"stopped_at", "where k-means was stopped", "", "empty when complete"},
    {"seed", "seed of the random choices", "", "any; the same seed gives the same result"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelClass spectral_class = {.size = sizeof(ModelClass),
                                          .predict = spectral_predict,
                                          .headline = cluster_headline,
                                          .check = spectral_check,
                                          .plots = SEGMENT_PLOTS "|eigenvalues",
                                          .plot = spectral_plot,
                                          .steps = &spectral_steps};

static const Primitive spectral = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "spectral",
    .version = 1,
    .summary = "spectral clustering: parts a graph of neighbouring rows where it is thinnest",
    .details = "Finds clusters of any shape, as long as rows within one are connected by near rows. The smallest "
               "eigenvectors of the "
               "graph's normalised Laplacian give each row coordinates, of length 1, and k-means parts these. knn "
               "needs memory for "
               "neighbours only; rbf compares all pairs, so beyond some 10,000 rows take knn, or landmarks: then some "
               "hundred rows, drawn by the seed, stand for the others (the Nystrom approximation), and the card says how "
               "much of the affinities they carry. A new row "
               "has the cluster of the nearest row of the fit; with landmarks the cluster where its affinities to "
               "them place it. Rows have no weights: one that stands for three is three rows.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = spectral_options,
    .n_options = sizeof spectral_options / sizeof *spectral_options,
    .options_size = sizeof(SpectralOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share and the mean of each variable; frame eigenvalues; predict by the "
               "nearest row or by landmarks, with its distance to the nearest of them",
    .reference = "Ng, Jordan and Weiss 2002; von Luxburg 2007; Fowlkes, Belongie, Chung and Malik 2004 (landmarks)",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:spectral{k = 3, scale = \"zscore\"}",
    .where = WHERE_JOB,
    .cost = spectral_cost,
    .figures = spectral_figures,
    .n_figures = sizeof spectral_figures / sizeof *spectral_figures,
    .run = model_run,
    .model = &spectral_class};
REGISTER_PRIMITIVE(spectral);
