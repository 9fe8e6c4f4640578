/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of groups, order, aggregates and windows mean. */
#include "registry/help.h"

static const Topic shape_topics[] = {
    {"bad-sample", "a sample that cannot be drawn",
     "df:sample(100) draws so many rows, df:sample{share = 0.1} such a share of them. More rows than there are can "
     "only be drawn with replace = true."},
    {"needs-order", "a place in an order that was not given",
     "rank(), dense_rank(), percent_rank(), cume_dist() and ntile() tell a row's place along an order of the rows. "
     "Give one beside the expression, as in df:mutate{\"place = rank()\", order = \"-amount\"}; a group's rows are "
     "ordered within it. rank_of(x) goes by the cells of x and needs none."},
    {"overflow", "a whole number beyond int64",
     "Whole numbers reach from -9223372036854775808 to 9223372036854775807, and a result beyond them is refused "
     "rather than wrapped round. Work with float64(x) where an approximate figure will do."},
    {"too-many-rows", "more rows than can be grouped or sorted",
     "Grouping and sorting number rows with 32 bits, which is enough for 4,294,967,294 of them. Work on a part of "
     "the rows, or on df:sample(n)."},
};
REGISTER_TOPICS(shape_topics);
