/* SPDX-License-Identifier: GPL-3.0-or-later */
/* binary.h -- how well scores tell two classes apart: curves over all thresholds, and figures.
 *
 * A row is called positive when its score is at or above the threshold. With P positives and N negatives:
 *   auc       chance that a positive scores above a negative, ties half (area under the ROC curve); its interval is DeLong's
 *             (DeLong, DeLong and Clarke-Pearson 1988), by midranks (Sun and Xu 2014)
 *   ap        average precision: sum over thresholds of precision times the step in recall (no interpolation)
 *   ks        largest difference of the two distribution functions, and the threshold it is at
 *   brier     mean of (score - truth)^2;  log_loss  mean of -log of the probability given to what happened, scores held within
 *             1e-15 of 0 and 1;  ece  mean over rows of |mean score - share of positives| of the row's bin: all three only when
 *             scores are probabilities, else NaN
 */
#ifndef ASSAY_JUDGE_BINARY_H
#define ASSAY_JUDGE_BINARY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/task.h"

/* Counts at a threshold. */
typedef struct BinaryPoint {
  double threshold;           /* infinite at the first point: nothing is called positive */
  int64_t tp, fp, fn, tn;
} BinaryPoint;

/* Rows in order of score, highest first, in equal parts; or by score, of equal width. */
typedef struct BinaryBin {
  int64_t n, positives;
  double low, high, mean;     /* scores */
} BinaryBin;

typedef struct Binary {
  size_t n;
  int64_t positives;
  bool probabilities;         /* all scores in 0..1 */
  size_t n_points;            /* distinct scores + 1 */
  BinaryPoint *points;        /* thresholds falling */
  size_t bins;
  BinaryBin *parts;           /* bins: lift; parts differ in size by one row at most, ties in row order */
  BinaryBin *widths;          /* bins: calibration; NULL when scores are no probabilities */
  double auc, auc_low, auc_high, ap, ks, ks_threshold, brier, log_loss, ece;
} Binary;

void binary_free(Binary *binary);

/* scores: n finite numbers; truth: n. level: of the interval, as 0.95. Needs a row of each class: STATUS_DATA "one-class" else.
 * O(n log n). Errors: STATUS_MEMORY, STATUS_CANCELLED, those of distributions_open. */
Status binary_judge(Task *task, const double *scores, const bool *truth, size_t n, size_t bins, double level, Binary *out,
                    Error *e) MUST_USE;

/* The counts at a threshold: those of the lowest point at or above it. O(log points). */
BinaryPoint binary_at(const BinaryPoint *points, size_t n, double threshold);

#endif
