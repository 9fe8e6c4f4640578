/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time zones and the calendar. Figures: Python 3.11 (datetime, zoneinfo, tzdata 2025b); where Python is there, thousands
 * of random instants are compared with it as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/random.h"
#include "frame/calendar.h"
#include "frame/zone_read.h"
#include "sweep.h"

static int64_t at(int64_t year, int month, int day, int hour, int minute, int second)
{
  const Civil civil = {year, month, day, hour, minute, second, 0};
  int64_t time = 0;
  assert_true(calendar_time(&civil, &time));
  return time;
}

static const Zone *zone(const char *name)
{
  const Zone *out = NULL;
  Error e;
  error_clear(&e);
  if (zone_find(name, strlen(name), &out, &e) != STATUS_OK) {
    fail_msg("%s: %s", name, e.what);
  }
  assert_string_equal(zone_name(out), name);
  return out;
}

/* ---- The calendar */

/* Every day from year -401 to 10001 follows the one before it, by the rules as a child knows them. */
static void test_every_day(void **state)
{
  (void)state;
  int64_t year = -401, days = calendar_days(-401, 1, 1);
  int month = 1, day = 1;
  for (; year < 10001; days++) {
    int64_t y;
    int m, d;
    calendar_date(days, &y, &m, &d);
    if (y != year || m != month || d != day || calendar_days(y, m, d) != days) {
      fail_msg("day %lld is %lld-%d-%d, not %lld-%d-%d", (long long)days, (long long)y, m, d, (long long)year, month, day);
    }
    if (++day > calendar_month_days(year, month)) {
      day = 1;
      year += month == 12;
      month = month % 12 + 1;
    }
  }
  assert_int_equal(calendar_days(1970, 1, 1), 0);
  assert_int_equal(calendar_days(2000, 3, 1), 11017);
}

/* date.isocalendar() and date.timetuple().tm_yday of Python. */
static void test_weeks(void **state)
{
  (void)state;
  static const struct { int64_t year; int month, day; int64_t iso_year; int week, weekday, yearday; } cases[] = {
      {1970, 1, 1, 1970, 1, 4, 1},     {2005, 1, 1, 2004, 53, 6, 1},    {2005, 1, 2, 2004, 53, 7, 2},
      {2008, 12, 29, 2009, 1, 1, 364}, {2010, 1, 3, 2009, 53, 7, 3},    {2020, 12, 31, 2020, 53, 4, 366},
      {2021, 1, 4, 2021, 1, 1, 4},     {1900, 3, 1, 1900, 9, 4, 60},    {2000, 2, 29, 2000, 9, 2, 60},
      {9999, 12, 31, 9999, 52, 5, 365}, {1, 1, 1, 1, 1, 1, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const int64_t days = calendar_days(cases[i].year, cases[i].month, cases[i].day);
    int64_t iso_year;
    assert_int_equal(calendar_week(days, &iso_year), cases[i].week);
    assert_int_equal(iso_year, cases[i].iso_year);
    assert_int_equal(calendar_weekday(days), cases[i].weekday);
    assert_int_equal(calendar_yearday(days), cases[i].yearday);
  }
}

static void test_refused_times(void **state)
{
  (void)state;
  static const Civil bad[] = {{0, 1, 1, 0, 0, 0, 0},    {10000, 1, 1, 0, 0, 0, 0}, {2023, 2, 29, 0, 0, 0, 0},
                              {1900, 2, 29, 0, 0, 0, 0}, {2024, 13, 1, 0, 0, 0, 0}, {2024, 0, 1, 0, 0, 0, 0},
                              {2024, 4, 31, 0, 0, 0, 0}, {2024, 4, 0, 0, 0, 0, 0},  {2024, 4, 1, 24, 0, 0, 0},
                              {2024, 4, 1, 0, 60, 0, 0}, {2024, 4, 1, 0, 0, 60, 0}, {2024, 4, 1, 0, 0, 0, 1000000},
                              {2024, 4, 1, -1, 0, 0, 0}, {2024, 4, 1, 0, -1, 0, 0}, {2024, 4, 1, 0, 0, -1, 0},
                              {2024, 4, 1, 0, 0, 0, -1}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    int64_t time;
    assert_false(calendar_time(&bad[i], &time));
  }
}

static void test_truncate_and_add(void **state)
{
  (void)state;
  const int64_t time = at(2024, 8, 15, 13, 47, 29) + 123456;
  const int64_t floors[UNIT_COUNT] = {at(2024, 8, 15, 13, 47, 29), at(2024, 8, 15, 13, 47, 0), at(2024, 8, 15, 13, 0, 0),
                                      at(2024, 8, 15, 0, 0, 0),    at(2024, 8, 12, 0, 0, 0),   at(2024, 8, 1, 0, 0, 0),
                                      at(2024, 7, 1, 0, 0, 0),     at(2024, 1, 1, 0, 0, 0)};
  for (int i = 0; i < UNIT_COUNT; i++) {
    assert_int_equal(calendar_truncate(time, (CalendarUnit)i), floors[i]);
    CalendarUnit unit;
    char plural[16];
    snprintf(plural, sizeof plural, "%ss", calendar_unit_name((CalendarUnit)i));
    assert_true(calendar_unit(plural, strlen(plural), &unit) && unit == (CalendarUnit)i);
    assert_true(calendar_unit(plural, strlen(plural) - 1, &unit) && unit == (CalendarUnit)i);
  }
  CalendarUnit unit;
  assert_false(calendar_unit("fortnight", 9, &unit) || calendar_unit("dayz", 4, &unit) || calendar_unit("", 0, &unit));
  assert_int_equal(calendar_truncate(-1, UNIT_HOUR), at(1969, 12, 31, 23, 0, 0));
  assert_int_equal(calendar_truncate(-1, UNIT_WEEK), at(1969, 12, 29, 0, 0, 0));
  static const struct { int64_t from[3]; CalendarUnit unit; int64_t count, to[3]; } sums[] = {
      {{2024, 1, 31}, UNIT_MONTH, 1, {2024, 2, 29}},  {{2023, 1, 31}, UNIT_MONTH, 1, {2023, 2, 28}},
      {{2024, 3, 31}, UNIT_MONTH, -1, {2024, 2, 29}}, {{2024, 2, 29}, UNIT_YEAR, 1, {2025, 2, 28}},
      {{2024, 2, 29}, UNIT_YEAR, -4, {2020, 2, 29}},  {{2024, 11, 30}, UNIT_QUARTER, 1, {2025, 2, 28}},
      {{2024, 1, 1}, UNIT_MONTH, -1, {2023, 12, 1}},  {{2024, 2, 28}, UNIT_DAY, 2, {2024, 3, 1}},
      {{2024, 12, 30}, UNIT_WEEK, 1, {2025, 1, 6}},   {{1, 1, 1}, UNIT_MONTH, 12 * 9999 - 1, {9999, 12, 1}},
  };
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
    int64_t to = 0;
    const int64_t *a = sums[i].from, *b = sums[i].to;
    assert_true(calendar_add(at(a[0], (int)a[1], (int)a[2], 5, 6, 7), sums[i].unit, sums[i].count, &to));
    assert_int_equal(to, at(b[0], (int)b[1], (int)b[2], 5, 6, 7));
  }
  int64_t to;
  assert_false(calendar_add(time, UNIT_YEAR, 8000, &to));
  assert_false(calendar_add(time, UNIT_MONTH, INT64_MAX, &to));
  assert_false(calendar_add(time, UNIT_YEAR, INT64_MIN, &to));
  assert_false(calendar_add(time, UNIT_WEEK, INT64_MAX / 1000, &to));
  assert_false(calendar_add(time, UNIT_DAY, -800000, &to));
  assert_true(calendar_add(at(9999, 12, 31, 0, 0, 0), UNIT_SECOND, 86399, &to));
  assert_false(calendar_add(at(9999, 12, 31, 0, 0, 0), UNIT_SECOND, 86400, &to));
}

/* months_between by its definition: adding one month after the other. */
static void test_months_between(void **state)
{
  (void)state;
  Random random = random_new(11, 0);
  for (int round = 0; round < 3000; round++) {
    const int64_t a = CALENDAR_FIRST + (int64_t)(random_uniform(&random) * (double)(CALENDAR_LAST - CALENDAR_FIRST));
    int64_t b = a + (int64_t)(random_uniform(&random) * 400) * CALENDAR_DAY + (round % 3 - 1) * 5;
    b = b > CALENDAR_LAST ? CALENDAR_LAST : b < a ? a : b;
    int64_t count = 0, reached;
    while (calendar_add(a, UNIT_MONTH, count + 1, &reached) && reached <= b) {
      count++;
    }
    assert_int_equal(calendar_months_between(a, b), count);
    assert_int_equal(calendar_months_between(b, a), -count);
  }
  assert_int_equal(calendar_months_between(at(2024, 1, 31, 0, 0, 0), at(2024, 2, 29, 0, 0, 0)), 1);
  assert_int_equal(calendar_months_between(at(2023, 5, 14, 12, 0, 0), at(2024, 5, 14, 11, 59, 59)), 11);
}

static void test_workdays(void **state)
{
  (void)state;
  for (int64_t from = -20; from < 20; from++) {
    int64_t count = 0;
    for (int64_t to = from; to < 60; to++) {
      assert_int_equal(calendar_workdays_between(from, to), count);
      assert_int_equal(calendar_workdays_between(to, from), -count);
      count += calendar_weekday(to) <= 5;
    }
  }
}

/* ---- Zones */

static void check_offset(const char *name, int64_t utc, int32_t offset, const char *abbreviation, bool summer)
{
  ZoneSpan span = {0};
  zone_span(zone(name), utc, &span);
  assert_int_equal(span.offset, offset);
  assert_string_equal(span.abbreviation, abbreviation);
  assert_int_equal(span.summer, summer);
  assert_true(span.begin <= utc && utc < span.end);
}

static bool have_zones(void)
{
  return access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0;
}

static void test_offsets(void **state)
{
  (void)state;
  if (!have_zones()) {
    skip();
  }
  check_offset("Europe/Berlin", at(2024, 1, 15, 12, 0, 0), 3600, "CET", false);
  check_offset("Europe/Berlin", at(2024, 7, 15, 12, 0, 0), 7200, "CEST", true);
  check_offset("Europe/Berlin", at(2024, 3, 31, 0, 59, 59), 3600, "CET", false);
  check_offset("Europe/Berlin", at(2024, 3, 31, 1, 0, 0), 7200, "CEST", true);
  check_offset("Europe/Berlin", at(1800, 1, 1, 0, 0, 0), 3208, "LMT", false);
  check_offset("Europe/Berlin", at(1945, 6, 1, 0, 0, 0), 10800, "CEMT", true);
  check_offset("America/New_York", at(2500, 7, 4, 0, 0, 0), -14400, "EDT", true); /* past the table */
  check_offset("America/New_York", at(2500, 12, 4, 0, 0, 0), -18000, "EST", false);
  check_offset("Australia/Lord_Howe", at(2100, 1, 1, 0, 0, 0), 39600, "+11", true);
  check_offset("Australia/Lord_Howe", at(2100, 7, 1, 0, 0, 0), 37800, "+1030", false);
  check_offset("Asia/Shanghai", at(1988, 7, 1, 0, 0, 0), 32400, "CDT", true);
  check_offset("Asia/Kathmandu", at(2024, 7, 1, 0, 0, 0), 20700, "+0545", false);
  check_offset("Pacific/Apia", at(2011, 12, 30, 9, 0, 0), -36000, "-10", true);
  check_offset("Pacific/Apia", at(2011, 12, 30, 10, 0, 0), 50400, "+14", true);
}

static void check_utc(const char *name, int64_t wall, int64_t utc)
{
  ZoneSpan span = {0};
  assert_int_equal(zone_utc(zone(name), wall, &span), utc);
  assert_int_equal(zone_utc(zone(name), wall, &span), utc); /* with a span that is known */
}

/* Gaps and overlaps: datetime(..., fold=0).astimezone(utc) of Python follows the same rule. */
static void test_wall_to_utc(void **state)
{
  (void)state;
  if (!have_zones()) {
    skip();
  }
  check_utc("Europe/Berlin", at(2024, 7, 1, 12, 0, 0), at(2024, 7, 1, 10, 0, 0));
  check_utc("Europe/Berlin", at(2024, 3, 31, 1, 59, 59), at(2024, 3, 31, 0, 59, 59));
  check_utc("Europe/Berlin", at(2024, 3, 31, 2, 30, 0), at(2024, 3, 31, 1, 30, 0)); /* never: as 03:30 */
  check_utc("Europe/Berlin", at(2024, 3, 31, 3, 0, 0), at(2024, 3, 31, 1, 0, 0));
  check_utc("Europe/Berlin", at(2024, 10, 27, 2, 30, 0), at(2024, 10, 27, 0, 30, 0)); /* twice: the first */
  check_utc("Europe/Berlin", at(2024, 10, 27, 3, 0, 0), at(2024, 10, 27, 2, 0, 0));
  check_utc("Europe/Berlin", at(2300, 10, 31, 2, 30, 0), at(2300, 10, 31, 1, 30, 0));
  check_utc("Pacific/Apia", at(2011, 12, 30, 12, 0, 0), at(2011, 12, 30, 22, 0, 0)); /* a day that never was */
  check_utc("America/New_York", at(2024, 11, 3, 1, 30, 0), at(2024, 11, 3, 5, 30, 0));
}

static void test_fixed(void **state)
{
  (void)state;
  check_offset("UTC", 0, 0, "UTC", false);
  check_offset("+08:00", 0, 28800, "+08:00", false);
  check_offset("-0330", 0, -12600, "-0330", false);
  check_offset("+14", 0, 50400, "+14", false);
  check_utc("-0330", 0, INT64_C(12600000000));
}

static void refused(const char *name, const char *id, const char *hint)
{
  const Zone *out;
  Error e;
  error_clear(&e);
  assert_int_not_equal(zone_find(name, strlen(name), &out, &e), STATUS_OK);
  assert_null(out);
  assert_string_equal(e.id, id);
  if (!strstr(e.hint, hint)) {
    fail_msg("%s: %s", name, e.hint);
  }
}

static void test_unknown(void **state)
{
  (void)state;
  if (!have_zones()) {
    skip();
  }
  refused("Europe/Brelin", "unknown-zone", "'Europe/Berlin'");
  refused("berlin", "unknown-zone", "'Europe/Berlin'");
  refused("Asia/Shangai", "unknown-zone", "'Asia/Shanghai'");
  refused("+25:00", "unknown-zone", "");
  refused("+08:0", "unknown-zone", "");
  refused("../../../etc/passwd", "unknown-zone", "");
  refused("/etc/passwd", "unknown-zone", "");
  refused("Europe", "unknown-zone", "");
  refused("", "unknown-zone", "");
  refused("tzdata.zi", "unknown-zone", "");
  refused("right/UTC", "unknown-zone", "");
}

/* A folder of one's own: nothing there, then damaged files. */
static void test_folder(void **state)
{
  (void)state;
  char folder[] = "/tmp/assay-zones-XXXXXX", path[64];
  assert_non_null(mkdtemp(folder));
  setenv("TZDIR", folder, 1);
  refused("Nowhere/Atall", "unknown-zone", "install the package tzdata");
  snprintf(path, sizeof path, "%s/Damaged", folder);
  FILE *file = fopen(path, "w");
  fputs("TZif2 and then nothing", file);
  fclose(file);
  refused("Damaged", "bad-zone", "");
  unsetenv("TZDIR");
  unlink(path);
  rmdir(folder);
}

/* Every cut and many flipped bytes of a real file: a zone or a refusal, never a crash. */
static void test_damage(void **state)
{
  (void)state;
  FILE *file = have_zones() ? fopen("/usr/share/zoneinfo/Europe/Berlin", "rb") : NULL;
  if (!file) {
    skip();
  }
  static char bytes[8192], copy[8192];
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  Zone *out;
  for (size_t cut = 0; cut < size; cut++) {
    char *exact = malloc(cut + 1); /* exactly as long, so that the sanitizer sees a step too far */
    memcpy(exact, bytes, cut);
    assert_int_equal(zone_parse("x", exact, cut, &out, NULL), STATUS_FORMAT);
    free(exact);
  }
  Random random = random_new(3, 0);
  for (int round = 0; round < 4000; round++) {
    memcpy(copy, bytes, size);
    for (int i = 0; i <= round % 3; i++) {
      copy[(size_t)(random_uniform(&random) * (double)size)] = (char)(random_uniform(&random) * 256);
    }
    if (zone_parse("x", copy, size, &out, NULL) == STATUS_OK) {
      ZoneSpan span = {0};
      for (int64_t year = 1800; year < 2200; year += 13) {
        const int64_t wall = zone_wall(out, at(year, 7, 1, 0, 0, 0), &span);
        (void)zone_utc(out, wall, &span);
      }
      zone_free(out);
    }
  }
}

static void test_rules(void **state)
{
  (void)state;
  static const char *const good[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30", "EST5EDT,J60/0,300/2:30:10",
                                     "IST-2IDT,M3.4.4/26,M10.5.0", "XXX3EDT4,0/0,J365/23", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"};
  static const char *const bad[] = {"", "U0", "UTC", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
                                    "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1",
                                    "CET-25", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0x", "CET-1CEST,366,1", "CET-1:60",
                                    "CET-1CEST,M3.5.0/168,M10.5.0"};
  char texts[64];
  ZoneRule rule;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(zone_parse_rule(good[i], strlen(good[i]), texts, &rule));
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    if (zone_parse_rule(bad[i], strlen(bad[i]), texts, &rule)) {
      fail_msg("%s was taken", bad[i]);
    }
  }
  /* Summer all year round. */
  Zone all = {.has_rule = true};
  assert_true(zone_parse_rule("XXX3EDT4,0/0,J365/23", 20, texts, &all.rule));
  for (int month = 1; month <= 12; month++) {
    ZoneSpan span = {0};
    zone_span(&all, at(2024, month, 1, 2, 59, 0), &span);
    assert_string_equal(span.abbreviation, "EDT");
  }
}

static Status find_fresh(void *context, Error *e)
{
  (void)context;
  Zone *out = NULL;
  const Status status = zone_read("Europe/Paris", 12, &out, e);
  zone_free(out);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  if (!have_zones()) {
    skip();
  }
  sweep(find_fresh, NULL);
}

static void test_system(void **state)
{
  (void)state;
  char name[64], *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
  setenv("TZ", have_zones() ? ":Europe/Vienna" : "UTC", 1);
  zone_of_system(name, sizeof name);
  assert_string_equal(name, have_zones() ? "Europe/Vienna" : "UTC");
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  zone_of_system(name, sizeof name);
  assert_string_equal(name, "UTC");
  unsetenv("TZ");
  zone_of_system(name, sizeof name);
  assert_true(strlen(name) > 0);
  if (before) {
    setenv("TZ", before, 1);
  }
  free(before);
}

/* ---- Python as the judge of random instants */

static const char judge[] =
    "import sys, zoneinfo, datetime as dt\n"
    "u = dt.timezone.utc; e = dt.datetime(1970, 1, 1, tzinfo=u); n = dt.datetime(1970, 1, 1)\n"
    "for line in sys.stdin:\n"
    "  name, us, wall, back = line.split()\n"
    "  z = zoneinfo.ZoneInfo(name); us, wall, back = int(us), int(wall), int(back)\n"
    "  d = (e + dt.timedelta(microseconds=us)).astimezone(z)\n"
    "  w = (d.replace(tzinfo=None) - n) // dt.timedelta(microseconds=1)\n"
    "  b = ((n + dt.timedelta(microseconds=us)).replace(tzinfo=z) - e) // dt.timedelta(microseconds=1)\n"
    "  if w != wall or b != back: print(name, us, 'wall', w, wall, 'back', b, back)\n";

static void ask(FILE *to, const char *name, int64_t us)
{
  ZoneSpan span = {0}, other = {0};
  fprintf(to, "%s %lld %lld %lld\n", name, (long long)us, (long long)zone_wall(zone(name), us, &span),
          (long long)zone_utc(zone(name), us, &other));
}

static void test_python(void **state)
{
  (void)state;
  static const char *const names[] = {"Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe",
                                      "Pacific/Apia", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran",
                                      "Europe/Dublin", "America/Nuuk", "Asia/Kolkata", "Antarctica/Troll"};
  if (!have_zones() || system("/usr/bin/python3 -c 'import zoneinfo' >/dev/null 2>&1") != 0) {
    skip();
  }
  char script[64] = "/tmp/assay-judge-XXXXXX", command[160], line[256] = "";
  const int fd = mkstemp(script);
  assert_true(fd >= 0 && write(fd, judge, strlen(judge)) == (ssize_t)strlen(judge));
  close(fd);
  snprintf(command, sizeof command, "/usr/bin/python3 %s >%s.out", script, script);
  FILE *to = popen(command, "w");
  Random random = random_new(20, 0);
  for (int i = 0; i < 12000; i++) {
    const char *name = names[i % 12];
    const int64_t day = (int64_t)(random_uniform(&random) * 365 * 300) - 365 * 120; /* 1850 to 2150 */
    const int64_t us = day * CALENDAR_DAY + (int64_t)(random_uniform(&random) * 96) * 900 * CALENDAR_SECOND;
    ask(to, name, us);
    if (i % 3 == 0) { /* about a change of clocks */
      ZoneSpan span = {0};
      zone_span(zone(name), us, &span);
      const int64_t near = span.end < CALENDAR_LAST / 2 ? span.end + (i % 17 - 8) * 900 * CALENDAR_SECOND : us;
      ask(to, name, near);
      ask(to, name, near + span.offset * CALENDAR_SECOND);
    }
  }
  assert_int_equal(pclose(to), 0);
  strcat(script, ".out");
  FILE *said = fopen(script, "r");
  const bool different = fgets(line, sizeof line, said) != NULL;
  fclose(said);
  unlink(script);
  script[strlen(script) - 4] = '\0';
  unlink(script);
  if (different) {
    fail_msg("%s", line);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_day), cmocka_unit_test(test_weeks),       cmocka_unit_test(test_refused_times),
      cmocka_unit_test(test_truncate_and_add), cmocka_unit_test(test_months_between), cmocka_unit_test(test_workdays),
      cmocka_unit_test(test_offsets),   cmocka_unit_test(test_wall_to_utc), cmocka_unit_test(test_fixed),
      cmocka_unit_test(test_unknown),   cmocka_unit_test(test_folder),      cmocka_unit_test(test_damage),
      cmocka_unit_test(test_rules),     cmocka_unit_test(test_memory),      cmocka_unit_test(test_system),
      cmocka_unit_test(test_python),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
