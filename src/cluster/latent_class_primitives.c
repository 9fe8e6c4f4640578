/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.latent_class: from a frame of answers to a model. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/cluster_options.h"
#include "cluster/latent_class_model_primitives.h"
#include "cluster/mixture_range_primitives.h"
#include "core/alloc.h"
#include "registry/topic.h"
#include "registry/model_fit.h"

#define LATENT_CLASS_OPTIONS(O) \
  O(k, VALUE, "1:6", 0, 0, "", "", "number of classes, or several to choose from: 3, \"2:6\", {2, 4}") \
  O(on, COLUMNS, OPTION_UNSET, 0, 0, "", "", \
    "questions, of any type with up to 100 different answers; default: every column of texts or booleans but labels") \
  O(criterion, CHOICE, "bic", 0, 0, "bic|icl", "", \
    "what is smallest in the number of classes that is chosen; icl also asks that classes are apart") \
  O(starts, INT, "10", 1, 1e6, "", "", "how often to start from random probabilities; the best result is kept") \
  O(max_iter, INT, "5000", 1, 1e9, "", "", "most iterations of a start") \
  O(tol, NUMBER, "1e-10", 0, 1, "", "", \
    "stop when an iteration changes the log likelihood by less than this share") \
  CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) \
  O(missing, CHOICE, "use", 0, 0, "use|drop|error", "", \
    "rows with missing answers: use those they have (missing at random), leave them out, or refuse")

typedef struct LatentClassOptions {
  LATENT_CLASS_OPTIONS(OPTION_FIELD)
} LatentClassOptions;

#define ROW(...) OPTION_ROW_OF(LatentClassOptions, __VA_ARGS__)
static const Option latent_class_options[] = {LATENT_CLASS_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof latent_class_options / sizeof *latent_class_options };

typedef struct Fit {
  Questions questions;
  size_t *k; /* RANGE_MOST of room */
  LatentClassSettings settings;
  LatentClassState state;
  LatentClassResult result;
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  questions_free(&fit->questions);
  latent_class_state_free(&fit->state);
  latent_class_result_free(&fit->result);
  mem_free(fit->k);
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const LatentClassOptions *o = options;
  Fit *fit = of;
  LatentClassSettings *s = &fit->settings;
  Status status;
  fit->k = mem_alloc(RANGE_MOST, sizeof *fit->k);
  TRY(fit->k ? STATUS_OK : error_memory(e, 0, _("classes")));
  TRY(range_read(o->k, 6, fit->k, &s->n_k, e));
  TRY(questions_of_frame(call, data, o->on, o->weights, o->missing, &fit->questions, e));
  s->k = fit->k;
  s->starts = (size_t)o->starts;
  s->max_iterations = (size_t)o->max_iter;
  s->tolerance = o->tol;
  s->icl = strcmp(o->criterion, "icl") == 0;
  s->seed = (uint64_t)o->seed;
  range_limit(fit->k, &s->n_k, fit->questions.answers.n, call->notes);
done:
  return status;
}

static void note_result(const LatentClassOptions *o, const Fit *fit, Text *notes)
{
  const LatentClassResult *r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->entry.converged) {
    text_printf(notes, _("not converged after max_iter = %lld iterations\n"), (long long)o->max_iter);
  }
  if (r->complete && r->best.k > 1 && o->starts > 1 && r->entry.starts_at_best == 1) {
    text_printf(notes, _("only 1 of %lld starts reached this result; more starts may find a better one\n"),
                (long long)o->starts);
  }
  if (r->df_residual < 0) {
    text_printf(notes, _("%zu parameters are more than the answers can tell: fewer classes, or more questions\n"),
                r->entry.df);
  }
  if (r->complete && !r->share_error) {
    text_printf(notes, _("no standard errors for more than %d parameters\n"), (int)LATENT_CLASS_PARAMETERS_MOST);
  }
  if (fit->settings.n_k > 1 && r->complete && r->best.k == fit->settings.k[fit->settings.n_k - 1]) {
    text_puts(notes, _("the largest k that was tried is the best: try more\n"));
  }
  cluster_note_sizes(&fit->questions.input, r->sizes, r->best.k, notes);
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  Fit *fit = of;
  const Status status =
      latent_class_fit(call->task, &fit->questions.answers, &fit->settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    note_result(options, fit, call->notes);
  }
  return status;
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  Fit *fit = of;
  (void)options;
  return latent_class_model_state(model, &fit->questions, &fit->settings, &fit->state, e);
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  const LatentClassOptions *o = options;
  return latent_class_model_fill(model, &fit->questions, &fit->result, &fit->state, o->seed, e);
}

/* ---- predict */

static Status predicted_frame(const ClusterInput *input, size_t k, const int32_t *labels, const double *probabilities,
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
  for (size_t i = 0; i < n; i++) {
    column[i] = 1 - probabilities[i * k + (size_t)labels[i]];
  }
  cluster_predicted_floats(draft, "uncertainty", input, column);
  for (size_t j = 0; j < k; j++) {
    char name[40];
    snprintf(name, sizeof name, "probability_%zu", j + 1);
    for (size_t i = 0; i < n; i++) {
      column[i] = probabilities[i * k + j];
    }
    cluster_predicted_floats(draft, name, input, column);
  }
  mem_free(column);
  return draft_finish(draft, out, e);
}

static bool levels_agree(const Questions *q, const LatentClasses *classes)
{
  return q->all == classes->all;
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  Questions q = {0};
  LatentClasses classes = {0};
  int32_t *labels = NULL;
  double *probabilities = NULL;
  Status status;
  *out = NULL;
  TRY(latent_class_model_classes(model, &classes, e));
  TRY(questions_of_model(call, model, data, &q, e));
  TRY(levels_agree(&q, &classes) ? STATUS_OK : cluster_model_broken(e));
  labels = mem_alloc(q.answers.n, sizeof *labels);
  probabilities = mem_alloc(q.answers.n * classes.k, sizeof *probabilities);
  TRY(labels && probabilities ? STATUS_OK
                              : error_memory(e, q.answers.n * classes.k * sizeof *probabilities, _("labels")));
  if (q.answers.n > 0) {
    TRY(latent_class_predict(call->task, &q.answers, &classes, labels, probabilities, e));
  }
  if (q.unknown > 0) {
    text_printf(call->notes, _("answers that the model does not know, taken for missing: %zu\n"), q.unknown);
  }
  status = predicted_frame(&q.input, classes.k, labels, probabilities, out, e);
done:
  questions_free(&q);
  latent_classes_free(&classes);
  mem_free(labels);
  mem_free(probabilities);
  return status;
}

/* Sorting, and 300 iterations a start over the rows, as if all were different. */
static Status latent_class_cost(const Call *call, Cost *out, Error *e)
{
  const LatentClassOptions *o = call->options;
  const double n = (double)frame_rows(call->data->frame);
  const double d = (double)(o->on.n ? o->on.n : frame_columns(call->data->frame));
  size_t *k = mem_alloc(RANGE_MOST, sizeof *k), count = 0;
  if (!k) {
    return error_memory(e, RANGE_MOST * sizeof *k, _("classes"));
  }
  const Status status = range_read(o->k, 6, k, &count, e);
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    sum += (double)k[i];
  }
  mem_free(k);
  out->bytes = n * (d * 8 + 40);
  out->seconds = n * d * 2e-8 + fmin(n, pow(3, fmin(d, 30))) * sum * (d + 20) * 300 * (double)o->starts * 1e-9;
  return status;
}

static Status run_responses(Call *call, Value *out, Error *e)
{
  return model_give(call, "responses", out, e);
}

static const Figure latent_class_figures[] = {
    {"n", "rows used in the fit", "", "far more than df"},
    {"k", "number of classes", "", "2 to 6 for most questionnaires"},
    {"log_likelihood", "sum over rows of the log of the probability of its answers", "", "larger is better"},
    {"df", "free numbers in shares and response probabilities", "", "fewer than df_residual"},
    {"bic", "Bayesian information criterion; smaller is better", "-2 * {log_likelihood} + {df} * log({total_weight})",
     "a difference of 10 is strong evidence"},
    {"aic", "Akaike's information criterion; smaller is better", "-2 * {log_likelihood} + 2 * {df}",
     "tends to more classes than bic"},
    {"icl", "bic plus twice the sum over rows of -log of the highest probability; smaller is better", "",
     "near bic when classes are apart"},
    {"g2", "likelihood ratio against all patterns of answers, of the rows without missing ones", "",
     "about df_residual when the classes explain all; meaningless when most patterns are rare"},
    {"x2", "Pearson's chi-squared against all patterns, of the same rows", "", "about df_residual"},
    {"df_residual", "possible patterns less one, or rows when these are fewer, less df", "",
     "above 0, else the classes cannot be told"},
    {"entropy", "1 less the mean entropy of the rows' probabilities as a share of log k", "",
     "0 to 1; above 0.8 classes are clear"},
    {"uncertainty", "mean over rows of one minus the highest probability", "", "0 (every row clear) to 1 - 1/k"},
    {"iterations", "iterations of the best start", "", "some dozens to some hundreds"},
    {"converged", "whether tol was met", "", "true"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"seed", "seed of the starts", "", "any; the same seed gives the same result"},
    {"dropped", "rows left out: without any answer, or with missing = drop with some missing", "", "0"},
    {"starts_at_best", "starts that came within 1e-6 of the best log likelihood", "",
     "most of them; 1 hints at a hard problem"},
    {"patterns", "different rows of answers", "", "far fewer than n: then the fit is quick"},
    {"total_weight", "sum of the weights, which bic takes for the number of rows", "", "n without weights"},
};

static const ModelSteps latent_class_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work,
                                              .fill = fill, .free = fit_free};

static const ModelClass latent_class_class = {.size = sizeof(ModelClass),
                                              .predict = predict,
                                              .proceed = model_proceed,
                                              .headline = cluster_headline,
                                              .check = latent_class_model_check,
                                              .plots = LATENT_CLASS_PLOTS,
                                              .plot = latent_class_plot, .steps = &latent_class_steps};

static const Primitive latent_class = {.size = sizeof(Primitive),
                                       .family = "cluster",
                                       .name = "latent_class",
                                       .version = 1,
                                       .summary = "latent class analysis: classes of people behind answers to "
                                                  "questions",
                                       .details = "Finds k classes with a share each and, within each class, the "
                                                  "probability of every answer to every question, answers "
                                                  "being independent within a class. Rows with missing answers count "
                                                  "with those they have. Starts several times from "
                                                  "random probabilities. m:responses() has the probabilities with "
                                                  "standard errors; m:criteria() compares the numbers of "
                                                  "classes. New rows go to the class of highest probability; an answer "
                                                  "the model does not know counts as missing.",
                                       .takes = VALUE_FRAME,
                                       .main = "k",
                                       .options = latent_class_options,
                                       .n_options = N_OPTIONS,
                                       .options_size = sizeof(LatentClassOptions),
                                       .gives = VALUE_MODEL,
                                       .returns = "a model; tidy: cluster size share weight (the class's share) "
                                                  "weight_error; predict: cluster (highest probability), "
                                                  "uncertainty, a probability per class",
                                       .reference = "Goodman 1974; Linzer and Lewis 2011 (poLCA)",
                                       .example = "df = read \"datasets/titanic/titanic.csv\"\nm = df:latent_class{k = "
                                                  "2, on = {\"class\", \"sex\", \"survived\"}}\nm:responses()",
                                       .where = WHERE_JOB,
                                       .cost = latent_class_cost,
                                       .figures = latent_class_figures,
                                       .n_figures = sizeof latent_class_figures / sizeof *latent_class_figures,
                                       .run = model_run,
                                       .model = &latent_class_class};
REGISTER_PRIMITIVE(latent_class);

static const Primitive responses = {.size = sizeof(Primitive),
                                    .family = "cluster",
                                    .name = "responses",
                                    .version = 1,
                                    .takes = VALUE_MODEL,
                                    .takes_class = "cluster",
                                    .gives = VALUE_FRAME,
                                    .reference = "",
                                    .where = WHERE_MAIN,
                                    .summary = "the probability of every answer in each latent class",
                                    .returns = "a frame: variable level cluster probability std_error",
                                    .example = "df = read \"datasets/titanic/titanic.csv\"\ndf:latent_class{k = 2, on "
                                               "= {\"class\", \"sex\", \"survived\"}}:responses()",
                                    .run = run_responses};
REGISTER_PRIMITIVE(responses);

static const Topic latent_class_topics[] = {
    {"too-many-answers", "a question with too many different answers",
     "Questions of latent classes have few levels (at most 100; a handful is usual). Cut numbers into classes with "
     "df:cut, put rare "
     "levels together with df:relevel, or leave the column out of on."},
};
REGISTER_TOPICS(latent_class_topics);
