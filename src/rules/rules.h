/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h -- association rules from frequent sets of items, without a further look at the baskets.
 *
 * A rule lhs => rhs has disjoint sets on both sides whose union is a frequent set. With n baskets:
 *
 *   support = count(lhs and rhs) / n        confidence = count(lhs and rhs) / count(lhs)
 *   lift = confidence / (count(rhs) / n)     leverage = support - support(lhs) support(rhs)
 *   conviction = (1 - support(rhs)) / (1 - confidence), infinite at a confidence of 1
 *
 * Taking an item from the right side to the left one never lowers the confidence, so right sides grow item by item
 * from those that are confident (Agrawal and Srikant 1994, "Fast algorithms for mining association rules", 2.1).
 * Measures: Hahsler 2024, "A probabilistic comparison of commonly used interest measures for association rules".
 */
#ifndef ASSAY_RULES_RULES_H
#define ASSAY_RULES_RULES_H

#include "rules/itemsets.h"

typedef struct RulesLimits {
  double confidence, lift;               /* at least */
  size_t min_length, max_length;         /* items of both sides; max_length 0: no limit */
  size_t max_lhs, max_rhs;               /* 0: no limit */
  size_t most;                           /* the most confident ones, then those of the highest count; 0: all */
  size_t bytes;                          /* may be taken; 0: no limit */
} RulesLimits;

typedef struct Rule {
  uint32_t set;                          /* both sides: its number in the itemsets */
  uint64_t right;                        /* bit k: item k of the set is on the right */
  int64_t count, lhs, rhs;               /* baskets with both, with the left, with the right side */
} Rule;

typedef struct Rules {
  size_t n, found;                       /* rules given; found before `most` cut them */
  Rule *rules;                           /* by falling confidence, then count, then the set's place */
  ItemsetsStop stop;                     /* of the search for rules; the sets have their own */
} Rules;

/* `sets` must hold all subsets of each of its sets (mined with min_length 1). baskets: their number. An empty left side
 * comes with min_length 1 and counts all baskets. O(rules + confident right sides), on all threads. Errors:
 * STATUS_MEMORY; STATUS_LIMIT for sets of more than 64 items. A cancel gives the rules of the sets looked at. */
Status rules_make(const Itemsets *sets, size_t baskets, const RulesLimits *limits, Task *task, Rules *out, Error *e) MUST_USE;
void rules_free(Rules *rules);

typedef struct RuleMeasures {
  double support, confidence, lift, leverage, conviction;
} RuleMeasures;

RuleMeasures rule_measures(const Rule *rule, size_t baskets);

#endif
