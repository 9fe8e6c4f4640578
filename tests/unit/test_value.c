/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_value.c -- values: making, copying, showing, cells; and the comparisons of columns that are made of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "frame/builder.h"
#include "sample.h"
#include "sweep.h"

static void assert_shown(Value value, const char *expected)
{
  Text text = {0};
  value_show(&value, &text);
  assert_string_equal(text_data(&text), expected);
  assert_int_equal(utf8_check(text_data(&text), text.size), text.size);
  text_free(&text);
  value_free(&value);
  assert_int_equal(value.kind, VALUE_NONE);
}

static void test_show(void **state)
{
  (void)state;
  static const char *const names[] = {"a", "b c"};
  const Value pair[] = {value_of_int(1), LIST(text_value("x"))};
  assert_shown((Value){.kind = VALUE_NONE}, "nil");
  assert_shown((Value){.kind = VALUE_MISSING}, "NA");
  assert_shown(value_of_bool(true), "true");
  assert_shown(value_of_bool(false), "false");
  assert_shown(value_of_int(INT64_MIN), "-9223372036854775808");
  assert_shown(value_of_number(0.1), "0.1");
  assert_shown(value_of_number((double)NAN), "NaN");
  assert_shown(text_value("客 \"q\" \\"), "\"客 \\\"q\\\" \\\\\"");
  assert_shown(bytes_value("a\0\n\x7F", 4), "\"a\\000\\010\\127\"");
  assert_shown(EMPTY_LIST, "{}");
  assert_shown(map_value(2, names, pair), "{a = 1, [\"b c\"] = {\"x\"}}");
  assert_shown(value_of_frame(sample_frame(3)), "a frame of 3 rows and 7 columns");
  Value other = text_value("a function");
  other.kind = VALUE_OTHER;
  assert_shown(other, "a function");
  assert_shown((Value){.kind = VALUE_OTHER}, "a value of another kind");
}

/* Long texts and lists are cut, the text between two characters. */
static void test_show_cut(void **state)
{
  (void)state;
  Value items[12];
  for (size_t i = 0; i < 12; i++) {
    items[i] = value_of_int((int64_t)i);
  }
  assert_shown(list_value(12, items), "{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 2 more}");
  for (size_t shift = 0; shift < 4; shift++) {
    char text[200];
    memset(text, 'x', shift);
    for (size_t i = 0; i < 40; i++) {
      memcpy(text + shift + 3 * i, "客", 4);
    }
    Text shown = {0};
    Value value = text_value(text);
    value_show(&value, &shown);
    assert_int_equal(utf8_check(text_data(&shown), shown.size), shown.size);
    assert_true(shown.size > 55 && shown.size < 70);
    assert_string_equal(text_data(&shown) + shown.size - 4, "...\"");
    text_free(&shown);
    value_free(&value);
  }
  assert_shown(bytes_value("\xFF\xFE", 2), "\"\\255\\254\""); /* no UTF-8: as Lua writes bytes */
}

static Value deep_value(void)
{
  static const char *const names[] = {"first", "second"};
  Frame *frame = sample_frame(3);
  const Value pair[] = {LIST(text_value("x"), (Value){.kind = VALUE_MISSING}, value_of_number(-0.0)),
                        value_of_column(column_ref(frame_column(frame, 6)))};
  return LIST(map_value(2, names, pair), value_of_frame(frame), value_of_bool(true), EMPTY_LIST,
              bytes_value("a\0b", 3));
}

static void test_copy(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Value value = deep_value(), copy;
  assert_int_equal(value_copy(&value, &copy, NULL), STATUS_OK);
  assert_true(values_equal(&value, &copy));
  assert_ptr_not_equal(value.list.items, copy.list.items);
  assert_ptr_equal(value.list.items[1].frame, copy.list.items[1].frame);
  value_free(&value);
  assert_int_equal(copy.list.items[0].list.items[0].list.n, 3); /* lives on */
  assert_int_equal(frame_rows(copy.list.items[1].frame), 3);
  value_free(&copy);
  value_free(&copy);
  assert_int_equal(mem_in_use(), before);
}

static void test_get(void **state)
{
  (void)state;
  static const char *const names[] = {"a", "b"};
  const Value items[] = {value_of_int(1), value_of_int(2)};
  Value map = map_value(2, names, items), list = EMPTY_LIST;
  assert_int_equal(value_get(&map, "b")->integer, 2);
  assert_null(value_get(&map, "c"));
  assert_null(value_get(&list, "a"));
  assert_null(value_get(&items[0], "a"));
  value_free(&map);
  value_free(&list);
}

static void test_cells(void **state)
{
  (void)state;
  Frame *frame = sample_frame(6);
  static const char *const shown[7][6] = {
    {"0.1", "-0", "Inf", "NA", "5e-324", "-1e+300"},
    {"-9223372036854775808", "1000003", "2000006", "NA", "-9223372036854775804", "5000015"},
    {"true", "false", "false", "NA", "false", "false"},
    {NULL, NULL, NULL, "NA", NULL, NULL}, /* timestamps: below */
    {"\"north\"", "\"\"", "\"客户\"", "NA", "\"NA\"", "\"south\""},
    {"\"north\"", "\"\"", "\"客户\"", "NA", "\"NA\"", "\"south\""},
    {NULL, NULL, NULL, "NA", NULL, "{\"south\"}"},
  };
  for (size_t column = 0; column < 7; column++) {
    for (size_t row = 0; row < 6; row++) {
      Value value;
      assert_int_equal(value_of_cell(frame_column(frame, column), row, &value, NULL), STATUS_OK);
      if (shown[column][row]) {
        assert_shown(value, shown[column][row]);
      } else {
        assert_int_equal(value.kind, column == 3 ? VALUE_TEXT : VALUE_LIST);
        value_free(&value);
      }
    }
  }
  Value day, basket;
  assert_int_equal(value_of_cell(frame_column(frame, 3), 1, &day, NULL), STATUS_OK);
  assert_memory_equal(day.text.bytes, "1970-01-02", 10);
  assert_int_equal(value_of_cell(frame_column(frame, 6), 0, &basket, NULL), STATUS_OK);
  assert_int_equal(basket.list.n, 6);
  value_free(&day);
  value_free(&basket);
  frame_unref(frame);
}

static Status run_values(void *context, Error *e)
{
  Value copy = {.kind = VALUE_NONE}, cell = {.kind = VALUE_NONE};
  Status status = value_copy(context, &copy, e);
  if (status == STATUS_OK && !values_equal(&copy, context)) {
    status = STATUS_INTERNAL;
  }
  const Frame *frame = ((const Value *)context)->list.items[1].frame;
  for (size_t i = 0; status == STATUS_OK && i < frame_columns(frame); i++) {
    status = value_of_cell(frame_column(frame, i), 0, &cell, e);
    value_free(&cell);
  }
  value_free(&copy);
  return status;
}

static void test_memory_fails(void **state)
{
  (void)state;
  Value value = deep_value();
  assert_true(sweep(run_values, &value) > 10);
  value_free(&value);
}

/* ---- comparisons of columns */

typedef struct ValueOptions {
  const Value *value;
} ValueOptions;

static Status compare(const Column *column, const char *verb, const Value *value, Column **out, Error *e)
{
  Task task;
  Text notes = {0};
  task_init(&task, 1);
  const Primitive *primitive = registry_get("column", verb);
  const ValueOptions options = {value};
  const Value data = value_of_column((Column *)column);
  Call call = {
      .primitive = primitive, .task = &task, .data = &data, .options = &options, .given = 1, .notes = &notes};
  Value result = {.kind = VALUE_NONE};
  const Status status = primitive->run(&call, &result, e);
  assert_true(status == STATUS_OK || result.kind == VALUE_NONE);
  *out = status == STATUS_OK ? result.column : NULL;
  task_free(&task);
  text_free(&notes);
  return status;
}

/* The result as a text of 0, 1 and - for missing. */
static void assert_compared(const Column *column, const char *verb, Value value, const char *expected)
{
  Column *out;
  Error e;
  error_clear(&e);
  if (compare(column, verb, &value, &out, &e) != STATUS_OK) {
    fail_msg("%s: %s", verb, e.what);
  }
  assert_int_equal(column_rows(out), strlen(expected));
  for (size_t row = 0; expected[row]; row++) {
    const char got = !column_valid(out, row) ? '-' : column_int(out, row) ? '1' : '0';
    if (got != expected[row]) {
      fail_msg("%s, row %zu: %c, not %c", verb, row, got, expected[row]);
    }
  }
  column_unref(out);
  value_free(&value);
}

static void test_compare_numbers(void **state)
{
  (void)state;
  Builder *builder = builder_new(TYPE_FLOAT64, 5);
  builder_float(builder, 1);
  builder_float(builder, 2.5);
  builder_float(builder, (double)NAN);
  builder_missing(builder);
  builder_float(builder, -(double)INFINITY);
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  static const struct {
    const char *verb, *integer, *number, *nan;
  } rows[] = {{"lt", "000-1", "100-1", "000-0"}, {"le", "100-1", "110-1", "000-0"},
              {"gt", "010-0", "000-0", "000-0"}, {"ge", "110-0", "010-0", "000-0"},
              {"eq", "100-0", "010-0", "000-0"}, {"ne", "011-1", "101-1", "111-1"}};
  for (size_t i = 0; i < 6; i++) {
    assert_compared(column, rows[i].verb, value_of_int(1), rows[i].integer);
    assert_compared(column, rows[i].verb, value_of_number(2.5), rows[i].number);
    assert_compared(column, rows[i].verb, value_of_number((double)NAN), rows[i].nan);
    assert_compared(column, rows[i].verb, (Value){.kind = VALUE_MISSING}, "-----");
  }
  assert_compared(column, "eq", value_of_column(column_ref(column)), "110-1");
  assert_compared(column, "lt", value_of_column(column_ref(column)), "000-0");
  column_unref(column);
}

/* Whole numbers against others are compared as they are, not as their nearest doubles. */
static void test_compare_large_integers(void **state)
{
  (void)state;
  const int64_t values[] = {((int64_t)1 << 53) + 1, (int64_t)1 << 53, INT64_MAX, INT64_MIN};
  Column *column;
  assert_int_equal(column_of_ints(values, 4, &column, NULL), STATUS_OK);
  assert_compared(column, "eq", value_of_number(0x1p53), "0100");
  assert_compared(column, "gt", value_of_number(0x1p53), "1010");
  assert_compared(column, "lt", value_of_number(0x1p63), "1111");
  assert_compared(column, "eq", value_of_number(0x1p63), "0000");
  assert_compared(column, "ge", value_of_number(-0x1p63), "1111");
  assert_compared(column, "eq", value_of_number(-0x1p63), "0001");
  assert_compared(column, "gt", value_of_number(-1e300), "1111");
  assert_compared(column, "lt", value_of_number((double)INFINITY), "1111");
  assert_compared(column, "eq", value_of_int(((int64_t)1 << 53) + 1), "1000");
  assert_compared(column, "lt", value_of_number(0x1p53 - 0.5), "0001");
  column_unref(column);
  const double halves[] = {-0.5, 0.5, -0.0, 0x1p63, -0x1p63};
  assert_int_equal(column_of_floats(halves, 5, &column, NULL), STATUS_OK);
  assert_compared(column, "lt", value_of_int(0), "10001");
  assert_compared(column, "eq", value_of_int(0), "00100");
  assert_compared(column, "gt", value_of_int(INT64_MAX), "00010");
  assert_compared(column, "le", value_of_int(INT64_MIN), "00001");
  column_unref(column);
}

static void test_compare_texts(void **state)
{
  (void)state;
  static const char *const texts[] = {"a", "", "b", NULL, "客", "aa"};
  Draft *draft = draft_new();
  draft_texts(draft, "t", texts, 6);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  const Column *column = frame_column(frame, 0);
  assert_compared(column, "lt", text_value("b"), "110-01");
  assert_compared(column, "eq", text_value("a"), "100-00");
  assert_compared(column, "ge", text_value("aa"), "001-11");
  assert_compared(column, "gt", text_value("z"), "000-10"); /* by bytes */
  assert_compared(column, "ne", text_value(""), "101-11");
  frame_unref(frame);
}

static void test_compare_refused(void **state)
{
  (void)state;
  Frame *frame = sample_frame(3), *longer = sample_frame(4);
  static const struct {
    size_t column;
    bool text;
  } rows[] = {{0, true}, {1, true}, {2, true}, {4, false}, {5, false}, {6, true}, {3, false}};
  for (size_t i = 0; i < 7; i++) {
    Error e;
    error_clear(&e);
    Value value = rows[i].text ? text_value("x") : value_of_int(1);
    Column *out;
    assert_int_equal(compare(frame_column(frame, rows[i].column), "lt", &value, &out, &e), STATUS_ARGUMENT);
    assert_string_equal(e.id, "wrong-type");
    value_free(&value);
  }
  Error e;
  error_clear(&e);
  Column *out;
  Value value = value_of_column(column_ref(frame_column(longer, 0)));
  assert_int_equal(compare(frame_column(frame, 0), "eq", &value, &out, &e), STATUS_ARGUMENT);
  assert_non_null(strstr(e.what, "3 and 4 rows"));
  value_free(&value);
  frame_unref(frame);
  frame_unref(longer);
}

static Status run_compare(void *context, Error *e)
{
  const Frame *frame = context;
  const Value value = value_of_column((Column *)frame_column(frame, 5));
  Column *out;
  Status status = compare(frame_column(frame, 5), "eq", &value, &out, e);
  for (size_t row = 0; status == STATUS_OK && row < 6; row++) {
    if (column_valid(out, row) ? column_int(out, row) != 1 : row != 3) {
      status = STATUS_INTERNAL;
    }
  }
  column_unref(out);
  return status;
}

static void test_compare_memory_fails(void **state)
{
  (void)state;
  Frame *frame = sample_frame(6);
  assert_true(sweep(run_compare, frame) > 3);
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_show),            cmocka_unit_test(test_show_cut),
    cmocka_unit_test(test_copy),            cmocka_unit_test(test_get),
    cmocka_unit_test(test_cells),           cmocka_unit_test(test_memory_fails),
    cmocka_unit_test(test_compare_numbers), cmocka_unit_test(test_compare_large_integers),
    cmocka_unit_test(test_compare_texts),   cmocka_unit_test(test_compare_refused),
    cmocka_unit_test(test_compare_memory_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
