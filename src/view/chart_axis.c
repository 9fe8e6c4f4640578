/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/chart_axis.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "view/number.h"

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

/* Marks a value given as text; a tick in the cell of the one before it is left out. */
static void add_tick(Axis *axis, double value, const char *label)
{
  const size_t cell = axis_cell(axis, value);
  if (axis->n < AXIS_TICKS && (axis->n == 0 || axis->ticks[axis->n - 1].cell < cell)) {
    AxisTick *tick = &axis->ticks[axis->n++];
    tick->cell = cell;
    snprintf(tick->label, sizeof tick->label, "%s", label);
  }
}

static void time_text(double microseconds, double range, char out[NUMBER_SIZE])
{
  const double day = 86400e6;
  const time_t seconds = (time_t)floor(microseconds / 1e6);
  struct tm parts;
  const char *format = range < 2 * day ? "%m-%d %H:%M" : "%Y-%m-%d";
  if (!gmtime_r(&seconds, &parts) || strftime(out, NUMBER_SIZE, format, &parts) == 0) {
    snprintf(out, NUMBER_SIZE, "%.3g", microseconds);
  }
}

static void mark_ends(Axis *axis, double low, double high, bool times)
{
  const double ends[2] = {low, high};
  for (int i = 0; i < 2; i++) {
    char text[NUMBER_SIZE];
    if (times) {
      time_text(ends[i], high - low, text);
    } else {
      number_one(ends[i], 6, text);
    }
    add_tick(axis, ends[i], text);
  }
}

static void mark_steps(Axis *axis, double step, double first, size_t count)
{
  const double largest = fmax(fabs(axis->low), fabs(axis->high));
  const double wanted = ceil(log10(largest / step)) + 2;
  NumberFormat format;
  number_begin(&format, wanted > 6 ? (int)wanted : 6);
  for (size_t i = 0; i < count; i++) {
    number_see(&format, (first + (double)i) * step / axis->scale);
  }
  number_settle(&format);
  for (size_t i = 0; i < count; i++) {
    const double value = (first + (double)i) * step / axis->scale;
    char text[NUMBER_SIZE];
    number_text(&format, value, text);
    add_tick(axis, value, text);
  }
}

static void set_range(Axis *axis, double low, double high, size_t cells)
{
  const bool is_huge = !(fabs(low) < 1e300 && fabs(high) < 1e300);
  *axis = (Axis){.scale = is_huge ? 0.0625 : 1, .cells = cells};
  axis->low = low * axis->scale;
  axis->high = high * axis->scale;
  widen(axis);
  axis->factor = (double)cells / (axis->high - axis->low);
}

void axis_init(Axis *axis, double low, double high, size_t cells, size_t wanted, bool times)
{
  set_range(axis, low, high, cells);
  double step, first, last;
  size_t steps = wanted;
  do { /* a range may lie so that a step of the wanted size gives one tick or none */
    step = round_step(axis->high - axis->low, steps);
    first = ceil(axis->low / step);
    last = floor(axis->high / step);
    steps *= 2;
  } while (last - first < 1 && steps <= 8 * wanted);
  const bool is_coarse = step > 0 && fabs(first) < 1e12 && fabs(last) < 1e12;
  if (times || !is_coarse || last < first) {
    mark_ends(axis, low, high, times);
  } else {
    mark_steps(axis, step, first, (size_t)(last - first) + 1);
  }
}

void axis_init_ends(Axis *axis, double low, double high, bool times)
{
  set_range(axis, low, high, 2);
  mark_ends(axis, low, high, times);
}
