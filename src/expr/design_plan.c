/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fit found out about its variables, as a frame and back: a row per level, per polynomial, or per variable. */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "expr/design_layout.h"
#include "frame/builder.h"

static const char *const class_names[DESIGN_CLASSES] = {"number", "levels", "poly"};

Status design_like(const Design *fit, const Frame *frame, const DesignOptions *options, Task *task, Design **out, Error *e)
{
  Arena arena = {0};
  DesignSketch *sketches = arena_alloc(&arena, fit->n_variables + 1, sizeof *sketches);
  size_t n = 0;
  Status status;
  *out = NULL;
  if (!sketches) {
    TRY(error_memory(e, 0, "design"));
  }
  for (size_t i = 0; i < fit->n_variables; i++) {
    if (fit->variables[i].used) {
      sketches[n++] = fit->variables[i].sketch;
    }
  }
  if (n == 0) { /* so that it is no fit */
    sketches[n++] = (DesignSketch){.label = ""};
  }
  TRY(design_build(fit->formula->expanded, sketches, n, frame, options, task, out, e));
  /* The texts of the fit's levels must not be needed when the fit is gone. */
  for (size_t i = 0; i < (*out)->n_variables; i++) {
    DesignSketch *s = &(*out)->variables[i].sketch;
    const char **levels = arena_alloc(&(*out)->arena, s->n_levels, sizeof *levels);
    for (size_t k = 0; levels && k < s->n_levels; k++) {
      levels[k] = arena_string(&(*out)->arena, s->levels[k]);
      if (!levels[k]) {
        levels = NULL;
      }
    }
    if (!levels) {
      design_free(*out);
      *out = NULL;
      TRY(error_memory(e, 0, "design"));
    }
    s->levels = levels;
    s->label = (*out)->variables[i].formula ? (*out)->variables[i].formula->label : "";
  }
done:
  arena_free(&arena);
  return status;
}

/* ---- To a frame */

enum { PLAN_COLUMNS = 6 };
static const char *const plan_names[PLAN_COLUMNS] = {"variable", "class", "level", "centre", "alpha", "norm"};
static const Type plan_types[PLAN_COLUMNS] = {TYPE_STRING, TYPE_STRING, TYPE_STRING, TYPE_FLOAT64, TYPE_FLOAT64, TYPE_FLOAT64};

static void add_row(Builder *const *b, const DesignSketch *s, const char *level, const DesignPoly *poly, size_t k, size_t degree)
{
  const char *class = class_names[s->class];
  builder_text(b[0], s->label, strlen(s->label));
  builder_text(b[1], class, strlen(class));
  if (level) {
    builder_text(b[2], level, strlen(level));
  } else {
    builder_missing(b[2]);
  }
  if (!poly) {
    builder_missing(b[3]);
    builder_missing(b[4]);
    builder_missing(b[5]);
    return;
  }
  builder_float(b[3], poly->centre);
  builder_float(b[5], poly->norm[k]);
  if (k < degree) {
    builder_float(b[4], poly->alpha[k]);
  } else {
    builder_missing(b[4]);
  }
}

static void add_variable(Builder *const *b, const DesignVariable *v)
{
  const DesignSketch *s = &v->sketch;
  const bool orthogonal = s->class == DESIGN_POLY && !v->formula->raw;
  for (size_t k = 0; k < s->n_levels; k++) {
    add_row(b, s, s->levels[k], NULL, 0, 0);
  }
  for (size_t k = 0; orthogonal && k <= v->formula->degree; k++) {
    add_row(b, s, NULL, &s->poly, k, v->formula->degree);
  }
  if (s->class == DESIGN_NUMBER || (s->class == DESIGN_POLY && !orthogonal)) {
    add_row(b, s, NULL, NULL, 0, 0);
  }
}

Status design_plan(const Design *design, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *b[PLAN_COLUMNS];
  bool there = draft != NULL;
  *out = NULL;
  for (size_t i = 0; i < PLAN_COLUMNS; i++) {
    b[i] = builder_new(plan_types[i], design->n_variables);
    there = there && b[i];
  }
  for (size_t i = 0; there && i < design->n_variables; i++) {
    if (design->variables[i].used) {
      add_variable(b, &design->variables[i]);
    }
  }
  for (size_t i = 0; i < PLAN_COLUMNS; i++) {
    if (there) {
      draft_builder(draft, plan_names[i], b[i]);
    } else {
      builder_free(b[i]);
    }
  }
  if (!there) {
    draft_free(draft);
    return error_memory(e, 0, "design");
  }
  return draft_finish(draft, out, e);
}

/* ---- From a frame, which may come from a file and is not trusted */

static Status bad_plan(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-plan", _("the model's frame of variables is damaged"));
}

static const char *plan_text(const Column *column, size_t row, Arena *arena)
{
  size_t length;
  if (!column_valid(column, row)) {
    return NULL;
  }
  const char *text = column_text(column, row, &length);
  return arena_text(arena, text, length);
}

/* Rows `first` .. of one variable; *next: the row after them. */
static Status read_variable(const Column *const *c, size_t rows, size_t first, DesignSketch *s, size_t *next, Arena *arena,
                            Error *e)
{
  const char *class = plan_text(c[1], first, arena), *label = plan_text(c[0], first, arena);
  size_t k = 0, row = first;
  s->label = label;
  s->class = DESIGN_CLASSES;
  for (int i = 0; class && i < DESIGN_CLASSES; i++) {
    s->class = strcmp(class_names[i], class) == 0 ? (DesignClass)i : s->class;
  }
  if (!label || s->class == DESIGN_CLASSES) {
    return bad_plan(e);
  }
  for (; row < rows; row++, k++) {
    const char *same = plan_text(c[0], row, arena);
    if (!same || strcmp(same, label) != 0) {
      break;
    }
    if (s->class == DESIGN_POLY && column_valid(c[5], row)) {
      if (k > FORMULA_DEGREE_MOST || !column_valid(c[3], row)) {
        return bad_plan(e);
      }
      s->poly.centre = column_float(c[3], row);
      s->poly.norm[k] = column_float(c[5], row);
      if (k < FORMULA_DEGREE_MOST && column_valid(c[4], row)) {
        s->poly.alpha[k] = column_float(c[4], row);
      }
    }
  }
  *next = row;
  if (s->class == DESIGN_LEVELS) {
    s->n_levels = k;
    s->levels = arena_alloc(arena, k, sizeof *s->levels);
    for (size_t i = 0; s->levels && i < k; i++) {
      s->levels[i] = plan_text(c[2], first + i, arena);
      if (!s->levels[i]) {
        return bad_plan(e);
      }
    }
    return s->levels ? STATUS_OK : error_memory(e, 0, "design");
  }
  return STATUS_OK;
}

/* Polynomials must have as many numbers as the formula asks for; no level may be there twice. */
static Status check_plan(const Design *design, Error *e)
{
  Status status = STATUS_OK;
  Map *seen = NULL;
  for (size_t i = 0; i < design->n_variables; i++) {
    const DesignVariable *v = &design->variables[i];
    const bool orthogonal = v->used && v->sketch.class == DESIGN_POLY && !v->formula->raw;
    for (size_t k = 0; orthogonal && k <= v->formula->degree; k++) {
      if (!(v->sketch.poly.norm[k] > 0) || !isfinite(v->sketch.poly.norm[k])) {
        TRY(bad_plan(e));
      }
    }
    map_free(seen);
    seen = map_new();
    for (size_t k = 0; seen && k < v->sketch.n_levels; k++) {
      size_t number;
      bool fresh;
      TRY(map_put(seen, v->sketch.levels[k], strlen(v->sketch.levels[k]), &number, &fresh, e));
      if (!fresh) {
        TRY(bad_plan(e));
      }
    }
    if (!seen) {
      TRY(error_memory(e, 0, "design"));
    }
  }
done:
  map_free(seen);
  return status;
}

Status design_of_plan(const char *formula, const Frame *plan, const Frame *frame, const DesignOptions *options, Task *task,
                      Design **out, Error *e)
{
  Arena arena = {0};
  const Column *c[PLAN_COLUMNS];
  const size_t rows = frame_rows(plan);
  DesignSketch *sketches = arena_alloc(&arena, rows + 1, sizeof *sketches);
  Design *made = NULL;
  size_t n = 0;
  Status status = STATUS_OK;
  *out = NULL;
  if (!sketches) {
    TRY(error_memory(e, 0, "design"));
  }
  for (size_t i = 0; i < PLAN_COLUMNS; i++) {
    size_t column;
    if (!frame_find(plan, plan_names[i], &column)) {
      TRY(bad_plan(e));
    }
    c[i] = frame_column(plan, column);
    if (plan_types[i] == TYPE_STRING ? !type_is_text(column_type(c[i])) : column_type(c[i]) != TYPE_FLOAT64) {
      TRY(bad_plan(e));
    }
  }
  for (size_t row = 0; row < rows; n++) {
    TRY(read_variable(c, rows, row, &sketches[n], &row, &arena, e));
  }
  if (n == 0) {
    sketches[n++] = (DesignSketch){.label = ""};
  }
  TRY(design_build(formula, sketches, n, frame, options, task, &made, e));
  TRY(check_plan(made, e));
  TRY(design_like(made, frame, options, task, out, e)); /* owns all it needs */
done:
  design_free(made);
  arena_free(&arena);
  return status;
}
