/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_bins.h -- the edges of a histogram's bins.
 *
 * Bin i is (edge[i], edge[i + 1]], the first one with its lower edge; of times it is [edge[i], edge[i + 1]), so that a
 * midnight belongs to the day that it begins, the last one with its upper edge. How many bins about: Sturges
 * ceil(log2(n) + 1); Scott, width 3.5 sd n^(-1/3); Freedman and Diaconis, width 2 IQR n^(-1/3) (quartiles of type 7;
 * Sturges when the IQR is 0). The width is then the round number nearest to what that many bins would have, and edges
 * are its multiples: R's pretty. On a log scale all of this is done with the logarithms (base 10). Reference: Freedman
 * and Diaconis 1981, Z. Wahrscheinlichkeitstheorie 57; Scott 1979, Biometrika 66; R 4.2 hist().
 */
#ifndef ASSAY_CHART_CHART_BINS_H
#define ASSAY_CHART_CHART_BINS_H

#include "chart/chart_make.h"

enum { BINS_MOST = 10000, BINS_RULE_MOST = 1000 };

/* What the numbers are: `whole`: all are whole numbers; `time`: microseconds; `log`: bins on a log scale (all above
 * 0). */
typedef struct BinScale {
  bool whole, time, log;
} BinScale;

typedef struct Bins {
  size_t n;
  double *edge;     /* n + 1, rising, in the arena */
  double width;     /* of all of them; on a log scale in powers of ten */
  double first;     /* edge[0], on a log scale its logarithm */
  bool left;        /* lower edges belong to a bin, not upper ones: of times */
  bool log, whole;  /* whole: each bin holds `width` whole numbers */
  const char *rule; /* in words, static */
  bool capped;      /* the rule asked for more than BINS_RULE_MOST */
} Bins;

/* For n >= 1 finite numbers, which are reordered (by a rule only). Expected O(n). Errors: STATUS_ARGUMENT
 * "too-many-bins"; memory, cancelled. */
Status bins_choose(double *values, size_t n, const BinScale *scale, const BinChoice *choice, Task *task, Bins *out,
                   Error *e) MUST_USE;

/* The bin of a number between the first and the last edge. */
static inline size_t bins_find(const Bins *bins, double scaled, double value)
{
  const double at = (scaled - bins->first) / bins->width;
  size_t bin = at >= (double)bins->n ? bins->n - 1 : at > 0 ? (size_t)at : 0;
  if (bins->left) {
    bin -= bin > 0 && value < bins->edge[bin];
    return bin + (bin + 1 < bins->n && value >= bins->edge[bin + 1]);
  }
  while (bin > 0 && value <= bins->edge[bin]) { /* rounding of the quotient, and numbers on an edge */
    bin--;
  }
  while (bin + 1 < bins->n && value > bins->edge[bin + 1]) {
    bin++;
  }
  return bin;
}

/* "bins of 0.5 (Freedman-Diaconis)", for a note. */
void bins_describe(const Bins *bins, const BinScale *scale, Text *out);

#endif
