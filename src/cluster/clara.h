/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clara.h -- k-medoids of many rows (CLARA, Kaufman and Rousseeuw 1990): medoids are looked for on samples (pam.h,
 * BUILD and FasterPAM) and judged by the objective of all rows.
 *
 * From the second sample on the best medoids so far are in the sample. O(samples (sample_size^2 k + n k d)) time, all
 * threads; memory 12 n bytes. The result is the same on any number of threads.
 */
#ifndef ASSAY_CLUSTER_CLARA_H
#define ASSAY_CLUSTER_CLARA_H

#include "cluster/pam.h"

typedef struct ClaraSettings {
  size_t k, samples, sample_size; /* sample_size >= k; more than n is n */
  uint64_t seed;
} ClaraSettings;

/* Where an interrupted search goes on. All zero is a new one. */
typedef struct ClaraState {
  size_t k, done;   /* samples */
  size_t best;      /* the sample (from 1) of the best medoids, 0: none yet */
  double objective; /* of the best */
  size_t *medoids;  /* k */
} ClaraState;

void clara_state_free(ClaraState *state);

/* After a cancel: STATUS_OK, complete = false, with the best medoids so far, or those of the unfinished sample.
 * out->swaps and iterations are those of the last sample; built_objective is NaN. Errors: STATUS_DATA "k-above-n",
 * "kmeans-distinct" when every sample has fewer distinct points than k;
 * memory; STATUS_CANCELLED when a second cancel stops the last assignment. */
Status clara_fit(Task *task, const Pairs *pairs, const double *weights, const ClaraSettings *settings,
                 ClaraState *state, PamResult *out, Error *e) MUST_USE;

#endif
