/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child.h -- programs that take over the terminal for a while: the pager, the editor, a line for the shell.
 *
 * They are started by posix_spawn with the signals as a program expects them. The line editor must be off the terminal.
 */
#ifndef ASSAY_REPL_CHILD_H
#define ASSAY_REPL_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* Starts argv[0], found on PATH, with `input` as its standard input (-1: ours). 0 when it cannot be started. */
pid_t child_start(char *const *argv, int input);

/* Waits for its end; gives its exit status, 128 + the signal that ended it. */
int child_wait(pid_t child);

/* `sh -c line`, to its end. */
int child_shell(const char *line);

#endif
