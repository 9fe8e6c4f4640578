/* SPDX-License-Identifier: GPL-3.0-or-later */
/* task.h -- what a running primitive carries: progress, cancel, seed, threads, memory budget, arenas, trace.
 *
 * One thread runs the primitive; others (the main thread, a signal handler) may read the progress and set cancel at any
 * time. Kernels poll with task_cancelled at least every 20 ms of work. The trace is free when nobody listens: test
 * task->trace before gathering what a step needs.
 */
#ifndef ASSAY_CORE_TASK_H
#define ASSAY_CORE_TASK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

/* One step of an iterating kernel. The state is a row-major matrix (k-means: the centres), borrowed during the call. */
typedef struct TraceStep {
  const char *phase;    /* static text: "start 3", "swap" */
  int64_t start;        /* which restart, from 1 */
  int64_t iteration;    /* within the phase, from 1 */
  const char *measure;  /* static: what the objective is, under the name it has in glance(); NULL: "objective" */
  double objective;     /* what falls (or rises) from step to step */
  int64_t changed;      /* rows that moved, or what `counts` says; -1 when not known */
  const char *counts;   /* static text, N_(): "windows still moving"; NULL: rows that changed their group */
  const double *state;  /* rows x columns, NULL when there is none */
  size_t rows, columns;
} TraceStep;

typedef void (*TraceFunction)(void *context, const TraceStep *step);

typedef struct Task {
  atomic_bool cancel;
  atomic_uint_fast64_t done, total;   /* progress in the primitive's own units; total 0: not known */
  _Atomic(const char *) phase;        /* static text for the live line */
  _Atomic double objective;           /* of the last step, for the live line; NaN: none */
  uint64_t seed;
  size_t threads;                     /* 0: the pool's */
  size_t budget;                      /* bytes this call may hold, 0 for none */
  Arena arena;                        /* of the thread that runs the primitive */
  TraceFunction trace;                /* called on the thread that runs the primitive; NULL: nobody listens */
  void *trace_context;
  bool inner;                         /* a method works within a step of another: what it reports is nobody's progress */
  bool counted;                       /* its polls count for task_cancel_at */
} Task;

ASSAY_API void task_init(Task *task, uint64_t seed);
ASSAY_API void task_free(Task *task);

/* Safe in a signal handler. */
static inline void task_cancel(Task *task)
{
  atomic_store_explicit(&task->cancel, true, memory_order_relaxed);
}

/* For tests that stop at each point there is: the poll, counted over the tasks made from now on, that cancels its task; 0: none. */
ASSAY_API void task_cancel_at(int64_t poll);
ASSAY_API int64_t task_polls_left(void); /* of these; 0 or less: it came */
ASSAY_API void task_poll_counted(Task *task);

static inline bool task_cancelled(const Task *task)
{
  if (task->counted) {
    task_poll_counted((Task *)task);
  }
  return atomic_load_explicit(&((Task *)task)->cancel, memory_order_relaxed);
}

ASSAY_API void task_progress(Task *task, uint64_t done, uint64_t total);
ASSAY_API void task_phase(Task *task, const char *phase);

/* Sends a step to the listener, if any, and its objective to the live line. */
ASSAY_API void task_step(Task *task, const TraceStep *step);

/* STATUS_LIMIT with both figures when `bytes` for `what` are more than the task's budget (or --memory) leaves. Ask before a
 * large allocation, so that the refusal names its reason. */
ASSAY_API Status task_reserve(const Task *task, size_t bytes, const char *what, Error *e) MUST_USE;

#endif
