/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pam_search.h -- what the sources of PAM share: one running search. */
#ifndef ASSAY_CLUSTER_PAM_SEARCH_H
#define ASSAY_CLUSTER_PAM_SEARCH_H

#include "cluster/pam.h"
#include "cluster/silhouette_kernels.h"

enum { PAM_CHUNK = 512 }; /* columns of a block of dissimilarities */

typedef struct PamSearch {
  Task *task;
  const Pairs *pairs;
  const double *weights;
  const PamSettings *settings;
  PamState *state;
  const SilhouetteKernels *kernels;
  size_t n, k, workers;
  double *lines;       /* k x n: from each medoid to all rows */
  double *near, *next; /* n: dissimilarity to the nearest and second nearest medoid */
  int32_t *near_slot, *next_slot;
  unsigned char *is_medoid; /* n */
  double *loss;             /* k: what giving up a medoid costs */
  double *gain;             /* n: of a candidate: BUILD its sum, SWAP the change it makes */
  int32_t *gain_slot;       /* n: and the medoid to give up for it */
  double *buffers;          /* per worker */
  size_t buffer_size;       /* doubles */
} PamSearch;

/* A worker's memory: scratch and lines of a group, k sums for each of its rows, and a list of columns. */
typedef struct PamBuffers {
  double *scratch, *lines, *sums;
  uint32_t *list;
} PamBuffers;
PamBuffers pam_buffers(const PamSearch *search, size_t worker);

/* Makes medoids until there are k. Errors: cancelled, and then those found are in the state. */
Status pam_build(PamSearch *search, Error *e) MUST_USE;

/* Swaps until no row helps, or max_iterations. */
Status pam_swap(PamSearch *search, Error *e) MUST_USE;

/* Row takes a slot: its line. The nearest two medoids of every row, from all lines; or after one slot was replaced,
 * from its line where that is enough. Of equally near medoids the lower slot comes first, so that both give the same.
 */
void pam_place(PamSearch *search, size_t slot, size_t row);
void pam_nearest_two(PamSearch *search);
void pam_replaced(PamSearch *search, size_t slot);

/* Sum of near, by weight, in a fixed order. */
double pam_total(const PamSearch *search);

/* Tells the listener where the search is. */
void pam_step(PamSearch *search, const char *phase, size_t iteration, size_t medoids);

#endif
