/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_near.h -- for each centre the centres nearest to it, in rings (kmeans_near.c tells what for). */
#ifndef ASSAY_CLUSTER_KMEANS_NEAR_H
#define ASSAY_CLUSTER_KMEANS_NEAR_H

#include "cluster/kmeans_fit.h"

enum { KMEANS_NEAR_MOST = 8 }; /* lane groups of sixteen that are kept of each centre */

typedef struct KmeansNear {
  size_t vectors;           /* lane groups of each centre, 1 to KMEANS_NEAR_MOST, as many as hold all centres */
  float *lanes, *half;      /* vectors x k lane groups, those of one ring of all centres together, with their halves */
  int32_t *names;           /* vectors x k x 16: whose lanes they are */
  float *edges;             /* (vectors + 1) x k: no centre of this ring or later is nearer; the last: of those left out */
  uint64_t *keys;           /* per worker 32 x k: distance and number */
  size_t workers;
} KmeansNear;

/* Bytes for k centres. */
size_t kmeans_near_bytes(size_t k, size_t d, size_t workers);

KmeansNear *kmeans_near_new(size_t k, size_t d, size_t workers); /* NULL: no memory */
void kmeans_near_free(KmeansNear *near);

/* Fills the rings and apart[j], the distance to the nearest other centre, for the centres that fit->bounds have in
 * single precision. O(k^2 d) on all threads. False when the task was cancelled. */
bool kmeans_near_set(const KmeansFit *fit, const double *centres) MUST_USE;

#endif
