/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/gower_cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/variables.h"
#include "core/alloc.h"
#include "core/map.h"

/* A column on its way in. */
typedef struct Source {
  const Column *cells;
  const char *name;
  const size_t *rows;
  size_t n;
} Source;

static size_t row_of(const Source *source, size_t i)
{
  return source->rows ? source->rows[i] : i;
}

void gower_cells_free(GowerCells *cells)
{
  mem_free(cells->values);
  mem_free(cells->codes);
  *cells = (GowerCells){0};
}

static Status wrong_type(const Source *source, const char *why, Error *e)
{
  return error_set(e, STATUS_ARGUMENT, "gower-type", _("column '%1$s' of type %2$s: %3$s"), source->name,
                   type_name(column_type(source->cells)), why);
}

/* ---- numbers */

static Status read_numbers(const Source *source, GowerCells *out, Error *e)
{
  for (size_t i = 0; i < source->n; i++) {
    const size_t row = row_of(source, i);
    const bool known = column_valid(source->cells, row);
    out->values[i] = known ? column_float(source->cells, row) : (double)NAN;
    out->gaps |= !known;
    if (known && !isfinite(out->values[i])) {
      return variables_not_finite(source->name, row + 1, out->values[i], e);
    }
  }
  return STATUS_OK;
}

static Status read_levels(const Source *source, GowerCells *out, Error *e)
{
  if (column_type(source->cells) == TYPE_STRING) {
    return wrong_type(source, _("texts have no order; a category has that of its levels"), e);
  }
  for (size_t i = 0; i < source->n; i++) {
    const size_t row = row_of(source, i);
    const bool known = column_valid(source->cells, row);
    out->values[i] = known ? column_code(source->cells, row) : (double)NAN;
    out->gaps |= !known;
  }
  return STATUS_OK;
}

static int compare_numbers(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Puts the distinct numbers in order; gives how many. */
static size_t distinct(double *values, size_t n)
{
  size_t kept = 0;
  qsort(values, n, sizeof *values, compare_numbers);
  for (size_t i = 0; i < n; i++) {
    if (kept == 0 || values[i] != values[kept - 1]) {
      values[kept++] = values[i];
    }
  }
  return kept;
}

static size_t position(const double *sorted, size_t n, double x)
{
  size_t low = 0;
  for (size_t high = n; low < high;) {
    const size_t middle = (low + high) / 2;
    if (sorted[middle] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static Status rank_numbers(const Source *source, GowerCells *out, Error *e)
{
  double *sorted = mem_alloc(source->n, sizeof *sorted);
  size_t known = 0;
  if (!sorted) {
    return error_memory(e, source->n * sizeof *sorted, _("ranks"));
  }
  for (size_t i = 0; i < source->n; i++) {
    if (!isnan(out->values[i])) {
      sorted[known++] = out->values[i];
    }
  }
  known = distinct(sorted, known);
  for (size_t i = 0; i < source->n; i++) {
    out->values[i] = isnan(out->values[i]) ? out->values[i] : (double)position(sorted, known, out->values[i]);
  }
  mem_free(sorted);
  return STATUS_OK;
}

static Status take_logarithms(const Source *source, GowerCells *out, Error *e)
{
  for (size_t i = 0; i < source->n; i++) {
    if (out->values[i] <= 0) {
      return error_set(e, STATUS_DATA, "gower-type",
                       _("row %1$zu of column '%2$s' is not above 0, so it has no logarithm"), row_of(source, i) + 1,
                       source->name);
    }
    out->values[i] = log10(out->values[i]);
  }
  return STATUS_OK;
}

static void scale_numbers(const Source *source, GowerColumn *column, GowerCells *out)
{
  if (isnan(column->range)) {
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (size_t i = 0; i < source->n; i++) {
      low = out->values[i] < low ? out->values[i] : low;
      high = out->values[i] > high ? out->values[i] : high;
    }
    column->low = high >= low ? low : 0;
    column->range = high > low ? high - low : 0;
  }
  for (size_t i = 0; i < source->n; i++) {
    const double moved = out->values[i] - column->low;
    out->values[i] = isnan(moved) ? moved : column->range > 0 ? moved / column->range : 0;
  }
}

static Status number_cells(const Source *source, GowerColumn *column, GowerCells *out, Error *e)
{
  const Type type = column_type(source->cells);
  Status status;
  out->values = mem_buffer(source->n, sizeof *out->values);
  TRY(out->values ? STATUS_OK : error_memory(e, source->n * sizeof *out->values, _("dissimilarities")));
  if (type_is_text(type) || type == TYPE_SET) {
    TRY(column->type == GOWER_ORDINAL && type != TYPE_SET ? STATUS_OK
                                                          : wrong_type(source, _("it holds no numbers"), e));
    TRY(read_levels(source, out, e));
  } else {
    TRY(read_numbers(source, out, e));
  }
  if (column->type == GOWER_LOG_RATIO) {
    TRY(take_logarithms(source, out, e));
  } else if (column->type == GOWER_ORDINAL && !type_is_text(type)) {
    TRY(rank_numbers(source, out, e));
  }
  scale_numbers(source, column, out);
done:
  return status;
}

/* ---- codes */

/* Numbers and texts by first appearance; -0 is 0. */
static Status number_classes(const Source *source, Map *map, GowerCells *out, Error *e)
{
  for (size_t i = 0; i < source->n; i++) {
    const size_t row = row_of(source, i);
    size_t length = sizeof(double), code;
    const char *bytes;
    double number;
    if (!column_valid(source->cells, row)) {
      continue;
    }
    if (type_is_text(column_type(source->cells))) {
      bytes = column_text(source->cells, row, &length);
    } else {
      number = column_float(source->cells, row) + 0.0;
      bytes = (const char *)&number;
    }
    const Status status = map_put(map, bytes, length, &code, NULL, e);
    if (status != STATUS_OK) {
      return status;
    }
    out->codes[i] = (int32_t)code;
  }
  return STATUS_OK;
}

/* Whether the first of two classes is the telling one: the later text, level or number. A class alone tells unless it
 * is 0 or false. */
static bool first_tells(const Source *source, const Map *map)
{
  size_t length[2] = {0, 0};
  const char *const one = map_key(map, 0, &length[0]);
  const char *const two = map_size(map) > 1 ? map_key(map, 1, &length[1]) : NULL;
  if (type_is_text(column_type(source->cells))) {
    const size_t shorter = length[0] < length[1] ? length[0] : length[1];
    const int order = two ? memcmp(one, two, shorter) : 1;
    return order != 0 ? order > 0 : length[0] > length[1];
  }
  double x, y = 0;
  memcpy(&x, one, sizeof x);
  if (two) {
    memcpy(&y, two, sizeof y);
  }
  return two ? x > y : x != 0;
}

static Status asymmetric_codes(const Source *source, const Map *map, GowerCells *out, Error *e)
{
  if (map_size(map) > 2) {
    return wrong_type(source, _("asymmetric needs two classes, and it has more"), e);
  }
  const bool swap = map_size(map) > 0 && first_tells(source, map);
  for (size_t i = 0; i < source->n; i++) {
    out->codes[i] = out->codes[i] < 0 ? -1 : swap ? 1 - out->codes[i] : out->codes[i];
  }
  return STATUS_OK;
}

/* The levels of a category are classes already; of two, the later one tells. */
static Status level_codes(const Source *source, const GowerColumn *column, GowerCells *out, Error *e)
{
  if (column->type == GOWER_ASYMMETRIC && column_levels(source->cells) > 2) {
    return wrong_type(source, _("asymmetric needs two classes, and it has more"), e);
  }
  for (size_t i = 0; i < source->n; i++) {
    const size_t row = row_of(source, i);
    out->codes[i] = column_valid(source->cells, row) ? column_code(source->cells, row) : -1;
  }
  return STATUS_OK;
}

static Status class_cells(const Source *source, const GowerColumn *column, GowerCells *out, Error *e)
{
  Map *map = map_new();
  Status status;
  out->codes = mem_buffer(source->n, sizeof *out->codes);
  TRY(map && out->codes ? STATUS_OK : error_memory(e, source->n * sizeof *out->codes, _("dissimilarities")));
  TRY(column_type(source->cells) != TYPE_SET ? STATUS_OK : wrong_type(source, _("sets have no classes"), e));
  memset(out->codes, 0xff, source->n * sizeof *out->codes);
  if (column_type(source->cells) == TYPE_CATEGORY) {
    TRY(level_codes(source, column, out, e));
  } else {
    TRY(number_classes(source, map, out, e));
    TRY(column->type == GOWER_ASYMMETRIC ? asymmetric_codes(source, map, out, e) : STATUS_OK);
  }
  for (size_t i = 0; i < source->n; i++) {
    out->gaps |= out->codes[i] < 0;
  }
done:
  map_free(map);
  return status;
}

Status gower_cells_read(const Frame *data, const size_t *rows, size_t n, GowerColumn *column, GowerCells *out,
                        Error *e)
{
  const Source source = {frame_column(data, column->column), frame_name(data, column->column), rows, n};
  return column->type <= GOWER_LOG_RATIO ? number_cells(&source, column, out, e)
                                         : class_cells(&source, column, out, e);
}
