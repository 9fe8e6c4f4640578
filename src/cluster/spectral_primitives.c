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
  double *rows; /* n x k: coordinates */
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
  mem_free(f->rows);
  mem_free(f->labels);
  mem_free(f->sizes);
}

static bool is_dense(const SpectralOptions *o)
{
  return strcmp(o->affinity, "rbf") == 0;
}

/* Eigenvectors are k of n numbers and Lanczos's basis; rbf has all pairs. */
static Status check_size(const Task *task, const SpectralOptions *o, size_t rows, size_t columns, Error *e)
{
  const double n = (double)rows, d = (double)columns, k = o->k > 0 ? (double)o->k : SHOWN;
  const double graph = is_dense(o) ? n * n * 12 : n * (double)o->neighbours * 70;
  return cluster_check_size(task, rows, n * d * 16 + n * (3 * k + 3 * SHOWN + 60) * 8 + graph,
                            is_dense(o) ? _("affinity = \"knn\" keeps only neighbours; or sample = 5000")
                                        : _("sample = 20000, or birch"), e);
}

static Status make_graph(Task *task, const SpectralOptions *o, Fit *f, Error *e)
{
  const size_t n = f->input.variables.n, d = f->input.variables.d;
  const Status status = check_size(task, o, n, d, e);
  if (status != STATUS_OK) {
    return status;
  }
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
  f->rows = mem_buffer(n * f->k, sizeof *f->rows);
  f->labels = mem_alloc(n, sizeof *f->labels);
  f->sizes = mem_alloc(f->k, sizeof *f->sizes);
  TRY(f->rows && f->labels && f->sizes ? STATUS_OK : error_memory(e, n * f->k * 8, _("coordinates")));
  spectral_rows(&f->layout, f->k, f->rows);
  const Rows rows = rows_of_matrix(f->rows, n, f->k);
  TRY(part_rows(task, &rows, &settings, &state, &result, e));
  memcpy(f->stopped_at, result.stopped_at, sizeof f->stopped_at);
  memcpy(f->labels, result.labels, n * sizeof *f->labels);
  f->inertia = result.inertia;
  TRY(labels_number(f->labels, n, f->k, NULL, f->sizes, &used, e));
  f->k = used;
done:
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
  if (f->layout.components > f->k) {
    text_printf(notes, _("the graph has %1$zu separate parts, more than clusters; more neighbours connect them\n"),
                f->layout.components);
  }
  if (!f->layout.report.converged) {
    text_puts(notes, _("the eigenvectors did not converge: parts of the graph are hardly connected\n"));
  }
}

static Status find_layout(Task *task, const SpectralOptions *o, Fit *f, Error *e)
{
  const size_t n = f->input.variables.n, wanted = (size_t)o->k + 1 > SHOWN ? (size_t)o->k + 1 : SHOWN;
  Status status;
  if ((uint64_t)o->k > n) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("k is %1$lld, but there are %2$zu rows"), (long long)o->k, n);
  }
  TRY(make_graph(task, o, f, e));
  TRY(spectral_layout(task, &f->graph, wanted < n ? wanted : n, (uint64_t)o->seed, &f->layout, e));
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
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)f->input.variables.n);
  draft_int(draft, "k", (int64_t)f->k);
  draft_int(draft, "components", (int64_t)l->components);
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
  TRY(model_set_made(model, "rows", cluster_matrix_frame(&f->input, f->input.values, f->input.variables.n, &frame, e), &frame, e));
  TRY(model_set_made(model, "row_clusters", make_row_clusters(f, &frame, e), &frame, e));
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
 * orthogonal. How many are needed is the data's own: the fewer the columns, the less parts the eigenvalues (1,300 products with
 * 2 columns and 250 with 8, of rows in 24 groups). Measured with 8,000 to 100,000 rows of 2 to 8 columns, rbf 2,000 to 4,000. */
static Status spectral_cost(const Call *call, Cost *out, Error *e)
{
  const SpectralOptions *o = call->options;
  const ClusterExtent x = cluster_extent(call->data->frame, o->on, o->sample, o->missing);
  const double n = (double)x.n, d = (double)x.d, edges = is_dense(o) ? n * n * 1e-9 : n * (double)o->neighbours * 5e-9;
  out->bytes = n * d * 8; /* the rest is refused with an alternative */
  out->seconds = n * 2e-6 * (d + 1) + fmax(100, 2200 / fmax(1, d)) * (n * 400e-9 + edges);
  return x.exact ? check_size(call->task, o, x.n, x.d, e) : STATUS_OK;
}

/* ---- predict: the cluster of the nearest row of the fit */

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
  TRY(input.variables.n > 0 ? assign_rows(call, model, &input, labels, distances, e) : STATUS_OK);
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

static Status spectral_check(const Model *model, Error *e)
{
  const Frame *rows = model_frame(model, "rows"), *clusters = model_frame(model, "row_clusters");
  const Frame *variables = model_frame(model, "variables");
  size_t k;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!rows || !clusters || !cluster_is_matrix(rows, frame_rows(rows), frame_rows(variables)) ||
      frame_columns(clusters) != 1 || frame_rows(rows) < 1 || frame_rows(clusters) != frame_rows(rows) ||
      !cluster_size_cell(model_frame(model, "glance"), "k", &k)) {
    return cluster_model_broken(e);
  }
  const Column *cluster = frame_column(clusters, 0);
  bool sound = column_type(cluster) == TYPE_INT64 && column_missing(cluster) == 0;
  for (size_t i = 0; sound && i < frame_rows(rows); i++) {
    sound = column_int(cluster, i) >= 1 && (uint64_t)column_int(cluster, i) <= k;
    for (size_t j = 0; sound && j < frame_columns(rows); j++) {
      sound = isfinite(column_float(frame_column(rows, j), i));
    }
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
    {"components", "separate parts of the graph: that many eigenvalues are 0", "", "1, or the number of clusters"},
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
               "neighbours only; rbf compares all pairs, so beyond some 10,000 rows take knn or a sample. A new row "
               "has the cluster "
               "of the nearest row of the fit.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = spectral_options,
    .n_options = sizeof spectral_options / sizeof *spectral_options,
    .options_size = sizeof(SpectralOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share and the mean of each variable; frame eigenvalues; predict by the "
               "nearest row",
    .reference = "Ng, Jordan and Weiss 2002; von Luxburg 2007",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:spectral{k = 3, scale = \"zscore\"}",
    .where = WHERE_JOB,
    .cost = spectral_cost,
    .figures = spectral_figures,
    .n_figures = sizeof spectral_figures / sizeof *spectral_figures,
    .run = model_run,
    .model = &spectral_class};
REGISTER_PRIMITIVE(spectral);
