/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch_record.h -- the steps of a fit that runs, recorded on its thread and looked at on the main one; and holding it still.
 *
 * The job's thread calls the trace (core/task.h) with each step; the record keeps its figures, and its state as long as all states
 * together are under WATCH_BYTES (then those of the oldest steps but the first go). While it is paused the thread waits within the
 * trace, so that the fit stands between two steps; a cancel ends the wait. Reference-counted, because a job that was left behind
 * may still write to it.
 */
#ifndef ASSAY_TUI_WATCH_RECORD_H
#define ASSAY_TUI_WATCH_RECORD_H

#include "core/task.h"
#include "core/text.h"

enum { WATCH_BYTES = 16 << 20, WATCH_STEPS = 100000 };

typedef struct WatchStep {
  const char *phase, *measure;
  const char *counts;   /* what changed counts; NULL: rows that moved */
  int64_t start, iteration, changed;
  double objective;
  size_t rows, columns;
  double *state;        /* NULL: none, or dropped */
} WatchStep;

typedef struct WatchRecord WatchRecord;

WatchRecord *watch_record_new(void); /* NULL: no memory */
WatchRecord *watch_record_ref(WatchRecord *record);
void watch_record_unref(WatchRecord *record); /* NULL is fine */

/* For task->trace, with the record as context; and the task, whose cancel ends a pause. */
void watch_record_listen(WatchRecord *record, Task *task);

/* Steps seen, also those past WATCH_STEPS, of which only the newest is kept. */
size_t watch_record_size(WatchRecord *record);

/* A copy of step `index` (from 0; past the end: the newest). state_of: its state too (mem_free). False: there is none. */
bool watch_record_step(WatchRecord *record, size_t index, bool with_state, WatchStep *out);

/* Numbers and objectives of at most `most` steps, evenly taken, the newest last; gives how many. */
size_t watch_record_curve(WatchRecord *record, size_t most, double *numbers, double *objectives);

/* Pausing; letting one step pass while paused. */
void watch_record_pause(WatchRecord *record, bool paused);
bool watch_record_paused(WatchRecord *record);
void watch_record_pass(WatchRecord *record);

#endif
