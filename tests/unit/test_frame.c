/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_frame.c -- frames and drafts: names, blocks, parts of frames, digests, errors, and memory that
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
#include "frame/builder.h"
#include "frame/frame.h"
#include "random_cells.h"

static const char *const type_names[] = {"a", "b", "c", "d", "e", "f", "g"};

static CellKind kind_of(size_t column)
{
  return (CellKind){(Type)column, 20 + column, 0.25};
}

/* A column of each type, named a to g. NULL when memory fails. */
static Frame *frame_of_all(size_t rows)
{
  Draft *draft = draft_new();
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    draft_column(draft, type_names[i], cells_column(kind_of(i), rows));
  }
  Frame *frame;
  return draft_finish(draft, &frame, NULL) == STATUS_OK ? frame : NULL;
}

static Frame *small_frame(void)
{
  Draft *draft = draft_new();
  draft_floats(draft, "spend", (const double[]){1.5, (double)NAN, 3}, 3);
  draft_ints(draft, "orders", (const int64_t[]){10, 20, 30}, 3);
  draft_texts(draft, "客户", (const char *const[]){"x", NULL, ""}, 3);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static void assert_rows(const Frame *frame, const size_t *rows, size_t n)
{
  assert_int_equal(frame_rows(frame), n);
  assert_int_equal(frame_columns(frame), TYPE_COUNT);
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    assert_string_equal(frame_name(frame, i), type_names[i]);
    assert_int_equal(column_check(frame_column(frame, i), NULL), STATUS_OK);
    for (size_t row = 0; row < n; row++) {
      assert_true(cell_matches(frame_column(frame, i), row, kind_of(i), rows[row]));
    }
  }
}

static void test_draft(void **state)
{
  (void)state;
  Frame *frame = small_frame();
  assert_int_equal(frame_rows(frame), 3);
  assert_int_equal(frame_columns(frame), 3);
  const Column *spend = frame_column(frame, 0), *texts = frame_column(frame, 2);
  assert_int_equal(column_type(spend), TYPE_FLOAT64);
  assert_false(column_valid(spend, 1)); /* NaN is missing in drafts */
  assert_true(column_float(spend, 2) == 3);
  assert_int_equal(column_int(frame_column(frame, 1), 2), 30);
  size_t length;
  assert_memory_equal(column_text(texts, 0, &length), "x", 1);
  assert_int_equal(length, 1);
  assert_false(column_valid(texts, 1));
  assert_true(column_valid(texts, 2));
  assert_string_equal(frame_names(frame)[2], "客户");
  assert_true(frame_bytes(frame) > 3 * 8 * 2);
  frame_unref(frame);
}

static void test_draft_of_one_row(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  draft_float(draft, "inertia", 78.85);
  draft_float(draft, "silhouette", (double)NAN);
  draft_int(draft, "k", 3);
  draft_bool(draft, "complete", true);
  draft_text(draft, "reason", NULL);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  assert_int_equal(frame_rows(frame), 1);
  assert_true(column_float(frame_column(frame, 0), 0) == 78.85);
  assert_false(column_valid(frame_column(frame, 1), 0));
  assert_int_equal(column_int(frame_column(frame, 2), 0), 3);
  assert_int_equal(column_int(frame_column(frame, 3), 0), 1);
  assert_false(column_valid(frame_column(frame, 4), 0));
  frame_unref(frame);
}

static Status finish_status(Draft *draft, Error *e)
{
  Frame *frame = (Frame *)8;
  error_clear(e);
  const Status status = draft_finish(draft, &frame, e);
  assert_true((frame != NULL) == (status == STATUS_OK));
  frame_unref(frame);
  return status;
}

static void test_draft_keeps_the_first_failure(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Error e;
  Draft *draft = draft_new();
  draft_int(draft, "fine", 1);
  Builder *builder = builder_new(TYPE_STRING, 0);
  builder_text(builder, "\xFE", 1);
  draft_builder(draft, "bad", builder);
  draft_column(draft, "later", NULL);
  draft_builder(draft, "more", builder_new(TYPE_INT64, 0));
  draft_int(draft, "last", 1);
  assert_int_equal(finish_status(draft, &e), STATUS_DATA);
  assert_string_equal(e.id, "not-utf8");
  assert_string_equal(e.where, "column 'bad'");
  draft = draft_new();
  draft_column(draft, "x", NULL);
  assert_int_equal(finish_status(draft, &e), STATUS_MEMORY);
  draft_int(NULL, "x", 1); /* a draft that could not be made */
  draft_text(NULL, "x", "y");
  draft_builder(NULL, "x", builder_new(TYPE_INT64, 3));
  assert_int_equal(finish_status(NULL, &e), STATUS_MEMORY);
  draft_free(NULL);
  draft = draft_new();
  draft_int(draft, "x", 1);
  draft_free(draft);
  assert_int_equal(mem_in_use(), before);
}

static void test_bad_frames(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    size_t n;
    const char *id, *what;
  } cases[] = {
    {"", 1, "empty-name", "column 2 has no name"},
    {"x", 1, "name-twice", "columns 1 and 2 are both named 'x'"},
    {"y\xFF", 1, "not-utf8", "byte 2 of the name of column 2 is not UTF-8"},
    {"y", 2, "column-length", "column 'y' has 2 rows, 'x' has 1"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Draft *draft = draft_new();
    draft_int(draft, "x", 1);
    draft_ints(draft, cases[i].name, (const int64_t[]){1, 2}, cases[i].n);
    Error e;
    assert_int_equal(finish_status(draft, &e), STATUS_DATA);
    assert_string_equal(e.id, cases[i].id);
    assert_string_equal(e.what, cases[i].what);
  }
}

static void test_empty_frames(void **state)
{
  (void)state;
  Frame *none, *slice, *one, *no_rows;
  assert_int_equal(draft_finish(draft_new(), &none, NULL), STATUS_OK);
  assert_int_equal(frame_rows(none), 0);
  assert_int_equal(frame_columns(none), 0);
  size_t column;
  Error e = {0};
  assert_false(frame_find(none, "x", &column));
  assert_int_equal(frame_need(none, "x", &column, &e), STATUS_NAME);
  assert_string_equal(e.hint, "the frame has no columns");
  assert_int_equal(frame_slice(none, 0, 0, &slice, NULL), STATUS_OK);
  frame_unref(slice);
  Column *values;
  assert_int_equal(column_of_ints((const int64_t[]){4, 5}, 2, &values, NULL), STATUS_OK);
  assert_int_equal(frame_with(none, "x", values, &one, NULL), STATUS_OK);
  assert_int_equal(frame_rows(one), 2);
  assert_int_equal(frame_take(one, NULL, 0, &no_rows, NULL), STATUS_OK);
  assert_int_equal(frame_rows(no_rows), 0);
  assert_int_equal(frame_columns(no_rows), 1);
  column_unref(values);
  frame_unref(none);
  frame_unref(one);
  frame_unref(no_rows);
}

static void test_find_and_need(void **state)
{
  (void)state;
  Frame *frame = small_frame();
  size_t column = 9;
  assert_true(frame_find(frame, "客户", &column));
  assert_int_equal(column, 2);
  assert_false(frame_find(frame, "Spend", &column));
  assert_int_equal(frame_need(frame, "orders", &column, NULL), STATUS_OK);
  assert_int_equal(column, 1);
  Error e = {0};
  assert_int_equal(frame_need(frame, "oders", &column, &e), STATUS_NAME);
  assert_string_equal(e.id, "unknown-column");
  assert_string_equal(e.what, "there is no column 'oders'");
  assert_string_equal(e.hint, "did you mean 'orders'?");
  error_clear(&e);
  assert_int_equal(frame_need(frame, "quantity", &column, &e), STATUS_NAME);
  assert_string_equal(e.hint, "the columns are spend, orders, 客户");
  frame_unref(frame);
}

static void test_many_names_in_a_hint(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  for (int i = 0; i < 300; i++) {
    char name[24];
    snprintf(name, sizeof name, "column%d", i);
    draft_int(draft, name, i);
  }
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  size_t column;
  Error e = {0};
  assert_int_equal(frame_need(frame, "zzzzzzzzz", &column, &e), STATUS_NAME);
  assert_true(strlen(e.hint) < sizeof e.hint - 1);
  assert_string_equal(e.hint + strlen(e.hint) - strlen(", …"), ", …");
  assert_true(frame_find(frame, "column299", &column));
  assert_int_equal(column, 299);
  frame_unref(frame);
}

static void test_block(void **state)
{
  (void)state;
  Frame *frame = frame_of_all(1000);
  const size_t columns[] = {TYPE_INT64, TYPE_FLOAT64, TYPE_BOOL};
  for (size_t n = 1; n <= 3; n++) {
    const size_t first = 77, count = 700;
    double *out = mem_alloc(count * n, sizeof *out);
    frame_block(frame, columns, n, first, count, out);
    for (size_t row = 0; row < count; row++) {
      for (size_t i = 0; i < n; i++) {
        const Column *column = frame_column(frame, columns[i]);
        const bool valid = column_valid(column, first + row);
        const double wanted = valid ? column_float(column, first + row) : (double)NAN;
        const double got = out[row * n + i];
        assert_true(got == wanted || (isnan(got) && isnan(wanted)));
      }
    }
    mem_free(out);
  }
  frame_unref(frame);
}

static void test_parts(void **state)
{
  (void)state;
  Frame *frame = frame_of_all(300), *part;
  size_t rows[300];
  for (size_t i = 0; i < 300; i++) {
    rows[i] = i;
  }
  assert_rows(frame, rows, 300);
  assert_int_equal(frame_slice(frame, 64, 100, &part, NULL), STATUS_OK);
  assert_rows(part, rows + 64, 100);
  frame_unref(part);
  assert_int_equal(frame_slice(frame, 65, 235, &part, NULL), STATUS_OK);
  assert_rows(part, rows + 65, 235);
  frame_unref(part);
  assert_int_equal(frame_slice(frame, 0, 301, &part, NULL), STATUS_INTERNAL);
  assert_null(part);
  for (size_t i = 0; i < 300; i++) {
    rows[i] = (i * 13) % 300;
  }
  assert_int_equal(frame_take(frame, rows, 300, &part, NULL), STATUS_OK);
  frame_unref(frame); /* the part holds what it needs, names too */
  assert_rows(part, rows, 300);
  frame_unref(part);
}

static void test_select_and_with(void **state)
{
  (void)state;
  Frame *frame = small_frame(), *some, *replaced, *added;
  const size_t columns[] = {2, 0}, twice[] = {1, 1};
  assert_int_equal(frame_select(frame, columns, 2, &some, NULL), STATUS_OK);
  assert_string_equal(frame_name(some, 0), "客户");
  assert_ptr_equal(frame_column(some, 1), frame_column(frame, 0));
  frame_unref(some);
  Error e = {0};
  assert_int_equal(frame_select(frame, twice, 2, &some, &e), STATUS_DATA);
  assert_string_equal(e.id, "name-twice");
  assert_int_equal(frame_select(frame, columns, 0, &some, NULL), STATUS_OK);
  frame_unref(some);
  const Column *orders = frame_column(frame, 1);
  assert_int_equal(frame_with(frame, "spend", orders, &replaced, NULL), STATUS_OK);
  assert_int_equal(frame_columns(replaced), 3);
  assert_ptr_equal(frame_column(replaced, 0), orders);
  assert_int_equal(frame_with(frame, "again", orders, &added, NULL), STATUS_OK);
  assert_int_equal(frame_columns(added), 4);
  assert_string_equal(frame_name(added, 3), "again");
  Column *one;
  assert_int_equal(column_of_ints((const int64_t[]){1}, 1, &one, NULL), STATUS_OK);
  assert_int_equal(frame_with(frame, "one", one, &some, NULL), STATUS_DATA);
  assert_null(some);
  column_unref(one);
  frame_unref(frame);
  frame_unref(replaced);
  frame_unref(added);
}

static void test_report(void **state)
{
  (void)state;
  Frame *frame = small_frame(), *with, *part;
  assert_string_equal(frame_report(frame), "");
  assert_int_equal(frame_with_origin(frame, "3 rows read", NULL, &with, NULL), STATUS_OK);
  frame_unref(frame);
  assert_string_equal(frame_report(with), "3 rows read");
  assert_int_equal(frame_slice(with, 0, 2, &part, NULL), STATUS_OK);
  assert_string_equal(frame_report(part), "");
  frame_unref(part);
  Frame *held = frame_ref(with);
  frame_unref(with);
  assert_string_equal(frame_report(held), "3 rows read");
  frame_unref(held);
}

static void test_rejects(void **state)
{
  (void)state;
  Frame *frame = small_frame(), *lost, *with, *part;
  assert_null(frame_rejects(frame));
  assert_int_equal(frame_slice(frame, 0, 1, &lost, NULL), STATUS_OK);
  assert_int_equal(frame_with_origin(frame, "one row rejected", lost, &with, NULL), STATUS_OK);
  assert_ptr_equal(frame_rejects(with), lost);
  assert_true(frame_bytes(with) > frame_bytes(frame) + frame_bytes(lost));
  frame_unref(lost);
  assert_int_equal(frame_rows(frame_rejects(with)), 1);
  assert_int_equal(frame_slice(with, 0, 2, &part, NULL), STATUS_OK);
  assert_null(frame_rejects(part));
  frame_unref(part);
  frame_unref(with);
  frame_unref(frame);
}

static void test_keys(void **state)
{
  (void)state;
  Frame *frame = small_frame(), *grouped, *none, *part;
  const size_t keys[] = {2, 0};
  size_t n;
  (void)frame_keys(frame, &n);
  assert_int_equal(n, 0);
  assert_int_equal(frame_with_keys(frame, keys, 2, &grouped, NULL), STATUS_OK);
  const size_t *kept = frame_keys(grouped, &n);
  assert_int_equal(n, 2);
  assert_int_equal(kept[0], 2);
  assert_int_equal(kept[1], 0);
  assert_int_equal(frame_with_keys(grouped, NULL, 0, &none, NULL), STATUS_OK);
  (void)frame_keys(none, &n);
  assert_int_equal(n, 0);
  assert_int_equal(frame_slice(grouped, 0, 2, &part, NULL), STATUS_OK);
  (void)frame_keys(part, &n);
  assert_int_equal(n, 0);
  frame_unref(part);
  frame_unref(none);
  frame_unref(grouped);
  frame_unref(frame);
}

static bool same_digest(const Frame *a, const Frame *b)
{
  const Digest x = frame_digest(a), y = frame_digest(b);
  return x.high == y.high && x.low == y.low;
}

static void test_digest(void **state)
{
  (void)state;
  Frame *frame = small_frame(), *again = small_frame(), *other, *renamed;
  assert_true(same_digest(frame, again));
  const size_t order[] = {1, 0, 2};
  assert_int_equal(frame_select(frame, order, 3, &other, NULL), STATUS_OK);
  assert_false(same_digest(frame, other));
  frame_unref(other);
  const char *names[] = {"spend", "order", "客户"};
  const Column *columns[] = {frame_column(frame, 0), frame_column(frame, 1), frame_column(frame, 2)};
  assert_int_equal(frame_new(names, columns, 3, &renamed, NULL), STATUS_OK);
  assert_false(same_digest(frame, renamed));
  assert_int_equal(frame_slice(frame, 0, 2, &other, NULL), STATUS_OK);
  assert_false(same_digest(frame, other));
  frame_unref(other);
  frame_unref(renamed);
  frame_unref(again);
  frame_unref(frame);
}

/* Everything that allocates; true when all of it went well. */
static bool make_and_drop(void)
{
  Frame *frame = frame_of_all(70);
  if (!frame) {
    return false;
  }
  Frame *made[6] = {NULL};
  const size_t rows[] = {5, 3, 69}, columns[] = {3, 1};
  bool good = frame_slice(frame, 1, 40, &made[0], NULL) == STATUS_OK;
  good = frame_take(frame, rows, 3, &made[1], NULL) == STATUS_OK && good;
  good = frame_select(frame, columns, 2, &made[2], NULL) == STATUS_OK && good;
  good = frame_with(frame, "new", frame_column(frame, 0), &made[3], NULL) == STATUS_OK && good;
  good = frame_with_origin(frame, "read", NULL, &made[4], NULL) == STATUS_OK && good;
  good = frame_with_keys(frame, columns, 2, &made[5], NULL) == STATUS_OK && good;
  Error e = {0};
  size_t column;
  assert_int_equal(frame_need(frame, "nothing", &column, &e), STATUS_NAME);
  Draft *draft = draft_new();
  draft_float(draft, "x", 1);
  draft_bool(draft, "y", true);
  draft_text(draft, "z", "text");
  for (size_t i = 0; i < 20; i++) { /* the lists grow */
    draft_int(draft, (const char[]){(char)('A' + i), '\0'}, 1);
  }
  Frame *drafted;
  error_clear(&e);
  const Status status = draft_finish(draft, &drafted, &e);
  assert_true(status == STATUS_OK || status == STATUS_MEMORY);
  assert_int_equal(e.status, status);
  good = good && status == STATUS_OK;
  frame_unref(drafted);
  for (size_t i = 0; i < 6; i++) {
    frame_unref(made[i]);
  }
  frame_unref(frame);
  return good;
}

static void test_no_memory(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  bool good = false;
  int64_t from = 0;
  for (; !good; from++) {
    assert_true(from < 2000);
    mem_fail_from(from);
    good = make_and_drop();
    mem_fail_from(-1);
    assert_int_equal(mem_in_use(), before);
  }
  assert_true(from > 100);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_draft),
    cmocka_unit_test(test_draft_of_one_row),
    cmocka_unit_test(test_draft_keeps_the_first_failure),
    cmocka_unit_test(test_bad_frames),
    cmocka_unit_test(test_empty_frames),
    cmocka_unit_test(test_find_and_need),
    cmocka_unit_test(test_many_names_in_a_hint),
    cmocka_unit_test(test_block),
    cmocka_unit_test(test_parts),
    cmocka_unit_test(test_select_and_with),
    cmocka_unit_test(test_report), cmocka_unit_test(test_rejects), cmocka_unit_test(test_keys),
    cmocka_unit_test(test_digest),
    cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
