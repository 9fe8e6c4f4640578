/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/groups_items.h"

#include <stdatomic.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

typedef struct Items {
  Task *task;
  ItemFunction function;
  void *context;
  atomic_size_t first_bad;  /* lowest item that failed; SIZE_MAX when none */
  Error *errors;            /* one per worker, with the item it is of */
  size_t *items;
} Items;

static void run_item(void *context, size_t item, size_t worker)
{
  Items *run = context;
  if (item > atomic_load_explicit(&run->first_bad, memory_order_relaxed)) {
    return;
  }
  Error error;
  error_clear(&error);
  const Status status = task_cancelled(run->task) ? error_cancelled(&error)
                                                  : run->function(run->context, item, worker, &error);
  if (status == STATUS_OK) {
    return;
  }
  error.status = status;
  if (item < run->items[worker]) {
    run->items[worker] = item;
    run->errors[worker] = error;
  }
  size_t seen = atomic_load(&run->first_bad);
  while (item < seen && !atomic_compare_exchange_weak(&run->first_bad, &seen, item)) {
  }
}

static Status lowest_error(const Items *run, size_t threads, Error *e)
{
  const size_t bad = atomic_load(&run->first_bad);
  for (size_t i = 0; bad != SIZE_MAX && i < threads; i++) {
    if (run->items[i] == bad) {
      if (e && e->status == STATUS_OK) {
        *e = run->errors[i];
      }
      return run->errors[i].status;
    }
  }
  return STATUS_OK;
}

Status items_run(Task *task, size_t n, ItemFunction f, void *context, Error *e)
{
  const size_t threads = task_threads(task);
  Items run = {.task = task, .function = f, .context = context};
  atomic_init(&run.first_bad, SIZE_MAX);
  run.errors = mem_zero(threads, sizeof *run.errors);
  run.items = mem_alloc(threads, sizeof *run.items);
  Status status;
  if (!run.errors || !run.items) {
    status = items_no_memory(threads, sizeof *run.errors, e);
  } else {
    for (size_t i = 0; i < threads; i++) {
      run.items[i] = SIZE_MAX;
    }
    pool_run(threads, n, run_item, &run);
    status = lowest_error(&run, threads, e);
  }
  mem_free(run.errors);
  mem_free(run.items);
  return status;
}

size_t pieces_for(const Task *task, size_t rows, size_t least)
{
  const size_t most = rows / least, threads = task_threads(task);
  return most < 1 ? 1 : most < threads ? most : threads;
}

size_t piece_begin(size_t rows, size_t pieces, size_t piece)
{
  if (piece >= pieces) {
    return rows;
  }
  const size_t words = rows / 64;
  return (words / pieces * piece + words % pieces * piece / pieces) * 64;
}

Status items_no_memory(size_t n, size_t size, Error *e)
{
  size_t bytes;
  return error_memory(e, __builtin_mul_overflow(n, size, &bytes) ? 0 : bytes, _("shaping a frame"));
}
