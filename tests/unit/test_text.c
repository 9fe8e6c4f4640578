/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_text.c -- growing texts, UTF-8, nearest names, doubles as text; errors, which are made of texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/random.h"
#include "core/text.h"

/* ---- Text */

static void test_adding(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Text text = {0};
  assert_string_equal(text_data(&text), "");
  text_add(&text, NULL, 0);
  text_puts(&text, "a");
  text_char(&text, '\0');
  text_add(&text, "bc", 2);
  text_printf(&text, "%d|%s", 12, "x");
  text_repeat(&text, "ω", 3);
  text_repeat(&text, "y", 0);
  assert_int_equal(text.size, 4 + 4 + 6);
  assert_memory_equal(text_data(&text), "a\0bc12|xωωω", 15);
  assert_int_equal(text_status(&text, NULL), STATUS_OK);
  text_reset(&text);
  assert_string_equal(text_data(&text), "");
  assert_int_equal(text.size, 0);
  for (int i = 0; i < 10000; i++) {
    text_printf(&text, "%d,", i);
  }
  assert_int_equal(text.size, 10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5);
  assert_int_equal(strlen(text_data(&text)), text.size);
  text_free(&text);
  text_free(&text);
  assert_int_equal(mem_in_use(), before);
}

static void test_take(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Text text = {0};
  char *empty = text_take(&text);
  assert_string_equal(empty, "");
  mem_free(empty);
  text_puts(&text, "mine");
  char *taken = text_take(&text);
  assert_string_equal(taken, "mine");
  assert_null(text.data);
  assert_int_equal(text.size, 0);
  mem_free(taken);
  text_puts(&text, "lost");
  text.failed = true;
  assert_null(text_take(&text));
  assert_false(text.failed);
  mem_fail_from(0);
  assert_null(text_take(&text));
  mem_fail_from(-1);
  assert_int_equal(mem_in_use(), before);
}

static void test_failed_text(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Error e;
  error_clear(&e);
  Text text = {0};
  text_puts(&text, "kept");
  mem_fail_from(0);
  text_repeat(&text, "x", 1000);
  mem_fail_from(-1);
  assert_true(text.failed);
  const size_t size = text.size;
  text_puts(&text, "!"); /* ignored, though it would fit again */
  text_printf(&text, "%d", 1);
  text_char(&text, '!');
  assert_int_equal(text.size, size);
  assert_memory_equal(text_data(&text), "keptx", 5);
  assert_int_equal(strlen(text_data(&text)), size);
  assert_int_equal(text_status(&text, &e), STATUS_MEMORY);
  assert_string_equal(e.id, "out-of-memory");
  text_reset(&text);
  assert_int_equal(text_status(&text, NULL), STATUS_OK);
  volatile size_t huge = SIZE_MAX - 10;
  text_add(&text, "x", huge);
  assert_int_equal(text_status(&text, NULL), STATUS_MEMORY);
  text_free(&text);
  assert_int_equal(mem_in_use(), before);
}

/* ---- UTF-8. The Unicode Standard 15, table 3-7, says which byte sequences are well formed. */

typedef struct Form {
  const char *bytes;
  size_t size, length; /* length 0: not UTF-8 */
  uint32_t code;
} Form;

static const Form forms[] = {
  {"\0", 1, 1, 0},
  {"A", 1, 1, 'A'},
  {"\x7F", 1, 1, 0x7F},
  {"\xC2\x80", 2, 2, 0x80},
  {"\xC3\xA9", 2, 2, 0xE9},
  {"\xDF\xBF", 2, 2, 0x7FF},
  {"\xE0\xA0\x80", 3, 3, 0x800},
  {"\xE5\xAE\xA2", 3, 3, 0x5BA2},
  {"\xED\x9F\xBF", 3, 3, 0xD7FF},
  {"\xEE\x80\x80", 3, 3, 0xE000},
  {"\xEF\xBF\xBF", 3, 3, 0xFFFF},
  {"\xF0\x90\x80\x80", 4, 4, 0x10000},
  {"\xF0\x9F\x98\x80", 4, 4, 0x1F600},
  {"\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF},
  {"Az", 2, 1, 'A'},                  /* what follows does not matter */
  {"\xC3\xA9\xFF", 3, 2, 0xE9},
  {"\x80", 1, 0, 0},                  /* a continuation alone */
  {"\xBF", 1, 0, 0},
  {"\xC0\x80", 2, 0, 0},              /* over-long */
  {"\xC1\xBF", 2, 0, 0},
  {"\xE0\x80\x80", 3, 0, 0},
  {"\xE0\x9F\xBF", 3, 0, 0},
  {"\xF0\x80\x80\x80", 4, 0, 0},
  {"\xF0\x8F\xBF\xBF", 4, 0, 0},
  {"\xED\xA0\x80", 3, 0, 0},          /* surrogates */
  {"\xED\xBF\xBF", 3, 0, 0},
  {"\xF4\x90\x80\x80", 4, 0, 0},      /* over U+10FFFF */
  {"\xF5\x80\x80\x80", 4, 0, 0},
  {"\xF8\x88\x80\x80\x80", 5, 0, 0},
  {"\xFC\x84\x80\x80\x80\x80", 6, 0, 0},
  {"\xFE", 1, 0, 0},
  {"\xFF", 1, 0, 0},
  {"\xC3", 1, 0, 0},                  /* cut off */
  {"\xE5\xAE", 2, 0, 0},
  {"\xE5", 1, 0, 0},
  {"\xF0\x9F\x98", 3, 0, 0},
  {"\xC3\x28", 2, 0, 0},              /* a lead without its continuation */
  {"\xE5\x28\xA2", 3, 0, 0},
  {"\xE5\xAE\x28", 3, 0, 0},
  {"\xF0\x9F\x98\x28", 4, 0, 0},
};

static void test_utf8_forms(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const Form *form = &forms[i];
    char *exact = malloc(form->size); /* as long as it says, so that a sanitizer sees a byte too much */
    assert_non_null(exact);
    memcpy(exact, form->bytes, form->size);
    uint32_t code = 0xABCDEF;
    assert_int_equal(utf8_decode(exact, form->size, &code), form->length);
    assert_int_equal(code, form->length ? form->code : 0xABCDEF);
    free(exact);
  }
}

static size_t encode(uint32_t code, char *out)
{
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  const size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--) {
    out[i] = (char)(0x80 | (code & 0x3F));
    code >>= 6;
  }
  out[0] = (char)((length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0) | code);
  return length;
}

static void test_utf8_every_code(void **state)
{
  (void)state;
  for (uint32_t code = 0; code < 0x110400; code++) {
    char bytes[4];
    uint32_t got = 0;
    const size_t length = encode(code, bytes);
    const int good = code < 0xD800 || (code >= 0xE000 && code <= 0x10FFFF);
    assert_int_equal(utf8_decode(bytes, length, &got), good ? length : 0);
    assert_int_equal(got, good ? code : 0);
  }
}

/* A bad form in the midst of good text, at every offset, so that the fast path of eight bytes meets it
 * everywhere. */
static void test_utf8_check(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const Form *form = &forms[i];
    for (size_t offset = 0; offset < 20; offset++) {
      const size_t good = form->length ? form->size : 0;
      char *text = malloc(offset + form->size + 20);
      assert_non_null(text);
      memset(text, 'x', offset + form->size + 20);
      memcpy(text + offset, form->bytes, form->size);
      const size_t whole = offset + form->size + 20, at = utf8_check(text, whole);
      if (form->length == form->size || (good && form->bytes[0] == 'A')) {
        assert_int_equal(at, whole);
      } else {
        assert_int_equal(at, form->length ? offset + 2 : offset);
      }
      assert_int_equal(utf8_check(text, offset), offset);
      free(text);
    }
  }
}

static void test_utf8_whole(void **state)
{
  (void)state;
  static const char text[] = "aé客😀z"; /* 1, 2, 3, 4 and 1 bytes */
  static const size_t cut[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
  for (size_t n = 0; n < sizeof cut / sizeof *cut; n++) {
    assert_int_equal(utf8_whole(text, n), cut[n]);
  }
  assert_int_equal(utf8_whole("\x80\x80\x80\x80", 4), 4); /* not UTF-8: nothing to keep together */
}

/* ---- names */

static void test_distance(void **state)
{
  (void)state;
  static const struct {
    const char *a, *b;
    size_t distance;
  } pairs[] = {{"", "", 0},
               {"", "abc", 3},
               {"abc", "", 3},
               {"kmeans", "kmeans", 0},
               {"kmeans", "KMeans", 0},
               {"kmeans", "kmaens", 1},
               {"kmeans", "kmean", 1},
               {"kmeans", "kmeanss", 1},
               {"kmeans", "kmoans", 1},
               {"abcd", "badc", 2},
               {"kitten", "sitting", 3},
               {"ab", "ba", 1},
               {"client", "客户", 6}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const size_t d = pairs[i].distance;
    assert_int_equal(text_distance(pairs[i].a, pairs[i].b, 50), d);
    assert_int_equal(text_distance(pairs[i].b, pairs[i].a, 50), d);
    assert_int_equal(text_distance(pairs[i].a, pairs[i].b, d), d);
    if (d > 0) {
      assert_int_equal(text_distance(pairs[i].a, pairs[i].b, d - 1), d);
    }
  }
  char longest[80], longer[80];
  memset(longest, 'a', 64);
  memset(longer, 'a', 65);
  longest[63] = longer[64] = '\0';
  assert_int_equal(text_distance(longest, longest, 3), 0);
  assert_int_equal(text_distance(longer, longer, 3), 4); /* too long to be compared */
}

static void test_nearest(void **state)
{
  (void)state;
  static const char *const names[] = {"k", "scale", "starts", "max_iter", "tol", "weights", "silhouette"};
  const size_t n = sizeof names / sizeof *names;
  static const struct {
    const char *word, *nearest;
  } rows[] = {{"scael", "scale"}, {"Scale", "scale"}, {"start", "starts"},    {"maxiter", "max_iter"},
              {"sil", "silhouette"}, {"weigths", "weights"}, {"tool", "tol"}, {"banana", NULL},
              {"max_iterations", NULL}, {"zzz", NULL},        {"silhuete", "silhouette"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const size_t at = text_nearest(rows[i].word, names, n);
    if (rows[i].nearest) {
      assert_true(at < n);
      assert_string_equal(names[at], rows[i].nearest);
    } else {
      assert_int_equal(at, n);
    }
  }
  assert_int_equal(text_nearest("k", names, 0), 0);
  static const char *const twins[] = {"ab1", "ab2"};
  assert_int_equal(text_nearest("ab3", twins, 2), 0);
}

/* ---- doubles */

static void assert_reads_back(double x)
{
  char text[32];
  memset(text, 'z', sizeof text);
  text_of_double(x, text);
  assert_true(strlen(text) <= 24);
  const double back = strtod(text, NULL);
  assert_memory_equal(&back, &x, sizeof x);
}

static void test_doubles_read_back(void **state)
{
  (void)state;
  static const double some[] = {0.0,
                                -0.0,
                                0.1,
                                1.0 / 3,
                                1e22,
                                1e23,
                                DBL_MAX,
                                -DBL_MAX,
                                DBL_MIN,
                                -2.2250738585072014e-308,
                                4.9406564584124654e-324,
                                0x1p-1074,
                                0x1p53,
                                0x1p53 + 2,
                                123456789012345678.0};
  for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
    assert_reads_back(some[i]);
  }
  Random random = random_new(41, 0);
  for (size_t i = 0; i < 300000; i++) {
    const uint64_t bits = random_bits(&random);
    double x;
    memcpy(&x, &bits, sizeof x);
    if (isfinite(x)) {
      assert_reads_back(x);
      assert_reads_back((double)(int64_t)random_below(&random, 2000000) / 100 - 10000);
    }
  }
  for (int power = -1074; power < 1024; power++) {
    assert_reads_back(ldexp(1, power));
  }
}

/* The shortest text: no decimal with fewer digits reads back as x. Where more than one of that length
 * does, any will do. */
static void assert_shortest(double x, int digits)
{
  char text[32];
  int used = 0;
  text_of_double(x, text);
  for (const char *c = text; *c && *c != 'e'; c++) {
    used += *c >= '0' && *c <= '9' && (used > 0 || *c != '0');
  }
  assert_int_equal(used, digits);
}

static void test_doubles_are_short(void **state)
{
  (void)state;
  char text[32];
  static const struct {
    double x;
    const char *text;
  } rows[] = {{0, "0"}, {-0.0, "-0"}, {1, "1"}, {-2.5, "-2.5"}, {0.1, "0.1"}, {1e300, "1e+300"}, {0.3, "0.3"},
              {0.1 + 0.2, "0.30000000000000004"}, {1e21, "1e+21"}, {123456, "123456"}, {5e-324, "5e-324"},
              {1.5e-323, "1.5e-323"}, {(double)NAN, "NaN"}, {-(double)NAN, "NaN"}, {(double)INFINITY, "Inf"},
              {-(double)INFINITY, "-Inf"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    text_of_double(rows[i].x, text);
    assert_string_equal(text, rows[i].text);
  }
  assert_shortest(0x1p-44, 16); /* the nearest 16 digits do not read back, the next ones do */
  assert_shortest(0x1p-24, 16);
  assert_shortest(9007199254740993.0, 16);
  assert_shortest(2e-308 / 3, 15);
}

/* ---- errors */

static void test_first_error_stays(void **state)
{
  (void)state;
  Error e;
  error_clear(&e);
  assert_int_equal(e.caret, -1);
  assert_int_equal(error_set(&e, STATUS_DATA, "bad-data", "%1$s has %2$d", "x", 3), STATUS_DATA);
  assert_int_equal(error_set(&e, STATUS_FILE, "file-error", "other"), STATUS_FILE);
  assert_int_equal(e.status, STATUS_DATA);
  assert_string_equal(e.id, "bad-data");
  assert_string_equal(e.what, "x has 3");
  assert_int_equal(error_hint(&e, "do %s", "this"), STATUS_DATA);
  assert_int_equal(error_hint(&e, "do %s", "that"), STATUS_DATA);
  assert_string_equal(e.hint, "do this");
  assert_int_equal(error_where(&e, "line %d", 1), STATUS_DATA);
  assert_int_equal(error_where(&e, "line %d", 2), STATUS_DATA);
  assert_string_equal(e.where, "line 1");
  error_clear(&e);
  assert_int_equal(error_memory(&e, 0, "a list"), STATUS_MEMORY);
  assert_string_equal(e.what, "no memory for a list");
  error_clear(&e);
  assert_int_equal(error_memory(&e, 12, "a list"), STATUS_MEMORY);
  assert_string_equal(e.what, "no memory for a list (12 bytes)");
  error_clear(&e);
  assert_int_equal(error_cancelled(&e), STATUS_CANCELLED);
  assert_string_equal(e.id, "interrupted");
  error_clear(NULL);
  assert_int_equal(error_set(NULL, STATUS_DATA, "x", "y"), STATUS_DATA);
  assert_int_equal(error_memory(NULL, 5, "y"), STATUS_MEMORY);
  assert_int_equal(error_cancelled(NULL), STATUS_CANCELLED);
}

/* Texts too long for their field end with a whole character. */
static void test_long_errors(void **state)
{
  (void)state;
  char name[3000];
  for (size_t shift = 0; shift < 4; shift++) {
    memset(name, 'x', shift);
    for (size_t i = 0; i < 900; i++) {
      memcpy(name + shift + 3 * i, "客", 4);
    }
    Error e;
    error_clear(&e);
    (void)error_set(&e, STATUS_NAME, "an-id-of-more-bytes-than-there-are-in-the-field", "no column '%s'",
                    name);
    (void)error_where(&e, "%s", name);
    (void)error_hint(&e, "did you mean %s?", name);
    assert_int_equal(utf8_check(e.what, strlen(e.what)), strlen(e.what));
    assert_int_equal(utf8_check(e.where, strlen(e.where)), strlen(e.where));
    assert_int_equal(utf8_check(e.hint, strlen(e.hint)), strlen(e.hint));
    assert_true(strlen(e.what) > sizeof e.what - 5 && strlen(e.hint) > sizeof e.hint - 5);
    assert_true(strlen(e.id) < sizeof e.id);
  }
}

/* The caret stands under the same character of the text as cut, and the text is whole characters. */
static void test_caret(void **state)
{
  (void)state;
  Error e;
  char text[2000];
  memset(text, 0, sizeof text);
  for (size_t i = 0; i < 600; i++) {
    memcpy(text + 3 * i, i % 7 ? "客" : "abc", 3);
  }
  for (size_t offset = 0; offset <= 1800; offset += 3) {
    error_clear(&e);
    (void)error_set(&e, STATUS_ARGUMENT, "syntax-error", "x");
    assert_int_equal(error_caret(&e, text, 1800, offset), STATUS_ARGUMENT);
    const size_t length = strlen(e.text);
    assert_int_equal(utf8_check(e.text, length), length);
    assert_true(e.caret >= 0 && (size_t)e.caret <= length);
    assert_memory_equal(e.text + e.caret, text + offset, length - (size_t)e.caret);
    assert_true(length > 200 || offset > 1650);
  }
  error_clear(&e);
  (void)error_set(&e, STATUS_ARGUMENT, "syntax-error", "x");
  (void)error_caret(&e, "a + ", 4, 2);
  assert_string_equal(e.text, "a + ");
  assert_int_equal(e.caret, 2);
  error_clear(&e);
  (void)error_caret(&e, "abc", 3, 1000); /* past the end: at the end */
  assert_int_equal(e.caret, 3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_adding),          cmocka_unit_test(test_take),
    cmocka_unit_test(test_failed_text),     cmocka_unit_test(test_utf8_forms),
    cmocka_unit_test(test_utf8_every_code), cmocka_unit_test(test_utf8_check),
    cmocka_unit_test(test_utf8_whole),
    cmocka_unit_test(test_distance),        cmocka_unit_test(test_nearest),
    cmocka_unit_test(test_doubles_read_back), cmocka_unit_test(test_doubles_are_short),
    cmocka_unit_test(test_first_error_stays), cmocka_unit_test(test_long_errors),
    cmocka_unit_test(test_caret),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
