/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns take part in Gower's dissimilarity, and as what. */
#include <math.h>
#include <string.h>

#include "cluster/gower.h"
#include "core/alloc.h"
#include "core/map.h"

static const char *const type_names[] = {"numeric", "ordinal", "logratio", "nominal", "asymmetric"};
enum { TYPES = sizeof type_names / sizeof *type_names };

const char *gower_type_name(GowerType type)
{
  return type_names[type];
}

bool gower_type_of_name(const char *name, size_t length, GowerType *type)
{
  for (size_t i = 0; i < TYPES; i++) {
    if (strlen(type_names[i]) == length && memcmp(type_names[i], name, length) == 0) {
      *type = (GowerType)i;
      return true;
    }
  }
  return false;
}

static GowerType own_type(const Column *column)
{
  return type_is_text(column_type(column)) || column_type(column) == TYPE_BOOL ? GOWER_NOMINAL : GOWER_NUMERIC;
}

/* Whether every one of many cells is a text of its own. */
static bool all_differ(const Column *column)
{
  const size_t n = column_rows(column);
  Map *const map = map_new();
  bool fresh = map != NULL;
  for (size_t row = 0; fresh && row < n; row++) {
    size_t length, number;
    if (column_valid(column, row)) {
      const char *const text = column_text(column, row, &length);
      fresh = map_put(map, text, length, &number, &fresh, NULL) == STATUS_OK && fresh;
    }
  }
  map_free(map);
  return fresh;
}

bool gower_names_rows(const Column *column)
{
  const size_t n = column_rows(column);
  return (column_type(column) == TYPE_STRING ||
          (column_type(column) == TYPE_CATEGORY && column_levels(column) >= n)) &&
         n > 20 && all_differ(column);
}

static bool is_default(const Frame *data, size_t column, const char *except, Text *notes)
{
  const Column *cells = frame_column(data, column);
  if (column_type(cells) == TYPE_SET || column_role(cells) != ROLE_NONE ||
      (except && strcmp(frame_name(data, column), except) == 0)) {
    return false;
  }
  if (gower_names_rows(cells)) {
    text_printf(notes, _("'%s' is left out: a text of its own in each row; on = {...} chooses\n"),
                frame_name(data, column));
    return false;
  }
  return true;
}

static Status wanted_type(const Frame *data, size_t column, OptionTextMap types, GowerType *out, Error *e)
{
  const char *name = types.all;
  for (size_t i = 0; i < types.n; i++) {
    if (strcmp(types.names[i], frame_name(data, column)) == 0) {
      name = types.items[i];
    }
  }
  *out = own_type(frame_column(data, column));
  if (name && !gower_type_of_name(name, strlen(name), out)) {
    return error_set(e, STATUS_ARGUMENT, "gower-type", _("'%s' is no type of variable"), name);
  }
  return STATUS_OK;
}

/* A name in types that is no column in use would be passed over in silence. */
static Status check_names(const Frame *data, OptionTextMap types, const GowerColumn *columns, size_t d, Error *e)
{
  for (size_t i = 0; i < types.n; i++) {
    size_t column, j = 0;
    const Status status = frame_need(data, types.names[i], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    while (j < d && columns[j].column != column) {
      j++;
    }
    if (j == d) {
      return error_set(e, STATUS_ARGUMENT, "gower-type",
                       _("types names column '%s', which is not among the variables"), types.names[i]);
    }
  }
  return STATUS_OK;
}

Status gower_columns(const Frame *data, OptionTexts on, const char *except, OptionTextMap types, GowerColumn **out,
                     size_t *d, Text *notes, Error *e)
{
  const size_t most = on.n ? on.n : frame_columns(data);
  GowerColumn *columns = mem_alloc(most, sizeof *columns);
  Status status;
  *out = NULL;
  *d = 0;
  TRY(columns ? STATUS_OK : error_memory(e, most * sizeof *columns, _("variables")));
  for (size_t i = 0; i < most; i++) {
    GowerColumn column = {.column = i, .weight = 1, .range = (double)NAN};
    if (on.n) {
      TRY(frame_need(data, on.items[i], &column.column, e));
    } else if (!is_default(data, i, except, notes)) {
      continue;
    }
    TRY(wanted_type(data, column.column, types, &column.type, e));
    columns[(*d)++] = column;
  }
  TRY(*d > 0 ? STATUS_OK : error_set(e, STATUS_DATA, "bad-data", _("the data have no column to compare rows by")));
  TRY(check_names(data, types, columns, *d, e));
  *out = columns;
  columns = NULL;
done:
  mem_free(columns);
  return status;
}
