/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.fuzzy: from a frame to a model, and back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/cluster_model_primitives.h"
#include "cluster/cluster_options.h"
#include "cluster/fuzzy.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "registry/model_fit.h"

#define FUZZY_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e6, "", "", "number of clusters") \
  O(m, NUMBER, "2", 1.01, 100, "", "", "how fuzzy memberships are: near 1 as k-means, from 3 on all alike") \
  O(starts, INT, "10", 1, 1e6, "", "", "how often to start; the best result is kept") \
  O(max_iter, INT, "300", 1, 1e9, "", "", "most iterations of a start") \
  O(tol, NUMBER, "1e-9", 0, 1, "", "", "stop when an iteration lowers the objective by less than this share") \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct FuzzyOptions {
  FUZZY_OPTIONS(OPTION_FIELD)
} FuzzyOptions;

#define ROW(...) OPTION_ROW_OF(FuzzyOptions, __VA_ARGS__)
static const Option fuzzy_options[] = {FUZZY_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof fuzzy_options / sizeof *fuzzy_options };

typedef struct Fit {
  ClusterInput input;
  FuzzyState state;
  FuzzyResult result;
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  cluster_input_free(&fit->input);
  fuzzy_state_free(&fit->state);
  fuzzy_result_free(&fit->result);
}

static Status prepare(Call *call, const Frame *data, const void *options, void *fit, Error *e)
{
  const FuzzyOptions *o = options;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  return cluster_input(call, data, &ask, &((Fit *)fit)->input, e);
}

/* ---- to frames */

static Status make_tidy(const Fit *fit, Frame **out, Error *e)
{
  const FuzzyResult *r = &fit->result;
  Draft *draft = cluster_tidy_begin(&fit->input, r->sizes, r->k, 0);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_tidy_floats(draft, "weight", r->weight, r->k, false);
  cluster_tidy_floats(draft, "withinss", r->withinss, r->k, false);
  const Status status = cluster_tidy_centres(draft, &fit->input, r->centres, NULL, r->k, false, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const Fit *fit, const FuzzyOptions *o, Frame **out, Error *e)
{
  const FuzzyResult *r = &fit->result;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "k", (int64_t)r->k);
  draft_float(draft, "m", o->m);
  draft_float(draft, "objective", r->objective);
  draft_float(draft, "coefficient", r->coefficient);
  draft_float(draft, "entropy", r->entropy);
  draft_float(draft, "xie_beni", r->xie_beni);
  draft_int(draft, "iterations", r->iterations);
  draft_bool(draft, "converged", r->converged);
  draft_bool(draft, "complete", r->complete);
  draft_text(draft, "reason", !r->complete ? "interrupted" : !r->converged ? "max_iter" : "");
  draft_text(draft, "stopped_at", r->stopped_at);
  draft_int(draft, "seed", o->seed);
  draft_int(draft, "dropped", (int64_t)fit->input.variables.dropped);
  return draft_finish(draft, out, e);
}

static Status make_state(const FuzzyState *s, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "start", (int64_t)s->start);
  draft_int(draft, "iteration", (int64_t)s->iteration);
  draft_float(draft, "before", isfinite(s->before) ? s->before : NAN);
  draft_int(draft, "best_iterations", (int64_t)s->best_iterations);
  draft_bool(draft, "best_converged", s->best_converged);
  draft_float(draft, "best_objective", s->best_objective);
  return draft_finish(draft, out, e);
}

static Status put_state(Model *model, const Fit *fit, Error *e)
{
  const FuzzyState *s = &fit->state;
  const size_t k = fit->result.k;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "state", make_state(s, &frame, e), &frame, e));
  if (s->current) {
    TRY(model_set_made(model, "state_current", cluster_matrix_frame(&fit->input, s->current, k, &frame, e), &frame, e));
  }
  if (s->best) {
    TRY(model_set_made(model, "state_best", cluster_matrix_frame(&fit->input, s->best, k, &frame, e), &frame, e));
  }
  status = STATUS_OK;
done:
  return status;
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, options, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input, e));
  TRY(cluster_put_centres(model, &fit->input, fit->result.centres, fit->result.k, e));
  if (!fit->result.complete) {
    TRY(put_state(model, fit, e));
  }
done:
  return status;
}

/* ---- and back */

static Status read_matrix(const Model *model, const char *name, size_t k, size_t d, double **out, Error *e)
{
  const Frame *frame = model_frame(model, name);
  if (!frame) {
    return STATUS_OK;
  }
  if (!cluster_is_matrix(frame, k, d)) {
    return cluster_model_broken(e);
  }
  *out = cluster_matrix(frame);
  return *out ? STATUS_OK : error_memory(e, 0, _("a model"));
}

static Status read_state(const Model *model, size_t k, size_t d, FuzzyState *s, Error *e)
{
  const Frame *frame = model_frame(model, "state");
  Status status;
  if (!cluster_size_cell(frame, "start", &s->start) || !cluster_size_cell(frame, "iteration", &s->iteration) ||
      !cluster_cell(frame, "before", true, &s->before) ||
      !cluster_size_cell(frame, "best_iterations", &s->best_iterations) ||
      !cluster_flag_cell(frame, "best_converged", &s->best_converged) ||
      !cluster_cell(frame, "best_objective", true, &s->best_objective)) {
    return cluster_model_broken(e);
  }
  s->before = isnan(s->before) ? INFINITY : s->before;
  TRY(read_matrix(model, "state_current", k, d, &s->current, e));
  TRY(read_matrix(model, "state_best", k, d, &s->best, e));
  status = (s->best != NULL) == (s->best_iterations > 0) ? STATUS_OK : cluster_model_broken(e);
done:
  return status;
}

static Status fuzzy_check(const Model *model, Error *e)
{
  double m;
  const Status status = cluster_model_check(model, e);
  const bool sound = status == STATUS_OK && model_frame(model, "centres") &&
                     cluster_cell(model_frame(model, "glance"), "m", false, &m) && m > 1 && m <= 100;
  return status != STATUS_OK || sound ? status : cluster_model_broken(e);
}

/* ---- calls */

static void note_result(const FuzzyOptions *o, const Fit *fit, Text *notes)
{
  const FuzzyResult *r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->converged) {
    text_printf(notes, _("not converged after max_iter = %lld iterations\n"), (long long)o->max_iter);
  }
  if (r->k > 1 && r->coefficient < 1.05 / (double)r->k) {
    text_puts(notes, _("all rows belong to all clusters alike: a smaller m, or other variables\n"));
  }
  cluster_note_sizes(&fit->input, r->sizes, r->k, notes);
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const FuzzyOptions *o = options;
  Fit *fit = of;
  const Rows rows = cluster_rows(&fit->input);
  const FuzzySettings settings = {.k = (size_t)o->k,
                                  .starts = (size_t)o->starts,
                                  .max_iterations = (size_t)o->max_iter,
                                  .m = o->m,
                                  .tolerance = o->tol,
                                  .seed = (uint64_t)o->seed};
  const Status status = fuzzy_fit(call->task, &rows, fit->input.weights, &settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    note_result(o, fit, call->notes);
  }
  return status;
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  Fit *fit = of;
  return read_state(model, (size_t)((const FuzzyOptions *)options)->k, fit->input.variables.d, &fit->state, e);
}

static Status predicted_frame(const ClusterInput *input, size_t k, const int32_t *labels, const double *memberships,
                              Frame **out, Error *e)
{
  const size_t n = input->variables.n;
  double *column = mem_alloc(n, sizeof *column);
  Draft *draft = cluster_predicted(input, labels);
  if (!column || !draft) {
    mem_free(column);
    draft_free(draft);
    return error_memory(e, n * sizeof *column, _("labels"));
  }
  for (size_t c = 0; c < k; c++) {
    char name[40];
    snprintf(name, sizeof name, "membership_%zu", c + 1);
    for (size_t i = 0; i < n; i++) {
      column[i] = memberships[i * k + c];
    }
    cluster_predicted_floats(draft, name, input, column);
  }
  mem_free(column);
  return draft_finish(draft, out, e);
}

static Status fuzzy_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Frame *frame = model_frame(model, "centres");
  const size_t k = frame_rows(frame);
  ClusterInput input = {0};
  int32_t *labels = NULL;
  double *memberships = NULL, *centres = cluster_matrix(frame);
  Status status;
  *out = NULL;
  TRY(centres ? STATUS_OK : error_memory(e, 0, _("centres")));
  TRY(cluster_input_of_model(call, model, data, &input, e));
  labels = mem_alloc(input.variables.n, sizeof *labels);
  memberships = mem_alloc(input.variables.n * k, sizeof *memberships);
  TRY(labels && memberships ? STATUS_OK
                            : error_memory(e, input.variables.n * k * sizeof *memberships, _("memberships")));
  if (input.variables.n > 0) {
    const Rows rows = cluster_rows(&input);
    TRY(fuzzy_assign(call->task, &rows, centres, k, model_number(model, "m"), labels, memberships, e));
  }
  status = predicted_frame(&input, k, labels, memberships, out, e);
done:
  cluster_input_free(&input);
  mem_free(labels);
  mem_free(memberships);
  mem_free(centres);
  return status;
}

/* 60 iterations a start. */
static Status fuzzy_cost(const Call *call, Cost *out, Error *e)
{
  const FuzzyOptions *o = call->options;
  const double n = (double)frame_rows(call->data->frame), k = (double)o->k;
  const double d = (double)(o->on.n ? o->on.n : frame_columns(call->data->frame));
  (void)e;
  out->bytes = n * d * 8 + n * 12 + k * d * 8 * 100;
  out->seconds = 60 * (double)o->starts * n * k * (d + (o->m == 2 ? 12 : 80)) * 0.5e-9;
  return STATUS_OK;
}

static const Figure fuzzy_figures[] = {
    {"n", "rows used in the fit", "", "at least k"},
    {"k", "number of clusters", "", "2 to a few dozen"},
    {"m", "how fuzzy memberships are", "", "1.1 to 3; 2 is usual"},
    {"objective",
     "sum over rows and clusters of membership^m times the squared distance to the centre, in scaled units", "",
     "0 and more; smaller is tighter"},
    {"coefficient", "mean over rows of the sum of squared memberships (partition coefficient)", "",
     "1/k (all alike) to 1 (every row in one cluster)"},
    {"entropy", "mean over rows of the sum of -u log u (partition entropy)", "",
     "0 (every row in one cluster) to log k"},
    {"xie_beni", "objective over n times the least squared distance of two centres", "",
     "smaller is better; for choosing k"},
    {"iterations", "iterations of the best start", "", "some dozens"},
    {"converged", "whether tol was met", "", "true"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"seed", "seed of the starts", "", "any; the same seed gives the same result"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelSteps fuzzy_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work,
                                       .fill = fill, .free = fit_free};

static const ModelClass fuzzy_class = {.size = sizeof(ModelClass), .predict = fuzzy_predict, .proceed = model_proceed,
                                       .headline = cluster_headline, .check = fuzzy_check, .plots = SEGMENT_PLOTS,
                                       .plot = segment_plot, .steps = &fuzzy_steps};

static const Primitive fuzzy = {.size = sizeof(Primitive),
                                .family = "cluster",
                                .name = "fuzzy",
                                .version = 1,
                                .summary = "fuzzy c-means: each row belongs to each cluster to a degree",
                                .details = "Like k-means, but a row has a membership from 0 to 1 in each cluster, by "
                                           "its distances to the centres; rows between "
                                           "clusters show as such. Starts several times from spread-out rows and keeps "
                                           "the best. New rows get memberships by the "
                                           "same rule, and go to the cluster of the highest.",
                                .takes = VALUE_FRAME,
                                .main = "k",
                                .options = fuzzy_options,
                                .n_options = N_OPTIONS,
                                .options_size = sizeof(FuzzyOptions),
                                .gives = VALUE_MODEL,
                                .returns = "a model; tidy: cluster size share weight (mean membership) withinss and "
                                           "the centre in each variable; predict: cluster "
                                           "(highest membership) and a membership per cluster",
                                .reference = "Bezdek 1981; Xie and Beni 1991",
                                .example = "df = read \"datasets/iris/iris.csv\"\nm = df:fuzzy{k = "
                                           "3}\nm:predict(df):head(3)",
                                .where = WHERE_JOB,
                                .cost = fuzzy_cost,
                                .figures = fuzzy_figures,
                                .n_figures = sizeof fuzzy_figures / sizeof *fuzzy_figures,
                                .run = model_run,
                                .model = &fuzzy_class};
REGISTER_PRIMITIVE(fuzzy);
