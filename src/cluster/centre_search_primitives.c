/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/centre_search_primitives.h"

#include <string.h>

Status centre_prepare(Call *call, const Frame *data, const CentreOptions *o, CentrePrepare rows, CentreFit *fit, Error *e)
{
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  Status status;
  TRY(cluster_input(call, data, &ask, &fit->input, e));
  if (rows) {
    TRY(rows(&fit->input, e));
  }
  if (o->init.frame) {
    TRY(centre_given(data, o->init.frame, &fit->input.variables, (size_t)o->k, &fit->centres, e));
  }
done:
  return status;
}

Status centre_work(Call *call, const CentreOptions *o, CentreRule rule, CentreFit *fit, Error *e)
{
  const CentreData rows = {.x = fit->input.values, .weights = fit->input.weights, .n = fit->input.variables.n,
                           .d = fit->input.variables.d};
  const CentreSettings settings = {.rule = rule,
                                   .k = (size_t)o->k,
                                   .starts = (size_t)o->starts,
                                   .max_iterations = (size_t)o->max_iter,
                                   .tolerance = o->tol,
                                   .init = o->init.frame                            ? CENTRE_GIVEN
                                           : strcmp(o->init.choice, "random") == 0 ? CENTRE_RANDOM
                                                                                   : CENTRE_PLUS_PLUS,
                                   .centres = fit->centres,
                                   .seed = (uint64_t)o->seed};
  const Status status = centre_search(call->task, &rows, &settings, &fit->state, &fit->result, e);
  if (status == STATUS_OK) {
    centre_note_result(fit, o->max_iter, call->notes);
  }
  return status;
}

Status centre_fill(Model *model, const void *options, const void *fit, Error *e)
{
  static const CentreNames names = {.within = "cost", .objective = "cost", .starts = true};
  return centre_model_fill(model, fit, names, ((const CentreOptions *)options)->seed, e);
}
