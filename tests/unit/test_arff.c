/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Java's date formats, as java.text.SimpleDateFormat reads them in strict mode; and running out of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "io/arff_read.h"
#include "sweep.h"

typedef struct Date {
  const char *format, *text;
  int64_t seconds; /* INT64_MIN: refused */
} Date;

static void test_dates(void **state)
{
  (void)state;
  static const Date dates[] = {{NULL, "2024-02-29T10:00:00", 1709200800},
                               {NULL, "2024-02-29", 1709164800},
                               {NULL, "2024-02-29T10:00:00Z", INT64_MIN},
                               {"dd/MM/yyyy HH:mm", "03/04/2024 17:05", 1712163900},
                               {"d.M.yy", "3.4.24", 1712102400},
                               {"d.M.yy", "3.4.1924", -1443657600},
                               {"yyyyMMdd", "20240403", 1712102400},
                               {"yyyyMMdd", "2024043", 1712102400},
                               {"MMM d, yyyy", "Apr 3, 2024", 1712102400},
                               {"d MMMM yyyy", "3 april 2024", 1712102400},
                               {"hh:mm a", "12:05 AM", 300},
                               {"hh:mm a", "12:05 pm", 43500},
                               {"hh:mm a", "13:05 pm", INT64_MIN},
                               {"yyyy 'week''s'", "2024 week's", 1704067200},
                               {"d/M/y", "30/2/2024", INT64_MIN},
                               {"d/M/y", "1/13/2024", INT64_MIN},
                               {"d/M/y", "1/1/2024 ", INT64_MIN},
                               {"d/M/y", "1-1-2024", INT64_MIN},
                               {"MMM", "Foo", INT64_MIN},
                               {"", "", 0}};
  for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
    int64_t value = 0;
    const bool good = arff_date(dates[i].format, dates[i].text, strlen(dates[i].text), &value);
    if (good != (dates[i].seconds != INT64_MIN) || (good && value != dates[i].seconds * 1000000)) {
      print_error("%s as %s: %d, %lld\n", dates[i].text, dates[i].format ? dates[i].format : "ISO", good,
                  (long long)value);
      fail();
    }
  }
  assert_null(arff_date_unknown("dd/MM/yyyy 'EEE' HH:mm:ss.SSS a"));
  assert_string_equal(arff_date_unknown("d EEE"), "EEE");
}

static const char text[] = "@relation r\n@attribute a numeric\n@attribute b {x, 'y z'}\n@attribute c string\n"
                           "@attribute d date 'd/M/y'\n@attribute e integer\n@data\n"
                           "1,x,'a\\nb',1/2/2024,1\n?,?,?,?,?\n{1 'y z', 4 2.5}\n";

static Status run(void *context, Error *e)
{
  const CsvOptions *options = context;
  Task task;
  Frame *frame;
  task_init(&task, 1);
  task.threads = 1;
  const Status status = arff_frame(text, sizeof text - 1, "x.arff", options, NULL, &task, &frame, e);
  task_free(&task);
  if (status == STATUS_OK) {
    assert_int_equal(frame_rows(frame), 3);
    assert_int_equal(frame_columns(frame), options->n_columns ? 2 : 5);
  }
  frame_unref(frame);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  static const char *const columns[] = {"c", "b"};
  CsvOptions options = {.header = CSV_HEADER_AUTO};
  assert_true(sweep(run, &options) > 40);
  options.columns = columns;
  options.n_columns = 2;
  options.all_text = true;
  assert_true(sweep(run, &options) > 20);
}

static void test_cancel(void **state)
{
  (void)state;
  Task task;
  Frame *frame;
  task_init(&task, 1);
  task_cancel(&task);
  assert_int_equal(arff_frame(text, sizeof text - 1, "x", NULL, NULL, &task, &frame, NULL), STATUS_CANCELLED);
  task_free(&task);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_dates), cmocka_unit_test(test_memory),
                                     cmocka_unit_test(test_cancel)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
