/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h -- the prompt's own commands: lines that begin with a dot and a letter, and questions (`?kmeans`,
 * `kmeans?`), and lines for the shell (`!ls`).
 *
 * Neither can be Lua at the beginning of a statement. Inside one, a line that is exactly a command is
 * refused with a message rather than swallowed; `..` and `.5` are Lua's, and a blank in front makes any
 * line Lua's.
 */
#ifndef ASSAY_REPL_COMMAND_H
#define ASSAY_REPL_COMMAND_H

#include "console/console.h"

/* The state of a prompt that commands change. */
typedef struct CommandState {
  Console *console;
  const char *home;  /* for .demo */
  bool timing;       /* .time on */
  bool leave;        /* .quit */
  bool dashboard;    /* .dash [PAGE]: to be shown by the caller; the page is in `line`, "" for none */
  const char *demo;  /* .demo NAME: to be begun by the caller, in `line` */
  Text line;
} CommandState;

/* Whether a line at the beginning of a statement is a command or a question, known or not. */
bool command_is(const char *line);

/* The name of the command that a line inside a statement is taken for, or NULL. */
const char *command_named(const char *line);

/* Runs a line for which command_is holds. */
void command_run(CommandState *state, const char *line);

/* Completion of command names, and of topics behind `?` and `.help`; false when the line is none of that. */
bool command_complete(Session *session, const char *line, size_t point, Completions *out);

#endif
