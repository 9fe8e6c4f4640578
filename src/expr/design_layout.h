/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design_layout.h -- the inside of a design. For src/expr/design*.c only. */
#ifndef ASSAY_EXPR_DESIGN_LAYOUT_H
#define ASSAY_EXPR_DESIGN_LAYOUT_H

#include "core/map.h"
#include "expr/design.h"
#include "expr/formula.h"

typedef enum DesignClass { DESIGN_NUMBER, DESIGN_LEVELS, DESIGN_POLY, DESIGN_CLASSES } DesignClass;

/* Of one dimension: p0 = 1, p(k+1) = (x - centre - alpha[k]) p(k) - norm[k] / norm[k-1] p(k-1); column k is
 * p(k) / sqrt(norm[k]). norm[k] is the sum of squares of p(k) over the rows of the fit. */
typedef struct DesignPoly {
  double centre, alpha[FORMULA_DEGREE_MOST], norm[FORMULA_DEGREE_MOST + 1];
} DesignPoly;

/* What is known of a variable before its rows are seen: all of it comes from a fit. */
typedef struct DesignSketch {
  const char *label;
  DesignClass class;
  size_t n_levels;
  const char **levels;
  DesignPoly poly;
} DesignSketch;

typedef struct DesignVariable {
  const FormulaVariable *formula;
  DesignSketch sketch;
  bool used;
  Column *column;        /* values for all of the frame's rows; a reference */
  uint32_t *codes;       /* of levels, for the kept rows; mem_free */
} DesignVariable;

typedef struct DesignTerm {
  const FormulaTerm *formula;
  const bool *full;      /* per variable: all levels have a column */
  size_t first, columns; /* in the matrix */
} DesignTerm;

struct Design {
  Arena arena;
  const Formula *formula;
  DesignVariable *variables; /* those of the formula, then the response if there is one */
  size_t n_variables;
  DesignVariable *response;  /* one of these, or NULL */
  size_t frame_rows, rows;
  size_t *kept;              /* mem_free; NULL: all */
  DesignTerm *terms;
  size_t columns;
  const char **names;
  uint32_t *term_of;
};

static inline size_t design_row(const Design *design, size_t i)
{
  return design->kept ? design->kept[i] : i;
}

/* Columns of a variable in a term. */
static inline size_t design_width(const DesignVariable *v, bool full)
{
  return v->sketch.class == DESIGN_POLY     ? v->formula->degree
         : v->sketch.class == DESIGN_LEVELS ? v->sketch.n_levels - !full
                                            : 1;
}

/* Evaluates the used variables, deals with missing cells, finds levels and polynomials (or takes them from the sketches,
 * found by label). (design_variables.c) */
Status design_evaluate(Design *design, const Frame *frame, const DesignSketch *sketches, size_t n, bool drop, Task *task,
                       Error *e) MUST_USE;

/* Codes of the levels of a variable's kept rows; fresh: also finds the levels. (design_levels.c) */
Status design_find_levels(Design *design, DesignVariable *v, bool fresh, const Task *task, Error *e) MUST_USE;

/* (design_poly.c) */
Status design_fit_poly(const Design *design, DesignVariable *v, Task *task, Error *e) MUST_USE;
void design_poly_values(const DesignVariable *v, double x, double *out);

/* Adds the formula and a caret at the variable to an error of this status, and gives it back. */
Status design_error(const Design *design, const DesignVariable *v, Status status, Error *e);

/* One design from sketches (n 0: a fit). */
Status design_build(const char *formula, const DesignSketch *sketches, size_t n, const Frame *frame,
                    const DesignOptions *options, Task *task, Design **out, Error *e) MUST_USE;

#endif
