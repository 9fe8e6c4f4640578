/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kprototypes_model_primitives.h -- what kmodes and kprototypes share: from a frame to classes and numbers, and the
 * result as a model.
 *
 * Frames beside those of all clustering models: prototypes (a row per cluster, the variables' cells: a class, or a
 * mean in scaled units), prototype_shares (of each class in its cluster), labels with `distance` (the row's own
 * cost), and of an interrupted fit state, state_current, state_best.
 */
#ifndef ASSAY_CLUSTER_KPROTOTYPES_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_KPROTOTYPES_MODEL_PRIMITIVES_H

#include "cluster/cluster_model_primitives.h"
#include "cluster/kprototypes.h"
#include "cluster/medoids_input_primitives.h"

/* What a call asks for. */
typedef struct KprototypesAsk {
  ClusterAsk cluster;
  OptionTexts classes; /* numeric columns that are classes too */
  bool all_classes;    /* k-modes */
  OptionChoiceFrame init;
  const char *dissimilarity;
  double gamma; /* 0: Huang's */
  int64_t k, starts, max_iter, seed;
} KprototypesAsk;

typedef struct KprototypesFit {
  ClusterInput input; /* columns: p classes, then q numbers */
  KprototypesData data;
  ClassCodes *classes; /* p, of the given prototypes' rows and then the data's */
  ClassCodes *view;    /* p: the data's rows of them */
  size_t **example;    /* p: a row of `frame` for each code */
  Frame *frame;        /* what the codes are from: given prototypes, if any, above the data */
  size_t above;        /* rows of given prototypes */
  bool all_classes;    /* k-modes */
  double *numbers;     /* q x n, scaled */
  Prototypes given;
  KprototypesSettings settings;
  KprototypesState state;
  KprototypesResult result;
} KprototypesFit;

void kprototypes_fit_free(void *fit);

/* Reads the data. */
Status kprototypes_prepare(Call *call, const Frame *data, const KprototypesAsk *ask, KprototypesFit *fit,
                           Error *e) MUST_USE;

/* The further ModelSteps of both; fit is a KprototypesFit. */
Status kprototypes_resume(const Model *model, const void *options, void *fit, Error *e) MUST_USE;
Status kprototypes_work(Call *call, const void *options, void *fit, Error *e) MUST_USE;
Status kprototypes_fill(Model *model, const void *options, const void *fit, Error *e) MUST_USE;

Status kprototypes_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e) MUST_USE;
Status kprototypes_check(const Model *model, Error *e) MUST_USE;
Status kprototypes_cost_of(const Call *call, double k, double starts, Cost *out, Error *e) MUST_USE;

#endif
