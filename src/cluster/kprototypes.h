/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kprototypes.h -- k-modes and k-prototypes: clusters of rows with classes, or classes and numbers.
 *
 * A prototype is the most frequent class of each class variable and the mean of each number (Huang 1998). A row's
 * cost is the sum of squares to the means plus gamma times the number of classes that differ; with `ng` a class that
 * agrees costs 1 less its share in the cluster (Ng, Li, Huang and He 2007). Without numbers this is k-modes. Rows go
 * to the nearest prototype, all at once, and prototypes follow, until the sum of costs falls no more: it never rises
 * but with ng. Up to a block of rows they move one by one, and prototypes follow each (kprototypes_online.c). Ties:
 * the lower cluster, the lower code, the lower row.
 *
 * Starts: cao takes rows that are frequent and far from each other (Cao, Liang and Bai 2009; numbers count here
 * too), and for further starts rows at random; huang draws classes by their frequencies and takes the nearest rows;
 * random takes rows. O(n k (p + q)) a pass, about n k p / 16 cycles; memory 16 n bytes, and k times the number of
 * classes per thread. The same bits on any number of threads.
 */
#ifndef ASSAY_CLUSTER_KPROTOTYPES_H
#define ASSAY_CLUSTER_KPROTOTYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/task.h"

/* One class variable: codes 0 .. levels - 1 of n rows, a byte each where they fit. */
typedef struct ClassCodes {
  uint8_t *narrow; /* or NULL */
  int32_t *wide;   /* or NULL */
  size_t levels;
} ClassCodes;

/* Makes one from codes. */
Status class_codes_new(const int32_t *codes, size_t n, size_t levels, ClassCodes *out, Error *e) MUST_USE;
void class_codes_free(ClassCodes *classes);
int32_t class_code(const ClassCodes *classes, size_t row);

typedef struct KprototypesData {
  size_t n, p, q;
  const ClassCodes *classes; /* p */
  const double *numbers;     /* q x n, variable after variable; finite */
  const double *weights;     /* n, 0 or more, not all 0; or NULL */
} KprototypesData;

typedef enum KprototypesInit {
  KPROTOTYPES_CAO,
  KPROTOTYPES_HUANG,
  KPROTOTYPES_RANDOM,
  KPROTOTYPES_GIVEN
} KprototypesInit;

/* k prototypes. */
typedef struct Prototypes {
  size_t k, p, q;
  int32_t *codes;  /* k x p */
  double *numbers; /* k x q */
  double *shares;  /* k x p: of the code in its cluster, for ng; 1 until known */
} Prototypes;

Status prototypes_new(size_t k, size_t p, size_t q, Prototypes *out, Error *e) MUST_USE;
void prototypes_free(Prototypes *prototypes);
void prototypes_copy(Prototypes *to, const Prototypes *from); /* of the same sizes */

typedef struct KprototypesSettings {
  size_t k, starts, max_iterations;
  KprototypesInit init;
  const Prototypes *given; /* for KPROTOTYPES_GIVEN */
  double gamma;
  bool ng;
  uint64_t seed;
} KprototypesSettings;

/* Where an interrupted fit goes on. All zero is a new one. */
typedef struct KprototypesState {
  size_t start, iteration;                     /* from 0; iteration 0: the start begins */
  double cost;                                 /* of the last pass of this start */
  size_t best_start, best_iterations, at_best; /* best_start from 1, 0: none; starts that ended there too */
  double best_cost;
  bool best_converged;
  Prototypes current, best;
} KprototypesState;

void kprototypes_state_free(KprototypesState *state);

typedef struct KprototypesResult {
  size_t n, k;
  int32_t *labels;  /* n: numbered largest first, ties by first row */
  double *distance; /* n: a row's own cost */
  int64_t *sizes;   /* k; a cluster may be empty when rows have fewer than k distinct places */
  double *costs;    /* k, by weight */
  double cost;      /* their sum */
  Prototypes prototypes;
  size_t iterations, starts_done, starts_at_best;
  bool converged, complete;
  const char *reason; /* "", "interrupted", "max_iter" */
  char stopped_at[64];
} KprototypesResult;

void kprototypes_result_free(KprototypesResult *result);

/* Fits. After a cancel: STATUS_OK with complete = false and the best prototypes so far; again with the state it ends
 * with the same bits as an unbroken fit. Errors: STATUS_DATA "k-above-n", memory, limit; STATUS_CANCELLED when a
 * second cancel stops the last assignment. */
Status kprototypes_fit(Task *task, const KprototypesData *data, const KprototypesSettings *settings,
                       KprototypesState *state, KprototypesResult *out, Error *e) MUST_USE;

/* The nearest prototype of each row and its cost. */
Status kprototypes_assign(Task *task, const KprototypesData *data, const Prototypes *prototypes, double gamma,
                          bool ng, int32_t *labels, double *distance, Error *e) MUST_USE;

/* Half the mean of the numbers' standard deviations (divisor n), Huang's gamma; 1 without numbers or spread. */
double kprototypes_gamma(const KprototypesData *data);

#endif
