/* SPDX-License-Identifier: GPL-3.0-or-later */
/* centre_search.h -- k centres by turns: rows go to the nearest centre, each centre goes to the middle of its rows. For
 * other distances than k-means'.
 *
 *   CENTRE_MEDIAN     k-medians: cost sum |x - m|; the middle is the median of each variable (Bradley, Mangasarian & Street
 *                     1996), half way between the two middle ones where there are two. A value far off does not move it.
 *   CENTRE_DIRECTION  spherical k-means: rows are of length 1, cost 1 - cosine = |x - m|^2 / 2; the middle is the mean,
 *                     brought to length 1 (Dhillon & Modha 2001).
 *
 * No turn raises the cost. A start draws spread rows (greedy k-means++ by cost); the best of all starts is kept. A cluster
 * that runs empty takes the row that costs most. Ties go to the lower centre and the lower row. Sums run over row blocks
 * (core/reduce.h) and medians are of sets, so results do not depend on threads.
 *
 * Cost of a turn: n k d steps, all threads; medians about 3 n d more (weights: sorting). Memory: 20 n bytes and 16 n for each
 * thread with medians.
 *
 * CentreResult, CentreState and the numbering are those of mini-batch k-means too (minibatch.h).
 */
#ifndef ASSAY_CLUSTER_CENTRE_SEARCH_H
#define ASSAY_CLUSTER_CENTRE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/task.h"

typedef enum CentreRule { CENTRE_MEDIAN, CENTRE_DIRECTION } CentreRule;
typedef enum CentreInit { CENTRE_PLUS_PLUS, CENTRE_RANDOM, CENTRE_GIVEN } CentreInit;

typedef struct CentreData {
  const double *x;       /* n x d; of length 1 for CENTRE_DIRECTION */
  const double *weights; /* n numbers of 0 or more, not all 0, or NULL */
  size_t n, d;
} CentreData;

typedef struct CentreSettings {
  CentreRule rule;
  size_t k, starts, max_iterations; /* starts is 1 for CENTRE_GIVEN */
  double tolerance;                 /* a run ends when a turn lowers the cost by less than this share */
  CentreInit init;
  const double *centres; /* k x d, for CENTRE_GIVEN */
  uint64_t seed;
} CentreSettings;

typedef enum CentreStage { CENTRE_STAGE_NEW, CENTRE_STAGE_START, CENTRE_STAGE_RUN, CENTRE_STAGE_DONE } CentreStage;

/* Where an interrupted search goes on, plain numbers. All zero is a new one. */
typedef struct CentreState {
  CentreStage stage;
  size_t k, d, extras;
  size_t start, iteration; /* from 0 */
  size_t failed;           /* mini-batch: batches since the last improvement */
  bool last;               /* only the run's last assignment is left */
  bool run_converged, best_converged;
  double objective; /* of the iteration before; infinite before the first */
  size_t best_iterations, relocated;
  double best_objective;
  double *current, *best; /* k x d */
  double *extra;          /* extras: cost of each start (NaN: not finished); mini-batch: weight of each centre */
} CentreState;

Status centre_state_new(CentreState *state, size_t k, size_t d, size_t extras, Error *e) MUST_USE; /* unless begun */
void centre_state_free(CentreState *state);

typedef struct CentreResult {
  size_t n, k, d;
  double *centres;  /* k x d */
  int32_t *labels;  /* n: 0..k-1, clusters numbered largest first, ties by their first row */
  int64_t *sizes;   /* rows */
  double *within;   /* cost of each cluster */
  double objective; /* their sum */
  int64_t iterations, starts_done, starts_at_best, relocated;
  bool converged, complete;
  const char *reason; /* "", "interrupted", "max_iter" */
  char stopped_at[64];
} CentreResult;

void centre_result_free(CentreResult *result);

/* Labels for centres, of equally near ones the lower number. */
typedef Status (*CentreAssign)(void *context, const double *centres, int32_t *labels, Error *e);

/* The arrays of a result from centres, labels and costs as a search numbered them: canonical numbers, with rows that are as near
 * to two centres where `assign` puts them by these (labels_settle; NULL: there are none), *moved: in other clusters than before. */
Status centre_result_make(const CentreData *data, size_t k, const double *centres, const int32_t *labels, const double *cost,
                          CentreAssign assign, void *context, bool *moved, CentreResult *out, Error *e) MUST_USE;

/* Searches; the labels are those of centre_assign by the centres. After a cancel: STATUS_OK with complete = false and the best so far, and `state` to go on from, to the same bits
 * as without. Errors: STATUS_DATA "k-above-n", "kmeans-distinct"; STATUS_MEMORY, STATUS_LIMIT; STATUS_CANCELLED when there is
 * nothing yet and a second cancel stops the first assignment. */
Status centre_search(Task *task, const CentreData *data, const CentreSettings *settings, CentreState *state,
                     CentreResult *out, Error *e) MUST_USE;

/* The nearest centre of each row, and its cost (weights left out; may be NULL). */
Status centre_assign(Task *task, CentreRule rule, const double *x, size_t n, size_t d, const double *centres, size_t k,
                     int32_t *labels, double *cost, Error *e) MUST_USE;

/* Brings rows to length 1. False: row *zero has no direction. */
bool centre_normalise(double *x, size_t n, size_t d, size_t *zero);

/* A middle of n values with weights (NULL: 1 each): half of the weight on either side; half way between two where both are
 * middles. Reorders values and weights. NaN when all weights are 0. Expected O(n). */
double centre_median(double *values, double *weights, size_t n);

#endif
