/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows.h -- a matrix that algorithms see a block of rows at a time, so that data larger than memory can feed them.
 *
 * n rows of d doubles. `block` gives rows first .. first + count - 1 (count <= BLOCK_ROWS) in row-major order: either a
 * pointer into memory it already has, or the caller's buffer (count * d doubles) filled. It may be called from several
 * threads at once. No value is missing.
 */
#ifndef ASSAY_MATH_ROWS_H
#define ASSAY_MATH_ROWS_H

#include <stddef.h>

#include "core/error.h"

typedef struct Rows {
  size_t n, d;
  Status (*block)(const struct Rows *rows, size_t first, size_t count, double *buffer, const double **values, Error *e);
  const void *source;
} Rows;

/* Rows over a row-major matrix in memory, borrowed. */
Rows rows_of_matrix(const double *values, size_t n, size_t d);

#endif
