/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dashboard's own actions, and who gets a key. */
#include <string.h>

#include "tui/palette.h"
#include "tui/tui_inside.h"
#include "view/error_text.h"

/* ---- actions */

static void show_keys(Tui *tui, void *context)
{
  (void)context;
  tui->overlay = OVERLAY_KEYS;
  tui->popup_top = 0;
  tui_redraw(tui);
}

static void go_back(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  (void)context;
  if (run->layout.zoomed) {
    run->layout.zoomed = false;
    tui_redraw(tui);
  } else {
    tui_back(tui);
  }
}

/* The same without ever leaving: Esc may be a part of a key that came in pieces. */
static void step_back(Tui *tui, void *context)
{
  if (tui_page(tui)->layout.zoomed || tui->n_back > 0) {
    go_back(tui, context);
  }
}

static void next_theme(Tui *tui, void *context)
{
  (void)context;
  tui_runf(tui, "assay.set{theme = \"%s\"}", theme_name((tui->console->settings.theme + 1) % THEMES));
}

static void switch_mouse(Tui *tui, void *context)
{
  (void)context;
  tui_runf(tui, "assay.set{mouse = \"%s\"}", tui->console->settings.mouse ? "off" : "on");
}

static void to_prompt(Tui *tui, void *context)
{
  (void)context;
  tui_leave(tui);
}

static void to_help(Tui *tui, void *context)
{
  (void)context;
  if (strcmp(tui_page(tui)->page->name, "help") != 0) {
    tui_go(tui, "help", "");
  }
}

static void focus_next(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  (void)context;
  layout_focus_next(&run->layout, run->page, 1);
  tui_redraw(tui);
}

static void focus_before(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  (void)context;
  layout_focus_next(&run->layout, run->page, -1);
  tui_redraw(tui);
}

static bool has_panels(Tui *tui, void *context)
{
  (void)context;
  return tui_page(tui)->page->n_slots > 1;
}

static void zoom(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  (void)context;
  run->layout.zoomed = !run->layout.zoomed;
  tui_redraw(tui);
}

static void save_layout(Tui *tui)
{
  const PageRun *run = tui_page(tui);
  Error e = {0};
  if (layout_save(&run->layout, run->page, &e) != STATUS_OK) {
    tui_error(tui, &e);
  }
  tui_redraw(tui);
}

static void grow(Tui *tui, int by, bool down)
{
  layout_grow(&tui_page(tui)->layout, by, down);
  save_layout(tui);
}

static void wider(Tui *tui, void *context)
{
  (void)context;
  grow(tui, 4, false);
}

static void narrower(Tui *tui, void *context)
{
  (void)context;
  grow(tui, -4, false);
}

static void higher(Tui *tui, void *context)
{
  (void)context;
  grow(tui, 2, true);
}

static void lower(Tui *tui, void *context)
{
  (void)context;
  grow(tui, -2, true);
}

static void turn(Tui *tui, void *context)
{
  (void)context;
  layout_turn(&tui_page(tui)->layout);
  save_layout(tui);
}

static void usual_layout(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  (void)context;
  if (run->page->layout) {
    (void)layout_read(&run->layout, run->page, run->page->layout);
    save_layout(tui);
  }
}

static void open_palette(Tui *tui, void *context)
{
  (void)context;
  palette_open(tui, tui->palette);
}

static bool run_typed(Tui *tui, void *context, const char *text)
{
  (void)context;
  if (text && *text) {
    tui_run(tui, text);
  }
  return true;
}

static void lua_line(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = ": ", .history = "lua", .before = "", .after = "", .done = run_typed};
  (void)context;
  tui_ask(tui, &request);
}

static void show_lua(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  Text lua = {0};
  (void)context;
  run->page->lua(tui, run->state, &lua);
  text_add(&tui->outcome.shown, text_data(&lua), lua.size);
  text_puts(&tui->outcome.shown, lua.size ? "\n" : "");
  if (lua.size == 0) {
    tui_message(tui, VIEW_PLAIN, "%s", _("there is nothing to reproduce yet"));
  } else if (lua.size < (size_t)tui->cells.width && !strchr(lua.data, '\n')) {
    tui_message(tui, VIEW_PLAIN, "%s", lua.data);
  } else {
    Text wrapped = {0};
    const ViewStyle style = tui_window(tui);
    style_paragraph(&style, VIEW_PLAIN, text_data(&lua), 2, 0, 0, &wrapped);
    tui_popup(tui, _("The Lua that makes this"), &wrapped);
  }
  text_free(&lua);
}

static bool has_lua(Tui *tui, void *context)
{
  PageRun *run = tui_page(tui);
  (void)context;
  return run->state && run->page->lua;
}

static void cancel(Tui *tui, void *context)
{
  (void)context;
  tui_cancel(tui);
}

static bool is_busy(Tui *tui, void *context)
{
  (void)context;
  return tui_busy(tui);
}

static void show_error(Tui *tui, void *context)
{
  Text text = {0};
  const ViewStyle style = cells_style(&tui->cells, (Rect){0, 0, tui_window(tui).width, tui->cells.height - 4});
  (void)context;
  error_text(&tui->error, &style, &text);
  tui_popup(tui, _("What went wrong"), &text);
}

static bool has_error(Tui *tui, void *context)
{
  (void)context;
  return tui->error.status != STATUS_OK;
}

static void redraw(Tui *tui, void *context)
{
  (void)context;
  tui->screen->class->resized(tui->screen);
  tui_redraw(tui);
}

const Action tui_actions[] = {
  {.key = "?", .name = N_("help"), .help = N_("the keys of this page, by task"), .group = N_("Help"), .run = show_keys,
   .quiet = true},
  {.key = "F1", .name = N_("manual"), .help = N_("the manual, by topic"), .group = N_("Help"), .run = to_help,
   .quiet = true},
  {.key = "q", .name = N_("back"), .help = N_("to where you came from; at last to the prompt"), .group = N_("Leave"),
   .run = go_back, .quiet = true},
  {.key = "Esc", .name = N_("step back"), .help = N_("to where you came from, but never to the prompt"),
   .group = N_("Leave"), .run = step_back, .quiet = true},
  {.key = "F2", .name = N_("prompt"), .help = N_("to the prompt at once; F2 there comes back here"), .group = N_("Leave"),
   .run = to_prompt},
  {.key = "C-x", .name = N_("stop"), .help = N_("stops what runs; a fit keeps what it has"), .group = N_("Run"),
   .run = cancel, .applies = is_busy},
  {.key = ":", .name = N_("Lua"), .help = N_("a Lua line, as at the prompt"), .group = N_("Run"), .run = lua_line},
  {.key = "C-p", .name = N_("do"), .help = N_("finds any action or method by some of its letters"), .group = N_("Run"),
   .run = open_palette},
  {.key = "Tab", .name = N_("panel"), .help = N_("the next panel"), .group = N_("Screen"), .run = focus_next,
   .applies = has_panels},
  {.key = "BTab", .name = N_("panel before"), .help = N_("the panel before"), .group = N_("Screen"), .run = focus_before,
   .applies = has_panels, .quiet = true},
  {.key = "z", .name = N_("zoom"), .help = N_("the panel alone on the screen, and back"), .group = N_("Screen"),
   .run = zoom, .applies = has_panels, .quiet = true},
  {.key = "M-Right", .name = N_("wider"), .help = N_("makes the panel wider"), .group = N_("Screen"), .run = wider,
   .applies = has_panels, .quiet = true},
  {.key = "M-Left", .name = N_("narrower"), .help = N_("makes the panel narrower"), .group = N_("Screen"),
   .run = narrower, .applies = has_panels, .quiet = true},
  {.key = "M-Down", .name = N_("taller"), .help = N_("gives the panel more lines"), .group = N_("Screen"), .run = higher,
   .applies = has_panels, .quiet = true},
  {.key = "M-Up", .name = N_("shorter"), .help = N_("gives the panel fewer lines"), .group = N_("Screen"), .run = lower,
   .applies = has_panels, .quiet = true},
  {.key = "|", .name = N_("turn"), .help = N_("panels side by side, or one above the other"), .group = N_("Screen"),
   .run = turn, .applies = has_panels, .quiet = true},
  {.key = "", .name = N_("usual layout"), .help = N_("puts the panels of this page as they were at first"),
   .group = N_("Screen"), .run = usual_layout, .applies = has_panels, .quiet = true},
  {.key = "y", .name = N_("show Lua"), .help = N_("the Lua that makes what is shown"), .group = N_("Look"),
   .run = show_lua, .applies = has_lua},
  {.key = "Enter", .name = N_("more"), .help = N_("the whole message of the error"), .group = N_("Help"),
   .run = show_error, .applies = has_error},
  {.key = "", .name = N_("next theme"), .help = N_("other colours: dark, light, contrast, mono"), .group = N_("Screen"),
   .run = next_theme, .quiet = true},
  {.key = "", .name = N_("mouse on or off"), .help = N_("whether the mouse scrolls and chooses; text is then selected with Shift"),
   .group = N_("Screen"), .run = switch_mouse, .quiet = true},
  {.key = "C-l", .name = N_("redraw"), .help = N_("draws the screen anew"), .group = N_("Screen"), .run = redraw,
   .quiet = true},
};

const size_t n_tui_actions = sizeof tui_actions / sizeof *tui_actions;

/* ---- who has which actions */

const PanelSlot *tui_focused(Tui *tui, void **panel)
{
  PageRun *run = tui_page(tui);
  const int focus = run->layout.focus;
  *panel = NULL;
  if (!run->state || focus < 0 || (size_t)focus >= run->page->n_slots) {
    return NULL;
  }
  const PanelSlot *slot = &run->page->slots[focus];
  *panel = (char *)run->state + slot->at;
  return slot;
}

bool tui_applies(Tui *tui, const Action *action, void *panel)
{
  return !action->applies || action->applies(tui, panel);
}

static bool visit_all(Tui *tui, const Action *actions, size_t n, void *owner, ActionVisitor visit, void *context)
{
  for (size_t i = 0; i < n; i++) {
    if (tui_applies(tui, &actions[i], owner) && visit(tui, &actions[i], owner, context)) {
      return true;
    }
  }
  return false;
}

bool tui_each_action(Tui *tui, ActionVisitor visit, void *context)
{
  PageRun *run = tui_page(tui);
  void *panel = NULL;
  const PanelSlot *slot = tui_focused(tui, &panel);
  if (slot && visit_all(tui, slot->class->actions, slot->class->n_actions, panel, visit, context)) {
    return true;
  }
  if (run->state && visit_all(tui, run->page->actions, run->page->n_actions, run->state, visit, context)) {
    return true;
  }
  return visit_all(tui, tui_actions, n_tui_actions, NULL, visit, context);
}

/* ---- keys */

static bool run_if_key(Tui *tui, const Action *action, void *owner, void *context)
{
  const Key *key = context;
  if (!key_is(key->code, action->key)) {
    return false;
  }
  action->run(tui, owner);
  return true;
}

/* A click: on a tab, or on a panel, which then has the focus. Keys of the mouse get the panel's own coordinates. */
static bool mouse_key(Tui *tui, const Key *key)
{
  PageRun *run = tui_page(tui);
  for (size_t i = 0; i < run->page->n_slots && run->state; i++) {
    const Rect rect = run->layout.rects[i];
    const PanelSlot *slot = &run->page->slots[i];
    Key inside = *key;
    inside.x -= rect.x + 1;
    inside.y -= rect.y + 1;
    if (inside.x < -1 || inside.y < -1 || inside.x >= rect.width - 1 || inside.y >= rect.height - 1) {
      continue;
    }
    run->layout.focus = key->code == K_CLICK ? (int)i : run->layout.focus;
    if (slot->class->key && inside.y >= 0) {
      slot->class->key(tui, (char *)run->state + slot->at, &inside);
    }
    tui_redraw(tui);
    return true;
  }
  return run->state && run->page->n_slots == 0 && run->page->key && run->page->key(tui, run->state, key);
}

/* Keys while something lies over the page. */
static void overlay_key(Tui *tui, const Key *key)
{
  const bool keys = tui->overlay == OVERLAY_KEYS;
  const size_t step = (size_t)(tui->cells.height > 8 ? tui->cells.height - 8 : 1);
  if (keys && key->code == '?') {
    tui->popup_top++; /* drawing closes it behind its last page */
  } else if (!keys && key_is(key->code, "Down j WheelDown")) {
    tui->popup_top++;
  } else if (!keys && key_is(key->code, "Up k WheelUp")) {
    tui->popup_top -= tui->popup_top > 0;
  } else if (!keys && key_is(key->code, "PageDown Space")) {
    tui->popup_top += step;
  } else if (!keys && key_is(key->code, "PageUp b")) {
    tui->popup_top = tui->popup_top > step ? tui->popup_top - step : 0;
  } else if (key->code == K_F1 + 1) {
    tui->overlay = OVERLAY_NONE;
    tui_leave(tui);
  } else {
    tui->overlay = OVERLAY_NONE;
  }
  tui_redraw(tui);
}

static bool tab_key(Tui *tui, const Key *key)
{
  const size_t page = key->code == '0' ? 9 : key->code >= '1' && key->code <= '9' ? key->code - '1' : tui->n_pages;
  if (page >= tui->n_pages) {
    return false;
  }
  tui_begin_page(tui, page, tui->subject);
  return true;
}

static bool panel_key(Tui *tui, const Key *key)
{
  void *panel = NULL;
  const PanelSlot *slot = tui_focused(tui, &panel);
  return slot && slot->class->key && slot->class->key(tui, panel, key);
}

static bool panel_action(Tui *tui, const Key *key)
{
  void *panel = NULL;
  Key copy = *key;
  const PanelSlot *slot = tui_focused(tui, &panel);
  return slot && visit_all(tui, slot->class->actions, slot->class->n_actions, panel, run_if_key, &copy);
}

static bool page_key(Tui *tui, const Key *key)
{
  PageRun *run = tui_page(tui);
  Key copy = *key;
  return run->state && (visit_all(tui, run->page->actions, run->page->n_actions, run->state, run_if_key, &copy) ||
                        (run->page->key && run->page->key(tui, run->state, key)));
}

/* "Enter for more" goes before what Enter does otherwise, as long as the message is there. */
static bool message_key(Tui *tui, const Key *key)
{
  const bool more = key->code == K_ENTER && tui->error.status != STATUS_OK;
  if (more) {
    show_error(tui, NULL);
  }
  text_reset(&tui->message);
  error_clear(&tui->error);
  return more;
}

/* A character that does nothing here says so, and where to look; silence would be taken for slowness. */
static void refuse_key(Tui *tui, uint32_t code)
{
  char name[5];
  if (code != ' ' && key_is_text(code)) {
    key_text(code, name);
    tui_message(tui, VIEW_PLAIN, _("%s does nothing here; ? shows the keys"), name);
  }
}

static void plain_key(Tui *tui, const Key *key)
{
  Key copy = *key;
  const bool mouse = key->code == K_CLICK || key->code == K_WHEEL_UP || key->code == K_WHEEL_DOWN;
  tui_redraw(tui);
  if (key->code & K_PASTED || message_key(tui, key)) {
    return;
  }
  if (mouse) {
    mouse_key(tui, key);
    return;
  }
  if (panel_action(tui, key) || panel_key(tui, key) || page_key(tui, key) || tab_key(tui, key)) {
    return;
  }
  if (!visit_all(tui, tui_actions, n_tui_actions, NULL, run_if_key, &copy)) {
    refuse_key(tui, key->code);
  }
}

void tui_key(Tui *tui, const Key *key)
{
  const bool small = tui->cells.width < 40 || tui->cells.height < 10;
  if (small) { /* keys that nobody sees the effect of do nothing */
    if (key_is(key->code, "q F2 C-c")) {
      tui_leave(tui);
    }
  } else if (tui->overlay != OVERLAY_NONE) {
    overlay_key(tui, key);
  } else if (palette_is_open(tui->palette)) {
    palette_key(tui, tui->palette, key);
  } else if (input_is_open(tui->input)) {
    input_key(tui, tui->input, key);
  } else {
    plain_key(tui, key);
  }
}
