/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choose.h -- what each rule says about the number of clusters, from a table of figures for a range of k.
 *
 * A figure that is not known is NaN; a rule that cannot say anything gives 0. Of equal figures the smaller k is taken.
 */
#ifndef ASSAY_CLUSTER_CHOOSE_H
#define ASSAY_CLUSTER_CHOOSE_H

#include <stddef.h>
#include <stdint.h>

/* Figures of the fits with k clusters, rising. */
typedef struct ChooseLevel {
  int64_t k, smallest;          /* rows of the smallest cluster */
  double withinss, explained, silhouette, calinski_harabasz, davies_bouldin, dunn, bic;
  double log_w, gap, gap_se;    /* log of the pooled within-cluster dispersion; the gap and its standard error */
  double stability;             /* mean adjusted Rand index of fits to resampled rows with this one */
} ChooseLevel;

typedef enum ChooseRule {
  CHOOSE_ELBOW,       /* farthest below the chord from the first to the last (k, withinss) (Satopaa et al. 2011) */
  CHOOSE_SILHOUETTE,  /* largest */
  CHOOSE_CALINSKI,    /* largest */
  CHOOSE_DAVIES,      /* smallest */
  CHOOSE_DUNN,        /* largest */
  CHOOSE_GAP,         /* smallest k with gap(k) >= gap(k + 1) - se(k + 1) (Tibshirani, Walther and Hastie 2001) */
  CHOOSE_GAP_FIRST,   /* smallest k whose gap is within a standard error of the first local maximum (R's firstSEmax) */
  CHOOSE_BIC,         /* smallest */
  CHOOSE_STABILITY,   /* the largest k within 0.01 of the greatest */
  CHOOSE_RULES
} ChooseRule;

const char *choose_rule_name(ChooseRule rule);  /* "elbow" */
const char *choose_rule_text(ChooseRule rule);  /* what it does, a few words */

/* The k that the rule suggests, 0 for none. O(n). */
int64_t choose_by(ChooseRule rule, const ChooseLevel *levels, size_t n);

/* The k that most rules suggest; of equally many the one with the larger silhouette, then the smaller. *votes: how many. Both gap
 * rules count as one, when they agree. 0 when no rule suggests anything. */
int64_t choose_vote(const int64_t suggested[CHOOSE_RULES], const ChooseLevel *levels, size_t n, size_t *votes);

#endif
