/* SPDX-License-Identifier: GPL-3.0-or-later */
/* consensus.h -- one clustering out of several: rows that most of them keep together are kept together.
 *
 * The co-association of two rows is the share of clusterings, of those that have a cluster for both, that put them into the same
 * one (Fred and Jain 2005); 1 less that is a distance, which is linked hierarchically and cut. Rows with the same clusters
 * throughout are one atom, and the tree is made of atoms weighted by their rows: the same tree as that of the rows, but as small
 * as the clusterings are alike.
 */
#ifndef ASSAY_CLUSTER_CONSENSUS_H
#define ASSAY_CLUSTER_CONSENSUS_H

#include "cluster/linkage.h"

/* Distances of a atoms with m clusters each (codes: a x m, below 0: none): 1 - share of equal codes among the columns that both
 * have; 1 where there are none. The upper triangle as linkage_matrix wants it. O(a^2 m), on all threads. Errors:
 * STATUS_CANCELLED. */
Status consensus_distances(Task *task, const int32_t *codes, size_t a, size_t m, double *out, Error *e) MUST_USE;

/* The number of clusters that lives longest: the cut through the widest gap between one merge's height and the next (the
 * lower k of equal gaps); at least 2 where there are 2 atoms. most: the largest k to look at. */
size_t consensus_lifetime(const LinkageTree *tree, size_t most);

/* The mean co-association of one atom with the rows of each cluster, weighted (itself included); out: k numbers, NaN for a
 * cluster that shares no clustering with it. codes of the atom: m. O(a m). */
void consensus_affinity(const int32_t *codes, size_t a, size_t m, const double *weights, const int32_t *labels, size_t k,
                        const int32_t *atom, double *sums, double *out);

#endif
