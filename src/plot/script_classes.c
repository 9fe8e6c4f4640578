/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Classes of points in the order of their values, as the chart in the terminal has them (view/chart_classes.c):
 * numbered by first appearance, ranked by value, those beyond the last number shared. */
#include <string.h>

#include "core/map.h"
#include "plot/script_layout.h"

enum { SHARED = CLASSES_MOST - 1, NO_CLASS = 255, POLL_ROWS = 1 << 16 };

/* Okabe and Ito's colours, those that stand out on white first. */
static const char *const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                     "#e69f00", "#56b4e9", "#000000", "#b3a300"};
static const uint32_t values[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000, 0xb3a300};
enum { COLORS = sizeof colors / sizeof *colors };

const char *color_of(size_t index)
{
  return colors[index % COLORS];
}

uint32_t color_value(size_t index)
{
  return values[index % COLORS];
}

int glyph_of(size_t index)
{
  static const int glyphs[COLORS] = {7, 5, 9, 13, 11, 15, 2, 1};
  return glyphs[(index + index / COLORS) % COLORS];
}

/* The bytes by which equal cells are known. */
static const char *key_of(const Column *column, size_t row, double *number, size_t *length)
{
  if (type_is_text(column_type(column))) {
    return column_text(column, row, length);
  }
  *number = column_float(column, row) + 0.0; /* one zero */
  *length = sizeof *number;
  return (const char *)number;
}

/* Below, equal or above zero as the class of row a lies before, at or behind that of row b. */
static int compare(const Column *column, size_t a, size_t b)
{
  double x, y;
  size_t length_a, length_b;
  const char *text_a = key_of(column, a, &x, &length_a), *text_b = key_of(column, b, &y, &length_b);
  if (!type_is_text(column_type(column))) {
    return (x > y) - (x < y);
  }
  const int bytes = memcmp(text_a, text_b, length_a < length_b ? length_a : length_b);
  return bytes != 0 ? bytes : (length_a > length_b) - (length_a < length_b);
}

static Status number_of(Map *map, const char *key, size_t length, size_t row, PointClasses *classes, uint8_t *out,
                        Error *e)
{
  size_t number;
  if (map_get(map, key, length, &number)) {
    *out = (uint8_t)number;
    return STATUS_OK;
  }
  if (map_size(map) == SHARED) {
    classes->shared = true;
    *out = SHARED;
    return STATUS_OK;
  }
  const Status status = map_put(map, key, length, &number, NULL, e);
  if (status == STATUS_OK) {
    classes->first[number] = row;
    *out = (uint8_t)number;
  }
  return status;
}

static Status number_rows(Writer *writer, Map *map, PointClasses *classes, Error *e)
{
  Status status = STATUS_OK;
  for (size_t row = 0; status == STATUS_OK && row < column_rows(classes->column); row++) {
    double number;
    size_t length;
    if (row % POLL_ROWS == 0 && task_cancelled(writer->task)) {
      return error_cancelled(e);
    }
    classes->of[row] = NO_CLASS;
    if (column_valid(classes->column, row)) {
      const char *key = key_of(classes->column, row, &number, &length);
      status = number_of(map, key, length, row, classes, &classes->of[row], e);
    }
  }
  return status;
}

/* Numbers by value in the place of numbers by first appearance. */
static void rank(PointClasses *classes)
{
  const size_t known = classes->n;
  size_t order[CLASSES_MOST], first[CLASSES_MOST] = {0};
  uint8_t place[256];
  for (size_t i = 0; i < known; i++) {
    size_t at = i;
    for (; at > 0 && compare(classes->column, classes->first[order[at - 1]], classes->first[i]) > 0; at--) {
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
  memset(place, NO_CLASS, sizeof place);
  place[SHARED] = SHARED;
  for (size_t i = 0; i < known; i++) {
    place[order[i]] = (uint8_t)i;
    first[i] = classes->first[order[i]];
  }
  memcpy(classes->first, first, known * sizeof *first);
  for (size_t row = 0; row < column_rows(classes->column); row++) {
    classes->of[row] = place[classes->of[row]];
  }
}

static void find_noise(PointClasses *classes)
{
  const Column *column = classes->column;
  const bool label = column_role(column) == ROLE_LABEL && column_type(column) == TYPE_INT64;
  for (size_t i = 0; i < classes->n; i++) {
    classes->grey[i] = label && column_int(column, classes->first[i]) == 0;
  }
  if (classes->shared) {
    classes->grey[SHARED] = true;
    classes->n = CLASSES_MOST;
  }
}

/* The colour of an earlier class of the same name, or the next one. */
static void give_color(Writer *writer, PointClasses *classes, size_t number)
{
  Text label = {0};
  class_label(classes, number, &label);
  size_t i = 0;
  while (i < writer->n_class_names && strcmp(writer->class_names[i], text_data(&label)) != 0) {
    i++;
  }
  classes->again[number] = i < writer->n_class_names;
  classes->color[number] = classes->again[number] ? writer->class_colors[i] : writer->n_colors;
  writer->n_colors += !classes->again[number] && !classes->grey[number];
  if (!classes->again[number] && i < CLASS_NAMES_MOST) {
    char *name = arena_text(&writer->task->arena, text_data(&label), label.size);
    writer->class_names[i] = name ? name : "";
    writer->class_colors[i] = classes->color[number];
    writer->n_class_names++;
    label.failed = label.failed || !name;
  }
  writer->plot.failed = writer->plot.failed || label.failed;
  text_free(&label);
}

Status classes_find(Writer *writer, const ChartSeries *series, PointClasses *classes, Error *e)
{
  const size_t rows = frame_rows(series->data);
  *classes = (PointClasses){.column = chart_role(series, "group"), .n = 1};
  if (!classes->column) {
    classes->color[0] = writer->n_colors++;
    return STATUS_OK;
  }
  Map *map = map_new();
  classes->of = arena_alloc(&writer->task->arena, rows, 1);
  if (!map || !classes->of) {
    map_free(map);
    return error_memory(e, rows, _("a chart"));
  }
  const Status status = number_rows(writer, map, classes, e);
  if (status == STATUS_OK) {
    classes->n = map_size(map);
    rank(classes);
    find_noise(classes);
    for (size_t i = 0; i < classes->n; i++) {
      give_color(writer, classes, i);
    }
  }
  map_free(map);
  return status;
}

void class_label(const PointClasses *classes, size_t number, Text *out)
{
  if (number == SHARED) {
    text_puts(out, _("all others"));
  } else {
    column_cell_text(classes->column, classes->first[number], out);
  }
}

void shade_range(const Column *shade, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t row = 0; row < column_rows(shade); row++) {
    const double value = column_valid(shade, row) ? column_float(shade, row) : NAN;
    if (isfinite(value)) {
      *low = value < *low ? value : *low;
      *high = value > *high ? value : *high;
    }
  }
  if (!(*low < *high)) { /* one shade, or none: the middle of the ramp */
    *low = *low == INFINITY ? 0 : *low - 0.5;
    *high = *low + 1;
  }
}

/* Viridis at five places, linear between them: even in lightness, and to be told apart by all. */
uint32_t shade_value(double at)
{
  static const double ramp[5][3] = {{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}};
  const double place = at <= 0 ? 0 : at >= 1 ? 4 : at * 4;
  const int i = place >= 4 ? 3 : (int)place;
  uint32_t color = 0;
  for (int part = 0; part < 3; part++) {
    const double value = ramp[i][part] + (place - i) * (ramp[i + 1][part] - ramp[i][part]);
    color = color << 8 | (uint32_t)lrint(value);
  }
  return color;
}
