/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tui.h -- the dashboard: what pages and panels ask of it (page.h says how they are made), and how it is run.
 *
 * The screen from above: tabs and the running job; the page; the last statement, or an error; messages and the input
 * line; hints, which begin with `? help  q back` at every width. One object for the life of a session, kept while the
 * prompt is shown, so that coming back finds all as it was. Main thread only.
 */
#ifndef ASSAY_TUI_TUI_H
#define ASSAY_TUI_TUI_H

#include "bind/session_values.h"
#include "console/console.h"
#include "tui/page.h"

/* ---- the session */

Session *tui_session(Tui *tui);
ViewStyle tui_style(Tui *tui);                /* of the terminal: digits, ASCII, plain; size of the page's area */

/* The user's variables in order of name, borrowed until the next statement ends. */
const SessionVariable *tui_objects(Tui *tui, size_t *n);
const SessionVariable *tui_object(Tui *tui, const char *name); /* NULL: there is none */

/* The variable that the user last chose, on whatever page; "" for none. */
const char *tui_subject(Tui *tui);
void tui_choose(Tui *tui, const char *name);

/* Runs a statement, now or when those before it have ended: it is shown, goes to the journal and to the prompt's
 * history. A failure is shown in the message line. */
void tui_run(Tui *tui, const char *lua);
void tui_runf(Tui *tui, const char *format, ...) PRINTF(2, 3);

/* The same, and `then` is called when it has run (outcome: how) or was dropped (NULL). `then` must not run statements
 * otherwise than by tui_run. owner: tui_forget takes its functions out, as a page does when it closes. */
typedef void (*TuiThen)(Tui *tui, void *owner, const RunOutcome *outcome);
void tui_run_then(Tui *tui, const char *lua, TuiThen then, void *owner);

/* Asks for the value of an expression, off the record, when nothing runs; soon, but never within this call. `then` may
 * keep the value by emptying it (value->kind = VALUE_NONE); e: why there is none. A query takes the place of one by the
 * same owner and function that has not been answered, and stops it when it is on its way. */
typedef void (*TuiAnswer)(Tui *tui, void *owner, Value *value, const Error *e);
void tui_query(Tui *tui, const char *expression, TuiAnswer then, void *owner);

/* The value at once; STATUS_STATE "busy" while a job runs. For what takes no time: a variable, a field. */
Status tui_evaluate(Tui *tui, const char *expression, Value *out, Error *e) MUST_USE;

void tui_forget(Tui *tui, void *owner); /* drops queries and calls of `then` for the owner */

bool tui_busy(Tui *tui);   /* a statement or a query is at work */
Job *tui_job(Tui *tui);    /* the job that runs, or NULL */
void tui_cancel(Tui *tui); /* as Ctrl-C does: an iterating method keeps what it has */

/* ---- the screen */

void tui_redraw(Tui *tui);
void tui_go(Tui *tui, const char *page, const char *object); /* q comes back; object may be "" */
void tui_go_best(Tui *tui, const char *object);              /* to the page that suits the variable */
void tui_back(Tui *tui);
void tui_leave(Tui *tui);                                    /* to the prompt */
void tui_focus(Tui *tui, const char *slot);                  /* of the page shown */

/* One line in the message line, until the next key that does something; role VIEW_PLAIN, VIEW_WARNING, VIEW_ERROR. */
void tui_message(Tui *tui, ViewRole role, const char *format, ...) PRINTF(3, 4);
void tui_error(Tui *tui, const Error *e); /* its first line; Enter shows all of it */

/* A text in a window over the page until a key closes it; arrows scroll. Takes the text. The window is as wide as its longest
 * line asks for, if the screen is; what is longer is broken. */
void tui_popup(Tui *tui, const char *title, Text *text);

/* For prose in such a window: lines that are good to read. */
ViewStyle tui_window(Tui *tui);

/* The input line (input.h). Opens it; one that was open is given up. */
typedef struct InputRequest InputRequest;
void tui_ask(Tui *tui, const InputRequest *request);

/* Duration for eyes; "-" where screens are compared (--save-screen). */
void tui_seconds(Tui *tui, double seconds, char out[32]);
bool tui_steady(Tui *tui); /* whether they are */

/* ---- running it; only main and tests */

typedef struct TuiSettings {
  const char *keys;   /* a script of keys instead of a terminal (key_script.h); NULL: the terminal */
  const char *save;   /* where its screens go; NULL: standard output */
  int width, height;  /* of its screen; 0: 80 x 24 */
  const char *object; /* the variable to begin with; "" */
} TuiSettings;

Status tui_new(Console *console, const TuiSettings *settings, Tui **out, Error *e) MUST_USE;
void tui_free(Tui *tui);

/* Until it is left. Errors of the screen: "no-screen", when the terminal can show none; the caller then prints
 * tui_report. */
Status tui_show(Tui *tui, const char *page, DashboardOutcome *outcome, Error *e) MUST_USE;

/* All pages as text. */
Status tui_report(Tui *tui, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
