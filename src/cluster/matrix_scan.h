/* SPDX-License-Identifier: GPL-3.0-or-later */
/* matrix_scan.h -- what is to be known of a matrix before it is clustered, in one pass over it. */
#ifndef ASSAY_CLUSTER_MATRIX_SCAN_H
#define ASSAY_CLUSTER_MATRIX_SCAN_H

#include <stdint.h>

#include "core/task.h"

typedef struct MatrixScan {
  bool sound;              /* every value is finite and below 2^500; else the rest means nothing */
  double *low, *high, *sd; /* d: extremes, n - 1 standard deviations (0 for one row) */
  size_t repeated;         /* rows that equal an earlier one, but for rows that happen to have the same key of 64 bits */
} MatrixScan;

void matrix_scan_free(MatrixScan *scan);

/* x: n x d, row-major, n >= 1. O(n d), on all threads; 24 to 40 bytes a row while it runs. Sums are about the first row, and
 * about the mean in a second pass where too many digits would be lost (Chan, Golub and LeVeque 1983). Errors: STATUS_MEMORY,
 * STATUS_CANCELLED. */
Status matrix_scan(Task *task, const double *x, size_t n, size_t d, MatrixScan *out, Error *e) MUST_USE;

#endif
