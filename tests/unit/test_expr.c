/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions against a slow evaluator that goes cell by cell, on several numbers of threads; memory that runs
 * out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/text.h"
#include "expr/expr.h"
#include "frame/builder.h"

enum { ROWS = 4500, TREES = 400 };

/* ---- a frame: i, j whole, x, y real, p, q booleans, all with missing cells */

static uint64_t state = 1;

static uint32_t roll(uint32_t n)
{
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(state >> 33) % n;
}

static int64_t some_int(void)
{
  static const int64_t odd[] = {0, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 53, (INT64_C(1) << 53) + 1};
  return roll(400) == 0 ? odd[roll(6)] : (int64_t)roll(9) - 4;
}

static double some_real(void)
{
  static const double odd[] = {0.0, -0.0, 1e308, 0x1p53, 9.2233720368547758e18, -1e-300};
  return roll(8) == 0 ? odd[roll(6)] : ((double)roll(41) - 20) / 4;
}

static Frame *make_frame(void)
{
  static const char *const names[] = {"i", "j", "x", "y", "p", "q"};
  Draft *draft = draft_new();
  for (size_t c = 0; c < 6; c++) {
    Builder *b = builder_new(c < 2 ? TYPE_INT64 : c < 4 ? TYPE_FLOAT64 : TYPE_BOOL, ROWS);
    for (size_t row = 0; row < ROWS; row++) {
      if (c % 2 == 1 && roll(5) == 0) {
        builder_missing(b);
      } else if (c < 2) {
        builder_int(b, some_int());
      } else if (c < 4) {
        builder_float(b, some_real());
      } else {
        builder_bool(b, roll(2));
      }
    }
    draft_builder(draft, names[c], b);
  }
  Frame *frame = NULL;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* ---- random trees, written as text and evaluated slowly */

typedef enum Kind {
  LEAF_COLUMN,
  LEAF_NUMBER,
  LEAF_MISSING,
  BINARY,
  COMPARE,
  LOGIC,
  NOT,
  NEGATE,
  IS_MISSING,
  CHOICE,
  COALESCE,
  IN
} Kind;

typedef struct Tree {
  Kind kind;
  Type type;
  const char *op;
  size_t column;
  int64_t integer;
  double real;
  struct Tree *in[3];
} Tree;

static Tree pool[4000];
static size_t n_pool;

static Tree *grow(Type type, int depth);

static Tree *leaf(Type type)
{
  Tree *t = &pool[n_pool++];
  *t = (Tree){.type = type};
  const uint32_t what = roll(10);
  if (what == 0) {
    t->kind = LEAF_MISSING;
  } else if (what < 4 && type != TYPE_BOOL) {
    t->kind = LEAF_NUMBER;
    t->integer = (int64_t)roll(7);
    t->real = (double)roll(9) / 4;
  } else {
    t->kind = LEAF_COLUMN;
    t->column = (type == TYPE_INT64 ? 0 : type == TYPE_FLOAT64 ? 2 : 4) + roll(2);
  }
  return t;
}

static Type number_type(void)
{
  return roll(2) ? TYPE_INT64 : TYPE_FLOAT64;
}

static Tree *grow_number(Tree *t, Type type, int depth)
{
  static const char *const whole[] = {"+", "-", "*", "//", "%"}, *const real[] = {"+", "-", "*", "/", "//", "%", "^"};
  const uint32_t what = roll(8);
  if (what == 0) {
    t->kind = NEGATE;
    t->in[0] = grow(type, depth - 1);
  } else if (what == 1) {
    t->kind = CHOICE;
    t->in[0] = grow(TYPE_BOOL, depth - 1);
    t->in[1] = grow(type, depth - 1);
    t->in[2] = grow(type, depth - 1);
  } else if (what == 2) {
    t->kind = COALESCE;
    t->in[0] = grow(type, depth - 1);
    t->in[1] = grow(type, depth - 1);
  } else {
    t->kind = BINARY;
    t->op = type == TYPE_INT64 ? whole[roll(5)] : real[roll(7)];
    t->in[0] = grow(type, depth - 1);
    t->in[1] = grow(type, depth - 1);
  }
  return t;
}

static Tree *grow_bool(Tree *t, int depth)
{
  static const char *const compare[] = {"==", "!=", "<", "<=", ">", ">="};
  switch (roll(8)) {
  case 0: t->kind = NOT; t->in[0] = grow(TYPE_BOOL, depth - 1); break;
  case 1: t->kind = IS_MISSING; t->in[0] = grow(number_type(), depth - 1); break;
  case 2: t->kind = IN; t->in[0] = grow(number_type(), depth - 1); break;
  case 3:
  case 4:
  case 5:
    t->kind = LOGIC;
    t->op = roll(2) ? "and" : "or";
    t->in[0] = grow(TYPE_BOOL, depth - 1);
    t->in[1] = grow(TYPE_BOOL, depth - 1);
    break;
  default:
    t->kind = COMPARE;
    t->op = compare[roll(6)];
    t->in[0] = grow(number_type(), depth - 1);
    t->in[1] = grow(number_type(), depth - 1);
  }
  return t;
}

static Tree *grow(Type type, int depth)
{
  if (depth <= 0 || roll(6) == 0) {
    return leaf(type);
  }
  Tree *t = &pool[n_pool++];
  *t = (Tree){.type = type};
  return type == TYPE_BOOL ? grow_bool(t, depth) : grow_number(t, type, depth);
}

/* NA alone would take another type; this one keeps its own. */
static const char *na_text(Type type)
{
  return type == TYPE_INT64 ? "if(true, NA, 1)" : type == TYPE_FLOAT64 ? "if(true, NA, 1.5)" : "if(true, NA, false)";
}

static void write_tree(const Tree *t, Text *out)
{
  static const char *const names[] = {"i", "j", "x", "y", "p", "q"};
  switch (t->kind) {
  case LEAF_COLUMN: text_puts(out, names[t->column]); return;
  case LEAF_MISSING: text_puts(out, na_text(t->type)); return;
  case LEAF_NUMBER:
    if (t->type == TYPE_INT64) {
      text_printf(out, "%lld", (long long)t->integer);
    } else {
      text_printf(out, "%.2f", t->real);
    }
    return;
  default: break;
  }
  text_puts(out, t->kind == NOT        ? "(not "
                 : t->kind == NEGATE   ? "(-"
                 : t->kind == CHOICE   ? "if("
                 : t->kind == COALESCE ? "coalesce("
                                       : "(");
  write_tree(t->in[0], out);
  if (t->kind == IS_MISSING) {
    text_puts(out, " is missing");
  } else if (t->kind == IN) {
    text_puts(out, " in [1, 2.5, -3, NA]");
  }
  for (size_t k = 1; k < 3 && t->in[k]; k++) {
    text_printf(out, " %s ", t->kind == CHOICE || t->kind == COALESCE ? "," : t->op);
    write_tree(t->in[k], out);
  }
  text_char(out, ')');
}

typedef struct Cell {
  bool missing, failed, flag;
  int64_t integer;
  double real;
} Cell;

static Cell slow(const Tree *t, const Frame *frame, size_t row);

static double floored(double a, double b)
{
  const double rest = fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static void whole_operation(char op, int64_t a, int64_t b, Cell *out)
{
  __int128 value = 0;
  switch (op) {
  case '+': value = (__int128)a + b; break;
  case '-': value = (__int128)a - b; break;
  case '*': value = (__int128)a * b; break;
  default:
    if (b == 0) {
      out->failed = true;
      return;
    }
    value = (__int128)a / b;
    value -= (__int128)a % b != 0 && (a < 0) != (b < 0);
    value = op == '%' ? a - value * b : value;
  }
  out->failed = value > INT64_MAX || value < INT64_MIN;
  out->integer = (int64_t)value;
}

static double real_operation(const char *op, double a, double b)
{
  if (strcmp(op, "//") == 0) {
    if (b == 0 || !isfinite(a)) {
      return a / b;
    }
    const double quotient = (a - floored(a, b)) / b;
    return quotient - floor(quotient) > 0.5 ? floor(quotient) + 1 : floor(quotient);
  }
  switch (op[0]) {
  case '+': return a + b;
  case '-': return a - b;
  case '*': return a * b;
  case '/': return a / b;
  case '%': return floored(a, b);
  default: return pow(a, b);
  }
}

/* True values through long double, which holds all of int64 and float64. */
static long double value_of(const Tree *t, Cell cell)
{
  return t->type == TYPE_INT64 ? (long double)cell.integer : (long double)cell.real;
}

static bool compared(const char *op, long double a, long double b)
{
  return strcmp(op, "==") == 0   ? a == b
         : strcmp(op, "!=") == 0 ? !(a == b)
         : strcmp(op, "<") == 0  ? a < b
         : strcmp(op, "<=") == 0 ? a <= b
         : strcmp(op, ">") == 0  ? a > b
                                 : a >= b;
}

static Cell slow_logic(const Tree *t, const Frame *frame, size_t row)
{
  const bool strong = strcmp(t->op, "or") == 0;
  const Cell a = slow(t->in[0], frame, row);
  if (a.failed || (!a.missing && a.flag == strong)) {
    return a;
  }
  const Cell b = slow(t->in[1], frame, row);
  return b.failed || (!b.missing && b.flag == strong) || !a.missing ? b : a;
}

static Cell slow_pair(const Tree *t, const Frame *frame, size_t row)
{
  Cell a = slow(t->in[0], frame, row);
  const Cell b = slow(t->in[1], frame, row);
  if (a.failed || b.failed || a.missing || b.missing) {
    a.failed |= b.failed;
    a.missing = true;
    return a;
  }
  Cell out = {.missing = false};
  if (t->kind == COMPARE) {
    out.flag = compared(t->op, value_of(t->in[0], a), value_of(t->in[1], b));
  } else if (t->type == TYPE_INT64) {
    whole_operation(t->op[0], a.integer, b.integer, &out);
  } else {
    out.real = real_operation(t->op, a.real, b.real);
  }
  return out;
}

static Cell slow_leaf(const Tree *t, const Frame *frame, size_t row)
{
  if (t->kind == LEAF_MISSING) {
    return (Cell){.missing = true};
  }
  if (t->kind == LEAF_NUMBER) {
    return (Cell){.integer = t->integer, .real = t->real};
  }
  const Column *column = frame_column(frame, t->column);
  Cell cell = {.missing = !column_valid(column, row)};
  if (!cell.missing) {
    cell.real = t->type == TYPE_FLOAT64 ? column_float(column, row) : 0;
    cell.integer = t->type == TYPE_FLOAT64 ? 0 : column_int(column, row);
    cell.flag = cell.integer != 0;
  }
  return cell;
}

static Cell slow(const Tree *t, const Frame *frame, size_t row)
{
  Cell a;
  switch (t->kind) {
  case BINARY:
  case COMPARE: return slow_pair(t, frame, row);
  case LOGIC: return slow_logic(t, frame, row);
  case NOT:
    a = slow(t->in[0], frame, row);
    a.flag = !a.flag;
    return a;
  case NEGATE:
    a = slow(t->in[0], frame, row);
    a.failed |= !a.missing && t->type == TYPE_INT64 && a.integer == INT64_MIN;
    a.integer = (int64_t)-(uint64_t)a.integer;
    a.real = -a.real;
    return a;
  case IS_MISSING:
    a = slow(t->in[0], frame, row);
    return (Cell){.failed = a.failed, .flag = a.missing};
  case IN: {
    a = slow(t->in[0], frame, row);
    const long double x = value_of(t->in[0], a);
    a.flag = x == 1 || x == 2.5L || x == -3;
    a.missing |= !a.flag;
    return a;
  }
  case CHOICE:
    a = slow(t->in[0], frame, row);
    return a.failed || a.missing ? a : slow(t->in[a.flag ? 1 : 2], frame, row);
  case COALESCE:
    a = slow(t->in[0], frame, row);
    return a.failed || !a.missing ? a : slow(t->in[1], frame, row);
  default: return slow_leaf(t, frame, row);
  }
}

/* ---- the two side by side */

static Status fast(const char *text, const Frame *frame, size_t threads, Column **out, Error *e)
{
  Task task;
  Expr *expr;
  const ExprScope scope = {.frame = frame};
  pool_set_threads(threads);
  task_init(&task, 1);
  *out = NULL;
  Status status = expr_compile(text, strlen(text), NULL, &scope, &task.arena, &expr, e);
  if (status == STATUS_OK) {
    status = expr_rows(expr, NULL, &task, out, e);
  }
  expr_release(expr);
  task_free(&task);
  return status;
}

static bool same_cell(const Tree *t, const Column *column, size_t row, Cell wanted)
{
  if (column_valid(column, row) == wanted.missing) {
    return false;
  }
  if (wanted.missing) {
    return true;
  }
  if (t->type == TYPE_FLOAT64) {
    const double x = column_float(column, row);
    return (isnan(x) && isnan(wanted.real)) || (x == wanted.real && signbit(x) == signbit(wanted.real));
  }
  return column_int(column, row) == (t->type == TYPE_BOOL ? wanted.flag : wanted.integer);
}

static void compare_tree(const Tree *t, const Frame *frame, size_t *failures)
{
  Text text = {0};
  Column *column;
  Error e;
  bool fails = false;
  write_tree(t, &text);
  error_clear(&e);
  const Status status = fast(text_data(&text), frame, 1 + roll(3), &column, &e);
  for (size_t row = 0; row < ROWS; row++) {
    const Cell wanted = slow(t, frame, row);
    fails = fails || wanted.failed;
    if (status == STATUS_OK && !wanted.failed && !same_cell(t, column, row, wanted)) {
      fail_msg("row %zu of %s: %s, want %lld %g %d (missing %d)", row + 1, text_data(&text),
               type_name(column_type(column)), (long long)wanted.integer, wanted.real, wanted.flag, wanted.missing);
    }
  }
  if ((status != STATUS_OK) != fails) {
    fail_msg("%s: %s, and slowly %s", text_data(&text), status == STATUS_OK ? "fine" : e.what,
             fails ? "an error" : "fine");
  }
  if (column) {
    assert_int_equal(column_type(column), t->type);
    assert_int_equal(column_check(column, NULL), STATUS_OK);
  } else {
    assert_int_equal(status, STATUS_DATA);
    assert_true(e.caret >= 0 && e.hint[0] != '\0');
    (*failures)++;
  }
  column_unref(column);
  text_free(&text);
}

static void test_random_trees(void **unused)
{
  (void)unused;
  Frame *frame = make_frame();
  static const Type types[] = {TYPE_INT64, TYPE_FLOAT64, TYPE_BOOL};
  size_t failures = 0;
  for (size_t i = 0; i < TREES; i++) {
    n_pool = 0;
    compare_tree(grow(types[i % 3], 2 + (int)roll(4)), frame, &failures);
  }
  assert_in_range(failures, 5, TREES - 50);
  frame_unref(frame);
}

/* ---- threads */

static void test_threads(void **unused)
{
  (void)unused;
  static const char *const texts[] = {"x * 3 - y / i",      "if(p, x, y) + sum(x)", "if(x > 0, 'a', 'b')",
                                      "x in [1, 2.5] or q", "x - mean(x) ^ 2",      "mean(x - mean(x))",
                                      "i is missing and p", "concat('a', text(x))"};
  Frame *frame = make_frame();
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    static const size_t threads[] = {1, 2, 7};
    Digest first = {0};
    for (size_t k = 0; k < 3; k++) {
      Column *column;
      assert_int_equal(fast(texts[i], frame, threads[k], &column, NULL), STATUS_OK);
      const Digest digest = column_digest(column);
      assert_true(k == 0 || (digest.low == first.low && digest.high == first.high));
      first = digest;
      column_unref(column);
    }
  }
  frame_unref(frame);
}

/* ---- shapes of texts that try the stack */

static void test_depth(void **unused)
{
  (void)unused;
  static const struct {
    const char *before, *middle, *after;
    size_t times;
    Status wanted;
  } cases[] = {{"(", "1", ")", 100, STATUS_OK},          {"(", "1", ")", 100000, STATUS_FORMAT},
               {"not ", "p", "", 100000, STATUS_FORMAT}, {"-", "i", "", 100000, STATUS_FORMAT},
               {"x + ", "x", "", 1900, STATUS_OK},       {"x + ", "x", "", 100000, STATUS_FORMAT},
               {"abs(", "x", ")", 100, STATUS_OK},       {"abs(", "i", ")", 100000, STATUS_FORMAT},
               {"2 ^ ", "2", "", 100000, STATUS_FORMAT}, {"if(p, ", "i", ", 1)", 150, STATUS_OK},
               {"[", "", "]", 1000, STATUS_FORMAT}};
  Frame *frame = make_frame();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Text text = {0};
    Column *column;
    Error e;
    error_clear(&e);
    text_repeat(&text, cases[i].before, cases[i].times);
    text_puts(&text, cases[i].middle);
    text_repeat(&text, cases[i].after, cases[i].times);
    const Status status = fast(text_data(&text), frame, 2, &column, &e);
    if (status != cases[i].wanted) {
      fail_msg("%s ... %zu times: %s", cases[i].before, cases[i].times, e.what);
    }
    column_unref(column);
    text_free(&text);
  }
  frame_unref(frame);
}

/* ---- split, matches, what an expression is */

static void test_split(void **unused)
{
  (void)unused;
  static const struct {
    const char *text, *name, *rest;
  } cases[] = {{"a = x + 1", "a", " x + 1"}, {"`a b`=x", "a b", "x"}, {"x == 1", NULL, NULL}, {"count()", NULL, NULL},
               {"x", NULL, NULL},            {" a=b=c", "a", "b=c"},   {"", NULL, NULL},       {"1 = 2", NULL, NULL}};
  Arena arena = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *name;
    size_t begin;
    assert_int_equal(expr_split(cases[i].text, &arena, &name, &begin, NULL), STATUS_OK);
    if (cases[i].name) {
      assert_string_equal(name, cases[i].name);
      assert_string_equal(cases[i].text + begin, cases[i].rest);
    } else {
      assert_null(name);
      assert_int_equal(begin, 0);
    }
  }
  arena_free(&arena);
}

static void test_facts(void **unused)
{
  (void)unused;
  static const struct {
    const char *text;
    bool aggregate, window, column;
  } cases[] = {{"x", false, false, true},
               {"(x)", false, false, true},
               {"x + 1", false, false, false},
               {"mean(x)", true, false, false},
               {"1 + sum(i) / 2", true, false, false},
               {"lag(x)", false, true, false},
               {"mean(lag(x))", true, true, false}};
  Frame *frame = make_frame();
  const ExprScope scope = {.frame = frame};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Arena arena = {0};
    Expr *expr;
    size_t column;
    assert_int_equal(expr_compile(cases[i].text, strlen(cases[i].text), NULL, &scope, &arena, &expr, NULL),
                     STATUS_OK);
    assert_int_equal(expr_has_aggregate(expr), cases[i].aggregate);
    assert_int_equal(expr_has_window(expr), cases[i].window);
    assert_int_equal(expr_is_column(expr, &column), cases[i].column);
    expr_release(expr);
    arena_free(&arena);
  }
  frame_unref(frame);
}

/* A part of a longer text points into that. */
static void test_offsets(void **unused)
{
  (void)unused;
  const char *whole = "y ~ I(x + zz) + q";
  Frame *frame = make_frame();
  const ExprScope scope = {.frame = frame};
  Arena arena = {0};
  Expr *expr;
  Error e;
  error_clear(&e);
  assert_int_equal(expr_compile(whole + 6, 6, whole, &scope, &arena, &expr, &e), STATUS_NAME);
  assert_int_equal(e.caret, 10);
  assert_true(strncmp(e.text, whole, 12) == 0);
  arena_free(&arena);
  frame_unref(frame);
}

static void test_matches(void **unused)
{
  (void)unused;
  Frame *frame = make_frame();
  const ExprScope scope = {.frame = frame};
  Task task;
  Expr *expr;
  size_t *rows, n, unknown, wanted = 0, missing = 0;
  const char *text = "q and y > 0";
  task_init(&task, 1);
  assert_int_equal(expr_compile(text, strlen(text), NULL, &scope, &task.arena, &expr, NULL), STATUS_OK);
  assert_int_equal(expr_matches(expr, NULL, &task, &rows, &n, &unknown, NULL), STATUS_OK);
  for (size_t row = 0; row < ROWS; row++) {
    const Column *q = frame_column(frame, 5), *y = frame_column(frame, 3);
    const int a = column_valid(q, row) ? column_int(q, row) != 0 : 2,
              b = column_valid(y, row) ? column_float(y, row) > 0 : 2;
    if (a == 1 && b == 1) {
      assert_true(wanted < n && rows[wanted] == row);
      wanted++;
    }
    missing += a != 0 && b != 0 && (a == 2 || b == 2);
  }
  assert_int_equal(n, wanted);
  assert_int_equal(unknown, missing);
  mem_free(rows);
  expr_release(expr);
  task_free(&task);
  frame_unref(frame);
}

static void test_cancelled(void **unused)
{
  (void)unused;
  Frame *frame = make_frame();
  const ExprScope scope = {.frame = frame};
  Task task;
  Expr *expr;
  Column *column;
  task_init(&task, 1);
  assert_int_equal(expr_compile("x + y", 5, NULL, &scope, &task.arena, &expr, NULL), STATUS_OK);
  task_cancel(&task);
  assert_int_equal(expr_rows(expr, NULL, &task, &column, NULL), STATUS_CANCELLED);
  assert_null(column);
  expr_release(expr);
  task_free(&task);
  frame_unref(frame);
}

/* ---- every allocation fails in turn */

static void test_memory(void **unused)
{
  (void)unused;
  static const char *const texts[] = {"x * 2 + i",        "if(p, 'a', 'b')",      "concat(text(i), 'x')",
                                      "sum(x) / count()", "x in [1, 2, 3] and q", "round(x, 1) - mean(x)"};
  Frame *frame = make_frame();
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Column *column;
    Status status = STATUS_MEMORY;
    assert_int_equal(fast(texts[i], frame, 1, &column, NULL), STATUS_OK);
    column_unref(column);
    const size_t before = mem_in_use();
    for (int64_t n = 0; status != STATUS_OK; n++) {
      Error e;
      error_clear(&e);
      assert_true(n < 2000);
      mem_fail_from(n);
      status = fast(texts[i], frame, 1, &column, &e);
      mem_fail_from(-1);
      assert_true(status == STATUS_OK || status == STATUS_MEMORY);
      assert_true(status == STATUS_OK || column == NULL);
      column_unref(column);
      assert_int_equal(mem_in_use(), before);
    }
  }
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_trees), cmocka_unit_test(test_threads), cmocka_unit_test(test_depth),
      cmocka_unit_test(test_split),        cmocka_unit_test(test_facts),   cmocka_unit_test(test_offsets),
      cmocka_unit_test(test_matches),      cmocka_unit_test(test_cancelled), cmocka_unit_test(test_memory),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
