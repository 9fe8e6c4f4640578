/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Catalogues: which languages are wanted, reading sound and damaged files, and lines of Chinese. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/catalogue.h"
#include "core/message.h"
#include "core/text.h"
#include "screen.h"
#include "view/width.h"

/* ---- Languages ----------------------------------------------------------------------------------------- */

typedef struct LanguageCase {
  MessageVariables variables;
  const char *languages;
} LanguageCase;

/* As "Locale Environment Variables" of the gettext manual has it. */
static const LanguageCase language_cases[] = {
  {{NULL, NULL, NULL, NULL}, ""},
  {{NULL, NULL, NULL, "zh_CN"}, ""},
  {{NULL, NULL, "zh_CN.UTF-8", NULL}, "zh_CN zh "},
  {{NULL, NULL, "zh", NULL}, "zh zh_CN "},
  {{"", "", "zh_SG.utf8@x", ""}, "zh_SG zh zh_CN "},
  {{NULL, NULL, "zh_TW.UTF-8", NULL}, "zh_TW zh "},
  {{NULL, NULL, "zh_TW.UTF-8", "zh_TW:zh_CN"}, "zh_TW zh zh_CN zh zh_TW zh "},
  {{NULL, NULL, "zh_Hans.UTF-8", NULL}, "zh_Hans zh zh_CN "},
  {{"C", NULL, "zh_CN.UTF-8", "zh_CN"}, ""},
  {{NULL, "POSIX", "zh_CN.UTF-8", "zh_CN"}, ""},
  {{NULL, "zh_CN.UTF-8", "C", NULL}, "zh_CN zh "},
  {{"C.UTF-8", NULL, NULL, NULL}, ""},
  {{"C.UTF-8", NULL, NULL, "zh_CN"}, "zh_CN zh "},
  {{"C.UTF-8", NULL, "zh_CN.UTF-8", NULL}, ""},
  {{"en_US.UTF-8", NULL, NULL, NULL}, ""},
  {{"en_US.UTF-8", NULL, NULL, "zh_CN:en"}, "zh_CN zh "},
  {{"zh_CN.UTF-8", NULL, NULL, "en:zh_CN"}, ""},
  {{"de_DE.UTF-8", NULL, NULL, "::zh_CN"}, "zh_CN zh de_DE de "},
  {{NULL, NULL, "../../etc", NULL}, ""},
  {{NULL, NULL, "de_AT/x", NULL}, "de "},
};

static void test_languages(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof language_cases / sizeof *language_cases; i++) {
    char out[64];
    const size_t n = message_languages(&language_cases[i].variables, out, sizeof out);
    assert_string_equal(out, language_cases[i].languages);
    assert_int_equal(n, strlen(out));
  }
}

/* However many are asked for, the buffer holds whole names. */
static void test_many_languages(void **state)
{
  (void)state;
  Text list = {0};
  text_repeat(&list, "fr_FR:", 100);
  const MessageVariables variables = {"de_DE.UTF-8", NULL, NULL, text_data(&list)};
  for (size_t size = 1; size < 40; size++) {
    char out[40];
    memset(out, 'x', sizeof out);
    const size_t n = message_languages(&variables, out, size);
    assert_true(n < size && n == strlen(out) && (n == 0 || out[n - 1] == ' '));
  }
  text_free(&list);
}

/* ---- Catalogues ---------------------------------------------------------------------------------------- */

typedef struct Pair {
  const char *english, *other;
} Pair;

static const Pair pairs[] = {{"", "Language: xx\n"}, {"a row", "一行"}, {"columns", "列"}, {"empty", ""}, {"rows", "行"}};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static void put_word(Text *out, size_t word)
{
  const uint32_t value = (uint32_t)word;
  text_add(out, (const char *)&value, sizeof value);
}

/* The file that msgfmt --no-hash would make of the pairs in this order. */
static void make_catalogue(const Pair *list, size_t n, Text *out)
{
  Text texts = {0};
  const size_t first = 28 + 16 * n;
  const size_t head[] = {0x950412de, 0, n, 28, 28 + 8 * n, 0, first};
  for (size_t i = 0; i < 7; i++) {
    put_word(out, head[i]);
  }
  for (size_t side = 0; side < 2; side++) {
    for (size_t i = 0; i < n; i++) {
      const char *text = side ? list[i].other : list[i].english;
      put_word(out, strlen(text));
      put_word(out, first + texts.size);
      text_add(&texts, text, strlen(text) + 1);
    }
  }
  text_add(out, text_data(&texts), texts.size);
  text_free(&texts);
}

/* Memory that is exactly as long, so that a sanitizer sees a read past the end. */
static char *copy_of(const char *bytes, size_t n)
{
  char *copy = mem_alloc(n + 1, 1);
  assert_non_null(copy);
  memcpy(copy, bytes, n);
  copy[n] = '\0';
  return copy;
}

static void test_find(void **state)
{
  (void)state;
  Text file = {0};
  Messages messages;
  make_catalogue(pairs, PAIRS, &file);
  assert_true(messages_take(copy_of(file.data, file.size), file.size, &messages));
  assert_int_equal(messages.n, PAIRS);
  assert_string_equal(messages_find(&messages, "a row"), "一行");
  assert_string_equal(messages_find(&messages, "columns"), "列");
  assert_string_equal(messages_find(&messages, "rows"), "行");
  assert_null(messages_find(&messages, ""));      /* the header is nobody's text */
  assert_null(messages_find(&messages, "empty")); /* not translated */
  assert_null(messages_find(&messages, "row"));
  assert_null(messages_find(&messages, "zebra"));
  assert_null(messages_find(&messages, "A"));
  messages_free(&messages);
  text_free(&file);
}

/* What is cut short is refused; no text of it is read. */
static void test_cut(void **state)
{
  (void)state;
  Text file = {0};
  Messages messages;
  make_catalogue(pairs, PAIRS, &file);
  for (size_t n = 0; n < file.size; n++) {
    char *bytes = copy_of(file.data, n);
    assert_false(messages_take(bytes, n, &messages));
    assert_null(messages.bytes);
    mem_free(bytes);
  }
  text_free(&file);
}

static bool is_taken_with(const Text *file, size_t at, uint32_t word)
{
  Messages messages;
  char *bytes = copy_of(file->data, file->size);
  memcpy(bytes + at, &word, sizeof word);
  const bool taken = messages_take(bytes, file->size, &messages);
  mem_free(bytes);
  return taken;
}

/* Each word of the head and of the tables, made as wrong as it can be. */
static void test_damaged(void **state)
{
  (void)state;
  Text file = {0};
  make_catalogue(pairs, PAIRS, &file);
  assert_false(is_taken_with(&file, 0, 0xde120495)); /* another order of bytes */
  assert_false(is_taken_with(&file, 4, 1u << 16));   /* a later revision */
  assert_true(is_taken_with(&file, 4, 1));           /* a smaller one adds what is not read here */
  for (size_t at = 8; at < 28 + 16 * PAIRS; at += 4) {
    if (at != 20 && at != 24) { /* the hash table is not used */
      assert_false(is_taken_with(&file, at, UINT32_MAX));
      assert_false(is_taken_with(&file, at, (uint32_t)file.size));
    }
  }
  text_free(&file);
  const Pair unsorted[] = {{"b", "B"}, {"a", "A"}}, twice[] = {{"a", "A"}, {"a", "B"}};
  make_catalogue(unsorted, 2, &file);
  assert_false(is_taken_with(&file, 4, 0));
  text_free(&file);
  make_catalogue(twice, 2, &file);
  assert_false(is_taken_with(&file, 4, 0));
  text_free(&file);
}

static void write_catalogue(const char *folder, const Pair *list, size_t n)
{
  char path[4200];
  Text file = {0};
  make_catalogue(list, n, &file);
  snprintf(path, sizeof path, "%s/xx", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/xx/LC_MESSAGES", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/xx/LC_MESSAGES/assay.mo", folder);
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(file.data, 1, file.size, out), file.size);
  assert_int_equal(fclose(out), 0);
  text_free(&file);
}

static void test_in_use(void **state)
{
  (void)state;
  const char *temporary = getenv("TMPDIR");
  char folder[4096];
  snprintf(folder, sizeof folder, "%s/messages-XXXXXX", temporary ? temporary : "/tmp");
  assert_non_null(mkdtemp(folder));
  write_catalogue(folder, pairs, PAIRS);
  const char *english = "a row";
  assert_ptr_equal(_(english), english);
  assert_string_equal(message_language(), "en");
  assert_false(message_use(folder, "yy"));
  assert_ptr_equal(_(english), english);
  assert_true(message_use(folder, "xx"));
  assert_string_equal(message_language(), "xx");
  assert_string_equal(_(english), "一行");
  assert_string_equal(_("not there"), "not there");
  assert_null(message_in_use(NULL));
}

/* ---- Lines of Chinese ---------------------------------------------------------------------------------- */

static const char paragraph[] =
  "列 'species' 是 category；选项 'on' 需要 numeric 列（全部数值列；可用 on = {...} 选择），而不是“文本”。「簇」的轮廓系数"
  "尚未算完：请写 df:kmeans{k = 3, silhouette = true}，或者减少行数、列数与起始次数！";

static bool begins_with_one_of(const char *s, size_t n, const char *const *marks)
{
  for (; *marks; marks++) {
    const size_t length = strlen(*marks);
    if (length <= n && memcmp(s, *marks, length) == 0) {
      return true;
    }
  }
  return false;
}

static bool ends_with_one_of(const char *s, size_t n, const char *const *marks)
{
  for (; *marks; marks++) {
    const size_t length = strlen(*marks);
    if (length <= n && memcmp(s + n - length, *marks, length) == 0) {
      return true;
    }
  }
  return false;
}

static void test_lines(void **state)
{
  (void)state;
  static const char *const closing[] = {"，", "。", "；", "：", "）", "、", "！", "」", "”", NULL};
  static const char *const opening[] = {"（", "「", "“", NULL};
  for (size_t width = 30; width < 100; width++) {
    Text out = {0}, joined = {0}, plain = {0};
    const WidthWrap wrap = {.width = width, .margin = 2};
    const size_t lines = width_wrap(&out, paragraph, sizeof paragraph - 1, &wrap);
    assert_int_equal(screen_check(text_data(&out), width, false), lines);
    const char *rest = text_data(&out), *line;
    size_t n, number = 0;
    while (screen_line(&rest, &line, &n)) {
      const size_t margin = number++ ? 2 : 0;
      assert_false(begins_with_one_of(line + margin, n - margin, closing));
      assert_false(ends_with_one_of(line, n, opening));
      /* No line is much shorter than it could be: a word of English at most is carried over. */
      assert_true(number == lines || screen_width(line, n) + 20 > width);
      text_add(&joined, line + margin, n - margin);
    }
    for (const char *s = paragraph; *s; s++) {
      if (*s != ' ') {
        text_char(&plain, *s);
      }
    }
    Text bare = {0};
    for (const char *s = text_data(&joined); *s; s++) {
      if (*s != ' ') {
        text_char(&bare, *s);
      }
    }
    assert_string_equal(text_data(&bare), text_data(&plain)); /* nothing is lost */
    text_free(&bare);
    text_free(&plain);
    text_free(&joined);
    text_free(&out);
  }
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_languages), cmocka_unit_test(test_many_languages), cmocka_unit_test(test_find),
    cmocka_unit_test(test_cut),       cmocka_unit_test(test_damaged),        cmocka_unit_test(test_lines),
    cmocka_unit_test(test_in_use),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
