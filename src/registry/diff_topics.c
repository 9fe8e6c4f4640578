/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of comparisons mean. */
#include "registry/help.h"

static const Topic diff_topics[] = {
    {"not-comparable", "two fits that are of different methods",
     "diff compares options, figures and components of two fits of one method. Compare what they say of the same rows "
     "instead: diff(a:predict(df), b:predict(df)), or df:agreement{a = ..., b = ...} for two sets of clusters."},
};
REGISTER_TOPICS(diff_topics);
