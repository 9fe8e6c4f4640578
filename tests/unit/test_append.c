/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_append.c -- columns and frames one below the other: every type, slices at odd places, types that go together
 * or not, what is said of it, and memory that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "frame/append.h"
#include "frame/builder.h"
#include "random_cells.h"
#include "sweep.h"

static CellKind kind_of(Type type)
{
  return (CellKind){type, 70 + (uint64_t)type, 0.2};
}

static Column *slice(const Column *column, size_t first, size_t count)
{
  Column *part = NULL;
  assert_int_equal(column_slice(column, first, count, &part, NULL), STATUS_OK);
  return part;
}

/* A column cut into pieces at odd places, with pieces of none and of missing cells in between, is the column again.
 */
static void test_pieces(void **state)
{
  static const size_t cuts[] = {0, 1, 64, 64, 191, 500, 1003};
  (void)state;
  for (int type = 0; type < TYPE_COUNT; type++) {
    const CellKind kind = kind_of((Type)type);
    Column *whole = cells_column(kind, 1003);
    AppendPart parts[7];
    for (size_t i = 0; i < 6; i++) {
      parts[i] = (AppendPart){slice(whole, cuts[i], cuts[i + 1] - cuts[i]), cuts[i + 1] - cuts[i]};
    }
    parts[6] = (AppendPart){NULL, 77};
    Task task;
    task_init(&task, 1);
    Column *out;
    assert_int_equal(columns_append(parts, 7, &task, &out, NULL), STATUS_OK);
    assert_int_equal(column_check(out, NULL), STATUS_OK);
    assert_int_equal(column_type(out), type);
    assert_int_equal(column_rows(out), 1080);
    for (size_t row = 0; row < 1080; row++) {
      assert_true(row < 1003 ? cell_matches(out, row, kind, row) : !column_valid(out, row));
    }
    column_unref(out);
    for (size_t i = 0; i < 6; i++) {
      column_unref((Column *)parts[i].column);
    }
    column_unref(whole);
    task_free(&task);
  }
}

/* Dictionaries that are not the same are put together by text: cells of different kinds of rows. */
static void test_dictionaries(void **state)
{
  (void)state;
  static const Type pairs[][3] = {{TYPE_CATEGORY, TYPE_CATEGORY, TYPE_CATEGORY},
                                  {TYPE_CATEGORY, TYPE_STRING, TYPE_STRING},
                                  {TYPE_STRING, TYPE_CATEGORY, TYPE_STRING},
                                  {TYPE_SET, TYPE_SET, TYPE_SET}};
  for (size_t p = 0; p < 4; p++) {
    const CellKind a = {pairs[p][0], 5, 0.1}, b = {pairs[p][1], 6, 0.3};
    const AppendPart parts[] = {
        {cells_column(a, 300), 300}, {cells_column(b, 401), 401}, {cells_column(a, 99), 99}};
    Task task;
    task_init(&task, 1);
    Column *out;
    assert_int_equal(columns_append(parts, 3, &task, &out, NULL), STATUS_OK);
    assert_int_equal(column_check(out, NULL), STATUS_OK);
    assert_int_equal(column_type(out), pairs[p][2]);
    const CellKind as_a = {pairs[p][0], 5, 0.1}, as_b = {pairs[p][1], 6, 0.3};
    for (size_t row = 0; row < 800; row++) {
      const bool second = row >= 300 && row < 701;
      assert_true(second ? cell_matches(out, row, as_b, row - 300)
                         : cell_matches(out, row, as_a, row < 300 ? row : row - 701));
    }
    column_unref(out);
    for (size_t i = 0; i < 3; i++) {
      column_unref((Column *)parts[i].column);
    }
    task_free(&task);
  }
}

static Frame *finish(Draft *draft)
{
  Frame *frame = NULL;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Frame *numbers(void)
{
  Draft *draft = draft_new();
  draft_ints(draft, "id", (const int64_t[]){1, INT64_MAX}, 2);
  draft_floats(draft, "x", (const double[]){0.5, (double)NAN}, 2);
  return finish(draft);
}

static Frame *others(void)
{
  Draft *draft = draft_new();
  draft_texts(draft, "note", (const char *const[]){"a", NULL, "b"}, 3);
  draft_floats(draft, "id", (const double[]){1.5, 2, 3}, 3);
  return finish(draft);
}

static void test_frames(void **state)
{
  (void)state;
  const Frame *frames[] = {numbers(), others()};
  const AppendOptions options = {.source = "from"};
  Task task;
  task_init(&task, 1);
  Text notes = {0};
  Frame *out;
  assert_int_equal(frames_append(frames, 2, &options, &task, &out, &notes, NULL), STATUS_OK);
  assert_int_equal(frame_rows(out), 5);
  assert_int_equal(frame_columns(out), 4);
  static const char *const names[] = {"id", "x", "note", "from"};
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(frame_name(out, i), names[i]);
    assert_int_equal(column_check(frame_column(out, i), NULL), STATUS_OK);
  }
  assert_int_equal(column_type(frame_column(out, 0)), TYPE_FLOAT64);
  assert_true(column_float(frame_column(out, 0), 1) == 0x1p63);
  assert_true(column_float(frame_column(out, 0), 2) == 1.5);
  assert_int_equal(column_missing(frame_column(out, 1)), 4);
  assert_int_equal(column_missing(frame_column(out, 2)), 3);
  assert_int_equal(column_int(frame_column(out, 3), 1), 1);
  assert_int_equal(column_int(frame_column(out, 3), 2), 2);
  assert_non_null(
      strstr(text_data(&notes), "column 'id': int64 in frame 1 became float64; 1 whole numbers above 2^53"));
  assert_non_null(strstr(text_data(&notes), "column 'x' is not in frame 2: 3 cells are missing"));
  text_free(&notes);
  frame_unref(out);
  frame_unref((Frame *)frames[0]);
  frame_unref((Frame *)frames[1]);
  task_free(&task);
}

static void refuse(const Frame *a, const Frame *b, const AppendOptions *options, const char *id, const char *words)
{
  const Frame *frames[] = {a, b};
  Task task;
  task_init(&task, 1);
  Frame *out = (Frame *)8;
  Error e;
  error_clear(&e);
  assert_int_equal(frames_append(frames, 2, options, &task, &out, NULL, &e), STATUS_DATA);
  assert_null(out);
  assert_string_equal(e.id, id);
  assert_non_null(strstr(e.what, words));
  task_free(&task);
}

static void test_refusals(void **state)
{
  (void)state;
  static const char *const labels[] = {"jan.csv", "feb.csv"};
  Frame *a = numbers(), *b = others();
  refuse(a, b, &(AppendOptions){.strict = true}, "append-types", "column 'id' is int64 in frame 1");
  refuse(b, a, &(AppendOptions){.strict = true, .labels = labels}, "append-columns",
         "no column 'note' in 'feb.csv'");
  refuse(a, b, &(AppendOptions){.source = "x"}, "name-clash", "'x'");
  Draft *draft = draft_new();
  draft_texts(draft, "id", (const char *const[]){"k1"}, 1);
  Frame *text = finish(draft);
  refuse(a, text, &(AppendOptions){0}, "append-types", "column 'id' is int64 in frame 1 and string in frame 2");
  draft = draft_new();
  Builder *times[2] = {builder_new(TYPE_TIMESTAMP, 1), builder_new(TYPE_TIMESTAMP, 1)};
  builder_int(times[0], 0);
  builder_int(times[1], 0);
  builder_zone(times[1], "Asia/Shanghai");
  draft_builder(draft, "at", times[0]);
  Frame *wall = finish(draft);
  draft = draft_new();
  draft_builder(draft, "at", times[1]);
  Frame *zoned = finish(draft);
  refuse(wall, zoned, &(AppendOptions){0}, "append-types", "zone '' in frame 1 and of 'Asia/Shanghai' in frame 2");
  Frame *const all[] = {a, b, text, wall, zoned};
  for (size_t i = 0; i < 5; i++) {
    frame_unref(all[i]);
  }
}

/* A part of missing cells only goes with any type, on either side. */
static void test_missing_goes_with_all(void **state)
{
  (void)state;
  Task task;
  task_init(&task, 1);
  for (int type = 0; type < TYPE_COUNT; type++) {
    const CellKind kind = kind_of((Type)type), none = {type == TYPE_STRING ? TYPE_FLOAT64 : TYPE_STRING, 1, 1.0};
    Column *cells = cells_column(kind, 130), *missing = cells_column(none, 70);
    for (int turn = 0; turn < 2; turn++) {
      const AppendPart parts[] = {{turn ? missing : cells, turn ? 70 : 130},
                                  {turn ? cells : missing, turn ? 130 : 70}};
      Column *out;
      assert_int_equal(columns_append(parts, 2, &task, &out, NULL), STATUS_OK);
      assert_int_equal(column_type(out), type);
      assert_int_equal(column_check(out, NULL), STATUS_OK);
      for (size_t row = 0; row < 130; row++) {
        assert_true(cell_matches(out, turn ? row + 70 : row, kind, row));
        assert_true(row >= 70 || !column_valid(out, turn ? row : row + 130));
      }
      column_unref(out);
    }
    column_unref(cells);
    column_unref(missing);
  }
  task_free(&task);
}

static Status run_append(void *context, Error *e)
{
  const Frame *const *frames = context;
  static const char *const labels[] = {"first", "second"};
  const AppendOptions options = {.source = "from", .labels = labels};
  Task task;
  task_init(&task, 1);
  Text notes = {0};
  Frame *out;
  const Status status = frames_append(frames, 2, &options, &task, &out, &notes, e);
  assert_true((out != NULL) == (status == STATUS_OK));
  frame_unref(out);
  text_free(&notes);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
  Frame *frames[2];
  for (uint64_t f = 0; f < 2; f++) {
    Draft *draft = draft_new();
    for (size_t i = 0; i < TYPE_COUNT; i++) {
      draft_column(draft, names[i], cells_column((CellKind){(Type)i, 10 + f, 0.2}, 100 + 30 * f));
    }
    frames[f] = finish(draft);
  }
  pool_set_threads(1);
  assert_true(sweep(run_append, frames) > 20);
  pool_set_threads(0);
  frame_unref(frames[0]);
  frame_unref(frames[1]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pieces),   cmocka_unit_test(test_dictionaries),          cmocka_unit_test(test_frames),
      cmocka_unit_test(test_refusals), cmocka_unit_test(test_missing_goes_with_all), cmocka_unit_test(test_memory)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
