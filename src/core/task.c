/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/task.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

static atomic_int_fast64_t polls_left;

void task_cancel_at(int64_t poll)
{
  atomic_store(&polls_left, poll);
}

int64_t task_polls_left(void)
{
  return atomic_load(&polls_left);
}

void task_poll_counted(Task *task)
{
  if (atomic_fetch_sub(&polls_left, 1) == 1) {
    task_cancel(task);
  }
}

void task_init(Task *task, uint64_t seed)
{
  memset(task, 0, sizeof *task);
  task->seed = seed;
  task->counted = atomic_load(&polls_left) > 0;
  atomic_store(&task->objective, NAN);
}

void task_free(Task *task)
{
  arena_free(&task->arena);
}

void task_progress(Task *task, uint64_t done, uint64_t total)
{
  if (!task->inner) {
    atomic_store_explicit(&task->total, total, memory_order_relaxed);
    atomic_store_explicit(&task->done, done, memory_order_relaxed);
  }
}

void task_phase(Task *task, const char *phase)
{
  if (!task->inner) {
    atomic_store_explicit(&task->phase, phase, memory_order_relaxed);
  }
}

void task_step(Task *task, const TraceStep *step)
{
  if (task->inner) {
    return;
  }
  atomic_store_explicit(&task->objective, step->objective, memory_order_relaxed);
  if (task->trace) {
    task->trace(task->trace_context, step);
  }
}

Status task_reserve(const Task *task, size_t bytes, const char *what, Error *e)
{
  size_t most = task->budget;
  const size_t limit = mem_limit_get();
  if (limit) {
    const size_t used = mem_in_use();
    const size_t rest = limit > used ? limit - used : 0;
    if (most == 0 || rest < most) {
      most = rest ? rest : 1;
    }
  }
  if (most == 0 || bytes <= most) {
    return STATUS_OK;
  }
  error_set(e, STATUS_LIMIT, "memory-budget", _("%1$s needs %2$.1f MB, the memory budget leaves %3$.1f MB"), what,
            (double)bytes / 1e6, (double)most / 1e6);
  error_hint(e, _("raise --memory, or use fewer rows, columns or clusters"));
  return STATUS_LIMIT;
}
