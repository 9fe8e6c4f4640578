/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_name.h -- names for segments, from what sets them apart: "high spend, low recency", "region = north".
 *
 * A phrase for each difference of a profile of at least 0.3, the largest first: high or low for numbers (below 0.5 rather
 * high, rather low), the column's name or "not" and the name for booleans, "column = level" or "column not level" for
 * categories. A name has two phrases, more where two segments would have the same, and at last a number. A segment without
 * a difference of 0.5 is "average", and then what it has of smaller ones.
 */
#ifndef ASSAY_CLUSTER_SEGMENT_NAME_H
#define ASSAY_CLUSTER_SEGMENT_NAME_H

#include "core/arena.h"
#include "frame/frame.h"

/* profile: all findings of data (profile.h). names: k, in the arena, no two the same. Errors: STATUS_MEMORY. */
Status segment_names(const Frame *profile, const Frame *data, size_t k, Arena *arena, const char **names,
                     Error *e) MUST_USE;

#endif
