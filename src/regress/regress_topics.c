/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of the regressions mean. */
#include "registry/help.h"

static const Topic regress_topics[] = {
    {"ols-response", "a response that is no number",
     "ols explains numbers. Of a text, explain how often it has one of its levels: I(class == 'bad') ~ age. Numbers that "
     "were read as text become numbers with mutate{\"x = float64(x)\"}."},
    {"no-response", "rows without the column that a regression explains",
     "Residuals are what is left of it. Give rows that have the column, or plot something else: m:plot(\"coefficients\")."},
};
REGISTER_TOPICS(regress_topics);
