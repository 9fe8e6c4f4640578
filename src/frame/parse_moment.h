/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_moment.h -- dates and times as people write them: 31.12.2024  12/31/2024 5:30 PM  1 Jan 2024  Jan 1, 2024
 * 2024-W05-3  20240131T1230  2024/01/31 12:30+01:00  2024年1月31日.
 *
 * 03/04/2024 is the third of April in one country and the fourth of March in another. So a text is taken apart
 * once, into the orders in which it is a date; a column is written in the order that all of its cells allow (the
 * orders of all, joined by &). A year of four digits in front and a month by name leave no doubt: such texts allow
 * every order. Years of two digits are POSIX's: 69 to 99 are 19xx, 00 to 68 are 20xx; as the first part they are
 * thought of only with '-' or '.' around. The calendar is the Gregorian one, years 1 to 9999. O(length), nothing
 * is allocated; blanks at the ends do not count. Month and weekday names are English, German, French, Spanish,
 * Italian, Portuguese and Dutch, whole or as three letters and more, in any case.
 */
#ifndef ASSAY_FRAME_PARSE_MOMENT_H
#define ASSAY_FRAME_PARSE_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORDER_YMD = 1, ORDER_DMY = 2, ORDER_MDY = 4, ORDERS_ALL = 7 };

typedef struct ParsedMoment {
  unsigned orders;        /* ORDER_ bits in which it is a date */
  int32_t days[3];        /* since 1970, in the order 1 << i; of no meaning where the bit is not set */
  int64_t time;           /* microseconds in the day, less the offset from UTC */
  bool timed, zoned;      /* with a time of day; with an offset or Z */
  bool two_digits;        /* the year has two digits */
  bool settled;           /* year first with four digits, or a month by name */
  unsigned style;         /* a month by name: the order the parts stand in; else 0 */
} ParsedMoment;

/* False when the text is no date in any order. */
bool parse_moment(const char *text, size_t length, ParsedMoment *out);

/* Whether two of these orders give different days. */
bool moment_differs(const ParsedMoment *moment, unsigned orders);

/* Microseconds since 1970 in one of out->orders. */
int64_t moment_value(const ParsedMoment *moment, unsigned order);

/* By a format of strptime's kind: %Y %y %m %d %e %b %B %h %a %A %H %I %M %S %f (digits of a second) %p %j %z %s %D
 * %F %T %R %n %t %%; a blank stands for any number of blanks, all else for itself. What is not given is that of
 * 1970-01-01 00:00. *at is where the text stops fitting, for messages. False then, and for a time that the
 * calendar lacks. */
bool parse_by_format(const char *text, size_t length, const char *format, int64_t *value, bool *zoned, size_t *at);

/* Whether the format has only such places, and which one is odd. */
bool format_is_known(const char *format, size_t *at);

/* Days since 1970 of a date of the Gregorian calendar, years 1 to 9999; false when there is no such day. */
bool date_days(int year, int month, int day, int32_t *days);

#endif
