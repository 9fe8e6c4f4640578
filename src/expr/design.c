/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terms into columns, and rows of them. */
#include "expr/design.h"

#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "expr/design_layout.h"

void design_free(Design *design)
{
  if (!design) {
    return;
  }
  for (size_t i = 0; i < design->n_variables; i++) {
    column_unref(design->variables[i].column);
    mem_free(design->variables[i].codes);
  }
  mem_free(design->kept);
  Arena arena = design->arena; /* the variables lie in it */
  arena_free(&arena);
  mem_free(design);
}

/* ---- Which levels have columns */

static bool has_levels(const Design *design, uint32_t variable)
{
  return design->variables[variable].sketch.class == DESIGN_LEVELS;
}

/* Whether all of a's variables but number `without` are among b's. */
static bool within(const FormulaTerm *a, size_t without, const FormulaTerm *b)
{
  for (size_t i = 0, j = 0; i < a->n; i++) {
    if (i == without) {
      continue;
    }
    while (j < b->n && b->variables[j] < a->variables[i]) {
      j++;
    }
    if (j == b->n || b->variables[j] != a->variables[i]) {
      return false;
    }
  }
  return true;
}

/* R's rule: reference levels go without a column when the term without that variable is there already, by itself or
 * within another one. Mostly it is there by itself; `seen` has the terms so far. */
static bool margin_is_there(const Design *design, size_t t, size_t without, const Map *seen, uint32_t *scratch)
{
  const FormulaTerm *terms = design->formula->terms, *term = &terms[t];
  size_t n = 0, number;
  for (size_t i = 0; i < term->n; i++) {
    if (i != without) {
      scratch[n++] = term->variables[i];
    }
  }
  if (n == 0 || map_get(seen, (const char *)scratch, n * sizeof *scratch, &number)) {
    return true;
  }
  for (size_t k = 0; k < t; k++) {
    if (within(term, without, &terms[k])) {
      return true;
    }
  }
  return false;
}

/* Without an intercept the first variable with levels has a column for each. */
static void without_intercept(const Design *design, bool *const *full)
{
  const Formula *f = design->formula;
  for (size_t t = 0; t < f->n_terms; t++) {
    for (size_t i = 0; i < f->terms[t].n; i++) {
      if (has_levels(design, f->terms[t].variables[i])) {
        full[t][i] = true;
        return;
      }
    }
  }
}

static Status choose_contrasts(Design *design, Error *e)
{
  const Formula *f = design->formula;
  Map *seen = map_new();
  bool **full = arena_alloc(&design->arena, f->n_terms, sizeof *full);
  uint32_t *scratch = arena_alloc(&design->arena, f->n_variables, sizeof *scratch);
  Status status = STATUS_OK;
  size_t number;
  if (!seen || !full || !scratch) {
    TRY(error_memory(e, 0, "design"));
  }
  for (size_t t = 0; t < f->n_terms; t++) {
    const FormulaTerm *term = &f->terms[t];
    full[t] = arena_alloc(&design->arena, term->n, sizeof **full);
    if (!full[t]) {
      TRY(error_memory(e, 0, "design"));
    }
    for (size_t i = 0; i < term->n; i++) {
      full[t][i] = has_levels(design, term->variables[i]) && !margin_is_there(design, t, i, seen, scratch);
    }
    TRY(map_put(seen, (const char *)term->variables, term->n * sizeof *term->variables, &number, NULL, e));
    design->terms[t] = (DesignTerm){.formula = term, .full = full[t]};
  }
  if (!f->intercept) {
    without_intercept(design, full);
  }
done:
  map_free(seen);
  return status;
}

/* ---- Columns */

static Status too_many(const Design *design, const FormulaTerm *term, Error *e)
{
  error_set(e, STATUS_LIMIT, "too-many-columns", _("with %1$s the formula makes more than %2$d columns"), term->label,
            DESIGN_COLUMNS_MOST);
  error_hint(e, _("is one of its variables an id? - %s takes the term out"), term->label);
  return design_error(design, &design->variables[term->variables[0]], STATUS_LIMIT, e);
}

static Status count_columns(Design *design, Error *e)
{
  design->columns = design->formula->intercept;
  for (size_t t = 0; t < design->formula->n_terms; t++) {
    DesignTerm *term = &design->terms[t];
    size_t n = 1;
    for (size_t i = 0; i < term->formula->n; i++) {
      n *= design_width(&design->variables[term->formula->variables[i]], term->full[i]);
      if (n > DESIGN_COLUMNS_MOST) {
        return too_many(design, term->formula, e);
      }
    }
    term->first = design->columns;
    term->columns = n;
    design->columns += n;
    if (design->columns > DESIGN_COLUMNS_MOST) {
      return too_many(design, term->formula, e);
    }
  }
  return STATUS_OK;
}

static void add_part(const DesignVariable *v, bool full, size_t k, Text *name)
{
  text_puts(name, v->sketch.label);
  if (v->sketch.class == DESIGN_LEVELS) {
    text_puts(name, v->sketch.levels[k + !full]);
  } else if (v->sketch.class == DESIGN_POLY && v->formula->degree > 1) {
    text_printf(name, "%zu", k + 1);
  }
}

static Status name_columns(Design *design, Error *e)
{
  Text name = {0};
  Status status = STATUS_OK;
  design->names = arena_alloc(&design->arena, design->columns, sizeof *design->names);
  design->term_of = arena_alloc(&design->arena, design->columns, sizeof *design->term_of);
  if (!design->names || !design->term_of) {
    TRY(error_memory(e, 0, "design"));
  }
  if (design->formula->intercept) {
    design->names[0] = "(Intercept)";
  }
  for (size_t t = 0; t < design->formula->n_terms; t++) {
    const DesignTerm *term = &design->terms[t];
    for (size_t k = 0; k < term->columns; k++) {
      size_t rest = k;
      text_reset(&name);
      for (size_t i = 0; i < term->formula->n; i++) {
        const DesignVariable *v = &design->variables[term->formula->variables[i]];
        const size_t width = design_width(v, term->full[i]);
        text_puts(&name, i > 0 ? ":" : "");
        add_part(v, term->full[i], rest % width, &name);
        rest /= width;
      }
      TRY(text_status(&name, e));
      design->names[term->first + k] = arena_text(&design->arena, text_data(&name), name.size);
      design->term_of[term->first + k] = (uint32_t)t + 1;
      if (!design->names[term->first + k]) {
        TRY(error_memory(e, name.size, "design"));
      }
    }
  }
done:
  text_free(&name);
  return status;
}

/* ---- Making one */

/* The formula's variables and the response; those that a term, the offset or the wish for a response needs are used. */
static Status list_variables(Design *design, bool response, Error *e)
{
  const Formula *f = design->formula;
  design->terms = arena_alloc(&design->arena, f->n_terms, sizeof *design->terms);
  design->variables = arena_alloc(&design->arena, f->n_variables + 1, sizeof *design->variables);
  if (!design->terms || !design->variables) {
    return error_memory(e, 0, "design");
  }
  design->n_variables = f->n_variables + 1;
  for (size_t i = 0; i < design->n_variables; i++) {
    DesignVariable *v = &design->variables[i];
    v->formula = i < f->n_variables ? &f->variables[i] : f->response;
    v->sketch.label = v->formula ? v->formula->label : "";
    v->used = i < f->n_variables && v->formula->kind == FORMULA_OFFSET;
  }
  for (size_t t = 0; t < f->n_terms; t++) {
    for (size_t i = 0; i < f->terms[t].n; i++) {
      design->variables[f->terms[t].variables[i]].used = true;
    }
  }
  if (response && f->response) {
    design->response = &design->variables[f->n_variables];
    design->response->used = true;
  }
  return STATUS_OK;
}

Status design_build(const char *formula, const DesignSketch *sketches, size_t n, const Frame *frame,
                    const DesignOptions *options, Task *task, Design **out, Error *e)
{
  Design *design = mem_zero(1, sizeof *design);
  Status status;
  *out = NULL;
  if (!design) {
    return error_memory(e, sizeof *design, "design");
  }
  TRY(formula_parse(formula, frame, &design->arena, &design->formula, e));
  if (options->response && !design->formula->response) {
    error_set(e, STATUS_ARGUMENT, "bad-formula", _("this formula has no left side, and one is needed here"));
    error_caret(e, formula, strlen(formula), 0);
    TRY(error_hint(e, _("put what is to be explained in front of the ~")));
  }
  TRY(list_variables(design, options->response, e));
  TRY(design_evaluate(design, frame, sketches, n, options->drop, task, e));
  TRY(choose_contrasts(design, e));
  TRY(count_columns(design, e));
  TRY(name_columns(design, e));
  *out = design;
  return STATUS_OK;
done:
  design_free(design);
  return status;
}

Status design_make(const char *formula, const Frame *frame, const DesignOptions *options, Task *task, Design **out, Error *e)
{
  return design_build(formula, NULL, 0, frame, options, task, out, e);
}

/* ---- Rows */

/* One variable's columns for a row; x[0 .. width). */
static void variable_values(const Design *design, const DesignVariable *v, bool full, size_t i, size_t width, double *x)
{
  if (v->sketch.class == DESIGN_LEVELS) {
    memset(x, 0, width * sizeof *x);
    const uint32_t code = v->codes[i];
    if (full || code > 0) {
      x[code - !full] = 1;
    }
  } else if (v->sketch.class == DESIGN_POLY) {
    design_poly_values(v, column_float(v->column, design_row(design, i)), x);
  } else {
    x[0] = column_float(v->column, design_row(design, i));
  }
}

/* out[0 .. n) is the product so far; it becomes the n * width products with the next variable's columns. */
static void multiply_levels(const DesignVariable *v, bool full, size_t i, size_t n, size_t width, double *out)
{
  const size_t code = v->codes[i], at = full ? code : code - 1; /* of the reference: past every column */
  if (at < width && at > 0) {
    memcpy(out + at * n, out, n * sizeof *out);
  }
  for (size_t k = 0; k < width; k++) {
    if (k != at) {
      memset(out + k * n, 0, n * sizeof *out);
    }
  }
}

static void multiply_numbers(const double *x, size_t n, size_t width, double *out)
{
  for (size_t k = width; k-- > 0;) {
    for (size_t j = 0; j < n; j++) {
      out[k * n + j] = out[j] * x[k];
    }
  }
}

static void term_values(const Design *design, const DesignTerm *term, size_t i, double *out)
{
  size_t n = 0;
  for (size_t k = 0; k < term->formula->n; k++) {
    const DesignVariable *v = &design->variables[term->formula->variables[k]];
    const size_t width = design_width(v, term->full[k]);
    if (k == 0) {
      variable_values(design, v, term->full[k], i, width, out);
      n = width;
      continue;
    }
    if (v->sketch.class == DESIGN_LEVELS) {
      multiply_levels(v, term->full[k], i, n, width, out);
    } else {
      double x[FORMULA_DEGREE_MOST];
      variable_values(design, v, term->full[k], i, width, x);
      multiply_numbers(x, n, width, out);
    }
    n *= width;
  }
}

void design_block(const Design *design, size_t first, size_t count, double *out)
{
  for (size_t i = first; i < first + count; i++, out += design->columns) {
    if (design->formula->intercept) {
      out[0] = 1;
    }
    for (size_t t = 0; t < design->formula->n_terms; t++) {
      term_values(design, &design->terms[t], i, out + design->terms[t].first);
    }
  }
}

void design_offset(const Design *design, size_t first, size_t count, double *out)
{
  const Formula *f = design->formula;
  memset(out, 0, count * sizeof *out);
  for (size_t k = 0; k < f->n_offsets; k++) {
    const Column *column = design->variables[f->offsets[k]].column;
    for (size_t i = 0; i < count; i++) {
      out[i] += column_float(column, design_row(design, first + i));
    }
  }
}

void design_response(const Design *design, size_t first, size_t count, double *out)
{
  const DesignVariable *v = design->response;
  for (size_t i = 0; v && i < count; i++) {
    out[i] = v->codes ? v->codes[first + i] : column_float(v->column, design_row(design, first + i));
  }
}

/* ---- What it is like */

size_t design_rows(const Design *design) { return design->rows; }
size_t design_columns(const Design *design) { return design->columns; }
const char *design_name(const Design *design, size_t column) { return design->names[column]; }
bool design_intercept(const Design *design) { return design->formula->intercept; }
size_t design_terms(const Design *design) { return design->formula->n_terms; }
const char *design_term(const Design *design, size_t term) { return design->formula->terms[term].label; }
size_t design_term_of(const Design *design, size_t column) { return design->term_of[column]; }
const size_t *design_kept(const Design *design) { return design->kept; }
size_t design_dropped(const Design *design) { return design->frame_rows - design->rows; }
bool design_has_offset(const Design *design) { return design->formula->n_offsets > 0; }
const char *design_formula(const Design *design) { return design->formula->expanded; }

const char *design_response_name(const Design *design)
{
  return design->response ? design->response->sketch.label : NULL;
}

size_t design_response_levels(const Design *design)
{
  return design->response ? design->response->sketch.n_levels : 0;
}

const char *design_response_level(const Design *design, size_t level)
{
  return design->response->sketch.levels[level];
}

/* Variable number `factor` of those with levels, without the response; NULL past the end. */
static const DesignVariable *factor_at(const Design *design, size_t factor, size_t *n)
{
  const DesignVariable *found = NULL;
  *n = 0;
  for (size_t i = 0; i < design->formula->n_variables; i++) {
    const DesignVariable *v = &design->variables[i];
    if (v->used && v->sketch.class == DESIGN_LEVELS && (*n)++ == factor) {
      found = v;
    }
  }
  return found;
}

size_t design_factors(const Design *design)
{
  size_t n;
  (void)factor_at(design, SIZE_MAX, &n);
  return n;
}

const char *design_factor(const Design *design, size_t factor, size_t *levels)
{
  size_t n;
  const DesignVariable *v = factor_at(design, factor, &n);
  *levels = v ? v->sketch.n_levels : 0;
  return v ? v->sketch.label : NULL;
}

const char *design_factor_level(const Design *design, size_t factor, size_t level)
{
  size_t n;
  return factor_at(design, factor, &n)->sketch.levels[level];
}
