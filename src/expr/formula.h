/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formula.h -- R's formulas: which terms a model has.
 *
 *   y ~ a + b        these terms, and an intercept
 *   a:b              an interaction          a * b     a + b + a:b
 *   (a + b + c)^2    these and all interactions of two
 *   a / b            a + a:b                 a %in% b  a:b
 *   - a, - 1         without that term, without intercept (also + 0)
 *   .                all columns that the left side does not name, but for those that augment made
 *   I(a^2), log(a)   the expression language, inside of I() and functions
 *   factor(a, ref = "x")   levels, though numbers; ref: the level the others are compared with
 *   poly(a, 2)       orthogonal polynomials; raw = true for plain powers
 *   offset(a)        added with coefficient 1
 *
 * Tightest first: ^, :, %in%, * and /, + and -. Terms keep R's order: by degree, then as they stand in the formula; within
 * a term variables stand in the order of their first appearance. A term given twice is one. O(length + terms).
 *
 * Reference: R Core Team, terms.formula; Chambers and Hastie, Statistical Models in S (1992), chapter 2.
 */
#ifndef ASSAY_EXPR_FORMULA_H
#define ASSAY_EXPR_FORMULA_H

#include "core/arena.h"
#include "frame/frame.h"

enum { FORMULA_TERMS_MOST = 20000, FORMULA_DEGREE_MOST = 20 };

typedef enum FormulaKind {
  FORMULA_VALUE,       /* a column or an expression */
  FORMULA_FACTOR,
  FORMULA_POLY,
  FORMULA_OFFSET
} FormulaKind;

typedef struct FormulaVariable {
  FormulaKind kind;
  const char *label;             /* as R prints it: "log(z + 1)" */
  const char *text;              /* the expression, a part of Formula.source (but for columns that . stands for) */
  size_t length, at;             /* bytes; where errors about it point */
  const char *reference;         /* factor: the level, or NULL */
  size_t degree;                 /* poly */
  bool raw;
} FormulaVariable;

typedef struct FormulaTerm {
  const uint32_t *variables;     /* numbers, rising */
  size_t n;
  const char *label;             /* "a:b" */
} FormulaTerm;

typedef struct Formula {
  const char *source;            /* as typed */
  const char *expanded;          /* with the columns that each . stands for: means the same for any frame */
  const FormulaVariable *variables;
  size_t n_variables;
  const FormulaVariable *response; /* NULL: none */
  const FormulaTerm *terms;      /* without offsets */
  size_t n_terms;
  const uint32_t *offsets;       /* variables */
  size_t n_offsets;
  bool intercept;
} Formula;

/* Parses text; everything lives in the arena, and plain names must be columns of the frame. Errors: STATUS_FORMAT
 * "bad-formula" with a caret; STATUS_NAME "unknown-column" with the nearest one; STATUS_LIMIT "formula-too-large". */
Status formula_parse(const char *text, const Frame *frame, Arena *arena, const Formula **out, Error *e) MUST_USE;

/* text[0..length) with R's spacing: "log( z+1 )" is "log(z + 1)". */
Status formula_label(const char *text, size_t length, const char *whole, Arena *arena, const char **out,
                     Error *e) MUST_USE;

/* A column's name as it stands in a formula: odd ones in backquotes. */
const char *formula_name(const char *name, Arena *arena);

#endif
