/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tendency.h -- whether rows cluster at all: Hopkins' statistic with its null distribution.
 *
 * m places are drawn uniformly in the box of the data, and m rows without replacement. With u the distance from a place to
 * the nearest row, w that from a drawn row to the nearest other row, H = sum u^d / (sum u^d + sum w^d). Under complete spatial
 * randomness H follows Beta(m, m), so values near 1/2 are expected, and the tail beyond H is a p-value (Cross and Jain 1982;
 * Wright 2022, who shows that the power d is needed for that). Rows that fill only a part of the box (a diagonal) also give
 * a large H.
 */
#ifndef ASSAY_CLUSTER_TENDENCY_H
#define ASSAY_CLUSTER_TENDENCY_H

#include <stdint.h>

#include "core/task.h"

typedef struct Hopkins {
  double statistic;  /* NaN when all rows are equal */
  size_t m;          /* places drawn */
  double p_value;    /* of the null that rows lie at random: P(Beta(m, m) > H) */
} Hopkins;

/* values: n x d, n >= 2; 1 <= m < n. The time of an index of neighbours, and 2 m questions to it. Errors: STATUS_CANCELLED,
 * STATUS_MEMORY, those of distributions_open and neighbours_new. */
Status hopkins(Task *task, const double *values, size_t n, size_t d, size_t m, uint64_t seed, Hopkins *out, Error *e) MUST_USE;

#endif
