/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The variables of a design: evaluated, checked, without missing cells. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "core/text.h"
#include "expr/design_layout.h"
#include "expr/expr.h"
#include "frame/column_layout.h"

Status design_error(const Design *design, const DesignVariable *v, Status status, Error *e)
{
  const char *source = design->formula->source;
  error_caret(e, source, strlen(source), v->formula->at);
  return status;
}

/* ---- Values */

static Status refuse_aggregate(const Design *design, const DesignVariable *v, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "not-by-row", _("%s looks at other rows, so that it would be another variable for new data"),
            v->sketch.label);
  error_hint(e, _("make it a column first, with mutate"));
  return design_error(design, v, STATUS_ARGUMENT, e);
}

static Status evaluate(const Design *design, DesignVariable *v, const Frame *frame, Task *task, Error *e)
{
  const FormulaVariable *f = v->formula;
  const char *source = design->formula->source;
  const bool inside = f->text >= source && f->text <= source + strlen(source);
  const ExprScope scope = {.frame = frame};
  Arena arena = {0};
  Expr *expr = NULL;
  size_t column;
  Status status;
  TRY(expr_compile(f->text, f->length, inside ? source : NULL, &scope, &arena, &expr, e));
  if (expr_is_column(expr, &column)) {
    v->column = column_ref(frame_column(frame, column));
  } else if (expr_has_aggregate(expr) || expr_has_window(expr)) {
    TRY(refuse_aggregate(design, v, e));
  } else {
    TRY(expr_rows(expr, NULL, task, &v->column, e));
  }
done:
  expr_release(expr);
  arena_free(&arena);
  return status;
}

/* ---- Classes */

static Status refuse_type(const Design *design, const DesignVariable *v, const char *what, const char *hint, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("%1$s is of type %2$s, which %3$s"), v->sketch.label,
            type_name(column_type(v->column)), what);
  error_hint(e, "%s", hint);
  return design_error(design, v, STATUS_ARGUMENT, e);
}

static Status classify(const Design *design, DesignVariable *v, Error *e)
{
  const Type type = column_type(v->column);
  const FormulaKind kind = v->formula->kind;
  const bool number = type_is_numeric(type), label = number && column_role(v->column) == ROLE_LABEL;
  if (type == TYPE_SET) {
    return refuse_type(design, v, _("a formula cannot use"), _("make a number or truth value of it: I('milk' in items)"), e);
  }
  if (kind == FORMULA_FACTOR) {
    v->sketch.class = DESIGN_LEVELS;
  } else if (type == TYPE_TIMESTAMP) {
    return refuse_type(design, v, _("a formula cannot use as it is"),
                       _("make a number of it, such as days_between(@2024-01-01, t), or levels: factor(month(t))"), e);
  } else if (kind == FORMULA_POLY || kind == FORMULA_OFFSET) {
    v->sketch.class = kind == FORMULA_POLY ? DESIGN_POLY : DESIGN_NUMBER;
    if (!number) {
      return refuse_type(design, v, _("is no number"), _("poly() and offset() take numbers"), e);
    }
  } else {
    v->sketch.class = number && !label ? DESIGN_NUMBER : DESIGN_LEVELS;
  }
  return STATUS_OK;
}

/* Takes what a fit found, when there was one. */
static Status take_sketch(const Design *design, DesignVariable *v, const DesignSketch *sketches, size_t n, Error *e)
{
  size_t i = 0;
  while (i < n && strcmp(sketches[i].label, v->sketch.label) != 0) {
    i++;
  }
  if (i == n) {
    return n == 0 ? STATUS_OK
                  : error_set(e, STATUS_FORMAT, "bad-plan", _("the model's plan does not know %s"), v->sketch.label);
  }
  const DesignSketch *s = &sketches[i];
  const bool levels = s->class == DESIGN_LEVELS;
  /* Labels lose their role on the way through files: numbers will do for levels of numbers. */
  if (s->class != v->sketch.class && !(levels && column_type(v->column) == TYPE_INT64)) {
    return refuse_type(design, v, levels ? _("has levels in the model") : _("is a number in the model"),
                       _("cast the column to what it was at the fit"), e);
  }
  v->sketch = *s;
  return STATUS_OK;
}

/* ---- Missing cells */

static Status refuse_missing(const Design *design, size_t rows, Error *e)
{
  Text list = {0};
  size_t shown = 0, more = 0;
  for (size_t i = 0; i < design->n_variables; i++) {
    const DesignVariable *v = &design->variables[i];
    if (v->used && column_missing(v->column) > 0) {
      more += shown == 6;
      if (shown < 6) {
        text_printf(&list, "%s%s %zu", shown++ > 0 ? ", " : "", v->sketch.label, column_missing(v->column));
      }
    }
  }
  if (more > 0) {
    text_printf(&list, _(" and %zu more"), more);
  }
  error_set(e, STATUS_DATA, "missing-values", _("%1$zu of %2$zu rows lack a value: %3$s"), rows, design->frame_rows, text_data(&list));
  text_free(&list);
  error_hint(e, _("missing = \"drop\" leaves these rows out; coalesce() fills cells"));
  return STATUS_DATA;
}

/* Which rows are whole. */
static Status keep_rows(Design *design, bool drop, const Task *task, Error *e)
{
  size_t missing = 0;
  uint8_t *gone = NULL;
  Status status = STATUS_OK;
  design->rows = design->frame_rows;
  for (size_t i = 0; i < design->n_variables; i++) {
    missing += design->variables[i].used ? column_missing(design->variables[i].column) : 0;
  }
  if (missing == 0) {
    return STATUS_OK;
  }
  gone = mem_zero(design->frame_rows, 1);
  if (!gone) {
    TRY(error_memory(e, design->frame_rows, "rows"));
  }
  for (size_t i = 0; i < design->n_variables; i++) {
    const DesignVariable *v = &design->variables[i];
    for (size_t row = 0; v->used && column_missing(v->column) > 0 && row < design->frame_rows; row++) {
      gone[row] |= !column_valid(v->column, row);
      if (row % (16 * BLOCK_ROWS) == 0 && task_cancelled(task)) {
        TRY(error_cancelled(e));
      }
    }
  }
  size_t n = 0;
  for (size_t row = 0; row < design->frame_rows; row++) {
    n += gone[row];
  }
  if (!drop) {
    TRY(refuse_missing(design, n, e));
  }
  design->rows = design->frame_rows - n;
  design->kept = mem_alloc(design->rows, sizeof *design->kept);
  if (!design->kept) {
    TRY(error_memory(e, design->rows * sizeof *design->kept, "rows"));
  }
  for (size_t row = 0, k = 0; row < design->frame_rows; row++) {
    if (!gone[row]) {
      design->kept[k++] = row;
    }
  }
done:
  mem_free(gone);
  return status;
}

/* Cells of a float64 column that are not finite: how many, and the first of them as a row of the design. */
typedef struct Infinite {
  const Design *design;
  const Column *column;
} Infinite;

typedef struct InfiniteSum {
  size_t bad, first;
} InfiniteSum;

static Status count_infinite(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Infinite *f = context;
  InfiniteSum *found = sum;
  const double *cells = f->column->values.data;
  const size_t *kept = f->design->kept;
  bool finite = true;
  (void)worker;
  (void)e;
  for (size_t i = first; !kept && i < first + count; i++) {
    finite &= fabs(cells[i]) <= DBL_MAX;
  }
  for (size_t i = 0; (kept || !finite) && i < count; i++) {
    if (!isfinite(cells[kept ? kept[first + i] : first + i])) {
      found->first = found->bad++ == 0 ? first + i : found->first;
    }
  }
  return STATUS_OK;
}

static void add_infinite(void *context, void *sum, const void *other)
{
  InfiniteSum *a = sum;
  const InfiniteSum *b = other;
  (void)context;
  a->first = a->bad > 0 ? a->first : b->first;
  a->bad += b->bad;
}

static Status check_finite(const Design *design, const DesignVariable *v, Task *task, Error *e)
{
  if (column_type(v->column) != TYPE_FLOAT64) {
    return STATUS_OK;
  }
  Infinite f = {.design = design, .column = v->column};
  InfiniteSum sum = {0};
  const Reduce reduce = {.size = sizeof sum, .block = count_infinite, .merge = add_infinite, .context = &f};
  const Status status = rows_reduce(task, design->rows, &reduce, &sum, e);
  if (status != STATUS_OK || sum.bad == 0) {
    return status;
  }
  const size_t bad = sum.bad, first = design_row(design, sum.first);
  char number[32];
  text_of_double(column_float(v->column, first), number);
  error_set(e, STATUS_DATA, "not-finite", _("%1$s is %2$s in row %3$zu, and not finite in %4$zu rows"), v->sketch.label, number, first + 1,
            bad);
  error_hint(e, _("filter these rows, or take a function that is defined for them"));
  return design_error(design, v, STATUS_DATA, e);
}

Status design_evaluate(Design *design, const Frame *frame, const DesignSketch *sketches, size_t n, bool drop, Task *task,
                       Error *e)
{
  Status status = STATUS_OK;
  design->frame_rows = frame_rows(frame);
  for (size_t i = 0; i < design->n_variables; i++) {
    DesignVariable *v = &design->variables[i];
    if (v->used) {
      TRY(evaluate(design, v, frame, task, e));
      TRY(classify(design, v, e));
      TRY(take_sketch(design, v, sketches, n, e));
    }
  }
  TRY(keep_rows(design, drop, task, e));
  if (n == 0 && design->rows == 0) {
    TRY(error_set(e, STATUS_DATA, "no-rows", _("there is no row to make a model of")));
  }
  for (size_t i = 0; i < design->n_variables; i++) {
    DesignVariable *v = &design->variables[i];
    if (!v->used) {
      continue;
    }
    if (v->sketch.class == DESIGN_LEVELS) {
      TRY(design_find_levels(design, v, n == 0, task, e));
      continue;
    }
    TRY(check_finite(design, v, task, e));
    if (v->sketch.class == DESIGN_POLY && n == 0) {
      TRY(design_fit_poly(design, v, task, e));
    }
  }
done:
  return status;
}
