/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resample.h -- times put together by period, and regular sequences of periods.
 *
 * A period is a number of units of the calendar. Single units begin where calendar.h says (weeks on Monday).
 * Several seconds to weeks are counted from the beginning of the day (weeks: the Monday) of the earliest time, so
 * that they depend on the data; several months, quarters and years from the year 0, so that 2 months begin in
 * January, March ... Times with a zone go by its clock, but for periods of at most an hour: these are of equal
 * length, so that no two have the same beginning when clocks are put forward, and the hour that comes twice when
 * they are put back has two. Periods have numbers that follow one another. O(rows).
 */
#ifndef ASSAY_SHAPE_RESAMPLE_H
#define ASSAY_SHAPE_RESAMPLE_H

#include "frame/zone.h"
#include "shape/groups.h"
#include "shape/span.h"

typedef struct Periods {
  TimeSpan every;
  const Zone *zone; /* NULL: wall time */
  const char *zone_name;
  int64_t origin, length; /* of periods of one length, in microseconds */
  int64_t months;         /* of the others */
  bool elapsed;           /* counted on instants, not on the zone's clock */
  int64_t *number;        /* of each row; INT64_MIN: the time is missing */
  size_t missing;
} Periods;

/* times: a timestamp column. Errors: STATUS_ARGUMENT "wrong-column-type", "bad-span" (too long); memory, cancelled.
 * periods_free also on failure. */
Status periods_of(const Column *times, const char *name, const TimeSpan *every, Task *task, Periods *out,
                  Error *e) MUST_USE;
void periods_free(Periods *periods);

/* The beginnings of periods as a column of times. Errors: STATUS_DATA "bad-data" outside of the years 1 to 9999. */
Status periods_column(const Periods *periods, const int64_t *numbers, size_t n, Column **out, Error *e) MUST_USE;

typedef enum SequenceKind {
  SEQUENCE_OCCURRING, /* only periods that occur */
  SEQUENCE_GROUP,     /* each group from its first to its last */
  SEQUENCE_ALL        /* each group from the first to the last of all */
} SequenceKind;

/* Rows of a result: groups in order, within each its periods in order. */
typedef struct Sequence {
  size_t n, empty; /* rows; of them, how many periods do not occur */
  uint32_t *cell;  /* which (group, period) of those that occur; NO_ROW (join_rows.h): none */
  uint32_t *group;
  int64_t *number;
} Sequence;

/* group[i], number[i]: the n pairs that occur, each once; groups below n_groups. Errors: STATUS_LIMIT "join-rows",
 * and the budget with the number of rows; memory, cancelled. sequence_free also on failure. */
Status sequence_make(const uint32_t *group, const int64_t *number, size_t n, SequenceKind kind, Task *task,
                     Sequence *out, Error *e) MUST_USE;
void sequence_free(Sequence *sequence);

#endif
