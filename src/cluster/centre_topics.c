/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the errors of spherical k-means. */
#include "registry/topic.h"

static const Topic centre_topics[] = {
  {"no-direction", "a row of zeros",
   "Spherical k-means compares the directions of rows: the mix of their values, whatever their size. A row whose variables are all "
   "0 (after scaling) has none. Filter such rows out, as customers who bought nothing, or give them a cluster of their own "
   "afterwards."},
};
REGISTER_TOPICS(centre_topics);
