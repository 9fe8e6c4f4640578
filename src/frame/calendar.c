/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame/calendar.h"

#include <string.h>

enum { ERA_DAYS = 146097, DAYS_TO_1970 = 719468 }; /* of 400 years; from 0000-03-01 to 1970-01-01 */

static const char *const unit_names[UNIT_COUNT] = {"second", "minute", "hour", "day", "week", "month", "quarter", "year"};

bool calendar_unit(const char *name, size_t length, CalendarUnit *unit)
{
  for (int i = 0; i < UNIT_COUNT; i++) {
    const size_t n = strlen(unit_names[i]);
    const bool plural = length == n + 1 && name[n] == 's';
    if ((length == n || plural) && memcmp(name, unit_names[i], n) == 0) {
      *unit = (CalendarUnit)i;
      return true;
    }
  }
  return false;
}

const char *calendar_unit_name(CalendarUnit unit)
{
  return unit_names[unit];
}

int64_t calendar_floor(int64_t a, int64_t b)
{
  return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int calendar_month_days(int64_t year, int month)
{
  static const signed char days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month] + (month == 2 && is_leap(year));
}

int64_t calendar_days(int64_t year, int month, int day)
{
  const int64_t y = year - (month <= 2); /* years that begin in March */
  const int64_t era = calendar_floor(y, 400), in_era = y - era * 400;
  const int64_t march_month = month > 2 ? month - 3 : month + 9;
  const int64_t in_year = (153 * march_month + 2) / 5 + day - 1; /* five months from March or August have 153 days */
  return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - DAYS_TO_1970;
}

void calendar_date(int64_t days, int64_t *year, int *month, int *day)
{
  const int64_t from_march = days + DAYS_TO_1970;
  const int64_t era = calendar_floor(from_march, ERA_DAYS), in_era = from_march - era * ERA_DAYS;
  /* Leap days before in_era: one each 1461 days, none at each 36524th, one at the era's last. */
  const int64_t year_in_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
  const int64_t in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
  const int march_month = (int)((5 * in_year + 2) / 153);
  *day = (int)(in_year - (153 * march_month + 2) / 5 + 1);
  *month = march_month < 10 ? march_month + 3 : march_month - 9;
  *year = era * 400 + year_in_era + (*month <= 2);
}

int calendar_weekday(int64_t days)
{
  return (int)(days + 3 - calendar_floor(days + 3, 7) * 7) + 1; /* 1970-01-01 was a Thursday */
}

int calendar_yearday(int64_t days)
{
  int64_t year;
  int month, day;
  calendar_date(days, &year, &month, &day);
  return (int)(days - calendar_days(year, 1, 1)) + 1;
}

int calendar_week(int64_t days, int64_t *year)
{
  const int64_t thursday = days - calendar_weekday(days) + 4;
  int64_t of;
  int month, day;
  calendar_date(thursday, &of, &month, &day);
  if (year) {
    *year = of;
  }
  return (int)((thursday - calendar_days(of, 1, 1)) / 7) + 1;
}

Civil calendar_civil(int64_t time)
{
  const int64_t days = calendar_floor(time, CALENDAR_DAY), us = time - days * CALENDAR_DAY;
  const int second = (int)(us / CALENDAR_SECOND);
  Civil civil = {.hour = second / 3600, .minute = second / 60 % 60, .second = second % 60,
                 .microsecond = (int)(us % CALENDAR_SECOND)};
  calendar_date(days, &civil.year, &civil.month, &civil.day);
  return civil;
}

bool calendar_time(const Civil *civil, int64_t *time)
{
  if (civil->year < 1 || civil->year > 9999 || civil->month < 1 || civil->month > 12 || civil->day < 1 ||
      civil->day > calendar_month_days(civil->year, civil->month) || civil->hour < 0 || civil->hour > 23 ||
      civil->minute < 0 || civil->minute > 59 || civil->second < 0 || civil->second > 59 || civil->microsecond < 0 ||
      civil->microsecond > 999999) {
    return false;
  }
  const int64_t seconds = civil->hour * 3600 + civil->minute * 60 + civil->second;
  *time = calendar_days(civil->year, civil->month, civil->day) * CALENDAR_DAY + seconds * CALENDAR_SECOND +
          civil->microsecond;
  return true;
}

/* Microseconds of a unit that has always the same length, or 0. */
static int64_t unit_length(CalendarUnit unit)
{
  static const int64_t lengths[UNIT_COUNT] = {CALENDAR_SECOND, 60 * CALENDAR_SECOND, 3600 * CALENDAR_SECOND,
                                              CALENDAR_DAY, 7 * CALENDAR_DAY, 0, 0, 0};
  return lengths[unit];
}

int64_t calendar_truncate(int64_t time, CalendarUnit unit)
{
  const int64_t length = unit_length(unit);
  if (unit != UNIT_WEEK && length > 0) {
    return calendar_floor(time, length) * length;
  }
  const int64_t days = calendar_floor(time, CALENDAR_DAY);
  if (unit == UNIT_WEEK) {
    return (days - calendar_weekday(days) + 1) * CALENDAR_DAY;
  }
  int64_t year;
  int month, day;
  calendar_date(days, &year, &month, &day);
  month = unit == UNIT_YEAR ? 1 : unit == UNIT_QUARTER ? (month - 1) / 3 * 3 + 1 : month;
  return calendar_days(year, month, 1) * CALENDAR_DAY;
}

static bool add_months(int64_t time, int64_t count, int64_t *out)
{
  const int64_t days = calendar_floor(time, CALENDAR_DAY);
  int64_t year, months;
  int month, day;
  calendar_date(days, &year, &month, &day);
  if (__builtin_add_overflow(year * 12 + month - 1, count, &months)) {
    return false;
  }
  year = calendar_floor(months, 12);
  month = (int)(months - year * 12) + 1;
  if (year < 1 || year > 9999) {
    return false;
  }
  const int last = calendar_month_days(year, month);
  *out = calendar_days(year, month, day < last ? day : last) * CALENDAR_DAY + (time - days * CALENDAR_DAY);
  return true;
}

bool calendar_add(int64_t time, CalendarUnit unit, int64_t count, int64_t *out)
{
  const int64_t length = unit_length(unit);
  int64_t step;
  if (length > 0) {
    return !__builtin_mul_overflow(length, count, &step) && !__builtin_add_overflow(time, step, out) &&
           *out >= CALENDAR_FIRST && *out <= CALENDAR_LAST;
  }
  const int64_t months = unit == UNIT_YEAR ? 12 : unit == UNIT_QUARTER ? 3 : 1;
  return !__builtin_mul_overflow(months, count, &step) && add_months(time, step, out);
}

int64_t calendar_months_between(int64_t a, int64_t b)
{
  if (b < a) {
    return -calendar_months_between(b, a);
  }
  const Civil from = calendar_civil(a), to = calendar_civil(b);
  const int64_t months = (to.year - from.year) * 12 + to.month - from.month;
  int64_t reached;
  /* Past year 9999 no month can be added: then the days decide as they stand. */
  return add_months(a, months, &reached) && reached > b ? months - 1 : months;
}

/* Workdays from a Monday far back to before the day. */
static int64_t workdays_before(int64_t days)
{
  const int64_t week = calendar_floor(days + 3, 7), in_week = days + 3 - week * 7;
  return week * 5 + (in_week < 5 ? in_week : 5);
}

int64_t calendar_workdays_between(int64_t a_days, int64_t b_days)
{
  return workdays_before(b_days) - workdays_before(a_days);
}
