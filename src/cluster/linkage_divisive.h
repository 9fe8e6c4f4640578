/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_divisive.h -- the tree from the top: divisive analysis. */
#ifndef ASSAY_CLUSTER_LINKAGE_DIVISIVE_H
#define ASSAY_CLUSTER_LINKAGE_DIVISIVE_H

#include "cluster/linkage.h"

/* DIANA (Kaufman and Rousseeuw 1990) of the triangle of distances (linkage.h), which stays: each split as the merge that undoes
 * it, its height the diameter of what was split. Where splits part clusters evenly O(n^2), O(n^3) where one row leaves at a time;
 * 80 n bytes. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status linkage_divisive(Task *task, const double *distances, size_t n, LinkageTree *out, Error *e) MUST_USE;

#endif
