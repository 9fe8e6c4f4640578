/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scripts for gnuplot: quoting, and what is in them, mark by mark. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame/builder.h"
#include "picture.h"
#include "plot/script.h"
#include "plot/terminal_picture.h"
#include "sweep.h"

static const ScriptRequest plain = {.format = PICTURE_SVG, .width = 600, .height = 400, .scale = 1, .font = "",
                                    .output = "./chart.svg"};
static const ChartAxis numbers = {.label = "", .low = (double)NAN, .high = (double)NAN};

/* ---- quoting */

static void check_quote(const char *text, bool lines, bool percent, const char *expected)
{
  Text out = {0};
  script_quote(&out, text, strlen(text), lines, percent);
  assert_string_equal(text_data(&out), expected);
  text_free(&out);
}

static void test_quote(void **state)
{
  (void)state;
  check_quote("", true, false, "\"\"");
  check_quote("Spend (2024), a=b: +1.5-2; x", true, false, "\"Spend (2024), a=b: +1.5-2; x\"");
  check_quote("`id` $(id) \"x\" 'y' \\", true, false, "\"\\140id\\140 \\044(id) \\042x\\042 \\047y\\047 \\134\"");
  check_quote("| cat < /etc/passwd", true, false, "\"\\174 cat \\074 \\057etc\\057passwd\"");
  check_quote("a_{b}^@c%s&~#", true, false, "\"a\\137\\173b\\175\\136\\100c\\045s\\046\\176\\043\"");
  check_quote("50%", false, true, "\"50\\045\\045\"");
  check_quote("one\ntwo\tthree\r\x1b\x7f", true, false, "\"one\\ntwo three\\077\\077\\077\"");
  check_quote("one\ntwo", false, false, "\"one two\"");
  check_quote("caf\u00e9 \u5ba2", true, false, "\"caf\\303\\251 \\345\\256\\242\"");
  check_quote("\xff\xc3(\xc2\x85\xef\xbf\xbe", true, false, "\"\\077\\077(\\077\\077\"");
}

/* Any byte but NUL, alone and in pairs, gives only bytes that mean nothing to gnuplot. */
static void test_quote_bytes(void **state)
{
  (void)state;
  for (int a = 1; a < 256; a++) {
    for (int b = 1; b < 256; b++) {
      const char text[2] = {(char)a, (char)b};
      Text out = {0};
      script_quote(&out, text, 2, true, (a + b) % 2 == 0);
      assert_true(out.data[0] == '"' && out.data[out.size - 1] == '"');
      for (size_t i = 1; i + 1 < out.size; i++) {
        assert_true(out.data[i] == '\\' || (out.data[i] && strchr(" ,.:;()=+-", out.data[i])) ||
                    (out.data[i] >= '0' && out.data[i] <= '9') || (out.data[i] >= 'A' && out.data[i] <= 'Z') ||
                    (out.data[i] >= 'a' && out.data[i] <= 'z'));
      }
      text_free(&out);
    }
  }
}

/* ---- scripts */

static Status make(const Chart *chart, const ScriptRequest *request, Script *script, Error *e)
{
  Task task;
  task_init(&task, 1);
  const Status status = script_make(chart, request, &task, script, e);
  task_free(&task);
  return status;
}

/* The script of the chart, which is freed. */
static Script script_of(Chart *chart, const ScriptRequest *request)
{
  Script script;
  Error e;
  error_clear(&e);
  assert_int_equal(make(chart, request, &script, &e), STATUS_OK);
  chart_unref(chart);
  return script;
}

static void check_has(const Script *script, const char *part)
{
  if (!strstr(text_data(&script->text), part)) {
    print_error("no '%s' in\n%.9000s\n", part, text_data(&script->text));
    fail();
  }
}

static void check_lacks(const Script *script, const char *part)
{
  if (strstr(text_data(&script->text), part)) {
    print_error("'%s' is in\n%.9000s\n", part, text_data(&script->text));
    fail();
  }
}

static size_t count(const Script *script, const char *part)
{
  size_t n = 0;
  for (const char *at = text_data(&script->text); (at = strstr(at, part)) != NULL; at += strlen(part)) {
    n++;
  }
  return n;
}

/* The whole of a small script: what is drawn where, and in which order commands come. */
static void test_points(void **state)
{
  (void)state;
  static const char *const names[] = {"x", "y"};
  static const double values[] = {1, 2, (double)NAN, 5, 10, 20.5, 30, 1e300};
  Script script =
      script_of(chart_of("`touch pwned`", CHART_POINTS, chart_frame(names, 2, values, 4), NULL, NULL), &plain);
  assert_string_equal(
      text_data(&script.text),
      "# A chart of assay, for gnuplot 5.4 or later.\n"
      "set encoding utf8\n"
      "set terminal svg noenhanced size 600,400 font \"Sans,12\" fontscale 1 linewidth 1 background rgb \"#ffffff\"\n"
      "set output \".\\057chart.svg\"\n"
      "set title \"\\140touch pwned\\140\"\n"
      "set key off\n"
      "set label at screen 0.01,0.0225 left font \",9\" textcolor rgb \"#555555\" \"n 3, 1 missing or not finite\"\n"
      "set size 1,0.9625\n"
      "set origin 0,0.0375\n"
      "set border 3 linecolor rgb \"#333333\"\n"
      "set grid back linecolor rgb \"#dddddd\" linetype 1 linewidth 0.5\n"
      "set tics nomirror out\n"
      "set style fill solid 0.8 noborder\n"
      "set xrange [0.92:5.08]\n"
      "set yrange [-2e+298:1.02e+300]\n"
      "$data1 << EOD\n"
      "1 10\n"
      "2 20.5\n"
      "5 1e+300\n"
      "EOD\n"
      "plot $data1 using 1:2 notitle with points pointtype 7 pointsize 1.1 linecolor rgb \"#0072b2\"\n"
      "unset output\n");
  assert_int_equal(script.data.size, 0);
  assert_null(script.used);
  assert_false(script.density);
  script_free(&script);
}

static void test_classes(void **state)
{
  (void)state;
  Chart *chart = chart_of_points("", 30, true);
  assert_int_equal(chart_set_legend(chart, "where", NULL), STATUS_OK);
  Script script = script_of(chart, &plain);
  check_has(&script, "samplen 2 title \"where\"\n");
  check_has(
      &script,
      "plot $data1 using 1:2 title \"north\" with points pointtype 7 pointsize 1.1 linecolor rgb \"#0072b2\", \\\n"
      "  $data2 using 1:2 title \"south\" with points pointtype 5 ");
  check_has(&script, "set xlabel \"spend\"\nset ylabel \"visits\"\n");
  check_lacks(&script, "set title");
  script_free(&script);
}

/* Numbers of classes go by value; the 35th and further share the last. */
static void test_many_classes(void **state)
{
  (void)state;
  Builder *x = builder_new(TYPE_INT64, 100), *group = builder_new(TYPE_INT64, 100);
  Draft *draft = draft_new();
  Frame *frame;
  builder_role(group, ROLE_LABEL);
  for (int i = 0; i < 100; i++) {
    builder_int(x, i);
    builder_int(group, 49 - i % 50);
  }
  Column *column;
  assert_int_equal(builder_finish(x, &column, NULL), STATUS_OK);
  draft_column(draft, "x", column_ref(column));
  draft_column(draft, "y", column);
  draft_builder(draft, "group", group);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Script script = script_of(chart_of("", CHART_POINTS, frame, NULL, NULL), &plain);
  check_has(&script,
            "plot $data1 using 1:2 title \"16\" with points pointtype 7 pointsize 1.1 linecolor rgb \"#0072b2\", \\\n"
            "  $data2 using 1:2 title \"17\" with points pointtype 5 pointsize 1.1 linecolor rgb \"#d55e00\", \\\n");
  check_has(&script,
            "using 1:2 title \"all others\" with points pointtype 7 pointsize 1.1 linecolor rgb \"#aaaaaa\"\n");
  assert_int_equal(count(&script, " with points "), 35);
  script_free(&script);
}

/* 0 of a clustering is noise: grey, and it takes no colour from the others. */
static void test_noise(void **state)
{
  (void)state;
  static const int64_t cells[] = {1, 0, 2};
  Column *group, *label;
  Frame *frame;
  Draft *draft = draft_new();
  assert_int_equal(column_of_ints(cells, 3, &group, NULL), STATUS_OK);
  assert_int_equal(column_with_role(group, ROLE_LABEL, &label, NULL), STATUS_OK);
  draft_column(draft, "x", column_ref(group));
  draft_column(draft, "y", group);
  draft_column(draft, "group", label);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  Script script = script_of(chart_of("", CHART_POINTS, frame, NULL, NULL), &plain);
  check_has(&script, "title \"0\" with points pointtype 7 pointsize 1.1 linecolor rgb \"#aaaaaa\", \\\n"
                     "  $data2 using 1:2 title \"1\" with points pointtype 7 pointsize 1.1 linecolor rgb \"#0072b2\"");
  script_free(&script);
}

static Chart *bars(bool stacked)
{
  static const char *const names[] = {"x", "y"}, *const categories[] = {"50%", "`id`", "a\nb"};
  static const double first[] = {0, 1, 2, 5, 3, -2}, second[] = {0, 1, 2, 1, (double)NAN, -1};
  Column *texts = column_of_texts(categories, 3);
  const ChartAxis x = {.label = "region", .scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = texts};
  Chart *chart;
  Task task;
  task_init(&task, 1);
  assert_int_equal(chart_new("bar", &chart, NULL), STATUS_OK);
  assert_int_equal(chart_set_x(chart, &x, NULL), STATUS_OK);
  assert_int_equal(chart_set_y(chart, &numbers, NULL), STATUS_OK);
  for (int i = 0; i < 2; i++) {
    Frame *frame = chart_frame(names, 2, i ? second : first, 3);
    assert_int_equal(chart_add(chart, CHART_BARS, i ? "new" : "old", frame, NULL), STATUS_OK);
    frame_unref(frame);
  }
  if (stacked) {
    chart_set_stacked(chart);
  }
  assert_int_equal(chart_finish(chart, &task, NULL), STATUS_OK);
  column_unref(texts);
  task_free(&task);
  return chart;
}

static void test_bars(void **state)
{
  (void)state;
  Script script = script_of(bars(false), &plain);
  check_has(&script, "set xtics (\"50\\045\\045\" 0, \"\\140id\\140\" 1, \"a b\" 2)\n");
  check_has(&script, "$data1 << EOD\n-0.2 2.5 -0.4 0 0 5\n0.8 1.5 0.6 1 0 3\n1.8 -1 1.6 2 0 -2\nEOD\n");
  check_has(&script, "$data2 << EOD\n0.2 0.5 0 0.4 0 1\n2.2 -0.5 2 2.4 0 -1\nEOD\n");
  check_has(&script, "title \"old\" with boxxyerror");
  script_free(&script);
  script = script_of(bars(true), &plain);
  check_has(&script, "$data2 << EOD\n0 5.5 -0.4 0.4 5 6\n2 -2.5 1.6 2.4000000000000004 -2 -3\nEOD\n");
  script_free(&script);
}

static void test_bins(void **state)
{
  (void)state;
  static const char *const names[] = {"low", "high", "y"};
  static const double values[] = {0, 2, 4, 2, 4, 6, 10, 7, 0};
  Script script = script_of(chart_of("", CHART_BARS, chart_frame(names, 3, values, 3), NULL, NULL), &plain);
  check_has(&script, "$data1 << EOD\n1 5 0 2 0 10\n3 3.5 2 4 0 7\n5 0 4 6 0 0\nEOD\n");
  check_has(&script, "set yrange [0:10.2]\n");
  script_free(&script);
  const ChartAxis log = {.log = true, .low = NAN, .high = NAN};
  script = script_of(chart_of("", CHART_BARS, chart_frame(names, 3, values, 3), NULL, &log), &plain);
  check_has(&script, "set logscale y\n");
  check_has(&script, "$data1 << EOD\n1 8.5 0 2 7 10\n3 7 2 4 7 7\nEOD\n");
  script_free(&script);
}

static void test_boxes_and_intervals(void **state)
{
  (void)state;
  static const char *const box[] = {"x", "low", "q25", "median", "q75", "high"}, *const line[] = {"x", "low", "high",
                                                                                                  "y"};
  static const char *const categories[] = {"one"};
  static const double values[] = {0, 1, 2, 3, 4, 6}, interval[] = {2, 1, 4, 0};
  Column *texts = column_of_texts(categories, 1);
  const ChartAxis axis = {.scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = texts};
  Script script = script_of(chart_of("", CHART_BOXES, chart_frame(box, 6, values, 1), &axis, NULL), &plain);
  check_has(&script, "$data1 << EOD\n0 1 2 3 4 6\nEOD\n");
  check_has(&script, "plot $data1 using 1:3:2:6:5:(0.5) notitle with candlesticks whiskerbars");
  check_has(&script, "  $data1 using 1:4:4:4:4:(0.5) notitle with candlesticks");
  script_free(&script);
  script = script_of(chart_of("", CHART_INTERVALS, chart_frame(line, 4, interval, 1), NULL, &axis), &plain);
  check_has(&script, "$data1 << EOD\n2 1 4 0\nEOD\nplot $data1 using 1:4:2:3 notitle with xerrorbars");
  check_has(&script, "set ytics (\"one\" 0)\n");
  script_free(&script);
  column_unref(texts);
}

/* Gaps stay; a long line keeps what a pixel column shows, in its order. */
static void test_lines(void **state)
{
  (void)state;
  static const char *const names[] = {"x", "y"};
  static const double values[] = {(double)NAN, 1, 2, (double)NAN, (double)NAN, 5, 1, 2, 3, 4, 5, 6};
  Script script = script_of(chart_of("", CHART_LINE, chart_frame(names, 2, values, 6), NULL, NULL), &plain);
  check_has(&script, "$data1 << EOD\n1 2\n2 3\nNaN NaN\n5 6\nEOD\nplot $data1 using 1:2 notitle with lines");
  script_free(&script);
  const size_t n = 600000;
  double *many = mem_alloc(2 * n, sizeof *many);
  for (size_t i = 0; i < n; i++) {
    many[i] = (double)i;
    many[n + i] = i % 1000 == 500 ? 7 : i % 1000 == 250 ? -7 : 0;
  }
  ScriptRequest request = plain;
  request.data_file = "data";
  script = script_of(chart_of("", CHART_LINE, chart_frame(names, 2, many, n), NULL, NULL), &request);
  const double *rows = (const double *)(const void *)script.data.data;
  const size_t kept = script.data.size / (2 * sizeof *rows);
  assert_in_range(kept, 1200, 2404);
  size_t high = 0, low = 0;
  for (size_t i = 0; i < kept; i++) {
    assert_true(i == 0 || rows[2 * i] > rows[2 * i - 2]);
    assert_true(rows[2 * i + 1] == many[n + (size_t)rows[2 * i]]);
    high += rows[2 * i + 1] == 7;
    low += rows[2 * i + 1] == -7;
  }
  assert_true(rows[0] == 0 && rows[2 * kept - 2] == (double)(n - 1));
  assert_in_range(high, 590, 600);
  assert_in_range(low, 590, 600);
  mem_free(many);
  script_free(&script);
}

static void check_times(double low, double high, const char *tics)
{
  static const char *const names[] = {"x", "y"};
  const ChartAxis axis = {.scale = CHART_TIMES, .low = NAN, .high = NAN};
  const double values[] = {low * 1e6, high * 1e6, 1, 2};
  Script script = script_of(chart_of("", CHART_LINE, chart_frame(names, 2, values, 2), &axis, NULL), &plain);
  check_has(&script, tics);
  script_free(&script);
}

static void test_times(void **state)
{
  (void)state;
  check_times(
      1704067200, 1719792000, /* 2024-01-01 to 2024-07-01 */
      "set xtics (\"2024-01\" 1704067200, \"2024-02\" 1706745600, \"2024-03\" 1709251200, \"2024-04\" 1711929600, "
      "\"2024-05\" 1714521600, \"2024-06\" 1717200000, \"2024-07\" 1719792000)\n");
  check_times(0, 86400, "set xtics (\"1970-01-01\" 0, \"06:00\" 21600, \"12:00\" 43200, ");
  check_times(0, 10, "set xtics (\"00:00:00\" 0, \"00:00:05\" 5, \"00:00:10\" 10)\n");
  check_times(-2208988800, 1704067200, "\"1900\" -2208988800, \"1920\" -1577923200, ");
  check_times(0, 1, "set xtics time format \"%H:%M:%.3S\"\n");
}

/* ---- densities */

static void test_density(void **state)
{
  (void)state;
  Script script = script_of(chart_of_points("", PLOT_POINTS_MOST, false), &plain);
  assert_false(script.density);
  script_free(&script);
  ScriptRequest request = plain;
  request.data_file = "data";
  script = script_of(chart_of_points("", PLOT_POINTS_MOST + 1, false), &request);
  assert_true(script.density);
  assert_int_equal(script.data.size, PLOT_DENSITY_X * PLOT_DENSITY_Y * sizeof(float));
  double sum = 0;
  for (size_t i = 0; i < PLOT_DENSITY_X * PLOT_DENSITY_Y; i++) {
    float cell;
    memcpy(&cell, script.data.data + i * sizeof cell, sizeof cell);
    sum += isnan(cell) ? 0 : cell;
  }
  assert_true(sum == PLOT_POINTS_MOST + 1);
  check_has(&script, "plot \"data\" binary skip=0 endian=little array=(400,300) format=\"%float32\" origin=(");
  check_has(&script, "n 50001; shown as a density");
  script_free(&script);
}

/* Of colours: where one class alone lies its colour is seen, and a cell without points is clear. */
static void test_density_colors(void **state)
{
  (void)state;
  ScriptRequest request = plain;
  request.data_file = "data";
  request.density = DENSITY_ALWAYS;
  Script script = script_of(chart_of_points("", 3000, true), &request);
  size_t of[4] = {0};
  const unsigned char *cells = (const unsigned char *)script.data.data;
  static const unsigned char colors[3][3] = {{0x00, 0x72, 0xb2}, {0xd5, 0x5e, 0x00}, {0x00, 0x9e, 0x73}};
  for (size_t i = 0; i < PLOT_DENSITY_X * PLOT_DENSITY_Y; i++) {
    for (size_t color = 0; color < 3; color++) {
      of[color] += memcmp(cells + 4 * i, colors[color], 3) == 0 && cells[4 * i + 3] > 0;
    }
    of[3] += cells[4 * i + 3] == 0;
  }
  assert_true(of[0] > 700 && of[1] > 700 && of[2] > 700 && of[0] + of[1] + of[2] <= 3000);
  assert_true(of[3] > 110000);
  check_has(&script, "NaN title \"south\" with points pointtype 5 pointsize 1.2 linecolor rgb \"#d55e00\"");
  script_free(&script);
}

static void test_density_log(void **state)
{
  (void)state;
  static const char *const names[] = {"x", "y"};
  static const double values[] = {1, 10, 1000, 5, 6, 7};
  const ChartAxis log = {.log = true, .low = NAN, .high = NAN};
  ScriptRequest request = plain;
  request.density = DENSITY_ALWAYS;
  Script script = script_of(chart_of("", CHART_POINTS, chart_frame(names, 2, values, 3), &log, NULL), &request);
  check_has(&script, "set xrange [-0.06:3.06]\n");
  check_has(&script,
            "\"1\" 0, \"2\" 0.301029995664, \"\" 0.47712125472 1, \"\" 0.602059991328 1, \"5\" 0.698970004336, ");
  check_lacks(&script, "logscale x");
  script_free(&script);
}

/* ---- what is the same, and what fails */

static void test_same_bytes(void **state)
{
  (void)state;
  for (int round = 0; round < 3; round++) {
    ScriptRequest request = plain;
    request.density = (DensityMode)round;
    Script a = script_of(chart_of_points("t", 5000, round > 0), &request);
    Script b = script_of(chart_of_points("t", 5000, round > 0), &request);
    assert_int_equal(a.text.size, b.text.size);
    assert_memory_equal(a.text.data, b.text.data, a.text.size);
    script_free(&a);
    script_free(&b);
  }
}

static void test_replaced(void **state)
{
  (void)state;
  static const char *const names[] = {"x", "y"}, *const categories[] = {"\u5317\u4eac", "Paris", "\u5317\u4eac"};
  static const double values[] = {0, 1, 2, 5, 3, 2};
  CodeSet *lacking = mem_zero(1, sizeof *lacking);
  code_set_add(lacking, "\u5317\u6237", 6);
  Column *texts = column_of_texts(categories, 3);
  const ChartAxis x = {.label = "", .scale = CHART_CATEGORIES, .low = NAN, .high = NAN, .categories = texts};
  ScriptRequest request = plain;
  request.lacking = lacking;
  Script script =
      script_of(chart_of("\u5ba2\u6237 \u03b1", CHART_BARS, chart_frame(names, 2, values, 3), &x, NULL), &request);
  assert_non_null(script.used);
  assert_true(code_set_has(script.used, 0x5317) && code_set_has(script.used, 0x3b1) && !code_set_has(script.used, 'P'));
  check_has(&script, "set title \"\\1331\\135\"\n");
  check_has(&script, "set xtics (\"\\1332\\135\" 0, \"Paris\" 1, \"\\1332\\135\" 2)\n");
  assert_non_null(strstr(text_data(&script.replaced), "] \u5317\u4eac\n"));
  assert_non_null(strstr(text_data(&script.replaced), "] \u5ba2\u6237 \u03b1\n"));
  script_free(&script);
  column_unref(texts);
  mem_free(lacking);
}

static void test_cancelled(void **state)
{
  (void)state;
  Task task;
  Script script;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  Chart *chart = chart_of_points("t", 3000, true);
  task_cancel(&task);
  assert_int_equal(script_make(chart, &plain, &task, &script, &e), STATUS_CANCELLED);
  script_free(&script);
  chart_unref(chart);
  task_free(&task);
}

static Status make_once(void *context, Error *e)
{
  Script script;
  const Status status = make(context, &plain, &script, e);
  if (status == STATUS_OK) {
    assert_non_null(strstr(text_data(&script.text), "unset output\n"));
    assert_non_null(strstr(text_data(&script.text), "title \"west\""));
  }
  script_free(&script);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Chart *chart = chart_of_points("t\u00e9\u5ba2", 200, true);
  sweep(make_once, chart);
  chart_unref(chart);
}

/* ---- fonts, terminals */

static void test_code_sets(void **state)
{
  (void)state;
  CodeSet *set = mem_zero(1, sizeof *set);
  assert_false(code_set_add(set, "plain caf\u00e9 \xff", 12));
  assert_true(code_set_empty(set));
  assert_true(code_set_add(set, "\u5ba2\u6237\u03b1\U0001F44D", 13));
  assert_true(code_set_is_east_asian(set));
  code_set_remove(set, "20-7e a0 370-3ff 4e00-9fff", 26);
  assert_false(code_set_empty(set));
  assert_false(code_set_is_east_asian(set));
  assert_true(code_set_has(set, 0x1F44D) && !code_set_has(set, 0x3b1) && !code_set_has(set, 0x6237));
  assert_true(code_set_meets(set, "a\U0001F44D", 5));
  code_set_remove(set, "1f44d\nxyz -- 99999999999-1", 26);
  assert_true(code_set_empty(set));
  mem_free(set);
}

static void test_kitty(void **state)
{
  (void)state;
  char bytes[3075];
  Text out = {0};
  memset(bytes, 'a', sizeof bytes);
  terminal_picture_kitty(bytes, 4, &out);
  assert_string_equal(text_data(&out), "\033_Ga=T,f=100,q=2,m=0;YWFhYQ==\033\\\n");
  text_reset(&out);
  terminal_picture_kitty(bytes, sizeof bytes, &out);
  assert_memory_equal(out.data, "\033_Ga=T,f=100,q=2,m=1;YWFh", 25);
  assert_non_null(strstr(text_data(&out), "\033\\\033_Gm=0;YWFh\033\\\n"));
  text_free(&out);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_quote),         cmocka_unit_test(test_quote_bytes),
      cmocka_unit_test(test_points),        cmocka_unit_test(test_classes),
      cmocka_unit_test(test_many_classes),  cmocka_unit_test(test_bars),
      cmocka_unit_test(test_noise),
      cmocka_unit_test(test_bins),          cmocka_unit_test(test_boxes_and_intervals),
      cmocka_unit_test(test_lines),         cmocka_unit_test(test_times),
      cmocka_unit_test(test_density),       cmocka_unit_test(test_density_colors),
      cmocka_unit_test(test_density_log),   cmocka_unit_test(test_same_bytes),
      cmocka_unit_test(test_replaced),      cmocka_unit_test(test_cancelled),
      cmocka_unit_test(test_memory),        cmocka_unit_test(test_code_sets),
      cmocka_unit_test(test_kitty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
