/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv_pieces.c -- the result of reading CSV, or its error, does not depend on how the file is cut into
 * pieces, on the threads, or on whether it stands in memory; and what happens when memory, time or the file
 * itself run out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/text.h"
#include "csv_parse.h"

/* Text over a small alphabet. `errors` in a thousand characters are any of it, the others keep to the
 * grammar. */
static void random_text(Random *random, size_t columns, size_t records, unsigned errors, Text *out)
{
  static const char *const cells[] = {
      "1",    "22",         "-3.5", "x",   "NA",           "",   "\"a\"", "\"\n\"", "\"x,\"\"y\"\"\n\n\"",
      "true", "2026-01-01", "\"\"", " 7 ", "\xE5\xAE\xA2", "  ", "q\"q"};
  static const char *const noise[] = {"\"", ",", "\n", "\r", "x", "\xFF", "\r\n", "\"\""};
  for (size_t i = 0; i < columns; i++) {
    text_printf(out, "%sc%zu", i > 0 ? "," : "", i);
  }
  text_puts(out, "\n");
  const uint64_t kinds = random_below(random, 3) ? sizeof cells / sizeof *cells : 1 + random_below(random, 6);
  for (size_t r = 0; r < records; r++) {
    for (size_t i = 0; i < columns; i++) {
      text_puts(out, i > 0 ? "," : "");
      text_puts(out, cells[random_below(random, kinds)]);
      if (random_below(random, 1000) < errors) {
        text_puts(out, noise[random_below(random, sizeof noise / sizeof *noise)]);
      }
    }
    text_puts(out, random_below(random, 4) ? "\n" : "\r\n");
  }
}

static void assert_same(const Frame *a, const Error *ea, const Frame *b, const Error *eb, const Text *text)
{
  if (!a || !b) {
    if (a || b || strcmp(ea->what, eb->what) != 0 || strcmp(ea->where, eb->where) != 0 ||
        strcmp(ea->text, eb->text) != 0) {
      fail_msg("'%s' (%s) against '%s' (%s) in:\n%s", ea->what, ea->where, eb->what, eb->where,
               text_data(text));
    }
    return;
  }
  const Digest x = frame_digest(a), y = frame_digest(b);
  assert_true(x.high == y.high && x.low == y.low);
  assert_string_equal(frame_report(a), frame_report(b));
  for (size_t i = 0; i < frame_columns(a); i++) {
    const Column *p = frame_column(a, i), *q = frame_column(b, i);
    assert_int_equal(column_type(p), column_type(q));
    assert_int_equal(column_levels(p), column_levels(q));
    for (size_t row = 0; column_type(p) == TYPE_CATEGORY && row < frame_rows(a); row++) {
      assert_int_equal(column_code(p, row), column_code(q, row));
    }
    assert_int_equal(column_check(q, NULL), STATUS_OK);
  }
}

static void test_pieces_do_not_matter(void **state)
{
  (void)state;
  Random random = random_new(21, 0);
  static const unsigned errors[] = {0, 0, 5, 50, 300};
  size_t read = 0;
  for (int i = 0; i < 600; i++) {
    Text text = {0};
    Frame *whole, *pieces;
    Error e, other;
    random_text(&random, 1 + random_below(&random, 4), random_below(&random, 60), errors[i % 5], &text);
    pool_set_threads(1);
    (void)parse_bytes(text.data, text.size, NULL, 0, &whole, &e);
    for (size_t piece = 1; piece < 400; piece = piece * 3 + random_below(&random, 5)) {
      pool_set_threads(1 + piece % 3);
      (void)parse_bytes(text.data, text.size, NULL, piece, &pieces, &other);
      assert_same(whole, &e, pieces, &other, &text);
      frame_unref(pieces);
      (void)parse_file(&text, piece, &pieces, &other);
      assert_same(whole, &e, pieces, &other, &text);
      frame_unref(pieces);
    }
    read += whole != NULL;
    frame_unref(whole);
    text_free(&text);
  }
  pool_set_threads(0);
  assert_in_range(read, 550, 600); /* nearly all can be read somehow */
}

/* Large enough for several pieces of the usual size, with distinct texts that are too many only when joined.
 */
static void test_threads_do_not_matter(void **state)
{
  (void)state;
  Text text = {0};
  text_puts(&text, "id,word,few,flag\n");
  for (size_t row = 0; row < 60000; row++) {
    text_printf(&text, "%zu,w%zu,\"f,%zu\",%s\n", row, row / 10, row / 3000, row % 7 ? "true" : "");
  }
  Frame *frames[3];
  Error e;
  for (size_t i = 0; i < 3; i++) {
    pool_set_threads(1 + i * 3);
    assert_int_equal(parse_bytes(text.data, text.size, NULL, 0, &frames[i], &e), STATUS_OK);
    assert_same(frames[0], &e, frames[i], &e, &text);
  }
  assert_int_equal(column_type(frame_column(frames[0], 1)), TYPE_STRING);
  assert_int_equal(column_type(frame_column(frames[0], 2)), TYPE_CATEGORY);
  assert_int_equal(column_missing(frame_column(frames[0], 3)), (60000 + 6) / 7);
  for (size_t i = 0; i < 3; i++) {
    frame_unref(frames[i]);
  }
  pool_set_threads(0);
  text_free(&text);
}

static void test_wide(void **state)
{
  (void)state;
  enum { COLUMNS = 20000 };
  Text text = {0};
  for (size_t row = 0; row < 4; row++) {
    for (size_t i = 0; i < COLUMNS; i++) {
      text_printf(&text, row == 0 ? "%sc%zu" : "%s%zu", i > 0 ? "," : "", i + row * (row > 0));
    }
    text_puts(&text, "\n");
  }
  Frame *frame;
  Error e;
  assert_int_equal(parse_bytes(text.data, text.size, NULL, 0, &frame, &e), STATUS_OK);
  assert_int_equal(frame_columns(frame), COLUMNS);
  assert_int_equal(column_int(frame_column(frame, COLUMNS - 1), 2), COLUMNS - 1 + 3);
  frame_unref(frame);
  text_free(&text);
}

static void test_cancel_and_budget(void **state)
{
  (void)state;
  Text text = {0};
  text_puts(&text, "a,b\n");
  for (size_t row = 0; row < 20000; row++) {
    text_puts(&text, "1,x\n");
  }
  Task task;
  Frame *frame;
  Error e;
  task_init(&task, 1);
  task.budget = 1000;
  error_clear(&e);
  assert_int_equal(csv_parse(text.data, text.size, "x.csv", NULL, &task, &frame, &e), STATUS_LIMIT);
  assert_null(frame);
  task.budget = 0;
  error_clear(&e);
  assert_int_equal(csv_parse(text.data, text.size, "x.csv", NULL, &task, &frame, &e), STATUS_OK);
  assert_true(atomic_load(&task.done) <= atomic_load(&task.total) && atomic_load(&task.done) > 0);
  frame_unref(frame);
  task_cancel(&task);
  error_clear(&e);
  assert_int_equal(csv_parse(text.data, text.size, "x.csv", NULL, &task, &frame, &e), STATUS_CANCELLED);
  assert_null(frame);
  task_free(&task);
  text_free(&text);
}

static const char sweep_text[] = "zip,n,t,b,\"s \"\"x\"\"\",e,set\n"
                                 "01,1,2026-01-01,true,\"say \"\"hi\"\"\",,\"{a, \"\"b\"\"}\"\n"
                                 "02,2.5,2026-01-01Z,x,\"\n\",NA,{}\n";

/* Each allocation fails once: never a crash, a leak, or a result that is half there. */
static void sweep(const CsvSource *source)
{
  const char *names[] = {"set"};
  const Type type = TYPE_SET;
  const CsvOptions options = {.names = names, .types = &type, .n_forced = 1};
  Task task;
  task_init(&task, 1);
  const size_t before = mem_in_use();
  bool done = false;
  for (int64_t k = 0; !done; k++) {
    Frame *frame;
    Error e;
    error_clear(&e);
    mem_fail_from(k);
    const Status status = csv_parse_source(source, "x.csv", &options, 20, &task, &frame, &e);
    mem_fail_from(-1);
    done = status == STATUS_OK;
    assert_int_equal(frame != NULL, done);
    if (!done) {
      assert_int_equal(status, STATUS_MEMORY);
    }
    frame_unref(frame);
    assert_int_equal(mem_in_use(), before);
    assert_in_range(k, 0, 2000);
  }
  task_free(&task);
}

static void test_memory_runs_out(void **state)
{
  (void)state;
  pool_set_threads(1);
  const CsvSource memory = {.bytes = sweep_text, .size = sizeof sweep_text - 1};
  sweep(&memory);
  char path[32];
  FileReader *file;
  make_file(sweep_text, sizeof sweep_text - 1, path);
  assert_int_equal(file_open(path, &file, NULL), STATUS_OK);
  const CsvSource source = {.file = file, .size = file_size(file)};
  sweep(&source);
  file_close(file);
  unlink(path);
  pool_set_threads(0);
}

static void test_read_file(void **state)
{
  (void)state;
  char path[32];
  make_file("a,b\n1,x\n", 8, path);
  Task task;
  Frame *frame;
  Error e;
  task_init(&task, 1);
  error_clear(&e);
  assert_int_equal(csv_read(path, NULL, &task, &frame, &e), STATUS_OK);
  assert_int_equal(frame_rows(frame), 1);
  assert_non_null(strstr(frame_report(frame), path));
  frame_unref(frame);
  assert_int_equal(truncate(path, 0), 0);
  assert_int_equal(csv_read(path, NULL, &task, &frame, &e), STATUS_OK);
  assert_int_equal(frame_columns(frame), 0);
  frame_unref(frame);
  unlink(path);
  error_clear(&e);
  assert_int_equal(csv_read(path, NULL, &task, &frame, &e), STATUS_FILE);
  assert_string_equal(e.id, "no-such-file");
  error_clear(&e);
  assert_int_equal(csv_read("/tmp", NULL, &task, &frame, &e), STATUS_FILE);
  assert_int_equal(csv_read("/dev/null", NULL, &task, &frame, NULL), STATUS_OK);
  frame_unref(frame);
  task_free(&task);
}

/* A header longer than what is looked at first, and records longer than what is sampled. */
static void test_long_header(void **state)
{
  (void)state;
  Text text = {0};
  text_puts(&text, "\"");
  text_repeat(&text, "name, \n", 40000);
  text_puts(&text, "\",b\n1,\"");
  text_repeat(&text, "x\n", 300000);
  text_puts(&text, "\"\n2,y");
  Frame *frame;
  Error e;
  assert_int_equal(parse_file(&text, 0, &frame, &e), STATUS_OK);
  assert_int_equal(frame_rows(frame), 2);
  assert_int_equal(strlen(frame_name(frame, 0)), 280000);
  assert_int_equal(column_int(frame_column(frame, 0), 1), 2);
  frame_unref(frame);
  text_char(&text, '"');
  text_puts(&text, "\n\"");
  assert_int_equal(parse_file(&text, 0, &frame, &e), STATUS_OK); /* the last quotes have no partner */
  assert_int_equal(column_int(frame_column(frame, 0), 1), 2);
  frame_unref(frame);
  text_free(&text);
}

/* The file is cut, or loses its quotes, once its size is known. */
static void test_file_changes(void **state)
{
  (void)state;
  Text text = {0};
  text_puts(&text, "a\n");
  text_repeat(&text, "1234567\n", 100000);
  char path[32];
  FileReader *file;
  Frame *frame;
  Error e;
  make_file(text.data, text.size, path);
  assert_int_equal(file_open(path, &file, NULL), STATUS_OK);
  assert_int_equal(truncate(path, 400000), 0);
  const CsvSource source = {.file = file, .size = file_size(file)};
  assert_int_equal(parse_source(&source, NULL, 0, &frame, &e), STATUS_FILE);
  assert_string_equal(e.id, "file-changed");
  file_close(file);
  unlink(path);
  text_free(&text);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pieces_do_not_matter),
      cmocka_unit_test(test_threads_do_not_matter),
      cmocka_unit_test(test_wide),
      cmocka_unit_test(test_cancel_and_budget),
      cmocka_unit_test(test_memory_runs_out),
      cmocka_unit_test(test_read_file),
      cmocka_unit_test(test_long_header),
      cmocka_unit_test(test_file_changes),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
