/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells of a passport's frames, and the check of one that came from a file. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/cluster_model_primitives.h"
#include "cluster/passport_primitives.h"
#include "registry/registry.h"

const Column *passport_column(const Model *model, const char *frame, const char *name)
{
  const Frame *found = model_frame(model, frame);
  size_t column;
  return found && frame_find(found, name, &column) ? frame_column(found, column) : NULL;
}

void passport_number(double x, char out[32])
{
  const bool large = fabs(x) >= 1000 && fabs(x) < 1e15;
  snprintf(out, 32, large ? "%.0f" : "%.4g", x);
}

void passport_put_text(const Column *column, size_t row, Text *out)
{
  if (column && column_valid(column, row)) {
    size_t length;
    const char *text = column_text(column, row, &length);
    text_add(out, text, length);
  }
}

/* A column of this type without missing cells, unless it may have some. 'i' whole numbers, 'f' numbers, 't' texts;
 * capital: it may have missing cells; '?' after it: it may be left out. */
typedef struct Wanted {
  const char *frame, *name, *type;
} Wanted;

static bool is_sound(const Model *model, const Wanted *wanted)
{
  const Column *column = passport_column(model, wanted->frame, wanted->name);
  if (!column) {
    return wanted->type[1] == '?';
  }
  const Type type = column_type(column);
  const char kind = (char)(wanted->type[0] | 0x20);
  const bool fits = kind == 'i' ? type == TYPE_INT64 : kind == 'f' ? type == TYPE_FLOAT64 : type_is_text(type);
  return fits && (kind != wanted->type[0] || column_missing(column) == 0);
}

static bool sound_numbers(const Column *column, int64_t low, int64_t high)
{
  for (size_t row = 0; column && row < column_rows(column); row++) {
    if (column_valid(column, row) && (column_int(column, row) < low || column_int(column, row) > high)) {
      return false;
    }
  }
  return true;
}

static bool sound_order(const Column *clusters)
{
  for (size_t row = 0; row < column_rows(clusters); row++) {
    if (column_int(clusters, row) != (int64_t)row + 1) {
      return false;
    }
  }
  return true;
}

static bool sound_operators(const Model *model)
{
  const Column *operators = passport_column(model, "conditions", "operator"),
               *numbers = passport_column(model, "conditions", "number");
  const Column *texts = passport_column(model, "conditions", "text");
  for (size_t row = 0; row < column_rows(operators); row++) {
    size_t n;
    const char *o = column_text(operators, row, &n);
    const bool cut = n == 2 && o[1] == '=' && (o[0] == '<' || o[0] == '>'), in = n == 2 && memcmp(o, "in", 2) == 0;
    const bool flag = (n == 4 && memcmp(o, "true", 4) == 0) || (n == 5 && memcmp(o, "false", 5) == 0);
    if (!(cut || in || flag) || (cut && !(column_valid(numbers, row) && isfinite(column_float(numbers, row)))) ||
        (in && !column_valid(texts, row))) {
      return false;
    }
  }
  return true;
}

Status passport_check(const Model *model, Error *e)
{
  static const Wanted wanted[] = {{"tidy", "cluster", "i"},
                                  {"tidy", "name", "t"},
                                  {"tidy", "size", "i"},
                                  {"tidy", "share", "f"},
                                  {"tidy", "rule", "T"},
                                  {"tidy", "value", "F?"},
                                  {"tidy", "value_share", "F?"},
                                  {"tidy", "value_mean", "F?"},
                                  {"tidy", "precision", "F"},
                                  {"tidy", "recall", "F"},
                                  {"tidy", "f1", "F"},
                                  {"tidy", "stability", "F?"},
                                  {"tidy", "former", "I?"},
                                  {"tidy", "kept", "F?"},
                                  {"tidy", "share_before", "F?"},
                                  {"tidy", "share_change", "F?"},
                                  {"tidy", "differences", "t"},
                                  {"tidy", "typical", "I?"},
                                  {"differences", "cluster", "i"},
                                  {"differences", "variable", "t"},
                                  {"differences", "level", "T"},
                                  {"differences", "difference", "f"},
                                  {"differences", "inside", "f"},
                                  {"differences", "outside", "f"},
                                  {"differences", "p_adjusted", "F"},
                                  {"conditions", "cluster", "i"},
                                  {"conditions", "condition", "i"},
                                  {"conditions", "variable", "t"},
                                  {"conditions", "operator", "t"},
                                  {"conditions", "number", "F"},
                                  {"conditions", "text", "T"},
                                  {"rows", "cluster", "i?"},
                                  {"rows", "kind", "t?"},
                                  {"rows", "row", "i?"},
                                  {"rows", "distance", "f?"},
                                  {"rows", "other", "I?"}};
  const Column *value = passport_column(model, "glance", "value_of");
  const Model *fit = model_children(model) == 1 ? model_child(model, 0) : NULL;
  const ModelClass *class = fit ? model_primitive(fit)->model : NULL;
  bool sound = class && class->predict && strcmp(model_primitive(fit)->family, "cluster") == 0 &&
               strcmp(model_name(fit), PASSPORT_NAME) != 0;
  for (size_t i = 0; sound && i < sizeof wanted / sizeof *wanted; i++) {
    sound = is_sound(model, &wanted[i]);
  }
  size_t k = 0, n = 0;
  sound =
      sound && (!value || (type_is_text(column_type(value)) && column_rows(value) == 1 && column_missing(value) == 0));
  sound = sound && cluster_size_cell(model_frame(model, "glance"), "k", &k) &&
          cluster_size_cell(model_frame(model, "glance"), "n", &n) && frame_rows(model_frame(model, "tidy")) == k &&
          sound_order(passport_column(model, "tidy", "cluster")) &&
          sound_numbers(passport_column(model, "conditions", "cluster"), 1, (int64_t)k) &&
          sound_numbers(passport_column(model, "differences", "cluster"), 1, (int64_t)k) && sound_operators(model);
  return sound ? STATUS_OK : cluster_model_broken(e);
}
