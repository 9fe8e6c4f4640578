/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/medoids_input_primitives.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

void medoids_input_free(MedoidsInput *input)
{
  cluster_input_free(&input->input);
  gower_free(input->gower);
  mem_free(input->square);
  *input = (MedoidsInput){0};
}

/* ---- rows of any columns */

Status mixed_rows(Call *call, const Frame *data, const ClusterAsk *ask, size_t *columns, size_t d, bool keep,
                  ClusterInput *out, Error *e)
{
  Variables *const v = &out->variables;
  Status status;
  *out = (ClusterInput){.data = data};
  v->d = d;
  v->columns = columns;
  v->shift = mem_zero(d, sizeof *v->shift);
  v->factor = mem_alloc(d, sizeof *v->factor);
  TRY(v->shift && v->factor ? STATUS_OK : error_memory(e, d * sizeof *v->shift, _("variables")));
  for (size_t j = 0; j < d; j++) {
    v->factor[j] = 1;
  }
  TRY(cluster_input_rows(call, ask, keep, out, e));
done:
  if (status != STATUS_OK) {
    cluster_input_free(out);
  }
  return status;
}

/* ---- weights of variables */

static bool as_number(const Value *value, double *out)
{
  *out = value->kind == VALUE_NUMBER ? value->number : value->kind == VALUE_INT ? (double)value->integer : NAN;
  return isfinite(*out) && *out > 0;
}

Status mixed_weights(const Frame *data, const Value *weights, GowerColumn *columns, size_t d, Error *e)
{
  if (!weights || weights->kind == VALUE_NONE) {
    return STATUS_OK;
  }
  if (weights->kind != VALUE_MAP) {
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("variable_weights is no table of numbers by column"));
    return error_hint(e, _("variable_weights = {income = 2}"));
  }
  for (size_t i = 0; i < weights->list.n; i++) {
    size_t column, j = 0;
    const Status status = frame_need(data, weights->list.names[i], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    while (j < d && columns[j].column != column) {
      j++;
    }
    if (j == d || !as_number(&weights->list.items[i], &columns[j].weight)) {
      return error_set(e, STATUS_ARGUMENT, "gower-type",
                       j == d ? _("variable_weights names column '%s', which is not among the variables")
                              : _("the weight of column '%s' must be a number above 0"),
                       weights->list.names[i]);
    }
  }
  return STATUS_OK;
}

/* ---- the kinds of dissimilarity */

static Status without_use(const char *option, const char *metric, Error *e)
{
  return error_set(e, STATUS_ARGUMENT, "option-without-use", _("%1$s has no use with metric = \"%2$s\""), option,
                   metric);
}

static bool is_scaled(const ClusterAsk *ask)
{
  return ask->scale && strcmp(ask->scale, "none") != 0;
}

static bool has_types(const MedoidsAsk *ask)
{
  return ask->types.all || ask->types.n > 0 || (ask->variable_weights && ask->variable_weights->kind != VALUE_NONE);
}

static Status check_numeric(const Frame *data, OptionTexts on, Error *e)
{
  for (size_t i = 0; i < on.n; i++) {
    size_t column;
    const Status status = frame_need(data, on.items[i], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    const Type type = column_type(frame_column(data, column));
    if (!type_is_numeric(type) && type != TYPE_BOOL) {
      error_set(e, STATUS_ARGUMENT, "wrong-column-type",
                _("column '%1$s' is %2$s, but this metric is one of numbers"), on.items[i], type_name(type));
      return error_hint(e, _("metric = \"gower\" compares rows of mixed columns"));
    }
  }
  return STATUS_OK;
}

static Status number_input(Call *call, const Frame *data, const MedoidsAsk *ask, MedoidsInput *out, Error *e)
{
  Metric metric;
  Status status;
  TRY(has_types(ask) ? without_use("types", ask->metric, e) : STATUS_OK);
  TRY(metric_of_name(ask->metric, &metric) ? STATUS_OK
                                           : error_set(e, STATUS_ARGUMENT, "out-of-range", "%s", ask->metric));
  TRY(check_numeric(data, ask->cluster.on, e));
  TRY(cluster_input(call, data, &ask->cluster, &out->input, e));
  out->pairs = pairs_of_values(out->input.values, out->input.variables.n, out->input.variables.d, metric);
done:
  return status;
}

static Status mixed_input(Call *call, const Frame *data, const MedoidsAsk *ask, MedoidsInput *out, Error *e)
{
  const ClusterAsk *const cluster = &ask->cluster;
  const bool keep = !cluster->missing || strcmp(cluster->missing, "auto") == 0;
  GowerColumn *columns = NULL;
  size_t *numbers = NULL, d = 0;
  Status status;
  TRY(is_scaled(cluster) ? without_use("scale", ask->metric, e) : STATUS_OK);
  TRY(gower_columns(data, cluster->on, cluster->weights ? cluster->weights : cluster->except, ask->types, &columns,
                    &d, call->notes, e));
  TRY(mixed_weights(data, ask->variable_weights, columns, d, e));
  numbers = mem_alloc(d, sizeof *numbers);
  TRY(numbers ? STATUS_OK : error_memory(e, d * sizeof *numbers, _("variables")));
  for (size_t j = 0; j < d; j++) {
    numbers[j] = columns[j].column;
  }
  size_t *const taken = numbers;
  numbers = NULL;
  TRY(mixed_rows(call, data, cluster, taken, d, keep, &out->input, e));
  const Variables *const v = &out->input.variables;
  TRY(gower_new(call->task, data, v->rows, v->n, columns, d, &out->gower, e));
  out->pairs = pairs_of_gower(out->gower);
done:
  mem_free(columns);
  mem_free(numbers);
  return status;
}

static Status not_square(size_t rows, size_t columns, Error *e)
{
  error_set(e, STATUS_DATA, "bad-distances",
            _("metric = \"given\" needs a square, but there are %1$zu rows and %2$zu numeric columns"), rows,
            columns);
  return error_hint(e, _("a column of dissimilarities for each row, as df:gower() gives"));
}

static Status given_input(Call *call, const Frame *data, const MedoidsAsk *ask, MedoidsInput *out, Error *e)
{
  const ClusterAsk *const cluster = &ask->cluster;
  const size_t n = frame_rows(data);
  size_t *columns = NULL, d = 0;
  Status status;
  TRY(is_scaled(cluster) ? without_use("scale", ask->metric, e) : STATUS_OK);
  TRY(has_types(ask) ? without_use("types", ask->metric, e) : STATUS_OK);
  TRY(cluster->on.n > 0 ? without_use("on", ask->metric, e) : STATUS_OK);
  TRY(cluster->sample > 0 ? without_use("sample", ask->metric, e) : STATUS_OK);
  TRY(cluster->weights ? without_use("weights", ask->metric, e) : STATUS_OK);
  columns = mem_alloc(frame_columns(data), sizeof *columns);
  TRY(columns ? STATUS_OK : error_memory(e, 0, _("variables")));
  for (size_t j = 0; j < frame_columns(data); j++) {
    if (type_is_numeric(column_type(frame_column(data, j))) && column_role(frame_column(data, j)) == ROLE_NONE) {
      columns[d++] = j;
    }
  }
  TRY(d == n && n > 0 ? STATUS_OK : not_square(n, d, e));
  size_t *const taken = columns;
  columns = NULL;
  const ClusterAsk all = {.missing = "error"};
  TRY(mixed_rows(call, data, &all, taken, d, false, &out->input, e));
  out->square = mem_buffer(n * n, sizeof *out->square);
  TRY(out->square ? STATUS_OK : error_memory(e, n * n * sizeof *out->square, _("dissimilarities")));
  frame_block(data, out->input.variables.columns, n, 0, n, out->square);
  TRY(pairs_check_square(out->square, n, e));
  out->pairs = pairs_of_square(out->square, n);
done:
  mem_free(columns);
  return status;
}

Status medoids_input(Call *call, const Frame *data, const MedoidsAsk *ask, MedoidsInput *out, Error *e)
{
  *out = (MedoidsInput){0};
  const Status status = strcmp(ask->metric, "gower") == 0   ? mixed_input(call, data, ask, out, e)
                        : strcmp(ask->metric, "given") == 0 ? given_input(call, data, ask, out, e)
                                                            : number_input(call, data, ask, out, e);
  if (status != STATUS_OK) {
    medoids_input_free(out);
  }
  return status;
}

Status medoids_check_apart(Call *call, const MedoidsInput *input, Error *e)
{
  bool found = false;
  size_t pair[2];
  if (!input->gower) {
    return STATUS_OK;
  }
  const Status status = gower_apart(call->task, input->gower, &found, pair, e);
  if (status != STATUS_OK || !found) {
    return status;
  }
  pair[0] = cluster_row_number(&input->input, pair[0]) - 1;
  pair[1] = cluster_row_number(&input->input, pair[1]) - 1;
  return gower_refuse_apart(pair, e);
}

/* ---- the frame "gower" */

static Status make_gower(const Frame *data, const GowerColumn *columns, size_t d, Frame **out, Error *e)
{
  Draft *const draft = draft_new();
  Builder *const names = builder_new(TYPE_STRING, d), *const types = builder_new(TYPE_STRING, d);
  Builder *const weights = builder_new(TYPE_FLOAT64, d), *const lows = builder_new(TYPE_FLOAT64, d);
  Builder *const ranges = builder_new(TYPE_FLOAT64, d);
  if (!draft || !names || !types || !weights || !lows || !ranges) {
    draft_free(draft);
    builder_free(names);
    builder_free(types);
    builder_free(weights);
    builder_free(lows);
    builder_free(ranges);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t j = 0; j < d; j++) {
    const char *const name = frame_name(data, columns[j].column), *const type = gower_type_name(columns[j].type);
    const bool measured = columns[j].type <= GOWER_LOG_RATIO && !isnan(columns[j].range);
    builder_text(names, name, strlen(name));
    builder_text(types, type, strlen(type));
    builder_float(weights, columns[j].weight);
    builder_float(lows, measured ? columns[j].low : 0);
    builder_float(ranges, measured ? columns[j].range : 0);
  }
  draft_builder(draft, "name", names);
  draft_builder(draft, "type", types);
  draft_builder(draft, "weight", weights);
  draft_builder(draft, "low", lows);
  draft_builder(draft, "range", ranges);
  return draft_finish(draft, out, e);
}

Status mixed_put_gower(Model *model, const Frame *data, const GowerColumn *columns, size_t d, Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, "gower", make_gower(data, columns, d, &frame, e), &frame, e);
}

static bool typed(const Frame *frame, const char *name, bool text, const Column **out)
{
  size_t at;
  if (!frame_find(frame, name, &at)) {
    return false;
  }
  *out = frame_column(frame, at);
  return (text ? type_is_text(column_type(*out)) : column_type(*out) == TYPE_FLOAT64) && column_missing(*out) == 0;
}

static Status broken(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("the clustering model lacks frames or figures it needs"));
}

static Status find_column(const Column *names, size_t row, const Frame *data, size_t *out, Error *e)
{
  size_t length;
  const char *const bytes = column_text(names, row, &length);
  char *const name = mem_text(bytes, length);
  const Status status = name ? frame_need(data, name, out, e) : error_memory(e, length, _("variables"));
  mem_free(name);
  return status;
}

Status mixed_gower_of(const Model *model, const Frame *data, GowerColumn **out, size_t *d, Error *e)
{
  const Frame *const frame = model_frame(model, "gower");
  const Column *names, *types, *weights, *lows, *ranges;
  GowerColumn *columns = NULL;
  Status status;
  *out = NULL;
  TRY(frame && typed(frame, "name", true, &names) && typed(frame, "type", true, &types) &&
              typed(frame, "weight", false, &weights) && typed(frame, "low", false, &lows) &&
              typed(frame, "range", false, &ranges)
          ? STATUS_OK
          : broken(e));
  *d = frame_rows(frame);
  columns = mem_alloc(*d, sizeof *columns);
  TRY(columns ? STATUS_OK : error_memory(e, *d * sizeof *columns, _("variables")));
  for (size_t j = 0; j < *d; j++) {
    size_t length;
    const char *const type = column_text(types, j, &length);
    columns[j].weight = column_float(weights, j);
    columns[j].low = column_float(lows, j);
    columns[j].range = column_float(ranges, j);
    TRY(gower_type_of_name(type, length, &columns[j].type) && columns[j].weight > 0 && isfinite(columns[j].weight) &&
                isfinite(columns[j].low) && columns[j].range >= 0 && isfinite(columns[j].range)
            ? STATUS_OK
            : broken(e));
    TRY(data ? find_column(names, j, data, &columns[j].column, e) : STATUS_OK);
  }
  *out = columns;
  columns = NULL;
done:
  mem_free(columns);
  return status;
}
