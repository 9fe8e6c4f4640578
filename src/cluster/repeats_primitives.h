/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeats_primitives.h -- a note on rows that are there twice. */
#ifndef ASSAY_CLUSTER_REPEATS_PRIMITIVES_H
#define ASSAY_CLUSTER_REPEATS_PRIMITIVES_H

#include "cluster/cluster_input_primitives.h"

/* Of the n rows of d numbers those that equal an earlier one (by a hash of 64 bits; -0 is 0). O(n d), 16 to 32 bytes a row; 0
 * where there is no memory for that. */
size_t repeated_rows(const double *values, size_t n, size_t d);

/* Says how many rows of the input's frame equal another in all columns, when they are one in a hundred or more: they may have
 * been read twice. Looked for only where as many are equal in the input's variables. Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status repeats_note(Call *call, const ClusterInput *input, Error *e) MUST_USE;

#endif
