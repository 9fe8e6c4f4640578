/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hierarchical_distances_primitives.h -- given distances: from a frame to the triangle of linkage.h.
 *
 * Either columns a, b (row numbers from 1) and distance with each pair once (or twice, if both say the same), or a
 * square: as many columns as rows, 0 on the diagonal, the same on both sides.
 */
#ifndef ASSAY_CLUSTER_HIERARCHICAL_DISTANCES_PRIMITIVES_H
#define ASSAY_CLUSTER_HIERARCHICAL_DISTANCES_PRIMITIVES_H

#include "core/task.h"
#include "frame/frame.h"

/* triangle: linkage_cells(n) numbers. Errors: STATUS_DATA "bad-distances" (which pair, and why), STATUS_NAME
 * "unknown-column", STATUS_MEMORY, STATUS_CANCELLED. O(n^2). */
Status hierarchical_distances(const Task *task, const Frame *distances, size_t n, double *triangle, Error *e) MUST_USE;

#endif
