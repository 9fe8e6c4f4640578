/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roc_primitives.h -- judge.roc: its options, its model, its charts.
 *
 *   tidy         a row per threshold, falling: threshold (missing: above all scores) tp fp fn tn tpr fpr precision profit
 *   glance       n positives share auc conf_low conf_high gini ap ks ks_threshold brier log_loss ece best_threshold best_profit
 *   lift         a row per part of the rows, highest scores first: part n positives rate lift captured low high
 *   calibration  a row per bin of scores: bin n mean rate conf_low conf_high; only of probabilities
 */
#ifndef ASSAY_JUDGE_ROC_PRIMITIVES_H
#define ASSAY_JUDGE_ROC_PRIMITIVES_H

#include "core/options.h"
#include "judge/binary.h"
#include "registry/model.h"

#define ROC_OPTIONS(O) \
  O(score, COLUMN, OPTION_REQUIRED, 1, 0, "numeric", "", "column with the scores: the higher, the likelier positive") \
  O(truth, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column with what happened: booleans, or two different values") \
  O(positive, TEXT, OPTION_UNSET, 1, 0, "", "", "the value of truth that is positive; default: true, or the greater of the two") \
  O(bins, INT, "10", 2, 1000, "", "", "parts of the lift table, and bins of the calibration") \
  O(benefit, NUMBER, "1", 0, 1e15, "", "", "what each positive that is called positive brings") \
  O(cost, NUMBER, "0", 0, 1e15, "", "", "what each row that is called positive costs, such as a letter") \
  O(level, NUMBER, "0.95", 0.5, 0.9999, "", "", "level of the interval of the area") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "rows with missing values: refuse or leave out")

typedef struct RocOptions {
  ROC_OPTIONS(OPTION_FIELD)
} RocOptions;

/* roc_model_primitives.c */
Status roc_model_fill(Model *model, const Binary *binary, const RocOptions *options, size_t dropped, const char *positive,
                      Error *e) MUST_USE;
void roc_headline(const Model *model, Text *out);
Status roc_check(const Model *model, Error *e) MUST_USE;

/* roc_plot_primitives.c */
#define ROC_PLOTS "roc|lift|gain|calibration|profit"
Status roc_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
