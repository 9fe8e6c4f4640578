/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of mining mean. */
#include "registry/help.h"

static const Topic rules_topics[] = {
    {"no-baskets", "a frame without baskets",
     "itemsets and rules want one column of sets. df:baskets{id = ..., item = ...} makes it of a long table, read_baskets(path) "
     "of lines of items; with several such columns name one: on = \"items\"."},
    {"too-many-cells", "too many items in all baskets together",
     "The search numbers them with 32 bits. Ask for a higher support, which leaves out rare items."},
    {"too-many-items", "a frequent set is too long for rules",
     "Rules come from sets of at most 64 items. Limit them: max_length = 10."},
};
REGISTER_TOPICS(rules_topics);
