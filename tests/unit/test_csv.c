/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv.c -- reading CSV: types and their reasons, quotes, line ends, options, what is mended, rejected or refused, the
 * report. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/pool.h"
#include "core/text.h"
#include "csv_parse.h"

/* ---- Helpers ---- */

static Frame *parse(const char *text, const CsvOptions *options)
{
  Frame *frame;
  Error e;
  if (parse_bytes(text, strlen(text), options, 0, &frame, &e) != STATUS_OK) {
    fail_msg("%s (%s)", e.what, e.where);
  }
  for (size_t i = 0; i < frame_columns(frame); i++) {
    if (column_check(frame_column(frame, i), &e) != STATUS_OK) {
      fail_msg("%s: %s", frame_name(frame, i), e.what);
    }
  }
  return frame;
}

/* The frame as "name:type[cell|cell|...] name:type[...]", with text cells as they are and missing ones as <>.
 */
static void describe(const Frame *frame, Text *out)
{
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const Column *column = frame_column(frame, i);
    text_printf(out, "%s%s:%s%s%s[", i > 0 ? " " : "", frame_name(frame, i), type_name(column_type(column)),
                column_zone(column)[0] ? "/" : "", column_zone(column));
    for (size_t row = 0; row < frame_rows(frame); row++) {
      text_puts(out, row > 0 ? "|" : "");
      if (column_valid(column, row)) {
        column_cell_text(column, row, out);
      } else {
        text_puts(out, "<>");
      }
    }
    text_puts(out, "]");
  }
}

static void assert_reads_with(const char *text, const CsvOptions *options, const char *wanted)
{
  Frame *frame = parse(text, options);
  Text got = {0};
  describe(frame, &got);
  assert_string_equal(text_data(&got), wanted);
  text_free(&got);
  frame_unref(frame);
}

static void assert_reads(const char *text, const char *wanted)
{
  assert_reads_with(text, NULL, wanted);
}

/* ---- What is read ---- */

static void test_types(void **state)
{
  (void)state;
  assert_reads("a\n1\n-2\n\n3\n", "a:int64[1|-2|<>|3]");
  assert_reads("a,b\n1,2.5\nNA,1e3\n", "a:int64[1|<>] b:float64[2.5|1000]");
  assert_reads("a\n1\n.5\nNaN\n-Inf\n", "a:float64[1|0.5|NaN|-Inf]");
  assert_reads("a\nNaN\n", "a:float64[NaN]");
  assert_reads("a\ntrue\nFALSE\nNA\n", "a:bool[true|false|<>]");
  assert_reads("a\n2026-01-31\n1969-12-31\n", "a:timestamp[2026-01-31|1969-12-31]");
  assert_reads("a\n2026-01-31\n2026-01-31T10:20\n", "a:timestamp[2026-01-31 00:00:00|2026-01-31 10:20:00]");
  assert_reads("a\n2026-01-31 10:20:30.25Z\n", "a:timestamp/UTC[2026-01-31 10:20:30.25Z]");
  assert_reads("a\nmilk\n\"\"\nNA\n\"NA\"\n", "a:category[milk||<>|NA]");
  assert_reads("a,b\n,x\nNA,y\n", "a:string[<>|<>] b:category[x|y]");
  assert_reads("a,b\n", "a:string[] b:string[]");
  assert_reads("a,b", "a:string[] b:string[]");
}

static void test_text_by_rule(void **state)
{
  (void)state;
  assert_reads("a\n007\n12\n", "a:category[007|12]");
  assert_reads("a\n999999999999999999\n", "a:int64[999999999999999999]");
  assert_reads("a\n1000000000000000000\n", "a:category[1000000000000000000]");
  assert_reads("a\n+49\n", "a:category[+49]");
  assert_reads("a\n1e999\n1\n", "a:category[1e999|1]");
  assert_reads("a\n\"1\"\n2\n", "a:category[1|2]");
  assert_reads("a\n1\ntrue\n", "a:category[1|true]");
  assert_reads("a\n1\n2026-01-01\n", "a:category[1|2026-01-01]");
  assert_reads("a\n2026-01-01 10:00\n2026-01-01 10:00Z\n", "a:category[2026-01-01 10:00|2026-01-01 10:00Z]");
  assert_reads("a\n2026-02-30\n", "a:category[2026-02-30]");
}

static void test_blanks(void **state)
{
  (void)state;
  assert_reads("a,b\n 1 ,\t2.5\n NA,  \n", "a:int64[1|<>] b:float64[2.5|<>]");
  assert_reads("a,b\n x ,  \n  ,\n", "a:category[ x |  ] b:category[  |<>]");
  assert_reads(" a ,\" b \"\n1,2\n", "a:int64[1]  b :int64[2]");
  assert_reads("a,b\n , true\n2026-01-01 ,\n", "a:timestamp[<>|2026-01-01] b:bool[true|<>]");
}

static void test_quotes(void **state)
{
  (void)state;
  assert_reads("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "a:category[x,y] b:category[say \"hi\"]");
  assert_reads("a,b\n\"line\nbreak\",\"\r\n\"\n", "a:category[line\nbreak] b:category[\r\n]");
  assert_reads("a,b\n5\" pipe,x\"y\"z\n", "a:category[5\" pipe] b:category[x\"y\"z]");
  assert_reads("\"a,1\",\"b\"\"\"\n1,2\n", "a,1:int64[1] b\":int64[2]");
  assert_reads("a\n\"\"\"\"\n\"\"\"\"\"\"\n", "a:category[\"|\"\"]");
  assert_reads("a\n\"\"\n", "a:category[]");
  assert_reads("a\n\" 1 \"\n", "a:category[ 1 ]");
}

static void test_line_ends(void **state)
{
  (void)state;
  static const char *const same[] = {"a,b\n1,x\n2,y\n",
                                     "a,b\n1,x\n2,y",
                                     "a,b\r\n1,x\r\n2,y\r\n",
                                     "a,b\r\n1,x\r\n2,y",
                                     "a,b\n1,x\r\n2,y\n",
                                     ("\xEF\xBB\xBF"
                                      "a,b\n1,x\n2,y\n"),
                                     "a,b\n1,x\n2,y\n\n\n",
                                     "a,b\r\n1,x\r\n2,y\r\n\r\n\n\r\n"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    assert_reads(same[i], "a:int64[1|2] b:category[x|y]");
  }
  assert_reads("a\nx\n\ny\n\n\n", "a:category[x|<>|y]");
  assert_reads("a\r\nx\r\n\r\ny\r\n\r\n", "a:category[x|<>|y]");
  assert_reads("a\n\n\n", "a:string[]");
  assert_reads("a,b\n1,\n", "a:int64[1] b:string[<>]");
  assert_reads("a,b\n1,", "a:int64[1] b:string[<>]");
}

static void test_category_or_string(void **state)
{
  (void)state;
  static const struct {
    size_t rows, distinct;
    Type type;
  } cases[] = {{50, 50, TYPE_CATEGORY},    {51, 51, TYPE_STRING},          {1000, 50, TYPE_CATEGORY},
               {1000, 51, TYPE_STRING},    {1020, 51, TYPE_CATEGORY},      {40000, 2000, TYPE_CATEGORY},
               {40000, 2001, TYPE_STRING}, {220000, 10000, TYPE_CATEGORY}, {220000, 10001, TYPE_STRING}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Text text = {0};
    text_puts(&text, "a\n");
    for (size_t row = 0; row < cases[i].rows; row++) {
      text_printf(&text, "t%zu\n", row % cases[i].distinct);
    }
    for (size_t piece = 0; piece < 30000; piece = piece * 2 + 9999) {
      Frame *frame;
      Error e;
      assert_int_equal(parse_bytes(text.data, text.size, NULL, piece, &frame, &e), STATUS_OK);
      const Column *column = frame_column(frame, 0);
      assert_int_equal(column_type(column), cases[i].type);
      assert_int_equal(column_check(column, &e), STATUS_OK);
      size_t length;
      for (size_t row = 0; row < cases[i].rows; row += 997) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "t%zu", row % cases[i].distinct);
        const char *got = column_text(column, row, &length);
        assert_true(length == strlen(wanted) && memcmp(got, wanted, length) == 0);
      }
      if (cases[i].type == TYPE_CATEGORY) { /* levels in order of first appearance */
        assert_int_equal(column_levels(column), cases[i].distinct);
        assert_int_equal(column_code(column, cases[i].distinct - 1), cases[i].distinct - 1);
      }
      frame_unref(frame);
    }
    text_free(&text);
  }
}

/* A type that the first hundred thousand rows suggest and a late cell forbids. */
static void test_late_change(void **state)
{
  (void)state;
  static const struct {
    const char *early, *late;
    Type type;
  } cases[] = {{"12", "1.5", TYPE_FLOAT64},
               {"12", "x", TYPE_STRING},
               {"1.5", "true", TYPE_STRING},
               {"true", "maybe", TYPE_STRING},
               {"", "7", TYPE_INT64},
               {"", "x", TYPE_CATEGORY},
               {"", "2026-01-01", TYPE_TIMESTAMP},
               {"2026-01-01", "2026-01-01 00:00Z", TYPE_STRING},
               {"", "  ", TYPE_CATEGORY},
               {"12", "  ", TYPE_INT64},
               {"12", "\"13\"", TYPE_STRING}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Text text = {0};
    text_puts(&text, "a,b\n");
    for (size_t row = 0; row < 100000; row++) {
      text_printf(&text, "%s,%zu\n", row == 70001 ? cases[i].late : cases[i].early, row);
    }
    Frame *frame;
    Error e;
    assert_int_equal(parse_bytes(text.data, text.size, NULL, 0, &frame, &e), STATUS_OK);
    const Column *column = frame_column(frame, 0);
    const Type type = column_type(column);
    if (type_is_text(type) ? !type_is_text(cases[i].type) : type != cases[i].type) {
      fail_msg("'%s', later '%s': %s", cases[i].early, cases[i].late, type_name(type));
    }
    assert_int_equal(column_check(column, &e), STATUS_OK);
    assert_int_equal(column_int(frame_column(frame, 1), 99999), 99999);
    const bool blank_value = !type_is_text(type) && strcmp(cases[i].late, "  ") == 0;
    assert_int_equal(column_valid(column, 70001), !blank_value);
    assert_int_equal(column_valid(column, 70000), cases[i].early[0] != '\0');
    text_free(&text);
    frame_unref(frame);
  }
}

/* A forced timestamp's first cell comes after all that is sampled, with Z or without. */
static void test_late_zone(void **state)
{
  (void)state;
  const char *names[] = {"a"};
  const Type type = TYPE_TIMESTAMP;
  const CsvOptions options = {.names = names, .types = &type, .n_forced = 1};
  for (int zone = 0; zone < 2; zone++) {
    Text text = {0};
    text_puts(&text, "a,b\n");
    for (size_t row = 0; row < 100000; row++) {
      text_printf(&text, "%s%s,%zu\n", row == 70001 ? "2026-01-01 10:00" : "",
                  row == 70001 && zone ? "Z" : "", row);
    }
    Frame *frame = parse(text.data, &options);
    assert_string_equal(column_zone(frame_column(frame, 0)), zone ? "UTC" : "");
    assert_int_equal(column_missing(frame_column(frame, 0)), 99999);
    frame_unref(frame);
    text_free(&text);
  }
}

static void test_forced_types(void **state)
{
  (void)state;
  const char *names[] = {"a"};
  Type type;
  const CsvOptions one = {.names = names, .types = &type, .n_forced = 1};
  const CsvOptions text = {.all_text = true};
  const CsvOptions mixed = {.all_text = true, .names = names, .types = &type, .n_forced = 1};
  type = TYPE_INT64;
  assert_reads_with("a,b\n007,1\n\"5\",2\n+9223372036854775807,\n\"\",\n", &one,
                    "a:int64[7|5|9223372036854775807|<>] b:int64[1|2|<>|<>]");
  assert_reads_with("a,b\n007,1\n", &mixed, "a:int64[7] b:string[1]");
  assert_reads_with("a\n", &one, "a:int64[]");
  type = TYPE_FLOAT64;
  assert_reads_with("a\n1\n 2 \n\"3.5\"\n", &one, "a:float64[1|2|3.5]");
  type = TYPE_BOOL;
  assert_reads_with("a\n1\n0\nTRUE\nNA\n", &one, "a:bool[true|false|true|<>]");
  type = TYPE_TIMESTAMP;
  assert_reads_with("a\n\"2026-01-01\"\n2026-01-02\n", &one, "a:timestamp[2026-01-01|2026-01-02]");
  assert_reads_with("a\n\n2026-01-02 10:00Z\n", &one, "a:timestamp/UTC[<>|2026-01-02 10:00:00Z]");
  type = TYPE_STRING;
  assert_reads_with("a\n1\n\n 2 \n", &one, "a:string[1|<>| 2 ]");
  type = TYPE_CATEGORY;
  assert_reads_with("a\n1\nNA\n1\n", &one, "a:category[1|<>|1]");
  type = TYPE_SET;
  assert_reads_with("a\n\"{b, \"\"c, d\"\"}\"\n{}\n\n{ x }\n\"{b,b , \"\"\"\"}\"\n", &one,
                    "a:set[{b, \"c, d\"}|{}|<>|{x}|{b, \"\"}]");
  assert_reads_with("a,b,c\n1,,true\n007,NA,\"\"\n", &text,
                    "a:string[1|007] b:string[<>|<>] c:string[true|]");
}

/* ---- What is not as it should be ---- */

typedef struct Mend {
  const char *text, *wanted; /* as describe gives it */
  size_t rejects;
  const char *report;        /* in it */
} Mend;

static const Mend mends[] = {
    /* ragged rows */
    {"a,b\n1,x\n2,y,z\n", "a:int64[1] b:category[x]", 1, "rows rejected: 1, first at line 3"},
    {"a,b\n1,2\n3\n", "a:int64[1|3] b:int64[2|<>]", 0, "missing cells at the end: 1, first at line 3"},
    {"a,b,c\n1,x,2\ny,3\n4,z,5\n", "a:int64[1|4] b:category[x|z] c:int64[2|5]", 1, "first at line 3"},
    {"a,b\n1,2\n3,4,,\n", "a:int64[1|3] b:int64[2|4]", 0, "dropped: 1, first at line 3"},
    {"a,b\n\"1\n2\n3\",4\n5,6\n", "a:category[1\n2\n3|5] b:int64[4|6]", 0, ""},
    /* blank lines */
    {"a,b\n1,2\n\n3,4\n", "a:int64[1|3] b:int64[2|4]", 0, "blank lines passed over: 1, first at line 3"},
    {"a,b\r\n1,2\r\n\r\n3,4\r\n", "a:int64[1|3] b:int64[2|4]", 0, "blank lines passed over: 1"},
    {"\n\na,b\n1,2\n", "a:int64[1] b:int64[2]", 0, "lines above the table were passed over: 2"},
    /* quotes */
    {"a,b\n1,\"x\n3,\"y\"\n", "a:int64[1|3] b:category[x|y]", 0, "wrong quotes, put right: 1, first at line 2"},
    {"a,b\n1,\"x\"z\"\n2,\"y\"\n", "a:int64[1|2] b:category[x\"z|y]", 0, "wrong quotes"},
    {"a,b\n1,\"x\" \n", "a:int64[1] b:category[x]", 0, ""},
    {"a,b\n1, \"x,y\"\n2,z\n", "a:int64[1|2] b:category[x,y|z]", 0, ""},
    /* line ends */
    {"a,b\r1,2\r3,4\r", "a:int64[1|3] b:int64[2|4]", 0, "lines end in CR"},
    {"a,b\n5,6\n1,2\r3,4\n", "a:int64[5|1|3] b:int64[6|2|4]", 0, ""},
    {"a,b\r\r\n1,2\r\r\n", "a:int64[1] b:int64[2]", 0, ""},
    {"a,b\n1,2\r", "a:int64[1] b:int64[2]", 0, ""},
    /* bytes */
    {"a,b\n1,caf\xE9\n2,x\n", "a:int64[2] b:category[x]", 1, "rows rejected: 1, first at line 2"},
    /* names */
    {"a,,c\n1,2,3\n", "a:int64[1] column_2:int64[2] c:int64[3]", 0, "columns without a name"},
    {"a,b, a\n1,2,3\n", "a:int64[1] b:int64[2] a_2:int64[3]", 0, "'a_2'"},
    {"a,a_2,a\n1,2,3\n", "a:int64[1] a_2:int64[2] a_3:int64[3]", 0, "'a_3'"},
    {"a,b,\n1,2,\n", "a:int64[1] b:int64[2]", 0, ""},
    {"1,2\n3,4\n", "column_1:int64[1|3] column_2:int64[2|4]", 0, "the first line is a row"},
    /* other grammars */
    {"a;b\n1,5;2\n", "a:float64[1.5] b:int64[2]", 0, "parted by semicolons"},
    {"a\tb\n1.5\t2\n", "a:float64[1.5] b:int64[2]", 0, "parted by tabs"},
    {"'a','b'\n'x,y','2'\n'it''s','3'\n", "a:category[x,y|it's] b:int64[2|3]", 0, "quoted by '"},
    {"a,b\n1,\"x\\\"y\"\n2,\"\\\"z\"\n", "a:int64[1|2] b:category[x\"y|\"z]", 0, "takes the next character"},
    {"a b\n1 2\n3 4\n", "a:int64[1|3] b:int64[2|4]", 0, "parted by blanks"},
    {"# made by hand\na,b\n1,2\n", "a:int64[1] b:int64[2]", 0, "lines above"},
};

static void test_mends(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof mends / sizeof *mends; i++) {
    Frame *frame = parse(mends[i].text, NULL);
    Text got = {0};
    describe(frame, &got);
    const Frame *rejects = frame_rejects(frame);
    if (strcmp(text_data(&got), mends[i].wanted) != 0 || (rejects ? frame_rows(rejects) : 0) != mends[i].rejects ||
        !strstr(frame_report(frame), mends[i].report)) {
      fail_msg("%s: %s, rejected %zu\n%s", mends[i].text, text_data(&got), rejects ? frame_rows(rejects) : 0,
               frame_report(frame));
    }
    text_free(&got);
    frame_unref(frame);
  }
}

/* Each rejected row is kept with its line, offset, reason and text. */
static void test_rejects(void **state)
{
  (void)state;
  Frame *frame = parse("a,b\n1,x\n\n2,y,z\n3,w\n\xFF,v\n", NULL);
  Text got = {0};
  assert_non_null(frame_rejects(frame));
  describe(frame_rejects(frame), &got);
  assert_string_equal(text_data(&got), "line:int64[4|6] offset:int64[9|19] reason:category[too many fields|is not UTF-8] "
                                       "text:string[2,y,z|\xEF\xBF\xBD,v]");
  text_free(&got);
  frame_unref(frame);
}

static void assert_refused(const char *text, const CsvOptions *options, Status wanted, const char *id, const char *what,
                           const char *where)
{
  Frame *frame;
  Error e;
  const Status status = parse_bytes(text, strlen(text), options, 0, &frame, &e);
  if (status != wanted || strcmp(e.id, id) != 0 || !strstr(e.what, what) || !strstr(e.where, where) || e.hint[0] == '\0') {
    fail_msg("%s: %d %s: %s (%s; %s)", text, (int)status, e.id, e.what, e.where, e.hint);
  }
}

/* What options forbid, and what no reading can help. */
static void test_errors(void **state)
{
  (void)state;
  const CsvOptions strict = {.ragged = CSV_RAGGED_ERROR};
  assert_refused("a,b\n1,2\n1,2,3\n", &strict, STATUS_FORMAT, "csv-ragged",
                 "line 3 has 3 fields, the table has 2 columns", "x.csv, line 3, byte offset 12");
  assert_refused("a,b\n1,2\n3\n", &strict, STATUS_FORMAT, "csv-ragged", "line 3 has 1 field, the table has 2 columns",
                 "x.csv, line 3, byte offset 9");
  assert_refused("a,b\n1,2\n\n3\n", &strict, STATUS_FORMAT, "csv-ragged", "line 4 has 1 field", "x.csv, line 4, byte offset 9");
  assert_refused("BZh91AY&SY", NULL, STATUS_FORMAT, "csv-packed", "archive", "x.csv");
  assert_refused("PK\x03\x04\xFF\n", NULL, STATUS_FORMAT, "csv-packed", "archive", "x.csv");
  assert_refused("a\xFF,b\n1,2\n", NULL, STATUS_FORMAT, "not-utf8", "line 1 is not UTF-8", "byte offset");
  const CsvOptions quote = {.quote = "ab"}, same = {.quote = ";", .delimiter = ";"};
  assert_refused("a,b\n", &quote, STATUS_ARGUMENT, "csv-option", "'ab' is not a value for the option 'quote'", "");
  assert_refused("a,b\n", &same, STATUS_ARGUMENT, "csv-option", "both the delimiter and the quote", "");
  const char *const names[] = {"x", "c"};
  const CsvOptions headings = {.headings = names, .n_headings = 1}, columns = {.columns = names + 1, .n_columns = 1};
  assert_refused("a,b\n1,2\n", &headings, STATUS_ARGUMENT, "csv-names", "has 1 names, 'x.csv' has 2 columns", "");
  assert_refused("abc,c2\n1,2\n", &columns, STATUS_NAME, "unknown-column", "has no column 'c'", "");
}

/* The options that say how the file is written and what to read of it. */
static void test_options(void **state)
{
  (void)state;
  const char *const names[] = {"x", "y"}, *const columns[] = {"b", "a"};
  assert_reads_with("1,2\n3,4\n", &(CsvOptions){.header = CSV_HEADER_YES}, "1:int64[3] 2:int64[4]");
  assert_reads_with("a,b\nc,d\n", &(CsvOptions){.header = CSV_HEADER_NO}, "column_1:category[a|c] column_2:category[b|d]");
  assert_reads_with("a,b\n1,2\n", &(CsvOptions){.headings = names, .n_headings = 2}, "x:int64[1] y:int64[2]");
  assert_reads_with("1,2\n", &(CsvOptions){.headings = names, .n_headings = 2}, "x:int64[1] y:int64[2]");
  assert_reads_with("a,b\n1,2\n3,4\n", &(CsvOptions){.columns = columns, .n_columns = 2}, "b:int64[2|4] a:int64[1|3]");
  assert_reads_with("a,b\n1,2\n3,4\n", &(CsvOptions){.columns = columns, .n_columns = 1}, "b:int64[2|4]");
  assert_reads_with("a,b\n1,2\n3,4\n5,6\n", &(CsvOptions){.rows_given = true, .rows = 2}, "a:int64[1|3] b:int64[2|4]");
  assert_reads_with("a,b\n1,2\n3,4\n", &(CsvOptions){.rows_given = true, .rows = 0}, "a:string[] b:string[]");
  assert_reads_with("a,b\n1,2\n3\n5,6\n", &(CsvOptions){.rows_given = true, .rows = 2}, "a:int64[1|3] b:int64[2|<>]");
  assert_reads_with("x,y\na,b\n1,2\n", &(CsvOptions){.skip_given = true, .skip = 1}, "a:int64[1] b:int64[2]");
  assert_reads_with("a,b\n1,2\n3,4\n5,6\n", &(CsvOptions){.footer_given = true, .footer = 2}, "a:int64[1] b:int64[2]");
  assert_reads_with("a,b\r\n1,2\r\n3,4", &(CsvOptions){.footer_given = true, .footer = 1}, "a:int64[1] b:int64[2]");
  assert_reads_with("a;b,c\n1;2,3\n", &(CsvOptions){.delimiter = ","}, "a;b:category[1;2] c:int64[3]");
  assert_reads_with("a,b\nx,y\n", &(CsvOptions){.delimiter = ""}, "a,b:category[x,y]");
  assert_reads_with("a::b\n1::2\n", &(CsvOptions){.delimiter = "::"}, "a:int64[1] b:int64[2]");
  assert_reads_with("a,b\n\"1,'x,y'\n", &(CsvOptions){.quote = "'"}, "a:category[\"1] b:category[x,y]");
  assert_reads_with("a,b\n\"1,2\n", &(CsvOptions){.quote = ""}, "a:category[\"1] b:int64[2]");
  assert_reads_with("a,b\n1,x!,y\n", &(CsvOptions){.escape = "!"}, "a:int64[1] b:category[x,y]");
  assert_reads_with("a,b\n!no\n1,2\n", &(CsvOptions){.comment = "!"}, "a:int64[1] b:int64[2]");
  assert_reads_with("a,b\n1\n2,3\n", &(CsvOptions){.ragged = CSV_RAGGED_REJECT}, "a:int64[2] b:int64[3]");
  assert_reads_with("a,b,c\n1,2,3\n4,5,6\nx,y\n", &(CsvOptions){.ragged = CSV_RAGGED_FILL},
                    "a:category[1|4|x] b:category[2|5|y] c:int64[3|6|<>]");
}

static void test_nul(void **state)
{
  (void)state;
  static const char body[] = "a,b\n1,x\0y\n2,z\n\0\0";
  Frame *frame;
  Error e;
  assert_int_equal(parse_bytes(body, sizeof body - 1, NULL, 0, &frame, &e), STATUS_OK);
  Text got = {0};
  describe(frame, &got);
  assert_string_equal(text_data(&got), "a:int64[1|2] b:category[xy|z]");
  assert_non_null(strstr(frame_report(frame), "NUL bytes dropped: 1, first at line 2"));
  text_free(&got);
  frame_unref(frame);
}

/* Nothing to read is a frame of nothing, and said. */
static void test_empty(void **state)
{
  (void)state;
  static const char *const texts[] = {"", "\xEF\xBB\xBF", "\n\n", " \r\n"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    Frame *frame = parse(texts[i], NULL);
    assert_int_equal(frame_columns(frame), 0);
    assert_non_null(strstr(frame_report(frame), "is empty"));
    frame_unref(frame);
  }
}

static void test_forced_errors(void **state)
{
  (void)state;
  const char *names[] = {"zip"};
  Type type = TYPE_INT64;
  const CsvOptions options = {.names = names, .types = &type, .n_forced = 1};
  static const struct {
    Type type;
    const char *text, *what;
  } cases[] = {
      {TYPE_INT64, "a,zip\n1,2\n1,x\n1,y\n", "column 'zip' is asked for as int64, but line 3 has 'x'"},
      {TYPE_INT64, "a,zip\n1,\"2.5\"\n", "line 2 has '2.5'"},
      {TYPE_FLOAT64, "zip\n1e999\n", "line 2 has '1e999'"},
      {TYPE_BOOL, "zip\nmaybe\n", "line 2 has 'maybe'"},
      {TYPE_TIMESTAMP, "zip\n2026-01-01\n2026-01-01 10:00Z\n", "line 3 has '2026-01-01 10:00Z'"},
      {TYPE_TIMESTAMP, "zip\n2026-01-01 10:00Z\n2026-01-01 10:00Z\n2026-01-01\n", "line 4 has '2026-01-01'"},
      {TYPE_TIMESTAMP, "zip\n2026-01-01\n2026-02-30\n", "line 3 has '2026-02-30'"},
      {TYPE_SET, "zip\n{a}\n{a,}\n", "line 3 has '{a,}'"},
      {TYPE_SET, "zip\n{a} b\n", "line 2"},
      {TYPE_SET, "zip\na\n", "line 2 has 'a'"},
      {TYPE_SET, "zip\n\"{a\"\"b}\"\n", "line 2"},
      {TYPE_SET, "zip\n\"{\"\"a}\"\n", "line 2"},
  };
  Frame *frame;
  Error e;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    type = cases[i].type;
    const Status status = parse_bytes(cases[i].text, strlen(cases[i].text), &options, 0, &frame, &e);
    if (status != STATUS_FORMAT || strcmp(e.id, "csv-type") != 0 || !strstr(e.what, cases[i].what)) {
      fail_msg("%s: %s", cases[i].text, e.what);
    }
  }
  assert_int_equal(parse_bytes("zap,a\n", 6, &options, 0, &frame, &e), STATUS_NAME);
  assert_string_equal(e.hint, "did you mean 'zap'?");
}

/* ---- The report ---- */

static void test_report(void **state)
{
  (void)state;
  Frame *frame = parse("\xEF\xBB\xBF"
                       "zip, n ,q,note,late,empty,when,blank\n"
                       "01234,1,\"1\",a,1,,2026-01-01,3\n"
                       "56789,2.5,2,b,2,NA,2026-02-30, \n"
                       "44135,,3,c,x,,2026-03-01,4\n\n",
                       NULL);
  assert_string_equal(frame_report(frame),
                      "x.csv: rows: 3, columns: 8, bytes: 130, missing cells: 5\n"
                      "a byte order mark at the start was passed over\n"
                      "blanks around names were taken off: 'n'\n"
                      "blank lines at the end were passed over: 1\n"
                      "category columns: note\n"
                      "zip: category, because '01234' at line 2 has a leading zero\n"
                      "n: float64; missing: 1\n"
                      "q: category, because '1' at line 2 is in quotes\n"
                      "late: category, because 'x' at line 4 is no number\n"
                      "empty: string, because every cell is missing; missing: 3\n"
                      "when: category, because '2026-02-30' at line 3 is no date\n"
                      "blank: int64; missing: 1, of them blanks: 1, first at line 3\n"
                      "to decide otherwise:\n  read(\"x.csv\", {types = {zip = \"int64\"}})\n");
  frame_unref(frame);
  frame = parse("\"Unit \"\"Price\"\"\",end\n1,x\n", NULL);
  assert_non_null(strstr(frame_report(frame), "{types = {[\"Unit \\\"Price\\\"\"] = \"string\"}}"));
  frame_unref(frame);
  frame = parse("end\n1\n", NULL);
  assert_non_null(strstr(frame_report(frame), "{[\"end\"] = \"string\"}"));
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types),        cmocka_unit_test(test_text_by_rule),
      cmocka_unit_test(test_blanks),       cmocka_unit_test(test_quotes),
      cmocka_unit_test(test_line_ends),    cmocka_unit_test(test_category_or_string),
      cmocka_unit_test(test_late_change),  cmocka_unit_test(test_late_zone),
      cmocka_unit_test(test_forced_types), cmocka_unit_test(test_errors),
      cmocka_unit_test(test_nul),          cmocka_unit_test(test_mends),
      cmocka_unit_test(test_rejects),
      cmocka_unit_test(test_options),
      cmocka_unit_test(test_empty),
      cmocka_unit_test(test_forced_errors),
      cmocka_unit_test(test_report),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
