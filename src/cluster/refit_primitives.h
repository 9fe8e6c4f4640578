/* SPDX-License-Identifier: GPL-3.0-or-later */
/* refit_primitives.h -- any clustering method fitted again and again, for what judges methods by their results: choosing k,
 * stability, sensitivity, consensus. Works through the registry, so a plugin's method is judged like our own. */
#ifndef ASSAY_CLUSTER_REFIT_PRIMITIVES_H
#define ASSAY_CLUSTER_REFIT_PRIMITIVES_H

#include "registry/model.h"
#include "registry/registry.h"

/* A change to the options of a fit. */
typedef struct RefitChange {
  const char *name;
  Value value;       /* borrowed; VALUE_NONE: the option is not given */
} RefitChange;

/* The method of a name: "kmeans". STATUS_NAME "unknown-method" when no clustering method of that name takes `option` (NULL: any)
 * and predicts, with the nearest names. */
Status refit_method(const char *name, const char *option, const Primitive **out, Error *e) MUST_USE;
bool refit_has_option(const Primitive *method, const char *name);

/* Fits the method to data with the options of a VALUE_MAP (NULL: none) and changes (options that the method does not have are
 * left out). Notes are dropped. STATUS_CANCELLED when the fit was stopped, also where the method gives a partial result. */
Status refit(Call *call, const Primitive *method, const Value *options, const RefitChange *changes, size_t n_changes,
             const Frame *data, Model **out, Error *e) MUST_USE;

/* What the method forecasts for such a fit, before anything is done; zero when it forecasts nothing. Errors: those of its
 * options, and its refusals (STATUS_LIMIT "too-large"). */
Status refit_cost(Call *call, const Primitive *method, const Value *options, const RefitChange *changes, size_t n_changes,
                  const Frame *data, Cost *out, Error *e) MUST_USE;

/* What fits of the model's method with its options to that share of the data's rows will cost; seconds of one fit, and bytes of one
 * with its rows. Errors: the method's refusal (STATUS_LIMIT); what else is wrong is left for the run to say, and costs nothing. */
Status refit_model_cost(const Call *call, const Model *model, const Frame *data, double share, Cost *out, Error *e) MUST_USE;

/* Fits that are to end in a bounded time. */
typedef struct RefitFits {
  const Primitive *method;
  const Value *options;
  const RefitChange *changes;
  size_t n_changes, n;   /* n: how many fits */
  size_t least, most;    /* rows; most 0: all */
  double seconds;
} RefitFits;

/* How many of the data's rows they may have: most, or the largest round number (1, 2, 5 times a power of ten) for which the
 * method forecasts no more than those seconds, but not below least. It depends on sizes and options, not on the machine. Errors:
 * those of the method's options. */
Status refit_rows(Call *call, const RefitFits *fits, const Frame *data, size_t *rows, Error *e) MUST_USE;

/* The model's clusters for the rows of data by predict: 0.., -1 for noise and missing; *k: one more than the greatest. */
Status refit_labels(Call *call, const Model *model, const Frame *data, int32_t *labels, size_t *k, Error *e) MUST_USE;

/* The adjusted Rand index of two labelings, over the rows that have a cluster in both; NaN when there are none. */
Status refit_ari(const int32_t *a, size_t ka, const int32_t *b, size_t kb, size_t n, double *out, Error *e) MUST_USE;

#endif
