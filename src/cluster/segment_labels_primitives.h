/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_labels_primitives.h -- the segments that any model of the family puts the rows of a frame into, for
 * everything that describes, names, compares or exports segments. */
#ifndef ASSAY_CLUSTER_SEGMENT_LABELS_PRIMITIVES_H
#define ASSAY_CLUSTER_SEGMENT_LABELS_PRIMITIVES_H

#include "registry/model.h"

typedef struct SegmentLabels {
  int64_t *labels; /* of each row: 1..k; 0: noise, or in no segment */
  size_t n, k;
  int64_t *sizes;   /* k + 1, [0] the rows in none */
  Frame *predicted; /* all columns of predict */
} SegmentLabels;

void segment_labels_free(SegmentLabels *labels);

/* What the model's predict says of the rows. Errors: STATUS_STATE "not-supported" for a model without segments;
 * STATUS_ARGUMENT "grouped-frame" when data are grouped; those of predict. */
Status segment_labels(Call *call, const Model *model, const Frame *data, SegmentLabels *out, Error *e) MUST_USE;

/* The same of a column of whole numbers without a model. Numbers below 0 are 0. */
Status segment_labels_of(const Column *column, size_t k, SegmentLabels *out, Error *e) MUST_USE;

/* The name of segment `number` (from 1): of a model that names its segments, else the number. In the arena; NULL: no
 * memory. */
const char *segment_name_of(const Model *model, size_t number, Arena *arena);

/* For each column of data whether the model was made from it; in the arena. NULL: no memory. */
const bool *segment_fitted(const Model *model, const Frame *data, Arena *arena);

/* The column of data that is the segmentation itself (cluster.segmentation), which would describe nothing; SIZE_MAX:
 * none. */
size_t segment_own_column(const Model *model, const Frame *data);

/* A column of data by name that must hold numbers. */
Status segment_number_column(const Frame *data, const char *name, size_t *column, Error *e) MUST_USE;

#endif
