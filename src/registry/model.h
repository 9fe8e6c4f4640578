/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h -- a fitted model is data: its primitive's name and version, options, named frames, child models.
 *
 * Frames "tidy" (a row per component) and "glance" (one row of figures) are always there; a family adds its own ("centres",
 * "state") and keeps texts for the user in "notes" (column `note`). Save, load, print, digest and the verbs are written
 * once, here and in model_primitives.c. Models are immutable once shared and reference-counted (atomic).
 *
 * File format (safetensors): 8 bytes little-endian length of a JSON text; the JSON text names tensors with dtype, shape and
 * offsets, and in __metadata__.assay holds one JSON text with everything that is not a number column; then the tensors.
 * Columns are F64 or I64 tensors, validity and texts I64 offsets and U8 bytes; levels keep their order. The loader trusts
 * nothing in the file. A model that was read and is written again gives the same bytes.
 */
#ifndef ASSAY_REGISTRY_MODEL_H
#define ASSAY_REGISTRY_MODEL_H

#include "registry/primitive.h"

/* A new model with nothing in it but the options of the call (NULL options: none). */
Status model_new(const Primitive *primitive, const void *options, Model **out, Error *e) MUST_USE;
Model *model_ref(const Model *model);
void model_unref(Model *model);                       /* NULL is fine */

const Primitive *model_primitive(const Model *model);
const char *model_name(const Model *model);           /* "cluster.kmeans" */
const Value *model_options(const Model *model);       /* VALUE_MAP */
double model_option_number(const Model *model, const char *name, double otherwise);
const char *model_option_text(const Model *model, const char *name); /* NULL when not set or no text */

/* Takes the frame; a second one of a name replaces the first. Only before the model is shared. */
Status model_set_frame(Model *model, const char *name, Frame *frame, Error *e) MUST_USE;
/* The same of what a call made (made: its status, given back when it failed); and the frame "notes" (column `note`), a row for
 * each line of a text. */
Status model_set_made(Model *model, const char *name, Status made, Frame *const *frame, Error *e) MUST_USE;
Status model_set_notes(Model *model, const char *lines, Error *e) MUST_USE;

/* What a verb gives that shows a frame of the model it is called on; "not-supported" where there is none. */
Status model_give(const Call *call, const char *frame, Value *out, Error *e) MUST_USE;

size_t model_frames(const Model *model);
const char *model_frame_name(const Model *model, size_t index);
const Frame *model_frame(const Model *model, const char *name); /* borrowed; NULL when there is none */

/* The frame the model was fitted to, for :continue(); kept in the session only, never saved. NULL after load. */
void model_set_data(Model *model, const Frame *data);
const Frame *model_data(const Model *model);

Status model_set_child(Model *model, const char *name, Model *child, Error *e) MUST_USE; /* takes the child */
size_t model_children(const Model *model);
const char *model_child_name(const Model *model, size_t index);
const Model *model_child(const Model *model, size_t index);

/* A figure of glance as a cell: true and column when there is one of that name. */
bool model_figure(const Model *model, const char *name, const Column **column);
double model_number(const Model *model, const char *name); /* a numeric figure; NaN when missing */

size_t model_bytes(const Model *model);
Digest model_digest(const Model *model); /* of name, version, options and frames, but for the notes */

/* STATUS_DATA when an option's value is one that a file cannot keep (model_json.h). */
Status model_save(const Model *model, const char *path, Error *e) MUST_USE;
Status model_load(const char *path, Model **out, Error *e) MUST_USE;

/* The same on bytes in memory: for tests and fuzzing. */
Status model_to_bytes(const Model *model, Text *out, Error *e) MUST_USE;
Status model_of_bytes(const char *bytes, size_t size, const char *path, Model **out, Error *e) MUST_USE;

/* Adds the columns the model's class predicts to data. Columns made by an earlier augment are replaced (noted), any other
 * clash of names is an error. */
Status model_augment(Call *call, const Model *model, const Frame *data, Frame **out, Error *e) MUST_USE;

/* A glance figure explained from the descriptor: definition, value, formula with this model's numbers, sane range. */
Status model_why(const Model *model, const char *figure, Text *out, Error *e) MUST_USE;

#endif
