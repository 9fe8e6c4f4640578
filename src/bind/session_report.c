/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session(): what somebody who is to help wants to know, as a text to paste. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "bind/recorder.h"
#include "bind/session_layout.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "frame/frame.h"
#include "plug/plug.h"

enum { STATEMENT_MOST = 400 };

/* The home folder is the one part of a path that names a person: it becomes "~". */
static void put_private(const char *text, Text *out)
{
  const char *home = getenv("HOME");
  const size_t n = home && strlen(home) > 1 ? strlen(home) : 0;
  while (*text) {
    if (n > 0 && strncmp(text, home, n) == 0 && (text[n] == '/' || text[n] == '\0' || strchr("\"' ", text[n]))) {
      text_char(out, '~');
      text += n;
    } else {
      text_char(out, *text++);
    }
  }
}

static void put_variable(const char *name, Text *out)
{
  const char *value = getenv(name);
  text_printf(out, " %s=%s", name, value ? value : "-");
}

static void put_surroundings(Session *session, Text *out)
{
  static const char *const terminal[] = {"TERM", "COLORTERM", "NO_COLOR"};
  static const char *const locale[] = {"LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"};
  const ViewStyle style = session->hooks.style(session->hooks.context);
  text_printf(out, "terminal: %1$d x %2$d, %3$s, %4$s", style.width, style.height,
              style.color ? "colour" : "no colour", session->hooks.interactive ? "prompt" : "batch");
  for (size_t i = 0; i < sizeof terminal / sizeof *terminal; i++) {
    put_variable(terminal[i], out);
  }
  text_printf(out, "\nlocale: %s", setlocale(LC_CTYPE, NULL));
  for (size_t i = 0; i < sizeof locale / sizeof *locale; i++) {
    put_variable(locale[i], out);
  }
  text_printf(out, "\nthreads: %1$zu; memory: %2$.1f MB in use, ", pool_threads(), (double)mem_in_use() / 1e6);
  if (mem_limit_get() > 0) {
    text_printf(out, "at most %.1f MB\n", (double)mem_limit_get() / 1e6);
  } else {
    text_puts(out, "no limit\n");
  }
}

static void put_plugins(Text *out)
{
  Frame *list = NULL;
  size_t name, loaded, n = 0;
  text_puts(out, "plugins loaded:");
  if (plug_list(&list, NULL) == STATUS_OK && frame_find(list, "name", &name) && frame_find(list, "loaded", &loaded)) {
    for (size_t row = 0; row < frame_rows(list); row++) {
      const Column *is_loaded = frame_column(list, loaded);
      if (column_type(is_loaded) == TYPE_BOOL && column_valid(is_loaded, row) && column_int(is_loaded, row)) {
        text_char(out, ' ');
        column_cell_text(frame_column(list, name), row, out);
        n++;
      }
    }
  }
  frame_unref(list);
  text_puts(out, n ? "\n" : " none\n");
}

static void put_journal(Session *session, Text *out)
{
  Journal *journal = session_journal(session);
  text_printf(out, "journal: %1$s, %2$llu statements, seed %3$llu\n",
              !journal                  ? "none"
              : journal_is_on(journal)  ? "on"
              : *journal_path(journal)  ? "off"
                                        : "in memory",
              (unsigned long long)(journal ? journal_steps(journal) : 0), (unsigned long long)session->settings.seed);
}

static void put_error(const Session *session, Text *out)
{
  const Error *e = &session->last_error;
  text_puts(out, "last error: ");
  if (e->status == STATUS_OK) {
    text_puts(out, "none\n");
    return;
  }
  text_printf(out, "[%s] ", e->id);
  put_private(e->what, out);
  if (e->where[0]) {
    text_puts(out, " in ");
    put_private(e->where, out);
  }
  text_char(out, '\n');
}

static void put_statements(const Session *session, Text *out)
{
  const char *recent[RECORDER_RECENT];
  const size_t n = recorder_recent(session, recent);
  text_puts(out, n ? "last statements:\n" : "");
  for (size_t i = 0; i < n; i++) {
    char piece[STATEMENT_MOST + 1];
    const size_t length = strlen(recent[i]);
    const size_t shown = length <= STATEMENT_MOST ? length : utf8_whole(recent[i], STATEMENT_MOST);
    memcpy(piece, recent[i], shown);
    piece[shown] = '\0';
    text_puts(out, "  > ");
    for (const char *c = piece; *c; c += strcspn(c, "\n") + (strchr(c, '\n') != NULL)) {
      char line[STATEMENT_MOST + 1];
      snprintf(line, sizeof line, "%.*s", (int)strcspn(c, "\n"), c);
      put_private(line, out);
      text_puts(out, "\n");
      text_puts(out, strchr(c, '\n') ? "  >> " : "");
    }
    text_puts(out, length > shown ? "     (cut)\n" : "");
  }
}

static int session_report(lua_State *L)
{
  Session *session = session_of(L);
  Text *out = push_text(L);
  text_puts(out,
            _("A report of an assay session, for a problem report: versions, machine, terminal, the last error and "
              "the last "
              "statements as they were typed. The home folder is written as ~. Read it before you pass it on.\n\n"));
  if (session->settings.describe) {
    session->settings.describe(out);
  } else {
    text_puts(out, "assay " ASSAY_VERSION "\n");
  }
  put_surroundings(session, out);
  put_plugins(out);
  put_journal(session, out);
  put_error(session, out);
  put_statements(session, out);
  lua_pushlstring(L, text_data(out), out->size);
  return 1;
}

void open_report(lua_State *L)
{
  lua_pushcfunction(L, session_report);
  lua_setglobal(L, "session");
}
