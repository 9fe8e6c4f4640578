/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/rows.h"

static Status matrix_block(const Rows *rows, size_t first, size_t count, double *buffer, const double **values, Error *e)
{
  (void)count;
  (void)buffer;
  (void)e;
  *values = (const double *)rows->source + first * rows->d;
  return STATUS_OK;
}

Rows rows_of_matrix(const double *values, size_t n, size_t d)
{
  return (Rows){.n = n, .d = d, .block = matrix_block, .source = values};
}
