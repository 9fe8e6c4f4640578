/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a regression shows beside tidy and glance. */
#include "registry/model.h"

static Status run_covariance(Call *call, Value *out, Error *e)
{
  return model_give(call, "covariance", out, e);
}

static Status run_residuals(Call *call, Value *out, Error *e)
{
  return model_give(call, "residuals", out, e);
}

#define SIZED                                                                                                   \
  .size = sizeof(Primitive), .family = "regress", .version = 1, .takes = VALUE_MODEL, .takes_class = "regress", \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_MAIN
#define FIT "df = read \"datasets/iris/iris.csv\"\nfit = df:ols(\"petal_width ~ petal_length + species\")\n"

static const Primitive covariance = {
    SIZED,
    .name = "covariance",
    .summary = "variances and covariances of the coefficients",
    .details = "The roots of the diagonal are the standard errors. Dropped terms are not in it.",
    .returns = "a frame: term, and a column for each term",
    .example = FIT "fit:covariance()",
    .run = run_covariance};
REGISTER_PRIMITIVE(covariance);

static const Primitive residuals = {
    SIZED,
    .name = "residuals",
    .summary = "least, quartiles and greatest of the residuals",
    .details = "With weights, of residual * sqrt(weight). m:augment(df) has the residual of each row.",
    .returns = "a frame of one row: min q25 median q75 max",
    .example = FIT "fit:residuals()",
    .run = run_residuals};
REGISTER_PRIMITIVE(residuals);
