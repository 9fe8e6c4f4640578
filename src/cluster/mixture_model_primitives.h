/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mixture_model_primitives.h -- a mixture as the frames of a model, and back.
 *
 *   tidy        cluster size share weight, and the mean in each variable
 *   criteria    a row per model and k that was tried: model k log_likelihood df bic aic icl iterations converged
 *               singular
 *   covariances k x d rows in the data's units: cluster variable, and a column per variable
 *   centres     the means, scaled
 *   parameters  one column, all numbers of the fit in scaled units: shares, means, covariances
 *   state, state_current, state_axes, state_start, state_best   of an interrupted fit
 */
#ifndef ASSAY_CLUSTER_MIXTURE_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_MIXTURE_MODEL_PRIMITIVES_H

#include "chart/chart.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/mixture.h"

Status mixture_model_fill(Model *model, const ClusterInput *input, const MixtureResult *r, const MixtureState *state,
                          int64_t seed, Error *e) MUST_USE;
/* The fitted parameters; the caller frees them. STATUS_FORMAT when the frames do not hold any. */
Status mixture_model_parameters(const Model *model, MixtureParameters *out, Error *e) MUST_USE;
/* Where an interrupted fit of n rows stands; the settings say what belongs to it. */
Status mixture_model_state(const Model *model, const MixtureSettings *settings, size_t n, MixtureState *out,
                           Error *e) MUST_USE;
Status mixture_model_check(const Model *model, Error *e) MUST_USE;

/* Charts: `criteria` (a line per model over k), `ellipses` (rows and where 50 and 95 % of each component lie), and
 * those of segment_plot_primitives.h. */
#define MIXTURE_PLOTS "segments|ellipses|criteria|sizes|profile"
Status mixture_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
