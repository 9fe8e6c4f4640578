/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_columns.h -- the columns that segments are described by, whatever they were made from.
 *
 * Numbers, booleans, categories, and texts of few levels (at most 50 different ones, each twice on average). Not
 * described are labels and predictions of models, times, sets, texts of many levels, and whole numbers that look like
 * an id.
 */
#ifndef ASSAY_CLUSTER_SEGMENT_COLUMNS_H
#define ASSAY_CLUSTER_SEGMENT_COLUMNS_H

#include "core/task.h"
#include "frame/frame.h"

typedef enum SegmentKind { SEGMENT_OTHER, SEGMENT_NUMBER, SEGMENT_FLAG, SEGMENT_LEVELS } SegmentKind;

typedef struct SegmentColumn {
  SegmentKind kind;
  size_t column;  /* in the frame */
  Column *values; /* a reference; texts as a category. NULL for SEGMENT_OTHER */
} SegmentColumn;

/* keep: also when it looks like an id. The caller owns out->values. O(rows). Errors: STATUS_CANCELLED, STATUS_MEMORY.
 */
Status segment_column(const Task *task, const Frame *data, size_t column, bool keep, SegmentColumn *out,
                      Error *e) MUST_USE;

#endif
