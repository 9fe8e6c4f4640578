/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recorder.h -- what a session tells its journal: the statement, what it read, which variables it gave a value. Only
 * bind includes it.
 *
 * Variables are compared before and after a statement, without a hook on assignments that every statement would pay
 * for: a second table remembers, weakly, what each held. So a statement costs a look at each of the user's variables
 * (about 50 ns). Tables change in place: those of plain values are compared by a checksum while they are small
 * (TABLE_ENTRIES together); others count as a state that may change unseen. What a statement's verbs worked on
 * is told by the verbs' one binder: files, and frames and models that the statement did not make itself.
 */
#ifndef ASSAY_BIND_RECORDER_H
#define ASSAY_BIND_RECORDER_H

#include "bind/session_layout.h"
#include "journal/journal.h"

enum { RECORDER_RECENT = 5 };

/* Around a statement: a chunk as it was typed, a file or a module; for the latter two the journal has a call that runs
 * them. */
void recorder_begin(Session *session, const char *chunk, const char *path, const char *module);
void recorder_end(Session *session, const RunOutcome *outcome);

/* Within one: it was an expression that is no statement; the first value it shows; a verb that has run. */
void recorder_expression(lua_State *L, const char *chunk);
void recorder_shown(lua_State *L, int index);
void recorder_call(Session *session, const Job *job);

/* The newest statement of this text is undone: during and after it. */
void recorder_undo(lua_State *L, const char *text);
void recorder_undone(Session *session);

void recorder_free(Session *session);

/* Files that are read in the place of others (--data): before a verb runs, and at the session's end. file_swap.c */
void swap_files(Session *session, Job *job);
void swaps_free(Session *session);

void open_report(lua_State *L); /* session(): session_report.c */

/* The newest statements, oldest first, for session(); gives their number. */
size_t recorder_recent(const Session *session, const char *out[RECORDER_RECENT]);

#endif
