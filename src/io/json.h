/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h -- reads JSON (RFC 8259) into a frame and writes frames as JSON.
 *
 * A file may hold an array of objects (a row each), objects on lines of their own (JSON lines, NDJSON),
 * objects one after the other, one object whose values are arrays of one length (columns), or one object (one
 * row). Which it is, is told by its content. An object within a row is taken apart: "b" in the object of "a"
 * is the column a.b, to any depth. Columns stand in order of first appearance; a key that a row has not is a
 * missing cell, as is null. Types are those of json_reader.h; the report names what was decided and the call
 * that decides otherwise. A key given twice in one object has its last value, and is reported.
 *
 * In JSON lines a line that is no object goes to the frame's rejects (line, offset, reason, text) and the
 * others are read; anywhere else a fault ends the reading. Text must be UTF-8.
 */
#ifndef ASSAY_IO_JSON_H
#define ASSAY_IO_JSON_H

#include "io/format.h"

/* The frame in the bytes. `lines`: an empty file is a frame without rows, a first line that is broken is
 * rejected, and an object alone on its line is a row. Of the options types, columns and rows are honoured; NULL: none. piece_bytes: how much of JSON
 * lines one thread takes at a time, 0 for the usual; the result does not depend on it.
 *
 * Errors: STATUS_FORMAT with line, column, offset and the text around; STATUS_DATA for JSON that is no table;
 * STATUS_NAME for a column that is not there; STATUS_LIMIT; STATUS_CANCELLED; STATUS_MEMORY. O(bytes), JSON
 * lines on all threads. */
Status json_frame(const char *bytes, size_t size, const char *path, const CsvOptions *options, bool lines,
                  size_t piece_bytes, Task *task, Frame **out, Error *e) MUST_USE;

/* The readers of the formats json and jsonl (format.h). */
Status json_read(const ReadRequest *request, Task *task, Frame **out, Error *e) MUST_USE;
Status json_read_lines(const ReadRequest *request, Task *task, Frame **out, Error *e) MUST_USE;
bool json_knows(const char *head, size_t n);

#endif
