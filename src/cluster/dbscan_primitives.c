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

typedef struct Fit {
  DensityFit begun;
  double eps;           /* negative: to be chosen */
  DbscanResult before;  /* of a stopped fit, to go on from */
  DbscanSettings settings;
  DbscanResult result;
  double *cores;        /* scaled, row after row */
  int64_t *clusters;    /* of core rows, from 1 */
  double *ranks;        /* of the nearest row number min_points, where eps was read off them */
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  density_fit_free(&fit->begun);
  dbscan_result_free(&fit->before);
  dbscan_result_free(&fit->result);
  mem_free(fit->cores);
  mem_free(fit->clusters);
  mem_free(fit->ranks);
}

/* ---- eps that nobody gave */

static Status propose_eps(Call *call, const DbscanOptions *o, Fit *fit, Error *e)
{
  const size_t n = fit->begun.input.variables.n;
  const size_t k = o->min_points < (double)n ? (size_t)ceil(o->min_points) : n;
  double *distances = mem_alloc(n, sizeof *distances);
  fit->ranks = mem_alloc(n, sizeof *fit->ranks);
  Status status = distances && fit->ranks ? STATUS_OK : error_memory(e, n * 2 * sizeof *distances, _("distances"));
  if (status == STATUS_OK) {
    task_phase(call->task, "eps");
    status = neighbours_kth_rank(call->task, fit->begun.index, k, fit->ranks, e);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    distances[i] = metric_unrank(fit->begun.metric, fit->ranks[i]);
  }
  if (status == STATUS_OK) {
    fit->settings.eps = dbscan_knee(distances, n);
    fit->settings.kth = !fit->begun.input.weights && o->min_points <= (double)n ? fit->ranks : NULL; /* which rows are core */
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
  const size_t d = fit->begun.input.variables.d;
  const DbscanResult *r = &fit->result;
  size_t at = 0;
  for (size_t i = 0; i < r->n; i++) {
    if (r->core[i]) {
      memcpy(fit->cores + at * d, fit->begun.input.values + i * d, d * sizeof *fit->cores);
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

static const char *const figures_of_rows[] = {"distance", NULL};

static Draft *make_glance(const Fit *fit)
{
  const DbscanResult *r = &fit->result;
  Draft *draft = density_glance(&fit->begun.input, r->k, r->noise);
  draft_int(draft, "cores", r->cores);
  draft_int(draft, "borders", r->borders);
  draft_float(draft, "eps", fit->settings.eps);
  draft_float(draft, "min_points", fit->settings.min_points);
  draft_text(draft, "index", neighbours_kind_name(neighbours_kind(fit->begun.index)));
  return draft;
}

static Draft *make_clusters(const Fit *fit)
{
  Draft *draft = draft_new();
  draft_ints(draft, "cluster", fit->clusters, (size_t)fit->result.cores);
  return draft;
}

/* Of a stopped fit: whether core rows are joined; and by row of the fit. */
static Status put_state(Model *model, const DbscanResult *r, Error *e)
{
  Draft *flags = draft_new(), *rows = draft_new();
  Builder *core = builder_new(TYPE_INT64, r->n);
  for (size_t i = 0; core && i < r->n; i++) {
    builder_int(core, r->core[i]);
  }
  draft_bool(flags, "joined", r->joined);
  density_draft_places(rows, "cluster", (const uint32_t *)r->labels, r->n);
  draft_builder(rows, "core", core);
  density_draft_floats(rows, "distance", r->distances, r->n);
  const Status status = density_put(model, "state", flags, e);
  if (status != STATUS_OK) {
    draft_free(rows);
    return status;
  }
  return density_put(model, "state_rows", rows, e);
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  const DbscanResult *r = &fit->result;
  const ClusterInput *input = &fit->begun.input;
  Draft *tidy = cluster_tidy_begin(input, r->sizes, r->k, r->noise);
  Status status;
  density_tidy_ints(tidy, "cores", r->core_sizes, r->k, r->noise > 0, 0);
  TRY(density_put_tidy(model, tidy, input, NULL, r->labels, r->k, r->noise, e));
  TRY(density_put_glance(model, make_glance(fit), input, r->stopped_at, ((const DbscanOptions *)options)->seed, e));
  TRY(cluster_put_variables(model, input, e));
  TRY(density_put_labels(model, input, r->labels, figures_of_rows, (const double *const[]){r->distances}, e));
  TRY(density_put_matrix(model, "cores", input, fit->cores, (size_t)r->cores, e));
  TRY(density_put(model, "core_clusters", make_clusters(fit), e));
  if (!r->complete) {
    TRY(put_state(model, r, e));
  }
done:
  return status;
}

/* ---- the fit */

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const DbscanOptions *o = options;
  Fit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  fit->eps = call->given & GIVEN_EPS ? o->eps : -1;
  return density_nothing_kept(density_prepare(call, data, &ask, o->metric, &fit->begun, e), "components", e);
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  (void)options;
  Fit *fit = of;
  DbscanResult *r = &fit->before;
  const Frame *rows = model_frame(model, "state_rows");
  const size_t n = fit->begun.input.variables.n;
  *r = (DbscanResult){.n = n, .labels = mem_alloc(n, sizeof *r->labels), .core = mem_alloc(n, 1),
                      .distances = mem_alloc(n, sizeof *r->distances)};
  if (!r->labels || !r->core || !r->distances) {
    return error_memory(e, n * 13, _("clusters"));
  }
  if (!cluster_size_cell(model_frame(model, "glance"), "k", &r->k) || r->k > n ||
      !cluster_cell(model_frame(model, "glance"), "eps", false, &fit->eps) ||
      !cluster_flag_cell(model_frame(model, "state"), "joined", &r->joined) || !rows || frame_rows(rows) != n ||
      !density_read_places(rows, "cluster", n, (uint32_t)r->k, (uint32_t *)r->labels) ||
      !density_sound_ints(rows, "core", 0, 1) || !density_read_floats(rows, "distance", n, r->distances)) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < n; i++) {
    r->core[i] = density_int(rows, "core", i) == 1;
    r->distances[i] = isfinite(r->distances[i]) ? r->distances[i] : (double)NAN;
    if (r->core[i] && r->labels[i] < 0) {
      return cluster_model_broken(e);
    }
  }
  fit->settings.before = r;
  return STATUS_OK;
}

static void note_result(const Fit *fit, Text *notes)
{
  const DbscanResult *r = &fit->result;
  density_note_stop(r->stopped_at,
                    r->joined ? _("clusters and core rows are complete; other rows that were not looked at yet count as noise\n")
                              : _("which rows are core is known, but clusters are in parts, and all other rows count as noise\n"),
                    notes);
  density_notes(&fit->begun.input, r->sizes, r->k, r->noise,
                (DensityCures){_("a larger eps or a smaller min_points takes in more rows"),
                               _("a smaller eps or a larger min_points parts it")},
                notes);
}

static Status fit_rows(Call *call, const DbscanOptions *o, Fit *fit, Error *e)
{
  const Variables *v = &fit->begun.input.variables;
  Status status;
  fit->settings.eps = fit->eps;
  fit->settings.min_points = o->min_points;
  fit->settings.border = strcmp(o->border, "first") == 0   ? DBSCAN_FIRST
                         : strcmp(o->border, "noise") == 0 ? DBSCAN_NOISE
                                                           : DBSCAN_NEAREST;
  if (fit->eps < 0) {
    TRY(propose_eps(call, o, fit, e));
  }
  TRY(dbscan_fit(call->task, fit->begun.index, fit->begun.input.values, v->n, v->d, fit->begun.metric,
                 fit->begun.input.weights, &fit->settings, &fit->result, e));
  fit->cores = mem_alloc((size_t)fit->result.cores * v->d, sizeof *fit->cores);
  fit->clusters = mem_alloc((size_t)fit->result.cores, sizeof *fit->clusters);
  TRY(fit->cores && fit->clusters ? STATUS_OK : error_memory(e, 0, _("core rows")));
  gather_cores(fit);
  note_result(fit, call->notes);
done:
  return status;
}

static Status work(Call *call, const void *options, void *fit, Error *e)
{
  return density_nothing_kept(fit_rows(call, options, fit, e), "components", e);
}

/* Fitted to processor seconds with one thread, default options, on mixtures of normal distributions:
 *
 *   rows           1,000   10,000   100,000   1,000,000
 *   2 columns      0.001    0.010      0.14         1.8
 *   8 columns      0.002    0.059      1.5           31      4 columns 0.25, 16 columns 6.1 at 100,000
 *
 * and 7.8 for 20,000 rows in 8 columns with cosine (by brute force). */
static const DensityRate dbscan_rate = {.factor = 3e-7, .power = 1.13, .steep = 0.037, .flat = 0.0145, .pair = 2.2e-9};

static Status dbscan_cost(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const DbscanOptions *o = call->options;
  *out = density_cost(call, o->on, o->metric, 56, o->sample, dbscan_rate);
  return STATUS_OK;
}

/* ---- new rows */

static Status label_new(Call *call, const Model *model, const ClusterInput *input, int32_t *labels,
                        double *const *figures, Error *e)
{
  double *distances = figures[0];
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
  return density_predict(call, model, data, figures_of_rows, label_new, out, e);
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

static const ModelSteps dbscan_steps = {
    .fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work, .fill = fill, .free = fit_free};

static const ModelClass dbscan_class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                        .headline = density_headline, .check = check,
                                        .plots = SEGMENT_PLOTS "|neighbours", .plot = plot, .steps = &dbscan_steps};

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
               "is nothing to keep. m:continue() goes on to what an unbroken fit gives.",
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
    .run = model_run,
    .model = &dbscan_class};
REGISTER_PRIMITIVE(dbscan);
