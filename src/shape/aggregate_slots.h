/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aggregate_slots.h -- sums, counts and extremes of groups, all of them in one sweep over the rows.
 *
 * What an aggregate needs of a group is a slot: a count, a compensated sum, an extreme. Slots that several
 * aggregates need are kept once. A group's slots lie side by side, so that a row touches one line of the cache.
 * Rows are swept in blocks; in a block each slot has a loop of its own over plain arrays, from which missing cells
 * were taken out before.
 *
 * Rows are cut into pieces whose number follows from the numbers of rows and groups alone, and the pieces' slots
 * are added in the order of the pieces: so results do not depend on threads. When there are many groups for the
 * rows there is one piece, and threads share the groups out among themselves. Without groups a row's slot is that
 * of its number modulo 8, so that additions need not wait for one another; the eight are added at the end.
 *
 * Reference: Neumaier 1974, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen.
 */
#ifndef ASSAY_SHAPE_AGGREGATE_SLOTS_H
#define ASSAY_SHAPE_AGGREGATE_SLOTS_H

#include "shape/aggregate_kinds.h"

typedef enum SlotKind {
  SLOT_ROWS,        /* uint64_t: rows */
  SLOT_COUNT,       /* uint64_t: cells of x */
  SLOT_SUM_FLOAT,   /* Sum */
  SLOT_SUM_WHOLE,   /* WholeSum: int64, bool */
  SLOT_MIN_FLOAT,   /* double: NaN when there was no number */
  SLOT_MAX_FLOAT,
  SLOT_MIN_WHOLE,   /* int64_t: int64, bool, timestamp; INT64_MAX when there was none */
  SLOT_MAX_WHOLE,
  SLOT_FIRST,       /* uint32_t: row of the first cell of x, NO_ROW when there is none */
  SLOT_LAST,
  SLOT_MIN_ROW,     /* uint32_t: row of the least cell of x by order_compare, NaN passed over */
  SLOT_MAX_ROW,
  SLOT_PAIR,        /* PairSum: rows with x and y */
  SLOT_WEIGHTED,    /* PairSum: x is the sum of x * y */
  SLOT_DEVIATION,   /* Deviation of x from its mean */
  SLOT_CODEVIATION, /* Codeviation of x and y from their means */
  SLOT_KINDS
} SlotKind;

/* The sum is value + rest, or value alone when that is not finite. */
typedef struct Sum {
  double value, rest;
} Sum;

typedef struct WholeSum {
  uint64_t low;
  int64_t high;     /* two's complement of 128 bits */
} WholeSum;

typedef struct PairSum {
  uint64_t n;
  Sum x, y;
} PairSum;

typedef struct Deviation {
  double mean;
  double powers[4]; /* sums of (x - mean)^1 .. ^4 */
} Deviation;

typedef struct Codeviation {
  double mean_x, mean_y;
  double x, y, xx, yy, xy;
} Codeviation;

typedef struct Slot {
  SlotKind kind;
  const Column *x, *y;
  const double *mean_x, *mean_y; /* by group, for deviations; borrowed */
  size_t offset;
} Slot;

typedef struct Sweep {
  const Groups *groups;
  Slot *slots;
  size_t n, room, stride;
  size_t lanes;          /* accumulators: groups, or 8 without */
  char *sums;            /* after the run: group by group */
} Sweep;

/* room: the most slots that will be added. Free it also after a failure. */
Status sweep_make(Sweep *sweep, const Groups *groups, size_t room, Error *e) MUST_USE;
void sweep_free(Sweep *sweep);

/* The number of the slot, added if it is not there yet. */
size_t sweep_slot(Sweep *sweep, SlotKind kind, const Column *x, const Column *y);
size_t sweep_deviation(Sweep *sweep, const Column *x, const double *mean_x, const Column *y, const double *mean_y);

Status sweep_run(Sweep *sweep, Task *task, Error *e) MUST_USE;

static inline const void *sweep_at(const Sweep *sweep, size_t slot, size_t group)
{
  return sweep->sums + group * sweep->stride + sweep->slots[slot].offset;
}

/* What rounding took from the total, exactly and without a branch (Knuth's two-sum), goes to the rest. */
static inline void sum_add(Sum *sum, double value)
{
  const double total = sum->value + value, part = total - sum->value;
  sum->rest += (sum->value - (total - part)) + (value - part);
  sum->value = total;
}

static inline void whole_add(WholeSum *sum, int64_t value)
{
  const uint64_t low = sum->low + (uint64_t)value;
  sum->high += (low < sum->low) - (value < 0);
  sum->low = low;
}

static inline double sum_value(Sum sum)
{
  return sum.value - sum.value == 0 ? sum.value + sum.rest : sum.value;
}

static inline double whole_value(WholeSum sum)
{
  const unsigned __int128 bits = (unsigned __int128)(uint64_t)sum.high << 64 | sum.low;
  return (double)(__int128)bits;
}

static inline bool whole_fits(WholeSum sum)
{
  return sum.high == ((int64_t)sum.low < 0 ? -1 : 0);
}

#endif
