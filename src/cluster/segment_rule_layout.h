/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_rule_layout.h -- what segment_rule*.c share. */
#ifndef ASSAY_CLUSTER_SEGMENT_RULE_LAYOUT_H
#define ASSAY_CLUSTER_SEGMENT_RULE_LAYOUT_H

#include "cluster/segment_rule.h"

#define RULE_NONE UINT32_MAX

/* Ranks the columns that may be used: rules->variables. */
Status rule_variables(Task *task, const RuleAsk *ask, SegmentRules *rules, Error *e) MUST_USE;

static inline bool rule_meets(const RuleVariable *variable, const RuleCondition *c, size_t row)
{
  const uint32_t code = variable->codes[row];
  if (code == RULE_NONE) {
    return false;
  }
  switch (c->operator) {
  case RULE_AT_LEAST: return code >= c->cut;
  case RULE_AT_MOST: return code <= c->cut;
  case RULE_TRUE: return code == 1;
  case RULE_FALSE: return code == 0;
  default: break;
  }
  for (size_t i = 0; i < c->n_levels; i++) {
    if (c->levels[i] == code) {
      return true;
    }
  }
  return false;
}

/* Drops idle conditions and rounds cuts; counts what the rule selects. O(n conditions). */
Status rule_finish(Task *task, const SegmentRules *rules, const int64_t *labels, int64_t segment, SegmentRule *rule,
                   Error *e) MUST_USE;

#endif
