/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_graph.h -- linkage where only connected clusters merge: rows are connected to their nearest neighbours, a
 * cluster to those that a row of it is connected to.
 *
 * Keeps clusters from jumping over gaps, and needs neighbours instead of all distances, so that it goes to a million
 * rows. ward's distance is that of the clusters' centres; single, complete and average take the least, largest and mean
 * (each counting by the rows of its side) of the distances along connections, which are not those of all pairs. So
 * heights may fall from one merge to the next, and the tree keeps the order of the merges. Where the graph falls apart,
 * its components are joined last, by the same linkage of their centres, none below what came before. Expected O(n k log
 * n) with k neighbours, where connections stay few. Ties: the lowest clusters by their lowest rows.
 */
#ifndef ASSAY_CLUSTER_LINKAGE_GRAPH_H
#define ASSAY_CLUSTER_LINKAGE_GRAPH_H

#include "cluster/linkage.h"

/* Components that are joined by all their distances at most. */
enum { LINKAGE_COMPONENTS_MOST = 5000 };

bool linkage_has_graph(LinkageKind kind, Metric metric); /* single, complete, average; ward of Euclidean */

/* neighbours: n x k row numbers (a row's own number is passed over; connections count in both directions). Errors:
 * STATUS_DATA "graph-in-pieces" with more than LINKAGE_COMPONENTS_MOST components; STATUS_MEMORY, STATUS_CANCELLED. A state as
 * in linkage.h; *components is 0 of a tree that is not whole. */
Status linkage_graph(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                     const double *weights, const uint32_t *neighbours, size_t k, LinkageState *state, LinkageTree *out,
                     size_t *components, Error *e) MUST_USE;

#endif
