/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/hierarchical_distances_primitives.h"

#include <math.h>
#include <string.h>

#include "cluster/linkage.h"

static Status refuse(size_t a, size_t b, const char *why, Error *e)
{
  error_set(e, STATUS_DATA, "bad-distances", _("the distance of rows %1$zu and %2$zu %3$s"), a, b, why);
  return error_hint(e, _("columns a, b, distance with all pairs of rows, or a square with 0 on the diagonal"));
}

/* Puts a distance into the triangle, where NaN is a pair not yet seen. */
static Status put(double *triangle, size_t n, size_t a, size_t b, double value, Error *e)
{
  if (!(value >= 0) || isinf(value)) {
    return refuse(a + 1, b + 1,
                  isnan(value)   ? _("is missing")
                  : isinf(value) ? _("is not finite")
                                 : _("is negative"),
                  e);
  }
  if (a == b) {
    return value == 0 ? STATUS_OK : refuse(a + 1, b + 1, _("is not 0"), e);
  }
  double *cell = &triangle[a < b ? linkage_at(n, a, b) : linkage_at(n, b, a)];
  if (!isnan(*cell) && !(fabs(*cell - value) <= 1e-12 * fmax(*cell, value))) {
    return refuse(a + 1, b + 1, _("is given twice, with different values"), e);
  }
  *cell = isnan(*cell) ? value : *cell;
  return STATUS_OK;
}

static Status read_square(const Task *task, const Frame *square, size_t n, double *triangle, Error *e)
{
  for (size_t j = 0; j < n; j++) {
    const Column *cells = frame_column(square, j);
    if (!type_is_numeric(column_type(cells))) {
      return error_set(e, STATUS_DATA, "bad-distances", _("column '%s' of the distances is no number"),
                       frame_name(square, j));
    }
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t i = 0; i < n; i++) {
      const Status status = put(triangle, n, i, j, column_valid(cells, i) ? column_float(cells, i) : NAN, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  return STATUS_OK;
}

/* A row number from 1, as a number from 0; SIZE_MAX when it is none. */
static size_t read_number(const Column *cells, size_t at, size_t n)
{
  const double number = column_valid(cells, at) ? column_float(cells, at) : 0;
  return number >= 1 && number <= (double)n && number == floor(number) ? (size_t)number - 1 : SIZE_MAX;
}

static Status read_pairs(const Task *task, const Frame *pairs, size_t n, double *triangle, Error *e)
{
  static const char *const names[] = {"a", "b", "distance"};
  const Column *cells[3];
  for (size_t c = 0; c < 3; c++) {
    size_t column;
    const Status status = frame_need(pairs, names[c], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    cells[c] = frame_column(pairs, column);
    if (!type_is_numeric(column_type(cells[c]))) {
      return error_set(e, STATUS_DATA, "bad-distances", _("column '%s' of the distances is no number"), names[c]);
    }
  }
  for (size_t i = 0; i < frame_rows(pairs); i++) {
    const size_t a = read_number(cells[0], i, n), b = read_number(cells[1], i, n);
    if (a == SIZE_MAX || b == SIZE_MAX) {
      return error_set(e, STATUS_DATA, "bad-distances",
                       _("row %1$zu of the distances names no row of the data, which has %2$zu"), i + 1, n);
    }
    if (i % 4096 == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    const Status status = put(triangle, n, a, b, column_valid(cells[2], i) ? column_float(cells[2], i) : NAN, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

Status hierarchical_distances(const Task *task, const Frame *distances, size_t n, double *triangle, Error *e)
{
  size_t column;
  const size_t cells = linkage_cells(n);
  const bool square = frame_columns(distances) == n && frame_rows(distances) == n &&
                      !(n == 3 && frame_find(distances, "distance", &column));
  for (size_t i = 0; i < cells; i++) {
    triangle[i] = NAN;
  }
  const Status status =
      square ? read_square(task, distances, n, triangle, e) : read_pairs(task, distances, n, triangle, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t a = 0, at = 0; a + 1 < n; a++) {
    for (size_t b = a + 1; b < n; b++, at++) {
      if (isnan(triangle[at])) {
        return refuse(a + 1, b + 1, _("is not there"), e);
      }
    }
  }
  return STATUS_OK;
}
