/* SPDX-License-Identifier: GPL-3.0-or-later */
/* First all columns are looked at, then what they tell of one another is gathered, then each is decided and made. */
#include "io/csv_refine.h"

#include <string.h>

#include "core/alloc.h"
#include "frame/column_cast.h"
#include "frame/parse_number.h"
#include "io/csv_refine_plan.h"

enum { DATE_LEAST = 19000101, DATE_MOST = 21001231 };

/* ---- Columns that are values already */

static bool value_is_listed(const Markers *markers, double value)
{
  for (size_t i = 0; i < markers->n; i++) {
    double wanted;
    if (parse_float_forced(markers->texts[i], markers->lengths[i], &wanted) && wanted == value) {
      return true;
    }
  }
  return false;
}

static void look_at_values(const Markers *markers, const Column *column, Plan *plan)
{
  bool numbers = false;
  for (size_t i = 0; i < markers->n; i++) {
    double value;
    numbers = numbers || parse_float_forced(markers->texts[i], markers->lengths[i], &value);
  }
  for (size_t row = 0; numbers && row < column_rows(column); row++) {
    plan->by_value += column_valid(column, row) && value_is_listed(markers, column_float(column, row));
  }
  plan->outcome = plan->by_value > 0 ? OUTCOME_BY_VALUE : OUTCOME_KEEP;
}

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Whether the column's name says that it holds dates. */
static bool is_date_name(const char *name)
{
  static const char *const words[] = {"date", "datum", "fecha", "\xE6\x97\xA5\xE6\x9C\x9F" /* Chinese */};
  char copy[128];
  size_t n = 0;
  for (; name[n] && n + 1 < sizeof copy; n++) {
    copy[n] = lower(name[n]);
  }
  copy[n] = '\0';
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strstr(copy, words[i])) {
      return true;
    }
  }
  return strcmp(copy, "day") == 0 || strcmp(copy, "dt") == 0 || (n > 3 && strcmp(copy + n - 3, "_dt") == 0);
}

/* All are dates like 20240131; the first that is none ends the look. */
static bool are_compact_dates(const Column *column)
{
  size_t found = 0;
  for (size_t row = 0; row < column_rows(column); row++) {
    if (column_valid(column, row)) {
      int32_t days;
      const int64_t date = column_int(column, row);
      if (date < DATE_LEAST || date > DATE_MOST ||
          !date_days((int)(date / 10000), (int)(date / 100 % 100), (int)(date % 100), &days)) {
        return false;
      }
      found++;
    }
  }
  return found > 0;
}

/* ---- Columns of text */

/* A sample with a text in it is enough, unless words for missing were met, which are then counted. */
static Status look_at_texts(const CsvRefined *column, const Markers *markers, Task *task, Plan *plan, Error *e)
{
  evidence_sample(column->column, markers, &plan->evidence);
  const Evidence *sample = &plan->evidence;
  const bool blanks = column->all_quoted && sample->blanks.n > 0;
  const bool hopeless = sample->texts.n > 0 && sample->texts.n * 4 >= sample->numbers.n + sample->times.n;
  if (hopeless && sample->markers.n == 0 && !blanks && !markers->asked) {
    return STATUS_OK;
  }
  plan->looked = true;
  return evidence_of(column->column, markers, task, &plan->evidence, e);
}

static Status look(const CsvRefined *column, const Markers *markers, Task *task, Plan *plan, Error *e)
{
  const Type type = column_type(column->column);
  evidence_clear(&plan->evidence);
  if (column->fixed) {
    return STATUS_OK;
  }
  if (type_is_text(type)) {
    return look_at_texts(column, markers, task, plan, e);
  }
  if (markers->asked && type_is_numeric(type)) {
    look_at_values(markers, column->column, plan);
  }
  if (type == TYPE_INT64 && plan->outcome == OUTCOME_KEEP && is_date_name(column->name) &&
      are_compact_dates(column->column)) {
    plan->outcome = OUTCOME_COMPACT_DATE;
  }
  return STATUS_OK;
}

/* ---- Columns whose type was asked for */

/* The first row with a text that became missing, though it says nothing of the kind. */
static size_t find_misfit(const CsvRefined *column, const Markers *markers)
{
  for (size_t row = 0; row < column_rows(column->column); row++) {
    size_t length;
    if (column_valid(column->column, row) && !column_valid(column->out, row)) {
      const char *text = column_text(column->column, row, &length);
      parse_trim(&text, &length);
      if (length > 0 && markers_find(markers, text, length) < 0) {
        return row;
      }
    }
  }
  return SIZE_MAX;
}

static Status misfit(CsvRefined *column, const Markers *markers, Error *e)
{
  Text cell = {0};
  column->misfit = find_misfit(column, markers);
  column_cell_text(column->column, column->misfit, &cell);
  const size_t shown = utf8_whole(text_data(&cell), cell.size < 60 ? cell.size : 60);
  (void)error_set(e, STATUS_FORMAT, "csv-type", _("column '%1$s' is asked for as %2$s, but row %3$zu has '%4$.*5$s'"),
                  column->name, type_name(column->wanted), column->misfit + 1, text_data(&cell), (int)shown);
  text_free(&cell);
  return error_hint(e, _("correct the cell, or leave the column out of 'types' and look at the report"));
}

/* A column of text is cast as far as its cells allow; others have their type already. */
static Status refine_fixed(const CsvOptions *options, CsvRefined *column, const Markers *markers, Task *task,
                           Error *e)
{
  static const unsigned orders[] = {
      [CSV_DATES_AUTO] = 0, [CSV_DATES_YMD] = ORDER_YMD, [CSV_DATES_MDY] = ORDER_MDY, [CSV_DATES_DMY] = ORDER_DMY};
  const CastOptions how = {.decimal = options->decimal,
                           .thousands = options->thousands,
                           .orders = orders[options->dates],
                           .missing = markers->texts,
                           .n_missing = markers->n,
                           .drop_invalid = true};
  size_t invalid = 0;
  const bool text = type_is_text(column_type(column->column));
  if (!text || type_is_text(column->wanted) || column->wanted == TYPE_SET) {
    column->out = column_ref(column->column);
    return STATUS_OK;
  }
  const Status status = column_cast(column->column, column->wanted, &how, task, &column->out, &invalid, e);
  if (status != STATUS_OK) {
    return status;
  }
  const size_t missing = column_missing(column->out) - column_missing(column->column) - invalid;
  if (missing > 0) {
    text_printf(&column->report, _("%1$s: %2$s, as asked for; blanks and words for missing: %3$zu\n"), column->name,
                type_name(column->wanted), missing);
  }
  return invalid > 0 ? misfit(column, markers, e) : STATUS_OK;
}

static Status refine_one(const CsvOptions *options, CsvRefined *column, const Markers *markers,
                         const FileHabits *habits, Plan *plan, Task *task, Error *e)
{
  if (column->fixed) {
    return refine_fixed(options, column, markers, task, e);
  }
  if (plan->looked) {
    plan_decide(options, column, habits, plan);
  }
  const Status status = plan_make(column, markers, plan, task, e);
  if (status != STATUS_OK) {
    return status;
  }
  column->want_text = plan_wants_text(options, column, habits);
  plan_report(column, options, markers, plan);
  if (plan_points_unsure(options, column, habits)) {
    plan_report_points(column);
  }
  return text_status(&column->report, e);
}

static Status refine_all(const CsvOptions *options, CsvRefined *columns, size_t n, const Markers *markers,
                         Plan *plans, Task *task, Error *e)
{
  FileHabits habits;
  Status status = STATUS_OK;
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    status = look(&columns[i], markers, task, &plans[i], e);
  }
  plan_habits(columns, plans, n, &habits);
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    status = refine_one(options, &columns[i], markers, &habits, &plans[i], task, e);
    if (status != STATUS_OK) {
      (void)error_where(e, _("column '%s'"), columns[i].name);
    }
  }
  return status;
}

Status csv_refine(const CsvOptions *options, CsvRefined *columns, size_t n, Task *task, Error *e)
{
  static const CsvOptions none;
  Markers markers;
  options = options ? options : &none;
  Plan *plans = mem_zero(n + 1, sizeof *plans);
  for (size_t i = 0; i < n; i++) {
    columns[i].out = NULL;
    columns[i].want_text = false;
    columns[i].misfit = SIZE_MAX;
  }
  Status status = plans ? STATUS_OK : error_memory(e, n * sizeof *plans, _("columns"));
  if (!options->missing_given) {
    markers_usual(&markers);
  } else if (!markers_asked(&markers, options->missing, options->n_missing)) {
    status =
        error_set(e, STATUS_ARGUMENT, "out-of-range", _("the option 'missing' takes at most %d texts"), MARKERS_MOST);
  }
  if (status == STATUS_OK) {
    status = refine_all(options, columns, n, &markers, plans, task, e);
  }
  for (size_t i = 0; i < n && status != STATUS_OK; i++) {
    column_unref(columns[i].out);
    columns[i].out = NULL;
  }
  mem_free(plans);
  return status;
}
