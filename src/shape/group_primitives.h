/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group_primitives.h -- what the verbs of groups and order share. For *_primitives.c of this folder. */
#ifndef ASSAY_SHAPE_GROUP_PRIMITIVES_H
#define ASSAY_SHAPE_GROUP_PRIMITIVES_H

#include "core/alloc.h"
#include "registry/registry.h"
#include "shape/groups.h"

/* The groups of the call's frame; all rows when it is not grouped. */
Status groups_of_frame(const Call *call, Groups **out, Error *e) MUST_USE;

/* Says, of a grouped frame, that this verb takes no notice of groups. */
void note_groups_left(const Call *call);

/* The frame's rows by number as the call's result. */
Status give_rows(const Call *call, const size_t *rows, size_t n, Value *out, Error *e) MUST_USE;

/* A forecast for verbs that sort or group all rows and take some of them. */
Status rows_cost(const Call *call, Cost *out, Error *e);

#endif
