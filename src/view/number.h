/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.h -- numbers as people read them: few digits, and one decimal point under the other in a column.
 *
 * The rule is R's (formatReal in R's sources; help("print.default")): a value needs as many significant
 * digits, at most `digits`, as show it rounded to `digits` without trailing zeros; a column is printed
 * with as many decimals as its neediest value wants; and in scientific form when that is narrower. One
 * departure: numbers with at most 15 digits before the point and at most `digits` behind it stay in fixed
 * form even where R would print 1e+05. Digits before the point are never rounded away. Rounding is of the
 * exact binary value, to nearest, ties to even.
 *
 *   NumberFormat format;
 *   number_begin(&format, 6);
 *   for each value: number_see(&format, value);
 *   number_settle(&format);
 *   for each value: number_text(&format, value, text);
 */
#ifndef ASSAY_VIEW_NUMBER_H
#define ASSAY_VIEW_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMBER_SIZE = 48 }; /* of every text made here, with the NUL */

typedef struct NumberFormat {
  int digits;      /* significant, 1..15 */
  int left;        /* most digits before the point */
  int decimals;    /* most digits behind it that a value wants */
  int mantissa;    /* most significant digits that a value wants */
  int exponent;    /* digits of the longest exponent, 2 or 3 */
  bool negative;   /* some value is */
  bool scientific; /* set by number_settle */
} NumberFormat;

void number_begin(NumberFormat *format, int digits);

/* Takes a value into account; NaN and infinities want nothing. */
void number_see(NumberFormat *format, double value);
void number_settle(NumberFormat *format);

/* The value in the settled format; "NaN", "Inf", "-Inf". A value that was not seen and would be too long
 * is scientific. */
void number_text(const NumberFormat *format, double value, char out[NUMBER_SIZE]);

/* One number by itself. */
void number_one(double value, int digits, char out[NUMBER_SIZE]);

/* A share of 1 in percent: "40.5%"; shares that would round to 0 or to 100 without being it: "<0.1%",
 * ">99.9%". */
void number_percent(double share, char out[NUMBER_SIZE]);

/* Bytes in powers of 1000: "999 B", "1.5 kB", "68.2 MB". */
void number_bytes(double bytes, char out[NUMBER_SIZE]);

/* Seconds with two digits or whole ones: "0.35 ms", "84 ms", "1.2 s", "43 s", "2 min 05 s", "1 h 10 min". */
void number_duration(double seconds, char out[NUMBER_SIZE]);

#endif
