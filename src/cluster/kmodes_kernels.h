/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmodes_kernels.h -- the inner loops of k-modes and k-prototypes, compiled once per instruction set. A lane is a
 * row. */
#ifndef ASSAY_CLUSTER_KMODES_KERNELS_H
#define ASSAY_CLUSTER_KMODES_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct KmodesKernels {
  /* out += 1 where codes differ. */
  void (*differ_narrow)(const uint8_t *codes, size_t count, uint8_t code, uint16_t *out);
  void (*differ_wide)(const int32_t *codes, size_t count, int32_t code, uint16_t *out);

  /* out += 1 where codes differ, else 1 - share. */
  void (*share_narrow)(const uint8_t *codes, size_t count, uint8_t code, double share, double *out);
  void (*share_wide)(const int32_t *codes, size_t count, int32_t code, double share, double *out);

  /* out += (x - mean)^2 */
  void (*squares)(const double *x, size_t count, double mean, double *out);

  /* out += gamma * counts */
  void (*add_counts)(const uint16_t *counts, size_t count, double gamma, double *out);

  /* Where distances are less than best: best and label change, so that ties stay with the lower number. */
  void (*nearest)(const double *distances, size_t count, int32_t number, double *best, int32_t *label);
} KmodesKernels;

const KmodesKernels *kmodes_kernels(void);

#endif
