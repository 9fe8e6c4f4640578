/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the dashboard without a dashboard: what is on the screen for any frame and size, at the cost of the
 * cells shown; steps as Lua; copies as CSV; shapes of columns. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/random.h"
#include "frame/builder.h"
#include "sweep.h"
#include "tui/summary_shapes.h"
#include "tui/table_parts.h"

/* ---- frames and screens */

static Frame *finish(Draft *draft)
{
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* n rows of "id" from 1, `more` columns of quarters. */
static Frame *numbers(size_t n, size_t more)
{
  Draft *draft = draft_new();
  Builder *ids = builder_new(TYPE_INT64, n);
  for (size_t i = 0; i < n; i++) {
    builder_int(ids, (int64_t)i + 1);
  }
  draft_builder(draft, "id", ids);
  for (size_t column = 0; column < more; column++) {
    char name[32];
    snprintf(name, sizeof name, "v%zu", column + 1);
    Builder *values = builder_new(TYPE_FLOAT64, n);
    for (size_t i = 0; i < n; i++) {
      builder_float(values, (double)i / 4);
    }
    draft_builder(draft, name, values);
  }
  return finish(draft);
}

static Frame *odd(void)
{
  static const char *const names[] = {
    "客户", "é", "e\u0301", "\033[2Jhostile\n\x7f",
    "a very long text that cannot be shown as a whole in any table of this width", NULL};
  static const double spend[] = {120.5, 3.25, (double)NAN, 1e300, -INFINITY, 7};
  static const double none[] = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
  Draft *draft = draft_new();
  draft_texts(draft, "name", names, 6);
  draft_floats(draft, "spend 花费", spend, 6);
  draft_floats(draft, "nothing", none, 6);
  return finish(draft);
}

typedef struct Shown {
  TableView view;
  Cells cells;
} Shown;

static void show(Shown *shown, Frame *frame, int width, int height)
{
  ViewStyle style;
  style_init(&style);
  *shown = (Shown){0};
  assert_int_equal(cells_resize(&shown->cells, width, height, &style, NULL), STATUS_OK);
  assert_int_equal(table_view_show(&shown->view, frame, false, NULL), STATUS_OK);
  frame_unref(frame);
}

static void draw(Shown *shown)
{
  const Rect all = cells_all(&shown->cells);
  cells_fill(&shown->cells, all, (Pen){0});
  table_view_place(&shown->view, &shown->cells, all);
  table_view_draw(&shown->view, &shown->cells, all, true);
}

static void done(Shown *shown)
{
  table_view_free(&shown->view);
  cells_free(&shown->cells);
}

static void check_screen(Shown *shown, const char *expected)
{
  Text text = {0};
  draw(shown);
  cells_dump(&shown->cells, false, &text);
  assert_string_equal(text_data(&text), expected);
  text_free(&text);
}

/* ---- what is on the screen */

static void test_looks(void **unused)
{
  (void)unused;
  Shown shown;
  show(&shown, odd(), 60, 8);
  check_screen(&shown, "    name                  spend 花费  nothing\n"
                       "    string                   float64  float64\n"
                       "> 1 客户                   1.205e+02       NA\n"
                       "  2 é                      3.250e+00       NA\n"
                       "  3 e\u0301                             NA       NA\n"
                       "  4 \\x1B[2Jhostile\\n\\x7F  1.000e+300       NA\n"
                       "  5 a very long text th…        -Inf       NA\n"
                       "  6 NA                     7.000e+00       NA\n");
  done(&shown);
}

static void test_small_frames(void **unused)
{
  (void)unused;
  Shown shown;
  show(&shown, numbers(0, 1), 30, 5);
  check_screen(&shown, "       id       v1\n"
                       "    no rows\n"
                       "\n\n\n");
  done(&shown);
}

/* The cursor is on the screen, slots lie side by side within the area, whatever was done before. */
static void check_sound(const Shown *shown)
{
  const TableView *view = &shown->view;
  const size_t rows = frame_rows(view->frame);
  bool found = false;
  int end = view->gutter;
  assert_true(rows == 0 || (view->row < rows && view->row >= view->top));
  assert_true(view->height == 0 || rows == 0 || view->row < view->top + view->height);
  for (size_t i = 0; i < view->n_slots; i++) {
    assert_true(view->slots[i].x > end);
    end = view->slots[i].x + view->slots[i].width - 1;
    assert_true(end < shown->cells.width);
    assert_false(view->columns[view->slots[i].column].hidden);
    found = found || view->slots[i].column == view->column;
  }
  assert_true(found || shown->cells.width < 30);
}

static void step(TableView *view, Random *random)
{
  const size_t columns = frame_columns(view->frame), column = random_below(random, columns);
  switch (random_below(random, 10)) {
  case 0:
    table_view_to_row(view, random_below(random, frame_rows(view->frame) + 5));
    break;
  case 1:
    table_view_move_row(view, (int64_t)random_below(random, 60) - 30);
    break;
  case 2:
  case 3:
    table_view_move_column(view, (int)random_below(random, 9) - 4);
    break;
  case 4:
    table_view_to_column(view, column);
    break;
  case 5:
    table_view_hide(view, column, random_below(random, 2) == 0);
    break;
  case 6:
    view->columns[column].frozen = random_below(random, 4) == 0;
    break;
  case 7:
    view->left = 0;
    table_view_to_column(view, 0);
    break;
  case 8:
    view->columns[column].whole = !view->columns[column].whole;
    view->columns[column].width = 0;
    break;
  default:
    view->top += random_below(random, 40);
    table_view_to_row(view, view->row + random_below(random, 40));
  }
}

static void test_always_sound(void **unused)
{
  (void)unused;
  static const int sizes[][2] = {{80, 24}, {40, 10}, {200, 60}, {60, 15}, {30, 4}, {12, 3}, {1, 1}, {300, 100}};
  Random random = random_new(7, 0);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    Shown shown;
    show(&shown, numbers(500, 24), sizes[i][0], sizes[i][1]);
    for (int n = 0; n < 400; n++) {
      step(&shown.view, &random);
      draw(&shown);
      check_sound(&shown);
    }
    done(&shown);
  }
}

/* Columns stay where they are while rows scroll, and no number is cut. */
static void test_widths_stay(void **unused)
{
  (void)unused;
  Shown shown;
  int x[TABLE_SLOTS];
  show(&shown, numbers(100000, 6), 80, 24);
  draw(&shown);
  const size_t n = shown.view.n_slots;
  for (size_t i = 0; i < n; i++) {
    x[i] = shown.view.slots[i].x;
  }
  for (size_t row = 0; row < 100000; row += 997) {
    table_view_to_row(&shown.view, row);
    draw(&shown);
    assert_int_equal(shown.view.n_slots, n);
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(shown.view.slots[i].x, x[i]);
    }
  }
  done(&shown);
}

/* A number wider than any of the sample makes its column wider, for good. */
static void test_widths_grow(void **unused)
{
  (void)unused;
  enum { ROWS = 5000, ODD = 1234 };
  Builder *values = builder_new(TYPE_FLOAT64, ROWS);
  for (size_t i = 0; i < ROWS; i++) {
    builder_float(values, i == ODD ? -123456789.25 : 1);
  }
  Draft *draft = draft_new();
  draft_builder(draft, "x", values);
  Shown shown;
  show(&shown, finish(draft), 40, 10);
  draw(&shown);
  const int width = shown.view.columns[0].width;
  table_view_to_row(&shown.view, ODD);
  draw(&shown);
  Text text = {0};
  cells_dump(&shown.cells, false, &text);
  assert_non_null(strstr(text_data(&text), "-123456789"));
  text_free(&text);
  assert_true(shown.view.columns[0].width > width);
  table_view_to_row(&shown.view, 0);
  const int grown = shown.view.columns[0].width;
  draw(&shown);
  assert_int_equal(shown.view.columns[0].width, grown);
  done(&shown);
}

/* Scrolling costs the cells on the screen: as many allocations, and as much memory, for ten million rows as for a
 * thousand. */
static void scroll_through(size_t rows, int64_t *allocations, size_t *bytes)
{
  Shown shown;
  show(&shown, numbers(rows, 0), 80, 24);
  draw(&shown);
  const int64_t before = mem_count();
  const size_t in_use = mem_in_use();
  for (size_t i = 0; i < 300; i++) {
    table_view_to_row(&shown.view, rows / 300 * i);
    draw(&shown);
  }
  *allocations = mem_count() - before;
  *bytes = mem_in_use() - in_use;
  done(&shown);
}

static void test_cost_is_of_what_is_seen(void **unused)
{
  (void)unused;
  int64_t few, many;
  size_t few_bytes, many_bytes;
  scroll_through(1000, &few, &few_bytes);
  scroll_through(10000000, &many, &many_bytes);
  assert_int_equal(many, few);
  assert_int_equal(few_bytes, 0);
  assert_int_equal(many_bytes, 0);
}

static void test_ten_thousand_columns(void **unused)
{
  (void)unused;
  Shown shown;
  show(&shown, numbers(3, 9999), 80, 24);
  table_view_to_column(&shown.view, SIZE_MAX);
  draw(&shown);
  check_sound(&shown);
  assert_int_equal(shown.view.column, 9999);
  assert_int_equal(shown.view.last, 10000);
  size_t measured = 0;
  for (size_t i = 0; i < 10000; i++) {
    measured += shown.view.columns[i].width > 0;
  }
  assert_in_range(measured, 1, 40);
  done(&shown);
}

static void test_hiding(void **unused)
{
  (void)unused;
  Shown shown;
  show(&shown, numbers(3, 2), 80, 24);
  table_view_hide(&shown.view, 0, true);
  assert_int_equal(shown.view.column, 1);
  table_view_hide(&shown.view, 1, true);
  table_view_hide(&shown.view, 2, true); /* the last one stays */
  assert_int_equal(shown.view.n_hidden, 2);
  assert_int_equal(shown.view.column, 2);
  table_view_move_column(&shown.view, -1);
  assert_int_equal(shown.view.column, 2);
  table_view_hide(&shown.view, 0, false);
  table_view_move_column(&shown.view, -5);
  assert_int_equal(shown.view.column, 0);
  done(&shown);
}

static void test_names_line(void **unused)
{
  (void)unused;
  Shown shown;
  size_t row, column;
  bool header;
  show(&shown, numbers(30, 2), 80, 24);
  table_view_move_row(&shown.view, -1);
  assert_true(shown.view.header);
  table_view_move_row(&shown.view, 1);
  assert_false(shown.view.header);
  assert_int_equal(shown.view.row, 0);
  draw(&shown);
  assert_true(table_view_at(&shown.view, shown.view.slots[1].x, 0, &row, &column, &header));
  assert_true(header && column == 1);
  assert_true(table_view_at(&shown.view, shown.view.slots[2].x, 5, &row, &column, &header));
  assert_true(!header && column == 2 && row == 3);
  done(&shown);
}

/* ---- chosen rows, copies */

static void test_choosing(void **unused)
{
  (void)unused;
  Shown shown;
  show(&shown, numbers(200, 1), 80, 24);
  assert_true(table_view_choose_range(&shown.view, 130, 60));
  assert_int_equal(shown.view.n_chosen, 71);
  assert_true(table_view_choose(&shown.view, 64, false));
  assert_true(table_view_choose(&shown.view, 64, false));
  assert_int_equal(shown.view.n_chosen, 70);
  assert_true(table_view_is_chosen(&shown.view, 130) && !table_view_is_chosen(&shown.view, 131));
  assert_true(table_view_choose(&shown.view, 5000, true)); /* there is none */
  assert_int_equal(shown.view.n_chosen, 70);
  table_view_choose_none(&shown.view);
  assert_false(table_view_is_chosen(&shown.view, 130));
  assert_true(table_view_choose(&shown.view, 100, true));
  assert_true(table_view_choose_range(&shown.view, 5, SIZE_MAX));
  assert_int_equal(shown.view.n_chosen, 195);
  assert_true(table_view_is_chosen(&shown.view, 199) && !table_view_is_chosen(&shown.view, 4));
  done(&shown);
}

static void check_csv(const TablePanel *panel, const char *expected)
{
  Text text = {0};
  table_csv(panel, &text);
  assert_string_equal(text_data(&text), expected);
  text_free(&text);
}

static void test_csv(void **unused)
{
  (void)unused;
  static const char *const texts[] = {"plain", "a, \"b\"\n", "", NULL};
  static const double values[] = {0.1, 1e300, (double)NAN, 3};
  Draft *draft = draft_new();
  draft_texts(draft, "name, odd", texts, 4);
  draft_floats(draft, "x", values, 4);
  Frame *frame = finish(draft);
  TablePanel panel = {0};
  assert_int_equal(table_view_show(&panel.view, frame, false, NULL), STATUS_OK);
  panel.frame = panel.view.frame;
  frame_unref(frame);
  check_csv(&panel, "plain");
  table_view_to_row(&panel.view, 1);
  check_csv(&panel, "\"a, \"\"b\"\"\n\"");
  assert_true(table_view_choose_range(&panel.view, 0, 3));
  check_csv(&panel, "\"name, odd\",x\nplain,0.1\n\"a, \"\"b\"\"\n\",1e+300\n\"\",\n,3\n");
  table_view_hide(&panel.view, 0, true);
  assert_true(table_view_choose(&panel.view, 1, false));
  check_csv(&panel, "x\n0.1\n\n3\n");
  table_view_free(&panel.view);
}

/* ---- steps */

static void add(TableSteps *steps, StepKind kind, const char *text, bool falling)
{
  assert_int_equal(steps_add(steps, kind, text, falling, NULL), STATUS_OK);
}

static void check_lua(const TableSteps *steps, const char *expected)
{
  Text text = {0};
  steps_lua(steps, "df", &text);
  assert_string_equal(text_data(&text), expected);
  text_free(&text);
}

static void test_steps(void **unused)
{
  (void)unused;
  TableSteps steps = {0}, copy = {0};
  bool falling;
  check_lua(&steps, "df");
  add(&steps, STEP_SORT, "name", false);
  add(&steps, STEP_HIDE, "age", false);
  add(&steps, STEP_SORT, "spend", true);
  check_lua(&steps, "df:sort(\"-spend\", \"name\"):drop(\"age\")");
  assert_int_equal(steps_sort_key(&steps, "name", &falling), 2);
  add(&steps, STEP_SORT, "name", true); /* the newest order of a column counts */
  check_lua(&steps, "df:sort(\"-name\", \"-spend\"):drop(\"age\")");
  add(&steps, STEP_FILTER, "region == \"a\\b\"", false);
  check_lua(&steps, "df:sort(\"-name\", \"-spend\"):filter(\"region == \\\"a\\\\b\\\"\"):drop(\"age\")");
  assert_int_equal(steps_sort_key(&steps, "name", &falling), 1);
  assert_true(falling);
  assert_int_equal(steps_copy(&steps, &copy, NULL), STATUS_OK);
  add(&copy, STEP_SHOW, NULL, false);
  assert_true(steps_equal_rows(&steps, &copy));
  check_lua(&copy, "df:sort(\"-name\", \"-spend\"):filter(\"region == \\\"a\\\\b\\\"\")");
  add(&copy, STEP_SORT, "x\n", false);
  assert_false(steps_equal_rows(&steps, &copy));
  assert_int_equal(steps_sort_key(&copy, "name", &falling), 0);
  check_lua(&copy, "df:sort(\"-name\", \"-spend\"):filter(\"region == \\\"a\\\\b\\\"\"):sort(\"x\\n\")");
  steps_cut(&steps, 1);
  check_lua(&steps, "df:sort(\"name\")");
  table_steps_free(&steps);
  table_steps_free(&copy);
}

static void check_equal(const Frame *frame, size_t row, size_t column, const char *expected)
{
  Text text = {0};
  expression_equal(frame, column, row, &text);
  assert_string_equal(text_data(&text), expected);
  text_free(&text);
}

static void test_equal_cells(void **unused)
{
  (void)unused;
  static const char *const texts[] = {"it's", NULL};
  static const double values[] = {0.1, -INFINITY};
  Draft *draft = draft_new();
  draft_texts(draft, "a `name`", texts, 2);
  draft_floats(draft, "in", values, 2);
  Builder *times = builder_new(TYPE_TIMESTAMP, 2), *sets = builder_new(TYPE_SET, 2), *flags = builder_new(TYPE_BOOL, 2);
  builder_int(times, 86400000000);
  builder_int(times, 86400000001);
  builder_item(sets, "b'", 2);
  builder_item(sets, "a", 1);
  builder_set(sets);
  builder_set(sets);
  builder_bool(flags, true);
  builder_bool(flags, false);
  draft_builder(draft, "t", times);
  draft_builder(draft, "s", sets);
  draft_builder(draft, "b", flags);
  Frame *frame = finish(draft);
  check_equal(frame, 0, 0, "`a ``name``` == 'it''s'");
  check_equal(frame, 1, 0, "`a ``name``` is missing");
  check_equal(frame, 0, 1, "`in` == 0.1");
  check_equal(frame, 1, 1, "is_infinite(`in`) and `in` < 0");
  check_equal(frame, 1, 2, "int64(t) == 86400000001");
  check_equal(frame, 1, 3, "size(s) == 0");
  check_equal(frame, 0, 4, "b");
  check_equal(frame, 1, 4, "not b");
  frame_unref(frame);
}

/* ---- shapes */

static void test_shapes(void **unused)
{
  (void)unused;
  size_t counts[SHAPE_BINS];
  Text text = {0};
  const int64_t few[] = {1, 1, 1, 1, 2, 4};
  Column *column;
  assert_int_equal(column_of_ints(few, 6, &column, NULL), STATUS_OK);
  assert_int_equal(shape_count(column, 6, counts), 4); /* a bin for each number */
  assert_true(counts[0] == 4 && counts[1] == 1 && counts[2] == 0 && counts[3] == 1);
  shape_text(counts, 4, true, &text);
  assert_string_equal(text_data(&text), "#-.-");
  text_reset(&text);
  shape_text(counts, 4, false, &text);
  assert_string_equal(text_data(&text), "█▃·▃");
  column_unref(column);
  const double values[] = {-1e308, 1e308, (double)NAN, INFINITY, 0};
  assert_int_equal(column_of_floats(values, 5, &column, NULL), STATUS_OK);
  assert_int_equal(shape_count(column, 5, counts), SHAPE_BINS);
  assert_true(counts[0] == 1 && counts[4] == 1 && counts[7] == 1);
  column_unref(column);
  assert_int_equal(column_of_floats(values + 2, 2, &column, NULL), STATUS_OK);
  assert_int_equal(shape_count(column, 2, counts), 0);
  column_unref(column);
  text_free(&text);
}

/* A sample of runs sees both ends, counts as many rows as it says, and all of them where they are few. */
static void test_samples(void **unused)
{
  (void)unused;
  size_t counts[SHAPE_BINS], sum = 0;
  Frame *frame = numbers(1000, 0);
  assert_int_equal(shape_rows(frame), 1000);
  assert_int_equal(shape_count(frame_column(frame, 0), 640, counts), SHAPE_BINS);
  for (size_t i = 0; i < SHAPE_BINS; i++) {
    sum += counts[i];
    assert_in_range(counts[i], 40, 120);
  }
  assert_int_equal(sum, 640);
  frame_unref(frame);
}

/* ---- memory */

static Status view_run(void *context, Error *e)
{
  TableView view = {0};
  TableSteps steps = {0}, copy = {0};
  Status status = STATUS_OK;
  TRY(table_view_show(&view, context, false, e));
  TRY(steps_add(&steps, STEP_FILTER, "id > 3", false, e));
  TRY(steps_add(&steps, STEP_SHOW, NULL, false, e));
  TRY(steps_copy(&steps, &copy, e));
  status = table_view_choose(&view, 2, true) ? STATUS_OK : error_memory(e, 8, "rows");
done:
  table_view_free(&view);
  table_steps_free(&steps);
  table_steps_free(&copy);
  return status;
}

static void test_memory(void **unused)
{
  (void)unused;
  Frame *frame = numbers(10, 2);
  assert_true(sweep(view_run, frame) > 4);
  frame_unref(frame);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_looks),          cmocka_unit_test(test_small_frames),
    cmocka_unit_test(test_always_sound),   cmocka_unit_test(test_widths_stay),
    cmocka_unit_test(test_widths_grow),    cmocka_unit_test(test_cost_is_of_what_is_seen),
    cmocka_unit_test(test_ten_thousand_columns), cmocka_unit_test(test_hiding),
    cmocka_unit_test(test_names_line),     cmocka_unit_test(test_choosing),
    cmocka_unit_test(test_csv),            cmocka_unit_test(test_steps),
    cmocka_unit_test(test_equal_cells),    cmocka_unit_test(test_shapes),
    cmocka_unit_test(test_samples),        cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
