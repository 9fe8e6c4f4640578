/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of k-medoids, mixed columns and silhouettes mean. */
#include "registry/topic.h"

static const Topic medoids_topics[] = {
    {"k-above-n", "more clusters than rows",
     "A cluster has at least one row. Choose a smaller k, or look why so few rows are left: df:count(), missing = "
     "\"drop\"."},
    {"gower-type", "a column cannot be compared in this way",
     "types = {column = \"...\"} says what a column is: numeric, ordinal (ranks, or the levels of a category in "
     "their "
     "order), logratio (numbers above 0), nominal, or asymmetric (two classes of which the second one tells). A text "
     "must "
     "become a category to be ordinal: df:mutate{\"size = category(size)\"} and df:levels."},
    {"gower-nothing-shared", "two rows that cannot be compared",
     "Gower's dissimilarity compares two rows by the variables that both have. These two have none in common: their "
     "cells are "
     "missing in turn, or they lack the same asymmetric properties. Leave out rows with many missing cells, or take "
     "in a "
     "variable that all rows have."},
    {"no-rule-for-new-rows", "a model that knows only its own rows",
     "Dissimilarities that were given as a square, and silhouettes, belong to the rows they were made from. predict "
     "and "
     "augment work with that very frame; to label other rows, fit to columns."},
    {"no-silhouettes", "a model without silhouettes",
     "Silhouettes compare all pairs of rows, so some methods make them only when asked: silhouette = true. For any "
     "labels, "
     "df:silhouette{cluster = \"cluster\"} makes them."},
};
REGISTER_TOPICS(medoids_topics);
