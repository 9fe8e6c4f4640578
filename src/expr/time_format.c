/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/time_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "expr/time_functions.h"
#include "expr/text_functions.h"

static const char read_and_written[] = "YymdeHIpMSfbBaAjFTDzs%", written_only[] = "uVGqZ";

/* %F, %T and %D are short for others. */
static const char *longer(char letter)
{
  return letter == 'F' ? "%Y-%m-%d" : letter == 'T' ? "%H:%M:%S" : letter == 'D' ? "%m/%d/%y" : NULL;
}

Status time_format_check(Span format, bool reads, bool *instant, Error *e)
{
  bool year = false;
  *instant = false;
  for (size_t i = 0; i < format.length; i++) {
    if (format.bytes[i] != '%') {
      continue;
    }
    const size_t start = i++;
    i += !reads && i < format.length && format.bytes[i] == '-';
    const char c = i < format.length ? format.bytes[i] : '\0';
    if (c == '\0' || (!strchr(read_and_written, c) && (reads || !strchr(written_only, c)))) {
      error_set(e, STATUS_ARGUMENT, "bad-format", _("not a format of times: there is no %%%.*s"),
                (int)utf8_whole(format.bytes + i, format.length - i < 4 ? format.length - i : 4), format.bytes + i);
      error_caret(e, format.bytes, format.length, start);
      error_hint(e, _("the usual ones are %%Y %%m %%d %%H %%M %%S, as in \"%%d.%%m.%%Y\""));
      return STATUS_ARGUMENT;
    }
    year = year || strchr("YyFDs", c);
    *instant = *instant || c == 'z' || c == 's';
  }
  if (reads && !year) {
    error_set(e, STATUS_ARGUMENT, "bad-format", _("a format without a year reads no times"));
    error_hint(e, _("put %%Y into it, and the year before the text: concat(\"2024 \", x)"));
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

/* ---- Reading */

typedef struct Reading {
  const char *at, *end;
  Civil civil;
  int half, weekday, yearday;      /* 0: not given; half 1 AM, 2 PM */
  bool zoned, epoch;
  int64_t offset, seconds;         /* of %z; of %s */
} Reading;

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* least to most digits */
static bool read_digits(Reading *r, int least, int most, int64_t *out)
{
  int n = 0;
  *out = 0;
  while (n < most && r->at < r->end && is_digit(*r->at)) {
    *out = *out * 10 + (*r->at++ - '0');
    n++;
  }
  return n >= least;
}

static bool read_int(Reading *r, int least, int most, int *out)
{
  int64_t value;
  const bool good = read_digits(r, least, most, &value);
  *out = (int)value;
  return good;
}

/* A name, or its first three letters; 0: none of them. */
static int read_name(Reading *r, const char *(*name)(int), int n)
{
  const size_t left = (size_t)(r->end - r->at);
  for (int i = 1; i <= n; i++) {
    const size_t whole = strlen(name(i));
    const size_t length = left >= whole && strncasecmp(r->at, name(i), whole) == 0 ? whole : 3;
    if (left >= length && strncasecmp(r->at, name(i), length) == 0) {
      r->at += length;
      return i;
    }
  }
  return 0;
}

static bool read_fraction(Reading *r, int *microsecond)
{
  int64_t value;
  const char *start = r->at;
  const bool good = read_digits(r, 1, 6, &value);
  for (long n = r->at - start; n < 6; n++) {
    value *= 10;
  }
  while (r->at < r->end && *r->at == '0') { /* nothing is cut */
    r->at++;
  }
  *microsecond = (int)value;
  return good;
}

bool time_offset_read(const char **at, const char *end, int64_t *seconds)
{
  Reading r = {.at = *at, .end = end};
  int64_t hours, minutes = 0;
  *seconds = 0;
  if (r.at < end && *r.at == 'Z') {
    ++*at;
    return true;
  }
  const int sign = r.at == end ? 0 : *r.at == '+' ? 1 : *r.at == '-' ? -1 : 0;
  r.at += sign != 0;
  if (sign == 0 || !read_digits(&r, 2, 2, &hours)) {
    return false;
  }
  const bool colon = r.at < end && *r.at == ':';
  r.at += colon;
  if ((colon || (r.at < end && is_digit(*r.at))) && !read_digits(&r, 2, 2, &minutes)) {
    return false;
  }
  *seconds = sign * (hours * 3600 + minutes * 60);
  *at = r.at;
  return hours < 24 && minutes < 60;
}

static bool read_half(Reading *r)
{
  const bool there = r->end - r->at >= 2 && (r->at[1] == 'M' || r->at[1] == 'm');
  const char c = there ? (char)(r->at[0] | 0x20) : '\0';
  r->half = c == 'a' ? 1 : c == 'p' ? 2 : 0;
  r->at += 2 * (r->half > 0);
  return r->half > 0;
}

static bool read_short_year(Reading *r)
{
  const bool good = read_digits(r, 2, 2, &r->civil.year);
  r->civil.year += r->civil.year < 69 ? 2000 : 1900;
  return good;
}

static bool read_epoch(Reading *r)
{
  const bool minus = r->at < r->end && *r->at == '-';
  r->at += minus;
  const bool good = read_digits(r, 1, 12, &r->seconds);
  r->seconds = minus ? -r->seconds : r->seconds;
  r->epoch = true;
  return good;
}

static bool read_format(Reading *r, Span format);

static bool read_one(Reading *r, char letter)
{
  Civil *c = &r->civil;
  switch (letter) {
    case 'Y': return read_digits(r, 4, 4, &c->year);
    case 'y': return read_short_year(r);
    case 'm': return read_int(r, 1, 2, &c->month);
    case 'e':
      r->at += r->at < r->end && *r->at == ' ';
      return read_int(r, 1, 2, &c->day);
    case 'd': return read_int(r, 1, 2, &c->day);
    case 'H':
    case 'I': return read_int(r, 1, 2, &c->hour);
    case 'M': return read_int(r, 1, 2, &c->minute);
    case 'S': return read_int(r, 1, 2, &c->second);
    case 'f': return read_fraction(r, &c->microsecond);
    case 'p': return read_half(r);
    case 'b':
    case 'B': return (c->month = read_name(r, time_month_name, 12)) > 0;
    case 'a':
    case 'A': return (r->weekday = read_name(r, time_weekday_name, 7)) > 0;
    case 'j': return read_int(r, 1, 3, &r->yearday) && r->yearday > 0;
    case 's': return read_epoch(r);
    case 'z': return r->zoned = time_offset_read(&r->at, r->end, &r->offset);
    case '%': return r->at < r->end && *r->at++ == '%';
    default: return read_format(r, (Span){longer(letter), strlen(longer(letter))});
  }
}

static bool is_blank(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool read_format(Reading *r, Span format)
{
  for (size_t i = 0; i < format.length; i++) {
    const char c = format.bytes[i];
    if (c == '%') {
      if (!read_one(r, format.bytes[++i])) {
        return false;
      }
    } else if (is_blank(c)) {
      while (r->at < r->end && is_blank(*r->at)) {
        r->at++;
      }
    } else if (r->at == r->end || *r->at++ != c) {
      return false;
    }
  }
  return true;
}

/* The hour of 12, the day of the year, the weekday; then the time itself. */
static bool put_together(Reading *r, int64_t *time)
{
  Civil *c = &r->civil;
  if (r->epoch) {
    *time = r->seconds * CALENDAR_SECOND + c->microsecond;
    return *time >= CALENDAR_FIRST && *time <= CALENDAR_LAST;
  }
  if (r->half > 0) {
    if (c->hour < 1 || c->hour > 12) {
      return false;
    }
    c->hour = c->hour % 12 + (r->half == 2 ? 12 : 0);
  }
  if (!calendar_time(c, time)) {
    return false;
  }
  if (r->yearday > 0) {
    *time += (r->yearday - 1) * CALENDAR_DAY;
    if (calendar_civil(*time).year != c->year) {
      return false;
    }
  }
  if (r->weekday > 0 && r->weekday != calendar_weekday(calendar_floor(*time, CALENDAR_DAY))) {
    return false;
  }
  *time -= r->offset * CALENDAR_SECOND;
  return *time >= CALENDAR_FIRST && *time <= CALENDAR_LAST;
}

bool time_format_read(Span format, Span text, int64_t *time)
{
  text = text_trim(text, true, true);
  Reading r = {.at = text.bytes, .end = text.bytes + text.length, .civil = {.month = 1, .day = 1}};
  return read_format(&r, format) && r.at == r.end && put_together(&r, time);
}

/* ---- Writing */

static void add_number(Text *out, int64_t value, int width, bool plain, char fill)
{
  char digits[24];
  const int n = snprintf(digits, sizeof digits, "%" PRId64, value);
  for (int i = n; i < width && !plain; i++) {
    text_char(out, fill);
  }
  text_add(out, digits, (size_t)n);
}

static void add_offset(Text *out, const ZoneSpan *span)
{
  const int offset = span->offset < 0 ? -span->offset : span->offset;
  text_printf(out, "%c%02d:%02d", span->offset < 0 ? '-' : '+', offset / 3600, offset / 60 % 60);
  if (offset % 60 > 0) {
    text_printf(out, ":%02d", offset % 60);
  }
}

typedef struct Writing {
  Civil civil;
  int64_t days, utc;
  const ZoneSpan *span;
} Writing;

static void write_name(Text *out, const char *name, bool whole)
{
  text_add(out, name, whole ? strlen(name) : 3);
}

static void write_one(const Writing *w, char letter, bool plain, Text *out)
{
  const Civil *c = &w->civil;
  int64_t iso_year;
  const int week = calendar_week(w->days, &iso_year), weekday = calendar_weekday(w->days);
  switch (letter) {
    case 'Y': add_number(out, c->year, 4, plain, '0'); break;
    case 'y': add_number(out, c->year % 100, 2, plain, '0'); break;
    case 'm': add_number(out, c->month, 2, plain, '0'); break;
    case 'd': add_number(out, c->day, 2, plain, '0'); break;
    case 'e': add_number(out, c->day, 2, plain, ' '); break;
    case 'H': add_number(out, c->hour, 2, plain, '0'); break;
    case 'I': add_number(out, (c->hour + 11) % 12 + 1, 2, plain, '0'); break;
    case 'p': text_puts(out, c->hour < 12 ? "AM" : "PM"); break;
    case 'M': add_number(out, c->minute, 2, plain, '0'); break;
    case 'S': add_number(out, c->second, 2, plain, '0'); break;
    case 'f': add_number(out, c->microsecond, 6, plain, '0'); break;
    case 'b': write_name(out, time_month_name(c->month), false); break;
    case 'B': write_name(out, time_month_name(c->month), true); break;
    case 'a': write_name(out, time_weekday_name(weekday), false); break;
    case 'A': write_name(out, time_weekday_name(weekday), true); break;
    case 'j': add_number(out, calendar_yearday(w->days), 3, plain, '0'); break;
    case 'u': add_number(out, weekday, 1, plain, '0'); break;
    case 'V': add_number(out, week, 2, plain, '0'); break;
    case 'G': add_number(out, iso_year, 4, plain, '0'); break;
    case 'q': add_number(out, (c->month - 1) / 3 + 1, 1, plain, '0'); break;
    case 's': add_number(out, calendar_floor(w->utc, CALENDAR_SECOND), 1, plain, '0'); break;
    case 'z':
      if (w->span) {
        add_offset(out, w->span);
      }
      break;
    case 'Z': text_puts(out, w->span ? w->span->abbreviation : ""); break;
    default: text_char(out, letter);
  }
}

void time_format_write(Span format, int64_t wall, const ZoneSpan *span, int64_t utc, Text *out)
{
  const Writing w = {calendar_civil(wall), calendar_floor(wall, CALENDAR_DAY), utc, span};
  for (size_t i = 0; i < format.length; i++) {
    if (format.bytes[i] != '%') {
      text_char(out, format.bytes[i]);
      continue;
    }
    const bool plain = format.bytes[++i] == '-';
    const char letter = format.bytes[i += plain], *more = longer(letter);
    if (more) {
      time_format_write((Span){more, strlen(more)}, wall, span, utc, out);
    } else {
      write_one(&w, letter, plain, out);
    }
  }
}
