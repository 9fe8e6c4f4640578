/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles, rules, names, rows, exports and migrations when memory ends anywhere, when cancelled, and at the edges of
 * rounding and adjusting. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "cluster/export.h"
#include "cluster/migrate.h"
#include "cluster/profile.h"
#include "cluster/segment_name.h"
#include "cluster/segment_rows.h"
#include "cluster/segment_rule.h"
#include "cluster/segment_tests.h"
#include "core/alloc.h"
#include "frame/builder.h"

enum { ROWS = 60, SEGMENTS = 3 };

static int64_t labels[ROWS];

/* spend and age differ by segment, region and note too (note being text), flag only in the third. */
static Frame *make_data(void)
{
  static const char *const regions[] = {"north", "south", "it's"};
  Builder *spend = builder_new(TYPE_FLOAT64, ROWS), *age = builder_new(TYPE_INT64, ROWS);
  Builder *region = builder_new(TYPE_CATEGORY, ROWS), *note = builder_new(TYPE_STRING, ROWS);
  Builder *flag = builder_new(TYPE_BOOL, ROWS);
  Draft *draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < ROWS; i++) {
    const size_t segment = i % SEGMENTS;
    labels[i] = i % 13 == 0 ? 0 : (int64_t)segment + 1;
    builder_float(spend, (double)(segment * 100 + i * 7 % 90));
    builder_int(age, (int64_t)(20 + i * 11 % 40));
    builder_text(region, regions[(segment + (i % 7 == 0)) % 3], strlen(regions[(segment + (i % 7 == 0)) % 3]));
    builder_text(note, i % 2 ? "odd" : "even", i % 2 ? 3 : 4);
    builder_bool(flag, segment == 2);
  }
  draft_builder(draft, "spend", spend);
  draft_builder(draft, "age", age);
  draft_builder(draft, "region", region);
  draft_builder(draft, "note", note);
  draft_builder(draft, "flag", flag);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

typedef Status (*Work)(Task *task, const Frame *data, Error *e);

/* Each allocation fails in turn until none does; each failure is one of memory and leaves nothing behind. */
static void sweep(Work work)
{
  Frame *data = make_data();
  Error e;
  Status status = STATUS_MEMORY;
  for (int64_t at = 0; status != STATUS_OK; at++) {
    Task task;
    assert_true(at < 20000);
    task_init(&task, 1);
    task.threads = 1;
    error_clear(&e);
    const size_t before = mem_in_use();
    mem_fail_from(at);
    status = work(&task, data, &e);
    mem_fail_from(-1);
    task_free(&task);
    assert_true(status == STATUS_OK || status == STATUS_MEMORY);
    assert_true(mem_in_use() <= before + 4096); /* digests and pages that are kept */
  }
  frame_unref(data);
}

static void cancelled(Work work)
{
  Frame *data = make_data();
  Task task;
  Error e;
  task_init(&task, 1);
  task_cancel(&task);
  error_clear(&e);
  assert_int_equal(work(&task, data, &e), STATUS_CANCELLED);
  task_free(&task);
  frame_unref(data);
}

static Status work_profile(Task *task, const Frame *data, Error *e)
{
  const ProfileAsk ask = {.value = 0, .skip = SIZE_MAX};
  ProfileResult result = {.frame = NULL};
  const Status status = profile_segments(task, data, labels, SEGMENTS, &ask, &result, e);
  frame_unref(result.frame);
  return status;
}

static Status work_rules(Task *task, const Frame *data, Error *e)
{
  const RuleAsk ask = {.conditions = 3, .gain = 0.001, .skip = SIZE_MAX};
  SegmentRules rules = {.k = 0};
  Text text = {0};
  Status status = segment_rules_find(task, data, labels, SEGMENTS, &ask, &rules, e);
  for (size_t i = 0; status == STATUS_OK && i < SEGMENTS; i++) {
    text_reset(&text);
    status = segment_rule_text(&rules, &rules.rules[i], &task->arena, &text, e);
  }
  text_free(&text);
  segment_rules_free(&rules);
  return status;
}

static Status work_names(Task *task, const Frame *data, Error *e)
{
  const char *names[SEGMENTS];
  ProfileResult result = {.frame = NULL};
  Status status = profile_segments(task, data, labels, SEGMENTS, NULL, &result, e);
  if (status == STATUS_OK) {
    status = segment_names(result.frame, data, SEGMENTS, &task->arena, names, e);
  }
  frame_unref(result.frame);
  return status;
}

static Status work_rows(Task *task, const Frame *data, Error *e)
{
  const size_t columns[] = {0, 1};
  double values[2 * ROWS];
  SegmentRows rows = {.own = NULL};
  frame_block(data, columns, 2, 0, ROWS, values);
  const Status status = segment_rows_measure(task, values, ROWS, 2, labels, SEGMENTS, &rows, e);
  segment_rows_free(&rows);
  return status;
}

static Status work_migrate(Task *task, const Frame *data, Error *e)
{
  static const char *names[] = {"a", "b", "c"};
  int64_t later[ROWS];
  Frame *frame = NULL;
  (void)data;
  for (size_t i = 0; i < ROWS; i++) {
    later[i] = i % 5 == 0 ? 3 : labels[i];
  }
  Migrate m = {.task = task, .from = {labels, SEGMENTS, names}, .to = {later, SEGMENTS, names}, .n = ROWS};
  Status status = migrate_count(&m, e);
  Status (*const parts[])(const Migrate *, Frame **, Error *) = {migrate_tidy, migrate_matches, migrate_movers,
                                                                 migrate_glance};
  for (size_t i = 0; status == STATUS_OK && i < 4; i++) {
    status = parts[i](&m, &frame, e);
    frame_unref(frame);
    frame = NULL;
  }
  return status;
}

static Status work_export(Task *task, const Frame *data, Error *e)
{
  const char *names[] = {"a\"b", "c"};
  const double shift[] = {0, 1}, factor[] = {1, 3}, centres[] = {0.1, -2, 3, 4e300};
  const Export x = {"cluster.kmeans", "about", EXPORT_SQUARES, 2, 2, names, shift, factor, centres, NULL, 0};
  Text text = {0};
  (void)task;
  (void)data;
  Status status = export_sql(&x, NULL, "cluster", &text, e);
  if (status == STATUS_OK) {
    export_lua(&x, &text);
    export_json(&x, &text);
    status = text_status(&text, e);
  }
  text_free(&text);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  sweep(work_profile);
  sweep(work_rules);
  sweep(work_names);
  sweep(work_rows);
  sweep(work_migrate);
  sweep(work_export);
}

static void test_cancel(void **state)
{
  (void)state;
  cancelled(work_profile);
  cancelled(work_rules);
  cancelled(work_rows);
}

static void check_between(double low, double high)
{
  const double up = rule_round_above(low, high), down = rule_round_below(low, high);
  assert_true(up > low && up <= high && isfinite(up));
  assert_true(down >= low && down < high && isfinite(down));
}

static void test_rounding(void **state)
{
  (void)state;
  const double values[] = {-(double)INFINITY,
                           -DBL_MAX,
                           -1e300,
                           -431.7,
                           -1,
                           -DBL_MIN,
                           -5e-324,
                           0,
                           5e-324,
                           DBL_MIN,
                           0.1,
                           0.30000000000000004,
                           1,
                           nextafter(1, 2),
                           398.2,
                           431.7,
                           9007199254740991.0,
                           1e15,
                           1e300,
                           DBL_MAX,
                           (double)INFINITY};
  const size_t n = sizeof values / sizeof *values;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < n; j++) {
      if (values[i] < values[j] && !(isinf(values[i]) && isinf(values[j])) && values[i] < DBL_MAX &&
          values[j] > -DBL_MAX) {
        check_between(values[i], values[j]);
      }
    }
  }
  assert_true(rule_round_above(398.2, 431.7) == 400);
  assert_true(rule_round_above(7, 8) == 8 && rule_round_below(7, 8) == 7);
  assert_true(rule_round_above(-3, 2) == 0 && rule_round_below(-3, 2) == 0);
  assert_true(rule_round_above(0.123, 0.127) == 0.125 || rule_round_above(0.123, 0.127) == 0.13 - 0.005);
  uint32_t random = 5;
  for (int i = 0; i < 20000; i++) {
    double ends[2];
    for (size_t k = 0; k < 2; k++) {
      random = random * 1664525u + 1013904223u;
      const int exponent = (int)(random >> 26) - 32;
      random = random * 1664525u + 1013904223u;
      ends[k] = ldexp((double)(int32_t)random, exponent);
    }
    if (ends[0] != ends[1]) {
      check_between(fmin(ends[0], ends[1]), fmax(ends[0], ends[1]));
      check_between(ends[0], nextafter(ends[0], (double)INFINITY));
    }
  }
}

static void test_adjust(void **state)
{
  (void)state;
  /* R 4.2.2: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.5), "BH"), "holm" */
  double bh[] = {0.5, 0.01, NAN, 0.04, 0.03, 0.02}, holm[] = {0.5, 0.01, NAN, 0.04, 0.03, 0.02};
  const double want_bh[] = {0.5, 0.05, 0, 0.05, 0.05, 0.05}, want_holm[] = {0.5, 0.05, 0, 0.09, 0.09, 0.08};
  assert_int_equal(adjust_p(bh, 6, false, NULL), STATUS_OK);
  assert_int_equal(adjust_p(holm, 6, true, NULL), STATUS_OK);
  for (size_t i = 0; i < 6; i++) {
    assert_true(i == 2 ? isnan(bh[i]) && isnan(holm[i])
                       : fabs(bh[i] - want_bh[i]) < 1e-15 && fabs(holm[i] - want_holm[i]) < 1e-15);
  }
  assert_int_equal(adjust_p(bh, 0, true, NULL), STATUS_OK);
}

static void test_edges_of_tests(void **state)
{
  (void)state;
  const Moments one = {1, 5, 0}, flat = {4, 5, 0}, other = {4, 6, 0}, wide = {3, 1e200, 1e308};
  assert_true(isnan(welch_p(one, flat)));
  assert_true(welch_p(flat, flat) == 1 && welch_p(flat, other) == 0);
  assert_true(!isnan(moments_join(wide, flat).mean));
  assert_true(moments_join((Moments){0, 0, 0}, flat).mean == 5 && moments_join(flat, (Moments){0, 0, 0}).n == 4);
  const double none[] = {0, 0}, some[] = {3, 0}, rest[] = {4, 0};
  assert_true(isnan(levels_p(none, rest, 2)));
  assert_true(isnan(levels_p(some, rest, 2))); /* one level only */
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory), cmocka_unit_test(test_cancel),
                                     cmocka_unit_test(test_rounding), cmocka_unit_test(test_adjust),
                                     cmocka_unit_test(test_edges_of_tests)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
