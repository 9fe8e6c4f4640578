/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_aggregate.c -- aggregates against R's figures and against a slow reference on random groups; NaN, missing
 * cells, nothing at all; overflow; the same bits on 1, 2 and 7 threads; cancel and memory that fails.
 *
 * Figures "R" are from R 4.2.2, printed with %.17g: quantile(x, p, type = t), var, cov, cor, weighted.mean.
 * Skewness and kurtosis are e1071's type 2, written out: g1 sqrt(n (n - 1)) / (n - 2) and ((n + 1) g2 + 6) (n - 1)
 * / ((n - 2) (n - 3)). */
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
  for (size_t i = 0; aggregate_at(i); i++) {
    if (strcmp(aggregate_at(i)->name, name) == 0 && strcmp(aggregate_at(i)->types, types) == 0) {
      return aggregate_at(i);
    }
  }
  fail_msg("no aggregate %s %s", name, types);
  return NULL;
}

static ShapeCall call_of(const char *name, const char *types, const Column *x, const Column *y)
{
  return (ShapeCall){.function = function(name, types), .columns = {x, y}, .n = y ? 2 : x ? 1 : 0};
}

static Column *run_one(const ShapeCall *call, Groups *groups)
{
  Task task;
  task_init(&task, 1);
  Column *out;
  Error e = {0};
  if (aggregate_run(call, 1, groups, &task, &out, &e) != STATUS_OK) {
    fail_msg("%s: %s", call->function->name, e.what);
  }
  assert_int_equal(column_check(out, &e), STATUS_OK);
  task_free(&task);
  return out;
}

static Groups *whole(size_t rows)
{
  Groups *groups;
  assert_int_equal(groups_whole(rows, &groups, NULL), STATUS_OK);
  return groups;
}

static Column *floats(const double *values, size_t n)
{
  Column *column;
  assert_int_equal(column_of_floats(values, n, &column, NULL), STATUS_OK);
  return column;
}

static Column *finish(Builder *builder)
{
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static void assert_near(double got, double wanted, double tolerance)
{
  if (!(fabs(got - wanted) <= tolerance * fmax(1, fabs(wanted))) && !(isnan(got) && isnan(wanted)) && got != wanted) {
    fail_msg("%.17g is not %.17g", got, wanted);
  }
}

/* ---- R's figures ---- */

static const double xs[] = {2.5, -1, 7, 3.25, 0, 12, 3.25, 8.5, -4.75, 6};
static const double ys[] = {1, 2, 0.5, 4, 3, 9, 2.5, 7, -2, 5};
static const double ws[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

static void test_figures_of_r(void **state)
{
  (void)state;
  static const struct {
    const char *name, *types;
    int other; /* 0 none, 1 ys, 2 ws */
    double wanted;
  } figures[] = {{"mean", "n:f", 0, 3.6749999999999998}, {"var", "n:f", 0, 24.125694444444445},
                 {"sd", "n:f", 0, 4.9117913681715395},   {"cov", "nn:f", 1, 12.725},
                 {"cor", "nn:f", 1, 0.80549767959299945}, {"wmean", "nn:f", 2, 3.8999999999999999},
                 {"wsum", "nn:f", 2, 214.5},             {"skewness", "n:f", 0, -0.015200813009545289},
                 {"kurtosis", "n:f", 0, -0.14069048937558462}, {"sum", "n:n", 0, 36.75}};
  Column *x = floats(xs, 10), *others[] = {NULL, floats(ys, 10), floats(ws, 10)};
  Groups *groups = whole(10);
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    const ShapeCall call = call_of(figures[i].name, figures[i].types, x, others[figures[i].other]);
    Column *out = run_one(&call, groups);
    assert_near(column_float(out, 0), figures[i].wanted, 1e-14);
    column_unref(out);
  }
  groups_free(groups);
  column_unref(x);
  column_unref(others[1]);
  column_unref(others[2]);
}

static void test_quantiles_of_r(void **state)
{
  (void)state;
  static const double shares[] = {0, 0.05, 0.1, 0.25, 1.0 / 3, 0.5, 0.77, 0.9, 1};
  static const double wanted[9][9] = {
    {-4.75, -4.75, -4.75, 0, 2.5, 3.25, 7, 8.5, 12},
    {-4.75, -4.75, -2.875, 0, 2.5, 3.25, 7, 10.25, 12},
    {-4.75, -4.75, -4.75, -1, 0, 3.25, 7, 8.5, 12},
    {-4.75, -4.75, -4.75, -0.5, 0.83333333333333259, 3.25, 6.7000000000000002, 8.5, 12},
    {-4.75, -4.75, -2.875, 0, 2.0833333333333326, 3.25, 7.2999999999999989, 10.25, 12},
    {-4.75, -4.75, -4.375, -0.25, 1.6666666666666663, 3.25, 7.705000000000001, 11.650000000000002, 12},
    {-4.75, -3.0625, -1.3750000000000004, 0.625, 2.5, 3.25, 6.9299999999999997, 8.8499999999999979, 12},
    {-4.75, -4.75, -3.3750000000000009, -0.083333333333333481, 1.9444444444444431, 3.25, 7.4349999999999987,
     10.716666666666665, 12},
    {-4.75, -4.75, -3.2499999999999991, -0.0625, 1.9791666666666663, 3.25, 7.4012500000000001, 10.599999999999998, 12},
  };
  Column *x = floats(xs, 10);
  Groups *groups = whole(10);
  for (int type = 1; type <= 9; type++) {
    for (size_t i = 0; i < 9; i++) {
      ShapeCall call = call_of("quantile", "nk?k:f", x, NULL);
      call.n = 3;
      call.numbers[1] = shares[i];
      call.numbers[2] = type;
      Column *out = run_one(&call, groups);
      assert_near(column_float(out, 0), wanted[type - 1][i], 1e-14);
      column_unref(out);
      call.n = 2; /* type 7 when none is given */
      out = run_one(&call, groups);
      assert_near(column_float(out, 0), wanted[6][i], 1e-14);
      column_unref(out);
    }
  }
  groups_free(groups);
  column_unref(x);
}

/* ---- a slow reference on random groups ---- */

enum { CELLS_MOST = 4000 };

typedef struct Cells {
  size_t n;                  /* cells that are there (of both, with y) */
  size_t row[CELLS_MOST];
  double x[CELLS_MOST], y[CELLS_MOST];
} Cells;

static void cells_of(const Groups *groups, size_t group, const Column *x, const Column *y, Cells *out)
{
  out->n = 0;
  for (size_t row = 0; row < groups->rows; row++) {
    if (groups->of_row && groups->of_row[row] != group) {
      continue;
    }
    if (column_valid(x, row) && (!y || column_valid(y, row))) {
      out->row[out->n] = row;
      out->x[out->n] = column_type(x) == TYPE_STRING || column_type(x) == TYPE_CATEGORY ? 0 : column_float(x, row);
      out->y[out->n++] = y ? column_float(y, row) : 0;
    }
  }
}

/* Moments about the mean, in long double. */
static long double moment(const Cells *c, int px, int py, bool weighted)
{
  long double mx = 0, my = 0, sum = 0;
  for (size_t i = 0; i < c->n; i++) {
    mx += c->x[i];
    my += c->y[i];
  }
  mx /= (long double)c->n;
  my /= (long double)c->n;
  for (size_t i = 0; i < c->n; i++) {
    long double term = 1;
    for (int p = 0; p < px; p++) {
      term *= weighted ? c->x[i] : c->x[i] - mx;
    }
    for (int p = 0; p < py; p++) {
      term *= weighted ? c->y[i] : c->y[i] - my;
    }
    sum += term;
  }
  return sum;
}

static int up(const double *a, const double *b)
{
  return *a < *b ? -1 : *a > *b;
}

static double slow_median(const Cells *c)
{
  static double sorted[CELLS_MOST];
  size_t n = 0;
  for (size_t i = 0; i < c->n; i++) {
    if (!isnan(c->x[i])) {
      size_t at = n++;
      for (; at > 0 && up(&sorted[at - 1], &c->x[i]) > 0; at--) {
        sorted[at] = sorted[at - 1];
      }
      sorted[at] = c->x[i];
    }
  }
  return n == 0 ? NAN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
}

static double slow_extreme(const Cells *c, int sign)
{
  double best = NAN;
  for (size_t i = 0; i < c->n; i++) {
    if (!isnan(c->x[i]) && (isnan(best) || sign * c->x[i] > sign * best)) {
      best = c->x[i];
    }
  }
  return best;
}

/* What a numeric aggregate must give; false: a missing cell. */
static bool slow(const char *name, const Cells *c, double *out)
{
  const double n = (double)c->n;
  if (strcmp(name, "sum") == 0) {
    *out = (double)moment(c, 1, 0, true);
    return true;
  }
  if (strcmp(name, "count") == 0) {
    *out = n;
    return true;
  }
  if (strcmp(name, "wsum") == 0) {
    *out = (double)moment(c, 1, 1, true);
    return true;
  }
  const long double m2 = moment(c, 2, 0, false), y2 = moment(c, 0, 2, false);
  const double g1 = (double)(moment(c, 3, 0, false) / n / powl(m2 / n, 1.5L));
  const double g2 = (double)(moment(c, 4, 0, false) / n / (m2 / n) / (m2 / n)) - 3;
  const struct {
    const char *name;
    bool there;
    double value;
  } figures[] = {
    {"mean", n > 0, (double)(moment(c, 1, 0, true) / n)},
    {"wmean", n > 0 && moment(c, 0, 1, true) != 0, (double)(moment(c, 1, 1, true) / moment(c, 0, 1, true))},
    {"var", n > 1, (double)(m2 / (n - 1))},
    {"sd", n > 1, (double)sqrtl(m2 / (n - 1))},
    {"cov", n > 1, (double)(moment(c, 1, 1, false) / (n - 1))},
    {"cor", n > 1 && m2 != 0 && y2 != 0, (double)(moment(c, 1, 1, false) / sqrtl(m2) / sqrtl(y2))},
    {"skewness", n > 2 && m2 != 0, sqrt(n * (n - 1)) / (n - 2) * g1},
    {"kurtosis", n > 3 && m2 != 0, ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))},
    {"min", n > 0, slow_extreme(c, -1)},
    {"max", n > 0, slow_extreme(c, 1)},
    {"median", n > 0, slow_median(c)},
  };
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    if (strcmp(figures[i].name, name) == 0) {
      *out = figures[i].value;
      return figures[i].there;
    }
  }
  fail_msg("%s is not known", name);
  return false;
}

/* Numbers with many ties, large offsets, some missing; NaN and Inf when asked for. */
static Column *random_numbers(Type type, size_t rows, uint64_t seed, double missing, bool odd)
{
  Random random = random_new(seed, 77);
  Builder *builder = builder_new(type, rows);
  for (size_t row = 0; row < rows; row++) {
    const uint64_t pick = random_below(&random, 40);
    if (random_uniform(&random) < missing) {
      builder_missing(builder);
    } else if (type == TYPE_INT64) {
      builder_int(builder, (int64_t)random_below(&random, 1000) - 300);
    } else if (type == TYPE_BOOL) {
      builder_bool(builder, pick < 13);
    } else {
      builder_float(builder, odd && pick == 0 ? NAN : odd && pick == 1 ? INFINITY : odd && pick == 2 ? -0.0
                                                   : pick < 10 ? (double)pick : 100 + random_normal(&random));
    }
  }
  return finish(builder);
}

static Groups *random_groups(size_t rows, size_t most, uint64_t seed, size_t threads)
{
  Random random = random_new(seed, 3);
  Builder *builder = builder_new(TYPE_INT64, rows);
  for (size_t row = 0; row < rows; row++) {
    const double u = random_uniform(&random);
    builder_int(builder, (int64_t)(u * u * (double)most));
  }
  Draft *draft = draft_new();
  draft_builder(draft, "g", builder);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Task task;
  task_init(&task, 1);
  task.threads = threads;
  Groups *groups;
  const size_t column = 0;
  assert_int_equal(groups_make(frame, &column, 1, &task, &groups, NULL), STATUS_OK);
  frame_unref(frame);
  task_free(&task);
  return groups;
}

static const struct {
  const char *name, *types;
  bool pair;
} numeric[] = {{"sum", "n:n", false},     {"count", "a:i", false},    {"mean", "n:f", false},  {"wmean", "nn:f", true},
               {"wsum", "nn:f", true},    {"var", "n:f", false},      {"sd", "n:f", false},    {"cov", "nn:f", true},
               {"cor", "nn:f", true},     {"skewness", "n:f", false}, {"kurtosis", "n:f", false}, {"min", "n:n", false},
               {"max", "n:n", false},     {"median", "n:f", false}};
enum { NUMERIC = sizeof numeric / sizeof *numeric };

static void check_numeric(Groups *groups, const Column *x, const Column *y)
{
  ShapeCall calls[NUMERIC];
  Column *out[NUMERIC];
  static Cells cells;
  Task task;
  task_init(&task, 1);
  for (size_t i = 0; i < NUMERIC; i++) {
    calls[i] = call_of(numeric[i].name, numeric[i].types, x, numeric[i].pair ? y : NULL);
  }
  assert_int_equal(aggregate_run(calls, NUMERIC, groups, &task, out, NULL), STATUS_OK);
  for (size_t i = 0; i < NUMERIC; i++) {
    assert_int_equal(column_rows(out[i]), groups->n);
    for (size_t g = 0; g < groups->n; g++) {
      double wanted;
      cells_of(groups, g, x, numeric[i].pair ? y : NULL, &cells);
      const bool there = slow(numeric[i].name, &cells, &wanted);
      if (there != column_valid(out[i], g)) {
        fail_msg("%s of group %zu (%zu cells) is %s", numeric[i].name, g, cells.n, there ? "missing" : "there");
      }
      if (there) {
        assert_near(column_float(out[i], g), wanted, 1e-9);
      }
    }
    column_unref(out[i]);
  }
  task_free(&task);
}

static void test_numbers_against_slow_ones(void **state)
{
  (void)state;
  const Type types[] = {TYPE_FLOAT64, TYPE_INT64, TYPE_FLOAT64};
  for (uint64_t round = 0; round < 12; round++) {
    const size_t rows = round < 10 ? 37 * (round + 1) : 0;
    const double missing = round % 3 == 0 ? 0 : round % 3 == 1 ? 0.2 : 0.9;
    Column *x = random_numbers(types[round % 3], rows, round, missing, false);
    Column *y = random_numbers(types[round % 2], rows, round + 50, missing / 2, false);
    Groups *groups = round % 4 == 3 ? whole(rows) : random_groups(rows, 12, round, 1);
    check_numeric(groups, x, y);
    groups_free(groups);
    column_unref(x);
    column_unref(y);
  }
}

static void test_odd_numbers(void **state)
{
  (void)state;
  Column *x = random_numbers(TYPE_FLOAT64, 600, 5, 0.1, true);
  Groups *groups = random_groups(600, 40, 6, 1);
  static const char *const names[] = {"min", "max", "median", "sum", "mean", "var"};
  static const char *const types[] = {"n:n", "n:n", "n:f", "n:n", "n:f", "n:f"};
  static Cells cells;
  for (size_t i = 0; i < 6; i++) {
    const ShapeCall call = call_of(names[i], types[i], x, NULL);
    Column *out = run_one(&call, groups);
    for (size_t g = 0; g < groups->n; g++) {
      double wanted;
      cells_of(groups, g, x, NULL, &cells);
      if (slow(names[i], &cells, &wanted)) {
        assert_near(column_float(out, g), wanted, 1e-12);
      } else {
        assert_false(column_valid(out, g));
      }
    }
    column_unref(out);
  }
  groups_free(groups);
  column_unref(x);
}

/* ---- cells of any type ---- */

static Column *random_texts(Type type, size_t rows, uint64_t seed, double missing)
{
  static const char *const words[] = {"tea", "milk", "", "Bread", "\xc3\xb6l", "a,b"};
  Random random = random_new(seed, 12);
  Builder *builder = builder_new(type, rows);
  for (size_t row = 0; row < rows; row++) {
    const char *word = words[random_below(&random, 6)];
    if (random_uniform(&random) < missing) {
      builder_missing(builder);
    } else {
      builder_text(builder, word, strlen(word));
    }
  }
  return finish(builder);
}

/* The text of a cell, "NA" for missing: texts in the samples are never that. */
static const char *shown(const Column *column, size_t row, char out[200])
{
  Text text = {0};
  column_cell_text(column, row, &text);
  snprintf(out, 200, "%s", text_data(&text));
  text_free(&text);
  return out;
}

static void assert_cell(const Column *out, size_t group, const Column *x, size_t row)
{
  char got[200], wanted[200];
  assert_int_equal(column_valid(out, group), row != SIZE_MAX);
  if (row != SIZE_MAX) {
    assert_string_equal(shown(out, group, got), shown(x, row, wanted));
  }
}

static size_t times(const Column *x, const Cells *cells, size_t row)
{
  char a[200], b[200];
  size_t n = 0;
  for (size_t i = 0; i < cells->n; i++) {
    n += strcmp(shown(x, cells->row[i], a), shown(x, row, b)) == 0;
  }
  return n;
}

static size_t slow_mode(const Column *x, const Cells *cells, size_t *distinct)
{
  size_t best = SIZE_MAX, most = 0;
  *distinct = 0;
  for (size_t i = 0; i < cells->n; i++) {
    char a[200], b[200];
    bool fresh = true;
    for (size_t j = 0; j < i && fresh; j++) {
      fresh = strcmp(shown(x, cells->row[i], a), shown(x, cells->row[j], b)) != 0;
    }
    *distinct += fresh;
    const size_t n = times(x, cells, cells->row[i]);
    if (fresh && n > most) {
      most = n;
      best = cells->row[i];
    }
  }
  return best;
}

static size_t slow_text(const Column *x, const Cells *cells, int sign)
{
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < cells->n; i++) {
    char a[200], b[200];
    if (best == SIZE_MAX || sign * strcmp(shown(x, cells->row[i], a), shown(x, best, b)) > 0) {
      best = cells->row[i];
    }
  }
  return best;
}

static void check_cells(Groups *groups, const Column *x)
{
  static Cells cells;
  ShapeCall calls[] = {call_of("mode", "a:a", x, NULL), call_of("distinct", "a:i", x, NULL),
                       call_of("first", "a:a", x, NULL),
                       call_of("last", "a:a", x, NULL), call_of("nth", "ak:a", x, NULL),     call_of("nth", "ak:a", x,
                                                                                                     NULL),
                       call_of("min", "s:s", x, NULL),  call_of("max", "s:s", x, NULL)};
  calls[4].numbers[1] = 2;
  calls[5].numbers[1] = -3;
  calls[4].n = calls[5].n = 2;
  const size_t n = column_type(x) == TYPE_STRING || column_type(x) == TYPE_CATEGORY ? 8 : 6;
  Column *out[8];
  Task task;
  task_init(&task, 1);
  assert_int_equal(aggregate_run(calls, n, groups, &task, out, NULL), STATUS_OK);
  for (size_t g = 0; g < groups->n; g++) {
    size_t distinct;
    cells_of(groups, g, x, NULL, &cells);
    assert_cell(out[0], g, x, slow_mode(x, &cells, &distinct));
    assert_int_equal(column_int(out[1], g), distinct);
    assert_cell(out[2], g, x, cells.n > 0 ? cells.row[0] : SIZE_MAX);
    assert_cell(out[3], g, x, cells.n > 0 ? cells.row[cells.n - 1] : SIZE_MAX);
    assert_cell(out[4], g, x, cells.n > 1 ? cells.row[1] : SIZE_MAX);
    assert_cell(out[5], g, x, cells.n > 2 ? cells.row[cells.n - 3] : SIZE_MAX);
    if (n == 8) {
      assert_cell(out[6], g, x, slow_text(x, &cells, -1));
      assert_cell(out[7], g, x, slow_text(x, &cells, 1));
    }
  }
  for (size_t i = 0; i < n; i++) {
    assert_int_equal(column_type(out[i]), i == 1 ? TYPE_INT64 : column_type(x));
    column_unref(out[i]);
  }
  task_free(&task);
}

static void test_cells_against_slow_ones(void **state)
{
  (void)state;
  for (uint64_t round = 0; round < 10; round++) {
    const size_t rows = round == 9 ? 0 : 25 * (round + 1);
    const double missing = round % 3 == 0 ? 0 : 0.4;
    Column *x = round % 5 == 0   ? random_texts(TYPE_STRING, rows, round, missing)
                : round % 5 == 1 ? random_texts(TYPE_CATEGORY, rows, round, missing)
                                 : random_numbers(round % 5 == 2 ? TYPE_INT64 : round % 5 == 3 ? TYPE_BOOL
                                                  : TYPE_FLOAT64,
                                                  rows, round, missing, false);
    Groups *groups = round % 4 == 3 ? whole(rows) : random_groups(rows, 9, round, 1);
    check_cells(groups, x);
    groups_free(groups);
    column_unref(x);
  }
}

static void test_booleans(void **state)
{
  (void)state;
  Column *x = random_numbers(TYPE_BOOL, 200, 4, 0.5, false);
  Groups *groups = random_groups(200, 60, 2, 1);
  static Cells cells;
  static const char *const names[] = {"any", "all", "max", "min", "sum", "mean"};
  static const char *const types[] = {"b:b", "b:b", "b:b", "b:b", "b:i", "n:f"};
  for (size_t i = 0; i < 6; i++) {
    const ShapeCall call = call_of(names[i], types[i], x, NULL);
    Column *out = run_one(&call, groups);
    assert_int_equal(column_type(out), i < 4 ? TYPE_BOOL : i == 4 ? TYPE_INT64 : TYPE_FLOAT64);
    for (size_t g = 0; g < groups->n; g++) {
      cells_of(groups, g, x, NULL, &cells);
      double yes = 0;
      for (size_t c = 0; c < cells.n; c++) {
        yes += cells.x[c];
      }
      const double n = (double)cells.n, wanted[] = {yes > 0, yes == n, yes > 0, yes == n, yes, yes / n};
      assert_int_equal(column_valid(out, g), n > 0 || i == 4);
      if (n > 0 || i == 4) {
        assert_near(column_float(out, g), wanted[i], 1e-15);
      }
    }
    column_unref(out);
  }
  groups_free(groups);
  column_unref(x);
}

static void test_order_given(void **state)
{
  (void)state;
  const double day[] = {3, 1, 2, 5, 4}, value[] = {30, 10, 20, 50, 40};
  Column *days = floats(day, 5), *values = floats(value, 5), *names = random_texts(TYPE_STRING, 5, 3, 0);
  Groups *groups = whole(5);
  Task task;
  task_init(&task, 1);
  const OrderKey key = {days, false, false};
  assert_int_equal(groups_arrange(groups, NULL, &key, 1, &task, NULL), STATUS_OK);
  ShapeCall call = call_of("first", "a:a", values, NULL);
  Column *out = run_one(&call, groups);
  assert_true(column_float(out, 0) == 10);
  column_unref(out);
  call = call_of("last", "a:a", values, NULL);
  out = run_one(&call, groups);
  assert_true(column_float(out, 0) == 50);
  column_unref(out);
  call = call_of("nth", "ak:a", values, NULL);
  call.numbers[1] = 2;
  out = run_one(&call, groups);
  assert_true(column_float(out, 0) == 20);
  column_unref(out);
  call = call_of("max_by", "aa:a", values, days);
  out = run_one(&call, groups);
  assert_true(column_float(out, 0) == 50);
  column_unref(out);
  call = call_of("string_agg", "s?K:s", names, NULL);
  call.n = 2;
  call.texts[1] = "|";
  out = run_one(&call, groups);
  char got[200], wanted[2000] = "", cell[200];
  const size_t order[] = {1, 2, 0, 4, 3};
  for (size_t i = 0; i < 5; i++) {
    snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%s%s", i ? "|" : "",
             shown(names, order[i], cell));
  }
  assert_string_equal(shown(out, 0, got), wanted);
  column_unref(out);
  groups_free(groups);
  column_unref(days);
  column_unref(values);
  column_unref(names);
  task_free(&task);
}

static void test_by_sets_and_texts(void **state)
{
  (void)state;
  Builder *builder = builder_new(TYPE_STRING, 6);
  static const char *const items[] = {"tea", "milk", "tea", NULL, "bread", NULL};
  for (size_t i = 0; i < 6; i++) {
    if (items[i]) {
      builder_text(builder, items[i], strlen(items[i]));
    } else {
      builder_missing(builder);
    }
  }
  Column *x = finish(builder);
  Groups *groups = whole(6);
  ShapeCall call = call_of("set", "s:e", x, NULL);
  Column *out = run_one(&call, groups);
  const int32_t *codes;
  assert_int_equal(column_type(out), TYPE_SET);
  assert_int_equal(column_set(out, 0, &codes), 3);
  column_unref(out);
  call = call_of("string_agg", "s?K:s", x, NULL);
  out = run_one(&call, groups);
  char got[200];
  assert_string_equal(shown(out, 0, got), "tea, milk, tea, bread");
  column_unref(out);
  const double y[] = {2, NAN, 1, 0, 1, 3};
  Column *by = floats(y, 6);
  call = call_of("min_by", "aa:a", x, by);
  out = run_one(&call, groups);
  assert_false(column_valid(out, 0)); /* the least y, 0, is beside a missing cell */
  column_unref(out);
  call = call_of("max_by", "aa:a", by, by);
  out = run_one(&call, groups);
  assert_true(column_float(out, 0) == 3); /* not NaN */
  column_unref(out);
  column_unref(by);
  groups_free(groups);
  column_unref(x);
}

/* ---- exactness ---- */

static void test_sums_are_exact(void **state)
{
  (void)state;
  const double cancelling[] = {1e100, 1, -1e100, 1};
  Column *x = floats(cancelling, 4);
  Groups *groups = whole(4);
  ShapeCall call = call_of("sum", "n:n", x, NULL);
  Column *out = run_one(&call, groups);
  assert_true(column_float(out, 0) == 2);
  column_unref(out);
  column_unref(x);
  const int64_t edges[] = {INT64_MAX, 1, -1, INT64_MIN};
  assert_int_equal(column_of_ints(edges, 4, &x, NULL), STATUS_OK);
  call = call_of("sum", "n:n", x, NULL);
  out = run_one(&call, groups); /* beyond int64 on the way, within at the end */
  assert_int_equal(column_int(out, 0), -1);
  column_unref(out);
  column_unref(x);
  groups_free(groups);
}

static void test_offset_moments(void **state)
{
  (void)state;
  double far[10];
  for (size_t i = 0; i < 10; i++) {
    far[i] = xs[i] + 1e9; /* exact: eighths */
  }
  Column *x = floats(far, 10);
  Groups *groups = whole(10);
  static const char *const names[] = {"var", "skewness", "kurtosis"};
  static const double wanted[] = {24.125694444444445, -0.015200813009545289, -0.14069048937558462};
  for (size_t i = 0; i < 3; i++) {
    const ShapeCall call = call_of(names[i], "n:f", x, NULL);
    Column *out = run_one(&call, groups);
    assert_near(column_float(out, 0), wanted[i], 1e-13);
    column_unref(out);
  }
  groups_free(groups);
  column_unref(x);
}

static void test_overflow(void **state)
{
  (void)state;
  const int64_t large[] = {INT64_MAX, 5, 1, INT64_MIN, -1};
  const int64_t group[] = {7, 8, 7, 9, 8};
  Column *x, *g;
  assert_int_equal(column_of_ints(large, 5, &x, NULL), STATUS_OK);
  assert_int_equal(column_of_ints(group, 5, &g, NULL), STATUS_OK);
  Draft *draft = draft_new();
  draft_column(draft, "g", g);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Task task;
  task_init(&task, 1);
  Groups *groups;
  const size_t column = 0;
  assert_int_equal(groups_make(frame, &column, 1, &task, &groups, NULL), STATUS_OK);
  ShapeCall calls[] = {call_of("mean", "n:f", x, NULL), call_of("sum", "n:n", x, NULL)};
  Column *out[2];
  Error e = {0};
  assert_int_equal(aggregate_run(calls, 2, groups, &task, out, &e), STATUS_DATA);
  assert_string_equal(e.id, "overflow");
  assert_non_null(strstr(e.what, "group 1"));
  assert_non_null(strstr(e.hint, "float64"));
  assert_null(out[0]);
  assert_null(out[1]);
  assert_int_equal(aggregate_run(calls, 1, groups, &task, out, NULL), STATUS_OK);
  assert_true(column_float(out[0], 0) == 0x1p62);
  column_unref(out[0]);
  groups_free(groups);
  frame_unref(frame);
  column_unref(x);
  task_free(&task);
}

/* ---- threads ---- */

static Digest digest_all(size_t rows, size_t different, size_t threads, const Column *x, const Column *y)
{
  pool_set_threads(threads);
  Groups *groups = different ? random_groups(rows, different, 8, threads) : whole(rows);
  static const struct {
    const char *name, *types;
    bool pair;
  } more[] = {{"distinct", "a:i", false}, {"mode", "a:a", false}, {"first", "a:a", false}, {"last", "a:a", false},
              {"min_by", "aa:a", true}};
  ShapeCall calls[NUMERIC + 5];
  Column *out[NUMERIC + 5];
  for (size_t i = 0; i < NUMERIC; i++) {
    calls[i] = call_of(numeric[i].name, numeric[i].types, x, numeric[i].pair ? y : NULL);
  }
  for (size_t i = 0; i < 5; i++) {
    calls[NUMERIC + i] = call_of(more[i].name, more[i].types, x, more[i].pair ? y : NULL);
  }
  Task task;
  task_init(&task, 1);
  task.threads = threads;
  assert_int_equal(aggregate_run(calls, NUMERIC + 5, groups, &task, out, NULL), STATUS_OK);
  Digest digests[NUMERIC + 5];
  for (size_t i = 0; i < NUMERIC + 5; i++) {
    digests[i] = column_digest(out[i]);
    column_unref(out[i]);
  }
  groups_free(groups);
  task_free(&task);
  pool_set_threads(0);
  return digest_join(digests, NUMERIC + 5);
}

/* Several pieces of rows; many groups, shared out; no groups. */
static void test_same_bits_on_any_threads(void **state)
{
  (void)state;
  enum { ROWS = 300000 };
  Column *x = random_numbers(TYPE_FLOAT64, ROWS, 1, 0.05, false), *y = random_numbers(TYPE_FLOAT64, ROWS, 2, 0, false);
  const size_t different[] = {0, 6, 200000};
  for (size_t i = 0; i < 3; i++) {
    const Digest one = digest_all(ROWS, different[i], 1, x, y);
    for (size_t threads = 2; threads <= 7; threads += 5) {
      const Digest more = digest_all(ROWS, different[i], threads, x, y);
      assert_memory_equal(&one, &more, sizeof one);
    }
  }
  column_unref(x);
  column_unref(y);
}

/* Large inputs take other ways than small ones: each piece of them, and the eight lanes, must add up. */
static void test_many_rows(void **state)
{
  (void)state;
  enum { ROWS = 300000 };
  Builder *builder = builder_new(TYPE_INT64, ROWS);
  for (size_t i = 0; i < ROWS; i++) {
    builder_int(builder, (int64_t)i);
  }
  Column *x = finish(builder);
  for (int kind = 0; kind < 3; kind++) {
    Groups *groups = kind == 0 ? whole(ROWS) : random_groups(ROWS, kind == 1 ? 5 : 100000, 4, 2);
    ShapeCall calls[] = {call_of("sum", "n:n", x, NULL), call_of("count", ":i", NULL, NULL),
                         call_of("min", "n:n", x, NULL),
                         call_of("max", "n:n", x, NULL), call_of("first", "a:a", x, NULL),   call_of("last", "a:a", x,
                                                                                                     NULL)};
    Column *out[6];
    Task task;
    task_init(&task, 1);
    assert_int_equal(aggregate_run(calls, 6, groups, &task, out, NULL), STATUS_OK);
    int64_t *wanted = mem_zero(groups->n * 4, sizeof *wanted);
    for (size_t i = 0; i < ROWS; i++) {
      int64_t *w = wanted + 4 * (groups->of_row ? groups->of_row[i] : 0);
      w[2] = w[1] ? w[2] : (int64_t)i;
      w[0] += (int64_t)i;
      w[1]++;
      w[3] = (int64_t)i;
    }
    for (size_t g = 0; g < groups->n; g++) {
      const int which[] = {0, 1, 2, 3, 2, 3};
      for (size_t i = 0; i < 6; i++) {
        assert_int_equal(column_int(out[i], g), wanted[4 * g + (size_t)which[i]]);
      }
    }
    for (size_t i = 0; i < 6; i++) {
      column_unref(out[i]);
    }
    mem_free(wanted);
    groups_free(groups);
    task_free(&task);
  }
  column_unref(x);
}

/* ---- what can go wrong ---- */

static void test_refusals(void **state)
{
  (void)state;
  Column *x = floats(xs, 10);
  Groups *groups = whole(10);
  Task task;
  task_init(&task, 1);
  static const struct {
    const char *name, *types;
    double first, second;
  } wrong[] = {{"quantile", "nk?k:f", 1.5, 7}, {"quantile", "nk?k:f", -0.1, 7}, {"quantile", "nk?k:f", NAN, 7},
               {"quantile", "nk?k:f", 0.5, 10}, {"quantile", "nk?k:f", 0.5, 2.5}, {"nth", "ak:a", 0, 0},
               {"nth", "ak:a", 1.5, 0}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ShapeCall call = call_of(wrong[i].name, wrong[i].types, x, NULL);
    call.numbers[1] = wrong[i].first;
    call.numbers[2] = wrong[i].second;
    call.n = wrong[i].second != 0 ? 3 : 2;
    Column *out;
    Error e = {0};
    assert_int_equal(aggregate_run(&call, 1, groups, &task, &out, &e), STATUS_ARGUMENT);
    assert_string_equal(e.id, "out-of-range");
    assert_null(out);
  }
  task_cancel(&task);
  for (size_t i = 0; i < NUMERIC; i++) {
    const ShapeCall call = call_of(numeric[i].name, numeric[i].types, x, numeric[i].pair ? x : NULL);
    Column *out;
    assert_int_equal(aggregate_run(&call, 1, groups, &task, &out, NULL), STATUS_CANCELLED);
    assert_null(out);
  }
  task_free(&task);
  groups_free(groups);
  column_unref(x);
}

typedef struct Sample {
  Column *x, *y, *s;
} Sample;

static Status every_aggregate(void *context, Error *e)
{
  const Sample *sample = context;
  Task task;
  task_init(&task, 1);
  task.threads = 1;
  Groups *groups = random_groups(100, 9, 1, 1);
  ShapeCall calls[64];
  Column *out[64];
  size_t n = 0;
  for (; aggregate_at(n); n++) {
    const ShapeFunction *f = aggregate_at(n);
    const Column *x = f->types[0] == 's' ? sample->s : f->types[0] == 'b' || f->types[0] == 't' ? NULL : sample->x;
    if (f->types[0] == 'b' || f->types[0] == 't') {
      f = aggregate_at(0);
    }
    calls[n] = (ShapeCall){.function = f, .columns = {x, sample->y}, .numbers = {0, 1, 7}, .texts = {NULL, ", "},
                           .n = strcmp(f->name, "quantile") == 0 ? 3 : 2};
  }
  const Status status = aggregate_run(calls, n, groups, &task, out, e);
  for (size_t i = 0; i < n; i++) {
    column_unref(out[i]);
  }
  groups_free(groups);
  task_free(&task);
  return status;
}

/* The groups are made while memory lasts, since the sweep counts what comes after. */
static Groups *kept;

static Status swept(void *context, Error *e)
{
  const Sample *sample = context;
  Task task;
  task_init(&task, 1);
  task.threads = 1;
  ShapeCall calls[] = {call_of("sum", "n:n", sample->x, NULL),     call_of("sd", "n:f", sample->x, NULL),
                       call_of("cor", "nn:f", sample->x, sample->y), call_of("median", "n:f", sample->x, NULL),
                       call_of("mode", "a:a", sample->s, NULL),    call_of("distinct", "a:i", sample->s, NULL),
                       call_of("first", "a:a", sample->s, NULL),   call_of("nth", "ak:a", sample->s, NULL),
                       call_of("set", "s:e", sample->s, NULL),     call_of("string_agg", "s?K:s", sample->s, NULL),
                       call_of("min", "s:s", sample->s, NULL)};
  calls[7].numbers[1] = 1;
  Column *out[11];
  const Status status = aggregate_run(calls, 11, kept, &task, out, e);
  for (size_t i = 0; i < 11; i++) {
    assert_true(status == STATUS_OK || !out[i]);
    column_unref(out[i]);
  }
  groups_release(kept);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Sample sample = {random_numbers(TYPE_FLOAT64, 100, 1, 0.1, true), random_numbers(TYPE_INT64, 100, 2, 0.1, false),
                   random_texts(TYPE_CATEGORY, 100, 3, 0.1)};
  Error e = {0};
  assert_int_equal(every_aggregate(&sample, &e), STATUS_OK);
  kept = random_groups(100, 9, 1, 1);
  sweep(swept, &sample);
  groups_free(kept);
  column_unref(sample.x);
  column_unref(sample.y);
  column_unref(sample.s);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_figures_of_r),        cmocka_unit_test(test_quantiles_of_r),
    cmocka_unit_test(test_numbers_against_slow_ones), cmocka_unit_test(test_odd_numbers),
    cmocka_unit_test(test_cells_against_slow_ones), cmocka_unit_test(test_booleans),
    cmocka_unit_test(test_order_given),         cmocka_unit_test(test_by_sets_and_texts),
    cmocka_unit_test(test_sums_are_exact),      cmocka_unit_test(test_offset_moments),
    cmocka_unit_test(test_overflow),            cmocka_unit_test(test_same_bits_on_any_threads),
    cmocka_unit_test(test_many_rows),           cmocka_unit_test(test_refusals),
    cmocka_unit_test(test_memory),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
