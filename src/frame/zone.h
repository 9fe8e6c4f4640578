/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone.h -- time zones, from the system's data.
 *
 * A zone is read from the folder that TZDIR names, else /usr/share/zoneinfo, at its first use, and kept to the program's
 * end; so all threads share one. "UTC" and distances such as "+08:00" need no file. The files are RFC 8536's (TZif), with
 * the rule of their last line for times after their table. The process's own zone (tzset, localtime) has no part in this.
 *
 * From an instant to the wall's time is a function. The other way a wall's time may come twice, when clocks are put
 * back, or never, when they are put forward. Twice: the first of the two is meant. Never: the clock is thought to have
 * gone on as before, so that 02:30 in a gap of an hour is the instant that the wall calls 03:30. Both are what the
 * distance from UTC before the change gives.
 *
 * Times are microseconds since 1970, within the years 1 to 9999. All functions may be called from any thread. A look-up is O(log changes), and O(1)
 * for times near the last one, by the span that the caller keeps.
 */
#ifndef ASSAY_FRAME_ZONE_H
#define ASSAY_FRAME_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

typedef struct Zone Zone;

/* The zone of a name. Errors: STATUS_NAME "unknown-zone" with the nearest name, or with what to install when there are
 * no zones at all; STATUS_FORMAT "bad-zone" when the file is damaged; STATUS_MEMORY. */
Status zone_find(const char *name, size_t length, const Zone **out, Error *e) MUST_USE;
const char *zone_name(const Zone *zone);

/* The name of the zone this machine keeps, by TZ or /etc/localtime; "UTC" when neither tells. */
void zone_of_system(char *name, size_t size);

/* Between two changes of clocks: begin <= instant < end. All zero: nothing known yet. */
typedef struct ZoneSpan {
  int64_t begin, end;
  int32_t offset;              /* seconds that the wall is ahead of UTC */
  bool summer;                 /* daylight saving time */
  const char *abbreviation;    /* "CEST", borrowed from the zone */
} ZoneSpan;

void zone_span(const Zone *zone, int64_t utc, ZoneSpan *span);

/* The wall's time at an instant, and the instant of a wall's time; span: kept from call to call, of this zone only. */
int64_t zone_wall(const Zone *zone, int64_t utc, ZoneSpan *span);
int64_t zone_utc(const Zone *zone, int64_t wall, ZoneSpan *span);

#endif
