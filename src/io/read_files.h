/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_files.h -- which files a path means, and several frames read from files as one.
 *
 * A path with * ? or [...] that is no file's name stands for all files that match, sorted by bytes. Frames are put one
 * below the other by their columns' names; a column that a file lacks is missing there; int64 and float64 make float64,
 * other types that differ make text; each of these is said.
 */
#ifndef ASSAY_IO_READ_FILES_H
#define ASSAY_IO_READ_FILES_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

/* The files that a path means, in the arena. Errors: STATUS_FILE "no-such-file" with the nearest name in the folder and
 * what else is there, "file-error" for a folder with what it holds. */
Status files_of_path(const char *path, Arena *arena, const char *const **files, size_t *n, Error *e) MUST_USE;

/* One frame of n >= 1; labels name the files. source: name of a category column with each row's file, or NULL. The
 * result has the reports of all, what joining them did, and all rows that could not be read, with their file.
 * Errors: those of frames_append. */
Status files_join(Frame *const *frames, const char *const *labels, size_t n, const char *source, Task *task,
                  Frame **out, Error *e) MUST_USE;

#endif
