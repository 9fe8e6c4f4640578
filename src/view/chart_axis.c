/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/chart_axis.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "frame/calendar.h"

#define HUGE_VALUE 1e300
#define TINY_RANGE 1e-290
#define TINY_SCALE 0x1p600

static void widen(Axis *axis)
{
  if (!(axis->high > axis->low)) {
    const double by = axis->low == 0 ? 1 : fabs(axis->low) * 0.01;
    axis->low -= by;
    axis->high += by;
  }
}

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps fit the range. */
static double round_step(double range, size_t wanted)
{
  const double rough = range / (double)wanted;
  const double power = pow(10, floor(log10(rough)));
  const double times = rough / power;
  return power * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}

void axis_mark(Axis *axis, size_t cell, const char *label, size_t width)
{
  const size_t length = strlen(label);
  if (axis->n < AXIS_TICKS && length < AXIS_LABEL && (axis->n == 0 || axis->ticks[axis->n - 1].cell < cell)) {
    AxisTick *tick = &axis->ticks[axis->n++];
    tick->cell = cell;
    tick->width = width;
    memcpy(tick->label, label, length + 1);
  }
}

/* Marks a value given as text of ASCII; a tick in the cell of the one before it is left out. */
static void add_tick(Axis *axis, double value, const char *label)
{
  axis_mark(axis, axis_cell(axis, value), label, strlen(label));
}

const AxisTick *axis_tick(const Axis *axis, size_t cell)
{
  for (size_t i = 0; i < axis->n; i++) {
    if (axis->ticks[i].cell == cell) {
      return &axis->ticks[i];
    }
  }
  return NULL;
}

/* ---- times */

static bool in_calendar(double microseconds)
{
  return microseconds >= (double)CALENDAR_FIRST && microseconds < (double)CALENDAR_LAST;
}

/* How much of a time its label says. */
typedef enum TimeDetail { DETAIL_YEAR, DETAIL_MONTH, DETAIL_DAY, DETAIL_MINUTE, DETAIL_SECOND } TimeDetail;

/* whole: with the date where only a time of day is asked for. */
static void time_text(int64_t time, TimeDetail detail, bool whole, char out[NUMBER_SIZE])
{
  const Civil c = calendar_civil(time);
  const long long year = c.year;
  char *end = out;
  switch (detail) {
  case DETAIL_YEAR: snprintf(out, NUMBER_SIZE, "%04lld", year); return;
  case DETAIL_MONTH: snprintf(out, NUMBER_SIZE, "%04lld-%02d", year, c.month); return;
  case DETAIL_DAY: snprintf(out, NUMBER_SIZE, "%04lld-%02d-%02d", year, c.month, c.day); return;
  default: break;
  }
  if (whole) {
    end += snprintf(out, NUMBER_SIZE, "%04lld-%02d-%02d ", year, c.month, c.day);
  }
  const size_t rest = NUMBER_SIZE - (size_t)(end - out);
  if (detail == DETAIL_SECOND) {
    snprintf(end, rest, "%02d:%02d:%02d", c.hour, c.minute, c.second);
  } else {
    snprintf(end, rest, "%02d:%02d", c.hour, c.minute);
  }
}

void axis_text(const Axis *axis, double value, char out[NUMBER_SIZE])
{
  const double range = axis->to - axis->from;
  if (axis->kind != AXIS_TIMES) {
    number_one(value, 6, out);
  } else if (!in_calendar(value)) {
    snprintf(out, NUMBER_SIZE, "%.3g", value);
  } else {
    const double day = (double)CALENDAR_DAY;
    const TimeDetail detail = range > 2 * day ? DETAIL_DAY : range > 120e6 ? DETAIL_MINUTE : DETAIL_SECOND;
    time_text((int64_t)floor(value), detail, true, out);
  }
}

static void mark_ends(Axis *axis)
{
  const double ends[2] = {axis->from, axis->to};
  for (int i = 0; i < 2; i++) {
    char text[NUMBER_SIZE];
    axis_text(axis, ends[i], text);
    add_tick(axis, ends[i], text);
  }
}

typedef struct TimeStep {
  CalendarUnit unit;
  int count;
  double length;      /* about, in microseconds */
  TimeDetail detail;
} TimeStep;

#define SECONDS(n) {UNIT_SECOND, n, (n)*1e6, DETAIL_SECOND}
#define MINUTES(n) {UNIT_MINUTE, n, (n)*60e6, DETAIL_MINUTE}
#define HOURS(n) {UNIT_HOUR, n, (n)*3600e6, DETAIL_MINUTE}
#define DAYS(n) {UNIT_DAY, n, (n)*86400e6, DETAIL_DAY}
#define WEEKS(n) {UNIT_WEEK, n, (n)*7 * 86400e6, DETAIL_DAY}
#define MONTHS(n) {UNIT_MONTH, n, (n)*30.44 * 86400e6, DETAIL_MONTH}
#define YEARS(n) {UNIT_YEAR, n, (n)*365.2425 * 86400e6, DETAIL_YEAR}

static const TimeStep time_steps[] = {
  SECONDS(1), SECONDS(2), SECONDS(5), SECONDS(10), SECONDS(30), MINUTES(1), MINUTES(2), MINUTES(5), MINUTES(10),
  MINUTES(30), HOURS(1), HOURS(2), HOURS(3), HOURS(6), HOURS(12), DAYS(1), DAYS(2), WEEKS(1), WEEKS(2), MONTHS(1),
  MONTHS(2), MONTHS(3), MONTHS(6), YEARS(1), YEARS(2), YEARS(5), YEARS(10), YEARS(20), YEARS(50), YEARS(100),
  YEARS(200), YEARS(500), YEARS(1000), YEARS(2000), YEARS(5000),
};
enum { TIME_STEPS = sizeof time_steps / sizeof *time_steps };

/* The index-th multiple of the step, counted from the last one not after the time. Months and years count from the
 * beginning of the calendar's years. */
static int64_t step_at(int64_t time, const TimeStep *step, int index)
{
  if (step->unit == UNIT_MONTH || step->unit == UNIT_YEAR) {
    const Civil c = calendar_civil(time);
    const int64_t months = step->count * (step->unit == UNIT_YEAR ? 12 : 1);
    const int64_t month = (calendar_floor(c.year * 12 + c.month - 1, months) + index) * months;
    const int64_t year = calendar_floor(month, 12);
    return calendar_days(year, (int)(month - 12 * year) + 1, 1) * CALENDAR_DAY;
  }
  const int64_t length = (int64_t)step->length;
  const int64_t monday = step->unit == UNIT_WEEK ? 4 * CALENDAR_DAY : 0; /* 1970-01-05 */
  return (calendar_floor(time - monday, length) + index) * length + monday;
}

static bool same_day(int64_t a, int64_t b)
{
  return calendar_floor(a, CALENDAR_DAY) == calendar_floor(b, CALENDAR_DAY);
}

/* Marks the multiples of a step; false: there are fewer than two. */
static bool mark_time_steps(Axis *axis, const TimeStep *step)
{
  const int64_t from = (int64_t)floor(axis->from);
  int64_t before = 0;
  axis->n = 0;
  for (int i = 0; i < 4 * AXIS_TICKS; i++) {
    const int64_t time = step_at(from, step, i);
    if ((double)time > axis->to) {
      break;
    }
    if ((double)time >= axis->from) {
      char text[NUMBER_SIZE];
      time_text(time, step->detail, axis->n == 0 || !same_day(before, time), text);
      add_tick(axis, (double)time, text);
      before = time;
    }
  }
  return axis->n >= 2;
}

static void mark_times(Axis *axis, size_t wanted)
{
  if (in_calendar(axis->from) && in_calendar(axis->to)) {
    size_t at = 0;
    while (at + 1 < TIME_STEPS && (axis->to - axis->from) / time_steps[at].length > (double)wanted) {
      at++;
    }
    for (int finer = 0; finer < 3; finer++) {
      if (mark_time_steps(axis, &time_steps[at])) {
        return;
      }
      at = at > 0 ? at - 1 : 0;
    }
  }
  axis->n = 0;
  mark_ends(axis);
}

/* ---- numbers */

/* Multiples of a step, both divided by `scale`; largest: of the numbers there may be. */
static void mark_steps(Axis *axis, double step, double scale, double largest, double first, size_t count)
{
  const double wanted = ceil(log10(largest / step)) + 2;
  NumberFormat format;
  number_begin(&format, wanted > 6 ? (int)wanted : 6);
  for (size_t i = 0; i < count; i++) {
    number_see(&format, (first + (double)i) * step / scale);
  }
  number_settle(&format);
  for (size_t i = 0; i < count; i++) {
    const double value = (first + (double)i) * step / scale;
    char text[NUMBER_SIZE];
    number_text(&format, value, text);
    add_tick(axis, value, text);
  }
}

static void mark_numbers(Axis *axis, size_t wanted)
{
  double step, first, last;
  size_t steps = wanted;
  do { /* a range may lie so that a step of the wanted size gives one tick or none */
    step = round_step(axis->high - axis->low, steps);
    first = ceil(axis->low / step);
    last = floor(axis->high / step);
    steps *= 2;
  } while (last - first < 1 && steps <= 8 * wanted);
  const bool is_coarse = step > 0 && fabs(first) < 1e12 && fabs(last) < 1e12;
  if (!is_coarse || last < first || last - first > 4 * AXIS_TICKS) {
    mark_ends(axis);
  } else {
    mark_steps(axis, step, axis->scale, fmax(fabs(axis->low), fabs(axis->high)), first, (size_t)(last - first) + 1);
  }
}

/* Even steps on an axis of logarithms that has hardly a power of ten; nothing when there is none. */
static void mark_even(Axis *axis, size_t wanted)
{
  const double step = round_step(axis->to - axis->from, wanted);
  const double first = ceil(axis->from / step), last = floor(axis->to / step);
  if (step > 0 && last > first && last < 1e12 && last - first < AXIS_TICKS) {
    axis->n = 0;
    mark_steps(axis, step, 1, axis->to, first, (size_t)(last - first) + 1);
  }
}

/* Powers of ten, each or every so many; within few of them also 2 and 5 times. */
static void mark_powers(Axis *axis, size_t wanted)
{
  static const double parts[] = {1, 2, 5};
  const double first = floor(axis->low), last = floor(axis->high);
  const double by = fmax(1, ceil((last - first) / (double)wanted));
  const size_t n_parts = last - first < (double)wanted / 3 ? 3 : 1;
  for (double power = ceil(first / by) * by - (n_parts > 1 ? by : 0); power <= last; power += by) {
    for (size_t i = 0; i < n_parts; i++) {
      const double value = parts[i] * pow(10, power);
      if (value >= axis->from && value <= axis->to) {
        char text[NUMBER_SIZE];
        number_one(value, 3, text);
        add_tick(axis, value, text);
      }
    }
  }
  if (axis->n < 3 && axis->n < wanted && axis->to / axis->from < 20) {
    mark_even(axis, wanted);
  }
  if (axis->n < 2) {
    axis->n = 0;
    mark_ends(axis);
  }
}

/* ---- all */

static void set_range(Axis *axis, double low, double high, size_t cells, AxisKind kind)
{
  const bool is_huge = !(fabs(low) < HUGE_VALUE && fabs(high) < HUGE_VALUE);
  const bool is_tiny = !is_huge && fabs(high - low) < TINY_RANGE && fmax(fabs(low), fabs(high)) < TINY_RANGE;
  const bool is_log = kind == AXIS_LOG && low > 0 && high > 0;
  *axis = (Axis){.kind = is_log ? AXIS_LOG : kind == AXIS_LOG ? AXIS_NUMBERS : kind,
                 .from = low, .to = high, .cells = cells};
  axis->scale = is_log ? 1 : is_huge ? 0.0625 : is_tiny ? TINY_SCALE : 1;
  axis->low = is_log ? log10(low) : low * axis->scale;
  axis->high = is_log ? log10(high) : high * axis->scale;
  widen(axis);
  axis->factor = (double)cells / (axis->high - axis->low);
}

void axis_init(Axis *axis, double low, double high, size_t cells, size_t wanted, AxisKind kind)
{
  set_range(axis, low, high, cells, kind);
  if (axis->kind == AXIS_TIMES) {
    mark_times(axis, wanted);
  } else if (axis->kind == AXIS_LOG) {
    mark_powers(axis, wanted);
  } else {
    mark_numbers(axis, wanted);
  }
}

void axis_init_ends(Axis *axis, double low, double high, AxisKind kind)
{
  set_range(axis, low, high, 2, kind);
  mark_ends(axis);
}
