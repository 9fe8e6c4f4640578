/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arff_reader.h -- the inside of reading ARFF (arff_read.h), for the files arff_*.c: a file being read, its
 * attributes, the line at hand, and errors that point at it.
 */
#ifndef ASSAY_IO_ARFF_READER_H
#define ASSAY_IO_ARFF_READER_H

#include "core/map.h"
#include "frame/builder.h"
#include "io/arff_read.h"

typedef enum ArffType { ARFF_NUMERIC, ARFF_INTEGER, ARFF_NOMINAL, ARFF_STRING, ARFF_DATE } ArffType;

typedef struct ArffAttribute {
  char *name;
  ArffType declared;
  char *format;            /* of a date, or NULL */
  Map *levels;             /* of a nominal one */
  bool read, forced, real; /* real: an integer that turned out to be none */
  Type type;
  Builder *texts; /* string, and what is forced to text or set */
  Text cells;     /* else: eight bytes each: double, int64, or code of a level */
  Text valid;     /* a byte each */
  size_t omitted; /* strings left out in sparse rows */
} ArffAttribute;

typedef struct Arff {
  const char *bytes, *end, *path;
  const CsvOptions *options;
  Task *task;
  const char *line; /* the line at hand, and its end */
  const char *line_end;
  size_t number; /* of the line, from 1 */
  const char *next;
  ArffLexer lexer;
  Text scratch, item;
  ArffAttribute *attributes;
  size_t n, room, rows;
} Arff;

bool arff_next_line(Arff *arff);

/* The lines up to @data. */
Status arff_header(Arff *arff, Error *e) MUST_USE;

/* Adds the place of the last piece to an error; gives STATUS_FORMAT. */
Status arff_here(const Arff *arff, Error *e);

/* An error of the file's form, in words. */
Status arff_syntax(const Arff *arff, const char *what, Error *e);

/* The value at hand, cut; valid until the next call. */
const char *arff_shown(Arff *arff);

#endif
