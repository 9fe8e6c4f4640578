/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cannot be seen from a script: that pieces and threads change nothing, that running out of memory is
 * clean, that a cancel is honoured, and that the scanner sees every byte of a string at every place of a
 * word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/pool.h"
#include "io/json.h"
#include "io/json_scan.h"
#include "io/text_write.h"
#include "sweep.h"

static Status parse(const char *text, bool lines, size_t piece, Frame **out, Error *e)
{
  Task task;
  task_init(&task, 1);
  const Status status = json_frame(text, strlen(text), "x.json", NULL, lines, piece, &task, out, e);
  task_free(&task);
  return status;
}

static void assert_same(const Frame *a, const Frame *b)
{
  const Digest x = frame_digest(a), y = frame_digest(b);
  assert_true(x.high == y.high && x.low == y.low);
}

/* Lines of many kinds, some broken, keys that come late, and nested ones. */
static void make_lines(Text *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    text_printf(text, "{\"id\": %zu, \"name\": \"n%zu\", \"real\": %zu.25, ", i, i * i % 997, i);
    text_printf(text, i % 7 == 0 ? "\"tags\": [\"a\", \"t%zu\"]" : "\"in\": {\"x\": %zu}", i % 13);
    text_puts(text, i % 101 == 100 ? ", }\n" : i > n / 2 ? ", \"late\": true}\n" : "}\n");
    text_puts(text, i % 50 == 0 ? "\n" : "");
  }
}

static void test_pieces(void **state)
{
  (void)state;
  Text text = {0};
  Error e;
  Frame *whole, *pieces;
  make_lines(&text, 3000);
  error_clear(&e);
  assert_int_equal(parse(text.data, true, 1 << 30, &whole, &e), STATUS_OK);
  assert_int_equal(frame_rows(whole), 3000 - 29);
  assert_int_equal(frame_rows(frame_rejects(whole)), 29);
  for (size_t threads = 1; threads <= 3; threads += 2) {
    pool_set_threads(threads);
    for (size_t piece = 1; piece < 100000; piece = piece * 3 + 7) {
      assert_int_equal(parse(text.data, true, piece, &pieces, &e), STATUS_OK);
      assert_same(whole, pieces);
      assert_same(frame_rejects(whole), frame_rejects(pieces));
      assert_string_equal(frame_report(whole), frame_report(pieces));
      frame_unref(pieces);
    }
  }
  pool_set_threads(0);
  frame_unref(whole);
  text_free(&text);
}

/* An array is cut into tapes as it is read; the frame is that of the same rows as lines. */
static void test_array(void **state)
{
  (void)state;
  Text rows = {0}, array = {0};
  Error e;
  Frame *a, *b;
  error_clear(&e);
  text_char(&array, '[');
  for (size_t i = 0; i < 90000; i++) {
    Text row = {0};
    text_printf(&row, "{\"id\": %zu, \"n\": \"n%zu\", \"in\": {\"x\": %zu.5}, \"s\": [\"p\", \"q%zu\"]}", i,
                i % 977, i, i % 7);
    text_puts(&array, i > 0 ? ",\n" : "");
    text_add(&array, row.data, row.size);
    text_add(&rows, row.data, row.size);
    text_char(&rows, '\n');
    text_free(&row);
  }
  text_puts(&array, "]");
  assert_true(array.size > 5000000);
  assert_int_equal(parse(array.data, false, 0, &a, &e), STATUS_OK);
  assert_int_equal(parse(rows.data, true, 0, &b, &e), STATUS_OK);
  assert_int_equal(frame_rows(a), 90000);
  assert_same(a, b);
  frame_unref(a);
  frame_unref(b);
  text_free(&rows);
  text_free(&array);
}

static Status run_lines(void *context, Error *e)
{
  Frame *frame;
  const Status status = parse(context, true, 512, &frame, e);
  if (status == STATUS_OK) {
    assert_int_equal(frame_rows(frame), 118);
    assert_int_equal(frame_columns(frame), 6);
  }
  frame_unref(frame);
  return status;
}

static Status run_columns(void *context, Error *e)
{
  Frame *frame;
  const Status status = parse(context, false, 0, &frame, e);
  if (status == STATUS_OK) {
    assert_int_equal(frame_rows(frame), 2);
  }
  frame_unref(frame);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Text text = {0};
  make_lines(&text, 119);
  pool_set_threads(1);
  assert_true(sweep(run_lines, text.data) > 50);
  assert_true(sweep(run_columns, (char *)(uintptr_t) "{\"a\": [1, null], \"b\": [\"x\", \"y\"], \"c\": "
                                                     "[[\"p\"], []], \"d\": [\"\\u00e9\", \"1\"]}") > 20);
  pool_set_threads(0);
  text_free(&text);
}

typedef struct Writing {
  Frame *frame;
  int form;
} Writing;

static Status run_write(void *context, Error *e)
{
  const Writing *writing = context;
  static const char path[] = "/dev/null";
  Task task;
  task_init(&task, 1);
  task.threads = 1;
  const TextTarget to = {.path = path};
  const Status status = writing->form == 0 ? text_write_markdown(writing->frame, &to, &task, e)
                        : writing->form == 1
                            ? text_write_delimited(writing->frame, &to, '\t', &task, e)
                            : text_write_json(writing->frame, &to, writing->form == 2, &task, e);
  task_free(&task);
  return status;
}

static void test_write_memory(void **state)
{
  (void)state;
  static char text[] =
      "[{\"a\": 1.5, \"b\": \"x\\ny\", \"c\": [\"p\"], \"d\": \"2024-01-01\"}, {\"a\": null}]";
  Writing writing = {0};
  Error e;
  assert_int_equal(parse(text, false, 0, &writing.frame, &e), STATUS_OK);
  for (writing.form = 0; writing.form < 4; writing.form++) {
    assert_true(sweep(run_write, &writing) > 4);
  }
  frame_unref(writing.frame);
}

static void test_cancel(void **state)
{
  (void)state;
  Task task;
  Frame *frame;
  Error e;
  error_clear(&e);
  task_init(&task, 1);
  task_cancel(&task);
  assert_int_equal(json_frame("{\"a\":1}\n{\"a\":2}\n", 16, "x", NULL, true, 0, &task, &frame, &e),
                   STATUS_CANCELLED);
  assert_null(frame);
  task_free(&task);
}

/* A value so large that it is asked within it. */
static void test_cancel_within(void **state)
{
  (void)state;
  Text text = {0};
  Task task;
  JsonKind kind;
  task_init(&task, 1);
  text_char(&text, '[');
  text_repeat(&text, "{\"a\":1},", 10000);
  text_puts(&text, "2]");
  JsonScan scan = {.at = text.data, .end = text.data + text.size, .task = &task};
  assert_true(json_value(&scan, 1, &kind));
  assert_true(scan.at == scan.end);
  task_cancel(&task);
  scan = (JsonScan){.at = text.data, .end = text.data + text.size, .task = &task};
  assert_false(json_value(&scan, 1, &kind));
  assert_true(scan.trouble == JSON_NO_MEMORY && scan.at < text.data + text.size / 2);
  task_free(&task);
  text_free(&text);
}

/* A character that lies across the parts in which UTF-8 is looked at, and a bad byte behind them. */
static void test_utf8_parts(void **state)
{
  (void)state;
  const size_t part = (size_t)1 << 23;
  Text text = {0};
  Frame *frame;
  Error e;
  error_clear(&e);
  text_puts(&text, "[{\"a\":\"");
  text_repeat(&text, "x", part - text.size - 2);
  text_puts(&text, "\xE2\x82\xAC\"}]");
  assert_int_equal(parse(text.data, false, 0, &frame, &e), STATUS_OK);
  frame_unref(frame);
  text.data[part] = 'y';
  assert_int_equal(parse(text.data, false, 0, &frame, &e), STATUS_FORMAT);
  assert_string_equal(e.id, "not-utf8");
  text_free(&text);
}

/* Each byte value at each place of strings of all lengths up to three words. */
static void test_strings(void **state)
{
  (void)state;
  char text[40];
  for (size_t length = 1; length < 25; length++) {
    for (size_t place = 0; place < length; place++) {
      for (int byte = 1; byte < 256; byte++) {
        text[0] = '"';
        memset(text + 1, 'a' + (int)(length % 20), length);
        text[1 + length] = '"';
        text[1 + place] = (char)byte;
        JsonScan scan = {.at = text, .end = text + length + 2};
        JsonString string;
        const bool sound = json_string(&scan, &string);
        if (byte == '"') {
          assert_true(sound && string.length == place);
        } else if (byte < 0x20) {
          assert_true(!sound && scan.trouble == JSON_CONTROL && scan.at == text + 1 + place);
        } else if (byte != '\\') {
          assert_true(sound && string.length == length && !string.escaped);
        } else {
          assert_true(!sound || string.escaped);
        }
      }
    }
  }
}

typedef struct Case {
  const char *text;
  JsonTrouble trouble; /* JSON_FINE: sound */
  int kind;
} Case;

static void test_values(void **state)
{
  (void)state;
  static const Case cases[] = {{"0", JSON_FINE, JSON_INT},
                               {"-0", JSON_FINE, JSON_INT},
                               {"01", JSON_NUMBER, 0},
                               {"-", JSON_NUMBER, 0},
                               {"1.", JSON_NUMBER, 0},
                               {".5", JSON_WANTS_VALUE, 0},
                               {"1e", JSON_NUMBER, 0},
                               {"1e+", JSON_NUMBER, 0},
                               {"+1", JSON_WANTS_VALUE, 0},
                               {"NaN", JSON_WANTS_VALUE, 0},
                               {"1.5", JSON_FINE, JSON_REAL},
                               {"1e5", JSON_FINE, JSON_REAL},
                               {"1e400", JSON_FINE, JSON_TOO_LARGE},
                               {"9007199254740992", JSON_FINE, JSON_INT},
                               {"9007199254740993", JSON_FINE, JSON_INT_ONLY},
                               {"9223372036854775807", JSON_FINE, JSON_INT_ONLY},
                               {"-9223372036854775808", JSON_FINE, JSON_INT},
                               {"9223372036854775808", JSON_FINE, JSON_REAL},
                               {"9223372036854775809", JSON_FINE, JSON_LONG},
                               {"10000000000000000000", JSON_FINE, JSON_REAL},
                               {"123456789012345678901234567890", JSON_FINE, JSON_LONG},
                               {"true", JSON_FINE, JSON_BOOL},
                               {"tru", JSON_WANTS_VALUE, 0},
                               {"null", JSON_FINE, JSON_NULL},
                               {"\"x\"", JSON_FINE, JSON_TEXT},
                               {"\"2024-02-29\"", JSON_FINE, JSON_TIME},
                               {"\"2023-02-29\"", JSON_FINE, JSON_TEXT},
                               {"\"2024-02-29T01:02:03Z\"", JSON_FINE, JSON_TIME_UTC},
                               {"\"NaN\"", JSON_FINE, JSON_SPECIAL},
                               {"[]", JSON_FINE, JSON_EMPTY},
                               {"[\"a\", \"b\"]", JSON_FINE, JSON_TEXTS},
                               {"[\"a\", null]", JSON_FINE, JSON_ARRAY},
                               {"[1]", JSON_FINE, JSON_ARRAY},
                               {"[1,]", JSON_WANTS_VALUE, 0},
                               {"[1 2]", JSON_WANTS_COMMA_BRACKET, 0},
                               {"[{\"a\" 1}]", JSON_WANTS_COLON, 0},
                               {"[{\"a\":1,}]", JSON_WANTS_KEY, 0},
                               {"[{\"a\":1]", JSON_WANTS_COMMA_BRACE, 0},
                               {"[", JSON_ENDS, 0},
                               {"\"a", JSON_OPEN_STRING, 0},
                               {"\"\\x\"", JSON_ESCAPE, 0},
                               {"\"\\u12g4\"", JSON_ESCAPE, 0},
                               {"\"\\u0000\"", JSON_NUL, 0},
                               {"\"\\ud800\"", JSON_SURROGATE, 0},
                               {"\"\\udc00\"", JSON_SURROGATE, 0},
                               {"\"\\ud800\\u0041\"", JSON_SURROGATE, 0},
                               {"\"\\ud83d\\ude00\"", JSON_FINE, JSON_TEXT}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    JsonScan scan = {.at = cases[i].text, .end = cases[i].text + strlen(cases[i].text)};
    JsonKind kind = JSON_NULL;
    const bool sound = json_value(&scan, 1, &kind);
    if (sound != (cases[i].trouble == JSON_FINE) || scan.trouble != cases[i].trouble ||
        (sound && ((int)kind != cases[i].kind || scan.at != scan.end))) {
      print_error("%s: trouble %d, kind %d\n", cases[i].text, (int)scan.trouble, (int)kind);
      fail();
    }
  }
}

static void test_unescape(void **state)
{
  (void)state;
  static const char text[] = "a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00z";
  char out[sizeof text];
  const size_t n = json_unescape(text, sizeof text - 1, out);
  out[n] = '\0';
  assert_string_equal(out, "a\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_strings),       cmocka_unit_test(test_values),
                                     cmocka_unit_test(test_unescape),      cmocka_unit_test(test_pieces),
                                     cmocka_unit_test(test_memory),        cmocka_unit_test(test_array),
                                     cmocka_unit_test(test_write_memory),  cmocka_unit_test(test_cancel),
                                     cmocka_unit_test(test_cancel_within), cmocka_unit_test(test_utf8_parts)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
