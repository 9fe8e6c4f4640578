/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levels of a variable: which there are, in what order, and which one each row has. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "core/text.h"
#include "expr/design_layout.h"

/* The level's text of a row; bool as R has it. Texts of cells are borrowed, others are made in the buffer. */
static const char *level_text(const Column *column, size_t row, Text *buffer, size_t *length)
{
  if (type_is_text(column_type(column))) {
    return column_text(column, row, length);
  }
  text_reset(buffer);
  if (column_type(column) == TYPE_BOOL) {
    text_puts(buffer, column_int(column, row) ? "TRUE" : "FALSE");
  } else {
    column_cell_text(column, row, buffer);
  }
  *length = buffer->size;
  return text_data(buffer);
}

typedef struct Finder {
  const Design *design;
  DesignVariable *v;
  Map *map;
  Text buffer;
  uint32_t *of_code;     /* category: number by dictionary code, UINT32_MAX: not asked yet */
  size_t *row_of;        /* fresh: a row of each level */
  size_t room;
} Finder;

static Status remember_row(Finder *f, size_t number, size_t row, Error *e)
{
  if (number >= f->room) {
    const size_t room = f->room ? 2 * f->room : 64;
    size_t *grown = mem_resize(f->row_of, room, sizeof *grown);
    if (!grown) {
      return error_memory(e, room * sizeof *grown, "levels");
    }
    f->row_of = grown;
    f->room = room;
  }
  f->row_of[number] = row;
  return STATUS_OK;
}

static Status unseen(const Finder *f, const char *text, size_t length, Error *e)
{
  const DesignSketch *s = &f->v->sketch;
  error_set(e, STATUS_DATA, "unseen-level", _("%1$s has the level '%2$.*3$s', which was not there at the fit"), s->label, text,
            (int)utf8_whole(text, length < 60 ? length : 60));
  error_hint(e, _("the fit knew %1$zu levels: '%2$s' and others; filter the other rows, or fit again"), s->n_levels, s->levels[0]);
  return STATUS_DATA;
}

/* The number of a row's level in order of first appearance (fresh), or in the sketch. */
static Status number_of(Finder *f, size_t row, bool fresh_levels, uint32_t *number, Error *e)
{
  const Column *column = f->v->column;
  const int32_t code = f->of_code ? column_code(column, row) : 0;
  if (f->of_code && f->of_code[code] != UINT32_MAX) {
    *number = f->of_code[code];
    return STATUS_OK;
  }
  size_t length, n;
  bool fresh = false;
  const char *text = level_text(column, row, &f->buffer, &length);
  Status status;
  TRY(text_status(&f->buffer, e));
  if (fresh_levels) {
    TRY(map_put(f->map, text, length, &n, &fresh, e));
    if (fresh) {
      TRY(remember_row(f, n, row, e));
    }
  } else if (!map_get(f->map, text, length, &n)) {
    TRY(unseen(f, text, length, e));
  }
  *number = (uint32_t)n;
  if (f->of_code) {
    f->of_code[code] = *number;
  }
done:
  return status;
}

static Status number_rows(Finder *f, bool fresh, const Task *task, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < f->design->rows; i++) {
    if (i % BLOCK_ROWS == 0 && task_cancelled(task)) {
      TRY(error_cancelled(e));
    }
    TRY(number_of(f, design_row(f->design, i), fresh, &f->v->codes[i], e));
  }
done:
  return status;
}

/* ---- Order */

typedef struct Level {
  const char *text;
  size_t length, number;
  double value;          /* of numbers and times */
  bool numeric;
} Level;

static int by_order(const void *a, const void *b)
{
  const Level *x = a, *y = b;
  if (x->numeric) {
    return (x->value > y->value) - (x->value < y->value);
  }
  const size_t least = x->length < y->length ? x->length : y->length;
  const int order = memcmp(x->text, y->text, least);
  return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static Status refuse_reference(const Finder *f, const Level *levels, size_t n, Error *e)
{
  const char *wanted = f->v->formula->reference, **names = mem_alloc(n, sizeof *names);
  error_set(e, STATUS_NAME, "unknown-level", _("%1$s has no level '%2$s'"), f->v->sketch.label, wanted);
  for (size_t i = 0; names && i < n; i++) {
    names[i] = levels[i].text;
  }
  const size_t near = names ? text_nearest(wanted, names, n) : n;
  mem_free(names);
  if (near < n) {
    error_hint(e, _("did you mean '%s'?"), levels[near].text);
  } else {
    error_hint(e, _("there are %1$zu levels: '%2$s' is the first"), n, levels[0].text);
  }
  return design_error(f->design, f->v, STATUS_NAME, e);
}

/* The reference comes first. */
static Status put_reference(const Finder *f, Level *levels, size_t n, Error *e)
{
  const char *wanted = f->v->formula->reference;
  size_t at = 0;
  while (wanted && at < n && strcmp(levels[at].text, wanted) != 0) {
    at++;
  }
  if (at == n) {
    return refuse_reference(f, levels, n, e);
  }
  const Level first = levels[at];
  memmove(levels + 1, levels, at * sizeof *levels);
  levels[0] = first;
  return STATUS_OK;
}

static Status settle_levels(Finder *f, size_t extra, Arena *arena, Error *e)
{
  const Column *column = f->v->column;
  const size_t n = map_size(f->map);
  const bool numeric = !type_is_text(column_type(column)) && column_type(column) != TYPE_BOOL;
  Level *levels = mem_zero(n, sizeof *levels);
  const char **texts = arena_alloc(arena, n, sizeof *texts);
  uint32_t *place = mem_alloc(n, sizeof *place);
  Status status = STATUS_OK;
  if (!levels || !texts || !place) {
    TRY(error_memory(e, n * sizeof *levels, "levels"));
  }
  for (size_t i = 0; i < n; i++) {
    levels[i].text = map_key(f->map, i, &levels[i].length);
    levels[i].number = i;
    levels[i].numeric = numeric;
    levels[i].value = numeric ? column_float(column, f->row_of[i]) : 0;
  }
  qsort(levels, n, sizeof *levels, by_order);
  TRY(put_reference(f, levels, n, e));
  for (size_t i = 0; i < n; i++) {
    texts[i] = arena_text(arena, levels[i].text, levels[i].length);
    place[levels[i].number] = (uint32_t)i;
    if (!texts[i]) {
      TRY(error_memory(e, levels[i].length, "levels"));
    }
  }
  for (size_t i = 0; i < f->design->rows; i++) {
    f->v->codes[i] = place[f->v->codes[i]];
  }
  f->v->sketch.levels = texts;
  f->v->sketch.n_levels = n;
  if (n < 2 && extra == 0) {
    error_set(e, STATUS_DATA, "one-level", _("%1$s has only the level '%2$s', so there is nothing to compare"), f->v->sketch.label,
              n > 0 ? texts[0] : "");
    error_hint(e, _("take it out of the formula: - %s"), f->v->sketch.label);
    TRY(design_error(f->design, f->v, STATUS_DATA, e));
  }
done:
  mem_free(levels);
  mem_free(place);
  return status;
}

/* Plain truth values have both levels, as in R. */
static Status put_levels(Finder *f, bool fresh, Error *e)
{
  const DesignSketch *s = &f->v->sketch;
  size_t number;
  Status status = STATUS_OK;
  for (size_t i = 0; !fresh && i < s->n_levels; i++) {
    TRY(map_put(f->map, s->levels[i], strlen(s->levels[i]), &number, NULL, e));
  }
  for (size_t i = 0; fresh && i < 2 && column_type(f->v->column) == TYPE_BOOL && f->v->formula->kind == FORMULA_VALUE; i++) {
    TRY(map_put(f->map, i ? "TRUE" : "FALSE", i ? 4 : 5, &number, NULL, e));
    TRY(remember_row(f, number, 0, e));
  }
done:
  return status;
}

Status design_find_levels(Design *design, DesignVariable *v, bool fresh, const Task *task, Error *e)
{
  Finder f = {.design = design, .v = v, .map = map_new()};
  Status status;
  v->codes = mem_alloc(design->rows, sizeof *v->codes);
  if (!f.map || !v->codes) {
    TRY(error_memory(e, design->rows * sizeof *v->codes, "levels"));
  }
  if (column_type(v->column) == TYPE_CATEGORY) {
    const size_t n = column_levels(v->column);
    f.of_code = mem_alloc(n, sizeof *f.of_code);
    if (!f.of_code) {
      TRY(error_memory(e, n * sizeof *f.of_code, "levels"));
    }
    memset(f.of_code, 0xff, n * sizeof *f.of_code);
  }
  TRY(put_levels(&f, fresh, e));
  TRY(number_rows(&f, fresh, task, e));
  if (fresh) {
    TRY(settle_levels(&f, v == design->response, &design->arena, e));
  }
done:
  map_free(f.map);
  text_free(&f.buffer);
  mem_free(f.of_code);
  mem_free(f.row_of);
  return status;
}
