/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_axis.h -- an axis over a row of cells: where a value lies, and round values to mark with labels.
 *
 * Limits are finite. An axis without extent (all values equal) is widened, so that they lie in its middle. Steps of
 * numbers are 1, 2 or 5 times a power of ten; of times whole seconds, minutes, hours, days, weeks, months or years; of
 * logarithms powers of ten, or 1, 2 and 5 times these. Where no step can be told from rounding (1e9 .. 1e9 + 1e-7), or
 * times lie outside of the years 1 to 9999, the two ends are marked.
 */
#ifndef ASSAY_VIEW_CHART_AXIS_H
#define ASSAY_VIEW_CHART_AXIS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "view/number.h"

enum { AXIS_TICKS = 32, AXIS_LABEL = 64 };

typedef enum AxisKind { AXIS_NUMBERS, AXIS_TIMES, AXIS_LOG } AxisKind;

typedef struct AxisTick {
  size_t cell, width; /* columns the label takes */
  char label[AXIS_LABEL];
} AxisTick;

typedef struct Axis {
  AxisKind kind;
  double from, to;   /* the limits, in the data's units */
  double low, high;  /* the same times `scale`, which keeps differences of huge and tiny values finite, or log10 */
  double scale;
  double factor;     /* cells per unit of low and high */
  size_t cells;
  size_t n;
  AxisTick ticks[AXIS_TICKS]; /* from low to high, each in a cell of its own */
} Axis;

/* For values low .. high on this many cells (>= 2), with about `wanted` (>= 1) ticks; times are microseconds since
 * 1970, and of AXIS_LOG low is above 0. */
void axis_init(Axis *axis, double low, double high, size_t cells, size_t wanted, AxisKind kind);

/* The same on two cells with a tick at each end (one where they are equal). */
void axis_init_ends(Axis *axis, double low, double high, AxisKind kind);

/* Marks a cell with a text that is shown as it is, in `width` columns; nothing when the cell is not behind the last one
 * marked, or the text is longer than a label can be. */
void axis_mark(Axis *axis, size_t cell, const char *label, size_t width);

/* The tick in a cell, or NULL. */
const AxisTick *axis_tick(const Axis *axis, size_t cell);

/* A value as the ends are labelled: six digits, or a time as exact as the range asks for. */
void axis_text(const Axis *axis, double value, char out[NUMBER_SIZE]);

/* Where a value lies, in cells from the low end; not finite for what cannot be drawn. */
static inline double axis_place(const Axis *axis, double value)
{
  const double log = axis->kind == AXIS_LOG && value > 0 ? log10(value) : -INFINITY;
  const double at = axis->kind == AXIS_LOG ? log : value * axis->scale;
  return (at - axis->low) * axis->factor;
}

/* Whether it lies within the limits. */
static inline bool axis_has(const Axis *axis, double value)
{
  return value >= axis->from && value <= axis->to;
}

/* The cell of a value within the limits; others have the nearest. */
static inline size_t axis_cell(const Axis *axis, double value)
{
  const double at = axis_place(axis, value), last = (double)axis->cells - 1;
  return at >= last ? axis->cells - 1 : at > 0 ? (size_t)at : 0;
}

#endif
