/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_column.c -- builders and columns of every type: what goes in comes out, whole, sliced and taken;
 * digests go by content; each broken invariant is found; no memory is lost when an allocation fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/random.h"
#include "core/text.h"
#include "frame/column_layout.h"
#include "random_cells.h"

static const size_t sizes[] = {0, 1, 63, 64, 65, 127, 128, 129, 1000, 5000};
static const double shares[] = {0, 0.3, 1};

typedef void (*EachColumn)(CellKind kind, const Column *column);

/* Runs a property over columns of every type, size and share of missing cells. */
static void for_each_column(EachColumn property)
{
  for (int type = 0; type < TYPE_COUNT; type++) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      for (size_t j = 0; j < sizeof shares / sizeof *shares; j++) {
        const CellKind kind = {(Type)type, 7 + i, shares[j]};
        Column *column = cells_column(kind, sizes[i]);
        assert_non_null(column);
        property(kind, column);
        column_unref(column);
      }
    }
  }
}

static void assert_good(const Column *column)
{
  Error e = {0};
  if (column_check(column, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
}

static void assert_same_digest(const Column *a, const Column *b, bool same)
{
  const Digest x = column_digest(a), y = column_digest(b);
  assert_int_equal(x.high == y.high && x.low == y.low, same);
}

/* The bytes from `used` to the next multiple of 64 are 0. */
static void assert_padded(const Buffer *buffer, size_t used)
{
  const char *bytes = buffer->data;
  for (size_t i = used; bytes && i % 64 != 0; i++) {
    assert_int_equal(bytes[i], 0);
  }
}

static void round_trip(CellKind kind, const Column *column)
{
  static const size_t sizes_of[TYPE_COUNT] = {8, 8, 0, 8, 4, 0, 0};
  if (sizes_of[kind.type] > 0) {
    assert_padded(&column->values, column_rows(column) * sizes_of[kind.type]);
  }
  assert_padded(&column->valid, bitmap_words(column_rows(column)) * 8);
  assert_good(column);
  assert_int_equal(column_type(column), kind.type);
  size_t missing = 0;
  for (size_t row = 0; row < column_rows(column); row++) {
    assert_true(cell_matches(column, row, kind, row));
    missing += cell_of(kind, row).missing;
  }
  assert_int_equal(column_missing(column), missing);
  assert_int_equal(column_missing(column), missing); /* the kept number */
  assert_true(column_bytes(column) >= sizeof(struct Column));
}

static void test_round_trip(void **state)
{
  (void)state;
  for_each_column(round_trip);
}

static void check_slice(CellKind kind, const Column *column, size_t first, size_t count)
{
  Column *slice;
  assert_int_equal(column_slice(column, first, count, &slice, NULL), STATUS_OK);
  assert_good(slice);
  assert_int_equal(column_rows(slice), count);
  size_t *rows = mem_alloc(count, sizeof *rows), missing = 0;
  for (size_t i = 0; i < count; i++) {
    rows[i] = first + i;
    assert_true(cell_matches(slice, i, kind, first + i));
    missing += cell_of(kind, first + i).missing;
  }
  assert_int_equal(column_missing(slice), missing);
  Column *fresh = cells_column_of(kind, rows, count);
  assert_same_digest(slice, fresh, true);
  if (first % 64 == 0 && kind.type != TYPE_BOOL) {
    assert_ptr_equal(slice->values.owner, column->values.owner);
    assert_ptr_equal(slice->offsets.owner, column->offsets.owner);
  }
  assert_ptr_equal(slice->dictionary, column->dictionary);
  column_unref(fresh);
  mem_free(rows);
  column_unref(slice);
}

static void slices(CellKind kind, const Column *column)
{
  const size_t n = column_rows(column);
  static const size_t firsts[] = {0, 1, 5, 63, 64, 65, 128, 192, 900, 4999};
  for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
    if (firsts[i] <= n) {
      const size_t rest = n - firsts[i];
      check_slice(kind, column, firsts[i], rest);
      check_slice(kind, column, firsts[i], rest / 2);
      check_slice(kind, column, firsts[i], rest < 64 ? rest : 64);
      check_slice(kind, column, firsts[i], 0);
    }
  }
  Column *none;
  Error e = {0};
  assert_int_equal(column_slice(column, n, 1, &none, &e), STATUS_INTERNAL);
  assert_null(none);
  assert_int_equal(column_slice(column, n + 1, 0, &none, NULL), STATUS_INTERNAL);
  assert_int_equal(column_slice(column, 1, SIZE_MAX, &none, NULL), STATUS_INTERNAL);
}

static void test_slices(void **state)
{
  (void)state;
  for_each_column(slices);
}

/* A slice of a slice, when the first is at an odd row, and outlives its parent. */
static void nested_slices(CellKind kind, const Column *column)
{
  const size_t n = column_rows(column);
  if (n < 128) {
    return;
  }
  Column *outer, *inner;
  assert_int_equal(column_slice(column, 3, n - 3, &outer, NULL), STATUS_OK);
  assert_int_equal(column_slice(outer, 64, n - 3 - 64, &inner, NULL), STATUS_OK);
  column_unref(outer);
  assert_good(inner);
  for (size_t i = 0; i < column_rows(inner); i++) {
    assert_true(cell_matches(inner, i, kind, i + 67));
  }
  column_unref(inner);
}

static void test_nested_slices(void **state)
{
  (void)state;
  for_each_column(nested_slices);
}

static void takes(CellKind kind, const Column *column)
{
  const size_t n = column_rows(column);
  Random random = random_new(3, n);
  for (size_t round = 0; round < 3; round++) {
    const size_t count = n == 0 ? 0 : random_below(&random, 2 * n);
    size_t *rows = mem_alloc(count, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
      rows[i] = random_below(&random, n);
    }
    Column *taken;
    assert_int_equal(column_take(column, rows, count, &taken, NULL), STATUS_OK);
    assert_good(taken);
    assert_int_equal(column_rows(taken), count);
    for (size_t i = 0; i < count; i++) {
      assert_true(cell_matches(taken, i, kind, rows[i]));
    }
    Column *fresh = cells_column_of(kind, rows, count);
    assert_same_digest(taken, fresh, true);
    column_unref(fresh);
    column_unref(taken);
    mem_free(rows);
  }
  Column *none;
  Error e = {0};
  assert_int_equal(column_take(column, &n, 1, &none, &e), STATUS_INTERNAL);
  assert_null(none);
}

static void test_takes(void **state)
{
  (void)state;
  for_each_column(takes);
}

static void blocks(CellKind kind, const Column *column)
{
  if (type_is_text(kind.type) || kind.type == TYPE_SET) {
    return;
  }
  const size_t n = column_rows(column), first = n / 3, count = n - first;
  for (size_t step = 1; step <= 3; step++) {
    double *out = mem_alloc(count * step + 1, sizeof *out);
    for (size_t i = 0; i <= count * step; i++) {
      out[i] = -77;
    }
    column_block(column, first, count, out, step);
    for (size_t i = 0; i < count; i++) {
      const double wanted = column_valid(column, first + i) ? column_float(column, first + i) : (double)NAN;
      assert_true(out[i * step] == wanted || (isnan(wanted) && isnan(out[i * step])));
      assert_true(step == 1 || out[i * step + 1] == -77);
    }
    assert_true(out[count * step] == -77);
    mem_free(out);
  }
}

static void test_blocks(void **state)
{
  (void)state;
  for_each_column(blocks);
}

static Column *column_of_text(Type type, const char *const *texts, size_t n)
{
  Builder *builder = builder_new(type, 0);
  for (size_t i = 0; i < n; i++) {
    if (texts[i]) {
      builder_text(builder, texts[i], strlen(texts[i]));
    } else {
      builder_missing(builder);
    }
  }
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static void test_digest_of_text(void **state)
{
  (void)state;
  for (size_t share = 0; share < 3; share++) {
    Column *category = cells_column((CellKind){TYPE_CATEGORY, 5, shares[share]}, 3000);
    Column *string = cells_column((CellKind){TYPE_STRING, 5, shares[share]}, 3000);
    assert_same_digest(category, string, true);
    column_unref(category);
    column_unref(string);
  }
  static const char *const cells[][2] = {{"ab", "c"}, {"a", "bc"}, {"", "abc"}, {NULL, "abc"}, {"c", "ab"}};
  for (size_t i = 0; i < 5; i++) {
    Column *a = column_of_text(TYPE_STRING, cells[i], 2);
    for (size_t j = 0; j < 5; j++) {
      Column *b = column_of_text(TYPE_CATEGORY, cells[j], 2);
      assert_same_digest(a, b, i == j);
      column_unref(b);
    }
    column_unref(a);
  }
}

static Column *one_float(double value)
{
  Column *column;
  assert_int_equal(column_of_floats(&value, 1, &column, NULL), STATUS_OK);
  return column;
}

static void test_digest_of_numbers(void **state)
{
  (void)state;
  uint64_t bits = UINT64_C(0xFFF8000000000123);
  double other_nan;
  memcpy(&other_nan, &bits, sizeof bits);
  Builder *builder = builder_new(TYPE_FLOAT64, 0);
  builder_missing(builder);
  Column *missing;
  assert_int_equal(builder_finish(builder, &missing, NULL), STATUS_OK);
  Column *plus = one_float(0.0), *minus = one_float(-0.0);
  Column *nan1 = one_float((double)NAN), *nan2 = one_float(other_nan);
  assert_same_digest(plus, minus, false);
  assert_same_digest(nan1, nan2, true);
  assert_same_digest(plus, missing, false);
  assert_same_digest(nan1, missing, false);
  const int64_t zero = 0;
  Column *integer;
  assert_int_equal(column_of_ints(&zero, 1, &integer, NULL), STATUS_OK);
  assert_same_digest(integer, plus, false);
  Column *columns[] = {plus, minus, nan1, nan2, missing, integer};
  for (size_t i = 0; i < 6; i++) {
    column_unref(columns[i]);
  }
}

static Column *moments_of(const int64_t *us, size_t n, const char *zone)
{
  Builder *builder = builder_new(TYPE_TIMESTAMP, n);
  for (size_t i = 0; i < n; i++) {
    builder_int(builder, us[i]);
  }
  builder_zone(builder, zone);
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  assert_good(column);
  return column;
}

static void test_digest_of_zone_and_role(void **state)
{
  (void)state;
  const int64_t us[] = {1, 2};
  Column *wall = moments_of(us, 2, ""), *utc = moments_of(us, 2, "UTC");
  Column *berlin = moments_of(us, 2, "Europe/Berlin"), *gmt = moments_of(us, 2, "GMT");
  assert_string_equal(column_zone(wall), "");
  assert_string_equal(column_zone(berlin), "Europe/Berlin");
  assert_same_digest(wall, utc, false);
  assert_same_digest(utc, berlin, false);
  assert_same_digest(utc, gmt, false);
  Column *early, *late;
  assert_int_equal(column_with_role(berlin, ROLE_LABEL, &late, NULL), STATUS_OK); /* its digest is known */
  Column *again = moments_of(us, 2, "Europe/Berlin");
  assert_int_equal(column_with_role(again, ROLE_LABEL, &early, NULL), STATUS_OK); /* not yet */
  assert_int_equal(column_role(berlin), ROLE_NONE);
  assert_int_equal(column_role(early), ROLE_LABEL);
  assert_string_equal(column_zone(early), "Europe/Berlin");
  assert_same_digest(early, berlin, true);
  assert_same_digest(late, berlin, true);
  Column *columns[] = {wall, utc, berlin, gmt, early, late, again};
  for (size_t i = 0; i < 7; i++) {
    column_unref(columns[i]);
  }
}

/* The same sets through dictionaries of another order. */
static void test_digest_of_sets(void **state)
{
  (void)state;
  const CellKind kind = {TYPE_SET, 9, 0.2};
  size_t rows[600];
  for (size_t i = 0; i < 600; i++) {
    rows[i] = 599 - i;
  }
  Column *column = cells_column(kind, 600), *fresh = cells_column_of(kind, rows, 600), *taken;
  assert_int_equal(column_take(column, rows, 600, &taken, NULL), STATUS_OK);
  assert_same_digest(taken, fresh, true);
  assert_same_digest(column, fresh, false);
  column_unref(column);
  column_unref(fresh);
  column_unref(taken);
}

static void *digest_thread(void *argument)
{
  Digest *out = mem_alloc(1, sizeof *out);
  *out = column_digest(argument);
  assert_true(column_missing(argument) > 0);
  return out;
}

static void test_digest_by_threads(void **state)
{
  (void)state;
  Column *column = cells_column((CellKind){TYPE_CATEGORY, 5, 0.3}, 20000);
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, digest_thread, column), 0);
  }
  for (size_t i = 0; i < 4; i++) {
    void *digest;
    pthread_join(threads[i], &digest);
    const Digest now = column_digest(column);
    assert_memory_equal(digest, &now, sizeof now);
    mem_free(digest);
  }
  column_unref(column);
}

/* Overwrites a place in the column (or its buffers), sees the check fail, and puts it back. */
static void assert_broken(Column *column, const void *place, const void *bytes, size_t n)
{
  char before[16];
  memcpy(before, place, n);
  memcpy((void *)place, bytes, n);
  Error e = {0};
  const Status status = column_check(column, &e);
  memcpy((void *)place, before, n);
  assert_int_equal(status, STATUS_FORMAT);
  assert_string_equal(e.id, "bad-column");
  assert_good(column);
}

#define BREAK(column, place, value, kind) assert_broken(column, (place), &(kind){value}, sizeof(kind))

static size_t first_row(const Column *column, bool valid)
{
  size_t row = 0;
  while (column_valid(column, row) != valid) {
    row++;
  }
  return row;
}

static void test_broken_numbers(void **state)
{
  (void)state;
  for (int type = 0; type <= TYPE_CATEGORY; type++) {
    Column *column = cells_column((CellKind){(Type)type, 5, 0.3}, 100);
    const size_t gap = first_row(column, false);
    if (type == TYPE_BOOL) {
      const uint64_t *words = column->values.data;
      BREAK(column, &words[gap / 64], words[gap / 64] | UINT64_C(1) << gap % 64, uint64_t);
      BREAK(column, &words[1], words[1] | UINT64_C(1) << 63, uint64_t);
    } else if (type == TYPE_CATEGORY) {
      BREAK(column, (const int32_t *)column->values.data + gap, 1, int32_t);
    } else {
      BREAK(column, (const uint64_t *)column->values.data + gap, UINT64_C(1) << 63, uint64_t); /* -0.0 too */
    }
    const uint64_t *valid = column->valid.data;
    BREAK(column, &valid[1], valid[1] | UINT64_C(1) << 36, uint64_t); /* row 100 */
    BREAK(column, &column->rows, 1000000, size_t);
    BREAK(column, &column->type, TYPE_COUNT, Type);
    BREAK(column, &column->type, TYPE_SET, Type);
    BREAK(column, &column->role, (Role)9, Role);
    BREAK(column, &column->values.data, (const char *)column->values.data + 1, const void *);
    BREAK(column, &column->values.data, (const char *)column->values.data - 64, const void *);
    column_unref(column);
  }
}

static void test_broken_zone(void **state)
{
  (void)state;
  Column *column = moments_of((const int64_t[]){5}, 1, "UTC");
  BREAK(column, column->zone.data, '\0', char);
  BREAK(column, column->zone.data, '\xFF', char);
  BREAK(column, (const char *)column->zone.data + 3, 'x', char); /* no end */
  BREAK(column, &column->type, TYPE_INT64, Type);
  column_unref(column);
}

static void test_broken_dictionary(void **state)
{
  (void)state;
  for (int i = 0; i < 2; i++) {
    Column *column = cells_column((CellKind){i == 0 ? TYPE_CATEGORY : TYPE_SET, 5, 0.3}, 100);
    const Dictionary *levels = column->dictionary;
    const int64_t *offsets = levels->offsets.data;
    const char *bytes = levels->bytes.data;
    size_t level = 0;
    while (offsets[level + 1] - offsets[level] < 2) {
      level++;
    }
    BREAK(column, bytes + offsets[level], '\xC0', char);
    BREAK(column, bytes + offsets[level], '\0', char);
    BREAK(column, &offsets[1], -1, int64_t);
    BREAK(column, &offsets[levels->n], INT64_C(1) << 40, int64_t);
    BREAK(column, &levels->n, levels->n + 1000000, size_t);
    BREAK(column, &levels->n, 1, size_t); /* codes without a level */
    BREAK(column, &column->dictionary, NULL, Dictionary *);
    column_unref(column);
  }
  static const char *const twins[] = {"ab", "cb"};
  Column *column = column_of_text(TYPE_CATEGORY, twins, 2);
  BREAK(column, (const char *)column->dictionary->bytes.data + 2, 'a', char); /* a level twice */
  BREAK(column, (const int32_t *)column->values.data + 1, 2, int32_t);
  BREAK(column, (const int32_t *)column->values.data + 1, -1, int32_t);
  column_unref(column);
}

static void test_broken_lists(void **state)
{
  (void)state;
  for (int i = 0; i < 2; i++) {
    Column *column = cells_column((CellKind){i == 0 ? TYPE_STRING : TYPE_SET, 5, 0.3}, 100);
    const int64_t *offsets = column->offsets.data;
    BREAK(column, &offsets[0], -1, int64_t);
    BREAK(column, &offsets[0], offsets[100] + 1, int64_t);
    BREAK(column, &offsets[50], offsets[100] + 1, int64_t);
    BREAK(column, &offsets[100], INT64_MAX, int64_t);
    BREAK(column, &column->offsets.data, NULL, const void *);
    size_t row = 0; /* a full cell becomes missing */
    while (offsets[row + 1] == offsets[row]) {
      row++;
    }
    const uint64_t *valid = column->valid.data;
    BREAK(column, &valid[row / 64], valid[row / 64] & ~(UINT64_C(1) << row % 64), uint64_t);
    if (i == 0) {
      BREAK(column, (const char *)column->values.data + offsets[row], '\x80', char);
      BREAK(column, (const char *)column->values.data + offsets[row], '\0', char);
    } else {
      while (offsets[row + 1] - offsets[row] < 2) {
        row++;
      }
      const int32_t *codes = (const int32_t *)column->values.data + offsets[row];
      BREAK(column, &codes[0], codes[1], int32_t);
      BREAK(column, &codes[0], -1, int32_t);
      BREAK(column, &codes[1], (int32_t)column_levels(column), int32_t);
    }
    column_unref(column);
  }
}

static void assert_text(const Column *column, size_t row, const char *wanted)
{
  Text text = {0};
  column_cell_text(column, row, &text);
  assert_string_equal(text_data(&text), wanted);
  text_free(&text);
}

static void test_cells_as_text(void **state)
{
  (void)state;
  const double floats[] = {0.1, 1e300, (double)NAN, -(double)INFINITY, 42};
  Column *column;
  assert_int_equal(column_of_floats(floats, 5, &column, NULL), STATUS_OK);
  static const char *const wanted[] = {"0.1", "1e+300", "NaN", "-Inf", "42"};
  for (size_t i = 0; i < 5; i++) {
    assert_text(column, i, wanted[i]);
  }
  column_unref(column);
  const int64_t ints[] = {INT64_MIN, INT64_MAX, 0};
  assert_int_equal(column_of_ints(ints, 3, &column, NULL), STATUS_OK);
  assert_text(column, 0, "-9223372036854775808");
  assert_text(column, 1, "9223372036854775807");
  assert_text(column, 2, "0");
  column_unref(column);
  Builder *builder = builder_new(TYPE_BOOL, 0);
  builder_bool(builder, true);
  builder_missing(builder);
  builder_bool(builder, false);
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  assert_text(column, 0, "true");
  assert_text(column, 1, "NA");
  assert_text(column, 2, "false");
  column_unref(column);
  static const char *const texts[] = {"客户, a", "", NULL};
  column = column_of_text(TYPE_STRING, texts, 3);
  assert_text(column, 0, "客户, a");
  assert_text(column, 1, "");
  assert_text(column, 2, "NA");
  column_unref(column);
}

static void test_sets_as_text(void **state)
{
  (void)state;
  static const char *const items[] = {"milk", "a,b", "say \"hi\"", " x",        "x\t",
                                      "",     "{",   "}",            "two words", "ω"};
  static const char *const wanted[] = {
    "{milk}", "{\"a,b\"}", "{\"say \"\"hi\"\"\"}", "{\" x\"}",  "{\"x\t\"}",
    "{\"\"}", "{\"{\"}",   "{\"}\"}",              "{two words}", "{ω}"};
  Builder *builder = builder_new(TYPE_SET, 0);
  for (size_t i = 0; i < 10; i++) {
    builder_item(builder, items[i], strlen(items[i]));
    builder_set(builder);
  }
  builder_set(builder);
  builder_item(builder, "ω", 2);
  builder_item(builder, "milk", 4);
  builder_item(builder, "ω", 2);
  builder_set(builder);
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  for (size_t i = 0; i < 10; i++) {
    assert_text(column, i, wanted[i]);
  }
  assert_text(column, 10, "{}");
  assert_text(column, 11, "{milk, ω}"); /* in order of first appearance */
  column_unref(column);
}

/* Days of the years 0001 to 9999 against the C library's calendar. */
static void test_calendar(void **state)
{
  (void)state;
  const int64_t first = -719162, last = 2932896, step = 29; /* 0001-01-01, 9999-12-31 */
  const size_t n = (size_t)((last - first) / step) + 2;
  Builder *builder = builder_new(TYPE_TIMESTAMP, n);
  for (size_t i = 0; i + 1 < n; i++) {
    builder_int(builder, (first + (int64_t)i * step) * INT64_C(86400000000));
  }
  builder_int(builder, last * INT64_C(86400000000));
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  assert_true(column_is_dates(column));
  for (size_t i = 0; i < n; i++) {
    const time_t seconds = (time_t)(column_int(column, i) / 1000000);
    struct tm tm;
    char wanted[40];
    assert_non_null(gmtime_r(&seconds, &tm));
    snprintf(wanted, sizeof wanted, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    assert_text(column, i, wanted);
  }
  assert_text(column, 0, "0001-01-01");
  assert_text(column, n - 1, "9999-12-31");
  column_unref(column);
}

static void test_moments(void **state)
{
  (void)state;
  const int64_t us[] = {-1, 0, INT64_C(951827696000000), INT64_C(951827696500000), INT64_C(951827696000120),
                        INT64_MIN, INT64_MAX};
  static const char *const wanted[] = {
    "1969-12-31 23:59:59.999999", "1970-01-01 00:00:00",  "2000-02-29 12:34:56",
    "2000-02-29 12:34:56.5",      "2000-02-29 12:34:56.00012", "-290308-12-21 19:59:05.224192",
    "+294247-01-10 04:00:54.775807"};
  Column *wall = moments_of(us, 7, ""), *utc = moments_of(us, 7, "America/Lima");
  assert_false(column_is_dates(wall));
  for (size_t i = 0; i < 7; i++) {
    char with_zone[64];
    snprintf(with_zone, sizeof with_zone, "%sZ", wanted[i]);
    assert_text(wall, i, wanted[i]);
    assert_text(utc, i, with_zone);
  }
  column_unref(wall);
  column_unref(utc);
  const int64_t midnights[] = {0, INT64_C(-86400000000)};
  wall = moments_of(midnights, 2, "");
  utc = moments_of(midnights, 2, "UTC");
  assert_true(column_is_dates(wall));
  assert_false(column_is_dates(utc));
  assert_text(wall, 1, "1969-12-31");
  assert_text(utc, 1, "1969-12-31 00:00:00Z");
  column_unref(wall);
  column_unref(utc);
  Column *empty = cells_column((CellKind){TYPE_TIMESTAMP, 1, 1}, 5); /* missing cells only: no dates */
  assert_false(column_is_dates(empty));
  column_unref(empty);
}

static Status finish_status(Builder *builder, Error *e)
{
  Column *column = (Column *)8;
  error_clear(e);
  const Status status = builder_finish(builder, &column, e);
  assert_true((column != NULL) == (status == STATUS_OK));
  column_unref(column);
  return status;
}

static void test_refusals(void **state)
{
  (void)state;
  Error e;
  for (int type = TYPE_CATEGORY; type <= TYPE_STRING; type++) {
    Builder *builder = builder_new((Type)type, 0);
    builder_text(builder, "good", 4);
    builder_text(builder, "ba\xFF", 3);
    builder_text(builder, "nul\0", 4);     /* not the first failure */
    builder_missing(builder);
    assert_int_equal(builder_rows(builder), 1);
    assert_int_equal(finish_status(builder, &e), STATUS_DATA);
    assert_string_equal(e.id, "not-utf8");
    assert_string_equal(e.what, "row 2: byte 3 of the text is not UTF-8");
    builder = builder_new((Type)type, 0);
    builder_text(builder, "nu\0l", 4);
    assert_int_equal(finish_status(builder, &e), STATUS_DATA);
    assert_string_equal(e.id, "nul-byte");
  }
  Builder *builder = builder_new(TYPE_INT64, 0);
  builder_float(builder, 1);
  assert_int_equal(finish_status(builder, &e), STATUS_INTERNAL);
  builder = builder_new(TYPE_SET, 0);
  builder_item(builder, "a", 1);
  assert_int_equal(finish_status(builder, &e), STATUS_INTERNAL);
  assert_string_equal(e.id, "builder-open");
  builder = builder_new(TYPE_STRING, 0);
  builder_zone(builder, "UTC");
  assert_int_equal(finish_status(builder, &e), STATUS_INTERNAL);
  assert_null(builder_new(TYPE_FLOAT64, SIZE_MAX / 4));
  assert_null(builder_new(TYPE_STRING, SIZE_MAX - 1));
}

/* Items before a missing cell are dropped; a large cell is sorted. */
static void test_sets_of_builder(void **state)
{
  (void)state;
  Builder *builder = builder_new(TYPE_SET, 0);
  builder_item(builder, "never", 5);
  builder_missing(builder);
  for (size_t i = 0; i < 3000; i++) {
    char item[16];
    const int length = snprintf(item, sizeof item, "%zu", i);
    builder_item(builder, item, (size_t)length);
  }
  builder_set(builder);
  for (size_t i = 0; i < 6000; i++) { /* each twice, scattered */
    char item[16];
    const int length = snprintf(item, sizeof item, "%zu", i * 1237 % 3000);
    builder_item(builder, item, (size_t)length);
  }
  builder_set(builder);
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  assert_good(column);
  const int32_t *codes;
  assert_int_equal(column_missing(column), 1);
  assert_int_equal(column_set(column, 0, &codes), 0);
  assert_int_equal(column_set(column, 1, &codes), 3000);
  assert_int_equal(column_set(column, 2, &codes), 3000);
  assert_int_equal(codes[0], 1);
  assert_int_equal(codes[2999], 3000);
  column_unref(column);
}

static void test_types(void **state)
{
  (void)state;
  for (int i = 0; i < TYPE_COUNT; i++) {
    Type type;
    assert_true(type_of_name(type_name((Type)i), &type));
    assert_int_equal(type, i);
  }
  Type type;
  assert_false(type_of_name("float", &type));
  assert_string_equal(type_name(TYPE_TIMESTAMP), "timestamp");
  assert_true(type_is_text(TYPE_CATEGORY) && type_is_text(TYPE_STRING) && !type_is_text(TYPE_SET));
  assert_true(type_is_numeric(TYPE_INT64) && !type_is_numeric(TYPE_BOOL) && !type_is_numeric(TYPE_TIMESTAMP));
}

/* Everything that allocates; true when all of it went well. */
static bool make_and_drop(CellKind kind)
{
  Column *columns[4] = {cells_column(kind, 300), NULL, NULL, NULL};
  Error e = {0};
  bool good = columns[0] != NULL;
  if (good) {
    size_t rows[200];
    for (size_t i = 0; i < 200; i++) {
      rows[i] = (i * 7) % 300;
    }
    Status status = column_slice(columns[0], 7, 200, &columns[1], &e);
    good = good && status == STATUS_OK;
    error_clear(&e);
    status = column_take(columns[0], rows, 200, &columns[2], &e);
    good = good && status == STATUS_OK;
    error_clear(&e);
    status = column_with_role(columns[0], ROLE_LABEL, &columns[3], &e);
    good = good && status == STATUS_OK;
    assert_true(good || e.status == STATUS_OK || e.status == STATUS_MEMORY);
  }
  for (size_t i = 0; i < 4; i++) {
    column_unref(columns[i]);
  }
  return good;
}

static void test_no_memory(void **state)
{
  (void)state;
  for (int type = 0; type < TYPE_COUNT; type++) {
    const CellKind kind = {(Type)type, 5, 0.3};
    const size_t before = mem_in_use();
    bool good = false;
    int64_t from = 0;
    for (; !good; from++) {
      assert_true(from < 200);
      mem_fail_from(from);
      good = make_and_drop(kind);
      mem_fail_from(-1);
      assert_int_equal(mem_in_use(), before);
    }
    assert_true(from > 5);
    Builder *builder = builder_new(TYPE_TIMESTAMP, 1);
    mem_fail_from(0);
    builder_zone(builder, "UTC");
    mem_fail_from(-1);
    assert_int_equal(finish_status(builder, &(Error){0}), STATUS_MEMORY);
    assert_int_equal(mem_in_use(), before);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_types),
    cmocka_unit_test(test_round_trip),
    cmocka_unit_test(test_slices),
    cmocka_unit_test(test_nested_slices),
    cmocka_unit_test(test_takes),
    cmocka_unit_test(test_blocks),
    cmocka_unit_test(test_digest_of_text),
    cmocka_unit_test(test_digest_of_numbers),
    cmocka_unit_test(test_digest_of_zone_and_role),
    cmocka_unit_test(test_digest_of_sets),
    cmocka_unit_test(test_digest_by_threads),
    cmocka_unit_test(test_broken_numbers),
    cmocka_unit_test(test_broken_zone),
    cmocka_unit_test(test_broken_dictionary),
    cmocka_unit_test(test_broken_lists),
    cmocka_unit_test(test_cells_as_text),
    cmocka_unit_test(test_sets_as_text),
    cmocka_unit_test(test_calendar),
    cmocka_unit_test(test_moments),
    cmocka_unit_test(test_refusals),
    cmocka_unit_test(test_sets_of_builder),
    cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
