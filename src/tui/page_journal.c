/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Journal: what the session did, as the Lua that does it again; with the facts that a replay is held to, or without. */
#include <string.h>

#include "core/api.h"
#include "journal/save.h"
#include "tui/input.h"
#include "tui/text_panel.h"
#include "view/lua_text.h"
#include "view/width.h"

typedef struct State {
  TextPanel text;
  bool facts;
} State;

static Journal *journal_of(Tui *tui)
{
  return session_journal(tui_session(tui));
}

/* One line, its parts in their roles; what is too long is wrapped by the panel's own scrolling. */
static void put_line(const ViewStyle *style, const char *line, size_t n, Text *out)
{
  for (size_t at = 0; at < n;) {
    ViewRole role = VIEW_PLAIN;
    const size_t end = lua_text_part(line, n, at, &role);
    style_on(style, role, out);
    width_add(out, line + at, end - at, style_ascii(style));
    style_off(style, role, out);
    at = end;
  }
  text_puts(out, "\n");
}

static void write_journal(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  const State *state = context;
  Journal *journal = journal_of(tui);
  Text record = {0};
  Error e = {0};
  if (!journal || journal_text(journal, 0, &record, &e) != STATUS_OK) {
    (void)style_paragraph(style, VIEW_MUTED, journal ? e.what : _("the statements of this session are not recorded"), 0, 0, 0, out);
    text_free(&record);
    return;
  }
  const char *line = text_data(&record), *end = line + record.size;
  while (line < end) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    const size_t n = stop ? (size_t)(stop - line) : (size_t)(end - line);
    const bool fact = n >= 3 && line[0] == '-' && line[1] == '-' && (line[2] == '=' || line[2] == '@');
    if (!fact || (state->facts && !tui_steady(tui))) {
      put_line(style, line, n, out);
    }
    line += n + 1;
  }
  if (record.size == 0) {
    (void)style_paragraph(style, VIEW_MUTED, _("nothing has run yet"), 0, 0, 0, out);
  }
  text_free(&record);
}

static void toggle_facts(Tui *tui, void *context)
{
  State *state = context;
  state->facts = !state->facts;
  text_panel_renew(tui, &state->text);
}

/* "seg.lua", or "seg.lua seg": the statements that make one object. */
static bool save_done(Tui *tui, void *context, const char *text)
{
  Text path = {0};
  Error e = {0};
  size_t kept = 0, all = 0;
  (void)context;
  if (!text || !*text) {
    return true;
  }
  const char *blank = strchr(text, ' ');
  text_add(&path, text, blank ? (size_t)(blank - text) : strlen(text));
  const char *object = blank && blank[1 + strspn(blank + 1, " ")] ? blank + 1 + strspn(blank + 1, " ") : NULL;
  const Status status = journal_save(journal_of(tui), text_data(&path), object, ASSAY_VERSION, &kept, &all, &e);
  if (status == STATUS_OK) {
    tui_message(tui, VIEW_PLAIN, _("%1$zu of %2$zu statements written to %3$s"), kept, all, text_data(&path));
  } else {
    tui_error(tui, &e);
  }
  text_free(&path);
  return status == STATUS_OK;
}

static void save(Tui *tui, void *context)
{
  const InputRequest request = {.prompt = _("script to write (and an object): "), .history = "save", .context = context,
                                .done = save_done};
  tui_ask(tui, &request);
}

static bool has_journal(Tui *tui, void *context)
{
  (void)context;
  return journal_of(tui) != NULL;
}

static const Action actions[] = {
  {.key = "w", .name = N_("write script"), .help = N_("writes the statements to a file; with an object's name behind it only those "
                                                      "that make it"),
   .group = N_("Session"), .run = save, .applies = has_journal},
  {.key = "t", .name = N_("facts"), .help = N_("shows or hides digests and figures that a replay is held to"), .group = N_("Look"),
   .run = toggle_facts, .applies = has_journal},
};

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)tui;
  (void)e;
  state->text = (TextPanel){.context = state, .write = write_journal, .unlimited = true, .stale = true};
  return STATUS_OK;
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  text_panel_renew(tui, &state->text);
}

static const PanelSlot slots[] = {
  {.name = "text", .title = N_("Journal"), .class = &text_panel, .at = offsetof(State, text)},
};

static const Page journal = {
  .order = 80,
  .name = "journal",
  .title = N_("Journal"),
  .help = N_("Every statement of the session, from the prompt and from here, as a Lua script. It is kept on disk as it grows; "
             "assay replay FILE --check runs it again and compares the results."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "text",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .changed = changed,
};
REGISTER_PAGE(journal);
