/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/refit_primitives.h"

#include <math.h>
#include <string.h>

#include "cluster/agreement.h"
#include "core/alloc.h"
#include "registry/topic.h"

bool refit_has_option(const Primitive *method, const char *name)
{
  for (size_t i = 0; i < method->n_options; i++) {
    if (strcmp(method->options[i].name, name) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_method(const Primitive *primitive, const char *option)
{
  return strcmp(primitive->family, "cluster") == 0 && primitive->takes == VALUE_FRAME && primitive->gives == VALUE_MODEL &&
         primitive->model && primitive->model->predict && (!option || refit_has_option(primitive, option));
}

Status refit_method(const char *name, const char *option, const Primitive **out, Error *e)
{
  const Primitive *found = registry_get("cluster", strncmp(name, "cluster.", 8) == 0 ? name + 8 : name);
  if (found && is_method(found, option)) {
    *out = found;
    return STATUS_OK;
  }
  Text names = {0};
  for (size_t i = 0; i < registry_size(); i++) {
    if (is_method(registry_at(i), option)) {
      text_printf(&names, "%s%s", names.size ? ", " : "", registry_at(i)->name);
    }
  }
  error_set(e, STATUS_NAME, "unknown-method", _("'%s' is no clustering method that can be used here"), name);
  error_hint(e, _("methods: %s"), text_data(&names));
  text_free(&names);
  return STATUS_NAME;
}

static const RefitChange *change_of(const RefitChange *changes, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++) {
    if (strcmp(changes[i].name, name) == 0) {
      return &changes[i];
    }
  }
  return NULL;
}

static Status put(Value *map, size_t at, const char *name, const Value *value, Error *e)
{
  map->list.names[at] = mem_string(name);
  return map->list.names[at] ? value_copy(value, &map->list.items[at], e) : error_memory(e, 0, _("options"));
}

static Status merge(const Primitive *method, const Value *options, const RefitChange *changes, size_t n_changes, Value *out,
                    Error *e)
{
  const size_t n = options ? options->list.n : 0;
  size_t at = 0;
  Status status = value_list(n + n_changes, true, out, e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    if (!change_of(changes, n_changes, options->list.names[i])) {
      status = put(out, at, options->list.names[i], &options->list.items[i], e);
      at++;
    }
  }
  for (size_t i = 0; status == STATUS_OK && i < n_changes; i++) {
    if (changes[i].value.kind != VALUE_NONE && refit_has_option(method, changes[i].name)) {
      status = put(out, at, changes[i].name, &changes[i].value, e);
      at++;
    }
  }
  for (; status == STATUS_OK && at < n + n_changes; at++) { /* fewer than there is room for */
    out->list.n--;
  }
  return status;
}

/* Whether the model says that it was stopped. */
static bool was_stopped(const Model *model)
{
  const Column *complete, *reason;
  size_t length;
  if (!model_figure(model, "complete", &complete) || column_type(complete) != TYPE_BOOL || !column_valid(complete, 0) ||
      column_int(complete, 0) || !model_figure(model, "reason", &reason) || !type_is_text(column_type(reason)) ||
      !column_valid(reason, 0)) {
    return false;
  }
  const char *text = column_text(reason, 0, &length);
  return length == strlen("interrupted") && memcmp(text, "interrupted", length) == 0;
}

/* A call's data and notes, and its checked options in the task's arena. */
typedef struct Inner {
  Call call;
  Value data;
  Text notes;
} Inner;

static Status begin(Call *call, const Primitive *method, const Value *options, const RefitChange *changes, size_t n_changes,
                    const Frame *data, Arguments *arguments, Inner *inner, Error *e)
{
  void *checked = arena_alloc(&call->task->arena, 1, method->options_size);
  Status status = checked ? merge(method, options, changes, n_changes, &arguments->named, e)
                          : error_memory(e, method->options_size, _("options"));
  inner->data = (Value){.kind = VALUE_FRAME, .frame = (Frame *)data};
  inner->notes = (Text){0};
  inner->call = (Call){.primitive = method, .task = call->task, .data = &inner->data, .options = checked, .notes = &inner->notes};
  if (status == STATUS_OK) {
    status = options_check(method, arguments, data, &call->task->arena, checked, &inner->call.given, e);
  }
  return status;
}

static Status run(Inner *inner, Model **out, Error *e)
{
  Value made = {.kind = VALUE_NONE};
  const Status status = inner->call.primitive->run(&inner->call, &made, e);
  if (status == STATUS_OK && was_stopped(made.model)) {
    value_free(&made);
    return error_cancelled(e);
  }
  *out = status == STATUS_OK ? made.model : NULL;
  return status;
}

Status refit(Call *call, const Primitive *method, const Value *options, const RefitChange *changes, size_t n_changes,
             const Frame *data, Model **out, Error *e)
{
  Arguments arguments = {0};
  Inner inner;
  const bool within = call->task->inner;
  call->task->inner = true; /* the steps of a method within a method mean nothing to who listens */
  Status status = begin(call, method, options, changes, n_changes, data, &arguments, &inner, e);
  if (status == STATUS_OK) {
    status = run(&inner, out, e);
  }
  call->task->inner = within;
  text_free(&inner.notes);
  arguments_free(&arguments);
  return status;
}

Status refit_cost(Call *call, const Primitive *method, const Value *options, const RefitChange *changes, size_t n_changes,
                  const Frame *data, Cost *out, Error *e)
{
  Arguments arguments = {0};
  Inner inner;
  *out = (Cost){0};
  Status status = begin(call, method, options, changes, n_changes, data, &arguments, &inner, e);
  if (status == STATUS_OK && method->cost) {
    status = method->cost(&inner.call, out, e);
  }
  text_free(&inner.notes);
  arguments_free(&arguments);
  return status;
}

/* Fits to other rows than the model's converge less readily than the method assumes, by 0.7 (heaps apart) to 2 measured on k-means; a round also takes
 * its rows out and predicts them. */
Status refit_model_cost(const Call *call, const Model *model, const Frame *data, double share, Cost *out, Error *e)
{
  const double harder = 1.2, taken = 4e-8;
  const Primitive *method = model_primitive(model);
  Call own = *call;
  Error ignored = {0};
  Frame *part = NULL;
  *out = (Cost){0};
  if (!data) {
    return STATUS_OK;
  }
  const size_t n = (size_t)(share * (double)frame_rows(data));
  const double cells = (double)n * (double)frame_columns(data);
  Status status = frame_slice(data, 0, n, &part, &ignored);
  status = status == STATUS_OK ? refit_cost(&own, method, model_options(model), NULL, 0, part, out, &ignored) : status;
  out->bytes += cells * 8 + (double)frame_rows(data) * 32;
  out->seconds = harder * out->seconds + cells * taken;
  frame_unref(part);
  if (status == STATUS_LIMIT) {
    *e = ignored;
    return status;
  }
  error_clear(&ignored);
  return STATUS_OK;
}

/* The next smaller of 1, 2 and 5 times a power of ten. */
static size_t round_below(size_t n)
{
  size_t power = 1;
  while (power * 10 < n) {
    power *= 10;
  }
  return n > 5 * power ? 5 * power : n > 2 * power ? 2 * power : power;
}

Status refit_rows(Call *call, const RefitFits *fits, const Frame *data, size_t *rows, Error *e)
{
  const size_t n = frame_rows(data);
  Status status = STATUS_OK;
  size_t m = fits->most > 0 && fits->most < n ? fits->most : n;
  for (; status == STATUS_OK && m > fits->least; m = round_below(m)) {
    Frame *part = NULL;
    Cost cost = {0};
    status = frame_slice(data, 0, m, &part, e);
    status = status == STATUS_OK
               ? refit_cost(call, fits->method, fits->options, fits->changes, fits->n_changes, part, &cost, e)
               : status;
    frame_unref(part);
    if (status == STATUS_LIMIT) { /* too many for the method */
      error_clear(e);
      status = STATUS_OK;
    } else if (status == STATUS_OK && cost.seconds * (double)fits->n <= fits->seconds) {
      break;
    }
  }
  *rows = m < fits->least && fits->least < n ? fits->least : m;
  return status;
}

Status refit_labels(Call *call, const Model *model, const Frame *data, int32_t *labels, size_t *k, Error *e)
{
  Frame *frame = NULL;
  Call inner = *call;
  size_t column = 0;
  Status status;
  inner.options = NULL;
  *k = 0;
  TRY(model_primitive(model)->model->predict(&inner, model, data, &frame, e));
  TRY(frame_need(frame, "cluster", &column, e));
  const Column *cells = frame_column(frame, column);
  for (size_t row = 0; row < frame_rows(data); row++) {
    const int64_t cluster = column_valid(cells, row) ? column_int(cells, row) : 0;
    labels[row] = (int32_t)cluster - 1;
    *k = cluster > 0 && (size_t)cluster > *k ? (size_t)cluster : *k;
  }
done:
  frame_unref(frame);
  return status;
}

Status refit_ari(const int32_t *a, size_t ka, const int32_t *b, size_t kb, size_t n, double *out, Error *e)
{
  size_t *classes = mem_alloc(2 * n + 1, sizeof *classes), used = 0;
  Agreement figures = {.ari = NAN};
  Status status = classes ? STATUS_OK : error_memory(e, 2 * n * sizeof *classes, _("classes"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    if (a[i] >= 0 && b[i] >= 0) {
      classes[used] = (size_t)a[i];
      classes[n + used] = (size_t)b[i];
      used++;
    }
  }
  if (status == STATUS_OK && used > 0) {
    status = agreement_of_pairs(classes, ka, classes + n, kb, used, &figures, e);
  }
  *out = figures.ari;
  mem_free(classes);
  return status;
}

static const Topic refit_topics[] = {
  {"unknown-method", "there is no such clustering method",
   "cluster.choose, stability and their like fit a clustering method again and again; the message lists the methods that can be "
   "named there: those that predict clusters for rows, and take the option that is varied."},
};
REGISTER_TOPICS(refit_topics);
