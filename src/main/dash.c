/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/dash.h"

#include <string.h>

#include "core/alloc.h"
#include "tui/tui.h"

enum { DONE = 0, FAILED = 1 };

static Tui *dashboard; /* one session, one dashboard */

/* What it would have shown. */
static void show_report(Console *console)
{
  Text text = {0};
  Error e = {0};
  const ViewStyle style = console_style(console);
  if (tui_report(dashboard, &style, &text, &e) == STATUS_OK) {
    console_text(console, &text);
  } else {
    console_error(console, &e);
  }
  text_free(&text);
}

static Status make(Console *console, const TuiSettings *settings, Error *e)
{
  return dashboard ? STATUS_OK : tui_new(console, settings, &dashboard, e);
}

Status dash_show(Console *console, const char *page, DashboardOutcome *out, Error *e)
{
  const TuiSettings settings = {.object = ""};
  *out = (DashboardOutcome){0};
  Status status = make(console, &settings, e);
  if (status == STATUS_OK) {
    status = tui_show(dashboard, page, out, e);
  }
  if (status == STATUS_STATE && strcmp(e->id, "no-screen") == 0) {
    show_report(console);
  }
  return status;
}

void dash_close(void)
{
  tui_free(dashboard);
  dashboard = NULL;
}

/* The path as a Lua text. */
static void put_quoted(const char *path, Text *out)
{
  text_char(out, '"');
  for (; *path; path++) {
    if (*path == '"' || *path == '\\') {
      text_char(out, '\\');
      text_char(out, *path);
    } else if ((unsigned char)*path < ' ') {
      text_printf(out, "\\%03d", (unsigned char)*path);
    } else {
      text_char(out, *path);
    }
  }
  text_char(out, '"');
}

bool dash_open(Console *console, const char *path, int *code)
{
  RunOutcome outcome;
  Text line = {0};
  text_puts(&line, "data = read(");
  put_quoted(path, &line);
  text_puts(&line, ")");
  const RunState state = console_run(console, text_data(&line), "command line", false, &outcome);
  text_free(&line);
  *code = state == RUN_DONE ? DONE : outcome.code;
  return state == RUN_DONE;
}

int dash_play(Console *console, const Flags *flags)
{
  const TuiSettings settings = {.keys = flags->keys,
                                .save = flags->save_screen,
                                .width = flags->width ? flags->width : 80,
                                .height = flags->height ? flags->height : 24,
                                .object = flags->topic ? "data" : ""};
  DashboardOutcome outcome = {0};
  Error e = {0};
  Status status = make(console, &settings, &e);
  if (status == STATUS_OK) {
    status = tui_show(dashboard, "", &outcome, &e);
  }
  text_free(&outcome.statements);
  text_free(&outcome.shown);
  if (status != STATUS_OK) {
    console_error(console, &e);
    return FAILED;
  }
  return outcome.exit ? outcome.code : DONE;
}

int dash_report(Console *console, const char *path)
{
  const TuiSettings settings = {.object = "data"};
  Error e = {0};
  int code = FAILED;
  if (!dash_open(console, path, &code)) {
    return code;
  }
  if (make(console, &settings, &e) != STATUS_OK) {
    console_error(console, &e);
    return FAILED;
  }
  show_report(console);
  return DONE;
}
