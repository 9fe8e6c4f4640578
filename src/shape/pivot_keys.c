/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of keys, and aggregates by name. */
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "shape/pivot.h"

/* The codes of a category as numbers; missing cells stay missing. */
static Status code_column(const Column *column, Column **out, Error *e)
{
  const size_t rows = column_rows(column);
  int64_t *codes = mem_alloc(rows, sizeof *codes);
  if (!codes) {
    return error_memory(e, rows * sizeof *codes, _("levels"));
  }
  for (size_t i = 0; i < rows; i++) {
    codes[i] = column_valid(column, i) ? column_code(column, i) : INT64_MAX;
  }
  const Status status = column_of_ints(codes, rows, out, e);
  mem_free(codes);
  return status;
}

static Status as_they_are(size_t rows, size_t **out, Error *e)
{
  *out = mem_alloc(rows, sizeof **out);
  for (size_t i = 0; *out && i < rows; i++) {
    (*out)[i] = i;
  }
  return *out ? STATUS_OK : error_memory(e, rows * sizeof **out, _("keys"));
}

Status pivot_order(const Frame *keys, LevelOrder order, Task *task, size_t **out, Error *e)
{
  const size_t n = frame_columns(keys), rows = frame_rows(keys);
  *out = NULL;
  if (order == LEVELS_APPEARANCE || n == 0) {
    return as_they_are(rows, out, e);
  }
  Column **held = mem_zero(n, sizeof *held);
  OrderKey *by = mem_zero(n, sizeof *by);
  Status status = held && by ? STATUS_OK : error_memory(e, 0, _("keys"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const Column *column = frame_column(keys, i);
    if (order == LEVELS_LEVELS && column_type(column) == TYPE_CATEGORY) {
      status = code_column(column, &held[i], e);
    } else {
      held[i] = column_ref(column);
    }
    by[i].column = held[i];
  }
  if (status == STATUS_OK) {
    status = order_rows(by, n, rows, task, out, e);
  }
  for (size_t i = 0; held && i < n; i++) {
    column_unref(held[i]);
  }
  mem_free(held);
  mem_free(by);
  return status;
}

/* Whether a column goes with a letter of ShapeFunction's types. */
static bool letter_fits(char letter, char result, Type type)
{
  switch (letter) {
    case 'f':
      return type_is_numeric(type) || type == TYPE_BOOL;
    case 'n':
      return type_is_numeric(type) || (type == TYPE_BOOL && result == 'f');
    case 'i':
      return type == TYPE_INT64;
    case 'b':
      return type == TYPE_BOOL;
    case 't':
      return type == TYPE_TIMESTAMP;
    case 's':
      return type_is_text(type);
    default:
      return letter == 'a';
  }
}

/* Of one column, or of none, whatever else it can take. */
static bool function_fits(const ShapeFunction *function, const Column *column)
{
  const char *types = function->types, *rest = types + (column != NULL);
  if (!column) {
    return types[0] == ':' || types[0] == '?';
  }
  return types[0] != ':' && (rest[0] == ':' || rest[0] == '?') &&
         letter_fits(types[0], strchr(types, ':')[1], column_type(column));
}

static Status no_function(const char *name, bool named, const Column *column, const char *column_name, Error *e)
{
  const char *names[128];
  size_t n = 0;
  for (size_t i = 0; aggregate_at(i) && n < 128; i++) {
    const char *types = aggregate_at(i)->types;
    if (types[0] == ':' || types[1] == ':' || types[1] == '?') {
      names[n++] = aggregate_at(i)->name;
    }
  }
  if (named && column) {
    (void)error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("%1$s cannot be made of column '%2$s' of %3$s"),
                    name, column_name, type_name(column_type(column)));
    error_hint(e, _("count, distinct, first, last and mode go with any type; ?functions has all"));
    return STATUS_ARGUMENT;
  }
  (void)error_set(e, STATUS_NAME, "unknown-function", _("there is no aggregate '%s' of one column"), name);
  const size_t near = text_nearest(name, names, n);
  (void)(near < n ? error_hint(e, _("did you mean '%s'?"), names[near])
                  : error_hint(e, _("such as count, sum, mean, median, min, max, first; ?functions has all")));
  return STATUS_NAME;
}

Status pivot_aggregate(const char *name, const Column *column, const char *column_name, ShapeCall *out, Error *e)
{
  bool named = false;
  for (size_t i = 0; aggregate_at(i); i++) {
    const ShapeFunction *function = aggregate_at(i);
    if (strcmp(function->name, name) != 0) {
      continue;
    }
    const char *types = function->types;
    named = named || types[0] == ':' || types[1] == ':' || types[1] == '?';
    if (function_fits(function, column)) {
      *out = (ShapeCall){.function = function, .columns = {column}, .n = column != NULL};
      return STATUS_OK;
    }
  }
  return no_function(name, named, column, column_name, e);
}
