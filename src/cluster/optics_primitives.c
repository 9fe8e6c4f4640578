/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.optics: from a frame to a model. The model keeps the rows of the fit ("points") and their order ("order"). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/density.h"
#include "cluster/density_model_primitives.h"
#include "cluster/optics.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

#define ROW(...) OPTION_ROW_OF(OpticsOptions, __VA_ARGS__)
static const Option optics_options[] = {OPTICS_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof optics_options / sizeof *optics_options, GIVEN_EPS = 2, GIVEN_CUT = 4 };

typedef struct Fit {
  DensityFit begun;
  double eps;       /* negative: by min_points */
  OpticsOrder order;
  char stopped_at[32];
  OpticsValleys valleys;
  double cut;       /* NaN: by valleys */
  size_t k;
  int32_t *labels;
  int64_t *sizes, noise;
  double *limits;   /* k: the largest reachability within a cluster; the cut */
  double *finite;   /* n: reachability, NaN for infinite */
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  density_fit_free(&fit->begun);
  optics_order_free(&fit->order);
  mem_free(fit->valleys.items);
  mem_free(fit->labels);
  mem_free(fit->sizes);
  mem_free(fit->limits);
  mem_free(fit->finite);
}

/* ---- clusters from the order */

/* The first row of a cluster, by position, was reached from outside. */
static void find_limits(Fit *fit)
{
  const OpticsOrder *o = &fit->order;
  for (size_t c = 0; c < fit->k; c++) {
    fit->limits[c] = isnan(fit->cut) ? -1 : fit->cut;
  }
  for (size_t i = 1; i < o->done && isnan(fit->cut); i++) {
    const uint32_t row = o->order[i], before = o->order[i - 1];
    const int32_t label = fit->labels[row];
    if (label >= 0 && fit->labels[before] == label && isfinite(o->reach[row]) && o->reach[row] > fit->limits[label]) {
      fit->limits[label] = o->reach[row];
    }
  }
}

static Status extract(const OpticsOptions *o, Fit *fit, Error *e)
{
  const size_t n = fit->order.n, least = (size_t)(o->min_cluster_size > 0 ? o->min_cluster_size : o->min_points);
  Status status;
  fit->labels = mem_alloc(n, sizeof *fit->labels);
  fit->finite = mem_alloc(n, sizeof *fit->finite);
  TRY(fit->labels && fit->finite ? STATUS_OK : error_memory(e, n * 12, _("labels")));
  if (isnan(fit->cut)) {
    TRY(optics_valleys(&fit->order, o->xi, (size_t)o->min_points, least < 2 ? 2 : least, &fit->valleys, e));
    fit->k = optics_label(&fit->order, &fit->valleys, fit->labels);
  } else {
    fit->k = optics_cut(&fit->order, fit->cut, fit->labels);
  }
  TRY(density_number(fit->labels, n, fit->k, &fit->sizes, e));
  fit->limits = mem_alloc(fit->k, sizeof *fit->limits);
  TRY(fit->limits ? STATUS_OK : error_memory(e, 0, _("labels")));
  for (size_t i = 0; i < n; i++) {
    fit->noise += fit->labels[i] < 0;
    const bool reached = fit->order.position[i] != OPTICS_NOBODY && isfinite(fit->order.reach[i]);
    fit->finite[i] = reached ? fit->order.reach[i] : NAN;
  }
  find_limits(fit);
done:
  return status;
}

/* ---- the model */

static const char *const figures_of_rows[] = {"reachability", NULL};

static Draft *make_glance(const Fit *fit, const OpticsOptions *o)
{
  Draft *draft = density_glance(&fit->begun.input, fit->k, fit->noise);
  draft_int(draft, "min_points", o->min_points);
  draft_float(draft, "eps", fit->order.eps);
  draft_float(draft, "cut", fit->cut);
  draft_float(draft, "xi", isnan(fit->cut) ? o->xi : (double)NAN);
  draft_int(draft, "valleys", (int64_t)fit->valleys.n);
  draft_text(draft, "index", neighbours_kind_name(neighbours_kind(fit->begun.index)));
  return draft;
}

/* A row per position: which row of the data, its figures and cluster. */
static Draft *make_order(const Fit *fit)
{
  const OpticsOrder *o = &fit->order;
  Draft *draft = draft_new();
  Builder *row = builder_new(TYPE_INT64, o->done), *cluster = builder_new(TYPE_INT64, o->done),
          *from = builder_new(TYPE_INT64, o->done);
  Builder *reach = builder_new(TYPE_FLOAT64, o->done), *core = builder_new(TYPE_FLOAT64, o->done);
  const bool enough = row && cluster && from && reach && core;
  for (size_t i = 0; enough && i < o->done; i++) {
    const uint32_t at = o->order[i];
    builder_int(row, (int64_t)cluster_row_number(&fit->begun.input, at));
    builder_int(cluster, fit->labels[at] + 1);
    if (isfinite(o->reach[at])) {
      builder_float(reach, o->reach[at]);
      builder_int(from, (int64_t)cluster_row_number(&fit->begun.input, o->from[at]));
    } else {
      builder_missing(reach);
      builder_missing(from);
    }
    if (isfinite(o->core[at])) {
      builder_float(core, o->core[at]);
    } else {
      builder_missing(core);
    }
  }
  draft_builder(draft, "row", row);
  draft_builder(draft, "reachability", reach);
  draft_builder(draft, "core", core);
  draft_builder(draft, "from", from);
  draft_builder(draft, "cluster", cluster);
  return draft;
}

static Draft *make_valleys(const Fit *fit)
{
  const OpticsValleys *v = &fit->valleys;
  Draft *draft = draft_new();
  Builder *first = builder_new(TYPE_INT64, v->n), *last = builder_new(TYPE_INT64, v->n),
          *size = builder_new(TYPE_INT64, v->n);
  for (size_t i = 0; first && last && size && i < v->n; i++) {
    builder_int(first, (int64_t)v->items[i].first + 1);
    builder_int(last, (int64_t)v->items[i].last + 1);
    builder_int(size, (int64_t)(v->items[i].last - v->items[i].first + 1));
  }
  draft_builder(draft, "first", first);
  draft_builder(draft, "last", last);
  draft_builder(draft, "size", size);
  return draft;
}

/* By row of the fit: what new rows are compared with. */
static Draft *make_rows(const Fit *fit)
{
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, fit->order.n), *core = builder_new(TYPE_FLOAT64, fit->order.n);
  for (size_t i = 0; cluster && core && i < fit->order.n; i++) {
    builder_int(cluster, fit->labels[i] + 1);
    builder_float(core, isfinite(fit->order.core[i]) ? fit->order.core[i] : 1.7e308);
  }
  draft_builder(draft, "cluster", cluster);
  draft_builder(draft, "core", core);
  return draft;
}

static Draft *make_limits(const Fit *fit)
{
  Draft *draft = draft_new();
  draft_floats(draft, "limit", fit->limits, fit->k);
  return draft;
}

/* Of a stopped fit, by row of it. */
static Draft *make_state(const OpticsOrder *o)
{
  Draft *draft = draft_new();
  density_draft_places(draft, "position", o->position, o->n);
  density_draft_places(draft, "from", o->from, o->n);
  density_draft_floats(draft, "reachability", o->reach, o->n);
  density_draft_floats(draft, "core", o->core, o->n);
  return draft;
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const OpticsOptions *o = options;
  const Fit *fit = of;
  const ClusterInput *input = &fit->begun.input;
  Draft *tidy = cluster_tidy_begin(input, fit->sizes, fit->k, fit->noise);
  Status status;
  cluster_tidy_floats(tidy, "limit", fit->limits, fit->k, fit->noise > 0);
  TRY(density_put_tidy(model, tidy, input, NULL, fit->labels, fit->k, fit->noise, e));
  TRY(density_put_glance(model, make_glance(fit, o), input, fit->stopped_at, o->seed, e));
  TRY(cluster_put_variables(model, input, e));
  TRY(density_put_labels(model, input, fit->labels, figures_of_rows, (const double *const[]){fit->finite}, e));
  TRY(density_put_matrix(model, "points", input, input->values, fit->order.n, e));
  TRY(density_put(model, "rows", make_rows(fit), e));
  TRY(density_put(model, "limits", make_limits(fit), e));
  TRY(density_put(model, "order", make_order(fit), e));
  TRY(density_put(model, "valleys", make_valleys(fit), e));
  if (fit->stopped_at[0]) {
    TRY(density_put(model, "state_rows", make_state(&fit->order), e));
  }
done:
  return status;
}

/* ---- the fit */

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const OpticsOptions *o = options;
  Fit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  fit->cut = call->given & GIVEN_CUT ? o->cut : (double)NAN;
  fit->eps = call->given & GIVEN_EPS ? o->eps : -1;
  return density_nothing_kept(density_prepare(call, data, &ask, o->metric, &fit->begun, e), "order", e);
}

/* The positions are those of the first rows in order, each once. */
static bool read_order(const Frame *rows, OpticsOrder *o)
{
  if (!density_read_places(rows, "position", o->n, (uint32_t)o->n, o->position) ||
      !density_read_places(rows, "from", o->n, (uint32_t)o->n, o->from) ||
      !density_read_floats(rows, "reachability", o->n, o->reach) || !density_read_floats(rows, "core", o->n, o->core)) {
    return false;
  }
  for (size_t i = 0; i < o->n; i++) {
    o->order[i] = OPTICS_NOBODY;
    o->done += o->position[i] != OPTICS_NOBODY;
  }
  for (size_t i = 0; i < o->n; i++) {
    const uint32_t at = o->position[i];
    if (o->reach[i] < 0 || o->core[i] < 0 || (isfinite(o->reach[i]) && o->from[i] == OPTICS_NOBODY) ||
        (at != OPTICS_NOBODY && (at >= o->done || o->order[at] != OPTICS_NOBODY))) {
      return false;
    }
    if (at != OPTICS_NOBODY) {
      o->order[at] = (uint32_t)i;
    }
  }
  return true;
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  (void)options;
  Fit *fit = of;
  const Frame *glance = model_frame(model, "glance");
  const Status status = optics_order_new(fit->begun.input.variables.n, &fit->order, e);
  if (status != STATUS_OK) {
    return status;
  }
  return cluster_cell(glance, "eps", false, &fit->order.eps) && cluster_cell(glance, "cut", true, &fit->cut) &&
             read_order(model_frame(model, "state_rows"), &fit->order)
           ? STATUS_OK : cluster_model_broken(e);
}

static void note_result(bool by_cut, Fit *fit, Text *notes)
{
  const OpticsOrder *o = &fit->order;
  const DensityCures cut = {_("a larger cut takes in more rows"), _("a smaller cut parts it")};
  const DensityCures xi = {_("cut = a height of m:plot(\"reachability\") takes in what lies below it, a larger min_points makes "
                             "wider valleys"),
                           _("cut = a height of m:plot(\"reachability\") parts it")};
  if (o->done < o->n) {
    snprintf(fit->stopped_at, sizeof fit->stopped_at, "order, %.0f%%", floor(100 * (double)o->done / (double)o->n));
  }
  density_note_stop(fit->stopped_at, _("clusters are those of the rows in order so far, the others count as noise\n"), notes);
  if (fit->cut > o->eps) {
    text_printf(notes, _("cut = %1$g is above eps = %2$g: give a larger eps to see so far\n"), fit->cut, o->eps);
  }
  density_notes(&fit->begun.input, fit->sizes, fit->k, fit->noise, by_cut ? cut : xi, notes);
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const OpticsOptions *o = options;
  Fit *fit = of;
  const ClusterInput *input = &fit->begun.input;
  Status status = optics_fit(call->task, fit->begun.index, input->values, input->variables.n, input->variables.d,
                             fit->begun.metric, (size_t)o->min_points, fit->eps, &fit->order, e);
  if (status == STATUS_OK) {
    status = extract(o, fit, e);
  }
  if (status == STATUS_OK) {
    note_result(isfinite(fit->cut), fit, call->notes);
  }
  return density_nothing_kept(status, "order", e);
}

/* Fitted to processor seconds, as dbscan's:
 *
 *   rows           1,000   10,000   100,000   1,000,000
 *   2 columns      0.004    0.035       0.5           7
 *   4 columns      0.003    0.051       0.8          13
 *   8 columns      0.004     0.10       2.0          63   16 columns 21 at 100,000; cosine 15 for 20,000 rows */
static const DensityRate optics_rate = {.factor = 8.5e-7, .power = 1.154, .steep = 0.026, .flat = 0.021, .pair = 4.3e-9};

static Status optics_cost(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const OpticsOptions *o = call->options;
  *out = density_cost(call, o->on, o->metric, 180, o->sample, optics_rate);
  return STATUS_OK;
}

/* ---- new rows */

/* Where a row goes, and how easily it is reached: from the fitted row with the least max(core distance, distance) among the k
 * nearest. One that equals a fitted row goes where that is, of equal ones where the first is. -1: noise. */
static int32_t place_row(const Frame *rows, const Frame *limits, const uint32_t *nearest, const double *distances, size_t k,
                         double *reach)
{
  int64_t cluster = 0;
  *reach = INFINITY;
  for (size_t j = 0; j < k; j++) {
    const double core = density_float(rows, "core", nearest[j]), from_there = core > distances[j] ? core : distances[j];
    if (from_there < *reach) {
      *reach = from_there;
      cluster = density_int(rows, "cluster", nearest[j]);
    }
  }
  if (distances[0] == 0) {
    return (int32_t)density_int(rows, "cluster", nearest[0]) - 1;
  }
  return cluster > 0 && *reach <= density_float(limits, "limit", (size_t)cluster - 1) ? (int32_t)cluster - 1 : -1;
}

static Status label_new(Call *call, const Model *model, const ClusterInput *input, int32_t *labels,
                        double *const *figures, Error *e)
{
  double *reaches = figures[0];
  const Frame *points = model_frame(model, "points"), *rows = model_frame(model, "rows"),
              *limits = model_frame(model, "limits");
  const size_t n = input->variables.n, d = input->variables.d, fitted = frame_rows(points);
  double *matrix = cluster_matrix(points), *distances = NULL;
  uint32_t *nearest = NULL;
  Neighbours *index = NULL;
  size_t k;
  Metric metric;
  Status status;
  TRY(density_metric_of(model, &metric) && cluster_size_cell(model_frame(model, "glance"), "min_points", &k)
          ? STATUS_OK : cluster_model_broken(e));
  k = k < 1 ? 1 : k < fitted ? k : fitted;
  nearest = mem_alloc(k, n * sizeof *nearest);
  distances = mem_alloc(k, n * sizeof *distances);
  TRY(matrix && nearest && distances ? STATUS_OK : error_memory(e, n * k * 12, _("lists of neighbours")));
  TRY(neighbours_new(call->task, matrix, fitted, d, metric, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(call->task, index, input->values, n, k, nearest, distances, e));
  for (size_t i = 0; i < n; i++) {
    labels[i] = place_row(rows, limits, nearest + i * k, distances + i * k, k, &reaches[i]);
    reaches[i] = reaches[i] < 1.7e308 ? reaches[i] : (double)NAN;
  }
done:
  neighbours_free(index);
  mem_free(matrix);
  mem_free(nearest);
  mem_free(distances);
  return status;
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return density_predict(call, model, data, figures_of_rows, label_new, out, e);
}

/* ---- plots, files */

static Status plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Frame *order = model_frame(model, "order");
  size_t column;
  double cut = NAN;
  if (strcmp(request->kind, "reachability") != 0) {
    return segment_plot(call, model, request, out, e);
  }
  Status status = frame_need(order, "reachability", &column, e);
  const size_t n = status == STATUS_OK ? frame_rows(order) : 0;
  double *values = mem_alloc(n, sizeof *values);
  for (size_t i = 0; values && i < n; i++) {
    const Column *cells = frame_column(order, column);
    values[i] = column_valid(cells, i) ? column_float(cells, i) : NAN;
  }
  (void)cluster_cell(model_frame(model, "glance"), "cut", true, &cut);
  if (status == STATUS_OK) {
    status = values ? density_chart_line(call, request, _("rows in order"), _("reachability"), values, n, cut, out, e)
                    : error_memory(e, 0, _("a chart"));
  }
  mem_free(values);
  return status;
}

static Status check(const Model *model, Error *e)
{
  const Frame *rows = model_frame(model, "rows"), *limits = model_frame(model, "limits"),
              *glance = model_frame(model, "glance");
  const Frame *order = model_frame(model, "order");
  size_t points, k, min_points, column;
  Metric metric;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!cluster_size_cell(glance, "k", &k) || !cluster_size_cell(glance, "min_points", &min_points) ||
      !density_sound_matrix(model, "points", &points) || points < 1 || !rows || frame_rows(rows) != points ||
      !density_sound_ints(rows, "cluster", 0, (int64_t)k) || !density_sound_floats(rows, "core", 0, 1.7e308) ||
      !limits || frame_rows(limits) != k || !density_sound_floats(limits, "limit", -1, 1.7e308) || !order ||
      !frame_find(order, "reachability", &column) || column_type(frame_column(order, column)) != TYPE_FLOAT64 ||
      !density_metric_of(model, &metric)) {
    return cluster_model_broken(e);
  }
  return STATUS_OK;
}

static const ModelSteps optics_steps = {
    .fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work, .fill = fill, .free = fit_free};

static const ModelClass optics_class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                        .headline = density_headline, .check = check,
                                        .plots = SEGMENT_PLOTS "|reachability", .plot = plot, .steps = &optics_steps};

static const Figure optics_figures[] = {
  {"n", "rows used in the fit", "", "many times min_points"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"noise", "rows that are in no cluster", "", "valleys leave out the rows between them, which may be many"},
  {"noise_share", "share of the rows that are noise", "{noise} / {n}", "0 to about 0.5"},
  {"min_points", "the core distance is that to this nearest row, itself counted", "", "larger: smoother"},
  {"eps", "no row is reached over more than this", "", "as large as time allows"},
  {"cut", "reachability at which clusters are cut off", "", "missing: by xi"},
  {"xi", "steepness of a valley's walls", "", "0.01 (many valleys) to 0.2 (few); missing: by cut"},
  {"valleys", "valleys of that steepness, those within others too", "", "m:valleys() shows them"},
  {"index", "how neighbours were found: kd-tree, ball tree, or brute force", "", "brute force costs n * n"},
  {"complete", "whether the fit came to its end", "", "true; false after an interruption: m:continue() goes on"},
  {"reason", "why it did not", "", "empty or interrupted"},
  {"stopped_at", "where a stopped fit is: the share of the rows in order", "", "empty when complete"},
  {"dropped", "rows left out for missing cells", "", "0"},
  {"seed", "seed of the sample", "", "any"},
};

static const Primitive optics = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "optics",
    .version = 1,
    .summary = "OPTICS: an order of rows in which clusters of every density are valleys",
    .details = "Goes from row to row, always to the one that is reached most easily from those so far; the "
               "reachabilities in that order are a "
               "landscape (m:plot(\"reachability\")) whose valleys are clusters. They are cut off at one height by "
               "cut, which gives "
               "dbscan's clusters for that radius, or found by the steepness of their walls (xi), which also finds "
               "clusters of different density; "
               "of valleys within one another the innermost are labelled, and m:valleys() has all. Of equally near "
               "rows the later one is next, as in R and ELKI. "
               "New rows go to the cluster of the fitted row that reaches them most easily, if that is within the "
               "cluster's limit, else they are noise; a row that equals a fitted one goes where that is. Rows have no weights: one that "
               "stands for three is three rows. Ctrl-C keeps the order so far, with its clusters; m:continue() goes on to "
               "what an unbroken fit gives.",
    .takes = VALUE_FRAME,
    .main = "min_points",
    .options = optics_options,
    .n_options = N_OPTIONS,
    .options_size = sizeof(OpticsOptions),
    .gives = VALUE_MODEL,
    .returns =
        "a model; tidy: cluster size share limit (largest reachability within) and the mean of each variable, noise as "
        "cluster 0; "
        "predict: cluster (of the fitted row that reaches it most easily, within the cluster's limit), reachability",
    .reference = "Ankerst, Breunig, Kriegel and Sander 1999; Schubert and Gertz 2018",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:optics{min_points = 5, cut = 0.5}\nm:tidy()",
    .where = WHERE_JOB,
    .cost = optics_cost,
    .figures = optics_figures,
    .n_figures = sizeof optics_figures / sizeof *optics_figures,
    .run = model_run,
    .model = &optics_class};
REGISTER_PRIMITIVE(optics);

static Status run_reachability(Call *call, Value *out, Error *e)
{
  return model_give(call, "order", out, e);
}

static Status run_valleys(Call *call, Value *out, Error *e)
{
  return model_give(call, "valleys", out, e);
}

#define VERB                                                                                                     \
  .size = sizeof(Primitive), .family = "cluster", .version = 1, .takes = VALUE_MODEL, .takes_class = "cluster",  \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_MAIN

static const Primitive reachability = {
    VERB,
    .name = "reachability",
    .summary = "the order of optics: which row comes when, and how easily it was reached",
    .details = "Of optics. from is the row it was reached from; reachability and from are missing where the order "
               "begins anew.",
    .returns = "a frame, a row per row of the fit in order: row reachability core from cluster",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:optics(5):reachability():head(10)",
    .run = run_reachability};
REGISTER_PRIMITIVE(reachability);

static const Primitive valleys = {VERB,
                                  .name = "valleys",
                                  .summary = "all valleys of optics, those within others before them",
                                  .details = "Of optics by xi. first and last count rows of m:reachability().",
                                  .returns = "a frame, a row per valley: first last size",
                                  .example = "df = read \"datasets/iris/iris.csv\"\ndf:optics(5):valleys()",
                                  .run = run_valleys};
REGISTER_PRIMITIVE(valleys);
