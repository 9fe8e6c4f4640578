/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choose_primitives.h -- cluster.choose: its options, and what it leaves in a model.
 *
 *   tidy         a row per k: figures of choose.h
 *   suggestions  a row per rule: rule, k, why
 *   glance       n, d, method, suggested, votes, rules, hopkins, p_value, references, resamples, complete, reason, stopped_at,
 *                seed
 */
#ifndef ASSAY_CLUSTER_CHOOSE_PRIMITIVES_H
#define ASSAY_CLUSTER_CHOOSE_PRIMITIVES_H

#include "cluster/choose.h"
#include "cluster/cluster_options.h"
#include "cluster/cluster_input_primitives.h"
#include "cluster/tendency.h"

#define CHOOSE_OPTIONS(O) \
  O(k, VALUE, OPTION_REQUIRED, 1, 0, "", "", "numbers of clusters to try: \"2:10\", a list, or one number") \
  O(method, TEXT, "kmeans", 1, 0, "", "", "clustering method, by name, such as kmeans, pam, hierarchical or mixture") \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  O(references, INT, "20", 0, 10000, "", "", "sets of rows at random for the gap statistic; 0: no gap") \
  O(null, CHOICE, "box", 0, 0, "box|components", "", \
    "where those rows lie: in the box of the variables, or in that of the principal components") \
  O(power, INT, "2", 1, 2, "", "", "power of distances in the gap: 2 as published, 1 as R's clusGap has it") \
  O(resamples, INT, "20", 0, 10000, "", "", "fits to resampled rows for the stability; 0: none") \
  O(pairs, INT, "20000", 0, 1e9, "", "rows", \
    "most rows for silhouette and dunn, which compare all pairs; of more rows these are missing") \
  CLUSTER_SEED(O) \
  CLUSTER_MISSING(O) \
  CLUSTER_SAMPLE(O) \
  O(options, REST, OPTION_UNSET, 1, 0, "", "", "options of the method, such as starts or linkage")

typedef struct ChooseOptions {
  CHOOSE_OPTIONS(OPTION_FIELD)
} ChooseOptions;

/* What a run holds. */
typedef struct Choosing {
  Call *call;
  const ChooseOptions *o;
  const Primitive *method;
  ClusterInput input;
  Frame *data;              /* the scaled variables */
  int64_t *ks;
  size_t n_ks, done;        /* ks wanted, rising; levels that are complete */
  ChooseLevel *levels;
  int32_t *labels;          /* of the fit with the k at hand, and as many for another */
  Hopkins tendency;
  size_t steps;             /* fits done, for the progress */
  bool complete;
  Error refused;            /* why the next k could not be fitted; STATUS_OK when it was stopped, or all are done */
} Choosing;

/* choose_gap_primitives.c: fills log_w, gap and gap_se of a level whose labels are in c->labels. O(references) fits. */
Status choose_gap(Choosing *c, ChooseLevel *level, size_t k_used, Error *e) MUST_USE;

/* A matrix of the shape of the input as a frame, under the variables' names. */
Status choose_frame(const Choosing *c, const double *values, Frame **out, Error *e) MUST_USE;

/* A fit with k clusters to a frame of scaled variables, and its labels. */
Status choose_fit(Choosing *c, int64_t k, int64_t seed, const Frame *data, Model **out, Error *e) MUST_USE;

/* choose_model_primitives.c */
Status choose_model(const Choosing *c, Model *model, Text *notes, Error *e) MUST_USE;
void choose_headline(const Model *model, Text *out);
void choose_figures(const Model *model, Text *out);
Status choose_check(const Model *model, Error *e) MUST_USE;
#define CHOOSE_PLOTS "criteria|elbow|silhouette|gap|stability"
Status choose_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
