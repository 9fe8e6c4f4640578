/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h -- the one poll loop under both faces: terminal, wake pipe, signals, timers.
 *
 * One Loop exists per process (signals are process-wide). Callbacks run on the main thread, one at a time, never in a signal
 * handler. loop_wake may be called from any thread and from signal handlers; several wakes may become one.
 */
#ifndef ASSAY_LOOP_LOOP_H
#define ASSAY_LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"

typedef struct Loop Loop;
typedef void (*LoopFunction)(void *context);

Status loop_new(Loop **out, Error *e) MUST_USE;
void loop_free(Loop *loop);

/* Calls function when fd can be read (or is closed at the other end). One watch per fd. */
Status loop_watch(Loop *loop, int fd, LoopFunction function, void *context, Error *e) MUST_USE;
void loop_unwatch(Loop *loop, int fd);

/* Calls function every `seconds`, first after `seconds`. The number stops it. */
Status loop_timer(Loop *loop, double seconds, LoopFunction function, void *context, int *timer, Error *e) MUST_USE;
void loop_timer_stop(Loop *loop, int timer);

/* Takes over a signal: `at_once`, if not NULL, runs in the signal handler (async-signal-safe things only), then function in
 * the loop. The former action comes back with loop_free. */
Status loop_signal(Loop *loop, int signal, void (*at_once)(int), LoopFunction function, void *context, Error *e) MUST_USE;

/* Makes a waiting loop call the function set by loop_on_wake. */
void loop_wake(Loop *loop);
void loop_on_wake(Loop *loop, LoopFunction function, void *context);

/* Runs until done(context) is true; it is asked after every round. May be nested (a job's wait inside a line's callback). */
Status loop_run(Loop *loop, bool (*done)(void *context), void *context, Error *e) MUST_USE;

#endif
