/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone_read.h -- what a zone holds, and how it is read: TZif files of versions 1 to 4 (RFC 8536), the rule in their last
 * line (POSIX's TZ with hours from -167 to 167), and names such as "+08:00" that need no file. For zone.c and tests.
 */
#ifndef ASSAY_FRAME_ZONE_READ_H
#define ASSAY_FRAME_ZONE_READ_H

#include "frame/calendar.h"
#include "frame/zone.h"

typedef struct ZoneType {
  int32_t offset;               /* seconds ahead of UTC, within +-26 hours */
  bool summer;
  const char *abbreviation;
} ZoneType;

/* A day of each year and the seconds after its beginning. */
typedef struct ZoneChange {
  char kind;                    /* 'J' day 1..365 without 29 February, 'D' day 0..365, 'M' month, week, weekday */
  int month, week, day;         /* day: of the year, or 0 Sunday to 6 Saturday */
  int32_t time;
} ZoneChange;

typedef struct ZoneRule {
  ZoneType standard, summer;
  bool changes;                 /* else always standard */
  ZoneChange start, end;        /* of summer */
} ZoneRule;

struct Zone {
  struct Zone *next;
  char *name;
  size_t n;                     /* changes in the table */
  int64_t *instants;            /* seconds since 1970, rising */
  uint8_t *type_of;             /* from each on */
  ZoneType *types;              /* the first one counts before all changes */
  char *texts;                  /* abbreviations */
  bool has_rule;
  ZoneRule rule;
};

typedef struct ZoneStretch {
  int64_t begin, end;           /* seconds */
  const ZoneType *type;
} ZoneStretch;

Status zone_read(const char *name, size_t length, Zone **out, Error *e) MUST_USE;
void zone_free(Zone *zone);     /* NULL is fine; only of a zone that zone_find does not know */

/* A file's bytes as a zone; damaged ones are STATUS_FORMAT "bad-zone". */
Status zone_parse(const char *name, const char *bytes, size_t size, Zone **out, Error *e) MUST_USE;

/* "CET-1CEST,M3.5.0,M10.5.0/3"; abbreviations go to `texts` (room for length + 2 bytes). False: no such rule. */
bool zone_parse_rule(const char *text, size_t length, char *texts, ZoneRule *rule);

#endif
