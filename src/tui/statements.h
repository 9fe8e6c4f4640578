/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements.h -- the Lua lines of the dashboard: those that wait, the one that runs, those that ran. One at a time.
 *
 * Nothing runs within a key or a draw: the loop starts the next one when the former has ended. Statements go before
 * queries (tui_query), which are not recorded.
 */
#ifndef ASSAY_TUI_STATEMENTS_H
#define ASSAY_TUI_STATEMENTS_H

#include "tui/tui.h"

typedef enum LineState {
  LINE_WAITS,
  LINE_RUNS,
  LINE_DONE,
  LINE_FAILED,
  LINE_STOPPED, /* by Ctrl-C */
  LINE_DROPPED,
  LINE_STATES
} LineState;

typedef struct StatementLine {
  char *lua;
  LineState state;
  bool partial;      /* done, but a fit was stopped: what it had was kept */
  double seconds;
  char *error;       /* of LINE_FAILED, its first line */
  double forecast;   /* seconds it is forecast to take, asked while it waits; negative: not known */
  char *unknown;     /* why not, NULL when it was not asked */
  TuiThen then;
  void *owner;
} StatementLine;

/* All of this session's, the oldest first; borrowed until the next statement. */
const StatementLine *statements_all(Tui *tui, size_t *n);
const char *line_state_name(LineState state); /* "waits", "runs" ... in the user's language */

/* Takes out one that waits. */
void statements_drop(Tui *tui, size_t index);

/* ---- for the dashboard */

typedef struct Statements Statements;
Statements *statements_new(void);
void statements_free(Statements *statements);
size_t statements_count_waiting(const Statements *statements);
bool statements_waiting(const Statements *statements);
void statements_next(Tui *tui, Statements *statements); /* runs one statement or query */

#endif
