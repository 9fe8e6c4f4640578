/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.kmodes: clusters of rows with classes, as a model. */
#include <math.h>

#include "cluster/cluster_options.h"
#include "cluster/kprototypes_model_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "registry/registry.h"
#include "registry/model_fit.h"

/* clang-format off */
#define KMODES_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e6, "", "", "number of clusters") \
  O(on, COLUMNS, OPTION_UNSET, 0, 0, "", "", \
    "variables, each taken as classes; default: every category and boolean but labels") \
  O(init, CHOICE_FRAME, "cao", 0, 0, "cao|huang|random", "", \
    "starting modes: cao takes rows that are frequent and far apart; huang draws classes by how " \
    "frequent they are; random takes rows; or a frame with a row per mode") \
  O(starts, INT, "10", 1, 1e6, "", "", \
    "how often to start; the best result is kept; with cao further starts take rows at random") \
  O(max_iter, INT, "100", 1, 1e9, "", "", "most iterations of a start") \
  O(dissimilarity, CHOICE, "matching", 0, 0, "matching|ng", "", \
    "what a variable adds: matching 1 where classes differ; ng also 1 - share of the class in the cluster where " \
    "they agree") \
  CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)
/* clang-format on */
typedef struct KmodesOptions {
  KMODES_OPTIONS(OPTION_FIELD)
} KmodesOptions;
#define ROW(...) OPTION_ROW_OF(KmodesOptions, __VA_ARGS__)
static const Option kmodes_options[] = {KMODES_OPTIONS(ROW)};
#undef ROW

static KprototypesAsk ask_of(const KmodesOptions *o)
{
  return (KprototypesAsk){.cluster = {.on = o->on,
                                      .weights = o->weights,
                                      .missing = o->missing,
                                      .sample = o->sample,
                                      .seed = (uint64_t)o->seed},
                          .all_classes = true,
                          .init = o->init,
                          .dissimilarity = o->dissimilarity,
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

static Status kmodes_cost(const Call *call, Cost *out, Error *e)
{
  const KmodesOptions *const o = call->options;
  return kprototypes_cost_of(call, (double)o->k, (double)o->starts, out, e);
}

static const Figure kmodes_figures[] = {
    {"n", "rows used in the fit", "", "at least k"},
    {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
    {"cost", "classes in which rows differ from the mode of their cluster, summed by weight", "",
     "0 (every row is its mode) to n times the variables"},
    {"iterations", "passes of the best start", "", "a handful; at max_iter the fit has not converged"},
    {"converged", "whether the cost fell no more", "", "true"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"seed", "seed of all random choices", "", "any; the same seed gives the same result"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"starts", "starts that were run to their end", "", "the option, unless interrupted"},
    {"starts_at_best", "starts that came within 1e-9 of the lowest cost", "", "several; 1 hints at a hard problem"},
    {"classes", "variables", "", "1 or more"},
};

static const ModelSteps kmodes_steps = {.fit_size = sizeof(KprototypesFit), .prepare = prepare, .resume = kprototypes_resume, .work = kprototypes_work,
                                        .fill = kprototypes_fill, .free = kprototypes_fit_free};

static const ModelClass kmodes_class = {.size = sizeof(ModelClass),
                                        .predict = kprototypes_predict,
                                        .proceed = model_proceed,
                                        .headline = cluster_headline,
                                        .check = kprototypes_check,
                                        .plots = "sizes",
                                        .plot = segment_plot, .steps = &kmodes_steps};

static const Primitive kmodes = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "kmodes",
    .version = 1,
    .summary = "k-modes: splits rows of classes into k clusters around their most frequent classes",
    .details =
        "For data without numbers: a cluster's mode is the most frequent class of each variable, a row belongs to "
        "the "
        "mode from which it differs in the fewest variables. Clusters are numbered largest first; new rows go to the "
        "nearest mode. For classes and numbers together see kprototypes.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = kmodes_options,
    .n_options = sizeof kmodes_options / sizeof *kmodes_options,
    .options_size = sizeof(KmodesOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share cost and the mode of each variable; predict: cluster (of the "
               "nearest mode) "
               "distance",
    .reference = "Huang 1998; Cao, Liang and Bai 2009 (start); Ng, Li, Huang and He 2007 (ng)",
    .example = "df = read \"datasets/titanic/titanic.csv\"\ndf:kmodes{k = 3, missing = \"drop\"}",
    .where = WHERE_JOB,
    .cost = kmodes_cost,
    .figures = kmodes_figures,
    .n_figures = sizeof kmodes_figures / sizeof *kmodes_figures,
    .run = model_run,
    .model = &kmodes_class};
REGISTER_PRIMITIVE(kmodes);
