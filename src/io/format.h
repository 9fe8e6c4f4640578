/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h -- kinds of files that frames are read from and written to.
 *
 * `read` and `write` know formats by this table only: the format is the one asked for by name, else that of the
 * path's scheme ("sqlite:shop.db?table=orders"), else that of its extension, else that whose `knows` recognises the
 * file's first bytes, else CSV. A built-in format joins by REGISTER_FORMAT in its own file; a plugin's by format_add,
 * when the loader set by format_set_loader brings it in because its name, scheme or extension was asked for. A
 * compressed file (a.csv.gz) has the format of the name without the last extension.
 */
#ifndef ASSAY_IO_FORMAT_H
#define ASSAY_IO_FORMAT_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"
#include "io/csv.h"

typedef struct ReadRequest {
  const char *path;      /* of one file, resolved; without scheme and query; "-": standard input */
  const char *query;     /* what followed '?' after a path with a scheme, or NULL */
  const CsvOptions *csv; /* how text is read; types, columns and rows hold for every format */
  const char *sheet, *range, *table, *sql; /* NULL: not given */
} ReadRequest;

typedef struct WriteRequest {
  const char *path, *query;
  const char *table;     /* NULL: not given */
  bool append;           /* to a table that is there */
  Text *text;            /* not NULL: the bytes go here and not into a file; only formats that are texts are asked */
} WriteRequest;

/* Options that only some formats know; `read` refuses those that the format at hand does not. */
enum { FORMAT_TEXT = 1, FORMAT_SHEET = 2, FORMAT_TABLE = 4, FORMAT_SQL = 8 };

typedef struct Format {
  size_t size;             /* sizeof(Format) */
  const char *name;        /* "csv" */
  const char *extensions;  /* "csv|txt", without dots; "" */
  const char *scheme;      /* "sqlite", or NULL */
  const char *summary;     /* one line, no full stop */
  unsigned takes;          /* FORMAT_ bits */
  /* Whether a file that begins with these bytes (at most 4,096) is of this format; NULL: never told by content. */
  bool (*knows)(const char *head, size_t n);
  /* The frame, with its report (frame_with_origin). NULL: cannot be read. Runs on a job thread; honours a cancel. */
  Status (*read)(const ReadRequest *request, Task *task, Frame **out, Error *e);
  /* Writes whole or not at all. NULL: cannot be written. */
  Status (*write)(const Frame *frame, const WriteRequest *request, Task *task, Error *e);
  bool is_text;            /* what write makes is text, which can also go into request->text */
} Format;

#define REGISTER_FORMAT(format)                                                                         \
  static const Format *const format##_registered                                                        \
      __attribute__((used, section("assay_formats"), aligned(sizeof(void *)))) = &(format)

/* Adds a plugin's format, for the rest of the run. Errors: a name, scheme or extension that is taken. */
ASSAY_API Status format_add(const Format *format, Error *e) MUST_USE;

/* Called with a name, scheme or extension that no format has, or with a file's first bytes; true when a plugin was
 * loaded and it is worth looking again. *e is filled when there is such a plugin and it cannot be loaded. */
typedef bool (*FormatLoader)(const char *word, Error *e);
ASSAY_API void format_set_loader(FormatLoader loader);

/* The format called `name`, or, when that is NULL, the one that the path's extension tells; *out is NULL, without an
 * error, when it tells none. A scheme's format is asked for by its name. Errors: STATUS_NAME with the nearest name;
 * those of loading a plugin. */
ASSAY_API Status format_of(const char *name, const char *path, const Format **out, Error *e) MUST_USE;

/* The format that knows a file by its first bytes: n of them (at most 4,096), with a NUL behind; *out is NULL when none
 * does. Errors: those of loading a plugin. */
ASSAY_API Status format_of_content(const char *head, size_t n, const Format **out, Error *e) MUST_USE;

/* Takes a path apart: "sqlite:shop.db?table=x" is scheme, path and query; without a scheme the path is the path. The
 * parts are copied to the arena; NULL where there is none. */
typedef struct FormatPath {
  const char *scheme, *path, *query;
} FormatPath;
ASSAY_API Status format_path(const char *text, Arena *arena, FormatPath *out, Error *e) MUST_USE;

#endif
