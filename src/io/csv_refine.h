/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_refine.h -- values that CSV files write in ways of their own: $1,234.50, 1.234,50 €, 12.5 %, 31.12.2024,
 * N/A.
 *
 * The first pass takes as values only what is written plainly (csv_cell.h); all other columns became text. Here
 * each of these is judged as a whole: it becomes numbers or times only when all of its cells are, in one way of
 * writing, and but for the usual words for missing. All columns of a file are judged together, since one that
 * shows a decimal comma speaks for the others. What is decided, with counts and the first example, and what could
 * not be decided (03/04/2024) goes to the column's report, with the option that decides otherwise.
 *
 * Rules: leading zeros stay text (codes); yes/no and 0/1 stay what they are. Numbers may have a currency sign or
 * code before or behind, parentheses for negative ones, thousands in threes or in the Indian way, and a percent
 * sign (12.5% is 0.125). 1.234 alone is a decimal point, unless another column of the file shows a decimal comma.
 * Dates: year first, or day and month in the order that at least one cell proves; two-digit years 69 to 99 are
 * 19xx (POSIX); AM and PM; offsets are turned into UTC. Texts in quotes are as those without when `all_quoted`;
 * else a column with a quoted value (CSV_QUOTED) stays text, unless its other cells are decorated numbers; and any
 * column where quotes stand that are not needed does (CsvSeen.needless): "$5", but not "$84,835".
 *
 * Cost: a column is first judged by a sample; where no cell of it can be a value this is all. A category is judged
 * by its levels. Else O(cells) on all threads.
 */
#ifndef ASSAY_IO_CSV_REFINE_H
#define ASSAY_IO_CSV_REFINE_H

#include "io/csv.h"
#include "io/csv_build.h"

typedef struct CsvRefined {
  const char *name;
  const Column *column;    /* as the first pass made it; borrowed */
  const CsvSeen *seen;     /* kinds of its cells; NULL: not known */
  bool fixed;              /* its type was asked for: */
  Type wanted;             /* this one; a column of text is cast to it, others are left */
  bool all_quoted;         /* quotes tell nothing */
  bool semicolons;         /* stand between the fields: commas may be decimal marks where the file is from */
  Column *out;             /* set: the refined column, or another reference to `column` */
  Text report;             /* lines "NAME: ..."; the caller frees it */
  bool want_text;          /* set: 1.234 may mean something else here; read it as text, judge anew */
  size_t misfit;           /* set, with "csv-type": the first row not of the type asked for; else SIZE_MAX */
} CsvRefined;

/* Judges n columns of one file. options may be NULL. On failure all outs are NULL. Errors: "csv-type", "cast-order" (a
 * type asked for that a column of text has not), STATUS_LIMIT, STATUS_CANCELLED, STATUS_MEMORY. */
Status csv_refine(const CsvOptions *options, CsvRefined *columns, size_t n, Task *task, Error *e) MUST_USE;

#endif
