/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.stability and cluster.sensitivity: whether the clusters of a model come again when rows, scales, variables or seeds
 * change. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/refit_primitives.h"
#include "core/alloc.h"
#include "core/random.h"
#include "frame/builder.h"

/* ---- what both begin with: the model's labels of its data */

typedef struct Original {
  const Model *model;
  const Primitive *method;
  const Frame *data;
  int32_t *labels;  /* n, and room for as many others */
  size_t n, k;
} Original;

static Status original(Call *call, const Frame *given, Original *out, Error *e)
{
  const Model *model = call->data->model;
  *out = (Original){.model = model, .method = model_primitive(model), .data = given ? given : model_data(model)};
  if (!out->method->model || !out->method->model->predict) {
    return error_set(e, STATUS_STATE, "not-supported", _("a model of %1$s cannot %2$s"), model_name(model), _("predict"));
  }
  if (!out->data) {
    error_set(e, STATUS_STATE, "no-data", _("the model does not hold the data it was fitted to"));
    return error_hint(e, _("give them: data = df"));
  }
  out->n = frame_rows(out->data);
  out->labels = mem_alloc(2 * out->n + 1, sizeof *out->labels);
  return out->labels ? refit_labels(call, model, out->data, out->labels, &out->k, e)
                     : error_memory(e, 2 * out->n * sizeof *out->labels, _("labels"));
}

/* ---- stability */

#define STABILITY_OPTIONS(O) \
  O(data, FRAME, OPTION_UNSET, 1, 0, "", "", "the rows it was fitted to; needed after model.load") \
  O(rounds, INT, "50", 1, 100000, "", "", "fits to resampled rows") \
  O(scheme, CHOICE, "bootstrap", 0, 0, "bootstrap|subset", "", \
    "rows of a round: drawn with replacement and taken once each, or half of them without") \
  O(seed, INT, "1", 0, 9e15, "", "", "seed of the rows drawn")
typedef struct StabilityOptions {
  STABILITY_OPTIONS(OPTION_FIELD)
} StabilityOptions;
#define ROW(...) OPTION_ROW_OF(StabilityOptions, __VA_ARGS__)
static const Option stability_options[] = {STABILITY_OPTIONS(ROW)};
#undef ROW

enum { ROUND_STREAM = 0x57ab };

/* Sums over rounds, per cluster of the model. */
typedef struct Tally {
  double *sum, *squares;
  int64_t *recovered, *dissolved, *rounds, *sizes;
  size_t refused;   /* rounds whose rows the method could not take, such as fewer different ones than clusters */
  Error why;        /* of the last of them */
} Tally;

static Status tally_init(Tally *t, size_t k, Arena *arena, Error *e)
{
  t->refused = 0;
  t->why = (Error){0};
  t->sum = arena_alloc(arena, k + 1, sizeof(double));
  t->squares = arena_alloc(arena, k + 1, sizeof(double));
  t->recovered = arena_alloc(arena, k + 1, sizeof(int64_t));
  t->dissolved = arena_alloc(arena, k + 1, sizeof(int64_t));
  t->rounds = arena_alloc(arena, k + 1, sizeof(int64_t));
  t->sizes = arena_alloc(arena, k + 1, sizeof(int64_t));
  if (!t->sum || !t->squares || !t->recovered || !t->dissolved || !t->rounds || !t->sizes) {
    return error_memory(e, 0, _("figures of clusters"));
  }
  for (size_t c = 0; c <= k; c++) {
    t->sum[c] = t->squares[c] = 0;
    t->recovered[c] = t->dissolved[c] = t->rounds[c] = t->sizes[c] = 0;
  }
  return STATUS_OK;
}

/* The rows of a round, rising. */
static size_t draw_rows(const StabilityOptions *o, size_t n, size_t round, bool *in, size_t *rows)
{
  Random random = random_new((uint64_t)o->seed, ROUND_STREAM + round);
  memset(in, 0, n * sizeof *in);
  if (o->scheme[0] == 's') {
    random_permutation(&random, n, rows);
    for (size_t i = 0; i < n / 2; i++) {
      in[rows[i]] = true;
    }
  } else {
    for (size_t i = 0; i < n; i++) {
      in[random_below(&random, n)] = true;
    }
  }
  size_t m = 0;
  for (size_t i = 0; i < n; i++) {
    if (in[i]) {
      rows[m++] = i;
    }
  }
  return m;
}

/* Of each cluster of the model, among the rows drawn: the largest Jaccard similarity to a cluster of the new fit. */
static Status compare_round(const Original *o, const size_t *rows, size_t m, const int32_t *other, size_t k_other, Tally *t,
                            Error *e)
{
  double *table = mem_zero((o->k + 1) * (k_other + 1), sizeof *table);
  if (!table) {
    return error_memory(e, 0, _("a table of clusters"));
  }
  const size_t width = k_other + 1;
  double *columns = table + o->k * width;
  for (size_t i = 0; i < m; i++) {
    const int32_t a = o->labels[rows[i]], b = other[i];
    if (b >= 0) {
      columns[b]++;
    }
    if (a >= 0) {
      table[(size_t)a * width + k_other]++;
      table[(size_t)a * width + (size_t)(b >= 0 ? b : 0)] += b >= 0;
    }
  }
  for (size_t c = 0; c < o->k; c++) {
    const double size = table[c * width + k_other];
    double best = 0;
    for (size_t j = 0; j < k_other; j++) {
      const double both = table[c * width + j];
      best = fmax(best, both > 0 ? both / (size + columns[j] - both) : 0);
    }
    if (size > 0) { /* a cluster none of whose rows was drawn says nothing */
      t->rounds[c]++;
      t->sum[c] += best;
      t->squares[c] += best * best;
      t->recovered[c] += best >= 0.75;
      t->dissolved[c] += best <= 0.5;
    }
  }
  mem_free(table);
  return STATUS_OK;
}

static Status one_round(Call *call, const Original *o, const StabilityOptions *options, size_t round, bool *in, size_t *rows,
                        Tally *t, Error *e)
{
  const size_t m = draw_rows(options, o->n, round, in, rows);
  Frame *drawn = NULL;
  Model *model = NULL;
  size_t k = 0;
  Status status;
  TRY(frame_take(o->data, rows, m, &drawn, e));
  status = refit(call, o->method, model_options(o->model), NULL, 0, drawn, &model, e);
  if (status == STATUS_DATA) {
    t->refused++;
    t->why = *e;
    error_clear(e);
    status = STATUS_OK;
    goto done;
  }
  TRY(status);
  TRY(refit_labels(call, model, drawn, o->labels + o->n, &k, e));
  TRY(compare_round(o, rows, m, o->labels + o->n, k, t, e));
done:
  frame_unref(drawn);
  model_unref(model);
  return status;
}

static const char *reading(double jaccard)
{
  return jaccard >= 0.85 ? "highly stable" : jaccard >= 0.75 ? "stable" : jaccard >= 0.6 ? "a pattern" : "not stable";
}

static Status stability_frame(const Tally *t, size_t k, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  int64_t *numbers = mem_alloc(k + 1, sizeof *numbers);
  double *mean = mem_alloc(k + 1, sizeof *mean), *sd = mem_alloc(k + 1, sizeof *sd);
  const char **words = mem_alloc(k + 1, sizeof *words);
  Status status = draft && numbers && mean && sd && words ? STATUS_OK : error_memory(e, 0, _("a frame"));
  for (size_t c = 0; status == STATUS_OK && c < k; c++) {
    const double n = (double)t->rounds[c];
    numbers[c] = (int64_t)c + 1;
    mean[c] = n > 0 ? t->sum[c] / n : NAN;
    sd[c] = n > 1 ? sqrt(fmax(0, (t->squares[c] - n * mean[c] * mean[c]) / (n - 1))) : NAN;
    words[c] = n > 0 ? reading(mean[c]) : NULL;
  }
  if (status == STATUS_OK) {
    draft_ints(draft, "cluster", numbers, k);
    draft_ints(draft, "size", t->sizes, k);
    draft_floats(draft, "jaccard", mean, k);
    draft_floats(draft, "sd", sd, k);
    draft_ints(draft, "recovered", t->recovered, k);
    draft_ints(draft, "dissolved", t->dissolved, k);
    draft_ints(draft, "rounds", t->rounds, k);
    draft_texts(draft, "reading", words, k);
    status = draft_finish(draft, out, e);
    draft = NULL;
  }
  draft_free(draft);
  mem_free(numbers);
  mem_free(mean);
  mem_free(sd);
  mem_free(words);
  return status;
}

static Status run_rounds(Call *call, const Original *o, const StabilityOptions *options, Tally *t, Error *e)
{
  size_t *rows = mem_alloc(o->n + 1, sizeof *rows), round = 0;
  bool *in = mem_alloc(o->n + 1, sizeof *in);
  Status status = rows && in ? STATUS_OK : error_memory(e, 0, _("row numbers"));
  for (; status == STATUS_OK && round < (size_t)options->rounds; round++) {
    status = one_round(call, o, options, round, in, rows, t, e);
    task_phase(call->task, "stability");
    task_progress(call->task, round + 1, (uint64_t)options->rounds);
  }
  if (status == STATUS_OK && t->refused == (size_t)options->rounds) {
    *e = t->why;
    status = e->status;
    error_hint(e, _("no round's rows could be fitted: fewer clusters, or more rows"));
  } else if (t->refused > 0) {
    text_printf(call->notes, _("rounds whose rows could not be fitted, and are left out: %1$zu (%2$s)\n"), t->refused,
                t->why.what);
  }
  if (status == STATUS_CANCELLED && round > 1) {
    error_clear(e);
    status = STATUS_OK;
    text_printf(call->notes, _("stopped: rounds that are complete: %1$zu of %2$lld\n"), round - 1, (long long)options->rounds);
  }
  mem_free(rows);
  mem_free(in);
  return status;
}

static Status run_stability(Call *call, Value *out, Error *e)
{
  const StabilityOptions *options = call->options;
  Original o;
  Tally t;
  Frame *frame = NULL;
  Status status;
  TRY(original(call, options->data, &o, e));
  TRY(tally_init(&t, o.k, &call->task->arena, e));
  for (size_t i = 0; i < o.n; i++) {
    t.sizes[o.labels[i] < 0 ? o.k : (size_t)o.labels[i]]++;
  }
  TRY(run_rounds(call, &o, options, &t, e));
  TRY(stability_frame(&t, o.k, &frame, e));
  *out = value_of_frame(frame);
done:
  mem_free(o.labels);
  return status;
}

/* A bootstrap has 1 - 1/e of the rows. */
static Status stability_cost(const Call *call, Cost *out, Error *e)
{
  const StabilityOptions *o = call->options;
  const Frame *data = o->data ? o->data : model_data(call->data->model);
  const Status status = refit_model_cost(call, call->data->model, data, o->scheme[0] == 's' ? 0.5 : 1 - exp(-1), out, e);
  out->seconds *= (double)o->rounds;
  return status;
}

static const Primitive stability = {
  .size = sizeof(Primitive), .family = "cluster", .name = "stability", .version = 1,
  .summary = "whether each cluster comes again when the method is fitted to resampled rows",
  .details = "Fits the model's method with its options to rows drawn from the data, again and again. Each cluster is compared with the "
             "most similar new one, by the Jaccard similarity over the rows drawn, and the mean over rounds says how stable it is: 0.85 "
             "and more highly stable, 0.75 stable, 0.6 to 0.75 a pattern whose rows are in doubt, less not to be trusted. recovered "
             "counts rounds of 0.75 and more, dissolved those of 0.5 and less. A stable cluster need not be a meaningful one.",
  .takes = VALUE_MODEL, .takes_class = "cluster", .main = "data", .options = stability_options,
  .n_options = sizeof stability_options / sizeof *stability_options, .options_size = sizeof(StabilityOptions), .gives = VALUE_FRAME,
  .returns = "a frame: cluster size jaccard sd recovered dissolved rounds reading", .reference = "Hennig 2007, CSDA 52(1) (clusterboot)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmeans{k = 3}:stability{rounds = 20}", .where = WHERE_JOB,
  .cost = stability_cost, .run = run_stability};
REGISTER_PRIMITIVE(stability);

/* ---- sensitivity */

#define SENSITIVITY_OPTIONS(O) \
  O(data, FRAME, OPTION_UNSET, 1, 0, "", "", "the rows it was fitted to; needed after model.load") \
  O(seeds, INT, "3", 0, 1000, "", "", "other seeds to try")
typedef struct SensitivityOptions {
  SENSITIVITY_OPTIONS(OPTION_FIELD)
} SensitivityOptions;
#define ROW(...) OPTION_ROW_OF(SensitivityOptions, __VA_ARGS__)
static const Option sensitivity_options[] = {SENSITIVITY_OPTIONS(ROW)};
#undef ROW

typedef struct Lines {
  Builder *change, *to, *ari, *k;
  uint64_t made, fits; /* of the changes, those tried and all */
} Lines;

static void lines_free(Lines *l)
{
  builder_free(l->change);
  builder_free(l->to);
  builder_free(l->ari);
  builder_free(l->k);
}

/* One fit with a change; one that cannot be made (a variable that is the only one) leaves its figures missing. */
static Status try_change(Call *call, const Original *o, const char *name, const char *to, const RefitChange *change, Lines *l,
                         Error *e)
{
  Model *model = NULL;
  size_t k = 0;
  double ari = NAN;
  Status status;
  task_phase(call->task, "sensitivity");
  task_progress(call->task, l->made++, l->fits);
  status = refit(call, o->method, model_options(o->model), change, 1, o->data, &model, e);
  if (status == STATUS_DATA || status == STATUS_ARGUMENT) {
    text_printf(call->notes, _("%1$s %2$s: %3$s\n"), name, to, e->what);
    error_clear(e);
    status = STATUS_OK;
  } else {
    TRY(status);
    TRY(refit_labels(call, model, o->data, o->labels + o->n, &k, e));
    TRY(refit_ari(o->labels, o->k, o->labels + o->n, k, o->n, &ari, e));
  }
  builder_text(l->change, name, strlen(name));
  builder_text(l->to, to, strlen(to));
  if (model) {
    builder_int(l->k, (int64_t)k);
  } else {
    builder_missing(l->k);
  }
  if (isnan(ari)) {
    builder_missing(l->ari);
  } else {
    builder_float(l->ari, ari);
  }
done:
  model_unref(model);
  return status;
}

static Status try_scales(Call *call, const Original *o, Lines *l, Error *e)
{
  static const char *const scales[] = {"none", "zscore", "range", "robust"};
  const char *own = model_option_text(o->model, "scale");
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && own && i < 4; i++) {
    if (strcmp(own, scales[i]) != 0) {
      RefitChange change = {.name = "scale"};
      status = value_text(scales[i], strlen(scales[i]), &change.value, e);
      status = status == STATUS_OK ? try_change(call, o, "scale", scales[i], &change, l, e) : status;
      value_free(&change.value);
    }
  }
  return status;
}

/* Each variable left out in turn: on = all others. */
static Status try_variables(Call *call, const Original *o, Lines *l, Error *e)
{
  const Frame *variables = model_frame(o->model, "variables");
  size_t name;
  if (!variables || !frame_find(variables, "name", &name) || frame_rows(variables) < 2) {
    return STATUS_OK;
  }
  const Column *names = frame_column(variables, name);
  Status status = STATUS_OK;
  for (size_t left = 0; status == STATUS_OK && left < column_rows(names); left++) {
    RefitChange change = {.name = "on"};
    Text to = {0};
    size_t length, at = 0;
    status = value_list(column_rows(names) - 1, false, &change.value, e);
    for (size_t j = 0; status == STATUS_OK && j < column_rows(names); j++) {
      const char *text = column_text(names, j, &length);
      if (j == left) {
        text_add(&to, text, length);
      } else {
        status = value_text(text, length, &change.value.list.items[at++], e);
      }
    }
    status = status == STATUS_OK ? text_status(&to, e) : status;
    status = status == STATUS_OK ? try_change(call, o, "without", text_data(&to), &change, l, e) : status;
    value_free(&change.value);
    text_free(&to);
  }
  return status;
}

static Status try_seeds(Call *call, const Original *o, int64_t seeds, Lines *l, Error *e)
{
  const double own = model_option_number(o->model, "seed", -1);
  Status status = STATUS_OK;
  for (int64_t i = 1; status == STATUS_OK && own >= 0 && i <= seeds; i++) {
    char to[24];
    const RefitChange change = {.name = "seed", .value = value_of_int((int64_t)own + i)};
    snprintf(to, sizeof to, "%lld", (long long)own + (long long)i);
    status = try_change(call, o, "seed", to, &change, l, e);
  }
  return status;
}

/* A fit for each of the three other scales, for each variable, for each seed. */
static uint64_t changes_of(const Model *model, int64_t seeds)
{
  const Frame *variables = model_frame(model, "variables");
  const uint64_t scales = model_option_text(model, "scale") ? 3 : 0;
  const uint64_t left_out = variables && frame_rows(variables) > 1 ? frame_rows(variables) : 0;
  return scales + left_out + (model_option_number(model, "seed", -1) >= 0 ? (uint64_t)seeds : 0);
}

static Status run_sensitivity(Call *call, Value *out, Error *e)
{
  const SensitivityOptions *options = call->options;
  Lines l = {.change = builder_new(TYPE_STRING, 16), .to = builder_new(TYPE_STRING, 16), .ari = builder_new(TYPE_FLOAT64, 16),
             .k = builder_new(TYPE_INT64, 16)};
  Draft *draft = NULL;
  Original o = {0};
  Frame *frame = NULL;
  Status status;
  TRY(l.change && l.to && l.ari && l.k ? STATUS_OK : error_memory(e, 0, _("a frame")));
  TRY(original(call, options->data, &o, e));
  l.fits = changes_of(o.model, options->seeds);
  TRY(try_scales(call, &o, &l, e));
  TRY(try_variables(call, &o, &l, e));
  TRY(try_seeds(call, &o, options->seeds, &l, e));
  draft = draft_new();
  draft_builder(draft, "change", l.change);
  draft_builder(draft, "to", l.to);
  draft_builder(draft, "ari", l.ari);
  draft_builder(draft, "k", l.k);
  l = (Lines){0};
  TRY(draft_finish(draft, &frame, e));
  *out = value_of_frame(frame);
done:
  lines_free(&l);
  mem_free(o.labels);
  return status;
}

static Status sensitivity_cost(const Call *call, Cost *out, Error *e)
{
  const SensitivityOptions *o = call->options;
  const Model *model = call->data->model;
  const Status status = refit_model_cost(call, model, o->data ? o->data : model_data(model), 1, out, e);
  out->seconds *= (double)changes_of(model, o->seeds);
  return status;
}

static const Primitive sensitivity = {
  .size = sizeof(Primitive), .family = "cluster", .name = "sensitivity", .version = 1,
  .summary = "how far the clusters depend on the scaling, on each variable and on the seed",
  .details = "Fits the model's method again with another scale, without each variable in turn, and with other seeds. ari is the "
             "adjusted Rand index with the model's own clusters: near 1, they stay; a variable without which it falls far is one the "
             "clusters rest on; seeds that disagree say that more starts are needed.",
  .takes = VALUE_MODEL, .takes_class = "cluster", .main = "data", .options = sensitivity_options,
  .n_options = sizeof sensitivity_options / sizeof *sensitivity_options, .options_size = sizeof(SensitivityOptions),
  .gives = VALUE_FRAME, .returns = "a frame: change to ari k", .reference = "Hubert and Arabie 1985 (ari)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmeans{k = 3}:sensitivity()", .where = WHERE_JOB,
  .cost = sensitivity_cost, .run = run_sensitivity};
REGISTER_PRIMITIVE(sensitivity);
