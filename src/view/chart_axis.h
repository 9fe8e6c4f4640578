/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_axis.h -- an axis over a row of cells: where a value lies, and round values to mark with labels.
 *
 * Values are finite. An axis without extent (all values equal) is widened, so that they lie in its middle.
 * Steps are 1, 2 or 5 times a power of ten; where no step can be told from rounding (1e9 .. 1e9 + 1e-7) or
 * the values are times, the two ends are marked. Used by chart_scatter.c.
 */
#ifndef ASSAY_VIEW_CHART_AXIS_H
#define ASSAY_VIEW_CHART_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TICKS = 16, AXIS_LABEL = 32 };

typedef struct AxisTick {
  size_t cell;
  char label[AXIS_LABEL];
} AxisTick;

typedef struct Axis {
  double low, high;  /* both times `scale`, which keeps the difference of huge values finite */
  double scale;
  double factor;     /* cells per unit of the scaled values */
  size_t cells;
  size_t n;
  AxisTick ticks[AXIS_TICKS]; /* from low to high, each in a cell of its own */
} Axis;

/* For values low .. high on this many cells (>= 2), with about `wanted` (>= 1) ticks; times are microseconds
 * since 1970. */
void axis_init(Axis *axis, double low, double high, size_t cells, size_t wanted, bool times);

/* The same on two cells with a tick at each end (one where they are equal). */
void axis_init_ends(Axis *axis, double low, double high, bool times);

/* The cell of a value of the range. */
static inline size_t axis_cell(const Axis *axis, double value)
{
  const double at = (value * axis->scale - axis->low) * axis->factor;
  const double last = (double)axis->cells - 1;
  return at >= last ? axis->cells - 1 : at > 0 ? (size_t)at : 0;
}

#endif
