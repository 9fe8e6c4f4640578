/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_text.h -- the text of a file as UTF-8, whatever it is packed in and however its characters are coded.
 *
 * A file is taken as it is, or unpacked when its first bytes are those of gzip or Zstandard (its name does not
 * matter). Then its encoding is, in this order: the one asked for; that of its byte order mark (UTF-8, UTF-16,
 * UTF-32); UTF-16 or UTF-32 without a mark, told by where its zero bytes stand; UTF-8 when all of it is; else the
 * first of GB18030, Shift-JIS and Big5 in which all of it is valid and looks like text of that kind; else
 * Windows-1252, which fits nearly everything. A mark is taken off. A guess is always reported with the option that
 * decides otherwise.
 *
 * Errors: STATUS_FILE when the system refuses; STATUS_FORMAT "file-packed" for a packed file that is damaged or
 * cut off, "file-encoding" with the byte offset for text that is not in the encoding asked for; STATUS_ARGUMENT
 * for an encoding that iconv does not know; STATUS_LIMIT when the task's budget or --memory is too small, and for
 * a packed file that grows more than INPUT_RATIO_MOST times; STATUS_CANCELLED; STATUS_MEMORY. O(bytes).
 */
#ifndef ASSAY_IO_INPUT_TEXT_H
#define ASSAY_IO_INPUT_TEXT_H

#include "core/task.h"
#include "core/text.h"

enum { INPUT_RATIO_MOST = 500, INPUT_HEAD = 4096 };

/* The text of the file at `path` ("-": standard input), NUL-terminated, owned by the caller (mem_free). encoding:
 * a name that iconv knows, or NULL to find out. Each thing decided adds a line to the report. */
Status input_text(const char *path, const char *encoding, Task *task, char **bytes, size_t *size, Text *report,
                  Error *e) MUST_USE;

/* The same without decoding: the bytes of the file, unpacked. */
Status input_bytes(const char *path, Task *task, char **bytes, size_t *size, Text *report, Error *e) MUST_USE;

/* Decodes bytes that are in memory. *bytes stays as it is when it is UTF-8 already (a mark is then taken off, by moving
 * the rest), else it is freed and replaced. `name` is that of the file, for messages. */
Status input_decode(const char *name, const char *encoding, Task *task, char **bytes, size_t *size, Text *report,
                    Error *e) MUST_USE;

/* The first bytes of the file or of standard input, unpacked, at most INPUT_HEAD of them; 0 for what has no places to
 * go back to (a pipe with a name). */
Status input_head(const char *path, char *head, size_t *n, Error *e) MUST_USE;

/* Whether these first bytes are those of gzip or Zstandard. */
bool input_is_packed(const char *head, size_t n);

/* Whether the text that begins with these bytes may be UTF-8: no byte order mark of another encoding, no zero
 * bytes, and no byte that is not UTF-8 but in a character cut off at the end. */
bool input_seems_utf8(const char *head, size_t n);

#endif
