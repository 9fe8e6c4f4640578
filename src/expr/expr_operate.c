/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic, comparisons and look-ups over the rows of a block: plain loops that compilers turn into vector code. An
 * overflow is seen by a flag gathered along the way; only then are rows looked at one by one. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expr/expr_check.h"
#include "expr/expr_run.h"
#include "expr/expr_span.h"
#include "frame/column_layout.h"
#include "frame/compare.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3") /* vector code, also for loops whose length is not known */
#endif

/* ---- arithmetic of float64 */

static double floor_mod(double a, double b)
{
  const double rest = fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static double floor_divide(double a, double b)
{
  if (b == 0 || isinf(a) || isnan(a)) {
    return a / b;
  }
  const double quotient = (a - floor_mod(a, b)) / b, whole = floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

/* The loop for an operation, over columns and constants on either side. */
#define REAL_LOOP(operation)                                                                                         \
  do {                                                                                                               \
    if (b_step && a_step) {                                                                                          \
      for (size_t i = 0; i < n; i++) { const double x = a[i], y = b[i]; to[i] = operation; }                         \
    } else if (a_step) {                                                                                             \
      const double y = b[0];                                                                                         \
      for (size_t i = 0; i < n; i++) { const double x = a[i]; to[i] = operation; }                                   \
    } else {                                                                                                         \
      const double x = a[0];                                                                                         \
      for (size_t i = 0; i < n; i++) { const double y = b[i]; to[i] = operation; }                                   \
    }                                                                                                                \
  } while (0)

static void real_operation(TokenKind op, const Piece *inputs, size_t n, double *restrict to)
{
  const double *restrict a = inputs[0].cells.values, *restrict b = inputs[1].cells.values;
  const bool a_step = !inputs[0].cells.constant || n == 1, b_step = !inputs[1].cells.constant;
  switch (op) {
  case TOKEN_ADD: REAL_LOOP(x + y); break;
  case TOKEN_SUB: REAL_LOOP(x - y); break;
  case TOKEN_MUL: REAL_LOOP(x * y); break;
  case TOKEN_DIV: REAL_LOOP(x / y); break;
  case TOKEN_FLOOR: REAL_LOOP(floor_divide(x, y)); break;
  case TOKEN_MOD: REAL_LOOP(floor_mod(x, y)); break;
  default: REAL_LOOP(pow(x, y));
  }
}

/* ---- arithmetic of int64 */

static bool add_overflows(int64_t x, int64_t y, int64_t *to) { return __builtin_add_overflow(x, y, to); }
static bool sub_overflows(int64_t x, int64_t y, int64_t *to) { return __builtin_sub_overflow(x, y, to); }
static bool mul_overflows(int64_t x, int64_t y, int64_t *to) { return __builtin_mul_overflow(x, y, to); }

static bool floor_overflows(int64_t x, int64_t y, int64_t *to)
{
  if (y == 0 || (y == -1 && x == INT64_MIN)) {
    *to = 0;
    return true;
  }
  *to = x / y - (x % y != 0 && (x < 0) != (y < 0));
  return false;
}

static bool mod_overflows(int64_t x, int64_t y, int64_t *to)
{
  if (y == 0 || y == -1) {
    *to = 0;
    return y == 0;
  }
  const int64_t rest = x % y;
  *to = rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
  return false;
}

#define INT_LOOP(function)                                                                                           \
  for (size_t i = 0; i < n; i++) {                                                                                   \
    bad |= function(a[a_step ? i : 0], b[b_step ? i : 0], &to[i]);                                                   \
  }                                                                                                                  \
  break

/* Sums of columns without branches: an overflow turns the sign against both sides. */
static bool add_columns(const int64_t *restrict a, const int64_t *restrict b, size_t n, int64_t *restrict to)
{
  uint64_t bad = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t x = (uint64_t)a[i], y = (uint64_t)b[i], sum = x + y;
    bad |= (x ^ sum) & (y ^ sum);
    to[i] = (int64_t)sum;
  }
  return bad >> 63;
}

static bool sub_columns(const int64_t *restrict a, const int64_t *restrict b, size_t n, int64_t *restrict to)
{
  uint64_t bad = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t x = (uint64_t)a[i], y = (uint64_t)b[i], rest = x - y;
    bad |= (x ^ y) & (x ^ rest);
    to[i] = (int64_t)rest;
  }
  return bad >> 63;
}

/* True when some row, perhaps one that does not count, overflowed. */
static bool int_operation(TokenKind op, const Piece *inputs, size_t n, int64_t *restrict to)
{
  const int64_t *restrict a = inputs[0].cells.values, *restrict b = inputs[1].cells.values;
  const bool a_step = !inputs[0].cells.constant, b_step = !inputs[1].cells.constant;
  bool bad = false;
  if (a_step && b_step && op == TOKEN_ADD) {
    return add_columns(a, b, n, to);
  }
  if (a_step && b_step && op == TOKEN_SUB) {
    return sub_columns(a, b, n, to);
  }
  switch (op) {
  case TOKEN_ADD: INT_LOOP(add_overflows);
  case TOKEN_SUB: INT_LOOP(sub_overflows);
  case TOKEN_MUL: INT_LOOP(mul_overflows);
  case TOKEN_FLOOR: INT_LOOP(floor_overflows);
  default: INT_LOOP(mod_overflows);
  }
  return bad;
}

static Status bad_row(Block *block, const Node *node, const Piece *inputs, size_t row, bool constant)
{
  const Cells *a = &inputs[0].cells, *b = &inputs[1].cells;
  const int64_t x = CELL(a, int64_t, row), y = node->n > 1 ? CELL(b, int64_t, row) : 0;
  const bool divides = node->op == TOKEN_FLOOR || node->op == TOKEN_MOD;
  if (node->n == 1) {
    error_set(block->e, STATUS_DATA, "overflow", _("-(%" PRId64 ") is beyond what int64 holds"), x);
  } else if (divides && y == 0) {
    error_set(block->e, STATUS_DATA, "divided-by-zero",
              _("%1$" PRId64 " %2$s 0: a whole number cannot be divided by zero"), x, expr_op_text(node));
    (void)error_hint(block->e,
                     _("say what such rows get: if(y == 0, NA, x %1$s y); float64(x) %1$s y gives Inf or NaN"),
                     expr_op_text(node));
    return expr_row_error(block, node, row, constant);
  } else {
    error_set(block->e, STATUS_DATA, "overflow", _("%1$" PRId64 " %2$s %3$" PRId64 " is beyond what int64 holds"), x,
              expr_op_text(node), y);
  }
  (void)error_hint(block->e, _("float64(x) widens a column, and gives the nearest number"));
  return expr_row_error(block, node, row, constant);
}

static bool row_counts(const Block *block, const Piece *out, size_t i)
{
  return !out->cells.missing[i] && !(block->skip && block->skip[i]);
}

static bool row_overflows(const Node *node, const Piece *inputs, size_t i)
{
  const Cells *a = &inputs[0].cells, *b = &inputs[1].cells;
  const int64_t x = CELL(a, int64_t, i);
  int64_t to;
  if (node->n == 1) {
    return x == INT64_MIN;
  }
  const int64_t y = CELL(b, int64_t, i);
  switch (node->op) {
  case TOKEN_ADD: return add_overflows(x, y, &to);
  case TOKEN_SUB: return sub_overflows(x, y, &to);
  case TOKEN_MUL: return mul_overflows(x, y, &to);
  case TOKEN_FLOOR: return floor_overflows(x, y, &to);
  default: return mod_overflows(x, y, &to);
  }
}

/* The first row that overflows and counts, if there is one. A constant counts when one row asks for it. */
static Status find_overflow(Block *block, const Node *node, const Piece *inputs, const Piece *out)
{
  if (out->cells.constant) {
    const bool asked = !block->skip || memchr(block->skip, 0, block->count);
    return asked && !out->cells.missing[0] ? bad_row(block, node, inputs, 0, true) : STATUS_OK;
  }
  for (size_t i = 0; i < block->count; i++) {
    if (row_counts(block, out, i) && row_overflows(node, inputs, i)) {
      return bad_row(block, node, inputs, i, false);
    }
  }
  return STATUS_OK;
}

static Status negate(Block *block, const Node *node, const Piece *input, Piece *out, size_t n)
{
  bool bad = false;
  if (node->type == TYPE_FLOAT64) {
    for (size_t i = 0; i < n; i++) {
      ((double *)out->cells.values)[i] = -((const double *)input->cells.values)[i];
    }
    return STATUS_OK;
  }
  for (size_t i = 0; i < n; i++) {
    const int64_t x = ((const int64_t *)input->cells.values)[i];
    bad |= x == INT64_MIN;
    ((int64_t *)out->cells.values)[i] = (int64_t)-(uint64_t)x;
  }
  return bad ? find_overflow(block, node, input, out) : STATUS_OK;
}

static void days_between(const Piece *inputs, size_t n, double *to)
{
  const Cells *a = &inputs[0].cells, *b = &inputs[1].cells;
  for (size_t i = 0; i < n; i++) {
    const int64_t x = CELL(a, int64_t, i), y = CELL(b, int64_t, i);
    int64_t between;
    to[i] = (__builtin_sub_overflow(x, y, &between) ? (double)x - (double)y : (double)between) / 86400e6;
  }
}

Status expr_arithmetic(Block *block, const Node *node, const Piece *inputs, Piece *out)
{
  const Status status = expr_piece(block, node, inputs, node->n, out);
  const size_t n = out->cells.constant ? 1 : block->count;
  if (status != STATUS_OK) {
    return status;
  }
  if (node->n == 1) {
    return negate(block, node, inputs, out, n);
  }
  if (inputs[0].cells.type == TYPE_TIMESTAMP) {
    days_between(inputs, n, out->cells.values);
  } else if (node->type == TYPE_FLOAT64) {
    real_operation(node->op, inputs, n, out->cells.values);
  } else if (int_operation(node->op, inputs, n, out->cells.values)) {
    return find_overflow(block, node, inputs, out);
  }
  return STATUS_OK;
}

/* ---- comparisons */

static TokenKind mirrored(TokenKind op)
{
  switch (op) {
  case TOKEN_LT: return TOKEN_GT;
  case TOKEN_LE: return TOKEN_GE;
  case TOKEN_GT: return TOKEN_LT;
  case TOKEN_GE: return TOKEN_LE;
  default: return op;
  }
}

#define COMPARE_SWITCH(type, right)                                                                                  \
  switch (op) {                                                                                                      \
  case TOKEN_EQ: for (size_t i = 0; i < n; i++) { to[i] = (type)a[i] == (right); } break;                            \
  case TOKEN_NE: for (size_t i = 0; i < n; i++) { to[i] = (type)a[i] != (right); } break;                            \
  case TOKEN_LT: for (size_t i = 0; i < n; i++) { to[i] = (type)a[i] < (right); } break;                             \
  case TOKEN_LE: for (size_t i = 0; i < n; i++) { to[i] = (type)a[i] <= (right); } break;                            \
  case TOKEN_GT: for (size_t i = 0; i < n; i++) { to[i] = (type)a[i] > (right); } break;                             \
  default: for (size_t i = 0; i < n; i++) { to[i] = (type)a[i] >= (right); }                                         \
  }

/* Both of one type: columns, or a column and a constant on the right. */
#define COMPARE_FUNCTION(name, from, type)                                                                           \
  static void name(TokenKind op, const from *restrict a, const type *restrict b, bool constant, size_t n,            \
                   uint8_t *restrict to)                                                                             \
  {                                                                                                                  \
    if (constant) {                                                                                                  \
      const type right = b[0];                                                                                       \
      COMPARE_SWITCH(type, right)                                                                                    \
    } else {                                                                                                         \
      COMPARE_SWITCH(type, b[i])                                                                                     \
    }                                                                                                                \
  }

COMPARE_FUNCTION(compare_reals, double, double)
COMPARE_FUNCTION(compare_integers, int64_t, int64_t)
COMPARE_FUNCTION(compare_flags, uint8_t, uint8_t)
COMPARE_FUNCTION(compare_widened, int64_t, double)

static int wanted(TokenKind op)
{
  switch (op) {
  case TOKEN_EQ: return ORDER_EQUAL;
  case TOKEN_LT: return ORDER_LESS;
  case TOKEN_LE: return ORDER_LESS | ORDER_EQUAL;
  case TOKEN_GT: return ORDER_GREATER;
  default: return ORDER_GREATER | ORDER_EQUAL;
  }
}

/* int64 a against float64 b. Below 2^53 the nearest double of a stands to the constant as a does. */
static void compare_mixed(TokenKind op, const Cells *a, const Cells *b, size_t n, uint8_t *to)
{
  const int64_t *x = a->values;
  const double *y = b->values;
  if (b->constant && !a->constant && fabs(y[0]) < 0x1p53) {
    compare_widened(op, x, y, true, n, to);
    return;
  }
  const int orders = wanted(op);
  for (size_t i = 0; i < n; i++) {
    const int order = order_integer_real(x[a->constant ? 0 : i], y[b->constant ? 0 : i]);
    to[i] = op == TOKEN_NE ? order != ORDER_EQUAL : (order & orders) != 0;
  }
}

static void compare_texts(TokenKind op, const Cells *a, const Cells *b, size_t n, uint8_t *to)
{
  const int orders = wanted(op);
  const bool equality = op == TOKEN_EQ || op == TOKEN_NE;
  for (size_t i = 0; i < n; i++) {
    const Span x = CELL(a, Span, i), y = CELL(b, Span, i);
    if (equality) {
      to[i] = span_equal(x, y) == (op == TOKEN_EQ);
    } else {
      const int order = span_compare(x, y);
      to[i] = ((order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : ORDER_EQUAL) & orders) != 0;
    }
  }
}

/* Texts under missing cells may be garbage where a function made them. */
static void blank_missing(Piece *piece, size_t n)
{
  if (piece->clean || piece->cells.constant || piece->cells.type != TYPE_STRING) {
    return;
  }
  Span *spans = piece->cells.values;
  for (size_t i = 0; i < n; i++) {
    if (piece->cells.missing[i]) {
      spans[i] = (Span){"", 0};
    }
  }
}

Status expr_compare(Block *block, const Node *node, const Piece *inputs, Piece *out)
{
  const Status status = expr_piece(block, node, inputs, 2, out);
  if (status != STATUS_OK) {
    return status;
  }
  Piece left = inputs[0], right = inputs[1];
  TokenKind op = node->op;
  const size_t n = out->cells.constant ? 1 : block->count;
  const bool turn = (left.cells.constant && !right.cells.constant) ||
                    (left.cells.type == TYPE_FLOAT64 && right.cells.type == TYPE_INT64);
  if (turn) {
    left = inputs[1];
    right = inputs[0];
    op = mirrored(op);
  }
  const Cells *a = &left.cells, *b = &right.cells;
  if (a->type != b->type && a->type == TYPE_FLOAT64) { /* the constant is the int64 */
    compare_mixed(mirrored(op), b, a, n, out->cells.values);
  } else if (a->type != b->type) {
    compare_mixed(op, a, b, n, out->cells.values);
  } else if (a->type == TYPE_FLOAT64) {
    compare_reals(op, a->values, b->values, b->constant, n, out->cells.values);
  } else if (a->type == TYPE_BOOL) {
    compare_flags(op, a->values, b->values, b->constant, n, out->cells.values);
  } else if (a->type == TYPE_STRING) {
    blank_missing(&left, n);
    blank_missing(&right, n);
    compare_texts(op, a, b, n, out->cells.values);
  } else {
    compare_integers(op, a->values, b->values, b->constant, n, out->cells.values);
  }
  return STATUS_OK;
}

/* ---- in */

static bool list_has_real(const double *items, size_t n, double x)
{
  size_t low = 0;
  while (n > 0) { /* the first item that is not below x */
    const size_t half = n / 2;
    const bool above = items[low + half] < x;
    low = above ? low + half + 1 : low;
    n = above ? n - half - 1 : half;
  }
  return items[low] == x;
}

static bool list_has_integer(const int64_t *items, size_t n, int64_t x)
{
  const int64_t *low = items;
  while (n > 1) {
    low += low[n / 2] <= x ? n / 2 : 0;
    n -= n / 2;
  }
  return *low == x;
}

static bool list_has_text(const Span *items, size_t n, Span x)
{
  size_t low = 0;
  while (n > 0) {
    const size_t half = n / 2;
    const int order = span_compare(items[low + half], x);
    if (order == 0) {
      return true;
    }
    low = order < 0 ? low + half + 1 : low;
    n = order < 0 ? n - half - 1 : half;
  }
  return false;
}

static bool list_has(const ConstantList *list, const Cells *cells, size_t i)
{
  if (list->n == 0) {
    return false;
  }
  switch (cells->type) {
  case TYPE_FLOAT64: {
    const double x = ((const double *)cells->values)[i], *items = list->items;
    return x <= items[list->n - 1] && list_has_real(items, list->n, x);
  }
  case TYPE_STRING: return list_has_text(list->items, list->n, ((const Span *)cells->values)[i]);
  default: return list_has_integer(list->items, list->n, ((const int64_t *)cells->values)[i]);
  }
}

static Status in_list(Block *block, const Node *node, const Piece *input, Piece *out)
{
  Piece left = *input;
  Status status = expr_piece(block, node, input, 1, out);
  if (status == STATUS_OK && node->list.missing) {
    status = expr_own_missing(block, out);
  }
  const size_t n = out->cells.constant ? 1 : block->count;
  if (status != STATUS_OK) {
    return status;
  }
  blank_missing(&left, n);
  uint8_t *to = out->cells.values;
  for (size_t i = 0; i < n; i++) {
    const bool has = list_has(&node->list, &left.cells, i);
    to[i] = has != node->negated;
    if (node->list.missing && !has) {
      out->cells.missing[i] = 1;
    }
  }
  return STATUS_OK;
}

static bool has_code(const int32_t *codes, size_t n, int32_t code)
{
  size_t low = 0;
  while (low < n) {
    const size_t middle = low + (n - low) / 2;
    if (codes[middle] == code) {
      return true;
    }
    if (codes[middle] < code) {
      low = middle + 1;
    } else {
      n = middle;
    }
  }
  return false;
}

static int32_t find_level(const Node *node, Span text)
{
  size_t low = 0, high = node->levels.n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    Span level;
    level.bytes = column_level(node->source, (size_t)node->levels.order[middle], &level.length);
    const int order = span_compare(level, text);
    if (order == 0) {
      return node->levels.order[middle];
    }
    low = order < 0 ? middle + 1 : low;
    high = order < 0 ? high : middle;
  }
  return -1;
}

static Status in_set(Block *block, const Node *node, const Piece *inputs, Piece *out)
{
  const Status status = expr_piece(block, node, inputs, 2, out);
  if (status != STATUS_OK) {
    return status;
  }
  Piece left = inputs[0];
  blank_missing(&left, block->count);
  uint8_t *to = out->cells.values;
  for (size_t i = 0; i < block->count; i++) {
    const int32_t *codes;
    const size_t n = column_set(node->source, block->first + i, &codes);
    const int32_t code = node->levels.order ? find_level(node, CELL(&left.cells, Span, i)) : node->levels.code;
    to[i] = (code >= 0 && has_code(codes, n, code)) != node->negated;
  }
  return STATUS_OK;
}

Status expr_lookup(Block *block, const Node *node, const Piece *inputs, Piece *out)
{
  return node->kind == NODE_IN_SET ? in_set(block, node, inputs, out) : in_list(block, node, inputs, out);
}
