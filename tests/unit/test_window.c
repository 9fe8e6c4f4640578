/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_window.c -- every window function, row by row, against a reference that looks at all rows of the group each
 * time; figures of R and SQLite; rolling sums that do not drift and let Inf go; refusals; threads; memory that
 * fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/text.h"
#include "frame/builder.h"
#include "shape/aggregate.h"
#include "sweep.h"

static const ShapeFunction *function(const char *name, const char *types)
{
  for (size_t i = 0; window_at(i); i++) {
    if (strcmp(window_at(i)->name, name) == 0 && strcmp(window_at(i)->types, types) == 0) {
      return window_at(i);
    }
  }
  fail_msg("no window %s %s", name, types);
  return NULL;
}

static Column *run(const ShapeCall *call, Groups *groups)
{
  Task task;
  task_init(&task, 1);
  Column *out;
  Error e = {0};
  if (window_run(call, groups, &task, &out, &e) != STATUS_OK) {
    fail_msg("%s: %s", call->function->name, e.what);
  }
  assert_int_equal(column_check(out, &e), STATUS_OK);
  task_free(&task);
  return out;
}

static Column *numbers(Type type, size_t rows, uint64_t seed, double missing)
{
  Random random = random_new(seed, 4);
  Builder *builder = builder_new(type, rows);
  for (size_t row = 0; row < rows; row++) {
    const int64_t value = (int64_t)random_below(&random, 20) - 6;
    if (random_uniform(&random) < missing) {
      builder_missing(builder);
    } else if (type == TYPE_FLOAT64) {
      builder_float(builder, (double)value / 4);
    } else if (type == TYPE_BOOL) {
      builder_bool(builder, value > 0);
    } else {
      builder_int(builder, value);
    }
  }
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static Column *texts(size_t rows, uint64_t seed, double missing)
{
  Random random = random_new(seed, 5);
  Builder *builder = builder_new(TYPE_CATEGORY, rows);
  for (size_t row = 0; row < rows; row++) {
    char text[2] = {(char)('a' + random_below(&random, 4)), 0};
    if (random_uniform(&random) < missing) {
      builder_missing(builder);
    } else {
      builder_text(builder, text, 1);
    }
  }
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

/* Groups by a column of the frame, arranged by the key, or not. */
static Groups *groups_by(Column *by, const OrderKey *key, size_t rows)
{
  Task task;
  task_init(&task, 1);
  Groups *groups;
  if (by) {
    Draft *draft = draft_new();
    draft_column(draft, "g", column_ref(by));
    Frame *frame;
    assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
    const size_t column = 0;
    assert_int_equal(groups_make(frame, &column, 1, &task, &groups, NULL), STATUS_OK);
    frame_unref(frame);
  } else {
    assert_int_equal(groups_whole(rows, &groups, NULL), STATUS_OK);
  }
  if (key) {
    assert_int_equal(groups_arrange(groups, NULL, key, 1, &task, NULL), STATUS_OK);
  }
  task_free(&task);
  return groups;
}

/* ---- the reference: the group's rows in order, by plain insertion ---- */

enum { ROWS_MOST = 400 };

typedef struct Line {
  size_t row[ROWS_MOST], n, at;  /* at: where the row stands */
} Line;

static void line_of(const Column *by, const Column *order, size_t rows, size_t row, Line *line)
{
  const OrderKey key = {order, false, false};
  line->n = 0;
  for (size_t other = 0; other < rows; other++) {
    if (by && column_int(by, other) != column_int(by, row)) {
      continue;
    }
    size_t at = line->n++;
    for (; order && at > 0 && order_compare(&key, 1, line->row[at - 1], other) > 0; at--) {
      line->row[at] = line->row[at - 1];
    }
    line->row[at] = other;
  }
  for (line->at = 0; line->row[line->at] != row; line->at++) {
  }
}

/* A cell: missing, a number, or that of another row. */
typedef struct Wanted {
  bool missing;
  double number;
  size_t row;       /* SIZE_MAX: a number */
} Wanted;

static const Wanted gone = {.missing = true, .row = SIZE_MAX};

static Wanted number(double value)
{
  return (Wanted){.number = value, .row = SIZE_MAX};
}

static Wanted cell(const Line *line, size_t at)
{
  return at < line->n ? (Wanted){.row = line->row[at]} : gone;
}

static double number_at(const Column *x, size_t row)
{
  return column_type(x) == TYPE_CATEGORY ? 0 : column_float(x, row); /* texts are only counted */
}

/* An aggregate of the places from .. to; missing when fewer than `least` cells are there. */
static Wanted aggregate(const char *name, const Column *x, const Line *line, size_t from, size_t to, size_t least)
{
  double n = 0, sum = 0, low = NAN, high = NAN, product = 1, squares = 0;
  for (size_t i = from; i <= to; i++) {
    if (column_valid(x, line->row[i])) {
      const double value = number_at(x, line->row[i]);
      n++;
      sum += value;
      product *= value;
      low = isnan(low) || value < low ? value : low;
      high = isnan(high) || value > high ? value : high;
    }
  }
  for (size_t i = from; i <= to; i++) {
    if (column_valid(x, line->row[i])) {
      squares += pow(number_at(x, line->row[i]) - sum / n, 2);
    }
  }
  const bool is_sum = strstr(name, "sum"), is_count = strstr(name, "count"), is_sd = strstr(name, "sd");
  if (n < (double)least || (n == 0 && !is_sum && !is_count) || (is_sd && n < 2)) {
    return gone;
  }
  return number(is_sum                    ? sum
                : is_count                ? n
                : is_sd                   ? sqrt(squares / (n - 1))
                : strstr(name, "mean")    ? sum / n
                : strstr(name, "min")     ? low
                : strstr(name, "max")     ? high
                                          : product);
}

static double places_before(const Line *line, const Column *order, bool with_equals)
{
  const OrderKey key = {order, false, false};
  double n = 0;
  for (size_t i = 0; i < line->n; i++) {
    const int step = order_compare(&key, 1, line->row[i], line->row[line->at]);
    n += step < 0 || (with_equals && step == 0);
  }
  return n;
}

/* How many different cells stand before the row's. */
static double different_before(const Line *line, const Column *order)
{
  const OrderKey key = {order, false, false};
  double n = 0;
  for (size_t i = 0; i < line->n; i++) {
    bool fresh = order_compare(&key, 1, line->row[i], line->row[line->at]) < 0;
    for (size_t j = 0; j < i && fresh; j++) {
      fresh = order_compare(&key, 1, line->row[i], line->row[j]) != 0;
    }
    n += fresh;
  }
  return n;
}

static Wanted place_wanted(const ShapeCall *call, const Line *line, const Column *order)
{
  const char *name = call->function->name;
  const double rows = (double)line->n, before = order ? places_before(line, order, false) : 0;
  if (strcmp(name, "row_number") == 0) {
    return number((double)line->at + 1);
  }
  if (strcmp(name, "rank") == 0) {
    return number(before + 1);
  }
  if (strcmp(name, "dense_rank") == 0) {
    return number(different_before(line, order) + 1);
  }
  if (strcmp(name, "percent_rank") == 0) {
    return number(rows > 1 ? before / (rows - 1) : 0);
  }
  if (strcmp(name, "cume_dist") == 0) {
    return number(places_before(line, order, true) / rows);
  }
  /* ntile: deal the rows out, the first parts first */
  const size_t parts = (size_t)call->numbers[0];
  size_t part = 0, left = 0, size = line->n / parts;
  for (size_t i = 0; i <= line->at; i++) {
    if (left == 0) {
      part++;
      left = size + (part <= line->n % parts);
    }
    left--;
  }
  return number((double)part);
}

static Wanted rank_of_wanted(const ShapeCall *call, const Column *by, const Column *x, size_t rows, size_t row)
{
  Line line;
  if (!column_valid(x, row)) {
    return gone;
  }
  line_of(by, x, rows, row, &line);
  const char *ties = call->n > 1 ? call->texts[1] : "min";
  const double low = places_before(&line, x, false) + 1, high = places_before(&line, x, true);
  return number(strcmp(ties, "min") == 0       ? low
                : strcmp(ties, "max") == 0     ? high
                : strcmp(ties, "average") == 0 ? (low + high) / 2
                : strcmp(ties, "dense") == 0   ? different_before(&line, x) + 1
                                               : (double)line.at + 1);
}

static Wanted fill_wanted(const Column *x, const Line *line, bool down)
{
  for (size_t i = line->at; i < line->n; i += down ? -(size_t)1 : 1) {
    if (column_valid(x, line->row[i])) {
      return cell(line, i);
    }
  }
  return gone;
}

static Wanted pair_wanted(const ShapeCall *call, const Column *x, const Line *line)
{
  const size_t n = call->n > 1 ? (size_t)call->numbers[1] : 1;
  if (line->at < n || !column_valid(x, line->row[line->at]) || !column_valid(x, line->row[line->at - n])) {
    return gone;
  }
  const double a = column_float(x, line->row[line->at - n]), b = column_float(x, line->row[line->at]);
  return number(call->function->name[0] == 'd' ? b - a : b / a - 1);
}

static Wanted ewm_wanted(double alpha, const Column *x, const Line *line)
{
  Wanted value = gone;
  for (size_t i = 0; i <= line->at; i++) {
    if (column_valid(x, line->row[i])) {
      const double next = column_float(x, line->row[i]);
      value = number(value.missing ? next : alpha * next + (1 - alpha) * value.number);
    }
  }
  return value;
}

static Wanted wanted(const ShapeCall *call, const Column *by, const Column *order, size_t rows, size_t row)
{
  const char *name = call->function->name;
  const Column *x = call->columns[0];
  const size_t n = call->n > 1 ? (size_t)fabs(call->numbers[1]) : 1;
  Line line;
  if (strcmp(name, "rank_of") == 0) {
    return rank_of_wanted(call, by, x, rows, row);
  }
  line_of(by, order, rows, row, &line);
  if (strncmp(name, "cumulative", 10) == 0) {
    return aggregate(name, x, &line, 0, line.at, 0);
  }
  if (strncmp(name, "rolling", 7) == 0) {
    const size_t least = call->n > 2 ? (size_t)call->numbers[2] : strstr(name, "count") ? 0 : n;
    return aggregate(name, x, &line, line.at + 1 < n ? 0 : line.at + 1 - n, line.at, least);
  }
  if (strcmp(name, "lag") == 0 || strcmp(name, "lead") == 0) {
    const bool back = name[1] == 'a', there = back ? line.at >= n : line.at + n < line.n;
    return there ? cell(&line, back ? line.at - n : line.at + n) : call->n > 2 ? number(call->numbers[2]) : gone;
  }
  if (strcmp(name, "first_value") == 0 || strcmp(name, "last_value") == 0) {
    return cell(&line, name[0] == 'f' ? 0 : line.n - 1);
  }
  if (strcmp(name, "nth_value") == 0) {
    return n > line.n ? gone : cell(&line, call->numbers[1] > 0 ? n - 1 : line.n - n);
  }
  if (strncmp(name, "fill", 4) == 0) {
    return fill_wanted(x, &line, name[5] == 'd');
  }
  if (strcmp(name, "share") == 0) {
    const Wanted sum = aggregate("sum", x, &line, 0, line.n - 1, 0);
    return column_valid(x, row) ? number(column_float(x, row) / sum.number) : gone;
  }
  if (strcmp(name, "difference") == 0 || strcmp(name, "growth") == 0) {
    return pair_wanted(call, x, &line);
  }
  return strcmp(name, "ewm") == 0 ? ewm_wanted(call->numbers[1], x, &line) : place_wanted(call, &line, order);
}

static bool near(double a, double b)
{
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

static void check(const ShapeCall *call, Groups *groups, const Column *by, const Column *order)
{
  Column *out = run(call, groups);
  for (size_t row = 0; row < groups->rows; row++) {
    const Wanted want = wanted(call, by, order, groups->rows, row);
    const bool missing = want.row != SIZE_MAX ? !column_valid(call->columns[0], want.row) : want.missing;
    if (column_valid(out, row) == missing) {
      fail_msg("%s at row %zu is %s", call->function->name, row, missing ? "there" : "missing");
    }
    if (missing) {
      continue;
    }
    if (column_type(out) == TYPE_CATEGORY) {
      size_t a, b;
      const char *text = column_text(out, row, &a), *other = column_text(call->columns[0], want.row, &b);
      assert_true(a == b && memcmp(text, other, a) == 0);
    } else {
      const double value = want.row != SIZE_MAX ? column_float(call->columns[0], want.row) : want.number;
      if (!near(column_float(out, row), value)) {
        fail_msg("%s at row %zu is %.17g, not %.17g", call->function->name, row, column_float(out, row), value);
      }
    }
  }
  column_unref(out);
}

/* Every row of the table that takes x's type, with several constants. */
static void check_all(Groups *groups, const Column *by, const Column *order, const Column *x)
{
  static const char *const ties[] = {"min", "max", "average", "dense", "first"};
  const bool text = column_type(x) == TYPE_CATEGORY, logical = column_type(x) == TYPE_BOOL,
             time = column_type(x) == TYPE_TIMESTAMP;
  for (size_t i = 0; window_at(i); i++) {
    const ShapeFunction *f = window_at(i);
    const char first = f->types[0];
    if (strncmp(f->name, "rolling", 7) == 0 && f->types[1] == 'K') {
      continue; /* by time: a test of its own */
    }
    const bool fits = first == 'a' || first == ':' || first == 'k' || (first == 'n' && !text && !logical && !time) ||
                      (first == 'b' && logical) || (first == 't' && time);
    if (!fits || (f->needs_order && !order)) {
      continue;
    }
    for (int round = 0; round < 5; round++) {
      const size_t most = strchr(f->types, ':') - f->types - (strchr(f->types, '?') != NULL);
      ShapeCall call = {.function = f, .columns = {x}, .n = most};
      const double n[] = {1, 2, 3, 7, 500};
      call.numbers[0] = n[round];
      call.numbers[1] = strcmp(f->name, "ewm") == 0 ? 0.2 * (round + 1) : strcmp(f->name, "nth_value") == 0 &&
          round % 2 ? -n[round] : n[round];
      call.numbers[2] = round % 3;
      call.texts[1] = ties[round];
      check(&call, groups, by, order);
      if (strchr(f->types, '?')) {
        call.n--;
        check(&call, groups, by, order);
      }
    }
  }
}

static void test_against_the_reference(void **state)
{
  (void)state;
  static const Type types[] = {TYPE_FLOAT64, TYPE_INT64, TYPE_TIMESTAMP, TYPE_BOOL, TYPE_CATEGORY};
  for (uint64_t round = 0; round < 20; round++) {
    const size_t rows = round == 19 ? 0 : round == 18 ? 1 : 10 + 4 * round;
    const double missing = round % 3 == 0 ? 0 : 0.3;
    const Type type = types[round % 5];
    Column *x = type == TYPE_CATEGORY ? texts(rows, round, missing) : numbers(type, rows, round, missing);
    Column *by = round % 4 == 0 ? NULL : numbers(TYPE_BOOL, rows, round + 9, 0);
    Column *order = round % 3 == 2 ? NULL : numbers(TYPE_INT64, rows, round + 99, 0.1);
    const OrderKey key = {order, false, false};
    Groups *groups = groups_by(by, order ? &key : NULL, rows);
    check_all(groups, by, order, x);
    groups_free(groups);
    column_unref(x);
    column_unref(by);
    column_unref(order);
  }
}

/* R 4.2.2: rank(x, ties.method = ...) of c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5). SQLite 3.40: ntile(4) over (order by
 * x, i). The moving mean with alpha 0.3 by hand: 0.3 x 1 + 0.7 x 3, and so on. */
static void test_figures(void **state)
{
  (void)state;
  static const double x[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  static const double average[] = {4.5, 1.5, 6, 1.5, 8, 11, 3, 10, 8, 4.5, 8}, least[] = {4, 1, 6, 1, 7, 11, 3, 10, 7,
                                                                                          4, 7};
  static const double part[] = {2, 1, 2, 1, 3, 4, 1, 4, 3, 2, 3};
  static const double ewm[] = {3, 2.4, 2.88};
  Column *column;
  assert_int_equal(column_of_floats(x, 11, &column, NULL), STATUS_OK);
  const OrderKey key = {column, false, false};
  Groups *groups = groups_by(NULL, &key, 11);
  ShapeCall calls[] = {{.function = function("rank_of", "aK:f"), .columns = {column}, .texts = {NULL, "average"},
                        .n = 2},
                       {.function = function("rank", ":i")},
                       {.function = function("ntile", "k:i"), .numbers = {4}, .n = 1}};
  for (size_t i = 0; i < 3; i++) {
    Column *out = run(&calls[i], groups);
    for (size_t row = 0; row < 11; row++) {
      assert_true(column_float(out, row) == (i == 0 ? average : i == 1 ? least : part)[row]);
    }
    column_unref(out);
  }
  groups_free(groups);
  groups = groups_by(NULL, NULL, 11);
  const ShapeCall call = {.function = function("ewm", "nk:f"), .columns = {column}, .numbers = {0, 0.3}, .n = 2};
  Column *out = run(&call, groups);
  for (size_t row = 0; row < 3; row++) {
    assert_true(near(column_float(out, row), ewm[row]));
  }
  column_unref(out);
  groups_free(groups);
  column_unref(column);
}

/* A large number, and Inf, come and go: nothing of them stays behind. */
static void test_rolling_does_not_drift(void **state)
{
  (void)state;
  enum { ROWS = 100000 };
  double *values = mem_alloc(ROWS, sizeof *values);
  for (size_t i = 0; i < ROWS; i++) {
    values[i] = i % 1000 == 7 ? 1e17 : i % 5000 == 500 ? INFINITY : 0.1;
  }
  Column *x, *out;
  assert_int_equal(column_of_floats(values, ROWS, &x, NULL), STATUS_OK);
  Groups *groups = groups_by(NULL, NULL, ROWS);
  static const char *const names[] = {"rolling_sum", "rolling_mean", "rolling_max", "rolling_sd"};
  static const double wanted[] = {0.3, 0.1, 0.1, 0};
  for (size_t i = 0; i < 4; i++) {
    const ShapeCall call = {.function = function(names[i], i == 0 || i == 2 ? "nk?k:n" : "nk?k:f"), .columns = {x},
                            .numbers = {0, 3}, .n = 2};
    out = run(&call, groups);
    for (size_t row = 2; row < ROWS; row++) {
      const bool plain = values[row] < 1 && values[row - 1] < 1 && values[row - 2] < 1;
      if (plain && fabs(column_float(out, row) - wanted[i]) > 1e-16) {
        fail_msg("%s is %.17g at row %zu", names[i], column_float(out, row), row);
      }
    }
    column_unref(out);
  }
  groups_free(groups);
  column_unref(x);
  mem_free(values);
}

/* By time: every row of the group up to this one that is less than three days, or one month, older. */
static void test_rolling_by_time(void **state)
{
  (void)state;
  enum { ROWS = 300 };
  static const char *const names[] = {"rolling_sum", "rolling_mean", "rolling_min", "rolling_max", "rolling_sd",
                                      "rolling_count"};
  static const char *const types[] = {"nK?k:n", "nK?k:f", "nK?k:n", "nK?k:n", "nK?k:f", "aK:i"};
  const int64_t day = INT64_C(86400000000);
  Random random = random_new(5, 5);
  Builder *builder = builder_new(TYPE_TIMESTAMP, ROWS);
  for (size_t row = 0; row < ROWS; row++) {
    if (random_below(&random, 20) == 0) {
      builder_missing(builder);
    } else { /* January 2023, and February on its second half: a month there reaches back to the same day */
      builder_int(builder, (19358 + (int64_t)random_below(&random, 59)) * day);
    }
  }
  Column *time, *by = numbers(TYPE_BOOL, ROWS, 8, 0), *x = numbers(TYPE_FLOAT64, ROWS, 9, 0.2);
  assert_int_equal(builder_finish(builder, &time, NULL), STATUS_OK);
  const OrderKey key = {time, false, false};
  Groups *groups = groups_by(by, &key, ROWS);
  for (size_t i = 0; i < 12; i++) {
    ShapeCall call = {.function = function(names[i % 6], types[i % 6]), .columns = {x}, .n = 2};
    call.texts[1] = i < 6 ? "3 days" : "month";
    Column *out = run(&call, groups);
    for (size_t row = 0; row < ROWS; row++) {
      Line line;
      line_of(by, time, ROWS, row, &line);
      if (!column_valid(time, row)) {
        assert_false(column_valid(out, row));
        continue;
      }
      /* 2023-01-01 is day 19358: one month before a day of February is 31 days, of January 31 days too. */
      const int64_t from = column_int(time, row) - (i < 6 ? 3 : 31) * day;
      size_t first = 0;
      while (column_int(time, line.row[first]) <= from) {
        first++;
      }
      const Wanted want = aggregate(names[i % 6], x, &line, first, line.at, i % 6 == 5 ? 0 : 1);
      assert_int_equal(column_valid(out, row), !want.missing);
      assert_true(want.missing || near(column_float(out, row), want.number));
    }
    column_unref(out);
  }
  groups_free(groups);
  groups = groups_by(by, NULL, ROWS);
  Task task;
  task_init(&task, 1);
  ShapeCall call = {.function = function("rolling_sum", "nK?k:n"), .columns = {x}, .texts = {NULL, "3 days"}, .n = 2};
  Column *out;
  Error e = {0};
  assert_int_equal(window_run(&call, groups, &task, &out, &e), STATUS_ARGUMENT);
  assert_string_equal(e.id, "needs-order");
  groups_free(groups);
  const OrderKey falling = {time, true, false};
  groups = groups_by(by, &falling, ROWS);
  assert_int_equal(window_run(&call, groups, &task, &out, NULL), STATUS_ARGUMENT);
  groups_free(groups);
  groups = groups_by(by, &key, ROWS);
  call.texts[1] = "3 dogs";
  error_clear(&e);
  assert_int_equal(window_run(&call, groups, &task, &out, &e), STATUS_ARGUMENT);
  assert_string_equal(e.id, "bad-span");
  groups_free(groups);
  task_free(&task);
  column_unref(time);
  column_unref(by);
  column_unref(x);
}

static void test_odd_numbers(void **state)
{
  (void)state;
  const double values[] = {NAN, 2, INFINITY, -INFINITY, 1, 1};
  Column *x;
  assert_int_equal(column_of_floats(values, 6, &x, NULL), STATUS_OK);
  Groups *groups = groups_by(NULL, NULL, 6);
  const struct {
    const char *name, *types;
    double wanted[6];
  } cases[] = {{"cumulative_sum", "n:n", {NAN, NAN, NAN, NAN, NAN, NAN}},
               {"cumulative_min", "n:n", {NAN, 2, 2, -INFINITY, -INFINITY, -INFINITY}},
               {"cumulative_max", "n:n", {NAN, 2, INFINITY, INFINITY, INFINITY, INFINITY}}};
  for (size_t i = 0; i < 3; i++) {
    const ShapeCall call = {.function = function(cases[i].name, cases[i].types), .columns = {x}, .n = 1};
    Column *out = run(&call, groups);
    for (size_t row = 0; row < 6; row++) {
      assert_true(near(column_float(out, row), cases[i].wanted[row]));
    }
    column_unref(out);
  }
  const ShapeCall roll = {.function = function("rolling_sum", "nk?k:n"), .columns = {x}, .numbers = {0, 2, 1}, .n = 3};
  const double sums[] = {NAN, NAN, INFINITY, NAN, -INFINITY, 2};
  Column *out = run(&roll, groups);
  for (size_t row = 0; row < 6; row++) {
    assert_true(near(column_float(out, row), sums[row]) || (isinf(sums[row]) && column_float(out, row) == sums[row]));
  }
  column_unref(out);
  groups_free(groups);
  column_unref(x);
}

static void test_otherwise(void **state)
{
  (void)state;
  Column *words = texts(5, 1, 0.2);
  Groups *groups = groups_by(NULL, NULL, 5);
  const ShapeCall call = {.function = function("lag", "skK:s"), .columns = {words}, .numbers = {0, 2},
                          .texts = {NULL, NULL, "none"},
                          .n = 3};
  Column *out = run(&call, groups);
  for (size_t row = 0; row < 5; row++) {
    size_t length, other;
    if (row < 2) {
      const char *text = column_text(out, row, &length);
      assert_true(length == 4 && memcmp(text, "none", 4) == 0);
    } else if (column_valid(words, row - 2)) {
      const char *text = column_text(out, row, &length), *from = column_text(words, row - 2, &other);
      assert_true(length == other && memcmp(text, from, length) == 0);
    } else {
      assert_false(column_valid(out, row));
    }
  }
  column_unref(out);
  groups_free(groups);
  column_unref(words);
}

static void test_refusals(void **state)
{
  (void)state;
  const int64_t values[] = {INT64_MAX, 1, INT64_MIN};
  Column *x, *out;
  assert_int_equal(column_of_ints(values, 3, &x, NULL), STATUS_OK);
  Groups *groups = groups_by(NULL, NULL, 3);
  Task task;
  task_init(&task, 1);
  const struct {
    const char *name, *types;
    double number[3];
    size_t n;
    const char *id;
  } wrong[] = {{"rank", ":i", {0}, 0, "needs-order"},          {"ntile", "k:i", {2}, 1, "needs-order"},
               {"cume_dist", ":f", {0}, 0, "needs-order"},     {"lag", "a?k:a", {0, -1}, 2, "out-of-range"},
               {"lead", "a?k:a", {0, 1.5}, 2, "out-of-range"}, {"lag", "nkk:n", {0, 1, 0.5}, 3, "out-of-range"},
               {"nth_value", "ak:a", {0, 0}, 2, "out-of-range"}, {"rolling_sum", "nk?k:n", {0, 0}, 2, "out-of-range"},
               {"rolling_mean", "nk?k:f", {0, 2, -1}, 3, "out-of-range"}, {"ewm", "nk:f", {0, 0}, 2, "out-of-range"},
               {"ewm", "nk:f", {0, 1.1}, 2, "out-of-range"},   {"rank_of", "aK:f", {0}, 2, "out-of-range"},
               {"cumulative_sum", "n:n", {0}, 1, "overflow"},  {"rolling_sum", "nk?k:n", {0, 2}, 2, "overflow"},
               {"difference", "n?k:n", {0}, 1, "overflow"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ShapeCall call = {.function = function(wrong[i].name, wrong[i].types), .columns = {x}, .texts = {NULL, "midway"},
                      .n = wrong[i].n};
    memcpy(call.numbers, wrong[i].number, sizeof wrong[i].number);
    Error e = {0};
    assert_int_not_equal(window_run(&call, groups, &task, &out, &e), STATUS_OK);
    assert_string_equal(e.id, wrong[i].id);
    assert_null(out);
    assert_true(e.hint[0] != 0);
  }
  const ShapeCall call = {.function = function("cumulative_count", "a:i"), .columns = {x}, .n = 1};
  task_cancel(&task);
  assert_int_equal(window_run(&call, groups, &task, &out, NULL), STATUS_CANCELLED);
  task_free(&task);
  groups_free(groups);
  column_unref(x);
}

static Digest digest_of_all(Column *by, Column *order, Column *x, size_t rows, size_t threads)
{
  pool_set_threads(threads);
  const OrderKey key = {order, false, false};
  Groups *groups = groups_by(by, &key, rows);
  Digest digests[64];
  size_t n = 0;
  for (size_t i = 0; window_at(i); i++) {
    const ShapeFunction *f = window_at(i);
    if (f->types[0] == 's' || f->types[0] == 'b' || f->types[0] == 't' || strncmp(f->types, "nK", 2) == 0 ||
        strcmp(f->types, "aK:i") == 0) {
      continue;
    }
    const ShapeCall call = {.function = f, .columns = {x}, .numbers = {5, strcmp(f->name, "ewm") ? 5 : 0.5, 2},
                            .texts = {NULL, strcmp(f->name, "rank_of") ? NULL : "max"}, .n = strchr(f->types, 'K') ? 2
                                : 3};
    Column *out = run(&call, groups);
    digests[n++] = column_digest(out);
    column_unref(out);
  }
  groups_free(groups);
  pool_set_threads(0);
  return digest_join(digests, n);
}

static void test_same_bits_on_any_threads(void **state)
{
  (void)state;
  enum { ROWS = 150000 };
  Column *by = numbers(TYPE_INT64, ROWS, 1, 0), *order = numbers(TYPE_FLOAT64, ROWS, 2, 0.1);
  Column *x = numbers(TYPE_FLOAT64, ROWS, 3, 0.1);
  const Digest one = digest_of_all(by, order, x, ROWS, 1);
  for (size_t threads = 2; threads <= 7; threads += 5) {
    const Digest more = digest_of_all(by, order, x, ROWS, threads);
    assert_memory_equal(&one, &more, sizeof one);
  }
  column_unref(by);
  column_unref(order);
  column_unref(x);
}

static Groups *kept;
static Column *kept_by;

static Status swept(void *context, Error *e)
{
  Column *x = context, *out;
  static const char *const names[][2] = {{"rank", ":i"}, {"rank_of", "a:i"}, {"lag", "a?k:a"},
                                         {"cumulative_sum", "n:n"},
                                         {"rolling_sd", "nk?k:f"}, {"fill_up", "a:a"}, {"lag", "nkk:n"}};
  Status status = STATUS_OK;
  Task task;
  task_init(&task, 1);
  task.threads = 1;
  for (size_t i = 0; i < sizeof names / sizeof *names && status == STATUS_OK; i++) {
    const ShapeCall call = {.function = function(names[i][0], names[i][1]), .columns = {x}, .numbers = {0, 2, 3},
                            .n = 3};
    status = window_run(&call, kept, &task, &out, e);
    assert_true(status == STATUS_OK || !out);
    column_unref(out);
  }
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Column *x = numbers(TYPE_INT64, 90, 3, 0.1);
  kept_by = numbers(TYPE_BOOL, 90, 4, 0);
  const OrderKey key = {x, true, false};
  kept = groups_by(kept_by, &key, 90);
  sweep(swept, x);
  groups_free(kept);
  column_unref(kept_by);
  column_unref(x);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_against_the_reference), cmocka_unit_test(test_figures),
    cmocka_unit_test(test_rolling_does_not_drift), cmocka_unit_test(test_rolling_by_time),
    cmocka_unit_test(test_odd_numbers),
    cmocka_unit_test(test_otherwise),             cmocka_unit_test(test_refusals),
    cmocka_unit_test(test_same_bits_on_any_threads), cmocka_unit_test(test_memory),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
