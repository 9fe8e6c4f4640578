/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random_cells.h -- columns of random cells of every type, and what each cell must be.
 *
 * A cell is a function of its kind and row number alone, so that a test can say what row 17 of a slice of a
 * take is without keeping a second copy of the data.
 */
#ifndef ASSAY_TESTS_RANDOM_CELLS_H
#define ASSAY_TESTS_RANDOM_CELLS_H

#include "frame/builder.h"
#include "frame/column.h"

typedef struct CellKind {
  Type type;
  uint64_t seed;
  double missing;      /* share of missing cells */
} CellKind;

enum { CELL_TEXT = 40, CELL_ITEMS = 6, CELL_VOCABULARY = 12 };

typedef struct Cell {
  bool missing, truth;
  double number;
  int64_t integer;
  char text[CELL_TEXT];
  size_t length;
  bool item[CELL_VOCABULARY]; /* which items a set has */
} Cell;

Cell cell_of(CellKind kind, size_t row);
const char *cell_item(size_t number);

/* Appends the cell to a builder of the kind's type. */
void cell_append(Builder *builder, CellKind kind, size_t row);

/* A column of rows 0 .. n - 1, or of the rows listed. NULL when memory fails. */
Column *cells_column(CellKind kind, size_t n);
Column *cells_column_of(CellKind kind, const size_t *rows, size_t n);

/* Cell `at` of the column is that of row `row`. */
bool cell_matches(const Column *column, size_t at, CellKind kind, size_t row);

#endif
