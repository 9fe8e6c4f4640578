/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans.h -- k-means: k centres that make the sum of squared distances from each row to its nearest centre small.
 *
 * A fit makes `starts` sets of starting centres (greedy k-means++: Arthur & Vassilvitskii 2007; Grunau et al. 2023; k-means||:
 * Bahmani et al. 2012, kmeans_scalable.c), moves each by Lloyd's iteration until the centres stay, keeps the best, and then
 * (refine) tries to move single centres elsewhere (kmeans_swap.c), and single rows (kmeans_polish.c). Labels are always those
 * of the directly computed distances, ties to the lower centre number; sums of clusters are exact (kmeans_sums.h). So centres,
 * labels and inertia are the same bits for every method (kmeans_method.h), number of threads and instruction set.
 *
 * Cost of an iteration: about n k d / 12 processor cycles with AVX-512, by bounds (kmeans_bounds.c) down to a few per row.
 * Memory: 20 n bytes, 40 n when refining; for bounds, where the budget allows them, 4 n (d + 3 + 2 g), with g = 1 (hamerly,
 * exponion), up to 32 (yinyang) or k (elkan); k d numbers per thread.
 */
#ifndef ASSAY_CLUSTER_KMEANS_H
#define ASSAY_CLUSTER_KMEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cluster/cluster_options.h"
#include "cluster/kmeans_method.h"
#include "core/error.h"
#include "core/task.h"
#include "math/rows.h"

#define KMEANS_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e9, "", "", "number of clusters") \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  O(starts, INT, "10", 1, 1e6, "", "", "how often to start from new centres; the best result is kept") \
  O(max_iter, INT, "300", 1, 1e9, "", "", "most iterations of a start") \
  O(tol, NUMBER, "0", 0, 1, "", "", \
    "stop when an iteration lowers the inertia by less than this share; 0: until labels stay") \
  O(init, CHOICE_FRAME, "auto", 0, 0, "auto|kmeans++|scalable|random", "", \
    "starting centres: kmeans++ spreads them (greedy), scalable spreads them in few passes (k-means||), random takes k " \
    "rows, auto: scalable from rows x k = 1e6, else kmeans++; or a frame with a row per centre") \
  O(refine, CHOICE, "auto", 0, 0, "auto|none|swap", "", \
    "after the starts: swap moves single centres, then rows, while that helps; auto: swap from k = 10, and when the " \
    "starts disagree") \
  CLUSTER_WEIGHTS(O) \
  CLUSTER_SEED(O) \
  CLUSTER_MISSING(O) \
  CLUSTER_SAMPLE(O) \
  O(silhouette, BOOL, "false", 0, 0, "", "", \
    "also compute the mean silhouette width (time grows with the square of the rows)") \
  O(algorithm, CHOICE, "auto", 0, 0, "auto|lloyd|hamerly|exponion|elkan|yinyang", "", \
    "which distances bounds leave out (lloyd: none); all give the same bits, auto takes what was fastest at such sizes")

typedef struct KmeansOptions {
  KMEANS_OPTIONS(OPTION_FIELD)
} KmeansOptions;

typedef enum KmeansInit { KMEANS_AUTO, KMEANS_PLUS_PLUS, KMEANS_SCALABLE, KMEANS_RANDOM, KMEANS_CENTRES } KmeansInit;

/* From this n k on init = auto takes k-means||. Measured: 200,000 x 50, k = 100: a quarter of the time of greedy
 * k-means++; 1,000,000 x 8, k = 8: as long, but the starts are 16 % lower and need 53 iterations instead of 122. */
#define KMEANS_SCALABLE_FROM 1e6
typedef enum KmeansRefine { KMEANS_REFINE_AUTO, KMEANS_REFINE_NONE, KMEANS_REFINE_SWAP } KmeansRefine;

/* refine = auto swaps from this k on, and for fewer clusters when less than half of several starts reached the best. */
enum { KMEANS_SWAP_FROM = 10 };

typedef struct KmeansSettings {
  size_t k, starts, max_iterations; /* starts is 1 for KMEANS_CENTRES */
  double tolerance;
  KmeansInit init;
  const double *centres; /* k x d, for KMEANS_CENTRES */
  KmeansRefine refine;
  uint64_t seed;
  KmeansMethod method;
} KmeansSettings;

/* The options' defaults for k clusters. */
KmeansSettings kmeans_settings(size_t k);

typedef enum KmeansStage {
  KMEANS_STAGE_NEW,        /* nothing done */
  KMEANS_STAGE_START,      /* `start` begins with new centres */
  KMEANS_STAGE_RUN,        /* `start` has done `iteration` iterations and goes on from `current` */
  KMEANS_STAGE_SWAP,       /* swap try number `trial` begins from `best` */
  KMEANS_STAGE_TRIAL,      /* it has done `iteration` iterations and goes on from `current` */
  KMEANS_STAGE_POLISH,     /* single rows are moved, from `best` */
  KMEANS_STAGE_POLISH_RUN, /* that has done `iteration` iterations and goes on from `current` */
  KMEANS_STAGE_TIES,       /* rows as near to two centres are settled, from `best` */
  KMEANS_STAGE_DONE
} KmeansStage;

/* All that is needed to go on with an interrupted fit of the same rows, weights and settings: plain numbers.
 * All zero is a new fit; kmeans_fit allocates the arrays, kmeans_state_free frees them. */
typedef struct KmeansState {
  KmeansStage stage;
  size_t k, d, starts;
  size_t start, iteration; /* from 0 */
  bool last;               /* only the final assignment of the run is left */
  bool run_converged;
  double objective;       /* of the last iteration; infinite before the first */
  size_t trial, failed;   /* swap tries so far; of them, failed in a row */
  size_t rounds;          /* of moving single rows */
  size_t accepted;        /* swaps that helped */
  size_t relocated;       /* empty clusters that were given a row */
  size_t best_iterations; /* 0: no best yet */
  bool best_converged;
  double best_inertia;
  double *current, *best; /* k x d */
  double *start_inertia;  /* starts; NaN: not finished */
} KmeansState;

void kmeans_state_free(KmeansState *state);

typedef struct KmeansResult {
  size_t n, k, d;
  double *centres;       /* k x d */
  int32_t *labels;       /* n: 0..k-1, clusters numbered largest first, ties by their first row */
  int64_t *sizes;        /* rows of each cluster */
  double *weights;       /* sum of the weights of each cluster */
  double *withinss;      /* sum of squared distances, weighted */
  double inertia, totss; /* sum of withinss; the same for one centre */
  int64_t iterations;    /* that led to the result: of its start and of the swaps that helped */
  int64_t starts_done, starts_at_best; /* at best: within 1e-9 of the final inertia */
  int64_t swaps_tried, swaps_accepted, relocated;
  bool converged;      /* labels stay, or tol is met */
  bool complete;       /* not interrupted */
  const char *reason;  /* "", "interrupted", "max_iter" */
  KmeansMethod method; /* that was taken: the one asked for, or another where memory does not allow its bounds */
  char stopped_at[64]; /* where an interrupted fit stopped, for people */
} KmeansResult;

void kmeans_result_free(KmeansResult *result);

/* Fits. weights: n numbers of 0 or more, or NULL. On STATUS_OK out is filled (caller frees); its labels are those of kmeans_assign
 * by its centres. After a cancel: STATUS_OK with complete = false and the best centres so far, with labels and inertia that belong
 * to them; a fit that had none yet makes one assignment, to rows drawn at random, and gives STATUS_CANCELLED only when a second
 * cancel stops that. In both cases `state` holds where to go on: calling again with the same data and settings ends with the same
 * bits as a fit that was never interrupted. Errors: STATUS_DATA (not finite, squares overflow, k > n, fewer distinct rows than k,
 * weights), STATUS_ARGUMENT (centres), STATUS_MEMORY, STATUS_LIMIT, and those of rows->block. */
Status kmeans_fit(Task *task, const Rows *rows, const double *weights, const KmeansSettings *settings,
                  KmeansState *state, KmeansResult *out, Error *e) MUST_USE;

/* The nearest of k centres for each row, of equally near ones the lower number; the squared distance, and the number of rows
 * that are as near to another centre (either may be NULL). O(n k d). */
Status kmeans_assign(Task *task, const Rows *rows, const double *centres, size_t k, int32_t *labels, double *distances,
                     size_t *ties, Error *e) MUST_USE;

/* Mean silhouette width (Rousseeuw 1987) with Euclidean distances, of labels 0..k-1; a row alone in its cluster counts 0. Labels
 * of -1 are left out. NaN when fewer than two clusters have rows. O(n^2 d) time, O(256 k) memory per thread. */
Status kmeans_silhouette(Task *task, const Rows *rows, const int32_t *labels, size_t k, double *mean,
                         Error *e) MUST_USE;

#endif
