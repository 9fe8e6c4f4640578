/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reduce.h -- sums over blocks of rows, the same bits on any number of threads.
 *
 * Rows are cut into blocks of BLOCK_ROWS. Each block is summed by `block` into an accumulator of its own, and accumulators
 * are merged along a fixed binary tree over block numbers, so that the order of additions depends on the number of rows
 * alone. At most about threads * log2(blocks) accumulators live at a time. A block is also where Ctrl-C is honoured: after a
 * cancel no new block begins and the call gives STATUS_CANCELLED. Of several errors that of the lowest block is given.
 */
#ifndef ASSAY_CORE_REDUCE_H
#define ASSAY_CORE_REDUCE_H

#include <stddef.h>

#include "core/task.h"

enum { BLOCK_ROWS = 4096 };

typedef struct Reduce {
  size_t size;                                  /* bytes of an accumulator; 0: nothing to sum, only rows to visit */
  void (*init)(void *context, void *sum);       /* NULL: zero bytes */
  Status (*block)(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e);
  void (*merge)(void *context, void *sum, const void *other); /* sum += other: the later rows, not needed again */
  void *context;
} Reduce;

/* Folds rows 0..n-1 into result (reduce->size bytes). worker is below task_threads(task): for scratch memory of each
 * thread. n = 0 gives init. Errors: those of block, STATUS_CANCELLED, STATUS_MEMORY. */
ASSAY_API Status rows_reduce(Task *task, size_t n, const Reduce *reduce, void *result, Error *e) MUST_USE;

/* The number of workers rows_reduce may use for a task. */
ASSAY_API size_t task_threads(const Task *task);

#endif
