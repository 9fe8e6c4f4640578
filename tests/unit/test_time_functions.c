/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of times. Figures: Python 3.11 (datetime, zoneinfo); the calendar and zones themselves: test_zone.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/clock.h"
#include "frame/calendar.h"
#include "function_call.h"

static bool have_zones(void)
{
  return access("/usr/share/zoneinfo/Europe/Berlin", R_OK) == 0;
}

static void test_parts(void **state)
{
  (void)state;
  const Argument t = when("2021-01-03 23:59:58.25");
  static const char *const expected[][2] = {
      {"year", "2021"}, {"quarter", "1"}, {"month", "1"}, {"day", "3"}, {"hour", "23"}, {"minute", "59"}, {"second", "58"},
      {"microsecond", "250000"}, {"weekday", "7"}, {"yearday", "3"}, {"week", "53"}, {"iso_week", "53"},
      {"iso_year", "2020"}, {"weekday_name", "Sunday"}, {"month_name", "January"}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    CHECK(expected[i][1], expected[i][0], t);
    CHECK("NA", expected[i][0], NONE(TYPE_TIMESTAMP));
  }
  CHECK("4", "quarter", when("2021-10-01"));
  CHECK("1969", "year", when("1969-12-31 23:59:59.999999"));
  CHECK("999999", "microsecond", when("1969-12-31 23:59:59.999999"));
  CHECK_ERROR("time-out-of-range", "year", (Argument){.type = TYPE_TIMESTAMP, .integer = INT64_MAX, .zone = ""});
  CHECK_ERROR("time-out-of-range", "trunc_to", (Argument){.type = TYPE_TIMESTAMP, .integer = INT64_MIN, .zone = ""},
              S("week"));
}

static void test_parts_in_a_zone(void **state)
{
  (void)state;
  if (!have_zones()) {
    skip();
  }
  const Argument t = when_in("2023-12-31 23:30:00", "Europe/Berlin");
  CHECK("2024", "year", t);
  CHECK("0", "hour", t);
  CHECK("Monday", "weekday_name", t);
  CHECK("2024-01-01", "date", t);
  CHECK("2024-01-01 00:30:00", "wall_time", t);
  CHECK("3600", "zone_offset", t);
  CHECK("CET", "zone_abbreviation", t);
  CHECK("2023-12-31 23:30:00Z Asia/Kolkata", "in_zone", t, S("Asia/Kolkata"));
  CHECK("NA", "in_zone", t, NONE(TYPE_STRING));
  CHECK("2024-07-01 10:00:00Z Europe/Berlin", "from_zone", when("2024-07-01 12:00:00"), S("Europe/Berlin"));
  CHECK("2024-03-31 01:30:00Z Europe/Berlin", "from_zone", when("2024-03-31 02:30:00"), S("Europe/Berlin"));
  CHECK("2024-10-27 00:30:00Z Europe/Berlin", "from_zone", when("2024-10-27 02:30:00"), S("Europe/Berlin"));
  CHECK_ERROR("unknown-zone", "in_zone", t, S("Europe/Brelin"));
  assert_string_equal(last_hint(), "did you mean 'Europe/Berlin'?");
  CHECK_ERROR("not-zoned", "in_zone", when("2024-01-01"), S("Europe/Berlin"));
  CHECK_ERROR("not-zoned", "zone_offset", when("2024-01-01"));
  CHECK_ERROR("zone-mismatch", "from_zone", t, S("UTC"));
}

static void test_making(void **state)
{
  (void)state;
  CHECK("2024-02-29", "date", I(2024), I(2), I(29));
  CHECK_ERROR("no-such-time", "date", I(2023), I(2), I(29));
  CHECK_ERROR("no-such-time", "date", I(2023), I(INT64_C(1) << 32 | 1), I(1));
  CHECK_ERROR("no-such-time", "date", I(0), I(1), I(1));
  CHECK("NA", "date", I(2024), NONE(TYPE_INT64), I(1));
  CHECK("2024-02-29 13:05:00", "datetime", I(2024), I(2), I(29), I(13), I(5));
  CHECK("2024-02-29 13:05:59.999999", "datetime", I(2024), I(2), I(29), I(13), I(5), F(59.9999999));
  CHECK_ERROR("no-such-time", "datetime", I(2024), I(2), I(29), I(13), I(5), F(60));
  CHECK_ERROR("no-such-time", "datetime", I(2024), I(2), I(29), I(24), I(0));
}

static void test_truncation(void **state)
{
  (void)state;
  const Argument t = when("2024-08-15 13:47:29.5");
  static const char *const expected[][2] = {
      {"second", "2024-08-15 13:47:29"}, {"minutes", "2024-08-15 13:47:00"}, {"hour", "2024-08-15 13:00:00"},
      {"day", "2024-08-15"}, {"week", "2024-08-12"}, {"month", "2024-08-01"}, {"quarter", "2024-07-01"}, {"years", "2024-01-01"}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    CHECK(expected[i][1], "trunc_to", t, S(expected[i][0]));
  }
  CHECK_ERROR("bad-choice", "trunc_to", t, S("fortnight"));
  CHECK("NA", "trunc_to", t, NONE(TYPE_STRING));
  if (have_zones()) {
    CHECK("2023-12-31 23:00:00Z Europe/Berlin", "trunc_to", when_in("2024-01-01 22:00:00", "Europe/Berlin"), S("day"));
    /* The hour that comes twice stays the second one. */
    CHECK("2024-10-27 01:00:00Z Europe/Berlin", "trunc_to", when_in("2024-10-27 01:30:00", "Europe/Berlin"), S("hour"));
  }
}

static void test_sums(void **state)
{
  (void)state;
  const Argument t = when("2024-01-31 12:00:00");
  CHECK("2024-01-31 12:00:05", "add_seconds", t, I(5));
  CHECK("2024-01-31 11:00:00", "add_minutes", t, I(-60));
  CHECK("2024-02-01", "add_hours", t, I(12));
  CHECK("2024-03-01 12:00:00", "add_days", t, I(30));
  CHECK("2024-02-07 12:00:00", "add_weeks", t, I(1));
  CHECK("2024-02-29 12:00:00", "add_months", t, I(1));
  CHECK("2023-10-31 12:00:00", "add_quarters", t, I(-1));
  CHECK("2025-02-28", "add_years", when("2024-02-29"), I(1));
  CHECK_ERROR("time-out-of-range", "add_years", t, I(INT64_MAX));
  CHECK_ERROR("time-out-of-range", "add_days", t, I(INT64_MIN));
  if (have_zones()) { /* a day of 23 hours */
    CHECK("2024-03-31 10:00:00Z Europe/Berlin", "add_days", when_in("2024-03-30 11:00:00", "Europe/Berlin"), I(1));
    CHECK("2024-03-31 11:00:00Z Europe/Berlin", "add_hours", when_in("2024-03-30 11:00:00", "Europe/Berlin"), I(24));
  }
}

static void test_differences(void **state)
{
  (void)state;
  const Argument a = when("2024-01-31 23:59:59"), b = when("2024-02-29 00:00:01.5");
  CHECK("29", "days_between", a, b);
  CHECK("-29", "days_between", b, a);
  CHECK("2419202.5", "seconds_between", a, b);
  CHECK("21", "workdays_between", a, b);
  CHECK("0", "months_between", a, b);
  CHECK("1", "months_between", a, when("2024-02-29 23:59:59"));
  CHECK("0", "years_between", a, b);
  CHECK("-1", "years_between", when("2025-06-01"), when("2024-02-01"));
  CHECK("17", "age", when("2006-05-15"), when("2024-05-14 23:59:59"));
  CHECK("18", "age", when("2006-05-15"), when("2024-05-15"));
  CHECK("1", "age", when("2004-02-29"), when("2005-02-28"));
  if (have_zones()) {
    CHECK_ERROR("zone-mismatch", "days_between", a, when_in("2024-01-01", "Europe/Berlin"));
    /* Both by the clocks of the first one's zone. */
    CHECK("1", "days_between", when_in("2024-01-01 22:30:00", "Europe/Berlin"),
          when_in("2024-01-01 23:30:00", "Asia/Shanghai"));
    CHECK("3600", "seconds_between", when_in("2024-01-01 22:30:00", "Europe/Berlin"),
          when_in("2024-01-01 23:30:00", "Asia/Shanghai"));
  }
}

static void test_parsing(void **state)
{
  (void)state;
  CHECK("2024-01-31", "parse_date", S("31.1.2024"), S("%d.%m.%Y"));
  CHECK("2024-01-31 13:05:00", "parse_date", S(" 01/31/24  1:05 pm "), S("%D %I:%M %p"));
  CHECK("2024-01-31 00:05:09.12", "parse_date", S("Wed, Jan 31 2024 12:05:09.12AM"), S("%a, %b %d %Y %I:%M:%S.%f%p"));
  CHECK("2024-03-01", "parse_date", S("1. märz 2024 03"), S("%d. märz %Y %m"));
  CHECK("2024-05-01", "parse_date", S("MAY 2024"), S("%B %Y"));
  CHECK("2024-09-01", "parse_date", S("september2024"), S("%b%Y"));
  CHECK("2024-02-29", "parse_date", S("2024060"), S("%Y%j"));
  CHECK("1969-01-01", "parse_date", S("69"), S("%y"));
  CHECK("2068-01-01", "parse_date", S("68"), S("%y"));
  CHECK("2024-01-31 10:00:00Z UTC", "parse_date", S("2024-01-31T12:00:00+02:00"), S("%FT%T%z"));
  CHECK("2024-01-31 12:00:00Z UTC", "parse_date", S("2024-01-31T12:00:00Z"), S("%FT%T%z"));
  CHECK("2001-09-09 01:46:40Z UTC", "parse_date", S("1000000000"), S("%s"));
  CHECK("2024-01-01", "parse_date", S("100% 2024"), S("100%% %Y"));
  static const char *const bad[][2] = {{"31.2.2024", "%d.%m.%Y"}, {"31.1.2024x", "%d.%m.%Y"}, {"31.1.", "%d.%m.%Y"},
                                       {"31-1-2024", "%d.%m.%Y"}, {"24-01-01", "%F"},         {"13:00 AM 2024", "%I:%M %p %Y"},
                                       {"Tue 2024-01-31", "%a %F"}, {"2023366", "%Y%j"},      {"Foo 2024", "%b %Y"},
                                       {"2024-01-31+2", "%F%z"},  {"0000-01-01", "%F"},       {"", "%F"},
                                       {"2024 24", "%Y %H"},      {"2024 1.1234567", "%Y %S.%f"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CHECK_ERROR("bad-time", "parse_date", S(bad[i][0]), S(bad[i][1]));
    CHECK("NA", "try_parse_date", S(bad[i][0]), S(bad[i][1]));
  }
  CHECK_ERROR("bad-format", "parse_date", S("x"), S("%Y %K"));
  assert_int_equal(last_caret(), 3);
  CHECK_ERROR("bad-format", "parse_date", S("x"), S("%Y %"));
  CHECK_ERROR("bad-format", "parse_date", S("x"), S("%Y %V"));
  CHECK_ERROR("bad-format", "parse_date", S("x"), S("%d.%m."));
  CHECK("NA", "parse_date", S("x"), NONE(TYPE_STRING));
}

static void test_formatting(void **state)
{
  (void)state;
  const Argument t = when("2024-03-05 01:02:03.004");
  CHECK("2024-03", "format_date", t, S("%Y-%m"));
  CHECK("05.03.24  5 Tue Tuesday Mar March 065", "format_date", t, S("%d.%m.%y %e %a %A %b %B %j"));
  CHECK("01:02:03.004000 01 AM 2 2024-W10-2 Q1 %", "format_date", t, S("%T.%f %I %p %u %G-W%V-%u Q%q %%"));
  CHECK("5.3. 1", "format_date", t, S("%-d.%-m. %-H"));
  CHECK("12 PM", "format_date", when("2024-01-01 12:00:00"), S("%I %p"));
  CHECK("1709600523", "format_date", t, S("%s"));
  CHECK("||", "format_date", t, S("|%z%Z|"));
  CHECK("märz 0999", "format_date", when("0999-03-01"), S("märz %Y"));
  CHECK_ERROR("bad-format", "format_date", t, S("%é"));
  if (have_zones()) {
    CHECK("01:02 +01:00 CET", "format_date", when_in("2024-03-05 00:02:00", "Europe/Berlin"), S("%H:%M %z %Z"));
    CHECK("-03:30", "format_date", when_in("2024-03-05", "-0330"), S("%z"));
  }
}

static void test_iso(void **state)
{
  (void)state;
  CHECK("2024-01-31", "to_timestamp", S("2024-01-31"));
  CHECK("2024-01-31 13:05:00.5", "to_timestamp", S(" 2024-01-31T13:05:00.5 "));
  CHECK_ERROR("bad-time", "to_timestamp", S("31.01.2024"));
  CHECK_ERROR("bad-time", "to_timestamp", S("2024-01-31T13:05:00Z"));
  assert_string_equal(last_hint(), "name the zone to show it in: to_timestamp(text, \"UTC\")");
  CHECK("NA", "try_to_timestamp", S("soon"));
  CHECK("NA", "try_to_timestamp", S("2024-01-31T13:05:00+02:00"));
  CHECK("2024-01-31 13:05:00Z UTC", "to_timestamp", S("2024-01-31T13:05:00Z"), S("UTC"));
  CHECK("2024-01-31 11:05:00Z UTC", "to_timestamp", S("2024-01-31T13:05:00+02:00"), S("UTC"));
  CHECK("2024-01-31 13:05:00Z UTC", "to_timestamp", S("2024-01-31T13:05:00"), S("UTC"));
  CHECK_ERROR("bad-time", "to_timestamp", S("2024-01-31T13:05:00Z+02:00"), S("UTC"));
  CHECK_ERROR("bad-time", "to_timestamp", S("2024-01-31T13:05:00+2"), S("UTC"));
  CHECK_ERROR("bad-time", "to_timestamp", S("2024-01-31T13:05:00+25:00"), S("UTC"));
}

static void test_epoch_and_clock(void **state)
{
  (void)state;
  CHECK("1.5", "epoch", when("1970-01-01 00:00:01.5"));
  CHECK("1969-12-31 23:59:58.5Z UTC", "from_epoch", F(-1.5));
  CHECK_ERROR("time-out-of-range", "from_epoch", F(1e20));
  CHECK_ERROR("time-out-of-range", "from_epoch", F(__builtin_nan("")));
  const int64_t before = clock_now();
  char text[64];
  strcpy(text, CALL("now", S("UTC")));
  const int64_t after = clock_now();
  assert_non_null(strstr(text, "Z UTC"));
  *strchr(text, 'Z') = '\0';
  const Argument read = when(text);
  assert_true(read.integer >= before && read.integer <= after);
  const char *today = CALL("today", S("UTC"));
  assert_true(strncmp(today, text, 10) == 0 && strlen(today) == 10);
  CHECK("NA", "now", NONE(TYPE_STRING));
}

static void test_memory(void **state)
{
  (void)state;
  SWEEP("format_date", when("2024-01-01"), S("%Y"));
  SWEEP("parse_date", S("2024"), S("%Y"));
  SWEEP("to_timestamp", S("2024-01-01"), S("UTC"));
  SWEEP("now", S("UTC"));
  SWEEP("trunc_to", when("2024-01-01"), S("month"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parts),      cmocka_unit_test(test_parts_in_a_zone), cmocka_unit_test(test_making),
      cmocka_unit_test(test_truncation), cmocka_unit_test(test_sums),            cmocka_unit_test(test_differences),
      cmocka_unit_test(test_parsing),    cmocka_unit_test(test_formatting),      cmocka_unit_test(test_iso),
      cmocka_unit_test(test_epoch_and_clock), cmocka_unit_test(test_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
