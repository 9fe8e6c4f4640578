/* SPDX-License-Identifier: GPL-3.0-or-later */
/* meanshift.h -- clusters as the hills of the density (Fukunaga & Hostetler 1975; Comaniciu & Meer 2002).
 *
 * From each seed a point moves to the mean of the rows around it until it moves by no more than bandwidth / 1000: flat
 * takes rows within the bandwidth alike, gaussian weighs rows by exp(-(distance / bandwidth)^2 / 2) up to 4 bandwidths.
 * Of end points within a bandwidth of each other that with the larger weight of rows in the flat window stays (ties:
 * the lexicographically larger point), as in scikit-learn. A row belongs to the nearest centre.
 *
 * Seeds are all rows, or with `bins` the corners of a grid of the bandwidth's width that have rows around them. Sums go
 * over the index's order; with the flat kernel nodes of a tree that lie within the window add their sum as a whole.
 * Seeds are worked on in parallel; the result depends on neither threads nor instruction set (but for gaussian's exp).
 * A listener gets each step of all seeds: objective the farthest move, changed the seeds still moving, state the seeds.
 * Cost: seeds x steps x rows at the rim of a window.
 */
#ifndef ASSAY_CLUSTER_MEANSHIFT_H
#define ASSAY_CLUSTER_MEANSHIFT_H

#include "cluster/cluster_options.h"
#include "math/neighbours.h"

#define MEANSHIFT_OPTIONS(O)                                                                                           \
  O(bandwidth, NUMBER, OPTION_UNSET, 0, 1e300, "", "",                                                                 \
    "radius of the window, in scaled units; not given: by quantile, and said")                                         \
  O(quantile, NUMBER, "0.3", 0, 1, "", "",                                                                             \
    "without bandwidth: the mean distance to the row that this share of the rows is nearer than (of at most 2000 "     \
    "rows)")                                                                                                           \
  O(kernel, CHOICE, "flat", 0, 0, "flat|gaussian", "", "how rows in the window count")                                 \
  O(bins, BOOL, "false", 0, 0, "", "", "begin from a grid instead of every row: faster, a little coarser")             \
  O(far, CHOICE, "assign", 0, 0, "assign|noise", "",                                                                   \
    "rows beyond the bandwidth of every centre: to the nearest, or noise")                                             \
  O(max_iter, INT, "300", 1, 1e9, "", "", "most steps of a point")                                                     \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct MeanshiftOptions {
  MEANSHIFT_OPTIONS(OPTION_FIELD)
} MeanshiftOptions;

typedef struct MeanshiftSettings {
  double bandwidth;      /* > 0 */
  bool gaussian, bins, noise;
  size_t max_iterations;
} MeanshiftSettings;

/* Where windows stand, each on its own way. */
typedef struct MeanshiftState {
  size_t n_seeds;
  double *ends;          /* n_seeds x d */
  double *moved;         /* n_seeds: by the last step; infinite: none yet */
  double *masses;        /* n_seeds: weight of the rows in the last window; 0: none yet */
  int64_t *steps;        /* n_seeds */
} MeanshiftState;

typedef struct MeanshiftResult {
  size_t n, d, k, seeds;
  double *centres;       /* k x d */
  double *weights;       /* k: of the rows within the bandwidth of each centre */
  int32_t *labels;       /* n: 0..k-1, largest first, ties by their first row; -1 far, if that is noise */
  double *distances;     /* n: to the nearest centre */
  int64_t *sizes, noise;
  int64_t stopped;       /* seeds that did not come to rest in max_iterations */
  int64_t iterations;    /* most steps of a seed */
  bool complete;
  char stopped_at[64];
} MeanshiftResult;

void meanshift_result_free(MeanshiftResult *result);
void meanshift_state_free(MeanshiftState *state);

enum { MEANSHIFT_PARTIAL_MOST = 1000 }; /* centres of a fit that was stopped */

/* The index is of euclidean distances over values; weights NULL: 1 each. state: all zeros, or of a fit that was stopped, which
 * goes on to the same bits; the caller's to free. Stopped once a window has moved, the centres are where windows stand (at most
 * the MEANSHIFT_PARTIAL_MOST of most weight, as their last windows had it), and complete is false. Errors: STATUS_DATA
 * "meanshift-empty" (with bins: no row is near a seed), STATUS_MEMORY, STATUS_CANCELLED. */
Status meanshift_fit(Task *task, const Neighbours *index, const double *values, size_t n, size_t d, const double *weights,
                     const MeanshiftSettings *settings, MeanshiftState *state, MeanshiftResult *out, Error *e) MUST_USE;

/* The mean over rows (at most 2000, evenly spaced) of the distance to the nearest row number max(1, quantile n). */
Status meanshift_bandwidth(Task *task, const double *values, size_t n, size_t d, double quantile, double *out,
                           Error *e) MUST_USE;

/* Nearest centre of each row, and the distance; rows farther than `reach` get -1. */
Status meanshift_assign(Task *task, const double *centres, size_t k, const double *rows, size_t n, size_t d,
                        double reach, int32_t *labels, double *distances, Error *e) MUST_USE;

#endif
