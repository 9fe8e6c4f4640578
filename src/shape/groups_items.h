/* SPDX-License-Identifier: GPL-3.0-or-later */
/* groups_items.h -- pieces of work on all threads, and rows cut into pieces, for the kernels of shaping.
 *
 * What a piece does may depend on the number of pieces only where the result does not: numbers that are counted,
 * rows that are moved to places which are known, groups that belong to one piece each.
 */
#ifndef ASSAY_SHAPE_GROUPS_ITEMS_H
#define ASSAY_SHAPE_GROUPS_ITEMS_H

#include "core/task.h"

enum { PIECE_POLL = 1 << 14 }; /* rows between looks at cancel: well under a millisecond */

typedef Status (*ItemFunction)(void *context, size_t item, size_t worker, Error *e);

/* Runs f for items 0 .. n - 1 on the task's threads; worker is below task_threads(task). Gives the error of the lowest
 * item that failed; after an error or a cancel no further item begins. */
Status items_run(Task *task, size_t n, ItemFunction f, void *context, Error *e) MUST_USE;

/* How many pieces of at least `least` rows there should be for a task's threads; 1 at least. */
size_t pieces_for(const Task *task, size_t rows, size_t least);

/* The first row of a piece; a multiple of 64, so that pieces share no word of a bitmap. Piece n begins at `rows`. */
size_t piece_begin(size_t rows, size_t pieces, size_t piece);

/* STATUS_MEMORY for n * size bytes. */
Status items_no_memory(size_t n, size_t size, Error *e);

#endif
