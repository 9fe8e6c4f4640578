/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_parse_values.c -- numbers and dates as people write them. Values against strtod and glibc's timegm and strptime;
 * what is formatted at random in a system or order is read back as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/random.h"
#include "frame/parse_amount.h"
#include "frame/parse_moment.h"

/* ---- Numbers */

static void test_amounts(void **state)
{
  (void)state;
  enum {
    P = 1 << SYSTEM_POINT,
    PC = 1 << SYSTEM_POINT_COMMA,
    PI = 1 << SYSTEM_POINT_INDIAN,
    PB = 1 << SYSTEM_POINT_BLANK,
    PQ = 1 << SYSTEM_POINT_QUOTE,
    C = 1 << SYSTEM_COMMA,
    CP = 1 << SYSTEM_COMMA_POINT,
    CB = 1 << SYSTEM_COMMA_BLANK,
    CQ = 1 << SYSTEM_COMMA_QUOTE,
    ANY = SYSTEMS_ALL,
    DOT = P | PC | PI | PB | PQ,
    COM = C | CP | CB | CQ
  };
  static const struct {
    const char *text;
    unsigned systems; /* 0: no number */
    double value;     /* in the first of them */
  } cases[] = {
      {"5", ANY, 5},
      {"-5", ANY, -5},
      {"+5", ANY, 5},
      {"1.5", DOT, 1.5},
      {"1,5", COM, 1.5},
      {".5", DOT, .5},
      {",5", COM, .5},
      {"1.234", DOT | CP, 1.234},
      {"1,234", COM | PC | PI, 1234},
      {"1.234,56", CP, 1234.56},
      {"1,234.56", PC | PI, 1234.56},
      {"1 234,56", CB, 1234.56},
      {"1 234.56", PB, 1234.56},
      {"1 234", PB | CB, 1234},
      {"1\xC2\xA0"
       "234,5",
       CB, 1234.5},
      {"1\xE2\x80\xAF"
       "234,5",
       CB, 1234.5},
      {"1'234.5", PQ, 1234.5},
      {"1\xE2\x80\x99"
       "234,5",
       CQ, 1234.5},
      {"1,23,456.78", PI, 123456.78},
      {"12,34,567", PI, 1234567},
      {"1,234,567", PC, 1234567},
      {"123,456", COM | PC, 123456},
      {"1.234.567", CP, 1234567},
      {"$84,835.00 ", PC | PI, 84835},
      {"-$5", ANY, -5},
      {"$-5", ANY, -5},
      {"($1,234.00)", PC | PI, -1234},
      {"$(5)", ANY, -5},
      {"(5)", ANY, -5},
      {"1.234,50 \xE2\x82\xAC", CP, 1234.5},
      {"\xE2\x82\xAC"
       "5",
       ANY, 5},
      {"USD 12", ANY, 12},
      {"12 USD", ANY, 12},
      {"US$ 3.25", DOT, 3.25},
      {"R$ 3,25", COM, 3.25},
      {"\xC2\xA5"
       "1,000",
       COM | PC | PI, 1000},
      {"\xC2\xA3"
       "3",
       ANY, 3},
      {"12.5%", DOT, .125},
      {"12.5 %", DOT, .125},
      {"0,1 %", COM, .001},
      {"\xE2\x88\x92"
       "5",
       ANY, -5},
      {"5-", ANY, -5},
      {"1.5e3", DOT, 1500},
      {"1,5E-3", COM, .0015},
      {"5.", DOT, 5},
      {"100 kr", ANY, 100},
      {"CHF 1'000.50", PQ, 1000.5},
      {"007", ANY, 7},
      {"", 0, 0},
      {"-", 0, 0},
      {"$", 0, 0},
      {"%", 0, 0},
      {"a5", 0, 0},
      {"5a", 0, 0},
      {"1,23", COM, 1.23},
      {"1,2345", COM, 1.2345},
      {"1,,234", 0, 0},
      {"1.2.3", 0, 0},
      {"1 23", 0, 0},
      {"--5", 0, 0},
      {"-(5)", 0, 0},
      {"(-5)", 0, 0},
      {"$5$", 0, 0},
      {"5%%", 0, 0},
      {"1e", 0, 0},
      {"1e99999", 0, 0},
      {"1,234e5", COM, 123400},
      {"0,123", COM, .123},
      {"012,345", COM, 12.345},
      {"1234,567", COM, 1234.567},
      {"1 2345", 0, 0},
      {"1,234,56", 0, 0},
      {"1.234,567.8", 0, 0},
      {"5,", 0, 0},
      {"' 5", 0, 0},
      {"$ ", 0, 0},
      {"5 apples", 0, 0},
      {"31.12.2024", 0, 0},
      {"192.168.0.1", 0, 0},
  };
  int bad = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ParsedAmount amount;
    double value = 0;
    const bool good = parse_amount(cases[i].text, strlen(cases[i].text), &amount);
    const unsigned systems = good ? amount.systems : 0;
    if (good) {
      assert_true(amount_value(&amount, (NumberSystem)__builtin_ctz(systems), &value));
    }
    if (systems != cases[i].systems || (good && value != cases[i].value)) {
      print_error("'%s': systems %x, wanted %x; value %.17g\n", cases[i].text, systems, cases[i].systems, value);
      bad++;
    }
  }
  assert_int_equal(bad, 0);
}

/* The digits of a number with a mark between groups. */
static void format_amount(uint64_t whole, unsigned cents, const char *thousands, char decimal, bool indian, char *out)
{
  char digits[32], turned[96];
  const size_t n = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)whole);
  size_t used = 0, group = 0, groups = 0;
  for (size_t i = n; i > 0; i--) {
    if (group == (indian && groups > 0 ? 2U : 3U) && thousands[0]) {
      for (size_t k = strlen(thousands); k > 0; k--) {
        turned[used++] = thousands[k - 1];
      }
      group = 0;
      groups++;
    }
    turned[used++] = digits[i - 1];
    group++;
  }
  for (size_t i = 0; i < used; i++) {
    out[i] = turned[used - 1 - i];
  }
  sprintf(out + used, "%c%02u", decimal, cents);
}

static void test_round_trips(void **state)
{
  (void)state;
  static const struct {
    NumberSystem system;
    const char *thousands;
    char decimal;
  } systems[] = {
      {SYSTEM_POINT, "", '.'},        {SYSTEM_POINT_COMMA, ",", '.'},        {SYSTEM_POINT_INDIAN, ",", '.'},
      {SYSTEM_POINT_BLANK, " ", '.'}, {SYSTEM_POINT_QUOTE, "'", '.'},        {SYSTEM_COMMA, "", ','},
      {SYSTEM_COMMA_POINT, ".", ','}, {SYSTEM_COMMA_BLANK, "\xC2\xA0", ','}, {SYSTEM_COMMA_QUOTE, "'", ','}};
  Random random = random_new(3, 0);
  for (int i = 0; i < 20000; i++) {
    const size_t k = random_below(&random, 9);
    const uint64_t whole = random_below(&random, UINT64_C(1) << (1 + random_below(&random, 45)));
    const unsigned cents = (unsigned)random_below(&random, 100);
    const bool negative = random_below(&random, 2), percent = random_below(&random, 2);
    char text[128], core[96], plain[64];
    format_amount(whole, cents, systems[k].thousands, systems[k].decimal, systems[k].system == SYSTEM_POINT_INDIAN,
                  core);
    snprintf(text, sizeof text, "%s$%s%s", negative ? "-" : "", core, percent ? "%" : "");
    snprintf(plain, sizeof plain, "%s%llu.%02ue%d", negative ? "-" : "", (unsigned long long)whole, cents,
             percent ? -2 : 0);
    ParsedAmount amount;
    double value;
    if (!parse_amount(text, strlen(text), &amount) || !(amount.systems >> systems[k].system & 1) ||
        !amount_value(&amount, systems[k].system, &value) || value != strtod(plain, NULL) ||
        amount.percent != percent || strcmp(amount_currency(amount.currency), "$") != 0) {
      fail_msg("'%s' is not %s in %s", text, plain, system_name(systems[k].system));
    }
  }
}

static void test_wholes(void **state)
{
  (void)state;
  ParsedAmount amount;
  int64_t whole;
  assert_true(parse_amount("9,223,372,036,854,775,807", 25, &amount));
  assert_true(amount_whole(&amount, SYSTEM_POINT_COMMA, &whole) && whole == INT64_MAX);
  assert_true(parse_amount("(9,223,372,036,854,775,808)", 27, &amount));
  assert_true(amount_whole(&amount, SYSTEM_POINT_COMMA, &whole) && whole == INT64_MIN);
  assert_true(parse_amount("9,223,372,036,854,775,808", 25, &amount));
  assert_false(amount_whole(&amount, SYSTEM_POINT_COMMA, &whole));
  assert_true(parse_amount("5.0", 3, &amount));
  assert_false(amount_whole(&amount, SYSTEM_POINT, &whole));
  assert_true(parse_amount("5%", 2, &amount));
  assert_false(amount_whole(&amount, SYSTEM_POINT, &whole));
  assert_true(parse_amount("1e999", 5, &amount));
  double value;
  assert_false(amount_value(&amount, SYSTEM_POINT, &value));
  assert_int_equal(systems_of(".", ","), 1 << SYSTEM_POINT_COMMA | 1 << SYSTEM_POINT_INDIAN);
  assert_int_equal(systems_of(",", ""), 1 << SYSTEM_COMMA);
  assert_int_equal(systems_of(NULL, NULL), SYSTEMS_ALL);
}

/* ---- Dates */

static int64_t utc(int year, int month, int day, int hour, int minute, int second)
{
  struct tm tm = {.tm_year = year - 1900,
                  .tm_mon = month - 1,
                  .tm_mday = day,
                  .tm_hour = hour,
                  .tm_min = minute,
                  .tm_sec = second};
  return (int64_t)timegm(&tm) * 1000000;
}

static void test_moments(void **state)
{
  (void)state;
  enum { ALL = ORDERS_ALL, DM = ORDER_DMY | ORDER_MDY };
  static const struct {
    const char *text;
    unsigned orders;                            /* 0: no date */
    int year, month, day, hour, minute, second; /* in the lowest of them */
  } cases[] = {
      {"2024-01-31", ALL, 2024, 1, 31, 0, 0, 0},
      {"2024/1/31", ALL, 2024, 1, 31, 0, 0, 0},
      {"2024.01.31", ALL, 2024, 1, 31, 0, 0, 0},
      {"31.12.2024", ORDER_DMY, 2024, 12, 31, 0, 0, 0},
      {"31. 12. 2024", ORDER_DMY, 2024, 12, 31, 0, 0, 0},
      {"12/31/2024", ORDER_MDY, 2024, 12, 31, 0, 0, 0},
      {"03/04/2024", DM, 2024, 4, 3, 0, 0, 0},
      {"6/16/14", ORDER_MDY, 2014, 6, 16, 0, 0, 0},
      {"1/2/69", DM, 1969, 2, 1, 0, 0, 0},
      {"1/2/68", DM, 2068, 2, 1, 0, 0, 0},
      {"22-04-15", ORDER_YMD | ORDER_DMY, 2022, 4, 15, 0, 0, 0},
      {"99-04-15", ORDER_YMD, 1999, 4, 15, 0, 0, 0},
      {"1 Jan 2024", ALL, 2024, 1, 1, 0, 0, 0},
      {"01-Jan-2024", ALL, 2024, 1, 1, 0, 0, 0},
      {"22-Apr-15", ALL, 2015, 4, 22, 0, 0, 0},
      {"Jan 1, 2024", ALL, 2024, 1, 1, 0, 0, 0},
      {"Mar 1, 2024", ALL, 2024, 3, 1, 0, 0, 0}, /* and not Tuesday, mardi */
      {"Mar. 25 2024", ALL, 2024, 3, 25, 0, 0, 0},
      {"mar. 5 mars 2024", ALL, 2024, 3, 5, 0, 0, 0},
      {"January 1st 2024", ALL, 2024, 1, 1, 0, 0, 0},
      {"31st January 2024", ALL, 2024, 1, 31, 0, 0, 0},
      {"1. Dezember 2024", ALL, 2024, 12, 1, 0, 0, 0},
      {"3 m\xC3\xA4rz 2024", ALL, 2024, 3, 3, 0, 0, 0},
      {"1 de enero de 2024", ALL, 2024, 1, 1, 0, 0, 0},
      {"14 juillet 1789", ALL, 1789, 7, 14, 0, 0, 0},
      {"Mon, 1 Jan 2024", ALL, 2024, 1, 1, 0, 0, 0},
      {"2024 Jan 1", ALL, 2024, 1, 1, 0, 0, 0},
      {"20240131", ALL, 2024, 1, 31, 0, 0, 0},
      {"20240131T123045", ALL, 2024, 1, 31, 12, 30, 45},
      {"20240131T1230Z", ALL, 2024, 1, 31, 12, 30, 0},
      {"2024-W05-3", ALL, 2024, 1, 31, 0, 0, 0},
      {"2024W053", ALL, 2024, 1, 31, 0, 0, 0},
      {"2020-W53-7", ALL, 2021, 1, 3, 0, 0, 0},
      {"2024\xE5\xB9\xB4"
       "1\xE6\x9C\x88"
       "31\xE6\x97\xA5",
       ALL, 2024, 1, 31, 0, 0, 0},
      {"2024-01-31 12:30", ALL, 2024, 1, 31, 12, 30, 0},
      {"2024-01-31T12:30:45", ALL, 2024, 1, 31, 12, 30, 45},
      {"12/31/2024 5:30 PM", ORDER_MDY, 2024, 12, 31, 17, 30, 0},
      {"12/31/2024 12:00:01 am", ORDER_MDY, 2024, 12, 31, 0, 0, 1},
      {"12/31/2024 12:30 p.m.", ORDER_MDY, 2024, 12, 31, 12, 30, 0},
      {"12/31/2024, 5 PM", ORDER_MDY, 2024, 12, 31, 17, 0, 0},
      {"2024-01-31 12:30+01:00", ALL, 2024, 1, 31, 11, 30, 0},
      {"2024-01-31T00:30:00-0530", ALL, 2024, 1, 31, 6, 0, 0},
      {"2024-01-31 12:30:00 UTC", ALL, 2024, 1, 31, 12, 30, 0},
      {" 2024-01-31 ", ALL, 2024, 1, 31, 0, 0, 0},
      {"", 0, 0, 0, 0, 0, 0, 0},
      {"2024", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01", 0, 0, 0, 0, 0, 0, 0},
      {"2024-02-30", 0, 0, 0, 0, 0, 0, 0},
      {"31/31/2024", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01/31", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31 25:00", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31 12:60", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31 13:00 PM", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31 12", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31x", 0, 0, 0, 0, 0, 0, 0},
      {"2024-W54-1", 0, 0, 0, 0, 0, 0, 0},
      {"2021-W53-1", 0, 0, 0, 0, 0, 0, 0},
      {"2024-W05-8", 0, 0, 0, 0, 0, 0, 0},
      {"1 Foo 2024", 0, 0, 0, 0, 0, 0, 0},
      {"30 Feb 2024", 0, 0, 0, 0, 0, 0, 0},
      {"12:30:45", 0, 0, 0, 0, 0, 0, 0},
      {"1/2/3", 0, 0, 0, 0, 0, 0, 0},
      {"1-2-345", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31 12:30:45.1234567", 0, 0, 0, 0, 0, 0, 0},
      {"9/9/12345", 0, 0, 0, 0, 0, 0, 0},
      {"20241301", 0, 0, 0, 0, 0, 0, 0},
      {"Jan 2024", 0, 0, 0, 0, 0, 0, 0},
      {"May be 2024", 0, 0, 0, 0, 0, 0, 0},
      {"2024-01-31 12:30 +99:00", 0, 0, 0, 0, 0, 0, 0},
  };
  int bad = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    ParsedMoment moment;
    const bool good = parse_moment(cases[i].text, strlen(cases[i].text), &moment);
    const unsigned orders = good ? moment.orders : 0;
    const int64_t wanted =
        utc(cases[i].year, cases[i].month, cases[i].day, cases[i].hour, cases[i].minute, cases[i].second);
    if (orders != cases[i].orders || (good && moment_value(&moment, orders & -orders) != wanted)) {
      print_error("'%s': orders %u, wanted %u; %lld\n", cases[i].text, orders, cases[i].orders,
                  good ? (long long)moment_value(&moment, orders & -orders) : 0LL);
      bad++;
    }
  }
  assert_int_equal(bad, 0);
}

/* Random moments in formats of strftime: read back by order, by the same format, and the week date as well. */
static void test_moments_at_random(void **state)
{
  (void)state;
  static const struct {
    const char *format;
    unsigned order;
  } forms[] = {{"%Y-%m-%d %H:%M:%S", ORDER_YMD},    {"%d.%m.%Y %H:%M:%S", ORDER_DMY},
               {"%m/%d/%Y %I:%M:%S %p", ORDER_MDY}, {"%d %b %Y %H:%M:%S", ORDER_DMY},
               {"%B %d, %Y %H:%M:%S", ORDER_MDY},   {"%a, %d %b %Y %H:%M:%S", ORDER_DMY},
               {"%Y%m%dT%H%M%S", ORDER_YMD},        {"%G-W%V-%u %H:%M:%S", ORDER_YMD}};
  Random random = random_new(5, 0);
  for (int i = 0; i < 20000; i++) {
    const time_t when = (time_t)random_below(&random, UINT64_C(253402300800) / 2);
    const size_t k = random_below(&random, sizeof forms / sizeof *forms);
    struct tm tm;
    char text[80];
    gmtime_r(&when, &tm);
    strftime(text, sizeof text, forms[k].format, &tm);
    ParsedMoment moment;
    if (!parse_moment(text, strlen(text), &moment) || !(moment.orders & forms[k].order) ||
        moment_value(&moment, forms[k].order) != (int64_t)when * 1000000) {
      fail_msg("'%s' is not %lld", text, (long long)when);
    }
    int64_t value;
    bool zoned;
    size_t at;
    if (forms[k].format[1] != 'G' && (!parse_by_format(text, strlen(text), forms[k].format, &value, &zoned, &at) ||
                                      value != (int64_t)when * 1000000 || zoned)) {
      fail_msg("'%s' is not as %s", text, forms[k].format);
    }
  }
}

static void test_formats(void **state)
{
  (void)state;
  static const struct {
    const char *text, *format;
    int64_t value; /* seconds */
    bool zoned, good;
  } cases[] = {
      {"2024.31.01", "%Y.%d.%m", 1706659200, false, true},
      {"1706659200", "%s", 1706659200, true, true},
      {"2024-031", "%Y-%j", 1706659200, false, true},
      {"2024-366", "%Y-%j", 1735603200, false, true},
      {"2023-366", "%Y-%j", 0, false, false},
      {"31/1/24 1:05 pm", "%d/%m/%y %I:%M %p", 1706706300, false, true},
      {"2024-01-31T01:00:00+0100", "%FT%T%z", 1706659200, true, true},
      {"100%", "%Y%%", -59011459200, false, true},
      {"2024", "%Y", 1704067200, false, true},
      {"2024x", "%Y", 0, false, false},
      {"13 PM", "%I %p", 0, false, false},
      {"00:60", "%H:%M", 0, false, false},
      {"2024-02-30", "%F", 0, false, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t value = 0;
    bool zoned;
    size_t at;
    const bool good = parse_by_format(cases[i].text, strlen(cases[i].text), cases[i].format, &value, &zoned, &at);
    if (good != cases[i].good || (good && (value != cases[i].value * 1000000 || zoned != cases[i].zoned))) {
      fail_msg("'%s' as '%s': %d, %lld", cases[i].text, cases[i].format, good, (long long)value);
    }
  }
  size_t at;
  assert_true(format_is_known("%Y-%m %%", &at));
  assert_false(format_is_known("%Y-%Q", &at));
  assert_int_equal(at, 3);
  assert_false(format_is_known("%", &at));
}

/* Parsers stand any bytes, and what they call a number or date has a system or an order. */
static void test_any_bytes(void **state)
{
  (void)state;
  static const char letters[] = "0123456789.,-+/: '%$()eETWZJanPMAY\xE2\x82\xAC\xC2\xA0";
  Random random = random_new(7, 0);
  size_t numbers = 0, dates = 0;
  for (int i = 0; i < 300000; i++) {
    char text[24];
    const size_t n = random_below(&random, sizeof text);
    for (size_t k = 0; k < n; k++) {
      text[k] = letters[random_below(&random, random_below(&random, 2) ? 12 : sizeof letters - 1)];
    }
    ParsedAmount amount;
    ParsedMoment moment;
    if (parse_amount(text, n, &amount)) {
      assert_int_not_equal(amount.systems, 0);
      numbers++;
    }
    if (parse_moment(text, n, &moment)) {
      assert_int_not_equal(moment.orders, 0);
      dates++;
    }
  }
  assert_true(numbers > 1000 && dates > 5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_amounts),   cmocka_unit_test(test_round_trips),       cmocka_unit_test(test_wholes),
      cmocka_unit_test(test_moments),   cmocka_unit_test(test_moments_at_random), cmocka_unit_test(test_formats),
      cmocka_unit_test(test_any_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
