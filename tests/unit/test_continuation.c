/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt of a further line: what it says is open, and that it is known again in pasted text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "repl/continuation.h"

static void shows(const char *lines, const char *expected)
{
  char prompt[CONTINUATION_SIZE];
  continuation_prompt(lines, strlen(lines), prompt);
  assert_string_equal(prompt, expected);
  assert_int_equal(continuation_skip(prompt), strlen(prompt));
}

static void test_brackets(void **state)
{
  (void)state;
  shows("x ==\n", ">> ");
  shows("print(\n", "(>> ");
  shows("t = {a = 1,\n", "{>> ");
  shows("t = {f(1), g[\n", "[>> ");
  shows("t = {f(1), {2}, \")\", --[[ ) ]] 3, -- (\n", "{>> ");
  shows("f({1}, 'a(',\n", "(>> ");
  shows("a = (1) +\n", ">> ");
}

static void test_strings(void **state)
{
  (void)state;
  shows("s = [[abc\n", "[[>> ");
  shows("s = ([==[abc ]]\n", "[==[>> ");
  shows("s = [[abc]] ..\n", ">> ");
  shows("--[[ note\n", "--[[>> ");
  shows("--[=[ note ]]\n", "--[=[>> ");
  shows("x = -- note\n", ">> ");
  shows("s = \"abc\\\n", "\">> ");
  shows("s = 'abc\\z\n", "'>> ");
  shows("s = f('abc',\n", "(>> ");
}

static void test_blocks(void **state)
{
  (void)state;
  shows("for i = 1, 3\n", "for>> ");
  shows("for i = 1, 3 do\n", "for>> ");
  shows("for i = 1, 3 do print(i) end f(\n", "(>> ");
  shows("while true do do\n", "do>> ");
  shows("while true do do end\n", "while>> ");
  shows("if a then b() else\n", "if>> ");
  shows("if a then b() elseif c then\n", "if>> ");
  shows("repeat x() until (\n", "(>> ");
  shows("repeat\n", "repeat>> ");
  shows("local function f(a)\n", "function>> ");
  shows("t = {f = function(a)\n  if a then return 1 end\n", "function>> ");
  shows("t = {f = function(a)\n  if a then return 1 end\nend,\n", "{>> ");
  shows("for _, f in (function() while x do y() end end)() do g(1)\n", "for>> ");
  shows("endless = 1 +\n", ">> ");
}

static void test_long(void **state)
{
  (void)state;
  char lines[800], prompt[CONTINUATION_SIZE];
  memset(lines, '(', 500);
  memcpy(lines + 500, "\n", 2);
  shows(lines, "(>> ");
  memset(lines + 1, '=', 500);
  memcpy(lines, "[", 1);
  memcpy(lines + 500, "[\n", 3);
  continuation_prompt(lines, strlen(lines), prompt);
  assert_int_equal(strlen(prompt), CONTINUATION_SIZE - 1);
  assert_int_equal(continuation_skip(prompt), strlen(prompt));
}

static void test_skip(void **state)
{
  (void)state;
  static const struct {
    const char *line;
    size_t length;
  } lines[] = {{"> x", 2},     {">> x", 3},    {"(>> 2)", 4}, {"for>> print(i)", 6}, {">\n", 1},    {"{>>\n", 3},
               {"", 0},        {"x", 0},       {">>> x", 0},  {"a>> b", 0},          {">x", 0},     {"for >> x", 0},
               {"(> x", 0},    {"-->> x", 0},  {"--[[>> x", 7}, {"[=[>> x", 6},      {"fore>> x", 0}, {"end>> x", 0},
               {"\">>\" x", 0}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    assert_int_equal(continuation_skip(lines[i].line), lines[i].length);
  }
}

/* Whatever the lines are, the prompt fits, ends as a prompt does and is found again. */
static void test_any_bytes(void **state)
{
  (void)state;
  static const char *const words[] = {"(", ")", "{", "}", "[", "]", "[[", "]]", "--", "--[=[", "\"", "'", "\\", " do ", " end ",
                                      " for ", " until ", " function ", "\n", "x", "=", "\xE5", " repeat "};
  uint32_t seed = 1;
  for (int round = 0; round < 20000; round++) {
    char lines[128] = "", prompt[CONTINUATION_SIZE];
    for (int i = 0; i < 10; i++) {
      seed = seed * 1664525u + 1013904223u;
      strcat(lines, words[(seed >> 16) % (sizeof words / sizeof *words)]);
    }
    strcat(lines, "\n");
    continuation_prompt(lines, strlen(lines), prompt);
    assert_string_equal(prompt + strlen(prompt) - 3, ">> ");
    assert_int_equal(continuation_skip(prompt), strlen(prompt));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_brackets), cmocka_unit_test(test_strings),
                                     cmocka_unit_test(test_blocks),   cmocka_unit_test(test_long),
                                     cmocka_unit_test(test_skip),     cmocka_unit_test(test_any_bytes)};
  return cmocka_run_group_tests_name("continuation", tests, NULL, NULL);
}
