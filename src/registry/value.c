/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "registry/value.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "chart/chart.h"
#include "core/alloc.h"
#include "registry/model.h"

enum { SHOWN_ITEMS = 10, SHOWN_BYTES = 60 };

static void free_items(Value *value)
{
  for (size_t i = 0; i < value->list.n; i++) {
    value_free(&value->list.items[i]);
    if (value->list.names) {
      mem_free(value->list.names[i]);
    }
  }
  mem_free(value->list.items);
  mem_free(value->list.names);
}

void value_free(Value *value)
{
  switch (value->kind) {
  case VALUE_TEXT:
  case VALUE_OTHER: mem_free(value->text.bytes); break;
  case VALUE_LIST:
  case VALUE_MAP: free_items(value); break;
  case VALUE_COLUMN: column_unref(value->column); break;
  case VALUE_FRAME: frame_unref(value->frame); break;
  case VALUE_MODEL: model_unref(value->model); break;
  case VALUE_CHART: chart_unref(value->chart); break;
  default: break;
  }
  memset(value, 0, sizeof *value);
}

const char *value_kind_name(ValueKind kind)
{
  static const char *const names[VALUE_KIND_COUNT] = {
      N_("nothing"), "NA", N_("a boolean"), N_("a whole number"), N_("a number"), N_("a text"), N_("a list"),
      N_("a table"), N_("a column"), N_("a frame"), N_("a model"), N_("a chart"), N_("a value of another kind")};
  return _(names[kind]);
}

size_t value_bytes(const Value *value)
{
  switch (value->kind) {
  case VALUE_COLUMN: return column_bytes(value->column);
  case VALUE_FRAME: return frame_bytes(value->frame);
  case VALUE_MODEL: return model_bytes(value->model);
  case VALUE_CHART: return chart_bytes(value->chart);
  default: return 0;
  }
}

Status value_text(const char *text, size_t length, Value *out, Error *e)
{
  *out = (Value){.kind = VALUE_NONE};
  char *bytes = mem_text(text, length);
  if (!bytes) {
    return error_memory(e, length, _("a text"));
  }
  out->kind = VALUE_TEXT;
  out->text.bytes = bytes;
  out->text.length = length;
  return STATUS_OK;
}

Status value_list(size_t n, bool named, Value *out, Error *e)
{
  *out = (Value){.kind = VALUE_NONE};
  Value *items = mem_zero(n, sizeof *items);
  char **names = named ? mem_zero(n, sizeof *names) : NULL;
  if (!items || (named && !names)) {
    mem_free(items);
    mem_free(names);
    return error_memory(e, n * sizeof *items, _("a list"));
  }
  out->kind = named ? VALUE_MAP : VALUE_LIST;
  out->list.items = items;
  out->list.names = names;
  out->list.n = n;
  return STATUS_OK;
}

const Value *value_get(const Value *map, const char *name)
{
  if (map->kind != VALUE_MAP) {
    return NULL;
  }
  for (size_t i = 0; i < map->list.n; i++) {
    if (strcmp(map->list.names[i], name) == 0) {
      return &map->list.items[i];
    }
  }
  return NULL;
}

static Status copy_items(const Value *value, Value *out, Error *e)
{
  const bool named = value->kind == VALUE_MAP;
  Status status = value_list(value->list.n, named, out, e);
  for (size_t i = 0; status == STATUS_OK && i < value->list.n; i++) {
    status = value_copy(&value->list.items[i], &out->list.items[i], e);
    if (status == STATUS_OK && named) {
      out->list.names[i] = mem_string(value->list.names[i]);
      status = out->list.names[i] ? STATUS_OK : error_memory(e, 0, _("a name"));
    }
  }
  if (status != STATUS_OK) {
    value_free(out);
  }
  return status;
}

Status value_copy(const Value *value, Value *out, Error *e)
{
  switch (value->kind) {
  case VALUE_TEXT:
  case VALUE_OTHER: {
    const Status status = value_text(value->text.bytes, value->text.length, out, e);
    if (status == STATUS_OK) {
      out->kind = value->kind;
    }
    return status;
  }
  case VALUE_LIST:
  case VALUE_MAP: return copy_items(value, out, e);
  case VALUE_COLUMN: *out = value_of_column(column_ref(value->column)); return STATUS_OK;
  case VALUE_FRAME: *out = value_of_frame(frame_ref(value->frame)); return STATUS_OK;
  case VALUE_MODEL: *out = value_of_model(model_ref(value->model)); return STATUS_OK;
  case VALUE_CHART: *out = value_of_chart(chart_ref(value->chart)); return STATUS_OK;
  default: *out = *value; return STATUS_OK;
  }
}

static Digest with_part(Digest digest, Digest part)
{
  const Digest both[] = {digest, part};
  return digest_join(both, 2);
}

static Digest items_digest(const Value *value, Digest digest)
{
  for (size_t i = 0; i < value->list.n; i++) {
    if (value->list.names) {
      digest = with_part(digest, digest_bytes(value->list.names[i], strlen(value->list.names[i])));
    }
    digest = with_part(digest, value_digest(&value->list.items[i]));
  }
  return digest;
}

static Digest number_digest(double number)
{
  const double canonical = isnan(number) ? NAN : number;
  return digest_bytes(&canonical, sizeof canonical);
}

Digest value_digest(const Value *value)
{
  const Digest kind = {(uint64_t)value->kind, 0};
  switch (value->kind) {
  case VALUE_BOOL: return with_part(kind, digest_bytes(value->flag ? "1" : "0", 1));
  case VALUE_INT: return with_part(kind, digest_bytes(&value->integer, sizeof value->integer));
  case VALUE_NUMBER: return with_part(kind, number_digest(value->number));
  case VALUE_TEXT: return with_part(kind, digest_bytes(value->text.bytes, value->text.length));
  case VALUE_LIST:
  case VALUE_MAP: return items_digest(value, (Digest){(uint64_t)value->kind, value->list.n});
  case VALUE_COLUMN: return with_part(kind, column_digest(value->column));
  case VALUE_FRAME: return with_part(kind, frame_digest(value->frame));
  case VALUE_MODEL: return with_part(kind, model_digest(value->model));
  case VALUE_CHART: return with_part(kind, chart_digest(value->chart));
  default: return kind;
  }
}

static Status set_items(const Column *column, size_t row, Value *out, Error *e)
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  Status status = value_list(n, false, out, e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    size_t length;
    const char *text = column_level(column, (size_t)codes[i], &length);
    status = value_text(text, length, &out->list.items[i], e);
  }
  if (status != STATUS_OK) {
    value_free(out);
  }
  return status;
}

Status value_of_cell(const Column *column, size_t row, Value *out, Error *e)
{
  *out = (Value){.kind = VALUE_MISSING};
  if (!column_valid(column, row)) {
    return STATUS_OK;
  }
  switch (column_type(column)) {
  case TYPE_FLOAT64: *out = value_of_number(column_float(column, row)); return STATUS_OK;
  case TYPE_INT64: *out = value_of_int(column_int(column, row)); return STATUS_OK;
  case TYPE_BOOL: *out = value_of_bool(column_int(column, row) != 0); return STATUS_OK;
  case TYPE_SET: return set_items(column, row, out, e);
  case TYPE_TIMESTAMP: {
    Text text = {0};
    column_cell_text(column, row, &text);
    const Status status = text.failed ? error_memory(e, 0, _("a text")) : value_text(text_data(&text), text.size, out, e);
    text_free(&text);
    return status;
  }
  default: {
    size_t length;
    const char *text = column_text(column, row, &length);
    return value_text(text, length, out, e);
  }
  }
}

/* As Lua reads it back: control characters and bytes that are not UTF-8 by their number. */
static void show_text(const char *bytes, size_t length, Text *out)
{
  const size_t shown = length > SHOWN_BYTES ? utf8_whole(bytes, SHOWN_BYTES) : length;
  text_char(out, '"');
  for (size_t i = 0; i < shown;) {
    uint32_t code = 0;
    const size_t size = utf8_decode(bytes + i, shown - i, &code);
    if (size == 0 || code < 0x20 || code == 0x7F) {
      text_printf(out, "\\%03u", (unsigned)(unsigned char)bytes[i]);
    } else {
      text_puts(out, code == '"' || code == '\\' ? "\\" : "");
      text_add(out, bytes + i, size);
    }
    i += size ? size : 1;
  }
  text_puts(out, shown < length ? "...\"" : "\"");
}

static void show_name(const char *name, Text *out)
{
  const size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  if (name[plain] == '\0' && plain > 0 && (name[0] < '0' || name[0] > '9')) {
    text_puts(out, name);
  } else {
    text_char(out, '[');
    show_text(name, strlen(name), out);
    text_char(out, ']');
  }
  text_puts(out, " = ");
}

static void show_number(double number, Text *out)
{
  char digits[32];
  text_of_double(number, digits);
  text_puts(out, digits);
}

static void show_items(const Value *value, Text *out)
{
  text_char(out, '{');
  for (size_t i = 0; i < value->list.n; i++) {
    if (i == SHOWN_ITEMS) {
      text_printf(out, _(", ... %zu more"), value->list.n - i);
      break;
    }
    text_puts(out, i ? ", " : "");
    if (value->list.names) {
      show_name(value->list.names[i], out);
    }
    value_show(&value->list.items[i], out);
  }
  text_char(out, '}');
}

void value_show(const Value *value, Text *out)
{
  switch (value->kind) {
  case VALUE_NONE: text_puts(out, "nil"); break;
  case VALUE_MISSING: text_puts(out, "NA"); break;
  case VALUE_BOOL: text_puts(out, value->flag ? "true" : "false"); break;
  case VALUE_INT: text_printf(out, "%" PRId64, value->integer); break;
  case VALUE_NUMBER: show_number(value->number, out); break;
  case VALUE_TEXT: show_text(value->text.bytes, value->text.length, out); break;
  case VALUE_LIST:
  case VALUE_MAP: show_items(value, out); break;
  case VALUE_COLUMN: text_printf(out, _("a column of %zu rows"), column_rows(value->column)); break;
  case VALUE_FRAME:
    text_printf(out, _("a frame of %1$zu rows and %2$zu columns"), frame_rows(value->frame), frame_columns(value->frame));
    break;
  case VALUE_MODEL: text_printf(out, _("a model of %s"), model_name(value->model)); break;
  case VALUE_CHART: text_printf(out, _("a chart (%s)"), chart_kind(value->chart)); break;
  default: text_puts(out, value->text.bytes ? value->text.bytes : value_kind_name(value->kind)); break;
  }
}
