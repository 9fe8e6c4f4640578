/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_cell.h"

#include <math.h>
#include <string.h>

#include "io/csv_number.h"

static inline bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static inline bool is_digit(char c)
{
  return (unsigned char)(c - '0') < 10;
}

void csv_trim(const char **text, size_t *length)
{
  while (*length > 0 && is_blank((*text)[0])) {
    ++*text;
    --*length;
  }
  while (*length > 0 && is_blank((*text)[*length - 1])) {
    --*length;
  }
}

bool csv_int(const char *text, size_t length, int64_t *value)
{
  const bool negative = length > 0 && text[0] == '-';
  const size_t digits = length - negative;
  const char *p = text + negative;
  if (digits == 0 || digits > CSV_DIGITS_MOST || (digits > 1 && p[0] == '0')) {
    return false;
  }
  uint64_t sum = 0;
  unsigned bad = 0;
  for (size_t i = 0; i < digits; i++) {
    const unsigned digit = (unsigned char)(p[i] - '0');
    bad |= digit > 9;
    sum = sum * 10 + digit;
  }
  *value = (int64_t)(negative ? -sum : sum);
  return !bad;
}

/* A sum that passes int64's range on the negative side first, so that its least number fits. */
bool csv_int_forced(const char *text, size_t length, int64_t *value)
{
  const bool sign = length > 0 && (text[0] == '-' || text[0] == '+');
  const bool negative = sign && text[0] == '-';
  if (length == (size_t)sign) {
    return false;
  }
  int64_t sum = 0;
  for (size_t i = sign; i < length; i++) {
    if (!is_digit(text[i]) || __builtin_mul_overflow(sum, 10, &sum) ||
        __builtin_sub_overflow(sum, text[i] - '0', &sum)) {
      return false;
    }
  }
  if (!negative && sum == INT64_MIN) {
    return false;
  }
  *value = negative ? sum : -sum;
  return true;
}

static bool is_word(const char *text, size_t length, const char *word)
{
  return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* R's spellings. */
static bool special_float(const char *text, size_t length, double *value)
{
  const bool negative = length == 4 && text[0] == '-';
  if (is_word(text, length, "NaN")) {
    *value = (double)NAN;
  } else if (is_word(text + negative, length - negative, "Inf")) {
    *value = negative ? -(double)INFINITY : (double)INFINITY;
  } else {
    return false;
  }
  return true;
}

/* A decimal that is a number, not a code. */
static bool is_number(const CsvDecimal *decimal)
{
  return !decimal->zero_first && !decimal->plus && !(decimal->whole && decimal->left > CSV_DIGITS_MOST);
}

bool csv_float(const char *text, size_t length, double *value)
{
  CsvDecimal decimal;
  if (csv_short_decimal(text, length, value)) {
    return true;
  }
  if (!csv_decimal(text, length, &decimal)) {
    return length <= 4 && special_float(text, length, value);
  }
  if (!is_number(&decimal)) {
    return false;
  }
  *value = csv_decimal_value(&decimal, text);
  return !isinf(*value);
}

bool csv_float_forced(const char *text, size_t length, double *value)
{
  CsvDecimal decimal;
  if (!csv_decimal(text, length, &decimal)) {
    return length <= 4 && special_float(text, length, value);
  }
  *value = csv_decimal_value(&decimal, text);
  return !isinf(*value);
}

bool csv_bool(const char *text, size_t length, bool *value)
{
  if (length == 4) {
    *value = true;
    return memcmp(text, "true", 4) == 0 || memcmp(text, "TRUE", 4) == 0 || memcmp(text, "True", 4) == 0;
  }
  *value = false;
  return length == 5 &&
         (memcmp(text, "false", 5) == 0 || memcmp(text, "FALSE", 5) == 0 || memcmp(text, "False", 5) == 0);
}

bool csv_bool_forced(const char *text, size_t length, bool *value)
{
  if (length == 1 && (text[0] == '0' || text[0] == '1')) {
    *value = text[0] == '1';
    return true;
  }
  return csv_bool(text, length, value);
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

bool csv_time(const char *text, size_t length, int64_t *value, bool *utc)
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

static CsvKind kind_of_decimal(const CsvDecimal *decimal, const char *text)
{
  if (decimal->whole) {
    return decimal->left > CSV_DIGITS_MOST ? CSV_LONG_NUMBER
           : decimal->plus                 ? CSV_PLUS_FIRST
           : decimal->zero_first           ? CSV_ZERO_FIRST
                                           : CSV_INT;
  }
  if (decimal->plus || decimal->zero_first) {
    return CSV_ODD_DECIMAL;
  }
  return isinf(csv_decimal_value(decimal, text)) ? CSV_TOO_LARGE : CSV_FLOAT;
}

static CsvKind kind_of_word(const char *text, size_t length)
{
  bool truth;
  double number;
  if (is_word(text, length, "NA")) {
    return CSV_MISSING;
  }
  if (csv_bool(text, length, &truth)) {
    return CSV_BOOL;
  }
  return length <= 4 && special_float(text, length, &number) ? CSV_FLOAT : CSV_TEXT;
}

/* Most texts are told from values by their first character. */
CsvKind csv_kind(const char *text, size_t length)
{
  CsvDecimal decimal;
  int64_t value;
  bool utc;
  if (length == 0) {
    return CSV_MISSING;
  }
  if (is_blank(text[0]) || is_blank(text[length - 1])) {
    csv_trim(&text, &length);
    if (length == 0) {
      return CSV_BLANKS;
    }
  }
  switch (text[0]) {
    case 'N':
    case 'T':
    case 'F':
    case 't':
    case 'f':
    case 'I':
      return kind_of_word(text, length);
    case '-':
    case '+':
    case '.':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      if (csv_decimal(text, length, &decimal)) {
        return kind_of_decimal(&decimal, text);
      }
      if (csv_time(text, length, &value, &utc)) {
        return utc ? CSV_TIME_UTC : CSV_TIME;
      }
      return kind_of_word(text, length);
    default:
      return CSV_TEXT;
  }
}

CsvKind csv_kind_quoted(const char *text, size_t length)
{
  const CsvKind kind = csv_kind(text, length);
  return kind >= CSV_TEXT || kind == CSV_BLANKS ? CSV_TEXT : CSV_QUOTED;
}
