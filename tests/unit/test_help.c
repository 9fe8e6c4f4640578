/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_help.c -- help pages, options' and families' pages, search, reference and stubs; wrapping; memory
 * that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "registry/help.h"
#include "sample.h"
#include "sweep.h"

REGISTER_PRIMITIVE(sample_primitive);

static Text page(const char *topic, size_t width)
{
  Text out = {0};
  Error e;
  error_clear(&e);
  if (help_page(topic, width, &out, &e) != STATUS_OK) {
    fail_msg("?%s: %s", topic, e.what);
  }
  assert_int_equal(utf8_check(text_data(&out), out.size), out.size);
  assert_true(out.size > 0 && text_data(&out)[out.size - 1] == '\n');
  return out;
}

static void assert_has(const char *text, const char *word)
{
  if (!strstr(text, word)) {
    fail_msg("'%s' is not in: %s", word, text);
  }
}

/* Lines are at most `width` columns wide, unless they are one word or code; none ends with a blank. */
static void assert_wrapped(const char *topic, const char *text, size_t width, const char *code)
{
  for (const char *line = text; *line;) {
    const size_t length = strcspn(line, "\n"), indent = strspn(line, " ");
    const bool words = memchr(line + indent, ' ', length > indent ? length - indent : 0) != NULL;
    char copy[400];
    snprintf(copy, sizeof copy, "%.*s", (int)(length - indent), line + indent);
    if (length > width && words && !(code && strstr(code, copy))) {
      fail_msg("?%s at %zu columns: %zu in '%s'", topic, width, length, copy);
    }
    if (length > 0 && line[length - 1] == ' ') {
      fail_msg("?%s: a blank at the end of '%s'", topic, copy);
    }
    line += length + (line[length] == '\n');
  }
}

static const size_t widths[] = {80, 40, 200};

static void test_pages_of_primitives(void **state)
{
  (void)state;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *p = registry_at(i);
    char full[200];
    snprintf(full, sizeof full, "%s.%s", p->family, p->name);
    for (size_t w = 0; w < 3; w++) {
      Text text = page(full, widths[w]);
      assert_wrapped(full, text_data(&text), widths[w], p->example);
      assert_has(text_data(&text), full);
      assert_has(text_data(&text), "\nExample\n");
      for (size_t j = 0; j < p->n_options; j++) {
        assert_has(text_data(&text), p->options[j].name);
      }
      for (size_t j = 0; j < p->n_figures; j++) {
        assert_has(text_data(&text), p->figures[j].name);
      }
      text_free(&text);
    }
  }
}

static void test_page_of_kmeans(void **state)
{
  (void)state;
  Text text = page("kmeans", 900), full = page("cluster.kmeans", 900);
  assert_string_equal(text_data(&text), text_data(&full));
  static const char *const words[] = {"cluster.kmeans: ",
                                      "df:kmeans(k, {on, scale, ",
                                      "\nOptions\n",
                                      "required",
                                      "default none",
                                      "one of none, zscore, range, robust",
                                      "1..",
                                      "\nGives a model",
                                      "inertia",
                                      "m:why(\"name\")",
                                      "Reference: Lloyd 1982"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    assert_has(text_data(&text), words[i]);
  }
  text_free(&text);
  text_free(&full);
}

static void test_pages_of_options(void **state)
{
  (void)state;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *p = registry_at(i);
    for (size_t j = 0; j < p->n_options; j++) {
      char topic[200];
      snprintf(topic, sizeof topic, "%s.%s.%s", p->family, p->name, p->options[j].name);
      Text text = page(topic, 40);
      assert_wrapped(topic, text_data(&text), 40, NULL);
      assert_has(text_data(&text), p->options[j].name);
      assert_has(text_data(&text), p->family);
      text_free(&text);
    }
  }
  Text text = page("kmeans.init", 900);
  assert_has(text_data(&text), "init, option of cluster.kmeans");
  assert_has(text_data(&text), "a frame or one of auto, kmeans++, scalable, random; default auto");
  text_free(&text);
}

static void test_families_and_topics(void **state)
{
  (void)state;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *same = registry_find(registry_at(i)->family); /* its page stands instead, with an example */
    Text text = page(registry_at(i)->family, 40);
    assert_wrapped(registry_at(i)->family, text_data(&text), 40, same ? same->example : NULL);
    assert_has(text_data(&text), registry_at(i)->name);
    text_free(&text);
  }
  for (size_t i = 0; i < topics_size(); i++) {
    for (size_t w = 0; w < 3; w++) {
      const Primitive *same = registry_find(topics_at(i)->name); /* its page stands before the topic's */
      Text text = page(topics_at(i)->name, widths[w]);
      assert_wrapped(topics_at(i)->name, text_data(&text), widths[w], same ? same->example : NULL);
      assert_has(text_data(&text), topics_at(i)->name);
      text_free(&text);
    }
  }
  assert_true(topics_size() > 30);
}

static void test_first_page(void **state)
{
  (void)state;
  Text text = page("", 80);
  size_t lines = 0;
  for (const char *c = text_data(&text); *c; c++) {
    lines += *c == '\n';
  }
  assert_true(lines <= 24);
  assert_wrapped("", text_data(&text), 80, NULL);
  assert_has(text_data(&text), "cluster, ");
  text_free(&text);
}

static void refuse(const char *topic, const char *hint)
{
  Text out = {0};
  Error e;
  error_clear(&e);
  assert_int_equal(help_page(topic, 80, &out, &e), STATUS_NAME);
  assert_string_equal(e.id, "no-help");
  assert_has(e.what, topic);
  assert_has(e.hint, hint);
  assert_int_equal(out.size, 0);
  assert_int_equal(help_page(topic, 80, &out, NULL), STATUS_NAME);
  text_free(&out);
}

static void test_unknown_topics(void **state)
{
  (void)state;
  refuse("kmean", "?kmeans");
  refuse("Kmaens", "?kmeans");
  refuse("unknown-colum", "?unknown-column");
  refuse("clustr", "?cluster");
  refuse("kmeans.ini", "search");
  refuse("qqqqqqqq", "search with other words");
  refuse(".", "search");
  refuse("..", "search");
  refuse("kmeans.", "search");
  refuse(".init", "search");
  refuse("cluster.kmeans.init.more", "search");
  char longest[400];
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  Text out = {0};
  assert_int_equal(help_page(longest, 80, &out, NULL), STATUS_NAME);
  longest[200] = '.';
  assert_int_equal(help_page(longest, 80, &out, NULL), STATUS_NAME);
  text_free(&out);
}

static void assert_found(const char *words, const char *first_line)
{
  Text out = {0};
  assert_true(help_search(words, 80, &out));
  assert_wrapped(words, text_data(&out), 80, NULL);
  const size_t line = strcspn(text_data(&out), "\n");
  if (!first_line || strncmp(text_data(&out), first_line, strlen(first_line)) == 0) {
    assert_true(line > 10);
  } else {
    fail_msg("'%s' found first: %.*s", words, (int)line, text_data(&out));
  }
  text_free(&out);
}

static void test_search(void **state)
{
  (void)state;
  assert_found("choose number of clusters", "  ?choose ");
  assert_found("choose k", NULL);
  assert_found("kmeans", "  ?kmeans ");
  assert_found("KMEANS", "  ?kmeans ");
  assert_found("\"inertia\"", NULL);
  assert_found("read csv file", "  ?read ");
  assert_found("save model", "  ?save ");
  assert_found("ctrl-c", "  ?interrupt ");
  assert_found("market basket", "  ?baskets ");
  assert_found("how many customers come back", "  ?cohort ");
  assert_found("average by group", "  ?agg ");
  Text out = {0};
  static const char *const none[] = {"", "   ", "\"\"", "zzzzzz", "zzzzzz yyyyyy kmeans"};
  for (size_t i = 0; i < 5; i++) {
    assert_false(help_search(none[i], 80, &out));
    assert_int_equal(out.size, 0);
  }
  char longest[4000];
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  assert_false(help_search(longest, 80, &out));
  assert_true(help_search("a", 80, &out)); /* nearly all pages: the best dozen */
  size_t lines = 0;
  for (const char *c = text_data(&out); *c; c++) {
    lines += strncmp(c, "\n  ?", 4) == 0;
  }
  assert_int_equal(lines, 11);
  text_free(&out);
}

/* ---- pieces */

static void assert_wraps(const char *text, size_t width, size_t margin, size_t at, const char *expected)
{
  Text out = {0};
  help_wrap(text, width, margin, at, &out);
  assert_string_equal(text_data(&out), expected);
  text_free(&out);
}

static void test_wrap(void **state)
{
  (void)state;
  assert_wraps("", 10, 0, 0, "\n");
  assert_wraps("aa bb cc", 5, 0, 0, "aa bb\ncc\n");
  assert_wraps("aa bb cc", 5, 2, 0, "aa bb\n  cc\n");
  assert_wraps("aa bb cc", 5, 0, 3, "aa\nbb cc\n");
  assert_wraps("  aa   bb  ", 80, 0, 0, "aa bb\n");
  assert_wraps("longer than the line", 4, 1, 0, "longer\n than\n the\n line\n");
  assert_wraps("aa\nbb\n\ncc", 80, 2, 0, "aa\n  bb\n\n  cc\n");
  assert_wraps("aa bb", 0, 0, 0, "aa\nbb\n");
  /* Columns are counted, not bytes: each of these takes two columns and three bytes. */
  assert_wraps("客户 客户 客户", 9, 0, 0, "客户 客户\n客户\n");
  assert_wraps("é é é é", 7, 0, 0, "é é é é\n");
}

static void assert_signature(const Primitive *p, const char *expected)
{
  Text out = {0};
  help_signature(p, &out);
  assert_string_equal(text_data(&out), expected);
  text_free(&out);
}

static void test_signatures(void **state)
{
  (void)state;
  assert_signature(registry_get("model", "tidy"), "m:tidy()");
  assert_signature(registry_get("frame", "head"), "df:head(n)");
  assert_signature(registry_get("frame", "write"), "df:write(path, {format, table, append})");
  Text read = {0};
  help_signature(registry_get("frame", "read"), &read);
  assert_memory_equal(text_data(&read), "read(path, {file, format, types,", 32);
  text_free(&read);
  assert_signature(registry_get("model", "load"), "model.load(path)");
  assert_signature(registry_get("column", "gt"), "column:gt(value)");
  Primitive p = sample_primitive;
  p.main = NULL;
  p.n_options = 2;
  assert_signature(&p, "df:test_sample({count, offset})");
}

static void test_option_types(void **state)
{
  (void)state;
  static const char *const types[] = {"a whole number 1..100",
                                      "a whole number 5..10",
                                      "a whole number",
                                      "a number 0..1",
                                      "a number",
                                      "true or false",
                                      "true or false",
                                      "a text",
                                      "a text",
                                      "a list of texts",
                                      "a list of texts",
                                      "one of none, zscore, range",
                                      "one of fast, slow",
                                      "the name of a text column",
                                      "the name of a column",
                                      "a list of numeric column names",
                                      "a frame",
                                      "a frame or one of spread, random",
                                      "a text for all or a table of texts by name, each one of int64, string",
                                      "a text for all or a table of texts by name",
                                      "any value",
                                      "any value"};
  for (size_t i = 0; i < SAMPLE_N_OPTIONS; i++) {
    Text out = {0};
    option_type(&sample_primitive.options[i], &out);
    assert_string_equal(text_data(&out), types[i]);
    text_free(&out);
  }
  Option open = sample_primitive.options[0];
  static const struct {
    double low, high;
    const char *text;
  } ranges[] = {{1, 1e308, "a whole number >= 1"},
                {-1e308, 3, "a whole number <= 3"},
                {-1e308, 1e308, "a whole number"},
                {1, 1e9, "a whole number 1..1000000000"},
                {2, 1, "a whole number"}};
  for (size_t i = 0; i < 5; i++) {
    Text out = {0};
    open.low = ranges[i].low;
    open.high = ranges[i].high;
    option_type(&open, &out);
    assert_string_equal(text_data(&out), ranges[i].text);
    text_free(&out);
  }
}

/* ---- generated documents */

/* Rows of a Markdown table have as many cells as its head. */
static void assert_tables(const char *text)
{
  size_t head = 0;
  for (const char *line = text; *line;) {
    const size_t length = strcspn(line, "\n");
    size_t cells = 0;
    for (size_t i = 0; i < length; i++) {
      cells += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    }
    if (line[0] != '|') {
      head = 0;
    } else if (head == 0) {
      head = cells;
    } else if (cells != head) {
      fail_msg("%zu cells under %zu: %.*s", cells, head, (int)length, line);
    }
    line += length + (line[length] == '\n');
  }
}

static void test_reference(void **state)
{
  (void)state;
  for (size_t i = 0; i < registry_size(); i++) {
    const Primitive *p = registry_at(i);
    Text out = {0};
    char heading[200];
    help_reference(p->family, &out);
    snprintf(heading, sizeof heading, "\n## %s.%s\n", p->family, p->name);
    assert_has(text_data(&out), heading);
    assert_has(text_data(&out), p->example);
    assert_tables(text_data(&out));
    text_free(&out);
  }
}

static void test_stubs(void **state)
{
  (void)state;
  Text out = {0};
  help_stubs(&out);
  assert_has(text_data(&out), "---@class cluster.kmeans.options\n---@field k integer ");
  assert_has(text_data(&out), "---@field scale? \"none\"|\"zscore\"|\"range\"|\"robust\" ");
  assert_has(text_data(&out), "\nfunction Frame:kmeans(main_or_options, options) end\n");
  assert_has(text_data(&out), "\nfunction cluster.kmeans(data, main_or_options, options) end\n");
  assert_has(text_data(&out), "---@return Model\nfunction model.load(main_or_options, options) end\n");
  assert_has(text_data(&out), "---@field tags? string|string[] ");
  text_free(&out);
}

/* ---- memory */

typedef struct Asked {
  const char *topic;
  Text expected;
} Asked;

/* A page that comes without an error is the whole page. */
static Status run_page(void *context, Error *e)
{
  const Asked *asked = context;
  Text out = {0};
  Status status = help_page(asked->topic, 60, &out, e);
  if (status == STATUS_OK && strcmp(text_data(&out), text_data(&asked->expected)) != 0) {
    status = STATUS_INTERNAL;
  }
  text_free(&out);
  return status;
}

static Status run_search(void *context, Error *e)
{
  const Asked *asked = context;
  Text out = {0};
  (void)help_search(asked->topic, 60, &out);
  Status status = text_status(&out, e);
  if (status == STATUS_OK && strcmp(text_data(&out), text_data(&asked->expected)) != 0) {
    status = STATUS_INTERNAL;
  }
  text_free(&out);
  return status;
}

static void test_memory_fails(void **state)
{
  (void)state;
  static const char *const topics[] = {"", "kmeans", "kmeans.init", "cluster", "interrupt", "test.sample"};
  for (size_t i = 0; i < 6; i++) {
    Asked asked = {topics[i], page(topics[i], 60)};
    assert_true(sweep(run_page, &asked) > 0);
    text_free(&asked.expected);
  }
  Asked asked = {.topic = "choose number of clusters"};
  assert_true(help_search(asked.topic, 60, &asked.expected));
  assert_true(sweep(run_search, &asked) > 0);
  text_free(&asked.expected);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pages_of_primitives), cmocka_unit_test(test_page_of_kmeans),
    cmocka_unit_test(test_pages_of_options),    cmocka_unit_test(test_families_and_topics),
    cmocka_unit_test(test_first_page),          cmocka_unit_test(test_unknown_topics),
    cmocka_unit_test(test_search),              cmocka_unit_test(test_wrap),
    cmocka_unit_test(test_signatures),          cmocka_unit_test(test_option_types),
    cmocka_unit_test(test_reference),           cmocka_unit_test(test_stubs),
    cmocka_unit_test(test_memory_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
