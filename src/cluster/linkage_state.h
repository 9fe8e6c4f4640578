/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_state.h -- where a linkage stands: what one that was stopped keeps, and goes on from to the bits of an unbroken one.
 *
 * It holds the merges so far as they were made, and what is known of who is nearest; no distances of clusters. Going on makes
 * the distances of rows (or the graph, or the index) anew and merges again without searching:
 *
 *   rounds            the rounds again, from triangle to triangle: as long as before but for the first search of rows
 *   other matrices    O(n) for each merge; single: nothing but the triangle
 *   centres           O(d) for each merge, and one tree of the clusters that live
 *   spanning trees    nothing
 *   graph             the neighbours, and each merge without a heap
 *
 * A state from a file is not trusted: each way checks what it uses. */
#ifndef ASSAY_CLUSTER_LINKAGE_STATE_H
#define ASSAY_CLUSTER_LINKAGE_STATE_H

#include "cluster/linkage_tree.h"

#define LINKAGE_NOBODY UINT32_MAX

struct LinkageState {
  size_t n;          /* what is merged: rows, of linkage_vectors those that differ; 0: nothing has begun */
  size_t done;       /* merges made */
  LinkageStep *steps; /* n: in the order of their making; clusters by a row each; heights as the way counts them (squares, ranks) */
  uint32_t *round;   /* n: of each step by rounds: twice the round's number, and 1 when a chain made it */
  size_t rounds;     /* that are over */
  size_t until;      /* a chain goes on to so many merges; at most `done`: there is none */
  size_t length;     /* of the chain */
  uint32_t *chain;   /* n + 1 places */
  uint32_t *nearest; /* n: of each row or cluster the nearest; LINKAGE_NOBODY: must look */
  double *bound;     /* n: how far that is, or nothing is nearer; infinite: not known */
};

/* Room for n, nothing merged, nobody near known. Errors: STATUS_MEMORY. */
Status linkage_state_new(size_t n, LinkageState *out, Error *e) MUST_USE;
void linkage_state_free(LinkageState *state);

/* Begins, or takes up what was kept: n must be the same, and the merges a forest. Errors: STATUS_MEMORY, STATUS_FORMAT
 * "bad-model-file". O(n). */
Status linkage_state_begin(LinkageState *state, size_t n, Error *e) MUST_USE;
Status linkage_state_broken(Error *e);

/* Of a spanning tree that grows from row 0: what its rows point at is themselves (nearest), and the row that joined last. With
 * nothing merged all else points at row 0, infinitely far. Errors: STATUS_MEMORY, STATUS_FORMAT "bad-model-file". O(n). */
Status linkage_state_tip(LinkageState *state, uint32_t *tip, Error *e) MUST_USE;

static inline void linkage_record(LinkageState *state, uint32_t a, uint32_t b, double height)
{
  state->steps[state->done++] = (LinkageStep){a, b, height};
}

/* How a way ends: STATUS_CANCELLED becomes STATUS_OK where merges were made and the caller keeps them, or all were made. */
Status linkage_state_end(const LinkageState *state, bool keeps, Status status, Error *e) MUST_USE;

#endif
