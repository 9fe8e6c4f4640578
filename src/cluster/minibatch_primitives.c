/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.minibatch: from a frame to a model. */
#include <math.h>
#include <string.h>

#include "cluster/centre_model_primitives.h"
#include "cluster/kmeans.h"
#include "cluster/minibatch.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(MinibatchOptions, __VA_ARGS__)
static const Option minibatch_options[] = {MINIBATCH_OPTIONS(ROW)};
#undef ROW

static const CentreNames names = {.within = "withinss", .objective = "inertia", .starts = false};

static const char seen_name[] = "rows_seen";

/* What given centres have had: the column rows_seen of init, unless that is a variable; else 0. */
static Status read_seen(const Frame *data, const Frame *init, size_t k, CentreFit *fit, Error *e)
{
  const Variables *v = &fit->input.variables;
  size_t column;
  fit->seen = mem_zero(k, sizeof *fit->seen);
  if (!fit->seen) {
    return error_memory(e, k * sizeof *fit->seen, _("centres"));
  }
  for (size_t j = 0; j < v->d; j++) {
    init = strcmp(frame_name(data, v->columns[j]), seen_name) == 0 ? NULL : init;
  }
  if (!init || !frame_find(init, seen_name, &column)) {
    return STATUS_OK;
  }
  const Column *cells = frame_column(init, column);
  for (size_t j = 0; j < k; j++) {
    const bool known = type_is_numeric(column_type(cells)) && column_valid(cells, j);
    fit->seen[j] = known ? column_float(cells, j) : -1;
    if (!(fit->seen[j] >= 0) || isinf(fit->seen[j])) {
      return error_set(e, STATUS_ARGUMENT, "bad-weight", _("init: row %1$zu of column '%2$s' must be a number of 0 or more"), j + 1,
                       seen_name);
    }
  }
  return STATUS_OK;
}

/* Adds this fit's rows, in the order of the result. Its centres are those where the search ended, in another order. */
static Status count_seen(CentreFit *fit, Error *e)
{
  const CentreResult *r = &fit->result;
  const size_t row = r->d * sizeof(double);
  double *total = mem_zero(r->k, sizeof *total);
  bool *taken = mem_zero(r->k, sizeof *taken);
  const bool room = total && taken;
  for (size_t i = 0; room && i < r->n; i++) {
    total[r->labels[i]] += fit->input.weights ? fit->input.weights[i] : 1;
  }
  for (size_t j = 0; room && j < r->k; j++) {
    size_t from = 0;
    while (from < r->k && (taken[from] || memcmp(fit->state.current + from * r->d, r->centres + j * r->d, row) != 0)) {
      from++;
    }
    if (from < r->k) {
      taken[from] = true;
      total[j] += fit->seen[from];
    }
  }
  if (room) {
    memcpy(fit->seen, total, r->k * sizeof *total);
  }
  mem_free(total);
  mem_free(taken);
  return room ? STATUS_OK : error_memory(e, r->k * sizeof *total, _("centres"));
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const MinibatchOptions *o = options;
  CentreFit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing};
  Status status = cluster_input(call, data, &ask, &fit->input, e);
  if (status == STATUS_OK && o->init) {
    status = centre_given(data, o->init, &fit->input.variables, (size_t)o->k, &fit->centres, e);
  }
  return status == STATUS_OK ? read_seen(data, o->init, (size_t)o->k, fit, e) : status;
}

static MinibatchSettings settings_of(const MinibatchOptions *o, const CentreFit *fit)
{
  return (MinibatchSettings){.k = (size_t)o->k,
                             .batch = (size_t)o->batch,
                             .max_iterations = (size_t)o->max_iter,
                             .patience = (size_t)o->patience,
                             .reassign = o->reassign,
                             .centres = fit->centres,
                             .seen = fit->seen,
                             .seed = (uint64_t)o->seed};
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const MinibatchOptions *o = options;
  CentreFit *fit = of;
  const Rows rows = cluster_rows(&fit->input);
  const MinibatchSettings settings = settings_of(o, fit);
  Status status = minibatch_fit(call->task, &rows, fit->input.weights, &settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    status = count_seen(fit, e);
  }
  if (status == STATUS_OK) {
    centre_note_result(fit, o->max_iter, call->notes);
  }
  return status;
}

static Status fill(Model *model, const void *options, const void *fit, Error *e)
{
  return centre_model_fill(model, fit, names, ((const MinibatchOptions *)options)->seed, e);
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return centre_predict(call, model, data, NULL, centre_nearest_mean, out, e);
}

/* Weights of centres that a fit can go on with. */
static Status check(const Model *model, Error *e)
{
  Status status = centre_model_check(model, e);
  if (status == STATUS_OK && model_frame(model, "state")) {
    CentreState state;
    status = centre_model_state(model, &state, e);
    for (size_t j = 0; status == STATUS_OK && state.stage != CENTRE_STAGE_START && j < state.extras; j++) {
      status = state.extra[j] >= 0 && isfinite(state.extra[j]) ? STATUS_OK : cluster_model_broken(e);
    }
    centre_state_free(&state);
  }
  return status;
}

/* Seconds: some hundred batches and a pass. */
static Status cost(const Call *call, Cost *out, Error *e)
{
  const MinibatchOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  (void)e;
  out->bytes = n * d * 8 + n * 24 + k * d * 64 + (double)o->batch * d * 32;
  out->seconds = (n + 200 * (double)o->batch) * k * d * 0.5e-9;
  return STATUS_OK;
}

static const Figure figures[] = {
  {"n", "rows used in the fit", "", "at least k; far more, for clusters that mean something"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"inertia", "sum of squared distances from each row to the centre of its cluster, in scaled units", "",
   "usually within some per cent of that of cluster.kmeans"},
  {"iterations", "batches drawn", "", "some dozen to some thousand; at max_iter the fit has not settled"},
  {"converged", "whether the squared distance stopped falling for as long as patience", "", "true"},
  {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
  {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
  {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
  {"seed", "seed of all random choices", "", "any; the same seed gives the same result"},
  {"dropped", "rows left out for missing cells", "", "0"},
  {"emptied", "centres with hardly any rows that were moved to a row far off", "", "0"},
};

static const ModelSteps minibatch_steps = {.fit_size = sizeof(CentreFit), .prepare = prepare, .resume = centre_resume, .work = work,
                                           .fill = fill, .free = centre_fit_free};

static const ModelClass class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                 .headline = cluster_headline, .check = check, .plots = SEGMENT_PLOTS,
                                 .plot = segment_plot, .steps = &minibatch_steps};

static const Primitive minibatch = {
  .size = sizeof(Primitive), .family = "cluster", .name = "minibatch", .version = 1,
  .summary = "mini-batch k-means: k clusters of very many rows, from small random batches",
  .details = "Begins with k-means of a sample, then draws batches of rows and moves each centre towards the rows it is given, by "
             "less and less. Takes a small part of the time of cluster.kmeans when there are millions of rows, and comes "
             "within some per cent of its inertia; where that time is bearable, cluster.kmeans is better. Ends when the "
             "squared distance of the batches no longer falls, then assigns all rows once. Data larger than memory are fitted "
             "in pieces: init = m:tidy() of the fit before goes on from its centres, which move the less the more rows "
             "they have had (rows_seen). Each piece should be like the whole, so shuffle a sorted file; figures are of the "
             "piece, m:predict() gives the others'. With scale a piece is scaled by its own figures, so scale beforehand.",
  .takes = VALUE_FRAME, .main = "k", .options = minibatch_options,
  .n_options = sizeof minibatch_options / sizeof *minibatch_options, .options_size = sizeof(MinibatchOptions),
  .gives = VALUE_MODEL, .returns = "a model; tidy: cluster size share withinss rows_seen and the centre in each variable; new rows go to the nearest centre, "
                                  "with their distance",
  .reference = "Sculley 2010",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:minibatch{k = 3, scale = \"zscore\"}",
  .where = WHERE_JOB, .cost = cost, .figures = figures, .n_figures = sizeof figures / sizeof *figures, .run = model_run,
  .model = &class};
REGISTER_PRIMITIVE(minibatch);
