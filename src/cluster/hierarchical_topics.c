/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the errors of hierarchical clustering. */
#include "registry/topic.h"

static const Topic hierarchical_topics[] = {
    {"bad-distances", "given distances that are none",
     "distances = takes a frame with columns a, b (row numbers from 1) and distance that names each pair of rows once, "
     "or a square "
     "with a column for each row, 0 on the diagonal and the same numbers on both sides of it. The message says which "
     "pair is "
     "wrong, missing, negative or given twice."},
    {"tree-not-whole", "a tree of merges that was stopped",
     "Ctrl-C during a hierarchical clustering keeps the merges so far. They leave parts, more than the clusters asked for, and the "
     "last merges, which a dendrogram shows, are not known. m = m:continue() goes on to the whole tree. Until then the model has "
     "the parts as clusters: m:tidy() lists all of them, largest first, m:predict(df) gives each row its part, m:cut{height = } "
     "and m:cut(k) with more clusters than parts split them."},
    {"graph-in-pieces", "neighbours that leave too many pieces",
     "With neighbours = only rows that a chain of nearest neighbours connects can merge. So many separate pieces are "
     "left here that "
     "most of the tree would be made without that rule. More neighbours connect more; equal rows that occur more often "
     "than "
     "that have no other neighbours than one another."},
    {"too-few-groups", "fewer groups than clusters",
     "birch makes clusters of groups, and there are fewer groups than k. A smaller threshold, or threshold = 0 with "
     "enough leaves, "
     "makes more of them."},
};
REGISTER_TOPICS(hierarchical_topics);
