/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame/parse_time.h"

static inline bool is_digit(char c)
{
  return (unsigned char)(c - '0') < 10;
}

/* Two digits, or a number over 99. */
static inline unsigned two(const char *p)
{
  const unsigned tens = (unsigned char)(p[0] - '0'), ones = (unsigned char)(p[1] - '0');
  return tens > 9 || ones > 9 ? 255 : tens * 10 + ones;
}

static bool is_leap(unsigned year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* YYYY-MM-DD of the Gregorian calendar, years 1 to 9999, as days since 1970. */
static bool civil_date(const char *p, int64_t *days)
{
  static const uint16_t before[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  static const uint8_t month_days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  enum { DAYS_TO_1970 = 719162 }; /* from 0001-01-01 */
  const unsigned century = two(p), rest = two(p + 2), month = two(p + 5), day = two(p + 8);
  if (p[4] != '-' || p[7] != '-' || century > 99 || rest > 99 || month - 1 > 11) {
    return false;
  }
  const unsigned year = century * 100 + rest;
  const bool leap = is_leap(year);
  if (year == 0 || day == 0 || day > month_days[month] + (unsigned)(leap && month == 2)) {
    return false;
  }
  const int64_t past = (int64_t)year - 1;
  *days = past * 365 + past / 4 - past / 100 + past / 400 + before[month] + (leap && month > 2) + day - 1 -
          DAYS_TO_1970;
  return true;
}

/* The digits after the seconds' point, as microseconds; digits past the sixth must be 0, since nothing is
 * cut. */
static bool fraction(const char *p, size_t n, int64_t *us)
{
  *us = 0;
  for (size_t i = 0; i < n; i++) {
    if (!is_digit(p[i]) || (i >= 6 && p[i] != '0')) {
      return false;
    }
    *us = i < 6 ? *us * 10 + (p[i] - '0') : *us;
  }
  for (size_t i = n; i < 6; i++) {
    *us *= 10;
  }
  return n > 0;
}

/* HH:MM, then perhaps :SS, then perhaps a point and digits. */
static bool time_of_day(const char *p, size_t n, int64_t *us)
{
  int64_t part = 0;
  if (n < 5 || p[2] != ':') {
    return false;
  }
  const unsigned hour = two(p), minute = two(p + 3);
  unsigned second = 0;
  if (n > 5) {
    if (n < 8 || p[5] != ':') {
      return false;
    }
    second = two(p + 6);
    if (n > 8 && (p[8] != '.' || !fraction(p + 9, n - 9, &part))) {
      return false;
    }
  }
  *us = ((int64_t)hour * 3600 + minute * 60 + second) * 1000000 + part;
  return hour < 24 && minute < 60 && second < 60;
}

bool parse_time(const char *text, size_t length, int64_t *value, bool *utc)
{
  int64_t days, us = 0;
  *utc = false;
  if (length < 10 || !civil_date(text, &days)) {
    return false;
  }
  if (length > 10) {
    *utc = text[length - 1] == 'Z';
    const size_t n = length - 11 - *utc;
    if ((text[10] != ' ' && text[10] != 'T') || length < 11 + (size_t)*utc ||
        !time_of_day(text + 11, n, &us)) {
      return false;
    }
  }
  *value = days * INT64_C(86400000000) + us;
  return true;
}
