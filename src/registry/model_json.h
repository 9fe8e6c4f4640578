/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_json.h -- values as JSON texts and back, for model files.
 *
 * What JSON lacks is an object with one member: {"number": "Inf"}, {"missing": true}, {"bytes": "61ff"} for a text that is
 * not UTF-8 or holds a NUL; and {"map": {...}} is a table that would otherwise look like one of these four. */
#ifndef ASSAY_REGISTRY_MODEL_JSON_H
#define ASSAY_REGISTRY_MODEL_JSON_H

#include <jansson.h>

#include "registry/value.h"

/* Makes jansson use counted memory; called before any other use of it. */
void json_prepare(void);

/* How deep lists and tables may be nested in a value, and models in a model. */
enum { JSON_DEPTH_MOST = 8 };

/* Parses; NULL when the text is not JSON or has a name twice. STATUS_MEMORY for want of memory. */
Status json_parse(const char *bytes, size_t size, json_t **out, Error *e) MUST_USE;

/* STATUS_DATA when a file cannot keep the value of an option: nested too deep, a name that is not UTF-8, a frame inside of
 * a list, a column, a model. */
Status json_check_value(const char *option, const Value *value, Error *e) MUST_USE;

/* A new reference, NULL when out of memory. A frame becomes null. */
json_t *json_of_value(const Value *value);

/* Errors: STATUS_FORMAT on anything a value cannot be. */
Status json_to_value(const json_t *json, Value *out, Error *e) MUST_USE;

/* Members of an object that must be there with the right type; false when not. */
bool json_get_text(const json_t *object, const char *name, const char **text);
bool json_get_size(const json_t *object, const char *name, size_t *size);

#endif
