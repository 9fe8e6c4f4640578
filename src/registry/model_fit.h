/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_fit.h -- how a call of a method becomes a model, and a fit that was stopped goes on: the same for every method that
 * gives its ModelSteps (registry/primitive.h).
 *
 *   static const ModelSteps steps = {.fit_size = sizeof(Fit), .prepare = prepare, .work = work, .fill = fill, .free = fit_free,
 *                                    .resume = resume};
 *   static const ModelClass class = {..., .steps = &steps, .proceed = model_proceed};
 *   static const Primitive method = {..., .takes = VALUE_FRAME, .run = model_run, .model = &class};
 */
#ifndef ASSAY_REGISTRY_MODEL_FIT_H
#define ASSAY_REGISTRY_MODEL_FIT_H

#include "registry/model.h"
#include "registry/registry.h"

/* For Primitive.run: prepare, work, fill. The call's notes become the model's; the frame is kept for :continue(). Errors: those
 * of the steps; STATUS_MEMORY. */
Status model_run(Call *call, Value *out, Error *e) MUST_USE;

/* For ModelClass.proceed of steps with `resume`: prepare with the model's own options, resume, work, fill. */
Status model_proceed(Call *call, const Model *model, const Frame *data, Model **out, Error *e) MUST_USE;

/* The options of a model again, checked against data: the typed struct of options_size bytes. Texts live in arguments (to be
 * freed by arguments_free) and the task's arena. */
Status model_options_again(Call *call, const Primitive *primitive, const Model *model, const Frame *data,
                           Arguments *arguments, void *options, Error *e) MUST_USE;

#endif
