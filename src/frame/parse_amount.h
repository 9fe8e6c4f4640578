/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_amount.h -- numbers as people write them: $1,234.50  1.234,50 €  (1 234.00)  12.5 %  1'234  1,23,456.78.
 *
 * One text seldom tells what its marks mean: 1.234 is one and a bit in one country and a thousand in another. So a
 * text is taken apart once, into the bits of all systems in which it is a number; a column is written in the
 * systems that all of its cells allow (the bits of all, joined by &), and only then a value is made. O(length),
 * nothing is allocated, the text is borrowed. UTF-8; blanks at the ends do not count; a blank within may be a no-
 * break, narrow or thin one, an apostrophe a straight or a curly one, a minus U+2212.
 */
#ifndef ASSAY_FRAME_PARSE_AMOUNT_H
#define ASSAY_FRAME_PARSE_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum NumberSystem {
  SYSTEM_POINT,         /* 1234.5 */
  SYSTEM_POINT_COMMA,   /* 1,234.5 */
  SYSTEM_POINT_INDIAN,  /* 1,23,456.5 */
  SYSTEM_POINT_BLANK,   /* 1 234.5 */
  SYSTEM_POINT_QUOTE,   /* 1'234.5 */
  SYSTEM_COMMA,         /* 1234,5 */
  SYSTEM_COMMA_POINT,   /* 1.234,5 */
  SYSTEM_COMMA_BLANK,   /* 1 234,5 */
  SYSTEM_COMMA_QUOTE,   /* 1'234,5 */
  SYSTEM_COUNT
} NumberSystem;

enum { SYSTEMS_ALL = (1 << SYSTEM_COUNT) - 1, AMOUNT_DIGITS_MOST = 60 };

static inline bool system_has_comma(NumberSystem system) { return system >= SYSTEM_COMMA; }

/* The systems with this decimal mark ("." or ",") and this mark between thousands ("," "." " " "'" or "" for
 * none); NULL: any. */
unsigned systems_of(const char *decimal, const char *thousands);

/* "decimal point, ',' between thousands" ... for messages. */
const char *system_name(NumberSystem system);

typedef struct ParsedAmount {
  unsigned systems;       /* bit 1 << SYSTEM: it is a number there */
  char digits[AMOUNT_DIGITS_MOST + 1]; /* digits and marks . , ' and blank; NUL-terminated */
  size_t n;
  size_t whole, fraction_digits; /* digits in all; those behind the last mark */
  int currency;           /* 0: none, else which one (amount_currency) */
  int exponent;           /* of the 'e' part */
  bool negative, plus, parentheses, percent;
  bool marked;            /* it has a mark of any kind */
  bool exponential;
  bool zero_first;        /* a zero before other digits: 007 */
} ParsedAmount;

/* False when the text is no number in any system. */
bool parse_amount(const char *text, size_t length, ParsedAmount *out);

/* The value in one of out->systems; a percentage is divided by 100, exactly rounded. False: too large. */
bool amount_value(const ParsedAmount *amount, NumberSystem system, double *value);

/* The same as a whole number; false when it has decimals, an exponent, is a percentage or leaves int64. */
bool amount_whole(const ParsedAmount *amount, NumberSystem system, int64_t *value);

/* Whether it has decimals in this system. */
bool amount_has_decimals(const ParsedAmount *amount, NumberSystem system);

const char *amount_currency(int currency); /* "$", "EUR" */

#endif
