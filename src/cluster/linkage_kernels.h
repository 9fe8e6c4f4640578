/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage_kernels.h -- the inner loop of linkages that keep centres, compiled once per instruction set.
 *
 * A leaf holds LINKAGE_LANES centres column by column. A vector holds distances of several of them, never parts of one,
 * so every instruction set gives the same bits.
 */
#ifndef ASSAY_CLUSTER_LINKAGE_KERNELS_H
#define ASSAY_CLUSTER_LINKAGE_KERNELS_H

#include <stddef.h>

#include "cluster/linkage.h"

enum { LINKAGE_LANES = 32 };

/* Two clusters that merge: their sizes, and how far apart they are. */
typedef struct LinkagePair {
  double size_a, size_b, apart;
} LinkagePair;

typedef struct LinkageKernels {
  /* out[i] = squared distance of x to centre i, leaf[c * 32 + i]; gives the least. Centres at infinity stay there. */
  double (*squares)(const double *leaf, size_t d, const double *x, double *out);

  /* The same times 2 s t / (s + t) for the sizes s of x and t = sizes[i] (above 0) of the centre: Ward's. */
  double (*ward)(const double *leaf, const double *sizes, size_t d, const double *x, double size, double *out);

  /* a[i] and b[i] are the distances of cluster i, of sizes[i], from two that merge; a[i] becomes that from both together,
   * by the recurrence of complete, average, mcquitty, ward or ward_d in linkage.h. */
  void (*fold)(LinkageKind kind, const LinkagePair *pair, double *a, const double *b, const double *sizes, size_t n);

  /* The least of n > 0 numbers, and in *at the first place where it stands. Columns learn: where row[i] is below
   * least[i], or equal to it and `self` below nearest[i], these become row[i] and `self`. rising: `self` is
   * above all that were before, so that the first is enough. */
  double (*scan)(const double *row, size_t n, double self, bool rising, double *least, double *nearest, size_t *at);
} LinkageKernels;

const LinkageKernels *linkage_kernels(void);

#endif
