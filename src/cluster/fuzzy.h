/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzzy.h -- fuzzy c-means: every row belongs to every cluster to a degree.
 *
 * Minimises the sum over rows i and clusters c of weight_i u_ic^m |x_i - v_c|^2, the memberships u of a row being 0 or
 * more and adding up to 1; m > 1 says how fuzzy they are. In turns memberships follow from centres (u_ic is
 * proportional to |x_i - v_c|^(-2 / (m - 1)); a row on a centre belongs to it alone, shared where centres are equal)
 * and centres are the means by u^m. One pass over the rows an iteration, nothing of n x k is kept. Sums run along the
 * fixed tree of core/reduce.h. Starts are k-means++ centres after one move. Cost of an iteration: n k (2 d + a pow,
 * none for m = 2). Reference: Bezdek 1981; Xie and Beni 1991.
 */
#ifndef ASSAY_CLUSTER_FUZZY_H
#define ASSAY_CLUSTER_FUZZY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/task.h"
#include "math/rows.h"

typedef struct FuzzySettings {
  size_t k, starts, max_iterations;
  double m, tolerance; /* stop when the objective changes by less than this share */
  uint64_t seed;
} FuzzySettings;

/* Where an interrupted fit goes on. All zero: a new fit. */
typedef struct FuzzyState {
  size_t start, iteration;  /* of `current` */
  double before;            /* objective of its last iteration; infinite: none */
  size_t best_iterations;   /* 0: no best yet */
  bool best_converged;
  double best_objective;
  double *current, *best;   /* k x d; current NULL: the start has not begun */
} FuzzyState;

void fuzzy_state_free(FuzzyState *state);

typedef struct FuzzyResult {
  size_t n, k, d;
  double *centres;     /* k x d, clusters by size, largest first */
  int32_t *labels;     /* n: the highest membership, of equal ones the lower number */
  int64_t *sizes;
  double *weight;      /* k: mean membership */
  double *withinss;    /* k: each cluster's part of the objective */
  double objective;
  double coefficient;  /* mean of the sum of squared memberships: 1/k to 1 */
  double entropy;      /* mean of the sum of -u log u: 0 to log k */
  double xie_beni;     /* objective / (n * least squared distance of two centres); NaN for k = 1 */
  int64_t iterations;
  bool converged, complete;
  char stopped_at[64];
} FuzzyResult;

void fuzzy_result_free(FuzzyResult *result);

/* After a cancel: STATUS_OK with complete = false and the best so far, or STATUS_CANCELLED when there is none. Errors:
 * "too-few-rows" for k > n, those of kmeans_fit (fewer distinct rows than k). */
Status fuzzy_fit(Task *task, const Rows *rows, const double *weights, const FuzzySettings *settings, FuzzyState *state,
                 FuzzyResult *out, Error *e) MUST_USE;

/* Labels and n x k memberships by given centres; either may be NULL. */
Status fuzzy_assign(Task *task, const Rows *rows, const double *centres, size_t k, double m, int32_t *labels,
                    double *memberships, Error *e) MUST_USE;

#endif
