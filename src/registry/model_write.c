/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model to bytes. Tensors are named by the path of their frame and column ("0.2.values": frame 0, column 2; a child's
 * tensors begin with "c0/"). Numbers: values. String: offsets and bytes of the cells' texts. Category: offsets and bytes of
 * the levels, values the codes; set: the same, and cells, the offsets of the rows in values. Where cells are missing: valid,
 * 0 or 1 a row. Options keep their order, so that a file that is read and written again is the same. */
#include <endian.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "registry/model_json.h"
#include "registry/model_layout.h"

typedef struct Writer {
  json_t *tensors;  /* the header */
  Text data;        /* what follows it */
  bool failed;
} Writer;

static void put_tensor(Writer *w, const char *name, const char *dtype, size_t items, const void *bytes, size_t size)
{
  json_t *entry = json_pack("{s:s, s:[I], s:[I, I]}", "dtype", dtype, "shape", (json_int_t)items, "data_offsets",
                            (json_int_t)w->data.size, (json_int_t)(w->data.size + size));
  text_add(&w->data, bytes, size);
  if (!entry || json_object_set_new(w->tensors, name, entry) != 0) {
    w->failed = true;
  }
}

static void put_words(Writer *w, const char *prefix, const char *part, const char *dtype, const Text *words)
{
  Text name = {0};
  text_printf(&name, "%s.%s", prefix, part);
  put_tensor(w, text_data(&name), dtype, words->size / 8, text_data(words), words->size);
  w->failed = w->failed || name.failed || words->failed;
  text_free(&name);
}

static void add_word(Text *words, uint64_t word)
{
  const uint64_t little = htole64(word);
  text_add(words, (const char *)&little, sizeof little);
}

static void put_numbers(Writer *w, const char *prefix, const Column *column)
{
  const bool is_float = column_type(column) == TYPE_FLOAT64;
  Text words = {0};
  for (size_t row = 0; row < column_rows(column); row++) {
    uint64_t word = 0;
    if (column_valid(column, row)) {
      const double number = is_float ? column_float(column, row) : 0;
      const int64_t integer = is_float ? 0 : column_int(column, row);
      memcpy(&word, is_float ? (const void *)&number : (const void *)&integer, sizeof word);
    }
    add_word(&words, word);
  }
  put_words(w, prefix, "values", is_float ? "F64" : "I64", &words);
  text_free(&words);
}

static void put_bytes(Writer *w, const char *prefix, const Text *bytes, const Text *offsets)
{
  Text name = {0};
  put_words(w, prefix, "offsets", "I64", offsets);
  text_printf(&name, "%s.bytes", prefix);
  put_tensor(w, text_data(&name), "U8", bytes->size, text_data(bytes), bytes->size);
  w->failed = w->failed || name.failed || bytes->failed;
  text_free(&name);
}

/* The texts of the cells of a string column, or of the levels of the others. */
static void put_texts(Writer *w, const char *prefix, const Column *column)
{
  const bool cells = column_type(column) == TYPE_STRING;
  const size_t n = cells ? column_rows(column) : column_levels(column);
  Text bytes = {0}, offsets = {0};
  add_word(&offsets, 0);
  for (size_t i = 0; i < n; i++) {
    if (!cells || column_valid(column, i)) {
      size_t length;
      const char *text = cells ? column_text(column, i, &length) : column_level(column, i, &length);
      text_add(&bytes, text, length);
    }
    add_word(&offsets, bytes.size);
  }
  put_bytes(w, prefix, &bytes, &offsets);
  text_free(&bytes);
  text_free(&offsets);
}

static void put_codes(Writer *w, const char *prefix, const Column *column)
{
  const bool sets = column_type(column) == TYPE_SET;
  Text values = {0}, cells = {0};
  add_word(&cells, 0);
  for (size_t row = 0; row < column_rows(column); row++) {
    const bool valid = column_valid(column, row);
    if (sets) {
      const int32_t *codes = NULL;
      const size_t n = valid ? column_set(column, row, &codes) : 0;
      for (size_t i = 0; i < n; i++) {
        add_word(&values, (uint64_t)codes[i]);
      }
      add_word(&cells, values.size / 8);
    } else {
      add_word(&values, valid ? (uint64_t)column_code(column, row) : 0);
    }
  }
  put_words(w, prefix, "values", "I64", &values);
  if (sets) {
    put_words(w, prefix, "cells", "I64", &cells);
  }
  text_free(&values);
  text_free(&cells);
}

static void put_valid(Writer *w, const char *prefix, const Column *column)
{
  Text words = {0};
  for (size_t row = 0; row < column_rows(column); row++) {
    add_word(&words, column_valid(column, row));
  }
  put_words(w, prefix, "valid", "I64", &words);
  text_free(&words);
}

static json_t *describe_column(Writer *w, const char *prefix, const char *name, const Column *column)
{
  static const char *const roles[] = {"none", "label", "predicted"};
  const Type type = column_type(column);
  if (type == TYPE_CATEGORY || type == TYPE_SET) {
    put_texts(w, prefix, column);
    put_codes(w, prefix, column);
  } else if (type == TYPE_STRING) {
    put_texts(w, prefix, column);
  } else {
    put_numbers(w, prefix, column);
  }
  if (column_missing(column) > 0) {
    put_valid(w, prefix, column);
  }
  return json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", name, "type", type_name(type), "role", roles[column_role(column)],
                   "zone", type == TYPE_TIMESTAMP ? column_zone(column) : "", "missing", column_missing(column) > 0);
}

/* Takes the item, also when there is no list or the item is NULL for want of memory. */
static void append(Writer *w, json_t *list, json_t *item)
{
  if (json_array_append_new(list, item) != 0) {
    w->failed = true;
  }
}

static json_t *describe_frame(Writer *w, const char *path, const NamedFrame *named)
{
  json_t *columns = json_array();
  for (size_t i = 0; columns && i < frame_columns(named->frame); i++) {
    Text prefix = {0};
    text_printf(&prefix, "%s.%zu", path, i);
    append(w, columns,
           describe_column(w, text_data(&prefix), frame_name(named->frame, i), frame_column(named->frame, i)));
    w->failed = w->failed || prefix.failed;
    text_free(&prefix);
  }
  return json_pack("{s:s, s:I, s:o}", "name", named->name, "rows", (json_int_t)frame_rows(named->frame), "columns", columns);
}

static json_t *describe_model(Writer *w, const char *path, Model *model)
{
  json_t *frames = json_array(), *children = json_array();
  for (size_t i = 0; i < model->n_frames; i++) {
    Text name = {0};
    text_printf(&name, "%s%zu", path, i);
    append(w, frames, describe_frame(w, text_data(&name), &model->frames[i]));
    w->failed = w->failed || name.failed;
    text_free(&name);
  }
  for (size_t i = 0; i < model->n_children; i++) {
    Text name = {0};
    text_printf(&name, "%sc%zu/", path, i);
    json_t *child = describe_model(w, text_data(&name), model->children[i].model);
    append(w, children, json_pack("{s:s, s:o}", "name", model->children[i].name, "model", child));
    w->failed = w->failed || name.failed;
    text_free(&name);
  }
  return json_pack("{s:i, s:s, s:i, s:o, s:s, s:o, s:o}", "format", 1, "primitive", model->name, "version",
                   model->primitive->version, "options", json_of_value(&model->options), "data", model_data_digest(model),
                   "frames", frames, "children", children);
}

/* What a file cannot hold is refused before anything is written. */
static Status check_model(const Model *model, int depth, Error *e)
{
  if (depth > JSON_DEPTH_MOST) {
    return error_set(e, STATUS_DATA, "not-supported", _("a model file cannot keep models nested so deep"));
  }
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < model->options.list.n; i++) {
    status = json_check_value(model->options.list.names[i], &model->options.list.items[i], e);
  }
  for (size_t i = 0; status == STATUS_OK && i < model->n_children; i++) {
    status = check_model(model->children[i].model, depth + 1, e);
  }
  return status;
}

/* Header and data into one byte string; the header is padded to 8 bytes with blanks, as the format's readers expect. */
static Status join(Writer *w, const char *header, Text *out, Error *e)
{
  const size_t length = strlen(header), padded = (length + 7) / 8 * 8;
  const uint64_t little = htole64(padded);
  text_add(out, (const char *)&little, sizeof little);
  text_add(out, header, length);
  text_repeat(out, " ", padded - length);
  text_add(out, text_data(&w->data), w->data.size);
  return text_status(out, e);
}

Status model_to_bytes(const Model *model, Text *out, Error *e)
{
  json_prepare();
  Status status = check_model(model, 0, e);
  if (status != STATUS_OK) {
    return status;
  }
  Writer w = {.tensors = json_object()};
  json_t *description = w.tensors ? describe_model(&w, "", (Model *)model) : NULL;
  char *text = description ? json_dumps(description, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
  if (!text || json_object_set_new(w.tensors, "__metadata__", json_pack("{s:s}", "assay", text)) != 0) {
    w.failed = true;
  }
  char *header = w.failed ? NULL : json_dumps(w.tensors, JSON_COMPACT | JSON_SORT_KEYS);
  status = header && !w.data.failed ? join(&w, header, out, e) : error_memory(e, 0, _("a model file"));
  json_decref(description);
  json_decref(w.tensors);
  mem_free(text);
  mem_free(header);
  text_free(&w.data);
  return status;
}

Status model_save(const Model *model, const char *path, Error *e)
{
  Text bytes = {0};
  FileWriter *writer = NULL;
  Status status = model_to_bytes(model, &bytes, e);
  if (status == STATUS_OK) {
    status = file_create(path, &writer, e);
  }
  if (status == STATUS_OK) {
    status = file_write(writer, text_data(&bytes), bytes.size, e);
    if (status == STATUS_OK) {
      status = file_commit(writer, e);
    } else {
      file_discard(writer);
    }
  }
  text_free(&bytes);
  return status;
}
