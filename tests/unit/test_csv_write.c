/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv_write.c -- what is written reads back as the same frame, by digest; what a file looks like; what
 * is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/pool.h"
#include "core/random.h"
#include "core/text.h"
#include "frame/builder.h"
#include "io/csv.h"

static char folder[] = "/tmp/assay-csv-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
  (void)state;
  if (!mkdtemp(folder)) {
    return -1;
  }
  snprintf(path, sizeof path, "%s/t.csv", folder);
  return 0;
}

static int drop_folder(void **state)
{
  (void)state;
  unlink(path);
  pool_close();
  return rmdir(folder);
}

static Frame *frame_of(Draft *draft)
{
  Frame *frame;
  Error e = {0};
  if (draft_finish(draft, &frame, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  return frame;
}

static void write_frame(const Frame *frame)
{
  Task task;
  Error e = {0};
  task_init(&task, 1);
  if (csv_write(frame, path, &task, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  task_free(&task);
}

static Frame *read_frame(const CsvOptions *options)
{
  Task task;
  Frame *frame;
  Error e = {0};
  task_init(&task, 1);
  if (csv_read(path, options, &task, &frame, &e) != STATUS_OK) {
    fail_msg("%s (%s)", e.what, e.where);
  }
  task_free(&task);
  return frame;
}

static void assert_same(const Frame *a, const Frame *b)
{
  const Digest x = frame_digest(a), y = frame_digest(b);
  for (size_t i = 0; i < frame_columns(a); i++) {
    const Digest p = column_digest(frame_column(a, i)), q = column_digest(frame_column(b, i));
    if (p.high != q.high || p.low != q.low) {
      fail_msg("column %s of type %s differs", frame_name(a, i), type_name(column_type(frame_column(a, i))));
    }
  }
  assert_true(x.high == y.high && x.low == y.low);
}

/* ---- Random frames ---- */

static const char *const words[] = {
    "milk",       "",     "NA", "12",   "007",          "+3",  "1e5",  "true",
    "2026-01-01", "a,b",  "\"", "\"\"", "line\nbreak",  "\r",  "\r\n", " x",
    "x ",         "\tx",  " ",  "客户", "\xEF\xBB\xBF", "NaN", "-Inf", "{a, b}",
    "q\"q",       "=1+1", "#",  "'",    "2026-02-30",   "1 2", "NA ",  "\n",
    "$5", "5 EUR", "12 %", "31/12/2024", "5 Jan 2024", "\xE2\x82\xAC\x37"};

/* A finite double of any size: bits, a whole number, or a short decimal. */
static double some_float(Random *random)
{
  const uint64_t bits = random_bits(random);
  double value;
  switch (random_below(random, 6)) {
    case 0:
      memcpy(&value, &bits, sizeof value);
      return value; /* NaN and infinities among them */
    case 1:
      return (double)((int64_t)bits >> (random_below(random, 64)));
    case 2:
      return (double)((int64_t)random_below(random, 20000) - 10000) / 100;
    case 3:
      return -0.0;
    case 4:
      return random_below(random, 2) ? (double)NAN : -(double)INFINITY;
    default:
      return random_normal(random);
  }
}

static int64_t some_time(Random *random, unsigned mode)
{
  const int64_t day = INT64_C(86400000000);
  const int64_t days = (int64_t)random_below(random, 3652059) - 719162; /* years 1 to 9999 */
  return mode == 0 ? days * day
                   : days * day + (int64_t)random_below(random, (uint64_t)day) / (mode == 1 ? 1 : 1000000) *
                                      (mode == 1 ? 1 : 1000000);
}

static void add_cell(Builder *builder, Type type, unsigned mode, Random *random)
{
  const char *word = words[random_below(random, sizeof words / sizeof *words)];
  switch (type) {
    case TYPE_FLOAT64:
      builder_float(builder, some_float(random));
      break;
    case TYPE_INT64: /* at most 18 digits */
      builder_int(builder,
                  (int64_t)(random_bits(random) >> (5 + random_below(random, 59))) * (mode ? 1 : -1));
      break;
    case TYPE_BOOL:
      builder_bool(builder, random_below(random, 2));
      break;
    case TYPE_TIMESTAMP:
      builder_int(builder, some_time(random, mode));
      break;
    case TYPE_SET:
      for (uint64_t i = random_below(random, 4); i > 0; i--) {
        word = words[random_below(random, sizeof words / sizeof *words)];
        builder_item(builder, word, strlen(word));
      }
      builder_set(builder);
      break;
    default:
      builder_text(builder, word, strlen(word));
  }
}

/* A column without a value has no type to keep, so that each has at least one. */
static Builder *random_column(Type type, size_t rows, Random *random)
{
  Builder *builder = builder_new(type, rows);
  assert_non_null(builder);
  const unsigned mode = (unsigned)random_below(random, 3);
  const uint64_t missing = random_below(random, 3) * 4, present = random_below(random, rows);
  for (size_t row = 0; row < rows; row++) {
    if (row != present && random_below(random, 10) < missing) {
      builder_missing(builder);
    } else {
      add_cell(builder, type, mode, random);
    }
  }
  if (type == TYPE_TIMESTAMP && mode == 2) {
    builder_zone(builder, "UTC");
  }
  return builder;
}

/* Names that need quotes among them; a number keeps them apart. */
static void random_name(Random *random, size_t i, char name[64])
{
  static const char *const odd[] = {"x",         "a,b",          " lead", "trail ", "\"q\"",
                                    "new\nline", "\xEF\xBB\xBF", "客",    "NA",     "1"};
  snprintf(name, 64, "%s%zu", odd[random_below(random, sizeof odd / sizeof *odd)], i);
}

static void test_random_frames(void **state)
{
  (void)state;
  Random random = random_new(31, 0);
  for (int i = 0; i < 400; i++) {
    const size_t columns = 1 + random_below(&random, i % 4 ? 7 : 1);
    const size_t rows = 1 + random_below(&random, i % 50 ? 80 : 20000);
    Draft *draft = draft_new();
    char name[8][64];
    const char *names[8];
    Type types[8];
    size_t sets = 0;
    for (size_t c = 0; c < columns; c++) {
      const Type type = (Type)random_below(&random, TYPE_COUNT);
      random_name(&random, c, name[c]);
      draft_builder(draft, name[c], random_column(type, rows, &random));
      if (type == TYPE_SET) {
        names[sets] = name[c];
        types[sets++] = TYPE_SET;
      }
    }
    const CsvOptions options = {.names = names, .types = types, .n_forced = sets};
    Frame *frame = frame_of(draft);
    write_frame(frame);
    Frame *back = read_frame(&options);
    assert_int_equal(frame_rows(back), rows);
    assert_same(frame, back);
    frame_unref(frame);
    frame_unref(back);
  }
}

/* Every type, with every way five cells can be missing but all. */
static void test_all_missing_patterns(void **state)
{
  (void)state;
  for (int type = 0; type < TYPE_COUNT; type++) {
    for (unsigned pattern = 1; pattern < 32; pattern++) {
      Random random = random_new(32, pattern);
      Builder *builder = builder_new((Type)type, 5);
      for (unsigned row = 0; row < 5; row++) {
        if (pattern >> row & 1) {
          add_cell(builder, (Type)type, 1, &random);
        } else {
          builder_missing(builder);
        }
      }
      Draft *draft = draft_new();
      draft_builder(draft, "x", builder);
      const char *name = "x";
      const Type forced = TYPE_SET;
      const CsvOptions options = {.names = &name, .types = &forced, .n_forced = type == TYPE_SET};
      Frame *frame = frame_of(draft);
      write_frame(frame);
      Frame *back = read_frame(&options);
      assert_same(frame, back);
      frame_unref(frame);
      frame_unref(back);
    }
  }
}

/* ---- The file itself ---- */

static void assert_file(const char *wanted)
{
  char *bytes;
  size_t size;
  Error e = {0};
  assert_int_equal(file_read(path, 0, &bytes, &size, &e), STATUS_OK);
  assert_string_equal(bytes, wanted);
  mem_free(bytes);
}

static void test_what_is_written(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  const char *texts[] = {"plain", NULL, "", "a \"b\", c", "12"};
  draft_texts(draft, "text", texts, 5);
  draft_floats(draft, "a float", (double[]){1, 0.1, (double)NAN, 1e300, -0.0}, 5);
  draft_ints(draft, "n,1", (int64_t[]){0, -1, 2, 3, 4}, 5);
  Builder *sets = builder_new(TYPE_SET, 5);
  builder_item(sets, "a", 1);
  builder_item(sets, "b c", 3);
  builder_set(sets);
  builder_set(sets);
  builder_item(sets, "x,y", 3);
  builder_set(sets);
  builder_missing(sets);
  builder_item(sets, "z", 1);
  builder_set(sets);
  draft_builder(draft, "set", sets);
  Frame *frame = frame_of(draft);
  write_frame(frame);
  assert_file("text,a float,\"n,1\",set\n"
              "plain,1.0,0,\"{a, b c}\"\n"
              ",0.1,-1,{}\n"
              "\"\",,2,\"{\"\"x,y\"\"}\"\n"
              "\"a \"\"b\"\", c\",1e+300,3,\n"
              "\"12\",-0.0,4,{z}\n");
  frame_unref(frame);
  draft = draft_new();
  draft_texts(draft, "one", (const char *[]){"a", NULL, "NA", NULL}, 4);
  frame = frame_of(draft);
  write_frame(frame);
  assert_file("one\na\nNA\n\"NA\"\nNA\n");
  frame_unref(frame);
}

static void test_no_rows(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  draft_texts(draft, "a", NULL, 0);
  draft_texts(draft, "b", NULL, 0);
  Frame *frame = frame_of(draft);
  write_frame(frame);
  assert_file("a,b\n");
  Frame *back = read_frame(NULL);
  assert_int_equal(frame_rows(back), 0);
  assert_same(frame, back);
  frame_unref(frame);
  frame_unref(back);
}

/* Frames that once came back as others, mostly found by fuzzing: names, then cells by column; NULL is missing. */
static void test_odd_frames(void **state)
{
  (void)state;
  static const struct {
    size_t columns, rows;
    const char *names[3];
    const char *cells[3][4];
  } odd[] = {
      {1, 4, {"a"}, {{"1\x05'ecy", ",", "ziA,-0,-", "0,ha3"}}},
      {1, 1, {"'a,b'"}, {{"2024"}}},
      {1, 2, {"O''Neil, 'A'"}, {{"it's", "'x','y'"}}},
      {1, 3, {"a b"}, {{"c d", NULL, "e:f"}}},
      {1, 2, {"h\\"}, {{"a\\", "b,c\\"}}},
      {2, 2, {"h\\", "g"}, {{"a\\", "b\\"}, {"c", "d"}}},
      {2, 0, {"a\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E\x1E", "b\r"}, {{NULL}}},
      {2, 3, {"1", "ac"}, {{"e9", "3", NULL}, {"9x", NULL, "3"}}},
      {3, 4, {"column_1", "a", "b"}, {{"1", "5", "1", ".)5"}, {NULL, "2", NULL, NULL}, {NULL, "4", NULL, NULL}}},
      {1, 2, {"p"}, {{"5 EUR", "a"}}},
  };
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    Draft *draft = draft_new();
    for (size_t c = 0; c < odd[i].columns; c++) {
      draft_texts(draft, odd[i].names[c], odd[i].cells[c], odd[i].rows);
    }
    Frame *frame = frame_of(draft);
    write_frame(frame);
    Frame *back = read_frame(NULL);
    assert_int_equal(frame_columns(back), odd[i].columns);
    assert_same(frame, back);
    frame_unref(frame);
    frame_unref(back);
  }
}

/* A column of dates below a name that could be cut. */
static void test_dates_below_an_odd_name(void **state)
{
  (void)state;
  const int64_t second = INT64_C(1000000);
  Builder *builder = builder_new(TYPE_TIMESTAMP, 2);
  builder_int(builder, 86400 * 5000 * second + 40271 * second);
  builder_int(builder, 86400 * 9000 * second);
  Draft *draft = draft_new();
  draft_builder(draft, "\\'a,b'", builder);
  Frame *frame = frame_of(draft);
  write_frame(frame);
  Frame *back = read_frame(NULL);
  assert_same(frame, back);
  frame_unref(frame);
  frame_unref(back);
}

/* Blocks of several rounds, on any number of threads: the same bytes. */
static void test_threads(void **state)
{
  (void)state;
  enum { ROWS = 300000 };
  Builder *numbers = builder_new(TYPE_INT64, ROWS), *texts = builder_new(TYPE_CATEGORY, ROWS);
  for (int64_t row = 0; row < ROWS; row++) {
    builder_int(numbers, row * row);
    builder_text(texts, row % 3 ? "x" : "y,z", row % 3 ? 1 : 3);
  }
  Draft *draft = draft_new();
  draft_builder(draft, "n", numbers);
  draft_builder(draft, "t", texts);
  Frame *frame = frame_of(draft);
  Digest seen[2];
  for (size_t i = 0; i < 2; i++) {
    char *bytes;
    size_t size;
    pool_set_threads(1 + i * 3);
    write_frame(frame);
    assert_int_equal(file_read(path, 0, &bytes, &size, NULL), STATUS_OK);
    seen[i] = digest_bytes(bytes, size);
    mem_free(bytes);
    Frame *back = read_frame(NULL);
    assert_same(frame, back);
    frame_unref(back);
  }
  pool_set_threads(0);
  assert_true(seen[0].high == seen[1].high && seen[0].low == seen[1].low);
  frame_unref(frame);
}

/* ---- Refusals ---- */

static Frame *small_frame(void)
{
  Draft *draft = draft_new();
  draft_texts(draft, "a", (const char *[]){"x", "y,z"}, 2);
  draft_floats(draft, "b", (double[]){1, 2.5}, 2);
  return frame_of(draft);
}

static void test_refusals(void **state)
{
  (void)state;
  Task task;
  Error e = {0};
  task_init(&task, 1);
  Frame *frame = small_frame(), *none = frame_of(draft_new());
  assert_int_equal(csv_write(none, path, &task, &e), STATUS_DATA);
  assert_string_equal(e.id, "csv-no-columns");
  error_clear(&e);
  assert_int_equal(csv_write(frame, "/nowhere/t.csv", &task, &e), STATUS_FILE);
  error_clear(&e);
  assert_int_equal(csv_write(frame, "/dev/full", &task, &e), STATUS_FILE);
  assert_non_null(strstr(e.what, "No space left"));
  error_clear(&e);
  write_frame(frame);
  task_cancel(&task);
  assert_int_equal(csv_write(none, path, &task, NULL), STATUS_DATA);
  assert_int_equal(csv_write(frame, path, &task, &e), STATUS_CANCELLED);
  assert_file("a,b\nx,1.0\n\"y,z\",2.5\n"); /* the old one */
  task_free(&task);
  frame_unref(frame);
  frame_unref(none);
}

static void test_memory_runs_out(void **state)
{
  (void)state;
  Frame *frame = small_frame();
  Task task;
  task_init(&task, 1);
  pool_set_threads(1);
  const size_t before = mem_in_use();
  bool done = false;
  for (int64_t k = 0; !done; k++) {
    Error e = {0};
    mem_fail_from(k);
    const Status status = csv_write(frame, path, &task, &e);
    mem_fail_from(-1);
    done = status == STATUS_OK;
    assert_true(done || status == STATUS_MEMORY);
    assert_int_equal(mem_in_use(), before);
    assert_in_range(k, 0, 200);
  }
  assert_file("a,b\nx,1.0\n\"y,z\",2.5\n");
  pool_set_threads(0);
  task_free(&task);
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_random_frames),   cmocka_unit_test(test_all_missing_patterns),
      cmocka_unit_test(test_what_is_written), cmocka_unit_test(test_no_rows),
      cmocka_unit_test(test_odd_frames),      cmocka_unit_test(test_dates_below_an_odd_name),
      cmocka_unit_test(test_threads),         cmocka_unit_test(test_refusals),
      cmocka_unit_test(test_memory_runs_out),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
