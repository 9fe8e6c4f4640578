/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_input.h -- a file as a CsvSource of UTF-8.
 *
 * A plain file that may be UTF-8, by some samples, is not read here: the source is the file, read piece by piece.
 * All else (pipes, packed files, other encodings) is brought into memory as UTF-8 by input_text.h. When the reader
 * then meets a byte that is not UTF-8, csv_input_decode looks at the whole file and decides. A UTF-8 byte order
 * mark is left to the reader.
 */
#ifndef ASSAY_IO_CSV_INPUT_H
#define ASSAY_IO_CSV_INPUT_H

#include "core/task.h"
#include "core/text.h"
#include "io/csv_source.h"

typedef struct CsvInput {
  CsvSource source;       /* valid until csv_input_close; changed by csv_input_decode */
  const char *path;       /* borrowed */
  FileReader *file;
  char *bytes;
  bool decoded;           /* its encoding is settled: a byte that is not UTF-8 is a fault */
} CsvInput;

/* encoding: NULL to find out. Adds lines to the report. Errors: those of input_text. */
Status csv_input_open(const char *path, const char *encoding, Task *task, CsvInput *out, Text *report,
                      Error *e) MUST_USE;

/* After a fault CSV_NOT_UTF8: brings the whole file into memory as UTF-8, and says how. Must not be called when
 * `decoded` is set. Read it anew afterwards. */
Status csv_input_decode(CsvInput *input, Task *task, Text *report, Error *e) MUST_USE;

void csv_input_close(CsvInput *input); /* all zero is fine */

#endif
