/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_reader.h -- the inside of reading JSON: tapes (json_tape.h) become columns. For the files json_*.c and
 * their tests.
 *
 * Types, from all values of a column but nulls:
 *
 *   truth values only                          bool
 *   whole numbers that int64 has               int64
 *   numbers, when float64 has each of the      float64; the texts NaN, Inf and -Inf may stand among them
 *     whole ones exactly
 *   texts that are all dates or times, all     timestamp
 *     with Z or all without
 *   arrays of texts, and empty arrays          set
 *   anything else, and numbers that would      text: category or string as for CSV, with numbers as
 *     lose digits                              they are written and arrays as JSON
 *   nulls only                                 string
 */
#ifndef ASSAY_IO_JSON_READER_H
#define ASSAY_IO_JSON_READER_H

#include "frame/column_layout.h"
#include "io/json.h"
#include "io/json_tape.h"

typedef enum JsonLayout { JSON_ROWS, JSON_LINES, JSON_SEQUENCE, JSON_ONE_ROW, JSON_BY_COLUMN } JsonLayout;

typedef struct JsonColumn {
  const char *name; /* borrowed from the reader's names, or static */
  bool key, object; /* it has values or nulls; it is an object somewhere */
  JsonSeen seen;
  size_t number; /* of the frame's column, SIZE_MAX: not read */
  Type type;
  bool forced, utc;
  Storage *values, *valid; /* of values */
  Storage *places;         /* texts and sets: 1 + offset of the value in the file; 0: missing */
} JsonColumn;

/* A value that is not of the type asked for. */
typedef struct JsonMisfit {
  bool found;
  uint64_t at;
  size_t column; /* of the paths */
} JsonMisfit;

typedef struct JsonReader {
  const char *bytes;
  size_t size, start; /* start: behind a byte order mark */
  const char *path;
  const CsvOptions *options;
  Task *task;
  JsonLayout layout;
  JsonTape *tapes;
  size_t n_tapes, tapes_room;
  size_t *row_of;     /* the first row of each tape */
  uint32_t **path_of; /* per tape: from its nodes to paths */
  Map *names;         /* paths by name */
  JsonColumn *paths;  /* all keys of the file */
  size_t n_paths, paths_room;
  size_t *order; /* the paths that become columns, in order */
  size_t n, rows, lines, blank_lines;
  JsonNote twice, empty;
  JsonMisfit *misfits; /* per tape, then per column */
  Frame *rejects;
  Text *notes; /* lines of the report made while the file was opened */
} JsonReader;

/* Joins the tapes' keys and chooses the columns with their types. */
Status json_choose(JsonReader *reader, Error *e) MUST_USE;

/* Makes the columns. */
Status json_convert(JsonReader *reader, Column **columns, Error *e) MUST_USE;

/* The value at an offset as text: a text's content, else as it is written, without blanks. False: no memory.
 */
bool json_text_at(const JsonReader *reader, uint64_t offset, Text *scratch, const char **text,
                  size_t *length);

Status json_report(const JsonReader *reader, const Column *const *columns, Text *out, Error *e) MUST_USE;
size_t json_line(const JsonReader *reader, uint64_t offset); /* from 1 */

/* What is wrong, in words. */
const char *json_trouble_text(JsonTrouble trouble);
Status json_fault(const JsonReader *reader, JsonTrouble trouble, uint64_t at, Error *e) MUST_USE;
Status json_misfit(const JsonReader *reader, const JsonMisfit *misfit, Error *e) MUST_USE;

/* Fills where and the excerpt with its caret for the byte at an offset; gives e's status. */
Status json_point(const JsonReader *reader, uint64_t at, Error *e);

#endif
