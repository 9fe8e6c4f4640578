/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the columns of a frame to codes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/latent_class_model_primitives.h"
#include "core/alloc.h"
#include "frame/column_cast.h"

enum { LEVELS_MOST = 100 };

void questions_free(Questions *q)
{
  for (size_t i = 0; q->names && i < q->all; i++) {
    text_free(&q->names[i]);
  }
  mem_free(q->names);
  mem_free(q->levels);
  mem_free(q->codes);
  cluster_input_free(&q->input);
  *q = (Questions){0};
}

static bool is_default(const Frame *data, size_t column, const char *except)
{
  const Column *cells = frame_column(data, column);
  const Type type = column_type(cells);
  return (type == TYPE_CATEGORY || type == TYPE_STRING || type == TYPE_BOOL) && column_role(cells) == ROLE_NONE &&
         !(except && strcmp(frame_name(data, column), except) == 0);
}

static Status choose(Call *call, const Frame *data, OptionTexts on, const char *except, Variables *v, Error *e)
{
  const size_t most = on.n ? on.n : frame_columns(data);
  v->columns = mem_alloc(most, sizeof *v->columns);
  v->shift = mem_zero(most, sizeof *v->shift);
  v->factor = mem_alloc(most, sizeof *v->factor);
  if (!v->columns || !v->shift || !v->factor) {
    return error_memory(e, 0, _("variables"));
  }
  for (size_t i = 0; i < most; i++) {
    size_t column = i;
    v->factor[i] = 1;
    const Status status = on.n ? frame_need(data, on.items[i], &column, e) : STATUS_OK;
    if (status != STATUS_OK) {
      return status;
    }
    if (column_type(frame_column(data, column)) == TYPE_SET) {
      return error_set(e, STATUS_DATA, "wrong-column-type", _("column '%s' is of sets; questions have one answer"),
                       frame_name(data, column));
    }
    if (on.n || is_default(data, column, except)) {
      v->columns[v->d++] = column;
    }
  }
  if (v->d == 0) {
    error_set(e, STATUS_DATA, "bad-data", _("the frame has no column of texts or booleans to take for questions"));
    return error_hint(e, _("name them: on = {\"q1\", \"q2\"}; numbers may be answers too"));
  }
  if (!on.n) {
    text_puts(call->notes, _("questions: "));
    for (size_t j = 0; j < v->d; j++) {
      text_printf(call->notes, "%s%s", j ? ", " : "", frame_name(data, v->columns[j]));
    }
    text_puts(call->notes, _(" (all columns of texts and booleans; on = {...} chooses)\n"));
  }
  return STATUS_OK;
}

/* ---- codes of a column: levels that occur, in their order */

typedef struct Level {
  const char *text;
  size_t length, code; /* code in the category */
  bool number;
  double value;
} Level;

static int by_level(const void *a, const void *b)
{
  const Level *x = a, *y = b;
  if (x->number) {
    return (x->value > y->value) - (x->value < y->value);
  }
  const int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
  return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* A number's text, which has no end of its own. */
static double value_of(const char *text, size_t length)
{
  char copy[64];
  const size_t n = length < sizeof copy - 1 ? length : sizeof copy - 1;
  memcpy(copy, text, n);
  copy[n] = '\0';
  return strtod(copy, NULL);
}

/* The levels that occur in the category; sorted unless the column was one. */
static Status used_levels(const Column *original, const Column *category, Level *levels, size_t *n, const char *name,
                          Error *e)
{
  const size_t all = column_levels(category);
  const bool number = type_is_numeric(column_type(original));
  bool *used = mem_zero(all, sizeof *used);
  if (!used) {
    return error_memory(e, all, _("levels"));
  }
  for (size_t row = 0; row < column_rows(category); row++) {
    if (column_valid(category, row)) {
      used[column_code(category, row)] = true;
    }
  }
  *n = 0;
  for (size_t code = 0; code < all; code++) {
    if (used[code] && *n < LEVELS_MOST + 1) {
      Level *level = &levels[(*n)++];
      level->text = column_level(category, code, &level->length);
      level->code = code;
      level->number = number;
      level->value = number ? value_of(level->text, level->length) : 0;
    }
  }
  mem_free(used);
  if (*n > LEVELS_MOST) {
    error_set(e, STATUS_DATA, "too-many-answers", _("column '%1$s' has more than %2$d different answers"), name,
              (int)LEVELS_MOST);
    return error_hint(e, _("questions have few levels: cut numbers into classes (df:cut), put rare levels together "
                           "(df:relevel), or leave the column out of on"));
  }
  if (column_type(original) != TYPE_CATEGORY) {
    qsort(levels, *n, sizeof *levels, by_level);
  }
  return STATUS_OK;
}

/* Fills question j's codes of all rows of the data (n x d), and its levels. */
static Status code_column(Call *call, const Frame *data, Questions *q, size_t j, int32_t *codes, Error *e)
{
  const size_t d = q->input.variables.d, number = q->input.variables.columns[j];
  const Column *column = frame_column(data, number);
  Column *category = NULL;
  Level levels[LEVELS_MOST + 1];
  int32_t *rank = NULL;
  size_t n = 0;
  Status status;
  TRY(column_cast(column, TYPE_CATEGORY, NULL, call->task, &category, NULL, e));
  TRY(used_levels(column, category, levels, &n, frame_name(data, number), e));
  rank = mem_zero(column_levels(category), sizeof *rank);
  Text *names = mem_resize(q->names, q->all + n, sizeof *names);
  q->names = names ? names : q->names;
  TRY(rank && names ? STATUS_OK : error_memory(e, 0, _("levels")));
  for (size_t l = 0; l < n; l++) {
    rank[levels[l].code] = (int32_t)l;
    names[q->all] = (Text){0};
    text_add(&names[q->all], levels[l].text, levels[l].length);
    TRY(text_status(&names[q->all++], e));
  }
  q->levels[j] = n;
  for (size_t row = 0; row < column_rows(category); row++) {
    codes[row * d + j] = column_valid(category, row) ? rank[column_code(category, row)] : -1;
  }
done:
  mem_free(rank);
  column_unref(category);
  return status;
}

/* ---- rows */

static Status refuse_missing(const Frame *data, const Questions *q, Error *e)
{
  Text names = {0};
  size_t cells = 0;
  for (size_t j = 0; j < q->input.variables.d; j++) {
    const size_t missing = column_missing(frame_column(data, q->input.variables.columns[j]));
    cells += missing;
    if (missing > 0) {
      text_printf(&names, "%s%s (%zu)", names.size ? ", " : "", frame_name(data, q->input.variables.columns[j]),
                  missing);
    }
  }
  error_set(e, STATUS_DATA, "missing-values", _("%1$zu cells are missing: %2$s"), cells, text_data(&names));
  text_free(&names);
  return error_hint(e, _("missing = \"use\" takes rows with the answers they have, missing = \"drop\" leaves them "
                         "out"));
}

/* Which rows take part, and their codes closed up. */
static Status keep_rows(const Frame *data, Questions *q, const Column *weights, const char *missing, Error *e)
{
  Variables *v = &q->input.variables;
  const size_t all = frame_rows(data), d = v->d;
  v->rows = mem_alloc(all, sizeof *v->rows);
  q->input.weights = weights ? mem_alloc(all, sizeof(double)) : NULL;
  if (!v->rows || (weights && !q->input.weights)) {
    return error_memory(e, all * sizeof *v->rows, _("row numbers"));
  }
  for (size_t row = 0; row < all; row++) {
    size_t answers = 0;
    for (size_t j = 0; j < d; j++) {
      answers += q->codes[row * d + j] >= 0;
    }
    if (answers < d && strcmp(missing, "error") == 0) {
      return refuse_missing(data, q, e);
    }
    if (answers == 0 || (answers < d && strcmp(missing, "drop") == 0) || (weights && !column_valid(weights, row))) {
      continue;
    }
    if (weights) {
      const double weight = column_float(weights, row);
      if (!(weight >= 0) || isinf(weight)) {
        return error_set(e, STATUS_DATA, "bad-weight",
                         _("row %zu has a weight that is not a finite number of 0 or more"), row + 1);
      }
      q->input.weights[v->n] = weight;
    }
    memmove(q->codes + v->n * d, q->codes + row * d, d * sizeof *q->codes);
    v->rows[v->n++] = row;
  }
  v->dropped = all - v->n;
  q->input.usable = v->n;
  return STATUS_OK;
}

static Status positive_weights(const Questions *q, Error *e)
{
  double sum = q->input.weights ? 0 : 1;
  for (size_t i = 0; q->input.weights && i < q->input.variables.n; i++) {
    sum += q->input.weights[i];
  }
  return sum > 0 ? STATUS_OK : error_set(e, STATUS_DATA, "bad-weight", _("all weights are 0"));
}

Status questions_of_frame(Call *call, const Frame *data, OptionTexts on, const char *weights, const char *missing,
                          Questions *q, Error *e)
{
  Variables *v = &q->input.variables;
  const Column *weight = NULL;
  size_t column;
  Status status;
  *q = (Questions){.input = {.data = data}};
  TRY(choose(call, data, on, weights, v, e));
  if (weights) {
    TRY(frame_need(data, weights, &column, e));
    weight = frame_column(data, column);
  }
  q->codes = mem_alloc(frame_rows(data) * v->d, sizeof *q->codes);
  q->levels = mem_zero(v->d, sizeof *q->levels);
  TRY(q->codes && q->levels ? STATUS_OK : error_memory(e, frame_rows(data) * v->d * sizeof *q->codes, _("answers")));
  for (size_t j = 0; j < v->d; j++) {
    TRY(code_column(call, data, q, j, q->codes, e));
    if (q->levels[j] == 0) {
      TRY(error_set(e, STATUS_DATA, "bad-data", _("column '%s' has no answer at all"),
                    frame_name(data, v->columns[j])));
    }
  }
  TRY(keep_rows(data, q, weight, missing, e));
  TRY(v->n > 0 ? STATUS_OK : error_set(e, STATUS_DATA, "bad-data", _("no row has answers to work with")));
  TRY(positive_weights(q, e));
  if (v->dropped > 0) {
    text_printf(call->notes, _("rows left out for missing cells: %zu\n"), v->dropped);
  }
  q->answers =
      (Answers){.n = v->n, .questions = v->d, .codes = q->codes, .levels = q->levels, .weights = q->input.weights};
done:
  if (status != STATUS_OK) {
    questions_free(q);
  }
  return status;
}

/* ---- new data */

/* The levels of the model's question named `name`, from the frame responses, where they stand for cluster 1. */
static Status model_levels(const Model *model, const char *name, size_t length, Questions *q, size_t *n, Error *e)
{
  const Frame *responses = model_frame(model, "responses");
  size_t variable, level, cluster;
  *n = 0;
  if (!responses || !frame_find(responses, "variable", &variable) || !frame_find(responses, "level", &level) ||
      !frame_find(responses, "cluster", &cluster)) {
    return cluster_model_broken(e);
  }
  for (size_t row = 0; row < frame_rows(responses); row++) {
    size_t size;
    const char *text = column_text(frame_column(responses, variable), row, &size);
    if (size != length || memcmp(text, name, length) != 0 || column_int(frame_column(responses, cluster), row) != 1) {
      continue;
    }
    Text *names = mem_resize(q->names, q->all + 1, sizeof *names);
    if (!names) {
      return error_memory(e, 0, _("levels"));
    }
    q->names = names;
    names[q->all] = (Text){0};
    text = column_text(frame_column(responses, level), row, &size);
    text_add(&names[q->all], text, size);
    const Status status = text_status(&names[q->all++], e);
    if (status != STATUS_OK) {
      return status;
    }
    (*n)++;
  }
  return *n > 0 ? STATUS_OK : cluster_model_broken(e);
}

static int32_t find_level(const Text *names, size_t n, const char *text, size_t length)
{
  for (size_t l = 0; l < n; l++) {
    if (names[l].size == length && memcmp(text_data(&names[l]), text, length) == 0) {
      return (int32_t)l;
    }
  }
  return -1;
}

static Status recode_column(Call *call, const Frame *data, Questions *q, size_t j, size_t first, Error *e)
{
  const size_t d = q->input.variables.d;
  Column *category = NULL;
  int32_t *codes = NULL;
  Status status;
  TRY(column_cast(frame_column(data, q->input.variables.columns[j]), TYPE_CATEGORY, NULL, call->task, &category, NULL,
                  e));
  codes = mem_alloc(column_levels(category), sizeof *codes);
  TRY(codes ? STATUS_OK : error_memory(e, 0, _("levels")));
  for (size_t code = 0; code < column_levels(category); code++) {
    size_t length;
    const char *text = column_level(category, code, &length);
    codes[code] = find_level(q->names + first, q->levels[j], text, length);
  }
  for (size_t row = 0; row < column_rows(category); row++) {
    const bool valid = column_valid(category, row);
    q->codes[row * d + j] = valid ? codes[column_code(category, row)] : -1;
    q->unknown += valid && q->codes[row * d + j] < 0;
  }
done:
  mem_free(codes);
  column_unref(category);
  return status;
}

Status questions_of_model(Call *call, const Model *model, const Frame *data, Questions *q, Error *e)
{
  const Frame *variables = model_frame(model, "variables");
  Variables *v = &q->input.variables;
  size_t name;
  Status status;
  *q = (Questions){.input = {.data = data}};
  TRY(variables && frame_find(variables, "name", &name) ? STATUS_OK : cluster_model_broken(e));
  v->d = frame_rows(variables);
  v->columns = mem_alloc(v->d, sizeof *v->columns);
  q->levels = mem_zero(v->d, sizeof *q->levels);
  q->codes = mem_alloc(frame_rows(data) * v->d, sizeof *q->codes);
  TRY(v->columns && q->levels && q->codes ? STATUS_OK : error_memory(e, frame_rows(data) * v->d * 4, _("answers")));
  for (size_t j = 0; j < v->d; j++) {
    size_t length;
    const size_t first = q->all;
    const char *text = column_text(frame_column(variables, name), j, &length);
    char *wanted = arena_text(&call->task->arena, text, length);
    TRY(wanted ? STATUS_OK : error_memory(e, length, _("variables")));
    TRY(frame_need(data, wanted, &v->columns[j], e));
    TRY(model_levels(model, text, length, q, &q->levels[j], e));
    TRY(recode_column(call, data, q, j, first, e));
  }
  TRY(keep_rows(data, q, NULL, "use", e));
  q->answers = (Answers){.n = v->n, .questions = v->d, .codes = q->codes, .levels = q->levels};
done:
  if (status != STATUS_OK) {
    questions_free(q);
  }
  return status;
}
