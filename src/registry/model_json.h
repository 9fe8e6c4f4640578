/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_json.h -- values as JSON texts and back, for model files. Numbers that JSON lacks are {"number": "Inf"}. */
#ifndef ASSAY_REGISTRY_MODEL_JSON_H
#define ASSAY_REGISTRY_MODEL_JSON_H

#include <jansson.h>

#include "registry/value.h"

/* Makes jansson use counted memory; called before any other use of it. */
void json_prepare(void);

/* A new reference, NULL when out of memory. Frames, columns and models become null. */
json_t *json_of_value(const Value *value);

/* Errors: STATUS_FORMAT on anything a value cannot be, on depth over 8. */
Status json_to_value(const json_t *json, Value *out, Error *e) MUST_USE;

/* Members of an object that must be there with the right type; false when not. */
bool json_get_text(const json_t *object, const char *name, const char **text);
bool json_get_size(const json_t *object, const char *name, size_t *size);

#endif
