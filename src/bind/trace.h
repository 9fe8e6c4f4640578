/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace.h -- the steps of iterating primitives, recorded for looking at one by one (lua/prelude/50_lessons.lua: step).
 *
 * While assay.trace runs a function, every primitive that it calls has a listener to its task (core/task.h), which copies
 * each step: its figures, and its state, a matrix. At most TRACE_BYTES are kept, from the first step on; of those that
 * found no room only the last one is, and all are counted. Nothing here knows what a state is of. For a picture the state
 * takes the place of the frame of the same shape in the fitted model, and the model's own chart is drawn of that.
 *
 * One thread writes, the one that runs the primitive; Lua reads when the call has come back. A job that was abandoned may
 * go on writing to a trace that nobody reads; it holds a reference.
 */
#ifndef ASSAY_BIND_TRACE_H
#define ASSAY_BIND_TRACE_H

#include "bind/session_layout.h"

typedef struct Trace Trace;

void trace_unref(Trace *trace); /* NULL is fine */

/* Lets the session's trace, if one is being recorded, listen to a job that has not begun. */
void trace_listen(Session *session, Job *job);

/* assay.trace, assay.draw, assay.output, assay.model_frame. */
void open_traces(lua_State *L);

/* lesson_bind.c: assay.demo. */
void open_lessons(lua_State *L);

#endif
