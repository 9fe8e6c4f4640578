/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv_cell.c -- one cell: its kind, and its value to the last bit. The nearest double is checked against
 * glibc's strtod, which rounds correctly, on random decimals and on numbers half-way between two doubles;
 * dates against timegm. */
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
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "io/csv_cell.h"
#include "io/csv_mask.h"

typedef struct KindCase {
  const char *text;
  CsvKind kind, quoted;
} KindCase;

static const KindCase kinds[] = {
    {"", CSV_MISSING, CSV_QUOTED},
    {"NA", CSV_MISSING, CSV_QUOTED},
    {" NA\t", CSV_MISSING, CSV_QUOTED},
    {"na", CSV_TEXT, CSV_TEXT},
    {"NAN", CSV_TEXT, CSV_TEXT},
    {"N", CSV_TEXT, CSV_TEXT},
    {"  ", CSV_BLANKS, CSV_TEXT},
    {"\t", CSV_BLANKS, CSV_TEXT},
    {"true", CSV_BOOL, CSV_QUOTED},
    {"FALSE", CSV_BOOL, CSV_QUOTED},
    {"True", CSV_BOOL, CSV_QUOTED},
    {" False ", CSV_BOOL, CSV_QUOTED},
    {"TRue", CSV_TEXT, CSV_TEXT},
    {"t", CSV_TEXT, CSV_TEXT},
    {"0", CSV_INT, CSV_QUOTED},
    {"-0", CSV_INT, CSV_QUOTED},
    {"12", CSV_INT, CSV_QUOTED},
    {" -12 ", CSV_INT, CSV_QUOTED},
    {"999999999999999999", CSV_INT, CSV_QUOTED},
    {"1000000000000000000", CSV_LONG_NUMBER, CSV_TEXT},
    {"007", CSV_ZERO_FIRST, CSV_TEXT},
    {"-007", CSV_ZERO_FIRST, CSV_TEXT},
    {"00", CSV_ZERO_FIRST, CSV_TEXT},
    {"00.5", CSV_ODD_DECIMAL, CSV_TEXT},
    {"+1e5", CSV_ODD_DECIMAL, CSV_TEXT},
    {"+0000000000000000000", CSV_LONG_NUMBER, CSV_TEXT},
    {"+5", CSV_PLUS_FIRST, CSV_TEXT},
    {"+4912345", CSV_PLUS_FIRST, CSV_TEXT},
    {"+x", CSV_TEXT, CSV_TEXT},
    {"+", CSV_TEXT, CSV_TEXT},
    {"-", CSV_TEXT, CSV_TEXT},
    {".", CSV_TEXT, CSV_TEXT},
    {"-.", CSV_TEXT, CSV_TEXT},
    {"e5", CSV_TEXT, CSV_TEXT},
    {"1e", CSV_TEXT, CSV_TEXT},
    {"1e+", CSV_TEXT, CSV_TEXT},
    {"1e5x", CSV_TEXT, CSV_TEXT},
    {"1.5.2", CSV_TEXT, CSV_TEXT},
    {"1,5", CSV_TEXT, CSV_TEXT},
    {"0x1F", CSV_TEXT, CSV_TEXT},
    {"1 2", CSV_TEXT, CSV_TEXT},
    {"12-34", CSV_TEXT, CSV_TEXT},
    {"0.5", CSV_FLOAT, CSV_QUOTED},
    {".5", CSV_FLOAT, CSV_QUOTED},
    {"5.", CSV_FLOAT, CSV_QUOTED},
    {"-1.25E-3", CSV_FLOAT, CSV_QUOTED},
    {"1e5", CSV_FLOAT, CSV_QUOTED},
    {"12345678901234567890.5", CSV_FLOAT, CSV_QUOTED},
    {"0.12345678901234567890123456789", CSV_FLOAT, CSV_QUOTED},
    {"1e308", CSV_FLOAT, CSV_QUOTED},
    {"1e309", CSV_TOO_LARGE, CSV_TEXT},
    {"-1e999999999999999999999", CSV_TOO_LARGE, CSV_TEXT},
    {"1e-400", CSV_FLOAT, CSV_QUOTED},
    {"NaN", CSV_FLOAT, CSV_QUOTED},
    {"Inf", CSV_FLOAT, CSV_QUOTED},
    {"-Inf", CSV_FLOAT, CSV_QUOTED},
    {"-NaN", CSV_TEXT, CSV_TEXT},
    {"inf", CSV_TEXT, CSV_TEXT},
    {"Infinity", CSV_TEXT, CSV_TEXT},
    {"2026-01-31", CSV_TIME, CSV_QUOTED},
    {"2026-01-31T10:20", CSV_TIME, CSV_QUOTED},
    {" 2026-01-31 10:20:30 ", CSV_TIME, CSV_QUOTED},
    {"2026-01-31 10:20:30.123456", CSV_TIME, CSV_QUOTED},
    {"2026-01-31 10:20:30.123456000", CSV_TIME, CSV_QUOTED},
    {"2026-01-31 10:20:30.1234567", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:20:30Z", CSV_TIME_UTC, CSV_QUOTED},
    {"2026-01-31T10:20Z", CSV_TIME_UTC, CSV_QUOTED},
    {"2026-01-31Z", CSV_TEXT, CSV_TEXT},
    {"2026-01-31 ZZ", CSV_TEXT, CSV_TEXT},
    {"2026-01-31TZ", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:2", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:20:", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:20:30.", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T24:00:00", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:60:00", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:20:60", CSV_TEXT, CSV_TEXT},
    {"2026-01-31T10:20:30+02:00", CSV_TEXT, CSV_TEXT},
    {"2026-02-29", CSV_TEXT, CSV_TEXT},
    {"2024-02-29", CSV_TIME, CSV_QUOTED},
    {"1900-02-29", CSV_TEXT, CSV_TEXT},
    {"2000-02-29", CSV_TIME, CSV_QUOTED},
    {"2026-13-01", CSV_TEXT, CSV_TEXT},
    {"2026-00-01", CSV_TEXT, CSV_TEXT},
    {"2026-01-00", CSV_TEXT, CSV_TEXT},
    {"2026-04-31", CSV_TEXT, CSV_TEXT},
    {"0000-01-01", CSV_TEXT, CSV_TEXT},
    {"2026/01/31", CSV_TEXT, CSV_TEXT},
    {"2026-1-31", CSV_TEXT, CSV_TEXT},
    {"milk", CSV_TEXT, CSV_TEXT},
    {" milk ", CSV_TEXT, CSV_TEXT},
    {"\xE5\xAE\xA2", CSV_TEXT, CSV_TEXT},
};

static void test_kinds(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    const size_t length = strlen(kinds[i].text);
    const CsvKind kind = csv_kind(kinds[i].text, length), quoted = csv_kind_quoted(kinds[i].text, length);
    if (kind != kinds[i].kind || quoted != kinds[i].quoted) {
      fail_msg("'%s' is of kind %d, in quotes %d", kinds[i].text, (int)kind, (int)quoted);
    }
  }
}

/* The parsers take what csv_kind calls theirs (but for blanks around it), and nothing else. */
static void check_parsers(const char *text, size_t length)
{
  const bool edges = length > 0 && (strchr(" \t", text[0]) || strchr(" \t", text[length - 1]));
  const CsvKind kind = edges ? CSV_TEXT : csv_kind(text, length);
  int64_t whole;
  double number;
  bool truth, utc;
  if (parse_int(text, length, &whole) != (kind == CSV_INT) ||
      parse_float(text, length, &number) != (kind == CSV_INT || kind == CSV_FLOAT) ||
      parse_bool(text, length, &truth) != (kind == CSV_BOOL) ||
      parse_time(text, length, &whole, &utc) != (kind == CSV_TIME || kind == CSV_TIME_UTC)) {
    fail_msg("kind and parsers disagree on '%.*s'", (int)length, text);
  }
}

static void test_kinds_agree_with_parsers(void **state)
{
  (void)state;
  static const char letters[] = "0123456789012345-+.eETtrueNAInfZ: ";
  Random random = random_new(11, 0);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    check_parsers(kinds[i].text, strlen(kinds[i].text));
  }
  for (int i = 0; i < 300000; i++) {
    char text[24];
    const size_t length = random_below(&random, sizeof text);
    for (size_t k = 0; k < length; k++) {
      text[k] = letters[random_below(&random, sizeof letters - 1)];
    }
    check_parsers(text, length);
  }
}

static void test_int(void **state)
{
  (void)state;
  int64_t value;
  assert_true(parse_int("-999999999999999999", 19, &value));
  assert_true(value == INT64_C(-999999999999999999));
  assert_true(parse_int("0", 1, &value) && value == 0);
  assert_true(parse_int_forced("9223372036854775807", 19, &value) && value == INT64_MAX);
  assert_true(parse_int_forced("-9223372036854775808", 20, &value) && value == INT64_MIN);
  assert_false(parse_int_forced("9223372036854775808", 19, &value));
  assert_false(parse_int_forced("-9223372036854775809", 20, &value));
  assert_true(parse_int_forced("+0042", 5, &value) && value == 42);
  assert_false(parse_int_forced("", 0, &value));
  assert_false(parse_int_forced("-", 1, &value));
  assert_false(parse_int_forced("4.0", 3, &value));
}

static void check_float(const char *text)
{
  ParsedDecimal decimal;
  assert_true(parse_decimal(text, strlen(text), &decimal));
  const double got = parse_decimal_value(&decimal, text), wanted = strtod(text, NULL);
  if (memcmp(&got, &wanted, sizeof got) != 0) {
    fail_msg("%s reads as %a, the nearest double is %a", text, got, wanted);
  }
}

/* Where rounding is hardest: half-way cases, the ends of the range, and the famous ones of Clinger (1990) and
 * of the bugs of 2010 and 2011 in PHP and Java (2.2250738585072012e-308 and its neighbour). */
static void test_hard_floats(void **state)
{
  (void)state;
  static const char *const hard[] = {
      "9007199254740993",
      "9007199254740992.5",
      "9007199254740993.0000000000000000000001",
      "9007199254740995",
      "4503599627370496.5",
      "4503599627370497.5",
      "0.1",
      "0.3",
      "123456.789",
      "-0",
      "-0.0",
      "0e99",
      "5e-324",
      "2.4703282292062327208e-324",
      "2.4703282292062328e-324",
      "2.2250738585072011e-308",
      "2.2250738585072012e-308",
      "2.2250738585072014e-308",
      "1.7976931348623157e308",
      "1.7976931348623158e308",
      "1.7976931348623159e308",
      "179769313486231570000000000000000000000e270",
      "6.02214076e23",
      "1e22",
      "1e23",
      "8.5e22",
      "9999999999999999999",
      "18446744073709551615",
      "18446744073709551616",
      "1.00000000000000011102230246251565404236316680908203125",
      "1.00000000000000011102230246251565404236316680908203124",
      "0.000000000000000000000000000000000001e36",
      "1.00000000000000011102230246251565404236316680908203126",
      "3.14159265358979323846264338327950288",
      "0.00000000000000000001234567890123456789",
      "12345678901234567e-19",
      "12345678901234567e-20",
      "12345678901234567e19",
      "12345678901234567e20",
      "9007199254740993e19",
      "1e-22",
      "1e-23",
      "7450580596923828125e-27",
  };
  for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
    check_float(hard[i]);
  }
}

static void test_random_floats(void **state)
{
  (void)state;
  Random random = random_new(12, 0);
  for (int i = 0; i < 300000; i++) {
    char text[64];
    const int left = (int)random_below(&random, 20), right = (int)random_below(&random, 20);
    size_t used = 0;
    for (int k = 0; k < left; k++) {
      text[used++] = (char)('0' + random_below(&random, 10));
    }
    text[used++] = '.';
    for (int k = 0; k <= right; k++) {
      text[used++] = (char)('0' + random_below(&random, 10));
    }
    const int range = i % 3 == 0 ? 340 : 25;
    const int exponent = (int)random_below(&random, (uint64_t)range * 2) - range;
    snprintf(text + used, sizeof text - used, "e%d", i % 2 ? exponent : 0);
    check_float(text);
  }
}

/* 19 digits and 10^-19: here the quotient has the fewest bits, and what is left over decides one time in two
 * thousand. */
static void test_deep_floats(void **state)
{
  (void)state;
  Random random = random_new(16, 0);
  for (int i = 0; i < 100000; i++) {
    char text[64];
    snprintf(text, sizeof text, "%llue-19",
             (unsigned long long)random_below(&random, UINT64_C(10000000000000000000)));
    check_float(text);
  }
}

/* Every double printed with 17 digits reads back; so do the decimals half-way to the next one and a digit
 * beside them. */
static void test_doubles_come_back(void **state)
{
  (void)state;
  Random random = random_new(13, 0);
  for (int i = 0; i < 100000; i++) {
    uint64_t bits = random_bits(&random);
    double value;
    if (i % 2) {
      bits = (bits & ~(UINT64_C(0x7FF) << 52)) | (1023 - 40 + random_below(&random, 80)) << 52;
    }
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) {
      continue;
    }
    char text[1200];
    snprintf(text, sizeof text, "%.17g", value);
    check_float(text);
    if (i % 20 == 0) {
      const double next = nextafter(value, (double)INFINITY);
      if (isfinite(next)) {
        snprintf(text, sizeof text, "%.1080Lf", (long double)value / 2 + (long double)next / 2);
        check_float(text);
      }
    }
  }
}

/* More digits than are kept for strtod: one at the very end decides. */
static void test_long_floats(void **state)
{
  (void)state;
  char text[4000] = "9007199254740993.";
  size_t used = strlen(text);
  while (used < 3000) {
    text[used++] = '0';
  }
  check_float(text);
  text[used++] = '1';
  check_float(text);
  memset(text, '0', 3000);
  text[1] = '.';
  memcpy(text + 3000, "123456789e2999", 15);
  check_float(text);
}

static void test_dates_against_timegm(void **state)
{
  (void)state;
  Random random = random_new(14, 0);
  const int64_t first = INT64_C(-62135596800),
                last = INT64_C(253402300799); /* 0001-01-01 and 9999-12-31 23:59:59 */
  for (int i = 0; i < 200000; i++) {
    const time_t seconds = i == 0   ? first
                           : i == 1 ? last
                                    : first + (int64_t)random_below(&random, (uint64_t)(last - first));
    struct tm tm;
    assert_non_null(gmtime_r(&seconds, &tm));
    char text[80];
    snprintf(text, sizeof text, "%04d-%02d-%02d%c%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, i % 2 ? 'T' : ' ', tm.tm_hour, tm.tm_min, tm.tm_sec, i % 1000);
    int64_t value;
    bool utc;
    if (!parse_time(text, strlen(text), &value, &utc) || !utc || value != seconds * 1000000 + i % 1000 * 1000) {
      fail_msg("%s reads as %lld", text, (long long)value);
    }
  }
}

static void test_forced(void **state)
{
  (void)state;
  double number;
  bool truth;
  assert_true(parse_float_forced("+007.5", 6, &number) && number == 7.5);
  assert_true(parse_float_forced("12345678901234567890", 20, &number) && number == 12345678901234567890.0);
  assert_false(parse_float_forced("1e309", 5, &number));
  assert_false(parse_float_forced("x", 1, &number));
  assert_true(parse_bool_forced("1", 1, &truth) && truth);
  assert_true(parse_bool_forced("0", 1, &truth) && !truth);
  assert_false(parse_bool_forced("2", 1, &truth));
}

/* The two ways of comparing 64 bytes give the same bits. */
static void test_masks(void **state)
{
  (void)state;
  Random random = random_new(15, 0);
  for (int i = 0; i < 20000; i++) {
    char bytes[CSV_LANE];
    const char c[4] = {(char)random_bits(&random), ',', '\n', (char)random_bits(&random)};
    uint64_t any = 0, high = 0;
    for (size_t k = 0; k < sizeof bytes; k++) {
      const uint64_t pick = random_below(&random, 8);
      bytes[k] = pick < 4 ? c[pick] : (char)random_bits(&random);
      high |= (uint64_t)((unsigned char)bytes[k] >> 7) << k;
      any |= (uint64_t)(memchr(c, bytes[k], sizeof c) != NULL) << k;
    }
    assert_true(csv_high(bytes) == high && csv_high_portable(bytes) == high);
    assert_true(csv_any_of(bytes, c) == any);
    uint64_t each = 0;
    for (int k = 0; k < 4; k++) {
      assert_true(csv_equal(bytes, c[k]) == csv_equal_portable(bytes, c[k]));
      each |= csv_equal_portable(bytes, c[k]);
    }
    assert_true(each == any);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_kinds),
      cmocka_unit_test(test_kinds_agree_with_parsers),
      cmocka_unit_test(test_int),
      cmocka_unit_test(test_hard_floats),
      cmocka_unit_test(test_random_floats),
      cmocka_unit_test(test_deep_floats),
      cmocka_unit_test(test_doubles_come_back),
      cmocka_unit_test(test_long_floats),
      cmocka_unit_test(test_dates_against_timegm),
      cmocka_unit_test(test_forced),
      cmocka_unit_test(test_masks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
