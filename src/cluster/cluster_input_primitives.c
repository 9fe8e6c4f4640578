/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/cluster_input_primitives.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cluster/matrix_scan.h"
#include "cluster/repeats_primitives.h"
#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"

enum { SAMPLE_STREAM = 0x5a };

void cluster_input_free(ClusterInput *input)
{
  variables_free(&input->variables);
  mem_free(input->values);
  mem_free(input->weights);
  memset(input, 0, sizeof *input);
}

/* ---- rows */

/* `want` of the usable rows, in their order: the first of a random permutation. */
static Status draw_sample(Variables *v, size_t want, uint64_t seed, Text *notes, Error *e)
{
  size_t *order = mem_alloc(v->n, sizeof *order);
  if (!order) {
    return error_memory(e, v->n * sizeof *order, _("row numbers"));
  }
  Random random = random_new(seed, SAMPLE_STREAM);
  random_subset(&random, v->n, want, order);
  for (size_t i = 0; v->rows && i < want; i++) {
    order[i] = v->rows[order[i]];
  }
  text_printf(notes, _("fitted to a sample of %1$zu of %2$zu rows (sample = %1$zu)\n"), want, v->n);
  mem_free(v->rows);
  v->rows = order;
  v->n = want;
  return STATUS_OK;
}

static Status read_weights(ClusterInput *input, size_t column, Error *e)
{
  const Variables *v = &input->variables;
  const Column *cells = frame_column(input->data, column);
  double sum = 0;
  input->weights = mem_alloc(v->n, sizeof *input->weights);
  if (!input->weights) {
    return error_memory(e, v->n * sizeof *input->weights, _("weights"));
  }
  for (size_t i = 0; i < v->n; i++) {
    const double weight = column_float(cells, v->rows ? v->rows[i] : i);
    input->weights[i] = weight;
    sum += weight;
    if (!(weight >= 0) || isinf(weight)) {
      return error_set(e, STATUS_DATA, "bad-weight", _("row %1$zu of column '%2$s' is %3$s, but weights are 0 or more"),
                       cluster_row_number(input, i), frame_name(input->data, column),
                       isnan(weight) ? "NaN" : isinf(weight) ? _("not finite") : _("negative"));
    }
  }
  if (!(sum > 0)) {
    return error_set(e, STATUS_DATA, "bad-weight", _("all weights in column '%s' are 0"), frame_name(input->data, column));
  }
  return STATUS_OK;
}

Status cluster_input_rows(Call *call, const ClusterAsk *ask, bool keep, ClusterInput *input, Error *e)
{
  Variables *v = &input->variables;
  const size_t d = v->d;
  size_t weights = SIZE_MAX;
  Status status;
  if (ask->weights) {
    TRY(frame_need(input->data, ask->weights, &weights, e));
  }
  v->d = keep ? 0 : d; /* the columns that must have no missing cells */
  status = variables_rows(input->data, weights, ask->missing && strcmp(ask->missing, "drop") == 0, v, e);
  v->d = d;
  TRY(status);
  input->usable = v->n;
  if (v->dropped > 0) {
    text_printf(call->notes, _("rows left out for missing cells: %zu\n"), v->dropped);
  }
  if (ask->sample > 0 && (uint64_t)ask->sample < v->n) {
    TRY(draw_sample(v, (size_t)ask->sample, ask->seed, call->notes, e));
  }
  TRY(ask->weights ? read_weights(input, weights, e) : STATUS_OK);
done:
  return status;
}

/* ---- values */

/* The first value that is not finite, or whose square would come near to overflow, by row and column. */
static Status refuse_value(const ClusterInput *input, bool scaled, Error *e)
{
  const Variables *v = &input->variables;
  size_t i = 0;
  while (fabs(input->values[i]) < 0x1p500) {
    i++;
  }
  const size_t row = cluster_row_number(input, i / v->d), column = v->columns[i % v->d];
  const char *name = frame_name(input->data, column);
  const double cell = column_float(frame_column(input->data, column), row - 1);
  if (!isfinite(cell)) {
    return variables_not_finite(name, row, cell, e);
  }
  error_set(e, STATUS_DATA, "values-too-large",
            _("row %1$zu of column '%2$s' is %3$g, and squares of such values overflow"), row, name, cell);
  return scaled ? error_hint(e, _("divide the column, or leave the row out"))
                : error_hint(e, _("scale = \"zscore\", divide the column, or leave the row out"));
}

/* Whether the sum over all rows of squared distances stays finite, whatever the labels. */
static Status check_squares(const ClusterInput *input, const MatrixScan *scan, Error *e)
{
  const Variables *v = &input->variables;
  double sum = 0, widest = 0;
  size_t at = 0;
  for (size_t j = 0; j < v->d; j++) {
    const double range = scan->high[j] - scan->low[j];
    at = range > widest ? j : at;
    widest = range > widest ? range : widest;
    sum += range * range;
  }
  if (sum <= DBL_MAX / 4 / (double)v->n) {
    return STATUS_OK;
  }
  error_set(e, STATUS_DATA, "values-too-large", _("the values of column '%1$s' reach over %2$g, and sums of their squares overflow"),
            frame_name(input->data, v->columns[at]), widest);
  error_hint(e, _("scale = \"zscore\", or divide the column"));
  return STATUS_DATA;
}

/* The matrix of the rows in the fit. */
static Status fill(Call *call, ClusterInput *input, Error *e)
{
  const Variables *v = &input->variables;
  size_t cells;
  if (v->n == 0) {
    return STATUS_OK;
  }
  if (__builtin_mul_overflow(v->n, v->d, &cells) || !(input->values = mem_buffer(cells, sizeof(double)))) {
    return error_memory(e, v->n * v->d * sizeof(double), _("the rows"));
  }
  return variables_fill(call->task, input->data, v, input->values, e);
}

/* Looks the matrix over: values that cannot be worked on are an error, what is odd is noted. */
static Status look_over(Call *call, const ClusterInput *input, bool scaled, Error *e)
{
  const Variables *v = &input->variables;
  MatrixScan scan;
  Status status = matrix_scan(call->task, input->values, v->n, v->d, &scan, e);
  if (status != STATUS_OK) {
    return status;
  }
  TRY(scan.sound ? STATUS_OK : refuse_value(input, scaled, e));
  TRY(check_squares(input, &scan, e));
  if (!scaled) {
    variables_note(input->data, v, scan.low, scan.high, scan.sd, call->notes);
  }
  TRY(repeats_note(call, input->data, scan.repeated, v->n, e));
done:
  matrix_scan_free(&scan);
  return status;
}

Status cluster_input(Call *call, const Frame *data, const ClusterAsk *ask, ClusterInput *out, Error *e)
{
  Variables *v = &out->variables;
  const bool scaled = ask->scale && strcmp(ask->scale, "none") != 0;
  Status status;
  *out = (ClusterInput){.data = data};
  TRY(variables_choose(data, ask->on, ask->weights ? ask->weights : ask->except, v, call->notes, e));
  TRY(cluster_input_rows(call, ask, false, out, e));
  TRY(scaled ? variables_measure(call->task, data, ask->scale, v, call->notes, e) : STATUS_OK);
  TRY(fill(call, out, e));
  TRY(look_over(call, out, scaled, e));
done:
  if (status != STATUS_OK) {
    cluster_input_free(out);
  }
  return status;
}

/* ---- new data */

static Status model_variable(const Frame *variables, size_t name, size_t j, const Frame *data, size_t *column, Error *e)
{
  size_t length;
  const char *bytes = column_text(frame_column(variables, name), j, &length);
  char *wanted = mem_text(bytes, length);
  if (!wanted) {
    return error_memory(e, length, _("variables"));
  }
  Status status = frame_need(data, wanted, column, e);
  if (status == STATUS_OK) {
    const Type type = column_type(frame_column(data, *column));
    if (!type_is_numeric(type) && type != TYPE_BOOL) {
      status = error_set(e, STATUS_DATA, "wrong-column-type", _("column '%1$s' is %2$s; the model was fitted on numbers"),
                         wanted, type_name(type));
    }
  }
  mem_free(wanted);
  return status;
}

static Status model_variables(const Model *model, const Frame *data, Variables *v, Error *e)
{
  const Frame *variables = model_frame(model, "variables");
  size_t name, shift, factor;
  const bool found = variables && frame_find(variables, "name", &name) && frame_find(variables, "shift", &shift) &&
                     frame_find(variables, "factor", &factor);
  v->d = found ? frame_rows(variables) : 0;
  v->columns = mem_alloc(v->d, sizeof *v->columns);
  v->shift = mem_alloc(v->d, sizeof *v->shift);
  v->factor = mem_alloc(v->d, sizeof *v->factor);
  if (!v->columns || !v->shift || !v->factor) {
    return error_memory(e, 0, _("variables"));
  }
  for (size_t j = 0; j < v->d; j++) {
    const Status status = model_variable(variables, name, j, data, &v->columns[j], e);
    if (status != STATUS_OK) {
      return status;
    }
    v->shift[j] = column_float(frame_column(variables, shift), j);
    v->factor[j] = column_float(frame_column(variables, factor), j);
  }
  return STATUS_OK;
}

/* Predicting looks only for values that it cannot work on. */
static Status fill_checked(Call *call, ClusterInput *input, Error *e)
{
  const size_t cells = input->variables.n * input->variables.d;
  double zero = 0;
  const Status status = fill(call, input, e);
  for (size_t i = 0; status == STATUS_OK && i < cells; i++) {
    zero += input->values[i] * 0x1p524 * 0; /* not a number from 2^500 on */
  }
  return status == STATUS_OK && zero != 0 ? refuse_value(input, true, e) : status;
}

Status cluster_input_of_model(Call *call, const Model *model, const Frame *data, ClusterInput *out, Error *e)
{
  Status status;
  *out = (ClusterInput){.data = data};
  TRY(model_variables(model, data, &out->variables, e));
  if (frame_rows(data) > 0) {
    Error none = {0};
    status = variables_rows(data, SIZE_MAX, true, &out->variables, &none);
    if (status == STATUS_MEMORY) {
      TRY(error_memory(e, 0, _("row numbers")));
    }
  }
  out->usable = out->variables.n;
  TRY(fill_checked(call, out, e));
done:
  if (status != STATUS_OK) {
    cluster_input_free(out);
  }
  return status;
}

/* ---- size */

static void bytes_text(double bytes, char *out, size_t size)
{
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit < 5) {
    bytes /= 1000;
    unit++;
  }
  snprintf(out, size, "%.3g %s", bytes, units[unit]);
}

ClusterExtent cluster_extent(const Frame *data, OptionTexts on, int64_t sample, const char *missing)
{
  const size_t rows = frame_rows(data);
  ClusterExtent out = {.n = sample > 0 && (uint64_t)sample < rows ? (size_t)sample : rows, .d = on.n};
  out.exact = !missing || strcmp(missing, "drop") != 0;
  for (size_t c = 0; on.n == 0 && c < frame_columns(data); c++) {
    out.d += type_is_numeric(column_type(frame_column(data, c)));
  }
  return out;
}

Status cluster_check_size(const Task *task, size_t n, double bytes, const char *instead, Error *e)
{
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  double most = pages > 0 && page > 0 ? (double)pages * (double)page * 0.9 : 0x1p63;
  if (task->budget > 0 && (double)task->budget < most) {
    most = (double)task->budget;
  }
  const size_t limit = mem_limit_get(), used = mem_in_use();
  if (limit > 0 && (double)(limit > used ? limit - used : 0) < most) {
    most = (double)(limit > used ? limit - used : 0);
  }
  if (bytes <= most) {
    return STATUS_OK;
  }
  char needs[32], leaves[32];
  bytes_text(bytes, needs, sizeof needs);
  bytes_text(most, leaves, sizeof leaves);
  error_set(e, STATUS_LIMIT, "too-large", _("n = %1$zu needs %2$s of memory; there are %3$s"), n, needs, leaves);
  error_hint(e, "%s", instead);
  return STATUS_LIMIT;
}
