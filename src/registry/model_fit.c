/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/model_fit.h"

#include <string.h>

#include "core/alloc.h"

Status model_options_again(Call *call, const Primitive *primitive, const Model *model, const Frame *data,
                           Arguments *arguments, void *options, Error *e)
{
  uint64_t given;
  *arguments = (Arguments){0};
  const Status status = value_copy(model_options(model), &arguments->named, e);
  return status == STATUS_OK ? options_check(primitive, arguments, data, &call->task->arena, options, &given, e) : status;
}

static Status new_fit(const ModelSteps *steps, void **fit, Error *e)
{
  *fit = mem_zero(1, steps->fit_size);
  return *fit ? STATUS_OK : error_memory(e, steps->fit_size, _("a model"));
}

static void free_fit(const ModelSteps *steps, void *fit)
{
  if (fit) {
    steps->free(fit);
    mem_free(fit);
  }
}

/* A model with the options that it keeps. */
static Status new_model(Call *call, const Primitive *primitive, const void *options, const void *fit, Model **out, Error *e)
{
  const ModelSteps *steps = primitive->model->steps;
  if (!steps->keep) {
    return model_new(primitive, options, out, e);
  }
  void *kept = arena_alloc(&call->task->arena, 1, primitive->options_size);
  if (!kept) {
    return error_memory(e, primitive->options_size, _("options"));
  }
  memcpy(kept, options, primitive->options_size);
  steps->keep(fit, kept);
  return model_new(primitive, kept, out, e);
}

/* What comes behind prepare and resume. */
static Status make(Call *call, const Primitive *primitive, const Frame *data, const void *options, void *fit, Model **out,
                   Error *e)
{
  const ModelSteps *steps = primitive->model->steps;
  Model *model = NULL;
  Status status;
  TRY(steps->work(call, options, fit, e));
  TRY(new_model(call, primitive, options, fit, &model, e));
  TRY(steps->fill(model, options, fit, e));
  TRY(model_set_notes(model, text_data(call->notes), e));
  model_set_data(model, data);
  text_reset(call->notes); /* the card shows them */
  *out = model;
  model = NULL;
done:
  model_unref(model);
  return status;
}

Status model_run(Call *call, Value *out, Error *e)
{
  const ModelSteps *steps = call->primitive->model->steps;
  const Frame *data = call->data->frame;
  Model *model = NULL;
  void *fit = NULL;
  Status status;
  TRY(new_fit(steps, &fit, e));
  TRY(steps->prepare(call, data, call->options, fit, e));
  TRY(make(call, call->primitive, data, call->options, fit, &model, e));
  *out = value_of_model(model);
done:
  free_fit(steps, fit);
  return status;
}

Status model_proceed(Call *call, const Model *model, const Frame *data, Model **out, Error *e)
{
  const Primitive *primitive = model_primitive(model);
  const ModelSteps *steps = primitive->model->steps;
  Arguments arguments = {0};
  void *fit = NULL, *options = NULL;
  Status status;
  const uint64_t given = call->given; /* options of another primitive: what the fit found is resumed, not given */
  call->given = 0;
  TRY(new_fit(steps, &fit, e));
  options = mem_zero(1, primitive->options_size);
  TRY(options ? STATUS_OK : error_memory(e, primitive->options_size, _("options")));
  TRY(model_options_again(call, primitive, model, data, &arguments, options, e));
  TRY(steps->prepare(call, data, options, fit, e));
  TRY(steps->resume(model, options, fit, e));
  TRY(make(call, primitive, data, options, fit, out, e));
done:
  call->given = given;
  free_fit(steps, fit);
  arguments_free(&arguments);
  mem_free(options);
  return status;
}
