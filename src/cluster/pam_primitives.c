/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.pam: k-medoids of a frame's rows, as a model. */
#include <math.h>
#include <string.h>

#include "cluster/cluster_options.h"
#include "cluster/medoids_model_primitives.h"
#include "core/alloc.h"
#include "registry/registry.h"
#include "registry/model_fit.h"

/* clang-format off */
#define PAM_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e6, "", "", "number of clusters") \
  MEDOIDS_ON(O) CLUSTER_SCALE(O) MEDOIDS_METRIC(O) MEDOIDS_TYPES(O) \
  O(init, CHOICE_FRAME, "build", 0, 0, "build|lab|random", "", \
    "starting medoids: build takes the row that helps most, k times; lab does so on small samples; random draws " \
    "rows; or a frame with a column medoid of row numbers") \
  O(swap, BOOL, "true", 0, 0, "", "", "whether medoids are exchanged for other rows while that helps") \
  O(variant, CHOICE, "eager", 0, 0, "eager|steepest", "", \
    "which swap is made: the first that helps (FasterPAM), or the best of all as in the classic algorithm") \
  O(max_iter, INT, "100", 1, 1e9, "", "", "most passes over the rows") \
  O(silhouette, BOOL, "true", 0, 0, "", "", \
    "also compute silhouettes, diameters and separations: a pass over all pairs of rows") \
  CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) MEDOIDS_MISSING(O) CLUSTER_SAMPLE(O)
/* clang-format on */
typedef struct PamOptions {
  PAM_OPTIONS(OPTION_FIELD)
} PamOptions;
#define ROW(...) OPTION_ROW_OF(PamOptions, __VA_ARGS__)
static const Option pam_options[] = {PAM_OPTIONS(ROW)};
#undef ROW

/* Above this many rows a pass over all pairs takes minutes, and BUILD takes k of them. */
#define MOST_ROWS 200000

typedef struct PamFit {
  MedoidsFit fit;
  PamState state;
  size_t *given;
} PamFit;

static void pam_fit_free(void *of)
{
  PamFit *p = of;
  medoids_fit_free(&p->fit);
  pam_state_free(&p->state);
  mem_free(p->given);
}

static Status check_rows(size_t n, Error *e)
{
  if (n <= MOST_ROWS) {
    return STATUS_OK;
  }
  error_set(e, STATUS_LIMIT, "too-large",
            _("n = %1$zu makes %2$.1e pairs of rows, and each pass looks at all of them"), n,
            (double)n * (double)(n - 1) / 2);
  return error_hint(e, _("clara{k = ...} works on samples of any number of rows; or sample = 20000"));
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const PamOptions *o = options;
  PamFit *p = of;
  const MedoidsAsk ask = {.cluster = {.on = o->on,
                                      .scale = o->scale,
                                      .weights = o->weights,
                                      .missing = o->missing,
                                      .sample = o->sample,
                                      .seed = (uint64_t)o->seed},
                          .metric = o->metric,
                          .types = o->types,
                          .variable_weights = o->variable_weights};
  const size_t rows = frame_rows(data);
  Status status;
  TRY(check_rows(o->sample > 0 && (size_t)o->sample < rows ? (size_t)o->sample : rows, e));
  TRY(medoids_input(call, data, &ask, &p->fit.input, e));
  TRY(medoids_check_apart(call, &p->fit.input, e));
  if (o->init.frame) {
    TRY(medoids_given(&p->fit.input, o->init.frame, (size_t)o->k, &p->given, e));
  }
done:
  return status;
}

static PamSettings settings_of(const PamOptions *o, const PamFit *p)
{
  return (PamSettings){.k = (size_t)o->k,
                       .max_iterations = (size_t)o->max_iter,
                       .init = o->init.frame                           ? PAM_GIVEN
                               : strcmp(o->init.choice, "lab") == 0    ? PAM_LAB
                               : strcmp(o->init.choice, "random") == 0 ? PAM_RANDOM
                                                                       : PAM_BUILD,
                       .medoids = p->given,
                       .swap = o->swap,
                       .steepest = strcmp(o->variant, "steepest") == 0,
                       .seed = (uint64_t)o->seed};
}

/* The fit is whole without its silhouettes: a press during them costs only these. */
static Status add_silhouettes(Call *call, MedoidsFit *fit, Error *e)
{
  Status status =
      silhouettes_of(call->task, &fit->input.pairs, fit->result.labels, fit->result.k, &fit->silhouettes, e);
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    status = STATUS_OK;
    text_puts(call->notes, _("the silhouette was not finished\n"));
  }
  return status;
}

static void note_result(const PamOptions *o, const MedoidsFit *fit, Text *notes)
{
  const PamResult *const r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->converged) {
    text_printf(notes, _("not converged after max_iter = %lld passes\n"), (long long)o->max_iter);
  }
  cluster_note_sizes(&fit->input.input, r->sizes, r->k, notes);
}

static Status make_glance(const PamFit *p, const PamOptions *o, Frame **out, Error *e)
{
  const PamResult *const r = &p->fit.result;
  Draft *const draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  medoids_glance(draft, &p->fit);
  draft_float(draft, "objective_build", r->built_objective);
  draft_int(draft, "iterations", (int64_t)r->iterations);
  draft_int(draft, "swaps", (int64_t)r->swaps);
  draft_bool(draft, "converged", r->converged);
  draft_int(draft, "seed", o->seed);
  return draft_finish(draft, out, e);
}

static Status make_state(const PamState *s, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "stage", s->stage);
  draft_int(draft, "built", (int64_t)s->built);
  draft_int(draft, "next", (int64_t)s->next);
  draft_int(draft, "since", (int64_t)s->since);
  draft_int(draft, "iterations", (int64_t)s->iterations);
  draft_int(draft, "swaps", (int64_t)s->swaps);
  draft_float(draft, "built_objective", s->built_objective);
  return draft_finish(draft, out, e);
}

static Status make_state_medoids(const PamState *s, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  Builder *const builder = builder_new(TYPE_INT64, s->k);
  if (!draft || !builder) {
    draft_free(draft);
    builder_free(builder);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t i = 0; i < s->k; i++) {
    builder_int(builder, (int64_t)s->medoids[i]);
  }
  draft_builder(draft, "row", builder);
  return draft_finish(draft, out, e);
}

static Status read_state(const Model *model, PamState *out, Error *e)
{
  const Frame *const state = model_frame(model, "state"), *const medoids = model_frame(model, "state_medoids");
  size_t stage = 0;
  *out = (PamState){0};
  if (!cluster_size_cell(state, "stage", &stage) || stage > PAM_STAGE_DONE ||
      !cluster_size_cell(state, "built", &out->built) || !cluster_size_cell(state, "next", &out->next) ||
      !cluster_size_cell(state, "since", &out->since) || !cluster_size_cell(state, "iterations", &out->iterations) ||
      !cluster_size_cell(state, "swaps", &out->swaps) ||
      !cluster_cell(state, "built_objective", true, &out->built_objective) || !medoids ||
      frame_columns(medoids) != 1 || column_type(frame_column(medoids, 0)) != TYPE_INT64 ||
      column_missing(frame_column(medoids, 0)) > 0) {
    return cluster_model_broken(e);
  }
  out->stage = (PamStage)stage;
  out->k = frame_rows(medoids);
  out->medoids = mem_alloc(out->k, sizeof *out->medoids);
  if (!out->medoids) {
    return error_memory(e, out->k * sizeof *out->medoids, _("medoids"));
  }
  for (size_t i = 0; i < out->k; i++) {
    out->medoids[i] = (size_t)column_int(frame_column(medoids, 0), i);
  }
  return STATUS_OK;
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const PamFit *p = of;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "glance", make_glance(p, options, &frame, e), &frame, e));
  TRY(medoids_model_fill(model, &p->fit, e));
  if (!p->fit.result.complete) {
    TRY(model_set_made(model, "state", make_state(&p->state, &frame, e), &frame, e));
    TRY(model_set_made(model, "state_medoids", make_state_medoids(&p->state, &frame, e), &frame, e));
  }
done:
  return status;
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const PamOptions *o = options;
  PamFit *p = of;
  const PamSettings settings = settings_of(o, p);
  Status status =
      pam_fit(call->task, &p->fit.input.pairs, p->fit.input.input.weights, &settings, &p->state, &p->fit.result, e);
  if (status == STATUS_OK && o->silhouette && p->fit.result.complete) {
    status = add_silhouettes(call, &p->fit, e);
  }
  if (status == STATUS_OK) {
    note_result(o, &p->fit, call->notes);
  }
  return status;
}

static Status resume(const Model *model, const void *options, void *fit, Error *e)
{
  (void)options;
  return read_state(model, &((PamFit *)fit)->state, e);
}

static Status pam_check(const Model *model, Error *e)
{
  bool complete;
  Status status = medoids_check(model, e);
  if (status == STATUS_OK && !cluster_flag_cell(model_frame(model, "glance"), "complete", &complete)) {
    return cluster_model_broken(e);
  }
  if (status == STATUS_OK && !complete) {
    PamState state;
    status = read_state(model, &state, e);
    pam_state_free(&state);
  }
  return status;
}

/* BUILD looks at all pairs k times, and three to five passes of SWAP and one of silhouettes follow; a pair costs
 * about a nanosecond and a fifth more for each column. */
static Status pam_cost(const Call *call, Cost *out, Error *e)
{
  const PamOptions *const o = call->options;
  const Frame *const data = call->data->frame;
  const size_t rows = frame_rows(data), used = o->sample > 0 && (size_t)o->sample < rows ? (size_t)o->sample : rows;
  const double n = (double)used, d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  const bool build = o->init.choice && strcmp(o->init.choice, "build") == 0;
  const double square = d >= 12 && n * n * 8 < 2e9 ? n * n * 8 : 0;
  const Status status = check_rows(used, e);
  out->bytes = n * d * 16 + n * k * 8 + n * 64 + (strcmp(o->metric, "given") == 0 ? n * n * 8 : square);
  out->seconds = n * n * ((build ? k : 0) + (o->swap ? 4 : 1) + 1) * (0.8 + 0.2 * d) * 1e-9 / 2;
  return status;
}

static const Figure pam_figures[] = {
    {"n", "rows used in the fit", "", "at least k; far more, for clusters that mean something"},
    {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
    {"objective", "mean dissimilarity from a row to the medoid of its cluster, by weight", "",
     "0 (every row is a medoid) and up"},
    {"objective_build", "the same before any swap", "", "at least the objective; much more, when the start was poor"},
    {"silhouette",
     "mean over rows of (b - a) / max(a, b): a the mean dissimilarity to the own cluster, b to the nearest other", "",
     "-1 to 1; over 0.5 clear, under 0.25 hardly any structure (Kaufman and Rousseeuw 1990)"},
    {"iterations", "passes over the rows", "", "2 to 5; at max_iter the search has not ended"},
    {"swaps", "medoids exchanged for other rows", "", "0 when the start was the best already"},
    {"converged", "whether no single swap would help any more", "", "true"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"seed", "seed of the random choices", "", "any; of use with init lab or random, and with sample"},
};

static const ModelSteps pam_steps = {.fit_size = sizeof(PamFit), .prepare = prepare, .resume = resume, .work = work,
                                     .fill = fill, .free = pam_fit_free};

static const ModelClass pam_class = {.size = sizeof(ModelClass),
                                     .predict = medoids_predict,
                                     .proceed = model_proceed,
                                     .headline = medoids_headline,
                                     .check = pam_check,
                                     .plots = MEDOIDS_PLOTS,
                                     .plot = medoids_plot, .steps = &pam_steps};

static const Primitive pam = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "pam",
    .version = 1,
    .summary = "k-medoids: splits rows into k clusters around rows of their own",
    .details = "Finds k rows, the medoids, so that the sum of dissimilarities from each row to its nearest medoid is "
               "small. Needs no "
               "means, so it works with any dissimilarity: distances between numbers, Gower's between mixed columns "
               "(metric = "
               "\"gower\"), or those that are given as a square. Far rows pull less than in k-means, and a medoid is "
               "a real customer "
               "to look at. BUILD finds starting medoids, SWAP exchanges them while that helps. Clusters are "
               "numbered largest first; "
               "new rows go to the nearest medoid.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = pam_options,
    .n_options = sizeof pam_options / sizeof *pam_options,
    .options_size = sizeof(PamOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share medoid (row number) mean_distance max_distance diameter separation "
               "silhouette "
               "and the medoid's cells; predict: cluster (of the nearest medoid) distance",
    .reference = "Kaufman and Rousseeuw 1990, chapter 2; Schubert and Rousseeuw 2021 (FasterPAM); Gower 1971",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:pam{k = 3, on = {\"petal_length\", \"petal_width\"}}\n"
               "df:pam{k = 3, metric = \"gower\"}:tidy()",
    .where = WHERE_JOB,
    .cost = pam_cost,
    .figures = pam_figures,
    .n_figures = sizeof pam_figures / sizeof *pam_figures,
    .run = model_run,
    .model = &pam_class};
REGISTER_PRIMITIVE(pam);
