/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster_model_primitives.h -- the frames that every clustering model has, and back.
 *
 *   tidy        a row per cluster: cluster (1.., largest first; a last row 0 for noise if there is any), size, share, then what
 *               the method has, then the mean or centre in each variable, in the data's units
 *   glance      one row: n, k, ..., complete, reason, stopped_at, seed where there is one, dropped
 *   variables   a row per variable: name, shift, factor, digest (of the column that was fitted)
 *   labels      a row per row of the data: cluster (0: noise; missing: not in the fit), and further columns of predict: so
 *               that augmenting the very data of the fit gives the fit's own labels. Only for methods whose labels do not
 *               follow from a rule for new rows (density, hierarchy, ...).
 *   centres     a row per cluster, a column per variable, in scaled units: for methods that have centres
 *   notes       lines for the user
 *
 * A method begins its predict with cluster_fitted, and goes on with cluster_input_of_model and its own rule.
 */
#ifndef ASSAY_CLUSTER_CLUSTER_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_CLUSTER_MODEL_PRIMITIVES_H

#include "cluster/cluster_input_primitives.h"
#include "frame/builder.h"

/* tidy's beginning: cluster, size, share (of the rows in the fit), with a row 0 when noise > 0. */
Draft *cluster_tidy_begin(const ClusterInput *input, const int64_t *sizes, size_t k, int64_t noise) MUST_USE;

/* A column of k cells, and a missing one behind them for noise. NaN becomes missing. */
void cluster_tidy_floats(Draft *draft, const char *name, const double *values, size_t k, bool noise);

/* A column for each variable: the k x d matrix in the data's units. A variable called like one of tidy's own columns gets the
 * ending _mean. NULL centres: the means of the rows by labels (labels: 0..k-1, -1 noise). */
Status cluster_tidy_centres(Draft *draft, const ClusterInput *input, const double *centres, const int32_t *labels, size_t k,
                            bool noise, Error *e) MUST_USE;

/* The frames variables, centres (k x d, scaled), labels (n rows of the input: 0.., -1 noise; extra columns by a draft of the
 * same rows, taken over, or NULL). */
Status cluster_put_variables(Model *model, const ClusterInput *input, Error *e) MUST_USE;
Status cluster_put_centres(Model *model, const ClusterInput *input, const double *centres, size_t k, Error *e) MUST_USE;
Status cluster_put_labels(Model *model, const ClusterInput *input, const int32_t *labels, Draft *extra, Error *e) MUST_USE;

/* The beginning of a frame of predict: `cluster` (role label) for all rows of the data, missing where a row is not in the input;
 * then further columns, a number for each row of the input. NULL: no memory. */
Draft *cluster_predicted(const ClusterInput *input, const int32_t *labels) MUST_USE;
void cluster_predicted_floats(Draft *draft, const char *name, const ClusterInput *input, const double *values);

/* The frame labels, when data are those of the fit (the same columns, cell by cell) and no row was left to a rule (a sample);
 * else NULL, and the method's rule is asked. The caller
 * owns the reference. O(cells) the first time, for the columns' digests. */
Frame *cluster_fitted(const Model *model, const Frame *data);

/* "5 clusters of 200 rows on a, b; scale zscore" */
void cluster_headline(const Model *model, Text *out);

/* What every model from a file must have: tidy, glance with n and k, variables, and if there are any sound labels and centres
 * (finite, k rows, a column per variable). */
Status cluster_model_check(const Model *model, Error *e) MUST_USE;
Status cluster_model_broken(Error *e); /* "bad-model-file" */

/* Cells of a one-row frame, matrices of float64 columns without missing cells: false / NULL when they are not so. */
bool cluster_cell(const Frame *frame, const char *name, bool may_miss, double *out);
bool cluster_size_cell(const Frame *frame, const char *name, size_t *out);
bool cluster_flag_cell(const Frame *frame, const char *name, bool *out);
bool cluster_is_matrix(const Frame *frame, size_t rows, size_t columns);
double *cluster_matrix(const Frame *frame); /* rows x columns, row-major, mem_free; NULL: no memory */

/* A rows x columns matrix as a frame; names as the input's variables. */
Status cluster_matrix_frame(const ClusterInput *input, const double *matrix, size_t rows, Frame **out, Error *e) MUST_USE;

/* Notes of any fit: the smallest cluster is tiny, k near n, rows not in the sample. */
void cluster_note_sizes(const ClusterInput *input, const int64_t *sizes, size_t k, Text *notes);

/* Of a fit that was stopped with nothing to keep the error says why (status as it came). */
Status cluster_nothing_kept(Status status, const char *why, Error *e) MUST_USE;

#endif
