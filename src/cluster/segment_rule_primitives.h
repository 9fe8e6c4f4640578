/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment_rule_primitives.h -- the options of rules, and rules for the segments of a model. */
#ifndef ASSAY_CLUSTER_SEGMENT_RULE_PRIMITIVES_H
#define ASSAY_CLUSTER_SEGMENT_RULE_PRIMITIVES_H

#include "cluster/segment_labels_primitives.h"
#include "cluster/segment_rule.h"
#include "core/options.h"

#define SEGMENT_RULE_OPTIONS(O) \
  O(on, TEXTS, OPTION_UNSET, 1, 0, "", "", "columns that rules may use; default: all that can stand in a rule") \
  O(conditions, INT, "3", 1, 3, "", "", "conditions in a rule at most") \
  O(gain, NUMBER, "0.01", 0, 1, "", "", "how much a longer rule must gain in f1")

/* on, conditions, gain: as in the options. Errors: "unknown-column" and those of segment_rules_find. */
Status segment_rules_of(Call *call, const Model *model, const Frame *data, const SegmentLabels *labels, OptionTexts on,
                        int64_t conditions, double gain, SegmentRules *out, Error *e) MUST_USE;

/* Adds what the search for rules of a model's segments will cost: a pass over each column for each segment and condition tried. */
void segment_rules_cost(const Model *model, const Frame *data, OptionTexts on, Cost *cost);

#endif
