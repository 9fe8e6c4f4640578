/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_reader.h -- the parts of csv_parse, in the order they run. Only the csv_*.c files (and tests) may
 * include it.
 *
 *   plan     csv_sniff.c    how the file is written, and where its table begins
 *   header   csv_header.c   names, columns, types asked for
 *   split    csv_split.c    the file as pieces of whole records: how many rows, where each piece's rows go
 *   guess    csv_infer.c    each column's type from some records of some pieces
 *   convert  csv_read.c     all pieces, in parallel; a column with a cell that does not fit is read once
 *                           more as what all its cells allow
 *   finish   csv_build.c, csv_text.c
 *   report   csv_report.c   what was decided; csv_error.c: what was wrong
 *
 * The fault that is told is the first one in the file, whatever thread met whichever first. When the plan does not
 * suit the strict grammar, or a fault of structure is met, csv_mend.c writes the file anew, and the new text is
 * read in its place (csv_parse.c); messages still speak of the file.
 */
#ifndef ASSAY_IO_CSV_READER_H
#define ASSAY_IO_CSV_READER_H

#include "io/csv.h"
#include "io/csv_build.h"
#include "io/csv_mend.h"
#include "io/csv_sniff.h"
#include "io/csv_source.h"

/* A stretch of the file between line feeds, before it is known which of these end records. */
typedef struct CsvSegment {
  uint64_t begin, end;
  size_t line; /* line feeds before it */
  CsvCensus census;
} CsvSegment;

typedef struct CsvWorker {
  CsvScanner scanner;
  CsvField *fields; /* batch_records * columns */
  CsvSeen *seen;    /* per column */
  CsvFault fault;   /* the first one this worker met */
  Error error;      /* why, when it is CSV_UNREADABLE */
  CsvView view;
  Text scratch;
} CsvWorker;

/* How a column came to its name. */
typedef enum CsvNaming { CSV_NAMED, CSV_TRIMMED, CSV_UNNAMED, CSV_REPEATED } CsvNaming;

typedef struct CsvReader {
  CsvSource source; /* the file, or the new text */
  const char *path;
  const CsvPlan *plan;
  const CsvMended *mended; /* NULL: the source is the file */
  uint64_t bytes;          /* of the file */
  const char *notes;       /* lines of the report on how the file was brought into memory */
  const CsvOptions *options;
  Task *task;
  CsvDialect dialect;
  size_t piece_bytes, batch_records;
  CsvView view;        /* the header, if the file is not in memory: */
  const char *head;    /* the bytes from `header` to data, and perhaps more */
  uint64_t header;     /* where the header begins */
  uint64_t data, end;  /* from behind the header to behind the last record's text */
  size_t header_lines; /* line feeds before data */
  size_t blank_lines;  /* at the end, ignored */
  size_t n;            /* columns */
  char **names;
  unsigned char *naming;    /* CsvNaming of each */
  size_t *picked, n_picked; /* the columns that are read, in the frame's order */
  CsvColumn *columns;
  CsvSeen *seen; /* per column, of the pass that made it */
  CsvSegment *segments;
  size_t n_segments;
  CsvPiece *pieces;
  size_t n_pieces, rows;
  CsvWorker *workers;
  size_t threads;
  _Atomic(uint64_t) faulty; /* offset of the first fault so far */
  CsvFault fault;
} CsvReader;

/* csv_parse with pieces of about the given size, 0 for the usual; results do not depend on it. */
Status csv_parse_source(const CsvSource *source, const char *path, const CsvOptions *options, size_t piece_bytes,
                        Task *task, Frame **out, Error *e) MUST_USE;

/* Sets up the threads' books, then reads all columns that are picked. csv_reader_free frees all but what is
 * borrowed. */
Status csv_reader_ready(CsvReader *reader, size_t piece_bytes, Error *e) MUST_USE;
Status csv_read_columns(CsvReader *reader, Error *e) MUST_USE;

/* Reads these columns once more, as text. */
Status csv_read_literal(CsvReader *reader, const bool *wanted, Error *e) MUST_USE;

/* The error for a cell that is not of the type asked for; gives STATUS_FORMAT. */
Status csv_misfit(CsvReader *reader, size_t row, size_t column, Error *e) MUST_USE;
void csv_reader_free(CsvReader *reader);

Status csv_read_header(CsvReader *reader, Error *e) MUST_USE;
Status csv_split(CsvReader *reader, Error *e) MUST_USE;

/* Sets the type of each column that is not forced from some of its cells. */
void csv_guess(CsvReader *reader);

/* Sets the column's type to what these kinds of cells allow. */
void csv_settle(CsvColumn *column, const CsvSeen *seen);

/* Begins to scan a piece, at most `most` bytes of it: gives its text, or NULL with a fault noted. */
const char *csv_open_piece(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece, uint64_t most);

/* Scans one batch: gives the records, and notes a fault with offsets of the file. */
size_t csv_next_batch(CsvReader *reader, CsvWorker *worker, const CsvPiece *piece, size_t most);

/* Keeps the earlier of two faults. */
void csv_note_fault(CsvFault *fault, const CsvFault *other);

/* The line of the file that holds a byte (that begins the record, in a new text), from 1. O(piece). */
size_t csv_line(const CsvReader *reader, uint64_t offset);

/* The field that begins at an offset as it stands in the file, cut to `most` bytes with control characters as
 * blanks. */
void csv_excerpt(const CsvReader *reader, uint64_t offset, size_t most, Text *out);

/* Fills e, and keeps the fault as the reader's. */
Status csv_fail(CsvReader *reader, const CsvFault *fault, Error *e) MUST_USE;

/* Whether the fault is one of structure, which mending may put right. */
bool csv_may_mend(CsvTrouble trouble);

/* STATUS_FORMAT "csv-packed" for a file that begins as archives do. */
Status csv_refuse_packed(const CsvSource *source, const char *path, Error *e) MUST_USE;

/* columns: those that are picked, in their order; refined: what was said of each besides, or NULL. */
Status csv_report(const CsvReader *reader, const Column *const *columns, const char *const *refined, Text *out,
                  Error *e) MUST_USE;

/* Its part of the file, how it was read and what was wrong. */
void csv_report_file(const CsvReader *reader, const Column *const *columns, Text *out);

#endif
