/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of the verbs that put frames together and turn them round mean. */
#include "registry/help.h"

static const Topic join_topics[] = {
    {"append-columns", "a frame lacks a column that another one has",
     "append was told to be strict. Rename or add the column; without strict the cells are missing and that is said."},
    {"append-types", "columns of one name have types that do not go together",
     "int64 goes with float64, category with string; a column of missing cells goes with any. Bring the others to one type "
     "with cast, or read both files with types = {name = \"string\"}. Times must be of one zone."},
};
REGISTER_TOPICS(join_topics);
