/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster_options.h -- the options that clustering methods share, in one spelling, for their option lists:
 *
 *   #define DBSCAN_OPTIONS(O) O(eps, NUMBER, ...) CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_MISSING(O)
 *
 * What they do is done in cluster_input_primitives.h.
 */
#ifndef ASSAY_CLUSTER_CLUSTER_OPTIONS_H
#define ASSAY_CLUSTER_CLUSTER_OPTIONS_H

#include "core/options.h"

#define CLUSTER_ON(O) \
  O(on, COLUMNS, OPTION_UNSET, 0, 0, "numeric", "", "variables; default: every numeric column but labels")
#define CLUSTER_SCALE(O) \
  O(scale, CHOICE, "none", 0, 0, "none|zscore|range|robust", "", \
    "how variables are scaled first: zscore by the standard deviation, range to 0..1, robust by the quartile " \
    "distance")
#define CLUSTER_WEIGHTS(O) \
  O(weights, COLUMN, OPTION_UNSET, 0, 0, "numeric", "", "column with the weight of each row, 0 or more")
#define CLUSTER_SEED(O) O(seed, INT, "1", 0, 9e15, "", "", "seed of the random choices")
#define CLUSTER_MISSING(O) \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "rows with missing values: refuse or leave out")
#define CLUSTER_SAMPLE(O) \
  O(sample, INT, "0", 0, 1e9, "", "rows", \
    "fit to this many rows drawn at random (by seed), and assign the others as new rows; 0: all rows")
#define CLUSTER_METRIC(O) \
  O(metric, CHOICE, "euclidean", 0, 0, "euclidean|manhattan|chebyshev|cosine", "", "distance between rows")

#endif
