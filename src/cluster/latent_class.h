/* SPDX-License-Identifier: GPL-3.0-or-later */
/* latent_class.h -- latent class analysis: answers to questions with few levels each, explained by k classes within
 * which the answers are independent.
 *
 * Equal rows of answers are one pattern with their weight, and patterns stand in the order of their codes, so that the
 * fit depends on the rows but not on their order, and its time on the number of different rows. A missing answer (code
 * -1) says nothing of its question: rows count with what they have (missing at random). EM from random probabilities,
 * `starts` times. Sums run along the fixed tree of core/reduce.h: the same bits on any number of threads.
 *
 * Standard errors are those of maximum likelihood: the information is estimated by the scores of the patterns, on
 * logits (the pseudo-inverse where estimates lie on the boundary), and carried over to probabilities.
 *
 * Cost of an iteration: patterns * k * (questions + 1) additions and as many exps as patterns * k. Memory: 4 bytes an
 * answer. Reference: Goodman 1974; Bandeen-Roche et al. 1997 and Linzer and Lewis 2011, J. Stat. Software 42(10)
 * (standard errors).
 */
#ifndef ASSAY_CLUSTER_LATENT_CLASS_H
#define ASSAY_CLUSTER_LATENT_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/task.h"

enum { LATENT_CLASS_PARAMETERS_MOST = 600 }; /* beyond so many there are no standard errors */

/* n rows of `questions` codes, row-major; code -1 is missing, else below levels[question]. */
typedef struct Answers {
  size_t n, questions;
  const int32_t *codes;
  const size_t *levels;
  const double *weights; /* n, or NULL */
} Answers;

typedef struct LatentClassSettings {
  const size_t *k;
  size_t n_k, starts, max_iterations;
  double tolerance; /* stop when |l - l before| <= tolerance (1 + |l|) */
  bool icl;         /* the criterion that chooses k: bic, else icl */
  uint64_t seed;
} LatentClassSettings;

/* share: k; then for each class each question's levels one after the other: k x all levels. */
typedef struct LatentClasses {
  size_t k, all; /* all: sum of levels */
  double *share, *probability;
} LatentClasses;

typedef struct LatentClassEntry {
  size_t k, df, iterations, starts_at_best; /* starts within 1e-6 of the best */
  bool converged;
  double log_likelihood, bic, aic, icl;
} LatentClassEntry;

/* Where an interrupted fit goes on: start `start` of k number `fit` is done anew. All zero: a new fit. */
typedef struct LatentClassState {
  size_t fit, start;
  LatentClassEntry *table;        /* n_k; that of `fit` is of the starts that are done */
  LatentClasses best, best_start; /* share NULL: none */
  double *start_sums;             /* starts: log likelihoods of this k */
} LatentClassState;

void latent_class_state_free(LatentClassState *state);

typedef struct LatentClassResult {
  LatentClasses best;     /* classes by size, largest first */
  double *share_error, *probability_error; /* k and k x all; NULL: too many parameters */
  LatentClassEntry entry, *table;
  size_t n_table, patterns;
  int32_t *labels;        /* n: class of highest probability */
  int64_t *sizes;
  double weight;          /* sum of the weights */
  double uncertainty;     /* mean of 1 - highest probability */
  double entropy;         /* 1 - mean entropy of the probabilities / log k; 1 for k = 1 */
  double g2, x2;          /* of the complete rows against all possible patterns */
  double df_residual;     /* min(possible patterns - 1, rows) - df */
  bool complete;
  char stopped_at[64];
} LatentClassResult;

void latent_class_result_free(LatentClassResult *result);

Status latent_classes_new(size_t k, size_t all, LatentClasses *out, Error *e) MUST_USE; /* one block, at share */
void latent_classes_free(LatentClasses *classes);

/* After a cancel: STATUS_OK with complete = false and the best so far, or STATUS_CANCELLED when there is none.
 * STATUS_DATA "too-few-rows" for k > n. */
Status latent_class_fit(Task *task, const Answers *answers, const LatentClassSettings *settings,
                        LatentClassState *state, LatentClassResult *out, Error *e) MUST_USE;

/* n x k probabilities and labels (the highest, of equal ones the lower number); either may be NULL. */
Status latent_class_predict(Task *task, const Answers *answers, const LatentClasses *classes, int32_t *labels,
                            double *probabilities, Error *e) MUST_USE;

/* Standard errors of shares and probabilities (latent_class_errors.c): answers are patterns, weighted. */
Status latent_class_errors(const Task *task, const Answers *patterns, const LatentClasses *classes, double *share,
                           double *probability, Error *e) MUST_USE;

#endif
