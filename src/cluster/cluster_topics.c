/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the errors that clustering methods share. */
#include "registry/topic.h"

static const Topic cluster_topics[] = {
  {"bad-weight", "a weight that cannot be",
   "Weights are finite numbers of 0 or more, and not all 0. The message names the row; df:filter or if(x < 0, 0, x) mends it."},
  {"too-large", "a method does not fit this many rows",
   "Methods that compare every row with every other need memory or time that grows with the square of the rows, so they refuse "
   "before they begin. The message says what it would take and what to do instead: fit to a sample (sample = 20000 assigns the "
   "others afterwards), or another method."},
  {"values-too-large", "numbers too large to be squared",
   "Sums of squared distances would overflow. scale = \"zscore\" brings the variables to one size; or divide the column."},
};
REGISTER_TOPICS(cluster_topics);
