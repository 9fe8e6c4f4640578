/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of sums, fits and distributions mean. */
#include "registry/help.h"

static const Topic math_topics[] = {
    {"no-rmath", "R's library of distributions is not there",
     "p-values and intervals need it. On Debian: apt-get install r-mathlib."},
};
REGISTER_TOPICS(math_topics);
