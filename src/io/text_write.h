/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_write.h -- frames as text files: the part that all text formats share, and the formats.
 *
 * Blocks of rows become text in parallel and are written in order, so that a frame of any size needs little
 * memory and its file does not depend on the number of threads. A file appears whole or not at all
 * (core/file.h). Every cell is written in full.
 *
 *   csv, tsv   csv.h; tsv is the same with a tab between fields
 *   json       an array of objects; see below
 *   jsonl      an object per line
 *   md         a table of GitHub's Markdown: numbers to the right, NA for missing cells; characters that
 *              Markdown would take for markup are escaped, line breaks become <br>. Not read back.
 *
 * JSON: keys in column order, missing cells null, sets arrays of texts, times ISO 8601 with T, numbers of
 * float64 with a point or an exponent and the fewest digits that read back. JSON has no NaN and no
 * infinities: these are the texts "NaN", "Inf" and "-Inf", which our reader takes for numbers in a column
 * that has some others (else with types = {x = "float64"}). Not kept: the type of a column without a value,
 * the names of columns of a frame without rows, zones other than UTC, roles; columns of texts that all look
 * like times come back as times (unless read with types = "string").
 */
#ifndef ASSAY_IO_TEXT_WRITE_H
#define ASSAY_IO_TEXT_WRITE_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

/* Adds a row's text to `out`; cell is scratch. Called by several threads at once. */
typedef void (*TextRow)(const void *context, const Frame *frame, size_t row, Text *cell, Text *out);

typedef struct TextForm {
  const Text *head; /* before the rows, or NULL */
  TextRow row;
  const void *context;
  const char *tail; /* after the rows, or NULL */
} TextForm;

/* Where the text goes: into a file, or to the end of a text that is given. */
typedef struct TextTarget {
  const char *path;
  Text *text; /* NULL: the file */
} TextTarget;

/* Errors: "not-packed" for a name that ends in .gz or .zst; those of core/file.h, STATUS_CANCELLED,
 * STATUS_MEMORY; then the file is as it was. O(cells). */
Status text_write(const Frame *frame, const TextForm *form, const TextTarget *to, Task *task, Error *e) MUST_USE;

/* CSV as csv_write makes it, with another character between fields. */
Status text_write_delimited(const Frame *frame, const TextTarget *to, char delimiter, Task *task,
                            Error *e) MUST_USE;

Status text_write_json(const Frame *frame, const TextTarget *to, bool lines, Task *task, Error *e) MUST_USE;
Status text_write_markdown(const Frame *frame, const TextTarget *to, Task *task, Error *e) MUST_USE;

#endif
