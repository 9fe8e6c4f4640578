/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aggregates: what each needs of a sweep over the rows, a second sweep for those that need means first, and the
 * cells. */
#include "shape/aggregate.h"

#include <inttypes.h>
#include <math.h>

#include "core/alloc.h"
#include "shape/aggregate_slots.h"
#include "shape/groups_items.h"
#include "shape/join_rows.h"

/* A call with its slots; which of them it has follows from its kind. */
typedef struct Plan {
  const ShapeCall *call;
  int kind;
  size_t count, value;         /* slots of the first sweep */
  size_t deviation;            /* slot of the second */
  double *mean_x, *mean_y;     /* by group */
} Plan;

typedef struct Run {
  Groups *groups;
  Task *task;
  Sweep first, second;
  Plan *plans;
  size_t n;
} Run;

static bool is_spread(int kind)
{
  return kind == AGGREGATE_VAR || kind == AGGREGATE_SD || kind == AGGREGATE_SKEWNESS || kind == AGGREGATE_KURTOSIS;
}

static bool is_joint(int kind)
{
  return kind == AGGREGATE_COV || kind == AGGREGATE_COR;
}

/* Gives its cell as the number of a row. */
static bool is_row(int kind)
{
  switch (kind) {
  case AGGREGATE_FIRST:
  case AGGREGATE_LAST:
  case AGGREGATE_MIN_TEXT:
  case AGGREGATE_MAX_TEXT:
  case AGGREGATE_MIN_BY:
  case AGGREGATE_MAX_BY:
    return true;
  default:
    return false;
  }
}

/* Those that are done by themselves, from a group's cells together. */
static bool is_alone(int kind, const Groups *groups)
{
  switch (kind) {
  case AGGREGATE_DISTINCT:
  case AGGREGATE_MODE:
  case AGGREGATE_MEDIAN:
  case AGGREGATE_QUANTILE:
  case AGGREGATE_NTH:
  case AGGREGATE_CONCAT:
  case AGGREGATE_SET:
    return true;
  case AGGREGATE_FIRST:
  case AGGREGATE_LAST:
    return groups->ordered;
  default:
    return false;
  }
}

/* ---- planning ---- */

static SlotKind value_slot(int kind, const Column *x)
{
  const bool whole = x && x->type != TYPE_FLOAT64;
  switch (kind) {
  case AGGREGATE_MIN:
  case AGGREGATE_ALL: return whole ? SLOT_MIN_WHOLE : SLOT_MIN_FLOAT;
  case AGGREGATE_MAX:
  case AGGREGATE_ANY: return whole ? SLOT_MAX_WHOLE : SLOT_MAX_FLOAT;
  case AGGREGATE_FIRST: return SLOT_FIRST;
  case AGGREGATE_LAST: return SLOT_LAST;
  case AGGREGATE_MIN_TEXT:
  case AGGREGATE_MIN_BY: return SLOT_MIN_ROW;
  case AGGREGATE_MAX_TEXT:
  case AGGREGATE_MAX_BY: return SLOT_MAX_ROW;
  case AGGREGATE_WMEAN:
  case AGGREGATE_WSUM: return SLOT_WEIGHTED;
  case AGGREGATE_COV:
  case AGGREGATE_COR: return SLOT_PAIR;
  default: return whole ? SLOT_SUM_WHOLE : SLOT_SUM_FLOAT;
  }
}

static void plan_first(Run *run, Plan *plan)
{
  const Column *x = plan->call->columns[0], *y = plan->call->columns[1];
  const int kind = plan->kind;
  if (kind == AGGREGATE_ROWS || kind == AGGREGATE_COUNT) {
    plan->count = sweep_slot(&run->first, kind == AGGREGATE_ROWS ? SLOT_ROWS : SLOT_COUNT, x, NULL);
    return;
  }
  const SlotKind value = value_slot(kind, x);
  const bool by = kind == AGGREGATE_MIN_BY || kind == AGGREGATE_MAX_BY;
  const bool pair = value == SLOT_PAIR || value == SLOT_WEIGHTED;
  plan->value = sweep_slot(&run->first, value, by ? y : x, pair ? y : NULL);
  /* Sums need no count, pairs and rows have their own; extremes of a column without holes are those of some cell. */
  const bool extreme = kind == AGGREGATE_MIN || kind == AGGREGATE_MAX || kind == AGGREGATE_ANY || kind == AGGREGATE_ALL;
  if (is_spread(kind) || kind == AGGREGATE_MEAN || (extreme && (column_missing(x) > 0 || run->groups->rows == 0))) {
    plan->count = sweep_slot(&run->first, SLOT_COUNT, x, NULL);
  } else {
    plan->count = SIZE_MAX;
  }
}

static uint64_t count_of(const Run *run, const Plan *plan, size_t group)
{
  return plan->count == SIZE_MAX ? 1 : *(const uint64_t *)sweep_at(&run->first, plan->count, group);
}

static double total_of(const Run *run, const Plan *plan, size_t group)
{
  const void *slot = sweep_at(&run->first, plan->value, group);
  const bool whole = run->first.slots[plan->value].kind == SLOT_SUM_WHOLE;
  return whole ? whole_value(*(const WholeSum *)slot) : sum_value(*(const Sum *)slot);
}

static Status plan_second(Run *run, Plan *plan, Error *e)
{
  const Column *x = plan->call->columns[0], *y = plan->call->columns[1];
  const size_t n = run->groups->n;
  const bool joint = is_joint(plan->kind);
  plan->mean_x = mem_alloc(n, sizeof(double));
  plan->mean_y = joint ? mem_alloc(n, sizeof(double)) : NULL;
  if (!plan->mean_x || (joint && !plan->mean_y)) {
    return items_no_memory(n, sizeof(double), e);
  }
  for (size_t group = 0; group < n; group++) {
    if (group % PIECE_POLL == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    if (joint) {
      const PairSum *pair = sweep_at(&run->first, plan->value, group);
      plan->mean_x[group] = sum_value(pair->x) / (double)pair->n;
      plan->mean_y[group] = sum_value(pair->y) / (double)pair->n;
    } else {
      plan->mean_x[group] = total_of(run, plan, group) / (double)count_of(run, plan, group);
    }
  }
  plan->deviation = sweep_deviation(&run->second, x, plan->mean_x, joint ? y : NULL, plan->mean_y);
  return STATUS_OK;
}

/* ---- cells ---- */

/* Moments about the mean from those about a number close to it; false when the figure does not exist. Reference: Joanes
 * and Gill 1998, Comparing measures of sample skewness and kurtosis. */
static bool spread_cell(int kind, const Deviation *d, double n, double *out)
{
  const double c = d->powers[0] / n;
  const double m2 = d->powers[1] - n * c * c;
  const double m3 = d->powers[2] - 3 * c * d->powers[1] + 2 * n * c * c * c;
  const double m4 = d->powers[3] - 4 * c * d->powers[2] + 6 * c * c * d->powers[1] - 3 * n * c * c * c * c;
  const double variance = (m2 > 0 || m2 != m2 ? m2 : 0) / (n - 1);
  switch (kind) {
  case AGGREGATE_VAR:
    *out = variance;
    return n >= 2;
  case AGGREGATE_SD:
    *out = sqrt(variance);
    return n >= 2;
  case AGGREGATE_SKEWNESS:
    *out = n * sqrt(n - 1) / (n - 2) * (m3 / (m2 * sqrt(m2)));
    return n >= 3 && !(m2 <= 0);
  default: {
    const double g2 = n * m4 / (m2 * m2) - 3;
    *out = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6);
    return n >= 4 && !(m2 <= 0);
  }
  }
}

static bool joint_cell(int kind, const Codeviation *d, double n, double *out)
{
  const double xy = d->xy - d->x * d->y / n;
  if (kind == AGGREGATE_COV) {
    *out = xy / (n - 1);
    return n >= 2;
  }
  const double xx = d->xx - d->x * d->x / n, yy = d->yy - d->y * d->y / n;
  const double r = xy / (sqrt(xx) * sqrt(yy));
  *out = r > 1 ? 1 : r < -1 ? -1 : r;
  return n >= 2 && !(xx <= 0) && !(yy <= 0);
}

static Status overflow(const Run *run, size_t group, Error *e)
{
  const Groups *groups = run->groups;
  if (groups->of_row) {
    (void)error_set(e, STATUS_DATA, "overflow", _("the sum of group %1$zu, which begins at row %2$zu, is beyond int64"),
                    group + 1, groups->first[group] + 1);
  } else {
    (void)error_set(e, STATUS_DATA, "overflow", _("the sum is beyond int64"));
  }
  (void)error_hint(e, _("take sum(float64(x)), or mean(x) * count(x)"));
  return STATUS_DATA;
}

static Status sum_cell(const Run *run, const Plan *plan, size_t group, Result *out, Error *e)
{
  if (out->type == TYPE_FLOAT64) {
    result_float(out, group, total_of(run, plan, group));
    return STATUS_OK;
  }
  const WholeSum *sum = sweep_at(&run->first, plan->value, group);
  if (!whole_fits(*sum)) {
    return overflow(run, group, e);
  }
  result_int(out, group, (int64_t)sum->low);
  return STATUS_OK;
}

static void weighted_cell(const Run *run, const Plan *plan, size_t group, Result *out)
{
  const PairSum *pair = sweep_at(&run->first, plan->value, group);
  const double x = sum_value(pair->x), weight = sum_value(pair->y);
  if (plan->kind == AGGREGATE_WSUM) {
    result_float(out, group, x);
  } else if (pair->n > 0 && weight != 0) {
    result_float(out, group, x / weight);
  }
}

static void extreme_cell(const Run *run, const Plan *plan, size_t group, Result *out)
{
  const void *slot = sweep_at(&run->first, plan->value, group);
  if (count_of(run, plan, group) == 0) {
    return;
  }
  if (out->type == TYPE_FLOAT64) {
    result_float(out, group, *(const double *)slot);
  } else {
    result_int(out, group, *(const int64_t *)slot);
  }
}

static void deviation_cell(const Run *run, const Plan *plan, size_t group, Result *out)
{
  const void *slot = sweep_at(&run->second, plan->deviation, group);
  double value;
  bool is_there;
  if (is_joint(plan->kind)) {
    const PairSum *pair = sweep_at(&run->first, plan->value, group);
    is_there = joint_cell(plan->kind, slot, (double)pair->n, &value);
  } else {
    is_there = spread_cell(plan->kind, slot, (double)count_of(run, plan, group), &value);
  }
  if (is_there) {
    result_float(out, group, value);
  }
}

static Status group_cell(const Run *run, const Plan *plan, size_t group, Result *out, Error *e)
{
  switch (plan->kind) {
  case AGGREGATE_ROWS:
  case AGGREGATE_COUNT:
    result_int(out, group, (int64_t)count_of(run, plan, group));
    return STATUS_OK;
  case AGGREGATE_SUM:
  case AGGREGATE_SUM_BOOL:
    return sum_cell(run, plan, group, out, e);
  case AGGREGATE_MEAN:
    if (count_of(run, plan, group) > 0) {
      result_float(out, group, total_of(run, plan, group) / (double)count_of(run, plan, group));
    }
    return STATUS_OK;
  case AGGREGATE_WMEAN:
  case AGGREGATE_WSUM:
    weighted_cell(run, plan, group, out);
    return STATUS_OK;
  case AGGREGATE_MIN:
  case AGGREGATE_MAX:
  case AGGREGATE_ANY:
  case AGGREGATE_ALL:
    extreme_cell(run, plan, group, out);
    return STATUS_OK;
  default:
    deviation_cell(run, plan, group, out);
    return STATUS_OK;
  }
}

static Type result_type(const Plan *plan)
{
  switch (plan->kind) {
  case AGGREGATE_ROWS:
  case AGGREGATE_COUNT:
  case AGGREGATE_SUM_BOOL: return TYPE_INT64;
  case AGGREGATE_ANY:
  case AGGREGATE_ALL: return TYPE_BOOL;
  case AGGREGATE_MIN:
  case AGGREGATE_MAX: return plan->call->columns[0]->type;
  case AGGREGATE_SUM: return plan->call->columns[0]->type == TYPE_FLOAT64 ? TYPE_FLOAT64 : TYPE_INT64;
  default: return TYPE_FLOAT64;
  }
}

typedef struct Cells {
  const Run *run;
  const Plan *plan;
  Result *out;
  uint32_t *rows;
  size_t pieces;
} Cells;

static Status cells_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  const Cells *cells = context;
  const size_t n = cells->run->groups->n, end = piece_begin(n, cells->pieces, piece + 1);
  Status status = STATUS_OK;
  for (size_t group = piece_begin(n, cells->pieces, piece); group < end && status == STATUS_OK; group++) {
    if (group % PIECE_POLL == 0 && task_cancelled(cells->run->task)) {
      return error_cancelled(e);
    }
    if (cells->rows) {
      cells->rows[group] = *(const uint32_t *)sweep_at(&cells->run->first, cells->plan->value, group);
    } else {
      status = group_cell(cells->run, cells->plan, group, cells->out, e);
    }
  }
  return status;
}

static Status number_cells(const Run *run, const Plan *plan, Column **out, Error *e)
{
  const size_t n = run->groups->n;
  Result result;
  Status status = result_make(&result, result_type(plan), plan->call->columns[0], n, e);
  if (status != STATUS_OK) {
    return status;
  }
  Cells cells = {.run = run, .plan = plan, .out = &result, .pieces = pieces_for(run->task, n, PIECE_POLL)};
  status = items_run(run->task, cells.pieces, cells_piece, &cells, e);
  if (status != STATUS_OK) {
    result_free(&result);
    return status;
  }
  return result_finish(&result, out, e);
}

static Status row_cells(const Run *run, const Plan *plan, Column **out, Error *e)
{
  const size_t n = run->groups->n;
  Cells cells = {.run = run, .plan = plan, .pieces = pieces_for(run->task, n, PIECE_POLL)};
  Status status;
  cells.rows = mem_alloc(n, sizeof *cells.rows);
  if (!cells.rows) {
    TRY(items_no_memory(n, sizeof *cells.rows, e));
  }
  TRY(items_run(run->task, cells.pieces, cells_piece, &cells, e));
  TRY(column_pick(plan->call->columns[0], cells.rows, n, true, run->task, out, e));
done:
  mem_free(cells.rows);
  return status;
}

static Status lone_cells(const Run *run, const ShapeCall *call, Column **out, Error *e)
{
  const int kind = call->function->kind;
  return kind == AGGREGATE_DISTINCT || kind == AGGREGATE_MODE ? aggregate_pairs(call, run->groups, run->task, out, e)
                                                              : aggregate_members(call, run->groups, run->task, out, e);
}

/* ---- all of it ---- */

static Status run_all(Run *run, Column **out, Error *e)
{
  Status status;
  TRY(sweep_make(&run->first, run->groups, 2 * run->n, e));
  TRY(sweep_make(&run->second, run->groups, run->n, e));
  for (size_t i = 0; i < run->n; i++) {
    if (!is_alone(run->plans[i].kind, run->groups)) {
      plan_first(run, &run->plans[i]);
    }
  }
  TRY(sweep_run(&run->first, run->task, e));
  for (size_t i = 0; i < run->n; i++) {
    if (is_spread(run->plans[i].kind) || is_joint(run->plans[i].kind)) {
      TRY(plan_second(run, &run->plans[i], e));
    }
  }
  TRY(sweep_run(&run->second, run->task, e));
  for (size_t i = 0; i < run->n; i++) {
    const Plan *plan = &run->plans[i];
    if (is_alone(plan->kind, run->groups)) {
      TRY(lone_cells(run, plan->call, &out[i], e));
    } else if (is_row(plan->kind)) {
      TRY(row_cells(run, plan, &out[i], e));
    } else {
      TRY(number_cells(run, plan, &out[i], e));
    }
  }
done:
  return status;
}

/* Constants are checked before any work, so that none is done in vain. */
static Status check_call(const ShapeCall *call, Error *e)
{
  const double *numbers = call->numbers;
  if (call->function->kind == AGGREGATE_QUANTILE) {
    if (!(numbers[1] >= 0 && numbers[1] <= 1)) {
      (void)error_set(e, STATUS_ARGUMENT, "out-of-range", _("the share of quantile is %g, outside 0..1"), numbers[1]);
      (void)error_hint(e, _("the third quartile is quantile(x, 0.75)"));
      return STATUS_ARGUMENT;
    }
    if (call->n > 2 && !(numbers[2] >= 1 && numbers[2] <= 9 && numbers[2] == floor(numbers[2]))) {
      return error_set(e, STATUS_ARGUMENT, "out-of-range", _("quantile has the types 1 to 9, not %g"), numbers[2]);
    }
  }
  if (call->function->kind == AGGREGATE_NTH &&
      (numbers[1] == 0 || numbers[1] != floor(numbers[1]) || fabs(numbers[1]) > 0x1p53)) {
    (void)error_set(e, STATUS_ARGUMENT, "out-of-range", _("nth counts 1, 2, 3 or from the end -1, -2; not %g"),
                    numbers[1]);
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

Status aggregate_run(const ShapeCall *calls, size_t n, Groups *groups, Task *task, Column **out, Error *e)
{
  Run run = {.groups = groups, .task = task, .n = n};
  Status status;
  for (size_t i = 0; i < n; i++) {
    out[i] = NULL;
  }
  for (size_t i = 0; i < n; i++) {
    TRY(check_call(&calls[i], e));
  }
  TRY(groups_check_rows(groups->rows, e));
  run.plans = mem_zero(n, sizeof *run.plans);
  if (!run.plans) {
    TRY(items_no_memory(n, sizeof *run.plans, e));
  }
  for (size_t i = 0; i < n; i++) {
    run.plans[i].call = &calls[i];
    run.plans[i].kind = calls[i].function->kind;
  }
  status = run_all(&run, out, e);
  for (size_t i = 0; i < n; i++) {
    if (status != STATUS_OK) {
      column_unref(out[i]);
      out[i] = NULL;
    }
    mem_free(run.plans[i].mean_x);
    mem_free(run.plans[i].mean_y);
  }
  sweep_free(&run.first);
  sweep_free(&run.second);
done:
  mem_free(run.plans);
  return status;
}
