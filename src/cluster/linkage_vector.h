/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_vector.h -- what the sources of linkages by vectors share. Rows here differ from one another: equal ones were
 * put together before. Steps name clusters by one of their rows; heights of ward and centroid are squares, of single ranks.
 * All go on from where the state stands; when they are stopped it is what they go on from. Errors: STATUS_MEMORY,
 * STATUS_CANCELLED, STATUS_FORMAT "bad-model-file" (a state). */
#ifndef ASSAY_CLUSTER_LINKAGE_VECTOR_H
#define ASSAY_CLUSTER_LINKAGE_VECTOR_H

#include <stdlib.h>

#include "cluster/linkage_centres.h"
#include "cluster/linkage_state.h"

/* sizes: n numbers above 0. Values and sizes are used up. Steps in any order (linkage_ward.c). */
Status linkage_run_ward(Task *task, double *values, double *sizes, size_t n, size_t d, LinkageState *state, Error *e) MUST_USE;

/* centroid, or with `median` the point half way between the two centres; steps in their order (linkage_centroid.c). */
Status linkage_run_centroid(Task *task, double *values, double *sizes, size_t n, size_t d, bool median, LinkageState *state,
                            Error *e) MUST_USE;

/* A minimum spanning tree, steps in any order (linkage_spanning.c). */
Status linkage_run_single(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageState *state,
                          Error *e) MUST_USE;

/* The clusters that the state's merges leave, where they leave them: a merge of a and b into a has the centre that `centre`
 * makes of both, and size 0 is dead. What lives must know a living nearest, or none. O(n + merges d). Errors: STATUS_FORMAT
 * "bad-model-file". */
typedef void LinkageCentre(const double *x, const double *y, double size_x, double size_y, size_t d, double *out);
Status linkage_merge_again(const LinkageState *state, LinkageCentre *centre, double *values, double *sizes, size_t d,
                           Error *e) MUST_USE;

#endif
