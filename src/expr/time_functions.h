/* SPDX-License-Identifier: GPL-3.0-or-later */
/* time_functions.h -- times of cells: what the sources of time functions share.
 *
 * A column of times either is wall time (no zone), or instants with a zone to show them in. Parts of a time, and sums by
 * days and more, are those of the wall's time in that zone; seconds, minutes and hours are added to the instant. Times
 * outside of the years 1 to 9999 are errors. Where clocks are put forward or back, frame/zone.h says which instant a wall's
 * time stands for.
 */
#ifndef ASSAY_EXPR_TIME_FUNCTIONS_H
#define ASSAY_EXPR_TIME_FUNCTIONS_H

#include "expr/function_cells.h"
#include "frame/calendar.h"
#include "frame/zone.h"

/* How a column's times stand on the wall. */
typedef struct Local {
  const Zone *zone;   /* NULL: they are wall times */
  ZoneSpan span;
} Local;

Status local_open(const Cells *times, Local *local, Error *e) MUST_USE;
Status local_wall(Local *local, int64_t time, int64_t *wall, Error *e) MUST_USE;
int64_t local_time(Local *local, int64_t wall);

Status time_out_of_range(Error *e);

/* For `prepare`: the result is wall time, whatever the argument's zone. */
Status time_prepare_wall(FunctionCall *call, const char **zone, Arena *arena, Error *e);

/* Argument k as a zone, which must be the same in all rows; *zone is NULL when it is missing. */
Status time_zone_argument(const FunctionCall *call, size_t k, const Zone **zone, Error *e) MUST_USE;

/* The calendar's words, English, from 1: "January", "Monday". */
const char *time_month_name(int month);
const char *time_weekday_name(int weekday);

#endif
