/* SPDX-License-Identifier: GPL-3.0-or-later */
/* latent_class_model_primitives.h -- latent classes as the frames of a model, and back; answers from frames.
 *
 *   tidy        cluster size share weight weight_error
 *   responses   a row per question, level and cluster: variable level cluster probability std_error
 *   criteria    a row per k that was tried
 *   variables   the questions (shift 0, factor 1)
 *   state, state_best, state_start, state_starts   of an interrupted fit
 */
#ifndef ASSAY_CLUSTER_LATENT_CLASS_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_LATENT_CLASS_MODEL_PRIMITIVES_H

#include "chart/chart.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/latent_class.h"

/* Questions as codes. names: all levels of all questions, one after the other. input has columns and rows, for the
 * frames that all clustering models have; its values are NULL. */
typedef struct Questions {
  ClusterInput input;
  Answers answers;
  int32_t *codes;
  size_t *levels;
  Text *names;
  size_t all;
  size_t unknown;   /* cells with a level that the model does not know, taken as missing */
} Questions;

void questions_free(Questions *q);

/* The columns named, or every text and boolean column without a role; rows with no answer at all are left out (and with
 * `drop` those with any missing). Levels: of categories in their order, of others in rising order. Errors: "bad-data",
 * "too-many-answers" above 100, "missing-values" when they may not be. */
Status questions_of_frame(Call *call, const Frame *data, OptionTexts on, const char *weights, const char *missing,
                          Questions *out, Error *e) MUST_USE;

/* The same of new data by a model. */
Status questions_of_model(Call *call, const Model *model, const Frame *data, Questions *out, Error *e) MUST_USE;

Status latent_class_model_fill(Model *model, const Questions *q, const LatentClassResult *r,
                               const LatentClassState *state, int64_t seed, Error *e) MUST_USE;
Status latent_class_model_classes(const Model *model, LatentClasses *out, Error *e) MUST_USE;
Status latent_class_model_state(const Model *model, const Questions *q, const LatentClassSettings *settings,
                                LatentClassState *out, Error *e) MUST_USE;
Status latent_class_model_check(const Model *model, Error *e) MUST_USE;

#define LATENT_CLASS_PLOTS "responses|sizes"
Status latent_class_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
