/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/chart_classes.h"

#include <string.h>

#include "view/chart_legend.h"

enum { SHARED = CLASS_MOST - 1 };

Status classes_init(Classes *classes, const Column *column, Error *e)
{
  *classes = (Classes){.column = column, .n = column ? 0 : 1};
  if (column && column_type(column) == TYPE_SET) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type", _("a column of sets gives no clusters to draw"));
  }
  if (column && column_type(column) == TYPE_STRING) {
    classes->texts = map_new();
    return classes->texts ? STATUS_OK : error_memory(e, 0, _("a chart"));
  }
  return STATUS_OK;
}

void classes_free(Classes *classes)
{
  map_free(classes->texts);
  classes->texts = NULL;
}

/* Numbers as bits, categories by their codes: equal values, equal keys. */
static int64_t key_of(const Column *column, size_t row)
{
  if (column_type(column) == TYPE_CATEGORY) {
    return column_code(column, row);
  }
  if (column_type(column) != TYPE_FLOAT64) {
    return column_int(column, row);
  }
  const double value = column_float(column, row) + 0.0; /* one zero */
  int64_t key;
  memcpy(&key, &value, sizeof key);
  return key;
}

static size_t add_class(Classes *classes, int64_t key, size_t row)
{
  if (classes->n < SHARED) {
    classes->entries[classes->n] = (ClassEntry){.key = key, .first = row};
    return classes->n++;
  }
  classes->n = CLASS_MOST;
  return SHARED;
}

static size_t number_of_key(Classes *classes, int64_t key, size_t row)
{
  const bool is_small = key >= 0 && key < CLASS_SMALL;
  if (is_small && classes->small[key] > 0) {
    return classes->small[key] - 1u;
  }
  const size_t known = classes->n < SHARED ? classes->n : SHARED;
  for (size_t i = 0; i < known; i++) {
    if (classes->entries[i].key == key) {
      return i;
    }
  }
  const size_t number = add_class(classes, key, row);
  if (is_small) {
    classes->small[key] = (uint8_t)(number + 1);
  }
  return number;
}

/* Once the numbers are used up, further texts are not remembered: a column of a million names needs no
 * more memory. */
static Status number_of_text(Classes *classes, size_t row, size_t *number, Error *e)
{
  size_t length, place;
  const char *text = column_text(classes->column, row, &length);
  if (map_get(classes->texts, text, length, &place)) {
    *number = place;
    return STATUS_OK;
  }
  *number = add_class(classes, 0, row);
  return *number == SHARED ? STATUS_OK : map_put(classes->texts, text, length, &place, NULL, e);
}

Status classes_of(Classes *classes, size_t row, size_t *number, Error *e)
{
  if (classes->texts) {
    return number_of_text(classes, row, number, e);
  }
  *number = classes->column ? number_of_key(classes, key_of(classes->column, row), row) : 0;
  return STATUS_OK;
}

/* Below, equal or above zero as a's value lies before, at or behind b's. */
static int compare(const Classes *classes, size_t a, size_t b)
{
  const size_t row_a = classes->entries[a].first, row_b = classes->entries[b].first;
  if (type_is_text(column_type(classes->column))) {
    size_t length_a, length_b;
    const char *text_a = column_text(classes->column, row_a, &length_a);
    const char *text_b = column_text(classes->column, row_b, &length_b);
    const int bytes = memcmp(text_a, text_b, length_a < length_b ? length_a : length_b);
    return bytes != 0 ? bytes : (length_a > length_b) - (length_a < length_b);
  }
  const double x = column_float(classes->column, row_a), y = column_float(classes->column, row_b);
  return (x > y) - (x < y);
}

static bool is_noise(const Classes *classes, size_t number)
{
  return column_role(classes->column) == ROLE_LABEL && column_type(classes->column) == TYPE_INT64 &&
         classes->entries[number].key == 0;
}

void classes_rank(Classes *classes)
{
  const size_t known = classes->n < SHARED ? classes->n : SHARED;
  for (size_t i = 0; i < known; i++) {
    size_t at = i;
    for (; classes->column && at > 0 && compare(classes, classes->order[at - 1], i) > 0; at--) {
      classes->order[at] = classes->order[at - 1];
    }
    classes->order[at] = (uint8_t)i;
  }
  size_t used = 0;
  for (size_t i = 0; i < known; i++) {
    const size_t number = classes->order[i];
    classes->entries[number].glyph = classes->column && is_noise(classes, number) ? '.' : legend_glyph(used++);
  }
  if (classes->n > SHARED) {
    classes->order[SHARED] = SHARED;
    classes->entries[SHARED].glyph = '?';
  }
}
