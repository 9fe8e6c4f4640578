/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tui_keys.c -- one key, one meaning: no key of a page is a key of its panels or of the dashboard, none stands twice in
 * a table, every key has a code, and no action is without a name, a group and a help line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tui/tui_inside.h"

/* The next name of a list with blanks between: its code, 0 at the end. */
static uint32_t next_key(const char **names)
{
  *names += strspn(*names, " ");
  const size_t n = strcspn(*names, " ");
  const char *const name = *names;
  if (n == 0) {
    return 0;
  }
  *names += n;
  const uint32_t code = key_named(name, n);
  if (code == 0) {
    fail_msg("no key is called %.*s", (int)n, name);
  }
  return code;
}

/* Pages whose panels leave keys to them (TextPanel.leaves). */
static bool is_left(const Page *page, uint32_t code)
{
  return strcmp(page->name, "watch") == 0 && key_is(code, "Space Left Right");
}

static size_t compare(const Page *page, const Action *a, const Action *b, size_t n, const char *where)
{
  size_t shared = 0;
  for (size_t i = 0; i < n; i++) {
    const char *names = a->key;
    for (uint32_t code; &b[i] != a && (code = next_key(&names)) != 0;) {
      const bool same = key_is(code, b[i].key) && !(page && is_left(page, code));
      if (same) {
        print_error("%s: %s (%s) is also %s of %s\n", page ? page->name : "all", a->name, a->key, b[i].name, where);
      }
      shared += same;
    }
  }
  return shared;
}

static void test_page_keys_mean_one_thing(void **state)
{
  size_t shared = 0, seen = 0;
  (void)state;
  for (size_t p = 0; p < pages_count(); p++) {
    const Page *page = pages_at(p);
    for (size_t i = 0; i < page->n_actions; i++) {
      const Action *action = &page->actions[i];
      seen++;
      shared += compare(page, action, page->actions, page->n_actions, "the page");
      shared += compare(page, action, tui_actions, n_tui_actions, "the dashboard");
      for (size_t s = 0; s < page->n_slots; s++) {
        shared += compare(page, action, page->slots[s].class->actions, page->slots[s].class->n_actions, page->slots[s].name);
      }
    }
  }
  assert_true(seen > 30);
  assert_int_equal(shared, 0);
}

static size_t check_table(const Action *actions, size_t n, const char *where)
{
  size_t wrong = 0;
  for (size_t i = 0; i < n; i++) {
    wrong += compare(NULL, &actions[i], actions, n, where);
    assert_non_null(actions[i].run);
    if (!actions[i].name || !*actions[i].name || !actions[i].help || !*actions[i].help || !actions[i].group ||
        actions[i].help[strlen(actions[i].help) - 1] == '.') {
      print_error("%s: %s has no name, group or help, or a full stop\n", where, actions[i].key);
      wrong++;
    }
  }
  return wrong;
}

static void test_actions_are_whole(void **state)
{
  size_t wrong = check_table(tui_actions, n_tui_actions, "the dashboard");
  (void)state;
  for (size_t p = 0; p < pages_count(); p++) {
    const Page *page = pages_at(p);
    wrong += check_table(page->actions, page->n_actions, page->name);
    for (size_t s = 0; s < page->n_slots; s++) {
      wrong += check_table(page->slots[s].class->actions, page->slots[s].class->n_actions, page->slots[s].name);
    }
  }
  assert_int_equal(wrong, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_page_keys_mean_one_thing),
    cmocka_unit_test(test_actions_are_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
