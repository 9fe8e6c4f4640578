/* SPDX-License-Identifier: GPL-3.0-or-later */
/* regress.ols: from a frame to a model. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "expr/formula.h"
#include "frame/builder.h"
#include "registry/registry.h"
#include "regress/ols_model_primitives.h"
#include "regress/ols_plot_primitives.h"

#define ROW(...) OPTION_ROW_OF(OlsOptions, __VA_ARGS__)
static const Option ols_options[] = {OLS_OPTIONS(ROW)};
#undef ROW
#define ROW(...) OPTION_ROW_OF(OlsPredictOptions, __VA_ARGS__)
static const Option ols_predict_options[] = {OLS_PREDICT_OPTIONS(ROW)};
#undef ROW

enum { NAMES_SHOWN = 6, FEW_DEGREES = 5 };
static const double HIGH_CONDITION = 1e4;

/* What a fit of a frame holds; freed in one place. */
typedef struct Fit {
  Frame *frame; /* the data, or those of its rows that have a weight */
  size_t *rows; /* which these are; NULL: all */
  Design *design;
  double *weights;
  size_t left_out; /* rows with missing cells */
  Ols ols;
} Fit;

static void fit_free(Fit *fit)
{
  ols_free(&fit->ols);
  mem_free(fit->weights);
  mem_free(fit->rows);
  design_free(fit->design);
  frame_unref(fit->frame);
}

/* ---- weights */

/* Rows whose weight is missing are an error, or are gone before the formula sees the data, as in R: a level that only
 * they have is no level then. */
static Status whole_weights(Call *call, const Frame *data, const Column *weights, Fit *fit, Error *e)
{
  const OlsOptions *o = call->options;
  const size_t n = frame_rows(data), lacking = column_missing(weights);
  size_t kept = 0;
  if (lacking == 0) {
    fit->frame = frame_ref(data);
    return STATUS_OK;
  }
  if (strcmp(o->missing, "drop") != 0) {
    error_set(e, STATUS_DATA, "missing-values", _("%1$zu of %2$zu rows lack a value: %3$s %1$zu"), lacking, n,
              o->weights);
    error_hint(e, _("missing = \"drop\" leaves these rows out; coalesce() fills cells"));
    return STATUS_DATA;
  }
  fit->rows = mem_alloc(n - lacking, sizeof *fit->rows);
  if (!fit->rows) {
    return error_memory(e, (n - lacking) * sizeof *fit->rows, _("rows"));
  }
  for (size_t row = 0; row < n; row++) {
    if (column_valid(weights, row)) {
      fit->rows[kept++] = row;
    }
  }
  fit->left_out = lacking;
  return frame_take(data, fit->rows, kept, &fit->frame, e);
}

/* The design knows only the rows that have a weight, and its messages count those. */
static void say_which_rows(const Fit *fit, Status status, Error *e)
{
  if (e && fit->rows && status == STATUS_DATA) {
    const size_t used = strlen(e->hint);
    snprintf(e->hint + used, sizeof e->hint - used, "%s", _("; rows are counted without those that lack a weight"));
  }
}

static Status prepare(Call *call, Fit *fit, Error *e)
{
  const OlsOptions *o = call->options;
  const Frame *data = call->data->frame;
  const DesignOptions how = {.drop = strcmp(o->missing, "drop") == 0, .response = true};
  size_t column = 0;
  Status status;
  if (o->weights) {
    TRY(frame_need(data, o->weights, &column, e));
    TRY(whole_weights(call, data, frame_column(data, column), fit, e));
  } else {
    fit->frame = frame_ref(data);
  }
  task_phase(call->task, _("variables"));
  status = design_make(o->formula, fit->frame, &how, call->task, &fit->design, e);
  if (status != STATUS_OK) {
    say_which_rows(fit, status, e);
    return status;
  }
  fit->left_out += design_dropped(fit->design);
  TRY(ols_response_check(fit->design, e));
  if (o->weights) {
    TRY(ols_weights(fit->design, frame_column(fit->frame, column), o->weights, fit->rows, call->task, &fit->weights,
                    e));
  }
done:
  return status;
}

/* ---- notes */

/* What is true of each factor, of the terms left out, and of the rows. */
static void note_terms(const Fit *fit, Text *notes)
{
  const Design *design = fit->design;
  size_t shown = 0, more = 0;
  for (size_t i = 0; i < design_factors(design) && i < NAMES_SHOWN; i++) {
    size_t levels;
    const char *name = design_factor(design, i, &levels);
    text_printf(notes, _("%1$s has %2$zu levels; the reference level is '%3$s'\n"), name, levels,
                design_factor_level(design, i, 0));
  }
  for (size_t j = 0; j < design_columns(design); j++) {
    if (fit->ols.fit->dropped[j] && shown < NAMES_SHOWN) {
      text_printf(notes, "%s%s", shown++ ? ", " : _("dropped, because other terms give the same: "),
                  design_name(design, j));
    } else {
      more += fit->ols.fit->dropped[j];
    }
  }
  if (more > 0) {
    text_printf(notes, _(" and %zu more"), more);
  }
  text_puts(notes, shown ? "\n" : "");
}

static void note_rows(const OlsOptions *o, const Fit *fit, Text *notes)
{
  if (fit->left_out > 0) {
    text_printf(notes, _("rows left out for missing cells: %zu\n"), fit->left_out);
  }
  if (fit->ols.zero_weights > 0) {
    text_printf(notes, _("rows of weight 0, which count for nothing: %zu\n"), fit->ols.zero_weights);
  }
  for (size_t t = 0; o->weights && t < design_terms(fit->design); t++) {
    if (strcmp(design_term(fit->design, t), o->weights) == 0) {
      text_printf(notes, _("%1$s is a term as well as the weight of the rows; - %1$s takes the term out\n"),
                  o->weights);
    }
  }
}

static void warn(const Fit *fit, Text *notes)
{
  const Ols *o = &fit->ols;
  if (o->constant) {
    text_puts(notes, _("the response is the same in every row: there is nothing to explain\n"));
  } else if (o->df_residual == 0) {
    text_puts(notes, _("as many coefficients as rows: the fit is exact and says nothing of its errors\n"));
  } else if (o->perfect) {
    text_puts(notes,
              _("the fit is as good as exact: what is left is rounding, and errors and tests of it mean little\n"));
  } else if (o->df_residual < FEW_DEGREES) {
    text_printf(notes, _("residual degrees of freedom: %.0f; errors rest on very little\n"), o->df_residual);
  }
  if (o->fit->condition > HIGH_CONDITION) {
    text_printf(notes,
                _("the terms nearly depend on each other (condition %.2g): coefficients have large errors, and few "
                  "digits are sure\n"),
                o->fit->condition);
  }
}

static void note_fit(const Call *call, const Fit *fit)
{
  note_terms(fit, call->notes);
  note_rows(call->options, fit, call->notes);
  warn(fit, call->notes);
}

/* ---- the run */

static Status run_ols(Call *call, Value *out, Error *e)
{
  const OlsOptions *o = call->options;
  Fit fit = {0};
  Model *model = NULL;
  Status status;
  *out = (Value){.kind = VALUE_NONE};
  TRY(prepare(call, &fit, e));
  TRY(ols_fit(fit.design, fit.weights, o->level, call->task, &fit.ols, e));
  note_fit(call, &fit);
  TRY(task_reserve(call->task, fit.ols.fit->p * fit.ols.fit->p * 3 * sizeof(double), _("the covariance"), e));
  TRY(model_new(call->primitive, o, &model, e));
  TRY(ols_model_fill(model, fit.design, &fit.ols, fit.left_out, text_data(call->notes), e));
  TRY(text_status(call->notes, e));
  model_set_data(model, call->data->frame);
  text_reset(call->notes); /* the card shows them */
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  fit_free(&fit);
  return status;
}

/* Columns of the matrix, about: levels of categories are known, those of other texts are not. */
static double guess_columns(const Formula *formula, const Frame *frame)
{
  double columns = formula->intercept;
  for (size_t t = 0; t < formula->n_terms; t++) {
    double width = 1;
    for (size_t i = 0; i < formula->terms[t].n; i++) {
      const FormulaVariable *v = &formula->variables[formula->terms[t].variables[i]];
      size_t at, levels = v->kind == FORMULA_POLY ? v->degree : 1;
      if (frame_find(frame, v->label, &at)) {
        const Column *column = frame_column(frame, at);
        levels =
            column_type(column) == TYPE_CATEGORY && column_levels(column) > 2 ? column_levels(column) - 1 : levels;
      }
      width *= (double)levels;
    }
    columns += width;
  }
  return columns;
}

/* Bytes: residuals, weights, and a few matrices of columns by columns for each thread. Seconds: about 5e9 products a
 * second, and a nanosecond to look at each cell. A formula that cannot be read costs nothing: the run says why. */
static Status ols_cost(const Call *call, Cost *out, Error *e)
{
  const OlsOptions *o = call->options;
  const Frame *frame = call->data->frame;
  const double n = (double)frame_rows(frame);
  Arena arena = {0};
  const Formula *formula;
  (void)e;
  *out = (Cost){0};
  if (formula_parse(o->formula, frame, &arena, &formula, NULL) == STATUS_OK) {
    const double p = guess_columns(formula, frame);
    out->bytes = n * (o->weights ? 24 : 16) + p * p * 8 * 30 + p * 4096 * 8 * 2;
    out->seconds = n * p * (p + 4) * 0.2e-9 + p * p * p * 2e-9 + n * 10e-9;
  }
  arena_free(&arena);
  return STATUS_OK;
}

static const Figure ols_figures[] = {
    {"n", "rows used: those with a weight above 0", "", "ten or more for each coefficient"},
    {"r_squared",
     "share of the response's variation that the model explains; without an intercept, of its squares about 0",
     "1 - deviance / sum(weight * (response - mean)^2)", "0 (nothing) to 1 (all); what is much depends on the field"},
    {"adj_r_squared", "r_squared as it would be expected of other rows: less what any columns explain by chance",
     "1 - (1 - {r_squared}) * ({df} + {df_residual}) / {df_residual}",
     "at most r_squared; below 0 the model explains nothing"},
    {"sigma", "standard deviation of the response about the model, in its unit", "sqrt({deviance} / {df_residual})",
     "small against the response's own deviation"},
    {"statistic", "F: what the terms explain per column, against what is left per degree of freedom",
     "({r_squared} / {df}) / ((1 - {r_squared}) / {df_residual})", "about 1 when the terms explain nothing"},
    {"p_value", "how often chance alone would give such a statistic or a larger one",
     "P(F({df}, {df_residual}) > {statistic})", "0 to 1; small: some term explains something, not that all do"},
    {"df", "columns that count, without the intercept", "", "at least 1, but for a mean alone"},
    {"df_residual", "rows less coefficients", "{n} - coefficients", "well above 10"},
    {"aic", "Akaike's criterion: misfit, and 2 for each parameter (sigma is one)",
     "-2 * {log_lik} + 2 * ({n} - {df_residual} + 1)", "to compare models of the same rows; lower is better"},
    {"bic", "Schwarz's criterion: misfit, and log(n) for each parameter",
     "-2 * {log_lik} + log({n}) * ({n} - {df_residual} + 1)", "to compare models of the same rows; lower is better"},
    {"log_lik", "logarithm of the likelihood of normal errors",
     "-{n} / 2 * (log(2 * pi * {deviance} / {n}) + 1), and half of the "
     "sum of log(weight)",
     "to compare models of the same rows; higher is better"},
    {"deviance", "what is left: the sum of weight * residual^2", "{sigma}^2 * {df_residual}",
     "0 (an exact fit) to the sum about the mean"},
    {"method", "how it was solved: gram (products of columns, with refinement) or qr (orthogonal, for hard problems)",
     "", "chosen by the data; both give the same digits"},
    {"dropped", "columns left out because columns before them give the same; their terms have no estimate", "", "0"},
    {"condition", "how nearly the columns depend on each other, after scaling", "",
     "1 to some hundred; above 1e4 coefficients are hardly known one by one"},
    {"left_out", "rows left out for missing cells", "", "0"},
    {"zero_weights", "rows of weight 0", "", "0"},
    {"formula", "the formula with every column named", "", ""},
};

static const ModelClass ols_class = {.size = sizeof(ModelClass),
                                     .predict = ols_model_predict,
                                     .headline = ols_headline,
                                     .check = ols_model_check,
                                     .predict_options = ols_predict_options,
                                     .n_predict_options = sizeof ols_predict_options / sizeof *ols_predict_options,
                                     .predict_size = sizeof(OlsPredictOptions),
                                     .figures = ols_card_figures,
                                     .plots = OLS_PLOTS,
                                     .plot = ols_plot};

static const Primitive ols = {
    .size = sizeof(Primitive),
    .family = "regress",
    .name = "ols",
    .version = 1,
    .summary = "linear regression by least squares, with standard errors and tests",
    .details =
        "Explains a number by the terms of a formula (?formulas). Each coefficient says by how much the response "
        "differs "
        "where its term is 1 higher and all other terms are the same; of a text's levels, by how much rows of that "
        "level "
        "differ from those of the reference level. Errors, tests and intervals suppose that residuals vary alike for "
        "all "
        "rows and do not depend on each other; look at them with m:augment(df). A truth value as response counts 0 "
        "and 1. "
        "Columns that depend on others are dropped and named. Weights mean that a row of weight w has a variance of "
        "sigma^2 / w. m:covariance() is that of the coefficients.",
    .takes = VALUE_FRAME,
    .main = "formula",
    .options = ols_options,
    .n_options = sizeof ols_options / sizeof *ols_options,
    .options_size = sizeof(OlsOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: term estimate std_error statistic p_value conf_low conf_high",
    .reference = "Chambers 1992, Linear models, in Statistical Models in S; R Core Team, stats::lm",
    .example =
        "df = read \"datasets/credit/credit.csv\"\nfit = df:ols(\"log(credit_amount) ~ duration + age + housing\")\n"
        "fit:augment(df, {interval = \"prediction\"}):head(3)",
    .where = WHERE_JOB,
    .cost = ols_cost,
    .figures = ols_figures,
    .n_figures = sizeof ols_figures / sizeof *ols_figures,
    .run = run_ols,
    .model = &ols_class};
REGISTER_PRIMITIVE(ols);
