/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h -- files read in large blocks and written whole or not at all.
 *
 * Reading uses read on a descriptor, never a mapping (a file that shrinks must not kill the program). Writing goes to a
 * temporary name in the same folder, is flushed to disk and renamed over the target; pipes and devices are written
 * directly. Errors name the path and the system's reason.
 */
#ifndef ASSAY_CORE_FILE_H
#define ASSAY_CORE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

/* The whole file, NUL-terminated, owned by the caller (mem_free). `most`: a larger file is STATUS_LIMIT; 0 for no limit.
 * "-" reads standard input. A folder is an error. */
ASSAY_API Status file_read(const char *path, size_t most, char **bytes, size_t *size, Error *e) MUST_USE;

/* The first bytes of standard input, at most FILE_PEEK_MOST: what one read gives. The next file_read of "-" gives them
 * again. None of a terminal's, where a read waits for a line. One thread at a time. */
enum { FILE_PEEK_MOST = 4096 };
ASSAY_API Status file_peek(char *bytes, size_t *n, Error *e) MUST_USE;

typedef struct FileReader FileReader;

/* Opens a file to be read at any place, by several threads at once. *reader is NULL, without an error, for what
 * has no places (a pipe, a device, a file of the system without a size): use file_read for these. */
ASSAY_API Status file_open(const char *path, FileReader **reader, Error *e) MUST_USE;
ASSAY_API uint64_t file_size(const FileReader *reader); /* when it was opened */

/* Exactly n bytes from `offset` on. A file that became shorter is STATUS_FILE "file-changed". */
ASSAY_API Status file_read_at(const FileReader *reader, uint64_t offset, void *bytes, size_t n, Error *e) MUST_USE;
ASSAY_API void file_close(FileReader *reader);          /* NULL is fine */

typedef struct FileWriter FileWriter;

/* Opens a writer; nothing is seen at `path` before file_commit. */
ASSAY_API Status file_create(const char *path, FileWriter **writer, Error *e) MUST_USE;
ASSAY_API Status file_write(FileWriter *writer, const void *bytes, size_t n, Error *e) MUST_USE;

/* Flushes, syncs, renames, and frees the writer, also on failure (then the target is as it was). */
ASSAY_API Status file_commit(FileWriter *writer, Error *e) MUST_USE;

/* Throws away what was written and frees the writer; NULL is fine. */
ASSAY_API void file_discard(FileWriter *writer);

/* The folder with lua/ and datasets/; set once at the start, borrowed. */
ASSAY_API void file_set_home(const char *folder);
ASSAY_API const char *file_home(void);

/* path itself, or, when there is no such file and path begins with "datasets/", the file of that name in the home folder
 * (written to buffer). */
ASSAY_API const char *file_resolve(const char *path, char *buffer, size_t size);

/* What a sandboxed session may open: asked by file_read (but of "-"), file_open and file_create, which give its error.
 * file_allowed: for what opens, lists or looks for files by itself. Set once, before other threads run; NULL: everything. */
typedef Status (*FileGuard)(const char *path, bool writes, Error *e);
ASSAY_API void file_set_guard(FileGuard guard);
ASSAY_API Status file_allowed(const char *path, bool writes, Error *e) MUST_USE;

/* True when something of that name can be opened for reading and is no folder. */
ASSAY_API bool file_exists(const char *path);

#endif
