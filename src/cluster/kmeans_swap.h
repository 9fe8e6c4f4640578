/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_swap.h -- what the refinement after the starts keeps of the best result: every row's two least
 * distances. */
#ifndef ASSAY_CLUSTER_KMEANS_SWAP_H
#define ASSAY_CLUSTER_KMEANS_SWAP_H

#include "cluster/kmeans_fit.h"

typedef struct KmeansSwap {
  double *nearest, *next; /* n: squared distances to the nearest and second nearest of the best centres */
  int32_t *next_label;    /* n: number of the second nearest */
  double *block_sums;     /* per block: sum of weight * nearest */
  double total;           /* of block_sums */
  double *candidates;     /* rows that may become centres, one after the other; at least one */
  double *losses;         /* accumulator of a pass over the candidates; at least k numbers */
  bool ready;             /* nearest, next and next_label belong to state->best */
  bool kept;              /* so do the kept bounds */
} KmeansSwap;

/* Fills nearest, next and the sums from state->best. O(n k d). */
Status kmeans_swap_find_two(KmeansFit *fit, Error *e) MUST_USE;

#endif
