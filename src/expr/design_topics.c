/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas, and what their errors mean. */
#include "registry/help.h"

static const Topic design_topics[] = {
    {"bad-formula", "a formula that cannot be read",
     "The caret shows where. A formula is like y ~ a + b:c + log(d) - 1; ?formulas lists what there is."},
    {"bad-plan", "a model's record of its variables is damaged",
     "A model with a formula keeps the levels and polynomials of its variables. This one's are not those of its formula: fit again."},
    {"few-values", "too few different values for a polynomial", "poly(x, k) needs at least k + 1 different values of x."},
    {"formula-too-large", "a formula with too many terms",
     "Products and powers of many columns make more terms than anybody can look at. Name those that matter."},
    {"formulas", "R's formulas: which terms a model has",
     "y ~ a + b explains y by a and b, with an intercept. Terms are columns (odd names in backquotes) or functions of them.\n"
     "a:b is an interaction; a * b is a + b + a:b; (a + b + c)^2 has all interactions of two; a / b is a + a:b.\n"
     "- a takes a term out again, - 1 or + 0 the intercept. A point stands for all columns that the left side does not name, "
     "but for those that augment made.\n"
     "Inside of functions and of I() the language of expressions holds: I(a^2), log(a + 1), I(a > 3). See ?expressions.\n"
     "Texts, truth values and cluster numbers are levels: a column of 0 and 1 for each but the first one in order. factor(a) makes "
     "levels of numbers; factor(a, ref = \"x\") compares with the level x.\n"
     "poly(a, 2) makes orthogonal polynomials, with raw = true plain powers. offset(a) is added with coefficient 1.\n"
     "df:design(\"~ a * b\") shows the matrix that comes of it."},
    {"no-rows", "no row to make a model of", "All rows were filtered away or have missing cells."},
    {"not-by-row", "an aggregate or window inside of a formula",
     "mean(x) of new data is another number than that of the fit. Make it a column with mutate first, so that it is plain what it is."},
    {"one-level", "a variable with one level only", "There is nothing to compare: take it out of the formula."},
    {"too-many-columns", "a formula makes too many columns",
     "Most often an id, or a text with thousands of levels, is among the terms. - name takes it out again."},
    {"unknown-level", "a reference level that there is not",
     "factor(x, ref = \"level\") must name one of the levels of x. The message shows the nearest one."},
    {"unseen-level", "a level that the fit has not seen",
     "A model cannot say anything about it. Filter these rows, or fit again with data that have it."},
};
REGISTER_TOPICS(design_topics);
