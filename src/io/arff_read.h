/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arff_read.h -- reads ARFF, the text format of Weka (Witten, Frank, Hall, Pal 2016, Data Mining,
 * section 2.4).
 *
 *   numeric, real    float64
 *   integer          int64; float64 when a value has a point or exponent (reported)
 *   {a, b}           category with these levels, in this order, whether they occur or not
 *   string           string
 *   date [format]    timestamp without zone; the format is one of Java's SimpleDateFormat made of the
 *                    letters y M d H h m s S a, texts in quotes and other characters; without one it is
 *                    ISO 8601, as frame/parse_time.h
 *   relational       refused
 *
 * Values are parted by commas, blanks or tabs; texts may stand in single or double quotes, with backslash
 * escapes. A ? is missing. % begins a comment where a value or keyword could begin. In a sparse row {3 x, 7
 * y}, counted from 0, what is left out is 0, the first level, or, for a string, missing. Weights of rows are
 * refused, since nothing would heed them. A value that does not fit its attribute, a level that was not
 * declared, and a row of another length are errors with their line: nothing is shifted or dropped.
 */
#ifndef ASSAY_IO_ARFF_READ_H
#define ASSAY_IO_ARFF_READ_H

#include "core/text.h"
#include "io/format.h"

/* The frame in the bytes, which are UTF-8 and NUL-terminated. Of the options types, columns and rows are
 * honoured; NULL: none. notes: lines for the report, or NULL. Errors: STATUS_FORMAT "arff-..." with the line;
 * STATUS_NAME for columns that are not there; STATUS_CANCELLED; STATUS_MEMORY. O(bytes). */
Status arff_frame(const char *bytes, size_t size, const char *path, const CsvOptions *options,
                  const Text *notes, Task *task, Frame **out, Error *e) MUST_USE;

/* ---- For arff_*.c and tests ---- */

/* A piece of a line: a value or name, decoded; or one of { } , or the line's end. A text without memory for it
 * (scratch->failed) counts as not closed. */
typedef enum ArffKind { ARFF_WORD, ARFF_QUOTED, ARFF_OPEN, ARFF_CLOSE, ARFF_END, ARFF_UNCLOSED } ArffKind;

typedef struct ArffLexer {
  const char *at, *end; /* end: of the line */
  const char *text;     /* of the last word, decoded; valid until the next */
  size_t length;
  const char *begin; /* where the last piece began */
  Text *scratch;
} ArffLexer;

ArffKind arff_next(ArffLexer *lexer);

/* Microseconds since 1970 of a text in one of Java's formats; NULL format: ISO 8601. False: it is not so
 * written. */
bool arff_date(const char *format, const char *text, size_t length, int64_t *value);

/* The first character of a format that arff_date does not know, or NULL. */
const char *arff_date_unknown(const char *format);

#endif
