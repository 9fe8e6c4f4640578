/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_evidence.h -- what the cells of a column of text could be, added up. Only csv_refine*.c and csv_evidence.c
 * (and tests) may include it.
 *
 * Evidence is a sum over cells in any order: counts, the lowest row of each kind, and sets of possibilities that
 * shrink (systems, orders). So it is the same on any number of threads, and a category's levels, each with its
 * count, give what its rows would give.
 */
#ifndef ASSAY_IO_CSV_EVIDENCE_H
#define ASSAY_IO_CSV_EVIDENCE_H

#include "core/task.h"
#include "frame/column.h"
#include "frame/parse_amount.h"
#include "frame/parse_moment.h"

enum { MARKERS_MOST = 64 };

/* Texts that stand for missing. */
typedef struct Markers {
  const char *texts[MARKERS_MOST];
  size_t lengths[MARKERS_MOST];
  size_t n;
  bool asked;         /* by the user: they hold in columns of text too */
  uint64_t firsts[4]; /* bit c: some text begins with byte c */
} Markers;

void markers_usual(Markers *markers);
bool markers_asked(Markers *markers, const char *const *texts, size_t n); /* false: more than MARKERS_MOST */

/* The number of the text that this one equals, -1: none. */
int markers_find(const Markers *markers, const char *text, size_t length);

/* How often something came, and the first item (row or level) where it did. */
typedef struct Tally {
  size_t n, first;
} Tally;

typedef struct Evidence {
  Tally blanks, texts, bools, codes, markers;
  Tally marker[MARKERS_MOST];
  /* numbers: codes (007, more than 18 digits) are counted apart */
  Tally numbers, decorated, currency, percents, others, plus; /* others: no percentage, and not 0 */
  Tally marked;                                               /* with a mark of any kind between digits */
  Tally decimals[2];                                          /* with decimals if the mark is a point, a comma */
  Tally exponents;
  unsigned systems;       /* in which all are numbers */
  unsigned currencies[3]; /* bits by currency */
  size_t negatives;
  size_t digits_least, digits_most; /* of those with a mark */
  /* times */
  Tally times, zoned, two_digits, odd; /* odd: not as parse_time reads it */
  unsigned orders;                     /* in which all are dates */
  unsigned differs;                    /* bit pairs: 1 YMD/DMY, 2 YMD/MDY, 4 DMY/MDY give other days */
  unsigned styles;                     /* of months by name */
  Tally against[3];                    /* the first cell that rules out YMD, DMY, MDY */
  Tally unsettled;
} Evidence;

void evidence_clear(Evidence *evidence);
void evidence_merge(Evidence *evidence, const Evidence *other);

/* One cell of `weight` rows, at `item`. */
void evidence_add(Evidence *evidence, const Markers *markers, const char *text, size_t length, size_t item,
                  size_t weight);

/* Of all cells of a category or string column that are not missing. For a category items are levels, weighted by
 * their rows; for a string rows. */
Status evidence_of(const Column *column, const Markers *markers, Task *task, Evidence *out, Error *e) MUST_USE;

/* The same of a sample; items are rows. */
void evidence_sample(const Column *column, const Markers *markers, Evidence *out);

/* How many rows each level has; freed by the caller (mem_free). */
Status level_counts(const Column *column, size_t **counts, Error *e) MUST_USE;

#endif
