/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gower_cells.h -- one column as Gower's dissimilarity works on it: scaled numbers, or codes. For gower.c. */
#ifndef ASSAY_CLUSTER_GOWER_CELLS_H
#define ASSAY_CLUSTER_GOWER_CELLS_H

#include "cluster/gower.h"

typedef struct GowerCells {
  double *values; /* numeric, ordinal, logratio: (x - low) / range, NaN where missing */
  int32_t *codes; /* nominal, asymmetric: from 0, -1 where missing */
  bool gaps;      /* some cell is missing */
} GowerCells;

/* Reads the cells of the rows (NULL: the first n), and measures low and range when range is NaN. */
Status gower_cells_read(const Frame *data, const size_t *rows, size_t n, GowerColumn *column, GowerCells *out,
                        Error *e) MUST_USE;
void gower_cells_free(GowerCells *cells);

#endif
