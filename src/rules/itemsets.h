/* SPDX-License-Identifier: GPL-3.0-or-later */
/* itemsets.h -- all sets of items that occur together in at least so many baskets.
 *
 * Items are numbered by falling frequency. The sets whose rarest item is i are the branch of i: they come from the
 * baskets that hold i, cut down to the items before i. Branches are independent and run on all cores; within one the
 * search goes depth first, each step counting the items of the baskets left over and keeping those that are frequent
 * there (occurrence deliver, Uno, Kiyomi and Arimura 2004, "LCM ver. 2"). Where few items are left their sets are counted
 * all at once, by adding up a table of 2^items counters; where the baskets left are dense the items are bitmaps (Eclat,
 * Zaki 2000, "Scalable algorithms for association mining").
 *
 * The sets of the first branches are closed under taking subsets, so a search that is stopped, by a cancel or a limit of
 * memory, gives all sets of the most frequent items, and says of how many. The result does not depend on the number of
 * threads.
 */
#ifndef ASSAY_RULES_ITEMSETS_H
#define ASSAY_RULES_ITEMSETS_H

#include "core/task.h"

/* Baskets as rows of item codes, strictly rising within a row: basket b is codes[offsets[b]] .. codes[offsets[b + 1] - 1]. */
typedef struct Baskets {
  size_t n, items;          /* baskets, different codes 0 .. items - 1 */
  const int64_t *offsets;   /* n + 1; need not begin at 0 */
  const int32_t *codes;
} Baskets;

typedef struct ItemsetsLimits {
  size_t count;             /* a set occurs at least so often; at least 1 */
  size_t min_length, max_length; /* items of a set; max_length 0: no limit */
  size_t bytes;             /* the sets may take so much memory; 0: no limit */
} ItemsetsLimits;

typedef enum ItemsetsStop { ITEMSETS_COMPLETE, ITEMSETS_CANCELLED, ITEMSETS_MEMORY } ItemsetsStop;

/* Sets ordered by length, then falling count, then the frequency of their items. */
typedef struct Itemsets {
  size_t n;
  int64_t *offsets;         /* n + 1 */
  int32_t *codes;           /* of set s: codes[offsets[s]] ..., rising */
  int64_t *counts;
  size_t frequent;          /* items that are frequent by themselves */
  size_t searched;          /* so many of them, the most frequent ones, were searched: all when complete */
  ItemsetsStop stop;
} Itemsets;

/* Finds them. A cancel is no error here: the sets found so far are given. Sets shorter than min_length are left out.
 * Time: about the number of cells of all baskets left over in the search. Errors: STATUS_MEMORY. */
Status itemsets_mine(const Baskets *baskets, const ItemsetsLimits *limits, Task *task, Itemsets *out, Error *e) MUST_USE;
void itemsets_free(Itemsets *sets);

/* The smallest count c with c / n >= share. share in (0, 1]. */
size_t itemsets_count_of_share(double share, size_t n);

#endif
