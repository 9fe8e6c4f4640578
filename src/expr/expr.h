/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr.h -- the expression language: strings compiled in C and run over columns.
 *
 * Grammar, loosest first: or; and; not; comparison (= == != ~= < <= > >=, in, not in, is missing, is not missing);
 * + -; * / % // ; unary -; ^ (to the right); calls, names, `odd names`, 'text' or "text" (a quote in it doubled, no
 * other escapes), numbers, true false NA, dates as @2024-01-31, [lists], $parameters. `/` is real division, `//` and
 * `%` round down (and take the divisor's sign); int64 overflow and // or % by a whole 0 are errors; `^` is real;
 * log(-1) is NaN. int64 and float64 compare by their true values, texts by bytes; text against number is an error;
 * true counts 1 in arithmetic. Beside a time, a constant text is one, of the other's zone; t1 - t2 is days as
 * float64, functions move times. Missing follows Kleene. if(c, a, b), also with several conditions, coalesce(x, y)
 * and between(x, low, high) are built in.
 *
 * Rows for which if, coalesce, and, or have decided are not asked of what follows: an error there is none. What
 * depends on one category column alone is computed for its levels. A result of texts is a category when all of it
 * comes from categories and constants, else a string.
 *
 * Calls are scalar functions (expr/function.h), aggregates or windows (shape/aggregate.h). An aggregate stands for
 * one cell per group, and where a cell per row is wanted for that cell in each of the group's rows. Windows give a
 * cell per row and cannot stand where a cell per group is wanted, unless inside of an aggregate. Without groups
 * all rows are one. An aggregate inside of another counts as often as its group has rows.
 *
 * Errors point at the character: error_caret with the text as typed. Compiling is O(length); running O(rows) per
 * operation, in blocks, on all threads, with the same result on any number of them.
 */
#ifndef ASSAY_EXPR_EXPR_H
#define ASSAY_EXPR_EXPR_H

#include "core/task.h"
#include "frame/frame.h"
#include "shape/groups.h"

/* A cell for a $name: exactly one of the members is used, by type; STRING borrows. missing: NA. */
typedef struct ExprParameter {
  const char *name;
  Type type;            /* FLOAT64 INT64 BOOL STRING */
  bool missing;
  double number;
  int64_t integer;      /* INT64, BOOL */
  const char *text;
  size_t length;
  bool *used;           /* set when an expression refers to it; may be NULL */
} ExprParameter;

typedef struct ExprScope {
  const Frame *frame;   /* columns by name */
  const ExprParameter *parameters;
  size_t n_parameters;
} ExprScope;

typedef struct Expr Expr;

/* Compiles text[0..length), offsets in errors counting from `text - offset` so that a part of a longer text points
 * right; `whole` is that longer text, or NULL. The expression borrows the scope's columns and lives in the arena;
 * free it with expr_release (patterns). Errors: STATUS_FORMAT "bad-expression" (syntax), STATUS_NAME
 * "unknown-column", "unknown-function", "unknown-parameter" with the nearest name, STATUS_ARGUMENT "wrong-type". */
Status expr_compile(const char *text, size_t length, const char *whole, const ExprScope *scope, Arena *arena,
                    Expr **out,
                    Error *e) MUST_USE;
void expr_release(Expr *expr); /* NULL is fine */

/* "name = expression": the name (into the arena) and where the expression begins; no name: *name is NULL. A name may
 * stand in backquotes. "x == 1" has no name. */
Status expr_split(const char *text, Arena *arena, const char **name, size_t *begin, Error *e) MUST_USE;

bool expr_has_aggregate(const Expr *expr);
bool expr_has_window(const Expr *expr);
bool expr_is_column(const Expr *expr, size_t *column); /* nothing but a column's name */

/* A cell per row of the frame. groups NULL: all rows are one group; windows need groups that are arranged. A plain
 * column is given as it is, a category stays one where no text is made. */
Status expr_rows(const Expr *expr, Groups *groups, Task *task, Column **out, Error *e) MUST_USE;

/* A cell per group; columns outside of aggregates are an error that names the cure (first(x), mean(x) ...).
 * Several at once, so that their aggregates share passes over the rows. */
Status expr_groups(const Expr *const *exprs, size_t n, Groups *groups, Task *task, Column **out, Error *e) MUST_USE;

/* The rows for which a bool expression is true, rising (mem_free), and how many were missing. */
Status expr_matches(const Expr *expr, Groups *groups, Task *task, size_t **rows, size_t *n, size_t *unknown,
                    Error *e) MUST_USE;

/* The same of a column of booleans. */
Status expr_true_rows(const Column *column, size_t **rows, size_t *n, size_t *unknown, Error *e) MUST_USE;

#endif
