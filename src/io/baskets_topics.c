/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of baskets mean. */
#include "registry/help.h"

static const Topic baskets_topics[] = {
    {"baskets-clash", "a new column would be called like one that is there",
     "The sets are called items, and with onehot each item names a column. Rename or leave out the other "
     "column first."},
    {"baskets-no-sets", "a frame has no single column of sets",
     "onehot and long turn a column of sets round. df:baskets{...} makes one; with several, name the one "
     "that is meant."},
    {"baskets-quote", "a quote in a file of baskets is not sound",
     "An item in quotes ends with a quote and then the separator or the line's end; quotes inside are "
     "doubled. With quote = "
     "\"\" quotes are characters like others."},
    {"baskets-unclear", "which columns make the baskets is not clear",
     "df:baskets() recognises two columns of which the first repeats and the second is text, names such as "
     "invoice and "
     "product, or a frame whose columns all say yes or no but for one id. Otherwise say it: id and item for "
     "a row per item, on "
     "for a column per item."},
    {"baskets-values", "a cell does not say whether an item is in a basket",
     "Cells may be true and false, 1 and 0, or texts such as yes and no, t and f. present = {...} names the "
     "values that mean "
     "present; all others mean absent then."},
};
REGISTER_TOPICS(baskets_topics);
