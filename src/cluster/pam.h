/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pam.h -- k-medoids: k rows, the medoids, such that the sum of dissimilarities from each row to its nearest medoid
 * is small (Kaufman and Rousseeuw 1990).
 *
 * BUILD takes the row that lowers the sum most, k times. SWAP exchanges a medoid for another row while that lowers
 * the sum: by FasterPAM (Schubert and Rousseeuw 2021), which finds the best medoid to give up for a row in one pass
 * over the others and swaps at once; or, `steepest`, by the best swap of all rows and medoids, as the classic
 * algorithm does. LAB builds on small random samples. Ties go to the lower row and the lower slot. The objective is
 * the mean dissimilarity to the nearest medoid, by weight.
 *
 * Cost: BUILD k n^2, each pass of SWAP n^2 dissimilarities, all threads; memory 8 k n bytes and O(n), and 8 n^2 where
 * reading a dissimilarity is faster than computing it and memory allows. Rows that would improve are looked for on
 * all threads, but taken in their order, so that the result is the same on any number of them.
 */
#ifndef ASSAY_CLUSTER_PAM_H
#define ASSAY_CLUSTER_PAM_H

#include "cluster/medoids_pairs.h"

typedef enum PamInit { PAM_BUILD, PAM_LAB, PAM_RANDOM, PAM_GIVEN } PamInit;

typedef struct PamSettings {
  size_t k, max_iterations;
  PamInit init;
  const size_t *medoids; /* k different rows, for PAM_GIVEN */
  bool swap, steepest;
  uint64_t seed;
} PamSettings;

typedef enum PamStage { PAM_STAGE_NEW, PAM_STAGE_BUILD, PAM_STAGE_SWAP, PAM_STAGE_DONE } PamStage;

/* Where an interrupted search goes on, plain numbers. All zero is a new one; pam_fit allocates the medoids. */
typedef struct PamState {
  PamStage stage;
  size_t k;
  size_t built;             /* medoids found so far */
  size_t next, since;       /* SWAP: the row to try next, and rows tried since the last swap */
  size_t iterations, swaps; /* passes over the rows begun; swaps made */
  double built_objective;   /* NaN until there are k medoids */
  size_t *medoids;          /* k */
} PamState;

void pam_state_free(PamState *state);

typedef struct PamResult {
  size_t n, k;
  size_t *medoids;       /* k: rows, of clusters numbered largest first, ties by their first row */
  int32_t *labels;       /* n */
  double *dissimilarity; /* n: to the medoid of the own cluster */
  int64_t *sizes;        /* k: rows */
  double *mean, *most;   /* k: mean (by weight) and largest dissimilarity to the medoid */
  double objective, built_objective;
  size_t iterations, swaps;
  bool converged, complete;
  const char *reason; /* "", "interrupted", "max_iter" */
  char stopped_at[64];
} PamResult;

void pam_result_free(PamResult *result);

/* Searches. A row that is as near to two medoids is in the one of the lower number; a medoid is in its own. weights: n numbers of 0 or more, not all 0, or NULL. k <= n. After a cancel: STATUS_OK with complete =
 * false and the medoids so far, filled up by the first rows if there are fewer than k; called again with the state it
 * ends with the same bits as a search that was not interrupted. Every pair of rows must have a dissimilarity
 * (gower_apart). Errors: STATUS_DATA "k-above-n", "kmeans-distinct" (two medoids in one place), STATUS_MEMORY, STATUS_LIMIT; STATUS_CANCELLED when a second cancel
 * stops the last assignment. */
Status pam_fit(Task *task, const Pairs *pairs, const double *weights, const PamSettings *settings, PamState *state,
               PamResult *out, Error *e) MUST_USE;

/* Labels, dissimilarities and the figures of clusters for given medoids; what pam_fit does at its end. Clusters are
 * numbered as there. Errors: memory, cancelled. */
Status pam_assign(Task *task, const Pairs *pairs, const double *weights, const size_t *medoids, size_t k, PamResult *out,
                  Error *e) MUST_USE;

#endif
