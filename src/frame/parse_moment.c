/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reader goes over the text from left to right: a weekday that is passed over, three parts of a date or a whole one,
 * then perhaps a time, AM or PM, and an offset; nothing may be left. The format reader shares its pieces. */
#include "frame/parse_moment.h"

#include <string.h>

typedef struct Reader {
  const char *p, *end;
} Reader;

typedef struct Number {
  int value;
  size_t digits;
} Number;

static const int64_t second_us = 1000000;

static inline bool is_digit(char c)
{
  return (unsigned char)(c - '0') < 10;
}

static inline char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_letter(char c)
{
  return (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

static bool take(Reader *r, char c)
{
  if (r->p == r->end || *r->p != c) {
    return false;
  }
  r->p++;
  return true;
}

static size_t take_blanks(Reader *r)
{
  const char *start = r->p;
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\t')) {
    r->p++;
  }
  return (size_t)(r->p - start);
}

/* One to `most` digits. */
static bool take_number(Reader *r, size_t most, Number *out)
{
  *out = (Number){0};
  while (r->p < r->end && out->digits < most && is_digit(*r->p)) {
    out->value = out->value * 10 + (*r->p++ - '0');
    out->digits++;
  }
  return out->digits > 0;
}

static bool take_two(Reader *r, int *value)
{
  Number number;
  const bool good = take_number(r, 2, &number) && number.digits == 2;
  *value = number.value;
  return good;
}

bool date_days(int year, int month, int day, int32_t *days)
{
  static const uint16_t before[13] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  static const uint8_t month_days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  enum { DAYS_TO_1970 = 719162 }; /* from 0001-01-01 */
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
      day > month_days[month] + (leap && month == 2)) {
    return false;
  }
  const int past = year - 1;
  *days =
      past * 365 + past / 4 - past / 100 + past / 400 + before[month] + (leap && month > 2) + day - 1 - DAYS_TO_1970;
  return true;
}

/* ---- Names */

/* Three letters and more of any of these are the month. */
static const char *const month_names[12] = {
    "january januar janvier enero gennaio janeiro januari jänner",
    "february februar février fevrier febrero febbraio fevereiro februari",
    "march märz maerz mars marzo março maart mrz",
    "april avril abril aprile avr",
    "may mai mayo maggio maio mei mag",
    "june juni juin junio giugno junho giu",
    "july juli juillet julio luglio julho lug",
    "august août aout agosto augustus",
    "september septembre septiembre settembre setembro set",
    "october oktober octobre octubre ottobre outubro okt out",
    "november novembre noviembre novembro",
    "december dezember décembre decembre diciembre dicembre dezembro dic dez",
};

static const char *const weekday_names =
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch "
    "donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi vendredi "
    "samedi dimanche lunes martes miércoles jueves viernes sábado domingo tues thur";

/* Whether the word is one of the names, or the beginning of one with at least three letters (two for German
 * weekdays are not taken). */
static bool is_named(const char *word, size_t n, const char *names)
{
  if (n < 3) {
    return false;
  }
  for (const char *name = names; *name;) {
    const size_t length = strcspn(name, " ");
    size_t i = 0;
    while (i < n && i < length && lower(word[i]) == name[i]) {
      i++;
    }
    if (i == n) {
      return true;
    }
    name += length + (name[length] == ' ');
  }
  return false;
}

static size_t word_length(const Reader *r)
{
  size_t n = 0;
  while (r->p + n < r->end && is_letter(r->p[n])) {
    n++;
  }
  return n;
}

/* A month by name, with a full stop behind a short one. */
static bool take_month(Reader *r, int *month)
{
  const size_t n = word_length(r);
  for (int i = 0; i < 12; i++) {
    if (is_named(r->p, n, month_names[i])) {
      *month = i + 1;
      r->p += n;
      (void)take(r, '.');
      return true;
    }
  }
  return false;
}

static bool take_weekday(Reader *r)
{
  const size_t n = word_length(r);
  if (!is_named(r->p, n, weekday_names)) {
    return false;
  }
  r->p += n;
  return true;
}

/* ---- Dates */

static int full_year(Number year)
{
  return year.digits > 2 ? year.value : year.value >= 69 ? 1900 + year.value : 2000 + year.value;
}

static void try_order(ParsedMoment *out, int order, Number year, int month, int day)
{
  if (date_days(full_year(year), month, day, &out->days[order])) {
    out->orders |= 1U << order;
  }
}

/* A date that leaves no doubt. */
static bool settle(ParsedMoment *out, Number year, int month, int day)
{
  int32_t days;
  if (!date_days(full_year(year), month, day, &days)) {
    return false;
  }
  out->orders = ORDERS_ALL;
  out->days[0] = out->days[1] = out->days[2] = days;
  out->settled = true;
  out->two_digits = year.digits <= 2;
  return true;
}

/* YYYYMMDD, perhaps with T and a time behind. */
static bool compact_date(Reader *r, ParsedMoment *out)
{
  for (int i = 0; i < 8; i++) {
    if (r->end - r->p < 8 || !is_digit(r->p[i])) {
      return false;
    }
  }
  Number year;
  int month, day;
  return take_number(r, 4, &year) && take_two(r, &month) && take_two(r, &day) && settle(out, year, month, day);
}

/* Behind a year and its 'W': ww-d or wwd. Week 1 has the year's first Thursday. */
static bool week_date(Reader *r, int year, bool dashed, ParsedMoment *out)
{
  int week, weekday;
  Number digit;
  int32_t fourth, next;
  if (!take_two(r, &week) || (dashed && !take(r, '-')) || !take_number(r, 1, &digit) ||
      !date_days(year, 1, 4, &fourth) || !date_days(year < 9999 ? year + 1 : year, 1, 4, &next)) {
    return false;
  }
  weekday = digit.value;
  /* 1970-01-01 was a Thursday: (day + 3) mod 7 is 0 on Mondays. */
  const int32_t first = fourth - ((fourth + 3) % 7 + 7) % 7;
  const int32_t first_of_next = next - ((next + 3) % 7 + 7) % 7;
  const int32_t days = first + (week - 1) * 7 + weekday - 1;
  if (week < 1 || weekday < 1 || weekday > 7 || (year < 9999 && days >= first_of_next)) {
    return false;
  }
  out->orders = ORDERS_ALL;
  out->days[0] = out->days[1] = out->days[2] = days;
  out->settled = true;
  return true;
}

/* 2024年1月31日 behind the year. */
static bool han_date(Reader *r, Number year, ParsedMoment *out)
{
  Number month, day;
  if (r->end - r->p < 3 || memcmp(r->p, "年", 3) != 0) {
    return false;
  }
  r->p += 3;
  if (!take_number(r, 2, &month) || r->end - r->p < 3 || memcmp(r->p, "月", 3) != 0) {
    return false;
  }
  r->p += 3;
  if (!take_number(r, 2, &day) || r->end - r->p < 3 || memcmp(r->p, "日", 3) != 0) {
    return false;
  }
  r->p += 3;
  return settle(out, year, month.value, day.value);
}

/* A mark between parts: - / . with perhaps a blank behind the full stop; 0: none. */
static char take_separator(Reader *r)
{
  if (r->p == r->end || !(*r->p == '-' || *r->p == '/' || *r->p == '.')) {
    return 0;
  }
  const char c = *r->p++;
  if (c == '.' && r->p < r->end && *r->p == ' ') {
    r->p++;
  }
  return c;
}

/* Between a day and a month's name: a separator, or blanks, or nothing. */
static void take_gap(Reader *r)
{
  (void)take_blanks(r);
  (void)(take(r, '-') || take(r, '/') || take(r, '.') || take(r, ','));
  (void)take_blanks(r);
}

/* 1st 2nd 3rd 4th. */
static void take_ordinal(Reader *r)
{
  static const char *const endings[] = {"st", "nd", "rd", "th"};
  for (int i = 0; i < 4; i++) {
    if (r->end - r->p >= 2 && lower(r->p[0]) == endings[i][0] && lower(r->p[1]) == endings[i][1] &&
        (r->end - r->p == 2 || !is_letter(r->p[2]))) {
      r->p += 2;
      return;
    }
  }
}

/* The name of a month comes behind the first number: 1 Jan 2024, 2024 Jan 1. */
static bool named_inside(Reader *r, Number first, ParsedMoment *out)
{
  int month;
  Number last;
  take_ordinal(r);
  take_gap(r);
  if (r->end - r->p > 3 && memcmp(r->p, "de ", 3) == 0) {
    r->p += 3; /* 1 de enero de 2024 */
  }
  if (!take_month(r, &month)) {
    return false;
  }
  take_gap(r);
  if (r->end - r->p > 3 && memcmp(r->p, "de ", 3) == 0) {
    r->p += 3;
  }
  if (!take_number(r, 4, &last) || last.digits == 3) {
    return false;
  }
  if (first.digits == 4) {
    return last.digits <= 2 && settle(out, first, month, last.value);
  }
  if (last.digits == 1) {
    return false;
  }
  out->style = ORDER_DMY;
  return first.digits <= 2 && settle(out, last, month, first.value);
}

/* Jan 1, 2024 */
static bool named_first(Reader *r, ParsedMoment *out)
{
  int month;
  Number day, year;
  if (!take_month(r, &month)) {
    return false;
  }
  take_gap(r);
  if (!take_number(r, 2, &day)) {
    return false;
  }
  take_ordinal(r);
  const char *before = r->p;
  take_gap(r);
  out->style = ORDER_MDY;
  return r->p > before && take_number(r, 4, &year) && (year.digits == 4 || year.digits == 2) &&
         settle(out, year, month, day.value);
}

static bool numeric_date(Reader *r, Number first, ParsedMoment *out)
{
  Number second, third;
  const char separator = take_separator(r);
  if (!separator || !take_number(r, 2, &second) || take_separator(r) != separator || !take_number(r, 4, &third) ||
      (first.digits == 4) + (third.digits == 4) > 1 || third.digits == 3) {
    return false;
  }
  if (first.digits == 4) {
    return third.digits <= 2 && settle(out, first, second.value, third.value);
  }
  if (third.digits == 1 && first.digits != 2) {
    return false;
  }
  out->two_digits = third.digits <= 2;
  if (third.digits >= 2) {
    try_order(out, 1, third, second.value, first.value);
    try_order(out, 2, third, first.value, second.value);
  }
  if (out->two_digits && first.digits == 2 && separator != '/') {
    try_order(out, 0, first, second.value, third.value);
  }
  return out->orders != 0;
}

static bool bare_date(Reader *r, ParsedMoment *out)
{
  Number first;
  if (r->p < r->end && !is_digit(*r->p)) {
    return named_first(r, out);
  }
  if (compact_date(r, out)) {
    return true;
  }
  if (!take_number(r, 4, &first) || first.digits == 3) {
    return false;
  }
  if (r->p == r->end) {
    return false;
  }
  if (first.digits == 4) {
    const bool dashed = r->end - r->p > 1 && r->p[0] == '-' && r->p[1] == 'W';
    if (dashed || *r->p == 'W') {
      r->p += dashed ? 2 : 1;
      return week_date(r, first.value, dashed, out);
    }
    if (han_date(r, first, out)) {
      return true;
    }
  }
  Reader copy = *r;
  if (numeric_date(&copy, first, out)) {
    *r = copy;
    return true;
  }
  return named_inside(r, first, out);
}

/* A weekday in front is passed over. "Mar" may be one (mardi, martes) or a month: what leads to a date. */
static bool take_date(Reader *r, ParsedMoment *out)
{
  Reader behind = *r;
  if (take_weekday(&behind)) {
    ParsedMoment found = *out;
    (void)take(&behind, '.');
    (void)take(&behind, ',');
    (void)take_blanks(&behind);
    if (bare_date(&behind, &found)) {
      *r = behind;
      *out = found;
      return true;
    }
  }
  return bare_date(r, out);
}

/* ---- Times */

/* Digits of a second; past the sixth they must be 0, since nothing is cut. */
static bool take_fraction(Reader *r, int64_t *us)
{
  int64_t part = 0;
  size_t n = 0;
  for (; r->p < r->end && is_digit(*r->p); r->p++, n++) {
    if (n >= 6 && *r->p != '0') {
      return false;
    }
    part = n < 6 ? part * 10 + (*r->p - '0') : part;
  }
  for (size_t i = n; i < 6; i++) {
    part *= 10;
  }
  *us = part;
  return n > 0;
}

/* AM or PM, a.m. or p.m.: 12 AM is midnight. 0: neither; 1: AM; 2: PM. */
static int take_half(Reader *r)
{
  Reader copy = *r;
  (void)take_blanks(&copy);
  if (copy.p == copy.end || (lower(*copy.p) != 'a' && lower(*copy.p) != 'p')) {
    return 0;
  }
  const int half = lower(*copy.p++) == 'a' ? 1 : 2;
  const bool stop = take(&copy, '.');
  if (copy.p == copy.end || lower(*copy.p) != 'm') {
    return 0;
  }
  copy.p++;
  if (stop) {
    (void)take(&copy, '.');
  }
  *r = copy;
  return half;
}

static bool apply_half(int half, int *hour)
{
  if (half == 0) {
    return *hour < 24;
  }
  if (*hour < 1 || *hour > 12) {
    return false;
  }
  *hour = *hour % 12 + (half == 2 ? 12 : 0);
  return true;
}

/* H:MM, H:MM:SS, H:MM:SS.f, perhaps AM or PM; HHMM and HHMMSS when `compact`. */
static bool take_time(Reader *r, bool compact, int64_t *us)
{
  Number hour;
  int minute = 0, second = 0;
  int64_t part = 0;
  if (!take_number(r, 2, &hour)) {
    return false;
  }
  const bool colons = r->p < r->end && *r->p == ':';
  if (!colons && !compact) {
    const int half = take_half(r); /* 5 PM */
    *us = 0;
    if (half == 0 || !apply_half(half, &hour.value)) {
      return false;
    }
    *us = (int64_t)hour.value * 3600 * second_us;
    return true;
  }
  if ((colons && !take(r, ':')) || !take_two(r, &minute)) {
    return false;
  }
  if (colons ? take(r, ':') : r->p < r->end && is_digit(*r->p)) {
    if (!take_two(r, &second)) {
      return false;
    }
    if (r->p < r->end && (*r->p == '.' || *r->p == ',')) {
      r->p++;
      if (!take_fraction(r, &part)) {
        return false;
      }
    }
  }
  if (minute > 59 || second > 59 || !apply_half(take_half(r), &hour.value)) {
    return false;
  }
  *us = ((int64_t)hour.value * 3600 + minute * 60 + second) * second_us + part;
  return true;
}

/* Z, UTC, GMT, +01:00, +0100, +01. True also when there is none. */
static bool take_zone(Reader *r, bool *zoned, int64_t *offset)
{
  Reader copy = *r;
  (void)take_blanks(&copy);
  *offset = 0;
  *zoned = false;
  if (copy.p == copy.end) {
    return true;
  }
  const size_t left = (size_t)(copy.end - copy.p);
  const bool named = left >= 3 && (memcmp(copy.p, "UTC", 3) == 0 || memcmp(copy.p, "GMT", 3) == 0);
  const size_t name = *copy.p == 'Z' ? 1 : named ? 3 : 0;
  if (name > 0) {
    copy.p += name;
  } else if (*copy.p == '+' || *copy.p == '-') {
    const bool west = *copy.p++ == '-';
    int hours, minutes = 0;
    if (!take_two(&copy, &hours)) {
      return false;
    }
    if (take(&copy, ':') || (copy.p < copy.end && is_digit(*copy.p))) {
      if (!take_two(&copy, &minutes)) {
        return false;
      }
    }
    if (hours > 15 || minutes > 59) {
      return false;
    }
    *offset = ((int64_t)hours * 3600 + minutes * 60) * second_us * (west ? -1 : 1);
  } else {
    return false;
  }
  *r = copy;
  *zoned = true;
  return true;
}

/* Blanks, T, or a comma and blanks. */
static bool take_bridge(Reader *r, bool *tee)
{
  *tee = take(r, 'T');
  if (*tee) {
    return true;
  }
  const bool comma = take(r, ',');
  return take_blanks(r) > 0 || comma;
}

bool parse_moment(const char *text, size_t length, ParsedMoment *out)
{
  Reader r = {text, text + length};
  int64_t time = 0, offset = 0;
  bool tee;
  memset(out, 0, sizeof *out);
  (void)take_blanks(&r);
  while (r.end > r.p && (r.end[-1] == ' ' || r.end[-1] == '\t')) {
    r.end--;
  }
  if (r.end - r.p < 6 || r.end - r.p > 60 || !take_date(&r, out)) {
    return false;
  }
  if (r.p < r.end) {
    if (!take_bridge(&r, &tee) || !take_time(&r, tee, &time) || !take_zone(&r, &out->zoned, &offset)) {
      return false;
    }
    out->timed = true;
  }
  out->time = time - offset;
  return r.p == r.end;
}

bool moment_differs(const ParsedMoment *moment, unsigned orders)
{
  bool differs = false;
  int first = -1;
  for (int i = 0; i < 3; i++) {
    if (orders & moment->orders & 1U << i) {
      first = first < 0 ? i : first;
      differs = differs || moment->days[i] != moment->days[first];
    }
  }
  return differs;
}

int64_t moment_value(const ParsedMoment *moment, unsigned order)
{
  const int i = order == ORDER_YMD ? 0 : order == ORDER_DMY ? 1 : 2;
  return moment->days[i] * INT64_C(86400) * second_us + moment->time;
}

/* ---- By a format */

typedef struct Parts {
  int year, month, day, of_year, hour, minute, second, half;
  int64_t us, offset, epoch;
  bool zoned, has_epoch;
} Parts;

bool format_is_known(const char *format, size_t *at)
{
  for (const char *p = format; *p; p++) {
    if (*p == '%') {
      p++;
      if (!*p || !strchr("YymdebBhaAHIMSfpjzsDFTRnt%", *p)) {
        *at = (size_t)(p - 1 - format);
        return false;
      }
    }
  }
  return true;
}

static bool take_int(Reader *r, size_t most, int *value)
{
  Number number;
  const bool good = take_number(r, most, &number);
  *value = number.value;
  return good;
}

static bool take_epoch(Reader *r, Parts *parts)
{
  const bool negative = take(r, '-');
  size_t n = 0;
  for (; r->p < r->end && is_digit(*r->p) && n < 12; r->p++, n++) {
    parts->epoch = parts->epoch * 10 + (*r->p - '0');
  }
  parts->epoch = negative ? -parts->epoch : parts->epoch;
  parts->has_epoch = true;
  return n > 0;
}

static bool take_part(Reader *r, char kind, Parts *parts)
{
  Number number;
  switch (kind) {
    case 'Y':
      return take_int(r, 4, &parts->year);
    case 'y':
      if (!take_number(r, 2, &number)) {
        return false;
      }
      parts->year = full_year(number);
      return true;
    case 'm':
      return take_int(r, 2, &parts->month);
    case 'e':
      (void)take_blanks(r);
      return take_int(r, 2, &parts->day);
    case 'd':
      return take_int(r, 2, &parts->day);
    case 'j':
      return take_int(r, 3, &parts->of_year) && parts->of_year >= 1;
    case 'b':
    case 'B':
    case 'h':
      return take_month(r, &parts->month);
    case 'a':
    case 'A':
      return take_weekday(r);
    case 'H':
    case 'I':
      return take_int(r, 2, &parts->hour);
    case 'M':
      return take_int(r, 2, &parts->minute);
    case 'S':
      return take_int(r, 2, &parts->second);
    case 'f':
      return take_fraction(r, &parts->us);
    case 'p':
      parts->half = take_half(r);
      return parts->half > 0;
    case 'z':
      return take_zone(r, &parts->zoned, &parts->offset) && parts->zoned;
    case 's':
      return take_epoch(r, parts);
    default:
      return kind == '%' && take(r, '%');
  }
}

/* %D %F %T %R as what they stand for. */
static const char *long_form(char kind)
{
  return kind == 'D'   ? "%m/%d/%y"
         : kind == 'F' ? "%Y-%m-%d"
         : kind == 'T' ? "%H:%M:%S"
         : kind == 'R' ? "%H:%M"
                       : NULL;
}

static bool take_format(Reader *r, const char *format, Parts *parts)
{
  for (const char *p = format; *p; p++) {
    const bool blank = *p == ' ' || *p == '\t' || (*p == '%' && (p[1] == 'n' || p[1] == 't'));
    if (blank) {
      (void)take_blanks(r);
      p += *p == '%';
    } else if (*p == '%' && p[1] && long_form(p[1])) {
      if (!take_format(r, long_form(*++p), parts)) {
        return false;
      }
    } else if (*p == '%') {
      if (!take_part(r, *++p, parts)) {
        return false;
      }
    } else if (!take(r, *p)) {
      return false;
    }
  }
  return true;
}

bool parse_by_format(const char *text, size_t length, const char *format, int64_t *value, bool *zoned, size_t *at)
{
  Reader r = {text, text + length};
  Parts parts = {.year = 1970, .month = 1, .day = 1};
  int32_t days;
  const bool fits = take_format(&r, format, &parts) && r.p == r.end;
  *at = (size_t)(r.p - text);
  *zoned = parts.zoned || parts.has_epoch;
  if (!fits) {
    return false;
  }
  if (parts.has_epoch) {
    *value = parts.epoch * second_us + parts.us;
    return true;
  }
  *at = length;
  if (parts.minute > 59 || parts.second > 59 || !apply_half(parts.half, &parts.hour) ||
      !date_days(parts.year, parts.month, parts.day, &days)) {
    return false;
  }
  if (parts.of_year > 0) {
    int32_t last;
    if (!date_days(parts.year, 1, 1, &days) || !date_days(parts.year, 12, 31, &last)) {
      return false;
    }
    days += parts.of_year - 1;
    if (days > last) {
      return false;
    }
  }
  const int64_t seconds = days * INT64_C(86400) + parts.hour * 3600 + parts.minute * 60 + parts.second;
  *value = seconds * second_us + parts.us - parts.offset;
  return true;
}
