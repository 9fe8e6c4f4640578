/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture_range_primitives.h -- an option k that may be one number or several to choose from: 3, "2:9", "2, 4, 8:10",
 * {2, 4, 8}. */
#ifndef ASSAY_CLUSTER_MIXTURE_RANGE_PRIMITIVES_H
#define ASSAY_CLUSTER_MIXTURE_RANGE_PRIMITIVES_H

#include "registry/value.h"

enum { RANGE_MOST = 1000 };

/* The numbers, each 1 or more, into k (RANGE_MOST of room). NULL: 1 .. most. Errors: STATUS_ARGUMENT "bad-k". */
Status range_read(const Value *value, size_t most, size_t *k, size_t *n, Error *e) MUST_USE;

/* Of several numbers those above the number of rows go, noted; a single one stays, for the method to refuse. */
void range_limit(size_t *k, size_t *n, size_t rows, Text *notes);

#endif
