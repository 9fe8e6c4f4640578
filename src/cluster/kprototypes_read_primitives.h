/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kprototypes_read_primitives.h -- columns as classes and numbers: for fit and predict of k-modes and k-prototypes.
 */
#ifndef ASSAY_CLUSTER_KPROTOTYPES_READ_PRIMITIVES_H
#define ASSAY_CLUSTER_KPROTOTYPES_READ_PRIMITIVES_H

#include "cluster/kprototypes.h"
#include "frame/frame.h"

/* Codes of the cells of n rows, none missing: in the order of their values, numbers or bytes of texts. example
 * (may be NULL): a row for each code, mem_free. */
Status kprototypes_read_classes(const Column *column, const size_t *rows, size_t n, ClassCodes *out, size_t **example,
                                Error *e) MUST_USE;

/* q numeric columns of n rows as (x - shift) / factor, variable after variable; *out: mem_free, on failure too. */
Status kprototypes_read_numbers(const Frame *frame, const size_t *columns, size_t q, const size_t *rows, size_t n,
                                const double *shift, const double *factor, double **out, Error *e) MUST_USE;

/* The columns of a frame that have the names of these columns of data; missing cells are an error. */
Status kprototypes_pick(const Frame *frame, const Frame *data, const size_t *columns, size_t d, Frame **out,
                        Error *e) MUST_USE;

#endif
