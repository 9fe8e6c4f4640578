/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_gather.c -- which type holds cells of which kinds, expectations met and not, names, memory that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "io/gather.h"
#include "sweep.h"

enum { ROWS = 4, COLUMNS = 10 };

static const char sets[] = "[\"a\", \"\\u00e9\\n\\\"\",\"\\u20ac\"]";

static void fill(Gather *g)
{
  for (size_t row = 0; row < ROWS; row++) {
    gather_int(g, row, 0, (int64_t)row);
    gather_float(g, row, 1, 0.5);
    gather_number(g, row, 2, row == 1 ? 2.5 : 1e15);
    gather_bool(g, row, 3, row % 2);
    gather_time(g, row, 4, INT64_C(86400000000), true);
    gather_text(g, row, 5, row % 2 ? "a\0b" : "text", row % 2 ? 3 : 4);
    gather_int(g, row, 7, row == 2 ? 2 : 1);
    gather_text(g, row, 8, "2024-02-29", 10);
    gather_text(g, row, 9, row ? " [ ] " : sets, row ? 5 : sizeof sets - 1);
  }
  gather_text(g, 3, 2, "N/A", 3);
  gather_text(g, 1, 6, "x", 1);
  gather_bool(g, 3, 6, true);
  gather_expect(g, 7, TYPE_BOOL, "BOOLEAN");
  gather_expect(g, 8, TYPE_TIMESTAMP, "DATE");
  gather_expect(g, 9, TYPE_SET, "TEXT_SET");
}

static Status make(void *context, Error *e)
{
  static const char *const names[COLUMNS] = {"int",  "float", "number", "bool", "time",
                                             "text", "mixed", "int",    "",     "set"};
  static const Type types[COLUMNS] = {TYPE_INT64,     TYPE_FLOAT64,  TYPE_FLOAT64, TYPE_BOOL,  TYPE_TIMESTAMP,
                                      TYPE_CATEGORY, TYPE_STRING, TYPE_INT64,  TYPE_TIMESTAMP, TYPE_SET};
  const GatherPlan plan = {.source = "a test", .call = "read(...", .rows = ROWS, .columns = COLUMNS, .names = names,
                           .shown = 1, .markers = true};
  Gather *g = gather_new();
  Text report = {0};
  Task task;
  Frame *frame = NULL;
  task_init(&task, 1);
  Status status = g ? STATUS_OK : error_memory(e, 0, "a test");
  if (g) {
    fill(g);
    status = gather_finish(g, &plan, &task, &report, &frame, e);
  }
  for (size_t i = 0; frame && i < COLUMNS; i++) {
    assert_int_equal(column_type(frame_column(frame, i)), types[i]);
  }
  if (frame) {
    assert_string_equal(frame_name(frame, 7), "int_2");
    assert_string_equal(frame_name(frame, 8), "column_9");
    assert_int_equal(column_missing(frame_column(frame, 2)), 1);
    assert_int_equal(column_missing(frame_column(frame, 6)), 2);
    assert_string_equal(column_zone(frame_column(frame, 4)), "UTC");
    const int32_t *codes;
    size_t length;
    assert_int_equal(column_set(frame_column(frame, 9), 0, &codes), 3);
    assert_memory_equal(column_level(frame_column(frame, 9), 1, &length), "é\n\"", 4);
    assert_int_equal(length, 4);
    assert_memory_equal(column_level(frame_column(frame, 9), 2, &length), "€", 3);
    assert_int_equal(length, 3);
    *(size_t *)context += strstr(frame_report(frame), "int_2: int64, though declared BOOLEAN: row 3 has '2'") != NULL;
    *(size_t *)context +=
        strstr(frame_report(frame), "mixed: text, because its cells are of several kinds; truth values: 1, "
                                    "texts: 1 (another kind first at row 4)") != NULL;
    *(size_t *)context += strstr(frame_report(frame), "text: texts that were not UTF-8") != NULL;
  }
  assert_int_equal(status == STATUS_OK, frame != NULL);
  frame_unref(frame);
  gather_free(g);
  text_free(&report);
  task_free(&task);
  return status;
}

static void test_types(void **state)
{
  (void)state;
  size_t said = 0;
  Error e;
  error_clear(&e);
  assert_int_equal(make(&said, &e), STATUS_OK);
  assert_int_equal(said, 3);
}

static void test_memory(void **state)
{
  (void)state;
  size_t said = 0;
  sweep(make, &said);
}

/* Texts that are no JSON list of texts. */
static void test_no_sets(void **state)
{
  (void)state;
  static const char *const wrong[] = {"",
                                      "[",
                                      "]",
                                      "[\"a\"",
                                      "[\"a]",
                                      "[1]",
                                      "[\"a\",]",
                                      "[,\"a\"]",
                                      "[\"a\" \"b\"]",
                                      "[\"\\x\"]",
                                      "[\"\\ud800\"]",
                                      "[\"\\u00\"]",
                                      "[] x",
                                      "a"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    const GatherPlan plan = {.source = "a test", .call = "read(...", .rows = 1, .columns = 1, .shown = 1};
    Gather *g = gather_new();
    Text report = {0};
    Task task;
    Error e;
    Frame *frame;
    task_init(&task, 1);
    error_clear(&e);
    gather_text(g, 0, 0, wrong[i], strlen(wrong[i]));
    gather_expect(g, 0, TYPE_SET, "TEXT_SET");
    assert_int_equal(gather_finish(g, &plan, &task, &report, &frame, &e), STATUS_OK);
    assert_int_equal(column_type(frame_column(frame, 0)), TYPE_CATEGORY);
    frame_unref(frame);
    gather_free(g);
    text_free(&report);
    task_free(&task);
  }
}

/* Whole numbers that float64 does not hold are not rounded. */
static void test_large(void **state)
{
  (void)state;
  const GatherPlan plan = {.source = "a test", .call = "read(...", .rows = 2, .columns = 1, .shown = 1};
  Gather *g = gather_new();
  Text report = {0};
  Task task;
  Error e;
  Frame *frame;
  size_t length;
  task_init(&task, 1);
  error_clear(&e);
  gather_int(g, 0, 0, (INT64_C(1) << 53) + 1);
  gather_float(g, 1, 0, -0.0);
  assert_int_equal(gather_finish(g, &plan, &task, &report, &frame, &e), STATUS_OK);
  const Column *column = frame_column(frame, 0);
  assert_int_equal(column_type(column), TYPE_STRING);
  assert_memory_equal(column_text(column, 0, &length), "9007199254740993", 16);
  assert_memory_equal(column_text(column, 1, &length), "-0.0", 4);
  frame_unref(frame);
  gather_free(g);
  text_free(&report);
  task_free(&task);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_types), cmocka_unit_test(test_memory),
                                     cmocka_unit_test(test_no_sets), cmocka_unit_test(test_large)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
