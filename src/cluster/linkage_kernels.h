/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_kernels.h -- the inner loop of linkages that keep centres, compiled once per instruction set.
 *
 * A leaf holds LINKAGE_LANES centres column by column. A vector holds distances of several of them, never parts of one,
 * so every instruction set gives the same bits.
 */
#ifndef ASSAY_CLUSTER_LINKAGE_KERNELS_H
#define ASSAY_CLUSTER_LINKAGE_KERNELS_H

#include <stddef.h>

enum { LINKAGE_LANES = 32 };

typedef struct LinkageKernels {
  /* out[i] = squared distance of x to centre i, leaf[c * 32 + i]; gives the least. Centres at infinity stay there. */
  double (*squares)(const double *leaf, size_t d, const double *x, double *out);

  /* The same times 2 s t / (s + t) for the sizes s of x and t = sizes[i] (above 0) of the centre: Ward's. */
  double (*ward)(const double *leaf, const double *sizes, size_t d, const double *x, double size, double *out);
} LinkageKernels;

const LinkageKernels *linkage_kernels(void);

#endif
