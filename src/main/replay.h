/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.h -- statements of a journal run again: `assay replay` to check them, `assay resume` to have their variables.
 *
 * Statements run where they ran at first, when that folder is there. One that failed is left out, unless it had given
 * variables a value before it failed. What a fit left unfinished by Ctrl-C ran to its end the second time: it and
 * what was made of it are not compared, and counted. Nothing in a file is trusted but for the statements themselves,
 * which run as the user's own: a journal of somebody else's is a script of somebody else's. */
#ifndef ASSAY_MAIN_REPLAY_H
#define ASSAY_MAIN_REPLAY_H

#include "main/flags.h"
#include "console/console.h"

/* Gives the exit status: 0, 1 when a step failed or differs. The session prints nothing itself when it only checks. */
int replay_run(Console *console, const Flags *flags);

/* Brings the variables of a journal back into a session that is recorded, and says what it runs. topic: a file, a
 * number in the list, or NULL for the newest that no session writes to. False when there is nothing to take up. */
bool resume_run(Console *console, const char *topic);

/* The list of journals of this folder, newest first. */
int resume_list(Console *console);

#endif
