/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_group_verbs.c -- the verbs of groups and order while memory runs out, are cancelled, and on any number of
 * threads. What they give is looked at in tests/lua/group.lua. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "random_cells.h"
#include "sample.h"
#include "sweep.h"

typedef struct Case {
  const char *verb;
  Value positional;
  const char *option;      /* one named option, or NULL */
  Value value;
} Case;

typedef struct Setting {
  const Case *one;
  const Frame *frame;
  size_t threads;
  bool cancel;
  Digest digest;           /* of the result */
} Setting;

static Status run_verb(Setting *setting, Task *task, Error *e)
{
  const Case *one = setting->one;
  const Primitive *primitive = registry_method(VALUE_FRAME, one->verb);
  const char *names[] = {one->option};
  Value item = one->value;
  const Arguments arguments = {
    .positional = {.kind = VALUE_LIST, .list = {(Value *)&one->positional, NULL, one->positional.kind != VALUE_NONE}},
    .named = {.kind = VALUE_MAP, .list = {&item, (char **)names, one->option != NULL}}};
  void *options = arena_alloc(&task->arena, primitive->options_size, 1);
  Call call = {.primitive = primitive, .task = task, .options = options};
  const Value data = value_of_frame((Frame *)setting->frame);
  Text notes = {0};
  Value out = {.kind = VALUE_NONE};
  call.data = &data;
  call.notes = &notes;
  Status status = options ? options_check(primitive, &arguments, setting->frame, &task->arena, options, &call.given, e)
                          : error_memory(e, 0, "options");
  if (status == STATUS_OK) {
    status = primitive->run(&call, &out, e);
  }
  if (status == STATUS_OK) {
    setting->digest = frame_digest(out.frame);
  }
  assert_true(status == STATUS_OK || out.kind == VALUE_NONE);
  value_free(&out);
  text_free(&notes);
  return status;
}

static Status run_setting(void *context, Error *e)
{
  Setting *setting = context;
  Task task;
  task_init(&task, 1);
  task.threads = setting->threads;
  if (setting->cancel) {
    task_cancel(&task);
  }
  const Status status = run_verb(setting, &task, e);
  task_free(&task);
  return status;
}

/* Texts, sets and numbers of few different cells; grouped by the first two, or not. */
static Frame *sample_of(size_t rows, bool grouped)
{
  static const Type types[] = {TYPE_CATEGORY, TYPE_BOOL, TYPE_FLOAT64, TYPE_SET, TYPE_STRING};
  Draft *draft = draft_new();
  for (size_t i = 0; i < 5; i++) {
    char name[2] = {(char)('a' + i), 0};
    draft_column(draft, name, cells_column((CellKind){types[i], 10 + i, 0.1}, rows));
  }
  Frame *frame, *made;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  const size_t keys[] = {0, 1};
  assert_int_equal(frame_with_keys(frame, keys, grouped ? 2 : 0, &made, NULL), STATUS_OK);
  frame_unref(frame);
  return made;
}

enum { CASES = 10 };

static void make_cases(Case cases[CASES])
{
  const Case all[CASES] = {
    {.verb = "group", .positional = text_value("c")},
    {.verb = "sort", .positional = text_value("-c")},
    {.verb = "sort", .positional = text_value("d"), .option = "missing", .value = text_value("first")},
    {.verb = "distinct"},
    {.verb = "distinct", .positional = text_value("c"), .option = "keep", .value = text_value("last")},
    {.verb = "count", .positional = text_value("e")},
    {.verb = "count"},
    {.verb = "top", .positional = value_of_int(2), .option = "order", .value = text_value("-c")},
    {.verb = "sample", .positional = value_of_int(3), .option = "replace", .value = value_of_bool(true)},
    {.verb = "sample", .option = "share", .value = value_of_number(0.5)},
  };
  memcpy(cases, all, sizeof all);
}

static void free_cases(Case cases[CASES])
{
  for (size_t i = 0; i < CASES; i++) {
    value_free(&cases[i].positional);
    value_free(&cases[i].value);
  }
}

static void test_memory(void **state)
{
  (void)state;
  Case cases[CASES];
  make_cases(cases);
  for (int grouped = 0; grouped < 2; grouped++) {
    Frame *frame = sample_of(60, grouped);
    for (size_t i = 0; i < CASES; i++) {
      Setting setting = {.one = &cases[i], .frame = frame, .threads = 1};
      sweep(run_setting, &setting);
    }
    frame_unref(frame);
  }
  free_cases(cases);
}

static void test_cancel(void **state)
{
  (void)state;
  Case cases[CASES];
  make_cases(cases);
  Frame *frame = sample_of(500, true);
  for (size_t i = 1; i < CASES; i++) { /* group does nothing that could be cancelled */
    Setting setting = {.one = &cases[i], .frame = frame, .cancel = true};
    Error e = {0};
    assert_int_equal(run_setting(&setting, &e), STATUS_CANCELLED);
    assert_string_equal(e.id, "interrupted");
  }
  frame_unref(frame);
  free_cases(cases);
}

static void test_same_on_any_threads(void **state)
{
  (void)state;
  Case cases[CASES];
  make_cases(cases);
  Frame *frame = sample_of(70000, true);
  for (size_t i = 0; i < CASES; i++) {
    Digest one = {0, 0};
    for (size_t threads = 1; threads <= 7; threads += threads == 1 ? 1 : 5) {
      pool_set_threads(threads);
      Setting setting = {.one = &cases[i], .frame = frame, .threads = threads};
      assert_int_equal(run_setting(&setting, NULL), STATUS_OK);
      one = threads == 1 ? setting.digest : one;
      assert_memory_equal(&one, &setting.digest, sizeof one);
    }
  }
  pool_set_threads(0);
  frame_unref(frame);
  free_cases(cases);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_memory),
    cmocka_unit_test(test_cancel),
    cmocka_unit_test(test_same_on_any_threads),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
