/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a frame to classes and numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kprototypes_model_primitives.h"
#include "cluster/kprototypes_read_primitives.h"
#include "core/alloc.h"
#include "core/map.h"
#include "core/reduce.h"
#include "frame/append.h"

void kprototypes_fit_free(void *of)
{
  KprototypesFit *fit = of;
  for (size_t v = 0; v < fit->data.p; v++) {
    if (fit->classes) {
      class_codes_free(&fit->classes[v]);
    }
    if (fit->example) {
      mem_free(fit->example[v]);
    }
  }
  cluster_input_free(&fit->input);
  mem_free(fit->classes);
  mem_free(fit->view);
  mem_free(fit->example);
  mem_free(fit->numbers);
  frame_unref(fit->frame);
  prototypes_free(&fit->given);
  kprototypes_state_free(&fit->state);
  kprototypes_result_free(&fit->result);
  *fit = (KprototypesFit){0};
}

/* ---- classes of a column */

typedef struct Reading {
  const Column *column;
  const size_t *rows; /* n */
  size_t n;
  int32_t *codes;
  size_t *example; /* a row for each code */
  size_t levels;
} Reading;

static Status read_levels(Reading *r, Error *e)
{
  r->levels = column_levels(r->column);
  r->example = mem_zero(r->levels + 1, sizeof *r->example);
  if (!r->example) {
    return error_memory(e, r->levels * sizeof *r->example, _("classes"));
  }
  for (size_t i = r->n; i-- > 0;) {
    r->codes[i] = column_code(r->column, r->rows[i]);
    r->example[r->codes[i]] = r->rows[i];
  }
  return STATUS_OK;
}

static Status read_cells(Reading *r, Error *e)
{
  Map *const map = map_new();
  Text text = {0};
  Status status;
  r->example = mem_zero(r->n + 1, sizeof *r->example);
  TRY(map && r->example ? STATUS_OK : error_memory(e, r->n * sizeof *r->example, _("classes")));
  for (size_t i = 0; i < r->n; i++) {
    bool fresh;
    size_t code;
    text_reset(&text);
    column_cell_text(r->column, r->rows[i], &text);
    TRY(text_status(&text, e));
    TRY(map_put(map, text_data(&text), text.size, &code, &fresh, e));
    r->codes[i] = (int32_t)code;
    if (fresh) {
      r->example[code] = r->rows[i];
    }
  }
  r->levels = map_size(map);
done:
  map_free(map);
  text_free(&text);
  return status;
}

/* A class on its way to its place. */
typedef struct Class {
  double number;
  const char *text; /* NULL: a number */
  size_t length, example;
  int32_t old;
} Class;

static int by_value(const void *a, const void *b)
{
  const Class *const x = a, *const y = b;
  if (!x->text || !y->text) {
    return x->number != y->number ? (x->number > y->number ? 1 : -1) : (x->old > y->old) - (x->old < y->old);
  }
  const int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);
  return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* Codes in the order of the values, whatever the order of rows and levels, so that ties do not depend on these. */
static Status order_codes(Reading *r, Error *e)
{
  const bool text = type_is_text(column_type(r->column));
  Class *const classes = mem_zero(r->levels + 1, sizeof *classes);
  int32_t *const place = mem_alloc(r->levels + 1, sizeof *place);
  const bool made = classes && place;
  for (size_t c = 0; made && c < r->levels; c++) {
    classes[c] = (Class){.example = r->example[c], .old = (int32_t)c};
    if (column_type(r->column) == TYPE_CATEGORY) {
      classes[c].text = column_level(r->column, c, &classes[c].length);
    } else if (text) {
      classes[c].text = column_text(r->column, r->example[c], &classes[c].length);
    } else {
      classes[c].number = column_float(r->column, r->example[c]);
    }
  }
  if (made) {
    qsort(classes, r->levels, sizeof *classes, by_value);
    for (size_t c = 0; c < r->levels; c++) {
      place[classes[c].old] = (int32_t)c;
      r->example[c] = classes[c].example;
    }
    for (size_t i = 0; i < r->n; i++) {
      r->codes[i] = place[r->codes[i]];
    }
  }
  mem_free(classes);
  mem_free(place);
  return made ? STATUS_OK : error_memory(e, r->levels * sizeof *classes, _("classes"));
}

Status kprototypes_read_classes(const Column *column, const size_t *rows, size_t n, ClassCodes *out, size_t **example,
                                Error *e)
{
  Reading r = {.column = column, .rows = rows, .n = n, .codes = mem_alloc(n, sizeof *r.codes)};
  Status status = r.codes ? STATUS_OK : error_memory(e, n * sizeof *r.codes, _("classes"));
  if (status == STATUS_OK) {
    status = column_type(column) == TYPE_CATEGORY ? read_levels(&r, e) : read_cells(&r, e);
  }
  if (status == STATUS_OK) {
    status = order_codes(&r, e);
  }
  if (status == STATUS_OK) {
    status = class_codes_new(r.codes, n, r.levels, out, e);
  }
  mem_free(r.codes);
  if (example && status == STATUS_OK) {
    *example = r.example;
    r.example = NULL;
  }
  mem_free(r.example);
  return status;
}

/* ---- which columns */

static bool named(OptionTexts names, const char *name)
{
  for (size_t i = 0; i < names.n; i++) {
    if (strcmp(names.items[i], name) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_class(const Frame *data, size_t column, const KprototypesAsk *ask)
{
  const Type type = column_type(frame_column(data, column));
  return ask->all_classes || type_is_text(type) || type == TYPE_BOOL || named(ask->classes, frame_name(data, column));
}

static bool is_default(const Frame *data, size_t column, const KprototypesAsk *ask, Text *notes)
{
  const Column *const cells = frame_column(data, column);
  const Type type = column_type(cells);
  const char *const name = frame_name(data, column);
  const bool text = type_is_text(type) || type == TYPE_BOOL;
  if (column_role(cells) != ROLE_NONE || type == TYPE_SET || type == TYPE_TIMESTAMP || (ask->all_classes && !text) ||
      (ask->cluster.weights && strcmp(ask->cluster.weights, name) == 0)) {
    return named(ask->classes, name);
  }
  const bool names = gower_names_rows(cells);
  if (names) {
    text_printf(notes, _("'%s' is left out: a text of its own in each row; on = {...} chooses\n"), name);
  }
  return !names;
}

static Status no_columns(const KprototypesAsk *ask, size_t p, Error *e)
{
  error_set(e, STATUS_DATA, "bad-data",
            p > 0 ? _("the data have no numeric column: k-modes takes classes alone")
                  : _("the data have no column of classes"));
  return error_hint(e, ask->all_classes ? _("on = {...} takes any column as classes; kmeans takes numbers")
                                        : _("kmodes{...} takes classes alone, kmeans{...} numbers alone"));
}

/* ClassCodes first, then numbers. */
static Status choose(const Frame *data, const KprototypesAsk *ask, KprototypesFit *fit, size_t **out, Text *notes,
                     Error *e)
{
  const OptionTexts on = ask->cluster.on;
  const size_t most = on.n > 0 ? on.n : frame_columns(data);
  size_t *const columns = mem_alloc(2 * most, sizeof *columns), *const numbers = columns ? columns + most : NULL;
  size_t p = 0, q = 0;
  Status status = columns ? STATUS_OK : error_memory(e, most * sizeof *columns, _("variables"));
  for (size_t i = 0; status == STATUS_OK && i < most; i++) {
    size_t column = i;
    status = on.n > 0 ? frame_need(data, on.items[i], &column, e) : STATUS_OK;
    if (status != STATUS_OK || (on.n == 0 && !is_default(data, i, ask, notes))) {
      continue;
    }
    const Type type = column_type(frame_column(data, column));
    if (is_class(data, column, ask)) {
      columns[p++] = column;
    } else if (type_is_numeric(type)) {
      numbers[q++] = column;
    } else {
      status = error_set(e, STATUS_ARGUMENT, "wrong-column-type",
                         _("column '%1$s' of type %2$s is neither numbers nor classes"), frame_name(data, column),
                         type_name(type));
    }
  }
  if (status == STATUS_OK && (p == 0 || (q == 0 && !ask->all_classes))) {
    status = no_columns(ask, p, e);
  }
  if (status != STATUS_OK) {
    mem_free(columns);
    return status;
  }
  memmove(columns + p, numbers, q * sizeof *columns);
  fit->data.p = p;
  fit->data.q = q;
  *out = columns;
  return STATUS_OK;
}

/* ---- numbers */

/* Numbers of n rows, variable after variable, as (x - shift) / factor. */
Status kprototypes_read_numbers(const Frame *frame, const size_t *columns, size_t q, const size_t *rows, size_t n,
                                const double *shift, const double *factor, double **out, Error *e)
{
  double *const values = mem_alloc(n, q * sizeof *values);
  *out = values;
  if (!values) {
    return error_memory(e, n * q * sizeof *values, _("the rows"));
  }
  for (size_t v = 0; v < q; v++) {
    const Column *const column = frame_column(frame, columns[v]);
    for (size_t i = 0; i < n; i++) {
      const double x = column_float(column, rows[i]);
      values[v * n + i] = (x - shift[v]) / factor[v];
      if (!isfinite(values[v * n + i])) {
        return variables_not_finite(frame_name(frame, columns[v]), rows[i] + 1, x, e);
      }
    }
  }
  return STATUS_OK;
}

static Status measure(Call *call, const Frame *data, const KprototypesAsk *ask, KprototypesFit *fit, Error *e)
{
  Variables *const v = &fit->input.variables;
  const size_t p = fit->data.p, q = fit->data.q;
  Variables numbers = {
      .d = q, .columns = v->columns + p, .shift = v->shift + p, .factor = v->factor + p, .n = v->n, .rows = v->rows};
  return q > 0 ? variables_measure(call->task, data, ask->cluster.scale ? ask->cluster.scale : "none", &numbers,
                                   call->notes, e)
               : STATUS_OK;
}

/* ---- given prototypes stand above the data, so that their classes get the same codes */

static Status stack(Call *call, const Frame *data, const KprototypesAsk *ask, KprototypesFit *fit, Error *e)
{
  const Variables *const v = &fit->input.variables;
  const AppendOptions options = {.strict = false};
  Frame *mine = NULL, *theirs = NULL;
  Text notes = {0};
  Status status;
  TRY(frame_select(data, v->columns, v->d, &mine, e));
  if (!ask->init.frame) {
    fit->frame = mine;
    mine = NULL;
    goto done;
  }
  if (frame_rows(ask->init.frame) != (size_t)ask->k) {
    TRY(error_set(e, STATUS_ARGUMENT, "out-of-range", _("init has %1$zu rows, but k is %2$lld"),
                  frame_rows(ask->init.frame), (long long)ask->k));
  }
  TRY(kprototypes_pick(ask->init.frame, data, v->columns, v->d, &theirs, e));
  const Frame *const both[] = {theirs, mine};
  TRY(frames_append(both, 2, &options, call->task, &fit->frame, &notes, e));
  fit->above = frame_rows(theirs);
done:
  frame_unref(mine);
  frame_unref(theirs);
  text_free(&notes);
  return status;
}

/* The columns of `frame` that are called as those of data, complete. */
Status kprototypes_pick(const Frame *frame, const Frame *data, const size_t *columns, size_t d, Frame **out, Error *e)
{
  size_t *const numbers = mem_alloc(d, sizeof *numbers);
  Status status = numbers ? STATUS_OK : error_memory(e, d * sizeof *numbers, _("variables"));
  for (size_t j = 0; status == STATUS_OK && j < d; j++) {
    status = frame_need(frame, frame_name(data, columns[j]), &numbers[j], e);
    if (status == STATUS_OK && column_missing(frame_column(frame, numbers[j])) > 0) {
      status = error_set(e, STATUS_ARGUMENT, "missing-values", _("column '%s' of init has missing cells"),
                         frame_name(frame, numbers[j]));
    }
  }
  if (status == STATUS_OK) {
    status = frame_select(frame, numbers, d, out, e);
  }
  mem_free(numbers);
  return status;
}

static Status given_prototypes(KprototypesFit *fit, const size_t *rows, size_t k, Error *e)
{
  const size_t p = fit->data.p, q = fit->data.q;
  const Variables *const v = &fit->input.variables;
  size_t *const columns = mem_alloc(q, sizeof *columns);
  double *numbers = NULL;
  Status status;
  TRY(columns ? STATUS_OK : error_memory(e, q * sizeof *columns, _("variables")));
  for (size_t j = 0; j < q; j++) {
    columns[j] = p + j;
  }
  TRY(prototypes_new(k, p, q, &fit->given, e));
  TRY(kprototypes_read_numbers(fit->frame, columns, q, rows, k, v->shift + p, v->factor + p, &numbers, e));
  for (size_t c = 0; c < k; c++) {
    for (size_t j = 0; j < p; j++) {
      fit->given.codes[c * p + j] = class_code(&fit->classes[j], c);
      fit->given.shares[c * p + j] = 1;
    }
    for (size_t j = 0; j < q; j++) {
      fit->given.numbers[c * q + j] = numbers[j * k + c];
    }
  }
done:
  mem_free(columns);
  mem_free(numbers);
  return status;
}

/* ClassCodes of all rows of fit->frame that take part, and the data's part of them. */
static Status read_variables(KprototypesFit *fit, const size_t *rows, size_t n, Error *e)
{
  const size_t p = fit->data.p, above = fit->above;
  fit->classes = mem_zero(p, sizeof *fit->classes);
  fit->view = mem_zero(p, sizeof *fit->view);
  fit->example = mem_zero(p, sizeof *fit->example);
  Status status = fit->classes && fit->view && fit->example ? STATUS_OK : error_memory(e, 0, _("classes"));
  for (size_t j = 0; status == STATUS_OK && j < p; j++) {
    status = kprototypes_read_classes(frame_column(fit->frame, j), rows, n, &fit->classes[j], &fit->example[j], e);
    const ClassCodes *const all = &fit->classes[j];
    fit->view[j] = (ClassCodes){.narrow = all->narrow ? all->narrow + above : NULL,
                                .wide = all->wide ? all->wide + above : NULL,
                                .levels = all->levels};
  }
  return status;
}

static Status read_all(KprototypesFit *fit, Error *e)
{
  const Variables *const v = &fit->input.variables;
  const size_t n = v->n + fit->above, p = fit->data.p, q = fit->data.q;
  size_t *const rows = mem_alloc(n, sizeof *rows);
  Status status;
  TRY(rows ? STATUS_OK : error_memory(e, n * sizeof *rows, _("row numbers")));
  for (size_t i = 0; i < n; i++) {
    rows[i] = i < fit->above ? i : fit->above + (v->rows ? v->rows[i - fit->above] : i - fit->above);
  }
  TRY(read_variables(fit, rows, n, e));
  if (fit->above > 0) {
    TRY(given_prototypes(fit, rows, fit->above, e));
  }
  for (size_t i = 0; i < v->n; i++) {
    rows[i] = v->rows ? v->rows[i] : i;
  }
  TRY(kprototypes_read_numbers(fit->input.data, v->columns + p, q, rows, v->n, v->shift + p, v->factor + p,
                               &fit->numbers, e));
done:
  mem_free(rows);
  return status;
}

Status kprototypes_prepare(Call *call, const Frame *data, const KprototypesAsk *ask, KprototypesFit *fit, Error *e)
{
  size_t *columns = NULL;
  Status status;
  fit->all_classes = ask->all_classes;
  TRY(choose(data, ask, fit, &columns, call->notes, e));
  size_t *const taken = columns;
  columns = NULL;
  TRY(mixed_rows(call, data, &ask->cluster, taken, fit->data.p + fit->data.q, false, &fit->input, e));
  TRY(measure(call, data, ask, fit, e));
  TRY(stack(call, data, ask, fit, e));
  TRY(read_all(fit, e));
  fit->data.n = fit->input.variables.n;
  fit->data.classes = fit->view;
  fit->data.numbers = fit->numbers;
  fit->data.weights = fit->input.weights;
  fit->settings = (KprototypesSettings){.k = (size_t)ask->k,
                                        .starts = (size_t)ask->starts,
                                        .max_iterations = (size_t)ask->max_iter,
                                        .init = ask->init.frame                          ? KPROTOTYPES_GIVEN
                                                : strcmp(ask->init.choice, "cao") == 0   ? KPROTOTYPES_CAO
                                                : strcmp(ask->init.choice, "huang") == 0 ? KPROTOTYPES_HUANG
                                                                                         : KPROTOTYPES_RANDOM,
                                        .given = &fit->given,
                                        .gamma = fit->data.q == 0 ? 1
                                                 : ask->gamma > 0 ? ask->gamma
                                                                  : kprototypes_gamma(&fit->data),
                                        .ng = strcmp(ask->dissimilarity, "ng") == 0,
                                        .seed = (uint64_t)ask->seed};
done:
  mem_free(columns);
  return status;
}
