/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/model_json.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

enum { DEPTH_MOST = 8 };

static void *json_alloc(size_t size)
{
  return mem_alloc(size, 1);
}

void json_prepare(void)
{
  json_set_alloc_funcs(json_alloc, mem_free);
  json_object_seed(1);
}

static json_t *of_number(double number)
{
  if (isfinite(number)) {
    return json_real(number);
  }
  char digits[32];
  text_of_double(number, digits);
  return json_pack("{s:s}", "number", digits);
}

static json_t *of_items(const Value *value)
{
  const bool named = value->kind == VALUE_MAP;
  json_t *all = named ? json_object() : json_array();
  for (size_t i = 0; all && i < value->list.n; i++) {
    json_t *item = json_of_value(&value->list.items[i]);
    const int failed = !item ? -1 : named ? json_object_set_new(all, value->list.names[i], item) : json_array_append_new(all, item);
    if (failed) {
      json_decref(all);
      all = NULL;
    }
  }
  return all;
}

json_t *json_of_value(const Value *value)
{
  switch (value->kind) {
  case VALUE_BOOL: return json_boolean(value->flag);
  case VALUE_INT: return json_integer(value->integer);
  case VALUE_NUMBER: return of_number(value->number);
  case VALUE_TEXT: return json_stringn(value->text.bytes, value->text.length);
  case VALUE_LIST:
  case VALUE_MAP: return of_items(value);
  default: return json_null();
  }
}

static Status bad_value(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("a value in the file's description is of no known kind"));
}

static bool special_number(const json_t *json, double *number)
{
  const char *text = json_string_value(json_object_get(json, "number"));
  if (!text || json_object_size(json) != 1) {
    return false;
  }
  *number = strcmp(text, "Inf") == 0 ? INFINITY : strcmp(text, "-Inf") == 0 ? -INFINITY : NAN;
  return true;
}

static Status to_value(const json_t *json, int depth, Value *out, Error *e);

static Status to_list(const json_t *json, int depth, Value *out, Error *e)
{
  Status status = value_list(json_array_size(json), false, out, e);
  for (size_t i = 0; status == STATUS_OK && i < json_array_size(json); i++) {
    status = to_value(json_array_get(json, i), depth + 1, &out->list.items[i], e);
  }
  return status;
}

static Status to_map(const json_t *json, int depth, Value *out, Error *e)
{
  Status status = value_list(json_object_size(json), true, out, e);
  size_t i = 0;
  const char *name;
  json_t *item;
  if (status != STATUS_OK) {
    return status;
  }
  out->list.n = 0;
  json_object_foreach((json_t *)json, name, item) {
    out->list.names[i] = mem_string(name);
    if (!out->list.names[i]) {
      return error_memory(e, 0, _("a name"));
    }
    out->list.n = i + 1;
    status = to_value(item, depth + 1, &out->list.items[i], e);
    if (status != STATUS_OK) {
      return status;
    }
    i++;
  }
  return STATUS_OK;
}

static Status to_value(const json_t *json, int depth, Value *out, Error *e)
{
  double number;
  *out = (Value){.kind = VALUE_NONE};
  if (depth > DEPTH_MOST) {
    return bad_value(e);
  }
  switch (json_typeof(json)) {
  case JSON_TRUE:
  case JSON_FALSE: *out = value_of_bool(json_is_true(json)); return STATUS_OK;
  case JSON_INTEGER: *out = value_of_int(json_integer_value(json)); return STATUS_OK;
  case JSON_REAL: *out = value_of_number(json_real_value(json)); return STATUS_OK;
  case JSON_STRING: return value_text(json_string_value(json), json_string_length(json), out, e);
  case JSON_ARRAY: return to_list(json, depth, out, e);
  case JSON_OBJECT:
    if (special_number(json, &number)) {
      *out = value_of_number(number);
      return STATUS_OK;
    }
    return to_map(json, depth, out, e);
  case JSON_NULL: return STATUS_OK;
  default: return bad_value(e);
  }
}

Status json_to_value(const json_t *json, Value *out, Error *e)
{
  const Status status = to_value(json, 0, out, e);
  if (status != STATUS_OK) {
    value_free(out);
  }
  return status;
}

bool json_get_text(const json_t *object, const char *name, const char **text)
{
  const json_t *member = json_object_get(object, name);
  *text = json_string_value(member);
  return *text && strlen(*text) == json_string_length(member);
}

bool json_get_size(const json_t *object, const char *name, size_t *size)
{
  const json_t *member = json_object_get(object, name);
  if (!json_is_integer(member) || json_integer_value(member) < 0) {
    return false;
  }
  *size = (size_t)json_integer_value(member);
  return true;
}
