/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_values.h -- values of a session for a face that draws: its variables, and expressions off the record.
 *
 * Nothing here is in the journal, in out[n] or in .undo. Values are references (frames, columns, models, charts) or
 * copies (the rest). Main thread; STATUS_STATE "busy" while a statement runs, so also within the hooks of a waiting
 * job.
 */
#ifndef ASSAY_BIND_SESSION_VALUES_H
#define ASSAY_BIND_SESSION_VALUES_H

#include "bind/session.h"

typedef struct SessionVariable {
  char *name;        /* a Lua name */
  ValueKind kind;    /* VALUE_LIST or VALUE_MAP: a table; VALUE_OTHER: a function or the like */
  const char *type;  /* "frame", "kmeans" (of a model, its primitive), "chart", "table", "number" ...: Lua's or ours */
  Value value;       /* of frames, columns, models, charts, numbers, truth values and texts; else VALUE_NONE */
  char *shape;       /* "1200 × 9", "5 clusters of 200 rows ...", a number: one line for eyes */
  size_t bytes;      /* that it keeps in memory */
} SessionVariable;

/* The user's variables in order of name. O(variables). */
Status session_list(Session *session, SessionVariable **out, size_t *n, Error *e) MUST_USE;
void session_list_free(SessionVariable *variables, size_t n);

/* The value of an expression. It may take long: what it calls runs in jobs, which the face's wait hook keeps alive and
 * Ctrl-C (session_interrupt) stops. An expression that assigns is refused by Lua's syntax; what a function does that it
 * calls is not. */
Status session_evaluate(Session *session, const char *expression, Value *out, Error *e) MUST_USE;

/* Whether a statement, an expression or a job of the session is at work. */
bool session_runs(const Session *session);

#endif
