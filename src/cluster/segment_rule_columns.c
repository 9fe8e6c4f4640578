/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns as ranks and codes, so that all cuts of a number are seen in one pass over counts. */
#include <math.h>

#include "cluster/segment_rule_layout.h"
#include "core/alloc.h"
#include "shape/order.h"

enum { POLL = 4096 };

static const double exact_most = 9007199254740992.0; /* 2^53: beyond it whole numbers are no doubles */

/* Ranks of rows that stand in rising order; false when a whole number is too large. */
static bool rank_rows(const Column *values, const size_t *order, RuleVariable *out)
{
  const size_t n = column_rows(values);
  const bool whole = column_type(values) == TYPE_INT64;
  bool exact = true;
  for (size_t i = 0; i < n; i++) {
    const size_t row = order[i];
    const double value = column_valid(values, row) ? column_float(values, row) : (double)NAN;
    if (isnan(value)) {
      out->codes[row] = RULE_NONE;
      continue;
    }
    exact = exact && !(whole && fabs(value) >= exact_most);
    if (out->n_codes == 0 || value != out->values[out->n_codes - 1]) {
      out->values[out->n_codes++] = value;
    }
    out->codes[row] = out->n_codes - 1;
  }
  return exact;
}

static Status rank_numbers(Task *task, RuleVariable *out, Error *e)
{
  const OrderKey key = {.column = out->column.values};
  const size_t n = column_rows(key.column);
  size_t *order = NULL;
  Status status;
  TRY(order_rows(&key, 1, n, task, &order, e));
  out->values = mem_alloc(n, sizeof *out->values);
  TRY(out->values ? STATUS_OK : error_memory(e, n * sizeof *out->values, _("a rule")));
  if (!rank_rows(key.column, order, out)) {
    out->n_codes = 0;
  }
done:
  mem_free(order);
  return status;
}

static Status code_cells(const Task *task, RuleVariable *out, Error *e)
{
  const Column *values = out->column.values;
  const bool flag = out->column.kind == SEGMENT_FLAG;
  out->n_codes = flag ? 2 : (uint32_t)column_levels(values);
  for (size_t row = 0; row < column_rows(values); row++) {
    if (row % POLL == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    out->codes[row] = !column_valid(values, row) ? RULE_NONE
                    : flag                       ? (uint32_t)column_int(values, row)
                                                 : (uint32_t)column_code(values, row);
  }
  return STATUS_OK;
}

static void drop_variable(RuleVariable *variable)
{
  column_unref(variable->column.values);
  mem_free(variable->codes);
  mem_free(variable->values);
  *variable = (RuleVariable){.n_codes = 0};
}

/* A column without two different cells tells nothing apart and is left out: n_codes < 2. */
static Status make_variable(Task *task, const RuleAsk *ask, const Frame *data, size_t column, RuleVariable *out,
                            Error *e)
{
  const bool keep = (ask->fitted && ask->fitted[column]) || ask->use;
  Status status = segment_column(task, data, column, keep, &out->column, e);
  if (status != STATUS_OK || out->column.kind == SEGMENT_OTHER) {
    return status;
  }
  out->codes = mem_alloc(frame_rows(data), sizeof *out->codes);
  if (!out->codes) {
    return error_memory(e, frame_rows(data) * sizeof *out->codes, _("a rule"));
  }
  return out->column.kind == SEGMENT_NUMBER ? rank_numbers(task, out, e) : code_cells(task, out, e);
}

Status rule_variables(Task *task, const RuleAsk *ask, SegmentRules *rules, Error *e)
{
  const size_t columns = frame_columns(rules->data);
  rules->variables = mem_zero(columns, sizeof *rules->variables);
  if (!rules->variables) {
    return error_memory(e, 0, _("a rule"));
  }
  for (size_t column = 0; column < columns; column++) {
    RuleVariable *variable = &rules->variables[rules->n_variables];
    if (column == ask->skip || (ask->use && !ask->use[column])) {
      continue;
    }
    const Status status = make_variable(task, ask, rules->data, column, variable, e);
    if (status != STATUS_OK) {
      drop_variable(variable);
      return status;
    }
    if (variable->n_codes >= 2) {
      rules->n_variables++;
    } else {
      drop_variable(variable);
    }
  }
  if (rules->n_variables == 0) {
    error_set(e, STATUS_DATA, "no-rule-columns", _("no column can be used in a rule"));
    return error_hint(e,
                      _("rules are made of numbers, booleans and categories that vary, not of ids, times or labels"));
  }
  return STATUS_OK;
}

void segment_rules_free(SegmentRules *rules)
{
  for (size_t i = 0; i < rules->n_variables; i++) {
    drop_variable(&rules->variables[i]);
  }
  mem_free(rules->variables);
  mem_free(rules->rules);
  *rules = (SegmentRules){.k = 0};
}
