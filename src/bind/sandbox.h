/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.h -- a session that runs what somebody else wrote: SessionSettings.sandbox.
 *
 * Such a session has no function that reaches beyond it. io, os, debug and package keep only what computes; load, loadfile,
 * dofile and require take text, never compiled code, and read through core/file.h, whose guard says which files there are;
 * primitives are refused by their descriptors' effects (writes, process, network), and no plugin is loaded. Metatables of
 * our values and of texts cannot be had. Each refusal is an error "sandboxed" that says what was asked and why it is not
 * given. What is shown passes no control characters of the terminal.
 *
 * Time is processor time, of all threads together, counted by a timer of the process: a statement (in batch: the whole
 * run) that has used what it may is ended by the hook of Ctrl-C, which no pcall, coroutine, finalizer or sort outlives,
 * with the error "sandbox-time". What does not come back to Lua within 0.4 s more of processor time, such as a
 * pattern that tries everything, ends the process with SIGXCPU: so the session belongs into a process of its own
 * (main/sandbox_parent.h).
 */
#ifndef ASSAY_BIND_SANDBOX_H
#define ASSAY_BIND_SANDBOX_H

#include "bind/session.h"

/* Bytes of the longest text that string.rep makes. */
enum { SANDBOX_TEXT_MOST = 1 << 26 };

typedef struct SandboxTime {
  double lua; /* seconds of processor time outside primitives */
  double all; /* with them */
} SandboxTime;

/* Starts counting for a session of this kind. One session at a time, main thread. */
void sandbox_time(Session *session, const SandboxTime *most);

/* Before the session is freed: finalizers have a second, then the process ends. */
void sandbox_time_closing(void);

#endif
