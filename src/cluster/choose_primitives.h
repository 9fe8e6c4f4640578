/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choose_primitives.h -- cluster.choose: its options, and what it leaves in a model.
 *
 *   tidy         a row per k: figures of choose.h
 *   suggestions  a row per rule: rule, k, why
 *   glance       n, d, method, suggested, votes, rules, hopkins, p_value, references, quick, resamples, fit_rows, trial_rows,
 *                pair_rows, complete, reason, seed
 *
 * The fits that are compared are to all rows, or where that would take long to a sample, by which all are assigned. Two things are
 * done to a part of the rows, drawn once for all k, when there are many: what compares all pairs of rows (silhouette, dunn), and
 * the trials, which are the fits to rows at random (gap) and to resampled rows (stability). So the time grows with n as that of the method does, and the notes say what is of a part.
 */
#ifndef ASSAY_CLUSTER_CHOOSE_PRIMITIVES_H
#define ASSAY_CLUSTER_CHOOSE_PRIMITIVES_H

#include "cluster/choose.h"
#include "cluster/cluster_options.h"
#include "cluster/cluster_input_primitives.h"
#include "cluster/tendency.h"

#define CHOOSE_OPTIONS(O) \
  O(k, VALUE, "2:10", 1, 0, "", "", "numbers of clusters to try: \"2:10\", a list, or one number") \
  O(method, TEXT, "kmeans", 1, 0, "", "", "clustering method, by name, such as kmeans, pam, hierarchical or mixture") \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  O(references, INT, "20", 0, 10000, "", "", "sets of rows at random for the gap statistic; 0: no gap") \
  O(reference_fits, CHOICE, "auto", 0, 0, "auto|full|quick", "", \
    "fits to these: full ones are like those that are compared, quick ones begin three times and are not refined; auto: quick " \
    "for more than 500 rows") \
  O(null, CHOICE, "box", 0, 0, "box|components", "", \
    "where those rows lie: in the box of the variables, or in that of the principal components") \
  O(power, INT, "2", 1, 2, "", "", "power of distances in the gap: 2 as published, 1 as R's clusGap has it") \
  O(resamples, INT, "20", 0, 10000, "", "", "fits to resampled rows for the stability; 0: none") \
  O(trial_rows, INT, "0", 0, 1e9, "", "rows", \
    "most rows for gap and stability; of more rows a sample is drawn; 0: 5000, or fewer where the method would take long") \
  O(fit_rows, INT, "0", 0, 1e9, "", "rows", \
    "most rows for the fits themselves; of more rows a sample is drawn, and the others are assigned as new rows; 0: all, or fewer " \
    "where the method would take long") \
  O(pairs, INT, "10000", 0, 1e9, "", "rows", \
    "most rows for silhouette and dunn, which compare all pairs; of more rows a sample is drawn; 0: leaves them out") \
  CLUSTER_SEED(O) \
  CLUSTER_MISSING(O) \
  CLUSTER_SAMPLE(O) \
  O(options, REST, OPTION_UNSET, 1, 0, "", "", "options of the method, such as starts or linkage")

/* Of a quick fit; its refine is "none". */
enum { CHOOSE_QUICK_STARTS = 3 };

typedef struct ChooseOptions {
  CHOOSE_OPTIONS(OPTION_FIELD)
} ChooseOptions;

/* What a fit is for: to compare (of fit_rows), to a resample, or to rows at random and quick. */
typedef enum ChooseFit { CHOOSE_FIT_ALL, CHOOSE_FIT_TRIAL, CHOOSE_FIT_QUICK } ChooseFit;

/* Rows of the input that something is computed of: all of them, or a sample. */
typedef struct ChoosePart {
  size_t n;
  size_t *rows;             /* rising; NULL: all */
  const double *values;     /* n x d */
  double *own;              /* the values, when they are a copy */
  int32_t *labels;          /* n: of the fit with the k at hand; borrowed from the run when rows is NULL */
} ChoosePart;

/* Where rows at random lie: between low and high of each variable, or of each principal component. */
typedef struct ChooseBox {
  double *low, *high;       /* d */
  const double *loadings;   /* d x d, a row per component; NULL: of the variables */
} ChooseBox;

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
  int32_t *labels;          /* of the fit with the k at hand */
  size_t fit_rows;          /* of the fits that are compared; the rows, unless there are many */
  ChoosePart pairs, trial;
  Frame *trial_data;        /* the trial's rows */
  int32_t *trial_labels;    /* trial.n: of a trial */
  ChooseBox box;            /* of all rows, in the task's arena */
  bool quick;               /* fits to rows at random: their labels are not asked for, only how tight they are */
  Hopkins tendency;
  size_t steps;             /* fits done, for the progress */
  bool complete;
  Error refused;            /* why the next k could not be fitted; STATUS_OK when it was stopped, or all are done */
} Choosing;

/* A fit with k clusters to a frame of scaled variables. */
Status choose_fit(Choosing *c, int64_t k, const Frame *data, ChooseFit kind, Model **out, Error *e) MUST_USE;

/* choose_trials_primitives.c: draws the parts, once; takes c->labels to their labels, for each k; mean adjusted Rand index of
 * O(resamples) fits with the one at hand. */
Status choose_parts(Choosing *c, Error *e) MUST_USE;
void choose_part_labels(Choosing *c);
Status choose_stability(Choosing *c, ChooseLevel *level, size_t k_used, Error *e) MUST_USE;

/* An n x d matrix as a frame, under the variables' names. */
Status choose_frame(const Choosing *c, const double *values, size_t n, Frame **out, Error *e) MUST_USE;

/* choose_gap_primitives.c: finds the box, once; fills log_w, gap and gap_se of a level, by the trial's rows. O(references) fits. */
Status choose_box(Choosing *c, Error *e) MUST_USE;
Status choose_gap(Choosing *c, ChooseLevel *level, size_t k_used, Error *e) MUST_USE;

/* choose_model_primitives.c */
Status choose_model(const Choosing *c, Model *model, Text *notes, Error *e) MUST_USE;
void choose_headline(const Model *model, Text *out);
void choose_figures(const Model *model, Text *out);
Status choose_check(const Model *model, Error *e) MUST_USE;
#define CHOOSE_PLOTS "criteria|elbow|silhouette|gap|stability"
Status choose_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
