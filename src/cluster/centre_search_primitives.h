/* SPDX-License-Identifier: GPL-3.0-or-later */
/* centre_search_primitives.h -- what the primitives of centre_search.h (kmedians, spherical) share: options, figures and the
 * steps of a model. A further rule is a file like kmedians_primitives.c.
 */
#ifndef ASSAY_CLUSTER_CENTRE_SEARCH_PRIMITIVES_H
#define ASSAY_CLUSTER_CENTRE_SEARCH_PRIMITIVES_H

#include "cluster/centre_model_primitives.h"
#include "cluster/cluster_options.h"
#include "registry/model_fit.h"

/* clang-format off */
#define CENTRE_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e9, "", "", "number of clusters") \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  O(starts, INT, "10", 1, 1e6, "", "", "how often to start from new centres; the best result is kept") \
  O(max_iter, INT, "300", 1, 1e9, "", "", "most iterations of a start") \
  O(tol, NUMBER, "0", 0, 1, "", "", \
    "stop when an iteration lowers the cost by less than this share; 0: until the centres stay") \
  O(init, CHOICE_FRAME, "kmeans++", 0, 0, "kmeans++|random", "", \
    "starting centres: kmeans++ spreads them, random takes k rows; or a frame with a row per centre") \
  CLUSTER_WEIGHTS(O) \
  CLUSTER_SEED(O) \
  CLUSTER_MISSING(O) \
  CLUSTER_SAMPLE(O)

/* clang-format on */
typedef struct CentreOptions {
  CENTRE_OPTIONS(OPTION_FIELD)
} CentreOptions;

/* The rows of glance(), but for the cost. */
#define CENTRE_FIGURES(cost) \
  {"n", "rows used in the fit", "", "at least k; far more, for clusters that mean something"}, \
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"}, \
  cost, \
  {"iterations", "iterations that led to the result", "", "a handful to some hundred; at max_iter the fit has not converged"}, \
  {"converged", "whether the centres stopped moving, or tol was met", "", "true"}, \
  {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"}, \
  {"reason", "why the fit ended early", "", "empty, interrupted or max_iter"}, \
  {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"}, \
  {"seed", "seed of all random choices", "", "any; the same seed gives the same result"}, \
  {"dropped", "rows left out for missing cells", "", "0"}, \
  {"starts", "starts that were run to their end", "", "the option, unless interrupted"}, \
  {"starts_at_best", "starts that came within 1e-9 of the best cost", "", "most of them; 1 hints at a hard problem"}, \
  {"emptied", "clusters that ran empty and were given the row that cost most", "", "0"},

/* For ModelSteps; options are CentreOptions, fit a CentreFit. `rows` (or NULL) works on the rows before the search. */
Status centre_prepare(Call *call, const Frame *data, const CentreOptions *o, CentrePrepare rows, CentreFit *fit, Error *e) MUST_USE;
Status centre_work(Call *call, const CentreOptions *o, CentreRule rule, CentreFit *fit, Error *e) MUST_USE;
Status centre_fill(Model *model, const void *options, const void *fit, Error *e) MUST_USE;

#endif
