/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the language is, and what its errors mean. */
#include "registry/help.h"

static const Topic expr_topics[] = {
    {"expressions", "the language of filter, mutate and agg",
     "df:filter(\"spend > 100 and region in ['north', 'east']\"); df:mutate{\"share = spend / sum(spend)\"}.\n"
     "Loosest first: or; and; not; = == != ~= < <= > >=, in, not in, is missing, is not missing; + -; * / % //; -x; "
     "^.\n"
     "A name is a column; odd names stand in backquotes: `Unit Price`. Texts: 'a' or \"a\", a quote in them written "
     "twice. "
     "Times: @2024-01-31, @2024-01-31T10:30, or a text beside a time column. Lists: x in [1, 2]. NA is missing. "
     "Values of Lua come in by "
     "name: df:filter(\"spend > $least\", {least = 100}).\n"
     "/ gives a real number; // and % round down; ^ is real; whole numbers stay whole and an overflow is an error; "
     "log(-1) is "
     "NaN. true counts 1 in arithmetic. Whole and real numbers compare by their true values, texts by bytes; text "
     "against number "
     "is an error. t1 - t2 is days; add_days(t, n) moves a time.\n"
     "Anything with a missing cell is missing, but false and x is false, true or x is true. filter keeps what is "
     "true.\n"
     "if(c, a, b), if(c, a, c2, b, ... z); coalesce(x, y): the first that is not missing; between(x, low, high). "
     "Rows that a "
     "condition leaves out cannot fail: if(y == 0, NA, x // y).\n"
     "sum(x), mean(x) ... give one cell for all rows, or for each group (by = ...), repeated where a cell per row is "
     "wanted; inside "
     "of another aggregate they count as often as the group has rows. lag(x), rank(x) ... look along the rows of a "
     "group; order = "
     "... says how these lie. ?functions lists all."},
    {"bad-cast", "a text or number that cannot be read as the type",
     "The message shows the first one and its row. float64(x, NA), int64(x, NA) and bool(x, NA) make such cells "
     "missing; "
     "int64(round(x)) says what happens to fractions."},
    {"bad-expression", "an expression that is not written right",
     "The caret stands where it stops making sense. ?expressions has the grammar. A text stands in quotes, an odd "
     "column name in "
     "backquotes."},
    {"divided-by-zero", "a whole number divided by zero",
     "x // y and x % y of whole numbers have no value where y is 0. Say what such rows get: if(y == 0, NA, x // y). "
     "Real numbers "
     "give Inf or NaN."},
    {"not-aggregated", "a column where one cell per group is wanted",
     "agg gives a row per group, so that each expression must make one cell of a group's cells: mean(x), first(x), "
     "count()."},
    {"too-many-aggregates", "one call has more aggregates than can be computed at once",
     "Make them in several steps."},
    {"unknown-function", "no function of the expression language has this name", "?functions lists all of them."},
    {"unknown-parameter", "a $name in an expression has no value, or a value no $name",
     "Values come in by name: df:filter(\"spend > $least\", {least = 100})."},
    {"wrong-arguments", "a function was given too few or too many arguments",
     "?NAME shows what it takes, as ?round."},
    {"wrong-length", "a column has another number of rows than the frame",
     "Take columns and conditions from the same frame."},
};
REGISTER_TOPICS(expr_topics);
