/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_sniff.h -- finds out, from a file's beginning, how it is written and where its table begins.
 *
 * The grammar is the one under which the sample makes the best table: rows agree in their number of fields, cells
 * look like values or words, columns are of one kind, quotes find their partners (after van den Burg, Nazabal and
 * Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019, with columns and quotes added). A
 * file that keeps to RFC 4180 so strictly that nothing need be guessed (csv_is_sure) is taken at its word, and a comma
 * that fits without a fault wins at once. Blanks, colons and the like must part at least one column of
 * values, and lines that are values as a whole are one column. Then the layout: lines above the table, comment
 * lines, a header of up to three rows or none, how many columns, what kind of cells each has.
 *
 * What the options give is taken as given. The sample is 64 KB, or more until it holds some records. O(sample) for
 * each grammar tried.
 */
#ifndef ASSAY_IO_CSV_SNIFF_H
#define ASSAY_IO_CSV_SNIFF_H

#include "core/task.h"
#include "io/csv.h"
#include "io/csv_lex.h"
#include "io/csv_shape.h"
#include "io/csv_source.h"

enum { CSV_HEADER_MOST = 3, CSV_COMMENT_MOST = 7 };

typedef struct CsvPlan {
  CsvGrammar grammar;
  char comment[CSV_COMMENT_MOST + 1]; /* "": none */
  bool comment_given;   /* then it holds for every line that begins with it, else for those that are no rows */
  bool mark;            /* a byte order mark was passed over */
  uint64_t begin, end;  /* the part of the file that counts, by skip and footer */
  uint64_t table;       /* where the header, or the first row, begins */
  size_t footer_lines;  /* behind `end`, passed over */
  size_t header_rows;   /* 0: none */
  size_t header_fields; /* of the header as it stands */
  size_t columns;
  bool ends;             /* a delimiter ends each row */
  bool row_names;        /* the header has no name for the first column */
  bool last_may_lack;    /* some rows of the usual width end in an empty field */
  bool all_quoted;       /* every field of the sample stands in quotes */
  bool first_quoted;     /* most of the first column do, and none in the sample that need not */
  bool strict;           /* the fast reader may try */
  unsigned char *shapes; /* per column: the CsvShape of nearly all its cells; SHAPE_WORD: any */
} CsvPlan;

/* Errors: STATUS_ARGUMENT for options that contradict each other or are too long; those of reading the file. */
Status csv_sniff(const CsvSource *source, const CsvOptions *options, Task *task, CsvPlan *out, Error *e) MUST_USE;
void csv_plan_free(CsvPlan *plan);

/* ---- For csv_sniff.c and csv_layout.c ---- */

typedef struct CsvSample {
  const char *bytes; /* from the plan's begin on */
  size_t size;
  bool whole; /* nothing follows */
  size_t wanted; /* fields a record should have; 0: not known */
} CsvSample;

/* One record of the sample; a quote that is not closed holds for its line only. False at the end. */
bool csv_sample_next(const CsvGrammar *grammar, const CsvSample *sample, size_t *at, CsvRecord *record);

/* Whether nothing need be guessed: every field is in sound double quotes, or bare without a character that could part
 * it, and all lines have as many. Gives what parts them; NUL: they are one column. */
bool csv_is_sure(const CsvSample *sample, char *delimiter);

/* Finds everything but the grammar. */
Status csv_layout(const CsvSample *sample, const CsvOptions *options, CsvPlan *plan, Error *e) MUST_USE;

/* The comment that begins this text: "" when it begins with none of the usual marks. */
const char *csv_comment_mark(const char *text, size_t length);

#endif
