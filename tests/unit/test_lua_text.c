/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a Lua text: roles, ends, and that parts lie side by side whatever the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/random.h"
#include "core/text.h"
#include "view/lua_text.h"

/* The text with each part in brackets and a letter for its role. */
static void mark(const char *text, Text *out)
{
  static const char letters[VIEW_ROLES] = {
      [VIEW_PLAIN] = 'p', [VIEW_KEYWORD] = 'k', [VIEW_STRING] = 's', [VIEW_NUMBER] = 'n', [VIEW_MUTED] = 'c'};
  const size_t n = strlen(text);
  for (size_t at = 0; at < n;) {
    ViewRole role;
    const size_t end = lua_text_part(text, n, at, &role);
    assert_true(end > at && end <= n);
    if (role != VIEW_PLAIN) {
      text_printf(out, "%c<%.*s>", letters[role], (int)(end - at), text + at);
    } else {
      text_add(out, text + at, end - at);
    }
    at = end;
  }
}

static void check(const char *text, const char *expected)
{
  Text out = {0};
  mark(text, &out);
  assert_string_equal(text_data(&out), expected);
  text_free(&out);
}

static void test_roles(void **state)
{
  (void)state;
  check("for i = 1, 10 do print(i) end", "k<for> i = n<1>, n<10> k<do> print(i) k<end>");
  check("x = \"a\\\"b\" .. 'c'", "x = s<\"a\\\"b\"> .. s<'c'>");
  check("y = 0x1F + 1e-5 - 3.5", "y = n<0x1F> + n<1e-5> - n<3.5>");
  check("a-b -- rest", "a-b c<-- rest>");
  check("--[[ long\ncomment ]] x", "c<--[[ long\ncomment ]]> x");
  check("s = [==[ a ]] b ]==] .. t[1]", "s = s<[==[ a ]] b ]==]> .. t[n<1>]");
  check("iffy = not_end", "iffy = not_end");
}

static void test_unfinished(void **state)
{
  (void)state;
  check("\"open", "s<\"open>");
  check("[[ open\nmore", "s<[[ open\nmore>");
  check("--[[ open", "c<--[[ open>");
  check("x = '\\", "x = s<'\\>");
  check("0x", "n<0x>");
}

static void test_any_bytes(void **state)
{
  (void)state;
  static const char bytes[] = "\"'[]=-\\\n ab0xe+.~\xe5\xae\xa2#";
  Random random;
  random = random_new(5, 0);
  for (int round = 0; round < 20000; round++) {
    char text[24];
    const size_t n = random_below(&random, sizeof text - 1);
    for (size_t i = 0; i < n; i++) {
      text[i] = bytes[random_below(&random, sizeof bytes - 1)];
    }
    text[n] = '\0';
    Text out = {0};
    mark(text, &out);
    text_free(&out);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_roles), cmocka_unit_test(test_unfinished),
                                     cmocka_unit_test(test_any_bytes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
