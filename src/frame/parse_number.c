/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame/parse_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_DIGITS = 19, EXACT_POWER = 19, CLINGER_POWER = 22, EXACT_SHORT = 15 /* characters */ };

static const int64_t exponent_most = INT64_C(1000000000000);

__extension__ typedef unsigned __int128 Wide;

static const double float_powers[CLINGER_POWER + 1] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static const uint64_t whole_powers[EXACT_POWER + 1] = {
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000,
  1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
  1000000000000000000, UINT64_C(10000000000000000000),
};

static inline unsigned digit_of(char c)
{
  return (unsigned char)(c - '0');
}

static inline const char *read_digits(const char *p, const char *end, uint64_t *sum)
{
  uint64_t total = *sum;
  unsigned digit;
  while (p < end && (digit = digit_of(*p)) < 10) {
    total = total * 10 + digit;
    p++;
  }
  *sum = total;
  return p;
}

/* The part after 'e'; false when it is not one. */
static bool read_exponent(const char *p, const char *end, int64_t *exponent)
{
  const bool negative = p < end && *p == '-';
  int64_t value = 0;
  p += negative || (p < end && *p == '+');
  if (p == end) {
    return false;
  }
  for (; p < end; p++) {
    if (digit_of(*p) > 9) {
      return false;
    }
    value = value < exponent_most ? value * 10 + digit_of(*p) : value;
  }
  value = value < exponent_most ? value : exponent_most;
  *exponent = negative ? -value : value;
  return true;
}

bool parse_short_decimal(const char *text, size_t length, double *value)
{
  const bool negative = length > 0 && text[0] == '-';
  const char *const start = text + negative, *const end = text + length;
  uint64_t digits = 0;
  const char *p = read_digits(start, end, &digits);
  const bool codes = p == start || (p - start > 1 && *start == '0');
  const char *const point = p;
  if (p < end && *p == '.') {
    p = read_digits(p + 1, end, &digits);
  }
  if (codes || p != end || end - start > EXACT_SHORT) {
    return false;
  }
  const double exact = (double)digits / float_powers[end > point ? end - point - 1 : 0];
  *value = negative ? -exact : exact;
  return true;
}

bool parse_decimal(const char *text, size_t length, ParsedDecimal *out)
{
  const char *p = text, *const end = text + length;
  *out = (ParsedDecimal){.length = length, .negative = length > 0 && *p == '-', .plus = length > 0 && *p == '+'};
  p += out->negative || out->plus;
  const char *const start = p;
  p = read_digits(p, end, &out->digits);
  out->left = (size_t)(p - start);
  out->zero_first = out->left > 1 && *start == '0';
  out->whole = p == end;
  if (p < end && *p == '.') {
    const char *const point = ++p;
    p = read_digits(p, end, &out->digits);
    out->right = (size_t)(p - point);
  }
  if (out->left + out->right == 0) {
    return false;
  }
  return p == end || ((*p == 'e' || *p == 'E') && read_exponent(p + 1, end, &out->exponent));
}

/* digits * 10^power, 0 < power <= 19. */
static double scale_up(uint64_t digits, int power)
{
  return (double)((Wide)digits * whole_powers[power]);
}

/* digits / 10^power: at least 63 bits of the quotient, the last one set when anything is left over, rounded
 * once. */
static double scale_down(uint64_t digits, int power)
{
  const int shift = 64 + __builtin_clzll(digits);
  const Wide dividend = (Wide)digits << shift;
  Wide quotient = dividend / whole_powers[power];
  quotient |= quotient * whole_powers[power] != dividend;
  return ldexp((double)quotient, -shift);
}

/* The number's significant digits copied for strtod: more than 800 of them matter only in whether the rest is
 * 0. */
static double by_library(const ParsedDecimal *decimal, const char *text)
{
  enum { KEPT = 800 };
  char copy[KEPT + 40];
  const size_t sign = decimal->negative || decimal->plus;
  size_t used = 0, passed = 0;
  bool rest = false;
  for (size_t i = sign, seen = 0; seen < decimal->left + decimal->right; i++) {
    if (text[i] == '.') {
      continue;
    }
    seen++;
    if (used > 0 || text[i] != '0') {
      if (used < KEPT) {
        copy[used++] = text[i];
      } else {
        passed++;
        rest = rest || text[i] != '0';
      }
    }
  }
  if (used == 0) {
    return 0;
  }
  copy[used] = '1';
  used += rest;
  const int64_t exponent = decimal->exponent - (int64_t)decimal->right + (int64_t)passed - rest;
  snprintf(copy + used, sizeof copy - used, "e%lld", (long long)exponent);
  return strtod(copy, NULL);
}

/* How many digits count: those after the leading zeros. */
static size_t significant(const ParsedDecimal *decimal, const char *text)
{
  size_t n = decimal->left + decimal->right;
  const char *p = text + (decimal->negative || decimal->plus);
  for (; n > 0 && (*p == '0' || *p == '.'); p++) {
    n -= *p == '0';
  }
  return n;
}

double parse_decimal_value(const ParsedDecimal *decimal, const char *text)
{
  const size_t written = decimal->left + decimal->right;
  const uint64_t digits = decimal->digits;
  double value;
  if (written > EXACT_DIGITS && significant(decimal, text) > EXACT_DIGITS) {
    value = by_library(decimal, text);
  } else if (digits == 0) {
    value = 0;
  } else {
    const int64_t power = decimal->exponent - (int64_t)decimal->right;
    if (digits <= UINT64_C(1) << 53 && power >= -CLINGER_POWER && power <= CLINGER_POWER) {
      value = power < 0 ? (double)digits / float_powers[-power] : (double)digits * float_powers[power];
    } else if (power >= 0 && power <= EXACT_POWER) {
      value = power == 0 ? (double)digits : scale_up(digits, (int)power);
    } else if (power < 0 && power >= -EXACT_POWER) {
      value = scale_down(digits, (int)-power);
    } else {
      value = by_library(decimal, text);
    }
  }
  return decimal->negative ? -value : value;
}

static inline bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static inline bool is_digit(char c)
{
  return (unsigned char)(c - '0') < 10;
}

void parse_trim(const char **text, size_t *length)
{
  while (*length > 0 && is_blank((*text)[0])) {
    ++*text;
    --*length;
  }
  while (*length > 0 && is_blank((*text)[*length - 1])) {
    --*length;
  }
}

bool parse_int(const char *text, size_t length, int64_t *value)
{
  const bool negative = length > 0 && text[0] == '-';
  const size_t digits = length - negative;
  const char *p = text + negative;
  if (digits == 0 || digits > PARSE_DIGITS_MOST || (digits > 1 && p[0] == '0')) {
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
bool parse_int_forced(const char *text, size_t length, int64_t *value)
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
bool parse_special(const char *text, size_t length, double *value)
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
static bool is_number(const ParsedDecimal *decimal)
{
  return !decimal->zero_first && !decimal->plus && !(decimal->whole && decimal->left > PARSE_DIGITS_MOST);
}

bool parse_float(const char *text, size_t length, double *value)
{
  ParsedDecimal decimal;
  if (parse_short_decimal(text, length, value)) {
    return true;
  }
  if (!parse_decimal(text, length, &decimal)) {
    return length <= 4 && parse_special(text, length, value);
  }
  if (!is_number(&decimal)) {
    return false;
  }
  *value = parse_decimal_value(&decimal, text);
  return !isinf(*value);
}

bool parse_float_forced(const char *text, size_t length, double *value)
{
  ParsedDecimal decimal;
  if (!parse_decimal(text, length, &decimal)) {
    return length <= 4 && parse_special(text, length, value);
  }
  *value = parse_decimal_value(&decimal, text);
  return !isinf(*value);
}

bool parse_bool(const char *text, size_t length, bool *value)
{
  if (length == 4) {
    *value = true;
    return memcmp(text, "true", 4) == 0 || memcmp(text, "TRUE", 4) == 0 || memcmp(text, "True", 4) == 0;
  }
  *value = false;
  return length == 5 &&
         (memcmp(text, "false", 5) == 0 || memcmp(text, "FALSE", 5) == 0 || memcmp(text, "False", 5) == 0);
}

bool parse_bool_forced(const char *text, size_t length, bool *value)
{
  if (length == 1 && (text[0] == '0' || text[0] == '1')) {
    *value = text[0] == '1';
    return true;
  }
  return parse_bool(text, length, value);
}
