/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extents, counts and densities of charts against a slow look at every row, on several numbers of threads; limits and
 * logarithms; what cannot be drawn; makers and bins when memory runs out. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chart/chart.h"
#include "chart/chart_bins.h"
#include "chart/chart_box.h"
#include "chart/chart_cells.h"
#include "chart/chart_make.h"
#include "core/pool.h"
#include "frame/builder.h"
#include "sweep.h"

static uint64_t seed = 7;

static uint32_t roll(uint32_t n)
{
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(seed >> 33) % n;
}

/* NaN: a missing cell. */
static double some_number(void)
{
  static const double odd[] = {0.0, -0.0, INFINITY, -INFINITY, 1e-300, -3};
  return roll(9) == 0 ? NAN : roll(7) == 0 ? odd[roll(6)] : (double)roll(1000) / 8 - 20;
}

static Frame *points(const double *x, const double *y, size_t n, bool group)
{
  Draft *draft = draft_new();
  Frame *frame = NULL;
  draft_floats(draft, "x", x, n);
  draft_floats(draft, "y", y, n);
  if (group) {
    Builder *builder = builder_new(TYPE_CATEGORY, n);
    for (size_t i = 0; i < n; i++) {
      if (i % 5 == 3) {
        builder_missing(builder);
      } else {
        builder_text(builder, i % 2 ? "a" : "b", 1);
      }
    }
    draft_builder(draft, "group", builder);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

typedef struct Limits {
  bool log;
  double low, high;
} Limits;

static ChartAxis axis_of(const Limits *limits)
{
  return (ChartAxis){.label = "", .log = limits->log, .low = limits->low, .high = limits->high};
}

static const Limits open_limits = {false, NAN, NAN};

static Chart *chart_of(ChartMark mark, const Frame *frame, const Limits *x, const Limits *y)
{
  Chart *chart = NULL;
  const ChartAxis across = axis_of(x), up = axis_of(y);
  assert_int_equal(chart_new("test", &chart, NULL), STATUS_OK);
  assert_int_equal(chart_set_x(chart, &across, NULL), STATUS_OK);
  assert_int_equal(chart_set_y(chart, &up, NULL), STATUS_OK);
  if (frame) {
    assert_int_equal(chart_add(chart, mark, "", frame, NULL), STATUS_OK);
  }
  return chart;
}

static Status finish(Chart *chart, size_t threads, Error *e)
{
  Task task;
  task_init(&task, 1);
  task.threads = threads;
  error_clear(e);
  const Status status = chart_finish(chart, &task, e);
  task_free(&task);
  return status;
}

/* ---- against every row */

typedef struct Slow {
  size_t drawn, dropped, outside;
  double low[2], high[2];
} Slow;

static Slow look(const double *x, const double *y, size_t n, bool group, const Limits *lx, const Limits *ly)
{
  Slow slow = {.low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(x[i]) || !isfinite(y[i]) || (lx->log && x[i] <= 0) || (ly->log && y[i] <= 0) ||
        (group && i % 5 == 3)) {
      slow.dropped++;
    } else if (x[i] < lx->low || x[i] > lx->high || y[i] < ly->low || y[i] > ly->high) {
      slow.outside++;
    } else {
      slow.drawn++;
      slow.low[0] = fmin(slow.low[0], x[i]);
      slow.high[0] = fmax(slow.high[0], x[i]);
      slow.low[1] = fmin(slow.low[1], y[i]);
      slow.high[1] = fmax(slow.high[1], y[i]);
    }
  }
  return slow;
}

static void check_axis(const ChartAxis *axis, const Limits *limits, double low, double high)
{
  assert_true(axis->low < axis->high);
  assert_true(isnan(limits->low) ? (low < high ? axis->low == low : axis->low <= low) : axis->low == limits->low);
  assert_true(isnan(limits->high) ? (low < high ? axis->high == high : axis->high >= high)
                                  : axis->high == limits->high);
}

static void check_density(const Chart *chart, size_t drawn, const double *x, const double *y, size_t n, bool group)
{
  enum { ACROSS = 13, UP = 7 };
  uint32_t counts[ACROSS * UP], again[ACROSS * UP];
  Task task;
  task_init(&task, 1);
  task.threads = 1;
  assert_int_equal(chart_density(chart, ACROSS, UP, &task, counts, NULL), STATUS_OK);
  task.threads = 3;
  assert_int_equal(chart_density(chart, ACROSS, UP, &task, again, NULL), STATUS_OK);
  assert_memory_equal(counts, again, sizeof counts);
  task_free(&task);
  size_t sum = 0, corner = 0, slow = 0;
  for (size_t i = 0; i < ACROSS * UP; i++) {
    sum += counts[i];
  }
  assert_int_equal(sum, drawn);
  /* the left half: columns 0 .. 5 lie below 6 / 13 of the width */
  const ChartAxis *axis = chart_x(chart);
  for (size_t row = 0; row < UP; row++) {
    for (size_t column = 0; column < 6; column++) {
      corner += counts[row * ACROSS + column];
    }
  }
  const double low = axis->log ? log10(axis->low) : axis->low, high = axis->log ? log10(axis->high) : axis->high;
  for (size_t i = 0; i < n; i++) {
    const bool seen = isfinite(x[i]) && x[i] >= axis->low && x[i] <= axis->high && y[i] >= chart_y(chart)->low &&
                      y[i] <= chart_y(chart)->high && !(group && i % 5 == 3);
    slow += seen && ((axis->log ? log10(x[i]) : x[i]) - low) / (high - low) < 6.0 / 13 - 1e-12;
  }
  assert_true(corner >= slow && corner <= slow + 2);
}

static void test_against_rows(void **state)
{
  (void)state;
  static double x[20000], y[20000];
  for (int round = 0; round < 200; round++) {
    const size_t n = round < 100 ? roll(60) : roll(20000);
    const bool group = roll(2);
    for (size_t i = 0; i < n; i++) {
      x[i] = some_number();
      y[i] = some_number();
    }
    const Limits lx = {roll(3) == 0, roll(3) ? NAN : 1 + roll(20), roll(3) ? NAN : 25 + roll(50)};
    const Limits ly = {roll(3) == 0, roll(3) ? NAN : 1 + roll(20), roll(3) ? NAN : 25 + roll(50)};
    const Slow slow = look(x, y, n, group, &lx, &ly);
    Frame *frame = points(x, y, n, group);
    Digest digests[3] = {{0, 0}};
    for (size_t threads = 1; threads <= 3; threads++) {
      Chart *chart = chart_of(CHART_POINTS, frame, &lx, &ly);
      Error e;
      const Status status = finish(chart, threads, &e);
      assert_int_equal(status, slow.drawn > 0 ? STATUS_OK : STATUS_DATA);
      assert_int_equal(chart_series(chart, 0)->drawn, slow.drawn);
      assert_int_equal(chart_series(chart, 0)->dropped, slow.dropped);
      assert_int_equal(chart_series(chart, 0)->outside, slow.outside);
      if (status == STATUS_OK) {
        check_axis(chart_x(chart), &lx, slow.low[0], slow.high[0]);
        check_axis(chart_y(chart), &ly, slow.low[1], slow.high[1]);
        check_density(chart, slow.drawn, x, y, n, group);
      } else {
        assert_string_equal(e.id, "nothing-to-draw");
      }
      digests[threads - 1] = chart_digest(chart);
      chart_unref(chart);
    }
    assert_memory_equal(&digests[0], &digests[1], sizeof(Digest));
    assert_memory_equal(&digests[0], &digests[2], sizeof(Digest));
    frame_unref(frame);
  }
}

/* ---- other marks */

static Frame *frame_of(const char *const *names, const double *const *values, size_t n_columns, size_t rows)
{
  Draft *draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < n_columns; i++) {
    draft_floats(draft, names[i], values[i], rows);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Column *categories(size_t n)
{
  Builder *builder = builder_new(TYPE_STRING, n);
  Column *column = NULL;
  for (size_t i = 0; i < n; i++) {
    builder_text(builder, "c", 1);
  }
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static void test_bars(void **state)
{
  (void)state;
  static const char *const names[] = {"x", "y"};
  const double x[] = {0, 1, 2}, y[] = {2, -3, NAN}, other[] = {4, -1, 5};
  const double *const values[] = {x, y}, *const more[] = {x, other};
  Frame *a = frame_of(names, values, 2, 3), *b = frame_of(names, more, 2, 3);
  Column *column = categories(4);
  for (int stacked = 0; stacked < 2; stacked++) {
    Chart *chart = chart_of(CHART_BARS, a, &open_limits, &open_limits);
    const ChartAxis axis = {.label = "", .scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = column};
    Error e;
    assert_int_equal(chart_set_x(chart, &axis, NULL), STATUS_OK);
    assert_int_equal(chart_add(chart, CHART_BARS, "b", b, NULL), STATUS_OK);
    if (stacked) {
      chart_set_stacked(chart);
    }
    assert_int_equal(finish(chart, 1, &e), STATUS_OK);
    assert_true(chart_x(chart)->low == -0.5 && chart_x(chart)->high == 3.5);
    assert_true(chart_y(chart)->low == (stacked ? -4 : -3));
    assert_true(chart_y(chart)->high == (stacked ? 6 : 5));
    assert_int_equal(chart_series(chart, 0)->drawn, 2);
    assert_int_equal(chart_series(chart, 0)->dropped, 1);
    chart_unref(chart);
  }
  frame_unref(a);
  frame_unref(b);
  column_unref(column);
}

static void test_rules_and_intervals(void **state)
{
  (void)state;
  static const char *const interval[] = {"x", "low", "high", "y"}, *const slanted[] = {"intercept", "slope"};
  static const char *const upright[] = {"x"};
  const double x[] = {2, 3}, low[] = {1, NAN}, high[] = {4, 5}, y[] = {0, 1}, zero[] = {0}, seven[] = {7},
               slope[] = {0.5};
  const double *const of[] = {x, low, high, y}, *const at[] = {zero}, *const level[] = {seven, zero};
  const double *const rising[] = {seven, slope};
  Frame *frames[] = {frame_of(interval, of, 4, 2), frame_of(upright, at, 1, 1), frame_of(slanted, level, 2, 1),
                     frame_of(slanted, rising, 2, 1)};
  Chart *chart = chart_of(CHART_INTERVALS, frames[0], &open_limits, &open_limits);
  Error e;
  assert_int_equal(chart_add(chart, CHART_RULE, "", frames[1], NULL), STATUS_OK);
  assert_int_equal(chart_add(chart, CHART_RULE, "", frames[2], NULL), STATUS_OK);
  assert_int_equal(finish(chart, 2, &e), STATUS_OK);
  assert_int_equal(chart_series(chart, 0)->drawn, 1);
  assert_true(chart_x(chart)->low == 0 && chart_x(chart)->high == 4); /* with the upright line */
  assert_true(chart_y(chart)->low == 0 && chart_y(chart)->high == 7); /* with the level one */
  chart_unref(chart);
  chart = chart_of(CHART_RULE, frames[3], &open_limits, &open_limits); /* lines of reference alone are no chart */
  assert_int_equal(finish(chart, 1, &e), STATUS_DATA);
  chart_unref(chart);
  for (int i = 0; i < 4; i++) {
    frame_unref(frames[i]);
  }
}

static void refused(const Limits *x, const char *word)
{
  const double one[] = {1, 2};
  Frame *frame = points(one, one, 2, false);
  Chart *chart = chart_of(CHART_POINTS, frame, x, &open_limits);
  Error e;
  assert_int_equal(finish(chart, 1, &e), STATUS_ARGUMENT);
  assert_string_equal(e.id, "chart-limits");
  assert_non_null(strstr(e.what, word));
  chart_unref(chart);
  frame_unref(frame);
}

static void test_limits(void **state)
{
  (void)state;
  refused(&(Limits){false, 3, 3}, "wrong way round");
  refused(&(Limits){false, 3, -1}, "wrong way round");
  refused(&(Limits){true, -1, 5}, "above 0");
  refused(&(Limits){true, 0, 5}, "above 0");
  refused(&(Limits){false, NAN, INFINITY}, "finite");
}

/* All at one value, even at the ends of what doubles can hold. */
static void test_single_points(void **state)
{
  (void)state;
  const double values[] = {0, 5, -5, 1e300, DBL_MAX, -DBL_MAX, 5e-324, 1e-310};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    for (int log = 0; log < 2; log++) {
      const Limits limits = {log, NAN, NAN};
      Frame *frame = points(&values[i], &values[i], 1, false);
      Chart *chart = chart_of(CHART_POINTS, frame, &limits, &limits);
      Error e;
      const Status status = finish(chart, 1, &e);
      assert_int_equal(status, log && values[i] <= 0 ? STATUS_DATA : STATUS_OK);
      if (status == STATUS_OK) {
        const ChartAxis *x = chart_x(chart);
        uint32_t counts[9];
        Task task;
        task_init(&task, 1);
        assert_true(x->low < x->high && x->low <= values[i] && x->high >= values[i]);
        assert_true(isfinite(x->low) && isfinite(x->high) && (!log || x->low > 0));
        assert_int_equal(chart_density(chart, 3, 3, &task, counts, NULL), STATUS_OK);
        task_free(&task);
        size_t sum = 0;
        for (int k = 0; k < 9; k++) {
          sum += counts[k];
        }
        assert_int_equal(sum, 1);
      }
      chart_unref(chart);
      frame_unref(frame);
    }
  }
}

static void test_roles(void **state)
{
  (void)state;
  static const char *const names[] = {"x", "z"};
  const double x[] = {1};
  const double *const values[] = {x, x};
  Frame *frame = frame_of(names, values, 2, 1);
  Chart *chart = chart_of(CHART_POINTS, NULL, &open_limits, &open_limits);
  Error e;
  for (int mark = 0; mark < CHART_RULE; mark++) {
    error_clear(&e);
    assert_int_equal(chart_add(chart, (ChartMark)mark, "", frame, &e), STATUS_ARGUMENT);
    assert_string_equal(e.id, "wrong-type");
  }
  for (int i = 0; i < 64; i++) {
    assert_int_equal(chart_add(chart, CHART_RULE, "", frame, NULL), STATUS_OK);
  }
  error_clear(&e);
  assert_int_equal(chart_add(chart, CHART_RULE, "", frame, &e), STATUS_LIMIT);
  assert_string_equal(e.id, "too-many-series");
  chart_unref(chart);
  frame_unref(frame);
}

/* ---- bins: every number is in the bin whose edges are around it */

static void check_bins(double *values, size_t n, const BinScale *scale, const BinChoice *choice)
{
  Task task;
  Bins bins;
  Error e;
  double *copy = test_malloc(n * sizeof *copy);
  memcpy(copy, values, n * sizeof *copy);
  task_init(&task, 1);
  error_clear(&e);
  const Status status = bins_choose(copy, n, scale, choice, &task, &bins, &e);
  if (status != STATUS_OK) {
    assert_string_equal(e.id, "too-many-bins");
  }
  for (size_t i = 0; status == STATUS_OK && i <= bins.n; i++) {
    assert_true(i == 0 || bins.edge[i] >= bins.edge[i - 1]);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const size_t bin = bins_find(&bins, bins.log ? log10(values[i]) : values[i], values[i]);
    const double slack = 1e-6 * fabs(bins.edge[bins.n] - bins.edge[0]) + 1e-12 * fabs(values[i]);
    assert_true(bin < bins.n);
    assert_true(values[i] > bins.edge[bin] || bin == 0);
    assert_true(values[i] >= bins.edge[bin] - slack && values[i] <= bins.edge[bin + 1] + slack);
    assert_true(bin + 1 == bins.n || values[i] <= bins.edge[bin + 1]);
  }
  test_free(copy);
  task_free(&task);
}

static void test_bins(void **state)
{
  (void)state;
  static double values[2000];
  for (int round = 0; round < 2000; round++) {
    const size_t n = 1 + roll(round % 10 ? 40 : 2000);
    const uint32_t kind = roll(7);
    const double scale = pow(10, (int)roll(24) - 12);
    for (size_t i = 0; i < n; i++) {
      const double whole = (double)roll(30);
      values[i] = kind == 0   ? whole
                  : kind == 1 ? whole / 10
                  : kind == 2 ? (whole - 15) * scale
                  : kind == 3 ? 5
                  : kind == 4 ? 1e9 + whole * 1e-7
                  : kind == 5 ? (double)roll(1000000) / 7
                              : exp(whole / 3) * scale;
    }
    const BinScale how = {.whole = kind == 0, .log = kind == 6 && roll(2)};
    const BinRule rule = (BinRule)roll(5);
    const BinChoice choice = {.rule = rule, .number = 1 + roll(50), .width = roll(2) ? 0.1 : 3};
    check_bins(values, n, &how, &choice);
  }
}

/* R 4.2.2, boxplot.stats of the first k of 1 4 9 16 25 36 49 64 1000. */
static void test_boxes(void **state)
{
  (void)state;
  static const double values[] = {1, 4, 9, 16, 25, 36, 49, 64, 1000};
  static const double expected[9][5] = {{1, 1, 1, 1, 1},         {1, 1, 2.5, 4, 4},        {1, 2.5, 4, 6.5, 9},
                                        {1, 2.5, 6.5, 12.5, 16}, {1, 4, 9, 16, 25},        {1, 4, 12.5, 25, 36},
                                        {1, 6.5, 16, 30.5, 49},  {1, 6.5, 20.5, 42.5, 64}, {1, 9, 25, 49, 64}};
  Task task;
  task_init(&task, 1);
  for (size_t k = 1; k <= 9; k++) {
    double copy[9];
    BoxFigures box;
    for (size_t i = 0; i < k; i++) {
      copy[i] = values[(i + 2) % k]; /* in another order */
    }
    assert_int_equal(box_figures(copy, k, 1.5, false, &task, &box, NULL), STATUS_OK);
    const double got[] = {box.low, box.q25, box.median, box.q75, box.high};
    assert_memory_equal(got, expected[k - 1], sizeof got);
    assert_true(k < 9 || box.fence_high < 1000);
    assert_int_equal(box_figures(copy, k, 0, false, &task, &box, NULL), STATUS_OK);
    assert_true(box.high == values[k - 1] && box.low == 1);
  }
  task_free(&task);
}

/* ---- memory: each maker, each allocation failing in turn */

static Frame *shop(void)
{
  static const char *const towns[] = {"Ulm", "Jena", "Kiel"};
  const size_t n = 40;
  Draft *draft = draft_new();
  Builder *town = builder_new(TYPE_CATEGORY, n), *spend = builder_new(TYPE_FLOAT64, n),
          *day = builder_new(TYPE_INT64, n);
  Frame *frame = NULL;
  for (size_t i = 0; i < n; i++) {
    builder_text(town, towns[i % 3], strlen(towns[i % 3]));
    builder_float(spend, (double)((i * 37) % 101) + 1);
    builder_int(day, (int64_t)((i * 11) % 17));
  }
  draft_builder(draft, "town", town);
  draft_builder(draft, "spend", spend);
  draft_builder(draft, "day", day);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static const ChartLook plain = {.xlim = {{NAN, false}, {NAN, false}}, .ylim = {{NAN, false}, {NAN, false}}};

static Status make(int kind, const Frame *frame, Task *task, Chart **out, Error *e)
{
  static const char *const y[] = {"spend", "mean(spend)"};
  const ScatterOptions scatter = {.x = "day", .y = "s = spend * 2", .color = "town", .trend = "linear"};
  const HistOptions hist = {.x = "spend", .color = "town", .y = "density"};
  const BarOptions bar = {.x = "day", .y = "mean(spend)", .color = "town", .top = 5};
  const LineOptions line = {.x = "day", .y = {y, 2}, .color = "town"};
  const BoxOptions box = {.x = "town", .y = "spend", .whiskers = 0.3, .sort = "value"};
  const BinChoice bins = {.rule = BINS_FD};
  return kind == 0   ? chart_scatter_make(frame, &scatter, &plain, task, out, e)
         : kind == 1 ? chart_hist_make(frame, &hist, &bins, &plain, task, out, e)
         : kind == 2 ? chart_bar_make(frame, &bar, &plain, task, out, e)
         : kind == 3 ? chart_line_make(frame, &line, &plain, task, out, e)
                     : chart_box_make(frame, &box, &plain, task, out, e);
}

typedef struct Make {
  int kind;
  const Frame *frame;
} Make;

static Status run_make(void *context, Error *e)
{
  const Make *what = context;
  Chart *chart = NULL;
  Frame *data = NULL;
  Task task;
  task_init(&task, 1);
  task.threads = 1;
  Status status = make(what->kind, what->frame, &task, &chart, e);
  if (status == STATUS_OK) {
    status = chart_data(chart, &data, e);
  }
  frame_unref(data);
  chart_unref(chart);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Frame *frame = shop();
  for (int kind = 0; kind < 5; kind++) {
    Make what = {kind, frame};
    assert_true(sweep(run_make, &what) > 10);
  }
  frame_unref(frame);
}

static void test_threads(void **state)
{
  (void)state;
  Frame *frame = shop();
  for (int kind = 0; kind < 5; kind++) {
    Digest digests[3];
    for (size_t threads = 1; threads <= 3; threads++) {
      Chart *chart = NULL;
      Task task;
      task_init(&task, 1);
      task.threads = threads;
      assert_int_equal(make(kind, frame, &task, &chart, NULL), STATUS_OK);
      digests[threads - 1] = chart_digest(chart);
      chart_unref(chart);
      task_free(&task);
    }
    assert_memory_equal(&digests[0], &digests[1], sizeof(Digest));
    assert_memory_equal(&digests[0], &digests[2], sizeof(Digest));
  }
  frame_unref(frame);
}

static void test_cancel(void **state)
{
  (void)state;
  Frame *frame = shop();
  for (int kind = 0; kind < 5; kind++) {
    Chart *chart = NULL;
    Task task;
    task_init(&task, 1);
    task_cancel(&task);
    Error e;
    error_clear(&e);
    assert_int_equal(make(kind, frame, &task, &chart, &e), STATUS_CANCELLED);
    assert_null(chart);
    task_free(&task);
  }
  frame_unref(frame);
}

static int close_pool(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

static int open_pool(void **state)
{
  (void)state;
  pool_set_threads(3);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_against_rows), cmocka_unit_test(test_bars),   cmocka_unit_test(test_rules_and_intervals),
      cmocka_unit_test(test_limits),       cmocka_unit_test(test_roles),  cmocka_unit_test(test_single_points),
      cmocka_unit_test(test_bins),         cmocka_unit_test(test_boxes),  cmocka_unit_test(test_memory),
      cmocka_unit_test(test_threads),      cmocka_unit_test(test_cancel),
  };
  return cmocka_run_group_tests(tests, open_pool, close_pool);
}
