/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console.h -- what the program prints, for batch and prompt alike: streams, colour, width, messages, a
 * session's hooks.
 *
 * Standard output carries results, standard error messages and the live line. Whether a stream has colour
 * is decided for each by itself, the first that applies: --plain or --no-color: off; --color always: on;
 * NO_COLOR not empty: off; FORCE_COLOR not empty: on; not a terminal, or TERM unset or dumb: off; else on.
 * Lines are as wide as the terminal; one that says 0 x 0 counts as COLUMNS x LINES, else 80 x 24;
 * where output is no terminal COLUMNS counts. References: no-color.org, force-color.org, clig.dev.
 */
#ifndef ASSAY_CONSOLE_CONSOLE_H
#define ASSAY_CONSOLE_CONSOLE_H

#include "bind/session.h"
#include "console/settings.h"
#include "loop/loop.h"

typedef struct Console Console;

/* What became of the dashboard. */
typedef struct DashboardOutcome {
  Text statements; /* those that ran, a line each: the caller frees, and adds them to its history */
  Text shown;      /* Lua that was asked for, a line each: to be printed, and for the history too */
  size_t waiting;  /* statements that had not begun: they do when the dashboard is come back to */
  bool exit;       /* os.exit in one of them: code */
  int code;
} DashboardOutcome;

/* A face that has the whole screen takes over these; context is its own. */
typedef struct ConsoleScreen {
  void *context;
  void (*write)(void *context, const char *bytes, size_t n); /* output of a statement */
  void (*note)(void *context, const char *line);
  void (*wait)(void *context, Job *job);
  bool (*begins)(void *context, Job *job);
  void (*ended)(void *context, Job *job);
  ViewStyle (*style)(void *context);
} ConsoleScreen;

/* What the faces give the console, each NULL where there is none; set by main behind console_open. */
typedef struct ConsoleFaces {
  void (*graphics)(void *context, SessionGraphics *out); /* for SessionHooks.graphics */
  /* Begins a demonstration when the statement has ended; "": the text is which there are. */
  Status (*demo)(Console *console, const char *name, Text *out, Error *e);
  /* Puts the dashboard on the screen until it is left: to be called when no statement runs and the line editor is off
   * the screen. page: where to begin, "" for where it was. An error is one of the screen (TERM); what the dashboard
   * would have shown was then written as text. */
  Status (*dashboard)(Console *console, const char *page, DashboardOutcome *out, Error *e);
} ConsoleFaces;

struct Console {
  ConsoleSettings settings;
  ConsoleFaces faces;
  Loop *loop;
  Session *session;     /* set by console_attach */
  bool input_terminal, output_terminal, error_terminal;
  bool output_closed;   /* the reader of our output went away */
  bool abandoned;       /* a job was left behind: it may still use the loop */
  int reserved;         /* lines of the screen that what is shown leaves free */
  bool muted;           /* output and notes are dropped; errors are not */
  char *wish;           /* the demonstration that a statement asked for, to be begun by who ran it (mem_free) */
  bool begin_dashboard; /* the prompt begins with it */
  /* While set, the dashboard has the screen: what is printed goes there, and it keeps alive while a job runs. */
  const ConsoleScreen *screen;
};

/* Looks at the streams, makes the loop and takes over the signals. */
Status console_open(Console *console, const ConsoleSettings *settings, Error *e) MUST_USE;

/* Flushes and frees. False when standard output could not be written, which is said on standard error; a
 * reader who went away is no failure. */
bool console_close(Console *console);

/* Hooks for a session that prints here; then whom Ctrl-C goes to. The console must outlive the session. */
void console_hooks(Console *console, SessionHooks *hooks);
void console_attach(Console *console, Session *session);

/* Before the session is freed. */
void console_detach(Console *console);

/* How output is drawn now; how messages are. */
ViewStyle console_style(const Console *console);
ViewStyle console_error_style(const Console *console);

/* Bytes to standard output; a line, an error in full, a message to standard error, behind what was printed
 * before. In batch a reader who went away ends the program quietly. */
void console_write(Console *console, const char *bytes, size_t n);
void console_text(Console *console, const Text *text);
void console_flush(Console *console);
void console_note(Console *console, const char *line);
void console_error(Console *console, const Error *e);

/* session_run and its like between signals_begin and signals_end; a failure is shown. Gives
 * outcome->state. */
RunState console_run(Console *console, const char *chunk, const char *name, bool echo, RunOutcome *outcome);
RunState console_run_file(Console *console, const char *path, RunOutcome *outcome);
RunState console_require(Console *console, const char *module, RunOutcome *outcome);

#endif
