/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_rejects.h -- the records that could not be read, as they are met, and as a frame of line, offset, reason,
 * text. All zero is empty. */
#ifndef ASSAY_IO_CSV_REJECTS_H
#define ASSAY_IO_CSV_REJECTS_H

#include "core/text.h"
#include "frame/frame.h"

typedef struct CsvRejects {
  int64_t *lines, *offsets;
  const char **reasons; /* static texts */
  size_t *ends;         /* of each text in texts */
  size_t n, room;
  Text texts;
} CsvRejects;

/* Adds one; of its text at most 64 KB are kept, what is not UTF-8 is replaced. False: no memory. */
bool csv_rejects_add(CsvRejects *rejects, size_t line, size_t offset, const char *reason, const char *text,
                     size_t size) MUST_USE;

void csv_rejects_cut(CsvRejects *rejects, size_t n);                                 /* keeps the first n */
Status csv_rejects_frame(const CsvRejects *rejects, Frame **out, Error *e) MUST_USE; /* NULL when there are none */
void csv_rejects_free(CsvRejects *rejects);

/* Text that a column can hold: no NUL, and UTF-8. */
void csv_add_clean(Text *out, const char *bytes, size_t n);

#endif
