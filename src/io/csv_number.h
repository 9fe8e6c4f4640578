/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_number.h -- decimal numbers as written, and the double nearest to them.
 *
 * Up to 19 digits fit in 64 bits. With these, and powers of ten up to 10^19, the nearest double is found
 * exactly in integer arithmetic of 128 bits (and by one multiplication or division when digits and power are
 * both exact doubles: Clinger 1990). The rest, well under one number in a thousand in most files, goes to
 * strtod, which the C library rounds correctly.
 */
#ifndef ASSAY_IO_CSV_NUMBER_H
#define ASSAY_IO_CSV_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CSV_DIGITS_MOST = 18 }; /* of a whole number; longer ones are codes */

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
typedef struct CsvDecimal {
  uint64_t digits;      /* all digits as one number, exact up to 19 that count */
  size_t length;        /* of the text */
  size_t left, right;   /* digits before and after the point */
  int64_t exponent;     /* as written, within +-10^12 (more than any field has digits) */
  bool negative, plus;  /* signs written */
  bool whole;           /* neither point nor exponent */
  bool zero_first;      /* a zero before other digits of the whole part: 007, 00.5 */
} CsvDecimal;

/* False when the text is no decimal number. */
bool csv_decimal(const char *text, size_t length, CsvDecimal *out);

/* The most common numbers in one go: digits, perhaps a point and digits, at most 15 of them. False: something
 * else. */
bool csv_short_decimal(const char *text, size_t length, double *value);

/* The nearest double, ties to even; infinite when it is too large. text: as given to csv_decimal. */
double csv_decimal_value(const CsvDecimal *decimal, const char *text);

#endif
