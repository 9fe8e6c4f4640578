/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry.h -- all primitives there are, by name; checking of calls; help; completion's raw material.
 *
 * Primitives made from C are there from the start, in order of family.name; those declared from Lua are added. Lookups are
 * O(log n) or a short scan. Main thread only, but for primitives' own fields, which never change.
 */
#ifndef ASSAY_REGISTRY_REGISTRY_H
#define ASSAY_REGISTRY_REGISTRY_H

#include "registry/primitive.h"

/* All primitives in order of family, then name. */
size_t registry_size(void);
const Primitive *registry_at(size_t index);

/* By "cluster.kmeans", "kmeans", a method's or a global's name; NULL when there is none. */
const Primitive *registry_find(const char *name);

/* By family and name exactly. */
const Primitive *registry_get(const char *family, const char *name);

/* The method of values of a kind (VALUE_FRAME, VALUE_MODEL, VALUE_COLUMN, VALUE_CHART), or NULL. */
const Primitive *registry_method(ValueKind kind, const char *name);
const char *primitive_method(const Primitive *primitive); /* its method name, or NULL */

/* Adds a primitive made at run time; a second one of the same family.name replaces an earlier run-time one. The registry
 * does not own it. Errors: a name taken by a C primitive, no summary, an option's default out of its range. */
Status registry_add(const Primitive *primitive, Error *e) MUST_USE;
void registry_remove(const Primitive *primitive);

/* Checks a descriptor: names, texts present, every default passes its own check, main is an option. */
Status registry_check(const Primitive *primitive, Error *e) MUST_USE;

/* The arguments of one call: `positional` (a VALUE_LIST) fills main, `named` (a VALUE_MAP) the rest. */
typedef struct Arguments {
  Value positional, named;
} Arguments;

void arguments_free(Arguments *arguments);

/* Turns arguments into the typed struct (options_size bytes, zeroed by this function). Texts point into the arguments,
 * into static text or into the arena, so both must outlive the struct. data: the frame that COLUMN options name columns
 * of, or NULL. Errors: unknown option with the nearest name; wrong type, range or choice with option, value and what is
 * legal; a required option left out; too many positional values. */
Status options_check(const Primitive *primitive, const Arguments *arguments, const Frame *data, Arena *arena, void *options,
                     uint64_t *given, Error *e) MUST_USE;

/* The typed struct back as a VALUE_MAP with every option that has a value: for models, cards and the journal. */
Status options_values(const Primitive *primitive, const void *options, Value *out, Error *e) MUST_USE;

#endif
