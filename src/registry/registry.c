/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The C primitives lie in a section of their own, an array of pointers that the linker collects; it is sorted once. */
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

extern const Primitive *const __start_assay_primitives[];
extern const Primitive *const __stop_assay_primitives[];

enum { PRIMITIVES_MOST = 1024, OPTIONS_MOST = 64 };

static const Primitive *all[PRIMITIVES_MOST];
static size_t count;      /* 0: not collected yet */
static size_t built_in;

static int compare(const void *a, const void *b)
{
  const Primitive *x = *(const Primitive *const *)a, *y = *(const Primitive *const *)b;
  const int family = strcmp(x->family, y->family);
  return family ? family : strcmp(x->name, y->name);
}

static void collect(void)
{
  if (count > 0) {
    return;
  }
  for (const Primitive *const *p = __start_assay_primitives; p < __stop_assay_primitives; p++) {
    if (count < PRIMITIVES_MOST) {
      all[count++] = *p;
    }
  }
  built_in = count;
  qsort(all, count, sizeof *all, compare);
}

size_t registry_size(void)
{
  collect();
  return count;
}

const Primitive *registry_at(size_t index)
{
  collect();
  return all[index];
}

const Primitive *registry_get(const char *family, const char *name)
{
  collect();
  for (size_t i = 0; i < count; i++) {
    if (strcmp(all[i]->name, name) == 0 && strcmp(all[i]->family, family) == 0) {
      return all[i];
    }
  }
  return NULL;
}

const char *primitive_method(const Primitive *primitive)
{
  if (primitive->takes == VALUE_NONE || (primitive->method && primitive->method[0] == '\0')) {
    return NULL;
  }
  return primitive->method ? primitive->method : primitive->name;
}

static bool is_called(const Primitive *primitive, const char *name)
{
  const char *method = primitive_method(primitive);
  return strcmp(primitive->name, name) == 0 || (method && strcmp(method, name) == 0) ||
         (primitive->global && strcmp(primitive->global, name) == 0);
}

const Primitive *registry_find(const char *name)
{
  collect();
  const char *dot = strchr(name, '.');
  for (size_t i = 0; i < count; i++) {
    const Primitive *p = all[i];
    const bool full = dot && strlen(p->family) == (size_t)(dot - name) &&
                      strncmp(p->family, name, (size_t)(dot - name)) == 0 && is_called(p, dot + 1);
    if (full || (!dot && is_called(p, name))) {
      return p;
    }
  }
  return NULL;
}

const Primitive *registry_method(ValueKind kind, const char *name)
{
  collect();
  for (size_t i = 0; i < count; i++) {
    const char *method = all[i]->takes == kind ? primitive_method(all[i]) : NULL;
    if (method && strcmp(method, name) == 0) {
      return all[i];
    }
  }
  return NULL;
}

static bool is_name(const char *text)
{
  const size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
  return length > 0 && text[length] == '\0' && (text[0] < '0' || text[0] > '9');
}

static Status bad(const Primitive *primitive, Error *e, const char *what)
{
  return error_set(e, STATUS_ARGUMENT, "bad-primitive", _("primitive %1$s.%2$s: %3$s"),
                   primitive->family ? primitive->family : "?", primitive->name ? primitive->name : "?", what);
}

static Status bad_option(const Primitive *primitive, const Option *option, Error *e, const char *what)
{
  return error_set(e, STATUS_ARGUMENT, "bad-primitive", _("primitive %1$s.%2$s: option '%3$s' %4$s"), primitive->family,
                   primitive->name, option->name, what);
}

/* Bytes of an option's field in the typed struct. */
static size_t field_size(OptionKind kind)
{
  if (option_is_list(kind)) {
    return sizeof(OptionTexts);
  }
  switch (kind) {
  case OPTION_FRAMES: return sizeof(OptionFrames);
  case OPTION_INT: return sizeof(int64_t);
  case OPTION_NUMBER: return sizeof(double);
  case OPTION_BOOL: return sizeof(bool);
  case OPTION_CHOICE_FRAME: return sizeof(OptionChoiceFrame);
  case OPTION_TEXT_MAP: return sizeof(OptionTextMap);
  default: return sizeof(void *);
  }
}

static Status check_option(const Primitive *primitive, const Option *option, Error *e)
{
  if (!option->name || !is_name(option->name)) {
    return bad(primitive, e, _("an option's name must be lower-case letters, digits and _"));
  }
  if (!option->help || option->help[0] == '\0') {
    return bad_option(primitive, option, e, _("has no help"));
  }
  if (option->kind >= OPTION_KIND_COUNT) {
    return bad_option(primitive, option, e, _("is of no known kind"));
  }
  if (!option->choices || !option->unit) {
    return bad_option(primitive, option, e, _("needs a text for choices and unit, which may be empty"));
  }
  const bool choice = option->kind == OPTION_CHOICE || option->kind == OPTION_CHOICE_FRAME;
  if (choice && option->choices[0] == '\0') {
    return bad_option(primitive, option, e, _("is of kind choice and needs choices"));
  }
  const bool column = option->kind == OPTION_COLUMN || option->kind == OPTION_COLUMNS;
  if (column && option->choices[0] && strcmp(option->choices, "numeric") != 0 && strcmp(option->choices, "text") != 0) {
    return bad_option(primitive, option, e, _("names columns: its choices may be empty, numeric or text"));
  }
  const size_t size = field_size(option->kind);
  if (option->offset > primitive->options_size || size > primitive->options_size - option->offset) {
    return bad_option(primitive, option, e, _("lies outside of the options' struct"));
  }
  return STATUS_OK;
}

/* Every default is read by the same code as a user's value: an empty call finds out, required options left aside. */
static Status check_defaults(const Primitive *primitive, Error *e)
{
  Arena arena = {0};
  Primitive optional = *primitive;
  const Arguments none = {0};
  uint64_t given = 0;
  const size_t size = primitive->options_size ? primitive->options_size : 1;
  void *values = arena_alloc(&arena, 1, size);
  Option *options = arena_alloc(&arena, primitive->n_options, sizeof *options);
  Status status = values && options ? STATUS_OK : error_memory(e, 0, _("options"));
  if (status == STATUS_OK) {
    optional.options = options;
    optional.main = NULL;
    optional.n_options = 0;
    for (size_t i = 0; i < primitive->n_options; i++) {
      if (primitive->options[i].standard != OPTION_REQUIRED) {
        options[optional.n_options++] = primitive->options[i];
      }
    }
    status = options_check(&optional, &none, NULL, &arena, values, &given, e);
  }
  arena_free(&arena);
  return status;
}

static Status check_options(const Primitive *primitive, Error *e)
{
  if (primitive->n_options > OPTIONS_MOST || (primitive->n_options > 0 && !primitive->options)) {
    return bad(primitive, e, _("its options are missing or more than 64"));
  }
  bool main_found = primitive->main == NULL;
  for (size_t i = 0; i < primitive->n_options; i++) {
    const Status status = check_option(primitive, &primitive->options[i], e);
    if (status != STATUS_OK) {
      return status;
    }
    main_found = main_found || strcmp(primitive->main, primitive->options[i].name) == 0;
    for (size_t j = 0; j < i; j++) {
      if (strcmp(primitive->options[i].name, primitive->options[j].name) == 0) {
        return bad(primitive, e, _("an option stands there twice"));
      }
    }
  }
  if (!main_found) {
    return bad(primitive, e, _("main is not one of its options"));
  }
  return check_defaults(primitive, e);
}

Status registry_check(const Primitive *primitive, Error *e)
{
  if (!primitive->family || !is_name(primitive->family) || !primitive->name || !is_name(primitive->name)) {
    return bad(primitive, e, _("family and name must be lower-case letters, digits and _"));
  }
  if (!primitive->summary || primitive->summary[0] == '\0') {
    return bad(primitive, e, _("it needs a summary"));
  }
  if (!primitive->run) {
    return bad(primitive, e, _("it has nothing to run"));
  }
  if (!primitive->returns || !primitive->example) {
    return bad(primitive, e, _("it needs returns and example, texts that may be empty"));
  }
  Status status = check_options(primitive, e);
  if (status == STATUS_OK && primitive->model && primitive->model->n_predict_options > 0) {
    Primitive predicts = *primitive;
    predicts.main = NULL;
    predicts.options = primitive->model->predict_options;
    predicts.n_options = primitive->model->n_predict_options;
    predicts.options_size = primitive->model->predict_size;
    status = check_options(&predicts, e);
  }
  return status;
}

/* A primitive of the program whose method or global function it would take over, or NULL. */
static const Primitive *taken(const Primitive *primitive)
{
  const char *method = primitive_method(primitive);
  for (size_t i = 0; i < count; i++) {
    const Primitive *other = all[i];
    const char *others = other->takes == primitive->takes ? primitive_method(other) : NULL;
    const bool same_method = method && others && strcmp(method, others) == 0;
    const bool same_global = primitive->global && other->global && strcmp(primitive->global, other->global) == 0;
    if (!other->context && (same_method || same_global)) {
      return other;
    }
  }
  return NULL;
}

Status registry_add(const Primitive *primitive, Error *e)
{
  collect();
  const Status status = registry_check(primitive, e);
  if (status != STATUS_OK) {
    return status;
  }
  const Primitive *other = taken(primitive);
  if (other) {
    return error_set(e, STATUS_ARGUMENT, "bad-primitive", _("primitive %1$s.%2$s has the name of %3$s.%4$s, a primitive of the program"),
                     primitive->family, primitive->name, other->family, other->name);
  }
  size_t at = 0;
  while (at < count && compare(&all[at], &primitive) < 0) {
    at++;
  }
  if (at < count && compare(&all[at], &primitive) == 0) {
    if (!all[at]->context) {
      return bad(primitive, e, _("a primitive of the program has this name"));
    }
    all[at] = primitive;
    return STATUS_OK;
  }
  if (count == PRIMITIVES_MOST) {
    return bad(primitive, e, _("there is no room for more primitives"));
  }
  memmove(all + at + 1, all + at, (count - at) * sizeof *all);
  all[at] = primitive;
  count++;
  return STATUS_OK;
}

void registry_remove(const Primitive *primitive)
{
  for (size_t i = 0; i < count; i++) {
    if (all[i] == primitive) {
      memmove(all + i, all + i + 1, (count - i - 1) * sizeof *all);
      count--;
      return;
    }
  }
}
