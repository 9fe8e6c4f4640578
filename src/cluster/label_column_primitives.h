/* SPDX-License-Identifier: GPL-3.0-or-later */
/* label_column_primitives.h -- the clusters that a column of a frame says, for methods that judge any clustering. */
#ifndef ASSAY_CLUSTER_LABEL_COLUMN_PRIMITIVES_H
#define ASSAY_CLUSTER_LABEL_COLUMN_PRIMITIVES_H

#include "cluster/cluster_input_primitives.h"

typedef struct LabelColumn {
  int32_t *labels;   /* of the rows of an input: 0..k-1; -1: noise (the number 0) or missing */
  size_t k;
  Column *names;     /* of the clusters, k cells of the column's own type: numbers rising, texts in order of first appearance */
} LabelColumn;

void label_column_free(LabelColumn *column);

/* Any column but sets: whole numbers (0 is noise), texts, booleans. Errors: "wrong-column-type", STATUS_MEMORY. */
Status label_column(const Frame *data, const char *name, const ClusterInput *input, LabelColumn *out, Error *e) MUST_USE;

#endif
