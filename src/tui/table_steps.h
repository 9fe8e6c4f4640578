/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_steps.h -- what was done to a table to look at it, as a list of steps and as one Lua expression.
 *
 *   customers   filter spend > 3   sort -spend   hide age
 *   customers:filter("spend > 3"):sort("-spend"):drop("age")
 *
 * Steps are in the order in which they were done, and undone from the end. Sorts side by side (hidden columns between
 * them do not count) are one: the last key goes first, the older ones order its equal rows, as sorting one after the
 * other does. Hiding goes to the end of the expression, for expressions may speak of hidden columns.
 */
#ifndef ASSAY_TUI_TABLE_STEPS_H
#define ASSAY_TUI_TABLE_STEPS_H

#include <stdbool.h>

#include "core/text.h"
#include "frame/frame.h"

typedef enum StepKind {
  STEP_FILTER, /* text: the expression */
  STEP_SORT,   /* text: the column */
  STEP_HIDE,   /* text: the column */
  STEP_SHOW    /* all columns again */
} StepKind;

typedef struct TableStep {
  StepKind kind;
  bool falling; /* of STEP_SORT */
  char *text;
} TableStep;

typedef struct TableSteps {
  TableStep *items;
  size_t n;
} TableSteps;

/* The text is copied; NULL for STEP_SHOW. Errors: STATUS_MEMORY, and nothing was added. */
Status steps_add(TableSteps *steps, StepKind kind, const char *text, bool falling, Error *e) MUST_USE;
void steps_cut(TableSteps *steps, size_t n); /* to the first n */
void table_steps_free(TableSteps *steps);
Status steps_copy(const TableSteps *from, TableSteps *to, Error *e) MUST_USE; /* to: empty or to be replaced */

/* Whether rows are other rows, or in another order: what the session has to work out. */
bool steps_have_rows(const TableSteps *steps);
bool steps_equal_rows(const TableSteps *a, const TableSteps *b);

/* The place of a column among the keys of the order that is seen: 1 is the first; 0: none. */
int steps_sort_key(const TableSteps *steps, const char *column, bool *falling);

bool steps_hidden(const TableSteps *steps, const char *column);

/* Adds the expression of the rows: filters and sorts; and of the columns that are hidden. */
void steps_lua_rows(const TableSteps *steps, const char *base, Text *out);
void steps_lua(const TableSteps *steps, const char *base, Text *out);

/* The same in words: "spend > 3, sorted by -spend, region", for the foot of the table. */
void steps_words(const TableSteps *steps, Text *out);

/* ---- writing Lua and expressions */

/* A text as a Lua string. */
void lua_quote(const char *text, size_t n, Text *out);

bool lua_is_name(const char *text);

/* A column's name in an expression, in backquotes where it must be. */
void expression_name(const char *name, Text *out);

/* "date >= @2024-01-31": the time of a cell, as it is seen where that says all (wall times of whole seconds). name: as
 * expression_name gives it. */
void expression_time(const Column *cells, size_t row, const char *name, const char *relation, Text *out);

/* A condition that holds for the cells that are equal to this one: "region == 'north'", "age is missing". */
void expression_equal(const Frame *frame, size_t column, size_t row, Text *out);

#endif
