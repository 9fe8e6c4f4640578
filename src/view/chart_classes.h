/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart_classes.h -- the classes (clusters, levels) of a column: which row has which, and a character for
 * each.
 *
 * Classes are found as rows are asked for and numbered by first appearance; classes_rank then orders them
 * by value. Those beyond CLASS_MOST - 1 share the last number.
 */
#ifndef ASSAY_VIEW_CHART_CLASSES_H
#define ASSAY_VIEW_CHART_CLASSES_H

#include "core/map.h"
#include "frame/column.h"

enum { CLASS_MOST = 35, CLASS_SMALL = 64 };

typedef struct ClassEntry {
  int64_t key;       /* of a column of numbers */
  size_t first;      /* a row that has it */
  size_t count;      /* rows, for the user to count */
  char glyph;
} ClassEntry;

typedef struct Classes {
  const Column *column;          /* NULL: all rows are of one class */
  Map *texts;                    /* of a column of strings */
  size_t n;                      /* numbers in use, the shared one included */
  ClassEntry entries[CLASS_MOST];
  uint8_t small[CLASS_SMALL];    /* number + 1 of keys 0..63 */
  uint8_t order[CLASS_MOST];     /* numbers in order of value */
} Classes;

/* Errors: STATUS_ARGUMENT for a column of sets. */
Status classes_init(Classes *classes, const Column *column, Error *e) MUST_USE;
void classes_free(Classes *classes);

/* The number of the row's class; the cell must not be missing. Amortised O(1), for texts O(length). */
Status classes_of(Classes *classes, size_t row, size_t *number, Error *e) MUST_USE;

/* Fills order and the characters, once all rows were seen. */
void classes_rank(Classes *classes);

#endif
