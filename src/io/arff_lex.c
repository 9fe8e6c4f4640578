/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of ARFF lines, and dates in Java's formats. */
#include <stdio.h>
#include <string.h>

#include "io/arff_read.h"

#include "frame/parse_time.h"

static bool is_gap(char c)
{
  return (unsigned char)c <= ' ' || c == ',';
}

/* What a backslash and this character stand for. */
static char escape_of(char c)
{
  static const char from[] = "ntrbf", to[] = "\n\t\r\b\f";
  const char *found = c ? strchr(from, c) : NULL;
  return found ? to[found - from] : c;
}

static ArffKind quoted(ArffLexer *lexer)
{
  const char quote = *lexer->at++;
  text_reset(lexer->scratch);
  while (lexer->at < lexer->end && *lexer->at != quote) {
    const char *plain = lexer->at;
    while (lexer->at < lexer->end && *lexer->at != quote && *lexer->at != '\\') {
      lexer->at++;
    }
    text_add(lexer->scratch, plain, (size_t)(lexer->at - plain));
    if (lexer->at < lexer->end && *lexer->at == '\\') {
      if (++lexer->at == lexer->end) {
        return ARFF_UNCLOSED;
      }
      text_char(lexer->scratch, escape_of(*lexer->at++));
    }
  }
  if (lexer->at == lexer->end || lexer->scratch->failed) {
    return ARFF_UNCLOSED;
  }
  lexer->at++;
  lexer->text = text_data(lexer->scratch);
  lexer->length = lexer->scratch->size;
  return ARFF_QUOTED;
}

ArffKind arff_next(ArffLexer *lexer)
{
  while (lexer->at < lexer->end && is_gap(*lexer->at)) {
    lexer->at++;
  }
  lexer->begin = lexer->at;
  if (lexer->at == lexer->end || *lexer->at == '%') {
    return ARFF_END;
  }
  if (*lexer->at == '{' || *lexer->at == '}') {
    return *lexer->at++ == '{' ? ARFF_OPEN : ARFF_CLOSE;
  }
  if (*lexer->at == '\'' || *lexer->at == '"') {
    return quoted(lexer);
  }
  lexer->text = lexer->at;
  while (lexer->at < lexer->end && !is_gap(*lexer->at) && *lexer->at != '{' && *lexer->at != '}') {
    lexer->at++;
  }
  lexer->length = (size_t)(lexer->at - lexer->text);
  return ARFF_WORD;
}

/* ---- Dates ---- */

typedef struct DateParts {
  int year, month, day, hour, minute, second, micro;
  int half; /* of the day: -1 not told, 0 am, 1 pm */
} DateParts;

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

const char *arff_date_unknown(const char *format)
{
  bool quote = false;
  for (; *format; format++) {
    const char c = *format;
    if (c == '\'') {
      quote = !quote;
    } else if (!quote && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && !strchr("yMdHhmsSa", c)) {
      return format;
    }
  }
  return NULL;
}

/* Up to `most` digits; false when there is none. */
static bool digits(const char **at, const char *end, int most, int *value, int *count)
{
  const char *begin = *at;
  *value = 0;
  while (*at < end && *at - begin < most && **at >= '0' && **at <= '9') {
    *value = *value * 10 + (*(*at)++ - '0');
  }
  *count = (int)(*at - begin);
  return *count > 0;
}

static bool month_name(const char **at, const char *end, int *month)
{
  if (end - *at < 3) {
    return false;
  }
  for (int i = 0; i < 12; i++) {
    if (strncasecmp(*at, months + 3 * i, 3) == 0) {
      *month = i + 1;
      *at += 3;
      while (*at < end && ((**at | 0x20) >= 'a' && (**at | 0x20) <= 'z')) {
        (*at)++; /* the rest of a name in full */
      }
      return true;
    }
  }
  return false;
}

static bool half_day(const char **at, const char *end, int *half)
{
  if (end - *at < 2 || strchr("aApP", (*at)[0]) == NULL || ((*at)[1] | 0x20) != 'm') {
    return false;
  }
  *half = ((*at)[0] | 0x20) == 'p';
  *at += 2;
  return true;
}

/* One field of the format, `n` times the same letter. `packed`: digits follow at once, so no more than n are
 * taken. */
static bool field(char letter, int n, bool packed, const char **at, const char *end, DateParts *parts)
{
  int value, count;
  const int most = packed ? (n < 6 ? n : 6) : letter == 'y' ? 4 : letter == 'S' ? 6 : 2;
  if (letter == 'a') {
    return half_day(at, end, &parts->half);
  }
  if (letter == 'M' && n >= 3) {
    return month_name(at, end, &parts->month);
  }
  if (!digits(at, end, most, &value, &count)) {
    return false;
  }
  switch (letter) {
    case 'y': parts->year = n <= 2 && count == 2 ? value + (value < 70 ? 2000 : 1900) : value; break;
    case 'M': parts->month = value; break;
    case 'd': parts->day = value; break;
    case 'H':
    case 'h': parts->hour = value; break;
    case 'm': parts->minute = value; break;
    case 's': parts->second = value; break;
    default: parts->micro = count <= 3 ? value * 1000 : value; break; /* S counts milliseconds */
  }
  return true;
}

static bool scan_date(const char *format, const char *at, const char *end, DateParts *parts)
{
  bool quote = false;
  while (*format) {
    const char c = *format;
    if (c == '\'') {
      if (format[1] != '\'') {
        quote = !quote;
        format++;
        continue;
      }
      format++; /* two of them are one */
    } else if (!quote && strchr("yMdHhmsSa", c)) {
      const size_t n = strspn(format, (const char[]){c, '\0'});
      const bool packed = format[n] && strchr("yMdHhmsS", format[n]);
      if (!field(c, (int)n, packed, &at, end, parts)) {
        return false;
      }
      format += n;
      continue;
    }
    if (at == end || *at++ != c) {
      return false;
    }
    format++;
  }
  return at == end;
}

bool arff_date(const char *format, const char *text, size_t length, int64_t *value)
{
  bool utc;
  if (!format) {
    return parse_time(text, length, value, &utc) && !utc;
  }
  DateParts parts = {.year = 1970, .month = 1, .day = 1, .half = -1};
  if (!scan_date(format, text, text + length, &parts)) {
    return false;
  }
  if (parts.half >= 0) {
    if (parts.hour < 1 || parts.hour > 12) {
      return false;
    }
    parts.hour = parts.hour % 12 + 12 * parts.half;
  }
  char iso[96]; /* the calendar is that of parse_time */
  const int size = snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d.%06d", parts.year, parts.month,
                            parts.day, parts.hour, parts.minute, parts.second, parts.micro);
  return size > 0 && (size_t)size < sizeof iso && parse_time(iso, (size_t)size, value, &utc);
}
