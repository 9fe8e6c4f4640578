/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/choose.h"

#include <math.h>
#include <stdbool.h>

#include "core/error.h"

static const struct {
  const char *name, *text;
} rules[CHOOSE_RULES] = {
  [CHOOSE_ELBOW] = {"elbow", "where the within-cluster sum of squares bends most"},
  [CHOOSE_SILHOUETTE] = {"silhouette", "the largest mean silhouette"},
  [CHOOSE_CALINSKI] = {"calinski_harabasz", "the largest index"},
  [CHOOSE_DAVIES] = {"davies_bouldin", "the smallest index"},
  [CHOOSE_DUNN] = {"dunn", "the largest index"},
  [CHOOSE_GAP] = {"gap", "the smallest k whose gap is not below the next one less its standard error"},
  [CHOOSE_GAP_FIRST] = {"gap_first", "the smallest k within a standard error of the first peak of the gap"},
  [CHOOSE_BIC] = {"bic", "the smallest criterion"},
  [CHOOSE_STABILITY] = {"stability", "the largest k whose fits to resampled rows agree as well as the best, within 0.01"},
};

const char *choose_rule_name(ChooseRule rule)
{
  return rules[rule].name;
}

/* Not translated: a cell of a frame. */
const char *choose_rule_text(ChooseRule rule)
{
  return rules[rule].text;
}

static double figure(ChooseRule rule, const ChooseLevel *level)
{
  switch (rule) {
  case CHOOSE_SILHOUETTE:
    return level->silhouette;
  case CHOOSE_CALINSKI:
    return level->calinski_harabasz;
  case CHOOSE_DAVIES:
    return -level->davies_bouldin;
  case CHOOSE_DUNN:
    return level->dunn;
  default:
    return -level->bic;
  }
}

/* The largest k that is within a hundredth of the most stable one: few clusters are always stable. */
static int64_t most_stable(const ChooseLevel *levels, size_t n)
{
  double most = -INFINITY;
  int64_t k = 0;
  for (size_t i = 0; i < n; i++) {
    most = levels[i].stability > most ? levels[i].stability : most;
  }
  for (size_t i = 0; i < n; i++) {
    k = levels[i].stability >= most - 0.01 && !isnan(levels[i].stability) ? levels[i].k : k;
  }
  return k;
}

static int64_t greatest(ChooseRule rule, const ChooseLevel *levels, size_t n)
{
  double most = -INFINITY;
  int64_t k = 0;
  for (size_t i = 0; i < n; i++) {
    const double value = figure(rule, &levels[i]);
    if (value > most) {
      most = value;
      k = levels[i].k;
    }
  }
  return k;
}

/* Both axes to 0..1; the greatest distance below the chord. A curve that lies on it has no elbow. */
static int64_t elbow(const ChooseLevel *levels, size_t n)
{
  if (n < 3) {
    return 0;
  }
  const double first = levels[0].withinss, last = levels[n - 1].withinss;
  const double low = (double)levels[0].k, width = (double)levels[n - 1].k - low;
  double most = 1e-9;
  int64_t k = 0;
  for (size_t i = 1; i + 1 < n && first > last; i++) {
    const double below = 1 - ((double)levels[i].k - low) / width - (levels[i].withinss - last) / (first - last);
    if (below > most) {
      most = below;
      k = levels[i].k;
    }
  }
  return k;
}

static int64_t tibshirani(const ChooseLevel *levels, size_t n)
{
  for (size_t i = 0; i + 1 < n; i++) {
    if (levels[i].gap >= levels[i + 1].gap - levels[i + 1].gap_se) {
      return levels[i].k;
    }
  }
  return n > 0 && !isnan(levels[n - 1].gap) ? levels[n - 1].k : 0;
}

static int64_t first_peak(const ChooseLevel *levels, size_t n)
{
  size_t peak = 0;
  while (peak + 1 < n && levels[peak + 1].gap > levels[peak].gap) {
    peak++;
  }
  for (size_t i = 0; i <= peak && i < n; i++) {
    if (levels[i].gap >= levels[peak].gap - levels[peak].gap_se) {
      return levels[i].k;
    }
  }
  return 0;
}

int64_t choose_by(ChooseRule rule, const ChooseLevel *levels, size_t n)
{
  return rule == CHOOSE_ELBOW       ? elbow(levels, n)
         : rule == CHOOSE_GAP       ? tibshirani(levels, n)
         : rule == CHOOSE_GAP_FIRST ? first_peak(levels, n)
         : rule == CHOOSE_STABILITY ? most_stable(levels, n)
                                    : greatest(rule, levels, n);
}

int64_t choose_vote(const int64_t suggested[CHOOSE_RULES], const ChooseLevel *levels, size_t n, size_t *votes)
{
  int64_t best = 0;
  double silhouette = -INFINITY;
  *votes = 0;
  for (size_t i = 0; i < n; i++) {
    size_t count = 0;
    for (size_t rule = 0; rule < CHOOSE_RULES; rule++) {
      const bool again = rule == CHOOSE_GAP_FIRST && suggested[CHOOSE_GAP] == suggested[CHOOSE_GAP_FIRST];
      count += suggested[rule] == levels[i].k && !again;
    }
    if (count > *votes || (count == *votes && count > 0 && levels[i].silhouette > silhouette)) {
      best = levels[i].k;
      silhouette = levels[i].silhouette;
      *votes = count;
    }
  }
  return best;
}
