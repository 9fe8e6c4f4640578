/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.h -- the modes of the terminal on standard input: remembered at the start, given back whatever
 * happens.
 *
 * There is one terminal, so this module has no object. The modes found by terminal_open come back with
 * terminal_restore, also when the program dies of a signal. Changes are made only while the program is in
 * the foreground, because a change from the background would stop it. Without a terminal on standard input
 * every function does nothing.
 */
#ifndef ASSAY_CONSOLE_TERMINAL_H
#define ASSAY_CONSOLE_TERMINAL_H

#include <stdbool.h>

/* Remembers the modes and sees to it that they come back at exit. */
void terminal_open(void);

/* The modes as they were found, bracketed paste off, and the screen given back. Safe in a signal handler. */
void terminal_restore(void);

/* Tells what terminal_restore has to undo: the line editor turned bracketed paste on, or off again. */
void terminal_paste(bool on);

/* The same of a program that has the whole screen: the bytes that leave it, copied (at most 255). NULL: it was left. */
void terminal_screen(const char *leave);

/* No echo while a live line is drawn: what is typed stays in the terminal's queue for the next prompt, and
 * Ctrl-C still makes a signal. */
void terminal_quiet(bool on);

/* Stops the process as Ctrl-Z does, with the terminal restored, and comes back with the modes as they were
 * before. Safe in a signal handler. */
void terminal_suspend(void);

#endif
