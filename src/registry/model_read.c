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

enum { HEADER_MOST = 100 << 20, DEPTH_MOST = 8 };
static const size_t FILE_MOST = (size_t)16 << 30;

typedef struct Reader {
  const char *path;
  json_t *tensors;
  const char *data;
  size_t size;
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
  return error_hint(r->e, _("write it again with m:save(path)"));
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

static Status get_tensor(const Reader *r, const char *prefix, const char *part, const char *dtype, Tensor *out)
{
  Text name = {0};
  text_printf(&name, "%s.%s", prefix, part);
  const json_t *entry = name.failed ? NULL : json_object_get(r->tensors, text_data(&name));
  text_free(&name);
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
  if (json_integer_value(json_array_get(shape, 0)) != (json_int_t)out->items) {
    return bad(r, _("a tensor's shape does not fit its length"));
  }
  return STATUS_OK;
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
  size_t rows;
  bool missing;
  Tensor valid, values, offsets, bytes, cells;
} Shape;

static Status get_shape(const Reader *r, const char *prefix, Shape *shape)
{
  Status status = STATUS_OK;
  if (shape->missing) {
    TRY(get_tensor(r, prefix, "valid", "I64", &shape->valid));
  }
  if (shape->type == TYPE_SET || type_is_text(shape->type)) {
    TRY(get_tensor(r, prefix, "offsets", "I64", &shape->offsets));
    TRY(get_tensor(r, prefix, "bytes", "U8", &shape->bytes));
    if (!offsets_sound(&shape->offsets, shape->bytes.items)) {
      TRY(bad(r, _("offsets of texts are out of order")));
    }
  } else {
    TRY(get_tensor(r, prefix, "values", shape->type == TYPE_FLOAT64 ? "F64" : "I64", &shape->values));
  }
  size_t rows = shape->type == TYPE_SET || type_is_text(shape->type) ? shape->offsets.items - 1 : shape->values.items;
  if (shape->type == TYPE_SET) {
    TRY(get_tensor(r, prefix, "cells", "I64", &shape->cells));
    if (!offsets_sound(&shape->cells, rows)) {
      TRY(bad(r, _("offsets of sets are out of order")));
    }
    rows = shape->cells.items - 1;
  }
  if (rows != shape->rows || (shape->missing && shape->valid.items != rows)) {
    TRY(bad(r, _("a column has another number of rows than its frame")));
  }
done:
  return status;
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
  case TYPE_SET:
    for (size_t i = word_at(&shape->cells, row); i < word_at(&shape->cells, row + 1); i++) {
      add_text(builder, shape, i);
    }
    builder_set(builder);
    break;
  default: add_text(builder, shape, row);
  }
}

static bool role_of(const char *name, Role *role)
{
  *role = strcmp(name, "label") == 0 ? ROLE_LABEL : strcmp(name, "predicted") == 0 ? ROLE_PREDICTED : ROLE_NONE;
  return *role != ROLE_NONE || strcmp(name, "none") == 0;
}

static Status read_column(const Reader *r, const char *prefix, const json_t *description, size_t rows, const char **name,
                          Column **out)
{
  const char *type, *role_name, *zone;
  Role role;
  Shape shape = {.rows = rows, .missing = json_is_true(json_object_get(description, "missing"))};
  if (!json_get_text(description, "name", name) || !json_get_text(description, "type", &type) ||
      !json_get_text(description, "role", &role_name) || !json_get_text(description, "zone", &zone) ||
      !type_of_name(type, &shape.type) || !role_of(role_name, &role)) {
    return bad(r, _("a column's description is not right"));
  }
  const Status status = get_shape(r, prefix, &shape);
  if (status != STATUS_OK) {
    return status;
  }
  Builder *builder = builder_new(shape.type, rows);
  if (!builder) {
    return error_memory(r->e, 0, _("a column"));
  }
  for (size_t row = 0; row < rows; row++) {
    add_cell(builder, &shape, row);
  }
  builder_role(builder, role);
  if (zone[0]) {
    builder_zone(builder, zone);
  }
  return builder_finish(builder, out, r->e);
}

static Status read_frame(const Reader *r, const char *path, const json_t *description, Frame **out)
{
  const json_t *columns = json_object_get(description, "columns");
  size_t rows;
  Draft *draft = draft_new();
  Status status = draft ? STATUS_OK : error_memory(r->e, 0, _("a frame"));
  *out = NULL;
  if (!json_is_array(columns) || !json_get_size(description, "rows", &rows)) {
    draft_free(draft);
    return bad(r, _("a frame's description is not right"));
  }
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
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, r->e);
}

/* Frames kept for options go back to the options they came from. */
static Status restore_option(Model *model, const char *name, const Frame *frame, Error *e)
{
  const size_t prefix = strlen("option.");
  if (strncmp(name, "option.", prefix) != 0) {
    return STATUS_OK;
  }
  for (size_t i = 0; i < model->options.list.n; i++) {
    if (strcmp(model->options.list.names[i], name + prefix) == 0) {
      value_free(&model->options.list.items[i]);
      model->options.list.items[i] = value_of_frame(frame_ref(frame));
      return STATUS_OK;
    }
  }
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("a frame belongs to no option"));
}

static Status read_frames(const Reader *r, const char *path, const json_t *description, Model *model)
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
      status = restore_option(model, name, frame, r->e);
      if (status == STATUS_OK) {
        status = model_set_frame(model, name, frame, r->e);
      } else {
        frame_unref(frame);
      }
    }
    text_free(&prefix);
  }
  return status;
}

static Status read_model(const Reader *r, const char *path, const json_t *description, int depth, Model **out);

static Status read_children(const Reader *r, const char *path, const json_t *description, int depth, Model *model)
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
    return error_hint(r->e, _("load the plugin that declares it first"));
  }
  if (version > (size_t)(*out)->version) {
    return bad(r, _("it was written by a newer version of the program"));
  }
  return STATUS_OK;
}

static Status read_model(const Reader *r, const char *path, const json_t *description, int depth, Model **out)
{
  const Primitive *primitive = NULL;
  Model *model = NULL;
  const char *digest;
  *out = NULL;
  Status status = depth > DEPTH_MOST ? bad(r, _("models are nested too deep")) : STATUS_OK;
  if (status == STATUS_OK) {
    status = find_primitive(r, description, &primitive);
  }
  if (status == STATUS_OK) {
    status = model_empty(primitive, &model, r->e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  const json_t *options = json_object_get(description, "options");
  status = json_is_object(options) ? json_to_value(options, &model->options, r->e) : bad(r, _("the options are missing"));
  if (status == STATUS_OK && model->options.kind != VALUE_MAP) {
    status = bad(r, _("the options are missing"));
  }
  if (json_get_text(description, "data", &digest) && strlen(digest) < sizeof model->data_digest) {
    strcpy(model->data_digest, digest);
  }
  if (status == STATUS_OK) {
    status = read_frames(r, path, description, model);
  }
  if (status == STATUS_OK) {
    status = read_children(r, path, description, depth, model);
  }
  if (status == STATUS_OK && (!model_frame(model, "tidy") || !model_frame(model, "glance"))) {
    status = bad(r, _("it lacks tidy or glance"));
  }
  if (status == STATUS_OK && primitive->model->check) {
    status = primitive->model->check(model, r->e);
  }
  if (status != STATUS_OK) {
    model_unref(model);
    return status;
  }
  *out = model;
  return STATUS_OK;
}

/* The tensors fill the data to the last byte, as the format asks: nothing was cut off or put behind. */
static bool fills_data(json_t *tensors, size_t size)
{
  const char *name;
  json_t *entry;
  size_t sum = 0;
  json_object_foreach(tensors, name, entry) {
    size_t from = 0, to = 0;
    if (strcmp(name, "__metadata__") != 0 &&
        (!offsets_of(entry, &from, &to) || to > size || __builtin_add_overflow(sum, to - from, &sum))) {
      return false;
    }
  }
  return sum == size;
}

Status model_of_bytes(const char *bytes, size_t size, const char *path, Model **out, Error *e)
{
  Reader r = {.path = path, .e = e};
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
  r.tensors = json_loadb(bytes + 8, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
  const char *text = json_string_value(json_object_get(json_object_get(r.tensors, "__metadata__"), "assay"));
  json_t *description = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
  const Status status = !json_is_object(description)        ? bad(&r, _("its header holds no model"))
                        : !fills_data(r.tensors, r.size) ? bad(&r, _("its header and its data differ in length"))
                                                         : read_model(&r, "", description, 0, out);
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
