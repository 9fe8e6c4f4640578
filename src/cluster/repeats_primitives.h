/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repeats_primitives.h -- a note on rows that are there twice. */
#ifndef ASSAY_CLUSTER_REPEATS_PRIMITIVES_H
#define ASSAY_CLUSTER_REPEATS_PRIMITIVES_H

#include "registry/registry.h"

/* Says how many rows of the frame equal another in all columns, when they are one in a hundred or more: they may have been read
 * twice. Looked for only where as many of the n rows in a fit are `repeated` in its variables. Errors: STATUS_MEMORY,
 * STATUS_CANCELLED. */
Status repeats_note(Call *call, const Frame *data, size_t repeated, size_t n, Error *e) MUST_USE;

#endif
