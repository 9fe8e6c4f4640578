/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_refine.c -- what columns of text become: every form, every doubt, and that files' columns speak for one
 * another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "io/csv_refine.h"

static Task task;

/* A column of the texts, parted by '|'; an empty one is missing. */
static Column *column_of(const char *cells, Type type, size_t times)
{
  Builder *builder = builder_new(type, 8);
  Column *out;
  for (size_t i = 0; i < times; i++) {
    for (const char *p = cells;;) {
      const size_t n = strcspn(p, "|");
      if (n == 0) {
        builder_missing(builder);
      } else {
        builder_text(builder, p, n);
      }
      if (!p[n]) {
        break;
      }
      p += n + 1;
    }
  }
  assert_int_equal(builder_finish(builder, &out, NULL), STATUS_OK);
  return out;
}

static void add_cells(const Column *column, size_t most, Text *out)
{
  for (size_t row = 0; row < column_rows(column) && row < most; row++) {
    text_puts(out, row > 0 ? "|" : "");
    column_cell_text(column, row, out);
  }
}

/* One column alone: its type, cells as text, and words that the report must have (NULL: none). Category and
 * string, once and often enough for several blocks, must give the same. */
static void check_with(const CsvOptions *options, bool all_quoted, const char *cells, const char *wanted_type,
                       const char *wanted, const char *said)
{
  for (int kind = 0; kind < 4; kind++) {
    const Type type = kind % 2 ? TYPE_STRING : TYPE_CATEGORY;
    const size_t times = kind < 2 ? 1 : 3000;
    Column *column = column_of(cells, type, times);
    const size_t rows = column_rows(column) / times;
    CsvRefined refined = {.name = "x", .column = column, .all_quoted = all_quoted};
    Error e;
    Text shown = {0};
    error_clear(&e);
    if (csv_refine(options, &refined, 1, &task, &e) != STATUS_OK) {
      fail_msg("%s: %s", cells, e.what);
    }
    assert_int_equal(column_check(refined.out, NULL), STATUS_OK);
    add_cells(refined.out, rows, &shown);
    const char *got = type_is_text(column_type(refined.out)) ? "text" : type_name(column_type(refined.out));
    if (strcmp(got, wanted_type) != 0 || (wanted && strcmp(text_data(&shown), wanted) != 0)) {
      fail_msg("%s: %s %s\n  report: %s", cells, got, text_data(&shown), text_data(&refined.report));
    }
    if (said ? !strstr(text_data(&refined.report), said) : refined.report.size > 0) {
      fail_msg("%s: report: %s", cells, text_data(&refined.report));
    }
    text_free(&shown);
    text_free(&refined.report);
    column_unref(refined.out);
    column_unref(column);
  }
}

static void check(const char *cells, const char *type, const char *wanted, const char *said)
{
  check_with(NULL, false, cells, type, wanted, said);
}

static void test_numbers(void **state)
{
  (void)state;
  check("$84,835.00 |$57,091.00|", "float64", "84835|57091|NA", "$ taken off in");
  check("1.234,56|0,5|12", "float64", "1234.56|0.5|12", "decimal comma, '.' between");
  check("1,234|5,678,901", "int64", "1234|5678901", "',' between thousands");
  check("1 234,5|99", "float64", "1234.5|99", "decimal comma, blanks");
  check("1'234.50|7", "float64", "1234.5|7", "''' between");
  check("1,23,456.78|1,234", "float64", "123456.78|1234", "Indian");
  check("(1,234.00)|5.00", "float64", "-1234|5", "from '(1,234.00)'");
  check("12.5%|100%|0", "float64", "0.125|1|0", "divided by 100");
  check("1,5|2,25", "float64", "1.5|2.25", "decimal comma");
  check("-5|+3|12", "int64", "-5|3|12", "'+3'");
  check("USD 12|USD 13.5", "float64", "12|13.5", "USD taken off");
  check("5 \xE2\x82\xAC|7", "int64", "5|7", "not there in");
}

static void test_either(void **state)
{
  (void)state;
  check("1,234|567", "int64", "1234|567", "decimal = \",\"");
  check("1,234|0,5", "float64", "1.234|0.5", "decimal comma");
  check("$1.234|$567", "float64", "1.234|567", "decimal = \",\"");
  check("1 234|567", "int64", "1234|567", "blanks");
  CsvOptions options = {.decimal = ","};
  check_with(&options, false, "1,234|567", "float64", "1.234|567", "decimal comma");
  options = (CsvOptions){.thousands = ","};
  check_with(&options, false, "1,234|567", "int64", "1234|567", "between");
  options = (CsvOptions){.decimal = ".", .thousands = ""};
  check_with(&options, false, "1,234|567", "text", NULL, "marks asked for");
}

static void test_not_numbers(void **state)
{
  (void)state;
  check("007|012", "text", "007|012", NULL);
  check("+4912345|+4912346", "text", NULL, NULL);
  check("1234567890123456789|5", "text", NULL, NULL);
  check("$5|\xE2\x82\xAC"
        "6",
        "text", NULL, "several currencies");
  check("5%|0.5", "text", NULL, "percentages");
  check("1.234,5|1,234.5", "text", NULL, "no decimal mark fits");
  check("555 123 456|555 123 457", "text", NULL, "codes");
  check("$1|$2|$3|$4|$5|$6|call us", "text", NULL, "'call us' in row 7");
  check("1e999|$5", "text", NULL, NULL);
  check("9,999,999,999,999,999,999|1", "float64", "1e+19|1", "between thousands");
  check("apple|pear", "text", "apple|pear", NULL);
  check("yes|no", "text", "yes|no", NULL);
  check("192.168.0.1|10.0.0.1", "text", NULL, NULL);
}

static void test_missing_words(void **state)
{
  (void)state;
  check("5|N/A|7|-", "int64", "5|NA|7|NA", "of 'N/A' (first in row 2)");
  check("5.5|null|?", "float64", "5.5|NA|NA", "missing");
  check("2024-01-31|none", "timestamp", "2024-01-31|NA", "'none'");
  check("true|N/A", "bool", "true|NA", "'N/A'");
  check("5| |7", "int64", "5|NA|7", "blanks read as missing");
  check("red|N/A|blue", "text", "red|N/A|blue", "missing = {\"N/A\"}");
  check("N/A|N/A", "text", "N/A|N/A", "kept as text");
  const char *const own[] = {"-99", "x"};
  const CsvOptions options = {.missing_given = true, .missing = own, .n_missing = 2};
  check_with(&options, false, "5|x|$7", "int64", "5|NA|7", "'x'");
  check_with(&options, false, "5|N/A", "text", "5|N/A", NULL);
  check_with(&options, false, "red|x", "text", "red|NA", "missing: ");
}

static void test_values_missing(void **state)
{
  (void)state;
  const char *const own[] = {"-99"};
  const CsvOptions options = {.missing_given = true, .missing = own, .n_missing = 1};
  const int64_t whole[] = {1, -99, 3};
  const double real[] = {1.5, -99, -99};
  CsvRefined columns[2] = {{.name = "a"}, {.name = "b"}};
  Column *a, *b;
  assert_int_equal(column_of_ints(whole, 3, &a, NULL), STATUS_OK);
  assert_int_equal(column_of_floats(real, 3, &b, NULL), STATUS_OK);
  columns[0].column = a;
  columns[1].column = b;
  assert_int_equal(csv_refine(&options, columns, 2, &task, NULL), STATUS_OK);
  assert_int_equal(column_missing(columns[0].out), 1);
  assert_int_equal(column_int(columns[0].out, 2), 3);
  assert_int_equal(column_missing(columns[1].out), 2);
  assert_non_null(strstr(text_data(&columns[1].report), "missing by the option 'missing': 2"));
  for (int i = 0; i < 2; i++) {
    column_unref(columns[i].out);
    text_free(&columns[i].report);
  }
  column_unref(a);
  column_unref(b);
}

static void test_dates(void **state)
{
  (void)state;
  check("2024/01/31|2024/02/01", "timestamp", "2024-01-31|2024-02-01", "from '2024/01/31'");
  check("31.12.2024|01.02.2024", "timestamp", "2024-12-31|2024-02-01",
        "day, month, year, as shown by '31.12.2024' in row 1");
  check("01/02/2024|12/31/2024", "timestamp", "2024-01-02|2024-12-31",
        "month, day, year, as shown by '12/31/2024' in row 2");
  check("6/16/14|1/2/13", "timestamp", "2014-06-16|2013-01-02", "two digits");
  check("1 Jan 2024|2 Feb 2024", "timestamp", "2024-01-01|2024-02-02", "1 Jan 2024");
  check("2024-01-31 12:30 PM|2024-01-31 12:30 AM", "timestamp", "2024-01-31 12:30:00|2024-01-31 00:30:00", "PM");
  check("2024-01-31T12:30+01:00", "timestamp", "2024-01-31 11:30:00Z", "in UTC");
  check("03/04/2024|05/06/2024", "text", NULL, "dates = \"dmy\" or dates = \"mdy\"");
  check("03/03/2024|05/05/2024", "timestamp", "2024-03-03|2024-05-05", "");
  check("22-04-15|04-08-15", "text", NULL, "dates = \"dmy\"");
  check("31/01/2024|01/31/2024", "text", NULL, "no order");
  check("2024-01-31 12:30|2024-01-31 12:30Z", "text", NULL, "zone");
  check("2024-W05-3", "timestamp", "2024-01-31", "W05");
  check("10:30|11:30", "text", NULL, NULL);
  CsvOptions options = {.dates = CSV_DATES_DMY};
  check_with(&options, false, "03/04/2024", "timestamp", "2024-04-03", "as asked for");
  options.dates = CSV_DATES_MDY;
  check_with(&options, false, "03/04/2024", "timestamp", "2024-03-04", "as asked for");
  check_with(&options, false, "31/04/2024", "text", NULL, NULL);
  check_with(&options, false, "31/05/2024", "text", NULL, "no order");
}

static void test_quotes(void **state)
{
  (void)state;
  check_with(NULL, true, "5|7", "int64", "5|7", "");
  check_with(NULL, true, "5.5|7", "float64", "5.5|7", "");
  check_with(NULL, true, "true|false", "bool", "true|false", "");
  check_with(NULL, true, "2024-01-31", "timestamp", "2024-01-31", "");
  check_with(NULL, true, "007|5", "text", "007|5", NULL);
  CsvSeen seen;
  csv_seen_clear(&seen);
  csv_see(&seen, CSV_QUOTED, 0);
  Column *column = column_of("5|7", TYPE_CATEGORY, 1);
  CsvRefined refined = {.name = "x", .column = column, .seen = &seen};
  assert_int_equal(csv_refine(NULL, &refined, 1, &task, NULL), STATUS_OK);
  assert_int_equal(column_type(refined.out), TYPE_CATEGORY);
  column_unref(refined.out);
  column_unref(column);
}

/* Quotes that a value does not need make its column a text on purpose, and the report says so. */
static void check_needless(const char *cells, bool needless, bool all_quoted, Type wanted, const char *said)
{
  CsvSeen seen;
  csv_seen_clear(&seen);
  csv_see(&seen, CSV_TEXT, 0);
  seen.needless = needless;
  Column *column = column_of(cells, TYPE_CATEGORY, 1);
  CsvRefined refined = {.name = "x", .column = column, .seen = &seen, .all_quoted = all_quoted};
  assert_int_equal(csv_refine(NULL, &refined, 1, &task, NULL), STATUS_OK);
  assert_int_equal(column_type(refined.out), wanted);
  if (!said) {
    assert_null(strstr(text_data(&refined.report), "do not need"));
  } else {
    assert_non_null(strstr(text_data(&refined.report), said));
  }
  text_free(&refined.report);
  column_unref(refined.out);
  column_unref(column);
}

static void test_needless_quotes(void **state)
{
  (void)state;
  check_needless("$5|$6.50", true, false, TYPE_CATEGORY, "types = {x = \"float64\"}");
  check_needless("31/12/2024|30/12/2024", true, false, TYPE_CATEGORY, "types = {x = \"timestamp\"}");
  check_needless("$5|$6.50", false, false, TYPE_FLOAT64, NULL);
  check_needless("$5|$6.50", true, true, TYPE_FLOAT64, NULL);
  check_needless("item 5|item 6", true, false, TYPE_CATEGORY, NULL);
  CsvSeen seen, other;
  csv_seen_clear(&seen);
  csv_seen_clear(&other);
  other.needless = true;
  csv_seen_merge(&seen, &other);
  assert_true(seen.needless);
  csv_seen_clear(&seen);
  assert_false(seen.needless);
}

/* Several columns of one file. */
static void check_second(const char *first, const char *second, const char *type, const char *cells, const char *said)
{
  Column *a = column_of(first, TYPE_STRING, 1), *b = column_of(second, TYPE_STRING, 1);
  CsvRefined columns[2] = {{.name = "a", .column = a}, {.name = "b", .column = b}};
  Text shown = {0};
  assert_int_equal(csv_refine(NULL, columns, 2, &task, NULL), STATUS_OK);
  add_cells(columns[1].out, 10, &shown);
  const char *got = type_is_text(column_type(columns[1].out)) ? "text" : type_name(column_type(columns[1].out));
  if (strcmp(got, type) != 0 || strcmp(text_data(&shown), cells) != 0 ||
      !strstr(text_data(&columns[1].report), said)) {
    fail_msg("%s: %s %s: %s", second, got, text_data(&shown), text_data(&columns[1].report));
  }
  text_free(&shown);
  for (int i = 0; i < 2; i++) {
    column_unref(columns[i].out);
    text_free(&columns[i].report);
  }
  column_unref(a);
  column_unref(b);
}

static void test_witnesses(void **state)
{
  (void)state;
  check_second("1,5|2,5", "1,234|567", "float64", "1.234|567", "as in column 'a'");
  check_second("1,5|2,5", "$1.234|$567", "int64", "1234|567", "as in column 'a'");
  check_second("22-Apr-15|4-Aug-15", "22-04-15|04-08-15", "timestamp", "2015-04-22|2015-08-04", "as in column 'a'");
  check_second("31/12/2024|1/1/2024", "03/04/2024|01/02/2024", "timestamp", "2024-04-03|2024-02-01",
               "as in column 'a'");
  check_second("12/31/2024|1/1/2024", "03/04/2024|01/02/2024", "timestamp", "2024-03-04|2024-01-02",
               "as in column 'a'");
}

static void test_compact_dates(void **state)
{
  (void)state;
  const int64_t dates[] = {20240131, 19970101}, numbers[] = {20240131, 20241301};
  const char *const names[] = {"order_date", "order_date", "amount", "Datum"};
  const bool times[] = {true, false, false, true};
  for (int i = 0; i < 4; i++) {
    Column *column;
    assert_int_equal(column_of_ints(i == 1 ? numbers : dates, 2, &column, NULL), STATUS_OK);
    CsvRefined refined = {.name = names[i], .column = column};
    assert_int_equal(csv_refine(NULL, &refined, 1, &task, NULL), STATUS_OK);
    assert_int_equal(column_type(refined.out), times[i] ? TYPE_TIMESTAMP : TYPE_INT64);
    if (times[i]) {
      Text shown = {0};
      add_cells(refined.out, 2, &shown);
      assert_string_equal(text_data(&shown), "2024-01-31|1997-01-01");
      assert_non_null(strstr(text_data(&refined.report), "\"int64\""));
      text_free(&shown);
    }
    text_free(&refined.report);
    column_unref(refined.out);
    column_unref(column);
  }
}

/* Each allocation fails in turn; then a cancel. */
static void test_failures(void **state)
{
  (void)state;
  Column *column = column_of("$5|N/A|$7.50", TYPE_CATEGORY, 2000);
  Status status = STATUS_MEMORY;
  const size_t before = mem_in_use();
  int failed = 0;
  for (; status != STATUS_OK && failed < 100; failed++) {
    CsvRefined refined = {.name = "x", .column = column};
    mem_fail_from(failed);
    status = csv_refine(NULL, &refined, 1, &task, NULL);
    mem_fail_from(-1);
    assert_true(status == STATUS_OK || (status == STATUS_MEMORY && !refined.out));
    column_unref(refined.out);
    text_free(&refined.report);
    assert_int_equal(mem_in_use(), before);
  }
  assert_true(failed > 5 && failed < 100);
  task_cancel(&task);
  CsvRefined refined = {.name = "x", .column = column};
  assert_int_equal(csv_refine(NULL, &refined, 1, &task, NULL), STATUS_CANCELLED);
  atomic_store(&task.cancel, false);
  text_free(&refined.report);
  column_unref(column);
}

static int begin(void **state)
{
  (void)state;
  task_init(&task, 1);
  return 0;
}

static int end(void **state)
{
  (void)state;
  task_free(&task);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_numbers),        cmocka_unit_test(test_either),
      cmocka_unit_test(test_not_numbers),    cmocka_unit_test(test_missing_words),
      cmocka_unit_test(test_values_missing), cmocka_unit_test(test_dates),
      cmocka_unit_test(test_needless_quotes), cmocka_unit_test(test_quotes),         cmocka_unit_test(test_witnesses),
      cmocka_unit_test(test_compact_dates),  cmocka_unit_test(test_failures),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
