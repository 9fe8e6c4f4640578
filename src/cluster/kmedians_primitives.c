/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.kmedians: from a frame to a model. */
#include <string.h>

#include "cluster/centre_model_primitives.h"
#include "cluster/kmedians.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(KmediansOptions, __VA_ARGS__)
static const Option kmedians_options[] = {KMEDIANS_OPTIONS(ROW)};
#undef ROW

static const CentreNames names = {.within = "cost", .objective = "cost", .starts = true};

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const KmediansOptions *o = options;
  CentreFit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  Status status = cluster_input(call, data, &ask, &fit->input, e);
  if (status == STATUS_OK && o->init.frame) {
    status = centre_given(data, o->init.frame, &fit->input.variables, (size_t)o->k, &fit->centres, e);
  }
  return status;
}

static CentreSettings settings_of(const KmediansOptions *o, const CentreFit *fit)
{
  return (CentreSettings){.rule = CENTRE_MEDIAN,
                          .k = (size_t)o->k,
                          .starts = (size_t)o->starts,
                          .max_iterations = (size_t)o->max_iter,
                          .tolerance = o->tol,
                          .init = o->init.frame                            ? CENTRE_GIVEN
                                  : strcmp(o->init.choice, "random") == 0 ? CENTRE_RANDOM
                                                                          : CENTRE_PLUS_PLUS,
                          .centres = fit->centres,
                          .seed = (uint64_t)o->seed};
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const KmediansOptions *o = options;
  CentreFit *fit = of;
  const CentreData rows = {.x = fit->input.values, .weights = fit->input.weights, .n = fit->input.variables.n,
                           .d = fit->input.variables.d};
  const CentreSettings settings = settings_of(o, fit);
  const Status status = centre_search(call->task, &rows, &settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    centre_note_result(fit, o->max_iter, call->notes);
  }
  return status;
}

static Status fill(Model *model, const void *options, const void *fit, Error *e)
{
  return centre_model_fill(model, fit, names, ((const KmediansOptions *)options)->seed, e);
}

static Status nearest(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k, int32_t *labels,
                      double *distances, Error *e)
{
  return centre_assign(task, CENTRE_MEDIAN, x, n, d, centres, k, labels, distances, e);
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return centre_predict(call, model, data, NULL, nearest, out, e);
}

/* Seconds: 20 iterations a start at half a nanosecond per term. */
static Status cost(const Call *call, Cost *out, Error *e)
{
  const KmediansOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  (void)e;
  out->bytes = n * d * 8 + n * 68 + k * d * 64;
  out->seconds = n * (k + 12) * d * 20 * (double)o->starts * 0.5e-9;
  return STATUS_OK;
}

static const Figure figures[] = {
  {"n", "rows used in the fit", "", "at least k; far more, for clusters that mean something"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"cost", "sum over rows of the absolute differences to the centre of their cluster, in scaled units", "", "0 (every row on its centre) upwards; falls as k grows"},
  {"iterations", "iterations that led to the result", "", "a handful to some hundred; at max_iter the fit has not converged"},
  {"converged", "whether the centres stopped moving, or tol was met", "", "true"},
  {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
  {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
  {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
  {"seed", "seed of all random choices", "", "any; the same seed gives the same result"},
  {"dropped", "rows left out for missing cells", "", "0"},
  {"starts", "starts that were run to their end", "", "the option, unless interrupted"},
  {"starts_at_best", "starts that came within 1e-9 of the best cost", "", "most of them; 1 hints at a hard problem"},
  {"emptied", "clusters that ran empty and were given the row that cost most", "", "0"},
};

static const ModelSteps kmedians_steps = {.fit_size = sizeof(CentreFit), .prepare = prepare, .resume = centre_resume, .work = work,
                                          .fill = fill, .free = centre_fit_free};

static const ModelClass class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                 .headline = cluster_headline, .check = centre_model_check, .plots = SEGMENT_PLOTS,
                                 .plot = segment_plot, .steps = &kmedians_steps};

static const Primitive kmedians = {
  .size = sizeof(Primitive), .family = "cluster", .name = "kmedians", .version = 1,
  .summary = "k-medians: splits rows into k clusters around medians",
  .details = "Finds k centres so that the sum of absolute differences from each row to its nearest centre is small, over all variables. "
             "A centre is the median of its rows in each variable, so that a few values far off, as amounts of money have, do "
             "not move it. Starts several times from spread-out rows and keeps the best. With scale, distances and cost are in "
             "scaled units, centres in the data's. Medians are of each variable apart: a centre need not be like any row; "
             "cluster.pam has rows for centres.",
  .takes = VALUE_FRAME, .main = "k", .options = kmedians_options,
  .n_options = sizeof kmedians_options / sizeof *kmedians_options, .options_size = sizeof(KmediansOptions),
  .gives = VALUE_MODEL, .returns = "a model; tidy: cluster size share cost and the median in each variable; new rows go to the nearest centre, "
                                  "with distance the sum of absolute differences",
  .reference = "Bradley, Mangasarian and Street 1996; Leisch 2006",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmedians{k = 3}",
  .where = WHERE_JOB, .cost = cost, .figures = figures, .n_figures = sizeof figures / sizeof *figures, .run = model_run,
  .model = &class};
REGISTER_PRIMITIVE(kmedians);
