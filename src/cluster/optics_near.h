/* SPDX-License-Identifier: GPL-3.0-or-later */
/* optics_near.h -- the nearest rows of every row, and of which rows it is one of the nearest. */
#ifndef ASSAY_CLUSTER_OPTICS_NEAR_H
#define ASSAY_CLUSTER_OPTICS_NEAR_H

#include "math/neighbours.h"

/* Row i has entries i k .. i k + k - 1: its nearest rows, itself counted, nearest first. The entries that name row i are
 * named[starts[i]] .. named[starts[i + 1] - 1]. */
typedef struct OpticsNear {
  size_t k; /* 0: not made */
  uint32_t *rows;
  double *distances;
  uint32_t *starts, *named;
} OpticsNear;

void optics_near_free(OpticsNear *near);

/* O(n log n) and more with more columns, on all threads; 16 k bytes a row. Where the task may not have these, or n k
 * exceeds 2^32, it is STATUS_OK with k = 0. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status optics_near_new(Task *task, const Neighbours *index, size_t n, size_t k, OpticsNear *out, Error *e) MUST_USE;

/* The distance to the farthest of the entries of a row. */
static inline double optics_near_radius(const OpticsNear *near, size_t row)
{
  return near->distances[row * near->k + near->k - 1];
}

#endif
