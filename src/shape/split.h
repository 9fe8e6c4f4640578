/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.h -- the rows of a frame dealt into two frames at random, perhaps with the same share of each group. */
#ifndef ASSAY_SHAPE_SPLIT_H
#define ASSAY_SHAPE_SPLIT_H

#include "core/task.h"
#include "frame/frame.h"

/* The first frame gets round(share x rows) rows; with n groups' columns as near to share x size of each group as
 * whole rows allow while the total stays right. Both keep the order of rows. Each group draws from a random stream
 * of its own (task->seed). O(rows). Errors: memory, limit, cancelled. */
Status frame_split(const Frame *frame, double share, const size_t *columns, size_t n, Task *task, Frame *out[2],
                   Error *e) MUST_USE;

#endif
