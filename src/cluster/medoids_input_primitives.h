/* SPDX-License-Identifier: GPL-3.0-or-later */
/* medoids_input_primitives.h -- from a frame and a call's options to dissimilarities of its rows: numbers with a
 * metric, mixed columns (metric "gower"), or a frame that holds the dissimilarities itself (metric "given").
 *
 * The ClusterInput inside says which columns and rows take part, whatever their types, so that the frames of
 * cluster_model_primitives.h can be made from it; its values are there only with a metric of numbers.
 */
#ifndef ASSAY_CLUSTER_MEDOIDS_INPUT_PRIMITIVES_H
#define ASSAY_CLUSTER_MEDOIDS_INPUT_PRIMITIVES_H

#include "cluster/cluster_input_primitives.h"
#include "cluster/medoids_pairs.h"

/* Options of methods that work on dissimilarities, and of those on mixed columns. */
#define MEDOIDS_ON(O) \
  O(on, COLUMNS, OPTION_UNSET, 0, 0, "", "", \
    "variables; default: every numeric column but labels, with gower every column")
#define MEDOIDS_METRIC(O) \
  O(metric, CHOICE, "euclidean", 0, 0, METRIC_CHOICES "|gower|given", "", \
    "dissimilarity of rows; gower: of mixed columns; given: the frame is the square of dissimilarities itself")
#define MEDOIDS_TYPES(O) \
  O(types, TEXT_MAP, OPTION_UNSET, 0, 0, GOWER_TYPES, "", \
    "gower: what a column is, as {rating = \"ordinal\"}; default: numeric for numbers and times, nominal for texts") \
  O(variable_weights, VALUE, OPTION_UNSET, 0, 0, "", "", \
    "gower: how much a column counts, as {income = 2}; default 1")
#define MEDOIDS_MISSING(O) \
  O(missing, CHOICE, "auto", 0, 0, "auto|error|drop", "", \
    "rows with missing values: refuse or leave out; auto: refuse, but gower compares by what both rows have")

typedef struct MedoidsAsk {
  ClusterAsk cluster;
  const char *metric;
  OptionTextMap types;
  const Value *variable_weights;
} MedoidsAsk;

typedef struct MedoidsInput {
  ClusterInput input;
  Gower *gower;
  double *square;
  Pairs pairs; /* of the rows of input; borrows */
} MedoidsInput;

void medoids_input_free(MedoidsInput *input);

/* Errors: those of cluster_input, gower_columns, gower_new and pairs_check_square; STATUS_ARGUMENT
 * "option-without-use" (scale with gower, types without); STATUS_DATA "bad-distances" when a given frame is no
 * square. */
Status medoids_input(Call *call, const Frame *data, const MedoidsAsk *ask, MedoidsInput *out, Error *e) MUST_USE;

/* Columns of any type and the rows that take part: what medoids_input does for mixed columns, for other methods.
 * columns: numbers of the frame's columns, taken over. keep: missing cells of the variables are fine. */
Status mixed_rows(Call *call, const Frame *data, const ClusterAsk *ask, size_t *columns, size_t d, bool keep,
                  ClusterInput *out, Error *e) MUST_USE;

/* Numbers by name from an option's value ({income = 2}), each above 0: sets the weight of that column. */
Status mixed_weights(const Frame *data, const Value *weights, GowerColumn *columns, size_t d, Error *e) MUST_USE;

/* The frame "gower" of a model: a row per variable, name type weight low range; and the columns from it for other
 * data, by name (mem_free). Errors: "bad-model-file", "unknown-column". */
Status mixed_put_gower(Model *model, const Frame *data, const GowerColumn *columns, size_t d, Error *e) MUST_USE;
Status mixed_gower_of(const Model *model, const Frame *data, GowerColumn **out, size_t *d, Error *e) MUST_USE;

/* Error "gower-nothing-shared" with the frame's own row numbers, when some pair shares nothing. O(n^2 d) at worst. */
Status medoids_check_apart(Call *call, const MedoidsInput *input, Error *e) MUST_USE;

#endif
