/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the dashboard is, and what its messages mean. */
#include "registry/help.h"

static const Topic tui_topics[] = {
  {"dashboard", "the session as a screen",
   "F2 at the prompt, or .dash, shows the session as a screen: its tables, models and rules, forms for every method, jobs as "
   "they run, the journal. F2 or q comes back; nothing is lost either way. Every action is a Lua line: it is shown at the "
   "foot, goes into the journal and into the prompt's history, so that what was found by keys can be run again. ? lists the "
   "keys of a page by task, C-p finds any action or method by some of its letters, : takes a Lua line. assay dash FILE "
   "begins with a table; assay report FILE writes the same as plain text. .set theme light|dark|contrast|mono sets the "
   "colours, .mouse on lets it take the mouse (text is then selected with Shift)."},
  {"no-screen", "the terminal cannot show the dashboard",
   "TERM does not name a terminal on which a program can move the cursor, or input and output are no terminal. What the "
   "dashboard would show was written as text instead. Set TERM to what the terminal is: xterm-256color, tmux-256color, "
   "linux, vt100."},
  {"busy", "another statement is at work",
   "Only one statement runs at a time. What was asked for waits in the dashboard until it has ended, or can be asked again "
   "then. C-x stops what runs; a fit that iterates keeps what it has."},
  {"exit-in-expression", "os.exit was called in what is only looked at",
   "What the dashboard shows comes from expressions that are evaluated off the record; they must not end the program. Leave "
   "with q, F2 or a statement of your own."},
  {"bad-keys", "a file of keys has a line that is neither keys nor a command",
   "assay dash --keys FILE reads lines of keys by name (Down, Enter, C-p, F2, a), text \"...\" to be typed, wait, wait-job, "
   "screen NOTE, page NAME, pens, and resize 80x24. Lines from # on mean nothing. The message names the line."},
};
REGISTER_TOPICS(tui_topics);
