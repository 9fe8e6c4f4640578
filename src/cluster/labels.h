/* SPDX-License-Identifier: GPL-3.0-or-later */
/* labels.h -- the numbers of clusters, made the same way by all methods: the largest cluster is the first, of equally large
 * ones the one whose first row comes first. So the numbers depend on the partition and the order of rows alone. */
#ifndef ASSAY_CLUSTER_LABELS_H
#define ASSAY_CLUSTER_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* Renumbers labels of n rows (0..k-1 in any order; below 0: noise, becomes -1). Numbers without rows go; *used is how many are
 * left. order (k, may be NULL): order[new] is the old number, those without rows last. sizes (k, may be NULL): rows of each
 * new number. O(n + k log k). Errors: STATUS_MEMORY. */
Status labels_number(int32_t *labels, size_t n, size_t k, int32_t *order, int64_t *sizes, size_t *used, Error *e) MUST_USE;

#endif
