/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of times, sums and differences. Zones are in time_functions_zone.c, texts in time_functions_format.c. */
#include "expr/time_functions.h"

/* ---- Shared */

Status local_open(const Cells *times, Local *local, Error *e)
{
  const char *zone = times->zone ? times->zone : "";
  *local = (Local){0};
  return zone[0] ? zone_find(zone, strlen(zone), &local->zone, e) : STATUS_OK;
}

Status time_out_of_range(Error *e)
{
  return error_set(e, STATUS_DATA, "time-out-of-range", _("a time lies outside of the years 1 to 9999"));
}

Status local_wall(Local *local, int64_t time, int64_t *wall, Error *e)
{
  *wall = time;
  if (time < CALENDAR_FIRST || time > CALENDAR_LAST) {
    return time_out_of_range(e);
  }
  *wall = local->zone ? zone_wall(local->zone, time, &local->span) : time;
  return STATUS_OK;
}

int64_t local_time(Local *local, int64_t wall)
{
  return local->zone ? zone_utc(local->zone, wall, &local->span) : wall;
}

const char *time_month_name(int month)
{
  static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                      "July",    "August",   "September", "October", "November", "December"};
  return names[month - 1];
}

const char *time_weekday_name(int weekday)
{
  static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  return names[weekday - 1];
}

/* ---- Parts */

typedef int64_t (*PartOf)(int64_t wall);

static int64_t year_of(int64_t wall) { return calendar_civil(wall).year; }
static int64_t month_of(int64_t wall) { return calendar_civil(wall).month; }
static int64_t quarter_of(int64_t wall) { return (calendar_civil(wall).month - 1) / 3 + 1; }
static int64_t day_of(int64_t wall) { return calendar_civil(wall).day; }
static int64_t hour_of(int64_t wall) { return calendar_civil(wall).hour; }
static int64_t minute_of(int64_t wall) { return calendar_civil(wall).minute; }
static int64_t second_of(int64_t wall) { return calendar_civil(wall).second; }
static int64_t microsecond_of(int64_t wall) { return calendar_civil(wall).microsecond; }
static int64_t weekday_of(int64_t wall) { return calendar_weekday(calendar_floor(wall, CALENDAR_DAY)); }
static int64_t yearday_of(int64_t wall) { return calendar_yearday(calendar_floor(wall, CALENDAR_DAY)); }
static int64_t week_of(int64_t wall) { return calendar_week(calendar_floor(wall, CALENDAR_DAY), NULL); }

static int64_t iso_year_of(int64_t wall)
{
  int64_t year;
  (void)calendar_week(calendar_floor(wall, CALENDAR_DAY), &year);
  return year;
}

static const struct {
  const char *name;
  PartOf of;
} parts[] = {{"year", year_of},           {"quarter", quarter_of}, {"month", month_of},         {"day", day_of},
             {"hour", hour_of},           {"minute", minute_of},   {"second", second_of},       {"microsecond", microsecond_of},
             {"weekday", weekday_of},     {"yearday", yearday_of}, {"week", week_of},           {"iso_week", week_of},
             {"iso_year", iso_year_of}, {"weekday_name", weekday_of}, {"month_name", month_of}};

static PartOf part_of(const FunctionCall *call)
{
  size_t i = 0;
  while (i + 1 < sizeof parts / sizeof *parts && strcmp(parts[i].name, call->function->name) != 0) {
    i++;
  }
  return parts[i].of;
}

static Status apply_part(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  const PartOf part = part_of(call);
  Local local;
  Status status;
  TRY(local_open(in, &local, e));
  FOR_CELLS(i, rows, out) {
    int64_t wall;
    TRY(local_wall(&local, CELL_INT(in, i), &wall, e));
    put_int(out, i, part(wall));
  }
done:
  return status;
}

static Status apply_name(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  const bool month = strcmp(call->function->name, "month_name") == 0;
  Local local;
  Status status;
  TRY(local_open(in, &local, e));
  FOR_CELLS(i, rows, out) {
    int64_t wall;
    TRY(local_wall(&local, CELL_INT(in, i), &wall, e));
    const char *name = month ? time_month_name((int)month_of(wall)) : time_weekday_name((int)weekday_of(wall));
    put_text(out, i, name, strlen(name));
  }
done:
  return status;
}

/* ---- Making times */

/* date(2024, 1, 31), datetime(2024, 1, 31, 13, 5, 0.25) */
static Status apply_make(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  FOR_CELLS(i, rows, out) {
    int64_t part[5] = {0}, time;
    bool good = true;
    for (size_t k = 0; k < call->n && k < 5; k++) {
      part[k] = CELL_INT(&in[k], i);
      good = good && part[k] >= 0 && part[k] <= 9999;
    }
    const double seconds = call->n > 5 ? CELL(&in[5], double, i) : 0;
    good = good && seconds >= 0 && seconds < 60;
    /* Rounded to the microsecond, but never into the next minute. */
    const int64_t us = good ? (int64_t)(seconds * 1e6 + .5) : 0, most = 60 * CALENDAR_SECOND - 1;
    const int64_t kept = us < most ? us : most;
    const Civil civil = {part[0], (int)part[1], (int)part[2], (int)part[3], (int)part[4], (int)(kept / CALENDAR_SECOND),
                         (int)(kept % CALENDAR_SECOND)};
    if (!good || !calendar_time(&civil, &time)) {
      error_set(e, STATUS_DATA, "no-such-time", _("there is no time with year %1$lld, month %2$lld, day %3$lld, %4$lld:%5$lld"),
                (long long)part[0], (long long)part[1], (long long)part[2], (long long)part[3], (long long)part[4]);
      error_hint(e, _("years go from 1 to 9999; put what may be wrong into if(), or make it NA first"));
      return STATUS_DATA;
    }
    put_int(out, i, time);
  }
  return STATUS_OK;
}

Status time_prepare_wall(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  *zone = "";
  return STATUS_OK;
}

/* date(t): the day of a time, as wall time. */
static Status apply_date(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  Local local;
  Status status;
  TRY(local_open(in, &local, e));
  FOR_CELLS(i, rows, out) {
    int64_t wall;
    TRY(local_wall(&local, CELL_INT(in, i), &wall, e));
    put_int(out, i, calendar_truncate(wall, UNIT_DAY));
  }
done:
  return status;
}

/* ---- Truncation */

static Status bad_unit(Span given, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "bad-choice", _("'%.*s' is no unit of time"), SHOWN(given));
  error_hint(e, _("the units are second, minute, hour, day, week, month, quarter and year"));
  return STATUS_ARGUMENT;
}

static const CalendarUnit units[UNIT_COUNT] = {UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR,    UNIT_DAY,
                                               UNIT_WEEK,   UNIT_MONTH,  UNIT_QUARTER, UNIT_YEAR};

static Status prepare_unit(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)zone, (void)arena;
  const Cells *unit = constant_cell(call, 1);
  CalendarUnit found;
  if (!unit) {
    return error_set(e, STATUS_ARGUMENT, "not-constant", _("the unit must be the same in all rows"));
  }
  if (unit->missing[0]) {
    return STATUS_OK;
  }
  if (!calendar_unit(CELL_TEXT(unit, 0).bytes, CELL_TEXT(unit, 0).length, &found)) {
    return bad_unit(CELL_TEXT(unit, 0), e);
  }
  call->state = (void *)&units[found];
  return STATUS_OK;
}

static Status apply_truncate(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  const CalendarUnit unit = call->state ? *(const CalendarUnit *)call->state : UNIT_DAY;
  Local local;
  Status status;
  TRY(local_open(in, &local, e));
  FOR_CELLS(i, rows, out) {
    const int64_t time = CELL_INT(in, i);
    int64_t wall;
    TRY(local_wall(&local, time, &wall, e));
    const int64_t floor = calendar_truncate(wall, unit);
    /* Within a day the instant goes back as far as the wall does: an hour that comes twice stays the one it is. */
    put_int(out, i, unit < UNIT_DAY ? time - (wall - floor) : local_time(&local, floor));
  }
done:
  return status;
}

/* ---- Sums */

static Status add(const Cells *in, size_t rows, CalendarUnit unit, Cells *out, Error *e)
{
  Local local;
  Status status;
  TRY(local_open(&in[0], &local, e));
  FOR_CELLS(i, rows, out) {
    const int64_t count = CELL_INT(&in[1], i);
    int64_t wall = CELL_INT(&in[0], i), sum;
    if (unit >= UNIT_DAY || wall < CALENDAR_FIRST || wall > CALENDAR_LAST) {
      TRY(local_wall(&local, wall, &wall, e));
    }
    if (!calendar_add(wall, unit, count, &sum)) {
      TRY(time_out_of_range(e));
    }
    put_int(out, i, unit >= UNIT_DAY ? local_time(&local, sum) : sum);
  }
done:
  return status;
}

/* add_days, add_months ...: the unit is in the name. */
static Status apply_add(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  const char *name = call->function->name + strlen("add_");
  CalendarUnit unit = UNIT_DAY;
  (void)calendar_unit(name, strlen(name), &unit);
  return add(in, rows, unit, out, e);
}

/* ---- Differences */

/* Both on the wall of the first one's zone. */
static Status open_pair(const Cells *in, Local *a, Local *b, Error *e)
{
  Status status;
  TRY(local_open(&in[0], a, e));
  TRY(local_open(&in[1], b, e));
  if (!a->zone != !b->zone) {
    error_set(e, STATUS_ARGUMENT, "zone-mismatch", _("one time is in the zone %s, the other is wall time of no zone"),
              zone_name(a->zone ? a->zone : b->zone));
    error_hint(e, _("wall_time(t) takes the zone away, from_zone(t, \"Europe/Berlin\") says which one it is"));
    return STATUS_ARGUMENT;
  }
  *b = *a;
done:
  return status;
}

typedef int64_t (*Between)(int64_t a, int64_t b);

static int64_t days_between(int64_t a, int64_t b)
{
  return calendar_floor(b, CALENDAR_DAY) - calendar_floor(a, CALENDAR_DAY);
}

static int64_t workdays_between(int64_t a, int64_t b)
{
  return calendar_workdays_between(calendar_floor(a, CALENDAR_DAY), calendar_floor(b, CALENDAR_DAY));
}

static int64_t years_between(int64_t a, int64_t b)
{
  return calendar_months_between(a, b) / 12;
}

static Status between(const Cells *in, size_t rows, Cells *out, Between function, Error *e)
{
  Local a, b;
  Status status;
  TRY(open_pair(in, &a, &b, e));
  FOR_CELLS(i, rows, out) {
    int64_t from, to;
    TRY(local_wall(&a, CELL_INT(&in[0], i), &from, e));
    TRY(local_wall(&b, CELL_INT(&in[1], i), &to, e));
    put_int(out, i, function(from, to));
  }
done:
  return status;
}

static Status apply_days(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  return between(in, rows, out, days_between, e);
}

static Status apply_workdays(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  return between(in, rows, out, workdays_between, e);
}

static Status apply_months(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  return between(in, rows, out, calendar_months_between, e);
}

static Status apply_years(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  return between(in, rows, out, years_between, e);
}

static Status apply_seconds(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  Local a, b;
  Status status;
  TRY(open_pair(in, &a, &b, e));
  FOR_CELLS(i, rows, out) {
    int64_t wall;
    TRY(local_wall(&a, CELL_INT(&in[0], i), &wall, e));
    TRY(local_wall(&b, CELL_INT(&in[1], i), &wall, e));
    put_float(out, i, (double)(CELL_INT(&in[1], i) - CELL_INT(&in[0], i)) / 1e6);
  }
done:
  return status;
}

#define PART(part, about) {.name = part, .types = "t:i", .arguments = "t", .help = about, .apply = apply_part}
#define ADD(unit, about) {.name = "add_" unit, .types = "ti:t", .arguments = "t, n", .help = about, .apply = apply_add}

static const Function time_functions[] = {
    PART("year", "year of a time"),
    PART("quarter", "quarter of the year, 1 to 4"),
    PART("month", "month, 1 to 12"),
    PART("day", "day of the month, 1 to 31"),
    PART("hour", "hour, 0 to 23"),
    PART("minute", "minute, 0 to 59"),
    PART("second", "whole second, 0 to 59"),
    PART("microsecond", "what follows the whole second, in microseconds"),
    PART("weekday", "day of the week, 1 Monday to 7 Sunday"),
    PART("yearday", "day of the year, 1 to 366"),
    PART("week", "ISO week, 1 to 53: it begins on Monday and belongs to the year of its Thursday"),
    PART("iso_week", "the same as week"),
    PART("iso_year", "year that the ISO week belongs to"),
    {.name = "weekday_name", .types = "t:s", .arguments = "t", .help = "Monday to Sunday", .apply = apply_name},
    {.name = "month_name", .types = "t:s", .arguments = "t", .help = "January to December", .apply = apply_name},
    {.name = "date", .types = "iii:t", .arguments = "year, month, day", .help = "a date from its parts",
     .apply = apply_make},
    {.name = "date", .types = "t:t", .arguments = "t", .help = "the day of a time, without time of day and zone",
     .prepare = time_prepare_wall, .apply = apply_date},
    {.name = "datetime", .types = "iiiii?f:t", .arguments = "year, month, day, hour, minute, second",
     .help = "a time from its parts", .apply = apply_make},
    {.name = "trunc_to", .types = "ts:t", .arguments = "t, unit",
     .help = "the beginning of the second, minute, hour, day, week, month, quarter or year that a time lies in",
     .prepare = prepare_unit, .apply = apply_truncate},
    ADD("seconds", "so many seconds later"),
    ADD("minutes", "so many minutes later"),
    ADD("hours", "so many hours later"),
    ADD("days", "so many days later, at the same time of day"),
    ADD("weeks", "so many weeks later, at the same time of day"),
    ADD("months", "so many months later, on the same day, or the month's last one when it is shorter"),
    ADD("quarters", "so many quarters later, on the same day, or the month's last one when it is shorter"),
    ADD("years", "so many years later, on the same day; 29 February becomes 28 where there is none"),
    {.name = "seconds_between", .types = "tt:f", .arguments = "from, to", .help = "seconds from one time to another",
     .apply = apply_seconds},
    {.name = "days_between", .types = "tt:i", .arguments = "from, to",
     .help = "midnights from one time to another, whatever the times of day", .apply = apply_days},
    {.name = "workdays_between", .types = "tt:i", .arguments = "from, to",
     .help = "days from Monday to Friday, counting the first day and not the last", .apply = apply_workdays},
    {.name = "months_between", .types = "tt:i", .arguments = "from, to",
     .help = "whole months: the most that add_months can add without passing the other time", .apply = apply_months},
    {.name = "years_between", .types = "tt:i", .arguments = "from, to", .help = "whole years, by the same rule",
     .apply = apply_years},
    {.name = "age", .types = "tt:i", .arguments = "born, at", .help = "age in whole years", .apply = apply_years},
};
REGISTER_FUNCTIONS(time_functions);
