/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_shapes.c -- verbs that turn frames round: quantiles and bins against their definition, pivots against a scan
 * of the rows, sequences of periods; cancels; memory that fails in all of them, and in RFM and cohorts. */
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
#include "customer/cohort.h"
#include "customer/rfm.h"
#include "frame/builder.h"
#include "shape/crosstab.h"
#include "shape/cut.h"
#include "shape/join_rows.h"
#include "shape/levels.h"
#include "shape/pivot.h"
#include "shape/resample.h"
#include "shape/split.h"
#include "sweep.h"

/* Columns: id (category), day (timestamp), x (float64), n (int64), s (string); some cells missing when `holes`. */
static Frame *sample(size_t rows, bool holes)
{
  static const char *const names[] = {"id", "day", "x", "n", "s"};
  static const Type types[] = {TYPE_CATEGORY, TYPE_TIMESTAMP, TYPE_FLOAT64, TYPE_INT64, TYPE_STRING};
  Random random = random_new(9, 0);
  Builder *b[5];
  for (int c = 0; c < 5; c++) {
    b[c] = builder_new(types[c], rows);
  }
  for (size_t i = 0; i < rows; i++) {
    char text[24];
    builder_text(b[0], text, (size_t)snprintf(text, sizeof text, "c%d", (int)random_below(&random, 17)));
    builder_int(b[1], (int64_t)random_below(&random, 400) * CALENDAR_DAY + (int64_t)random_below(&random, 1000000));
    if (holes && random_below(&random, 9) == 0) {
      builder_missing(b[2]);
    } else {
      builder_float(b[2], (double)random_below(&random, 50) / 4);
    }
    builder_int(b[3], (int64_t)random_below(&random, 5));
    builder_text(b[4], text, (size_t)snprintf(text, sizeof text, "s%d", (int)random_below(&random, 4)));
  }
  Draft *draft = draft_new();
  for (int c = 0; c < 5; c++) {
    draft_builder(draft, names[c], b[c]);
  }
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* R 4.2.2: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .9, 1), type = 7). */
/* Who wants no error is told the same status. */
static void test_status(void **state)
{
  (void)state;
  TimeSpan span;
  Error e;
  error_clear(&e);
  assert_int_equal(span_parse("2 fortnights", &span, NULL), STATUS_ARGUMENT);
  assert_int_equal(span_parse("2 fortnights", &span, &e), STATUS_ARGUMENT);
  assert_true(e.hint[0] != '\0');
}

static void test_quantiles(void **state)
{
  (void)state;
  static const double x[] = {1, 2, 4, 8, 16}, p[] = {0, 0.1, 0.25, 0.5, 0.9, 1}, want[] = {1, 1.4, 2, 4, 12.8, 16};
  for (size_t i = 0; i < 6; i++) {
    assert_true(fabs(quantile_sorted(x, 5, p[i]) - want[i]) < 1e-12);
  }
  assert_true(quantile_sorted(x, 1, 0.3) == 1);
  double cuts[3];
  quantile_cuts(x, 5, 4, cuts);
  assert_true(cuts[0] == 2 && cuts[1] == 4 && cuts[2] == 8);
  assert_int_equal(cuts_below(cuts, 3, 2), 0);
  assert_int_equal(cuts_below(cuts, 3, 2.5), 1);
  assert_int_equal(cuts_below(cuts, 3, 9), 3);
}

/* Every number lies between the points of its bin, by the definition. */
static void test_bins(void **state)
{
  (void)state;
  Frame *frame = sample(5000, true);
  const Column *x = frame_column(frame, 2);
  Task task;
  task_init(&task, 1);
  for (int right = 0; right < 2; right++) {
    for (int how = 0; how < 2; how++) {
      const CutOptions options = {.how = (CutHow)how, .bins = 7, .right = right, .ties = CUT_TIES_MERGE};
      Cut cut;
      assert_int_equal(cut_column(x, "x", &options, &task, &cut, NULL), STATUS_OK);
      int64_t total = 0;
      for (size_t row = 0; row < 5000; row++) {
        const int32_t bin = cut.bin[row];
        assert_true((bin >= 0) == column_valid(x, row));
        if (bin >= 0) {
          const double value = column_float(x, row), low = cut.low[bin], high = cut.high[bin];
          assert_true(right ? value <= high && (value > low || (bin == 0 && value == low))
                            : value >= low && (value < high || ((size_t)bin + 1 == cut.bins && value == high)));
        }
      }
      for (size_t i = 0; i < cut.bins; i++) {
        total += cut.count[i];
      }
      assert_int_equal((size_t)total, 5000 - column_missing(x));
      cut_free(&cut);
    }
  }
  task_free(&task);
  frame_unref(frame);
}

/* Dealt by order, bins differ by at most one row. */
static void test_bins_by_order(void **state)
{
  (void)state;
  Frame *frame = sample(1003, false);
  Task task;
  task_init(&task, 1);
  const CutOptions options = {.how = CUT_QUANTILES, .bins = 7, .ties = CUT_TIES_ORDER};
  Cut cut;
  assert_int_equal(cut_column(frame_column(frame, 2), "x", &options, &task, &cut, NULL), STATUS_OK);
  for (size_t i = 0; i < 7; i++) {
    assert_true(cut.count[i] == 143 || cut.count[i] == 144);
    assert_true(i == 0 || cut.high[i - 1] <= cut.low[i]);
  }
  cut_free(&cut);
  task_free(&task);
  frame_unref(frame);
}

static Status pivot(const Frame *frame, Task *task, Frame **out, Error *e)
{
  static const size_t rows[] = {0}, columns[] = {4}, values[] = {2};
  const PivotOptions options = {.rows = rows,
                                .columns = columns,
                                .values = values,
                                .n_rows = 1,
                                .n_columns = 1,
                                .n_values = 1,
                                .aggregate = "sum",
                                .prefix = "",
                                .separator = "_",
                                .order = LEVELS_SORTED,
                                .most = 100};
  return frame_pivot(frame, &options, task, out, e);
}

/* Each cell is the sum over the rows that have its keys, found by a scan. */
static void test_pivot(void **state)
{
  (void)state;
  Frame *frame = sample(60, true), *out;
  Task task;
  task_init(&task, 1);
  assert_int_equal(pivot(frame, &task, &out, NULL), STATUS_OK);
  assert_int_equal(frame_columns(out), 5);
  for (size_t row = 0; row < frame_rows(out); row++) {
    for (size_t c = 1; c < 5; c++) {
      double sum = 0;
      size_t n = 0, length, name_length;
      const char *id = column_text(frame_column(out, 0), row, &length);
      for (size_t i = 0; i < 60; i++) {
        const char *other = column_text(frame_column(frame, 0), i, &name_length);
        const bool same = name_length == length && memcmp(id, other, length) == 0;
        const char *s = column_text(frame_column(frame, 4), i, &name_length);
        if (same && strlen(frame_name(out, c)) == name_length && memcmp(frame_name(out, c), s, name_length) == 0) {
          n++;
          sum += column_valid(frame_column(frame, 2), i) ? column_float(frame_column(frame, 2), i) : 0;
        }
      }
      assert_true(column_valid(frame_column(out, c), row) == (n > 0));
      assert_true(n == 0 || column_float(frame_column(out, c), row) == sum);
    }
  }
  frame_unref(out);
  task_free(&task);
  frame_unref(frame);
}

/* Group 0: periods 5, 7; group 1: 6. */
static void test_sequences(void **state)
{
  (void)state;
  static const uint32_t group[] = {0, 1, 0};
  static const int64_t number[] = {7, 6, 5};
  static const struct {
    SequenceKind kind;
    size_t n, empty;
    int64_t numbers[6];
    uint32_t cells[6];
  } cases[] = {{SEQUENCE_OCCURRING, 3, 0, {5, 7, 6}, {2, 0, 1}},
               {SEQUENCE_GROUP, 4, 1, {5, 6, 7, 6}, {2, NO_ROW, 0, 1}},
               {SEQUENCE_ALL, 6, 3, {5, 6, 7, 5, 6, 7}, {2, NO_ROW, 0, NO_ROW, 1, NO_ROW}}};
  Task task;
  task_init(&task, 1);
  for (size_t c = 0; c < 3; c++) {
    Sequence s;
    assert_int_equal(sequence_make(group, number, 3, cases[c].kind, &task, &s, NULL), STATUS_OK);
    assert_int_equal(s.n, cases[c].n);
    assert_int_equal(s.empty, cases[c].empty);
    for (size_t i = 0; i < s.n; i++) {
      assert_int_equal(s.number[i], cases[c].numbers[i]);
      assert_int_equal(s.cell[i], cases[c].cells[i]);
    }
    sequence_free(&s);
  }
  task_free(&task);
}

/* ---- every path on which memory runs out */

static Status run_verbs(const Frame *frame, Task *task, Error *e)
{
  Frame *out = NULL;
  Column *column = NULL;
  Cut cut = {0};
  size_t left_out;
  Text notes = {0};
  const CutOptions bins = {.how = CUT_QUANTILES, .bins = 4, .right = true, .ties = CUT_TIES_MERGE};
  const CutOptions dealt = {.how = CUT_QUANTILES, .bins = 4, .ties = CUT_TIES_ORDER};
  const CrosstabOptions table = {.rows = 0,
                                 .columns = 4,
                                 .weight = frame_column(frame, 2),
                                 .percent = PERCENT_ROWS,
                                 .margins = true,
                                 .most = 100};
  const RelevelOptions levels = {.by = RELEVEL_VALUE,
                                 .value = frame_column(frame, 2),
                                 .value_name = "x",
                                 .aggregate = "mean",
                                 .keep = 5,
                                 .other = "other"};
  Status status;
  TRY(pivot(frame, task, &out, e));
  frame_unref(out);
  out = NULL;
  TRY(frame_unpivot(frame, (const size_t[]){2, 3}, 2, "name", "value", true, task, &out, e));
  frame_unref(out);
  out = NULL;
  TRY(frame_crosstab(frame, &table, task, &out, &left_out, e));
  frame_unref(out);
  out = NULL;
  TRY(cut_column(frame_column(frame, 2), "x", &bins, task, &cut, e));
  TRY(cut_category(&cut, frame_rows(frame), task, &column, e));
  column_unref(column);
  column = NULL;
  cut_free(&cut);
  TRY(cut_column(frame_column(frame, 2), "x", &dealt, task, &cut, e));
  TRY(column_relevel(frame_column(frame, 4), "s", &levels, task, &column, &notes, e));
done:
  frame_unref(out);
  column_unref(column);
  cut_free(&cut);
  text_free(&notes);
  return status;
}

static Status run_customers(const Frame *frame, Task *task, Error *e)
{
  const PurchaseColumns columns = {.id = "id", .date = "day", .order = "n", .amount = "x", .last_day = INT64_MAX};
  Purchases purchases = {0};
  Rfm rfm = {0};
  Cohorts cohorts = {0};
  Frame *parts[2] = {NULL, NULL};
  Status status;
  TRY(purchases_read(frame, &columns, task, &purchases, e));
  TRY(rfm_make(&purchases, RFM_ORDERS, true, INT64_MIN, 5, true, task, &rfm, e));
  rfm_free(&rfm);
  TRY(rfm_make(&purchases, RFM_ORDERS, false, INT64_MIN, 5, false, task, &rfm, e));
  for (int metric = COHORT_CUSTOMERS; metric <= COHORT_REVENUE; metric++) {
    TRY(cohorts_make(&purchases, UNIT_MONTH, (CohortMetric)metric, metric == COHORT_ORDERS, task, &cohorts, e));
    cohorts_free(&cohorts);
  }
  TRY(frame_split(frame, 0.5, (const size_t[]){0}, 1, task, parts, e));
done:
  for (int i = 0; i < 2; i++) {
    frame_unref(parts[i]);
  }
  cohorts_free(&cohorts);
  rfm_free(&rfm);
  purchases_free(&purchases);
  return status;
}

typedef Status (*Verbs)(const Frame *frame, Task *task, Error *e);

typedef struct Sweep {
  const Frame *frame;
  Verbs verbs;
} Sweep;

static Status run_one(void *context, Error *e)
{
  const Sweep *s = context;
  Task task;
  task_init(&task, 1);
  const Status status = s->verbs(s->frame, &task, e);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Frame *frame = sample(80, false);
  pool_set_threads(1);
  Sweep verbs = {frame, run_verbs}, customers = {frame, run_customers};
  assert_true(sweep(run_one, &verbs) > 100);
  assert_true(sweep(run_one, &customers) > 60);
  pool_set_threads(0);
  frame_unref(frame);
}

/* A cancel that is there from the beginning is honoured, and nothing is left behind. */
static void test_cancel(void **state)
{
  (void)state;
  Frame *frame = sample(5000, false);
  static const Verbs verbs[] = {run_verbs, run_customers};
  for (size_t i = 0; i < 2; i++) {
    Task task;
    task_init(&task, 1);
    task_cancel(&task);
    Error e;
    error_clear(&e);
    const size_t before = mem_in_use();
    assert_int_equal(verbs[i](frame, &task, &e), STATUS_CANCELLED);
    task_free(&task);
    assert_int_equal(mem_in_use(), before);
  }
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_quantiles),     cmocka_unit_test(test_bins),
                                     cmocka_unit_test(test_bins_by_order), cmocka_unit_test(test_pivot),
                                     cmocka_unit_test(test_sequences),     cmocka_unit_test(test_memory),
                                     cmocka_unit_test(test_cancel),        cmocka_unit_test(test_status)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
