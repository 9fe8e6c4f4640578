/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_gower.c -- Gower's dissimilarity against its definition cell by cell, with gaps and every type of variable;
 * what cannot be compared; other instruction sets and threads; no memory. Figures from elsewhere are in
 * tests/reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cluster/gower.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "frame/builder.h"
#include "sweep.h"

enum { N = 613, D = 6 };

static Frame *frame;

/* 0 number, 1 int as ranks, 2 above 0 as logarithms, 3 text, 4 bool asymmetric, 5 category ordinal; gaps in some. */
static bool is_gap(size_t row, size_t column)
{
  return column != 3 && row > 8 && (row * 7 + column * 3) % 11 == 0; /* the first rows make the levels, in order */
}

static double number_at(size_t row, size_t column)
{
  return column == 0   ? (double)(row * 37 % 101) / 7
         : column == 1 ? (double)(row * 13 % 17 * (row % 3 + 1))
                       : exp((double)(row * 29 % 53) / 9);
}

static int level_at(size_t row, size_t column)
{
  return column == 3 ? (int)(row * row % 5) : column == 4 ? (int)(row * 5 % 9 < 2) : (int)(row % 4);
}

static const char *const level_names[] = {"a", "b", "c", "d", "e"};

static Builder *build(size_t column)
{
  const Type types[D] = {TYPE_FLOAT64, TYPE_INT64, TYPE_FLOAT64, TYPE_STRING, TYPE_BOOL, TYPE_CATEGORY};
  Builder *const builder = builder_new(types[column], N);
  for (size_t row = 0; row < N; row++) {
    if (is_gap(row, column)) {
      builder_missing(builder);
    } else if (column == 1) {
      builder_int(builder, (int64_t)number_at(row, column));
    } else if (column < 3) {
      builder_float(builder, number_at(row, column));
    } else if (column == 4) {
      builder_bool(builder, level_at(row, column) != 0);
    } else {
      builder_text(builder, level_names[level_at(row, column)], 1);
    }
  }
  return builder;
}

static int make_frame(void **state)
{
  (void)state;
  const char *const names[D] = {"n", "r", "l", "t", "b", "c"};
  Draft *const draft = draft_new();
  for (size_t j = 0; j < D; j++) {
    draft_builder(draft, names[j], build(j));
  }
  return draft_finish(draft, &frame, NULL) == STATUS_OK ? 0 : -1;
}

static const GowerColumn columns[D] = {
    {.column = 0, .type = GOWER_NUMERIC, .weight = 1, .range = (double)NAN},
    {.column = 1, .type = GOWER_ORDINAL, .weight = 2, .range = (double)NAN},
    {.column = 2, .type = GOWER_LOG_RATIO, .weight = 0.5, .range = (double)NAN},
    {.column = 3, .type = GOWER_NOMINAL, .weight = 1, .range = (double)NAN},
    {.column = 4, .type = GOWER_ASYMMETRIC, .weight = 3, .range = (double)NAN},
    {.column = 5, .type = GOWER_ORDINAL, .weight = 1, .range = (double)NAN},
};

/* The rank of a number among the distinct ones. */
static double rank_of(double x)
{
  double below = 0;
  for (double y = 0; y < x; y++) {
    bool there = false;
    for (size_t row = 0; row < N; row++) {
      there = there || (!is_gap(row, 1) && number_at(row, 1) == y);
    }
    below += there;
  }
  return below;
}

static double used_at(size_t row, size_t column)
{
  return column == 0   ? number_at(row, 0)
         : column == 1 ? rank_of(number_at(row, 1))
         : column == 2 ? log10(number_at(row, 2))
                       : (double)level_at(row, column);
}

static double range_of(size_t column)
{
  double low = (double)INFINITY, high = -(double)INFINITY;
  for (size_t row = 0; row < N; row++) {
    if (!is_gap(row, column)) {
      const double x = used_at(row, column);
      low = fmin(low, x);
      high = fmax(high, x);
    }
  }
  return high - low;
}

static double plain(size_t i, size_t j, const double ranges[D])
{
  double sum = 0, share = 0;
  for (size_t c = 0; c < D; c++) {
    if (is_gap(i, c) || is_gap(j, c) || (c == 4 && !level_at(i, c) && !level_at(j, c))) {
      continue;
    }
    share += columns[c].weight;
    sum += columns[c].weight *
           (c == 3 || c == 4 ? level_at(i, c) != level_at(j, c) : fabs(used_at(i, c) - used_at(j, c)) / ranges[c]);
  }
  return sum / share;
}

static Gower *gower_of(size_t d)
{
  Gower *gower = NULL;
  Task task;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  if (gower_new(&task, frame, NULL, N, columns, d, &gower, &e) != STATUS_OK) {
    fail_msg("%s: %s", e.id, e.what);
  }
  task_free(&task);
  return gower;
}

static void test_definition(void **state)
{
  (void)state;
  Gower *const gower = gower_of(D);
  double ranges[D], line[N];
  for (size_t c = 0; c < D; c++) {
    ranges[c] = range_of(c);
  }
  for (size_t i = 0; i < N; i += 61) {
    gower_distances(gower, i, 0, N, line);
    for (size_t j = 0; j < N; j++) {
      assert_true(fabs(line[j] - plain(i, j, ranges)) < 1e-13);
    }
  }
  gower_free(gower);
}

static void test_triangle(void **state)
{
  (void)state;
  Gower *const gower = gower_of(D);
  static double first[N * (N - 1) / 2], other[N * (N - 1) / 2];
  const Isa best = cpu_isa();
  Task task;
  task_init(&task, 1);
  pool_set_threads(1);
  assert_int_equal(gower_triangle(&task, gower, first, NULL), STATUS_OK);
  double line[N];
  gower_distances(gower, 100, 0, N, line);
  assert_memory_equal(line + 101, first + 100 * N - 100 * 101 / 2, (N - 101) * sizeof *line);
  for (size_t i = 0; i < 100; i++) { /* there and back */
    assert_true(line[i] == first[i * N - i * (i + 1) / 2 + 100 - i - 1]);
  }
  gower_free(gower);
  for (int isa = (int)best; isa >= ISA_BASE; isa--) {
    cpu_isa_force((Isa)isa);
    pool_set_threads(3);
    Gower *const again = gower_of(D);
    assert_int_equal(gower_triangle(&task, again, other, NULL), STATUS_OK);
    assert_memory_equal(first, other, sizeof first);
    gower_free(again);
  }
  cpu_isa_force(best);
  task_cancel(&task);
  Gower *const last = gower_of(D);
  assert_int_equal(gower_triangle(&task, last, other, NULL), STATUS_CANCELLED);
  gower_free(last);
  task_free(&task);
}

static void test_take(void **state)
{
  (void)state;
  const size_t rows[] = {500, 3, 3, 77, 0};
  Gower *const gower = gower_of(D), *taken;
  double line[5], whole[N];
  assert_int_equal(gower_take(gower, rows, 5, &taken, NULL), STATUS_OK);
  assert_int_equal(gower_rows(taken), 5);
  gower_distances(taken, 3, 0, 5, line);
  gower_distances(gower, 77, 0, N, whole);
  for (size_t i = 0; i < 5; i++) {
    assert_true(line[i] == whole[rows[i]]);
  }
  gower_free(taken);
  gower_free(gower);
}

/* Two variables with gaps in turn. */
static void test_nothing_shared(void **state)
{
  (void)state;
  Builder *const a = builder_new(TYPE_FLOAT64, 4), *const b = builder_new(TYPE_FLOAT64, 4);
  Draft *const draft = draft_new();
  Frame *gaps = NULL;
  Gower *gower;
  for (size_t row = 0; row < 4; row++) {
    if (row == 1) {
      builder_missing(a);
    } else {
      builder_float(a, (double)row);
    }
    if (row == 3) {
      builder_missing(b);
    } else {
      builder_float(b, (double)row);
    }
  }
  draft_builder(draft, "a", a);
  draft_builder(draft, "b", b);
  assert_int_equal(draft_finish(draft, &gaps, NULL), STATUS_OK);
  Task task;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  assert_int_equal(gower_new(&task, gaps, NULL, 4, columns, 2, &gower, &e), STATUS_OK);
  double triangle[6];
  assert_int_equal(gower_triangle(&task, gower, triangle, &e), STATUS_DATA);
  assert_string_equal(e.id, "gower-nothing-shared");
  assert_non_null(strstr(e.what, "rows 2 and 4"));
  assert_true(isnan(triangle[4]));
  bool found;
  size_t pair[2];
  assert_int_equal(gower_apart(&task, gower, &found, pair, NULL), STATUS_OK);
  assert_true(found && pair[0] == 1 && pair[1] == 3);
  gower_free(gower);
  Gower *const complete = gower_of(4); /* the texts are there in every row */
  assert_int_equal(gower_apart(&task, complete, &found, pair, NULL), STATUS_OK);
  assert_false(found);
  gower_free(complete);
  task_free(&task);
  frame_unref(gaps);
}

static void refused(size_t column, GowerType type, const char *id)
{
  const GowerColumn wrong = {.column = column, .type = type, .weight = 1, .range = (double)NAN};
  Gower *gower;
  Task task;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  assert_int_not_equal(gower_new(&task, frame, NULL, N, &wrong, 1, &gower, &e), STATUS_OK);
  assert_string_equal(e.id, id);
  assert_null(gower);
  task_free(&task);
}

static void test_refusals(void **state)
{
  (void)state;
  refused(3, GOWER_NUMERIC, "gower-type");
  refused(3, GOWER_ORDINAL, "gower-type");
  refused(3, GOWER_ASYMMETRIC, "gower-type");
  refused(5, GOWER_ASYMMETRIC, "gower-type");
  refused(5, GOWER_LOG_RATIO, "gower-type");
  refused(0, GOWER_LOG_RATIO, "gower-type"); /* has a 0 */
}

static Status run_without_memory(void *context, Error *e)
{
  (void)context;
  Gower *gower = NULL, *taken = NULL;
  const size_t rows[] = {1, 2};
  Task task;
  Status status;
  task_init(&task, 1);
  TRY(gower_new(&task, frame, NULL, N, columns, D, &gower, e));
  TRY(gower_take(gower, rows, 2, &taken, e));
done:
  gower_free(gower);
  gower_free(taken);
  task_free(&task);
  return status;
}

static void test_without_memory(void **state)
{
  (void)state;
  assert_true(sweep(run_without_memory, NULL) > 12);
}

static int drop_frame(void **state)
{
  (void)state;
  frame_unref(frame);
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_definition),     cmocka_unit_test(test_triangle), cmocka_unit_test(test_take),
      cmocka_unit_test(test_nothing_shared), cmocka_unit_test(test_refusals), cmocka_unit_test(test_without_memory),
  };
  return cmocka_run_group_tests(tests, make_frame, drop_frame);
}
