/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_rule.h -- a short rule for each segment that finds its rows again: "spend >= 420 and region = 'north'".
 *
 * A rule is a conjunction of at most three conditions, each on a column as segment_columns.h describes it: a number at
 * least or at most a cut, a boolean true or false, a category that is one of at most five levels. A missing or NaN cell
 * meets no condition. What is made large is F1, the harmonic mean of precision (share of the selected rows that are in
 * the segment) and recall (share of the segment's rows that are selected).
 *
 * Search: for a set of rows every cut of every number is tried, by one pass over counts by rank (columns are ranked
 * once), and every best set of levels (by falling share of the segment, which is optimal for F1). The best few
 * conditions (a beam of 6) are each extended the same way; then each condition of the best rule is chosen anew with the
 * others kept, until nothing improves. A longer rule is taken when it gains at least `gain` in F1. At last cuts are
 * rounded to as few digits as leave every row where it is, and conditions that decide nothing are dropped. Ties: the
 * first column, so the result depends on the data alone. Cost O(k columns n) with a small factor, 4 bytes for each
 * number of the data.
 */
#ifndef ASSAY_CLUSTER_SEGMENT_RULE_H
#define ASSAY_CLUSTER_SEGMENT_RULE_H

#include "cluster/segment_columns.h"
#include "core/text.h"

enum { RULE_CONDITIONS = 3, RULE_LEVELS = 5 };

typedef enum RuleOperator { RULE_AT_LEAST, RULE_AT_MOST, RULE_IN, RULE_TRUE, RULE_FALSE } RuleOperator;

typedef struct RuleCondition {
  size_t variable; /* in SegmentRules.variables */
  RuleOperator operator;
  double value;               /* of the first two */
  size_t levels[RULE_LEVELS]; /* codes; of RULE_IN, rising */
  size_t n_levels;
  uint32_t cut; /* the lowest or highest rank that is taken */
} RuleCondition;

typedef struct SegmentRule {
  RuleCondition conditions[RULE_CONDITIONS];
  size_t n;                   /* 0: no condition tells the segment from the rest */
  size_t size, selected, hit; /* rows of the segment; that the rule selects; both */
} SegmentRule;

/* A column with the rank (or code) of each row's cell. */
typedef struct RuleVariable {
  SegmentColumn column;
  uint32_t *codes; /* UINT32_MAX: missing or NaN */
  double *values;  /* of numbers: the value of each rank, rising */
  uint32_t n_codes;
} RuleVariable;

typedef struct SegmentRules {
  const Frame *data; /* borrowed */
  RuleVariable *variables;
  size_t n_variables, k;
  SegmentRule *rules; /* k */
} SegmentRules;

typedef struct RuleAsk {
  size_t conditions; /* 1..3 */
  double gain;
  size_t skip;        /* a column that is not used; SIZE_MAX: none */
  const bool *use;    /* which columns may be used; NULL: all */
  const bool *fitted; /* columns that are used even if they look like ids; NULL: none */
} RuleAsk;

/* labels: 1..k, 0 for rows in none. Errors: STATUS_DATA "no-rule-columns" when no column can be used; STATUS_LIMIT for
 * 2^32 rows or more; STATUS_CANCELLED, STATUS_MEMORY. */
Status segment_rules_find(Task *task, const Frame *data, const int64_t *labels, size_t k, const RuleAsk *ask,
                          SegmentRules *out, Error *e) MUST_USE;
void segment_rules_free(SegmentRules *rules);

double segment_rule_precision(const SegmentRule *rule); /* NaN when it selects nothing */
double segment_rule_recall(const SegmentRule *rule);
double segment_rule_f1(const SegmentRule *rule);

/* The rule as an expression (expr/expr.h); filter gives exactly the rows selected. "" for a rule without conditions. */
Status segment_rule_text(const SegmentRules *rules, const SegmentRule *rule, Arena *arena, Text *out,
                         Error *e) MUST_USE;

/* The number with the fewest digits in (low, high], low < high; and in [low, high). Infinite ends are fine. */
double rule_round_above(double low, double high);
double rule_round_below(double low, double high);

#endif
