/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_describe.c -- schema and describe against R's figures, exact rational arithmetic and plain
 * counting; the same bits on one and two threads; cancel, budget and memory that fails.
 *
 * Figures "R" are from R 4.2.2: mean(x), sd(x), quantile(x) (type 7), printed with %.17g. Figures "exact"
 * are from Python 3.11's fractions, rounded once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/text.h"
#include "frame/builder.h"
#include "frame/frame.h"
#include "random_cells.h"

enum { N = 2, MISSING, DISTINCT, MEAN, SD, MIN, Q25, MEDIAN, Q75, MAX };

static Frame *described(const Frame *frame)
{
  Task task;
  task_init(&task, 1);
  Error e = {0};
  Frame *out;
  if (frame_describe(frame, &task, &out, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  task_free(&task);
  return out;
}

static Frame *one_column(Column *column)
{
  Draft *draft = draft_new();
  draft_column(draft, "x", column);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Frame *describe_column(Column *column)
{
  Frame *frame = one_column(column), *out = described(frame);
  frame_unref(frame);
  return out;
}

static Frame *describe_floats(const double *values, size_t n)
{
  Column *column;
  assert_int_equal(column_of_floats(values, n, &column, NULL), STATUS_OK);
  return describe_column(column);
}

static Frame *describe_ints(const int64_t *values, size_t n)
{
  Column *column;
  assert_int_equal(column_of_ints(values, n, &column, NULL), STATUS_OK);
  return describe_column(column);
}

static int64_t count_at(const Frame *out, size_t row, int column)
{
  return column_int(frame_column(out, (size_t)column), row);
}

static bool missing_at(const Frame *out, size_t row, int column)
{
  return !column_valid(frame_column(out, (size_t)column), row);
}

static double figure_at(const Frame *out, size_t row, int column)
{
  assert_false(missing_at(out, row, column));
  return column_float(frame_column(out, (size_t)column), row);
}

static void assert_near(double got, double wanted)
{
  if (!(fabs(got - wanted) <= 1e-14 * fabs(wanted))) {
    fail_msg("%.17g is not %.17g", got, wanted);
  }
}

/* Mean and sd to 1e-14, the five others exactly. */
static void assert_figures(const Frame *out, size_t row, const double wanted[7])
{
  assert_near(figure_at(out, row, MEAN), wanted[0]);
  assert_near(figure_at(out, row, SD), wanted[1]);
  for (int i = 0; i < 5; i++) {
    assert_true(figure_at(out, row, MIN + i) == wanted[2 + i]);
  }
}

static void test_iris(void **state)
{
  (void)state;
  static const char *const names[] = {"sepal_length", "sepal_width", "petal_length", "petal_width"};
  static const double wanted[4][7] = {
    {5.8433333333333337, 0.82806612797786294, 4.2999999999999998, 5.0999999999999996, 5.7999999999999998,
     6.4000000000000004, 7.9000000000000004},
    {3.0573333333333332, 0.43586628493669821, 2, 2.7999999999999998, 3, 3.2999999999999998,
     4.4000000000000004},
    {3.758, 1.7652982332594664, 1, 1.6000000000000001, 4.3499999999999996, 5.0999999999999996,
     6.9000000000000004},
    {1.1993333333333334, 0.7622376689603465, 0.10000000000000001, 0.29999999999999999, 1.3, 1.8, 2.5},
  }; /* R, on datasets/iris/iris.csv; so the distinct counts below */
  static const int64_t distinct[] = {35, 23, 43, 22};
  FILE *file = fopen("datasets/iris/iris.csv", "r");
  assert_non_null(file);
  double values[4][150];
  char line[200];
  assert_non_null(fgets(line, sizeof line, file));
  for (size_t row = 0; row < 150; row++) {
    assert_non_null(fgets(line, sizeof line, file));
    const int read = sscanf(line, "%lf,%lf,%lf,%lf", &values[0][row], &values[1][row], &values[2][row],
                            &values[3][row]);
    assert_int_equal(read, 4);
  }
  fclose(file);
  Draft *draft = draft_new();
  for (size_t i = 0; i < 4; i++) {
    draft_floats(draft, names[i], values[i], 150);
  }
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Frame *out = described(frame);
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(count_at(out, i, N), 150);
    assert_int_equal(count_at(out, i, MISSING), 0);
    assert_int_equal(count_at(out, i, DISTINCT), distinct[i]);
    assert_figures(out, i, wanted[i]);
  }
  frame_unref(out);
  frame_unref(frame);
}

static void test_small_floats(void **state)
{
  (void)state;
  static const double wanted[7] = {1666666668.1166666, 4082482903.928278, -1.5, 0.10000000000000001,
                                   1.55, 6, 1e10}; /* R */
  Builder *builder = builder_new(TYPE_FLOAT64, 0);
  static const double values[] = {3, -1.5, 1e10, 0.1, 0.1, 7};
  for (size_t i = 0; i < 6; i++) {
    builder_missing(builder);
    builder_float(builder, values[i]);
  }
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  Frame *out = describe_column(column);
  assert_int_equal(count_at(out, 0, N), 6);
  assert_int_equal(count_at(out, 0, MISSING), 6);
  assert_int_equal(count_at(out, 0, DISTINCT), 5);
  assert_figures(out, 0, wanted);
  frame_unref(out);
  static const double far[] = {1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 7, 1e9 + 11};
  static const double far_wanted[7] = {1000000005, 4.0620192023179804, 1e9 + 1, 1e9 + 2,
                                       1e9 + 4, 1e9 + 7, 1e9 + 11}; /* R */
  out = describe_floats(far, 5);
  assert_figures(out, 0, far_wanted);
  frame_unref(out);
  const double step = 0x1p52; /* the mean lies between doubles */
  out = describe_floats((const double[]){step, step + 1}, 2);
  assert_near(figure_at(out, 0, SD), 0.70710678118654757); /* exact */
  frame_unref(out);
  out = describe_floats((const double[]){1, 2}, 2);
  assert_figures(out, 0, (const double[]){1.5, 0.70710678118654757, 1, 1.25, 1.5, 1.75, 2}); /* R */
  frame_unref(out);
}

/* Several blocks, the last not full. */
static void test_longer_column(void **state)
{
  (void)state;
  enum { LENGTH = 10007 };
  static double values[LENGTH];
  static int64_t integers[LENGTH];
  for (int64_t i = 0; i < LENGTH; i++) {
    integers[i] = (i + 1) * 7919 % LENGTH;
    values[i] = (double)integers[i] / 16;
  }
  static const double wanted[7] = {312.6875, 180.55727536574094, 0, 156.34375,
                                   312.6875, 469.03125, 625.375}; /* R */
  Frame *out = describe_floats(values, LENGTH);
  assert_int_equal(count_at(out, 0, DISTINCT), LENGTH);
  assert_figures(out, 0, wanted);
  frame_unref(out);
  double times16[7];
  for (size_t i = 0; i < 7; i++) {
    times16[i] = wanted[i] * 16;
  }
  out = describe_ints(integers, LENGTH);
  assert_figures(out, 0, times16);
  frame_unref(out);
}

/* The second pass makes good what the first sum lost. */
static void test_rounding_of_the_mean(void **state)
{
  (void)state;
  static const struct {
    double from, mean;
  } cases[] = {{1000.3, 2000.397509765625}, {3 * 1000.3, 4000.9975097656247}}; /* exact */
  for (size_t i = 0; i < 2; i++) {
    static double values[4096];
    for (int64_t j = 0; j < 4096; j++) {
      values[j] = (double)(j * 7919 % 20011) * 0.1 + cases[i].from;
    }
    Frame *out = describe_floats(values, 4096);
    assert_true(figure_at(out, 0, MEAN) == cases[i].mean);
    frame_unref(out);
  }
}

static void test_integers(void **state)
{
  (void)state;
  Frame *out = describe_ints((const int64_t[]){4, -9, 25, 16, 4, 0, 1, -1}, 8);
  assert_figures(out, 0, (const double[]){5, 10.663690060869442, -9, -0.25, 2.5, 7, 25}); /* R */
  assert_int_equal(count_at(out, 0, DISTINCT), 7);
  frame_unref(out);
  out = describe_ints((const int64_t[]){9007199254740993, 9007199254740995, 9007199254741001, -5}, 4);
  assert_true(figure_at(out, 0, MEAN) == 6755399441055746.0); /* exact */
  assert_true(figure_at(out, 0, MAX) == 9007199254741001.0 && figure_at(out, 0, MIN) == -5);
  frame_unref(out);
  out = describe_ints((const int64_t[]){INT64_MAX, INT64_MIN, INT64_MAX, 12}, 4);
  assert_true(figure_at(out, 0, MEAN) == 2.305843009213694e+18); /* exact */
  assert_near(figure_at(out, 0, SD), 8.830706413006553e+18);     /* exact */
  assert_int_equal(count_at(out, 0, DISTINCT), 3);
  frame_unref(out);
  const int64_t base = INT64_C(1) << 62; /* doubles near it are 512 and more apart */
  out = describe_ints((const int64_t[]){base + 1, base + 2, base + 4, base + 9}, 4);
  assert_near(figure_at(out, 0, SD), 3.559026084010437); /* exact */
  assert_int_equal(count_at(out, 0, DISTINCT), 4);
  frame_unref(out);
}

static void test_extreme_floats(void **state)
{
  (void)state;
  Frame *out = describe_floats((const double[]){DBL_MAX, DBL_MAX / 2, DBL_MAX}, 3);
  assert_near(figure_at(out, 0, MEAN), DBL_MAX / 6 * 5);
  assert_near(figure_at(out, 0, SD), DBL_MAX / sqrt(12.0)); /* of 1, 1/2, 1: 1 / sqrt 12 */
  frame_unref(out);
  out = describe_floats((const double[]){3e-310, 1e-310, 2e-310}, 3); /* their squares are 0 */
  assert_near(figure_at(out, 0, SD) / 1e-310, 1);
  frame_unref(out);
  static double same[5000];
  for (size_t i = 0; i < 5000; i++) {
    same[i] = 0.1;
  }
  out = describe_floats(same, 5000);
  assert_true(figure_at(out, 0, MEAN) == 0.1 && figure_at(out, 0, SD) == 0);
  assert_int_equal(count_at(out, 0, DISTINCT), 1);
  frame_unref(out);
}

static void test_nan_and_infinity(void **state)
{
  (void)state;
  const double nan = (double)NAN, inf = (double)INFINITY;
  Frame *out = describe_floats((const double[]){nan, 3, -0.0, 1, 0.0, nan}, 6);
  assert_int_equal(count_at(out, 0, N), 6);
  assert_int_equal(count_at(out, 0, MISSING), 0);
  assert_int_equal(count_at(out, 0, DISTINCT), 4); /* NaN, 3, 0, 1 */
  assert_true(isnan(figure_at(out, 0, MEAN)) && isnan(figure_at(out, 0, SD)));
  assert_true(figure_at(out, 0, MIN) == 0 && figure_at(out, 0, MEDIAN) == 0.5 && figure_at(out, 0, MAX) == 3);
  frame_unref(out);
  out = describe_floats((const double[]){nan}, 1);
  assert_true(isnan(figure_at(out, 0, MEAN)));
  assert_true(missing_at(out, 0, SD) && missing_at(out, 0, MIN) && missing_at(out, 0, MAX));
  frame_unref(out);
  out = describe_floats((const double[]){1, inf, inf, 2}, 4);
  assert_true(figure_at(out, 0, MEAN) == inf && isnan(figure_at(out, 0, SD)));
  assert_true(figure_at(out, 0, Q25) == 1.75);
  assert_true(figure_at(out, 0, MEDIAN) == inf && figure_at(out, 0, Q75) == inf);
  frame_unref(out);
  out = describe_floats((const double[]){1, inf, 2}, 3);
  assert_true(figure_at(out, 0, MEDIAN) == 2);
  frame_unref(out);
  out = describe_floats((const double[]){-inf, inf, 2}, 3);
  assert_true(isnan(figure_at(out, 0, MEAN)) && figure_at(out, 0, MIN) == -inf);
  frame_unref(out);
}

static void test_few_cells(void **state)
{
  (void)state;
  Frame *out = describe_floats(NULL, 0);
  assert_int_equal(count_at(out, 0, N), 0);
  for (int figure = MEAN; figure <= MAX; figure++) {
    assert_true(missing_at(out, 0, figure));
  }
  frame_unref(out);
  out = describe_ints((const int64_t[]){7}, 1);
  assert_true(figure_at(out, 0, MEAN) == 7 && figure_at(out, 0, Q25) == 7 && missing_at(out, 0, SD));
  frame_unref(out);
  out = describe_column(cells_column((CellKind){TYPE_INT64, 4, 1}, 50));
  assert_int_equal(count_at(out, 0, MISSING), 50);
  assert_int_equal(count_at(out, 0, DISTINCT), 0);
  assert_true(missing_at(out, 0, MEAN) && missing_at(out, 0, MAX));
  frame_unref(out);
  Frame *none;
  assert_int_equal(draft_finish(draft_new(), &none, NULL), STATUS_OK);
  out = described(none);
  assert_int_equal(frame_rows(out), 0);
  assert_int_equal(frame_columns(out), 12);
  frame_unref(out);
  frame_unref(none);
}

/* Cells as text are equal when the cells are, but for -0, which is 0. */
static int64_t count_distinct(const Column *column)
{
  Text *seen = mem_zero(column_rows(column), sizeof *seen);
  size_t distinct = 0;
  for (size_t row = 0; row < column_rows(column); row++) {
    if (column_valid(column, row)) {
      Text *text = &seen[distinct];
      column_cell_text(column, row, text);
      if (strcmp(text_data(text), "-0") == 0) {
        text_reset(text);
        text_puts(text, "0");
      }
      size_t i = 0;
      while (strcmp(text_data(&seen[i]), text_data(text)) != 0) {
        i++;
      }
      if (i == distinct) {
        distinct++;
      } else {
        text_reset(text);
      }
    }
  }
  for (size_t i = 0; i < column_rows(column); i++) {
    text_free(&seen[i]);
  }
  mem_free(seen);
  return (int64_t)distinct;
}

/* Of every type; taken, so that the dictionary holds levels that do not occur. */
static void test_distinct(void **state)
{
  (void)state;
  size_t rows[400];
  for (int type = 0; type < TYPE_COUNT; type++) {
    for (size_t n = 1; n <= 400; n += 133) {
      Column *column = cells_column((CellKind){(Type)type, 11, 0.2}, 900), *taken;
      for (size_t i = 0; i < n; i++) {
        rows[i] = (i * 31) % 900;
      }
      assert_int_equal(column_take(column, rows, n, &taken, NULL), STATUS_OK);
      const int64_t wanted = count_distinct(taken);
      Frame *out = describe_column(taken);
      assert_int_equal(count_at(out, 0, DISTINCT), wanted);
      assert_int_equal(missing_at(out, 0, MEAN), !type_is_numeric((Type)type) || count_at(out, 0, N) == 0);
      frame_unref(out);
      column_unref(column);
    }
  }
}

/* More than any first table holds: 40,000 rows of 30,011 texts, and as many sets. */
static void test_many_distinct(void **state)
{
  (void)state;
  Builder *texts = builder_new(TYPE_STRING, 0), *sets = builder_new(TYPE_SET, 0);
  for (size_t i = 0; i < 40000; i++) {
    char text[16];
    const size_t number = i * 7 % 30011;
    builder_text(texts, text, (size_t)snprintf(text, sizeof text, "customer %zu", number));
    builder_item(sets, text, (size_t)snprintf(text, sizeof text, "%zu", number / 200));
    builder_item(sets, text, (size_t)snprintf(text, sizeof text, "u%zu", number % 200));
    builder_set(sets);
  }
  Draft *draft = draft_new();
  draft_builder(draft, "text", texts);
  draft_builder(draft, "set", sets);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Frame *out = described(frame);
  assert_int_equal(count_at(out, 0, DISTINCT), 30011);
  assert_int_equal(count_at(out, 1, DISTINCT), 30011);
  frame_unref(out);
  frame_unref(frame);
}

static Frame *frame_of_all(size_t rows)
{
  Draft *draft = draft_new();
  for (int i = 0; i < TYPE_COUNT; i++) {
    draft_column(draft, type_name((Type)i), cells_column((CellKind){(Type)i, 30, 0.25}, rows));
  }
  Frame *frame;
  return draft_finish(draft, &frame, NULL) == STATUS_OK ? frame : NULL;
}

static void assert_texts(const Frame *frame, size_t row, const char *wanted)
{
  Text text = {0};
  for (size_t i = 0; i < frame_columns(frame); i++) {
    text_puts(&text, i > 0 ? " " : "");
    column_cell_text(frame_column(frame, i), row, &text);
  }
  assert_string_equal(text_data(&text), wanted);
  text_free(&text);
}

static void test_schema(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  Builder *builder = builder_new(TYPE_CATEGORY, 0);
  static const char *const cells[] = {"a", "b", "a", "c", NULL};
  for (size_t i = 0; i < 5; i++) {
    if (cells[i]) {
      builder_text(builder, cells[i], 1);
    } else {
      builder_missing(builder);
    }
  }
  draft_builder(draft, "region", builder);
  draft_floats(draft, "spend", (const double[]){1, 1, (double)NAN, 2, 1}, 5);
  draft_texts(draft, "note", cells, 5);
  builder = builder_new(TYPE_SET, 0);
  for (size_t i = 0; i < 5; i++) {
    builder_item(builder, i % 2 == 0 ? "tea" : "milk", i % 2 == 0 ? 3 : 4);
    builder_set(builder);
  }
  draft_builder(draft, "basket", builder);
  Frame *frame, *out, *part;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Task task;
  task_init(&task, 1);
  assert_int_equal(frame_schema(frame, &task, &out, NULL), STATUS_OK);
  static const char *const names[] = {"name", "type", "missing", "distinct", "levels"};
  for (size_t i = 0; i < 5; i++) {
    assert_string_equal(frame_name(out, i), names[i]);
  }
  assert_int_equal(frame_columns(out), 5);
  assert_texts(out, 0, "region category 1 3 3");
  assert_texts(out, 1, "spend float64 1 2 NA");
  assert_texts(out, 2, "note string 1 3 NA");
  assert_texts(out, 3, "basket set 0 2 2");
  frame_unref(out);
  assert_int_equal(frame_slice(frame, 0, 1, &part, NULL), STATUS_OK);
  assert_int_equal(frame_schema(part, &task, &out, NULL), STATUS_OK);
  assert_texts(out, 0, "region category 0 1 3");
  frame_unref(out);
  frame_unref(part);
  frame_unref(frame);
  task_free(&task);
}

static void test_columns(void **state)
{
  (void)state;
  static const char *const names[] = {"name", "type", "n",   "missing", "distinct", "mean",
                                      "sd",   "min",  "q25", "median",  "q75",      "max"};
  Frame *frame = frame_of_all(500), *out = described(frame);
  assert_int_equal(frame_columns(out), 12);
  assert_int_equal(frame_rows(out), TYPE_COUNT);
  for (size_t i = 0; i < 12; i++) {
    assert_string_equal(frame_name(out, i), names[i]);
    assert_int_equal(column_check(frame_column(out, i), NULL), STATUS_OK);
  }
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    assert_int_equal(count_at(out, i, N) + count_at(out, i, MISSING), 500);
    assert_true(count_at(out, i, MISSING) > 50);
  }
  frame_unref(out);
  frame_unref(frame);
}

static void test_same_bits_on_any_number_of_threads(void **state)
{
  (void)state;
  enum { LENGTH = 300001 };
  double *values = mem_alloc(LENGTH, sizeof *values);
  Random random = random_new(8, 0);
  for (size_t i = 0; i < LENGTH; i++) {
    values[i] = random_normal(&random) * 1e3 + 0.1;
  }
  Column *column;
  assert_int_equal(column_of_floats(values, LENGTH, &column, NULL), STATUS_OK);
  Frame *frame = one_column(column), *wide;
  assert_int_equal(frame_with(frame, "y", frame_column(frame, 0), &wide, NULL), STATUS_OK);
  Digest digests[3];
  for (size_t threads = 1; threads <= 3; threads++) {
    pool_set_threads(threads);
    Frame *out = described(frame), *both = described(wide); /* threads on rows, and on columns */
    digests[threads - 1] = frame_digest(out);
    assert_memory_equal(&digests[threads - 1], &digests[0], sizeof(Digest));
    assert_true(figure_at(out, 0, MEAN) == figure_at(both, 1, MEAN));
    assert_true(figure_at(out, 0, SD) == figure_at(both, 1, SD));
    frame_unref(out);
    frame_unref(both);
  }
  pool_set_threads(0);
  frame_unref(wide);
  frame_unref(frame);
  mem_free(values);
}

static void test_cancelled_before(void **state)
{
  (void)state;
  Frame *frame = frame_of_all(2000), *out;
  for (int figures = 0; figures < 2; figures++) {
    Task task;
    task_init(&task, 1);
    task_cancel(&task);
    Error e = {0};
    assert_int_equal(figures ? frame_describe(frame, &task, &out, &e) : frame_schema(frame, &task, &out, &e),
                     STATUS_CANCELLED);
    assert_null(out);
    assert_string_equal(e.id, "interrupted");
    task_free(&task);
  }
  frame_unref(frame);
}

typedef struct Canceller {
  Task task;
  long delay_us;
} Canceller;

static void *cancel_later(void *argument)
{
  Canceller *canceller = argument;
  nanosleep(&(struct timespec){0, canceller->delay_us * 1000}, NULL);
  task_cancel(&canceller->task);
  return NULL;
}

/* At moments spread over the whole run: a frame or STATUS_CANCELLED, and nothing lost. */
static void test_cancelled_at_any_moment(void **state)
{
  (void)state;
  Frame *frame = frame_of_all(60000);
  pool_set_threads(2);
  frame_unref(described(frame)); /* the pool's threads exist */
  const size_t before = mem_in_use();
  size_t cancelled = 0;
  for (long delay = 0; delay < 40; delay++) {
    Canceller canceller = {.delay_us = delay * 500};
    task_init(&canceller.task, 1);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &canceller), 0);
    Error e = {0};
    Frame *out;
    const Status status = frame_describe(frame, &canceller.task, &out, &e);
    pthread_join(thread, NULL);
    assert_true(status == STATUS_OK || status == STATUS_CANCELLED);
    assert_true((out != NULL) == (status == STATUS_OK));
    cancelled += status == STATUS_CANCELLED;
    frame_unref(out);
    task_free(&canceller.task);
    assert_int_equal(mem_in_use(), before);
  }
  assert_true(cancelled > 0);
  pool_set_threads(0);
  frame_unref(frame);
}

static void test_budget(void **state)
{
  (void)state;
  Frame *frame = frame_of_all(2000), *out;
  Task task;
  task_init(&task, 1);
  task.budget = 1000;
  Error e = {0};
  assert_int_equal(frame_describe(frame, &task, &out, &e), STATUS_LIMIT);
  assert_null(out);
  assert_string_equal(e.id, "memory-budget");
  assert_string_equal(e.where, "column 'float64'");
  task_free(&task);
  frame_unref(frame);
}

static void test_no_memory(void **state)
{
  (void)state;
  pool_set_threads(1);
  Frame *frame = frame_of_all(200);
  const size_t before = mem_in_use();
  for (int figures = 0; figures < 2; figures++) {
    Status status = STATUS_MEMORY;
    int64_t from = 0;
    for (; status != STATUS_OK; from++) {
      assert_true(from < 2000);
      Task task;
      task_init(&task, 1);
      Error e = {0};
      Frame *out;
      mem_fail_from(from);
      status = figures ? frame_describe(frame, &task, &out, &e) : frame_schema(frame, &task, &out, &e);
      mem_fail_from(-1);
      assert_true(status == STATUS_OK || status == STATUS_MEMORY);
      assert_int_equal(e.status, status);
      assert_true((out != NULL) == (status == STATUS_OK));
      frame_unref(out);
      task_free(&task);
      assert_int_equal(mem_in_use(), before);
    }
    assert_true(from > 30);
  }
  frame_unref(frame);
  pool_set_threads(0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_iris),
    cmocka_unit_test(test_small_floats),
    cmocka_unit_test(test_longer_column),
    cmocka_unit_test(test_rounding_of_the_mean),
    cmocka_unit_test(test_integers),
    cmocka_unit_test(test_extreme_floats),
    cmocka_unit_test(test_nan_and_infinity),
    cmocka_unit_test(test_few_cells),
    cmocka_unit_test(test_distinct),
    cmocka_unit_test(test_many_distinct),
    cmocka_unit_test(test_schema),
    cmocka_unit_test(test_columns),
    cmocka_unit_test(test_same_bits_on_any_number_of_threads),
    cmocka_unit_test(test_cancelled_before),
    cmocka_unit_test(test_cancelled_at_any_moment),
    cmocka_unit_test(test_budget),
    cmocka_unit_test(test_no_memory),
  };
  const int failures = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failures;
}
