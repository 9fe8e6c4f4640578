/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare.h -- how two numbers stand to one another, by their true values: a whole number is not rounded to a
 * double for the sake of the comparison. The orders are bits, so that "at most" is LESS | EQUAL; with NaN there is
 * none. O(1).
 */
#ifndef ASSAY_FRAME_COMPARE_H
#define ASSAY_FRAME_COMPARE_H

#include <stdbool.h>
#include <stdbool.h>
#include <stdint.h>

enum { ORDER_NONE = 0, ORDER_LESS = 1, ORDER_EQUAL = 2, ORDER_GREATER = 4 };

static inline int order_reals(double x, double y)
{
  return x < y ? ORDER_LESS : x > y ? ORDER_GREATER : x == y ? ORDER_EQUAL : ORDER_NONE;
}

static inline int order_integers(int64_t x, int64_t y)
{
  return x < y ? ORDER_LESS : x > y ? ORDER_GREATER : ORDER_EQUAL;
}

/* Whether a double lies in the range of int64. */
static inline bool real_fits_int64(double x)
{
  return x >= -9223372036854775808.0 && x < 9223372036854775808.0; /* 2^63 */
}

static inline int order_integer_real(int64_t integer, double x)
{
  if (!real_fits_int64(x)) {
    return x > 0 ? ORDER_LESS : x < 0 ? ORDER_GREATER : ORDER_NONE;
  }
  const int64_t whole = (int64_t)x;
  return integer != whole ? order_integers(integer, whole) : order_reals(0, x - (double)whole);
}

/* The order of y and x from that of x and y. */
static inline int order_turned(int order)
{
  return order == ORDER_LESS ? ORDER_GREATER : order == ORDER_GREATER ? ORDER_LESS : order;
}

#endif
