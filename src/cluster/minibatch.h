/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minibatch.h -- k-means from small random batches of rows (Sculley, WWW 2010), for data so large that passes over all rows
 * cost too much.
 *
 * It starts from k-means of a sample. A batch of rows is drawn, each goes to its nearest centre, and each centre moves to the
 * mean of all rows it has ever been given: by 1 / (weight so far) of the way for each row. Given centres may come with a
 * weight, that of rows seen before, so that data come in pieces of which only one is in memory. A centre that gets much less than
 * the others is moved to a row of the batch, drawn by squared distance. The search ends when the smoothed mean squared
 * distance of the batches has not fallen for `patience` batches, or after max_iterations batches. Then one pass assigns all
 * rows.
 *
 * Batches are drawn by row number from their own random streams (seed and number of the batch), and their rows are fetched
 * one by one through rows->block: so rows may lie outside of memory, an interrupted fit goes on to the same bits, and threads
 * do not matter. The result is near that of k-means, not equal to it: usually within some per cent of its inertia.
 *
 * Cost: batch k d for each batch, n k d at the end. Memory: the sample and 12 n bytes.
 */
#ifndef ASSAY_CLUSTER_MINIBATCH_H
#define ASSAY_CLUSTER_MINIBATCH_H

#include "cluster/centre_search.h"
#include "cluster/cluster_options.h"
#include "math/rows.h"

#define MINIBATCH_OPTIONS(O) \
  O(k, INT, OPTION_REQUIRED, 1, 1e9, "", "", "number of clusters") \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  O(batch, INT, "1024", 1, 1e9, "", "rows", "rows drawn at a time") \
  O(max_iter, INT, "10000", 1, 1e9, "", "batches", "most batches") \
  O(patience, INT, "10", 0, 1e9, "", "batches", \
    "stop when the smoothed squared distance has not fallen for so many batches; 0: go on to max_iter") \
  O(reassign, NUMBER, "0.01", 0, 1, "", "", \
    "a centre with less than this share of the rows of the largest one is moved; 0: never") \
  O(init, FRAME, OPTION_UNSET, 0, 0, "", "", \
    "starting centres, a row each; with a column rows_seen, as tidy() has it, a fit to earlier rows goes on; default: those " \
    "of k-means on a sample") \
  CLUSTER_WEIGHTS(O) \
  CLUSTER_SEED(O) \
  CLUSTER_MISSING(O)

typedef struct MinibatchOptions {
  MINIBATCH_OPTIONS(OPTION_FIELD)
} MinibatchOptions;

typedef struct MinibatchSettings {
  size_t k, batch, max_iterations; /* batches */
  size_t patience;                 /* 0: never ends early */
  double reassign;                 /* a centre with less than this share of the largest weight is moved */
  const double *centres;           /* k x d to start from, or NULL */
  const double *seen;              /* k: the weight that these have already, or NULL for none */
  uint64_t seed;
} MinibatchSettings;

/* Fits. weights: n numbers of 0 or more, or NULL. After a cancel: STATUS_OK with complete = false, the centres so far and the
 * labels that belong to them; `state` goes on. Errors: STATUS_DATA "k-above-n", "kmeans-distinct" and those of kmeans_fit for
 * the sample; STATUS_MEMORY, STATUS_LIMIT, those of rows->block; STATUS_CANCELLED when a second cancel stops the last pass. */
Status minibatch_fit(Task *task, const Rows *rows, const double *weights, const MinibatchSettings *settings,
                     CentreState *state, CentreResult *out, Error *e) MUST_USE;

#endif
