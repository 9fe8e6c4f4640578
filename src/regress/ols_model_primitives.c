/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "regress/ols_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/map.h"
#include "core/reduce.h"
#include "frame/builder.h"

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a model"));
}

/* ---- to frames */

static void draft_terms(Draft *draft, const Design *design, const bool *dropped)
{
  Builder *terms = builder_new(TYPE_STRING, design_columns(design));
  for (size_t j = 0; terms && j < design_columns(design); j++) {
    const char *name = design_name(design, j);
    if (!dropped || !dropped[j]) {
      builder_text(terms, name, strlen(name));
    }
  }
  draft_builder(draft, "term", terms);
}

static Status tidy_frame(const Design *design, const Ols *o, Frame **out, Error *e)
{
  const size_t p = o->fit->p;
  Draft *draft = draft_new();
  draft_terms(draft, design, NULL);
  draft_floats(draft, "estimate", o->fit->coefficients, p);
  draft_floats(draft, "std_error", o->std_error, p);
  draft_floats(draft, "statistic", o->statistics, p);
  draft_floats(draft, "p_value", o->p_values, p);
  draft_floats(draft, "conf_low", o->low, p);
  draft_floats(draft, "conf_high", o->high, p);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static Status glance_frame(const Design *design, const Ols *o, size_t left_out, Frame **out, Error *e)
{
  const LeastSquares *fit = o->fit;
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)fit->used);
  draft_float(draft, "r_squared", o->r_squared);
  draft_float(draft, "adj_r_squared", o->adj_r_squared);
  draft_float(draft, "sigma", o->sigma);
  draft_float(draft, "statistic", o->statistic);
  draft_float(draft, "p_value", o->p_value);
  draft_int(draft, "df", (int64_t)o->df);
  draft_int(draft, "df_residual", (int64_t)o->df_residual);
  draft_float(draft, "aic", o->aic);
  draft_float(draft, "bic", o->bic);
  draft_float(draft, "log_lik", o->log_lik);
  draft_float(draft, "deviance", o->deviance);
  draft_text(draft, "method", fit->method);
  draft_int(draft, "dropped", (int64_t)(fit->p - fit->rank));
  draft_float(draft, "condition", fit->condition);
  draft_int(draft, "left_out", (int64_t)left_out);
  draft_int(draft, "zero_weights", (int64_t)o->zero_weights);
  draft_text(draft, "formula", design_formula(design));
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static Status residuals_frame(const Ols *o, Frame **out, Error *e)
{
  static const char *const names[QUARTILES] = {"min", "q25", "median", "q75", "max"};
  Draft *draft = draft_new();
  for (size_t i = 0; i < QUARTILES; i++) {
    draft_float(draft, names[i], o->quartiles[i]);
  }
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

/* Column j of the rows that count of a p x p matrix, times a factor. */
static void draft_matrix_column(Draft *draft, const char *name, const double *matrix, const LeastSquares *fit,
                                size_t j, double factor)
{
  Builder *builder = builder_new(TYPE_FLOAT64, fit->rank);
  for (size_t i = 0; builder && i < fit->p; i++) {
    const double value = matrix[i * fit->p + j] * factor;
    if (!fit->dropped[i] && isnan(value)) {
      builder_missing(builder);
    } else if (!fit->dropped[i]) {
      builder_float(builder, value);
    }
  }
  draft_builder(draft, name, builder);
}

/* A name that no column has yet: terms may have equal names, and one may be called "term". */
static Status fresh_name(Map *seen, const char *name, Text *out, Error *e)
{
  bool fresh = false;
  for (size_t again = 1; !fresh; again++) {
    size_t number;
    text_reset(out);
    text_puts(out, name);
    if (again > 1) {
      text_printf(out, "_%zu", again);
    }
    Status status = text_status(out, e);
    if (status == STATUS_OK) {
      status = map_put(seen, text_data(out), out->size, &number, &fresh, e);
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

static Status covariance_frame(const Design *design, const Ols *o, Frame **out, Error *e)
{
  const LeastSquares *fit = o->fit;
  double *inverse = mem_alloc(fit->p * fit->p, sizeof *inverse);
  Draft *draft = draft_new();
  Map *seen = map_new();
  Text name = {0};
  Status status;
  if (!inverse || !draft || !seen) {
    TRY(no_memory(e));
  }
  least_squares_inverse(fit->factor, fit->p, inverse);
  TRY(fresh_name(seen, "term", &name, e));
  draft_terms(draft, design, fit->dropped);
  for (size_t j = 0; j < fit->p; j++) {
    if (!fit->dropped[j]) {
      TRY(fresh_name(seen, design_name(design, j), &name, e));
      draft_matrix_column(draft, text_data(&name), inverse, fit, j, o->sigma * o->sigma);
    }
  }
  status = draft_finish(draft, out, e);
  draft = NULL;
done:
  draft_free(draft);
  map_free(seen);
  text_free(&name);
  mem_free(inverse);
  return status;
}

static Status root_frame(const LeastSquares *fit, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  for (size_t j = 0; j < fit->p; j++) {
    char name[32];
    Builder *builder = builder_new(TYPE_FLOAT64, fit->p);
    for (size_t i = 0; builder && i < fit->p; i++) {
      builder_float(builder, fit->factor[i * fit->p + j]);
    }
    snprintf(name, sizeof name, "%zu", j + 1);
    draft_builder(draft, name, builder);
  }
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static Status references_frame(const Design *design, Frame **out, Error *e)
{
  const size_t n = design_factors(design);
  Draft *draft = draft_new();
  Builder *variables = builder_new(TYPE_STRING, n), *levels = builder_new(TYPE_INT64, n),
          *references = builder_new(TYPE_STRING, n);
  for (size_t i = 0; variables && levels && references && i < n; i++) {
    size_t count;
    const char *name = design_factor(design, i, &count), *level = design_factor_level(design, i, 0);
    builder_text(variables, name, strlen(name));
    builder_int(levels, (int64_t)count);
    builder_text(references, level, strlen(level));
  }
  draft_builder(draft, "variable", variables);
  draft_builder(draft, "levels", levels);
  draft_builder(draft, "reference", references);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

Status ols_model_fill(Model *model, const Design *design, const Ols *o, size_t left_out, const char *notes, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", tidy_frame(design, o, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", glance_frame(design, o, left_out, &frame, e), &frame, e));
  TRY(model_set_made(model, "residuals", residuals_frame(o, &frame, e), &frame, e));
  TRY(model_set_made(model, "covariance", covariance_frame(design, o, &frame, e), &frame, e));
  TRY(model_set_made(model, "root", root_frame(o->fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "plan", design_plan(design, &frame, e), &frame, e));
  TRY(model_set_made(model, "references", references_frame(design, &frame, e), &frame, e));
  TRY(model_set_notes(model, notes, e));
done:
  return status;
}

/* ---- and back, from a file that is not trusted */

static Status broken(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("the ols model lacks frames or figures it needs"));
}

static const Column *numbers(const Frame *frame, const char *name)
{
  size_t at;
  const Column *column = frame && frame_find(frame, name, &at) ? frame_column(frame, at) : NULL;
  return column && column_type(column) == TYPE_FLOAT64 ? column : NULL;
}

/* The terms of tidy, all there; NULL when they are not. */
static const Column *terms_of(const Model *model)
{
  const Frame *tidy = model_frame(model, "tidy");
  size_t at;
  const Column *terms = tidy && frame_find(tidy, "term", &at) ? frame_column(tidy, at) : NULL;
  return terms && type_is_text(column_type(terms)) && column_missing(terms) == 0 ? terms : NULL;
}

static const Column *formula_of(const Model *model)
{
  const Column *formula;
  const bool there =
      model_figure(model, "formula", &formula) && type_is_text(column_type(formula)) && column_valid(formula, 0);
  return there ? formula : NULL;
}

Status ols_model_check(const Model *model, Error *e)
{
  const Column *terms = terms_of(model), *estimates = numbers(model_frame(model, "tidy"), "estimate");
  const Frame *root = model_frame(model, "root"), *residuals = model_frame(model, "residuals");
  const double df = model_number(model, "df_residual");
  if (!terms || !estimates || !formula_of(model) || !root || !residuals || !model_frame(model, "plan") ||
      !(model_number(model, "n") > 0) || !(df >= 0) || model_number(model, "sigma") < 0 ||
      frame_columns(root) != column_rows(terms) ||
      (frame_columns(root) > 0 && frame_rows(root) != column_rows(terms))) {
    return broken(e);
  }
  for (size_t j = 0; j < frame_columns(root); j++) {
    const Column *column = frame_column(root, j);
    if (column_type(column) != TYPE_FLOAT64 || column_missing(column) > 0) {
      return broken(e);
    }
  }
  return STATUS_OK;
}

/* ---- predictions */

/* The design's columns must be the model's terms. */
static Status same_terms(const Model *model, const Design *design, Error *e)
{
  const Column *terms = terms_of(model);
  bool same = design_columns(design) == column_rows(terms);
  for (size_t j = 0; same && j < design_columns(design); j++) {
    size_t length;
    const char *term = column_text(terms, j, &length), *name = design_name(design, j);
    same = strlen(name) == length && memcmp(name, term, length) == 0;
  }
  return same ? STATUS_OK : broken(e);
}

static Status read_equation(const Model *model, Arena *arena, OlsEquation *out, Error *e)
{
  const Frame *root = model_frame(model, "root");
  const Column *estimates = numbers(model_frame(model, "tidy"), "estimate");
  const size_t p = column_rows(estimates);
  *out =
      (OlsEquation){.p = p, .sigma = model_number(model, "sigma"), .df_residual = model_number(model, "df_residual")};
  out->coefficients = arena_alloc(arena, p, sizeof *out->coefficients);
  out->root = p < SIZE_MAX / (p + 1) ? arena_alloc(arena, p * p, sizeof *out->root) : NULL;
  if (!out->coefficients || !out->root) {
    return no_memory(e);
  }
  for (size_t j = 0; j < p; j++) {
    out->coefficients[j] = column_valid(estimates, j) ? column_float(estimates, j) : 0;
    column_block(frame_column(root, j), 0, p, out->root + j, p);
  }
  return STATUS_OK;
}

/* The rows' designs: of the variables, and of the response too where the data have it. The same one twice when no row
 * lacks the response alone. */
typedef struct NewRows {
  Design *terms, *response; /* response: NULL when there is none */
} NewRows;

static void new_rows_free(NewRows *rows)
{
  if (rows->response != rows->terms) {
    design_free(rows->response);
  }
  design_free(rows->terms);
}

static Status make_design(Call *call, const Model *model, const Frame *data, bool response, Design **out, Error *e)
{
  const DesignOptions options = {.drop = true, .response = response};
  const Column *column = formula_of(model);
  size_t length;
  const char *text = column_text(column, 0, &length), *formula = arena_text(&call->task->arena, text, length);
  *out = NULL;
  if (!formula) {
    return no_memory(e);
  }
  return design_of_plan(formula, model_frame(model, "plan"), data, &options, call->task, out, e);
}

static Status new_rows(Call *call, const Model *model, const Frame *data, NewRows *out, Error *e)
{
  Error without; /* why there is no response */
  error_clear(&without);
  Status status = make_design(call, model, data, true, &out->response, &without);
  if (status == STATUS_OK) {
    status = ols_response_check(out->response, &without);
  }
  if (status == STATUS_OK && design_dropped(out->response) == 0) {
    out->terms = out->response;
    return same_terms(model, out->terms, e);
  }
  if (status == STATUS_MEMORY || status == STATUS_CANCELLED) {
    if (e) {
      *e = without;
    }
    return status;
  }
  if (status != STATUS_OK) {
    design_free(out->response);
    out->response = NULL;
  }
  const bool lacks = status == STATUS_NAME, fine = status == STATUS_OK;
  status = make_design(call, model, data, false, &out->terms, e);
  if (status == STATUS_OK && !lacks && !fine) {
    text_printf(call->notes, _("no residuals: %s\n"), without.what);
  }
  return status == STATUS_OK ? same_terms(model, out->terms, e) : status;
}

/* Of the kept rows to all rows; the others stay missing. From the end, since both lie in one array. */
static void spread(const Design *design, size_t rows, double *values)
{
  const size_t *kept = design_kept(design);
  size_t i = design_rows(design);
  for (size_t row = rows; kept && row-- > 0;) {
    const bool whole = i > 0 && kept[i - 1] == row;
    values[row] = whole ? values[--i] : (double)NAN;
  }
}

static Status add_residuals(Call *call, const Design *design, size_t rows, const double *fitted, double *residuals,
                            Error *e)
{
  const size_t n = design_rows(design);
  for (size_t first = 0; first < n; first += BLOCK_ROWS) {
    if (task_cancelled(call->task)) {
      return error_cancelled(e);
    }
    ols_response(design, first, n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS, residuals + first);
  }
  spread(design, rows, residuals);
  for (size_t row = 0; row < rows; row++) {
    residuals[row] -= fitted[row];
  }
  return STATUS_OK;
}

/* The lower end in place of the half width, the upper one into `high`. */
static void make_ends(const double *fitted, size_t rows, double *half, double *high)
{
  for (size_t row = 0; row < rows; row++) {
    high[row] = fitted[row] + half[row];
    half[row] = fitted[row] - half[row];
  }
}

static Status predicted_frame(OlsInterval interval, const double *values, size_t rows, bool residuals, Frame **out,
                              Error *e)
{
  Draft *draft = draft_new();
  draft_floats(draft, "fitted", values, rows);
  if (residuals) {
    draft_floats(draft, "residual", values + rows, rows);
  }
  if (interval != OLS_NO_INTERVAL) {
    draft_floats(draft, interval == OLS_CONFIDENCE ? "conf_low" : "pred_low", values + 2 * rows, rows);
    draft_floats(draft, interval == OLS_CONFIDENCE ? "conf_high" : "pred_high", values + 3 * rows, rows);
  }
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static double level_of(const Model *model, const OlsPredictOptions *o)
{
  const double level = o->level > 0 ? o->level : model_option_number(model, "level", 0.95);
  return level > 0 && level < 1 ? level : 0.95; /* a file may say anything */
}

static void note_predictions(Call *call, const Model *model, OlsInterval interval)
{
  if (model_number(model, "dropped") > 0) {
    text_puts(call->notes,
              _("terms were dropped from the model as depending on others; where they do not depend so in these "
                "rows, predictions mean little\n"));
  }
  if (interval == OLS_PREDICTION && model_option_text(model, "weights")) {
    text_puts(call->notes, _("the model has weights: intervals of single rows are for rows of weight 1\n"));
  }
}

Status ols_model_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const OlsPredictOptions *o = call->options;
  const OlsInterval interval = strcmp(o->interval, "none") == 0         ? OLS_NO_INTERVAL
                               : strcmp(o->interval, "prediction") == 0 ? OLS_PREDICTION
                                                                        : OLS_CONFIDENCE;
  const size_t rows = frame_rows(data);
  NewRows r = {0};
  OlsEquation equation;
  double *values = NULL; /* fitted, residuals, low, high */
  Status status;
  *out = NULL;
  TRY(new_rows(call, model, data, &r, e));
  TRY(read_equation(model, &call->task->arena, &equation, e));
  TRY(task_reserve(call->task, rows * 4 * sizeof *values, _("predictions"), e));
  values = mem_alloc(rows, 4 * sizeof *values);
  if (!values) {
    TRY(error_memory(e, rows * 4 * sizeof *values, _("predictions")));
  }
  double *fitted = values, *residuals = values + rows, *half = values + 2 * rows;
  TRY(ols_predict(&equation, r.terms, interval, level_of(model, o), call->task, fitted, half, e));
  spread(r.terms, rows, fitted);
  if (r.response) {
    TRY(add_residuals(call, r.response, rows, fitted, residuals, e));
  }
  if (interval != OLS_NO_INTERVAL) {
    spread(r.terms, rows, half);
    make_ends(fitted, rows, half, values + 3 * rows);
  }
  TRY(predicted_frame(interval, values, rows, r.response != NULL, out, e));
  note_predictions(call, model, interval);
done:
  new_rows_free(&r);
  mem_free(values);
  return status;
}

/* ---- the card */

enum { FORMULA_SHOWN = 240 }; /* bytes; m.formula has all of it */

void ols_headline(const Model *model, Text *out)
{
  const Column *formula = formula_of(model);
  size_t length = 0;
  const char *text = formula ? column_text(formula, 0, &length) : "";
  const size_t shown = length > FORMULA_SHOWN ? utf8_whole(text, FORMULA_SHOWN) : length;
  text_add(out, text, shown);
  text_puts(out, shown < length ? " ..." : "");
  const double n = model_number(model, "n");
  text_printf(out, n == 1 ? _(", 1 row") : _(", %.0f rows"), n);
}

/* A figure, NA when it is missing. */
static const char *figure(const Model *model, const char *name, char out[32])
{
  const double x = model_number(model, name);
  snprintf(out, 32, isnan(x) ? "NA" : x == INFINITY ? "Inf" : x == -INFINITY ? "-Inf" : "%.7g", x);
  return out;
}

static void residual_line(const Model *model, Text *out)
{
  const Frame *frame = model_frame(model, "residuals");
  text_puts(out, _("residuals"));
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const Column *column = frame_column(frame, i);
    if (column_type(column) == TYPE_FLOAT64 && frame_rows(frame) == 1 && column_valid(column, 0)) {
      const double x = column_float(column, 0);
      const bool whole = fabs(x) >= 1e3 && fabs(x) < 1e7; /* no exponent for amounts */
      text_printf(out, whole ? "%1$s %2$s %3$.0f" : "%1$s %2$s %3$.4g", i ? "  " : ":", frame_name(frame, i), x);
    }
  }
  text_char(out, '\n');
}

/* In the order in which such a fit is looked at: what is left, how much is explained, and the criteria. */
void ols_card_figures(const Model *model, Text *out)
{
  char a[32], b[32], c[32], d[32];
  const Column *method;
  size_t length = 0;
  const char *text =
      model_figure(model, "method", &method) && type_is_text(column_type(method)) && column_valid(method, 0)
          ? column_text(method, 0, &length)
          : "";
  residual_line(model, out);
  text_printf(out, _("sigma %1$s on %2$s degrees of freedom\n"), figure(model, "sigma", a),
              figure(model, "df_residual", b));
  text_printf(out, _("r_squared %1$s   adj_r_squared %2$s\n"), figure(model, "r_squared", a),
              figure(model, "adj_r_squared", b));
  if (!isnan(model_number(model, "statistic"))) {
    text_printf(out, _("F statistic %1$s on %2$s and %3$s degrees of freedom, p_value %4$s\n"),
                figure(model, "statistic", a), figure(model, "df", b), figure(model, "df_residual", c),
                figure(model, "p_value", d));
  }
  text_printf(out, _("log_lik %1$s   aic %2$s   bic %3$s   method %4$.*5$s"), figure(model, "log_lik", a),
              figure(model, "aic", b), figure(model, "bic", c), text, (int)length);
}
