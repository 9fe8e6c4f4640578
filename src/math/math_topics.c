/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of sums, fits and distributions mean. */
#include "registry/help.h"

static const Topic math_topics[] = {
    {"negative-weight", "a weight that is less than 0",
     "A weight says how much a row counts: 0 leaves it out, and 2 is as good as two such rows. The message has the "
     "first row that breaks this; df:filter \"w >= 0\" leaves such rows out."},
    {"no-eigenvalues", "eigenvalues did not converge",
     "The linear algebra library gave up on a matrix. Columns of very different sizes can do this: scale them, or leave "
     "columns out that are sums of others."},
    {"no-rmath", "R's library of distributions is not there",
     "p-values and intervals need it. On Debian: apt-get install r-mathlib."},
};
REGISTER_TOPICS(math_topics);
