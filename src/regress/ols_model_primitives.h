/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ols_model_primitives.h -- a linear regression as a model, and predictions by it.
 *
 * Frames beside tidy and glance: "residuals" (quantiles), "covariance" (of the coefficients that count, by term),
 * "root" (root root' = (X'WX)^-1, for intervals: the covariance itself would lose digits where columns nearly depend
 * on each other), "plan" (expr/design.h), "references" (variable levels reference), "notes".
 */
#ifndef ASSAY_REGRESS_OLS_MODEL_PRIMITIVES_H
#define ASSAY_REGRESS_OLS_MODEL_PRIMITIVES_H

#include "registry/model.h"
#include "regress/ols.h"

/* clang-format off */
#define OLS_PREDICT_OPTIONS(O) \
  O(interval, CHOICE, "confidence", 0, 0, "confidence|prediction|none", "", \
    "conf_low and conf_high for the mean of such rows, pred_low and pred_high for one such row, or neither") \
  O(level, NUMBER, OPTION_UNSET, 0.01, 0.999999, "", "", "of the intervals; that of the fit when not given")
/* clang-format on */
typedef struct OlsPredictOptions {
  OLS_PREDICT_OPTIONS(OPTION_FIELD)
} OlsPredictOptions;

/* left_out: rows with missing cells. */
Status ols_model_fill(Model *model, const Design *design, const Ols *ols, size_t left_out, const char *notes,
                      Error *e) MUST_USE;

Status ols_model_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e);
void ols_headline(const Model *model, Text *out);
void ols_card_figures(const Model *model, Text *out);
Status ols_model_check(const Model *model, Error *e);

#endif
