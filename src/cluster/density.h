/* SPDX-License-Identifier: GPL-3.0-or-later */
/* density.h -- what the density methods share. */
#ifndef ASSAY_CLUSTER_DENSITY_H
#define ASSAY_CLUSTER_DENSITY_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* Renumbers clusters 0..k-1 (-1: noise) by size, largest first, ties by their first row; sizes (k numbers) are the
 * caller's. Every cluster has a row. O(n + k log k). */
Status density_number(int32_t *labels, size_t n, size_t k, int64_t **sizes, Error *e) MUST_USE;

/* The same, and also old[new number] = number before (k numbers, NULL: not wanted). */
Status density_renumber(int32_t *labels, size_t n, size_t k, int64_t **sizes, int32_t *old, Error *e) MUST_USE;

#endif
