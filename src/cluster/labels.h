/* SPDX-License-Identifier: GPL-3.0-or-later */
/* labels.h -- the numbers of clusters, made the same way by all methods: the largest cluster is the first, of equally large
 * ones the one whose first row comes first. So the numbers depend on the partition and the order of rows alone. */
#ifndef ASSAY_CLUSTER_LABELS_H
#define ASSAY_CLUSTER_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* Renumbers labels of n rows (0..k-1 in any order; below 0: noise, becomes -1). Numbers without rows go; *used is how many are
 * left. order (k, may be NULL): order[new] is the old number, those without rows last. sizes (k, may be NULL): rows of each
 * new number. O(n + k log k). Errors: STATUS_MEMORY. */
Status labels_number(int32_t *labels, size_t n, size_t k, int32_t *order, int64_t *sizes, size_t *used, Error *e) MUST_USE;

/* Gives each of n rows the nearest of the caller's k clusters, taken in the order order[0], order[1], ...: labels are places in
 * `order`, of clusters that are equally near the lower one. */
typedef Status (*LabelsAssign)(void *context, const int32_t *order, int32_t *labels, Error *e);

/* Renumbers labels, and puts rows that are equally near to several clusters into the one that a prediction by the new numbers
 * gives them, so that the labels of a fit are those of predict. That changes sizes, and with them the numbers: so it is done
 * again until nothing changes, which comes to pass as each round makes the list of sizes greater (first the largest cluster
 * takes all it can, then the second). order (k) as above; *moved: labels are others than before, not only renumbered. Calls
 * assign once when no row is equally near to two clusters, O(n + k log k) beside it. Errors: STATUS_MEMORY, those of assign. */
Status labels_settle(int32_t *labels, size_t n, size_t k, LabelsAssign assign, void *context, int32_t *order, int64_t *sizes,
                     bool *moved, Error *e) MUST_USE;

#endif
