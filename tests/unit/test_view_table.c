/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and cards: what they look like, and that no data bends them. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/random.h"
#include "frame/builder.h"
#include "screen.h"
#include "view/card.h"
#include "view/table.h"

static ViewStyle style_of(int width, int height)
{
  ViewStyle style;
  style_init(&style);
  style.width = width;
  style.height = height;
  return style;
}

static void check_table(const Frame *frame, const TableOptions *options, const ViewStyle *style,
                        const char *expected)
{
  Text out = {0};
  assert_int_equal(table_render(frame, options, style, &out, NULL), STATUS_OK);
  assert_string_equal(text_data(&out), expected);
  text_free(&out);
}

/* ---- Frames -------------------------------------------------------------------------------------------- */

static Frame *finish(Draft *draft)
{
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static const char *const names[] = {"客户", "é", "e\u0301", "👍", "plain", NULL};
static const double spend[] = {120.5, 3.25, (double)NAN, 1000, 0.1, 7};
static const int64_t visits[] = {1, 20, 300, 4000, 50000, 600000};

static Frame *small_frame(void)
{
  Draft *draft = draft_new();
  draft_texts(draft, "name", names, 6);
  draft_floats(draft, "spend", spend, 6);
  draft_ints(draft, "visits", visits, 6);
  return finish(draft);
}

/* n rows of "id", numbers from 1, and `more` columns beside it. */
static Frame *long_frame(size_t n, size_t more)
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

/* ---- Looks --------------------------------------------------------------------------------------------- */

static void test_small(void **state)
{
  (void)state;
  Frame *frame = small_frame();
  ViewStyle style = style_of(80, 24);
  check_table(frame, NULL, &style,
              "name   │   spend │ visits\n"
              "string │ float64 │  int64\n"
              "───────┼─────────┼───────\n"
              "客户   │  120.50 │      1\n"
              "é      │    3.25 │     20\n"
              "e\u0301      │      NA │    300\n"
              "👍     │ 1000.00 │   4000\n"
              "plain  │    0.10 │  50000\n"
              "NA     │    7.00 │ 600000\n"
              "6 rows × 3 columns\n");
  style.ascii = true;
  check_table(frame, &(TableOptions){.rows = 3, .row_numbers = true}, &style,
              "  | name             |   spend | visits\n"
              "  | string           | float64 |  int64\n"
              "--+------------------+---------+-------\n"
              "1 | \\u{5BA2}\\u{6237} |  120.50 |      1\n"
              "2 | \\u{E9}           |    3.25 |     20\n"
              ". | ...              |     ... |    ...\n"
              "6 | NA               |    7.00 | 600000\n"
              "6 rows x 3 columns (3 shown)\n");
  frame_unref(frame);
}

static void test_grouped(void **state)
{
  (void)state;
  Frame *frame = small_frame(), *two, *grouped;
  const ViewStyle style = style_of(80, 24);
  const size_t keys[] = {2, 0};
  assert_int_equal(frame_slice(frame, 0, 1, &two, NULL), STATUS_OK);
  assert_int_equal(frame_with_keys(two, keys, 2, &grouped, NULL), STATUS_OK);
  check_table(grouped, NULL, &style,
              "name   │   spend │ visits\n"
              "string │ float64 │  int64\n"
              "───────┼─────────┼───────\n"
              "客户   │   120.5 │      1\n"
              "1 row × 3 columns\n"
              "grouped by: visits, name\n");
  frame_unref(grouped);
  frame_unref(two);
  frame_unref(frame);
}

static void test_plain_and_inner(void **state)
{
  (void)state;
  Frame *frame = small_frame();
  ViewStyle style = style_of(80, 24);
  check_table(frame, &(TableOptions){.inner = true, .rows = 2}, &style,
              "name │ spend │ visits\n"
              "─────┼───────┼───────\n"
              "客户 │ 120.5 │      1\n"
              "…    │     … │      …\n"
              "NA   │   7.0 │ 600000\n"
              "6 rows × 3 columns (2 shown)\n");
  style.plain = true;
  check_table(frame, &(TableOptions){.inner = true}, &style,
              "name     spend  visits\n"
              "客户    120.50       1\n"
              "é         3.25      20\n"
              "e\u0301           NA     300\n"
              "👍     1000.00    4000\n"
              "plain     0.10   50000\n"
              "NA        7.00  600000\n");
  frame_unref(frame);
}

static void test_colour(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  draft_floats(draft, "x", (const double[]){1, (double)NAN}, 2);
  Frame *frame = finish(draft);
  ViewStyle style = style_of(80, 24);
  style.color = true;
  check_table(frame, &(TableOptions){.inner = true}, &style,
              " \x1b[1mx\x1b[0m\n"
              "\x1b[2m──\x1b[0m\n"
              " 1\n"
              "\x1b[2mNA\x1b[0m\n");
  frame_unref(frame);
}

/* Every type, in one row; and frames without rows or columns. */
static void test_types(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  draft_bool(draft, "flag", true);
  Builder *when = builder_new(TYPE_TIMESTAMP, 1);
  builder_int(when, 1769817600000000); /* 2026-01-31 */
  draft_builder(draft, "when", when);
  Builder *items = builder_new(TYPE_SET, 1);
  builder_item(items, "milk", 4);
  builder_item(items, "bread", 5);
  builder_set(items);
  draft_builder(draft, "items", items);
  Builder *level = builder_new(TYPE_CATEGORY, 1);
  builder_text(level, "low\tor so", 9);
  draft_builder(draft, "level", level);
  Frame *frame = finish(draft), *none, *empty;
  const ViewStyle style = style_of(80, 24);
  Text out = {0};
  assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
  assert_non_null(strstr(text_data(&out), "\ntrue │ 2026-01-31 │ {"));
  assert_non_null(strstr(text_data(&out), "} │ low\\tor so\n1 row × 4 columns\n"));
  text_free(&out);
  assert_int_equal(frame_slice(frame, 0, 0, &none, NULL), STATUS_OK);
  check_table(none, NULL, &style,
              "flag │ when      │ items │ level\n"
              "bool │ timestamp │ set   │ category\n"
              "─────┼───────────┼───────┼─────────\n"
              "0 rows × 4 columns\n");
  assert_int_equal(frame_new(NULL, NULL, 0, &empty, NULL), STATUS_OK);
  check_table(empty, NULL, &style, "0 rows × 0 columns\n");
  frame_unref(frame);
  frame_unref(none);
  frame_unref(empty);
}

/* ---- What is left out ---------------------------------------------------------------------------------- */

static bool has_line(const char *text, const char *wanted)
{
  const char *line;
  size_t n;
  while (screen_line(&text, &line, &n)) {
    if (n == strlen(wanted) && memcmp(line, wanted, n) == 0) {
      return true;
    }
  }
  return false;
}

static void test_long(void **state)
{
  (void)state;
  Frame *frame = long_frame(100000, 7);
  ViewStyle style = style_of(90, 40);
  style.more = ".last shows all";
  Text out = {0};
  assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
  assert_int_equal(screen_check(text_data(&out), 90, false), 3 + 20 + 1 + 1);
  assert_true(has_line(text_data(&out), "100000 rows × 8 columns (20 shown); .last shows all"));
  assert_non_null(strstr(text_data(&out), "\n    10 │"));
  assert_null(strstr(text_data(&out), "\n    11 │"));
  assert_non_null(strstr(text_data(&out), "\n 99991 │"));
  assert_null(strstr(text_data(&out), "\n 99990 │"));
  text_reset(&out);
  style.height = 24; /* everything and the prompt must fit the screen */
  assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
  assert_int_equal(screen_check(text_data(&out), 90, false), 23);
  assert_true(has_line(text_data(&out), "100000 rows × 8 columns (18 shown); .last shows all"));
  text_reset(&out);
  const TableOptions all = {.rows = TABLE_ALL_ROWS};
  assert_int_equal(table_render(frame, &all, &style, &out, NULL), STATUS_OK);
  assert_int_equal(screen_check(text_data(&out), 90, false), 100000 + 4);
  assert_true(has_line(text_data(&out), "100000 rows × 8 columns"));
  text_free(&out);
  frame_unref(frame);
}

/* A line of marks never stands for a single row, which would fit in its place. */
static void test_one_more_row(void **state)
{
  (void)state;
  const ViewStyle style = style_of(80, 0);
  for (size_t rows = 19; rows < 24; rows++) {
    Frame *frame = long_frame(rows, 0);
    Text out = {0};
    assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
    assert_int_equal(strstr(text_data(&out), "…") != NULL, rows > 21);
    text_free(&out);
    frame_unref(frame);
  }
}

static void test_many_columns(void **state)
{
  (void)state;
  Frame *frame = long_frame(3, 12);
  ViewStyle style = style_of(50, 24);
  check_table(frame, NULL, &style,
              "   id │      v1 │      v2 │      v3 │      v4\n"
              "int64 │ float64 │ float64 │ float64 │ float64\n"
              "──────┼─────────┼─────────┼─────────┼────────\n"
              "    1 │    0.00 │    0.00 │    0.00 │    0.00\n"
              "    2 │    0.25 │    0.25 │    0.25 │    0.25\n"
              "    3 │    0.50 │    0.50 │    0.50 │    0.50\n"
              "3 rows × 13 columns (5 columns shown)\n"
              "not shown: v5, v6, v7, v8, v9, v10, v11, v12\n");
  style.width = 0;
  Text out = {0};
  assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
  assert_true(has_line(text_data(&out), "3 rows × 13 columns"));
  text_free(&out);
  frame_unref(frame);
}

/* Ten thousand columns are laid out no slower than those that fit, and listed in a few lines. */
static void test_very_many_columns(void **state)
{
  (void)state;
  Frame *frame = long_frame(30, 10000);
  const ViewStyle style = style_of(80, 24);
  Text out = {0};
  assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
  assert_int_equal(screen_check(text_data(&out), 80, false), 23);
  assert_non_null(strstr(text_data(&out), "not shown: v8, v9, "));
  assert_non_null(strstr(text_data(&out), ", and 99"));
  text_free(&out);
  frame_unref(frame);
}

static void test_long_text(void **state)
{
  (void)state;
  Text huge = {0};
  text_repeat(&huge, "客", 1000000);
  Draft *draft = draft_new();
  draft_texts(draft, "text", (const char *const[]){text_data(&huge), "short"}, 2);
  draft_texts(draft, "other", (const char *const[]){"a text of middling length", "b"}, 2);
  Frame *frame = finish(draft);
  ViewStyle style = style_of(50, 24);
  style.more = "see it";
  check_table(frame, NULL, &style,
              "text                     │ other\n"
              "string                   │ string\n"
              "─────────────────────────┼────────────────────────\n"
              "客客客客客客客客客客客…  │ a text of middling len…\n"
              "short                    │ b\n"
              "2 rows × 2 columns (long texts cut); see it\n");
  style.width = 0;
  Text out = {0};
  assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
  assert_true(out.size < 4000);
  screen_aligned(text_data(&out), 0, 2, "│");
  screen_aligned(text_data(&out), 3, 2, "│");
  text_free(&out);
  text_free(&huge);
  frame_unref(frame);
}

/* ---- Random frames ------------------------------------------------------------------------------------- */

static const char *const odd_texts[] = {
  "客户", "é", "e\u0301", "👍", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "", "NA", "a\nb", "\x1b[2J", "│",
  "a rather long text that may well have to be cut", "\u2764\uFE0F", "\u202Eabc", "客户客户客户客户客户客户客户客户客户",
};

static const char *odd_text(Random *random)
{
  return odd_texts[random_below(random, sizeof odd_texts / sizeof *odd_texts)];
}

static Builder *random_builder(Random *random, size_t rows)
{
  static const Type types[] = {TYPE_FLOAT64,   TYPE_INT64,    TYPE_BOOL,
                               TYPE_TIMESTAMP, TYPE_CATEGORY, TYPE_STRING};
  const Type type = types[random_below(random, 6)];
  Builder *builder = builder_new(type, rows);
  for (size_t i = 0; i < rows; i++) {
    const char *text = odd_text(random);
    if (random_below(random, 8) == 0) {
      builder_missing(builder);
    } else if (type == TYPE_FLOAT64) {
      builder_float(builder, random_normal(random) * pow(10, (double)random_below(random, 30) - 15));
    } else if (type == TYPE_BOOL) {
      builder_bool(builder, random_below(random, 2) == 1);
    } else if (type_is_text(type)) {
      builder_text(builder, text, strlen(text));
    } else {
      builder_int(builder, (int64_t)(random_bits(random) >> (2 + random_below(random, 50))));
    }
  }
  return builder;
}

static Frame *random_frame(Random *random, size_t rows)
{
  const size_t columns = 1 + random_below(random, 9);
  Draft *draft = draft_new();
  for (size_t i = 0; i < columns; i++) {
    char name[128];
    const char *text = odd_text(random);
    snprintf(name, sizeof name, "%zu%s", i, strcmp(text, "│") == 0 ? "" : text);
    draft_builder(draft, name, random_builder(random, rows));
  }
  return finish(draft);
}

/* The separators of the names stand over the crosses of the rule. */
static void check_rule(const char *text, bool has_types)
{
  const char *name_line, *line;
  size_t name_n, n;
  assert_true(screen_line(&text, &name_line, &name_n) && screen_line(&text, &line, &n));
  if (has_types) {
    assert_true(screen_line(&text, &line, &n));
  }
  for (size_t i = 0; i < 10; i++) {
    assert_int_equal(screen_column(name_line, name_n, "|", i), screen_column(line, n, "+", i));
  }
}

static void check_random(const Frame *frame, const TableOptions *options, const ViewStyle *style)
{
  Text out = {0};
  assert_int_equal(table_render(frame, options, style, &out, NULL), STATUS_OK);
  const char *rest = text_data(&out), *line;
  size_t n, lines = 0;
  while (screen_line(&rest, &line, &n)) {
    assert_true(screen_width(line, n) <= (size_t)style->width);
    lines++;
  }
  if (style->ascii && !style->plain) {
    check_rule(text_data(&out), !options->inner);
  }
  assert_true(style->height < 20 || options->rows > 0 || lines < (size_t)style->height);
  text_free(&out);
}

static void test_random_frames(void **state)
{
  (void)state;
  Random random = random_new(3, 0);
  for (int i = 0; i < 400; i++) {
    const size_t rows = random_below(&random, 3) ? random_below(&random, 30) : random_below(&random, 3);
    Frame *frame = random_frame(&random, rows);
    for (int j = 0; j < 6; j++) {
      ViewStyle style = style_of(12 + (int)random_below(&random, 150), (int)random_below(&random, 50));
      style.ascii = j % 2 == 0;
      style.color = j % 3 == 0;
      style.plain = j == 5;
      TableOptions options = {.row_numbers = j % 2 == 1, .inner = j > 3};
      options.rows = j == 4 ? TABLE_ALL_ROWS : j == 2 ? random_below(&random, 9) : 0;
      check_random(frame, &options, &style);
    }
    frame_unref(frame);
  }
}

/* Every separator of every row in one column, whatever the cells. */
static void test_alignment(void **state)
{
  (void)state;
  Random random = random_new(4, 0);
  for (int i = 0; i < 100; i++) {
    const size_t rows = 12;
    Draft *draft = draft_new();
    for (int column = 0; column < 4; column++) {
      char name[8];
      Builder *cells = builder_new(TYPE_STRING, rows);
      for (size_t row = 0; row < rows; row++) {
        const char *text = odd_text(&random);
        builder_text(cells, text, strcmp(text, "│") == 0 ? 0 : strlen(text));
      }
      snprintf(name, sizeof name, "c%d", column);
      draft_builder(draft, name, cells);
    }
    Frame *frame = finish(draft);
    const ViewStyle style = style_of(20 + (int)random_below(&random, 150), 0);
    Text out = {0};
    assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
    screen_aligned(text_data(&out), 0, 2, "│");
    screen_aligned(text_data(&out), 3, rows, "│");
    text_free(&out);
    frame_unref(frame);
  }
}

/* ---- Cards --------------------------------------------------------------------------------------------- */

static Card *example_card(const Frame *frame)
{
  Card *card = card_new();
  card_title(card, "cluster.kmeans: %d clusters of %d rows on %s", 5, 200, "income, score");
  card_line(card, "converged", "after %d iterations", 6);
  card_line(card, "客户", "%s", "a value that is wrapped below itself because it is long");
  card_table(card, "clusters", frame, NULL);
  card_text(card, "A paragraph.");
  card_line(card, "k", "5");
  card_warning(card, "'%s' has values 100 times those of '%s'", "income\x1b[2J", "score");
  card_note(card, "done");
  return card;
}

static void test_card(void **state)
{
  (void)state;
  Frame *frame = small_frame();
  Card *card = example_card(frame);
  const ViewStyle style = style_of(50, 20);
  Text out = {0};
  assert_int_equal(card_render(card, &style, &out, NULL), STATUS_OK);
  assert_string_equal(text_data(&out),
                      "cluster.kmeans: 5 clusters of 200 rows on income,\n"
                      "  score\n"
                      "converged  after 6 iterations\n"
                      "客户       a value that is wrapped below itself\n"
                      "           because it is long\n"
                      "\n"
                      "clusters\n"
                      "name │  spend │ visits\n"
                      "─────┼────────┼───────\n"
                      "客户 │ 120.50 │      1\n"
                      "é    │   3.25 │     20\n"
                      "…    │      … │      …\n"
                      "NA   │   7.00 │ 600000\n"
                      "6 rows × 3 columns (3 shown)\n"
                      "A paragraph.\n"
                      "k  5\n"
                      "warning: 'income\\x1B[2J' has values 100 times\n"
                      "  those of 'score'\n"
                      "note: done\n");
  text_free(&out);
  card_free(card);
  frame_unref(frame);
}

/* Two long tables and a short one share the screen; the short one is whole. */
static void test_card_height(void **state)
{
  (void)state;
  Frame *frame = long_frame(100, 3), *small = long_frame(4, 1), *wide = long_frame(50, 40);
  for (int height = 30; height < 70; height++) {
    Card *card = card_new();
    card_title(card, "title");
    card_table(card, "a", frame, NULL);
    card_table(card, "b", small, NULL);
    card_table(card, NULL, wide, NULL);
    const ViewStyle style = style_of(60, height);
    Text out = {0};
    assert_int_equal(card_render(card, &style, &out, NULL), STATUS_OK);
    const size_t lines = screen_check(text_data(&out), 60, false);
    assert_true(lines < (size_t)height && (lines + 4 > (size_t)height || lines > 60));
    assert_non_null(strstr(text_data(&out), "\n 1 │ 0.00\n 2 │ 0.25\n 3 │ 0.50\n 4 │ 0.75\n"));
    text_free(&out);
    card_free(card);
  }
  frame_unref(frame);
  frame_unref(small);
  frame_unref(wide);
}

/* ---- Memory and time ----------------------------------------------------------------------------------- */

/* Each allocation fails once: an error or, never, half a text; nothing is leaked. */
static void test_allocation_sweep(void **state)
{
  (void)state;
  Frame *frame = long_frame(30, 12);
  const ViewStyle style = style_of(50, 24);
  const size_t before = mem_in_use();
  Status status = STATUS_MEMORY;
  for (int64_t count = 0; status != STATUS_OK; count++) {
    Error e;
    Text out = {0};
    error_clear(&e);
    mem_fail_from(count);
    Card *card = example_card(frame);
    status = card_render(card, &style, &out, &e);
    card_free(card);
    mem_fail_from(-1);
    assert_true(status == STATUS_OK || (status == STATUS_MEMORY && e.status == STATUS_MEMORY));
    text_free(&out);
    assert_int_equal(mem_in_use(), before);
    assert_true(count < 200);
  }
  frame_unref(frame);
}

static void test_null_card(void **state)
{
  (void)state;
  Text out = {0};
  Error e;
  error_clear(&e);
  const ViewStyle style = style_of(80, 24);
  card_title(NULL, "%s", "x");
  card_line(NULL, "k", "%s", "x");
  card_table(NULL, NULL, NULL, NULL);
  card_text(NULL, "x");
  assert_int_equal(card_render(NULL, &style, &out, &e), STATUS_MEMORY);
  assert_int_equal(e.status, STATUS_MEMORY);
  Card *card = card_new();
  card_table(card, "no frame", NULL, NULL);
  card_title(card, "after");
  assert_int_equal(card_render(card, &style, &out, NULL), STATUS_MEMORY);
  card_free(card);
  text_free(&out);
}

static double best_time(size_t rows)
{
  Frame *frame = long_frame(rows, 7);
  const ViewStyle style = style_of(80, 24);
  double best = 1e9;
  for (int i = 0; i < 20; i++) {
    Text out = {0};
    const double start = clock_wall();
    assert_int_equal(table_render(frame, NULL, &style, &out, NULL), STATUS_OK);
    best = fmin(best, clock_wall() - start);
    text_free(&out);
  }
  frame_unref(frame);
  return best;
}

/* The work depends on the rows shown: a table of a million rows takes no longer than one of a hundred (were all
 * rows looked at, thousands of times as long). */
static void test_speed(void **state)
{
  (void)state;
  const double few = best_time(100), many = best_time(1000000);
  print_message("# 100 rows: %.3f ms, a million rows: %.3f ms\n", few * 1000, many * 1000);
  assert_true(many < 20 * few);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_small),        cmocka_unit_test(test_grouped), cmocka_unit_test(test_plain_and_inner),
    cmocka_unit_test(test_colour),       cmocka_unit_test(test_types),
    cmocka_unit_test(test_long),         cmocka_unit_test(test_one_more_row),
    cmocka_unit_test(test_many_columns), cmocka_unit_test(test_very_many_columns),
    cmocka_unit_test(test_long_text),    cmocka_unit_test(test_random_frames),
    cmocka_unit_test(test_alignment),    cmocka_unit_test(test_card),
    cmocka_unit_test(test_card_height),  cmocka_unit_test(test_allocation_sweep),
    cmocka_unit_test(test_null_card),    cmocka_unit_test(test_speed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
