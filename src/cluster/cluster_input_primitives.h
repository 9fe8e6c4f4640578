/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster_input_primitives.h -- from a frame and a call's options to the matrix that a clustering method works on, for a fit
 * and, by a model's variables, for predict.
 *
 * A method's `run` fills a ClusterAsk from its options and calls cluster_input; then rows are in `values`, scaled, finite
 * and without missing cells. What was decided on the way (columns chosen, rows left out, spreads that differ, a column like
 * an id, duplicates) goes to call->notes.
 */
#ifndef ASSAY_CLUSTER_CLUSTER_INPUT_PRIMITIVES_H
#define ASSAY_CLUSTER_CLUSTER_INPUT_PRIMITIVES_H

#include "cluster/variables.h"
#include "math/rows.h"
#include "registry/model.h"
#include "registry/registry.h"

typedef struct ClusterAsk {
  OptionTexts on;
  const char *scale;    /* NULL: none */
  const char *weights;  /* NULL: none */
  const char *except;   /* a column that is no variable unless named (that of the labels); NULL: none */
  const char *missing;  /* "drop", else missing cells are an error */
  int64_t sample;       /* 0: all rows */
  uint64_t seed;        /* of the sample */
} ClusterAsk;

typedef struct ClusterInput {
  const Frame *data;    /* borrowed */
  Variables variables;  /* columns, scale, and the rows in the fit */
  size_t usable;        /* rows without missing cells; more than variables.n when a sample was drawn */
  double *values;       /* variables.n x variables.d, row-major */
  double *weights;      /* variables.n, or NULL */
} ClusterInput;

void cluster_input_free(ClusterInput *input);

/* Errors: those of variables.h; STATUS_DATA "not-finite" (row, column), "bad-weight", "values-too-large" (sums of squares would
 * overflow); STATUS_MEMORY, STATUS_CANCELLED. O(n d). */
Status cluster_input(Call *call, const Frame *data, const ClusterAsk *ask, ClusterInput *out, Error *e) MUST_USE;

/* The part of it that needs no numbers: which rows (those without missing cells in the variables, unless `keep`; a sample of
 * them), and their weights. input has data and variables' columns. Errors: missing cells, "bad-weight"; STATUS_MEMORY. */
Status cluster_input_rows(Call *call, const ClusterAsk *ask, bool keep, ClusterInput *input, Error *e) MUST_USE;

/* The rows of new data by the model's frame "variables": names, shift, factor. Rows with missing cells are left out; no rows
 * at all is fine (values NULL). Errors: STATUS_NAME "unknown-column", "wrong-column-type", "not-finite". */
Status cluster_input_of_model(Call *call, const Model *model, const Frame *data, ClusterInput *out, Error *e) MUST_USE;

static inline Rows cluster_rows(const ClusterInput *input)
{
  return rows_of_matrix(input->values, input->variables.n, input->variables.d);
}

/* The number of the frame's row, from 1, of a row of the input. */
static inline size_t cluster_row_number(const ClusterInput *input, size_t row)
{
  return (input->variables.rows ? input->variables.rows[row] : row) + 1;
}

/* How much a fit would work on, before anything is copied. */
typedef struct ClusterExtent {
  size_t n, d;
  bool exact; /* false: rows with missing cells may be left out of the n */
} ClusterExtent;
ClusterExtent cluster_extent(const Frame *data, OptionTexts on, int64_t sample, const char *missing);

/* The refusal of what cannot scale, before the work begins: STATUS_LIMIT "too-large" when `bytes` are more than this machine's
 * memory or --memory leaves, with both figures and the alternative ("sample = 20000, or hdbscan"). */
Status cluster_check_size(const Task *task, size_t n, double bytes, const char *instead, Error *e) MUST_USE;

#endif
