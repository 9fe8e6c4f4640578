/* SPDX-License-Identifier: GPL-3.0-or-later */
/* silhouette_kernels.h -- the inner loop of silhouettes and of the search for medoids, once per instruction set. */
#ifndef ASSAY_CLUSTER_SILHOUETTE_KERNELS_H
#define ASSAY_CLUSTER_SILHOUETTE_KERNELS_H

#include <stddef.h>

typedef struct SilhouetteKernels {
  /* Sum, least and largest of count numbers. The sum is that of sixteen lanes, number j in lane j % 16, which are
   * added up in pairs; least (infinity) and most (-infinity) of none. */
  void (*range)(const double *numbers, size_t count, double *sum, double *least, double *most);

  /* Square roots in place. */
  void (*roots)(double *numbers, size_t count);

  /* The sum of weights[j] * min(numbers[j], others[j]) in the same way; weights NULL: 1. */
  double (*lesser)(const double *numbers, const double *others, const double *weights, size_t count);
} SilhouetteKernels;

const SilhouetteKernels *silhouette_kernels(void);

#endif
