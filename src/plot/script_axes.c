/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Axes of a script: ranges, and the places and texts of tics. gnuplot makes the tics of numbers itself; those of
 * times follow the calendar, categories have texts, and a log axis below a density image is drawn as a linear one of
 * logarithms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame/calendar.h"
#include "plot/script_layout.h"

enum { TICS_MOST = 60, TIME_TICS = 8, LABEL_MOST = 24 };


#define FINE_DECADES 3.5 /* at most: then 2 and 5 have labels too */

static const double room_share = 0.02; /* of an axis, at either end */
static const double lying_least = 20; /* pixels of height of a bar that lies, with its room */
static const double letter_width = 8; /* pixels of a letter of a tic's label, about */

double axis_place(const Writer *writer, const ChartAxis *axis, double value)
{
  if (!isfinite(value) || (axis->log && value <= 0)) {
    return NAN;
  }
  return axis->scale == CHART_TIMES ? value / 1e6 : axis->log && writer->own_log ? log10(value) : value;
}

static size_t text_characters(const char *text, size_t n)
{
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    count += ((unsigned char)text[i] & 0xC0) != 0x80;
  }
  return count;
}

/* Names on the left have up to half of the width. */
static size_t left_letters(const Writer *writer)
{
  const double letters = writer->request->width / 2 / letter_width;
  return letters > LABEL_MOST ? (size_t)letters : LABEL_MOST;
}

bool bars_lie(const Writer *writer)
{
  const ChartAxis *x = chart_x(writer->chart);
  const size_t n = x->scale == CHART_CATEGORIES && x->categories ? column_rows(x->categories) : 0;
  bool is_long = false;
  for (size_t i = 0; i < chart_series_count(writer->chart); i++) {
    if (chart_series(writer->chart, i)->mark != CHART_BARS) {
      return false;
    }
  }
  if (n == 0 || (double)n * lying_least > writer->request->height) {
    return false;
  }
  for (size_t i = 0; i < n && !is_long; i++) {
    size_t length;
    const char *text = column_text(x->categories, i, &length);
    is_long = text_characters(text, length) > LABEL_MOST;
  }
  return is_long;
}

char axis_side(const Writer *writer, char name)
{
  return !writer->turned ? name : name == 'x' ? 'y' : 'x';
}

static bool has_bars(const Chart *chart)
{
  for (size_t i = 0; i < chart_series_count(chart); i++) {
    if (chart_series(chart, i)->mark == CHART_BARS) {
      return true;
    }
  }
  return false;
}

/* Data that lie on the edge are seen whole; bars still stand on the axis. */
static ChartAxis pad(const ChartAxis *axis, bool bars)
{
  ChartAxis out = *axis;
  if (axis->scale == CHART_CATEGORIES) {
    return out;
  }
  const double low = axis->log ? log10(axis->low) : axis->low, high = axis->log ? log10(axis->high) : axis->high;
  const double room = (high - low) * room_share;
  const double below = axis->log ? pow(10, low - room) : low - room,
               above = axis->log ? pow(10, high + room) : high + room;
  out.low =
      (bars && (axis->low == 0 || axis->log)) || !isfinite(below) || (axis->log && below == 0) ? axis->low : below;
  out.high = (bars && axis->high == 0) || !isfinite(above) ? axis->high : above;
  return out;
}

void axes_pad(Writer *writer)
{
  writer->x = pad(chart_x(writer->chart), false);
  writer->y = pad(chart_y(writer->chart), has_bars(writer->chart));
}

/* gnuplot takes numbers from 9e307 on for infinite, and its tics want a few digits that differ. */
static bool can_draw(const ChartAxis *axis)
{
  const double most = fmax(fabs(axis->low), fabs(axis->high)), width = axis->high / 2 - axis->low / 2;
  return most < 1e307 && width > 1e-300 && width > most * 2.5e-16;
}

Status axes_check(const Writer *writer, Error *e)
{
  const ChartAxis *axes[] = {chart_x(writer->chart), chart_y(writer->chart)};
  for (int i = 0; i < 2; i++) {
    if (!can_draw(axes[i])) {
      error_set(e, STATUS_DATA, "gnuplot-range",
                _("the %1$c axis reaches from %2$.17g to %3$.17g, which gnuplot cannot draw"), "xy"[i],
                axes[i] -> low, axes[i] -> high);
      return error_hint(e, _("give limits, or subtract and divide so that the numbers are of usual size"));
    }
  }
  return STATUS_OK;
}

/* A place on an axis of that width, in no more digits than can be seen. */
static void put_place(Text *out, double place, double width)
{
  char shown[32];
  snprintf(shown, sizeof shown, "%.12g", place);
  if (fabs(strtod(shown, NULL) - place) <= width * 1e-9) {
    text_puts(out, shown);
  } else {
    put_number(out, place);
  }
}

static double axis_width(const Writer *writer, char name)
{
  const ChartAxis *axis = name == 'x' ? &writer->x : &writer->y;
  return axis_place(writer, axis, axis->high) - axis_place(writer, axis, axis->low);
}

/* A tic at `place`, level 1 without a text; the first one opens the list. */
static void put_tic(Writer *writer, char name, size_t *n, const char *label, size_t length, double place)
{
  const size_t most = axis_side(writer, name) == 'y' ? left_letters(writer) : LABEL_MOST;
  Text *out = &writer->script->text;
  if (*n == 0) {
    text_printf(out, "set %ctics (", axis_side(writer, name));
  } else {
    text_puts(out, ", ");
  }
  put_text(writer, out, label, length, most, false, true);
  text_char(out, ' ');
  put_place(out, place, axis_width(writer, name));
  text_puts(out, length > 0 ? "" : " 1");
  (*n)++;
}

static void end_tics(Writer *writer, char name, size_t n, bool turned)
{
  if (n > 0) {
    text_puts(&writer->script->text, turned ? ") rotate by -35\n" : ")\n");
  } else {
    text_printf(&writer->script->text, "unset %ctics\n", axis_side(writer, name));
  }
}

/* ---- categories */

/* Whether labels of the categories shown would run into one another side by side. */
static bool too_wide(const Writer *writer, const Column *names, size_t first, size_t last, size_t step)
{
  const double room = writer->request->width * 0.8 / ((double)(last - first) / (double)step + 1);
  for (size_t i = first; i <= last; i += step) {
    size_t length;
    const char *text = column_text(names, i, &length);
    const size_t letters = text_characters(text, length);
    if ((double)(letters < LABEL_MOST ? letters : LABEL_MOST) * letter_width > room) {
      return true;
    }
  }
  return false;
}

static void put_categories(Writer *writer, char name, const ChartAxis *axis)
{
  const Column *names = axis->categories;
  const size_t all = names ? column_rows(names) : 0;
  size_t n = 0;
  const double low = ceil(axis->low), high = floor(axis->high);
  if (all == 0 || high < 0 || low > (double)(all - 1)) {
    end_tics(writer, name, 0, false);
    return;
  }
  const size_t first = low > 0 ? (size_t)low : 0, last = high < (double)(all - 1) ? (size_t)high : all - 1;
  const size_t step = (last - first) / TICS_MOST + 1;
  const bool turned = axis_side(writer, name) == 'x' && too_wide(writer, names, first, last, step);
  for (size_t i = first; i <= last; i += step) {
    size_t length;
    const char *text = column_text(names, i, &length);
    put_tic(writer, name, &n, length > 0 ? text : " ", length > 0 ? length : 1, (double)i);
  }
  end_tics(writer, name, n, turned);
}

/* ---- times */

typedef struct TimeStep {
  CalendarUnit unit;
  int count;
  double seconds;      /* about */
} TimeStep;

static const TimeStep time_steps[] = {
    {UNIT_SECOND, 1, 1},         {UNIT_SECOND, 5, 5},       {UNIT_SECOND, 15, 15},    {UNIT_SECOND, 30, 30},
    {UNIT_MINUTE, 1, 60},        {UNIT_MINUTE, 5, 300},     {UNIT_MINUTE, 15, 900},   {UNIT_MINUTE, 30, 1800},
    {UNIT_HOUR, 1, 3600},        {UNIT_HOUR, 3, 10800},     {UNIT_HOUR, 6, 21600},    {UNIT_HOUR, 12, 43200},
    {UNIT_DAY, 1, 86400},        {UNIT_DAY, 2, 172800},     {UNIT_WEEK, 1, 604800},   {UNIT_WEEK, 2, 1209600},
    {UNIT_MONTH, 1, 2629800},    {UNIT_MONTH, 3, 7889400},  {UNIT_MONTH, 6, 15778800}, {UNIT_YEAR, 1, 31557600},
    {UNIT_YEAR, 2, 63115200},    {UNIT_YEAR, 5, 157788000}, {UNIT_YEAR, 10, 315576000}, {UNIT_YEAR, 20, 631152000},
    {UNIT_YEAR, 50, 1577880000}, {UNIT_YEAR, 100, 3155760000}, {UNIT_YEAR, 500, 15778800000},
    {UNIT_YEAR, 2000, 63115200000}};

static const TimeStep *time_step(double seconds)
{
  const size_t n = sizeof time_steps / sizeof *time_steps;
  size_t i = 0;
  while (i + 1 < n && seconds / time_steps[i].seconds > TIME_TICS) {
    i++;
  }
  return &time_steps[i];
}

/* The last multiple of the step at or before the time. */
static int64_t time_floor(int64_t time, const TimeStep *step)
{
  const int64_t start = calendar_truncate(time, step->unit);
  Civil civil = calendar_civil(start);
  int64_t at = start;
  switch (step->unit) {
  case UNIT_SECOND: civil.second -= civil.second % step->count; break;
  case UNIT_MINUTE: civil.minute -= civil.minute % step->count; break;
  case UNIT_HOUR: civil.hour -= civil.hour % step->count; break;
  case UNIT_MONTH: civil.month -= (civil.month - 1) % step->count; break;
  case UNIT_YEAR: civil.year -= civil.year >= step->count ? civil.year % step->count : 0; break;
  default: return start;
  }
  return calendar_time(&civil, &at) ? at : start;
}

static size_t time_label(int64_t time, const TimeStep *step, char label[40])
{
  const Civil civil = calendar_civil(time);
  int n;
  if (step->unit == UNIT_YEAR) {
    n = snprintf(label, 40, "%04lld", (long long)civil.year);
  } else if (step->unit == UNIT_MONTH) {
    n = snprintf(label, 40, "%04lld-%02d", (long long)civil.year, civil.month);
  } else if (step->unit == UNIT_SECOND) {
    n = snprintf(label, 40, "%02d:%02d:%02d", civil.hour, civil.minute, civil.second);
  } else if (step->unit == UNIT_MINUTE || (step->unit == UNIT_HOUR && civil.hour != 0)) {
    n = snprintf(label, 40, "%02d:%02d", civil.hour, civil.minute);
  } else {
    n = snprintf(label, 40, "%04lld-%02d-%02d", (long long)civil.year, civil.month, civil.day);
  }
  return (size_t)n;
}

/* False when the axis leaves the calendar or is finer than seconds: then gnuplot's own tics must do. */
static bool put_times(Writer *writer, char name, const ChartAxis *axis)
{
  const double seconds = (axis->high - axis->low) / 1e6;
  if (!(axis->low >= (double)CALENDAR_FIRST && axis->high <= (double)CALENDAR_LAST && seconds >= 2)) {
    return false;
  }
  const TimeStep *step = time_step(seconds);
  int64_t time = time_floor((int64_t)axis->low, step);
  size_t n = 0, longest = 0;
  for (size_t i = 0; i < TICS_MOST && (double)time <= axis->high; i++) {
    char label[40];
    if ((double)time >= axis->low) {
      const size_t length = time_label(time, step, label);
      put_tic(writer, name, &n, label, length, (double)time / 1e6);
      longest = length > longest ? length : longest;
    }
    if (!calendar_add(time, step->unit, step->count, &time)) {
      break;
    }
  }
  end_tics(writer, name, n, name == 'x' && (double)(n * (longest + 1)) * letter_width > writer->request->width * 0.85);
  return true;
}

/* ---- logarithms */

static bool is_fine(const ChartAxis *axis)
{
  return log10(axis->high) - log10(axis->low) <= FINE_DECADES;
}

/* Values that have labels, when there are at least three such: powers of ten, 2 and 5 times these in a few decades. */
static size_t count_logs(const ChartAxis *axis, int first, int last)
{
  size_t n = 0;
  for (int decade = first; decade <= last; decade++) {
    for (int digit = 1; digit <= 5; digit += digit == 2 ? 3 : 1) {
      const double value = digit * pow(10, decade);
      n += value >= axis->low && value <= axis->high;
    }
  }
  return n;
}

/* Within a decade: even steps, so that more than one or two tics have labels. */
static void put_even(Writer *writer, char name, const ChartAxis *axis)
{
  const double rough = (axis->high - axis->low) / 5, power = pow(10, floor(log10(rough))), times = rough / power;
  const double step = power * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
  size_t n = 0;
  for (double i = ceil(axis->low / step); i * step <= axis->high && n < TICS_MOST; i++) {
    char label[32];
    snprintf(label, sizeof label, "%.10g", i * step);
    put_tic(writer, name, &n, label, strlen(label), axis_place(writer, axis, i * step));
  }
  end_tics(writer, name, n, false);
}

static void put_logs(Writer *writer, char name, const ChartAxis *axis)
{
  const int first = (int)floor(log10(axis->low)), last = (int)ceil(log10(axis->high));
  const int step = (last - first) / 10 + 1;
  const bool fine = is_fine(axis);
  size_t n = 0;
  if (fine && count_logs(axis, first, last) < 3) {
    put_even(writer, name, axis);
    return;
  }
  for (int decade = first; decade <= last; decade += step) {
    for (int digit = 1; digit < 10; digit++) {
      const double value = digit * pow(10, decade);
      const bool labelled = digit == 1 || (fine && (digit == 2 || digit == 5));
      char label[32] = "";
      if (value >= axis->low && value <= axis->high && (labelled || step == 1)) {
        if (labelled) {
          snprintf(label, sizeof label, "%.10g", value);
        }
        put_tic(writer, name, &n, label, strlen(label), axis_place(writer, axis, value));
      }
    }
  }
  end_tics(writer, name, n, false);
}

static void put_log_axis(Writer *writer, char name, const ChartAxis *axis)
{
  if (!writer->own_log) {
    text_printf(&writer->script->text, "set logscale %c\n", axis_side(writer, name));
  }
  if (writer->own_log || is_fine(axis)) { /* gnuplot has labels at powers of ten only */
    put_logs(writer, name, axis);
  }
}

/* When bars lie the first one is on top, as in the text. */
static void put_range(Writer *writer, char name, const ChartAxis *axis)
{
  Text *out = &writer->script->text;
  const bool down = writer->turned && name == 'x';
  text_printf(out, "set %crange [", axis_side(writer, name));
  put_place(out, axis_place(writer, axis, down ? axis->high : axis->low), axis_width(writer, name));
  text_char(out, ':');
  put_place(out, axis_place(writer, axis, down ? axis->low : axis->high), axis_width(writer, name));
  text_puts(out, "]\n");
}

void put_axis(Writer *writer, char name, const ChartAxis *axis)
{
  put_range(writer, name, axis);
  if (axis->scale == CHART_CATEGORIES) {
    put_categories(writer, name, axis);
  } else if (axis->scale == CHART_TIMES) {
    if (!put_times(writer, name, axis)) {
      text_printf(&writer->script->text, "set %ctics time format \"%%H:%%M:%%.3S\"\n", axis_side(writer, name));
    }
  } else if (axis->log) {
    put_log_axis(writer, name, axis);
  }
}
