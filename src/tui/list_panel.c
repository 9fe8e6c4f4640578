/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/list_panel.h"

#include <string.h>

#include "view/width.h"

static size_t count(Tui *tui, const ListPanel *panel)
{
  return panel->count ? panel->count(tui, panel->context) : 0;
}

static void get(Tui *tui, const ListPanel *panel, size_t index, ListItem *out)
{
  *out = (ListItem){.role = VIEW_PLAIN};
  panel->item(tui, panel->context, index, out);
}

static void drop(ListItem *item)
{
  text_free(&item->text);
  text_free(&item->note);
}

static bool is_heading(Tui *tui, const ListPanel *panel, size_t index)
{
  ListItem item;
  get(tui, panel, index, &item);
  drop(&item);
  return item.heading;
}

static void keep_in_view(ListPanel *panel, size_t n)
{
  const size_t height = panel->height > 0 ? (size_t)panel->height : 1;
  panel->at = n == 0 ? 0 : panel->at < n ? panel->at : n - 1;
  if (panel->at < panel->top) {
    panel->top = panel->at;
  } else if (panel->at >= panel->top + height) {
    panel->top = panel->at - height + 1;
  }
  if (panel->top + height > n) {
    panel->top = n > height ? n - height : 0;
  }
}

void list_panel_set(Tui *tui, ListPanel *panel, size_t index)
{
  panel->at = index;
  keep_in_view(panel, count(tui, panel));
  tui_redraw(tui);
}

/* Goes to an item, or over headings to the next one that can be chosen. */
static void go(Tui *tui, ListPanel *panel, size_t to, int step)
{
  const size_t n = count(tui, panel), from = panel->at;
  if (n == 0) {
    return;
  }
  to = to < n ? to : n - 1;
  size_t at = to;
  while (is_heading(tui, panel, at) && !(step < 0 && at == 0) && !(step > 0 && at + 1 == n)) {
    at = step < 0 ? at - 1 : at + 1;
  }
  if (is_heading(tui, panel, at)) {
    return;
  }
  panel->at = at;
  if (at != from && panel->moved) {
    panel->moved(tui, panel->context, at);
  }
  tui_redraw(tui);
}

static size_t page_of(const ListPanel *panel)
{
  return panel->height > 1 ? (size_t)panel->height - 1 : 1;
}

static void up(Tui *tui, void *context)
{
  ListPanel *panel = context;
  go(tui, panel, panel->at ? panel->at - 1 : 0, -1);
}

static void down(Tui *tui, void *context)
{
  ListPanel *panel = context;
  go(tui, panel, panel->at + 1, 1);
}

static void page_up(Tui *tui, void *context)
{
  ListPanel *panel = context;
  go(tui, panel, panel->at > page_of(panel) ? panel->at - page_of(panel) : 0, -1);
}

static void page_down(Tui *tui, void *context)
{
  ListPanel *panel = context;
  go(tui, panel, panel->at + page_of(panel), 1);
}

static void first(Tui *tui, void *context)
{
  go(tui, context, 0, 1);
}

static void last(Tui *tui, void *context)
{
  go(tui, context, SIZE_MAX, -1);
}

static void enter(Tui *tui, void *context)
{
  ListPanel *panel = context;
  if (panel->enter && panel->at < count(tui, panel)) {
    panel->enter(tui, panel->context, panel->at);
  }
}

static bool can_enter(Tui *tui, void *context)
{
  const ListPanel *panel = context;
  return panel->enter && panel->at < count(tui, panel);
}

static const Action actions[] = {
  {.key = "Enter", .name = N_("open"), .help = N_("opens what the cursor is on"), .group = N_("Look"), .run = enter,
   .applies = can_enter},
  {.key = "Up k", .name = N_("up"), .help = N_("the item above"), .group = N_("Move"), .run = up, .quiet = true},
  {.key = "Down j", .name = N_("down"), .help = N_("the item below"), .group = N_("Move"), .run = down, .quiet = true},
  {.key = "PageUp", .name = N_("page up"), .help = N_("a screen up"), .group = N_("Move"), .run = page_up, .quiet = true},
  {.key = "PageDown", .name = N_("page down"), .help = N_("a screen down"), .group = N_("Move"), .run = page_down,
   .quiet = true},
  {.key = "Home g", .name = N_("first"), .help = N_("the first item"), .group = N_("Move"), .run = first, .quiet = true},
  {.key = "End G", .name = N_("last"), .help = N_("the last item"), .group = N_("Move"), .run = last, .quiet = true},
};

static bool mouse(Tui *tui, void *context, const Key *key)
{
  ListPanel *panel = context;
  const size_t to = panel->top + (key->y > 0 ? (size_t)key->y : 0);
  if (key->code == K_WHEEL_UP) {
    up(tui, panel);
  } else if (key->code == K_WHEEL_DOWN) {
    down(tui, panel);
  } else if (key->code == K_CLICK && to == panel->at) {
    enter(tui, panel);
  } else if (key->code == K_CLICK && to < count(tui, panel)) {
    go(tui, panel, to, 1);
  } else {
    return false;
  }
  return true;
}

static void draw_item(Cells *cells, Rect line, const ListItem *item, bool chosen, bool focused)
{
  Pen pen = pen_of(item->heading ? VIEW_HEADER : item->role);
  const int mark = item->mark[0] ? 2 : 0;
  const size_t wide = width_of(text_data(&item->text), item->text.size, cells->ascii);
  const size_t noted = width_of(text_data(&item->note), item->note.size, cells->ascii);
  cells_put(cells, line, 0, 1, pen, item->mark);
  const bool keeps = item->keeps_note && noted > 0 && noted + 12 <= (size_t)line.width;
  const int right = keeps ? (int)noted + 1 : 0;
  cells_left(cells, line, 0, 1 + mark, line.width - 2 - mark - right, pen, text_data(&item->text), item->text.size);
  if (noted > 0 && (keeps || wide + noted + 4 + (size_t)mark <= (size_t)line.width)) {
    cells_right(cells, line, 0, line.width - 1 - (int)noted, (int)noted, pen_of(VIEW_MUTED), text_data(&item->note),
                item->note.size);
  }
  if (chosen) { /* a sign beside the colour: the cursor of the focused panel is reverse, others' only marked */
    cells_put(cells, line, 0, 0, pen, ">");
    if (focused) {
      cells_repaint(cells, line, (Pen){.reverse = true}, true);
    }
  }
}

static void draw(Tui *tui, void *context, Cells *cells, Rect area, bool focused)
{
  ListPanel *panel = context;
  const size_t n = count(tui, panel);
  panel->height = area.height;
  keep_in_view(panel, n);
  if (n == 0 && panel->empty) {
    const ViewStyle style = cells_style(cells, area);
    Text text = {0};
    (void)style_paragraph(&style, VIEW_MUTED, _(panel->empty), 0, 0, 0, &text);
    cells_text(cells, area, 0, 0, &text);
    text_free(&text);
  }
  for (size_t i = 0; i < (size_t)(area.height > 0 ? area.height : 0) && panel->top + i < n; i++) {
    ListItem item;
    get(tui, panel, panel->top + i, &item);
    draw_item(cells, rect_lines(area, (int)i, 1), &item, panel->top + i == panel->at, focused);
    drop(&item);
  }
  cells_scroll(cells, area, panel->top, n);
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const ListPanel *panel = context;
  const size_t n = count(tui, panel);
  for (size_t i = 0; i < n; i++) {
    ListItem item;
    Text line = {0};
    get(tui, panel, i, &item);
    text_printf(&line, "%s%s%s%s%s", item.mark, item.mark[0] ? " " : "", text_data(&item.text), item.note.size ? "  " : "",
                text_data(&item.note));
    (void)style_paragraph(style, VIEW_PLAIN, text_data(&line), 2, 0, 0, out);
    text_free(&line);
    drop(&item);
  }
  if (n == 0 && panel->empty) {
    (void)style_paragraph(style, VIEW_PLAIN, _(panel->empty), 0, 0, 0, out);
  }
}

const PanelClass list_panel = {.name = "list",
                               .draw = draw,
                               .key = mouse,
                               .report = report,
                               .actions = actions,
                               .n_actions = sizeof actions / sizeof *actions};
