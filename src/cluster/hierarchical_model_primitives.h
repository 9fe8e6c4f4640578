/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hierarchical_model_primitives.h -- a tree and a cut of it as a model (frames), and back.
 *
 *   tidy    cluster size share, weight (with weights), height (of the cluster's last merge; 0 of a single row), means
 *   merge   a row per merge in their order: merge a b height size. As in R's hclust a and b below 0 are rows of the
 * fit, above 0 merges before this one leaves  the rows from left to right: position, row (the number in the data), at
 * (in the fit), cluster rows    the scaled values of the rows in the fit, for predict and cut; not there for given
 * distances
 *
 * A fit that was stopped has fewer merges: a forest, whose trees are its parts. Then state (n, rounds, until), state_steps (the
 * merges as they were made), state_rows and state_chain are a LinkageState, and with given distances the options keep them.
 */
#ifndef ASSAY_CLUSTER_HIERARCHICAL_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_HIERARCHICAL_MODEL_PRIMITIVES_H

#include "cluster/cluster_model_primitives.h"
#include "cluster/hierarchical.h"
#include "cluster/linkage_state.h"

typedef struct Hierarchy {
  ClusterInput input; /* d 0: given distances */
  LinkageTree tree;
  LinkageState state; /* of a fit; of a model only what hierarchy_read_state reads */
  LinkageKind kind;
  Metric metric;
  size_t k;
  int32_t *labels;                  /* n: 0..k-1, largest first */
  int64_t *sizes;                   /* k */
  double *weights, *tops, *centres; /* k; k; k x d */
  double cophenetic;                /* NaN: not computed */
  size_t pieces;                    /* of the graph; 0: no graph */
} Hierarchy;

void hierarchy_free(Hierarchy *h);

/* Whether all merges are made; parts: what they leave. */
bool hierarchy_is_whole(const Hierarchy *h);
size_t hierarchy_parts(const Hierarchy *h);

/* Cuts the tree: k, or a height above 0, or where the gap is widest; a forest into its parts, or more. Errors:
 * STATUS_ARGUMENT "out-of-range" (k > n), "option-without-use" (both). Notes the number that was chosen. */
Status hierarchy_cut(Hierarchy *h, int64_t k, double height, Text *notes, Error *e) MUST_USE;

/* The frames of a cut: tidy glance centres; those of the tree and the fit: merge leaves rows variables labels. */
Status hierarchy_put_cut(Model *model, const Hierarchy *h, const Model *before, Error *e) MUST_USE;
Status hierarchy_put_tree(Model *model, const Hierarchy *h, Error *e) MUST_USE;

/* What a stopped fit goes on from: as frames of the model, and back. Errors: STATUS_FORMAT "bad-model-file". */
Status hierarchy_put_state(Model *model, const LinkageState *state, Error *e) MUST_USE;
Status hierarchy_read_state(const Model *model, LinkageState *out, Error *e) MUST_USE;

/* The tree, rows, scale of a model: all but the cut. The input's data are the frame "rows". */
Status hierarchy_of_model(const Model *model, Hierarchy *out, Error *e) MUST_USE;

/* The same labels in the frames "labels" and "leaves" of another cut of the same tree. */
Status hierarchy_relabel(Model *model, const Hierarchy *h, const Model *before, Error *e) MUST_USE;

Status hierarchical_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e) MUST_USE;
Status hierarchical_check(const Model *model, Error *e) MUST_USE;
Status hierarchical_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#define HIERARCHICAL_PLOTS "dendrogram|heights|segments|sizes|profile"

#endif
