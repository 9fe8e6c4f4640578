/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/model_layout.h"
#include "registry/registry.h"

Status model_empty(const Primitive *primitive, Model **out, Error *e)
{
  Model *model = mem_zero(1, sizeof *model);
  *out = model;
  if (!model) {
    return error_memory(e, sizeof *model, _("a model"));
  }
  atomic_init(&model->references, 1);
  model->primitive = primitive;
  snprintf(model->name, sizeof model->name, "%s.%s", primitive->family, primitive->name);
  return STATUS_OK;
}

/* Frames among the options are kept as frames of the model, so that they are saved with it. */
static Status keep_option_frames(Model *model, Error *e)
{
  Status status = STATUS_OK;
  const Value *options = &model->options;
  for (size_t i = 0; status == STATUS_OK && i < options->list.n; i++) {
    if (options->list.items[i].kind == VALUE_FRAME) {
      char name[96];
      snprintf(name, sizeof name, "option.%s", options->list.names[i]);
      status = model_set_frame(model, name, frame_ref(options->list.items[i].frame), e);
    }
  }
  return status;
}

Status model_new(const Primitive *primitive, const void *options, Model **out, Error *e)
{
  Status status = model_empty(primitive, out, e);
  if (status == STATUS_OK) {
    status = options ? options_values(primitive, options, &(*out)->options, e)
                     : value_list(0, true, &(*out)->options, e);
  }
  if (status == STATUS_OK) {
    status = keep_option_frames(*out, e);
  }
  if (status != STATUS_OK) {
    model_unref(*out);
    *out = NULL;
  }
  return status;
}

Model *model_ref(const Model *model)
{
  Model *shared = (Model *)model;
  atomic_fetch_add_explicit(&shared->references, 1, memory_order_relaxed);
  return shared;
}

void model_unref(Model *model)
{
  if (!model || atomic_fetch_sub_explicit(&model->references, 1, memory_order_acq_rel) != 1) {
    return;
  }
  value_free(&model->options);
  for (size_t i = 0; i < model->n_frames; i++) {
    mem_free(model->frames[i].name);
    frame_unref(model->frames[i].frame);
  }
  for (size_t i = 0; i < model->n_children; i++) {
    mem_free(model->children[i].name);
    model_unref(model->children[i].model);
  }
  mem_free(model->frames);
  mem_free(model->children);
  frame_unref(model->data);
  mem_free(model);
}

const Primitive *model_primitive(const Model *model)
{
  return model->primitive;
}

const char *model_name(const Model *model)
{
  return model->name;
}

const Value *model_options(const Model *model)
{
  return &model->options;
}

double model_option_number(const Model *model, const char *name, double otherwise)
{
  const Value *value = value_get(&model->options, name);
  return !value                        ? otherwise
         : value->kind == VALUE_INT    ? (double)value->integer
         : value->kind == VALUE_NUMBER ? value->number
                                       : otherwise;
}

const char *model_option_text(const Model *model, const char *name)
{
  const Value *value = value_get(&model->options, name);
  return value && value->kind == VALUE_TEXT ? value->text.bytes : NULL;
}

Status model_set_frame(Model *model, const char *name, Frame *frame, Error *e)
{
  for (size_t i = 0; i < model->n_frames; i++) {
    if (strcmp(model->frames[i].name, name) == 0) {
      frame_unref(model->frames[i].frame);
      model->frames[i].frame = frame;
      return STATUS_OK;
    }
  }
  NamedFrame *grown = mem_resize(model->frames, model->n_frames + 1, sizeof *grown);
  if (grown) {
    model->frames = grown;
  }
  char *copy = grown ? mem_string(name) : NULL;
  if (!copy) {
    frame_unref(frame);
    return error_memory(e, 0, _("a model"));
  }
  model->frames[model->n_frames++] = (NamedFrame){copy, frame};
  return STATUS_OK;
}

Status model_set_made(Model *model, const char *name, Status made, Frame *const *frame, Error *e)
{
  return made == STATUS_OK ? model_set_frame(model, name, *frame, e) : made;
}

static Status lines_frame(const char *text, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *lines = builder_new(TYPE_STRING, 4);
  while (lines && *text) {
    const size_t length = strcspn(text, "\n");
    builder_text(lines, text, length);
    text += length + (text[length] == '\n');
  }
  draft_builder(draft, "note", lines);
  return draft ? draft_finish(draft, out, e) : error_memory(e, 0, _("a model"));
}

Status model_set_notes(Model *model, const char *lines, Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, "notes", lines_frame(lines, &frame, e), &frame, e);
}

Status model_give(const Call *call, const char *frame, Value *out, Error *e)
{
  const Model *model = call->data->model;
  const Frame *found = model_frame(model, frame);
  if (!found) {
    return error_set(e, STATUS_STATE, "not-supported", _("%1$s has no %2$s"), model_name(model), frame);
  }
  *out = value_of_frame(frame_ref(found));
  return STATUS_OK;
}

size_t model_frames(const Model *model)
{
  return model->n_frames;
}

const char *model_frame_name(const Model *model, size_t index)
{
  return model->frames[index].name;
}

const Frame *model_frame(const Model *model, const char *name)
{
  for (size_t i = 0; i < model->n_frames; i++) {
    if (strcmp(model->frames[i].name, name) == 0) {
      return model->frames[i].frame;
    }
  }
  return NULL;
}

void model_set_data(Model *model, const Frame *data)
{
  frame_unref(model->data);
  model->data = data ? frame_ref(data) : NULL;
  model->data_digest[0] = '\0';
}

const Frame *model_data(const Model *model)
{
  return model->data;
}

const char *model_data_digest(Model *model)
{
  if (model->data && model->data_digest[0] == '\0') {
    digest_text(frame_digest(model->data), model->data_digest);
  }
  return model->data_digest;
}

Status model_set_child(Model *model, const char *name, Model *child, Error *e)
{
  NamedModel *grown = mem_resize(model->children, model->n_children + 1, sizeof *grown);
  if (grown) {
    model->children = grown;
  }
  char *copy = grown ? mem_string(name) : NULL;
  if (!copy) {
    model_unref(child);
    return error_memory(e, 0, _("a model"));
  }
  model->children[model->n_children++] = (NamedModel){copy, child};
  return STATUS_OK;
}

size_t model_children(const Model *model)
{
  return model->n_children;
}

const char *model_child_name(const Model *model, size_t index)
{
  return model->children[index].name;
}

const Model *model_child(const Model *model, size_t index)
{
  return model->children[index].model;
}

bool model_figure(const Model *model, const char *name, const Column **column)
{
  const Frame *glance = model_frame(model, "glance");
  size_t index;
  if (!glance || frame_rows(glance) != 1 || !frame_find(glance, name, &index)) {
    return false;
  }
  *column = frame_column(glance, index);
  return true;
}

double model_number(const Model *model, const char *name)
{
  const Column *column;
  const bool numeric = model_figure(model, name, &column) && type_is_numeric(column_type(column));
  return numeric && column_valid(column, 0) ? column_float(column, 0) : NAN;
}

size_t model_bytes(const Model *model)
{
  size_t bytes = sizeof *model;
  for (size_t i = 0; i < model->n_frames; i++) {
    bytes += frame_bytes(model->frames[i].frame);
  }
  for (size_t i = 0; i < model->n_children; i++) {
    bytes += model_bytes(model->children[i].model);
  }
  return bytes;
}

static Digest with_named(Digest digest, const char *name, Digest part)
{
  const Digest parts[] = {digest, digest_bytes(name, strlen(name)), part};
  return digest_join(parts, 3);
}

/* Needs no memory, so that it is never the digest of half a model. Without the notes: they are words for the user, in
   the user's language, and a journal must replay in another. */
Digest model_digest(const Model *model)
{
  const Digest start = {(uint64_t)model->primitive->version, 0};
  Digest digest = with_named(start, model->name, value_digest(&model->options));
  for (size_t i = 0; i < model->n_frames; i++) {
    if (strcmp(model->frames[i].name, "notes") != 0) {
      digest = with_named(digest, model->frames[i].name, frame_digest(model->frames[i].frame));
    }
  }
  for (size_t i = 0; i < model->n_children; i++) {
    digest = with_named(digest, model->children[i].name, model_digest(model->children[i].model));
  }
  return digest;
}

/* Adds one predicted column; notes the replacement of one that an earlier augment made. */
static Status add_predicted(Call *call, const Frame *frame, const char *name, const Column *column, Frame **out, Error *e)
{
  size_t index;
  if (frame_find(frame, name, &index)) {
    if (column_role(frame_column(frame, index)) == ROLE_NONE) {
      error_set(e, STATUS_NAME, "name-clash", _("the data already have a column '%s'"), name);
      (void)error_hint(e, _("rename it, or take the model's columns alone with m:predict(df)"));
      return STATUS_NAME;
    }
    text_printf(call->notes, _("column '%s' of an earlier model was replaced\n"), name);
  }
  Column *marked = NULL;
  Status status = STATUS_OK;
  if (column_role(column) == ROLE_NONE) {
    status = column_with_role(column, ROLE_PREDICTED, &marked, e);
    column = marked;
  }
  if (status == STATUS_OK) {
    status = frame_with(frame, name, column, out, e);
  }
  column_unref(marked);
  return status;
}

Status model_augment(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  Frame *predicted = NULL;
  Frame *result = frame_ref(data);
  *out = NULL;
  Status status = model->primitive->model->predict(call, model, data, &predicted, e);
  for (size_t i = 0; status == STATUS_OK && i < frame_columns(predicted); i++) {
    Frame *wider = NULL;
    status = add_predicted(call, result, frame_name(predicted, i), frame_column(predicted, i), &wider, e);
    if (status == STATUS_OK) {
      frame_unref(result);
      result = wider;
    }
  }
  frame_unref(predicted);
  if (status != STATUS_OK) {
    frame_unref(result);
    return status;
  }
  *out = result;
  return STATUS_OK;
}

/* A figure as text: numbers with ten digits, which is more than anyone compares by eye. */
static void figure_text(const Column *column, Text *out)
{
  if (column_type(column) == TYPE_FLOAT64 && column_valid(column, 0)) {
    text_printf(out, "%.10g", column_float(column, 0));
  } else {
    column_cell_text(column, 0, out);
  }
}

/* The formula with each {name} replaced by this model's figure. */
static void fill_formula(const Model *model, const char *formula, Text *out)
{
  while (*formula) {
    const char *end = *formula == '{' ? strchr(formula, '}') : NULL;
    char name[64];
    if (!end || (size_t)(end - formula) > sizeof name) {
      text_char(out, *formula++);
      continue;
    }
    memcpy(name, formula + 1, (size_t)(end - formula) - 1);
    name[end - formula - 1] = '\0';
    const Column *column;
    if (model_figure(model, name, &column)) {
      figure_text(column, out);
    } else {
      text_puts(out, name);
    }
    formula = end + 1;
  }
}

static Status no_figure(const Model *model, const char *name, Error *e)
{
  const char *names[128];
  const size_t n = model->primitive->n_figures < 128 ? model->primitive->n_figures : 128;
  Text valid = {0};
  for (size_t i = 0; i < n; i++) {
    names[i] = model->primitive->figures[i].name;
    text_printf(&valid, "%s%s", i ? ", " : "", names[i]);
  }
  error_set(e, STATUS_NAME, "unknown-name", _("%1$s has no figure '%2$s' to explain"), model->name, name);
  const size_t near = text_nearest(name, names, n);
  if (near < n) {
    (void)error_hint(e, _("did you mean '%s'?"), names[near]);
  }
  (void)error_hint(e, _("figures: %s"), text_data(&valid));
  text_free(&valid);
  return STATUS_NAME;
}

Status model_why(const Model *model, const char *name, Text *out, Error *e)
{
  const Primitive *primitive = model->primitive;
  for (size_t i = 0; i < primitive->n_figures; i++) {
    const Figure *figure = &primitive->figures[i];
    if (strcmp(figure->name, name) == 0) {
      const Column *column;
      text_printf(out, "%s = ", name);
      if (model_figure(model, name, &column)) {
        figure_text(column, out);
      }
      text_printf(out, _("\n  is       %s\n"), figure->definition);
      if (figure->formula[0]) {
        text_printf(out, _("  formula  %s\n  here     "), figure->formula);
        fill_formula(model, figure->formula, out);
        text_char(out, '\n');
      }
      text_printf(out, _("  range    %s\n"), figure->range);
      return text_status(out, e);
    }
  }
  return no_figure(model, name, e);
}
