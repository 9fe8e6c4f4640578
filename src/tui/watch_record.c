/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/watch_record.h"

#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"

static const long LOOK_AGAIN = 20000000; /* nanoseconds between looks at a cancel while paused */

struct WatchRecord {
  atomic_size_t references;
  pthread_mutex_t lock;
  pthread_cond_t moves;
  Task *task;
  WatchStep *steps;
  size_t n, room, seen, bytes, kept_from; /* states of steps 1 .. kept_from - 1 are dropped */
  bool paused;
  size_t passes;
};

WatchRecord *watch_record_new(void)
{
  WatchRecord *record = mem_zero(1, sizeof *record);
  if (record) {
    atomic_init(&record->references, 1);
    pthread_mutex_init(&record->lock, NULL);
    pthread_cond_init(&record->moves, NULL);
    record->kept_from = 1;
  }
  return record;
}

WatchRecord *watch_record_ref(WatchRecord *record)
{
  atomic_fetch_add(&record->references, 1);
  return record;
}

void watch_record_unref(WatchRecord *record)
{
  if (!record || atomic_fetch_sub(&record->references, 1) != 1) {
    return;
  }
  for (size_t i = 0; i < record->n; i++) {
    mem_free(record->steps[i].state);
  }
  mem_free(record->steps);
  pthread_cond_destroy(&record->moves);
  pthread_mutex_destroy(&record->lock);
  mem_free(record);
}

/* ---- on the job's thread */

static size_t bytes_of(const WatchStep *step)
{
  return step->state ? step->rows * step->columns * sizeof *step->state : 0;
}

static void drop_states(WatchRecord *record, size_t wanted)
{
  while (record->bytes + wanted > WATCH_BYTES && record->kept_from < record->n) {
    WatchStep *step = &record->steps[record->kept_from++];
    record->bytes -= bytes_of(step);
    mem_free(step->state);
    step->state = NULL;
  }
}

/* Room for one more; without memory the newest step takes the place of the last. */
static WatchStep *next_place(WatchRecord *record)
{
  if (record->n == record->room && record->n < WATCH_STEPS) {
    const size_t room = record->room ? 2 * record->room : 64;
    WatchStep *more = mem_resize(record->steps, room, sizeof *more);
    record->steps = more ? more : record->steps;
    record->room = more ? room : record->room;
  }
  if (record->n < record->room && record->n < WATCH_STEPS) {
    return &record->steps[record->n++];
  }
  if (record->n == 0) {
    return NULL;
  }
  WatchStep *last = &record->steps[record->n - 1];
  record->bytes -= bytes_of(last);
  mem_free(last->state);
  return last;
}

static void keep(WatchRecord *record, const TraceStep *step)
{
  const size_t cells = step->state ? step->rows * step->columns : 0;
  WatchStep *to = next_place(record);
  record->seen++;
  if (!to) {
    return;
  }
  *to = (WatchStep){.phase = step->phase, .start = step->start, .iteration = step->iteration, .changed = step->changed,
                    .measure = step->measure ? step->measure : "objective", .counts = step->counts,
                    .objective = step->objective, .rows = step->rows, .columns = step->columns};
  if (cells > 0 && cells <= WATCH_BYTES / 4 / sizeof(double)) {
    drop_states(record, cells * sizeof(double));
    to->state = mem_alloc(cells, sizeof *to->state);
    if (to->state) {
      memcpy(to->state, step->state, cells * sizeof *to->state);
      record->bytes += cells * sizeof *to->state;
    }
  }
}

static void wait_while_paused(WatchRecord *record)
{
  while (record->paused && record->passes == 0 && !task_cancelled(record->task)) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += LOOK_AGAIN;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&record->moves, &record->lock, &until);
  }
  record->passes -= record->passes > 0;
}

static void on_step(void *context, const TraceStep *step)
{
  WatchRecord *record = context;
  pthread_mutex_lock(&record->lock);
  keep(record, step);
  wait_while_paused(record);
  pthread_mutex_unlock(&record->lock);
}

void watch_record_listen(WatchRecord *record, Task *task)
{
  record->task = task;
  task->trace = on_step;
  task->trace_context = record;
}

/* ---- on the main thread */

size_t watch_record_size(WatchRecord *record)
{
  pthread_mutex_lock(&record->lock);
  const size_t n = record->seen;
  pthread_mutex_unlock(&record->lock);
  return n;
}

bool watch_record_step(WatchRecord *record, size_t index, bool with_state, WatchStep *out)
{
  pthread_mutex_lock(&record->lock);
  const bool any = record->n > 0;
  if (any) {
    *out = record->steps[index < record->n ? index : record->n - 1];
    const size_t bytes = with_state ? bytes_of(out) : 0;
    double *copy = bytes > 0 ? mem_alloc(1, bytes) : NULL;
    if (copy) {
      memcpy(copy, out->state, bytes);
    }
    out->state = copy;
  }
  pthread_mutex_unlock(&record->lock);
  return any;
}

size_t watch_record_curve(WatchRecord *record, size_t most, double *numbers, double *objectives)
{
  pthread_mutex_lock(&record->lock);
  const size_t n = record->n < most ? record->n : most;
  for (size_t i = 0; i < n; i++) {
    const size_t at = i + 1 == n ? record->n - 1 : (size_t)((double)i * (double)record->n / (double)n);
    numbers[i] = i + 1 == n ? (double)record->seen : (double)at + 1;
    objectives[i] = record->steps[at].objective;
  }
  pthread_mutex_unlock(&record->lock);
  return n;
}

void watch_record_pause(WatchRecord *record, bool paused)
{
  pthread_mutex_lock(&record->lock);
  record->paused = paused;
  record->passes = 0;
  pthread_cond_broadcast(&record->moves);
  pthread_mutex_unlock(&record->lock);
}

bool watch_record_paused(WatchRecord *record)
{
  pthread_mutex_lock(&record->lock);
  const bool paused = record->paused;
  pthread_mutex_unlock(&record->lock);
  return paused;
}

void watch_record_pass(WatchRecord *record)
{
  pthread_mutex_lock(&record->lock);
  record->passes++;
  pthread_cond_broadcast(&record->moves);
  pthread_mutex_unlock(&record->lock);
}
