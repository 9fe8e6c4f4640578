/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tui_parts.c -- parts of the dashboard by themselves: keys, scripts of keys, layouts, themes, the palette's search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "sweep.h"
#include "tui/key_script.h"
#include "tui/layout.h"
#include "tui/palette.h"
#include "tui/theme.h"

/* ---- keys */

static void keys_have_names(void **state)
{
  static const char *const names[] = {"a", "A", "/", "é", "客", "Enter", "Esc", "Tab", "BTab", "BSpace", "Up", "PageDown",
                                      "F1", "F12", "C-a", "C-Left", "M-Right", "S-Up", "Space", "|", "-", "C--", "Click"};
  char label[KEY_LABEL_SIZE];
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const uint32_t code = key_named(names[i], strlen(names[i]));
    assert_int_not_equal(code, 0);
    key_label(code, label);
    assert_string_equal(label, names[i]);
  }
  static const char *const wrong[] = {"", "F0", "F13", "F1x", "Entr", "ab", "C-", "C-ab", "\xff"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_int_equal(key_named(wrong[i], strlen(wrong[i])), 0);
  }
  assert_true(key_is('j', "Down j"));
  assert_true(key_is(K_DOWN, "Down j"));
  assert_false(key_is('J', "Down j"));
  assert_false(key_is('j' | K_CTRL, "Down j"));
  assert_false(key_is('j', ""));
}

/* ---- scripts of keys */

static Status read_text(const char *text, Script *out, Error *e)
{
  char path[] = "/tmp/assay-keys-XXXXXX";
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
  const Status status = key_script_read(path, out, e);
  unlink(path);
  return status;
}

static void scripts_are_read(void **state)
{
  Script script;
  Error e = {0};
  (void)state;
  assert_int_equal(read_text("# a comment\n\n  Down Down C-p\ntext \"a \\\"b\\\" \\\\\"\nwait\nwait-job\nscreen after it\n"
                             "pens\nresize 40x10\nw\n", &script, &e), STATUS_OK);
  static const ScriptKind kinds[] = {SCRIPT_KEY, SCRIPT_KEY, SCRIPT_KEY, SCRIPT_TEXT, SCRIPT_WAIT, SCRIPT_WAIT_JOB,
                                     SCRIPT_SCREEN, SCRIPT_PENS, SCRIPT_RESIZE, SCRIPT_KEY};
  assert_int_equal(script.n, sizeof kinds / sizeof *kinds);
  for (size_t i = 0; i < script.n; i++) {
    assert_int_equal(script.steps[i].kind, kinds[i]);
  }
  assert_int_equal(script.steps[2].key, 'p' | K_CTRL);
  assert_string_equal(script.steps[3].text, "a \"b\" \\");
  assert_string_equal(script.steps[6].text, "after it");
  assert_int_equal(script.steps[8].width, 40);
  assert_int_equal(script.steps[8].height, 10);
  key_script_free(&script);
}

static void wrong_lines_are_named(void **state)
{
  static const char *const wrong[] = {"Down\nDwon\n", "\ntext no quotes\n", "\nresize 40\n", "\nresize 0x4\n", "a\nwaiting\n"};
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    Script script;
    Error e = {0};
    assert_int_equal(read_text(wrong[i], &script, &e), STATUS_FORMAT);
    assert_string_equal(e.id, "bad-keys");
    assert_non_null(strstr(e.what, ":2: "));
    assert_int_equal(script.n, 0);
  }
}

/* ---- layouts */

static const PanelClass nothing = {.name = "nothing"};
static const PanelSlot slots[] = {
  {.name = "a", .title = "A", .class = &nothing}, {.name = "bb", .title = "B", .class = &nothing},
  {.name = "c", .title = "C", .class = &nothing}};
static const Page page = {.name = "probe", .title = "Probe", .slots = slots, .n_slots = 3, .layout = "a:26|(bb/c:30%)"};

static void reads_as(const char *text, const char *written)
{
  Layout layout = {0};
  Text out = {0};
  assert_int_equal(layout_read(&layout, &page, text), written != NULL);
  if (written) {
    layout_write(&layout, &page, &out);
    assert_string_equal(text_data(&out), written);
  }
  text_free(&out);
}

static void layouts_are_read_and_written(void **state)
{
  (void)state;
  reads_as("a:26|(bb/c:30%)", "a:26|(bb/c:30%)");
  reads_as("a|bb|c", "(a|bb)|c");
  reads_as("a/bb|c", "(a/bb)|c");
  reads_as("c/bb/a:7", "(c/bb)/a:7");
  static const char *const wrong[] = {"", "a", "a|bb", "a|bb|c|a", "a|bb|d", "a|(bb/c", "a|bb)|c", "a:0|bb|c", "a:x|bb|c", "a||bb|c",
                                      "a|bb|c ", "a:9999|bb|c"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    reads_as(wrong[i], NULL);
  }
}

static bool overlap(Rect a, Rect b)
{
  return a.width > 0 && b.width > 0 && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
         b.y < a.y + a.height;
}

/* At every size panels cover the area without overlapping, and the one in focus is there. */
static void panels_cover_every_size(void **state)
{
  (void)state;
  for (int width = 40; width <= 300; width += 13) {
    for (int height = 6; height <= 100; height += 7) {
      for (int focus = 0; focus < 3; focus++) {
        Layout layout = {0};
        assert_true(layout_read(&layout, &page, page.layout));
        layout.focus = focus;
        layout_place(&layout, (Rect){0, 1, width, height});
        int covered = 0;
        for (int i = 0; i < 3; i++) {
          const Rect rect = layout.rects[i];
          covered += rect.width * rect.height;
          assert_true(rect.width == 0 || (rect.x >= 0 && rect.y >= 1 && rect.x + rect.width <= width &&
                                          rect.y + rect.height <= height + 1));
          assert_false(overlap(rect, layout.rects[(i + 1) % 3]));
        }
        assert_int_equal(covered, width * height);
        assert_true(layout.rects[focus].width > 0);
      }
    }
  }
}

static void the_user_changes_and_keeps_them(void **state)
{
  char folder[] = "/tmp/assay-layouts-XXXXXX", path[80];
  Layout layout, again;
  Error e = {0};
  (void)state;
  assert_non_null(mkdtemp(folder));
  setenv("XDG_STATE_HOME", folder, 1);
  layout_load(&layout, &page);
  layout_place(&layout, (Rect){0, 0, 100, 40});
  assert_int_equal(layout.rects[0].width, 26);
  layout_grow(&layout, 4, false);
  layout_place(&layout, (Rect){0, 0, 100, 40});
  assert_int_equal(layout.rects[0].width, 30);
  layout_grow(&layout, -100, false);
  layout_place(&layout, (Rect){0, 0, 100, 40});
  assert_true(layout.rects[0].width >= 10); /* never to nothing */
  layout.focus = 2;
  const int before = layout.rects[2].height;
  layout_grow(&layout, 2, true);
  layout_place(&layout, (Rect){0, 0, 100, 40});
  assert_int_equal(layout.rects[2].height, before + 2);
  layout_turn(&layout);
  layout_place(&layout, (Rect){0, 0, 100, 40});
  assert_int_equal(layout.rects[1].y, layout.rects[2].y); /* side by side now */
  assert_int_equal(layout_save(&layout, &page, &e), STATUS_OK);
  layout_load(&again, &page);
  again.focus = layout.focus;
  layout_place(&again, (Rect){0, 0, 100, 40});
  assert_memory_equal(again.rects, layout.rects, sizeof again.rects);
  layout.zoomed = true;
  layout_place(&layout, (Rect){0, 0, 100, 40});
  assert_int_equal(layout.rects[2].width, 100);
  assert_int_equal(layout.rects[0].width, 0);
  snprintf(path, sizeof path, "%s/assay/layouts", folder);
  FILE *file = fopen(path, "we");
  assert_non_null(file);
  fputs("probe a|nonsense\nother x\n", file);
  fclose(file);
  layout_load(&again, &page); /* a line that does not fit the page is not used */
  layout_place(&again, (Rect){0, 0, 100, 40});
  assert_int_equal(again.rects[0].width, 26);
}

/* ---- themes */

static void colours_are_never_alone(void **state)
{
  (void)state;
  for (Theme theme = 0; theme < THEMES; theme++) {
    assert_non_null(theme_name(theme));
    static const int tiers[] = {0, 8, 16, 256, 1 << 24};
    for (size_t tier = 0; tier < sizeof tiers / sizeof *tiers; tier++) {
      const int colors = tiers[tier];
      const Look error = theme_look(theme, pen_of(VIEW_ERROR), colors), plain = theme_look(theme, pen_of(VIEW_PLAIN), colors);
      assert_int_not_equal(error.attributes, plain.attributes); /* seen without colour too */
      const Look reverse = theme_look(theme, pen_reverse(VIEW_PLAIN), colors);
      assert_true(reverse.attributes & LOOK_REVERSE);
      for (unsigned ink = 1; ink < 256; ink++) {
        const Look look = theme_look(theme, pen_ink(ink), colors);
        assert_true(look.color == LOOK_DEFAULT || colors > 256 || look.color < (colors ? colors : 1));
      }
      assert_true(colors >= 8 || error.color == LOOK_DEFAULT);
    }
  }
  assert_int_equal(theme_look(THEME_MONO, pen_ink(3), 256).color, LOOK_DEFAULT);
}

static void neighbouring_series_differ(void **state)
{
  (void)state;
  static const int tiers[] = {16, 256, 1 << 24};
  for (size_t tier = 0; tier < sizeof tiers / sizeof *tiers; tier++) {
    const int colors = tiers[tier];
    for (unsigned ink = 1; ink < 7; ink++) {
      for (unsigned other = ink + 1; other <= 7; other++) {
        assert_int_not_equal(theme_look(THEME_DARK, pen_ink(ink), colors).color,
                             theme_look(THEME_DARK, pen_ink(other), colors).color);
      }
    }
  }
}

/* ---- the palette */

static void letters_are_found_in_order(void **state)
{
  (void)state;
  assert_true(palette_score("km", "cluster.kmeans") > 0);
  assert_true(palette_score("KM", "cluster.kmeans") > 0);
  assert_true(palette_score("cl km", "cluster.kmeans") > 0);
  assert_int_equal(palette_score("mk", "cluster.km"), 0);
  assert_int_equal(palette_score("x", ""), 0);
  assert_true(palette_score("", "anything") > 0);
  assert_true(palette_score("filter", "Data: filter") > palette_score("filter", "f i l t e r"));
  assert_true(palette_score("km", "cluster.kmeans") > palette_score("km", "bookmark"));
  assert_true(palette_score("筛选", "数据: 筛选") > palette_score("筛选", "筛出所选"));
  assert_int_equal(palette_score("选筛", "数据: 筛选"), 0);
  assert_int_equal(palette_score("客", "宗袢"), 0); /* its three bytes are there in order, but no such character */
  assert_true(palette_score("\xff", "a\xff") > 0);
}

/* A search may not take long whatever is typed. */
static void searching_is_quick(void **state)
{
  Text text = {0};
  (void)state;
  text_repeat(&text, "aaaaaaaaab ", 8);
  for (int i = 0; i < 200; i++) {
    assert_int_equal(palette_score("aaaaaaaaaaaaac", text_data(&text)), 0);
  }
  text_free(&text);
}

int main(void)
{
  setlocale(LC_CTYPE, "C.UTF-8");
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(keys_have_names),
    cmocka_unit_test(scripts_are_read),
    cmocka_unit_test(wrong_lines_are_named),
    cmocka_unit_test(layouts_are_read_and_written),
    cmocka_unit_test(panels_cover_every_size),
    cmocka_unit_test(the_user_changes_and_keeps_them),
    cmocka_unit_test(colours_are_never_alone),
    cmocka_unit_test(neighbouring_series_differ),
    cmocka_unit_test(letters_are_found_in_order),
    cmocka_unit_test(searching_is_quick),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
