/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/model_json.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

/* jansson drops the byte of a token that its buffer had no memory for, and aborts when it takes that byte back. So while
 * it parses, an allocation that is refused is made past the limit, and the text is refused as a whole afterwards. */
static _Thread_local bool parsing, starved;

static void *json_alloc(size_t size)
{
  void *p = mem_alloc(size, 1);
  if (!p && parsing) {
    starved = true;
    p = mem_resize_past_limit(NULL, size, 1);
  }
  return p;
}

void json_prepare(void)
{
  json_set_alloc_funcs(json_alloc, mem_free);
}

Status json_parse(const char *bytes, size_t size, json_t **out, Error *e)
{
  starved = false;
  parsing = true;
  *out = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
  parsing = false;
  if (starved) {
    json_decref(*out);
    *out = NULL;
  }
  return starved ? error_memory(e, size, _("a model file's header")) : STATUS_OK;
}

/* ---- what may be written */

static Status cannot_keep(const char *option, const char *what, Error *e)
{
  return error_set(e, STATUS_DATA, "not-supported", _("a model file cannot keep option '%1$s': %2$s"), option, what);
}

static Status check_value(const char *option, const Value *value, int depth, Error *e)
{
  if (depth > JSON_DEPTH_MOST) {
    return cannot_keep(option, _("it is nested too deep"), e);
  }
  if (value->kind > VALUE_MAP && !(value->kind == VALUE_FRAME && depth == 1)) {
    return cannot_keep(option, value_kind_name(value->kind), e);
  }
  const bool items = value->kind == VALUE_LIST || value->kind == VALUE_MAP;
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && items && i < value->list.n; i++) {
    const char *name = value->kind == VALUE_MAP ? value->list.names[i] : "";
    status = utf8_check(name, strlen(name)) < strlen(name) ? cannot_keep(option, _("a name in it is not UTF-8"), e)
                                                           : check_value(option, &value->list.items[i], depth + 1, e);
  }
  return status;
}

Status json_check_value(const char *option, const Value *value, Error *e)
{
  return check_value(option, value, 1, e);
}

/* ---- to JSON */

static json_t *of_number(double number)
{
  if (isfinite(number)) {
    return json_real(number);
  }
  char digits[32];
  text_of_double(number, digits);
  return json_pack("{s:s}", "number", digits);
}

static json_t *of_text(const char *bytes, size_t length)
{
  if (utf8_check(bytes, length) == length && !memchr(bytes, '\0', length)) {
    return json_stringn(bytes, length);
  }
  Text hex = {0};
  for (size_t i = 0; i < length; i++) {
    text_printf(&hex, "%02x", (unsigned)(unsigned char)bytes[i]);
  }
  json_t *json = hex.failed ? NULL : json_pack("{s:s}", "bytes", text_data(&hex));
  text_free(&hex);
  return json;
}

static bool is_mark(const char *name)
{
  return strcmp(name, "number") == 0 || strcmp(name, "missing") == 0 || strcmp(name, "bytes") == 0 ||
         strcmp(name, "map") == 0;
}

static json_t *of_items(const Value *value)
{
  const bool named = value->kind == VALUE_MAP;
  json_t *all = named ? json_object() : json_array();
  for (size_t i = 0; all && i < value->list.n; i++) {
    json_t *item = json_of_value(&value->list.items[i]);
    const int failed = named ? json_object_set_new(all, value->list.names[i], item) : json_array_append_new(all, item);
    if (failed) {
      json_decref(all);
      all = NULL;
    }
  }
  const bool marked = named && value->list.n == 1 && is_mark(value->list.names[0]);
  return all && marked ? json_pack("{s:o}", "map", all) : all;
}

json_t *json_of_value(const Value *value)
{
  switch (value->kind) {
  case VALUE_MISSING: return json_pack("{s:b}", "missing", 1);
  case VALUE_BOOL: return json_boolean(value->flag);
  case VALUE_INT: return json_integer(value->integer);
  case VALUE_NUMBER: return of_number(value->number);
  case VALUE_TEXT: return of_text(value->text.bytes, value->text.length);
  case VALUE_LIST:
  case VALUE_MAP: return of_items(value);
  default: return json_null();
  }
}

/* ---- from JSON */

static Status bad_value(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("a value in the file's description is of no known kind"));
}

static Status to_number(const json_t *json, Value *out, Error *e)
{
  static const char *const names[] = {"Inf", "-Inf", "NaN"};
  static const double numbers[] = {INFINITY, -(double)INFINITY, NAN};
  const char *text = json_string_value(json);
  for (size_t i = 0; text && i < 3; i++) {
    if (strcmp(text, names[i]) == 0) {
      *out = value_of_number(numbers[i]);
      return STATUS_OK;
    }
  }
  return bad_value(e);
}

static int hex_digit(char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Status to_bytes(const json_t *json, Value *out, Error *e)
{
  const char *text = json_string_value(json);
  const size_t length = json_string_length(json);
  if (!text || length % 2 != 0) {
    return bad_value(e);
  }
  const Status status = value_text(text, length / 2, out, e); /* room for the bytes, written next */
  for (size_t i = 0; status == STATUS_OK && i < length; i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) {
      return bad_value(e);
    }
    out->text.bytes[i / 2] = (char)(high << 4 | low);
  }
  return status;
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

/* The only member of the object, and its name. */
static Status to_marked(const char *mark, const json_t *item, int depth, Value *out, Error *e)
{
  if (strcmp(mark, "number") == 0) {
    return to_number(item, out, e);
  }
  if (strcmp(mark, "bytes") == 0) {
    return to_bytes(item, out, e);
  }
  if (strcmp(mark, "map") == 0 && json_is_object(item)) {
    return to_map(item, depth, out, e);
  }
  *out = (Value){.kind = VALUE_MISSING};
  return strcmp(mark, "missing") == 0 && json_is_true(item) ? STATUS_OK : bad_value(e);
}

static Status to_value(const json_t *json, int depth, Value *out, Error *e)
{
  *out = (Value){.kind = VALUE_NONE};
  if (depth > JSON_DEPTH_MOST) {
    return bad_value(e);
  }
  switch (json_typeof(json)) {
  case JSON_TRUE:
  case JSON_FALSE: *out = value_of_bool(json_is_true(json)); return STATUS_OK;
  case JSON_INTEGER: *out = value_of_int(json_integer_value(json)); return STATUS_OK;
  case JSON_REAL: *out = value_of_number(json_real_value(json)); return STATUS_OK;
  case JSON_STRING: return value_text(json_string_value(json), json_string_length(json), out, e);
  case JSON_ARRAY: return to_list(json, depth, out, e);
  case JSON_OBJECT: {
    void *only = json_object_size(json) == 1 ? json_object_iter((json_t *)json) : NULL;
    const char *name = only ? json_object_iter_key(only) : "";
    return is_mark(name) ? to_marked(name, json_object_iter_value(only), depth, out, e) : to_map(json, depth, out, e);
  }
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
