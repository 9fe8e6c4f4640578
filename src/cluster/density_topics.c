/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of the density methods mean. */
#include "registry/help.h"

static const Topic density_topics[] = {
    {"meanshift-empty", "mean shift has no row to begin with",
     "With bins = true mean shift begins at the corners of a grid as wide as the bandwidth. With many variables these "
     "lie farther "
     "than the bandwidth from every row, and no window has anything in it. bins = false begins at the rows "
     "themselves."},
};
REGISTER_TOPICS(density_topics);
