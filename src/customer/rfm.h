/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rfm.h -- recency, frequency and monetary value of each customer, and their scores.
 *
 * Recency: whole days from the customer's last purchase to a day `at`. Frequency: orders, which are distinct order
 * numbers, or days with a purchase when there are none, or rows. Monetary: the sum of the amounts, or the mean per
 * order. Scores go from 1 to `bins`, the best being the highest (the smallest recency). Ties: "cut" gives 1 + the
 * number of quantiles (R's type 7, at 1 / bins, 2 / bins ...) below the value, so that equal values share a score
 * and scores may stay empty; "order" deals the customers in the order of the value, equal ones by first appearance,
 * into bins of equal size. O(n log n). Reference: Hughes 1994, Strategic database marketing.
 */
#ifndef ASSAY_CUSTOMER_RFM_H
#define ASSAY_CUSTOMER_RFM_H

#include "customer/purchases.h"

enum { RFM_BINS_MOST = 9, RFM_SEGMENT_NAME = 64 };

typedef enum RfmCount { RFM_ORDERS, RFM_ROWS } RfmCount;

/* Recency, frequency, monetary. */
enum { RFM_R, RFM_F, RFM_M, RFM_DIMENSIONS };

typedef struct Rfm {
  size_t n;                      /* customers */
  int64_t at;                    /* the day */
  int64_t *last;                 /* day of the last purchase */
  double *value[RFM_DIMENSIONS]; /* per customer */
  double *revenue;               /* sum of the amounts */
  size_t bins;
  double cuts[RFM_DIMENSIONS][RFM_BINS_MOST - 1];
  uint8_t *score[RFM_DIMENSIONS];
  size_t orders; /* of all */
} Rfm;

/* at: INT64_MIN for the day after the last purchase. Errors: memory, limit, cancelled. rfm_free also on failure. */
Status rfm_make(const Purchases *purchases, RfmCount count, bool mean, int64_t at, size_t bins, bool by_order,
                Task *task, Rfm *out, Error *e) MUST_USE;
void rfm_free(Rfm *rfm);

/* The score of a value by cut points. */
uint8_t rfm_score(const double *cuts, size_t bins, double value, bool falling);

/* Figures of the revenues: what share the best fifth of the customers (rounded up) has, and Gini's coefficient,
 * 2 sum(i x_i) / (n sum(x)) - (n + 1) / n over rising x. NaN when the sum is not above 0. */
Status rfm_concentration(const double *revenue, size_t n, Task *task, double *top_fifth, double *gini,
                         Error *e) MUST_USE;
Status rfm_median(const double *values, size_t n, Task *task, double *median, Error *e) MUST_USE;

/* A segment is a box of scores. */
typedef struct RfmSegment {
  char name[RFM_SEGMENT_NAME];
  uint8_t low[RFM_DIMENSIONS], high[RFM_DIMENSIONS];
} RfmSegment;

/* The usual map of recency and frequency, RFM_USUAL segments, for scores of 1 to `bins`: it is made for five. */
enum { RFM_USUAL = 10 };
void rfm_usual_segments(size_t bins, RfmSegment out[RFM_USUAL]);

/* The first segment that the scores lie in, n when none. */
size_t rfm_segment(const RfmSegment *segments, size_t n, const uint8_t scores[RFM_DIMENSIONS]);

#endif
