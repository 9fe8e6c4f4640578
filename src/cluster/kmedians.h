/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmedians.h -- the options of k-medians; the search itself is centre_search.h. */
#ifndef ASSAY_CLUSTER_KMEDIANS_H
#define ASSAY_CLUSTER_KMEDIANS_H

#include "cluster/cluster_options.h"

#define KMEDIANS_OPTIONS(O) \
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

typedef struct KmediansOptions {
  KMEDIANS_OPTIONS(OPTION_FIELD)
} KmediansOptions;

#endif
