/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_number.h -- numbers and truth values as written, and the double nearest to a decimal.
 *
 * float64 is the nearest double to the decimal written (ties to even), whatever its length; int64 is exact. Up to 19
 * digits fit in 64 bits. With these, and powers of ten up to 10^19, the nearest double is found exactly in integer
 * arithmetic of 128 bits (and by one multiplication or division when digits and power are both exact doubles: Clinger
 * 1990). The rest, well under one number in a thousand in most files, goes to strtod, which the C library rounds
 * correctly.
 *
 * All functions are O(length), allocate nothing, want no blanks around the text (parse_trim), and give false, with
 * no meaningful value, when the text is something else.
 */
#ifndef ASSAY_FRAME_PARSE_NUMBER_H
#define ASSAY_FRAME_PARSE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/api.h"

enum { PARSE_DIGITS_MOST = 18 }; /* of a whole number; longer ones are codes */

/* Takes blanks and tabs off both ends. */
ASSAY_API void parse_trim(const char **text, size_t *length);

/* Strict: what a cell must be to count as a number or truth value by itself. No leading zeros, no '+', at most
 * PARSE_DIGITS_MOST digits for a whole number; true TRUE True false FALSE False. A float may be any of the whole
 * numbers too, or NaN, Inf, -Inf. */
ASSAY_API bool parse_int(const char *text, size_t length, int64_t *value);
ASSAY_API bool parse_float(const char *text, size_t length, double *value);
ASSAY_API bool parse_bool(const char *text, size_t length, bool *value);

/* For a type that was asked for: leading zeros, a '+', and all of int64's range are taken too; 0 and 1 as truth
 * values. */
ASSAY_API bool parse_int_forced(const char *text, size_t length, int64_t *value);
ASSAY_API bool parse_float_forced(const char *text, size_t length, double *value);
ASSAY_API bool parse_bool_forced(const char *text, size_t length, bool *value);

/* NaN, Inf and -Inf, as R writes them. */
ASSAY_API bool parse_special(const char *text, size_t length, double *value);

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
typedef struct ParsedDecimal {
  uint64_t digits;      /* all digits as one number, exact up to 19 that count */
  size_t length;        /* of the text */
  size_t left, right;   /* digits before and after the point */
  int64_t exponent;     /* as written, within +-10^12 (more than any field has digits) */
  bool negative, plus;  /* signs written */
  bool whole;           /* neither point nor exponent */
  bool zero_first;      /* a zero before other digits of the whole part: 007, 00.5 */
} ParsedDecimal;

/* False when the text is no decimal number. */
ASSAY_API bool parse_decimal(const char *text, size_t length, ParsedDecimal *out);

/* The most common numbers in one go: digits, perhaps a point and digits, at most 15 of them. False: something
 * else. */
ASSAY_API bool parse_short_decimal(const char *text, size_t length, double *value);

/* The nearest double, ties to even; infinite when it is too large. text: as given to parse_decimal. */
ASSAY_API double parse_decimal_value(const ParsedDecimal *decimal, const char *text);

#endif
