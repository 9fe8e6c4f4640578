/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From evidence to a plan. Nothing here looks at cells. */
#include <string.h>

#include "frame/parse_number.h"
#include "io/csv_refine_plan.h"

enum {
  POINT_SYSTEMS = 1 << SYSTEM_POINT | 1 << SYSTEM_POINT_COMMA | 1 << SYSTEM_POINT_INDIAN | 1 << SYSTEM_POINT_BLANK |
                  1 << SYSTEM_POINT_QUOTE,
  COMMA_SYSTEMS = SYSTEMS_ALL & ~POINT_SYSTEMS,
  CODE_DIGITS = 7
};

static bool only_numbers(const Evidence *evidence)
{
  return evidence->numbers.n > 0 &&
         evidence->texts.n + evidence->bools.n + evidence->times.n + evidence->codes.n == 0;
}

static bool only_times(const Evidence *evidence)
{
  return evidence->times.n > 0 && evidence->texts.n + evidence->bools.n + evidence->numbers.n == 0;
}

static bool single(unsigned bits)
{
  return bits != 0 && (bits & (bits - 1)) == 0;
}

/* Decimals of a number as short as it can be written; 0 for a whole one, -1 when there is more to it. */
static int decimals_of(double value)
{
  char text[32];
  text_of_double(value, text);
  const char *point = strchr(text, '.');
  return strchr(text, 'e') ? -1 : point ? (int)strlen(point + 1) : 0;
}

enum { FLOATS_LOOKED = 4096 };

/* Whether a column read with decimal points could be one with points between thousands: 1.234 but not 0.5, 1234.5 or
 * 1.2345. Trailing zeros are lost, so that 1.5 could be 1.500. */
static bool could_be_grouped(const Column *column)
{
  const size_t rows = column_rows(column);
  bool point = false;
  for (size_t row = 0; row < rows && row < FLOATS_LOOKED; row++) {
    const double value = column_valid(column, row) ? column_float(column, row) : 0;
    const double size = value < 0 ? -value : value;
    const int decimals = value == 0 ? 0 : decimals_of(value);
    if (decimals < 0 || decimals > 3 || (decimals > 0 && (size < 1 || size >= 1000))) {
      return false;
    }
    point = point || decimals > 0;
  }
  return point;
}

static bool is_free_float(const CsvRefined *column)
{
  return column_type(column->column) == TYPE_FLOAT64 && !column->fixed;
}

bool plan_wants_text(const CsvOptions *options, const CsvRefined *column, const FileHabits *habits)
{
  if (!is_free_float(column)) {
    return false;
  }
  if (options->decimal || options->thousands) {
    return !(systems_of(options->decimal, options->thousands) & POINT_SYSTEMS);
  }
  return habits->comma && !habits->point && could_be_grouped(column->column);
}

/* Some cell has three digits behind its point, as thousands have. */
static bool has_thousandths(const Column *column)
{
  for (size_t row = 0; row < column_rows(column) && row < FLOATS_LOOKED; row++) {
    if (column_valid(column, row) && decimals_of(column_float(column, row)) == 3) {
      return true;
    }
  }
  return false;
}

bool plan_points_unsure(const CsvOptions *options, const CsvRefined *column, const FileHabits *habits)
{
  return column->semicolons && is_free_float(column) && !options->decimal && !options->thousands && !habits->point &&
         !habits->comma && could_be_grouped(column->column) && has_thousandths(column->column);
}

static void note_decimal(const CsvRefined *column, const Evidence *evidence, FileHabits *out)
{
  const bool marks = evidence->decimals[0].n + evidence->decimals[1].n > 0;
  if (marks && !(evidence->systems & POINT_SYSTEMS) && !out->comma) {
    out->comma = column->name;
  }
  if (marks && !(evidence->systems & COMMA_SYSTEMS) && !out->point) {
    out->point = column->name;
  }
}

void plan_habits(const CsvRefined *columns, const Plan *plans, size_t n, FileHabits *out)
{
  *out = (FileHabits){0};
  for (size_t i = 0; i < n; i++) {
    const Evidence *evidence = &plans[i].evidence;
    if (!out->point && is_free_float(&columns[i]) &&
        column_missing(columns[i].column) < column_rows(columns[i].column) && !could_be_grouped(columns[i].column)) {
      out->point = columns[i].name;
    }
    if (!plans[i].looked) {
      continue;
    }
    if (only_numbers(evidence) && evidence->systems) {
      note_decimal(&columns[i], evidence, out);
    }
    const unsigned proved = !only_times(evidence)                                    ? 0
                            : single(evidence->orders)                               ? evidence->orders
                            : single(evidence->styles) && evidence->unsettled.n == 0 ? evidence->styles
                                                                                     : 0;
    for (int k = 0; k < 3; k++) {
      if (proved >> k & 1 && !out->orders[k]) {
        out->orders[k] = columns[i].name;
      }
    }
  }
}

/* ---- Numbers */

/* The first of these systems in the order of the enumeration, which is that of plainness. */
static NumberSystem plainest(unsigned systems)
{
  return (NumberSystem)__builtin_ctz(systems);
}

/* All marked cells can be read with a decimal point and with a comma. */
static NumberSystem choose_either(const Evidence *evidence, const FileHabits *habits, unsigned systems, Plan *plan)
{
  const unsigned point = systems & POINT_SYSTEMS, comma = systems & COMMA_SYSTEMS;
  if (evidence->decimals[0].n + evidence->decimals[1].n == 0) {
    return plainest(point); /* blanks or apostrophes between thousands, no decimals */
  }
  plan->either = true;
  if (habits->comma && !habits->point) {
    plan->witness = habits->comma;
    return plainest(comma);
  }
  plan->witness = habits->point && !habits->comma ? habits->point : NULL;
  return plainest(point);
}

static bool several_currencies(const Evidence *evidence)
{
  unsigned n = 0;
  for (int i = 0; i < 3; i++) {
    n += (unsigned)__builtin_popcount(evidence->currencies[i]);
  }
  return n > 1;
}

/* Blanks or points in groups of three, and always as many digits: a telephone number, an account. */
static bool is_grouped_code(const CsvOptions *options, const Evidence *evidence, NumberSystem system)
{
  const bool grouping = system == SYSTEM_POINT_BLANK || system == SYSTEM_COMMA_BLANK || system == SYSTEM_COMMA_POINT;
  return grouping && !options->thousands && evidence->currency.n == 0 && evidence->marked.n == evidence->numbers.n &&
         evidence->digits_least == evidence->digits_most && evidence->digits_least >= CODE_DIGITS &&
         evidence->decimals[system == SYSTEM_COMMA_POINT].n == 0;
}

static void decide_number(const CsvOptions *options, const FileHabits *habits, Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  const unsigned systems = evidence->systems & systems_of(options->decimal, options->thousands);
  if (evidence->plus.n > 0 && evidence->negatives == 0 && evidence->percents.n + evidence->currency.n == 0) {
    return; /* +49 ...: the first pass says so */
  }
  if (several_currencies(evidence)) {
    plan->doubt = DOUBT_CURRENCIES;
    return;
  }
  if (evidence->percents.n > 0 && evidence->others.n > 0) {
    plan->doubt = DOUBT_PERCENTS;
    return;
  }
  if (systems == 0) {
    plan->doubt = DOUBT_SYSTEMS;
    return;
  }
  const bool both = (systems & POINT_SYSTEMS) && (systems & COMMA_SYSTEMS) && evidence->marked.n > 0;
  plan->system = both ? choose_either(evidence, habits, systems, plan) : plainest(systems);
  if (is_grouped_code(options, evidence, plan->system)) {
    plan->doubt = DOUBT_GROUPED_CODES;
    return;
  }
  const Tally *decimals = &evidence->decimals[system_has_comma(plan->system)];
  plan->whole = decimals->n + evidence->exponents.n + evidence->percents.n == 0 &&
                evidence->digits_most <= PARSE_DIGITS_MOST;
  plan->outcome = OUTCOME_NUMBER;
}

/* ---- Times */

static bool orders_differ(unsigned differs, unsigned orders)
{
  return ((orders & 3) == 3 && (differs & 1)) || ((orders & 5) == 5 && (differs & 2)) ||
         ((orders & 6) == 6 && (differs & 4));
}

static unsigned forced_order(CsvDates dates)
{
  return dates == CSV_DATES_YMD   ? ORDER_YMD
         : dates == CSV_DATES_DMY ? ORDER_DMY
         : dates == CSV_DATES_MDY ? ORDER_MDY
                                  : ORDERS_ALL;
}

static void decide_time(const CsvOptions *options, const FileHabits *habits, Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  unsigned orders = evidence->orders & forced_order(options->dates);
  plan->orders = orders;
  if (evidence->zoned.n > 0 && evidence->zoned.n < evidence->times.n) {
    plan->doubt = DOUBT_ZONES;
    return;
  }
  if (orders == 0) {
    plan->doubt = DOUBT_NO_ORDER;
    return;
  }
  if (orders_differ(evidence->differs, orders)) {
    unsigned told = 0;
    for (int k = 0; k < 3; k++) {
      told |= orders >> k & 1 && habits->orders[k] ? 1U << k : 0;
    }
    if (!single(told)) {
      plan->doubt = DOUBT_ORDER;
      return;
    }
    plan->witness = habits->orders[__builtin_ctz(told)];
    orders = told;
  }
  plan->order = orders & -orders;
  plan->outcome = OUTCOME_TIME;
}

void plan_decide(const CsvOptions *options, const CsvRefined *column, const FileHabits *habits, Plan *plan)
{
  const Evidence *evidence = &plan->evidence;
  const size_t values = evidence->numbers.n + evidence->times.n + evidence->bools.n;
  const CsvSeen *seen = column->all_quoted ? NULL : column->seen; /* what stands in quotes is text on purpose */
  if (seen && (seen->needless || (seen->count[CSV_QUOTED] > 0 && evidence->decorated.n + evidence->odd.n == 0))) {
    const bool told = seen->count[CSV_QUOTED] > 0 && evidence->decorated.n + evidence->odd.n == 0;
    plan->doubt = !told && (only_numbers(evidence) || only_times(evidence)) ? DOUBT_QUOTED : DOUBT_NONE;
  } else if (only_numbers(evidence)) {
    decide_number(options, habits, plan);
  } else if (only_times(evidence)) {
    decide_time(options, habits, plan);
  } else if (evidence->bools.n > 0 && evidence->bools.n == values && evidence->texts.n == 0) {
    plan->outcome = OUTCOME_BOOL;
  } else if (evidence->texts.n > 0 && evidence->texts.n * 4 < values && evidence->decorated.n + evidence->odd.n > 0) {
    plan->doubt = DOUBT_FEW_TEXTS;
  }
  const size_t missing = options->missing_given ? evidence->markers.n : 0;
  if (plan->outcome == OUTCOME_KEEP && missing + (column->all_quoted ? evidence->blanks.n : 0) > 0) {
    plan->outcome = OUTCOME_TEXT;
  }
}
