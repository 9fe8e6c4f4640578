/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.h -- statements of earlier sessions, in a file that survives whatever ends the program.
 *
 * The file is .assay/history where the working directory has a folder .assay, else
 * $XDG_STATE_HOME/assay/history (that variable's default is ~/.local/state). Each statement is appended
 * before it runs, under a line "#" and its time in seconds, as bash and readline write it, so that one of
 * several lines comes back as one. A line of a statement that would look like a time gets a blank in
 * front. The file's mode is 0600; at the start it is cut to the newest 10,000 statements. A file that
 * cannot be written is told of once; the session's own history goes on.
 */
#ifndef ASSAY_REPL_HISTORY_H
#define ASSAY_REPL_HISTORY_H

#include <stdbool.h>

#include "core/error.h"

enum { HISTORY_MOST = 10000 };

typedef struct History {
  char *path;   /* NULL: kept in memory only */
  char *last;   /* the newest statement, to leave out an immediate repeat */
} History;

/* Finds, reads and cuts the file, and fills readline's list. On an error the history is kept in memory
 * only. */
Status history_open(History *history, Error *e) MUST_USE;
void history_close(History *history);

/* Adds a statement to the list and to the file; one that is empty or equals the last is left out. An error
 * is given once. */
Status history_append(History *history, const char *statement, Error *e) MUST_USE;

#endif
