/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.kprototypes: clusters of rows with classes and numbers, as a model. */
#include <math.h>

#include "cluster/cluster_options.h"
#include "cluster/kprototypes_model_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "registry/registry.h"
#include "registry/model_fit.h"

/* clang-format off */
#define KPROTOTYPES_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e6, "", "", "number of clusters") \
  O(on, COLUMNS, OPTION_UNSET, 0, 0, "", "", \
    "variables; default: every column but labels and texts of their own in each row") \
  O(classes, COLUMNS, OPTION_UNSET, 0, 0, "", "", "numeric columns that are classes, such as codes; texts always are") \
  O(gamma, NUMBER, "0", 0, 1e300, "", "", \
    "what a differing class costs, in squares of the numbers; 0: half the mean standard deviation of the numbers") \
  CLUSTER_SCALE(O) \
  O(init, CHOICE_FRAME, "cao", 0, 0, "cao|huang|random", "", \
    "starting prototypes: cao takes rows with classes that are frequent and far apart; huang draws " \
    "classes by how frequent they are; random takes rows; or a frame with a row per prototype") \
  O(starts, INT, "10", 1, 1e6, "", "", \
    "how often to start; the best result is kept; with cao further starts take rows at random") \
  O(max_iter, INT, "100", 1, 1e9, "", "", "most iterations of a start") \
  O(dissimilarity, CHOICE, "matching", 0, 0, "matching|ng", "", \
    "what a class adds: matching 1 where classes differ; ng also 1 - share of the class in the cluster where they " \
    "agree") \
  CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)
/* clang-format on */
typedef struct KprototypesOptions {
  KPROTOTYPES_OPTIONS(OPTION_FIELD)
} KprototypesOptions;
#define ROW(...) OPTION_ROW_OF(KprototypesOptions, __VA_ARGS__)
static const Option kprototypes_options[] = {KPROTOTYPES_OPTIONS(ROW)};
#undef ROW

static KprototypesAsk ask_of(const KprototypesOptions *o)
{
  return (KprototypesAsk){.cluster = {.on = o->on,
                                      .scale = o->scale,
                                      .weights = o->weights,
                                      .missing = o->missing,
                                      .sample = o->sample,
                                      .seed = (uint64_t)o->seed},
                          .classes = o->classes,
                          .init = o->init,
                          .dissimilarity = o->dissimilarity,
                          .gamma = o->gamma,
                          .k = o->k,
                          .starts = o->starts,
                          .max_iter = o->max_iter,
                          .seed = o->seed};
}

static Status prepare(Call *call, const Frame *data, const void *options, void *fit, Error *e)
{
  const KprototypesAsk ask = ask_of(options);
  return kprototypes_prepare(call, data, &ask, fit, e);
}

static Status kprototypes_cost(const Call *call, Cost *out, Error *e)
{
  const KprototypesOptions *const o = call->options;
  return kprototypes_cost_of(call, (double)o->k, (double)o->starts, out, e);
}

static const Figure kprototypes_figures[] = {
    {"n", "rows used in the fit", "", "at least k"},
    {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
    {"cost",
     "squares of the numbers' distances to their prototype, plus gamma for each class that differs, by weight", "",
     "0 and up; compare it at the same gamma and scale alone"},
    {"gamma", "what a differing class costs, in squares of the numbers", "",
     "half the mean standard deviation of the numbers; larger makes classes count more"},
    {"iterations", "passes of the best start", "", "a handful; at max_iter the fit has not converged"},
    {"converged", "whether the cost fell no more", "", "true"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"seed", "seed of all random choices", "", "any; the same seed gives the same result"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"starts", "starts that were run to their end", "", "the option, unless interrupted"},
    {"starts_at_best", "starts that came within 1e-9 of the lowest cost", "", "several; 1 hints at a hard problem"},
    {"classes", "variables that are classes", "", "1 or more"},
};

static const ModelSteps kprototypes_steps = {.fit_size = sizeof(KprototypesFit), .prepare = prepare, .resume = kprototypes_resume, .work = kprototypes_work,
                                             .fill = kprototypes_fill, .free = kprototypes_fit_free};

static const ModelClass kprototypes_class = {.size = sizeof(ModelClass),
                                             .predict = kprototypes_predict,
                                             .proceed = model_proceed,
                                             .headline = cluster_headline,
                                             .check = kprototypes_check,
                                             .plots = "sizes",
                                             .plot = segment_plot, .steps = &kprototypes_steps};

static const Primitive kprototypes = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "kprototypes",
    .version = 1,
    .summary = "k-prototypes: splits rows of classes and numbers into k clusters",
    .details = "k-means and k-modes in one: a prototype has the mean of each number and the most frequent class of "
               "each text, "
               "and a row's cost is the sum of squares to the means plus gamma for each class that differs. Numbers "
               "of large "
               "spread outweigh the rest, so scale = \"zscore\" is often right. Clusters are numbered largest first; "
               "new rows "
               "go to the nearest prototype. pam{metric = \"gower\"} is the other way to mixed data.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = kprototypes_options,
    .n_options = sizeof kprototypes_options / sizeof *kprototypes_options,
    .options_size = sizeof(KprototypesOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share cost and the prototype's classes and means; predict: cluster (of "
               "the nearest "
               "prototype) distance",
    .reference = "Huang 1998; Cao, Liang and Bai 2009 (start); Ng, Li, Huang and He 2007 (ng)",
    .example =
        "df = read \"datasets/credit/credit.csv\"\n"
        "df:kprototypes{k = 3, on = {\"duration\", \"credit_amount\", \"purpose\", \"housing\"}, scale = \"zscore\"}",
    .where = WHERE_JOB,
    .cost = kprototypes_cost,
    .figures = kprototypes_figures,
    .n_figures = sizeof kprototypes_figures / sizeof *kprototypes_figures,
    .run = model_run,
    .model = &kprototypes_class};
REGISTER_PRIMITIVE(kprototypes);
