/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.dbscan: from a frame to a model. The model keeps the core rows, so that new rows can be put to the nearest.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/dbscan.h"
#include "cluster/density_model_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

#define ROW(...) OPTION_ROW_OF(DbscanOptions, __VA_ARGS__)
static const Option dbscan_options[] = {DBSCAN_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof dbscan_options / sizeof *dbscan_options, GIVEN_EPS = 1 };

static const Primitive dbscan; /* below: it points to the functions that need it */

typedef struct Fit {
  ClusterInput input;
  Metric metric;
  Neighbours *index;
  DbscanSettings settings;
  DbscanResult result;
  double *cores;     /* scaled, row after row */
  int64_t *clusters; /* of core rows, from 1 */
  double *ranks;     /* of the nearest row number min_points, where eps was read off them */
} Fit;

static void fit_free(Fit *fit)
{
  cluster_input_free(&fit->input);
  neighbours_free(fit->index);
  dbscan_result_free(&fit->result);
  mem_free(fit->cores);
  mem_free(fit->clusters);
  mem_free(fit->ranks);
}

/* ---- eps that nobody gave */

static Status propose_eps(Call *call, const DbscanOptions *o, Fit *fit, Error *e)
{
  const size_t n = fit->input.variables.n;
  const size_t k = o->min_points < (double)n ? (size_t)ceil(o->min_points) : n;
  double *distances = mem_alloc(n, sizeof *distances);
  fit->ranks = mem_alloc(n, sizeof *fit->ranks);
  Status status = distances && fit->ranks ? STATUS_OK : error_memory(e, n * 2 * sizeof *distances, _("distances"));
  if (status == STATUS_OK) {
    task_phase(call->task, "eps");
    status = neighbours_kth_rank(call->task, fit->index, k, fit->ranks, e);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    distances[i] = metric_unrank(fit->metric, fit->ranks[i]);
  }
  if (status == STATUS_OK) {
    fit->settings.eps = dbscan_knee(distances, n);
    fit->settings.kth = !fit->input.weights && o->min_points <= (double)n ? fit->ranks : NULL; /* which rows are core */
    text_printf(call->notes,
                _("eps = %1$.6g was chosen where the sorted distances to the nearest row number %2$zu turn up; look at "
                  "m:plot(\"neighbours\") and give eps\n"),
                fit->settings.eps, k);
  }
  mem_free(distances);
  return status;
}

/* ---- the core rows, for new rows */

static void gather_cores(Fit *fit)
{
  const size_t d = fit->input.variables.d;
  const DbscanResult *r = &fit->result;
  size_t at = 0;
  for (size_t i = 0; i < r->n; i++) {
    if (r->core[i]) {
      memcpy(fit->cores + at * d, fit->input.values + i * d, d * sizeof *fit->cores);
      fit->clusters[at++] = r->labels[i] + 1;
    }
  }
}

/* The nearest core row of each of q rows: its number and the distance. */
static Status nearest_core(Task *task, const double *cores, size_t n, size_t d, Metric metric, const double *rows,
                           size_t q, uint32_t *core, double *distances, Error *e)
{
  Neighbours *index = NULL;
  Status status = neighbours_new(task, cores, n, d, metric, NEIGHBOURS_AUTO, &index, e);
  if (status == STATUS_OK) {
    status = neighbours_nearest(task, index, rows, q, 1, core, distances, e);
  }
  neighbours_free(index);
  return status;
}

/* ---- the model */

static Status make_tidy(const Fit *fit, Frame **out, Error *e)
{
  const DbscanResult *r = &fit->result;
  Draft *draft = cluster_tidy_begin(&fit->input, r->sizes, r->k, r->noise);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  density_tidy_ints(draft, "cores", r->core_sizes, r->k, r->noise > 0, 0);
  const Status status = cluster_tidy_centres(draft, &fit->input, NULL, r->labels, r->k, r->noise > 0, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const Fit *fit, int64_t seed, Frame **out, Error *e)
{
  const DbscanResult *r = &fit->result;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  density_glance_begin(draft, &fit->input, r->k, r->noise);
  draft_int(draft, "cores", r->cores);
  draft_int(draft, "borders", r->borders);
  draft_float(draft, "eps", fit->settings.eps);
  draft_float(draft, "min_points", fit->settings.min_points);
  draft_text(draft, "index", neighbours_kind_name(neighbours_kind(fit->index)));
  density_glance_end(draft, &fit->input, fit->result.complete, fit->result.stopped_at);
  draft_int(draft, "seed", seed);
  return draft_finish(draft, out, e);
}

static Status make_clusters(const Fit *fit, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_ints(draft, "cluster", fit->clusters, (size_t)fit->result.cores);
  return draft_finish(draft, out, e);
}

static Status put_labels(Model *model, const Fit *fit, Error *e)
{
  Draft *extra = draft_new();
  if (!extra) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_predicted_floats(extra, "distance", &fit->input, fit->result.distances);
  return cluster_put_labels(model, &fit->input, fit->result.labels, extra, e);
}

static Status fill_model(Call *call, Model *model, const Fit *fit, int64_t seed, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, seed, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input, e));
  TRY(put_labels(model, fit, e));
  TRY(density_put_matrix(model, "cores", &fit->input, fit->cores, (size_t)fit->result.cores, e));
  TRY(model_set_made(model, "core_clusters", make_clusters(fit, &frame, e), &frame, e));
  TRY(model_set_notes(model, text_data(call->notes), e));
done:
  return status;
}

static void note_partial(const DbscanResult *r, Text *notes)
{
  if (!r->complete && r->joined) {
    text_printf(notes, _("stopped at %s: clusters and core rows are complete, but of the other rows those not looked at yet "
                         "count as noise\n"), r->stopped_at);
  } else if (!r->complete) {
    text_printf(notes, _("stopped at %s: which rows are core is known, but clusters are still in parts, and all other rows "
                         "count as noise\n"), r->stopped_at);
  }
}

static Status fit_frame(Call *call, const DbscanOptions *o, Fit *fit, Error *e)
{
  const Variables *v = &fit->input.variables;
  Status status;
  fit->metric = density_metric(o->metric);
  fit->settings = (DbscanSettings){.eps = o->eps, .min_points = o->min_points,
                                   .border = strcmp(o->border, "first") == 0   ? DBSCAN_FIRST
                                             : strcmp(o->border, "noise") == 0 ? DBSCAN_NOISE
                                                                               : DBSCAN_NEAREST};
  TRY(neighbours_new(call->task, fit->input.values, v->n, v->d, fit->metric, NEIGHBOURS_AUTO, &fit->index, e));
  if (!(call->given & GIVEN_EPS)) {
    TRY(propose_eps(call, o, fit, e));
  }
  TRY(dbscan_fit(call->task, fit->index, fit->input.values, v->n, v->d, fit->metric, fit->input.weights, &fit->settings,
                 &fit->result, e));
  fit->cores = mem_alloc((size_t)fit->result.cores * v->d, sizeof *fit->cores);
  fit->clusters = mem_alloc((size_t)fit->result.cores, sizeof *fit->clusters);
  TRY(fit->cores && fit->clusters ? STATUS_OK : error_memory(e, 0, _("core rows")));
  gather_cores(fit);
  note_partial(&fit->result, call->notes);
  density_notes(&fit->input, fit->result.sizes, fit->result.k, fit->result.noise, call->notes);
done:
  return status;
}

static Status run_dbscan(Call *call, Value *out, Error *e)
{
  const DbscanOptions *o = call->options;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  Fit fit = {0};
  Model *model = NULL;
  Status status;
  TRY(cluster_input(call, call->data->frame, &ask, &fit.input, e));
  TRY(cluster_nothing_kept(fit_frame(call, o, &fit, e),
                           _("nothing was kept: dbscan has no clusters before it knows which rows are core"), e));
  TRY(model_new(&dbscan, o, &model, e));
  TRY(fill_model(call, model, &fit, o->seed, e));
  model_set_data(model, call->data->frame);
  text_reset(call->notes); /* the card shows them */
  *out = (Value){.kind = VALUE_MODEL, .model = model};
  model = NULL;
done:
  model_unref(model);
  fit_free(&fit);
  return status;
}

static Status dbscan_cost(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const DbscanOptions *o = call->options;
  *out = density_cost(call, o->on, o->metric, 40, o->sample);
  return STATUS_OK;
}

/* ---- new rows */

static Status label_new(Call *call, const Model *model, const ClusterInput *input, int32_t *labels, double *distances,
                        Error *e)
{
  const Frame *frame = model_frame(model, "cores"), *clusters = model_frame(model, "core_clusters");
  const size_t n = input->variables.n, cores = frame_rows(frame);
  double eps = 0, *matrix = cluster_matrix(frame);
  uint32_t *nearest = mem_alloc(n, sizeof *nearest);
  Metric metric;
  Status status = STATUS_OK;
  if (!cluster_cell(model_frame(model, "glance"), "eps", false, &eps) || !density_metric_of(model, &metric)) {
    status = cluster_model_broken(e);
  } else if (!matrix || !nearest) {
    status = error_memory(e, 0, _("core rows"));
  } else if (cores > 0) {
    status =
        nearest_core(call->task, matrix, cores, input->variables.d, metric, input->values, n, nearest, distances, e);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    labels[i] = -1;
    if (cores == 0) {
      distances[i] = NAN;
    } else {
      const double rank = distance_pair_rank(metric, input->values + i * input->variables.d,
                                             matrix + (size_t)nearest[i] * input->variables.d, input->variables.d);
      labels[i] = rank <= metric_rank(metric, eps) ? (int32_t)density_int(clusters, "cluster", nearest[i]) - 1 : -1;
    }
  }
  mem_free(matrix);
  mem_free(nearest);
  return status;
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  ClusterInput input = {0};
  int32_t *labels = NULL;
  double *distances = NULL;
  Draft *draft = NULL;
  Status status;
  *out = cluster_fitted(model, data);
  if (*out) {
    return STATUS_OK;
  }
  TRY(cluster_input_of_model(call, model, data, &input, e));
  labels = mem_alloc(input.variables.n, sizeof *labels);
  distances = mem_alloc(input.variables.n, sizeof *distances);
  TRY(labels && distances ? STATUS_OK : error_memory(e, 0, _("labels")));
  TRY(label_new(call, model, &input, labels, distances, e));
  draft = cluster_predicted(&input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "distance", &input, distances);
  status = draft_finish(draft, out, e);
done:
  cluster_input_free(&input);
  mem_free(labels);
  mem_free(distances);
  return status;
}

/* ---- plots, files */

static int compare_numbers(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Ester's plot: each row's distance to its min_points-th nearest, ascending, and eps. */
static Status plot_neighbours(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  ClusterInput input = {0};
  Neighbours *index = NULL;
  double *distances = NULL, eps, points;
  Metric metric;
  Status status;
  if (!request->data) {
    error_set(e, STATUS_STATE, "no-data", _("the chart '%s' shows rows, which the model does not hold"), request->kind);
    return error_hint(e, _("give them: m:plot(\"%s\", {data = df})"), request->kind);
  }
  if (!cluster_cell(model_frame(model, "glance"), "eps", false, &eps) || !density_metric_of(model, &metric) ||
      !cluster_cell(model_frame(model, "glance"), "min_points", false, &points)) {
    return cluster_model_broken(e);
  }
  TRY(cluster_input_of_model(call, model, request->data, &input, e));
  const size_t n = input.variables.n, k = points < (double)n ? (size_t)ceil(points) : n;
  distances = mem_alloc(n, sizeof *distances);
  TRY(distances ? STATUS_OK : error_memory(e, 0, _("distances")));
  TRY(neighbours_new(call->task, input.values, n, input.variables.d, metric, NEIGHBOURS_AUTO, &index, e));
  if (n > 0) {
    TRY(neighbours_kth(call->task, index, k, distances, e));
  }
  qsort(distances, n, sizeof *distances, compare_numbers);
  TRY(density_chart_line(call, request, _("rows, by that distance"), _("distance to the nearest row number min_points"),
                         distances, n, eps, out, e));
done:
  cluster_input_free(&input);
  neighbours_free(index);
  mem_free(distances);
  return status;
}

static Status plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  return strcmp(request->kind, "neighbours") == 0 ? plot_neighbours(call, model, request, out, e)
                                                  : segment_plot(call, model, request, out, e);
}

static Status check(const Model *model, Error *e)
{
  const Frame *clusters = model_frame(model, "core_clusters"), *glance = model_frame(model, "glance");
  size_t cores, k;
  Metric metric;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!cluster_size_cell(glance, "k", &k) || !density_sound_matrix(model, "cores", &cores) || !clusters ||
      frame_rows(clusters) != cores || !density_sound_ints(clusters, "cluster", 1, (int64_t)k) ||
      !density_metric_of(model, &metric) || !density_sound_floats(glance, "eps", 0, 1e300) ||
      !density_sound_floats(glance, "min_points", 0, 1e300)) {
    return cluster_model_broken(e);
  }
  return STATUS_OK;
}

static const ModelClass dbscan_class = {.size = sizeof(ModelClass),
                                        .predict = predict,
                                        .headline = density_headline,
                                        .check = check,
                                        .plots = SEGMENT_PLOTS "|neighbours",
                                        .plot = plot};

static const Figure dbscan_figures[] = {
    {"n", "rows used in the fit", "", "more than a few times min_points"},
    {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
    {"noise", "rows that are in no cluster", "{n} - {cores} - {borders}",
     "a small part of n; 0 may mean that eps is large"},
    {"noise_share", "share of the rows that are noise", "{noise} / {n}", "0 to about 0.3"},
    {"cores", "rows with enough rows within eps", "", "most rows"},
    {"borders", "rows within eps of a core row that are none themselves", "", "fewer than cores"},
    {"eps", "radius of the neighbourhood, in scaled units", "", "near the bend of the chart \"neighbours\""},
    {"min_points", "rows (or weight) within eps that make a core row", "",
     "twice the number of variables, or more with noise"},
    {"index", "how neighbours were found: kd-tree, ball tree, or brute force", "", "brute force costs n * n"},
    {"complete", "whether the fit came to its end", "", "true; false after an interruption"},
    {"reason", "why it did not", "", "empty or interrupted"},
    {"stopped_at", "where a stopped fit is: at components clusters are in parts, at border rows they are whole", "",
     "empty when complete"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"seed", "seed of the sample", "", "any"},
};

static const Primitive dbscan = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "dbscan",
    .version = 1,
    .summary = "DBSCAN: clusters of any shape where rows lie dense, the rest is noise",
    .details = "A row with at least min_points rows (itself counted) within eps is a core row; core rows within eps of "
               "each other are in "
               "one cluster. A row near a core row that is none itself is a border row, any other is noise (cluster "
               "0). Without eps it is read "
               "off the sorted distances to the min_points-th nearest row, and said. Clusters, noise and (but with "
               "border = \"first\") "
               "border rows do not depend on the order of rows. New rows go to the cluster of the nearest core row "
               "within eps, else they "
               "are noise. With sample, min_points counts rows of the sample. Ctrl-C keeps what there is once core rows "
               "are known: parts of "
               "clusters while these are joined, whole clusters while rows near them are looked for; before that there "
               "is nothing to keep.",
    .takes = VALUE_FRAME,
    .main = "eps",
    .options = dbscan_options,
    .n_options = N_OPTIONS,
    .options_size = sizeof(DbscanOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share cores and the mean of each variable, noise as cluster 0; predict: "
               "cluster (that of the "
               "nearest core row within eps, else 0), distance to the nearest core row (0 for core rows)",
    .reference = "Ester, Kriegel, Sander and Xu 1996; Schubert et al. 2017",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:dbscan(0.5)\nm:tidy()",
    .where = WHERE_JOB,
    .cost = dbscan_cost,
    .figures = dbscan_figures,
    .n_figures = sizeof dbscan_figures / sizeof *dbscan_figures,
    .run = run_dbscan,
    .model = &dbscan_class};
REGISTER_PRIMITIVE(dbscan);
