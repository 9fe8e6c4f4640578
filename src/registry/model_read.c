/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model from bytes that nobody vouches for: every length, offset, name and type is checked before it is used, and nothing
 * but data is made of them. */
#include <endian.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "frame/builder.h"
#include "registry/model_json.h"
#include "registry/model_layout.h"
#include "registry/registry.h"

enum { HEADER_MOST = 100 << 20 };
static const size_t FILE_MOST = (size_t)16 << 30;

typedef struct Reader {
  const char *path;
  json_t *tensors;
  const char *data;
  size_t size, used; /* bytes of data; of them, read so far: no byte may be read twice, so that a file cannot swell */
  Error *e;
} Reader;

/* The bytes of one tensor: `items` of 8 bytes or of one. */
typedef struct Tensor {
  const char *bytes;
  size_t items;
} Tensor;

static Status bad(const Reader *r, const char *what)
{
  error_set(r->e, STATUS_FORMAT, "bad-model-file", _("'%1$s' is no usable model file: %2$s"), r->path, what);
  (void)error_hint(r->e, _("write it again with m:save(path)"));
  return STATUS_FORMAT;
}

/* An error of what was to be made of the file's content is an error of the file, unless memory ran out. */
static Status bad_because(const Reader *r, Status status, const Error *why)
{
  return status == STATUS_MEMORY ? error_memory(r->e, 0, _("a model")) : bad(r, why->what);
}

static bool offsets_of(const json_t *entry, size_t *from, size_t *to)
{
  const json_t *both = json_object_get(entry, "data_offsets");
  const json_t *first = json_array_get(both, 0), *second = json_array_get(both, 1);
  if (json_array_size(both) != 2 || !json_is_integer(first) || !json_is_integer(second) || json_integer_value(first) < 0 ||
      json_integer_value(second) < json_integer_value(first)) {
    return false;
  }
  *from = (size_t)json_integer_value(first);
  *to = (size_t)json_integer_value(second);
  return true;
}

static Status get_tensor(Reader *r, const char *prefix, const char *part, const char *dtype, Tensor *out)
{
  Text name = {0};
  text_printf(&name, "%s.%s", prefix, part);
  const Status status = text_status(&name, r->e);
  const json_t *entry = json_object_get(r->tensors, text_data(&name));
  text_free(&name);
  if (status != STATUS_OK) {
    return status;
  }
  const char *type = json_string_value(json_object_get(entry, "dtype"));
  const json_t *shape = json_object_get(entry, "shape");
  const size_t width = strcmp(dtype, "U8") == 0 ? 1 : 8;
  size_t from, to;
  if (!type || strcmp(type, dtype) != 0 || json_array_size(shape) != 1 || !offsets_of(entry, &from, &to) || to > r->size ||
      (to - from) % width != 0) {
    return bad(r, _("a tensor is missing, of the wrong type or outside the file"));
  }
  out->bytes = r->data + from;
  out->items = (to - from) / width;
  const json_t *items = json_array_get(shape, 0);
  if (!json_is_integer(items) || json_integer_value(items) != (json_int_t)out->items) {
    return bad(r, _("a tensor's shape does not fit its length"));
  }
  r->used += to - from;
  return r->used <= r->size ? STATUS_OK : bad(r, _("its tensors overlap"));
}

static uint64_t word_at(const Tensor *tensor, size_t index)
{
  uint64_t word;
  memcpy(&word, tensor->bytes + index * 8, sizeof word);
  return le64toh(word);
}

/* offsets must start at 0, never fall and end at `end`. */
static bool offsets_sound(const Tensor *offsets, size_t end)
{
  if (offsets->items == 0 || word_at(offsets, 0) != 0 || word_at(offsets, offsets->items - 1) != end) {
    return false;
  }
  for (size_t i = 1; i < offsets->items; i++) {
    if (word_at(offsets, i) < word_at(offsets, i - 1)) {
      return false;
    }
  }
  return true;
}

typedef struct Shape {
  Type type;
  size_t rows, levels; /* levels: of category and set */
  bool missing;
  Tensor valid, values, offsets, bytes, cells;
} Shape;

static bool has_levels(Type type)
{
  return type == TYPE_CATEGORY || type == TYPE_SET;
}

/* Codes must be levels, those of a set must rise. */
static bool codes_sound(const Shape *shape)
{
  const bool sets = shape->type == TYPE_SET;
  for (size_t row = 0; row < shape->rows; row++) {
    if (shape->missing && word_at(&shape->valid, row) == 0) {
      continue;
    }
    const size_t from = sets ? word_at(&shape->cells, row) : row, to = sets ? word_at(&shape->cells, row + 1) : row + 1;
    for (size_t i = from; i < to; i++) {
      const uint64_t code = word_at(&shape->values, i);
      if (code >= shape->levels || (i > from && code <= word_at(&shape->values, i - 1))) {
        return false;
      }
    }
  }
  return true;
}

static Status get_parts(Reader *r, const char *prefix, Shape *shape)
{
  Status status = STATUS_OK;
  const bool texts = has_levels(shape->type) || shape->type == TYPE_STRING;
  if (shape->missing) {
    TRY(get_tensor(r, prefix, "valid", "I64", &shape->valid));
  }
  if (texts) {
    TRY(get_tensor(r, prefix, "offsets", "I64", &shape->offsets));
    TRY(get_tensor(r, prefix, "bytes", "U8", &shape->bytes));
    if (!offsets_sound(&shape->offsets, shape->bytes.items)) {
      TRY(bad(r, _("offsets of texts are out of order")));
    }
  }
  if (shape->type != TYPE_STRING) {
    TRY(get_tensor(r, prefix, "values", shape->type == TYPE_FLOAT64 ? "F64" : "I64", &shape->values));
  }
  if (shape->type == TYPE_SET) {
    TRY(get_tensor(r, prefix, "cells", "I64", &shape->cells));
    if (!offsets_sound(&shape->cells, shape->values.items)) {
      TRY(bad(r, _("offsets of sets are out of order")));
    }
  }
done:
  return status;
}

static Status get_shape(Reader *r, const char *prefix, Shape *shape)
{
  const Status status = get_parts(r, prefix, shape);
  if (status != STATUS_OK) {
    return status;
  }
  const size_t rows = shape->type == TYPE_SET      ? shape->cells.items - 1
                      : shape->type == TYPE_STRING ? shape->offsets.items - 1
                                                   : shape->values.items;
  if (rows != shape->rows || (shape->missing && shape->valid.items != rows)) {
    return bad(r, _("a column has another number of rows than its frame"));
  }
  if (has_levels(shape->type)) {
    shape->levels = shape->offsets.items - 1;
    if (!codes_sound(shape)) {
      return bad(r, _("codes of texts are out of range or order"));
    }
  }
  return STATUS_OK;
}

static void add_text(Builder *builder, const Shape *shape, size_t index)
{
  const size_t from = word_at(&shape->offsets, index), to = word_at(&shape->offsets, index + 1);
  if (shape->type == TYPE_SET) {
    builder_item(builder, shape->bytes.bytes + from, to - from);
  } else {
    builder_text(builder, shape->bytes.bytes + from, to - from);
  }
}

static void add_cell(Builder *builder, const Shape *shape, size_t row)
{
  if (shape->missing && word_at(&shape->valid, row) == 0) {
    builder_missing(builder);
    return;
  }
  double number;
  uint64_t word;
  switch (shape->type) {
  case TYPE_FLOAT64:
    word = word_at(&shape->values, row);
    memcpy(&number, &word, sizeof number);
    builder_float(builder, number);
    break;
  case TYPE_BOOL: builder_bool(builder, word_at(&shape->values, row) != 0); break;
  case TYPE_INT64:
  case TYPE_TIMESTAMP: builder_int(builder, (int64_t)word_at(&shape->values, row)); break;
  case TYPE_CATEGORY: add_text(builder, shape, word_at(&shape->values, row)); break;
  case TYPE_SET:
    for (size_t i = word_at(&shape->cells, row); i < word_at(&shape->cells, row + 1); i++) {
      add_text(builder, shape, word_at(&shape->values, i));
    }
    builder_set(builder);
    break;
  default: add_text(builder, shape, row);
  }
}

/* A builder gives codes in the order of first appearance. So that they are those of the file, also of levels in no cell,
 * each level first gets a row of its own; those rows are cut off again. */
static Status build(const Shape *shape, Role role, const char *zone, Column **out, Error *e)
{
  Builder *builder = builder_new(shape->type, shape->levels + shape->rows);
  if (!builder) {
    return error_memory(e, 0, _("a column"));
  }
  for (size_t level = 0; level < shape->levels; level++) {
    add_text(builder, shape, level);
    if (shape->type == TYPE_SET) {
      builder_set(builder);
    }
  }
  for (size_t row = 0; row < shape->rows; row++) {
    add_cell(builder, shape, row);
  }
  builder_role(builder, role);
  if (zone[0]) {
    builder_zone(builder, zone);
  }
  Column *all = NULL;
  Status status = builder_finish(builder, &all, e);
  if (status == STATUS_OK && has_levels(shape->type) && column_levels(all) != shape->levels) {
    status = error_set(e, STATUS_FORMAT, "bad-model-file", _("a level stands there twice"));
  }
  if (status == STATUS_OK && shape->levels > 0) {
    status = column_slice(all, shape->levels, shape->rows, out, e);
  } else if (status == STATUS_OK) {
    *out = column_ref(all);
  }
  column_unref(all);
  return status;
}

static bool role_of(const char *name, Role *role)
{
  *role = strcmp(name, "label") == 0 ? ROLE_LABEL : strcmp(name, "predicted") == 0 ? ROLE_PREDICTED : ROLE_NONE;
  return *role != ROLE_NONE || strcmp(name, "none") == 0;
}

static Status read_column(Reader *r, const char *prefix, const json_t *description, size_t rows, const char **name,
                          Column **out)
{
  const char *type, *role_name, *zone;
  Role role;
  const json_t *missing = json_object_get(description, "missing");
  Shape shape = {.rows = rows, .missing = json_is_true(missing)};
  if (!json_get_text(description, "name", name) || !json_get_text(description, "type", &type) ||
      !json_get_text(description, "role", &role_name) || !json_get_text(description, "zone", &zone) ||
      !type_of_name(type, &shape.type) || !role_of(role_name, &role) || !json_is_boolean(missing) ||
      (zone[0] && shape.type != TYPE_TIMESTAMP)) {
    return bad(r, _("a column's description is not right"));
  }
  Status status = get_shape(r, prefix, &shape);
  if (status == STATUS_OK) {
    Error why;
    error_clear(&why);
    status = build(&shape, role, zone, out, &why);
    status = status == STATUS_OK ? STATUS_OK : bad_because(r, status, &why);
  }
  return status;
}

static Status read_columns(Reader *r, const char *path, const json_t *columns, size_t rows, Draft *draft)
{
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < json_array_size(columns); i++) {
    Text prefix = {0};
    const char *name = NULL;
    Column *column = NULL;
    text_printf(&prefix, "%s.%zu", path, i);
    status = text_status(&prefix, r->e);
    if (status == STATUS_OK) {
      status = read_column(r, text_data(&prefix), json_array_get(columns, i), rows, &name, &column);
    }
    if (status == STATUS_OK) {
      draft_column(draft, name, column);
    }
    text_free(&prefix);
  }
  return status;
}

static Status read_frame(Reader *r, const char *path, const json_t *description, Frame **out)
{
  const json_t *columns = json_object_get(description, "columns");
  size_t rows;
  Error why;
  error_clear(&why);
  *out = NULL;
  if (!json_is_array(columns) || !json_get_size(description, "rows", &rows) || (rows > 0 && json_array_size(columns) == 0)) {
    return bad(r, _("a frame's description is not right"));
  }
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(r->e, 0, _("a frame"));
  }
  Status status = read_columns(r, path, columns, rows, draft);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  status = draft_finish(draft, out, &why);
  return status == STATUS_OK ? STATUS_OK : bad_because(r, status, &why);
}

/* Frames kept for options go back to the options they came from, which have no value in the description. */
static Status restore_option(const Reader *r, Model *model, const char *name, const Frame *frame)
{
  const size_t prefix = strlen("option.");
  if (strncmp(name, "option.", prefix) != 0) {
    return STATUS_OK;
  }
  for (size_t i = 0; i < model->options.list.n; i++) {
    Value *option = &model->options.list.items[i];
    if (strcmp(model->options.list.names[i], name + prefix) == 0 && option->kind == VALUE_NONE) {
      *option = value_of_frame(frame_ref(frame));
      return STATUS_OK;
    }
  }
  return bad(r, _("a frame belongs to no option"));
}

/* Takes the frame. */
static Status keep_frame(const Reader *r, Model *model, const char *name, Frame *frame)
{
  const Status status = model_frame(model, name) ? bad(r, _("two frames have one name"))
                                                 : restore_option(r, model, name, frame);
  if (status != STATUS_OK) {
    frame_unref(frame);
    return status;
  }
  return model_set_frame(model, name, frame, r->e);
}

static Status read_frames(Reader *r, const char *path, const json_t *description, Model *model)
{
  const json_t *frames = json_object_get(description, "frames");
  Status status = json_is_array(frames) ? STATUS_OK : bad(r, _("the list of frames is missing"));
  for (size_t i = 0; status == STATUS_OK && i < json_array_size(frames); i++) {
    Text prefix = {0};
    const char *name;
    Frame *frame = NULL;
    text_printf(&prefix, "%s%zu", path, i);
    status = text_status(&prefix, r->e);
    if (status == STATUS_OK && !json_get_text(json_array_get(frames, i), "name", &name)) {
      status = bad(r, _("a frame has no name"));
    }
    if (status == STATUS_OK) {
      status = read_frame(r, text_data(&prefix), json_array_get(frames, i), &frame);
    }
    if (status == STATUS_OK) {
      status = keep_frame(r, model, name, frame);
    }
    text_free(&prefix);
  }
  return status;
}

static Status read_model(Reader *r, const char *path, const json_t *description, int depth, Model **out);

static Status read_children(Reader *r, const char *path, const json_t *description, int depth, Model *model)
{
  const json_t *children = json_object_get(description, "children");
  Status status = json_is_array(children) ? STATUS_OK : bad(r, _("the list of child models is missing"));
  for (size_t i = 0; status == STATUS_OK && i < json_array_size(children); i++) {
    const json_t *entry = json_array_get(children, i);
    Text prefix = {0};
    const char *name;
    Model *child = NULL;
    text_printf(&prefix, "%sc%zu/", path, i);
    status = text_status(&prefix, r->e);
    if (status == STATUS_OK && !json_get_text(entry, "name", &name)) {
      status = bad(r, _("a child model has no name"));
    }
    if (status == STATUS_OK) {
      status = read_model(r, text_data(&prefix), json_object_get(entry, "model"), depth + 1, &child);
    }
    if (status == STATUS_OK) {
      status = model_set_child(model, name, child, r->e);
    }
    text_free(&prefix);
  }
  return status;
}

/* The descriptor the model belongs to; a newer version of its shape is refused. */
static Status find_primitive(const Reader *r, const json_t *description, const Primitive **out)
{
  const char *name;
  size_t version;
  if (!json_get_text(description, "primitive", &name) || !json_get_size(description, "version", &version)) {
    return bad(r, _("it does not say of which primitive it is"));
  }
  *out = registry_find(name);
  if (!*out || !(*out)->model) {
    error_set(r->e, STATUS_FORMAT, "bad-model-file", _("'%1$s' is a model of %2$s, which this program does not have"), r->path,
              name);
    (void)error_hint(r->e, _("load the plugin that declares it first"));
    return STATUS_FORMAT;
  }
  if (version > (size_t)(*out)->version) {
    return bad(r, _("it was written by a newer version of the program"));
  }
  return STATUS_OK;
}

static Status read_options(const Reader *r, const json_t *description, Model *model)
{
  Error why;
  error_clear(&why);
  const json_t *options = json_object_get(description, "options");
  if (!json_is_object(options)) {
    return bad(r, _("the options are missing"));
  }
  const Status status = json_to_value(options, &model->options, &why);
  if (status != STATUS_OK) {
    return bad_because(r, status, &why);
  }
  return model->options.kind == VALUE_MAP ? STATUS_OK : bad(r, _("the options are no table"));
}

/* The options must be what the primitive takes, so that whoever reads them later finds what is expected. A model may have
 * been made without any. */
static Status check_options(const Reader *r, const Model *model)
{
  const Primitive *primitive = model->primitive;
  const Arguments arguments = {.named = model->options};
  Arena arena = {0};
  Error why;
  uint64_t given;
  error_clear(&why);
  if (model->options.list.n == 0) {
    return STATUS_OK;
  }
  void *options = arena_alloc(&arena, 1, primitive->options_size);
  Status status = options ? options_check(primitive, &arguments, NULL, &arena, options, &given, &why) : STATUS_MEMORY;
  arena_free(&arena);
  return status == STATUS_OK ? STATUS_OK : bad_because(r, status, &why);
}

/* What a model has beside its name: options, frames, children. */
static Status fill_model(Reader *r, const char *path, const json_t *description, int depth, Model *model)
{
  const char *digest;
  Status status;
  if (json_get_text(description, "data", &digest) && strlen(digest) < sizeof model->data_digest) {
    strcpy(model->data_digest, digest);
  }
  TRY(read_options(r, description, model));
  TRY(read_frames(r, path, description, model));
  TRY(check_options(r, model));
  TRY(read_children(r, path, description, depth, model));
  if (!model_frame(model, "tidy") || !model_frame(model, "glance")) {
    TRY(bad(r, _("it lacks tidy or glance")));
  }
  if (model->primitive->model->check) {
    Error why;
    error_clear(&why);
    status = model->primitive->model->check(model, &why);
    status = status == STATUS_OK ? STATUS_OK : bad_because(r, status, &why);
  }
done:
  return status;
}

static Status read_model(Reader *r, const char *path, const json_t *description, int depth, Model **out)
{
  const Primitive *primitive = NULL;
  *out = NULL;
  if (depth > JSON_DEPTH_MOST) {
    return bad(r, _("models are nested too deep"));
  }
  Status status = find_primitive(r, description, &primitive);
  if (status == STATUS_OK) {
    status = model_empty(primitive, out, r->e);
  }
  if (status == STATUS_OK) {
    status = fill_model(r, path, description, depth, *out);
    if (status != STATUS_OK) {
      model_unref(*out);
      *out = NULL;
    }
  }
  return status;
}

/* The header's JSON text, and the one within it that describes the model. */
static Status read_header(Reader *r, const char *header, size_t length, json_t **description)
{
  Status status = json_parse(header, length, &r->tensors, r->e);
  const json_t *assay = json_object_get(json_object_get(r->tensors, "__metadata__"), "assay");
  if (status == STATUS_OK && assay) {
    status = json_parse(json_string_value(assay), json_string_length(assay), description, r->e);
  }
  return status != STATUS_OK || json_is_object(*description) ? status : bad(r, _("its header holds no model"));
}

Status model_of_bytes(const char *bytes, size_t size, const char *path, Model **out, Error *e)
{
  Reader r = {.path = path, .e = e};
  json_t *description = NULL;
  uint64_t length = 0;
  *out = NULL;
  json_prepare();
  if (size >= 8) {
    memcpy(&length, bytes, sizeof length);
    length = le64toh(length);
  }
  if (length < 2 || length > HEADER_MOST || length > size - 8) {
    return bad(&r, _("it does not begin with a safetensors header"));
  }
  r.data = bytes + 8 + length;
  r.size = size - 8 - (size_t)length;
  Status status = read_header(&r, bytes + 8, (size_t)length, &description);
  if (status == STATUS_OK) {
    status = read_model(&r, "", description, 0, out);
  }
  if (status == STATUS_OK && r.used != r.size) {
    model_unref(*out);
    *out = NULL;
    status = bad(&r, _("it holds more than the model"));
  }
  json_decref(description);
  json_decref(r.tensors);
  return status;
}

Status model_load(const char *path, Model **out, Error *e)
{
  char *bytes = NULL;
  size_t size = 0;
  *out = NULL;
  Status status = file_read(path, FILE_MOST, &bytes, &size, e);
  if (status == STATUS_OK) {
    status = model_of_bytes(bytes, size, path, out, e);
  }
  mem_free(bytes);
  return status;
}
