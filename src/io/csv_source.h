/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_source.h -- the bytes of a CSV file: in memory, or in a file that is read piece by piece, so that it
 * never stands in memory as a whole. Views may be taken by several threads at once, each with a buffer of its
 * own.
 */
#ifndef ASSAY_IO_CSV_SOURCE_H
#define ASSAY_IO_CSV_SOURCE_H

#include "core/file.h"

typedef struct CsvSource {
  const char *bytes;        /* the whole, borrowed; or NULL, and */
  const FileReader *file;
  uint64_t size;
} CsvSource;

/* Memory for views of a file; all zero is empty. */
typedef struct CsvView {
  char *room;
  size_t size;
} CsvView;

/* The bytes from begin to before end, valid until the view is used again. NULL: STATUS_MEMORY, or STATUS_FILE
 * when the file cannot be read or became shorter. */
const char *csv_view(const CsvSource *source, CsvView *view, uint64_t begin, uint64_t end, Error *e) MUST_USE;
void csv_view_free(CsvView *view);

/* The offset behind the first line feed from `begin` on; `end` when there is none before it. */
Status csv_next_line(const CsvSource *source, CsvView *view, uint64_t begin, uint64_t end, uint64_t *place,
                     Error *e) MUST_USE;

/* Line feeds from begin to before end; what cannot be read counts none. */
size_t csv_count_lines(const CsvSource *source, uint64_t begin, uint64_t end);

#endif
