/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones that were read, and look-ups in them. zone_read.c reads the files. */
#include "frame/zone.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "frame/zone_read.h"

/* Known zones, newest first; each is complete before it is linked in and never changes. */
static _Atomic(Zone *) zones;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const Zone *known(const char *name, size_t length)
{
  for (const Zone *zone = atomic_load_explicit(&zones, memory_order_acquire); zone; zone = zone->next) {
    if (strlen(zone->name) == length && memcmp(zone->name, name, length) == 0) {
      return zone;
    }
  }
  return NULL;
}

Status zone_find(const char *name, size_t length, const Zone **out, Error *e)
{
  Status status = STATUS_OK;
  *out = known(name, length);
  if (*out) {
    return status;
  }
  pthread_mutex_lock(&lock);
  *out = known(name, length);
  if (!*out) {
    Zone *zone;
    status = zone_read(name, length, &zone, e);
    if (status == STATUS_OK) {
      zone->next = atomic_load_explicit(&zones, memory_order_relaxed);
      atomic_store_explicit(&zones, zone, memory_order_release);
      *out = zone;
    }
  }
  pthread_mutex_unlock(&lock);
  return status;
}

const char *zone_name(const Zone *zone)
{
  return zone->name;
}

/* ---- The rule for times after the table */

/* Seconds after the year's beginning at which a change falls, on the wall's clock before it. */
static int64_t change_in_year(const ZoneChange *change, int64_t year)
{
  const int64_t first = calendar_days(year, 1, 1);
  int64_t day;
  if (change->kind == 'J') { /* 29 February is never counted */
    day = change->day - 1 + (change->day >= 60 && calendar_month_days(year, 2) == 29);
  } else if (change->kind == 'D') {
    day = change->day;
  } else {
    const int64_t month = calendar_days(year, change->month, 1);
    const int weekday = calendar_weekday(month) % 7; /* 0 is Sunday, as in the rule */
    int64_t date = (change->day - weekday + 7) % 7 + 7 * (change->week - 1);
    date -= date >= calendar_month_days(year, change->month) ? 7 : 0;
    day = month + date - first;
  }
  return day * 86400 + change->time;
}

/* The instants of a year's two changes, in seconds. */
static void changes_of_year(const ZoneRule *rule, int64_t year, int64_t *start, int64_t *end)
{
  const int64_t begin = calendar_days(year, 1, 1) * 86400;
  *start = begin + change_in_year(&rule->start, year) - rule->standard.offset;
  *end = begin + change_in_year(&rule->end, year) - rule->summer.offset;
}

/* Of the changes of three years around `at`, the last one that is not after it, and the first one that is. */
static void rule_span(const Zone *zone, int64_t at, ZoneStretch *out)
{
  const ZoneRule *rule = &zone->rule;
  *out = (ZoneStretch){.begin = INT64_MIN, .end = INT64_MAX, .type = &rule->standard};
  if (!rule->changes) {
    return;
  }
  int64_t year;
  int month, day;
  calendar_date(calendar_floor(at, 86400), &year, &month, &day);
  for (int64_t y = year - 1; y <= year + 1; y++) {
    int64_t instant[2];
    changes_of_year(rule, y, &instant[0], &instant[1]);
    for (int i = 0; i < 2; i++) {
      /* Of two changes at one instant the beginning of summer counts: summer all year round is written so. */
      if (instant[i] <= at && (instant[i] > out->begin || (instant[i] == out->begin && i == 0))) {
        out->begin = instant[i];
        out->type = i == 0 ? &rule->summer : &rule->standard;
      } else if (instant[i] > at && instant[i] < out->end) {
        out->end = instant[i];
      }
    }
  }
}

/* ---- Spans */

/* The stretch around an instant, in seconds. */
static void stretch_at(const Zone *zone, int64_t at, ZoneStretch *out)
{
  const int64_t *instants = zone->instants;
  size_t low = 0, high = zone->n;
  while (low < high) { /* the number of changes that are not after `at` */
    const size_t middle = (low + high) / 2;
    if (instants[middle] <= at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == zone->n && zone->has_rule) {
    rule_span(zone, at, out);
    if (zone->n > 0 && out->begin < instants[zone->n - 1]) {
      out->begin = instants[zone->n - 1];
    }
    return;
  }
  out->begin = low > 0 ? instants[low - 1] : INT64_MIN;
  out->end = low < zone->n ? instants[low] : INT64_MAX;
  out->type = &zone->types[low > 0 ? zone->type_of[low - 1] : 0];
}

static int64_t to_us(int64_t seconds)
{
  int64_t us;
  return __builtin_mul_overflow(seconds, CALENDAR_SECOND, &us) ? (seconds < 0 ? INT64_MIN : INT64_MAX) : us;
}

void zone_span(const Zone *zone, int64_t utc, ZoneSpan *span)
{
  if (span->begin <= utc && utc < span->end) {
    return;
  }
  ZoneStretch stretch;
  stretch_at(zone, calendar_floor(utc, CALENDAR_SECOND), &stretch);
  *span = (ZoneSpan){.begin = to_us(stretch.begin), .end = to_us(stretch.end), .offset = stretch.type->offset,
                     .summer = stretch.type->summer, .abbreviation = stretch.type->abbreviation};
}

int64_t zone_wall(const Zone *zone, int64_t utc, ZoneSpan *span)
{
  zone_span(zone, utc, span);
  return utc + span->offset * CALENDAR_SECOND;
}

/* No wall is this far from UTC (RFC 8536 allows a little under 26 hours). */
enum { FARTHEST = 26 * 3600 };

int64_t zone_utc(const Zone *zone, int64_t wall, ZoneSpan *span)
{
  const int64_t margin = 2 * FARTHEST * CALENDAR_SECOND;
  int64_t utc = wall - span->offset * CALENDAR_SECOND;
  if (span->begin < utc - margin && utc + margin < span->end) {
    return utc; /* far from any change */
  }
  /* Spans one after the other, from one that surely lies before: the first whose wall passes `wall`. */
  zone_span(zone, wall - FARTHEST * CALENDAR_SECOND, span);
  int32_t before = span->offset;
  while (span->end != INT64_MAX && wall >= span->end + span->offset * CALENDAR_SECOND) {
    before = span->offset;
    zone_span(zone, span->end, span);
  }
  utc = wall - span->offset * CALENDAR_SECOND;
  return utc >= span->begin ? utc : wall - before * CALENDAR_SECOND;
}

/* ---- The machine's zone */

static bool usable(const char *name)
{
  const Zone *zone;
  return name[0] && zone_find(name, strlen(name), &zone, NULL) == STATUS_OK;
}

void zone_of_system(char *name, size_t size)
{
  char target[PATH_MAX];
  const char *from = getenv("TZ"), *chosen = "UTC";
  if (from) {
    from += from[0] == ':';
    chosen = usable(from) ? from : chosen;
  } else {
    const ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    from = strstr(target, "/zoneinfo/");
    chosen = from && usable(from + 10) ? from + 10 : chosen;
  }
  const size_t length = strlen(chosen) < size ? strlen(chosen) : size - 1;
  memcpy(name, chosen, length);
  name[length] = '\0';
}
