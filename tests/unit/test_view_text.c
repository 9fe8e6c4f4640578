/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Widths, cutting and wrapping, numbers, and errors in full. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "screen.h"
#include "view/error_text.h"
#include "view/number.h"
#include "view/width.h"

/* ---- Widths -------------------------------------------------------------------------------------------- */

#define FAMILY "\U0001F468\u200D\U0001F469\u200D\U0001F467"

typedef struct WidthCase {
  const char *text;
  size_t width;
  const char *shown;  /* NULL: as it is */
  const char *ascii;  /* how it is shown in ASCII; NULL: as shown */
} WidthCase;

/* Widths are those of Unicode 15 (East Asian Width, annex 11; emoji sequences, annex 51). */
static const WidthCase width_cases[] = {
  {"plain text", 10, NULL, NULL},
  {"客户", 4, NULL, "\\u{5BA2}\\u{6237}"},
  {"\u00E9", 1, NULL, "\\u{E9}"},
  {"e\u0301", 1, NULL, "e\\u{301}"},
  {"👍", 2, NULL, "\\u{1F44D}"},
  {"👍\U0001F3FD", 2, NULL, "\\u{1F44D}\\u{1F3FD}"},
  {FAMILY, 2, NULL, "\\u{1F468}\\u{200D}\\u{1F469}\\u{200D}\\u{1F467}"},
  {"\u2764\uFE0F", 2, NULL, "\\u{2764}\\u{FE0F}"},
  {"1\uFE0F\u20E3", 2, NULL, "1\\u{FE0F}\\u{20E3}"},
  {"\U0001F1E9\U0001F1EA", 2, NULL, "\\u{1F1E9}\\u{1F1EA}"},
  {"\u1100\u1161\u11A8", 2, NULL, "\\u{1100}\\u{1161}\\u{11A8}"},
  {"a\nb\tc\rd", 10, "a\\nb\\tc\\rd", NULL},
  {"\x1b[31mred\x07\x7f", 19, "\\x1B[31mred\\x07\\x7F", NULL},
  {"\xff\xe4\xb8", 12, "\\xFF\\xE4\\xB8", NULL},
  {"\xed\xa0\x80", 12, "\\xED\\xA0\\x80", NULL},                 /* half of a surrogate pair is not UTF-8 */
  {"\xc2\x9b" "31m", 9, "\\u{9B}31m", NULL},                          /* an 8-bit escape sequence */
  {"a\u202Eb", 10, "a\\u{202E}b", NULL},                         /* turns the direction of what follows */
  {"a\u200Bb\uFEFF", 18, "a\\u{200B}b\\u{FEFF}", NULL},
  {"\u0301a", 8, "\\u{301}a", NULL},                             /* a mark with nothing to stand on */
  {"\x1b\u0301", 11, "\\x1B\\u{301}", NULL},
  {"\u0378", 7, "\\u{378}", NULL},                               /* not assigned */
  {"C:\\new", 6, NULL, NULL},
};

static void test_widths(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof width_cases / sizeof *width_cases; i++) {
    const WidthCase *c = &width_cases[i];
    const char *shown = c->shown ? c->shown : c->text, *ascii = c->ascii ? c->ascii : shown;
    Text out = {0};
    assert_int_equal(width_of(c->text, strlen(c->text), false), c->width);
    width_add(&out, c->text, strlen(c->text), false);
    assert_string_equal(text_data(&out), shown);
    assert_int_equal(screen_width(text_data(&out), out.size), c->width);
    text_reset(&out);
    width_add(&out, c->text, strlen(c->text), true);
    assert_string_equal(text_data(&out), ascii);
    assert_int_equal(width_of(c->text, strlen(c->text), true), strlen(ascii));
    text_free(&out);
  }
}

static void check_cut(const char *text, size_t most, bool ascii, const char *expected)
{
  Text out = {0};
  const size_t width = width_cut(&out, text, strlen(text), most, ascii);
  assert_string_equal(text_data(&out), expected);
  assert_int_equal(screen_width(text_data(&out), out.size), width);
  assert_true(width <= most);
  text_free(&out);
}

static void test_cut(void **state)
{
  (void)state;
  check_cut("plain", 5, false, "plain");
  check_cut("plain", 4, false, "pla…");
  check_cut("plain", 1, false, "…");
  check_cut("plain", 0, false, "");
  check_cut("", 0, false, "");
  check_cut("plain text", 6, true, "pla...");
  check_cut("plain", 2, true, "..");
  check_cut("客户客户", 8, false, "客户客户");
  check_cut("客户客户", 7, false, "客户客…");
  check_cut("客户客户", 6, false, "客户…");
  check_cut("e\u0301e\u0301e\u0301", 2, false, "e\u0301…");
  check_cut("ab" FAMILY "c", 4, false, "ab…");
  check_cut("ab\tcdefg", 4, false, "ab…"); /* an escape is not cut in two */
}

static void test_pad(void **state)
{
  (void)state;
  Text out = {0};
  width_left(&out, "客户", 6, 6, false);
  width_right(&out, "客户", 6, 6, false);
  width_right(&out, "客户客", 9, 4, false);
  assert_string_equal(text_data(&out), "客户    客户客… ");
  text_free(&out);
}

static void test_before(void **state)
{
  (void)state;
  const char *text = "客户 + \tx";
  assert_int_equal(width_before(text, strlen(text), 0, false), 0);
  assert_int_equal(width_before(text, strlen(text), 6, false), 4);
  assert_int_equal(width_before(text, strlen(text), 7, false), 5);
  assert_int_equal(width_before(text, strlen(text), strlen(text), false), 10);
}

/* A cluster may be as long as its writer likes; a screen is not. */
static void test_long_cluster(void **state)
{
  (void)state;
  Text text = {0}, out = {0};
  text_char(&text, 'e');
  text_repeat(&text, "\u0301", 10000);
  assert_true(width_of(text_data(&text), text.size, false) > 40);
  assert_int_equal(width_cut(&out, text_data(&text), text.size, 40, false), 37);
  assert_true(out.size < 200);
  text_free(&text);
  text_free(&out);
}

static void check_wrap(const char *text, WidthWrap wrap, const char *expected)
{
  Text out = {0};
  const size_t lines = width_wrap(&out, text, strlen(text), &wrap);
  assert_string_equal(text_data(&out), expected);
  size_t ends = 0;
  for (const char *s = text_data(&out); *s; s++) {
    ends += *s == '\n';
  }
  assert_int_equal(lines, ends);
  text_free(&out);
}

static void test_wrap(void **state)
{
  (void)state;
  check_wrap("", (WidthWrap){.width = 10}, "\n");
  check_wrap("one two three", (WidthWrap){.width = 10}, "one two\nthree\n");
  check_wrap("one two   three", (WidthWrap){.width = 10, .margin = 2}, "one two\n  three\n");
  check_wrap("one\ntwo\n", (WidthWrap){.width = 10, .margin = 2}, "one\n  two\n");
  check_wrap("one\n\ntwo", (WidthWrap){.width = 10}, "one\n\ntwo\n");
  check_wrap("abcdefghijklmno", (WidthWrap){.width = 10, .margin = 2}, "abcdefghij\n  klmno\n");
  check_wrap("客户客户客户", (WidthWrap){.width = 9}, "客户客户\n客户\n");
  check_wrap("word", (WidthWrap){.width = 10, .at = 7}, "\nword\n");
  check_wrap("one two three fourteen", (WidthWrap){.width = 10, .lines = 2}, "one two\nthree fou…\n");
  check_wrap("one two three", (WidthWrap){.width = 10, .lines = 2}, "one two\nthree\n");
  check_wrap("one\ntwo\nthree", (WidthWrap){.width = 10, .lines = 2}, "one\ntwo…\n");
  check_wrap("one\ntwo\n", (WidthWrap){.width = 10, .lines = 2}, "one\ntwo\n");
  check_wrap("a\x1b[0m b", (WidthWrap){.width = 10, .ascii = true}, "a\\x1B[0m b\n");
}

/* Texts of random bytes and random code points: what goes out has the width that was said. */
static void random_text(Random *random, char *out, size_t *n)
{
  static const char *const seeds[] = {
    "a", " ", "\n", "客", "e\u0301", "\u0301", FAMILY, "\u200D", "\uFE0F", "\x1b", "\xc3", "\U0001F1E9",
    "\u0915\u094D\u0937\u093F", "\u0E01\u0E33", "\u0600", "1"};
  *n = 0;
  while (*n < 100) {
    if (random_below(random, 4) == 0) {
      out[(*n)++] = (char)random_below(random, 256);
    } else {
      const char *seed = seeds[random_below(random, sizeof seeds / sizeof *seeds)];
      memcpy(out + *n, seed, strlen(seed));
      *n += strlen(seed);
    }
  }
}

static void check_random(const char *text, size_t n, size_t most, bool ascii)
{
  Text out = {0};
  width_add(&out, text, n, ascii);
  const size_t whole = width_of(text, n, ascii);
  assert_int_equal(utf8_check(text_data(&out), out.size), out.size);
  for (size_t i = 0; i < out.size; i++) {
    const unsigned char byte = (unsigned char)out.data[i];
    assert_true(byte >= 0x20 && byte != 0x7F && !(ascii && byte > 0x7F));
  }
  text_reset(&out);
  const size_t cut = width_cut(&out, text, n, most, ascii);
  assert_true(cut <= most && (whole > most || cut == whole));
  assert_int_equal(width_of(text_data(&out), out.size, false), cut);
  text_reset(&out);
  width_right(&out, text, n, most, ascii);
  assert_int_equal(width_of(text_data(&out), out.size, false), most);
  text_reset(&out);
  width_wrap(&out, text, n, &(WidthWrap){.width = 30, .margin = 3, .ascii = ascii});
  const char *rest = text_data(&out), *line;
  size_t length;
  while (screen_line(&rest, &line, &length)) {
    assert_true(width_of(line, length, ascii) <= 30);
  }
  text_free(&out);
}

static void test_random_texts(void **state)
{
  (void)state;
  Random random = random_new(1, 0);
  for (int i = 0; i < 3000; i++) {
    char text[160];
    size_t n;
    random_text(&random, text, &n);
    check_random(text, n, (size_t)random_below(&random, 60), i % 2 == 0);
  }
}

/* In the C locale nothing beyond ASCII goes out, asked or not. */
static void test_c_locale(void **state)
{
  (void)state;
  assert_non_null(setlocale(LC_CTYPE, "C"));
  ViewStyle style;
  style_init(&style);
  Text out = {0};
  width_add(&out, "客\u00E9", 5, style.ascii);
  width_add(&out, "客\u00E9", 5, false);
  style_put(&style, VIEW_MUTED, style_glyph(&style, GLYPH_VERTICAL), &out);
  const bool ascii = style_ascii(&(ViewStyle){0});
  assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
  assert_true(ascii && style.ascii);
  assert_string_equal(text_data(&out), "\\u{5BA2}\\u{E9}\\u{5BA2}\\u{E9}|");
  text_free(&out);
}

/* ---- Styles -------------------------------------------------------------------------------------------- */

static void test_roles(void **state)
{
  (void)state;
  ViewStyle style;
  style_init(&style);
  assert_false(style.ascii);
  Text out = {0};
  style_put(&style, VIEW_ERROR, "plain", &out);
  style_ink_on(&style, INK_SERIES + 1, &out);
  text_char(&out, 'x');
  style_ink_off(&style, INK_SERIES + 1, &out);
  style.color = true;
  style_ink_on(&style, INK_NONE, &out);
  style_ink_on(&style, INK_SERIES + 1, &out);
  style_ink_off(&style, INK_SERIES + 1, &out);
  style_ink_on(&style, INK_SERIES + 7, &out);
  style_ink_off(&style, INK_MUTED, &out);
  style_ink_on(&style, INK_RAMP + 3, &out);
  style_ink_off(&style, INK_NONE, &out);
  style_put(&style, VIEW_PLAIN, "plain", &out);
  style_put(&style, VIEW_ERROR, "red", &out);
  style_paragraph(&style, VIEW_MUTED, "two words", 2, 0, 0, &out);
  assert_string_equal(text_data(&out), "plainx\x1b[33m\x1b[0m\x1b[33m\x1b[0m\x1b[31mplain\x1b[1;31mred\x1b[0m\x1b[2mtwo words\x1b[0m\n");
  text_free(&out);
}

static void test_message(void **state)
{
  (void)state;
  ViewStyle style;
  style_init(&style);
  style.width = 30;
  Text out = {0};
  const char *message = "one value of x lies far from the others";
  assert_int_equal(style_message(&style, VIEW_WARNING, message, 0, &out), 2);
  assert_string_equal(text_data(&out), "warning: one value of x lies\n  far from the others\n");
  text_free(&out);
}

/* ---- Numbers ------------------------------------------------------------------------------------------- */

typedef struct NumberCase {
  double values[5];
  size_t n;
  const char *texts[5];
} NumberCase;

/* R 4.2.2: trimws(format(x, digits = 6)). */
static const NumberCase r_cases[] = {
  {{1, 2.5, 100}, 3, {"1.0", "2.5", "100.0"}},
  {{3.14159265, 2}, 2, {"3.14159", "2.00000"}},
  {{0.1 + 0.2, 1}, 2, {"0.3", "1.0"}},
  {{44448.4554}, 1, {"44448.5"}},
  {{1234.5678, 0.001}, 2, {"1234.568", "0.001"}},
  {{1e-10, 1}, 2, {"1e-10", "1e+00"}},
  {{1.23456e-12, 0.0345678}, 2, {"1.23456e-12", "3.45678e-02"}},
  {{1.5, (double)NAN, (double)INFINITY, -(double)INFINITY}, 4, {"1.5", "NaN", "Inf", "-Inf"}},
  {{123456789.123}, 1, {"123456789"}},
  {{-0.5, 10}, 2, {"-0.5", "10.0"}},
  {{1e15}, 1, {"1e+15"}},
  {{1e300, 1}, 2, {"1e+300", "1e+00"}},
  {{1e-300, 1}, 2, {"1e-300", "1e+00"}},
  {{0.00001234567}, 1, {"1.23457e-05"}},
  {{99999.95, 1}, 2, {"99999.9", "1.0"}},
  {{0, -0.0}, 2, {"0", "0"}},
  {{2.0 / 3, 1.0 / 3, 1e3}, 3, {"0.666667", "0.333333", "1000.000000"}},
  {{123456}, 1, {"123456"}},
};

/* Where this differs from R by intention (R: 1e+05, 1e+06, 1e-05, 1e+10 1.5e+00, 1.23457e+06 1.23456e-01). */
static const NumberCase own_cases[] = {
  {{1e5}, 1, {"100000"}},
  {{999999.5}, 1, {"1000000"}},
  {{1e-5}, 1, {"0.00001"}},
  {{1e10, 1.5}, 2, {"10000000000.0", "1.5"}},
  {{1234567.8, 0.123456}, 2, {"1234567.800000", "0.123456"}},
};

static void check_numbers(const NumberCase *c)
{
  NumberFormat format;
  number_begin(&format, 6);
  for (size_t i = 0; i < c->n; i++) {
    number_see(&format, c->values[i]);
  }
  number_settle(&format);
  for (size_t i = 0; i < c->n; i++) {
    char text[NUMBER_SIZE];
    number_text(&format, c->values[i], text);
    assert_string_equal(text, c->texts[i]);
  }
}

static void test_numbers(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof r_cases / sizeof *r_cases; i++) {
    check_numbers(&r_cases[i]);
  }
  for (size_t i = 0; i < sizeof own_cases / sizeof *own_cases; i++) {
    check_numbers(&own_cases[i]);
  }
}

/* Whatever the column, each value can be read to `digits` digits, or as many as the neediest of them left. */
static void test_random_numbers(void **state)
{
  (void)state;
  Random random = random_new(7, 0);
  for (int round = 0; round < 3000; round++) {
    double values[6];
    NumberFormat format;
    number_begin(&format, 6);
    const int span = 1 + (int)random_below(&random, 20);
    for (int i = 0; i < 6; i++) {
      values[i] = random_normal(&random) * pow(10, (double)random_below(&random, (uint64_t)span) - span / 2);
      number_see(&format, values[i]);
    }
    number_settle(&format);
    for (int i = 0; i < 6; i++) {
      char text[NUMBER_SIZE];
      number_text(&format, values[i], text);
      assert_true(strlen(text) < 40);
      assert_true(fabs(strtod(text, NULL) - values[i]) <= 5.001e-6 * fabs(values[i]));
      const char *point = strchr(text, '.');
      const int decimals = point && !format.scientific ? (int)strlen(point + 1) : 0;
      assert_true(format.scientific || decimals == format.decimals);
    }
  }
}

/* A format made for other values still gives a short text. */
static void test_unseen_number(void **state)
{
  (void)state;
  NumberFormat format;
  char text[NUMBER_SIZE];
  number_begin(&format, 99);
  number_see(&format, 1.0 / 3);
  number_settle(&format);
  number_text(&format, -1.7976931348623157e308, text);
  assert_string_equal(text, "-1.79769313486232e+308");
  number_text(&format, 5e-324, text);
  assert_string_equal(text, "0.000000000000000");
}

static void check_text(void (*write)(double, char *), double value, const char *expected)
{
  char text[NUMBER_SIZE];
  write(value, text);
  assert_string_equal(text, expected);
}

static void test_units(void **state)
{
  (void)state;
  check_text(number_percent, 0.405, "40.5%");
  check_text(number_percent, 0, "0.0%");
  check_text(number_percent, 1, "100.0%");
  check_text(number_percent, 0.0004, "<0.1%");
  check_text(number_percent, 0.9996, ">99.9%");
  check_text(number_percent, (double)NAN, "NaN");
  check_text(number_bytes, 0, "0 B");
  check_text(number_bytes, 999, "999 B");
  check_text(number_bytes, 1500, "1.5 kB");
  check_text(number_bytes, 999960, "1.0 MB");
  check_text(number_bytes, 68.2e6, "68.2 MB");
  check_text(number_bytes, 3e18, "3000.0 PB");
  check_text(number_duration, 0.00035, "0.35 ms");
  check_text(number_duration, 0.0035, "3.5 ms");
  check_text(number_duration, 0.0842, "84 ms");
  check_text(number_duration, 0.9999, "1.0 s");
  check_text(number_duration, 43.4, "43 s");
  check_text(number_duration, 125, "2 min 05 s");
  check_text(number_duration, 3599.9, "1 h 00 min");
  check_text(number_duration, 4200, "1 h 10 min");
  check_text(number_duration, (double)INFINITY, "Inf");
}

/* ---- Errors -------------------------------------------------------------------------------------------- */

static ViewStyle style_of(int width)
{
  ViewStyle style;
  style_init(&style);
  style.width = width;
  return style;
}

static void check_error(const Error *e, int width, const char *expected)
{
  const ViewStyle style = style_of(width);
  Text out = {0};
  error_text(e, &style, &out);
  assert_string_equal(text_data(&out), expected);
  text_free(&out);
}

static void test_error(void **state)
{
  (void)state;
  Error e;
  error_clear(&e);
  check_error(&e, 80, "");
  (void)error_set(&e, STATUS_NAME, "unknown-column", "'regoin' is not a column (12 columns)");
  check_error(&e, 80,
              "error: 'regoin' is not a column (12 columns)\n"
              "  [unknown-column: ?unknown-column explains]\n");
  (void)error_where(&e, "frame.filter, a.lua:3:14");
  (void)error_caret(&e, "客户 + regoin * 2", strlen("客户 + regoin * 2"), 9);
  (void)error_hint(&e, "did you mean 'region'?");
  check_error(&e, 80,
              "error: 'regoin' is not a column (12 columns)\n"
              "  in frame.filter, a.lua:3:14\n"
              "  客户 + regoin * 2\n"
              "         ^\n"
              "  did you mean 'region'?\n"
              "  [unknown-column: ?unknown-column explains]\n");
  error_clear(&e);
  (void)error_cancelled(&e);
  check_error(&e, 80, "interrupted\n");
}

/* The column of the caret must be that of the character it means, wherever the line was cut. */
static void test_caret(void **state)
{
  (void)state;
  for (size_t before = 0; before < 60; before++) {
    for (int width = 16; width < 90; width += 7) {
      for (int ascii = 0; ascii < 2; ascii++) {
        Text text = {0}, out = {0};
        text_puts(&text, before % 2 ? "first line\n" : "");
        text_repeat(&text, before % 3 ? "客" : "a", before);
        const size_t caret = text.size;
        text_puts(&text, "@ + the rest of the line");
        text_puts(&text, before % 2 ? "\nlast line" : "");
        Error e;
        error_clear(&e);
        (void)error_set(&e, STATUS_ARGUMENT, "syntax", "wrong");
        (void)error_caret(&e, text_data(&text), text.size, caret);
        ViewStyle style = style_of(width);
        style.ascii = ascii;
        error_text(&e, &style, &out);
        screen_check(text_data(&out), (size_t)width, style.ascii);
        const char *rest = text_data(&out), *line, *under;
        size_t n, under_n;
        assert_true(screen_line(&rest, &line, &n) && screen_line(&rest, &line, &n));
        assert_true(screen_line(&rest, &under, &under_n));
        assert_int_equal(screen_column(line, n, "@", 0), screen_column(under, under_n, "^", 0));
        text_free(&text);
        text_free(&out);
      }
    }
  }
}

static void test_long_error(void **state)
{
  (void)state;
  Text words = {0};
  text_repeat(&words, "客户 many words and thensomeverylongwordwithoutanyblanks ", 20);
  Error e;
  error_clear(&e);
  (void)error_set(&e, STATUS_DATA, "an-id-of-some-length-for-this", "%s", text_data(&words));
  (void)error_where(&e, "%s", text_data(&words));
  (void)error_hint(&e, "%s", text_data(&words));
  (void)error_caret(&e, text_data(&words), words.size, 700);
  for (int width = 12; width < 120; width++) {
    const ViewStyle style = style_of(width);
    Text out = {0};
    error_text(&e, &style, &out);
    assert_true(screen_check(text_data(&out), (size_t)width, false) <= 20);
    assert_null(strstr(text_data(&out), "\\x")); /* no half characters where a field was full */
    text_reset(&out);
    error_line(&e, &style, &out);
    assert_true(screen_width(text_data(&out), out.size) <= (size_t)width);
    text_free(&out);
  }
  text_free(&words);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_widths),       cmocka_unit_test(test_cut),
    cmocka_unit_test(test_pad),          cmocka_unit_test(test_before),
    cmocka_unit_test(test_long_cluster), cmocka_unit_test(test_wrap),
    cmocka_unit_test(test_random_texts), cmocka_unit_test(test_c_locale),
    cmocka_unit_test(test_roles),        cmocka_unit_test(test_message),
    cmocka_unit_test(test_numbers),      cmocka_unit_test(test_random_numbers),
    cmocka_unit_test(test_unseen_number), cmocka_unit_test(test_units),
    cmocka_unit_test(test_error),        cmocka_unit_test(test_caret),
    cmocka_unit_test(test_long_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
