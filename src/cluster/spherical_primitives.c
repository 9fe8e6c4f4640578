/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.spherical: from a frame to a model. */
#include <string.h>

#include "cluster/centre_model_primitives.h"
#include "cluster/spherical.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(SphericalOptions, __VA_ARGS__)
static const Option spherical_options[] = {SPHERICAL_OPTIONS(ROW)};
#undef ROW

static const CentreNames names = {.within = "cost", .objective = "cost", .starts = true};

/* Rows as directions; one of zeros has none. */
static Status directions(const ClusterInput *input, Error *e)
{
  size_t zero;
  if (!centre_normalise(input->values, input->variables.n, input->variables.d, &zero)) {
    error_set(e, STATUS_DATA, "no-direction", _("row %zu has only zeros: it points nowhere"), cluster_row_number(input, zero));
    return error_hint(e, _("filter such rows out"));
  }
  return STATUS_OK;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const SphericalOptions *o = options;
  CentreFit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  Status status = cluster_input(call, data, &ask, &fit->input, e);
  if (status == STATUS_OK) {
    status = directions(&fit->input, e);
  }
  if (status == STATUS_OK && o->init.frame) {
    status = centre_given(data, o->init.frame, &fit->input.variables, (size_t)o->k, &fit->centres, e);
  }
  size_t zero;
  if (status == STATUS_OK && fit->centres && !centre_normalise(fit->centres, (size_t)o->k, fit->input.variables.d, &zero)) {
    status = error_set(e, STATUS_ARGUMENT, "no-direction", _("init: row %zu has only zeros"), zero + 1);
  }
  return status;
}

static CentreSettings settings_of(const SphericalOptions *o, const CentreFit *fit)
{
  return (CentreSettings){.rule = CENTRE_DIRECTION,
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
  const SphericalOptions *o = options;
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
  return centre_model_fill(model, fit, names, ((const SphericalOptions *)options)->seed, e);
}

static Status nearest(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k, int32_t *labels,
                      double *distances, Error *e)
{
  return centre_assign(task, CENTRE_DIRECTION, x, n, d, centres, k, labels, distances, e);
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return centre_predict(call, model, data, directions, nearest, out, e);
}

/* Seconds: 20 iterations a start at half a nanosecond per term. */
static Status cost(const Call *call, Cost *out, Error *e)
{
  const SphericalOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  (void)e;
  out->bytes = n * d * 8 + n * 36 + k * d * 64;
  out->seconds = n * (k + 1) * d * 20 * (double)o->starts * 0.5e-9;
  return STATUS_OK;
}

static const Figure figures[] = {
  {"n", "rows used in the fit", "", "at least k; far more, for clusters that mean something"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"cost", "sum over rows of 1 - cosine between the row and the centre of its cluster", "", "0 (every row points as its centre) to n"},
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

static const ModelSteps spherical_steps = {.fit_size = sizeof(CentreFit), .prepare = prepare, .resume = centre_resume, .work = work,
                                           .fill = fill, .free = centre_fit_free};

static const ModelClass class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                 .headline = cluster_headline, .check = centre_model_check, .plots = SEGMENT_PLOTS,
                                 .plot = segment_plot, .steps = &spherical_steps};

static const Primitive spherical = {
  .size = sizeof(Primitive), .family = "cluster", .name = "spherical", .version = 1,
  .summary = "spherical k-means: splits rows into k clusters by direction, not by size",
  .details = "Finds k directions so that the cosines between rows and their nearest direction are large: rows count by the mix of their "
             "values, not by how much there is of them, as wanted for shares of a budget or counts of words. Each row is "
             "brought to length 1 first, centres are means brought to length 1. A row of zeros has no direction and is refused. "
             "With scale, directions are those of the scaled variables; zscore then compares shapes around the mean.",
  .takes = VALUE_FRAME, .main = "k", .options = spherical_options,
  .n_options = sizeof spherical_options / sizeof *spherical_options, .options_size = sizeof(SphericalOptions),
  .gives = VALUE_MODEL, .returns = "a model; tidy: cluster size share cost and the centre's direction in each variable; new rows go to the nearest "
                                  "direction, with distance 1 - cosine",
  .reference = "Dhillon and Modha 2001; Hornik, Feinerer, Kober and Buchta 2012",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:spherical{k = 3}",
  .where = WHERE_JOB, .cost = cost, .figures = figures, .n_figures = sizeof figures / sizeof *figures, .run = model_run,
  .model = &class};
REGISTER_PRIMITIVE(spherical);
