/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/text_panel.h"

#include <string.h>

#include "view/error_text.h"
#include "view/value_text.h"
#include "view/width.h"

enum { SIDE_STEP = 8 };

void text_panel_renew(Tui *tui, TextPanel *panel)
{
  panel->stale = true;
  tui_redraw(tui);
}

static void write_value(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const TextPanel *panel = context;
  Error e = {0};
  (void)tui;
  if (panel->value.kind != VALUE_NONE && value_text_render(&panel->value, style, out, &e) != STATUS_OK) {
    error_text(&e, style, out);
  }
}

static void begin(Tui *tui, TextPanel *panel, const char *title)
{
  value_free(&panel->value);
  text_reset(&panel->title);
  text_puts(&panel->title, title ? title : "");
  panel->context = panel;
  panel->write = write_value;
  panel->top = panel->left = 0;
  text_panel_renew(tui, panel);
}

void text_panel_value(Tui *tui, TextPanel *panel, const char *title, const Value *value)
{
  begin(tui, panel, title);
  if (value && value_copy(value, &panel->value, NULL) != STATUS_OK) {
    panel->value = (Value){.kind = VALUE_NONE};
  }
}

void text_panel_words(Tui *tui, TextPanel *panel, const char *words)
{
  begin(tui, panel, NULL);
  if (value_text(words, strlen(words), &panel->value, NULL) != STATUS_OK) {
    panel->value = (Value){.kind = VALUE_NONE};
  }
}

static size_t count_lines(const Text *text)
{
  size_t n = 0;
  for (size_t i = 0; i < text->size; i++) {
    n += text->data[i] == '\n' || i + 1 == text->size;
  }
  return n;
}

/* Written for one column less than there is, where the scroll bar stands. */
static void renew(Tui *tui, TextPanel *panel, Cells *cells, Rect area)
{
  if (!panel->stale && panel->width == area.width && panel->height == area.height) {
    return;
  }
  ViewStyle style = cells_style(cells, area);
  style.width = area.width > 2 ? area.width - 1 : area.width;
  style.height = panel->unlimited ? 0 : area.height;
  text_reset(&panel->text);
  if (panel->write) {
    panel->write(tui, panel->context, &style, &panel->text);
  }
  panel->lines = count_lines(&panel->text);
  panel->width = area.width;
  panel->height = area.height;
  panel->stale = false;
}

static size_t last_top(const TextPanel *panel)
{
  const size_t height = panel->height > 0 ? (size_t)panel->height : 1;
  return panel->lines > height ? panel->lines - height : 0;
}

static void draw(Tui *tui, void *context, Cells *cells, Rect area, bool focused)
{
  TextPanel *panel = context;
  (void)focused;
  renew(tui, panel, cells, area);
  panel->top = panel->top > last_top(panel) ? last_top(panel) : panel->top;
  cells_text(cells, area, panel->top, panel->left, &panel->text);
  cells_scroll(cells, area, panel->top, panel->lines);
}

static void scroll(Tui *tui, TextPanel *panel, long by)
{
  const size_t most = last_top(panel);
  if (by < 0) {
    panel->top = panel->top > (size_t)-by ? panel->top - (size_t)-by : 0;
  } else {
    panel->top = most - panel->top < (size_t)by || panel->top > most ? most : panel->top + (size_t)by;
  }
  tui_redraw(tui);
}

static void up(Tui *tui, void *context)
{
  scroll(tui, context, -1);
}

static void down(Tui *tui, void *context)
{
  scroll(tui, context, 1);
}

static void page_up(Tui *tui, void *context)
{
  const TextPanel *panel = context;
  scroll(tui, context, -(panel->height > 1 ? panel->height - 1 : 1));
}

static void page_down(Tui *tui, void *context)
{
  const TextPanel *panel = context;
  scroll(tui, context, panel->height > 1 ? panel->height - 1 : 1);
}

static void first(Tui *tui, void *context)
{
  TextPanel *panel = context;
  panel->top = panel->left = 0;
  tui_redraw(tui);
}

static void last(Tui *tui, void *context)
{
  TextPanel *panel = context;
  panel->top = last_top(panel);
  tui_redraw(tui);
}

static void left(Tui *tui, void *context)
{
  TextPanel *panel = context;
  panel->left = panel->left > SIDE_STEP ? panel->left - SIDE_STEP : 0;
  tui_redraw(tui);
}

static void right(Tui *tui, void *context)
{
  TextPanel *panel = context;
  panel->left += SIDE_STEP;
  tui_redraw(tui);
}

static bool scrolls(Tui *tui, void *context)
{
  (void)tui;
  return last_top(context) > 0;
}

static bool takes_space(Tui *tui, void *context)
{
  return scrolls(tui, context) && !((const TextPanel *)context)->leaves;
}

static bool takes_sides(Tui *tui, void *context)
{
  (void)tui;
  return !((const TextPanel *)context)->leaves;
}

static const Action actions[] = {
  {.key = "Up k", .name = N_("up"), .help = N_("a line up"), .group = N_("Move"), .run = up, .quiet = true},
  {.key = "Down j", .name = N_("down"), .help = N_("a line down"), .group = N_("Move"), .run = down, .quiet = true},
  {.key = "PageDown", .name = N_("page down"), .help = N_("a screen down"), .group = N_("Move"), .run = page_down, .applies = scrolls},
  {.key = "Space", .name = N_("page down"), .help = N_("a screen down"), .group = N_("Move"), .run = page_down, .applies = takes_space,
   .quiet = true},
  {.key = "PageUp b", .name = N_("page up"), .help = N_("a screen up"), .group = N_("Move"), .run = page_up, .quiet = true},
  {.key = "Home g", .name = N_("top"), .help = N_("the beginning"), .group = N_("Move"), .run = first, .quiet = true},
  {.key = "End G", .name = N_("end"), .help = N_("the end"), .group = N_("Move"), .run = last, .quiet = true},
  {.key = "Left", .name = N_("left"), .help = N_("what lies to the left"), .group = N_("Move"), .run = left,
   .applies = takes_sides, .quiet = true},
  {.key = "Right", .name = N_("right"), .help = N_("what lies to the right"), .group = N_("Move"), .run = right,
   .applies = takes_sides, .quiet = true},
};

static bool mouse(Tui *tui, void *context, const Key *key)
{
  if (key->code == K_WHEEL_UP || key->code == K_WHEEL_DOWN) {
    scroll(tui, context, key->code == K_WHEEL_UP ? -3 : 3);
    return true;
  }
  return false;
}

static void put_title(Tui *tui, void *context, Text *out)
{
  (void)tui;
  text_puts(out, text_data(&((TextPanel *)context)->title));
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const TextPanel *panel = context;
  if (panel->write) {
    panel->write(tui, panel->context, style, out);
  }
}

static void close(Tui *tui, void *context)
{
  TextPanel *panel = context;
  (void)tui;
  value_free(&panel->value);
  text_free(&panel->text);
  text_free(&panel->title);
}

const PanelClass text_panel = {.name = "text",
                               .close = close,
                               .draw = draw,
                               .key = mouse,
                               .title = put_title,
                               .report = report,
                               .actions = actions,
                               .n_actions = sizeof actions / sizeof *actions};
