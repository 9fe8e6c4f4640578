/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agreement.h -- how far two partitions of the same rows agree, whatever their classes are called.
 *
 * All figures come from the table of counts n_ij (rows in class i of the one and j of the other), a_i and b_j its margins.
 *   rand    share of the pairs of rows that both keep together or both keep apart (Rand 1971)
 *   ari     rand adjusted for chance: 0 for random labels, 1 for the same partition (Hubert and Arabie 1985)
 *   nmi     mutual information over the mean of the two entropies (V-measure; Rosenberg and Hirschberg 2007)
 *   ami     the same adjusted for chance, by the exact expectation (Vinh, Epps and Bailey 2010)
 *   fmi     geometric mean of pair precision and recall (Fowlkes and Mallows 1983)
 *   purity  share of rows in the most frequent second class of their first class
 *   homogeneity   how far each first class has rows of one second class only: 1 - H(b | a) / H(b)
 *   completeness  how far each second class lies in one first class: 1 - H(a | b) / H(a); their harmonic mean is the
 *                 V-measure, which is nmi
 *   pairs         of rows: together in both, only in a, only in b, in neither
 */
#ifndef ASSAY_CLUSTER_AGREEMENT_H
#define ASSAY_CLUSTER_AGREEMENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/task.h"

typedef struct Agreement {
  double rand, ari, nmi, ami, fmi, purity, homogeneity, completeness;
  double pairs_both, pairs_a, pairs_b, pairs_neither; /* whole numbers */
} Agreement;

/* a, b: n class numbers below ka and kb. Two partitions of one class each agree in full. Needs n >= 1. O(n + ka kb + what
 * the expectation of ami takes: at most n (ka + kb)). Errors: STATUS_MEMORY, STATUS_CANCELLED. */
Status agreement(const Task *task, const size_t *a, size_t ka, const size_t *b, size_t kb, size_t n, Agreement *out,
                 Error *e) MUST_USE;

/* The same, of what counts pairs alone: rand, ari, fmi and pairs; the others are left as they are. O(n + ka kb). */
Status agreement_of_pairs(const size_t *a, size_t ka, const size_t *b, size_t kb, size_t n, Agreement *out, Error *e) MUST_USE;

#endif
