/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design.h -- the matrix that a formula makes of a frame, as R's model.matrix, a block of rows at a time.
 *
 * Numbers are columns as they are. Texts, truth values, labels (cluster numbers) and factor() are levels: a column of 0 and 1 for
 * each level but the reference, which is the first in order of bytes (numbers by size, FALSE before TRUE) or the one
 * that ref names. Where a margin of an interaction is missing, and for the first variable with levels when there is no
 * intercept, all levels have a column (R's rule). Only levels that occur count. In an interaction the first variable's columns change
 * fastest. Names are R's: regionnorth, flagTRUE, a:b, poly(x, 2)1.
 *
 * Rows with a missing cell in any variable that is used (terms, response, offset) are an error that counts them by
 * variable, or are dropped. NaN and infinite numbers are an error always. Only what the variables are is kept (a code of
 * four bytes for each row of levels, values of expressions); the matrix itself is never held.
 *
 * Predictions: design_like makes the same columns of other rows, from the levels and polynomials of the fit, which
 * design_plan gives as a frame to be kept with a model. Levels never seen and types that changed are errors.
 *
 * Errors beside those of formula.h and expr.h: STATUS_DATA "missing-values", "not-finite", "no-rows", "one-level",
 * "few-values", "unseen-level"; STATUS_NAME "unknown-level"; STATUS_ARGUMENT "wrong-type", "not-by-row";
 * STATUS_LIMIT "too-many-columns"; memory, cancelled.
 */
#ifndef ASSAY_EXPR_DESIGN_H
#define ASSAY_EXPR_DESIGN_H

#include "core/task.h"
#include "frame/frame.h"

enum { DESIGN_COLUMNS_MOST = 100000 };

typedef struct DesignOptions {
  bool drop;        /* leave out rows with missing cells */
  bool response;    /* the left side is wanted; else it is not even looked at */
} DesignOptions;

typedef struct Design Design;

/* O(rows * variables). The design holds the columns it needs, not the frame. */
Status design_make(const char *formula, const Frame *frame, const DesignOptions *options, Task *task, Design **out,
                   Error *e) MUST_USE;

/* The same columns for other rows. */
Status design_like(const Design *fit, const Frame *frame, const DesignOptions *options, Task *task, Design **out,
                   Error *e) MUST_USE;

/* What design_like needs, to be kept: the formula with all columns named, and a frame (variable class level centre alpha
 * norm). design_of_plan takes them back; a plan from a file is checked. */
const char *design_formula(const Design *design);
Status design_plan(const Design *design, Frame **out, Error *e) MUST_USE;
Status design_of_plan(const char *formula, const Frame *plan, const Frame *frame, const DesignOptions *options, Task *task,
                      Design **out, Error *e) MUST_USE;
void design_free(Design *design); /* NULL is fine */

size_t design_rows(const Design *design);
size_t design_columns(const Design *design);
const char *design_name(const Design *design, size_t column);
bool design_intercept(const Design *design);              /* then it is column 0 */
size_t design_terms(const Design *design);                /* without the intercept */
const char *design_term(const Design *design, size_t term);
size_t design_term_of(const Design *design, size_t column); /* terms from 1, the intercept 0 */

/* The frame's row of each row, rising; NULL: all rows, none was dropped. */
const size_t *design_kept(const Design *design);
size_t design_dropped(const Design *design);

/* Rows first .. first + count - 1 in row-major order: count * columns doubles. From any thread. */
void design_block(const Design *design, size_t first, size_t count, double *out);

/* The same rows column by column: x[j] (there is room for design_columns pointers) becomes count doubles of column j, in
 * the frame's own memory where they lie there as doubles, else in the buffer (count * columns doubles). From any thread.
 * For sums over many rows: nothing is transposed and whole numeric columns are not even copied. */
void design_column_block(const Design *design, size_t first, size_t count, double *buffer, const double **x);

/* The response likewise: into the buffer of count doubles only if it must be. */
const double *design_response_block(const Design *design, size_t first, size_t count, double *buffer);

/* The sum of the offsets of these rows, 0 without any. */
bool design_has_offset(const Design *design);
void design_offset(const Design *design, size_t first, size_t count, double *out);

/* The response: numbers, or with levels (texts, truth values, labels) the level's number from 0. */
const char *design_response_name(const Design *design);   /* NULL: none */
size_t design_response_levels(const Design *design);      /* 0: numbers */
const char *design_response_level(const Design *design, size_t level);
void design_response(const Design *design, size_t first, size_t count, double *out);

/* Variables with levels among the terms, for cards: level 0 is the reference. */
size_t design_factors(const Design *design);
const char *design_factor(const Design *design, size_t factor, size_t *levels);
const char *design_factor_level(const Design *design, size_t factor, size_t level);

#endif
