/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_command.h -- `.journal` and `.save`: the record of the session at the prompt. */
#ifndef ASSAY_REPL_JOURNAL_COMMAND_H
#define ASSAY_REPL_JOURNAL_COMMAND_H

#include "console/console.h"

/* "": says where the journal is; "on", "off". */
void journal_command(Console *console, const char *argument);

/* "FILE": all statements of the session that succeeded; "FILE OBJECT": those that make a variable. FILE may stand in
 * quotes. An older file is replaced only when assay made it. */
void save_command(Console *console, const char *argument);

#endif
