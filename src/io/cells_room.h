/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells_room.h -- whether there is room for the cells that a file of few bytes may ask for.
 *
 * In formats where a row need not name all columns, a megabyte of rows with a key each makes a table of 10^10 cells.
 * More than 2^28 cells are allowed as far as the file has a byte for 16 of them.
 */
#ifndef ASSAY_IO_CELLS_ROOM_H
#define ASSAY_IO_CELLS_ROOM_H

#include "core/task.h"

/* Errors: "sparse-file"; those of task_reserve. */
Status cells_room(const char *path, size_t bytes, size_t rows, size_t columns, const Task *task, Error *e) MUST_USE;

#endif
