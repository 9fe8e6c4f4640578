/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals.h -- signals: Ctrl-C first of all, then Ctrl-Z, a closed terminal, a request to end, a fault.
 *
 * A press of Ctrl-C goes to the session while a statement runs. When nothing runs it goes to the prompt,
 * or ends a batch run with 130. The third press within 2 s of the one before, in the same statement, ends
 * the program with 130 unless the statement ends within 0.3 s: a key held down must not end a session
 * whose statement is about to stop anyway. In batch the second press does. A waiting job has a way of its
 * own (progress.h). All other signals give the terminal back first.
 */
#ifndef ASSAY_CONSOLE_SIGNALS_H
#define ASSAY_CONSOLE_SIGNALS_H

#include "bind/session.h"
#include "loop/loop.h"

/* What a prompt does about signals; each is called in the loop. */
typedef struct PromptSignals {
  void *context;
  void (*interrupt)(void *context); /* Ctrl-C while nothing runs */
  void (*suspend)(void *context);   /* Ctrl-Z: it must call terminal_suspend and draw itself again */
  void (*resize)(void *context);
} PromptSignals;

/* Takes over the signals. interactive: there will be a prompt. */
Status signals_install(Loop *loop, bool interactive, Error *e) MUST_USE;

/* Whom presses go to; NULL for nobody. */
void signals_session(Session *session);

/* The program ends by itself now: a first request to end is met by that, a second one at once. */
void signals_closing(void);

/* The prompt that is on the screen and waits for a line; NULL: none. Copied. */
void signals_prompt(const PromptSignals *prompt);

/* Around every statement. */
void signals_begin(void);
void signals_end(void);

/* Presses in this statement so far. */
int signals_presses(void);

/* While the statement waits for a job, a stubborn job is abandoned instead of ending the program. */
void signals_job(bool waiting);

#endif
