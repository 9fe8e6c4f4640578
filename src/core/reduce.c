/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree: block numbers are leaves; a node of level l covers 2^l aligned blocks. A thread folds one aligned group of
 * blocks with a binary counter (push a leaf, merge equal levels), which leaves a stack of nodes of falling level; what is
 * left of an unfinished group is merged from the right. The groups' results go through the same counter afterwards, so the
 * tree does not depend on the group's size, and group size may depend on the number of threads. */
#include "core/reduce.h"

#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"

enum { LEVELS_MOST = 60 };

/* A binary counter of accumulators; slots are reused. */
typedef struct Counter {
  size_t depth;
  unsigned level[LEVELS_MOST];
  char *slot[LEVELS_MOST + 1];
} Counter;

typedef struct Run {
  Task *task;
  const Reduce *reduce;
  size_t n, blocks, group, groups; /* rows, blocks, blocks in a group, groups */
  unsigned group_level;
  Counter *counters;               /* one per worker */
  char *results;                   /* one accumulator per group */
  atomic_size_t first_bad;         /* lowest block with an error; blocks when none */
  Error *errors;                   /* one per worker; the block it is of in bad_block */
  size_t *bad_block;
} Run;

size_t task_threads(const Task *task)
{
  const size_t most = pool_threads();
  return task->threads == 0 || task->threads > most ? most : task->threads;
}

static void start_sum(const Reduce *reduce, void *sum)
{
  if (reduce->init) {
    reduce->init(reduce->context, sum);
  } else if (reduce->size > 0) {
    memset(sum, 0, reduce->size);
  }
}

static char *counter_slot(Counter *counter, size_t size)
{
  char **slot = &counter->slot[counter->depth];
  if (!*slot) {
    *slot = mem_buffer(size ? size : 1, 1);
  }
  return *slot;
}

/* The accumulator in the counter's free slot becomes a node of `level`; equal levels merge. */
static void counter_push(const Reduce *reduce, Counter *counter, unsigned level)
{
  counter->level[counter->depth++] = level;
  while (counter->depth >= 2 && counter->level[counter->depth - 1] == counter->level[counter->depth - 2]) {
    reduce->merge(reduce->context, counter->slot[counter->depth - 2], counter->slot[counter->depth - 1]);
    counter->depth--;
    counter->level[counter->depth - 1]++;
  }
}

static void counter_finish(const Reduce *reduce, Counter *counter)
{
  while (counter->depth >= 2) {
    reduce->merge(reduce->context, counter->slot[counter->depth - 2], counter->slot[counter->depth - 1]);
    counter->depth--;
  }
}

static void counter_free(Counter *counter)
{
  for (size_t i = 0; i <= LEVELS_MOST; i++) {
    mem_free(counter->slot[i]);
  }
}

static void note_error(Run *run, size_t worker, size_t block, const Error *error)
{
  if (block < run->bad_block[worker]) {
    run->bad_block[worker] = block;
    run->errors[worker] = *error;
  }
  size_t seen = atomic_load(&run->first_bad);
  while (block < seen && !atomic_compare_exchange_weak(&run->first_bad, &seen, block)) {
  }
}

/* One block into a fresh accumulator; false when the group must stop. */
static bool do_block(Run *run, Counter *counter, size_t block, size_t worker)
{
  const Reduce *reduce = run->reduce;
  Error error;
  error_clear(&error);
  char *sum = counter_slot(counter, reduce->size);
  if (!sum) {
    (void)error_memory(&error, reduce->size, _("a partial sum"));
  } else if (task_cancelled(run->task)) {
    (void)error_cancelled(&error);
  } else {
    start_sum(reduce, sum);
    const size_t first = block * BLOCK_ROWS;
    const size_t rest = run->n - first;
    const Status status =
        reduce->block(reduce->context, sum, first, rest < BLOCK_ROWS ? rest : BLOCK_ROWS, worker, &error);
    error.status = status;
  }
  if (error.status != STATUS_OK) {
    note_error(run, worker, block, &error);
    return false;
  }
  if (reduce->size > 0) {
    counter_push(reduce, counter, 0);
  }
  return true;
}

static void do_group(void *context, size_t group, size_t worker)
{
  Run *run = context;
  Counter *counter = &run->counters[worker];
  const size_t first = group * run->group;
  const size_t end = first + run->group < run->blocks ? first + run->group : run->blocks;
  counter->depth = 0;
  for (size_t block = first; block < end; block++) {
    if (block > atomic_load_explicit(&run->first_bad, memory_order_relaxed) || !do_block(run, counter, block, worker)) {
      return;
    }
  }
  if (run->reduce->size > 0) {
    counter_finish(run->reduce, counter);
    memcpy(run->results + group * run->reduce->size, counter->slot[0], run->reduce->size);
  }
}

/* Groups of 2^level blocks: about eight for each thread, so that uneven blocks even out. */
static void choose_groups(Run *run, size_t threads)
{
  run->group = 1;
  while (run->blocks / run->group >= threads * 16) {
    run->group *= 2;
    run->group_level++;
  }
  run->groups = (run->blocks + run->group - 1) / run->group;
}

static bool run_alloc(Run *run, size_t threads)
{
  run->counters = mem_zero(threads, sizeof *run->counters);
  run->errors = mem_zero(threads, sizeof *run->errors);
  run->bad_block = mem_alloc(threads, sizeof *run->bad_block);
  run->results = mem_buffer(run->groups, run->reduce->size);
  for (size_t i = 0; run->bad_block && i < threads; i++) {
    run->bad_block[i] = run->blocks;
  }
  return run->counters && run->errors && run->bad_block && run->results;
}

static void run_free(Run *run, size_t threads)
{
  for (size_t i = 0; run->counters && i < threads; i++) {
    counter_free(&run->counters[i]);
  }
  mem_free(run->counters);
  mem_free(run->errors);
  mem_free(run->bad_block);
  mem_free(run->results);
}

static Status first_error(const Run *run, size_t threads, Error *e)
{
  const size_t bad = atomic_load(&run->first_bad);
  for (size_t i = 0; i < threads; i++) {
    if (run->bad_block[i] == bad) {
      if (e) {
        *e = run->errors[i];
      }
      return run->errors[i].status;
    }
  }
  return STATUS_INTERNAL;
}

/* Merges the groups' results along the rest of the tree. */
static Status join_groups(Run *run, void *result, Error *e)
{
  const size_t size = run->reduce->size;
  Counter counter = {0};
  Status status = STATUS_OK;
  for (size_t group = 0; group < run->groups; group++) {
    char *slot = counter_slot(&counter, size);
    if (!slot) {
      status = error_memory(e, size, _("a partial sum"));
      break;
    }
    memcpy(slot, run->results + group * size, size);
    counter_push(run->reduce, &counter, run->group_level);
  }
  if (status == STATUS_OK) {
    counter_finish(run->reduce, &counter);
    memcpy(result, counter.slot[0], size);
  }
  counter_free(&counter);
  return status;
}

Status rows_reduce(Task *task, size_t n, const Reduce *reduce, void *result, Error *e)
{
  if (n == 0) {
    start_sum(reduce, result);
    return STATUS_OK;
  }
  const size_t threads = task_threads(task);
  Run run = {.task = task, .reduce = reduce, .n = n, .blocks = (n + BLOCK_ROWS - 1) / BLOCK_ROWS};
  atomic_init(&run.first_bad, run.blocks);
  choose_groups(&run, threads);
  Status status;
  if (!run_alloc(&run, threads)) {
    status = error_memory(e, run.groups * reduce->size, _("partial sums"));
  } else {
    pool_run(threads, run.groups, do_group, &run);
    status = atomic_load(&run.first_bad) < run.blocks ? first_error(&run, threads, e) : STATUS_OK;
    if (status == STATUS_OK && reduce->size > 0) {
      status = join_groups(&run, result, e);
    }
  }
  run_free(&run, threads);
  return status;
}
