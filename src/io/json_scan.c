/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings are passed over eight bytes at a time: a word is tested at once for a quote, a backslash and bytes
 * below a blank (Mycroft's test for a zero byte, after the searched byte was made zero by exclusive or). */
#include "io/json_scan.h"

#include <math.h>
#include <string.h>

#include "frame/parse_number.h"
#include "frame/parse_time.h"

enum { POLL_ITEMS = 4096 };

bool json_fail(JsonScan *scan, JsonTrouble trouble, const char *at)
{
  scan->trouble = trouble;
  scan->at = at;
  return false;
}

/* ---- Strings ---- */

static const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);

/* Bytes may be marked falsely only above one that is marked rightly, in the order of their values' weights:
 * so a word without a mark has no such byte, and that is all it is asked for. */
static inline uint64_t marks(uint64_t word)
{
  const uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
  return (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * 0x20) & ~word)) & tops;
}

/* The first byte of a string's content that is a quote, a backslash or a control character; or the end. */
static inline const char *plain_end(const char *at, const char *end)
{
  while (end - at >= 8) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    if (marks(word)) {
      break;
    }
    at += 8;
  }
  while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) {
    at++;
  }
  return at;
}

static int hex_digit(char c)
{
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* The number of four hexadecimal digits, -1 when these are not there. */
static int hex_of(const char *at, const char *end)
{
  int code = 0;
  if (end - at < 4) {
    return -1;
  }
  for (int i = 0; i < 4; i++) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) {
      return -1;
    }
    code = code * 16 + digit;
  }
  return code;
}

/* `at` is at a backslash. */
static bool pass_escape(JsonScan *scan)
{
  const char *at = scan->at;
  if (scan->end - at < 2) {
    return json_fail(scan, JSON_OPEN_STRING, at);
  }
  if (at[1] != 'u') {
    scan->at = at + 2;
    return (at[1] != '\0' && strchr("\"\\/bfnrt", at[1])) || json_fail(scan, JSON_ESCAPE, at);
  }
  const int code = hex_of(at + 2, scan->end);
  if (code < 0) {
    return json_fail(scan, JSON_ESCAPE, at);
  }
  if (code == 0) {
    return json_fail(scan, JSON_NUL, at);
  }
  scan->at = at + 6;
  if (code >= 0xD800 && code <= 0xDFFF) {
    const bool pair = code <= 0xDBFF && scan->end - at >= 12 && at[6] == '\\' && at[7] == 'u';
    const int low = pair ? hex_of(at + 8, scan->end) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
      return json_fail(scan, JSON_SURROGATE, at);
    }
    scan->at = at + 12;
  }
  return true;
}

bool json_string(JsonScan *scan, JsonString *out)
{
  const char *open = scan->at;
  out->text = open + 1;
  out->escaped = false;
  for (scan->at = open + 1;;) {
    scan->at = plain_end(scan->at, scan->end);
    if (scan->at == scan->end) {
      return json_fail(scan, JSON_OPEN_STRING, open);
    }
    if (*scan->at == '"') {
      out->length = (size_t)(scan->at++ - out->text);
      return true;
    }
    if (*scan->at != '\\') {
      return json_fail(scan, JSON_CONTROL, scan->at);
    }
    out->escaped = true;
    if (!pass_escape(scan)) {
      return false;
    }
  }
}

static char *put_code(char *out, uint32_t code)
{
  if (code < 0x80) {
    *out++ = (char)code;
  } else if (code < 0x800) {
    *out++ = (char)(0xC0 | code >> 6);
    *out++ = (char)(0x80 | (code & 63));
  } else if (code < 0x10000) {
    *out++ = (char)(0xE0 | code >> 12);
    *out++ = (char)(0x80 | (code >> 6 & 63));
    *out++ = (char)(0x80 | (code & 63));
  } else {
    *out++ = (char)(0xF0 | code >> 18);
    *out++ = (char)(0x80 | (code >> 12 & 63));
    *out++ = (char)(0x80 | (code >> 6 & 63));
    *out++ = (char)(0x80 | (code & 63));
  }
  return out;
}

/* What follows a backslash, decoded; gives the number of bytes behind the backslash. */
static size_t put_escape(const char *text, const char *end, char **out)
{
  static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
  if (*text != 'u') {
    const char *found = strchr(from, *text);
    *(*out)++ = found ? to[found - from] : *text;
    return 1;
  }
  uint32_t code = (uint32_t)hex_of(text + 1, end);
  const bool pair = code >= 0xD800 && code <= 0xDBFF;
  if (pair) {
    code = 0x10000 + ((code - 0xD800) << 10) + ((uint32_t)hex_of(text + 7, end) - 0xDC00);
  }
  *out = put_code(*out, code);
  return pair ? 11 : 5;
}

size_t json_unescape(const char *text, size_t length, char *out)
{
  const char *end = text + length, *begin = out;
  while (text < end) {
    const char *slash = memchr(text, '\\', (size_t)(end - text));
    const size_t plain = (size_t)((slash ? slash : end) - text);
    memmove(out, text, plain);
    out += plain;
    text += plain;
    if (slash) {
      text += 1 + put_escape(text + 1, end, &out);
    }
  }
  return (size_t)(out - begin);
}

/* ---- Numbers ---- */

static inline bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static inline const char *digits_end(const char *at, const char *end)
{
  while (at < end && is_digit(*at)) {
    at++;
  }
  return at;
}

/* A whole number of more than 15 digits, or one with a point or exponent that may be too large. */
static JsonKind long_kind(const char *text, size_t length)
{
  int64_t whole;
  ParsedDecimal decimal;
  if (parse_int_forced(text, length, &whole)) {
    const double real = (double)whole; /* 2^63 - 1 rounds to 2^63, past int64 */
    const bool exact = real < 9223372036854775808.0 && (int64_t)real == whole;
    return exact ? JSON_INT : JSON_INT_ONLY;
  }
  if (!parse_decimal(text, length, &decimal)) {
    return JSON_TEXT; /* not reached: the grammar is that of JSON */
  }
  const double real = parse_decimal_value(&decimal, text);
  if (isinf(real)) {
    return JSON_TOO_LARGE;
  }
  if (!decimal.whole) {
    return JSON_REAL;
  }
  /* Past int64: exact when the double is this very number; only multiples of ten that float64 has, in
   * practice. */
  char digits[32];
  const size_t sign = decimal.negative;
  const double size = fabs(real);
  if (decimal.left > 20 || size >= 18446744073709551616.0) {
    return JSON_LONG;
  }
  uint64_t value = (uint64_t)size;
  size_t n = sizeof digits;
  for (; value > 0; value /= 10) {
    digits[--n] = (char)('0' + value % 10);
  }
  const bool same = sizeof digits - n == length - sign && memcmp(digits + n, text + sign, length - sign) == 0;
  return same ? JSON_REAL : JSON_LONG;
}

static bool number(JsonScan *scan, JsonKind *kind)
{
  const char *begin = scan->at, *end = scan->end, *at = begin + (*begin == '-');
  const char *whole = at;
  at = digits_end(at, end);
  if (at == whole || (*whole == '0' && at - whole > 1)) {
    return json_fail(scan, JSON_NUMBER, begin);
  }
  bool real = false, power = false;
  if (at < end && *at == '.') {
    const char *part = ++at;
    at = digits_end(at, end);
    real = true;
    if (at == part) {
      return json_fail(scan, JSON_NUMBER, begin);
    }
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    at += 1 + (end - at > 1 && (at[1] == '+' || at[1] == '-'));
    const char *part = at;
    at = digits_end(at, end);
    real = power = true;
    if (at == part) {
      return json_fail(scan, JSON_NUMBER, begin);
    }
  }
  const bool large = power || at - whole > (real ? 300 : 15);
  *kind = large ? long_kind(begin, (size_t)(at - begin)) : real ? JSON_REAL : JSON_INT;
  scan->at = at;
  return true;
}

/* ---- Values ---- */

static bool literal(JsonScan *scan, const char *word, size_t length)
{
  if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0) {
    return json_fail(scan, JSON_WANTS_VALUE, scan->at);
  }
  scan->at += length;
  return true;
}

/* Texts that are more than texts begin with a digit, or are one of three words. */
static JsonKind text_kind(const JsonString *string)
{
  int64_t time;
  double special;
  bool utc;
  if (string->escaped || string->length < 3) {
    return JSON_TEXT;
  }
  if (is_digit(string->text[0])) {
    return string->length < 8 || !parse_time(string->text, string->length, &time, &utc) ? JSON_TEXT
           : utc                                                                        ? JSON_TIME_UTC
                                                                                        : JSON_TIME;
  }
  return string->length <= 4 && parse_special(string->text, string->length, &special) ? JSON_SPECIAL
                                                                                      : JSON_TEXT;
}

static bool skip(JsonScan *scan, int depth, JsonKind *kind);

/* Between the items of arrays and objects. */
static inline bool may_go_on(JsonScan *scan)
{
  return ++scan->polls % POLL_ITEMS != 0 || !scan->task || !task_cancelled(scan->task) ||
         json_fail(scan, JSON_NO_MEMORY, scan->at);
}

static bool skip_object(JsonScan *scan, int depth)
{
  JsonKind kind;
  JsonString key;
  for (bool first = true;; first = false) {
    scan->at++; /* the brace or comma */
    json_blanks(scan);
    if (first && scan->at < scan->end && *scan->at == '}') {
      break;
    }
    if (scan->at == scan->end || *scan->at != '"') {
      return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_KEY, scan->at);
    }
    if (!json_string(scan, &key)) {
      return false;
    }
    json_blanks(scan);
    if (scan->at == scan->end || *scan->at != ':') {
      return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COLON, scan->at);
    }
    scan->at++;
    if (!may_go_on(scan) || !skip(scan, depth + 1, &kind)) {
      return false;
    }
    json_blanks(scan);
    if (scan->at == scan->end || (*scan->at != ',' && *scan->at != '}')) {
      return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COMMA_BRACE, scan->at);
    }
    if (*scan->at == '}') {
      break;
    }
  }
  scan->at++;
  return true;
}

static bool skip_array(JsonScan *scan, int depth, JsonKind *out)
{
  bool texts = true, empty = true;
  JsonKind kind;
  for (;; empty = false) {
    scan->at++; /* the bracket or comma */
    json_blanks(scan);
    if (empty && scan->at < scan->end && *scan->at == ']') {
      break;
    }
    texts = texts && scan->at < scan->end && *scan->at == '"';
    if (!may_go_on(scan) || !skip(scan, depth + 1, &kind)) {
      return false;
    }
    json_blanks(scan);
    if (scan->at == scan->end || (*scan->at != ',' && *scan->at != ']')) {
      return json_fail(scan, scan->at == scan->end ? JSON_ENDS : JSON_WANTS_COMMA_BRACKET, scan->at);
    }
    if (*scan->at == ']') {
      empty = false;
      break;
    }
  }
  scan->at++;
  *out = empty ? JSON_EMPTY : texts ? JSON_TEXTS : JSON_ARRAY;
  return true;
}

/* Passes any value and tells its kind; an object's is JSON_ARRAY. */
static bool skip(JsonScan *scan, int depth, JsonKind *kind)
{
  JsonString string;
  json_blanks(scan);
  if (scan->at == scan->end) {
    return json_fail(scan, JSON_ENDS, scan->at);
  }
  if ((*scan->at == '{' || *scan->at == '[') && depth >= JSON_DEPTH_MOST) {
    return json_fail(scan, JSON_DEPTH, scan->at);
  }
  switch (*scan->at) {
    case '"':
      if (!json_string(scan, &string)) {
        return false;
      }
      *kind = text_kind(&string);
      return true;
    case '{': *kind = JSON_ARRAY; return skip_object(scan, depth);
    case '[': return skip_array(scan, depth, kind);
    case 't': *kind = JSON_BOOL; return literal(scan, "true", 4);
    case 'f': *kind = JSON_BOOL; return literal(scan, "false", 5);
    case 'n': *kind = JSON_NULL; return literal(scan, "null", 4);
    default:
      if (*scan->at != '-' && !is_digit(*scan->at)) {
        return json_fail(scan, JSON_WANTS_VALUE, scan->at);
      }
      return number(scan, kind);
  }
}

bool json_value(JsonScan *scan, int depth, JsonKind *kind)
{
  return skip(scan, depth, kind);
}

bool json_skip(JsonScan *scan)
{
  JsonKind kind;
  return skip(scan, 0, &kind);
}

const char *json_value_end(const char *at, const char *end)
{
  JsonScan scan = {.at = at, .end = end};
  (void)json_skip(&scan);
  return scan.at;
}
