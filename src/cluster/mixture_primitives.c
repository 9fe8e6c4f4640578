/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.mixture: from a frame to a model. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/cluster_options.h"
#include "cluster/mixture.h"
#include "cluster/mixture_model_primitives.h"
#include "cluster/mixture_range_primitives.h"
#include "core/alloc.h"
#include "registry/topic.h"
#include "registry/model_fit.h"

#define MIXTURE_OPTIONS(O) \
  O(k, VALUE, "1:9", 0, 0, "", "", "number of components, or several to choose from: 3, \"2:9\", {2, 4, 8}") \
  O(model, TEXTS, "auto", 1, 20, "", "", \
    "covariance models to choose from: auto (all), EII VII EEI VEI EVI VVI EEE VEE EVE VVE EEV VEV EVV VVV, or full " \
    "(VVV), tied (EEE), diagonal (VVI), spherical (VII)") \
  O(criterion, CHOICE, "bic", 0, 0, "bic|icl|aic", "", \
    "what is smallest in the model that is chosen; icl also asks that components are apart") \
  O(init, CHOICE_FRAME, "hierarchical", 0, 0, "hierarchical|kmeans|random", "", \
    "where iterations begin: hierarchical merges rows by likelihood (of more than 2000 rows as many drawn ones, and " \
    "kmeans has a start too), kmeans, random takes k rows as means; or a frame with a row per mean") \
  O(starts, INT, "1", 1, 1e6, "", "", \
    "how often to start; from the second on by k-means (init = random: random). Above 2000 rows hierarchical starts " \
    "twice at least") \
  O(max_iter, INT, "1000", 1, 1e9, "", "", "most iterations of a start") \
  O(tol, NUMBER, "1e-5", 0, 1, "", "", \
    "stop when an iteration changes the log likelihood by less than this share; 1e-10 for the maximum to ten digits") \
  O(reg, NUMBER, "0", 0, 1e300, "", "", \
    "added to every variance after each iteration, in scaled units, so that no component becomes flat") \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct MixtureOptions {
  MIXTURE_OPTIONS(OPTION_FIELD)
} MixtureOptions;

#define ROW(...) OPTION_ROW_OF(MixtureOptions, __VA_ARGS__)
static const Option mixture_options[] = {MIXTURE_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof mixture_options / sizeof *mixture_options };

typedef struct Fit {
  ClusterInput input;
  size_t k[RANGE_MOST];
  MixtureModel models[MIXTURE_MODEL_COUNT];
  double *means;
  MixtureSettings settings;
  MixtureState state;
  MixtureResult result;
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  cluster_input_free(&fit->input);
  mixture_state_free(&fit->state);
  mixture_result_free(&fit->result);
  mem_free(fit->means);
}

/* ---- models */

static bool add_model(const char *name, MixtureModel *models, size_t *n)
{
  static const char *const words[][2] = {{"full", "VVV"},      {"tied", "EEE"}, {"diagonal", "VVI"}, {"diag", "VVI"},
                                         {"spherical", "VII"}, {"E", "EII"},    {"V", "VII"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    name = strcmp(name, words[i][0]) == 0 ? words[i][1] : name;
  }
  for (int m = 0; m < MIXTURE_MODEL_COUNT; m++) {
    if (strcmp(name, mixture_model_name((MixtureModel)m)) == 0) {
      bool there = false;
      for (size_t i = 0; i < *n; i++) {
        there = there || models[i] == (MixtureModel)m;
      }
      if (!there) {
        models[(*n)++] = (MixtureModel)m;
      }
      return true;
    }
  }
  return false;
}

/* With one column all models are one of two. */
static Status read_models(OptionTexts names, size_t d, MixtureModel *models, size_t *n, Error *e)
{
  *n = 0;
  for (size_t i = 0; i < names.n; i++) {
    if (strcmp(names.items[i], "auto") == 0) {
      for (int m = 0; m < MIXTURE_MODEL_COUNT; m++) {
        (void)add_model(mixture_model_name((MixtureModel)m), models, n);
      }
    } else if (!add_model(names.items[i], models, n)) {
      error_set(e, STATUS_ARGUMENT, "unknown-model", _("there is no covariance model '%s'"), names.items[i]);
      return error_hint(e, _("auto, EII VII EEI VEI EVI VVI EEE VEE EVE VVE EEV VEV EVV VVV, full, tied, diagonal or "
                             "spherical"));
    }
  }
  if (d == 1) {
    bool equal = false, varying = false;
    for (size_t i = 0; i < *n; i++) {
      const bool varies = mixture_model_name(models[i])[0] == 'V';
      varying = varying || varies;
      equal = equal || !varies;
    }
    *n = 0;
    (void)(equal && add_model("EII", models, n));
    (void)(varying && add_model("VII", models, n));
  }
  return STATUS_OK;
}

/* ---- a fit */

/* Means from a frame: a row each, the variables as columns, in the data's units. */
static Status read_means(const Frame *means, Fit *fit, Error *e)
{
  const Variables *v = &fit->input.variables;
  const size_t k = fit->k[0];
  if (fit->settings.n_k != 1 || frame_rows(means) != k) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("init has %1$zu rows, and k must be that number, not %2$zu"),
                     frame_rows(means), k);
  }
  fit->means = mem_alloc(k * v->d, sizeof *fit->means);
  Status status = fit->means ? STATUS_OK : error_memory(e, 0, _("means"));
  for (size_t j = 0; status == STATUS_OK && j < v->d; j++) {
    size_t column;
    status = frame_need(means, frame_name(fit->input.data, v->columns[j]), &column, e);
    if (status != STATUS_OK) {
      break;
    }
    const Column *cells = frame_column(means, column);
    if (!type_is_numeric(column_type(cells)) || column_missing(cells) > 0) {
      return error_set(e, STATUS_ARGUMENT, "wrong-column-type",
                       _("column '%s' of init must be numeric without missing cells"), frame_name(means, column));
    }
    column_block(cells, 0, k, fit->means + j, v->d);
    for (size_t i = 0; i < k; i++) {
      double *mean = &fit->means[i * v->d + j];
      *mean = (*mean - v->shift[j]) / v->factor[j];
      if (!isfinite(*mean)) {
        return error_set(e, STATUS_ARGUMENT, "not-finite", _("row %1$zu of column '%2$s' is not a finite number"),
                         i + 1, frame_name(means, column));
      }
    }
  }
  return status;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const MixtureOptions *o = options;
  Fit *fit = of;
  MixtureSettings *s = &fit->settings;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  Status status;
  TRY(range_read(o->k, 9, fit->k, &s->n_k, e));
  TRY(cluster_input(call, data, &ask, &fit->input, e));
  TRY(read_models(o->model, fit->input.variables.d, fit->models, &s->n_models, e));
  s->k = fit->k;
  s->models = fit->models;
  s->criterion = strcmp(o->criterion, "icl") == 0   ? MIXTURE_ICL
                 : strcmp(o->criterion, "aic") == 0 ? MIXTURE_AIC
                                                    : MIXTURE_BIC;
  s->starts = (size_t)o->starts;
  s->max_iterations = (size_t)o->max_iter;
  s->tolerance = o->tol;
  s->reg = o->reg;
  s->seed = (uint64_t)o->seed;
  s->init = o->init.frame                              ? MIXTURE_MEANS
            : strcmp(o->init.choice, "kmeans") == 0 ? MIXTURE_KMEANS
            : strcmp(o->init.choice, "random") == 0 ? MIXTURE_RANDOM
                                                    : MIXTURE_HIERARCHICAL;
  if (o->init.frame) {
    TRY(read_means(o->init.frame, fit, e));
    s->means = fit->means;
  }
  range_limit(fit->k, &s->n_k, fit->input.variables.n, call->notes);
done:
  return status;
}

static void note_result(const MixtureOptions *o, const Fit *fit, Text *notes)
{
  const MixtureResult *r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  } else if (!r->entry.converged) {
    text_printf(notes, _("not converged after max_iter = %lld iterations\n"), (long long)o->max_iter);
  }
  if (r->singular > 0) {
    text_printf(notes,
                _("models without a likelihood, because a component became flat or empty: %1$zu of %2$zu "
                  "(m:criteria())\n"),
                r->singular, r->n_table);
  }
  if (o->reg > 0) {
    text_printf(notes, _("reg = %g is in every variance, so the likelihood is not the largest there is\n"), o->reg);
  }
  const size_t most = fit->settings.k[fit->settings.n_k - 1];
  if (fit->settings.n_k > 1 && r->complete && r->best.k == most) {
    text_printf(notes, _("the largest k that was tried is the best: try more\n"));
  }
  if (r->uncertainty > 0.1) {
    text_printf(notes, _("components overlap: on average a row's probability outside its cluster is %.2f\n"),
                r->uncertainty);
  }
  cluster_note_sizes(&fit->input, r->sizes, r->best.k, notes);
}

/* The variable's number in a message becomes its name. */
static void name_variable(const Fit *fit, Error *e)
{
  size_t number;
  if (e && strcmp(e->id, "singular-covariance") == 0 && sscanf(e->what, "variable %zu ", &number) == 1 && number >= 1 &&
      number <= fit->input.variables.d) {
    snprintf(e->what, sizeof e->what, _("column '%.200s' is the same in every row, so no covariance has an inverse"),
             frame_name(fit->input.data, fit->input.variables.columns[number - 1]));
  }
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  Fit *fit = of;
  const Rows rows = cluster_rows(&fit->input);
  const Status status =
      mixture_fit(call->task, &rows, fit->input.weights, &fit->settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    note_result(options, fit, call->notes);
  } else {
    name_variable(fit, e);
  }
  return status;
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  Fit *fit = of;
  (void)options;
  return mixture_model_state(model, &fit->settings, fit->input.variables.n, &fit->state, e);
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  return mixture_model_fill(model, &fit->input, &fit->result, &fit->state, ((const MixtureOptions *)options)->seed, e);
}

/* ---- predict */

static Status predicted_frame(const ClusterInput *input, size_t k, const MixtureRows *rows, Frame **out, Error *e)
{
  const size_t n = input->variables.n;
  double *column = mem_alloc(n, sizeof *column);
  Draft *draft = cluster_predicted(input, rows->labels);
  if (!column || !draft) {
    mem_free(column);
    draft_free(draft);
    return error_memory(e, n * sizeof *column, _("labels"));
  }
  for (size_t i = 0; i < n; i++) {
    column[i] = 1 - rows->highest[i];
  }
  cluster_predicted_floats(draft, "uncertainty", input, column);
  for (size_t j = 0; j < k; j++) {
    char name[40];
    snprintf(name, sizeof name, "probability_%zu", j + 1);
    for (size_t i = 0; i < n; i++) {
      column[i] = rows->probabilities[i * k + j];
    }
    cluster_predicted_floats(draft, name, input, column);
  }
  for (size_t i = 0; i < n; i++) { /* of the data, not of the scaled values */
    column[i] = rows->log_density[i];
    for (size_t j = 0; j < input->variables.d; j++) {
      column[i] -= log(fabs(input->variables.factor[j]));
    }
  }
  cluster_predicted_floats(draft, "log_density", input, column);
  mem_free(column);
  return draft_finish(draft, out, e);
}

static Status mixture_model_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  ClusterInput input = {0};
  MixtureParameters p = {0};
  MixtureRows found = {0};
  Status status;
  *out = NULL;
  TRY(mixture_model_parameters(model, &p, e));
  TRY(cluster_input_of_model(call, model, data, &input, e));
  const size_t n = input.variables.n;
  found.labels = mem_alloc(n, sizeof *found.labels);
  found.highest = mem_alloc(n, sizeof *found.highest);
  found.probabilities = mem_alloc(n * p.k, sizeof *found.probabilities);
  found.log_density = mem_alloc(n, sizeof *found.log_density);
  if (!found.labels || !found.highest || !found.probabilities || !found.log_density) {
    TRY(error_memory(e, n * (p.k + 2) * sizeof(double), _("probabilities")));
  }
  if (n > 0) {
    const Rows rows = cluster_rows(&input);
    TRY(mixture_predict(call->task, &rows, &p, &found, e));
  }
  status = predicted_frame(&input, p.k, &found, out, e);
done:
  mem_free(found.labels);
  mem_free(found.highest);
  mem_free(found.probabilities);
  mem_free(found.log_density);
  mixture_parameters_free(&p);
  cluster_input_free(&input);
  return status;
}

static void mixture_headline(const Model *model, Text *out)
{
  size_t column, length;
  cluster_headline(model, out);
  const Frame *glance = model_frame(model, "glance");
  if (frame_find(glance, "model", &column)) {
    const char *text = column_text(frame_column(glance, column), 0, &length);
    text_printf(out, _("; mixture of normal distributions, model %.*s"), (int)length, text);
  }
}

/* Products of all models with one component, 40 iterations each: of the rows, and of the sweeps for a common
 * orientation. The fit itself refuses a model that does not exist. */
static double products_of(const MixtureOptions *o, double n, double d)
{
  MixtureModel models[MIXTURE_MODEL_COUNT];
  size_t count = 0;
  double sum = 0;
  if (read_models(o->model, (size_t)d, models, &count, NULL) != STATUS_OK) {
    return 0;
  }
  for (size_t i = 0; i < count; i++) {
    sum += 40 * (n * (d * d + d * 4 + 20) + (mixture_shares_axes(models[i]) ? 50 * d * d * d : 0));
  }
  return sum;
}

/* About a fifth of a nanosecond per product. */
static Status mixture_cost(const Call *call, Cost *out, Error *e)
{
  const MixtureOptions *o = call->options;
  const Frame *data = call->data->frame;
  double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = 0, most = 0;
  size_t *list = mem_alloc(RANGE_MOST, sizeof *list), count = 0;
  if (!list) {
    return error_memory(e, RANGE_MOST * sizeof *list, _("a mixture"));
  }
  const Status status = range_read(o->k, 9, list, &count, e);
  for (size_t i = 0; i < count; i++) {
    k += (double)list[i];
    most = (double)list[i] > most ? (double)list[i] : most;
  }
  mem_free(list);
  const bool merges = o->init.choice && strcmp(o->init.choice, "hierarchical") == 0;
  const double merged = merges ? fmin(n, MIXTURE_MERGE_ROWS) : 0;
  const MixtureSettings settings = {.init = merges ? MIXTURE_HIERARCHICAL : MIXTURE_KMEANS, .starts = (size_t)o->starts};
  const double starts = (double)mixture_starts_of(&settings, (size_t)n, (size_t)d, (size_t)most);
  out->bytes = n * d * 8 + n * 16 + most * d * d * 8 * 40 + merged * merged * 4;
  out->seconds = k * products_of(o, n, d) * starts * 0.2e-9 + merged * merged * d * d * 2e-9;
  return status;
}

static Status run_criteria(Call *call, Value *out, Error *e)
{
  return model_give(call, "criteria", out, e);
}

static Status run_covariances(Call *call, Value *out, Error *e)
{
  return model_give(call, "covariances", out, e);
}

/* ---- what the program knows of it */

static const Figure mixture_figures[] = {
    {"n", "rows used in the fit", "", "far more than df"},
    {"k", "number of components", "", "2 to a few dozen for segments people can work with"},
    {"model", "covariance model: volume, shape and orientation, each equal (E), varying (V) or none (I)", "",
     "EII (equal spheres) to VVV (free ellipsoids)"},
    {"log_likelihood", "sum over rows of the log of the mixture's density, in scaled units", "",
     "larger is better; not comparable across scales"},
    {"df", "free numbers in shares, means and covariances", "", "far fewer than n"},
    {"bic", "Bayesian information criterion; smaller is better (mclust gives it with the other sign)",
     "-2 * {log_likelihood} + {df} * log({total_weight})", "a difference of 10 is strong evidence"},
    {"aic", "Akaike's information criterion; smaller is better", "-2 * {log_likelihood} + 2 * {df}",
     "tends to more components than bic"},
    {"icl", "bic plus twice the sum over rows of -log of the highest probability; smaller is better", "",
     "near bic when components are apart, far above when they overlap"},
    {"uncertainty", "mean over rows of one minus the highest probability", "",
     "0 (every row clear) to 1 - 1/k; above 0.1 components overlap"},
    {"iterations", "iterations of the start that led to the result", "", "a handful to some hundred"},
    {"converged", "whether tol was met", "", "true"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"seed", "seed of all random choices", "",
     "any; without effect when init is hierarchical and there are at most 2000 rows"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"tried", "models and numbers of components that were fitted", "", "models times numbers of k"},
    {"singular", "of them those without a likelihood, because a component became flat or empty", "",
     "0; many hint at ties, duplicates or too large a k"},
    {"total_weight", "sum of the weights, which bic takes for the number of rows", "", "n without weights"},
};

static const ModelSteps mixture_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work,
                                         .fill = fill, .free = fit_free};

static const ModelClass mixture_class = {.size = sizeof(ModelClass),
                                         .predict = mixture_model_predict,
                                         .proceed = model_proceed,
                                         .headline = mixture_headline,
                                         .check = mixture_model_check,
                                         .plots = MIXTURE_PLOTS,
                                         .plot = mixture_plot, .steps = &mixture_steps};

static const Primitive mixture = {.size = sizeof(Primitive),
                                  .family = "cluster",
                                  .name = "mixture",
                                  .version = 1,
                                  .summary = "Gaussian mixtures: clusters as normal distributions, their number chosen "
                                             "by BIC",
                                  .details = "Describes the rows as drawn from k normal distributions and finds their "
                                             "shares, means and covariances by EM, for each "
                                             "k and each covariance model; the pair with the smallest criterion is "
                                             "kept (m:criteria() has all). Clusters may "
                                             "overlap and have different sizes and directions; each row has a "
                                             "probability for each. The start is deterministic: "
                                             "rows are merged so that the likelihood falls least. Of more than 2000 "
                                             "rows as many drawn ones are merged, and a second start from k-means "
                                             "follows; the higher likelihood is kept. A component that "
                                             "becomes flat has no likelihood; such fits are "
                                             "left out, and reg prevents them. New rows go to the component of highest "
                                             "probability. All 14 models of R's mclust are there, with its "
                                             "likelihoods; those of VVE are larger than "
                                             "mclust's, which does not seek the largest one there.",
                                  .takes = VALUE_FRAME,
                                  .main = "k",
                                  .options = mixture_options,
                                  .n_options = N_OPTIONS,
                                  .options_size = sizeof(MixtureOptions),
                                  .gives = VALUE_MODEL,
                                  .returns = "a model; tidy: cluster size share weight (the share in the mixture) and "
                                             "the mean in each variable; predict: cluster (highest probability), "
                                             "uncertainty, a probability per cluster, log_density",
                                  .reference = "Fraley and Raftery 2002; Celeux and Govaert 1995 (models); Flury and "
                                               "Gautschi 1986 (EVE, VVE); Schwarz 1978 (BIC)",
                                  .example = "df = read \"datasets/iris/iris.csv\"\nm = "
                                             "df:mixture(\"1:4\")\nm:criteria():sort(\"bic\"):head(3)",
                                  .where = WHERE_JOB,
                                  .cost = mixture_cost,
                                  .figures = mixture_figures,
                                  .n_figures = sizeof mixture_figures / sizeof *mixture_figures,
                                  .run = model_run,
                                  .model = &mixture_class};
REGISTER_PRIMITIVE(mixture);

#define VERB                                                                                                     \
  .size = sizeof(Primitive), .family = "cluster", .version = 1, .takes = VALUE_MODEL, .takes_class = "cluster",  \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_MAIN

static const Primitive criteria = {VERB,
                                   .name = "criteria",
                                   .summary = "all models and numbers of clusters that a fit has tried, with their "
                                              "criteria",
                                   .details = "Of mixtures and latent classes. The criteria are -2 log likelihood and "
                                              "more, so smaller is better.",
                                   .returns = "a frame, a row per model and k: model k log_likelihood df bic aic icl "
                                              "iterations converged singular",
                                   .example = "df = read \"datasets/faithful/faithful.csv\"\ndf:mixture{k = \"1:3\", "
                                              "model = {\"EEE\", \"VVV\"}}:criteria()",
                                   .run = run_criteria};
REGISTER_PRIMITIVE(criteria);

static const Primitive covariances = {VERB,
                                      .name = "covariances",
                                      .summary = "the covariance matrix of each component of a mixture",
                                      .returns = "a frame, a row per cluster and variable: cluster variable, and a "
                                                 "column per variable; in the data's units",
                                      .example = "df = read \"datasets/faithful/faithful.csv\"\ndf:mixture{k = 2, "
                                                 "model = \"VVV\"}:covariances()",
                                      .run = run_covariances};
REGISTER_PRIMITIVE(covariances);

static const Topic mixture_topics[] = {
    {"singular-covariance", "a mixture without a likelihood",
     "A component that lies on a line or a point has a density as high as one likes, so its likelihood says nothing. "
     "It happens "
     "with constant or collinear columns, with many equal values, and with more components than the rows can bear. "
     "Leave the "
     "column out, take fewer components or a model with fewer numbers (EEE, VVI, EII), or give reg = 1e-6."},
    {"too-few-rows", "more clusters than rows", "k can be the number of rows at most."},
    {"unknown-model", "a covariance model that does not exist",
     "Names have three letters for volume, shape and orientation: equal (E), varying (V), identity (I). Or full, tied, "
     "diagonal, "
     "spherical, auto."},
};
REGISTER_TOPICS(mixture_topics);
