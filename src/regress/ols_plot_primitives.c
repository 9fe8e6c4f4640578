/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of linear regression. */
#include "regress/ols_plot_primitives.h"

#include <math.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "math/distributions.h"
#include "regress/ols_model_primitives.h"
#include "shape/order.h"

static Status check_request(const PlotRequest *request, bool rows, Error *e)
{
  if (request->x[0] || request->y[0]) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
  }
  if (rows && !request->data) {
    error_set(e, STATUS_STATE, "no-data", _("the chart '%s' shows rows, which the model does not hold"),
              request->kind);
    return error_hint(e, _("give them: m:plot(\"%s\", {data = df})"), request->kind);
  }
  return STATUS_OK;
}

/* fitted and residual of the rows; both borrowed from *predicted. */
static Status predict_rows(Call *call, const Model *model, const Frame *data, Frame **predicted, const Column **fitted,
                           const Column **residual, Error *e)
{
  const OlsPredictOptions options = {.interval = "none"};
  Call inner = *call;
  size_t column;
  inner.options = &options;
  Status status = ols_model_predict(&inner, model, data, predicted, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!frame_find(*predicted, "residual", &column)) {
    error_set(e, STATUS_DATA, "no-response", _("the rows have no column of the response, so they have no residuals"));
    return error_hint(e, _("give rows with the response, or m:plot(\"coefficients\")"));
  }
  *residual = frame_column(*predicted, column);
  status = frame_need(*predicted, "fitted", &column, e);
  *fitted = status == STATUS_OK ? frame_column(*predicted, column) : NULL;
  return status;
}

static Status plot_residuals(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Column *columns[2];
  Frame *predicted = NULL;
  Chart *chart = NULL;
  Status status;
  TRY(check_request(request, true, e));
  TRY(predict_rows(call, model, request->data, &predicted, &columns[0], &columns[1], e));
  TRY(chart_begin("residuals", request->title, _("fitted"), NULL, _("residual"), NULL, &chart, e));
  TRY(chart_add_columns(chart, CHART_POINTS, "", roles, columns, 2, e));
  TRY(chart_add_slanted(chart, 0, 0, e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  frame_unref(predicted);
  return status;
}

/* ---- coefficients */

typedef struct Terms {
  const Column *term, *estimate, *low, *high;
} Terms;

static Status find_terms(const Model *model, Terms *out, Error *e)
{
  static const char *const names[] = {"term", "estimate", "conf_low", "conf_high"};
  const Frame *tidy = model_frame(model, "tidy");
  const Column **slots[] = {&out->term, &out->estimate, &out->low, &out->high};
  Status status = STATUS_OK;
  for (int i = 0; status == STATUS_OK && i < 4; i++) {
    size_t column = 0;
    status = frame_need(tidy, names[i], &column, e);
    *slots[i] = status == STATUS_OK ? frame_column(tidy, column) : NULL;
    const Type type = status == STATUS_OK ? column_type(*slots[i]) : TYPE_SET;
    if (status == STATUS_OK && (i == 0 ? !type_is_text(type) : type != TYPE_FLOAT64)) { /* a file may say anything */
      status = error_set(e, STATUS_FORMAT, "bad-model-file", _("column '%s' of tidy has a wrong type"), names[i]);
    }
  }
  return status;
}

/* The rows of tidy to show, the first term last, so that it stands on top. */
static size_t choose_terms(const Terms *terms, size_t *rows, size_t *dropped)
{
  const size_t n = column_rows(terms->term);
  size_t used = 0;
  *dropped = 0;
  for (size_t i = n; i-- > 0;) {
    size_t length;
    const char *name = column_text(terms->term, i, &length);
    const bool intercept = length == strlen("(Intercept)") && memcmp(name, "(Intercept)", length) == 0;
    const bool known = column_valid(terms->estimate, i) && isfinite(column_float(terms->estimate, i));
    rows[used] = i;
    used += !intercept && known;
    *dropped += !intercept && !known;
  }
  return used;
}

static Status add_intervals(Chart *chart, const Terms *terms, const size_t *rows, size_t n, const Column *names,
                            Error *e)
{
  static const char *const roles[] = {"x", "low", "high", "y", "term"};
  const Column *const from[] = {terms->estimate, terms->low, terms->high};
  Column *columns[5] = {NULL};
  Status status = STATUS_OK;
  for (int i = 0; i < 3; i++) {
    TRY(column_take(from[i], rows, n, &columns[i], e));
  }
  TRY(chart_numbering(n, &columns[3], e));
  columns[4] = column_ref(names);
  TRY(chart_add_columns(chart, CHART_INTERVALS, "", roles, (const Column *const *)columns, 5, e));
done:
  for (int i = 0; i < 5; i++) {
    column_unref(columns[i]);
  }
  return status;
}

static Status refuse_no_terms(Error *e)
{
  return error_set(e, STATUS_DATA, "nothing-to-draw",
                   _("there is nothing to draw: no term but the intercept has an estimate"));
}

static Status plot_coefficients(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Terms terms;
  Column *names = NULL;
  Chart *chart = NULL;
  size_t n = 0, dropped = 0, *rows = NULL;
  Status status;
  TRY(check_request(request, false, e));
  TRY(find_terms(model, &terms, e));
  rows = mem_alloc(column_rows(terms.term) + 1, sizeof *rows);
  TRY(rows ? STATUS_OK : error_memory(e, 0, _("a chart")));
  n = choose_terms(&terms, rows, &dropped);
  TRY(n > 0 ? STATUS_OK : refuse_no_terms(e));
  TRY(column_take(terms.term, rows, n, &names, e));
  TRY(chart_begin("coefficients", request->title, _("estimate"), NULL, _("term"), names, &chart, e));
  TRY(add_intervals(chart, &terms, rows, n, names, e));
  TRY(chart_add_upright(chart, 0, e));
  TRY(chart_add_note(chart, e, _("intervals of %.4g %%"), 100 * model_option_number(model, "level", 0.95)));
  if (dropped > 0) {
    TRY(chart_add_note(chart, e, _("%zu terms without an estimate are left out"), dropped));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(names);
  mem_free(rows);
  return status;
}

/* ---- qq */

/* x y: quantiles and residuals in units of sigma, in order. Places as R's ppoints. */
static Status quantile_columns(const Column *residual, double sigma, Task *task, Column **x, Column **y, Error *e)
{
  const OrderKey key = {.column = residual};
  const size_t rows = column_rows(residual), n = rows - column_missing(residual);
  const double a = n <= 10 ? 0.375 : 0.5;
  size_t *order = NULL;
  Builder *across = builder_new(TYPE_FLOAT64, n), *up = builder_new(TYPE_FLOAT64, n);
  Status status = across && up ? order_rows(&key, 1, rows, task, &order, e) : error_memory(e, 0, _("a chart"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    builder_float(across, normal_quantile(((double)i + 1 - a) / ((double)n + 1 - 2 * a)));
    builder_float(up, column_float(residual, order[i]) / sigma);
  }
  mem_free(order);
  if (status != STATUS_OK) {
    builder_free(across);
    builder_free(up);
    return status;
  }
  status = builder_finish(across, x, e);
  if (status != STATUS_OK) {
    builder_free(up);
    return status;
  }
  return builder_finish(up, y, e);
}

static Status plot_qq(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  const Column *fitted, *residual;
  Column *columns[2] = {NULL};
  Frame *predicted = NULL;
  Chart *chart = NULL;
  Status status;
  TRY(check_request(request, true, e));
  const double sigma = model_number(model, "sigma");
  if (!(sigma > 0)) {
    return error_set(e, STATUS_DATA, "nothing-to-draw", _("there is nothing to draw: the residuals have no spread"));
  }
  TRY(distributions_open(e));
  TRY(predict_rows(call, model, request->data, &predicted, &fitted, &residual, e));
  TRY(quantile_columns(residual, sigma, call->task, &columns[0], &columns[1], e));
  TRY(chart_begin("qq", request->title, _("normal quantile"), NULL, _("residual / sigma"), NULL, &chart, e));
  TRY(chart_add_columns(chart, CHART_POINTS, "", roles, (const Column *const *)columns, 2, e));
  TRY(chart_add_slanted(chart, 0, 1, e));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  column_unref(columns[0]);
  column_unref(columns[1]);
  frame_unref(predicted);
  return status;
}

Status ols_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  *out = NULL;
  return strcmp(request->kind, "coefficients") == 0 ? plot_coefficients(call, model, request, out, e)
         : strcmp(request->kind, "qq") == 0         ? plot_qq(call, model, request, out, e)
                                                    : plot_residuals(call, model, request, out, e);
}
