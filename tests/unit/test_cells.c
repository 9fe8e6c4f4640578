/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cells.c -- the grid of cells: clipping, wide characters, hostile texts, texts of the view layer, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "frame/builder.h"
#include "screen.h"
#include "sweep.h"
#include "view/cells.h"
#include "view/table.h"

static Cells made(int width, int height)
{
  Cells cells = {0};
  ViewStyle style;
  Error e = {0};
  style_init(&style);
  assert_int_equal(cells_resize(&cells, width, height, &style, &e), STATUS_OK);
  return cells;
}

/* Frees the cells. */
static void shows(Cells *cells, const char *expected)
{
  Text text = {0};
  cells_dump(cells, false, &text);
  assert_string_equal(text_data(&text), expected);
  text_free(&text);
  cells_free(cells);
}

static const Pen plain;

static void what_lies_outside_is_dropped(void **state)
{
  Cells cells = made(6, 3);
  const Rect area = {1, 1, 4, 1};
  (void)state;
  assert_int_equal(cells_put(&cells, area, 0, 0, plain, "abcdefgh"), 4);
  cells_put(&cells, area, 1, 0, plain, "below");
  cells_put(&cells, area, -1, 0, plain, "above");
  cells_put(&cells, (Rect){-2, 0, 4, 1}, 0, 0, plain, "wxyz");
  cells_put(&cells, (Rect){4, 2, 100, 100}, 0, 0, plain, "corner");
  cells_put(&cells, (Rect){0, 2, 0, 0}, 0, 0, plain, "nothing");
  shows(&cells, "yz\n abcd\n    co\n");
}

static void a_wide_character_is_whole_or_not_there(void **state)
{
  Cells cells = made(8, 4);
  const Rect all = cells_all(&cells);
  (void)state;
  cells_put(&cells, all, 0, 0, plain, "客户客户");
  cells_put(&cells, all, 0, 1, plain, "x");        /* the right half of the first */
  cells_put(&cells, all, 0, 4, plain, "y");        /* the left half of the third */
  cells_put(&cells, rect_columns(all, 0, 3), 1, 0, plain, "客户"); /* the second is cut by the edge */
  cells_put(&cells, all, 2, 7, plain, "客");
  cells_put(&cells, (Rect){1, 3, 7, 1}, 0, -1, plain, "客a"); /* its left half would lie outside */
  assert_int_equal(cells_at(&cells, 2, 0)->columns, 2);
  assert_int_equal(cells_at(&cells, 3, 0)->columns, 0);
  shows(&cells, " x户y 户\n客\n\n  a\n");
}

static void clusters_take_one_cell(void **state)
{
  Cells cells = made(20, 3);
  const Rect all = cells_all(&cells);
  (void)state;
  cells_put(&cells, all, 0, 0, plain, "e\u0301x");             /* a mark stays with its base */
  cells_put(&cells, all, 1, 0, plain, "\U0001F468\u200D\U0001F469\u200D\U0001F467|"); /* a family: its first member */
  cells_put(&cells, all, 2, 0, plain, "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A|");
  assert_string_equal(cells_at(&cells, 0, 0)->text, "e\u0301");
  assert_string_equal(cells_at(&cells, 1, 0)->text, "x");
  assert_string_equal(cells_at(&cells, 0, 1)->text, "\U0001F468");
  assert_int_equal(cells_at(&cells, 0, 1)->columns, 2);
  assert_string_equal(cells_at(&cells, 2, 1)->text, "|");
  assert_string_equal(cells_at(&cells, 1, 2)->text, "|");
  cells_free(&cells);
}

static void hostile_text_is_escaped(void **state)
{
  Cells cells = made(40, 2);
  const Rect all = cells_all(&cells);
  (void)state;
  cells_put(&cells, all, 0, 0, plain, "a\x1b[2J\n\t\x01\x03\xff");
  cells_put(&cells, all, 1, 0, plain, "\u202Eabc\u200B");
  shows(&cells, "a\\x1B[2J\\n\\t\\x01\\x03\\xFF\n\\u{202E}abc\\u{200B}\n");
}

static void padded_text_fills_its_columns(void **state)
{
  Cells cells = made(12, 4);
  const Rect all = cells_all(&cells);
  (void)state;
  cells_put(&cells, all, 0, 0, plain, "............");
  cells_left(&cells, all, 0, 2, 5, plain, "ab", 2);
  cells_right(&cells, all, 1, 0, 6, plain, "客户", 6);
  cells_left(&cells, all, 2, 0, 5, plain, "too long", 8);
  cells_right(&cells, all, 3, 0, 0, plain, "none", 4);
  shows(&cells, "..ab   .....\n  客户\ntoo …\n\n");
}

static void boxes_have_titles_and_an_inside(void **state)
{
  Cells cells = made(12, 4);
  (void)state;
  const Rect inner = cells_box(&cells, cells_all(&cells), plain, "rows of it", true);
  assert_memory_equal(&inner, (&(Rect){1, 1, 10, 2}), sizeof inner);
  cells.ascii = true;
  const Rect none = cells_box(&cells, (Rect){3, 1, 2, 2}, plain, "t", false);
  assert_int_equal(none.width, 2);
  shows(&cells, "┌─▶ rows… ─┐\n│          │\n│          │\n└──────────┘\n");
}

static void texts_of_the_layer_keep_their_roles(void **state)
{
  Cells cells = made(10, 4);
  const Rect area = {1, 0, 8, 4};
  const ViewStyle style = cells_style(&cells, area);
  Text text = {0};
  (void)state;
  style_put(&style, VIEW_ERROR, "bad", &text);
  text_puts(&text, " it\n");
  style_ink_on(&style, 3, &text);
  text_puts(&text, "x");
  style_ink_off(&style, 3, &text);
  text_puts(&text, "y\nlast, long line");
  assert_int_equal(cells_text(&cells, area, 0, 0, &text), 3);
  assert_int_equal(cells_at(&cells, 1, 0)->pen.role, VIEW_ERROR);
  assert_int_equal(cells_at(&cells, 4, 0)->pen.role, VIEW_PLAIN);
  assert_int_equal(cells_at(&cells, 1, 1)->pen.ink, 3);
  assert_int_equal(cells_at(&cells, 2, 1)->pen.ink, INK_NONE);
  cells_fill(&cells, area, plain);
  assert_int_equal(cells_text(&cells, area, 2, 5, &text), 3); /* scrolled down and to the right */
  text_free(&text);
  shows(&cells, "  long li\n\n\n\n");
}

static void inks_come_through(void **state)
{
  Cells cells = made(4, 1);
  const ViewStyle style = cells_style(&cells, cells_all(&cells));
  (void)state;
  for (unsigned ink = 1; ink < 256; ink++) {
    Text text = {0};
    style_ink_on(&style, ink, &text);
    text_puts(&text, "#");
    style_ink_off(&style, ink, &text);
    cells_text(&cells, cells_all(&cells), 0, 0, &text);
    assert_int_equal(cells_at(&cells, 0, 0)->pen.ink, ink);
    text_free(&text);
  }
  cells_free(&cells);
}

static void a_table_is_drawn_as_at_the_prompt(void **state)
{
  Cells cells = made(30, 6);
  const ViewStyle style = cells_style(&cells, cells_all(&cells));
  ViewStyle at_prompt = style;
  Builder *builder = builder_new(TYPE_STRING, 2);
  Column *column = NULL;
  Frame *frame = NULL;
  Error e = {0};
  Text drawn = {0}, printed = {0}, dumped = {0};
  static const char *const names[] = {"name"};
  (void)state;
  builder_text(builder, "客户", 6);
  builder_text(builder, "\x1b[31mred", 8);
  assert_int_equal(builder_finish(builder, &column, &e), STATUS_OK);
  assert_int_equal(frame_new(names, (const Column *const *)&column, 1, &frame, &e), STATUS_OK);
  assert_int_equal(table_render(frame, NULL, &style, &drawn, &e), STATUS_OK);
  at_prompt.marks = false;
  assert_int_equal(table_render(frame, NULL, &at_prompt, &printed, &e), STATUS_OK);
  cells_text(&cells, cells_all(&cells), 0, 0, &drawn);
  cells_dump(&cells, false, &dumped);
  assert_memory_equal(text_data(&dumped), text_data(&printed), printed.size);
  frame_unref(frame);
  column_unref(column);
  text_free(&drawn);
  text_free(&printed);
  text_free(&dumped);
  cells_free(&cells);
}

static void scroll_bars_show_where_one_is(void **state)
{
  Cells cells = made(3, 4);
  (void)state;
  cells_scroll(&cells, cells_all(&cells), 0, 4);
  assert_string_equal(cells_at(&cells, 2, 0)->text, ""); /* all is shown */
  cells_scroll(&cells, cells_all(&cells), 996, 1000);
  assert_string_equal(cells_at(&cells, 2, 3)->text, "█");
  assert_string_equal(cells_at(&cells, 2, 0)->text, "│");
  cells_free(&cells);
}

static void ascii_has_no_other_byte(void **state)
{
  Cells cells = {0};
  ViewStyle style;
  Error e = {0};
  Text text = {0};
  (void)state;
  style_init(&style);
  style.ascii = true;
  assert_int_equal(cells_resize(&cells, 20, 6, &style, &e), STATUS_OK);
  const Rect inner = cells_box(&cells, cells_all(&cells), plain, "título", true);
  cells_put(&cells, inner, 0, 0, plain, "客");
  cells_left(&cells, inner, 1, 0, 6, plain, "cut this off", 12);
  cells_scroll(&cells, inner, 3, 100);
  cells_dump(&cells, false, &text);
  for (size_t i = 0; i < text.size; i++) {
    assert_true((unsigned char)text.data[i] < 0x80);
  }
  text_free(&text);
  cells_free(&cells);
}

/* Whatever is drawn where, every line keeps its columns and wide characters both halves. */
static void nothing_breaks_the_grid(void **state)
{
  static const char *const pieces[] = {"客", "a", "é", "\U0001F468\u200D\U0001F469", "\x1b", "e\u0301", " ", "\u0301", "…",
                                       "\U0001F1E9\U0001F1EA", "\n", "\xff"};
  Cells cells = made(17, 5);
  Random random = random_new(7, 0);
  (void)state;
  for (int round = 0; round < 3000; round++) {
    Text text = {0};
    const Rect area = {(int)random_below(&random, 22) - 3, (int)random_below(&random, 8) - 2,
                       (int)random_below(&random, 20), (int)random_below(&random, 6)};
    for (size_t n = random_below(&random, 9); n > 0; n--) {
      text_puts(&text, pieces[random_below(&random, sizeof pieces / sizeof *pieces)]);
    }
    cells_putn(&cells, area, (int)random_below(&random, 6) - 1, (int)random_below(&random, 20) - 4, plain,
               text_data(&text), text.size);
    if (round % 5 == 0) {
      cells_fill(&cells, rect_part(area, (Rect){1, 0, 3, 1}), plain);
    }
    text_free(&text);
    for (int y = 0; y < cells.height; y++) {
      for (int x = 0; x < cells.width; x++) {
        const Cell *cell = cells_at(&cells, x, y), *next = cells_at(&cells, x + 1, y);
        assert_true(cell->columns != 2 || (next && next->columns == 0));
        assert_true(cell->columns != 0 || (x > 0 && cells_at(&cells, x - 1, y)->columns == 2));
      }
    }
  }
  Text dumped = {0};
  cells_dump(&cells, false, &dumped);
  screen_check(text_data(&dumped), 17, false);
  text_free(&dumped);
  cells_free(&cells);
}

static Status resize(void *context, Error *e)
{
  Cells cells = {0};
  ViewStyle style;
  (void)context;
  style_init(&style);
  Status status = cells_resize(&cells, 40, 10, &style, e);
  if (status == STATUS_OK) { /* texts need memory only where they are escaped or padded: less is drawn then */
    cells_put(&cells, cells_all(&cells), 0, 0, plain, "a\x1b[0m");
    cells_left(&cells, cells_all(&cells), 1, 0, 20, plain, "text", 4);
    status = cells_resize(&cells, 80, 24, &style, e);
    assert_int_equal(cells.width, status == STATUS_OK ? 80 : 40);
  }
  cells_free(&cells);
  return status;
}

static void memory_may_run_out(void **state)
{
  (void)state;
  sweep(resize, NULL);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_lies_outside_is_dropped),
    cmocka_unit_test(a_wide_character_is_whole_or_not_there),
    cmocka_unit_test(clusters_take_one_cell),
    cmocka_unit_test(hostile_text_is_escaped),
    cmocka_unit_test(padded_text_fills_its_columns),
    cmocka_unit_test(boxes_have_titles_and_an_inside),
    cmocka_unit_test(texts_of_the_layer_keep_their_roles),
    cmocka_unit_test(inks_come_through),
    cmocka_unit_test(a_table_is_drawn_as_at_the_prompt),
    cmocka_unit_test(scroll_bars_show_where_one_is),
    cmocka_unit_test(ascii_has_no_other_byte),
    cmocka_unit_test(nothing_breaks_the_grid),
    cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
