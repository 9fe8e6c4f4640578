/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mathematics, casts and the size of sets. What has no real value is NaN, as log(-1); whole numbers stay whole
 * where they can, and an overflow is an error.
 *
 * round takes, of the two decimals next to x, the one that is nearer to x itself, and of two equally near ones the
 * one with the even last digit; so round(0.15, 1) is 0.1, since 0.15 is a little less than it looks. This is R's
 * rule since version 4.0. Reference: M. Maechler, Rounding to Decimal Digits in Binary, package round, 2020. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "expr/expr_span.h"
#include "frame/compare.h"
#include "frame/parse_number.h"

#define APPLY(name)                                                                                                  \
  static Status name(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
#define UNUSED                                                                                                       \
  (void)call;                                                                                                        \
  (void)in;                                                                                                          \
  (void)arena;                                                                                                       \
  (void)e

/* ---- of one number */

#define REAL_FUNCTION(name, value)                                                                                   \
  APPLY(apply_##name)                                                                                                \
  {                                                                                                                  \
    UNUSED;                                                                                                          \
    double *to = out->values;                                                                                        \
    for (size_t i = 0; i < rows; i++) {                                                                              \
      const double x = CELL(&in[0], double, i);                                                                      \
      to[i] = (value);                                                                                               \
    }                                                                                                                \
    return STATUS_OK;                                                                                                \
  }

REAL_FUNCTION(sqrt, sqrt(x))
REAL_FUNCTION(exp, exp(x))
REAL_FUNCTION(expm1, expm1(x))
REAL_FUNCTION(log2, log2(x))
REAL_FUNCTION(log10, log10(x))
REAL_FUNCTION(log1p, log1p(x))
REAL_FUNCTION(sin, sin(x))
REAL_FUNCTION(cos, cos(x))
REAL_FUNCTION(tan, tan(x))
REAL_FUNCTION(asin, asin(x))
REAL_FUNCTION(acos, acos(x))
REAL_FUNCTION(atan, atan(x))
REAL_FUNCTION(sinh, sinh(x))
REAL_FUNCTION(cosh, cosh(x))
REAL_FUNCTION(tanh, tanh(x))

/* Whole numbers are their own floor. */
#define WHOLE_FUNCTION(name, value)                                                                                  \
  REAL_FUNCTION(real_##name, value)                                                                                  \
  APPLY(apply_##name)                                                                                                \
  {                                                                                                                  \
    if (out->type == TYPE_FLOAT64) {                                                                                 \
      return apply_real_##name(call, in, rows, out, arena, e);                                                       \
    }                                                                                                                \
    for (size_t i = 0; i < rows; i++) {                                                                              \
      ((int64_t *)out->values)[i] = CELL(&in[0], int64_t, i);                                                        \
    }                                                                                                                \
    return STATUS_OK;                                                                                                \
  }

WHOLE_FUNCTION(floor, floor(x))
WHOLE_FUNCTION(ceil, ceil(x))
WHOLE_FUNCTION(trunc, trunc(x))

static Status overflow(Error *e, const char *name, int64_t x)
{
  error_set(e, STATUS_DATA, "overflow", _("%1$s(%2$" PRId64 ") is beyond what int64 holds"), name, x);
  (void)error_hint(e, _("float64(x) widens a column, and gives the nearest number"));
  return STATUS_DATA;
}

APPLY(apply_abs)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    if (out->type == TYPE_FLOAT64) {
      ((double *)out->values)[i] = fabs(CELL(&in[0], double, i));
      continue;
    }
    const int64_t x = CELL(&in[0], int64_t, i);
    if (x == INT64_MIN && !out->missing[i]) {
      return overflow(e, "abs", x);
    }
    ((int64_t *)out->values)[i] = x < 0 ? (int64_t)-(uint64_t)x : x;
  }
  return STATUS_OK;
}

APPLY(apply_sign)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    if (out->type == TYPE_FLOAT64) {
      const double x = CELL(&in[0], double, i);
      ((double *)out->values)[i] = x > 0 ? 1 : x < 0 ? -1 : x;
    } else {
      const int64_t x = CELL(&in[0], int64_t, i);
      ((int64_t *)out->values)[i] = (x > 0) - (x < 0);
    }
  }
  return STATUS_OK;
}

/* ---- round */

static double power_of_ten(int n)
{
  double power = 1, factor = 10;
  for (; n > 0; n /= 2, factor *= factor) {
    power *= n % 2 ? factor : 1;
  }
  return power;
}

static double round_digits(double x, int64_t digits)
{
  if (digits == 0 || !isfinite(x) || x == 0) {
    return rint(x);
  }
  const double size = 0.30103 * (0.5 + logb(x)); /* about log10 of x */
  if (digits > DBL_MAX_10_EXP + DBL_DIG || size + (double)digits > DBL_DIG) {
    return x;
  }
  if (digits < -DBL_MAX_10_EXP) {
    return 0;
  }
  const double power = power_of_ten((int)(digits < 0 ? -digits : digits > DBL_MAX_10_EXP ? DBL_MAX_10_EXP : digits));
  const double extra = digits > DBL_MAX_10_EXP ? power_of_ten((int)digits - DBL_MAX_10_EXP) : 1;
  const double moved = digits < 0 ? x / power : x * power * extra, low = floor(moved), high = ceil(moved);
  const double below = digits < 0 ? low * power : low / power / extra,
               above = digits < 0 ? high * power : high / power / extra;
  return x - below < above - x || (x - below == above - x && fmod(low, 2) == 0) ? below : above;
}

/* To tens, hundreds ...; false: overflow. */
static bool round_whole(int64_t x, int64_t digits, int64_t *out)
{
  int64_t unit = 1;
  for (; digits < 0 && unit <= INT64_MAX / 10; digits++) {
    unit *= 10;
  }
  if (digits < 0) {
    *out = 0;
    return true;
  }
  const int64_t rest = x % unit, half = unit / 2, size = rest < 0 ? -rest : rest, steps = x / unit;
  const bool away = size > half || (size == half && unit > 1 && steps % 2 != 0);
  return !__builtin_add_overflow(x - rest, away ? (x < 0 ? -unit : unit) : 0, out);
}

APPLY(apply_round)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    const int64_t digits = call->n > 1 ? CELL(&in[1], int64_t, i) : 0;
    if (out->missing[i]) {
      continue;
    }
    if (out->type == TYPE_FLOAT64) {
      ((double *)out->values)[i] = round_digits(CELL(&in[0], double, i), digits);
    } else if (!round_whole(CELL(&in[0], int64_t, i), digits, (int64_t *)out->values + i)) {
      return overflow(e, "round", CELL(&in[0], int64_t, i));
    }
  }
  return STATUS_OK;
}

/* ---- of two */

#define REAL_PAIR(name, value)                                                                                       \
  APPLY(apply_##name)                                                                                                \
  {                                                                                                                  \
    UNUSED;                                                                                                          \
    for (size_t i = 0; i < rows; i++) {                                                                              \
      const double x = CELL(&in[0], double, i), y = call->n > 1 ? CELL(&in[1], double, i) : 0;                       \
      (void)y;                                                                                                       \
      ((double *)out->values)[i] = (value);                                                                          \
    }                                                                                                                \
    return STATUS_OK;                                                                                                \
  }

REAL_PAIR(pow, pow(x, y))
REAL_PAIR(atan2, atan2(x, y))
REAL_PAIR(log, call->n > 1 ? log(x) / log(y) : log(x))

static double real_mod(double x, double y)
{
  const double rest = fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

APPLY(apply_mod)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    if (out->type == TYPE_FLOAT64) {
      ((double *)out->values)[i] = real_mod(CELL(&in[0], double, i), CELL(&in[1], double, i));
      continue;
    }
    const int64_t x = CELL(&in[0], int64_t, i), y = CELL(&in[1], int64_t, i);
    if (y == 0 && !out->missing[i]) {
      error_set(e, STATUS_DATA, "divided-by-zero", _("mod(%" PRId64 ", 0): a whole number cannot be divided by zero"),
                x);
      (void)error_hint(e, _("say what such rows get: if(y == 0, NA, mod(x, y))"));
      return STATUS_DATA;
    }
    const int64_t rest = y == 0 || y == -1 ? 0 : x % y;
    ((int64_t *)out->values)[i] = rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
  }
  return STATUS_OK;
}

/* ---- least and greatest of several; `turn` is -1 for the greatest */

static void best_real(const FunctionCall *call, const Cells *in, size_t i, int turn, Cells *out)
{
  double best = CELL(&in[0], double, i);
  for (size_t k = 1; k < call->n && !isnan(best); k++) {
    const double x = CELL(&in[k], double, i);
    best = isnan(x) || turn * x < turn * best ? x : best;
  }
  ((double *)out->values)[i] = best;
}

static void best_integer(const FunctionCall *call, const Cells *in, size_t i, int turn, Cells *out)
{
  int64_t best = CELL(&in[0], int64_t, i);
  for (size_t k = 1; k < call->n; k++) {
    const int64_t x = CELL(&in[k], int64_t, i);
    best = turn > 0 ? (x < best ? x : best) : (x > best ? x : best);
  }
  ((int64_t *)out->values)[i] = best;
}

static void best_text(const FunctionCall *call, const Cells *in, size_t i, int turn, Cells *out)
{
  Span best = CELL(&in[0], Span, i);
  for (size_t k = 1; k < call->n; k++) {
    const Span x = CELL(&in[k], Span, i);
    best = turn * span_compare(x, best) < 0 ? x : best;
  }
  ((Span *)out->values)[i] = best;
}

static void best_of(const FunctionCall *call, const Cells *in, size_t rows, int turn, Cells *out)
{
  for (size_t i = 0; i < rows; i++) {
    if (out->missing[i]) {
      continue;
    }
    if (out->type == TYPE_FLOAT64) {
      best_real(call, in, i, turn, out);
    } else if (out->type == TYPE_STRING) {
      best_text(call, in, i, turn, out);
    } else {
      best_integer(call, in, i, turn, out);
    }
  }
}

APPLY(apply_least)
{
  UNUSED;
  best_of(call, in, rows, 1, out);
  return STATUS_OK;
}

APPLY(apply_greatest)
{
  UNUSED;
  best_of(call, in, rows, -1, out);
  return STATUS_OK;
}

/* ---- what a number is */

#define REAL_TEST(name, value)                                                                                       \
  APPLY(apply_##name)                                                                                                \
  {                                                                                                                  \
    UNUSED;                                                                                                          \
    for (size_t i = 0; i < rows; i++) {                                                                              \
      ((uint8_t *)out->values)[i] = (value) != 0;                                                                    \
    }                                                                                                                \
    return STATUS_OK;                                                                                                \
  }

REAL_TEST(is_nan, isnan(CELL(&in[0], double, i)))
REAL_TEST(is_finite, isfinite(CELL(&in[0], double, i)))
REAL_TEST(is_infinite, isinf(CELL(&in[0], double, i)))
REAL_TEST(bool_of_real, CELL(&in[0], double, i) != 0)

/* ---- casts */

APPLY(apply_same)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    if (out->type == TYPE_BOOL) {
      ((uint8_t *)out->values)[i] = CELL(&in[0], uint8_t, i);
    } else {
      ((int64_t *)out->values)[i] = CELL(&in[0], int64_t, i);
    }
  }
  return STATUS_OK;
}

APPLY(apply_int_of_bool)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    ((int64_t *)out->values)[i] = CELL(&in[0], uint8_t, i);
  }
  return STATUS_OK;
}

APPLY(apply_int_of_real)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    const double x = CELL(&in[0], double, i);
    if (out->missing[i]) {
      continue;
    }
    if (!real_fits_int64(x) || x != floor(x)) {
      char shown[32];
      text_of_double(x, shown);
      error_set(e, STATUS_DATA, "bad-cast", _("%s is no whole number that int64 holds"), shown);
      (void)error_hint(e, _("say how: int64(round(x)), int64(floor(x)), int64(trunc(x))"));
      return STATUS_DATA;
    }
    ((int64_t *)out->values)[i] = (int64_t)x;
  }
  return STATUS_OK;
}

static Status no_number(Error *e, Span text, const char *type)
{
  error_set(e, STATUS_DATA, "bad-cast", _("'%1$.*2$s' cannot be read as %3$s"), text.bytes,
            (int)(text.length < 80 ? text.length : 80), type);
  (void)error_hint(e, _("%s(x, NA) makes such cells missing"), type);
  return STATUS_DATA;
}

static bool read_cell(Span text, Cells *out, size_t i)
{
  parse_trim(&text.bytes, &text.length);
  bool flag = false;
  bool read;
  switch (out->type) {
  case TYPE_FLOAT64: return parse_float_forced(text.bytes, text.length, (double *)out->values + i);
  case TYPE_INT64: return parse_int_forced(text.bytes, text.length, (int64_t *)out->values + i);
  default:
    read = parse_bool_forced(text.bytes, text.length, &flag);
    ((uint8_t *)out->values)[i] = flag;
    return read;
  }
}

static void take_other(const Cells *other, size_t i, Cells *out)
{
  out->missing[i] = other->missing[other->constant ? 0 : i];
  switch (out->type) {
  case TYPE_BOOL: ((uint8_t *)out->values)[i] = CELL(other, uint8_t, i); break;
  default: ((int64_t *)out->values)[i] = CELL(other, int64_t, i);
  }
}

/* A text as a number, or what stands for texts that are none. */
APPLY(apply_parse)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    out->missing[i] = in[0].missing[in[0].constant ? 0 : i];
    if (out->missing[i] || read_cell(CELL(&in[0], Span, i), out, i)) {
      continue;
    }
    if (call->n < 2) {
      return no_number(e, CELL(&in[0], Span, i), type_name(out->type));
    }
    take_other(&in[1], i, out);
  }
  return STATUS_OK;
}

APPLY(apply_size)
{
  UNUSED;
  for (size_t i = 0; i < rows; i++) {
    const int32_t *codes;
    ((int64_t *)out->values)[i] = (int64_t)column_set(in[0].column, in[0].first + i, &codes);
  }
  return STATUS_OK;
}

#define SEES .flags = FUNCTION_SEES_MISSING

static const Function math_functions[] = {
    {.name = "abs", .types = "n:n", .arguments = "x", .help = "without its sign", .apply = apply_abs},
    {.name = "acos", .types = "f:f", .arguments = "x", .help = "arc cosine, in radians", .apply = apply_acos},
    {.name = "asin", .types = "f:f", .arguments = "x", .help = "arc sine, in radians", .apply = apply_asin},
    {.name = "atan", .types = "f:f", .arguments = "x", .help = "arc tangent, in radians", .apply = apply_atan},
    {.name = "atan2",
     .types = "ff:f",
     .arguments = "y, x",
     .help = "angle of the point (x, y), in radians",
     .apply = apply_atan2},
    {.name = "bool",
     .types = "b:b",
     .arguments = "x",
     .help = "true or false: 0 is false, other numbers are true",
     .apply = apply_same},
    {.name = "bool",
     .types = "f:b",
     .arguments = "x",
     .help = "true or false: 0 is false, other numbers are true",
     .apply = apply_bool_of_real},
    {.name = "bool",
     .types = "s?b:b",
     .arguments = "text, otherwise",
     .help = "a text (true false 1 0) as true or false; otherwise: for texts that are neither",
     SEES,
     .apply = apply_parse},
    {.name = "ceil", .types = "n:n", .arguments = "x", .help = "the next whole number upwards", .apply = apply_ceil},
    {.name = "cos", .types = "f:f", .arguments = "x", .help = "cosine of radians", .apply = apply_cos},
    {.name = "cosh", .types = "f:f", .arguments = "x", .help = "hyperbolic cosine", .apply = apply_cosh},
    {.name = "exp", .types = "f:f", .arguments = "x", .help = "e to the x", .apply = apply_exp},
    {.name = "expm1",
     .types = "f:f",
     .arguments = "x",
     .help = "exp(x) - 1, exact for small x",
     .apply = apply_expm1},
    {.name = "float64", .types = "f:f", .arguments = "x", .help = "a real number", .apply = apply_same},
    {.name = "float64",
     .types = "s?f:f",
     .arguments = "text, otherwise",
     .help = "a text as a number; otherwise: for texts that are none",
     SEES,
     .apply = apply_parse},
    {.name = "floor",
     .types = "n:n",
     .arguments = "x",
     .help = "the next whole number downwards",
     .apply = apply_floor},
    {.name = "greatest",
     .types = "nn*:n",
     .arguments = "x, y, ...",
     .help = "the largest; missing when one is",
     .apply = apply_greatest},
    {.name = "greatest",
     .types = "tt*:t",
     .arguments = "x, y, ...",
     .help = "the latest; missing when one is",
     .apply = apply_greatest},
    {.name = "greatest",
     .types = "ss*:s",
     .arguments = "x, y, ...",
     .help = "the last by bytes; missing when one is",
     .apply = apply_greatest},
    {.name = "int64", .types = "i:i", .arguments = "x", .help = "a whole number", .apply = apply_same},
    {.name = "int64",
     .types = "b:i",
     .arguments = "x",
     .help = "1 for true, 0 for false",
     .apply = apply_int_of_bool},
    {.name = "int64",
     .types = "f:i",
     .arguments = "x",
     .help = "a whole number; a fraction is an error",
     .apply = apply_int_of_real},
    {.name = "int64", .types = "t:i", .arguments = "time", .help = "microseconds since 1970", .apply = apply_same},
    {.name = "int64",
     .types = "s?i:i",
     .arguments = "text, otherwise",
     .help = "a text as a whole number; otherwise: for texts that are none",
     SEES,
     .apply = apply_parse},
    {.name = "is_finite",
     .types = "f:b",
     .arguments = "x",
     .help = "whether it is neither NaN nor infinite",
     .apply = apply_is_finite},
    {.name = "is_infinite",
     .types = "f:b",
     .arguments = "x",
     .help = "whether it is Inf or -Inf",
     .apply = apply_is_infinite},
    {.name = "is_nan",
     .types = "f:b",
     .arguments = "x",
     .help = "whether it is NaN, which is not missing",
     .apply = apply_is_nan},
    {.name = "least",
     .types = "nn*:n",
     .arguments = "x, y, ...",
     .help = "the smallest; missing when one is",
     .apply = apply_least},
    {.name = "least",
     .types = "tt*:t",
     .arguments = "x, y, ...",
     .help = "the earliest; missing when one is",
     .apply = apply_least},
    {.name = "least",
     .types = "ss*:s",
     .arguments = "x, y, ...",
     .help = "the first by bytes; missing when one is",
     .apply = apply_least},
    {.name = "log",
     .types = "f?f:f",
     .arguments = "x, base",
     .help = "logarithm, the natural one without a base",
     .apply = apply_log},
    {.name = "log10", .types = "f:f", .arguments = "x", .help = "logarithm to the base 10", .apply = apply_log10},
    {.name = "log1p",
     .types = "f:f",
     .arguments = "x",
     .help = "log(1 + x), exact for small x",
     .apply = apply_log1p},
    {.name = "log2", .types = "f:f", .arguments = "x", .help = "logarithm to the base 2", .apply = apply_log2},
    {.name = "mod", .types = "nn:n", .arguments = "x, y", .help = "the rest of x // y, as x % y", .apply = apply_mod},
    {.name = "pow", .types = "ff:f", .arguments = "x, y", .help = "x to the y, as x ^ y", .apply = apply_pow},
    {.name = "round",
     .types = "n?i:n",
     .arguments = "x, digits",
     .help = "the nearest number of so many decimals, a tie to the even digit; digits below 0 are tens, hundreds",
     .apply = apply_round},
    {.name = "sign", .types = "n:n", .arguments = "x", .help = "-1, 0 or 1", .apply = apply_sign},
    {.name = "sin", .types = "f:f", .arguments = "x", .help = "sine of radians", .apply = apply_sin},
    {.name = "sinh", .types = "f:f", .arguments = "x", .help = "hyperbolic sine", .apply = apply_sinh},
    {.name = "size", .types = "e:i", .arguments = "set", .help = "number of items", .apply = apply_size},
    {.name = "sqrt", .types = "f:f", .arguments = "x", .help = "square root", .apply = apply_sqrt},
    {.name = "tan", .types = "f:f", .arguments = "x", .help = "tangent of radians", .apply = apply_tan},
    {.name = "tanh", .types = "f:f", .arguments = "x", .help = "hyperbolic tangent", .apply = apply_tanh},
    {.name = "trunc", .types = "n:n", .arguments = "x", .help = "without its decimals", .apply = apply_trunc},
};
REGISTER_FUNCTIONS(math_functions);
