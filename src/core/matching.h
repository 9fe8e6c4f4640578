/* SPDX-License-Identifier: GPL-3.0-or-later */
/* matching.h -- pairs the clusters of two partitions so that as many rows as possible lie in paired clusters.
 *
 * The assignment problem by shortest augmenting paths (the Hungarian method with potentials; Kuhn 1955, Jonker and
 * Volgenant 1987): exact on whole numbers. O(min(a, b)^2 max(a, b)).
 */
#ifndef ASSAY_CORE_MATCHING_H
#define ASSAY_CORE_MATCHING_H

#include "core/task.h"

/* counts: a x b row-major, the rows that two clusters share. pair[i]: the cluster of b for cluster i of a, SIZE_MAX
 * when it is left without one or would share no row with it. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status matching_largest(const Task *task, const size_t *counts, size_t a, size_t b, size_t *pair, Error *e) MUST_USE;

#endif
