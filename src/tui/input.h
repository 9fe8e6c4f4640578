/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.h -- the input line: a one-line editor with history and completion, at the foot of the screen.
 *
 * Keys: characters, Left Right Home End C-a C-e, C-Left C-Right by words, BSpace Delete, C-w C-u C-k, Up Down through
 * the history of its name, Tab completes (again: the next candidate), Enter takes the line, Esc or C-g gives it up.
 * The keys are shown in the hint bar meanwhile. Text may be wide; a longer one than the screen scrolls.
 */
#ifndef ASSAY_TUI_INPUT_H
#define ASSAY_TUI_INPUT_H

#include "tui/tui.h"

struct InputRequest {
  const char *prompt;  /* "filter: ", copied */
  const char *text;    /* to begin with; NULL: empty */
  const char *history; /* name of its history, kept for the life of the dashboard; NULL: none */
  /* Completion by the session (session_complete): the line is taken to stand between these, as in
   * `customers:filter("` and `")`. NULL, NULL: no completion, Tab does nothing. "": the line is Lua. */
  const char *before, *after;
  const Frame *frame;  /* instead of these: the line is an expression on it (expression_complete); NULL: it is none */
  void *context;
  /* Called when the text has changed, for live results; may be NULL. Use tui_query in it: the newest text wins. */
  void (*changed)(Tui *tui, void *context, const char *text);
  /* Enter: the text. Esc: NULL. false keeps the line open: what was typed is wrong, and input_note has said why. */
  bool (*done)(Tui *tui, void *context, const char *text);
};

/* A note shown behind the text of the open line, or where it does not fit there in place of the hints: "312 of 1,200 rows".
 * Empty: none. Nothing when no line is open. */
void input_note(Tui *tui, ViewRole role, const char *format, ...) PRINTF(3, 4);

/* ---- for the dashboard */

typedef struct Input Input;
Input *input_new(void);
void input_free(Input *input);
bool input_is_open(const Input *input);
void input_open(Input *input, const InputRequest *request);
void input_close(Input *input);
bool input_key(Tui *tui, Input *input, const Key *key);
void input_draw(Input *input, Cells *cells, Rect area, int *cursor); /* cursor: its column */
bool input_draw_long_note(const Input *input, Cells *cells, Rect area); /* the note that input_draw had no room for; false: none */
bool input_completes(const Input *input); /* whether Tab does something; Up does */
bool input_recalls(const Input *input);
const char *input_line_text(const Input *input);
void input_set_note(Input *input, ViewRole role, const char *note);

#endif
