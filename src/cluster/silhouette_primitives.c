/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.silhouette: how well each row sits in the cluster that a column says, as a model; cluster.silhouettes: by
 * row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/cluster_options.h"
#include "cluster/medoids_input_primitives.h"
#include "cluster/silhouette_plot_primitives.h"
#include "core/alloc.h"
#include "core/map.h"
#include "frame/builder.h"
#include "registry/registry.h"

/* clang-format off */
#define SILHOUETTE_OPTIONS(O) \
  O(cluster, COLUMN, OPTION_REQUIRED, 0, 0, "", "", \
    "column with the cluster of each row; rows where it is missing, or 0 in a model's labels, take no part") \
  MEDOIDS_ON(O) CLUSTER_SCALE(O) MEDOIDS_METRIC(O) MEDOIDS_TYPES(O) MEDOIDS_MISSING(O) CLUSTER_SAMPLE(O) CLUSTER_SEED(O)
/* clang-format on */
typedef struct SilhouetteOptions {
  SILHOUETTE_OPTIONS(OPTION_FIELD)
} SilhouetteOptions;
#define ROW(...) OPTION_ROW_OF(SilhouetteOptions, __VA_ARGS__)
static const Option silhouette_options[] = {SILHOUETTE_OPTIONS(ROW)};
#undef ROW

#define MOST_ROWS 500000

static const Primitive silhouette; /* below: it points to the functions that need it */

typedef struct Fit {
  MedoidsInput input;
  int32_t *labels; /* of the input's rows */
  Map *map;        /* names of the clusters */
  char **names;    /* k, borrowed from the map, in their order */
  size_t k, unlabelled;
  Silhouettes silhouettes;
} Fit;

static void fit_free(Fit *fit)
{
  medoids_input_free(&fit->input);
  mem_free(fit->labels);
  map_free(fit->map);
  mem_free(fit->names);
  silhouettes_free(&fit->silhouettes);
}

/* ---- labels */

static bool is_noise(const Column *cells, size_t row)
{
  return column_role(cells) == ROLE_LABEL && column_type(cells) == TYPE_INT64 && column_int(cells, row) == 0;
}

static Status read_labels(const Column *cells, Fit *fit, Error *e)
{
  const Variables *const v = &fit->input.input.variables;
  Text text = {0};
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < v->n; i++) {
    const size_t row = v->rows ? v->rows[i] : i;
    size_t number = 0;
    fit->labels[i] = -1;
    if (!column_valid(cells, row) || is_noise(cells, row)) {
      fit->unlabelled++;
      continue;
    }
    text_reset(&text);
    column_cell_text(cells, row, &text);
    status = text_status(&text, e);
    if (status == STATUS_OK) {
      status = map_put(fit->map, text_data(&text), text.size, &number, NULL, e);
    }
    fit->labels[i] = (int32_t)number;
  }
  text_free(&text);
  return status;
}

typedef struct Named {
  const char *name;
  double number; /* NaN: no number */
  size_t old;
} Named;

/* Numbers by size before texts in the order of their bytes. */
static int by_name(const void *a, const void *b)
{
  const Named *const x = a, *const y = b;
  if (isnan(x->number) || isnan(y->number)) {
    return isnan(x->number) && isnan(y->number) ? strcmp(x->name, y->name) : isnan(x->number) ? 1 : -1;
  }
  return (x->number > y->number) - (x->number < y->number);
}

/* Puts the clusters in order; labels follow. */
static Status order_names(Fit *fit, Error *e)
{
  const size_t k = map_size(fit->map);
  Named *const named = mem_alloc(k, sizeof *named);
  int32_t *const number = mem_alloc(k, sizeof *number);
  fit->names = mem_alloc(k, sizeof *fit->names);
  fit->k = k;
  const bool made = named && number && fit->names;
  for (size_t c = 0; made && c < k; c++) {
    size_t length;
    char *end;
    const char *const name = map_key(fit->map, c, &length);
    const double value = strtod(name, &end);
    named[c] = (Named){name, length > 0 && *end == 0 ? value : (double)NAN, c};
  }
  if (made) {
    qsort(named, k, sizeof *named, by_name);
    for (size_t c = 0; c < k; c++) {
      number[named[c].old] = (int32_t)c;
      fit->names[c] = (char *)named[c].name;
    }
    for (size_t i = 0; i < fit->input.input.variables.n; i++) {
      fit->labels[i] = fit->labels[i] < 0 ? -1 : number[fit->labels[i]];
    }
  }
  mem_free(named);
  mem_free(number);
  return made ? STATUS_OK : error_memory(e, k * sizeof *named, _("clusters"));
}

static Status check_clusters(const Fit *fit, const char *column, Error *e)
{
  if (fit->k >= 2) {
    return STATUS_OK;
  }
  error_set(e, STATUS_DATA, "bad-data", _("column '%1$s' has %2$zu clusters; silhouettes compare at least two"),
            column, fit->k);
  return error_hint(e, _("df:kmeans{k = 3}:augment(df) adds a column of clusters"));
}

static Status check_rows(size_t n, Error *e)
{
  if (n <= MOST_ROWS) {
    return STATUS_OK;
  }
  error_set(e, STATUS_LIMIT, "too-large", _("n = %1$zu makes %2$.1e pairs of rows, and silhouettes compare them all"),
            n, (double)n * (double)(n - 1) / 2);
  return error_hint(e, _("sample = 50000 gives the silhouettes of rows drawn at random"));
}

static size_t rows_used(const Frame *data, const SilhouetteOptions *o)
{
  const size_t rows = frame_rows(data);
  return o->sample > 0 && (size_t)o->sample < rows ? (size_t)o->sample : rows;
}

static Status prepare(Call *call, const Frame *data, const SilhouetteOptions *o, Fit *fit, Error *e)
{
  const MedoidsAsk ask = {.cluster = {.on = o->on,
                                      .scale = o->scale,
                                      .except = o->cluster,
                                      .missing = o->missing,
                                      .sample = o->sample,
                                      .seed = (uint64_t)o->seed},
                          .metric = o->metric,
                          .types = o->types,
                          .variable_weights = o->variable_weights};
  size_t column;
  Status status;
  TRY(check_rows(rows_used(data, o), e));
  TRY(frame_need(data, o->cluster, &column, e));
  TRY(medoids_input(call, data, &ask, &fit->input, e));
  TRY(medoids_check_apart(call, &fit->input, e));
  fit->labels = mem_alloc(fit->input.pairs.n, sizeof *fit->labels);
  fit->map = map_new();
  TRY(fit->labels && fit->map ? STATUS_OK : error_memory(e, fit->input.pairs.n * sizeof *fit->labels, _("labels")));
  TRY(read_labels(frame_column(data, column), fit, e));
  TRY(order_names(fit, e));
  TRY(check_clusters(fit, o->cluster, e));
  TRY(silhouettes_of(call->task, &fit->input.pairs, fit->labels, fit->k, &fit->silhouettes, e));
done:
  return status;
}

/* ---- the model */

/* Smallest width and rows below 0 of each cluster. */
static void worst(const Fit *fit, double *least, int64_t *negative)
{
  for (size_t c = 0; c < fit->k; c++) {
    least[c] = (double)INFINITY;
    negative[c] = 0;
  }
  for (size_t i = 0; i < fit->silhouettes.n; i++) {
    const int32_t c = fit->labels[i];
    if (c >= 0) {
      const double width = fit->silhouettes.width[i];
      least[c] = width < least[c] ? width : least[c];
      negative[c] += width < 0;
    }
  }
}

static Status make_tidy(const Fit *fit, Frame **out, int64_t *below, Error *e)
{
  const Silhouettes *const s = &fit->silhouettes;
  Draft *const draft = draft_new();
  double *const least = mem_alloc(fit->k, sizeof *least);
  int64_t *const negative = mem_alloc(fit->k, sizeof *negative);
  *below = 0;
  if (!draft || !least || !negative) {
    draft_free(draft);
    mem_free(least);
    mem_free(negative);
    return error_memory(e, 0, _("a model"));
  }
  worst(fit, least, negative);
  for (size_t c = 0; c < fit->k; c++) {
    *below += negative[c];
  }
  draft_texts(draft, "cluster", (const char *const *)fit->names, fit->k);
  draft_ints(draft, "size", s->sizes, fit->k);
  draft_floats(draft, "silhouette", s->mean, fit->k);
  draft_floats(draft, "min", least, fit->k);
  draft_ints(draft, "negative", negative, fit->k);
  draft_floats(draft, "diameter", s->diameter, fit->k);
  draft_floats(draft, "separation", s->separation, fit->k);
  mem_free(least);
  mem_free(negative);
  return draft_finish(draft, out, e);
}

static Status make_glance(const Fit *fit, int64_t below, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_int(draft, "n", (int64_t)(fit->silhouettes.n - fit->unlabelled));
  draft_int(draft, "k", (int64_t)fit->k);
  draft_float(draft, "silhouette", fit->silhouettes.overall);
  draft_int(draft, "negative", below);
  draft_int(draft, "unlabelled", (int64_t)fit->unlabelled);
  draft_int(draft, "dropped", (int64_t)fit->input.input.variables.dropped);
  return draft_finish(draft, out, e);
}

/* What augment adds: the neighbour and the width. */
static Status make_labels(const Frame *silhouettes, Frame **out, Error *e)
{
  const size_t columns[] = {1, 2};
  return frame_select(silhouettes, columns, 2, out, e);
}

static Status fill_model(Model *model, const Fit *fit, const char *notes, Error *e)
{
  Frame *frame = NULL;
  int64_t below;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, &below, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, below, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input.input, e));
  TRY(model_set_made(
      model, "silhouettes",
      silhouette_frame(&fit->input.input, fit->labels, &fit->silhouettes, (const char *const *)fit->names, &frame, e),
      &frame, e));
  TRY(model_set_made(model, "labels", make_labels(model_frame(model, "silhouettes"), &frame, e), &frame, e));
  TRY(model_set_notes(model, notes, e));
done:
  return status;
}

static Status run_silhouette(Call *call, Value *out, Error *e)
{
  Fit fit = {0};
  Model *model = NULL;
  Status status;
  TRY(prepare(call, call->data->frame, call->options, &fit, e));
  if (fit.unlabelled > 0) {
    text_printf(call->notes, _("rows without a cluster, which take no part: %zu\n"), fit.unlabelled);
  }
  TRY(model_new(&silhouette, call->options, &model, e));
  TRY(fill_model(model, &fit, text_data(call->notes), e));
  model_set_data(model, call->data->frame);
  text_reset(call->notes);
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  fit_free(&fit);
  return status;
}

static Status silhouette_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Frame *const labels = model_frame(model, "labels");
  (void)call;
  *out = cluster_fitted(model, data);
  if (!*out && labels && frame_rows(labels) == frame_rows(data) && data == model_data(model)) {
    *out = frame_ref(labels); /* of a sample: the others stay missing */
  }
  if (*out) {
    return STATUS_OK;
  }
  error_set(e, STATUS_DATA, "no-rule-for-new-rows", _("silhouettes belong to the rows that they were made from"));
  return error_hint(e, _("df:silhouette{...} again, with the new rows"));
}

static Status silhouette_check(const Model *model, Error *e)
{
  const Frame *const tidy = model_frame(model, "tidy"), *const glance = model_frame(model, "glance");
  const Frame *const variables = model_frame(model, "variables"), *const labels = model_frame(model, "labels");
  const Frame *const silhouettes = model_frame(model, "silhouettes");
  size_t column, digest, n, k;
  double mean;
  const bool sound = tidy && glance && variables && labels && silhouettes && silhouette_sound(model) &&
                     frame_find(tidy, "cluster", &column) && frame_find(variables, "name", &column) &&
                     type_is_text(column_type(frame_column(variables, column))) &&
                     column_missing(frame_column(variables, column)) == 0 &&
                     frame_find(variables, "digest", &digest) &&
                     type_is_text(column_type(frame_column(variables, digest))) &&
                     column_missing(frame_column(variables, digest)) == 0 && cluster_size_cell(glance, "n", &n) &&
                     cluster_size_cell(glance, "k", &k) && cluster_cell(glance, "silhouette", true, &mean) &&
                     frame_rows(tidy) == k && frame_rows(labels) == frame_rows(silhouettes);
  return sound ? STATUS_OK : cluster_model_broken(e);
}

static void silhouette_headline(const Model *model, Text *out)
{
  text_printf(out, _("mean width %1$.4f of %2$.0f rows in %3$.0f clusters"), model_number(model, "silhouette"),
              model_number(model, "n"), model_number(model, "k"));
}

static Status silhouette_cost(const Call *call, Cost *out, Error *e)
{
  const SilhouetteOptions *const o = call->options;
  const Frame *const data = call->data->frame;
  const double n = (double)rows_used(data, o), d = (double)(o->on.n ? o->on.n : frame_columns(data));
  const Status status = check_rows((size_t)n, e);
  out->bytes = n * d * 16 + n * 80;
  out->seconds = n * n * (0.8 + 0.2 * d) * 1e-9 / 2;
  return status;
}

static const Figure silhouette_figures[] = {
    {"n", "rows compared", "", "all with a cluster"},
    {"k", "clusters", "", "2 or more"},
    {"silhouette",
     "mean over rows of (b - a) / max(a, b): a the mean dissimilarity to the own cluster, b to the nearest other", "",
     "-1 to 1; over 0.5 clear, under 0.25 hardly any structure (Kaufman and Rousseeuw 1990)"},
    {"negative", "rows that are nearer to another cluster than to their own", "", "few"},
    {"unlabelled", "rows without a cluster, which take no part", "", "0, or the noise of a density method"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelClass silhouette_class = {.size = sizeof(ModelClass),
                                            .predict = silhouette_predict,
                                            .headline = silhouette_headline,
                                            .check = silhouette_check,
                                            .plots = SILHOUETTE_PLOT,
                                            .plot = silhouette_plot};

static const Primitive silhouette = {.size = sizeof(Primitive),
                                     .family = "cluster",
                                     .name = "silhouette",
                                     .version = 1,
                                     .summary = "how well each row sits in its cluster",
                                     .details = "For every row, the mean dissimilarity to its own cluster is "
                                                "compared with that to the nearest other cluster: a width "
                                                "near 1 is a row well inside, 0 one between two clusters, below 0 "
                                                "one that would sit better in its neighbour. Exact, "
                                                "over all pairs of rows, without a matrix of them. Works for any "
                                                "column of clusters and any metric, with mixed "
                                                "columns by metric = \"gower\". Use the variables and the scale of "
                                                "the clustering: other ones judge another thing.",
                                     .takes = VALUE_FRAME,
                                     .main = "cluster",
                                     .options = silhouette_options,
                                     .n_options = sizeof silhouette_options / sizeof *silhouette_options,
                                     .options_size = sizeof(SilhouetteOptions),
                                     .gives = VALUE_MODEL,
                                     .returns = "a model; tidy: cluster size silhouette min negative diameter "
                                                "separation; augment adds neighbour and width, for "
                                                "the very rows alone",
                                     .reference = "Rousseeuw 1987",
                                     .example =
                                         "df = read \"datasets/iris/iris.csv\"\ndf = df:kmeans{k = 3}:augment(df)\n"
                                         "s = df:silhouette{cluster = \"cluster\"}\ns:tidy()\ns:augment(df):head(3)",
                                     .where = WHERE_JOB,
                                     .cost = silhouette_cost,
                                     .figures = silhouette_figures,
                                     .n_figures = sizeof silhouette_figures / sizeof *silhouette_figures,
                                     .run = run_silhouette,
                                     .model = &silhouette_class};
REGISTER_PRIMITIVE(silhouette);

/* ---- by row */

static Status run_silhouettes(Call *call, Value *out, Error *e)
{
  if (!model_frame(call->data->model, "silhouettes")) {
    error_set(e, STATUS_STATE, "no-silhouettes", _("the model has no silhouettes"));
    return error_hint(e, _("fit it with silhouette = true, or ask df:silhouette{cluster = \"cluster\"}"));
  }
  return model_give(call, "silhouettes", out, e);
}

static const Primitive silhouettes = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "silhouettes",
    .version = 1,
    .summary = "the silhouette of every row of a clustering",
    .details = "Of a model that has them: pam, and df:silhouette{...}. A row for each row of the data; missing where "
               "a row took "
               "no part.",
    .takes = VALUE_MODEL,
    .takes_class = "cluster",
    .gives = VALUE_FRAME,
    .returns = "a frame: cluster neighbour width",
    .reference = "Rousseeuw 1987",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:pam{k = 2}\nm:silhouettes():head(3)",
    .where = WHERE_JOB,
    .run = run_silhouettes};
REGISTER_PRIMITIVE(silhouettes);
