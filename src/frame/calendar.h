/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h -- the civil calendar: dates, weeks, months and what lies between two times.
 *
 * Times are microseconds since 1970-01-01 on a clock without a zone (zone.h makes wall times of others). The calendar is
 * the Gregorian one for all years, also before 1582, as ISO 8601 asks. Days are counted from 1970-01-01, rounded down, so
 * that each time belongs to one day. Weeks are ISO's: they begin on Monday and belong to the year of their Thursday.
 * Sums that leave the years 1 to 9999 give false. All functions are O(1) and allocate nothing.
 *
 * Reference: days are found in eras of 400 years that begin on 1 March, so that the leap day ends a year.
 */
#ifndef ASSAY_FRAME_CALENDAR_H
#define ASSAY_FRAME_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALENDAR_SECOND INT64_C(1000000)
#define CALENDAR_DAY INT64_C(86400000000)
#define CALENDAR_FIRST INT64_C(-62135596800000000) /* 0001-01-01 */
#define CALENDAR_LAST INT64_C(253402300799999999)  /* 9999-12-31 23:59:59.999999 */

typedef struct Civil {
  int64_t year;
  int month, day;              /* from 1 */
  int hour, minute, second;
  int microsecond;
} Civil;

typedef enum CalendarUnit {
  UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_QUARTER, UNIT_YEAR, UNIT_COUNT
} CalendarUnit;

/* "second" ... "year", also in the plural; false: no unit. */
bool calendar_unit(const char *name, size_t length, CalendarUnit *unit);
const char *calendar_unit_name(CalendarUnit unit);

/* The quotient rounded down, for b > 0. */
int64_t calendar_floor(int64_t a, int64_t b);

int calendar_month_days(int64_t year, int month);                  /* 28 to 31 */
int64_t calendar_days(int64_t year, int month, int day);           /* of a date that there is */
void calendar_date(int64_t days, int64_t *year, int *month, int *day);
int calendar_weekday(int64_t days);                                /* 1 Monday to 7 Sunday */
int calendar_yearday(int64_t days);                                /* from 1 */
int calendar_week(int64_t days, int64_t *year);                    /* ISO week, and the year it belongs to (or NULL) */

Civil calendar_civil(int64_t time);

/* False when there is no such date or time of day (a second 60 too), or the year lies outside of 1 to 9999. */
bool calendar_time(const Civil *civil, int64_t *time);

/* The beginning of the second, day, week ... that the time lies in. */
int64_t calendar_truncate(int64_t time, CalendarUnit unit);

/* `count` units later. Months, quarters and years keep the day of the month, or take the month's last day when it is
 * shorter: 31 January and a month is 28 or 29 February. False: out of the years 1 to 9999. */
bool calendar_add(int64_t time, CalendarUnit unit, int64_t count, int64_t *out);

/* Whole months from a to b: the most that can be added to a without passing b; before a, minus those from b to a. */
int64_t calendar_months_between(int64_t a, int64_t b);

/* Days from Monday to Friday among the days from a to before b; before a, minus those from b to before a. */
int64_t calendar_workdays_between(int64_t a_days, int64_t b_days);

#endif
