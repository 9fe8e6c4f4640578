/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.kmeans: from a frame to a model. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/centre_model_primitives.h"
#include "cluster/kmeans.h"
#include "cluster/kmeans_model_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/registry.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(KmeansOptions, __VA_ARGS__)
static const Option kmeans_options[] = {KMEANS_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof kmeans_options / sizeof *kmeans_options };

/* What a fit of a frame holds; freed in one place. */
typedef struct Fit {
  ClusterInput input;
  double *centres;   /* given ones, scaled, or NULL */
  KmeansState state;
  KmeansResult result;
  double silhouette;
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  cluster_input_free(&fit->input);
  mem_free(fit->centres);
  kmeans_state_free(&fit->state);
  kmeans_result_free(&fit->result);
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const KmeansOptions *o = options;
  Fit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  const Status status = cluster_input(call, data, &ask, &fit->input, e);
  return status == STATUS_OK && o->init.frame
           ? centre_given(data, o->init.frame, &fit->input.variables, (size_t)o->k, &fit->centres, e)
           : status;
}

static KmeansInit init_of(const KmeansOptions *o)
{
  static const char *const names[] = {
    [KMEANS_AUTO] = "auto", [KMEANS_PLUS_PLUS] = "kmeans++", [KMEANS_SCALABLE] = "scalable", [KMEANS_RANDOM] = "random"};
  KmeansInit init = KMEANS_AUTO;
  while (!o->init.frame && init < KMEANS_RANDOM && strcmp(o->init.choice, names[init]) != 0) {
    init++;
  }
  return o->init.frame ? KMEANS_CENTRES : init;
}

static KmeansSettings settings_of(const KmeansOptions *o, const Fit *fit)
{
  KmeansSettings s = kmeans_settings((size_t)o->k);
  s.starts = o->init.frame ? 1 : (size_t)o->starts;
  s.max_iterations = (size_t)o->max_iter;
  s.tolerance = o->tol;
  s.init = init_of(o);
  s.centres = fit->centres;
  s.refine = strcmp(o->refine, "none") == 0   ? KMEANS_REFINE_NONE
             : strcmp(o->refine, "swap") == 0 ? KMEANS_REFINE_SWAP
                                              : KMEANS_REFINE_AUTO;
  s.seed = (uint64_t)o->seed;
  s.method = kmeans_method_of(o->algorithm);
  return s;
}

/* A variable that makes nearly all of what lies between the clusters, among several. */
static void note_dominant(const Fit *fit, Text *notes)
{
  const KmeansResult *r = &fit->result;
  double all = 0, most = 0;
  size_t which = 0;
  for (size_t c = 0; c < r->d; c++) {
    double weight = 0, mean = 0, between = 0;
    for (size_t j = 0; j < r->k; j++) {
      weight += r->weights[j];
      mean += r->weights[j] * r->centres[j * r->d + c];
    }
    mean /= weight;
    for (size_t j = 0; j < r->k; j++) {
      const double off = r->centres[j * r->d + c] - mean;
      between += r->weights[j] * off * off;
    }
    all += between;
    which = between > most ? c : which;
    most = between > most ? between : most;
  }
  if (r->d > 1 && r->k > 1 && most > 0.95 * all) {
    text_printf(notes, _("'%1$s' alone makes %2$.0f %% of what separates the clusters; scale = \"zscore\" weighs variables alike\n"),
                frame_name(fit->input.data, fit->input.variables.columns[which]), 100 * most / all);
  }
}

static void note_result(const KmeansOptions *o, const Fit *fit, Text *notes)
{
  const KmeansResult *r = &fit->result;
  const KmeansMethod asked = kmeans_method_of(o->algorithm);
  if (asked != KMEANS_METHOD_AUTO && r->method != asked && r->k > 1) {
    text_printf(notes, _("too many rows, columns or clusters for the bounds of %1$s in the memory there is; %2$s took its place, with "
                         "the same result\n"), o->algorithm, kmeans_method_name(r->method));
  }
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->converged) {
    text_printf(notes, _("not converged after max_iter = %lld iterations\n"), (long long)o->max_iter);
  }
  if (r->complete && r->starts_done > 1 && r->starts_at_best == 1 && r->swaps_tried == 0) {
    text_printf(notes, _("only 1 of %lld starts reached this result; more starts, or refine = \"swap\", may find a better one\n"),
                (long long)r->starts_done);
  }
  cluster_note_sizes(&fit->input, r->sizes, r->k, notes);
  if (r->relocated > 0) {
    text_printf(notes, _("clusters that ran empty on the way and were given the farthest row: %lld\n"), (long long)r->relocated);
  }
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const KmeansOptions *o = options;
  Fit *fit = of;
  const Rows rows = cluster_rows(&fit->input);
  const KmeansSettings settings = settings_of(o, fit);
  fit->silhouette = NAN;
  Status status = kmeans_fit(call->task, &rows, fit->input.weights, &settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK && o->silhouette && fit->result.complete) {
    task_phase(call->task, "silhouette");
    status = kmeans_silhouette(call->task, &rows, fit->result.labels, fit->result.k, &fit->silhouette, e);
    if (status == STATUS_CANCELLED) { /* the fit is whole; only this figure is not there */
      error_clear(e);
      status = STATUS_OK;
      text_puts(call->notes, _("the silhouette was not finished\n"));
    }
  }
  if (status == STATUS_OK) {
    note_result(o, fit, call->notes);
    note_dominant(fit, call->notes);
  }
  return status;
}

static Status resume(const Model *model, const void *options, void *fit, Error *e)
{
  (void)options;
  return kmeans_model_state(model, &((Fit *)fit)->state, e);
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  return kmeans_model_fill(model, &fit->input, options, &fit->result, &fit->state, fit->silhouette, e);
}

/* ---- predict */

static Status kmeans_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return centre_predict(call, model, data, NULL, centre_nearest_mean, out, e);
}

/* Bytes: the matrix and what kmeans.h states; seconds: 30 iterations a start at a quarter nanosecond per term. */
static Status kmeans_cost(const Call *call, Cost *out, Error *e)
{
  const KmeansOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  (void)e;
  out->bytes = n * d * 8 + n * 36 + n * (k < n ? k / 8 : n / 8) * 4 + k * d * 64;
  out->seconds = n * k * d * 30 * (double)o->starts * 0.25e-9 + (o->silhouette ? n * n * d * 0.25e-9 : 0);
  return STATUS_OK;
}

static const Figure kmeans_figures[] = {
  {"n", "rows used in the fit", "", "at least k; far more, for clusters that mean something"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"inertia", "sum of squared distances from each row to the centre of its cluster, in scaled units", "",
   "0 (every row on its centre) to totss (clusters tell nothing)"},
  {"totss", "sum of squared distances from each row to the mean of all rows", "", "at least inertia"},
  {"betweenss", "the part of totss that the clusters explain", "{totss} - {inertia}", "0 to totss; near totss is well separated"},
  {"iterations", "iterations that led to the result", "", "a handful to some hundred; at max_iter the fit has not converged"},
  {"converged", "whether the labels stopped changing, or tol was met", "", "true"},
  {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
  {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
  {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
  {"silhouette", "mean over rows of (b - a) / max(a, b): a the mean distance to the own cluster, b to the nearest other", "",
   "-1 to 1; over 0.5 clear, under 0.25 hardly any structure (Kaufman and Rousseeuw 1990)"},
  {"seed", "seed of all random choices", "", "any; the same seed gives the same result"},
  {"dropped", "rows left out for missing cells", "", "0"},
  {"starts", "starts that were run to their end", "", "the option, unless interrupted"},
  {"starts_at_best", "starts that came within 1e-9 of the final inertia", "", "most of them; 1 or 0 hints at a hard problem"},
  {"swaps", "swaps of a single centre that lowered the inertia", "", "0 when the starts found the best already"},
  {"swaps_tried", "swaps tried", "", "0 without refinement"},
  {"emptied", "clusters that ran empty and were given the farthest row", "", "0"},
  {"algorithm", "which distances the iterations left out", "",
   "the option, or what auto stands for; lloyd for k = 1, and lesser ones where memory does not allow bounds"},
};

static const ModelSteps kmeans_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work,
                                        .fill = fill, .free = fit_free};

static const ModelClass kmeans_class = {.size = sizeof(ModelClass), .predict = kmeans_predict, .proceed = model_proceed,
                                        .headline = cluster_headline, .check = kmeans_model_check,
                                        .plots = SEGMENT_PLOTS, .plot = segment_plot, .steps = &kmeans_steps};

static const Primitive kmeans = {
  .size = sizeof(Primitive), .family = "cluster", .name = "kmeans", .version = 1,
  .summary = "k-means: splits rows into k clusters around means",
  .details = "Finds k centres so that the sum of squared distances from each row to its nearest centre is small. Starts several "
             "times from spread-out rows (greedy k-means++), moves the centres until no label changes, keeps the best, and from "
             "k = 10 on, or when less than half of the starts agree on the best, also tries to move single centres elsewhere. Clusters are numbered largest first. With scale, distances "
             "and inertia are in scaled units, centres in the data's. Distances are Euclidean; kmedians has Manhattan ones, spherical cosines, pam and clara any. "
             "Choose the number of clusters by what you can act on and by the silhouette.",
  .takes = VALUE_FRAME, .main = "k", .options = kmeans_options, .n_options = N_OPTIONS, .options_size = sizeof(KmeansOptions),
  .gives = VALUE_MODEL, .returns = "a model; tidy: cluster size share withinss and the centre in each variable; new rows go to the nearest centre, "
                                  "with their distance",
  .reference = "Lloyd 1982; Arthur and Vassilvitskii 2007 (k-means++); Bahmani et al. 2012 (k-means||); Lattanzi and Sohler 2019 (swaps)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmeans{k = 3, on = {\"petal_length\", \"petal_width\"}}",
  .where = WHERE_JOB, .cost = kmeans_cost, .figures = kmeans_figures,
  .n_figures = sizeof kmeans_figures / sizeof *kmeans_figures, .run = model_run, .model = &kmeans_class};
REGISTER_PRIMITIVE(kmeans);
