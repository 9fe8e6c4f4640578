/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts drawn as text: axes, canvas, and each mark. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chart/chart.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/pool.h"
#include "core/random.h"
#include "frame/builder.h"
#include "screen.h"
#include "sweep.h"
#include "view/chart_axis.h"
#include "view/chart_canvas.h"
#include "view/chart_text.h"

#define NA ((double)NAN)
#define COUNT(array) (sizeof(array) / sizeof *(array))

static ViewStyle style_of(int width, int height)
{
  ViewStyle style;
  style_init(&style);
  style.width = width;
  style.height = height;
  return style;
}

/* ---- making charts */

static Frame *finish(Draft *draft)
{
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* A frame of columns of numbers named by letters: 'x' "x", 'l' "low", ... */
static const char *role_name(char letter)
{
  switch (letter) {
  case 'x': return "x";
  case 'y': return "y";
  case 'l': return "low";
  case 'h': return "high";
  case '1': return "q25";
  case 'm': return "median";
  case '3': return "q75";
  case 'n': return "n";
  case 's': return "shade";
  case 'i': return "intercept";
  default: return "slope";
  }
}

/* values: column after column, n of each. */
static Frame *numbers(const char *letters, const double *values, size_t n)
{
  Draft *draft = draft_new();
  for (size_t i = 0; letters[i]; i++) {
    draft_floats(draft, role_name(letters[i]), values + i * n, n);
  }
  return finish(draft);
}

static Column *texts(const char *const *values, size_t n, Type type)
{
  Column *column;
  Builder *builder = builder_new(type, n);
  for (size_t i = 0; i < n; i++) {
    builder_text(builder, values[i], strlen(values[i]));
  }
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static Column *labels(const int64_t *values, size_t n, Role role)
{
  Column *column;
  Builder *builder = builder_new(TYPE_INT64, n);
  for (size_t i = 0; i < n; i++) {
    builder_int(builder, values[i]);
  }
  builder_role(builder, role);
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

/* Takes the frame and the column. */
static Frame *with(Frame *frame, const char *name, Column *column)
{
  Frame *made;
  assert_int_equal(frame_with(frame, name, column, &made, NULL), STATUS_OK);
  frame_unref(frame);
  column_unref(column);
  return made;
}

static ChartAxis axis_of(const char *label, ChartScale scale, const Column *categories)
{
  return (ChartAxis){.label = label, .scale = scale, .low = NA, .high = NA, .categories = categories};
}

static Chart *chart_of(const char *title, const ChartAxis *x, const ChartAxis *y)
{
  Chart *chart;
  assert_int_equal(chart_new("test", &chart, NULL), STATUS_OK);
  assert_int_equal(chart_set_title(chart, title, NULL), STATUS_OK);
  assert_int_equal(chart_set_x(chart, x, NULL), STATUS_OK);
  assert_int_equal(chart_set_y(chart, y, NULL), STATUS_OK);
  return chart;
}

static Chart *plane(const char *title, const char *x, const char *y)
{
  const ChartAxis h = axis_of(x, CHART_NUMBERS, NULL), v = axis_of(y, CHART_NUMBERS, NULL);
  return chart_of(title, &h, &v);
}

static Chart *by_category(const char *title, const char *const *names, size_t n, const char *x, const char *y)
{
  Column *categories = texts(names, n, TYPE_STRING);
  const ChartAxis h = axis_of(x, CHART_CATEGORIES, categories), v = axis_of(y, CHART_NUMBERS, NULL);
  Chart *chart = chart_of(title, &h, &v);
  column_unref(categories);
  return chart;
}

/* Takes the frame. */
static void add(Chart *chart, ChartMark mark, const char *name, Frame *frame)
{
  Error e;
  error_clear(&e);
  if (chart_add(chart, mark, name, frame, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  frame_unref(frame);
}

static void done(Chart *chart)
{
  Task task;
  task_init(&task, 1);
  assert_int_equal(chart_finish(chart, &task, NULL), STATUS_OK);
  task_free(&task);
}

static char *drawn(const Chart *chart, const ViewStyle *style)
{
  Text out = {0};
  assert_int_equal(chart_text(chart, style, &out, NULL), STATUS_OK);
  return text_take(&out);
}

static void check_text(const char *text, const char *expected, int line)
{
  if (getenv("SHOW")) {
    printf("@@%d\n%s", line, text);
  } else if (strcmp(text, expected) != 0) {
    print_error("line %d: drawn:\n%s", line, text);
    assert_string_equal(text, expected);
  }
}

static void check_chart(const Chart *chart, const ViewStyle *style, const char *expected, int line)
{
  char *text = drawn(chart, style);
  check_text(text, expected, line);
  if (!style->color) {
    screen_check(text, (size_t)(style->width > 20 ? style->width : 20), style->ascii);
  }
  mem_free(text);
}

#define check(chart, style, expected) check_chart(chart, style, expected, __LINE__)

/* ---- Axes */

static void check_marked(double low, double high, size_t cells, size_t wanted, AxisKind kind, const char *expected,
                         int line)
{
  Axis axis;
  Text out = {0};
  axis_init(&axis, low, high, cells, wanted, kind);
  for (size_t i = 0; i < axis.n; i++) {
    text_printf(&out, "%s%zu:%s", i > 0 ? "  " : "", axis.ticks[i].cell, axis.ticks[i].label);
    assert_true(axis.ticks[i].cell < cells);
  }
  check_text(text_data(&out), expected, line);
  text_free(&out);
}

#define check_axis(low, high, cells, wanted, kind, expected) \
  check_marked(low, high, cells, wanted, kind, expected, __LINE__)

static void test_axis(void **state)
{
  (void)state;
  check_axis(0, 100, 50, 5, AXIS_NUMBERS, "0:0  10:20  20:40  30:60  40:80  49:100");
  check_axis(-1, 1, 20, 4, AXIS_NUMBERS, "0:-1.0  5:-0.5  10:0.0  15:0.5  19:1.0");
  check_axis(0.13, 0.62, 49, 5, AXIS_NUMBERS, "7:0.2  17:0.3  27:0.4  37:0.5  47:0.6");
  check_axis(15, 137, 60, 4, AXIS_NUMBERS, "2:20  12:40  22:60  31:80  41:100  51:120");
  check_axis(5, 5, 20, 4, AXIS_NUMBERS, "1:4.96  6:4.98  10:5.00  14:5.02  18:5.04");
  check_axis(1e9, 1e9 + 1e-6, 20, 4, AXIS_NUMBERS, "0:1000000000  19:1000000000");
  check_axis(-1.7e308, 1.7e308, 20, 2, AXIS_NUMBERS, "0:-1.6e+308  10:0.0e+00  19:1.6e+308");
  check_axis(1000000, 1000004, 40, 4, AXIS_NUMBERS, "0:1000000  10:1000001  20:1000002  30:1000003  39:1000004");
  check_axis(0, 1e-310, 20, 2, AXIS_NUMBERS, "0:0.00000e+00  9:4.81984e-311  19:9.63968e-311");
}

static void test_log_axis(void **state)
{
  (void)state;
  check_axis(1, 1000, 30, 4, AXIS_LOG, "0:1  10:10  20:100  29:1000");
  check_axis(1, 1e12, 60, 4, AXIS_LOG, "0:1  15:1000  30:1000000  45:1000000000  59:1000000000000");
  check_axis(2, 30, 60, 6, AXIS_LOG, "0:2  20:5  35:10  51:20");
  check_axis(31, 32, 20, 4, AXIS_LOG, "0:31.0  4:31.2  8:31.4  12:31.6  16:31.8  19:32.0");
  check_axis(5e-324, 1e308, 80, 4, AXIS_LOG, "0:1e-316  20:1e-158  40:1  60:1e+158");
}

#define DAY 86400e6

static void test_time_axis(void **state)
{
  (void)state;
  const double start = 1769817600e6; /* 2026-01-31 */
  check_axis(start, start + 30 * DAY, 60, 5, AXIS_TIMES,
             "4:2026-02-02  18:2026-02-09  32:2026-02-16  46:2026-02-23  59:2026-03-02");
  check_axis(start, start + 400 * DAY, 60, 5, AXIS_TIMES, "9:2026-04  22:2026-07  36:2026-10  50:2027-01");
  check_axis(start, start + 9000 * DAY, 60, 5, AXIS_TIMES, "9:2030  21:2035  33:2040  46:2045  58:2050");
  check_axis(start, start + DAY / 2, 60, 4, AXIS_TIMES, "0:2026-01-31 00:00  15:03:00  30:06:00  45:09:00  59:12:00");
  check_axis(start + DAY * 0.75, start + DAY * 1.25, 60, 2, AXIS_TIMES,
             "0:2026-01-31 18:00  30:2026-02-01 00:00  59:06:00");
  check_axis(start, start + 3e6, 60, 4, AXIS_TIMES, "0:2026-01-31 00:00:00  20:00:00:01  40:00:00:02  59:00:00:03");
  check_axis(start, start + 10, 60, 4, AXIS_TIMES, "0:2026-01-31 00:00:00  59:2026-01-31 00:00:00");
  check_axis(-9e18, 9e18, 60, 4, AXIS_TIMES, "0:-9e+18  59:9e+18");
}

/* ---- Canvas */

static void check_drawn(ViewDots dots, const char *expected, int line)
{
  Canvas canvas;
  ViewStyle style = style_of(80, 24);
  Text out = {0};
  assert_int_equal(canvas_init(&canvas, 4, 2, dots, NULL), STATUS_OK);
  const double up = 2 * (double)canvas.down, across = 4 * (double)canvas.across;
  canvas_line(&canvas, 0, 0, 4, 2, 0);
  canvas_line(&canvas, 1e12, -1e12, -1e300, 1e300, 0);
  canvas_line(&canvas, NA, 0, 1, 1, 0);
  canvas_dot(&canvas, (size_t)across - 1, 0, 0);
  canvas_dot(&canvas, (size_t)across, (size_t)up, 0);
  canvas_row(&canvas, &style, 1, &out);
  text_char(&out, '\n');
  canvas_row(&canvas, &style, 0, &out);
  check_text(text_data(&out), expected, line);
  text_free(&out);
  canvas_free(&canvas);
}

#define check_dots(dots, expected) check_drawn(dots, expected, __LINE__)

static void test_dots(void **state)
{
  (void)state;
  check_dots(VIEW_DOTS_BRAILLE, "  ⡠⠊\n⡠⠊ ⢀");
  check_dots(VIEW_DOTS_BLOCKS, "  ▄▀\n▄▀ ▗");
  check_dots(VIEW_DOTS_ASCII, "  .'\n.' .");
}

/* ---- Points */

enum { POINTS = 8 };

/* Column after column: x, y. */
static const double points[2 * POINTS] = {0, 10, 20, 20, 20, (double)INFINITY, 5, NA, 0, 2, 4, 4, 4, 1, 4, 1};
static const int64_t groups[POINTS] = {3, 1, 2, 2, 1, 1, 0, 1};

static void test_classes(void **state)
{
  (void)state;
  Chart *chart = plane("Segments", "客户\t", "y");
  add(chart, CHART_POINTS, "", with(numbers("xy", points, POINTS), "group", labels(groups, POINTS, ROLE_LABEL)));
  assert_int_equal(chart_set_legend(chart, "cluster", NULL), STATUS_OK);
  assert_int_equal(chart_add_note(chart, NULL, "a note"), STATUS_OK);
  done(chart);
  ViewStyle style = style_of(40, 16);
  check(chart, &style,
        "Segments\n"
        "   y\n"
        "4 ┤         .                          x\n"
        "  │\n"
        "2 ┤                  o\n"
        "  │\n"
        "  │\n"
        "0 ┤+\n"
        "  └┬────────┬────────┬────────┬────────┬\n"
        "   0        5       10       15       20\n"
        "   客户\\t\n"
        "cluster: . 0 (1)  o 1 (2)  x 2 (2)\n"
        "+ 3 (1)\n"
        "n 6, 2 missing or not finite\n"
        "a note\n");
  style.color = true;
  check(chart, &style,
        "\x1b""[1mSegments\x1b""[0m\n"
        "   \x1b""[1my\x1b""[0m\n"
        "4 \x1b""[2m┤\x1b""[0m         \x1b""[34m.                          \x1b""[0m\x1b""[36mx\x1b""[0m\n"
        "  \x1b""[2m│\x1b""[0m\n"
        "2 \x1b""[2m┤\x1b""[0m                  \x1b""[33mo\x1b""[0m\n"
        "  \x1b""[2m│\x1b""[0m\n"
        "  \x1b""[2m│\x1b""[0m\n"
        "0 \x1b""[2m┤\x1b""[0m\x1b""[31m+\x1b""[0m\n"
        "  \x1b""[2m└┬────────┬────────┬────────┬────────┬\x1b""[0m\n"
        "   0        5       10       15       20\n"
        "   \x1b""[1m客户\\t\x1b""[0m\n"
        "\x1b""[1mcluster\x1b""[0m: \x1b""[34m.\x1b""[0m 0 (1)  \x1b""[33mo\x1b""[0m 1 (2)  \x1b""[36mx\x1b""[0m 2 (2)\n"
        "\x1b""[31m+\x1b""[0m 3 (1)\n"
        "\x1b""[2mn 6, 2 missing or not finite\x1b""[0m\n"
        "\x1b""[2ma note\x1b""[0m\n");
  style.color = false;
  style.ascii = true;
  check(chart, &style,
        "Segments\n"
        "   y\n"
        "4 +         .                          x\n"
        "  |\n"
        "2 +                  o\n"
        "  |\n"
        "  |\n"
        "0 ++\n"
        "  ++--------+--------+--------+--------+\n"
        "   0        5       10       15       20\n"
        "   \\u{5BA2}\\u{6237}\\t\n"
        "cluster: . 0 (1)  o 1 (2)  x 2 (2)\n"
        "+ 3 (1)\n"
        "n 6, 2 missing or not finite\n"
        "a note\n");
  style.plain = true;
  check(chart, &style,
        "Segments\n"
        "\\u{5BA2}\\u{6237}\\t: from 0 to 20\n"
        "y: from 0 to 4\n"
        "cluster: 0 (1)  1 (2)  2 (2)\n"
        "3 (1)\n"
        "n 6, 2 missing or not finite\n"
        "a note\n");
  chart_unref(chart);
}

/* Characters are given in the order of the texts, not of appearance; three share the cell at (20, 4). */
static void test_text_classes(void **state)
{
  (void)state;
  static const char *const regions[] = {"west", "north", "北\x1b", "east", "west", "west", "west", "west"};
  const Type types[] = {TYPE_STRING, TYPE_CATEGORY};
  for (int i = 0; i < 2; i++) {
    Chart *chart = plane("", "x", "y");
    add(chart, CHART_POINTS, "", with(numbers("xy", points, POINTS), "group", texts(regions, POINTS, types[i])));
    done(chart);
    ViewStyle style = style_of(30, 13);
    style.ascii = true;
    check(chart, &style,
          "   y\n"
          "4 +      +                   o\n"
          "  |\n"
          "2 +             x\n"
          "  |\n"
          "0 ++\n"
          "  ++------------+------------+\n"
          "   0           10           20\n"
          "   x\n"
          "o east (1)  x north (1)\n"
          "+ west (3)  * ... (1)\n"
          "n 6, 2 missing or not finite\n");
    chart_unref(chart);
  }
}

/* Four cells with 1, 2, 3 and 9 points: a level each. */
static void test_density(void **state)
{
  (void)state;
  const double at[30] = {0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  Chart *chart = plane("", "x", "y");
  add(chart, CHART_POINTS, "", numbers("xy", at, 15));
  done(chart);
  ViewStyle style = style_of(40, 13);
  check(chart, &style,
        "   y\n"
        "  │                                    █\n"
        "2 ┤                        ▓\n"
        "  │\n"
        "  │            ▒\n"
        "0 ┤░\n"
        "  └┬───────────┬───────────┬───────────┬\n"
        "   0           1           2           3\n"
        "   x\n"
        "points in a cell: ░ 1  ▒ 2  ▓ 3 to 8\n"
        "█ 9\n"
        "n 15\n");
  style.ascii = true;
  check(chart, &style,
        "   y\n"
        "  |                                    @\n"
        "2 +                        O\n"
        "  |\n"
        "  |            o\n"
        "0 +.\n"
        "  ++-----------+-----------+-----------+\n"
        "   0           1           2           3\n"
        "   x\n"
        "points in a cell: . 1  o 2  O 3 to 8\n"
        "@ 9\n"
        "n 15\n");
  chart_unref(chart);
}

/* Few points are dots, each in its place; with a line over them. */
static void test_dots_and_trend(void **state)
{
  (void)state;
  const double at[20] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 4, 9, 16, 25, 36, 49, 64, 81};
  const double trend[4] = {0, 9, -12, 69};
  Chart *chart = plane("", "", "");
  add(chart, CHART_POINTS, "squares", numbers("xy", at, 10));
  add(chart, CHART_LINE, "trend", numbers("xy", trend, 2));
  done(chart);
  ViewStyle style = style_of(40, 14);
  style.dots = VIEW_DOTS_BRAILLE;
  check(chart, &style,
        "   │                                   ⢈\n"
        "   │                              ⣀x⠖⠒⠉x\n"
        "50 ┤                        ⣀⡠⠤x⠊⠉\n"
        "   │                  ⣀x⠤⠒⠊x⠂\n"
        "   │            ⣀⡠⠤x⡊⠉  ⠁\n"
        "   │      ⣀x⡤⠒⠊x⠂\n"
        " 0 ┤⣁⡠⠤x⠋⠉\n"
        "   └┬───────┬───────┬───────┬───────┬───\n"
        "    0       2       4       6       8\n"
        "· squares (10)  x trend\n"
        "n 10\n");
  style.dots = VIEW_DOTS_AUTO;
  check(chart, &style,
        "   │                                   ▐\n"
        "   │                              ▄x▛▀▀x\n"
        "50 ┤                        ▄▄▄x▀▀\n"
        "   │                  ▄x▄▀▀x▘\n"
        "   │            ▄▄▄x▛▀  ▘\n"
        "   │      ▄x▄▀▀x▘\n"
        " 0 ┤▙▄▄x▀▀\n"
        "   └┬───────┬───────┬───────┬───────┬───\n"
        "    0       2       4       6       8\n"
        "· squares (10)  x trend\n"
        "n 10\n");
  style.ascii = true;
  check(chart, &style,
        "   |                                   x\n"
        "   |                              xxxxxx\n"
        "50 +                        xxxxxx\n"
        "   |                  xxxxxxo\n"
        "   |            xxxxxx  o\n"
        "   |      xxxxxxo\n"
        " 0 +xxxxxx\n"
        "   ++-------+-------+-------+-------+---\n"
        "    0       2       4       6       8\n"
        "o squares (10)  x trend\n"
        "n 10\n");
  style.plain = true;
  check(chart, &style,
        "x: from 0 to 9\n"
        "y: from -12 to 81\n"
        "trend: least -12 at 0, greatest 69 at 9\n"
        "squares (10)\n"
        "n 10\n");
  chart_unref(chart);
}

static void test_shade(void **state)
{
  (void)state;
  const double at[12] = {1, 2, 3, 4, 1, 2, 3, 4, 10, 20, 30, 40};
  Chart *chart = plane("", "x", "y");
  add(chart, CHART_POINTS, "", numbers("xys", at, 4));
  assert_int_equal(chart_set_legend(chart, "income", NULL), STATUS_OK);
  done(chart);
  ViewStyle style = style_of(40, 12);
  check(chart, &style,
        "   y\n"
        "4 ┤                                    █\n"
        "  │                        ▓\n"
        "  │\n"
        "2 ┤            ▒\n"
        "  │░\n"
        "  └┬───────────┬───────────┬───────────┬\n"
        "   1           2           3           4\n"
        "   x\n"
        "income: ░ 10 to 17.5  ▒ 17.5 to 25\n"
        "▓ 25 to 32.5  █ 32.5 to 40\n"
        "n 4\n");
  style.ascii = true;
  check(chart, &style,
        "   y\n"
        "4 +                                    @\n"
        "  |                        O\n"
        "  |\n"
        "2 +            o\n"
        "  |.\n"
        "  ++-----------+-----------+-----------+\n"
        "   1           2           3           4\n"
        "   x\n"
        "income: . 10 to 17.5  o 17.5 to 25\n"
        "O 25 to 32.5  @ 32.5 to 40\n"
        "n 4\n");
  chart_unref(chart);
}

/* Two series of points, one with labels; what does not fit is left out. */
static void test_labels(void **state)
{
  (void)state;
  const double at[8] = {1, 2, 3, 4, 1, 2, 3, 4}, centres[4] = {1.2, 2.4, 2, 3};
  const char *const names[] = {"left", "客户 right\n"};
  Chart *chart = plane("", "x", "y");
  add(chart, CHART_POINTS, "rows", numbers("xy", at, 4));
  add(chart, CHART_POINTS, "centres", with(numbers("xy", centres, 2), "label", texts(names, 2, TYPE_STRING)));
  done(chart);
  const ViewStyle style = style_of(40, 12);
  check(chart, &style,
        "   y\n"
        "4 ┤                                    o\n"
        "  │    客户 right\\n x      o\n"
        "  │\n"
        "2 ┤  x left    o\n"
        "  │o\n"
        "  └┬───────────┬───────────┬───────────┬\n"
        "   1           2           3           4\n"
        "   x\n"
        "o rows (4)  x centres (2)\n"
        "n 4\n");
  chart_unref(chart);
}

static void test_log_points(void **state)
{
  (void)state;
  const double at[10] = {1, 10, 100, 1000, -1, 0.01, 0.1, 1, 10, 10};
  ChartAxis x = axis_of("x", CHART_NUMBERS, NULL), y = axis_of("y", CHART_NUMBERS, NULL);
  x.log = y.log = true;
  Chart *chart = chart_of("", &x, &y);
  add(chart, CHART_POINTS, "", numbers("xy", at, 5));
  done(chart);
  const ViewStyle style = style_of(40, 12);
  check(chart, &style,
        "      y\n"
        "     │                                 ▝\n"
        "   1 ┤                      ▗\n"
        "     │\n"
        "     │           ▘\n"
        "0.01 ┤▖\n"
        "     └┬──────────┬──────────┬──────────┬\n"
        "      1         10         100      1000\n"
        "      x\n"
        "n 4, 1 missing, not finite or not above\n"
        "  0\n");
  chart_unref(chart);
}

/* Limits: what lies beyond is counted and not drawn. */
static void test_limits(void **state)
{
  (void)state;
  ChartAxis x = axis_of("x", CHART_NUMBERS, NULL), y = axis_of("y", CHART_NUMBERS, NULL);
  x.low = 4;
  x.high = 12;
  Chart *chart = chart_of("", &x, &y);
  add(chart, CHART_POINTS, "", with(numbers("xy", points, POINTS), "group", labels(groups, POINTS, ROLE_NONE)));
  done(chart);
  const ViewStyle style = style_of(40, 12);
  check(chart, &style,
        "   y\n"
        "4 ┤    o\n"
        "  │\n"
        "3 ┤\n"
        "  │\n"
        "2 ┤                           x\n"
        "  └┬────────┬────────┬────────┬────────┬\n"
        "   4        6        8       10       12\n"
        "   x\n"
        "o 0 (1)  x 1 (1)\n"
        "n 2, 2 missing or not finite, 4 beyond\n"
        "  the limits\n");
  chart_unref(chart);
}

/* Up to 34 classes are told apart, the others share a character; their sizes add up. */
static void test_many_classes(void **state)
{
  (void)state;
  for (int64_t k = 30; k < 100; k += 7) {
    double at[1400];
    int64_t group[700];
    for (size_t i = 0; i < 700; i++) {
      group[i] = (int64_t)i % k * 1000;
      at[i] = at[700 + i] = (double)group[i];
    }
    Chart *chart = plane("", "x", "y");
    add(chart, CHART_POINTS, "", with(numbers("xy", at, 700), "group", labels(group, 700, ROLE_NONE)));
    done(chart);
    const ViewStyle style = style_of(100, 60);
    char *text = drawn(chart, &style);
    screen_check(text, 100, false);
    assert_non_null(strstr(text, "\no 0 ("));
    assert_non_null(strstr(text, k > 33 ? "Z 33000 (" : "29000 ("));
    char others[40];
    size_t rest = 0;
    for (size_t i = 0; i < 700; i++) {
      rest += group[i] >= 34000;
    }
    snprintf(others, sizeof others, "? others (%zu)\nn 700\n", rest);
    assert_int_equal(strstr(text, others) != NULL, k > 34);
    mem_free(text);
    chart_unref(chart);
  }
}

static void test_set_classes(void **state)
{
  (void)state;
  Column *sets;
  Builder *builder = builder_new(TYPE_SET, 2);
  builder_set(builder);
  builder_set(builder);
  assert_int_equal(builder_finish(builder, &sets, NULL), STATUS_OK);
  Chart *chart = plane("", "x", "y");
  add(chart, CHART_POINTS, "", with(numbers("xy", points, 2), "group", sets));
  done(chart);
  Text out = {0};
  Error e;
  error_clear(&e);
  const ViewStyle style = style_of(40, 24);
  assert_int_equal(chart_text(chart, &style, &out, &e), STATUS_ARGUMENT);
  assert_string_equal(e.id, "wrong-type");
  text_free(&out);
  chart_unref(chart);
}

/* ---- Lines and rules */

static void test_lines(void **state)
{
  (void)state;
  const double a[14] = {0, 1, 2, 3, 4, 5, 6, 0, 5, 3, NA, 4, 9, 1}, b[14] = {0, 1, 2, 3, 4, 5, 6, 9, 8, 7, 6, 5, 4, 3};
  Chart *chart = plane("Two lines", "month", "sales");
  add(chart, CHART_LINE, "north", numbers("xy", a, 7));
  add(chart, CHART_LINE, "south", numbers("xy", b, 7));
  done(chart);
  ViewStyle style = style_of(50, 16);
  check(chart, &style,
        "Two lines\n"
        "   sales\n"
        "8 ┤x▀▀▀▚▄▄x▄                            ▗▞o▖\n"
        "  │         ▀▀▀▀▚▄x▄▄                 ▗▞▘  ▝▖\n"
        "6 ┤                  ▀▀▀▀▚x▄▄▖       ▞▘     ▝▖\n"
        "  │       o▄▖                ▝▀▀▀▚x▄█▄▖      ▝▖\n"
        "4 ┤     ▄▀  ▝▀▀▄▄                 o   ▝▀▀▀x▄▄▄▟▚\n"
        "  │   ▗▞         ▀o                            ▀▜x\n"
        "2 ┤ ▗▞▘                                          ▚\n"
        "0 ┤o▘                                            o\n"
        "  └┬──────────────┬───────────────┬──────────────┬\n"
        "   0              2               4              6\n"
        "   month\n"
        "o north  x south\n"
        "n 13, 1 missing or not finite\n");
  style.dots = VIEW_DOTS_BRAILLE;
  check(chart, &style,
        "Two lines\n"
        "   sales\n"
        "8 ┤x⠉⠒⠒⠢⠤⢄x⣀                            ⡠⠊o⡀\n"
        "  │         ⠉⠉⠒⠒⠢⠤x⣀⣀                 ⢀⠜   ⠘⡄\n"
        "6 ┤                  ⠉⠉⠒⠒⠢x⣀⣀⡀      ⢀⠔⠁     ⠘⡄\n"
        "  │       o⢄⡀                ⠈⠉⠑⠒⠢x⡤⣊⣀⡀      ⠘⡄\n"
        "4 ┤     ⢀⠜  ⠈⠉⠒⠤⣀                 o   ⠈⠉⠑⠒x⠤⠤⣀⣈⢆\n"
        "  │   ⢀⠔⠁        ⠉o                            ⠉⢏x\n"
        "2 ┤  ⡠⠃                                         ⠈⢆\n"
        "0 ┤o⠊                                            o\n"
        "  └┬──────────────┬───────────────┬──────────────┬\n"
        "   0              2               4              6\n"
        "   month\n"
        "o north  x south\n"
        "n 13, 1 missing or not finite\n");
  style.ascii = true;
  check(chart, &style,
        "Two lines\n"
        "   sales\n"
        "8 +xxxxxxxxx                            oooo\n"
        "  |         xxxxxxxxx                 oo   oo\n"
        "6 +                  xxxxxxxxx      oo      oo\n"
        "  |       oo                  xxxxxxxxx      oo\n"
        "4 +      o  ooooo                 o    xxxxxxxxo\n"
        "  |    oo        oo                            xxx\n"
        "2 +  oo                                         oo\n"
        "0 +oo                                            o\n"
        "  ++--------------+---------------+--------------+\n"
        "   0              2               4              6\n"
        "   month\n"
        "o north  x south\n"
        "n 13, 1 missing or not finite\n");
  style.plain = true;
  check(chart, &style,
        "Two lines\n"
        "month: from 0 to 6\n"
        "sales: from 0 to 9\n"
        "north: least 0 at 0, greatest 9 at 5\n"
        "south: least 3 at 6, greatest 9 at 0\n"
        "n 13, 1 missing or not finite\n");
  chart_unref(chart);
}

/* A line with a point alone between gaps, and times along it. */
static void test_time_line(void **state)
{
  (void)state;
  double at[10];
  for (size_t i = 0; i < 5; i++) {
    at[i] = 1769817600e6 + (double)i * 20 * DAY;
    at[5 + i] = i == 1 || i == 3 ? NA : (double)i;
  }
  ChartAxis x = axis_of("day", CHART_TIMES, NULL), y = axis_of("", CHART_NUMBERS, NULL);
  Chart *chart = chart_of("", &x, &y);
  add(chart, CHART_LINE, "", numbers("xy", at, 5));
  done(chart);
  ViewStyle style = style_of(50, 10);
  check(chart, &style,
        "4 ┤                                              ▝\n"
        "  │\n"
        "2 ┤                       ▝\n"
        "  │\n"
        "0 ┤▖\n"
        "  └┬────────────────┬─────────────────┬───────────\n"
        "2026-02          2026-03           2026-04\n"
        "   day\n"
        "n 3, 2 missing or not finite\n");
  style.plain = true;
  check(chart, &style,
        "day: from 2026-01-31 to 2026-04-21\n"
        "y: from 0 to 4\n"
        "line: least 0 at 2026-01-31, greatest 4 at\n"
        "  2026-04-21\n"
        "n 3, 2 missing or not finite\n");
  chart_unref(chart);
}

static void test_rules(void **state)
{
  (void)state;
  const double a[6] = {0, 5, 10, 0, 5, 10}, upright[1] = {5}, level[2] = {2, 0}, slanted[2] = {0, 1};
  Chart *chart = plane("", "", "");
  add(chart, CHART_POINTS, "", numbers("xy", a, 3));
  add(chart, CHART_RULE, "mean", numbers("x", upright, 1));
  add(chart, CHART_RULE, "target", numbers("ib", level, 1));
  add(chart, CHART_RULE, "", numbers("ib", slanted, 1));
  done(chart);
  ViewStyle style = style_of(40, 14);
  check(chart, &style,
        "10 ┤                  │            ▄▄▞▀▀\n"
        "   │                  │       ▄▄▞▀▀\n"
        "   │                  │  ▄▄▞▀▀\n"
        " 5 ┤               ▗▄▄▀▀▀\n"
        "   │          ▗▄▄▀▀▘  │\n"
        "   │─────▗▄▄▀▀▘─────────────────────────\n"
        " 0 ┤▄▄▄▀▀▘            │\n"
        "   └┬──────┬──────┬──────┬──────┬──────┬\n"
        "    0      2      4      6      8     10\n"
        "│ mean  ─ target\n"
        "n 3\n");
  style.ascii = true;
  check(chart, &style,
        "10 +                  |            ...'o\n"
        "   |                  |       ...''\n"
        "   |                  |  ...''\n"
        " 5 +                ..o''\n"
        "   |           ..'''  |\n"
        "   |------..'''-------------------------\n"
        " 0 +o..'''            |\n"
        "   ++------+------+------+------+------+\n"
        "    0      2      4      6      8     10\n"
        "| mean  - target\n"
        "n 3\n");
  style.plain = true;
  check(chart, &style,
        "x: from 0 to 10\n"
        "y: from 0 to 10\n"
        "mean: at 5\n"
        "target: intercept 2, slope 0\n"
        "rule: intercept 0, slope 1\n"
        "n 3\n");
  chart_unref(chart);
}

/* ---- Bars */

static const char *const days[] = {"Monday", "客户", "e\u0301", "none", "tiny", "gone"};

/* 40 columns leave 24 cells behind the figures: 16 is 24 cells, 4 is 6, 1 is 1.5 = 1 and 4 eighths. */
static void test_bars(void **state)
{
  (void)state;
  const double bars[12] = {0, 1, 2, 3, 4, 5, 16, 4, 1, 0, 0.001, NA};
  Chart *chart = by_category("visits", days, 6, "day", "n");
  add(chart, CHART_BARS, "", numbers("xy", bars, 6));
  done(chart);
  ViewStyle style = style_of(40, 24);
  check(chart, &style,
        "visits\n"
        "day          n\n"
        "Monday  16.000 █████████████████████████\n"
        "客户     4.000 ██████▎\n"
        "é        1.000 █▋\n"
        "none     0.000\n"
        "tiny     0.001 ▏\n"
        "gone        NA\n"
        "1 missing or not finite\n");
  style.ascii = true;
  check(chart, &style,
        "visits\n"
        "day                    n\n"
        "Monday            16.000 ###############\n"
        "\\u{5BA2}\\u{6237}   4.000 ####\n"
        "e\\u{301}           1.000 #\n"
        "none               0.000\n"
        "tiny               0.001 #\n"
        "gone                  NA\n"
        "1 missing or not finite\n");
  style.ascii = false;
  style.width = 20;
  check(chart, &style,
        "visits\n"
        "day          n\n"
        "Monday  16.000 █████\n"
        "客户     4.000 █▎\n"
        "é        1.000 ▍\n"
        "none     0.000\n"
        "tiny     0.001 ▏\n"
        "gone        NA\n"
        "1 missing or not\n"
        "  finite\n");
  style.width = 40;
  style.plain = true;
  check(chart, &style,
        "visits\n"
        "n by day\n"
        "Monday: 16\n"
        "客户: 4\n"
        "é: 1\n"
        "none: 0\n"
        "tiny: 0.001\n"
        "gone: NA\n"
        "1 missing or not finite\n");
  chart_unref(chart);
}

/* Left of zero a bar ends in a half cell. The sides share the cells as the values do. */
static void test_negative_bars(void **state)
{
  (void)state;
  const double bars[8] = {0, 1, 2, 3, 2, -1, 0, -0.5}, down[4] = {0, 1, -4, -0.5};
  const ViewStyle style = style_of(33, 24);
  Chart *chart = by_category("", days, 4, "", "");
  add(chart, CHART_BARS, "", numbers("xy", bars, 4));
  done(chart);
  check(chart, &style,
        "Monday   2.0       │████████████\n"
        "客户    -1.0 ██████│\n"
        "é        0.0       │\n"
        "none    -0.5    ███│\n");
  chart_unref(chart);
  chart = by_category("", days, 2, "", "");
  add(chart, CHART_BARS, "", numbers("xy", down, 2));
  done(chart);
  check(chart, &style,
        "Monday  -4.0 ███████████████████│\n"
        "客户    -0.5                 ▐██│\n");
  chart_unref(chart);
}

static void test_odd_bars(void **state)
{
  (void)state;
  const double zero[2] = {0, 0}, huge[4] = {0, 1, 1.7e308, -1.7e308};
  const ViewStyle style = style_of(40, 24);
  Chart *chart = by_category("t", days, 1, "", "");
  add(chart, CHART_BARS, "", numbers("xy", zero, 1));
  done(chart);
  check(chart, &style,
        "t\n"
        "Monday  0                │\n");
  chart_unref(chart);
  chart = by_category("", days, 2, "", "");
  add(chart, CHART_BARS, "", numbers("xy", huge, 2));
  done(chart);
  check(chart, &style,
        "Monday   1.7e+308            │██████████\n"
        "客户    -1.7e+308  ██████████│\n");
  chart_unref(chart);
}

static void test_series_of_bars(void **state)
{
  (void)state;
  const double north[4] = {0, 1, 4, 2}, south[4] = {0, 1, 1, 3}, west[4] = {0, 1, -1, 1};
  for (int stacked = 0; stacked < 2; stacked++) {
    Chart *chart = by_category("", days, 2, "day", "sales");
    add(chart, CHART_BARS, "north", numbers("xy", north, 2));
    add(chart, CHART_BARS, "south", numbers("xy", south, 2));
    add(chart, CHART_BARS, "west", numbers("xy", west, 2));
    if (stacked) {
      chart_set_stacked(chart);
    }
    done(chart);
    ViewStyle style = style_of(40, 24);
    if (stacked) {
      check(chart, &style,
            "day     sales\n"
            "Monday  4 ▓▓▓▓│████████████████░░░░\n"
            "客户    6     │████████░░░░░░░░░░░░▓▓▓▓\n"
            "█ north  ░ south  ▓ west\n");
      style.ascii = true;
      check(chart, &style,
            "day               sales\n"
            "Monday            4 ooo|###########==\n"
            "\\u{5BA2}\\u{6237}  6    |#####========ooo\n"
            "# north  = south  o west\n");
    } else {
      check(chart, &style,
            "day       sales\n"
            "Monday o   4      │████████████████████\n"
            "       x   1      │█████\n"
            "       +  -1 █████│\n"
            "客户   o   2      │██████████\n"
            "       x   3      │███████████████\n"
            "       +   1      │█████\n"
            "o north  x south  + west\n");
      style.plain = true;
      check(chart, &style,
            "sales by day\n"
            "Monday, north: 4\n"
            "客户, north: 2\n"
            "Monday, south: 1\n"
            "客户, south: 3\n"
            "Monday, west: -1\n"
            "客户, west: 1\n");
    }
    chart_unref(chart);
  }
}

static void test_log_bars(void **state)
{
  (void)state;
  const double bars[8] = {0, 1, 2, 3, 1, 10, 1000, 0};
  Column *categories = texts(days, 4, TYPE_STRING);
  ChartAxis x = axis_of("", CHART_CATEGORIES, categories), y = axis_of("", CHART_NUMBERS, NULL);
  y.log = true;
  Chart *chart = chart_of("", &x, &y);
  add(chart, CHART_BARS, "", numbers("xy", bars, 4));
  done(chart);
  const ViewStyle style = style_of(40, 24);
  check(chart, &style,
        "Monday     1 ▏\n"
        "客户      10 █████████\n"
        "é       1000 ███████████████████████████\n"
        "none       0\n"
        "1 missing, not finite or not above 0\n");
  chart_unref(chart);
  column_unref(categories);
}

static void test_many_bars(void **state)
{
  (void)state;
  const char *names[200];
  double bars[400];
  for (size_t i = 0; i < 200; i++) {
    names[i] = "bar";
    bars[i] = bars[200 + i] = (double)i;
  }
  Chart *chart = by_category("title", names, 200, "x", "y");
  add(chart, CHART_BARS, "", numbers("xy", bars, 200));
  done(chart);
  for (int height = 8; height < 40; height++) {
    const ViewStyle style = style_of(60, height);
    char *text = drawn(chart, &style);
    assert_int_equal(screen_check(text, 60, false), height - 1);
    char more[32];
    snprintf(more, sizeof more, "\n… %d more\n", 200 - (height - 4));
    assert_non_null(strstr(text, more));
    mem_free(text);
  }
  const ViewStyle all = style_of(60, 0);
  char *text = drawn(chart, &all);
  assert_int_equal(screen_check(text, 60, false), 202);
  mem_free(text);
  chart_unref(chart);
}

/* Longer values never have shorter bars. */
static void test_random_bars(void **state)
{
  (void)state;
  Random random = random_new(5, 0);
  for (int round = 0; round < 500; round++) {
    double bars[12] = {0, 1, 2, 3, 4, 5};
    for (int i = 6; i < 12; i++) {
      bars[i] = fabs(random_normal(&random)) * pow(10, (double)random_below(&random, 8));
    }
    Chart *chart = by_category("", days, 6, "", "");
    add(chart, CHART_BARS, "", numbers("xy", bars, 6));
    done(chart);
    ViewStyle style = style_of(30 + (int)random_below(&random, 90), 24);
    style.ascii = round % 2 == 0;
    char *text = drawn(chart, &style);
    screen_check(text, (size_t)style.width, style.ascii);
    const char *rest = text, *line;
    size_t n, lengths[6];
    for (int i = 0; i < 6; i++) {
      assert_true(screen_line(&rest, &line, &n));
      lengths[i] = screen_width(line, n);
    }
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 6; j++) {
        assert_true(!(bars[6 + i] > bars[6 + j]) || lengths[i] >= lengths[j]);
      }
    }
    mem_free(text);
    chart_unref(chart);
  }
}

/* ---- Histograms */

static Frame *bins(size_t n, double first)
{
  double values[3 * 64];
  for (size_t i = 0; i < n; i++) {
    values[i] = (double)i / 2;
    values[n + i] = (double)(i + 1) / 2;
    values[2 * n + i] = first + (double)(i * i % 17);
  }
  return numbers("lhy", values, n);
}

static void test_few_bins(void **state)
{
  (void)state;
  Chart *chart = plane("", "age", "count");
  add(chart, CHART_BARS, "", bins(5, 1));
  done(chart);
  ViewStyle style = style_of(40, 24);
  check(chart, &style,
        "age         count\n"
        "0.0 to 0.5   1 █▌\n"
        "0.5 to 1.0   2 ███\n"
        "1.0 to 1.5   5 ███████▍\n"
        "1.5 to 2.0  10 ██████████████▊\n"
        "2.0 to 2.5  17 █████████████████████████\n");
  style.plain = true;
  check(chart, &style,
        "count by age\n"
        "0 to 0.5: 1\n"
        "0.5 to 1: 2\n"
        "1 to 1.5: 5\n"
        "1.5 to 2: 10\n"
        "2 to 2.5: 17\n");
  chart_unref(chart);
}

static void test_many_bins(void **state)
{
  (void)state;
  const double mean[1] = {10};
  Chart *chart = plane("", "age", "count");
  add(chart, CHART_BARS, "", bins(50, 0));
  add(chart, CHART_RULE, "mean", numbers("x", mean, 1));
  done(chart);
  ViewStyle style = style_of(60, 14);
  check(chart, &style,
        "    count\n"
        "15 ┤    ██  ▄  ▄   █      │ █  ▄  ▄   █        █  ▄  ▄   █\n"
        "   │    ██  █▄▄█   █      │ █  █▄▄█   █        █  █▄▄█   █\n"
        "10 ┤    ██  ████   █      │ █  ████   █        █  ████   █\n"
        "   │   ▄██  ████   █▄     │▄█  ████   █▄     ▄▄█  ████   █▄\n"
        "   │   ████ ████ ████     │███ ████ ████     ████ ████  ███\n"
        " 5 ┤   ████ ████ ████     │███ ████ ████     ████ ████  ███\n"
        "   │  █████ ████ █████   █│███ ████ █████   █████ ████  ████\n"
        " 0 ┤ ▄████████████████▄ ▄█│██████████████▄ ▄████████████████\n"
        "   └┬──────────┬──────────┬──────────┬──────────┬──────────┬\n"
        "    0          5         10         15         20         25\n"
        "    age\n"
        "│ mean\n");
  style.ascii = true;
  check(chart, &style,
        "    count\n"
        "15 +    ##  #  #   #      | #  #  #   #        #  #  #   #\n"
        "   |    ##  ####   #      | #  ####   #        #  ####   #\n"
        "10 +    ##  ####   #      | #  ####   #        #  ####   #\n"
        "   |   ###  ####   ##     |##  ####   ##     ###  ####   ##\n"
        "   |   #### #### ####     |### #### ####     #### ####  ###\n"
        " 5 +   #### #### ####     |### #### ####     #### ####  ###\n"
        "   |  ##### #### #####   #|### #### #####   ##### ####  ####\n"
        " 0 + ################## ##|############### #################\n"
        "   ++----------+----------+----------+----------+----------+\n"
        "    0          5         10         15         20         25\n"
        "    age\n"
        "| mean\n");
  chart_unref(chart);
}

static void test_series_of_bins(void **state)
{
  (void)state;
  for (int stacked = 0; stacked < 2; stacked++) {
    Chart *chart = plane("", "age", "count");
    add(chart, CHART_BARS, "a", bins(30, 0));
    add(chart, CHART_BARS, "b", bins(30, 3));
    if (stacked) {
      chart_set_stacked(chart);
    }
    done(chart);
    const ViewStyle style = style_of(50, 14);
    if (stacked) {
      check(chart, &style,
            "    count\n"
            "   │      ░░   ░   ░░   ░           ░░   ░   ░░\n"
            "30 ┤      ░░   ░░░░░░   ░           ░░   ░░░░░░\n"
            "   │      ░░   ░░░░░░   ░           ░░   ░░░░░░\n"
            "20 ┤     ░░░   ░░░░░░   ░░░        ░░░   ░░░░░░\n"
            "   │     ░██░  ░░░░░░ ░░█░░        ░██░  ░░░░░░ ░░\n"
            "10 ┤   ░░░██░  ██████ ░░█░░░░    ░░░██░  ██████ ░░\n"
            "   │   ░░████░░██████░█████░░    ░░████░░██████░██\n"
            " 0 ┤░░░██████░░██████░███████░░░░██████░░██████░██\n"
            "   └┬──────────────┬──────────────┬──────────────┬\n"
            "    0              5             10             15\n"
            "    age\n"
            "█ a  ░ b\n");
    } else {
      check(chart, &style,
            "    count\n"
            "   │      xx   x   xx   x           xx   x   xx\n"
            "15 ┤      oo   xxxxxx   o           oo   xxxxxx\n"
            "   │      oo   oxxxoo   o           oo   oxxxoo\n"
            "10 ┤     xoox  oooooo xxoxx        xoox  oooooo xx\n"
            "   │     ooox  oooooo xxooo        ooox  oooooo xx\n"
            " 5 ┤   xxoooo  oooooo oooooxx    xxoooo  oooooo oo\n"
            "   │  xooooooxxooooooxooooooox  xooooooxxooooooxoo\n"
            " 0 ┤xxooooooooooooooooooooooooxxoooooooooooooooooo\n"
            "   └┬──────────────┬──────────────┬──────────────┬\n"
            "    0              5             10             15\n"
            "    age\n"
            "o a  x b\n");
    }
    chart_unref(chart);
  }
}

/* ---- Boxes and intervals */

static void test_boxes(void **state)
{
  (void)state;
  const double boxes[21] = {0, 1, 2, 1, 2, 5, 2, 3, 5, 3, 4, 5, 4, 6, 5, 5, 8, 5, 50, 40, 1}, out[4] = {0, 1, 9, 0.5};
  Chart *chart = by_category("", days, 3, "day", "spend");
  add(chart, CHART_BOXES, "", numbers("xl1m3hn", boxes, 3));
  add(chart, CHART_POINTS, "outliers", numbers("xy", out, 2));
  done(chart);
  ViewStyle style = style_of(60, 24);
  check(chart, &style,
        "day      n  median\n"
        "Monday  50       3 │  ├────[   ┃    ]────┤                 •\n"
        "客户    40       4 │•      ├───[    ┃        ]─────────┤\n"
        "é        1       5 │                     ┃\n"
        "                   └───────┬────────┬────────┬─────────┬────\n"
        "                           2        4        6         8\n"
        "                    spend\n"
        "• outliers (2)\n"
        "n 91\n");
  style.ascii = true;
  check(chart, &style,
        "day                n  median\n"
        "Monday            50       3 | |---[  :   ]--|             o\n"
        "\\u{5BA2}\\u{6237}  40       4 |o    |--[   :      ]------|\n"
        "e\\u{301}           1       5 |               :\n"
        "                             +-----+------+------+------+---\n"
        "                                   2      4      6      8\n"
        "                              spend\n"
        "o outliers (2)\n"
        "n 91\n");
  style.width = 30;
  check(chart, &style,
        "day           n\n"
        "Monday       50 ||-[: ]|     o\n"
        "\\u{5BA2}...  40 |o |[ :  ]--|\n"
        "e\\u{301}      1 |      :\n"
        "                +--+--+--+--+-\n"
        "                   2  4  6  8\n"
        "                 spend\n"
        "o outliers (2)\n"
        "n 91\n");
  style.plain = true;
  check(chart, &style,
        "spend by day\n"
        "Monday: n 50, low 1, quarter\n"
        "  2, median 3, three quarters\n"
        "  4, high 5\n"
        "\\u{5BA2}\\u{6237}: n 40, low 2,\n"
        "  quarter 3, median 4, three\n"
        "  quarters 6, high 8\n"
        "e\\u{301}: n 1, low 5, quarter\n"
        "  5, median 5, three quarters\n"
        "  5, high 5\n"
        "outliers (2)\n"
        "n 91\n");
  chart_unref(chart);
}

static void test_intervals(void **state)
{
  (void)state;
  const char *const names[] = {"age", "income of a household in euro", "children"};
  const double tidy[12] = {0.5, -1, 2, 0.2, -1.5, -0.5, 0.8, -0.5, 4.5, 0, 1, 2}, zero[1] = {0};
  Column *categories = texts(names, 3, TYPE_STRING);
  ChartAxis x = axis_of("estimate", CHART_NUMBERS, NULL), y = axis_of("", CHART_CATEGORIES, categories);
  Chart *chart = chart_of("", &x, &y);
  add(chart, CHART_INTERVALS, "", numbers("xlhy", tidy, 3));
  add(chart, CHART_RULE, "", numbers("x", zero, 1));
  done(chart);
  ViewStyle style = style_of(60, 24);
  check(chart, &style,
        "children                        2.0 │   ├─────────o────────┤\n"
        "income of a household in euro  -1.0 │├o─┤ │\n"
        "age                             0.5 │     │├o┤\n"
        "                                    └─────┬───────┬───────┬─\n"
        "                                          0       2       4\n"
        "                                     estimate\n");
  style.ascii = true;
  check(chart, &style,
        "children                        2.0 |   |---------o--------|\n"
        "income of a household in euro  -1.0 ||o-| |\n"
        "age                             0.5 |     ||o|\n"
        "                                    +-----+-------+-------+-\n"
        "                                          0       2       4\n"
        "                                     estimate\n");
  style.plain = true;
  check(chart, &style,
        "estimate\n"
        "age: 0.5, from 0.2 to 0.8\n"
        "income of a household in euro: -1, from -1.5 to -0.5\n"
        "children: 2, from -0.5 to 4.5\n"
        "rule: at 0\n");
  chart_unref(chart);
  column_unref(categories);
}

/* Intervals along numbers lie on a plane. */
static void test_plane_intervals(void **state)
{
  (void)state;
  const double tidy[12] = {0.5, -1, 2, 0.2, -1.5, -0.5, 0.8, -0.5, 4.5, 0, 1, 2};
  Chart *chart = plane("", "x", "y");
  add(chart, CHART_INTERVALS, "", numbers("xlhy", tidy, 3));
  done(chart);
  const ViewStyle style = style_of(40, 10);
  check(chart, &style,
        "   y\n"
        "2 ┤      ├──────────────o──────────────┤\n"
        "  │\n"
        "1 ┤├──o──┤\n"
        "  │\n"
        "0 ┤          ├─o─┤\n"
        "  └─────────┬───────────┬───────────┬───\n"
        "            0           2           4\n"
        "   x\n");
  chart_unref(chart);
}

/* ---- All kinds, odd values, sizes */

static double odd_number(Random *random)
{
  static const double odd[] = {0,     -0.0,       1e300,  -1e300, 1.7e308, -1.7e308, 5e-324, -5e-324,
                               1e-300, NA, (double)INFINITY, -(double)INFINITY, 1,      1e15,    1e9,      0x1p-1022};
  switch (random_below(random, 4)) {
  case 0: return odd[random_below(random, COUNT(odd))];
  case 1: return (double)random_below(random, 7) - 1;
  case 2: return random_normal(random) * pow(10, (double)random_below(random, 20) - 10);
  default: return random_uniform(random) * 6;
  }
}

static const char *const odd_names[] = {"", "a", "客户", "e\u0301\u0301", "a\nb\x1b[31m", "%s%n",
                                        "一二三四五六七八九十一二三四五六七八九十",
                                        "a very long name that does not fit anywhere at all, whatever the width"};

static const char *odd_name(Random *random)
{
  return odd_names[random_below(random, COUNT(odd_names))];
}

static Frame *odd_frame(Random *random, ChartMark mark, size_t rows)
{
  static const char *const letters[CHART_MARKS][2] = {{"xy", "xys"}, {"xy", "xy"}, {"xy", "lhy"},
                                                      {"xl1m3h", "xl1m3hn"}, {"xlhy", "xlhy"}, {"x", "ib"}};
  const char *chosen = letters[mark][random_below(random, 2)];
  double values[7 * 64];
  const bool plain = random_below(random, 3) == 0;
  for (size_t i = 0; i < strlen(chosen) * rows; i++) {
    values[i] = plain ? (double)random_below(random, 5) : odd_number(random);
  }
  Frame *frame = numbers(chosen, values, rows);
  if (mark == CHART_POINTS && random_below(random, 2)) {
    const char *names[64];
    int64_t numbers_of[64];
    for (size_t i = 0; i < rows; i++) {
      names[i] = odd_name(random);
      numbers_of[i] = (int64_t)random_below(random, 50);
    }
    frame = with(frame, random_below(random, 2) ? "group" : "label", texts(names, rows, TYPE_CATEGORY));
    frame = random_below(random, 3) ? frame : with(frame, "group", labels(numbers_of, rows, ROLE_LABEL));
  }
  return frame;
}

static ChartAxis odd_axis(Random *random, const Column *categories)
{
  const ChartScale scale = (ChartScale)random_below(random, 3);
  ChartAxis axis = axis_of(odd_name(random), scale, scale == CHART_CATEGORIES ? categories : NULL);
  axis.log = scale == CHART_NUMBERS && random_below(random, 4) == 0;
  if (random_below(random, 5) == 0) {
    axis.low = odd_number(random);
  }
  if (random_below(random, 5) == 0) {
    axis.high = odd_number(random);
  }
  return axis;
}

static ViewStyle odd_style(Random *random)
{
  const bool tall = random_below(random, 4) == 0;
  ViewStyle style = style_of(20 + (int)random_below(random, 130), tall ? 0 : 8 + (int)random_below(random, 50));
  style.width = random_below(random, 10) ? style.width : 0;
  style.ascii = random_below(random, 3) == 0;
  style.plain = random_below(random, 5) == 0;
  style.dots = (ViewDots)random_below(random, 4);
  return style;
}

/* Whatever can be finished can be drawn: within the width, without blanks at ends of lines, in ASCII where asked for,
 * and on the screen's lines where there are enough of them. Gives whether there was something to draw. */
static bool check_odd_chart(Random *random)
{
  Column *categories = texts(odd_names, COUNT(odd_names), TYPE_STRING);
  const ChartAxis x = odd_axis(random, categories), y = odd_axis(random, categories);
  Chart *chart = chart_of(odd_name(random), &x, &y);
  const size_t n = 1 + random_below(random, 4);
  const bool one_kind = random_below(random, 2);
  ChartMark mark = (ChartMark)random_below(random, CHART_MARKS);
  for (size_t i = 0; i < n; i++) {
    add(chart, mark, odd_name(random), odd_frame(random, mark, random_below(random, 60)));
    mark = one_kind ? mark : (ChartMark)random_below(random, CHART_MARKS);
  }
  if (random_below(random, 2)) {
    chart_set_stacked(chart);
  }
  assert_int_equal(chart_set_legend(chart, odd_name(random), NULL), STATUS_OK);
  assert_int_equal(chart_add_note(chart, NULL, "%s", odd_name(random)), STATUS_OK);
  Task task;
  task_init(&task, 1);
  const bool sound = chart_finish(chart, &task, NULL) == STATUS_OK;
  for (int i = 0; sound && i < 3; i++) {
    const ViewStyle style = odd_style(random);
    char *text = drawn(chart, &style);
    const size_t lines = screen_check(text, style.width > 0 ? (size_t)style.width : 120, style.ascii);
    if (style.height >= 24 && style.width >= 40 && !style.plain && lines >= (size_t)style.height) {
      fail_msg("%zu lines of %d:\n%s", lines, style.height, text);
    }
    mem_free(text);
  }
  task_free(&task);
  chart_unref(chart);
  column_unref(categories);
  return sound;
}

static void test_random_charts(void **state)
{
  (void)state;
  Random random = random_new(8, 0);
  const char *rounds = getenv("ROUNDS");
  int sound = 0, n = rounds ? atoi(rounds) : 1500;
  for (int round = 0; round < n; round++) {
    sound += check_odd_chart(&random);
  }
  assert_true(sound > n / 4);
}

/* ---- A million points */

static Column *floats(const double *values, size_t n)
{
  Column *column;
  assert_int_equal(column_of_floats(values, n, &column, NULL), STATUS_OK);
  return column;
}

enum { MILLION = 1000000 };

static Chart *million(const char *role, Column *column)
{
  Random random = random_new(6, 0);
  double *x = mem_alloc(MILLION, sizeof *x), *y = mem_alloc(MILLION, sizeof *y);
  for (size_t i = 0; i < MILLION; i++) {
    x[i] = random_uniform(&random) + (double)(i % 3);
    y[i] = random_uniform(&random) + (double)(i % 2);
  }
  static const char *const names[] = {"x", "y"};
  Column *columns[] = {floats(x, MILLION), floats(y, MILLION)};
  Frame *frame;
  assert_int_equal(frame_new(names, (const Column *const *)columns, 2, &frame, NULL), STATUS_OK);
  column_unref(columns[0]);
  column_unref(columns[1]);
  mem_free(x);
  mem_free(y);
  Chart *chart = plane("", "x", "y");
  add(chart, CHART_POINTS, "", role ? with(frame, role, column) : frame);
  done(chart);
  return chart;
}

/* Draws it on one thread and on two, which must not differ; tells the time, which is not judged: machines differ. */
static void check_million(const char *what, const char *role, Column *column, const char *const *holds)
{
  Chart *chart = million(role, column);
  char *texts_of[2];
  for (size_t threads = 1; threads <= 2; threads++) {
    const ViewStyle style = style_of(100, 30);
    pool_set_threads(threads);
    const double start = clock_processor();
    texts_of[threads - 1] = drawn(chart, &style);
    print_message("# %s of a million points on %zu threads: %.1f ms of processor time\n", what, threads,
                  (clock_processor() - start) * 1000);
  }
  pool_set_threads(0);
  assert_string_equal(texts_of[0], texts_of[1]);
  for (; *holds; holds++) {
    assert_non_null(strstr(texts_of[0], *holds));
  }
  mem_free(texts_of[0]);
  mem_free(texts_of[1]);
  chart_unref(chart);
}

static Column *million_groups(void)
{
  Column *column;
  Builder *builder = builder_new(TYPE_INT64, MILLION);
  for (int i = 0; i < MILLION; i++) {
    builder_int(builder, i % 6 + 1);
  }
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static Column *million_texts(void)
{
  static const char *const names[] = {"Frankfurt", "Aachen", "Bonn", "Dresden"};
  Column *column;
  Builder *builder = builder_new(TYPE_STRING, MILLION);
  for (int i = 0; i < MILLION; i++) {
    builder_text(builder, names[i % 4], strlen(names[i % 4]));
  }
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static Column *million_shades(void)
{
  double *values = mem_alloc(MILLION, sizeof *values);
  for (size_t i = 0; i < MILLION; i++) {
    values[i] = (double)(i % 101);
  }
  Column *column = floats(values, MILLION);
  mem_free(values);
  return column;
}

static void test_million(void **state)
{
  (void)state;
  check_million("density", NULL, NULL, (const char *const[]){"points in a cell: ", "\nn 1000000\n", NULL});
  check_million("classes", "group", million_groups(),
                (const char *const[]){"o 1 (166667)  x 2 (166667)  + 3 (166667)  * 4 (166667)", "\nn 1000000\n", NULL});
  check_million("texts", "group", million_texts(),
                (const char *const[]){"o Aachen (250000)  x Bonn (250000)  + Dresden (250000)", "\nn 1000000\n", NULL});
  check_million("a shade", "shade", million_shades(),
                (const char *const[]){"░ 0 to 25  ▒ 25 to 50  ▓ 50 to 75  █ 75 to 100\n", "\nn 1000000\n", NULL});
}

/* ---- Memory */

static Status draw_again(void *context, Error *e)
{
  Text out = {0};
  const ViewStyle style = style_of(60, 24);
  const Status status = chart_text(context, &style, &out, e);
  assert_true(status != STATUS_OK || out.size > 0);
  text_free(&out);
  return status;
}

static Status say_again(void *context, Error *e)
{
  Text out = {0};
  ViewStyle style = style_of(60, 24);
  style.plain = true;
  const Status status = chart_text(context, &style, &out, e);
  text_free(&out);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  static const char *const regions[] = {"west", "north", "south", "east", "west", "west", "west", "west"};
  const double bars[8] = {0, 1, 2, 3, 2, -1, 0, -0.5}, boxes[6] = {0, 1, 2, 3, 4, 5}, at[4] = {0, 1, 2, 3};
  Chart *charts[5] = {plane("t", "x", "y"), plane("t", "x", "y"), by_category("t", days, 4, "x", "y"),
                      by_category("t", days, 4, "x", "y"), plane("t", "x", "y")};
  add(charts[0], CHART_POINTS, "", with(numbers("xy", points, POINTS), "group", texts(regions, POINTS, TYPE_STRING)));
  add(charts[0], CHART_POINTS, "more", with(numbers("xy", at, 2), "label", texts(regions, 2, TYPE_STRING)));
  add(charts[0], CHART_LINE, "line", numbers("xy", at, 2));
  add(charts[1], CHART_POINTS, "", numbers("xy", points, POINTS));
  add(charts[2], CHART_BARS, "a", numbers("xy", bars, 4));
  add(charts[2], CHART_BARS, "b", numbers("xy", bars, 4));
  add(charts[3], CHART_BOXES, "", numbers("xl1m3h", boxes, 1));
  add(charts[4], CHART_BARS, "", bins(60, 1));
  for (size_t i = 0; i < COUNT(charts); i++) {
    done(charts[i]);
    sweep(draw_again, charts[i]);
    sweep(say_again, charts[i]);
    chart_unref(charts[i]);
  }
}

static const struct CMUnitTest tests[] = {
  cmocka_unit_test(test_axis),
  cmocka_unit_test(test_log_axis),
  cmocka_unit_test(test_time_axis),
  cmocka_unit_test(test_dots),
  cmocka_unit_test(test_classes),
  cmocka_unit_test(test_text_classes),
  cmocka_unit_test(test_density),
  cmocka_unit_test(test_dots_and_trend),
  cmocka_unit_test(test_shade),
  cmocka_unit_test(test_labels),
  cmocka_unit_test(test_log_points),
  cmocka_unit_test(test_limits),
  cmocka_unit_test(test_many_classes),
  cmocka_unit_test(test_set_classes),
  cmocka_unit_test(test_lines),
  cmocka_unit_test(test_time_line),
  cmocka_unit_test(test_rules),
  cmocka_unit_test(test_bars),
  cmocka_unit_test(test_negative_bars),
  cmocka_unit_test(test_odd_bars),
  cmocka_unit_test(test_series_of_bars),
  cmocka_unit_test(test_log_bars),
  cmocka_unit_test(test_many_bars),
  cmocka_unit_test(test_random_bars),
  cmocka_unit_test(test_few_bins),
  cmocka_unit_test(test_many_bins),
  cmocka_unit_test(test_series_of_bins),
  cmocka_unit_test(test_boxes),
  cmocka_unit_test(test_intervals),
  cmocka_unit_test(test_plane_intervals),
  cmocka_unit_test(test_random_charts),
  cmocka_unit_test(test_million),
  cmocka_unit_test(test_memory),
};

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  return cmocka_run_group_tests(tests, NULL, NULL);
}
