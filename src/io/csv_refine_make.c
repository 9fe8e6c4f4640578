/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The refined column. A category's levels are read once each, then given to its rows. */
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "frame/column_fill.h"
#include "frame/parse_number.h"
#include "io/csv_refine_plan.h"

typedef struct Make {
  const Column *column;
  const Markers *markers;
  const Plan *plan;
  uint64_t *levels; /* values of a category's levels */
  bool *valid;
} Make;

static Status no_value(const char *text, size_t length, Error *e)
{
  return error_set(e, STATUS_INTERNAL, "csv-types", _("'%.*s' is not of its column's kind"),
                   (int)(length < 60 ? length : 60), text);
}

static bool number_of(const Plan *plan, const char *text, size_t length, uint64_t *bits)
{
  ParsedAmount amount;
  int64_t whole;
  double value;
  if (plan->whole && parse_int(text, length, &whole)) {
    *bits = (uint64_t)whole;
    return true;
  }
  if (!plan->whole && plan->system == SYSTEM_POINT && parse_float(text, length, &value)) {
    *bits = fill_float(value);
    return true;
  }
  if (!parse_amount(text, length, &amount)) {
    const bool special = !plan->whole && parse_special(text, length, &value);
    *bits = special ? fill_float(value) : 0;
    return special;
  }
  if (plan->whole) {
    const bool good = amount_whole(&amount, plan->system, &whole);
    *bits = good ? (uint64_t)whole : 0;
    return good;
  }
  const bool good = amount_value(&amount, plan->system, &value);
  *bits = good ? fill_float(value) : 0;
  return good;
}

/* The value of one cell's text. */
static Status value_of(const Make *make, const char *text, size_t length, uint64_t *bits, bool *valid, Error *e)
{
  ParsedMoment moment;
  bool truth = false, good;
  *valid = markers_find(make->markers, text, length) < 0;
  if (!*valid) {
    return STATUS_OK;
  }
  parse_trim(&text, &length);
  *valid = length > 0 && markers_find(make->markers, text, length) < 0;
  if (!*valid) {
    return STATUS_OK;
  }
  if (make->plan->outcome == OUTCOME_BOOL) {
    good = parse_bool(text, length, &truth);
    *bits = truth;
  } else if (make->plan->outcome == OUTCOME_TIME) {
    good = parse_moment(text, length, &moment) && (moment.orders & make->plan->order);
    *bits = good ? (uint64_t)moment_value(&moment, make->plan->order) : 0;
  } else {
    good = number_of(make->plan, text, length, bits);
  }
  return good ? STATUS_OK : no_value(text, length, e);
}

static Status cell_of_string(const void *context, size_t row, uint64_t *bits, bool *valid, Error *e)
{
  const Make *make = context;
  size_t length;
  *valid = column_valid(make->column, row);
  if (!*valid) {
    return STATUS_OK;
  }
  const char *text = column_text(make->column, row, &length);
  return value_of(make, text, length, bits, valid, e);
}

static Status cell_of_level(const void *context, size_t row, uint64_t *bits, bool *valid, Error *e)
{
  const Make *make = context;
  (void)e;
  *valid = column_valid(make->column, row);
  if (*valid) {
    const int32_t code = column_code(make->column, row);
    *bits = make->levels[code];
    *valid = make->valid[code];
  }
  return STATUS_OK;
}

static Status make_levels(Make *make, Error *e)
{
  size_t *counts;
  const size_t n = column_levels(make->column);
  Status status = level_counts(make->column, &counts, e);
  make->levels = mem_zero(n + 1, sizeof *make->levels);
  make->valid = mem_zero(n + 1, sizeof *make->valid);
  if (status == STATUS_OK && (!make->levels || !make->valid)) {
    status = error_memory(e, n * sizeof *make->levels, _("levels"));
  }
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    size_t length;
    const char *text = column_level(make->column, i, &length);
    if (counts[i] > 0) {
      status = value_of(make, text, length, &make->levels[i], &make->valid[i], e);
    }
  }
  mem_free(counts);
  return status;
}

static Type type_of(const Plan *plan)
{
  return plan->outcome == OUTCOME_BOOL   ? TYPE_BOOL
         : plan->outcome == OUTCOME_TIME ? TYPE_TIMESTAMP
         : plan->whole                   ? TYPE_INT64
                                         : TYPE_FLOAT64;
}

static Status make_values(Make *make, Task *task, Column **out, Error *e)
{
  const bool levels = column_type(make->column) == TYPE_CATEGORY;
  const char *zone = make->plan->evidence.zoned.n > 0 ? "UTC" : "";
  Status status = levels ? make_levels(make, e) : STATUS_OK;
  if (status == STATUS_OK) {
    status = column_fill(type_of(make->plan), column_rows(make->column), zone,
                         levels ? cell_of_level : cell_of_string, make, task, out, e);
  }
  mem_free(make->levels);
  mem_free(make->valid);
  return status;
}

/* The texts, without those that stand for missing. */
static Status make_texts(const CsvRefined *column, const Markers *markers, const Task *task, Column **out, Error *e)
{
  const size_t rows = column_rows(column->column);
  Builder *builder = builder_new(column_type(column->column), rows);
  if (!builder) {
    return error_memory(e, rows, _("a column"));
  }
  for (size_t row = 0; row < rows; row++) {
    size_t length = 0;
    const bool there = column_valid(column->column, row);
    const char *text = there ? column_text(column->column, row, &length) : "";
    const bool blank = column->all_quoted && length == 0;
    if (row % 65536 == 0 && task_cancelled(task)) {
      builder_free(builder);
      return error_cancelled(e);
    }
    if (!there || blank || (markers->asked && markers_find(markers, text, length) >= 0)) {
      builder_missing(builder);
    } else {
      builder_text(builder, text, length);
    }
  }
  return builder_finish(builder, out, e);
}

/* ---- Columns of values */

static bool is_missing_value(const Make *make, double value)
{
  for (size_t i = 0; i < make->markers->n; i++) {
    double wanted;
    if (parse_float_forced(make->markers->texts[i], make->markers->lengths[i], &wanted) && wanted == value) {
      return true;
    }
  }
  return false;
}

static Status cell_by_value(const void *context, size_t row, uint64_t *bits, bool *valid, Error *e)
{
  const Make *make = context;
  (void)e;
  *valid = column_valid(make->column, row) && !is_missing_value(make, column_float(make->column, row));
  if (*valid) {
    *bits = column_type(make->column) == TYPE_INT64 ? (uint64_t)column_int(make->column, row)
                                                    : fill_float(column_float(make->column, row));
  }
  return STATUS_OK;
}

static Status cell_of_compact(const void *context, size_t row, uint64_t *bits, bool *valid, Error *e)
{
  const Make *make = context;
  int32_t days;
  *valid = column_valid(make->column, row);
  if (!*valid) {
    return STATUS_OK;
  }
  const int64_t date = column_int(make->column, row);
  if (!date_days((int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100), &days)) {
    return no_value("", 0, e);
  }
  *bits = (uint64_t)(days * INT64_C(86400000000));
  return STATUS_OK;
}

Status plan_make(CsvRefined *column, const Markers *markers, const Plan *plan, Task *task, Error *e)
{
  Make make = {.column = column->column, .markers = markers, .plan = plan};
  const size_t rows = column_rows(column->column);
  switch (plan->outcome) {
    case OUTCOME_KEEP:
      column->out = column_ref(column->column);
      return STATUS_OK;
    case OUTCOME_TEXT:
      return make_texts(column, markers, task, &column->out, e);
    case OUTCOME_BY_VALUE:
      return column_fill(column_type(column->column), rows, "", cell_by_value, &make, task, &column->out, e);
    case OUTCOME_COMPACT_DATE:
      return column_fill(TYPE_TIMESTAMP, rows, "", cell_of_compact, &make, task, &column->out, e);
    default:
      return make_values(&make, task, &column->out, e);
  }
}
