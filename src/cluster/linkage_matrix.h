/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_matrix.h -- what the sources of linkages by a matrix share: the triangle of distances between clusters.
 *
 * Places 0..n-1 of the triangle are clusters. A merge leaves one of its two places dead; a list leads through those that
 * live. When many are dead, or many merge at once, the triangle is made anew for those that live, at the front of the
 * same memory and in the same order.
 */
#ifndef ASSAY_CLUSTER_LINKAGE_MATRIX_H
#define ASSAY_CLUSTER_LINKAGE_MATRIX_H

#include "cluster/linkage_state.h"

typedef struct LinkageMatrix {
  Task *task;
  double *d; /* the triangle */
  size_t n;  /* places */
  LinkageKind kind;
  double *sizes;  /* of the cluster at each place */
  uint32_t *row;  /* one of its rows: the lowest, for centroid and median the highest */
  uint32_t *next; /* the next living place: next[n] is the first, n ends */
  uint32_t *back;
  LinkageState *state; /* the merges so far, and what else is kept of a fit that is stopped */
  size_t all;          /* merges to make */
} LinkageMatrix;

/* The recurrence a d_ki + b d_kj + c d_ij of linkage.h for one k. */
double linkage_combine(LinkageKind kind, double ki, double kj, double ij, double nk, double ni, double nj);

/* complete, average, mcquitty, ward, ward_d: all merges from where the state stands (linkage_rounds.c). Errors: STATUS_MEMORY,
 * STATUS_CANCELLED, STATUS_FORMAT "bad-model-file" (a state). */
Status linkage_run_rounds(LinkageMatrix *m, Error *e) MUST_USE;

/* complete, average, mcquitty: all merges from two rows or more, d NULL before and after. Errors: the same, and those of
 * neighbours.h. */
Status linkage_run_rows(LinkageMatrix *m, const LinkageRows *rows, Error *e) MUST_USE;

/* Merges up to state->until by nearest-neighbour chains (linkage_matrix.c), from the state's chain on, noting `round` of each.
 * Fewer places live after. */
Status linkage_run_chains(LinkageMatrix *m, uint32_t round, Error *e) MUST_USE;

/* The distances from the clusters at i < j as they merge; what comes out lives at `keep`, one of them. */
void linkage_fold_places(LinkageMatrix *m, uint32_t i, uint32_t j, uint32_t keep);

/* Every place lives. */
void linkage_link(LinkageMatrix *m);

/* Tells how far it is, and whether to stop. */
Status linkage_tick(const LinkageMatrix *m, Error *e) MUST_USE;

#endif
