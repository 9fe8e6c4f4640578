/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_vector.h -- what the sources of linkages by vectors share. Rows here differ from one another: equal ones were
 * put together before. Steps name clusters by one of their rows; heights of ward and centroid are squares. */
#ifndef ASSAY_CLUSTER_LINKAGE_VECTOR_H
#define ASSAY_CLUSTER_LINKAGE_VECTOR_H

#include <stdlib.h>

#include "cluster/linkage_centres.h"
#include "cluster/linkage_tree.h"

/* sizes: n numbers above 0. Steps in any order (linkage_ward.c). */
Status linkage_run_ward(Task *task, const double *values, const double *sizes, size_t n, size_t d, LinkageStep *steps,
                        Error *e) MUST_USE;

/* centroid, or with `median` the point half way between the two centres; steps in their order (linkage_centroid.c). */
Status linkage_run_centroid(Task *task, const double *values, const double *sizes, size_t n, size_t d, bool median,
                            LinkageStep *steps, Error *e) MUST_USE;

/* A minimum spanning tree, steps in any order (linkage_spanning.c). */
Status linkage_run_single(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageStep *steps,
                          Error *e) MUST_USE;

#endif
