/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line per decision: the column, what it became and why, with counts and the first example, and the option that
 * decides otherwise. */
#include <string.h>

#include "io/csv_refine_plan.h"
#include "io/report_text.h"

enum { EXAMPLE_BYTES = 40, MARKERS_NAMED = 4 };

static bool is_category(const CsvRefined *column)
{
  return column_type(column->column) == TYPE_CATEGORY;
}

/* The first row with a level; items of strings are rows. */
static size_t row_of(const CsvRefined *column, size_t item)
{
  if (!is_category(column)) {
    return item;
  }
  const size_t rows = column_rows(column->column);
  for (size_t row = 0; row < rows; row++) {
    if (column_valid(column->column, row) && (size_t)column_code(column->column, row) == item) {
      return row;
    }
  }
  return 0;
}

/* 'text' in row 7, cut at a character. */
static void add_example(CsvRefined *column, const Tally *tally)
{
  size_t length;
  const size_t row = row_of(column, tally->first);
  const char *text = column_text(column->column, row, &length);
  const size_t shown = length > EXAMPLE_BYTES ? utf8_whole(text, EXAMPLE_BYTES) : length;
  text_char(&column->report, '\'');
  text_add(&column->report, text, shown);
  text_printf(&column->report, _("%1$s' in row %2$zu"), shown < length ? "..." : "", row + 1);
}

static void add_otherwise(CsvRefined *column)
{
  text_puts(&column->report, _("; to keep the text: "));
  report_types(&column->report, column->name, "string");
  text_char(&column->report, '\n');
}

static void begin(CsvRefined *column, const char *type)
{
  text_printf(&column->report, "%s: %s", column->name, type);
}

/* "missing: 5 cells of 'N/A', first in row 3", for each word met. */
static void add_markers(CsvRefined *column, const Markers *markers, const Evidence *evidence)
{
  size_t named = 0;
  for (size_t i = 0; i < markers->n; i++) {
    const Tally *tally = &evidence->marker[i];
    if (tally->n > 0 && named < MARKERS_NAMED) {
      text_puts(&column->report, named > 0 ? ", " : "");
      text_printf(&column->report, _("%1$zu of '%2$s' (first in row %3$zu)"), tally->n, markers->texts[i],
                  row_of(column, tally->first) + 1);
      named++;
    } else {
      named += tally->n > 0;
    }
  }
  if (named > MARKERS_NAMED) {
    text_printf(&column->report, _(" and %zu other words"), named - MARKERS_NAMED);
  }
}

/* Cells of a column of values that are missing by a word or by blanks. */
static void add_missing(CsvRefined *column, const Markers *markers, const Evidence *evidence)
{
  if (evidence->markers.n > 0) {
    text_puts(&column->report, _("; missing: "));
    add_markers(column, markers, evidence);
  }
  if (evidence->blanks.n > 0) {
    text_printf(&column->report, _("; blanks read as missing: %1$zu, first in row %2$zu"), evidence->blanks.n,
                row_of(column, evidence->blanks.first) + 1);
  }
}

static int only_currency(const Evidence *evidence)
{
  for (int i = 0; i < 96; i++) {
    if (evidence->currencies[i / 32] >> (i % 32) & 1) {
      return i;
    }
  }
  return 0;
}

static void add_decoration(CsvRefined *column, const Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  const int currency = only_currency(evidence);
  const bool plain = evidence->decorated.n == 0 && (plan->system == SYSTEM_POINT || evidence->marked.n == 0);
  const Tally *shown = evidence->decorated.n > 0 ? &evidence->decorated : &evidence->marked;
  if (plain) {
    return;
  }
  text_puts(&column->report, _(", from "));
  add_example(column, shown);
  text_printf(&column->report, _(", %1$zu such cells: %2$s"), shown->n, system_name(plan->system));
  if (currency) {
    text_printf(&column->report, _("; %1$s taken off in %2$zu"), amount_currency(currency), evidence->currency.n);
    if (evidence->currency.n < evidence->numbers.n) {
      text_printf(&column->report, _(", not there in %zu"), evidence->numbers.n - evidence->currency.n);
    }
  }
  if (evidence->percents.n > 0) {
    text_printf(&column->report, _("; %% in %zu, divided by 100"), evidence->percents.n);
  }
}

/* The marks could mean something else: what told, and what decides otherwise. */
static void add_either(CsvRefined *column, const Plan *plan)
{
  const bool comma = system_has_comma(plan->system);
  if (!plan->either) {
    return;
  }
  if (plan->witness) {
    text_printf(&column->report, _("; no cell tells, taken as in column '%s'"), plan->witness);
  } else {
    text_puts(&column->report, _("; no cell tells a decimal mark from one between thousands"));
  }
  text_printf(&column->report, _(", otherwise: decimal = \"%s\""), comma ? "." : ",");
}

static void report_number(CsvRefined *column, const Markers *markers, const Plan *plan)
{
  begin(column, plan->whole ? "int64" : "float64");
  add_decoration(column, plan);
  add_either(column, plan);
  add_missing(column, markers, &plan->evidence);
  add_otherwise(column);
}

static const char *order_words(unsigned order)
{
  return order == ORDER_YMD   ? _("year, month, day")
         : order == ORDER_DMY ? _("day, month, year")
                              : _("month, day, year");
}

static const char *order_name(unsigned order)
{
  return order == ORDER_YMD ? "ymd" : order == ORDER_DMY ? "dmy" : "mdy";
}

static void report_time(CsvRefined *column, const CsvOptions *options, const Markers *markers, const Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  begin(column, "timestamp");
  if (evidence->odd.n > 0) {
    text_puts(&column->report, _(", from "));
    add_example(column, &evidence->odd);
  }
  if (evidence->unsettled.n > 0) {
    text_printf(&column->report, _("; %s"), order_words(plan->order));
    if (options->dates != CSV_DATES_AUTO) {
      text_puts(&column->report, _(", as asked for"));
    } else if (plan->witness) {
      text_printf(&column->report, _(", as in column '%1$s': no cell tells, otherwise: dates = \"%2$s\""),
                  plan->witness, order_name(plan->orders & ~plan->order & -(plan->orders & ~plan->order)));
    } else {
      const Tally *proof = &evidence->against[plan->order == ORDER_DMY ? 2 : 1];
      if (proof->n > 0) {
        text_puts(&column->report, _(", as shown by "));
        add_example(column, proof);
      }
    }
  }
  if (evidence->two_digits.n > 0) {
    text_puts(&column->report, _("; years of two digits are 1969 to 2068"));
  }
  if (evidence->zoned.n > 0) {
    text_puts(&column->report, _("; in UTC"));
  }
  add_missing(column, markers, evidence);
  add_otherwise(column);
}

static void report_doubtful_order(CsvRefined *column, const Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  text_puts(&column->report, _("dates like "));
  add_example(column, &evidence->unsettled);
  text_puts(&column->report, _(" could be "));
  bool first = true;
  for (unsigned order = ORDER_DMY; order; order = order == ORDER_DMY   ? ORDER_MDY
                                                  : order == ORDER_MDY ? ORDER_YMD
                                                                       : 0) {
    if (plan->orders & order) {
      text_puts(&column->report, first ? "" : _(" or "));
      text_puts(&column->report, order_words(order));
      first = false;
    }
  }
  text_puts(&column->report, _(", and no cell tells; to decide: "));
  first = true;
  for (unsigned order = ORDER_DMY; order; order = order == ORDER_DMY   ? ORDER_MDY
                                                  : order == ORDER_MDY ? ORDER_YMD
                                                                       : 0) {
    if (plan->orders & order) {
      text_printf(&column->report, first ? "dates = \"%s\"" : _(" or dates = \"%s\""), order_name(order));
      first = false;
    }
  }
}

static void report_doubt(CsvRefined *column, const CsvOptions *options, const Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  begin(column, type_name(column_type(column->column)));
  text_puts(&column->report, _(", "));
  switch (plan->doubt) {
    case DOUBT_FEW_TEXTS:
      text_printf(&column->report, _("because %zu cells are no values, the first "), evidence->texts.n);
      add_example(column, &evidence->texts);
      text_printf(&column->report, _("; %zu others are; to make the former missing: missing = {\"...\"}"),
                  evidence->numbers.n + evidence->times.n + evidence->bools.n);
      break;
    case DOUBT_QUOTED:
      text_puts(&column->report, _("because values like "));
      add_example(column, evidence->times.n > 0 ? &evidence->times : &evidence->numbers);
      text_puts(&column->report, _(" stand in quotes that they do not need; as values: "));
      report_types(&column->report, column->name, evidence->times.n > 0 ? "timestamp" : "float64");
      break;
    case DOUBT_CURRENCIES:
      text_puts(&column->report,
                _("because amounts in several currencies are no one column of numbers; the first is "));
      add_example(column, &evidence->currency);
      break;
    case DOUBT_PERCENTS:
      text_printf(&column->report, _("because %1$zu cells are percentages and %2$zu are not, the first of these "),
                  evidence->percents.n, evidence->others.n);
      add_example(column, &evidence->others);
      break;
    case DOUBT_SYSTEMS:
      text_puts(&column->report,
                options->decimal || options->thousands
                    ? _("because not all numbers are written with the marks asked for; the first is ")
                    : _("because no decimal mark fits all numbers; the first is "));
      add_example(column, &evidence->marked);
      break;
    case DOUBT_GROUPED_CODES:
      text_puts(&column->report, _("because numbers like "));
      add_example(column, &evidence->marked);
      text_puts(&column->report, _(" with always as many digits are codes; as numbers: thousands = \"...\""));
      break;
    case DOUBT_ZONES:
      text_printf(&column->report, _("because %1$zu times have a zone and %2$zu have none; the first with one is "),
                  evidence->zoned.n, evidence->times.n - evidence->zoned.n);
      add_example(column, &evidence->zoned);
      break;
    case DOUBT_NO_ORDER:
      text_puts(&column->report, _("because no order of day, month and year fits all dates"));
      if (evidence->against[1].n > 0 && evidence->against[2].n > 0) {
        text_puts(&column->report, _(": "));
        add_example(column, &evidence->against[1]);
        text_puts(&column->report, _(", "));
        add_example(column, &evidence->against[2]);
      }
      break;
    default:
      report_doubtful_order(column, plan);
  }
  text_char(&column->report, '\n');
}

/* Words for missing in a column of text stay; asked for, they go. */
static void report_text(CsvRefined *column, const Markers *markers, const Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  begin(column, type_name(column_type(column->column)));
  if (plan->outcome == OUTCOME_TEXT) {
    add_missing(column, markers, evidence);
    text_char(&column->report, '\n');
    return;
  }
  text_puts(&column->report, _("; kept as text: "));
  add_markers(column, markers, evidence);
  text_puts(&column->report, _("; to make them missing: missing = {"));
  size_t named = 0;
  for (size_t i = 0; i < markers->n; i++) {
    if (evidence->marker[i].n > 0) {
      text_puts(&column->report, named++ > 0 ? ", " : "");
      report_string(&column->report, markers->texts[i]);
    }
  }
  text_puts(&column->report, "}\n");
}

void plan_report(CsvRefined *column, const CsvOptions *options, const Markers *markers, const Plan *plan)
{
  switch (plan->outcome) {
    case OUTCOME_NUMBER:
      report_number(column, markers, plan);
      break;
    case OUTCOME_TIME:
      report_time(column, options, markers, plan);
      break;
    case OUTCOME_BOOL:
      begin(column, "bool");
      add_missing(column, markers, &plan->evidence);
      add_otherwise(column);
      break;
    case OUTCOME_BY_VALUE:
      begin(column, type_name(column_type(column->column)));
      text_printf(&column->report, _("; missing by the option 'missing': %zu\n"), plan->by_value);
      break;
    case OUTCOME_COMPACT_DATE:
      begin(column, "timestamp");
      text_puts(&column->report, _(", from whole numbers like 20240131, since its name says so; otherwise: "));
      report_types(&column->report, column->name, "int64");
      text_char(&column->report, '\n');
      break;
    default:
      if (plan->doubt != DOUBT_NONE) {
        report_doubt(column, options, plan);
      }
      if (plan->evidence.markers.n > 0 && plan->looked &&
          (plan->outcome == OUTCOME_TEXT || plan->doubt == DOUBT_NONE)) {
        report_text(column, markers, plan);
      }
  }
}

/* Read once: the cells as they were written are gone, so that 1.500 and 1.5 look alike. */
void plan_report_points(CsvRefined *column)
{
  begin(column, "float64");
  text_puts(&column->report, _(", with points as decimal marks; if they stand between thousands: decimal = \",\"\n"));
}
