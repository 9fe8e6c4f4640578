/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.clara: k-medoids of many rows by samples, as a model. */
#include <math.h>
#include <string.h>

#include "cluster/clara.h"
#include "cluster/cluster_options.h"
#include "cluster/medoids_model_primitives.h"
#include "core/alloc.h"
#include "registry/registry.h"
#include "registry/model_fit.h"

/* clang-format off */
#define CLARA_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e6, "", "", "number of clusters") \
  MEDOIDS_ON(O) CLUSTER_SCALE(O) \
  O(metric, CHOICE, "euclidean", 0, 0, METRIC_CHOICES "|gower", "", "dissimilarity of rows; gower: of mixed columns") \
  MEDOIDS_TYPES(O) \
  O(samples, INT, "5", 1, 1e6, "", "", "samples to look for medoids in; the best medoids are kept") \
  O(sample_size, INT, "0", 0, 1e6, "", "rows", "rows of a sample; 0: 80 + 4 k") \
  CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) MEDOIDS_MISSING(O)
/* clang-format on */
typedef struct ClaraOptions {
  CLARA_OPTIONS(OPTION_FIELD)
} ClaraOptions;
#define ROW(...) OPTION_ROW_OF(ClaraOptions, __VA_ARGS__)
static const Option clara_options[] = {CLARA_OPTIONS(ROW)};
#undef ROW

typedef struct ClaraFit {
  MedoidsFit fit;
  ClaraState state;
  ClaraSettings settings;
} ClaraFit;

static void clara_fit_free(void *of)
{
  ClaraFit *c = of;
  medoids_fit_free(&c->fit);
  clara_state_free(&c->state);
}

static size_t sample_size(const ClaraOptions *o)
{
  return o->sample_size > 0 ? (size_t)o->sample_size : 80 + 4 * (size_t)o->k;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const ClaraOptions *o = options;
  ClaraFit *c = of;
  const MedoidsAsk ask = {.cluster = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing},
                          .metric = o->metric,
                          .types = o->types,
                          .variable_weights = o->variable_weights};
  c->settings = (ClaraSettings){
      .k = (size_t)o->k, .samples = (size_t)o->samples, .sample_size = sample_size(o), .seed = (uint64_t)o->seed};
  if (o->sample_size > 0 && o->sample_size < o->k) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("sample_size = %1$lld is less than k = %2$lld"),
                     (long long)o->sample_size, (long long)o->k);
  }
  return medoids_input(call, data, &ask, &c->fit.input, e);
}

static Status make_glance(const ClaraFit *c, const ClaraOptions *o, Frame **out, Error *e)
{
  const size_t n = c->fit.result.n, size = c->settings.sample_size;
  Draft *const draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  medoids_glance(draft, &c->fit);
  draft_int(draft, "samples", (int64_t)c->state.done);
  draft_int(draft, "sample_size", (int64_t)(size < n ? size : n));
  draft_int(draft, "best_sample", (int64_t)c->state.best);
  draft_int(draft, "seed", o->seed);
  return draft_finish(draft, out, e);
}

/* The state in one frame: its figures stand in every row, a medoid in each. */
static Status make_state(const ClaraState *s, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  Builder *const builder = builder_new(TYPE_INT64, s->k);
  int64_t *const same = mem_alloc(3, s->k * sizeof *same);
  double *const objective = mem_alloc(s->k, sizeof *objective);
  if (!draft || !builder || !same || !objective) {
    draft_free(draft);
    builder_free(builder);
    mem_free(same);
    mem_free(objective);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t i = 0; i < s->k; i++) {
    builder_int(builder, (int64_t)s->medoids[i]);
    same[i] = (int64_t)s->done;
    same[s->k + i] = (int64_t)s->best;
    objective[i] = s->best > 0 ? s->objective : 0;
  }
  draft_builder(draft, "row", builder);
  draft_ints(draft, "done", same, s->k);
  draft_ints(draft, "best", same + s->k, s->k);
  draft_floats(draft, "objective", objective, s->k);
  mem_free(same);
  mem_free(objective);
  return draft_finish(draft, out, e);
}

static const Column *state_column(const Frame *state, const char *name, Type type)
{
  size_t at;
  const Column *const column = frame_find(state, name, &at) ? frame_column(state, at) : NULL;
  return column && column_type(column) == type && column_missing(column) == 0 ? column : NULL;
}

static Status read_state(const Model *model, ClaraState *out, Error *e)
{
  const Frame *const state = model_frame(model, "state");
  *out = (ClaraState){0};
  if (!state || frame_rows(state) == 0) {
    return cluster_model_broken(e);
  }
  const Column *const rows = state_column(state, "row", TYPE_INT64), *const done =
                                                                         state_column(state, "done", TYPE_INT64);
  const Column *const best = state_column(state, "best", TYPE_INT64);
  const Column *const objective = state_column(state, "objective", TYPE_FLOAT64);
  if (!rows || !done || !best || !objective) {
    return cluster_model_broken(e);
  }
  out->k = frame_rows(state);
  out->done = (size_t)column_int(done, 0);
  out->best = (size_t)column_int(best, 0);
  out->objective = column_float(objective, 0);
  out->medoids = mem_alloc(out->k, sizeof *out->medoids);
  for (size_t i = 0; out->medoids && i < out->k; i++) {
    out->medoids[i] = (size_t)column_int(rows, i);
  }
  return out->medoids ? STATUS_OK : error_memory(e, out->k * sizeof *out->medoids, _("medoids"));
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const ClaraFit *c = of;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "glance", make_glance(c, options, &frame, e), &frame, e));
  TRY(medoids_model_fill(model, &c->fit, e));
  if (!c->fit.result.complete) {
    TRY(model_set_made(model, "state", make_state(&c->state, &frame, e), &frame, e));
  }
done:
  return status;
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  ClaraFit *c = of;
  const PamResult *const r = &c->fit.result;
  const Status status = clara_fit(call->task, &c->fit.input.pairs, c->fit.input.input.weights, &c->settings, &c->state,
                                  &c->fit.result, e);
  (void)options;
  if (status != STATUS_OK) {
    return status;
  }
  if (!r->complete) {
    text_printf(call->notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  }
  cluster_note_sizes(&c->fit.input.input, r->sizes, r->k, call->notes);
  return STATUS_OK;
}

static Status resume(const Model *model, const void *options, void *fit, Error *e)
{
  (void)options;
  return read_state(model, &((ClaraFit *)fit)->state, e);
}

static Status clara_check(const Model *model, Error *e)
{
  bool complete;
  Status status = medoids_check(model, e);
  if (status == STATUS_OK && !cluster_flag_cell(model_frame(model, "glance"), "complete", &complete)) {
    return cluster_model_broken(e);
  }
  if (status == STATUS_OK && !complete) {
    ClaraState state;
    status = read_state(model, &state, e);
    clara_state_free(&state);
  }
  return status;
}

static Status clara_cost(const Call *call, Cost *out, Error *e)
{
  const ClaraOptions *const o = call->options;
  const Frame *const data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  const double m = (double)sample_size(o) < n ? (double)sample_size(o) : n;
  (void)e;
  out->bytes = n * d * 8 + n * 40 + m * (k + d) * 8;
  out->seconds = (double)o->samples * (n * k + m * m * (k + 4)) * (0.8 + 0.2 * d) * 1e-9 / 2;
  return STATUS_OK;
}

static const Figure clara_figures[] = {
    {"n", "rows used in the fit", "", "at least k"},
    {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
    {"objective", "mean dissimilarity from a row to the medoid of its cluster, over all rows, by weight", "",
     "0 (every row is a medoid) and up; pam on the same rows finds one that is a little lower"},
    {"silhouette", "not made: it compares all pairs of rows", "",
     "df:silhouette{cluster = \"cluster\", sample = 20000}"},
    {"samples", "samples that were searched to their end", "", "the option, unless interrupted"},
    {"sample_size", "rows of a sample", "", "some dozen rows for each cluster"},
    {"best_sample", "the sample that the medoids are from", "",
     "1 to samples; the last one hints that more may help"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty or interrupted"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"seed", "seed of the samples", "", "any; the same seed gives the same result"},
};

static const ModelSteps clara_steps = {.fit_size = sizeof(ClaraFit), .prepare = prepare, .resume = resume, .work = work,
                                       .fill = fill, .free = clara_fit_free};

static const ModelClass clara_class = {.size = sizeof(ModelClass),
                                       .predict = medoids_predict,
                                       .proceed = model_proceed,
                                       .headline = medoids_headline,
                                       .check = clara_check,
                                       .plots = "segments|sizes|profile",
                                       .plot = medoids_plot, .steps = &clara_steps};

static const Primitive clara = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "clara",
    .version = 1,
    .summary = "k-medoids of many rows: medoids from samples, judged by all rows",
    .details =
        "Looks for k medoids as pam does, but on samples, and keeps those that are best for all rows. So it takes a "
        "million rows in seconds and hardly any memory. From the second sample on the best medoids so far are in it. "
        "Clusters are numbered largest first; new rows go to the nearest medoid.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = clara_options,
    .n_options = sizeof clara_options / sizeof *clara_options,
    .options_size = sizeof(ClaraOptions),
    .gives = VALUE_MODEL,
    .returns =
        "a model; tidy: cluster size share medoid (row number) mean_distance max_distance and the medoid's cells; "
        "predict: cluster (of the nearest medoid) distance",
    .reference = "Kaufman and Rousseeuw 1990, chapter 3",
    .example =
        "df = read \"datasets/credit/credit.csv\"\ndf:clara{k = 4, on = {\"duration\", \"credit_amount\", \"age\"}, "
        "scale = \"zscore\"}",
    .where = WHERE_JOB,
    .cost = clara_cost,
    .figures = clara_figures,
    .n_figures = sizeof clara_figures / sizeof *clara_figures,
    .run = model_run,
    .model = &clara_class};
REGISTER_PRIMITIVE(clara);
