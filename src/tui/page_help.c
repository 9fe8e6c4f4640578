/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manual by topic: the same pages as `?` at the prompt. */
#include <stdio.h>
#include <string.h>

#include "registry/help.h"
#include "tui/input.h"
#include "tui/list_panel.h"
#include "tui/text_panel.h"

typedef struct State {
  ListPanel topics;
  TextPanel text;
  char topic[96];
} State;

enum { FIRST_PAGE = 1 };

/* The first page, then every primitive, then the topics. */
static size_t count(Tui *tui, void *context)
{
  (void)tui;
  (void)context;
  return FIRST_PAGE + registry_size() + topics_size();
}

static void topic_name(size_t index, char *out, size_t size)
{
  if (index < FIRST_PAGE) {
    snprintf(out, size, "%s", "");
  } else if (index - FIRST_PAGE < registry_size()) {
    const Primitive *primitive = registry_at(index - FIRST_PAGE);
    snprintf(out, size, "%s.%s", primitive->family, primitive->name);
  } else {
    snprintf(out, size, "%s", topics_at(index - FIRST_PAGE - registry_size())->name);
  }
}

static void item(Tui *tui, void *context, size_t index, ListItem *out)
{
  char name[96];
  (void)tui;
  (void)context;
  topic_name(index, name, sizeof name);
  text_puts(&out->text, name[0] ? name : _("where to begin"));
}

static void moved(Tui *tui, void *context, size_t index)
{
  State *state = context;
  topic_name(index, state->topic, sizeof state->topic);
  state->text.top = 0;
  text_panel_renew(tui, &state->text);
}

static void enter(Tui *tui, void *context, size_t index)
{
  (void)context;
  (void)index;
  tui_focus(tui, "text");
}

static void write(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const State *state = context;
  Error e = {0};
  (void)tui;
  if (help_page(state->topic, style_width(style), out, &e) != STATUS_OK) {
    text_printf(out, "%s\n", e.what);
  }
}

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)tui;
  (void)e;
  state->topics = (ListPanel){.context = state, .count = count, .item = item, .moved = moved, .enter = enter};
  state->text = (TextPanel){.context = state, .write = write, .unlimited = true, .stale = true};
  return STATUS_OK;
}

/* Goes to the topic that the object names, if there is one. */
static void show(Tui *tui, void *context, const char *object)
{
  State *state = context;
  for (size_t i = FIRST_PAGE; *object && i < count(tui, state); i++) {
    char name[96];
    topic_name(i, name, sizeof name);
    const char *dot = strchr(name, '.');
    if (strcmp(name, object) == 0 || (dot && strcmp(dot + 1, object) == 0)) {
      list_panel_set(tui, &state->topics, i);
      moved(tui, state, i);
      return;
    }
  }
}

static bool search_done(Tui *tui, void *context, const char *text)
{
  Text found = {0};
  (void)context;
  if (text && *text) {
    if (help_search(text, 70, &found)) {
      tui_popup(tui, _("Pages with these words"), &found);
    } else {
      tui_message(tui, VIEW_WARNING, _("no page has the words %s"), text);
    }
    text_free(&found);
  }
  return true;
}

/* Goes on with the topic that begins with what has been typed so far. */
static void search_changed(Tui *tui, void *context, const char *text)
{
  State *state = context;
  const size_t n = strlen(text);
  for (size_t i = FIRST_PAGE; n > 0 && i < count(tui, state); i++) {
    char name[96];
    topic_name(i, name, sizeof name);
    const char *dot = strchr(name, '.');
    if (strncmp(name, text, n) == 0 || (dot && strncmp(dot + 1, text, n) == 0)) {
      list_panel_set(tui, &state->topics, i);
      moved(tui, state, i);
      return;
    }
  }
}

static void search(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = "/", .history = "help", .context = context, .changed = search_changed,
                                .done = search_done};
  tui_ask(tui, &request);
}

static const Action actions[] = {
  {.key = "/", .name = N_("search"), .help = N_("to the topic that begins so; Enter searches all pages for the words"),
   .group = N_("Find"), .run = search},
};

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  (void)tui;
  (void)context;
  (void)style;
  text_puts(out, _("assay help TOPIC shows one page, ? at the prompt too.\n"));
}

static const PanelSlot slots[] = {
  {.name = "topics", .title = N_("Topics"), .class = &list_panel, .at = offsetof(State, topics)},
  {.name = "text", .title = N_("Help"), .class = &text_panel, .at = offsetof(State, text)},
};

static const Page help = {
  .order = 90,
  .name = "help",
  .title = N_("Help"),
  .help = N_("The manual: methods by family, then topics and messages. ? at the prompt shows the same pages."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "topics:28|text",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .show = show,
  .report = report,
};
REGISTER_PAGE(help);
